// The picture of the cluster: zones, nodes, pods, containers with their layers and mounts, volumes
// below. It zooms, pans and fits; a click picks; a picked file lights every container that sees it,
// a picked pod the volumes that it reads, a picked answer its chain of links. What moves does so
// for a moment, to show what became of what.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ui/cluster_painter.h"
#include "ui/fault_menu.h"
#include "ui/panel.h"

namespace ui {

class ClusterView : public Panel {
 public:
  /// All panels that ask who sees a file share one memory of it.
  explicit ClusterView(std::shared_ptr<FileSight> sight) : sight_(std::move(sight)) {}
  const char* id() const override { return "cluster"; }
  const char* title(Language language) const override {
    return pick(language, "Cluster", "클러스터");
  }
  void draw(Context& context) override;
  bool moving() const override { return moving_; }

 private:
  struct Motion {  // of a pod
    Area from;
    double age = 0;
    bool replaces = false;  // it comes from another pod's place
  };
  struct Ghost {  // of a pod that has gone
    PodBox box;
    Area at;
    double age = 0;
  };

  void follow(Context& context, float aspect);
  void note_what_became();
  void light(Context& context);
  void toolbar(Context& context);
  void mouse(Context& context, const Area& pane);
  void zoom_by(float factor, float x, float y);
  void fit(Context& context, const Area& pane, bool at_once);
  void click(Context& context, const Hit& hit);
  void tooltip(Context& context, const Hit& hit);
  void menu(Context& context, const Area& pane);
  std::optional<Hit> picked(const Context& context) const;
  Area place_of(sim::Id pod) const;
  const Hit* hit_at(float x, float y) const;

  std::shared_ptr<FileSight> sight_;
  ClusterModel model_;
  ClusterLayout layout_;
  Camera camera_;
  Lights lights_;
  std::vector<Hit> hits_;
  std::map<sim::Id, Motion> motions_;
  std::vector<Ghost> ghosts_;
  std::uint64_t arranged_ = 0;  // the version of the model
  float aspect_ = 0;
  std::string lit_for_;  // what lights_ was worked out for
  std::uint64_t lit_version_ = 0;
  bool fits_ = true;  // the whole picture is kept in view
  bool placed_ = false;
  bool moving_ = false;
  Hit menu_for_;
  FaultMenu deeds_;
};

}  // namespace ui
