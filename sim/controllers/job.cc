#include "sim/controllers/job.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/controllers/job_indexes.h"
#include "sim/controllers/job_policy.h"
#include "sim/model/controller_types.h"
#include "sim/model/pod_facts.h"
#include "sim/world/api.h"
#include "sim/world/pod_control.h"

namespace sim::job {
namespace {

constexpr std::string_view kComponent = "job-controller";
constexpr std::string_view kFailureCount = "batch.kubernetes.io/job-index-failure-count";
constexpr std::int64_t kMostPerSync = 500;  // k8s: MaxPodCreateDeletePerSync
constexpr Duration kFirstDelay = seconds(10);
constexpr Duration kLongestDelay = minutes(10);

const JobCondition* condition_of(const JobStatus& status, std::string_view type) {
  for (const JobCondition& condition : status.conditions) {
    if (condition.type == type) return &condition;
  }
  return nullptr;
}
bool is_true(const JobStatus& status, std::string_view type) {
  const JobCondition* condition = condition_of(status, type);
  return condition && condition->status == "True";
}
bool is_finished(const JobStatus& status) {
  return is_true(status, "Complete") || is_true(status, "Failed");
}

// k8s 1.30 pkg/controller/job: getBackoffDuration over `failures` in a row
Duration delay_after(std::int64_t failures) {
  Duration delay = kFirstDelay;
  for (std::int64_t i = 1; i < failures && delay < kLongestDelay; ++i) delay = delay * 2;
  return std::min(delay, kLongestDelay);
}

// One look at one Job: what it finds and what it decides.
class Sync {
 public:
  Sync(const World& world, Id id, const Job& job)
      : world_(world), ref_{Kind::Job, id}, job_(job), status_(job.status) {}

  // k8s 1.30 pkg/controller/job: syncJob
  Plan run() {
    for (OwnedPod& owned : claim_pods(world_, plan_, job_, &*job_.spec.selector)) {
      if (is_active(*owned.pod)) active_pods_.push_back(owned);
      terminating_ += !has_ended(*owned.pod) && owned.pod->meta.deletion_timestamp.has_value();
      pods_.push_back(std::move(owned));
    }
    active_ = static_cast<std::int32_t>(active_pods_.size());
    status_.uncounted_terminated_pods.edit();
    count_finished();
    if (!status_.start_time && !is_suspended()) status_.start_time = world_.now();
    if (is_indexed()) count_indexes();
    std::optional<JobCondition> end = failure();
    if (end) {
      const std::int32_t before = active_;
      for (const OwnedPod& owned : active_pods_) remove(owned, "its Job has failed");
      terminating_ += before;
      active_ = 0;
    } else {
      const bool managed = !job_.meta.deletion_timestamp;
      if (managed) manage();
      if (is_complete()) {
        end = condition("Complete", "", "");
      } else if (managed) {
        note_suspension();
      }
    }
    status_.active = active_;
    status_.ready = static_cast<std::int32_t>(
        std::count_if(active_pods_.begin(), active_pods_.end(),
                      [](const OwnedPod& owned) { return is_ready(*owned.pod); }));
    if (active_ == 0) status_.ready = 0;
    status_.terminating = terminating_;
    settle(std::move(end));
    return std::move(plan_);
  }

 private:
  bool is_indexed() const { return job_.spec.completion_mode == Str("Indexed"); }
  bool is_suspended() const { return job_.spec.suspend.value_or(false); }
  bool limits_each_index() const { return job_.spec.backoff_limit_per_index.has_value(); }
  std::int32_t completions() const { return job_.spec.completions.value_or(0); }

  JobCondition condition(std::string_view type, std::string_view reason,
                         std::string_view message) const {
    JobCondition made;
    made.type = Str(type);
    made.status = "True";
    made.last_probe_time = world_.now();
    made.last_transition_time = world_.now();
    made.reason = Str(reason);
    made.message = Str(message);
    return made;
  }

  void note(std::string_view type, std::string_view reason, std::string message) {
    plan_.event(controller_event(ref_, kComponent, type, reason, std::move(message)));
  }

  // What ended and was not counted yet. k8s 1.30 pkg/controller/job: getNewFinishedPods
  void count_finished() {
    succeeded_ = status_.succeeded;
    failed_ = status_.failed;
    for (const OwnedPod& owned : pods_) {
      const Pod& pod = *owned.pod;
      if (!is_tracked(pod)) continue;
      if (pod.status.phase == "Succeeded") {
        ++succeeded_;
      } else if (is_failed(job_, pod) && judge(job_, pod).counts()) {
        ++failed_;
      }
    }
  }

