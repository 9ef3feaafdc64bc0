#include <algorithm>
#include <cctype>
#include <memory>

#include "sim/base/format.h"
#include "sim/programs/userland_tools.h"

// Programs that pass text on: cat, head, tail, wc, tee, nl, fold, paste, rev, yes.

namespace sim::userland {
namespace {

/// The operands, or the input when there is none.
std::vector<std::string> names_of(const Options& options) {
  return options.operands.empty() ? std::vector<std::string>{"-"} : options.operands;
}

void cat(Call& call) {
  const auto options = parse_options(call, "nbvteAETsu",
                                     {{"number", 'n'},
                                      {"number-nonblank", 'b'},
                                      {"show-all", 'A'},
                                      {"show-ends", 'E'},
                                      {"show-tabs", 'T'},
                                      {"show-nonprinting", 'v'},
                                      {"squeeze-blank", 's'}});
  if (!options) return;
  constexpr Reading kReading{"can't open '{}': {}", "{}: {}", 1, "read error: {1}"};
  const bool all = options->has('A');
  const bool ends = all || options->has('e') || options->has('E');
  const bool tabs = all || options->has('t') || options->has('T');
  const bool visible = all || options->has('v') || options->has('e') || options->has('t');
  const bool squeeze = options->has('s');
  const bool number = options->has('n') || options->has('b');
  std::uint64_t line_number = 0;
  bool line_start = true;
  bool blank_before = false;
  for (const std::string& name : names_of(*options)) {
    const auto text = read_operand(call, name, kReading);
    if (!text) continue;
    if (!ends && !tabs && !visible && !squeeze && !number) {
      call.out(*text);
      continue;
    }
    std::string shown;
    for (const char c : *text) {
      const bool blank = line_start && c == '\n';
      if (squeeze && blank && blank_before) continue;
      if (line_start && number && (!options->has('b') || !blank)) {
        shown += fmt::format("{:>6}\t", ++line_number);
      }
      if (line_start) blank_before = blank;
      line_start = c == '\n';
      auto byte = static_cast<unsigned char>(c);
      if (c == '\n') {
        shown += ends ? "$\n" : "\n";
      } else if (c == '\t') {
        shown += tabs ? "^I" : "\t";
      } else if (visible && (byte < 32 || byte >= 127)) {
        if (byte >= 128) {
          shown += "M-";
          byte = static_cast<unsigned char>(byte - 128);
        }
        if (byte == 127) {
          shown += "^?";
        } else if (byte < 32) {
          shown += '^';
          shown += static_cast<char>(byte + 64);
        } else {
          shown += static_cast<char>(byte);
        }
      } else {
        shown += c;
      }
    }
    if (!call.gnu() && number && !line_start) {  // busybox goes line by line
      shown += '\n';
      line_start = true;
    }
    call.out(shown);
  }
}

void tac(Call& call) {
  const auto options = parse_options(call, "");
  if (!options) return;
  constexpr Reading kReading{"{}: {}", "failed to open '{}' for reading: {}", 1, "{0}: {1}",
                             "{}: read error: Invalid argument"};
  for (const std::string& name : names_of(*options)) {
    const auto text = read_operand(call, name, kReading);
    if (!text) continue;
    std::string turned;
    std::size_t end = text->size();
    while (end > 0) {
      const std::size_t before = end >= 2 ? text->rfind('\n', end - 2) : std::string::npos;
      const std::size_t start = before == std::string::npos ? 0 : before + 1;
      turned.append(*text, start, end - start);
      end = start;
    }
    call.out(turned);
  }
}

/// How much head and tail show: "10", "-10", "+10", "4k".
struct Amount {
  char sign = '\0';
  std::uint64_t count = 10;
  bool bytes = false;
};

std::optional<Amount> amount_of(Call& call, const Options& options) {
  Amount amount;
  const char kind = options.last_of("nc");
  if (kind == 0) return amount;
  amount.bytes = kind == 'c';
  std::string text = options.value(kind);
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    amount.sign = text[0];
    text.erase(0, 1);
  }
  const auto number = size_number(text);
  if (!number) {
    call.complain(fmt::format("invalid number '{}'", options.value(kind)),
                  fmt::format("invalid number of {}: '{}'", amount.bytes ? "bytes" : "lines",
                              options.value(kind)));
    return std::nullopt;
  }
  amount.count = *number;
  return amount;
}

/// Where the first `count` lines end.
std::size_t end_of_lines(std::string_view text, std::uint64_t count) {
  std::size_t at = 0;
  for (; count > 0 && at < text.size(); --count) {
    const std::size_t end = text.find('\n', at);
    at = end == std::string_view::npos ? text.size() : end + 1;
  }
  return at;
}

/// Where the last `count` lines begin.
std::size_t start_of_last_lines(std::string_view text, std::uint64_t count) {
  std::size_t at = text.size();
  for (; count > 0 && at > 0; --count) {
    const std::size_t end = at >= 2 ? text.rfind('\n', at - 2) : std::string_view::npos;
    at = end == std::string_view::npos ? 0 : end + 1;
  }
  return at;
}

std::string_view shown_name(const std::string& name) {
  return name == "-" ? std::string_view("standard input") : std::string_view(name);
}

const std::vector<std::pair<std::string, char>>& head_and_tail_longs() {
  static const std::vector<std::pair<std::string, char>> longs = {
      {"lines", 'n'},   {"bytes", 'c'},  {"quiet", 'q'}, {"silent", 'q'},
      {"verbose", 'v'}, {"follow", 'f'}, {"retry", 'F'}};
  return longs;
}

void head(Call& call) {
  const std::vector<std::string> words = numbers_spelt_out(call, "-n", "nc");
  const auto options = parse_options(call, "n:c:qv", head_and_tail_longs(), 1, &words);
  if (!options) return;
  const auto amount = amount_of(call, *options);
  if (!amount) return;
  constexpr Reading kReading{"{}: {}", "cannot open '{}' for reading: {}", 1,
                             "{}: Input/output error", "error reading '{0}': {1}"};
  const std::vector<std::string> names = names_of(*options);
  const char headings = options->last_of("qv");
  bool first = true;
  for (const std::string& name : names) {
    const auto text = read_operand(call, name, kReading);
    if (!text) {
      first = first && call.gnu();  // busybox leaves a line before any but the first name
      continue;
    }
    if (headings == 'v' || (headings == 0 && names.size() > 1)) {
      call.out(fmt::format("{}==> {} <==\n", first ? "" : "\n", shown_name(name)));
      first = false;
    }
    std::size_t end = 0;
    if (amount->bytes) {
      end = std::min<std::uint64_t>(amount->count, text->size());
      if (amount->sign == '-') end = text->size() - end;
    } else {
      end = amount->sign == '-' ? start_of_last_lines(*text, amount->count)
                                : end_of_lines(*text, amount->count);
    }
    call.out(std::string_view(*text).substr(0, end));
  }
}

/// One file that `tail -f` watches, and how far it has been shown.
struct Watched {
  std::string name;
  std::int64_t shown = -1;  // -1: it is not there
};

/// Shows what has been added to the files since, and waits for more.
void follow(Call& call, std::vector<Watched> files, std::int64_t last, bool headings, bool retry) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    Watched& file = files[i];
    const Io<std::string> text = call.files().read(call.path(file.name));
    if (!text) continue;  // it stays open, or may come back
    if (file.shown < 0) {
      if (!retry) continue;
      call.complain(fmt::format("'{}' has appeared;  following new file", file.name));
      file.shown = 0;
    }
    const auto size = static_cast<std::int64_t>(text.value.size());
    if (size < file.shown) {
      if (call.gnu()) call.err(fmt::format("tail: {}: file truncated\n", file.name));
      file.shown = 0;
    }
    if (size == file.shown) continue;
    if (headings && last != static_cast<std::int64_t>(i)) {
      call.out(fmt::format("\n==> {} <==\n", shown_name(file.name)));
    }
    last = static_cast<std::int64_t>(i);
    call.out(std::string_view(text.value).substr(static_cast<std::size_t>(file.shown)));
    file.shown = size;
  }
  CommandState kept;
  kept.stage = 1;
  kept.number = last;
  for (const Watched& file : files) kept.notes.push_back(std::to_string(file.shown));
  for (const Watched& file : files) kept.notes.push_back(file.name);
  call.wait(kNever, true, std::move(kept));
}

