#include <algorithm>
#include <cctype>
#include <map>

#include "sim/base/format.h"
#include "sim/programs/userland_tools.h"

// Programs that compare files: cmp and diff.

namespace sim::userland {
namespace {

constexpr int kTrouble = 2;

void cmp(Call& call) {
  const auto options = parse_options(call, "lsn:b", {{"silent", 's'}, {"quiet", 's'}}, kTrouble);
  if (!options) return;
  const std::vector<std::string>& names = options->operands;
  if (names.empty()) {
    call.show_usage(call.gnu() ? "missing operand after 'cmp'" : "", kTrouble);
    return;
  }
  constexpr Reading kReading{"{}: {}", "{}: {}", kTrouble, "{}: I/O error"};
  const std::string other = names.size() > 1 ? names[1] : "-";
  const auto first = read_operand(call, names[0], kReading);
  if (!first) return;
  const auto second = read_operand(call, other, kReading);
  if (!second) return;
  std::size_t most = std::string::npos;
  if (options->has('n')) {
    const auto number = size_number(options->value('n'));
    if (!number) {
      call.complain(fmt::format("invalid number '{}'", options->value('n')), kTrouble);
      return;
    }
    most = *number;
  }
  const std::string_view a = std::string_view(*first).substr(0, most);
  const std::string_view b = std::string_view(*second).substr(0, most);
  const std::size_t common = std::min(a.size(), b.size());
  std::size_t line = 1;
  std::string list;
  const std::size_t width = call.gnu() ? std::to_string(std::max(a.size(), b.size())).size() : 1;
  for (std::size_t i = 0; i < common; ++i) {
    if (a[i] != b[i]) {
      call.step.exit = 1;
      if (options->has('s')) return;
      if (!options->has('l')) {
        call.out(fmt::format("{} {} differ: {} {}, line {}\n", names[0], other,
                             call.gnu() ? "byte" : "char", i + 1, line));
        return;
      }
      list += fmt::format("{:>{}} {:>3o} {:>3o}\n", i + 1, width, static_cast<unsigned char>(a[i]),
                          static_cast<unsigned char>(b[i]));
      if (list.size() >= kMostOutput) break;
    }
    if (a[i] == '\n') ++line;
  }
  call.out(list);
  if (a.size() == b.size()) return;
  call.step.exit = 1;
  if (options->has('s')) return;
  const std::string& shorter = a.size() < b.size() ? names[0] : other;
  if (!call.gnu()) {
    call.complain(fmt::format("EOF on {}", shorter));
  } else if (common == 0) {
    call.complain(fmt::format("EOF on {} which is empty", shorter));
  } else if (options->has('l')) {
    call.complain(fmt::format("EOF on {} after byte {}", shorter, common));
  } else {
    const bool whole = a[common - 1] == '\n';
    call.complain(fmt::format("EOF on {} after byte {}, {}line {}", shorter, common,
                              whole ? "" : "in ", whole ? line - 1 : line));
  }
}

/// Lines of both files that differ: [a, a_end) of the first against [b, b_end) of the second.
struct Hunk {
  std::size_t a, a_end, b, b_end;
};

/// The shortest edit by Myers, by numbers that stand for lines. What is too different to be worth
/// the work is one hunk.
std::vector<Hunk> differences(const std::vector<int>& a, const std::vector<int>& b) {
  constexpr std::int64_t kMostEdits = 1000;
  std::size_t start = 0;
  while (start < a.size() && start < b.size() && a[start] == b[start]) ++start;
  std::size_t a_end = a.size();
  std::size_t b_end = b.size();
  while (a_end > start && b_end > start && a[a_end - 1] == b[b_end - 1]) {
    --a_end;
    --b_end;
  }
  if (start == a_end && start == b_end) return {};
  const auto n = static_cast<std::int64_t>(a_end - start);
  const auto m = static_cast<std::int64_t>(b_end - start);
  const std::int64_t most = std::min(n + m, kMostEdits);
  const auto same = [&](std::int64_t x, std::int64_t y) {
    return a[start + static_cast<std::size_t>(x)] == b[start + static_cast<std::size_t>(y)];
  };
  std::vector<std::int64_t> reach(static_cast<std::size_t>(2 * most + 3), 0);
  const auto at = [&](std::int64_t k) -> std::int64_t& {
    return reach[static_cast<std::size_t>(k + most + 1)];
  };
  std::vector<std::vector<std::int64_t>> trace;  // of each number of edits: how far k = -d … d came
  std::int64_t edits = -1;
  for (std::int64_t d = 0; d <= most && edits < 0; ++d) {
    std::vector<std::int64_t> row;
    for (std::int64_t k = -d; k <= d; ++k) {
      if (((k + d) & 1) != 0) {
        row.push_back(0);
        continue;
      }
      const bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
      std::int64_t x = d == 0 ? 0 : down ? at(k + 1) : at(k - 1) + 1;
      while (x < n && x - k < m && x - k >= 0 && same(x, x - k)) ++x;
      at(k) = x;
      row.push_back(x);
      if (x >= n && x - k >= m) edits = d;
    }
    trace.push_back(std::move(row));
  }
  if (edits < 0) return {{start, a_end, start, b_end}};
  // Back from the end: which lines went and which came.
  std::vector<bool> gone(static_cast<std::size_t>(n));
  std::vector<bool> came(static_cast<std::size_t>(m));
  std::int64_t x = n;
  std::int64_t y = m;
  for (std::int64_t d = edits; d > 0; --d) {
    const std::vector<std::int64_t>& before = trace[static_cast<std::size_t>(d - 1)];
    const auto reached = [&](std::int64_t k) {
      const std::int64_t i = k + d - 1;
      return i < 0 || i >= static_cast<std::int64_t>(before.size())
                 ? std::int64_t{-1}
                 : before[static_cast<std::size_t>(i)];
    };
    const std::int64_t k = x - y;
    const bool down = k == -d || (k != d && reached(k - 1) < reached(k + 1));
    const std::int64_t from = down ? k + 1 : k - 1;
    x = reached(from);
    y = x - from;
    if (down) {
      came[static_cast<std::size_t>(y)] = true;
    } else {
      gone[static_cast<std::size_t>(x)] = true;
    }
  }
  std::vector<Hunk> hunks;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < gone.size() || j < came.size()) {
    const bool differs = (i < gone.size() && gone[i]) || (j < came.size() && came[j]);
    if (!differs) {
      ++i;
      ++j;
      continue;
    }
    Hunk hunk{start + i, 0, start + j, 0};
    while ((i < gone.size() && gone[i]) || (j < came.size() && came[j])) {
      if (i < gone.size() && gone[i]) {
        ++i;
      } else {
        ++j;
      }
    }
    hunk.a_end = start + i;
    hunk.b_end = start + j;
    hunks.push_back(hunk);
  }
  return hunks;
}

class Differ {
 public:
  Differ(Call& call, const Options& options) : call_(call), options_(options) {
    unified_ = !call.gnu() || options.has('u') || options.has('U');
    context_ = static_cast<std::size_t>(
        std::clamp<std::int64_t>(to_number(options.value('U', "3")).value_or(3), 0, 100000));
  }

