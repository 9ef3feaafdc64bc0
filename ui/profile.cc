#include "ui/profile.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "sim/base/file_io.h"
#include "sim/base/input_error.h"

namespace ui {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr std::size_t kMostBytes = 1 << 20;

Json read(const std::string& file) {
  std::error_code none;
  if (file.empty() || !fs::exists(file, none)) return Json::object();
  try {
    Json json = Json::parse(sim::read_file(file, kMostBytes), nullptr, false);
    if (json.is_object() && json.value("version", Json()) == kVersion) return json;
  } catch (const sim::InputError&) {
  }
  return Json::object();
}

void write(const std::string& file, Json json) {
  if (file.empty()) return;
  std::error_code none;
  fs::create_directories(fs::path(file).parent_path(), none);
  json["version"] = kVersion;
  try {
    sim::write_file(file, json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
  } catch (const sim::InputError&) {
    // A home that cannot be written to is no reason not to work.
  }
}

std::string folder_of(const char* variable, const char* in_home) {
  if (const char* folder = std::getenv(variable); folder && *folder == '/') return folder;
  const char* home = std::getenv("HOME");
  return home && *home == '/' ? std::string(home) + "/" + in_home : "";
}

float share_of(const Json& json, const char* key, float usual) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number()) return usual;
  return std::clamp(found->get<float>(), 0.12F, 0.88F);
}

}  // namespace

Profile::Profile(const std::string& folder)
    : settings_file_(folder + "/window.json"), progress_file_(folder + "/progress.json") {}

Profile Profile::of_person() {
  Profile profile;
  const std::string config = folder_of("XDG_CONFIG_HOME", ".config");
  const std::string data = folder_of("XDG_DATA_HOME", ".local/share");
  if (!config.empty()) profile.settings_file_ = config + "/podsight/window.json";
  if (!data.empty()) profile.progress_file_ = data + "/podsight/progress.json";
  return profile;
}

void Profile::load(View* view) const {
  const Json json = read(settings_file_);
  const auto is = [&](const char* key, const char* value) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() && *found == value;
  };
  const auto set = [&](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_boolean() && found->get<bool>();
  };
  if (is("language", "ko")) view->language = Language::Korean;
  if (is("theme", "dark")) view->shade = Shade::Dark;
  view->projector = view->projector || set("projector");
  view->reduce_motion = set("reduceMotion");
  if (const auto scale = json.find("scale"); scale != json.end() && scale->is_number()) {
    view->scale = std::clamp(scale->get<float>(), kSmallestScale, kLargestScale);
  }
  const auto splits = json.find("panes");
  if (splits == json.end() || !splits->is_object()) return;
  Splits& to = view->splits;
  to.right = share_of(*splits, "right", to.right);
  to.files = share_of(*splits, "files", to.files);
  to.bottom = share_of(*splits, "bottom", to.bottom);
  to.timeline = share_of(*splits, "timeline", to.timeline);
  to.inspector = share_of(*splits, "inspector", to.inspector);
}

void Profile::save(const View& view) const {
  Json json;
  json["language"] = code_of(view.language);
  json["theme"] = view.shade == Shade::Dark ? "dark" : "light";
  json["projector"] = view.projector;
  json["reduceMotion"] = view.reduce_motion;
  json["scale"] = view.scale;
  const Splits& splits = view.splits;
  json["panes"] = {{"right", splits.right},
                   {"files", splits.files},
                   {"bottom", splits.bottom},
                   {"timeline", splits.timeline},
                   {"inspector", splits.inspector}};
  write(settings_file_, json);
}

std::optional<Progress> Profile::progress_of(const std::string& lesson) const {
  const Json json = read(progress_file_);
  const auto lessons = json.find("lessons");
  if (lessons == json.end() || !lessons->is_object()) return std::nullopt;
  const auto found = lessons->find(lesson);
  if (found == lessons->end() || !found->is_object()) return std::nullopt;
  Progress progress;
  if (const auto step = found->find("step"); step != found->end() && step->is_string()) {
    progress.step = step->get<std::string>();
  }
  if (const auto answers = found->find("answers");
      answers != found->end() && answers->is_object()) {
    for (const auto& [key, value] : answers->items()) {
      if (value.is_string()) progress.answers[key] = value.get<std::string>();
    }
  }
  return progress;
}

void Profile::keep(const std::string& lesson, const Progress& progress) const {
  if (progress_file_.empty()) return;
  Json json = read(progress_file_);
  Json entry;
  entry["step"] = progress.step;
  entry["answers"] = progress.answers;
  json["lessons"][lesson] = std::move(entry);
  write(progress_file_, std::move(json));
}

}  // namespace ui
