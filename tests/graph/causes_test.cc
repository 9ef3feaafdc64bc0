// Every cause of not seeing a file that the model can produce, each brought about by what people
// type, with its code, the place it names and what would help.
#include <gtest/gtest.h>

#include <string>

#include "sim/graph/see.h"
#include "sim/graph/sentences.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class Causes : public WorldTest {
 protected:
  /// Applies a pod of the image busybox that only sleeps; `spec` is the rest of its spec as JSON.
  void pod(const std::string& name, const std::string& mounts, const std::string& volumes,
           const std::string& more = "") {
    write(name + ".json",
          R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": ")" + name +
              R"("}, "spec": {)" + more +
              R"("containers": [{"name": "c", "image": "busybox", "command": ["sleep", "99999"],
              "volumeMounts": [)" +
              mounts + R"(]}], "volumes": [)" + volumes + "]}}");
    type("kubectl apply -f " + name + ".json");
    ASSERT_EQ(status(), 0);
    run_for(seconds(20));
  }
  void sh(const std::string& name, const std::string& command) {
    const std::string shown = type("kubectl exec " + name + " -- sh -c '" + command + "'");
    ASSERT_EQ(status(), 0) << shown;
  }
  Why ask(const std::string& name, const std::string& path, const std::string& container = "") {
    const Pod* found = world().find<Pod>("default", name);
    if (!found) {
      ADD_FAILURE() << "no pod " << name;
      return {};
    }
    const Why answer = why(world(), found->meta.uid, container, path);
    // What every answer must be able to say.
    for (const char* language : {"en", "ko"}) {
      EXPECT_NE(sentence(answer, language), "") << name_of(answer.code);
      EXPECT_EQ(advice(answer, language).empty(), answer.cure.kind == Cure::Kind::None);
    }
    EXPECT_EQ(answer.visible, sees(world(), found->meta.uid, container, path));
    return answer;
  }
  std::string code(const std::string& name, const std::string& path) {
    return std::string(name_of(ask(name, path).code));
  }
  static std::string mount(const std::string& name, const std::string& at,
                           const std::string& more = "") {
    return R"({"name": ")" + name + R"(", "mountPath": ")" + at + "\"" + more + "}";
  }
};

TEST_F(Causes, RemovedByACommand) {
  pod("a", mount("v", "/v"), R"({"name": "v", "emptyDir": {}})");
  sh("a", "touch /v/x");
  sh("a", "rm /v/x /etc/passwd");
  const Why volume = ask("a", "/v/x");
  EXPECT_EQ(volume.code, WhyCode::DeletedHere);
  EXPECT_NE(volume.command.find("kubectl exec a"), std::string::npos) << volume.command;
  EXPECT_EQ(volume.cure.kind, Cure::Kind::WriteAgain);
  const Why image = ask("a", "/etc/passwd");
  EXPECT_EQ(image.code, WhyCode::DeletedHere);
  EXPECT_EQ(image.cure.kind, Cure::Kind::RestartContainer);
  EXPECT_NE(sentence(image, "en").find("is in the image, but was removed in container \"c\""),
            std::string::npos);
}

TEST_F(Causes, GivenByTheKubelet) {
  pod("a", "", "");
  EXPECT_EQ(code("a", "/etc/hosts"), "GIVEN_BY_KUBELET");
  EXPECT_EQ(code("a", "/etc/passwd"), "IN_IMAGE");
}

TEST_F(Causes, HiddenByAMount) {
  pod("a", mount("v", "/etc"), R"({"name": "v", "emptyDir": {}})");
  const Why answer = ask("a", "/etc/passwd");
  EXPECT_EQ(answer.code, WhyCode::HiddenByMount);
  EXPECT_EQ(answer.cure.kind, Cure::Kind::MountElsewhere);
  EXPECT_EQ(answer.here.at, "/etc");
}

TEST_F(Causes, AnotherContainersVolumeAndLayer) {
  write("two.json", R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "two"}, "spec": {
    "containers": [
      {"name": "one", "image": "busybox", "command": ["sleep", "99999"],
       "volumeMounts": [{"name": "v", "mountPath": "/v"}]},
      {"name": "other", "image": "busybox", "command": ["sleep", "99999"]}],
    "volumes": [{"name": "v", "emptyDir": {}}]}})");
  type("kubectl apply -f two.json");
  run_for(seconds(20));
  type("kubectl exec two -c one -- touch /v/x /layer");
  const Why volume = ask("two", "/v/x", "other");
  EXPECT_EQ(volume.code, WhyCode::VolumeNotMounted);
  EXPECT_EQ(volume.cure.kind, Cure::Kind::MountHere);
  EXPECT_EQ(volume.cure.at, "/v");
  const Why layer = ask("two", "/layer", "other");
  EXPECT_EQ(layer.code, WhyCode::NeverWrittenHere);
  EXPECT_EQ(layer.cure.kind, Cure::Kind::ShareInPod);
  EXPECT_NE(sentence(layer, "en").find("of the same pod"), std::string::npos);
  EXPECT_EQ(ask("two", "/x", "nobody").code, WhyCode::NoSuchContainer);
}

