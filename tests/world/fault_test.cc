// The vocabulary of faults, and what each does at once.
#include "sim/world/fault.h"

#include <gtest/gtest.h>

#include "sim/base/format.h"
#include "sim/world/node_usage.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

TEST(FaultWords, EachIsReadAsItIsPrinted) {
  for (const FaultInfo& row : fault_table()) {
    Fault fault;
    fault.kind = row.kind;
    if (row.target != FaultTarget::Nothing) fault.target = "x";
    if (row.target == FaultTarget::Pod) fault.ns = "shop";
    if (row.kind == FaultKind::ApiSlow || row.kind == FaultKind::NodeShutdown) {
      fault.time = seconds(90);
    }
    if (row.kind == FaultKind::DiskFill) fault.percent = 80;
    const std::string text = to_text(fault);
    std::string wrong;
    const std::optional<Fault> read = parse_fault(words_of(text), "default", &wrong);
    ASSERT_TRUE(read) << text << ": " << wrong;
    EXPECT_EQ(to_text(*read), text);
    EXPECT_EQ(fault_named(row.name), row.kind);
    // What ends a fault is no fault that something else must end.
    EXPECT_EQ(info(row.undo).undo, row.undo) << row.name;
  }
}

TEST(FaultWords, WhatIsWrongIsSaid) {
  const auto wrong = [](const std::string& text) {
    std::string message;
    EXPECT_FALSE(parse_fault(words_of(text), "default", &message)) << text;
    return message;
  };
  EXPECT_EQ(wrong("nodes stop a"), "there is no fault \"nodes\"; did you mean \"node\"?");
  EXPECT_EQ(wrong("zone melt a"), "zone \"melt\": it is one of stop, start, cut, heal");
  EXPECT_EQ(wrong("node stop"), "node stop takes the name of a node");
  EXPECT_EQ(wrong("node stop a b"), "node stop: what is \"b\"?");
  EXPECT_EQ(wrong("node stop a -c x"), "node stop takes no -c");
  EXPECT_EQ(wrong("api slow 2h"), "\"2h\" is out of range: more than 0, at most 1h");
  EXPECT_EQ(wrong("disk fill a 101%"), "disk fill: what is \"101%\"?");
}

class Faults : public WorldTest {
 protected:
  std::string pods(const std::string& columns) {
    return type("kubectl get pods --no-headers -o custom-columns=" + columns);
  }
  std::string node_condition_of(const std::string& node, const std::string& type_name) {
    return type(
        fmt::format("kubectl get node {} -o jsonpath='{{.status.conditions[?(@.type==\"{}\")"
                    "].status}}'",
                    node, type_name));
  }
  std::string taints(const std::string& node) {
    return type(fmt::format("kubectl get node {} -o jsonpath='{{.spec.taints[*].key}}'", node));
  }
  void run_pod(const std::string& name, const std::string& node, const std::string& more = "",
               const std::string& mounts = "", const std::string& volumes = "[]") {
    write("pod.yaml", fmt::format("apiVersion: v1\nkind: Pod\nmetadata: {{name: {}}}\nspec:\n"
                                  "  nodeName: {}\n  containers:\n  - name: c\n    image: nginx\n"
                                  "{}    volumeMounts: [{}]\n  volumes: {}\n",
                                  name, node, more, mounts, volumes));
    type("kubectl apply -f pod.yaml");
    ASSERT_EQ(status(), 0);
    settle();
  }
};

TEST_F(Faults, TheShellRefusesWhatItCannotDo) {
  EXPECT_EQ(type("sim node stop node-x"),
            "sim: there is no node \"node-x\"; did you mean \"node-a\"?\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("sim driver down ebs.csi.aws.com"),
            "sim: there is no storage driver \"ebs.csi.aws.com\"\n");
  EXPECT_EQ(type("sim nodes"),
            "sim: unknown command \"nodes\"; did you mean \"node\"?\nTry `sim help`.\n");
  EXPECT_EQ(status(), 2);
  EXPECT_EQ(type("sim faults"), "nothing is broken\n");
  EXPECT_NE(type("sim help").find("  sim node cut NODE  "), std::string::npos);
}

