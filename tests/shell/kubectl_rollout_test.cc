// kubectl rollout, with kubectl 1.32's texts.
#include "sim/base/format.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class RolloutTest : public WorldTest {
 protected:
  RolloutTest() {
    write("web.yaml", deployment("web", 2));
    type("kubectl apply -f web.yaml");
    settle();
  }
  const Deployment& web() { return *world().find<Deployment>("default", "web"); }
  std::string set_variable(const std::string& value) {
    return type(fmt::format(
        "kubectl patch deployment web -p '{{\"spec\":{{\"template\":{{\"spec\":{{\"containers\":[{{"
        "\"name\":\"web\",\"env\":[{{\"name\":\"V\",\"value\":\"{}\"}}]}}]}}}}}}}}'",
        value));
  }
  std::string variable() {
    const auto& env = web().spec.pod_template->spec.containers.front().env;
    return env.empty() ? "" : env.front().value.str();
  }
  static std::string last_line(const std::string& text) {
    const std::size_t end = text.rfind('\n', text.size() - 2);
    return end == std::string::npos ? text : text.substr(end + 1);
  }
};

TEST_F(RolloutTest, StatusOfASettledDeployment) {
  EXPECT_EQ(type("kubectl rollout status deployment/web --timeout=60s"),
            "deployment \"web\" successfully rolled out\n");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(type("kubectl rollout status deploy"), "deployment \"web\" successfully rolled out\n");
}

TEST_F(RolloutTest, StatusWaitsAndTellsEachState) {
  type("kubectl scale deployment/web --replicas=4");
  const std::string text = type("kubectl rollout status deployment/web --timeout=60s");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(last_line(text), "deployment \"web\" successfully rolled out\n");
  EXPECT_EQ(text.rfind("Waiting for deployment \"web\" rollout to finish: 2 of 4 updated replicas "
                       "are available...\n",
                       0),
            0u)
      << text;
  EXPECT_EQ(web().status.available_replicas, 4);
}

TEST_F(RolloutTest, StatusOfARollingUpdate) {
  type("kubectl rollout restart deployment/web");
  const std::string text = type("kubectl rollout status deployment/web");
  EXPECT_NE(text.find("1 out of 2 new replicas have been updated...\n"), std::string::npos) << text;
  EXPECT_NE(text.find("1 old replicas are pending termination...\n"), std::string::npos) << text;
  EXPECT_EQ(last_line(text), "deployment \"web\" successfully rolled out\n");
}

TEST_F(RolloutTest, StatusGivesUp) {
  type("kubectl set image deployment/web web=registry.example.com/nosuch:1");
  const std::string text = type("kubectl rollout status deployment/web --timeout=5s");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(last_line(text), "error: timed out waiting for the condition\n");
  EXPECT_EQ(type("kubectl rollout status deployment/web --watch=false"),
            "Waiting for deployment \"web\" rollout to finish: 1 out of 2 new replicas have been "
            "updated...\n");
  EXPECT_EQ(status(), 0);
  const std::string end = type("kubectl rollout status deployment/web");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(last_line(end), "error: deployment \"web\" exceeded its progress deadline\n");
}

TEST_F(RolloutTest, StatusMistakes) {
  EXPECT_EQ(type("kubectl rollout status deployment/nosuch"),
            "Error from server (NotFound): deployments.apps \"nosuch\" not found\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl rollout status"), "error: required resource not specified\n");
  EXPECT_EQ(type("kubectl rollout status deployment -l app=nosuch"),
            "No resources found in default namespace.\n");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(type("kubectl rollout status configmap/kube-root-ca.crt"),
            "error: no status viewer has been implemented for ConfigMap\n");
  EXPECT_EQ(type("kubectl rollout status deployment/web --revision=3"),
            "error: desired revision (3) is different from the running revision (1)\n");
  EXPECT_EQ(type("kubectl rollout status deployment/web --revision=-1"),
            "error: revision must be a positive integer: -1\n");
  EXPECT_EQ(type("kubectl rollout status deployment/web --timeout=60"),
            "error: invalid argument \"60\" for \"--timeout\" flag: time: missing unit in duration "
            "\"60\"\nSee 'kubectl rollout status --help' for usage.\n");
  EXPECT_EQ(type("kubectl rollout foo"),
            "error: unknown command \"foo\"\nSee 'kubectl rollout -h' for help and examples\n");
  EXPECT_EQ(status(), 1);
}