  void run() {
    std::string a = options_.operands[0];
    std::string b = options_.operands[1];
    const bool a_directory = is_directory(a);
    const bool b_directory = is_directory(b);
    if (a_directory && b_directory) {
      directories(a, b, 0);
      return;
    }
    if (a_directory) a = join(a, last_component(b));
    if (b_directory) b = join(b, last_component(a));
    files(a, b);
  }

 private:
  bool is_directory(const std::string& name) const {
    if (name == "-") return false;
    const Io<Stat> stat = call_.files().stat(call_.path(name));
    return stat && stat.value.type == FileType::Directory;
  }
  void directories(const std::string& a, const std::string& b, int depth) {
    if (depth > kDeepestWalk) return;
    std::map<std::string, int> names;  // 1 in a, 2 in b, 3 in both
    for (const Str& name : call_.files().list(call_.path(a)).value) names[name.str()] |= 1;
    for (const Str& name : call_.files().list(call_.path(b)).value) names[name.str()] |= 2;
    for (const auto& [name, where] : names) {
      if (call_.full()) return;
      const std::string left = join(a, name);
      const std::string right = join(b, name);
      if (where != 3 && !options_.has('N')) {
        call_.out(fmt::format("Only in {}: {}\n", where == 1 ? a : b, name));
        call_.step.exit = std::max(call_.step.exit, 1);
        continue;
      }
      const bool left_directory = where != 2 && is_directory(left);
      const bool right_directory = where != 1 && is_directory(right);
      if (left_directory && right_directory) {
        if (options_.has('r')) {
          directories(left, right, depth + 1);
        } else {
          call_.out(fmt::format("Common subdirectories: {} and {}\n", left, right));
        }
      } else if (left_directory != right_directory) {
        const auto kind = [](bool directory) { return directory ? "directory" : "regular file"; };
        call_.out(fmt::format("File {} is a {} while file {} is a {}\n", left, kind(left_directory),
                              right, kind(right_directory)));
        call_.step.exit = std::max(call_.step.exit, 1);
      } else {
        below_ = true;
        files(left, right);
      }
    }
  }

