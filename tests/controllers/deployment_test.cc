// Deployments as people meet them: what a rollout does and in which order, what stops it, going
// back, scaling in the middle, pausing, and which ReplicaSets are theirs.
#include <algorithm>
#include <map>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/pod_facts.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class DeploymentTest : public WorldTest {
 protected:
  /// A Deployment `web`; `spec` and `pod` are further lines of YAML, indented by two and six.
  void deploy(int replicas, const std::string& spec = "", const std::string& pod = "",
              const std::string& image = "nginx:1.25") {
    apply(replicas, spec, pod, image);
    settle();
  }
  void apply(int replicas, const std::string& spec = "", const std::string& pod = "",
             const std::string& image = "nginx:1.25") {
    write("web.yaml", fmt::format(R"(apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {}
{}  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
{}      containers:
      - {{name: web, image: "{}"}}
)",
                                  replicas, spec, pod, image));
    ASSERT_NE(type("kubectl apply -f web.yaml"), "");
    ASSERT_EQ(status(), 0);
  }
  void set_image(const std::string& image) {
    EXPECT_EQ(type("kubectl set image deployment/web web=" + image),
              "deployment.apps/web image updated\n");
  }
  /// The same text with the ReplicaSets called web-1, web-2, … in the order of their creation.
  std::string numbered(std::string text) {
    std::vector<Id> sets = world().store().list(Kind::ReplicaSet, "default");
    std::sort(sets.begin(), sets.end());
    for (const Id id : sets) names_.try_emplace(id, world().get<ReplicaSet>(id)->meta.name.str());
    int number = 0;
    for (const auto& [id, name] : names_) {
      const std::string short_name = fmt::format("web-{}", ++number);
      for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos;) {
        text.replace(at, name.size(), short_name);
      }
    }
    return text;
  }
  /// What the controller told of the Deployment, oldest first.
  std::string events() {
    return numbered(
        type("kubectl get events --field-selector involvedObject.kind=Deployment "
             "--sort-by=.metadata.creationTimestamp -o custom-columns=M:.message --no-headers"));
  }
  std::string sets() {
    return numbered(
        type("kubectl get rs --sort-by=.metadata.creationTimestamp --no-headers -o custom-columns="
             "N:.metadata.name,S:.spec.replicas"));
  }
  std::string ready() {
    return type(
        "kubectl get deploy web --no-headers -o custom-columns="
        "A:.status.readyReplicas,B:.spec.replicas,C:.status.updatedReplicas,"
        "D:.status.availableReplicas");
  }
  std::string condition(const std::string& kind) {
    return numbered(type(fmt::format(
        "kubectl get deploy web -o jsonpath='{{range .status.conditions[?(@.type==\"{}\")]}}"
        "{{.status}} {{.reason}}: {{.message}}{{end}}'",
        kind)));
  }
  std::string revision(const std::string& what) {
    return type("kubectl get " + what +
                " -o jsonpath='{.metadata.annotations.deployment\\.kubernetes\\.io/revision}'");
  }
  std::string set_name(std::size_t number) {
    numbered("");
    return std::next(names_.begin(), static_cast<std::ptrdiff_t>(number) - 1)->second;
  }

 private:
  std::map<Id, std::string> names_;  // of all ReplicaSets seen
};

TEST_F(DeploymentTest, TemplateHashes) {
  struct Row {
    const char* labels;
    const char* annotations;
    const char* container;
    const char* hash;
  };
  const std::vector<Row> rows = {
      {"app: nginx", "", "name: nginx, image: \"nginx:1.14.2\", ports: [{containerPort: 80}]",
       "77d8468669"},
      {"app: nginx", "", "name: nginx, image: \"nginx:1.16.1\", ports: [{containerPort: 80}]",
       "595dff4fdb"},
      {"app: nginx", "", "name: nginx, image: nginx", "bf5d5cf98"},
      {"app: web", "", "name: web, image: \"nginx:1.25\"", "6c698496bd"},
      {"app: web", "", "name: web, image: \"nginx:1.25\", env: [{name: A, value: b}]",
       "6bf674b98c"},
      {"app: web", "kubectl.kubernetes.io/restartedAt: \"2024-06-01T12:00:00Z\"",
       "name: web, image: \"nginx:1.25\"", "7544b8f4cf"},
      {"app: web, tier: front", "", "name: web, image: \"nginx:1.25\"", "5f47fcb747"},
  };
  for (const Row& row : rows) {
    const std::string app = std::string(row.labels).substr(5, row.labels[5] == 'n' ? 5 : 3);
    write("a.yaml", fmt::format(R"(apiVersion: apps/v1
kind: Deployment
metadata: {{name: a}}
spec:
  selector: {{matchLabels: {{app: {}}}}}
  template:
    metadata: {{labels: {{{}}}, annotations: {{{}}}}}
    spec: {{containers: [{{{}}}]}}
)",
                                app, row.labels, row.annotations, row.container));
    type("kubectl apply -f a.yaml; sleep 1");
    EXPECT_EQ(type("kubectl get rs -o name"), fmt::format("replicaset.apps/a-{}\n", row.hash));
    type("kubectl delete deploy a; sleep 3");
  }
}

