// Restarts: by policy, after a back-off, and after the node's own.
#include "tests/support/kubelet_test.h"

namespace sim::testing {
namespace {

using KubeletRestarts = KubeletTest;

TEST_F(KubeletRestarts, BackOffDoubles) {
  pod("crash", R"({containers: [{name: c, image: "busybox:1.36", command: [sh, -c, "exit 3"]}]})");
  run_for(seconds(5));
  EXPECT_EQ(container("crash", "state.waiting.reason"), "CrashLoopBackOff");
  const std::string name = "crash_default(" + ask("crash", ".metadata.uid") + ")";
  EXPECT_EQ(container("crash", "state.waiting.message"),
            "back-off 10s restarting failed container=c pod=" + name);
  EXPECT_EQ(told("crash", "BackOff"),
            "Back-off restarting failed container c in pod " + name + "\n");
  // At once, then after 10, 20, 40, 80 and 160 s, each rounded up to the next sync.
  const auto restarts_after = [&](Duration more) {
    run_for(more);
    return std::stoi(container("crash", "restartCount"));
  };
  EXPECT_EQ(restarts_after(seconds(15)), 2);
  EXPECT_EQ(restarts_after(seconds(35)), 3);
  EXPECT_EQ(restarts_after(seconds(55)), 4);
  EXPECT_EQ(restarts_after(seconds(95)), 5);
  EXPECT_EQ(container("crash", "lastState.terminated.exitCode"), "3");
  EXPECT_GE(std::stoi(type("kubectl get events --field-selector involvedObject.name=crash,"
                           "reason=BackOff -o jsonpath='{.items[0].count}'")),
            12);
}

TEST_F(KubeletRestarts, AGoodRunClearsTheBackOff) {
  pod("long", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "650"]}]})");
  run_for(seconds(660));
  EXPECT_EQ(container("long", "restartCount"), "1");
  run_for(seconds(660));
  EXPECT_EQ(container("long", "restartCount"), "2");
  EXPECT_EQ(told("long", "BackOff"), "");
}

TEST_F(KubeletRestarts, ByPolicy) {
  const auto spec = [](const std::string& policy, const std::string& code) {
    return "{restartPolicy: " + policy +
           ", containers: [{name: c, image: \"busybox:1.36\", command: [sh, -c, \"exit " + code +
           "\"]}]}";
  };
  pod("never", spec("Never", "1"));
  pod("failure", spec("OnFailure", "1"));
  pod("success", spec("OnFailure", "0"));
  pod("always", spec("Always", "0"));
  run_for(seconds(8));
  EXPECT_EQ(ask("never", ".status.phase"), "Failed");
  EXPECT_EQ(ask("failure", ".status.phase"), "Running");
  EXPECT_EQ(container("failure", "restartCount"), "1");
  EXPECT_EQ(ask("success", ".status.phase"), "Succeeded");
  EXPECT_EQ(container("success", "restartCount"), "0");
  EXPECT_EQ(container("always", "restartCount"), "1");
  EXPECT_EQ(container("always", "lastState.terminated.reason"), "Completed");
}

TEST_F(KubeletRestarts, InitContainersAreTriedAgain) {
  pod("init", R"({initContainers: [{name: i, image: "busybox:1.36",
        command: [sh, -c, "echo x >> /d/n; test $(wc -l < /d/n) -ge 3"],
        volumeMounts: [{name: d, mountPath: /d}]}],
      containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"]}],
      volumes: [{name: d, emptyDir: {}}]})");
  run_for(seconds(5));
  expect_part(type("kubectl get pod init --no-headers"), "Init:CrashLoopBackOff");
  run_for(seconds(20));
  EXPECT_EQ(ask("init", ".status.phase"), "Running");
  EXPECT_EQ(ask("init", ".status.initContainerStatuses[0].restartCount"), "2");
}

TEST_F(KubeletRestarts, AnInitContainerMayFailThePod) {
  pod("init", R"({restartPolicy: Never, initContainers: [{name: i, image: "busybox:1.36",
        command: [sh, -c, "exit 4"]}], containers: [{name: c, image: "busybox:1.36"}]})");
  run_for(seconds(5));
  EXPECT_EQ(ask("init", ".status.phase"), "Failed");
  expect_part(type("kubectl get pod init --no-headers"), "Init:Error");
}

TEST_F(KubeletRestarts, ANodeThatRestarts) {
  pod("web", R"({nodeName: node-a, initContainers: [{name: i, image: "busybox:1.36",
        command: [sh, -c, "echo x >> /d/runs"], volumeMounts: [{name: d, mountPath: /d}]}],
      containers: [{name: c, image: nginx, volumeMounts: [{name: d, mountPath: /d}, {name: m, mountPath: /m}]}],
      volumes: [{name: d, emptyDir: {}}, {name: m, emptyDir: {medium: Memory}}]})");
  run_for(seconds(10));
  const std::string ip = ask("web", ".status.podIP");
  run_in("web", "echo d > /d/f; echo m > /m/f; echo l > /l");
  type("sim node reboot node-a");
  run_for(seconds(20));
  EXPECT_EQ(ask("web", ".status.phase"), "Running");
  EXPECT_NE(ask("web", ".status.podIP"), ip);
  EXPECT_EQ(container("web", "restartCount"), "1");
  EXPECT_EQ(container("web", "lastState.terminated.exitCode"), "255");
  EXPECT_EQ(told("web", "SandboxChanged"),
            "Pod sandbox changed, it will be killed and re-created.\n");
  // The disk is as it was, but for the layer of the container that is gone; memory is empty, and
  // the init container has run again.
  EXPECT_EQ(run_in("web", "wc -l < /d/runs; cat /d/f; ls /m; ls /l"),
            "Defaulted container \"c\" out of: c, i (init)\n2\nd\nls: /l: No such file or "
            "directory\ncommand terminated with exit code 1\n");
}

TEST_F(KubeletRestarts, WhatNeverRestartsEndsWithItsNode) {
  pod("job", R"({nodeName: node-a, restartPolicy: Never,
      containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"]}]})");
  run_for(seconds(5));
  type("sim node reboot node-a");
  run_for(seconds(20));
  EXPECT_EQ(ask("job", ".status.phase"), "Failed");
  EXPECT_EQ(container("job", "state.terminated.reason"), "Unknown");
  EXPECT_EQ(told("job", "SandboxChanged"), "");
}

}  // namespace
}  // namespace sim::testing
