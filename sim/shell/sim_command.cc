#include "sim/shell/sim_command.h"

#include <algorithm>
#include <optional>

#include "sim/base/format.h"
#include "sim/base/nearest.h"
#include "sim/graph/ownership.h"
#include "sim/graph/see.h"
#include "sim/world/container_system.h"
#include "sim/world/file_view.h"

namespace sim {
namespace {

constexpr std::string_view kHelp =
    "sim: faults, time and questions\n"
    "  sim node stop|start|reboot NODE          the machine loses power, gets it back, or both\n"
    "  sim node delete NODE                     the node leaves the cluster\n"
    "  sim zone stop|start ZONE                 the same for every node of a zone\n"
    "  sim container kill POD [-n NS] [-c C]    SIGKILL to a container's main process\n"
    "  sim advance DURATION                     let virtual time pass: 30s, 5m, 1h30m\n"
    "  sim see PATH… [-n NS|-A] [-c C]          which pods see a file; * ? [a-z] stand for names\n"
    "  sim why POD PATH [-n NS] [-c C]          why a pod sees it, or not, and what would help\n"
    "  sim owners KIND/NAME [-n NS]             what an object owns, as a tree\n"
    "                                           see and why take --lang en|ko\n"
    "  sim help\n";

/// The words of a command without its flags.
struct Arguments {
  std::vector<std::string> words;
  std::string ns;
  std::string container;
  std::string language = "en";
  bool all_namespaces = false;
  std::string wrong;  // what is wrong with them, when something is
};

Arguments read_arguments(const std::vector<std::string>& argv, const Session& session) {
  Arguments read;
  read.ns = session.ns;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    const bool ns = word == "-n" || word == "--namespace";
    const bool container = word == "-c" || word == "--container";
    const bool language = word == "--lang";
    if (word == "-A" || word == "--all-namespaces") {
      read.all_namespaces = true;
    } else if (ns || container || language) {
      if (i + 1 == argv.size()) {
        read.wrong = fmt::format("{} needs a name behind it", word);
        return read;
      }
      (ns ? read.ns : container ? read.container : read.language) = argv[++i];
      if (read.language != "en" && read.language != "ko") {
        read.wrong = fmt::format("--lang is en or ko, not \"{}\"", read.language);
        return read;
      }
    } else if (word.size() > 1 && word.front() == '-') {
      read.wrong =
          fmt::format("unknown flag {}; known are -n NAMESPACE, -A, -c CONTAINER and --lang", word);
      return read;
    } else {
      read.words.push_back(word);
    }
  }
  return read;
}

Step said(std::string text) {
  Step step;
  append(step.output, false, text);
  return step;
}

Step failed(std::string_view text, int exit = 1) {
  Step step;
  append(step.output, true, fmt::format("sim: {}\n", text));
  step.exit = exit;
  return step;
}

Step misused(std::string_view text) { return failed(fmt::format("{}\nTry `sim help`.", text), 2); }

/// Takes power from a machine or gives it back. What ran on it has ended when it comes up again,
/// and what lay in memory is gone; the disk is as it was.
void set_power(const World& world, Plan& plan, Id id, bool powered, std::string_view why) {
  const Machine& machine = *world.get<Machine>(id);
  auto next = std::make_shared<Machine>(machine);
  next->powered = powered;
  if (!next->silent_since) next->silent_since = world.now();
  next->booting_until.reset();
  if (powered) {
    ++next->boots;
    next->booting_until = world.now() + world.timing().node_start;
  }
  plan.update({Kind::Machine, id}, std::move(next), Str(why));
  if (!powered) return;
  for (const Id sandbox : world.store().sandboxes_on(id)) {
    for (const Id instance_id : world.store().instances_of(sandbox)) {
      const auto& instance = *world.get<ContainerInstance>(instance_id);
      if (instance.state == ContainerInstance::State::Exited) continue;
      auto ended = std::make_shared<ContainerInstance>(instance);
      ended->state = ContainerInstance::State::Exited;
      ended->finished_at = world.now();
      ended->exit_code = 255;  // containerd's word for "nobody saw it end"
      ended->reason = "Unknown";
      plan.update({Kind::ContainerInstance, instance_id}, std::move(ended),
                  "the machine restarted");
    }
    for (const Id disk_id : world.store().disks_of(sandbox)) {
      const auto& disk = *world.get<Disk>(disk_id);
      if (disk.medium != Disk::Medium::Memory) continue;
      auto empty = std::make_shared<Disk>(disk);
      empty->tree = Tree();
      plan.update({Kind::Disk, disk_id}, std::move(empty), "memory lost its contents");
    }
  }
}

/// A fault says nothing of itself: what it does shows in the cluster.
Step change_power(const World& world, Plan& plan, const std::vector<Id>& machines,
                  const std::string& verb) {
  for (const Id id : machines) {
    const Machine& machine = *world.get<Machine>(id);
    if (verb == "stop") {
      if (machine.powered) set_power(world, plan, id, false, "the node lost power");
    } else if (verb == "start") {
      if (!machine.powered) set_power(world, plan, id, true, "the node got its power back");
    } else {
      set_power(world, plan, id, true, "the node rebooted");
    }
  }
  return {};
}

Step run_node(const World& world, Plan& plan, const Arguments& arguments) {
  if (arguments.words.size() != 3) return misused("sim node takes a verb and the name of a node");
  const std::string& verb = arguments.words[1];
  const std::string& name = arguments.words[2];
  if (verb != "stop" && verb != "start" && verb != "reboot" && verb != "delete") {
    return misused(fmt::format("a node can stop, start, reboot or be deleted, not \"{}\"", verb));
  }
  const Id id = world.store().find(Kind::Machine, "", name);
  if (id == 0) {
    std::vector<std::string> names;
    for (const auto& [other, row] : world.store().table(Kind::Machine)) {
      names.push_back(row.meta.name.str());
    }
    const std::string near = nearest(name, names);
    return failed(near.empty()
                      ? fmt::format("there is no node \"{}\"", name)
                      : fmt::format("there is no node \"{}\"; did you mean \"{}\"?", name, near));
  }
  if (verb != "delete") {
    return change_power(world, plan, {id}, verb);
  }
  set_power(world, plan, id, false, "the node was deleted");
  if (const Id node = world.store().find(Kind::Node, "", name)) {
    plan.erase({Kind::Node, node}, "the node was deleted");
  }
  return {};
}

Step run_zone(const World& world, Plan& plan, const Arguments& arguments) {
  if (arguments.words.size() != 3) return misused("sim zone takes a verb and the name of a zone");
  const std::string& verb = arguments.words[1];
  if (verb != "stop" && verb != "start") {
    return misused(fmt::format("a zone can stop or start, not \"{}\"", verb));
  }
  std::vector<Id> machines;
  for (const Id id : world.store().list(Kind::Node)) {
    const Node& node = *world.get<Node>(id);
    if (node.meta.labels.get("topology.kubernetes.io/zone") == arguments.words[2]) {
      if (const Id machine = world.store().find(Kind::Machine, "", node.meta.name)) {
        machines.push_back(machine);
      }
    }
  }
  if (machines.empty()) return failed(fmt::format("no node is in zone \"{}\"", arguments.words[2]));
  return change_power(world, plan, machines, verb);
}

Id find_pod(const World& world, const Arguments& arguments, std::string name) {
  if (name.rfind("pod/", 0) == 0) name = name.substr(4);
  return world.store().find(Kind::Pod, arguments.ns, name);
}

Step run_container(const World& world, Plan& plan, const Arguments& arguments) {
  if (arguments.words.size() != 3 || arguments.words[1] != "kill") {
    return misused("sim container kill takes the name of a pod");
  }
  const Id pod = find_pod(world, arguments, arguments.words[2]);
  if (pod == 0) {
    return failed(fmt::format("there is no pod \"{}\" in namespace \"{}\"", arguments.words[2],
                              arguments.ns));
  }
  const Id instance = running_instance(world, pod, arguments.container);
  if (instance == 0) {
    return failed(arguments.container.empty()
                      ? fmt::format("no container of pod \"{}\" is running", arguments.words[2])
                      : fmt::format("container \"{}\" of pod \"{}\" is not running",
                                    arguments.container, arguments.words[2]));
  }
  constexpr int kSigkill = 9;
  deliver_signal(world, plan, instance, kSigkill, "the container was killed");
  return said(fmt::format("container {} of pod/{} killed\n",
                          world.get<ContainerInstance>(instance)->meta.name, arguments.words[2]));
}

Step run_advance(const World& world, const Arguments& arguments, CommandState state) {
  if (arguments.words.size() != 2) return misused("sim advance takes a duration, such as 30s");
  const std::optional<Duration> duration = parse_duration(arguments.words[1]);
  if (!duration || duration->ns < 0) {
    return misused(
        fmt::format("\"{}\" is no duration; for example 30s, 5m or 1h30m", arguments.words[1]));
  }
  constexpr Duration kFarthest = hours(24 * 365);
  if (*duration > kFarthest) return misused("at most a year at a time: 8760h");
  if (state.stage == 1) return {};
  Step step;
  step.done = false;
  step.wait.until = world.now() + *duration;
  step.state = std::move(state);
  step.state.stage = 1;
  return step;
}

Step run_see(const World& world, const Arguments& arguments) {
  if (arguments.words.size() < 2) return misused("sim see takes a path");
  SeeQuestion question;
  question.paths.assign(arguments.words.begin() + 1, arguments.words.end());
  question.ns = arguments.all_namespaces ? "" : arguments.ns;
  question.container = arguments.container;
  Sight sight;
  sight.follow(world);
  const Chronicle chronicle(world);
  const Matrix matrix = see(sight, question, &chronicle);
  if (matrix.rows.empty()) {
    return failed(fmt::format("there are no pods in namespace \"{}\"", arguments.ns));
  }
  return said(to_table(matrix, arguments.language));
}

Step run_why(const World& world, const Arguments& arguments) {
  if (arguments.words.size() != 3) return misused("sim why takes a pod and a path");
  const Id pod = find_pod(world, arguments, arguments.words[1]);
  if (pod == 0) {
    return failed(fmt::format("there is no pod \"{}\" in namespace \"{}\"", arguments.words[1],
                              arguments.ns));
  }
  const Chronicle chronicle(world);
  const Uid uid = world.get<Pod>(pod)->meta.uid;
  const Why answer = why(chronicle, uid, arguments.container, arguments.words[2]);
  return said(to_text(chronicle, uid, answer, arguments.language));
}

Step run_owners(const World& world, const Arguments& arguments) {
  if (arguments.words.size() != 2) return misused("sim owners takes KIND/NAME");
  const std::string& what = arguments.words[1];
  const std::size_t slash = what.find('/');
  if (slash == std::string::npos) return misused(fmt::format("\"{}\" is not KIND/NAME", what));
  const std::string kind_word = what.substr(0, slash);
  for (int k = 0; k < kApiKindCount; ++k) {
    const Kind kind = static_cast<Kind>(k);
    const KindInfo& known = info(kind);
    const bool is = kind_word == known.singular || kind_word == known.plural ||
                    kind_word == known.name || kind_word == known.short_names;
    if (!is) continue;
    const Id id =
        world.store().find(kind, known.namespaced ? arguments.ns : "", what.substr(slash + 1));
    if (id == 0) return failed(fmt::format("there is no {}", what));
    return said(print_tree(world, owned_tree(world, {kind, id})));
  }
  return failed(fmt::format("unknown kind \"{}\"", kind_word));
}

}  // namespace

Step run_sim(const std::vector<std::string>& argv, const World& world, const Session& session,
             Plan& plan, CommandState state) {
  const Arguments arguments = read_arguments(argv, session);
  if (!arguments.wrong.empty()) return misused(arguments.wrong);
  if (arguments.words.empty() || arguments.words[0] == "help") return said(std::string(kHelp));
  const std::string& what = arguments.words[0];
  if (what == "node") return run_node(world, plan, arguments);
  if (what == "zone") return run_zone(world, plan, arguments);
  if (what == "container") return run_container(world, plan, arguments);
  if (what == "advance") return run_advance(world, arguments, std::move(state));
  if (what == "see") return run_see(world, arguments);
  if (what == "why") return run_why(world, arguments);
  if (what == "owners") return run_owners(world, arguments);
  const std::string near =
      nearest(what, {"node", "zone", "container", "advance", "see", "why", "owners", "help"});
  return misused(near.empty()
                     ? fmt::format("unknown command \"{}\"", what)
                     : fmt::format("unknown command \"{}\"; did you mean \"{}\"?", what, near));
}

}  // namespace sim
