#include "ui/inspector.h"

#include <imgui.h>

#include <algorithm>

#include "sim/base/format.h"
#include "sim/graph/ownership.h"
#include "sim/graph/place_name.h"
#include "sim/model/pod_spec.h"
#include "sim/shell/describe.h"
#include "sim/shell/kubectl_objects.h"
#include "sim/shell/printers.h"
#include "sim/world/file_view.h"
#include "ui/paint.h"
#include "ui/widgets.h"

namespace ui {

using sim::Id;
using sim::Kind;
using sim::Ref;

namespace {

constexpr std::size_t kMostListed = 2'000;  // objects of one kind, to choose from

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    // Dear ImGui shows no tabs.
    for (std::size_t tab = line.find('\t'); tab != std::string::npos; tab = line.find('\t')) {
      line.replace(tab, 1, 8 - tab % 8, ' ');
    }
    lines.push_back(std::move(line));
    at = end + 1;
  }
  return lines;
}

std::string title_of(const sim::Object& object) {
  return object.meta.ns.empty()
             ? fmt::format("{} {}", info(object.kind).name, object.meta.name)
             : fmt::format("{} {}/{}", info(object.kind).name, object.meta.ns, object.meta.name);
}

std::string size_text(std::uint64_t bytes) {
  if (bytes < 10'000) return fmt::format("{} B", bytes);
  if (bytes < 10'000'000) return fmt::format("{} kB", bytes / 1000);
  return fmt::format("{} MB", bytes / 1'000'000);
}

/// `pod` may be gone; `spec` is all that it was given.
std::string from_text(const sim::World& world, const sim::ContainerInstance& instance,
                      const sim::Pod* pod, const sim::PodSpec& spec, const sim::Route& route,
                      Lies lies, bool korean) {
  if (lies == Lies::Image) {
    return korean ? fmt::format("이미지 레이어 {}", route.place.layer + 1)
                  : fmt::format("image layer {}", route.place.layer + 1);
  }
  std::string text = lies == Lies::Given   ? "kubelet"
                     : lies == Lies::Layer ? (korean ? "쓰기 레이어" : "writable layer")
                                           : word_of(lies, korean);
  if (route.mount < 0 || route.place.where != sim::Place::Where::Volume) return text;
  const sim::InstanceMount& mount = instance.mounts[static_cast<std::size_t>(route.mount)];
  const auto* disk = world.get<sim::Disk>(mount.disk);
  if (pod) {
    const sim::Container* container = sim::find_container(spec, instance.meta.name);
    const sim::VolumeMount* over = container ? sim::mount_over(*container, mount.at) : nullptr;
    const sim::Volume* volume = over ? sim::find_volume(spec, over->name) : nullptr;
    if (volume) {
      const sim::PlaceName name = name_volume(world, *pod, *volume);
      text = fmt::format("{} {}", name.kind == "PersistentVolumeClaim" ? "claim" : name.kind.view(),
                         name.source.empty() ? name.volume : name.source);
    }
  } else if (disk) {
    text = disk->volume.str();
  }
  return fmt::format("{} @ {}", text, to_string(mount.at));
}

}  // namespace

std::string facet_text(const sim::World& world, Ref ref, Facet facet) {
  const sim::Object* object = world.store().get(ref);
  if (!object || !sim::is_api_kind(ref.kind)) return {};
  switch (facet) {
    case Facet::Describe:
      return sim::kubectl::describe(world, *object, true);
    case Facet::Yaml: {
      sim::Step step;
      sim::kubectl::print_object(step, *object, "yaml");
      std::string text;
      for (const auto& [stream, bytes] : step.output) text += bytes;
      return text;
    }
    case Facet::Events: {
      std::vector<sim::ObjectPtr> events;
      for (const Id id : world.store().events_about(object->meta.uid)) {
        events.push_back(world.store().share({Kind::Event, id}));
      }
      return events.empty() ? "" : sim::kubectl::print_events(world, events, false, true);
    }
    case Facet::Owners: {
      std::string text;
      for (const Ref owner : owner_chain(world, ref)) {
        text = fmt::format("{}\n{}", title_of(*world.store().get(owner)), text);
      }
      return text + print_tree(world, owned_tree(world, ref));
    }
    case Facet::Edit:
    case Facet::Files:
      break;
  }
  return {};
}

