#include "sim/graph/picture.h"

#include <algorithm>
#include <map>
#include <vector>

#include "sim/base/format.h"
#include "sim/base/utf8.h"
#include "sim/graph/place_name.h"

namespace sim {
namespace {

// The grid, in pixels.
constexpr int kLetter = 8;  // the width of a letter of the monospaced font, amply
constexpr int kLine = 18;
constexpr int kPodWidth = 312;
constexpr int kPad = 10;
constexpr int kLane = 8;
constexpr int kColumnGap = 18;
constexpr int kVolumeWidth = 232;
constexpr std::size_t kMostPods = 400;  // in one picture

int width_of(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    char32_t rune = 0;
    const std::size_t length = std::max<std::size_t>(decode_utf8(text, &rune), 1);
    // East Asian letters are as wide as two.
    width += rune >= 0x1100 && rune < 0x1f000 && !(rune >= 0x2000 && rune < 0x2e80) ? 2 * kLetter
                                                                                    : kLetter;
    text.remove_prefix(length);
  }
  return width;
}

/// The text, cut with an ellipsis in its middle to fit; the ends of names tell most.
std::string fitted(std::string_view text, int width) {
  if (width_of(text) <= width) return std::string(text);
  std::vector<std::string> letters;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(decode_utf8(text, nullptr), 1);
    letters.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  std::size_t left = letters.size() / 2;
  std::size_t right = left;
  const auto made = [&] {
    std::string all;
    for (std::size_t i = 0; i < left; ++i) all += letters[i];
    all += "…";
    for (std::size_t i = right; i < letters.size(); ++i) all += letters[i];
    return all;
  };
  while (left > 0 && width_of(made()) > width) {
    if (letters.size() - right >= left && right < letters.size()) {
      ++right;
    } else {
      --left;
    }
  }
  return made();
}

struct MountLine {
  std::string text;
  int shared = -1;  // which of the shared volumes
};
struct ContainerBox {
  std::string name;
  std::string marks;
  bool seen = false;
  bool runs = false;
  std::vector<MountLine> mounts;
  std::string title;
};
struct PodBox {
  std::string name;
  std::string state;
  std::vector<ContainerBox> containers;
  int height() const {
    int lines = 1;
    for (const ContainerBox& one : containers) lines += 1 + static_cast<int>(one.mounts.size());
    return lines * kLine + kPad + 4 * static_cast<int>(containers.size());
  }
};
struct SharedVolume {
  std::vector<std::string> lines;
  bool on_node = false;
  Id machine = 0;
  int column = -1;  // of a volume that lies on its node
};
struct Column {
  std::string name;
  std::string zone;
  bool off = false;
  std::vector<PodBox> pods;
  std::vector<int> lanes;  // the shared volumes that its pods mount
  int x = 0;
  int bottom = 0;
  int gutter() const { return kPad + kLane * static_cast<int>(lanes.size()) + 6; }
  int width() const { return gutter() + kPodWidth + kPad; }
  int lane_x(int volume) const {
    const auto at = std::find(lanes.begin(), lanes.end(), volume) - lanes.begin();
    return x + kPad + kLane * static_cast<int>(at);
  }
};

/// The volume that every pod has for its service account says nothing.
bool is_noise(const Volume* volume) {
  return !volume || volume->name.view().substr(0, 15) == "kube-api-access";
}

class Painter {
 public:
  Painter(const World& world, const Matrix& matrix, std::string_view language)
      : world_(world), matrix_(matrix), ko_(language == "ko"), language_(language) {}

  std::string paint(bool inside_page) {
    gather();
    lay_out();
    draw();
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"picture\" viewBox=\"0 0 {0} {1}\" "
        "width=\"{0}\" height=\"{1}\" role=\"img\" aria-label=\"{2}\"{3}>\n"
        "{4}<rect class=\"paper\" width=\"{0}\" height=\"{1}\"/>\n{5}</svg>\n",
        width_, height_, escape_markup(summary()),
        // In a page it shrinks with the window as far as its letters can still be read.
        inside_page
            ? fmt::format(" style=\"max-width:100%;min-width:{}px;height:auto\"", width_ * 3 / 4)
            : "",
        inside_page ? "" : fmt::format("<style>{}</style>\n", picture_style()), out_);
  }

