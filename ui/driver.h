// Drives the window by a script, as a person would: the mouse goes to widgets by their names, keys
// are pressed, text is typed, and what is shown is compared. One command a line:
//
//   click NAME            right-click NAME         drag NAME FROM TO   (shares of its width)
//   type TEXT             key ctrl+shift+f6        scroll NAME LINES
//   wait FRAMES           wait settled             wait until PANEL shows TEXT
//   expect PANEL shows TEXT                        expect PANEL hides TEXT
//   expect item NAME enabled|disabled|gone
//   speed real|ten|fast   size 1280x720            screenshot FILE
//
// "#" begins a comment. A frame is a sixtieth of a second, whatever the machine needs for it: the
// same script always does the same.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ui/inputs.h"
#include "ui/probe.h"
#include "ui/session.h"

namespace ui {

class Window;

class Driver {
 public:
  /// Throws InputError with file and line for what it does not understand.
  Driver(const std::string& script, std::string file);

  /// Sets the inputs of the frame that begins.
  void begin_frame();
  /// Looks at what the frame showed; resizes, takes pictures.
  void end_frame(const Probe& probe, Session& session, Window& window);
  bool done() const { return next_ >= commands_.size() || failed(); }
  bool failed() const { return !failure_.empty(); }
  /// "demo.ui:12: …".
  const std::string& failure() const { return failure_; }

 private:
  struct Command {
    int line = 0;
    std::string verb;
    std::vector<std::string> words;
    std::string rest;  // everything behind the verb
  };

  void fail(const std::string& what);
  void finish();
  bool aim(const Probe& probe, float share);
  void move_mouse(const Probe& probe);
  void look(const Probe& probe, Session& session);

  std::string file_;
  std::vector<Command> commands_;
  std::size_t next_ = 0;
  int frames_ = 0;  // since the command began
  int phase_ = 0;
  float x_ = -1, y_ = -1;
  Inputs inputs_;
  std::string failure_;
};

}  // namespace ui
