// Probes: when they are tried, what counts as failure, and what follows.
#include "tests/support/kubelet_test.h"

namespace sim::testing {
namespace {

using KubeletProbes = KubeletTest;

TEST_F(KubeletProbes, LivenessEndsAndRestarts) {
  pod("live", R"({terminationGracePeriodSeconds: 5, containers: [{name: c, image: "busybox:1.36",
      command: [sh, -c, "touch /tmp/ok; sleep 999"],
      livenessProbe: {exec: {command: [cat, /tmp/ok]}, periodSeconds: 5, failureThreshold: 2}}]})");
  run_for(seconds(8));
  EXPECT_EQ(told("live", "Unhealthy"), "");
  run_in("live", "rm /tmp/ok");
  run_for(seconds(8));
  EXPECT_EQ(told("live", "Unhealthy"),
            "Liveness probe failed: cat: can't open '/tmp/ok': No such file or directory\n\n");
  run_for(seconds(20));
  EXPECT_EQ(told("live", "Killing"), "Container c failed liveness probe, will be restarted\n");
  EXPECT_EQ(container("live", "restartCount"), "1");
  EXPECT_EQ(container("live", "lastState.terminated.exitCode"), "137");
  EXPECT_EQ(container("live", "ready"), "true");  // the command made the file anew
}

TEST_F(KubeletProbes, TheProcessMayEndInGoodOrder) {
  pod("live", R"({containers: [{name: c, image: "busybox:1.36",
      command: [sh, -c, "trap 'echo bye; exit 0' TERM; while true; do sleep 1; done"],
      livenessProbe: {exec: {command: ["false"]}, periodSeconds: 3, failureThreshold: 1}}]})");
  run_for(seconds(8));
  EXPECT_EQ(container("live", "lastState.terminated.exitCode"), "0");
  EXPECT_EQ(container("live", "lastState.terminated.reason"), "Completed");
  EXPECT_EQ(type("kubectl logs live -p"), "bye\n");
}

TEST_F(KubeletProbes, ItsOwnGracePeriodWins) {
  pod("live", R"({terminationGracePeriodSeconds: 60, containers: [{name: c, image: "busybox:1.36",
      command: [sleep, "999"], livenessProbe: {exec: {command: ["false"]}, initialDelaySeconds: 5,
      periodSeconds: 5, failureThreshold: 1, terminationGracePeriodSeconds: 3}}]})");
  run_for(seconds(20));
  EXPECT_NE(container("live", "restartCount"), "0");
}

TEST_F(KubeletProbes, ASlowProgramTimesOut) {
  pod("live", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"],
      readinessProbe: {exec: {command: [sh, -c, "sleep 5"]}, timeoutSeconds: 2}}]})");
  run_for(seconds(2));
  EXPECT_EQ(told("live", "Unhealthy"), "");  // still under way
  run_for(seconds(4));
  EXPECT_EQ(told("live", "Unhealthy"),
            "Readiness probe failed: command \"sh -c sleep 5\" timed out\n");
  EXPECT_EQ(container("live", "ready"), "false");
}

TEST_F(KubeletProbes, APatientTimeoutSucceeds) {
  pod("live", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"],
      readinessProbe: {exec: {command: [sh, -c, "sleep 3"]}, timeoutSeconds: 4}}]})");
  run_for(seconds(3));
  EXPECT_EQ(container("live", "ready"), "false");
  run_for(seconds(4));
  EXPECT_EQ(container("live", "ready"), "true");
}

TEST_F(KubeletProbes, AMissingProgramIsAnErrorAndNoFailure) {
  pod("live", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"],
      livenessProbe: {exec: {command: [nosuch]}, periodSeconds: 2, failureThreshold: 1}}]})");
  run_for(seconds(20));
  expect_part(told("live", "Unhealthy"),
              "Liveness probe errored: rpc error: code = Unknown desc = failed to exec in "
              "container: failed to start exec \"");
  expect_part(told("live", "Unhealthy"),
              "unable to start container process: exec: \"nosuch\": executable file not found in "
              "$PATH: unknown");
  EXPECT_EQ(container("live", "restartCount"), "0");
}

