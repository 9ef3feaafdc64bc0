#include "sim/model/go_tree.h"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/fields.h"
#include "sim/model/go_text.h"
#include "sim/model/go_types.h"
#include "sim/model/service_fields.h"
#include "sim/model/storage_fields.h"

namespace sim {
namespace {

using Shape = GoTree::Shape;

GoTree leaf(Shape shape, std::string type, std::string text) {
  GoTree tree;
  tree.shape = shape;
  tree.type = std::move(type);
  tree.text = std::move(text);
  return tree;
}

GoTree integer(std::string type, std::int64_t value) {
  return leaf(Shape::Int, std::move(type), std::to_string(value));
}

void add(GoTree& tree, std::string_view name, GoTree part) {
  tree.keys.emplace_back(name);
  tree.parts.push_back(std::move(part));
}

bool is_metadata(std::string_view name) {
  constexpr std::string_view kNames[] = {"ObjectMeta",
                                         "OwnerReference",
                                         "LabelSelector",
                                         "LabelSelectorRequirement",
                                         "LabelSelectorOperator",
                                         "Time",
                                         "MicroTime"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

/// The type's name in the server's own packages: only what API machinery defines keeps "v1.".
std::string internal(std::string type) {
  const std::size_t at = type.find("v1.");
  if (at == std::string::npos) return type;
  const std::string_view name = std::string_view(type).substr(at + 3);
  if (is_metadata(name)) return type;
  const bool apps = name == "DeploymentStrategy" || name == "RollingUpdateDeployment" ||
                    name == "DeploymentStrategyType";
  const bool storage = name.substr(0, 16) == "VolumeAttachment";
  type.replace(at, 2, apps ? "apps" : storage ? "storage" : "core");
  return type;
}

/// The digits and the power of ten or two of a quantity's canonical text.
struct Written {
  std::int64_t value = 0;   // the digits
  std::int32_t scale = 0;   // power of ten behind them
  std::int64_t factor = 1;  // what a binary suffix multiplies by
};

Written read_written(const std::string& text) {
  Written written;
  bool negative = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '-') {
      negative = true;
    } else if (c >= '0' && c <= '9') {
      written.value = written.value * 10 + (c - '0');
    } else {
      break;
    }
  }
  if (negative) written.value = -written.value;
  const std::string_view suffix = std::string_view(text).substr(i);
  constexpr std::string_view kBinary[] = {"Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  constexpr std::pair<std::string_view, int> kDecimal[] = {{"n", -9}, {"u", -6}, {"m", -3},
                                                           {"k", 3},  {"M", 6},  {"G", 9},
                                                           {"T", 12}, {"P", 15}, {"E", 18}};
  for (std::size_t n = 0; n < std::size(kBinary); ++n) {
    if (suffix == kBinary[n]) written.factor = std::int64_t{1} << (10 * (n + 1));
  }
  for (const auto& [name, exponent] : kDecimal) {
    if (suffix == name) written.scale = exponent;
  }
  if (suffix.size() > 1 && suffix[0] == 'e') {
    const bool minus = suffix[1] == '-';
    for (const char c : suffix.substr(minus ? 2 : 1))
      written.scale = written.scale * 10 + (c - '0');
    if (minus) written.scale = -written.scale;
  }
  return written;
}

// The parser keeps the text beside the number where it sees at once that the text is canonical.
// k8s 1.30 apimachinery/pkg/api/resource: ParseQuantity
bool keeps_text(const Quantity& quantity, const Written& written) {
  if (quantity.format() == Quantity::Format::BinarySI) return (written.value & 7) != 0;
  return written.value != 0 && written.scale % 3 == 0 && written.value % 1000 != 0;
}

GoTree quantity_tree(const Quantity& quantity) {
  const std::string text = quantity.text();
  const Written written = read_written(text);
  constexpr const char* kFormats[] = {"DecimalSI", "BinarySI", "DecimalExponent"};

  GoTree amount;
  amount.type = "resource.int64Amount";
  std::int64_t value = 0;
  if (__builtin_mul_overflow(written.value, written.factor, &value)) value = quantity.value();
  add(amount, "value", integer("int64", value));
  add(amount, "scale", integer("resource.Scale", written.scale));
  GoTree none = leaf(Shape::Pointer, "*inf.Dec", {});
  none.is_nil = true;
  GoTree big;
  big.type = "resource.infDecAmount";
  add(big, "Dec", std::move(none));

  GoTree tree;
  tree.type = "resource.Quantity";
  tree.whole = true;
  const bool keeps = text == "0" || keeps_text(quantity, written);
  add(tree, "i", std::move(amount));
  add(tree, "d", std::move(big));
  add(tree, "s", leaf(Shape::Text, "string", keeps ? text : std::string()));
  // A quantity that nobody wrote has no format either.
  const bool unset = quantity == Quantity() && quantity.format() == Quantity::Format::DecimalSI;
  add(tree, "Format",
      leaf(Shape::Text, "resource.Format",
           unset ? "" : kFormats[static_cast<std::size_t>(quantity.format())]));
  return tree;
}

GoTree int_or_string_tree(const IntOrString& value) {
  GoTree tree;
  tree.type = "intstr.IntOrString";
  add(tree, "Type", integer("intstr.Type", value.is_string ? 1 : 0));
  add(tree, "IntVal", integer("int32", value.number));
  add(tree, "StrVal", leaf(Shape::Text, "string", value.text.str()));
  return tree;
}

GoTree map_tree(const StringMap& map, std::string type) {
  GoTree tree;
  tree.shape = Shape::Map;
  tree.type = std::move(type);
  tree.is_nil = map.empty();
  for (const auto& [key, value] : map) add(tree, key, leaf(Shape::Text, "string", value.str()));
  return tree;
}

GoTree resources_tree(const ResourceList& list) {
  GoTree tree;
  tree.shape = Shape::Map;
  tree.type = "core.ResourceList";
  tree.keys_have_string = true;
  tree.is_nil = list.empty();
  for (const auto& [name, amount] : list) add(tree, name, quantity_tree(amount));
  return tree;
}

template <class T>
GoTree build(const T& value, const FieldOptions& options);

/// Visits the fields of a struct.
struct Fields {
  GoTree tree;

