// One YAML document, read event by event: a tree of nodes in between would cost more than all the
// rest. What the scalars mean is decided in yaml_scalar.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cmath>
#include <istream>
#include <map>
#include <optional>
#include <streambuf>

#include "sim/base/format.h"
#include "sim/base/utf8.h"
#include "sim/model/document_builder.h"
#include "sim/model/go_text.h"
#include "sim/model/yaml_scalar.h"
#include "sim/model/yaml_words.h"

namespace sim {
namespace {

/// An istream's view of bytes that stay where they are.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // setg wants it; nothing writes
    setg(begin, begin, begin + text.size());
  }
};

constexpr std::string_view kYaml = "error converting YAML to JSON: ";

/// yaml-cpp makes single bytes of the escapes \N and \_.
std::string mend_escapes(const std::string& text) {
  std::string mended;
  std::string_view rest = text;
  for (;;) {
    const std::size_t bad = find_bad_utf8(rest);
    mended.append(rest.substr(0, bad));
    if (bad == std::string_view::npos) return mended;
    append_utf8(mended, static_cast<unsigned char>(rest[bad]));
    rest.remove_prefix(bad + 1);
  }
}

/// A key that is a collection, as Go prints it with %#v.
std::string go_syntax(const Json& value) {
  if (value.is_null()) return "interface {}(nil)";
  if (value.is_string()) return go_quote(value.get_ref<const std::string&>());
  if (!value.is_structured()) return value.dump();
  std::string text = value.is_array() ? "[]interface {}{" : "map[interface {}]interface {}{";
  bool first = true;
  for (const auto& [name, item] : value.items()) {
    if (!first) text.append(", ");
    first = false;
    if (value.is_object()) text.append(go_quote(name)).append(":");
    text.append(go_syntax(item));
  }
  return text.append("}");
}

class YamlReader : public YAML::EventHandler {
 public:
  YamlReader(std::string_view text, int line, const std::string& file, bool old_booleans)
      : text_(text),
        cursor_(text, {line, 1}),
        file_(file),
        old_booleans_(old_booleans),
        builder_(file) {}

