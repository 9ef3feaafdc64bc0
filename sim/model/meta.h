// What every Kubernetes object has: its kind, its names and identity, labels, owners, finalizers
// and the times of its making and of its deletion. Object is the base of all kinds; an ObjectPtr is
// a row of the store, immutable once written.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/str.h"
#include "sim/base/string_map.h"
#include "sim/base/time.h"
#include "sim/model/kinds.h"

namespace sim {

/// A version 4 UUID; all zero means none yet.
struct Uid {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  explicit operator bool() const { return high != 0 || low != 0; }
  friend auto operator<=>(const Uid&, const Uid&) = default;
};
/// "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx", or "" for none.
std::string to_string(Uid uid);
std::optional<Uid> parse_uid(std::string_view text);

/// metav1.MicroTime: a time shown with microseconds.
struct MicroTime {
  std::optional<Time> time;
  friend bool operator==(const MicroTime&, const MicroTime&) = default;
};

/// A number or a string: a port by number or name, a count or a percentage.
struct IntOrString {
  bool is_string = false;
  std::int32_t number = 0;
  Str text;
  friend bool operator==(const IntOrString&, const IntOrString&) = default;
};

struct OwnerReference {
  Str api_version;
  Str kind;
  Str name;
  Uid uid;
  std::optional<bool> controller;
  std::optional<bool> block_owner_deletion;
  friend bool operator==(const OwnerReference&, const OwnerReference&) = default;
};

struct ObjectMeta {
  Str name;
  Str generate_name;
  Str ns;  // empty for cluster-scoped kinds
  Uid uid;
  std::uint64_t resource_version = 0;
  std::int64_t generation = 0;
  std::optional<Time> creation_timestamp;
  std::optional<Time> deletion_timestamp;
  std::optional<std::int64_t> deletion_grace_period_seconds;
  StringMap labels;
  StringMap annotations;
  std::vector<OwnerReference> owner_references;
  std::vector<Str> finalizers;

  /// The owner that controls this object, or null.
  const OwnerReference* controller() const;
  friend bool operator==(const ObjectMeta&, const ObjectMeta&) = default;
};

/// The base of every kind. Objects are made as their own type (std::make_shared<Pod>) and read
/// through ObjectPtr; `kind` says which type it is: see as<T>().
struct Object {
  explicit Object(Kind k) : kind(k) {}
  Kind kind;
  ObjectMeta meta;
  friend bool operator==(const Object&, const Object&) = default;
};
using ObjectPtr = std::shared_ptr<const Object>;

/// The object as a T when that is its kind, else null.
template <class T>
const T* as(const Object* object) {
  return object && object->kind == T::kKind ? static_cast<const T*>(object) : nullptr;
}
template <class T>
const T* as(const ObjectPtr& object) {
  return as<T>(object.get());
}
template <class T>
std::shared_ptr<const T> share_as(const ObjectPtr& object) {
  return object && object->kind == T::kKind ? std::static_pointer_cast<const T>(object) : nullptr;
}

bool has_finalizer(const Object& object, std::string_view finalizer);
/// Whether it was not there yet.
bool add_finalizer(Object& object, std::string_view finalizer);

}  // namespace sim
