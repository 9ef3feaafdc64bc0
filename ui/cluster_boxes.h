// The boxes of the cluster's picture, as data: what stands in the box of one pod with its
// containers, layers and mounts, of one node, of one volume; and how each of them fares. Pure
// functions over the world.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/graph/sight.h"
#include "sim/model/storage_types.h"
#include "sim/world/world.h"

namespace ui {

/// How something fares; each has a sign of its own besides its colour.
enum class Health : std::uint8_t {
  Ready,
  Done,         // it has ended well
  Pending,      // it waits for something
  NotReady,     // it runs, and does not serve
  Failing,      // it crashes, cannot start, has ended badly
  Terminating,  // it is being deleted
  Lost          // what is under it is off: the API server may not know yet
};
inline constexpr std::size_t kHealths = 7;
using Counts = std::array<int, kHealths>;
const char* word_of(Health health, bool korean);
/// The worst of those that are counted: what a summary shows first.
Health worst_of(const Counts& counts);

struct MountLine {
  std::string at;
  std::string kind;    // "emptyDir", "claim", "ConfigMap", …
  std::string source;  // the claim, the ConfigMap, …; else the volume's name in the pod
  std::string volume;  // the box of the volume (see VolumeBox::key); empty: it is the pod's own
  bool read_only = false;
  bool memory = false;
  int part = -1;            // which of the instance's mounts; -1: nothing is mounted yet
  std::size_t entries = 0;  // files and directories in it
  friend bool operator==(const MountLine&, const MountLine&) = default;
};

struct ContainerBox {
  sim::Str name;
  bool init = false;
  sim::Id instance = 0;  // the newest; 0: none yet
  bool runs = false;
  Health health = Health::Pending;
  std::string word;  // the cluster's own: "CrashLoopBackOff"
  int restarts = 0;
  std::string image;                 // without registry and path
  std::vector<std::string> written;  // what its writable layer holds, the first few
  std::size_t written_entries = 0;
  std::vector<MountLine> mounts;
  friend bool operator==(const ContainerBox&, const ContainerBox&) = default;
};

struct PodBox {
  sim::Id id = 0;
  sim::Uid uid;
  sim::Str ns;
  sim::Str name;
  sim::Id node = 0;  // 0: none
  Health health = Health::Pending;
  std::string word;     // the STATUS of `kubectl get pods`
  std::string lineage;  // the controller that would replace it; empty: nobody would
  std::vector<ContainerBox> containers;
  /// At zoom 1, with all its lines.
  float height() const;
  friend bool operator==(const PodBox&, const PodBox&) = default;
};

struct NodeBox {
  sim::Id id = 0;
  sim::Str name;
  std::string zone;
  Health health = Health::Ready;
  std::string word;  // "Ready", "NotReady,SchedulingDisabled", "off"
  bool up = true;    // its machine has power and can be reached
  Counts pods{};
  int total() const;
};

struct VolumeBox {
  std::string key;
  std::string kind;  // "claim", "PersistentVolume", "hostPath", "NFS"
  std::string name;
  std::string word;  // "Bound", "Pending", …
  Health health = Health::Ready;
  std::vector<std::string> lines;  // the volume behind it, class, size, modes
  sim::Ref object;                 // what a click opens; none: it is no object of the API
  sim::Ref persistent;             // the PersistentVolume; none
  sim::Id node = 0;                // where it lies; 0: reachable from several
  std::size_t users = 0;           // mounts of it that are shown
  float height() const;
};

Health health_of(const sim::World& world, const sim::Pod& pod, bool node_up);
PodBox pod_box(const sim::World& world, sim::Id pod, bool node_up);
/// Without the counts of its pods.
NodeBox node_box(const sim::World& world, sim::Id node);
VolumeBox claim_box(const sim::World& world, sim::Id claim);
VolumeBox persistent_box(const sim::World& world, sim::Id volume);
/// Which box the volume of a pod has; empty: it is the pod's own.
std::string volume_key(const sim::World& world, const sim::Pod& pod, const sim::Volume& volume);
/// The box that a shared volume of a pod has; an empty key: the pod's own volume.
VolumeBox box_of_volume(const sim::World& world, const sim::Pod& pod, const sim::Volume& volume);

}  // namespace ui
