// What a container is given: variables, words of its command, user and groups, host files.
#include "tests/support/kubelet_test.h"

namespace sim::testing {
namespace {

using KubeletEnvironment = KubeletTest;

TEST_F(KubeletEnvironment, NamesInValuesAndCommands) {
  pod("env", R"yaml({restartPolicy: Never, containers: [{name: c, image: "busybox:1.36",
      command: [echo, "$(A)", "$$(A)", "$(B)", "$(NONE)", "$(PATH)", "$(KUBERNETES_SERVICE_HOST)", "$A"],
      env: [{name: A, value: one}, {name: B, value: "$(A)/$(LATER)/$$(A)"}, {name: LATER, value: z}]}]
})yaml");
  run_for(seconds(5));
  // What the image sets is no variable of the pod; what comes later has no value yet.
  EXPECT_EQ(type("kubectl logs env"), "one $(A) one/$(LATER)/$(A) $(NONE) $(PATH) 10.96.0.1 $A\n");
}

TEST_F(KubeletEnvironment, TheRuntimeGivesAPath) {
  pod("env", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"],
      env: [{name: HOME, value: /srv}]}]})");
  run_for(seconds(5));
  EXPECT_EQ(run_in("env", "echo $PATH $HOSTNAME $HOME"),
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin env /srv\n");
}

TEST_F(KubeletEnvironment, FieldsAndResources) {
  pod("env", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"],
      resources: {requests: {memory: 100Mi}, limits: {cpu: 1500m}},
      env: [{name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}},
            {name: L, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}},
            {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}},
            {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}},
            {name: SA, valueFrom: {fieldRef: {fieldPath: spec.serviceAccountName}}},
            {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}},
            {name: MEM, valueFrom: {resourceFieldRef: {resource: requests.memory, divisor: 1Mi}}}]}]})",
      ", labels: {app: shop}");
  run_for(seconds(5));
  EXPECT_EQ(run_in("env", "echo $POD $L $IP $NODE $SA $CPU $MEM"),
            "env shop " + ask("env", ".status.podIP") + " " + ask("env", ".spec.nodeName") +
                " default 2 100\n");
}

TEST_F(KubeletEnvironment, AllKeysOfAConfigMapThatCanBeNames) {
  type(
      "kubectl create configmap conf --from-literal=good=1 --from-literal=1bad=2 "
      "--from-literal=a.b=3");
  pod("env", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"],
      envFrom: [{configMapRef: {name: conf}}, {prefix: P_, configMapRef: {name: conf}}]}]})");
  run_for(seconds(5));
  EXPECT_EQ(run_in("env", "env | grep -E \"good|bad|a.b\" | sort"),
            "P_1bad=2\nP_a.b=3\nP_good=1\na.b=3\ngood=1\n");
  EXPECT_EQ(told("env", "InvalidEnvironmentVariableNames"),
            "Keys [1bad] from the EnvFrom configMap default/conf were skipped since they are "
            "considered invalid environment variable names.\n");
}

TEST_F(KubeletEnvironment, WhatIsMissingIsAConfigError) {
  pod("env", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"],
      env: [{name: A, valueFrom: {configMapKeyRef: {name: conf, key: a}}}]}]})");
  run_for(seconds(5));
  EXPECT_EQ(container("env", "state.waiting.reason"), "CreateContainerConfigError");
  EXPECT_EQ(container("env", "state.waiting.message"), "configmap \"conf\" not found");
  EXPECT_EQ(told("env", "Failed"), "Error: configmap \"conf\" not found\n");
  type("kubectl create configmap conf --from-literal=b=1");
  run_for(seconds(20));
  EXPECT_EQ(container("env", "state.waiting.message"),
            "couldn't find key a in ConfigMap default/conf");
  type(R"(kubectl patch configmap conf -p '{"data":{"a":"x"}}')");
  run_for(seconds(20));
  EXPECT_EQ(ask("env", ".status.phase"), "Running");
  EXPECT_EQ(container("env", "restartCount"), "0");
}

TEST_F(KubeletEnvironment, Secrets) {
  write("secret.yaml", R"(apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {user: me, pass: "p@ss"}
)");
  type("kubectl apply -f secret.yaml");
  pod("env", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"],
      envFrom: [{prefix: S_, secretRef: {name: key}}],
      env: [{name: P, valueFrom: {secretKeyRef: {name: key, key: pass}}}],
      volumeMounts: [{name: v, mountPath: /v}]}],
      volumes: [{name: v, secret: {secretName: key, defaultMode: 0400}}]})");
  pod("bad", R"({containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"],
      env: [{name: P, valueFrom: {secretKeyRef: {name: key, key: nosuch}}}]}]})");
  run_for(seconds(5));
  EXPECT_EQ(run_in("env", "echo $P $S_user; cat /v/user; stat -Lc %a /v/user"), "p@ss me\nme400\n");
  EXPECT_EQ(run_in("env", "mount | grep \"on /v \""), "tmpfs on /v type tmpfs (ro,relatime)\n");
  EXPECT_EQ(container("bad", "state.waiting.message"),
            "couldn't find key nosuch in Secret default/key");
}

