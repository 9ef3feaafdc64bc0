// The horizontal pod autoscaler and what it goes by: a modelled load, and the late and partial view
// of it that metrics-server gives.
#include <string>

#include "sim/base/format.h"
#include "sim/engine/simulation.h"
#include "tests/support/columns.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class HorizontalAutoscalerTest : public WorldTest {
 protected:
  void SetUp() override {
    type("eksctl create addon --cluster c --name metrics-server");
    type("kubectl create deployment web --image=nginx");
  }
  /// An autoscaler of deployment/web for half of the 200m that each pod asks for.
  void scaled(const std::string& more = "") {
    type("kubectl set resources deployment web --requests=cpu=200m,memory=100Mi");
    write("hpa.yaml", fmt::format(R"(apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: web}}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}
  minReplicas: 1
  maxReplicas: 10
  metrics:
    - type: Resource
      resource: {{name: cpu, target: {{type: Utilization, averageUtilization: 50}}}}
{})",
                                  more));
    EXPECT_EQ(type("kubectl apply -f hpa.yaml"),
              "horizontalpodautoscaler.autoscaling/web created\n");
    run_for(minutes(2));
    EXPECT_EQ(targets(), "cpu: 0%/50% 1\n");
  }
  std::string targets() { return pick(type("kubectl get hpa web --no-headers"), {3, 4, 7}); }
  std::string replicas() { return type("kubectl get deployment web -o jsonpath={.spec.replicas}"); }
  std::string conditions() {
    return type(
        "kubectl get hpa web -o jsonpath='{range .status.conditions[*]}{.type}={.status} "
        "{.reason}{\"\\n\"}{end}'");
  }
  std::string told(const std::string& reason) {
    return type("kubectl get events --no-headers --field-selector reason=" + reason +
                " -o custom-columns=M:.message");
  }
};

TEST_F(HorizontalAutoscalerTest, LoadMakesItGrowAtOnceAndShrinkAfterFiveMinutes) {
  scaled();
  const std::string active = "ScalingActive=True ValidMetricFound\n";
  EXPECT_EQ(conditions(), "AbleToScale=True ScaleDownStabilized\n" + active +
                              "ScalingLimited=False DesiredWithinRange\n");
  run_for(minutes(5));
  EXPECT_EQ(conditions(), "AbleToScale=True ReadyForNewScale\n" + active +
                              "ScalingLimited=True TooFewReplicas\n");
  type("sim load deployment/web cpu=500m");
  run_for(seconds(90));
  EXPECT_EQ(targets(), "cpu: 50%/50% 5\n");
  EXPECT_NE(told("SuccessfulRescale")
                .find("reason: cpu resource utilization (percentage of request) above target"),
            std::string::npos);
  type("sim load deployment/web cpu=100m");
  run_for(minutes(4));
  EXPECT_EQ(targets(), "cpu: 10%/50% 5\n");
  EXPECT_NE(conditions().find("AbleToScale=True ScaleDownStabilized"), std::string::npos);
  run_for(minutes(2));
  EXPECT_EQ(targets(), "cpu: 50%/50% 1\n");
  EXPECT_NE(told("SuccessfulRescale").find("New size: 1; reason: All metrics below target"),
            std::string::npos);
}

TEST_F(HorizontalAutoscalerTest, WhatDoesNotChangeLetsTheClusterSettle) {
  scaled();
  type("sim load deployment/web cpu=500m");
  run_for(minutes(3));
  settle();
  EXPECT_EQ(world().busy(), 0);
  const std::uint64_t revision = world().revision();
  run_for(minutes(30));
  EXPECT_EQ(world().revision(), revision);
  const Id id = world().store().find(Kind::HorizontalPodAutoscaler, "default", "web");
  const Plan plan =
      decide(world(), {Actor::Autoscaler, Kind::HorizontalPodAutoscaler, false, id, 0});
  EXPECT_TRUE(plan.writes.empty());
  EXPECT_TRUE(plan.events.empty());
}

TEST_F(HorizontalAutoscalerTest, ToleranceBoundsAndSpeed) {
  scaled();
  type("sim load deployment/web cpu=109m");  // 54% of 200m: within a tenth of the target
  run_for(minutes(2));
  EXPECT_EQ(targets(), "cpu: 54%/50% 1\n");
  type("sim load deployment/web cpu=10");  // a hundred pods' worth
  run_for(seconds(30));
  EXPECT_EQ(replicas(), "8");  // four at once, then twice as many
  EXPECT_NE(told("SuccessfulRescale").find("New size: 4; "), std::string::npos);
  EXPECT_NE(conditions().find("ScalingLimited=True ScaleUpLimit"), std::string::npos);
  run_for(minutes(2));
  EXPECT_EQ(replicas(), "10");
  EXPECT_NE(conditions().find("ScalingLimited=True TooManyReplicas"), std::string::npos);
}

