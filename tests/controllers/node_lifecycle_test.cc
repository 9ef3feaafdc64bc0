// What the control plane makes of nodes: that one has fallen silent, the taints of its conditions,
// and how fast nodes are given up when many are silent at once.
#include <algorithm>
#include <optional>
#include <vector>

#include "sim/base/format.h"
#include "sim/scenario/scenario.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

const NodeCondition* ready_condition(const World& world, const std::string& node) {
  return node_condition(*world.find<Node>("", node), "Ready");
}

std::string taints_of(const World& world, const std::string& name) {
  std::vector<std::string> taints;
  for (const Taint& taint : world.find<Node>("", name)->spec.taints) {
    taints.push_back(fmt::format("{}:{}", taint.key, taint.effect));
  }
  std::sort(taints.begin(), taints.end());
  return fmt::format("{}", fmt::join(taints, " "));
}

class NodeLifecycleTest : public WorldTest {
 protected:
  std::string taints(const std::string& name) { return taints_of(world(), name); }
};

TEST_F(NodeLifecycleTest, ANodeIsSilentForFortySeconds) {
  run_for(seconds(33));
  const Time stopped = world().now();
  type("sim node stop node-b");
  run_for(seconds(29));
  EXPECT_EQ(ready_condition(world(), "node-b")->status, "True");
  EXPECT_EQ(taints("node-b"), "");
  run_for(seconds(22));
  // Its lease was renewed at most ten seconds before, and the look at it comes every five.
  const NodeCondition& ready = *ready_condition(world(), "node-b");
  EXPECT_EQ(ready.status, "Unknown");
  EXPECT_GE(*ready.last_transition_time, stopped + seconds(30));
  EXPECT_LE(*ready.last_transition_time, stopped + seconds(50));
  EXPECT_EQ(type("kubectl get node node-b -o jsonpath='{range .status.conditions[*]}{.type} "
                 "{.status} {.reason}: {.message}{\"\\n\"}{end}'"),
            "MemoryPressure Unknown NodeStatusUnknown: Kubelet stopped posting node status.\n"
            "DiskPressure Unknown NodeStatusUnknown: Kubelet stopped posting node status.\n"
            "PIDPressure Unknown NodeStatusUnknown: Kubelet stopped posting node status.\n"
            "Ready Unknown NodeStatusUnknown: Kubelet stopped posting node status.\n");
  EXPECT_EQ(taints("node-b"),
            "node.kubernetes.io/unreachable:NoExecute node.kubernetes.io/unreachable:NoSchedule");
  EXPECT_EQ(taints("node-a"), "");
  EXPECT_NE(type("kubectl get nodes").find("node-b   NotReady "), std::string::npos);
  EXPECT_EQ(type("kubectl get events --field-selector involvedObject.name=node-b,"
                 "reason=NodeNotReady --no-headers -o custom-columns=T:.type,M:.message"),
            "Normal   Node node-b status is now: NodeNotReady\n");
}

TEST_F(NodeLifecycleTest, ItsPodsAreNotReadyAnyMore) {
  write("web.yaml", deployment("web", 2));
  type("kubectl apply -f web.yaml");
  settle();
  type("sim node stop node-b");
  run_for(minutes(1));
  EXPECT_EQ(type("kubectl get deploy web --no-headers | tr -s ' ' | cut -d' ' -f2-4"), "1/2 2 1\n");
  EXPECT_EQ(type("kubectl get events --field-selector involvedObject.kind=Pod,reason=NodeNotReady "
                 "--no-headers -o custom-columns=T:.type,M:.message"),
            "Warning   Node is not ready\n");
}

TEST_F(NodeLifecycleTest, AShortSilenceIsNoticedByNobody) {
  type("sim node stop node-b");
  run_for(seconds(20));
  const std::uint64_t before = world().find<Node>("", "node-b")->meta.resource_version;
  type("sim node start node-b");
  run_for(minutes(3));
  EXPECT_EQ(taints("node-b"), "");
  EXPECT_EQ(ready_condition(world(), "node-b")->status, "True");
  EXPECT_EQ(type("kubectl get events -o custom-columns=R:.reason --no-headers | grep NotReady"),
            "");
  EXPECT_GE(world().find<Node>("", "node-b")->meta.resource_version, before);
}

