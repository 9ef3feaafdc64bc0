// Where everything stands in the picture of a cluster: zones hold nodes, nodes hold pods and the
// volumes that lie on them, shared volumes stand in a strip below, pods without a node in a tray at
// the right. Pure geometry: it knows sizes and names, not the world.
//
// What stands somewhere stays there: a pod keeps its slot while it lives, gaps are filled before
// anything grows, a node that empties keeps its size until it is less than half full. Everything is
// set out anew only when another arrangement would make the picture much larger.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/base/table.h"

namespace ui {

struct Area {
  float x = 0, y = 0, w = 0, h = 0;
  float right() const { return x + w; }
  float bottom() const { return y + h; }
  bool contains(float px, float py) const {
    return px >= x && py >= y && px < right() && py < bottom();
  }
  bool overlaps(const Area& other) const {
    return x < other.right() && other.x < right() && y < other.bottom() && other.y < bottom();
  }
  bool holds(const Area& other) const {
    return other.x >= x && other.y >= y && other.right() <= right() && other.bottom() <= bottom();
  }
  friend bool operator==(const Area&, const Area&) = default;
};
/// Between two places: `t` from 0 to 1.
Area between(const Area& from, const Area& to, float t);

/// The measures of the picture at zoom 1, at which text is 14 pixels high.
struct Measure {
  static constexpr float kLine = 18;
  static constexpr float kCardWidth = 264;
  static constexpr float kGap = 8;
  static constexpr float kNodeHead = 38;
  static constexpr float kZoneHead = 28;
  static constexpr float kSummaryWidth = 232;
  static constexpr float kSummaryHeight = 132;
};

struct ScenePod {
  sim::Id id = 0;
  int node = -1;  // index into Scene::nodes; -1: none yet
  float height = 0;
  std::string lineage;   // whose replica it is: those of one lineage take each other's places
  bool leaving = false;  // it ends: the next of its lineage replaces it
};
struct SceneVolume {
  std::string key;
  int node = -1;  // -1: reachable from several nodes
  float height = 0;
};
struct SceneNode {
  sim::Id id = 0;
  std::string zone;  // may be empty
};
struct Scene {
  std::vector<SceneNode> nodes;
  std::vector<ScenePod> pods;
  std::vector<SceneVolume> volumes;
  bool summary = false;  // nodes stand for their pods: `pods` is empty
};

/// What became of a pod since the arrangement before.
struct Became {
  enum class What : std::uint8_t { Appeared, Moved, Replaced, Gone };
  What what = What::Appeared;
  sim::Id pod = 0;
  sim::Id replaced = 0;  // Replaced: the pod whose place it takes
  Area from;             // Moved, Gone, Replaced: where that was
  friend bool operator==(const Became&, const Became&) = default;
};

struct Places {
  std::map<std::string, Area> zones;
  std::map<sim::Id, Area> nodes;
  std::map<sim::Id, Area> pods;
  std::map<std::string, Area> volumes;
  Area waiting;  // the tray of pods without a node; w == 0: there are none
  Area all;
};

class ClusterLayout {
 public:
  /// Sets out the scene for a pane of this shape (width by height). The answer lives until the next
  /// call.
  const Places& arrange(const Scene& scene, float aspect);
  const Places& places() const { return places_; }
  const std::vector<Became>& became() const { return became_; }
  /// Which pod a pod took the place of; 0: none that is known.
  sim::Id replaced_by(sim::Id pod) const;
  /// Whether the last arrange() set everything out anew.
  bool rearranged() const { return rearranged_; }
  /// The heights of headings in this picture.
  float node_head() const { return Measure::kNodeHead * (summary_ ? 1 : grid_.heading); }
  float zone_head() const { return Measure::kZoneHead * grid_.heading; }
  /// Forgets where things stood: the next arrange() packs them tightly.
  void tidy();

 private:
  struct Slot {  // of a pod or a volume, within its node
    sim::Id node = 0;
    int column = 0;
    float y = 0;
    float h = 0;
    friend bool operator==(const Slot&, const Slot&) = default;
  };
  struct Grid {  // how nodes and zones are set out
    int pod_columns = 1;
    int node_columns = 1;
    int zone_columns = 1;
    // How many times as high the headings of nodes and zones are: in a large picture, which is
    // shown small, they must still be read.
    float heading = 1;
    friend bool operator==(const Grid&, const Grid&) = default;
  };
  struct Shape {  // the counts that a grid is chosen for
    int zones = 0;
    int nodes = 0;  // of the largest zone
    int items = 0;  // of the fullest node
    float item_height = 0;
    bool summary = false;
  };

  Shape shape_of(const Scene& scene) const;
  static float scale_of(const Shape& shape, const Grid& grid, float aspect);
  void choose_grid(const Shape& shape, float aspect);
  void place_zones(const Scene& scene);
  void place_items(const Scene& scene);
  Slot take_slot(sim::Id node, int columns, float height, const Slot* wanted,
                 std::map<std::pair<sim::Id, int>, std::vector<Slot>>& taken) const;
  void pair_up(const Scene& scene);
  void set_positions(const Scene& scene);
  float inner_width(bool summary) const;

  Grid grid_;
  bool summary_ = false;
  bool fresh_ = true;
  bool rearranged_ = false;
  std::map<std::string, int> zone_slots_;
  std::map<sim::Id, int> node_slots_;  // within its zone
  std::map<sim::Id, std::string> node_zones_;
  std::map<sim::Id, float> node_heights_;  // of what is inside, with room that was used before
  std::map<sim::Id, Slot> pod_slots_;      // also of pods that are gone: they may come back
  std::map<std::string, Slot> volume_slots_;
  std::map<std::string, int> shared_slots_;
  std::map<sim::Id, sim::Id> replaced_;
  std::map<sim::Id, std::string> lineages_;
  Places places_;
  std::vector<Became> became_;
};

}  // namespace ui
