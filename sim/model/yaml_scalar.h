// What a YAML scalar means: the rules by which Kubernetes turns YAML into JSON. They are those of
// YAML 1.1 as go-yaml v2 reads them ("yes" and "off" are booleans, "0777" is octal, dates stay
// text), and not quite any standard. vendor/sigs.k8s.io/yaml/goyaml.v2: resolve.go
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "sim/model/json.h"

namespace sim {

/// The value of a scalar that is neither quoted nor tagged. Infinity and "not a number" come back
/// as floating-point numbers, which JSON cannot hold.
Json yaml_plain(std::string_view text);

/// The value of a scalar with a tag ("tag:yaml.org,2002:int", "!mine"). On failure returns nothing
/// and sets `error` to go-yaml's words.
std::optional<Json> yaml_tagged(std::string_view tag, std::string_view text, std::string* error);

/// The text of a scalar that stands as a key, nothing when it cannot be one (null).
std::optional<std::string> yaml_key(const Json& value);

/// A number that is whole as an integer: Go writes 3.0 as "3" on the way through JSON.
Json whole_number(double value);

}  // namespace sim
