// kubectl logs, with kubectl 1.32's texts, and what attach, port-forward and top answer.
#include "sim/base/format.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class LogsTest : public WorldTest {
 protected:
  LogsTest() {
    write("talk.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: talk, labels: {app: talk}}
spec:
  restartPolicy: Never
  initContainers:
  - {name: setup, image: busybox, command: [sh, -c, "echo ready"]}
  containers:
  - {name: one, image: busybox, command: [sh, -c, "for i in 1 2 3; do echo line $i; sleep 10; done"]}
  - {name: two, image: busybox, command: [sh, -c, "echo hello; sleep 3600"]}
)");
    type("kubectl apply -f talk.yaml");
    type("kubectl wait --for=condition=Ready pod/talk");
  }
};

TEST_F(LogsTest, OfOneContainer) {
  EXPECT_EQ(type("kubectl logs talk -c two"), "hello\n");
  EXPECT_EQ(type("kubectl logs talk two"), "hello\n");
  EXPECT_EQ(type("kubectl logs pod/talk -c setup"), "ready\n");
  EXPECT_EQ(type("kubectl logs talk"),
            "Defaulted container \"one\" out of: one, two, setup (init)\nline 1\n");
  EXPECT_EQ(status(), 0);
}

TEST_F(LogsTest, OfAllContainers) {
  run_for(seconds(60));
  EXPECT_EQ(type("kubectl logs talk --all-containers"), "ready\nline 1\nline 2\nline 3\nhello\n");
  EXPECT_EQ(type("kubectl logs talk --all-containers --prefix --tail=1"),
            "[pod/talk/setup] ready\n[pod/talk/one] line 3\n[pod/talk/two] hello\n");
  EXPECT_EQ(type("kubectl logs -l app=talk -c one --tail=2"), "line 2\nline 3\n");
  EXPECT_EQ(type("kubectl logs talk -c one --tail=0"), "");
  EXPECT_EQ(type("kubectl logs talk -c one --limit-bytes=9"), "line 1\nli");
}

TEST_F(LogsTest, ByTime) {
  run_for(seconds(25));
  const std::string recent = type("kubectl logs talk -c one --since=10s");
  EXPECT_EQ(recent, "line 3\n");
  const std::string stamped = type("kubectl logs talk -c one --timestamps --tail=1");
  EXPECT_EQ(stamped.size(), std::string("2025-01-01T00:00:00.000000000Z line 3\n").size());
  EXPECT_EQ(stamped.substr(10, 1), "T");
  EXPECT_EQ(type("kubectl logs talk -c one --since-time=" + stamped.substr(0, 30)), "line 3\n");
  EXPECT_EQ(type("kubectl logs talk -c one --since-time=2020-01-01T00:00:00Z"),
            "line 1\nline 2\nline 3\n");
}

TEST_F(LogsTest, FollowsUntilTheContainerEnds) {
  const Time start = world().now();
  EXPECT_EQ(type("kubectl logs -f talk -c one"), "line 1\nline 2\nline 3\n");
  EXPECT_EQ(status(), 0);
  EXPECT_GT(world().now() - start, seconds(15));
  EXPECT_LT(world().now() - start, seconds(40));
  EXPECT_EQ(type("kubectl logs -f talk -c two"),
            "hello\npodsight: nothing new for 10m0s; following ends\n");
  EXPECT_EQ(status(), 130);
}

TEST_F(LogsTest, OfThePreviousInstance) {
  EXPECT_EQ(type("kubectl logs -p talk -c two"),
            "Error from server (BadRequest): previous terminated container \"two\" in pod \"talk\" "
            "not found\n");
  EXPECT_EQ(status(), 1);
  write("again.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: again}
spec:
  containers:
  - {name: c, image: busybox, command: [sh, -c, "echo pid; sleep 5; echo over; exit 1"]}
)");
  type("kubectl apply -f again.yaml");
  run_for(seconds(9));
  EXPECT_EQ(type("kubectl logs again --previous"), "pid\nover\n");
  EXPECT_EQ(type("kubectl logs again"), "pid\n");
}

