#include "ui/app.h"

#include <imgui.h>

#include <algorithm>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "ui/keys.h"
#include "ui/moment_page.h"
#include "ui/widgets.h"

namespace ui {
namespace {

constexpr float kGap = 6.0F;  // between panes, at scale 1: a splitter lies in it
// The window is cleared to this colour; every pixel that is painted twice costs twice.
constexpr ImGuiWindowFlags kRoot = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                   ImGuiWindowFlags_NoBringToFrontOnFocus |
                                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNavFocus |
                                   ImGuiWindowFlags_NoBackground;

/// The cluster of a scenario without all that takes long.
std::shared_ptr<const sim::Scenario> bare(const sim::Scenario& scenario) {
  auto made = std::make_shared<sim::Scenario>(scenario);
  made->manifests.clear();
  made->steps.clear();
  made->chaos.reset();
  return made;
}

}  // namespace

App::App(std::shared_ptr<const sim::Scenario> scenario, const View& view, Profile profile)
    : first_(std::move(scenario)),
      view_(view),
      profile_(std::move(profile)),
      kept_view_(view),
      session_(bare(*first_), code_of(view.language)),
      panels_(make_panels()) {
  probe_.on_text = [this](std::string_view text) { fonts_.need(text); };
  theme_ = make_theme(view_.shade, view_.projector);
}

void App::begin() {
  try {
    session_.open(std::exchange(first_, nullptr));
  } catch (const sim::InputError& error) {
    if (!session_.stopped()) throw;
    message_ = error.what();
  }
  opened();
}

void App::opened() {
  left_.reset();
  kept_next_ = 0;
  wishes_.left_at.clear();
  if (!session_.has_lesson()) return;
  left_ = profile_.progress_of(session_.scenario().id);
  for (const sim::ScenarioStep& step : session_.scenario().steps) {
    // The first step is where everybody begins.
    const bool first = &step == &session_.scenario().steps.front();
    if (left_ && step.id == left_->step && !first) wishes_.left_at = step.id;
  }
}

void App::keep() {
  if (!(view_ == kept_view_)) {
    kept_view_ = view_;
    profile_.save(view_);
  }
  const LessonState& lesson = session_.line().lesson;
  if (!session_.has_lesson() || lesson.next == kept_next_ || lesson.next == 0) return;
  kept_next_ = lesson.next;
  const std::vector<sim::ScenarioStep>& steps = session_.scenario().steps;
  Progress progress;
  progress.step = lesson.next < steps.size() ? steps[lesson.next].id : "";
  for (const TakenStep& taken : lesson.taken) {
    const sim::ScenarioStep& step = steps[taken.step];
    if (taken.answer && step.predict && *taken.answer < step.predict->options.size()) {
      progress.answers[step.id] = step.predict->options[*taken.answer].id;
    }
  }
  profile_.keep(session_.scenario().id, progress);
}

void App::apply_look() {
  theme_ = make_theme(view_.shade, view_.projector);
  apply_theme(theme_, view_.effective_scale());
}

bool App::moving() const {
  return session_.following() || session_.playing() || session_.has_work() ||
         std::any_of(panels_.begin(), panels_.end(),
                     [](const Placed& placed) { return placed.panel->moving(); });
}

void App::between_frames() {
  try {
    session_.work();
  } catch (const sim::InputError& error) {
    message_ = error.what();  // of a beginning that was stopped
  }
  if (std::string notice = session_.take_notice(); !notice.empty()) message_ = std::move(notice);
  if (!wishes_.open.empty()) {
    const std::string file = std::exchange(wishes_.open, {});
    try {
      session_.open(std::make_shared<const sim::Scenario>(sim::load_scenario(file)));
      selection_.clear();
      message_.clear();
      opened();
    } catch (const sim::InputError& error) {
      message_ = error.what();
    }
  }
  if (const auto preview = std::exchange(wishes_.preview, {})) {
    try {
      session_.open(preview);
      session_.play_to(wishes_.preview_step + 1);
      selection_.clear();
      message_.clear();
      wishes_.left_at.clear();
      kept_next_ = session_.line().lesson.next;  // trying a step out is no progress
    } catch (const sim::InputError& error) {
      message_ = error.what();
    }
  }
  if (std::exchange(wishes_.go_on, false) && left_) {
    const std::vector<sim::ScenarioStep>& steps = session_.scenario().steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].id == left_->step) session_.play_to(i, left_->answers);
    }
  }
  if (!wishes_.page.empty()) {
    const std::string file = std::exchange(wishes_.page, {});
    try {
      sim::write_file(file, moment_page(session_, selection_.path, code_of(view_.language)));
      message_ = fmt::format("{} {}", pick(view_.language, "Saved:", "저장:"), file);
    } catch (const sim::InputError& error) {
      message_ = error.what();
    }
  }
  if (session_.line().lesson.next > 0) wishes_.left_at.clear();
  keep();
  if (wishes_.reset_layout) {
    wishes_.reset_layout = false;
    view_.splits = {};
    view_.scale = 1;
  }
  if (!wishes_.show_panel.empty()) front_ = std::exchange(wishes_.show_panel, {});
}