TEST_F(Causes, TheDiskOfAnotherNode) {
  const std::string volume = R"({"name": "v", "hostPath": {"path": "/srv/x"}})";
  pod("a", mount("v", "/v"), volume, R"("nodeName": "node-a",)");
  pod("b", mount("v", "/v"), volume, R"("nodeName": "node-b",)");
  pod("c", mount("v", "/elsewhere"), volume, R"("nodeName": "node-a",)");
  sh("a", "touch /v/file");
  const Why answer = ask("b", "/v/file");
  EXPECT_EQ(answer.code, WhyCode::OnOtherNode);
  EXPECT_EQ(answer.there->node, "node-a");
  EXPECT_EQ(answer.here.node, "node-b");
  // A pod on the same node sees the same file under another path.
  EXPECT_EQ(code("c", "/v/file"), "VOLUME_NOT_MOUNTED");
  EXPECT_NE(type("sim see /v/file").find("sees it as /elsewhere/file"), std::string::npos);
}

TEST_F(Causes, WhatMirrorsAConfigMap) {
  type("kubectl create configmap app --from-literal=a=one");
  const std::string volume = R"({"name": "v", "configMap": {"name": "app"}})";
  pod("a", mount("v", "/v"), volume);
  pod("pinned", mount("v", "/v/a", R"(, "subPath": "a")"), volume);
  EXPECT_EQ(code("a", "/v/a"), "IN_VOLUME");
  EXPECT_EQ(code("a", "/v/b"), "NOT_IN_SOURCE");
  EXPECT_EQ(ask("a", "/v/b").cure.kind, Cure::Kind::AddKey);
  type("kubectl patch configmap app -p '{\"data\": {\"a\": \"two\", \"b\": \"new\"}}'");
  EXPECT_EQ(code("a", "/v/b"), "NOT_REFRESHED_YET");
  EXPECT_TRUE(ask("a", "/v/a").stale);
  EXPECT_EQ(ask("pinned", "/v/a").cure.kind, Cure::Kind::RestartContainer);
  EXPECT_NE(type("sim see /v/a").find("stale"), std::string::npos);
  run_for(minutes(3));
  EXPECT_EQ(code("a", "/v/b"), "IN_VOLUME");
  EXPECT_FALSE(ask("a", "/v/a").stale);
  EXPECT_TRUE(ask("pinned", "/v/a").stale);
}

TEST_F(Causes, ASubPathStaysWhatItWasAtTheStart) {
  type("kubectl create configmap app --from-literal=a=one");
  const std::string volume = R"({"name": "v", "configMap": {"name": "app", "optional": true,
    "items": [{"key": "a", "path": "dir/a"}, {"key": "b", "path": "dir/b"}]}})";
  pod("whole", mount("v", "/v"), volume);
  pod("part", mount("v", "/v/dir", R"(, "subPath": "dir")"), volume);
  type("kubectl patch configmap app -p '{\"data\": {\"b\": \"new\"}}'");
  run_for(minutes(3));
  EXPECT_EQ(code("whole", "/v/dir/b"), "IN_VOLUME");
  const Why pinned = ask("part", "/v/dir/b");
  EXPECT_EQ(pinned.code, WhyCode::PinnedBySubPath);
  EXPECT_EQ(pinned.cure.kind, Cure::Kind::RestartContainer);
  EXPECT_NE(type("kubectl exec part -- ls /v/dir").find("a\n"), std::string::npos);
  EXPECT_EQ(type("kubectl exec part -- ls /v/dir").find("b\n"), std::string::npos);
}

TEST_F(Causes, MemoryAndARestartOfTheMachine) {
  pod("a", mount("m", "/m") + "," + mount("d", "/d"),
      R"({"name": "m", "emptyDir": {"medium": "Memory"}}, {"name": "d", "emptyDir": {}})");
  sh("a", "touch /m/x /d/x");
  const std::string node = world().find<Pod>("default", "a")->node_name.str();
  type("sim node stop " + node);
  const Why off = ask("a", "/m/x");
  EXPECT_EQ(off.code, WhyCode::NodeDown);
  EXPECT_EQ(off.cure.kind, Cure::Kind::StartNode);
  type("sim node start " + node);
  run_for(minutes(2));
  EXPECT_EQ(code("a", "/d/x"), "IN_VOLUME");
  const Why lost = ask("a", "/m/x");
  EXPECT_EQ(lost.code, WhyCode::LostWithReboot);
  EXPECT_EQ(lost.cure.kind, Cure::Kind::UseDisk);
}

