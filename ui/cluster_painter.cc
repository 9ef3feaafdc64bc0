#include "ui/cluster_painter.h"

#include <algorithm>
#include <cmath>

#include "sim/base/format.h"
#include "ui/widgets.h"

namespace ui {

using sim::Id;
using M = Measure;

namespace {

constexpr float kTextSize = 14;  // at zoom 1
constexpr float kSmallest = 11;  // of any text on the screen, at scale 1
constexpr std::size_t kMostLines = 100;
constexpr float kRound = 34;  // a box so high, at scale 1, has round corners: dear to draw

/// "assets-697d65f86-7hjz4" → "7hjz4" with what of the rest has room.
constexpr Keep kNames = Keep::Both;

}  // namespace

ClusterPainter::ClusterPainter(Context& context, const ClusterModel& model,
                               const ClusterLayout& layout, FileSight& sight, const Lights& lights,
                               const Camera& camera, const Area& pane)
    : context_(context),
      model_(model),
      places_(layout.places()),
      node_head_(layout.node_head() * camera.zoom),
      zone_head_(layout.zone_head() * camera.zoom),
      sight_(sight),
      lights_(lights),
      camera_(camera),
      pane_(pane),
      draw_(*ImGui::GetWindowDrawList()),
      korean_(context.view.language == Language::Korean) {}

float ClusterPainter::corner(const Area& area) const {
  return area.h < context_.scaled(kRound) ? 0.f : 5.f;
}

float ClusterPainter::small() const { return context_.scaled(kSmallest); }

bool ClusterPainter::has_cards() const { return M::kLine * camera_.zoom >= small() * 1.1f; }

float ClusterPainter::text_size() const { return std::max(kTextSize * camera_.zoom, small()); }

Pen ClusterPainter::pen(float size, bool bold, bool mono) const {
  const Fonts& fonts = context_.fonts;
  return {&draw_, mono ? fonts.mono : bold ? fonts.bold : fonts.text, size};
}

bool ClusterPainter::is_seen(const Area& area) const { return area.overlaps(pane_); }

ImU32 ClusterPainter::ink(Colour c, float alpha) const { return colour(c, alpha); }

void ClusterPainter::head(const Area& area, float height, std::string_view title,
                          std::string_view note, std::optional<Health> health, Colour ground,
                          float alpha) {
  draw_.AddRectFilled({area.x, area.y}, {area.right(), area.bottom()}, ink(ground, alpha), 6);
  const float size = std::clamp(height * 0.42f, std::min(small(), height * 0.9f),
                                std::max(context_.scaled(19), small()));
  const bool two_lines = !note.empty() && height >= size * 2.5f;
  const float pad = std::clamp(8 * camera_.zoom, 3.f, 12.f);
  float x = area.x + pad;
  const float line = area.y + (two_lines ? height * 0.28f : height * 0.5f);
  if (health) {
    const float radius = size * 0.42f;
    draw_sign(draw_, {x + radius, line}, radius, *health, context_.theme);
    x += 2 * radius + pad * 0.6f;
  }
  const Pen name = pen(size, true);
  const std::string shown = fitted(name, title, area.right() - x - pad, kNames);
  name.put(x, line - size / 2, ink(context_.theme.text, alpha), shown);
  if (two_lines) {
    const Pen small_pen = pen(std::max(size * 0.8f, small()));
    small_pen.put(x, area.y + height * 0.55f, ink(context_.theme.dim, alpha),
                  fitted(small_pen, note, area.right() - x - pad, Keep::Start));
  } else if (!note.empty()) {
    const Pen small_pen = pen(size);
    const float used = x + name.width(shown) + 2 * pad;
    const std::string rest = fitted(small_pen, note, area.right() - used - pad, Keep::Start);
    small_pen.put(used, line - size / 2, ink(context_.theme.dim, alpha), rest);
  }
}

void ClusterPainter::zones_and_nodes() {
  const Theme& theme = context_.theme;
  for (const auto& [zone, rect] : places_.zones) {
    const Area area = camera_.to_screen(rect);
    if (!is_seen(area)) continue;
    const std::string title = zone.empty()
                                  ? context_.in("no zone", "영역 없음")
                                  : fmt::format("{} {}", context_.in("zone", "영역"), zone);
    head(area, zone_head_, title, "", std::nullopt, theme.back, 1);
    if (zone.empty()) continue;
    hits_.push_back({Hit::What::Zone, area, 0, zone});
    mark_rect(context_, "cluster.zone." + zone, title, {area.x, area.y},
              {area.right(), std::min(area.bottom(), area.y + zone_head_)});
  }
  if (places_.waiting.w > 0) {
    const Area area = camera_.to_screen(places_.waiting);
    head(area, node_head_, context_.in("No node yet", "노드 없음"),
         context_.in("waiting to be scheduled", "스케줄링 대기 중"), Health::Pending, theme.back,
         1);
    dashed_rect(draw_, area, ink(theme.warn), 1);
  }
  for (const auto& [id, rect] : places_.nodes) {
    const Area area = camera_.to_screen(rect);
    const auto known = model_.nodes().find(id);
    if (!is_seen(area) || known == model_.nodes().end()) continue;
    const NodeBox& node = known->second;
    const bool picked = context_.selection.object == sim::Ref{sim::Kind::Node, id};
    const int total = node.total();
    const std::string note = fmt::format(
        "{} · {}",
        node.up ? node.word
                : fmt::format("{} ({})", node.word, context_.in("machine off", "머신 꺼짐")),
        korean_ ? fmt::format("Pod {}개", total)
                : fmt::format("{} pod{}", total, total == 1 ? "" : "s"));
    // Too small for words: the sign alone, over the whole box.
    if (area.w < 40 || node_head_ < small() * 0.8f) {
      draw_.AddRectFilled({area.x, area.y}, {area.right(), area.bottom()},
                          ink(picked ? theme.selected : theme.panel), 2);
      const Health worst = node.health == Health::Ready ? worst_of(node.pods) : node.health;
      const float radius = std::clamp(std::min(area.w, area.h) * 0.32f, 2.f, 9.f);
      draw_sign(draw_, {area.x + area.w / 2, area.y + area.h / 2}, radius,
                total == 0 && node.health == Health::Ready ? Health::Done : worst, theme);
    } else {
      head(area, node_head_, node.name.view(), note, node.health,
           picked ? theme.selected : theme.panel, 1);
      if (model_.summary()) node_counts(node, area);
    }
    frame(area, node.health == Health::Lost ? Health::Lost : Health::Ready, picked,
          !lights_.chain.passed.empty() && is_on_chain(node), 1);
    hits_.push_back({Hit::What::Node, area, id, {}});
    if (area.w >= 24) {
      mark_rect(context_, fmt::format("cluster.node.{}", node.name),
                fmt::format("{} {}", node.name, note), {area.x, area.y},
                {area.right(), std::min(area.bottom(), area.y + node_head_)});
    }
  }
}

bool ClusterPainter::is_on_chain(const NodeBox& node) const {
  const Id machine = model_.world().store().find(sim::Kind::Machine, "", node.name);
  return lights_.chain.has(sim::Thing::Node, {sim::Kind::Node, node.id}) ||
         lights_.chain.has(sim::Thing::Node, {sim::Kind::Machine, machine});
}

/// A bar of all pods by state, and the counts in words.
void ClusterPainter::node_counts(const NodeBox& node, const Area& area) {
  const Theme& theme = context_.theme;
  const float pad = 8 * camera_.zoom;
  const float top = area.y + node_head_;
  const int total = node.total();
  const Area inside{area.x + pad, top, area.w - 2 * pad, area.bottom() - top - pad};
  if (total == 0 || inside.h < 4) return;
  // Large enough on the screen: the pods themselves.
  if (inside.w * inside.h / static_cast<float>(total) > context_.scaled(18) * context_.scaled(18)) {
    pods_of_node(node, inside);
    return;
  }
  const float bar = std::clamp(inside.h * 0.3f, 3.f, context_.scaled(14));
  float x = inside.x;
  for (std::size_t i = 0; i < kHealths; ++i) {
    if (node.pods[i] == 0) continue;
    const float w = inside.w * static_cast<float>(node.pods[i]) / static_cast<float>(total);
    const auto health = static_cast<Health>(i);
    draw_.AddRectFilled({x, inside.y}, {x + w, inside.y + bar},
                        ink(colour_of(theme, health), health == Health::Ready ? 0.6f : 1));
    x += w;
  }
  const float size = std::clamp(kTextSize * camera_.zoom, small(), context_.scaled(15));
  const Pen words = pen(size);
  float y = inside.y + bar + 4;
  const auto line = [&](const std::string& text, Colour c, std::optional<Health> health) {
    if (y + size > inside.bottom() + pad) return;
    float at = inside.x;
    if (health) {
      draw_sign(draw_, {at + size * 0.4f, y + size * 0.55f}, size * 0.36f, *health, theme);
      at += size;
    }
    words.put(at, y, ink(c), fitted(words, text, inside.right() - at, Keep::Start));
    y += size * 1.2f;
  };
  const auto seen = lights_.by_node.find(node.id);
  if (seen != lights_.by_node.end()) {
    line(korean_
             ? fmt::format("✓ 컨테이너 {}/{}개에서 보임", seen->second.first, seen->second.second)
             : fmt::format("✓ seen by {} of {}", seen->second.first, seen->second.second),
         seen->second.first > 0 ? theme.good : theme.dim, std::nullopt);
  }
  for (const Health health : {Health::Lost, Health::Failing, Health::NotReady, Health::Pending,
                              Health::Terminating, Health::Ready, Health::Done}) {
    const int count = node.pods[static_cast<std::size_t>(health)];
    if (count > 0) line(fmt::format("{} {}", count, word_of(health, korean_)), theme.text, health);
  }
}

void ClusterPainter::pods_of_node(const NodeBox& node, const Area& area) {
  const std::vector<Id> ids = model_.world().store().pods_on(node.name);
  if (ids.empty()) return;
  const float count = static_cast<float>(ids.size());
  // Chips twice as wide as high.
  const float columns =
      std::clamp(std::round(std::sqrt(count * area.w / std::max(area.h, 1.f) / 2)), 1.f, count);
  const float rows = std::ceil(count / columns);
  const float w = area.w / columns;
  const float h = std::min(area.h / rows, 90 * camera_.zoom);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto column = static_cast<float>(i % static_cast<std::size_t>(columns));
    const auto row = static_cast<float>(i / static_cast<std::size_t>(columns));
    const Area cell{area.x + column * w, area.y + row * h, w - 3, h - 3};
    if (!is_seen(cell)) continue;
    if (cell.h < small() * 1.2f || cell.w < context_.scaled(44)) {
      draw_sign(draw_, {cell.x + cell.w / 2, cell.y + cell.h / 2},
                std::max(2.f, std::min(cell.w, cell.h) * 0.42f), model_.health(ids[i]),
                context_.theme);
      hits_.push_back({Hit::What::Pod, cell, ids[i], {}});
    } else if (const std::optional<PodBox> box = model_.look_at(ids[i])) {
      chip(*box, cell, 1);
    }
  }
}

