#include "sim/controllers/kubelet/kubelet.h"

#include <algorithm>

#include "sim/base/format.h"
#include "sim/controllers/kubelet/worker.h"
#include "sim/model/pod_facts.h"
#include "sim/world/container_system.h"

namespace sim::kubelet {
namespace {

// k8s 1.30 pkg/kubelet: backOffPeriod, MaxContainerBackOff; and how long a good run clears it.
constexpr Duration kFirstBackOff = seconds(10);
constexpr Duration kLongestBackOff = seconds(300);
constexpr Duration kGoodRun = seconds(600);
// k8s 1.30 pkg/kubelet/kuberuntime: minimumGracePeriodInSeconds
constexpr Duration kShortestGrace = seconds(2);
// k8s 1.30 pkg/kubelet: evictionMonitoringPeriod
constexpr Duration kEvictionPeriod = seconds(10);

std::shared_ptr<PodSandbox> new_sandbox(const World& world, Id pod_id, const Pod& pod,
                                        Id machine_id) {
  auto sandbox = std::make_shared<PodSandbox>();
  sandbox->meta.name = pod.meta.name;
  sandbox->meta.ns = pod.meta.ns;
  sandbox->meta.uid = pod.meta.uid;
  sandbox->pod = pod_id;
  sandbox->machine = machine_id;
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

/// Gives the pod the next address of its node.
void give_address(Worker& worker) {
  auto next = std::make_shared<Machine>(worker.machine);
  if (const auto pending =
          share_as<Machine>(worker.plan.pending({Kind::Machine, worker.machine_id}))) {
    *next = *pending;
  }
  const std::int32_t n = next->pods_addressed++;
  // Three numbers for the node and the pod: enough for any cluster that is modelled.
  worker.sandbox->ip =
      fmt::format("10.{}.{}.{}", 88 + next->number / 250, next->number % 250 + 1, n % 250 + 2);
  worker.plan.update({Kind::Machine, worker.machine_id}, std::move(next), "a pod got an address");
}

bool restarts(const Worker& worker, const ContainerRecord& record,
              const ContainerInstance& instance) {
  if (worker.pod.meta.deletion_timestamp) return false;
  if (worker.is_sidecar(record)) return true;
  const Str& policy = worker.spec.restart_policy;
  if (record.init) return instance.exit_code != 0 && policy != "Never";
  if (policy == "Always") return true;
  return policy == "OnFailure" && instance.exit_code != 0;
}

std::string back_off_text(Duration duration) {
  const std::string text = to_string(duration);
  return text;
}

/// An instance has ended: answers whether another may be started now.
/// k8s 1.30 pkg/kubelet/kuberuntime: doBackOff
bool may_restart(Worker& worker, ContainerRecord& record, const ContainerInstance& ended) {
  const Container& container = worker.container(record);
  const Time finished = *ended.finished_at;
  if (ended.started_at && finished - *ended.started_at > kGoodRun) record.restart_back_off = {};
  const Time due = finished + record.restart_back_off;
  if (due > worker.now()) {
    if (record.waiting_reason != "CrashLoopBackOff") {
      record.waiting_reason = "CrashLoopBackOff";
      record.waiting_message =
          fmt::format("back-off {} restarting failed container={} pod={}_{}({})",
                      back_off_text(record.restart_back_off), record.name, worker.pod.meta.name,
                      worker.pod.meta.ns, to_string(worker.pod.meta.uid));
      worker.event(
          "Warning", "BackOff",
          fmt::format("Back-off restarting failed container {} in pod {}_{}({})", record.name,
                      worker.pod.meta.name, worker.pod.meta.ns, to_string(worker.pod.meta.uid)),
          &container);
    }
    worker.look_again(due, true);
    return false;
  }
  return true;
}

void lengthen_back_off(ContainerRecord& record) {
  record.restart_back_off =
      record.restart_back_off.ns == 0
          ? kFirstBackOff
          : std::min(record.restart_back_off + record.restart_back_off, kLongestBackOff);
}

/// Sees to one container that is not running; answers whether the next one may be looked at.
bool start(Worker& worker, ContainerRecord& record) {
  const Container& container = worker.container(record);
  const auto instance = worker.instance(record);
  if (instance && !restarts(worker, record, *instance)) return true;
  if (record.starting_until) {
    if (*record.starting_until > worker.now()) {
      worker.look_again(*record.starting_until, false);
      return false;
    }
    record.starting_until.reset();
    const bool again = instance != nullptr;
    if (start_instance(worker, record, container) && again) lengthen_back_off(record);
    return true;
  }
  if (instance && !may_restart(worker, record, *instance)) return true;
  const bool config_error = record.waiting_reason == "CreateContainerConfigError";
  if (config_error && record.retry_at && *record.retry_at > worker.now()) {
    worker.look_again(*record.retry_at, true);
    return true;
  }
  if (!ensure_image(worker, record, container)) {
    // Pulling holds up the containers behind; waiting to pull again does not.
    return !record.pulling_until;
  }
  record.starting_until = worker.now() + worker.timing().container_start;
  worker.look_again(*record.starting_until, false);
  return false;
}

/// Runs the hook or probe that may hold a container back or end it.
void attend(Worker& worker, ContainerRecord& record) {
  if (run_probes(worker, record, worker.container(record))) {
    worker.look_again(worker.now() + worker.timing().container_stop, false);
  }
}

/// Init containers one after another, then the others. k8s 1.30 pkg/kubelet/kuberuntime:
/// computePodActions
void run_containers(Worker& worker) {
  bool initialized = true;
  for (ContainerRecord& record : worker.sandbox->init_containers) {
    const auto instance = worker.instance(record);
    const bool sidecar = worker.is_sidecar(record);
    if (sidecar && worker.is_running(record)) {
      attend(worker, record);
      if (record.started) continue;
    } else if (!sidecar && instance && instance->state == ContainerInstance::State::Exited &&
               instance->exit_code == 0) {
      record.waiting_reason = Str();
      record.waiting_message = Str();
      continue;
    } else if (!worker.is_running(record)) {
      start(worker, record);
    }
    initialized = false;
    break;
  }
  const bool any_before =
      std::any_of(worker.sandbox->containers.begin(), worker.sandbox->containers.end(),
                  [](const ContainerRecord& record) { return record.instance != 0; });
  if (!initialized && !any_before) return;
  for (ContainerRecord& record : worker.sandbox->containers) {
    if (worker.is_running(record)) {
      attend(worker, record);
    } else if (!start(worker, record)) {
      return;
    }
  }
}

/// A preStop hook: how long it holds the signal back. k8s 1.30 pkg/kubelet/kuberuntime:
/// executePreStopHook
Duration pre_stop(Worker& worker, const ContainerRecord& record) {
  const Container& container = worker.container(record);
  if (!container.lifecycle || !container.lifecycle->pre_stop) return {};
  const LifecycleHandler& hook = *container.lifecycle->pre_stop;
  if (hook.sleep) return seconds(hook.sleep->seconds);
  if (!hook.exec) return {};
  std::vector<std::string> argv;
  for (const Str& word : hook.exec->command) argv.push_back(word.str());
  if (argv.empty()) return {};
  ContainerSystem system(worker.world, record.instance);
  Process process = make_process(argv, {}, {});
  advance(process, system);
  worker.plan.append(system.take_plan("the preStop hook wrote it"));
  if (process.done && process.exit != 0) {
    worker.event("Warning", "FailedPreStopHook", "PreStopHook failed", &container);
  }
  if (process.done || process.wait.until == kNever) return {};
  return process.wait.until - worker.now();
}

bool anything_runs(const Worker& worker) {
  const auto runs = [&](const ContainerRecord& record) { return worker.is_running(record); };
  return std::any_of(worker.sandbox->containers.begin(), worker.sandbox->containers.end(), runs) ||
         std::any_of(worker.sandbox->init_containers.begin(), worker.sandbox->init_containers.end(),
                     runs);
}

template <class Each>
void each_running(Worker& worker, Each each) {
  for (auto* records : {&worker.sandbox->containers, &worker.sandbox->init_containers}) {
    for (ContainerRecord& record : *records) {
      if (worker.is_running(record)) each(record);
    }
  }
}

/// Lets go of all that the pod had on its node.
void remove_all(const World& world, Plan& plan, Id sandbox_id) {
  for (const Id id : world.store().instances_of(sandbox_id)) {
    plan.erase({Kind::ContainerInstance, id}, "the pod is gone");
  }
  for (const Id id : world.store().disks_of(sandbox_id)) {
    plan.erase({Kind::Disk, id}, "the pod is gone");
  }
  plan.erase({Kind::PodSandbox, sandbox_id}, "the pod is gone");
}

/// Stops what runs: SIGTERM, the grace period, SIGKILL; answers whether all has stopped.
bool stop_containers(Worker& worker, Duration grace) {
  PodSandbox& sandbox = *worker.sandbox;
  if (!sandbox.stopping_since) {
    sandbox.stopping_since = worker.now();
    Duration hooks{};
    each_running(worker, [&](ContainerRecord& record) {
      worker.event("Normal", "Killing", fmt::format("Stopping container {}", record.name),
                   &worker.container(record));
      hooks = std::max(hooks, pre_stop(worker, record));
    });
    sandbox.kill_at = worker.now() + std::max(grace, kShortestGrace);
    sandbox.remove_at = worker.now() + std::min(hooks, grace) + worker.timing().container_stop;
  }
  // A deletion asked for again may have shortened the grace.
  sandbox.kill_at =
      std::min(*sandbox.kill_at, *sandbox.stopping_since + std::max(grace, kShortestGrace));
  if (!anything_runs(worker)) return true;
  if (worker.now() >= *sandbox.kill_at) {
    each_running(worker, [&](ContainerRecord& record) {
      end_instance(worker, record, 137, "Error", "its grace period is over");
    });
    return true;
  }
  if (worker.now() >= *sandbox.remove_at) {
    // SIGTERM is out; whoever handles it has ended by now.
    constexpr int kSigterm = 15;
    each_running(worker, [&](ContainerRecord& record) {
      deliver_signal(worker.world, worker.plan, record.instance, kSigterm, "SIGTERM was sent");
    });
    if (!anything_runs(worker)) return true;
    worker.look_again(*sandbox.kill_at, false);
    return false;
  }
  worker.look_again(std::min(*sandbox.remove_at, *sandbox.kill_at), false);
  return false;
}

void terminate(Worker& worker) {
  const Duration grace = seconds(worker.pod.meta.deletion_grace_period_seconds.value_or(30));
  PodSandbox& sandbox = *worker.sandbox;
  if (!stop_containers(worker, grace)) return;
  // The last look: everything has stopped, what is left is cleaned up.
  std::optional<Time> last;
  for (const auto* records : {&sandbox.containers, &sandbox.init_containers}) {
    for (const ContainerRecord& record : *records) {
      const auto row = worker.instance(record);
      if (row && row->finished_at && (!last || *row->finished_at > *last)) last = row->finished_at;
    }
  }
  const Time done = std::max(last.value_or(*sandbox.stopping_since), *sandbox.stopping_since) +
                    worker.timing().pod_cleanup;
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

void evict(Worker& worker, const std::string& message) {
  worker.event("Warning", "Evicted", message);
  worker.sandbox->reason = "Evicted";
  worker.sandbox->message = Str(message);
  each_running(worker, [&](ContainerRecord& record) {
    worker.event("Normal", "Killing", fmt::format("Stopping container {}", record.name),
                 &worker.container(record));
    end_instance(worker, record, 137, "Error", "the pod was evicted");
  });
}

/// emptyDirs on disk are watched, not bounded. k8s 1.30 pkg/kubelet/eviction: localStorageEviction
void watch_limits(Worker& worker) {
  const bool limited =
      std::any_of(worker.spec.volumes.begin(), worker.spec.volumes.end(), [](const Volume& volume) {
        const auto& source = volume.volume_source.empty_dir;
        return source && source->size_limit && source->medium.empty();
      });
  if (!limited) return;
  const std::int64_t period = kEvictionPeriod.ns;
  const Time start = worker.world.settings().start;
  const std::int64_t since = (worker.now() - start).ns;
  if (since % period == 0) {
    if (const std::optional<std::string> words = over_limit(worker)) {
      evict(worker, *words);
      return;
    }
  }
  worker.look_again(start + Duration{(since / period + 1) * period}, true);
}

/// The pod is to run: volumes, sandbox, containers, in this order.
void run(Worker& worker) {
  PodSandbox& sandbox = *worker.sandbox;
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
  refresh_volumes(worker);
  watch_limits(worker);
  if (sandbox.reason.empty()) run_containers(worker);
}

void write_status(Worker& worker) {
  PodStatus status = status_of(worker);
  if (status == worker.pod.status) return;
  auto next = std::make_shared<Pod>(worker.pod);
  next->status = std::move(status);
  worker.plan.update({Kind::Pod, worker.pod_id}, std::move(next), "its status changed");
}

bool differs(const PodSandbox& a, const PodSandbox& b) {
  return !(a.ip == b.ip && a.ready == b.ready && a.sandbox_at == b.sandbox_at &&
           a.volumes_at == b.volumes_at && a.volumes_ready == b.volumes_ready &&
           a.volumes == b.volumes && a.mount_back_off == b.mount_back_off &&
           a.mount_error == b.mount_error && a.refresh_at == b.refresh_at &&
           a.init_containers == b.init_containers && a.containers == b.containers &&
           a.stopping_since == b.stopping_since && a.kill_at == b.kill_at &&
           a.remove_at == b.remove_at && a.reason == b.reason && a.message == b.message);
}

Plan work(const World& world, Id pod_id, Id sandbox_id) {
  Worker worker(world, pod_id, sandbox_id);
  if (worker.pod.meta.deletion_timestamp) {
    terminate(worker);
  } else if (!has_ended(worker.pod)) {
    run(worker);
  }
  if (worker.sandbox) {
    write_status(worker);
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
      pod(*in.get<Pod>(pod_row)),
      spec(full_spec(pod)),
      machine_id(in.get<PodSandbox>(sandbox_row)->machine),
      machine(*in.get<Machine>(machine_id)),
      sandbox_id(sandbox_row),
      sandbox(std::make_shared<PodSandbox>(*in.get<PodSandbox>(sandbox_row))) {}

void Worker::look_again(Time when, bool quiet) {
  plan.wake(when, Actor::Kubelet, {Kind::Pod, pod_id}, quiet);
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
  if (!pod) {
    if (sandbox) remove_all(world, plan, sandbox_id);
    return plan;
  }
  if (sandbox) return work(world, pod_id, sandbox_id);
  if (has_ended(*pod)) return plan;
  if (pod->meta.deletion_timestamp) {
    DeleteOptions options;
    options.grace_seconds = 0;
    api_delete(world, plan, {Kind::Pod, pod_id}, options, "it never started");
    return plan;
  }
  auto made = new_sandbox(world, pod_id, *pod, machine_id);
  plan.wake(*made->volumes_at, Actor::Kubelet, {Kind::Pod, pod_id});
  plan.create(world, std::move(made), "the kubelet took the pod on");
  return plan;
}

}  // namespace sim::kubelet
