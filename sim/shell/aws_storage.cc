// aws efs, fsx and ec2 describe-volumes: the file systems that are made before the cluster can use
// them, and the volumes that the EBS driver has made.
#include "sim/base/format.h"
#include "sim/base/time_format.h"
#include "sim/model/storage_types.h"
#include "sim/shell/aws.h"

namespace sim::aws {
namespace {

constexpr std::string_view kEfs = "efs.csi.aws.com/";
// What a row says beside its tags.
constexpr std::string_view kType = "podsight/file-system-type";
constexpr std::string_view kBucket = "podsight/data-repository";        // a linked bucket, …
constexpr std::string_view kLink = "podsight/data-repository-link";     // … the link's id, …
constexpr std::string_view kLinked = "podsight/data-repository-since";  // … when it was made, …
constexpr std::string_view kSynced = "podsight/data-repository-tree";   // … what both held last
constexpr std::string_view kTags = "podsight/tags";
constexpr Duration kLinkTakes = seconds(60);

struct FsxType {
  std::string_view name;    // as the API names it
  std::string_view driver;  // whose volumes lie on it
};
constexpr FsxType kFsxTypes[] = {{"LUSTRE", "fsx.csi.aws.com/"},
                                 {"OPENZFS", "fsx.openzfs.csi.aws.com/"},
                                 {"ONTAP", "csi.trident.netapp.io/"}};

Json tags_in(const Disk& disk) {
  const Str* text = disk.meta.annotations.find(kTags);
  Json tags = text ? Json::parse(text->view(), nullptr, false) : Json::array();
  return tags.is_array() ? tags : Json::array();
}

std::string id_of(const Disk& disk) {
  const std::string name = disk.meta.name.str();
  return name.substr(name.find('/') + 1);
}

double epoch(Time time) { return static_cast<double>(time.ns) / 1e9; }

Time made_at(const Disk& disk) {
  return disk.meta.creation_timestamp.value_or(disk.tree.root()->modified);
}

/// A new file system: an empty directory that anybody may write, as its driver finds it.
Disk new_file_system(Request& request, std::string_view driver, std::string_view type,
                     const Json& tags) {
  int others = 0;
  for (const auto& disk : disks(request.call, driver)) others += disk != nullptr;
  Disk made;
  const std::string what = fmt::format("{}{}{}", driver, name_tag(tags), others);
  made.meta.name = fmt::format("{}fs-{}", driver, drawn_id(request.world(), what, 17));
  made.meta.annotations.set(Str(kType), Str(type));
  made.meta.annotations.set(Str(kTags), Str(tags.dump()));
  made.tree = Tree(make_directory(request.world().now(), 0777));
  return made;
}

Json efs_json(Request& request, const Disk& disk) {
  const Json tags = tags_in(disk);
  const std::string id = id_of(disk);
  Json json = {{"OwnerId", std::string(kAccount)},
               {"CreationToken", name_tag(tags)},
               {"FileSystemId", id},
               {"FileSystemArn", fmt::format("arn:aws:elasticfilesystem:{}:{}:file-system/{}",
                                             request.region(), kAccount, id)},
               {"CreationTime", to_rfc3339(made_at(disk))},
               {"LifeCycleState", "available"},
               {"NumberOfMountTargets", 3},
               {"SizeInBytes", {{"Value", disk.tree.usage().bytes}}},
               {"PerformanceMode", "generalPurpose"},
               {"Encrypted", true},
               {"ThroughputMode", "bursting"},
               {"Tags", tags}};
  if (const std::string name = name_tag(tags); !name.empty()) json["Name"] = name;
  return json;
}

/// The row of a file system of any type, by its id.
std::shared_ptr<const Disk> find_fsx(Request& request, const std::string& id) {
  for (const FsxType& type : kFsxTypes) {
    Ref ref;
    auto disk = find_disk(request.call, fmt::format("{}{}", type.driver, id), &ref);
    if (disk && disk->meta.annotations.contains(kType)) return disk;
  }
  return nullptr;
}

Json fsx_json(Request& request, const Disk& disk) {
  const std::string id = id_of(disk);
  const std::string type = disk.meta.annotations.get(kType).str();
  Json json = {{"OwnerId", std::string(kAccount)},
               {"CreationTime", epoch(made_at(disk))},
               {"FileSystemId", id},
               {"FileSystemType", type},
               {"Lifecycle", "AVAILABLE"},
               {"StorageCapacity", disk.capacity >> 30},
               {"StorageType", "SSD"},
               {"DNSName", fmt::format("{}.fsx.{}.amazonaws.com", id, request.region())},
               {"ResourceARN",
                fmt::format("arn:aws:fsx:{}:{}:file-system/{}", request.region(), kAccount, id)},
               {"Tags", tags_in(disk)}};
  if (type == "LUSTRE") {
    json["LustreConfiguration"] = {{"DeploymentType", "SCRATCH_2"},
                                   {"MountName", drawn_id(request.world(), id + " mount", 8)}};
  } else if (type == "OPENZFS") {
    json["OpenZFSConfiguration"] = {
        {"DeploymentType", "SINGLE_AZ_2"},
        {"RootVolumeId", "fsvol-" + drawn_id(request.world(), id + " root", 17)}};
  } else {
    json["OntapConfiguration"] = {{"DeploymentType", "SINGLE_AZ_1"}};
  }
  return json;
}

void create_fsx(Request& request) {
  const std::string wanted = request.options.get("file-system-type");
  for (const FsxType& type : kFsxTypes) {
    if (type.name != wanted) continue;
    const std::string size = request.options.get("storage-capacity");
    if (size.empty() || size.size() > 7 ||
        size.find_first_not_of("0123456789") != std::string::npos) {
      return request.call.fail(
          "\naws: [ERROR]: the following arguments are required: --storage-capacity\n", 252);
    }
    Disk made =
        new_file_system(request, type.driver, type.name, tags_of(request.options.values["tags"]));
    made.capacity = std::stoull(size) << 30;
    put_disk(request.call, made, "a file system was made");
    return request.answer({{"FileSystem", fsx_json(request, made)}});
  }
  request.call.fail(fmt::format("\naws: [ERROR]: argument --file-system-type: Found invalid choice "
                                "'{}': podsight knows LUSTRE, ONTAP and OPENZFS\n",
                                wanted),
                    252);
}

void describe_fsx(Request& request) {
  Json all = Json::array();
  std::vector<std::string> ids = request.options.values["file-system-ids"];
  // The CLI takes any beginning of an option's name that is clear.
  for (const std::string& id : request.options.values["file-system-id"]) ids.push_back(id);
  for (const std::string& id : ids) {
    const auto disk = find_fsx(request, id);
    if (!disk) {
      return request.refuse("FileSystemNotFound", "DescribeFileSystems",
                            fmt::format("File system '{}' does not exist.", id));
    }
    all.push_back(fsx_json(request, *disk));
  }
  if (ids.empty()) {
    for (const FsxType& type : kFsxTypes) {
      for (const auto& disk : disks(request.call, fmt::format("{}fs-", type.driver))) {
        if (disk->meta.annotations.contains(kType)) all.push_back(fsx_json(request, *disk));
      }
    }
  }
  request.answer({{"FileSystems", all}});
}

Json link_json(Request& request, const Disk& disk) {
  const std::string since = disk.meta.annotations.get(kLinked).str();
  const Time made = parse_rfc3339(since).value_or(Time{});
  const bool ready = request.world().now() >= made + kLinkTakes;
  return {{"AssociationId", disk.meta.annotations.get(kLink).str()},
          {"FileSystemId", id_of(disk)},
          {"FileSystemPath", "/"},
          {"DataRepositoryPath", "s3://" + disk.meta.annotations.get(kBucket).str()},
          {"Lifecycle", ready ? "AVAILABLE" : "CREATING"},
          {"CreationTime", epoch(made)}};
}

void create_link(Request& request) {
  const std::string id = request.options.get("file-system-id");
  const auto disk = find_fsx(request, id);
  if (!disk || disk->meta.annotations.get(kType) != "LUSTRE") {
    return request.refuse("FileSystemNotFound", "CreateDataRepositoryAssociation",
                          fmt::format("File system '{}' does not exist.", id));
  }
  std::string bucket = request.options.get("data-repository-path");
  if (bucket.rfind("s3://", 0) == 0) bucket.erase(0, 5);
  while (!bucket.empty() && bucket.back() == '/') bucket.pop_back();
  Ref ref;
  if (bucket.find('/') != std::string::npos || !find_disk(request.call, bucket_row(bucket), &ref)) {
    return request.refuse("BadRequest", "CreateDataRepositoryAssociation",
                          fmt::format("podsight has no bucket \"{}\" to link", bucket));
  }
  Disk next = *disk;
  next.meta.annotations.set(Str(kBucket), Str(bucket));
  next.meta.annotations.set(Str(kLink), Str("dra-" + drawn_id(request.world(), id + bucket, 17)));
  next.meta.annotations.set(Str(kLinked), Str(to_rfc3339(request.world().now())));
  next.meta.annotations.set(Str(kSynced), Str(std::to_string(disk->tree.hash())));
  put_disk(request.call, next, "a bucket was linked");
  import_from_bucket(request.call, bucket);
  request.answer({{"Association", link_json(request, next)}});
}

void describe_links(Request& request) {
  Json all = Json::array();
  const std::vector<std::string>& ids = request.options.values["association-ids"];
  for (const auto& disk : disks(request.call, "fsx.csi.aws.com/fs-")) {
    const Str* link = disk->meta.annotations.find(kLink);
    if (!link) continue;
    bool wanted = ids.empty();
    for (const std::string& id : ids) wanted = wanted || *link == id;
    if (wanted) all.push_back(link_json(request, *disk));
  }
  if (all.empty() && !ids.empty()) {
    return request.refuse("DataRepositoryAssociationNotFound", "DescribeDataRepositoryAssociations",
                          "One or more data repository associations do not exist.");
  }
  request.answer({{"Associations", all}});
}

/// The Lustre file systems linked to a bucket.
std::vector<std::shared_ptr<const Disk>> linked(HostCall& call, const std::string& bucket) {
  std::vector<std::shared_ptr<const Disk>> all;
  for (auto& disk : disks(call, "fsx.csi.aws.com/fs-")) {
    if (disk->meta.annotations.get(kBucket) == bucket) all.push_back(disk);
  }
  return all;
}

/// The volume's tags, as the driver sets them.
Json volume_tags(const PersistentVolume& volume, const std::string& cluster) {
  const std::string name = volume.meta.name.str();
  Json tags = Json::array();
  const auto tag = [&](const std::string& key, const std::string& value) {
    tags.push_back({{"Key", key}, {"Value", value}});
  };
  tag("CSIVolumeName", name);
  tag("KubernetesCluster", cluster);
  tag("Name", fmt::format("{}-dynamic-{}", cluster, name));
  tag("ebs.csi.aws.com/cluster", "true");
  tag("kubernetes.io/cluster/" + cluster, "owned");
  tag("kubernetes.io/created-for/pv/name", name);
  if (volume.spec.claim_ref) {
    tag("kubernetes.io/created-for/pvc/name", volume.spec.claim_ref->name.str());
    tag("kubernetes.io/created-for/pvc/namespace", volume.spec.claim_ref->ns.str());
  }
  return tags;
}

bool has_tag(const Json& tags, const std::string& key, const std::string& value) {
  for (const Json& tag : tags) {
    if (tag["Key"] == key && tag["Value"] == value) return true;
  }
  return false;
}

void describe_volumes(Request& request) {
  const std::string named = request.call.variable("EKS_CLUSTER_NAME");
  const std::string cluster = named.empty() ? "eks-workshop" : named;
  Json all = Json::array();
  for (const auto& [row_id, row] : request.world().store().table(Kind::PersistentVolume)) {
    const auto& volume = static_cast<const PersistentVolume&>(row);
    if (!volume.spec.source.csi || volume.spec.source.csi->driver != "ebs.csi.aws.com") continue;
    const Json tags = volume_tags(volume, cluster);
    bool wanted = true;
    for (const std::string& filter : request.options.values["filters"]) {
      const std::size_t comma = filter.find(",Values=");
      if (filter.rfind("Name=tag:", 0) != 0 || comma == std::string::npos) {
        return request.call.unmodelled(fmt::format("the filter {}", filter));
      }
      wanted = wanted && has_tag(tags, filter.substr(9, comma - 9), filter.substr(comma + 8));
    }
    if (!wanted) continue;
    const std::int64_t bytes = volume.spec.capacity.get("storage").value();
    all.push_back({{"VolumeId", volume.spec.source.csi->volume_handle.str()},
                   {"Size", bytes >> 30},
                   {"VolumeType", "gp3"},
                   {"Encrypted", false},
                   {"MultiAttachEnabled", false},
                   {"CreateTime", to_rfc3339(volume.meta.creation_timestamp.value_or(Time{}))},
                   {"Tags", tags}});
  }
  request.answer({{"Volumes", all}});
}

}  // namespace

void export_to_bucket(HostCall& call, const std::string& bucket) {
  for (const auto& disk : linked(call, bucket)) {
    const std::string now = std::to_string(disk->tree.hash());
    if (disk->meta.annotations.get(kSynced) == now) continue;
    Ref ref;
    const auto row = find_disk(call, bucket_row(bucket), &ref);
    if (!row) return;
    Disk target = *row;
    target.tree = disk->tree;
    put_disk(call, target, "exported from a linked file system");
    Disk source = *disk;
    source.meta.annotations.set(Str(kSynced), Str(now));
    put_disk(call, source, "exported to its bucket");
  }
}

void import_from_bucket(HostCall& call, const std::string& bucket) {
  for (const auto& disk : linked(call, bucket)) {
    Ref ref;
    const auto row = find_disk(call, bucket_row(bucket), &ref);
    if (!row || row->tree == disk->tree) continue;
    Disk next = *disk;
    next.tree = row->tree;
    next.meta.annotations.set(Str(kSynced), Str(std::to_string(next.tree.hash())));
    put_disk(call, next, "imported from its bucket");
  }
}

void efs(Request& request) {
  if (request.operation == "create-file-system") {
    const Disk made =
        new_file_system(request, kEfs, "EFS", tags_of(request.options.values["tags"]));
    put_disk(request.call, made, "a file system was made");
    return request.answer(efs_json(request, made));
  }
  if (request.operation == "describe-file-systems") {
    const std::string id = request.options.get("file-system-id");
    Json all = Json::array();
    for (const auto& disk : disks(request.call, fmt::format("{}fs-", kEfs))) {
      if (!disk->meta.annotations.contains(kType)) continue;
      if (id.empty() || id_of(*disk) == id) all.push_back(efs_json(request, *disk));
    }
    if (all.empty() && !id.empty()) {
      return request.refuse("FileSystemNotFound", "DescribeFileSystems",
                            fmt::format("File system '{}' does not exist.", id));
    }
    return request.answer({{"FileSystems", all}});
  }
  request.unmodelled();
}

void fsx(Request& request) {
  if (request.operation == "create-file-system") return create_fsx(request);
  if (request.operation == "describe-file-systems") return describe_fsx(request);
  if (request.operation == "create-data-repository-association") return create_link(request);
  if (request.operation == "describe-data-repository-associations") return describe_links(request);
  request.unmodelled();
}

void ec2(Request& request) {
  if (request.operation == "describe-volumes") return describe_volumes(request);
  request.unmodelled();
}

}  // namespace sim::aws
