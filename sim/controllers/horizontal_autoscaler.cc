#include "sim/controllers/horizontal_autoscaler.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/controllers/horizontal_autoscaler_math.h"
#include "sim/model/labels.h"
#include "sim/model/pod_facts.h"
#include "sim/world/api.h"
#include "sim/world/heartbeat.h"
#include "sim/world/metrics.h"
#include "sim/world/pod_control.h"
#include "sim/world/scale.h"

namespace sim::horizontal_autoscaler {
namespace {

constexpr std::string_view kComponent = "horizontal-pod-autoscaler";
// k8s 1.30 kube-controller-manager: --horizontal-pod-autoscaler-cpu-initialization-period,
// --horizontal-pod-autoscaler-initial-readiness-delay
constexpr Duration kCpuInitialization = minutes(5);
constexpr Duration kInitialReadiness = seconds(30);

std::string memory_name(Id id) { return fmt::format("hpa-{}", id); }

/// What has a number of replicas.
struct Target {
  Ref ref;
  const Object* object = nullptr;
  const LabelSelector* selector = nullptr;
  std::int32_t replicas = 0;
};

Target target_of(const World& world, std::string_view ns, std::string_view kind,
                 std::string_view name) {
  Target target;
  const std::optional<Kind> known = kind_called(kind);
  if (!known || info(*known).name != kind) return target;
  target.ref = {*known, world.store().find(*known, ns, name)};
  const Object* object = world.store().get(target.ref);
  if (const std::optional<Scale> scale = object ? scale_of(*object) : std::nullopt) {
    target.object = object;
    target.selector = scale->selector;
    target.replicas = scale->wanted;
  }
  return target;
}

class Sync {
 public:
  Sync(const World& world, Id id, const HorizontalPodAutoscaler& autoscaler)
      : world_(world),
        ref_{Kind::HorizontalPodAutoscaler, id},
        autoscaler_(autoscaler),
        spec_(autoscaler.spec),
        status_(autoscaler.status),
        meter_(world) {
    const Id known = world.store().find(Kind::ScalingMemory, "", memory_name(id));
    if (known != 0) memory_ = *world.get<ScalingMemory>(known);
    memory_ref_ = {Kind::ScalingMemory, known};
  }

  Plan run() {
    const Time tick = sync_at_or_after(world_.now());
    if (world_.now() < tick) {
      plan_.wake(tick, Actor::Autoscaler, ref_);
      return std::move(plan_);
    }
    scale();
    write_status();
    write_memory();
    return std::move(plan_);
  }

 private:
  struct Totals {
    std::int32_t replicas = -1;  // -1: no metric says any
    std::string metric;
    std::string error;
  };

  /// The first look comes a period after it was made.
  Time sync_at_or_after(Time time) const {
    const Time made = autoscaler_.meta.creation_timestamp.value_or(world_.settings().start);
    return tick_at_or_after(made + kSyncPeriod, kSyncPeriod, time);
  }
  void look_again(Time when, bool quiet) {
    const Time next = sync_at_or_after(std::max(when, world_.now() + Duration{1}));
    plan_.wake(next, Actor::Autoscaler, ref_, quiet);
  }
  void event(std::string_view type, std::string_view reason, std::string message) {
    plan_.event(controller_event(ref_, kComponent, type, reason, std::move(message)));
  }

  void condition(std::string_view type, bool holds, std::string_view reason, std::string message);
  void scale();
  void rescale(const Target& target, std::int32_t wanted, const std::string& reason);
  std::string ambiguity(const Target& target, const std::vector<Id>& pods);
  Totals propose(const Target& target);
  Proposal propose_for(const MetricSpec& metric, std::int32_t current);
  std::vector<PodSample> samples(bool cpu, bool with_requests, std::string* wrong);
  PodSample::Group group_of(const Pod& pod, const std::optional<PodUsage>& told, bool cpu);
  void await_changes();
  void write_status();
  void write_memory();