void App::frame(double seconds) {
  apply_look();
  probe_.begin_frame();
  session_.tick(seconds);
  // Enter chooses what the keyboard has come to, as the space key does.
  ImGuiIO& io = ImGui::GetIO();
  if (io.KeysDown[io.KeyMap[ImGuiKey_Enter]] && !io.KeyCtrl && !io.WantTextInput) {
    io.NavInputs[ImGuiNavInput_Activate] = 1;
  }
  ImGui::NewFrame();
  Context context{session_, selection_, view_, theme_, fonts_, probe_, wishes_, seconds};
  keys(context);
  const ImGuiViewport& port = *ImGui::GetMainViewport();
  probe_.enter("menu");
  menus_.bar(context);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0.0F);
  ImGui::SetNextWindowPos(port.WorkPos);
  ImGui::SetNextWindowSize(port.WorkSize);
  ImGui::Begin("root", nullptr, kRoot);
  ImGui::PopStyleVar(2);
  probe_.enter("banner");
  banner(context);
  panes(context);
  ImGui::End();
  probe_.enter("menu");
  menus_.dialogs(context);
}

void App::keys(Context& context) {
  for (const Shortcut& shortcut : shortcuts()) {
    if (!is_pressed(shortcut)) continue;
    switch (shortcut.act) {
      case Act::Play:
        session_.play(!session_.playing() && !session_.following());
        if (session_.following()) session_.show_head();
        break;
      case Act::StepBack:
        session_.step_event(-1);
        break;
      case Act::StepForward:
        session_.step_event(1);
        break;
      case Act::CommandBack:
        session_.step_command(-1);
        break;
      case Act::CommandForward:
        session_.step_command(1);
        break;
      case Act::Now:
        session_.show_head();
        break;
      case Act::Fork:
        if (session_.in_the_past()) session_.fork_here();
        break;
      case Act::NextStep:
        session_.take_step();
        break;
      case Act::RestartStep:
        if (const std::size_t taken = session_.lesson().taken.size(); taken > 0) {
          session_.back_to_step(taken - 1);
        }
        break;
      case Act::Projector:
        view_.projector = !view_.projector;
        break;
      case Act::Larger:
        view_.scale = std::min(kLargestScale, view_.scale + 0.1F);
        break;
      case Act::Smaller:
        view_.scale = std::max(kSmallestScale, view_.scale - 0.1F);
        break;
      case Act::UsualSize:
        view_.scale = 1;
        break;
      case Act::Keys:
        menus_.toggle_keys();
        break;
      case Act::Screenshot:
        context.wishes.screenshot = "podsight.png";
        break;
      case Act::Terminal:
        context.wishes.show_panel = "terminal";
        break;
      case Act::Faults:
        context.wishes.fault_menu = true;
        context.wishes.show_panel = "cluster";
        break;
      case Act::Quit:
        context.wishes.quit = true;
        break;
    }
  }
}

