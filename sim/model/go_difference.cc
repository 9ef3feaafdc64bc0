#include "sim/model/go_difference.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/go_compare.h"
#include "sim/model/go_report.h"
#include "sim/model/go_text.h"

namespace sim {
namespace {

using Shape = GoTree::Shape;
using Items = std::vector<ReportItem>;

bool is_ascii_printable(unsigned char c) { return c >= 0x20 && c < 0x7f; }

/// Only what Go's unicode.IsPrint is sure to take, and for `extra` the bytes in it.
bool is_printable(std::string_view text, std::string_view extra) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (is_ascii_printable(c) || extra.find(text[i]) != std::string_view::npos) continue;
    if (c < 0x80) return false;
    const bool control = c == 0xc2 && i + 1 < text.size() &&
                         static_cast<unsigned char>(text[i + 1]) <= 0xa0;  // U+0080 to U+00A0
    if (control) return false;
  }
  return true;
}

/// In quotes, or in backticks where quotes would need a backslash.
std::string quoted(std::string_view text) {
  std::string result = go_quote(text);
  if (result.size() == text.size() + 2) return result;
  if (text.find('`') == std::string_view::npos && is_printable(text, "\t")) {
    return fmt::format("`{}`", text);
  }
  return result;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (;;) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

// ---- the report ----

enum class Types { Emit, Elide, Auto };

/// github.com/google/go-cmp 0.6: cmp/report_compare.go, report_reflect.go, report_slices.go
struct Format {
  char diff = 0;  // none: a difference; ' ', '-', '+': as if all were unchanged, gone or new
  Types types = Types::Emit;
  bool avoid_string = false;
  bool limited = false;
  int verbosity = 0;

  Format with_diff(char d) const {
    Format format = *this;
    format.diff = d;
    return format;
  }
  Format with_types(Types t) const {
    Format format = *this;
    format.types = t;
    return format;
  }
  Format with_verbosity(int level) const {
    Format format = *this;
    format.verbosity = level;
    format.limited = true;
    return format;
  }
  /// More of everything, for two texts that came out the same.
  Format louder(int by) const {
    Format format = *this;
    format.verbosity = level() + 2 * by;
    format.avoid_string = format.avoid_string || by > 0;
    return format;
  }
  int level() const { return std::clamp(verbosity, 0, 16); }
  /// How many items a value shows: 0, 4, 8, 16, …
  std::size_t value_items() const {
    return limited ? ((std::size_t{1} << level()) >> 1) << 2 : std::string::npos;
  }
};

constexpr int kLoudest = 6;
constexpr std::int64_t kContext = 2;  // unchanged items around a change
constexpr std::size_t kLongText = 64;

using MaybeNode = std::optional<ReportNode>;

bool is_braced(const ReportNode& node) {
  return node.kind == ReportNode::Kind::Wrap && !node.text.empty() && !node.suffix.empty() &&
         ((node.text.front() == '(' && node.suffix.back() == ')') ||
          (node.text.front() == '{' && node.suffix.back() == '}'));
}

ReportNode with_type(const Format& format, const GoTree& value, ReportNode node) {
  if (format.types == Types::Elide) return node;
  if (format.types == Types::Auto) {
    const bool composite =
        value.shape == Shape::Struct || value.shape == Shape::List || value.shape == Shape::Map;
    if (!composite || format.diff == ' ' || (node.is_line() && node.text == "nil")) return node;
  }
  if (!is_braced(node)) node = report_wrap("(", std::move(node), ")");
  return report_wrap(value.type, std::move(node), {});
}

std::string map_key(const GoTree& map, std::string_view key) {
  return (map.keys_have_string ? "s" : "") + quoted(key);
}

ReportNode string_node(const Format& format, std::string_view prefix, std::string_view text) {
  std::size_t most = text.size();
  std::size_t most_lines = std::string::npos;
  if (format.limited) {
    most = (std::size_t{1} << format.level()) << 5;
    most_lines = (std::size_t{1} << format.level()) << 2;
  }
  std::string_view trimmed = text;
  if (!trimmed.empty() && trimmed.back() == '\n') trimmed.remove_suffix(1);
  const std::vector<std::string_view> lines = lines_of(trimmed);
  const bool tripled = lines.size() >= 4 && (format.diff == '-' || format.diff == '+') &&
                       std::all_of(lines.begin(), lines.end(), [&](std::string_view line) {
                         return line.substr(0, 3) != "\"\"\"" && line.substr(0, 3) != "..." &&
                                is_printable(line, "\t") && line.size() <= most;
                       });
  if (!tripled) {
    std::string shown(prefix);
    if (text.size() > most + 3) return report_line(shown + quoted(text.substr(0, most)) + "...");
    return report_line(shown + quoted(text));
  }
  Items items;
  const auto add = [&](std::string line) {
    ReportItem item;
    item.diff = format.diff;
    item.value = report_line(std::move(line));
    item.comma = false;
    items.push_back(std::move(item));
  };
  add(std::string(prefix) + "\"\"\"");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i + 1 == most_lines && lines.size() - i > 1) {
      add("...");
      items.back().comment = fmt::format("{} elided lines", lines.size() - i);
      break;
    }
    add(std::string(lines[i]));
  }
  add(std::string(prefix) + "\"\"\"");
  ReportNode list;
  list.kind = ReportNode::Kind::List;
  list.items = std::move(items);
  return report_wrap("(", std::move(list), ")");
}

