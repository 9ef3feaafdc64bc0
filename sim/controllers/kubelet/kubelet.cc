#include "sim/controllers/kubelet/kubelet.h"

#include <algorithm>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/controllers/kubelet/volume_sources.h"
#include "sim/controllers/kubelet/worker.h"
#include "sim/model/node_match.h"
#include "sim/model/pod_facts.h"

namespace sim::kubelet {
namespace {

std::shared_ptr<PodSandbox> new_sandbox(const World& world, Id pod_id, const Pod& pod,
                                        Id machine_id) {
  auto sandbox = std::make_shared<PodSandbox>();
  sandbox->meta.name = pod.meta.name;
  sandbox->meta.ns = pod.meta.ns;
  sandbox->meta.uid = pod.meta.uid;
  sandbox->pod = pod_id;
  sandbox->machine = machine_id;
  sandbox->boot = world.get<Machine>(machine_id)->boots;
  sandbox->volumes_at = world.now() + world.timing().volume_setup;
  for (const Container& container : pod.spec->init_containers) {
    ContainerRecord record;
    record.name = container.name;
    record.init = true;
    sandbox->init_containers.push_back(std::move(record));
  }
  for (const Container& container : pod.spec->containers) {
    ContainerRecord record;
    record.name = container.name;
    sandbox->containers.push_back(std::move(record));
  }
  return sandbox;
}

/// Gives the pod the next address of its node, or the node's own.
void give_address(Worker& worker) {
  if (worker.spec.host_network) {
    worker.sandbox->ip = Str(field_value(worker, "status.hostIP"));
    return;
  }
  auto next = worker.machine_copy();
  const std::int32_t n = next->pods_addressed++;
  // Three numbers for the node and the pod: enough for any cluster that is modelled.
  worker.sandbox->ip =
      fmt::format("10.{}.{}.{}", 88 + next->number / 250, next->number % 250 + 1, n % 250 + 2);
  worker.plan.update({Kind::Machine, worker.machine_id}, std::move(next), "a pod got an address");
}

/// The pod as its kubelet knows it: one whose node is cut off has heard of no change since.
const Pod& heard_of(const World& world, Id pod, Id sandbox) {
  const auto& known = world.get<PodSandbox>(sandbox)->known;
  return known ? *known : *world.get<Pod>(pod);
}

/// Nothing that a kubelet says arrives while its node is cut off.
void keep_silent(Plan& plan) {
  plan.events.clear();
  plan.drop_writes([](const Write& write) { return is_api_kind(write.ref.kind); });
}

/// Lets go of all that the pod had on its node.
void remove_all(const World& world, Plan& plan, Id sandbox_id) {
  for (const Id id : world.store().instances_of(sandbox_id)) {
    plan.erase({Kind::ContainerInstance, id}, "the pod is gone");
  }
  for (const Id id : world.store().disks_of(sandbox_id)) {
    plan.erase({Kind::Disk, id}, "the pod is gone");
  }
  report_volumes_in_use(plan, world, *world.get<PodSandbox>(sandbox_id));
  plan.erase({Kind::PodSandbox, sandbox_id}, "the pod is gone");
}

/// What a driver has mounted only the driver can unmount; until then the pod stays.
bool waits_to_unmount(Worker& worker) {
  if (!is_unmount_blocked(worker)) return false;
  worker.look_again(worker.next_sync(), true);
  return true;
}

void terminate(Worker& worker) {
  PodSandbox& sandbox = *worker.sandbox;
  if (!stop_all(worker, grace_of(worker))) return;
  if (waits_to_unmount(worker)) return;
  // The last look: everything has stopped, what is left is cleaned up.
  std::optional<Time> last;
  for (const auto* records : {&sandbox.containers, &sandbox.init_containers}) {
    for (const ContainerRecord& record : *records) {
      const auto row = worker.instance(record);
      if (row && row->finished_at && (!last || *row->finished_at > *last)) last = row->finished_at;
    }
  }
  const Time done = std::max(last.value_or(*sandbox.stopping_since), *sandbox.stopping_since) +
                    worker.timing().pod_cleanup + unmount_time(worker);
  if (done > worker.now()) {
    worker.look_again(done, false);
    return;
  }
  DeleteOptions options;
  options.grace_seconds = 0;
  remove_all(worker.world, worker.plan, worker.sandbox_id);
  api_delete(worker.world, worker.plan, {Kind::Pod, worker.pod_id}, options,
             "all its containers stopped");
  worker.sandbox = nullptr;
}

void fail(Worker& worker, std::string_view type, std::string_view reason,
          const std::string& message) {
  worker.event(type, reason, message);
  worker.sandbox->reason = Str(reason);
  worker.sandbox->message = Str(message);
}

/// Ends a pod that has used up its time. k8s 1.30 pkg/kubelet: activeDeadlineHandler
void watch_deadline(Worker& worker) {
  if (!worker.spec.active_deadline_seconds) return;
  const Time start = worker.pod.status.start_time.value_or(worker.now());
  const Time end = start + seconds(*worker.spec.active_deadline_seconds);
  if (worker.now() < end) {
    worker.look_again(end, true);
    return;
  }
  fail(worker, "Normal", "DeadlineExceeded",
       "Pod was active on the node longer than the specified deadline");
}

/// How long the pods of a node that shuts down may take: first the ordinary ones, then those that
/// the system needs. k8s 1.30 pkg/kubelet/nodeshutdown: migrateConfig, groupByPriority
struct ShutdownTurn {
  Time from;
  Duration grace;
};
ShutdownTurn shutdown_turn(const Machine& machine, const Pod& pod) {
  const Duration all = *machine.halts_at - *machine.halting_since;
  const Duration critical{all.ns / 3};
  if (is_critical(pod)) return {*machine.halts_at - critical, critical};
  return {*machine.halting_since, all - critical};
}

void watch_shutdown(Worker& worker) {
  if (!worker.machine.halting_since) return;
  const Time from = shutdown_turn(worker.machine, worker.pod).from;
  if (worker.now() < from) {
    worker.look_again(from, false);
    return;
  }
  worker.sandbox->reason = "Terminated";
  worker.sandbox->message = "Pod was terminated in response to imminent node shutdown.";
}

/// A machine that restarted has lost the pod's sandbox and all that ran in it; the pod begins
/// again, init containers first. k8s 1.30 pkg/kubelet/kuberuntime: computePodActions
void notice_reboot(Worker& worker) {
  PodSandbox& sandbox = *worker.sandbox;
  if (sandbox.boot == worker.machine.boots) return;
  sandbox.boot = worker.machine.boots;
  empty_memory_volumes(worker);
  bool any = false;
  for (auto* records : {&sandbox.init_containers, &sandbox.containers}) {
    for (ContainerRecord& record : *records) {
      any = any || record.instance != 0;
      // A kubelet that starts remembers no back-off and no hook.
      record.restart_back_off = {};
      record.pull_back_off = {};
      record.pulling_until.reset();
      record.starting_until.reset();
      record.retry_at.reset();
      record.post_start = false;
      record.stopping_since.reset();
    }
  }
  if (!sandbox.ready || (any && worker.spec.restart_policy == "Never")) return;
  worker.event("Normal", "SandboxChanged",
               "Pod sandbox changed, it will be killed and re-created.");
  sandbox.ready = false;
  sandbox.sandbox_at.reset();
  for (auto* records : {&sandbox.init_containers, &sandbox.containers}) {
    for (ContainerRecord& record : *records) record.stale = record.instance != 0;
  }
}

/// Ends what has nothing left to do or must not go on. What it runs is stopped, then its volumes
/// go. k8s 1.30 pkg/kubelet: SyncTerminatingPod, SyncTerminatedPod
void finish(Worker& worker) {
  Duration grace = seconds(worker.spec.termination_grace_period_seconds.value_or(30));
  // An eviction leaves a second, which is then the shortest grace there is.
  if (worker.sandbox->reason == "Evicted") grace = seconds(1);
  if (worker.sandbox->reason == "Terminated" && worker.machine.halting_since) {
    grace = std::min(grace, shutdown_turn(worker.machine, worker.pod).grace);
  }
  if (!stop_all(worker, grace) || waits_to_unmount(worker)) return;
  tear_down_volumes(worker);
}

/// Whether this very look has made a container; one that has ended already is seen at the next.
bool has_just_started(const Worker& worker) {
  const auto made = [&](const ContainerRecord& record) {
    return record.instance != 0 && !worker.world.get<ContainerInstance>(record.instance);
  };
  const auto& all = worker.sandbox->containers;
  return std::any_of(all.begin(), all.end(), made);
}

/// The pod is to run: volumes, sandbox, containers, in this order.
void run(Worker& worker) {
  PodSandbox& sandbox = *worker.sandbox;
  notice_reboot(worker);
  if (sandbox.reason.empty()) watch_shutdown(worker);
  if (sandbox.reason.empty()) watch_deadline(worker);
  if (!sandbox.reason.empty()) {
    finish(worker);
    return;
  }
  // What a volume needs is asked of the API server.
  if (!sandbox.volumes_ready && !worker.machine.reachable) return;
  if (!set_up_volumes(worker)) return;
  if (!sandbox.sandbox_at) sandbox.sandbox_at = worker.now() + worker.timing().sandbox_start;
  if (!sandbox.ready) {
    if (*sandbox.sandbox_at > worker.now()) {
      worker.look_again(*sandbox.sandbox_at, false);
      return;
    }
    sandbox.ready = true;
    give_address(worker);
  }
  if (worker.machine.reachable) refresh_volumes(worker);
  if (const std::optional<std::string> words = over_limit(worker)) {
    fail(worker, "Warning", "Evicted", *words);
    finish(worker);
    return;
  }
  run_containers(worker);
  if (is_over(worker) && !has_just_started(worker)) finish(worker);
}

bool is_hooking(const Worker& worker) {
  const auto& records = worker.sandbox->containers;
  const auto hooks = [](const ContainerRecord& record) { return record.post_start; };
  const auto& inits = worker.sandbox->init_containers;
  return std::any_of(records.begin(), records.end(), hooks) ||
         std::any_of(inits.begin(), inits.end(), hooks);
}

void write_status(Worker& worker) {
  // A sync that waits for a postStart hook tells nothing until the hook is over.
  if (is_hooking(worker) && !worker.pod.meta.deletion_timestamp) return;
  PodStatus status = status_of(worker);
  if (status == worker.pod.status) return;
  auto next = std::make_shared<Pod>(worker.pod);
  next->status = std::move(status);
  worker.plan.update({Kind::Pod, worker.pod_id}, std::move(next), "its status changed");
}

bool differs(const PodSandbox& a, const PodSandbox& b) {
  return !(a.ip == b.ip && a.ready == b.ready && a.sandbox_at == b.sandbox_at &&
           a.volumes_at == b.volumes_at && a.volumes_ready == b.volumes_ready &&
           a.volumes == b.volumes && a.pending_volumes == b.pending_volumes &&
           a.refresh_at == b.refresh_at && a.init_containers == b.init_containers &&
           a.containers == b.containers && a.stopping_since == b.stopping_since &&
           a.cleaned == b.cleaned && a.boot == b.boot && a.usage_at == b.usage_at &&
           a.reason == b.reason && a.message == b.message && a.known == b.known);
}

/// A node that shuts down, or runs out of disk or memory, takes no pods.
/// k8s 1.30 pkg/kubelet: rejectPod; pkg/kubelet/eviction, nodeshutdown: Admit
bool turn_away(const World& world, Plan& plan, Id id, const Pod& pod, const Machine& machine) {
  std::string_view reason;
  std::string message;
  if (machine.halting_since) {
    reason = "NodeShutdown";
    message = "Pod was rejected as the node is shutting down.";
  } else if (!is_critical(pod)) {
    Taint taint;
    taint.key = "node.kubernetes.io/memory-pressure";
    taint.effect = "NoSchedule";
    const bool endures =
        pod.status.qos_class != "BestEffort" || tolerates(pod.spec->tolerations, taint);
    const bool memory = machine.short_of_memory.has_value();
    if (!machine.short_of_disk && (!memory || endures)) return false;
    reason = "Evicted";
    message = fmt::format("The node had condition: [{}{}]. ", memory ? "MemoryPressure" : "",
                          !machine.short_of_disk ? ""
                          : memory               ? " DiskPressure"
                                                 : "DiskPressure");
  } else {
    return false;
  }
  note_event(plan, {Kind::Pod, id}, "kubelet", "Warning", reason, message, pod.node_name);
  auto next = std::make_shared<Pod>(pod);
  next->status.phase = "Failed";
  next->status.reason = Str(reason);
  next->status.message = fmt::format("Pod was rejected: {}", message);
  next->status.start_time = world.now();
  plan.update({Kind::Pod, id}, std::move(next), "its kubelet turned it away");
  return true;
}

Plan work(const World& world, Id pod_id, Id sandbox_id) {
  Worker worker(world, pod_id, sandbox_id);
  if (worker.pod.meta.deletion_timestamp) {
    terminate(worker);
  } else if (has_ended(worker.pod)) {
    if (!worker.sandbox->cleaned) finish(worker);
  } else {
    run(worker);
  }
  if (worker.sandbox) {
    if (worker.machine.reachable) write_status(worker);
    if (differs(*world.get<PodSandbox>(sandbox_id), *worker.sandbox)) {
      worker.plan.update({Kind::PodSandbox, sandbox_id}, worker.sandbox, "the kubelet went on");
    }
  }
  return std::move(worker.plan);
}

}  // namespace

Worker::Worker(const World& in, Id pod_row, Id sandbox_row)
    : world(in),
      pod_id(pod_row),
      pod(heard_of(in, pod_row, sandbox_row)),
      spec(*pod.spec),
      machine_id(in.get<PodSandbox>(sandbox_row)->machine),
      machine(*in.get<Machine>(machine_id)),
      sandbox_id(sandbox_row),
      sandbox(std::make_shared<PodSandbox>(*in.get<PodSandbox>(sandbox_row))) {}

void Worker::look_again(Time when, bool quiet) {
  plan.wake(when, Actor::Kubelet, {Kind::Pod, pod_id}, quiet);
}

Time Worker::next_sync() const {
  const auto jitter =
      static_cast<std::int64_t>(draw_below(5000, world.settings().seed, "resync", pod.meta.uid.low,
                                           static_cast<std::uint64_t>(now().ns)));
  return now() + seconds(10) + milliseconds(jitter);
}

void Worker::event(std::string_view type, std::string_view reason, std::string message,
                   const Container* container) {
  EventNote note;
  note.about = {Kind::Pod, pod_id};
  note.type = Str(type);
  note.reason = Str(reason);
  note.message = Str(message);
  note.component = "kubelet";
  note.host = pod.node_name;
  if (container) {
    const bool init =
        std::any_of(spec.init_containers.begin(), spec.init_containers.end(),
                    [&](const Container& other) { return other.name == container->name; });
    note.field_path =
        fmt::format("spec.{}{{{}}}", init ? "initContainers" : "containers", container->name);
  }
  plan.event(std::move(note));
}

std::string Worker::pod_name() const {
  return fmt::format("{}_{}({})", pod.meta.name, pod.meta.ns, to_string(pod.meta.uid));
}

const Container& Worker::container(const ContainerRecord& record) const {
  for (const Container& each : record.init ? spec.init_containers : spec.containers) {
    if (each.name == record.name) return each;
  }
  SIM_CHECK(false);
}

std::shared_ptr<const ContainerInstance> Worker::instance(const ContainerRecord& record) const {
  if (record.instance == 0) return nullptr;
  const Ref ref{Kind::ContainerInstance, record.instance};
  if (auto pending = share_as<ContainerInstance>(plan.pending(ref))) return pending;
  return world.store().share<ContainerInstance>(record.instance);
}

bool Worker::is_running(const ContainerRecord& record) const {
  const auto row = instance(record);
  return row && row->state == ContainerInstance::State::Running;
}

bool Worker::is_sidecar(const ContainerRecord& record) const {
  return record.init && container(record).restart_policy == Str("Always");
}

bool Worker::anything_runs() const {
  const auto runs = [&](const ContainerRecord& record) { return is_running(record); };
  return std::any_of(sandbox->containers.begin(), sandbox->containers.end(), runs) ||
         std::any_of(sandbox->init_containers.begin(), sandbox->init_containers.end(), runs);
}

std::shared_ptr<Machine> Worker::machine_copy() const {
  const auto pending = share_as<Machine>(plan.pending({Kind::Machine, machine_id}));
  return std::make_shared<Machine>(pending ? *pending : machine);
}

std::shared_ptr<const Disk> Worker::disk(Id id) const {
  if (auto pending = share_as<Disk>(plan.pending({Kind::Disk, id}))) return pending;
  return world.store().share<Disk>(id);
}

Plan reconcile(const World& world, Id pod_id) {
  const Pod* pod = world.get<Pod>(pod_id);
  const Id sandbox_id = world.store().sandbox_of(pod_id);
  const PodSandbox* sandbox = world.get<PodSandbox>(sandbox_id);
  Plan plan;
  const Id machine_id = sandbox ? sandbox->machine
                        : pod   ? world.store().find(Kind::Machine, "", pod->node_name)
                                : 0;
  const Machine* machine = world.get<Machine>(machine_id);
  // A node without power does nothing; one that is cut off goes on, but hears of nothing new.
  if (!machine || !machine->powered || machine->booting_until) return plan;
  if (!machine->reachable) {
    if (!sandbox || !sandbox->known) return plan;
    plan = work(world, pod_id, sandbox_id);
    keep_silent(plan);
    return plan;
  }
  if (!pod) {
    if (sandbox) remove_all(world, plan, sandbox_id);
    return plan;
  }
  if (sandbox) return work(world, pod_id, sandbox_id);
  // One whose containers stopped while the node was cut off may have ended before; it is let go
  // too. k8s 1.30 pkg/kubelet/status: canBeDeleted
  if (pod->meta.deletion_timestamp) {
    DeleteOptions options;
    options.grace_seconds = 0;
    api_delete(world, plan, {Kind::Pod, pod_id}, options,
               pod->status.start_time ? "nothing of it is left on its node" : "it never started");
    return plan;
  }
  if (has_ended(*pod)) return plan;
  if (turn_away(world, plan, pod_id, *pod, *machine)) return plan;
  auto made = new_sandbox(world, pod_id, *pod, machine_id);
  plan.wake(*made->volumes_at, Actor::Kubelet, {Kind::Pod, pod_id});
  plan.create(world, std::move(made), "the kubelet took the pod on");
  return plan;
}

}  // namespace sim::kubelet
