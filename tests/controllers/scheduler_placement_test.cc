// The scheduler alone, without kubelets and controllers: which node it picks and why, to the
// number, and when it tries again.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/controllers/scheduler/scheduler.h"
#include "sim/controllers/scheduler/scores.h"
#include "sim/controllers/scheduler/topology_spread.h"
#include "sim/world/world.h"

namespace sim::testing {
namespace {

Quantity amount(std::string_view text) { return *Quantity::parse(text); }

/// A world in which only the scheduler acts; time passes when it is told to.
class SchedulerTest : public ::testing::Test {
 protected:
  SchedulerTest() : world_(settings()) {
    auto ns = std::make_shared<Namespace>();
    ns->meta.name = "default";
    create(ns);
  }
  void TearDown() override { EXPECT_EQ(world_.store().check_indexes(), ""); }

  static std::shared_ptr<const Settings> settings() {
    auto made = std::make_shared<Settings>();
    made->seed = 7;
    return made;
  }

  void carry_out(Plan plan) {
    const std::uint64_t before = apply(world_, std::move(plan), {0, "test"});
    for (std::uint64_t r = before + 1; r <= world_.revision(); ++r) {
      for (const Wake& each : scheduler::moved_by(world_, world_.journal().at(r))) {
        wake(world_, each, r);
      }
    }
  }
  void run_until(Time time) {
    Task task;
    while (take_due(world_, time, &task)) {
      if (task.actor == Actor::Scheduler) carry_out(scheduler::reconcile(world_, task.id));
    }
    advance_clock(world_, time);
  }
  void run_for(Duration duration) { run_until(world_.now() + duration); }

  Id create(std::shared_ptr<Object> object) {
    Plan plan;
    const Id id = plan.create(world_, std::move(object), "test");
    carry_out(std::move(plan));
    return id;
  }
  template <class T>
  void change(Id id, const std::function<void(T&)>& edit) {
    auto next = std::make_shared<T>(*world_.get<T>(id));
    edit(*next);
    Plan plan;
    plan.update({T::kKind, id}, std::move(next), "test");
    carry_out(std::move(plan));
  }
  void erase(Ref ref) {
    Plan plan;
    plan.erase(ref, "test");
    carry_out(std::move(plan));
  }

  /// A node of 4 cpus and 8Gi.
  Id node(const std::string& name, const std::function<void(Node&)>& edit = {}) {
    auto made = std::make_shared<Node>();
    made->meta.name = Str(name);
    made->meta.labels.set("kubernetes.io/hostname", Str(name));
    made->status.allocatable.set("cpu", amount("4"));
    made->status.allocatable.set("memory", amount("8Gi"));
    made->status.allocatable.set("ephemeral-storage", amount("100Gi"));
    made->status.allocatable.set("pods", amount("110"));
    if (edit) edit(*made);
    return create(made);
  }
  static void ask(Pod& pod, const char* resource, std::string_view quantity) {
    pod.spec.edit().containers[0].resources.requests.set(resource, amount(quantity));
  }
  Id pod(const std::string& name, const std::function<void(Pod&)>& edit = {}) {
    auto made = std::make_shared<Pod>();
    made->meta.name = Str(name);
    made->meta.ns = "default";
    made->status.phase = "Pending";
    PodSpec& spec = made->spec.edit();
    spec.scheduler_name = "default-scheduler";
    spec.containers.emplace_back();
    spec.containers[0].name = "main";
    if (edit) edit(*made);
    return create(made);
  }
  Id placed(const std::string& name, const char* on, const std::function<void(Pod&)>& edit = {}) {
    return pod(name, [&](Pod& made) {
      made.node_name = on;
      if (edit) edit(made);
    });
  }
  /// A pod of ReplicaSet `web`, which selects app=web.
  Id web(const std::string& name, const char* on = "") {
    const ReplicaSet* set = world_.find<ReplicaSet>("default", "web");
    if (!set) {
      auto made = std::make_shared<ReplicaSet>();
      made->meta.name = "web";
      made->meta.ns = "default";
      made->spec.selector.edit().match_labels.set("app", "web");
      create(made);
      set = world_.find<ReplicaSet>("default", "web");
    }
    return pod(name, [&](Pod& made) {
      made.node_name = on;
      made.meta.labels.set("app", "web");
      OwnerReference owner;
      owner.api_version = "apps/v1";
      owner.kind = "ReplicaSet";
      owner.name = "web";
      owner.uid = set->meta.uid;
      owner.controller = true;
      made.meta.owner_references = {owner};
    });
  }

  const Pod& at(Id id) const { return *world_.get<Pod>(id); }
  std::string where(Id id) const { return at(id).node_name.str(); }
  const PodCondition* scheduled(Id id) const {
    for (const PodCondition& condition : at(id).status.conditions) {
      if (condition.type == "PodScheduled") return &condition;
    }
    return nullptr;
  }
  std::string message(Id id) const {
    const PodCondition* condition = scheduled(id);
    return condition ? condition->message.str() : "(no condition)";
  }
  /// Why the pod finds no node, without what follows about preemption.
  std::string reasons(Id id) {
    run_for(seconds(1));
    const std::string text = message(id);
    return text.substr(0, text.find(" preemption:"));
  }
  std::int64_t attempts(Id id) const { return world_.scheduling_queue().get(id).attempts; }

  std::vector<std::int64_t> scores(Id id, const std::vector<std::string>& nodes) const {
    const scheduler::Incoming incoming(world_, at(id));
    return total_scores(incoming, candidates(incoming, nodes));
  }
  std::vector<scheduler::Candidate> candidates(const scheduler::Incoming& incoming,
                                               const std::vector<std::string>& nodes) const {
    std::vector<scheduler::Candidate> found;
    for (const std::string& name : nodes) {
      found.push_back(incoming.candidate(world_.store().find(Kind::Node, "", name)));
    }
    return found;
  }

