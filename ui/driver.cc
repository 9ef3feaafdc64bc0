#include "ui/driver.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <imgui.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <sstream>

#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/base/nearest.h"
#include "ui/window.h"

namespace ui {
namespace {

// So long a thing may take to appear, and a command to end, before the script is told to have
// failed.
constexpr int kPatience = 300;
constexpr int kLongPatience = 20000;

const std::vector<std::string>& verbs() {
  static const std::vector<std::string> all = {"click", "right-click", "drag",      "type",
                                               "key",   "scroll",      "wait",      "expect",
                                               "speed", "size",        "screenshot"};
  return all;
}

std::optional<int> key_code(const std::string& name) {
  static const std::map<std::string, int> named = {{"enter", GLFW_KEY_ENTER},
                                                   {"tab", GLFW_KEY_TAB},
                                                   {"escape", GLFW_KEY_ESCAPE},
                                                   {"space", GLFW_KEY_SPACE},
                                                   {"up", GLFW_KEY_UP},
                                                   {"down", GLFW_KEY_DOWN},
                                                   {"left", GLFW_KEY_LEFT},
                                                   {"right", GLFW_KEY_RIGHT},
                                                   {"home", GLFW_KEY_HOME},
                                                   {"end", GLFW_KEY_END},
                                                   {"backspace", GLFW_KEY_BACKSPACE},
                                                   {"delete", GLFW_KEY_DELETE},
                                                   {"plus", GLFW_KEY_EQUAL},
                                                   {"minus", GLFW_KEY_MINUS},
                                                   {"ctrl", GLFW_KEY_LEFT_CONTROL},
                                                   {"shift", GLFW_KEY_LEFT_SHIFT},
                                                   {"alt", GLFW_KEY_LEFT_ALT}};
  if (const auto found = named.find(name); found != named.end()) return found->second;
  if (name.size() == 1) {
    const char c = name[0];
    if (c >= 'a' && c <= 'z') return GLFW_KEY_A + (c - 'a');
    if (c >= '0' && c <= '9') return GLFW_KEY_0 + (c - '0');
  }
  if (name.size() >= 2 && name[0] == 'f') {
    int number = 0;
    const auto [at, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
    if (error == std::errc() && at == name.data() + name.size() && number >= 1 && number <= 12) {
      return GLFW_KEY_F1 + number - 1;
    }
  }
  return std::nullopt;
}

std::optional<std::vector<int>> key_codes(const std::string& chord) {
  std::vector<int> codes;
  std::istringstream stream(chord);
  for (std::string name; std::getline(stream, name, '+');) {
    const std::optional<int> code = key_code(name);
    if (!code) return std::nullopt;
    codes.push_back(*code);
  }
  if (codes.empty()) return std::nullopt;
  return codes;
}

std::optional<float> number_in(const std::string& word) {
  char* end = nullptr;
  const float value = std::strtof(word.c_str(), &end);
  if (word.empty() || *end != '\0') return std::nullopt;
  return value;
}

std::optional<std::pair<int, int>> size_in(const std::string& word) {
  const std::size_t x = word.find('x');
  if (x == std::string::npos) return std::nullopt;
  const auto w = number_in(word.substr(0, x));
  const auto h = number_in(word.substr(x + 1));
  if (!w || !h || *w < 320 || *h < 240 || *w > 8000 || *h > 8000) return std::nullopt;
  return std::pair(static_cast<int>(*w), static_cast<int>(*h));
}

std::string trimmed(std::string text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.back())) text.pop_back();
  std::size_t from = 0;
  while (from < text.size() && blank(text[from])) ++from;
  return text.substr(from);
}

/// What stands behind the first `count` words.
std::string behind(const std::string& rest, int count) {
  std::size_t at = 0;
  for (int i = 0; i < count; ++i) {
    at = std::min(rest.find(' ', at), rest.size());
    at = std::min(rest.find_first_not_of(' ', at), rest.size());
  }
  return rest.substr(at);
}

/// The reason why a command cannot be meant; empty: it can.
std::string mistake_in(const std::string& verb, const std::vector<std::string>& words) {
  const auto count = words.size();
  if (verb == "click" || verb == "right-click" || verb == "screenshot") {
    return count == 1 ? "" : "takes one name";
  }
  if (verb == "drag") {
    const bool good = count == 3 && number_in(words[1]) && number_in(words[2]);
    return good ? "" : "takes a name and two shares, such as 0.2 0.8";
  }
  if (verb == "scroll") return count == 2 && number_in(words[1]) ? "" : "takes a name and a number";
  if (verb == "type") return count > 0 ? "" : "takes a text";
  if (verb == "key") return count == 1 && key_codes(words[0]) ? "" : "takes a key, such as ctrl+f6";
  if (verb == "speed") {
    const bool good = count == 1 && (words[0] == "real" || words[0] == "ten" || words[0] == "fast");
    return good ? "" : "is real, ten or fast";
  }
  if (verb == "size") return count == 1 && size_in(words[0]) ? "" : "is a size such as 1280x720";
  if (verb == "wait") {
    if (count == 1 && (words[0] == "settled" || number_in(words[0]))) return "";
    if (count >= 4 && words[0] == "until" && words[2] == "shows") return "";
    return "takes a number of frames, `settled`, or `until PANEL shows TEXT`";
  }
  if (count >= 3 && (words[1] == "shows" || words[1] == "hides")) return "";
  if (count == 3 && words[0] == "item" &&
      (words[2] == "enabled" || words[2] == "disabled" || words[2] == "gone")) {
    return "";
  }
  return "is `PANEL shows TEXT`, `PANEL hides TEXT` or `item NAME enabled|disabled|gone`";
}

}  // namespace

