// The builtins that write text and read it.
#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/builtins.h"
#include "sim/programs/shell_parser.h"

namespace sim::shell {
namespace {

constexpr int kUsage = 2;

/// A line as read takes it apart: letters that a backslash protects do not separate.
struct Line {
  std::string text;
  std::vector<bool> kept;  // for each byte: protected
  void add(char c, bool is_protected) {
    text += c;
    kept.push_back(is_protected);
  }
};

class Splitter {
 public:
  Splitter(const Line& line, const std::string& ifs) : line_(line), ifs_(ifs) { skip_blanks(); }

  bool at_end() const { return at_ >= line_.text.size(); }
  /// The next field; what separates it is passed over.
  std::string next() {
    const std::size_t start = at_;
    while (!at_end() && !separates(at_)) ++at_;
    std::string field = line_.text.substr(start, at_ - start);
    skip_blanks();
    if (!at_end() && separates(at_) && !is_blank(at_)) {
      ++at_;
      skip_blanks();
    }
    return field;
  }
  /// All that is left: one field, or more with what is between them.
  std::string rest() {
    const std::size_t start = at_;
    std::string first = next();
    if (at_end()) return first;
    std::size_t end = line_.text.size();
    while (end > start && separates(end - 1) && is_blank(end - 1)) --end;
    at_ = line_.text.size();
    return line_.text.substr(start, end - start);
  }

 private:
  bool separates(std::size_t at) const {
    return !line_.kept[at] && ifs_.find(line_.text[at]) != std::string::npos;
  }
  bool is_blank(std::size_t at) const {
    const char c = line_.text[at];
    return c == ' ' || c == '\t' || c == '\n';
  }
  void skip_blanks() {
    while (!at_end() && separates(at_) && is_blank(at_)) ++at_;
  }

