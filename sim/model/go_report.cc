#include "sim/model/go_report.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

#include "sim/base/format.h"

namespace sim {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::string_view kEllipsis = "...";

bool is_edit(char diff) { return diff == '-' || diff == '+'; }
char inner(char outer, char diff) { return is_edit(diff) ? diff : outer; }

void indent(std::string& out, char diff, int depth) {
  out.push_back(is_edit(diff) ? diff : ' ');
  out.push_back(' ');
  out.append(static_cast<std::size_t>(depth), '\t');
}

bool is_ellipsis(const ReportNode& node) { return node.is_line() && node.text == kEllipsis; }

/// Adds the node's text on one line to `out`; answers the node with all of it that may stay on one
/// line made a line.
ReportNode compact(const ReportNode& node, char diff, std::string& out) {
  const std::size_t start = out.size();
  if (node.is_line()) {
    out.append(node.text);
    return node;
  }
  ReportNode result = node;
  if (node.kind == ReportNode::Kind::Wrap) {
    out.append(node.text);
    result.items[0].value = compact(node.items[0].value, diff, out);
    out.append(node.suffix);
    return result.items[0].value.is_line() ? report_line(out.substr(start)) : result;
  }
  bool many_lines = false;
  for (std::size_t i = 0; i < result.items.size(); ++i) {
    ReportItem& item = result.items[i];
    if (!item.key.empty()) out.append(item.key).append(": ");
    item.value = compact(item.value, inner(diff, item.diff), out);
    many_lines = many_lines || is_edit(item.diff) || !item.value.is_line() ||
                 !item.omitted.empty() || !item.comment.empty();
    if (i + 1 < result.items.size()) out.append(", ");
  }
  if (is_edit(diff) && out.size() - start > kColumns) many_lines = true;
  return many_lines ? result : report_line(out.substr(start));
}

std::size_t letters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

/// How many blanks each item of a run gets so that the run is aligned; items without a size end a
/// run.
template <class Size>
std::vector<std::size_t> padding(const std::vector<ReportItem>& items, Size size) {
  constexpr std::size_t kNone = std::string::npos;
  std::vector<std::size_t> blanks(items.size(), 0);
  std::size_t from = 0;
  std::size_t widest = 0;
  const auto close = [&](std::size_t to) {
    for (std::size_t i = from; i < to; ++i) blanks[i] = widest - size(items[i]);
    from = to + 1;
    widest = 0;
  };
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::size_t length = size(items[i]);
    if (length == kNone) {
      close(i);
    } else {
      widest = std::max(widest, length);
    }
  }
  close(items.size());
  return blanks;
}

std::string comment_of(const ReportItem& item) {
  return item.omitted.empty() ? item.comment : item.omitted.text();
}

void expand(const ReportNode& node, char diff, int depth, std::string& out);

/// A list of nothing but lines fills its lines with several items each.
void expand_batch(const std::vector<ReportItem>& items, char diff, int depth, std::string& out) {
  std::string batch;
  const auto flush = [&] {
    if (batch.empty()) return;
    out.push_back('\n');
    indent(out, diff, depth);
    out.append(batch, 0, batch.find_last_not_of(' ') + 1);
    batch.clear();
  };
  for (const ReportItem& item : items) {
    if (batch.size() + item.value.text.size() + 2 > kColumns) flush();
    batch.append(item.value.text).append(", ");
  }
  flush();
}

