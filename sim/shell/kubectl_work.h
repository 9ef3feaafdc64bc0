// What verbs share that go through several objects: flags whose values have a type, the line for
// an object that was changed, failures told at the end, and the list of what is still to do while
// a verb waits.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/shell/kubectl_objects.h"

namespace sim::kubectl {

/// A flag that cannot be read; `path` is the verb as typed: "rollout status".
Step flag_error(std::string_view path, std::string_view message);
/// A verb called in a wrong way.
Step usage_error(std::string_view path, std::string_view message);

/// What has been said so far, and then how it ends.
Step followed_by(Step said, Step end);

/// What a verb takes beyond its own flags.
struct FlagSet {
  FlagSpecs own;
  std::vector<std::string_view> numbers;    // flags whose value is a whole number
  std::vector<std::string_view> durations;  // and those whose value is a duration
  bool prints = false;                      // -o and what belongs to it
  bool files = false;                       // -f, -k, -R
};
/// As parse_flags(); `error` also tells of a value that is not of its flag's type.
Flags read_flags(const std::vector<std::string>& words, const FlagSet& set);
/// The value of a duration flag that read_flags() has checked.
Duration duration_of(const Flags& flags, std::string_view name, Duration fallback = {});

enum class DryRun { None, Client, Server };
/// What a line about a change ends with: "", " (dry run)" or " (server dry run)".
std::string_view dry_run_words(DryRun dry_run);
/// Empty, with `error` set to kubectl's words, when --dry-run has no known value.
std::optional<DryRun> dry_run_of(const Flags& flags, std::string* error);

/// kubectl's words when -o asks for a form that no printer has; empty when it is fine.
std::string wrong_output_form(const Flags& flags);
/// Says what was done to an object, "deployment.apps/web scaled", or shows it as -o asks.
void report(Step& step, const Object& object, std::string_view operation, const Flags& flags,
            DryRun dry_run = DryRun::None);

/// What went wrong with some of the objects; kubectl goes on with the others and tells at the end.
class Failures {
 public:
  void add(std::string_view message);
  void add(const ApiError& error);
  void add(const std::vector<ApiError>& errors);
  void add(const Failures& others);
  /// A complete text, and another for when it is not the only failure.
  void add(std::string_view alone, std::string_view among_others);
  bool any() const { return !lines_.empty(); }
  /// Writes them and sets the exit status when there are any.
  void tell(Step& step) const;

 private:
  friend struct Work;
  // Each with a mark in front: 'p' gets "error: " when it stands alone, 'a' is complete, 'b' is
  // two complete texts with a NUL between.
  std::vector<std::string> lines_;
};

/// One object that a verb works on. It may be gone when its turn comes.
struct Subject {
  Ref ref;
  std::string ns;
  std::string name;
};

/// What a verb goes through, one object after the other, over several calls when it has to wait.
struct Work {
  std::vector<Subject> subjects;
  Failures failures;

  Work() = default;
  Work(const World& world, const Targets& targets);
  /// As keep() left it.
  explicit Work(const CommandState& state);
  void keep(CommandState& state) const;
};

/// find_targets() for the verbs whose --all only allows a bare kind: scale, wait, rollout.
Targets find_selected(const Call& call, const Flags& flags, const std::vector<std::string>& words,
                      const TargetOptions& options = {});

}  // namespace sim::kubectl
