// `podsight see`, `why` and `diff`, the page of a run, and forks: on the divewatch lesson and on a
// small scenario of their own.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "sim/base/input_error.h"
#include "sim/graph/page.h"
#include "sim/scenario/ask.h"
#include "sim/scenario/moments.h"
#include "tests/support/paths.h"

namespace sim::testing {
namespace {

const char* const kPicture = "/usr/share/nginx/html/assets/divewatch.jpg";

Asked divewatch(const std::string& at, const std::string& format = "table") {
  Asked asked;
  asked.scenario = source_path("scenarios/divewatch.json");
  asked.at = at;
  asked.format = format;
  return asked;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(Ask, WhySaysOfTheSecondPodWhereTheFileWent) {
  Asked asked = divewatch("look");
  const std::string first = "assets-697d65f86-7hjz4";
  const std::string second = "assets-697d65f86-dxfs2";
  const std::string path = kPicture;
  const std::string told = ask_why(asked, "second", path);
  EXPECT_EQ(
      told.substr(0, told.find('\n')),
      "NEVER_WRITTEN_HERE  " + path + " was written in pod " + first +
          " and went to the writable layer of its container \"assets\", not into the emptyDir "
          "at /tmp; pod " +
          second + " has a container and a writable layer of its own.");
  EXPECT_NE(told.find("\nCure\n  keep it in a volume that all of the pods mount: a claim with "
                      "ReadWriteMany at /usr/share/nginx/html/assets"),
            std::string::npos)
      << told;
  EXPECT_NE(told.find("created in the writable layer"), std::string::npos);
  asked.options.language = "ko";
  const std::string korean = ask_why(asked, second, path);
  EXPECT_EQ(korean.substr(0, korean.find('\n')),
            "NEVER_WRITTEN_HERE  " + path + "은(는) Pod " + first +
                "에서 썼고, /tmp의 emptyDir이 아니라 그 Pod의 컨테이너 \"assets\" 쓰기 레이어에 "
                "들어갔습니다. Pod " +
                second + "에는 자기 컨테이너와 자기 쓰기 레이어가 따로 있습니다.");
  EXPECT_NE(korean.find("ReadWriteMany 클레임을"), std::string::npos);
}

TEST(Ask, SeeInEachFormat) {
  const std::string table = ask_see(divewatch("look"), {kPicture});
  EXPECT_NE(table.find("✓  assets-697d65f86-7hjz4  assets     node-a  present"), std::string::npos)
      << table;
  EXPECT_NE(table.find("✗  assets-697d65f86-dxfs2  assets     node-b  absent"), std::string::npos);
  const auto json = nlohmann::json::parse(ask_see(divewatch("look", "json"), {kPicture}));
  EXPECT_EQ(json["files"][0]["seenBy"], 1);
  ASSERT_EQ(json["pods"].size(), 2u);
  EXPECT_EQ(json["pods"][1]["files"][0]["code"], "NEVER_WRITTEN_HERE");
  const std::string markdown = ask_see(divewatch("look", "md"), {kPicture});
  EXPECT_NE(markdown.find("| assets-697d65f86-7hjz4 | assets | node-a | ✓ present"),
            std::string::npos)
      << markdown;
  const std::string dot = ask_see(divewatch("look", "dot"), {kPicture});
  EXPECT_EQ(dot.rfind("digraph podsight {", 0), 0u);
  EXPECT_NE(dot.find("label=\"is in\""), std::string::npos);
  const std::string svg = ask_see(divewatch("look", "svg"), {kPicture});
  EXPECT_EQ(svg.rfind("<svg ", 0), 0u);
  EXPECT_NE(svg.find("✗ absent"), std::string::npos);
}

TEST(Ask, PatternsStandForWhatContainersHave) {
  const auto json = nlohmann::json::parse(
      ask_see(divewatch("look", "json"), {"/usr/share/nginx/html/assets/[cd]*.jpg"}));
  ASSERT_EQ(json["files"].size(), 2u);
  EXPECT_EQ(json["files"][0]["path"], "/usr/share/nginx/html/assets/chrono_classic.jpg");
  EXPECT_EQ(json["files"][0]["seenBy"], 2);
  EXPECT_EQ(json["files"][1]["path"], kPicture);
  EXPECT_EQ(json["files"][1]["seenBy"], 1);
}

TEST(Ask, MomentsByTimeClockAndStep) {
  const std::string by_step = ask_see(divewatch("write"), {kPicture});
  EXPECT_EQ(ask_see(divewatch("1780ms"), {kPicture}), by_step);
  EXPECT_EQ(ask_see(divewatch("00:00:01.78"), {kPicture}), by_step);
  EXPECT_NE(ask_see(divewatch("1s"), {kPicture}), by_step);
  for (const char* wrong : {"wriet", "-3s", "9h", "00:00", "1.5.5"}) {
    EXPECT_THROW(ask_see(divewatch(wrong), {kPicture}), InputError) << wrong;
  }
  EXPECT_THROW(ask_see(divewatch(""), {"relative"}), InputError);
  EXPECT_THROW(ask_why(divewatch(""), "nobody", "/x"), InputError);
}

TEST(Ask, DifferenceOfTwoMoments) {
  const std::string text = ask_difference(divewatch(""), "scale", "write", {});
  EXPECT_NE(text.find("seen by 0 of 2 containers → 1 of 2"), std::string::npos) << text;
  EXPECT_NE(text.find("✗ absent → ✓ present"), std::string::npos) << text;
  const std::string none = ask_difference(divewatch(""), "write", "write", {});
  EXPECT_NE(none.find("The same containers see the same files."), std::string::npos);
}

const char* const kClaims = R"({
  "podsight": 1, "id": "test.claims", "revision": 1, "title": "claims",
  "cluster": {
    "nodes": [{"name": "node-a", "zone": "us-west-2a"}, {"name": "node-b", "zone": "us-west-2a"}],
    "drivers": ["efs.csi.aws.com", "ebs.csi.aws.com"],
    "images": {"shop:1": {"process": {"http": {"root": "/srv"}}, "files": {"/srv/index.html": "x"}}},
    "manifests": [
      {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "efs"},
       "provisioner": "efs.csi.aws.com",
       "parameters": {"provisioningMode": "efs-ap", "fileSystemId": "fs-123", "directoryPerms": "700"}},
      {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "ebs"},
       "provisioner": "ebs.csi.aws.com"},
      {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "shared"},
       "spec": {"accessModes": ["ReadWriteMany"], "storageClassName": "efs",
                "resources": {"requests": {"storage": "1Gi"}}}},
      {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "block"},
       "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "ebs",
                "resources": {"requests": {"storage": "1Gi"}}}}]
  },
  "library": {"pods": [
    {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"nodeName": "node-a",
     "containers": [{"name": "c", "image": "shop:1", "volumeMounts": [
       {"name": "s", "mountPath": "/shared"}, {"name": "b", "mountPath": "/block"}]}],
     "volumes": [{"name": "s", "persistentVolumeClaim": {"claimName": "shared"}},
                 {"name": "b", "persistentVolumeClaim": {"claimName": "block"}}]}},
    {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "b"}, "spec": {"nodeName": "node-b",
     "containers": [{"name": "c", "image": "shop:1", "volumeMounts": [
       {"name": "s", "mountPath": "/shared"}, {"name": "s", "mountPath": "/again"}]}],
     "volumes": [{"name": "s", "persistentVolumeClaim": {"claimName": "shared"}}]}},
    {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "late"}, "spec": {"nodeName": "node-b",
     "containers": [{"name": "c", "image": "shop:1", "volumeMounts": [{"name": "b", "mountPath": "/block"}]}],
     "volumes": [{"name": "b", "persistentVolumeClaim": {"claimName": "block"}}]}}]},
  "refs": {"a": {"pod": "a"}, "b": {"pod": "b"}, "late": {"pod": "late"}},
  "steps": [
    {"id": "start", "do": {"apply": {"use": "pods"}}},
    {"id": "ready", "do": {"advance": "60s"}},
    {"id": "write", "do": {"shell": ["kubectl exec a -- touch /shared/x /block/x /layer"]},
     "expect": [
       {"sees": {"path": "/shared/x", "pods": {"a": true, "b": true}}},
       {"why": {"pod": "b", "path": "/again/x", "code": "IN_VOLUME"}},
       {"why": {"pod": "b", "path": "/layer", "code": "NEVER_WRITTEN_HERE"}},
       {"why": {"pod": "b", "path": "/block/x", "code": "VOLUME_NOT_MOUNTED"}},
       {"why": {"pod": "late", "path": "/block/x", "code": "VOLUME_NOT_ATTACHED"}}],
     "explain": [{"pod": "b", "path": "/layer"}]}
  ]
})";

