// The builtins for jobs and signals.
#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/builtins.h"

namespace sim::shell {
namespace {

constexpr int kUsage = 2;
constexpr int kNotFound = 127;
constexpr int kSigkill = 9;

// Linux on x86-64, from 1.
constexpr std::string_view kSignals[] = {
    "HUP",  "INT",  "QUIT", "ILL",    "TRAP",   "ABRT",  "BUS",  "FPE",  "KILL", "USR1", "SEGV",
    "USR2", "PIPE", "ALRM", "TERM",   "STKFLT", "CHLD",  "CONT", "STOP", "TSTP", "TTIN", "TTOU",
    "URG",  "XCPU", "XFSZ", "VTALRM", "PROF",   "WINCH", "IO",   "PWR",  "SYS"};
constexpr int kErrTrap = 1000;  // ERR is no signal, but has a trap

std::string state_of(const Job& job) {
  if (!job.process.done) return "Running";
  if (job.process.exit == 0) return "Done";
  if (job.process.exit == 128 + 15) return "Terminated";
  if (job.process.exit == 128 + kSigkill) return "Killed";
  return fmt::format("Exit {}", job.process.exit);
}

// Programs that read their standard input when no operand names a file, with the option letters
// that take a value. "+": an operand more comes first (a pattern, a script).
struct Reader {
  std::string_view name;
  std::string_view values;
  bool pattern_first = false;
};
constexpr Reader kReaders[] = {{"awk", "Fvf", true},
                               {"base64", "w"},
                               {"cat", ""},
                               {"cksum", ""},
                               {"column", "scto"},
                               {"cut", "dfcb"},
                               {"expand", "t"},
                               {"fold", "w"},
                               {"grep", "efmABC", true},
                               {"egrep", "efmABC", true},
                               {"fgrep", "efmABC", true},
                               {"gzip", ""},
                               {"gunzip", ""},
                               {"head", "nc"},
                               {"hexdump", "nse"},
                               {"jq", "", true},
                               {"less", ""},
                               {"md5sum", ""},
                               {"more", ""},
                               {"nl", "bvw"},
                               {"od", "AtNjw"},
                               {"paste", "d"},
                               {"rev", ""},
                               {"sed", "ef", true},
                               {"sha1sum", ""},
                               {"sha256sum", ""},
                               {"sha512sum", ""},
                               {"shuf", "n"},
                               {"sort", "ktoST"},
                               {"strings", "n"},
                               {"sum", ""},
                               {"tac", ""},
                               {"tail", "ncs"},
                               {"unexpand", "t"},
                               {"uniq", "fsw"},
                               {"wc", ""},
                               {"xxd", "lcs"},
                               {"yq", "", true}};

}  // namespace

bool reads_input(const std::vector<std::string>& argv) {
  const std::string_view name = base_name(argv[0]);
  if (name == "tee" || name == "tr" || name == "envsubst") return true;
  if (name == "dd") {
    return std::none_of(argv.begin(), argv.end(),
                        [](const std::string& word) { return word.rfind("if=", 0) == 0; });
  }
  if (name == "kubectl") {
    return std::any_of(argv.begin() + 1, argv.end(), [](const std::string& word) {
      const bool letters = word.size() > 1 && word.size() < 5 && word[0] == '-' && word[1] != '-';
      return word == "-" || word == "-f-" || word == "--filename=-" || word == "--stdin" ||
             word == "--stdin=true" || (letters && word.find('i') != std::string::npos);
    });
  }
  const auto reader = std::find_if(std::begin(kReaders), std::end(kReaders),
                                   [&](const Reader& row) { return row.name == name; });
  if (reader == std::end(kReaders)) return false;
  std::size_t operands = 0;
  bool pattern_given = false;
  bool options = true;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    if (word == "-") return true;
    if (!options || word.size() < 2 || word[0] != '-') {
      ++operands;
      continue;
    }
    if (word == "--") {
      options = false;
      continue;
    }
    if (word[1] == '-') {
      if (name == "jq" && word.substr(0, 5) == "--arg") i += 2;  // a name and its value
      continue;
    }
    for (std::size_t at = 1; at < word.size(); ++at) {
      if (reader->values.find(word[at]) == std::string_view::npos) continue;
      pattern_given = pattern_given || word[at] == 'e' || word[at] == 'f';
      if (at + 1 == word.size()) ++i;  // its value is the next word
      break;
    }
  }
  return operands <= (reader->pattern_first && !pattern_given ? 1 : 0);
}

