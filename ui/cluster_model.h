// What the picture of the cluster shows, kept up to date change by change: boxes of nodes, pods and
// volumes, and the scene that the layout sets out. With very many pods the nodes stand for them
// with counts, and a pod's box is worked out only when somebody looks at it. Following a world
// costs what has changed in it; a frame in which nothing changed costs nothing.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ui/cluster_boxes.h"
#include "ui/cluster_layout.h"

namespace ui {

/// With more pods than this, nodes summarise; once they do, they go on until it is well below.
inline constexpr std::size_t kMostPodsShown = 200;
inline constexpr std::size_t kPodsShownAgain = 180;
inline constexpr std::size_t kMostVolumesShown = 120;

class ClusterModel {
 public:
  void follow(const sim::World& world);
  const sim::World& world() const { return *world_; }

  bool summary() const { return summary_; }
  /// Empty when nodes summarise.
  const std::map<sim::Id, PodBox>& pods() const { return pods_; }
  /// The pods as they were before the last change: some have gone.
  const std::map<sim::Id, PodBox>& former_pods() const { return former_; }
  const std::map<sim::Id, NodeBox>& nodes() const { return nodes_; }
  const std::map<std::string, VolumeBox>& volumes() const { return volumes_; }
  /// Claims and volumes that are not shown because there are too many.
  std::size_t volumes_left_out() const { return volumes_left_out_; }
  const Counts& totals() const { return totals_; }
  std::size_t pod_count() const { return pod_count_; }
  const Scene& scene() const { return scene_; }
  /// Counts the changes of anything above.
  std::uint64_t version() const { return version_; }
  /// One pod, also when nodes summarise; none when there is no such pod.
  std::optional<PodBox> look_at(sim::Id pod) const;
  /// How a pod fares, from what is kept of each.
  Health health(sim::Id pod) const;
  /// Pods looked at since the start, for tests: what a change costs.
  std::uint64_t looked_at() const { return looked_at_; }

 private:
  struct PodFact {
    bool known = false;
    Health health = Health::Pending;
    sim::Id node = 0;
  };

  void start_over();
  void take(const std::vector<sim::Ref>& changed, const sim::World& before);
  void look_at_node(sim::Id node);
  void look_at_pod(sim::Id pod);
  void forget_pod(sim::Id pod);
  bool is_up(sim::Id node) const;
  void make_boxes();
  void make_volumes();
  void make_scene();

  std::optional<sim::World> world_;
  bool summary_ = false;
  std::vector<PodFact> facts_;  // by id
  std::map<sim::Id, NodeBox> nodes_;
  std::map<sim::Id, PodBox> pods_;
  std::map<sim::Id, PodBox> former_;
  std::map<std::string, VolumeBox> volumes_;
  std::size_t volumes_left_out_ = 0;
  Counts totals_{};
  std::size_t pod_count_ = 0;
  Scene scene_;
  std::uint64_t version_ = 0;
  std::uint64_t looked_at_ = 0;
};

}  // namespace ui