TEST(Claims, ADeletedVolumeTakesItsFilesWithIt) {
  std::string text = kClaims;
  const std::string last = "\"explain\": [{\"pod\": \"b\", \"path\": \"/layer\"}]}";
  text.replace(text.find(last), last.size(), R"("explain": [{"pod": "b", "path": "/layer"}]},
    {"id": "delete", "do": {"shell": [
      "kubectl get pvc shared -o json > claim.json", "kubectl delete pod a b late --force",
      "kubectl delete pvc shared", "sim advance 60s"]}},
    {"id": "again", "do": {"apply": [
      {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "shared"},
       "spec": {"accessModes": ["ReadWriteMany"], "storageClassName": "efs",
                "resources": {"requests": {"storage": "1Gi"}}}}]}},
    {"id": "pods", "do": {"apply": {"use": "pods"}}},
    {"id": "wait", "do": {"advance": "120s"},
     "expect": [{"why": {"pod": "b", "path": "/shared/x", "code": "LOST_WITH_VOLUME"}}],
     "explain": [{"pod": "b", "path": "/shared/x"}]})");
  const Report report = play(parse_scenario(text, "claims.json"), {});
  EXPECT_EQ(report.failed(), 0) << to_text(report, {});
  EXPECT_NE(report.steps.back().explanations[0].find("which was deleted at"), std::string::npos)
      << report.steps.back().explanations[0];
}

