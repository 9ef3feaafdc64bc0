#include "ui/cluster_view.h"

#include <algorithm>
#include <cmath>

#include "sim/base/format.h"
#include "sim/graph/sentences.h"
#include "sim/world/drivers.h"
#include "ui/widgets.h"

namespace ui {

using sim::Id;
using sim::Kind;
using sim::Ref;

namespace {

constexpr double kMoves = 0.35;    // seconds that a move takes
constexpr double kReplaces = 0.9;  // … when one pod takes another's place
constexpr double kFades = 0.5;
constexpr float kLargestZoom = 5;
constexpr float kLargestFit = 1.35f;  // beyond it, a small cluster only looks blown up

float eased(double share) {
  const auto t = static_cast<float>(std::clamp(share, 0.0, 1.0));
  return t * t * (3 - 2 * t);
}

}  // namespace

void ClusterView::note_what_became() {
  for (const Became& one : layout_.became()) {
    switch (one.what) {
      case Became::What::Moved:
        motions_[one.pod] = {place_of(one.pod), 0, false};
        if (motions_[one.pod].from.w == 0) motions_[one.pod].from = one.from;
        break;
      case Became::What::Replaced:
        motions_[one.pod] = {one.from, 0, true};
        break;
      case Became::What::Appeared: {
        Area small = layout_.places().pods.at(one.pod);
        small = {small.x + small.w / 4, small.y + small.h / 4, small.w / 2, small.h / 2};
        motions_[one.pod] = {small, 0, false};
        break;
      }
      case Became::What::Gone: {
        motions_.erase(one.pod);
        const auto box = model_.former_pods().find(one.pod);
        if (box != model_.former_pods().end()) ghosts_.push_back({box->second, one.from, 0});
        break;
      }
    }
  }
}

/// Where a pod is drawn now: it may be on its way.
Area ClusterView::place_of(Id pod) const {
  const auto place = layout_.places().pods.find(pod);
  if (place == layout_.places().pods.end()) return {};
  const auto motion = motions_.find(pod);
  if (motion == motions_.end()) return place->second;
  const double length = motion->second.replaces ? kReplaces : kMoves;
  return between(motion->second.from, place->second, eased(motion->second.age / length));
}

void ClusterView::follow(Context& context, float aspect) {
  model_.follow(context.session.world());
  const bool reshaped = aspect_ == 0 || aspect / aspect_ > 1.25f || aspect_ / aspect > 1.25f;
  if (arranged_ == model_.version() && !reshaped) return;
  const bool first = arranged_ == 0;
  arranged_ = model_.version();
  if (reshaped) aspect_ = aspect;
  layout_.arrange(model_.scene(), aspect_);
  if (first || context.view.reduce_motion) {
    motions_.clear();
    ghosts_.clear();
  } else {
    note_what_became();
  }
}

void ClusterView::light(Context& context) {
  const Selection& selection = context.selection;
  const std::string wanted =
      fmt::format("{}\n{}\n{}\n{}", selection.path, selection.pod ? to_string(*selection.pod) : "",
                  selection.container, context.language());
  if (wanted == lit_for_ && lit_version_ == sight_->version()) return;
  lit_for_ = wanted;
  lit_version_ = sight_->version();
  lights_ = {};
  lights_.path = selection.path;
  lights_.pod = selection.pod;
  lights_.container = selection.container;
  const Ref pod = selection.pod ? model_.world().store().find(*selection.pod) : Ref{};
  if (selection.pod && !selection.path.empty()) {
    lights_.chain =
        sight_->chain(*selection.pod, selection.container, selection.path, context.language());
  }
  // All that a picked pod reads, or what the chain passes.
  for (const auto& [id, box] : model_.pods()) {
    for (const ContainerBox& container : box.containers) {
      for (const MountLine& mount : container.mounts) {
        const bool reads = id == pod.id && selection.path.empty();
        if (!mount.volume.empty() &&
            (reads ||
             (mount.part >= 0 && lights_.chain.has_mount(container.instance, mount.part)))) {
          lights_.volumes.insert(mount.volume);
        }
      }
    }
  }
  if (!model_.summary() || selection.path.empty()) return;
  const Looks& looks = sight_->looks(selection.path);
  const std::vector<sim::Viewer>& viewers = sight_->viewers();
  std::map<std::string_view, Id> nodes;
  for (const auto& [id, node] : model_.nodes()) nodes[node.name.view()] = id;
  for (std::size_t i = 0; i < viewers.size(); ++i) {
    const auto* row = model_.world().get<sim::Pod>(viewers[i].pod);
    const auto node = row ? nodes.find(row->node_name.view()) : nodes.end();
    if (node == nodes.end()) continue;
    auto& [seen, all] = lights_.by_node[node->second];
    ++all;
    if (looks.of[i].file >= 0) ++seen;
  }
}

void ClusterView::fit(Context& context, const Area& pane, bool at_once) {
  const Area& all = layout_.places().all;
  const float margin = context.scaled(6);
  const float zoom = std::clamp(std::min((pane.w - 2 * margin) / std::max(all.w, 1.f),
                                         (pane.h - 2 * margin) / std::max(all.h, 1.f)),
                                0.01f, kLargestFit * context.view.effective_scale());
  const float x = all.w / 2 - pane.w / 2 / zoom;
  const float y = std::min(all.h / 2 - pane.h / 2 / zoom, -margin / zoom);
  const bool there = std::fabs(zoom - camera_.zoom) < 0.001f * zoom &&
                     std::fabs(x - camera_.x) * zoom < 0.5f &&
                     std::fabs(y - camera_.y) * zoom < 0.5f;
  if (at_once || there) {
    camera_.zoom = zoom;
    camera_.x = x;
    camera_.y = y;
    return;
  }
  const auto share = static_cast<float>(1 - std::exp(-context.frame_seconds * 12));
  camera_.zoom += (zoom - camera_.zoom) * share;
  camera_.x += (x - camera_.x) * share;
  camera_.y += (y - camera_.y) * share;
  moving_ = true;
}

void ClusterView::zoom_by(float factor, float x, float y) {
  fits_ = false;
  const float before = camera_.zoom;
  camera_.zoom = std::clamp(before * factor, 0.01f, kLargestZoom);
  // The point under the mouse stays under it.
  camera_.x += (x - camera_.origin.x) * (1 / before - 1 / camera_.zoom);
  camera_.y += (y - camera_.origin.y) * (1 / before - 1 / camera_.zoom);
}

void ClusterView::toolbar(Context& context) {
  const auto centre = [&] {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 room = ImGui::GetContentRegionAvail();
    return ImVec2{at.x + room.x / 2, at.y + room.y / 2};
  };
  if (button(context, "cluster.fit", context.in("Fit", "맞춤"))) fits_ = true;
  tip(context, context.in("Show the whole cluster (F)", "클러스터 전체 보기 (F)"));
  ImGui::SameLine();
  if (button(context, "cluster.out", "−")) zoom_by(1 / 1.3f, centre().x, centre().y);
  ImGui::SameLine();
  if (button(context, "cluster.in", "+")) zoom_by(1.3f, centre().x, centre().y);
  ImGui::SameLine();
  if (button(context, "cluster.tidy", context.in("Tidy", "정렬"))) {
    layout_.tidy();
    arranged_ = 0;
  }
  tip(context, context.in("Close the gaps that pods left", "Pod가 빠진 자리를 메웁니다"));
  ImGui::SameLine();
  // Counts by state, each with its sign.
  const bool korean = context.view.language == Language::Korean;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float height = ImGui::GetFrameHeight();
  const float size = ImGui::GetFontSize();
  const Pen words{&draw, context.fonts.text, size};
  ImVec2 at = ImGui::GetCursorScreenPos();
  const float right = at.x + ImGui::GetContentRegionAvail().x;
  std::string said =
      korean ? fmt::format("노드 {}  Pod {}", model_.nodes().size(), model_.pod_count())
             : fmt::format("{} nodes  {} pods", model_.nodes().size(), model_.pod_count());
  context.probe.say(said);
  at.x += size * 0.4f;
  const float top = at.y + (height - size) / 2;
  if (at.x + words.width(said) < right) {
    words.put(at.x, top, colour(context.theme.dim), said);
    at.x += words.width(said) + size;
  }
  for (const Health health : {Health::Lost, Health::Failing, Health::NotReady, Health::Pending,
                              Health::Terminating, Health::Ready, Health::Done}) {
    const int count = model_.totals()[static_cast<std::size_t>(health)];
    if (count == 0) continue;
    const std::string text = fmt::format("{} {}", count, word_of(health, korean));
    context.probe.say(text);
    const float width = words.width(text) + size * 1.3f;
    if (at.x + width > right) break;
    draw_sign(draw, {at.x + size * 0.45f, at.y + height / 2}, size * 0.4f, health, context.theme);
    words.put(at.x + size * 1.1f, top, colour(context.theme.text), text);
    at.x += width + size * 0.7f;
  }
  ImGui::NewLine();
}

const Hit* ClusterView::hit_at(float x, float y) const {
  for (auto hit = hits_.rbegin(); hit != hits_.rend(); ++hit) {
    if (hit->area.contains(x, y)) return &*hit;
  }
  return nullptr;
}

void ClusterView::click(Context& context, const Hit& hit) {
  Selection& selection = context.selection;
  const sim::World& world = model_.world();
  switch (hit.what) {
    case Hit::What::Zone:
      selection.pod.reset();
      selection.container.clear();
      selection.object.reset();
      break;
    case Hit::What::Node:
      selection.pick_object({Kind::Node, hit.id});
      context.wishes.show_panel = "inspector";
      break;
    case Hit::What::Pod:
    case Hit::What::Container:
      if (const auto* pod = world.get<sim::Pod>(hit.id)) {
        selection.pick_pod(pod->meta.uid, {Kind::Pod, hit.id}, hit.name);
        context.wishes.show_panel = selection.path.empty() ? "inspector" : "why";
      }
      break;
    case Hit::What::Volume: {
      const auto volume = model_.volumes().find(hit.name);
      if (volume != model_.volumes().end() && volume->second.object) {
        selection.pick_object(volume->second.object);
        context.wishes.show_panel = "inspector";
      }
      break;
    }
  }
}

void ClusterView::tooltip(Context& context, const Hit& hit) {
  const bool korean = context.view.language == Language::Korean;
  std::string text;
  switch (hit.what) {
    case Hit::What::Zone:
      return;
    case Hit::What::Node: {
      // The mouse is over what the frame before showed; it may have gone since.
      const auto found = model_.nodes().find(hit.id);
      if (found == model_.nodes().end()) return;
      const NodeBox& node = found->second;
      text = fmt::format("{}  {}\n", node.name, node.word);
      for (std::size_t i = 0; i < kHealths; ++i) {
        if (node.pods[i] > 0) {
          text += fmt::format("{} {}\n", node.pods[i], word_of(static_cast<Health>(i), korean));
        }
      }
      break;
    }
    case Hit::What::Pod:
    case Hit::What::Container: {
      const std::optional<PodBox> box = model_.look_at(hit.id);
      if (!box) return;
      text = fmt::format("{}/{}\n{}", box->ns, box->name, box->word);
      const Id other = layout_.replaced_by(hit.id);
      if (other != 0) {
        const auto former = model_.pods().find(other);
        text += korean ? "\n이전 Pod를 대체함" : "\nin the place of ";
        if (former != model_.pods().end()) {
          text += korean ? fmt::format(": {}", former->second.name) : former->second.name.str();
        } else if (!korean) {
          text += "one that is gone";
        }
      }
      const std::string container =
          hit.what == Hit::What::Container || box->containers.empty() ? hit.name : std::string();
      if (!lights_.path.empty() && sight_->reasons_are_cheap()) {
        const sim::Why& why = sight_->why(box->uid, container, lights_.path);
        text += "\n" + sim::sentence(why, context.language());
      }
      break;
    }
    case Hit::What::Volume: {
      const auto box = model_.volumes().find(hit.name);
      if (box == model_.volumes().end()) return;
      text = fmt::format("{} {}  {}", box->second.kind, box->second.name, box->second.word);
      for (const std::string& line : box->second.lines) text += "\n" + line;
      text += korean ? fmt::format("\n마운트 {}개", box->second.users)
                     : fmt::format("\nmounted {} times", box->second.users);
      break;
    }
  }
  context.probe.say(text);
  ImGui::BeginTooltip();
  ImGui::PushTextWrapPos(ImGui::GetFontSize() * 28);
  ImGui::TextUnformatted(text.c_str());
  ImGui::PopTextWrapPos();
  ImGui::EndTooltip();
}

/// What is picked, as the mouse would find it.
std::optional<Hit> ClusterView::picked(const Context& context) const {
  const Selection& selection = context.selection;
  if (const Ref pod = selection.pod ? model_.world().store().find(*selection.pod) : Ref{};
      pod && pod.kind == Kind::Pod) {
    return Hit{Hit::What::Pod, {}, pod.id, selection.container};
  }
  if (!selection.object) return std::nullopt;
  if (selection.object->kind == Kind::Node) {
    return Hit{Hit::What::Node, {}, selection.object->id, {}};
  }
  for (const auto& [key, box] : model_.volumes()) {
    if (box.object == *selection.object) return Hit{Hit::What::Volume, {}, 0, key};
  }
  return std::nullopt;
}

/// Faults by hand, on what was pressed with the right button, or on what is picked.
void ClusterView::menu(Context& context, const Area& pane) {
  if (std::exchange(context.wishes.fault_menu, false)) {
    if (const std::optional<Hit> hit = picked(context)) {
      menu_for_ = *hit;
      ImGui::OpenPopup("cluster.menu");
      ImGui::SetNextWindowPos({pane.x + pane.w / 2, pane.y + pane.h / 3}, ImGuiCond_Appearing,
                              {0.5f, 0});
    }
  }
  if (!ImGui::BeginPopup("cluster.menu")) return;
  const sim::World& world = model_.world();
  const auto title = [&](const std::string& name) {
    heading(context, name);
    ImGui::Separator();
  };
  const std::string prefix = "cluster.menu";
  switch (menu_for_.what) {
    case Hit::What::Zone:
      title(fmt::format("{} {}", context.in("zone", "영역"), menu_for_.name));
      deeds_.items(context, {sim::FaultTarget::Zone, menu_for_.name, {}, {}}, prefix);
      break;
    case Hit::What::Node:
      if (const auto node = model_.nodes().find(menu_for_.id); node != model_.nodes().end()) {
        title(node->second.name.str());
        deeds_.items(context, {sim::FaultTarget::Node, node->second.name.str(), {}, {}}, prefix);
      }
      break;
    case Hit::What::Pod:
    case Hit::What::Container:
      if (const auto* pod = world.get<sim::Pod>(menu_for_.id)) {
        title(menu_for_.name.empty()
                  ? fmt::format("{}/{}", pod->meta.ns, pod->meta.name)
                  : fmt::format("{}/{} · {}", pod->meta.ns, pod->meta.name, menu_for_.name));
        deeds_.pod_items(context, *pod, menu_for_.name, prefix);
      }
      break;
    case Hit::What::Volume: {
      const auto box = model_.volumes().find(menu_for_.name);
      if (box == model_.volumes().end()) break;
      title(fmt::format("{} {}", box->second.kind, box->second.name));
      const auto* volume = world.get<sim::PersistentVolume>(box->second.persistent.id);
      const sim::Driver* driver =
          box->second.persistent && volume ? driver_of(volume->spec) : nullptr;
      if (driver) {
        text(context, std::string(driver->name), context.theme.dim);
        deeds_.items(context, {sim::FaultTarget::Driver, std::string(driver->name), {}, {}},
                     prefix);
      } else {
        text(context,
             context.in("No driver stands behind it yet.",
                        "아직 이 볼륨을 담당하는 드라이버가 없습니다."),
             context.theme.dim);
      }
      break;
    }
  }
  ImGui::EndPopup();
}

void ClusterView::mouse(Context& context, const Area& pane) {
  const ImGuiIO& io = ImGui::GetIO();
  ImGui::InvisibleButton("cluster.canvas", {pane.w, pane.h},
                         ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight |
                             ImGuiButtonFlags_MouseButtonMiddle);
  mark(context, "cluster.canvas", "");
  const bool hovered = ImGui::IsItemHovered();
  const ImVec2 at = io.MousePos;
  if (hovered && io.MouseWheel != 0) zoom_by(std::pow(1.15f, io.MouseWheel), at.x, at.y);
  const bool dragged = ImGui::IsItemActive() && (ImGui::IsMouseDragging(ImGuiMouseButton_Left) ||
                                                 ImGui::IsMouseDragging(ImGuiMouseButton_Middle));
  if (dragged) {
    fits_ = false;
    camera_.x -= io.MouseDelta.x / camera_.zoom;
    camera_.y -= io.MouseDelta.y / camera_.zoom;
  }
  const bool is_click =
      hovered && ImGui::IsMouseReleased(ImGuiMouseButton_Left) &&
      io.MouseDragMaxDistanceSqr[0] < io.MouseDragThreshold * io.MouseDragThreshold;
  if (const Hit* hit = hovered ? hit_at(at.x, at.y) : nullptr) {
    if (is_click) click(context, *hit);
    if (ImGui::IsMouseReleased(ImGuiMouseButton_Right)) {
      menu_for_ = *hit;
      ImGui::OpenPopup("cluster.menu");
    }
    if (!ImGui::IsMouseDown(ImGuiMouseButton_Left)) tooltip(context, *hit);
  } else if (is_click) {
    context.selection.pod.reset();
    context.selection.container.clear();
    context.selection.object.reset();
  }
  if (ImGui::IsWindowFocused() && !io.WantTextInput) {
    if (ImGui::IsKeyPressed('F') && !io.KeyCtrl) fits_ = true;
  }
  menu(context, pane);
}

void ClusterView::draw(Context& context) {
  moving_ = false;
  sight_->follow(context.session.world());
  ImVec2 size = ImGui::GetContentRegionAvail();
  const float bar = ImGui::GetFrameHeightWithSpacing();
  if (size.x < 40 || size.y < bar + 40) return;
  follow(context, size.x / std::max(size.y - bar, 1.f));
  light(context);
  toolbar(context);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  size = ImGui::GetContentRegionAvail();
  const Area pane{at.x, at.y, std::max(size.x, 1.f), std::max(size.y, 1.f)};
  camera_.origin = at;
  mouse(context, pane);
  if (fits_) fit(context, pane, !placed_ || context.view.reduce_motion);
  placed_ = true;

  // What moves.
  for (auto motion = motions_.begin(); motion != motions_.end();) {
    motion->second.age += context.frame_seconds;
    const double length = motion->second.replaces ? kReplaces : kMoves;
    motion = motion->second.age >= length ? motions_.erase(motion) : std::next(motion);
  }
  for (Ghost& ghost : ghosts_) ghost.age += context.frame_seconds;
  ghosts_.erase(std::remove_if(ghosts_.begin(), ghosts_.end(),
                               [](const Ghost& ghost) { return ghost.age >= kFades; }),
                ghosts_.end());
  moving_ = moving_ || !motions_.empty() || !ghosts_.empty();

  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.PushClipRect({pane.x, pane.y}, {pane.right(), pane.bottom()}, true);
  ClusterPainter painter(context, model_, layout_, *sight_, lights_, camera_, pane);
  painter.zones_and_nodes();
  std::map<Id, Area> pods;
  for (const auto& [id, box] : model_.pods()) pods[id] = camera_.to_screen(place_of(id));
  painter.lines(pods);
  painter.volumes();
  for (const Ghost& ghost : ghosts_) {
    painter.pod(ghost.box, camera_.to_screen(ghost.at), 1 - eased(ghost.age / kFades));
  }
  for (const auto& [id, box] : model_.pods()) painter.pod(box, pods.at(id), 1);
  draw.PopClipRect();
  hits_ = painter.hits();
}

}  // namespace ui
