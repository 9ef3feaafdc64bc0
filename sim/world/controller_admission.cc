#include "sim/world/controller_admission.h"

#include <charconv>

#include "sim/base/format.h"
#include "sim/model/controller_types.h"

namespace sim {
namespace {

constexpr std::string_view kTemplateGeneration = "deprecated.daemonset.template.generation";

// k8s 1.30 pkg/registry/batch/job/strategy.go: generateSelector
void prepare_job(const World& world, Job& job) {
  job.meta.uid = draw_uid(world, job);
  JobSpec& spec = job.spec;
  if (!spec.manual_selector.value_or(false)) {
    const Str uid = to_string(job.meta.uid);
    StringMap& labels = spec.pod_template.edit().meta.labels;
    for (const char* prefix : {"batch.kubernetes.io/", ""}) {
      labels.set(fmt::format("{}job-name", prefix), job.meta.name);
      labels.set(fmt::format("{}controller-uid", prefix), uid);
    }
    StringMap& selected = spec.selector.edit().match_labels;
    if (!selected.contains("batch.kubernetes.io/controller-uid")) {
      selected.set("batch.kubernetes.io/controller-uid", uid);
    }
  }
  if (job.meta.labels.empty() && spec.pod_template) {
    job.meta.labels = spec.pod_template->meta.labels;
  }
}

std::int64_t template_generation(const DaemonSet& set) {
  const Str text = set.meta.annotations.get(kTemplateGeneration);
  const std::string_view digits = text;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

void set_template_generation(DaemonSet& set, std::int64_t number) {
  set.meta.annotations.set(Str(kTemplateGeneration), std::to_string(number));
}

std::optional<ApiError> check_default_class(const World& world, const PriorityClass& made) {
  if (!made.global_default) return std::nullopt;
  for (const Id id : world.store().list(Kind::PriorityClass)) {
    const PriorityClass& other = *world.get<PriorityClass>(id);
    if (!other.global_default || other.meta.name == made.meta.name) continue;
    return ApiError{403, "Forbidden",
                    fmt::format("{} \"{}\" is forbidden: PriorityClass {} is already marked as "
                                "default. Only one default can exist",
                                resource_name(Kind::PriorityClass), made.meta.name,
                                other.meta.name)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<ApiError> admit_controller_create(const World& world, Object& object) {
  if (object.kind == Kind::Job) {
    prepare_job(world, static_cast<Job&>(object));
  } else if (object.kind == Kind::DaemonSet) {
    auto& set = static_cast<DaemonSet&>(object);
    if (template_generation(set) < 1) set_template_generation(set, 1);
  } else if (object.kind == Kind::PriorityClass) {
    object.meta.generation = 1;
    return check_default_class(world, static_cast<PriorityClass&>(object));
  }
  return std::nullopt;
}

std::optional<ApiError> admit_controller_update(const World& world, const Object& before,
                                                Object& after) {
  if (after.kind == Kind::DaemonSet) {
    const auto& old = static_cast<const DaemonSet&>(before);
    auto& set = static_cast<DaemonSet&>(after);
    const bool changed = !(old.spec.pod_template == set.spec.pod_template);
    set_template_generation(set, template_generation(old) + (changed ? 1 : 0));
  } else if (after.kind == Kind::PriorityClass) {
    return check_default_class(world, static_cast<PriorityClass&>(after));
  }
  return std::nullopt;
}

}  // namespace sim
