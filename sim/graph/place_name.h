// Places by the names that people know: "the emptyDir volume "tmp" of pod web-1, mounted at /tmp".
// A PlaceName is data; sentences.h has the words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/graph/chronicle.h"
#include "sim/graph/route.h"
#include "sim/model/pod_types.h"
#include "sim/model/storage_types.h"

namespace sim {

struct PlaceName {
  Place::Where where = Place::Where::Nowhere;
  Str kind;           // of a volume: "emptyDir", "hostPath", "PersistentVolumeClaim", …
  Str volume;         // its name in the pod's spec
  Str source;         // the claim, the ConfigMap, the path on the node, …
  Str persistent;     // the PersistentVolume behind a claim
  Str storage_class;  // … and its class
  std::vector<Str> access_modes;
  std::string at;       // where it is mounted
  bool memory = false;  // an emptyDir in memory
  bool shared = false;  // it does not live and die with one pod
  Str pod;              // whose layer or volume it is, when it is one pod's
  Str container;
  Str image;
  Str node;  // where it lies; empty: reachable from every node
};

/// A volume of a pod's spec, by the kind, source and claim that stand behind it.
PlaceName name_volume(const World& world, const Pod& pod, const Volume& volume);
/// The volume of the pod's spec with that name; null: none. `spec` is the pod's whole spec.
const Volume* find_volume(const PodSpec& spec, std::string_view name);
/// The container of a pod's spec; null: none. An empty name is the first.
const Container* find_container(const PodSpec& spec, std::string_view name);
/// The mount of a container's spec with the longest path over this one; null: none.
const VolumeMount* mount_over(const Container& container, const Path& path);

/// The place where a path leads in an instance.
PlaceName name_place(const Chronicle& chronicle, const Pod& pod, const ContainerInstance& instance,
                     const Route& route);
/// A place by its row alone: of an earlier container, of a pod that is gone.
PlaceName name_place(const Chronicle& chronicle, const Place& place);

/// What stands behind a file of a ConfigMap, Secret, projected or downward API volume.
struct Source {
  bool mirrors = false;  // the volume is one of those
  bool has = false;      // its source has the file now
  bool known = false;    // and with these bytes:
  std::string bytes;
  std::string object;  // "ConfigMap lab/app"
};
Source source_of(const World& world, const Pod& pod, const Volume& volume, const Path& file);

}  // namespace sim
