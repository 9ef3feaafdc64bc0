#include "sim/programs/userland_sed.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "sim/base/format.h"

// sed: the script over each line.

namespace sim::userland {
namespace {

using sed::Address;
using sed::Command;
using sed::Part;

// Bounds of one call: bytes handled, commands run without reading a line, bytes held.
constexpr std::size_t kMostWork = std::size_t{1} << 28;
constexpr int kMostCommands = 200000;
constexpr std::size_t kMostSpace = 4u << 20;
constexpr int kEnded = 137;
constexpr std::string_view kEndless = "ended: the script does not come to an end";

struct Line {
  std::string_view text;
  bool has_end;
};

class Editor {
 public:
  Editor(Call& call, std::vector<Command> commands, bool quiet, char end)
      : call_(call),
        commands_(std::move(commands)),
        ranges_(commands_.size()),
        quiet_(quiet),
        end_(end) {}

  /// Runs over the texts as over one, and answers what it printed.
  std::string run(const std::vector<std::pair<std::string, std::string>>& texts) {
    lines_.clear();
    names_.clear();
    next_ = 0;
    out_.clear();
    lacks_end_ = false;
    for (const auto& [name, text] : texts) {
      for (std::string_view rest = text; !rest.empty() && lines_.size() < kMostLines;) {
        const std::size_t end = rest.find(end_);
        lines_.push_back({rest.substr(0, end), end != std::string_view::npos});
        names_.push_back(&name);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      }
    }
    while (!quit_ && (again_ || read_line())) {
      again_ = false;
      cycle();
    }
    return std::move(out_);
  }
  /// For -i: line numbers and ranges begin anew with each file.
  void start_over() {
    number_ = 0;
    ranges_.assign(commands_.size(), {});
  }
  bool quit() const { return quit_; }
  void write_files() {
    for (const auto& [name, text] : files_) {
      write_operand(call_, name, text, {"can't open '{}': {}", "couldn't open file {}: {}", 4});
    }
  }

 private:
  struct Range {
    bool active = false;
    std::int64_t until = 0;  // a line number, when it ends at one
  };

  bool last() const { return next_ >= lines_.size(); }
  bool take_line(std::string* text) {
    if (last()) return false;
    const Line& line = lines_[next_];
    *text = std::string(line.text);
    has_end_ = line.has_end;
    name_ = names_[next_++];
    ++number_;
    commands_run_ = 0;
    return true;
  }
  bool read_line() {
    replaced_ = false;
    return take_line(&space_);
  }

  void put(std::string_view text, bool has_end = true) {
    if (lacks_end_) out_ += end_;
    out_.append(text);
    if (has_end) out_ += end_;
    lacks_end_ = !has_end;
  }
  /// Text as it is, behind a line that has got its end.
  void put_raw(std::string_view text) {
    if (text.empty()) return;
    if (lacks_end_) out_ += end_;
    lacks_end_ = false;
    out_.append(text);
  }
  void put_into(const std::string& file, std::string_view text) {
    if (file == "/dev/stdout") {
      put(text);
    } else if (file == "/dev/stderr") {
      call_.err(std::string(text) + "\n");
    } else {
      files_[file].append(text) += end_;
    }
  }
  void flush_added() {
    for (const auto& [is_file, text] : added_) {
      if (!is_file) {
        put_raw(text);
      } else if (const Io<std::string> read = call_.files().read(call_.path(text))) {
        put_raw(read.value);
      }
    }
    added_.clear();
  }

  bool matches(const std::shared_ptr<const Regex>& regex) {
    const Regex* used = regex ? regex.get() : last_regex_;
    if (!used) {
      fail("no previous regexp", "no previous regular expression", 1);
      return false;
    }
    last_regex_ = used;
    return !used->search(space_, 0, &work_).empty();
  }
  void fail(std::string_view busybox, std::string_view gnu_text, int exit) {
    if (!quit_) call_.complain(busybox, gnu_text, exit);
    quit_ = true;
    failed_ = true;
  }

