// Kinds of broken scenario file: each gets an error that says what is wrong, where (file, line,
// column, JSON pointer), and what would be right; `podsight check` ends with status 2.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "sim/base/input_error.h"
#include "sim/scenario/scenario.h"
#include "tests/support/paths.h"

namespace sim::testing {
namespace {

const char* const kSound = R"({
  "podsight": 1,
  "id": "test.broken",
  "revision": 1,
  "title": {"en": "A title", "ko": "제목"},
  "meta": {"level": "intro", "minutes": 5, "locales": ["en"]},
  "misconceptions": {"shared": {"belief": "b", "refute": "r"}},
  "sim": {"kubernetes": "1.30", "seed": 7, "start": "2025-01-01T00:00:00Z", "delays": {"schedule": "5ms"}},
  "cluster": {
    "nodes": [{"name": "node-a", "capacity": {"cpu": "2"}, "images": ["shop:1"]}, {"name": "node-b"}],
    "images": {"shop:1": {"files": {"/srv": ["a.jpg"], "/etc/x": "text"}, "process": {"http": {"root": "/srv"}}}},
    "manifests": [
      {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "lab"}},
      {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "duo", "namespace": "lab"},
       "spec": {"containers": [{"name": "c", "image": "shop:1"}]}}
    ]
  },
  "library": {"more": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}}]},
  "refs": {"first": {"ownedBy": "Deployment/web", "nth": 0, "bindAfter": "one"}, "duo": {"pod": "duo", "namespace": "lab"}},
  "steps": [
    {"id": "one", "say": "Look.", "do": {"kubectl": "get pods"}, "until": "settled", "within": "60s",
     "expect": [{"id": "e1", "object": {"kind": "Pod", "count": 1}}]},
    {"id": "two", "do": {"exec": {"pod": "duo", "argv": ["ls", "/srv"]}},
     "predict": {"ask": "Which?", "options": [
       {"id": "a", "text": "A", "misconception": "shared", "holds": {"sees": {"path": "/srv/a.jpg", "pods": {"duo": true}}}},
       {"id": "b", "text": "B", "holds": {"not": {"event": {"reason": "Killing"}}}}]},
     "expect": [{"why": {"pod": "duo", "path": "/srv/a.jpg", "code": "IN_IMAGE"}},
                {"output": {"contains": "a.jpg"}}],
     "explain": [{"pod": "duo", "path": "/srv/a.jpg"}]},
    {"id": "three", "do": {"apply": {"use": "more", "patch": [{"op": "replace", "path": "/0/metadata/name", "value": "n"}]}}},
    {"id": "four", "do": {"fault": {"kind": "containerCrash", "pod": "duo", "container": "c"}}},
    {"id": "five", "do": {"advance": "30s"}},
    {"id": "six", "do": {"shell": ["for i in 1 2; do", "echo $i", "done"]}}
  ]
}
)";

struct Mistake {
  const char* name;
  const char* find;     // in kSound, its first occurrence …
  const char* replace;  // … becomes this
  const char* message;  // a part of the error's text
};

