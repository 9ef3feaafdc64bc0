#include "sim/controllers/scheduler/scheduler.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "sim/base/format.h"
#include "sim/controllers/scheduler/diagnosis.h"
#include "sim/controllers/scheduler/fit.h"
#include "sim/controllers/scheduler/incoming.h"
#include "sim/controllers/scheduler/preemption.h"
#include "sim/controllers/scheduler/queue.h"
#include "sim/controllers/scheduler/scores.h"
#include "sim/model/pod_facts.h"
#include "sim/model/volume_facts.h"

namespace sim::scheduler {
namespace {

constexpr std::size_t kLongestNote = 1024;  // k8s: validation.NoteLengthLimit
// k8s 1.30 plugins/volumebinding: BindPodVolumes, DefaultBindTimeoutSeconds
constexpr Duration kBindingPoll = seconds(1);
constexpr Duration kBindingTimeout = seconds(600);

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
      : world_(world), ref_{Kind::Pod, id}, pod_(pod), entry_(world.scheduling_queue().get(id)) {}

  Plan run() {
    ++entry_.attempts;
    if (pod_.meta.deletion_timestamp) {
      // k8s 1.30 pkg/scheduler/schedule_one.go: skipPodSchedule
      note("Warning", "FailedScheduling", "Scheduling",
           fmt::format("skip schedule deleting pod: {}/{}", pod_.meta.ns, pod_.meta.name));
      forget();
      return std::move(plan_);
    }
    const std::size_t nodes = world_.store().node_index().order().size();
    if (nodes == 0) {
      entry_.nominated = 0;
      fail("no nodes available to schedule pods", 0);
      return std::move(plan_);
    }
    Incoming incoming(world_, pod_);
    Fit fit(incoming);
    Diagnosis diagnosis;
    const std::vector<Candidate> fitting = find(fit, diagnosis);
    if (fitting.empty()) {
      make_room(fit, diagnosis, nodes);
    } else {
      const std::size_t best =
          fitting.size() == 1 ? 0
                              : choose(incoming, total_scores(incoming, fitting), entry_.attempts);
      const Id node = fitting[best].id;
      const VolumeDecisions decisions =
          fit.volumes().active() ? fit.volumes().decisions(node) : VolumeDecisions();
      if (decisions.empty()) {
        bind(incoming.node(node).meta.name);
      } else {
        begin_binding(node, decisions);
      }
    }
    return std::move(plan_);
  }

  /// Goes on with a pod whose volumes are being bound: looked at once a second.
  Plan go_on() {
    const Duration passed = world_.now() - entry_.since;
    const std::int64_t polls = (passed.ns + kBindingPoll.ns - 1) / kBindingPoll.ns;
    const Time poll = entry_.since + kBindingPoll * std::max<std::int64_t>(polls, 1);
    const BindingState state = binding_state(world_, pod_, entry_.node);
    const bool over = state.done || !state.failure.empty();
    if (world_.now() < poll) {
      plan_.wake(poll, Actor::Scheduler, ref_, !over);
    } else if (!state.failure.empty()) {
      binding_failed(state.failure);
    } else if (state.done) {
      bind(world_.get<Node>(entry_.node)->meta.name);
    } else if (passed >= kBindingTimeout) {
      binding_failed("context deadline exceeded");
    } else {
      plan_.wake(poll + kBindingPoll, Actor::Scheduler, ref_, true);
    }
    return std::move(plan_);
  }

