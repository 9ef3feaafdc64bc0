#include <algorithm>
#include <cctype>

#include "sim/base/format.h"
#include "sim/base/regex.h"
#include "sim/programs/shell_pattern.h"
#include "sim/programs/userland_tools.h"

// Programs that find lines: grep and its like.

namespace sim::userland {
namespace {

constexpr int kTrouble = 2;
// Steps of matching that one call may take; beyond, nothing more matches.
constexpr std::size_t kMostWork = std::size_t{1} << 28;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Long options without a letter of their own.
constexpr char kInclude = '\1';
constexpr char kExclude = '\2';
constexpr char kExcludeDirectory = '\3';
constexpr char kColor = '\4';

class Grep {
 public:
  Grep(Call& call, const Options& options) : call_(call), options_(options) {
    ignore_case_ = options.has('i') || options.has('y');
    const char syntax = options.last_of("EFG");
    fixed_ = syntax == 'F' || (syntax == 0 && call.name() == "fgrep");
    extended_ = syntax == 'E' || options.has('P') || (syntax == 0 && call.name() == "egrep");
  }

  void run() {
    std::vector<std::string> operands = options_.operands;
    if (!read_patterns(operands) || !read_numbers()) return;
    recursive_ = options_.has('r') || options_.has('R');
    const bool here = operands.empty() && recursive_;
    if (operands.empty()) operands.emplace_back(recursive_ ? "." : "-");
    const char naming = options_.last_of("Hh");
    names_ = naming == 'H' || (naming == 0 && (operands.size() > 1 || recursive_));
    for (const std::string& name : operands) {
      if (done_) break;
      visit(name, here, 0);
    }
    if (done_) {  // -q: what was wrong before does not matter
      call_.step.exit = 0;
      return;
    }
    if (call_.step.exit == 0 && !selected_) call_.step.exit = 1;
  }

 private:
  bool read_patterns(std::vector<std::string>& operands) {
    std::vector<std::string> texts = options_.values('e');
    for (const std::string& name : options_.values('f')) {
      const auto list = read_operand(call_, name, {"{}: {}", "{}: {}", kTrouble});
      if (!list) return false;
      for (const std::string_view line : lines_of(*list)) texts.emplace_back(line);
      from_file_ = true;
    }
    if (texts.empty() && !from_file_) {
      if (operands.empty()) {
        if (call_.gnu()) {
          call_.err("Usage: grep [OPTION]... PATTERNS [FILE]...\n");
        }
        call_.show_usage("", kTrouble);
        return false;
      }
      texts.push_back(operands[0]);
      operands.erase(operands.begin());
    }
    for (const std::string& text : texts) {
      std::string_view rest = text;
      for (;;) {  // each line is a pattern of its own
        const std::size_t end = rest.find('\n');
        if (!add_pattern(rest.substr(0, end))) return false;
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
      }
    }
    return true;
  }

  bool add_pattern(std::string_view pattern) {
    if (fixed_) {
      words_.push_back(ignore_case_ ? lowered(pattern) : std::string(pattern));
      return true;
    }
    std::string error;
    auto regex = Regex::compile(pattern, {extended_, ignore_case_, extended_}, &error);
    if (!regex) {
      call_.complain(fmt::format("bad regex '{}'", pattern), error, kTrouble);
      return false;
    }
    regexes_.push_back(std::move(*regex));
    return true;
  }

  bool read_numbers() {
    const auto number = [&](char letter, std::int64_t& value) {
      if (!options_.has(letter)) return true;
      const auto read = to_number(options_.value(letter));
      if (!read || *read < 0) {
        call_.complain(fmt::format("invalid number '{}'", options_.value(letter)),
                       letter == 'm' ? std::string("invalid max count")
                                     : fmt::format("{}: invalid context length argument",
                                                   options_.value(letter)),
                       kTrouble);
        return false;
      }
      value = *read;
      return true;
    };
    std::int64_t around = 0;
    if (!number('C', around)) return false;
    before_ = after_ = around;
    return number('B', before_) && number('A', after_) && number('m', most_);
  }

  /// "./x" is shown as "x" when nobody named the directory; busybox and GNU agree.
  void visit(const std::string& name, bool here, int depth) {
    if (name != "-") {
      const Io<Stat> stat = call_.files().stat(call_.path(name), depth == 0 || options_.has('R'));
      if (stat && stat.value.type == FileType::Symlink) return;  // met below a directory
      if (stat && stat.value.type == FileType::Directory) {
        if (!recursive_) {
          if (call_.gnu() && !options_.has('s')) {
            call_.complain(fmt::format("{}: Is a directory", name), kTrouble);
          } else if (call_.gnu()) {
            call_.step.exit = kTrouble;
          }
          return;
        }
        if (depth > kDeepestWalk || (depth > 0 && excluded(name, kExcludeDirectory))) return;
        for (const Str& child : call_.files().list(call_.path(name)).value) {
          if (done_ || call_.full()) return;
          const bool plain = here && depth == 0;
          visit(plain ? child.str() : join(name, child), here, depth + 1);
        }
        return;
      }
      if (excluded(name, kExclude)) return;
      if (options_.has(kInclude)) {
        const auto& globs = options_.values(kInclude);
        const bool wanted = std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
          return fits_name(glob, name);
        });
        if (!wanted) return;
      }
    }
    if (options_.has('s')) {
      if (name != "-" && !call_.files().read(call_.path(name))) {
        call_.step.exit = kTrouble;
        return;
      }
    }
    const auto text = read_operand(call_, name, {"{}: {}", "{}: {}", kTrouble});
    if (text) search(name, *text);
  }

