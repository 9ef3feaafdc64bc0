// `kubectl exec`: a process in a container, waited for in virtual time. k8s 1.32
// kubectl/pkg/cmd/exec; the server's half: pkg/registry/core/pod, pkg/kubelet
#include <algorithm>
#include <array>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/model/pod_facts.h"
#include "sim/shell/kubectl_exec.h"
#include "sim/shell/kubectl_pods.h"
#include "sim/shell/kubectl_work.h"
#include "sim/world/container_system.h"
#include "sim/world/file_view.h"

namespace sim::kubectl {
namespace {

constexpr int kKilled = 137;

// Stages of the command.
constexpr int kFindingPod = 1;  // none is there yet
constexpr int kRunning = 2;
constexpr int kReadingLines = 3;  // a shell that a person types into

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// A shell with nothing to run but what is typed: "bash", "sh -il".
bool is_interactive_shell(const std::vector<std::string>& command) {
  static constexpr std::array<std::string_view, 4> kShells = {"bash", "sh", "ash", "dash"};
  if (std::find(kShells.begin(), kShells.end(), base_name(command.front())) == kShells.end()) {
    return false;
  }
  return std::all_of(command.begin() + 1, command.end(), [](const std::string& word) {
    return word.size() > 1 && word[0] == '-' &&
           (word[1] == '-' || word.find('c') == std::string::npos);
  });
}

/// "/exec/ns/pod/app?command=ls&error=1&output=1": what the API server asks of a kubelet.
std::string kubelet_path(const Pod& pod, std::string_view container, const Wanted& wanted) {
  std::string query;
  for (const std::string& word : wanted.command) {
    query += query.empty() ? "command=" : "&command=";
    for (const char c : word) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
      if (plain) {
        query += c;
      } else if (c == ' ') {
        query += '+';
      } else {
        query += fmt::format("%{:02X}", static_cast<unsigned char>(c));
      }
    }
  }
  if (!wanted.tty) query += "&error=1";
  if (wanted.input) query += "&input=1";
  query += "&output=1";
  if (wanted.tty) query += "&tty=1";
  return fmt::format("/exec/{}/{}/{}?{}", pod.meta.ns, pod.meta.name, container, query);
}

/// The process to run in an instance.
Process process_for(const Call& call, const ContainerInstance& instance, const Wanted& wanted) {
  std::map<std::string, std::string> variables;
  for (const auto& [name, value] : variables_of(instance)) variables[name.str()] = value.str();
  if (wanted.tty) variables["TERM"] = "xterm";
  const Path cwd = parse_path(instance.working_dir);
  Process process = make_process(wanted.command, std::move(variables), cwd);
  // Like a real one, its number grows with time; 1 is the container's own process.
  process.pid = 7 + call.world.elapsed().seconds();
  if (wanted.input) process.input = call.input;
  return process;
}

/// As images without a profile show it: "bash-5.1# ", "/tmp # ".
std::string prompt_of(const Process& process, const ContainerInstance& instance) {
  const char* mark = instance.user == 0 ? "#" : "$";
  if (base_name(process.argv.front()) == "bash") return fmt::format("bash-5.1{} ", mark);
  return fmt::format("{} {} ", to_string(process.cwd), mark);
}

void say_output(Step& step, const Output& output, bool tty) {
  // A terminal has one stream.
  for (const Chunk& chunk : output) append(step.output, chunk.err && !tty, chunk.text);
}

Step end_process(Step step, int exit) {
  step.done = true;
  step.exit = exit;
  if (exit != 0) warn(step, fmt::format("command terminated with exit code {}\n", exit));
  return step;
}

/// Keeps the process until the next call, which a change of the world brings: its container may
/// end.
Step suspended(CommandState& state, Step step, Process process, Id instance, Time until) {
  step.done = false;
  step.wait = {until, true};
  state.number = instance;
  state.child = std::make_shared<const Process>(std::move(process));
  return step;
}

/// Lets the process go on: until it ends, waits, or wants the next line.
Step run_on(Call& call, Process process, Id instance_id, bool tty) {
  CommandState& state = call.state;
  Step step;
  const auto* instance = call.world.get<ContainerInstance>(instance_id);
  const Machine* machine = instance ? call.world.get<Machine>(instance->machine) : nullptr;
  if (machine && (!machine->powered || !machine->reachable)) {
    return fail(
        "error reading from error stream: next reader: websocket: close 1006 (abnormal closure): "
        "unexpected EOF");
  }
  if (!instance || instance->state != ContainerInstance::State::Running) {
    // The container's processes are gone, and this one with them.
    return end_process(std::move(step), kKilled);
  }
  if (process.done) {
    if (!call.session.typed) {
      call.session.prompt = prompt_of(process, *instance);
      return suspended(state, std::move(step), std::move(process), instance_id, kNever);
    }
    feed(process, *call.session.typed);
    call.session.typed.reset();
  }
  ContainerSystem system(call.world, instance_id);
  const Output output = advance(process, system);
  call.plan.append(system.take_plan("kubectl exec"));
  const auto after =
      share_as<ContainerInstance>(call.plan.pending({Kind::ContainerInstance, instance_id}));
  if (after && after->reason == "OOMKilled") return end_process(std::move(step), kKilled);
  say_output(step, output, tty);
  if (process.done && (state.stage == kRunning || has_exited(process))) {
    return end_process(std::move(step), process.exit);
  }
  if (process.done) call.session.prompt = prompt_of(process, *instance);
  const Time until = process.wait.until;
  return suspended(state, std::move(step), std::move(process), instance_id, until);
}

/// What `kubectl exec` is asked to do; the answer when it is asked wrongly.
std::optional<Step> read_wanted(const Call& call, const Flags& flags, Wanted* wanted) {
  const bool files = flags.has("filename");
  if (!flags.has_dashes && (flags.args.size() > 1 || (!flags.args.empty() && files))) {
    return usage_error("exec",
                       "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] "
                       "instead");
  }
  if (duration_of(flags, "pod-running-timeout", minutes(1)).ns <= 0) {
    return usage_error("exec", "--pod-running-timeout must be higher than zero");
  }
  if (flags.args.empty() && !files) return fail("pod, type/name or --filename must be specified");
  if (flags.after_dashes.empty()) {
    return fail("you must specify at least one command for the container");
  }
  wanted->target = flags.args.empty() ? "" : flags.args.front();
  wanted->command = flags.after_dashes;
  wanted->container = flags.get("container");
  wanted->quiet = flags.is_on("quiet");
  wanted->input = flags.is_on("stdin");
  wanted->tty = wanted->input && flags.is_on("tty") && call.session.attended;
  return std::nullopt;
}

/// Starts the process in a pod's container, or tells why it cannot.
Step start_in(Call& call, Id pod_id, Wanted wanted, const Flags& flags) {
  Step step;
  wanted.quiet = wanted.quiet || !call.session.exec_warns_default_container;
  Step refused;
  const Id instance_id = reach_container(call, pod_id, wanted, step, refused);
  if (instance_id != 0 && wanted.input && flags.is_on("tty") && !call.session.attended &&
      !flags.is_on("quiet")) {
    warn(step, "Unable to use a TTY - input is not a terminal or the right kind of file\n");
  }
  const auto end = [&](Step last) { return followed_by(std::move(step), std::move(last)); };
  if (instance_id == 0) return end(refused);
  const ContainerInstance& instance = *call.world.get<ContainerInstance>(instance_id);
  ContainerSystem system(call.world, instance_id);
  const Path cwd = parse_path(instance.working_dir);
  std::string why = system.start_error(wanted.command.front(), cwd);
  if (why.empty()) why = system.resolve_script(cwd, wanted.command);
  if (!why.empty()) return end(cannot_start(call, instance_id, why));
  const bool interactive = wanted.tty && call.input.empty() && is_interactive_shell(wanted.command);
  call.state.stage = interactive ? kReadingLines : kRunning;
  return end(run_on(call, process_for(call, instance, wanted), instance_id, wanted.tty));
}

}  // namespace