void ClusterPainter::frame(const Area& area, Health health, bool picked, bool lit, float alpha) {
  const Theme& theme = context_.theme;
  const bool broken =
      health == Health::Terminating || health == Health::Lost || health == Health::Pending;
  if (picked || lit) {
    draw_.AddRect({area.x, area.y}, {area.right(), area.bottom()}, ink(theme.accent, alpha),
                  corner(area), 0, context_.scaled(picked ? 3.f : 2.f));
    return;
  }
  // Around a small chip dashes are only noise: its sign has a shape of its own.
  if (broken && area.h >= context_.scaled(30)) {
    dashed_rect(draw_, area, ink(colour_of(theme, health), alpha), context_.scaled(1.5f));
  } else {
    draw_.AddRect(
        {area.x, area.y}, {area.right(), area.bottom()},
        ink(health == Health::Failing || health == Health::NotReady ? colour_of(theme, health)
                                                                    : theme.line,
            alpha),
        corner(area), 0, context_.scaled(health == Health::Failing ? 2.f : 1.f));
  }
}

std::optional<Look> ClusterPainter::look_of(const PodBox& pod, const ContainerBox& box) const {
  if (lights_.path.empty()) return std::nullopt;
  const int viewer = sight_.viewer(pod.id, box.name);
  if (viewer < 0) return std::nullopt;
  return sight_.looks(lights_.path).of[static_cast<std::size_t>(viewer)];
}

