// Groups of nodes: machines that are made, and taken away with what is on them.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/engine/cluster.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/terminal.h"
#include "tests/support/columns.h"

namespace sim::testing {
namespace {

/// A cluster as its description says, and a terminal at it.
class NodeGroupTest : public ::testing::Test {
 protected:
  void SetUp() override { open(""); }
  void open(const std::string& more) {
    ClusterFile file = parse_cluster(fmt::format(R"({{
      "podsight": 1,
      "cluster": {{
        "nodes": [{{"name": "base", "zone": "us-west-2a", "capacity": {{"cpu": 2}}}}],
        "nodeGroups": [
          {{"name": "pool", "min": 1, "max": 3, "desired": 2, "zones": ["us-west-2a", "us-west-2b"],
           "capacity": {{"cpu": "2", "memory": "4Gi"}}, "labels": {{"tier": "pool"}}}}
        ],
        {}
        "images": {{"busybox": {{}}}}
      }}
    }})",
                                                 more),
                                     "cluster.json");
    simulation_ = std::make_unique<Simulation>(make_cluster(file.cluster));
    terminal_ = std::make_unique<Terminal>(*simulation_, ".");
  }
  void TearDown() override { EXPECT_EQ(check_invariants(simulation_->world()), ""); }
  std::string type(const std::string& lines) { return terminal_->run(lines).output; }
  void run_for(Duration duration) { simulation_->run_until(simulation_->world().now() + duration); }
  std::string nodes() {
    return pick(type("kubectl get nodes --no-headers -L topology.kubernetes.io/zone"), {1, 2, 6});
  }
  /// A Deployment whose pods each ask for so much; `more` goes into the pod's spec.
  void deploy(const std::string& name, int replicas, const std::string& cpu,
              const std::string& more = "", const std::string& container = "",
              const std::string& annotations = "{}") {
    const std::string file = fmt::format(R"(apiVersion: apps/v1
kind: Deployment
metadata: {{name: {0}}}
spec:
  replicas: {1}
  selector: {{matchLabels: {{app: {0}}}}}
  template:
    metadata: {{labels: {{app: {0}}}, annotations: {5}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - {{name: c, image: busybox, command: [sleep, 1d], resources: {{requests: {{cpu: {2}}}}}{4}}}
{3})",
                                         name, replicas, cpu, more, container, annotations);
    terminal_->write_file(name + ".yaml", file);
    type(fmt::format("kubectl apply -f {}.yaml", name));
  }
  std::string places(const std::string& app) {
    return type(
        fmt::format("kubectl get pods --no-headers -l app={} "
                    "-o custom-columns=N:.spec.nodeName | sort",
                    app));
  }
  std::string told(const std::string& reason) {
    return type("kubectl get events -A --no-headers --field-selector reason=" + reason +
                " -o custom-columns=M:.message");
  }

  std::unique_ptr<Simulation> simulation_;
  std::unique_ptr<Terminal> terminal_;
};

TEST_F(NodeGroupTest, ItsMachinesJoinAfterTheyHaveBooted) {
  EXPECT_EQ(nodes(), "base Ready us-west-2a\npool-1 Ready us-west-2a\npool-2 Ready us-west-2b\n");
  EXPECT_EQ(type("kubectl get node pool-1 -o jsonpath='{.metadata.labels.tier} "
                 "{.metadata.labels.eks\\.amazonaws\\.com/nodegroup}'"),
            "pool pool");
  EXPECT_EQ(type("sim nodegroup scale pool 3"), "");
  EXPECT_EQ(type("sim nodegroup"),
            "NAME  MIN  MAX  DESIRED  NODES  \npool  1    3    3        2      \n");
  run_for(seconds(50));
  EXPECT_EQ(nodes().find("pool-3"), std::string::npos);
  run_for(seconds(20));
  EXPECT_NE(nodes().find("pool-3 Ready us-west-2a"), std::string::npos);
  EXPECT_EQ(type("sim nodegroup scale pool 4"),
            "sim: node group pool has from 1 to 3 machines: 4 cannot be\n");
  EXPECT_EQ(type("sim nodegroup scale pol 1"),
            "sim: there is no node group \"pol\"; did you mean \"pool\"?\n");
}

