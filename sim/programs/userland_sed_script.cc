#include <algorithm>
#include <cctype>
#include <map>

#include "sim/base/format.h"
#include "sim/programs/userland_sed.h"

namespace sim::userland::sed {
namespace {

constexpr std::size_t kMostCommands = 10000;

struct Wrong {
  std::string busybox, gnu;
};

class Reader {
 public:
  Reader(Call& call, const std::vector<Source>& sources, bool extended)
      : call_(call), sources_(sources), extended_(extended) {
    for (const Source& source : sources) {
      starts_.push_back(text_.size());
      text_ += source.text;
      if (text_.empty() || text_.back() != '\n') text_ += '\n';
    }
  }

  std::optional<std::vector<Command>> read() {
    try {
      for (;;) {
        while (at_ < text_.size() && (is_space(peek()) || peek() == ';')) ++at_;
        if (at_ >= text_.size()) break;
        command();
        if (commands_.size() > kMostCommands) {
          throw Wrong{"too many commands", "too many commands"};
        }
      }
      if (!open_.empty() && call_.gnu()) {
        at_ = 0;
        throw Wrong{"", "unmatched `{'"};
      }
      while (!open_.empty()) close();  // busybox does not mind
      for (Command& command : commands_) resolve(command);
    } catch (const Wrong& wrong) {
      complain(wrong);
      return std::nullopt;
    }
    return std::move(commands_);
  }

 private:
  static bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }

  void complain(const Wrong& wrong) {
    if (!call_.gnu()) {
      call_.complain(wrong.busybox);
      return;
    }
    std::size_t which = 0;
    while (which + 1 < starts_.size() && starts_[which + 1] < at_) ++which;
    const Source& source = sources_[which];
    if (wrong.gnu.rfind("can't find label", 0) == 0 || wrong.gnu.rfind("couldn't", 0) == 0) {
      constexpr int kPanic = 4;
      call_.complain(wrong.gnu, kPanic);
      return;
    }
    const std::size_t place = std::min(at_ - starts_[which], source.text.size());
    if (source.file.empty()) {
      call_.complain(fmt::format("-e expression #{}, char {}: {}", which + 1, place, wrong.gnu));
      return;
    }
    const std::string_view before = std::string_view(source.text).substr(0, place);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    call_.complain(fmt::format("file {} line {}: {}", source.file, line, wrong.gnu));
  }

  std::int64_t number() {
    std::int64_t value = 0;
    while (is_digit(peek()))
      value = std::min<std::int64_t>(value * 10 + (text_[at_++] - '0'), std::int64_t{1} << 40);
    return value;
  }

