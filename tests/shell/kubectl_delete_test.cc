// kubectl delete: what is said, what goes, and how long the command waits.
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class KubectlDelete : public WorldTest {
 protected:
  void two_pods() {
    type("kubectl run a --image=nginx --labels=app=x; kubectl run b --image=nginx");
    settle();
  }
  Duration timed(const std::string& line) {
    const Time before = world().now();
    type(line);
    return world().now() - before;
  }
};

TEST_F(KubectlDelete, WaitsUntilThePodIsGone) {
  two_pods();
  EXPECT_EQ(type("kubectl delete pod a"), "pod \"a\" deleted\n");
  EXPECT_EQ(type("kubectl get pods -o name"), "pod/b\n");
  EXPECT_EQ(type("kubectl delete pod b --wait=false"), "pod \"b\" deleted\n");
  EXPECT_EQ(type("kubectl get pods -o name"), "pod/b\n");
}

TEST_F(KubectlDelete, TakesTheGracePeriodOfAPodThatDoesNotListen) {
  type("kubectl run deaf --image=busybox --command -- sh -c 'trap \"\" TERM; sleep 10000'");
  settle();
  EXPECT_GE(timed("kubectl delete pod deaf --grace-period=5"), seconds(5));
}

TEST_F(KubectlDelete, GivesUpAfterItsTimeout) {
  type("kubectl run deaf --image=busybox --command -- sh -c 'trap \"\" TERM; sleep 10000'");
  settle();
  EXPECT_EQ(type("kubectl delete pod deaf --timeout=1s"),
            "pod \"deaf\" deleted\nerror: timed out waiting for the condition on pods/deaf\n");
  EXPECT_EQ(status(), 1);
}

TEST_F(KubectlDelete, DeletesByForce) {
  two_pods();
  EXPECT_EQ(
      type("kubectl delete pod a --force"),
      "Warning: Immediate deletion does not wait for confirmation that the running resource "
      "has been terminated. The resource may continue to run on the cluster indefinitely.\npod "
      "\"a\" force deleted\n");
  EXPECT_EQ(type("kubectl delete pod b --force --grace-period=3"),
            "error: --force and --grace-period greater than 0 cannot be specified together\n");
  EXPECT_EQ(type("kubectl delete pod b --now --grace-period=3"),
            "error: --now and --grace-period cannot be specified together\n");
  EXPECT_EQ(type("kubectl delete pod b --now"), "pod \"b\" deleted\n");
}

TEST_F(KubectlDelete, TellsWhatIsNotThere) {
  two_pods();
  EXPECT_EQ(type("kubectl delete pod nosuch a"),
            "pod \"a\" deleted\nError from server (NotFound): pods \"nosuch\" not found\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl delete pod nosuch --ignore-not-found"), "");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(type("kubectl delete pods -l app=none"), "No resources found\n");
  EXPECT_EQ(type("kubectl delete pods"),
            "error: resource(s) were provided, but no name was specified\n");
  EXPECT_EQ(type("kubectl delete widgets x"),
            "error: the server doesn't have a resource type \"widgets\"\n");
  EXPECT_EQ(type("kubectl delete pods --all -l a=b"),
            "error: setting 'all' parameter but found a non empty selector. \n");
  EXPECT_EQ(type("kubectl delete pods b --all"),
            "error: name cannot be provided when a selector is specified\n");
}

TEST_F(KubectlDelete, SelectsByLabelAndByFile) {
  two_pods();
  EXPECT_EQ(type("kubectl delete pods -l app=x"), "pod \"a\" deleted\n");
  write("web.yaml", deployment("web", 1));
  type("kubectl apply -f web.yaml");
  EXPECT_EQ(type("kubectl delete -f web.yaml"), "deployment.apps \"web\" deleted\n");
  EXPECT_EQ(type("kubectl delete -f web.yaml"),
            "Error from server (NotFound): error when deleting \"web.yaml\": deployments.apps "
            "\"web\" not found\n");
  settle();
  EXPECT_EQ(type("kubectl delete all --all"), "pod \"b\" deleted\n");
}

TEST_F(KubectlDelete, DryRunsDeleteNothing) {
  two_pods();
  EXPECT_EQ(type("kubectl delete pod a nosuch --dry-run=client"),
            "pod \"a\" deleted (dry run)\npod \"nosuch\" deleted (dry run)\n");
  EXPECT_EQ(type("kubectl delete pod a --dry-run=server -o name"), "pod/a\n");
  EXPECT_EQ(
      type("kubectl delete namespace default --dry-run=server"),
      "Error from server (Forbidden): namespaces \"default\" is forbidden: this namespace may "
      "not be deleted\n");
  EXPECT_EQ(type("kubectl get pods -o name"), "pod/a\npod/b\n");
  EXPECT_EQ(type("kubectl delete pod a -o json"),
            "error: unexpected -o output mode: json. We only support '-o name'\n");
}

TEST_F(KubectlDelete, AsksWhenItIsTold) {
  two_pods();
  EXPECT_EQ(type("echo n | kubectl delete pod a -i"),
            "You are about to delete the following 1 resource(s):\npod/a\nDo you want to continue? "
            "(y/n): deletion is cancelled\n");
  EXPECT_EQ(type("echo y | kubectl delete pod a -i"),
            "You are about to delete the following 1 resource(s):\npod/a\nDo you want to continue? "
            "(y/n): pod \"a\" deleted\n");
}

TEST_F(KubectlDelete, LeavesOrphansWhenItIsTold) {
  write("web.yaml", deployment("web", 1));
  type("kubectl apply -f web.yaml");
  settle();
  EXPECT_EQ(type("kubectl delete deployment web --cascade=orphan"),
            "deployment.apps \"web\" deleted\n");
  settle();
  EXPECT_NE(type("kubectl get rs -o name"), "");
  EXPECT_EQ(type("kubectl delete rs --all --cascade=what"),
            "error: invalid cascade value (what). Must be \"background\", \"foreground\", or "
            "\"orphan\"\n");
}

TEST_F(KubectlDelete, WarnsThatANodeHasNoNamespace) {
  type("kubectl create ns lab");
  EXPECT_EQ(type("kubectl delete ns lab -n default"),
            "Warning: deleting cluster-scoped resources, not scoped to the provided "
            "namespace\nnamespace \"lab\" deleted\n");
}

}  // namespace
}  // namespace sim::testing
