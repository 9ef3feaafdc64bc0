// Reading a person's JSON with care: every value is taken through a Cursor that knows where it
// stands, and every mistake is noted with file, line, column, JSON pointer and what would be right.
// Reading goes on after a mistake, so that one run shows them all.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/nearest.h"
#include "sim/base/time.h"
#include "sim/model/manifest.h"

namespace sim {

class Reader {
 public:
  Reader(const Document& document, std::string file)
      : document_(document), file_(std::move(file)) {}

  void error(std::string_view pointer, std::string message, std::string hint = {});
  const std::vector<Diagnostic>& errors() const { return errors_; }
  const std::string& file() const { return file_; }
  /// Throws InputError with all errors, in the order of the file, when there are any.
  void finish();

 private:
  const Document& document_;
  std::string file_;
  std::vector<Diagnostic> errors_;
};

/// One value of the document. An absent value is a Cursor too: it answers every question with the
/// default, so that reading code stays a list of what it wants.
class Cursor {
 public:
  Cursor(Reader& reader, const Json* json, std::string pointer)
      : reader_(&reader), json_(json), pointer_(std::move(pointer)) {}

  explicit operator bool() const { return json_ != nullptr; }
  const Json& json() const { return *json_; }
  const std::string& pointer() const { return pointer_; }
  bool is_string() const { return json_ && json_->is_string(); }
  bool is_object() const { return json_ && json_->is_object(); }
  bool is_array() const { return json_ && json_->is_array(); }

  /// Notes that this must be an object with these keys and no others (keys that begin with "//" are
  /// comments); answers whether it is an object.
  bool keys(std::initializer_list<std::string_view> allowed,
            std::initializer_list<std::string_view> required = {}) const;
  /// Of these keys exactly one must be there; answers it, or "".
  std::string exactly_one(std::initializer_list<std::string_view> choices,
                          std::string_view what) const;
  Cursor operator[](std::string_view key) const;
  /// Elements of an array; anything else is an error. Absent: none.
  std::vector<Cursor> items() const;
  /// Members of an object, comments left out; anything else is an error. Absent: none.
  std::vector<std::pair<std::string, Cursor>> members() const;

  std::string string(std::string fallback = {}) const;
  /// Must be one of the words.
  std::string word(std::initializer_list<std::string_view> words) const;
  /// Lower-case letters, digits, "." and "-": the names of steps, scenarios, references.
  std::string slug() const;
  bool boolean(bool fallback) const;
  std::int64_t integer(std::int64_t low, std::int64_t high, std::int64_t fallback) const;
  Duration duration(Duration fallback) const;
  std::vector<std::string> strings() const;  // an array of strings
  /// A string or an array of lines.
  std::string lines() const;

  void error(std::string message, std::string hint = {}) const {
    reader_->error(pointer_, std::move(message), std::move(hint));
  }

 private:
  Reader* reader_;
  const Json* json_;
  std::string pointer_;
};

/// What slug() takes.
bool is_slug(std::string_view text);

}  // namespace sim
