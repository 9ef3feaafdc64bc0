// InputError: what a person's file or command line got wrong. It carries every mistake found, each
// with where it stands, what it is and what would be right; main() prints them and exits with 2.
// The only exception type that podsight throws on purpose.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

struct Diagnostic {
  std::string file;     // empty when the text has no file
  int line = 0;         // from 1; 0 when unknown
  int column = 0;       // from 1, in characters
  std::string pointer;  // JSON pointer of the place, when the text is JSON or YAML
  std::string message;  // what is wrong
  std::string hint;     // what would be right; may be empty

  /// "file:3:7: message (at /steps/0/do): hint"
  std::string text() const;
};

class InputError : public std::exception {
 public:
  explicit InputError(std::vector<Diagnostic> diagnostics);
  explicit InputError(std::string message);
  const char* what() const noexcept override { return text_.c_str(); }
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::vector<Diagnostic> diagnostics_;
  std::string text_;
};

/// Line and column, both from 1, of a byte offset in a text.
struct Position {
  int line;
  int column;
};
Position position_of(std::string_view text, std::size_t offset);

}  // namespace sim
