// Objects as JSON and YAML text, strictly: the edges of the simulator. Inside, objects are structs.
//
// encode() gives what the API server would return (keys sorted when printed by dump(); empty
// optional fields left out; timestamps in RFC 3339). decode() reads it back with strict field
// validation.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/meta.h"

namespace sim {

struct PodSpec;
struct PodTemplateSpec;

/// nlohmann::json keeps its keys sorted, which is the order kubectl prints.
using Json = nlohmann::json;

/// The API's JSON of an object, with apiVersion and kind.
Json encode(const Object& object);

/// One thing wrong in a document: `path` as the API server names it ("spec.replicas"), `pointer` as
/// JSON pointer ("/spec/replicas").
struct DecodeError {
  std::string path;
  std::string pointer;
  std::string message;  // "unknown field \"spec.foo\"", "json: cannot unmarshal string into Go
                        // struct field …"
  bool strict = false;  // unknown or duplicate field: refused only under strict validation
};

struct Decoded {
  ObjectPtr object;                 // null when it cannot be read at all
  std::vector<DecodeError> errors;  // strict ones first
};

/// Reads one manifest. The kind is taken from apiVersion and kind; an unknown one is an error
/// (`no matches for kind "X" in version "y"`).
Decoded decode(const Json& json);

/// The group, version and kind that a manifest names; kind is absent when podsight does not know
/// it.
struct TypeName {
  std::string api_version;
  std::string kind;
  std::optional<Kind> known;
};
TypeName type_of(const Json& json);

/// A part of an object, for printers.
Json encode(const PodTemplateSpec& value);
Json encode(const PodSpec& value);

/// YAML as kubectl prints it: keys sorted, lists unindented under their key, strings quoted where
/// they would read as something else.
std::string to_yaml(const Json& json);
/// Indented JSON as `kubectl -o json` prints it (four spaces).
std::string to_json_text(const Json& json);
/// Compact JSON as Go's encoder writes it: what kubectl keeps in annotations and shows of patches,
/// and what a ControllerRevision's hash is taken of.
std::string go_json(const Json& json);

}  // namespace sim