std::vector<FileEntry> entries_of(const sim::World& world, Id instance,
                                  const sim::FileSystem& files, const std::string& directory,
                                  bool korean) {
  std::vector<FileEntry> entries;
  const auto* row = world.get<sim::ContainerInstance>(instance);
  const sim::Path path = sim::parse_path(directory);
  const sim::Io<std::vector<sim::Str>> names = files.list(path);
  if (!row || !names) return entries;
  const auto* pod = world.get<sim::Pod>(row->pod);
  const sim::PodSpec spec = pod ? full_spec(*pod) : sim::PodSpec();
  for (const sim::Str& name : names.value) {
    if (entries.size() >= kMostEntries) break;
    sim::Path at = path;
    at.push_back(name);
    const sim::Io<sim::Stat> stat = files.stat(at, false);
    if (!stat) continue;
    const sim::Route route = route_in(files, *row, instance, at);
    FileEntry entry;
    entry.name = name.str();
    entry.path = to_string(at);
    entry.directory = stat.value.type == sim::FileType::Directory;
    entry.size = stat.value.size;
    if (stat.value.type == sim::FileType::Symlink) entry.note = "→ " + stat.value.target.str();
    entry.lies = lies_of(world, route.place);
    entry.from = from_text(world, *row, pod, spec, route, entry.lies, korean);
    entries.push_back(std::move(entry));
  }
  return entries;
}

/// Kind and name, to look at what stands in no picture.
void Inspector::chooser(Context& context) {
  const sim::World& world = context.session.world();
  const float width = ImGui::GetContentRegionAvail().x;
  const std::optional<Ref>& object = context.selection.object;
  if (object && sim::is_api_kind(object->kind) && world.store().get(*object)) kind_ = object->kind;
  ImGui::SetNextItemWidth(width * 0.38f);
  const std::string kind(info(kind_).name);
  if (ImGui::BeginCombo("##inspector.kind", kind.c_str())) {
    for (int i = 0; i < sim::kApiKindCount; ++i) {
      const auto one = static_cast<Kind>(i);
      if (world.store().count(one) == 0) continue;
      const std::string label(info(one).name);
      if (row(context, "inspector.kind." + label, label, one == kind_)) {
        kind_ = one;
        context.selection.object.reset();
      }
    }
    ImGui::EndCombo();
  }
  mark(context, "inspector.kind", kind);
  ImGui::SameLine();
  ImGui::SetNextItemWidth(-1);
  const sim::Object* shown = object ? world.store().get(*object) : nullptr;
  const std::string name =
      shown ? shown->meta.name.str() : std::string(context.in("choose…", "선택…"));
  if (ImGui::BeginCombo("##inspector.name", name.c_str(), ImGuiComboFlags_HeightLarge)) {
    std::vector<Id> listed;
    for (const auto& [id, one] : world.store().table(kind_)) {
      if (listed.size() >= kMostListed) break;
      listed.push_back(id);
    }
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(listed.size()));
    while (clipper.Step()) {
      for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
        const Ref ref = {kind_, listed[static_cast<std::size_t>(i)]};
        const sim::Object& one = *world.store().get(ref);
        const std::string label = one.meta.ns.empty()
                                      ? one.meta.name.str()
                                      : fmt::format("{}/{}", one.meta.ns, one.meta.name);
        if (!row(context, "inspector.name." + label, label, shown == &one)) continue;
        if (kind_ == Kind::Pod) {
          context.selection.pick_pod(one.meta.uid, ref);
        } else {
          context.selection.pick_object(ref);
        }
      }
    }
    ImGui::EndCombo();
  }
  mark(context, "inspector.name", name);
}

