// kubectl set: what it changes in pod templates.
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class KubectlSet : public WorldTest {
 protected:
  void SetUp() override {
    type(
        "kubectl create deployment web --image=nginx --image=busybox; kubectl create cm app "
        "--from-literal=color=blue --from-literal=log.level=info");
  }
  std::string spec(const std::string& path) {
    return type("kubectl get deployment web -o jsonpath='{.spec.template.spec." + path + "}'");
  }
};

TEST_F(KubectlSet, SetsImages) {
  EXPECT_EQ(type("kubectl set image deployment/web nginx=nginx:1.25"),
            "deployment.apps/web image updated\n");
  EXPECT_EQ(spec("containers[*].image"), "nginx:1.25 busybox");
  EXPECT_EQ(type("kubectl set image deployment/web nginx=nginx:1.25"), "");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(type("kubectl set image deployment web '*=busybox:1.36'"),
            "deployment.apps/web image updated\n");
  EXPECT_EQ(spec("containers[*].image"), "busybox:1.36 busybox:1.36");
}

TEST_F(KubectlSet, TellsWhatIsWrongWithAnImage) {
  EXPECT_EQ(type("kubectl set image deployment/web foo=nginx"),
            "error: unable to find container named \"foo\"\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl set image deployment/web"),
            "error: at least one image update is required\n");
  EXPECT_EQ(type("kubectl set image deployment/nosuch a=b"),
            "Error from server (NotFound): deployments.apps \"nosuch\" not found\n");
  EXPECT_EQ(type("kubectl set image cm/app a=b"),
            "error: configmaps/app the object is not a pod or does not have a pod template: "
            "*v1.ConfigMap\n");
  EXPECT_EQ(type("kubectl set image deployment/web '*=a' nginx=b"),
            "error: all containers are already specified by *, but saw more than one "
            "container_name=container_image pairs\n");
}

TEST_F(KubectlSet, SetsAndTakesAwayVariables) {
  EXPECT_EQ(type("kubectl set env deployment/web A=1 B=2"), "deployment.apps/web env updated\n");
  EXPECT_EQ(type("kubectl set env deployment/web A=1"), "");
  EXPECT_EQ(type("kubectl set env deployment/web -c busybox A- B=3"),
            "deployment.apps/web env updated\n");
  EXPECT_EQ(
      type("kubectl set env deployment/web --list"),
      "# Deployment web, container nginx\nA=1\nB=2\n# Deployment web, container busybox\nB=3\n");
  EXPECT_EQ(type("kubectl set env deployment/web A=2 --overwrite=false"),
            "error: deployments/web 'A' already has a value (1), and --overwrite is false\n");
  EXPECT_EQ(type("kubectl set env deployment/web A=2 A-"),
            "error: can not both modify and remove the same environment variable in the same "
            "command\n");
  EXPECT_EQ(type("echo C=4 | kubectl set env deployment/web -c nginx -e -"),
            "deployment.apps/web env updated\n");
  EXPECT_EQ(spec("containers[0].env[2]"), R"({"name":"C","value":"4"})");
}

TEST_F(KubectlSet, TakesVariablesFromAConfigMap) {
  EXPECT_EQ(type("kubectl set env deployment/web -c nginx --from=configmap/app --prefix=APP_"),
            "Warning: key color transferred to COLOR\nWarning: key log.level transferred to "
            "LOG_LEVEL\ndeployment.apps/web env updated\n");
  EXPECT_EQ(type("kubectl set env deployment/web -c nginx --list"),
            "# Deployment web, container nginx\n# APP_COLOR from configmap app, key color\n# "
            "APP_LOG_LEVEL from configmap app, key log.level\n");
  EXPECT_EQ(type("kubectl set env deployment/web -c nginx --list --resolve"),
            "# Deployment web, container nginx\nAPP_COLOR=blue\nAPP_LOG_LEVEL=info\n");
  EXPECT_EQ(type("kubectl set env deployment/web -c nothing A=1"),
            "Warning: Deployment/web does not have any containers matching \"nothing\"\n");
}

TEST_F(KubectlSet, SetsResources) {
  EXPECT_EQ(type("kubectl set resources deployment/web -c nginx --limits=memory=256Mi "
                 "--requests=cpu=0.1,memory=128Mi"),
            "deployment.apps/web resource requirements updated\n");
  EXPECT_EQ(spec("containers[0].resources"),
            R"({"limits":{"memory":"256Mi"},"requests":{"cpu":"100m","memory":"128Mi"}})");
  EXPECT_EQ(type("kubectl set resources deployment/web -c nginx --limits=memory=256Mi"), "");
  EXPECT_EQ(type("kubectl set resources deployment/web"),
            "error: you must specify an update to requests or limits (in the form of "
            "--requests/--limits)\n");
  EXPECT_EQ(type("kubectl set resources deployment/web --limits=foo"),
            "error: Invalid argument syntax foo, expected <resource>=<value>\n");
  EXPECT_EQ(type("kubectl set resources deployment/web -c foo --limits=cpu=1"),
            "error: unable to find container named foo\n");
}

TEST_F(KubectlSet, SetsTheServiceAccount) {
  type("kubectl create sa robot");
  EXPECT_EQ(type("kubectl set serviceaccount deployment web robot"),
            "deployment.apps/web serviceaccount updated\n");
  EXPECT_EQ(spec("serviceAccountName"), "robot");
  EXPECT_EQ(type("kubectl set sa"), "error: serviceaccount is required\n");
}

TEST_F(KubectlSet, DryRunsShowWhatWouldBe) {
  EXPECT_EQ(type("kubectl set image deployment/web nginx=x --dry-run=client"),
            "deployment.apps/web image updated (dry run)\n");
  EXPECT_EQ(type("kubectl set image deployment/web nginx=x --dry-run=server -o "
                 "jsonpath='{.spec.template.spec.containers[0].image}'"),
            "x");
  EXPECT_EQ(spec("containers[0].image"), "nginx");
}

TEST_F(KubectlSet, RecordsTheCommandWhenItIsTold) {
  EXPECT_EQ(type("kubectl set image deployment/web nginx=nginx:1.25 --record"),
            "Flag --record has been deprecated, --record will be removed in the "
            "future\ndeployment.apps/web image updated\n");
  EXPECT_EQ(type("kubectl get deployment web -o "
                 "jsonpath='{.metadata.annotations.kubernetes\\.io/change-cause}'"),
            "kubectl set image deployment/web nginx=nginx:1.25 --record=true");
}

TEST_F(KubectlSet, KnowsItsSubcommands) {
  EXPECT_EQ(type("kubectl set foo"),
            "error: unknown command \"foo\"\nSee 'kubectl set -h' for help and examples\n");
  EXPECT_EQ(type("kubectl set selector deployment web a=b"),
            "error: setting a selector is only supported for Services\n");
  EXPECT_EQ(type("kubectl set env pods A=1"),
            "error: resource(s) were provided, but no name was specified\n");
}

}  // namespace
}  // namespace sim::testing
