// Images: names, pulls and what becomes of pulls that fail.
#include "tests/support/kubelet_test.h"

namespace sim::testing {
namespace {

using KubeletImages = KubeletTest;

TEST_F(KubeletImages, PulledOnceUnlessAlways) {
  pod("one",
      R"({nodeName: node-a, containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"]}]})");
  run_for(seconds(5));
  expect_part(told("one", "Pulled"), "Successfully pulled image \"busybox:1.36\" in ");
  pod("two",
      R"({nodeName: node-a, containers: [{name: c, image: "busybox:1.36", command: [sleep, "999"]}]})");
  run_for(seconds(5));
  EXPECT_EQ(told("two", "Pulled"), "Container image \"busybox:1.36\" already present on machine\n");
  pod("three", R"({nodeName: node-a, containers: [{name: c, image: "busybox:1.36",
      imagePullPolicy: Always, command: [sleep, "999"]}]})");
  run_for(seconds(5));
  EXPECT_EQ(told("three", "Pulling"), "Pulling image \"busybox:1.36\"\n");
}

TEST_F(KubeletImages, OneAtATime) {
  const std::string spec = R"({nodeName: node-a, containers: [{name: c, image: IMAGE}]})";
  const auto with = [&](const std::string& image) {
    std::string text = spec;
    return text.replace(text.find("IMAGE"), 5, image);
  };
  pod("one", with("nginx"));
  pod("two", with("\"nginx:1.25\""));
  run_for(seconds(10));
  // 70 MiB take 2.2 s; the second began to wait a moment later.
  expect_part(told("one", "Pulled"), "\"nginx\" in 2.2s (2.2s including waiting)");
  const std::string second = told("two", "Pulled");
  expect_part(second, "\"nginx:1.25\" in 2.2s (4.");
}

TEST_F(KubeletImages, TheSameImageComesOnce) {
  pod("one", "{nodeName: node-a, containers: [{name: c, image: nginx}]}");
  pod("two", "{nodeName: node-a, containers: [{name: c, image: nginx}]}");
  run_for(seconds(10));
  expect_part(told("one", "Pulled"), "in 2.2s (2.2s including waiting)");
  expect_part(told("two", "Pulled"), "in 800ms (");
}

TEST_F(KubeletImages, AnUnknownRepository) {
  pod("bad", "{containers: [{name: c, image: \"nosuch:1\"}]}");
  run_for(milliseconds(900));
  EXPECT_EQ(container("bad", "state.waiting.reason"), "ErrImagePull");
  run_for(seconds(4));
  EXPECT_EQ(container("bad", "state.waiting.reason"), "ImagePullBackOff");
  EXPECT_EQ(container("bad", "state.waiting.message"), "Back-off pulling image \"nosuch:1\"");
  expect_part(
      told("bad", "Failed"),
      "Failed to pull image \"nosuch:1\": rpc error: code = Unknown desc = failed to pull "
      "and unpack image \"docker.io/library/nosuch:1\": failed to resolve reference "
      "\"docker.io/library/nosuch:1\": pull access denied, repository does not exist or may "
      "require authorization: server message: insufficient_scope: authorization failed\n");
  expect_part(told("bad", "Failed"), "Error: ErrImagePull\n");
  expect_part(told("bad", "Failed"), "Error: ImagePullBackOff\n");
}

TEST_F(KubeletImages, AnUnknownTag) {
  pod("bad", "{containers: [{name: c, image: \"busybox:99\"}]}");
  run_for(seconds(3));
  expect_part(
      told("bad", "Failed"),
      "Failed to pull image \"busybox:99\": rpc error: code = NotFound desc = failed to pull "
      "and unpack image \"docker.io/library/busybox:99\": failed to resolve reference "
      "\"docker.io/library/busybox:99\": docker.io/library/busybox:99: not found\n");
}

TEST_F(KubeletImages, RetriesThinOut) {
  pod("bad", "{containers: [{name: c, image: \"busybox:99\"}]}");
  run_for(minutes(10));
  const auto count = [&](const std::string& reason) {
    return std::stoi(type("kubectl get events --field-selector involvedObject.name=bad,reason=" +
                          reason + " -o jsonpath='{.items[0].count}'"));
  };
  const int pulls = count("Pulling");  // 0, 10, 30, 70, 150, 310, 610 s, each rounded up to a sync
  EXPECT_GE(pulls, 6);
  EXPECT_LE(pulls, 7);
  EXPECT_GE(count("BackOff"), 30);  // at every sync between
}

TEST_F(KubeletImages, ANameThatIsNone) {
  pod("bad", "{containers: [{name: c, image: \"Bad:1\"}]}");
  run_for(seconds(3));
  EXPECT_EQ(container("bad", "state.waiting.reason"), "InvalidImageName");
  EXPECT_EQ(told("bad", "InspectFailed"),
            "Failed to apply default image tag \"Bad:1\": couldn't parse image name \"Bad:1\": "
            "invalid reference format: repository name (library/Bad) must be lowercase\n");
  EXPECT_EQ(told("bad", "Failed"), "Error: InvalidImageName\n");
}

TEST_F(KubeletImages, NeverPull) {
  pod("bad", "{containers: [{name: c, image: nginx, imagePullPolicy: Never}]}");
  run_for(seconds(3));
  EXPECT_EQ(container("bad", "state.waiting.reason"), "ErrImageNeverPull");
  EXPECT_EQ(told("bad", "ErrImageNeverPull"),
            "Container image \"nginx\" is not present with pull policy of Never\n");
}

TEST_F(KubeletImages, ACorrectedImageIsTriedAtOnce) {
  pod("bad", "{containers: [{name: c, image: \"busybox:99\"}]}");
  run_for(seconds(90));
  EXPECT_EQ(type("kubectl set image pod/bad c=nginx"), "pod/bad image updated\n");
  run_for(seconds(5));
  EXPECT_EQ(ask("bad", ".status.phase"), "Running");
  EXPECT_EQ(container("bad", "restartCount"), "0");
}

TEST_F(KubeletImages, ANewImageRestartsTheContainer) {
  pod("web", "{containers: [{name: c, image: nginx}]}");
  run_for(seconds(5));
  type("kubectl set image pod/web c=nginx:1.25");
  run_for(seconds(6));
  EXPECT_EQ(told("web", "Killing"), "Container c definition changed, will be restarted\n");
  EXPECT_EQ(container("web", "restartCount"), "1");
  EXPECT_EQ(container("web", "image"), "docker.io/library/nginx:1.25");
  EXPECT_EQ(container("web", "ready"), "true");
}

}  // namespace
}  // namespace sim::testing
