#include "sim/shell/kubectl_overrides.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/model/manifest.h"
#include "sim/model/merge.h"
#include "sim/model/objects.h"

namespace sim::kubectl {

std::shared_ptr<Object> override_object(const std::shared_ptr<Object>& object, const Flags& flags,
                                        std::string* error) {
  const std::string text = flags.get("overrides");
  if (text.empty()) return object;
  Json overrides;
  try {
    overrides = parse_json(text, "").json;
  } catch (const InputError&) {
    *error = "Invalid JSON Patch";
    return nullptr;
  }
  const std::string type = flags.get("override-type", "merge");
  const Json document = encode(*object);
  std::optional<Json> made;
  if (type == "json") {
    if (overrides.is_array()) made = json_patch(document, overrides, error);
  } else if (type == "strategic") {
    if (overrides.is_object()) made = strategic_merge(document, overrides, object->kind, error);
  } else if (type != "merge") {
    *error = fmt::format("invalid override type: {}", type);
  } else if (overrides.is_object()) {
    made = merge_patch(document, overrides);
  }
  if (!made) {
    if (error->empty()) *error = "Invalid JSON Patch";
    return nullptr;
  }
  // kubectl decodes the result leniently: fields that its kind does not have are lost.
  const Decoded decoded = decode(*made);
  if (decoded.object && decoded.object->kind == object->kind) {
    return copy_api_object(*decoded.object);
  }
  *error = decoded.errors.empty() ? "the overrides make another kind of it"
                                  : decoded.errors.back().message;
  return nullptr;
}

}  // namespace sim::kubectl
