#include "sim/model/older_versions.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace sim {
namespace {

bool says(const Json& json, const char* key, std::string_view text) {
  const auto at = json.find(key);
  return at != json.end() && at->is_string() && at->get_ref<const std::string&>() == text;
}

}  // namespace

bool bring_to_kept_version(Json& json) {
  if (!json.is_object()) return false;
  if (says(json, "kind", "List") && json.contains("items") && json["items"].is_array()) {
    bool any = false;
    for (Json& item : json["items"]) any = bring_to_kept_version(item) || any;
    return any;
  }
  if (!says(json, "kind", "HorizontalPodAutoscaler") ||
      !says(json, "apiVersion", "autoscaling/v1")) {
    return false;
  }
  json["apiVersion"] = "autoscaling/v2";
  constexpr const char* kTarget = "targetCPUUtilizationPercentage";
  const auto spec = json.find("spec");
  if (spec == json.end() || !spec->is_object() || !spec->contains(kTarget)) return true;
  Json metric = {
      {"type", "Resource"},
      {"resource",
       {{"name", "cpu"},
        {"target", {{"type", "Utilization"}, {"averageUtilization", (*spec)[kTarget]}}}}}};
  spec->erase(kTarget);
  (*spec)["metrics"] = Json::array({std::move(metric)});
  return true;
}

}  // namespace sim
