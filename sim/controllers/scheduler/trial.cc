#include "sim/controllers/scheduler/trial.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/controllers/scheduler/filters.h"
#include "sim/controllers/scheduler/pod_affinity.h"
#include "sim/controllers/scheduler/topology_spread.h"
#include "sim/controllers/scheduler/volume_binding.h"
#include "sim/controllers/scheduler/volume_limits.h"
#include "sim/model/controller_types.h"
#include "sim/model/node_match.h"
#include "sim/world/drivers.h"
#include "sim/world/pod_control.h"

namespace sim::scheduler {
namespace {

/// All filters, for one pod.
class Filters {
 public:
  Filters(const World& world, const Pod& pod)
      : incoming_(world, pod),
        filters_(incoming_),
        limits_(incoming_),
        volumes_(incoming_),
        spread_(incoming_),
        affinity_(incoming_) {
    for (const std::string* refusal :
         {&limits_.refusal(), &volumes_.refusal(), &limits_.zone_refusal()}) {
      if (!refusal->empty() && refusal_.empty()) refusal_ = *refusal;
    }
  }

  bool check(Id id, Diagnosis& diagnosis) {
    if (!refusal_.empty()) {
      diagnosis.count(Plugin::None, refusal_);
      return false;
    }
    const Str& name = incoming_.node(id).meta.name;
    const auto misses = [&](const std::set<Str>* names) {
      return names && names->count(name) == 0;
    };
    if (misses(filters_.named_nodes())) {
      diagnosis.count(Plugin::NodeAffinity, "node(s) didn't match Pod's node affinity/selector");
      return false;
    }
    if (misses(volumes_.named_nodes())) {
      diagnosis.count(Plugin::VolumeBinding, "node(s) had volume node affinity conflict");
      return false;
    }
    const Candidate node = incoming_.candidate(id);
    return filters_.check(node, diagnosis) == Verdict::Fits &&
           limits_.check(node, diagnosis) == Verdict::Fits &&
           (!volumes_.active() || volumes_.check(id, diagnosis) == Verdict::Fits) &&
           limits_.check_zone(node, diagnosis) == Verdict::Fits &&
           (!spread_.active() || spread_.check(id, diagnosis) == Verdict::Fits) &&
           (!affinity_.active() || affinity_.check(id, diagnosis) == Verdict::Fits);
  }

 private:
  Incoming incoming_;
  const NodeFilters filters_;
  const VolumeLimits limits_;
  const VolumeBinder volumes_;
  SpreadFilter spread_;
  AffinityFilter affinity_;
  std::string refusal_;
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
  Diagnosis diagnosis;
  const bool good = Filters(world_, *world_.get<Pod>(pod)).check(node, diagnosis);
  if (!good && reasons) *reasons = diagnosis.reasons();
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
