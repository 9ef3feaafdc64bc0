// When the scheduler tries again what found no node; and what must hold of any cluster.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "tests/support/scheduler_test.h"

namespace sim::testing {
namespace {

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
