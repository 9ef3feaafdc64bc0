// Tasks of a scenario: the goals are states, a run plays the first solution, and what the author
// says about the task is proved on copies of the cluster.
#include <gtest/gtest.h>

#include <string>

#include "sim/base/format.h"
#include "sim/scenario/player.h"
#include "tests/support/complaint.h"

namespace sim::testing {
namespace {

/// A lesson with one pod of two containers, and a task about it.
std::string lesson(const std::string& task) {
  return fmt::format(
      R"json({{
  "podsight": 1, "id": "t", "revision": 1, "title": "t",
  "cluster": {{
    "nodes": [{{"name": "a"}}],
    "images": {{"i:1": {{"size": "1Mi", "process": {{"argv": ["sleep", "inf"]}}}}}},
    "manifests": [{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "p", "labels": {{"app": "p"}}}},
      "spec": {{"terminationGracePeriodSeconds": 0, "volumes": [{{"name": "v", "emptyDir": {{}}}}],
        "containers": [{{"name": "c", "image": "i:1",
          "volumeMounts": [{{"name": "v", "mountPath": "/data"}}]}}]}}}}]
  }},
  "refs": {{"it": {{"pod": "p"}}}},
  "steps": [{{"id": "task", "within": "2m", "task": {{
    "ask": "Keep a file f through a crash of the container.",
    "goals": [{{"id": "there", "any": [{{"sees": {{"path": "/data/f", "pods": {{"it": true}}}}}},
                                    {{"sees": {{"path": "/f", "pods": {{"it": true}}}}}}]}}],
    {}
  }}}}]
}})json",
      task);
}

Report played(const std::string& task, bool prove) {
  PlayOptions options;
  options.prove = prove;
  return play(parse_scenario(lesson(task), "task.json"), options);
}

std::string failures(const Report& report) {
  std::string text;
  for (const StepResult& step : report.steps) {
    for (const CheckResult& check : step.checks) {
      if (!check.held) text += check.pointer + ": " + check.label + ": " + check.detail + "\n";
    }
  }
  return text;
}

const char* const kGood = R"json(
    "solutions": [[{"kubectl": "exec p -- touch /data/f"}], [{"shell": "kubectl exec p -- sh -c 'echo x > /data/f'"}]],
    "mustFail": [{"why": "Nothing is written.", "do": [{"kubectl": "exec p -- ls /data"}]}],
    "probes": [{"id": "crash", "do": [{"fault": {"kind": "containerCrash", "pod": "it"}}],
      "expect": [{"sees": {"path": "/data/f", "pods": {"it": true}}}]}])json";

TEST(Task, ARunPlaysTheFirstSolution) {
  const Report report = played(kGood, false);
  EXPECT_EQ(failures(report), "");
  ASSERT_EQ(report.steps.size(), 1u);
  EXPECT_EQ(report.steps[0].command, "kubectl exec p -- touch /data/f");
  EXPECT_EQ(report.held(), 1);  // the goal
}

TEST(Task, IsProvedOnCopies) {
  const Report report = played(kGood, true);
  EXPECT_EQ(failures(report), "");
  EXPECT_EQ(report.held(), 4);  // other solution, what must fail, the goal, the probe
  EXPECT_EQ(report.fingerprint, played(kGood, false).fingerprint);
}

TEST(Task, AnAttemptThatSufficesIsNoWrongOne) {
  const std::string text = failures(played(R"json(
    "solutions": [[{"advance": "1s"}]],
    "mustFail": [{"why": "It suffices.", "do": [{"kubectl": "exec p -- touch /f"}]}])json",
                                           true));
  EXPECT_NE(text.find("/steps/0/task/mustFail/0: not enough: It suffices."), std::string::npos)
      << text;
  EXPECT_NE(text.find("/steps/0/task/goals/0: "), std::string::npos) << text;
}

TEST(Task, GoalsMustNotHoldBefore) {
  std::string early = lesson(kGood);
  const std::string goal = "\"/f\"";
  early.replace(early.find(goal), goal.size(), "\"/data\"");
  const Report report = play(parse_scenario(early, "task.json"), {});
  EXPECT_EQ(failures(report),
            "/steps/0/task/goals: the task is not done yet: all its goals hold before anything is "
            "done\n");
}

TEST(Task, ASolutionThatFallsShortIsNamed) {
  const Report report = played(R"json(
    "solutions": [[{"kubectl": "exec p -- touch /f"}], [{"kubectl": "exec p -- ls /"}]],
    "mustFail": [{"why": "x", "do": [{"advance": "1s"}]}],
    "probes": [{"id": "crash", "text": "After a crash:", "do": [{"fault": {"kind": "containerCrash", "pod": "it"}}],
      "expect": [{"text": "the file is there", "sees": {"path": "/f", "pods": {"it": true}}}]}])json",
                               true);
  const std::string text = failures(report);
  EXPECT_NE(text.find("/steps/0/task/solutions/1: this solution reaches the goals as well"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("/steps/0/task/probes/0/expect/0: After a crash: the file is there"),
            std::string::npos)
      << text;
}

std::string mistakes(const std::string& task) {
  return complaint_of([&] { parse_scenario(lesson(task), "task.json"); });
}

TEST(Task, MistakesHaveTheirPlace) {
  EXPECT_NE(
      mistakes(R"json("solutions": [], "mustFail": [])json").find("a task that nobody has solved"),
      std::string::npos);
  EXPECT_NE(mistakes(R"json("solutions": [[]], "mustFail": [])json").find("nothing is done"),
            std::string::npos);
  EXPECT_NE(mistakes(R"json("solutions": [[{"advance": "1s"}]])json").find("mustFail"),
            std::string::npos);
  const std::string both = mistakes(
      R"json("solutions": [[{"advance": "1s"}]], "mustFail": [{"why": "x", "do": [{"advance": "1s"}]}], "goal": 1)json");
  EXPECT_NE(both.find("goal"), std::string::npos) << both;
}

}  // namespace
}  // namespace sim::testing
