// A storage driver that does not answer, or answers late.
#include <gtest/gtest.h>

#include "tests/support/storage_test.h"

namespace sim::testing {
namespace {

class VolumesFaults : public StorageTest {
 protected:
  VolumesFaults() {
    install("disk.csi.example.com");
    apply(storage_class("disk", "disk.csi.example.com"));
  }
  std::string phase(const std::string& kind, const std::string& name) {
    return type("kubectl get " + kind + " " + name + " -o jsonpath='{.status.phase}'");
  }
};

TEST_F(VolumesFaults, AClaimWaitsUntilItsDriverAnswers) {
  type("sim driver down disk.csi.example.com");
  apply(claim("data", "disk"));
  apply(pod("first", "data"));
  run_for(minutes(3));
  EXPECT_EQ(phase("pvc", "data"), "Pending");
  const std::string why = type("sim why first /data/x");
  EXPECT_EQ(why.rfind("CLAIM_NOT_BOUND", 0), 0U) << why;
  EXPECT_NE(why.find("get the storage driver disk.csi.example.com to work again"),
            std::string::npos)
      << why;
  type("sim driver up disk.csi.example.com");
  run_for(minutes(3));
  EXPECT_EQ(phase("pvc", "data"), "Bound");
  EXPECT_EQ(phase("pod", "first"), "Running");
}

TEST_F(VolumesFaults, WhatIsMountedStaysSoUntilTheDriverUnmountsIt) {
  apply(claim("data", "disk"));
  apply(pod("first", "data"));
  run_for(minutes(1));
  ASSERT_EQ(phase("pod", "first"), "Running");
  type("sim driver down disk.csi.example.com");
  EXPECT_EQ(type("kubectl exec first -- sh -c 'touch /data/x; ls /data'"), "x\n");
  type("kubectl delete pod first --wait=false");
  run_for(minutes(2));
  EXPECT_NE(type("kubectl get pod first").find("Terminating"), std::string::npos);
  type("sim driver up disk.csi.example.com");
  run_for(seconds(30));
  EXPECT_NE(type("kubectl get pod first").find("not found"), std::string::npos);
}

// The report that would have told of it was due while nobody heard the node.
TEST_F(VolumesFaults, ANodeThatIsHeardAgainTellsWhatItHasUnmounted) {
  apply(claim("data", "disk"));
  apply(pod("first", "data", "nodeSelector: {kubernetes.io/hostname: node-a}"));
  run_for(minutes(1));
  ASSERT_EQ(phase("pod", "first"), "Running");
  type("kubectl delete pod first; sim node cut node-a");
  const auto in_use = [&] {
    return type("kubectl get node node-a -o jsonpath={.status.volumesInUse}");
  };
  EXPECT_NE(in_use(), "");
  run_for(seconds(20));
  EXPECT_NE(in_use(), "");
  type("sim node heal node-a");
  run_for(seconds(15));
  EXPECT_EQ(in_use(), "");
  EXPECT_EQ(world().store().count(Kind::VolumeAttachment), 0U);
}

TEST_F(VolumesFaults, ASlowDriverTakesLonger) {
  const auto takes = [&](const std::string& name) {
    const Time before = world().now();
    apply(claim(name, "disk"));
    while (phase("pvc", name) != "Bound" && world().now() < before + minutes(5)) {
      run_for(seconds(1));
    }
    return (world().now() - before).seconds();
  };
  EXPECT_LT(takes("fast"), 20);
  type("sim driver slow disk.csi.example.com 45s");
  const std::int64_t slow = takes("slow");
  EXPECT_GE(slow, 45);
  EXPECT_LT(slow, 70);
}

}  // namespace
}  // namespace sim::testing
