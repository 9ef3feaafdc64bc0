// What owns what, and what goes with it: background, foreground and orphan deletion, and owners
// that are not what a reference says.
#include <vector>

#include "sim/base/format.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class GarbageCollectorTest : public WorldTest {
 protected:
  std::string config_maps(const std::string& ns = "default") {
    return type("kubectl get cm -n " + ns +
                " --no-headers -o custom-columns=N:.metadata.name | grep -v kube-root");
  }
  std::string uid_of(const std::string& what) {
    return type("kubectl get " + what + " -o jsonpath='{.metadata.uid}'");
  }
  /// A reference to an owner, as JSON.
  std::string reference(const std::string& name, const std::string& uid,
                        const std::string& kind = "ConfigMap", const std::string& version = "v1",
                        bool blocks = false) {
    return fmt::format(R"({{"apiVersion":"{}","kind":"{}","name":"{}","uid":"{}"{}}})", version,
                       kind, name, uid, blocks ? R"(,"blockOwnerDeletion":true)" : "");
  }
  /// A ConfigMap with owners.
  void owned(const std::string& name, const std::string& owners,
             const std::string& ns = "default") {
    write("owned.json", fmt::format(R"({{"apiVersion":"v1","kind":"ConfigMap",)"
                                    R"("metadata":{{"name":"{}","ownerReferences":[{}]}}}})",
                                    name, owners));
    EXPECT_EQ(type("kubectl create -n " + ns + " -f owned.json"),
              fmt::format("configmap/{} created\n", name));
  }
  void deploy() {
    write("web.yaml", deployment("web", 2));
    type("kubectl apply -f web.yaml");
    settle();
  }
  /// The kinds of the rows that were erased from a revision on, in that order.
  std::vector<Kind> erased_since(std::uint64_t revision) {
    std::vector<Kind> kinds;
    while (revision < world().revision()) {
      const Change& change = world().journal().at(++revision);
      if (!change.after && (change.ref.kind == Kind::Pod || change.ref.kind == Kind::ReplicaSet ||
                            change.ref.kind == Kind::Deployment)) {
        kinds.push_back(change.ref.kind);
      }
    }
    return kinds;
  }
};

TEST_F(GarbageCollectorTest, InTheBackgroundTheOwnerGoesFirst) {
  deploy();
  const std::uint64_t before = world().revision();
  EXPECT_EQ(type("kubectl delete deployment web"), "deployment.apps \"web\" deleted\n");
  settle();
  EXPECT_EQ(erased_since(before),
            (std::vector<Kind>{Kind::Deployment, Kind::ReplicaSet, Kind::Pod, Kind::Pod}));
}

TEST_F(GarbageCollectorTest, InTheForegroundItGoesLast) {
  deploy();
  const std::uint64_t before = world().revision();
  EXPECT_EQ(type("kubectl delete deployment web --cascade=foreground --wait=false"),
            "deployment.apps \"web\" deleted\n");
  EXPECT_EQ(type("kubectl get deployment web -o jsonpath='{.metadata.finalizers}'"),
            "[\"foregroundDeletion\"]");
  run_for(milliseconds(200));
  EXPECT_EQ(type("kubectl get rs -o jsonpath='{.items[0].metadata.finalizers}'"),
            "[\"foregroundDeletion\"]");
  settle();
  EXPECT_EQ(erased_since(before),
            (std::vector<Kind>{Kind::Pod, Kind::Pod, Kind::ReplicaSet, Kind::Deployment}));
}

TEST_F(GarbageCollectorTest, OrphansStay) {
  deploy();
  EXPECT_EQ(type("kubectl delete deployment web --cascade=orphan"),
            "deployment.apps \"web\" deleted\n");
  settle();
  EXPECT_EQ(type("kubectl get deployment 2>&1"), "No resources found in default namespace.\n");
  EXPECT_EQ(type("kubectl get rs -o jsonpath='{.items[*].metadata.ownerReferences}'"), "");
  EXPECT_EQ(type("kubectl get pods -o jsonpath='{.items[*].metadata.ownerReferences[*].kind}'"),
            "ReplicaSet ReplicaSet");
  EXPECT_EQ(type("kubectl get rs --no-headers -o custom-columns=R:.status.readyReplicas"), "2\n");
  // A Deployment of the same selector takes the ReplicaSet in again.
  deploy();
  EXPECT_EQ(type("kubectl get rs -o jsonpath='{.items[*].metadata.ownerReferences[*].name}'"),
            "web");
}