TEST_F(LogsTest, WhatHasNotStarted) {
  write("wrong.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: wrong}
spec: {containers: [{name: c, image: "registry.example.com/nosuch:1"}]}
)");
  write("big.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: big}
spec: {containers: [{name: c, image: busybox, resources: {requests: {cpu: 1k}}}]}
)");
  type("kubectl apply -f wrong.yaml -f big.yaml");
  run_for(seconds(5));
  EXPECT_EQ(type("kubectl logs wrong"),
            "Error from server (BadRequest): container \"c\" in pod \"wrong\" is waiting to start: "
            "trying and failing to pull image\n");
  EXPECT_EQ(type("kubectl logs big"), "");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(type("kubectl logs wrong --ignore-errors"),
            "error: container \"c\" in pod \"wrong\" is waiting to start: trying and failing to "
            "pull image\n");
  EXPECT_EQ(status(), 0);
}

TEST_F(LogsTest, OfADeployment) {
  write("web.yaml", deployment("web", 2));
  type("kubectl apply -f web.yaml");
  settle();
  const std::string text = type("kubectl logs deployment/web");
  EXPECT_EQ(text.rfind("Found 2 pods, using pod/web-", 0), 0u) << text;
  EXPECT_EQ(status(), 0);
}

TEST_F(LogsTest, Mistakes) {
  EXPECT_EQ(type("kubectl logs"),
            "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME "
            "is a required argument for the logs command\nSee 'kubectl logs -h' for help and "
            "examples\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl logs nosuch"),
            "error: error from server (NotFound): pods \"nosuch\" not found in namespace "
            "\"default\"\n");
  EXPECT_EQ(type("kubectl logs talk -c nosuch"),
            "error: container nosuch is not valid for pod talk\n");
  EXPECT_EQ(type("kubectl logs -l app=nosuch"), "No resources found in default namespace.\n");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(type("kubectl logs talk -l app=talk"),
            "error: only a selector (-l) or a POD name is allowed\nSee 'kubectl logs -h' for help "
            "and examples\n");
  EXPECT_EQ(type("kubectl logs talk -c one two"),
            "error: only one of -c or an inline [CONTAINER] arg is allowed\n");
  EXPECT_EQ(type("kubectl logs talk --all-containers -c one"),
            "error: --all-containers=true should not be specified with container name one\n");
  EXPECT_EQ(type("kubectl logs talk --tail=-5"),
            "error: --tail must be greater than or equal to -1\n");
  EXPECT_EQ(type("kubectl logs talk --since=5s --since-time=2025-01-01T00:00:00Z"),
            "error: at most one of `sinceTime` or `sinceSeconds` may be specified\n");
  EXPECT_EQ(type("kubectl logs talk --since-time=2025"),
            "error: parsing time \"2025\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as "
            "\"-\"\n");
  EXPECT_EQ(type("kubectl logs node/node-a"),
            "error: cannot get the logs from *v1.Node: selector for *v1.Node not implemented\n");
  EXPECT_EQ(type("kubectl logs -f talk --all-containers --max-log-requests=2"),
            "error: you are attempting to follow 3 log streams, but maximum allowed concurrency is "
            "2, use --max-log-requests to increase the limit\n");
}

TEST_F(LogsTest, AttachPortForwardAndTop) {
  EXPECT_EQ(type("kubectl top pods"), "error: Metrics API not available\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl top foo"),
            "error: unknown command \"foo\"\nSee 'kubectl top -h' for help and examples\n");
  EXPECT_EQ(type("kubectl attach nosuch"),
            "Error from server (NotFound): pods \"nosuch\" not found\n");
  EXPECT_EQ(type("kubectl attach talk -c nosuch"),
            "error: cannot attach to the container: container nosuch not found in pod talk\n");
  EXPECT_EQ(type("kubectl port-forward talk"),
            "error: TYPE/NAME and list of ports are required for port-forward\nSee 'kubectl "
            "port-forward -h' for help and examples\n");
  EXPECT_EQ(type("kubectl port-forward talk web"),
            "error: Pod 'talk' does not have a named port 'web'\n");
}

}  // namespace
}  // namespace sim::testing
