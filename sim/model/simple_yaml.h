// The part of YAML that programs write: block mappings and sequences of plain or simply quoted
// scalars. It is read many times faster than by the whole reader (sim/model/manifest.h), with the
// same result; what has anything more in it is left to that one, mistakes above all.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "sim/model/json.h"

namespace sim {

/// One document; nothing when it is not simple.
std::optional<Json> read_simple_yaml(std::string_view text);

}  // namespace sim