Id reach_container(const Call& call, Id pod_id, const Wanted& wanted, Step& said, Step& refused) {
  const Pod& pod = *call.world.get<Pod>(pod_id);
  const auto refuse = [&](Step step) {
    refused = std::move(step);
    return Id{0};
  };
  const auto bad_request = [&](std::string why) {
    return refuse(fail(ApiError{400, "BadRequest", std::move(why)}));
  };
  if (has_ended(pod)) {
    return refuse(fail(fmt::format(
        "cannot exec into a container in a completed pod; current phase is {}", pod.status.phase)));
  }
  std::string container = wanted.container;
  if (container.empty()) container = default_container(pod, PodUse::Attach, wanted.quiet, said);
  if (!has_container(pod, container)) {
    return bad_request(
        fmt::format("container {} is not valid for pod {}", container, pod.meta.name));
  }
  if (pod.node_name.empty()) {
    return bad_request(fmt::format("pod {} does not have a host assigned", pod.meta.name));
  }
  std::string address;
  if (const std::string unreachable = kubelet_error(call.world, pod, &address);
      !unreachable.empty()) {
    return refuse(fail(
        fmt::format("Internal error occurred: error sending request: Post \"https://{}{}\": {}",
                    address, kubelet_path(pod, container, wanted), unreachable)));
  }
  const Id instance = running_instance(call.world, pod_id, container);
  if (instance != 0) return instance;
  return refuse(fail(fmt::format(
      "Internal error occurred: unable to upgrade connection: container not found (\"{}\")",
      container)));
}

Step cannot_start(const Call& call, Id instance, std::string_view why) {
  std::string id;
  for (std::uint64_t part = 0; part < 4; ++part) {
    id += fmt::format("{:016x}", draw(call.world.settings().seed, "exec-id",
                                      static_cast<std::uint64_t>(instance) ^
                                          static_cast<std::uint64_t>(call.world.now().ns),
                                      part));
  }
  return fail(fmt::format(
      "Internal error occurred: Internal error occurred: error executing command in container: "
      "failed to exec in container: failed to start exec \"{}\": OCI runtime exec failed: exec "
      "failed: unable to start container process: {}: unknown",
      id, why));
}

Step exec(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"container,c=", "filename,f=", "pod-running-timeout=", "quiet,q", "stdin,i", "tty,t"};
  set.durations = {"pod-running-timeout"};
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("exec", flags.error);
  Wanted wanted;
  if (const auto wrong = read_wanted(call, flags, &wanted)) return *wrong;
  CommandState& state = call.state;
  if (state.stage >= kRunning) {
    return run_on(call, *state.child, static_cast<Id>(state.number), wanted.tty);
  }

  const PodChoice choice = choose_pods(call, flags, wanted.target, PodUse::Attach);
  if (!choice.error.empty()) return fail(choice.error);
  if (!choice.missing.empty()) return fail(choice.missing.front());
  if (!choice.pods.empty()) return start_in(call, choice.pods.front(), wanted, flags);
  if (state.stage == 0) state.started = call.world.now();
  const Time deadline = state.started + duration_of(flags, "pod-running-timeout", minutes(1));
  if (call.world.now() >= deadline) return fail("timed out waiting for the condition");
  state.stage = kFindingPod;
  Step step;
  step.done = false;
  step.wait = {deadline, true};
  return step;
}

}  // namespace sim::kubectl
