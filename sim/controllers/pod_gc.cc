#include "sim/controllers/pod_gc.h"

#include <algorithm>
#include <utility>

#include "sim/model/pod_facts.h"
#include "sim/world/eviction.h"

namespace sim::pod_gc {
namespace {

// k8s 1.30 pkg/controller/podgc: gcCheckPeriod, quarantineTime
constexpr Duration kBeat = seconds(20);
constexpr Duration kQuarantine = seconds(40);
constexpr std::string_view kOutOfService = "node.kubernetes.io/out-of-service";

Time beat_at_or_after(const World& world, Time time) {
  const Time start = world.settings().start;
  return start + kBeat * (((time - start).ns + kBeat.ns - 1) / kBeat.ns);
}

/// k8s 1.30 pkg/controller/podgc: markFailedAndDeletePodWithCondition
void collect(const World& world, Plan& plan, Id id, Str why) {
  const Ref ref{Kind::Pod, id};
  const auto pending = share_as<Pod>(plan.pending(ref));
  auto pod = std::make_shared<Pod>(pending ? *pending : *world.get<Pod>(id));
  if (!has_ended(*pod)) {
    pod->status.phase = "Failed";
    api_update_status(world, plan, ref, std::move(pod), why);
  }
  DeleteOptions options;
  options.grace_seconds = 0;
  api_delete(world, plan, ref, options, std::move(why));
}

/// The node of a pod is not there: it may come back for a while.
/// k8s 1.30 pkg/controller/podgc: gcOrphaned
void see_to_orphan(const World& world, Plan& plan, Id id, PodTerm& term) {
  if (term.orphan_until == Time{}) {
    term.orphan_until = beat_at_or_after(world, world.now()) + kQuarantine;
  }
  if (world.now() < term.orphan_until) {
    plan.wake(term.orphan_until, Actor::PodCollector, {Kind::Pod, id}, true);
    return;
  }
  mark_disrupted(world, plan, id, "DeletionByPodGC", "PodGC: node no longer exists");
  collect(world, plan, id, "its node is gone");
}

}  // namespace

Plan reconcile(const World& world, Id id) {
  Plan plan;
  const Pod* pod = world.get<Pod>(id);
  if (!pod) return plan;
  const PodTerm before = world.eviction_memory().term(id);
  PodTerm term = before;
  const Node* node = pod->node_name.empty() ? nullptr : world.find<Node>("", pod->node_name);
  if (!pod->node_name.empty() && !node) {
    see_to_orphan(world, plan, id, term);
  } else {
    term.orphan_until = Time{};
    const bool out_of_service =
        node && !is_ready(*node) &&
        std::any_of(node->spec.taints.begin(), node->spec.taints.end(),
                    [](const Taint& taint) { return taint.key == kOutOfService; });
    // One that a finalizer holds is marked once; then nothing is left to be done to it.
    const bool unbound = pod->node_name.empty() && !has_ended(*pod);
    if (pod->meta.deletion_timestamp && (out_of_service || unbound)) {
      const Time beat = beat_at_or_after(world, world.now());
      if (beat == world.now()) {
        collect(world, plan, id,
                out_of_service ? "its node is out of service" : "it was never bound");
      } else {
        plan.wake(beat, Actor::PodCollector, {Kind::Pod, id}, true);
      }
    }
  }
  if (!(term == before)) plan.terms.push_back({id, term});
  return plan;
}

}  // namespace sim::pod_gc
