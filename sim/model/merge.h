// The three ways to patch JSON that `kubectl patch` and `kubectl apply` use. All return the patched
// document or set `error` in the API's words.
// k8s 1.30 apimachinery/pkg/util/strategicpatch, jsonmergepatch; RFC 6902, RFC 7396
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "sim/model/json.h"

namespace sim {

/// Lists merge by their patchMergeKey (containers by name, ports by containerPort, …); `$patch`,
/// `$deleteFromPrimitiveList`, `$setElementOrder` and `$retainKeys` are understood.
std::optional<Json> strategic_merge(const Json& document, const Json& patch, Kind kind,
                                    std::string* error);
Json merge_patch(const Json& document, const Json& patch);  // RFC 7396
std::optional<Json> json_patch(const Json& document, const Json& patch, std::string* error);
/// The patch of a three-way apply: deletes what `last_applied` had and `wanted` has not, sets what
/// `wanted` has and `live` has otherwise. The empty patch ("{}") means unchanged; it also comes
/// with an `error`, of a document that cannot be merged (a container without a name).
Json three_way_patch(const Json& last_applied, const Json& wanted, const Json& live, Kind kind,
                     std::string* error = nullptr);

}  // namespace sim
