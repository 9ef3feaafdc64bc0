#include "sim/model/validate_pod.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "sim/base/format.h"
#include "sim/model/go_tree.h"

namespace sim {
namespace {

constexpr std::string_view kMirrorPod = "kubernetes.io/config.mirror";
constexpr std::string_view kDeletionCost = "controller.kubernetes.io/pod-deletion-cost";

// k8s 1.30 pkg/apis/core/validation: validatePodHostNetworkDeps
void check_host_network(FieldErrors& errors, const FieldPath& path, const PodSpec& spec,
                        bool is_pod) {
  if (!spec.host_network) return;
  const FieldPath containers = path.child("containers");
  for (std::size_t c = 0; c < spec.containers.size(); ++c) {
    const FieldPath container = containers.index(c);
    const FieldPath ports = container.child("ports");
    const std::vector<ContainerPort>& list = spec.containers[c].ports;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::int32_t host = list[i].host_port;
      // In a template the host's port may still be left out.
      if ((!is_pod && host == 0) || host == list[i].container_port) continue;
      const FieldPath at = ports.index(i);
      errors.invalid(at.child("hostPort"), host,
                     "must match `containerPort` when `hostNetwork` is true");
    }
  }
}

void check_word(FieldErrors& errors, const FieldPath& path, std::string_view value,
                FieldErrors::Words words) {
  if (value.empty()) {
    errors.required(path);
  } else if (!is_one_of(value, words)) {
    errors.not_supported(path, value, words);
  }
}

// k8s 1.30 pkg/apis/core/validation: validatePodDNSConfig
void check_dns_config(FieldErrors& errors, const FieldPath& path, const PodSpec& spec) {
  constexpr std::size_t kMostServers = 3;
  constexpr std::size_t kMostSearches = 32;
  constexpr std::size_t kMostLetters = 2048;
  const bool none = spec.dns_policy == "None";
  if (!spec.dns_config) {
    if (none) errors.required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
    return;
  }
  const PodDNSConfig& config = *spec.dns_config;
  const FieldPath servers = path.child("nameservers");
  const FieldPath searches = path.child("searches");
  const FieldPath options = path.child("options");
  if (none && config.nameservers.empty()) {
    return errors.required(servers,
                           "must provide at least one DNS nameserver when `dnsPolicy` is None");
  }
  if (config.nameservers.size() > kMostServers) {
    errors.invalid_value(servers, go_syntax(core_tree(config.nameservers)),
                         fmt::format("must not have more than {} nameservers", kMostServers));
  }
  for (std::size_t i = 0; i < config.nameservers.size(); ++i) {
    check_ip(errors, servers.index(i), config.nameservers[i]);
  }
  if (config.searches.size() > kMostSearches) {
    errors.invalid_value(searches, go_syntax(core_tree(config.searches)),
                         fmt::format("must not have more than {} search paths", kMostSearches));
  }
  std::size_t letters = config.searches.empty() ? 0 : config.searches.size() - 1;
  for (const Str& search : config.searches) letters += search.size();
  if (letters > kMostLetters) {
    errors.invalid_value(searches, go_syntax(core_tree(config.searches)),
                         fmt::format("must not have more than {} characters (including spaces) in "
                                     "the search list",
                                     kMostLetters));
  }
  for (std::size_t i = 0; i < config.searches.size(); ++i) {
    std::string_view search = config.searches[i];
    if (!search.empty() && search.back() == '.') search.remove_suffix(1);
    check_dns_subdomain(errors, searches.index(i), search);
  }
  for (std::size_t i = 0; i < config.options.size(); ++i) {
    if (config.options[i].name.empty()) errors.required(options.index(i), "must not be empty");
  }
}

void check_gates(FieldErrors& errors, const FieldPath& path, const PodSpec& spec) {
  const FieldPath readiness = path.child("readinessGates");
  for (std::size_t i = 0; i < spec.readiness_gates.size(); ++i) {
    const FieldPath at = readiness.index(i);
    check_qualified_name(errors, at.child("conditionType"), spec.readiness_gates[i].condition_type);
  }
  const FieldPath scheduling = path.child("schedulingGates");
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < spec.scheduling_gates.size(); ++i) {
    const Str& name = spec.scheduling_gates[i].name;
    check_qualified_name(errors, scheduling.index(i), name);
    if (!seen.insert(name).second) errors.duplicate(scheduling.index(i), name);
  }
}

void check_optional_subdomain(FieldErrors& errors, const FieldPath& path, std::string_view name) {
  if (!name.empty()) check_dns_subdomain(errors, path, name);
}

void check_optional_label(FieldErrors& errors, const FieldPath& path, std::string_view name) {
  if (!name.empty()) check_dns_label(errors, path, name);
}

// k8s 1.30 pkg/apis/core/validation: ValidateHostAliases
void check_host_aliases(FieldErrors& errors, const FieldPath& path,
                        const std::vector<HostAlias>& aliases) {
  for (std::size_t i = 0; i < aliases.size(); ++i) {
    const FieldPath at = path.index(i);
    check_ip(errors, at.child("ip"), aliases[i].ip);
    const FieldPath names = at.child("hostnames");
    for (std::size_t n = 0; n < aliases[i].hostnames.size(); ++n) {
      check_dns_subdomain(errors, names.index(n), aliases[i].hostnames[n]);
    }
  }
}

// k8s 1.30 pkg/apis/core/helper: GetDeletionCostFromPodAnnotations
bool is_deletion_cost(std::string_view text) {
  if (text.empty()) return false;
  const bool starts_well = text[0] == '-' || text == "0" || (text[0] >= '1' && text[0] <= '9');
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return starts_well && error == std::errc() && end == text.data() + text.size();
}

