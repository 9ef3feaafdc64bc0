#include <algorithm>
#include <charconv>
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
                                 const StringMap& variables) {
  std::vector<std::string> argv = words(container.command, variables);
  std::vector<std::string> args = words(container.args, variables);
  if (argv.empty() && image) argv = words(image->entrypoint, variables);
  if (args.empty() && container.command.empty() && image) args = words(image->cmd, variables);
  argv.insert(argv.end(), args.begin(), args.end());
  return argv;
}

/// Whether the image has a program: the runtime looks it up in $PATH.
bool has_program(const Image* image, std::string_view name) {
  const std::size_t slash = name.rfind('/');
  const std::string_view base = slash == std::string_view::npos ? name : name.substr(slash + 1);
  if (image && !image->programs.empty()) {
    return std::binary_search(
        image->programs.begin(), image->programs.end(), base,
        [](const auto& a, const auto& b) { return std::string_view(a) < std::string_view(b); });
  }
  return base == "sh" || base == "bash" || is_userland_program(base);
}

void run_image_process(const Image& image, const StringMap& variables, Time now,
                       ContainerInstance& instance) {
  const ImageProcess& process = image.process;
  instance.sigterm_exit_code = process.sigterm_exit_code;
  if (process.serves_http) {
    instance.serves_http = true;
    instance.http_root = process.http_root;
    instance.http_port = process.http_port;
    if (process.port_from_env) {
      const Str port = variables.get("PORT");
      std::int32_t number = 0;
      const auto [end, error] =
          std::from_chars(port.view().data(), port.view().data() + port.size(), number);
      if (error == std::errc() && number > 0 && number < 65536) instance.http_port = number;
    }
    instance.serves_from = now + process.start_delay;
  }
  if (process.exits) {
    instance.state = ContainerInstance::State::Exited;
    instance.finished_at = now;
    instance.exit_code = process.exit_code;
    instance.reason = process.exit_code == 0 ? "Completed" : "Error";
  }
}

}  // namespace

bool start_instance(Worker& worker, ContainerRecord& record, const Container& container) {
  const Environment environment = environment_of(worker, container);
  if (!environment.error.empty()) {
    worker.event("Warning", "Failed", "Error: " + environment.error, &container);
    record.waiting_reason = "CreateContainerConfigError";
    record.waiting_message = Str(environment.error);
    // A sync that fails comes again after 10 to 15 s. k8s 1.30 pkg/kubelet: completeWork
    const auto jitter = static_cast<std::int64_t>(
        draw_below(5000, worker.world.settings().seed, "resync", worker.pod.meta.uid.low,
                   static_cast<std::uint64_t>(worker.now().ns)));
    record.retry_at = worker.now() + seconds(10) + milliseconds(jitter);
    worker.look_again(*record.retry_at, true);
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
  instance->mounts = mounts_of(worker, container, environment.variables);
  if (container.security_context) {
    instance->read_only_root =
        container.security_context->read_only_root_filesystem.value_or(false);
  }
  instance->user = image ? image->user : 0;
  if (worker.spec.security_context && worker.spec.security_context->run_as_user) {
    instance->user = static_cast<std::uint32_t>(*worker.spec.security_context->run_as_user);
  }
  if (container.security_context && container.security_context->run_as_user) {
    instance->user = static_cast<std::uint32_t>(*container.security_context->run_as_user);
  }
  instance->working_dir = container.working_dir;
  if (instance->working_dir.empty() && image) instance->working_dir = image->working_dir;

  const std::vector<std::string> argv = argv_of(container, image, environment.variables);
  worker.event("Normal", "Created", fmt::format("Created container {}", container.name),
               &container);
  std::string cannot_start;
  if (argv.empty()) {
    if (image) run_image_process(*image, environment.variables, worker.now(), *instance);
  } else if (!has_program(image, argv.front())) {
    cannot_start = fmt::format(
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
        "runc create failed: unable to start container process: exec: \"{}\": executable file not "
        "found in $PATH: unknown",
        argv.front());
  } else {
    std::map<std::string, std::string> variables;
    for (const auto& [key, value] : environment.variables) variables[key.str()] = value.str();
    instance->process = make_process(argv, std::move(variables), parse_path(instance->working_dir));
  }
  if (!cannot_start.empty()) {
    instance->state = ContainerInstance::State::Exited;
    instance->finished_at = worker.now();
    instance->exit_code = 128;
    instance->reason = "StartError";
    instance->message = Str(cannot_start);
    worker.event("Warning", "Failed", "Error: " + cannot_start, &container);
    record.waiting_reason = "RunContainerError";
    record.waiting_message = Str(cannot_start);
  } else {
    worker.event("Normal", "Started", fmt::format("Started container {}", container.name),
                 &container);
    record.waiting_reason = Str();
    record.waiting_message = Str();
  }
  const bool again = record.instance != 0;
  if (record.previous != 0) {
    worker.plan.erase({Kind::ContainerInstance, record.previous}, "an old instance was removed");
  }
  record.previous = record.instance;
  const bool runs = instance->process.has_value() && cannot_start.empty();
  const bool ended = instance->state == ContainerInstance::State::Exited;
  record.instance =
      worker.plan.create(worker.world, std::move(instance),
                         again ? "the container was started again" : "the container was started");
  if (again) ++record.restarts;
  record.retry_at.reset();
  record.started = !container.startup_probe;
  record.startup = record.liveness = record.readiness = ProbeState();
  if (runs) {
    worker.plan.wake(worker.now(), Actor::Process, {Kind::ContainerInstance, record.instance});
  }
  if (ended) worker.look_again(worker.now() + worker.timing().container_stop, false);
  return true;
}

void end_instance(Worker& worker, const ContainerRecord& record, int exit_code,
                  std::string_view reason, std::string_view why) {
  const auto row = worker.instance(record);
  if (!row || row->state != ContainerInstance::State::Running) return;
  auto next = std::make_shared<ContainerInstance>(*row);
  next->state = ContainerInstance::State::Exited;
  next->finished_at = worker.now();
  next->exit_code = exit_code;
  next->reason = Str(reason);
  worker.plan.update({Kind::ContainerInstance, record.instance}, std::move(next), Str(why));
}

Plan run_process(const World& world, Id id) {
  const ContainerInstance* instance = world.get<ContainerInstance>(id);
  if (!instance || instance->state != ContainerInstance::State::Running || !instance->process) {
    return {};
  }
  const Machine* machine = world.get<Machine>(instance->machine);
  if (!machine || !machine->powered) return {};
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
    next->state = ContainerInstance::State::Exited;
    next->finished_at = world.now();
    next->exit_code = process.exit;
    next->reason = process.exit == 0 ? "Completed" : "Error";
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