TEST_F(DeploymentTest, OnlyTheTemplateMakesAReplicaSet) {
  deploy(2);
  type("kubectl annotate deploy web note=x; kubectl label deploy web tier=front");
  type(
      "kubectl patch deploy web -p '{\"spec\":{\"replicas\":3,\"minReadySeconds\":1,"
      "\"strategy\":{\"rollingUpdate\":{\"maxSurge\":2}}}}'");
  settle();
  EXPECT_EQ(sets(), "web-1   3\n");
  EXPECT_EQ(type("kubectl get rs -o jsonpath='{.items[0].metadata.annotations.note} "
                 "{.items[0].spec.minReadySeconds}'"),
            "x 1");
  EXPECT_EQ(revision("deploy web"), "1");
}

TEST_F(DeploymentTest, AHashThatIsTakenGivesAnother) {
  write("rs.yaml", R"(apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: nginx-bf5d5cf98}
spec:
  replicas: 0
  selector: {matchLabels: {app: other}}
  template:
    metadata: {labels: {app: other}}
    spec: {containers: [{name: c, image: busybox}]}
)");
  type("kubectl apply -f rs.yaml; kubectl create deployment nginx --image=nginx");
  settle();
  EXPECT_EQ(type("kubectl get rs -o name"),
            "replicaset.apps/nginx-6dd489b959\nreplicaset.apps/nginx-bf5d5cf98\n");
  EXPECT_EQ(type("kubectl get deploy nginx -o jsonpath='{.status.collisionCount} "
                 "{.status.availableReplicas}'"),
            "1 1");
  EXPECT_EQ(type("kubectl get rs nginx-6dd489b959 -o jsonpath='{.metadata.labels}'"),
            "{\"app\":\"nginx\",\"pod-template-hash\":\"6dd489b959\"}");
  EXPECT_EQ(type("kubectl get events --field-selector involvedObject.kind=Deployment "
                 "-o custom-columns=M:.message --no-headers"),
            "Scaled up replica set nginx-6dd489b959 to 1\n");
}

TEST_F(DeploymentTest, ARollingUpdateOfThree) {
  deploy(3);
  set_image("nginx");
  settle();
  EXPECT_EQ(events(),
            "Scaled up replica set web-1 to 3\n"
            "Scaled up replica set web-2 to 1\n"
            "Scaled down replica set web-1 to 2 from 3\n"
            "Scaled up replica set web-2 to 2 from 1\n"
            "Scaled down replica set web-1 to 1 from 2\n"
            "Scaled up replica set web-2 to 3 from 2\n"
            "Scaled down replica set web-1 to 0 from 1\n");
  EXPECT_EQ(sets(), "web-1   0\nweb-2   3\n");
  EXPECT_EQ(revision("deploy web"), "2");
  EXPECT_EQ(revision("rs " + set_name(1)), "1");
  EXPECT_EQ(revision("rs " + set_name(2)), "2");
  EXPECT_EQ(type("kubectl get deploy web -o jsonpath='{.status.conditions[*].type}'"),
            "Available Progressing");
  EXPECT_EQ(condition("Progressing"),
            "True NewReplicaSetAvailable: ReplicaSet \"web-2\" has successfully progressed.");
  EXPECT_EQ(condition("Available"),
            "True MinimumReplicasAvailable: Deployment has minimum availability.");
}

TEST_F(DeploymentTest, ARollingUpdateOfTenBeginsWithFiveNewPods) {
  deploy(10);
  set_image("nginx");
  run_for(seconds(1));
  EXPECT_EQ(events(),
            "Scaled up replica set web-1 to 10\n"
            "Scaled up replica set web-2 to 3\n"
            "Scaled down replica set web-1 to 8 from 10\n"
            "Scaled up replica set web-2 to 5 from 3\n");
  settle();
  EXPECT_EQ(sets(), "web-1   0\nweb-2   10\n");
}