  /// The text up to the delimiter, which is passed. A delimiter behind a backslash is only itself.
  std::optional<std::string> delimited(char delimiter, bool is_regex) {
    std::string part;
    bool bracket = false;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == delimiter && !bracket) return part;
      if (c == '\n' && is_regex) break;
      if (c == '\\' && at_ < text_.size()) {
        const char next = text_[at_++];
        if (next == delimiter && !bracket) {
          // \n with n as the delimiter is a plain n.
          if (!is_regex && next == '&') part += '\\';
          part += next;
        } else if (is_regex && (next == 'n' || next == 't')) {
          part += next == 'n' ? '\n' : '\t';
        } else if (bracket && next == ']') {  // a backslash is only itself there
          part += "\\]";
          bracket = false;
        } else {
          part.append({c, next});
        }
        continue;
      }
      part += c;
      if (!is_regex) continue;
      if (c == '[' && !bracket) {
        bracket = true;
        if (peek() == '^') part += text_[at_++];
        if (peek() == ']') part += text_[at_++];
      } else if (bracket && c == '[' && (peek() == ':' || peek() == '.' || peek() == '=')) {
        const std::size_t end = text_.find(std::string(1, peek()) + "]", at_ + 1);
        if (end == std::string::npos) continue;
        part.append(text_, at_, end + 2 - at_);
        at_ = end + 2;
      } else if (c == ']') {
        bracket = false;
      }
    }
    at_ = std::min(at_, text_.size());
    --at_;
    return std::nullopt;
  }

  std::shared_ptr<const Regex> compile(const std::string& pattern, bool ignore_case) {
    if (pattern.empty()) return nullptr;
    std::string error;
    auto regex = Regex::compile(pattern, {extended_, ignore_case}, &error);
    if (!regex) throw Wrong{fmt::format("bad regex '{}': {}", pattern, error), error};
    return std::make_shared<const Regex>(std::move(*regex));
  }

  Address address() {
    Address address;
    if (is_digit(peek())) {
      address.kind = Address::Kind::Line;
      address.number = number();
      if (peek() == '~' && call_.gnu()) {
        ++at_;
        address.kind = Address::Kind::Step;
        address.step = number();
      }
    } else if (peek() == '$') {
      ++at_;
      address.kind = Address::Kind::Last;
    } else if (peek() == '/' || peek() == '\\') {
      char delimiter = text_[at_++];
      if (delimiter == '\\') delimiter = text_[at_++];
      const auto pattern = delimited(delimiter, true);
      if (!pattern) {
        throw Wrong{fmt::format("unmatched '{}'", delimiter), "unterminated address regex"};
      }
      bool ignore_case = false;
      while (call_.gnu() && (peek() == 'I' || peek() == 'M')) {
        ignore_case = ignore_case || peek() == 'I';
        ++at_;
      }
      address.kind = Address::Kind::Match;
      address.regex = compile(*pattern, ignore_case);
    }
    return address;
  }

  void command() {
    Command command;
    command.first = address();
    skip_blanks();
    if (command.first.kind != Address::Kind::None && peek() == ',') {
      ++at_;
      skip_blanks();
      if (peek() == '+' || (peek() == '~' && call_.gnu())) {
        command.second.kind = peek() == '+' ? Address::Kind::Plus : Address::Kind::Multiple;
        ++at_;
        command.second.number = number();
      } else {
        command.second = address();
      }
      if (command.second.kind == Address::Kind::None) {
        ++at_;
        throw Wrong{"no address after comma", "unexpected `,'"};
      }
    }
    const bool zero = command.first.kind == Address::Kind::Line && command.first.number == 0;
    if (zero && call_.gnu() && command.second.kind != Address::Kind::Match) {
      ++at_;
      throw Wrong{"", "invalid usage of line address 0"};
    }
    skip_blanks();
    while (peek() == '!') {
      command.negated = true;
      ++at_;
      skip_blanks();
    }
    if (at_ >= text_.size() || peek() == '\n') throw Wrong{"missing command", "missing command"};
    command.name = text_[at_++];
    if (command.name == '#') {
      if (command.first.kind != Address::Kind::None) {
        throw Wrong{"unsupported command #", "comments don't accept any addresses"};
      }
      while (at_ < text_.size() && peek() != '\n') ++at_;
      return;
    }
    body(command);
    if (command.name == '}') return;
    commands_.push_back(std::move(command));
    if (commands_.back().name == '{') open_.push_back(commands_.size() - 1);
  }

  void body(Command& command) {
    switch (command.name) {
      case '{':
        return;
      case '}':
        if (open_.empty() && call_.gnu()) throw Wrong{"", "unexpected `}'"};
        if (!open_.empty()) close();
        end_of_command();
        return;
      case 'a':
      case 'i':
      case 'c':
        command.text = added_text();
        return;
      case ':':
        skip_blanks();
        command.text = word("\n; \t");
        if (command.text.empty()) {
          throw Wrong{"\":\" lacks a label", "\":\" lacks a label"};
        }
        labels_[command.text] = commands_.size();
        return;
      case 'b':
      case 't':
      case 'T':
        skip_blanks();
        command.text = word("\n;}");
        while (!command.text.empty() && is_space(command.text.back())) command.text.pop_back();
        return;
      case 'r':
      case 'w':
        skip_blanks();
        command.text = word("\n");
        if (command.text.empty()) {
          throw Wrong{"empty filename", "missing filename in r/R/w/W commands"};
        }
        if (command.name == 'w') open_file(command.text);
        return;
      case 'q':
      case 'Q':
        if (command.second.kind != Address::Kind::None) {
          throw Wrong{"command only uses one address", "command only uses one address"};
        }
        skip_blanks();
        if (is_digit(peek())) {
          if (!call_.gnu()) throw Wrong{"missing command", ""};
          command.exit = static_cast<int>(number() & 0xff);
        }
        end_of_command();
        return;
      case 's':
        substitution(command);
        return;
      case 'y':
        translation(command);
        return;
      case '=':
      case 'd':
      case 'D':
      case 'g':
      case 'G':
      case 'h':
      case 'H':
      case 'l':
      case 'n':
      case 'N':
      case 'p':
      case 'P':
      case 'x':
        end_of_command();
        return;
      case 'F':
      case 'z':
        if (call_.gnu()) {
          end_of_command();
          return;
        }
        [[fallthrough]];
      default:
        throw Wrong{fmt::format("unsupported command {}", command.name),
                    fmt::format("unknown command: `{}'", command.name)};
    }
  }

  void end_of_command() {
    skip_blanks();
    const char c = peek();
    if (at_ >= text_.size() || c == '\n' || c == ';' || c == '}' || c == '#') return;
    ++at_;
    throw Wrong{fmt::format("unsupported command {}", c), "extra characters after command"};
  }

  std::string word(std::string_view ends) {
    const std::size_t end = std::min(text_.find_first_of(ends, at_), text_.size());
    std::string found = text_.substr(at_, end - at_);
    at_ = end;
    return found;
  }

  /// "a text", "a\" and the text on the next lines; a backslash carries on over the end of a line.
  std::string added_text() {
    skip_blanks();
    if (peek() == '\\') {
      std::size_t next = at_ + 1;
      while (next < text_.size() && (text_[next] == ' ' || text_[next] == '\t')) ++next;
      if (next < text_.size() && text_[next] == '\n') {
        at_ = next + 1;
      } else {
        ++at_;  // "a\text": the blanks that follow belong to it
      }
    } else if (peek() == '\n' && call_.gnu()) {
      throw Wrong{"", "expected \\ after `a', `c' or `i'"};
    }
    std::string added;
    while (at_ < text_.size() && peek() != '\n') {
      char c = text_[at_++];
      if (c == '\\' && at_ < text_.size()) {
        c = text_[at_++];
        if (c == 't') c = '\t';
      }
      added += c;
    }
    return added + "\n";
  }

  void open_file(const std::string& name) {
    if (name == "/dev/stdout" || name == "/dev/stderr") return;
    const Errno error = call_.files().write(call_.path(name), "", false, call_.now()).error;
    if (error == Errno::Ok) return;
    throw Wrong{fmt::format("can't open '{}': {}", name, to_string(error)),
                fmt::format("couldn't open file {}: {}", name, to_string(error))};
  }

  void substitution(Command& command) {
    const Wrong unterminated{"", "unterminated `s' command"};
    const char delimiter = peek();
    if (delimiter == '\n' || delimiter == '\\' || at_ >= text_.size()) {
      throw Wrong{"bad format in substitution expression", unterminated.gnu};
    }
    ++at_;
    const Wrong unmatched{fmt::format("unmatched '{}'", delimiter), unterminated.gnu};
    const auto pattern = delimited(delimiter, true);
    if (!pattern) throw unmatched;
    const auto replacement = delimited(delimiter, false);
    if (!replacement) throw unmatched;
    bool ignore_case = false;
    for (bool more = true; more;) {
      const char flag = peek();
      if (is_digit(flag) && flag != '0') {
        command.which = number();
        continue;
      }
      switch (flag) {
        case 'g':
          if (command.global && call_.gnu()) {
            ++at_;
            throw Wrong{"", "multiple `g' options to `s' command"};
          }
          command.global = true;
          break;
        case 'p':
          ++command.prints;
          break;
        case 'i':
        case 'I':
          ignore_case = true;
          break;
        case 'w':
          ++at_;
          skip_blanks();
          command.file = word("\n");
          if (command.file.empty()) {
            throw Wrong{"empty filename", "missing filename in r/R/w/W commands"};
          }
          open_file(command.file);
          more = false;
          continue;
        default:
          more = false;
          continue;
      }
      ++at_;
    }
    skip_blanks();
    const char c = peek();
    if (at_ < text_.size() && c != '\n' && c != ';' && c != '}' && c != '#') {
      ++at_;
      throw Wrong{"bad option in substitution expression", "unknown option to `s'"};
    }
    command.regex = compile(*pattern, ignore_case);
    command.replacement = parts_of(*replacement);
    for (const Part& part : command.replacement) {
      const bool known = !command.regex || part.group <= command.regex->groups();
      if (part.kind != Part::Kind::Group || known || !call_.gnu()) continue;
      throw Wrong{"", fmt::format("invalid reference \\{} on `s' command's RHS", part.group)};
    }
  }

  std::vector<Part> parts_of(const std::string& text) const {
    std::vector<Part> parts;
    const auto literal = [&](char c) {
      if (parts.empty() || parts.back().kind != Part::Kind::Text) parts.emplace_back();
      parts.back().text += c;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '&') {
        parts.push_back({Part::Kind::Group, "", 0});
        continue;
      }
      if (text[i] != '\\' || i + 1 == text.size()) {
        literal(text[i]);
        continue;
      }
      const char c = text[++i];
      constexpr std::string_view kCases = "ULulE";
      const std::size_t turn = kCases.find(c);
      if (is_digit(c)) {
        parts.push_back({Part::Kind::Group, "", static_cast<std::size_t>(c - '0')});
      } else if (turn != std::string_view::npos && call_.gnu()) {
        constexpr Part::Kind kKinds[] = {Part::Kind::Upper, Part::Kind::Lower, Part::Kind::UpperOne,
                                         Part::Kind::LowerOne, Part::Kind::AsItIs};
        parts.push_back({kKinds[turn], "", 0});
      } else {
        literal(c == 'n' ? '\n' : c == 't' ? '\t' : c);
      }
    }
    return parts;
  }

  void translation(Command& command) {
    const Wrong unterminated{"", "unterminated `y' command"};
    const char delimiter = peek();
    if (delimiter == '\n' || delimiter == '\\' || at_ >= text_.size()) {
      throw Wrong{"bad format in substitution expression", unterminated.gnu};
    }
    ++at_;
    const Wrong unmatched{fmt::format("unmatched '{}'", delimiter), unterminated.gnu};
    const auto from = delimited(delimiter, false);
    if (!from) throw unmatched;
    const auto to = delimited(delimiter, false);
    if (!to) throw unmatched;
    const auto letters = [](const std::string& text) {
      std::string plain;
      for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '\\' && i + 1 < text.size()) {
          c = text[++i];
          c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        plain += c;
      }
      return plain;
    };
    const std::string a = letters(*from);
    const std::string b = letters(*to);
    if (a.size() != b.size() && call_.gnu()) {
      throw Wrong{"", "strings for `y' command are different lengths"};
    }
    for (int c = 0; c < 256; ++c) command.map += static_cast<char>(c);
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      command.map[static_cast<unsigned char>(a[i])] = b[i];
    }
    end_of_command();
  }

  void close() {
    commands_[open_.back()].jump = commands_.size();
    open_.pop_back();
  }

  void resolve(Command& command) {
    if (command.name != 'b' && command.name != 't' && command.name != 'T') return;
    command.jump = commands_.size();
    if (command.text.empty()) return;
    const auto label = labels_.find(command.text);
    if (label == labels_.end()) {
      throw Wrong{fmt::format("can't find label for jump to '{}'", command.text),
                  fmt::format("can't find label for jump to `{}'", command.text)};
    }
    command.jump = label->second;
  }

  Call& call_;
  const std::vector<Source>& sources_;
  bool extended_;
  std::string text_;
  std::vector<std::size_t> starts_;
  std::size_t at_ = 0;
  std::vector<Command> commands_;
  std::vector<std::size_t> open_;  // braces
  std::map<std::string, std::size_t> labels_;
};

}  // namespace

std::optional<std::vector<Command>> read_script(Call& call, const std::vector<Source>& sources,
                                                bool extended) {
  return Reader(call, sources, extended).read();
}

}  // namespace sim::userland::sed
