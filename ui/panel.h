// What a panel is given, and what it is. A panel reads the session, the selection and the view,
// holds its own small state, and acts only through the session's commands. Panels do not know each
// other: what one picks, the others find in the selection.
#pragma once

#include <string>

#include "ui/fonts.h"
#include "ui/probe.h"
#include "ui/selection.h"
#include "ui/session.h"
#include "ui/theme.h"
#include "ui/view.h"

namespace ui {

/// What a panel asks of the window; done when the frame has ended.
struct Wishes {
  std::string open;        // a scenario file to begin with
  std::string show_panel;  // the panel whose tab is to come to the front
  std::string screenshot;  // a file
  bool reset_layout = false;
  bool quit = false;
};

struct Context {
  Session& session;
  Selection& selection;
  View& view;
  const Theme& theme;
  const Fonts& fonts;
  Probe& probe;
  Wishes& wishes;
  double frame_seconds;  // since the last frame; the same for every frame when tests drive

  const char* in(const char* english, const char* korean) const {
    return pick(view.language, english, korean);
  }
  std::string language() const { return code_of(view.language); }
  float scaled(float pixels) const { return pixels * view.effective_scale(); }
};

class Panel {
 public:
  virtual ~Panel() = default;
  /// A word for driver scripts and for the memory of the window: "timeline".
  virtual const char* id() const = 0;
  virtual const char* title(Language language) const = 0;
  /// Draws into the pane that it is given: the cursor stands at its upper left corner.
  virtual void draw(Context& context) = 0;
};

}  // namespace ui
