// Which nodes the scheduler rejects, and in which words.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "sim/base/format.h"
#include "tests/support/scheduler_test.h"

namespace sim::testing {
namespace {

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
  for (const Id id : {other_value, other_effect})
    EXPECT_EQ(where(id), "") << at(id).meta.name.str();
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
  for (const Id id : {first, udp, other_ip, other})
    EXPECT_EQ(where(id), "a") << at(id).meta.name.str();
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

}  // namespace
}  // namespace sim::testing
