#include "sim/world/container_system.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/world/file_view.h"

namespace sim {
namespace {

constexpr int kSigkill = 9;

std::string command_line(const ContainerInstance& instance, const World& world) {
  if (instance.process && !instance.process->argv.empty()) {
    return fmt::format("{}", fmt::join(instance.process->argv, " "));
  }
  const Image* image = world.settings().images.find(instance.image);
  return image ? fmt::format("{}", fmt::join(image->process.argv, " ")) : "";
}

/// The sandbox that has an address; 0: none.
Id sandbox_at(const World& world, std::string_view address) {
  for (const auto& [id, row] : world.store().table(Kind::PodSandbox)) {
    if (static_cast<const PodSandbox&>(row).ip == address) return id;
  }
  return 0;
}

}  // namespace

ContainerSystem::ContainerSystem(const World& world, Id instance)
    : world_(world), instance_(instance), files_(file_system_of(world, instance)) {
  const ContainerInstance& row = *world.get<ContainerInstance>(instance);
  const PodSandbox& sandbox = *world.get<PodSandbox>(row.sandbox);
  around_.hostname = sandbox.meta.name.str();
  around_.uid = row.user;
  around_.seed = world.settings().seed;
  around_.processes = {{1, command_line(row, world)}};
  const Id own_sandbox = row.sandbox;
  const std::string own_address = sandbox.ip.str();
  around_.fetch = [this, own_sandbox, own_address](std::string_view host, int port,
                                                   std::string_view path, int* status) {
    const bool own = host == "localhost" || host == "127.0.0.1" || host == own_address;
    const Id target = own ? own_sandbox : sandbox_at(world_, host);
    return target != 0 ? http_get(world_, target, port, path, status) : std::nullopt;
  };
  around_.kill = [this](std::int64_t pid, int signal) {
    if (pid != 1) return false;
    // The kernel keeps SIGKILL from the first process of its own namespace; 0 only asks.
    if (signal != kSigkill && signal != 0) signal_ = signal;
    return true;
  };
}

Step ContainerSystem::run(const std::vector<std::string>& argv, const std::string& input,
                          const Process& process, const CommandState& state) {
  if (has_program(argv.front())) {
    std::vector<std::string> words = argv;
    // /bin/ls is ls.
    words.front() = words.front().substr(words.front().rfind('/') + 1);
    return run_userland(words, input, process, state, *this, around_);
  }
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
  const ContainerInstance& row = *world_.get<ContainerInstance>(instance_);
  const Image* image = world_.settings().images.find(row.image);
  if (image && !image->programs.empty()) {
    return std::binary_search(
        image->programs.begin(), image->programs.end(), name,
        [](const auto& a, const auto& b) { return std::string_view(a) < std::string_view(b); });
  }
  return name == "sh" || name == "bash" || is_userland_program(name);
}

std::uint64_t ContainerSystem::seed() const { return world_.settings().seed; }

Plan ContainerSystem::take_plan(Str why) {
  Plan plan;
  put_back(world_, plan, instance_, files_, why);
  if (signal_ != 0) {
    deliver_signal(world_, plan, instance_, signal_, fmt::format("signal {} was sent", signal_));
  }
  signal_ = 0;
  return plan;
}

std::optional<std::string> http_get(const World& world, Id sandbox, int port, std::string_view path,
                                    int* status) {
  for (const Id id : world.store().instances_of(sandbox)) {
    const ContainerInstance& instance = *world.get<ContainerInstance>(id);
    const bool answers = instance.state == ContainerInstance::State::Running &&
                         instance.serves_http && instance.http_port == port &&
                         instance.serves_from && *instance.serves_from <= world.now();
    if (!answers) continue;
    const FileSystem files = file_system_of(world, id);
    path = path.substr(0, path.find('?'));
    Path file = parse_path(instance.http_root);
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

void deliver_signal(const World& world, Plan& plan, Id id, int signal, Str why) {
  const auto pending = share_as<ContainerInstance>(plan.pending({Kind::ContainerInstance, id}));
  const ContainerInstance& row = pending ? *pending : *world.get<ContainerInstance>(id);
  if (row.state != ContainerInstance::State::Running) return;
  // PID 1 has no default handlers: what it does not handle is ignored, but SIGKILL from outside.
  if (signal != kSigkill && row.sigterm_exit_code < 0) return;
  auto next = std::make_shared<ContainerInstance>(row);
  next->state = ContainerInstance::State::Exited;
  next->finished_at = world.now();
  next->exit_code = signal == kSigkill ? 128 + kSigkill : row.sigterm_exit_code;
  next->reason = next->exit_code == 0 ? "Completed" : "Error";
  plan.update({Kind::ContainerInstance, id}, std::move(next), std::move(why));
}

}  // namespace sim
