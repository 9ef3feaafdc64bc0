// kubectl delete: by name, label or file, and then the wait until all is gone.
// k8s 1.32 kubectl/pkg/cmd/delete: delete.go
#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/shell/kubectl_change.h"

namespace sim::kubectl {
namespace {

constexpr int kUntilGone = 1;

const FlagSet& flag_set() {
  static const FlagSet set = {
      {"all", "all-namespaces,A", "cascade=?background", "dry-run=?unchanged",
       "field-selector=", "force", "grace-period=", "ignore-not-found", "interactive,i", "now",
       "output,o=", "raw=", "selector,l=", "timeout=", "wait"},
      {"grace-period"},
      {"timeout"},
      false,
      true};
  return set;
}

/// One object that is to be deleted; it need not be there.
struct Doomed {
  std::optional<Ref> ref;
  Kind kind{};
  std::string name;
  std::string file;
};

std::optional<DeleteOptions::Propagation> propagation_of(const Flags& flags, std::string* error) {
  const std::string value = flags.get("cascade", "background");
  using Propagation = DeleteOptions::Propagation;
  if (value == "background" || value == "true") return Propagation::Background;
  if (value == "orphan" || value == "false") return Propagation::Orphan;
  if (value == "foreground") return Propagation::Foreground;
  *error = fmt::format(
      "invalid cascade value ({}). Must be \"background\", \"foreground\", or \"orphan\"", value);
  return std::nullopt;
}

class Deletion {
 public:
  Deletion(Call& call, const Flags& flags) : call_(call), flags_(flags) {}

  Step start();
  Step go_on();

 private:
  /// kubectl's words when the flags do not go together; may warn.
  std::string check_flags();
  std::string find();
  void find_in_files();
  bool confirmed();
  void remove(const Doomed& doomed);
  void say_deleted(const Doomed& doomed);

