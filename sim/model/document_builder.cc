#include "sim/model/document_builder.h"

#include <algorithm>
#include <utility>

#include "sim/base/file_io.h"
#include "sim/base/format.h"

namespace sim {
namespace {

// Far beyond any object of Kubernetes, and far from what a stack or a memory holds.
constexpr std::size_t kMaxDepth = 200;
constexpr std::size_t kValueCost = 128;  // bytes that a value takes beside its text, about
constexpr std::size_t kMaxCost = 256u << 20;
constexpr std::size_t kMaxPointerBytes = 128u << 20;

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

// A key as a part of a JSON pointer. RFC 6901 §3
void append_escaped(std::string& pointer, std::string_view key) {
  for (const char c : key) {
    if (c == '~') {
      pointer.append("~0");
    } else if (c == '/') {
      pointer.append("~1");
    } else {
      pointer += c;
    }
  }
}

}  // namespace

Position TextCursor::at(std::size_t offset) {
  offset = std::min(offset, text_.size());
  if (offset < offset_) {
    // A step back, from a value to where its key or tag began.
    bool crossed = false;
    while (offset_ > offset) {
      --offset_;
      if (text_[offset_] == '\n') {
        --position_.line;
        crossed = true;
      } else if (starts_character(text_[offset_])) {
        --position_.column;
      }
    }
    if (crossed) {
      std::size_t from = offset_;
      while (from > 0 && text_[from - 1] != '\n') --from;
      position_.column = 1;
      for (; from < offset_; ++from) position_.column += starts_character(text_[from]) ? 1 : 0;
    }
  }
  for (; offset_ < offset; ++offset_) {
    if (text_[offset_] == '\n') {
      ++position_.line;
      position_.column = 1;
    } else if (starts_character(text_[offset_])) {
      ++position_.column;
    }
  }
  return position_;
}

void refuse(const std::string& file, Fault fault) {
  Diagnostic diagnostic;
  diagnostic.file = file;
  diagnostic.line = fault.place.line;
  diagnostic.column = fault.place.column;
  diagnostic.message = std::move(fault.message);
  diagnostic.hint = std::move(fault.hint);
  throw ManifestError(std::move(diagnostic), std::move(fault.kubectl));
}

void DocumentBuilder::note(Position place) {
  pointer_bytes_ += pointer_.size();
  if (pointer_bytes_ > kMaxPointerBytes) return;  // the place of the nearest parent must do
  document_.places.emplace_back(pointer_, place);
}

/// Sets the pointer to the value that comes next and notes its place, unless its key has done so.
void DocumentBuilder::descend(Position place) {
  if (frames_.empty()) {
    document_.line = place.line;
    note(place);
    return;
  }
  const Frame& frame = frames_.back();
  if (frame.value.is_object()) return;
  pointer_.resize(frame.pointer_size);
  pointer_.append("/").append(std::to_string(frame.value.size()));
  note(place);
}

void DocumentBuilder::begin(Json value, Position place) {
  descend(place);
  if (frames_.size() >= kMaxDepth) {
    const std::string message = fmt::format("more than {} levels deep", kMaxDepth);
    refuse(file_, {place, message, "a flatter document", message});
  }
  charge({1, 0, 0}, place);
  Frame frame;
  frame.value = std::move(value);
  frame.place = place;
  frame.pointer_size = pointer_.size();
  frames_.push_back(std::move(frame));
}

void DocumentBuilder::key(std::string text, Position place) {
  charge({0, text.size(), 0}, place);
  Frame& frame = frames_.back();
  pointer_.resize(frame.pointer_size);
  pointer_ += '/';
  append_escaped(pointer_, text);
  note(place);
  if (frame.value.contains(text)) {
    if (frame.merged.empty() || frame.merged.erase(text) == 0) {
      document_.duplicate_keys.push_back(pointer_);
    }
  }
  frame.key = std::move(text);
  frame.has_key = true;
}

void DocumentBuilder::merge_key(Position place) {
  Frame& frame = frames_.back();
  pointer_.resize(frame.pointer_size);
  pointer_.append("/<<");
  note(place);
  frame.has_key = true;
  frame.merging = true;
}

bool DocumentBuilder::value(Json json, Position place) {
  descend(place);
  charge({1, json.is_string() ? json.get_ref<const std::string&>().size() : 0, 0}, place);
  return place_value(std::move(json), place);
}

bool DocumentBuilder::end() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  pointer_.resize(frame.pointer_size);
  return place_value(std::move(frame.value), frame.place);
}

bool DocumentBuilder::place_value(Json json, Position place) {
  if (frames_.empty()) {
    document_.json = std::move(json);
    complete_ = true;
    last_ = &document_.json;
    return true;
  }
  Frame& frame = frames_.back();
  if (frame.value.is_array()) {
    frame.value.push_back(std::move(json));
    last_ = &frame.value.back();
    return true;
  }
  frame.has_key = false;
  if (std::exchange(frame.merging, false)) {
    merged_ = json;
    last_ = &merged_;
    return merge(frame, std::move(json), place);
  }
  Json& slot = frame.value[frame.key];
  slot = std::move(json);
  last_ = &slot;
  return true;
}

/// go-yaml v2 merges where "<<" stands: over what came before it, under what comes behind. Of a
/// list the first wins. vendor/sigs.k8s.io/yaml/goyaml.v2: decoder.merge
bool DocumentBuilder::merge(Frame& frame, Json json, Position place) {
  if (json.is_object()) {
    take_merged(frame, std::move(json), place);
    return true;
  }
  if (!json.is_array()) return false;
  for (const Json& item : json) {
    if (!item.is_object()) return false;
  }
  while (!json.empty()) {
    Json item = std::move(json.back());
    json.erase(json.size() - 1);
    take_merged(frame, std::move(item), place);
  }
  return true;
}

void DocumentBuilder::take_merged(Frame& frame, Json object, Position place) {
  for (auto& [name, item] : object.items()) {
    pointer_.resize(frame.pointer_size);
    pointer_ += '/';
    append_escaped(pointer_, name);
    note(place);
    frame.value[name] = std::move(item);
    frame.merged.insert(name);
  }
}

DocumentBuilder::Weight DocumentBuilder::weigh(const Json& json) {
  Weight weight;
  weight.values = 1;
  if (json.is_string()) {
    weight.bytes = json.get_ref<const std::string&>().size();
  } else if (json.is_structured()) {
    for (const auto& [name, item] : json.items()) {
      const Weight below = weigh(item);
      weight.values += below.values;
      weight.bytes += below.bytes + (json.is_object() ? name.size() : 0);
      weight.depth = std::max(weight.depth, below.depth);
    }
    ++weight.depth;
  }
  return weight;
}

void DocumentBuilder::charge(const Weight& weight, Position place) {
  cost_ += weight.values * kValueCost + weight.bytes;
  if (cost_ > kMaxCost || frames_.size() + weight.depth > kMaxDepth) {
    refuse(file_, {place, "the document is too large", "fewer values, fewer or smaller aliases",
                   "error converting YAML to JSON: yaml: document contains excessive aliasing"});
  }
}

Document DocumentBuilder::finish() {
  // Of a key that is given twice the later place comes last, and is the one that is found.
  std::stable_sort(document_.places.begin(), document_.places.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  return std::move(document_);
}

}  // namespace sim