TEST_F(GarbageCollectorTest, WhatHasNoOwnerLeftGoes) {
  type("kubectl create cm first; kubectl create cm second");
  const std::string first = reference("first", uid_of("cm first"));
  const std::string second = reference("second", uid_of("cm second"));
  owned("both", first + "," + second);
  settle();
  EXPECT_EQ(config_maps(), "both\nfirst\nsecond\n");
  type("kubectl delete cm first");
  settle();
  EXPECT_EQ(config_maps(), "both\nsecond\n");
  EXPECT_EQ(type("kubectl get cm both -o jsonpath='{.metadata.ownerReferences[*].name}'"),
            "second");
  type("kubectl delete cm second");
  settle();
  EXPECT_NE(type("kubectl get cm both"), "");
  EXPECT_EQ(status(), 1);
}

TEST_F(GarbageCollectorTest, AnOwnerThatNeverWas) {
  type("kubectl create cm owner");
  const std::string nobody = "11111111-1111-1111-1111-111111111111";
  owned("absent", reference("nobody", nobody));
  owned("another", reference("owner", nobody));  // one of that name, not that one
  settle();
  EXPECT_EQ(config_maps(), "owner\n");
}

// The collector cannot ask for a kind that the API server does not serve, so it decides nothing.
TEST_F(GarbageCollectorTest, AnOwnerThatCannotBeLookedUp) {
  const std::string nobody = "11111111-1111-1111-1111-111111111111";
  owned("custom", reference("x", nobody, "Widget", "example.com/v1"));
  owned("outdated", reference("x", nobody, "Deployment", "extensions/v1beta1"));
  owned("mixed", reference("x", nobody) + "," + reference("x", nobody, "Widget", "example.com/v1"));
  run_for(minutes(5));
  EXPECT_EQ(config_maps(), "custom\nmixed\noutdated\n");
}

TEST_F(GarbageCollectorTest, AnOwnerInAnotherNamespace) {
  type("kubectl create ns other; kubectl create cm owner");
  const std::string uid = uid_of("cm owner");
  owned("foreign", reference("owner", uid), "other");
  run_for(seconds(5));
  EXPECT_NE(config_maps("other"), "foreign\n");
  EXPECT_EQ(type("kubectl get events -n other --no-headers -o custom-columns=T:.type,R:.reason,"
                 "M:.message"),
            "Warning   OwnerRefInvalidNamespace   ownerRef [v1/ConfigMap, namespace: other, name: "
            "owner, uid: " +
                uid + "] does not exist in namespace \"other\"\n");
  EXPECT_EQ(config_maps(), "owner\n");
}

TEST_F(GarbageCollectorTest, AnOwnerThatIsInNoNamespace) {
  type("kubectl create ns owner");
  owned("dependent", reference("owner", uid_of("ns owner"), "Namespace"));
  settle();
  EXPECT_EQ(config_maps(), "dependent\n");
  type("kubectl delete ns owner");
  settle();
  EXPECT_NE(config_maps(), "dependent\n");
}

// Only dependents that block it keep an owner that goes in the foreground.
TEST_F(GarbageCollectorTest, BlockOwnerDeletion) {
  for (const bool blocks : {false, true}) {
    type("kubectl create cm owner");
    owned("held", reference("owner", uid_of("cm owner"), "ConfigMap", "v1", blocks));
    type(
        "kubectl patch cm held --type=merge -p '{\"metadata\":{\"finalizers\":"
        "[\"example.com/hold\"]}}'");
    type("kubectl delete cm owner --cascade=foreground --wait=false");
    run_for(seconds(10));
    type("kubectl get cm owner");
    EXPECT_EQ(status(), blocks ? 0 : 1);
    EXPECT_NE(type("kubectl get cm held -o jsonpath='{.metadata.deletionTimestamp}'"), "");
    type("kubectl patch cm held --type=merge -p '{\"metadata\":{\"finalizers\":null}}'");
    settle();
    type("kubectl get cm owner held");
    EXPECT_EQ(status(), 1);
    EXPECT_EQ(config_maps(), "");
  }
}

// Two that own each other do not wait for each other for ever.
TEST_F(GarbageCollectorTest, ACircle) {
  type("kubectl create cm one");
  owned("two", reference("one", uid_of("cm one"), "ConfigMap", "v1", true));
  type("kubectl patch cm one --type=merge -p '{\"metadata\":{\"ownerReferences\":[" +
       reference("two", uid_of("cm two"), "ConfigMap", "v1", true) + "]}}'");
  type("kubectl delete cm one --cascade=foreground --wait=false");
  settle();
  EXPECT_EQ(config_maps(), "");
}

}  // namespace
}  // namespace sim::testing
