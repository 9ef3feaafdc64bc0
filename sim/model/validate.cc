#include "sim/model/validate.h"

#include <algorithm>
#include <set>

#include "sim/base/base64.h"
#include "sim/base/format.h"
#include "sim/model/go_text.h"
#include "sim/model/go_tree.h"
#include "sim/model/labels.h"
#include "sim/model/validate_pod.h"

namespace sim {
namespace {

template <class T>
const T& to(const Object& object) {
  return static_cast<const T&>(object);
}

// ---- metadata ----

/// The version of "group/version", or empty.
std::string_view version_of(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  if (slash == std::string_view::npos) return api_version;
  const std::string_view rest = api_version.substr(slash + 1);
  return rest.find('/') == std::string_view::npos ? rest : std::string_view();
}

// k8s 1.30 apimachinery/pkg/api/validation: ValidateOwnerReferences
void check_owners(FieldErrors& errors, const FieldPath& path,
                  const std::vector<OwnerReference>& owners) {
  const OwnerReference* controller = nullptr;
  for (const OwnerReference& owner : owners) {
    if (version_of(owner.api_version).empty()) {
      errors.invalid(path.child("apiVersion"), owner.api_version, "version must not be empty");
    }
    if (owner.kind.empty()) errors.invalid(path.child("kind"), owner.kind, "must not be empty");
    if (owner.name.empty()) errors.invalid(path.child("name"), owner.name, "must not be empty");
    if (!owner.uid) errors.invalid(path.child("uid"), "", "must not be empty");
    if (owner.api_version == "v1" && owner.kind == "Event") {
      errors.invalid_value(path, go_syntax(core_tree(owner)),
                           "/v1, Kind=Event is disallowed from being an owner");
    }
    if (!owner.controller.value_or(false)) continue;
    if (controller) {
      errors.invalid_value(
          path, go_syntax(core_tree(owners)),
          fmt::format("Only one reference can have Controller set to true. Found \"true\" in "
                      "references for {}/{} and {}/{}",
                      controller->kind, controller->name, owner.kind, owner.name));
    } else {
      controller = &owner;
    }
  }
}

/// A finalizer without a domain must be one that Kubernetes knows.
// k8s 1.30 pkg/apis/core/validation: validateKubeFinalizerName
void check_known_finalizer(FieldErrors& errors, const FieldPath& path, std::string_view name) {
  if (name.find('/') != std::string_view::npos) return;
  if (is_one_of(name, {"kubernetes", "orphan", "foregroundDeletion"})) return;
  errors.invalid(path, name, "name is neither a standard finalizer name nor is it fully qualified");
}

void check_known_finalizers(FieldErrors& errors, const FieldPath& path,
                            const std::vector<Str>& finalizers) {
  for (std::size_t i = 0; i < finalizers.size(); ++i) {
    check_known_finalizer(errors, path.index(i), finalizers[i]);
  }
}

// k8s 1.30 apimachinery/pkg/api/validation: ValidateFinalizers
void check_finalizers(FieldErrors& errors, const FieldPath& path,
                      const std::vector<Str>& finalizers) {
  const auto holds = [&](std::string_view name) {
    return std::find(finalizers.begin(), finalizers.end(), name) != finalizers.end();
  };
  for (const Str& name : finalizers) check_qualified_name(errors, path, name);
  if (holds("orphan") && holds("foregroundDeletion")) {
    errors.invalid_value(path, go_syntax(core_tree(finalizers)),
                         "finalizer orphan and foregroundDeletion cannot be both set");
  }
}

/// An Event's name may be whatever can stand in a URL's path.
// k8s 1.30 apimachinery/pkg/api/validation/path: IsValidPathSegmentName
void check_path_segment(FieldErrors& errors, const FieldPath& path, std::string_view name) {
  if (name == "." || name == "..") {
    errors.invalid(path, name, fmt::format("may not be '{}'", name));
    return;
  }
  for (const char part : {'/', '%'}) {
    if (name.find(part) != std::string_view::npos) {
      errors.invalid(path, name, fmt::format("may not contain '{}'", part));
    }
  }
}

void check_name(FieldErrors& errors, const FieldPath& path, Kind kind, std::string_view name,
                bool prefix) {
  if (kind == Kind::Namespace || kind == Kind::StatefulSet) {
    check_dns_label(errors, path, name, prefix);
  } else if (kind == Kind::Service) {
    check_dns1035_label(errors, path, name, prefix);
  } else if (kind == Kind::Event) {
    check_path_segment(errors, path, name);
  } else {
    check_dns_subdomain(errors, path, name, prefix);
  }
}

// ---- Namespace ----

void check_namespace(FieldErrors& errors, const Namespace& ns) {
  const FieldPath path("spec.finalizers");
  for (const Str& name : ns.spec.finalizers) {
    check_qualified_name(errors, path, name);
    check_known_finalizer(errors, path, name);
  }
}

// ---- Node ----

// k8s 1.30 pkg/apis/core/validation: validateNodeTaints
void check_taints(FieldErrors& errors, const std::vector<Taint>& taints) {
  const FieldPath path("metadata.taints");
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (std::size_t i = 0; i < taints.size(); ++i) {
    const Taint& taint = taints[i];
    const FieldPath at = path.index(i);
    check_qualified_name(errors, at.child("key"), taint.key);
    if (const auto wrong = label_value_errors(taint.value); !wrong.empty()) {
      errors.invalid(at.child("value"), taint.value, fmt::format("{}", fmt::join(wrong, ";")));
    }
    check_taint_effect(errors, at.child("effect"), taint.effect, false);
    if (!seen.insert({taint.effect, taint.key}).second) {
      errors.raw(at,
                 fmt::format("Duplicate value: {}: taints must be unique by key and effect pair",
                             go_syntax(core_tree(taint))));
    }
  }
}

void check_amounts(FieldErrors& errors, const FieldPath& path, const ResourceList& list) {
  for (const auto& [name, amount] : list) {
    check_resource_amount(errors, path.child(name), name, amount);
  }
}

// k8s 1.30 pkg/apis/core/validation: ValidateNodeResources
void check_node_resources(FieldErrors& errors, const Node& node) {
  check_amounts(errors, FieldPath("status.capacity"), node.status.capacity);
  check_amounts(errors, FieldPath("status.allocatable"), node.status.allocatable);
}

// k8s 1.30 pkg/apis/core/validation: ValidateNode
void check_pod_cidrs(FieldErrors& errors, const std::vector<Str>& cidrs) {
  const FieldPath path("spec.podCIDRs");
  const auto is_v6 = [](std::string_view cidr) { return cidr.find(':') != std::string_view::npos; };
  for (std::size_t i = 0; i < cidrs.size(); ++i) {
    if (is_cidr(cidrs[i])) continue;
    errors.invalid(path.index(i), cidrs[i],
                   "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
  }
  if (cidrs.size() < 2) return;
  if (cidrs.size() > 2 || is_v6(cidrs[0]) == is_v6(cidrs[1])) {
    errors.invalid_value(path, go_syntax(core_tree(cidrs)),
                         "may specify no more than one CIDR for each IP family");
  }
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < cidrs.size(); ++i) {
    if (!seen.insert(cidrs[i]).second) errors.duplicate(path.index(i), cidrs[i]);
  }
}

void check_node(FieldErrors& errors, const Node& node) {
  check_taints(errors, node.spec.taints);
  check_node_resources(errors, node);
  check_pod_cidrs(errors, node.spec.pod_cidrs);
}

// k8s 1.30 pkg/apis/core/validation: ValidateNodeUpdate
void check_node_update(FieldErrors& errors, const Node& before, const Node& after) {
  check_node_resources(errors, after);
  const std::vector<NodeAddress>& addresses = after.status.addresses;
  const FieldPath path("status.addresses");
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto earlier = addresses.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(addresses.begin(), earlier, addresses[i]) == earlier) continue;
    errors.raw(path.index(i), "Duplicate value: " + go_syntax(core_tree(addresses[i])));
  }
  if (!before.spec.pod_cidrs.empty() && before.spec.pod_cidrs != after.spec.pod_cidrs) {
    errors.forbidden(FieldPath("spec.podCIDRs"),
                     "node updates may not change podCIDR except from \"\" to valid");
  }
  if (!before.spec.provider_id.empty() && before.spec.provider_id != after.spec.provider_id) {
    errors.forbidden(FieldPath("spec.providerID"),
                     "node updates may not change providerID except from \"\" to valid");
  }
  check_taints(errors, after.spec.taints);
}

