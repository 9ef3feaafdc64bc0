// Stopping: signals, grace periods, sidecars last, and ends that nobody asked for.
#include "tests/support/kubelet_test.h"

namespace sim::testing {
namespace {

using KubeletStopping = KubeletTest;

TEST_F(KubeletStopping, WhoIgnoresTheSignalHasTheWholeGracePeriod) {
  pod("deaf", R"({terminationGracePeriodSeconds: 7,
      containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"]}]})");
  run_for(seconds(5));
  expect_between(time_of("kubectl delete pod deaf"), milliseconds(7000), milliseconds(8000));
}

TEST_F(KubeletStopping, AServerEndsAtOnce) {
  pod("web", "{containers: [{name: c, image: nginx}]}");
  run_for(seconds(5));
  expect_between(time_of("kubectl delete pod web"), milliseconds(100), milliseconds(1500));
}

TEST_F(KubeletStopping, AShellThatBecameTheServerEndsAtOnce) {
  pod("web", R"({containers: [{name: c, image: nginx,
      command: [sh, -c, "echo ready; exec nginx -g 'daemon off;'"]}]})");
  run_for(seconds(5));
  expect_between(time_of("kubectl delete pod web"), milliseconds(100), milliseconds(1500));
}

TEST_F(KubeletStopping, AShellInFrontOfTheServerDoesNot) {
  pod("web", R"({terminationGracePeriodSeconds: 4, containers: [{name: c, image: nginx,
      command: [sh, -c, "nginx -g 'daemon off;'; true"]}]})");
  run_for(seconds(5));
  expect_between(time_of("kubectl delete pod web"), milliseconds(4000), milliseconds(5500));
}

TEST_F(KubeletStopping, ASharedProcessNamespaceHasDefaultHandlers) {
  pod("shared", R"({shareProcessNamespace: true,
      containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"]}]})");
  run_for(seconds(5));
  expect_between(time_of("kubectl delete pod shared"), milliseconds(100), milliseconds(1500));
}

TEST_F(KubeletStopping, ATrapDecidesTheExitCode) {
  pod("trap", R"({restartPolicy: Never, containers: [{name: c, image: "busybox:1.36",
      command: [sh, -c, "trap 'echo got it; exit 7' TERM; while true; do sleep 1; done"]}]})");
  run_for(seconds(5));
  run_in("trap", "kill 1");
  run_for(seconds(3));
  EXPECT_EQ(container("trap", "state.terminated.exitCode"), "7");
  EXPECT_EQ(container("trap", "state.terminated.reason"), "Error");
  EXPECT_EQ(type("kubectl logs trap"), "got it\n");
}

TEST_F(KubeletStopping, PidOneIsSafeFromItsOwnContainer) {
  pod("safe", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"]}]})");
  run_for(seconds(5));
  EXPECT_EQ(run_in("safe", "kill -9 1; kill 1; kill -INT 1; echo $?"), "0\n");
  run_for(seconds(3));
  EXPECT_EQ(container("safe", "restartCount"), "0");
}

TEST_F(KubeletStopping, AServerHearsOnlyTheSignalsThatEndIt) {
  pod("web", "{containers: [{name: c, image: nginx}]}");
  run_for(seconds(5));
  run_in("web", "kill -HUP 1; kill -USR1 1; kill -WINCH 1");
  run_for(seconds(3));
  EXPECT_EQ(container("web", "restartCount"), "0");
  run_in("web", "kill -QUIT 1");
  run_for(seconds(3));
  EXPECT_EQ(container("web", "restartCount"), "1");
  EXPECT_EQ(container("web", "lastState.terminated.exitCode"), "0");
}

TEST_F(KubeletStopping, SidecarsGoLastAndBackwards) {
  const auto side = [](const std::string& name, const std::string& more) {
    return "{name: " + name + ", image: \"busybox:1.36\"" + more +
           ", command: [sh, -c, \"trap 'echo " + name +
           " >> /d/log; exit 0' TERM; while true; do sleep 1; done\"], "
           "volumeMounts: [{name: d, mountPath: /d}]}";
  };
  pod("team", "{nodeName: node-a, initContainers: [" + side("first", ", restartPolicy: Always") +
                  ", " + side("second", ", restartPolicy: Always") + "], containers: [" +
                  side("main", "") + "], volumes: [{name: d, hostPath: {path: /data/team}}]}");
  run_for(seconds(8));
  EXPECT_EQ(ask("team", ".status.phase"), "Running");
  type("kubectl delete pod team");
  pod("look", R"({nodeName: node-a, containers: [{name: c, image: "busybox:1.36",
      command: [sleep, "999"], volumeMounts: [{name: d, mountPath: /d}]}],
      volumes: [{name: d, hostPath: {path: /data/team}}]})");
  run_for(seconds(5));
  EXPECT_EQ(run_in("look", "cat /d/log"), "main\nsecond\nfirst\n");
}

