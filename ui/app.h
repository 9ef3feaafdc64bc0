// The program without its window: the session, the panels in their panes, the menus, the keys. A
// frame draws all of it; between two frames what was asked for is done.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ui/fonts.h"
#include "ui/menus.h"
#include "ui/panels.h"
#include "ui/probe.h"
#include "ui/profile.h"
#include "ui/session.h"
#include "ui/view.h"

namespace ui {

class App {
 public:
  /// Shows the scenario's cluster, empty; begin() opens the scenario, and throws InputError when
  /// that cannot be.
  App(std::shared_ptr<const sim::Scenario> scenario, const View& view, Profile profile);
  void begin();

  /// Draws one frame; `seconds` have passed since the last.
  void frame(double seconds);
  /// Commands, files to open. Call it when no frame is being drawn.
  void between_frames();

  Session& session() { return session_; }
  Selection& selection() { return selection_; }
  View& view() { return view_; }
  Fonts& fonts() { return fonts_; }
  Probe& probe() { return probe_; }
  Wishes& wishes() { return wishes_; }
  const Theme& theme() const { return theme_; }
  /// Something moves by itself: the next frame must not wait for the person.
  bool moving() const;
  /// A message that stands in the banner until the next command.
  void tell(std::string message) { message_ = std::move(message); }

 private:
  void keys(Context& context);
  void banner(Context& context);
  void running_banner(Context& context);
  void panes(Context& context);
  void pane(Context& context, const char* name, const std::vector<Place>& places, float x, float y,
            float width, float height);
  void apply_look();
  void opened();
  void keep();

  std::shared_ptr<const sim::Scenario> first_;  // what begin() opens
  View view_;
  Profile profile_;
  View kept_view_;  // as the profile has it
  std::size_t kept_next_ = 0;
  std::optional<Progress> left_;  // where the lesson was left last time
  Session session_;
  Selection selection_;
  Fonts fonts_;
  Probe probe_;
  Wishes wishes_;
  Theme theme_;
  Menus menus_;
  std::vector<Placed> panels_;
  std::string front_;  // the panel whose tab comes to the front in this frame
  std::string message_;
};

}  // namespace ui
