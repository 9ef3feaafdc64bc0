// Volumes: what is in them, who sees it, how it follows its source, and how large it may grow.
#include "tests/support/kubelet_test.h"

namespace sim::testing {
namespace {

class KubeletVolumes : public KubeletTest {
 protected:
  void config(const std::string& literals) { type("kubectl create configmap conf " + literals); }
};

TEST_F(KubeletVolumes, AConfigMapFollowsItsSourceLate) {
  config("--from-literal=a=one --from-literal=b=two");
  pod("vol", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "9999"],
      volumeMounts: [{name: v, mountPath: /conf}, {name: v, mountPath: /one, subPath: a}]}],
      volumes: [{name: v, configMap: {name: conf}}]})");
  run_for(seconds(5));
  const std::string before = run_in("vol", "readlink /conf/..data");
  EXPECT_EQ(run_in("vol", "ls /conf; readlink /conf/a"), "a\nb\n..data/a\n");
  type(R"(kubectl patch configmap conf -p '{"data":{"a":"ONE","b":null}}')");
  EXPECT_EQ(run_in("vol", "cat /conf/a /one"), "oneone");
  run_for(seconds(95));
  EXPECT_EQ(run_in("vol", "cat /conf/a; ls /conf"), "ONEa\n");
  EXPECT_NE(run_in("vol", "readlink /conf/..data"), before);
  // A subPath is bound to the file that was there at the start, until the container starts anew.
  EXPECT_EQ(run_in("vol", "cat /one"), "one");
  type("sim container kill vol");
  run_for(seconds(5));
  EXPECT_EQ(run_in("vol", "cat /one"), "ONE");
}

TEST_F(KubeletVolumes, AConfigMapIsReadOnly) {
  config("--from-literal=a=one");
  pod("vol", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "9999"],
      volumeMounts: [{name: v, mountPath: /conf}]}], volumes: [{name: v, configMap: {name: conf}}]})");
  run_for(seconds(5));
  expect_part(run_in("vol", "echo x > /conf/a"), "Read-only file system");
  expect_part(run_in("vol", "touch /conf/new"), "Read-only file system");
}

TEST_F(KubeletVolumes, KeysAndModes) {
  config("--from-literal=a=one --from-literal=b=two");
  pod("vol", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "9999"],
      volumeMounts: [{name: v, mountPath: /conf}]}],
      volumes: [{name: v, configMap: {name: conf, defaultMode: 0400,
        items: [{key: b, path: deep/er/file}, {key: a, path: plain, mode: 0755}]}}]})");
  run_for(seconds(5));
  EXPECT_EQ(run_in("vol", "cat /conf/deep/er/file; stat -Lc %a /conf/deep/er/file /conf/plain"),
            "two400\n755\n");
}

TEST_F(KubeletVolumes, WhatIsMissingIsToldAndTriedAgain) {
  pod("vol", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "9999"],
      volumeMounts: [{name: v, mountPath: /conf}, {name: d, mountPath: /d}]}],
      volumes: [{name: v, configMap: {name: conf}}, {name: d, emptyDir: {}}]})");
  run_for(seconds(20));
  EXPECT_EQ(container("vol", "state.waiting.reason"), "ContainerCreating");
  EXPECT_EQ(told("vol", "FailedMount"),
            "MountVolume.SetUp failed for volume \"v\" : configmap \"conf\" not found\n");
  // 0.5 s, 1 s, 2 s, 4 s, 8 s: five tries in 20 s, and the first.
  EXPECT_EQ(
      type("kubectl get events --field-selector involvedObject.name=vol,reason=FailedMount -o "
           "jsonpath='{.items[0].count}'"),
      "6");
  config("--from-literal=a=one");
  run_for(seconds(20));
  EXPECT_EQ(ask("vol", ".status.phase"), "Running");
}

