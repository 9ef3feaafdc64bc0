// aws: the calls that the storage chapters make. v2's texts and exit codes: 254 for a refusal of
// the service, 252 for a command line that cannot be read.
#include "sim/shell/aws.h"

#include <algorithm>

#include "sim/base/format.h"
#include "sim/shell/jmespath.h"

namespace sim::aws {
namespace {

std::string scalar_text(const Json& json) {
  if (json.is_null()) return "None";
  if (json.is_boolean()) return json.get<bool>() ? "True" : "False";
  return json.is_string() ? json.get<std::string>() : json.dump();
}

/// --output text: rows of tab-separated scalars. awscli/text.py
void text_rows(const Json& json, std::string& text) {
  if (!json.is_structured()) {
    text += scalar_text(json) + "\n";
    return;
  }
  std::string row;
  for (const Json& item : json) {
    if (!item.is_structured()) row += (row.empty() ? "" : "\t") + scalar_text(item);
  }
  if (!row.empty()) text += row + "\n";
  for (const Json& item : json) {
    if (item.is_structured()) text_rows(item, text);
  }
}

}  // namespace

std::string Request::region() const {
  for (const char* option : {"region"}) {
    if (options.has(option)) return options.get(option);
  }
  const std::string region = call.variable("AWS_REGION");
  return region.empty() ? "us-west-2" : region;
}

void Request::answer(const Json& json) {
  Json shown = json;
  if (options.has("query")) {
    std::string error;
    std::optional<Json> found = search_jmespath(options.get("query"), json, &error);
    if (!found) return call.fail(fmt::format("\naws: [ERROR]: {}\n", error), 252);
    shown = std::move(*found);
  }
  const std::string form = options.has("output") ? options.get("output") : "json";
  if (form == "text") {
    std::string text;
    text_rows(shown, text);
    call.out(text);
  } else if (form == "json") {
    call.out(shown.dump(4) + "\n");
  } else {
    call.unmodelled(fmt::format("--output {}", form));
  }
}

void Request::refuse(std::string_view code, std::string_view operation_name,
                     std::string_view message) {
  call.fail(fmt::format("\nAn error occurred ({}) when calling the {} operation: {}\n", code,
                        operation_name, message),
            254);
}

void Request::unmodelled() {
  call.unmodelled(operation.empty() ? fmt::format("`aws {}`", service)
                                    : fmt::format("`aws {} {}`", service, operation));
}

std::shared_ptr<const Disk> find_disk(const HostCall& call, std::string_view name, Ref* ref) {
  for (std::size_t i = call.plan.writes.size(); i-- > 0;) {
    const Write& write = call.plan.writes[i];
    if (write.ref.kind != Kind::Disk || !write.object || write.object->meta.name != name) continue;
    *ref = write.ref;
    return std::static_pointer_cast<const Disk>(write.object);
  }
  const Id id = call.world.store().find(Kind::Disk, "", name);
  if (id == 0) return nullptr;
  *ref = {Kind::Disk, id};
  if (const ObjectPtr pending = call.plan.pending(*ref)) {
    return std::static_pointer_cast<const Disk>(pending);
  }
  return std::static_pointer_cast<const Disk>(call.world.store().share(*ref));
}

void put_disk(HostCall& call, const Disk& disk, std::string_view why) {
  Ref ref;
  const bool there = find_disk(call, disk.meta.name, &ref) != nullptr;
  auto next = std::make_shared<Disk>(disk);
  if (there) {
    call.plan.update(ref, std::move(next), Str(why));
  } else {
    call.plan.create(call.world, std::move(next), Str(why));
  }
}

std::vector<std::shared_ptr<const Disk>> disks(const HostCall& call, std::string_view prefix) {
  std::vector<std::string> names;
  for (const auto& [id, row] : call.world.store().table(Kind::Disk)) {
    if (row.meta.name.view().substr(0, prefix.size()) == prefix) {
      names.push_back(row.meta.name.str());
    }
  }
  std::sort(names.begin(), names.end());
  std::vector<std::shared_ptr<const Disk>> found;
  for (const std::string& name : names) {
    Ref ref;
    if (auto disk = find_disk(call, name, &ref)) found.push_back(std::move(disk));
  }
  return found;
}

Json tags_of(const std::vector<std::string>& words) {
  Json tags = Json::array();
  for (const std::string& word : words) {
    const std::size_t comma = word.find(",Value=");
    if (word.rfind("Key=", 0) != 0 || comma == std::string::npos) continue;
    tags.push_back({{"Key", word.substr(4, comma - 4)}, {"Value", word.substr(comma + 7)}});
  }
  return tags;
}

std::string name_tag(const Json& tags) {
  for (const Json& tag : tags) {
    if (tag["Key"] == "Name") return tag["Value"].get<std::string>();
  }
  return "";
}

}  // namespace sim::aws

namespace sim {

void run_aws(HostCall& call) {
  using Service = void (*)(aws::Request&);
  constexpr std::pair<std::string_view, Service> kServices[] = {
      {"s3", aws::s3}, {"eks", aws::eks}, {"efs", aws::efs}, {"fsx", aws::fsx}, {"ec2", aws::ec2}};
  aws::Request request{call, "", "", {}};
  request.options =
      read_host_options(call.argv, 1,
                        {"recursive", "no-cli-pager", "force", "human-readable", "summarize",
                         "quiet", "only-show-errors", "no-progress", "debug"},
                        {"tags", "filters", "association-ids", "file-system-ids", "subnet-ids",
                         "security-group-ids", "volume-ids"});
  // "aws --version", "aws SERVICE OPERATION WORDS…"
  std::vector<std::string>& words = request.options.words;
  if (!words.empty()) {
    request.service = words.front();
    words.erase(words.begin());
  }
  if (!words.empty()) {
    request.operation = words.front();
    words.erase(words.begin());
  }
  call.step.took = milliseconds(500);
  for (const auto& [name, service] : kServices) {
    if (name == request.service) return service(request);
  }
  request.unmodelled();
}

}  // namespace sim
