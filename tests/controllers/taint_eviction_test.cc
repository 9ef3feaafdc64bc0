// NoExecute taints: who has to go, when, and what is told of it.
#include <optional>

#include "sim/base/format.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class TaintEvictionTest : public WorldTest {
 protected:
  /// A pod on node-a that ends as soon as it is asked to; `tolerations` is a YAML list.
  void pod(const std::string& name, const std::string& tolerations = "[]") {
    write("pod.yaml", fmt::format(R"(apiVersion: v1
kind: Pod
metadata: {{name: {}}}
spec:
  nodeName: node-a
  terminationGracePeriodSeconds: 1
  tolerations: {}
  containers: [{{name: c, image: busybox, command: [sleep, 1d]}}]
)",
                                  name, tolerations));
    EXPECT_EQ(type("kubectl apply -f pod.yaml"), fmt::format("pod/{} created\n", name));
    settle();
  }
  std::string pods() {
    return type("kubectl get pods --no-headers -o custom-columns=N:.metadata.name 2>/dev/null");
  }
  std::string told() {
    return type(
        "kubectl get events --field-selector reason=TaintManagerEviction "
        "--sort-by=.lastTimestamp --no-headers -o custom-columns=T:.type,M:.message");
  }
  /// When the deletion of a pod began, told by the journal.
  std::optional<Time> deleted_at(const std::string& name) {
    for (std::uint64_t revision = world().journal().first(); revision <= world().revision();
         ++revision) {
      const Change& change = world().journal().at(revision);
      if (change.ref.kind != Kind::Pod || change.before == nullptr) continue;
      if (change.before->meta.name != name || change.before->meta.deletion_timestamp) continue;
      if (!change.after || change.after->meta.deletion_timestamp) return change.time;
    }
    return std::nullopt;
  }
};

TEST_F(TaintEvictionTest, WhatDoesNotTolerateItGoesAtOnce) {
  pod("plain");
  pod("other", "[{key: other, operator: Exists}]");
  pod("effect", "[{key: k, operator: Exists, effect: NoSchedule}]");
  pod("value", "[{key: k, operator: Equal, value: w}]");
  pod("same", "[{key: k, operator: Equal, value: v, effect: NoExecute}]");
  pod("exists", "[{key: k, operator: Exists}]");
  pod("all", "[{operator: Exists}]");
  const Time tainted = world().now();
  type("kubectl taint nodes node-a k=v:NoExecute");
  run_for(seconds(5));
  EXPECT_EQ(pods(), "all\nexists\nsame\n");
  for (const std::string name : {"plain", "other", "effect", "value"}) {
    ASSERT_TRUE(deleted_at(name)) << name;
    EXPECT_LT(*deleted_at(name) - tainted, seconds(1)) << name;
    EXPECT_NE(told().find("Normal   Marking for deletion Pod default/" + name + "\n"),
              std::string::npos);
  }
}

TEST_F(TaintEvictionTest, OtherEffectsMakeNobodyGo) {
  pod("plain");
  type("kubectl taint nodes node-a k=v:NoSchedule k=v:PreferNoSchedule");
  run_for(minutes(10));
  EXPECT_EQ(pods(), "plain\n");
}

TEST_F(TaintEvictionTest, WhatToleratesItForAWhileGoesThen) {
  pod("patient", "[{key: k, operator: Exists, effect: NoExecute, tolerationSeconds: 30}]");
  pod("hasty", "[{key: k, operator: Exists, effect: NoExecute, tolerationSeconds: 0}]");
  pod("negative", "[{key: k, operator: Exists, effect: NoExecute, tolerationSeconds: -5}]");
  const Time tainted = world().now();
  type("kubectl taint nodes node-a k=v:NoExecute");
  run_for(seconds(29));
  EXPECT_EQ(pods(), "patient\n");
  run_for(seconds(5));
  EXPECT_EQ(pods(), "");
  EXPECT_GE(*deleted_at("patient") - tainted, seconds(30));
  EXPECT_LT(*deleted_at("patient") - tainted, seconds(31));
  EXPECT_LT(*deleted_at("hasty") - tainted, seconds(1));
  EXPECT_LT(*deleted_at("negative") - tainted, seconds(1));
}

