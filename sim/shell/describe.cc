#include "sim/shell/describe.h"

#include "sim/base/columns.h"
#include "sim/base/format.h"
#include "sim/shell/describe_parts.h"

namespace sim::kubectl {
namespace {

// k8s 1.30 kubectl/pkg/describe: tabbedString
constexpr ColumnStyle kDescribeStyle{0, 2, false};

std::string head(const Object& object) {
  std::string out = fmt::format("Name:\t{}\n", object.meta.name);
  if (!object.meta.ns.empty()) out += fmt::format("Namespace:\t{}\n", object.meta.ns);
  describe_labels(out, "Labels", object.meta.labels);
  describe_annotations(out, "Annotations", object.meta.annotations);
  return out;
}

std::string describe_config_map(const ConfigMap& config) {
  std::string out = head(config);
  out += "\nData\n====\n";
  for (const auto& [key, value] : config.data) {
    out += fmt::format("{}:\n----\n{}\n\n", key, value);
  }
  out += "\nBinaryData\n====\n";
  for (const auto& [key, value] : config.binary_data) {
    // Base64 holds three bytes in four characters.
    std::size_t bytes = value.size() / 4 * 3;
    for (std::size_t i = value.size(); i > 0 && value.view()[i - 1] == '='; --i) --bytes;
    out += fmt::format("{}: {} bytes\n", key, bytes);
  }
  return out + "\n";
}

std::string describe_namespace(const Namespace& ns) {
  std::string out = head(ns);
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
  std::string out = head(account);
  std::vector<Str> pull;
  std::vector<Str> secrets;
  for (const LocalObjectReference& secret : account.image_pull_secrets) pull.push_back(secret.name);
  for (const ObjectReference& secret : account.secrets) secrets.push_back(secret.name);
  out += fmt::format("Image pull secrets:\t{}\nMountable secrets:\t{}\nTokens:\t<none>\n",
                     names_or_none(pull), names_or_none(secrets));
  return out;
}

std::string describe_event(const Event& event) {
  std::string out = head(event);
  const ObjectReference& about = event.involved_object;
  out += fmt::format(
      "API Version:\tv1\nCount:\t{}\nFirst Timestamp:\t{}\nInvolved Object:\n"
      "  API Version:\t{}\n  Kind:\t{}\n  Name:\t{}\n  Namespace:\t{}\n"
      "Kind:\tEvent\nLast Timestamp:\t{}\nMessage:\t{}\nReason:\t{}\nSource:\n"
      "  Component:\t{}\nType:\t{}\n",
      event.count, describe_time(event.first_timestamp), about.api_version, about.kind, about.name,
      about.ns, describe_time(event.last_timestamp), event.message, event.reason,
      event.source.component, event.type);
  return out;
}

std::string describe_lease_object(const Lease& lease) {
  std::string out = head(lease);
  out += "API Version:\tcoordination.k8s.io/v1\nKind:\tLease\nSpec:\n";
  out += fmt::format("  Holder Identity:\t{}\n", lease.spec.holder_identity.value_or(Str()));
  if (lease.spec.lease_duration_seconds) {
    out += fmt::format("  Lease Duration Seconds:\t{}\n", *lease.spec.lease_duration_seconds);
  }
  if (lease.spec.renew_time && lease.spec.renew_time->time) {
    out += fmt::format("  Renew Time:\t{}\n", to_rfc3339_micro(*lease.spec.renew_time->time));
  }
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
      return describe_event(static_cast<const Event&>(object));
    case Kind::Lease:
      return describe_lease_object(static_cast<const Lease&>(object));
    case Kind::Machine:
    case Kind::PodSandbox:
    case Kind::ContainerInstance:
    case Kind::Disk:
      return "";
  }
  return "";
}

}  // namespace

std::string describe(const World& world, const Object& object, bool show_events) {
  std::string out = text_of(world, object);
  // A namespace's describer shows none. k8s 1.30 kubectl/pkg/describe: describeNamespace
  if (show_events && object.kind != Kind::Namespace) describe_events(world, out, object);
  return align(out, kDescribeStyle);
}

}  // namespace sim::kubectl