  /// What two lines are compared by.
  std::string key_of(std::string_view line, bool has_end) const {
    std::string key;
    bool blank = false;
    for (const char c : line) {
      const auto byte = static_cast<unsigned char>(c);
      if (std::isspace(byte) != 0 && (options_.has('w') || options_.has('b'))) {
        blank = true;
        continue;
      }
      if (blank && options_.has('b')) key += ' ';
      blank = false;
      key += options_.has('i') ? static_cast<char>(std::tolower(byte)) : c;
    }
    if (!has_end) key += '\n';  // a line without an end is another line
    return key;
  }

  void files(const std::string& a, const std::string& b) {
    Texts texts;
    bool fine = true;
    const auto read = [&](const std::string& name, std::string& text) {
      if (name != "-" && options_.has('N') && !call_.files().stat(call_.path(name))) return;
      const auto found = read_operand(call_, name, {"can't stat '{}': {}", "{}: {}", kTrouble});
      fine = fine && found.has_value();
      text = found.value_or("");
    };
    read(a, texts.a);
    read(b, texts.b);
    if (!fine) return;
    std::vector<Hunk> hunks;
    std::vector<std::string_view> first = lines_of(texts.a);
    std::vector<std::string_view> second = lines_of(texts.b);
    if (texts.a != texts.b) {
      std::map<std::string, int> numbers;
      const auto numbered = [&](const std::vector<std::string_view>& lines, bool has_end) {
        std::vector<int> row;
        for (std::size_t i = 0; i < lines.size(); ++i) {
          const std::string key = key_of(lines[i], has_end || i + 1 < lines.size());
          row.push_back(numbers.emplace(key, static_cast<int>(numbers.size())).first->second);
        }
        return row;
      };
      hunks = differences(numbered(first, ends(texts.a)), numbered(second, ends(texts.b)));
    }
    if (hunks.empty()) {
      if (options_.has('s')) call_.out(fmt::format("Files {} and {} are identical\n", a, b));
      return;
    }
    call_.step.exit = std::max(call_.step.exit, 1);
    const bool binary =
        texts.a.find('\0') != std::string::npos || texts.b.find('\0') != std::string::npos;
    if (options_.has('q') || (binary && !options_.has('a'))) {
      const bool says_binary = binary && !options_.has('q') && call_.gnu();
      call_.out(fmt::format("{} {} and {} differ\n", says_binary ? "Binary files" : "Files", a, b));
      return;
    }
    if (below_ && call_.gnu()) {
      call_.out(fmt::format("diff{} {} {}\n", options_.has('r') ? " -r" : "", a, b));
    }
    if (unified_) {
      show_unified(a, b, texts, first, second, hunks);
    } else {
      show_plain(texts, first, second, hunks);
    }
  }

  struct Texts {
    std::string a, b;
  };
  static bool ends(const std::string& text) { return text.empty() || text.back() == '\n'; }

  void show_line(std::string& shown, std::string_view mark,
                 const std::vector<std::string_view>& lines, std::size_t i,
                 const std::string& text) const {
    shown.append(mark).append(lines[i]).append("\n");
    if (i + 1 == lines.size() && !ends(text)) shown += "\\ No newline at end of file\n";
  }

  void show_plain(const Texts& texts, const std::vector<std::string_view>& first,
                  const std::vector<std::string_view>& second, const std::vector<Hunk>& hunks) {
    std::string shown;
    const auto range = [](std::size_t from, std::size_t to) {
      return to - from <= 1 ? std::to_string(to) : fmt::format("{},{}", from + 1, to);
    };
    for (const Hunk& hunk : hunks) {
      const char kind = hunk.a == hunk.a_end ? 'a' : hunk.b == hunk.b_end ? 'd' : 'c';
      shown += fmt::format("{}{}{}\n", range(hunk.a, hunk.a_end), kind, range(hunk.b, hunk.b_end));
      for (std::size_t i = hunk.a; i < hunk.a_end; ++i) {
        show_line(shown, "< ", first, i, texts.a);
      }
      if (kind == 'c') shown += "---\n";
      for (std::size_t i = hunk.b; i < hunk.b_end; ++i) {
        show_line(shown, "> ", second, i, texts.b);
      }
    }
    call_.out(shown);
  }