  World world_;
};

NodeSelectorRequirement requires_label(const char* key, const char* op,
                                       std::vector<Str> values = {}) {
  NodeSelectorRequirement requirement;
  requirement.key = key;
  requirement.op = op;
  requirement.values = std::move(values);
  return requirement;
}

NodeSelectorTerm label_term(const char* key, const char* op, std::vector<Str> values = {}) {
  NodeSelectorTerm term;
  term.match_expressions.push_back(requires_label(key, op, std::move(values)));
  return term;
}

NodeSelectorTerm field_term(std::vector<Str> names) {
  NodeSelectorTerm term;
  term.match_fields.push_back(requires_label("metadata.name", "In", std::move(names)));
  return term;
}

void require(Pod& pod, std::vector<NodeSelectorTerm> terms) {
  pod.spec.edit()
      .affinity.edit()
      .node_affinity.edit()
      .required_during_scheduling_ignored_during_execution.edit()
      .node_selector_terms = std::move(terms);
}

PodAffinityTerm near(const char* key, const char* app) {
  PodAffinityTerm term;
  term.topology_key = key;
  term.label_selector.edit().match_labels.set("app", app);
  return term;
}

void require_near(Pod& pod, const char* key, const char* app) {
  pod.spec.edit()
      .affinity.edit()
      .pod_affinity.edit()
      .required_during_scheduling_ignored_during_execution.push_back(near(key, app));
}

void require_away(Pod& pod, const char* key, const char* app) {
  pod.spec.edit()
      .affinity.edit()
      .pod_anti_affinity.edit()
      .required_during_scheduling_ignored_during_execution.push_back(near(key, app));
}

void taint(Node& node, const char* key, const char* value, const char* effect) {
  Taint made;
  made.key = key;
  made.value = value;
  made.effect = effect;
  node.spec.taints.push_back(made);
}

void label(Node& node, const char* key, const char* value) { node.meta.labels.set(key, value); }

void host_port(Pod& pod, int number, const char* ip = "", const char* protocol = "TCP") {
  ContainerPort port;
  port.host_port = number;
  port.container_port = number;
  port.host_ip = ip;
  port.protocol = protocol;
  pod.spec.edit().containers[0].ports.push_back(port);
}

void spread(Pod& pod, const char* key, const char* app, const char* what = "DoNotSchedule",
            int max_skew = 1) {
  TopologySpreadConstraint constraint;
  constraint.topology_key = key;
  constraint.max_skew = max_skew;
  constraint.when_unsatisfiable = what;
  constraint.label_selector.edit().match_labels.set("app", app);
  pod.spec.edit().topology_spread_constraints.push_back(constraint);
}

void be(Pod& pod, const char* app) { pod.meta.labels.set("app", app); }

// --- binding

TEST_F(SchedulerTest, BindsAPodToTheOneNodeThereIs) {
  node("a");
  const Id id = pod("p");
  run_for(milliseconds(14));
  EXPECT_EQ(where(id), "") << "a watch takes 10 ms and an attempt 5 ms";
  run_for(milliseconds(1));
  EXPECT_EQ(where(id), "a");
  EXPECT_EQ(scheduled(id)->status, "True");
  EXPECT_EQ(scheduled(id)->reason, "");
  EXPECT_EQ(scheduled(id)->last_transition_time, world_.now());
  const auto events = world_.store().events_about(at(id).meta.uid);
  ASSERT_EQ(events.size(), 1u);
  const Event& event = *world_.get<Event>(events[0]);
  EXPECT_EQ(event.reason, "Scheduled");
  EXPECT_EQ(event.type, "Normal");
  EXPECT_EQ(event.action, "Binding");
  EXPECT_EQ(event.message, "Successfully assigned default/p to a");
  EXPECT_EQ(event.reporting_component, "default-scheduler");
  EXPECT_EQ(world_.busy(), 0);
}

TEST_F(SchedulerTest, LeavesOtherSchedulersPodsAlone) {
  node("a");
  const Id id = pod("p", [](Pod& made) { made.spec.edit().scheduler_name = "mine"; });
  run_for(minutes(10));
  EXPECT_EQ(where(id), "");
  EXPECT_EQ(scheduled(id), nullptr);
}

TEST_F(SchedulerTest, OnePodTakesItsTurnAfterTheOther) {
  node("a");
  const Id first = pod("first");
  const Id second = pod("second");
  run_for(milliseconds(15));
  EXPECT_EQ(where(first), "a");
  EXPECT_EQ(where(second), "");
  run_for(milliseconds(5));
  EXPECT_EQ(where(second), "a");
}

TEST_F(SchedulerTest, HigherPriorityGoesFirst) {
  node("a", [](Node& made) { made.status.allocatable.set("pods", amount("1")); });
  const Id low = pod("low");
  const Id high = pod("high", [](Pod& made) { made.spec.edit().priority = 10; });
  run_for(seconds(1));
  EXPECT_EQ(where(high), "a");
  EXPECT_EQ(where(low), "");
}

// --- filters

TEST_F(SchedulerTest, SaysThatThereAreNoNodes) {
  const Id id = pod("p");
  run_for(milliseconds(20));
  EXPECT_EQ(message(id), "no nodes available to schedule pods");
  EXPECT_EQ(scheduled(id)->reason, "Unschedulable");
  EXPECT_EQ(attempts(id), 1);
  // It has been rejected by nobody, so that it is tried after each back-off.
  run_for(seconds(5));
  EXPECT_EQ(attempts(id), 3);
  node("a");
  run_for(seconds(5));
  EXPECT_EQ(where(id), "a");
}

TEST_F(SchedulerTest, SaysWhatEveryNodeLacks) {
  node("a");
  node("b", [](Node& made) { made.status.allocatable.set("pods", amount("0")); });
  const Id id = pod("p", [](Pod& made) {
    ask(made, "cpu", "5");
    ask(made, "memory", "1Ti");
    ask(made, "ephemeral-storage", "101Gi");
  });
  run_for(milliseconds(15));
  EXPECT_EQ(message(id),
            "0/2 nodes are available: 1 Too many pods, 2 Insufficient cpu, "
            "2 Insufficient ephemeral-storage, 2 Insufficient memory. preemption: 0/2 nodes are "
            "available: 2 No preemption victims found for incoming pod.");
  EXPECT_EQ(scheduled(id)->status, "False");
  const auto events = world_.store().events_about(at(id).meta.uid);
  ASSERT_EQ(events.size(), 1u);
  const Event& event = *world_.get<Event>(events[0]);
  EXPECT_EQ(event.reason, "FailedScheduling");
  EXPECT_EQ(event.type, "Warning");
  EXPECT_EQ(event.action, "Scheduling");
  EXPECT_EQ(event.message, message(id));
  EXPECT_EQ(world_.busy(), 0) << "waiting is no business";
}

TEST_F(SchedulerTest, CountsWhatTheOthersHaveAskedFor) {
  node("a");
  placed("old", "a", [](Pod& made) { ask(made, "cpu", "3500m"); });
  EXPECT_EQ(reasons(pod("p", [](Pod& made) { ask(made, "cpu", "501m"); })),
            "0/1 nodes are available: 1 Insufficient cpu.");
  const Id fits = pod("fits", [](Pod& made) { ask(made, "cpu", "500m"); });
  const Id nothing = pod("nothing");
  run_for(seconds(1));
  EXPECT_EQ(where(fits), "a");
  EXPECT_EQ(where(nothing), "a") << "who asks for nothing never lacks it";
}

TEST_F(SchedulerTest, PodsThatHaveEndedTakeNoRoom) {
  node("a");
  placed("old", "a", [](Pod& made) {
    ask(made, "cpu", "4");
    host_port(made, 80);
    made.status.phase = "Succeeded";
  });
  const Id id = pod("p", [](Pod& made) {
    ask(made, "cpu", "4");
    host_port(made, 80);
  });
  run_for(seconds(1));
  EXPECT_EQ(where(id), "a");
}

TEST_F(SchedulerTest, KnowsExtendedResources) {
  node("a", [](Node& made) { made.status.allocatable.set("nvidia.com/gpu", amount("2")); });
  node("b");
  const auto gpu = [](Pod& made) { ask(made, "nvidia.com/gpu", "2"); };
  const Id first = pod("first", gpu);
  run_for(seconds(1));
  EXPECT_EQ(where(first), "a");
  EXPECT_EQ(reasons(pod("second", gpu)), "0/2 nodes are available: 2 Insufficient nvidia.com/gpu.");
}

TEST_F(SchedulerTest, AnInitContainerMayAskForMoreThanTheRest) {
  node("a", [](Node& made) { made.status.allocatable.set("example.com/x", amount("3")); });
  const auto init = [](Pod& made, const char* quantity) {
    ask(made, "example.com/x", "1");
    Container container = made.spec->containers[0];
    container.resources.requests.set("example.com/x", amount(quantity));
    made.spec.edit().init_containers.push_back(container);
  };
  EXPECT_EQ(reasons(pod("p", [&](Pod& made) { init(made, "4"); })),
            "0/1 nodes are available: 1 Insufficient example.com/x.");
  const Id fits = pod("fits", [&](Pod& made) { init(made, "3"); });
  run_for(seconds(1));
  EXPECT_EQ(where(fits), "a");
}

TEST_F(SchedulerTest, SaysWhatTaintsAndCordonsKeepItOff) {
  node("a", [](Node& made) {
    made.spec.unschedulable = true;
    taint(made, "node.kubernetes.io/unschedulable", "", "NoSchedule");
  });
  node("b", [](Node& made) { taint(made, "dedicated", "db", "NoSchedule"); });
  node("c", [](Node& made) {
    taint(made, "soft", "", "PreferNoSchedule");
    taint(made, "gone", "", "NoExecute");
  });
  const Id id = pod("p");
  run_for(seconds(1));
  EXPECT_EQ(message(id),
            "0/3 nodes are available: 1 node(s) had untolerated taint {dedicated: db}, "
            "1 node(s) had untolerated taint {gone: }, 1 node(s) were unschedulable. preemption: "
            "0/3 nodes are available: 3 Preemption is not helpful for scheduling.");
}

TEST_F(SchedulerTest, TolerationsOpenTaintedNodes) {
  node("a", [](Node& made) { taint(made, "dedicated", "db", "NoSchedule"); });
  const auto tolerating = [&](const char* name, const char* key, const char* op, const char* value,
                              const char* effect) {
    return pod(name, [&](Pod& made) {
      Toleration toleration;
      toleration.key = key;
      toleration.op = op;
      toleration.value = value;
      toleration.effect = effect;
      made.spec.edit().tolerations.push_back(toleration);
    });
  };
  const Id equal = tolerating("equal", "dedicated", "Equal", "db", "NoSchedule");
  const Id default_op = tolerating("default-op", "dedicated", "", "db", "");
  const Id exists = tolerating("exists", "dedicated", "Exists", "", "");
  const Id all = tolerating("all", "", "Exists", "", "");
  const Id other_value = tolerating("other-value", "dedicated", "Equal", "web", "");
  const Id other_effect = tolerating("other-effect", "dedicated", "Exists", "", "NoExecute");
  run_for(seconds(1));
  for (const Id id : {equal, default_op, exists, all})
    EXPECT_EQ(where(id), "a") << at(id).meta.name.str();
  for (const Id id : {other_value, other_effect}) EXPECT_EQ(where(id), "") << at(id).meta.name.str();
}

TEST_F(SchedulerTest, FollowsNodeSelectorAndAffinity) {
  node("a", [](Node& made) { label(made, "disk", "ssd"); });
  node("b", [](Node& made) {
    label(made, "disk", "hdd");
    label(made, "size", "7");
  });
  const Id selector =
      pod("selector", [](Pod& made) { made.spec.edit().node_selector.set("disk", "ssd"); });
  const auto affine = [&](const char* name, const NodeSelectorTerm& term) {
    return pod(name, [&](Pod& made) { require(made, {term}); });
  };
  const Id in = affine("in", label_term("disk", "In", {"nvme", "hdd"}));
  const Id not_in = affine("not-in", label_term("disk", "NotIn", {"hdd"}));
  const Id exists = affine("exists", label_term("size", "Exists"));
  const Id absent = affine("absent", label_term("size", "DoesNotExist"));
  const Id greater = affine("greater", label_term("size", "Gt", {"6"}));
  const Id less = affine("less", label_term("size", "Lt", {"7"}));
  const Id empty = affine("empty", {});
  const Id either = pod("either", [](Pod& made) {
    require(made, {label_term("disk", "In", {"tape"}), label_term("disk", "In", {"hdd"})});
  });
  run_for(seconds(1));
  EXPECT_EQ(where(selector), "a");
  EXPECT_EQ(where(in), "b");
  EXPECT_EQ(where(not_in), "a");
  EXPECT_EQ(where(exists), "b");
  EXPECT_EQ(where(absent), "a");
  EXPECT_EQ(where(greater), "b");
  EXPECT_EQ(where(less), "");
  EXPECT_EQ(where(empty), "") << "a term of nothing matches nothing";
  EXPECT_EQ(where(either), "b");
  EXPECT_EQ(message(less),
            "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. "
            "preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.");
}

TEST_F(SchedulerTest, ATermThatNamesItsNodeLeavesTheOthersOut) {
  node("a");
  node("b", [](Node& made) { made.status.allocatable.set("cpu", amount("1")); });
  node("c");
  const Id named = pod("named", [](Pod& made) { require(made, {field_term({"c"})}); });
  const Id full = pod("full", [](Pod& made) {
    require(made, {field_term({"b"})});
    ask(made, "cpu", "2");
  });
  const Id nobody = pod("nobody", [](Pod& made) { require(made, {field_term({"x"})}); });
  const Id conflict = pod("conflict", [](Pod& made) {
    NodeSelectorTerm term = field_term({"a"});
    term.match_fields.push_back(requires_label("metadata.name", "In", {"b"}));
    require(made, {term});
  });
  run_for(seconds(1));
  EXPECT_EQ(where(named), "c");
  // As a DaemonSet's pod on a full node.
  EXPECT_EQ(message(full),
            "0/3 nodes are available: 1 Insufficient cpu. preemption: 0/3 nodes are available: "
            "1 No preemption victims found for incoming pod, 2 Preemption is not helpful for "
            "scheduling.");
  EXPECT_EQ(message(nobody),
            "0/3 nodes are available: preemption: 0/3 nodes are available: 3 Preemption is not "
            "helpful for scheduling.");
  EXPECT_EQ(message(conflict),
            "0/3 nodes are available: pod affinity terms conflict. preemption: 0/3 nodes are "
            "available: 3 Preemption is not helpful for scheduling.");
}

TEST_F(SchedulerTest, HostPortsAreTakenOnce) {
  node("a");
  const auto with_port = [&](const char* name, int number, const char* ip = "",
                             const char* protocol = "TCP") {
    return pod(name, [&](Pod& made) { host_port(made, number, ip, protocol); });
  };
  const Id first = with_port("first", 80, "127.0.0.1");
  const Id udp = with_port("udp", 80, "", "UDP");
  const Id other_ip = with_port("other-ip", 80, "10.0.0.1");
  const Id other = with_port("other", 81);
  run_for(seconds(1));
  for (const Id id : {first, udp, other_ip, other}) EXPECT_EQ(where(id), "a") << at(id).meta.name.str();
  EXPECT_EQ(reasons(with_port("second", 80)),
            "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod "
            "ports.");
}

TEST_F(SchedulerTest, TheFirstFilterThatRejectsSpeaksAlone) {
  node("a", [](Node& made) {
    made.spec.unschedulable = true;
    taint(made, "k", "v", "NoSchedule");
  });
  EXPECT_EQ(reasons(pod("p",
                        [](Pod& made) {
                          ask(made, "cpu", "100");
                          made.spec.edit().node_selector.set("disk", "ssd");
                        })),
            "0/1 nodes are available: 1 node(s) were unschedulable.");
}

TEST_F(SchedulerTest, SortsReasonsAsTextAndNotByNumber) {
  for (int i = 0; i < 10; ++i) node(fmt::format("full-{}", i));
  for (int i = 0; i < 2; ++i) {
    node(fmt::format("tainted-{}", i), [](Node& made) { taint(made, "k", "", "NoSchedule"); });
  }
  EXPECT_EQ(reasons(pod("p", [](Pod& made) { ask(made, "cpu", "5"); })),
            "0/12 nodes are available: 10 Insufficient cpu, 2 node(s) had untolerated taint "
            "{k: }.");
}

TEST_F(SchedulerTest, APodMayRefuseToPreempt) {
  node("a");
  const Id id = pod("p", [](Pod& made) {
    ask(made, "cpu", "5");
    made.spec.edit().preemption_policy = "Never";
  });
  run_for(seconds(1));
  EXPECT_EQ(message(id),
            "0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to "
            "preemptionPolicy=Never.");
}

TEST_F(SchedulerTest, SpreadsWhereItMust) {
  node("a", [](Node& made) { label(made, "zone", "one"); });
  node("b", [](Node& made) { label(made, "zone", "two"); });
  node("c");
  const auto even = [](Pod& made) {
    be(made, "x");
    spread(made, "zone", "x");
  };
  std::map<std::string, int> counts;
  for (int i = 0; i < 6; ++i) {
    const Id id = pod(fmt::format("p{}", i), even);
    run_for(seconds(1));
    ++counts[where(id)];
  }
  EXPECT_EQ(counts, (std::map<std::string, int>{{"a", 3}, {"b", 3}}));
  placed("extra", "a", [](Pod& made) { be(made, "x"); });
  change<Node>(world_.store().find(Kind::Node, "", "b"),
               [](Node& made) { taint(made, "k", "", "NoSchedule"); });
  const Id id = pod("last", even);
  run_for(seconds(1));
  EXPECT_EQ(message(id),
            "0/3 nodes are available: 1 node(s) didn't match pod topology spread constraints, "
            "1 node(s) didn't match pod topology spread constraints (missing required label), "
            "1 node(s) had untolerated taint {k: }. preemption: 0/3 nodes are available: "
            "1 No preemption victims found for incoming pod, 2 Preemption is not helpful for "
            "scheduling.");
}

TEST_F(SchedulerTest, SpreadCountsOnlyNodesThatThePodAccepts) {
  node("a", [](Node& made) { label(made, "pool", "x"); });
  node("b");
  const auto even = [](Pod& made) {
    be(made, "x");
    spread(made, "kubernetes.io/hostname", "x");
    made.spec.edit().node_selector.set("pool", "x");
  };
  for (int i = 0; i < 3; ++i) {
    const Id id = pod(fmt::format("p{}", i), even);
    run_for(seconds(1));
    EXPECT_EQ(where(id), "a") << "b does not count: its emptiness holds nobody back";
  }
}

TEST_F(SchedulerTest, FewerDomainsThanAskedForCountAsEmpty) {
  node("a");
  const auto two = [](Pod& made) {
    be(made, "x");
    spread(made, "kubernetes.io/hostname", "x");
    made.spec.edit().topology_spread_constraints[0].min_domains = 2;
  };
  const Id first = pod("first", two);
  run_for(seconds(1));
  EXPECT_EQ(where(first), "a");
  EXPECT_EQ(reasons(pod("second", two)),
            "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints.");
}

TEST_F(SchedulerTest, AffinityFollowsAndAntiAffinityKeepsAway) {
  node("a", [](Node& made) { label(made, "zone", "one"); });
  node("b", [](Node& made) { label(made, "zone", "one"); });
  node("c", [](Node& made) { label(made, "zone", "two"); });
  placed("db", "a", [](Pod& made) { be(made, "db"); });
  const Id same_zone = pod("same-zone", [](Pod& made) {
    require_near(made, "zone", "db");
    require_away(made, "kubernetes.io/hostname", "db");
  });
  run_for(seconds(1));
  EXPECT_EQ(where(same_zone), "b");
  const Id lost = pod("lost", [](Pod& made) { require_near(made, "zone", "nobody"); });
  const Id alone = pod("alone", [](Pod& made) {
    be(made, "alone");
    require_away(made, "zone", "db");
    require_away(made, "zone", "alone");
  });
  run_for(seconds(1));
  EXPECT_EQ(where(alone), "c");
  EXPECT_EQ(message(lost),
            "0/3 nodes are available: 3 node(s) didn't match pod affinity rules. preemption: 0/3 "
            "nodes are available: 3 Preemption is not helpful for scheduling.");
  const Id second = pod("second", [](Pod& made) {
    be(made, "alone");
    require_away(made, "zone", "db");
    require_away(made, "zone", "alone");
  });
  run_for(seconds(1));
  EXPECT_EQ(message(second),
            "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. preemption: "
            "0/3 nodes are available: 3 No preemption victims found for incoming pod.");
  // A pod without terms is kept away by those of the pods that are there.
  change<Node>(world_.store().find(Kind::Node, "", "a"),
               [](Node& made) { made.spec.unschedulable = true; });
  change<Node>(world_.store().find(Kind::Node, "", "b"),
               [](Node& made) { made.spec.unschedulable = true; });
  EXPECT_EQ(reasons(pod("quiet", [](Pod& made) { be(made, "alone"); })),
            "0/3 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules, "
            "2 node(s) were unschedulable.");
}

TEST_F(SchedulerTest, TheFirstOfAGroupThatWantsToBeTogetherIsLetIn) {
  node("a");
  node("b");
  const auto together = [](Pod& made) {
    be(made, "x");
    require_near(made, "kubernetes.io/hostname", "x");
  };
  const Id first = pod("first", together);
  run_for(seconds(1));
  ASSERT_NE(where(first), "");
  for (int i = 0; i < 4; ++i) {
    const Id next = pod(fmt::format("next-{}", i), together);
    run_for(seconds(1));
    EXPECT_EQ(where(next), where(first));
  }
}

TEST_F(SchedulerTest, AffinityLooksOnlyIntoItsNamespaces) {
  auto ns = std::make_shared<Namespace>();
  ns->meta.name = "other";
  ns->meta.labels.set("team", "blue");
  create(ns);
  node("a");
  placed("db", "a", [](Pod& made) {
    made.meta.ns = "other";
    be(made, "db");
  });
  const auto look = [&](const char* name, const std::function<void(PodAffinityTerm&)>& edit) {
    return pod(name, [&](Pod& made) {
      PodAffinityTerm term = near("kubernetes.io/hostname", "db");
      edit(term);
      made.spec.edit()
          .affinity.edit()
          .pod_affinity.edit()
          .required_during_scheduling_ignored_during_execution.push_back(term);
    });
  };
  const Id own = look("own", [](PodAffinityTerm&) {});
  const Id named = look("named", [](PodAffinityTerm& term) { term.namespaces = {"other"}; });
  const Id blue = look("blue", [](PodAffinityTerm& term) {
    term.namespace_selector.edit().match_labels.set("team", "blue");
  });
  const Id red = look("red", [](PodAffinityTerm& term) {
    term.namespace_selector.edit().match_labels.set("team", "red");
  });
  const Id any = look("any", [](PodAffinityTerm& term) { term.namespace_selector.edit(); });
  run_for(seconds(1));
  EXPECT_EQ(where(own), "");
  EXPECT_EQ(where(named), "a");
  EXPECT_EQ(where(blue), "a");
  EXPECT_EQ(where(red), "");
  EXPECT_EQ(where(any), "a");
}

// --- scores

TEST_F(SchedulerTest, PrefersFreeAndBalancedNodes) {
  node("a");
  node("b");
  placed("old", "a", [](Pod& made) {
    ask(made, "cpu", "1");
    ask(made, "memory", "2Gi");
  });
  placed("cpu", "b", [](Pod& made) {
    ask(made, "cpu", "2");
    ask(made, "memory", "1Gi");
  });
  const Id id = placed("p", "", [](Pod& made) {
    ask(made, "cpu", "500m");
    ask(made, "memory", "1Gi");
  });
  const Id nothing = pod("nothing");
  const scheduler::Incoming incoming(world_, at(id));
  const auto nodes = candidates(incoming, {"a", "b"});
  EXPECT_EQ(least_allocated_score(incoming, nodes[0]), 62);
  EXPECT_EQ(balanced_allocation_score(incoming, nodes[0]), 100);
  EXPECT_EQ(least_allocated_score(incoming, nodes[1]), 56);
  EXPECT_EQ(balanced_allocation_score(incoming, nodes[1]), 81);
  const scheduler::Incoming unasking(world_, at(nothing));
  EXPECT_EQ(least_allocated_score(unasking, nodes[0]), 72);
  EXPECT_EQ(balanced_allocation_score(unasking, nodes[0]), 100);
  run_for(seconds(1));
  EXPECT_EQ(where(id), "a");
}

TEST_F(SchedulerTest, PrefersNodesThatHaveTheImage) {
  const auto with_image = [](Node& made) {
    ContainerImage image;
    image.names = {"registry.example/app:latest"};
    image.size_bytes = 187694648;
    made.status.images.push_back(image);
  };
  node("a");
  const Id b = node("b", with_image);
  node("c");
  const auto app = [](Pod& made) { made.spec.edit().containers[0].image = "registry.example/app"; };
  const Id id = pod("p", app);
  const auto one = scores(id, {"a", "b", "c"});
  EXPECT_EQ(one[1] - one[0], 3);
  EXPECT_EQ(one[2], one[0]);
  for (const char* name : {"a", "c"}) {
    change<Node>(world_.store().find(Kind::Node, "", name), with_image);
  }
  const auto all = scores(id, {"a", "b", "c"});
  EXPECT_EQ(all[0] - one[0], 15);
  EXPECT_EQ(all[0], all[1]);
  change<Node>(b, [](Node& made) { made.status.images.clear(); });
  const auto two = scores(id, {"a", "b", "c"});
  EXPECT_EQ(two[1], one[0]);
  EXPECT_GT(two[0], two[1]);
}

TEST_F(SchedulerTest, ShunsSoftTaints) {
  node("a", [](Node& made) {
    taint(made, "x", "", "PreferNoSchedule");
    taint(made, "y", "", "PreferNoSchedule");
  });
  node("b", [](Node& made) { taint(made, "x", "", "PreferNoSchedule"); });
  node("c");
  const Id id = pod("p");
  const auto one = scores(id, {"a", "b", "c"});
  EXPECT_EQ(one[1] - one[0], 3 * 50);
  EXPECT_EQ(one[2] - one[0], 3 * 100);
  run_for(seconds(1));
  EXPECT_EQ(where(id), "c");
}

TEST_F(SchedulerTest, FollowsPreferredNodeAffinity) {
  node("a", [](Node& made) { label(made, "disk", "ssd"); });
  node("b", [](Node& made) {
    label(made, "disk", "ssd");
    label(made, "fast", "yes");
  });
  node("c");
  const Id id = pod("p", [](Pod& made) {
    auto& preferred = made.spec.edit()
                          .affinity.edit()
                          .node_affinity.edit()
                          .preferred_during_scheduling_ignored_during_execution;
    preferred.push_back({10, label_term("disk", "In", {"ssd"})});
    preferred.push_back({30, label_term("fast", "Exists")});
  });
  const auto one = scores(id, {"a", "b", "c"});
  EXPECT_EQ(one[0] - one[2], 2 * 25);
  EXPECT_EQ(one[1] - one[2], 2 * 100);
}

TEST_F(SchedulerTest, SpreadsThePodsOfAReplicaSet) {
  for (const char* name : {"a", "b", "c"}) node(name);
  web("one", "a");
  web("two", "a");
  web("three", "b");
  const Id id = web("p");
  const scheduler::Incoming incoming(world_, at(id));
  EXPECT_EQ(spread_scores(incoming, candidates(incoming, {"a", "b", "c"})),
            (std::vector<std::int64_t>{40, 60, 100}));
  run_for(seconds(1));
  EXPECT_EQ(where(id), "c");
}

TEST_F(SchedulerTest, SpreadsOverZonesAsWell) {
  node("a", [](Node& made) { label(made, kZoneLabel.data(), "one"); });
  node("b", [](Node& made) { label(made, kZoneLabel.data(), "one"); });
  node("c", [](Node& made) { label(made, kZoneLabel.data(), "two"); });
  web("old", "a");
  const Id id = web("p");
  const scheduler::Incoming incoming(world_, at(id));
  // a: ln 5 + 2 + ln 4 + 4, b: 2 + ln 4 + 4, c: 2 + 4, rounded: 9, 7, 6.
  EXPECT_EQ(spread_scores(incoming, candidates(incoming, {"a", "b", "c"})),
            (std::vector<std::int64_t>{100 * 6 / 9, 100 * 8 / 9, 100}));
  run_for(seconds(1));
  EXPECT_EQ(where(id), "c");
}

TEST_F(SchedulerTest, APodOfNobodyIsNotSpread) {
  node("a");
  node("b");
  const Id id = pod("p", [](Pod& made) { be(made, "web"); });
  const scheduler::Incoming incoming(world_, at(id));
  EXPECT_TRUE(spread_scores(incoming, candidates(incoming, {"a", "b"})).empty());
}

TEST_F(SchedulerTest, SoftConstraintsReplaceTheDefaults) {
  node("a", [](Node& made) { label(made, "rack", "1"); });
  node("b", [](Node& made) { label(made, "rack", "2"); });
  node("c");
  placed("old", "a", [](Pod& made) { be(made, "x"); });
  const Id id = pod("p", [](Pod& made) {
    be(made, "x");
    spread(made, "rack", "x", "ScheduleAnyway");
  });
  const scheduler::Incoming incoming(world_, at(id));
  // ln 4 and 0, rounded; c lacks the label.
  EXPECT_EQ(spread_scores(incoming, candidates(incoming, {"a", "b", "c"})),
            (std::vector<std::int64_t>{0, 100, 0}));
}

TEST_F(SchedulerTest, FollowsPreferredPodAffinityInBothDirections) {
  node("a");
  node("b");
  node("c");
  placed("db", "a", [](Pod& made) { be(made, "db"); });
  placed("noise", "b", [](Pod& made) { be(made, "noise"); });
  const Id id = pod("p", [](Pod& made) {
    be(made, "p");
    Affinity& affinity = made.spec.edit().affinity.edit();
    affinity.pod_affinity.edit().preferred_during_scheduling_ignored_during_execution.push_back(
        {30, near("kubernetes.io/hostname", "db")});
    affinity.pod_anti_affinity.edit()
        .preferred_during_scheduling_ignored_during_execution.push_back(
            {10, near("kubernetes.io/hostname", "noise")});
  });
  const Id plain = pod("plain");
  const auto base = scores(plain, {"a", "b", "c"});
  const auto one = scores(id, {"a", "b", "c"});
  EXPECT_EQ(one[0] - base[0], 2 * 100);
  EXPECT_EQ(one[1] - base[1], 0);
  EXPECT_EQ(one[2] - base[2], 2 * 25);
  // Those that are there have wishes too.
  placed("friend", "c", [](Pod& made) { require_near(made, "kubernetes.io/hostname", "fan"); });
  const Id fan = pod("fan", [](Pod& made) { be(made, "fan"); });
  const auto liked = scores(fan, {"a", "b", "c"});
  const auto other = scores(plain, {"a", "b", "c"});
  EXPECT_EQ(liked[2] - other[2], 2 * 100);
  EXPECT_EQ(liked[0], other[0]);
}

TEST_F(SchedulerTest, EqualNodesShareThePodsEvenly) {
  for (const char* name : {"a", "b", "c"}) {
    node(name, [](Node& made) {
      made.status.allocatable.set("cpu", amount("4k"));
      made.status.allocatable.set("memory", amount("8Ti"));
      made.status.allocatable.set("pods", amount("1000"));
    });
  }
  std::map<std::string, int> counts;
  std::vector<Id> pods;
  for (int i = 0; i < 300; ++i) pods.push_back(pod(fmt::format("p{}", i)));
  run_for(minutes(1));
  for (const Id id : pods) ++counts[where(id)];
  ASSERT_EQ(counts.size(), 3u);
  for (const auto& [name, count] : counts) EXPECT_GT(count, 60) << name;
}

// --- large clusters

TEST_F(SchedulerTest, LooksAtSomeOfManyNodesAndThenAtTheNext) {
  for (int i = 0; i < 250; ++i) node(fmt::format("n{:03}", i));
  pod("p");
  run_for(seconds(1));
  EXPECT_EQ(world_.scheduling_queue().next_node(), 48u * 250 / 100) << "50 - 250/125 per cent";
  pod("q");
  run_for(seconds(1));
  EXPECT_EQ(world_.scheduling_queue().next_node(), 240u);
  // One that is tainted does not count among those that fit, but is passed.
  change<Node>(world_.store().find(Kind::Node, "", "n245"),
               [](Node& made) { made.spec.unschedulable = true; });
  pod("r");
  run_for(seconds(1));
  EXPECT_EQ(world_.scheduling_queue().next_node(), (240u + 121) % 250);
}

TEST_F(SchedulerTest, TakesZonesInTurn) {
  std::vector<Id> ids;
  for (const char* zone : {"one", "one", "one", "two", "three", "two"}) {
    ids.push_back(node(fmt::format("n{}", ids.size()),
                       [&](Node& made) { label(made, kZoneLabel.data(), zone); }));
  }
  const auto order = [&] {
    std::string names;
    for (const auto& slot : world_.store().node_index().order()) {
      names += world_.get<Node>(slot.id)->meta.name.str() + " ";
    }
    return names;
  };
  EXPECT_EQ(order(), "n0 n3 n4 n1 n5 n2 ");
  erase({Kind::Node, ids[0]});
  EXPECT_EQ(order(), "n1 n3 n4 n2 n5 ");
  change<Node>(ids[1], [](Node& made) { label(made, kZoneLabel.data(), "three"); });
  EXPECT_EQ(order(), "n1 n2 n3 n4 n5 ");
}

// --- the queue

class QueueTest : public SchedulerTest {
 protected:
  static void demand(Pod& made) { ask(made, "cpu", "3"); }
};

TEST_F(QueueTest, RetriesAtOnceWhenRoomIsMade) {
  node("a");
  const Id old = placed("old", "a", demand);
  const Id id = pod("p", demand);
  run_for(seconds(30));
  EXPECT_EQ(attempts(id), 1) << "nothing has happened";
  erase({Kind::Pod, old});
  run_for(milliseconds(15));
  EXPECT_EQ(where(id), "a");
}

TEST_F(QueueTest, APodThatEndsMakesRoomToo) {
  node("a");
  const Id old = placed("old", "a", demand);
  const Id id = pod("p", demand);
  run_for(seconds(30));
  change<Pod>(old, [](Pod& made) { made.status.phase = "Failed"; });
  run_for(milliseconds(15));
  EXPECT_EQ(where(id), "a");
}

TEST_F(QueueTest, BackOffDoublesUpToTenSeconds) {
  node("a");
  placed("old", "a", demand);
  const Id id = pod("p", demand);
  run_for(milliseconds(20));
  std::vector<std::int64_t> tries;
  Time last = world_.now();
  while (tries.size() < 6) {
    // Something is deleted all the time, and never helps.
    erase({Kind::Pod, placed(fmt::format("x{}", world_.now().ns), "a")});
    const std::int64_t before = attempts(id);
    run_for(milliseconds(100));
    if (attempts(id) == before) continue;
    tries.push_back((world_.now() - last).seconds());
    last = world_.now();
  }
  // The queue looks once a second, so that each wait lasts up to a second longer.
  EXPECT_EQ(tries, (std::vector<std::int64_t>{2, 3, 5, 9, 11, 11}));
}

TEST_F(QueueTest, WhatCannotHelpDoesNotWakeIt) {
  const Id a = node("a");
  const Id id = pod("p", [](Pod& made) { made.spec.edit().node_selector.set("disk", "ssd"); });
  run_for(seconds(30));
  erase({Kind::Pod, placed("other", "a")});  // room is not what it waits for
  node("b");                                 // nor this node
  change<Node>(a, [](Node& made) { made.spec.pod_cidr = "10.0.0.0/24"; });
  change<Node>(a, [](Node& made) {
    made.status.conditions.emplace_back();
    made.status.conditions[0].type = "Ready";
    made.status.conditions[0].status = "True";
  });
  run_for(seconds(30));
  EXPECT_EQ(attempts(id), 1);
  change<Node>(a, [](Node& made) { label(made, "disk", "ssd"); });
  run_for(milliseconds(15));
  EXPECT_EQ(where(id), "a");
}

TEST_F(QueueTest, HeartbeatsDoNotWakeIt) {
  const Id a = node("a", [](Node& made) {
    made.status.conditions.emplace_back();
    made.status.conditions[0].type = "Ready";
    made.status.conditions[0].status = "True";
  });
  // What it lacks is compared among nodes, so that any news of a node that takes it would count.
  const Id id = pod("p", [](Pod& made) { require_near(made, "kubernetes.io/hostname", "x"); });
  run_for(seconds(10));
  change<Node>(a,
               [&](Node& made) { made.status.conditions[0].last_heartbeat_time = world_.now(); });
  run_for(seconds(10));
  EXPECT_EQ(attempts(id), 1);
}

TEST_F(QueueTest, UncordoningWakesIt) {
  const Id a = node("a", [](Node& made) { made.spec.unschedulable = true; });
  const Id id = pod("p");
  run_for(seconds(10));
  EXPECT_EQ(where(id), "");
  change<Node>(a, [](Node& made) { made.spec.unschedulable = false; });
  run_for(milliseconds(15));
  EXPECT_EQ(where(id), "a");
}

TEST_F(QueueTest, AFriendThatComesWakesIt) {
  node("a");
  const Id id = pod("p", [](Pod& made) { require_near(made, "kubernetes.io/hostname", "x"); });
  run_for(seconds(10));
  placed("stranger", "a", [](Pod& made) { be(made, "y"); });
  run_for(seconds(10));
  EXPECT_EQ(attempts(id), 1);
  placed("friend", "a", [](Pod& made) { be(made, "x"); });
  run_for(milliseconds(15));
  EXPECT_EQ(where(id), "a");
}

TEST_F(QueueTest, FiveMinutesWakeIt) {
  node("a");
  const Id id = pod("p", [](Pod& made) { ask(made, "cpu", "5"); });
  run_for(minutes(5));
  EXPECT_EQ(attempts(id), 1);
  run_for(seconds(31));
  EXPECT_EQ(attempts(id), 2);
  run_for(minutes(11));
  EXPECT_EQ(attempts(id), 4);
}

TEST_F(QueueTest, AChangeOfThePodItselfWakesIt) {
  node("a");
  const Id id = pod("p", [](Pod& made) { ask(made, "cpu", "5"); });
  run_for(seconds(10));
  change<Pod>(id, [](Pod& made) { made.status.message = "a change of status does not"; });
  run_for(seconds(10));
  EXPECT_EQ(attempts(id), 1);
  change<Pod>(id, [](Pod& made) { made.meta.labels.set("a", "b"); });
  run_for(seconds(1));
  EXPECT_EQ(attempts(id), 2);
}

TEST_F(QueueTest, AGatedPodIsNotTriedUntilItsLastGateIsGone) {
  node("a");
  const Id id = pod("p", [](Pod& made) { made.spec.edit().scheduling_gates = {{"one"}, {"two"}}; });
  run_for(minutes(10));
  EXPECT_EQ(where(id), "");
  EXPECT_TRUE(world_.store().events_about(at(id).meta.uid).empty());
  change<Pod>(id, [](Pod& made) { made.spec.edit().scheduling_gates.pop_back(); });
  run_for(minutes(1));
  EXPECT_EQ(where(id), "");
  change<Pod>(id, [](Pod& made) { made.spec.edit().scheduling_gates.clear(); });
  run_for(milliseconds(15));
  EXPECT_EQ(where(id), "a");
}

TEST_F(QueueTest, ForgetsPodsThatHaveGone) {
  node("a");
  const Id waiting = pod("waiting", [](Pod& made) { ask(made, "cpu", "5"); });
  run_for(seconds(1));
  const Id sudden = pod("sudden");
  run_for(milliseconds(12));
  erase({Kind::Pod, sudden});
  erase({Kind::Pod, waiting});
  const Id next = pod("next");
  run_for(seconds(1));
  EXPECT_EQ(where(next), "a");
  EXPECT_EQ(world_.scheduling_queue().active(), 0u);
  EXPECT_FALSE(world_.scheduling_queue().any_waiting());
  EXPECT_EQ(world_.busy(), 0);
}

TEST_F(QueueTest, SkipsAPodThatIsBeingDeleted) {
  node("a");
  const Id id = pod("p", [this](Pod& made) {
    made.meta.deletion_timestamp = world_.now();
    made.meta.finalizers = {"example.com/keep"};
  });
  run_for(seconds(10));
  EXPECT_EQ(where(id), "");
  const auto events = world_.store().events_about(at(id).meta.uid);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(world_.get<Event>(events[0])->message, "skip schedule deleting pod: default/p");
}

TEST_F(QueueTest, AMessageThatDoesNotChangeIsWrittenOnce) {
  node("a");
  const Id id = pod("p", [](Pod& made) { ask(made, "cpu", "5"); });
  run_for(seconds(10));
  const std::uint64_t version = at(id).meta.resource_version;
  const std::optional<Time> since = scheduled(id)->last_transition_time;
  run_for(minutes(20));
  EXPECT_GE(attempts(id), 3);
  EXPECT_EQ(at(id).meta.resource_version, version);
  EXPECT_EQ(scheduled(id)->last_transition_time, since);
  // The first try wrote the condition, so that the second is an Event of its own; from then on
  // they are one series.
  EXPECT_EQ(world_.store().events_about(at(id).meta.uid).size(), 2u);
}

// --- what must always hold

class AnyCluster : public SchedulerTest, public ::testing::WithParamInterface<int> {
 protected:
  std::uint64_t below(std::uint64_t bound) {
    return draw_below(bound, static_cast<std::uint64_t>(GetParam()), "cluster", 0, n_++);
  }
  std::uint64_t n_ = 0;
};

TEST_P(AnyCluster, NoNodeIsEverPromisedMoreThanItHas) {
  const std::uint64_t nodes = 1 + below(150);
  for (std::uint64_t i = 0; i < nodes; ++i) {
    node(fmt::format("n{}", i), [&](Node& made) {
      made.status.allocatable.set("cpu", Quantity::of_milli(static_cast<int>(below(3000))));
      made.status.allocatable.set("memory", Quantity::of(static_cast<int>(below(2000))));
      made.status.allocatable.set("pods", Quantity::of(static_cast<int>(below(6))));
      made.status.allocatable.set("example.com/x", Quantity::of(static_cast<int>(below(3))));
      label(made, kZoneLabel.data(), below(2) ? "one" : "two");
      if (below(10) == 0) taint(made, "k", "", below(2) ? "NoSchedule" : "PreferNoSchedule");
      if (below(20) == 0) made.spec.unschedulable = true;
    });
  }
  std::vector<Id> pods;
  for (int round = 0; round < 200; ++round) {
    switch (below(8)) {
      case 0:
        if (!pods.empty()) {
          const Id gone = pods[below(pods.size())];
          if (world_.get<Pod>(gone)) erase({Kind::Pod, gone});
        }
        break;
      case 1:
        run_for(milliseconds(static_cast<std::int64_t>(below(3000))));
        break;
      case 2:
        pods.push_back(web(fmt::format("p{}", round)));
        break;
      default:
        pods.push_back(pod(fmt::format("p{}", round), [&](Pod& made) {
          made.spec.edit().priority = static_cast<int>(below(3));
          if (below(2)) ask(made, "cpu", fmt::format("{}m", below(1500)));
          if (below(2)) ask(made, "memory", fmt::format("{}", below(1000)));
          if (below(6) == 0) ask(made, "example.com/x", "1");
          if (below(6) == 0) host_port(made, 80);
          if (below(6) == 0) {
            be(made, "x");
            require_away(made, "kubernetes.io/hostname", "x");
          }
          if (below(6) == 0) {
            be(made, "y");
            spread(made, kZoneLabel.data(), "y");
          }
        }));
    }
  }
  run_for(minutes(10));
  int bound = 0;
  for (const auto& [id, row] : world_.store().table(Kind::Node)) {
    const auto& host = static_cast<const Node&>(row);
    const NodeLoad load = world_.store().load(id);
    const ResourceList& has = host.status.allocatable;
    EXPECT_LE(load.milli_cpu, has.get("cpu").milli_value()) << host.meta.name.str();
    EXPECT_LE(load.memory, has.get("memory").value()) << host.meta.name.str();
    EXPECT_LE(load.pods, has.get("pods").value()) << host.meta.name.str();
    std::int64_t x = 0;
    int ports = 0;
    int loners = 0;
    for (const Id there : world_.store().pods_on(host.meta.name)) {
      ++bound;
      for (const auto& [name, units] : scheduler::scalar_requests(*at(there).spec)) x += units;
      ports += at(there).spec->containers[0].ports.empty() ? 0 : 1;
      loners += at(there).meta.labels.get("app") == "x" ? 1 : 0;
    }
    EXPECT_LE(x, has.get("example.com/x").value()) << host.meta.name.str();
    EXPECT_LE(ports, 1) << host.meta.name.str();
    EXPECT_LE(loners, 1) << host.meta.name.str();
    if (host.spec.unschedulable) {
      EXPECT_EQ(load.pods, 0) << host.meta.name.str();
    }
  }
  EXPECT_GT(bound, 0);
  EXPECT_EQ(world_.busy(), 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyCluster, ::testing::Range(1, 25));

}  // namespace
}  // namespace sim::testing
