// The scale subresource: what it shows of the kinds that have a number of replicas, and how that
// number is set. k8s 1.30 pkg/registry/apps: ScaleREST
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "sim/world/world.h"

namespace sim {

struct Scale {
  std::int32_t wanted = 0;
  std::int32_t present = 0;
  const LabelSelector* selector = nullptr;  // the object's own
};

/// Nothing for kinds without a scale subresource.
std::optional<Scale> scale_of(const Object& object);
/// A copy of an object of such a kind, with so many replicas wanted.
std::shared_ptr<Object> scaled(const Object& object, std::int32_t replicas);

}  // namespace sim
