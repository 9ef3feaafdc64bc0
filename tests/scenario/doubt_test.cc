// Statements that prove nothing, because they could not fail: each is found out, whether it is
// about a pod that has ended or never was, about a path that nobody has to do with, or about
// everything.
#include <gtest/gtest.h>

#include <string>

#include "sim/base/format.h"
#include "sim/scenario/prove.h"
#include "tests/support/complaint.h"

namespace sim::testing {
namespace {

constexpr const char* kRuns = R"json({"sees": {"path": "/data/f", "pods": {"it": true}}})json";

/// A lesson about one pod that runs and one that has ended, with one statement of each kind.
std::string lesson(const std::string& expect, const std::string& answer,
                   const std::string& feedback, const std::string& until, const std::string& goal) {
  return fmt::format(
      R"json({{
  "podsight": 1, "id": "t", "revision": 1, "title": "t",
  "cluster": {{
    "nodes": [{{"name": "a"}}],
    "images": {{"i:1": {{"size": "1Mi", "process": {{"argv": ["sleep", "inf"]}}, "files": {{"/etc/motd": "hi"}}}}}},
    "manifests": [
      {{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "p", "labels": {{"app": "p"}}}},
        "spec": {{"volumes": [{{"name": "v", "emptyDir": {{}}}}], "containers": [
          {{"name": "c", "image": "i:1", "volumeMounts": [{{"name": "v", "mountPath": "/data"}}]}}]}}}},
      {{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "done"}},
        "spec": {{"restartPolicy": "Never", "containers": [
          {{"name": "c", "image": "i:1", "command": ["true"]}}]}}}}
    ]
  }},
  "refs": {{"it": {{"pod": "p"}}, "ended": {{"pod": "done"}}, "nobody": {{"pod": "dune"}},
           "lost": {{"ownedBy": "Deployment/wbe"}}}},
  "steps": [
    {{"id": "write",
      "predict": {{"ask": "?", "options": [
        {{"id": "a", "text": "A", "holds": {0}}},
        {{"id": "b", "text": "B", {1}"holds": {{"sees": {{"path": "/data/f", "pods": {{"it": false}}}}}}}}]}},
      "do": {{"kubectl": "exec p -- touch /data/f"}}, "until": {2},
      "expect": [{3}]}},
    {{"id": "task", "task": {{"ask": "?", "goals": [{4}, {{"sees": {{"path": "/data/g", "pods": {{"it": true}}}}}}],
      "solutions": [[{{"kubectl": "exec p -- touch /data/g"}}]],
      "mustFail": [{{"why": "x", "do": [{{"kubectl": "exec p -- touch /g"}}]}}]}}}}
  ]
}})json",
      answer, feedback, until, expect, goal);
}

std::string mistakes(const std::string& text) {
  std::string all;
  for (const Diagnostic& mistake : prove(parse_scenario(text, "t.json"), text, "en").mistakes) {
    all += mistake.text() + "\n";
  }
  return all;
}

const char* const kRefutes = "\"feedback\": \"Because.\", ";

std::string expecting(const std::string& statement) {
  return mistakes(lesson(statement, kRuns, kRefutes, kRuns, kRuns));
}

TEST(Doubt, ASoundLessonRaisesNone) { EXPECT_EQ(expecting(kRuns), ""); }

struct Vacuous {
  const char* name;
  const char* statement;
  const char* message;
};

const Vacuous kVacuous[] = {
    {"PodThatHasEnded", R"({"sees": {"path": "/data/f", "pods": {"ended": false}}})",
     "nothing runs in ended (done) that could look"},
    {"ItsNegation", R"({"not": {"sees": {"path": "/data/f", "pods": {"ended": true}}}})",
     "nothing runs in ended (done) that could look"},
    {"PodThatNeverWas", R"({"sees": {"path": "/data/f", "pods": {"nobody": false}}})",
     "there is no pod dune now; did you mean \"done\"?"},
    {"OwnerThatNeverWas", R"({"not": {"why": {"pod": "lost", "path": "/f", "code": "IN_IMAGE"}}})",
     "there is no Deployment/wbe in the namespace default"},
    {"ContainerThatIsNot",
     R"({"sees": {"path": "/data/f", "container": "d", "pods": {"it": false}}})",
     "Pod p has no container \"d\""},
    {"PathThatNobodyWrote", R"({"sees": {"path": "/dta/f", "pods": {"it": false}}})",
     "nobody ever wrote /dta/f (at /steps/0/expect/0): did you mean /data/f?"},
    {"ItsReason", R"({"why": {"pod": "it", "path": "/x/y/z", "code": "NEVER_WRITTEN_HERE"}})",
     "nobody ever wrote /x/y/z"},
    {"PathForEveryone",
     R"({"sees": {"path": "/x/y/z", "every": {"labels": {"app": "p"}, "is": false}}})",
     "nobody ever wrote /x/y/z"},
    {"EveryOneOfNone",
     R"({"sees": {"path": "/data/f", "every": {"labels": {"app": "q"}, "is": false}}})",
     "\"every\" selects no running pod"},
    {"OthersOfNone", R"({"sees": {"path": "/data/f", "pods": {"it": true}, "others": false}})",
     "no other pod runs"},
    {"NoneOfAName", R"({"object": {"kind": "Pod", "name": "q", "count": 0}})",
     "holds whatever happens: Pod/q"},
    {"NoneOfAState",
     R"({"object": {"kind": "Pod", "match": {"status": {"phase": "Runing"}}, "count": 0}})",
     "holds whatever happens"},
    {"NotWhatIsNotThere",
     R"({"not": {"object": {"kind": "Deployment", "name": "w", "match": {"spec": {"replicas": 3}}}}})",
     "0 selected"},
    {"NotAnEventThatNeverComes", R"({"not": {"event": {"reason": "Kiling"}}})",
     "holds whatever happens: not: event Kiling"},
    {"NotAnyOfNothing",
     R"({"not": {"any": [{"sees": {"path": "/f", "pods": {"ended": true}}}, {"sees": {"path": "/f", "pods": {"nobody": true}}}]}})",
     "does not hold"},
    {"WhatWasSoBefore", R"({"object": {"kind": "Node", "name": "a"}})", "holds whatever happens"},
};

