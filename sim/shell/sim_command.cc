#include "sim/shell/sim_command.h"

#include <algorithm>
#include <optional>

#include "sim/base/columns.h"
#include "sim/base/format.h"
#include "sim/base/nearest.h"
#include "sim/graph/ownership.h"
#include "sim/graph/see.h"
#include "sim/graph/why.h"
#include "sim/world/fault.h"
#include "sim/world/file_view.h"
#include "sim/world/load.h"
#include "sim/world/node_group.h"

namespace sim {
namespace {

// How far from now anything may be asked for.
constexpr Duration kFarthest = hours(24 * 365);

constexpr std::string_view kQuestions =
    "\n"
    "  sim at DURATION FAULT                    the same, so much later\n"
    "  sim when KIND/NAME TEST FAULT            … once this holds: exists, gone, Ready, !Ready,\n"
    "                                           status.phase=Running\n"
    "  sim when pod/POD sees|misses PATH FAULT  … once the pod sees the file, or does not\n"
    "  sim chaos [SEED] [--until 10m] [--every 30s] [--lasts 1m] [--faults nodeDown,…]\n"
    "                                           random faults, each of which ends again\n"
    "  sim faults                               what is broken, and what is to come\n"
    "\n"
    "  sim load [KIND/NAME cpu=AMOUNT memory=AMOUNT [over 5m] [at 10m cpu=…]… | none] [--per-pod]\n"
    "                                           how much work a workload has, shared by its ready\n"
    "                                           pods; alone: all loads\n"
    "  sim nodegroup [scale NAME N]             the groups of nodes; how many nodes one is to "
    "have\n"
    "\n"
    "  sim advance DURATION                     let virtual time pass: 30s, 5m, 1h30m\n"
    "  sim see PATH… [-n NS|-A] [-c C]          which pods see a file; * ? [a-z] stand for names\n"
    "  sim why POD PATH [-n NS] [-c C]          why a pod sees it, or not, and what would help\n"
    "  sim owners KIND/NAME [-n NS]             what an object owns, as a tree\n"
    "                                           see and why take --lang en|ko\n"
    "  sim help\n";

/// "node stop NODE".
std::string usage_of(const FaultInfo& fault) {
  std::string text(fault.words);
  switch (fault.target) {
    case FaultTarget::Pod:
      text += fault.kind == FaultKind::PodDelete ? " POD [-n NS]" : " POD [-n NS] [-c C]";
      break;
    case FaultTarget::Node:
      text += " NODE";
      break;
    case FaultTarget::Zone:
      text += " ZONE";
      break;
    case FaultTarget::Driver:
      text += " DRIVER";
      break;
    case FaultTarget::Nothing:
      break;
  }
  return text;
}

std::string help() {
  std::string text = "sim: faults, time and questions\n";
  for (const FaultInfo& fault : fault_table()) {
    text += fmt::format("  sim {:<36} {}\n", usage_of(fault), fault.does);
  }
  return text + std::string(kQuestions);
}

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

Id find_pod(const World& world, const Arguments& arguments, std::string name) {
  if (name.rfind("pod/", 0) == 0) name = name.substr(4);
  return world.store().find(Kind::Pod, arguments.ns, name);
}

Step run_advance(const World& world, const Arguments& arguments, CommandState state) {
  if (arguments.words.size() != 2) return misused("sim advance takes a duration, such as 30s");
  const std::optional<Duration> duration = parse_duration(arguments.words[1]);
  if (!duration || duration->ns < 0) {
    return misused(
        fmt::format("\"{}\" is no duration; for example 30s, 5m or 1h30m", arguments.words[1]));
  }
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
  const Matrix matrix = see(world, question);
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
  const std::optional<Kind> kind = kind_called(kind_word);
  if (!kind) return failed(fmt::format("unknown kind \"{}\"", kind_word));
  const Id id =
      world.store().find(*kind, info(*kind).namespaced ? arguments.ns : "", what.substr(slash + 1));
  if (id == 0) return failed(fmt::format("there is no {}", what));
  return said(print_tree(world, owned_tree(world, {*kind, id})));
}

Step run_fault(const World& world, Plan& plan, const std::vector<std::string>& words,
               const Session& session) {
  std::string wrong;
  const std::optional<Fault> fault = parse_fault(words, session.ns, &wrong);
  if (!fault) return misused(wrong);
  const Struck struck = strike(world, plan, *fault);
  return struck.wrong.empty() ? said(struck.said) : failed(struck.wrong);
}

/// Adds the fault that is to come, read from the rest of the words.
Step run_later(const World& world, Plan& plan, PlannedFault planned,
               const std::vector<std::string>& words, const Session& session) {
  std::string wrong;
  const std::optional<Fault> fault = parse_fault(words, session.ns, &wrong);
  if (!fault) return misused(wrong);
  planned.fault = *fault;
  plan_fault(world, plan, std::move(planned));
  return {};
}

Step run_at(const World& world, Plan& plan, const std::vector<std::string>& argv,
            const Session& session) {
  const std::optional<Duration> after =
      argv.size() > 2 ? parse_duration(argv[2]) : std::optional<Duration>();
  if (!after || after->ns < 0 || *after > kFarthest) {
    return misused("sim at takes a duration and a fault: sim at 30s node stop NODE");
  }
  PlannedFault planned;
  planned.at = world.now() + *after;
  return run_later(world, plan, std::move(planned), {argv.begin() + 3, argv.end()}, session);
}

Step run_when(const World& world, Plan& plan, const std::vector<std::string>& argv,
              const Session& session) {
  if (argv.size() < 5) {
    return misused(
        "sim when takes an object, a test and a fault: sim when pod/POD Ready node stop "
        "NODE");
  }
  std::string wrong;
  PlannedFault planned;
  if (argv[3] == "sees" || argv[3] == "misses") {
    const std::string_view object = argv[2];
    const std::size_t slash = object.find('/');
    if (slash == std::string_view::npos || kind_called(object.substr(0, slash)) != Kind::Pod) {
      return misused(fmt::format("only a pod {} a file: pod/POD {} PATH", argv[3], argv[3]));
    }
    if (argv[4].empty() || argv[4].front() != '/') {
      return misused(fmt::format("\"{}\" is no absolute path", argv[4]));
    }
    planned.question =
        Str(fmt::format("{} {}/{} {}", argv[3], session.ns, object.substr(slash + 1), argv[4]));
    return run_later(world, plan, std::move(planned), {argv.begin() + 5, argv.end()}, session);
  }
  planned.when = parse_condition(argv[2], argv[3], session.ns, &wrong);
  if (!planned.when) return misused(wrong);
  return run_later(world, plan, std::move(planned), {argv.begin() + 4, argv.end()}, session);
}

std::optional<FaultKind> chaos_kind(std::string_view name) {
  const std::optional<FaultKind> kind = fault_named(name);
  return kind && *kind != FaultKind::HealAll ? kind : std::nullopt;
}

Step run_chaos(const World& world, Plan& plan, const std::vector<std::string>& argv) {
  PlannedFault planned;
  planned.at = world.now();
  planned.chaos = Chaos();
  Chaos& chaos = *planned.chaos;
  chaos.seed = world.settings().seed;
  Duration until = minutes(10);
  for (std::size_t i = 2; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    const bool has_next = i + 1 < argv.size();
    Duration* time = word == "--until"   ? &until
                     : word == "--every" ? &chaos.every
                     : word == "--lasts" ? &chaos.lasts
                                         : nullptr;
    if (time) {
      const auto read = has_next ? parse_duration(argv[++i]) : std::optional<Duration>();
      if (!read || *read < seconds(1) || *read > kFarthest) {
        return misused(fmt::format("{} takes a duration from 1s on", word));
      }
      *time = *read;
    } else if (word == "--faults") {
      std::string_view rest = has_next ? std::string_view(argv[++i]) : std::string_view();
      while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        const std::optional<FaultKind> kind = chaos_kind(rest.substr(0, comma));
        if (!kind) return misused(fmt::format("there is no fault \"{}\"", rest.substr(0, comma)));
        chaos.kinds.push_back(*kind);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
      }
      if (chaos.kinds.empty()) return misused("--faults takes names: nodeDown,containerCrash");
    } else if (!word.empty() && word.size() < 19 &&
               word.find_first_not_of("0123456789") == std::string::npos) {
      chaos.seed = std::stoull(word);
    } else {
      return misused(fmt::format("sim chaos: what is \"{}\"?", word));
    }
  }
  if (chaos.kinds.empty()) chaos.kinds = usual_chaos();
  chaos.until = world.now() + until;
  plan_fault(world, plan, std::move(planned));
  return {};
}

/// The amounts of a load as they are typed.
std::string amounts_text(const Amounts& amounts) {
  std::string text;
  if (amounts.milli_cpu != 0) text += fmt::format(" cpu={}m", amounts.milli_cpu);
  if (amounts.memory != 0) {
    text +=
        fmt::format(" memory={}", Quantity::of(amounts.memory, Quantity::Format::BinarySI).text());
  }
  return text.empty() ? " cpu=0" : text;
}

Step list_loads(const World& world) {
  std::string text;
  for (const auto& [id, row] : world.store().table(Kind::Load)) {
    const auto& load = static_cast<const Load&>(row);
    text += fmt::format("{}/{}{}{}", load.meta.ns, load.meta.name,
                        amounts_text(amount_at(load, world.now())),
                        load.per_pod ? " for each pod" : "");
    for (const LoadPoint& point : load.points) {
      if (point.at <= world.now()) continue;
      text += fmt::format("{} in {}{}", point.ramp ? ", changing until" : ", then",
                          human_duration(point.at - world.now() + milliseconds(999)),
                          amounts_text(point.amount));
    }
    text += "\n";
  }
  return said(text.empty() ? "no workload has any load\n" : text);
}

Step run_load(const World& world, Plan& plan, const std::vector<std::string>& argv,
              const Session& session) {
  if (argv.size() < 3) return list_loads(world);
  std::string wrong;
  const std::optional<Load> load =
      parse_load({argv.begin() + 2, argv.end()}, session.ns, world.now(), &wrong);
  if (!load) return misused(wrong);
  const std::string_view both = load->meta.name;
  const std::size_t slash = both.find('/');
  const Kind kind = *kind_called(both.substr(0, slash));
  const Id id = world.store().find(kind, load->meta.ns, both.substr(slash + 1));
  if (id == 0) {
    return failed(fmt::format("there is no {} \"{}\" in namespace \"{}\"", info(kind).singular,
                              both.substr(slash + 1), load->meta.ns));
  }
  set_load(world, plan, *load);
  return {};
}

Step run_node_group(const World& world, Plan& plan, const std::vector<std::string>& argv) {
  if (argv.size() == 2) {
    std::string rows = "NAME\tMIN\tMAX\tDESIRED\tNODES\t\n";
    for (const auto& [id, row] : world.store().table(Kind::NodeGroup)) {
      const auto& group = static_cast<const NodeGroup&>(row);
      std::size_t nodes = 0;
      for (const Id machine : members(world, group)) {
        if (world.find<Node>("", world.get<Machine>(machine)->meta.name)) ++nodes;
      }
      rows += fmt::format("{}\t{}\t{}\t{}\t{}\t\n", group.meta.name, group.min, group.max,
                          group.desired, nodes);
    }
    if (world.store().count(Kind::NodeGroup) == 0) return failed("the cluster has no node groups");
    return said(align(rows, {}));
  }
  std::int32_t wanted = -1;
  if (argv.size() == 5 && argv[2] == "scale" && argv[4].size() < 8 &&
      argv[4].find_first_not_of("0123456789") == std::string::npos && !argv[4].empty()) {
    wanted = static_cast<std::int32_t>(std::stol(argv[4]));
  }
  if (wanted < 0)
    return misused("sim nodegroup takes a group and a number: sim nodegroup scale NAME 3");
  const Id id = world.store().find(Kind::NodeGroup, "", argv[3]);
  if (id == 0) {
    std::vector<std::string> names;
    for (const auto& [other, row] : world.store().table(Kind::NodeGroup)) {
      names.push_back(row.meta.name.str());
    }
    const std::string near = nearest(argv[3], names);
    return failed(near.empty() ? fmt::format("there is no node group \"{}\"", argv[3])
                               : fmt::format("there is no node group \"{}\"; did you mean \"{}\"?",
                                             argv[3], near));
  }
  const std::string wrong = scale_group(world, plan, id, wanted);
  return wrong.empty() ? Step() : failed(wrong);
}

/// What is broken now, and what is to come.
Step run_faults(const World& world) {
  std::string text;
  const auto line = [&](std::string_view what) { text += fmt::format("{}\n", what); };
  for (const auto& [id, row] : world.store().table(Kind::Machine)) {
    const auto& machine = static_cast<const Machine&>(row);
    if (machine.discarded) continue;
    if (!machine.powered) line(fmt::format("node {} has no power", row.meta.name));
    if (machine.halting_since) line(fmt::format("node {} shuts down", row.meta.name));
    if (!machine.reachable) line(fmt::format("node {} is cut off", row.meta.name));
    if (machine.other_bytes != 0) line(fmt::format("the disk of node {} is full", row.meta.name));
    if (machine.other_memory != 0) {
      line(fmt::format("the memory of node {} is full", row.meta.name));
    }
  }
  for (const auto& [id, row] : world.store().table(Kind::ContainerInstance)) {
    const auto& instance = static_cast<const ContainerInstance&>(row);
    if (!instance.frozen || instance.state != ContainerInstance::State::Running) continue;
    line(fmt::format("container {} of pod {} hangs", row.meta.name,
                     world.get<PodSandbox>(instance.sandbox)->meta.name));
  }
  for (const auto& [id, row] : world.store().table(Kind::Outage)) {
    const Duration delay = static_cast<const Outage&>(row).delay;
    line(delay.ns == 0 ? fmt::format("{} is down", row.meta.name)
                       : fmt::format("{} is slow by {}", row.meta.name, to_string(delay)));
  }
  for (const auto& [id, row] : world.store().table(Kind::PlannedFault)) {
    const auto& planned = static_cast<const PlannedFault&>(row);
    const std::string what = planned.chaos ? "random faults" : to_text(planned.fault);
    if (planned.when) {
      line(fmt::format("when a condition on {} {} holds: {}", info(planned.when->kind).singular,
                       planned.when->name, what));
    } else if (!planned.at) {
      line(fmt::format("when {} holds: {}", planned.question, what));
    } else {
      line(fmt::format("in {}: {}", to_string(*planned.at - world.now()), what));
    }
  }
  return said(text.empty() ? "nothing is broken\n" : text);
}

}  // namespace