const Mistake kMistakes[] = {
    {"UnknownTopKey", "\"revision\"", "\"reversion\"", "did you mean \"revision\"?"},
    {"MissingKey", "  \"revision\": 1,\n", "", "the key \"revision\" is missing"},
    {"UnknownStepKey", "\"say\": \"Look.\"", "\"says\": \"Look.\"", "did you mean \"say\"?"},
    {"UpperCaseKey", "\"expect\": [{\"id\": \"e1\"", "\"Expect\": [{\"id\": \"e1\"",
     "did you mean \"expect\"?"},
    {"DoubledKey", "\"revision\": 1,", "\"revision\": 1, \"revision\": 2,", "twice"},
    {"NewerFormat", "\"podsight\": 1", "\"podsight\": 2", "newer than this podsight"},
    {"FormatIsText", "\"podsight\": 1", "\"podsight\": \"1\"", "this is a string"},
    {"BadId", "\"test.broken\"", "\"Test Broken\"", "cannot be a name"},
    {"TitleIsNumber", "{\"en\": \"A title\", \"ko\": \"제목\"}", "12", "this is a number"},
    {"EnglishMissing", "{\"en\": \"A title\", ", "{", "the key \"en\" is missing"},
    {"UnknownLanguage", "\"ko\": \"제목\"", "\"kr\": \"제목\"", "did you mean \"ko\"?"},
    {"PromisedLanguageMissing", "\"locales\": [\"en\"]", "\"locales\": [\"en\", \"ko\"]",
     "the Korean text is missing"},
    {"UnknownLevel", "\"intro\"", "\"into\"", "did you mean \"intro\"?"},
    {"OtherKubernetes", "\"1.30\"", "\"1.31\"", "does not model Kubernetes 1.31"},
    {"NegativeSeed", "\"seed\": 7", "\"seed\": -7", "out of range"},
    {"BadStart", "2025-01-01T00:00:00Z", "1 January", "is no moment"},
    {"UnknownDelay", "\"schedule\": \"5ms\"", "\"shedule\": \"5ms\"", "did you mean \"schedule\"?"},
    {"BadDelay", "\"5ms\"", "\"5 ms\"", "is no duration"},
    {"NoNodes",
     "\"nodes\": [{\"name\": \"node-a\", \"capacity\": {\"cpu\": \"2\"}, \"images\": "
     "[\"shop:1\"]}, {\"name\": \"node-b\"}]",
     "\"nodes\": []", "the cluster has no nodes"},
    {"SecondNodeOfAName", "{\"name\": \"node-b\"}", "{\"name\": \"node-a\"}", "a second node"},
    {"BadNodeName", "{\"name\": \"node-b\"}", "{\"name\": \"Node_B\"}",
     "cannot be the name of a node"},
    {"BadAmount", "{\"cpu\": \"2\"}", "{\"cpu\": \"two\"}", "\"two\" is no amount"},
    {"ImageThatIsNot", "[\"shop:1\"]", "[\"shop:2\"]", "the cluster has no image"},
    {"RelativeImagePath", "\"/srv\": [", "\"srv\": [", "is no absolute path"},
    {"SlashInFileName", "[\"a.jpg\"]", "[\"x/a.jpg\"]", "is no file name"},
    {"UnknownManifestField", "\"containers\": [{\"name\": \"c\", \"image\"",
     "\"containers\": [{\"name\": \"c\", \"imagee\"", "did you mean \"image\"?"},
    {"UnknownManifestKind", "\"kind\": \"Namespace\"", "\"kind\": \"Namespaces\"",
     "no matches for kind"},
    {"ManifestWithoutKind", "\"kind\": \"Namespace\", ", "", "the manifest has no \"kind\""},
    {"RefWithoutOwner", "{\"ownedBy\": \"Deployment/web\", ", "{",
     "way to name the pod is missing"},
    {"RefOwnerWithoutName", "\"Deployment/web\"", "\"web\"", "names no owner"},
    {"RefOwnerKind", "\"Deployment/web\"", "\"Node/web\"", "no pods are owned by a Node"},
    {"RefAfterUnknownStep", "\"bindAfter\": \"one\"", "\"bindAfter\": \"won\"",
     "there is no step \"won\""},
    {"SecondStepOfAnId", "\"id\": \"two\"", "\"id\": \"one\"", "a second step"},
    {"TwoActions", "{\"kubectl\": \"get pods\"}",
     "{\"kubectl\": \"get pods\", \"advance\": \"1s\"}", "more than one action"},
    {"NoAction", "{\"kubectl\": \"get pods\"}", "{}", "action is missing"},
    {"UnknownVerb", "\"get pods\"", "\"gett pods\"", "did you mean \"get\"?"},
    {"UnknownUntil", "\"settled\"", "\"setled\"", "did you mean \"settled\"?"},
    {"WithinWithoutUntil", "\"until\": \"settled\", ", "", "\"within\" limits \"until\""},
    {"NothingExpected", "[{\"id\": \"e1\", \"object\": {\"kind\": \"Pod\", \"count\": 1}}]", "[]",
     "nothing is expected"},
    {"UnknownKind", "{\"kind\": \"Pod\", \"count\": 1}", "{\"kind\": \"Pods\", \"count\": 1}",
     "did you mean \"Pod\"?"},
    {"NegativeCount", "\"count\": 1", "\"count\": -1", "out of range"},
    {"TwoPredicates", "\"object\": {\"kind\": \"Pod\", \"count\": 1}",
     "\"object\": {\"kind\": \"Pod\"}, \"event\": {\"reason\": \"x\"}", "more than one predicate"},
    {"UnknownReference", "{\"exec\": {\"pod\": \"duo\"", "{\"exec\": {\"pod\": \"dou\"",
     "did you mean \"duo\"?"},
    {"EmptyArgv", "[\"ls\", \"/srv\"]", "[]", "no command"},
    {"OneOption",
     ",\n       {\"id\": \"b\", \"text\": \"B\", \"holds\": {\"not\": {\"event\": {\"reason\": "
     "\"Killing\"}}}}",
     "", "a choice needs something to choose from"},
    {"UnknownMisconception", "\"misconception\": \"shared\"", "\"misconception\": \"sharing\"",
     "there is no misconception"},
    {"RelativePath", "{\"why\": {\"pod\": \"duo\", \"path\": \"/srv/a.jpg\"",
     "{\"why\": {\"pod\": \"duo\", \"path\": \"srv/a.jpg\"", "is no absolute path"},
    {"UnknownCode", "IN_IMAGE", "IN_IMAGES", "did you mean \"IN_IMAGE\"?"},
    {"EmptyOutput", "{\"contains\": \"a.jpg\"}", "{}", "nothing is expected of the output"},
    {"UnknownLibrary", "\"use\": \"more\"", "\"use\": \"moer\"", "the library has no"},
    {"PatchThatDoesNotFit", "/0/metadata/name", "/7/metadata/name", "the patch does not fit"},
    {"UnknownFault", "containerCrash", "containerCrush", "did you mean \"containerCrash\"?"},
    {"FaultWithoutPod", "\"kind\": \"containerCrash\", \"pod\": \"duo\", ",
     "\"kind\": \"containerCrash\", ", "whom does it hit?"},
    {"FaultOnUnknownNode", "{\"kind\": \"containerCrash\", \"pod\": \"duo\", \"container\": \"c\"}",
     "{\"kind\": \"nodeDown\", \"node\": \"node-c\"}", "the cluster has no node"},
    {"NegativeAdvance", "{\"advance\": \"30s\"}", "{\"advance\": \"-30s\"}", "is no duration"},
    {"ShellSyntax", "\"done\"]", "\"don\"]", "the shell cannot read this"},
    {"StepDoesNothing", "{\"id\": \"five\", \"do\": {\"advance\": \"30s\"}}", "{\"id\": \"five\"}",
     "this step does nothing"},
    {"TextWithoutWords", "\"say\": \"Look.\"", "\"say\": \" \"", "there are no words in this text"},
    {"LanguageWithoutWords", "\"ko\": \"제목\"", "\"ko\": []", "there are no words in this text"},
    {"EmptyPartOfOutput", "{\"contains\": \"a.jpg\"}", "{\"contains\": \"\"}",
     "the empty text is in every text"},
    {"EmptyPartOfAnEvent", "{\"reason\": \"Killing\"}",
     "{\"reason\": \"Killing\", \"contains\": []}", "the empty text is in every text"},
    {"OutputOfNoAction", "{\"id\": \"five\", \"do\": {\"advance\": \"30s\"}}",
     "{\"id\": \"five\", \"say\": \"x\", \"expect\": [{\"not\": {\"output\": {\"is\": \"x\"}}}]}",
     "this step does nothing that could print"},
    {"GoalOfOutput", "{\"id\": \"five\", \"do\": {\"advance\": \"30s\"}}",
     "{\"id\": \"five\", \"task\": {\"ask\": \"x\", \"goals\": [{\"output\": {\"exit\": 0}}], "
     "\"solutions\": [[{\"advance\": \"1s\"}]], \"mustFail\": [{\"why\": \"x\", \"do\": "
     "[{\"advance\": \"1s\"}]}]}}",
     "a goal is a state"},
    {"SolutionWithoutItsList", "{\"id\": \"five\", \"do\": {\"advance\": \"30s\"}}",
     "{\"id\": \"five\", \"task\": {\"ask\": \"x\", \"goals\": [{\"event\": {\"reason\": \"x\"}}], "
     "\"solutions\": [{\"advance\": \"1s\"}], \"mustFail\": [{\"why\": \"x\", \"do\": "
     "[{\"advance\": \"1s\"}]}]}}",
     "one action, where a list of them stands"},
    {"UntilATime", "\"settled\"", "\"1m\"", "for what to wait, not how long"},
    {"KeyOfAnotherFormat", "\"within\": \"60s\"", "\"timeout\": \"60s\"",
     "did you mean \"within\"?"},
    {"DurationIsNumber", "\"within\": \"60s\"", "\"within\": 60", "\"60s\""},
    {"ActionIsText", "{\"kubectl\": \"get pods\"}", "\"kubectl get pods\"",
     "words without a key that says what they are"},
    {"VerbInAShellLine", "\"echo $i\"", "\"kubectl dlete pod x\"", "did you mean \"delete\"?"},
    {"RefIsText", "{\"pod\": \"duo\", \"namespace\": \"lab\"}", "\"duo\"", "{\"pod\": \"duo\"}"},
    {"KindByItsShortName", "{\"kind\": \"Pod\", \"count\": 1}", "{\"kind\": \"pvc\", \"count\": 1}",
     "did you mean \"PersistentVolumeClaim\"?"},
    {"KindOfAnotherVersion", "\"apiVersion\": \"v1\", \"kind\": \"Pod\"",
     "\"apiVersion\": \"v2\", \"kind\": \"Pod\"", "\"apiVersion\": \"v1\""},
    {"TrailingComma", "{\"advance\": \"30s\"}", "{\"advance\": \"30s\",}", ""},
    {"MissingComma", "\"revision\": 1,", "\"revision\": 1", ""},
    {"UnterminatedString", "\"Look.\"", "\"Look.", ""},
    {"TextAfterTheEnd", "    {\"id\": \"six\"", "    ]}{\"id\": \"six\"", ""},
    {"NotAnObject", "{\n  \"podsight\": 1,", "[{\n  \"podsight\": 1,", ""},
};

