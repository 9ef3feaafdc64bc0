#include "sim/shell/kubectl_work.h"

#include <algorithm>
#include <charconv>

#include "sim/base/format.h"
#include "sim/base/time.h"
#include "sim/shell/output_form.h"

namespace sim::kubectl {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Why a text is no duration, in Go's words. Go 1.22 time: ParseDuration
std::string duration_error(std::string_view text) {
  std::string_view rest = text;
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  const std::string invalid = fmt::format("time: invalid duration \"{}\"", text);
  if (rest.empty()) return invalid;
  while (!rest.empty()) {
    const std::size_t number = std::min(rest.find_first_not_of("0123456789."), rest.size());
    const std::string_view digits = rest.substr(0, number);
    if (std::none_of(digits.begin(), digits.end(), is_digit)) return invalid;
    if (std::count(digits.begin(), digits.end(), '.') > 1) return invalid;
    rest.remove_prefix(number);
    const std::size_t end = std::min(rest.find_first_of("0123456789."), rest.size());
    const std::string_view unit = rest.substr(0, end);
    if (unit.empty()) return fmt::format("time: missing unit in duration \"{}\"", text);
    static constexpr std::string_view kUnits[] = {"ns", "us", "µs", "μs", "ms", "s", "m", "h"};
    if (std::find(std::begin(kUnits), std::end(kUnits), unit) == std::end(kUnits)) {
      return fmt::format("time: unknown unit \"{}\" in duration \"{}\"", unit, text);
    }
    rest.remove_prefix(end);
  }
  return invalid;  // too long a time
}

/// Why a text is no whole number. Go 1.22 strconv: ParseInt
std::string number_error(std::string_view text) {
  std::string_view digits = text;
  if (!digits.empty() && (digits.front() == '-' || digits.front() == '+')) digits.remove_prefix(1);
  const bool number = !digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit);
  return fmt::format("strconv.ParseInt: parsing \"{}\": {}", text,
                     number ? "value out of range" : "invalid syntax");
}

/// "--timeout"; "-r, --replicas" when the verb has a short form of it.
std::string shown_flag(const FlagSpecs& specs, std::string_view name) {
  for (const std::string_view spec : specs) {
    if (spec.size() > name.size() + 1 && spec.substr(0, name.size()) == name &&
        spec[name.size()] == ',') {
      return fmt::format("-{}, --{}", spec[name.size() + 1], name);
    }
  }
  return fmt::format("--{}", name);
}

std::string wrong_value(std::string_view flag, std::string_view value, std::string_view why) {
  return fmt::format("invalid argument \"{}\" for \"{}\" flag: {}", value, flag, why);
}

}  // namespace

Step flag_error(std::string_view path, std::string_view message) {
  return fail(fmt::format("{}\nSee 'kubectl {} --help' for usage.", message, path));
}

Step usage_error(std::string_view path, std::string_view message) {
  return fail(fmt::format("{}\nSee 'kubectl {} -h' for help and examples", message, path));
}

Step followed_by(Step said, Step end) {
  for (const Chunk& chunk : end.output) append(said.output, chunk.err, chunk.text);
  end.output = std::move(said.output);
  return end;
}

Flags read_flags(const std::vector<std::string>& words, const FlagSet& set) {
  FlagSpecs specs = set.own;
  if (set.prints) {
    specs.insert(specs.end(),
                 {"output,o=", "template=", "allow-missing-template-keys", "show-managed-fields"});
  }
  if (set.files) specs.insert(specs.end(), {"filename,f=", "kustomize,k=", "recursive,R"});
  Flags flags = parse_flags(words, specs);
  const auto complain = [&](std::string message) {
    if (flags.error.empty()) flags.error = std::move(message);
  };
  for (const std::string_view name : set.numbers) {
    if (flags.has(name) && !flags.number(name)) {
      complain(
          wrong_value(shown_flag(specs, name), flags.get(name), number_error(flags.get(name))));
    }
  }
  for (const std::string_view name : set.durations) {
    if (flags.has(name) && !parse_duration(flags.get(name))) {
      complain(
          wrong_value(shown_flag(specs, name), flags.get(name), duration_error(flags.get(name))));
    }
  }
  return flags;
}

Duration duration_of(const Flags& flags, std::string_view name, Duration fallback) {
  if (!flags.has(name)) return fallback;
  // Longer than any command runs, and short enough to be added to any time.
  constexpr Duration kLongest = hours(24 * 36500);
  const Duration given = parse_duration(flags.get(name)).value_or(fallback);
  return std::clamp(given, kLongest * -1, kLongest);
}

