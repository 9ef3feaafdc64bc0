// kubectl wait, with kubectl 1.32's texts.
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class WaitTest : public WorldTest {
 protected:
  WaitTest() {
    write("duo.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: duo, labels: {app: duo}}
spec:
  terminationGracePeriodSeconds: 5
  containers:
  - {name: one, image: busybox, command: [sleep, "3600"]}
)");
  }
};

TEST_F(WaitTest, ForACondition) {
  type("kubectl apply -f duo.yaml");
  const Time start = world().now();
  EXPECT_EQ(type("kubectl wait --for=condition=Ready pod/duo --timeout=60s"),
            "pod/duo condition met\n");
  EXPECT_EQ(status(), 0);
  EXPECT_LT(world().now() - start, seconds(60));
  EXPECT_EQ(type("kubectl wait --for condition=ready=TRUE pod duo"), "pod/duo condition met\n");
  EXPECT_EQ(type("kubectl wait --for=condition=Ready pod -l app=duo"), "pod/duo condition met\n");
  EXPECT_EQ(type("kubectl wait --for=condition=Ready pods --all -o name"), "pod/duo\n");
}

TEST_F(WaitTest, GivesUp) {
  type("kubectl apply -f duo.yaml");
  settle();
  const Time start = world().now();
  EXPECT_EQ(type("kubectl wait --for=condition=Ready=False pod/duo --timeout=7s"),
            "error: timed out waiting for the condition on pods/duo\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ((world().now() - start).seconds(), 7);
  EXPECT_EQ(type("kubectl wait --for=condition=Ready=False pod/duo --timeout=0"),
            "error: condition not met for pods/duo\n");
  EXPECT_EQ(type("kubectl wait --for=condition=Nosuch deployment/nosuch"),
            "Error from server (NotFound): deployments.apps \"nosuch\" not found\n");
  EXPECT_EQ(type("kubectl wait --for=condition=Ready pod -l app=nosuch"),
            "error: no matching resources found\n");
  EXPECT_EQ(status(), 1);
}

TEST_F(WaitTest, ForDeletion) {
  type("kubectl apply -f duo.yaml");
  settle();
  type("kubectl delete pod duo --wait=false");
  EXPECT_EQ(type("kubectl wait --for=delete pod/duo --timeout=1s"),
            "error: timed out waiting for the condition on pods/duo\n");
  EXPECT_EQ(type("kubectl wait --for=delete pod/duo --timeout=60s"), "pod/duo condition met\n");
  EXPECT_EQ(world().find<Pod>("default", "duo"), nullptr);
  EXPECT_EQ(type("kubectl wait --for=delete pod/duo"), "");
  EXPECT_EQ(status(), 0);
}

TEST_F(WaitTest, ForAJsonPath) {
  type("kubectl apply -f duo.yaml");
  EXPECT_EQ(type("kubectl wait --for=jsonpath='{.status.phase}'=Running pod/duo"),
            "pod/duo condition met\n");
  EXPECT_EQ(type("kubectl wait --for=jsonpath=.status.podIP pod/duo"), "pod/duo condition met\n");
  EXPECT_EQ(type("kubectl wait --for=jsonpath='{.status.nosuch}'=1 pod/duo --timeout=1s"),
            "error: timed out waiting for the condition on pods/duo\n");
  EXPECT_EQ(type("kubectl wait --for=jsonpath='{.status}'=1 pod/duo"),
            "error: jsonpath leads to a nested object or list which is not supported\n");
  EXPECT_EQ(type("kubectl wait --for=jsonpath='{.spec.tolerations[*].key}'=1 pod/duo"),
            "error: given jsonpath expression matches more than one value\n");
  EXPECT_EQ(type("kubectl wait --for=jsonpath='{.a}'= pod/duo"),
            "error: jsonpath wait has to have a value after equal sign, like "
            "--for=jsonpath='{.status.readyReplicas}'=3\n");
  EXPECT_EQ(type("kubectl wait --for=jsonpath= pod/duo"),
            "error: jsonpath expression cannot be empty\n");
  EXPECT_EQ(type("kubectl wait --for=jsonpath='{.a}'=b=c pod/duo"),
            "error: jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or "
            "--for=jsonpath='{.status.readyReplicas}'\n");
  EXPECT_EQ(type("kubectl wait --for=jsonpath='{.status.conditions[?(@.type==\"Ready\")].status}'"
                 "=True pod/duo"),
            "pod/duo condition met\n");
}

TEST_F(WaitTest, ForCreation) {
  EXPECT_EQ(type("kubectl wait --for=create pod/duo --timeout=2s"),
            "error: timed out waiting for the condition\n");
  EXPECT_EQ(status(), 1);
  type("kubectl apply -f duo.yaml");
  EXPECT_EQ(type("kubectl wait --for=create pod/duo"), "pod/duo condition met\n");
}

TEST_F(WaitTest, OneAfterTheOtherWithOneDeadline) {
  write("web.yaml", deployment("web", 1));
  type("kubectl apply -f duo.yaml -f web.yaml");
  settle();
  EXPECT_EQ(type("kubectl wait --for=condition=Nosuch pod/duo deployment/web --timeout=3s"),
            "timed out waiting for the condition on pods/duo\n"
            "timed out waiting for the condition on deployments/web\n");
  EXPECT_EQ(type("kubectl wait --for=condition=Available deployment/web deployment/nosuch"),
            "deployment.apps/web condition met\n"
            "Error from server (NotFound): deployments.apps \"nosuch\" not found\n");
  EXPECT_EQ(status(), 1);
}

TEST_F(WaitTest, Mistakes) {
  EXPECT_EQ(type("kubectl wait pod/duo"), "error: unrecognized condition: \"\"\n");
  EXPECT_EQ(type("kubectl wait pod/duo --for=foo"), "error: unrecognized condition: \"foo\"\n");
  EXPECT_EQ(type("kubectl wait pod --for=condition=Ready"),
            "error: resource(s) were provided, but no name was specified\n");
  EXPECT_EQ(type("kubectl wait pod/duo --for=delete --timeout=60"),
            "error: invalid argument \"60\" for \"--timeout\" flag: time: missing unit in duration "
            "\"60\"\nSee 'kubectl wait --help' for usage.\n");
  EXPECT_EQ(type("kubectl wait foo/x --for=delete"),
            "error: the server doesn't have a resource type \"foo\"\n");
}

}  // namespace
}  // namespace sim::testing
