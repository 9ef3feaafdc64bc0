// The text of a go-cmp report as a tree, which is laid out at the end: a list stays on one line
// where it holds no difference, and else takes a line for each item, with keys aligned.
// github.com/google/go-cmp 0.6: cmp/report_text.go
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sim {

/// What was left out of a list, or what a run of it consists of.
struct ReportStats {
  std::string_view name;  // "field", "element", "entry", "line", "byte"
  std::int64_t same = 0;
  std::int64_t removed = 0;
  std::int64_t inserted = 0;
  std::int64_t changed = 0;

  std::int64_t different() const { return removed + inserted + changed; }
  bool empty() const { return same + different() == 0; }
  void add(const ReportStats& other);
  std::string text() const;  // "3 identical and 1 removed fields"
};

struct ReportItem;

struct ReportNode {
  enum class Kind { Line, Wrap, List };
  Kind kind = Kind::Line;
  std::string text;               // of a line, or in front of what is wrapped
  std::string suffix;             // behind what is wrapped
  std::vector<ReportItem> items;  // of a list; what is wrapped is the one item

  bool is_line() const { return kind == Kind::Line; }
  friend bool operator==(const ReportNode& a, const ReportNode& b);
};

struct ReportItem {
  char diff = 0;  // '-', '+', ' ' or none
  std::string key;
  ReportNode value;
  bool comma = true;
  ReportStats omitted;
  std::string comment;
};

ReportNode report_line(std::string text);
ReportNode report_wrap(std::string prefix, ReportNode value, std::string suffix);
ReportNode report_list(std::vector<ReportItem> items);  // in braces

/// Adds "..." to a list that does not end in one already, with what it stands for.
void add_ellipsis(std::vector<ReportItem>& items, const ReportStats& omitted);

/// The whole report, with a newline at its end.
std::string lay_out(const ReportNode& node);

}  // namespace sim
