// kubectl run: the pod that it makes, and the terminal attached to it.
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class KubectlRun : public WorldTest {};

TEST_F(KubectlRun, MakesAPod) {
  EXPECT_EQ(type("kubectl run x --image=nginx"), "pod/x created\n");
  EXPECT_EQ(type("kubectl run x --image=nginx"),
            "Error from server (AlreadyExists): pods \"x\" already exists\n");
  EXPECT_EQ(type("kubectl get pod x -o jsonpath='{.metadata.labels} {.spec.restartPolicy}'"),
            "{\"run\":\"x\"} Always");
}

TEST_F(KubectlRun, PrintsThePodWithoutMakingIt) {
  EXPECT_EQ(type("kubectl run x --image=busybox --env=A=b --port=8 --labels=a=b,c=d "
                 "--restart=Never --dry-run=client -o yaml -- sleep 3"),
            R"(apiVersion: v1
kind: Pod
metadata:
  creationTimestamp: null
  labels:
    a: b
    c: d
  name: x
spec:
  containers:
  - args:
    - sleep
    - "3"
    env:
    - name: A
      value: b
    image: busybox
    name: x
    ports:
    - containerPort: 8
    resources: {}
  dnsPolicy: ClusterFirst
  restartPolicy: Never
status: {}
)");
  EXPECT_EQ(type("kubectl get pods"), "No resources found in default namespace.\n");
}

TEST_F(KubectlRun, TakesOverrides) {
  EXPECT_EQ(
      type(
          R"(kubectl run x --image=busybox --overrides='{"spec":{"nodeSelector":{"disk":"ssd"}}}')"),
      "pod/x created\n");
  EXPECT_EQ(
      type("kubectl get pod x -o jsonpath='{.spec.nodeSelector} {.spec.containers[0].image}'"),
      "{\"disk\":\"ssd\"} busybox");
  EXPECT_EQ(type("kubectl run y --image=busybox --overrides='{'"), "error: Invalid JSON Patch\n");
}

TEST_F(KubectlRun, ShowsWhatAShortCommandPrints) {
  EXPECT_EQ(type("kubectl run x -i --rm --quiet --restart=Never --image=busybox -- echo hello"),
            "hello\n");
  EXPECT_EQ(status(), 0);
  settle();
  EXPECT_EQ(type("kubectl get pods"), "No resources found in default namespace.\n");
}

TEST_F(KubectlRun, AttachesToALongOne) {
  EXPECT_EQ(
      type("kubectl run x -i --restart=Never --image=busybox --command -- sh -c 'sleep 5; echo "
           "late; exit 3'"),
      "If you don't see a command prompt, try pressing enter.\nlate\npod default/x terminated "
      "(Error)\n");
  EXPECT_EQ(status(), 3);
  EXPECT_EQ(type("kubectl get pod x -o jsonpath='{.status.phase}'"), "Failed");
}

TEST_F(KubectlRun, GivesUpOnAPodThatDoesNotStart) {
  const Time before = world().now();
  EXPECT_EQ(type("kubectl run x -i --rm --image=nosuch/image --pod-running-timeout=5s"),
            "pod \"x\" deleted\nerror: timed out waiting for the condition\n");
  EXPECT_EQ(status(), 1);
  EXPECT_GE(world().now() - before, seconds(5));
}

TEST_F(KubectlRun, TellsWhatIsWrong) {
  const std::string help = "\nSee 'kubectl run -h' for help and examples\n";
  EXPECT_EQ(type("kubectl run x"), "error: required flag(s) \"image\" not set\n");
  EXPECT_EQ(type("kubectl run --image=x"), "error: NAME is required for run" + help);
  EXPECT_EQ(type("kubectl run x --image=x --restart=Foo"),
            "error: invalid restart policy: Foo" + help);
  EXPECT_EQ(type("kubectl run x --image='A b'"),
            "error: Invalid image name \"A b\": invalid reference format\n");
  EXPECT_EQ(type("kubectl run x --image=b --rm"),
            "error: --rm should only be used for attached containers" + help);
  EXPECT_EQ(type("kubectl run x --image=b -t"),
            "error: -i/--stdin is required for containers with -t/--tty=true" + help);
  EXPECT_EQ(type("kubectl run x --image=b --env=foo"), "error: invalid env: foo\n");
  EXPECT_EQ(type("kubectl run x --image=b --labels=foo"), "error: unexpected label spec: foo\n");
  EXPECT_EQ(type("kubectl run x --image=b -i --dry-run=client"),
            "error: --dry-run=[server|client] can't be used with attached containers options "
            "(--attach, --stdin, or --tty)" +
                help);
  EXPECT_EQ(type("kubectl run X --image=b").substr(0, 66),
            "The Pod \"X\" is invalid: \n* metadata.name: Invalid value: \"X\": a lo");
  EXPECT_EQ(type("kubectl run x --image=b -n nowhere"),
            "Error from server (NotFound): namespaces \"nowhere\" not found\n");
}

TEST_F(KubectlRun, KnowsImageNames) {
  for (const char* good : {"a", "a/b:1", "Host.example:5000/a-b/c__d:v1.0_x",
                           "localhost/a@sha256:0123456789abcdef0123456789abcdef"}) {
    EXPECT_EQ(type(std::string("kubectl run x --dry-run=client --image=") + good),
              "pod/x created (dry run)\n");
  }
  for (const char* bad : {"a:", "A", "a//b", "a/B", "a___b", "-a", "a@sha256:12"}) {
    type(std::string("kubectl run x --dry-run=client --image=") + bad);
    EXPECT_EQ(status(), 1) << bad;
  }
}

}  // namespace
}  // namespace sim::testing
