// Preemption: who goes when a more important pod finds no room, and what everybody is told.
#include <string>

#include "sim/base/format.h"
#include "tests/support/scheduler_test.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

/// Two nodes of four cpus each.
class Preemption : public WorldTest {
 protected:
  void SetUp() override {
    type("kubectl create priorityclass low --value=10");
    type("kubectl create priorityclass high --value=1000");
  }
  /// A pod that asks for so many cpus; it ends when it is asked to, after its preStop hook.
  std::string pod(const std::string& name, const std::string& priority, const std::string& cpu,
                  const std::string& more = "") {
    write("pod.yaml",
          fmt::format(R"(apiVersion: v1
kind: Pod
metadata: {{name: {0}, labels: {{app: {0}}}}}
spec:
  {1}
  terminationGracePeriodSeconds: 5
  {3}
  containers:
  - name: c
    image: busybox:1.36
    command: [sleep, "9999"]
    resources: {{requests: {{cpu: "{2}"}}}}
)",
                      name, priority.empty() ? "" : "priorityClassName: " + priority, cpu, more));
    return type("kubectl apply -f pod.yaml");
  }
  std::string ask(const std::string& name, const std::string& path) {
    return type("kubectl get pod " + name + " -o jsonpath='{" + path + "}'");
  }
  std::string events(const std::string& name, const std::string& reason) {
    return type("kubectl get events --field-selector involvedObject.name=" + name +
                ",reason=" + reason + " -o jsonpath='{range .items[*]}{.message}{\"\\n\"}{end}'");
  }
  /// Who is where: "a@node-a b@".
  std::string places() {
    return type(
        "kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name}@{.spec.nodeName} {end}'");
  }
};

TEST_F(Preemption, TheLeastImportantMakesRoomWithItsOwnGrace) {
  pod("cheap", "low", "3");
  run_for(seconds(5));
  const std::string node = ask("cheap", ".spec.nodeName");
  pod("other", "high", "3");
  run_for(seconds(5));
  pod("big", "high", "3");
  run_for(milliseconds(500));
  EXPECT_EQ(ask("big", ".status.nominatedNodeName"), node);
  EXPECT_NE(type("kubectl get pod big -o wide").find(node + "   "), std::string::npos);
  EXPECT_NE(type("kubectl describe pod big").find("NominatedNodeName:    " + node),
            std::string::npos);
  EXPECT_EQ(events("big", "FailedScheduling"), "0/2 nodes are available: 2 Insufficient cpu.\n");
  EXPECT_EQ(events("cheap", "Preempted"),
            fmt::format("Preempted by pod {} on node {}\n", ask("big", ".metadata.uid"), node));
  EXPECT_EQ(ask("cheap", ".status.conditions[?(@.type==\"DisruptionTarget\")].reason"),
            "PreemptionByScheduler");
  EXPECT_EQ(ask("cheap", ".status.conditions[?(@.type==\"DisruptionTarget\")].message"),
            "default-scheduler: preempting to accommodate a higher priority pod");
  EXPECT_EQ(ask("cheap", ".metadata.deletionGracePeriodSeconds"), "5");
  run_for(seconds(12));
  EXPECT_EQ(ask("big", ".spec.nodeName"), node);
  EXPECT_EQ(ask("big", ".status.phase"), "Running");
  EXPECT_EQ(ask("big", ".status.nominatedNodeName"), "") << "its kubelet says nothing of it";
  EXPECT_EQ(type("kubectl get pod cheap"),
            "Error from server (NotFound): pods \"cheap\" not found\n");
}