  bool at(const Address& address) {
    switch (address.kind) {
      case Address::Kind::Line:
        return number_ == address.number;
      case Address::Kind::Step:
        return address.step <= 0
                   ? number_ == address.number
                   : number_ >= address.number && (number_ - address.number) % address.step == 0;
      case Address::Kind::Last:
        return last();
      case Address::Kind::Match:
        return matches(address.regex);
      default:
        return true;
    }
  }

  /// Whether the command is for this line; keeps account of its range.
  bool selects(const Command& command, Range& range) {
    if (command.second.kind == Address::Kind::None) return at(command.first);
    const Address& second = command.second;
    if (range.active) {
      switch (second.kind) {
        case Address::Kind::Line:
        case Address::Kind::Plus:
        case Address::Kind::Multiple:
          range.active = number_ < range.until;
          // A range whose end has been passed (by n or N) is over.
          return number_ <= range.until;
        default:
          range.active = !at(second);
          return true;
      }
    }
    const bool zero = command.first.kind == Address::Kind::Line && command.first.number == 0;
    if (zero) {
      if (number_ != 1) return false;
      range.active = !at(second);  // the end may be on the first line already
      return true;
    }
    if (!at(command.first)) return false;
    range.active = true;
    if (second.kind == Address::Kind::Line) {
      range.until = second.number;
    } else if (second.kind == Address::Kind::Plus) {
      range.until = number_ + second.number;
    } else if (second.kind == Address::Kind::Multiple) {
      const std::int64_t step = std::max<std::int64_t>(second.number, 1);
      range.until = (number_ + step - 1) / step * step;
    } else {
      if (second.kind == Address::Kind::Last) range.active = !last();
      return true;
    }
    range.active = number_ < range.until;
    return true;
  }

  void cycle() {
    std::size_t i = 0;
    bool prints = !quiet_;
    while (i < commands_.size() && !quit_) {
      const Command& command = commands_[i];
      const bool selected = selects(command, ranges_[i]) != command.negated;
      work_ += space_.size() / 16 + 1;
      if (++commands_run_ > kMostCommands || work_ > kMostWork || space_.size() > kMostSpace ||
          hold_.size() > kMostSpace) {
        fail(kEndless, kEndless, kEnded);
      }
      if (quit_) break;
      if (out_.size() >= kMostOutput) {
        quit_ = true;
        break;
      }
      if (!selected) {
        i = command.name == '{' ? command.jump : i + 1;
        continue;
      }
      const Next next = run(command, i);
      if (next == Next::Jump) {
        i = command.jump;
        continue;
      }
      if (next == Next::End) break;
      if (next == Next::Delete) {
        prints = false;
        break;
      }
      ++i;
    }
    if (failed_) return;
    if (prints && !again_) put(space_, has_end_);
    flush_added();
  }

  enum class Next { Go, Jump, End, Delete };