TEST_F(NodeGroupTest, EksctlSaysWhatEksctlSays) {
  EXPECT_EQ(type("eksctl get nodegroup --cluster c"),
            "CLUSTER\tNODEGROUP\tSTATUS\tMIN SIZE\tMAX SIZE\tDESIRED CAPACITY\n"
            "c\tpool\tACTIVE\t1\t3\t2\n");
  EXPECT_EQ(type("eksctl scale nodegroup --cluster c --name pool --nodes 5"),
            "Error: the desired nodes 5 is greater than current nodes-max/maxSize 3\n");
  EXPECT_NE(type("eksctl scale nodegroup --cluster c --name pool --nodes 5 --nodes-max 5")
                .find("scaling nodegroup \"pool\" in cluster c"),
            std::string::npos);
  run_for(minutes(2));
  EXPECT_NE(nodes().find("pool-5 Ready"), std::string::npos);
}

TEST_F(NodeGroupTest, ASmallerGroupEmptiesItsMachinesFirst) {
  deploy("web", 2, "500m", "      nodeSelector: {tier: pool}\n");
  run_for(seconds(10));
  EXPECT_EQ(places("web"), "pool-1\npool-2\n");
  type("sim nodegroup scale pool 1");
  run_for(seconds(2));
  EXPECT_NE(nodes().find("pool-1 Ready,SchedulingDisabled"), std::string::npos);
  run_for(seconds(30));
  EXPECT_EQ(nodes(), "base Ready us-west-2a\npool-2 Ready us-west-2b\n");
  EXPECT_EQ(places("web"), "pool-2\npool-2\n");
  EXPECT_EQ(type("sim node start pool-1").find("sim: there is no node \"pool-1\""), 0U);
}

TEST_F(NodeGroupTest, ABudgetHoldsAMachineForAQuarterOfAnHour) {
  deploy("web", 2, "500m", "      nodeSelector: {tier: pool}\n");
  type("kubectl create pdb web --selector=app=web --min-available=2");
  run_for(seconds(20));
  type("sim nodegroup scale pool 1");
  run_for(minutes(14));
  EXPECT_EQ(places("web"), "pool-1\npool-2\n");
  run_for(minutes(3));
  EXPECT_EQ(nodes(), "base Ready us-west-2a\npool-2 Ready us-west-2b\n");
  EXPECT_EQ(places("web"), "pool-2\npool-2\n");
}

TEST_F(NodeGroupTest, WhatADeletedMachineLeavesTheGroupMakesAgain) {
  type("sim node delete pool-2");
  run_for(minutes(2));
  EXPECT_EQ(nodes(), "base Ready us-west-2a\npool-1 Ready us-west-2a\npool-3 Ready us-west-2b\n");
}

