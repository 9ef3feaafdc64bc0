// ReplicaSets: in which order pods are given up, whose pods are theirs, what happens when the API
// server refuses, and how many pods there may be at all.
#include "sim/controllers/replica_set.h"

#include <algorithm>
#include <set>

#include "sim/base/format.h"
#include "sim/world/api.h"
#include "tests/support/bare_world.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

constexpr const char* kSet = R"(apiVersion: apps/v1
kind: ReplicaSet
metadata: {{name: {}}}
spec:
  replicas: {}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: web, image: "nginx:1.25"}}]{}}}
)";

class ReplicaSetTest : public WorldTest {
 protected:
  void make(const std::string& name, int replicas, const std::string& pod = "") {
    write("rs.yaml", fmt::format(fmt::runtime(kSet), name, replicas, pod));
    ASSERT_EQ(type("kubectl apply -f rs.yaml"), fmt::format("replicaset.apps/{} created\n", name));
  }
  std::string events(const std::string& reason) {
    return type("kubectl get events --field-selector reason=" + reason +
                " --no-headers -o custom-columns=M:.message");
  }
};

TEST_F(ReplicaSetTest, MakesPodsAndTellsOfEach) {
  make("web", 3);
  settle();
  EXPECT_EQ(type("kubectl get rs web --no-headers -o custom-columns=A:.status.replicas,"
                 "B:.status.fullyLabeledReplicas,C:.status.readyReplicas,"
                 "D:.status.availableReplicas,E:.status.observedGeneration"),
            "3     3     3     3     1\n");
  std::string names = type("kubectl get pods --no-headers -o custom-columns=N:.metadata.name");
  for (std::string::size_type at = 0; at < names.size(); at = names.find('\n', at) + 1) {
    const std::string name = names.substr(at, names.find('\n', at) - at);
    ASSERT_EQ(name.size(), 9u) << name;
    EXPECT_EQ(name.substr(0, 4), "web-");
    EXPECT_EQ(name.find_first_not_of("bcdfghjklmnpqrstvwxz2456789", 4), std::string::npos) << name;
    EXPECT_NE(events("SuccessfulCreate").find("Created pod: " + name + "\n"), std::string::npos);
  }
  EXPECT_EQ(type("kubectl get pods -o jsonpath='{.items[0].metadata.generateName} "
                 "{.items[0].metadata.ownerReferences[0].kind} "
                 "{.items[0].metadata.ownerReferences[0].controller} "
                 "{.items[0].metadata.ownerReferences[0].blockOwnerDeletion}'"),
            "web- ReplicaSet true true");
}

TEST_F(ReplicaSetTest, ALongNameIsCutForItsPods) {
  const std::string name(100, 'w');
  make(name, 1);
  settle();
  const std::string pod = type("kubectl get pods --no-headers -o custom-columns=N:.metadata.name");
  EXPECT_EQ(pod.size(), 58u + 5u + 1u);
  EXPECT_EQ(pod.substr(0, 58), name.substr(0, 58));
}

TEST_F(ReplicaSetTest, AdoptsOrphansAndLetsThemGo) {
  type("kubectl run one --image=nginx --labels=app=web");
  settle();
  make("web", 2);
  settle();
  EXPECT_EQ(type("kubectl get pod one -o jsonpath='{.metadata.ownerReferences[0].name}'"), "web");
  EXPECT_EQ(type("kubectl get pods --no-headers | wc -l"), "2\n");
  // Without its label it is nobody's, and another takes its place.
  type("kubectl label pod one app-");
  settle();
  EXPECT_EQ(type("kubectl get pod one -o jsonpath='{.metadata.ownerReferences}'"), "");
  EXPECT_EQ(type("kubectl get pods --no-headers | wc -l"), "3\n");
  // With it again there is one too many: the youngest goes.
  type("kubectl label pod one app=web");
  settle();
  EXPECT_EQ(type("kubectl get pods --no-headers | wc -l"), "2\n");
  EXPECT_NE(type("kubectl get pod one -o name"), "");
  // Neither adoption nor release is told.
  EXPECT_EQ(events("SuccessfulDelete").find("one"), std::string::npos);
}

TEST_F(ReplicaSetTest, TakesNoPodThatIsAnothers) {
  make("web", 2);
  make("second", 2);
  settle();
  EXPECT_EQ(type("kubectl get pods --no-headers | grep -c ^web-"), "2\n");
  EXPECT_EQ(type("kubectl get pods --no-headers | grep -c ^second-"), "2\n");
}

