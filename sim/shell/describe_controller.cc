// `kubectl describe` of the kinds in controller_types.h. k8s 1.32 kubectl/pkg/describe
#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/model/labels.h"
#include "sim/shell/describe_parts.h"
#include "sim/shell/printers.h"

namespace sim::kubectl {
namespace {

std::string selector_text(const Box<LabelSelector>& selector) {
  return format_label_selector(selector ? &*selector : nullptr);
}

std::string amount_text(const IntOrString& value) {
  return value.is_string ? value.text.str() : std::to_string(value.number);
}

void describe_pods(std::string& out, const Box<PodTemplateSpec>& pod_template) {
  describe_template(out, pod_template ? *pod_template : PodTemplateSpec());
}

// k8s 1.32 kubectl/pkg/describe: getPodStatusForController
std::string pod_phases(const World& world, const Object& owner) {
  int running = 0, waiting = 0, succeeded = 0, failed = 0;
  for (const Id id : world.store().controlled_by(owner.meta.uid, Kind::Pod)) {
    const Str& phase = world.get<Pod>(id)->status.phase;
    running += phase == "Running";
    waiting += phase == "Pending";
    succeeded += phase == "Succeeded";
    failed += phase == "Failed";
  }
  return fmt::format("Pods Status:\t{} Running / {} Waiting / {} Succeeded / {} Failed\n", running,
                     waiting, succeeded, failed);
}

// k8s 1.32 kubectl/pkg/describe: describeVolumeClaimTemplates
void describe_claims(std::string& out, const std::vector<PersistentVolumeClaim>& claims) {
  if (claims.empty()) {
    out += "Volume Claims:\t<none>\n";
    return;
  }
  out += "Volume Claims:\n";
  for (const PersistentVolumeClaim& claim : claims) {
    const Str* old_class = claim.meta.annotations.find("volume.beta.kubernetes.io/storage-class");
    const Str storage_class =
        old_class ? *old_class : claim.spec.storage_class_name.value_or(Str());
    out += fmt::format("  Name:\t{}\n  StorageClass:\t{}\n", claim.meta.name, storage_class);
    describe_labels(out, "  Labels", claim.meta.labels);
    describe_labels(out, "  Annotations", claim.meta.annotations);
    const Quantity* size = claim.spec.resources.requests.find("storage");
    out += fmt::format("  Capacity:\t{}\n  Access Modes:\t[{}]\n",
                       size ? size->text() : std::string("<default>"),
                       fmt::join(claim.spec.access_modes, " "));
  }
}

std::string describe_stateful_set(const World& world, const StatefulSet& set) {
  std::string out = fmt::format(
      "Name:\t{}\nNamespace:\t{}\nCreationTimestamp:\t{}\nSelector:\t{}\n", set.meta.name,
      set.meta.ns, describe_time(set.meta.creation_timestamp), selector_text(set.spec.selector));
  describe_labels(out, "Labels", set.meta.labels);
  describe_annotations(out, "Annotations", set.meta.annotations);
  out += fmt::format("Replicas:\t{} desired | {} total\nUpdate Strategy:\t{}\n",
                     set.spec.replicas.value_or(1), set.status.replicas,
                     set.spec.update_strategy.type);
  const auto& rolling = set.spec.update_strategy.rolling_update;
  if (rolling && rolling->partition) {
    out += fmt::format("  Partition:\t{}\n", *rolling->partition);
    if (rolling->max_unavailable) {
      out += fmt::format("  MaxUnavailable:\t{}\n", amount_text(*rolling->max_unavailable));
    }
  }
  out += pod_phases(world, set);
  describe_pods(out, set.spec.pod_template);
  describe_claims(out, set.spec.volume_claim_templates);
  return out;
}

std::string describe_daemon_set(const World& world, const DaemonSet& set) {
  const PodTemplateSpec none;
  const PodTemplateSpec& pods = set.spec.pod_template ? *set.spec.pod_template : none;
  std::string out =
      fmt::format("Name:\t{}\nSelector:\t{}\nNode-Selector:\t{}\n", set.meta.name,
                  selector_text(set.spec.selector), labels_text(pods.spec.node_selector));
  describe_labels(out, "Labels", set.meta.labels);
  describe_annotations(out, "Annotations", set.meta.annotations);
  const DaemonSetStatus& status = set.status;
  out += fmt::format(
      "Desired Number of Nodes Scheduled: {}\nCurrent Number of Nodes Scheduled: {}\n"
      "Number of Nodes Scheduled with Up-to-date Pods: {}\n"
      "Number of Nodes Scheduled with Available Pods: {}\nNumber of Nodes Misscheduled: {}\n",
      status.desired_number_scheduled, status.current_number_scheduled,
      status.updated_number_scheduled, status.number_available, status.number_misscheduled);
  out += pod_phases(world, set);
  describe_pods(out, set.spec.pod_template);
  return out;
}

// k8s 1.32 kubectl/pkg/describe: capIndexesListOrNone
std::string indexes_text(std::string_view indexes) {
  constexpr std::size_t kSoftLimit = 50;
  if (indexes.empty()) return "<none>";
  if (indexes.size() <= kSoftLimit) return std::string(indexes);
  const std::size_t comma = indexes.find(',', kSoftLimit);
  if (comma == std::string_view::npos) return std::string(indexes);
  return fmt::format("{}...", indexes.substr(0, comma + 1));
}

std::string describe_job(const Job& job) {
  const JobSpec& spec = job.spec;
  const JobStatus& status = job.status;
  std::string out = fmt::format("Name:\t{}\nNamespace:\t{}\nSelector:\t{}\n", job.meta.name,
                                job.meta.ns, selector_text(spec.selector));
  describe_labels(out, "Labels", job.meta.labels);
  describe_annotations(out, "Annotations", job.meta.annotations);
  if (const OwnerReference* owner = job.meta.controller()) {
    out += fmt::format("Controlled By:\t{}/{}\n", owner->kind, owner->name);
  }
  if (spec.parallelism) out += fmt::format("Parallelism:\t{}\n", *spec.parallelism);
  out += spec.completions ? fmt::format("Completions:\t{}\n", *spec.completions)
                          : "Completions:\t<unset>\n";
  if (spec.completion_mode) out += fmt::format("Completion Mode:\t{}\n", *spec.completion_mode);
  if (spec.suspend) out += fmt::format("Suspend:\t{}\n", *spec.suspend);
  if (spec.backoff_limit) out += fmt::format("Backoff Limit:\t{}\n", *spec.backoff_limit);
  if (spec.ttl_seconds_after_finished) {
    out += fmt::format("TTL Seconds After Finished:\t{}\n", *spec.ttl_seconds_after_finished);
  }
  if (status.start_time) out += fmt::format("Start Time:\t{}\n", describe_time(status.start_time));
  if (status.completion_time) {
    out += fmt::format("Completed At:\t{}\n", describe_time(status.completion_time));
  }
  if (status.start_time && status.completion_time) {
    out += fmt::format("Duration:\t{}\n", human_duration(status.completion_time->whole_seconds() -
                                                         status.start_time->whole_seconds()));
  }
  if (spec.active_deadline_seconds) {
    out += fmt::format("Active Deadline Seconds:\t{}s\n", *spec.active_deadline_seconds);
  }
  const std::string ready = status.ready ? fmt::format(" ({} Ready)", *status.ready) : "";
  out += fmt::format("Pods Statuses:\t{} Active{} / {} Succeeded / {} Failed\n", status.active,
                     ready, status.succeeded, status.failed);
  if (spec.completion_mode == Str("Indexed")) {
    out += fmt::format("Completed Indexes:\t{}\n", indexes_text(status.completed_indexes));
  }
  describe_pods(out, spec.pod_template);
  return out;
}

std::string describe_cron_job(const CronJob& cron) {
  const auto number_or_unset = [](const auto& value, std::string_view unit = "") {
    return value ? fmt::format("{}{}", *value, unit) : std::string("<unset>");
  };
  const CronJobSpec& spec = cron.spec;
  std::string out = describe_head(cron);
  out += fmt::format("Schedule:\t{}\nConcurrency Policy:\t{}\nSuspend:\t{}\n", spec.schedule,
                     spec.concurrency_policy,
                     !spec.suspend   ? "<unset>"
                     : *spec.suspend ? "True"
                                     : "False");
  out += fmt::format("Successful Job History Limit:\t{}\nFailed Job History Limit:\t{}\n",
                     number_or_unset(spec.successful_jobs_history_limit),
                     number_or_unset(spec.failed_jobs_history_limit));
  out += fmt::format("Starting Deadline Seconds:\t{}\n",
                     number_or_unset(spec.starting_deadline_seconds, "s"));
  const JobSpec& job = spec.job_template.spec;
  out += fmt::format("Selector:\t{}\nParallelism:\t{}\nCompletions:\t{}\n",
                     job.selector ? selector_text(job.selector) : "<unset>",
                     number_or_unset(job.parallelism), number_or_unset(job.completions));
  if (job.active_deadline_seconds) {
    out += fmt::format("Active Deadline Seconds:\t{}s\n", *job.active_deadline_seconds);
  }
  describe_pods(out, job.pod_template);
  out += fmt::format("Last Schedule Time:\t{}\nActive Jobs:\t",
                     describe_time(cron.status.last_schedule_time));
  std::vector<Str> active;
  for (const ObjectReference& one : cron.status.active) active.push_back(one.name);
  return out + (active.empty() ? "<none>\n" : fmt::format("{}\n", fmt::join(active, ", ")));
}

std::string describe_budget(const PodDisruptionBudget& budget) {
  std::string out = fmt::format("Name:\t{}\nNamespace:\t{}\n", budget.meta.name, budget.meta.ns);
  if (budget.spec.min_available) {
    out += fmt::format("Min available:\t{}\n", amount_text(*budget.spec.min_available));
  } else if (budget.spec.max_unavailable) {
    out += fmt::format("Max unavailable:\t{}\n", amount_text(*budget.spec.max_unavailable));
  }
  out += fmt::format("Selector:\t{}\n",
                     budget.spec.selector ? selector_text(budget.spec.selector) : "<unset>");
  const PodDisruptionBudgetStatus& status = budget.status;
  return out + fmt::format(
                   "Status:\n    Allowed disruptions:\t{}\n    Current:\t{}\n    "
                   "Desired:\t{}\n    Total:\t{}\n",
                   status.disruptions_allowed, status.current_healthy, status.desired_healthy,
                   status.expected_pods);
}

std::string describe_priority_class(const PriorityClass& priority) {
  return fmt::format(
      "Name:\t{}\nValue:\t{}\nGlobalDefault:\t{}\nPreemptionPolicy:\t{}\nDescription:\t{}\n"
      "Annotations:\t{}\n",
      priority.meta.name, priority.value, priority.global_default,
      priority.preemption_policy.value_or(Str()), priority.description,
      labels_text(priority.meta.annotations));
}

// k8s 1.32 kubectl/pkg/describe: printDirectionBehavior
void describe_scaling(std::string& out, std::string_view direction,
                      const Box<HPAScalingRules>& rules) {
  if (!rules) return;
  out += fmt::format("  {}:\n", direction);
  if (rules->stabilization_window_seconds) {
    out +=
        fmt::format("    Stabilization Window: {} seconds\n", *rules->stabilization_window_seconds);
  }
  if (rules->policies.empty()) return;
  out +=
      fmt::format("    Select Policy: {}\n    Policies:\n", rules->select_policy.value_or("Max"));
  for (const HPAScalingPolicy& policy : rules->policies) {
    out += fmt::format("      - Type: {}\tValue: {}\tPeriod: {} seconds\n", policy.type,
                       policy.value, policy.period_seconds);
  }
}

std::string describe_autoscaler(const HorizontalPodAutoscaler& autoscaler) {
  const HorizontalPodAutoscalerSpec& spec = autoscaler.spec;
  const HorizontalPodAutoscalerStatus& status = autoscaler.status;
  std::string out = describe_head(autoscaler);
  out += fmt::format("CreationTimestamp:\t{}\nReference:\t{}/{}\nMetrics:\t( current / target )\n",
                     describe_time(autoscaler.meta.creation_timestamp), spec.scale_target_ref.kind,
                     spec.scale_target_ref.name);
  for (std::size_t i = 0; i < spec.metrics.size(); ++i) {
    const MetricSpec& metric = spec.metrics[i];
    if (!metric.resource) continue;
    const MetricTarget& target = metric.resource->target;
    const bool told =
        i < status.current_metrics.size() && status.current_metrics[i].resource.has_value();
    const MetricValueStatus now =
        told ? status.current_metrics[i].resource->current : MetricValueStatus();
    const std::string average = now.average_value ? now.average_value->text() : "";
    out += fmt::format("  resource {} on pods", metric.resource->name);
    if (target.average_value) {
      out += fmt::format(":\t{} / {}\n", average.empty() ? "<unknown>" : average,
                         target.average_value->text());
    } else {
      const std::string percent = now.average_utilization
                                      ? fmt::format("{}% ({})", *now.average_utilization, average)
                                      : std::string("<unknown>");
      out +=
          fmt::format("  (as a percentage of request):\t{} / {}\n", percent,
                      target.average_utilization ? fmt::format("{}%", *target.average_utilization)
                                                 : std::string("<auto>"));
    }
  }
  out += fmt::format("Min replicas:\t{}\nMax replicas:\t{}\n",
                     spec.min_replicas ? std::to_string(*spec.min_replicas) : "<unset>",
                     spec.max_replicas);
  if (spec.behavior) {
    out += "Behavior:\n";
    describe_scaling(out, "Scale Up", spec.behavior->scale_up);
    describe_scaling(out, "Scale Down", spec.behavior->scale_down);
  }
  out += fmt::format("{} pods:\t{} current / {} desired\n", spec.scale_target_ref.kind,
                     status.current_replicas, status.desired_replicas);
  if (status.conditions.empty()) return out;
  out += "Conditions:\n  Type\tStatus\tReason\tMessage\n  ----\t------\t------\t-------\n";
  for (const HorizontalPodAutoscalerCondition& condition : status.conditions) {
    out += fmt::format("  {}\t{}\t{}\t{}\n", condition.type, condition.status, condition.reason,
                       condition.message);
  }
  return out;
}

}  // namespace

std::string describe_controller(const World& world, const Object& object) {
  switch (object.kind) {
    case Kind::StatefulSet:
      return describe_stateful_set(world, static_cast<const StatefulSet&>(object));
    case Kind::DaemonSet:
      return describe_daemon_set(world, static_cast<const DaemonSet&>(object));
    case Kind::Job:
      return describe_job(static_cast<const Job&>(object));
    case Kind::CronJob:
      return describe_cron_job(static_cast<const CronJob&>(object));
    case Kind::PodDisruptionBudget:
      return describe_budget(static_cast<const PodDisruptionBudget&>(object));
    case Kind::PriorityClass:
      return describe_priority_class(static_cast<const PriorityClass&>(object));
    case Kind::HorizontalPodAutoscaler:
      return describe_autoscaler(static_cast<const HorizontalPodAutoscaler&>(object));
    case Kind::ControllerRevision:
      return describe_head(object);
    default:
      return "";
  }
}

}  // namespace sim::kubectl