void Inspector::facets(Context& context) {
  struct Tab {
    Facet facet;
    const char* id;
    const char* en;
    const char* ko;
  };
  constexpr Tab tabs[] = {{Facet::Describe, "describe", "Describe", "Describe"},
                          {Facet::Yaml, "yaml", "YAML", "YAML"},
                          {Facet::Edit, "edit", "Edit", "편집"},
                          {Facet::Events, "events", "Events", "이벤트"},
                          {Facet::Owners, "owners", "Owners", "소유 관계"},
                          {Facet::Files, "files", "Files", "파일"}};
  for (const Tab& tab : tabs) {
    if (tab.facet == Facet::Files && kind_ != Kind::Pod) continue;
    const std::string id = fmt::format("inspector.{}", tab.id);
    const char* label = context.in(tab.en, tab.ko);
    const bool pressed =
        facet_ == tab.facet ? main_button(context, id, label) : button(context, id, label);
    if (pressed) facet_ = tab.facet;
    ImGui::SameLine(0, ImGui::GetStyle().ItemSpacing.x / 2);
  }
  ImGui::NewLine();
  if (facet_ == Facet::Files && kind_ != Kind::Pod) facet_ = Facet::Describe;
}

void Inspector::lines(Context& context) {
  const sim::World& world = context.session.world();
  const Ref ref = *context.selection.object;
  if (shown_ != ref || shown_facet_ != facet_ || shown_version_ != sight_->version() ||
      shown_second_ != world.elapsed().seconds()) {
    shown_ = ref;
    shown_facet_ = facet_;
    shown_version_ = sight_->version();
    shown_second_ = world.elapsed().seconds();
    lines_ = split(facet_text(world, ref, facet_));
    if (lines_.empty()) lines_.emplace_back(context.in("(none)", "(없음)"));
  }
  ImGui::BeginChild("inspector.text", {0, 0}, false,
                    ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_NoBackground);
  ImGui::PushFont(context.fonts.mono);
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(lines_.size()));
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const std::string& line = lines_[static_cast<std::size_t>(i)];
      context.probe.say(line);
      ImGui::TextUnformatted(line.c_str());
    }
  }
  ImGui::PopFont();
  if (ImGui::BeginPopupContextWindow("inspector.copy")) {
    if (menu_item(context, "inspector.copy_all", context.in("Copy all", "모두 복사"))) {
      std::string all;
      for (const std::string& line : lines_) all += line + "\n";
      ImGui::SetClipboardText(all.c_str());
    }
    ImGui::EndPopup();
  }
  ImGui::EndChild();
}

void Inspector::list_rows(Context& context, const std::string& directory, int depth) {
  const auto [known, is_new] = directories_.try_emplace(directory);
  if (is_new) {
    known->second =
        entries_of(context.session.world(), instance_, *files_, directory, files_korean_);
  }
  for (const FileEntry& entry : known->second) {
    rows_.emplace_back(&entry, depth);
    if (entry.directory && open_.count(entry.path) != 0) list_rows(context, entry.path, depth + 1);
  }
}

void Inspector::file_row(Context& context, const FileEntry& entry, int depth) {
  ImGui::TableNextRow();
  ImGui::TableNextColumn();
  ImGuiTreeNodeFlags flags =
      ImGuiTreeNodeFlags_SpanAvailWidth | ImGuiTreeNodeFlags_NoTreePushOnOpen;
  flags |= entry.directory ? ImGuiTreeNodeFlags_OpenOnArrow | ImGuiTreeNodeFlags_OpenOnDoubleClick
                           : ImGuiTreeNodeFlags_Leaf;
  if (context.selection.path == entry.path) flags |= ImGuiTreeNodeFlags_Selected;
  const std::string label =
      fmt::format("{}{} {}", entry.name, entry.directory ? "/" : "", entry.note);
  const float indent = ImGui::GetStyle().IndentSpacing * static_cast<float>(depth);
  if (depth > 0) ImGui::Indent(indent);
  if (entry.directory) ImGui::SetNextItemOpen(open_.count(entry.path) != 0);
  const bool open = ImGui::TreeNodeEx(entry.path.c_str(), flags, "%s", label.c_str());
  const bool toggled = ImGui::IsItemToggledOpen();
  if (depth > 0) ImGui::Unindent(indent);
  mark(context, "inspector.file." + entry.path, label);
  if (toggled && open) open_.insert(entry.path);
  if (toggled && !open) open_.erase(entry.path);
  if (ImGui::IsItemClicked() && !toggled) context.selection.pick_file(entry.path);
  ImGui::TableNextColumn();
  if (!entry.directory) ImGui::TextUnformatted(size_text(entry.size).c_str());
  ImGui::TableNextColumn();
  ImGui::PushStyleColor(ImGuiCol_Text, vector_of(colour_of(context.theme, entry.lies)));
  const std::string from = fmt::format("{} {}", letter_of(entry.lies), entry.from);
  context.probe.say(from);
  ImGui::TextUnformatted(from.c_str());
  ImGui::PopStyleColor();
  tip(context, from);
}