TEST_F(Causes, ALinkAndALockedDirectory) {
  pod("a", "", "");
  sh("a", "ln -s /nothing /link; mkdir /locked; touch /locked/x; chmod 700 /locked");
  EXPECT_EQ(code("a", "/link"), "BROKEN_LINK");
  pod("guest", mount("v", "/v"), R"({"name": "v", "hostPath": {"path": "/srv/y"}})",
      R"("nodeName": "node-a",)");
  sh("guest", "mkdir /v/locked; touch /v/locked/x; chmod 700 /v/locked");
  pod("user", mount("v", "/v"), R"({"name": "v", "hostPath": {"path": "/srv/y"}})",
      R"("nodeName": "node-a", "securityContext": {"runAsUser": 1000},)");
  EXPECT_EQ(code("user", "/v/locked/x"), "NOT_PERMITTED");
}

TEST_F(Causes, NothingRuns) {
  pod("claims", mount("v", "/v"),
      R"({"name": "v", "persistentVolumeClaim": {"claimName": "nowhere"}})");
  const Why claim = ask("claims", "/v/x");
  EXPECT_EQ(claim.code, WhyCode::ClaimNotBound);
  EXPECT_EQ(claim.cure.source, "nowhere");
  pod("map", mount("v", "/v"), R"({"name": "v", "configMap": {"name": "missing"}})");
  const Why map = ask("map", "/v/x");
  EXPECT_EQ(map.code, WhyCode::VolumeNotReady);
  EXPECT_NE(map.reason.find("missing"), std::string::npos) << map.reason;
  type("kubectl run bad --image=no-such-image");
  run_for(seconds(30));
  EXPECT_EQ(code("bad", "/x"), "IMAGE_NOT_PULLED");
  pod("picky", "", "", R"("nodeSelector": {"moon": "full"},)");
  const Why picky = ask("picky", "/x");
  EXPECT_EQ(picky.code, WhyCode::PodNotScheduled);
  EXPECT_NE(picky.reason.find("0/2 nodes are available"), std::string::npos) << picky.reason;
  type("kubectl run done --image=busybox --restart=Never -- true");
  run_for(seconds(20));
  EXPECT_EQ(code("done", "/etc/passwd"), "POD_NOT_RUNNING");
}

TEST_F(Causes, EvictedForItsSize) {
  pod("big", mount("v", "/v"), R"({"name": "v", "emptyDir": {"sizeLimit": "1Mi"}})");
  sh("big", "dd if=/dev/zero of=/v/x bs=1M count=3");
  run_for(minutes(4));
  const Why answer = ask("big", "/v/x");
  EXPECT_EQ(answer.code, WhyCode::PodEvicted);
  EXPECT_NE(answer.reason.find("exceeds the limit"), std::string::npos) << answer.reason;
}

TEST_F(Causes, TheHistoryNamesTheCommands) {
  pod("a", "", "");
  sh("a", "echo x >> /etc/passwd");
  sh("a", "rm /etc/passwd");
  type("sim container kill a");
  run_for(seconds(30));
  const std::string told = type("sim why a /etc/passwd");
  EXPECT_NE(told.find("IN_IMAGE"), std::string::npos) << told;
  sh("a", "touch /tmp/note");
  type("sim container kill a");
  run_for(seconds(30));
  const std::string lost = type("sim why a /tmp/note");
  EXPECT_NE(lost.find("created in the writable layer of container \"c\" in pod a  `kubectl exec a"),
            std::string::npos)
      << lost;
  EXPECT_NE(lost.find("`sim container kill a`"), std::string::npos) << lost;
}

TEST_F(Causes, ADeletedPodNamesTheDeletion) {
  write("web.yaml", deployment("web", 1));
  type("kubectl apply -f web.yaml");
  settle();
  const auto name = [&] {
    for (const auto& [id, row] : world().store().table(Kind::Pod)) {
      if (!row.meta.deletion_timestamp) return row.meta.name.str();
    }
    return std::string();
  };
  const std::string first = name();
  sh(first, "touch /tmp/note");
  type("kubectl delete pod " + first);
  settle();
  const Why answer = ask(name(), "/tmp/note");
  EXPECT_EQ(answer.code, WhyCode::LostWithPod);
  EXPECT_EQ(answer.command, "kubectl delete pod " + first);
}

}  // namespace
}  // namespace sim::testing