  Next run(const Command& command, std::size_t index) {
    switch (command.name) {
      case 'a':
        added_.emplace_back(false, command.text);
        break;
      case 'i':
        put_raw(command.text);
        break;
      case 'c':
        if (command.second.kind == Address::Kind::None || command.negated ||
            !ranges_[index].active) {
          put_raw(command.text);
        }
        return Next::Delete;
      case 'd':
        return Next::Delete;
      case 'D': {
        const std::size_t end = space_.find(end_);
        if (end == std::string::npos) return Next::Delete;
        space_.erase(0, end + 1);
        again_ = true;
        return Next::Delete;
      }
      case 'p':
        put(space_, has_end_);
        break;
      case 'P': {
        const std::size_t end = space_.find(end_);
        put(std::string_view(space_).substr(0, end), end != std::string::npos || has_end_);
        break;
      }
      case 'n':
        if (last()) {
          quit_ = true;
          return Next::End;
        }
        if (!quiet_) put(space_, has_end_);
        flush_added();
        take_line(&space_);
        break;
      case 'N': {
        if (last()) {
          quit_ = true;
          return Next::End;
        }
        flush_added();
        std::string more;
        take_line(&more);
        space_ += end_;
        space_ += more;
        break;
      }
      case 'g':
        space_ = hold_;
        break;
      case 'G':
        space_ += end_;
        space_ += hold_;
        break;
      case 'h':
        hold_ = space_;
        break;
      case 'H':
        hold_ += end_;
        hold_ += space_;
        break;
      case 'x':
        std::swap(space_, hold_);
        break;
      case 'z':
        space_.clear();
        break;
      case '=':
        put_raw(fmt::format("{}\n", number_));
        break;
      case 'F':
        put_raw(*name_ + "\n");
        break;
      case 'l':
        put_raw(visible());
        break;
      case 'r':
        added_.emplace_back(true, command.text);
        break;
      case 'w':
        put_into(command.text, space_);
        break;
      case 'q':
      case 'Q':
        quit_ = true;
        call_.step.exit = std::max(call_.step.exit, command.exit);
        return command.name == 'q' ? Next::End : Next::Delete;
      case 's':
        substitute(command);
        break;
      case 'y':
        for (char& c : space_) c = command.map[static_cast<unsigned char>(c)];
        break;
      case 'b':
        return Next::Jump;
      case 't':
      case 'T': {
        const bool jumps = replaced_ == (command.name == 't');
        replaced_ = false;
        return jumps ? Next::Jump : Next::Go;
      }
      default:
        break;
    }
    return Next::Go;
  }

  /// l: what does not show made visible, folded at 70 columns.
  std::string visible() const {
    constexpr std::size_t kWidth = 69;
    std::string text;
    std::size_t column = 0;
    for (const char c : space_) {
      constexpr std::string_view kEscaped = "\a\b\f\n\r\t\v\\";
      constexpr std::string_view kLetters = "abfnrtv\\";
      const auto byte = static_cast<unsigned char>(c);
      const std::size_t known = kEscaped.find(c);
      const std::string piece = known != std::string_view::npos
                                    ? std::string("\\") + kLetters[known]
                                : byte < 32 || byte >= 127 ? fmt::format("\\{:03o}", byte)
                                                           : std::string(1, c);
      if (column + piece.size() > kWidth) {
        text += "\\\n";
        column = 0;
      }
      text += piece;
      column += piece.size();
    }
    return text + "$\n";
  }

  void substitute(const Command& command) {
    const Regex* regex = command.regex ? command.regex.get() : last_regex_;
    if (!regex) {
      fail("no previous regexp", "no previous regular expression", 1);
      return;
    }
    last_regex_ = regex;
    constexpr auto npos = std::string_view::npos;
    const std::string_view text = space_;
    std::string made;
    std::int64_t count = 0;
    bool changed = false;
    std::size_t at = 0;
    std::size_t end_before = npos;
    while (at <= text.size() && work_ < kMostWork && made.size() <= kMostSpace) {
      const auto spans = regex->search(text, at, &work_);
      if (spans.empty()) break;
      const std::size_t start = spans[0].start;
      const std::size_t end = spans[0].end;
      made.append(text.substr(at, start - at));
      at = start;
      const bool empty = start == end;
      // Nothing is found right behind what has been found.
      if (!empty || start != end_before) {
        if (++count >= command.which) {
          fill(command, text, spans, made);
          changed = true;
        } else {
          made.append(text.substr(start, end - start));
        }
        at = end;
        end_before = end;
      }
      if (empty) {
        if (at < text.size()) made += text[at];
        ++at;
      }
      if (changed && !command.global) break;
    }
    if (!changed) return;
    if (at < text.size()) made.append(text.substr(at));
    space_ = std::move(made);
    replaced_ = true;
    for (int i = 0; i < command.prints; ++i) put(space_, has_end_);
    if (!command.file.empty()) put_into(command.file, space_);
  }

