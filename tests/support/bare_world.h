// A world in which nobody acts: objects are put there as a test wants them, and one look of one
// controller is asked for.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "sim/world/world.h"

namespace sim::testing {

class BareWorld {
 public:
  BareWorld() : world_(std::make_shared<Settings>()) {
    auto ns = std::make_shared<Namespace>();
    ns->meta.name = "default";
    create(ns);
  }

  const World& world() const { return world_; }
  void run_for(Duration duration) { advance_clock(world_, world_.now() + duration); }

  template <class T>
  Id create(std::shared_ptr<T> object) {
    Plan plan;
    const Id id = plan.create(world_, std::move(object), "test");
    carry_out(std::move(plan));
    return id;
  }
  void carry_out(Plan plan) { apply(world_, std::move(plan), {0, "test"}); }

 private:
  World world_;
};

inline OwnerReference controller_of(const Object& object) {
  OwnerReference owner;
  owner.api_version = Str(api_version(object.kind));
  owner.kind = Str(info(object.kind).name);
  owner.name = object.meta.name;
  owner.uid = object.meta.uid;
  owner.controller = true;
  owner.block_owner_deletion = true;
  return owner;
}

/// A template of one container, told from others by its image.
inline PodTemplateSpec pod_template(const std::string& image) {
  PodTemplateSpec made;
  made.meta.labels.set("app", "web");
  made.spec.containers.emplace_back();
  made.spec.containers.front().name = "web";
  made.spec.containers.front().image = Str(image);
  return made;
}

inline LabelSelector selector_of(const StringMap& labels) {
  LabelSelector made;
  made.match_labels = labels;
  return made;
}

}  // namespace sim::testing
