#include "ui/manifest_editor.h"

#include <imgui.h>
#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <optional>

#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "ui/widgets.h"

namespace ui {
namespace {

constexpr std::size_t kMostMistakes = 6;  // shown
constexpr int kFewest = 6;                // that the slider reaches at least

std::optional<int> replicas_of(const sim::Object& object) {
  if (const auto* deployment = as<sim::Deployment>(&object)) {
    return deployment->spec.replicas.value_or(1);
  }
  if (const auto* set = as<sim::ReplicaSet>(&object)) return set->spec.replicas.value_or(1);
  if (const auto* set = as<sim::StatefulSet>(&object)) return set->spec.replicas.value_or(1);
  return std::nullopt;
}

}  // namespace

void ManifestEditor::scale(Context& context, sim::Ref ref) {
  const sim::Object& object = *context.session.world().store().get(ref);
  const std::optional<int> wanted = replicas_of(object);
  if (!wanted) return;
  if (!sliding_ || scaled_ != ref) replicas_ = *wanted;
  scaled_ = ref;
  const char* label = context.in("replicas", "복제본 수");
  context.probe.say(label);
  ImGui::AlignTextToFramePadding();
  ImGui::TextUnformatted(label);
  ImGui::SameLine();
  ImGui::SetNextItemWidth(-1);
  // It reaches further than it stands, and no further while it is dragged.
  const int most = std::max(kFewest, *wanted * 2);
  ImGui::SliderInt("##replicas", &replicas_, 0, most, "%d", ImGuiSliderFlags_AlwaysClamp);
  mark(context, "inspector.scale", std::to_string(replicas_));
  sliding_ = ImGui::IsItemActive();
  tip(context, context.in("Slide, or press and type with Ctrl: kubectl scale",
                          "끌거나 Ctrl+클릭으로 숫자를 입력하면 kubectl scale을 실행합니다"));
  if (ImGui::IsItemDeactivatedAfterEdit() && replicas_ != *wanted) {
    context.session.command(fmt::format("kubectl scale {}/{} -n {} --replicas={}",
                                        info(ref.kind).singular, object.meta.name, object.meta.ns,
                                        replicas_));
  }
}

void ManifestEditor::load(Context& context, sim::Ref ref) {
  ref_ = ref;
  line_ = context.session.line().serial;
  version_ = context.session.version();
  text_ = stored_ = editable_yaml(context.session.world(), ref);
  mistakes_.clear();
}

void ManifestEditor::draw(Context& context, sim::Ref ref) {
  Session& session = context.session;
  const bool other = ref_ != ref || line_ != session.line().serial;
  // What nobody has changed follows the world; what somebody has is theirs until it is applied.
  if (other || (text_ == stored_ && version_ != session.version())) load(context, ref);
  const bool dirty = text_ != stored_;
  if (main_button(context, "manifest.apply", context.in("Apply", "적용"),
                  dirty && mistakes_.empty())) {
    session.command(replace_command(text_));
    stored_ = text_;
  }
  ImGui::SameLine();
  if (button(context, "manifest.revert", context.in("Revert", "되돌리기"), dirty)) {
    load(context, ref);
  }
  ImGui::SameLine();
  ImGui::AlignTextToFramePadding();
  mistake_count(context, mistakes_.size(), dirty);
  for (std::size_t i = 0; i < mistakes_.size() && i < kMostMistakes; ++i) {
    ImGui::PushID(static_cast<int>(i));
    const std::string label =
        fmt::format("{} {}: {}", context.in("line", "줄"), mistakes_[i].line, mistakes_[i].text);
    if (row(context, fmt::format("manifest.mistake.{}", i), label, false)) {
      jump_line_ = mistakes_[i].line;
    }
    tip(context, label);
    ImGui::PopID();
  }
  ImGui::PushFont(context.fonts.mono);
  scroll_next_to(&jump_line_);
  // Nothing can be tried on a play that is under way: the text waits for it.
  const ImGuiInputTextFlags flags =
      ImGuiInputTextFlags_AllowTabInput |
      (session.running() ? ImGuiInputTextFlags_ReadOnly : ImGuiInputTextFlags_None);
  const bool edited = ImGui::InputTextMultiline("##manifest", &text_, {-1, -1}, flags);
  ImGui::PopFont();
  mark(context, "manifest.text", "");
  context.probe.say(text_);
  if (edited) {
    version_ = session.version();
    mistakes_ = text_ == stored_ ? std::vector<ManifestMistake>()
                                 : manifest_mistakes(session.line().player(), text_);
  }
}

}  // namespace ui
