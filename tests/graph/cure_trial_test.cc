// Every cure that is a matter of commands is tried: what trial_of() says is typed, and then the
// file is there.
#include "sim/graph/cure_trial.h"

#include "sim/base/format.h"
#include "sim/model/pod_spec.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class CureTrialTest : public WorldTest {
 protected:
  /// A Deployment "web" of busybox that sleeps; `mounts` and `volumes` are the insides of lists.
  void deploy(int replicas, const std::string& mounts = "", const std::string& volumes = "",
              const std::string& more_containers = "") {
    write("web.yaml", fmt::format(R"(apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - {{name: c, image: busybox, command: [sleep, 9d], volumeMounts: [{}]}}
      {}
      volumes: [{}]
)",
                                  replicas, mounts, more_containers, volumes));
    type("kubectl apply -f web.yaml");
    EXPECT_EQ(status(), 0);
    settle();
  }
  std::vector<const Pod*> pods() {
    std::vector<const Pod*> all;
    for (const Id id : world().store().list(Kind::Pod, "default")) {
      const auto* pod = world().get<Pod>(id);
      if (!pod->meta.deletion_timestamp) all.push_back(pod);
    }
    return all;
  }
  /// Asks why `pod` does not see the path, tries the cure, and counts who sees the file then.
  std::size_t cure(Uid pod, const std::string& path, Cure::Kind expected,
                   const std::string& container = "") {
    CureTrial trial;
    {
      const Chronicle chronicle(world());
      const Why answer = why(chronicle, pod, container, path);
      EXPECT_FALSE(answer.visible);
      EXPECT_EQ(static_cast<int>(answer.cure.kind), static_cast<int>(expected))
          << name_of(answer.code);
      trial = trial_of(chronicle, pod, answer);
    }
    EXPECT_EQ(trial.trouble, CureTrial::Trouble::None);
    EXPECT_FALSE(trial.lines.empty());
    for (const std::string& line : trial.lines) {
      const std::string shown = type(line);
      EXPECT_EQ(status(), 0) << line << "\n" << shown;
    }
    settle();
    std::size_t seen = 0;
    for (const Pod* one : pods()) {
      for (const Container& each : full_spec(*one).containers) {
        seen += sees(world(), one->meta.uid, each.name.view(), trial.path) ? 1 : 0;
      }
    }
    return seen;
  }
};

TEST_F(CureTrialTest, AFileThatOnePodWroteIsShared) {
  deploy(2);
  type(fmt::format("kubectl exec {} -- touch /tmp/x", pods()[0]->meta.name));
  EXPECT_EQ(cure(pods()[1]->meta.uid, "/tmp/x", Cure::Kind::ShareVolume), 2u);
}

TEST_F(CureTrialTest, AVolumeThatBothMountTakesIt) {
  deploy(2, "{name: v, mountPath: /data}", "{name: v, persistentVolumeClaim: {claimName: all}}");
  write("claim.yaml", R"(apiVersion: v1
kind: PersistentVolume
metadata: {name: all}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteMany], storageClassName: "", nfs: {server: s, path: /x}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: all}
spec: {accessModes: [ReadWriteMany], storageClassName: "", resources: {requests: {storage: 1Gi}}}
)");
  type("kubectl apply -f claim.yaml");
  settle();
  type(fmt::format("kubectl exec {} -- sh -c 'echo hello > /tmp/x'", pods()[0]->meta.name));
  EXPECT_EQ(cure(pods()[1]->meta.uid, "/tmp/x", Cure::Kind::WriteShared), 2u);
  EXPECT_EQ(type(fmt::format("kubectl exec {} -- cat /data/x", pods()[1]->meta.name)), "hello\n");
}

TEST_F(CureTrialTest, TwoContainersOfAPodShareADisk) {
  deploy(1, "", "", "- {name: d, image: busybox, command: [sleep, 9d]}");
  type("kubectl exec deploy/web -c d -- mkdir /work");
  type("kubectl exec deploy/web -c d -- touch /work/x");
  EXPECT_EQ(cure(pods()[0]->meta.uid, "/work/x", Cure::Kind::ShareInPod, "c"), 2u);
}