/// A value by itself.
ReportNode value_node(Format format, const GoTree& value) {
  if (!format.avoid_string && value.has_string && !value.is_nil) {
    return string_node(format, "s", value.string);
  }
  const Format outer = format;
  switch (value.shape) {
    case Shape::Bool:
    case Shape::Int:
      return with_type(outer, value, report_line(value.text));
    case Shape::Text:
      return with_type(outer, value, string_node(format, {}, value.text));
    case Shape::Pointer:
      if (value.is_nil) return report_line("nil");
      return report_wrap("&", value_node(format, value.parts[0]), {});
    case Shape::Struct:
    case Shape::List:
    case Shape::Map:
      break;
  }
  if (value.is_nil) return with_type(outer, value, report_line("nil"));
  const std::size_t most = format.value_items();
  if (format.limited) --format.verbosity;
  const bool is_struct = value.shape == Shape::Struct;
  const Format inside = format.with_types(is_struct ? Types::Auto : Types::Elide);
  Items items;
  for (std::size_t i = 0; i < value.parts.size(); ++i) {
    if (is_struct && value.parts[i].is_zero()) continue;
    if (items.size() == most) {
      add_ellipsis(items, {});
      break;
    }
    ReportItem item;
    if (is_struct) item.key = value.keys[i];
    if (value.shape == Shape::Map) item.key = map_key(value, value.keys[i]);
    item.value = value_node(inside, value.parts[i]);
    items.push_back(std::move(item));
  }
  return with_type(outer, value, report_list(std::move(items)));
}

bool is_text_diff(const Format& format, const Pair& pair) {
  return format.diff == 0 && pair.leaves.different > 0 && pair.before && pair.after &&
         pair.shape() == Shape::Text && pair.before->text.size() >= kLongText &&
         pair.after->text.size() >= kLongText && is_printable(pair.before->text, "\t\n\v\f\r") &&
         is_printable(pair.after->text, "\t\n\v\f\r");
}

/// Runs of equal or unequal items, in turn.
std::vector<ReportStats> runs_of(const std::vector<Edit>& edits, std::string_view name) {
  std::vector<ReportStats> runs;
  int previous = 0;
  for (const Edit edit : edits) {
    const int kind = edit == Edit::Same ? 1 : 2;
    if (kind != previous) runs.push_back({name});
    previous = kind;
    ReportStats& run = runs.back();
    switch (edit) {
      case Edit::Same:
        ++run.same;
        break;
      case Edit::Removed:
        ++run.removed;
        break;
      case Edit::Inserted:
        ++run.inserted;
        break;
      case Edit::Changed:
        ++run.changed;
        break;
    }
  }
  return runs;
}

