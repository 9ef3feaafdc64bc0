#include "sim/model/simple_yaml.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "sim/model/yaml_scalar.h"

namespace sim {
namespace {

constexpr int kDeepest = 64;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_key_letter(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '/' || c == '-';
}

class SimpleReader {
 public:
  explicit SimpleReader(std::string_view text) : rest_(text) { next(); }

  std::optional<Json> read() {
    if (there_ && indent_ == 0 && line_ == "---") next();
    if (!there_ || indent_ != 0) return std::nullopt;
    Json document;
    if (!mapping(0, document, 0) || there_ || odd_) return std::nullopt;
    return document;
  }

 private:
  /// Moves to the next line that has content.
  void next() {
    while (!rest_.empty()) {
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      line_ = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      const std::size_t first = line_.find_first_not_of(' ');
      if (first == std::string_view::npos || line_[first] == '#') continue;
      odd_ = odd_ || std::any_of(line_.begin(), line_.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e;
             });
      indent_ = first;
      line_ = line_.substr(first, line_.find_last_not_of(' ') + 1 - first);
      there_ = true;
      return;
    }
    there_ = false;
  }
  bool is_item() const { return line_.size() > 2 && line_[0] == '-' && line_[1] == ' '; }

  /// The length of the key that a line begins with; 0: it begins with none.
  static std::size_t key_of(std::string_view line) {
    if (line.empty() || !is_letter(line[0])) return 0;
    std::size_t end = 1;
    while (end < line.size() && is_key_letter(line[end])) ++end;
    if (end == line.size() || line[end] != ':') return 0;
    return end + 1 == line.size() || line[end + 1] == ' ' ? end : 0;
  }

  bool block(std::size_t indent, Json& value, int depth) {
    if (depth > kDeepest) return false;
    return is_item() ? sequence(indent, value, depth) : mapping(indent, value, depth);
  }

  bool mapping(std::size_t indent, Json& value, int depth) {
    value = Json::object();
    while (there_ && indent_ == indent && !is_item()) {
      const std::size_t length = key_of(line_);
      if (length == 0) return false;
      const std::string key(line_.substr(0, length));
      // "on" and the like are no strings.
      if (length <= 5 && !yaml_plain(key).is_string()) return false;
      if (value.contains(key)) return false;
      Json& member = value[key];
      const std::size_t start = std::min(line_.find_first_not_of(' ', length + 1), line_.size());
      const std::string_view rest = line_.substr(start);
      next();
      if (!rest.empty()) {
        if (!scalar(rest, member)) return false;
      } else if (there_ && indent_ > indent) {
        if (!block(indent_, member, depth + 1)) return false;
      } else if (there_ && indent_ == indent && is_item()) {
        if (!sequence(indent, member, depth + 1)) return false;
      }
    }
    return !there_ || indent_ < indent;
  }

  bool sequence(std::size_t indent, Json& value, int depth) {
    if (depth > kDeepest) return false;
    value = Json::array();
    while (there_ && indent_ == indent && is_item()) {
      const std::size_t start = line_.find_first_not_of(' ', 1);
      const std::string_view rest = line_.substr(start);
      value.emplace_back();
      if (key_of(rest) != 0) {
        indent_ += start;
        line_ = rest;
        if (!mapping(indent_, value.back(), depth + 1)) return false;
      } else {
        next();
        if (!scalar(rest, value.back())) return false;
      }
    }
    return !there_ || indent_ <= indent;
  }

  static bool scalar(std::string_view text, Json& value) {
    const char first = text.front();
    if (first == '\'' || first == '"') {
      const std::string_view inner = text.substr(1, text.size() - 2);
      if (text.size() < 2 || text.back() != first || inner.find(first) != inner.npos ||
          inner.find('\\') != inner.npos) {
        return false;
      }
      value = inner;
      return true;
    }
    if (text == "[]") {
      value = Json::array();
      return true;
    }
    if (text == "{}") {
      value = Json::object();
      return true;
    }
    const bool minus = first == '-' && text.size() > 1 && is_key_letter(text[1]);
    if (first == '-' ? !minus : !is_key_letter(first)) return false;
    if (first == '-' && text.substr(0, 3) == "---") return false;
    if (text.substr(0, 3) == "...") return false;
    if (text.back() == ':' || text.find(": ") != text.npos || text.find(" #") != text.npos) {
      return false;
    }
    value = yaml_plain(text);
    return !value.is_number_float();  // Go has its own way with those
  }

  std::string_view rest_;
  std::string_view line_;  // without its indent and trailing spaces
  std::size_t indent_ = 0;
  bool there_ = false;
  bool odd_ = false;  // something is neither a space nor a printable letter of ASCII
};

}  // namespace

std::optional<Json> read_simple_yaml(std::string_view text) { return SimpleReader(text).read(); }

}  // namespace sim
