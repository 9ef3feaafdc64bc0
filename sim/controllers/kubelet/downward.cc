#include <algorithm>

#include "sim/base/format.h"
#include "sim/controllers/kubelet/worker.h"

namespace sim::kubelet {
namespace {

/// A string as Go's %q writes it, as far as labels and annotations need it.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// k8s 1.30 pkg/fieldpath: FormatMap
std::string map_text(const StringMap& map) {
  std::string text;
  for (const auto& [key, value] : map) {
    if (!text.empty()) text += '\n';
    text += fmt::format("{}={}", key, quoted(value));
  }
  return text;
}

}  // namespace

std::string field_value(const Worker& worker, std::string_view path) {
  const ObjectMeta& meta = worker.pod.meta;
  if (path == "metadata.name") return meta.name.str();
  if (path == "metadata.namespace") return meta.ns.str();
  if (path == "metadata.uid") return to_string(meta.uid);
  if (path == "metadata.labels") return map_text(meta.labels);
  if (path == "metadata.annotations") return map_text(meta.annotations);
  if (path == "spec.nodeName") return worker.pod.node_name.str();
  if (path == "spec.serviceAccountName") return worker.spec.service_account_name.str();
  if (path == "status.podIP" || path == "status.podIPs") return worker.sandbox->ip.str();
  if (path == "status.hostIP" || path == "status.hostIPs") {
    const Node* node = worker.world.find<Node>("", worker.pod.node_name);
    if (!node) return "";
    for (const NodeAddress& address : node->status.addresses) {
      if (address.type == "InternalIP") return address.address.str();
    }
    return "";
  }
  for (const auto& [prefix, map] :
       {std::pair<std::string_view, const StringMap*>("metadata.labels['", &meta.labels),
        {"metadata.annotations['", &meta.annotations}}) {
    if (path.substr(0, prefix.size()) != prefix) continue;
    std::string_view key = path.substr(prefix.size());
    return map->get(key.substr(0, key.find('\''))).str();
  }
  return "";
}

std::string resource_value(const Worker& worker, const Container* own,
                           const ResourceFieldSelector& wanted) {
  const Container* container = own;
  for (const auto* list : {&worker.spec.containers, &worker.spec.init_containers}) {
    for (const Container& other : *list) {
      if (!wanted.container_name.empty() && other.name == wanted.container_name) container = &other;
    }
  }
  if (!container) return "";
  const std::string_view resource = wanted.resource;
  const std::size_t dot = resource.find('.');
  const bool limit = resource.substr(0, dot) == "limits";
  const std::string_view name = dot == std::string_view::npos ? resource : resource.substr(dot + 1);
  const ResourceList& list = limit ? container->resources.limits : container->resources.requests;
  Quantity amount;
  if (const Quantity* found = list.find(name)) {
    amount = *found;
  } else if (limit) {
    // No limit: what the node can give. k8s 1.30 pkg/api/v1/resource: MergeContainerResourceLimits
    const Node* node = worker.world.find<Node>("", worker.pod.node_name);
    if (node) amount = node->status.allocatable.get(name);
  }
  if (name == "cpu") {
    const std::int64_t divisor =
        wanted.divisor.is_zero() ? 1000 : std::max<std::int64_t>(wanted.divisor.milli_value(), 1);
    return std::to_string((amount.milli_value() + divisor - 1) / divisor);
  }
  const std::int64_t divisor =
      wanted.divisor.is_zero() ? 1 : std::max<std::int64_t>(wanted.divisor.value(), 1);
  return std::to_string((amount.value() + divisor - 1) / divisor);
}

}  // namespace sim::kubelet
