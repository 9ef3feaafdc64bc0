// Why a file is, or is not, where somebody looks: one test for each code, and the sentence of the
// story that podsight grew from, in both languages.
#include <gtest/gtest.h>

#include <string>

#include "sim/graph/ownership.h"
#include "sim/graph/sentences.h"
#include "sim/graph/why.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

const char* const kPicture = "/usr/share/nginx/html/assets/divewatch.jpg";

class WhyTest : public WorldTest {
 protected:
  void SetUp() override {
    write("web.yaml", deployment("web", 2));
    type("kubectl apply -f web.yaml");
    settle();
  }
  Uid pod(std::size_t nth) const {
    const std::vector<Id> pods = world().store().list(Kind::Pod, "default");
    return nth < pods.size() ? world().get<Pod>(pods[nth])->meta.uid : Uid{};
  }
  std::string name(std::size_t nth) const {
    return world().store().get(world().store().find(pod(nth)))->meta.name.str();
  }
  std::string code(std::size_t nth, const std::string& path) const {
    return std::string(name_of(why(world(), pod(nth), "", path).code));
  }
  void exec(std::size_t nth, const std::string& command) {
    type("kubectl exec " + name(nth) + " -- sh -c '" + command + "'");
    ASSERT_EQ(status(), 0) << command;
  }
};

TEST_F(WhyTest, EachPlaceHasItsCode) {
  exec(0, std::string("touch /tmp/note ") + kPicture);
  EXPECT_EQ(code(0, "/usr/share/nginx/html/health.html"), "IN_IMAGE");
  EXPECT_EQ(code(0, kPicture), "IN_CONTAINER_LAYER");
  EXPECT_EQ(code(0, "/tmp/note"), "IN_VOLUME");
  EXPECT_EQ(code(1, kPicture), "NEVER_WRITTEN_HERE");
  EXPECT_EQ(code(1, "/tmp/note"), "NEVER_WRITTEN_HERE");
  EXPECT_EQ(code(1, "/nowhere"), "NEVER_WRITTEN_HERE");
}

TEST_F(WhyTest, TheSecondPodsAnswerNamesTheWritableLayer) {
  exec(0, std::string("touch ") + kPicture);
  const Why answer = why(world(), pod(1), "", kPicture);
  EXPECT_EQ(sentence(answer, "en"),
            std::string(kPicture) + " was written in pod " + name(0) +
                " and went to the writable layer of its container \"web\", not into the "
                "emptyDir at /tmp; pod " +
                name(1) + " has a container and a writable layer of its own.");
  EXPECT_NE(sentence(answer, "ko").find("쓰기 레이어"), std::string::npos);
  EXPECT_NE(sentence(answer, "ko").find("/tmp의 emptyDir이 아니라"), std::string::npos);
}

TEST_F(WhyTest, ARestartedContainerLostItsLayer) {
  exec(0, std::string("touch /tmp/note ") + kPicture);
  type("sim container kill " + name(0));
  settle();
  EXPECT_EQ(code(0, kPicture), "LOST_WITH_CONTAINER");
  EXPECT_EQ(code(0, "/tmp/note"), "IN_VOLUME");
}

TEST_F(WhyTest, AReplacedPodLostItsEmptyDir) {
  type("kubectl scale deployment web --replicas=1");
  settle();
  exec(0, std::string("touch /tmp/note ") + kPicture);
  const Uid before = pod(0);
  type("kubectl delete pod " + name(0));
  settle();
  EXPECT_EQ(code(0, kPicture), "LOST_WITH_POD");
  EXPECT_EQ(code(0, "/tmp/note"), "LOST_WITH_POD");
  EXPECT_EQ(name_of(why(world(), before, "", "/tmp/note").code), "LOST_WITH_POD");
}

TEST_F(WhyTest, AMountHidesTheImage) {
  write("hide.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: hide}
spec:
  containers:
  - name: c
    image: public.ecr.aws/aws-containers/retail-store-sample-assets:0.4.0
    volumeMounts: [{mountPath: /usr/share/nginx/html/assets, name: v}]
  volumes: [{name: v, emptyDir: {}}]
)");
  type("kubectl apply -f hide.yaml");
  settle();
  const Pod* hide = world().find<Pod>("default", "hide");
  ASSERT_NE(hide, nullptr);
  EXPECT_EQ(
      name_of(why(world(), hide->meta.uid, "", "/usr/share/nginx/html/assets/gentleman.jpg").code),
      "HIDDEN_BY_MOUNT");
}

TEST_F(WhyTest, ACodeAgreesWithWhatLsShows) {
  exec(0, std::string("touch /tmp/note ") + kPicture);
  for (std::size_t nth = 0; nth < 2; ++nth) {
    for (const char* path :
         {kPicture, "/tmp/note", "/nowhere", "/usr/share/nginx/html/health.html"}) {
      type("kubectl exec " + name(nth) + " -- ls " + path);
      EXPECT_EQ(why(world(), pod(nth), "", path).visible, status() == 0) << nth << " " << path;
      EXPECT_EQ(sees(world(), pod(nth), "", path), status() == 0) << nth << " " << path;
    }
  }
}

TEST_F(WhyTest, OwnershipIsATree) {
  const Id id = world().store().find(Kind::Deployment, "default", "web");
  const std::string text = print_tree(world(), owned_tree(world(), {Kind::Deployment, id}));
  EXPECT_EQ(text.find("Deployment/web\n└─ ReplicaSet/web-"), 0u) << text;
  EXPECT_NE(text.find("   ├─ Pod/web-"), std::string::npos) << text;
  EXPECT_NE(text.find("   └─ Pod/web-"), std::string::npos) << text;
  const std::vector<Ref> chain = owner_chain(world(), world().store().find(pod(0)));
  ASSERT_EQ(chain.size(), 2u);
  EXPECT_EQ(chain[0].kind, Kind::ReplicaSet);
  EXPECT_EQ(chain[1], (Ref{Kind::Deployment, id}));
  EXPECT_TRUE(ownership_cycle(world()).empty());
}

}  // namespace
}  // namespace sim::testing
