#include "ui/timeline_panel.h"

#include <imgui.h>

#include <algorithm>

#include "sim/base/format.h"
#include "sim/graph/difference.h"
#include "sim/scenario/play.h"
#include "ui/paint.h"
#include "ui/widgets.h"

namespace ui {
namespace {

constexpr float kLeastColumns = 40;
constexpr std::size_t kMostCauses = 12;
constexpr std::size_t kMostPaths = 8;
constexpr std::size_t kMostObjects = 12;

/// The sign of a lane: shape tells it apart, colour repeats it.
void draw_sign(ImDrawList& draw, Lane lane, ImVec2 at, float size, ImU32 ink) {
  switch (lane) {
    case Lane::Commands:
      draw.AddTriangleFilled({at.x - size, at.y - size}, {at.x + size, at.y},
                             {at.x - size, at.y + size}, ink);
      break;
    case Lane::Faults:
      draw.AddLine({at.x - size, at.y - size}, {at.x + size, at.y + size}, ink, 2);
      draw.AddLine({at.x - size, at.y + size}, {at.x + size, at.y - size}, ink, 2);
      break;
    case Lane::Objects:
      draw.AddCircleFilled(at, size, ink, 12);
      break;
    case Lane::Nodes:
      draw.AddRectFilled({at.x - size, at.y - size}, {at.x + size, at.y + size}, ink);
      break;
    case Lane::Storage:
      draw.AddQuadFilled({at.x, at.y - size}, {at.x + size, at.y}, {at.x, at.y + size},
                         {at.x - size, at.y}, ink);
      break;
  }
}

sim::Matrix matrix_of(const sim::World& world, const std::vector<std::string>& paths) {
  sim::Sight sight;
  sight.follow(world);
  sim::SeeQuestion question;
  question.paths = paths;
  return sim::see(sight, question, nullptr);
}

}  // namespace

void TimelinePanel::draw(Context& context) {
  clock(context);
  lines(context);
  // Lanes, and beside them what the chosen change came of; one above the other where it is narrow.
  const float room = ImGui::GetContentRegionAvail().x;
  if (room < ImGui::GetFontSize() * 38.0F) {
    lanes(context);
    comparison(context);
    causes(context);
    return;
  }
  ImGui::BeginChild("lanes", {room * 0.56F, 0}, false, ImGuiWindowFlags_NoBackground);
  lanes(context);
  ImGui::EndChild();
  ImGui::SameLine();
  ImGui::BeginChild("causes", {0, 0}, false, ImGuiWindowFlags_NoBackground);
  comparison(context);
  causes(context);
  ImGui::EndChild();
}

void TimelinePanel::clock(Context& context) {
  Session& session = context.session;
  if (button(context, "clock.command.back", "|◀")) session.step_command(-1);
  tip(context, context.in("One command back (Ctrl+↑)", "이전 명령으로 (Ctrl+↑)"));
  ImGui::SameLine();
  if (button(context, "clock.back", "◀")) session.step_event(-1);
  tip(context, context.in("One change back (Ctrl+←)", "이전 변경으로 (Ctrl+←)"));
  ImGui::SameLine();
  const bool moving = session.playing() || session.following();
  if (button(context, "clock.play",
             moving ? context.in("Stop", "정지") : context.in("Play", "재생"))) {
    if (session.following()) {
      session.show(session.world().now());
    } else {
      session.play(!session.playing());
    }
  }
  tip(context, context.in("Let time pass (Space)", "시간 재생 (Space)"));
  ImGui::SameLine();
  if (button(context, "clock.forward", "▶")) session.step_event(1);
  tip(context, context.in("One change forward (Ctrl+→)", "다음 변경으로 (Ctrl+→)"));
  ImGui::SameLine();
  if (button(context, "clock.command.forward", "▶|")) session.step_command(1);
  tip(context, context.in("One command forward (Ctrl+↓)", "다음 명령으로 (Ctrl+↓)"));
  struct Choice {
    Pace pace;
    const char* id;
    const char* english;
    const char* korean;
  };
  static constexpr Choice kPaces[] = {{Pace::Real, "pace.real", "1×", "1×"},
                                      {Pace::Ten, "pace.ten", "10×", "10×"},
                                      {Pace::Fast, "pace.fast", "at once", "즉시"}};
  for (const Choice& choice : kPaces) {
    ImGui::SameLine();
    const bool chosen = session.pace() == choice.pace;
    const std::string label =
        fmt::format("{}{}", chosen ? "● " : "", context.in(choice.english, choice.korean));
    if (button(context, choice.id, label)) session.set_pace(choice.pace);
  }
  const std::string now = fmt::format("{} / {}", sim::to_clock(session.elapsed()),
                                      sim::to_clock(session.head().elapsed()));
  // On a narrow pane the time has a line of its own.
  const float end = ImGui::GetWindowPos().x + ImGui::GetContentRegionMax().x;
  ImGui::PushFont(context.fonts.bold);
  if (ImGui::GetItemRectMax().x + ImGui::CalcTextSize(now.c_str()).x + ImGui::GetFontSize() < end) {
    ImGui::SameLine();
  }
  ImGui::AlignTextToFramePadding();
  context.probe.say(now);
  ImGui::TextUnformatted(now.c_str());
  ImGui::PopFont();
  const bool pinned = session.pinned().has_value();
  if (ImGui::GetItemRectMax().x + ImGui::GetFontSize() * 11.0F < end) ImGui::SameLine();
  if (button(context, "clock.pin",
             pinned ? context.in("⚑ Unpin", "⚑ 비교 종료")
                    : context.in("⚑ Compare from here", "⚑ 이 시점과 비교"))) {
    pinned ? session.unpin() : session.pin();
  }
  tip(context,
      context.in(
          "Remember this moment; then go to another one, or to another line.",
          "이 시점을 기억해 둡니다. 다른 시점이나 다른 분기로 옮기면 비교해서 보여 줍니다."));
}

void TimelinePanel::lines(Context& context) {
  Session& session = context.session;
  if (session.lines().size() < 2) return;
  for (std::size_t i = 0; i < session.lines().size(); ++i) {
    const Line& line = *session.lines()[i];
    if (i > 0) ImGui::SameLine();
    const bool chosen = i == session.current();
    std::string label = fmt::format("{}{}", chosen ? "● " : "", line.name(context.language()));
    if (line.parent) {
      label += fmt::format(" ⎇ {}", sim::to_clock(line.forked_at - line.head().settings().start));
    }
    if (i > 0 && ImGui::GetContentRegionAvail().x < ImGui::CalcTextSize(label.c_str()).x) {
      ImGui::NewLine();
    }
    if (button(context, fmt::format("line.{}", i), label)) session.choose_line(i);
  }
  if (session.current() == 0) return;
  ImGui::SameLine();
  if (button(context, "line.discard", "×")) session.discard_line();
  tip(context, context.in("Discard this line of time", "이 분기 버리기"));
}

void TimelinePanel::look_at(Context& context, float share) {
  const double span = static_cast<double>((model_.end - model_.begin).ns);
  const sim::Time time =
      model_.begin + sim::Duration{static_cast<std::int64_t>(
                         span * static_cast<double>(std::clamp(share, 0.0F, 1.0F)))};
  context.session.play(false);
  context.session.show(time);
}

void TimelinePanel::lanes(Context& context) {
  Session& session = context.session;
  const Theme& theme = context.theme;
  const float row_height = ImGui::GetTextLineHeight() * 1.12F;
  float names = 0;
  for (int i = 0; i < kLaneCount; ++i) {
    names = std::max(names,
                     ImGui::CalcTextSize(name_of(static_cast<Lane>(i), context.view.language)).x);
  }
  names += context.scaled(30);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = std::max(ImGui::GetContentRegionAvail().x - names - context.scaled(8), 50.0F);
  const float height = row_height * kLaneCount;
  // As many signs as can be told apart.
  const float sign = context.scaled(4);
  const auto columns = static_cast<std::size_t>(std::max(width / (sign * 1.5F), kLeastColumns));
  if (model_line_ != session.line().serial || model_revision_ != session.head().revision() ||
      columns_ != columns ||
      model_.end != std::max(session.head().now(), model_.begin + sim::seconds(1))) {
    model_ = timeline_of(session.head(), columns);
    model_line_ = session.line().serial;
    model_revision_ = session.head().revision();
    columns_ = columns;
  }
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const Colour inks[kLaneCount] = {theme.accent, theme.bad, theme.text, theme.note, theme.volume};
  const double span = static_cast<double>((model_.end - model_.begin).ns);
  const auto x_of = [&](sim::Time time) {
    return at.x + names +
           width * static_cast<float>(static_cast<double>((time - model_.begin).ns) / span);
  };
  for (int i = 0; i < kLaneCount; ++i) {
    const auto lane = static_cast<Lane>(i);
    const float middle = at.y + row_height * (static_cast<float>(i) + 0.5F);
    const char* name = name_of(lane, context.view.language);
    context.probe.say(name);
    draw_sign(draw, lane, {at.x + context.scaled(8), middle}, sign, colour(inks[i]));
    draw.AddText({at.x + context.scaled(18), middle - ImGui::GetFontSize() * 0.5F},
                 colour(theme.dim), name);
    draw.AddLine({at.x + names, middle}, {at.x + names + width, middle}, colour(theme.line));
    for (const Tick& tick : model_.lanes[static_cast<std::size_t>(i)]) {
      // Many at once are a larger sign.
      const float size = tick.count > 20 ? sign * 1.5F : tick.count > 3 ? sign * 1.2F : sign;
      const bool future = tick.time > session.world().now();
      draw_sign(draw, lane, {x_of(tick.time), middle}, size,
                colour(inks[i], future ? 0.45F : 1.0F));
    }
  }
  // Where the clock stands, where the other moment is, where lines part.
  const float now = x_of(session.world().now());
  draw.AddLine({now, at.y}, {now, at.y + height}, colour(theme.text), context.scaled(2));
  draw.AddTriangleFilled({now - sign * 1.6F, at.y - 1}, {now + sign * 1.6F, at.y - 1},
                         {now, at.y + sign * 2}, colour(theme.text));
  if (session.pinned() && session.pinned()->line == session.line().serial) {
    const float x = x_of(session.pinned()->time);
    draw.AddLine({x, at.y}, {x, at.y + height}, colour(theme.warn), context.scaled(2));
    draw.AddText({x + 3, at.y}, colour(theme.warn), "⚑");
  }
  for (const auto& line : session.lines()) {
    if (!line->parent || session.lines()[*line->parent].get() != &session.line()) continue;
    const float x = x_of(line->forked_at);
    draw.AddLine({x, at.y}, {x, at.y + height}, colour(theme.note), 1);
    draw.AddText({x + 3, at.y + height - ImGui::GetFontSize()}, colour(theme.note), "⎇");
  }
  ImGui::SetCursorScreenPos({at.x + names, at.y});
  ImGui::InvisibleButton("scrub", {width, height});
  mark(context, "timeline.scrub", "");
  if (ImGui::IsItemActive()) {
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    look_at(context, (mouse.x - at.x - names) / width);
    // A press on a sign chooses its change.
    const int row = static_cast<int>((ImGui::GetIO().MouseClickedPos[0].y - at.y) / row_height);
    if (ImGui::IsMouseClicked(0) && row >= 0 && row < kLaneCount) {
      for (const Tick& tick : model_.lanes[static_cast<std::size_t>(row)]) {
        if (std::abs(x_of(tick.time) - mouse.x) > sign * 2) continue;
        context.selection.change = tick.last;
        const sim::Change& change = session.head().journal().at(tick.last);
        if (change.ref) context.selection.pick_object(change.ref);
        session.show(change.time);
        break;
      }
    }
  }
  ImGui::SetCursorScreenPos({at.x, at.y + height + context.scaled(4)});
}

void TimelinePanel::causes(Context& context) {
  Session& session = context.session;
  const sim::World& head = session.head();
  const sim::Journal& journal = head.journal();
  std::uint64_t& chosen = context.selection.change;
  // Nothing chosen: the last change that the clock has come to.
  std::uint64_t about = chosen;
  if (about < journal.first() || about > journal.last()) {
    chosen = 0;
    about = std::min(session.world().revision(), journal.last());
    Lane lane{};
    while (about >= journal.first() && about > 0 && !lane_of(journal.at(about), &lane)) --about;
  }
  if (about < journal.first() || about == 0) return;
  if (button(context, "change.back", "◂")) {
    if (const std::uint64_t r = neighbour(head, about, -1)) chosen = r;
  }
  ImGui::SameLine();
  if (button(context, "change.forward", "▸")) {
    if (const std::uint64_t r = neighbour(head, about, 1)) chosen = r;
  }
  ImGui::SameLine();
  ImGui::AlignTextToFramePadding();
  text(context, context.in("This change and what led to it:", "이 변경과 그 원인:"),
       context.theme.dim);
  for (const std::uint64_t revision : chain_of(head, about, kMostCauses)) {
    const sim::Change& change = journal.at(revision);
    const std::string line = fmt::format("{}{}", revision == about ? "" : "↳ ",
                                         describe(head, change, context.view.language));
    const Pen pen{ImGui::GetWindowDrawList(), context.fonts.text, ImGui::GetFontSize()};
    const std::string shown = fitted(pen, line, ImGui::GetContentRegionAvail().x, Keep::Start);
    ImGui::PushID(static_cast<int>(revision));
    const bool pressed = row(context, fmt::format("cause.{}", revision), shown, revision == chosen);
    if (shown != line) tip(context, line);
    if (pressed) {
      chosen = revision;
      if (change.ref) context.selection.pick_object(change.ref);
      session.show(change.time);
    }
    ImGui::PopID();
  }
}

/// Who sees what, and which objects there are, at two moments.
void TimelinePanel::compare(Context& context, const sim::World& before) {
  const Session& session = context.session;
  const sim::World& after = session.world();
  compared_.clear();
  std::vector<std::string> paths = sim::asked_paths(session.scenario().steps);
  const auto add = [&](const std::string& path) {
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  };
  if (session.line().what_if) {
    for (const std::string& path : sim::compared_paths(*session.line().what_if)) add(path);
  }
  for (const sim::World* world : {&before, &after}) {
    const sim::Chronicle chronicle(*world);
    for (const std::string& path : sim::written_paths(chronicle, 0, kMostPaths)) add(path);
  }
  const std::string& picked = context.selection.path;
  if (!picked.empty()) {
    paths.erase(std::remove(paths.begin(), paths.end(), picked), paths.end());
    paths.insert(paths.begin(), picked);
  }
  if (!paths.empty()) {
    for (const sim::FileDifference& difference :
         sim::differences(matrix_of(before, paths), matrix_of(after, paths))) {
      if (difference.any()) compared_.push_back(sim::to_text(difference, context.language()));
    }
  }
  for (std::string& line : object_differences(before, after, kMostObjects, context.view.language)) {
    compared_.push_back(std::move(line));
  }
}

void TimelinePanel::comparison(Context& context) {
  Session& session = context.session;
  if (!session.pinned()) return;
  const Pinned pin = *session.pinned();
  const Line* other = session.line_with(pin.line);
  if (!other) {
    session.unpin();
    return;
  }
  const bool fresh = compared_version_ == session.version() && compared_pin_ == pin &&
                     compared_language_ == context.view.language;
  if (!fresh) {
    compared_version_ = session.version();
    compared_pin_ = pin;
    compared_language_ = context.view.language;
    compare(context, *other->at(pin.time));
  }
  text(context,
       fmt::format(
           fmt::runtime(context.in("⚑ {} {} → {} {}: what differs", "⚑ {} {} → {} {}: 차이")),
           other->name(context.language()),
           sim::to_clock(pin.time - session.world().settings().start),
           session.line().name(context.language()), sim::to_clock(session.elapsed())),
       context.theme.warn);
  if (compared_.empty()) text(context, context.in("Nothing.", "차이가 없습니다."));
  for (const std::string& difference : compared_) mono(context, difference);
  ImGui::Separator();
}

}  // namespace ui