// ---- ConfigMap ----

// k8s 1.30 pkg/apis/core/validation: ValidateConfigMap
void check_config_map(FieldErrors& errors, const ConfigMap& map) {
  constexpr std::size_t kMost = 1024 * 1024;
  const FieldPath data("data");
  const FieldPath binary("binaryData");
  std::size_t size = 0;
  for (const auto& [key, value] : map.data) {
    errors.all_invalid(data.key(key), key, config_key_errors(key));
    if (map.binary_data.contains(key)) {
      errors.invalid(data.key(key), key, "duplicate of key present in binaryData");
    }
    size += value.size();
  }
  for (const auto& [key, value] : map.binary_data) {
    errors.all_invalid(binary.key(key), key, config_key_errors(key));
    size += base64_size(value);
  }
  if (size > kMost) errors.too_long(FieldPath(""), kMost);
}

// k8s 1.30 pkg/apis/core/validation: ValidateConfigMapUpdate
void check_config_map_update(FieldErrors& errors, const ConfigMap& before, const ConfigMap& after) {
  constexpr std::string_view kText = "field is immutable when `immutable` is set";
  if (!before.immutable.value_or(false)) return;
  if (!after.immutable.value_or(false)) errors.forbidden(FieldPath("immutable"), kText);
  if (!(before.data == after.data)) errors.forbidden(FieldPath("data"), kText);
  if (!(before.binary_data == after.binary_data)) errors.forbidden(FieldPath("binaryData"), kText);
}

