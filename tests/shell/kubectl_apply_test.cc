// kubectl apply: what a manifest changes, what it takes away, and what is said of its mistakes.
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

constexpr const char* kMap = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: demo}
data: {a: "1", b: "<&>"}
)";

class KubectlApply : public WorldTest {};

TEST_F(KubectlApply, CreatesConfiguresAndLeavesAlone) {
  write("cm.yaml", kMap);
  EXPECT_EQ(type("kubectl apply -f cm.yaml"), "configmap/demo created\n");
  EXPECT_EQ(type("kubectl apply -f cm.yaml"), "configmap/demo unchanged\n");
  write("cm.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: demo}\ndata: {a: \"2\"}\n");
  EXPECT_EQ(type("kubectl apply -f cm.yaml"), "configmap/demo configured\n");
  EXPECT_EQ(type("kubectl get cm demo -o jsonpath='{.data}'"), R"({"a":"2"})");
}

TEST_F(KubectlApply, KeepsWhatItAppliedInTheAnnotation) {
  write("cm.yaml", kMap);
  type("kubectl apply -f cm.yaml");
  EXPECT_EQ(
      type("kubectl get cm demo -o "
           "jsonpath='{.metadata.annotations.kubectl\\.kubernetes\\.io/"
           "last-applied-configuration}'"),
      R"({"apiVersion":"v1","data":{"a":"1","b":"\u003c\u0026\u003e"},"kind":"ConfigMap","metadata":{"annotations":{},"name":"demo","namespace":"default"}})"
      "\n");
  EXPECT_EQ(
      type("kubectl apply view-last-applied cm/demo"),
      "apiVersion: v1\ndata:\n  a: \"1\"\n  b: <&>\nkind: ConfigMap\nmetadata:\n  annotations: "
      "{}\n  name: demo\n  namespace: default\n");
}

TEST_F(KubectlApply, TakesAwayOnlyWhatItOnceSet) {
  write("web.yaml", deployment("web", 1));
  type("kubectl apply -f web.yaml; kubectl scale deployment/web --replicas=3");
  write("web.yaml",
        deployment("web", 1).replace(deployment("web", 1).find("  replicas: 1\n"), 14, ""));
  EXPECT_EQ(type("kubectl apply -f web.yaml"), "deployment.apps/web configured\n");
  // replicas was in the last application and is no more: the default holds.
  EXPECT_EQ(type("kubectl get deployment web -o jsonpath='{.spec.replicas}'"), "1");
  type("kubectl label deployment web tier=front");
  EXPECT_EQ(type("kubectl apply -f web.yaml"), "deployment.apps/web unchanged\n");
  EXPECT_EQ(type("kubectl get deployment web -o jsonpath='{.metadata.labels.tier}'"), "front");
}

TEST_F(KubectlApply, WarnsWhenTheObjectWasNotApplied) {
  write("cm.yaml", kMap);
  type("kubectl create -f cm.yaml");
  EXPECT_EQ(type("kubectl apply -f cm.yaml"),
            "Warning: resource configmaps/demo is missing the "
            "kubectl.kubernetes.io/last-applied-configuration annotation which is required by "
            "kubectl apply. kubectl apply should only be used on resources created declaratively "
            "by either kubectl create --save-config or kubectl apply. The missing annotation will "
            "be patched automatically.\nconfigmap/demo configured\n");
  EXPECT_EQ(type("kubectl apply -f cm.yaml"), "configmap/demo unchanged\n");
}

TEST_F(KubectlApply, DryRunsChangeNothing) {
  write("cm.yaml", kMap);
  EXPECT_EQ(type("kubectl apply -f cm.yaml --dry-run=client"),
            "configmap/demo created (dry run)\n");
  EXPECT_EQ(type("kubectl apply -f cm.yaml --dry-run=server"),
            "configmap/demo created (server dry run)\n");
  EXPECT_EQ(type("kubectl apply -f cm.yaml --dry-run=x"),
            "error: Invalid dry-run value (x). Must be \"none\", \"server\", or \"client\".\n");
  type("kubectl get cm demo");
  EXPECT_EQ(status(), 1);
  type("kubectl apply -f cm.yaml");
  EXPECT_EQ(type("kubectl apply -f cm.yaml --dry-run=server"),
            "configmap/demo unchanged (server dry run)\n");
}

