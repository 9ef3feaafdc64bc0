// What is really there, as against what the API server knows: machines, the pods that kubelets run
// on them, container instances with their processes and writable layers, and the contents of
// volumes. They are rows of the store like any object, so the journal, undo and forks treat them
// alike; only kubelets, faults and programs change them, and no kubectl command shows them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sim/base/box.h"
#include "sim/base/table.h"
#include "sim/files/tree.h"
#include "sim/files/volume_rules.h"
#include "sim/model/cluster_types.h"
#include "sim/model/meta.h"
#include "sim/programs/process.h"

namespace sim {

/// One node's machine; meta.name is the node's name.
struct Machine : Object {
  static constexpr Kind kKind = Kind::Machine;
  Machine() : Object(kKind) {}
  bool powered = true;
  bool reachable = true;              // false: the network is cut, the kubelet goes on
  std::optional<Time> silent_since;   // from then on nothing is heard of its kubelet
  std::optional<Time> booting_until;  // it has power again; its kubelet starts then
  std::int64_t boots = 1;
  std::vector<Str> images;  // normal names of the images present, sorted
  Time pulls_until{};       // one image is pulled at a time: when the last of the queue ends
  Tree host_files;
  std::int32_t pods_addressed = 0;  // how many pod addresses were given out
  std::int32_t number = 0;  // 0, 1, … in order of joining: the third byte of its pods' addresses
  std::shared_ptr<const Node> registration;  // as what its kubelet joins the cluster
  Str group;                                 // the NodeGroup it was made for; empty: none
  bool discarded = false;  // taken away for good, with its disk: it never comes back
  bool told_unschedulable = false;           // what its kubelet last said of its node's cordon
  std::optional<Time> halting_since;         // it shuts down in good order, …
  std::optional<Time> halts_at;              // … and has no power from then on at the latest
  std::uint64_t other_bytes = 0;             // on its disk, of nobody that Kubernetes knows
  std::uint64_t other_memory = 0;            // the same of its memory
  // Under pressure: since when the threshold is met no more; kNever: it still is.
  std::optional<Time> short_of_disk, short_of_memory;
};

/// What a probe has seen of one container instance.
struct ProbeState {
  std::optional<Time> counted_at;  // when a count last changed, so that no tick counts twice
  std::int32_t failures = 0;       // in a row
  std::int32_t successes = 0;      // in a row
  std::optional<bool> result;      // the verdict, after the thresholds
  friend bool operator==(const ProbeState&, const ProbeState&) = default;
};

/// What the kubelet keeps of one container of a pod, across its instances.
struct ContainerRecord {
  Str name;
  bool init = false;
  Id instance = 0;  // the newest ContainerInstance; 0: none yet
  Id previous = 0;  // the one before (its log and lastState)
  std::int32_t restarts = 0;
  Str waiting_reason;  // "ContainerCreating", "ImagePullBackOff", "CrashLoopBackOff", …
  Str waiting_message;
  std::optional<Time> pulling_since;   // an image pull was asked for …
  std::optional<Time> pulling_from;    // … begins when the node's other pulls have ended …
  std::optional<Time> pulling_until;   // … and ends then
  std::optional<Time> starting_until;  // create and start are under way
  bool pull_fails = false;             // … and will fail
  std::optional<Time> retry_at;        // the kubelet's next look at what could not be done
  Str pull_image;                      // what the fields of pulling are about
  std::optional<Time> pull_failed_at;  // the last failed pull; its back-off counts from there
  Duration pull_back_off{};            // the present back-off of image pulls
  Duration restart_back_off{};         // the present back-off of restarts
  bool stale = false;                  // its newest instance belongs to a sandbox that is gone
  bool post_start = false;  // the postStart hook is under way; nobody is told of the container yet
  bool started = false;     // startup probe passed (or there is none) and postStart ran
  ProbeState startup, liveness, readiness;
  // Stopping it: the preStop hook, SIGTERM, SIGKILL.
  std::optional<Time> stopping_since;
  std::optional<Time> stop_by;  // the end of its grace period
  std::optional<Time> term_at;  // SIGTERM reaches it then: the hook has ended, its turn has come
  bool hook_over = false;
  bool term_sent = false;
  bool killed_here = false;  // the kubelet stopped it to start it again in the same breath
  friend bool operator==(const ContainerRecord&, const ContainerRecord&) = default;
};

/// What a mounted volume shows beside its contents: as its driver and its mount options have it.
struct VolumeFace {
  Str source;                    // in `mount` and `df`: "/dev/nvme1n1", "127.0.0.1:/"
  Str fs_type;                   // "ext4", "nfs4"
  Str options;                   // those beside ro and rw
  std::uint64_t shown_size = 0;  // of a file system without an end; 0: its contents' capacity
  VolumeRules rules;
  friend bool operator==(const VolumeFace&, const VolumeFace&) = default;
};

/// A volume set up for a pod.
struct MountedVolume {
  Str name;                // in the pod's spec.volumes
  Id disk = 0;             // its contents; 0: they lie among the node's files …
  Path host;               // … there
  Str device;              // its name among the node's attached volumes; empty: it is not attached
  Str volume;              // the PersistentVolume; empty: none
  bool read_only = false;  // whatever a container asks for
  Box<VolumeFace> face;
  bool memory = false;
  std::uint64_t source_version = 0;  // hash of what a ConfigMap and the like was last written from
  friend bool operator==(const MountedVolume&, const MountedVolume&) = default;
};

/// A volume that could not be set up yet; its kubelet tries again, later each time.
struct PendingVolume {
  Str name;
  Time retry_at{};
  Duration back_off{};
  Time since{};                    // when its kubelet first heard of it
  Str device;                      // its name among the node's attached volumes
  bool attached = false;           // as the API server told
  std::optional<Time> mounted_at;  // its mounting is under way until then
  friend bool operator==(const PendingVolume&, const PendingVolume&) = default;
};

/// One pod on one machine, as its kubelet works on it. meta.name, meta.ns and meta.uid are the
/// pod's.
struct PodSandbox : Object {
  static constexpr Kind kKind = Kind::PodSandbox;
  PodSandbox() : Object(kKind) {}
  Id pod = 0;
  Id machine = 0;
  Str ip;
  std::optional<Time> volumes_at;  // when the volumes' set-up ends
  bool volumes_ready = false;
  bool ready = false;              // the sandbox (network, cgroup) exists
  std::optional<Time> sandbox_at;  // when it will be, or was, ready
  std::vector<MountedVolume> volumes;
  std::vector<PendingVolume> pending_volumes;
  std::optional<Time> refresh_at;  // the next look at ConfigMaps and the like
  std::vector<ContainerRecord> init_containers;
  std::vector<ContainerRecord> containers;
  std::optional<Time> stopping_since;  // termination began
  bool cleaned = false;                // it has ended: its volumes are gone
  std::int64_t boot = 1;               // of the machine, when its sandbox was made
  std::optional<Time> usage_at;        // the next look at how full its emptyDirs are
  Str reason;                          // why the pod failed as a whole ("Evicted", …)
  Str message;
  std::shared_ptr<const Pod> known;  // while the node is cut off: the pod as last heard of
};

/// Where a mount of a container instance leads.
struct InstanceMount {
  Path at;
  Id disk = 0;
  Path sub_path;
  bool read_only = false;
  bool device = false;  // a block device appears there
  Box<VolumeFace> face;
  friend bool operator==(const InstanceMount&, const InstanceMount&) = default;
};

/// A program that the kubelet runs in a container beside its own: a hook or an exec probe.
struct HelperProcess {
  enum class Purpose : std::uint8_t { PostStart, PreStop, Startup, Liveness, Readiness };
  Purpose purpose{};
  Process process;
  Time until{};  // given up then
  Str output;
};

/// Something in a container that answers HTTP: the image's own server, or one that a program began.
struct HttpServer {
  std::int32_t port = 0;
  Str root;     // directory served
  Time from{};  // when it begins to answer
  friend bool operator==(const HttpServer&, const HttpServer&) = default;
};

/// One run of one container: made, running, exited. Its writable layer dies with it.
struct ContainerInstance : Object {
  static constexpr Kind kKind = Kind::ContainerInstance;
  ContainerInstance() : Object(kKind) {}
  enum class State : std::uint8_t { Created, Running, Exited };
  // meta.name is the container's name in the pod's spec, meta.ns the pod's namespace.
  Id sandbox = 0;
  Id pod = 0;
  Id machine = 0;
  std::int32_t attempt = 0;
  Str container_id;  // 64 hex digits
  Str image;         // normal name
  State state = State::Created;
  std::optional<Time> created_at, started_at, finished_at;
  std::int32_t exit_code = 0;
  std::int32_t signal = 0;
  Str reason;  // "Completed", "Error", "OOMKilled", "StartError"
  Str message;
  Tree writable;  // over the image's layers
  bool read_only_root = false;
  std::vector<InstanceMount> mounts;
  // But HOSTNAME, unless the image or the pod gives it: all pods of a template may share it.
  StringMap env;
  Str hostname;
  Box<Process> process;  // null when the image's own server runs
  std::vector<HttpServer> servers;
  std::int32_t sigterm_exit_code =
      -1;   // what SIGTERM makes it exit with; -1: it is ignored (PID 1)
  Str log;  // what it wrote to stdout and stderr, at most the last 1 MiB
  std::uint32_t user = 0;
  std::uint32_t group = 0;
  std::vector<std::uint32_t> groups;   // supplementary ones, fsGroup among them
  std::vector<HelperProcess> helpers;  // those that wait for something
  Str working_dir;
  bool frozen = false;  // its main process hangs: it neither goes on nor answers
};

/// The real contents of one volume. meta.name says which ("emptyDir of …"), for people.
struct Disk : Object {
  static constexpr Kind kKind = Kind::Disk;
  Disk() : Object(kKind) {}
  enum class Medium : std::uint8_t {
    NodeDisk,
    Memory,
    Projection
  };  // Projection: ConfigMap and the like
  Medium medium = Medium::NodeDisk;
  Id machine = 0;  // where it lies; 0: reachable from every node
  Id sandbox = 0;  // whose life it shares; 0: its own
  Str volume;      // the pod's name for it
  Tree tree;
  std::uint64_t capacity = 0;  // bytes; 0: the node's disk or memory
  bool read_only = false;
  bool in_memory = false;  // of a Projection: it lies on a tmpfs, not on the node's disk
};

}  // namespace sim