  bool fits_name(std::string_view glob, const std::string& name) {
    return shell::fits(glob, last_component(name), glob_work_);
  }

  bool excluded(const std::string& name, char option) {
    const auto& globs = options_.values(option);
    return std::any_of(globs.begin(), globs.end(),
                       [&](const std::string& glob) { return fits_name(glob, name); });
  }

  using Span = Regex::Span;

  /// The leftmost match of any pattern, the longest there; its start is npos when there is none.
  Span find(std::string_view line, std::size_t from) {
    Span best;
    const auto consider = [&](Span span) {
      if (span.start == std::string_view::npos) return;
      if (best.start == std::string_view::npos || span.start < best.start ||
          (span.start == best.start && span.end > best.end)) {
        best = span;
      }
    };
    if (fixed_) {
      const std::string folded = ignore_case_ ? lowered(line) : "";
      const std::string_view where = ignore_case_ ? std::string_view(folded) : line;
      for (const std::string& word : words_) {
        const std::size_t at = where.find(word, from);
        if (at != std::string_view::npos) consider({at, at + word.size()});
      }
      work_ += where.size() - std::min(from, where.size()) + 1;
    }
    for (const Regex& regex : regexes_) {
      const std::vector<Span> spans = regex.search(line, from, &work_);
      if (!spans.empty()) consider(spans[0]);
    }
    return best;
  }

  /// The next match that -w and -x allow.
  Span next_match(std::string_view line, std::size_t from) {
    if (options_.has('x')) {
      if (from > 0) return {};
      return whole_line(line) ? Span{0, line.size()} : Span{};
    }
    while (from <= line.size() && work_ < kMostWork) {
      const Span span = find(line, from);
      if (span.start == std::string_view::npos || !options_.has('w')) return span;
      const bool before = span.start > 0 && is_word(line[span.start - 1]);
      const bool behind = span.end < line.size() && is_word(line[span.end]);
      if (!before && !behind) return span;
      from = span.start + 1;
    }
    return {};
  }

  bool whole_line(std::string_view line) {
    const std::string folded = fixed_ && ignore_case_ ? lowered(line) : std::string();
    const std::string_view where = folded.empty() ? line : std::string_view(folded);
    if (std::find(words_.begin(), words_.end(), where) != words_.end()) return true;
    return std::any_of(regexes_.begin(), regexes_.end(), [&](const Regex& regex) {
      const auto spans = regex.search(line, 0, &work_);
      return !spans.empty() && spans[0].start == 0 && spans[0].end == line.size();
    });
  }

  void search(const std::string& name, std::string_view text) {
    const std::string shown = name == "-" ? "(standard input)" : name;
    const bool binary = call_.gnu() && !options_.has('a') && !options_.has('z') &&
                        text.find('\0') != std::string_view::npos;
    const bool quiet = options_.has('q');
    const char listing = options_.last_of("lL");
    const bool counts = options_.has('c');
    const bool prints = !quiet && listing == 0 && !counts;
    const std::string prefix = names_ ? shown : "";
    std::int64_t matches = 0;
    std::int64_t printed_to = 0;  // lines shown so far, as a number
    std::int64_t trailing = 0;
    std::int64_t number = 0;
    const char end_of_line = options_.has('z') ? '\0' : '\n';
    const std::vector<std::string_view> lines = lines_of(text, end_of_line);
    std::string out;
    const auto show = [&](std::int64_t line, char mark) {
      if (printed_to != line - 1 && (before_ > 0 || after_ > 0) && (printed_to > 0 || any_shown_)) {
        out += "--\n";
      }
      if (names_) out += prefix + mark;
      if (options_.has('n')) out += fmt::format("{}{}", line, mark);
      out.append(lines[static_cast<std::size_t>(line - 1)]) += end_of_line;
      printed_to = line;
      any_shown_ = true;
    };
    for (const std::string_view line : lines) {
      ++number;
      if (most_ >= 0 && matches >= most_) {
        if (!call_.gnu() || trailing-- <= 0 || !prints) break;
        show(number, '-');
        continue;
      }
      const bool found = next_match(line, 0).start != std::string_view::npos;
      if (found == options_.has('v')) {
        if (prints && trailing-- > 0 && !options_.has('o')) show(number, '-');
        continue;
      }
      ++matches;
      if (quiet || (listing != 0 && !counts)) break;
      if (!prints) continue;
      if (binary) {
        call_.out(out);
        call_.complain(fmt::format("{}: binary file matches", shown), 0);
        selected_ = true;
        return;
      }
      if (options_.has('o')) {
        if (!options_.has('v'))
          show_matches(out, line, prefix, number,
                       static_cast<std::size_t>(line.data() - text.data()));
      } else {
        for (std::int64_t i = std::max(printed_to + 1, number - before_); i < number; ++i) {
          show(i, '-');
        }
        show(number, ':');
        trailing = after_;
      }
      if (out.size() >= kMostOutput) break;
    }
    if (matches > 0 && quiet) {
      done_ = true;
      return;
    }
    selected_ = selected_ || (matches > 0) == (listing != 'L');
    if (listing != 0) {
      if ((matches > 0) == (listing == 'l')) call_.out(shown + "\n");
      return;
    }
    if (counts) {
      call_.out(fmt::format("{}{}{}\n", prefix, names_ ? ":" : "", matches));
      return;
    }
    call_.out(out);
  }