std::string ClusterPainter::why_word(const PodBox& pod, const ContainerBox& box,
                                     const Look& look) const {
  if (!sight_.reasons_are_cheap()) return std::string(words_of(look.status, context_.language()));
  return word_of(sight_.why(pod.uid, box.name.str(), lights_.path).code, korean_);
}

void ClusterPainter::pod(const PodBox& box, const Area& area, float alpha) {
  if (!is_seen(area)) return;
  if (has_cards()) {
    card(box, area, alpha);
  } else {
    chip(box, area, alpha);
  }
}

void ClusterPainter::card(const PodBox& box, const Area& area, float alpha) {
  const Theme& theme = context_.theme;
  const float size = text_size();
  const float line = M::kLine * camera_.zoom;
  const float pad = 7 * camera_.zoom;
  const bool picked = lights_.pod == box.uid;
  draw_.AddRectFilled({area.x, area.y}, {area.right(), area.bottom()},
                      ink(picked ? theme.selected : theme.raised, alpha), 5);
  const float middle = area.y + line * 0.75f;
  const float radius = size * 0.45f;
  draw_sign(draw_, {area.x + pad + radius, middle}, radius, box.health, theme);
  const Pen word = pen(std::max(size * 0.93f, small()));
  const Pen name = pen(size, true);
  const std::string state = fitted(word, box.word, area.w * 0.45f, Keep::Start);
  const float state_width = word.width(state);
  float x = area.x + pad + 2 * radius + pad * 0.7f;
  name.put(x, middle - size / 2, ink(theme.text, alpha),
           fitted(name, box.name, area.right() - x - state_width - 2 * pad, Keep::Both));
  word.put(area.right() - pad - state_width, middle - size * 0.46f,
           ink(colour_of(theme, box.health), alpha), state);
  hits_.push_back({Hit::What::Pod, area, box.id, {}});
  float y = area.y + line * 1.4f;
  for (const ContainerBox& one : box.containers) {
    container(box, one, area.x + pad, y, area.w - 2 * pad, line, alpha);
  }
  frame(area, box.health, picked, lights_.chain.has(sim::Thing::Pod, {sim::Kind::Pod, box.id}),
        alpha);
  mark_rect(context_, fmt::format("cluster.pod.{}/{}", box.ns, box.name),
            fmt::format("{} {}", box.name, box.word), {area.x, area.y},
            {area.right(), area.y + line * 1.4f});
}

