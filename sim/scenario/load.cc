// A scenario file into a Scenario: first the shape (keys, types, words), then what no shape can say
// (references, names given twice, commands that cannot be).
#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>
#include <utility>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "sim/model/merge.h"
#include "sim/programs/process.h"
#include "sim/scenario/expect.h"
#include "sim/scenario/load_cluster.h"
#include "sim/scenario/load_nodes.h"
#include "sim/scenario/load_parts.h"
#include "sim/scenario/scenario.h"
#include "sim/shell/kubectl_help.h"

namespace sim {
namespace {

constexpr std::size_t kMaxSteps = 2000;
constexpr std::size_t kMaxForks = 50;

class Loader : private PartReader {
 public:
  Loader(Reader& reader, Scenario& scenario)
      : PartReader(scenario), reader_(reader), scenario_(scenario) {}

  void read(const Cursor& root) {
    if (!root.keys({"$schema", "podsight", "formatVersion", "id", "revision", "title", "summary",
                    "meta", "misconceptions", "sim", "cluster", "library", "refs", "chaos", "steps",
                    "forks", "fingerprint"},
                   {"id", "revision", "title", "cluster", "steps"})) {
      return;
    }
    read_version(root);
    scenario_.id = root["id"].slug();
    scenario_.revision = root["revision"].integer(1, INT32_MAX, 1);
    read_meta(root["meta"]);
    scenario_.title = text(root["title"]);
    scenario_.summary = text(root["summary"]);
    for (const auto& [name, value] : root["misconceptions"].members()) {
      if (!value.keys({"belief", "refute"}, {"belief", "refute"})) continue;
      scenario_.misconceptions[name] = {text(value["belief"]), text(value["refute"])};
    }
    ClusterFile cluster;
    read_sim(root["sim"], &cluster.cluster.settings);
    read_cluster(root["cluster"], &cluster);
    scenario_.cluster = std::move(cluster.cluster);
    scenario_.manifests = std::move(cluster.manifests);
    if (!has_nodes(scenario_.cluster) && root["cluster"].is_object()) {
      root["cluster"].error("the cluster has no nodes", "\"nodes\": [{\"name\": \"node-a\"}]");
    }
    for (const auto& [name, value] : root["library"].members()) {
      for (const Cursor& manifest : value.items()) check_manifest(manifest);
      scenario_.library[name] = std::make_shared<const Json>(value.json());
    }
    read_chaos(root["chaos"]);
    const std::vector<Cursor> steps = root["steps"].items();
    if (root["steps"].is_array() && steps.empty()) {
      root["steps"].error("a scenario without steps", "at least one step");
    }
    if (steps.size() > kMaxSteps) {
      root["steps"].error("too many steps", fmt::format("at most {}", kMaxSteps));
      return;
    }
    for (const Cursor& step : steps) collect_id(step);
    const std::set<std::string> main_ids = step_ids_;
    const std::vector<Cursor> forks = root["forks"].items();
    if (forks.size() > kMaxForks) {
      root["forks"].error("too many forks", fmt::format("at most {}", kMaxForks));
      return;
    }
    for (const Cursor& fork : forks) {
      for (const Cursor& step : fork["steps"].items()) collect_id(step);
    }
    for (const auto& [name, value] : root["refs"].members()) {
      scenario_.refs[name] = read_ref(value);
    }
    for (const Cursor& step : steps) scenario_.steps.push_back(read_step(step));
    for (const Cursor& fork : forks) scenario_.forks.push_back(read_fork(fork, main_ids));
    if (const Cursor fingerprint = root["fingerprint"]) {
      scenario_.fingerprint = fingerprint.string();
      if (scenario_.fingerprint.size() != 16 ||
          scenario_.fingerprint.find_first_not_of("0123456789abcdef") != std::string::npos) {
        fingerprint.error("this is no fingerprint", "16 hexadecimal digits, as a run prints them");
      }
    }
  }

