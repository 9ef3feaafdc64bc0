// Which file reads and writes which kinds: one of these for each list of kinds in
// sim/model/objects.h, in a file of its own, because the visitors are slow to compile.
#pragma once

#include <string_view>

#include "sim/model/json.h"

namespace sim::json {

/// What Go's encoding/json calls a value: "number", "array".
std::string_view word_of(const Json& json);

/// Each returns false when the kind is of another file.
bool read_workload(Kind kind, const Json& json, Decoded& decoded);
bool read_cluster(Kind kind, const Json& json, Decoded& decoded);
bool read_storage(Kind kind, const Json& json, Decoded& decoded);
bool write_workload(const Object& object, Json& json);
bool write_cluster(const Object& object, Json& json);
bool write_storage(const Object& object, Json& json);

}  // namespace sim::json
