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
#include "ui/monkey.h"
#include "ui/wake.h"
#include "ui/window.h"

namespace {

constexpr int kFailed = 1;
constexpr int kWrongInput = 2;
constexpr double kFrame = 1.0 / 60.0;  // what a frame lasts when nobody looks
constexpr double kSlice = 0.06;        // seconds of work between two frames
constexpr int kInstants = 500;         // the same when nobody looks: instants simulated
constexpr int kLook = 50;              // frames between two looks at the invariants
constexpr int kWarm = 40;              // frames that a measurement leaves out

struct Arguments {
  std::string scenario;
  std::string cluster;
  std::string language;  // empty: as last time
  std::string size = "1280x720";
  std::string theme;
  bool projector = false;
  bool reset_layout = false;
  std::string screenshot;
  int frames = 30;
  std::string script;
  std::string at;
  std::string profile;
  std::optional<std::uint64_t> monkey;
  double seconds = 0;
  int bench = 0;
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

/// What the profile says, and then the command line.
ui::View view_of(const Arguments& arguments, const ui::Profile& profile) {
  ui::View view;
  profile.load(&view);
  if (!arguments.language.empty()) {
    view.language = arguments.language == "ko" ? ui::Language::Korean : ui::Language::English;
  }
  if (!arguments.theme.empty()) {
    view.shade = arguments.theme == "dark" ? ui::Shade::Dark : ui::Shade::Light;
  }
  view.projector = view.projector || arguments.projector;
  if (arguments.reset_layout) {
    view.splits = {};
    view.scale = 1;
    view.projector = arguments.projector;
  }
  return view;
}

/// Where the person wants to begin: the end of a step, or a time.
void go_to(ui::Session& session, const std::string& moment) {
  const std::vector<sim::ScenarioStep>& steps = session.scenario().steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].id != moment) continue;
    session.play_to(i + 1);
    return;
  }
  const std::optional<sim::Duration> time = sim::parse_duration(moment);
  if (!time || time->ns < 0) {
    throw sim::InputError(
        fmt::format("--at \"{}\" is neither a step of the lesson nor a time such as 90s", moment));
  }
  for (std::size_t i = 1; i <= steps.size() && session.head().elapsed() < *time; ++i) {
    session.play_to(i);
  }
  session.show(session.line().start() + (*time - session.line().at(sim::Time{})->elapsed()));
}

/// What draws a frame: the program, its window, and who moves the mouse when no person does.
struct Stage {
  ui::App& app;
  ui::Window& window;
  std::optional<ui::Driver>& driver;
  std::optional<ui::Monkey>& monkey;
  bool watched = false;  // by a person
  bool always = false;   // each frame is drawn, also when it shows nothing new
  bool drawn = true;     // the last one was
  double picture = 0;    // seconds that the last frame's pixels took
  double last = 0;       // when the last frame was drawn
  int instants = 0;      // simulated since then, within one piece of work

  /// One frame, from the inputs to the picture.
  void draw(double seconds) {
    app.between_frames();
    draw_only(seconds);
  }

  void draw_only(double seconds) {
    if (app.fonts().refresh(app.view().effective_scale())) window.upload_fonts();
    window.begin_frame();
    if (driver) driver->begin_frame();
    if (monkey) monkey->begin_frame();
    ImGui::GetIO().DeltaTime = static_cast<float>(seconds);
    app.frame(seconds);
    const ui::Colour back = app.theme().back;
    const double before = window.now();
    drawn = window.end_frame(back.r, back.g, back.b, always);
    picture = window.now() - before;
    if (driver) driver->end_frame(app.probe(), app.session(), window);
    if (monkey) monkey->end_frame(app, window);
    last = window.now();
    instants = 0;
  }

  /// How long ago the last frame was, as a frame takes it.
  double since() const { return std::clamp(window.now() - last, 1e-4, 0.25); }
  /// A frame for a person, who waits for none.
  void draw_live() { draw(since()); }

  /// Work goes on for long: the window does not wait for its end. Without a person the frames come
  /// at the same points every time.
  void go_on() {
    ++instants;
    if (watched ? window.now() - last < kSlice : instants < kInstants) return;
    window.take_events(0);
    if (window.should_close() || app.wishes().quit) app.session().stop();
    draw_only(watched ? since() : kFrame);
  }
};

int run_driver(Stage& stage) {
  while (!stage.driver->done()) {
    stage.window.take_events(0);
    stage.draw(kFrame);
  }
  stage.app.between_frames();
  if (!stage.driver->failed()) return 0;
  fmt::print(stderr, "{}\n", stage.driver->failure());
  return kFailed;
}

int run_monkey(Stage& stage, int frames, double seconds) {
  const double end = stage.window.now() + seconds;
  int frame = 0;
  for (bool goes_on = true; goes_on; ++frame) {
    stage.window.take_events(0);
    stage.draw(kFrame);
    goes_on = seconds > 0 ? stage.window.now() < end : frame + 1 < frames;
    if (frame % kLook != 0 && goes_on) continue;
    if (const std::string wrong = stage.app.session().check(); !wrong.empty()) {
      fmt::print(stderr, "frame {}: {}\n", frame, wrong);
      return kFailed;
    }
  }
  fmt::print("{} frames: {}\n", frame, stage.monkey->deeds());
  return 0;
}