bool question_holds(const World& world, std::string_view question) {
  const std::size_t space = question.find(' ');
  const std::size_t slash = question.find('/', space);
  const std::size_t end = question.find(' ', slash);
  if (space == std::string_view::npos || slash == std::string_view::npos ||
      end == std::string_view::npos) {
    return false;
  }
  const Id pod = world.store().find(Kind::Pod, question.substr(space + 1, slash - space - 1),
                                    question.substr(slash + 1, end - slash - 1));
  // A pod that does not run neither sees nor misses a file.
  if (pod == 0 || running_instance(world, pod, "") == 0) return false;
  const bool seen = sees(world, world.get<Pod>(pod)->meta.uid, "", question.substr(end + 1));
  return seen == (question.substr(0, space) == "sees");
}

Step run_sim(const std::vector<std::string>& argv, const World& world, const Session& session,
             Plan& plan, CommandState state) {
  const std::string what = argv.size() > 1 ? argv[1] : "help";
  if (what == "at") return run_at(world, plan, argv, session);
  if (what == "when") return run_when(world, plan, argv, session);
  if (what == "chaos") return run_chaos(world, plan, argv);
  if (what == "faults") return run_faults(world);
  if (what == "load") return run_load(world, plan, argv, session);
  if (what == "nodegroup") return run_node_group(world, plan, argv);
  for (const FaultInfo& fault : fault_table()) {
    if (fault.words.substr(0, fault.words.find(' ')) != what) continue;
    return run_fault(world, plan, {argv.begin() + 1, argv.end()}, session);
  }
  const Arguments arguments = read_arguments(argv, session);
  if (!arguments.wrong.empty()) return misused(arguments.wrong);
  if (arguments.words.empty() || arguments.words[0] == "help") return said(help());
  const std::string& verb = arguments.words[0];
  if (verb == "advance") return run_advance(world, arguments, std::move(state));
  if (verb == "see") return run_see(world, arguments);
  if (verb == "why") return run_why(world, arguments);
  if (verb == "owners") return run_owners(world, arguments);
  std::vector<std::string> known = {"at",      "when", "chaos", "faults", "load", "nodegroup",
                                    "advance", "see",  "why",   "owners", "help"};
  for (const FaultInfo& fault : fault_table()) {
    known.emplace_back(fault.words.substr(0, fault.words.find(' ')));
  }
  const std::string near = nearest(verb, known);
  return misused(near.empty()
                     ? fmt::format("unknown command \"{}\"", verb)
                     : fmt::format("unknown command \"{}\"; did you mean \"{}\"?", verb, near));
}

}  // namespace sim