 private:
  void read_meta(const Cursor& meta) {
    if (!meta) return;
    if (!meta.keys({"authors", "license", "level", "minutes", "locales", "objectives", "requires",
                    "sources"})) {
      return;
    }
    meta["authors"].strings();
    meta["license"].string();
    if (meta["level"]) meta["level"].word({"intro", "core", "advanced"});
    meta["minutes"].integer(1, 600, 1);
    for (const Cursor& locale : meta["locales"].items()) {
      scenario_.locales.push_back(locale.word({"en", "ko"}));
    }
    for (const Cursor& objective : meta["objectives"].items()) text(objective);
    for (const Cursor& other : meta["requires"].items()) other.slug();
    meta["sources"].strings();
  }

  void collect_id(const Cursor& step) {
    if (!step.is_object() || !step["id"]) return;
    const std::string id = step["id"].is_string() ? step["id"].json().get<std::string>() : "";
    if (!id.empty() && !step_ids_.insert(id).second) {
      step["id"].error(fmt::format("a second step \"{}\"", id), "each step has an id of its own");
    }
  }

  PodReference read_ref(const Cursor& value) {
    PodReference ref;
    ref.pointer = value.pointer();
    if (value.is_string()) {
      value.error("a name alone does not say what it is of",
                  fmt::format("{{\"pod\": \"{0}\"}} or {{\"ownedBy\": \"Deployment/{0}\"}}",
                              value.json().get<std::string>()));
      return ref;
    }
    if (!value.keys({"ownedBy", "pod", "namespace", "nth", "bindAfter"})) return ref;
    const std::string how = value.exactly_one({"ownedBy", "pod"}, "way to name the pod");
    ref.ns = value["namespace"].string("default");
    ref.nth = value["nth"].integer(0, 1000000, 0);
    if (how == "pod") ref.pod = value["pod"].string();
    if (how == "ownedBy") {
      const std::string owner = value["ownedBy"].string();
      const std::size_t slash = owner.find('/');
      if (slash == std::string::npos || slash == 0 || slash + 1 == owner.size()) {
        value["ownedBy"].error(fmt::format("\"{}\" names no owner", owner),
                               "kind and name: \"Deployment/assets\"");
      } else {
        ref.owner_kind = owner.substr(0, slash);
        ref.owner_name = owner.substr(slash + 1);
        static const std::vector<std::string> owners = {"DaemonSet", "Deployment", "Job",
                                                        "ReplicaSet", "StatefulSet"};
        if (std::find(owners.begin(), owners.end(), ref.owner_kind) == owners.end()) {
          value["ownedBy"].error(fmt::format("no pods are owned by a {}", ref.owner_kind),
                                 hint_for(ref.owner_kind, owners));
        }
      }
    }
    if (const Cursor after = value["bindAfter"]) {
      if (after.is_array()) {
        ref.bind_after = after.strings();
      } else {
        ref.bind_after = {after.string()};
      }
      for (const std::string& id : ref.bind_after) known_step(after, id);
    }
    return ref;
  }

  Fork read_fork(const Cursor& value, const std::set<std::string>& main_ids) {
    Fork fork;
    fork.pointer = value.pointer();
    if (!value.keys({"id", "title", "before", "steps", "compare"},
                    {"id", "title", "before", "steps"})) {
      return fork;
    }
    fork.id = value["id"].slug();
    for (const Fork& other : scenario_.forks) {
      if (other.id == fork.id) value["id"].error(fmt::format("a second fork \"{}\"", fork.id));
    }
    fork.title = text(value["title"]);
    fork.before = value["before"].string();
    if (value["before"].is_string()) known_step(value["before"], fork.before, main_ids);
    const std::vector<Cursor> steps = value["steps"].items();
    if (value["steps"].is_array() && steps.empty()) {
      value["steps"].error("a fork without steps", "at least one step");
    }
    if (steps.size() > kMaxSteps) {
      value["steps"].error("too many steps", fmt::format("at most {}", kMaxSteps));
      return fork;
    }
    for (const Cursor& step : steps) fork.steps.push_back(read_step(step));
    for (const Cursor& path : value["compare"].items()) {
      fork.compare.push_back(absolute_path(path));
    }
    return fork;
  }

