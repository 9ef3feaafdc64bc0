// `kubectl drain`: closes nodes to new pods, evicts those that are there, and waits until they are
// gone. k8s 1.32 kubectl/pkg/cmd/drain, kubectl/pkg/drain
#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/model/pod_facts.h"
#include "sim/shell/kubectl_change.h"
#include "sim/shell/kubectl_nodes.h"
#include "sim/world/eviction.h"

namespace sim::kubectl {
namespace {

constexpr Duration kRetry = seconds(5);         // of an eviction that was refused
constexpr Duration kPoll = seconds(1);          // for the pods to be gone
constexpr Duration kLongest = hours(24 * 365);  // nobody waits longer
constexpr int kGoingOn = 1;
constexpr int kTooManyRequests = 429;

/// Several errors as one. k8s 1.30 apimachinery/pkg/util/errors: aggregate.Error
std::string joined(const std::vector<std::string>& errors) {
  if (errors.size() == 1) return errors.front();
  std::vector<std::string> distinct;
  for (const std::string& error : errors) {
    if (std::find(distinct.begin(), distinct.end(), error) == distinct.end()) {
      distinct.push_back(error);
    }
  }
  if (distinct.size() == 1) return distinct.front();
  return fmt::format("[{}]", fmt::join(distinct, ", "));
}

/// What the filters say of a pod. k8s 1.32 kubectl/pkg/drain: makeFilters
struct Verdict {
  bool goes = true;
  std::string error;
  std::string warning;
};

/// Pods by what is said of them, in the order in which it was first said.
class Remarks {
 public:
  void add(const std::string& remark, const Pod& pod) {
    const std::string name = fmt::format("{}/{}", pod.meta.ns, pod.meta.name);
    for (auto& [known, pods] : all_) {
      if (known == remark) {
        pods += ", " + name;
        return;
      }
    }
    all_.emplace_back(remark, name);
  }
  bool empty() const { return all_.empty(); }
  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    for (const auto& [remark, pods] : all_) lines.push_back(fmt::format("{}: {}", remark, pods));
    return lines;
  }

 private:
  std::vector<std::pair<std::string, std::string>> all_;
};

struct Selection {
  std::vector<Id> pods;
  Remarks warnings;
  Remarks errors;

  /// Empty when nothing stands in the way.
  std::string error() const {
    if (errors.empty()) return "";
    std::vector<std::string> lines;
    for (const std::string& line : errors.lines()) {
      const bool says = line.rfind("cannot delete", 0) == 0;
      lines.push_back(says ? line : "cannot delete " + line);
    }
    return joined(lines);
  }
};

/// One pod on its way off the node.
struct Leaving {
  enum class State { ToEvict, Going, Gone };
  State state = State::ToEvict;
  Id pod = 0;
  Time at{};  // the next attempt to evict it; when the polling for it began
  std::string ns;
  std::string name;
};

class Drain {
 public:
  Drain(Call& call, const Flags& flags) : call_(call), flags_(flags) {}

  Step start();
  Step go_on();

 private:
  std::string check_flags();
  Verdict verdict_of(const Pod& pod) const;
  Selection select(const std::string& node) const;
  bool is_skipped(const Pod& pod) const;

  Step run();
  /// Asks the pods of the present node to go; false when that has failed or is already over.
  bool begin_node();
  void begin_deletions(const std::vector<Id>& pods);
  /// Sees to each pod; true when nothing is left to wait for.
  bool work();
  void evict(Leaving& pod);
  void watch(Leaving& pod);
  void end_node();
  void fail_node(const std::string& error);
  std::string after_failure(const std::string& error);
  Step finish();

  void keep();
  void restore();
  void wait_until(Time when) { next_ = std::min(next_, when); }
  Time now() const { return call_.world.now(); }
  Time deadline() const {
    return timeout_.ns == 0 ? kNever : since_ + std::min(timeout_, kLongest);
  }