TEST_F(DeploymentTest, PercentagesOfAnExplicitStrategy) {
  deploy(4, "  strategy: {rollingUpdate: {maxSurge: \"50%\", maxUnavailable: \"0%\"}}\n");
  set_image("nginx:nosuch");
  settle();
  EXPECT_EQ(sets(), "web-1   4\nweb-2   2\n");
  EXPECT_EQ(type("kubectl get rs -o jsonpath='{range .items[*]}{.metadata.annotations"
                 ".deployment\\.kubernetes\\.io/desired-replicas}/{.metadata.annotations"
                 ".deployment\\.kubernetes\\.io/max-replicas} {end}'"),
            "4/6 4/6 ");
}

TEST_F(DeploymentTest, RecreateWaitsForTheLastOldPod) {
  deploy(3, "  strategy: {type: Recreate}\n");
  const std::uint64_t begin = world().revision();
  set_image("nginx");
  settle();
  EXPECT_EQ(events(),
            "Scaled up replica set web-1 to 3\n"
            "Scaled down replica set web-1 to 0 from 3\n"
            "Scaled up replica set web-2 to 3\n");
  Time last_gone{};
  Time first_made = kNever;
  for (std::uint64_t revision = begin + 1; revision <= world().revision(); ++revision) {
    const Change& change = world().journal().at(revision);
    if (change.ref.kind != Kind::Pod) continue;
    if (!change.after) last_gone = change.time;
    if (!change.before) first_made = std::min(first_made, change.time);
  }
  EXPECT_LT(last_gone, first_made);
  EXPECT_EQ(ready(), "3     3     3     3\n");
}

TEST_F(DeploymentTest, ABrokenImageStopsARolloutOfThree) {
  deploy(3);
  set_image("nginx:nosuch");
  run_for(seconds(60));
  EXPECT_EQ(ready(), "3     3     1     3\n");
  EXPECT_EQ(sets(), "web-1   3\nweb-2   1\n");
  EXPECT_EQ(condition("Progressing"),
            "True ReplicaSetUpdated: ReplicaSet \"web-2\" is progressing.");
  EXPECT_EQ(type("kubectl get deploy web --no-headers -o custom-columns=U:"
                 ".status.unavailableReplicas"),
            "1\n");
}

TEST_F(DeploymentTest, ABrokenImageStopsARolloutOfFourLater) {
  deploy(4);
  set_image("nginx:nosuch");
  run_for(seconds(60));
  EXPECT_EQ(events(),
            "Scaled up replica set web-1 to 4\n"
            "Scaled up replica set web-2 to 1\n"
            "Scaled down replica set web-1 to 3 from 4\n"
            "Scaled up replica set web-2 to 2 from 1\n");
  EXPECT_EQ(ready(), "3     4     2     3\n");
  EXPECT_EQ(condition("Available"),
            "True MinimumReplicasAvailable: Deployment has minimum availability.");
}

TEST_F(DeploymentTest, ABrokenImageLeavesTheOnlyPodAlone) {
  deploy(1);
  set_image("nginx:nosuch");
  run_for(minutes(20));
  EXPECT_EQ(ready(), "1     1     1     1\n");
  EXPECT_EQ(sets(), "web-1   1\nweb-2   1\n");
}