void ClusterPainter::container(const PodBox& pod, const ContainerBox& box, float x, float& y,
                               float w, float line, float alpha) {
  const Theme& theme = context_.theme;
  const float size = text_size();
  const Pen words = pen(std::max(size * 0.93f, small()));
  const Pen bold = pen(std::max(size * 0.93f, small()), true);
  const float pad = 6 * camera_.zoom;
  const float lift = (line - size) / 2;
  if (box.init) {
    const float radius = size * 0.34f;
    draw_sign(draw_, {x + radius + pad, y + line / 2}, radius, box.health, theme);
    const std::string text = fmt::format("init {}  {}", box.name, box.word);
    words.put(x + 2 * radius + 2 * pad, y + lift, ink(theme.dim, alpha),
              fitted(words, text, w - 2 * radius - 3 * pad, Keep::Start));
    hits_.push_back({Hit::What::Container, {x, y, w, line}, pod.id, box.name.str()});
    y += line + 2 * camera_.zoom;
    return;
  }
  const std::optional<Look> look = look_of(pod, box);
  const bool seen = look && look->file >= 0;
  const Area area{x, y, w, line * (3 + static_cast<float>(box.mounts.size())) + 4 * camera_.zoom};
  draw_.AddRectFilled({area.x, area.y}, {area.right(), area.bottom()}, ink(theme.panel, alpha), 4);
  const bool lit =
      lights_.chain.has(sim::Thing::Container, {sim::Kind::ContainerInstance, box.instance});
  if (seen || lit) {
    draw_.AddRect({area.x, area.y}, {area.right(), area.bottom()},
                  ink(seen ? theme.good : theme.accent, alpha), 4, 0, context_.scaled(2));
  } else {
    draw_.AddRect({area.x, area.y}, {area.right(), area.bottom()}, ink(theme.line, alpha), 4);
  }
  hits_.push_back({Hit::What::Container, area, pod.id, box.name.str()});

  // Its name, and how it fares; with a picked file, whether it sees it and in a word why not.
  std::string right = box.word;
  if (box.restarts > 0) right += fmt::format(" ↻{}", box.restarts);
  Colour right_ink = colour_of(theme, box.health);
  if (look) {
    right = fmt::format("{} {}", mark_text(*look), why_word(pod, box, *look));
    right_ink = colour_of(theme, look->status);
  }
  const std::string shown = fitted(words, right, w * 0.66f, Keep::Start);
  const float right_width = words.width(shown);
  words.put(area.right() - pad - right_width, y + lift, ink(right_ink, alpha), shown);
  bold.put(x + pad, y + lift, ink(theme.text, alpha),
           fitted(bold, box.name, w - right_width - 3 * pad, Keep::Both));
  float at = y + line;
  const auto row = [&](Colour c, std::string_view text, bool is_lit) {
    if (is_lit) {
      draw_.AddRectFilled({x + 2, at}, {area.right() - 2, at + line}, ink(theme.selected, alpha),
                          2);
    }
    draw_.AddRectFilled({x + pad, at + line * 0.2f}, {x + pad + size * 0.3f, at + line * 0.8f},
                        ink(c, alpha));
    words.put(x + pad + size * 0.55f, at + lift, ink(c, alpha),
              fitted(words, text, w - 2 * pad - size * 0.55f, Keep::Start));
    at += line;
  };
  // The stack: the writable layer over the image's.
  std::string layer = context_.in("writable layer: ", "쓰기 레이어: ");
  if (box.written.empty()) {
    layer += box.written_entries == 0 ? context_.in("empty", "비어 있음")
                                      : context_.in("directories only", "디렉터리만 있음");
  }
  for (const std::string& file : box.written) layer += file + " ";
  if (box.written.size() >= 3) layer += "…";
  const Lies lies = look && seen ? look->lies : Lies::Nowhere;
  row(theme.layer, layer, lies == Lies::Layer);
  row(theme.image, fmt::format("{} {}", context_.in("image", "이미지"), box.image),
      lies == Lies::Image);
  for (const MountLine& mount : box.mounts) {
    std::string text = fmt::format("{} ⇒ {} {}", mount.at, mount.kind, mount.source);
    if (mount.read_only) text += context_.in(" (read-only)", " (읽기 전용)");
    if (mount.memory) text += context_.in(" (memory)", " (메모리)");
    if (mount.volume.empty() && mount.kind == "emptyDir") {
      text += mount.entries == 0 ? context_.in(": empty", ": 비어 있음")
                                 : fmt::format(": {}", mount.entries);
    }
    const bool on_chain =
        box.instance != 0 && mount.part >= 0 && lights_.chain.has_mount(box.instance, mount.part);
    row(mount.kind == "hostPath" ? theme.host : theme.volume, text, on_chain);
  }
  mark_rect(context_, fmt::format("cluster.container.{}/{}/{}", pod.ns, pod.name, box.name),
            fmt::format("{} {}", box.name, right), {area.x, area.y}, {area.right(), area.y + line});
  y = area.bottom() + 6 * camera_.zoom;
}