// ---- Event and Lease ----

void check_length(FieldErrors& errors, const FieldPath& path, const Str& text, std::size_t most) {
  if (text.size() > most) {
    errors.invalid(path, "", fmt::format("can have at most {} characters", most));
  }
}

// k8s 1.30 pkg/apis/core/validation: legacyValidateEvent
void check_event(FieldErrors& errors, const Event& event) {
  constexpr std::string_view kOther = "does not match event.namespace";
  const FieldPath place("involvedObject.namespace");
  const Str& about = event.involved_object.ns;
  const Str& ns = event.meta.ns;
  if (!event.event_time || !event.event_time->time) {
    if (about.empty() ? ns != "default" && !ns.empty() : ns != about) {
      errors.invalid(place, about, kOther);
    }
  } else {
    if (about.empty() && ns != "default" && ns != "kube-system") {
      errors.invalid(place, about, kOther);
    }
    const FieldPath component("reportingController");
    if (event.reporting_component.empty()) errors.required(component);
    check_qualified_name(errors, component, event.reporting_component);
    if (event.reporting_instance.empty()) errors.required(FieldPath("reportingInstance"));
    check_length(errors, FieldPath("reportingInstance"), event.reporting_instance, 128);
    if (event.action.empty()) errors.required(FieldPath("action"));
    check_length(errors, FieldPath("action"), event.action, 128);
    if (event.reason.empty()) errors.required(FieldPath("reason"));
    check_length(errors, FieldPath("reason"), event.reason, 128);
    check_length(errors, FieldPath("message"), event.message, 1024);
  }
  check_dns_subdomain(errors, FieldPath("namespace"), ns);
}

// k8s 1.30 pkg/apis/coordination/validation: ValidateLeaseSpec
void check_lease(FieldErrors& errors, const Lease& lease) {
  const FieldPath path("spec");
  if (lease.spec.lease_duration_seconds && *lease.spec.lease_duration_seconds <= 0) {
    errors.invalid(path.child("leaseDurationSeconds"), *lease.spec.lease_duration_seconds,
                   "must be greater than 0");
  }
  check_not_negative(errors, path.child("leaseTransitions"),
                     lease.spec.lease_transitions.value_or(0));
}

}  // namespace

// ---- workloads ----

// k8s 1.30 pkg/registry/apps/deployment, replicaset: ValidateUpdate
void check_selector_update(FieldErrors& errors, const Box<LabelSelector>& before,
                           const Box<LabelSelector>& after) {
  if (before == after) return;
  errors.invalid_value(FieldPath("spec.selector"), after ? go_value(*after) : go_quote("null"),
                       "field is immutable");
}

// k8s 1.30 pkg/apis/core/validation: ValidateObjectMeta
void check_object_meta(FieldErrors& errors, const Object& object) {
  const ObjectMeta& meta = object.meta;
  const FieldPath path("metadata");
  if (!meta.generate_name.empty()) {
    check_name(errors, path.child("generateName"), object.kind, meta.generate_name, true);
  }
  if (meta.name.empty()) {
    errors.required(path.child("name"), "name or generateName is required");
  } else {
    check_name(errors, path.child("name"), object.kind, meta.name, false);
  }
  if (!info(object.kind).namespaced) {
    if (!meta.ns.empty()) errors.forbidden(path.child("namespace"), "not allowed on this type");
  } else if (meta.ns.empty()) {
    errors.required(path.child("namespace"));
  } else {
    check_dns_label(errors, path.child("namespace"), meta.ns);
  }
  check_not_negative(errors, path.child("generation"), meta.generation);
  check_labels(errors, path.child("labels"), meta.labels);
  check_annotations(errors, path.child("annotations"), meta.annotations);
  check_owners(errors, path.child("ownerReferences"), meta.owner_references);
  check_finalizers(errors, path.child("finalizers"), meta.finalizers);
  check_known_finalizers(errors, path.child("finalizers"), meta.finalizers);
}