  Call& call_;
  const Flags& flags_;
  Step step_;
  DryRun dry_run_ = DryRun::None;
  Duration timeout_{};
  std::int64_t skip_seconds_ = 0;
  bool deletes_ = false;  // instead of evicting
  std::optional<Selector> pod_selector_;

  // What is kept while it waits.
  std::vector<Subject> nodes_;
  std::size_t at_ = 0;  // the present node
  bool begun_ = false;  // its pods were asked to go, …
  Time since_{};        // … then
  std::vector<Leaving> leaving_;
  std::vector<std::string> errors_;  // of its pods
  std::vector<std::string> fatal_;   // of the nodes before
  std::vector<std::string> left_;    // those nodes

  Time next_ = kNever;
  bool on_change_ = false;
};

std::string Drain::check_flags() {
  std::string error;
  const std::optional<DryRun> dry_run = dry_run_of(flags_, &error);
  if (!dry_run) return error;
  dry_run_ = *dry_run;
  timeout_ = std::max(duration_of(flags_, "timeout"), Duration{});
  skip_seconds_ = flags_.number("skip-wait-for-delete-timeout").value_or(0);
  deletes_ = flags_.is_on("disable-eviction");
  pod_selector_ = parse_selector(flags_.get("pod-selector"), &error);
  if (!pod_selector_) return "--pod-selector=<pod_selector> must be a valid label selector";
  return "";
}

bool Drain::is_skipped(const Pod& pod) const {
  if (skip_seconds_ <= 0 || !pod.meta.deletion_timestamp) return false;
  return (now() - pod.meta.deletion_timestamp->whole_seconds()).seconds() > skip_seconds_;
}

/// The filters, in order: each one's word takes the place of the one before, until one says no.
Verdict Drain::verdict_of(const Pod& pod) const {
  Verdict verdict;
  if (is_skipped(pod)) return {false, "", ""};
  const OwnerReference* owner = pod.meta.controller();
  if (owner && owner->kind == "DaemonSet" && !has_ended(pod)) {
    if (!call_.world.store().find(owner->uid)) {
      const std::string missing = fmt::format("daemonsets.apps \"{}\" not found", owner->name);
      if (!flags_.is_on("force")) return {false, missing, ""};
    } else if (!flags_.is_on("ignore-daemonsets")) {
      return {false, "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)", ""};
    } else {
      return {false, "", "ignoring DaemonSet-managed Pods"};
    }
  }
  if (pod.meta.annotations.contains("kubernetes.io/config.mirror")) return {false, "", ""};
  if (has_ended(pod)) return verdict;
  const bool local =
      std::any_of(pod.spec->volumes.begin(), pod.spec->volumes.end(),
                  [](const Volume& each) { return each.volume_source.empty_dir.has_value(); });
  if (local && !flags_.is_on("delete-emptydir-data")) {
    return {false, "cannot delete Pods with local storage (use --delete-emptydir-data to override)",
            ""};
  }
  if (owner) return verdict;
  if (flags_.is_on("force")) return {true, "", "deleting Pods that declare no controller"};
  return {false, "cannot delete Pods that declare no controller (use --force to override)", ""};
}

Selection Drain::select(const std::string& node) const {
  Selection selection;
  std::vector<Id> pods = call_.world.store().pods_on(node);
  // As the API server lists them.
  std::sort(pods.begin(), pods.end(), [&](Id a, Id b) {
    const ObjectMeta& first = call_.world.get<Pod>(a)->meta;
    const ObjectMeta& second = call_.world.get<Pod>(b)->meta;
    return std::tie(first.ns, first.name) < std::tie(second.ns, second.name);
  });
  for (const Id id : pods) {
    const Pod& pod = *call_.world.get<Pod>(id);
    if (!pod_selector_->matches(pod.meta.labels)) continue;
    const Verdict verdict = verdict_of(pod);
    if (!verdict.error.empty()) selection.errors.add(verdict.error, pod);
    if (!verdict.warning.empty()) selection.warnings.add(verdict.warning, pod);
    if (verdict.goes) selection.pods.push_back(id);
  }
  return selection;
}

Step Drain::start() {
  const bool selected = !flags_.get("selector").empty();
  if (flags_.args.empty() && !selected) return usage_error("drain", "USAGE: drain NODE [flags]");
  if (!flags_.args.empty() && selected) {
    return usage_error("drain", "cannot specify both a node name and a --selector option");
  }
  if (const std::string error = check_flags(); !error.empty()) return fail(error);
  if (auto wrong = find_nodes(call_, flags_, &nodes_)) return *std::move(wrong);
  if (auto wrong = set_cordon(call_, flags_, nodes_, true, dry_run_, step_)) {
    return *std::move(wrong);
  }
  return run();
}

Step Drain::go_on() {
  if (const std::string error = check_flags(); !error.empty()) return fail(error);
  restore();
  return run();
}

Step Drain::run() {
  while (at_ < nodes_.size()) {
    if (!begun_ && !begin_node()) {
      ++at_;
      continue;
    }
    if (!work()) {
      keep();
      step_.done = false;
      step_.wait = {next_, on_change_};
      return std::move(step_);
    }
    end_node();
    ++at_;
  }
  return finish();
}

bool Drain::begin_node() {
  const std::string& node = nodes_[at_].name;
  const Selection selection = select(node);
  if (const std::string error = selection.error(); !error.empty()) {
    fail_node(error);
    return false;
  }
  if (!selection.warnings.empty()) {
    warn(step_, fmt::format("Warning: {}\n", fmt::join(selection.warnings.lines(), "; ")));
  }
  begun_ = true;
  since_ = now();
  leaving_.clear();
  errors_.clear();
  for (const Id id : selection.pods) {
    const Pod& pod = *call_.world.get<Pod>(id);
    if (dry_run_ == DryRun::Client) {
      say(step_, fmt::format("evicting pod {}/{} (dry run)\n", pod.meta.ns, pod.meta.name));
    } else if (!deletes_) {
      leaving_.push_back(
          {Leaving::State::ToEvict, id, now(), pod.meta.ns.str(), pod.meta.name.str()});
    }
  }
  if (deletes_ && dry_run_ != DryRun::Client) begin_deletions(selection.pods);
  return true;
}

/// --disable-eviction: all are deleted first; the first refusal ends it.
void Drain::begin_deletions(const std::vector<Id>& pods) {
  DeleteOptions options = delete_options(flags_.number("grace-period").value_or(-1));
  options.dry_run = dry_run_ == DryRun::Server;
  for (const Id id : pods) {
    const Pod& pod = *call_.world.get<Pod>(id);
    const ApiResult result =
        api_delete(call_.world, call_.plan, {Kind::Pod, id}, options, "kubectl drain");
    if (result.error) {
      errors_.push_back(result.error->message);
      leaving_.clear();
      return;
    }
    if (options.dry_run) continue;
    leaving_.push_back({Leaving::State::Going, id, now(), pod.meta.ns.str(), pod.meta.name.str()});
    wait_until(now());  // only until the deletions have been carried out
  }
}

bool Drain::work() {
  // What is planned in this call has not been carried out when it ends.
  const bool fresh = next_ != kNever;
  for (Leaving& pod : leaving_) {
    if (pod.state == Leaving::State::ToEvict) {
      evict(pod);
    } else if (pod.state == Leaving::State::Going && !fresh) {
      watch(pod);
    }
  }
  return std::all_of(leaving_.begin(), leaving_.end(),
                     [](const Leaving& pod) { return pod.state == Leaving::State::Gone; });
}

void Drain::evict(Leaving& pod) {
  if (now() < pod.at) {
    wait_until(pod.at);
    return;
  }
  const bool dry = dry_run_ == DryRun::Server;
  say(step_, fmt::format("evicting pod {}/{}{}\n", pod.ns, pod.name, dry_run_words(dry_run_)));
  const auto fails = [&](std::string_view why) {
    errors_.push_back(
        fmt::format("error when evicting pods/\"{}\" -n \"{}\": {}", pod.name, pod.ns, why));
    pod.state = Leaving::State::Gone;
  };
  if (now() >= deadline()) {
    fails(fmt::format("global timeout reached: {}", to_string(timeout_)));
    return;
  }
  DeleteOptions options = delete_options(flags_.number("grace-period").value_or(-1));
  options.dry_run = dry;
  const ApiResult result = api_evict(call_.world, call_.plan, pod.pod, options, "kubectl drain");
  if (!result.error) {
    pod.state = dry ? Leaving::State::Gone : Leaving::State::Going;
    pod.at = now();
    if (!dry) wait_until(now());
  } else if (result.error->code == 404) {
    pod.state = Leaving::State::Gone;
  } else if (result.error->code == kTooManyRequests) {
    warn(step_, fmt::format("error when evicting pods/\"{}\" -n \"{}\" (will retry after 5s): {}\n",
                            pod.name, pod.ns, result.error->message));
    pod.at = now() + kRetry;
    wait_until(pod.at);
  } else {
    fails(result.error->message);
  }
}

/// It is looked for once a second; only when that would find something does time stop for it.
void Drain::watch(Leaving& pod) {
  const std::int64_t polls = ((now() - pod.at).ns + kPoll.ns - 1) / kPoll.ns;
  const Time poll = pod.at + kPoll * polls;
  const Pod* there = call_.world.get<Pod>(pod.pod);
  const bool skipped = there && is_skipped(*there);
  if (!there || skipped) {
    if (poll > now() && poll <= deadline()) {
      wait_until(poll);
      return;
    }
    if (poll == now()) {
      pod.state = Leaving::State::Gone;
      say(step_, skipped ? fmt::format("pod \"{}\" has DeletionTimestamp older than {} seconds, "
                                       "skipping\n",
                                       pod.name, skip_seconds_)
                         : fmt::format("pod/{} {}\n", pod.name, deletes_ ? "deleted" : "evicted"));
      return;
    }
  }
  if (now() >= deadline()) {
    pod.state = Leaving::State::Gone;
    constexpr std::string_view kWhy = "context deadline exceeded";
    // Deletions are waited for together, evictions each by itself.
    if (deletes_) {
      if (errors_.empty()) errors_.emplace_back(kWhy);
    } else {
      errors_.push_back(
          fmt::format("error when waiting for pod \"{}\" in namespace \"{}\" to terminate: {}",
                      pod.name, pod.ns, kWhy));
    }
    return;
  }
  wait_until(deadline());
  if (!there) return;
  on_change_ = true;
  if (skip_seconds_ > 0 && there->meta.deletion_timestamp) {
    const std::int64_t skip = std::min(skip_seconds_, kLongest.seconds());
    wait_until(there->meta.deletion_timestamp->whole_seconds() + seconds(skip + 1));
  }
}

void Drain::end_node() {
  begun_ = false;
  if (!errors_.empty()) {
    fail_node(after_failure(joined(errors_)));
    return;
  }
  if (const Node* node = call_.world.get<Node>(nodes_[at_].ref.id)) {
    report(step_, *node, "drained", flags_, dry_run_);
  } else {
    say(step_, fmt::format("node/{} drained\n", nodes_[at_].name));
  }
}

/// Names the pods that are still there.
std::string Drain::after_failure(const std::string& error) {
  const Selection rest = select(nodes_[at_].name);
  if (!rest.pods.empty()) {
    warn(step_, fmt::format("There are pending pods in node \"{}\" when an error occurred: {}\n",
                            nodes_[at_].name, error));
    for (const Id id : rest.pods) {
      warn(step_, fmt::format("pod/{}\n", call_.world.get<Pod>(id)->meta.name));
    }
  }
  if (const std::string newer = rest.error(); !newer.empty()) {
    warn(step_, fmt::format("Following errors occurred while getting the list of pods to "
                            "delete:\n{}",
                            newer));
  }
  return error;
}

void Drain::fail_node(const std::string& error) {
  warn(step_,
       fmt::format("error: unable to drain node \"{}\" due to error: {}, continuing command...\n",
                   nodes_[at_].name, error));
  fatal_.push_back(error);
  left_.push_back(nodes_[at_].name);
}

Step Drain::finish() {
  if (left_.empty()) return std::move(step_);
  warn(step_, "There are pending nodes to be drained:\n");
  for (const std::string& node : left_) warn(step_, fmt::format(" {}\n", node));
  for (const std::string& error : fatal_) warn(step_, error + "\n");
  step_.exit = 1;
  return std::move(step_);
}

// The notes: a letter for what each is, then its parts, with NULs between.

void Drain::keep() {
  std::vector<std::string>& notes = call_.state.notes;
  notes.clear();
  const auto note = [&](char what, const std::vector<std::string>& parts) {
    std::string text(1, what);
    for (const std::string& part : parts) text += '\0' + part;
    notes.push_back(std::move(text));
  };
  const auto number = [](std::int64_t value) { return std::to_string(value); };
  for (const Subject& node : nodes_) {
    note('n', {number(static_cast<std::int64_t>(node.ref.id)), node.name});
  }
  for (const Leaving& pod : leaving_) {
    note('p', {number(static_cast<std::int64_t>(pod.state)),
               number(static_cast<std::int64_t>(pod.pod)), number(pod.at.ns), pod.ns, pod.name});
  }
  for (const std::string& error : errors_) note('e', {error});
  for (const std::string& error : fatal_) note('f', {error});
  for (const std::string& node : left_) note('l', {node});
  note('s', {number(since_.ns)});
  call_.state.stage = kGoingOn;
  call_.state.number = static_cast<std::int64_t>(at_);
}

void Drain::restore() {
  const auto number = [](std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  };
  for (const std::string& text : call_.state.notes) {
    std::vector<std::string> parts;
    for (std::size_t from = 0; from < text.size();) {
      const std::size_t begin = text.find('\0', from) + 1;
      if (begin == 0) break;
      const std::size_t end = std::min(text.find('\0', begin), text.size());
      parts.push_back(text.substr(begin, end - begin));
      from = end;
      if (end == text.size()) break;
    }
    switch (text.front()) {
      case 'n':
        nodes_.push_back({{Kind::Node, static_cast<Id>(number(parts[0]))}, "", parts[1]});
        break;
      case 'p':
        leaving_.push_back({static_cast<Leaving::State>(number(parts[0])),
                            static_cast<Id>(number(parts[1])), Time{number(parts[2])}, parts[3],
                            parts[4]});
        break;
      case 'e':
        errors_.push_back(parts[0]);
        break;
      case 'f':
        fatal_.push_back(parts[0]);
        break;
      case 'l':
        left_.push_back(parts[0]);
        break;
      default:
        since_ = Time{number(parts[0])};
    }
  }
  at_ = static_cast<std::size_t>(call_.state.number);
  begun_ = true;
}

}  // namespace

Step drain(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"chunk-size=",
             "delete-emptydir-data",
             "disable-eviction",
             "dry-run=?client",
             "force",
             "grace-period=",
             "ignore-daemonsets",
             "pod-selector=",
             "selector,l=",
             "skip-wait-for-delete-timeout=",
             "timeout="};
  set.numbers = {"chunk-size", "grace-period", "skip-wait-for-delete-timeout"};
  set.durations = {"timeout"};
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("drain", flags.error);
  Drain drain(call, flags);
  return call.state.stage == kGoingOn ? drain.go_on() : drain.start();
}

}  // namespace sim::kubectl