TEST_F(KubeletStopping, ASidecarEndsWithTheWork) {
  pod("job", R"({restartPolicy: Never,
      initContainers: [{name: side, image: "busybox:1.36", restartPolicy: Always,
        command: [sh, -c, "trap 'exit 0' TERM; while true; do sleep 1; done"]}],
      containers: [{name: c, image: "busybox:1.36", command: [sleep, "5"]}]})");
  run_for(seconds(5));
  EXPECT_EQ(ask("job", ".status.phase"), "Running");
  run_for(seconds(10));
  EXPECT_EQ(ask("job", ".status.phase"), "Succeeded");
  EXPECT_EQ(ask("job", ".status.initContainerStatuses[0].state.terminated.exitCode"), "0");
}

TEST_F(KubeletStopping, WithoutGrace) {
  pod("gone", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"],
      lifecycle: {preStop: {exec: {command: [sleep, "20"]}}}}]})");
  run_for(seconds(5));
  expect_between(time_of("kubectl delete pod gone --grace-period=0 --force 2>/dev/null"),
                 Duration{}, milliseconds(500));
  run_for(seconds(5));
  EXPECT_EQ(type("kubectl get pods"), "No resources found in default namespace.\n");
}

TEST_F(KubeletStopping, ASecondDeletionCanShortenTheGrace) {
  pod("slow", R"({terminationGracePeriodSeconds: 300,
      containers: [{name: c, image: "busybox:1.36", command: [sleep, "9999"]}]})");
  run_for(seconds(5));
  type("kubectl delete pod slow --wait=false");
  run_for(seconds(5));
  EXPECT_NE(type("kubectl get pods"), "No resources found in default namespace.\n");
  type("kubectl delete pod slow --grace-period=8 --wait=false");
  run_for(seconds(9));
  EXPECT_EQ(type("kubectl get pods"), "No resources found in default namespace.\n");
}

TEST_F(KubeletStopping, WhatWasCleanedUpUnheardIsGoneOnceTheNodeIsBack) {
  pod("deaf", R"({nodeName: node-a, terminationGracePeriodSeconds: 3,
      containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"]}]})");
  run_for(seconds(5));
  type("kubectl delete pod deaf --wait=false");
  // Its container's end is told, then the node is cut off while the rest is cleaned up.
  const auto failed = [&] {
    const Pod* row = world().find<Pod>("default", "deaf");
    return row && row->status.phase == "Failed";
  };
  for (int i = 0; i < 200 && !failed(); ++i) run_for(milliseconds(50));
  ASSERT_TRUE(failed());
  type("sim node cut node-a");
  run_for(seconds(20));
  EXPECT_TRUE(failed());
  EXPECT_EQ(world().store().count(Kind::PodSandbox), 0U);
  type("sim node heal node-a");
  run_for(seconds(10));
  EXPECT_EQ(type("kubectl get pods"), "No resources found in default namespace.\n");
}

TEST_F(KubeletStopping, TheDeadline) {
  pod("late", R"({restartPolicy: Never, activeDeadlineSeconds: 10, terminationGracePeriodSeconds: 2,
      containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"]}]})");
  run_for(seconds(9));
  EXPECT_EQ(ask("late", ".status.phase"), "Running");
  run_for(seconds(8));
  EXPECT_EQ(ask("late", ".status.phase"), "Failed");
  EXPECT_EQ(ask("late", ".status.reason"), "DeadlineExceeded");
  EXPECT_EQ(ask("late", ".status.message"),
            "Pod was active on the node longer than the specified deadline");
  EXPECT_EQ(told("late", "DeadlineExceeded"),
            "Pod was active on the node longer than the specified deadline\n");
  EXPECT_EQ(container("late", "state.terminated.exitCode"), "137");
}

}  // namespace
}  // namespace sim::testing