// Names, identity and times are kept from the stored object by whoever calls.
// k8s 1.30 pkg/apis/core/validation: ValidateObjectMetaUpdate
void check_object_meta_update(FieldErrors& errors, const Object& before, const Object& after) {
  const FieldPath path("metadata");
  const FieldPath finalizers = path.child("finalizers");
  if (before.meta.deletion_timestamp) {
    std::set<Str> kept(before.meta.finalizers.begin(), before.meta.finalizers.end());
    std::set<Str> added;
    for (const Str& name : after.meta.finalizers) {
      if (kept.count(name) == 0) added.insert(name);
    }
    if (!added.empty()) {
      errors.forbidden(
          finalizers,
          fmt::format("no new finalizers can be added if the object is being deleted, found new "
                      "finalizers {}",
                      go_syntax(core_tree(std::vector<Str>(added.begin(), added.end())))));
    }
  }
  check_labels(errors, path.child("labels"), after.meta.labels);
  check_annotations(errors, path.child("annotations"), after.meta.annotations);
  check_owners(errors, path.child("ownerReferences"), after.meta.owner_references);
  check_known_finalizers(errors, finalizers, after.meta.finalizers);
}

std::vector<FieldError> validate_create(const Object& object) {
  FieldErrors errors;
  switch (object.kind) {
    case Kind::Namespace:
      check_object_meta(errors, object);
      check_namespace(errors, to<Namespace>(object));
      break;
    case Kind::Node:
      check_object_meta(errors, object);
      check_node(errors, to<Node>(object));
      break;
    case Kind::Pod:
      check_pod_create(errors, to<Pod>(object));
      break;
    case Kind::ReplicaSet:
      check_object_meta(errors, object);
      check_replica_set_spec(errors, to<ReplicaSet>(object).spec);
      break;
    case Kind::Deployment:
      check_object_meta(errors, object);
      check_deployment_spec(errors, to<Deployment>(object).spec);
      break;
    case Kind::ConfigMap:
      check_object_meta(errors, object);
      check_config_map(errors, to<ConfigMap>(object));
      break;
    case Kind::ServiceAccount:
      check_object_meta(errors, object);
      break;
    case Kind::Event:
      check_event(errors, to<Event>(object));
      check_object_meta(errors, object);
      break;
    case Kind::Lease:
      check_object_meta(errors, object);
      check_lease(errors, to<Lease>(object));
      break;
    default:
      check_storage_create(errors, object);
      check_service_create(errors, object);
      check_controller_create(errors, object);
      break;
  }
  return errors.take();
}

std::vector<FieldError> validate_update(const Object& before, const Object& after) {
  FieldErrors errors;
  switch (after.kind) {
    case Kind::Namespace:
      check_object_meta_update(errors, before, after);
      break;
    case Kind::Node:
      check_object_meta_update(errors, before, after);
      check_node_update(errors, to<Node>(before), to<Node>(after));
      break;
    case Kind::Pod:
      check_pod_update(errors, to<Pod>(before), to<Pod>(after));
      break;
    case Kind::ReplicaSet:
      check_object_meta_update(errors, before, after);
      check_replica_set_spec(errors, to<ReplicaSet>(after).spec);
      check_selector_update(errors, to<ReplicaSet>(before).spec.selector,
                            to<ReplicaSet>(after).spec.selector);
      break;
    case Kind::Deployment:
      check_object_meta_update(errors, before, after);
      check_deployment_spec(errors, to<Deployment>(after).spec);
      check_selector_update(errors, to<Deployment>(before).spec.selector,
                            to<Deployment>(after).spec.selector);
      break;
    case Kind::ConfigMap:
      check_object_meta_update(errors, before, after);
      check_config_map_update(errors, to<ConfigMap>(before), to<ConfigMap>(after));
      check_object_meta(errors, after);
      check_config_map(errors, to<ConfigMap>(after));
      break;
    case Kind::ServiceAccount:
      check_object_meta_update(errors, before, after);
      check_object_meta(errors, after);
      break;
    case Kind::Event:
      check_event(errors, to<Event>(after));
      break;
    case Kind::Lease:
      check_object_meta_update(errors, before, after);
      check_lease(errors, to<Lease>(after));
      break;
    default:
      check_storage_update(errors, before, after);
      check_service_update(errors, before, after);
      check_controller_update(errors, before, after);
      break;
  }
  return errors.take();
}

// k8s 1.30 kubectl/pkg/cmd/util: checkErr, statusCausesToAggrError
std::string invalid_message(Kind kind, std::string_view name,
                            const std::vector<FieldError>& errors) {
  std::string text = fmt::format("The {} \"{}\" is invalid", info(kind).name, name);
  std::vector<std::string_view> once;
  for (const FieldError& error : errors) {
    if (std::find(once.begin(), once.end(), error.text) == once.end()) once.push_back(error.text);
  }
  if (once.empty()) return text;
  text.append(": ");
  if (once.size() == 1) return text.append(once[0]);
  for (const std::string_view line : once) text.append("\n* ").append(line);
  return text;
}

}  // namespace sim