TEST_F(KubeletVolumes, AMissingKeyAndAnOptionalSource) {
  config("--from-literal=a=one");
  pod("vol", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "9999"],
      volumeMounts: [{name: v, mountPath: /conf}]}],
      volumes: [{name: v, configMap: {name: conf, items: [{key: z, path: z}]}}]})");
  pod("opt", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "9999"],
      volumeMounts: [{name: v, mountPath: /conf}]}],
      volumes: [{name: v, configMap: {name: later, optional: true}}]})");
  run_for(seconds(5));
  EXPECT_EQ(told("vol", "FailedMount"),
            "MountVolume.SetUp failed for volume \"v\" : configmap references non-existent config "
            "key: z\n");
  EXPECT_EQ(run_in("opt", "ls /conf"), "");
  type("kubectl create configmap later --from-literal=x=1");
  run_for(seconds(95));
  EXPECT_EQ(run_in("opt", "ls /conf"), "x\n");
}

TEST_F(KubeletVolumes, WhatNobodyMountsIsNotWaitedFor) {
  pod("vol", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "9999"]}],
      volumes: [{name: v, configMap: {name: nosuch}}]})");
  run_for(seconds(5));
  EXPECT_EQ(ask("vol", ".status.phase"), "Running");
  EXPECT_EQ(told("vol", "FailedMount"), "");
}

TEST_F(KubeletVolumes, SubPathsAreMade) {
  pod("vol", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "9999"],
      env: [{name: WHO, value: me}],
      volumeMounts: [{name: d, mountPath: /all}, {name: d, mountPath: /mine, subPathExpr: logs/$(WHO)},
        {name: d, mountPath: /all/inner, subPath: x}]}], volumes: [{name: d, emptyDir: {}}]})");
  run_for(seconds(5));
  EXPECT_EQ(run_in("vol", "touch /mine/f; ls /all /all/logs/me; stat -c %a /all/logs"),
            "/all:\ninner\nlogs\nx\n\n/all/logs/me:\nf\n777\n");
  EXPECT_EQ(run_in("vol", "touch /all/inner/g; ls /all/x"), "g\n");
}

TEST_F(KubeletVolumes, ASubPathWithoutItsVariable) {
  pod("vol", R"yaml({containers: [{name: c, image: "busybox:1.36", command: [sleep, "9999"],
      volumeMounts: [{name: d, mountPath: /d, subPathExpr: "$(B)/$(A)"}]
}],
      volumes: [{name: d, emptyDir: {}}]
})yaml");
  run_for(seconds(4));
  EXPECT_EQ(container("vol", "state.waiting.reason"), "CreateContainerConfigError");
  EXPECT_EQ(container("vol", "state.waiting.message"), "missing value for A, B");
}

TEST_F(KubeletVolumes, ASubPathCannotLeaveItsVolume) {
  pod("vol", R"({initContainers: [{name: i, image: "busybox:1.36",
        command: [ln, -s, /etc, /d/out], volumeMounts: [{name: d, mountPath: /d}]}],
      containers: [{name: c, image: "busybox:1.36", command: [sleep, "9999"],
        volumeMounts: [{name: d, mountPath: /x, subPath: out}]}],
      volumes: [{name: d, emptyDir: {}}]})");
  run_for(seconds(5));
  EXPECT_EQ(container("vol", "state.waiting.reason"), "CreateContainerConfigError");
  EXPECT_EQ(container("vol", "state.waiting.message"),
            "failed to prepare subPath for volumeMount \"d\" of container \"c\"");
}

