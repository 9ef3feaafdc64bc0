#include "sim/world/container_system.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "sim/base/format.h"
#include "sim/world/fault.h"
#include "sim/world/file_view.h"
#include "sim/world/node_usage.h"

namespace sim {
namespace {

constexpr int kSigint = 2;
constexpr int kSigquit = 3;
constexpr int kSigkill = 9;
constexpr int kSigterm = 15;

std::string command_line(const ContainerInstance& instance, const World& world) {
  if (instance.process && !instance.process->argv.empty()) {
    return fmt::format("{}", fmt::join(instance.process->argv, " "));
  }
  const Image* image = world.settings().images.find(instance.image);
  return image ? fmt::format("{}", fmt::join(image->process.argv, " ")) : "";
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// The program that the image's own process is: "nginx" of "nginx: master process …".
std::string_view server_name(const Image& image) {
  if (!image.process.serves_http || image.process.argv.empty()) return {};
  const std::string_view line = image.process.argv.front();
  return base_name(line.substr(0, line.find_first_of(": ")));
}

/// The sandbox that has an address; 0: none.
Id sandbox_at(const World& world, std::string_view address) {
  for (const auto& [id, row] : world.store().table(Kind::PodSandbox)) {
    if (static_cast<const PodSandbox&>(row).ip == address) return id;
  }
  return 0;
}

/// signal(7): all but those that stop, continue or are ignored.
bool ends_by_default(int signal) {
  constexpr int kHarmless[] = {0, 17, 18, 19, 20, 21, 22, 23, 28};
  return std::find(std::begin(kHarmless), std::end(kHarmless), signal) == std::end(kHarmless);
}

bool is_running(const ContainerInstance& instance) {
  return instance.state == ContainerInstance::State::Running;
}

/// Whether the containers' processes see each other; then none of them is the first of its kind.
bool shares_processes(const World& world, const ContainerInstance& instance) {
  const Pod* pod = world.get<Pod>(instance.pod);
  return pod && (pod->spec->share_process_namespace.value_or(false) || pod->spec->host_pid);
}

}  // namespace

StringMap variables_of(const ContainerInstance& instance) {
  StringMap variables = instance.env;
  if (!instance.hostname.empty() && !variables.contains("HOSTNAME")) {
    variables.set("HOSTNAME", instance.hostname);
  }
  return variables;
}

ContainerSystem::ContainerSystem(const World& world, Id instance)
    : ContainerSystem(world, *world.get<ContainerInstance>(instance), Plan()) {
  instance_ = instance;
}

ContainerSystem::ContainerSystem(const World& world, const ContainerInstance& row, const Plan& plan)
    : world_(world),
      image_(row.image),
      sandbox_(row.sandbox),
      files_(file_system_of(world, row, plan)) {
  look_around(row, *world.get<PodSandbox>(row.sandbox));
  const Machine& machine = *world.get<Machine>(row.machine);
  if (const std::uint64_t disk = disk_capacity(machine); disk != 0) {
    const std::uint64_t used = disk_used(world, row.machine);
    files_.disk_size = disk;
    files_.disk_free = disk > used ? disk - used : 0;
  }
}

void ContainerSystem::look_around(const ContainerInstance& row, const PodSandbox& sandbox) {
  const Pod* pod = world_.get<Pod>(row.pod);
  around_.hostname = variables_of(row).get("HOSTNAME").str();
  if (around_.hostname.empty()) around_.hostname = sandbox.meta.name.str();
  around_.uid = row.user;
  around_.gid = row.group;
  around_.seed = world_.settings().seed;
  around_.processes = {{1, command_line(row, world_)}};
  for (const HelperProcess& helper : row.helpers) {
    around_.processes.emplace_back(helper.process.pid,
                                   fmt::format("{}", fmt::join(helper.process.argv, " ")));
  }
  if (const Node* node = pod ? world_.find<Node>("", pod->node_name) : nullptr) {
    around_.processors = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(node->status.capacity.get("cpu").value(), 1, 1024));
    const std::string_view kernel = node->status.node_info.kernel_version;
    if (!kernel.empty()) around_.kernel = std::string(kernel);
  }
  if (const Image* image = world_.settings().images.find(image_)) {
    const ImageProcess& process = image->process;
    around_.server.name = std::string(server_name(*image));
    around_.server.root = process.http_root.str();
    around_.server.port = http_port_of(process, row.env.get("PORT"));
  }
  around_.fetch = [this](std::string_view host, int port, std::string_view path, int* status) {
    const bool own = host == "localhost" || host.substr(0, 4) == "127." ||
                     host == world_.get<PodSandbox>(sandbox_)->ip;
    const Id target = own ? sandbox_ : sandbox_at(world_, host);
    if (target == 0) return std::optional<std::string>();
    // A server of this container answers with what the program has just written.
    return http_get(world_, target, port, path, status, target == sandbox_ ? changes("") : Plan());
  };
  around_.resolve = [this](std::string_view host) { return resolve(host); };
  around_.serve = [this](int port, const std::string& root) { return serve(port, root); };
}

bool ContainerSystem::kill(std::int64_t pid, int signal) {
  if (pid != 1) return false;
  // The kernel keeps SIGKILL from the first process of its own namespace; 0 only asks.
  if (signal != kSigkill && signal != 0) signal_ = signal;
  return true;
}

/// A port is taken for all containers of a pod: they share its network.
bool ContainerSystem::serve(int port, const std::string& root) {
  const auto same = [&](const HttpServer& server) { return server.port == port; };
  if (std::any_of(begun_.begin(), begun_.end(), same)) return false;
  for (const Id id : world_.store().instances_of(sandbox_)) {
    const ContainerInstance& other = *world_.get<ContainerInstance>(id);
    if (!is_running(other)) continue;
    if (std::any_of(other.servers.begin(), other.servers.end(), same)) return false;
  }
  begun_.push_back({port, Str(root), world_.now()});
  return true;
}

/// What a pod's /etc/hosts and the cluster's name service know.
std::optional<std::string> ContainerSystem::resolve(std::string_view host) const {
  const PodSandbox& sandbox = *world_.get<PodSandbox>(sandbox_);
  if (host == around_.hostname) return sandbox.ip.str();
  constexpr std::string_view kDomain = ".svc.cluster.local";
  std::string name(host.substr(0, host.size() - (host.size() > 1 && host.back() == '.' ? 1 : 0)));
  if (name.size() > kDomain.size() &&
      name.compare(name.size() - kDomain.size(), kDomain.size(), kDomain) == 0) {
    name.resize(name.size() - kDomain.size());
  }
  const bool short_name = name == "kubernetes" && sandbox.meta.ns == "default";
  if (short_name || name == "kubernetes.default" || name == "kubernetes.default.svc") {
    return "10.96.0.1";
  }
  return std::nullopt;
}

Step ContainerSystem::run(const std::vector<std::string>& argv, const std::string& input,
                          const Process& process, const CommandState& state) {
  if (has_program(argv.front())) return run_userland(argv, input, process, state, *this, around_);
  Step step;
  append(step.output, true, fmt::format("{}: {}: command not found\n", shell_name(), argv.front()));
  step.exit = 127;
  return step;
}

bool ContainerSystem::has_program(std::string_view name) const {
  const std::size_t slash = name.rfind('/');
  if (slash != std::string_view::npos) {
    const std::string_view directory = name.substr(0, slash);
    if (directory != "/bin" && directory != "/usr/bin" && directory != "/sbin" &&
        directory != "/usr/sbin" && directory != "/usr/local/bin") {
      return false;
    }
    name = name.substr(slash + 1);
  }
  if (!name.empty() && name == around_.server.name) return true;
  const Image* image = world_.settings().images.find(image_);
  if (image && !image->programs.empty()) {
    return std::binary_search(
        image->programs.begin(), image->programs.end(), name,
        [](const auto& a, const auto& b) { return std::string_view(a) < std::string_view(b); });
  }
  return name == "sh" || name == "bash" || is_userland_program(name);
}

std::string ContainerSystem::start_error(const std::string& program, const Path& cwd) {
  if (program.find('/') == std::string::npos) {
    if (!program.empty() && has_program(program)) return "";
    return fmt::format("exec: \"{}\": executable file not found in $PATH", program);
  }
  const Io<Stat> found = files_.stat(parse_path(program, cwd));
  const auto why = [&](std::string_view reason) {
    return fmt::format("exec: \"{}\": {}", program, reason);
  };
  if (!found) {
    if (has_program(program)) return "";
    return why(found.error == Errno::NotDirectory
                   ? fmt::format("stat {}: not a directory", program)
                   : fmt::format("stat {}: no such file or directory", program));
  }
  if (found.value.type == FileType::Directory) return why("is a directory");
  if (has_program(program)) return "";
  return (found.value.mode & 0111) == 0 ? why("permission denied") : "";
}

std::string ContainerSystem::resolve_script(const Path& cwd, std::vector<std::string>& command) {
  const std::string& program = command.front();
  if (program.find('/') == std::string::npos || has_program(program)) return "";
  const std::string text = files_.read(parse_path(program, cwd)).value;
  if (text.substr(0, 2) != "#!") return fmt::format("exec {}: exec format error", program);
  std::string line = text.substr(2, text.find('\n') - 2);
  if (line.rfind("/usr/bin/env ", 0) == 0) line.erase(0, line.find(' ') + 1);
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t end = std::min(line.find_first_of(" \r", begin), line.size());
  const std::string shell = line.substr(begin, end - begin);
  if (shell.empty() || !has_program(shell)) {
    return fmt::format("exec {}: no such file or directory", program);
  }
  command.insert(command.begin(), shell);
  return "";
}

std::uint64_t ContainerSystem::seed() const { return world_.settings().seed; }

Plan ContainerSystem::changes(const Str& why) const {
  Plan plan;
  put_back(world_, plan, instance_, files_, why);
  if (begun_.empty()) return plan;
  const Ref ref{Kind::ContainerInstance, instance_};
  const auto pending = share_as<ContainerInstance>(plan.pending(ref));
  auto next = std::make_shared<ContainerInstance>(
      pending ? *pending : *world_.get<ContainerInstance>(instance_));
  next->servers.insert(next->servers.end(), begun_.begin(), begun_.end());
  plan.update(ref, std::move(next), why);
  return plan;
}

Plan ContainerSystem::take_plan(Str why) {
  Plan plan = changes(why);
  begun_.clear();
  if (signal_ != 0) {
    deliver_signal(world_, plan, instance_, signal_, fmt::format("signal {} was sent", signal_));
  }
  signal_ = 0;
  charge_memory(plan);
  return plan;
}

/// What a program writes to a volume in memory is charged to its container, and ends it beyond the
/// limit: all of its processes. cgroup v2: memory.max, memory.oom.group
void ContainerSystem::charge_memory(Plan& plan) const {
  const bool wrote = std::any_of(plan.writes.begin(), plan.writes.end(), [](const Write& write) {
    return write.ref.kind == Kind::Disk &&
           static_cast<const Disk&>(*write.object).medium == Disk::Medium::Memory;
  });
  const auto* instance = wrote ? world_.get<ContainerInstance>(instance_) : nullptr;
  const Pod* pod = instance ? world_.get<Pod>(instance->pod) : nullptr;
  if (!pod) return;
  for (const auto* containers : {&pod->spec->containers, &pod->spec->init_containers}) {
    for (const Container& container : *containers) {
      const Quantity* limit = container.resources.limits.find("memory");
      if (container.name != instance->meta.name || !limit || limit->value() <= 0) continue;
      if (memory_used_by(world_, plan, *instance) <= static_cast<std::uint64_t>(limit->value())) {
        continue;
      }
      kill_for_memory(world_, plan, instance_, "its memory was used up");
    }
  }
}

std::int32_t http_port_of(const ImageProcess& process, std::string_view port_variable) {
  std::int32_t number = 0;
  const char* end = port_variable.data() + port_variable.size();
  const auto [parsed, error] = std::from_chars(port_variable.data(), end, number);
  const bool given = process.port_from_env && error == std::errc() && parsed == end;
  return given && number > 0 && number < 65536 ? number : process.http_port;
}

std::optional<std::string> http_get(const World& world, Id sandbox, int port, std::string_view path,
                                    int* status, const Plan& plan) {
  for (const Id id : world.store().instances_of(sandbox)) {
    const auto pending = share_as<ContainerInstance>(plan.pending({Kind::ContainerInstance, id}));
    const ContainerInstance& instance = pending ? *pending : *world.get<ContainerInstance>(id);
    if (!is_running(instance) || instance.frozen) continue;
    const auto server = std::find_if(
        instance.servers.begin(), instance.servers.end(),
        [&](const HttpServer& one) { return one.port == port && one.from <= world.now(); });
    if (server == instance.servers.end()) continue;
    const FileSystem files = file_system_of(world, instance, plan);
    path = path.substr(0, path.find('?'));
    Path file = parse_path(server->root);
    for (const Str& part : parse_path(path)) file.push_back(part);
    Io<Stat> found = files.stat(file);
    if (found && found.value.type == FileType::Directory) {
      file.emplace_back("index.html");
      found = files.stat(file);
    }
    if (!found) {
      *status = 404;
      return "404 page not found\n";
    }
    Io<std::string> body = files.read(file);
    *status = body ? 200 : 403;
    return std::move(body.value);
  }
  return std::nullopt;
}

void set_ended(ContainerInstance& row, Time now, int exit_code, std::string_view reason) {
  row.state = ContainerInstance::State::Exited;
  row.finished_at = now;
  row.exit_code = exit_code;
  row.reason = Str(reason);
  row.helpers.clear();
}

void deliver_signal(const World& world, Plan& plan, Id id, int signal, Str why) {
  const Ref ref{Kind::ContainerInstance, id};
  const auto pending = share_as<ContainerInstance>(plan.pending(ref));
  const ContainerInstance& row = pending ? *pending : *world.get<ContainerInstance>(id);
  if (!is_running(row)) return;
  const Image* image = world.settings().images.find(row.image);
  const bool serves = !row.process || (image && !server_name(*image).empty() &&
                                       base_name(program_of(*row.process)) == server_name(*image));
  auto next = std::make_shared<ContainerInstance>(row);
  const auto end = [&](int exit_code) {
    set_ended(*next, world.now(), exit_code, exit_code == 0 ? "Completed" : "Error");
  };
  if (signal == kSigkill) {
    end(128 + kSigkill);
  } else if (row.frozen) {
    return;  // it waits for a process that does not go on
  } else if (serves) {
    // A server ends in good order, reads its configuration again at SIGHUP, and ignores the rest.
    const bool asks = signal == kSigterm || signal == kSigint || signal == kSigquit;
    const int exit_code = row.process ? image->process.sigterm_exit_code : row.sigterm_exit_code;
    if (!asks || exit_code < 0) return;
    end(exit_code);
  } else if (handles_signal(*row.process, signal)) {
    send_signal(next->process.edit(), signal);
    plan.wake(world.now(), Actor::Process, ref);
  } else if (shares_processes(world, row) && ends_by_default(signal)) {
    end(128 + signal);
  } else {
    // PID 1 has no default handlers: what it does not handle is ignored.
    return;
  }
  plan.update(ref, std::move(next), std::move(why));
}

}  // namespace sim
