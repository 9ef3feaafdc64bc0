#include "ui/cluster_layout.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/base/draw.h"

namespace sim::testing {
namespace {

using namespace ui;

Scene small(int nodes, std::vector<ScenePod> pods) {
  Scene scene;
  for (int i = 0; i < nodes; ++i) {
    scene.nodes.push_back({static_cast<Id>(i + 1), i % 2 == 0 ? "zone-a" : "zone-b"});
  }
  scene.pods = std::move(pods);
  return scene;
}

ScenePod pod(Id id, int node, float height = 100, std::string lineage = {}) {
  return {id, node, height, std::move(lineage), false};
}

const Became* became(const ClusterLayout& layout, Id id) {
  for (const Became& one : layout.became()) {
    if (one.pod == id) return &one;
  }
  return nullptr;
}

TEST(ClusterLayout, a_pod_that_goes_moves_nobody_and_the_next_one_fills_its_gap) {
  ClusterLayout layout;
  Scene scene = small(2, {pod(1, 0), pod(2, 0), pod(3, 0), pod(4, 1)});
  const Places before = layout.arrange(scene, 1.6f);
  scene.pods.erase(scene.pods.begin() + 1);
  Places now = layout.arrange(scene, 1.6f);
  EXPECT_EQ(now.pods.at(1), before.pods.at(1));
  EXPECT_EQ(now.pods.at(3), before.pods.at(3));
  EXPECT_EQ(now.pods.at(4), before.pods.at(4));
  ASSERT_EQ(layout.became().size(), 1u);
  EXPECT_EQ(layout.became()[0], (Became{Became::What::Gone, 2, 0, before.pods.at(2)}));
  scene.pods.push_back(pod(5, 0));
  now = layout.arrange(scene, 1.6f);
  EXPECT_EQ(now.pods.at(5), before.pods.at(2));
  EXPECT_EQ(now.pods.at(3), before.pods.at(3));
}

TEST(ClusterLayout, the_replica_that_comes_takes_the_place_of_the_one_that_leaves) {
  ClusterLayout layout;
  Scene scene = small(2, {pod(1, 0, 100, "Deployment web"), pod(2, 1, 100, "Deployment web")});
  const Places before = layout.arrange(scene, 1.6f);
  scene.pods[0].leaving = true;
  scene.pods.push_back(pod(3, 1, 100, "Deployment web"));
  scene.pods.push_back(pod(4, 1, 100, "Deployment db"));
  layout.arrange(scene, 1.6f);
  EXPECT_EQ(layout.replaced_by(3), 1u);
  EXPECT_EQ(layout.replaced_by(4), 0u);
  ASSERT_TRUE(became(layout, 3));
  EXPECT_EQ(became(layout, 3)->what, Became::What::Replaced);
  EXPECT_EQ(became(layout, 3)->from, before.pods.at(1));
  EXPECT_EQ(became(layout, 4)->what, Became::What::Appeared);
}

TEST(ClusterLayout, a_pod_that_gets_a_node_moves_there_from_the_tray) {
  ClusterLayout layout;
  Scene scene = small(1, {pod(1, -1)});
  const Area tray = layout.arrange(scene, 1.6f).pods.at(1);
  EXPECT_TRUE(layout.places().waiting.holds(tray));
  scene.pods[0].node = 0;
  layout.arrange(scene, 1.6f);
  EXPECT_EQ(layout.places().waiting.w, 0);
  EXPECT_EQ(became(layout, 1)->what, Became::What::Moved);
  EXPECT_EQ(became(layout, 1)->from, tray);
}

TEST(ClusterLayout, stepping_back_puts_a_pod_where_it_was) {
  ClusterLayout layout;
  Scene scene = small(1, {pod(1, 0), pod(2, 0), pod(3, 0)});
  const Places before = layout.arrange(scene, 1.6f);
  Scene without = scene;
  without.pods.erase(without.pods.begin());
  layout.arrange(without, 1.6f);
  EXPECT_EQ(layout.arrange(scene, 1.6f).pods, before.pods);
}

TEST(ClusterLayout, a_wide_pane_gets_a_wide_picture) {
  const auto scene = [] {
    Scene made = small(6, {});
    for (Id id = 1; id <= 120; ++id) made.pods.push_back(pod(id, static_cast<int>(id % 6)));
    return made;
  }();
  for (const float aspect : {0.7f, 1.0f, 1.78f, 3.0f}) {
    ClusterLayout layout;
    const Area all = layout.arrange(scene, aspect).all;
    EXPECT_GT(all.w / all.h, aspect / 2) << aspect;
    EXPECT_LT(all.w / all.h, aspect * 2) << aspect;
  }
}

TEST(ClusterLayout, five_thousand_nodes_as_summaries) {
  Scene scene = small(5000, {});
  scene.summary = true;
  ClusterLayout layout;
  const Places& places = layout.arrange(scene, 1.78f);
  EXPECT_EQ(places.nodes.size(), 5000u);
  EXPECT_GT(places.all.w / places.all.h, 0.9f);
  EXPECT_LT(places.all.w / places.all.h, 3.6f);
}

// Random clusters that change at random.

struct Dice {
  std::uint64_t seed;
  std::uint64_t thrown = 0;
  int below(int bound) {
    return static_cast<int>(
        draw_below(static_cast<std::uint64_t>(bound), seed, "layout", 0, thrown++));
  }
};

ScenePod random_pod(Dice& dice, Id id, int nodes) {
  const int node = dice.below(nodes + 1) - 1;
  return {id, node, static_cast<float>(60 + 20 * dice.below(8)),
          dice.below(3) == 0 ? "" : "app " + std::to_string(dice.below(4)), false};
}

void change(Scene& scene, Dice& dice, Id& next) {
  const int nodes = static_cast<int>(scene.nodes.size());
  switch (dice.below(6)) {
    case 0:
      for (int i = dice.below(5); i >= 0; --i)
        scene.pods.push_back(random_pod(dice, next++, nodes));
      break;
    case 1:
      for (int i = dice.below(4); i >= 0 && !scene.pods.empty(); --i) {
        scene.pods.erase(scene.pods.begin() + dice.below(static_cast<int>(scene.pods.size())));
      }
      break;
    case 2:
      if (!scene.pods.empty()) {
        scene.pods[static_cast<std::size_t>(dice.below(static_cast<int>(scene.pods.size())))]
            .leaving = true;
      }
      break;
    case 3:
      for (ScenePod& one : scene.pods) {
        if (one.node < 0 && dice.below(2) == 0) one.node = dice.below(nodes);
      }
      break;
    case 4:
      scene.volumes.push_back({"volume " + std::to_string(next++), dice.below(nodes + 1) - 1,
                               static_cast<float>(40 + 20 * dice.below(3))});
      break;
    default:
      scene.nodes.push_back({next++, "zone " + std::to_string(dice.below(4))});
  }
}

template <class Key>
void expect_apart(const std::map<Key, Area>& rects) {
  std::vector<Area> all;
  for (const auto& [key, rect] : rects) all.push_back(rect);
  std::sort(all.begin(), all.end(), [](const Area& a, const Area& b) { return a.x < b.x; });
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size() && all[j].x < all[i].right(); ++j) {
      ASSERT_FALSE(all[i].overlaps(all[j]));
    }
  }
}