  static void fill(const Command& command, std::string_view text,
                   const std::vector<Regex::Span>& spans, std::string& made) {
    Part::Kind turn = Part::Kind::AsItIs;  // until \E
    Part::Kind once = Part::Kind::AsItIs;  // the next letter
    const auto add = [&](std::string_view piece) {
      for (const char c : piece) {
        const Part::Kind kind = once != Part::Kind::AsItIs ? once : turn;
        const auto byte = static_cast<unsigned char>(c);
        once = Part::Kind::AsItIs;
        made += kind == Part::Kind::Upper || kind == Part::Kind::UpperOne
                    ? static_cast<char>(std::toupper(byte))
                : kind == Part::Kind::Lower || kind == Part::Kind::LowerOne
                    ? static_cast<char>(std::tolower(byte))
                    : c;
      }
    };
    for (const Part& part : command.replacement) {
      switch (part.kind) {
        case Part::Kind::Text:
          add(part.text);
          break;
        case Part::Kind::Group:
          if (part.group < spans.size() && spans[part.group].start != std::string_view::npos) {
            const Regex::Span span = spans[part.group];
            add(text.substr(span.start, span.end - span.start));
          }
          break;
        case Part::Kind::UpperOne:
        case Part::Kind::LowerOne:
          once = part.kind;
          break;
        default:
          turn = part.kind;
          once = Part::Kind::AsItIs;
      }
    }
  }