TEST_F(NodeGroupTest, MistakesInADescriptionAreSaid) {
  const auto wrong = [](const std::string& groups) -> std::string {
    try {
      parse_cluster("{\"podsight\": 1, \"cluster\": {\"nodeGroups\": " + groups + "}}", "c.json");
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(wrong(R"([{"name": "a", "min": 3, "max": 2}])").find("\"max\" is less than \"min\""),
            std::string::npos);
  EXPECT_NE(wrong(R"([{"name": "a", "max": 2, "desired": 5}])").find("from 0 to 2"),
            std::string::npos);
  EXPECT_NE(wrong(R"([{"name": "a", "max": 2}, {"name": "a", "max": 2}])")
                .find("a second node group \"a\""),
            std::string::npos);
  EXPECT_NE(wrong(R"([{"name": "A_b", "max": 2}])").find("cannot be the name of a node group"),
            std::string::npos);
  EXPECT_NE(wrong(R"([{"name": "a", "max": 2}], "nodes": [{"name": "a-1"}])")
                .find("node \"a-1\" has a name that the group gives"),
            std::string::npos);
  EXPECT_NE(wrong(R"([], "nodes": [{"name": "n"}], "autoscaler": true)")
                .find("there is no node group for it to scale"),
            std::string::npos);
  EXPECT_NE(
      wrong(R"([{"name": "a", "max": 2}], "loads": [{"of": "web", "cpu": 1}])").find("whose load?"),
      std::string::npos);
}

class ClusterAutoscalerTest : public NodeGroupTest {
 protected:
  void SetUp() override { open("\"autoscaler\": true,"); }
};

TEST_F(ClusterAutoscalerTest, PodsWithoutRoomMakeAGroupGrow) {
  deploy("web", 4, "1500m");
  run_for(seconds(15));
  EXPECT_EQ(told("TriggeredScaleUp"), "pod triggered scale-up: [{pool 2->3 (max: 3)}]\n");
  run_for(seconds(75));
  EXPECT_EQ(places("web"), "base\npool-1\npool-2\npool-3\n");
  simulation_->run_until_settled(simulation_->world().now() + minutes(10));
  const std::uint64_t revision = simulation_->world().revision();
  run_for(minutes(30));
  EXPECT_EQ(simulation_->world().revision(), revision);
  type("kubectl scale deployment web --replicas=5");
  run_for(seconds(20));
  EXPECT_EQ(told("NotTriggerScaleUp"),
            "pod didn't trigger scale-up: 1 max node group size reached\n");
}

TEST_F(ClusterAutoscalerTest, ItSaysWhyANodeMoreWouldNotHelp) {
  deploy("large", 1, "4");
  deploy("ssd", 1, "100m", "      nodeSelector: {disk: ssd}\n");
  run_for(minutes(2));
  const std::string all = told("NotTriggerScaleUp");
  EXPECT_NE(all.find("pod didn't trigger scale-up: 1 Insufficient cpu\n"), std::string::npos)
      << all;
  EXPECT_NE(all.find("1 node(s) didn't match Pod's node affinity/selector\n"), std::string::npos)
      << all;
  EXPECT_EQ(type("sim nodegroup"),
            "NAME  MIN  MAX  DESIRED  NODES  \npool  1    3    2        2      \n");
}

TEST_F(ClusterAutoscalerTest, AnEmptyNodeGoesAfterTenMinutes) {
  run_for(minutes(1));
  EXPECT_EQ(type("kubectl get node pool-1 -o jsonpath='{.spec.taints[*].key}'"),
            "DeletionCandidateOfClusterAutoscaler");
  run_for(minutes(8));
  EXPECT_NE(nodes().find("pool-1"), std::string::npos);
  run_for(minutes(2));
  EXPECT_EQ(nodes(), "base Ready us-west-2a\npool-2 Ready us-west-2b\n");
  EXPECT_NE(told("ScaleDownEmpty").find("Scale-down: removing empty node \"pool-1\"\n"),
            std::string::npos);
  EXPECT_NE(told("ScaleDownEmpty").find("Scale-down: empty node pool-1 removed\n"),
            std::string::npos);
  run_for(minutes(30));  // the group keeps one
  EXPECT_EQ(nodes(), "base Ready us-west-2a\npool-2 Ready us-west-2b\n");
}

TEST_F(ClusterAutoscalerTest, LocalStorageKeepsANodeUnlessItIsSafe) {
  const std::string spread =
      "      nodeSelector: {tier: pool}\n"
      "      volumes: [{name: cache, emptyDir: {}}]\n";
  const std::string mount = ", volumeMounts: [{name: cache, mountPath: /cache}]";
  deploy("web", 2, "300m", spread, mount);
  run_for(minutes(15));
  EXPECT_EQ(places("web"), "pool-1\npool-2\n");
  deploy("web", 2, "300m", spread, mount,
         "{cluster-autoscaler.kubernetes.io/safe-to-evict: \"true\"}");
  run_for(minutes(1));
  EXPECT_EQ(places("web"), "pool-1\npool-2\n");
  const std::string pod = type(
      "kubectl get pods -l app=web --field-selector spec.nodeName=pool-1 "
      "-o jsonpath={.items[0].metadata.name}");
  type("kubectl exec " + pod + " -- touch /cache/a");
  run_for(minutes(12));
  EXPECT_EQ(places("web"), "pool-2\npool-2\n");
  EXPECT_EQ(
      told("ScaleDown").find("marked the node as toBeDeleted/unschedulable\n") == std::string::npos,
      false);
  EXPECT_NE(told("ScaleDown").find("deleting pod for node scale down\n"), std::string::npos);
  EXPECT_NE(told("ScaleDown").find("Scale-down: removing node pool-1, utilization: {0.15"),
            std::string::npos);
  const std::string fresh = type(
      "kubectl get pods -l app=web --sort-by=.metadata.creationTimestamp "
      "-o jsonpath={.items[1].metadata.name}");
  const std::string why = type("sim why " + fresh + " /cache/a");
  EXPECT_NE(why.find("LOST_WITH_POD"), std::string::npos) << why;
  EXPECT_NE(why.find("the cluster autoscaler removed node pool-1"), std::string::npos) << why;
}

TEST_F(ClusterAutoscalerTest, ABarePodAndABudgetKeepTheirNodes) {
  type(
      "kubectl run bare --image=busybox --overrides='{\"spec\": {\"nodeName\": \"pool-1\"}}' "
      "--command -- sleep 1d");
  deploy("web", 1, "100m", "      nodeSelector: {kubernetes.io/hostname: pool-2}\n");
  run_for(minutes(15));
  EXPECT_NE(nodes().find("pool-1"), std::string::npos);
  EXPECT_NE(nodes().find("pool-2"), std::string::npos);  // its pod fits nowhere else
  type("kubectl delete pod bare --now");
  run_for(minutes(12));
  EXPECT_EQ(nodes().find("pool-1"), std::string::npos);
}

}  // namespace
}  // namespace sim::testing
