// The tables of the kinds in controller_types.h. k8s 1.30 pkg/printers/internalversion
#include <algorithm>

#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/model/labels.h"
#include "sim/shell/printers_kinds.h"

namespace sim::kubectl {
namespace {

std::string selector_text(const Box<LabelSelector>& selector) {
  return format_label_selector(selector ? &*selector : nullptr);
}

std::string amount_text(const std::optional<IntOrString>& value) {
  if (!value) return "N/A";
  return value->is_string ? value->text.str() : std::to_string(value->number);
}

bool has_condition(const JobStatus& status, std::string_view type) {
  return std::any_of(status.conditions.begin(), status.conditions.end(),
                     [&](const JobCondition& c) { return c.type == type && c.status == "True"; });
}

// k8s 1.30 pkg/printers/internalversion: printJob
std::string job_status(const Job& job) {
  for (const char* type : {"Complete", "Failed"}) {
    if (has_condition(job.status, type)) return type;
  }
  if (job.meta.deletion_timestamp) return "Terminating";
  for (const char* type : {"Suspended", "FailureTarget"}) {
    if (has_condition(job.status, type)) return type;
  }
  return "Running";
}

std::string job_completions(const Job& job) {
  if (job.spec.completions) {
    return fmt::format("{}/{}", job.status.succeeded, *job.spec.completions);
  }
  const std::int32_t parallelism = job.spec.parallelism.value_or(0);
  if (parallelism > 1) return fmt::format("{}/1 of {}", job.status.succeeded, parallelism);
  return fmt::format("{}/1", job.status.succeeded);
}

std::string job_duration(const World& world, const Job& job) {
  if (!job.status.start_time) return "";
  const Time end =
      job.status.completion_time ? job.status.completion_time->whole_seconds() : world.now();
  return human_duration(end - job.status.start_time->whole_seconds());
}

// k8s 1.30 pkg/printers/internalversion: formatHPAMetrics
std::string metrics_text(const HorizontalPodAutoscaler& autoscaler) {
  constexpr std::size_t kMost = 2;
  const auto& metrics = autoscaler.spec.metrics;
  if (metrics.empty()) return "<none>";
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < metrics.size() && i < kMost; ++i) {
    if (!metrics[i].resource) {
      parts.emplace_back("<unknown type>");
      continue;
    }
    const auto& seen = autoscaler.status.current_metrics;
    const bool known = i < seen.size() && seen[i].resource;
    const MetricTarget& target = metrics[i].resource->target;
    std::string current = "<unknown>";
    std::string wanted = "<auto>";
    if (target.average_value) {
      if (known && seen[i].resource->current.average_value) {
        current = seen[i].resource->current.average_value->text();
      }
      wanted = target.average_value->text();
    } else {
      if (known && seen[i].resource->current.average_utilization) {
        current = fmt::format("{}%", *seen[i].resource->current.average_utilization);
      }
      if (target.average_utilization) wanted = fmt::format("{}%", *target.average_utilization);
    }
    parts.push_back(fmt::format("{}: {}/{}", metrics[i].resource->name, current, wanted));
  }
  std::string text = fmt::format("{}", fmt::join(parts, ", "));
  if (metrics.size() > kMost) text += fmt::format(" + {} more...", metrics.size() - kMost);
  return text;
}

// k8s 1.30 pkg/printers/internalversion: printControllerRevision, formatResourceName
std::string controller_text(const Object& object) {
  const OwnerReference* owner = object.meta.controller();
  if (!owner) return "<none>";
  const std::string_view version = owner->api_version;
  const std::size_t slash = version.find('/');
  std::string kind = owner->kind.str();
  if (slash != std::string_view::npos) kind += fmt::format(".{}", version.substr(0, slash));
  std::transform(kind.begin(), kind.end(), kind.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return fmt::format("{}/{}", kind, owner->name);
}

std::string number(std::int64_t value) { return std::to_string(value); }

const PodSpec& pods_of(const Box<PodTemplateSpec>& pod_template) {
  static const PodSpec none;
  return pod_template ? pod_template->spec : none;
}

}  // namespace

Columns controller_header(Kind kind) {
  switch (kind) {
    case Kind::StatefulSet:
      return {{"NAME", "READY", "AGE"}, {"CONTAINERS", "IMAGES"}};
    case Kind::DaemonSet:
      return {{"NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR",
               "AGE"},
              {"CONTAINERS", "IMAGES", "SELECTOR"}};
    case Kind::ControllerRevision:
      return {{"NAME", "CONTROLLER", "REVISION", "AGE"}, {}};
    case Kind::Job:
      return {{"NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE"},
              {"CONTAINERS", "IMAGES", "SELECTOR"}};
    case Kind::CronJob:
      return {{"NAME", "SCHEDULE", "TIMEZONE", "SUSPEND", "ACTIVE", "LAST SCHEDULE", "AGE"},
              {"CONTAINERS", "IMAGES", "SELECTOR"}};
    case Kind::PodDisruptionBudget:
      return {{"NAME", "MIN AVAILABLE", "MAX UNAVAILABLE", "ALLOWED DISRUPTIONS", "AGE"}, {}};
    case Kind::PriorityClass:
      return {{"NAME", "VALUE", "GLOBAL-DEFAULT", "AGE"}, {}};
    case Kind::HorizontalPodAutoscaler:
      return {{"NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"}, {}};
    default:
      return {};
  }
}

Columns controller_cells(const World& world, const Object& object) {
  const std::string name = object.meta.name.str();
  const std::string since = age(world, object.meta.creation_timestamp);
  switch (object.kind) {
    case Kind::StatefulSet: {
      const auto& set = static_cast<const StatefulSet&>(object);
      const PodSpec& pods = pods_of(set.spec.pod_template);
      return {{name, fmt::format("{}/{}", set.status.ready_replicas, set.spec.replicas.value_or(1)),
               since},
              {containers_text(pods, false), containers_text(pods, true)}};
    }
    case Kind::DaemonSet: {
      const auto& set = static_cast<const DaemonSet&>(object);
      const DaemonSetStatus& status = set.status;
      const PodSpec& pods = pods_of(set.spec.pod_template);
      return {
          {name, number(status.desired_number_scheduled), number(status.current_number_scheduled),
           number(status.number_ready), number(status.updated_number_scheduled),
           number(status.number_available), labels_text(pods.node_selector), since},
          {containers_text(pods, false), containers_text(pods, true),
           selector_text(set.spec.selector)}};
    }
    case Kind::ControllerRevision:
      return {{name, controller_text(object),
               number(static_cast<const ControllerRevision&>(object).revision), since},
              {}};
    case Kind::Job: {
      const auto& job = static_cast<const Job&>(object);
      const PodSpec& pods = pods_of(job.spec.pod_template);
      return {{name, job_status(job), job_completions(job), job_duration(world, job), since},
              {containers_text(pods, false), containers_text(pods, true),
               selector_text(job.spec.selector)}};
    }
    case Kind::CronJob: {
      const auto& cron = static_cast<const CronJob&>(object);
      const PodSpec& pods = pods_of(cron.spec.job_template.spec.pod_template);
      const char* suspended = !cron.spec.suspend   ? "<unset>"
                              : *cron.spec.suspend ? "True"
                                                   : "False";
      return {
          {name, cron.spec.schedule.str(), cron.spec.time_zone.value_or("<none>").str(), suspended,
           number(static_cast<std::int64_t>(cron.status.active.size())),
           cron.status.last_schedule_time ? age(world, cron.status.last_schedule_time) : "<none>",
           since},
          {containers_text(pods, false), containers_text(pods, true),
           selector_text(cron.spec.job_template.spec.selector)}};
    }
    case Kind::PodDisruptionBudget: {
      const auto& budget = static_cast<const PodDisruptionBudget&>(object);
      return {
          {name, amount_text(budget.spec.min_available), amount_text(budget.spec.max_unavailable),
           number(budget.status.disruptions_allowed), since},
          {}};
    }
    case Kind::PriorityClass: {
      const auto& priority = static_cast<const PriorityClass&>(object);
      return {{name, number(priority.value), priority.global_default ? "true" : "false", since},
              {}};
    }
    case Kind::HorizontalPodAutoscaler: {
      const auto& autoscaler = static_cast<const HorizontalPodAutoscaler&>(object);
      const auto& target = autoscaler.spec.scale_target_ref;
      return {
          {name, fmt::format("{}/{}", target.kind, target.name), metrics_text(autoscaler),
           autoscaler.spec.min_replicas ? number(*autoscaler.spec.min_replicas) : "<unset>",
           number(autoscaler.spec.max_replicas), number(autoscaler.status.current_replicas), since},
          {}};
    }
    default:
      return {};
  }
}

}  // namespace sim::kubectl