Driver::Driver(const std::string& script, std::string file) : file_(std::move(file)) {
  std::istringstream stream(script);
  int number = 0;
  for (std::string text; std::getline(stream, text);) {
    ++number;
    text = trimmed(text);
    if (text.empty() || text[0] == '#') continue;
    Command command;
    command.line = number;
    const std::size_t space = std::min(text.find(' '), text.size());
    command.verb = text.substr(0, space);
    command.rest = trimmed(text.substr(space));
    std::istringstream words(command.rest);
    for (std::string word; words >> word;) command.words.push_back(word);
    if (std::find(verbs().begin(), verbs().end(), command.verb) == verbs().end()) {
      const std::string near = sim::nearest(command.verb, verbs());
      throw sim::InputError(fmt::format(
          "{}:{}: \"{}\" is no command of a driver script{}", file_, number, command.verb,
          near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
    }
    if (const std::string wrong = mistake_in(command.verb, command.words); !wrong.empty()) {
      throw sim::InputError(fmt::format("{}:{}: {} {}", file_, number, command.verb, wrong));
    }
    commands_.push_back(std::move(command));
  }
}

void Driver::fail(const std::string& what) {
  failure_ = fmt::format("{}:{}: {}", file_, commands_[next_].line, what);
}

void Driver::finish() {
  ++next_;
  frames_ = 0;
  phase_ = 0;
}

void Driver::begin_frame() { inputs_.put(x_ >= 0 ? ImVec2(x_, y_) : ImVec2(-FLT_MAX, -FLT_MAX)); }

bool Driver::aim(const Probe& probe, float share) {
  const std::string& name = commands_[next_].words[0];
  const Item* item = probe.find(name);
  if (!item || !item->enabled) {
    if (frames_ < kPatience) return false;
    fail(item ? fmt::format("{} cannot be pressed: it is disabled", name)
              : fmt::format("there is nothing named {} to see", name));
    return false;
  }
  x_ = item->rect.x0 + (item->rect.x1 - item->rect.x0) * share;
  y_ = (item->rect.y0 + item->rect.y1) * 0.5F;
  return true;
}

void Driver::move_mouse(const Probe& probe) {
  // Two frames over it first: a thing is hovered before it can be pressed.
  const Command& command = commands_[next_];
  if (command.verb == "drag") {
    constexpr int kSteps = 10;
    const float from = *number_in(command.words[1]);
    const float to = *number_in(command.words[2]);
    if (phase_ == 0) {
      if (aim(probe, from)) phase_ = 1;
    } else if (phase_ == 2) {
      inputs_.button = 0;
      ++phase_;
    } else if (phase_ > 2 && phase_ <= 2 + kSteps) {
      const float share = from + (to - from) * static_cast<float>(phase_ - 2) / kSteps;
      aim(probe, share);
      ++phase_;
    } else if (phase_ == 3 + kSteps) {
      inputs_.button = -1;
      ++phase_;
    } else if (phase_ > 4 + kSteps) {
      finish();
    } else {
      ++phase_;
    }
    return;
  }
  if (command.verb == "scroll") {
    if (phase_ == 0) {
      if (aim(probe, 0.5F)) phase_ = 1;
    } else if (phase_ == 2) {
      inputs_.wheel = *number_in(command.words[1]);
      ++phase_;
    } else if (phase_ > 3) {
      finish();
    } else {
      ++phase_;
    }
    return;
  }
  switch (phase_) {
    case 0:
      if (aim(probe, 0.5F)) phase_ = 1;
      return;
    case 2:
      // It may have moved meanwhile: a pane that scrolls, a text that grows.
      if (!aim(probe, 0.5F)) return;
      inputs_.button = command.verb == "right-click" ? 1 : 0;
      break;
    case 4:
      inputs_.button = -1;
      break;
    case 6:
      finish();
      return;
    default:
      break;
  }
  ++phase_;
}

void Driver::look(const Probe& probe, Session& session) {
  const Command& command = commands_[next_];
  const std::vector<std::string>& words = command.words;
  if (command.verb == "wait") {
    if (words[0] == "settled") {
      const bool moving = session.following() || session.has_work() || session.playing();
      if (!moving && frames_ > 2) return finish();
      if (frames_ > kLongPatience) fail("it does not settle");
      return;
    }
    if (words[0] == "until") {
      if (probe.text_of(words[1]).find(behind(command.rest, 3)) != std::string::npos)
        return finish();
      if (frames_ > kLongPatience) {
        fail(fmt::format("{} never shows \"{}\"; it shows:\n{}", words[1], behind(command.rest, 3),
                         probe.text_of(words[1])));
      }
      return;
    }
    if (static_cast<float>(frames_) >= *number_in(words[0])) finish();
    return;
  }
  // What was done just now is shown by the next frame.
  if (frames_ < 2) return;
  if (words[0] == "item" && words.size() == 3 && words[1] != "shows") {
    const Item* item = probe.find(words[1]);
    const std::string is = !item ? "gone" : item->enabled ? "enabled" : "disabled";
    if (is == words[2]) return finish();
    return fail(fmt::format("{} is {}, not {}", words[1], is, words[2]));
  }
  const std::string text = behind(command.rest, 2);
  const std::string& shown = probe.text_of(words[0]);
  const bool is_there = shown.find(text) != std::string::npos;
  if (is_there == (words[1] == "shows")) return finish();
  fail(fmt::format("{} {} \"{}\"; it shows:\n{}", words[0], is_there ? "shows" : "does not show",
                   text, shown));
}

void Driver::end_frame(const Probe& probe, Session& session, Window& window) {
  if (done()) return;
  ++frames_;
  const Command& command = commands_[next_];
  const std::string& verb = command.verb;
  if (verb == "click" || verb == "right-click" || verb == "drag" || verb == "scroll") {
    move_mouse(probe);
  } else if (verb == "type") {
    if (phase_++ == 0) inputs_.typed = command.rest;
    if (phase_ > 3) finish();
  } else if (verb == "key") {
    if (phase_ == 0) inputs_.keys = *key_codes(command.words[0]);
    if (phase_ == 2) inputs_.keys.clear();
    if (++phase_ > 4) finish();
  } else if (verb == "speed") {
    session.set_pace(command.words[0] == "real"  ? Pace::Real
                     : command.words[0] == "ten" ? Pace::Ten
                                                 : Pace::Fast);
    finish();
  } else if (verb == "size") {
    const auto [w, h] = *size_in(command.words[0]);
    if (phase_++ == 0) window.resize(w, h);
    if (phase_ > 5) finish();
  } else if (verb == "screenshot") {
    // The first frames after a change are still finding their sizes.
    if (phase_++ >= 3) {
      window.screenshot(command.words[0]);
      finish();
    }
  } else {
    look(probe, session);
  }
}

}  // namespace ui
