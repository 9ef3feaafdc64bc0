#include "ui/menus.h"

#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "sim/base/format.h"
#include "sim/scenario/scenario_files.h"
#include "sim/world/drivers.h"
#include "sim/world/node_index.h"
#include "ui/keys.h"
#include "ui/widgets.h"

namespace ui {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostListed = 40;  // nodes in a menu

std::vector<std::string> node_names(const sim::World& world) {
  std::vector<std::string> names;
  for (const sim::Id id : world.store().list(sim::Kind::Node)) {
    names.push_back(world.get<sim::Node>(id)->meta.name.str());
    if (names.size() >= kMostListed) break;
  }
  return names;
}

std::set<std::string> zone_names(const sim::World& world) {
  std::set<std::string> zones;
  for (const sim::Id id : world.store().list(sim::Kind::Node)) {
    const sim::Str* zone = world.get<sim::Node>(id)->meta.labels.find(sim::kZoneLabel);
    if (zone) zones.insert(zone->str());
    if (zones.size() >= kMostListed) break;
  }
  return zones;
}

}  // namespace

std::vector<std::string> lesson_files(const std::string& file) {
  std::set<std::string> found;
  std::vector<fs::path> folders = {"scenarios"};
  if (!file.empty()) folders.insert(folders.begin(), fs::path(file).parent_path());
  for (fs::path& folder : folders) {
    if (folder.empty()) folder = ".";
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder, none)) {
      if (!sim::is_scenario_file(entry.path().string())) continue;
      found.insert(entry.path().lexically_normal().string());
      if (found.size() >= kMostListed) break;
    }
  }
  return {found.begin(), found.end()};
}

void Menus::bar(Context& context) {
  if (!ImGui::BeginMainMenuBar()) return;
  lessons(context);
  faults(context);
  view(context);
  if (begin_menu(context, "menu.help", context.in("Help", "도움말"))) {
    if (menu_item(context, "help.keys", context.in("Keys", "단축키"), "F1")) keys_open_ = true;
    ImGui::EndMenu();
  }
  // What is open, in the middle of what is left.
  const std::string title = context.session.scenario().title.in(context.language());
  context.probe.say(title);
  const float right = ImGui::GetFontSize() * 19.0F;
  const float left = ImGui::GetCursorPosX() + ImGui::GetFontSize();
  const float end = ImGui::GetWindowWidth() - right;
  const float width = ImGui::CalcTextSize(title.c_str()).x;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::PushClipRect({at.x, at.y - 50}, {ImGui::GetWindowPos().x + end, at.y + 50}, true);
  ImGui::SetCursorPosX(std::max(left, (left + end - width) * 0.5F));
  ImGui::TextUnformatted(title.c_str());
  ImGui::PopClipRect();
  ImGui::SetCursorPosX(end);
  // What a trainer changes with the room looking on is always in reach.
  const bool korean = context.view.language == Language::Korean;
  if (menu_item(context, "bar.language", korean ? "English" : "한국어")) {
    context.view.language = korean ? Language::English : Language::Korean;
    context.session.set_language(context.language());
  }
  if (menu_item(context, "bar.smaller", "A−")) {
    context.view.scale = std::max(kSmallestScale, context.view.scale - 0.1F);
  }
  if (menu_item(context, "bar.larger", "A+")) {
    context.view.scale = std::min(kLargestScale, context.view.scale + 0.1F);
  }
  const bool dark = context.view.shade == Shade::Dark;
  if (menu_item(context, "bar.theme",
                dark ? context.in("Light", "밝게") : context.in("Dark", "어둡게"))) {
    context.view.shade = dark ? Shade::Light : Shade::Dark;
  }
  if (menu_item(context, "bar.projector", context.in("Projector", "프로젝터"), nullptr,
                context.view.projector)) {
    context.view.projector = !context.view.projector;
  }
  ImGui::EndMainMenuBar();
}

