// kubectl scale, with kubectl 1.32's texts.
#include "sim/base/format.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class ScaleTest : public WorldTest {
 protected:
  ScaleTest() {
    write("web.yaml", deployment("web", 1));
    write("api.yaml", deployment("api", 1));
    type("kubectl apply -f web.yaml -f api.yaml");
    settle();
  }
  const Deployment& get(const std::string& name) {
    return *world().find<Deployment>("default", name);
  }
};

TEST_F(ScaleTest, ChangesTheNumberOfPods) {
  EXPECT_EQ(type("kubectl scale deployment/web --replicas=3"), "deployment.apps/web scaled\n");
  EXPECT_EQ(status(), 0);
  settle();
  EXPECT_EQ(get("web").spec.replicas, 3);
  EXPECT_EQ(get("web").status.available_replicas, 3);
  EXPECT_EQ(get("api").spec.replicas, 1);
  EXPECT_EQ(type("kubectl scale --replicas 0 deploy web"), "deployment.apps/web scaled\n");
  settle();
  EXPECT_EQ(get("web").status.replicas, 0);
}

TEST_F(ScaleTest, SaysTheSameWhenNothingChanges) {
  const std::uint64_t version = get("web").meta.resource_version;
  EXPECT_EQ(type("kubectl scale deployment/web --replicas=1"), "deployment.apps/web scaled\n");
  EXPECT_EQ(get("web").meta.resource_version, version);
}

TEST_F(ScaleTest, SeveralAndSelected) {
  EXPECT_EQ(type("kubectl scale deployment/web deployment/api --replicas=2"),
            "deployment.apps/web scaled\ndeployment.apps/api scaled\n");
  EXPECT_EQ(type("kubectl scale deployment -l app=web --replicas=3"),
            "error: no objects passed to scale\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl scale deployment --all --replicas=2"),
            "deployment.apps/api scaled\ndeployment.apps/web scaled\n");
  EXPECT_EQ(type("kubectl scale -f web.yaml --replicas=1"), "deployment.apps/web scaled\n");
  EXPECT_EQ(type("kubectl scale deployment/web deployment/nosuch --replicas=1"),
            "deployment.apps/web scaled\n"
            "Error from server (NotFound): deployments.apps \"nosuch\" not found\n");
  EXPECT_EQ(status(), 1);
}

TEST_F(ScaleTest, ReplicaSetsAreScaledAndTakenBackByTheirOwner) {
  const std::string name =
      world()
          .get<ReplicaSet>(
              world().store().controlled_by(get("web").meta.uid, Kind::ReplicaSet).front())
          ->meta.name.str();
  EXPECT_EQ(type("kubectl scale rs/" + name + " --replicas=2"),
            fmt::format("replicaset.apps/{} scaled\n", name));
  settle();
  EXPECT_EQ(get("web").status.replicas, 1);
}

TEST_F(ScaleTest, Preconditions) {
  EXPECT_EQ(type("kubectl scale deployment/web --replicas=3 --current-replicas=5"),
            "error: Expected replicas to be 5, was 1\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl scale deployment/web --replicas=2 --current-replicas=1"),
            "deployment.apps/web scaled\n");
  const std::string version = std::to_string(get("api").meta.resource_version);
  EXPECT_EQ(type("kubectl scale deployment/api --replicas=2 --resource-version=1x"),
            "error: Expected resource version to be 1x, was " + version + "\n");
  EXPECT_EQ(type("kubectl scale deployment/api --replicas=2 --resource-version=" + version),
            "deployment.apps/api scaled\n");
  EXPECT_EQ(type("kubectl scale deployment/api deployment/web --replicas=2 --resource-version=1"),
            "error: cannot use --resource-version with multiple resources\n");
}

TEST_F(ScaleTest, TimeoutWaitsForThePods) {
  EXPECT_EQ(type("kubectl scale deployment/web --replicas=3 --timeout=1m"),
            "deployment.apps/web scaled\n");
  EXPECT_EQ(get("web").status.replicas, 3);
  type("kubectl rollout pause deployment/web");
  // A stopped controller would never get there; so many pods are not made in no time either.
  EXPECT_EQ(type("kubectl scale deployment/web --replicas=90 --timeout=1ms"),
            "error: timed out waiting for \"web\" to be synced\n");
  EXPECT_EQ(status(), 1);
}

TEST_F(ScaleTest, DryRunsChangeNothing) {
  EXPECT_EQ(type("kubectl scale deployment/web --replicas=3 --dry-run=client"),
            "deployment.apps/web scaled (dry run)\n");
  EXPECT_EQ(type("kubectl scale deployment/web --replicas=3 --dry-run=server"),
            "deployment.apps/web scaled (server dry run)\n");
  EXPECT_EQ(type("kubectl scale deployment/web --replicas=3 --dry-run=some"),
            "error: Invalid dry-run value (some). Must be \"none\", \"server\", or \"client\".\n");
  EXPECT_EQ(type("kubectl scale deployment/web --replicas=1 -o name"), "deployment.apps/web\n");
  EXPECT_EQ(get("web").spec.replicas, 1);
}

TEST_F(ScaleTest, Mistakes) {
  EXPECT_EQ(type("kubectl scale deployment/web"), "error: required flag(s) \"replicas\" not set\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl scale deployment/web --replicas=x"),
            "error: invalid argument \"x\" for \"--replicas\" flag: strconv.ParseInt: parsing "
            "\"x\": invalid syntax\nSee 'kubectl scale --help' for usage.\n");
  EXPECT_EQ(type("kubectl scale deployment/web --replicas=99999999999999999999"),
            "error: invalid argument \"99999999999999999999\" for \"--replicas\" flag: "
            "strconv.ParseInt: parsing \"99999999999999999999\": value out of range\n"
            "See 'kubectl scale --help' for usage.\n");
  EXPECT_EQ(type("kubectl scale deployment/web --replicas=2 --timeout=5"),
            "error: invalid argument \"5\" for \"--timeout\" flag: time: missing unit in duration "
            "\"5\"\nSee 'kubectl scale --help' for usage.\n");
  EXPECT_EQ(type("kubectl scale deployment/web --replicas=2 --bogus"),
            "error: unknown flag: --bogus\nSee 'kubectl scale --help' for usage.\n");
  EXPECT_EQ(
      type("kubectl scale deployment/web --replicas=-1"),
      "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to "
      "0\n");
  EXPECT_EQ(type("kubectl scale deployment/web --replicas=1 --current-replicas=-2"),
            "error: The --current-replicas must specify an integer of -1 or greater\n");
  EXPECT_EQ(type("kubectl scale deployment/nosuch --replicas=2"),
            "error: no objects passed to scale deployments.apps \"nosuch\" not found\n");
  EXPECT_EQ(type("kubectl scale deploy/a deploy/b --replicas=2"),
            "error: no objects passed to scale [deployments.apps \"a\" not found, "
            "deployments.apps \"b\" not found]\n");
  EXPECT_EQ(type("kubectl scale deployment --replicas=2"),
            "error: resource(s) were provided, but no name was specified\n");
  EXPECT_EQ(type("kubectl scale configmap/kube-root-ca.crt --replicas=2"),
            "Error from server (NotFound): the server could not find the requested resource\n");
  EXPECT_EQ(get("web").spec.replicas, 1);
}

}  // namespace
}  // namespace sim::testing