TEST_F(ReplicaSetTest, ARefusedPodIsAskedForOnceAndAgainLater) {
  make("web", 50, ", serviceAccountName: robot");
  run_for(milliseconds(300));
  EXPECT_NE(type("kubectl get pods 2>&1").find("No resources found"), std::string::npos);
  const std::string told = events("FailedCreate");
  EXPECT_EQ(told.rfind("Error creating: pods \"web-", 0), 0u) << told;
  EXPECT_NE(told.find("\" is forbidden: error looking up service account default/robot: "
                      "serviceaccount \"robot\" not found\n"),
            std::string::npos)
      << told;
  // 5 ms, 10 ms, 20 ms, …: never fifty at once.
  EXPECT_LT(std::count(told.begin(), told.end(), '\n'), 10);
  EXPECT_EQ(type("kubectl get rs web -o jsonpath='{.status.conditions[0].type} "
                 "{.status.conditions[0].status} {.status.conditions[0].reason}'"),
            "ReplicaFailure True FailedCreate");
  type("kubectl create serviceaccount robot");
  run_for(minutes(20));
  EXPECT_EQ(type("kubectl get pods --no-headers | wc -l"), "50\n");
  EXPECT_EQ(type("kubectl get rs web -o jsonpath='{.status.conditions}'"), "");
}

TEST_F(ReplicaSetTest, ReadyPodsBecomeAvailableInTime) {
  make("web", 2);
  settle();
  type("kubectl patch rs web -p '{\"spec\":{\"minReadySeconds\":30}}'");
  run_for(seconds(10));
  const std::string available =
      "kubectl get rs web -o jsonpath='{.status.readyReplicas} "
      "{.status.availableReplicas}'";
  EXPECT_EQ(type(available), "2 ");
  run_for(seconds(35));
  EXPECT_EQ(type(available), "2 2");
}

// However many are asked for, there are never more than podsight holds: a clear refusal and no end
// of memory.
TEST_F(ReplicaSetTest, AThousandMillionReplicas) {
  type("kubectl create deployment web --image=nginx");
  settle();
  EXPECT_EQ(type("kubectl scale deployment web --replicas=1000000000"),
            "deployment.apps/web scaled\n");
  run_for(seconds(10));
  EXPECT_EQ(world().store().count(Kind::Pod), pod_limit(world()));
  const std::string told = events("FailedCreate");
  EXPECT_NE(told.find("\" is forbidden: exceeded quota: podsight, requested: pods=1, used: "
                      "pods=2200, limited: pods=2200\n"),
            std::string::npos)
      << told.substr(0, 1000);
  EXPECT_EQ(type("kubectl get deployment web -o jsonpath='{.spec.replicas}/{.status.replicas}'"),
            "1000000000/2200");
  const std::string failed = type(
      "kubectl get deployment web -o jsonpath="
      "'{.status.conditions[?(@.type==\"ReplicaFailure\")].reason}'");
  EXPECT_EQ(failed, "FailedCreate");
  EXPECT_EQ(type("kubectl run one --image=nginx"),
            "Error from server (Forbidden): pods \"one\" is forbidden: exceeded quota: podsight, "
            "requested: pods=1, used: pods=2200, limited: pods=2200\n");
  type("kubectl scale deployment web --replicas=1");
  run_for(seconds(30));
  EXPECT_EQ(world().store().count(Kind::Pod), 1u);
}

