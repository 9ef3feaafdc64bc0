#include "sim/model/merge_schema.h"

#include <algorithm>
#include <memory>
#include <type_traits>

#include "sim/base/check.h"
#include "sim/model/controller_fields.h"
#include "sim/model/go_types.h"
#include "sim/model/objects.h"
#include "sim/model/service_fields.h"
#include "sim/model/snapshot_fields.h"

namespace sim {
namespace {

using Shape = MergeType::Shape;

struct Strategy {
  std::string_view type;
  std::string_view field;
  bool merge;
  bool retain_keys;
  std::string_view key;
};
/// Every field of the kinds that has a patch strategy.
constexpr Strategy kStrategies[] = {
    {"ObjectMeta", "ownerReferences", true, false, "uid"},
    {"ObjectMeta", "finalizers", true, false, ""},
    {"PodSpec", "volumes", true, true, "name"},
    {"PodSpec", "initContainers", true, false, "name"},
    {"PodSpec", "containers", true, false, "name"},
    {"PodSpec", "ephemeralContainers", true, false, "name"},
    {"PodSpec", "imagePullSecrets", true, false, "name"},
    {"PodSpec", "hostAliases", true, false, "ip"},
    {"PodSpec", "topologySpreadConstraints", true, false, "topologyKey"},
    {"PodSpec", "schedulingGates", true, false, "name"},
    {"PodSpec", "resourceClaims", true, true, "name"},
    {"Container", "ports", true, false, "containerPort"},
    {"Container", "env", true, false, "name"},
    {"Container", "volumeMounts", true, false, "mountPath"},
    {"Container", "volumeDevices", true, false, "devicePath"},
    {"EphemeralContainerCommon", "ports", true, false, "containerPort"},
    {"EphemeralContainerCommon", "env", true, false, "name"},
    {"EphemeralContainerCommon", "volumeMounts", true, false, "mountPath"},
    {"EphemeralContainerCommon", "volumeDevices", true, false, "devicePath"},
    {"PodStatus", "conditions", true, false, "type"},
    {"PodStatus", "hostIPs", true, false, "ip"},
    {"PodStatus", "podIPs", true, false, "ip"},
    {"DeploymentSpec", "strategy", false, true, ""},
    {"DeploymentStatus", "conditions", true, false, "type"},
    {"ReplicaSetStatus", "conditions", true, false, "type"},
    {"NodeSpec", "podCIDRs", true, false, ""},
    {"NodeStatus", "conditions", true, false, "type"},
    {"NodeStatus", "addresses", true, false, "type"},
    {"NamespaceStatus", "conditions", true, false, "type"},
    {"ServiceAccount", "secrets", true, false, "name"},
    {"PersistentVolumeClaimStatus", "conditions", true, false, "type"},
    {"CSINodeSpec", "drivers", true, false, "name"},
    {"ServiceSpec", "ports", true, false, "port"},
    {"StatefulSetStatus", "conditions", true, false, "type"},
    {"DaemonSetStatus", "conditions", true, false, "type"},
    {"JobStatus", "conditions", true, false, "type"},
    {"PodDisruptionBudgetStatus", "conditions", true, false, "type"},
    {"HorizontalPodAutoscalerStatus", "conditions", true, false, "type"},
};

template <class T>
const MergeType& type_for();

const MergeType& unknown_type() {
  static const MergeType type;
  return type;
}
const MergeType& scalar_type() {
  static const MergeType type = [] {
    MergeType scalar;
    scalar.shape = Shape::Scalar;
    return scalar;
  }();
  return type;
}
const MergeType& map_type() {
  static const MergeType type = [] {
    MergeType map;
    map.shape = Shape::Map;
    return map;
  }();
  return type;
}

/// Collects the fields of a struct, those of embedded structs with them.
class FieldCollector {
 public:
  FieldCollector(std::string_view type, std::vector<MergeField>& fields)
      : type_(type), fields_(fields) {}

  template <class T>
  void operator()(std::string_view, std::string_view name, const T&, const FieldOptions&) {
    add(name, &type_for<T>());
  }
  template <class T>
  void inlined(std::string_view, const T& field) {
    FieldCollector below(go_struct_name<T>(), fields_);
    visit(field, below);
  }
  void dropped(std::string_view, std::string_view name, std::string_view) {
    add(name, &unknown_type());
  }

 private:
  void add(std::string_view name, const MergeType* type) {
    MergeField field;
    field.name = name;
    field.type = type;
    for (const Strategy& strategy : kStrategies) {
      if (strategy.type != type_ || strategy.field != name) continue;
      field.merge = strategy.merge;
      field.retain_keys = strategy.retain_keys;
      field.key = strategy.key;
    }
    fields_.push_back(field);
  }

  std::string_view type_;
  std::vector<MergeField>& fields_;
};

template <class T>
constexpr bool kIsScalar =
    std::is_same_v<T, Str> || std::is_arithmetic_v<T> || std::is_same_v<T, Uid> ||
    std::is_same_v<T, Time> || std::is_same_v<T, MicroTime> || std::is_same_v<T, IntOrString> ||
    std::is_same_v<T, Quantity>;

template <class T>
const MergeType& struct_type() {
  static const MergeType type = [] {
    MergeType made;
    made.shape = Shape::Struct;
    made.name = go_struct_name<T>();
    const auto example = std::make_unique<const T>();
    FieldCollector collector(made.name, made.fields);
    visit(*example, collector);
    if constexpr (std::is_base_of_v<Object, T>) {
      for (const std::string_view name : {"kind", "apiVersion"}) {
        MergeField field;
        field.name = name;
        field.type = &scalar_type();
        made.fields.push_back(field);
      }
    }
    return made;
  }();
  return type;
}

template <class T>
const MergeType& list_type() {
  static const MergeType type = [] {
    MergeType list;
    list.shape = Shape::List;
    list.item = &type_for<T>();
    return list;
  }();
  return type;
}

template <class T>
const MergeType& type_for() {
  using Type = FieldType<T>;
  if constexpr (Type::kVector) {
    return list_type<typename Type::Value>();
  } else if constexpr (Type::kOptional || Type::kBox) {
    return type_for<typename Type::Value>();
  } else if constexpr (kIsScalar<T>) {
    return scalar_type();
  } else if constexpr (std::is_same_v<T, StringMap> || std::is_same_v<T, ResourceList>) {
    return map_type();
  } else {
    return struct_type<T>();
  }
}

bool equal_fold(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

const MergeField* MergeType::find(std::string_view field) const {
  const MergeField* folded = nullptr;
  for (const MergeField& known : fields) {
    if (known.name == field) return &known;
    if (!folded && equal_fold(known.name, field)) folded = &known;
  }
  return folded;
}

const MergeType& merge_type(Kind kind) {
  const MergeType* type = nullptr;
  visit_kind(kind, [&]<class T>(KindType<T>) { type = &struct_type<T>(); });
  SIM_CHECK(type && "only the API's kinds are patched");
  return *type;
}

}  // namespace sim