/// Joins two differences with a short equal stretch between them, where they would be shown as one
/// text gone and one new.
std::vector<ReportStats> join_near(const std::vector<ReportStats>& runs, std::int64_t window) {
  std::vector<ReportStats> joined;
  for (const ReportStats& run : runs) {
    if (joined.size() >= 2 && run.different() > 0) {
      ReportStats& previous = joined[joined.size() - 2];
      const bool both =
          (previous.removed > 0 || run.removed > 0) && (previous.inserted > 0 || run.inserted > 0);
      if (both && joined.back().same <= window) {
        previous.add(joined.back());
        previous.add(run);
        joined.pop_back();
        continue;
      }
    }
    joined.push_back(run);
  }
  return joined;
}

/// Two long texts, or two lists of lines, piece by piece. `piece(side, from, count)` shows a piece.
template <class Same, class Piece>
Items pieces_of(const Format& format, std::int64_t before_size, std::int64_t after_size,
                std::int64_t chunk, std::string_view name, Same same, Piece piece) {
  Items items;
  const std::vector<Edit> edits =
      edit_script(before_size, after_size, [&](std::int64_t i, std::int64_t j) {
        return same(i, j) ? Likeness{1, 0} : Likeness{0, 2};
      });
  std::int64_t x = 0;
  std::int64_t y = 0;
  const auto add = [&](bool after, std::int64_t from, std::int64_t count, char diff) {
    while (count > 0) {
      const std::int64_t part = std::min(chunk, count);
      ReportItem item;
      item.diff = diff;
      item.value = report_line(piece(after, from, part));
      items.push_back(std::move(item));
      from += part;
      count -= part;
    }
  };
  const std::int64_t most = (std::int64_t{1} << format.level()) << 2;
  std::int64_t shown = 0;
  ReportStats rest{name};
  const std::vector<ReportStats> runs = join_near(runs_of(edits, name), chunk / 4);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    ReportStats run = runs[i];
    if (shown >= most) {
      rest.add(run);
      continue;
    }
    if (run.different() == 0) {
      const std::int64_t all = run.same;
      std::int64_t low = i == 0 ? 0 : std::min(all, chunk * kContext);
      std::int64_t high = i + 1 == runs.size() ? 0 : std::min(all - low, chunk * kContext);
      if (all - (low + high) <= chunk) high = all - low;
      add(false, x, low, ' ');
      if (all > low + high) {
        run.same -= low + high;
        add_ellipsis(items, run);
      }
      add(false, x + all - high, high, ' ');
      x += all;
      y += all;
      continue;
    }
    const std::size_t before = items.size();
    const std::int64_t gone = run.same + run.removed + run.changed;
    const std::int64_t added = run.same + run.inserted + run.changed;
    add(false, x, gone, '-');
    add(true, y, added, '+');
    x += gone;
    y += added;
    shown += static_cast<std::int64_t>(items.size() - before);
  }
  if (!rest.empty()) add_ellipsis(items, rest);
  return items;
}

std::string without_blanks(std::string_view line) {
  std::string result;
  for (const char c : line) {
    if (c != ' ' && (c < '\t' || c > '\r')) result.push_back(c);
  }
  return result;
}

/// Lines between triple quotes; empty when that could be misread.
std::optional<Items> triple_quoted(const Items& lines, const std::vector<std::string_view>& raw) {
  Items items;
  const auto add = [&](ReportItem item) {
    item.comma = false;
    items.push_back(std::move(item));
  };
  const auto quotes = [] {
    ReportItem item;
    item.value = report_line("\"\"\"");
    return item;
  };
  add(quotes());
  std::vector<std::string> gone;
  std::vector<std::string> added;
  const auto holds = [](const std::vector<std::string>& list, const std::string& line) {
    return std::find(list.begin(), list.end(), line) != list.end();
  };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ReportItem item = lines[i];
    const bool ellipsis = item.value.text == "..." && !item.omitted.empty();
    if (!ellipsis) {
      const std::string_view line = raw[i];
      if (line.substr(0, 3) == "\"\"\"" || line.substr(0, 3) == "..." ||
          !is_printable(line, "\t")) {
        return std::nullopt;
      }
      std::string bare = without_blanks(line);
      if (item.diff == '-') {
        if (holds(added, bare)) return std::nullopt;
        gone.push_back(std::move(bare));
      } else if (item.diff == '+') {
        if (holds(gone, bare)) return std::nullopt;
        added.push_back(std::move(bare));
      }
      item.value = report_line(std::string(line));
    }
    if (item.diff != '-' && item.diff != '+') {
      gone.clear();
      added.clear();
    }
    add(std::move(item));
  }
  if (items.back().diff == ' ' && items.back().value.text.empty()) items.pop_back();
  add(quotes());
  return items;
}

