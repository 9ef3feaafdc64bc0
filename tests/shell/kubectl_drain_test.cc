// kubectl drain, with kubectl 1.32's texts: what it refuses, whom it evicts, how long it waits.
#include <algorithm>
#include <string>
#include <vector>

#include "sim/base/format.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class DrainTest : public WorldTest {
 protected:
  /// A pod of its own on a node; `more` are further fields of its spec.
  void pod(const std::string& name, const std::string& node, const std::string& more = "",
           const std::string& meta = "") {
    write("pod.yaml", fmt::format(R"(apiVersion: v1
kind: Pod
metadata: {{name: {}{}}}
spec:
  nodeName: {}
  containers: [{{name: c, image: busybox, command: [sleep, 1d]}}]
{})",
                                  name, meta, node, more));
    EXPECT_EQ(type("kubectl apply -f pod.yaml"), fmt::format("pod/{} created\n", name));
    settle();
  }
  void deploy(int replicas) {
    type(fmt::format("kubectl create deployment web --image=nginx --replicas={}", replicas));
    settle();
  }
  bool is_there(const std::string& name) { return world().find<Pod>("default", name) != nullptr; }
  /// The names of the pods of a node, in order.
  std::vector<std::string> pods_on(const std::string& node) {
    std::vector<std::string> names;
    for (const Id id : world().store().pods_on(node)) {
      names.push_back(world().get<Pod>(id)->meta.name.str());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
};

TEST_F(DrainTest, ThePodsOfADeploymentMove) {
  deploy(4);
  const std::vector<std::string> pods = pods_on("node-a");
  ASSERT_EQ(pods.size(), 2u);
  EXPECT_EQ(type("kubectl drain node-a"),
            fmt::format("node/node-a cordoned\nevicting pod default/{0}\nevicting pod default/{1}\n"
                        "pod/{0} evicted\npod/{1} evicted\nnode/node-a drained\n",
                        pods[0], pods[1]));
  EXPECT_EQ(status(), 0);
  EXPECT_TRUE(pods_on("node-a").empty());
  settle();
  EXPECT_EQ(pods_on("node-b").size(), 4u);
  EXPECT_NE(type("kubectl get nodes").find("node-a   Ready,SchedulingDisabled"), std::string::npos);
  EXPECT_EQ(type("kubectl drain node-a"), "node/node-a already cordoned\nnode/node-a drained\n");
  EXPECT_EQ(type("kubectl uncordon node-a"), "node/node-a uncordoned\n");
}

TEST_F(DrainTest, ItWaitsForTheGracePeriod) {
  pod("slow", "node-a", "  terminationGracePeriodSeconds: 20\n");
  const Time before = world().now();
  EXPECT_EQ(type("kubectl drain node-a --force"),
            "node/node-a cordoned\n"
            "Warning: deleting Pods that declare no controller: default/slow\n"
            "evicting pod default/slow\n"
            "pod/slow evicted\n"
            "node/node-a drained\n");
  EXPECT_GE(world().now() - before, seconds(20));
  EXPECT_LE(world().now() - before, seconds(23));
}

TEST_F(DrainTest, AGracePeriodOfItsOwn) {
  pod("slow", "node-a", "  terminationGracePeriodSeconds: 100\n");
  const Time before = world().now();
  type("kubectl drain node-a --force --grace-period=2");
  EXPECT_EQ(status(), 0);
  EXPECT_LE(world().now() - before, seconds(6));
}

TEST_F(DrainTest, WhatItRefuses) {
  pod("bare", "node-a");
  pod("local", "node-a", "  volumes: [{name: d, emptyDir: {}}]\n");
  EXPECT_EQ(type("kubectl drain node-a"),
            "node/node-a cordoned\n"
            "error: unable to drain node \"node-a\" due to error: [cannot delete Pods that declare "
            "no controller (use --force to override): default/bare, cannot delete Pods with local "
            "storage (use --delete-emptydir-data to override): default/local], continuing "
            "command...\n"
            "There are pending nodes to be drained:\n"
            " node-a\n"
            "[cannot delete Pods that declare no controller (use --force to override): "
            "default/bare, cannot delete Pods with local storage (use --delete-emptydir-data to "
            "override): default/local]\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl drain node-a --force"),
            "node/node-a already cordoned\n"
            "error: unable to drain node \"node-a\" due to error: cannot delete Pods with local "
            "storage (use --delete-emptydir-data to override): default/local, continuing "
            "command...\n"
            "There are pending nodes to be drained:\n"
            " node-a\n"
            "cannot delete Pods with local storage (use --delete-emptydir-data to override): "
            "default/local\n");
  EXPECT_TRUE(is_there("bare"));
  EXPECT_TRUE(is_there("local"));
  EXPECT_EQ(type("kubectl drain node-a --force --delete-emptydir-data --grace-period=1"),
            "node/node-a already cordoned\n"
            "Warning: deleting Pods that declare no controller: default/bare, default/local\n"
            "evicting pod default/bare\n"
            "evicting pod default/local\n"
            "pod/bare evicted\n"
            "pod/local evicted\n"
            "node/node-a drained\n");
  EXPECT_EQ(status(), 0);
}