TEST_F(DeploymentTest, TheProgressDeadlinePasses) {
  deploy(3);
  const std::string before = events();
  set_image("nginx:nosuch");
  run_for(seconds(5));
  const Time progress =
      *world().find<Deployment>("default", "web")->status.conditions.back().last_update_time;
  run_for(progress + seconds(599) - world().now());
  EXPECT_EQ(condition("Progressing"),
            "True ReplicaSetUpdated: ReplicaSet \"web-2\" is progressing.");
  run_for(progress + seconds(602) - world().now());
  EXPECT_EQ(condition("Progressing"),
            "False ProgressDeadlineExceeded: ReplicaSet \"web-2\" has timed out progressing.");
  EXPECT_EQ(sets(), "web-1   3\nweb-2   1\n");
  EXPECT_EQ(type("kubectl rollout status deploy web"),
            "error: deployment \"web\" exceeded its progress deadline\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(events(), before + "Scaled up replica set web-2 to 1\n");
  // Once it goes on, the verdict is taken back.
  set_image("nginx");
  settle();
  EXPECT_EQ(condition("Progressing"),
            "True NewReplicaSetAvailable: ReplicaSet \"web-3\" has successfully progressed.");
}

TEST_F(DeploymentTest, EachStepForwardBeginsTheDeadlineAnew) {
  deploy(2, "  progressDeadlineSeconds: 10\n  minReadySeconds: 8\n");
  set_image("nginx");
  const std::string text = type("kubectl rollout status deploy web");
  EXPECT_EQ(status(), 0) << text;
}

TEST_F(DeploymentTest, WithoutADeadlineThereIsNoProgressCondition) {
  deploy(1, "  progressDeadlineSeconds: 2147483647\n");
  EXPECT_EQ(condition("Progressing"), "");
  EXPECT_EQ(type("kubectl get deploy web -o jsonpath='{.status.conditions[*].type}'"), "Available");
}

TEST_F(DeploymentTest, PodsThatCrashLaterMissNoDeadline) {
  deploy(2, "  progressDeadlineSeconds: 30\n");
  type("kubectl get pods -o name | while read p; do kubectl exec $p -- kill 1; done");
  type("sim node stop node-a; sim node stop node-b");
  run_for(minutes(3));
  EXPECT_EQ(condition("Progressing"),
            "True NewReplicaSetAvailable: ReplicaSet \"web-1\" has successfully progressed.");
  EXPECT_EQ(condition("Available"),
            "False MinimumReplicasUnavailable: Deployment does not have minimum availability.");
}

TEST_F(DeploymentTest, ScalingInTheMiddleIsShared) {
  deploy(10, "  strategy: {rollingUpdate: {maxSurge: 3, maxUnavailable: 2}}\n");
  set_image("nginx:nosuch");
  settle();
  EXPECT_EQ(sets(), "web-1   8\nweb-2   5\n");
  type("kubectl scale deploy web --replicas=15");
  settle();
  EXPECT_EQ(sets(), "web-1   11\nweb-2   7\n");
  const std::string told = events();
  EXPECT_NE(told.find("Scaled up replica set web-1 to 11 from 8\n"
                      "Scaled up replica set web-2 to 7 from 5\n"),
            std::string::npos)
      << told;
  EXPECT_EQ(type("kubectl get rs -o jsonpath='{range .items[*]}{.metadata.annotations"
                 ".deployment\\.kubernetes\\.io/desired-replicas}/{.metadata.annotations"
                 ".deployment\\.kubernetes\\.io/max-replicas} {end}'"),
            "15/18 15/18 ");
  type("kubectl scale deploy web --replicas=0");
  settle();
  EXPECT_EQ(sets(), "web-1   0\nweb-2   0\n");
}

TEST_F(DeploymentTest, ScalingWithoutARolloutTellsFromWhere) {
  deploy(2);
  type("kubectl scale deploy web --replicas=5");
  settle();
  type("kubectl scale deploy web --replicas=0");
  settle();
  EXPECT_EQ(events(),
            "Scaled up replica set web-1 to 2\n"
            "Scaled up replica set web-1 to 5 from 2\n"
            "Scaled down replica set web-1 to 0 from 5\n");
  EXPECT_EQ(condition("Available"),
            "True MinimumReplicasAvailable: Deployment has minimum availability.");
  // A template for nobody makes a ReplicaSet, and nothing to tell.
  set_image("nginx");
  settle();
  EXPECT_EQ(sets(), "web-1   0\nweb-2   0\n");
  type("kubectl scale deploy web --replicas=1");
  settle();
  EXPECT_EQ(sets(), "web-1   0\nweb-2   1\n");
}

TEST_F(DeploymentTest, MoreReplicasThanNumbersMakeNone) {
  type("kubectl create deployment web --image=nginx --replicas=2000000000");
  run_for(seconds(5));
  EXPECT_EQ(type("kubectl get rs --no-headers -o custom-columns=S:.spec.replicas"), "0\n");
}

TEST_F(DeploymentTest, UndoTakesTheOldReplicaSetAgain) {
  deploy(3);
  EXPECT_EQ(type("kubectl rollout undo deploy web"),
            "error: no rollout history found for deployment \"web\"\n");
  set_image("nginx");
  settle();
  EXPECT_EQ(type("kubectl rollout undo deploy web"), "deployment.apps/web rolled back\n");
  settle();
  EXPECT_EQ(sets(), "web-1   3\nweb-2   0\n");
  EXPECT_EQ(revision("deploy web"), "3");
  EXPECT_EQ(revision("rs " + set_name(1)), "3");
  EXPECT_EQ(type("kubectl get rs " + set_name(1) +
                 " -o jsonpath='{.metadata.annotations.deployment\\.kubernetes\\.io/"
                 "revision-history}'"),
            "1");
  EXPECT_EQ(type("kubectl rollout history deploy web"),
            "deployment.apps/web \nREVISION  CHANGE-CAUSE\n2         <none>\n3         <none>\n\n");
  const std::string told = events();
  EXPECT_NE(told.find("Scaled up replica set web-1 to 1 from 0\n"), std::string::npos) << told;
  EXPECT_EQ(type("kubectl rollout undo deploy web --to-revision=3"),
            "deployment.apps/web skipped rollback (current template already matches revision 3)\n");
  // There and back: the history grows.
  type("kubectl rollout undo deploy web");
  settle();
  type("kubectl rollout undo deploy web");
  settle();
  EXPECT_EQ(type("kubectl get rs " + set_name(1) +
                 " -o jsonpath='{.metadata.annotations.deployment\\.kubernetes\\.io/"
                 "revision-history}'"),
            "1,3");
}

TEST_F(DeploymentTest, RevisionsWrittenByHand) {
  deploy(1);
  set_image("nginx");
  settle();
  const std::string key = "deployment.kubernetes.io/revision";
  type("kubectl annotate --overwrite rs " + set_name(1) + " " + key + "=" + std::string(3000, '0') +
       "1");
  type("kubectl rollout undo deploy web --to-revision=1");
  settle();
  EXPECT_EQ(revision("deploy web"), "3");
  // What is no number is left as it is.
  type("kubectl annotate --overwrite rs " + set_name(1) + " " + key + "=third");
  settle();
  EXPECT_EQ(revision("rs " + set_name(1)), "third");
  EXPECT_EQ(revision("deploy web"), "third");
  type("kubectl annotate --overwrite rs " + set_name(1) + " " + key + "-");
  settle();
  EXPECT_EQ(revision("deploy web"), "3");
}

TEST_F(DeploymentTest, TenOldRevisionsAreKept) {
  deploy(1);
  for (int i = 2; i <= 13; ++i) {
    type(fmt::format("kubectl set env deploy/web V={}", i));
    settle();
  }
  EXPECT_EQ(type("kubectl get rs --no-headers | wc -l"), "11\n");
  EXPECT_EQ(type("kubectl get rs --sort-by=.metadata.creationTimestamp -o jsonpath='{range "
                 ".items[*]}{.metadata.annotations.deployment\\.kubernetes\\.io/revision} {end}'"),
            "3 4 5 6 7 8 9 10 11 12 13 ");
  EXPECT_EQ(type("kubectl rollout undo deploy web --to-revision=1"),
            "error: unable to find specified revision 1 in history\n");
  type("kubectl patch deploy web -p '{\"spec\":{\"revisionHistoryLimit\":0}}'");
  settle();
  EXPECT_EQ(type("kubectl get rs --no-headers | wc -l"), "1\n");
  EXPECT_EQ(ready(), "1     1     1     1\n");
}

TEST_F(DeploymentTest, AStuckRolloutKeepsItsHistory) {
  deploy(2, "  revisionHistoryLimit: 0\n");
  set_image("nginx:nosuch");
  settle();
  set_image("nginx:nosuch2");
  settle();
  EXPECT_EQ(type("kubectl get rs --no-headers | wc -l"), "3\n");
  set_image("nginx");
  settle();
  EXPECT_EQ(type("kubectl get rs --no-headers | wc -l"), "1\n");
}

TEST_F(DeploymentTest, APausedOneOnlyScales) {
  deploy(2);
  type("kubectl rollout pause deploy web");
  set_image("nginx");
  type("kubectl set env deploy/web A=b");
  settle();
  EXPECT_EQ(sets(), "web-1   2\n");
  EXPECT_EQ(condition("Progressing"), "Unknown DeploymentPaused: Deployment is paused");
  type("kubectl scale deploy web --replicas=4");
  settle();
  EXPECT_EQ(sets(), "web-1   4\n");
  EXPECT_EQ(ready(), "4     4     <none>   4\n");
  EXPECT_EQ(type("kubectl rollout undo deploy web --to-revision=1"),
            "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout "
            "resume' and try again\n");
  type("kubectl rollout resume deploy web");
  settle();
  EXPECT_EQ(sets(), "web-1   0\nweb-2   4\n");
  EXPECT_EQ(condition("Progressing"),
            "True NewReplicaSetAvailable: ReplicaSet \"web-2\" has successfully progressed.");
}

TEST_F(DeploymentTest, PausedInTheMiddleItScalesBoth) {
  deploy(4);
  set_image("nginx:nosuch");
  settle();
  EXPECT_EQ(sets(), "web-1   3\nweb-2   2\n");
  type("kubectl rollout pause deploy web; kubectl scale deploy web --replicas=8");
  run_for(minutes(20));
  EXPECT_EQ(sets(), "web-1   6\nweb-2   4\n");
  EXPECT_EQ(condition("Progressing"), "Unknown DeploymentPaused: Deployment is paused");
}

TEST_F(DeploymentTest, NewPodsCountAfterTheirMinimumTime) {
  deploy(2, "  minReadySeconds: 20\n");
  set_image("nginx");
  run_for(seconds(15));
  EXPECT_EQ(ready(), "3     2     1     2\n");
  run_for(seconds(15));
  EXPECT_EQ(sets(), "web-1   1\nweb-2   2\n");
  EXPECT_EQ(type("kubectl rollout status deploy web --watch=false"),
            "Waiting for deployment \"web\" rollout to finish: 1 old replicas are pending "
            "termination...\n");
  settle();
  EXPECT_EQ(ready(), "2     2     2     2\n");
}

TEST_F(DeploymentTest, ANameTooLongForItsReplicaSet) {
  const std::string name(250, 'w');
  write("long.yaml", fmt::format(R"(apiVersion: apps/v1
kind: Deployment
metadata: {{name: {}}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: web, image: nginx}}]}}
)",
                                 name));
  type("kubectl apply -f long.yaml");
  ASSERT_EQ(status(), 0);
  run_for(minutes(10));
  const std::string text = type(
      "kubectl get events -o custom-columns=T:.type,R:.reason,C:.count,M:.message "
      "--no-headers");
  EXPECT_EQ(text.rfind("Warning   ReplicaSetCreateError   16 ", 0), 0u) << text;
  EXPECT_NE(text.find("Failed to create new replica set \"" + name + "-"), std::string::npos);
  EXPECT_NE(text.find("\": ReplicaSet.apps \"" + name + "-"), std::string::npos) << text;
  EXPECT_NE(text.find("\" is invalid: metadata.name: Invalid value: "), std::string::npos) << text;
  EXPECT_EQ(type("kubectl get deploy -o jsonpath='{.items[0].status.conditions[0].status} "
                 "{.items[0].status.conditions[0].reason}'"),
            "False ReplicaSetCreateError");
}