TEST_F(TaintEvictionTest, TheShortestTermCounts) {
  pod("two",
      "[{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 60}, "
      "{key: b, operator: Exists, effect: NoExecute, tolerationSeconds: 20}]");
  const Time tainted = world().now();
  type("kubectl taint nodes node-a a=:NoExecute b=:NoExecute");
  run_for(seconds(70));
  EXPECT_GE(*deleted_at("two") - tainted, seconds(20));
  EXPECT_LT(*deleted_at("two") - tainted, seconds(21));
}

TEST_F(TaintEvictionTest, ATaintThatGoesCancelsIt) {
  pod("patient", "[{key: k, operator: Exists, effect: NoExecute, tolerationSeconds: 30}]");
  type("kubectl taint nodes node-a k=v:NoExecute");
  run_for(seconds(20));
  type("kubectl taint nodes node-a k-");
  run_for(minutes(2));
  EXPECT_EQ(pods(), "patient\n");
  EXPECT_EQ(told(), "Normal   Cancelling deletion of Pod default/patient\n");
  // A taint that comes again begins a new term.
  const Time tainted = world().now();
  type("kubectl taint nodes node-a k=v:NoExecute");
  run_for(seconds(40));
  EXPECT_GE(*deleted_at("patient") - tainted, seconds(30));
}

TEST_F(TaintEvictionTest, TheTargetIsMarked) {
  pod("plain");
  type("kubectl patch pod plain -p '{\"metadata\":{\"finalizers\":[\"example.com/hold\"]}}'");
  type("kubectl taint nodes node-a k=v:NoExecute");
  run_for(seconds(5));
  EXPECT_EQ(type("kubectl get pod plain -o jsonpath='{range .status.conditions[?(@.type=="
                 "\"DisruptionTarget\")]}{.status} {.reason}: {.message}{end}'"),
            "True DeletionByTaintManager: Taint manager: deleting due to NoExecute taint");
  type("kubectl patch pod plain --type=merge -p '{\"metadata\":{\"finalizers\":null}}'");
}

TEST_F(TaintEvictionTest, APodThatComesToATaintedNodeGoes) {
  type("kubectl taint nodes node-a k=v:NoExecute");
  write("pod.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: late}
spec:
  nodeName: node-a
  terminationGracePeriodSeconds: 0
  containers: [{name: c, image: busybox, command: [sleep, 1d]}]
)");
  type("kubectl apply -f pod.yaml");
  run_for(seconds(5));
  EXPECT_EQ(pods(), "");
}

// Every pod tolerates a node that does not answer for five minutes, unless it says otherwise.
TEST_F(TaintEvictionTest, ANodeThatDoesNotAnswer) {
  pod("plain");
  pod("hasty",
      "[{key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, "
      "tolerationSeconds: 5}]");
  type("sim node stop node-a");
  run_for(minutes(10));
  const Taint* taint =
      find_taint(*world().find<Node>("", "node-a"), kUnreachableTaint, "NoExecute");
  ASSERT_NE(taint, nullptr);
  EXPECT_GE(*deleted_at("hasty") - *taint->time_added, seconds(5));
  EXPECT_LT(*deleted_at("hasty") - *taint->time_added, seconds(7));
  EXPECT_GE(*deleted_at("plain") - *taint->time_added, seconds(300));
  EXPECT_LT(*deleted_at("plain") - *taint->time_added, seconds(302));
  // Nobody on the node hears of it.
  EXPECT_EQ(type("kubectl get pods --no-headers | grep -c Terminating"), "2\n");
}

TEST_F(TaintEvictionTest, ANodeThatComesBackInTime) {
  pod("plain");
  type("sim node stop node-a");
  run_for(minutes(4));
  type("sim node start node-a");
  run_for(minutes(10));
  EXPECT_EQ(pods(), "plain\n");
  EXPECT_FALSE(deleted_at("plain"));
  EXPECT_EQ(told(), "Normal   Cancelling deletion of Pod default/plain\n");
}

}  // namespace
}  // namespace sim::testing