void Inspector::files(Context& context, const sim::Pod& pod) {
  const sim::World& world = context.session.world();
  std::string container = context.selection.container;
  if (container.empty() && !pod.spec->containers.empty()) {
    container = pod.spec->containers.front().name.str();
  }
  for (const auto* containers : {&pod.spec->containers, &pod.spec->init_containers}) {
    for (const sim::Container& one : *containers) {
      const std::string name = one.name.str();
      const std::string id = "inspector.container." + name;
      const bool pressed =
          name == container ? main_button(context, id, name) : button(context, id, name);
      if (pressed) context.selection.container = name;
      ImGui::SameLine();
    }
  }
  ImGui::NewLine();
  const Id instance = running_instance(world, context.selection.object->id, container);
  const bool korean = context.view.language == Language::Korean;
  if (instance == 0) {
    text(context,
         context.in("It does not run: there is nobody to look.",
                    "실행 중이 아니어서 볼 수 없습니다."),
         context.theme.dim);
    return;
  }
  if (instance_ != instance || files_version_ != sight_->version() || files_korean_ != korean) {
    instance_ = instance;
    files_version_ = sight_->version();
    files_korean_ = korean;
    files_ = file_system_of(world, instance);
    directories_.clear();
  }
  constexpr ImGuiTableFlags kFlags = ImGuiTableFlags_ScrollY | ImGuiTableFlags_RowBg |
                                     ImGuiTableFlags_Resizable | ImGuiTableFlags_SizingStretchProp;
  if (!ImGui::BeginTable("inspector.tree", 3, kFlags)) return;
  ImGui::TableSetupScrollFreeze(0, 1);
  ImGui::TableSetupColumn(context.in("file", "파일"), 0, 4);
  ImGui::TableSetupColumn(context.in("size", "크기"), 0, 1.5f);
  ImGui::TableSetupColumn(context.in("comes from", "출처"), 0, 4.5f);
  ImGui::TableHeadersRow();
  rows_.clear();
  list_rows(context, "/", 0);
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(rows_.size()));
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const auto& [entry, depth] = rows_[static_cast<std::size_t>(i)];
      file_row(context, *entry, depth);
    }
  }
  ImGui::EndTable();
}

void Inspector::draw(Context& context) {
  sight_->follow(context.session.world());
  chooser(context);
  const std::optional<Ref>& object = context.selection.object;
  if (!object) {
    text(context,
         context.in("Pick a pod, a node, a volume or a change; or choose an object above.",
                    "Pod, 노드, 볼륨, 변경을 클릭하거나 위에서 객체를 선택하세요."),
         context.theme.dim);
    return;
  }
  const sim::Object* row = context.session.world().store().get(*object);
  if (!row) {
    text(context, context.in("It does not exist at this moment.", "이 시점에는 존재하지 않습니다."),
         context.theme.warn);
    return;
  }
  if (!sim::is_api_kind(object->kind)) {
    text(context,
         context.in("The API server does not know this: no kubectl command shows it.",
                    "API 서버에 없는 정보라 kubectl로는 볼 수 없습니다."),
         context.theme.dim);
    return;
  }
  facets(context);
  const auto* pod = as<sim::Pod>(row);
  if (facet_ != Facet::Files) editor_.scale(context, *object);
  if (facet_ == Facet::Edit) {
    editor_.draw(context, *object);
  } else if (facet_ == Facet::Files && pod) {
    files(context, *pod);
  } else {
    lines(context);
  }
}

}  // namespace ui