TEST_F(KubeletEnvironment, UsersAndGroups) {
  pod("user", R"({securityContext: {runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000,
        supplementalGroups: [4000]},
      containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"],
        volumeMounts: [{name: d, mountPath: /d}]}], volumes: [{name: d, emptyDir: {}}]})");
  run_for(seconds(5));
  EXPECT_EQ(
      run_in("user", "id -u; id -g; id -G; touch /d/f /tmp/g; stat -c \"%u %g %a\" /d /d/f /tmp/g"),
      "1000\n3000\n3000 4000 2000\n0 2000 2777\n1000 2000 644\n1000 3000 644\n");
  expect_part(run_in("user", "touch /bin/x"), "Permission denied");
}

TEST_F(KubeletEnvironment, NotAsRoot) {
  pod("root", R"({containers: [
      {name: a, image: "busybox:1.36", command: [id], securityContext: {runAsNonRoot: true}},
      {name: b, image: "busybox:1.36", command: [id], securityContext: {runAsNonRoot: true, runAsUser: 0}},
      {name: c, image: "busybox:1.36", command: [sleep, "999"],
       securityContext: {runAsNonRoot: true, runAsUser: 5}}]})");
  run_for(seconds(5));
  const std::string name = "root_default(" + ask("root", ".metadata.uid") + ")";
  const auto message = [&](int i) {
    return ask("root",
               ".status.containerStatuses[" + std::to_string(i) + "].state.waiting.message");
  };
  EXPECT_EQ(message(0), "container has runAsNonRoot and image will run as root (pod: \"" + name +
                            "\", container: a)");
  EXPECT_EQ(message(1),
            "container's runAsUser breaks non-root policy (pod: \"" + name + "\", container: b)");
  EXPECT_EQ(ask("root", ".status.containerStatuses[2].state.running").empty(), false);
}

TEST_F(KubeletEnvironment, AScriptAsCommand) {
  write("scripts.yaml", R"(apiVersion: v1
kind: ConfigMap
metadata: {name: scripts}
data:
  run: |
    #!/bin/sh
    echo "$0 was given $1"
    sleep 999
  plain: echo no first line
)");
  type("kubectl apply -f scripts.yaml");
  pod("script", R"({containers: [
      {name: a, image: "busybox:1.36", command: [/s/run, x], volumeMounts: [{name: s, mountPath: /s}]},
      {name: b, image: "busybox:1.36", command: [/t/run, x], volumeMounts: [{name: t, mountPath: /t}]},
      {name: c, image: "busybox:1.36", command: [/s/plain], volumeMounts: [{name: s, mountPath: /s}]},
      {name: d, image: "busybox:1.36", command: [/s/nosuch], volumeMounts: [{name: s, mountPath: /s}]},
      {name: e, image: "busybox:1.36", command: [nosuch]}],
      volumes: [{name: s, configMap: {name: scripts, defaultMode: 0755}}, {name: t, configMap: {name: scripts}}]})");
  run_for(seconds(4));
  EXPECT_EQ(type("kubectl logs script -c a"), "/s/run was given x\n");
  const std::string told_all = told("script", "Failed");
  expect_part(told_all, "process: exec: \"/t/run\": permission denied: unknown\n");
  expect_part(told_all, "process: exec /s/plain: exec format error: unknown\n");
  expect_part(told_all,
              "process: exec: \"/s/nosuch\": stat /s/nosuch: no such file or directory: unknown\n");
  expect_part(told_all, "process: exec: \"nosuch\": executable file not found in $PATH: unknown\n");
  EXPECT_EQ(ask("script", ".status.containerStatuses[1].lastState.terminated.exitCode"), "128");
}

TEST_F(KubeletEnvironment, HostFiles) {
  pod("host", R"({hostAliases: [{ip: 10.1.2.3, hostnames: [db, db.example.com]}],
      containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"]}]})");
  run_for(seconds(5));
  const std::string ip = ask("host", ".status.podIP");
  EXPECT_EQ(
      run_in("host", "cat /etc/hostname; tail -4 /etc/hosts"),
      "host\n" + ip + "\thost\n\n# Entries added by HostAliases.\n10.1.2.3\tdb\tdb.example.com\n");
  EXPECT_EQ(run_in("host", "hostname -i"), ip + "\n");
  EXPECT_EQ(run_in("host", "head -1 /etc/resolv.conf"),
            "search default.svc.cluster.local svc.cluster.local cluster.local\n");
}

TEST_F(KubeletEnvironment, AWorkingDirectoryIsMade) {
  pod("cwd", R"({containers: [{name: c, image: "busybox:1.36", workingDir: /made/here,
      command: [sh, -c, "pwd; sleep 999"]}]})");
  run_for(seconds(5));
  EXPECT_EQ(type("kubectl logs cwd"), "/made/here\n");
  EXPECT_EQ(run_in("cwd", "pwd"), "/made/here\n");
}

}  // namespace
}  // namespace sim::testing