TEST_F(Faults, AtATimeAndWhenAConditionHolds) {
  type("sim at 30s node stop node-a; sim when pod/web Ready container kill web");
  EXPECT_EQ(
      type("sim faults"),
      "in 29.998s: node stop node-a\nwhen a condition on pod web holds: container kill web -n "
      "default\n");
  run_pod("web", "node-b");
  run_for(seconds(5));
  EXPECT_EQ(pods("R:.status.containerStatuses[0].restartCount"), "1\n");
  run_for(seconds(10));
  EXPECT_TRUE(world().find<Machine>("", "node-a")->powered);
  run_for(seconds(15));
  EXPECT_EQ(type("sim faults"), "node node-a has no power\n");
  EXPECT_EQ(type("sim when pod/web ready node stop node-b"),
            "sim: \"ready\" is no test: exists, gone, a condition such as Ready or !Ready, or "
            "FIELD=VALUE\nTry `sim help`.\n");
  type(
      "sim when pod/web gone node start node-a; sim when pod/web spec.nodeName=node-b zone stop "
      "nowhere");
  run_for(seconds(1));
  EXPECT_EQ(world().store().count(Kind::PlannedFault), 1U);
  type("kubectl delete pod web --now");
  run_for(seconds(10));
  EXPECT_EQ(type("sim faults"), "nothing is broken\n");
}

TEST_F(Faults, AProcessThatHangsFailsItsProbe) {
  run_pod(
      "web", "node-a",
      "    livenessProbe: {httpGet: {port: 80, path: /}, periodSeconds: 5, failureThreshold: 2}\n");
  type("sim container hang web");
  run_for(seconds(20));
  const std::string events = type("kubectl get events --field-selector reason=Unhealthy");
  EXPECT_NE(
      events.find("context deadline exceeded (Client.Timeout exceeded while awaiting headers)"),
      std::string::npos)
      << events;
  run_for(seconds(60));  // it does not hear SIGTERM either
  EXPECT_EQ(pods("R:.status.containerStatuses[0].restartCount"), "1\n");
  EXPECT_EQ(type("sim faults"), "nothing is broken\n");
}

TEST_F(Faults, MemoryEndsAContainerAndTheVolumeKeepsWhatIsInIt) {
  run_pod("web", "node-a", "    resources: {limits: {memory: 64Mi}}\n", "{name: m, mountPath: /m}",
          "[{name: m, emptyDir: {medium: Memory}}]");
  type("kubectl exec web -- dd if=/dev/zero of=/m/small bs=1M count=10");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(type("kubectl exec web -- dd if=/dev/zero of=/m/big bs=1M count=70"),
            "command terminated with exit code 137\n");
  run_for(seconds(5));
  EXPECT_EQ(pods("A:.status.containerStatuses[0].lastState.terminated.reason,B:.status."
                 "containerStatuses[0].lastState.terminated.exitCode"),
            "OOMKilled   137\n");
  EXPECT_EQ(type("kubectl exec web -- sh -c 'ls /m'"), "big\nsmall\n");
  EXPECT_EQ(type("sim container oom web"), "container c of pod/web killed for want of memory\n");
  run_for(seconds(30));
  EXPECT_EQ(pods("A:.status.containerStatuses[0].restartCount"), "2\n");
}

TEST_F(Faults, AFullDiskEvictsAndThePressureLastsFiveMinutes) {
  run_pod("small", "node-a");
  run_pod("big", "node-a");
  type("kubectl exec big -- dd if=/dev/zero of=/var/tmp-file bs=1M count=50");
  type("sim disk fill node-a");
  run_for(seconds(25));
  EXPECT_EQ(node_condition_of("node-a", "DiskPressure"), "True");
  EXPECT_EQ(taints("node-a"), "node.kubernetes.io/disk-pressure");
  EXPECT_NE(type("kubectl get events --field-selector involvedObject.kind=Node")
                .find("Attempting to reclaim ephemeral-storage"),
            std::string::npos);
  // One pod at a time, the largest first; what was written by nobody stays.
  EXPECT_EQ(type("kubectl get pod big -o jsonpath='{.status.phase} {.status.reason}'"),
            "Failed Evicted");
  const std::string message = type("kubectl get pod big -o jsonpath='{.status.message}'");
  EXPECT_EQ(
      message.rfind("The node was low on resource: ephemeral-storage. Threshold quantity: ", 0), 0U)
      << message;
  EXPECT_NE(message.find("Container c was using 51200Ki, request is 0, has larger consumption of "
                         "ephemeral-storage. "),
            std::string::npos)
      << message;
  EXPECT_EQ(type("kubectl get pod big -o "
                 "jsonpath='{.status.conditions[?(@.type==\"DisruptionTarget\")].reason}'"),
            "TerminationByKubelet");
  EXPECT_EQ(type("sim why big /var/tmp-file").rfind("POD_EVICTED", 0), 0U);
  type("kubectl delete pod big small");
  type("sim disk free node-a");
  run_for(minutes(4));
  EXPECT_EQ(node_condition_of("node-a", "DiskPressure"), "True");
  run_for(seconds(90));
  EXPECT_EQ(node_condition_of("node-a", "DiskPressure"), "False");
  EXPECT_EQ(taints("node-a"), "");
}

