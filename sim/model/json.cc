// The API's JSON as objects, strictly, and back.
#include "sim/model/json.h"

#include <nlohmann/json.hpp>

#include "sim/base/check.h"
#include "sim/base/format.h"
#include "sim/model/json_kinds.h"
#include "sim/model/older_versions.h"

namespace sim {
namespace {

Decoded refused(std::string path, std::string message) {
  Decoded decoded;
  DecodeError error;
  error.pointer = path.empty() ? std::string() : "/" + path;
  error.path = std::move(path);
  error.message = std::move(message);
  decoded.errors.push_back(std::move(error));
  return decoded;
}

std::string text_at(const Json& json, const char* key) {
  const auto at = json.find(key);
  return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
}

}  // namespace

TypeName type_of(const Json& json) {
  TypeName type;
  if (!json.is_object()) return type;
  type.api_version = text_at(json, "apiVersion");
  type.kind = text_at(json, "kind");
  for (int i = 0; i < kApiKindCount; ++i) {
    const Kind kind = static_cast<Kind>(i);
    if (type.kind == info(kind).name && type.api_version == api_version(kind)) type.known = kind;
  }
  return type;
}

Decoded decode(const Json& json) {
  if (!json.is_object()) {
    return refused("", fmt::format("json: cannot unmarshal {} into Go value of type struct {{ "
                                   "APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind "
                                   "string \"json:\\\"kind,omitempty\\\"\" }}",
                                   json::word_of(json)));
  }
  const TypeName type = type_of(json);
  if (!type.known) {
    Json newer = json;
    if (bring_to_kept_version(newer)) return decode(newer);
  }
  // k8s 1.30 apimachinery/pkg/runtime: NewMissingKindErrWithBody, NewMissingVersionErr
  if (type.kind.empty() || type.api_version.empty()) {
    const bool kind = type.kind.empty();
    return refused(kind ? "kind" : "apiVersion",
                   fmt::format("Object '{}' is missing in '{}'", kind ? "Kind" : "apiVersion",
                               json.dump(-1, ' ', false, Json::error_handler_t::replace)));
  }
  if (!type.known) {
    return refused("kind", fmt::format("no matches for kind \"{}\" in version \"{}\"", type.kind,
                                       type.api_version));
  }
  Decoded decoded;
  const bool known = json::read_workload(*type.known, json, decoded) ||
                     json::read_cluster(*type.known, json, decoded) ||
                     json::read_storage(*type.known, json, decoded);
  SIM_CHECK(known);
  return decoded;
}

Json encode(const Object& object) {
  Json json;
  const bool known = json::write_workload(object, json) || json::write_cluster(object, json) ||
                     json::write_storage(object, json);
  SIM_CHECK(known);
  return json;
}

}  // namespace sim
