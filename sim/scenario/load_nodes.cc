#include "sim/scenario/load_nodes.h"

#include <algorithm>
#include <set>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/world/load.h"

namespace sim {
namespace {

constexpr std::int64_t kMaxNodes = 20000;

StringMap read_labels(const Cursor& section) {
  StringMap labels;
  for (const auto& [key, value] : section.members()) {
    for (const std::string& wrong : qualified_name_errors(key)) value.error(wrong);
    const std::string text = value.string();
    for (const std::string& wrong : label_value_errors(text)) value.error(wrong);
    labels.set(Str(key), Str(text));
  }
  return labels;
}

ResourceList read_amounts(const Cursor& section) {
  ResourceList amounts;
  for (const auto& [name, value] : section.members()) amounts.set(Str(name), read_quantity(value));
  return amounts;
}

Taint read_taint(const Cursor& section) {
  Taint taint;
  if (!section.keys({"key", "value", "effect"}, {"key", "effect"})) return taint;
  taint.key = Str(section["key"].string());
  taint.value = Str(section["value"].string());
  taint.effect = Str(section["effect"].word({"NoSchedule", "PreferNoSchedule", "NoExecute"}));
  return taint;
}

NodeSpecification read_node(const Cursor& section) {
  NodeSpecification node;
  if (!section.keys(
          {"name", "zone", "labels", "capacity", "allocatable", "taints", "images", "address"},
          {"name"})) {
    return node;
  }
  node.name = section["name"].string();
  for (const std::string& wrong : dns1123_subdomain_errors(node.name)) {
    section["name"].error(fmt::format("\"{}\" cannot be the name of a node", node.name), wrong);
  }
  node.labels = read_labels(section["labels"]);
  if (const std::string zone = section["zone"].string(); !zone.empty()) {
    set_zone(node.labels, zone);
    for (const std::string& wrong : label_value_errors(zone)) {
      section["zone"].error(fmt::format("\"{}\" cannot be the name of a zone", zone), wrong);
    }
  }
  node.capacity = read_amounts(section["capacity"]);
  node.allocatable = read_amounts(section["allocatable"]);
  for (const Cursor& taint : section["taints"].items()) node.taints.push_back(read_taint(taint));
  node.images = section["images"].strings();
  node.address = section["address"].string();
  return node;
}

NodeGroupSpecification read_group(const Cursor& section) {
  NodeGroupSpecification group;
  if (!section.keys({"name", "min", "max", "desired", "zones", "labels", "capacity", "allocatable",
                     "taints", "images", "bootDelay"},
                    {"name", "max"})) {
    return group;
  }
  NodeSpecification& pattern = group.pattern;
  pattern.name = section["name"].string();
  for (const std::string& wrong : dns1123_subdomain_errors(pattern.name)) {
    section["name"].error(fmt::format("\"{}\" cannot be the name of a node group", pattern.name),
                          wrong);
  }
  pattern.labels = read_labels(section["labels"]);
  pattern.capacity = read_amounts(section["capacity"]);
  pattern.allocatable = read_amounts(section["allocatable"]);
  for (const Cursor& taint : section["taints"].items()) pattern.taints.push_back(read_taint(taint));
  pattern.images = section["images"].strings();
  const auto count = [&](const char* key, std::int64_t low, std::int64_t high,
                         std::int64_t fallback) {
    return static_cast<std::int32_t>(section[key].integer(low, high, fallback));
  };
  group.min = count("min", 0, kMostMachines, 0);
  group.max = count("max", 1, kMostMachines, 1);
  if (group.max < group.min) {
    section["max"].error("\"max\" is less than \"min\"", fmt::format("at least {}", group.min));
  }
  group.desired = count("desired", 0, kMostMachines, group.min);
  if (group.desired < group.min || group.desired > group.max) {
    section["desired"].error(
        fmt::format("\"desired\" is outside of \"min\" and \"max\": {}", group.desired),
        fmt::format("from {} to {}", group.min, group.max));
  }
  for (const Cursor& zone : section["zones"].items()) {
    group.zones.push_back(zone.string());
    for (const std::string& wrong : label_value_errors(group.zones.back())) {
      zone.error(fmt::format("\"{}\" cannot be the name of a zone", group.zones.back()), wrong);
    }
  }
  group.boot_delay = section["bootDelay"].duration(group.boot_delay);
  return group;
}

std::shared_ptr<const ClusterAutoscaler> read_autoscaler(const Cursor& value) {
  if (!value || (value.json().is_boolean() && !value.boolean(false))) return nullptr;
  auto made = std::make_shared<ClusterAutoscaler>();
  if (value.json().is_boolean()) return made;
  if (!value.keys({"scanInterval", "scaleDownEnabled", "scaleDownUnneededTime",
                   "scaleDownDelayAfterAdd", "scaleDownUtilizationThreshold",
                   "skipNodesWithLocalStorage", "skipNodesWithSystemPods"})) {
    return made;
  }
  made->scan_interval = value["scanInterval"].duration(made->scan_interval);
  if (made->scan_interval < seconds(1)) {
    value["scanInterval"].error("that is too short", "at least 1s");
    made->scan_interval = seconds(1);
  }
  made->unneeded_time = value["scaleDownUnneededTime"].duration(made->unneeded_time);
  made->delay_after_add = value["scaleDownDelayAfterAdd"].duration(made->delay_after_add);
  if (const Cursor threshold = value["scaleDownUtilizationThreshold"]) {
    const Json& json = threshold.json();
    const double part = json.is_number() ? json.get<double>() : -1.0;
    if (part < 0.0 || part > 1.0) {
      threshold.error("the threshold is a part of the node", "a number from 0 to 1, such as 0.5");
    } else {
      made->threshold = static_cast<std::int32_t>(part * 100.0 + 0.5);
    }
  }
  made->scale_down = value["scaleDownEnabled"].boolean(made->scale_down);
  made->skip_local_storage = value["skipNodesWithLocalStorage"].boolean(made->skip_local_storage);
  made->skip_system_pods = value["skipNodesWithSystemPods"].boolean(made->skip_system_pods);
  return made;
}

/// What a part of a load says of when and how much.
void add_amounts(const Cursor& part, std::vector<std::string>* words) {
  for (const char* key : {"at", "over"}) {
    if (!part[key]) continue;
    words->emplace_back(key);
    words->push_back(to_string(part[key].duration({})));
  }
  for (const char* key : {"cpu", "memory"}) {
    if (part[key]) words->push_back(fmt::format("{}={}", key, read_quantity(part[key]).text()));
  }
  if (!part["cpu"] && !part["memory"]) part.error("how much is it?", "add \"cpu\" or \"memory\"");
}

}  // namespace

Quantity read_quantity(const Cursor& value) {
  // Numbers are fine too: "cpu": 2.
  const std::string text = value.json().is_number_integer() ? value.json().dump() : value.string();
  const std::optional<Quantity> amount = Quantity::parse(text);
  if (!amount) {
    value.error(fmt::format("\"{}\" is no amount", text),
                "for example \"2\", \"500m\", \"64Mi\" or \"10Gi\"");
  }
  if (amount && amount->is_negative()) value.error("an amount cannot be negative");
  return amount.value_or(Quantity());
}

void read_nodes(const Cursor& cluster, ClusterSpecification* made) {
  const std::vector<Cursor> nodes = cluster["nodes"].items();
  if (nodes.size() > static_cast<std::size_t>(kMaxNodes)) {
    cluster["nodes"].error("too many nodes", fmt::format("at most {}", kMaxNodes));
    return;
  }
  std::set<std::string> names;
  for (const Cursor& node : nodes) {
    made->nodes.push_back(read_node(node));
    if (!names.insert(made->nodes.back().name).second) {
      node["name"].error(fmt::format("a second node \"{}\"", made->nodes.back().name),
                         "each node has a name of its own");
    }
  }
  std::set<std::string> groups;
  for (const Cursor& group : cluster["nodeGroups"].items()) {
    made->groups.push_back(read_group(group));
    const std::string& name = made->groups.back().pattern.name;
    if (!groups.insert(name).second) {
      group["name"].error(fmt::format("a second node group \"{}\"", name),
                          "each group has a name of its own");
    }
    for (const std::string& node : names) {
      if (node.rfind(name + "-", 0) != 0 ||
          node.find_first_not_of("0123456789", name.size() + 1) != std::string::npos) {
        continue;
      }
      group["name"].error(fmt::format("node \"{}\" has a name that the group gives", node),
                          "another name for one of them");
    }
  }
  made->autoscaler = read_autoscaler(cluster["autoscaler"]);
  if (made->autoscaler && made->groups.empty()) {
    cluster["autoscaler"].error("there is no node group for it to scale", "add \"nodeGroups\"");
  }
}

bool has_nodes(const ClusterSpecification& cluster) {
  return !cluster.nodes.empty() || !cluster.groups.empty();
}

std::vector<std::string> read_load(const Cursor& value) {
  std::vector<std::string> words;
  if (!value.keys(
          {"of", "namespace", "container", "perPod", "cpu", "memory", "at", "over", "then", "none"},
          {"of"})) {
    return words;
  }
  words.push_back(value["of"].string());
  for (const auto& [key, flag] : {std::pair("namespace", "-n"), std::pair("container", "-c")}) {
    if (!value[key]) continue;
    words.emplace_back(flag);
    words.push_back(value[key].string());
  }
  if (value["perPod"].boolean(false)) words.emplace_back("--per-pod");
  if (value["none"].boolean(false)) {
    words.emplace_back("none");
  } else {
    add_amounts(value, &words);
  }
  for (const Cursor& part : value["then"].items()) {
    if (part.keys({"cpu", "memory", "at", "over"}, {"at"})) add_amounts(part, &words);
  }
  std::string wrong;
  if (!parse_load(words, "default", Time{}, &wrong)) value.error(wrong);
  return words;
}

}  // namespace sim