TEST_F(Faults, UnderMemoryPressureBestEffortPodsAreTurnedAway) {
  run_pod("web", "node-a");
  type("sim memory fill node-a");
  run_for(seconds(25));
  EXPECT_EQ(node_condition_of("node-a", "MemoryPressure"), "True");
  EXPECT_EQ(pods("R:.status.reason"), "Evicted\n");
  run_pod("late", "node-a");
  EXPECT_EQ(type("kubectl get pod late -o jsonpath='{.status.reason}: {.status.message}'"),
            "Evicted: Pod was rejected: The node had condition: [MemoryPressure]. ");
  type("sim memory free node-a");
  run_for(seconds(330));
  EXPECT_EQ(node_condition_of("node-a", "MemoryPressure"), "False");
}

TEST_F(Faults, UnusedImagesGoFirst) {
  run_pod("web", "node-a");
  const auto images = [&] { return world().find<Machine>("", "node-a")->images.size(); };
  const Id machine = world().store().find(Kind::Machine, "", "node-a");
  const std::uint64_t capacity = disk_capacity(*world().get<Machine>(machine));
  // So full that the images which nobody uses make the difference.
  Plan plan;
  auto next = std::make_shared<Machine>(*world().get<Machine>(machine));
  next->images.insert(next->images.begin(), Str("docker.io/library/busybox:latest"));
  next->other_bytes = capacity / 100 * 85 + 1000 - disk_used(world(), machine) - (4 << 20);
  plan.update({Kind::Machine, machine}, std::move(next), "filled");
  simulation().carry_out(std::move(plan), {0, "test"});
  run_for(seconds(15));
  EXPECT_EQ(images(), 1U);
  EXPECT_EQ(pods("P:.status.phase"), "Running\n");
}

TEST_F(Faults, ANodeShutsDownInGoodOrder) {
  run_pod("web", "node-a");
  type("sim node shutdown node-a 30s");
  run_for(milliseconds(300));
  EXPECT_EQ(node_condition_of("node-a", "Ready"), "False");
  EXPECT_EQ(type("kubectl get node node-a -o "
                 "jsonpath='{.status.conditions[?(@.type==\"Ready\")].message}'"),
            "node is shutting down");
  run_for(seconds(10));
  EXPECT_EQ(type("kubectl get pod web -o jsonpath='{.status.phase} {.status.reason}: "
                 "{.status.message}'"),
            "Failed Terminated: Pod was terminated in response to imminent node shutdown.");
  // As soon as nothing runs it has no power; nobody waits for the end of the grace.
  EXPECT_FALSE(world().find<Machine>("", "node-a")->powered);
  EXPECT_EQ(type("sim why web /etc/passwd").rfind("POD_SHUT_DOWN", 0), 0U);
  run_for(minutes(1));
  EXPECT_EQ(node_condition_of("node-a", "Ready"), "Unknown");
  type("sim node start node-a");
  run_for(seconds(20));
  EXPECT_EQ(node_condition_of("node-a", "Ready"), "True");
}