TEST(Claims, TheirVolumesAreSharedOrWaitedFor) {
  const Scenario scenario = parse_scenario(kClaims, "claims.json");
  std::string way;
  Cure cure;
  const Report report = play(scenario, {}, [&](const World& world) {
    const Uid pod = world.find<Pod>("default", "b")->meta.uid;
    const Chronicle chronicle(world);
    for (const std::string& line : way_of(chronicle, pod, "", "/again/x", "en")) way += line + "\n";
    cure = why(chronicle, pod, "", "/layer").cure;
  });
  EXPECT_EQ(report.failed(), 0) << to_text(report, {});
  EXPECT_NE(way.find("  is bound to → claim shared\n  is mounted at → mount /again\n"),
            std::string::npos)
      << way;
  // Both pods mount a volume that they share: that is where to write.
  EXPECT_EQ(cure.kind, Cure::Kind::WriteShared);
  EXPECT_EQ(cure.at, "/shared");
}

const char* const kForked = R"({
  "podsight": 1, "id": "test.forked", "revision": 1, "title": "<b>&\"'</b>",
  "cluster": {
    "nodes": [{"name": "node-a"}],
    "images": {"shop:1": {"process": {"http": {"root": "/srv"}}, "files": {"/srv/index.html": "x"}}},
    "manifests": [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
      "spec": {"containers": [{"name": "c", "image": "shop:1",
        "volumeMounts": [{"name": "v", "mountPath": "/v"}]}], "volumes": [{"name": "v", "emptyDir": {}}]}}]
  },
  "refs": {"p": {"pod": "p"}},
  "steps": [
    {"id": "crash", "say": "</script><script>alert(1)</script>",
     "do": {"shell": ["kubectl exec p -- touch /lost", "sim container kill p", "sim advance 10s"]},
     "expect": [{"sees": {"path": "/lost", "pods": {"p": false}}}]},
    {"id": "later", "do": {"advance": "1s"}}
  ],
  "forks": [
    {"id": "in-volume", "title": "What if it had gone to the volume?", "before": "crash",
     "steps": [
       {"id": "crash-again",
        "do": {"shell": ["kubectl exec p -- touch /v/kept", "sim container kill p", "sim advance 10s"]},
        "expect": [{"sees": {"path": "/v/kept", "pods": {"p": true}}}]}]}
  ]
})";

