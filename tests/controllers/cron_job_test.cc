// CronJobs: when they are due, and what becomes of Jobs that overlap.
#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/model/cron_schedule.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

std::string next(const std::string& schedule, const std::string& after) {
  std::string error;
  const auto parsed = CronSchedule::parse(schedule, &error);
  if (!parsed) return error;
  const std::optional<Time> time = parsed->next(*parse_rfc3339(after));
  return time ? to_rfc3339(*time) : "never";
}

TEST(CronSchedule, NextTimes) {
  EXPECT_EQ(next("* * * * *", "2025-01-01T00:00:00Z"), "2025-01-01T00:01:00Z");
  EXPECT_EQ(next("*/15 * * * *", "2025-01-01T00:46:10Z"), "2025-01-01T01:00:00Z");
  EXPECT_EQ(next("30 4 1,15 * *", "2025-01-02T00:00:00Z"), "2025-01-15T04:30:00Z");
  EXPECT_EQ(next("0 9-17/4 * * mon-fri", "2025-01-03T17:00:00Z"), "2025-01-06T09:00:00Z");
  EXPECT_EQ(next("0 0 29 feb *", "2025-01-01T00:00:00Z"), "2028-02-29T00:00:00Z");
  EXPECT_EQ(next("0 0 13 * 5", "2025-01-01T00:00:00Z"), "2025-01-03T00:00:00Z");
  EXPECT_EQ(next("0 0 31 2 *", "2025-01-01T00:00:00Z"), "never");
  EXPECT_EQ(next("@hourly", "2025-01-01T00:00:00Z"), "2025-01-01T01:00:00Z");
  EXPECT_EQ(next("@weekly", "2025-01-01T00:00:00Z"), "2025-01-05T00:00:00Z");
  EXPECT_EQ(next("@every 90s", "2025-01-01T00:00:00Z"), "2025-01-01T00:01:30Z");
}

TEST(CronSchedule, Mistakes) {
  const std::string start = "2025-01-01T00:00:00Z";
  EXPECT_EQ(next("* * * *", start), "expected exactly 5 fields, found 4: [* * * *]");
  EXPECT_EQ(next("61 * * * *", start), "end of range (61) above maximum (59): 61");
  EXPECT_EQ(next("5-1 * * * *", start), "beginning of range (5) beyond end of range (1): 5-1");
  EXPECT_EQ(next("x * * * *", start),
            "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax");
  EXPECT_EQ(next("*/0 * * * *", start), "step of range should be a positive number: */0");
  EXPECT_EQ(next("@often", start), "unrecognized descriptor: @often");
}

class CronJobTest : public WorldTest {
 protected:
  void apply(const std::string& script, const std::string& spec = "") {
    write("tick.yaml", fmt::format(R"(apiVersion: batch/v1
kind: CronJob
metadata: {{name: tick}}
spec:
  schedule: "* * * * *"
{}  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - {{name: tick, image: "nginx:1.25", command: [sh, -c, "{}"]}}
)",
                                   spec, script));
    type("kubectl apply -f tick.yaml");
    EXPECT_EQ(status(), 0);
  }
  const CronJob& tick() { return *world().find<CronJob>("default", "tick"); }
  std::size_t jobs() { return world().store().count(Kind::Job); }
};

TEST_F(CronJobTest, OneJobEachMinuteAndThreeAreKept) {
  apply("true");
  run_for(seconds(65));
  EXPECT_EQ(jobs(), 1u);
  run_for(minutes(5));
  EXPECT_EQ(jobs(), 3u);
  EXPECT_TRUE(tick().status.last_successful_time);
  EXPECT_TRUE(tick().status.active.empty());
  EXPECT_NE(type("kubectl get events").find("Saw completed job: tick-"), std::string::npos);
}

TEST_F(CronJobTest, ForbidWaitsForTheOneThatRuns) {
  apply("sleep 100", "  concurrencyPolicy: Forbid\n");
  run_for(seconds(130));
  EXPECT_EQ(jobs(), 1u);
  EXPECT_NE(type("kubectl get events").find("concurrency policy is Forbid"), std::string::npos);
}

TEST_F(CronJobTest, ReplaceEndsTheOneThatRuns) {
  apply("sleep 100", "  concurrencyPolicy: Replace\n");
  run_for(seconds(65));
  const Str first = tick().status.active.front().name;
  run_for(seconds(60));
  EXPECT_EQ(jobs(), 1u);
  EXPECT_NE(tick().status.active.front().name, first);
}

TEST_F(CronJobTest, SuspendedMakesNone) {
  apply("true", "  suspend: true\n");
  run_for(minutes(3));
  EXPECT_EQ(jobs(), 0u);
}

TEST_F(CronJobTest, AJobByHand) {
  apply("echo by hand");
  EXPECT_EQ(type("kubectl create job now --from=cronjob/tick"), "job.batch/now created\n");
  run_for(seconds(10));
  EXPECT_EQ(type("kubectl logs job/now"), "by hand\n");
}

TEST_F(CronJobTest, WhatTheServerRefuses) {
  EXPECT_EQ(type("kubectl create cronjob x --image=nginx:1.25 --schedule='* * * *'"),
            "error: failed to create cronjob: CronJob.batch \"x\" is invalid: spec.schedule: "
            "Invalid value: \"* * * *\": expected exactly 5 fields, found 4: [* * * *]\n");
}

}  // namespace
}  // namespace sim::testing
