// What the API server refuses of Jobs and CronJobs. k8s 1.30 pkg/apis/batch/validation
#pragma once

#include "sim/model/controller_types.h"
#include "sim/model/validate_errors.h"

namespace sim {

void check_job(FieldErrors& errors, const Job& job);
void check_job_update(FieldErrors& errors, const Job& before, const Job& after);
void check_cron_job(FieldErrors& errors, const CronJob& cron);
void check_cron_job_create(FieldErrors& errors, const CronJob& cron);

}  // namespace sim