TEST_F(KubeletProbes, HttpByTheNameOfAPort) {
  pod("web", R"({containers: [{name: c, image: nginx, ports: [{name: web, containerPort: 80}],
      readinessProbe: {httpGet: {path: /, port: web}},
      livenessProbe: {httpGet: {path: /nope, port: 80}, periodSeconds: 2, failureThreshold: 9}}]})");
  run_for(seconds(10));
  EXPECT_EQ(container("web", "ready"), "true");
  EXPECT_EQ(told("web", "Unhealthy"),
            "Liveness probe failed: HTTP probe failed with statuscode: 404\n");
}

TEST_F(KubeletProbes, HttpsAndRefusal) {
  pod("web", R"({containers: [{name: c, image: nginx,
      readinessProbe: {httpGet: {path: /, port: 80, scheme: HTTPS}},
      livenessProbe: {httpGet: {path: /x, port: 81}, failureThreshold: 99}}]})");
  run_for(seconds(20));
  const std::string ip = ask("web", ".status.podIP");
  expect_part(told("web", "Unhealthy"),
              "Readiness probe failed: Get \"https://" + ip +
                  ":80/\": http: server gave HTTP response to HTTPS client\n");
  expect_part(told("web", "Unhealthy"), "Liveness probe failed: Get \"http://" + ip +
                                            ":81/x\": dial tcp " + ip +
                                            ":81: connect: connection refused\n");
}

TEST_F(KubeletProbes, StartupHoldsTheOthersBack) {
  pod("slow", R"({containers: [{name: c, image: "busybox:1.36",
      command: [sh, -c, "sleep 12; touch /tmp/up; sleep 999"],
      startupProbe: {exec: {command: [cat, /tmp/up]}, periodSeconds: 2, failureThreshold: 30},
      livenessProbe: {exec: {command: [cat, /tmp/up]}, periodSeconds: 1, failureThreshold: 1},
      readinessProbe: {exec: {command: [cat, /tmp/up]}, periodSeconds: 1}}]})");
  run_for(seconds(10));
  EXPECT_EQ(container("slow", "started"), "false");
  run_for(seconds(8));
  EXPECT_EQ(container("slow", "started"), "true");
  EXPECT_EQ(container("slow", "ready"), "true");
  EXPECT_EQ(container("slow", "restartCount"), "0");
}

TEST_F(KubeletProbes, StartupThatNeverComes) {
  pod("slow", R"({terminationGracePeriodSeconds: 1, restartPolicy: Never, containers: [{name: c,
      image: "busybox:1.36", command: [sleep, "999"],
      startupProbe: {tcpSocket: {port: 80}, periodSeconds: 2, failureThreshold: 2}}]})");
  run_for(seconds(12));
  EXPECT_EQ(told("slow", "Killing"), "Container c failed startup probe\n");
  EXPECT_EQ(ask("slow", ".status.phase"), "Failed");
}

TEST_F(KubeletProbes, InitialDelayAndThresholds) {
  pod("late", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"],
      readinessProbe: {exec: {command: ["true"]}, initialDelaySeconds: 10, periodSeconds: 5,
      successThreshold: 2}}]})");
  run_for(seconds(9));
  EXPECT_EQ(container("late", "ready"), "false");
  run_for(milliseconds(4500));  // one success is not enough
  EXPECT_EQ(container("late", "ready"), "false");
  run_for(seconds(8));
  EXPECT_EQ(container("late", "ready"), "true");
}

TEST_F(KubeletProbes, ReadinessComesAndGoesWithoutARestart) {
  pod("ready", R"({containers: [{name: c, image: "busybox:1.36",
      command: [sh, -c, "touch /tmp/ok; sleep 999"],
      readinessProbe: {exec: {command: [cat, /tmp/ok]}, periodSeconds: 2, failureThreshold: 2}}]})");
  run_for(seconds(5));
  EXPECT_EQ(container("ready", "ready"), "true");
  run_in("ready", "rm /tmp/ok");
  run_for(seconds(6));
  EXPECT_EQ(container("ready", "ready"), "false");
  EXPECT_EQ(ask("ready", ".status.conditions[?(@.type==\"Ready\")].reason"), "ContainersNotReady");
  run_in("ready", "touch /tmp/ok");
  run_for(seconds(4));
  EXPECT_EQ(container("ready", "ready"), "true");
  EXPECT_EQ(container("ready", "restartCount"), "0");
}

}  // namespace
}  // namespace sim::testing