  std::string label(const std::string& name, std::size_t which) const {
    const std::vector<std::string>& labels = options_.values('L');
    if (which < labels.size()) return labels[which];
    const Io<Stat> stat = call_.files().stat(call_.path(name));
    if (!call_.gnu()) return name == "-" || stat ? name : "/dev/null";
    const Time when = name == "-" || !stat ? call_.now() : stat.value.modified;
    const std::string text = to_rfc3339(when);
    return fmt::format("{}\t{} {}.{:09} +0000", name, text.substr(0, 10), text.substr(11, 8),
                       when.ns % 1'000'000'000);
  }

  void show_unified(const std::string& a, const std::string& b, const Texts& texts,
                    const std::vector<std::string_view>& first,
                    const std::vector<std::string_view>& second, const std::vector<Hunk>& hunks) {
    std::string shown = fmt::format("--- {}\n+++ {}\n", label(a, 0), label(b, 1));
    const auto range = [](std::size_t from, std::size_t to) {
      const std::size_t count = to - from;
      return count == 1 ? std::to_string(to)
                        : fmt::format("{},{}", count == 0 ? from : from + 1, count);
    };
    for (std::size_t i = 0; i < hunks.size();) {
      std::size_t last = i;
      while (last + 1 < hunks.size() && hunks[last + 1].a - hunks[last].a_end <= 2 * context_) {
        ++last;
      }
      const std::size_t before = std::min(context_, std::min(hunks[i].a, hunks[i].b));
      const std::size_t a_from = hunks[i].a - before;
      const std::size_t b_from = hunks[i].b - before;
      const std::size_t a_to = std::min(hunks[last].a_end + context_, first.size());
      const std::size_t b_to = hunks[last].b_end + (a_to - hunks[last].a_end);
      shown += fmt::format("@@ -{} +{} @@\n", range(a_from, a_to), range(b_from, b_to));
      std::size_t at = a_from;
      for (; i <= last; ++i) {
        for (; at < hunks[i].a; ++at) show_line(shown, " ", first, at, texts.a);
        for (; at < hunks[i].a_end; ++at) show_line(shown, "-", first, at, texts.a);
        for (std::size_t j = hunks[i].b; j < hunks[i].b_end; ++j) {
          show_line(shown, "+", second, j, texts.b);
        }
      }
      for (; at < a_to; ++at) show_line(shown, " ", first, at, texts.a);
    }
    call_.out(shown);
  }

  Call& call_;
  const Options& options_;
  bool unified_ = false;
  std::size_t context_ = 3;
  bool below_ = false;  // two files of two directories
};

void diff(Call& call) {
  const auto options = parse_options(call, "abBdiNqrTstwuU:L:S:",
                                     {{"brief", 'q'},
                                      {"recursive", 'r'},
                                      {"unified", 'u'},
                                      {"new-file", 'N'},
                                      {"ignore-case", 'i'},
                                      {"ignore-all-space", 'w'},
                                      {"ignore-space-change", 'b'},
                                      {"report-identical-files", 's'},
                                      {"text", 'a'},
                                      {"label", 'L'}},
                                     call.gnu() ? kTrouble : 1);
  if (!options) return;
  const std::vector<std::string>& names = options->operands;
  if (names.size() != 2) {
    if (!call.gnu()) {
      call.show_usage();
      return;
    }
    const std::string& last = names.empty() ? call.name() : names.size() == 1 ? names[0] : names[2];
    call.complain(fmt::format("{} operand{} '{}'", names.size() < 2 ? "missing" : "extra",
                              names.size() < 2 ? " after" : "", last),
                  kTrouble);
    call.complain("Try 'diff --help' for more information.", kTrouble);
    return;
  }
  Differ(call, *options).run();
}

}  // namespace

const std::vector<Listed>& compare_programs() {
  static const std::vector<Listed> programs = {
      {"cmp", cmp, "[-ls] [-n NUM] FILE1 [FILE2]"},
      {"diff", diff, "[-abBdiNqrTstw] [-L LABEL] [-S FILE] [-U LINES] FILE1 FILE2"},
  };
  return programs;
}

}  // namespace sim::userland