void tail(Call& call) {
  std::vector<std::string> words = numbers_spelt_out(call, "-n", "ncs");
  if (words.size() > 1 && words[1].size() > 1 && words[1][0] == '+' &&
      std::isdigit(static_cast<unsigned char>(words[1][1]))) {
    words.insert(words.begin() + 1, "-n");
  }
  const auto options = parse_options(call, "n:c:qvfFs:", head_and_tail_longs(), 1, &words);
  if (!options) return;
  const auto amount = amount_of(call, *options);
  if (!amount) return;
  const bool follows = options->has('f') || options->has('F');
  const bool retry = options->has('F');
  const std::vector<std::string> names = names_of(*options);
  const char choice = options->last_of("qv");
  bool headings = choice == 'v' || (choice == 0 && names.size() > 1);
  if (call.state.stage == 1) {
    std::vector<Watched> files;
    const std::vector<std::string>& notes = call.state.notes;
    for (std::size_t i = 0; i < notes.size() / 2; ++i) {
      files.push_back({notes[notes.size() / 2 + i], to_number(notes[i]).value_or(0)});
    }
    follow(call, std::move(files), call.state.number, headings, retry);
    return;
  }
  constexpr Reading kReading{"can't open '{}': {}", "cannot open '{}' for reading: {}", 1,
                             "read error: {1}", "error reading '{0}': {1}"};
  std::vector<std::pair<std::string, std::string>> texts;
  std::vector<Watched> files;
  bool opened = false;
  for (const std::string& name : names) {
    auto text = read_operand(call, name, kReading);
    opened = opened || call.files().stat(call.path(name)).error == Errno::Ok;
    if (text) {
      if (name != "-") files.push_back({name, static_cast<std::int64_t>(text->size())});
      texts.emplace_back(name, std::move(*text));
    } else if (retry) {
      files.push_back({name, -1});
    }
  }
  if (texts.empty() && !retry) {
    if (!call.gnu() && !opened) call.complain("no files");
    if (call.gnu() && follows) call.complain("no files remaining");
    return;
  }
  // busybox counts what it could open.
  if (!call.gnu() && choice == 0 && texts.size() < 2) headings = false;
  std::int64_t last = -1;
  bool first = true;
  for (const auto& [name, text] : texts) {
    if (headings) {
      call.out(fmt::format("{}==> {} <==\n", first ? "" : "\n", shown_name(name)));
      first = false;
    }
    ++last;
    std::size_t start = 0;
    if (amount->sign == '+') {
      const std::uint64_t skipped = amount->count > 0 ? amount->count - 1 : 0;
      start = amount->bytes ? std::min<std::uint64_t>(skipped, text.size())
                            : end_of_lines(text, skipped);
    } else {
      start = amount->bytes ? text.size() - std::min<std::uint64_t>(amount->count, text.size())
                            : start_of_last_lines(text, amount->count);
    }
    call.out(std::string_view(text).substr(start));
  }
  if (!follows || files.empty()) return;
  follow(call, std::move(files), last, headings, retry);
}

