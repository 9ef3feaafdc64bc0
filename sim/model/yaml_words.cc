#include "sim/model/yaml_words.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"

namespace sim {
namespace {

std::size_t line_start(std::string_view text, std::size_t at) {
  if (at == 0) return 0;
  const std::size_t newline = text.rfind('\n', at - 1);
  return newline == std::string_view::npos ? 0 : newline + 1;
}

std::string_view line_of(std::string_view text, std::size_t at) {
  const std::size_t from = line_start(text, at);
  return text.substr(from, std::min(text.find('\n', from), text.size()) - from);
}

std::size_t line_index(std::string_view text, std::size_t at) {
  return static_cast<std::size_t>(
      std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool is_blank(std::string_view line) {
  const std::size_t at = line.find_first_not_of(" \t\r");
  return at == std::string_view::npos || line[at] == '#';
}

/// go-yaml's line of a mistake that its scanner sees, and of one that its parser sees.
/// vendor/sigs.k8s.io/yaml/goyaml.v2: parser.fail
std::size_t scanner_line(std::size_t index) { return index == 0 ? 0 : index + 1; }
std::size_t parser_line(std::size_t index) { return index; }

/// The start of the last line above that is not blank; npos when there is none.
std::size_t line_above(std::string_view text, std::size_t at) {
  std::size_t from = line_start(text, at);
  while (from > 0) {
    from = line_start(text, from - 1);
    if (!is_blank(line_of(text, from))) return from;
  }
  return std::string_view::npos;
}

/// Whether the lines above belong to a block scalar ("key: |").
bool in_block_scalar(std::string_view text, std::size_t at) {
  std::size_t least = std::string_view::npos;
  for (std::size_t from = line_above(text, at); from != std::string_view::npos;
       from = line_above(text, from)) {
    const std::string_view line = line_of(text, from);
    const std::size_t indent = indent_of(line);
    if (indent >= least) continue;
    const std::size_t last = line.find_last_not_of(" \t\r0123456789+-");
    const bool header = last != std::string_view::npos && last > 0 &&
                        (line[last] == '|' || line[last] == '>') && line[last - 1] == ' ';
    if (header) return true;
    if (least != std::string_view::npos) return false;
    least = indent;
  }
  return false;
}

bool has_tab_in_indent(std::string_view line) {
  const std::size_t end = std::min(line.find_first_not_of(" \t"), line.size());
  return line.substr(0, end).find('\t') != std::string_view::npos;
}

/// The byte before `at` that is neither space nor line break, or 0.
char before(std::string_view text, std::size_t at) {
  while (at > 0) {
    const char c = text[--at];
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return c;
  }
  return '\0';
}

/// The line above begins with a word at the column of other keys, and its colon is missing: then
/// the words of this line seem to go on with it.
std::size_t key_without_colon(std::string_view text, std::size_t at) {
  const std::size_t above = line_above(text, at);
  if (above == std::string_view::npos) return above;
  const std::string_view line = line_of(text, above);
  const std::size_t indent = indent_of(line);
  if (line.find(": ") != std::string_view::npos || line.find_last_of(':') + 1 == line.size()) {
    return std::string_view::npos;
  }
  if (line.substr(indent, 2) == "- ") return std::string_view::npos;
  for (std::size_t from = line_above(text, above); from != std::string_view::npos;
       from = line_above(text, from)) {
    const std::string_view other = line_of(text, from);
    const std::size_t column = indent_of(other);
    if (column > indent) continue;
    const bool item = other.substr(column, 2) == "- " && column + 2 == indent;
    const bool key = other.find(':') != std::string_view::npos;
    return key && (column == indent || item) ? above + indent : std::string_view::npos;
  }
  return std::string_view::npos;
}

/// Which of the open blocks cannot go on with what stands in this column.
std::string_view expected_in_block(const std::vector<OpenBlock>& blocks, std::size_t column) {
  for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
    if (block->column > column || block->indentless) continue;
    return block->sequence ? "did not find expected '-' indicator" : "did not find expected key";
  }
  return "did not find expected key";
}

constexpr std::string_view kIndentHint = "indent it like the keys or items it belongs to";
constexpr std::string_view kTabHint = "indent with spaces; YAML does not allow tabs there";
constexpr std::string_view kQuoteHint = "put the text in quotes";

struct Translation {
  std::string_view message;  // how yaml-cpp's begins
  std::string_view words;
  std::string_view hint;
  bool scanner;
};
constexpr Translation kTranslations[] = {
    {"unknown token", "found character that cannot start any token", kQuoteHint, true},
    {"end of map flow", "did not find expected ',' or '}'", "a comma, or the closing }", false},
    {"end of sequence flow", "did not find expected ',' or ']'", "a comma, or the closing ]",
     false},
    {"bad character found while scanning hex", "did not find expected hexdecimal number",
     "hexadecimal digits: \\xXX or \\uXXXX", true},
    {"invalid unicode", "found invalid Unicode character escape code", "a code point", true},
    {"unknown escape", "found unknown escape character",
     "\\\\ is a backslash; in single quotes it is itself", true},
    {"tag handle with no suffix", "did not find expected tag URI", "a tag, as in !!str", true},
    {"anchor not found", "did not find expected alphabetic or numeric character",
     "the anchor's name behind &, or quotes around the text", true},
    {"alias not found", "did not find expected alphabetic or numeric character",
     "the anchor's name behind *, or quotes around the text", true},
    {"illegal character found while scanning",
     "did not find expected alphabetic or numeric character",
     "a name of letters, digits, - and _, or quotes around the text", true},
    {"end of verbatim tag", "did not find the expected '>'", "a closing >", true},
    {"unexpected character in block scalar", "did not find expected comment or line break",
     "the text begins on the next line", true},
    {"cannot set zero indentation", "found an indentation indicator equal to 0",
     "a digit from 1 to 9", true},
    {"illegal document indicator", "found unexpected document indicator", "a closing quote", true},
    {"illegal EOF in scalar", "found unexpected end of stream", "a closing quote", true},
    {"YAML major version", "found incompatible YAML document", "%YAML 1.1", false},
    {"bad YAML version", "did not find expected digit or '.' character", "%YAML 1.1", true},
    {"YAML directives must", "did not find expected version number", "%YAML 1.1", true},
    {"repeated YAML directive", "found duplicate %YAML directive", "remove one of them", false},
    {"repeated TAG directive", "found duplicate %TAG directive", "remove one of them", false},
    {"TAG directives must", "did not find expected whitespace", "%TAG !handle! prefix", true},
    {"cannot assign multiple tags", "did not find expected key", "one tag only", false},
    {"cannot assign multiple anchors", "did not find expected key", "one anchor only", false},
};

}  // namespace

YamlMistake explain_yaml(std::string_view text, std::size_t offset, std::string_view message,
                         const std::vector<OpenBlock>& blocks) {
  const std::size_t at = std::min(offset, text.size());
  const std::size_t index = line_index(text, at);
  const std::size_t column = at - line_start(text, at);
  const std::string_view line = line_of(text, at);
  const auto is = [&](std::string_view start) { return message.substr(0, start.size()) == start; };
  const auto made = [&](std::string_view words, std::string_view hint, std::size_t number) {
    return YamlMistake{std::string(words), std::string(hint), at, number};
  };
  const bool map_value = is("illegal map value");
  if ((map_value || is("illegal block entry") || is("illegal map key")) &&
      has_tab_in_indent(line)) {
    const char last = before(text, line_start(text, at));
    const bool fresh = last == ':' || last == '-' || last == '\0';
    return made(fresh ? "found character that cannot start any token"
                      : "found a tab character that violates indentation",
                kTabHint, scanner_line(index));
  }
  if (map_value) {
    const std::size_t key = key_without_colon(text, at);
    if (key != std::string_view::npos) {
      return {"could not find expected ':'", "a colon behind the key", key, scanner_line(index)};
    }
    return made("mapping values are not allowed in this context",
                "one \"key: value\" a line, indented like its neighbours; text with \": \" in it "
                "stands in quotes",
                scanner_line(index));
  }
  if (is("illegal block entry")) {
    return made("block sequence entries are not allowed in this context",
                "the list begins on the line below its key", scanner_line(index));
  }
  if (is("illegal map key")) {
    return made("mapping keys are not allowed in this context", kIndentHint, scanner_line(index));
  }
  if (is("illegal tab")) {
    return made(in_block_scalar(text, at)
                    ? "found a tab character where an indentation space is expected"
                    : "found a tab character that violates indentation",
                kTabHint, scanner_line(index));
  }
  const char last = before(text, at);
  const char here = at < text.size() ? text[at] : '\0';
  const bool nothing = (here == ',' || here == ']' || here == '}' || here == '\0') &&
                       (last == ':' || last == ',' || last == '[' || (last == '{' && here == ','));
  if (nothing && (is("end of") || is("illegal flow end"))) {
    return made("did not find expected node content", "a value", parser_line(index));
  }
  if (is("illegal flow end")) {
    // The brackets of the line tell what is open.
    const std::string_view ahead = text.substr(0, at);
    const std::size_t open = ahead.find_last_of("[{");
    const std::size_t closed = ahead.find_last_of("]}");
    const bool inside =
        open != std::string_view::npos && (closed == std::string_view::npos || closed < open);
    if (inside && text[open] == '[') {
      return made("did not find expected ',' or ']'", "a comma, or the closing ]",
                  parser_line(index));
    }
    if (inside) {
      return made("did not find expected ',' or '}'", "a comma, or the closing }",
                  parser_line(index));
    }
    return made("did not find expected key", "one bracket less", parser_line(index));
  }
  for (const Translation& known : kTranslations) {
    if (!is(known.message)) continue;
    return made(known.words, known.hint, known.scanner ? scanner_line(index) : parser_line(index));
  }
  if (is("end of map") || is("end of sequence")) {
    const bool first = line.find_first_not_of(" \t") == column;
    const bool key = std::any_of(blocks.begin(), blocks.end(), [&](const OpenBlock& block) {
      return !block.sequence && block.column == column;
    });
    if (first && key && here != '-' && here != ':') return missing_colon(text, at);
    return made(expected_in_block(blocks, column),
                first ? kIndentHint : "one value for each key, or quotes around the whole text",
                parser_line(index));
  }
  return made(message, "", scanner_line(index));
}

YamlMistake missing_colon(std::string_view text, std::size_t key) {
  std::size_t at = key;
  // go-yaml notices at the next word.
  for (;;) {
    const std::size_t newline = text.find('\n', at);
    if (newline == std::string_view::npos) {
      at = text.size();
      break;
    }
    at = newline + 1;
    const std::string_view line = line_of(text, at);
    if (at == text.size() || line.find_first_not_of(" \t\r") != std::string_view::npos) break;
  }
  return {"could not find expected ':'", "a colon behind the key", key,
          scanner_line(line_index(text, at))};
}

bool is_closed(std::string_view text, std::size_t at) {
  if (at >= text.size() || (text[at] != '"' && text[at] != '\'')) return true;
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 == text.size() || text[at + 1] != quote) return true;
      ++at;  // two make one
    }
  }
  return false;
}

YamlMistake unclosed_quote(std::string_view text, std::size_t at) {
  return {"found unexpected end of stream", "the quote that opens here is never closed", at,
          scanner_line(line_index(text, text.size()))};
}

}  // namespace sim