// ---- Names of signals ----

int signal_number(std::string_view name) {
  if (!name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos) {
    const auto number = whole_number(name);
    return number && *number <= 64 ? static_cast<int>(*number) : -1;
  }
  std::string wanted(name);
  for (char& c : wanted) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  if (wanted == "EXIT") return 0;
  if (wanted == "ERR") return kErrTrap;
  if (wanted.rfind("SIG", 0) == 0) wanted.erase(0, 3);
  const auto found = std::find(std::begin(kSignals), std::end(kSignals), wanted);
  return found == std::end(kSignals) ? -1 : static_cast<int>(found - std::begin(kSignals)) + 1;
}

std::string signal_name(int number) {
  if (number == 0) return "EXIT";
  if (number == kErrTrap) return "ERR";
  if (number < 0 || number > static_cast<int>(std::size(kSignals))) {
    return fmt::format("{}", number);
  }
  return std::string(kSignals[number - 1]);
}

bool is_harmless(int signal) {
  const std::string name = signal_name(signal);
  return signal == 0 || name == "CHLD" || name == "CONT" || name == "URG" || name == "WINCH" ||
         name == "STOP" || name == "TSTP" || name == "TTIN" || name == "TTOU";
}

namespace {

/// All signals in columns, as kill -l and trap -l show them.
std::string signal_list() {
  std::string text;
  for (std::size_t i = 0; i < std::size(kSignals); ++i) {
    text += fmt::format("{:2}) SIG{}{}", i + 1, kSignals[i], (i + 1) % 5 == 0 ? "\n" : "\t");
  }
  if (text.back() != '\n') text.back() = '\n';
  return text;
}

}  // namespace

// ---- trap ----

Builtins::Status Builtins::trap() {
  Options given;
  std::size_t first = 1;
  // A lone "-" is the action; "-" in front of other letters an option.
  if (!options(shell.ash ? "" : "lp", &given, &first)) return kUsage;
  if (has_option(given, "l")) {
    out(signal_list());
    return 0;
  }
  const auto show = [&](const std::string& name, const std::string& text) {
    const bool plain = shell.ash || name == "EXIT" || name == "ERR";
    std::string shown = quoted(text);
    if (!text.empty() && shown[0] != '\'' && shown[0] != '$') shown = fmt::format("'{}'", shown);
    out(fmt::format("trap -- {} {}{}\n", shown, plain ? "" : "SIG", name));
  };
  if (first >= words.size() || has_option(given, "p")) {
    std::vector<std::pair<int, std::string>> shown;
    for (const auto& [name, text] : shell.traps) shown.emplace_back(signal_number(name), name);
    std::sort(shown.begin(), shown.end());
    for (const auto& [number, name] : shown) {
      const auto wanted = [&, number = number](const std::string& word) {
        return signal_number(word) == number;
      };
      const auto begin = words.begin() + static_cast<std::ptrdiff_t>(first);
      if (begin == words.end() || std::any_of(begin, words.end(), wanted)) {
        show(name, shell.traps[name]);
      }
    }
    return 0;
  }
  std::string action = words[first];
  const bool alone = first + 1 == words.size();
  const bool number_first =
      action.find_first_not_of("0123456789") == std::string::npos && !action.empty();
  const bool resets = action == "-" || alone || number_first;
  if (action == "-" || !resets) ++first;
  int status = 0;
  for (std::size_t i = first; i < words.size(); ++i) {
    const int signal = signal_number(words[i]);
    if (signal < 0) {
      complain(fmt::format("{}: invalid signal specification", words[i]));
      status = 1;
    } else if (resets) {
      shell.traps.erase(signal_name(signal));
    } else {
      shell.traps[signal_name(signal)] = action;
    }
  }
  return status;
}

