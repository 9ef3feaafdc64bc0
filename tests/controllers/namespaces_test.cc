// Namespaces: what each has, and how one goes with all that is in it.
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class NamespacesTest : public WorldTest {
 protected:
  /// "Type Status Reason: Message" of the conditions that say something is left.
  std::string remaining(const std::string& ns) {
    return type("kubectl get ns " + ns +
                " -o jsonpath='{range .status.conditions[?(@.status==\"True\")]}"
                "{.type} {.reason}: {.message}{\"\\n\"}{end}'");
  }
};

TEST_F(NamespacesTest, EachHasItsAccountAndItsCertificate) {
  type("kubectl create ns demo");
  settle();
  EXPECT_EQ(type("kubectl get sa,cm -n demo -o name"),
            "serviceaccount/default\nconfigmap/kube-root-ca.crt\n");
  type("kubectl delete sa default -n demo; kubectl delete cm kube-root-ca.crt -n demo");
  settle();
  EXPECT_EQ(type("kubectl get sa,cm -n demo -o name"),
            "serviceaccount/default\nconfigmap/kube-root-ca.crt\n");
  type("kubectl patch cm kube-root-ca.crt -n demo -p '{\"data\":{\"ca.crt\":\"x\",\"b\":\"c\"}}'");
  settle();
  EXPECT_EQ(type("kubectl get cm kube-root-ca.crt -n demo -o jsonpath='{.data.ca\\.crt}'"),
            "-----BEGIN CERTIFICATE-----\nMIIBpodsightdoesnotsignanything\n"
            "-----END CERTIFICATE-----\n");
  EXPECT_EQ(type("kubectl get cm kube-root-ca.crt -n demo -o jsonpath='{.data.b}'"), "");
}

TEST_F(NamespacesTest, OneGoesWithAllThatIsInIt) {
  type("kubectl create ns demo; kubectl create deployment web -n demo --image=nginx --replicas=3");
  type("kubectl create cm notes -n demo --from-literal=a=b");
  settle();
  EXPECT_EQ(type("kubectl delete ns demo"), "namespace \"demo\" deleted\n");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(type("kubectl get ns demo"),
            "Error from server (NotFound): namespaces \"demo\" not found\n");
  EXPECT_EQ(type("kubectl get deployment,rs,pod,cm,sa,events -n demo 2>&1"),
            "No resources found in demo namespace.\n");
  // Its name is free again, and everything in it is new.
  EXPECT_EQ(type("kubectl create ns demo"), "namespace/demo created\n");
  settle();
  EXPECT_EQ(type("kubectl get cm -n demo -o name"), "configmap/kube-root-ca.crt\n");
}

TEST_F(NamespacesTest, SomeCannotBeDeleted) {
  for (const std::string ns : {"default", "kube-system", "kube-public"}) {
    EXPECT_EQ(type("kubectl delete ns " + ns), "Error from server (Forbidden): namespaces \"" + ns +
                                                   "\" is forbidden: this namespace may not be "
                                                   "deleted\n");
  }
}

TEST_F(NamespacesTest, AFinalizerOfItsContentsHoldsIt) {
  type("kubectl create ns demo; kubectl create cm held -n demo");
  type("kubectl patch cm held -n demo -p '{\"metadata\":{\"finalizers\":[\"example.com/hold\"]}}'");
  EXPECT_EQ(type("kubectl delete ns demo --timeout=20s"),
            "namespace \"demo\" deleted\n"
            "error: timed out waiting for the condition on namespaces/demo\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl get ns demo --no-headers -o custom-columns=P:.status.phase,"
                 "F:.spec.finalizers"),
            "Terminating   [kubernetes]\n");
  EXPECT_EQ(remaining("demo"),
            "NamespaceContentRemaining SomeResourcesRemain: Some resources are remaining: "
            "configmaps. has 1 resource instances\n"
            "NamespaceFinalizersRemaining SomeFinalizersRemain: Some content in the namespace has "
            "finalizers remaining: example.com/hold in 1 resource instances\n");
  // Nothing comes into it any more.
  EXPECT_EQ(type("kubectl create cm new -n demo"),
            "error: failed to create configmap: configmaps \"new\" is forbidden: unable to create "
            "new content in namespace demo because it is being terminated\n");
  EXPECT_EQ(type("kubectl run new -n demo --image=nginx"),
            "Error from server (Forbidden): pods \"new\" is forbidden: unable to create new "
            "content in namespace demo because it is being terminated\n");
  EXPECT_EQ(type("kubectl get sa -n demo 2>&1"), "No resources found in demo namespace.\n");
  type("kubectl patch cm held -n demo --type=merge -p '{\"metadata\":{\"finalizers\":null}}'");
  run_for(seconds(20));
  EXPECT_NE(type("kubectl get ns demo"), "");
  EXPECT_EQ(status(), 1);
}

TEST_F(NamespacesTest, SeveralFinalizersAreCounted) {
  type("kubectl create ns demo");
  for (const std::string name : {"a", "b"}) {
    type("kubectl create cm " + name + " -n demo; kubectl patch cm " + name +
         " -n demo -p '{\"metadata\":{\"finalizers\":[\"example.com/hold\",\"example.com/" + name +
         "\"]}}'");
  }
  type("kubectl delete ns demo --wait=false");
  run_for(seconds(10));
  EXPECT_EQ(remaining("demo"),
            "NamespaceContentRemaining SomeResourcesRemain: Some resources are remaining: "
            "configmaps. has 2 resource instances\n"
            "NamespaceFinalizersRemaining SomeFinalizersRemain: Some content in the namespace has "
            "finalizers remaining: example.com/a in 1 resource instances, example.com/b in 1 "
            "resource instances, example.com/hold in 2 resource instances\n");
}

TEST_F(NamespacesTest, ItWaitsForItsPods) {
  type("kubectl create ns demo; kubectl run slow -n demo --image=busybox --command -- sleep 1d");
  settle();
  const Time asked = world().now();
  type("kubectl delete ns demo --wait=false");
  run_for(seconds(10));
  EXPECT_EQ(remaining("demo"),
            "NamespaceContentRemaining SomeResourcesRemain: Some resources are remaining: pods. "
            "has 1 resource instances\n");
  EXPECT_EQ(type("kubectl get pods -n demo --no-headers -o custom-columns=D:"
                 ".metadata.deletionGracePeriodSeconds"),
            "30\n");
  type("kubectl wait ns/demo --for=delete --timeout=60s");
  EXPECT_EQ(status(), 0);
  EXPECT_GE(world().now() - asked, seconds(30));
  EXPECT_LE(world().now() - asked, seconds(60));
}

// A Deployment in a namespace that goes does not make its pods anew, nor complain for ever.
TEST_F(NamespacesTest, NothingIsMadeInItAgain) {
  type("kubectl create ns demo; kubectl create deployment web -n demo --image=nginx --replicas=2");
  settle();
  const std::uint64_t before = world().revision();
  type("kubectl delete ns demo");
  for (std::uint64_t revision = before + 1; revision <= world().revision(); ++revision) {
    const Change& change = world().journal().at(revision);
    const bool pod = change.ref.kind == Kind::Pod || change.ref.kind == Kind::ReplicaSet;
    EXPECT_FALSE(pod && !change.before) << "made at revision " << revision;
  }
}

}  // namespace
}  // namespace sim::testing
