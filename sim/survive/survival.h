// What survives what: the answer of `podsight survive` as data. For each place of a container in
// which files can be written, and each thing that can happen to a workload, the fate of a file that
// lay there. battery.h finds the answer, forms.h shows it, rules.h judges it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/time.h"
#include "sim/graph/codes.h"

namespace sim {

/// What happens to a workload, one at a time, each on a copy of the same moment.
enum class Trial : std::uint8_t {
  ContainerCrash,
  PodDelete,
  Rollout,
  Scale,
  Drain,
  NodeCrash,
  NodeReboot,
  ZoneLoss,
  ClaimDelete,
  NamespaceDelete
};
inline constexpr int kTrialCount = 10;
std::string_view name_of(Trial trial);  // "pod-delete"
std::optional<Trial> parse_trial(std::string_view name);
std::vector<std::string> trial_names();
/// What is done, in one clause.
std::string_view words_of(Trial trial, std::string_view language);

enum class Fate : std::uint8_t {
  None,        // the trial does not concern this place
  Kept,        // a pod of the workload sees the file when all is quiet again
  Lost,        // nothing holds it any more
  Unreachable  // it is still there, and no pod of the workload sees it
};
std::string_view name_of(Fate fate);  // "unreachable"

/// What brings a file back that is out of reach.
enum class Until : std::uint8_t {
  Never,         // nothing that happens by itself
  ZoneReturns,   // the zone has its power again
  NodeIsDeleted  // somebody deletes the Node object: a person, or the cloud whose machine it was
};

struct Outcome {
  Fate fate = Fate::None;
  Duration gap{};                    // for so long no pod saw the file, until one saw it again
  Until until = Until::Never;        // Unreachable: it is seen again then, and …
  Duration back_after{};             // … so long after that
  std::vector<std::string> seen_by;  // pods, by name
  std::size_t running = 0;           // pods of the workload in which this container runs
  WhyCode code = WhyCode::PodNotRunning;
  std::string why;        // one sentence, as `podsight why` says it
  std::string meanwhile;  // why nobody saw it during the gap
  std::string stuck;      // what the workload hangs on, when it does not come to rest as it should
};

/// One place of a container.
struct SurvivingPath {
  std::string path;      // a mount's, a data directory's, or where the writable layer is written
  std::string holder;    // what holds it: "claim data (gp3, ReadWriteOnce, Delete)"
  bool layer = false;    // the writable layer as such: no mount, no known data directory
  bool is_data = false;  // the image is known to keep its data there
  bool scratch = false;  // declared as a cache: its loss alarms nobody
  std::string problem;   // why no file could be written there; then there are no outcomes
  std::vector<Outcome> outcomes;  // in order of Survival::trials
};

struct ContainerSurvival {
  std::string name;
  std::string image;
  std::vector<SurvivingPath> paths;
};

struct WorkloadSurvival {
  std::string kind;
  std::string ns;
  std::string name;
  std::size_t pods = 0;
  std::string pod;  // the one in which the files were written, and which is struck
  std::string node;
  std::string zone;
  std::string problem;  // why nothing of it runs; then there are no containers
  std::vector<ContainerSurvival> containers;
};

/// It should have pods that run, and has none.
inline bool does_not_come_up(const WorkloadSurvival& workload) {
  return !workload.problem.empty() && workload.pods > 0;
}

struct Survival {
  std::vector<Trial> trials;
  std::vector<std::string> notes;  // what was assumed, and left out
  std::vector<WorkloadSurvival> workloads;
};

}  // namespace sim
