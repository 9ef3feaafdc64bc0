// A scenario as it is read from its file: the cluster, the people's text, the steps. Plain data;
// every part that can be wrong only when it runs keeps the pointer of its place in the file.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/engine/cluster.h"
#include "sim/model/json.h"
#include "sim/world/fault.h"

namespace sim {

/// What people read, by language; English is always there.
struct Text {
  std::string en;
  std::string ko;
  bool empty() const { return en.empty(); }
  const std::string& in(const std::string& language) const {
    return language == "ko" && !ko.empty() ? ko : en;
  }
};

struct Expectation;

/// What a step does. Every action comes down to lines that a person could type.
struct Action {
  enum class Kind { Shell, Kubectl, Exec, Apply, Fault, Load, Advance };
  Kind kind = Kind::Shell;
  std::string pointer;
  std::string script;  // Shell: the lines; Kubectl: what follows "kubectl "; Load: "sim load "
  std::string pod;     // Exec, Fault: a reference
  std::string container;
  std::vector<std::string> argv;            // Exec
  std::shared_ptr<const Json> manifests;    // Apply: an array of manifests
  Fault fault;                              // of a pod: `pod` says which
  std::optional<Duration> at;               // Fault: so much later, …
  std::optional<ObjectCondition> when;      // … or once this holds, …
  std::shared_ptr<const Expectation> asks;  // … or this, of what no object tells
  Duration time{};                          // Advance
};

/// What must hold.
struct Expectation {
  enum class Kind { Sees, Why, HasObject, HasEvent, Printed, Not, All, Any };
  Kind kind = Kind::All;
  std::string pointer;
  std::string id;
  Text text;
  Duration within{};
  Duration hold{};

  std::string path;  // Sees, Why
  std::string container;
  std::vector<std::pair<std::string, bool>> pods;  // Sees: reference → must see
  std::optional<bool> others;
  struct Every {
    std::string ns;
    StringMap labels;
    bool is = true;
  };
  std::optional<Every> every;
  std::string pod;  // Why
  std::string code;
  std::string object_kind;  // Object
  std::string ns;
  std::string name;
  StringMap labels;
  std::shared_ptr<const Json> match;
  std::optional<std::int64_t> count;
  std::string reason;  // Event
  std::string about;
  std::optional<std::string> equals;  // Output
  std::optional<std::string> contains;
  std::optional<std::int64_t> exit;
  std::vector<Expectation> parts;  // Not (one), All, Any
};

struct Question {  // where a file is asked for
  std::string pod;
  std::string container;
  std::string path;
};

struct Prediction {
  Text ask;
  struct Option {
    std::string id;
    Text text;
    Text feedback;
    std::string misconception;
    Expectation holds;
  };
  std::vector<Option> options;
  std::string matrix_path;
  std::string matrix_container;
  std::vector<std::string> matrix_pods;
};

/// Some actions that a person could take, and what is to be said of them.
struct Attempt {
  std::string pointer;
  Text text;
  std::vector<Action> actions;
};

/// An experiment on a copy of the cluster, made once the goals of a task hold.
struct Experiment {
  std::string id;
  Attempt attempt;
  std::vector<Expectation> expect;
};

/// What the learner is to bring about, by whatever commands: the goals are states. The author
/// proves that they can be reached, and are not reached by the attempts that look right and are
/// not.
struct Exercise {
  std::string pointer;
  Text ask;
  std::vector<Expectation> goals;
  std::vector<Text> hints;         // from vague to plain
  std::vector<Attempt> solutions;  // the first is the one that a run plays
  std::vector<Attempt> must_fail;
  std::vector<Experiment> probes;
};

struct ScenarioStep {
  std::string id;
  std::string pointer;
  Text title;
  Text say;
  std::optional<Prediction> predict;
  std::optional<Action> action;
  std::optional<Exercise> task;  // instead of an action
  bool until_settled = false;
  std::optional<Expectation> until;
  Duration within = minutes(10);
  std::vector<Expectation> expect;
  std::vector<Question> explain;
};

/// A what-if: other steps from one moment of the scenario on. When both have been taken, it is
/// compared who sees what after the step it stands in for, and after its own.
struct Fork {
  std::string id;
  std::string pointer;
  Text title;
  std::string before;  // the step that it stands in for
  std::vector<ScenarioStep> steps;
  std::vector<std::string> compare;  // paths; empty: those that its steps ask about
};

/// Random faults, from one time since the start to another.
struct ChaosPart {
  Duration from{};
  Duration until{};
  Chaos chaos;
  bool own_seed = false;  // else the run's seed is taken
};

/// A name for a pod whose real name nobody knows beforehand.
struct PodReference {
  std::string pointer;
  std::string owner_kind;  // "Deployment"
  std::string owner_name;
  std::string pod;  // instead of an owner: the pod's own name
  std::string ns = "default";
  std::int64_t nth = 0;                 // by order of creation
  std::vector<std::string> bind_after;  // steps; empty: looked up whenever it is used
};

struct Misconception {
  Text belief;
  Text refute;
};

struct Scenario {
  std::string file;
  std::string id;
  std::int64_t revision = 1;
  Text title;
  Text summary;
  std::vector<std::string> locales;
  ClusterSpecification cluster;
  std::vector<std::shared_ptr<const Json>> manifests;  // applied before the first step
  std::map<std::string, Misconception> misconceptions;
  std::map<std::string, PodReference> refs;
  std::map<std::string, std::shared_ptr<const Json>> library;
  std::optional<ChaosPart> chaos;
  std::vector<ScenarioStep> steps;
  std::vector<Fork> forks;
  std::string fingerprint;  // asserted when not empty: 16 hex digits
};

/// Reads and checks a scenario. Throws InputError with every mistake and its place.
Scenario load_scenario(const std::string& path);
Scenario parse_scenario(const std::string& text, const std::string& file);

/// What a cluster file holds: "sim" and "cluster" of a scenario.
struct ClusterFile {
  ClusterSpecification cluster;
  std::vector<std::shared_ptr<const Json>> manifests;
};
ClusterFile load_cluster(const std::string& path);
ClusterFile parse_cluster(const std::string& text, const std::string& file);
/// The cluster of `podsight shell` without --cluster: two nodes in two zones and a few known
/// images.
ClusterFile default_cluster();
const char* default_cluster_text();

}  // namespace sim