TEST_F(DrainTest, WhatHasEndedIsNoHindrance) {
  write("pod.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: done}
spec:
  nodeName: node-a
  restartPolicy: Never
  volumes: [{name: d, emptyDir: {}}]
  containers: [{name: c, image: busybox, command: ["true"]}]
)");
  type("kubectl apply -f pod.yaml");
  settle();
  EXPECT_EQ(type("kubectl drain node-a"),
            "node/node-a cordoned\nevicting pod default/done\npod/done evicted\n"
            "node/node-a drained\n");
}

TEST_F(DrainTest, AMirrorPodIsNeverAskedToGo) {
  pod("static", "node-a", "", ", annotations: {kubernetes.io/config.mirror: abc}");
  EXPECT_EQ(type("kubectl drain node-a"), "node/node-a cordoned\nnode/node-a drained\n");
  EXPECT_TRUE(is_there("static"));
}

TEST_F(DrainTest, DryRuns) {
  pod("bare", "node-a");
  EXPECT_EQ(type("kubectl drain node-a --force --dry-run=client"),
            "node/node-a cordoned (dry run)\n"
            "Warning: deleting Pods that declare no controller: default/bare\n"
            "evicting pod default/bare (dry run)\n"
            "node/node-a drained (dry run)\n");
  EXPECT_EQ(type("kubectl drain node-a --force --dry-run=server"),
            "node/node-a cordoned (server dry run)\n"
            "Warning: deleting Pods that declare no controller: default/bare\n"
            "evicting pod default/bare (server dry run)\n"
            "node/node-a drained (server dry run)\n");
  EXPECT_FALSE(world().find<Node>("", "node-a")->spec.unschedulable);
  EXPECT_TRUE(is_there("bare"));
}

TEST_F(DrainTest, TheTimeIsUp) {
  pod("slow", "node-a", "  terminationGracePeriodSeconds: 100\n");
  const std::string why =
      "error when waiting for pod \"slow\" in namespace \"default\" to terminate: context deadline "
      "exceeded";
  const Time before = world().now();
  EXPECT_EQ(type("kubectl drain node-a --force --timeout=5s"),
            "node/node-a cordoned\n"
            "Warning: deleting Pods that declare no controller: default/slow\n"
            "evicting pod default/slow\n"
            "There are pending pods in node \"node-a\" when an error occurred: " +
                why +
                "\npod/slow\n"
                "error: unable to drain node \"node-a\" due to error: " +
                why +
                ", continuing command...\n"
                "There are pending nodes to be drained:\n node-a\n" +
                why + "\n");
  EXPECT_EQ(status(), 1);
  EXPECT_GE(world().now() - before, seconds(5));
  EXPECT_LT(world().now() - before, seconds(7));
}

TEST_F(DrainTest, DeletionInPlaceOfEviction) {
  pod("bare", "node-a", "  terminationGracePeriodSeconds: 1\n");
  pod("slow", "node-b", "  terminationGracePeriodSeconds: 100\n");
  EXPECT_EQ(type("kubectl drain node-a --force --disable-eviction"),
            "node/node-a cordoned\n"
            "Warning: deleting Pods that declare no controller: default/bare\n"
            "pod/bare deleted\n"
            "node/node-a drained\n");
  EXPECT_EQ(type("kubectl drain node-b --force --disable-eviction --timeout=3s"),
            "node/node-b cordoned\n"
            "Warning: deleting Pods that declare no controller: default/slow\n"
            "There are pending pods in node \"node-b\" when an error occurred: context deadline "
            "exceeded\n"
            "pod/slow\n"
            "error: unable to drain node \"node-b\" due to error: context deadline exceeded, "
            "continuing command...\n"
            "There are pending nodes to be drained:\n"
            " node-b\n"
            "context deadline exceeded\n");
}

TEST_F(DrainTest, SomePodsOnly) {
  pod("chosen", "node-a", "  terminationGracePeriodSeconds: 1\n", ", labels: {k: v}");
  pod("other", "node-a");
  EXPECT_EQ(type("kubectl drain node-a --force --pod-selector=k=v"),
            "node/node-a cordoned\n"
            "Warning: deleting Pods that declare no controller: default/chosen\n"
            "evicting pod default/chosen\n"
            "pod/chosen evicted\n"
            "node/node-a drained\n");
  EXPECT_TRUE(is_there("other"));
}

TEST_F(DrainTest, WhatHasBeenTerminatingForLongIsLeftOut) {
  pod("stuck", "node-a", "  terminationGracePeriodSeconds: 1\n",
      ", finalizers: [example.com/hold]");
  type("kubectl delete pod stuck --wait=false");
  run_for(seconds(30));
  EXPECT_EQ(type("kubectl drain node-a --force --skip-wait-for-delete-timeout=10"),
            "node/node-a cordoned\nnode/node-a drained\n");
  type("kubectl patch pod stuck --type=merge -p '{\"metadata\":{\"finalizers\":null}}'");
}