  void known_step(const Cursor& at, const std::string& id) { known_step(at, id, step_ids_); }
  static void known_step(const Cursor& at, const std::string& id,
                         const std::set<std::string>& ids) {
    if (ids.count(id) != 0) return;
    at.error(fmt::format("there is no step \"{}\"", id), hint_for(id, {ids.begin(), ids.end()}));
  }

  ScenarioStep read_step(const Cursor& value) {
    ScenarioStep step;
    step.pointer = value.pointer();
    if (!value.keys(
            {"id", "title", "say", "predict", "do", "task", "until", "within", "expect", "explain"},
            {"id"})) {
      return step;
    }
    step.id = value["id"].slug();
    step.title = text(value["title"]);
    step.say = text(value["say"]);
    if (value["predict"]) step.predict = read_prediction(value["predict"]);
    if (value["do"]) step.action = read_action(value["do"]);
    if (value["task"]) {
      step.task = read_task(value["task"]);
      if (value["do"]) {
        value["task"].error("a step does something itself or leaves it to the learner, not both",
                            "put \"do\" into a step of its own");
      }
    }
    if (const Cursor until = value["until"]) {
      if (until.is_string() && parse_duration(until.json().get<std::string>())) {
        until.error("\"until\" says for what to wait, not how long",
                    "\"within\" is the limit; \"do\": {\"advance\": \"1m\"} lets time pass");
      } else if (until.is_string()) {
        step.until_settled = until.word({"settled"}) == "settled";
      } else {
        step.until = read_expectation(until, 0);
      }
    }
    step.within = value["within"].duration(step.within);
    if (value["within"] && !value["until"] && !value["task"]) {
      value["within"].error("\"within\" limits \"until\" or a task; neither is here",
                            "add \"until\"");
    }
    for (const Cursor& expectation : value["expect"].items()) {
      step.expect.push_back(read_expectation(expectation, 0));
    }
    if (value["expect"].is_array() && value["expect"].json().empty()) {
      value["expect"].error("nothing is expected", "an expectation, or no \"expect\" at all");
    }
    if (!step.action && !step.task) {
      for (const Expectation& wanted : step.expect) {
        no_output(wanted, "this step does nothing that could print", "give it a \"do\"");
      }
    }
    for (const Cursor& ask : value["explain"].items()) {
      Question question;
      if (ask.keys({"pod", "container", "path"}, {"pod", "path"})) {
        question = {pod_reference(ask["pod"]), ask["container"].string(),
                    absolute_path(ask["path"])};
      }
      step.explain.push_back(std::move(question));
    }
    if (!step.action && !step.until && !step.until_settled && step.expect.empty() &&
        step.say.empty() && step.explain.empty() && !step.predict && !step.task) {
      value.error("this step does nothing", "\"say\", \"do\" or \"expect\" something");
    }
    return step;
  }

  /// Says so where an expectation looks at output and none can be.
  void no_output(const Expectation& wanted, const std::string& wrong, const std::string& right) {
    if (wanted.kind == Expectation::Kind::Printed) reader_.error(wanted.pointer, wrong, right);
    for (const Expectation& part : wanted.parts) no_output(part, wrong, right);
  }

  std::vector<Action> read_actions(const Cursor& value) {
    std::vector<Action> actions;
    if (value.is_object()) {
      value.error("one action, where a list of them stands",
                  "put it into [ … ]: [{\"kubectl\": …}]");
      return actions;
    }
    for (const Cursor& action : value.items()) actions.push_back(read_action(action));
    if (value.is_array() && actions.empty()) {
      value.error("nothing is done", "at least one action");
    }
    return actions;
  }