void expand_list(const std::vector<ReportItem>& items, char diff, int depth, std::string& out) {
  const bool simple =
      !items.empty() && std::all_of(items.begin(), items.end(), [](const ReportItem& item) {
        return item.diff == 0 && item.key.empty() && item.value.is_line() && item.omitted.empty() &&
               item.comment.empty();
      });
  if (simple) {
    expand_batch(items, diff, depth + 1, out);
  } else {
    const std::vector<std::size_t> behind_key = padding(items, [](const ReportItem& item) {
      return item.key.empty() || !item.value.is_line() ? std::string::npos : letters(item.key);
    });
    const std::vector<std::size_t> behind_value = padding(items, [](const ReportItem& item) {
      const bool aligned =
          item.value.is_line() && !is_ellipsis(item.value) && !comment_of(item).empty();
      return aligned ? letters(item.value.text) : std::string::npos;
    });
    for (std::size_t i = 0; i < items.size(); ++i) {
      const ReportItem& item = items[i];
      const char mode = inner(diff, item.diff);
      out.push_back('\n');
      indent(out, mode, depth + 1);
      if (!item.key.empty()) out.append(item.key).append(": ");
      out.append(behind_key[i], ' ');
      expand(item.value, mode, depth + 1, out);
      if (item.comma) out.push_back(',');
      out.append(behind_value[i], ' ');
      if (const std::string comment = comment_of(item); !comment.empty()) {
        out.append(" // ").append(comment);
      }
    }
  }
  out.push_back('\n');
  indent(out, diff, depth);
}

void expand(const ReportNode& node, char diff, int depth, std::string& out) {
  switch (node.kind) {
    case ReportNode::Kind::Line:
      out.append(node.text);
      break;
    case ReportNode::Kind::Wrap:
      out.append(node.text);
      expand(node.items[0].value, diff, depth, out);
      out.append(node.suffix);
      break;
    case ReportNode::Kind::List:
      expand_list(node.items, diff, depth, out);
      break;
  }
}

}  // namespace

void ReportStats::add(const ReportStats& other) {
  same += other.same;
  removed += other.removed;
  inserted += other.inserted;
  changed += other.changed;
}

std::string ReportStats::text() const {
  std::vector<std::string> parts;
  const auto add_part = [&](std::int64_t count, std::string_view label) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count, label));
  };
  add_part(same, "identical");
  add_part(removed, "removed");
  add_part(inserted, "inserted");
  add_part(changed, "modified");

  std::string what(name);
  if (same + different() > 1) {
    if (!what.empty() && what.back() == 'y') {
      what.replace(what.size() - 1, 1, "ies");
    } else {
      what.push_back('s');
    }
  }
  if (parts.empty()) return {};
  if (parts.size() <= 2) return fmt::format("{} {}", fmt::join(parts, " and "), what);
  const std::string last = parts.back();
  parts.pop_back();
  return fmt::format("{}, and {} {}", fmt::join(parts, ", "), last, what);
}

bool operator==(const ReportNode& a, const ReportNode& b) {
  return a.kind == b.kind && a.text == b.text && a.suffix == b.suffix &&
         std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(),
                    [](const ReportItem& x, const ReportItem& y) {
                      return x.diff == y.diff && x.key == y.key && x.value == y.value &&
                             comment_of(x) == comment_of(y);
                    });
}

ReportNode report_line(std::string text) {
  ReportNode node;
  node.text = std::move(text);
  return node;
}

ReportNode report_wrap(std::string prefix, ReportNode value, std::string suffix) {
  ReportNode node;
  node.kind = ReportNode::Kind::Wrap;
  node.text = std::move(prefix);
  node.suffix = std::move(suffix);
  ReportItem item;
  item.value = std::move(value);
  node.items.push_back(std::move(item));
  return node;
}

ReportNode report_list(std::vector<ReportItem> items) {
  ReportNode node;
  node.kind = ReportNode::Kind::List;
  node.items = std::move(items);
  return report_wrap("{", std::move(node), "}");
}

void add_ellipsis(std::vector<ReportItem>& items, const ReportStats& omitted) {
  if (!items.empty() && is_ellipsis(items.back().value)) {
    if (items.back().omitted.name.empty()) items.back().omitted.name = omitted.name;
    items.back().omitted.add(omitted);
    return;
  }
  ReportItem item;
  item.value = report_line(std::string(kEllipsis));
  item.comma = false;
  item.omitted = omitted;
  items.push_back(std::move(item));
}

std::string lay_out(const ReportNode& node) {
  std::string unused;
  const ReportNode compacted = compact(node, 0, unused);
  std::string out;
  indent(out, 0, 0);
  expand(compacted, 0, 0, out);
  out.push_back('\n');
  return out;
}

}  // namespace sim