TEST_F(DrainTest, SeveralNodes) {
  pod("bare", "node-a", "  terminationGracePeriodSeconds: 1\n");
  pod("local", "node-b", "  volumes: [{name: d, emptyDir: {}}]\n");
  EXPECT_EQ(type("kubectl drain node-a node-b --force"),
            "node/node-a cordoned\n"
            "node/node-b cordoned\n"
            "Warning: deleting Pods that declare no controller: default/bare\n"
            "evicting pod default/bare\n"
            "pod/bare evicted\n"
            "node/node-a drained\n"
            "error: unable to drain node \"node-b\" due to error: cannot delete Pods with local "
            "storage (use --delete-emptydir-data to override): default/local, continuing "
            "command...\n"
            "There are pending nodes to be drained:\n"
            " node-b\n"
            "cannot delete Pods with local storage (use --delete-emptydir-data to override): "
            "default/local\n");
  EXPECT_EQ(status(), 1);
  type("kubectl uncordon -l topology.kubernetes.io/zone");
  EXPECT_EQ(type("kubectl drain -l topology.kubernetes.io/zone=us-west-2a"),
            "node/node-a cordoned\nnode/node-a drained\n");
}

TEST_F(DrainTest, Mistakes) {
  const std::string help = "See 'kubectl drain -h' for help and examples\n";
  EXPECT_EQ(type("kubectl drain"), "error: USAGE: drain NODE [flags]\n" + help);
  EXPECT_EQ(type("kubectl drain node-a -l a=b"),
            "error: cannot specify both a node name and a --selector option\n" + help);
  EXPECT_EQ(type("kubectl drain nosuch"),
            "Error from server (NotFound): nodes \"nosuch\" not found\n");
  EXPECT_EQ(type("kubectl drain node-a --pod-selector='!!'"),
            "error: --pod-selector=<pod_selector> must be a valid label selector\n");
  EXPECT_EQ(type("kubectl drain node-a --dry-run=maybe"),
            "error: Invalid dry-run value (maybe). Must be \"none\", \"server\", or \"client\".\n");
  EXPECT_EQ(type("kubectl drain node-a --timeout=x"),
            "error: invalid argument \"x\" for \"--timeout\" flag: time: invalid duration \"x\"\n"
            "See 'kubectl drain --help' for usage.\n");
  EXPECT_EQ(type("kubectl drain node-a --nosuch"),
            "error: unknown flag: --nosuch\nSee 'kubectl drain --help' for usage.\n");
  EXPECT_FALSE(world().find<Node>("", "node-a")->spec.unschedulable);
}

TEST_F(DrainTest, ThePodsSayWhyTheyGo) {
  pod("bare", "node-a", "  terminationGracePeriodSeconds: 1\n", ", finalizers: [example.com/hold]");
  type("kubectl drain node-a --force --timeout=5s");
  EXPECT_EQ(type("kubectl get pod bare -o jsonpath='{range .status.conditions[?(@.type=="
                 "\"DisruptionTarget\")]}{.status} {.reason}: {.message}{end}'"),
            "True EvictionByEvictionAPI: Eviction API: evicting");
  type("kubectl patch pod bare --type=merge -p '{\"metadata\":{\"finalizers\":null}}'");
}

TEST_F(DrainTest, OnePodIsEvictedThroughItsSubresource) {
  deploy(1);
  const std::string pod = pods_on(pods_on("node-a").empty() ? "node-b" : "node-a").front();
  const std::string body = fmt::format(
      R"(echo '{{"apiVersion":"policy/v1","kind":"Eviction","metadata":{{"name":"{}"}}}}')", pod);
  const std::string post = fmt::format(
      "{} | kubectl create -f - --raw /api/v1/namespaces/default/pods/{}/eviction", body, pod);
  type("kubectl create poddisruptionbudget web --selector=app=web --min-available=1");
  settle();
  EXPECT_EQ(type(post),
            "Error from server (TooManyRequests): Cannot evict pod as it would violate the pod's "
            "disruption budget.\n");
  EXPECT_EQ(status(), 1);
  type("kubectl delete pdb web");
  EXPECT_EQ(type(post),
            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Success\","
            "\"code\":201}\n");
  settle();
  EXPECT_FALSE(is_there(pod));
  EXPECT_EQ(type(post), fmt::format("Error from server (NotFound): pods \"{}\" not found\n", pod));
  EXPECT_EQ(
      type("echo '{}' | kubectl create -f - --raw /api/v1/namespaces/default/pods/x/eviction"),
      "Error from server (BadRequest): the object provided is unrecognized (must be of type "
      "Eviction)\n");
  EXPECT_EQ(type("echo '{}' | kubectl create -f - --raw /api/v1/pods"),
            "Error from server (NotFound): the server could not find the requested resource\n");
}

}  // namespace
}  // namespace sim::testing
