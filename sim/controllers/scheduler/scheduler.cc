#include "sim/controllers/scheduler/scheduler.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "sim/base/format.h"
#include "sim/controllers/scheduler/diagnosis.h"
#include "sim/controllers/scheduler/filters.h"
#include "sim/controllers/scheduler/incoming.h"
#include "sim/controllers/scheduler/pod_affinity.h"
#include "sim/controllers/scheduler/queue.h"
#include "sim/controllers/scheduler/scores.h"
#include "sim/controllers/scheduler/topology_spread.h"
#include "sim/model/pod_facts.h"

namespace sim::scheduler {
namespace {

constexpr std::size_t kLongestNote = 1024;  // k8s: validation.NoteLengthLimit

// How many nodes that fit are enough, in a large cluster.
// k8s 1.30 pkg/scheduler/schedule_one.go: numFeasibleNodesToFind
std::size_t enough_nodes(std::size_t nodes) {
  constexpr std::size_t kFewest = 100;
  if (nodes < kFewest) return nodes;
  const std::size_t percent = std::max<std::size_t>(5, nodes < 5625 ? 50 - nodes / 125 : 0);
  return std::max(kFewest, nodes * percent / 100);
}

// One pod's turn.
class Attempt {
 public:
  Attempt(const World& world, Id id, const Pod& pod)
      : world_(world), ref_{Kind::Pod, id}, pod_(pod), entry_(world.scheduling_queue().get(id)) {
    ++entry_.attempts;
  }

  Plan run() {
    if (pod_.meta.deletion_timestamp) {
      // k8s 1.30 pkg/scheduler/schedule_one.go: skipPodSchedule
      note("Warning", "FailedScheduling", "Scheduling",
           fmt::format("skip schedule deleting pod: {}/{}", pod_.meta.ns, pod_.meta.name));
      forget();
      return std::move(plan_);
    }
    const std::size_t nodes = world_.store().node_index().order().size();
    if (nodes == 0) {
      fail("no nodes available to schedule pods", 0);
      return std::move(plan_);
    }
    const Incoming incoming(world_, pod_);
    Diagnosis diagnosis;
    const std::vector<Candidate> fitting = find(incoming, diagnosis);
    if (fitting.empty()) {
      fail(diagnosis.message(nodes, post_filter_message(pod_, diagnosis, nodes)),
           diagnosis.plugins());
    } else if (fitting.size() == 1) {
      bind(incoming.node(fitting[0].id).meta.name);
    } else {
      const std::size_t best = choose(incoming, total_scores(incoming, fitting), entry_.attempts);
      bind(incoming.node(fitting[best].id).meta.name);
    }
    return std::move(plan_);
  }

 private:
  // k8s 1.30 pkg/scheduler/schedule_one.go: findNodesThatFitPod
  std::vector<Candidate> find(const Incoming& incoming, Diagnosis& diagnosis) {
    const NodeFilters filters(incoming);
    if (filters.names_conflict()) {
      diagnosis.refuse(Plugin::NodeAffinity, "pod affinity terms conflict");
      return {};
    }
    SpreadFilter spread(incoming);
    const AffinityFilter affinity(incoming);
    const bool alone = !spread.active() && !affinity.active();
    const auto check = [&](const Candidate& node) {
      if (alone && filters.plainly_fits(node.facts, node.load)) return Verdict::Fits;
      Verdict verdict = filters.check(node, diagnosis);
      if (verdict == Verdict::Fits && spread.active()) verdict = spread.check(node.id, diagnosis);
      if (verdict == Verdict::Fits && affinity.active()) {
        verdict = affinity.check(node.id, diagnosis);
      }
      return verdict;
    };
    std::vector<Candidate> fitting;
    const auto look_at = [&](Id id) {
      const Candidate node = incoming.candidate(id);
      const Verdict verdict = check(node);
      if (verdict == Verdict::Fits) {
        fitting.emplace_back(id, node.facts, node.load);
      } else if (verdict == Verdict::Rejected) {
        diagnosis.add_preemptible(id);
      }
    };

    const auto& order = world_.store().node_index().order();
    if (const std::set<Str>* named = filters.named_nodes()) {
      diagnosis.blame(Plugin::NodeAffinity);
      for (const Str& name : *named) {
        if (const Id id = world_.store().find(Kind::Node, "", name)) look_at(id);
      }
      return fitting;
    }
    const std::size_t enough = enough_nodes(order.size());
    const std::size_t start = world_.scheduling_queue().next_node() % order.size();
    fitting.reserve(enough);
    std::size_t seen = 0;
    for (; seen < order.size() && fitting.size() < enough; ++seen) {
      const std::size_t at = start + seen;
      look_at(order[at < order.size() ? at : at - order.size()].id);
    }
    const auto next = static_cast<std::uint32_t>((start + seen) % order.size());
    if (next != world_.scheduling_queue().next_node()) plan_.next_node = next;
    return fitting;
  }