struct Counts {
  std::uint64_t lines = 0, words = 0, chars = 0, bytes = 0, longest = 0;
};

Counts count(std::string_view text) {
  Counts counts;
  bool in_word = false;
  std::uint64_t width = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) != 0x80) ++counts.chars;
    if (c == '\n') ++counts.lines;
    if (c == '\n' || c == '\r' || c == '\f') {
      counts.longest = std::max(counts.longest, width);
      width = 0;
    } else if (c == '\t') {
      width += 8 - width % 8;
    } else if (byte >= 32 && byte != 127 && (byte & 0xc0) != 0x80) {
      ++width;
    }
    const bool space = std::isspace(byte) != 0;
    if (!space && !in_word) ++counts.words;
    in_word = !space;
  }
  counts.longest = std::max(counts.longest, width);
  counts.bytes = text.size();
  return counts;
}

void wc(Call& call) {
  const auto options = parse_options(
      call, "clwmL",
      {{"bytes", 'c'}, {"lines", 'l'}, {"words", 'w'}, {"chars", 'm'}, {"max-line-length", 'L'}});
  if (!options) return;
  std::string wanted;  // in the order in which they are printed
  for (const char letter : {'l', 'w', 'm', 'c', 'L'}) {
    if (options->has(letter)) wanted += letter;
  }
  if (wanted.empty()) wanted = "lwc";
  const std::vector<std::string> names = names_of(*options);
  // A directory counts as nothing, but is shown.
  struct Row {
    Counts counts;
    std::string name;
  };
  std::vector<Row> rows;
  Counts total;
  bool has_input = false;
  for (const std::string& name : names) {
    const auto text = read_operand(call, name);
    const Io<Stat> stat = call.files().stat(call.path(name));
    if (!text && !(stat && stat.value.type == FileType::Directory)) continue;
    Counts counts = count(text.value_or(""));
    // A file of which only the size is known may be larger than what it reads as.
    if (name != "-" && text && stat && stat.value.type == FileType::File) {
      counts.bytes = std::max(counts.bytes, stat.value.size);
    }
    has_input = has_input || name == "-" || !text;
    total.lines += counts.lines;
    total.words += counts.words;
    total.chars += counts.chars;
    total.bytes += counts.bytes;
    total.longest = std::max(total.longest, counts.longest);
    rows.push_back({counts, options->operands.empty() ? "" : name});
  }
  if (names.size() > 1) rows.push_back({total, "total"});
  std::size_t width = 9;
  const bool single = names.size() == 1 && wanted.size() == 1;
  if (call.gnu()) {
    // coreutils 9.1 wc.c: compute_number_width
    width = std::max<std::size_t>(std::to_string(total.bytes).size(), has_input ? 7 : 1);
  }
  if (single) width = 1;
  for (const Row& row : rows) {
    std::string line;
    for (const char letter : wanted) {
      const std::uint64_t value = letter == 'l'   ? row.counts.lines
                                  : letter == 'w' ? row.counts.words
                                  : letter == 'm' ? row.counts.chars
                                  : letter == 'c' ? row.counts.bytes
                                                  : row.counts.longest;
      line += fmt::format("{}{:>{}}", line.empty() ? "" : " ", value, width);
    }
    call.out(line + (row.name.empty() ? "" : " " + row.name) + "\n");
  }
}