  Exercise read_task(const Cursor& value) {
    Exercise task;
    task.pointer = value.pointer();
    if (!value.keys({"ask", "goals", "hints", "solutions", "mustFail", "probes"},
                    {"ask", "goals", "solutions", "mustFail"})) {
      return task;
    }
    task.ask = text(value["ask"]);
    for (const Cursor& goal : value["goals"].items()) {
      task.goals.push_back(read_expectation(goal, 0));
      no_output(task.goals.back(), "a goal is a state, not what a command printed",
                "what is there once it is reached: \"sees\", \"why\" or \"object\"");
    }
    if (value["goals"].is_array() && task.goals.empty()) {
      value["goals"].error("a task without a goal", "a state that is to be reached");
    }
    for (const Cursor& hint : value["hints"].items()) task.hints.push_back(text(hint));
    for (const Cursor& solution : value["solutions"].items()) {
      task.solutions.push_back({solution.pointer(), {}, read_actions(solution)});
    }
    if (value["solutions"].is_array() && task.solutions.empty()) {
      value["solutions"].error("a task that nobody has solved", "a list of actions");
    }
    for (const Cursor& attempt : value["mustFail"].items()) {
      if (!attempt.keys({"why", "do"}, {"why", "do"})) continue;
      task.must_fail.push_back(
          {attempt.pointer(), text(attempt["why"]), read_actions(attempt["do"])});
    }
    if (value["mustFail"].is_array() && task.must_fail.empty()) {
      value["mustFail"].error("no wrong attempt is named",
                              "one that looks right and does not reach the goals");
    }
    for (const Cursor& probe : value["probes"].items()) {
      if (!probe.keys({"id", "text", "do", "expect"}, {"id", "do", "expect"})) continue;
      Experiment made;
      made.id = probe["id"].slug();
      made.attempt = {probe.pointer(), text(probe["text"]), read_actions(probe["do"])};
      for (const Cursor& expectation : probe["expect"].items()) {
        made.expect.push_back(read_expectation(expectation, 0));
      }
      if (probe["expect"].is_array() && made.expect.empty()) {
        probe["expect"].error("nothing is expected", "an expectation");
      }
      task.probes.push_back(std::move(made));
    }
    return task;
  }

  Prediction read_prediction(const Cursor& value) {
    Prediction made;
    if (!value.keys({"ask", "matrix", "options"}, {"ask"})) return made;
    made.ask = text(value["ask"]);
    const std::string form = value.exactly_one({"matrix", "options"}, "form of prediction");
    if (form == "matrix") {
      const Cursor matrix = value["matrix"];
      if (!matrix.keys({"path", "container", "pods"}, {"path", "pods"})) return made;
      made.matrix_path = absolute_path(matrix["path"]);
      made.matrix_container = matrix["container"].string();
      for (const Cursor& pod : matrix["pods"].items())
        made.matrix_pods.push_back(pod_reference(pod));
      if (matrix["pods"].is_array() && made.matrix_pods.empty()) {
        matrix["pods"].error("no pods to choose from", "at least one reference");
      }
      return made;
    }
    std::set<std::string> ids;
    for (const Cursor& option : value["options"].items()) {
      if (!option.keys({"id", "text", "holds", "misconception", "feedback"},
                       {"id", "text", "holds"})) {
        continue;
      }
      Prediction::Option read;
      read.id = option["id"].slug();
      if (!ids.insert(read.id).second) option["id"].error("a second option with this id");
      read.text = text(option["text"]);
      read.feedback = text(option["feedback"]);
      read.holds = read_expectation(option["holds"], 0);
      if (const Cursor belief = option["misconception"]) {
        read.misconception = belief.string();
        if (scenario_.misconceptions.count(read.misconception) == 0) {
          std::vector<std::string> names;
          for (const auto& [known, unused] : scenario_.misconceptions) names.push_back(known);
          belief.error(fmt::format("there is no misconception \"{}\"", read.misconception),
                       hint_for(read.misconception, names, "describe it under \"misconceptions\""));
        }
      }
      made.options.push_back(std::move(read));
    }
    if (form == "options" && made.options.size() < 2) {
      value["options"].error("a choice needs something to choose from", "at least two options");
    }
    return made;
  }

