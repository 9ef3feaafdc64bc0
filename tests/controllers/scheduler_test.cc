// Placement as a person sees it: nodes are labelled, tainted and cordoned with kubectl, pods wait
// and say why, and go where they can as soon as they can.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "sim/base/format.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class Placement : public WorldTest {
 protected:
  /// A pod whose spec has these fields besides its container.
  std::string run(const std::string& name, const std::string& spec,
                  const std::string& container = "") {
    write(name + ".yaml", fmt::format("apiVersion: v1\nkind: Pod\nmetadata:\n  name: {0}\n"
                                      "  labels: {{app: {0}}}\nspec:\n  containers:\n"
                                      "  - name: main\n    image: nginx\n{1}{2}",
                                      name, indented(4, container), indented(2, spec)));
    return type("kubectl apply -f " + name + ".yaml");
  }
  std::string node_of(const std::string& pod) {
    return type("kubectl get pod " + pod + " -o jsonpath='{.spec.nodeName}'");
  }
  std::string events_of(const std::string& pod) {
    return type(
        "kubectl get events --field-selector involvedObject.name=" + pod +
        " -o custom-columns=REASON:.reason,MESSAGE:.message --no-headers | grep -i schedul");
  }

 private:
  static std::string indented(int by, const std::string& lines) {
    std::string text;
    for (std::size_t at = 0; at < lines.size();) {
      const std::size_t end = std::min(lines.find('\n', at), lines.size());
      text += std::string(static_cast<std::size_t>(by), ' ') + lines.substr(at, end - at) + "\n";
      at = end + 1;
    }
    return text;
  }
};

TEST_F(Placement, APodIsAssignedAndSaysSo) {
  run("web", "");
  settle();
  const std::string node = node_of("web");
  EXPECT_TRUE(node == "node-a" || node == "node-b") << node;
  EXPECT_EQ(type("kubectl get events --field-selector reason=Scheduled -o "
                 "custom-columns=TYPE:.type,FROM:.reportingComponent,ACTION:.action,"
                 "MESSAGE:.message --no-headers"),
            fmt::format("Normal   default-scheduler   Binding   Successfully assigned default/web "
                        "to {}\n",
                        node));
  EXPECT_EQ(type("kubectl get pod web -o jsonpath='{.status.conditions[?(@.type==\"PodScheduled\")]"
                 ".status}'"),
            "True");
}

TEST_F(Placement, APodThatAsksForTooMuchWaitsAndSaysWhy) {
  run("big", "", "resources: {requests: {cpu: \"100\", memory: 1Ti}}");
  settle();
  EXPECT_EQ(type("kubectl get pod big -o jsonpath='{.status.phase}'"), "Pending");
  const std::string why =
      "0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient memory. preemption: 0/2 nodes "
      "are available: 2 No preemption victims found for incoming pod.";
  EXPECT_EQ(events_of("big"), "FailedScheduling   " + why + "\n");
  const std::string condition = "{.status.conditions[?(@.type==\"PodScheduled\")]";
  EXPECT_EQ(type("kubectl get pod big -o jsonpath='" + condition + ".reason}: " + condition +
                 ".message}'"),
            "Unschedulable: " + why);
}

TEST_F(Placement, ALabelLetsAPickyPodIn) {
  run("picky", "nodeSelector: {disk: ssd}");
  settle();
  EXPECT_EQ(events_of("picky"),
            "FailedScheduling   0/2 nodes are available: 2 node(s) didn't match Pod's node "
            "affinity/selector. preemption: 0/2 nodes are available: 2 Preemption is not helpful "
            "for scheduling.\n");
  run_for(seconds(10));
  type("kubectl label node node-b disk=ssd");
  settle();
  EXPECT_EQ(node_of("picky"), "node-b");
}

TEST_F(Placement, TaintsAndCordonsCloseNodesAndOpenThemAgain) {
  type("kubectl taint nodes node-a dedicated=db:NoSchedule");
  type("kubectl cordon node-b");
  run_for(seconds(1));
  run("nowhere", "");
  run("tolerant", "tolerations: [{key: dedicated, operator: Exists}]");
  settle();
  EXPECT_EQ(node_of("tolerant"), "node-a");
  EXPECT_EQ(events_of("nowhere"),
            "FailedScheduling   0/2 nodes are available: 1 node(s) had untolerated taint "
            "{dedicated: db}, 1 node(s) were unschedulable. preemption: 0/2 nodes are available: 2 "
            "Preemption is not helpful for scheduling.\n");
  run_for(seconds(10));
  type("kubectl uncordon node-b");
  settle();
  EXPECT_EQ(node_of("nowhere"), "node-b");
}

TEST_F(Placement, RoomThatIsMadeIsTaken) {
  run("first", "nodeName: node-a", "resources: {requests: {cpu: \"3\"}}");
  run("other", "nodeName: node-b", "resources: {requests: {cpu: \"3\"}}");
  run("second", "", "resources: {requests: {cpu: \"3\"}}");
  settle();
  EXPECT_EQ(node_of("second"), "");
  run_for(seconds(10));
  type("kubectl delete pod other");
  settle();
  EXPECT_EQ(node_of("second"), "node-b");
}

TEST_F(Placement, ReplicasLieApart) {
  write("web.yaml", deployment("web", 4));
  type("kubectl apply -f web.yaml");
  settle();
  EXPECT_EQ(type("kubectl get pods -o custom-columns=N:.spec.nodeName --no-headers | sort"),
            "node-a\nnode-a\nnode-b\nnode-b\n");
}

TEST_F(Placement, AReplicaThatMustBeAloneWaitsForANode) {
  std::string manifest = deployment("web", 3);
  manifest += R"(      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - labelSelector: {matchLabels: {app: web}}
            topologyKey: kubernetes.io/hostname
)";
  write("web.yaml", manifest);
  type("kubectl apply -f web.yaml");
  settle();
  EXPECT_EQ(type("kubectl get pods -o custom-columns=N:.spec.nodeName --no-headers | sort"),
            "<none>\nnode-a\nnode-b\n");
  EXPECT_EQ(type("kubectl get events --field-selector reason=FailedScheduling -o "
                 "custom-columns=M:.message --no-headers"),
            "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules. preemption: "
            "0/2 nodes are available: 2 No preemption victims found for incoming pod.\n");
}

TEST_F(Placement, AGatedPodWaitsForItsGate) {
  run("gated", "schedulingGates: [{name: example.com/wait}]");
  run_for(minutes(10));
  EXPECT_EQ(type("kubectl get pod gated --no-headers -o wide | tr -s ' ' | cut -d ' ' -f 3"),
            "SchedulingGated\n");
  EXPECT_EQ(type("kubectl patch pod gated --type=json -p "
                 "'[{\"op\":\"remove\",\"path\":\"/spec/schedulingGates\"}]'"),
            "pod/gated patched\n");
  settle();
  EXPECT_NE(node_of("gated"), "");
}

TEST_F(Placement, IsTheSameInAForkAndFromTheSameSeed) {
  write("web.yaml", deployment("web", 5));
  Simulation fork(world());
  type("kubectl apply -f web.yaml");
  settle();
  const std::string placed = type("kubectl get pods -o custom-columns=N:.spec.nodeName");
  Terminal other(fork, ".");
  other.write_file("web.yaml", deployment("web", 5));
  other.run("kubectl apply -f web.yaml");
  fork.run_until_settled(fork.world().now() + minutes(10));
  EXPECT_EQ(other.run("kubectl get pods -o custom-columns=N:.spec.nodeName").output, placed);
}

}  // namespace
}  // namespace sim::testing