void tee(Call& call) {
  const auto options = parse_options(call, "aip", {{"append", 'a'}, {"ignore-interrupts", 'i'}});
  if (!options) return;
  for (const std::string& name : options->operands) {
    if (name == "/dev/stdout" || name == "/dev/stderr") continue;
    const Errno error =
        call.files().write(call.path(name), call.input, options->has('a'), call.now()).error;
    if (error != Errno::Ok) call.complain(fmt::format("{}: {}", name, to_string(error)));
  }
  call.out(call.input);
  for (const std::string& name : options->operands) {
    if (name == "/dev/stdout") call.out(call.input);
    if (name == "/dev/stderr") call.err(call.input);
  }
}

void rev(Call& call) {
  const auto options = parse_options(call, "");
  if (!options) return;
  constexpr Reading kReading{"{}: {}", "cannot open {}: {}", 1, "", "{0}: 0: {1}", true};
  for (const std::string& name : names_of(*options)) {
    const auto text = read_operand(call, name, kReading);
    if (!text) continue;
    std::string turned = *text;
    for (std::size_t start = 0; start < turned.size();) {
      const std::size_t end = std::min(turned.find('\n', start), turned.size());
      std::reverse(turned.begin() + static_cast<std::ptrdiff_t>(start),
                   turned.begin() + static_cast<std::ptrdiff_t>(end));
      start = end + 1;
    }
    call.out(turned);
  }
}

