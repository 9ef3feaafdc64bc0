// kubectl taint, cordon and uncordon, with kubectl 1.32's texts.
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class NodesTest : public WorldTest {
 protected:
  std::string taints(const std::string& name) {
    std::string text;
    for (const Taint& taint : world().find<Node>("", name)->spec.taints) {
      text += taint.key.str() + "=" + taint.value.str() + ":" + taint.effect.str() + " ";
    }
    return text;
  }
  bool is_cordoned(const std::string& name) {
    return world().find<Node>("", name)->spec.unschedulable;
  }
};

TEST_F(NodesTest, TaintsComeAndGo) {
  EXPECT_EQ(type("kubectl taint nodes node-a dedicated=db:NoSchedule"), "node/node-a tainted\n");
  EXPECT_EQ(taints("node-a"), "dedicated=db:NoSchedule ");
  EXPECT_EQ(type("kubectl taint nodes node-a dedicated=web:NoSchedule"),
            "error: node node-a already has dedicated taint(s) with same effect(s) and --overwrite "
            "is false\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl taint nodes node-a dedicated=web:NoSchedule --overwrite"),
            "node/node-a modified\n");
  EXPECT_EQ(taints("node-a"), "dedicated=web:NoSchedule ");
  EXPECT_EQ(type("kubectl taint nodes node-a other:NoExecute dedicated-"),
            "node/node-a modified\n");
  EXPECT_EQ(taints("node-a"), "other=:NoExecute ");
  EXPECT_EQ(type("kubectl taint nodes node-a other:NoSchedule-"),
            "error: taint \"other:NoSchedule\" not found\n");
  EXPECT_EQ(type("kubectl taint nodes node-a other:NoExecute-"), "node/node-a untainted\n");
  EXPECT_EQ(taints("node-a"), "");
}

TEST_F(NodesTest, TaintsOfSeveralNodes) {
  EXPECT_EQ(type("kubectl taint nodes --all a=b:PreferNoSchedule"),
            "node/node-a tainted\nnode/node-b tainted\n");
  EXPECT_EQ(type("kubectl taint nodes -l topology.kubernetes.io/zone=us-west-2b a-"),
            "node/node-b untainted\n");
  EXPECT_EQ(type("kubectl taint nodes node-b node-a a=c:PreferNoSchedule"),
            "node/node-b tainted\nerror: node node-a already has a taint(s) with same effect(s) "
            "and --overwrite is false\n");
  EXPECT_EQ(type("kubectl taint node node-a nosuch x=y:NoSchedule"),
            "node/node-a tainted\nError from server (NotFound): nodes \"nosuch\" not found\n");
  EXPECT_EQ(type("kubectl taint nodes node-a p- q-"),
            "taint \"p\" not found\ntaint \"q\" not found\n");
}

TEST_F(NodesTest, TaintMistakes) {
  EXPECT_EQ(type("kubectl taint nodes node-a k=v:Foo"),
            "error: invalid taint effect: Foo, unsupported taint effect\nSee 'kubectl taint -h' "
            "for help and examples\n");
  EXPECT_EQ(type("kubectl taint nodes node-a k=v=w:NoSchedule"),
            "error: invalid taint spec: k=v=w:NoSchedule\nSee 'kubectl taint -h' for help and "
            "examples\n");
  EXPECT_EQ(type("kubectl taint nodes node-a k=v"),
            "error: invalid taint spec: k=v, name part must consist of alphanumeric characters, "
            "'-', '_' or '.', and must start and end with an alphanumeric character (e.g. "
            "'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
            "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')\nSee 'kubectl taint -h' for help and "
            "examples\n");
  EXPECT_EQ(type("kubectl taint nodes node-a a=b:NoSchedule a=c:NoSchedule"),
            "error: duplicated taints with the same key and effect: {a c NoSchedule <nil>}\nSee "
            "'kubectl taint -h' for help and examples\n");
  EXPECT_EQ(type("kubectl taint nodes node-a a=b:NoSchedule a:NoSchedule-"),
            "error: can not both modify and remove the following taint(s) in the same command: "
            "a=NoSchedule\n");
  EXPECT_EQ(type("kubectl taint nodes node-a"), "error: at least one taint update is required\n");
  EXPECT_EQ(type("kubectl taint"),
            "error: one or more resources must be specified as <resource> <name>\n");
  EXPECT_EQ(type("kubectl taint nodes a=b:NoSchedule"),
            "error: at least one resource name must be specified since 'all' parameter is not "
            "set\n");
  EXPECT_EQ(type("kubectl taint nodes node-a a=b:NoSchedule node-b"),
            "error: all resources must be specified before taint changes: node-b\n");
  EXPECT_EQ(type("kubectl taint pods x a=b:NoSchedule"),
            "error: invalid resource type pods, only node types are supported\n");
  EXPECT_EQ(type("kubectl taint node-a a=b:NoSchedule"),
            "the server doesn't have a resource type \"node-a\"\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(taints("node-a"), "");
}

TEST_F(NodesTest, DryRunOfATaint) {
  EXPECT_EQ(type("kubectl taint nodes node-a a=b:NoSchedule --dry-run=client"),
            "node/node-a tainted\n");
  EXPECT_EQ(type("kubectl taint nodes node-a a=b:NoSchedule --dry-run=server"),
            "node/node-a tainted\n");
  EXPECT_EQ(taints("node-a"), "");
}

TEST_F(NodesTest, CordonAndUncordon) {
  EXPECT_EQ(type("kubectl cordon node-b"), "node/node-b cordoned\n");
  EXPECT_TRUE(is_cordoned("node-b"));
  EXPECT_EQ(type("kubectl cordon node-a node/node-b"),
            "node/node-a cordoned\nnode/node-b already cordoned\n");
  EXPECT_EQ(type("kubectl uncordon node-b"), "node/node-b uncordoned\n");
  EXPECT_FALSE(is_cordoned("node-b"));
  EXPECT_EQ(type("kubectl uncordon node-b"), "node/node-b already uncordoned\n");
  EXPECT_EQ(type("kubectl uncordon -l topology.kubernetes.io/zone=us-west-2a"),
            "node/node-a uncordoned\n");
  EXPECT_EQ(type("kubectl cordon node-a --dry-run=client"), "node/node-a cordoned (dry run)\n");
  EXPECT_EQ(type("kubectl cordon node-a --dry-run=server"),
            "node/node-a cordoned (server dry run)\n");
  EXPECT_FALSE(is_cordoned("node-a"));
}

TEST_F(NodesTest, CordonMistakes) {
  EXPECT_EQ(type("kubectl cordon"),
            "error: USAGE: cordon NODE [flags]\nSee 'kubectl cordon -h' for help and examples\n");
  EXPECT_EQ(type("kubectl uncordon"),
            "error: USAGE: uncordon NODE [flags]\nSee 'kubectl uncordon -h' for help and "
            "examples\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl cordon node-a nosuch"),
            "Error from server (NotFound): nodes \"nosuch\" not found\n");
  EXPECT_FALSE(is_cordoned("node-a"));
  EXPECT_EQ(type("kubectl cordon -l a=b node-a"),
            "error: cannot specify both a node name and a --selector option\nSee 'kubectl cordon "
            "-h' for help and examples\n");
  EXPECT_EQ(type("kubectl cordon configmap/kube-root-ca.crt"),
            "error: expected resource of type node, got \"/v1, Resource=configmaps\"\n");
}

}  // namespace
}  // namespace sim::testing
