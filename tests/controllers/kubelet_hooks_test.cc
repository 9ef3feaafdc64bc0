// Lifecycle hooks: postStart holds a container's status back and ends it when it fails; preStop
// runs within the grace period.
#include "tests/support/kubelet_test.h"

namespace sim::testing {
namespace {

using KubeletHooks = KubeletTest;

TEST_F(KubeletHooks, PostStartIsWaitedFor) {
  pod("hook", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"],
      lifecycle: {postStart: {exec: {command: [sh, -c, "sleep 5; echo ok > /tmp/started"]}}}}]})");
  run_for(seconds(3));
  EXPECT_EQ(container("hook", "state.waiting.reason"), "ContainerCreating");
  EXPECT_EQ(told("hook", "Started"), "Started container c\n");
  run_for(seconds(4));
  EXPECT_EQ(container("hook", "ready"), "true");
  EXPECT_EQ(run_in("hook", "cat /tmp/started"), "ok\n");
}

TEST_F(KubeletHooks, ASleepingPostStartIsWaitedForToo) {
  pod("hook", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"],
      lifecycle: {postStart: {sleep: {seconds: 8}}}}]})");
  run_for(seconds(7));
  EXPECT_EQ(ask("hook", ".status.phase"), "Pending");
  run_for(seconds(4));
  EXPECT_EQ(ask("hook", ".status.phase"), "Running");
}

TEST_F(KubeletHooks, AFailedPostStartEndsTheContainer) {
  pod("hook", R"({terminationGracePeriodSeconds: 1, containers: [{name: c, image: "busybox:1.36",
      command: [sleep, "999"],
      lifecycle: {postStart: {exec: {command: [sh, -c, "echo oops; exit 3"]}}}}]})");
  run_for(seconds(30));
  EXPECT_EQ(told("hook", "FailedPostStartHook"), "PostStartHook failed\n");
  EXPECT_EQ(told("hook", "Killing"), "FailedPostStartHook\n");
  EXPECT_EQ(container("hook", "lastState.terminated.exitCode"), "137");
  expect_part(told("hook", "BackOff"),
              "Back-off restarting failed container c in pod hook_default(");
  EXPECT_NE(container("hook", "restartCount"), "0");
}

TEST_F(KubeletHooks, AFailedPostStartOfAPodThatNeverRestarts) {
  pod("hook", R"({restartPolicy: Never, terminationGracePeriodSeconds: 1,
      containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"],
      lifecycle: {postStart: {exec: {command: [nosuch]}}}}]})");
  run_for(seconds(10));
  EXPECT_EQ(ask("hook", ".status.phase"), "Failed");
  EXPECT_EQ(container("hook", "restartCount"), "0");
}

TEST_F(KubeletHooks, PreStopComesBeforeTheSignal) {
  pod("hook", R"({nodeName: node-a, containers: [{name: c, image: "busybox:1.36",
      command: [sh, -c, "trap 'echo TERM >> /d/log; exit 0' TERM; while true; do sleep 1; done"],
      volumeMounts: [{name: d, mountPath: /d}],
      lifecycle: {preStop: {exec: {command: [sh, -c, "echo begin >> /d/log; sleep 4; echo end >> /d/log"]}}}}],
      volumes: [{name: d, hostPath: {path: /data/hook}}]})");
  run_for(seconds(5));
  expect_between(time_of("kubectl delete pod hook"), milliseconds(4000), milliseconds(6500));
  pod("look", R"({nodeName: node-a, containers: [{name: c, image: "busybox:1.36",
      command: [sleep, "999"], volumeMounts: [{name: d, mountPath: /d}]}],
      volumes: [{name: d, hostPath: {path: /data/hook}}]})");
  run_for(seconds(5));
  EXPECT_EQ(run_in("look", "cat /d/log"), "begin\nend\nTERM\n");
}

TEST_F(KubeletHooks, PreStopCannotOutlastTheGracePeriod) {
  pod("hook", R"({terminationGracePeriodSeconds: 6, containers: [{name: c, image: "busybox:1.36",
      command: [sleep, "999"], lifecycle: {preStop: {exec: {command: [sleep, "60"]}}}}]})");
  run_for(seconds(5));
  // Behind it come the signal and two more seconds, the least there is.
  expect_between(time_of("kubectl delete pod hook"), milliseconds(8000), milliseconds(9000));
  EXPECT_EQ(told("hook", "FailedPreStopHook"), "");
}

TEST_F(KubeletHooks, PreStopIsEachContainersOwn) {
  pod("hook", R"({containers: [
      {name: quick, image: nginx, lifecycle: {preStop: {sleep: {seconds: 1}}}},
      {name: slow, image: "nginx:1.25", env: [{name: PORT, value: "81"}], command: [sleep, "999"],
       lifecycle: {preStop: {sleep: {seconds: 6}}}}], terminationGracePeriodSeconds: 10})");
  run_for(seconds(12));
  type("kubectl delete pod hook --wait=false");
  run_for(seconds(3));
  EXPECT_EQ(type("kubectl exec hook -c quick -- true"),
            "error: Internal error occurred: unable to upgrade connection: container not found "
            "(\"quick\")\n");
  EXPECT_EQ(type("kubectl exec hook -c slow -- echo still"), "still\n");
  run_for(seconds(10));
  EXPECT_EQ(type("kubectl get pods"), "No resources found in default namespace.\n");
}

TEST_F(KubeletHooks, AFailedPreStopIsToldAndStopsNothing) {
  pod("hook", R"({terminationGracePeriodSeconds: 1, containers: [{name: c, image: nginx,
      lifecycle: {preStop: {httpGet: {port: 81, path: /bye}}}}]})");
  run_for(seconds(5));
  type("kubectl delete pod hook");
  EXPECT_EQ(told("hook", "FailedPreStopHook"), "PreStopHook failed\n");
  EXPECT_EQ(type("kubectl get pods"), "No resources found in default namespace.\n");
}

}  // namespace
}  // namespace sim::testing