TEST_F(NodeLifecycleTest, ItComesBack) {
  type("sim node stop node-b");
  run_for(minutes(2));
  type("sim node start node-b");
  run_for(minutes(1));
  EXPECT_EQ(ready_condition(world(), "node-b")->status, "True");
  EXPECT_EQ(taints("node-b"), "");
}

TEST_F(NodeLifecycleTest, ACordonIsATaintToo) {
  type("kubectl cordon node-a");
  run_for(seconds(1));
  EXPECT_EQ(taints("node-a"), "node.kubernetes.io/unschedulable:NoSchedule");
  type("kubectl uncordon node-a");
  run_for(seconds(1));
  EXPECT_EQ(taints("node-a"), "");
}

TEST_F(NodeLifecycleTest, ATaintOfItsOwnIsPutRightAndOthersAreLeft) {
  type(
      "kubectl taint nodes node-a node.kubernetes.io/memory-pressure=:NoSchedule "
      "dedicated=db:NoSchedule");
  run_for(seconds(1));
  EXPECT_EQ(taints("node-a"), "dedicated:NoSchedule");
  type("kubectl cordon node-a");
  run_for(seconds(1));
  type("kubectl taint nodes node-a node.kubernetes.io/unschedulable-");
  run_for(seconds(1));
  EXPECT_EQ(taints("node-a"), "dedicated:NoSchedule node.kubernetes.io/unschedulable:NoSchedule");
}

// ---- zones ----

/// A cluster of zones with so many nodes each: z0-00, z0-01, …, z1-00, ….
class Zones {
 public:
  explicit Zones(const std::vector<int>& sizes) : simulation_(make_cluster(specification(sizes))) {
    simulation_.run_until(simulation_.world().now() + seconds(60));
    for (std::size_t zone = 0; zone < sizes.size(); ++zone) {
      for (int i = 0; i < sizes[zone]; ++i) names_.push_back(name(zone, i));
    }
  }

  static std::string name(std::size_t zone, int number) {
    return fmt::format("z{}-{:02}", zone, number);
  }
  void power(std::size_t zone, int first, int count, bool on) {
    std::string lines;
    for (int i = first; i < first + count; ++i) {
      lines += fmt::format("sim node {} {}\n", on ? "start" : "stop", name(zone, i));
    }
    Terminal terminal(simulation_, "");
    EXPECT_EQ(terminal.run(lines).exit, 0);
  }
  void run_for(Duration duration) { simulation_.run_until(simulation_.world().now() + duration); }
  const World& world() const { return simulation_.world(); }
  /// When nodes got the NoExecute taint for not answering, in order.
  std::vector<Time> tainted() const {
    std::vector<Time> times;
    for (const std::string& node : names_) {
      const Taint* taint =
          find_taint(*world().find<Node>("", node), kUnreachableTaint, "NoExecute");
      if (taint) times.push_back(*taint->time_added);
    }
    std::sort(times.begin(), times.end());
    return times;
  }
  int not_ready() const {
    return static_cast<int>(std::count_if(names_.begin(), names_.end(), [&](const auto& node) {
      return find_taint(*world().find<Node>("", node), kUnreachableTaint, "NoSchedule") != nullptr;
    }));
  }
  /// Seconds between one taint and the next.
  std::vector<std::int64_t> gaps() const {
    const std::vector<Time> times = tainted();
    std::vector<std::int64_t> gaps;
    for (std::size_t i = 1; i < times.size(); ++i) {
      gaps.push_back((times[i] - times[i - 1]).seconds());
    }
    return gaps;
  }

