// The journal from the point of view of files: which changes touched which layer or volume, what is
// gone and what it was, and which command a change goes back to. It is read from a world in one
// pass and may be asked many times.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/graph/route.h"
#include "sim/world/world.h"

namespace sim {

/// What a person, a fault or a program began.
struct Origin {
  std::uint64_t revision = 0;
  std::string text;  // as typed; empty: nobody typed it
};

class Chronicle {
 public:
  explicit Chronicle(const World& world);

  const World& world() const { return world_; }
  /// Changes that made, changed or removed the files of a ContainerInstance, Disk or Machine, or
  /// ended it, in order of time.
  const std::vector<const Change*>& of(Ref row) const;
  /// Rows of the kinds ContainerInstance and Disk that are gone, in order of their going.
  const std::vector<const Change*>& gone() const { return gone_; }
  /// PersistentVolumes that are gone, in order of their going.
  const std::vector<const Change*>& gone_volumes() const { return gone_volumes_; }
  /// Every instance that the journal knows of a container of a pod, oldest first.
  std::vector<Id> instances_of(Id pod, std::string_view container) const;
  /// A row as it stands, or as it last was.
  ObjectPtr last(Ref row) const;
  template <class T>
  std::shared_ptr<const T> last(Id id) const {
    return share_as<T>(last(Ref{T::kKind, id}));
  }
  /// The last that is known of a pod with this uid; `id` may be null.
  std::shared_ptr<const Pod> pod(Uid uid, Id* id) const;
  /// The command or fault that a change follows from.
  Origin origin(std::uint64_t revision) const;
  /// The same of a change that ended a pod or a part of it: what asked for the pod's deletion, when
  /// something did. (A kubelet that is at work on a pod already goes on from an earlier cause.)
  Origin origin_of_end(const Change& change) const;
  /// Restarts of a machine: when each began.
  std::vector<Time> boots(Id machine) const;

 private:
  const World& world_;
  std::map<Ref, std::vector<const Change*>> changes_;
  std::vector<const Change*> gone_;
  std::vector<const Change*> gone_volumes_;
  std::map<Ref, ObjectPtr> former_;  // the last of rows that are gone
  std::map<Uid, Id> pods_;           // those that are gone
  std::map<std::pair<Id, Str>, std::vector<Id>> instances_;
  std::map<Id, std::vector<Time>> boots_;
  std::map<Id, std::uint64_t> deletions_;  // of pods: when each began
};

/// One thing that happened to a file in one place.
struct Happening {
  enum class What : std::uint8_t {
    Created,
    CopiedUp,  // an image's file was changed: the layer now has a copy of its own
    Changed,
    Removed,
    HiddenBelow,  // an image's file was removed: a whiteout hides it
    Lost,         // the layer or volume ended with the file in it
    Emptied       // the memory it lay in lost its contents
  };
  What what = What::Created;
  Time time{};
  std::uint64_t revision = 0;
  Place place;
  Origin origin;
};
/// What happened at a place of a layer or volume, in order. `image_has`: an image layer below has a
/// file there.
std::vector<Happening> happenings(const Chronicle& chronicle, const Place& place, bool image_has);

}  // namespace sim
