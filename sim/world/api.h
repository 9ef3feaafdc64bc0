// The API server's half of a write: defaulting, admission, validation, existence, deletion with
// grace, finalizers and propagation. Each call adds to a plan what is to be written, or answers the
// error that a real API server would. Controllers and kubectl use the same calls.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "sim/model/pod_spec.h"
#include "sim/world/world.h"

namespace sim {

/// A failed call: part of the modelled system, so plain data and never thrown.
struct ApiError {
  int code = 0;         // 404
  Str reason;           // "NotFound"
  std::string message;  // `pods "x" not found`: without "Error from server (NotFound): "
};

struct ApiResult {
  std::optional<ApiError> error;
  Id id = 0;
  ObjectPtr object;      // as it is or will be stored
  bool changed = false;  // false: an update that changes nothing; nothing was added to the plan
  explicit operator bool() const { return !error; }
};

/// Creates an object: names it (generateName), defaults, admits and validates it.
ApiResult api_create(const World& world, Plan& plan, std::shared_ptr<Object> object, Str why,
                     bool dry_run = false);
/// Replaces an object's spec and metadata; status, identity and deletion marks are kept from the
/// stored one.
ApiResult api_update(const World& world, Plan& plan, Ref ref, std::shared_ptr<Object> object,
                     Str why, bool dry_run = false);
/// Replaces an object's status; everything else but annotations is kept.
ApiResult api_update_status(const World& world, Plan& plan, Ref ref, std::shared_ptr<Object> object,
                            Str why);

struct DeleteOptions {
  std::optional<std::int64_t> grace_seconds;  // absent: the object's own
  enum class Propagation { Background, Foreground, Orphan };
  Propagation propagation = Propagation::Background;
  bool dry_run = false;
};
/// Marks an object for deletion, or removes it when nothing holds it.
ApiResult api_delete(const World& world, Plan& plan, Ref ref, const DeleteOptions& options,
                     Str why);
/// Removes a finalizer; the last one gone from an object being deleted removes the object.
void api_remove_finalizer(const World& world, Plan& plan, Ref ref, std::string_view finalizer,
                          Str why);

/// How many pods a cluster may hold: ten times what its nodes run, so that no number of replicas
/// exhausts the machine that podsight runs on. One more is refused as by a ResourceQuota.
std::size_t pod_limit(const World& world);

/// An error's message as controllers and kubectl among other errors show it: `Deployment.apps "x"
/// is invalid: …` where kubectl alone shows `The Deployment "x" is invalid: …`.
std::string status_message(const ApiError& error, Kind kind);
ApiError not_found(Kind kind, std::string_view name);
/// A name for a new object of `owner`: base plus five drawn letters, unused so far. `index` tells
/// apart the names drawn in one plan.
Str generated_name(const World& world, Kind kind, std::string_view ns, std::string_view base,
                   Uid owner, int index);

/// A pod's spec after defaulting and admission, but for what is each pod's own. Doing it again
/// changes nothing, so that pods of one template can share the result: see is_admitted(). It has
/// no priority when its class is not there.
PodSpec admitted_pod_spec(const World& world, const PodSpec& spec);
bool is_admitted(const PodSpec& spec);

}  // namespace sim