std::string broken(const Mistake& mistake) {
  std::string text = kSound;
  const std::size_t at = text.find(mistake.find);
  EXPECT_NE(at, std::string::npos) << mistake.name;
  if (at != std::string::npos) text.replace(at, std::string(mistake.find).size(), mistake.replace);
  return text;
}

TEST(BrokenScenario, TheSoundOneIsRead) {
  const Scenario scenario = parse_scenario(kSound, "sound.json");
  EXPECT_EQ(scenario.steps.size(), 6u);
}

class BrokenScenarioKind : public ::testing::TestWithParam<Mistake> {};

TEST_P(BrokenScenarioKind, SaysWhatAndWhereAndWhatWouldBeRight) {
  const Mistake& mistake = GetParam();
  try {
    parse_scenario(broken(mistake), "broken.json");
    FAIL() << "was read without a complaint";
  } catch (const InputError& error) {
    ASSERT_FALSE(error.diagnostics().empty());
    EXPECT_NE(std::string(error.what()).find(mistake.message), std::string::npos) << error.what();
    for (const Diagnostic& diagnostic : error.diagnostics()) {
      EXPECT_EQ(diagnostic.file, "broken.json");
      EXPECT_GT(diagnostic.line, 0) << error.what();
      EXPECT_GT(diagnostic.column, 0) << error.what();
    }
  }
}

TEST(BrokenScenario, TheProgramEndsWithTwo) {
  const std::filesystem::path file =
      std::filesystem::path(::testing::TempDir()) / "podsight_broken_scenario.json";
  for (const Mistake& mistake : kMistakes) {
    std::ofstream(file) << broken(mistake);
    const std::string command = program_path() + " check '" + file.string() + "' >/dev/null 2>&1";
    const int status = std::system(command.c_str());
    ASSERT_TRUE(WIFEXITED(status)) << mistake.name;
    EXPECT_EQ(WEXITSTATUS(status), 2) << mistake.name;
  }
  std::filesystem::remove(file);
}

INSTANTIATE_TEST_SUITE_P(All, BrokenScenarioKind, ::testing::ValuesIn(kMistakes),
                         [](const ::testing::TestParamInfo<Mistake>& row) {
                           return std::string(row.param.name);
                         });

}  // namespace
}  // namespace sim::testing
