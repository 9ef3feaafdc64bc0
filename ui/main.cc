// podsight-gui: the desktop program. Exit status: 0 it was closed, 1 a driver script's expectation
// failed or an invariant broke, 2 the input is wrong.
#include <imgui.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "ui/app.h"
#include "ui/driver.h"
#include "ui/window.h"

namespace {

constexpr int kFailed = 1;
constexpr int kWrongInput = 2;
constexpr double kFrame = 1.0 / 60.0;  // what a frame lasts when nobody looks
constexpr double kIdle = 0.25;         // how long an idle window sleeps
constexpr int kAwake = 6;              // frames drawn after anything has happened

struct Arguments {
  std::string scenario;
  std::string cluster;
  std::string language = "en";
  std::string size = "1280x720";
  std::string theme = "light";
  bool projector = false;
  std::string screenshot;
  int frames = 30;
  std::string script;
};

std::pair<int, int> size_of(const std::string& text) {
  int width = 0;
  int height = 0;
  char behind = 0;
  const int read = std::sscanf(text.c_str(), "%dx%d%c", &width, &height, &behind);
  if (read != 2 || width < 640 || height < 480 || width > 8000 || height > 8000) {
    throw sim::InputError(
        fmt::format("--size \"{}\" is no size between 640x480 and 8000x8000", text));
  }
  return {width, height};
}

ui::View view_of(const Arguments& arguments) {
  ui::View view;
  view.language = arguments.language == "ko" ? ui::Language::Korean : ui::Language::English;
  view.shade = arguments.theme == "dark" ? ui::Shade::Dark : ui::Shade::Light;
  view.projector = arguments.projector;
  return view;
}

/// One frame, from the inputs to the picture.
void draw_frame(ui::App& app, ui::Window& window, ui::Driver* driver, double seconds) {
  app.between_frames();
  if (app.fonts().refresh(app.view().effective_scale())) window.upload_fonts();
  window.begin_frame();
  if (driver) driver->begin_frame();
  ImGui::GetIO().DeltaTime = static_cast<float>(seconds);
  app.frame(seconds);
  const ui::Colour back = app.theme().back;
  window.end_frame(back.r, back.g, back.b);
}

int show(const Arguments& arguments) {
  const auto [width, height] = size_of(arguments.size);
  std::optional<ui::Driver> driver;
  if (!arguments.script.empty()) {
    driver.emplace(sim::read_file(arguments.script), arguments.script);
  }
  const bool unwatched = driver || !arguments.screenshot.empty();
  auto scenario =
      arguments.scenario.empty()
          ? ui::scenario_of_cluster(arguments.cluster)
          : std::make_shared<const sim::Scenario>(sim::load_scenario(arguments.scenario));
  ui::Window window("podsight", width, height, !unwatched);
  ui::App app(std::move(scenario), view_of(arguments));
  double last = window.now();
  int awake = kAwake;
  for (int frame = 0;; ++frame) {
    if (unwatched) {
      window.take_events(0);
      draw_frame(app, window, driver ? &*driver : nullptr, kFrame);
      if (driver) {
        driver->end_frame(app.probe(), app.session(), window);
        if (!driver->done()) continue;
        if (driver->failed()) {
          fmt::print(stderr, "{}\n", driver->failure());
          return kFailed;
        }
      } else if (frame < arguments.frames) {
        continue;
      }
      if (!arguments.screenshot.empty()) window.screenshot(arguments.screenshot);
      return 0;
    }
    // Drawn while something moves and a little after; otherwise the program sleeps.
    const double before = window.now();
    window.take_events(awake > 0 || app.moving() ? 0 : kIdle);
    if (window.now() - before < kIdle * 0.9) awake = kAwake;
    --awake;
    const double now = window.now();
    draw_frame(app, window, nullptr, std::clamp(now - last, 1e-4, 0.25));
    last = now;
    if (!app.wishes().screenshot.empty()) {
      window.screenshot(std::exchange(app.wishes().screenshot, {}));
    }
    if (window.should_close() || app.wishes().quit) return 0;
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "podsight-gui shows a lesson or a cluster in a window: which pods can see which files, and "
      "why.\nExit status: 0 closed, 1 a driver script's expectation failed, 2 the input is wrong."};
  app.name("podsight-gui");
  Arguments arguments;
  CLI::Option* scenario =
      app.add_option("SCENARIO", arguments.scenario, "scenario file: the lesson to open");
  app.add_option("--cluster", arguments.cluster,
                 "a cluster file (JSON); without it and without a scenario, two nodes and some "
                 "known images")
      ->excludes(scenario);
  app.add_option("--lang", arguments.language, "language of the window")
      ->check(CLI::IsMember({"en", "ko"}));
  app.add_option("--size", arguments.size, "size of the window, such as 1920x1080");
  app.add_option("--theme", arguments.theme, "light or dark")
      ->check(CLI::IsMember({"light", "dark"}));
  app.add_flag("--projector", arguments.projector, "large type and high contrast, for a room");
  app.add_option("--screenshot", arguments.screenshot, "save what the window shows (PNG) and end");
  app.add_option("--frames", arguments.frames, "frames to draw before --screenshot")
      ->check(CLI::Range(1, 100000));
  app.add_option("--script", arguments.script,
                 "drive the window by a script: see tests/ui/scripts and ui/driver.h");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : kWrongInput;
  }
  try {
    return show(arguments);
  } catch (const sim::InputError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return kWrongInput;
  }
}