 private:
  // k8s 1.30 pkg/scheduler/schedule_one.go: findNodesThatFitPod
  std::vector<Candidate> find(Fit& fit, Diagnosis& diagnosis) {
    const Incoming& incoming = fit.incoming();
    fit.pre_filter(diagnosis);
    if (diagnosis.refused()) return {};
    std::vector<Candidate> fitting;
    const auto look_at = [&](Id id) {
      const Candidate node = incoming.candidate(id);
      const Verdict verdict = fit.check(node, diagnosis);
      if (verdict == Verdict::Fits) {
        fitting.emplace_back(id, node.facts, node.load);
      } else if (verdict == Verdict::Rejected) {
        diagnosis.add_preemptible(id);
      }
    };

    // The node on which room was made for it, if it is there already.
    if (entry_.nominated != 0 && world_.get<Node>(entry_.nominated)) {
      Diagnosis aside;
      const Candidate node = incoming.candidate(entry_.nominated);
      if (fit.check(node, aside) == Verdict::Fits) return {node};
    }
    const auto& order = world_.store().node_index().order();
    if (fit.names_nodes()) {
      for (const Str& name : fit.named_nodes()) {
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

  // Less important pods may have to go; what is said is why it does not fit as things are.
  // k8s 1.30 pkg/scheduler/schedule_one.go: schedulingCycle
  void make_room(Fit& fit, const Diagnosis& diagnosis, std::size_t nodes) {
    const Preemption preemption = find_preemption(fit, diagnosis, entry_.attempts);
    if (preemption.node != 0) carry_out(world_, plan_, pod_, preemption);
    if (preemption.eligible) entry_.nominated = preemption.node;
    fail(diagnosis.message(nodes, preemption.message), diagnosis.plugins());
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

  // The volumes that were found are reserved for their claims, the others are asked for; the
  // controllers do the rest. k8s 1.30 plugins/volumebinding/binder.go: AssumePodVolumes,
  // bindAPIUpdate; component-helpers/storage/volume: GetBindVolumeToClaim
  void begin_binding(Id node_id, const VolumeDecisions& decisions) {
    const Node& node = *world_.get<Node>(node_id);
    for (const auto& [volume_id, claim_id] : decisions.bindings) {
      const auto& claim = *world_.get<PersistentVolumeClaim>(claim_id);
      auto volume = std::make_shared<PersistentVolume>(*world_.get<PersistentVolume>(volume_id));
      if (!volume->spec.claim_ref) volume->meta.annotations.set(kBoundByController, "yes");
      ObjectReference& ref = volume->spec.claim_ref.edit();
      ref.kind = "PersistentVolumeClaim";
      ref.api_version = "v1";
      ref.ns = claim.meta.ns;
      ref.name = claim.meta.name;
      ref.uid = claim.meta.uid;
      ref.resource_version = Str(std::to_string(claim.meta.resource_version));
      plan_.update({Kind::PersistentVolume, volume_id}, std::move(volume),
                   fmt::format("reserved for {}", claim.meta.name));
    }
    for (const Id id : decisions.provisions) {
      const auto& claim = *world_.get<PersistentVolumeClaim>(id);
      if (claim.meta.annotations.contains(kSelectedNode)) continue;
      auto next = std::make_shared<PersistentVolumeClaim>(claim);
      next->meta.annotations.set(kSelectedNode, node.meta.name);
      plan_.update({Kind::PersistentVolumeClaim, id}, std::move(next),
                   fmt::format("its pod goes to {}", node.meta.name));
    }
    entry_.state = QueuedPod::State::Binding;
    entry_.node = node_id;
    entry_.nominated = 0;
    entry_.since = world_.now();
    plan_.queue.push_back({ref_.id, entry_});
    plan_.wake(world_.now() + kBindingPoll, Actor::Scheduler, ref_, true);
  }

  void binding_failed(const std::string& why) {
    entry_.node = 0;
    fail(fmt::format("running PreBind plugin \"VolumeBinding\": binding volumes: {}", why), 0,
         "SchedulerError");
  }

  // k8s 1.30 pkg/scheduler/schedule_one.go: handleSchedulingFailure
  void fail(const std::string& message, std::uint32_t rejected_by,
            const char* reason = "Unschedulable") {
    note("Warning", "FailedScheduling", "Scheduling", message);
    auto changed = std::make_shared<Pod>(pod_);
    PodCondition condition;
    condition.type = "PodScheduled";
    condition.status = "False";
    condition.reason = reason;
    condition.message = Str(message);
    bool differs = set_pod_condition(changed->status, std::move(condition), world_.now());
    const Node* nominated = world_.get<Node>(entry_.nominated);
    const Str name = nominated ? nominated->meta.name : Str();
    if (changed->status.nominated_node_name != name) {
      changed->status.nominated_node_name = name;
      differs = true;
    }
    if (differs) {
      plan_.update(ref_, std::move(changed),
                   nominated ? fmt::format("room is made for it on {}", name) : "no node fits");
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

Plan reconcile(const World& world, Id id) {
  if (id == kLoop) return run_loop(world);
  const Pod* pod = world.get<Pod>(id);
  if (pod && is_schedulable(*pod) &&
      world.scheduling_queue().get(id).state == QueuedPod::State::Binding) {
    return Attempt(world, id, *pod).go_on();
  }
  return enter(world, id);
}

}  // namespace sim::scheduler