  // k8s 1.30 pkg/controller/job: calculateSucceededIndexes, calculateFailedIndexes
  void count_indexes() {
    done_ = parse_indexes(status_.completed_indexes, completions());
    for (const OwnedPod& owned : pods_) {
      const std::int32_t index = index_of(*owned.pod);
      if (index < 0 || index >= completions()) continue;
      if (owned.pod->status.phase == "Succeeded" && is_tracked(*owned.pod)) done_.insert(index);
    }
    succeeded_ = static_cast<std::int32_t>(done_.size());
    if (!limits_each_index()) return;
    lost_ = parse_indexes(status_.failed_indexes.value_or(Str()), completions());
    for (const OwnedPod& owned : pods_) {
      const std::int32_t index = index_of(*owned.pod);
      if (index < 0 || index >= completions() || done_.count(index) != 0) continue;
      if (!is_failed(job_, *owned.pod)) continue;
      const Verdict verdict = judge(job_, *owned.pod);
      if (verdict.counts()) ++index_failures_[index];
      last_failure_[index] = std::max(last_failure_[index], finish_time(*owned.pod));
      if (verdict.action == "FailIndex" ||
          index_failures_[index] > *job_.spec.backoff_limit_per_index) {
        lost_.insert(index);
      }
    }
  }

  // Why the Job has failed, if it has.
  std::optional<JobCondition> failure() {
    if (const JobCondition* target = condition_of(status_, "FailureTarget")) {
      return condition("Failed", target->reason, target->message);
    }
    for (const OwnedPod& owned : pods_) {
      if (!is_failed(job_, *owned.pod)) continue;
      Verdict verdict = judge(job_, *owned.pod);
      if (verdict.action == "FailJob") {
        return condition("FailureTarget", "PodFailurePolicy", verdict.message);
      }
    }
    const std::int32_t limit = job_.spec.backoff_limit.value_or(6);
    if (failed_ > limit || has_too_many_restarts(limit)) {
      return condition("Failed", "BackoffLimitExceeded",
                       "Job has reached the specified backoff limit");
    }
    if (job_.spec.active_deadline_seconds && !is_suspended() && status_.start_time) {
      const Time due = *status_.start_time + seconds(*job_.spec.active_deadline_seconds);
      if (world_.now() >= due) {
        return condition("Failed", "DeadlineExceeded",
                         "Job was active longer than specified deadline");
      }
      wake(due);
    }
    if (!limits_each_index()) return std::nullopt;
    if (job_.spec.max_failed_indexes &&
        static_cast<std::int64_t>(lost_.size()) > *job_.spec.max_failed_indexes) {
      return condition("Failed", "MaxFailedIndexesExceeded",
                       "Job has exceeded the specified maximal number of failed indexes");
    }
    if (!lost_.empty() && static_cast<std::int64_t>(lost_.size() + done_.size()) >= completions()) {
      return condition("Failed", "FailedIndexes", "Job has failed indexes");
    }
    return std::nullopt;
  }

  // Containers that a kubelet starts again count as well.
  // k8s 1.30 pkg/controller/job: pastBackoffLimitOnFailure
  bool has_too_many_restarts(std::int32_t limit) const {
    if (job_.spec.pod_template->spec.restart_policy != "OnFailure") return false;
    std::int64_t restarts = 0;
    for (const OwnedPod& owned : pods_) {
      const PodStatus& status = owned.pod->status;
      if (status.phase != "Running" && status.phase != "Pending") continue;
      for (const auto* list : {&status.init_container_statuses, &status.container_statuses}) {
        for (const ContainerStatus& container : *list) restarts += container.restart_count;
      }
    }
    return limit == 0 ? restarts > 0 : restarts >= limit;
  }

  bool is_complete() const {
    if (!job_.spec.completions) return succeeded_ > 0 && active_ == 0;
    return succeeded_ >= completions() && active_ == 0;
  }

  void wake(Time when) {
    const Time at = std::max(when, world_.now() + world_.timing().watch);
    plan_.wake(at, Actor::Job, ref_, at - world_.now() >= seconds(30));
  }

