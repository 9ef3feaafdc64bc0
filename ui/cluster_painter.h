// One frame of the cluster's picture: boxes, lines and lights at the places that the layout gave
// them, with as much in each box as its size on the screen can show legibly. It notes what lies
// where, for the mouse.
#pragma once

#include <imgui.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ui/cluster_model.h"
#include "ui/file_sight.h"
#include "ui/paint.h"
#include "ui/panel.h"

namespace ui {

/// Where the picture stands in the pane.
struct Camera {
  ImVec2 origin;       // of the pane on the screen
  float x = 0, y = 0;  // the point of the picture that stands there
  float zoom = 1;
  Area to_screen(const Area& area) const {
    return {origin.x + (area.x - x) * zoom, origin.y + (area.y - y) * zoom, area.w * zoom,
            area.h * zoom};
  }
};

/// What is lit, from what is picked.
struct Lights {
  std::string path;               // empty: no file is picked
  Chain chain;                    // of the picked file for the picked container
  std::set<std::string> volumes;  // keys of boxes that the picked pod reads, or the chain passes
  std::optional<sim::Uid> pod;
  std::string container;
  std::map<sim::Id, std::pair<int, int>> by_node;  // summaries: containers that see it, of all
};

struct Hit {
  enum class What : std::uint8_t { Zone, Node, Pod, Container, Volume };
  What what = What::Node;
  Area area;
  sim::Id id = 0;    // of the node or pod
  std::string name;  // of the zone or container; key of the volume
};

class ClusterPainter {
 public:
  ClusterPainter(Context& context, const ClusterModel& model, const ClusterLayout& layout,
                 FileSight& sight, const Lights& lights, const Camera& camera, const Area& pane);

  void zones_and_nodes();
  /// `places`: where pods stand now, which may be on their way.
  void lines(const std::map<sim::Id, Area>& pods);
  void volumes();
  void pod(const PodBox& box, const Area& area, float alpha);
  /// In a summary: the pods of a node that is large enough on the screen.
  void pods_of_node(const NodeBox& node, const Area& area);
  const std::vector<Hit>& hits() const { return hits_; }

 private:
  struct Line {  // from a mount to a volume
    ImVec2 from;
    std::string volume;
    bool lit = false;
  };

  Pen pen(float size, bool bold = false, bool mono = false) const;
  bool is_seen(const Area& area) const;
  float corner(const Area& area) const;
  float small() const;     // the smallest text that is legible
  bool has_cards() const;  // whether the lines of a pod's box have room for such text
  float text_size() const;
  void head(const Area& area, float height, std::string_view title, std::string_view note,
            std::optional<Health> health, Colour ground, float alpha);
  bool is_on_chain(const NodeBox& node) const;
  void node_counts(const NodeBox& node, const Area& area);
  void card(const PodBox& box, const Area& area, float alpha);
  void chip(const PodBox& box, const Area& area, float alpha);
  void container(const PodBox& pod, const ContainerBox& box, float x, float& y, float w, float line,
                 float alpha);
  void frame(const Area& area, Health health, bool picked, bool lit, float alpha);
  std::optional<Look> look_of(const PodBox& pod, const ContainerBox& box) const;
  std::string why_word(const PodBox& pod, const ContainerBox& box, const Look& look) const;
  ImU32 ink(Colour c, float alpha = 1) const;

  Context& context_;
  const ClusterModel& model_;
  const Places& places_;
  float node_head_;  // heights of headings on the screen
  float zone_head_;
  FileSight& sight_;
  const Lights& lights_;
  const Camera& camera_;
  Area pane_;
  ImDrawList& draw_;
  bool korean_;
  std::vector<Hit> hits_;
};

}  // namespace ui