TEST(PodLimit, GrowsWithTheNodes) {
  BareWorld bare;
  EXPECT_EQ(pod_limit(bare.world()), 2'000u);
  for (int i = 0; i < 1400; ++i) {
    auto node = std::make_shared<Node>();
    node->meta.name = fmt::format("node-{}", i);
    bare.create(node);
  }
  // Nodes for 150,000 pods leave room for ten times as many.
  EXPECT_EQ(pod_limit(bare.world()), 1'540'000u);
}

// ---- one look at a world that a test has made ----

class Look : public BareWorld {
 public:
  Look() {
    run_for(hours(100));
    set_ = make_set("web", {});
  }

  Id set() const { return set_; }
  Id make_set(const std::string& name, std::vector<OwnerReference> owners) {
    auto made = std::make_shared<ReplicaSet>();
    made->meta.name = Str(name);
    made->meta.ns = "default";
    made->meta.owner_references = std::move(owners);
    made->spec.pod_template = pod_template("nginx");
    made->spec.selector = selector_of(made->spec.pod_template->meta.labels);
    made->spec.replicas = 0;
    return create(made);
  }

  /// A pod of the set: Running and Ready on node-a unless the test changes it. `age` is that of the
  /// pod and of its readiness, in seconds.
  struct Wanted {
    std::string node = "node-a";
    std::string phase = "Running";
    bool ready = true;
    std::string cost;
    std::int64_t ready_for = 3600;
    std::int64_t age = 3600;
    int restarts = 0;
    int sidecar_restarts = 0;
  };
  std::string pod(const std::string& name, const Wanted& wanted, Id of = 0) {
    auto made = std::make_shared<Pod>();
    made->meta.name = Str(name);
    made->meta.ns = "default";
    made->meta.labels.set("app", "web");
    made->meta.owner_references = {controller_of(*world().get<ReplicaSet>(of ? of : set_))};
    if (!wanted.cost.empty()) {
      made->meta.annotations.set("controller.kubernetes.io/pod-deletion-cost", Str(wanted.cost));
    }
    made->node_name = Str(wanted.node);
    PodSpec spec = pod_template("nginx").spec;
    spec.init_containers.emplace_back();
    spec.init_containers.front().name = "side";
    spec.init_containers.front().image = "nginx";
    spec.init_containers.front().restart_policy = "Always";
    made->spec = spec;
    made->status.phase = Str(wanted.phase);
    PodCondition ready;
    ready.type = "Ready";
    ready.status = wanted.ready ? "True" : "False";
    ready.last_transition_time = world().now() - seconds(wanted.ready_for);
    made->status.conditions.push_back(ready);
    ContainerStatus status;
    status.name = "web";
    status.restart_count = wanted.restarts;
    made->status.container_statuses.push_back(status);
    status.name = "side";
    status.restart_count = wanted.sidecar_restarts;
    made->status.init_container_statuses.push_back(status);
    const Id id = create(made);
    // The store has stamped it with the present.
    auto aged = std::make_shared<Pod>(*world().get<Pod>(id));
    aged->meta.creation_timestamp = world().now() - seconds(wanted.age);
    Plan plan;
    plan.update({Kind::Pod, id}, aged, "test");
    carry_out(std::move(plan));
    return name;
  }

  /// Which pods go when so many are to be left.
  std::set<std::string> given_up(int left) {
    auto changed = std::make_shared<ReplicaSet>(*world().get<ReplicaSet>(set_));
    changed->spec.replicas = left;
    Plan resize;
    resize.update({Kind::ReplicaSet, set_}, changed, "test");
    carry_out(std::move(resize));
    std::set<std::string> names;
    for (const Write& write : replica_set::reconcile(world(), set_).writes) {
      if (write.ref.kind != Kind::Pod) continue;
      const Pod& before = *world().get<Pod>(write.ref.id);
      const bool gone = write.op == Write::Op::Erase || write.object->meta.deletion_timestamp;
      if (gone) names.insert(before.meta.name.str());
    }
    return names;
  }

 private:
  Id set_ = 0;
};

using Names = std::set<std::string>;

// Each rule decides where all that stand before it are equal.
// k8s 1.30 pkg/controller/controller_utils_test.go: TestSortingActivePodsWithRanks
TEST(ReplicaSetRanking, EachRule) {
  struct Row {
    const char* rule;
    Look::Wanted goes;
    Look::Wanted stays;
  };
  std::vector<Row> rows(9);
  rows[0].rule = "unassigned before assigned";
  rows[0].goes.node = "";
  rows[0].goes.phase = "Pending";
  rows[0].goes.ready = false;
  rows[0].stays.phase = "Pending";
  rows[0].stays.ready = false;
  rows[0].stays.cost = "-5";
  rows[1].rule = "pending before running";
  rows[1].goes.phase = "Pending";
  rows[1].goes.ready = false;
  rows[1].stays.ready = false;
  rows[1].stays.cost = "-5";
  rows[2].rule = "not ready before ready";
  rows[2].goes.ready = false;
  rows[2].goes.cost = "7";
  rows[3].rule = "cheap before dear";
  rows[3].goes.cost = "-1";
  rows[3].stays.ready_for = 5;
  rows[4].rule = "no cost is a cost of nothing";
  rows[4].stays.cost = "1";
  rows[4].stays.ready_for = 5;
  rows[5].rule = "shortly ready before long ready";
  rows[5].goes.ready_for = 10;
  rows[5].stays.restarts = 9;
  rows[6].rule = "many restarts before few";
  rows[6].goes.restarts = 2;
  rows[6].stays.restarts = 1;
  rows[6].stays.age = 5;
  rows[7].rule = "then restarts of sidecars";
  rows[7].goes.sidecar_restarts = 1;
  rows[7].stays.age = 5;
  rows[8].rule = "young before old";
  rows[8].goes.age = 10;
  for (const Row& row : rows) {
    for (const bool first : {true, false}) {
      Look look;
      if (first) look.pod("goes", row.goes);
      look.pod("stays", row.stays);
      if (!first) look.pod("goes", row.goes);
      EXPECT_EQ(look.given_up(1), Names{"goes"}) << row.rule;
    }
  }
}

// A cost that is no number of 32 bits, or is written with a plus or with leading zeros, is none.
TEST(ReplicaSetRanking, UnreadableCosts) {
  for (const char* cost : {"+1", "01", "1.5", "x", "99999999999", " 1"}) {
    Look look;
    Look::Wanted odd;
    odd.cost = cost;
    odd.ready_for = 10;
    look.pod("odd", odd);
    Look::Wanted plain;
    plain.cost = "0";
    look.pod("plain", plain);
    EXPECT_EQ(look.given_up(1), Names{"odd"}) << cost;
  }
}

// Ages are compared by their order of magnitude, so that an old pod is not always spared.
// k8s 1.30: LogarithmicScaleDown
TEST(ReplicaSetRanking, AboutEquallyOld) {
  for (int i = 0; i < 40; ++i) {
    Look look;
    Look::Wanted younger;
    younger.ready_for = 1100 + i;
    Look::Wanted older;
    older.ready_for = 2100;
    // The same power of two of nanoseconds: the uid decides.
    look.pod("younger", younger);
    look.pod("older", older);
    const Pod& one = *look.world().find<Pod>("default", "younger");
    const Pod& two = *look.world().find<Pod>("default", "older");
    const bool younger_first = one.meta.uid < two.meta.uid;
    EXPECT_EQ(look.given_up(1), Names{younger_first ? "younger" : "older"});
    // A whole order of magnitude counts.
    Look::Wanted fresh;
    fresh.ready_for = 100;
    look.pod("fresh", fresh);
    EXPECT_EQ(look.given_up(2), Names{"fresh"});
  }
}

// Pods of the Deployment's other ReplicaSets crowd a node as well.
TEST(ReplicaSetRanking, FromTheCrowdedNode) {
  Look look;
  auto deployment = std::make_shared<Deployment>();
  deployment->meta.name = "web";
  deployment->meta.ns = "default";
  const Id owner = look.create(deployment);
  const OwnerReference reference = controller_of(*look.world().get<Deployment>(owner));
  auto owned = std::make_shared<ReplicaSet>(*look.world().get<ReplicaSet>(look.set()));
  owned->meta.owner_references = {reference};
  Plan plan;
  plan.update({Kind::ReplicaSet, look.set()}, owned, "test");
  look.carry_out(std::move(plan));
  const Id other = look.make_set("old", {reference});
  Look::Wanted on_a;
  Look::Wanted on_b;
  on_b.node = "node-b";
  on_b.ready_for = 5;
  look.pod("a", on_a);
  look.pod("b", on_b);
  EXPECT_EQ(look.given_up(1), Names{"b"});
  look.pod("old-1", on_a, other);
  EXPECT_EQ(look.given_up(1), Names{"a"});
  // What its owner counts dearer stays all the same.
  Look::Wanted dear = on_a;
  dear.cost = "1";
  look.pod("dear", dear);
  EXPECT_EQ(look.given_up(1), (Names{"a", "b"}));
}

TEST(ReplicaSetRanking, AllGoUnranked) {
  Look look;
  look.pod("one", {});
  look.pod("two", {});
  EXPECT_EQ(look.given_up(0), (Names{"one", "two"}));
}

TEST(ReplicaSetLook, MakesAtMostFiveHundredAtOnce) {
  Look look;
  auto changed = std::make_shared<ReplicaSet>(*look.world().get<ReplicaSet>(look.set()));
  changed->spec.replicas = 1200;
  Plan plan;
  plan.update({Kind::ReplicaSet, look.set()}, changed, "test");
  auto account = std::make_shared<ServiceAccount>();
  account->meta.name = "default";
  account->meta.ns = "default";
  look.create(account);
  look.carry_out(std::move(plan));
  int made = 0;
  for (const Write& write : replica_set::reconcile(look.world(), look.set()).writes) {
    if (write.op == Write::Op::Create) ++made;
  }
  EXPECT_EQ(made, 500);
}

TEST(ReplicaSetLook, AnInvalidPodInTheWordsOfTheApi) {
  Look look;
  auto changed = std::make_shared<ReplicaSet>(*look.world().get<ReplicaSet>(look.set()));
  changed->spec.replicas = 8;
  changed->spec.pod_template.edit().spec.containers.front().image = Str();
  Plan plan;
  plan.update({Kind::ReplicaSet, look.set()}, changed, "test");
  auto account = std::make_shared<ServiceAccount>();
  account->meta.name = "default";
  account->meta.ns = "default";
  look.create(account);
  look.carry_out(std::move(plan));
  const Plan decided = replica_set::reconcile(look.world(), look.set());
  // The first batch is one pod.
  ASSERT_EQ(decided.events.size(), 1u);
  const std::string told = decided.events.front().message.str();
  EXPECT_EQ(told.rfind("Error creating: Pod \"web-", 0), 0u) << told;
  EXPECT_NE(told.find("\" is invalid: spec.containers[0].image: Required value"), std::string::npos)
      << told;
  EXPECT_EQ(decided.events.front().type, "Warning");
  EXPECT_EQ(decided.events.front().component, "replicaset-controller");
}

}  // namespace
}  // namespace sim::testing
