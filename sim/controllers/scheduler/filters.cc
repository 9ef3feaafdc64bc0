#include "sim/controllers/scheduler/filters.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "sim/base/format.h"

namespace sim::scheduler {
namespace {

bool is_wildcard(const Str& ip) { return ip.empty() || ip == "0.0.0.0"; }

Str protocol_of(const ContainerPort& port) {
  return port.protocol.empty() ? Str("TCP") : port.protocol;
}

// k8s 1.30 pkg/scheduler/framework/types.go: HostPortInfo.CheckConflict
bool ports_clash(const ContainerPort& a, const ContainerPort& b) {
  return a.host_port == b.host_port && protocol_of(a) == protocol_of(b) &&
         (is_wildcard(a.host_ip) || is_wildcard(b.host_ip) || a.host_ip == b.host_ip);
}

}  // namespace

NodeFilters::NodeFilters(const Incoming& incoming) : incoming_(incoming) {
  Taint cordon;
  cordon.key = "node.kubernetes.io/unschedulable";
  cordon.effect = "NoSchedule";
  tolerates_cordon_ = tolerates(incoming.spec.tolerations, cordon);
  for (const Container& container : incoming.spec.containers) {
    for (const ContainerPort& port : container.ports) {
      if (port.host_port > 0) host_ports_.push_back(&port);
    }
  }
  read_named_nodes();
  plain_ = incoming.scalars.empty() && incoming.node_affinity.empty() && host_ports_.empty();
}

void NodeFilters::read_named_nodes() {
  const Box<Affinity>& affinity = incoming_.spec.affinity;
  if (!affinity || !affinity->node_affinity) return;
  const auto& required =
      affinity->node_affinity->required_during_scheduling_ignored_during_execution;
  if (!required || required->node_selector_terms.empty()) return;
  std::set<Str> all;
  for (const NodeSelectorTerm& term : required->node_selector_terms) {
    std::optional<std::set<Str>> names;  // all its requirements hold
    for (const NodeSelectorRequirement& each : term.match_fields) {
      if (each.key != "metadata.name" || each.op != "In") continue;
      const std::set<Str> values(each.values.begin(), each.values.end());
      if (!names) {
        names = values;
        continue;
      }
      std::set<Str> both;
      std::set_intersection(names->begin(), names->end(), values.begin(), values.end(),
                            std::inserter(both, both.end()));
      names = std::move(both);
    }
    if (!names) return;  // this term takes any node
    all.merge(*names);
  }
  names_nodes_ = true;
  named_nodes_ = std::move(all);
}

const Taint* NodeFilters::untolerated(const Node& node, bool no_execute_too) const {
  for (const Taint& taint : node.spec.taints) {
    const bool counts = no_execute_too ? is_hard(taint) : taint.effect == "NoSchedule";
    if (counts && !tolerates(incoming_.spec.tolerations, taint)) return &taint;
  }
  return nullptr;
}

// k8s 1.30 plugins/nodeports: fitsPorts
bool NodeFilters::ports_free(const Candidate& node) const {
  for (const Id id : incoming_.pods_on(node.id)) {
    const Pod& other = *incoming_.world.get<Pod>(id);
    for (const Container& container : other.spec->containers) {
      for (const ContainerPort& used : container.ports) {
        if (used.host_port <= 0) continue;
        const bool clash =
            std::any_of(host_ports_.begin(), host_ports_.end(),
                        [&](const ContainerPort* wanted) { return ports_clash(*wanted, used); });
        if (clash) return false;
      }
    }
  }
  return true;
}

bool NodeFilters::scalar_fits(const Candidate& node,
                              const std::pair<Str, std::int64_t>& wanted) const {
  const Node& row = incoming_.node(node.id);
  std::int64_t free = row.status.allocatable.get(wanted.first).value();
  for (const Id id : incoming_.pods_on(node.id)) {
    const Pod& other = *incoming_.world.get<Pod>(id);
    for (const auto& [name, amount] : scalar_requests(*other.spec)) {
      if (name == wanted.first) free -= amount;
    }
  }
  return wanted.second <= free;
}

// k8s 1.30 plugins/noderesources/fit.go: fitsRequest
bool NodeFilters::resources_fit(const Candidate& node, Diagnosis* diagnosis) const {
  bool fits = true;
  const auto lacks = [&](std::string_view reason) {
    fits = false;
    if (diagnosis) diagnosis->count(Plugin::NodeResourcesFit, reason);
  };
  const NodeLoad& want = incoming_.request;
  const NodeLoad& used = node.load;
  const NodeFacts& has = node.facts;
  if (used.pods + 1 > has.pods) lacks("Too many pods");
  if (want.milli_cpu > 0 && want.milli_cpu > has.milli_cpu - used.milli_cpu) {
    lacks("Insufficient cpu");
  }
  if (want.memory > 0 && want.memory > has.memory - used.memory) lacks("Insufficient memory");
  if (want.ephemeral_storage > 0 &&
      want.ephemeral_storage > has.ephemeral_storage - used.ephemeral_storage) {
    lacks("Insufficient ephemeral-storage");
  }
  for (const auto& wanted : incoming_.scalars) {
    if (!scalar_fits(node, wanted)) lacks(fmt::format("Insufficient {}", wanted.first));
  }
  return fits;
}

Verdict NodeFilters::check(const Candidate& node, Diagnosis& diagnosis) const {
  if (node.facts.unschedulable && !tolerates_cordon_) {
    diagnosis.count(Plugin::NodeUnschedulable, "node(s) were unschedulable");
    return Verdict::Unresolvable;
  }
  if (node.facts.hard_taints) {
    if (const Taint* taint = untolerated(incoming_.node(node.id), true)) {
      diagnosis.count(
          Plugin::TaintToleration,
          fmt::format("node(s) had untolerated taint {{{}: {}}}", taint->key, taint->value));
      return Verdict::Unresolvable;
    }
  }
  if (!incoming_.node_affinity.empty() &&
      !incoming_.node_affinity.matches(incoming_.node(node.id))) {
    diagnosis.count(Plugin::NodeAffinity, "node(s) didn't match Pod's node affinity/selector");
    return Verdict::Unresolvable;
  }
  if (!host_ports_.empty() && !ports_free(node)) {
    diagnosis.count(Plugin::NodePorts,
                    "node(s) didn't have free ports for the requested pod ports");
    return Verdict::Rejected;
  }
  return resources_fit(node, &diagnosis) ? Verdict::Fits : Verdict::Rejected;
}

bool NodeFilters::admits(const Candidate& node) const {
  if (!resources_fit(node, nullptr)) return false;
  const Node& row = incoming_.node(node.id);
  return (incoming_.node_affinity.empty() || incoming_.node_affinity.matches(row)) &&
         (host_ports_.empty() || ports_free(node)) && !untolerated(row, false);
}

}  // namespace sim::scheduler
