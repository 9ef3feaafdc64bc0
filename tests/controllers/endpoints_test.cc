// Where the pods of a Service are, by readiness; and budgets, which look at pods the same way.
#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/model/service_types.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class EndpointsTest : public WorldTest {
 protected:
  void serve(const std::string& spec) {
    write("svc.yaml",
          fmt::format("apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {}\n", spec));
    type("kubectl apply -f svc.yaml");
    EXPECT_EQ(status(), 0);
    settle();
  }
  void deploy(int replicas) {
    write("web.yaml", deployment("web", replicas));
    type("kubectl apply -f web.yaml");
    settle();
  }
  const Endpoints* endpoints() { return world().find<Endpoints>("default", "web"); }
};

TEST_F(EndpointsTest, FollowThePods) {
  serve("{selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}");
  ASSERT_NE(endpoints(), nullptr);
  EXPECT_TRUE(endpoints()->subsets.empty());
  EXPECT_EQ(type("kubectl get endpoints web --no-headers | tr -s ' ' | cut -d' ' -f1,2"),
            "web <none>\n");
  deploy(2);
  ASSERT_EQ(endpoints()->subsets.size(), 1u);
  EXPECT_EQ(endpoints()->subsets.front().addresses.size(), 2u);
  EXPECT_EQ(endpoints()->subsets.front().ports.front().port, 8080);
  type("kubectl scale deploy web --replicas=1");
  settle();
  EXPECT_EQ(endpoints()->subsets.front().addresses.size(), 1u);
  type("kubectl delete svc web");
  settle();
  EXPECT_EQ(endpoints(), nullptr);
  EXPECT_EQ(world().store().count(Kind::EndpointSlice), 0u);
}

TEST_F(EndpointsTest, OneThatIsNotReadyStandsApart) {
  serve("{selector: {app: web}, ports: [{port: 80}]}");
  write("pod.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: web
    image: nginx:1.25
    readinessProbe: {exec: {command: [test, -f, /ready]}, periodSeconds: 1}
)");
  type("kubectl apply -f pod.yaml");
  run_for(seconds(10));
  ASSERT_EQ(endpoints()->subsets.size(), 1u);
  EXPECT_TRUE(endpoints()->subsets.front().addresses.empty());
  EXPECT_EQ(endpoints()->subsets.front().not_ready_addresses.size(), 1u);
  type("kubectl exec web -- touch /ready");
  run_for(seconds(5));
  EXPECT_EQ(endpoints()->subsets.front().addresses.size(), 1u);
  EXPECT_TRUE(endpoints()->subsets.front().not_ready_addresses.empty());
}

TEST_F(EndpointsTest, ALabelThatAppearsLaterCounts) {
  deploy(1);
  serve("{selector: {role: front}, ports: [{port: 80}]}");
  EXPECT_TRUE(endpoints()->subsets.empty());
  type("kubectl label pod -l app=web role=front");
  settle();
  EXPECT_EQ(endpoints()->subsets.size(), 1u);
  type("kubectl label pod -l app=web role-");
  settle();
  EXPECT_TRUE(endpoints()->subsets.empty());
}

TEST_F(EndpointsTest, ABudgetHoldsAnEvictionBack) {
  deploy(2);
  EXPECT_EQ(type("kubectl create pdb web --selector=app=web --min-available=2"),
            "poddisruptionbudget.policy/web created\n");
  settle();
  EXPECT_EQ(type("kubectl get pdb --no-headers | tr -s ' ' | cut -d' ' -f1-4"), "web 2 N/A 0\n");
  const Pod& pod = *world().get<Pod>(world().store().list(Kind::Pod, "default").front());
  const std::string node = pod.node_name.str();
  const std::string text = type(fmt::format(
      "kubectl drain {} --ignore-daemonsets --delete-emptydir-data --timeout=8s", node));
  EXPECT_NE(text.find("Cannot evict pod as it would violate the pod's disruption budget."),
            std::string::npos)
      << text;
  type("kubectl uncordon node-a node-b");
  type("kubectl scale deploy web --replicas=3");
  settle();
  EXPECT_EQ(world().find<PodDisruptionBudget>("default", "web")->status.disruptions_allowed, 1);
}

TEST_F(EndpointsTest, PriorityComesFromAClass) {
  EXPECT_EQ(type("kubectl create priorityclass high --value=1000 --global-default"),
            "priorityclass.scheduling.k8s.io/high created\n");
  deploy(1);
  const Pod& pod = *world().get<Pod>(world().store().list(Kind::Pod, "default").front());
  EXPECT_EQ(*pod.spec->priority, 1000);
  EXPECT_EQ(pod.spec->priority_class_name, "high");
  EXPECT_NE(
      type("kubectl create pc other --value=5 --global-default")
          .find("PriorityClass high is already marked as default. Only one default can exist"),
      std::string::npos);
}

}  // namespace
}  // namespace sim::testing