const PodSpec& spec_of(const Pod& pod) {
  static const PodSpec none;
  return pod.spec ? *pod.spec : none;
}

}  // namespace

// k8s 1.30 pkg/apis/core/validation: ValidatePodSpecificAnnotations
void check_pod_annotations(FieldErrors& errors, const FieldPath& path, const StringMap& annotations,
                           bool has_node) {
  const Str* mirror = annotations.find(kMirrorPod);
  if (mirror && !has_node) {
    errors.invalid(path.key(kMirrorPod), *mirror,
                   "must set spec.nodeName if mirror pod annotation is set");
  }
  const Str* cost = annotations.find(kDeletionCost);
  if (cost && !is_deletion_cost(*cost)) {
    errors.invalid(path.key(kDeletionCost), *cost, "must be a 32bit integer");
  }
}

// k8s 1.30 pkg/apis/core/validation: ValidatePodSpec
void check_pod_spec(FieldErrors& errors, const FieldPath& path, const PodSpec& spec,
                    const Pod* pod) {
  constexpr std::int64_t kMostSeconds = std::numeric_limits<std::int32_t>::max();
  if (!spec.termination_grace_period_seconds) {
    errors.required(path.child("terminationGracePeriodSeconds"));
  }
  const VolumeNames volumes = check_volumes(errors, path.child("volumes"), spec.volumes,
                                            pod ? pod->meta.name.view() : std::string_view());
  check_containers(errors, path, spec, volumes);
  check_host_network(errors, path, spec, pod != nullptr);
  check_word(errors, path.child("restartPolicy"), spec.restart_policy,
             {"Always", "OnFailure", "Never"});
  check_word(errors, path.child("dnsPolicy"), spec.dns_policy,
             {"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"});
  check_labels(errors, path.child("nodeSelector"), spec.node_selector);
  check_pod_security(errors, path, spec);
  if (spec.affinity) check_affinity(errors, path.child("affinity"), *spec.affinity);
  check_dns_config(errors, path.child("dnsConfig"), spec);
  check_gates(errors, path, spec);
  check_topology_spread(errors, path.child("topologySpreadConstraints"),
                        spec.topology_spread_constraints);
  check_host_process(errors, path, spec);
  check_optional_subdomain(errors, path.child("serviceAccountName"), spec.service_account_name);
  check_optional_subdomain(errors, path.child("nodeName"),
                           pod && !pod->node_name.empty() ? pod->node_name : spec.node_name);
  if (spec.active_deadline_seconds) {
    const std::int64_t value = *spec.active_deadline_seconds;
    if (value < 1 || value > kMostSeconds) {
      errors.invalid(path.child("activeDeadlineSeconds"), value, range_error(1, kMostSeconds));
    }
  }
  check_optional_label(errors, path.child("hostname"), spec.hostname);
  check_optional_label(errors, path.child("subdomain"), spec.subdomain);
  check_tolerations(errors, path.child("tolerations"), spec.tolerations);
  check_host_aliases(errors, path.child("hostAliases"), spec.host_aliases);
  check_optional_subdomain(errors, path.child("priorityClassName"), spec.priority_class_name);
  if (spec.runtime_class_name) {
    check_dns_subdomain(errors, path.child("runtimeClassName"), *spec.runtime_class_name);
  }
  if (spec.preemption_policy) {
    check_word(errors, path.child("preemptionPolicy"), *spec.preemption_policy,
               {"PreemptLowerPriority", "Never"});
  }
  if (!spec.overhead.empty()) {
    ResourceRequirements overhead;
    overhead.limits = spec.overhead;
    check_resources(errors, path.child("overhead"), overhead);
  }
  check_pod_os(errors, path, spec);
}

// k8s 1.30 pkg/apis/core/validation: validatePodMetadataAndSpec
void check_pod(FieldErrors& errors, const Pod& pod) {
  const FieldPath meta("metadata");
  const FieldPath annotations = meta.child("annotations");
  const FieldPath path("spec");
  const PodSpec& spec = spec_of(pod);
  check_object_meta(errors, pod);
  check_pod_annotations(errors, annotations, pod.meta.annotations,
                        !pod.node_name.empty() || !spec.node_name.empty());
  check_profile_annotations(errors, annotations, pod.meta.annotations, spec);
  check_pod_spec(errors, path, spec, &pod);
  const FieldPath containers = path.child("containers");
  for (std::size_t i = 0; i < spec.containers.size(); ++i) {
    const FieldPath at = containers.index(i);
    check_image_text(errors, at.child("image"), spec.containers[i].image);
  }
  const FieldPath init = path.child("initContainers");
  for (std::size_t i = 0; i < spec.init_containers.size(); ++i) {
    const FieldPath at = init.index(i);
    check_image_text(errors, at.child("image"), spec.init_containers[i].image);
  }
}

// k8s 1.30 pkg/apis/core/validation: ValidatePodCreate
void check_pod_create(FieldErrors& errors, const Pod& pod) {
  const FieldPath path("spec");
  const PodSpec& spec = spec_of(pod);
  check_pod(errors, pod);
  if (!spec.ephemeral_containers.empty()) {
    errors.forbidden(path.child("ephemeralContainers"), "cannot be set on create");
  }
  if (!pod.node_name.empty() && !spec.scheduling_gates.empty()) {
    errors.forbidden(path.child("nodeName"),
                     "cannot be set until all schedulingGates have been cleared");
  }
  check_profile_agreement(errors, path, pod.meta.annotations, spec);
}

}  // namespace sim
