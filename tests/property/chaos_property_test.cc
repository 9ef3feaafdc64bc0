// What must be true whatever breaks: under random faults no invariant breaks, nothing is lost that
// a volume keeps, and once the faults are over every controller comes to rest.
// PODSIGHT_CHAOS_PLANS=1000 runs so many plans instead of a few; PODSIGHT_CHAOS_FIRST is the first.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/model/pod_facts.h"
#include "sim/scenario/scenario.h"
#include "sim/world/fault.h"
#include "tests/support/environment.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

constexpr const char* kCluster = R"({
  "formatVersion": 1,
  "cluster": {
    "nodes": [
      {"name": "a1", "zone": "us-west-2a", "images": ["web"]},
      {"name": "a2", "zone": "us-west-2a"},
      {"name": "b1", "zone": "us-west-2b", "images": ["web"]},
      {"name": "c1", "zone": "us-west-2c"}
    ],
    "drivers": ["ebs.csi.aws.com", "efs.csi.aws.com"],
    "images": {
      "web": {"size": "20Mi", "process": {"http": {"root": "/srv"}}, "files": {"/srv/index.html": "hello", "/tmp": []}},
      "job": {"size": "4Mi", "process": {"exit": 0}, "files": {}}
    }
  }
})";

constexpr const char* kWorkloads = R"(
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: disk}
provisioner: ebs.csi.aws.com
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: shared}
provisioner: efs.csi.aws.com
parameters: {provisioningMode: efs-ap, fileSystemId: fs-1, directoryPerms: "700"}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: files}
spec:
  accessModes: [ReadWriteMany]
  storageClassName: shared
  resources: {requests: {storage: 1Gi}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data: {key: value}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: web
        imagePullPolicy: IfNotPresent
        livenessProbe: {httpGet: {port: 80, path: /}, periodSeconds: 5}
        volumeMounts:
        - {name: scratch, mountPath: /scratch}
        - {name: app, mountPath: /etc/app}
        - {name: files, mountPath: /files}
      volumes:
      - {name: scratch, emptyDir: {}}
      - {name: app, configMap: {name: app}}
      - {name: files, persistentVolumeClaim: {claimName: files}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      terminationGracePeriodSeconds: 5
      containers:
      - name: db
        image: web
        imagePullPolicy: IfNotPresent
        volumeMounts:
        - {name: data, mountPath: /data}
        - {name: memory, mountPath: /memory}
      volumes:
      - {name: memory, emptyDir: {medium: Memory}}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteOnce]
      storageClassName: disk
      resources: {requests: {storage: 1Gi}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      containers:
      - {name: agent, image: web, imagePullPolicy: IfNotPresent}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  backoffLimit: 20
  template:
    spec:
      restartPolicy: OnFailure
      containers:
      - {name: once, image: job, imagePullPolicy: IfNotPresent}
)";

/// The cluster with its workloads, all at work and each with a file in its volumes.
const World& ready_world() {
  static const World world = [] {
    Simulation simulation = make_cluster(parse_cluster(kCluster, "(chaos)").cluster);
    Terminal terminal(simulation, ".");
    terminal.write_file("all.yaml", kWorkloads);
    const Terminal::Result applied = terminal.run("kubectl apply -f all.yaml");
    EXPECT_EQ(applied.exit, 0) << applied.output;
    simulation.run_until(simulation.world().now() + minutes(3));
    for (const char* pod : {"db-0", "db-1"}) {
      const Terminal::Result made =
          terminal.run(fmt::format("kubectl exec {} -- touch /data/kept", pod));
      EXPECT_EQ(made.exit, 0) << made.output;
    }
    const Terminal::Result made = terminal.run(
        "for p in $(kubectl get pods -l app=web -o name); do kubectl exec $p -- touch "
        "/scratch/kept /files/kept; done");
    EXPECT_EQ(made.exit, 0) << made.output;
    return simulation.world();
  }();
  return world;
}

bool has_file(const Disk& disk) { return disk.tree.find(parse_path("/kept")) != nullptr; }

/// A volume's contents are kept as long as it is; an emptyDir's as long as its pod is on its node.
/// k8s: survival matrix, rows 1 to 13
std::string what_is_lost(const World& before, const World& now) {
  for (const auto& [id, row] : before.store().table(Kind::Disk)) {
    const auto& disk = static_cast<const Disk&>(row);
    if (!has_file(disk)) continue;
    const Disk* left = now.get<Disk>(id);
    if (left && has_file(*left)) continue;
    if (disk.sandbox == 0) return fmt::format("the file in {} is lost", row.meta.name);
    const PodSandbox* sandbox = now.get<PodSandbox>(disk.sandbox);
    if (sandbox && !sandbox->cleaned) return fmt::format("the file in {} is lost", row.meta.name);
  }
  return "";
}

struct Key {
  Actor actor;
  Kind kind;
};
constexpr Key kKeys[] = {
    {Actor::Deployment, Kind::Deployment},
    {Actor::ReplicaSet, Kind::ReplicaSet},
    {Actor::Scheduler, Kind::Pod},
    {Actor::Kubelet, Kind::Pod},
    {Actor::Namespace, Kind::Namespace},
    {Actor::ServiceAccount, Kind::Namespace},
    {Actor::NodeLifecycle, Kind::Node},
    {Actor::NodeStatus, Kind::Machine},
    {Actor::NodePressure, Kind::Machine},
    {Actor::TaintEviction, Kind::Pod},
    {Actor::PodCollector, Kind::Pod},
    {Actor::ClaimBinder, Kind::PersistentVolumeClaim},
    {Actor::VolumeBinder, Kind::PersistentVolume},
    {Actor::Provisioner, Kind::PersistentVolumeClaim},
    {Actor::VolumeDeleter, Kind::PersistentVolume},
    {Actor::Resizer, Kind::PersistentVolumeClaim},
    {Actor::ClaimProtection, Kind::PersistentVolumeClaim},
    {Actor::VolumeProtection, Kind::PersistentVolume},
    {Actor::AttachDetach, Kind::Node},
    {Actor::Attacher, Kind::VolumeAttachment},
    {Actor::StatefulSet, Kind::StatefulSet},
    {Actor::DaemonSet, Kind::DaemonSet},
    {Actor::Job, Kind::Job},
    {Actor::Endpoints, Kind::Service},
    {Actor::Disruption, Kind::PodDisruptionBudget},
};

/// What a controller still wants to change; empty: all of them are at rest.
std::string who_is_at_work(const World& world) {
  const auto wants = [&](Actor actor, Ref ref) -> std::string {
    const Plan plan = decide(world, {actor, ref.kind, false, ref.id, 0});
    if (plan.writes.empty() && plan.events.empty()) return "";
    const Object* row = world.store().get(ref);
    return fmt::format("{} of {}: {}{}", to_string(actor), row ? row->meta.name : Str("(gone)"),
                       plan.writes.empty() ? "" : plan.writes.front().why.str(),
                       plan.events.empty() ? "" : plan.events.front().message.str());
  };
  for (const Key& key : kKeys) {
    for (const auto& [id, row] : world.store().table(key.kind)) {
      if (std::string what = wants(key.actor, {key.kind, id}); !what.empty()) return what;
    }
  }
  for (int kind = 0; kind < kApiKindCount; ++kind) {
    for (const auto& [id, row] : world.store().table(static_cast<Kind>(kind))) {
      std::string what = wants(Actor::GarbageCollector, {static_cast<Kind>(kind), id});
      if (!what.empty()) return what;
    }
  }
  return "";
}

/// What is not as it should be when nothing is broken any more.
std::string what_is_missing(const World& world) {
  for (const auto& [id, row] : world.store().table(Kind::Node)) {
    const auto& node = static_cast<const Node&>(row);
    if (!is_ready(node)) return fmt::format("node {} is not ready", row.meta.name);
    if (!node.spec.taints.empty()) {
      return fmt::format("node {} has the taint {}", row.meta.name, node.spec.taints[0].key);
    }
  }
  for (const auto& [id, row] : world.store().table(Kind::Deployment)) {
    const auto& status = static_cast<const Deployment&>(row).status;
    if (status.available_replicas != 3) {
      return fmt::format("{} of {} are available", status.available_replicas, row.meta.name);
    }
  }
  for (const auto& [id, row] : world.store().table(Kind::StatefulSet)) {
    const auto& status = static_cast<const StatefulSet&>(row).status;
    if (status.ready_replicas != 2) {
      return fmt::format("{} of {} are ready", status.ready_replicas, row.meta.name);
    }
  }
  for (const auto& [id, row] : world.store().table(Kind::DaemonSet)) {
    const auto& status = static_cast<const DaemonSet&>(row).status;
    if (status.number_ready != static_cast<std::int32_t>(world.store().count(Kind::Node))) {
      return fmt::format("{} of {} are ready", status.number_ready, row.meta.name);
    }
  }
  // What runs is what the API server knows of, and where it says.
  for (const auto& [id, row] : world.store().table(Kind::PodSandbox)) {
    const Pod* pod = world.get<Pod>(static_cast<const PodSandbox&>(row).pod);
    if (!pod) return fmt::format("pod {} is gone and still runs", row.meta.name);
  }
  return "";
}

/// What a person would look at then.
std::string state_of(Simulation& simulation) {
  return Terminal(simulation, ".")
      .run(
          "kubectl get nodes; kubectl get pods -o wide | grep -v Evicted; "
          "kubectl get volumeattachments; kubectl get events -A | grep Warning | tail -20; "
          "sim faults; kubectl get nodes -o custom-columns=N:.metadata.name,U:.status.volumesInUse,"
          "A:.status.volumesAttached")
      .output;
}

void run_plan(std::uint64_t seed) {
  const World& before = ready_world();
  Simulation simulation{World(before)};
  Plan plan;
  PlannedFault planned;
  planned.at = before.now();
  planned.chaos = Chaos();
  planned.chaos->seed = seed;
  planned.chaos->kinds = usual_chaos();
  planned.chaos->kinds.push_back(FaultKind::NodeDelete);
  // Some plans are short storms, some are long and slow ones in which pods are evicted.
  planned.chaos->every = seconds(static_cast<std::int64_t>(5 + 15 * (seed % 4)));
  planned.chaos->lasts = seconds(static_cast<std::int64_t>(20 + 200 * (seed % 3)));
  planned.chaos->until = before.now() + minutes(4 + static_cast<std::int64_t>(seed % 8));
  const Time until = planned.chaos->until;
  plan_fault(before, plan, std::move(planned));
  simulation.carry_out(std::move(plan), {0, "chaos"});
  const World& world = simulation.world();
  while (world.now() < until + minutes(1)) {
    simulation.run_until(world.now() + seconds(20));
    ASSERT_EQ(check_invariants(world), "") << to_clock(world.elapsed());
    ASSERT_EQ(what_is_lost(before, world), "") << to_clock(world.elapsed());
  }
  // The longest back-off is five minutes, and a taint waits as long before it evicts.
  std::string wrong;
  for (int i = 0; i < 30; ++i) {
    simulation.run_until(world.now() + minutes(1));
    wrong = what_is_missing(world);
    if (wrong.empty()) wrong = who_is_at_work(world);
    if (wrong.empty()) break;
  }
  ASSERT_EQ(wrong, "") << "half an hour after the last fault\n" << state_of(simulation);
  ASSERT_EQ(check_invariants(world), "");
  ASSERT_EQ(what_is_lost(before, world), "");
}

TEST(RandomFaults, EndWithNothingLostAndAllAtRest) {
  ASSERT_EQ(check_invariants(ready_world()), "");
  ASSERT_EQ(what_is_missing(ready_world()), "");
  ASSERT_EQ(who_is_at_work(ready_world()), "");
  const int plans = number_from("PODSIGHT_CHAOS_PLANS", 6);
  const int first = number_from("PODSIGHT_CHAOS_FIRST", 1);
  for (int seed = first; seed < first + plans; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    run_plan(static_cast<std::uint64_t>(seed));
  }
}

}  // namespace
}  // namespace sim::testing
