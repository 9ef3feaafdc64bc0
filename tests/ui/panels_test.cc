#include <algorithm>

#include "sim/world/file_view.h"
#include "tests/support/world_test.h"
#include "ui/files_matrix.h"
#include "ui/inspector.h"
#include "ui/why_panel.h"

namespace sim::testing {
namespace {

using namespace ui;

constexpr const char* kAssets = "/usr/share/nginx/html/assets";

class PanelsTest : public WorldTest {
 protected:
  PanelsTest() {
    write("web.yaml", deployment("web", 2));
    type("kubectl apply -f web.yaml");
    type(R"(kubectl run twin --image=nginx --overrides='{"spec": {"containers": [
      {"name": "a", "image": "nginx"}, {"name": "b", "image": "busybox", "command": ["sleep", "9999"]}]}}')");
    settle();
    sight.follow(world());
  }
  std::vector<FileColumn> columns(const ColumnQuestion& question) {
    return columns_of(sight, question, &left_out);
  }
  Ref find(Kind kind, std::string_view name) {
    return {kind, world().store().find(kind, "default", name)};
  }
  FileSight sight;
  std::size_t left_out = 0;
};

TEST_F(PanelsTest, columns_are_pods_or_containers_in_order_of_their_names) {
  std::vector<FileColumn> found = columns({});
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].name, "twin");
  EXPECT_EQ(found[0].viewers.size(), 2u);
  EXPECT_LT(found[1].name, found[2].name);
  found = columns({"", true});
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0].container, "a");
  EXPECT_EQ(found[1].container, "b");
  EXPECT_EQ(columns({"default/web", false}).size(), 2u);
  EXPECT_TRUE(columns({"none", false}).empty());
  EXPECT_EQ(left_out, 0u);
}

TEST_F(PanelsTest, a_pod_of_several_containers_shows_the_one_that_sees_most) {
  const std::vector<FileColumn> found = columns({});
  EXPECT_EQ(look_of(sight, found[0], "/etc/nginx/nginx.conf").status, Status::Present);
  EXPECT_EQ(look_of(sight, found[0], "/none").status, Status::Absent);
}

TEST_F(PanelsTest, why_in_sentences_with_history_and_cure) {
  const std::string path = std::string(kAssets) + "/divewatch.jpg";
  type("kubectl exec deploy/web -- touch " + path);
  sight.follow(world());
  const std::vector<FileColumn> found = columns({"web", false});
  const std::size_t other = is_seen(look_of(sight, found[0], path).status) ? 1 : 0;
  const WhyText no = why_text(sight, found[other].uid, "web", path, "en");
  EXPECT_FALSE(no.visible);
  EXPECT_EQ(no.code, "NEVER_WRITTEN_HERE");
  EXPECT_NE(no.sentence.find("writable layer of its own"), std::string::npos) << no.sentence;
  EXPECT_FALSE(no.cure.empty());
  EXPECT_FALSE(no.way.empty());
  const WhyText yes = why_text(sight, found[1 - other].uid, "web", path, "ko");
  EXPECT_TRUE(yes.visible);
  EXPECT_EQ(yes.code, "IN_CONTAINER_LAYER");
  ASSERT_EQ(yes.history.size(), 1u);
  EXPECT_EQ(yes.history[0].command, "kubectl exec deploy/web -- touch " + path);
  EXPECT_GT(yes.history[0].revision, 0u);
}

TEST_F(PanelsTest, the_inspector_says_what_kubectl_says) {
  const Ref web = find(Kind::Deployment, "web");
  EXPECT_EQ(facet_text(world(), web, Facet::Describe), type("kubectl describe deployment web"));
  EXPECT_EQ(facet_text(world(), web, Facet::Yaml), type("kubectl get deployment web -o yaml"));
  const std::string owners = facet_text(world(), web, Facet::Owners);
  EXPECT_NE(owners.find("ReplicaSet"), std::string::npos) << owners;
  const Ref twin = find(Kind::Pod, "twin");
  EXPECT_NE(facet_text(world(), twin, Facet::Events).find("Scheduled"), std::string::npos);
  EXPECT_EQ(facet_text(world(), {Kind::Pod, 9999}, Facet::Describe), "");
}

TEST_F(PanelsTest, each_entry_of_a_directory_says_where_it_comes_from) {
  type("kubectl exec deploy/web -- touch /usr/share/nginx/html/new /tmp/x");
  sight.follow(world());
  const std::vector<FileColumn> found = columns({"web", false});
  const std::size_t writer = is_seen(look_of(sight, found[0], "/tmp/x").status) ? 0 : 1;
  const Id instance = running_instance(world(), found[writer].pod, "web");
  const FileSystem files = file_system_of(world(), instance);
  const auto from = [&](const std::string& directory, std::string_view name) {
    for (const FileEntry& entry : entries_of(world(), instance, files, directory, false)) {
      if (entry.name == name) return entry.from;
    }
    return std::string("nothing");
  };
  EXPECT_EQ(from("/tmp", "x"), "emptyDir tmp @ /tmp");
  EXPECT_EQ(from("/usr/share/nginx/html", "new"), "writable layer");
  EXPECT_EQ(from(kAssets, "gentleman.jpg").substr(0, 11), "image layer");
  EXPECT_EQ(from("/etc", "hosts"), "kubelet");
}

}  // namespace
}  // namespace sim::testing