 private:
  std::string summary() const {
    std::string text =
        ko_ ? fmt::format("노드 {}개", columns_.size()) : fmt::format("{} nodes", columns_.size());
    for (std::size_t column = 0; column < matrix_.paths.size(); ++column) {
      text += ko_ ? fmt::format(". {}: 컨테이너 {}개 중 {}개에서 보임", matrix_.paths[column],
                                matrix_.rows.size(), matrix_.seen(column))
                  : fmt::format(". {}: seen by {} of {} containers", matrix_.paths[column],
                                matrix_.seen(column), matrix_.rows.size());
    }
    return text;
  }

  void gather() {
    std::map<Str, std::size_t> at;
    for (const auto& [id, row] : world_.store().table(Kind::Machine)) {
      const auto& machine = static_cast<const Machine&>(row);
      if (machine.discarded) continue;
      at[machine.meta.name] = columns_.size();
      Column column;
      column.name = machine.meta.name.str();
      column.off = !machine.powered || machine.booting_until;
      const Node* node = world_.find<Node>("", machine.meta.name);
      if (node) column.zone = node->meta.labels.get(kZoneLabel).str();
      columns_.push_back(std::move(column));
    }
    Uid last;
    PodBox* box = nullptr;
    std::size_t count = 0;
    for (const MatrixRow& row : matrix_.rows) {
      if (!(row.uid == last)) {
        if (++count > kMostPods) break;
        const auto found = at.find(row.node);
        std::size_t index = found == at.end() ? at.size() + 1 : found->second;
        if (found == at.end()) {
          at[row.node] = index = columns_.size();
          Column nowhere;
          nowhere.name = ko_ ? "(노드 없음)" : "(no node)";
          columns_.push_back(std::move(nowhere));
        }
        columns_[index].pods.emplace_back();
        box = &columns_[index].pods.back();
        box->name = row.ns == "default" ? row.pod.str() : fmt::format("{}/{}", row.ns, row.pod);
        const Ref pod = world_.store().find(row.uid);
        if (pod) {
          const Pod& known = *world_.get<Pod>(pod.id);
          box->state = known.meta.deletion_timestamp ? "Terminating" : known.status.phase.str();
        }
        last = row.uid;
        column_of_[row.uid] = index;
      }
      box->containers.push_back(container(row));
    }
  }

  ContainerBox container(const MatrixRow& row) {
    ContainerBox box;
    box.name = row.container.str();
    for (std::size_t column = 0; column < row.cells.size(); ++column) {
      const Cell& cell = row.cells[column];
      box.seen = box.seen || cell.file >= 0;
      box.marks += row.cells.size() == 1 ? fmt::format("{} {}", mark_of(cell.status),
                                                       words_of(cell.status, language_))
                                         : fmt::format("{}{} ", column + 1, mark_of(cell.status));
      box.title += fmt::format("{}: {} {}\n", matrix_.paths[column], mark_of(cell.status),
                               words_of(cell.status, language_));
    }
    const auto* instance = world_.get<ContainerInstance>(row.instance);
    box.runs = instance && is_awake(world_, *instance);
    const Ref pod_ref = world_.store().find(row.uid);
    if (!pod_ref) return box;
    const Pod& pod = *world_.get<Pod>(pod_ref.id);
    const Container* spec = find_container(*pod.spec, row.container);
    if (!spec) return box;
    for (const VolumeMount& mount : spec->volume_mounts) {
      const Volume* volume = find_volume(*pod.spec, mount.name);
      if (is_noise(volume)) continue;
      const PlaceName name = name_volume(world_, pod, *volume);
      MountLine line;
      const std::string what =
          name.source.empty() ? name.volume.str() : fmt::format("{}", name.source);
      line.text = fmt::format("{}{} ← {} {}", mount.mount_path, mount.read_only ? " (ro)" : "",
                              short_kind(name), what);
      if (name.shared) line.shared = shared_volume(name, pod, column_of_.at(row.uid));
      box.mounts.push_back(std::move(line));
    }
    return box;
  }
  std::string_view short_kind(const PlaceName& name) const {
    if (name.kind == "PersistentVolumeClaim") return ko_ ? "클레임" : "claim";
    return name.kind.view();
  }

