// Why a file is, or is not, where somebody looks for it: one answer, as data. It has a stable code,
// the places it speaks of, the chain of links from the file to the pod (or where it breaks), the
// evidence, the file's history and the smallest change that would make the file visible. It is
// worked out from the world and its journal, never stored; sentences.h has the words. `see`, `why`,
// expectations and reports all ask here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/graph/chronicle.h"
#include "sim/graph/codes.h"
#include "sim/graph/place_name.h"
#include "sim/world/world.h"

namespace sim {

/// What an answer rests on: a field of an object, or a line of the journal.
struct Evidence {
  std::string object;          // "Pod lab/web-1"
  std::string field;           // "spec.containers[0].volumeMounts[1].mountPath"; may be empty
  std::string value;           // what it says; may be empty
  std::uint64_t revision = 0;  // of the journal; 0: the world as it stands
};
std::string to_string(const Evidence& evidence);

/// The smallest change that would make the file visible.
struct Cure {
  enum class Kind : std::uint8_t {
    None,
    WriteShared,     // write under `at`: both pods mount that volume
    ShareVolume,     // a volume that both mount at `at`, and write there
    ShareInPod,      // an emptyDir that both containers of the pod mount at `at`
    MountHere,       // mount `volume` at `at` in this container too
    MountElsewhere,  // mount what hides it at another path than `at`
    RestartContainer,
    KeepInVolume,  // write under `at`: that volume outlives the container
    AddVolume,     // mount an emptyDir at `at`: it outlives the container
    UseClaim,      // mount a claim at `at`: it outlives the pod
    UseDisk,       // an emptyDir without medium: Memory outlives the machine's restart
    AddKey,        // put the key into `source`
    WaitForRefresh,
    WriteAgain,
    ProvideClaim,  // give the claim `source` a volume
    FreeVolume,    // detach the volume `source` from the other node, or use ReadWriteMany
    ProvideSource,
    FixImage,
    FixScheduling,
    StartNode,
    HealNetwork,
    MendDriver,
    MendRegistry,
    Allow
  };
  Kind kind = Kind::None;
  std::string at;
  std::string volume;
  std::string source;
  bool hides_image = false;  // a volume at `at` would hide what the image has there
};

struct Why {
  WhyCode code = WhyCode::NeverWrittenHere;
  bool visible = false;
  bool read_only = false;
  bool stale = false;     // what is seen is older than its source
  bool detached = false;  // the volume was taken from the node under its mount
  std::string path;
  Str ns;
  Str pod;
  Str container;
  PlaceName here;                  // where the path leads in this container
  std::optional<PlaceName> there;  // where the file is, or was, instead
  std::string decoy;   // an emptyDir's mount path, which people take for the place of the write
  std::string reason;  // the cluster's own words
  Str scaled_down;     // the node that the cluster autoscaler took away
  std::optional<Duration> when;  // since the start: when it was lost, removed, …
  std::string command;           // that did it, as typed
  Str preemptor;                 // the pod that the lost one had to make room for
  std::vector<Evidence> evidence;
  std::vector<Happening> history;
  Cure cure;
  Time start;  // of the scenario, for clocks
};

/// About one container of one pod (which may be gone; then it is known by its uid from the
/// journal). An empty container name means the first one.
Why why(const World& world, Uid pod, std::string_view container, std::string_view path);
Why why(const Chronicle& chronicle, Uid pod, std::string_view container, std::string_view path);

/// Whether the container sees the path now; false when nothing runs.
bool sees(const World& world, Uid pod, std::string_view container, std::string_view path);

}  // namespace sim
