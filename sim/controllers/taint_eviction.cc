#include "sim/controllers/taint_eviction.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/node_match.h"
#include "sim/world/eviction.h"

namespace sim::taint_eviction {
namespace {

void tell(Plan& plan, Id id, const Pod& pod, std::string_view what) {
  EventNote note;
  note.about = {Kind::Pod, id};
  note.type = "Normal";
  note.reason = "TaintManagerEviction";
  note.message = fmt::format("{} Pod {}/{}", what, pod.meta.ns, pod.meta.name);
  note.component = "taint-eviction-controller";
  plan.event(std::move(note));
}

void evict(const World& world, Plan& plan, Id id, const Pod& pod) {
  tell(plan, id, pod, "Marking for deletion");
  mark_disrupted(world, plan, id, "DeletionByTaintManager",
                 "Taint manager: deleting due to NoExecute taint");
  api_delete(world, plan, {Kind::Pod, id}, {}, "it does not tolerate a taint of its node");
}

/// How long a pod may stay. k8s 1.30 pkg/controller/tainteviction: getMinTolerationTime
struct Stay {
  bool tolerated = true;          // all of the taints
  std::optional<Duration> limit;  // none: for ever
};
Stay stay_of(const Pod& pod, const std::vector<Taint>& taints) {
  // Longer than any world lasts, and far from the end of the clock.
  constexpr std::int64_t kLongest = 100LL * 365 * 24 * 3600;
  Stay stay;
  for (const Taint& taint : taints) {
    const auto& all = pod.spec->tolerations;
    const auto used = std::find_if(all.begin(), all.end(), [&](const Toleration& toleration) {
      return tolerates(toleration, taint);
    });
    if (used == all.end()) {
      stay.tolerated = false;
      return stay;
    }
    if (!used->toleration_seconds) continue;
    const Duration limit =
        seconds(std::clamp<std::int64_t>(*used->toleration_seconds, 0, kLongest));
    stay.limit = stay.limit ? std::min(*stay.limit, limit) : limit;
  }
  return stay;
}

}  // namespace

// k8s 1.30 pkg/controller/tainteviction: processPodOnNode
Plan reconcile(const World& world, Id id) {
  Plan plan;
  const Pod* pod = world.get<Pod>(id);
  if (!pod || pod->node_name.empty()) return plan;
  const Ref ref{Kind::Pod, id};
  const PodTerm before = world.eviction_memory().term(id);
  PodTerm term = before;
  using Eviction = PodTerm::Eviction;
  std::vector<Taint> taints;
  if (const Node* node = world.find<Node>("", pod->node_name)) {
    for (const Taint& taint : node->spec.taints) {
      if (taint.effect == "NoExecute") taints.push_back(taint);
    }
  }
  const Stay stay = stay_of(*pod, taints);
  if (taints.empty() || (!stay.tolerated && term.eviction == Eviction::Scheduled)) {
    if (term.eviction == Eviction::Scheduled) tell(plan, id, *pod, "Cancelling deletion of");
    term.eviction = Eviction::None;
  }
  if (!taints.empty() && term.eviction == Eviction::None && !(stay.tolerated && !stay.limit)) {
    term.eviction = Eviction::Scheduled;
    term.evict_at = world.now() + (stay.tolerated ? *stay.limit : Duration{});
  }
  // A term that runs is not changed by other taints.
  if (term.eviction == Eviction::Scheduled) {
    if (world.now() >= term.evict_at) {
      term.eviction = Eviction::Begun;
      evict(world, plan, id, *pod);
    } else {
      plan.wake(term.evict_at, Actor::TaintEviction, ref, true);
    }
  }
  if (!(term == before)) plan.terms.push_back({id, term});
  return plan;
}

}  // namespace sim::taint_eviction
