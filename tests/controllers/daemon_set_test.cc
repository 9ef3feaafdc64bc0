// DaemonSets as people meet them: one pod on each node that may have one.
#include <algorithm>

#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class DaemonSetTest : public WorldTest {
 protected:
  void apply(const std::string& spec = "", const std::string& pod = "") {
    write("agent.yaml", fmt::format(R"(apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: agent}}
spec:
{}  selector: {{matchLabels: {{app: agent}}}}
  template:
    metadata: {{labels: {{app: agent}}}}
    spec:
{}      terminationGracePeriodSeconds: 1
      containers:
      - {{name: agent, image: "nginx:1.25"}}
)",
                                    spec, pod));
    type("kubectl apply -f agent.yaml");
    EXPECT_EQ(status(), 0);
    settle();
  }
  std::string pods() {
    return type(
        "kubectl get pods --no-headers --sort-by=.spec.nodeName -o "
        "custom-columns=N:.spec.nodeName,S:.status.phase,I:.spec.containers[0].image");
  }
  const DaemonSet& agent() { return *world().find<DaemonSet>("default", "agent"); }
};

TEST_F(DaemonSetTest, APodOnEachNodeEvenOnACordonedOne) {
  type("kubectl cordon node-a");
  apply();
  EXPECT_EQ(pods(), "node-a   Running   nginx:1.25\nnode-b   Running   nginx:1.25\n");
  EXPECT_EQ(agent().status.desired_number_scheduled, 2);
  EXPECT_EQ(agent().status.number_available, 2);
  EXPECT_EQ(type("kubectl get ds --no-headers | tr -s ' ' | cut -d' ' -f1-7"),
            "agent 2 2 2 2 2 <none>\n");
}

TEST_F(DaemonSetTest, OnlyWhereTheSelectorAndTheTaintsAllow) {
  type("kubectl label node node-a disk=ssd");
  apply("", "      nodeSelector: {disk: ssd}\n");
  EXPECT_EQ(pods(), "node-a   Running   nginx:1.25\n");
  type("kubectl label node node-b disk=ssd");
  settle();
  EXPECT_EQ(pods(), "node-a   Running   nginx:1.25\nnode-b   Running   nginx:1.25\n");
  type("kubectl label node node-a disk-");
  settle();
  EXPECT_EQ(pods(), "node-b   Running   nginx:1.25\n");
  // One that is there stays when a taint only keeps new ones away.
  type("kubectl taint node node-b dedicated=x:NoSchedule");
  settle();
  EXPECT_EQ(pods(), "node-b   Running   nginx:1.25\n");
  EXPECT_EQ(agent().status.number_misscheduled, 1);
}

TEST_F(DaemonSetTest, AnUpdateTakesOneNodeAfterTheOther) {
  apply();
  type("kubectl set image ds/agent agent=nginx:latest");
  const std::string text = type("kubectl rollout status ds/agent --timeout=60s");
  EXPECT_NE(
      text.find("Waiting for daemon set \"agent\" rollout to finish: 1 out of 2 new pods have "
                "been updated...\n"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("daemon set \"agent\" successfully rolled out\n"), std::string::npos) << text;
  EXPECT_EQ(pods(), "node-a   Running   nginx:latest\nnode-b   Running   nginx:latest\n");
  EXPECT_EQ(agent().meta.annotations.get("deprecated.daemonset.template.generation"), "2");
}

TEST_F(DaemonSetTest, SurgeMakesTheNewPodFirst) {
  apply("  updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}\n");
  type("kubectl set image ds/agent agent=nginx:latest");
  std::int64_t fewest = 99;
  for (int i = 0; i < 40; ++i) {
    run_for(milliseconds(250));
    fewest = std::min<std::int64_t>(fewest, agent().status.number_available);
  }
  EXPECT_EQ(fewest, 2);
  EXPECT_EQ(pods(), "node-a   Running   nginx:latest\nnode-b   Running   nginx:latest\n");
}

TEST_F(DaemonSetTest, OnDeleteWaits) {
  apply("  updateStrategy: {type: OnDelete}\n");
  type("kubectl set image ds/agent agent=nginx:latest");
  settle();
  EXPECT_EQ(pods(), "node-a   Running   nginx:1.25\nnode-b   Running   nginx:1.25\n");
  EXPECT_EQ(type("kubectl rollout status ds/agent --timeout=60s"),
            "error: rollout status is only available for RollingUpdate strategy type\n");
}

// 1 s, 2 s, 4 s, … up to 15 minutes: eleven tries in 20 minutes, however few of them are told.
TEST_F(DaemonSetTest, APodThatFailsAgainAndAgainIsReplacedEverLater) {
  apply();
  const Id before = world().store().table(Kind::Pod).next_id();
  type("sim disk fill node-a; sim advance 20m");
  const Id tries = world().store().table(Kind::Pod).next_id() - before;
  EXPECT_GE(tries, 8u);
  EXPECT_LE(tries, 12u);
  type("sim disk free node-a; sim advance 30m");
  EXPECT_EQ(agent().status.number_ready, 2);
}

}  // namespace
}  // namespace sim::testing
