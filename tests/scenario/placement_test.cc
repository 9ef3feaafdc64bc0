// Plain manifests as input of `run`: where their pods go, why others go nowhere, and mistakes with
// their places.
#include "sim/scenario/placement.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "tests/support/complaint.h"

namespace sim::testing {
namespace {

class PlacementTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        (std::filesystem::temp_directory_path() / fmt::format("podsight-placement-{}", getpid()))
            .string();
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  void write(const std::string& name, const std::string& text) {
    write_file(directory_ + "/" + name, text);
  }
  static std::string node(const std::string& name, const std::string& cpu,
                          const std::string& spec = "") {
    return fmt::format(
        "apiVersion: v1\nkind: Node\nmetadata:\n  name: {0}\n  labels:\n"
        "    kubernetes.io/hostname: {0}\n{2}status:\n  allocatable:\n    cpu: {1}\n"
        "    memory: 8Gi\n    pods: '10'\n  capacity:\n    cpu: {1}\n    memory: 8Gi\n"
        "    pods: '10'\n",
        name, cpu, spec);
  }
  static std::string pod(const std::string& name, const std::string& cpu) {
    return fmt::format(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {}\n  namespace: trace\n"
        "  annotations:\n    example.com/gpu-count: '1'\nspec:\n  containers:\n"
        "  - image: tensorflow:latest\n    name: main\n    resources:\n      requests:\n"
        "        cpu: {}\n        memory: 1Gi\n  restartPolicy: OnFailure\n",
        name, cpu);
  }

  std::string directory_;
};

TEST_F(PlacementTest, EveryPodHasANodeWithRoomOrAReason) {
  write("a-nodes.yaml", node("big", "4000m") + "---\n" + node("small", "1000m") + "---\n" +
                            node("closed", "64", "spec:\n  unschedulable: true\n"));
  std::string pods;
  for (int i = 0; i < 6; ++i) pods += (i ? "---\n" : "") + pod(fmt::format("p{}", i), "900m");
  write("b-pods.yml", pods + "---\n" + pod("huge", "5"));
  write("notes.txt", "not a manifest: {");
  std::map<std::string, std::int64_t> used;
  bool any_started = false;
  const Placement placement = place_manifests({directory_}, {}, [&](const World& world) {
    for (const auto& [id, row] : world.store().table(Kind::Pod)) {
      const Pod& each = static_cast<const Pod&>(row);
      used[each.node_name.str()] += pod_requests(each).milli_cpu;
      any_started = any_started || each.status.phase != "Pending";
    }
  });
  EXPECT_EQ(placement.files.size(), 2u);
  EXPECT_EQ(placement.nodes, 3u);
  EXPECT_EQ(placement.placed.size(), 5u);  // four on the big node, one on the small one
  EXPECT_EQ(used["big"], 3600);
  EXPECT_EQ(used["small"], 900);
  EXPECT_EQ(used.count("closed"), 0u);
  EXPECT_FALSE(any_started);
  ASSERT_EQ(placement.unplaced.size(), 2u);
  EXPECT_EQ(placement.unplaced[0].pod, "trace/huge");
  EXPECT_NE(placement.unplaced[0].reason.find("0/3 nodes are available: 1 node(s) were "
                                              "unschedulable, 2 Insufficient cpu."),
            std::string::npos)
      << placement.unplaced[0].reason;
  EXPECT_EQ(placement.milli_cpu.requested, 4500);
  EXPECT_EQ(placement.milli_cpu.allocatable, 69000);
  const std::string text = to_text(placement, {});
  EXPECT_EQ(text.rfind("3 nodes, 7 pods: 5 placed, 2 without a node\n", 0), 0u) << text;
  const auto json = nlohmann::json::parse(to_json(placement));
  EXPECT_EQ(json["placed"].size(), 5u);
  EXPECT_EQ(json["withoutNode"][0]["pod"], "trace/huge");
  // The same again, byte for byte.
  EXPECT_EQ(to_json(place_manifests({directory_}, {})), to_json(placement));
}

TEST_F(PlacementTest, ControllersMakePodsOfThem) {
  write("all.yaml", node("solo", "8") + R"(---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx, resources: {requests: {cpu: 3}}}]}
)");
  const Placement placement = place_manifests({directory_ + "/all.yaml"}, {});
  EXPECT_EQ(placement.placed.size(), 2u);
  EXPECT_EQ(placement.unplaced.size(), 1u);
}

TEST_F(PlacementTest, MistakesHaveTheirPlaces) {
  const auto complaint = [&](const std::string& text) -> std::string {
    write("wrong.yaml", text);
    return complaint_of([&] { place_manifests({directory_ + "/wrong.yaml"}, {}); });
  };
  const std::string good = node("solo", "1") + "---\n";
  const int lines = static_cast<int>(std::count(good.begin(), good.end(), '\n'));
  const std::string unknown = complaint(good + "apiVersion: v1\nkind: Pod\nmetdata: {}\n");
  EXPECT_NE(unknown.find(fmt::format("wrong.yaml:{}:", lines + 3)), std::string::npos) << unknown;
  const std::string broken = complaint(good + "apiVersion: v1\nkind: [Pod\n");
  EXPECT_NE(broken.find(fmt::format("wrong.yaml:{}:", lines + 3)), std::string::npos) << broken;
  const std::string refused = complaint(good +
                                        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
                                        "spec: {containers: []}\n");
  EXPECT_NE(refused.find("spec.containers: Required value"), std::string::npos) << refused;
  EXPECT_NE(complaint(pod("p", "1")).find("no Node among the manifests"), std::string::npos);
  EXPECT_NE(complaint(good + node("solo", "1")).find("node \"solo\" is there twice"),
            std::string::npos);
  EXPECT_THROW(place_manifests({directory_ + "/nowhere.yaml"}, {}), InputError);
}

TEST_F(PlacementTest, YamlAndFoldersOfItAreManifests) {
  EXPECT_FALSE(are_manifests(directory_));
  write("pods.yml", "");
  EXPECT_TRUE(are_manifests(directory_));
  write("lesson.json", "{}");
  EXPECT_FALSE(are_manifests(directory_));
  EXPECT_TRUE(are_manifests("pods.yml"));
  EXPECT_FALSE(are_manifests("lesson.json"));
}

}  // namespace
}  // namespace sim::testing
