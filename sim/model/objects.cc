#include "sim/model/objects.h"

#include <algorithm>

#include "sim/base/check.h"

namespace sim {
namespace {

template <class T>
constexpr bool kHasStatus = requires(T& object) {
  object.status;
};

void reset(Namespace& ns) {
  ns.status = {};
  ns.status.phase = "Active";
  auto& finalizers = ns.spec.finalizers;
  if (std::find(finalizers.begin(), finalizers.end(), "kubernetes") == finalizers.end()) {
    finalizers.emplace_back("kubernetes");
  }
}
// A node says itself what it is, and admission gives a pod its first status.
void reset(Node&) {}
void reset(Pod&) {}
void reset(PersistentVolume& volume) {
  volume.status = {};
  volume.status.phase = "Pending";
}
void reset(PersistentVolumeClaim& claim) {
  claim.status = {};
  claim.status.phase = "Pending";
}
template <class T>
void reset(T& object) {
  if constexpr (kHasStatus<T>) object.status = {};
}

}  // namespace

std::shared_ptr<Object> copy_api_object(const Object& object) {
  std::shared_ptr<Object> copy;
  visit_kind(object.kind, [&]<class T>(KindType<T>) {
    copy = std::make_shared<T>(static_cast<const T&>(object));
  });
  SIM_CHECK(copy != nullptr);
  return copy;
}

bool equal_api_objects(const Object& a, const Object& b) {
  bool equal = false;
  visit_kind(a.kind, [&]<class T>(KindType<T>) {
    equal = static_cast<const T&>(a) == static_cast<const T&>(b);
  });
  return equal;
}

void copy_status(const Object& from, Object& to) {
  visit_kind(to.kind, [&]<class T>(KindType<T>) {
    if constexpr (kHasStatus<T>) static_cast<T&>(to).status = static_cast<const T&>(from).status;
  });
  if (to.kind == Kind::Namespace) {
    static_cast<Namespace&>(to).spec = static_cast<const Namespace&>(from).spec;
  }
}

void reset_status(Object& object) {
  visit_kind(object.kind, [&]<class T>(KindType<T>) { reset(static_cast<T&>(object)); });
}

}  // namespace sim