  int shared_volume(const PlaceName& name, const Pod& pod, std::size_t column) {
    const bool on_node = name.kind == "hostPath";
    const std::string key = on_node ? fmt::format("host/{}/{}", column, name.source)
                                    : fmt::format("{}/{}/{}", name.kind, pod.meta.ns, name.source);
    const auto [at, is_new] = keys_.try_emplace(key, static_cast<int>(volumes_.size()));
    if (is_new) {
      SharedVolume volume;
      volume.on_node = on_node;
      if (on_node) {
        volume.column = static_cast<int>(column);
        volume.lines = {fmt::format("hostPath {}", name.source)};
      } else {
        volume.lines.push_back(fmt::format("{} {}", short_kind(name), name.source));
        if (name.kind == "PersistentVolumeClaim") {
          volume.lines.push_back(name.persistent.empty() ? (ko_ ? "(바인딩 안 됨)" : "(not bound)")
                                                         : name.persistent.str());
        }
        std::string modes;
        for (const Str& mode : name.access_modes) modes += fmt::format(" {}", mode);
        volume.lines.push_back(fmt::format("{}{}", name.storage_class, modes));
      }
      volumes_.push_back(std::move(volume));
    }
    auto& lanes = columns_[column].lanes;
    if (std::find(lanes.begin(), lanes.end(), at->second) == lanes.end()) {
      lanes.push_back(at->second);
    }
    return at->second;
  }

