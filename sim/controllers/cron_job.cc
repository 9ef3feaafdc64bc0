#include "sim/controllers/cron_job.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/model/cron_schedule.h"
#include "sim/world/api.h"
#include "sim/world/pod_control.h"

namespace sim::cron_job {
namespace {

constexpr std::string_view kComponent = "cronjob-controller";
constexpr std::string_view kScheduled = "batch.kubernetes.io/cronjob-scheduled-timestamp";
constexpr Duration kLag = milliseconds(100);  // k8s: nextScheduleDelta

struct OwnedJob {
  Id id = 0;
  std::shared_ptr<const Job> job;
};

/// "Complete", "Failed", or empty while it runs.
Str end_of(const Job& job) {
  for (const JobCondition& condition : job.status.conditions) {
    const bool ends = condition.type == "Complete" || condition.type == "Failed";
    if (ends && condition.status == "True") return condition.type;
  }
  return Str();
}

// One look at one CronJob: what it finds and what it decides.
class Sync {
 public:
  Sync(const World& world, Id id, const CronJob& cron)
      : world_(world), ref_{Kind::CronJob, id}, cron_(cron), status_(cron.status) {}

  // k8s 1.30 pkg/controller/cronjob: sync
  Plan run() {
    for (const Id id : world_.store().controlled_by(cron_.meta.uid, Kind::Job)) {
      jobs_.push_back({id, world_.store().share<Job>(id)});
    }
    trim_history("Complete", cron_.spec.successful_jobs_history_limit);
    trim_history("Failed", cron_.spec.failed_jobs_history_limit);
    keep_active_list();
    if (!cron_.meta.deletion_timestamp && !cron_.spec.suspend.value_or(false)) keep_schedule();
    if (!(status_ == cron_.status)) {
      auto changed = std::make_shared<CronJob>(cron_);
      changed->status = status_;
      api_update_status(world_, plan_, ref_, std::move(changed), "its Jobs changed");
    }
    return std::move(plan_);
  }

 private:
  void note(std::string_view type, std::string_view reason, std::string message) {
    plan_.event(controller_event(ref_, kComponent, type, reason, std::move(message)));
  }

  bool is_active(Uid uid) const {
    return std::any_of(status_.active.begin(), status_.active.end(),
                       [&](const ObjectReference& one) { return one.uid == uid; });
  }
  void drop_active(Uid uid) {
    auto& active = status_.active;
    active.erase(std::remove_if(active.begin(), active.end(),
                                [&](const ObjectReference& one) { return one.uid == uid; }),
                 active.end());
  }

  // k8s 1.30 pkg/controller/cronjob: removeOldestJobs
  void trim_history(std::string_view end, const std::optional<std::int32_t>& limit) {
    if (!limit) return;
    std::vector<OwnedJob> finished;
    for (const OwnedJob& owned : jobs_) {
      if (end_of(*owned.job) == end && !owned.job->meta.deletion_timestamp) {
        finished.push_back(owned);
      }
    }
    std::stable_sort(finished.begin(), finished.end(), [](const OwnedJob& a, const OwnedJob& b) {
      const auto since = [](const OwnedJob& owned) {
        return owned.job->status.start_time.value_or(Time{INT64_MAX}).whole_seconds();
      };
      return since(a) != since(b) ? since(a) < since(b) : a.job->meta.name < b.job->meta.name;
    });
    const std::int64_t surplus = static_cast<std::int64_t>(finished.size()) - *limit;
    for (std::int64_t i = 0; i < surplus; ++i) {
      remove(finished[static_cast<std::size_t>(i)], "beyond the history limit");
    }
  }

  void remove(const OwnedJob& owned, Str why) {
    const ApiResult gone = api_delete(world_, plan_, {Kind::Job, owned.id}, {}, std::move(why));
    if (!gone) {
      note("Warning", "FailedDelete", "Deleted job: " + gone.error->message);
      return;
    }
    drop_active(owned.job->meta.uid);
    note("Normal", "SuccessfulDelete", fmt::format("Deleted job {}", owned.job->meta.name));
  }

  // k8s 1.30 pkg/controller/cronjob: syncCronJob, its first half
  void keep_active_list() {
    for (const OwnedJob& owned : jobs_) {
      const Job& job = *owned.job;
      const Str end = end_of(job);
      const bool listed = is_active(job.meta.uid);
      if (!listed && end.empty()) {
        note("Warning", "UnexpectedJob",
             fmt::format("Saw a job that the controller did not create or forgot: {}",
                         job.meta.name));
      } else if (listed && !end.empty()) {
        drop_active(job.meta.uid);
        note("Normal", "SawCompletedJob",
             fmt::format("Saw completed job: {}, status: {}", job.meta.name, end));
      }
      if (end != "Complete" || !job.status.completion_time) continue;
      if (!status_.last_successful_time ||
          *status_.last_successful_time < *job.status.completion_time) {
        status_.last_successful_time = job.status.completion_time;
      }
    }
    for (const ObjectReference& one : std::vector<ObjectReference>(status_.active)) {
      const bool known = std::any_of(jobs_.begin(), jobs_.end(), [&](const OwnedJob& owned) {
        return owned.job->meta.uid == one.uid;
      });
      if (known) continue;
      note("Normal", "MissingJob", fmt::format("Active job went missing: {}", one.name));
      drop_active(one.uid);
    }
  }