TEST_F(KubectlApply, ShowsObjectsAsTheyAreStored) {
  write("cm.yaml", kMap);
  EXPECT_EQ(type("kubectl apply -f cm.yaml -o name"), "configmap/demo\n");
  const std::string shown = type("kubectl apply -f cm.yaml -o yaml");
  EXPECT_NE(shown.find("uid: "), std::string::npos) << shown;
  write("two.yaml",
        std::string(kMap) + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\n");
  EXPECT_EQ(type("kubectl apply -f two.yaml -o jsonpath='{.kind} {.items[*].metadata.name}'"),
            "List demo two");
}

TEST_F(KubectlApply, GoesOnAfterAnError) {
  write("all.yaml", std::string(R"(apiVersion: v1
kind: Pod
metadata: {name: p, namespace: nowhere}
spec: {containers: [{name: c, image: busybox}]}
---
apiVersion: foo/v1
kind: Bar
metadata: {name: x}
---
)") + kMap);
  EXPECT_EQ(type("kubectl apply -f all.yaml"),
            "configmap/demo created\n"
            "resource mapping not found for name: \"x\" namespace: \"\" from \"all.yaml\": no "
            "matches for kind \"Bar\" in version \"foo/v1\"\nensure CRDs are installed first\n"
            "Error from server (NotFound): error when creating \"all.yaml\": namespaces "
            "\"nowhere\" not found\n");
  EXPECT_EQ(status(), 1);
}

TEST_F(KubectlApply, RefusesUnknownFields) {
  write("bad.yaml", std::string(kMap) + "foo: bar\n");
  EXPECT_EQ(
      type("kubectl apply -f bad.yaml"),
      "Error from server (BadRequest): error when creating \"bad.yaml\": ConfigMap in version "
      "\"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field "
      "\"foo\"\n");
  EXPECT_EQ(type("kubectl apply -f bad.yaml --validate=warn"),
            "Warning: unknown field \"foo\"\nconfigmap/demo created\n");
  // What the kind does not have is wanted again each time.
  EXPECT_EQ(type("kubectl apply -f bad.yaml --validate=ignore"), "configmap/demo configured\n");
}

TEST_F(KubectlApply, NamesWhatIsWrongWithTheFile) {
  EXPECT_EQ(type("kubectl apply"), "error: must specify one of -f and -k\n");
  EXPECT_EQ(type("kubectl apply -f nosuch.yaml"),
            "error: the path \"nosuch.yaml\" does not exist\n");
  write("none.yaml", "metadata: {name: x}\n");
  EXPECT_EQ(type("kubectl apply -f none.yaml"),
            "error: error validating \"none.yaml\": error validating data: [apiVersion not set, "
            "kind not set]; if you choose to ignore these errors, turn validation off with "
            "--validate=false\n");
  write("empty.yaml", "# nothing\n");
  EXPECT_EQ(type("kubectl apply -f empty.yaml"), "error: no objects passed to apply\n");
  EXPECT_EQ(type("kubectl apply -f empty.yaml more"),
            "error: Unexpected args: [more]\nSee 'kubectl apply -h' for help and examples\n");
  write("cm.yaml",
        std::string(kMap).insert(std::string(kMap).find("demo") + 4, ", namespace: other"));
  EXPECT_EQ(type("kubectl apply -f cm.yaml -n default"),
            "error: the namespace from the provided object \"other\" does not match the namespace "
            "\"default\". You must pass '--namespace=other' to perform this operation.\n");
  EXPECT_EQ(type("kubectl apply -f cm.yaml --prune --all"),
            "error: podsight does not prune: delete what is no longer wanted\n");
}

TEST_F(KubectlApply, TellsWhatMayNotChange) {
  write("web.yaml", deployment("web", 1));
  type("kubectl apply -f web.yaml");
  std::string text = deployment("web", 1);
  for (std::size_t at; (at = text.find("app: web")) != std::string::npos;)
    text.replace(at, 8, "app: two");
  write("web.yaml", text);
  EXPECT_EQ(type("kubectl apply -f web.yaml"),
            "The Deployment \"web\" is invalid: spec.selector: Invalid value: "
            "v1.LabelSelector{MatchLabels:map[string]string{\"app\":\"two\"}, "
            "MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable\n");
  EXPECT_EQ(status(), 1);
  // By force it is made anew.
  EXPECT_EQ(type("kubectl apply -f web.yaml --force"), "deployment.apps/web configured\n");
  EXPECT_EQ(type("kubectl get deployment web -o jsonpath='{.spec.selector.matchLabels.app}'"),
            "two");
}

TEST_F(KubectlApply, ReadsDirectoriesAndPipes) {
  type("mkdir -p m/deep");
  write("m/cm.yaml", kMap);
  write("m/deep/cm.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: deep, labels: {a: b}}\n");
  EXPECT_EQ(type("kubectl apply -f m"), "configmap/demo created\n");
  EXPECT_EQ(type("kubectl apply -R -f m"), "configmap/demo unchanged\nconfigmap/deep created\n");
  EXPECT_EQ(type("kubectl apply -R -f m -l a=b"), "configmap/deep unchanged\n");
  EXPECT_EQ(type("cat m/cm.yaml | kubectl apply -f -"), "configmap/demo unchanged\n");
}

TEST_F(KubectlApply, AppliesOnTheServer) {
  write("cm.yaml", kMap);
  EXPECT_EQ(type("kubectl apply --server-side -f cm.yaml"), "configmap/demo serverside-applied\n");
  EXPECT_EQ(type("kubectl get cm demo -o jsonpath='{.metadata.annotations}'"), "");
  EXPECT_EQ(
      type("kubectl apply --server-side --dry-run=client -f cm.yaml"),
      "error: --dry-run=client doesn't work with --server-side (did you mean --dry-run=server "
      "instead?)\n");
}

}  // namespace
}  // namespace sim::testing