TEST_F(CureTrialTest, WhatAContainerLostIsKept) {
  deploy(1);
  const Uid pod = pods()[0]->meta.uid;
  type("kubectl exec deploy/web -- touch /tmp/x");
  type(fmt::format("sim container kill {}", pods()[0]->meta.name));
  settle();
  EXPECT_EQ(cure(pod, "/tmp/x", Cure::Kind::AddVolume), 1u);
  deploy(1, "{name: v, mountPath: /data}", "{name: v, emptyDir: {}}");
  type("kubectl exec deploy/web -- touch /home/y");
  type(fmt::format("sim container kill {}", pods()[0]->meta.name));
  settle();
  EXPECT_EQ(cure(pods()[0]->meta.uid, "/home/y", Cure::Kind::KeepInVolume), 1u);
}

TEST_F(CureTrialTest, WhatAPodLostIsKeptInAClaim) {
  deploy(1);
  const Uid pod = pods()[0]->meta.uid;
  type("kubectl exec deploy/web -- touch /tmp/x");
  type(fmt::format("kubectl delete pod {}", pods()[0]->meta.name));
  settle();
  EXPECT_EQ(cure(pod, "/tmp/x", Cure::Kind::UseClaim), 1u);
}

TEST_F(CureTrialTest, AMountMovesAway) {
  deploy(1, "{name: v, mountPath: /etc}", "{name: v, emptyDir: {}}");
  EXPECT_EQ(cure(pods()[0]->meta.uid, "/etc/passwd", Cure::Kind::MountElsewhere), 1u);
}

TEST_F(CureTrialTest, AKeyIsAddedAndWhatWasRemovedComesBack) {
  type("kubectl create configmap app --from-literal=a=1");
  deploy(1, "{name: v, mountPath: /cfg}", "{name: v, configMap: {name: app}}");
  const Uid pod = pods()[0]->meta.uid;
  EXPECT_EQ(cure(pod, "/cfg/b", Cure::Kind::AddKey), 1u);
  type("kubectl exec deploy/web -- rm /etc/passwd");
  EXPECT_EQ(cure(pod, "/etc/passwd", Cure::Kind::RestartContainer), 1u);
  type("kubectl exec deploy/web -- touch /tmp/x");
  type("kubectl exec deploy/web -- rm /tmp/x");
  EXPECT_EQ(cure(pod, "/tmp/x", Cure::Kind::WriteAgain), 1u);
}

TEST_F(CureTrialTest, WhatIsDownIsMended) {
  deploy(1);
  const Uid pod = pods()[0]->meta.uid;
  type(fmt::format("sim node cut {}", pods()[0]->node_name));
  run_for(seconds(5));
  EXPECT_EQ(cure(pod, "/etc/passwd", Cure::Kind::HealNetwork), 1u);
  type(fmt::format("sim node stop {}", pods()[0]->node_name));
  run_for(seconds(5));
  EXPECT_EQ(cure(pod, "/etc/passwd", Cure::Kind::StartNode), 1u);
}

TEST_F(CureTrialTest, AClaimGetsAVolume) {
  deploy(1, "{name: v, mountPath: /data}", "{name: v, persistentVolumeClaim: {claimName: all}}");
  write("claim.yaml", R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: all}
spec: {accessModes: [ReadWriteMany], storageClassName: "", resources: {requests: {storage: 1Gi}}}
)");
  type("kubectl apply -f claim.yaml");
  settle();
  EXPECT_EQ(cure(pods()[0]->meta.uid, "/data/x", Cure::Kind::ProvideClaim), 1u);
}

TEST_F(CureTrialTest, APodOfItsOwnCannotBeChanged) {
  type("kubectl run a --image=busybox --command -- sleep 9d");
  type("kubectl run b --image=busybox --command -- sleep 9d");
  settle();
  type("kubectl exec a -- touch /tmp/x");
  const Chronicle chronicle(world());
  const Uid pod = world().find<Pod>("default", "b")->meta.uid;
  const CureTrial trial = trial_of(chronicle, pod, why(chronicle, pod, "", "/tmp/x"));
  EXPECT_EQ(trial.trouble, CureTrial::Trouble::NoController);
  EXPECT_TRUE(trial.lines.empty());
}

}  // namespace
}  // namespace sim::testing
