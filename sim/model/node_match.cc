#include "sim/model/node_match.h"

#include <algorithm>

namespace sim {
namespace {

constexpr const char* kNameField = "metadata.name";

Requirement to_requirement(const NodeSelectorRequirement& from) {
  using Op = Requirement::Op;
  // Validation lets no other operator pass.
  Op op = Op::In;
  if (from.op == "NotIn") op = Op::NotIn;
  if (from.op == "Exists") op = Op::Exists;
  if (from.op == "DoesNotExist") op = Op::DoesNotExist;
  if (from.op == "Gt") op = Op::GreaterThan;
  if (from.op == "Lt") op = Op::LessThan;
  return {from.key, op, from.values};
}

}  // namespace

// k8s 1.30 api/core/v1: Toleration.ToleratesTaint
bool tolerates(const Toleration& toleration, const Taint& taint) {
  if (!toleration.effect.empty() && toleration.effect != taint.effect) return false;
  if (!toleration.key.empty() && toleration.key != taint.key) return false;
  if (toleration.op.empty() || toleration.op == "Equal") return toleration.value == taint.value;
  return toleration.op == "Exists";
}

bool tolerates(const std::vector<Toleration>& tolerations, const Taint& taint) {
  return std::any_of(tolerations.begin(), tolerations.end(),
                     [&](const Toleration& each) { return tolerates(each, taint); });
}

bool is_hard(const Taint& taint) {
  return taint.effect == "NoSchedule" || taint.effect == "NoExecute";
}

NodeTerm::NodeTerm(const NodeSelectorTerm& term) {
  for (const NodeSelectorRequirement& each : term.match_expressions) {
    labels_.requirements.push_back(to_requirement(each));
  }
  for (const NodeSelectorRequirement& each : term.match_fields) {
    fields_.requirements.push_back(to_requirement(each));
  }
}

bool NodeTerm::matches(const Node& node) const {
  if (labels_.requirements.empty() && fields_.requirements.empty()) return false;
  if (!labels_.matches(node.meta.labels)) return false;
  return fields_.requirements.empty() || fields_.matches({{kNameField, node.meta.name}});
}

RequiredNodeAffinity::RequiredNodeAffinity(const PodSpec& spec) : selector_(spec.node_selector) {
  if (!spec.affinity || !spec.affinity->node_affinity) return;
  const auto& required =
      spec.affinity->node_affinity->required_during_scheduling_ignored_during_execution;
  if (!required) return;
  has_terms_ = true;
  for (const NodeSelectorTerm& term : required->node_selector_terms) terms_.emplace_back(term);
}

bool RequiredNodeAffinity::matches(const Node& node) const {
  for (const auto& [key, value] : selector_) {
    const Str* label = node.meta.labels.find(key);
    if (!label || *label != value) return false;
  }
  return !has_terms_ || std::any_of(terms_.begin(), terms_.end(),
                                    [&](const NodeTerm& term) { return term.matches(node); });
}

}  // namespace sim