std::string_view dry_run_words(DryRun dry_run) {
  static constexpr std::string_view kWords[] = {"", " (dry run)", " (server dry run)"};
  return kWords[static_cast<int>(dry_run)];
}

std::optional<DryRun> dry_run_of(const Flags& flags, std::string* error) {
  const std::string value = flags.get("dry-run", "none");
  if (value == "none") return DryRun::None;
  if (value == "client" || value == "unchanged") return DryRun::Client;
  if (value == "server") return DryRun::Server;
  *error = fmt::format("Invalid dry-run value ({}). Must be \"none\", \"server\", or \"client\".",
                       value);
  return std::nullopt;
}

std::string wrong_output_form(const Flags& flags) {
  std::string error;
  parse_output_form(flags.get("output"), "", OutputLanguages::Objects, nullptr, &error);
  return error;
}

void report(Step& step, const Object& object, std::string_view operation, const Flags& flags,
            DryRun dry_run) {
  const std::string form = flags.get("output");
  if (form.empty()) {
    say(step, fmt::format("{} {}{}\n", printed_name(object), operation, dry_run_words(dry_run)));
    return;
  }
  if (form == "yaml" && !standard_output(step.output).empty()) say(step, "---\n");
  print_object(step, object, form);
}

void Failures::add(std::string_view message) { lines_.push_back(fmt::format("p{}\n", message)); }

void Failures::add(const ApiError& error) { lines_.push_back("a" + server_error(error)); }

void Failures::add(const std::vector<ApiError>& errors) {
  for (const ApiError& error : errors) add(error);
}

void Failures::add(const Failures& others) {
  lines_.insert(lines_.end(), others.lines_.begin(), others.lines_.end());
}

void Failures::add(std::string_view alone, std::string_view among_others) {
  lines_.push_back(fmt::format("b{}{}{}", alone, '\0', among_others));
}

void Failures::tell(Step& step) const {
  if (lines_.empty()) return;
  // k8s 1.32 kubectl/pkg/cmd/util: checkErr, MultipleErrors
  const bool alone = lines_.size() == 1;
  for (const std::string& line : lines_) {
    const bool named = line.compare(1, 7, "error: ") == 0;
    if (alone && line.front() == 'p' && !named) warn(step, "error: ");
    std::string_view text = std::string_view(line).substr(1);
    if (line.front() == 'b') {
      const std::size_t middle = text.find('\0');
      text = alone ? text.substr(0, middle) : text.substr(middle + 1);
    }
    warn(step, text);
  }
  step.exit = 1;
}

Work::Work(const World& world, const Targets& targets) {
  failures.add(targets.missing);
  for (const Ref& ref : targets.refs) {
    const Object& object = *world.store().get(ref);
    subjects.push_back({ref, object.meta.ns.str(), object.meta.name.str()});
  }
}

Work::Work(const CommandState& state) {
  for (const std::string& note : state.notes) {
    if (note.front() != 'o') {
      failures.lines_.push_back(note);
      continue;
    }
    // "o<kind> <id> <namespace>/<name>"
    Subject subject;
    int kind = 0;
    const char* end = note.data() + note.size();
    const char* at = std::from_chars(note.data() + 1, end, kind).ptr;
    at = std::from_chars(at + 1, end, subject.ref.id).ptr;
    subject.ref.kind = static_cast<Kind>(kind);
    const std::string_view rest(at + 1, static_cast<std::size_t>(end - at - 1));
    const std::size_t slash = rest.find('/');
    subject.ns = rest.substr(0, slash);
    subject.name = rest.substr(slash + 1);
    subjects.push_back(std::move(subject));
  }
}

void Work::keep(CommandState& state) const {
  state.notes.clear();
  for (const Subject& subject : subjects) {
    state.notes.push_back(fmt::format("o{} {} {}/{}", static_cast<int>(subject.ref.kind),
                                      subject.ref.id, subject.ns, subject.name));
  }
  state.notes.insert(state.notes.end(), failures.lines_.begin(), failures.lines_.end());
}

Targets find_selected(const Call& call, const Flags& flags, const std::vector<std::string>& words,
                      const TargetOptions& options) {
  const bool named =
      words.size() > 1 || (!words.empty() && words.front().find('/') != std::string::npos);
  if (!named) return find_targets(call, flags, words, options);
  if (flags.is_on("all-namespaces")) {
    Targets targets;
    targets.error = "a resource cannot be retrieved by name across all namespaces";
    return targets;
  }
  // Beside names, --all says nothing.
  Flags own = flags;
  own.values.erase("all");
  return find_targets(call, own, words, options);
}

}  // namespace sim::kubectl