  void show_matches(std::string& out, std::string_view line, const std::string& prefix,
                    std::int64_t number, std::size_t offset) {
    for (std::size_t at = 0; at <= line.size() && out.size() < kMostOutput;) {
      const Span span = next_match(line, at);
      if (span.start == std::string_view::npos) break;
      if (span.end > span.start) {
        if (names_) out += prefix + ":";
        if (options_.has('n')) out += fmt::format("{}:", number);
        if (options_.has('b')) out += fmt::format("{}:", offset + span.start);
        out.append(line.substr(span.start, span.end - span.start)) += '\n';
      }
      at = std::max(span.end, span.start + 1);
    }
  }

  Call& call_;
  const Options& options_;
  bool ignore_case_ = false;
  bool fixed_ = false;
  bool extended_ = false;
  bool recursive_ = false;
  bool from_file_ = false;
  bool names_ = false;
  bool selected_ = false;
  bool any_shown_ = false;
  bool done_ = false;
  std::int64_t before_ = 0;
  std::int64_t after_ = 0;
  std::int64_t most_ = -1;
  std::int64_t glob_work_ = kMostWork;  // steps left of matching file names
  std::vector<std::string> words_;
  std::vector<Regex> regexes_;
  std::size_t work_ = 0;
};

void grep(Call& call) {
  const std::vector<std::string> words =
      call.gnu() ? numbers_spelt_out(call, "-C", "mABCef") : call.argv;
  static const std::vector<std::pair<std::string, char>> longs = {
      {"color", kColor},
      {"colour", kColor},
      {"include", kInclude},
      {"exclude", kExclude},
      {"exclude-dir", kExcludeDirectory},
      {"ignore-case", 'i'},
      {"invert-match", 'v'},
      {"count", 'c'},
      {"line-number", 'n'},
      {"files-with-matches", 'l'},
      {"files-without-match", 'L'},
      {"quiet", 'q'},
      {"silent", 'q'},
      {"recursive", 'r'},
      {"dereference-recursive", 'R'},
      {"word-regexp", 'w'},
      {"line-regexp", 'x'},
      {"extended-regexp", 'E'},
      {"fixed-strings", 'F'},
      {"basic-regexp", 'G'},
      {"perl-regexp", 'P'},
      {"only-matching", 'o'},
      {"regexp", 'e'},
      {"file", 'f'},
      {"after-context", 'A'},
      {"before-context", 'B'},
      {"context", 'C'},
      {"no-filename", 'h'},
      {"with-filename", 'H'},
      {"no-messages", 's'},
      {"max-count", 'm'},
      {"text", 'a'}};
  // --color=when: the value is optional, so it is no option with a value; nothing here is a
  // terminal.
  std::vector<std::string> known;
  for (const std::string& word : words) {
    const bool color = word.rfind("--color", 0) == 0 || word.rfind("--colour", 0) == 0;
    known.push_back(color ? word.substr(0, word.find('=')) : word);
  }
  static const std::string gnu_spec = std::string("HhnlLoqvsrRiwFEGPzxcaybIUm:A:B:C:e:f:") +
                                      kColor + kInclude + ":" + kExclude + ":" + kExcludeDirectory +
                                      ":";
  const std::string spec =
      call.gnu() ? gnu_spec : std::string("HhnlLoqvsrRiwFEzxcm:A:B:C:e:f:") + kColor;
  const auto options = parse_options(call, spec, longs, kTrouble, &known);
  if (options) Grep(call, *options).run();
}

}  // namespace

const std::vector<Listed>& pattern_programs() {
  static constexpr std::string_view kGrepUsage =
      "[-HhnlLoqvsrRiwFEz] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...";
  static const std::vector<Listed> programs = {
      {"grep", grep, kGrepUsage},
      {"egrep", grep, kGrepUsage},
      {"fgrep", grep, kGrepUsage},
  };
  return programs;
}

}  // namespace sim::userland