class VacuousStatement : public ::testing::TestWithParam<Vacuous> {};

TEST_P(VacuousStatement, IsFoundOut) {
  const std::string found = expecting(GetParam().statement);
  EXPECT_NE(found.find(GetParam().message), std::string::npos) << found;
  EXPECT_NE(found.find("/steps/0/expect/0"), std::string::npos) << found;
}

INSTANTIATE_TEST_SUITE_P(All, VacuousStatement, ::testing::ValuesIn(kVacuous),
                         [](const ::testing::TestParamInfo<Vacuous>& row) {
                           return std::string(row.param.name);
                         });

TEST(Doubt, AnswersGoalsAndWaitsAreDoubtedToo) {
  const std::string always = R"({"object": {"kind": "Node", "name": "a"}})";
  EXPECT_NE(mistakes(lesson(kRuns, always, kRefutes, kRuns, kRuns))
                .find("an answer that is right whatever happens: Node/a (at "
                      "/steps/0/predict/options/0/holds)"),
            std::string::npos);
  EXPECT_NE(mistakes(lesson(kRuns, kRuns, kRefutes, always, kRuns))
                .find("waits for nothing, for it holds whatever happens: Node/a (at "
                      "/steps/0/until)"),
            std::string::npos);
  EXPECT_NE(mistakes(lesson(kRuns, kRuns, kRefutes, kRuns, always))
                .find("a goal that is met whatever happens: Node/a (at /steps/1/task/goals/0)"),
            std::string::npos);
}

TEST(Doubt, AWrongAnswerIsRefuted) {
  EXPECT_EQ(mistakes(lesson(kRuns, kRuns, "", kRuns, kRuns)),
            "t.json:21:9: nothing refutes the wrong answer \"B\" (at /steps/0/predict/options/1): "
            "name its \"misconception\", or say in \"feedback\" why it is wrong\n");
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = lesson(kRuns, kRuns, kRefutes, kRuns, kRuns);
  return text.replace(text.find(from), from.size(), to);
}

TEST(Doubt, AnImageThatIsNotThereIsNamedAtItsPlace) {
  const std::string unknown = mistakes(with("\"image\": \"i:1\"", "\"image\": \"i:2\""));
  EXPECT_NE(unknown.find("there is no image \"i:2\" under cluster.images: its pods never start (at "
                         "/cluster/manifests/0/spec/containers/0/image): did you mean \"i:1\"?"),
            std::string::npos)
      << unknown;
  const std::string unpulled =
      mistakes(with("\"manifests\": [", "\"registry\": {\"reachable\": false}, \"manifests\": ["));
  EXPECT_NE(unpulled.find("the image \"i:1\" is on no node of the pod, and cannot be pulled"),
            std::string::npos)
      << unpulled;
}

TEST(Doubt, AManifestThatIsRefusedHasItsPlace) {
  const std::string text = with("\"name\": \"v\", \"emptyDir\"", "\"name\": \"w\", \"emptyDir\"");
  EXPECT_EQ(complaint_of([&] { prove(parse_scenario(text, "t.json"), text, "en"); }),
            "t.json:7:7: the cluster's manifests cannot be applied:\npod/done created\nThe Pod "
            "\"p\" is invalid: "
            "spec.containers[0].volumeMounts[0].name: Not found: \"v\" (at /cluster/manifests/0)");
}

TEST(Doubt, AnAttemptThatCannotBeMadeFailsForNothing) {
  const std::string found = mistakes(with("exec p -- touch /g\"", "exec p -- tuch /g\""));
  EXPECT_NE(found.find("does not hold: the attempt can be made (at /steps/1/task/mustFail/0): "
                       "something that it names is not there"),
            std::string::npos)
      << found;
}

TEST(Doubt, NobodyIsExplained) {
  const std::string found = mistakes(
      with("\"expect\":", "\"explain\": [{\"pod\": \"nobody\", \"path\": \"/f\"}], \"expect\":"));
  EXPECT_NE(
      found.find("there is a pod to explain it of (at /steps/0/explain/0): no pod is bound to "
                 "\"nobody\" now"),
      std::string::npos)
      << found;
}

TEST(Doubt, WhatAStepPrintedIsToldWithWhatDoesNotHold) {
  const std::string found = mistakes(with("exec p -- touch /data/f", "exec q -- touch /data/f"));
  EXPECT_NE(found.find("the step ended with status 1 and printed\nError from server (NotFound): "
                       "pods \"q\" not found"),
            std::string::npos)
      << found;
}

}  // namespace
}  // namespace sim::testing