  // k8s 1.30 pkg/controller/job: manageJob
  void manage() {
    if (is_suspended()) {
      remove_active(active_);
      return;
    }
    const std::int32_t parallelism = job_.spec.parallelism.value_or(1);
    std::int32_t wanted = parallelism;
    if (job_.spec.completions) {
      wanted = std::clamp(completions() - succeeded_, 0, parallelism);
    } else if (succeeded_ > 0) {
      wanted = active_;
    }
    if (remove_active(std::max(0, active_ - wanted))) return;
    const std::int32_t ending = replaces_only_failed(job_) ? terminating_ : 0;
    const std::int64_t missing = std::int64_t{wanted} - ending - active_;
    if (missing <= 0) return;
    if (!limits_each_index()) {
      if (const std::optional<Time> due = due_after_failures()) return wake(*due);
    }
    create(std::min(missing, kMostPerSync));
  }

  // k8s 1.30 pkg/controller/job: activePodsForRemoval; false: there is none
  bool remove_active(std::int32_t at_least) {
    std::vector<OwnedPod> going;
    std::vector<OwnedPod> staying;
    std::set<std::int32_t> seen;
    for (const OwnedPod& owned : active_pods_) {
      const std::int32_t index = is_indexed() ? index_of(*owned.pod) : 0;
      const bool surplus =
          is_indexed() && (index < 0 || index >= completions() || !seen.insert(index).second);
      (surplus ? going : staying).push_back(owned);
    }
    sort_by_cost(staying);
    for (const OwnedPod& owned : staying) {
      if (static_cast<std::int64_t>(going.size()) >= at_least) break;
      going.push_back(owned);
    }
    if (static_cast<std::int64_t>(going.size()) > kMostPerSync) going.resize(kMostPerSync);
    for (const OwnedPod& owned : going) remove(owned, "the Job wants fewer pods");
    active_ -= static_cast<std::int32_t>(going.size());
    terminating_ += static_cast<std::int32_t>(going.size());
    return !going.empty();
  }

  void remove(const OwnedPod& owned, Str why) {
    const ApiResult gone = api_delete(world_, plan_, {Kind::Pod, owned.id}, {}, std::move(why));
    if (gone) {
      note("Normal", "SuccessfulDelete", fmt::format("Deleted pod: {}", owned.pod->meta.name));
    } else {
      note("Warning", "FailedDelete", "Error deleting: " + gone.error->message);
    }
  }

  // When the next pod may be made: later with each failure since the last success.
  // k8s 1.30 pkg/controller/job/backoff_utils.go: getRemainingTime
  std::optional<Time> due_after_failures() const {
    Time last_success{};
    for (const OwnedPod& owned : pods_) {
      if (owned.pod->status.phase == "Succeeded") {
        last_success = std::max(last_success, finish_time(*owned.pod));
      }
    }
    std::int64_t failures = 0;
    Time last{};
    for (const OwnedPod& owned : pods_) {
      if (!is_failed(job_, *owned.pod)) continue;
      const Time at = finish_time(*owned.pod);
      if (at <= last_success) continue;
      ++failures;
      last = std::max(last, at);
    }
    if (failures == 0) return std::nullopt;
    const Time due = last + delay_after(failures);
    return due > world_.now() ? std::optional<Time>(due) : std::nullopt;
  }

  // The lowest indexes that neither run nor are done.
  // k8s 1.30 pkg/controller/job: firstPendingIndexes
  std::vector<std::int32_t> pending_indexes(std::int64_t count) {
    std::set<std::int32_t> taken;
    for (const OwnedPod& owned : pods_) {
      const bool runs =
          is_active(*owned.pod) || (replaces_only_failed(job_) && !has_ended(*owned.pod));
      if (runs) taken.insert(index_of(*owned.pod));
    }
    std::vector<std::int32_t> found;
    Time next = kNever;
    for (std::int32_t i = 0; i < completions() && static_cast<std::int64_t>(found.size()) < count;
         ++i) {
      if (taken.count(i) != 0 || done_.count(i) != 0 || lost_.count(i) != 0) continue;
      const auto failures = index_failures_.find(i);
      if (failures != index_failures_.end() && failures->second > 0) {
        const Time due = last_failure_[i] + delay_after(failures->second);
        if (due > world_.now()) {
          next = std::min(next, due);
          continue;
        }
      }
      found.push_back(i);
    }
    if (found.empty() && next != kNever) wake(next);
    return found;
  }