  Call& call_;
  std::vector<Command> commands_;
  std::vector<Range> ranges_;
  bool quiet_;
  char end_;
  std::vector<Line> lines_;
  std::vector<const std::string*> names_;  // of the file of each line
  std::size_t next_ = 0;
  std::int64_t number_ = 0;
  const std::string* name_ = nullptr;
  std::string space_;
  std::string hold_;
  bool has_end_ = true;
  bool lacks_end_ = false;  // what was printed last has no end of line yet
  bool replaced_ = false;   // what t asks
  bool again_ = false;      // D: the next cycle begins with what is left
  bool quit_ = false;
  bool failed_ = false;
  const Regex* last_regex_ = nullptr;
  std::string out_;
  std::vector<std::pair<bool, std::string>> added_;  // is it a file, text or name
  std::map<std::string, std::string> files_;         // of w
  std::size_t work_ = 0;
  int commands_run_ = 0;
};

/// -i takes its suffix along: "-i.bak" becomes "-i" here, and the suffix is remembered.
std::vector<std::string> without_suffix(const Call& call, std::string* suffix) {
  std::vector<std::string> words;
  bool ended = false;
  bool is_value = false;
  for (const std::string& word : call.argv) {
    ended = ended || word == "--";
    if (ended || is_value || word.size() < 2 || word[0] != '-') {
      words.push_back(word);
      is_value = false;
      continue;
    }
    if (word.rfind("--in-place", 0) == 0) {
      if (word.size() > 11 && word[10] == '=') *suffix = word.substr(11);
      words.emplace_back("--in-place");
      continue;
    }
    const std::size_t letter = word[1] == '-' ? std::string::npos : word.find_first_of("iefl", 1);
    if (letter != std::string::npos && word[letter] == 'i') {
      *suffix = word.substr(letter + 1);
      words.push_back(word.substr(0, letter + 1));
      continue;
    }
    is_value = letter != std::string::npos && letter + 1 == word.size();
    words.push_back(word);
  }
  return words;
}

void edit_in_place(Call& call, Editor& editor, const std::vector<std::string>& names,
                   const std::string& suffix) {
  for (const std::string& name : names) {
    if (editor.quit()) return;
    const Path path = call.path(name);
    const Io<Stat> stat = call.files().stat(path);
    if (stat && stat.value.type == FileType::Directory) {
      call.complain(fmt::format("couldn't edit {}: not a regular file", name), call.gnu() ? 4 : 1);
      continue;
    }
    const auto text = read_operand(call, name, {"{}: {}", "can't read {}: {}", call.gnu() ? 2 : 1});
    if (!text) continue;
    editor.start_over();
    const std::string made = editor.run({{name, *text}});
    if (call.step.exit >= kEnded) return;
    // What is there already is written over, so its mode and owner stay.
    if (!suffix.empty()) {
      const std::size_t star = suffix.find('*');
      const std::string base(last_component(name));
      std::string backup = star == std::string::npos
                               ? name + suffix
                               : join(name.substr(0, name.size() - base.size()),
                                      suffix.substr(0, star) + base + suffix.substr(star + 1));
      if (!write_operand(call, backup, *text, {"can't open '{}': {}", "cannot rename {}: {}", 4})) {
        return;
      }
    }
    const std::size_t slash = name.rfind('/');
    const std::string directory = slash == std::string::npos ? "." : name.substr(0, slash + 1);
    const Errno error = call.files().write(path, made, false, call.now()).error;
    if (error != Errno::Ok) {
      call.complain(fmt::format("can't create temp file '{}XXXXXX': {}", name, to_string(error)),
                    fmt::format("couldn't open temporary file {}: {}", join(directory, "sedXXXXXX"),
                                to_string(error)),
                    call.gnu() ? 4 : 1);
      return;
    }
  }
}

void sed_program(Call& call) {
  if (call.argv.size() > 1 && call.argv[1] == "--version") {
    call.out(call.gnu() ? "sed (GNU sed) 4.9\n" : "This is not GNU sed version 4.0\n");
    return;
  }
  std::string suffix;
  const std::vector<std::string> words = without_suffix(call, &suffix);
  const auto options = parse_options(call, call.gnu() ? "nrEie:f:szul:" : "nrEie:f:",
                                     {{"quiet", 'n'},
                                      {"silent", 'n'},
                                      {"regexp-extended", 'E'},
                                      {"in-place", 'i'},
                                      {"expression", 'e'},
                                      {"file", 'f'},
                                      {"separate", 's'},
                                      {"null-data", 'z'},
                                      {"unbuffered", 'u'},
                                      {"line-length", 'l'}},
                                     1, &words);
  if (!options) return;
  std::vector<std::string> names = options->operands;
  std::vector<sed::Source> sources;
  if (options->has('e') || options->has('f')) {
    // In the order given, except that files come behind expressions.
    for (const std::string& text : options->values('e')) sources.push_back({text, ""});
    for (const std::string& name : options->values('f')) {
      const auto text =
          read_operand(call, name, {"{}: {}", "couldn't open file {}: {}", call.gnu() ? 4 : 1});
      if (!text) return;
      sources.push_back({*text, name});
    }
  } else if (names.empty()) {
    if (call.gnu()) {
      call.err("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n");
    }
    call.show_usage();
    return;
  } else {
    sources.push_back({names[0], ""});
    names.erase(names.begin());
  }
  bool quiet = options->has('n');
  if (sources[0].text.rfind("#n\n", 0) == 0 || sources[0].text == "#n") quiet = true;
  auto commands = sed::read_script(call, sources, options->has('E') || options->has('r'));
  if (!commands) return;
  Editor editor(call, std::move(*commands), quiet, options->has('z') ? '\0' : '\n');
  if (options->has('i')) {
    if (names.empty()) {
      call.complain("-i requires an argument", "no input files", call.gnu() ? 4 : 1);
      return;
    }
    edit_in_place(call, editor, names, suffix);
    editor.write_files();
    return;
  }
  if (names.empty()) names.emplace_back("-");
  const Reading reading{"{}: {}", "can't read {}: {}",      call.gnu() ? 2 : 1,
                        "",       "read error on {0}: {1}", true};
  std::vector<std::pair<std::string, std::string>> texts;
  for (const std::string& name : names) {
    auto text = read_operand(call, name, reading);
    if (text) texts.emplace_back(name, std::move(*text));
  }
  if (options->has('s')) {
    for (auto& text : texts) {
      if (editor.quit()) break;
      editor.start_over();
      call.out(editor.run({std::move(text)}));
    }
  } else {
    call.out(editor.run(texts));
  }
  editor.write_files();
}

}  // namespace

const std::vector<Listed>& editor_programs() {
  static const std::vector<Listed> programs = {
      {"sed", sed_program,
       "[-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...\nor: sed [-i[SFX]] [-nrE] CMD "
       "[FILE]..."},
  };
  return programs;
}

}  // namespace sim::userland