  void lay_out() {
    int x = kPad;
    int deepest = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      Column& column = columns_[i];
      column.x = x;
      x += column.width() + kColumnGap;
      int y = kPad + 2 * kLine + kPad;
      for (const PodBox& pod : column.pods) y += pod.height() + kPad;
      for (const SharedVolume& volume : volumes_) {
        if (volume.column == static_cast<int>(i)) y += kLine + kPad + 6;
      }
      column.bottom = y + kPad;
      deepest = std::max(deepest, column.bottom);
    }
    for (Column& column : columns_) column.bottom = deepest;
    int shared = 0;
    for (const SharedVolume& volume : volumes_) shared += !volume.on_node;
    bus_ = deepest + kPad;
    width_ = std::max(x, kPad + shared * (kVolumeWidth + kColumnGap) + kPad);
    height_ = deepest + kPad;
    if (shared > 0) height_ = bus_ + shared * kLane + kPad + 4 * kLine + 2 * kPad;
    width_ = std::max(width_, 240);
  }

  void text(int x, int y, std::string_view words, int room, std::string_view style = {},
            bool at_end = false) {
    out_ += fmt::format("<text x=\"{}\" y=\"{}\"{}{}>{}</text>\n", x, y,
                        style.empty() ? "" : fmt::format(" class=\"{}\"", style),
                        at_end ? " text-anchor=\"end\"" : "", escape_markup(fitted(words, room)));
  }
  void box(int x, int y, int width, int height, std::string_view style) {
    out_ +=
        fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\" class=\"{}\"/>\n",
                    x, y, width, height, style);
  }
  void line(int x1, int y1, int x2, int y2, int volume) {
    // A pattern of its own for each volume, so that lines can be told apart without colour.
    constexpr std::string_view dashes[] = {"",     "6 3", "2 3", "8 3 2 3",
                                           "12 4", "4 2", "1 4", "10 2"};
    const auto pattern = dashes[static_cast<std::size_t>(volume) % std::size(dashes)];
    out_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"lane l{}\"{}/>\n",
                        x1, y1, x2, y2, volume % 6,
                        pattern.empty() ? "" : fmt::format(" stroke-dasharray=\"{}\"", pattern));
  }

  void draw() {
    for (std::size_t i = 0; i < columns_.size(); ++i) draw_column(static_cast<int>(i));
    draw_volumes();
  }

  void draw_column(int index) {
    Column& column = columns_[static_cast<std::size_t>(index)];
    box(column.x, kPad, column.width(), column.bottom - kPad, column.off ? "node off" : "node");
    const std::string power = column.off ? (ko_ ? "  ⊘ 꺼짐" : "  ⊘ off") : "";
    text(column.x + kPad, kPad + kLine, column.name + power, column.width() - 2 * kPad, "head");
    text(column.x + kPad, kPad + 2 * kLine, column.zone, column.width() - 2 * kPad, "faint");
    int y = kPad + 2 * kLine + kPad;
    std::map<int, int> first;  // for each volume, the y of its topmost mount
    const int x = column.x + column.gutter();
    for (const PodBox& pod : column.pods) {
      draw_pod(column, pod, x, y, first);
      y += pod.height() + kPad;
    }
    for (std::size_t v = 0; v < volumes_.size(); ++v) {
      const SharedVolume& volume = volumes_[v];
      if (volume.column != index) continue;
      const int id = static_cast<int>(v);
      box(x, y, kPodWidth, kLine + kPad, "volume");
      text(x + kPad, y + kLine, volume.lines[0], kPodWidth - 2 * kPad);
      const int middle = y + (kLine + kPad) / 2;
      line(column.lane_x(id), first[id], column.lane_x(id), middle, id);
      line(column.lane_x(id), middle, x, middle, id);
      y += kLine + kPad + 6;
    }
    for (const auto& [volume, top] : first) {
      if (volumes_[static_cast<std::size_t>(volume)].on_node) continue;
      drops_.push_back({column.lane_x(volume), top, volume});
    }
  }

  void draw_pod(const Column& column, const PodBox& pod, int x, int top,
                std::map<int, int>& first) {
    box(x, top, kPodWidth, pod.height(), "pod");
    int y = top + kLine - 3;
    const int state = width_of(pod.state);
    text(x + kPad, y, pod.name, kPodWidth - 3 * kPad - state, "head");
    text(x + kPodWidth - kPad, y, pod.state, state, "faint", true);
    y += 6;
    for (const ContainerBox& one : pod.containers) {
      const int height = kLine * (1 + static_cast<int>(one.mounts.size()));
      out_ += fmt::format("<g><title>{}</title>\n", escape_markup(one.title));
      box(x + 6, y, kPodWidth - 12, height,
          !one.runs  ? "container idle"
          : one.seen ? "container seen"
                     : "container");
      const int marks = width_of(one.marks);
      const int room = kPodWidth - 4 * kPad;
      text(x + 12, y + kLine - 5, one.name, std::max(room - marks, 6 * kLetter));
      text(x + kPodWidth - 12, y + kLine - 5, one.marks, room - 7 * kLetter, "mark", true);
      out_ += "</g>\n";
      int row = y + kLine;
      for (const MountLine& mount : one.mounts) {
        text(x + 24, row + kLine - 6, mount.text, kPodWidth - 42, "faint");
        if (mount.shared >= 0) {
          const int middle = row + kLine / 2;
          line(column.lane_x(mount.shared), middle, x + 18, middle, mount.shared);
          first.try_emplace(mount.shared, middle);
        }
        row += kLine;
      }
      y += height + 4;
    }
  }

  void draw_volumes() {
    int order = 0;
    for (std::size_t v = 0; v < volumes_.size(); ++v) {
      const SharedVolume& volume = volumes_[v];
      if (volume.on_node) continue;
      const int id = static_cast<int>(v);
      const int x = kPad + order * (kVolumeWidth + kColumnGap);
      const int lane = bus_ + order * kLane;
      const int top = height_ - 4 * kLine - kPad;
      const int middle = x + kVolumeWidth / 2;
      for (const Drop& drop : drops_) {
        if (drop.volume != id) continue;
        line(drop.x, drop.top, drop.x, lane, id);
        line(std::min(drop.x, middle), lane, std::max(drop.x, middle), lane, id);
      }
      line(middle, lane, middle, top, id);
      box(x, top, kVolumeWidth, 4 * kLine - 4, "volume");
      int y = top + kLine;
      for (const std::string& words : volume.lines) {
        text(x + kPad, y, words, kVolumeWidth - 2 * kPad, y == top + kLine ? "head" : "faint");
        y += kLine;
      }
      ++order;
    }
  }

  struct Drop {
    int x = 0;
    int top = 0;
    int volume = 0;
  };
  const World& world_;
  const Matrix& matrix_;
  bool ko_;
  std::string_view language_;
  std::vector<Column> columns_;
  std::vector<SharedVolume> volumes_;
  std::map<std::string, int> keys_;
  std::map<Uid, std::size_t> column_of_;
  std::vector<Drop> drops_;
  int bus_ = 0;
  int width_ = 0;
  int height_ = 0;
  std::string out_;
};

}  // namespace

