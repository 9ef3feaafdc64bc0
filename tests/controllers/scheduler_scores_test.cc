// Which of the nodes that fit the scheduler picks, to the number.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "sim/base/format.h"
#include "sim/controllers/scheduler/topology_spread.h"
#include "tests/support/scheduler_test.h"

namespace sim::testing {
namespace {

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

}  // namespace
}  // namespace sim::testing