// ---- Jobs ----

Builtins::Status Builtins::wait() {
  Options given;
  std::size_t first = 1;
  if (!options(shell.ash ? "" : "fnp:", &given, &first)) return kUsage;
  const auto sleep_on = [&]() -> Status {
    in.waits_for_jobs = true;
    machine.block({kNever, false});
    return std::nullopt;
  };
  if (has_option(given, "n")) {
    bool any = false;
    for (Job& job : in.jobs) {
      if (job.reported) continue;
      any = true;
      if (!job.process.done) continue;
      job.reported = true;
      return job.process.exit;
    }
    return any ? sleep_on() : kNotFound;
  }
  int status = 0;
  if (first >= words.size()) {
    for (const Job& job : in.jobs) {
      if (!job.process.done) return sleep_on();
    }
    for (Job& job : in.jobs) job.reported = true;
    return 0;
  }
  for (std::size_t i = first; i < words.size(); ++i) {
    const Job* job = machine.find_job(words[i]);
    if (job && !job->process.done) return sleep_on();
  }
  for (std::size_t i = first; i < words.size(); ++i) {
    if (Job* job = machine.find_job(words[i])) {
      job->reported = true;
      status = job->process.exit;
    } else if (words[i][0] == '%') {
      complain(fmt::format("{}: no such job", words[i]));
      status = kNotFound;
    } else if (whole_number(words[i])) {
      complain(fmt::format("pid {} is not a child of this shell", words[i]));
      status = kNotFound;
    } else {
      complain(fmt::format("`{}': not a pid or valid job spec", words[i]));
      status = 1;
    }
  }
  return status;
}

Builtins::Status Builtins::jobs() {
  Options given;
  std::size_t first = 1;
  if (!options("lnprsx", &given, &first)) return kUsage;
  const Job* current = machine.find_job("%+");
  const Job* previous = machine.find_job("%-");
  for (const Job& job : in.jobs) {
    if (job.reported || (has_option(given, "r") && job.process.done) || has_option(given, "s")) {
      continue;
    }
    if (has_option(given, "p")) {
      out(fmt::format("{}\n", job.pid));
      continue;
    }
    const char mark = &job == current ? '+' : &job == previous ? '-' : ' ';
    const std::string pid = has_option(given, "l") ? fmt::format(" {}", job.pid) : " ";
    out(fmt::format("[{}]{}{} {:<24}{}{}\n", job.number, mark, pid, state_of(job), job.text,
                    job.process.done ? "" : " &"));
  }
  for (Job& job : in.jobs) job.reported = job.reported || job.process.done;
  return 0;
}

Builtins::Status Builtins::foreground() {
  if (!in.fed) return fail("no job control");
  Job* job = machine.find_job(words.size() > 1 ? words[1] : "%+");
  if (!job && frame.state.notes.empty()) {
    return fail(fmt::format("{}: no such job", words.size() > 1 ? words[1] : "current"));
  }
  if (frame.state.notes.empty()) {
    out(job->text + "\n");
    frame.state.notes = {"", fmt::format("{}", job->pid)};
  }
  job = machine.find_job(frame.state.notes[1]);
  if (!job) return 1;
  if (!job->process.done) {
    in.waits_for_jobs = true;
    machine.block({kNever, false});
    return std::nullopt;
  }
  job->reported = true;
  return job->process.exit;
}