void nl(Call& call) {
  const auto options = parse_options(call, "pb:i:l:n:s:v:w:h:f:d:");
  if (!options) return;
  const auto width = whole_number(call, options->value('w', "6"));
  const auto step = whole_number(call, options->value('i', "1"));
  auto number = whole_number(call, options->value('v', "1"));
  if (!width || !step || !number) return;
  const std::string separator = options->value('s', "\t");
  const std::string body = options->value('b', "t");
  const std::string form = options->value('n', "rn");
  const auto room = static_cast<std::size_t>(std::clamp<std::int64_t>(*width, 1, 1000));
  std::string shown;
  for (const std::string& name : names_of(*options)) {
    const auto text = read_operand(call, name, kSilent);
    if (!text) continue;
    for (const std::string_view line : lines_of(*text)) {
      if (shown.size() >= kMostOutput) break;
      if (body == "n" || (body == "t" && line.empty())) {
        shown += fmt::format("{:{}}{}\n", "", room + separator.size(), line);
        continue;
      }
      const std::string count = form == "ln"   ? fmt::format("{:<{}}", *number, room)
                                : form == "rz" ? fmt::format("{:0{}}", *number, room)
                                               : fmt::format("{:>{}}", *number, room);
      shown += count + separator;
      shown.append(line).append("\n");
      if (__builtin_add_overflow(*number, *step, &*number)) number = 0;
    }
  }
  call.out(shown);
}

void fold(Call& call) {
  const std::vector<std::string> words = numbers_spelt_out(call, "-w", "w");
  const auto options =
      parse_options(call, "bsw:", {{"bytes", 'b'}, {"spaces", 's'}, {"width", 'w'}}, 1, &words);
  if (!options) return;
  const std::string wanted = options->value('w', "80");
  const auto width = to_number(wanted);
  if (!width || *width < 1) {
    call.complain(fmt::format("invalid number '{}'", wanted),
                  fmt::format("invalid number of columns: '{}'", wanted));
    return;
  }
  constexpr Reading kReading{"{}: {}", "{}: {}", 1, "{}: Input/output error"};
  for (const std::string& name : names_of(*options)) {
    const auto text = read_operand(call, name, kReading);
    if (!text) continue;
    std::string folded;
    std::string line;
    std::int64_t column = 0;
    const auto moved = [&](char c, std::int64_t from) -> std::int64_t {
      if (options->has('b')) return from + 1;
      if (c == '\t') return from + 8 - from % 8;
      if (c == '\b') return std::max<std::int64_t>(from - 1, 0);
      if (c == '\r') return 0;
      return (static_cast<unsigned char>(c) & 0xc0) == 0x80 ? from : from + 1;
    };
    for (const char c : *text) {
      if (folded.size() >= kMostOutput) break;
      if (c == '\n') {
        folded += line + "\n";
        line.clear();
        column = 0;
        continue;
      }
      std::int64_t next = moved(c, column);
      if (next > *width && !line.empty()) {
        const std::size_t space = options->has('s') ? line.find_last_of(" \t") : std::string::npos;
        const std::string rest = space == std::string::npos ? "" : line.substr(space + 1);
        if (space != std::string::npos) line.erase(space + 1);
        folded += line + "\n";
        line = rest;
        column = 0;
        for (const char kept : line) column = moved(kept, column);
        next = moved(c, column);
      }
      line += c;
      column = next;
    }
    call.out(folded + line);
  }
}