/// What goes on, and a way to end it.
void App::running_banner(Context& context) {
  const sim::World& world = *session_.running();
  text(context, fmt::format(fmt::runtime(context.in("◷ {} simulated, {} pods so far",
                                                    "◷ {}까지 진행, Pod {}개")),
                            sim::to_clock(world.elapsed()), world.store().count(sim::Kind::Pod)));
  ImGui::SameLine();
  const bool escape = ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_Escape));
  if (main_button(context, "banner.stop", context.in("Stop (Esc)", "멈춤 (Esc)")) || escape) {
    session_.stop();
  }
}

void App::banner(Context& context) {
  const bool past = session_.in_the_past();
  const bool running = session_.running();
  const bool trial = session_.line().trial;
  if (!running && !past && !trial && message_.empty() && fonts_.missing().empty()) return;
  ImGui::PushStyleColor(ImGuiCol_ChildBg, vector_of(theme_.selected));
  const float lines =
      message_.empty() || running
          ? 1.0F
          : 1.0F + static_cast<float>(std::count(message_.begin(), message_.end(), '\n'));
  const float height = ImGui::GetFrameHeight() + ImGui::GetStyle().WindowPadding.y +
                       (std::min(lines, 6.0F) - 1.0F) * ImGui::GetTextLineHeightWithSpacing();
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(context.scaled(8), context.scaled(3)));
  ImGui::BeginChild("banner", {0, height}, true, ImGuiWindowFlags_AlwaysUseWindowPadding);
  if (running) {
    ImGui::AlignTextToFramePadding();
    running_banner(context);
  } else if (!message_.empty()) {
    if (button(context, "banner.close", "×")) message_.clear();
    ImGui::SameLine();
    ImGui::AlignTextToFramePadding();
    text(context, message_);
  } else if (past) {
    ImGui::AlignTextToFramePadding();
    const std::string where =
        fmt::format(fmt::runtime(context.in(
                        "◀ You are at {} of {}: looking only.",
                        "◀ {} 시점을 보고 있습니다 (현재 {}). 지난 시점은 보기만 할 수 있습니다.")),
                    sim::to_clock(session_.elapsed()), sim::to_clock(session_.head().elapsed()));
    probe_.say(where);
    ImGui::TextUnformatted(where.c_str());
    ImGui::SameLine();
    if (button(context, "banner.fork", context.in("Fork here", "여기서 분기"))) {
      session_.fork_here();
    }
    ImGui::SameLine();
    if (main_button(context, "banner.now", context.in("Back to now", "현재로"))) {
      session_.show_head();
    }
  } else if (trial) {
    ImGui::AlignTextToFramePadding();
    const std::string what =
        fmt::format(fmt::runtime(context.in("⎇ {}: a trial beside the present; see what differs.",
                                            "⎇ {}: 현재와 나란히 시험 중입니다.")),
                    session_.line().name(context.language()));
    probe_.say(what);
    ImGui::TextUnformatted(what.c_str());
    ImGui::SameLine();
    if (button(context, "banner.keep", context.in("Keep it", "유지"))) session_.keep_line();
    ImGui::SameLine();
    if (main_button(context, "banner.discard", context.in("Discard it", "버리기"))) {
      session_.discard_line();
    }
  } else {
    text(context, fmt::format(fmt::runtime(context.in(
                                  "Some letters cannot be shown: install the packages {}",
                                  "Some letters cannot be shown: install the packages {}")),
                              fonts_.missing()));
  }
  ImGui::EndChild();
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
}

