// Jobs as people meet them: until enough pods have succeeded, or too many failed.
#include <algorithm>

#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class JobTest : public WorldTest {
 protected:
  /// A Job `work`; `spec` is further lines of YAML, indented by two.
  void apply(const std::string& script, const std::string& spec = "",
             const std::string& restart = "Never") {
    write("work.yaml", fmt::format(R"(apiVersion: batch/v1
kind: Job
metadata: {{name: work}}
spec:
{}  template:
    spec:
      restartPolicy: {}
      containers:
      - {{name: work, image: "nginx:1.25", command: [sh, -c, "{}"]}}
)",
                                   spec, restart, script));
    type("kubectl apply -f work.yaml");
    EXPECT_EQ(status(), 0);
  }
  const Job& work() { return *world().find<Job>("default", "work"); }
  std::string end() {
    return type(
        "kubectl get job work -o jsonpath='{range .status.conditions[*]}{.type} {.reason}: "
        "{.message}{end}'");
  }
  std::size_t pods() { return world().store().controlled_by(work().meta.uid, Kind::Pod).size(); }
};

TEST_F(JobTest, RunsToItsEnd) {
  apply("echo done");
  EXPECT_EQ(type("kubectl wait --for=condition=complete job/work --timeout=60s"),
            "job.batch/work condition met\n");
  EXPECT_EQ(type("kubectl logs job/work"), "done\n");
  EXPECT_EQ(work().status.succeeded, 1);
  EXPECT_EQ(work().status.active, 0);
  EXPECT_EQ(type("kubectl get job --no-headers | tr -s ' ' | cut -d' ' -f1-3"),
            "work Complete 1/1\n");
  for (const Id id : world().store().controlled_by(work().meta.uid, Kind::Pod)) {
    EXPECT_TRUE(world().get<Pod>(id)->meta.finalizers.empty());
  }
}

TEST_F(JobTest, AsManyAtATimeAsAllowed) {
  apply("sleep 3", "  completions: 5\n  parallelism: 2\n");
  std::int32_t most = 0;
  for (int i = 0; i < 60; ++i) {
    run_for(milliseconds(500));
    most = std::max(most, work().status.active);
  }
  EXPECT_EQ(most, 2);
  EXPECT_EQ(work().status.succeeded, 5);
  EXPECT_EQ(pods(), 5u);
}

TEST_F(JobTest, EachIndexOnce) {
  apply("echo $JOB_COMPLETION_INDEX",
        "  completions: 3\n  parallelism: 3\n"
        "  completionMode: Indexed\n");
  run_for(seconds(20));
  EXPECT_EQ(work().status.completed_indexes, "0-2");
  EXPECT_EQ(end(), "Complete : ");
  EXPECT_EQ(type("kubectl logs -l batch.kubernetes.io/job-completion-index=2"), "2\n");
}

TEST_F(JobTest, FailsAfterTheLimitWithEverLongerDelays) {
  apply("exit 3", "  backoffLimit: 2\n");
  run_for(seconds(9));
  EXPECT_EQ(pods(), 1u);
  run_for(seconds(6));
  EXPECT_EQ(pods(), 2u);
  run_for(seconds(10));
  EXPECT_EQ(pods(), 2u);
  run_for(seconds(30));
  EXPECT_EQ(pods(), 3u);
  EXPECT_EQ(end(), "Failed BackoffLimitExceeded: Job has reached the specified backoff limit");
  EXPECT_EQ(work().status.failed, 3);
}

TEST_F(JobTest, APolicyEndsItAtOnce) {
  apply("exit 42", R"(  podFailurePolicy:
    rules:
    - {action: FailJob, onExitCodes: {operator: In, values: [42]}}
)");
  run_for(seconds(10));
  EXPECT_EQ(pods(), 1u);
  const JobCondition& last = work().status.conditions.back();
  EXPECT_EQ(last.type, "Failed");
  EXPECT_EQ(last.reason, "PodFailurePolicy");
  EXPECT_NE(last.message.view().find("failed with exit code 42 matching FailJob rule at index 0"),
            std::string_view::npos)
      << last.message.str();
}

TEST_F(JobTest, ADeadlineEndsWhatStillRuns) {
  apply("sleep 1000", "  activeDeadlineSeconds: 5\n");
  run_for(seconds(50));
  EXPECT_EQ(end(), "Failed DeadlineExceeded: Job was active longer than specified deadline");
  EXPECT_EQ(work().status.active, 0);
}

TEST_F(JobTest, SuspendedAndResumed) {
  apply("sleep 5", "  suspend: true\n");
  run_for(seconds(5));
  EXPECT_EQ(pods(), 0u);
  EXPECT_FALSE(work().status.start_time);
  EXPECT_EQ(type("kubectl get job --no-headers | tr -s ' ' | cut -d' ' -f1-3"),
            "work Suspended 0/1\n");
  type("kubectl patch job work -p '{\"spec\":{\"suspend\":false}}'");
  run_for(seconds(15));
  EXPECT_EQ(work().status.succeeded, 1);
  EXPECT_NE(type("kubectl get events").find("Job resumed"), std::string::npos);
}

TEST_F(JobTest, GoesWhenItsTimeIsOver) {
  apply("true", "  ttlSecondsAfterFinished: 20\n");
  run_for(seconds(15));
  EXPECT_NE(world().find<Job>("default", "work"), nullptr);
  run_for(seconds(20));
  EXPECT_EQ(world().find<Job>("default", "work"), nullptr);
  EXPECT_EQ(world().store().count(Kind::Pod), 0u);
}

TEST_F(JobTest, ItsPodsGoWithIt) {
  apply("sleep 1000");
  run_for(seconds(3));
  EXPECT_EQ(type("kubectl delete job work"), "job.batch \"work\" deleted\n");
  run_for(seconds(40));
  EXPECT_EQ(world().store().count(Kind::Pod), 0u);
}

TEST_F(JobTest, WhatTheServerRefuses) {
  EXPECT_EQ(type("kubectl create job work --image=nginx:1.25 --dry-run=client -o yaml | "
                 "sed 's/restartPolicy: Never/restartPolicy: Always/' | kubectl apply -f -"),
            "The Job \"work\" is invalid: spec.template.spec.restartPolicy: Required value: valid "
            "values: \"OnFailure\", \"Never\"\n");
}

}  // namespace
}  // namespace sim::testing