TEST_F(RolloutTest, HistoryAndUndo) {
  EXPECT_EQ(type("kubectl rollout undo deployment/web"),
            "error: no rollout history found for deployment \"web\"\n");
  set_variable("two");
  settle();
  type("kubectl annotate deployment/web kubernetes.io/change-cause='second try'");
  settle();
  EXPECT_EQ(type("kubectl rollout history deployment/web"),
            "deployment.apps/web \n"
            "REVISION  CHANGE-CAUSE\n"
            "1         <none>\n"
            "2         second try\n\n");
  EXPECT_EQ(type("kubectl rollout undo deployment/web"), "deployment.apps/web rolled back\n");
  settle();
  EXPECT_EQ(variable(), "");
  EXPECT_EQ(type("kubectl rollout history deployment/web"),
            "deployment.apps/web \n"
            "REVISION  CHANGE-CAUSE\n"
            "2         second try\n"
            "3         <none>\n\n");
  EXPECT_EQ(type("kubectl rollout undo deployment/web --to-revision=2"),
            "deployment.apps/web rolled back\n");
  settle();
  EXPECT_EQ(variable(), "two");
  EXPECT_EQ(web().spec.pod_template->meta.labels.contains("pod-template-hash"), false);
  EXPECT_EQ(type("kubectl rollout undo deployment/web --to-revision=4"),
            "deployment.apps/web skipped rollback (current template already matches revision 4)\n");
  EXPECT_EQ(type("kubectl rollout undo deployment/web --to-revision=9"),
            "error: unable to find specified revision 9 in history\n");
  EXPECT_EQ(status(), 1);
}

TEST_F(RolloutTest, HistoryOfOneRevision) {
  const std::string text = type("kubectl rollout history deployment/web --revision=1");
  EXPECT_EQ(text.rfind("deployment.apps/web with revision #1\nPod Template:\n  Labels:\tapp=web\n"
                       "\tpod-template-hash=",
                       0),
            0u)
      << text;
  EXPECT_NE(text.find("    Mounts:\n      /tmp from tmp (rw)\n"), std::string::npos) << text;
  EXPECT_EQ(type("kubectl rollout history deployment/web --revision=7"),
            "error: unable to find the specified revision\n");
  EXPECT_EQ(type("kubectl rollout history configmap/kube-root-ca.crt"),
            "error: no history viewer has been implemented for \"ConfigMap\"\n");
}

TEST_F(RolloutTest, DryRunOfUndoShowsTheTemplate) {
  set_variable("two");
  settle();
  const std::string text = type("kubectl rollout undo deployment/web --dry-run=client");
  EXPECT_EQ(text.rfind("deployment.apps/web Pod Template:\n", 0), 0u) << text;
  EXPECT_EQ(type("kubectl rollout undo deployment/web --dry-run=server"),
            "deployment.apps/web rolled back (server dry run)\n");
  EXPECT_EQ(variable(), "two");
}

TEST_F(RolloutTest, RestartMarksTheTemplate) {
  const std::string now = to_rfc3339(world().now());
  EXPECT_EQ(type("kubectl rollout restart deployment/web"), "deployment.apps/web restarted\n");
  EXPECT_EQ(web().spec.pod_template->meta.annotations.get("kubectl.kubernetes.io/restartedAt"),
            now);
  run_for(seconds(1) - Duration{world().now().ns % 1'000'000'000});
  type("kubectl rollout restart deployment/web");
  EXPECT_EQ(type("kubectl rollout restart deployment/web"),
            "error: failed to create patch for web: if restart has already been triggered within "
            "the past second, please wait before attempting to trigger another\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl rollout restart configmap/kube-root-ca.crt"),
            "error: configmaps \"kube-root-ca.crt\" restarting is not supported\n");
}

TEST_F(RolloutTest, PauseAndResume) {
  EXPECT_EQ(type("kubectl rollout resume deployment/web"),
            "error: deployments.apps \"web\" is not paused\n");
  EXPECT_EQ(type("kubectl rollout pause deployment/web"), "deployment.apps/web paused\n");
  EXPECT_TRUE(web().spec.paused);
  EXPECT_EQ(type("kubectl rollout pause deployment/web"),
            "error: deployments.apps \"web\" is already paused\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl rollout restart deployment/web"),
            "error: deployments.apps \"web\" can't restart paused deployment (run rollout resume "
            "first)\n");
  set_variable("two");
  settle();
  EXPECT_EQ(web().status.updated_replicas, 0);
  EXPECT_EQ(type("kubectl rollout resume deployment/web"), "deployment.apps/web resumed\n");
  settle();
  EXPECT_EQ(web().status.updated_replicas, 2);
  type("kubectl rollout pause deployment/web");
  EXPECT_EQ(type("kubectl rollout undo deployment/web"),
            "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout "
            "resume' and try again\n");
}

TEST_F(RolloutTest, SeveralFailuresStandWithoutAMark) {
  EXPECT_EQ(type("kubectl rollout status configmap/kube-root-ca.crt node/node-a deployment/web"),
            "deployment \"web\" successfully rolled out\n"
            "no status viewer has been implemented for ConfigMap\n"
            "no status viewer has been implemented for Node\n");
  EXPECT_EQ(status(), 1);
}

}  // namespace
}  // namespace sim::testing