TEST_F(KubeletVolumes, DownwardFiles) {
  pod("vol", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "9999"],
      resources: {requests: {cpu: 250m, memory: 100Mi}, limits: {cpu: 1500m, memory: 200Mi}},
      volumeMounts: [{name: v, mountPath: /info}]}],
      volumes: [{name: v, downwardAPI: {items: [
        {path: cpu, resourceFieldRef: {containerName: c, resource: limits.cpu}},
        {path: milli, resourceFieldRef: {containerName: c, resource: requests.cpu, divisor: 1m}},
        {path: mem, resourceFieldRef: {containerName: c, resource: limits.memory, divisor: 1Mi}},
        {path: name, fieldRef: {fieldPath: metadata.name}},
        {path: labels, fieldRef: {fieldPath: metadata.labels}}]}}]})",
      ", labels: {app: x, tier: back}");
  run_for(seconds(5));
  const auto file = [&](const std::string& name) { return run_in("vol", "cat /info/" + name); };
  EXPECT_EQ(file("cpu"), "2");
  EXPECT_EQ(file("milli"), "250");
  EXPECT_EQ(file("mem"), "200");
  EXPECT_EQ(file("name"), "vol");
  EXPECT_EQ(file("labels"), "app=\"x\"\ntier=\"back\"");
  type("kubectl label pod vol tier=front --overwrite");
  run_for(seconds(95));
  EXPECT_EQ(file("labels"), "app=\"x\"\ntier=\"front\"");
}

TEST_F(KubeletVolumes, MemoryIsBoundByTheLimitOfItsContainers) {
  pod("vol", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "9999"],
      resources: {limits: {memory: 64Mi}},
      volumeMounts: [{name: m, mountPath: /m}, {name: s, mountPath: /s}]}],
      volumes: [{name: m, emptyDir: {medium: Memory}},
                {name: s, emptyDir: {medium: Memory, sizeLimit: 8Mi}}]})");
  run_for(seconds(5));
  EXPECT_EQ(run_in("vol", "df /m /s | tail -2 | sed \"s/ \\+/ /g\" | cut -d\" \" -f1,2,6"),
            "tmpfs 65536 /m\ntmpfs 8192 /s\n");
  expect_part(run_in("vol", "dd if=/dev/zero of=/s/f bs=1M count=9"), "No space left on device");
}

TEST_F(KubeletVolumes, ADiskThatOutgrowsItsLimitIsEvicted) {
  pod("vol", R"({terminationGracePeriodSeconds: 1, containers: [{name: c, image: "busybox:1.36",
      command: [sleep, "9999"], volumeMounts: [{name: d, mountPath: /d}]}],
      volumes: [{name: d, emptyDir: {sizeLimit: 1Mi}}]})");
  run_for(seconds(5));
  run_in("vol", "dd if=/dev/zero of=/d/f bs=1M count=3 2>/dev/null");
  run_for(seconds(30));
  EXPECT_EQ(ask("vol", ".status.phase"), "Running");  // nobody has measured it yet
  run_for(seconds(120));
  EXPECT_EQ(ask("vol", ".status.phase"), "Failed");
  EXPECT_EQ(ask("vol", ".status.reason"), "Evicted");
  EXPECT_EQ(ask("vol", ".status.message"),
            "Usage of EmptyDir volume \"d\" exceeds the limit \"1Mi\". ");
  EXPECT_EQ(told("vol", "Killing"), "Stopping container c\n");
}

TEST_F(KubeletVolumes, ContainersAreMeasuredToo) {
  pod("vol", R"({containers: [{name: c, image: "busybox:1.36",
      command: [sh, -c, "dd if=/dev/zero of=/tmp/f bs=1M count=5; sleep 9999"],
      resources: {limits: {ephemeral-storage: 2Mi}}}]})");
  run_for(seconds(150));
  EXPECT_EQ(ask("vol", ".status.message"),
            "Pod ephemeral local storage usage exceeds the total limit of containers 2Mi. ");
}

TEST_F(KubeletVolumes, AnEndedPodLetsItsVolumesGo) {
  pod("job", R"({restartPolicy: Never, containers: [{name: c, image: "busybox:1.36",
      command: [sh, -c, "echo x > /d/f"], volumeMounts: [{name: d, mountPath: /d}]}],
      volumes: [{name: d, emptyDir: {}}]})");
  run_for(seconds(5));
  EXPECT_EQ(ask("job", ".status.phase"), "Succeeded");
  EXPECT_EQ(world().store().table(Kind::Disk).size(), 0u);
}

}  // namespace
}  // namespace sim::testing