ReportNode text_difference(const Format& format, const Pair& pair) {
  const std::string_view before = pair.before->text;
  const std::string_view after = pair.after->text;
  const std::vector<std::string_view> x = lines_of(before);
  const std::vector<std::string_view> y = lines_of(after);
  const auto longest = [](const std::vector<std::string_view>& lines) {
    std::size_t most = 0;
    for (const std::string_view line : lines) most = std::max(most, line.size());
    return most;
  };
  const bool named = pair.either().type != "string";
  const auto typed = [&](ReportNode node) {
    return named ? with_type(format, pair.either(), std::move(node)) : node;
  };
  const bool lined = x.size() + y.size() >= 6 && std::max(longest(x), longest(y)) <= 1024;
  Items items;
  if (lined) {
    std::vector<std::string_view> raw;
    const auto at = [](const auto& list, std::int64_t i) {
      return list[static_cast<std::size_t>(i)];
    };
    items = pieces_of(
        format, static_cast<std::int64_t>(x.size()), static_cast<std::int64_t>(y.size()), 1, "line",
        [&](std::int64_t i, std::int64_t j) { return at(x, i) == at(y, j); },
        [&](bool is_after, std::int64_t from, std::int64_t) {
          return std::string(is_after ? at(y, from) : at(x, from));
        });
    for (const ReportItem& item : items) raw.push_back(item.value.text);
    if (std::optional<Items> tripled = triple_quoted(items, raw)) {
      ReportNode list;
      list.kind = ReportNode::Kind::List;
      list.items = std::move(*tripled);
      return typed(report_wrap("(", std::move(list), ")"));
    }
    for (ReportItem& item : items) {
      if (item.omitted.empty()) item.value = report_line(quoted(item.value.text));
    }
  } else {
    items = pieces_of(
        format, static_cast<std::int64_t>(before.size()), static_cast<std::int64_t>(after.size()),
        64, "byte",
        [&](std::int64_t i, std::int64_t j) {
          return before[static_cast<std::size_t>(i)] == after[static_cast<std::size_t>(j)];
        },
        [&](bool is_after, std::int64_t from, std::int64_t count) {
          return quoted(
              (is_after ? after : before)
                  .substr(static_cast<std::size_t>(from), static_cast<std::size_t>(count)));
        });
  }
  return typed(report_wrap("strings.Join(", report_list(std::move(items)),
                           lined ? ", \"\\n\")" : ", \"\")"));
}

MaybeNode pair_node(Format format, const Pair& pair);

std::string key_of(const Pair& pair, std::size_t i) {
  if (pair.shape() == Shape::Map) return map_key(pair.either(), pair.keys[i]);
  return pair.keys[i];
}

void add_item(Items& items, char diff, std::string key, MaybeNode node) {
  if (!node) return;
  ReportItem item;
  item.diff = diff;
  item.key = std::move(key);
  item.value = std::move(*node);
  items.push_back(std::move(item));
}

/// The parts as if all were unchanged, gone or new.
Items plain_items(const Format& format, const Pair& pair, std::size_t most) {
  Items items;
  for (std::size_t i = 0; i < pair.parts.size(); ++i) {
    if (items.size() == most) {
      add_ellipsis(items, {});
      break;
    }
    const Pair& part = pair.parts[i];
    if (pair.shape() == Shape::Struct) {
      const bool zero = format.diff == '-'   ? part.before->is_zero()
                        : format.diff == '+' ? part.after->is_zero()
                                             : part.before->is_zero() || part.after->is_zero();
      if (zero) continue;
    }
    add_item(items, 0, key_of(pair, i), pair_node(format, part));
  }
  return items;
}

