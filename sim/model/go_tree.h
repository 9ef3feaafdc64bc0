// API values as trees of Go values, with the types and the order of fields that the API server's
// own code has. Error texts show them in two ways: one value as `%#v` prints it, and how two pod
// specs differ (go_difference.h). The server's types are not quite those of the JSON API: a pod's
// host namespaces stand in its security context, and some fields come in another order.
// k8s 1.30 pkg/apis/core: types.go
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/cluster_types.h"
#include "sim/model/service_types.h"
#include "sim/model/storage_types.h"
#include "sim/model/workload_types.h"

namespace sim {

struct GoTree {
  enum class Shape : std::uint8_t { Bool, Int, Text, Struct, List, Map, Pointer };

  Shape shape = Shape::Struct;
  std::string type;         // "core.Container", "[]string", "*int64"
  std::string text;         // of a Bool or an Int as it prints, of a Text the text itself
  bool is_nil = false;      // of a List, Map or Pointer
  bool whole = false;       // compared by its Equal method, not part by part
  bool has_string = false;  // its type has a String method, which gives `string`
  std::string string;
  std::vector<std::string> keys;  // of a Struct the fields, of a Map the keys as text
  bool keys_have_string = false;  // the Map's keys are of a type with a String method
  std::vector<GoTree> parts;

  bool is_zero() const;
};

GoTree core_tree(const PodSpec& spec);
GoTree core_tree(const SecurityContext& context);
GoTree core_tree(const SeccompProfile& profile);
GoTree core_tree(const Toleration& toleration);
GoTree core_tree(const std::vector<NodeSelectorTerm>& terms);
GoTree core_tree(const NodeSelectorTerm& term);
GoTree core_tree(const Taint& taint);
GoTree core_tree(const NodeAddress& address);
GoTree core_tree(const OwnerReference& owner);
GoTree core_tree(const std::vector<OwnerReference>& owners);
GoTree core_tree(const DeploymentStrategy& strategy);
GoTree core_tree(const std::vector<Str>& texts);
GoTree core_tree(const Quantity& quantity);
GoTree core_tree(const ResourceList& amounts);
GoTree core_tree(const PersistentVolumeClaimSpec& spec);
GoTree core_tree(const PersistentVolumeSource& source);
GoTree core_tree(const VolumeNodeAffinity& affinity);
GoTree core_tree(const VolumeAttachmentSpec& spec);
GoTree core_tree(const ServicePort& port);

/// As fmt.Sprintf("%#v") prints it. Where Go prints an address, this prints one that stands for it.
std::string go_syntax(const GoTree& tree);

}  // namespace sim