  const World& world_;
  const Ref ref_;
  const HorizontalPodAutoscaler& autoscaler_;
  const HorizontalPodAutoscalerSpec& spec_;
  HorizontalPodAutoscalerStatus status_;
  Meter meter_;
  ScalingMemory memory_;
  Ref memory_ref_;
  std::vector<Id> pods_;
  Plan plan_;
};

void Sync::condition(std::string_view type, bool holds, std::string_view reason,
                     std::string message) {
  auto at = std::find_if(status_.conditions.begin(), status_.conditions.end(),
                         [&](const auto& each) { return each.type == type; });
  if (at == status_.conditions.end()) {
    status_.conditions.emplace_back();
    at = status_.conditions.end() - 1;
    at->type = Str(type);
  }
  const std::string_view value = holds ? "True" : "False";
  if (at->status != value) at->last_transition_time = world_.now();
  at->status = Str(value);
  at->reason = Str(reason);
  at->message = Str(message);
}

// k8s 1.30 pkg/controller/podautoscaler: reconcileAutoscaler
void Sync::scale() {
  const CrossVersionObjectReference& ref = spec_.scale_target_ref;
  const Target target = target_of(world_, autoscaler_.meta.ns, ref.kind, ref.name);
  if (!target.object) {
    const std::string_view version = ref.api_version;
    const std::string_view group = version.substr(0, version.find('/'));
    const std::optional<Kind> kind = kind_called(ref.kind);
    const std::string error =
        target.ref.id == 0 && kind && info(*kind).name == ref.kind
            ? not_found(*kind, ref.name).message
            : fmt::format("no matches for kind \"{}\" in group \"{}\"", ref.kind,
                          version.find('/') == std::string_view::npos ? "" : group);
    event("Warning", "FailedGetScale", error);
    condition("AbleToScale", false, "FailedGetScale",
              "the HPA controller was unable to get the target's current scale: " + error);
    look_again(world_.now() + kSyncPeriod, true);
    return;
  }
  condition("AbleToScale", true, "SucceededGetScale",
            "the HPA controller was able to get the target's current scale");
  const std::int32_t current = target.replicas;
  const std::int32_t min = spec_.min_replicas.value_or(1);
  if (memory_.recommendations.empty()) memory_.recommendations.push_back({world_.now(), current});
  std::int32_t desired = current;
  std::string reason;
  if (current == 0 && min != 0) {
    desired = 0;
    condition("ScalingActive", false, "ScalingDisabled",
              "scaling is disabled since the replica count of the target is zero");
    remember(memory_, spec_, -1, world_.now());
  } else if (current > spec_.max_replicas) {
    desired = spec_.max_replicas;
    reason = "Current number of replicas above Spec.MaxReplicas";
    remember(memory_, spec_, -1, world_.now());
  } else if (current < min) {
    desired = min;
    reason = "Current number of replicas below Spec.MinReplicas";
    remember(memory_, spec_, -1, world_.now());
  } else {
    const Totals totals = propose(target);
    if (totals.replicas < 0) {
      event("Warning", "FailedComputeMetricsReplicas", totals.error);
      status_.current_replicas = current;
      remember(memory_, spec_, -1, world_.now());
      await_changes();
      look_again(world_.now() + kSyncPeriod, true);
      return;
    }
    const Decision decision =
        decide_replicas(spec_, memory_, current, totals.replicas, world_.now());
    condition("AbleToScale", true, decision.able_reason, std::string(decision.able_message));
    condition("ScalingLimited", decision.limited, decision.limit_reason,
              std::string(decision.limit_message));
    remember(memory_, spec_, totals.replicas, world_.now());
    desired = decision.replicas;
    // Why is told by what was recommended, not by what is left of it.
    reason = totals.replicas > current ? totals.metric + " above target" : "";
    if (totals.replicas < current) reason = "All metrics below target";
    if (decision.lasts_until) look_again(*decision.lasts_until, true);
    if (decision.limited && totals.replicas != desired && desired == current) {
      const std::string_view limit = decision.limit_reason;
      if (limit == "ScaleUpLimit" || limit == "ScaleDownLimit") {
        look_again(world_.now() + kSyncPeriod, true);
      }
    }
    await_changes();
  }
  status_.current_replicas = current;
  status_.desired_replicas = desired;
  if (desired != current) rescale(target, desired, reason);
}

void Sync::rescale(const Target& target, std::int32_t wanted, const std::string& reason) {
  const ApiResult answer = api_update(world_, plan_, target.ref, scaled(*target.object, wanted),
                                      Str(fmt::format("scaled to {}: {}", wanted, reason)));
  if (!answer) {
    event(
        "Warning", "FailedRescale",
        fmt::format("New size: {}; reason: {}; error: {}", wanted, reason, answer.error->message));
    condition("AbleToScale", false, "FailedUpdateScale",
              "the HPA controller was unable to update the target scale: " + answer.error->message);
    status_.desired_replicas = autoscaler_.status.desired_replicas;
    look_again(world_.now() + kSyncPeriod, true);
    return;
  }
  condition("AbleToScale", true, "SucceededRescale",
            fmt::format("the HPA controller was able to update the target scale to {}", wanted));
  event("Normal", "SuccessfulRescale", fmt::format("New size: {}; reason: {}", wanted, reason));
  remember_scaling(memory_, spec_, target.replicas, wanted, world_.now());
  status_.last_scale_time = world_.now();
  look_again(world_.now() + kSyncPeriod, false);
}

/// Whose pods they are as well. k8s: validateAndParseSelector
std::string Sync::ambiguity(const Target& target, const std::vector<Id>& pods) {
  std::vector<std::string> all;
  for (const Id id : world_.store().list(Kind::HorizontalPodAutoscaler, autoscaler_.meta.ns)) {
    const auto& other = *world_.get<HorizontalPodAutoscaler>(id);
    const CrossVersionObjectReference& ref = other.spec.scale_target_ref;
    const Target its = target_of(world_, other.meta.ns, ref.kind, ref.name);
    if (!its.object) continue;
    const bool selects = std::any_of(pods.begin(), pods.end(), [&](Id pod) {
      return matches(its.selector, world_.get<Pod>(pod)->meta.labels);
    });
    if (selects) all.push_back(fmt::format("{{{} {}}}", other.meta.name, other.meta.ns));
  }
  if (all.size() < 2) return "";
  return fmt::format("pods by selector {} are controlled by multiple HPAs: [{}]",
                     format_label_selector(target.selector), fmt::join(all, " "));
}

// k8s: computeReplicasForMetrics
Sync::Totals Sync::propose(const Target& target) {
  Totals totals;
  const auto fail = [&](std::string_view reason, std::string error) {
    event("Warning", reason, error);
    condition("ScalingActive", false, reason, error);
    totals.error = std::move(error);
    return totals;
  };
  if (!target.selector) {
    event("Warning", "SelectorRequired", "selector is required");
    condition("ScalingActive", false, "InvalidSelector",
              "the HPA target's scale is missing a selector");
    totals.error = "selector is required";
    return totals;
  }
  for (const Id id : world_.store().list(Kind::Pod, autoscaler_.meta.ns)) {
    if (matches(target.selector, world_.get<Pod>(id)->meta.labels)) pods_.push_back(id);
  }
  if (std::string error = ambiguity(target, pods_); !error.empty()) {
    return fail("AmbiguousSelector", std::move(error));
  }
  status_.current_metrics.clear();
  std::size_t invalid = 0;
  std::string first_error;
  std::string first_reason;
  for (const MetricSpec& metric : spec_.metrics) {
    MetricStatus& seen = status_.current_metrics.emplace_back();
    if (!metric.resource) {
      ++invalid;
      continue;
    }
    const ResourceMetricSource& source = *metric.resource;
    const Proposal proposal = propose_for(metric, target.replicas);
    if (!proposal.error.empty()) {
      event("Warning", "FailedGetResourceMetric", proposal.error);
      if (invalid++ == 0) {
        first_reason = "the HPA was unable to compute the replica count: " + proposal.error;
        first_error =
            fmt::format("failed to get {} resource metric value: {}", source.name, proposal.error);
      }
      continue;
    }
    seen.type = "Resource";
    ResourceMetricStatus& value = seen.resource.edit();
    value.name = source.name;
    value.current.average_utilization = proposal.utilization;
    value.current.average_value = Quantity::of_milli(proposal.average);
    if (proposal.replicas > totals.replicas) {
      totals.replicas = proposal.replicas;
      totals.metric =
          proposal.utilization
              ? fmt::format("{} resource utilization (percentage of request)", source.name)
              : fmt::format("{} resource", source.name);
    }
  }
  if (invalid >= spec_.metrics.size() || (invalid > 0 && totals.replicas < target.replicas)) {
    totals.error = fmt::format("invalid metrics ({} invalid out of {}), first error is: {}",
                               invalid, spec_.metrics.size(), first_error);
    condition("ScalingActive", false, "FailedGetResourceMetric", first_reason);
    totals.replicas = -1;
    return totals;
  }
  if (invalid > 0) look_again(world_.now() + kSyncPeriod, true);
  condition("ScalingActive", true, "ValidMetricFound",
            fmt::format("the HPA was able to successfully calculate a replica count from {}",
                        totals.metric));
  return totals;
}

// k8s: computeStatusForResourceMetricGeneric
Proposal Sync::propose_for(const MetricSpec& metric, std::int32_t current) {
  const ResourceMetricSource& source = *metric.resource;
  const bool by_value = source.target.average_value.has_value();
  const std::string_view what = by_value ? "usage" : "utilization";
  Proposal proposal;
  std::string wrong;
  if (!has_metrics_server(world_)) {
    wrong = fmt::format(
        "unable to get metrics for resource {}: unable to fetch metrics from resource "
        "metrics API: the server could not find the requested resource (get "
        "pods.metrics.k8s.io)",
        source.name);
  } else if (source.name != "cpu" && source.name != "memory") {
    wrong = fmt::format(
        "unable to get metrics for resource {}: no metrics returned from resource metrics API",
        source.name);
  }
  if (wrong.empty()) {
    const bool cpu = source.name == "cpu";
    const std::vector<PodSample> pods = samples(cpu, !by_value, &wrong);
    if (wrong.empty()) {
      proposal =
          by_value ? replicas_for_average(current, source.target.average_value->milli_value(), pods)
                   : replicas_for_utilization(current,
                                              source.target.average_utilization.value_or(80), pods);
      wrong = proposal.error;
    }
  }
  proposal.error =
      wrong.empty() ? "" : fmt::format("failed to get {} {}: {}", source.name, what, wrong);
  return proposal;
}

/// k8s: groupPods, calculatePodRequests
std::vector<PodSample> Sync::samples(bool cpu, bool with_requests, std::string* wrong) {
  const std::string_view name = cpu ? "cpu" : "memory";
  std::vector<PodSample> all;
  bool any_told = false;
  for (const Id id : pods_) {
    const Pod& pod = *world_.get<Pod>(id);
    const std::optional<PodUsage> told = meter_.of_pod(id);
    any_told = any_told || told;
    PodSample& sample = all.emplace_back();
    sample.group = group_of(pod, told, cpu);
    if (told) sample.usage = cpu ? told->total().milli_cpu : told->total().memory * 1000;
  }
  if (!any_told) {
    *wrong = fmt::format(
        "unable to get metrics for resource {}: no metrics returned from resource metrics API",
        name);
  } else if (all.empty()) {
    *wrong = "no pods returned by selector while calculating replica count";
  }
  if (!wrong->empty() || !with_requests) return all;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Pod& pod = *world_.get<Pod>(pods_[i]);
    for (const Container& container : pod.spec->containers) {
      const Quantity* request = container.resources.requests.find(name);
      if (!request) {
        *wrong = fmt::format("missing request for {} in container {} of Pod {}", name,
                             container.name, pod.meta.name);
        return all;
      }
      all[i].request += request->milli_value();
    }
  }
  return all;
}

PodSample::Group Sync::group_of(const Pod& pod, const std::optional<PodUsage>& told, bool cpu) {
  using Group = PodSample::Group;
  if (pod.meta.deletion_timestamp || pod.status.phase == "Failed") return Group::Ignored;
  if (pod.status.phase == "Pending") return Group::Unready;
  if (!told) return Group::Missing;
  if (!cpu) return Group::Ready;
  const PodCondition* ready = pod_condition(pod, "Ready");
  if (!ready || !pod.status.start_time) return Group::Unready;
  const bool unready = ready->status == "False";
  const Time changed = ready->last_transition_time.value_or(Time{});
  const Time settled = *pod.status.start_time + kCpuInitialization;
  if (settled > world_.now()) {
    const bool early = told->at < changed + told->window;
    if (early && !unready) {
      look_again(scrape_at_or_after(world_, changed + kScrapePeriod), false);
    } else if (unready) {
      look_again(settled, true);
    }
    return unready || early ? Group::Unready : Group::Ready;
  }
  const bool never = *pod.status.start_time + kInitialReadiness > changed;
  return unready && never ? Group::Unready : Group::Ready;
}

/// When what is told of its pods will be other than now, as far as that can be seen.
void Sync::await_changes() {
  std::vector<const Load*> loads;
  const Time last = scrape_at_or_after(world_, world_.now() + Duration{1}) - kScrapePeriod;
  for (const Id id : pods_) {
    const Pod& pod = *world_.get<Pod>(id);
    if (!is_active(pod)) continue;
    const std::optional<Time> told = told_first_at(world_, id);
    if (told && *told > world_.now()) look_again(*told, false);
    // Its share of the load begins, or ends, with the next look.
    const PodCondition* ready = pod_condition(pod, "Ready");
    if (ready && ready->last_transition_time.value_or(Time{}) > last) {
      look_again(scrape_at_or_after(world_, *ready->last_transition_time), false);
    }
    const Load* load = load_of(world_, pod);
    if (load && std::find(loads.begin(), loads.end(), load) == loads.end()) loads.push_back(load);
  }
  for (const Load* load : loads) {
    const Time next = last + kScrapePeriod;
    const std::optional<Time> later = changes_after(*load, next);
    const bool other =
        average_amount(*load, last - kScrapePeriod, last) != average_amount(*load, last, next);
    if (other) look_again(next, later.has_value());
    if (later) look_again(scrape_at_or_after(world_, *later), true);
  }
}

void Sync::write_status() {
  if (status_ == autoscaler_.status) return;
  auto changed = std::make_shared<HorizontalPodAutoscaler>(autoscaler_);
  changed->status = std::move(status_);
  api_update_status(world_, plan_, ref_, std::move(changed), "it looked at its pods");
}

void Sync::write_memory() {
  memory_.meta.name = Str(memory_name(ref_.id));
  const auto* known = world_.get<ScalingMemory>(memory_ref_.id);
  if (!known) {
    plan_.create(world_, std::make_shared<ScalingMemory>(memory_), "it remembers");
  } else if (to_text(*known) != to_text(memory_)) {
    plan_.update(memory_ref_, std::make_shared<ScalingMemory>(memory_), "it remembers");
  }
}

}  // namespace

Plan reconcile(const World& world, Id id) {
  const auto* autoscaler = world.get<HorizontalPodAutoscaler>(id);
  if (autoscaler) {
    return autoscaler->meta.deletion_timestamp ? Plan() : Sync(world, id, *autoscaler).run();
  }
  Plan plan;
  if (const Id known = world.store().find(Kind::ScalingMemory, "", memory_name(id))) {
    plan.erase({Kind::ScalingMemory, known}, "its HorizontalPodAutoscaler is gone");
  }
  return plan;
}

}  // namespace sim::horizontal_autoscaler
