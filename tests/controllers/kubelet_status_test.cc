// What a kubelet reports: phases, conditions, last words; and the servers in its containers.
#include "tests/support/kubelet_test.h"

namespace sim::testing {
namespace {

using KubeletStatus = KubeletTest;

TEST_F(KubeletStatus, LastWords) {
  pod("say", R"({restartPolicy: Never, containers: [
      {name: a, image: "busybox:1.36", command: [sh, -c, "echo why > /dev/termination-log; exit 1"]},
      {name: b, image: "busybox:1.36", command: [sh, -c, "echo why > /tmp/word; exit 0"],
       terminationMessagePath: /tmp/word},
      {name: c, image: "busybox:1.36", command: [sh, -c, "echo last; exit 1"],
       terminationMessagePolicy: FallbackToLogsOnError},
      {name: d, image: "busybox:1.36", command: [sh, -c, "echo last; exit 0"],
       terminationMessagePolicy: FallbackToLogsOnError},
      {name: e, image: "busybox:1.36", command: [sh, -c, "echo last; exit 1"]}]})");
  run_for(seconds(8));
  const auto message = [&](int i) {
    return ask("say",
               ".status.containerStatuses[" + std::to_string(i) + "].state.terminated.message");
  };
  EXPECT_EQ(message(0), "why\n");
  EXPECT_EQ(message(1), "why\n");
  EXPECT_EQ(message(2), "last\n");
  EXPECT_EQ(message(3), "");
  EXPECT_EQ(message(4), "");
}

TEST_F(KubeletStatus, PhasesOfAPodWithInitContainers) {
  pod("web", R"({initContainers: [{name: i, image: "busybox:1.36", command: [sleep, "5"]}],
      containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"]}]})");
  run_for(seconds(4));
  EXPECT_EQ(ask("web", ".status.phase"), "Pending");
  EXPECT_EQ(container("web", "state.waiting.reason"), "PodInitializing");
  EXPECT_EQ(ask("web", ".status.conditions[?(@.type==\"Initialized\")].message"),
            "containers with incomplete status: [i]");
  EXPECT_EQ(ask("web", ".status.conditions[?(@.type==\"ContainersReady\")].message"),
            "containers with unready status: [c]");
  run_for(seconds(5));
  EXPECT_EQ(ask("web", ".status.phase"), "Running");
  EXPECT_EQ(ask("web", ".status.conditions[*].status"), "True True True True True");
}

TEST_F(KubeletStatus, OneOfTwoEnds) {
  pod("two", R"({restartPolicy: Never, containers: [
      {name: a, image: "busybox:1.36", command: ["false"]},
      {name: b, image: "busybox:1.36", command: [sleep, "20"]}]})");
  run_for(seconds(8));
  EXPECT_EQ(ask("two", ".status.phase"), "Running");
  expect_part(type("kubectl get pod two --no-headers"), "1/2   Error");
  run_for(seconds(20));
  EXPECT_EQ(ask("two", ".status.phase"), "Failed");
}

TEST_F(KubeletStatus, AProgramServesLikeTheImagesOwnServer) {
  pod("serve", R"({containers: [
      {name: a, image: "busybox:1.36",
       command: [sh, -c, "mkdir /www; echo hello > /www/index.html; httpd -f -p 8080 -h /www"],
       readinessProbe: {httpGet: {port: 8080, path: /}}},
      {name: b, image: "busybox:1.36", command: [sleep, "999"]}]})");
  run_for(seconds(6));
  EXPECT_EQ(ask("serve", ".status.containerStatuses[*].ready"), "true true");
  EXPECT_EQ(type("kubectl exec serve -c b -- wget -qO- localhost:8080"), "hello\n");
  // The containers of a pod share its ports.
  EXPECT_EQ(type("kubectl exec serve -c b -- httpd -p 8080 -h /tmp"),
            "httpd: bind: Address already in use\ncommand terminated with exit code 1\n");
  // One begun by hand answers at once, with what has just been written, and goes on by itself.
  EXPECT_EQ(type("kubectl exec serve -c b -- sh -c 'echo mine > /tmp/f; httpd -p 9090 -h /tmp; "
                 "wget -qO- localhost:9090/f'"),
            "mine\n");
  EXPECT_EQ(type("kubectl exec serve -c a -- wget -qO- localhost:9090/f"), "mine\n");
}

TEST_F(KubeletStatus, TwoServersForOnePort) {
  pod("twice", R"({containers: [{name: a, image: nginx}, {name: b, image: nginx}]})");
  run_for(seconds(10));
  EXPECT_EQ(ask("twice", ".status.containerStatuses[1].lastState.terminated.exitCode"), "1");
  expect_part(type("kubectl logs twice -c b"), "98: Address already in use");
  EXPECT_EQ(ask("twice", ".status.containerStatuses[0].restartCount"), "0");
}

TEST_F(KubeletStatus, NamesResolve) {
  pod("net", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"]}]})");
  run_for(seconds(5));
  expect_part(run_in("net", "nslookup kubernetes.default"),
              "Name:\tkubernetes.default\nAddress: 10.96.0.1\n");
  expect_part(run_in("net", "nslookup nosuch"), "server can");
}

}  // namespace
}  // namespace sim::testing