  template <class T>
  void operator()(std::string_view go_name, std::string_view, const T& field,
                  const FieldOptions& options) {
    add(tree, go_name, build(field, options));
  }
  template <class T>
  void inlined(std::string_view go_name, const T& field) {
    add(tree, go_name, build(field, {}));
  }
  void dropped(std::string_view go_name, std::string_view, std::string_view go_type) {
    add(tree, go_name, leaf(Shape::Text, std::string(go_type), {}));
  }
};

/// Takes a field out of a struct.
GoTree take(GoTree& tree, std::string_view name) {
  const auto at = std::find(tree.keys.begin(), tree.keys.end(), name);
  const auto index = at - tree.keys.begin();
  GoTree part = std::move(tree.parts[static_cast<std::size_t>(index)]);
  tree.keys.erase(at);
  tree.parts.erase(tree.parts.begin() + index);
  return part;
}

void put(GoTree& tree, std::size_t index, std::string_view name, GoTree part) {
  const auto offset = static_cast<std::ptrdiff_t>(index);
  tree.keys.emplace(tree.keys.begin() + offset, name);
  tree.parts.insert(tree.parts.begin() + offset, std::move(part));
}

void move_behind(GoTree& tree, std::string_view before, std::string_view name) {
  GoTree part = take(tree, name);
  const auto at = std::find(tree.keys.begin(), tree.keys.end(), before);
  put(tree, static_cast<std::size_t>(at - tree.keys.begin()) + 1, name, std::move(part));
}

/// The server's PodSpec keeps what concerns the host's namespaces in the security context.
// k8s 1.30 pkg/apis/core/v1: Convert_v1_PodSpec_To_core_PodSpec
void rearrange_pod_spec(GoTree& tree) {
  take(tree, "DeprecatedServiceAccount");
  GoTree context = take(tree, "SecurityContext");
  if (context.is_nil) {
    context.is_nil = false;
    context.parts.push_back(build(PodSecurityContext(), {}));
  }
  std::size_t index = 0;
  for (const char* name :
       {"HostNetwork", "HostPID", "HostIPC", "ShareProcessNamespace", "HostUsers"}) {
    put(context.parts.front(), index++, name, take(tree, name));
  }
  const auto node = std::find(tree.keys.begin(), tree.keys.end(), "NodeName");
  put(tree, static_cast<std::size_t>(node - tree.keys.begin()) + 1, "SecurityContext",
      std::move(context));
  move_behind(tree, "Subdomain", "SetHostnameAsFQDN");
  move_behind(tree, "Priority", "PreemptionPolicy");
  move_behind(tree, "Overhead", "EnableServiceLinks");
}

template <class T>
GoTree struct_tree(const T& value) {
  Fields fields;
  fields.tree.type = internal("v1." + std::string(go_struct_name<T>()));
  visit_fields(static_cast<const T*>(nullptr), value, fields);
  GoTree& tree = fields.tree;
  if constexpr (std::is_same_v<T, PodSpec>) rearrange_pod_spec(tree);
  if constexpr (std::is_same_v<T, VolumeSource>) move_behind(tree, "RBD", "Quobyte");
  if constexpr (std::is_same_v<T, PersistentVolumeSource>) {
    move_behind(tree, "RBD", "Quobyte");
    move_behind(tree, "ISCSI", "FlexVolume");
  }
  if constexpr (std::is_same_v<T, PodSecurityContext>) {
    move_behind(tree, "FSGroup", "FSGroupChangePolicy");
  }
  if constexpr (std::is_same_v<T, ServiceAccountTokenProjection>) {
    put(tree, 1, "ExpirationSeconds", integer("int64", value.expiration_seconds.value_or(0)));
    tree.keys.erase(tree.keys.begin() + 2);
    tree.parts.erase(tree.parts.begin() + 2);
  }
  if constexpr (std::is_same_v<T, RollingUpdateDeployment>) {
    tree.keys.clear();
    tree.parts.clear();
    add(tree, "MaxUnavailable", build(value.max_unavailable.value_or(IntOrString()), {}));
    add(tree, "MaxSurge", build(value.max_surge.value_or(IntOrString()), {}));
  }
  return std::move(fields.tree);
}

std::string selector_string(const LabelSelector& selector) {
  std::string labels;
  for (const auto& [key, value] : selector.match_labels) {
    labels.append(fmt::format("{}: {},", key, value));
  }
  std::string expressions;
  for (const LabelSelectorRequirement& one : selector.match_expressions) {
    expressions.append(fmt::format("LabelSelectorRequirement{{Key:{},Operator:{},Values:[{}],}},",
                                   one.key, one.op, fmt::join(one.values, " ")));
  }
  return fmt::format(
      "&LabelSelector{{MatchLabels:map[string]string{{{}}},"
      "MatchExpressions:[]LabelSelectorRequirement{{{}}},}}",
      labels, expressions);
}

/// Pointers to these have a String method.
template <class T>
void add_string(GoTree& pointer, const T& value) {
  if constexpr (std::is_same_v<T, Quantity>) {
    pointer.has_string = true;
    pointer.string = value.text();
  } else if constexpr (std::is_same_v<T, LabelSelector>) {
    pointer.has_string = true;
    pointer.string = selector_string(value);
  }
}

template <class T>
GoTree pointer_to(const T* value, std::string type, const FieldOptions& options) {
  GoTree tree;
  tree.shape = Shape::Pointer;
  tree.type = std::move(type);
  tree.is_nil = value == nullptr;
  if (value) {
    tree.parts.push_back(build(*value, options));
    add_string(tree, *value);
  }
  return tree;
}

template <class T>
GoTree build(const T& value, const FieldOptions& options) {
  const std::string type = internal(go_type<T>(options));
  if constexpr (FieldType<T>::kVector) {
    GoTree tree;
    tree.shape = Shape::List;
    tree.type = type;
    tree.is_nil = value.empty();
    for (const auto& item : value) tree.parts.push_back(build(item, options));
    return tree;
  } else if constexpr (std::is_same_v<T, std::optional<Time>> ||
                       std::is_same_v<T, std::optional<MicroTime>>) {
    // No time stands in a pod spec.
    return leaf(Shape::Text, type, {});
  } else if constexpr (FieldType<T>::kOptional) {
    return pointer_to(value ? &*value : nullptr, type, options);
  } else if constexpr (FieldType<T>::kBox) {
    if constexpr (kSharedValue<typename FieldType<T>::Value>) {
      return build(value ? *value : typename FieldType<T>::Value(), options);
    } else {
      return pointer_to(value ? &*value : nullptr, type, options);
    }
  } else if constexpr (std::is_same_v<T, Str>) {
    GoTree tree = leaf(Shape::Text, type, value.str());
    if (type == "core.ResourceName") {
      tree.has_string = true;
      tree.string = value.str();
    }
    return tree;
  } else if constexpr (std::is_same_v<T, bool>) {
    return leaf(Shape::Bool, type, value ? "true" : "false");
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {
    return leaf(Shape::Text, type, value == 0 ? std::string() : std::to_string(value));
  } else if constexpr (std::is_integral_v<T>) {
    return integer(type, value);
  } else if constexpr (std::is_same_v<T, Uid>) {
    return leaf(Shape::Text, type, to_string(value));
  } else if constexpr (std::is_same_v<T, Quantity>) {
    return quantity_tree(value);
  } else if constexpr (std::is_same_v<T, ResourceList>) {
    return resources_tree(value);
  } else if constexpr (std::is_same_v<T, StringMap>) {
    return map_tree(value, type);
  } else if constexpr (std::is_same_v<T, IntOrString>) {
    return int_or_string_tree(value);
  } else {
    return struct_tree(value);
  }
}

}  // namespace

bool GoTree::is_zero() const {
  switch (shape) {
    case Shape::Bool:
      return text == "false";
    case Shape::Int:
      return text == "0";
    case Shape::Text:
      return text.empty();
    case Shape::Struct:
      return std::all_of(parts.begin(), parts.end(), [](const GoTree& p) { return p.is_zero(); });
    case Shape::List:
    case Shape::Map:
    case Shape::Pointer:
      return is_nil;
  }
  return false;
}

GoTree core_tree(const PodSpec& spec) { return struct_tree(spec); }
GoTree core_tree(const SecurityContext& context) { return struct_tree(context); }
GoTree core_tree(const SeccompProfile& profile) { return struct_tree(profile); }
GoTree core_tree(const Toleration& toleration) { return struct_tree(toleration); }
GoTree core_tree(const NodeSelectorTerm& term) { return struct_tree(term); }
GoTree core_tree(const std::vector<NodeSelectorTerm>& terms) { return build(terms, {}); }
GoTree core_tree(const NodeAddress& address) { return struct_tree(address); }
GoTree core_tree(const OwnerReference& owner) { return struct_tree(owner); }
GoTree core_tree(const std::vector<OwnerReference>& owners) { return build(owners, {}); }
GoTree core_tree(const DeploymentStrategy& strategy) { return struct_tree(strategy); }
GoTree core_tree(const std::vector<Str>& texts) { return build(texts, {}); }
GoTree core_tree(const Quantity& quantity) { return quantity_tree(quantity); }
GoTree core_tree(const ResourceList& amounts) { return resources_tree(amounts); }
GoTree core_tree(const PersistentVolumeClaimSpec& spec) { return struct_tree(spec); }
GoTree core_tree(const PersistentVolumeSource& source) { return struct_tree(source); }
GoTree core_tree(const VolumeNodeAffinity& affinity) { return struct_tree(affinity); }
GoTree core_tree(const VolumeAttachmentSpec& spec) { return struct_tree(spec); }
GoTree core_tree(const ServicePort& port) { return struct_tree(port); }

GoTree core_tree(const Taint& taint) {
  GoTree tree = struct_tree(taint);
  GoTree& time = tree.parts.back();
  time.shape = Shape::Pointer;
  time.is_nil = !taint.time_added;
  return tree;
}

std::string go_syntax(const GoTree& tree) {
  switch (tree.shape) {
    case Shape::Bool:
    case Shape::Int:
      return tree.text;
    case Shape::Text:
      return go_quote(tree.text);
    case Shape::Pointer:
      return fmt::format("({})({})", tree.type, tree.is_nil ? "nil" : "0xc000010000");
    case Shape::Struct:
    case Shape::List:
    case Shape::Map:
      break;
  }
  if (tree.is_nil) return tree.type + "(nil)";
  std::string text = tree.type + "{";
  for (std::size_t i = 0; i < tree.parts.size(); ++i) {
    if (i > 0) text.append(", ");
    if (tree.shape == Shape::Struct) text.append(tree.keys[i]).append(":");
    if (tree.shape == Shape::Map) text.append(go_quote(tree.keys[i])).append(":");
    text.append(go_syntax(tree.parts[i]));
  }
  return text.append("}");
}

}  // namespace sim