  // k8s 1.30 plugins/defaultbinder; pkg/registry/core/pod/storage: BindingREST.assignPod
  void bind(const Str& node) {
    auto bound = std::make_shared<Pod>(pod_);
    bound->node_name = node;
    PodCondition scheduled;
    scheduled.type = "PodScheduled";
    scheduled.status = "True";
    set_pod_condition(bound->status, std::move(scheduled), world_.now());
    plan_.update(ref_, std::move(bound), fmt::format("assigned to {}", node));
    note("Normal", "Scheduled", "Binding",
         fmt::format("Successfully assigned {}/{} to {}", pod_.meta.ns, pod_.meta.name, node));
    forget();
  }

  // k8s 1.30 pkg/scheduler/schedule_one.go: handleSchedulingFailure
  void fail(const std::string& message, std::uint32_t rejected_by) {
    note("Warning", "FailedScheduling", "Scheduling", message);
    auto changed = std::make_shared<Pod>(pod_);
    PodCondition condition;
    condition.type = "PodScheduled";
    condition.status = "False";
    condition.reason = "Unschedulable";
    condition.message = Str(message);
    if (set_pod_condition(changed->status, std::move(condition), world_.now())) {
      plan_.update(ref_, std::move(changed), "no node fits");
    }
    entry_.since = world_.now();
    entry_.rejected_by = rejected_by;
    if (rejected_by == 0) {
      plan_.append(back_off(world_, ref_.id, entry_));
      return;
    }
    entry_.state = QueuedPod::State::Waiting;
    plan_.queue.push_back({ref_.id, entry_});
    plan_.wake(flushed_at(world_, entry_), Actor::Scheduler, ref_, true);
  }

  void forget() { plan_.queue.push_back({ref_.id, {}}); }

  void note(const char* type, const char* reason, const char* action, std::string message) {
    if (message.size() > kLongestNote) {
      message.resize(kLongestNote - 4);
      message += " ...";
    }
    EventNote event;
    event.about = ref_;
    event.type = type;
    event.reason = reason;
    event.message = Str(message);
    event.component = "default-scheduler";
    event.action = action;
    plan_.event(std::move(event));
  }

  const World& world_;
  const Ref ref_;
  const Pod& pod_;
  QueuedPod entry_;
  Plan plan_;
};

Plan run_loop(const World& world) {
  const SchedulingQueue& queue = world.scheduling_queue();
  const Id id = queue.first();
  if (id == 0) return {};
  const Pod* pod = world.get<Pod>(id);
  const bool tried = pod && is_schedulable(*pod);
  Plan plan;
  if (tried) {
    plan = Attempt(world, id, *pod).run();
  } else {
    plan.queue.push_back({id, {}});  // bound or gone before its turn
  }
  if (queue.active() > 1) {
    plan.wake(tried ? world.now() + world.timing().schedule : world.now(), Actor::Scheduler,
              {Kind::Pod, kLoop});
  }
  return plan;
}

}  // namespace

Plan reconcile(const World& world, Id pod) {
  return pod == kLoop ? run_loop(world) : enter(world, pod);
}

}  // namespace sim::scheduler
