// The bound on what has gone by: the oldest changes go, nothing else is another, and it is said.
#include <gtest/gtest.h>

#include <string>

#include "sim/base/format.h"
#include "sim/scenario/play.h"
#include "sim/scenario/scenario.h"
#include "tests/support/complaint.h"

namespace sim::testing {
namespace {

std::string scenario(const std::string& sim) {
  std::string steps;
  for (int i = 0; i < 4; ++i) {
    steps += fmt::format(
        R"({}{{"id": "s{}", "do": {{"shell": "kubectl scale deploy web --replicas={}"}},
             "until": "settled", "within": "5m"}})",
        i == 0 ? "" : ", ", i, i % 2 == 0 ? 12 : 0);
  }
  return fmt::format(R"({{
  "formatVersion": 1, "id": "test.history", "revision": 1, "title": "History",
  "sim": {{{}}},
  "cluster": {{
    "nodes": [{{"name": "a"}}],
    "images": {{"web": {{"process": {{"http": {{"root": "/srv"}}}}, "files": {{"/srv/x": "x"}}}}}},
    "manifests": [{{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {{"name": "web"}},
      "spec": {{"replicas": 1, "selector": {{"matchLabels": {{"app": "web"}}}},
        "template": {{"metadata": {{"labels": {{"app": "web"}}}},
          "spec": {{"terminationGracePeriodSeconds": 1,
                    "containers": [{{"name": "c", "image": "web"}}]}}}}}}}}]
  }},
  "steps": [{}]
}})",
                     sim, steps);
}

Report run(const std::string& sim, PlayOptions options = {}) {
  return play(parse_scenario(scenario(sim), "(test)"), options);
}

TEST(HistoryBudget, TheOldestChangesGoAndTheReportSaysSo) {
  const Report all = run("");
  const Report bounded = run(R"("historyBudget": "64Ki")");
  EXPECT_EQ(all.forgotten, 0u);
  EXPECT_GT(bounded.forgotten, 0u);
  EXPECT_EQ(bounded.forgotten % 256, 0u);
  EXPECT_EQ(bounded.fingerprint, all.fingerprint);
  EXPECT_EQ(bounded.elapsed, all.elapsed);
  const std::string told = to_text(bounded, {});
  EXPECT_NE(told.find(fmt::format("The history was thinned to stay within its bounds: of its first "
                                  "{} changes nothing can be told any more.\n",
                                  bounded.forgotten)),
            std::string::npos)
      << told;
  TextStyle korean;
  korean.language = "ko";
  EXPECT_NE(to_text(bounded, korean).find(fmt::format("변경 {}개를 버렸습니다", bounded.forgotten)),
            std::string::npos);
  EXPECT_NE(to_json({bounded}).find("\"forgottenChanges\""), std::string::npos);
  EXPECT_EQ(to_text(all, {}).find("thinned"), std::string::npos);
  EXPECT_EQ(to_json({all}).find("forgottenChanges"), std::string::npos);
}

TEST(HistoryBudget, AnOptionStandsBeforeTheScenarioOwn) {
  PlayOptions options;
  options.history_budget = 0;
  EXPECT_EQ(run(R"("historyBudget": "64Ki")", options).forgotten, 0u);
  options.history_budget = 64 << 10;
  EXPECT_GT(run("", options).forgotten, 0u);
}

TEST(HistoryBudget, WhatIsNoAmountIsRefused) {
  const std::string told =
      complaint_of([] { parse_scenario(scenario(R"("historyBudget": "much")"), "(test)"); });
  EXPECT_NE(told.find("/sim/historyBudget"), std::string::npos) << told;
  EXPECT_NE(told.find("much"), std::string::npos) << told;
}

}  // namespace
}  // namespace sim::testing
