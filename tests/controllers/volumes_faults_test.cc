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

TEST_F(VolumesFaults, ADriverThatIsSlowAfterItWasDownGoesOn) {
  type("sim driver down disk.csi.example.com");
  apply(claim("data", "disk"));
  apply(pod("first", "data"));
  run_for(minutes(1));
  EXPECT_EQ(phase("pvc", "data"), "Pending");
  type("sim driver slow disk.csi.example.com 10s");
  run_for(minutes(2));
  EXPECT_EQ(phase("pvc", "data"), "Bound");
  EXPECT_EQ(phase("pod", "first"), "Running");
}

// Who goes on with a volume that was taken from its node writes nothing into it any more.
TEST_F(VolumesFaults, AfterTheForcedDetachTheOldMountIsDead) {
  apply(claim("data", "disk"));
  write("writer.yaml", R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: writer}
spec:
  selector: {matchLabels: {app: writer}}
  template:
    metadata: {labels: {app: writer}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: c
        image: busybox:1.36
        command: [sh, -c, "while true; do hostname >> /data/log; sleep 5; done"]
        volumeMounts: [{name: v, mountPath: /data}]
      volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]
)");
  type("kubectl apply -f writer.yaml");
  run_for(seconds(40));
  const std::string node = type("kubectl get pods -o jsonpath='{.items[0].spec.nodeName}'");
  const std::string old = type("kubectl get pods -o jsonpath='{.items[0].metadata.name}'");
  type("sim node cut " + node);
  run_for(minutes(7));
  type("kubectl delete pod " + old + " --force --grace-period=0");
  run_for(minutes(8));
  const std::string now = type("kubectl get pods -o jsonpath='{.items[*].metadata.name}'");
  EXPECT_EQ(phase("pod", now), "Running");
  // The first container is still at work, on a node that nobody hears.
  EXPECT_EQ(world().store().count(Kind::PodSandbox), 2U);
  EXPECT_EQ(type("kubectl exec " + now + " -- sh -c 'tail -n 9 /data/log | uniq'"), now + "\n");
}

TEST_F(VolumesFaults, AFullDiskTakesNoMore) {
  write("web.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  nodeName: node-a
  containers:
  - name: c
    image: busybox:1.36
    command: [sleep, "999"]
    volumeMounts: [{name: e, mountPath: /e}, {name: m, mountPath: /m}]
  volumes: [{name: e, emptyDir: {}}, {name: m, emptyDir: {medium: Memory}}]
)");
  type("kubectl apply -f web.yaml");
  run_for(seconds(5));
  const auto in = [&](const std::string& script) {
    return type("kubectl exec web -- sh -c '" + script + "'");
  };
  EXPECT_EQ(in("echo x > /tmp/before; echo x > /e/before; cat /e/before"), "x\n");
  type("sim disk fill node-a 100%");
  for (const char* file : {"/tmp/f", "/e/f"}) {
    EXPECT_NE(in(fmt::format("echo x > {}", file)).find("No space left on device"),
              std::string::npos)
        << file;
  }
  EXPECT_EQ(in("echo x > /m/f; cat /m/f"), "x\n") << "memory is no disk";
  type("sim disk free node-a");
  EXPECT_EQ(in("echo x > /tmp/f; cat /tmp/f"), "x\n");
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
