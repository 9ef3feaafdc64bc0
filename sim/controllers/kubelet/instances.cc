#include <algorithm>
#include <map>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/controllers/kubelet/kubelet.h"
#include "sim/controllers/kubelet/worker.h"
#include "sim/world/container_system.h"

namespace sim::kubelet {
namespace {

constexpr std::size_t kMostLog = 1 << 20;

Str container_id(const Worker& worker, const Container& container, std::int32_t attempt) {
  const std::uint64_t whom =
      mix(worker.pod.meta.uid.high) ^ worker.pod.meta.uid.low ^ fnv1a64(container.name);
  std::string id;
  for (std::uint64_t part = 0; part < 4; ++part) {
    id += fmt::format("{:016x}", draw(worker.world.settings().seed, "container-id", whom,
                                      static_cast<std::uint64_t>(attempt) * 4 + part));
  }
  return Str(id);
}

/// The words of the container's command, with $(NAME) replaced.
std::vector<std::string> words(const std::vector<Str>& from, const StringMap& variables) {
  std::vector<std::string> made;
  for (const Str& word : from) made.push_back(expand(word, variables));
  return made;
}

/// What a container runs: its own command and args, or what the image says; empty: the image's
/// server.
std::vector<std::string> argv_of(const Container& container, const Image* image,
                                 const StringMap& declared) {
  std::vector<std::string> argv = words(container.command, declared);
  std::vector<std::string> args = words(container.args, declared);
  if (argv.empty() && image) {
    for (const Str& word : image->entrypoint) argv.push_back(word.str());
  }
  if (args.empty() && container.command.empty() && image) {
    for (const Str& word : image->cmd) args.push_back(word.str());
  }
  argv.insert(argv.end(), args.begin(), args.end());
  return argv;
}

/// Who the container's processes are.
void set_user(const Worker& worker, const Container& container, const Image* image,
              ContainerInstance& instance) {
  instance.user = image ? image->user : 0;
  if (const auto& pod = worker.spec.security_context) {
    if (pod->run_as_user) instance.user = static_cast<std::uint32_t>(*pod->run_as_user);
    if (pod->run_as_group) instance.group = static_cast<std::uint32_t>(*pod->run_as_group);
    for (const std::int64_t group : pod->supplemental_groups) {
      instance.groups.push_back(static_cast<std::uint32_t>(group));
    }
    if (pod->fs_group) instance.groups.push_back(static_cast<std::uint32_t>(*pod->fs_group));
  }
  if (const auto& own = container.security_context) {
    if (own->run_as_user) instance.user = static_cast<std::uint32_t>(*own->run_as_user);
    if (own->run_as_group) instance.group = static_cast<std::uint32_t>(*own->run_as_group);
    instance.read_only_root = own->read_only_root_filesystem.value_or(false);
  }
}

/// k8s 1.30 pkg/kubelet/kuberuntime: verifyRunAsNonRoot
std::string root_error(const Worker& worker, const Container& container,
                       const ContainerInstance& instance) {
  const auto& pod = worker.spec.security_context;
  const auto& own = container.security_context;
  const bool wanted = own && own->run_as_non_root ? *own->run_as_non_root
                                                  : pod && pod->run_as_non_root.value_or(false);
  if (!wanted || instance.user != 0) return "";
  const bool named = (own && own->run_as_user) || (pod && pod->run_as_user);
  return fmt::format("{} (pod: \"{}\", container: {})",
                     named ? "container's runAsUser breaks non-root policy"
                           : "container has runAsNonRoot and image will run as root",
                     worker.pod_name(), container.name);
}

/// The container's configuration could not be made; a sync that fails comes again.
void fail_config(Worker& worker, ContainerRecord& record, const Container& container,
                 const std::string& why) {
  worker.event("Warning", "Failed", "Error: " + why, &container);
  record.waiting_reason = "CreateContainerConfigError";
  record.waiting_message = Str(why);
  record.retry_at = worker.next_sync();
  worker.look_again(*record.retry_at, true);
}

/// The end of an instance that the runtime could not start.
void fail_start(Worker& worker, ContainerRecord& record, const Container& container,
                const std::string& why, ContainerInstance& instance) {
  instance.state = ContainerInstance::State::Exited;
  instance.finished_at = worker.now();
  instance.exit_code = 128;
  instance.reason = "StartError";
  instance.message = Str(why);
  instance.process.reset();
  worker.event("Warning", "Failed", "Error: " + why, &container);
  record.waiting_reason = "RunContainerError";
  record.waiting_message = Str(why);
}

/// A pod's containers share its network: a port that one of them has is taken for the others.
bool is_taken(const Worker& worker, std::int32_t port) {
  const auto serves = [&](const ContainerRecord& record) {
    const auto row = worker.instance(record);
    return row && row->state == ContainerInstance::State::Running &&
           std::any_of(row->servers.begin(), row->servers.end(),
                       [&](const HttpServer& server) { return server.port == port; });
  };
  const PodSandbox& sandbox = *worker.sandbox;
  return std::any_of(sandbox.containers.begin(), sandbox.containers.end(), serves) ||
         std::any_of(sandbox.init_containers.begin(), sandbox.init_containers.end(), serves);
}

/// The image's own server, or what it does instead.
void run_image_process(const Worker& worker, const Image& image, ContainerInstance& instance) {
  const ImageProcess& process = image.process;
  instance.sigterm_exit_code = process.sigterm_exit_code;
  std::optional<int> exit_code;
  if (process.exits) exit_code = process.exit_code;
  if (process.serves_http) {
    const std::int32_t port = http_port_of(process, instance.env.get("PORT"));
    if (is_taken(worker, port)) {
      instance.log =
          fmt::format("bind() to 0.0.0.0:{} failed (98: Address already in use)\n", port);
      exit_code = 1;
    } else {
      instance.servers = {{port, process.http_root, worker.now() + process.start_delay}};
    }
  }
  if (!exit_code) return;
  instance.state = ContainerInstance::State::Exited;
  instance.finished_at = worker.now();
  instance.exit_code = *exit_code;
  instance.reason = *exit_code == 0 ? "Completed" : "Error";
}

/// Gives an instance its process; answers why the runtime cannot start it.
std::string prepare_process(Worker& worker, const Container& container, const Image* image,
                            const Environment& environment, ContainerInstance& instance) {
  std::vector<std::string> argv = argv_of(container, image, environment.declared);
  if (argv.empty()) {
    if (image) run_image_process(worker, *image, instance);
    return "";
  }
  ContainerSystem system(worker.world, instance, worker.plan);
  const Path cwd = parse_path(instance.working_dir);
  std::string wrong = system.start_error(argv.front(), cwd);
  if (wrong.empty()) wrong = system.resolve_script(cwd, argv);
  if (!wrong.empty()) {
    return fmt::format(
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
        "runc create failed: unable to start container process: {}: unknown",
        wrong);
  }
  std::map<std::string, std::string> variables;
  for (const auto& [key, value] : variables_of(instance)) variables[key.str()] = value.str();
  instance.process = make_process(std::move(argv), std::move(variables), cwd);
  return "";
}

}  // namespace

bool start_instance(Worker& worker, ContainerRecord& record, const Container& container) {
  const Environment environment = environment_of(worker, container);
  if (!environment.error.empty()) {
    fail_config(worker, record, container, environment.error);
    return false;
  }
  const Image* image = worker.world.settings().images.find(container.image);
  auto instance = std::make_shared<ContainerInstance>();
  instance->meta.name = container.name;
  instance->meta.ns = worker.pod.meta.ns;
  instance->sandbox = worker.sandbox_id;
  instance->pod = worker.pod_id;
  instance->machine = worker.machine_id;
  instance->attempt = record.instance == 0 ? 0 : record.restarts + 1;
  instance->container_id = container_id(worker, container, instance->attempt);
  instance->image = Str(normal_image_name(container.image));
  instance->created_at = worker.now();
  instance->started_at = worker.now();
  instance->state = ContainerInstance::State::Running;
  instance->env = environment.variables;
  instance->hostname = worker.spec.hostname.empty() ? worker.pod.meta.name : worker.spec.hostname;
  set_user(worker, container, image, *instance);
  instance->working_dir = container.working_dir;
  if (instance->working_dir.empty() && image) instance->working_dir = image->working_dir;
  std::string config_error = root_error(worker, container, *instance);
  MountFailure failure;
  if (config_error.empty()) {
    failure = mount_all(worker, container, environment.declared, *instance);
    config_error = failure.config;
  }
  if (!config_error.empty()) {
    unmount_all(worker, *instance);
    fail_config(worker, record, container, config_error);
    return false;
  }
  worker.event("Normal", "Created", fmt::format("Created container {}", container.name),
               &container);
  std::string cannot_start = failure.runtime;
  if (cannot_start.empty()) {
    cannot_start = prepare_process(worker, container, image, environment, *instance);
  }
  if (!cannot_start.empty()) {
    fail_start(worker, record, container, cannot_start, *instance);
  } else {
    worker.event("Normal", "Started", fmt::format("Started container {}", container.name),
                 &container);
    record.waiting_reason = Str();
    record.waiting_message = Str();
  }
  const bool again = record.instance != 0;
  if (record.previous != 0) {
    unmount_all(worker, *worker.world.get<ContainerInstance>(record.previous));
    worker.plan.erase({Kind::ContainerInstance, record.previous}, "an old instance was removed");
  }
  record.previous = record.instance;
  const bool runs = instance->process.has_value();
  const bool ended = instance->state == ContainerInstance::State::Exited;
  record.instance =
      worker.plan.create(worker.world, std::move(instance),
                         again ? "the container was started again" : "the container was started");
  if (again) ++record.restarts;
  record.retry_at.reset();
  record.stale = false;
  const bool hook = container.lifecycle && container.lifecycle->post_start;
  record.post_start = hook && !ended;
  record.started = !container.startup_probe && !record.post_start;
  record.startup = record.liveness = record.readiness = ProbeState();
  if (runs) {
    worker.plan.wake(worker.now(), Actor::Process, {Kind::ContainerInstance, record.instance});
  }
  // The hook and the probes work on the container, which is there from now on.
  const bool probed =
      container.startup_probe || container.liveness_probe || container.readiness_probe;
  if (record.post_start || (probed && !ended)) worker.look_again(worker.now(), false);
  if (ended) worker.look_again(worker.now() + worker.timing().container_stop, false);
  return true;
}

void end_instance(Worker& worker, const ContainerRecord& record, int exit_code,
                  std::string_view reason, std::string_view why) {
  const auto row = worker.instance(record);
  if (!row || row->state != ContainerInstance::State::Running) return;
  auto next = std::make_shared<ContainerInstance>(*row);
  set_ended(*next, worker.now(), exit_code, reason);
  worker.plan.update({Kind::ContainerInstance, record.instance}, std::move(next), Str(why));
}

Plan run_process(const World& world, Id id) {
  const ContainerInstance* instance = world.get<ContainerInstance>(id);
  if (!instance || instance->state != ContainerInstance::State::Running || !instance->process) {
    return {};
  }
  const Machine* machine = world.get<Machine>(instance->machine);
  if (!machine || !machine->powered || instance->frozen) return {};
  Process process = *instance->process;
  ContainerSystem system(world, id);
  const Output output = advance(process, system);
  Plan plan = system.take_plan("a program wrote it");
  const Ref ref{Kind::ContainerInstance, id};
  const auto written = share_as<ContainerInstance>(plan.pending(ref));
  auto next = std::make_shared<ContainerInstance>(written ? *written : *instance);
  if (!output.empty()) {
    std::string log = next->log.str() + text_of(output);
    if (log.size() > kMostLog) log.erase(0, log.size() - kMostLog);
    next->log = Str(log);
  }
  if (process.done && next->state == ContainerInstance::State::Running) {
    set_ended(*next, world.now(), process.exit, process.exit == 0 ? "Completed" : "Error");
  } else if (next->state == ContainerInstance::State::Running) {
    const Time until = process.wait.on_change
                           ? std::min(process.wait.until, world.now() + seconds(1))
                           : process.wait.until;
    plan.wake(until, Actor::Process, ref, true);
  }
  const bool ended = process.done;
  next->process = std::move(process);
  plan.update(ref, std::move(next), ended ? "its main process ended" : "its main process went on");
  return plan;
}

}  // namespace sim::kubelet