 private:
  static ClusterSpecification specification(const std::vector<int>& sizes) {
    ClusterSpecification cluster = default_cluster().cluster;
    const NodeSpecification pattern = cluster.nodes.front();
    cluster.nodes.clear();
    for (std::size_t zone = 0; zone < sizes.size(); ++zone) {
      for (int i = 0; i < sizes[zone]; ++i) {
        NodeSpecification node = pattern;
        node.name = name(zone, i);
        node.labels.set("topology.kubernetes.io/zone", Str(fmt::format("zone-{}", zone)));
        node.address.clear();
        cluster.nodes.push_back(std::move(node));
      }
    }
    return cluster;
  }

  Simulation simulation_;
  std::vector<std::string> names_;
};

using Gaps = std::vector<std::int64_t>;

TEST(ZoneDisruption, NodesOfAHealthyZoneGoOneByOne) {
  Zones zones({10, 10});
  zones.power(0, 0, 4, false);
  zones.run_for(minutes(3));
  EXPECT_EQ(zones.not_ready(), 4);
  EXPECT_EQ(zones.gaps(), (Gaps{10, 10, 10}));
}

TEST(ZoneDisruption, EachZoneHasItsOwnPace) {
  Zones zones({10, 10});
  zones.power(0, 0, 2, false);
  zones.power(1, 0, 2, false);
  zones.run_for(minutes(3));
  const std::vector<Time> times = zones.tainted();
  ASSERT_EQ(times.size(), 4u);
  EXPECT_LT(times[1] - times[0], seconds(6));
  EXPECT_LT(times[3] - times[2], seconds(6));
}

TEST(ZoneDisruption, MostOfASmallZoneIsSpared) {
  Zones zones({10, 10});
  zones.power(0, 0, 6, false);
  zones.run_for(minutes(20));
  EXPECT_EQ(zones.not_ready(), 6);
  EXPECT_EQ(zones.tainted().size(), 0u);
  // One comes back: half of the zone is no longer most of it.
  zones.power(0, 5, 1, true);
  zones.run_for(minutes(3));
  EXPECT_EQ(zones.not_ready(), 5);
  EXPECT_EQ(zones.gaps(), (Gaps{10, 10, 10, 10}));
}

TEST(ZoneDisruption, TwoNodesAreNeverMostOfAZone) {
  Zones zones({3, 10});
  zones.power(0, 0, 2, false);
  zones.run_for(minutes(3));
  EXPECT_EQ(zones.gaps(), (Gaps{10}));
}

TEST(ZoneDisruption, MostOfALargeZoneGoesSlowly) {
  Zones zones({60, 3});
  zones.power(0, 0, 40, false);
  zones.run_for(minutes(8));
  EXPECT_EQ(zones.not_ready(), 40);
  const Gaps gaps = zones.gaps();
  ASSERT_GE(gaps.size(), 3u);
  EXPECT_LE(gaps.size(), 5u);
  for (const std::int64_t gap : gaps) EXPECT_EQ(gap, 100);
}

TEST(ZoneDisruption, AWholeZoneGoesAtTheUsualPace) {
  Zones zones({6, 3});
  zones.power(0, 0, 6, false);
  zones.run_for(minutes(3));
  EXPECT_EQ(zones.gaps(), (Gaps{10, 10, 10, 10, 10}));
}

TEST(ZoneDisruption, WhenEverythingIsSilentNothingIsGivenUp) {
  Zones zones({3, 3});
  zones.power(0, 0, 1, false);
  zones.run_for(minutes(2));
  EXPECT_EQ(zones.tainted().size(), 1u);
  zones.power(0, 1, 2, false);
  zones.power(1, 0, 3, false);
  zones.run_for(minutes(10));
  EXPECT_EQ(zones.not_ready(), 6);
  EXPECT_EQ(zones.tainted().size(), 0u);
  // One node answers: the others are given up after all.
  zones.power(1, 0, 1, true);
  zones.run_for(minutes(3));
  EXPECT_EQ(zones.not_ready(), 5);
  EXPECT_EQ(zones.tainted().size(), 5u);
}

}  // namespace
}  // namespace sim::testing
