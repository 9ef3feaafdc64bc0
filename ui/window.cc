#include "ui/window.h"

#define GLFW_INCLUDE_NONE
#include <GL/gl.h>
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>
#include <stb_image_write.h>

#include <cstddef>
#include <cstring>
#include <vector>

#include "sim/base/format.h"
#include "sim/base/input_error.h"

namespace ui {

Window::Window(const std::string& title, int width, int height, bool wait_for_screen) {
  // Errors are told by the calls below; GLFW's own words go with them.
  if (!glfwInit()) {
    const char* why = nullptr;
    glfwGetError(&why);
    throw sim::InputError(
        fmt::format("no window can be opened ({}); on a machine without a screen "
                    "use `xvfb-run podsight-gui …`",
                    why ? why : "no reason was given"));
  }
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 0);
  window_ = glfwCreateWindow(width, height, title.c_str(), nullptr, nullptr);
  if (!window_) {
    glfwTerminate();
    throw sim::InputError(
        "no OpenGL 3 window can be opened; LIBGL_ALWAYS_SOFTWARE=1 draws without a graphics card");
  }
  glfwMakeContextCurrent(window_);
  glfwSwapInterval(wait_for_screen ? 1 : 0);
  glfwSetWindowSizeLimits(window_, 960, 600, GLFW_DONT_CARE, GLFW_DONT_CARE);
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;  // sizes of panes are kept in the profile
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  watch_events();  // first: Dear ImGui calls on what was there before it
  ImGui_ImplGlfw_InitForOpenGL(window_, true);
  ImGui_ImplOpenGL3_Init("#version 130");
}

Window::~Window() {
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
  ImGui::DestroyContext();
  glfwDestroyWindow(window_);
  glfwTerminate();
}

bool Window::should_close() const { return glfwWindowShouldClose(window_) != 0; }

void Window::watch_events() {
  glfwSetWindowUserPointer(window_, &events_);
  constexpr auto note = [](GLFWwindow* window, auto...) {
    static_cast<Events*>(glfwGetWindowUserPointer(window))->any = true;
  };
  glfwSetKeyCallback(window_, note);
  glfwSetCharCallback(window_, note);
  glfwSetMouseButtonCallback(window_, note);
  glfwSetCursorPosCallback(window_, note);
  glfwSetScrollCallback(window_, note);
  constexpr auto expose = [](GLFWwindow* window, auto...) {
    auto& events = *static_cast<Events*>(glfwGetWindowUserPointer(window));
    events.any = events.exposed = true;
  };
  glfwSetFramebufferSizeCallback(window_, expose);
  glfwSetWindowRefreshCallback(window_, expose);
  glfwSetWindowFocusCallback(window_, note);
  glfwSetWindowCloseCallback(window_, note);
}

bool Window::take_events(double seconds) {
  events_.any = false;
  if (seconds > 0) {
    glfwWaitEventsTimeout(seconds);
  } else {
    glfwPollEvents();
  }
  return events_.any;
}

void Window::begin_frame() {
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
}

/// A number for all that the frame draws: equal numbers are equal pictures.
std::uint64_t Window::picture() const {
  std::uint64_t sum = static_cast<std::uint64_t>(width()) << 32 | static_cast<unsigned>(height());
  const auto add = [&sum](const void* data, std::size_t size) {
    const auto* at = static_cast<const unsigned char*>(data);
    for (; size >= sizeof(std::uint64_t); size -= sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, sizeof word);
      at += sizeof word;
      sum = (sum ^ word) * 0x9e3779b97f4a7c15ULL;
      sum ^= sum >> 29;
    }
    std::uint64_t rest = size;
    if (size > 0) std::memcpy(&rest, at, size);
    sum = (sum ^ rest) * 0x9e3779b97f4a7c15ULL;
  };
  add(back_, sizeof back_);
  const ImDrawData& data = *ImGui::GetDrawData();
  for (int i = 0; i < data.CmdListsCount; ++i) {
    const ImDrawList& list = *data.CmdLists[i];
    add(list.VtxBuffer.Data, static_cast<std::size_t>(list.VtxBuffer.size_in_bytes()));
    add(list.IdxBuffer.Data, static_cast<std::size_t>(list.IdxBuffer.size_in_bytes()));
    for (const ImDrawCmd& command : list.CmdBuffer) {
      add(&command.ClipRect, sizeof command.ClipRect);
      add(&command.ElemCount, sizeof command.ElemCount);
    }
  }
  return sum;
}

bool Window::end_frame(unsigned char r, unsigned char g, unsigned char b, bool must) {
  ImGui::Render();
  back_[0] = static_cast<float>(r) / 255.0F;
  back_[1] = static_cast<float>(g) / 255.0F;
  back_[2] = static_cast<float>(b) / 255.0F;
  const std::uint64_t now = picture();
  if (now == drawn_ && !events_.exposed && !must) return false;
  drawn_ = now;
  events_.exposed = false;
  draw();
  glfwSwapBuffers(window_);
  return true;
}

void Window::draw() const {
  glViewport(0, 0, width(), height());
  glClearColor(back_[0], back_[1], back_[2], 1.0F);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

void Window::upload_fonts() {
  ImGui_ImplOpenGL3_DestroyFontsTexture();
  ImGui_ImplOpenGL3_CreateFontsTexture();
  events_.exposed = true;  // the same letters may look otherwise
}

void Window::resize(int width, int height) { glfwSetWindowSize(window_, width, height); }

int Window::width() const {
  int w = 0;
  glfwGetFramebufferSize(window_, &w, nullptr);
  return w;
}

int Window::height() const {
  int h = 0;
  glfwGetFramebufferSize(window_, nullptr, &h);
  return h;
}

double Window::now() const { return glfwGetTime(); }

void Window::screenshot(const std::string& file) const {
  const int w = width();
  const int h = height();
  std::vector<unsigned char> pixels(static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * 3);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  // Once more: what is in front of the person's eyes cannot be read everywhere.
  draw();
  glReadPixels(0, 0, w, h, GL_RGB, GL_UNSIGNED_BYTE, pixels.data());
  // OpenGL begins at the lower left corner.
  const std::size_t row = static_cast<std::size_t>(w) * 3;
  std::vector<unsigned char> upright;
  upright.reserve(pixels.size());
  for (int y = h; y-- > 0;) {
    const auto from = pixels.begin() + static_cast<std::ptrdiff_t>(row) * y;
    upright.insert(upright.end(), from, from + static_cast<std::ptrdiff_t>(row));
  }
  if (!stbi_write_png(file.c_str(), w, h, 3, upright.data(), static_cast<int>(row))) {
    throw sim::InputError(fmt::format("{} cannot be written", file));
  }
}

}  // namespace ui
