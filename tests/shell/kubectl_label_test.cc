// kubectl label and annotate.
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class KubectlLabel : public WorldTest {
 protected:
  void SetUp() override { type("kubectl create cm one; kubectl create cm two"); }
};

TEST_F(KubectlLabel, SetsOverwritesAndTakesAway) {
  EXPECT_EQ(type("kubectl label cm one tier=web"), "configmap/one labeled\n");
  EXPECT_EQ(type("kubectl label cm one tier=db"),
            "error: 'tier' already has a value (web), and --overwrite is false\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl label cm one tier=web"), "configmap/one not labeled\n");
  EXPECT_EQ(type("kubectl label cm one tier=db --overwrite"), "configmap/one labeled\n");
  EXPECT_EQ(type("kubectl label cm one --list"), "tier=db\n");
  EXPECT_EQ(type("kubectl label cm one tier-"), "configmap/one unlabeled\n");
}

TEST_F(KubectlLabel, SaysWhenThereIsNothingToTakeAway) {
  type("kubectl label cm one a=b");
  EXPECT_EQ(type("kubectl label cm one nosuch-"),
            "label \"nosuch\" not found.\nconfigmap/one not labeled\n");
}

TEST_F(KubectlLabel, WorksOnMany) {
  EXPECT_EQ(type("kubectl label cm one two a=b"), "configmap/one labeled\nconfigmap/two labeled\n");
  EXPECT_EQ(type("kubectl label cm -l a=b c=d -o name"), "configmap/one\nconfigmap/two\n");
  EXPECT_EQ(type("kubectl label cm one two --list"),
            "Listing labels for ConfigMap./one:\n a=b\n c=d\nListing labels for ConfigMap./two:\n "
            "a=b\n c=d\n");
  EXPECT_EQ(
      type("kubectl label cm one nosuch x=y"),
      "configmap/one labeled\nError from server (NotFound): configmaps \"nosuch\" not found\n");
}

TEST_F(KubectlLabel, TellsWhatIsWrong) {
  EXPECT_EQ(type("kubectl label cm one"), "error: at least one label update is required\n");
  EXPECT_EQ(type("kubectl label cm a=b"),
            "error: resource(s) were provided, but no name was specified\n");
  EXPECT_EQ(type("kubectl label a=b"),
            "error: one or more resources must be specified as <resource> <name> or "
            "<resource>/<name>\n");
  EXPECT_EQ(type("kubectl label cm a=b one"),
            "error: all resources must be specified before label changes: one\n");
  EXPECT_EQ(type("kubectl label cm one a=b=c"), "error: invalid label spec: a=b=c\n");
  EXPECT_EQ(type("kubectl label cm one a=b a-"),
            "error: can not both modify and remove a label in the same command\n");
  EXPECT_EQ(type("kubectl label cm one 'x=a b'").substr(0, 57),
            "error: invalid label value: \"x=a b\": a valid label must b");
  EXPECT_EQ(type("kubectl label cm one 'a b=c'").substr(0, 66),
            "The ConfigMap \"one\" is invalid: metadata.labels: Invalid value: \"a");
  EXPECT_EQ(type("kubectl label cm --all -l x=y a=b"),
            "error: cannot set --all and --selector at the same time\n");
}

TEST_F(KubectlLabel, KeepsToAResourceVersion) {
  const std::string version = type("kubectl get cm one -o jsonpath='{.metadata.resourceVersion}'");
  EXPECT_EQ(type("kubectl label cm one a=b --resource-version=" + version),
            "configmap/one labeled\n");
  EXPECT_EQ(
      type("kubectl label cm one c=d --resource-version=" + version),
      "Error from server (Conflict): Operation cannot be fulfilled on configmaps \"one\": the "
      "object has been modified; please apply your changes to the latest version and try "
      "again\n");
  EXPECT_EQ(type("kubectl label cm one two c=d --resource-version=1"),
            "error: --resource-version may only be used with a single resource\n");
}

TEST_F(KubectlLabel, Annotates) {
  EXPECT_EQ(type("kubectl annotate cm one note='hello there' x=y=z"), "configmap/one annotated\n");
  EXPECT_EQ(type("kubectl annotate cm one note=other"),
            "error: --overwrite is false but found the following declared annotation(s): 'note' "
            "already has a value (hello there)\n");
  EXPECT_EQ(type("kubectl annotate cm one note=other --overwrite"), "configmap/one annotated\n");
  EXPECT_EQ(type("kubectl annotate cm one note-"), "configmap/one annotated\n");
  EXPECT_EQ(type("kubectl annotate cm one --list"), "x=y=z\n");
  EXPECT_EQ(type("kubectl annotate cm one"), "error: at least one annotation update is required\n");
  EXPECT_EQ(type("kubectl annotate cm one note=n --dry-run=client"),
            "configmap/one annotated (dry run)\n");
}

TEST_F(KubectlLabel, WorksOnFilesAlone) {
  write("cm.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: file}\n");
  EXPECT_EQ(type("kubectl label -f cm.yaml --local a=b -o jsonpath='{.metadata.labels}'"),
            R"({"a":"b"})");
}

}  // namespace
}  // namespace sim::testing