TEST_F(Preemption, EqualsAndTheMeekWait) {
  pod("a", "high", "3");
  pod("b", "high", "3");
  pod("c", "high", "2");
  run_for(seconds(3));
  EXPECT_EQ(events("c", "FailedScheduling"),
            "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 "
            "No preemption victims found for incoming pod.\n");
  write("meek.yaml", R"(apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: meek}
value: 5000
preemptionPolicy: Never
)");
  type("kubectl apply -f meek.yaml");
  pod("d", "meek", "2");
  run_for(seconds(3));
  EXPECT_EQ(events("d", "FailedScheduling"),
            "0/2 nodes are available: 2 Insufficient cpu. preemption: not eligible due to "
            "preemptionPolicy=Never.\n");
  EXPECT_EQ(ask("a", ".status.phase") + ask("b", ".status.phase"), "RunningRunning");
}

TEST_F(Preemption, WhereNothingHelpsEveryNodeSaysWhy) {
  type("kubectl cordon node-b");
  pod("small", "low", "1");
  run_for(seconds(3));
  pod("huge", "high", "9");
  run_for(seconds(1));
  EXPECT_EQ(events("huge", "FailedScheduling"),
            "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable. "
            "preemption: 0/2 nodes are available: 1 Insufficient cpu, 1 Preemption is not helpful "
            "for scheduling.\n");
  EXPECT_EQ(ask("small", ".metadata.deletionTimestamp"), "");
}

TEST_F(Preemption, ABudgetIsKeptWhereThatIsPossible) {
  pod("guarded", "low", "3", "nodeSelector: {kubernetes.io/hostname: node-a}");
  pod("plain", "low", "3", "nodeSelector: {kubernetes.io/hostname: node-b}");
  type("kubectl create poddisruptionbudget guard --selector=app=guarded --min-available=1");
  run_for(seconds(5));
  pod("first", "high", "3");
  run_for(seconds(15));
  EXPECT_EQ(places(), "first@node-b guarded@node-a ");
  // A budget is not a promise: where only its pod can go, it goes.
  pod("second", "high", "3");
  run_for(seconds(15));
  EXPECT_EQ(places(), "first@node-b second@node-a ");
}

TEST_F(Preemption, WhileItsVictimIsLeavingThePodTakesNoOther) {
  pod("slow", "low", "3", "nodeSelector: {kubernetes.io/hostname: node-a}");
  pod("quick", "low", "1", "nodeSelector: {kubernetes.io/hostname: node-a}");
  type("kubectl cordon node-b");
  run_for(seconds(5));
  pod("big", "high", "3");
  run_for(milliseconds(500));
  EXPECT_EQ(ask("quick", ".metadata.deletionTimestamp"), "") << "it may stay: the rest is enough";
  // Tried again before its time, it waits for what it has been promised.
  type("kubectl delete pod quick --grace-period=1 --wait=false");
  run_for(seconds(4));
  EXPECT_EQ(events("big", "FailedScheduling"),
            "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.\n"
            "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable. "
            "preemption: not eligible due to a terminating pod on the nominated node.\n");
  // A lesser pod does not take what is promised, though there is room for it now.
  pod("thief", "low", "1");
  run_for(milliseconds(300));
  EXPECT_EQ(ask("thief", ".spec.nodeName"), "");
  run_for(seconds(10));
  EXPECT_EQ(ask("big", ".spec.nodeName"), "node-a");
  EXPECT_EQ(ask("thief", ".spec.nodeName"), "node-a");
}

TEST_F(Preemption, AMoreImportantPodTakesTheNomination) {
  type("kubectl cordon node-b");
  type("kubectl create priorityclass top --value=100000");
  pod("old", "low", "4");
  run_for(seconds(5));
  pod("middle", "high", "4");
  run_for(milliseconds(300));
  EXPECT_EQ(ask("middle", ".status.nominatedNodeName"), "node-a");
  pod("first", "top", "4");
  run_for(milliseconds(300));
  EXPECT_EQ(ask("first", ".status.nominatedNodeName"), "node-a");
  EXPECT_EQ(ask("middle", ".status.nominatedNodeName"), "");
  run_for(seconds(12));
  EXPECT_EQ(places(), "first@node-a middle@ ");
}

