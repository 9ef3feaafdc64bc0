// What a panel is given, and what it is. A panel reads the session, the selection and the view,
// holds its own small state, and acts only through the session's commands. Panels do not know each
// other: what one picks, the others find in the selection.
#pragma once

#include <memory>
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
  std::string open;                              // a scenario file to begin with
  std::string show_panel;                        // the panel whose tab is to come to the front
  std::string screenshot;                        // a file
  std::string page;                              // a file: what is shown, as HTML
  std::shared_ptr<const sim::Scenario> preview;  // a scenario to begin with, played up to a step
  std::size_t preview_step = 0;                  // the last one to be taken
  bool go_on = false;                            // play up to where the lesson was left last time
  bool fault_menu = false;                       // of what is picked
  bool reset_layout = false;
  bool quit = false;
  bool may_write = true;  // files of the person's; false: a test looks on
  std::string left_at;    // the step that the lesson was left at last time; empty: none
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
  /// Something in it moves by itself: the next frame must not wait for the person.
  virtual bool moving() const { return false; }
};

}  // namespace ui
