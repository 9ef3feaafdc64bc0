#include "sim/world/scale.h"

#include "sim/model/controller_types.h"

namespace sim {
namespace {

template <class T>
Scale scale_of_kind(const T& object) {
  return {object.spec.replicas.value_or(1), object.status.replicas,
          object.spec.selector ? &*object.spec.selector : nullptr};
}

}  // namespace

std::optional<Scale> scale_of(const Object& object) {
  if (const auto* deployment = as<Deployment>(&object)) return scale_of_kind(*deployment);
  if (const auto* set = as<ReplicaSet>(&object)) return scale_of_kind(*set);
  if (const auto* set = as<StatefulSet>(&object)) return scale_of_kind(*set);
  return std::nullopt;
}

std::shared_ptr<Object> scaled(const Object& object, std::int32_t replicas) {
  std::shared_ptr<Object> copy = copy_of(object);
  if (copy->kind == Kind::Deployment) {
    static_cast<Deployment&>(*copy).spec.replicas = replicas;
  } else if (copy->kind == Kind::ReplicaSet) {
    static_cast<ReplicaSet&>(*copy).spec.replicas = replicas;
  } else if (copy->kind == Kind::StatefulSet) {
    static_cast<StatefulSet&>(*copy).spec.replicas = replicas;
  }
  return copy;
}

}  // namespace sim
