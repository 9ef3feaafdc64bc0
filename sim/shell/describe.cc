#include "sim/shell/describe.h"

#include "sim/base/base64.h"
#include "sim/base/columns.h"
#include "sim/base/format.h"
#include "sim/shell/describe_parts.h"

namespace sim::kubectl {
namespace {

// k8s 1.30 kubectl/pkg/describe: tabbedString
constexpr ColumnStyle kDescribeStyle{0, 2, false};

std::string describe_config_map(const ConfigMap& config) {
  std::string out = describe_head(config);
  out += "\nData\n====\n";
  for (const auto& [key, value] : config.data) {
    out += fmt::format("{}:\n----\n{}\n\n", key, value);
  }
  out += "\nBinaryData\n====\n";
  for (const auto& [key, value] : config.binary_data) {
    out += fmt::format("{}: {} bytes\n", key, base64_size(value));
  }
  return out + "\n";
}

std::string describe_namespace(const Namespace& ns) {
  std::string out = describe_head(ns);
  out += fmt::format("Status:\t{}\n", ns.status.phase);
  if (!ns.status.conditions.empty()) {
    out +=
        "Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n"
        "  ----\t------\t------------------\t------\t-------\n";
    for (const NamespaceCondition& condition : ns.status.conditions) {
      out += fmt::format("  {}\t{}\t{}\t{}\t{}\n", condition.type, condition.status,
                         describe_time(condition.last_transition_time), condition.reason,
                         condition.message);
    }
  }
  return out + "\nNo resource quota.\n\nNo LimitRange resource.\n";
}

std::string names_or_none(const std::vector<Str>& names) {
  return names.empty() ? "<none>" : fmt::format("{}", fmt::join(names, "\n\t"));
}

std::string describe_service_account(const ServiceAccount& account) {
  std::string out = describe_head(account);
  std::vector<Str> pull;
  std::vector<Str> secrets;
  for (const LocalObjectReference& secret : account.image_pull_secrets) pull.push_back(secret.name);
  for (const ObjectReference& secret : account.secrets) secrets.push_back(secret.name);
  out += fmt::format("Image pull secrets:\t{}\nMountable secrets:\t{}\nTokens:\t<none>\n",
                     names_or_none(pull), names_or_none(secrets));
  return out;
}

std::string text_of(const World& world, const Object& object) {
  switch (object.kind) {
    case Kind::Pod:
      return describe_pod(world, static_cast<const Pod&>(object));
    case Kind::Deployment:
      return describe_deployment(world, static_cast<const Deployment&>(object));
    case Kind::ReplicaSet:
      return describe_replica_set(world, static_cast<const ReplicaSet&>(object));
    case Kind::Node:
      return describe_node(world, static_cast<const Node&>(object));
    case Kind::Namespace:
      return describe_namespace(static_cast<const Namespace&>(object));
    case Kind::ConfigMap:
      return describe_config_map(static_cast<const ConfigMap&>(object));
    case Kind::ServiceAccount:
      return describe_service_account(static_cast<const ServiceAccount&>(object));
    case Kind::Event:
    case Kind::Lease:
      return describe_any(object);
    default:
      return describe_storage(world, object) + describe_service(world, object) +
             describe_controller(world, object);
  }
}

}  // namespace

std::string describe_head(const Object& object) {
  std::string out = fmt::format("Name:\t{}\n", object.meta.name);
  if (!object.meta.ns.empty()) out += fmt::format("Namespace:\t{}\n", object.meta.ns);
  describe_labels(out, "Labels", object.meta.labels);
  describe_annotations(out, "Annotations", object.meta.annotations);
  return out;
}

std::string describe(const World& world, const Object& object, bool show_events) {
  std::string out = text_of(world, object);
  // These describers show none. k8s 1.32 kubectl/pkg/describe: describeNamespace, describeSecret
  const bool has_none = object.kind == Kind::Namespace || object.kind == Kind::Secret;
  if (show_events && !has_none) describe_events(world, out, object);
  return align(out, kDescribeStyle);
}

}  // namespace sim::kubectl
