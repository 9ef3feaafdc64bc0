#include "sim/controllers/scheduler/trial.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/controllers/scheduler/fit.h"
#include "sim/model/controller_types.h"
#include "sim/model/node_match.h"
#include "sim/world/drivers.h"
#include "sim/world/pod_control.h"

namespace sim::scheduler {
namespace {

/// The scheduler's filters, for one pod.
class Filters {
 public:
  Filters(const World& world, const Pod& pod) : incoming_(world, pod), fit_(incoming_) {
    fit_.pre_filter(before_);
  }

  /// Why it fits on no node at all, if it is so.
  const Diagnosis& before() const { return before_; }
  bool check(Id id, Diagnosis& diagnosis) {
    if (before_.refused()) return false;
    if (fit_.names_nodes() && fit_.named_nodes().count(incoming_.node(id).meta.name) == 0) {
      diagnosis.count(Plugin::NodeAffinity, "node(s) didn't match Pod's node affinity/selector");
      return false;
    }
    return fit_.check(incoming_.candidate(id), diagnosis) == Verdict::Fits;
  }

 private:
  Incoming incoming_;
  Fit fit_;
  Diagnosis before_;
};

}  // namespace

void Trial::carry_out(Plan plan) { apply(world_, std::move(plan), {0, "trial"}); }

Id Trial::add_node(const NodeSpecification& wanted) {
  const auto machine = new_machine(world_, wanted);
  Plan plan;
  const Id id = plan.create(world_, joined_node(world_, *machine), "what if it were there");
  carry_out(std::move(plan));
  Plan drivers;
  drivers.create(world_, csi_node_of(world_, *world_.get<Node>(id)), "what if it were there");
  carry_out(std::move(drivers));
  add_daemon_pods(id);
  return id;
}

/// k8s autoscaler simulator: GetDaemonSetPodsForNode
void Trial::add_daemon_pods(Id id) {
  const Node& node = *world_.get<Node>(id);
  Plan plan;
  for (const auto& [set_id, row] : world_.store().table(Kind::DaemonSet)) {
    const auto& set = static_cast<const DaemonSet&>(row);
    if (set.meta.deletion_timestamp || !set.spec.pod_template) continue;
    const PodTemplateSpec& pods = *set.spec.pod_template;
    const PodSpec& spec = pods.spec;
    const bool kept_away = std::any_of(
        node.spec.taints.begin(), node.spec.taints.end(),
        [&](const Taint& taint) { return is_hard(taint) && !tolerates(spec.tolerations, taint); });
    if (kept_away || !RequiredNodeAffinity(spec).matches(node)) continue;
    auto pod = pod_from_template(set, pods.meta, Box<PodSpec>(spec));
    pod->meta.name = fmt::format("{}-{}", set.meta.name, node.meta.name);
    pod->meta.ns = set.meta.ns;
    pod->node_name = node.meta.name;
    pod->status.phase = "Running";
    plan.create(world_, std::move(pod), "what if it were there");
  }
  carry_out(std::move(plan));
}

void Trial::remove_node(Id node) {
  Plan plan;
  plan.erase({Kind::Node, node}, "what if it were gone");
  carry_out(std::move(plan));
}

bool Trial::fits(Id pod, Id node, std::vector<std::string>* reasons) const {
  Filters filters(world_, *world_.get<Pod>(pod));
  Diagnosis diagnosis;
  const bool good = filters.check(node, diagnosis);
  if (!good && reasons) {
    *reasons = (filters.before().refused() ? filters.before() : diagnosis).reasons();
  }
  return good;
}

void Trial::place(Id id, Id node) {
  auto pod = std::make_shared<Pod>(*world_.get<Pod>(id));
  pod->node_name = node == 0 ? Str() : world_.get<Node>(node)->meta.name;
  Plan plan;
  plan.update({Kind::Pod, id}, std::move(pod), "what if it were there");
  carry_out(std::move(plan));
}

bool Trial::settle(Id pod, Id without) {
  Filters filters(world_, *world_.get<Pod>(pod));
  Diagnosis diagnosis;
  for (const NodeIndex::Slot& slot : world_.store().node_index().order()) {
    if (slot.id == without || !filters.check(slot.id, diagnosis)) continue;
    place(pod, slot.id);
    return true;
  }
  return false;
}

bool Trial::move(const std::vector<Id>& pods, Id from) {
  for (const Id pod : pods) place(pod, 0);
  return std::all_of(pods.begin(), pods.end(), [&](Id pod) { return settle(pod, from); });
}

}  // namespace sim::scheduler