void ClusterPainter::chip(const PodBox& box, const Area& area, float alpha) {
  const Theme& theme = context_.theme;
  const bool picked = lights_.pod == box.uid;
  int seen = 0;
  int looking = 0;
  std::optional<Look> first;
  const ContainerBox* first_box = nullptr;
  for (const ContainerBox& one : box.containers) {
    const std::optional<Look> look = look_of(box, one);
    if (!look) continue;
    ++looking;
    if (look->file >= 0) ++seen;
    // What one of them sees says more than what another does not.
    if (!first || (look->file >= 0 && first->file < 0)) {
      first = look;
      first_box = &one;
    }
  }
  const bool lit = seen > 0;
  draw_.AddRectFilled({area.x, area.y}, {area.right(), area.bottom()},
                      ink(picked || lit ? theme.selected : theme.raised, alpha), corner(area));
  hits_.push_back({Hit::What::Pod, area, box.id, {}});
  const float size = small();
  const float line = size * 1.25f;
  const float radius = std::min(size * 0.4f, area.h * 0.4f);
  const float pad = std::min(4.f, area.w * 0.06f);
  std::string said = fmt::format("{} {}", box.name, box.word);
  // A name needs room for its last letters, a mark of the picked file for itself.
  if (area.h < line || area.w < size * (first ? 2.2f : 4.5f)) {
    draw_sign(draw_, {area.x + area.w / 2, area.y + area.h / 2},
              std::max(2.f, std::min(area.w, area.h) * 0.4f), box.health, theme);
  } else {
    // With a picked file, what is seen stands on the first line; else how the pod fares.
    const Pen words = pen(size);
    const float middle = area.y + std::min(line, area.h) / 2 + 1;
    draw_sign(draw_, {area.x + pad + radius, middle}, radius, box.health, theme);
    float right = area.right() - pad;
    if (first) {
      const Pen bold = pen(size, true);
      std::string mark = mark_text(*first);
      if (looking > 1) mark += fmt::format(" {}/{}", seen, looking);
      const float width = bold.width(mark);
      if (width < area.w * 0.6f) {
        bold.put(right - width, middle - size / 2, ink(colour_of(theme, first->status), alpha),
                 mark);
        right -= width + pad;
      }
      said += " " + mark;
    }
    const float x = area.x + 2 * pad + 2 * radius;
    // The end of a name tells replicas apart.
    words.put(x, middle - size / 2, ink(theme.text, alpha),
              fitted(words, box.name, right - x, Keep::End));
    float y = area.y + line + 2;
    const auto more = [&](const std::string& text, Colour c) {
      if (y + size > area.bottom()) return;
      words.put(area.x + pad, y, ink(c, alpha), fitted(words, text, area.w - 2 * pad, Keep::Start));
      y += line;
    };
    if (first) {
      const std::string word = why_word(box, *first_box, *first);
      more(word, colour_of(theme, first->status));
      said += " " + word;
    }
    more(box.word, colour_of(theme, box.health));
    for (const ContainerBox& one : box.containers) {
      if (one.written.empty()) continue;
      std::string files;
      for (const std::string& file : one.written) files += file + " ";
      more(files, theme.layer);
    }
    for (const ContainerBox& one : box.containers) {
      more(fmt::format("{} {}", one.name, one.word), theme.dim);
      for (const MountLine& mount : one.mounts) {
        more(fmt::format("{} ⇒ {}", mount.at, mount.kind), theme.volume);
      }
    }
  }
  frame(area, box.health, picked, lights_.chain.has(sim::Thing::Pod, {sim::Kind::Pod, box.id}),
        alpha);
  mark_rect(context_, fmt::format("cluster.pod.{}/{}", box.ns, box.name), said, {area.x, area.y},
            {area.right(), area.bottom()});
}

