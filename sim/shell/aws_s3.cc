// aws s3: buckets and their objects. A bucket's row holds its objects as files; a key with slashes
// is a path.
#include <algorithm>

#include "sim/base/format.h"
#include "sim/base/time_format.h"
#include "sim/shell/aws.h"

namespace sim::aws {
namespace {

constexpr int kMostObjects = 100000;

/// "s3://bucket/key" or "bucket/key".
struct Address {
  std::string bucket;
  std::string key;
};
bool is_remote(const std::string& text) { return text.rfind("s3://", 0) == 0; }
Address address_of(std::string text) {
  if (is_remote(text)) text.erase(0, 5);
  const std::size_t slash = text.find('/');
  return {text.substr(0, slash), slash == std::string::npos ? "" : text.substr(slash + 1)};
}

Path key_path(std::string_view key) { return parse_path(key); }

struct Object {
  std::string key;
  EntryPtr file;
};
void collect(const EntryPtr& entry, const std::string& key, int depth,
             std::vector<Object>& objects) {
  constexpr int kDeepest = 200;
  if (depth > kDeepest || static_cast<int>(objects.size()) >= kMostObjects) return;
  if (entry->type == FileType::File) objects.push_back({key, entry});
  for (const auto& [name, child] : entry->children) {
    collect(child, key.empty() ? name.str() : key + "/" + name.str(), depth + 1, objects);
  }
}
/// The objects whose keys begin so, in the order of the keys.
std::vector<Object> objects_of(const Disk& bucket, std::string_view prefix) {
  std::vector<Object> objects;
  collect(bucket.tree.root(), "", 0, objects);
  std::erase_if(objects, [&](const Object& one) {
    return std::string_view(one.key).substr(0, prefix.size()) != prefix;
  });
  std::sort(objects.begin(), objects.end(),
            [](const Object& a, const Object& b) { return a.key < b.key; });
  return objects;
}

std::string time_text(Time time) {
  const std::string text = to_rfc3339(time);  // 2024-10-14T19:29:05Z
  return text.substr(0, 10) + " " + text.substr(11, 8);
}

/// A path as the CLI shows it: from the working directory.
std::string shown_path(const Path& path, const Path& cwd) {
  std::size_t common = 0;
  while (common < path.size() && common < cwd.size() && path[common] == cwd[common]) ++common;
  std::string text;
  for (std::size_t i = common; i < cwd.size(); ++i) text += "../";
  for (std::size_t i = common; i < path.size(); ++i) {
    text += (i == common ? "" : "/") + path[i].str();
  }
  return text.find('/') == std::string::npos ? "./" + text : text;
}

bool bucket_name_is_good(const std::string& name) {
  return name.size() >= 3 && name.size() <= 63 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string::npos;
}

void make_bucket(Request& request) {
  if (request.options.words.size() != 1 || !is_remote(request.options.words[0])) {
    return request.call.fail("\n<S3Uri>\nError: Invalid argument type\n", 252);
  }
  const std::string name = address_of(request.options.words[0]).bucket;
  const auto failed = [&](std::string_view code, std::string_view message) {
    request.call.fail(fmt::format("make_bucket failed: s3://{} An error occurred ({}) when calling "
                                  "the CreateBucket operation: {}\n",
                                  name, code, message),
                      1);
  };
  if (!bucket_name_is_good(name)) {
    return failed("InvalidBucketName", "The specified bucket is not valid.");
  }
  Ref ref;
  if (find_disk(request.call, bucket_row(name), &ref)) {
    return failed("BucketAlreadyOwnedByYou",
                  "Your previous request to create the named bucket succeeded and you already own "
                  "it.");
  }
  Disk disk;
  disk.meta.name = bucket_row(name);
  disk.tree = Tree(make_directory(request.world().now(), 0777));
  put_disk(request.call, disk, "a bucket was made");
  request.call.out(fmt::format("make_bucket: {}\n", name));
}

/// The bucket's row; refuses when there is none.
std::shared_ptr<const Disk> open(Request& request, const std::string& bucket,
                                 std::string_view operation) {
  export_to_bucket(request.call, bucket);
  Ref ref;
  auto disk = find_disk(request.call, bucket_row(bucket), &ref);
  if (!disk) request.refuse("NoSuchBucket", operation, "The specified bucket does not exist");
  return disk;
}

void save(Request& request, const std::string& bucket, const Disk& disk, std::string_view why) {
  put_disk(request.call, disk, why);
  import_from_bucket(request.call, bucket);
}

void list(Request& request) {
  if (request.options.words.empty()) {
    for (const auto& disk : disks(request.call, bucket_row(""))) {
      const Time made = disk->meta.creation_timestamp.value_or(disk->tree.root()->modified);
      request.call.out(fmt::format("{} {}\n", time_text(made),
                                   disk->meta.name.str().substr(bucket_row("").size())));
    }
    return;
  }
  const Address at = address_of(request.options.words[0]);
  const auto disk = open(request, at.bucket, "ListObjectsV2");
  if (!disk) return;
  const std::vector<Object> objects = objects_of(*disk, at.key);
  const std::size_t slash = at.key.rfind('/');
  const std::size_t above = slash == std::string::npos ? 0 : slash + 1;
  const bool recursive = request.options.has("recursive");
  // What a slash ends comes first, and once.
  std::string last_directory;
  std::string files;
  for (const Object& object : objects) {
    const std::string name = object.key.substr(recursive ? 0 : above);
    const std::size_t below = name.find('/');
    if (recursive || below == std::string::npos) {
      files += fmt::format("{} {:>10} {}\n", time_text(object.file->modified),
                           object.file->length(), name);
      continue;
    }
    const std::string directory = name.substr(0, below + 1);
    if (directory != last_directory) {
      request.call.out(fmt::format("{:>30} {}\n", "PRE", directory));
    }
    last_directory = directory;
  }
  request.call.out(files);
  if (objects.empty() && !at.key.empty()) request.call.step.exit = 1;
}

void remove(Request& request) {
  if (request.options.words.size() != 1 || !is_remote(request.options.words[0])) {
    return request.call.fail("\nusage: aws s3 rm <S3Uri>\nError: Invalid argument type\n", 252);
  }
  const Address at = address_of(request.options.words[0]);
  const auto disk = open(request, at.bucket, "DeleteObject");
  if (!disk) return;
  Disk next = *disk;
  if (!request.options.has("recursive")) {
    // S3 deletes what is not there as gladly.
    if (!at.key.empty()) next.tree.erase(key_path(at.key));
    request.call.out(fmt::format("delete: s3://{}/{}\n", at.bucket, at.key));
  } else {
    for (const Object& object : objects_of(*disk, at.key)) {
      next.tree.erase(key_path(object.key));
      request.call.out(fmt::format("delete: s3://{}/{}\n", at.bucket, object.key));
    }
  }
  save(request, at.bucket, next, "aws s3 rm");
}

void remove_bucket(Request& request) {
  if (request.options.words.size() != 1) return request.unmodelled();
  const std::string name = address_of(request.options.words[0]).bucket;
  Ref ref;
  const auto disk = find_disk(request.call, bucket_row(name), &ref);
  const auto failed = [&](std::string_view code, std::string_view message) {
    request.call.fail(fmt::format("remove_bucket failed: s3://{} An error occurred ({}) when "
                                  "calling the DeleteBucket operation: {}\n",
                                  name, code, message),
                      1);
  };
  if (!disk) return failed("NoSuchBucket", "The specified bucket does not exist");
  const std::vector<Object> objects = objects_of(*disk, "");
  if (!objects.empty() && !request.options.has("force")) {
    return failed("BucketNotEmpty", "The bucket you tried to delete is not empty");
  }
  for (const Object& object : objects) {
    request.call.out(fmt::format("delete: s3://{}/{}\n", name, object.key));
  }
  request.call.plan.erase(ref, "aws s3 rb");
  request.call.out(fmt::format("remove_bucket: {}\n", name));
}

/// The files below a directory of the person, by path.
void collect_files(const FileSystem& files, const Path& path, int depth, std::vector<Path>& found) {
  constexpr int kDeepest = 64;
  if (depth > kDeepest || static_cast<int>(found.size()) >= kMostObjects) return;
  for (const Str& name : files.list(path).value) {
    Path below = path;
    below.push_back(name);
    const Io<Stat> stat = files.stat(below);
    if (!stat) continue;
    if (stat.value.type == FileType::Directory) {
      collect_files(files, below, depth + 1, found);
    } else {
      found.push_back(below);
    }
  }
}

std::string name_below(const Path& path, std::size_t depth) {
  std::string name;
  for (std::size_t i = depth; i < path.size(); ++i) name += (i == depth ? "" : "/") + path[i].str();
  return name;
}

/// What an object of a file is: its bytes, or its size where only that is known.
EntryPtr object_of(const FileSystem& files, const Path& path, Time now) {
  const Io<Stat> stat = files.stat(path);
  const Landing& landing = stat.value.landing;
  const Tree* tree = nullptr;
  if (landing.where == Landing::Where::WritableLayer) tree = &files.root.writable;
  const EntryPtr entry = tree ? tree->find(landing.path) : nullptr;
  Entry object = entry ? *entry : *make_file(files.read(path).value, now);
  object.mode = 0644;
  object.uid = 0;
  object.gid = 0;
  object.modified = now;
  return std::make_shared<const Entry>(std::move(object));
}

void upload(Request& request, const std::string& from, const Address& to) {
  HostCall& call = request.call;
  const Path source = call.path(from);
  const Io<Stat> stat = call.files().stat(source);
  if (!stat) {
    return call.fail(fmt::format("\nThe user-provided path {} does not exist.\n", from), 255);
  }
  std::vector<Path> files;
  const bool directory = stat.value.type == FileType::Directory;
  if (directory && !request.options.has("recursive")) {
    return call.fail(
        fmt::format("upload failed: {} to s3://{}/{} [Errno 21] Is a directory: "
                    "'{}'\n",
                    shown_path(source, call.process.cwd), to.bucket, to.key, to_string(source)),
        1);
  }
  if (directory) {
    collect_files(call.files(), source, 0, files);
  } else {
    files.push_back(source);
  }
  const auto disk = open(request, to.bucket, "PutObject");
  if (!disk) return;
  Disk next = *disk;
  for (const Path& file : files) {
    std::string key = to.key;
    if (directory) {
      if (!key.empty() && key.back() != '/') key += "/";
      key += name_below(file, source.size());
    } else if (key.empty() || key.back() == '/') {
      key += file.back().str();
    }
    next.tree.put(key_path(key), object_of(call.files(), file, request.world().now()));
    call.out(fmt::format("upload: {} to s3://{}/{}\n", shown_path(file, call.process.cwd),
                         to.bucket, key));
  }
  save(request, to.bucket, next, "aws s3 cp");
}

bool write_object(HostCall& call, const Path& path, const EntryPtr& object) {
  const Time now = call.world.now();
  return static_cast<bool>(call.files().write_span(
      path, {0, object->bytes, object->length() - object->bytes.size()}, now));
}

void download(Request& request, const Address& from, const std::string& to) {
  HostCall& call = request.call;
  const auto disk = open(request, from.bucket, "HeadObject");
  if (!disk) return;
  const bool recursive = request.options.has("recursive");
  const Path target = call.path(to);
  const Io<Stat> stat = call.files().stat(target);
  const bool directory =
      recursive || to.back() == '/' || (stat && stat.value.type == FileType::Directory);
  int copied = 0;
  for (const Object& object : objects_of(*disk, from.key)) {
    if (!recursive && object.key != from.key) continue;
    Path path = target;
    if (directory) {
      const std::string name = recursive
                                   ? object.key.substr(from.key.size())
                                   : object.key.substr(object.key.rfind('/') == std::string::npos
                                                           ? 0
                                                           : object.key.rfind('/') + 1);
      for (const Str& part : key_path(name)) {
        if (!call.files().stat(path)) {
          call.files().make_directory(path, 0755, request.world().now());
        }
        path.push_back(part);
      }
    }
    if (!write_object(call, path, object.file)) {
      call.fail(fmt::format("download failed: s3://{}/{} to {} cannot be written\n", from.bucket,
                            object.key, shown_path(path, call.process.cwd)),
                1);
      continue;
    }
    ++copied;
    call.out(fmt::format("download: s3://{}/{} to {}\n", from.bucket, object.key,
                         shown_path(path, call.process.cwd)));
  }
  if (copied == 0 && !recursive) {
    call.fail(
        fmt::format("fatal error: An error occurred (404) when calling the HeadObject operation: "
                    "Key \"{}\" does not exist\n",
                    from.key),
        1);
  }
}

void copy_objects(Request& request, const Address& from, const Address& to) {
  const auto source = open(request, from.bucket, "HeadObject");
  if (!source) return;
  const auto target = open(request, to.bucket, "CopyObject");
  if (!target) return;
  Disk next = *target;
  const bool recursive = request.options.has("recursive");
  int copied = 0;
  for (const Object& object : objects_of(*source, from.key)) {
    if (!recursive && object.key != from.key) continue;
    std::string key = to.key;
    if (recursive) {
      key += object.key.substr(from.key.size());
    } else if (key.empty() || key.back() == '/') {
      key += object.key.substr(
          object.key.rfind('/') == std::string::npos ? 0 : object.key.rfind('/') + 1);
    }
    next.tree.put(key_path(key), object.file);
    ++copied;
    request.call.out(
        fmt::format("copy: s3://{}/{} to s3://{}/{}\n", from.bucket, object.key, to.bucket, key));
  }
  if (copied == 0 && !recursive) {
    return request.call.fail(
        fmt::format("fatal error: An error occurred (404) when calling the HeadObject operation: "
                    "Key \"{}\" does not exist\n",
                    from.key),
        1);
  }
  save(request, to.bucket, next, "aws s3 cp");
}

void copy(Request& request) {
  const std::vector<std::string>& words = request.options.words;
  if (words.size() != 2 || (!is_remote(words[0]) && !is_remote(words[1]))) {
    return request.call.fail(
        "\nusage: aws s3 cp <LocalPath> <S3Uri> or <S3Uri> <LocalPath> or <S3Uri> <S3Uri>\nError: "
        "Invalid argument type\n",
        252);
  }
  if (words[0].empty() || words[1].empty()) return request.unmodelled();
  if (!is_remote(words[0])) return upload(request, words[0], address_of(words[1]));
  if (!is_remote(words[1])) return download(request, address_of(words[0]), words[1]);
  copy_objects(request, address_of(words[0]), address_of(words[1]));
}

}  // namespace

std::string bucket_row(std::string_view bucket) { return fmt::format("s3.csi.aws.com/{}", bucket); }

void s3(Request& request) {
  if (request.operation == "ls") return list(request);
  if (request.operation == "cp") return copy(request);
  if (request.operation == "rm") return remove(request);
  if (request.operation == "mb") return make_bucket(request);
  if (request.operation == "rb") return remove_bucket(request);
  request.unmodelled();
}

}  // namespace sim::aws