  Call& call_;
  const Flags& flags_;
  Step step_;
  Work work_;        // its subjects are what is waited for
  Failures unread_;  // what of the files could not be read
  DryRun dry_run_ = DryRun::None;
  DeleteOptions options_;
  std::int64_t grace_ = -1;
  std::vector<Doomed> doomed_;
  bool no_names_ = true;  // nothing was asked for by name
  bool ignore_missing_ = false;
};

std::string Deletion::check_flags() {
  grace_ = flags_.number("grace-period").value_or(-1);
  const bool force = flags_.is_on("force");
  const bool selects = !flags_.get("selector").empty() || !flags_.get("field-selector").empty();
  ignore_missing_ = flags_.is_on("ignore-not-found", flags_.is_on("all") || selects);
  if (flags_.is_on("now")) {
    if (grace_ != -1) return "--now and --grace-period cannot be specified together";
    grace_ = 1;
  }
  // Without --force nobody shall lose data by accident: 0 becomes 1.
  if (grace_ == 0 && !force) grace_ = 1;
  if (force && grace_ < 0) grace_ = 0;
  std::string error;
  const std::optional<DryRun> dry_run = dry_run_of(flags_, &error);
  if (!dry_run) return error;
  dry_run_ = *dry_run;
  const auto propagation = propagation_of(flags_, &error);
  if (!propagation) return error;
  options_ = delete_options(grace_);
  options_.propagation = *propagation;
  options_.dry_run = dry_run_ == DryRun::Server;
  const std::string form = flags_.get("output");
  if (!form.empty() && form != "name") {
    return fmt::format("unexpected -o output mode: {}. We only support '-o name'", form);
  }
  if (force && grace_ > 0) {
    return "--force and --grace-period greater than 0 cannot be specified together";
  }
  if (flags_.has("raw")) return "podsight has no `delete --raw`";
  if (force) {
    warn(step_,
         "Warning: Immediate deletion does not wait for confirmation that the running resource has "
         "been terminated. The resource may continue to run on the cluster indefinitely.\n");
  }
  return "";
}

void Deletion::find_in_files() {
  Change reader(call_, flags_, "delete");
  for (const Item& item : read_items(reader, false, unread_)) {
    doomed_.push_back(
        {find_object(call_, item.kind, item.ns, item.name), item.kind, item.name, item.file});
  }
}

std::string Deletion::find() {
  if (flags_.has("filename") && flags_.args.empty()) {
    find_in_files();
    return "";
  }
  if (flags_.has("kustomize")) {
    find_in_files();
    return "";
  }
  TargetOptions options;
  options.name_required = true;
  if (flags_.is_on("all")) {
    // Here, unlike in other verbs, --all is a selector.
    const bool slash = !flags_.args.empty() && flags_.args.front().find('/') != std::string::npos;
    if (slash) {
      return "selectors and the all flag cannot be used when passing resource/name arguments";
    }
    if (flags_.args.size() > 1) {
      return "name cannot be provided when a selector is specified";
    }
    if (!flags_.get("selector").empty() || !flags_.get("field-selector").empty()) {
      return "setting 'all' parameter but found a non empty selector. ";
    }
  }
  const Targets targets = find_selected(call_, flags_, flags_.args, options);
  if (!targets.error.empty()) return targets.error;
  no_names_ = !targets.by_name;
  for (const Ref& ref : targets.refs) {
    doomed_.push_back({ref, ref.kind, call_.world.store().get(ref)->meta.name.str(), ""});
  }
  // A dry run at the client does not ask whether an object is there.
  if (dry_run_ == DryRun::Client) {
    for (const MissingTarget& missing : targets.unfound) {
      doomed_.push_back({std::nullopt, missing.kind, missing.name, ""});
    }
  } else {
    for (const ApiError& error : targets.missing) {
      if (error.code != 404 || !ignore_missing_) work_.failures.add(error);
    }
  }
  return "";
}

bool Deletion::confirmed() {
  if (!flags_.is_on("interactive") || doomed_.empty()) return true;
  say(step_,
      fmt::format("You are about to delete the following {} resource(s):\n", doomed_.size()));
  for (const Doomed& doomed : doomed_) {
    say(step_, fmt::format("{}/{}\n", printed_kind(doomed.kind), doomed.name));
  }
  say(step_, "Do you want to continue? (y/n): ");
  const std::size_t begin = call_.input.find_first_not_of(" \t\r\n");
  const std::string answer =
      begin == std::string::npos
          ? ""
          : call_.input.substr(begin, call_.input.find_first_of(" \t\r\n", begin) - begin);
  if (answer == "y" || answer == "Y") return true;
  say(step_, "deletion is cancelled\n");
  return false;
}

void Deletion::say_deleted(const Doomed& doomed) {
  if (flags_.get("output") == "name") {
    say(step_, fmt::format("{}/{}\n", printed_kind(doomed.kind), doomed.name));
    return;
  }
  say(step_, fmt::format("{} \"{}\" {}deleted{}\n", printed_kind(doomed.kind), doomed.name,
                         grace_ == 0 ? "force " : "", dry_run_words(dry_run_)));
}

void Deletion::remove(const Doomed& doomed) {
  if (dry_run_ == DryRun::Client) {
    say_deleted(doomed);
    return;
  }
  if (doomed.name.empty()) {
    work_.failures.add(with_source("deleting", doomed.file) + "resource name may not be empty");
    return;
  }
  ApiResult result;
  // It may have gone with something that was deleted just now.
  if (doomed.ref && current_object(call_, *doomed.ref)) {
    result = api_delete(call_.world, call_.plan, *doomed.ref, options_, "kubectl delete");
  } else {
    result.error = not_found(doomed.kind, doomed.name);
  }
  if (!result.error) {
    say_deleted(doomed);
    if (dry_run_ == DryRun::None) {
      const ObjectPtr object = call_.world.store().share(*doomed.ref);
      work_.subjects.push_back({*doomed.ref, object ? object->meta.ns.str() : "", doomed.name});
    }
    return;
  }
  if (result.error->code == 404 && ignore_missing_) return;
  ApiError error = *result.error;
  error.message = with_source("deleting", doomed.file) + error.message;
  work_.failures.add(error);
}

Step Deletion::start() {
  if (const std::string error = check_flags(); !error.empty()) {
    warn(step_, fmt::format("error: {}\n", error));
    step_.exit = 1;
    return std::move(step_);
  }
  if (const std::string error = find(); !error.empty()) return fail(error);
  if (!confirmed()) return std::move(step_);
  bool warns = flags_.has("namespace") && !flags_.is_on("all-namespaces");
  for (const Doomed& doomed : doomed_) {
    if (warns && !info(doomed.kind).namespaced) {
      warn(step_,
           "Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n");
      warns = false;
    }
    remove(doomed);
  }
  work_.failures.add(unread_);
  if (work_.failures.any()) {
    work_.failures.tell(step_);
    return std::move(step_);
  }
  if (doomed_.empty() && no_names_) say(step_, "No resources found\n");
  if (work_.subjects.empty() || !flags_.is_on("wait", true)) return std::move(step_);
  call_.state.stage = kUntilGone;
  work_.keep(call_.state);
  step_.done = false;
  step_.wait = {call_.world.now(), false};  // only until the deletions have been carried out
  return std::move(step_);
}

Step Deletion::go_on() {
  const Duration timeout = duration_of(flags_, "timeout");
  // k8s 1.32: to wait for ever is to wait for a week
  const Time limit = call_.state.started + (timeout.ns <= 0 ? hours(168) : timeout);
  work_ = Work(call_.state);
  for (const Subject& subject : work_.subjects) {
    if (!call_.world.store().get(subject.ref)) continue;
    if (call_.world.now() >= limit) {
      return fail(fmt::format("timed out waiting for the condition on {}/{}",
                              info(subject.ref.kind).plural, subject.name));
    }
    step_.done = false;
    step_.wait = {limit, true};
    return std::move(step_);
  }
  return std::move(step_);
}

}  // namespace

Step delete_verb(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, flag_set());
  if (!flags.error.empty()) return flag_error("delete", flags.error);
  Deletion deletion(call, flags);
  return call.state.stage == kUntilGone ? deletion.go_on() : deletion.start();
}

}  // namespace sim::kubectl