void ClusterPainter::volumes() {
  const Theme& theme = context_.theme;
  for (const auto& [key, rect] : places_.volumes) {
    const Area area = camera_.to_screen(rect);
    const auto known = model_.volumes().find(key);
    if (!is_seen(area) || known == model_.volumes().end()) continue;
    const VolumeBox& box = known->second;
    const bool picked =
        box.object && context_.selection.object == box.object && box.object.kind != sim::Kind::Node;
    const bool lit = lights_.volumes.count(key) != 0;
    const bool well = box.health == Health::Ready;
    cylinder(draw_, area, ink(picked || lit ? theme.selected : theme.panel),
             ink(picked || lit ? theme.accent
                 : well        ? theme.volume
                               : colour_of(theme, box.health)),
             context_.scaled(picked || lit ? 2.5f : 1.3f));
    const float size = std::max(kTextSize * camera_.zoom, small());
    const float line = std::max(M::kLine * camera_.zoom, size * 1.2f);
    const float pad = std::clamp(10 * camera_.zoom, 4.f, 14.f);
    const float top = area.y + std::min(area.h / 8, 8.f);
    const Pen bold = pen(size, true);
    const Pen words = pen(size * 0.93f);
    float y = top + 4 * camera_.zoom;
    const float radius = size * 0.36f;
    if (area.h < size * 1.3f) {
      draw_sign(draw_, {area.x + area.w / 2, area.y + area.h / 2}, std::max(2.f, area.h * 0.35f),
                box.health, theme);
    } else {
      const std::string kind = box.kind == "claim" ? context_.in("claim", "클레임") : box.kind;
      draw_sign(draw_, {area.x + pad + radius, y + size / 2 + 1}, radius, box.health, theme);
      const float x = area.x + pad + 2 * radius + 4;
      const std::string state = fitted(words, box.word, area.w * 0.4f, Keep::Start);
      const float state_width = state.empty() ? 0 : words.width(state);
      words.put(area.right() - pad - state_width, y, ink(colour_of(theme, box.health)), state);
      bold.put(x, y, ink(theme.text),
               fitted(bold, fmt::format("{} {}", kind, box.name),
                      area.right() - x - state_width - 2 * pad, Keep::Both));
      y += line;
      for (const std::string& text : box.lines) {
        if (y + size * 0.9f > area.bottom()) break;
        words.put(area.x + pad, y, ink(theme.dim),
                  fitted(words, text, area.w - 2 * pad, Keep::Both));
        y += line;
      }
    }
    hits_.push_back({Hit::What::Volume, area, 0, key});
    mark_rect(context_, "cluster.volume." + key,
              fmt::format("{} {} {}", box.kind, box.name, box.word), {area.x, area.y},
              {area.right(), area.bottom()});
  }
}

