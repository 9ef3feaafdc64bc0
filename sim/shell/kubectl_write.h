// Writes as the API server takes them from kubectl: JSON in, an answer out. Bodies and patches are
// decoded under field validation, patches are applied to what is stored, and every refusal has the
// server's own words. Nothing is written but into the call's plan.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/shell/kubectl_objects.h"

namespace sim::kubectl {

/// The annotation that holds what `kubectl apply` applied last.
inline constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/// --validate: what becomes of fields that the kind does not have.
enum class Validation { Strict, Warn, Ignore };

struct WriteOptions {
  Str why;
  bool dry_run = false;
  Validation validation = Validation::Warn;
};

/// The API server's answer to a write.
struct Answer {
  std::optional<ApiError> error;
  Ref ref;                            // of the object that is, or will be, stored
  ObjectPtr object;                   // as it is, or will be, stored
  bool changed = false;               // false: it was so already
  std::vector<std::string> warnings;  // without "Warning: "
  std::shared_ptr<const Json> shown;  // when what is answered is no stored object (a Scale)
};

/// POST of a body, and of an object that kubectl has made itself.
Answer create_json(Call& call, const Json& body, const WriteOptions& options);
Answer create_object(Call& call, std::shared_ptr<Object> object, const WriteOptions& options);
/// PUT of a body over an object.
Answer replace_json(Call& call, Ref ref, const Json& body, const WriteOptions& options);
enum class PatchType { Strategic, Merge, Json };
/// PATCH of an object or of its "status" or "scale".
Answer patch_json(Call& call, Ref ref, const Json& patch, PatchType type,
                  std::string_view subresource, const WriteOptions& options);

/// An object as the writes of this call so far will leave it.
ObjectPtr current_object(const Call& call, Ref ref);
std::optional<Ref> find_object(const Call& call, Kind kind, std::string_view ns,
                               std::string_view name);

}  // namespace sim::kubectl
