#include "sim/scenario/reader.h"

#include <algorithm>
#include <tuple>

#include "sim/base/format.h"

namespace sim {
namespace {

// A key as a part of a JSON pointer. RFC 6901 §3
std::string escape(std::string_view key) {
  std::string escaped;
  for (const char c : key) {
    if (c == '~') {
      escaped += "~0";
    } else if (c == '/') {
      escaped += "~1";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string type_name(const Json& json) {
  if (json.is_object()) return "an object";
  if (json.is_array()) return "an array";
  if (json.is_string()) return "a string";
  if (json.is_boolean()) return "true or false";
  if (json.is_null()) return "null";
  return "a number";
}

/// What other formats call a key of this one; "" when nobody does.
std::string_view usual_key(std::string_view key) {
  constexpr std::pair<std::string_view, std::string_view> kOthers[] = {{"for", "within"},
                                                                       {"timeout", "within"},
                                                                       {"wait", "until"},
                                                                       {"command", "do"},
                                                                       {"run", "do"},
                                                                       {"action", "do"},
                                                                       {"assert", "expect"},
                                                                       {"check", "expect"},
                                                                       {"question", "ask"},
                                                                       {"quiz", "predict"},
                                                                       {"correct", "holds"},
                                                                       {"answer", "holds"},
                                                                       {"goal", "goals"},
                                                                       {"hint", "hints"},
                                                                       {"description", "say"},
                                                                       {"name", "id"},
                                                                       {"solution", "solutions"},
                                                                       {"cmd", "shell"},
                                                                       {"bash", "shell"},
                                                                       {"code", "why"}};
  for (const auto& [other, ours] : kOthers) {
    if (other == key) return ours;
  }
  return "";
}

bool is_comment(std::string_view key) { return key.substr(0, 2) == "//"; }

std::vector<std::string> to_strings(std::initializer_list<std::string_view> words) {
  return {words.begin(), words.end()};
}

}  // namespace

bool is_slug(std::string_view text) {
  return !text.empty() && text.size() <= 100 && text.front() != '-' && text.front() != '.' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string_view::npos;
}

void Reader::error(std::string_view pointer, std::string message, std::string hint) {
  constexpr std::size_t kMost = 50;  // more would help nobody
  if (errors_.size() >= kMost) return;
  const Position place = document_.place(pointer);
  errors_.push_back(
      {file_, place.line, place.column, std::string(pointer), std::move(message), std::move(hint)});
}

void Reader::finish() {
  for (const std::string& pointer : document_.duplicate_keys) {
    error(pointer, "this key stands here twice", "remove one of the two");
  }
  if (errors_.empty()) return;
  std::stable_sort(errors_.begin(), errors_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  throw InputError(errors_);
}

bool Cursor::keys(std::initializer_list<std::string_view> allowed,
                  std::initializer_list<std::string_view> required) const {
  if (!json_) return false;
  if (!json_->is_object()) {
    error(fmt::format("this is {}", type_name(*json_)),
          fmt::format("an object with the keys {}", list_words(to_strings(allowed))));
    return false;
  }
  for (const auto& [key, value] : json_->items()) {
    if (is_comment(key) || std::find(allowed.begin(), allowed.end(), key) != allowed.end()) {
      continue;
    }
    const std::vector<std::string> known = to_strings(allowed);
    const std::string usual(usual_key(key));
    const bool fits = std::find(known.begin(), known.end(), usual) != known.end();
    reader_->error(pointer_ + "/" + escape(key), fmt::format("unknown key \"{}\"", key),
                   hint_for(fits ? usual : key, known, "known here: " + list_words(known)));
  }
  for (const std::string_view key : required) {
    if (!json_->contains(key)) {
      error(fmt::format("the key \"{}\" is missing", key), fmt::format("add \"{}\"", key));
    }
  }
  return true;
}

std::string Cursor::exactly_one(std::initializer_list<std::string_view> choices,
                                std::string_view what) const {
  if (!is_object()) return "";
  std::vector<std::string> present;
  for (const std::string_view choice : choices) {
    if (json_->contains(choice)) present.emplace_back(choice);
  }
  if (present.size() == 1) return present.front();
  error(present.empty() ? fmt::format("{} is missing here", what)
                        : fmt::format("more than one {}: {}", what, fmt::join(present, ", ")),
        fmt::format("exactly one of {}", list_words(to_strings(choices))));
  return "";
}

Cursor Cursor::operator[](std::string_view key) const {
  const Json* value = nullptr;
  if (is_object()) {
    const auto at = json_->find(key);
    if (at != json_->end()) value = &*at;
  }
  return Cursor(*reader_, value, pointer_ + "/" + escape(key));
}

std::vector<Cursor> Cursor::items() const {
  std::vector<Cursor> all;
  if (!json_) return all;
  if (!json_->is_array()) {
    error(fmt::format("this is {}", type_name(*json_)), "an array: [ … ]");
    return all;
  }
  for (std::size_t i = 0; i < json_->size(); ++i) {
    all.emplace_back(*reader_, &(*json_)[i], fmt::format("{}/{}", pointer_, i));
  }
  return all;
}

std::vector<std::pair<std::string, Cursor>> Cursor::members() const {
  std::vector<std::pair<std::string, Cursor>> all;
  if (!json_) return all;
  if (!json_->is_object()) {
    error(fmt::format("this is {}", type_name(*json_)), "an object: { … }");
    return all;
  }
  for (const auto& [key, value] : json_->items()) {
    if (!is_comment(key))
      all.emplace_back(key, Cursor(*reader_, &value, pointer_ + "/" + escape(key)));
  }
  return all;
}

std::string Cursor::string(std::string fallback) const {
  if (!json_) return fallback;
  if (json_->is_string()) return json_->get<std::string>();
  error(fmt::format("this is {}", type_name(*json_)), "a string: \"…\"");
  return fallback;
}

std::string Cursor::word(std::initializer_list<std::string_view> words) const {
  const std::string text = string();
  if (!is_string()) return "";
  if (std::find(words.begin(), words.end(), text) != words.end()) return text;
  error(fmt::format("unknown word \"{}\"", text), hint_for(text, to_strings(words)));
  return "";
}

std::string Cursor::slug() const {
  const std::string text = string();
  if (!is_string()) return "";
  if (!is_slug(text)) {
    error(fmt::format("\"{}\" cannot be a name", text),
          "lower-case letters, digits, \".\" and \"-\", beginning with a letter or digit");
  }
  return text;
}

bool Cursor::boolean(bool fallback) const {
  if (!json_) return fallback;
  if (json_->is_boolean()) return json_->get<bool>();
  error(fmt::format("this is {}", type_name(*json_)), "true or false");
  return fallback;
}

std::int64_t Cursor::integer(std::int64_t low, std::int64_t high, std::int64_t fallback) const {
  if (!json_) return fallback;
  const bool whole = json_->is_number_integer() &&
                     !(json_->is_number_unsigned() && json_->get<std::uint64_t>() > INT64_MAX);
  if (whole) {
    const auto value = json_->get<std::int64_t>();
    if (value >= low && value <= high) return value;
  }
  error(whole
            ? fmt::format("{} is out of range", json_->dump())
            : fmt::format("this is {}", json_->is_number() ? "no whole number" : type_name(*json_)),
        high == INT64_MAX ? fmt::format("a whole number from {} up", low)
                          : fmt::format("a whole number from {} to {}", low, high));
  return fallback;
}

Duration Cursor::duration(Duration fallback) const {
  if (!json_) return fallback;
  if (json_->is_number()) {
    error("this is a number, of what it does not say", fmt::format("\"{}s\"", json_->dump()));
    return fallback;
  }
  const std::string text = string();
  if (!is_string()) return fallback;
  const std::optional<Duration> parsed = parse_duration(text);
  if (parsed && parsed->ns >= 0) return *parsed;
  error(fmt::format("\"{}\" is no duration", text), "for example \"30s\", \"500ms\" or \"1m30s\"");
  return fallback;
}

std::vector<std::string> Cursor::strings() const {
  std::vector<std::string> all;
  for (const Cursor& item : items()) all.push_back(item.string());
  return all;
}

std::string Cursor::lines() const {
  if (!json_) return "";
  if (!json_->is_array()) return string();
  return fmt::format("{}", fmt::join(strings(), "\n"));
}

}  // namespace sim