TEST(Forks, TakeOtherStepsFromOneMoment) {
  const Scenario scenario = parse_scenario(kForked, "forked.json");
  const Report report = play(scenario, {});
  EXPECT_EQ(report.failed(), 0) << to_text(report, {});
  EXPECT_EQ(report.held(), 2);
  ASSERT_EQ(report.forks.size(), 1u);
  ASSERT_EQ(report.forks[0].differences.size(), 1u);
  const FileDifference& kept = report.forks[0].differences[0];
  EXPECT_EQ(kept.path, "/v/kept");
  EXPECT_EQ(kept.seen_before, 0u);
  EXPECT_EQ(kept.seen_after, 1u);
  const std::string text = to_text(report, {});
  EXPECT_NE(text.find("↳ What if it had gone to the volume?  instead of step crash"),
            std::string::npos)
      << text;
  const auto json = nlohmann::json::parse(to_json({report}));
  EXPECT_EQ(json[0]["forks"][0]["files"][0]["seen"], 1);
  // A fork leaves the main line as it would be without it.
  Scenario alone = scenario;
  alone.forks.clear();
  EXPECT_EQ(play(alone, {}).fingerprint, report.fingerprint);
}

TEST(Forks, AForkNamesAStepOfTheMainLine) {
  std::string text = kForked;
  text.replace(text.find("\"before\": \"crash\""), 17, "\"before\": \"crsah\"");
  try {
    parse_scenario(text, "forked.json");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean \"crash\"?"), std::string::npos)
        << error.what();
  }
}

TEST(Page, IsOneFileThatShowsTextAsText) {
  const Scenario scenario = parse_scenario(kForked, "forked.json");
  const std::string html = to_html(page_of(scenario, {}, {}, "", nullptr));
  EXPECT_EQ(html.find("<b>&\""), std::string::npos);
  EXPECT_EQ(html.find("<script>alert"), std::string::npos);
  EXPECT_NE(html.find("&lt;/script&gt;&lt;script&gt;alert(1)"), std::string::npos);
  EXPECT_EQ(count_of(html, "<script"), 1u);
  EXPECT_EQ(count_of(html, "</script>"), 1u);
  // Nothing is loaded from anywhere.
  for (const char* reference : {"src=", "href=", "@import", "url(", "<link", "<img"}) {
    EXPECT_EQ(html.find(reference), std::string::npos) << reference;
  }
  EXPECT_EQ(count_of(html, "http://"), count_of(html, "http://www.w3.org/2000/svg"));
  EXPECT_GE(count_of(html, "<section class=\"moment\""), 2u);
  EXPECT_NE(html.find("LOST_WITH_CONTAINER"), std::string::npos);
}

TEST(Page, AFutureIsComparedWithTheMainLineInWords) {
  const Scenario scenario = parse_scenario(kForked, "forked.json");
  const Page page = page_of(scenario, {}, {}, "", nullptr);
  ASSERT_EQ(page.futures.size(), 1u);
  const Future& future = page.futures[0];
  EXPECT_EQ(future.instead, "crash");
  EXPECT_EQ(future.moments.back().title, "crash-again");
  ASSERT_EQ(future.files.size(), 2u);  // what the main line asks about, and what the fork does
  const std::string html = to_html(page);
  EXPECT_EQ(count_of(html, "role=\"tab\""), 2u);
  EXPECT_EQ(count_of(html, "role=\"tabpanel\""), 2u);
  EXPECT_NE(html.find("seen by 0 of 1 containers in the main line, by 1 of 1 in this one"),
            std::string::npos);
  EXPECT_NE(html.find("<td>≠ sees it only in this line</td>"), std::string::npos);
  EXPECT_NE(html.find("<td>≠ sees it in neither, for another reason</td>"), std::string::npos);
  // Without forks there is nothing to choose.
  Scenario alone = scenario;
  alone.forks.clear();
  EXPECT_EQ(to_html(page_of(alone, {}, {}, "", nullptr)).find("role=\"tab"), std::string::npos);
}

TEST(Page, TheLessonInBothLanguages) {
  const Scenario scenario = load_scenario(source_path("scenarios/divewatch.json"));
  PlayOptions options;
  options.language = "ko";
  Report report;
  const Page page = page_of(scenario, options, {{kPicture}, "", ""}, "look", &report);
  EXPECT_EQ(report.failed(), 0);
  ASSERT_GT(page.moments.size(), scenario.steps.size());
  EXPECT_EQ(page.moments[page.first].title, "다른 Pod에서는?");
  EXPECT_NE(to_html(page).find("lang=\"ko\""), std::string::npos);
}

}  // namespace
}  // namespace sim::testing