/// Every frame is drawn whole, with what a person sees; how long the parts take.
int run_bench(Stage& stage, int frames) {
  stage.app.probe().listen(false);
  stage.always = true;
  std::vector<double> times;
  std::vector<double> ours;
  for (int frame = 0; frame < frames + kWarm; ++frame) {
    stage.window.take_events(0);
    const double before = stage.window.now();
    stage.draw(kFrame);
    if (frame < kWarm) continue;
    times.push_back((stage.window.now() - before) * 1e3);
    ours.push_back(times.back() - stage.picture * 1e3);
  }
  std::sort(times.begin(), times.end());
  std::sort(ours.begin(), ours.end());
  fmt::print(
      "{} frames: median {:.2f} ms, 95 % under {:.2f} ms; without the drawing of pixels "
      "{:.2f} ms; {} triangles\n",
      frames, times[times.size() / 2], times[times.size() * 95 / 100], ours[ours.size() / 2],
      ImGui::GetDrawData()->TotalIdxCount / 3);
  return 0;
}

void run_for_person(Stage& stage) {
  ui::Window& window = stage.window;
  ui::App& app = stage.app;
  app.probe().listen(false);
  ui::Wake wake;
  while (!window.should_close() && !app.wishes().quit) {
    // What is not drawn does not wait for the screen either.
    const double least = stage.drawn ? 0 : kFrame;
    const bool happened = window.take_events(std::max(least, wake.patience(app.moving())));
    if (!wake.draws(happened, app.moving(), ImGui::GetIO().WantTextInput)) continue;
    stage.draw_live();
    if (!app.wishes().screenshot.empty()) {
      const std::string file = std::exchange(app.wishes().screenshot, {});
      window.screenshot(file);
      app.tell(fmt::format("{} {}",
                           app.view().language == ui::Language::Korean ? "저장:" : "Saved:", file));
    }
  }
  app.between_frames();
}

int show(const Arguments& arguments) {
  const auto [width, height] = size_of(arguments.size);
  std::optional<ui::Driver> driver;
  std::optional<ui::Monkey> monkey;
  if (!arguments.script.empty()) {
    driver.emplace(sim::read_file(arguments.script), arguments.script);
  }
  if (arguments.monkey) monkey.emplace(*arguments.monkey);
  const bool unwatched = driver || monkey || arguments.bench > 0 || !arguments.screenshot.empty();
  // Whoever drives the program must find it the same each time.
  ui::Profile profile = !arguments.profile.empty() ? ui::Profile(arguments.profile)
                        : unwatched                ? ui::Profile()
                                                   : ui::Profile::of_person();
  auto scenario =
      arguments.scenario.empty()
          ? ui::scenario_of_cluster(arguments.cluster)
          : std::make_shared<const sim::Scenario>(sim::load_scenario(arguments.scenario));
  ui::Window window("podsight", width, height, !unwatched);
  ui::App app(std::move(scenario), view_of(arguments, profile), profile);
  app.wishes().may_write = !unwatched;
  Stage stage{app, window, driver, monkey, !unwatched};
  app.session().on_progress([&] { stage.go_on(); });
  if (!unwatched) stage.draw_only(kFrame);  // something is seen at once
  app.begin();
  if (!arguments.at.empty()) go_to(app.session(), arguments.at);
  int status = 0;
  if (driver) {
    status = run_driver(stage);
  } else if (monkey) {
    status = run_monkey(stage, arguments.frames, arguments.seconds);
  } else if (arguments.bench > 0) {
    status = run_bench(stage, arguments.bench);
  } else if (unwatched) {
    for (int frame = 0; frame < arguments.frames; ++frame) stage.draw(kFrame);
  } else {
    run_for_person(stage);
  }
  if (!arguments.screenshot.empty()) window.screenshot(arguments.screenshot);
  return status;
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
  app.add_flag("--reset-layout", arguments.reset_layout, "begin with the usual panes and size");
  app.add_option("--at", arguments.at,
                 "begin at the end of a step of the lesson, or at a time such as 90s");
  app.add_option("--profile", arguments.profile,
                 "folder for settings and progress, instead of the XDG folders");
  app.add_option("--screenshot", arguments.screenshot, "save what the window shows (PNG) and end");
  app.add_option("--frames", arguments.frames,
                 "frames to draw before --screenshot, or to try with --monkey")
      ->check(CLI::Range(1, 10000000));
  app.add_option("--script", arguments.script,
                 "drive the window by a script: see tests/ui/scripts and ui/driver.h");
  app.add_option("--monkey", arguments.monkey,
                 "press anything anywhere, by this seed, and look whether all holds");
  app.add_option("--for", arguments.seconds,
                 "seconds to try with --monkey, instead of a number of frames")
      ->check(CLI::Range(1, 100000));
  app.add_option("--bench-frames", arguments.bench,
                 "draw so many frames and print their median time")
      ->check(CLI::Range(1, 100000));
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