void expect_sound(const Scene& scene, const Places& places) {
  expect_apart(places.zones);
  expect_apart(places.nodes);
  std::map<std::string, Area> items = places.volumes;
  for (const auto& [id, rect] : places.pods) items["pod " + std::to_string(id)] = rect;
  expect_apart(items);
  for (const SceneNode& node : scene.nodes) {
    ASSERT_TRUE(places.zones.at(node.zone).holds(places.nodes.at(node.id)));
  }
  for (const ScenePod& one : scene.pods) {
    const Area& home = one.node < 0
                           ? places.waiting
                           : places.nodes.at(scene.nodes[static_cast<std::size_t>(one.node)].id);
    ASSERT_TRUE(home.holds(places.pods.at(one.id)));
  }
  for (const SceneVolume& volume : scene.volumes) {
    const Area& rect = places.volumes.at(volume.key);
    if (volume.node >= 0) {
      const Id node = scene.nodes[static_cast<std::size_t>(volume.node)].id;
      ASSERT_TRUE(places.nodes.at(node).holds(rect));
    } else {
      for (const auto& [zone, other] : places.zones) ASSERT_FALSE(other.overlaps(rect));
      ASSERT_FALSE(places.waiting.overlaps(rect));
    }
    ASSERT_TRUE(places.all.holds(rect));
  }
  ASSERT_EQ(places.pods.size(), scene.pods.size());
  ASSERT_EQ(places.nodes.size(), scene.nodes.size());
  ASSERT_EQ(places.volumes.size(), scene.volumes.size());
}

/// Who stays on its node stands where it stood within it.
void expect_stable(const Scene& scene, const Scene& former, const Places& before,
                   const Places& now) {
  std::map<Id, int> homes;
  for (const ScenePod& one : former.pods) homes[one.id] = one.node;
  for (const ScenePod& one : scene.pods) {
    const auto home = homes.find(one.id);
    if (home == homes.end() || home->second != one.node || one.node < 0) continue;
    const Id node = scene.nodes[static_cast<std::size_t>(one.node)].id;
    const Area& a = before.pods.at(one.id);
    const Area& b = now.pods.at(one.id);
    ASSERT_EQ(a.x - before.nodes.at(node).x, b.x - now.nodes.at(node).x);
    ASSERT_EQ(a.y - before.nodes.at(node).y, b.y - now.nodes.at(node).y);
  }
}

TEST(ClusterLayout, a_thousand_random_clusters_without_overlap_and_at_rest) {
  int kept = 0;
  int anew = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    Dice dice{seed};
    Scene scene;
    Id next = 1;
    for (int i = dice.below(6); i >= 0; --i) {
      scene.nodes.push_back({next++, "zone " + std::to_string(dice.below(3))});
    }
    const int nodes = static_cast<int>(scene.nodes.size());
    for (int i = dice.below(20); i > 0; --i) scene.pods.push_back(random_pod(dice, next++, nodes));
    ClusterLayout layout;
    const float aspect = 0.6f + 0.2f * static_cast<float>(dice.below(8));
    layout.arrange(scene, aspect);
    expect_sound(scene, layout.places());
    for (int step = 0; step < 3; ++step) {
      const Scene former = scene;
      const Places before = layout.places();
      change(scene, dice, next);
      layout.arrange(scene, aspect);
      expect_sound(scene, layout.places());
      if (HasFatalFailure()) FAIL() << "seed " << seed << ", step " << step;
      (layout.rearranged() ? anew : kept)++;
      if (!layout.rearranged()) expect_stable(scene, former, before, layout.places());
      if (HasFatalFailure()) FAIL() << "seed " << seed << ", step " << step << ": moved";
    }
  }
  EXPECT_GT(kept, 6 * anew);  // setting out anew is the exception
}

}  // namespace
}  // namespace sim::testing