  Action read_action(const Cursor& value) {
    Action action;
    action.pointer = value.pointer();
    if (value.is_string() || value.is_array()) {
      value.error("these are words without a key that says what they are",
                  "for lines as in a terminal: {\"shell\": [\"kubectl get pods\", \"sleep 5\"]}");
      return action;
    }
    if (!value.keys({"shell", "kubectl", "exec", "apply", "fault", "load", "advance"})) {
      return action;
    }
    const std::string kind = value.exactly_one(
        {"shell", "kubectl", "exec", "apply", "fault", "load", "advance"}, "action");
    const Cursor body = value[kind];
    if (kind == "shell") {
      action.kind = Action::Kind::Shell;
      action.script = body.lines();
      check_script(body, action.script);
      if (body.is_array()) {
        for (const Cursor& line : body.items()) check_verb(line);
      } else {
        check_verb(body);
      }
    } else if (kind == "kubectl") {
      action.kind = Action::Kind::Kubectl;
      action.script = body.string();
      check_kubectl(body, action.script);
    } else if (kind == "exec") {
      action.kind = Action::Kind::Exec;
      if (body.keys({"pod", "container", "argv"}, {"pod", "argv"})) {
        action.pod = pod_reference(body["pod"]);
        action.container = body["container"].string();
        action.argv = body["argv"].strings();
        if (body["argv"].is_array() && action.argv.empty()) {
          body["argv"].error("no command", "the program and its arguments: [\"ls\", \"/\"]");
        }
      }
    } else if (kind == "apply") {
      action.kind = Action::Kind::Apply;
      read_apply(body, &action);
    } else if (kind == "fault") {
      action.kind = Action::Kind::Fault;
      read_fault(body, &action);
    } else if (kind == "load") {
      action.kind = Action::Kind::Load;
      for (const std::string& word : read_load(body)) {
        action.script += (action.script.empty() ? "" : " ") + word;
      }
    } else if (kind == "advance") {
      action.kind = Action::Kind::Advance;
      action.time = body.duration({});
    }
    return action;
  }

  void check_script(const Cursor& at, const std::string& script) {
    if (!at) return;
    try {
      make_script(script, reader_.file());
    } catch (const InputError& wrong) {
      const std::string message =
          wrong.diagnostics().empty() ? wrong.what() : wrong.diagnostics().front().message;
      at.error(fmt::format("the shell cannot read this: {}", message));
    }
  }
  /// Flags that kubectl would not take. What is quoted is left to the shell.
  static void check_flags(const Cursor& at, const std::string& line, const kubectl::Verb& verb) {
    if (line.find_first_of("'\"$`\\|;&<>") != std::string::npos) return;
    std::istringstream stream(line);
    std::vector<std::string> words{std::istream_iterator<std::string>(stream), {}};
    words.erase(words.begin());  // the verb
    const kubectl::Verb* found = kubectl::follow_subcommands(verb, &words);
    const std::string wrong = kubectl::parse_flags(words, kubectl::flag_specs(*found)).error;
    if (wrong.empty()) return;
    const std::string flag = wrong.substr(wrong.rfind(' ') + 1);
    at.error(fmt::format("kubectl {}: {}", found->path, wrong),
             hint_for(flag, kubectl::flag_words(*found),
                      fmt::format("kubectl {} --help lists them", found->path)));
  }

  void check_kubectl(const Cursor& at, const std::string& line) {
    if (!at.is_string()) return;
    const std::size_t begin = line.find_first_not_of(' ');
    const std::size_t end = line.find(' ', begin);
    if (begin == std::string::npos) {
      at.error("no kubectl command", "for example \"get pods\"");
      return;
    }
    const std::string verb = line.substr(begin, end == std::string::npos ? end : end - begin);
    if (verb == "kubectl") {
      at.error("the line is what follows the word kubectl", "leave that word out");
    } else if (const kubectl::Verb* known = known_verb(at, verb)) {
      check_flags(at, line, *known);
    }
    check_script(at, "kubectl " + line);
  }

