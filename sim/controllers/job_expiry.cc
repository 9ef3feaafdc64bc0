#include "sim/controllers/job_expiry.h"

#include "sim/model/controller_types.h"
#include "sim/world/api.h"

namespace sim::job_expiry {
namespace {

std::optional<Time> finish_time(const Job& job) {
  for (const JobCondition& condition : job.status.conditions) {
    const bool ends = condition.type == "Complete" || condition.type == "Failed";
    if (ends && condition.status == "True") return condition.last_transition_time;
  }
  return std::nullopt;
}

}  // namespace

Plan reconcile(const World& world, Id id) {
  Plan plan;
  const Job* job = world.get<Job>(id);
  if (!job || job->meta.deletion_timestamp || !job->spec.ttl_seconds_after_finished) return plan;
  const std::optional<Time> finished = finish_time(*job);
  if (!finished) return plan;
  const Ref ref{Kind::Job, id};
  const Time due = *finished + seconds(*job->spec.ttl_seconds_after_finished);
  if (due > world.now()) {
    plan.wake(due, Actor::JobExpiry, ref, true);
    return plan;
  }
  DeleteOptions options;
  options.propagation = DeleteOptions::Propagation::Foreground;
  api_delete(world, plan, ref, options, "its time after its end is over");
  return plan;
}

}  // namespace sim::job_expiry