TEST_F(Preemption, AFileThatWentWithAVictimHasItsReason) {
  type("kubectl cordon node-b");
  write("cache.yaml", R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: cache}
spec:
  selector: {matchLabels: {app: cache}}
  template:
    metadata: {labels: {app: cache}}
    spec:
      priorityClassName: low
      terminationGracePeriodSeconds: 1
      containers:
      - name: c
        image: busybox:1.36
        command: [sleep, "9999"]
        resources: {requests: {cpu: "3"}}
)");
  type("kubectl apply -f cache.yaml");
  run_for(seconds(5));
  type("kubectl exec deploy/cache -- touch /tmp/kept");
  pod("big", "high", "3");
  run_for(seconds(5));
  type("kubectl uncordon node-b");
  run_for(seconds(15));
  const std::string why = type(
      "sim why $(kubectl get pod -l app=cache -o jsonpath={.items[0].metadata.name}) "
      "/tmp/kept");
  EXPECT_NE(why.find("it had to make room for pod big, whose priority is higher"),
            std::string::npos)
      << why;
}

TEST_F(Preemption, ThePriorityComesFromTheClass) {
  EXPECT_EQ(pod("wrong", "nosuch", "1"),
            "Error from server (Forbidden): error when creating \"pod.yaml\": pods \"wrong\" is "
            "forbidden: no PriorityClass with name nosuch was found\n");
  EXPECT_EQ(pod("sly", "low", "1", "priority: 7"),
            "Error from server (Forbidden): error when creating \"pod.yaml\": pods \"sly\" is "
            "forbidden: the integer value of priority (7) must not be provided in pod spec; "
            "priority admission controller computed 10 from the given PriorityClass name\n");
  EXPECT_EQ(pod("never", "", "1", "preemptionPolicy: Never"),
            "Error from server (Forbidden): error when creating \"pod.yaml\": pods \"never\" is "
            "forbidden: the string value of PreemptionPolicy (Never) must not be provided in pod "
            "spec; priority admission controller computed PreemptLowerPriority from the given "
            "PriorityClass name\n");
  type("kubectl create priorityclass usual --value=50 --global-default=true");
  pod("plain", "", "1");
  EXPECT_EQ(ask("plain", ".spec.priorityClassName") + ask("plain", ".spec.priority"), "usual50");
}

/// The scheduler alone, with nodes and pods as the test wants them.
class PreemptionChoice : public SchedulerTest {
 protected:
  void rank(Pod& made, std::int32_t priority) { made.spec.edit().priority = priority; }
  Id victim(const std::string& name, const char* on, std::int32_t priority, const char* cpu,
            int started = 0) {
    return placed(name, on, [&](Pod& made) {
      rank(made, priority);
      ask(made, "cpu", cpu);
      made.status.start_time = world_.now() + seconds(started);
    });
  }
  Id high(const char* cpu = "4") {
    return pod("high", [&](Pod& made) {
      rank(made, 1000);
      ask(made, "cpu", cpu);
    });
  }
  std::string nominated(Id id) {
    run_for(milliseconds(20));
    return at(id).status.nominated_node_name.str();
  }
  bool goes(Id id) {
    const Pod* row = world_.get<Pod>(id);
    return !row || row->meta.deletion_timestamp;
  }
};

TEST_F(PreemptionChoice, TheNodeWhoseMostImportantVictimIsTheLeast) {
  for (const char* name : {"a", "b", "c"}) node(name);
  victim("a1", "a", 30, "3");
  victim("b1", "b", 20, "3");
  victim("c1", "c", 10, "1");
  victim("c2", "c", 40, "2");
  EXPECT_EQ(nominated(high()), "b");
}

TEST_F(PreemptionChoice, ThenTheSmallestSumThenTheFewest) {
  for (const char* name : {"a", "b"}) node(name);
  victim("a1", "a", 20, "2");
  victim("a2", "a", 10, "2");
  victim("b1", "b", 20, "4");
  EXPECT_EQ(nominated(high()), "b");
}