TEST_F(DeploymentTest, AReplicaSetThatLosesItsLabelsIsLetGo) {
  deploy(2);
  type("kubectl label --overwrite rs " + set_name(1) + " app=other");
  settle();
  EXPECT_EQ(type("kubectl get rs " + set_name(1) + " -o jsonpath='{.metadata.ownerReferences}'"),
            "");
  // The name of the new one is taken by the old one.
  EXPECT_EQ(type("kubectl get deploy web -o jsonpath='{.status.collisionCount}'"), "1");
  EXPECT_EQ(type("kubectl get pods --no-headers | wc -l"), "4\n");
  // And it is taken in again.
  type("kubectl label --overwrite rs " + set_name(1) + " app=web");
  settle();
  EXPECT_EQ(
      type("kubectl get rs " + set_name(1) + " -o jsonpath='{.metadata.ownerReferences[0].name}'"),
      "web");
  EXPECT_EQ(ready(), "2     2     2     2\n");
}

TEST_F(DeploymentTest, AReplicaSetScaledByHandIsTakenBack) {
  deploy(3);
  type("kubectl scale rs " + set_name(1) + " --replicas=5");
  settle();
  EXPECT_EQ(sets(), "web-1   3\n");
  const std::string told = events();
  EXPECT_NE(told.find("Scaled down replica set web-1 to 3 from 5\n"), std::string::npos) << told;
}

TEST_F(DeploymentTest, ADeletedReplicaSetIsMadeAgain) {
  deploy(2);
  const std::string name = set_name(1);
  type("kubectl delete rs " + name);
  settle();
  EXPECT_EQ(type("kubectl get rs -o name"), "replicaset.apps/" + name + "\n");
  EXPECT_EQ(type("kubectl get pods --no-headers | wc -l"), "2\n");
}

}  // namespace
}  // namespace sim::testing
