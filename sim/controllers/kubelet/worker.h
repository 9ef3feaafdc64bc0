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
  const Pod& pod;  // as stored
  PodSpec spec;    // the whole one
  Id machine_id = 0;
  const Machine& machine;
  Id sandbox_id = 0;
  std::shared_ptr<PodSandbox> sandbox;  // to be written when it differs from the stored one
  Plan plan;

  Time now() const { return world.now(); }
  const Timing& timing() const { return world.timing(); }
  /// Looks at this pod again at `when`; routine looks do not keep the world from being settled.
  void look_again(Time when, bool quiet);
  void event(std::string_view type, std::string_view reason, std::string message,
             const Container* container = nullptr);
  const Container& container(const ContainerRecord& record) const;
  /// The newest instance of a container, as this plan leaves it; null: none yet.
  std::shared_ptr<const ContainerInstance> instance(const ContainerRecord& record) const;
  bool is_running(const ContainerRecord& record) const;
  bool is_sidecar(const ContainerRecord& record) const;
};

// volumes.cc
/// Sets the pod's volumes up; answers whether all are there. What fails is told as an event and
/// tried again with a growing delay.
bool set_up_volumes(Worker& worker);
/// Writes ConfigMaps and the like again when their source has changed.
void refresh_volumes(Worker& worker);
/// The mounts of a container, parents before children.
std::vector<InstanceMount> mounts_of(const Worker& worker, const Container& container,
                                     const StringMap& environment);
/// Bytes used by an emptyDir beyond its sizeLimit: the kubelet's words for the eviction, or
/// nothing.
std::optional<std::string> over_limit(const Worker& worker);

// environment.cc
/// The environment of a container, or what is missing ("configmap \"app\" not found").
struct Environment {
  StringMap variables;
  std::string error;
};
Environment environment_of(const Worker& worker, const Container& container);
/// Replaces $(NAME) where NAME is known; $$ is a $. k8s 1.30 third_party/forked/golang/expansion
std::string expand(std::string_view text, const StringMap& variables);

// images.cc
/// Sees to the image of a container; answers whether it is there. `Pulled` has then been told.
bool ensure_image(Worker& worker, ContainerRecord& record, const Container& container);

// probes.cc
/// Runs the probes that are due and answers what they decide: true when the container is to be
/// killed.
bool run_probes(Worker& worker, ContainerRecord& record, const Container& container);

// instances.cc
/// Makes and starts an instance of a container; false when it could not be (the record says why).
bool start_instance(Worker& worker, ContainerRecord& record, const Container& container);
/// Ends an instance now.
void end_instance(Worker& worker, const ContainerRecord& record, int exit_code,
                  std::string_view reason, std::string_view why);

// status.cc
/// The status that the sandbox and its instances amount to.
PodStatus status_of(const Worker& worker);
/// Succeeded, Failed, or empty while it may still run.
Str final_phase(const Worker& worker);

}  // namespace sim::kubelet