  // The last time that is due, and whether very many were missed.
  // k8s 1.30 pkg/controller/cronjob: mostRecentScheduleTime
  std::optional<Time> due_time(const CronSchedule& schedule) {
    constexpr std::int64_t kMany = 100;
    const Time now = world_.now();
    Time earliest = status_.last_schedule_time.value_or(
        cron_.meta.creation_timestamp.value_or(now).whole_seconds());
    if (cron_.spec.starting_deadline_seconds) {
      constexpr std::int64_t kLongest = 100LL * 365 * 24 * 3600;
      const Duration patience =
          seconds(std::clamp<std::int64_t>(*cron_.spec.starting_deadline_seconds, 0, kLongest));
      earliest = std::max(earliest, now - patience);
    }
    const std::optional<Time> first = schedule.next(earliest);
    if (!first || now < *first) return std::nullopt;
    const std::optional<Time> second = schedule.next(*first);
    if (!second || now < *second) return first;
    const std::int64_t between = (*second - *first).seconds();
    if (between < 1) return std::nullopt;
    const std::int64_t missed = (now - *first).seconds() / between + 1;
    if (missed > kMany) {
      note("Warning", "TooManyMissedTimes",
           "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check "
           "clock skew");
    }
    const Time start = *first + seconds((missed - 2) * between);
    std::optional<Time> latest;
    for (std::optional<Time> at = schedule.next(start); at && *at <= now; at = schedule.next(*at)) {
      latest = at;
    }
    return latest;
  }

  void wake_next(const CronSchedule& schedule) {
    if (const std::optional<Time> next = schedule.next(world_.now())) {
      plan_.wake(*next + kLag, Actor::CronJob, ref_, true);
    }
  }

  // k8s 1.30 pkg/controller/cronjob: syncCronJob, its second half
  void keep_schedule() {
    std::string wrong;
    const std::optional<CronSchedule> schedule = CronSchedule::parse(cron_.spec.schedule, &wrong);
    if (!schedule) {
      note("Warning", "UnparseableSchedule",
           fmt::format("unparseable schedule: \"{}\" : {}", cron_.spec.schedule, wrong));
      return;
    }
    wake_next(*schedule);
    const std::optional<Time> due = due_time(*schedule);
    if (!due) return;
    if (cron_.spec.starting_deadline_seconds &&
        world_.now() - *due > seconds(std::min<std::int64_t>(*cron_.spec.starting_deadline_seconds,
                                                             100LL * 365 * 24 * 3600))) {
      note("Warning", "MissSchedule",
           fmt::format("Missed scheduled time to start a job: {}", to_rfc1123(*due)));
      return;
    }
    const std::string name = fmt::format("{}-{}", cron_.meta.name, due->ns / 1'000'000'000 / 60);
    const bool running = std::any_of(status_.active.begin(), status_.active.end(),
                                     [&](const ObjectReference& one) { return one.name == name; });
    if (running || (status_.last_schedule_time && *status_.last_schedule_time == *due)) return;
    if (cron_.spec.concurrency_policy == "Forbid" && !status_.active.empty()) {
      note("Normal", "JobAlreadyActive",
           "Not starting job because prior execution is running and concurrency policy is Forbid");
      return;
    }
    if (cron_.spec.concurrency_policy == "Replace") {
      for (const OwnedJob& owned : jobs_) {
        if (is_active(owned.job->meta.uid)) remove(owned, "another one is due");
      }
    }
    start(name, *due);
  }

  // k8s 1.30 pkg/controller/cronjob: getJobFromTemplate2
  void start(const std::string& name, Time due) {
    const Namespace* ns = world_.find<Namespace>("", cron_.meta.ns);
    if (!ns || ns->meta.deletion_timestamp) return;  // nothing can be made there any more
    auto job = std::make_shared<Job>();
    job->meta.name = Str(name);
    job->meta.ns = cron_.meta.ns;
    job->meta.labels = cron_.spec.job_template.meta.labels;
    job->meta.annotations = cron_.spec.job_template.meta.annotations;
    job->meta.annotations.set(Str(kScheduled), to_rfc3339(due));
    job->meta.owner_references = {controller_reference(cron_)};
    job->spec = cron_.spec.job_template.spec;
    const ApiResult made = api_create(world_, plan_, std::move(job), "its time has come");
    if (!made && made.error->reason != "AlreadyExists") {
      note("Warning", "FailedCreate", "Error creating job: " + made.error->message);
      plan_.wake(world_.now() + retry_delay(world_, cron_, "FailedCreate"), Actor::CronJob, ref_);
      return;
    }
    if (!made) return;
    note("Normal", "SuccessfulCreate", fmt::format("Created job {}", name));
    ObjectReference reference;
    reference.api_version = "batch/v1";
    reference.kind = "Job";
    reference.ns = cron_.meta.ns;
    reference.name = Str(name);
    reference.uid = made.object->meta.uid;
    status_.active.push_back(std::move(reference));
    status_.last_schedule_time = due;
  }

  const World& world_;
  const Ref ref_;
  const CronJob& cron_;
  Plan plan_;
  CronJobStatus status_;
  std::vector<OwnedJob> jobs_;
};

}  // namespace

Plan reconcile(const World& world, Id id) {
  const CronJob* cron = world.get<CronJob>(id);
  if (!cron) return {};
  return Sync(world, id, *cron).run();
}

}  // namespace sim::cron_job