Builtins::Status Builtins::background() {
  if (!in.fed) return fail("no job control");
  const Job* job = machine.find_job(words.size() > 1 ? words[1] : "%+");
  if (!job) return fail(fmt::format("{}: no such job", words.size() > 1 ? words[1] : "current"));
  complain(fmt::format("job {} already in background", job->number));
  return 0;
}

// ---- kill ----

Builtins::Status Builtins::kill() {
  std::size_t first = 1;
  std::string wanted = "TERM";
  if (words.size() > 1 && (words[1] == "-l" || words[1] == "-L")) {
    if (words.size() == 2) out(signal_list());
    int status = 0;
    for (std::size_t i = 2; i < words.size(); ++i) {
      auto number = whole_number(words[i]);
      // A status tells the signal too.
      if (number && *number > 128) *number -= 128;
      const int signal = number ? static_cast<int>(std::clamp<std::int64_t>(*number, -1, 1000))
                                : signal_number(words[i]);
      if (signal < 0 || signal > static_cast<int>(std::size(kSignals))) {
        complain(fmt::format("{}: invalid signal specification", words[i]));
        status = 1;
      } else {
        out((number ? signal_name(signal) : fmt::format("{}", signal)) + "\n");
      }
    }
    return status;
  }
  if (words.size() > 2 && (words[1] == "-s" || words[1] == "-n")) {
    wanted = words[2];
    first = 3;
  } else if (words.size() > 1 && words[1] == "--") {
    first = 2;
  } else if (words.size() > 1 && words[1].size() > 1 && words[1][0] == '-') {
    wanted = words[1].substr(1);
    first = 2;
  }
  if (first < words.size() && words[first] == "--") ++first;
  if (first >= words.size()) return wrong_use();
  const int signal = signal_number(wanted);
  if (signal < 0 || signal == kErrTrap) {
    complain(fmt::format("{}: invalid signal specification", wanted));
    return 1;
  }
  int status = 0;
  bool own = false;
  bool subshell = false;
  for (std::size_t i = first; i < words.size(); ++i) {
    if (Job* job = machine.find_job(words[i])) {
      if (job->process.done && job->reported) {
        complain(fmt::format("({}) - No such process", words[i]));
        status = 1;
      }
      machine.end_job(*job, signal);
      continue;
    }
    const auto pid = whole_number(words[i]);
    if (!pid) {
      complain(words[i][0] == '%'
                   ? fmt::format("{}: no such job", words[i])
                   : fmt::format("{}: arguments must be process or job IDs", words[i]));
      status = 1;
      continue;
    }
    const bool is_own = *pid == shell.own_pid || *pid == 0 ||
                        (*pid == shell.pid && in.job_depth == 0) || *pid == machine.process_.pid;
    const bool trapped =
        shell.traps.count(signal_name(signal)) != 0 || handles_signal(machine.process_, signal);
    if ((!is_own || !trapped) && machine.system().kill(*pid, signal)) continue;
    if (is_own) {
      own = own || signal != 0;
      subshell = subshell || (*pid == shell.own_pid && *pid != shell.pid);
    } else if (std::find(in.relatives.begin(), in.relatives.end(), *pid) != in.relatives.end()) {
      if (signal != 0 && in.sent.size() < kMostSignals) in.sent.emplace_back(*pid, signal);
    } else {
      complain(shell.ash ? fmt::format("can't kill pid {}: No such process", *pid)
                         : fmt::format("({}) - No such process", *pid));
      status = 1;
    }
  }
  if (!own) return status;
  if (shell.traps.count(signal_name(signal)) != 0 && signal != kSigkill) {
    machine.finish(status);
    machine.handle_signal(signal);
    return std::nullopt;
  }
  if (!subshell && handles_signal(machine.process_, signal)) {
    if (in.signals.size() < kMostSignals) in.signals.push_back(signal);
    return status;
  }
  if (is_harmless(signal)) return status;
  if (subshell) {
    machine.exit_shell(128 + signal);
  } else {
    machine.end_shell(signal);
  }
  return std::nullopt;
}

}  // namespace sim::shell
