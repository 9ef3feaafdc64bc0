// kubectl exec, with kubectl 1.32's texts, against a server 1.30 with containerd.
#include "sim/base/format.h"
#include "sim/world/container_system.h"
#include "sim/world/file_view.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class ExecTest : public WorldTest {
 protected:
  ExecTest() {
    write("duo.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: duo, labels: {app: duo}}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  initContainers:
  - {name: setup, image: busybox, command: ["true"]}
  containers:
  - {name: one, image: busybox, command: [sleep, "3600"], env: [{name: COLOR, value: blue}],
     workingDir: /tmp, volumeMounts: [{name: v, mountPath: /out}]}
  - {name: two, image: busybox, command: [sleep, "3600"],
     volumeMounts: [{name: v, mountPath: /in, readOnly: true}]}
  volumes: [{name: v, emptyDir: {}}]
)");
    write("web.yaml", deployment("web", 2));
    type("kubectl apply -f duo.yaml -f web.yaml");
    settle();
  }
  const Pod& duo() { return *world().find<Pod>("default", "duo"); }
};

TEST_F(ExecTest, RunsAProgramAndPutsItsFilesBack) {
  EXPECT_EQ(type("kubectl exec duo -c one -- touch /out/a"), "");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(type("kubectl exec duo -c two -- ls /in"), "a\n");
  EXPECT_EQ(type("kubectl exec duo -c two -- touch /in/b"),
            "touch: /in/b: Read-only file system\ncommand terminated with exit code 1\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl exec duo -c one -- sh -c 'echo hello > /layer; cat /layer'"), "hello\n");
  EXPECT_EQ(type("kubectl exec duo -c two -- ls /layer"),
            "ls: /layer: No such file or directory\ncommand terminated with exit code 1\n");
}

TEST_F(ExecTest, TellsWhichContainerItTook) {
  EXPECT_EQ(type("kubectl exec duo -- true"),
            "Defaulted container \"one\" out of: one, two, setup (init)\n");
  EXPECT_EQ(type("kubectl exec -q duo -- true"), "");
  type("kubectl annotate pod duo kubectl.kubernetes.io/default-container=two");
  EXPECT_EQ(type("kubectl exec duo -- ls /in"), "");
  EXPECT_EQ(type("kubectl exec deploy/web -- true"), "");
}

TEST_F(ExecTest, GivesTheEnvironmentAndTheDirectory) {
  EXPECT_EQ(type("kubectl exec duo -c one -- printenv COLOR"), "blue\n");
  EXPECT_EQ(type("kubectl exec duo -c one -- sh -c 'echo $HOSTNAME $COLOR; pwd'"),
            "duo blue\n/tmp\n");
}

TEST_F(ExecTest, PassesTheExitStatusOn) {
  EXPECT_EQ(type("kubectl exec duo -c one -- sh -c 'exit 7'"),
            "command terminated with exit code 7\n");
  EXPECT_EQ(status(), 7);
  EXPECT_EQ(type("kubectl exec duo -c one -- false || echo no"),
            "command terminated with exit code 1\nno\n");
}

TEST_F(ExecTest, InputOnlyWithStdin) {
  EXPECT_EQ(type("echo hello | kubectl exec -i duo -c one -- cat"), "hello\n");
  EXPECT_EQ(type("echo hello | kubectl exec duo -c one -- cat"), "");
  EXPECT_EQ(type("echo 'echo $((6 * 7))' | kubectl exec -i duo -c one -- sh"), "42\n");
  EXPECT_EQ(type("kubectl exec -i duo -c one -- sh"), "");
  EXPECT_EQ(type("kubectl exec -it duo -c one -- echo hi"),
            "Unable to use a TTY - input is not a terminal or the right kind of file\nhi\n");
}

TEST_F(ExecTest, TakesVirtualTime) {
  const Time start = world().now();
  EXPECT_EQ(type("kubectl exec duo -c one -- sh -c 'echo a; sleep 30; echo b > /out/late'"), "a\n");
  EXPECT_GE(world().now() - start, seconds(30));
  EXPECT_LT(world().now() - start, seconds(32));
  EXPECT_EQ(type("kubectl exec duo -c two -- cat /in/late"), "b\n");
}

TEST_F(ExecTest, DiesWithItsContainer) {
  EXPECT_EQ(type("sim container kill duo -c one; kubectl exec duo -c one -- true"),
            "container one of pod/duo killed\n"
            "error: Internal error occurred: unable to upgrade connection: container not found "
            "(\"one\")\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("(sleep 5; sim container kill duo -c two) >/dev/null & "
                 "kubectl exec duo -c two -- sleep 60; echo $?"),
            "command terminated with exit code 137\n137\n");
}

TEST_F(ExecTest, ProgramsThatAreNotThere) {
  const std::string text = type("kubectl exec duo -c one -- nosuch");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(text.rfind("error: Internal error occurred: Internal error occurred: error executing "
                       "command in container: failed to exec in container: failed to start exec \"",
                       0),
            0u)
      << text;
  EXPECT_NE(text.find("\": OCI runtime exec failed: exec failed: unable to start container "
                      "process: exec: \"nosuch\": executable file not found in $PATH: unknown\n"),
            std::string::npos)
      << text;
  EXPECT_NE(type("kubectl exec duo -c one -- /nosuch")
                .find("exec: \"/nosuch\": stat /nosuch: no such file or directory: unknown\n"),
            std::string::npos);
  EXPECT_NE(type("kubectl exec duo -c one -- /tmp").find("exec: \"/tmp\": is a directory: unknown"),
            std::string::npos);
  type("kubectl exec duo -c one -- sh -c 'echo \"echo from a script: \\$1\" > /out/run'");
  EXPECT_NE(type("kubectl exec duo -c one -- /out/run")
                .find("exec: \"/out/run\": permission "
                      "denied: unknown"),
            std::string::npos);
}