  /// The verb of that name; says so when there is none. Flags may stand before it.
  static const kubectl::Verb* known_verb(const Cursor& at, const std::string& verb) {
    if (verb.front() == '-') return nullptr;
    const kubectl::Verb* known = kubectl::find_verb(verb);
    if (known) return known;
    std::vector<std::string> verbs;
    for (const kubectl::Verb& each : kubectl::all_verbs()) {
      if (each.is_modelled && each.path.find(' ') == std::string_view::npos) {
        verbs.emplace_back(each.path);
      }
    }
    at.error(fmt::format("kubectl has no verb \"{}\" here", verb), hint_for(verb, verbs));
    return nullptr;
  }

  /// The verb of a shell line that begins with kubectl.
  static void check_verb(const Cursor& at) {
    if (!at.is_string()) return;
    std::istringstream stream(at.json().get<std::string>());
    std::string program;
    std::string verb;
    if (!(stream >> program >> verb) || program != "kubectl") return;
    const bool plain = verb.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos;
    if (plain) known_verb(at, verb);
  }

  void read_apply(const Cursor& body, Action* action) {
    if (!body) return;
    if (body.is_array()) {
      for (const Cursor& manifest : body.items()) check_manifest(manifest);
      action->manifests = std::make_shared<const Json>(body.json());
      return;
    }
    if (!body.keys({"use", "patch"}, {"use"})) return;
    const std::string name = body["use"].string();
    const auto found = scenario_.library.find(name);
    if (found == scenario_.library.end()) {
      std::vector<std::string> names;
      for (const auto& [known, unused] : scenario_.library) names.push_back(known);
      body["use"].error(fmt::format("the library has no \"{}\"", name),
                        hint_for(name, names, "put it under \"library\""));
      return;
    }
    Json manifests = *found->second;
    if (const Cursor patch = body["patch"]; patch && !patch.items().empty()) {
      std::string error;
      const std::optional<Json> patched = json_patch(manifests, patch.json(), &error);
      if (!patched) {
        patch.error(fmt::format("the patch does not fit: {}", error));
        return;
      }
      manifests = *patched;
    }
    action->manifests = std::make_shared<const Json>(std::move(manifests));
  }

  void read_fault(const Cursor& body, Action* action) {
    if (!body.keys(
            {"kind", "pod", "container", "node", "zone", "driver", "time", "percent", "at", "when"},
            {"kind"})) {
      return;
    }
    const std::optional<FaultKind> kind = fault_kind(body["kind"]);
    if (!kind) return;
    action->fault.kind = *kind;
    if (body["pod"]) action->pod = pod_reference(body["pod"]);
    action->fault.container = Str(body["container"].string());
    read_target(body, action);
    action->fault.time = body["time"].duration({});
    action->fault.percent = body["percent"].integer(1, 100, 0);
    if (body["at"] && body["when"]) body.error("both \"at\" and \"when\"", "one of them");
    if (body["at"]) action->at = body["at"].duration({});
    if (const Cursor when = body["when"]) {
      Expectation wanted = read_expectation(when, 0);
      for (const char* key : {"id", "text", "within", "hold"}) {
        if (when.is_object() && when[key]) {
          when[key].error("a fault strikes as soon as it holds", "leave it out");
        }
      }
      if (asks_for_output(wanted)) {
        when.error("a fault does not wait for what a command prints",
                   "\"sees\", \"why\", \"object\", \"event\", \"not\", \"all\" or \"any\"");
      }
      if (wanted.kind == Expectation::Kind::HasObject) {
        if (api_kind_named(wanted.object_kind)) action->when = condition_of(wanted);
      } else {
        action->asks = std::make_shared<const Expectation>(std::move(wanted));
      }
    }
  }

  static bool asks_for_output(const Expectation& wanted) {
    return wanted.kind == Expectation::Kind::Printed ||
           std::any_of(wanted.parts.begin(), wanted.parts.end(), asks_for_output);
  }

  std::optional<FaultKind> fault_kind(const Cursor& value) {
    const std::string name = value.string();
    const std::optional<FaultKind> kind = fault_named(name);
    if (kind || !value.is_string()) return kind;
    std::vector<std::string> names;
    for (const FaultInfo& row : fault_table()) names.emplace_back(row.name);
    value.error(fmt::format("unknown fault \"{}\"", name), hint_for(name, names));
    return std::nullopt;
  }