  void create(std::int64_t count) {
    const Namespace* ns = world_.find<Namespace>("", job_.meta.ns);
    if (!ns || ns->meta.deletion_timestamp) return;
    std::vector<std::int32_t> indexes;
    if (is_indexed()) {
      indexes = pending_indexes(count);
      count = static_cast<std::int64_t>(indexes.size());
    }
    if (count == 0) return;
    PodSpec spec = job_.spec.pod_template->spec;
    if (is_indexed()) add_index_variable(spec);
    const Box<PodSpec> shared = admitted_pod_spec(world_, spec);
    ObjectMeta meta = job_.spec.pod_template->meta;
    meta.finalizers.emplace_back(kTracking);
    bool failed = false;
    std::size_t next = 0;
    for (std::int64_t batch = 1; count > 0 && !failed; batch *= 2) {
      for (std::int64_t i = 0; i < batch && count > 0; ++i, --count) {
        std::shared_ptr<Pod> pod = pod_from_template(job_, meta, shared);
        if (is_indexed()) set_index(*pod, indexes[next++]);
        const ApiResult made = api_create(world_, plan_, std::move(pod), "its Job is not complete");
        if (made) {
          ++active_;
          note("Normal", "SuccessfulCreate",
               fmt::format("Created pod: {}", made.object->meta.name));
        } else {
          failed = true;
          note("Warning", "FailedCreate", "Error creating: " + made.error->message);
        }
      }
    }
    if (failed) wake(world_.now() + retry_delay(world_, job_, "FailedCreate"));
  }

  // k8s 1.30 pkg/controller/job: addCompletionIndexEnvVariables
  static void add_index_variable(PodSpec& spec) {
    constexpr const char* kVariable = "JOB_COMPLETION_INDEX";
    for (std::vector<Container>* list : {&spec.containers, &spec.init_containers}) {
      for (Container& container : *list) {
        const bool there =
            std::any_of(container.env.begin(), container.env.end(),
                        [&](const EnvVar& variable) { return variable.name == kVariable; });
        if (there) continue;
        EnvVar variable;
        variable.name = kVariable;
        ObjectFieldSelector& field = variable.value_from.edit().field_ref.edit();
        field.api_version = "v1";
        field.field_path = fmt::format("metadata.annotations['{}']", kIndexKey);
        // The admitted spec has its default in the place of the API's.
        container.env.push_back(std::move(variable));
      }
    }
  }

  void set_index(Pod& pod, std::int32_t index) {
    const std::string text = std::to_string(index);
    pod.meta.annotations.set(Str(kIndexKey), Str(text));
    pod.meta.labels.set(Str(kIndexKey), Str(text));
    if (limits_each_index()) {
      pod.meta.annotations.set(Str(kFailureCount), std::to_string(index_failures_[index]));
    }
    pod.meta.generate_name = fmt::format("{}-{}-", job_.meta.name, index);
    pod.spec.edit().hostname = fmt::format("{}-{}", job_.meta.name, index);
  }

  // k8s 1.30 pkg/controller/job: ensureJobConditionStatus for JobSuspended
  void note_suspension() {
    const bool suspended = is_suspended();
    const JobCondition* before = condition_of(status_, "Suspended");
    if (!before && !suspended) return;
    if (before && (before->status == "True") == suspended) return;
    JobCondition wanted = condition("Suspended", suspended ? "JobSuspended" : "JobResumed",
                                    suspended ? "Job suspended" : "Job resumed");
    if (!suspended) wanted.status = "False";
    set_condition(std::move(wanted));
    note("Normal", suspended ? "Suspended" : "Resumed",
         suspended ? "Job suspended" : "Job resumed");
    if (!suspended) status_.start_time = world_.now();
  }

  void set_condition(JobCondition wanted) {
    for (JobCondition& condition : status_.conditions) {
      if (condition.type != wanted.type) continue;
      condition = std::move(wanted);
      return;
    }
    status_.conditions.push_back(std::move(wanted));
  }

  void write() {
    auto changed = std::make_shared<Job>(job_);
    changed->status = status_;
    api_update_status(world_, plan_, ref_, std::move(changed), "its pods changed");
  }