TEST_F(Faults, ANodeThatIsCutOffGoesOnAlone) {
  write("web.yaml", deployment("web", 1));
  type("kubectl apply -f web.yaml");
  settle();
  const std::string pod = type("kubectl get pods -o jsonpath='{.items[0].metadata.name}'");
  const std::string node = type("kubectl get pods -o jsonpath='{.items[0].spec.nodeName}'");
  const auto running = [&] {
    std::size_t number = 0;
    for (const auto& [id, row] : world().store().table(Kind::ContainerInstance)) {
      number +=
          static_cast<const ContainerInstance&>(row).state == ContainerInstance::State::Running;
    }
    return number;
  };
  type("kubectl exec " + pod + " -- touch /tmp/note");
  type("sim node cut " + node);
  EXPECT_NE(type("kubectl exec " + pod + " -- ls /tmp").find("dial tcp"), std::string::npos);
  EXPECT_EQ(type("sim why " + pod + " /tmp/note").rfind("NODE_CUT_OFF", 0), 0U);
  EXPECT_NE(type("sim why --lang ko " + pod + " /tmp/note").find("네트워크"), std::string::npos);
  run_for(minutes(7));
  // Two pods run what should run once: the old one has not heard that it is to end.
  EXPECT_EQ(running(), 2U);
  EXPECT_NE(type("kubectl get pod " + pod).find("Terminating"), std::string::npos);
  // Even a container that dies is started again there, and nobody hears of it.
  type("sim container kill " + pod);
  run_for(seconds(30));
  EXPECT_EQ(running(), 2U);
  EXPECT_EQ(type("kubectl get pod " + pod +
                 " -o jsonpath='{.status.containerStatuses[0]."
                 "restartCount}'"),
            "0");
  type("kubectl delete pod " + pod + " --force --grace-period=0");
  run_for(seconds(30));
  EXPECT_EQ(running(), 2U);
  type("sim node heal " + node);
  run_for(minutes(1));
  EXPECT_EQ(running(), 1U);
  EXPECT_EQ(node_condition_of(node, "Ready"), "True");
  EXPECT_EQ(taints(node), "");
}

TEST_F(Faults, TheRegistryIsDownForAWhile) {
  type("sim registry down; kubectl run new --image=httpd");
  run_for(seconds(30));
  const std::string told = type("kubectl get events --field-selector reason=Failed");
  EXPECT_NE(told.find("dial tcp: lookup registry-1.docker.io: no such host"), std::string::npos)
      << told;
  EXPECT_EQ(type("sim faults"), "registry is down\n");
  const std::string why = type("sim why new /etc/passwd");
  EXPECT_EQ(why.rfind("IMAGE_NOT_PULLED", 0), 0U) << why;
  EXPECT_NE(why.find("image registry"), std::string::npos) << why;
  type("sim registry up");
  EXPECT_EQ(type("sim faults"), "nothing is broken\n");
}

TEST_F(Faults, ASlowApiServerSlowsAllThatAskIt) {
  const auto takes = [&](const std::string& line) {
    const Time before = world().now();
    type(line);
    return world().now() - before;
  };
  EXPECT_EQ(takes("kubectl get nodes").ms(), 100);
  type("sim api slow 3s");
  EXPECT_EQ(takes("kubectl get nodes").ms(), 3100);
  type("sim api normal");
  EXPECT_EQ(takes("kubectl get nodes").ms(), 100);
}

TEST_F(Faults, ChaosIsTheSameForTheSameSeedAndEndsMended) {
  const World start = world();
  write("web.yaml", deployment("web", 3));
  const auto chaos = [&](const std::string& seed) {
    Simulation copy{World(start)};
    Terminal terminal(copy, ".");
    terminal.write_file("web.yaml", deployment("web", 3));
    terminal.run("kubectl apply -f web.yaml; sim chaos " + seed + " --until 5m --every 20s");
    copy.run_until(copy.world().now() + minutes(6));
    EXPECT_EQ(check_invariants(copy.world()), "");
    EXPECT_EQ(terminal.run("sim faults").output, "nothing is broken\n");
    EXPECT_EQ(copy.world().store().count(Kind::PlannedFault), 0U);
    return copy.world().fingerprint();
  };
  const std::uint64_t once = chaos("7");
  EXPECT_EQ(chaos("7"), once);
  EXPECT_NE(chaos("8"), once);
  EXPECT_EQ(type("sim chaos --faults nodeMelt"),
            "sim: there is no fault \"nodeMelt\"\nTry `sim help`.\n");
}

TEST_F(Faults, FlagsMayStandBeforeWhatIsAsked) {
  write("web.yaml", deployment("web", 1));
  type("kubectl apply -f web.yaml; sim advance 20s");
  const std::string seen = type("sim see -A /tmp");
  EXPECT_EQ(status(), 0) << seen;
  EXPECT_EQ(type("sim -A see /tmp"), seen);
}

}  // namespace
}  // namespace sim::testing
