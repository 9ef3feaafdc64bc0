// Faults as steps of a scenario: at once, later, when something holds, and at random.
#include <gtest/gtest.h>

#include "sim/base/format.h"
#include "sim/scenario/play.h"
#include "sim/scenario/scenario.h"
#include "tests/support/complaint.h"

namespace sim::testing {
namespace {

std::string scenario(const std::string& steps, const std::string& more = "") {
  return fmt::format(R"({{
  "formatVersion": 1, "id": "test.faults", "revision": 1, "title": "Faults", {}
  "cluster": {{
    "nodes": [{{"name": "a", "zone": "us-west-2a"}}, {{"name": "b", "zone": "us-west-2b"}}],
    "images": {{"web": {{"process": {{"http": {{"root": "/srv"}}}}, "files": {{"/srv/x": "x"}}}}}},
    "manifests": [{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "p"}},
      "spec": {{"nodeName": "a", "containers": [{{"name": "c", "image": "web"}}]}}}}]
  }},
  "refs": {{"p": {{"pod": "p"}}}},
  "steps": [{}]
}})",
                     more, steps);
}

Report run(const std::string& text) { return play(parse_scenario(text, "(test)"), {}); }

TEST(FaultScenario, WhatBreaksIsMendedAgain) {
  const Report report = run(scenario(R"(
    {"id": "cut", "do": {"fault": {"kind": "nodeCut", "node": "a"}},
     "expect": [{"why": {"pod": "p", "path": "/srv/x", "code": "NODE_CUT_OFF"}}]},
    {"id": "silent", "do": {"advance": "50s"},
     "expect": [{"object": {"kind": "Node", "name": "a",
                            "match": {"status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}}}}]},
    {"id": "heal", "do": {"fault": {"kind": "healAll"}},
     "until": {"object": {"kind": "Node", "name": "a",
                          "match": {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}}},
     "within": "30s",
     "expect": [{"why": {"pod": "p", "path": "/srv/x", "code": "IN_IMAGE"}}]},
    {"id": "down", "do": {"fault": {"kind": "zoneDown", "zone": "us-west-2a"}},
     "expect": [{"why": {"pod": "p", "path": "/srv/x", "code": "NODE_DOWN"}}]},
    {"id": "up", "do": {"fault": {"kind": "zoneUp", "zone": "us-west-2a"}}},
    {"id": "wait", "do": {"advance": "30s"},
     "expect": [{"why": {"pod": "p", "path": "/srv/x", "code": "IN_IMAGE"}}]},
    {"id": "shut", "do": {"fault": {"kind": "nodeShutdown", "node": "a", "time": "10s"}}},
    {"id": "ended", "do": {"advance": "10s"},
     "expect": [{"why": {"pod": "p", "path": "/srv/x", "code": "POD_SHUT_DOWN"}}]})"));
  EXPECT_EQ(report.failed(), 0) << to_text(report, {});
  EXPECT_GT(report.held(), 0);
}

TEST(FaultScenario, AFaultStrikesWhileACommandRuns) {
  const Report report = run(scenario(R"(
    {"id": "later", "do": {"fault": {"kind": "containerCrash", "pod": "p", "at": "20s"}}},
    {"id": "then", "do": {"fault": {"kind": "containerCrash", "pod": "p", "when": {"object":
       {"kind": "Pod", "name": "p", "match": {"status": {"containerStatuses": [{"name": "c", "restartCount": 1,
        "ready": true}]}}}}}}},
    {"id": "sleep", "do": {"shell": "sleep 60; kubectl get pod p -o jsonpath='{.status.containerStatuses[0].restartCount}'"},
     "expect": [{"output": {"is": "2"}}]})"));
  EXPECT_EQ(report.failed(), 0) << to_text(report, {});
  EXPECT_GT(report.held(), 0);
}

TEST(FaultScenario, AFaultWaitsForAnythingThatCanBeExpected) {
  const Report report = run(scenario(R"(
    {"id": "file", "do": {"fault": {"kind": "containerCrash", "pod": "p", "when":
       {"all": [{"sees": {"path": "/srv/ready", "pods": {"p": true}}},
                {"not": {"event": {"reason": "Killing"}}}]}}}},
    {"id": "event", "do": {"fault": {"kind": "nodeCut", "node": "a", "when":
       {"event": {"reason": "BackOff", "about": "Pod/p"}}}}},
    {"id": "typed", "do": {"shell": "sim when pod/p sees /srv/ready node cut b; sim faults"},
     "expect": [{"output": {"contains": "when sees default/p /srv/ready holds: node cut b"}}]},
    {"id": "quiet", "do": {"advance": "1m"},
     "expect": [{"object": {"kind": "Pod", "name": "p", "match": {"status": {"containerStatuses": [
       {"name": "c", "restartCount": 0}]}}}}]},
    {"id": "touch", "do": {"exec": {"pod": "p", "argv": ["touch", "/srv/ready"]}}},
    {"id": "struck", "do": {"advance": "10s"},
     "expect": [{"object": {"kind": "Pod", "name": "p", "match": {"status": {"containerStatuses": [
       {"name": "c", "restartCount": 1}]}}}},
       {"sees": {"path": "/srv/ready", "pods": {"p": false}}}]},
    {"id": "left", "do": {"shell": "sim faults"},
     "expect": [{"output": {"contains": "node b is cut off"}}]})"));
  EXPECT_EQ(report.failed(), 0) << to_text(report, {});
}

TEST(FaultScenario, ChaosIsDrawnFromTheSeed) {
  const std::string steps = R"({"id": "wait", "do": {"advance": "5m"}})";
  const auto fingerprint = [&](const std::string& chaos) {
    return run(scenario(steps, chaos)).fingerprint;
  };
  const std::string seven = R"("chaos": {"seed": 7, "until": "4m", "every": "10s",
                               "faults": ["containerCrash", "nodeReboot"]},)";
  EXPECT_EQ(fingerprint(seven), fingerprint(seven));
  EXPECT_NE(fingerprint(seven), fingerprint(R"("chaos": {"seed": 8, "until": "4m", "every": "10s",
                                            "faults": ["containerCrash", "nodeReboot"]},)"));
}

TEST(FaultScenario, MistakesAreFound) {
  const auto error = [](const std::string& fault) -> std::string {
    return complaint_of([&] {
      parse_scenario(scenario(R"({"id": "one", "do": {"fault": )" + fault + "}}"), "(test)");
    });
  };
  EXPECT_NE(error(R"({"kind": "nodeDwn", "node": "a"})").find("did you mean \"nodeDown\"?"),
            std::string::npos);
  EXPECT_NE(error(R"({"kind": "zoneDown"})").find("which zone?"), std::string::npos);
  EXPECT_NE(error(R"({"kind": "zoneDown", "zone": "moon"})").find("the cluster has no zone"),
            std::string::npos);
  EXPECT_NE(error(R"({"kind": "apiSlow", "node": "a"})").find("apiSlow takes no node"),
            std::string::npos);
  EXPECT_NE(error(R"({"kind": "apiSlow", "at": "1s", "when": {"object": {"kind": "Pod"}}})")
                .find("both \"at\" and \"when\""),
            std::string::npos);
  EXPECT_EQ(error(R"({"kind": "apiSlow", "time": "3s", "at": "1s"})"), "");
  EXPECT_NE(error(R"({"kind": "apiSlow", "when": {"not": {"output": {"contains": "x"}}}})")
                .find("a fault does not wait for what a command prints"),
            std::string::npos);
  EXPECT_NE(error(R"({"kind": "apiSlow", "when": {"object": {"kind": "Pod"}, "within": "5s"}})")
                .find("a fault strikes as soon as it holds"),
            std::string::npos);
}

}  // namespace
}  // namespace sim::testing