void Menus::lessons(Context& context) {
  if (!begin_menu(context, "menu.lesson", context.in("Lesson", "학습"))) return;
  const std::string& file = context.session.scenario().file;
  if (lessons_.empty() || listed_for_ != file) {
    listed_for_ = file;
    lessons_ = lesson_files(file);
  }
  if (ImGui::BeginMenu(context.in("Open###lesson.open", "열기###lesson.open"))) {
    for (const std::string& lesson : lessons_) {
      const std::string name = fs::path(lesson).stem().string();
      if (menu_item(context, "lesson.open." + name, name, nullptr, lesson == file)) {
        context.wishes.open = lesson;
      }
    }
    ImGui::EndMenu();
  } else {
    mark(context, "lesson.open", context.in("Open", "열기"));
  }
  if (menu_item(context, "lesson.file", context.in("Open a file…", "파일 열기…")))
    file_open_ = true;
  ImGui::Separator();
  if (menu_item(context, "lesson.restart",
                context.in("Begin the lesson anew", "학습 처음부터 다시"))) {
    context.session.restart();
    context.selection.clear();
  }
  ImGui::Separator();
  if (menu_item(context, "file.screenshot", context.in("Save a picture", "화면을 그림으로 저장"),
                "F12")) {
    context.wishes.screenshot = "podsight.png";
  }
  if (menu_item(context, "file.page", context.in("Save as a page (HTML)", "HTML로 저장"), nullptr,
                false, context.wishes.may_write)) {
    context.wishes.page = "podsight.html";
  }
  if (menu_item(context, "file.quit", context.in("Quit", "종료"), "Ctrl+Q")) {
    context.wishes.quit = true;
  }
  ImGui::EndMenu();
}

void Menus::faults(Context& context) {
  if (!begin_menu(context, "menu.faults", context.in("Faults", "장애"))) return;
  const sim::World& world = context.session.world();
  const auto submenu = [&](sim::FaultTarget target, const char* kind, const std::string& title,
                           const std::string& name) {
    const std::string id = fmt::format("fault.{}.{}", kind, name);
    if (!begin_menu(context, id, fmt::format("{} {}", title, name))) return;
    deeds_.items(context, {target, name, {}, {}}, id);
    ImGui::EndMenu();
  };
  // What concerns a pod concerns the one that is picked.
  const sim::Ref ref =
      context.selection.pod ? world.store().find(*context.selection.pod) : sim::Ref{};
  const sim::Pod* pod = ref && ref.kind == sim::Kind::Pod ? world.get<sim::Pod>(ref.id) : nullptr;
  if (!pod) {
    menu_item(context, "fault.pod", context.in("Pod: pick one first", "Pod: 먼저 선택하세요"),
              nullptr, false, false);
  } else if (begin_menu(context, "fault.pod", fmt::format("Pod {}", pod->meta.name))) {
    deeds_.pod_items(context, *pod, context.selection.container, "fault.pod");
    ImGui::EndMenu();
  }
  ImGui::Separator();
  for (const std::string& node : node_names(world)) {
    submenu(sim::FaultTarget::Node, "node", context.in("Node", "노드"), node);
  }
  ImGui::Separator();
  for (const std::string& zone : zone_names(world)) {
    submenu(sim::FaultTarget::Zone, "zone", context.in("Zone", "영역"), zone);
  }
  ImGui::Separator();
  for (const sim::Driver& driver : sim::drivers()) {
    if (!driver.csi || !is_installed(world, driver)) continue;
    submenu(sim::FaultTarget::Driver, "driver", context.in("Storage driver", "스토리지 드라이버"),
            std::string(driver.name));
  }
  ImGui::Separator();
  deeds_.items(context, {}, "fault");
  ImGui::EndMenu();
}