TEST_F(HorizontalAutoscalerTest, RequestsThatAreMissingAreSaid) {
  type("kubectl autoscale deployment web --cpu-percent=50 --min=1 --max=3");
  run_for(minutes(1));
  EXPECT_EQ(targets(), "cpu: <unknown>/50% 1\n");
  EXPECT_NE(
      told("FailedGetResourceMetric")
          .find("failed to get cpu utilization: missing request for cpu in container nginx of "
                "Pod web-"),
      std::string::npos);
  EXPECT_NE(told("FailedComputeMetricsReplicas")
                .find("invalid metrics (1 invalid out of 1), first error is: failed to get cpu "
                      "resource metric value: failed to get cpu utilization: missing request"),
            std::string::npos);
  EXPECT_NE(conditions().find("ScalingActive=False FailedGetResourceMetric"), std::string::npos);
}

TEST_F(HorizontalAutoscalerTest, WithoutMetricsServerNothingIsKnown) {
  type("eksctl delete addon --cluster c --name metrics-server");
  EXPECT_EQ(type("kubectl top pods"), "error: Metrics API not available\n");
  type("kubectl set resources deployment web --requests=cpu=200m");
  type("kubectl autoscale deployment web --cpu-percent=50 --min=1 --max=3");
  run_for(minutes(1));
  EXPECT_NE(
      told("FailedGetResourceMetric")
          .find("unable to fetch metrics from resource metrics API: the server could not find "
                "the requested resource (get pods.metrics.k8s.io)"),
      std::string::npos);
}

TEST_F(HorizontalAutoscalerTest, ATargetThatIsNotThereOrHasNoPods) {
  type("kubectl set resources deployment web --requests=cpu=200m");
  type("kubectl autoscale deployment web --cpu-percent=50 --min=2 --max=3");
  run_for(minutes(1));
  EXPECT_EQ(replicas(), "2");
  EXPECT_EQ(told("SuccessfulRescale"),
            "New size: 2; reason: Current number of replicas below Spec.MinReplicas\n");
  type("kubectl scale deployment web --replicas=7");
  run_for(seconds(30));
  EXPECT_NE(told("SuccessfulRescale")
                .find("New size: 3; reason: Current number of replicas above Spec.MaxReplicas"),
            std::string::npos);
  type("kubectl scale deployment web --replicas=0");
  run_for(minutes(1));
  EXPECT_EQ(replicas(), "0");
  EXPECT_NE(conditions().find("ScalingActive=False ScalingDisabled"), std::string::npos);
  type("kubectl delete deployment web");
  type("kubectl patch hpa web --type merge -p '{\"spec\": {\"maxReplicas\": 4}}'");
  run_for(seconds(30));
  EXPECT_EQ(told("FailedGetScale"), "deployments.apps \"web\" not found\n");
}

TEST_F(HorizontalAutoscalerTest, ApplyingReplicasFightsIt) {
  scaled();
  type("sim load deployment/web cpu=500m");
  run_for(minutes(2));
  EXPECT_EQ(replicas(), "5");
  type("kubectl scale deployment web --replicas=1");
  EXPECT_EQ(replicas(), "1");
  run_for(minutes(1));
  EXPECT_EQ(replicas(), "5");
}

TEST_F(HorizontalAutoscalerTest, BehaviorSetsThePace) {
  scaled(R"(  behavior:
    scaleUp: {policies: [{type: Pods, value: 1, periodSeconds: 60}]}
    scaleDown: {stabilizationWindowSeconds: 0, policies: [{type: Percent, value: 50, periodSeconds: 60}]}
)");
  type("sim load deployment/web cpu=400m");
  run_for(seconds(45));
  EXPECT_EQ(replicas(), "2");
  run_for(minutes(4));
  EXPECT_EQ(replicas(), "4");
  type("sim load deployment/web none");
  run_for(seconds(45));
  EXPECT_EQ(replicas(), "2");
  run_for(minutes(1));
  EXPECT_EQ(replicas(), "1");
}

TEST_F(HorizontalAutoscalerTest, AverageValuesAndMemory) {
  type("kubectl create deployment db --image=nginx");
  write("hpa.yaml", R"(apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: db}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: db}
  maxReplicas: 6
  metrics:
    - type: Resource
      resource: {name: memory, target: {type: AverageValue, averageValue: 100Mi}}
)");
  type("kubectl apply -f hpa.yaml; sim load deployment/db memory=300Mi");
  run_for(minutes(3));
  EXPECT_EQ(pick(type("kubectl get hpa db --no-headers"), {3, 4, 7}),
            "memory: 104857600/100Mi 3\n");
  EXPECT_NE(type("kubectl describe hpa db").find("resource memory on pods:  104857600 / 100Mi"),
            std::string::npos);
}

