// The window of the operating system: GLFW and OpenGL 3, a frame's beginning and end, the pixels as
// a picture. Software OpenGL is enough.
#pragma once

#include <cstdint>
#include <string>

struct GLFWwindow;

namespace ui {

class Window {
 public:
  /// Throws InputError when there is no display or no OpenGL.
  Window(const std::string& title, int width, int height, bool wait_for_screen);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  bool should_close() const;
  /// Takes what has happened since; waits up to `seconds` for something to happen. Whether it has.
  bool take_events(double seconds);
  /// Between these two Dear ImGui draws. `begin` leaves the inputs open to a driver.
  void begin_frame();
  /// A picture like the one before is not drawn again unless it must be; whether it was drawn.
  bool end_frame(unsigned char r, unsigned char g, unsigned char b, bool must = false);
  void upload_fonts();
  void resize(int width, int height);
  int width() const;
  int height() const;
  /// Seconds since the window was made.
  double now() const;
  /// Writes what was drawn last as a PNG. Throws InputError when the file cannot be written.
  void screenshot(const std::string& file) const;

 private:
  void draw() const;
  void watch_events();
  std::uint64_t picture() const;

  GLFWwindow* window_ = nullptr;
  float back_[3] = {};
  struct Events {
    bool any = false;
    bool exposed = false;  // what was drawn may be gone
  };
  Events events_;
  std::uint64_t drawn_ = 0;  // the picture that is on the screen
};

}  // namespace ui