/// From each mount of a shared volume to the volume's box: drawn below the cards, out of the pod's
/// left side, down the gap, into the volume's top.
void ClusterPainter::lines(const std::map<Id, Area>& pods) {
  const Theme& theme = context_.theme;
  std::vector<Line> all;
  for (const auto& [id, area] : pods) {
    const auto box = model_.pods().find(id);
    if (box == model_.pods().end()) continue;
    const bool legible = has_cards();
    float y = area.y + M::kLine * camera_.zoom * 1.4f;
    std::set<std::string> drawn;  // one line from a chip
    for (const ContainerBox& one : box->second.containers) {
      const float line = M::kLine * camera_.zoom;
      if (one.init) {
        y += line + 2 * camera_.zoom;
        continue;
      }
      float at = y + 3 * line + line / 2;
      for (const MountLine& mount : one.mounts) {
        if (!mount.volume.empty() && (legible || drawn.insert(mount.volume).second)) {
          const bool lit =
              lights_.pod == box->second.uid
                  ? lights_.path.empty() || lights_.chain.has_mount(one.instance, mount.part)
                  : lights_.chain.has_mount(one.instance, mount.part);
          all.push_back({{area.x, legible ? at : area.y + area.h / 2}, mount.volume, lit});
        }
        at += line;
      }
      y = at - line / 2 + 10 * camera_.zoom;
    }
  }
  // Very many lines tell nothing: those that are lit do.
  const bool many = all.size() > kMostLines;
  for (const Line& line : all) {
    if (many && !line.lit) continue;
    const auto place = places_.volumes.find(line.volume);
    if (place == places_.volumes.end()) continue;
    const Area target = camera_.to_screen(place->second);
    const bool below = target.y > line.from.y;
    const ImVec2 to = below ? ImVec2{target.x + target.w / 2, target.y}
                            : ImVec2{target.x, target.y + target.h / 2};
    const float out = context_.scaled(10);
    const float reach = std::max(std::fabs(to.y - line.from.y) * 0.5f, 2 * out);
    const ImU32 c = line.lit ? ink(theme.accent) : ink(theme.volume, 0.55f);
    // Whole widths are drawn by texture, in a third of the triangles.
    const float thick = std::round(context_.scaled(line.lit ? 3.f : 1.f));
    draw_.AddCircleFilled(line.from, context_.scaled(line.lit ? 4.f : 3.f), c, 10);
    draw_.AddBezierCubic(line.from, {line.from.x - out, line.from.y + (below ? reach : 0)},
                         below ? ImVec2{to.x, to.y - reach} : ImVec2{to.x - 2 * out, to.y}, to, c,
                         thick, has_cards() ? 24 : 14);
  }
}

}  // namespace ui