  /// Whom it hits, under the key that fits the fault and no other.
  void read_target(const Cursor& body, Action* action) {
    const FaultTarget target = info(action->fault.kind).target;
    const auto one = [&](FaultTarget kind, const char* key, std::string_view question,
                         const std::vector<std::string>& known) {
      if (target != kind) {
        if (body[key]) {
          body[key].error(fmt::format("{} takes no {}", info(action->fault.kind).name, key));
        }
        return;
      }
      if (!body[key]) {
        body.error(std::string(question), fmt::format("add \"{}\"", key));
        return;
      }
      if (kind == FaultTarget::Pod) return;
      const std::string name = body[key].string();
      action->fault.target = Str(name);
      if (std::find(known.begin(), known.end(), name) != known.end()) return;
      body[key].error(fmt::format("the cluster has no {} \"{}\"", key, name),
                      hint_for(name, known));
    };
    std::vector<std::string> nodes;
    std::vector<std::string> zones;
    const auto add_zone = [&](const std::string& zone) {
      if (!zone.empty() && std::find(zones.begin(), zones.end(), zone) == zones.end()) {
        zones.push_back(zone);
      }
    };
    for (const NodeSpecification& node : scenario_.cluster.nodes) {
      nodes.push_back(node.name);
      add_zone(node.labels.get(kZoneLabel).str());
    }
    // Those of a group are numbered as they are made.
    for (const NodeGroupSpecification& group : scenario_.cluster.groups) {
      for (std::int32_t i = 1; i <= group.max; ++i) {
        nodes.push_back(fmt::format("{}-{}", group.pattern.name, i));
      }
      for (const std::string& zone : group.zones) add_zone(zone);
    }
    std::vector<std::string> known_drivers;  // also those that a step installs
    for (const Driver& driver : drivers()) known_drivers.emplace_back(driver.name);
    one(FaultTarget::Pod, "pod", "whom does it hit?", {});
    one(FaultTarget::Node, "node", "which node?", nodes);
    one(FaultTarget::Zone, "zone", "which zone?", zones);
    one(FaultTarget::Driver, "driver", "which driver?", known_drivers);
  }

  void read_chaos(const Cursor& body) {
    if (!body || !body.keys({"seed", "faults", "from", "until", "every", "lasts"}, {"until"})) {
      return;
    }
    ChaosPart part;
    part.own_seed = static_cast<bool>(body["seed"]);
    part.chaos.seed = static_cast<std::uint64_t>(body["seed"].integer(0, INT64_MAX, 0));
    part.from = body["from"].duration({});
    part.until = body["until"].duration({});
    part.chaos.every = body["every"].duration(part.chaos.every);
    part.chaos.lasts = body["lasts"].duration(part.chaos.lasts);
    if (part.until <= part.from) body["until"].error("it ends before it begins", "after \"from\"");
    for (const char* key : {"every", "lasts"}) {
      if (body[key] && body[key].duration(seconds(1)) < seconds(1)) {
        body[key].error("that is too short", "at least 1s");
      }
    }
    for (const Cursor& item : body["faults"].items()) {
      const std::optional<FaultKind> kind = fault_kind(item);
      if (kind == FaultKind::HealAll) item.error("that is no fault", "faults end by themselves");
      if (kind) part.chaos.kinds.push_back(*kind);
    }
    if (part.chaos.kinds.empty()) part.chaos.kinds = usual_chaos();
    scenario_.chaos = std::move(part);
  }

  Reader& reader_;
  Scenario& scenario_;
  std::set<std::string> step_ids_;
};

}  // namespace

Scenario parse_scenario(const std::string& text, const std::string& file) {
  const Document document = parse_json(text, file);
  Reader reader(document, file);
  Scenario scenario;
  scenario.file = file;
  Loader(reader, scenario).read(Cursor(reader, &document.json, ""));
  reader.finish();
  return scenario;
}

Scenario load_scenario(const std::string& path) { return parse_scenario(read_file(path), path); }

}  // namespace sim
