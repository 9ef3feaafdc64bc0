// What a pod asks of its node, up to amounts that no machine has.
#include <gtest/gtest.h>

#include <cstdint>

#include "tests/support/bare_world.h"

namespace sim::testing {
namespace {

std::shared_ptr<Pod> pod_asking(const char* memory, int containers) {
  auto pod = std::make_shared<Pod>();
  pod->meta.ns = "default";
  pod->node_name = "node-a";
  PodSpec spec;
  for (int i = 0; i < containers; ++i) {
    spec.containers.push_back(pod_template("x").spec.containers.front());
    spec.containers.back().resources.requests.set("memory", *Quantity::parse(memory));
  }
  pod->spec = spec;
  return pod;
}

TEST(PodRequests, AreAddedUp) {
  const NodeLoad load = pod_requests(*pod_asking("100Mi", 3));
  EXPECT_EQ(load.memory, 300 << 20);
  EXPECT_EQ(load.nonzero_milli_cpu, 300);
}

TEST(PodRequests, StayAtTheMost) {
  EXPECT_EQ(pod_requests(*pod_asking("7Ei", 3)).memory, INT64_MAX);
}

// Pods that name their node are not counted out by anybody; when they go, nothing is left of them.
TEST(PodRequests, ComeAndGo) {
  BareWorld bare;
  auto node = std::make_shared<Node>();
  node->meta.name = "node-a";
  const Id id = bare.create(node);
  std::vector<Id> pods;
  for (const char* name : {"a", "b", "c"}) {
    auto pod = pod_asking("7Ei", 3);
    pod->meta.name = name;
    pods.push_back(bare.create(pod));
  }
  EXPECT_EQ(bare.world().store().load(id).pods, 3);
  for (const Id pod : pods) {
    Plan plan;
    plan.erase({Kind::Pod, pod}, "test");
    bare.carry_out(std::move(plan));
  }
  EXPECT_EQ(bare.world().store().load(id), NodeLoad());
}

}  // namespace
}  // namespace sim::testing
