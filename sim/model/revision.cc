#include "sim/model/revision.h"

#include <nlohmann/json.hpp>

#include "sim/base/hash.h"
#include "sim/model/go_text.h"
#include "sim/model/json.h"

namespace sim {

ControllerRevisionData revision_of(const PodTemplateSpec& pod_template) {
  ControllerRevisionData data;
  RevisionTemplate& made = data.spec.edit().pod_template.edit();
  made.patch = "replace";
  made.pod_template = pod_template;
  return data;
}

const PodTemplateSpec* template_of(const ControllerRevision& revision) {
  if (!revision.data || !revision.data->spec || !revision.data->spec->pod_template) return nullptr;
  return &revision.data->spec->pod_template->pod_template;
}

std::string revision_hash(const ControllerRevisionData& data,
                          std::optional<std::int32_t> collision_count) {
  Json pod_template = encode(data.spec->pod_template->pod_template);
  pod_template["$patch"] = data.spec->pod_template->patch.str();
  Json patch;
  patch["spec"]["template"] = std::move(pod_template);
  std::string text = go_json(patch);
  if (collision_count) text += std::to_string(*collision_count);
  return safe_hash_text(fnv132(text));
}

}  // namespace sim
