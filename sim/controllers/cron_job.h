// The CronJob controller: makes a Job whenever its schedule says so.
// k8s 1.30 pkg/controller/cronjob
#pragma once

#include "sim/world/world.h"

namespace sim::cron_job {

/// Looks at one CronJob; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::cron_job