TEST_F(HorizontalAutoscalerTest, TheFirstVersionIsTakenToo) {
  write("hpa.yaml", R"(apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 4
  targetCPUUtilizationPercentage: 60
)");
  EXPECT_EQ(type("kubectl apply -f hpa.yaml"), "horizontalpodautoscaler.autoscaling/web created\n");
  EXPECT_EQ(targets(), "cpu: <unknown>/60% 0\n");
  EXPECT_EQ(type("kubectl apply -f hpa.yaml"),
            "horizontalpodautoscaler.autoscaling/web unchanged\n");
}

TEST_F(HorizontalAutoscalerTest, TopTellsWhatMetricsServerHasSeen) {
  EXPECT_EQ(type("kubectl top pods"), "error: metrics not available yet\n");
  EXPECT_EQ(type("kubectl top pod nosuch"),
            "Error from server (NotFound): podmetrics.metrics.k8s.io \"default/nosuch\" not "
            "found\n");
  run_for(minutes(1));
  const std::string pod = type("kubectl get pods -o jsonpath={.items[0].metadata.name}");
  type("sim load deployment/web cpu=300m memory=64Mi");
  run_for(minutes(1));
  EXPECT_EQ(type("kubectl top pods"),
            fmt::format("NAME{}CPU(cores)   MEMORY(bytes)   \n{}   300m         64Mi            \n",
                        std::string(pod.size() - 1, ' '), pod));
  EXPECT_EQ(pick(type("kubectl top pods --no-headers --containers"), {2, 3, 4}),
            "nginx 300m 64Mi\n");
  EXPECT_EQ(pick(type("kubectl top node --no-headers --sort-by=cpu"), {2, 3, 4, 5}),
            "350m 8% 464Mi 2%\n50m 1% 400Mi 2%\n");
  EXPECT_EQ(type("kubectl top pods --sort-by=disk"),
            "error: --sort-by accepts only cpu or memory\n");
}

TEST_F(HorizontalAutoscalerTest, LoadsAreSharedCappedAndMayChangeByThemselves) {
  type("kubectl scale deployment web --replicas=2");
  run_for(minutes(1));
  const auto cpus = [&] { return pick(type("kubectl top pods --no-headers"), {2}); };
  type("sim load deployment/web cpu=300m at 5m over 2m cpu=700m at 10m cpu=100m");
  EXPECT_EQ(type("sim load"),
            "default/Deployment/web cpu=300m, then in 5m cpu=300m, changing until in 7m "
            "cpu=700m, then in 10m cpu=100m\n");
  run_for(minutes(1));
  EXPECT_EQ(cpus(), "150m\n150m\n");
  run_for(minutes(7));
  EXPECT_EQ(cpus(), "350m\n350m\n");
  run_for(minutes(3));
  EXPECT_EQ(cpus(), "50m\n50m\n");
  type("kubectl set resources deployment web --limits=cpu=100m");
  type("sim load deployment/web cpu=400m --per-pod");
  run_for(minutes(2));
  EXPECT_EQ(cpus(), "100m\n100m\n");
  type("sim load deployment/web none");
  EXPECT_EQ(type("sim load"), "no workload has any load\n");
  run_for(minutes(1));
  EXPECT_EQ(cpus(), "1m\n1m\n");
}

TEST_F(HorizontalAutoscalerTest, WhatIsWrongWithALoadIsSaid) {
  const auto wrong = [&](const std::string& words) { return type("sim load " + words); };
  EXPECT_NE(wrong("web cpu=1").find("whose load? For example deployment/web"), std::string::npos);
  EXPECT_NE(wrong("service/web cpu=1").find("\"service/web\" has no load"), std::string::npos);
  EXPECT_NE(wrong("deployment/web").find("how much? For example cpu=1500m"), std::string::npos);
  EXPECT_NE(wrong("deployment/web cpu=lots").find("\"cpu=lots\" is no amount"), std::string::npos);
  EXPECT_NE(wrong("deployment/web cpu=1 at soon cpu=2").find("at takes a time: at 5m"),
            std::string::npos);
  EXPECT_NE(wrong("deployment/wep cpu=1").find("there is no deployment \"wep\""),
            std::string::npos);
  EXPECT_EQ(status(), 1);
}

}  // namespace
}  // namespace sim::testing