void add_changed(Items& items, const Format& format, const Pair& part, const std::string& key) {
  if (is_text_diff(format, part)) {
    add_item(items, 0, key, text_difference(format, part));
    return;
  }
  // A chain down to one leaf is shown as one value gone and one new.
  if (part.below != part.depth) {
    add_item(items, 0, key, pair_node(format, part));
    return;
  }
  MaybeNode gone = pair_node(format.with_diff('-'), part);
  MaybeNode added = pair_node(format.with_diff('+'), part);
  for (int i = 0; i <= kLoudest && gone && added && *gone == *added; ++i) {
    gone = pair_node(format.louder(i).with_diff('-'), part);
    added = pair_node(format.louder(i).with_diff('+'), part);
  }
  add_item(items, '-', key, std::move(gone));
  add_item(items, '+', key, std::move(added));
}

std::vector<Edit> edits_of(const Pair& pair) {
  std::vector<Edit> edits;
  for (const Pair& part : pair.parts) {
    edits.push_back(part.leaves.equal() ? Edit::Same
                    : !part.after       ? Edit::Removed
                    : !part.before      ? Edit::Inserted
                                        : Edit::Changed);
  }
  return edits;
}

Items changed_items(const Format& format, const Pair& pair, std::int64_t most) {
  const std::string_view name = pair.shape() == Shape::Struct ? "field"
                                : pair.shape() == Shape::Map  ? "entry"
                                                              : "element";
  const std::vector<ReportStats> runs = runs_of(edits_of(pair), name);
  Items items;
  ReportStats rest{name};
  std::int64_t shown = 0;
  std::size_t next = 0;
  const auto add_same = [&](std::size_t from, std::int64_t count) {
    for (std::size_t i = from; i < from + static_cast<std::size_t>(count); ++i) {
      add_item(items, 0, key_of(pair, i), pair_node(format.with_diff(' '), pair.parts[i]));
    }
  };
  for (std::size_t r = 0; r < runs.size(); ++r) {
    ReportStats run = runs[r];
    if (shown >= most) {
      rest.add(run);
      continue;
    }
    if (run.different() == 0) {
      const std::int64_t all = run.same;
      const std::int64_t low = r == 0 ? 0 : std::min(all, kContext);
      std::int64_t high = r + 1 == runs.size() ? 0 : std::min(all - low, kContext);
      if (all - (low + high) == 1) ++high;  // one item is no longer than its summary
      add_same(next, low);
      if (all > low + high) {
        run.same -= low + high;
        add_ellipsis(items, run);
      }
      next += static_cast<std::size_t>(all);
      add_same(next - static_cast<std::size_t>(high), high);
      continue;
    }
    for (std::int64_t i = 0; i < run.different(); ++i, ++next) {
      add_changed(items, format, pair.parts[next], key_of(pair, next));
    }
    shown += run.different();
  }
  if (!rest.empty()) add_ellipsis(items, rest);
  return items;
}

ReportNode parts_node(Format format, const Pair& pair) {
  format.types = pair.shape() == Shape::Struct ? Types::Auto : Types::Elide;
  const int level = format.level();
  const std::size_t most =
      format.diff == ' ' ? ((std::size_t{1} << level) >> 1) << 2 : (std::size_t{1} << level) << 1;
  --format.verbosity;
  if (format.diff != 0) return report_list(plain_items(format, pair, most));
  return report_list(changed_items(format, pair, static_cast<std::int64_t>(most)));
}

MaybeNode pair_node(Format format, const Pair& pair) {
  if (format.diff == ' ') {
    format = format.with_verbosity(1);
  } else if (format.level() < 3) {
    format = format.with_verbosity(3);
  }
  if (is_text_diff(format, pair)) return text_difference(format, pair);
  if (pair.is_leaf()) {
    const GoTree* value = format.diff == '-' ? pair.before : pair.after;
    if (!value) return std::nullopt;
    return value_node(format, *value);
  }
  if (pair.shape() == Shape::Pointer) {
    MaybeNode node = pair_node(format, pair.parts[0]);
    if (!node) return std::nullopt;
    return report_wrap("&", std::move(*node), {});
  }
  return with_type(format, pair.either(), parts_node(format, pair));
}

}  // namespace

std::string go_difference(const GoTree& before, const GoTree& after) {
  const Pair root = compare(&before, &after);
  if (root.leaves.equal()) return {};
  const MaybeNode node = pair_node({}, root);
  return node ? lay_out(*node) : std::string();
}

}  // namespace sim