void Menus::view(Context& context) {
  if (!begin_menu(context, "menu.view", context.in("View", "보기"))) return;
  View& view = context.view;
  if (menu_item(context, "view.english", "English", nullptr, view.language == Language::English)) {
    view.language = Language::English;
    context.session.set_language("en");
  }
  if (menu_item(context, "view.korean", "한국어", nullptr, view.language == Language::Korean)) {
    view.language = Language::Korean;
    context.session.set_language("ko");
  }
  ImGui::Separator();
  if (menu_item(context, "view.light", context.in("Light", "밝게"), nullptr,
                view.shade == Shade::Light)) {
    view.shade = Shade::Light;
  }
  if (menu_item(context, "view.dark", context.in("Dark", "어둡게"), nullptr,
                view.shade == Shade::Dark)) {
    view.shade = Shade::Dark;
  }
  if (menu_item(context, "view.projector", context.in("Projector", "프로젝터"), "F6",
                view.projector)) {
    view.projector = !view.projector;
  }
  if (menu_item(context, "view.motion", context.in("Less motion", "애니메이션 줄이기"), nullptr,
                view.reduce_motion)) {
    view.reduce_motion = !view.reduce_motion;
  }
  ImGui::Separator();
  if (menu_item(context, "view.reset", context.in("Usual panes and size", "창 배치 초기화"))) {
    context.wishes.reset_layout = true;
  }
  ImGui::EndMenu();
}

void Menus::dialogs(Context& context) {
  keys(context);
  open_dialog(context);
}

void Menus::keys(Context& context) {
  if (!keys_open_) return;
  const ImVec2 middle = ImGui::GetMainViewport()->GetCenter();
  ImGui::SetNextWindowPos(middle, ImGuiCond_Always, {0.5F, 0.5F});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(context.scaled(16), context.scaled(12)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 2.0F);
  ImGui::PushStyleColor(ImGuiCol_WindowBg, vector_of(context.theme.panel));
  const char* name = context.in("Keys###keys", "단축키###keys");
  if (ImGui::Begin(name, &keys_open_,
                   ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_AlwaysAutoResize |
                       ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoMove)) {
    context.probe.enter("keys");
    if (ImGui::BeginTable("keys", 2)) {
      for (const Shortcut& shortcut : shortcuts()) {
        ImGui::TableNextColumn();
        context.probe.say(shortcut.name);
        ImGui::PushFont(context.fonts.bold);
        ImGui::TextUnformatted(shortcut.name);
        ImGui::PopFont();
        ImGui::TableNextColumn();
        const char* what = context.in(shortcut.english, shortcut.korean);
        context.probe.say(what);
        ImGui::TextUnformatted(what);
      }
      ImGui::EndTable();
    }
    if (button(context, "keys.close", context.in("Close", "닫기"))) keys_open_ = false;
  }
  ImGui::End();
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(2);
}

void Menus::open_dialog(Context& context) {
  const char* name = context.in("Open a file###open", "파일 열기###open");
  if (std::exchange(file_open_, false)) ImGui::OpenPopup("###open");
  ImGui::SetNextWindowPos(ImGui::GetMainViewport()->GetCenter(), ImGuiCond_Always, {0.5F, 0.5F});
  if (!ImGui::BeginPopupModal(name, nullptr, ImGuiWindowFlags_AlwaysAutoResize)) return;
  context.probe.enter("open");
  text(context, context.in("A scenario file (JSON):", "시나리오 파일 (JSON):"));
  ImGui::SetNextItemWidth(ImGui::GetFontSize() * 26.0F);
  if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
  const bool entered = ImGui::InputText("##file", &file_, ImGuiInputTextFlags_EnterReturnsTrue);
  mark(context, "open.file", file_);
  if (main_button(context, "open.ok", context.in("Open", "열기")) || entered) {
    if (!file_.empty()) context.wishes.open = file_;
    ImGui::CloseCurrentPopup();
  }
  ImGui::SameLine();
  if (button(context, "open.cancel", context.in("Cancel", "취소"))) ImGui::CloseCurrentPopup();
  ImGui::EndPopup();
}

}  // namespace ui