  Document read() {
    ViewBuffer buffer(text_);
    std::istream stream(&buffer);
    try {
      YAML::Parser parser(stream);
      if (!parser.HandleNextDocument(*this)) return Document();
      check_quote();
      finished_ = true;
      // What follows belongs to no document. go-yaml does not look behind "...".
      if (!has_end_mark()) parser.HandleNextDocument(*this);
    } catch (const YAML::Exception& error) {
      check_quote();
      if (!ignored_) explain(error);
    }
    return builder_.finish();
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    before(mark);
    const bool flow = !collections_.empty() && !collections_.back().block;
    const bool item = builder_.wants_key() || !builder_.in_object();
    const std::string_view here = text_.substr(offset(mark), 1);
    if (anchor == YAML::NullAnchor && item && flow && here == ",") {
      refuse_mistake(explain_yaml(text_, offset(mark), "end of sequence flow", blocks_));
    }
    if (builder_.wants_key()) {
      if (!flow && here == ":") {
        refuse_mistake(explain_yaml(text_, offset(mark), "end of map", blocks_));
      }
      refuse(file_, {place(mark), "null cannot be a key", "a key, or \"null\" in quotes",
                     fmt::format("{}unsupported map key of type: %!s(<nil>), key: <nil>, value: "
                                 "<nil>",
                                 kYaml)});
    }
    if (anchor == YAML::NullAnchor && block_key_ && offset(mark) == *block_key_ &&
        text_[*block_key_] != '?') {
      refuse_mistake(missing_colon(text_, *block_key_));
    }
    put(Json(), mark, anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    before(mark);
    last_scalar_ = offset(mark);
    const bool plain = tag == "?";
    if (plain && text == "<<" && builder_.wants_key()) {
      block_key_.reset();
      builder_.merge_key(place(mark));
      return;
    }
    Json value;
    if (plain) {
      value = yaml_plain(text);
      // go-yaml v3: "yes" and "off" are booleans only where a boolean is asked for
      const bool is_old = value.is_boolean() && text[0] != 't' && text[0] != 'T' &&
                          text[0] != 'f' && text[0] != 'F';
      if (is_old && !old_booleans_) value = text;
    } else if (tag == "!" || tag.empty()) {
      value = mend_escapes(text);
    } else {
      std::string words;
      std::optional<Json> tagged = yaml_tagged(tag, mend_escapes(text), &words);
      if (!tagged) {
        refuse(file_, {place(mark), words, "a value of that type, or no tag",
                       fmt::format("{}yaml: {}", kYaml, words)});
      }
      value = std::move(*tagged);
    }
    put(std::move(value), mark, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    before(mark);
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      const std::string name = name_at(offset(mark) + 1);
      refuse(file_, {place(mark), fmt::format("anchor '{}' value contains itself", name),
                     "an alias for something that is complete",
                     fmt::format("{}yaml: anchor '{}' value contains itself", kYaml, name)});
    }
    builder_.charge(found->second.weight, place(mark));
    put(found->second.value, mark, YAML::NullAnchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(mark, anchor, style, true);
    builder_.begin_array(place(mark));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(mark, anchor, style, false);
    builder_.begin_object(place(mark));
  }
  void OnMapEnd() override { close(); }

 private:
  struct Collection {
    YAML::anchor_t anchor = YAML::NullAnchor;
    bool block = false;
    bool is_key = false;
    Position place{1, 1};
  };
  struct Anchored {
    Json value;
    DocumentBuilder::Weight weight;
  };

  std::size_t offset(const YAML::Mark& mark) const {
    return mark.pos < 0 ? 0 : std::min(static_cast<std::size_t>(mark.pos), text_.size());
  }
  Position place(const YAML::Mark& mark) { return cursor_.at(offset(mark)); }

  /// Before anything that has content.
  void before(const YAML::Mark& mark) {
    if (finished_) refuse_rest(mark);
    while (!blocks_.empty() && open_blocks_ < blocks_.size()) blocks_.pop_back();
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, YAML::EmitterStyle::value style,
            bool sequence) {
    before(mark);
    const bool block = style == YAML::EmitterStyle::Block;
    Collection collection;
    collection.anchor = anchor;
    collection.block = block;
    collection.is_key = builder_.wants_key();
    collection.place = place(mark);
    if (collection.is_key) {
      // It is read as a value of its own, to be shown in the refusal.
      builder_.key("?", place(mark));
    }
    collections_.push_back(collection);
    if (block) {
      const auto column = static_cast<std::size_t>(std::max(mark.column, 0));
      const bool indentless = sequence && !blocks_.empty() && !blocks_.back().sequence &&
                              blocks_.back().column == column;
      blocks_.push_back({column, sequence, indentless});
      ++open_blocks_;
    }
    block_key_.reset();
  }

  void close() {
    const Collection collection = collections_.back();
    collections_.pop_back();
    if (collection.block) --open_blocks_;  // it stays known until something else comes
    block_key_.reset();
    if (!builder_.end()) refuse_merge(collection.place);
    if (collection.is_key) {
      refuse(file_,
             {collection.place, "a collection cannot be a key",
              "text that begins with { or [ stands in quotes",
              fmt::format("{}yaml: invalid map key: {}", kYaml, go_syntax(builder_.last()))});
    }
    keep(collection.anchor, collection.place);
  }

  /// A scalar or an alias, as a key or as a value.
  void put(Json value, const YAML::Mark& mark, YAML::anchor_t anchor) {
    const Position here = place(mark);
    if (builder_.wants_key()) {
      const std::optional<std::string> key = value.is_structured() ? std::nullopt : yaml_key(value);
      if (!key) {
        refuse(file_, {here, "this cannot be a key", "a word",
                       fmt::format("{}yaml: invalid map key: {}", kYaml, go_syntax(value))});
      }
      if (anchor != YAML::NullAnchor) remember(anchor, value, here);
      builder_.key(*key, here);
      block_key_.reset();
      if (collections_.back().block) block_key_ = offset(mark);
      return;
    }
    block_key_.reset();
    if (value.is_number_float() && !std::isfinite(value.get<double>())) {
      const double number = value.get<double>();
      const std::string_view name = std::isnan(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf";
      refuse(file_, {here, fmt::format("{} is no number of JSON", name), "a finite number",
                     fmt::format("{}json: unsupported value: {}", kYaml, name)});
    }
    if (!builder_.value(std::move(value), here)) refuse_merge(here);
    keep(anchor, here);
  }

  void keep(YAML::anchor_t anchor, Position here) {
    if (anchor != YAML::NullAnchor) remember(anchor, builder_.last(), here);
  }
  void remember(YAML::anchor_t anchor, const Json& value, Position here) {
    const DocumentBuilder::Weight weight = DocumentBuilder::weigh(value);
    builder_.charge({weight.values, weight.bytes, 0}, here);  // a copy is kept
    anchors_[anchor] = {value, weight};
  }

  std::string name_at(std::size_t at) const {
    const std::string_view rest = text_.substr(std::min(at, text_.size()));
    return std::string(rest.substr(0, rest.find_first_of(" \t\r\n,[]{}")));
  }

  /// yaml-cpp takes the end of the text for the end of a quoted scalar.
  void check_quote() {
    std::size_t at = last_scalar_;
    while (at < text_.size() && (text_[at] == '!' || text_[at] == '&')) {  // tag and anchor
      at = text_.find_first_of(" \t\r\n", at);
      if (at != std::string_view::npos) at = text_.find_first_not_of(" \t\r\n", at);
    }
    if (at != std::string_view::npos && !is_closed(text_, at)) {
      refuse_mistake(unclosed_quote(text_, at));
    }
  }

  bool has_end_mark() const {
    for (std::size_t at = 0; at != std::string_view::npos;) {
      if (text_.substr(at, 3) == "...") return true;
      at = text_.find('\n', at);
      if (at != std::string_view::npos) ++at;
    }
    return false;
  }

  /// Something stands behind the end of the document. go-yaml sees there what a block that is
  /// still open lacks; where nothing is open it does not look.
  void refuse_rest(const YAML::Mark& mark) {
    const auto column = static_cast<std::size_t>(std::max(mark.column, 0));
    ignored_ = std::none_of(blocks_.begin(), blocks_.end(),
                            [&](const OpenBlock& block) { return block.column <= column; });
    throw YAML::ParserException(mark, "end of map not found");
  }

  void explain(const YAML::Exception& error) {
    const std::size_t at = offset(error.mark);
    if (error.msg.find("anchor is not defined") != std::string::npos) {
      const std::string words = fmt::format("unknown anchor '{}' referenced", name_at(at + 1));
      refuse(file_, {cursor_.at(at), words, "an anchor of that name (&name) before it",
                     fmt::format("{}yaml: {}", kYaml, words)});
    }
    refuse_mistake(explain_yaml(text_, at, error.msg, blocks_));
  }

  [[noreturn]] void refuse_mistake(YamlMistake mistake) {
    const std::string line = mistake.line == 0 ? "" : fmt::format("line {}: ", mistake.line);
    const std::string words = fmt::format("{}yaml: {}{}", kYaml, line, mistake.words);
    refuse(file_,
           {cursor_.at(mistake.offset), std::move(mistake.words), std::move(mistake.hint), words});
  }
  [[noreturn]] void refuse_merge(Position here) {
    const std::string words = "map merge requires map or sequence of maps as the value";
    refuse(file_, {here, words, "<<: *anchor of a map", fmt::format("{}yaml: {}", kYaml, words)});
  }

  std::string_view text_;
  TextCursor cursor_;
  const std::string& file_;
  bool old_booleans_;
  DocumentBuilder builder_;
  std::vector<Collection> collections_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::vector<OpenBlock> blocks_;  // the open ones, then those just closed
  std::size_t open_blocks_ = 0;
  std::optional<std::size_t> block_key_;  // the key whose value comes next
  std::size_t last_scalar_ = std::string_view::npos;
  bool finished_ = false;
  bool ignored_ = false;
};

}  // namespace

Document read_yaml(std::string_view text, int line, const std::string& file, bool old_booleans) {
  return YamlReader(text, line, file, old_booleans).read();
}

}  // namespace sim