  // Counts what has ended and lets go of it. Uids that are being counted are written down before
  // the pods are let go, so that none counts twice.
  // k8s 1.30 pkg/controller/job: trackJobStatusAndRemoveFinalizers
  void settle(std::optional<JobCondition> end) {
    std::vector<OwnedPod> counted;
    UncountedTerminatedPods& uncounted = status_.uncounted_terminated_pods.edit();
    uncounted = {};
    for (const OwnedPod& owned : pods_) {
      const Pod& pod = *owned.pod;
      if (!is_tracked(pod)) continue;
      const bool succeeded = pod.status.phase == "Succeeded";
      // Whatever still runs when the Job has failed counts as failed.
      const bool failed = is_failed(job_, pod) || (end && end->type != "Complete" && !succeeded);
      if (!succeeded && !failed && !job_.meta.deletion_timestamp) continue;
      counted.push_back(owned);
      if (succeeded && !is_indexed()) uncounted.succeeded.push_back(to_string(pod.meta.uid));
      const std::int32_t index = index_of(pod);
      const bool known = !is_indexed() || (index >= 0 && index < completions());
      if (!succeeded && failed && known && judge(job_, pod).counts()) {
        uncounted.failed.push_back(to_string(pod.meta.uid));
      }
    }
    if (is_indexed()) {
      status_.completed_indexes = to_text(done_);
      status_.succeeded = static_cast<std::int32_t>(done_.size());
      if (limits_each_index()) status_.failed_indexes = Str(to_text(lost_));
    }
    if (end && end->type == "FailureTarget") {
      set_condition(*end);
      end->type = "Failed";
    }
    write();
    for (const OwnedPod& owned : counted) {
      api_remove_finalizer(world_, plan_, {Kind::Pod, owned.id}, kTracking, "its Job counted it");
    }
    if (!is_indexed()) status_.succeeded += static_cast<std::int32_t>(uncounted.succeeded.size());
    status_.failed += static_cast<std::int32_t>(uncounted.failed.size());
    status_.uncounted_terminated_pods.edit() = {};
    if (end) finish(*end);
    write();
  }

  // k8s 1.30 pkg/controller/job: enactJobFinished, recordJobFinished
  void finish(const JobCondition& end) {
    set_condition(end);
    if (end.type == "Complete") {
      status_.completion_time = world_.now();
      if (job_.spec.completions && status_.succeeded > completions()) {
        note("Warning", "TooManySucceededPods", "Too many succeeded pods");
      }
      note("Normal", "Completed", "Job completed");
    } else {
      note("Warning", end.reason, end.message.str());
    }
  }

  const World& world_;
  const Ref ref_;
  const Job& job_;
  Plan plan_;
  JobStatus status_;
  std::vector<OwnedPod> pods_;  // all that are its own, in order of creation
  std::vector<OwnedPod> active_pods_;
  std::int32_t active_ = 0;
  std::int32_t terminating_ = 0;
  std::int32_t succeeded_ = 0;
  std::int32_t failed_ = 0;
  std::set<std::int32_t> done_;                          // indexes that succeeded
  std::set<std::int32_t> lost_;                          // indexes that failed for good
  std::map<std::int32_t, std::int32_t> index_failures_;  // where each index has a limit
  std::map<std::int32_t, Time> last_failure_;
};

// Pods of a Job that is gone: nobody will count them any more.
// k8s 1.30 pkg/controller/job: syncOrphanPod
Plan release_pods(const World& world, Id id) {
  Plan plan;
  const ObjectPtr job = just_erased(world, {Kind::Job, id});
  if (!job) return plan;
  const ObjectMeta& meta = job->meta;
  std::vector<Id> pods = world.store().controlled_by(meta.uid, Kind::Pod);
  for (const Id orphan : world.store().orphans(Kind::Pod, meta.ns)) {
    const Str label = world.get<Pod>(orphan)->meta.labels.get("batch.kubernetes.io/controller-uid");
    if (label == to_string(meta.uid)) pods.push_back(orphan);
  }
  for (const Id pod : pods) {
    api_remove_finalizer(world, plan, {Kind::Pod, pod}, kTracking, "its Job is gone");
  }
  return plan;
}

}  // namespace

Plan reconcile(const World& world, Id id) {
  const Job* job = world.get<Job>(id);
  if (!job) return release_pods(world, id);
  if (!job->spec.pod_template || !job->spec.selector) return {};
  if (is_finished(job->status)) return {};
  return Sync(world, id, *job).run();
}

}  // namespace sim::job