std::string_view picture_style() {
  return ":root{--paper:#ffffff;--ink:#1b1f24;--faint:#57606a;--line:#8c959f;--node:#f3f5f7;"
         "--pod:#ffffff;--seen:#d9f2e0;--idle:#e6e8eb;--volume:#fff4d6;--accent:#0b57d0;"
         "--bad:#b3261e;--l0:#0b57d0;--l1:#8a4b00;--l2:#6f2da8;--l3:#00695c;--l4:#ad1457;"
         "--l5:#37474f}"
         "@media (prefers-color-scheme:dark){:root{--paper:#16191d;--ink:#e6e8eb;--faint:#a9b1ba;"
         "--line:#6b747e;--node:#1e2329;--pod:#252b32;--seen:#1d4a2c;--idle:#33393f;"
         "--volume:#4a3d14;--accent:#8ab4f8;--bad:#ff8a80;--l0:#8ab4f8;--l1:#ffb86b;--l2:#d0a6ff;"
         "--l3:#6fd6c4;--l4:#ff8fb8;--l5:#b0bec5}}"
         ".picture text{font:12px ui-monospace,'DejaVu Sans Mono','Noto Sans Mono CJK KR',"
         "monospace;fill:var(--ink)}"
         ".picture .paper{fill:var(--paper)}.picture .head{font-weight:bold}"
         ".picture text.faint{fill:var(--faint)}"
         ".picture rect{stroke:var(--line);stroke-width:1}.picture .paper{stroke:none}"
         ".picture .node{fill:var(--node)}.picture .off{stroke-dasharray:6 4}"
         ".picture .pod{fill:var(--pod)}.picture .container{fill:var(--node)}"
         ".picture .seen{fill:var(--seen);stroke-width:2}"
         ".picture .idle{fill:var(--idle);stroke-dasharray:3 3}"
         ".picture .volume{fill:var(--volume)}.picture .lane{stroke-width:1.5;fill:none}"
         ".picture .l0{stroke:var(--l0)}.picture .l1{stroke:var(--l1)}.picture "
         ".l2{stroke:var(--l2)}"
         ".picture .l3{stroke:var(--l3)}.picture .l4{stroke:var(--l4)}.picture "
         ".l5{stroke:var(--l5)}";
}

std::string escape_markup(std::string_view text) {
  std::string escaped;
  for (const char c : replace_bad_utf8(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') {
          escaped += c;
        } else {
          append_utf8(escaped, kReplacementRune);
        }
    }
  }
  return escaped;
}

std::string to_svg(const World& world, const Matrix& matrix, std::string_view language,
                   bool inside_page) {
  return Painter(world, matrix, language).paint(inside_page);
}

}  // namespace sim
