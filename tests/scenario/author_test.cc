// What authors have: a starter that is proved as it is, a recorded session, and proofs that find
// what no shape can show.
#include <gtest/gtest.h>

#include <string>

#include "sim/base/input_error.h"
#include "sim/scenario/author.h"
#include "sim/scenario/play.h"
#include "sim/scenario/prove.h"
#include "sim/scenario/report.h"
#include "tests/support/complaint.h"

namespace sim::testing {
namespace {

std::string mistakes(const std::string& text) {
  const Proof proof = prove(parse_scenario(text, "t.json"), text, "en");
  std::string all;
  for (const Diagnostic& mistake : proof.mistakes) all += mistake.text() + "\n";
  return all;
}

std::string starter_with(const std::string& from, const std::string& to) {
  std::string text = starter_scenario("t");
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Author, TheStarterIsProved) {
  const std::string text = starter_scenario("lost-upload");
  const Scenario scenario = parse_scenario(text, "t.json");
  EXPECT_EQ(scenario.id, "lost-upload");
  for (const char* language : {"en", "ko"}) {
    const Proof proof = prove(scenario, text, language);
    EXPECT_TRUE(proof.mistakes.empty());
    EXPECT_EQ(proof.proved, 5);
  }
  EXPECT_THROW(starter_scenario("Lost Upload"), InputError);
}

TEST(Author, AnExpectationThatHoldsWhateverHappensIsFound) {
  const std::string text =
      starter_with(R"("why": {"pod": "app", "path": "/tmp/note", "code": "IN_CONTAINER_LAYER"})",
                   R"("object": {"kind": "Node", "name": "node-a"})");
  const std::string found = mistakes(text);
  EXPECT_NE(found.find("holds whatever happens: It is in the container's writable layer. (at "
                       "/steps/0/expect/0)"),
            std::string::npos)
      << found;
  EXPECT_EQ(found.find("t.json:"), 0u) << found;
}

TEST(Author, AFileThatComesLaterMayBeMissedNow) {
  // "Nobody sees it" could fail: where somebody makes it, as the task does.
  EXPECT_EQ(mistakes(starter_with(
                R"("why": {"pod": "app", "path": "/tmp/note", "code": "IN_CONTAINER_LAYER"})",
                R"("sees": {"path": "/scratch/note", "pods": {"app": false}})")),
            "");
}

TEST(Author, WhatDoesNotHoldHasItsPlace) {
  const std::string found = mistakes(starter_with("LOST_WITH_CONTAINER", "LOST_WITH_POD"));
  EXPECT_NE(found.find("does not hold: The file went with the container. (at /steps/1/expect/0)"),
            std::string::npos)
      << found;
  EXPECT_NE(found.find("it is LOST_WITH_CONTAINER"), std::string::npos) << found;
}

TEST(Author, TwoRightAnswersAreOneTooMany) {
  const std::string found =
      mistakes(starter_with(R"("holds": {"sees": {"path": "/tmp/note", "pods": {"app": true}}})",
                            R"("holds": {"sees": {"path": "/tmp/note", "pods": {"app": false}}})"));
  EXPECT_NE(found.find("exactly one answer is right (at /steps/1/predict): 2 of the options hold"),
            std::string::npos)
      << found;
}

TEST(Author, ANegationAboutNobodyDoesNotHold) {
  const std::string found = mistakes(starter_with(
      R"("why": {"pod": "app", "path": "/tmp/note", "code": "IN_CONTAINER_LAYER"})",
      R"("not": {"sees": {"path": "/tmp/note", "every": {"labels": {"no": "pod"}, "is": true}}})"));
  EXPECT_NE(found.find("\"every\" selects no running pod"), std::string::npos) << found;
}

TEST(Author, FlagsOfKubectlAreKnownWhenAFileIsRead) {
  const auto complaint = [](const std::string& line) {
    return complaint_of([&] {
      parse_scenario(
          starter_with(R"("shell": ["kubectl exec app -- sh -c 'echo hello > /tmp/note'"])",
                       "\"kubectl\": \"" + line + "\""),
          "t.json");
    });
  };
  // A flag of a subcommand's subcommand, one with a value, one behind the dashes.
  for (const char* line :
       {"create secret generic s --from-literal=a=b", "get pods -n default",
        "exec app -- ls --nothing", "rollout status deployment/a --timeout=5s"}) {
    EXPECT_EQ(complaint(line), "") << line;
  }
  const std::string wrong = complaint("get pods --selectr=a");
  EXPECT_NE(wrong.find("kubectl get: unknown flag: --selectr"), std::string::npos) << wrong;
  EXPECT_NE(wrong.find("did you mean \"--selector\"?"), std::string::npos) << wrong;
}

TEST(Author, ASessionBecomesAScenario) {
  const ClusterFile cluster = default_cluster();
  Simulation simulation = make_cluster(cluster.cluster);
  Terminal terminal(simulation, ".");
  Transcript transcript;
  EXPECT_EQ(
      run_script(terminal, "# Two nodes.\n\nkubectl get nodes -o name\n\nkubectl get pod none\n",
                 &transcript),
      1);
  const std::string text = recorded_scenario("rec", default_cluster_text(), transcript);
  EXPECT_EQ(mistakes(text), "");
  const Report report = play(parse_scenario(text, "rec.json"), {});
  ASSERT_EQ(report.steps.size(), 2u);
  EXPECT_EQ(report.steps[0].say, "Two nodes.");
  EXPECT_EQ(report.steps[0].output, "node/node-a\nnode/node-b\n");
  EXPECT_EQ(report.steps[1].exit, 1);
  EXPECT_EQ(report.held(), 2);
  EXPECT_THROW(recorded_scenario("rec", default_cluster_text(), Transcript()), InputError);
}

TEST(Author, TheSummaryInMarkdownNamesWhatFailed) {
  const std::string text = starter_with("LOST_WITH_CONTAINER", "LOST_WITH_POD");
  const Report report = play(parse_scenario(text, "t.json"), {});
  const std::string summary = to_markdown({report});
  EXPECT_NE(summary.find("| ❌ failed | A file, and a crash (`t`) | 2 of 3 held |"),
            std::string::npos)
      << summary;
  EXPECT_NE(summary.find("- **t**, step `crash` at "), std::string::npos) << summary;
}

}  // namespace
}  // namespace sim::testing
