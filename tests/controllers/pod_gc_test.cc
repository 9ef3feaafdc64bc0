// Pods that no kubelet will ever end, and who ends them.
#include "sim/base/format.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class PodGcTest : public WorldTest {
 protected:
  void pod(const std::string& name, const std::string& meta = "", const std::string& spec = "") {
    write("pod.yaml", fmt::format(R"(apiVersion: v1
kind: Pod
metadata: {{name: {}{}}}
spec:
  containers: [{{name: c, image: busybox, command: [sleep, 1d]}}]
{})",
                                  name, meta, spec));
    EXPECT_EQ(type("kubectl apply -f pod.yaml"), fmt::format("pod/{} created\n", name));
    run_for(seconds(5));
  }
  bool is_there(const std::string& name) { return world().find<Pod>("default", name) != nullptr; }
};

TEST_F(PodGcTest, PodsOfANodeThatIsGone) {
  pod("lost", "", "  nodeName: node-a\n");
  pod("kept", "", "  nodeName: node-b\n");
  pod("held", ", finalizers: [example.com/hold]", "  nodeName: node-a\n");
  type("sim node delete node-a");
  // It is believed to be gone after 40 seconds, which are counted from a beat of 20 seconds.
  run_for(seconds(39));
  EXPECT_TRUE(is_there("lost"));
  EXPECT_EQ(type("kubectl get pod lost -o jsonpath='{.metadata.deletionTimestamp}'"), "");
  run_for(seconds(22));
  EXPECT_FALSE(is_there("lost"));
  EXPECT_TRUE(is_there("kept"));
  EXPECT_EQ(type("kubectl get pod held -o jsonpath='{.status.phase} "
                 "{range .status.conditions[?(@.type==\"DisruptionTarget\")]}{.status} {.reason}: "
                 "{.message}{end} {.metadata.deletionGracePeriodSeconds}'"),
            "Failed True DeletionByPodGC: PodGC: node no longer exists 0");
  type("kubectl patch pod held --type=merge -p '{\"metadata\":{\"finalizers\":null}}'");
  EXPECT_FALSE(is_there("held"));
}

TEST_F(PodGcTest, ATerminatingPodOfANodeOutOfService) {
  pod("stuck", "", "  nodeName: node-a\n");
  pod("calm", "", "  nodeName: node-a\n");
  type("sim node stop node-a");
  run_for(minutes(2));
  type("kubectl delete pod stuck --wait=false");
  run_for(minutes(2));
  EXPECT_TRUE(is_there("stuck"));
  EXPECT_EQ(type("kubectl taint nodes node-a node.kubernetes.io/out-of-service=power:NoSchedule"),
            "node/node-a tainted\n");
  run_for(seconds(21));
  EXPECT_FALSE(is_there("stuck"));
  EXPECT_TRUE(is_there("calm"));  // nobody has asked it to go
}

TEST_F(PodGcTest, ANodeThatAnswersIsNotOutOfService) {
  pod("slow", "", "  nodeName: node-a\n  terminationGracePeriodSeconds: 100\n");
  type("kubectl taint nodes node-a node.kubernetes.io/out-of-service=power:NoSchedule");
  type("kubectl delete pod slow --wait=false");
  run_for(seconds(60));
  EXPECT_TRUE(is_there("slow"));
  run_for(seconds(60));
  EXPECT_FALSE(is_there("slow"));
}

TEST_F(PodGcTest, ATerminatingPodThatWasNeverBound) {
  pod("never", ", finalizers: [example.com/hold]", "  nodeSelector: {no: such}\n");
  type("kubectl delete pod never --wait=false");
  run_for(seconds(21));
  EXPECT_EQ(type("kubectl get pod never -o jsonpath='{.status.phase}'"), "Failed");
  type("kubectl patch pod never --type=merge -p '{\"metadata\":{\"finalizers\":null}}'");
  EXPECT_FALSE(is_there("never"));
}

TEST_F(PodGcTest, APodThatOnlyWaitsIsLeftAlone) {
  pod("waiting", "", "  nodeSelector: {no: such}\n");
  run_for(minutes(10));
  EXPECT_EQ(type("kubectl get pod waiting -o jsonpath='{.status.phase}'"), "Pending");
}

}  // namespace
}  // namespace sim::testing
