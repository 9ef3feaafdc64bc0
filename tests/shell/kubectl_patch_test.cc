// kubectl patch: three kinds of patches, and how the API server refuses them.
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class KubectlPatch : public WorldTest {
 protected:
  void SetUp() override {
    write("web.yaml", deployment("web", 1));
    type("kubectl create -f web.yaml; kubectl create cm demo --from-literal=a=1");
  }
};

TEST_F(KubectlPatch, SaysWhetherAnythingChanged) {
  EXPECT_EQ(type("kubectl patch deployment web -p '{\"spec\":{\"replicas\":2}}'"),
            "deployment.apps/web patched\n");
  EXPECT_EQ(type("kubectl patch deploy/web -p 'spec: {replicas: 2}'"),
            "deployment.apps/web patched (no change)\n");
  EXPECT_EQ(type("kubectl get deployment web -o jsonpath='{.spec.replicas}'"), "2");
}

TEST_F(KubectlPatch, MergesListsByName) {
  write("p.yaml",
        "spec:\n  template:\n    spec:\n      containers:\n      - name: side\n        image: "
        "busybox\n");
  EXPECT_EQ(type("kubectl patch deployment web --patch-file p.yaml"),
            "deployment.apps/web patched\n");
  EXPECT_EQ(type("kubectl get deployment web -o "
                 "jsonpath='{.spec.template.spec.containers[*].name}'"),
            "side web");
  EXPECT_EQ(type("kubectl patch deployment web --type=merge --patch-file p.yaml"),
            "deployment.apps/web patched\n");
  EXPECT_EQ(type("kubectl get deployment web -o "
                 "jsonpath='{.spec.template.spec.containers[*].name}'"),
            "side");
}

TEST_F(KubectlPatch, FollowsJsonPatches) {
  EXPECT_EQ(
      type(
          R"(kubectl patch cm demo --type=json -p '[{"op":"replace","path":"/data/a","value":"2"}]')"),
      "configmap/demo patched\n");
  EXPECT_EQ(type("kubectl get cm demo -o jsonpath='{.data.a}'"), "2");
  EXPECT_EQ(
      type(R"(kubectl patch cm demo --type=json -p '[{"op":"remove","path":"/nosuch"}]')"),
      "The request is invalid: the server rejected our request due to an error in our request\n");
  EXPECT_EQ(type(R"(kubectl patch cm demo --type=json -p '{"a":1}')"),
            "Error from server (BadRequest): json: cannot unmarshal object into Go value of type "
            "jsonpatch.Patch\n");
}

TEST_F(KubectlPatch, PatchesSubresources) {
  EXPECT_EQ(type("kubectl patch deployment web --subresource=scale --type=merge -p "
                 "'{\"spec\":{\"replicas\":3}}'"),
            "scale.autoscaling/web patched\n");
  EXPECT_EQ(type("kubectl get deployment web -o jsonpath='{.spec.replicas}'"), "3");
  EXPECT_EQ(type("kubectl patch deployment web --subresource=status --type=merge -p "
                 "'{\"spec\":{\"replicas\":7}}'"),
            "deployment.apps/web patched (no change)\n");
  EXPECT_EQ(type("kubectl patch cm demo --subresource=status -p '{}'"),
            "Error from server (NotFound): the server could not find the requested resource\n");
}

TEST_F(KubectlPatch, ExplainsRefusals) {
  EXPECT_EQ(type("kubectl patch deployment web -p '{\"spec\":{\"replicas\":-1}}'"),
            "The Deployment \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater "
            "than or equal to 0\n");
  EXPECT_EQ(type("kubectl patch deployment web -p '{\"spec\":{\"replicas\":\"x\"}}'"),
            "The request is invalid: patch: Invalid value: \"map[spec:map[replicas:x]]\": "
            "unrecognized type: int32\n");
  EXPECT_EQ(type("kubectl patch cm demo -p '{\"data\":{\"a\":1}}'"),
            "The request is invalid: patch: Invalid value: \"map[data:map[a:1]]\": cannot convert "
            "int64 to string\n");
  EXPECT_EQ(type("kubectl patch cm demo -p '{\"metadata\":{\"name\":\"other\"}}'"),
            "The ConfigMap \"other\" is invalid: metadata.name: Invalid value: \"other\": field is "
            "immutable\n");
  EXPECT_EQ(type("kubectl patch cm demo -p '{\"foo\":1}'"),
            "Warning: unknown field \"foo\"\nconfigmap/demo patched (no change)\n");
  EXPECT_EQ(type("kubectl patch cm demo"),
            "error: must specify --patch or --patch-file containing the contents of the patch\n");
  EXPECT_EQ(type("kubectl patch cm demo --type=foo -p '{}'"),
            "error: --type must be one of [json merge strategic], not \"foo\"\n");
  EXPECT_EQ(type("kubectl patch cm nosuch -p '{}'"),
            "Error from server (NotFound): configmaps \"nosuch\" not found\n");
  EXPECT_EQ(type("kubectl patch cm demo --patch-file nosuch"),
            "error: unable to read patch file: open nosuch: no such file or directory\n");
}

TEST_F(KubectlPatch, DryRunsShowWhatWouldBe) {
  EXPECT_EQ(type("kubectl patch cm demo -p '{\"data\":{\"a\":\"9\"}}' --dry-run=client"),
            "configmap/demo patched (dry run)\n");
  EXPECT_EQ(type("kubectl patch cm demo -p '{\"data\":{\"a\":\"9\"}}' --dry-run=server -o "
                 "jsonpath='{.data.a}'"),
            "9");
  EXPECT_EQ(type("kubectl get cm demo -o jsonpath='{.data.a}'"), "1");
}

}  // namespace
}  // namespace sim::testing