void App::panes(Context& context) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float gap = context.scaled(kGap);
  Splits& splits = view_.splits;
  if (view_.projector) {
    // A room sees three things: the picture, the lesson, the time.
    const float bottom = std::max(room.y * 0.34F, ImGui::GetFontSize() * 7.0F);
    const float right = room.x * 0.36F;
    const float left = room.x - right - gap;
    const float top = room.y - bottom - gap;
    pane(context, "left", {Place::Cluster, Place::Files}, at.x, at.y, left, top);
    pane(context, "right", {Place::Lesson, Place::Inspector}, at.x + left + gap, at.y, right,
         room.y);
    pane(context, "bottom", {Place::Timeline, Place::Terminal}, at.x, at.y + top + gap, left,
         bottom);
    return;
  }
  const float right = (room.x - gap) * splits.right;
  const float left = room.x - right - gap;
  const float bottom = (room.y - gap) * splits.bottom;
  const float top = room.y - bottom - gap;
  const float files = (left - gap) * splits.files;
  const float cluster = left - files - gap;
  const float timeline = (bottom - gap) * splits.timeline;
  const float terminal = bottom - timeline - gap;
  const float inspector = (room.y - gap) * splits.inspector;
  const float lesson = room.y - inspector - gap;
  pane(context, "cluster", {Place::Cluster}, at.x, at.y, cluster, top);
  pane(context, "files", {Place::Files}, at.x + cluster + gap, at.y, files, top);
  pane(context, "timeline", {Place::Timeline}, at.x, at.y + top + gap, left, timeline);
  pane(context, "terminal", {Place::Terminal}, at.x, at.y + top + timeline + gap * 2, left,
       terminal);
  pane(context, "lesson", {Place::Lesson}, at.x + left + gap, at.y, right, lesson);
  pane(context, "inspector", {Place::Inspector}, at.x + left + gap, at.y + lesson + gap, right,
       inspector);
  probe_.enter("panes");
  splitter(context, "pane.right", true, {at.x + left, at.y}, room.y, room.x, &splits.right, true);
  splitter(context, "pane.files", true, {at.x + cluster, at.y}, top, left, &splits.files, true);
  splitter(context, "pane.bottom", false, {at.x, at.y + top}, left, room.y, &splits.bottom, true);
  splitter(context, "pane.timeline", false, {at.x, at.y + top + gap + timeline}, left, bottom,
           &splits.timeline, false);
  splitter(context, "pane.inspector", false, {at.x + left + gap, at.y + lesson}, right, room.y,
           &splits.inspector, true);
}

void App::pane(Context& context, const char* name, const std::vector<Place>& places, float x,
               float y, float width, float height) {
  std::vector<Panel*> here;
  for (const Place place : places) {
    for (const Placed& placed : panels_) {
      if (placed.place == place) here.push_back(placed.panel.get());
    }
  }
  ImGui::SetCursorScreenPos({x, y});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(context.scaled(8), context.scaled(6)));
  ImGui::BeginChild(name, {width, height}, true,
                    ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse |
                        ImGuiWindowFlags_AlwaysUseWindowPadding);
  ImGui::PopStyleVar();
  const auto body = [&](Panel& panel) {
    probe_.enter(panel.id());
    ImGui::BeginChild(panel.id(), {0, 0}, false, ImGuiWindowFlags_NoBackground);
    panel.draw(context);
    ImGui::EndChild();
    mark(context, std::string("panel.") + panel.id(), "");
  };
  if (here.size() == 1) {
    probe_.enter(here[0]->id());
    heading(context, here[0]->title(view_.language));
    mark(context, std::string("tab.") + here[0]->id(), "");
    body(*here[0]);
  } else if (!here.empty() && ImGui::BeginTabBar(name)) {
    for (Panel* panel : here) {
      probe_.enter("tabs");
      const std::string label = std::string(panel->title(view_.language)) + "###" + panel->id();
      const bool chosen = front_ == panel->id();
      if (chosen) front_.clear();
      const bool open =
          ImGui::BeginTabItem(label.c_str(), nullptr, chosen ? ImGuiTabItemFlags_SetSelected : 0);
      mark(context, std::string("tab.") + panel->id(), panel->title(view_.language));
      if (!open) continue;
      body(*panel);
      ImGui::EndTabItem();
    }
    ImGui::EndTabBar();
  }
  ImGui::EndChild();
}

}  // namespace ui