TEST_F(PreemptionChoice, ThenTheOneThatHasRunTheShortest) {
  for (const char* name : {"a", "b", "c"}) node(name);
  victim("a1", "a", 10, "4", -300);
  victim("b1", "b", 10, "4", -20);
  victim("c1", "c", 10, "4", -100);
  EXPECT_EQ(nominated(high()), "b");
}

TEST_F(PreemptionChoice, AsManyAsPossibleStayTheMostImportantFirst) {
  node("a");
  const Id least = victim("least", "a", 1, "1");
  const Id young = victim("young", "a", 5, "1", -10);
  const Id old = victim("old", "a", 5, "1", -100);
  const Id most = victim("most", "a", 9, "1");
  EXPECT_EQ(nominated(high("2")), "a");
  EXPECT_TRUE(goes(least));
  EXPECT_TRUE(goes(young));
  EXPECT_FALSE(goes(old));
  EXPECT_FALSE(goes(most));
}

TEST_F(PreemptionChoice, WhatKeepsItAwayGoesTooPortsAndAffinity) {
  node("a");
  const Id port = placed("port", "a", [&](Pod& made) {
    rank(made, 1);
    host_port(made, 80);
  });
  const Id shy = placed("shy", "a", [&](Pod& made) {
    rank(made, 1);
    be(made, "shy");
    require_away(made, "kubernetes.io/hostname", "high");
  });
  const Id near = placed("near", "a", [&](Pod& made) {
    rank(made, 1);
    be(made, "web");
  });
  const Id bystander = placed("bystander", "a", [&](Pod& made) { rank(made, 1); });
  const Id id = pod("high", [&](Pod& made) {
    rank(made, 10);
    be(made, "high");
    host_port(made, 80);
    require_away(made, "kubernetes.io/hostname", "web");
  });
  EXPECT_EQ(nominated(id), "a");
  EXPECT_TRUE(goes(port));
  EXPECT_TRUE(goes(shy));
  EXPECT_TRUE(goes(near));
  EXPECT_FALSE(goes(bystander));
  EXPECT_EQ(world_.scheduling_queue().nominated(), std::vector<Id>{id});
}

TEST_F(PreemptionChoice, SpreadIsWorkedOutWithoutTheVictims) {
  node("a");
  node("b", [](Node& made) { made.status.allocatable.set("cpu", amount("0")); });
  const auto mine = [&](const char* name, std::int32_t priority, const char* on) {
    return pod(name, [&](Pod& made) {
      rank(made, priority);
      be(made, "x");
      ask(made, "cpu", "1");
      spread(made, "kubernetes.io/hostname", "x");
      made.node_name = on;
    });
  };
  const Id low = mine("low", 1, "a");
  const Id high = mine("high", 10, "");
  EXPECT_EQ(nominated(high), "a");
  EXPECT_TRUE(goes(low));
}

TEST_F(PreemptionChoice, TheRoomOfAVolumeForOnePodAloneIsMadeToo) {
  node("a");
  auto claim = std::make_shared<PersistentVolumeClaim>();
  claim->meta.name = "data";
  claim->meta.ns = "default";
  claim->spec.access_modes = {"ReadWriteOncePod"};
  claim->spec.volume_name = "pv";
  claim->meta.annotations.set("pv.kubernetes.io/bind-completed", "yes");
  claim->status.phase = "Bound";
  create(claim);
  auto volume = std::make_shared<PersistentVolume>();
  volume->meta.name = "pv";
  create(volume);
  const auto mount = [](Pod& made) {
    Volume data;
    data.name = "data";
    data.volume_source.persistent_volume_claim.edit().claim_name = "data";
    made.spec.edit().volumes.push_back(data);
  };
  const Id low = placed("low", "a", [&](Pod& made) {
    rank(made, 1);
    mount(made);
  });
  const Id high = pod("high", [&](Pod& made) {
    rank(made, 10);
    mount(made);
  });
  EXPECT_EQ(nominated(high), "a");
  EXPECT_TRUE(goes(low));
}

}  // namespace
}  // namespace sim::testing