TEST_F(ExecTest, ScriptsByTheirPath) {
  type(
      "kubectl exec duo -c one -- sh -c 'printf \"#!/bin/sh\\necho from \\$1\\n\" > /out/run; "
      "chmod +x /out/run'");
  EXPECT_EQ(type("kubectl exec duo -c one -- /out/run here"), "from here\n");
}

TEST_F(ExecTest, PodsThatCannot) {
  EXPECT_EQ(type("kubectl exec nosuch -- ls"),
            "Error from server (NotFound): pods \"nosuch\" not found\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl exec deploy/nosuch -- ls"),
            "Error from server (NotFound): deployments.apps \"nosuch\" not found\n");
  EXPECT_EQ(type("kubectl exec duo -c nosuch -- ls"),
            "Error from server (BadRequest): container nosuch is not valid for pod duo\n");
  EXPECT_EQ(type("kubectl exec duo -c setup -- ls"),
            "error: Internal error occurred: unable to upgrade connection: container not found "
            "(\"setup\")\n");
  EXPECT_EQ(type("kubectl exec node/node-a -- ls"),
            "error: cannot attach to *v1.Node: selector for *v1.Node not implemented\n");
  write("big.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: big}
spec: {containers: [{name: c, image: busybox, resources: {requests: {cpu: 1k}}}]}
)");
  write("done.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: done}
spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: ["true"]}]}
)");
  type("kubectl apply -f big.yaml -f done.yaml");
  run_for(seconds(10));
  EXPECT_EQ(type("kubectl exec big -- ls"),
            "Error from server (BadRequest): pod big does not have a host assigned\n");
  EXPECT_EQ(type("kubectl exec done -- ls"),
            "error: cannot exec into a container in a completed pod; current phase is Succeeded\n");
}

TEST_F(ExecTest, WaitsForTheFirstPod) {
  type("kubectl scale deployment/web --replicas=0");
  settle();
  const Time start = world().now();
  EXPECT_EQ(type("kubectl exec deploy/web -- ls"), "error: timed out waiting for the condition\n");
  EXPECT_EQ((world().now() - start).seconds(), 60);
}

TEST_F(ExecTest, OfSeveralPodsTheOneThatWasReadyFirst) {
  type("kubectl scale deployment/web --replicas=1");
  settle();
  const auto hostname = [&] { return type("kubectl exec deploy/web -- hostname"); };
  const std::string old = hostname();
  run_for(seconds(5));
  type("kubectl scale deployment/web --replicas=4");
  settle();
  EXPECT_EQ(hostname(), old);
}

TEST_F(ExecTest, Mistakes) {
  EXPECT_EQ(type("kubectl exec"), "error: pod, type/name or --filename must be specified\n");
  EXPECT_EQ(type("kubectl exec -- ls"), "error: pod, type/name or --filename must be specified\n");
  EXPECT_EQ(type("kubectl exec duo"),
            "error: you must specify at least one command for the container\n");
  EXPECT_EQ(type("kubectl exec duo ls"),
            "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] "
            "instead\nSee 'kubectl exec -h' for help and examples\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl exec duo --bogus -- ls"),
            "error: unknown flag: --bogus\nSee 'kubectl exec --help' for usage.\n");
}

TEST_F(ExecTest, OnAStoppedNode) {
  type("sim node stop " + duo().node_name.str());
  const std::string text = type("kubectl exec duo -c one -- ls /tmp");
  EXPECT_EQ(text.rfind("error: Internal error occurred: error sending request: Post \"https://", 0),
            0u)
      << text;
  EXPECT_NE(text.find("/exec/default/duo/one?command=ls&command=%2Ftmp&error=1&output=1\": dial "
                      "tcp "),
            std::string::npos)
      << text;
}

// What a person types behind `kubectl exec -it … -- sh` goes into the container.
TEST_F(ExecTest, AShellThatAPersonTypesInto) {
  Terminal terminal(simulation(), ".");
  terminal.attend();
  EXPECT_EQ(terminal.run("kubectl exec -it duo -c one -- sh; echo back: $?").output, "");
  ASSERT_TRUE(terminal.command_prompt());
  EXPECT_EQ(*terminal.command_prompt(), "/tmp # ");
  EXPECT_EQ(terminal.run("X=1; cd /out").output, "");
  EXPECT_EQ(*terminal.command_prompt(), "/out # ");
  EXPECT_EQ(terminal.run("echo $X > file; pwd; hostname").output, "/out\nduo\n");
  EXPECT_EQ(terminal.run("sleep 5; cat file").output, "1\n");
  EXPECT_EQ(terminal.run("exit 3").output, "command terminated with exit code 3\nback: 3\n");
  EXPECT_FALSE(terminal.command_prompt());
  EXPECT_EQ(terminal.run("kubectl exec duo -c two -- cat /in/file").output, "1\n");
}

}  // namespace
}  // namespace sim::testing
