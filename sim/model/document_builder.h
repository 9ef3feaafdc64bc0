// The common half of the readers of JSON and YAML: puts values together as they are read, notes
// where each stands, and keeps depth, size and the expansion of aliases within bounds.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/manifest.h"

namespace sim {

/// A place in a text, found from byte offsets that mostly go forward.
class TextCursor {
 public:
  explicit TextCursor(std::string_view text, Position start = {1, 1})
      : text_(text), position_(start) {}
  Position at(std::size_t offset);

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  Position position_;
};

/// What is wrong with a text. `kubectl` is what kubectl says of it behind "error parsing FILE: ".
struct Fault {
  Position place;
  std::string message;
  std::string hint;
  std::string kubectl;
};
[[noreturn]] void refuse(const std::string& file, Fault fault);

class DocumentBuilder {
 public:
  explicit DocumentBuilder(std::string file) : file_(std::move(file)) {}

  bool done() const { return frames_.empty() && complete_; }
  /// The innermost open object or array.
  bool in_object() const { return !frames_.empty() && frames_.back().value.is_object(); }
  bool wants_key() const { return in_object() && !frames_.back().has_key; }
  std::size_t depth() const { return frames_.size(); }
  Position opened_at() const { return frames_.back().place; }

  void begin_object(Position place) { begin(Json::object(), place); }
  void begin_array(Position place) { begin(Json::array(), place); }
  void key(std::string text, Position place);
  /// The next value is merged into the open object, as YAML's "<<" says.
  void merge_key(Position place);
  /// False when a merged value was no object nor a list of them.
  bool value(Json json, Position place);
  bool end();
  /// The value that was put in place last.
  const Json& last() const { return *last_; }

  /// Notes that so many values with so much text are about to be made by an alias.
  struct Weight {
    std::size_t values = 0;
    std::size_t bytes = 0;
    std::size_t depth = 0;
  };
  static Weight weigh(const Json& json);
  void charge(const Weight& weight, Position place);

  Document finish();

 private:
  struct Frame {
    Json value;
    Position place;
    std::size_t pointer_size;      // of the pointer to this value
    bool has_key = false;          // of an object
    bool merging = false;          // the coming value is merged
    std::string key;               // of the coming value
    std::set<std::string> merged;  // keys that came by merging: to give them again is no mistake
  };

  void begin(Json value, Position place);
  void note(Position place);
  void descend(Position place);
  bool place_value(Json json, Position place);
  bool merge(Frame& frame, Json json, Position place);
  void take_merged(Frame& frame, Json object, Position place);

  std::string file_;
  Document document_;
  std::vector<Frame> frames_;
  std::string pointer_;
  std::size_t cost_ = 0;
  std::size_t pointer_bytes_ = 0;
  bool complete_ = false;
  const Json* last_ = nullptr;
  Json merged_;  // the value that was merged last
};

/// Reads one JSON value from `*offset` on, in the words of Go's encoding/json, and moves the offset
/// behind it. `strict` keeps 1.0 apart from 1.
Document read_json(std::string_view text, std::size_t* offset, TextCursor& cursor, bool strict,
                   const std::string& file);

/// Reads the YAML document that `text` begins with; it starts in line `line` of its file. Null when
/// there is none.
Document read_yaml(std::string_view text, int line, const std::string& file, bool old_booleans);

}  // namespace sim
