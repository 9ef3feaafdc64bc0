// The work on one pod at one moment: a copy of its sandbox that is changed as things are decided,
// the plan, and when to look again. The pieces (volumes, environment, probes, status) are functions
// over it; kubelet.cc holds the order in which they come.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/world/api.h"
#include "sim/world/world.h"

namespace sim::kubelet {

struct Worker {
  Worker(const World& world, Id pod_id, Id sandbox_id);

  const World& world;
  Id pod_id;
  const Pod& pod;       // as stored
  const PodSpec& spec;  // what it shares with others: volumes_of() and mounts_of() have the rest
  Id machine_id = 0;
  const Machine& machine;
  Id sandbox_id = 0;
  std::shared_ptr<PodSandbox> sandbox;  // to be written when it differs from the stored one
  Plan plan;
  bool ran_program = false;  // a hook or probe ran: the next one waits for what it wrote

  Time now() const { return world.now(); }
  const Timing& timing() const { return world.timing(); }
  /// Looks at this pod again at `when`; routine looks do not keep the world from being settled.
  void look_again(Time when, bool quiet);
  /// When a sync that failed comes again. k8s 1.30 pkg/kubelet: completeWork, backOffPeriod
  Time next_sync() const;
  void event(std::string_view type, std::string_view reason, std::string message,
             const Container* container = nullptr);
  /// "web_default(8a5c…)": as the kubelet names a pod. k8s 1.30 pkg/kubelet/util/format: Pod
  std::string pod_name() const;
  const Container& container(const ContainerRecord& record) const;
  /// The newest instance of a container, as this plan leaves it; null: none yet.
  std::shared_ptr<const ContainerInstance> instance(const ContainerRecord& record) const;
  bool is_running(const ContainerRecord& record) const;
  bool is_sidecar(const ContainerRecord& record) const;
  bool anything_runs() const;
  /// The machine, to be changed and put into the plan.
  std::shared_ptr<Machine> machine_copy() const;
  /// The contents of a volume, as this plan leaves them.
  std::shared_ptr<const Disk> disk(Id id) const;
};

// containers.cc
/// Init containers one after another, then the others: starts what is to run, sees to what runs.
void run_containers(Worker& worker);
/// Whether all that has to run has run to its end, or never will.
bool is_over(const Worker& worker);

// volumes.cc
/// Sets the pod's volumes up; answers whether all are there. What fails is told as an event and
/// tried again with a growing delay.
bool set_up_volumes(Worker& worker);
/// Writes ConfigMaps and the like again when their source has changed.
void refresh_volumes(Worker& worker);
/// A machine that has restarted mounts what lay in its memory anew, and empty.
void empty_memory_volumes(Worker& worker);
/// Lets the volumes of a pod that has ended go.
void tear_down_volumes(Worker& worker);
/// Looks now and then whether an emptyDir has grown beyond its sizeLimit; answers the kubelet's
/// words for the eviction, or nothing.
std::optional<std::string> over_limit(Worker& worker);

// projections.cc
/// What a ConfigMap, Secret, downward API or projected volume holds: files, or what is missing.
struct ProjectedFile {
  Path path;
  Str bytes;
  std::uint16_t mode = 0644;
};
struct Contents {
  std::vector<ProjectedFile> files;
  std::string error;
};
/// The contents of a volume that mirrors API objects; nothing for other volumes.
std::optional<Contents> projection_of(const Worker& worker, const Volume& volume);
std::uint64_t version_of(const Contents& contents);
/// Files as the kubelet writes them: into a directory of their own, with `..data` pointing at it,
/// so that all of them change at one instant. k8s 1.30 pkg/volume/util: AtomicWriter
Tree atomic_tree(const Worker& worker, const Contents& contents);

// mounts.cc
/// Gives a container that is about to start its mounts, and makes the directories that they and its
/// working directory need. Answers what is wrong; `declared` is its environment by the pod's spec.
struct MountFailure {
  std::string config;   // the kubelet could not prepare it
  std::string runtime;  // the container runtime could not mount it
};
MountFailure mount_all(Worker& worker, const Container& container, const StringMap& declared,
                       ContainerInstance& instance);
/// Lets go of what only this instance had mounted.
void unmount_all(Worker& worker, const ContainerInstance& instance);

// downward.cc
/// The value of a field of the pod, as the downward API gives it. k8s 1.30 pkg/fieldpath
std::string field_value(const Worker& worker, std::string_view path);
/// The value of a container's resource. k8s 1.30 pkg/api/v1/resource:
/// ExtractContainerResourceValue
std::string resource_value(const Worker& worker, const Container* own,
                           const ResourceFieldSelector& wanted);

// environment.cc
/// The environment of a container, or what is missing ("configmap \"app\" not found").
struct Environment {
  StringMap variables;  // all of it but the host's name: see variables_of()
  StringMap declared;   // what the pod's spec and the API server give: what $(NAME) can name
  std::string error;
};
Environment environment_of(Worker& worker, const Container& container);
/// Replaces $(NAME) where NAME is known; $$ is a $. k8s 1.30 third_party/forked/golang/expansion
std::string expand(std::string_view text, const StringMap& variables);
/// The same for a subPathExpr, in which every name must have a value; the names that have none go
/// to `missing`.
std::string expand_strictly(std::string_view text, const StringMap& variables,
                            std::vector<std::string>& missing);

// images.cc
/// Sees to the image of a container; answers whether it is there. `Pulled` has then been told.
bool ensure_image(Worker& worker, ContainerRecord& record, const Container& container);

// probes.cc
/// Runs the probes that are due; one that decides against the container begins to stop it.
void run_probes(Worker& worker, ContainerRecord& record, const Container& container);

// helpers.cc
/// A program beside the container's own, begun or gone on with.
struct HelperResult {
  bool running = false;
  bool timed_out = false;
  std::string cannot_start;
  int exit = 0;
  std::string output;
  std::string errors;  // the part of it on standard error
};
HelperResult run_helper(Worker& worker, const ContainerRecord& record,
                        HelperProcess::Purpose purpose, const ExecAction& action, Time until);
/// Goes on with a postStart hook; answers whether it is over.
bool run_post_start(Worker& worker, ContainerRecord& record);
/// Goes on with a preStop hook; answers whether it is over.
bool run_pre_stop(Worker& worker, ContainerRecord& record);

// instances.cc
/// Makes and starts an instance of a container; false when it could not be (the record says why).
bool start_instance(Worker& worker, ContainerRecord& record, const Container& container);
/// Ends an instance now.
void end_instance(Worker& worker, const ContainerRecord& record, int exit_code,
                  std::string_view reason, std::string_view why);

// stopping.cc
/// The grace period of the pod: its own, or the one that its deletion asked for.
Duration grace_of(const Worker& worker);
/// Begins to stop a running container: tells of it; its hook, SIGTERM and SIGKILL follow.
void begin_stop(Worker& worker, ContainerRecord& record, Duration grace, std::string message);
/// Goes on with it; answers whether it has stopped. SIGTERM waits for the container's turn.
bool go_on_stopping(Worker& worker, ContainerRecord& record, bool its_turn);
/// Stops all that runs, sidecars last; answers whether all has stopped.
bool stop_all(Worker& worker, Duration grace);

// status.cc
/// The status that the sandbox and its instances amount to.
PodStatus status_of(const Worker& worker);
/// Whether an init container has done what the next one waits for.
bool init_done(const Worker& worker, const ContainerRecord& record);

}  // namespace sim::kubelet