void paste(Call& call) {
  const auto options = parse_options(call, "d:s", {{"delimiters", 'd'}, {"serial", 's'}});
  if (!options) return;
  std::vector<std::string> delimiters;
  const std::string list = options->value('d', "\t");
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] != '\\' || i + 1 == list.size()) {
      delimiters.emplace_back(1, list[i]);
      continue;
    }
    const char c = list[++i];
    delimiters.push_back(c == 'n' ? "\n" : c == 't' ? "\t" : c == '0' ? "" : std::string(1, c));
  }
  if (delimiters.empty()) delimiters.emplace_back();
  // "-" twice takes the lines of the input in turn.
  struct Source {
    std::string text;
    std::size_t at = 0;
    bool ended() const { return at >= text.size(); }
    std::string_view line() {
      const std::size_t start = at;
      const std::size_t end = std::min(text.find('\n', start), text.size());
      at = end + 1;
      return std::string_view(text).substr(start, end - start);
    }
  };
  std::vector<std::shared_ptr<Source>> sources;
  std::shared_ptr<Source> input;
  for (const std::string& name : names_of(*options)) {
    if (name == "-" && input) {
      sources.push_back(input);
      continue;
    }
    const auto text = read_operand(call, name, kSilent);
    if (!text) {
      if (!options->has('s')) return;
      continue;
    }
    sources.push_back(std::make_shared<Source>(Source{*text, 0}));
    if (name == "-") input = sources.back();
  }
  std::string pasted;
  if (options->has('s')) {
    for (const auto& source : sources) {
      for (std::size_t i = 0; i == 0 || !source->ended(); ++i) {
        if (i > 0) pasted += delimiters[(i - 1) % delimiters.size()];
        pasted += source->line();
      }
      pasted += '\n';
    }
    call.out(pasted);
    return;
  }
  const auto more = [&] {
    return std::any_of(sources.begin(), sources.end(), [](const auto& s) { return !s->ended(); });
  };
  while (more() && pasted.size() < kMostOutput) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const bool last = i + 1 == sources.size();
      if (!sources[i]->ended()) {
        pasted += sources[i]->line();
      } else if (!call.gnu()) {
        continue;  // busybox leaves a file that has ended out
      }
      pasted += last ? "\n" : delimiters[next++ % delimiters.size()];
    }
  }
  call.out(pasted);
}

void yes(Call& call) {
  constexpr std::size_t kMost = 1u << 20;
  constexpr int kBrokenPipe = 141;
  std::string line;
  for (std::size_t i = 1; i < call.argv.size(); ++i) {
    line += (i > 1 ? " " : "") + call.argv[i];
  }
  if (call.argv.size() == 1) line = "y";
  line += '\n';
  std::string text;
  while (text.size() < kMost) text += line;
  call.out(text);
  call.step.exit = kBrokenPipe;  // whoever reads has had enough
}

}  // namespace

const std::vector<Listed>& text_programs() {
  static const std::vector<Listed> programs = {
      {"cat", cat, "[-nbvteA] [FILE]..."},
      {"tac", tac, "[FILE]..."},
      {"head", head, "[OPTIONS] [FILE]..."},
      {"tail", tail, "[OPTIONS] [FILE]..."},
      {"wc", wc, "[-cmlwL] [FILE]..."},
      {"tee", tee, "[-ai] [FILE]..."},
      {"rev", rev, "[FILE]..."},
      {"nl", nl, "[OPTIONS] [FILE]..."},
      {"fold", fold, "[-bs] [-w WIDTH] [FILE]..."},
      {"paste", paste, "[OPTIONS] [FILE]..."},
      {"yes", yes, "[STRING]"},
  };
  return programs;
}

}  // namespace sim::userland