  const Line& line_;
  const std::string& ifs_;
  std::size_t at_ = 0;
};

/// A number of seconds, whole or not.
bool is_timeout(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

Builtins::Status Builtins::echo() {
  bool line_end = true;
  bool escapes = false;
  std::size_t i = 1;
  for (; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.size() < 2 || word[0] != '-' ||
        word.find_first_not_of("neE", 1) != std::string::npos) {
      break;
    }
    for (const char letter : word.substr(1)) {
      if (letter == 'n') {
        line_end = false;
      } else {
        escapes = letter == 'e';
      }
    }
  }
  std::string text;
  bool stop = false;
  for (std::size_t at = i; at < words.size() && !stop; ++at) {
    if (at > i) text += ' ';
    text += escapes ? unescaped(words[at], true, &stop) : words[at];
  }
  if (line_end && !stop) text += '\n';
  in.status = 0;
  out(text);
  return in.status;  // 1 when it could not be written
}

Builtins::Status Builtins::print() {
  std::size_t i = 1;
  std::string variable;
  if (i < words.size() && words[i] == "--") {
    ++i;
  } else if (i < words.size() && words[i].size() > 1 && words[i][0] == '-' && !shell.ash) {
    if (words[i].rfind("-v", 0) != 0) {
      complain(fmt::format("-{}: invalid option", words[i][1]));
      return wrong_use();
    }
    variable = words[i].substr(2);
    if (variable.empty() && i + 1 < words.size()) variable = words[++i];
    ++i;
    if (!is_name(variable.substr(0, variable.find('[')))) {
      complain(fmt::format("`{}': not a valid identifier", variable));
      return kUsage;
    }
    if (i < words.size() && words[i] == "--") ++i;
  }
  if (i >= words.size()) {
    if (shell.ash) complain_as_program("usage: printf FORMAT [ARG]...");
    return wrong_use();
  }
  const std::vector<std::string> arguments(words.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                           words.end());
  Printed printed = format_text(words[i], arguments, machine.system().now(), shell.ash);
  in.status = printed.failed ? 1 : 0;
  std::string text;
  for (const Chunk& chunk : printed.output) {
    if (chunk.err) {
      complain_as_program(chunk.text);
    } else if (variable.empty()) {
      out(chunk.text);
    } else {
      text += chunk.text;
    }
  }
  if (variable.empty()) return in.status;
  const std::size_t open = variable.find('[');
  if (open == std::string::npos) return machine.assign(variable, text) ? in.status : 1;
  const std::string index = variable.substr(open + 1, variable.size() - open - 2);
  variable.resize(open);
  const Variable* map = machine.find(variable);
  if (map && map->is_map) return machine.assign_key(variable, index, text, false) ? 0 : 1;
  const auto at = machine.calculate(index);
  return at && machine.assign(variable, text, false, *at) ? in.status : 1;
}

Builtins::Status Builtins::read() {
  Options given;
  std::size_t first = 1;
  if (!options(shell.ash ? "rsp:n:t:u:d:" : "resa:d:i:n:N:p:t:u:", &given, &first)) return kUsage;
  char delimiter = '\n';
  std::int64_t most = -1;
  int descriptor = 0;
  std::string array;
  const bool exact = has_option(given, "N");
  for (const auto& [letter, text] : given) {
    const auto number = whole_number(text);
    if (letter == 'd') delimiter = text.empty() ? '\0' : text[0];
    if (letter == 'a') array = text;
    if (letter == 'n' || letter == 'N') {
      if (!number || *number < 0) return fail(fmt::format("{}: invalid number", text));
      most = *number;
    }
    if (letter == 't' && !is_timeout(text)) {
      return fail(fmt::format("{}: invalid timeout specification", text));
    }
    if (letter == 'u') {
      descriptor = number ? static_cast<int>(std::clamp<std::int64_t>(*number, 0, 9999)) : -1;
      if (shell.descriptors.count(descriptor) == 0) {
        return fail(fmt::format("{}: invalid file descriptor: Bad file descriptor", text));
      }
    }
  }
  std::vector<std::string> names(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
  for (const std::string& name : names) {
    if (!is_name(name.substr(0, name.find('[')))) {
      return fail(fmt::format("`{}': not a valid identifier", name));
    }
  }
  if (!array.empty() && !is_name(array)) {
    return fail(fmt::format("`{}': not a valid identifier", array));
  }
  const bool raw = has_option(given, "r");
  Line line;
  bool complete = most == 0;
  if (Input* input = machine.input_of(descriptor)) {
    const std::string& text = *input->text;
    std::int64_t letters = 0;
    while (!complete && input->at < text.size()) {
      const char c = text[input->at++];
      const bool escapes = c == '\\' && !raw && input->at < text.size();
      if (escapes) {
        const char next = text[input->at++];
        if (next == '\n') continue;
        line.add(next, true);
      } else if (c == delimiter && !exact) {
        complete = true;
        break;
      } else if (c != '\0') {
        line.add(c, false);
      }
      // The letters behind the first byte of a letter belong to it.
      const bool inside =
          input->at < text.size() && (static_cast<unsigned char>(text[input->at]) & 0xc0) == 0x80;
      if (most >= 0 && !inside && ++letters >= most) complete = true;
      if (line.text.size() > kMostOutput) complete = true;
    }
  }
  machine.charge(line.text.size());
  const std::string ifs = exact ? "" : machine.value("IFS").value_or(" \t\n");
  Splitter splitter(line, ifs);
  bool stored = true;
  const auto store = [&](const std::string& name, const std::string& text) {
    const std::size_t open = name.find('[');
    if (open == std::string::npos) {
      stored = machine.assign(name, text) && stored;
    } else if (const auto at = machine.calculate(
                   std::string_view(name).substr(open + 1, name.size() - open - 2))) {
      stored = machine.assign(name.substr(0, open), text, false, *at) && stored;
    }
  };
  if (!array.empty()) {
    std::vector<std::string> fields;
    while (!splitter.at_end()) fields.push_back(splitter.next());
    stored = machine.assign_array(array, fields, false);
  } else if (names.empty()) {
    store("REPLY", line.text);
  } else {
    for (std::size_t i = 0; i + 1 < names.size(); ++i) store(names[i], splitter.next());
    store(names.back(), splitter.rest());
  }
  return stored && complete ? 0 : 1;
}

/// mapfile, readarray.
Builtins::Status Builtins::read_lines() {
  Options given;
  std::size_t first = 1;
  if (!options("d:n:O:s:tu:C:c:", &given, &first)) return kUsage;
  char delimiter = '\n';
  std::int64_t most = 0;
  std::int64_t skipped = 0;
  std::optional<std::int64_t> origin;
  int descriptor = 0;
  for (const auto& [letter, text] : given) {
    if (letter == 'd') delimiter = text.empty() ? '\0' : text[0];
    if (std::string_view("nOsu").find(letter) == std::string_view::npos) continue;
    const auto number = whole_number(text);
    if (!number || *number < 0) {
      return fail(fmt::format("{}: invalid {}", text,
                              letter == 'O'   ? "array origin"
                              : letter == 'u' ? "file descriptor specification"
                                              : "line count"));
    }
    if (letter == 'n') most = *number;
    if (letter == 's') skipped = *number;
    if (letter == 'O') origin = *number;
    if (letter == 'u') descriptor = static_cast<int>(std::min<std::int64_t>(*number, 9999));
  }
  const std::string name = first < words.size() ? words[first] : "MAPFILE";
  if (!is_name(name)) return fail(fmt::format("`{}': not a valid identifier", name));
  std::vector<std::string> lines;
  if (Input* input = machine.input_of(descriptor)) {
    const std::string& text = *input->text;
    while (input->at < text.size() && lines.size() < kMostWords) {
      if (most > 0 && static_cast<std::int64_t>(lines.size()) >= most) break;
      std::size_t end = text.find(delimiter, input->at);
      const bool ended = end != std::string::npos;
      end = ended ? end : text.size();
      const bool keeps_end = ended && !has_option(given, "t");
      std::string line = text.substr(input->at, end - input->at + (keeps_end ? 1 : 0));
      input->at = ended ? end + 1 : end;
      if (skipped-- <= 0) lines.push_back(std::move(line));
    }
    machine.charge(text.size());
  }
  if (!origin) return machine.assign_array(name, lines, false) ? 0 : 1;
  std::int64_t at = *origin;
  for (const std::string& line : lines) {
    if (!machine.assign(name, line, false, at++)) return 1;
  }
  return 0;
}

Builtins::Status Builtins::test() {
  std::vector<std::string> operands(words.begin() + 1, words.end());
  if (words[0] == "[") {
    if (operands.empty() || operands.back() != "]") {
      complain_as_program(shell.ash ? "missing ]" : "missing `]'");
      return kUsage;
    }
    operands.pop_back();
  }
  std::string error;
  const int status = run_test(machine, operands, &error);
  if (status == kUsage && !error.empty()) complain_as_program(error);
  return status;
}

}  // namespace sim::shell
