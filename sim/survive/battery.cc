#include "sim/survive/battery.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "sim/base/format.h"
#include "sim/graph/sentences.h"
#include "sim/graph/why.h"
#include "sim/model/volume_facts.h"
#include "sim/scenario/terminal.h"
#include "sim/world/drivers.h"
#include "sim/world/file_view.h"

namespace sim {
namespace {

// How long a trial is watched. A lost node is long: five minutes until its pods are evicted, six
// more until their volumes are detached by force.
constexpr Duration kShortWatch = minutes(10);
constexpr Duration kLongWatch = minutes(20);
// A drain that a PodDisruptionBudget holds up is given up after this time.
constexpr std::string_view kDrainTimeout = "300s";
// A pod that has not come up by the end hangs, unless it is younger than this.
constexpr Duration kTimeToStart = seconds(60);
constexpr Duration kQuiet = seconds(60);
constexpr Duration kGlance = seconds(10);

struct Watched {
  const Subject* subject = nullptr;
  const Mark* mark = nullptr;
  bool seen = true;
  std::optional<Time> unseen_since;
  Duration gap{};
  std::optional<World> unseen;     // the last moment at which nobody saw it, and …
  std::optional<World> meanwhile;  // … that of the longest gap
};

bool sees_mark(const World& now, Id pod, const Mark& mark) {
  const Id id = awake_instance(now, pod, mark.name);
  return id != 0 && bool(file_system_of(now, id).stat(mark.file));
}

/// Whether a change of a machine leaves it as much alive and as reachable as it was.
bool same_power(const Change& change) {
  const auto* before = as<Machine>(change.before);
  const auto* after = as<Machine>(change.after);
  return before && after && before->powered == after->powered &&
         before->reachable == after->reachable && before->boots == after->boots &&
         before->booting_until == after->booting_until;
}

/// The workloads that one happening hits.
using Group = std::vector<const Subject*>;

/// One trial of some workloads on a copy of the world.
class Attempt {
 public:
  Attempt(const World& world, const Group& group, const BatteryOptions& options)
      : group_(group), options_(options), simulation_(world), terminal_(simulation_, "") {
    for (const Subject* subject : group) {
      pods_[subject] = pods_of(world, *subject);
      for (const Mark& mark : subject->marks) {
        watched_.emplace_back();
        watched_.back().subject = subject;
        watched_.back().mark = &mark;
      }
    }
    looked_at_ = world.revision();
    evaluate(world, nullptr);
    simulation_.watch([this](const World& now, Time) { look(now); });
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  const World& world() const { return simulation_.world(); }

  Terminal::Result type(const std::string& line) { return terminal_.run(line); }
  void wait(Duration duration) {
    simulation_.run_until(world().now() + duration);
    evaluate(world(), nullptr);
  }
  /// Until all has been quiet for a while with all pods of the workloads running, or the time is
  /// over. (That nothing is due says little: somebody may be waiting for the other to speak.)
  void settle(Duration limit) {
    const Time end = world().now() + limit;
    changed_at_ = world().now();
    while (world().now() < end) {
      const Time quiet = changed_at_ + kQuiet;
      simulation_.run_until(std::min(end, std::max(quiet, world().now() + kGlance)));
      if (world().now() - changed_at_ >= kQuiet && is_at_rest()) break;
    }
    evaluate(world(), nullptr);
  }
  /// Gaps count from here.
  void begin_gaps() {
    for (Watched& watched : watched_) {
      if (!watched.seen) watched.unseen_since = world().now();
    }
  }
  const std::vector<Watched>& watched() const { return watched_; }
  const Group& group() const { return group_; }
  /// The one by which the happening was chosen; it is the same for the others.
  const Subject& subject() const { return *group_.front(); }

 private:
  /// What has changed since the last look.
  struct Touched {
    std::set<Id> pods;
    std::set<Ref> places;
    bool all = false;
  };

  /// Looks only when something has changed that can matter, and only at those whom it concerns.
  void look(const World& now) {
    const Journal& journal = now.journal();
    Touched touched;
    bool stirs = false;  // something that a workload at rest would not do
    for (std::uint64_t r = std::max(looked_at_ + 1, journal.first()); r <= journal.last(); ++r) {
      const Change& change = journal.at(r);
      const ObjectPtr& row = change.after ? change.after : change.before;
      if (change.ref.kind == Kind::Pod) {
        touched.pods.insert(change.ref.id);
        stirs = true;
      } else if (const auto* instance = as<ContainerInstance>(row)) {
        touched.pods.insert(instance->pod);
        stirs = true;
      } else if (change.ref.kind == Kind::Disk) {
        touched.places.insert(change.ref);
        stirs = true;
      } else if (change.ref.kind == Kind::Machine) {
        touched.places.insert(change.ref);  // its files
        touched.all = touched.all || !same_power(change);
        stirs = true;
      } else if (const auto* attachment = as<VolumeAttachment>(row)) {
        const auto& name = attachment->spec.source.persistent_volume_name;
        const auto* volume = name ? now.find<PersistentVolume>("", *name) : nullptr;
        if (volume) touched.places.insert({Kind::Disk, contents_of(now, volume->spec)});
      }
    }
    looked_at_ = journal.last();
    if (stirs) changed_at_ = now.now();
    if (!stirs && touched.places.empty()) return;
    evaluate(now, &touched);
  }

  bool concerns(const Touched& touched, const std::vector<Id>& before, const std::vector<Id>& pods,
                const Mark& mark) const {
    if (touched.all || touched.places.count(mark.place.row) != 0 || before != pods) return true;
    return std::any_of(pods.begin(), pods.end(),
                       [&](Id pod) { return touched.pods.count(pod) != 0; });
  }

  bool is_at_rest() const {
    return std::all_of(group_.begin(), group_.end(),
                       [&](const Subject* subject) { return is_at_rest(*subject); });
  }
  bool is_at_rest(const Subject& subject) const {
    const std::vector<Id> pods = pods_of(world(), subject);
    return std::all_of(pods.begin(), pods.end(), [&](Id id) {
      const Pod& pod = *world().get<Pod>(id);
      return !pod.meta.deletion_timestamp &&
             std::all_of(pod.spec->containers.begin(), pod.spec->containers.end(),
                         [&](const Container& container) {
                           return running_instance(world(), id, container.name) != 0;
                         });
    });
  }

  /// What nobody saw for long is best explained from the second half of that time.
  static void remember(Watched& watched, const World& now) {
    const Time since = *watched.unseen_since;
    if (watched.unseen && now.now() - since < (watched.unseen->now() - since) * 2) return;
    watched.unseen = now;
  }

  /// Looks at all, or at those whom what was touched concerns.
  void evaluate(const World& now, const Touched* touched) {
    const Subject* subject = nullptr;
    std::vector<Id> before;
    std::vector<Id> pods;
    for (Watched& watched : watched_) {
      if (subject != watched.subject) {
        subject = watched.subject;
        before = std::move(pods_[subject]);
        pods = pods_of(now, *subject);
        pods_[subject] = pods;
      }
      const Mark& mark = *watched.mark;
      if (touched && !concerns(*touched, before, pods, mark)) {
        // It is as unseen as it was, only for longer.
        if (!watched.seen && options_.meanwhile) remember(watched, now);
        continue;
      }
      const bool seen =
          std::any_of(pods.begin(), pods.end(), [&](Id pod) { return sees_mark(now, pod, mark); });
      if (!seen) {
        if (watched.seen) {
          watched.unseen_since = now.now();
          watched.unseen.reset();
        }
        if (options_.meanwhile) remember(watched, now);
      } else if (!watched.seen) {
        const Duration gap = now.now() - *watched.unseen_since;
        if (gap > watched.gap) {
          watched.gap = gap;
          watched.meanwhile = std::move(watched.unseen);
        }
        watched.unseen.reset();
      }
      watched.seen = seen;
    }
  }

  const Group group_;
  const BatteryOptions& options_;
  Simulation simulation_;
  Terminal terminal_;
  std::vector<Watched> watched_;  // those of one workload in a row
  std::map<const Subject*, std::vector<Id>> pods_;
  std::uint64_t looked_at_ = 0;
  Time changed_at_{};
};

/// Whether the file is still somewhere, whoever could look. `gone`: machines without power never
/// come back.
bool is_intact(const World& world, const Mark& mark, bool gone) {
  if (!entry_at(world, mark.place)) return false;
  const auto has_power = [&](Id id) {
    const auto* machine = world.get<Machine>(id);
    return machine && machine->powered;
  };
  switch (mark.place.row.kind) {
    case Kind::ContainerInstance: {
      const auto& instance = *world.get<ContainerInstance>(mark.place.row.id);
      return instance.state == ContainerInstance::State::Running && has_power(instance.machine);
    }
    case Kind::Disk: {
      const auto& disk = *world.get<Disk>(mark.place.row.id);
      if (disk.machine == 0 || has_power(disk.machine)) return true;
      return !gone && disk.medium != Disk::Medium::Memory;
    }
    case Kind::Machine:
      return !gone || has_power(mark.place.row.id);
    default:
      return false;
  }
}

/// What the reasons are taken from: a world that has come to rest, and its journal.
class Inquest {
 public:
  Inquest(const Chronicle& chronicle, const Subject& subject, std::string_view language)
      : world_(chronicle.world()),
        subject_(subject),
        language_(language),
        chronicle_(chronicle),
        pods_(pods_of(chronicle.world(), subject)) {}

  const std::vector<Id>& pods() const { return pods_; }

  /// The answer of the pod that should see the file: one that does, else the newest. A new pod
  /// knows nothing of a file that lies, or is lost, with the old one.
  Why answer(const Mark& mark, Fate fate) const {
    Uid pod = subject_.pod;
    for (auto id = pods_.rbegin(); id != pods_.rend(); ++id) {
      const Pod& candidate = *world_.get<Pod>(*id);
      if (id == pods_.rbegin()) pod = candidate.meta.uid;
      if (!sees_mark(world_, *id, mark)) continue;
      pod = candidate.meta.uid;
      break;
    }
    const std::string path = to_string(mark.file);
    Why why = sim::why(chronicle_, pod, mark.name, path);
    const bool knows = (why.code != WhyCode::NeverWrittenHere || why.there) &&
                       (fate != Fate::Lost || !is_unreachable(why.code));
    return knows || pod == subject_.pod ? why : sim::why(chronicle_, subject_.pod, mark.name, path);
  }

  /// What the newest pod hangs on; empty: it runs, or is too young to tell.
  std::string stuck() const {
    for (auto id = pods_.rbegin(); id != pods_.rend(); ++id) {
      const Pod& pod = *world_.get<Pod>(*id);
      const bool ended = pod.status.phase == "Succeeded" || pod.status.phase == "Failed";
      if (pod.meta.deletion_timestamp || ended) continue;
      if (!pod.meta.creation_timestamp ||
          world_.now() - *pod.meta.creation_timestamp < kTimeToStart) {
        continue;
      }
      for (const Container& container : pod.spec->containers) {
        if (awake_instance(world_, *id, container.name) != 0) continue;
        const Why why = sim::why(chronicle_, pod.meta.uid, container.name, "/");
        return sentence(why, language_);
      }
    }
    return "";
  }

 private:
  const World& world_;
  const Subject& subject_;
  std::string_view language_;
  const Chronicle& chronicle_;
  std::vector<Id> pods_;
};

class Battery {
 public:
  Battery(const World& marked, const BatteryOptions& options)
      : marked_(marked), options_(options) {}

  /// Where what is found of a workload is noted.
  using Answers = std::map<const Subject*, WorkloadSurvival*>;

  void put_through(const Group& group, Trial trial, const Answers& answers) {
    later_.reset();
    if (trial == Trial::ContainerCrash) {
      const Subject& subject = *group.front();
      const auto& containers = answers.at(&subject)->containers;
      for (std::size_t c = 0; c < containers.size(); ++c) {
        Attempt attempt(marked_, group, options_);
        attempt.type(fmt::format("sim container kill {} -n {} -c {}", subject.pod_name, subject.ns,
                                 containers[c].name));
        attempt.settle(kShortWatch);
        conclude(attempt, trial, c, "", answers);
      }
      return;
    }
    Attempt attempt(marked_, group, options_);
    std::string hindrance;
    if (strike(attempt, trial, &hindrance)) {
      conclude(attempt, trial, std::nullopt, hindrance, answers);
      return;
    }
    for (const Subject* subject : group) none(answers.at(subject));
  }

 private:
  static std::string resource(const Subject& subject) {
    return fmt::format("{}/{} -n {}", info(subject.ref.kind).singular, subject.name, subject.ns);
  }

  /// Does it and waits until all is quiet; false when it cannot be done to such a workload.
  bool strike(Attempt& attempt, Trial trial, std::string* hindrance) {
    const Subject& subject = attempt.subject();
    const Kind kind = subject.ref.kind;
    switch (trial) {
      case Trial::ContainerCrash:
        return false;
      case Trial::PodDelete:
        attempt.type(fmt::format("kubectl delete pod {} -n {}", subject.pod_name, subject.ns));
        attempt.settle(kShortWatch);
        return true;
      case Trial::Rollout:
        if (kind != Kind::Deployment && kind != Kind::StatefulSet && kind != Kind::DaemonSet) {
          return false;
        }
        attempt.type(fmt::format("kubectl rollout restart {}", resource(subject)));
        attempt.settle(kShortWatch);
        return true;
      case Trial::Scale: {
        if (kind != Kind::Deployment && kind != Kind::StatefulSet && kind != Kind::ReplicaSet) {
          return false;
        }
        const std::size_t replicas = pods_of(marked_, subject).size();
        attempt.type(fmt::format("kubectl scale {} --replicas=0", resource(subject)));
        attempt.settle(kShortWatch);
        attempt.begin_gaps();
        attempt.type(fmt::format("kubectl scale {} --replicas={}", resource(subject), replicas));
        attempt.settle(kShortWatch);
        return true;
      }
      case Trial::Drain: {
        const Terminal::Result drained = attempt.type(
            fmt::format("kubectl drain {} --ignore-daemonsets --delete-emptydir-data --force "
                        "--timeout={}",
                        subject.node, kDrainTimeout));
        attempt.settle(kShortWatch);
        if (drained.exit != 0) {
          *hindrance = options_.language == "ko"
                           ? fmt::format("drain이 {} 안에 끝나지 않았습니다", kDrainTimeout)
                           : fmt::format("the drain did not end within {}", kDrainTimeout);
        }
        return true;
      }
      case Trial::NodeCrash:
        attempt.type(fmt::format("sim node stop {}", subject.node));
        attempt.wait(kLongWatch);
        return true;
      case Trial::NodeReboot:
        attempt.type(fmt::format("sim node reboot {}", subject.node));
        attempt.wait(kShortWatch);
        return true;
      case Trial::ZoneLoss:
        if (subject.zone.empty()) return false;
        attempt.type(fmt::format("sim zone stop {}", subject.zone));
        attempt.wait(kLongWatch);
        return true;
      case Trial::ClaimDelete:
        return delete_claims(attempt);
      case Trial::NamespaceDelete:
        if (subject.ns == "default") return false;  // the API server refuses
        attempt.type(fmt::format("kubectl delete namespace {} --wait=false", subject.ns));
        attempt.settle(kShortWatch);
        return true;
    }
    return false;
  }

  /// The claims first: while a pod uses one, it stays. Then the pods that use them.
  bool delete_claims(Attempt& attempt) {
    const Subject& subject = attempt.subject();
    const Ref ref = marked_.store().find(subject.pod);
    const Pod& pod = *marked_.get<Pod>(ref.id);
    std::string claims;
    std::vector<Id> users;
    for (const Volume& volume : pod.spec->volumes) {
      if (!volume.volume_source.persistent_volume_claim) continue;
      const Str claim = claim_name(pod.meta.name, volume);
      claims += " " + claim.str();
      for (const Id user : marked_.store().pods_of_claim(subject.ns, claim)) users.push_back(user);
    }
    if (claims.empty()) return false;
    attempt.type(fmt::format("kubectl delete pvc -n {}{} --wait=false", subject.ns, claims));
    attempt.wait(kTimeToStart);
    std::sort(users.begin(), users.end());
    users.erase(std::unique(users.begin(), users.end()), users.end());
    std::string names;
    for (const Id user : users) names += " " + marked_.get<Pod>(user)->meta.name.str();
    attempt.type(fmt::format("kubectl delete pod -n {}{} --wait=false", subject.ns, names));
    attempt.settle(kShortWatch);
    return true;
  }

  static void none(WorkloadSurvival* workload) {
    for (ContainerSurvival& container : workload->containers) {
      for (SurvivingPath& path : container.paths) {
        if (path.problem.empty()) path.outcomes.emplace_back();
      }
    }
  }

  void conclude(Attempt& attempt, Trial trial, std::optional<std::size_t> only,
                const std::string& hindrance, const Answers& answers) {
    const Chronicle chronicle(attempt.world());
    for (const Subject* subject : attempt.group()) {
      const Inquest inquest(chronicle, *subject, options_.language);
      const std::string stuck = hindrance.empty() ? inquest.stuck() : hindrance;
      for (const Watched& watched : attempt.watched()) {
        const Mark& mark = *watched.mark;
        if (watched.subject != subject || (only && mark.container != *only)) continue;
        Outcome outcome;
        if (trial != Trial::ClaimDelete || mark.in_claim) {
          outcome = find_outcome(attempt, inquest, trial, watched);
          // Where the file cannot be seen, the reason says what the pod hangs on.
          if (outcome.fate == Fate::Kept) outcome.stuck = stuck;
        }
        answers.at(subject)->containers[mark.container].paths[mark.path].outcomes.push_back(
            std::move(outcome));
      }
    }
  }

  Outcome find_outcome(const Attempt& attempt, const Inquest& inquest, Trial trial,
                       const Watched& watched) {
    const World& world = attempt.world();
    const Mark& mark = *watched.mark;
    Outcome outcome;
    for (const Id pod : inquest.pods()) {
      if (awake_instance(world, pod, mark.name) == 0) continue;
      ++outcome.running;
      if (sees_mark(world, pod, mark)) {
        outcome.seen_by.push_back(world.get<Pod>(pod)->meta.name.str());
      }
    }
    if (watched.seen) {
      outcome.fate = Fate::Kept;
      outcome.gap = watched.gap;
    } else if (is_intact(world, mark, trial == Trial::NodeCrash)) {
      outcome.fate = Fate::Unreachable;
    } else {
      outcome.fate = Fate::Lost;
    }
    tell(inquest, mark, &outcome);
    if (outcome.fate == Fate::Unreachable) look_for_return(attempt, trial, watched, &outcome);
    if (watched.meanwhile && outcome.fate == Fate::Kept) {
      const Chronicle chronicle(*watched.meanwhile);
      const Inquest then(chronicle, *watched.subject, options_.language);
      outcome.meanwhile = sentence(then.answer(mark, Fate::Unreachable), options_.language);
    }
    return outcome;
  }

  void tell(const Inquest& inquest, const Mark& mark, Outcome* outcome) const {
    const Why why = inquest.answer(mark, outcome->fate);
    outcome->code = why.code;
    outcome->why = sentence(why, options_.language);
    if (outcome->fate != Fate::Lost || why.code != WhyCode::NodeDown) return;
    outcome->why += options_.language == "ko"
                        ? " 파일은 그 노드에 있었고, 노드와 함께 사라졌습니다."
                        : " The file lay on that node and went with it.";
  }

  /// A zone comes back some day, and the Node object of a machine that does not is deleted by
  /// somebody: what then?
  void look_for_return(const Attempt& attempt, Trial trial, const Watched& before,
                       Outcome* outcome) {
    const Mark& mark = *before.mark;
    const Subject& subject = attempt.subject();
    std::string remedy;
    if (trial == Trial::ZoneLoss) {
      remedy = fmt::format("sim zone start {}", subject.zone);
    } else if (trial == Trial::NodeCrash) {
      remedy = fmt::format("kubectl delete node {}", subject.node);
    } else {
      return;
    }
    if (!later_) {
      later_ = std::make_unique<Attempt>(attempt.world(), attempt.group(), options_);
      later_->type(remedy);
      later_->wait(kLongWatch);
    }
    const Attempt& later = *later_;
    for (const Watched& watched : later.watched()) {
      if (watched.mark != &mark) continue;
      if (watched.seen) {
        outcome->until = trial == Trial::ZoneLoss ? Until::ZoneReturns : Until::NodeIsDeleted;
        outcome->back_after = watched.gap;
        return;
      }
    }
    if (is_intact(later.world(), mark, trial == Trial::NodeCrash)) return;
    outcome->fate = Fate::Lost;
    const Chronicle chronicle(later.world());
    tell(Inquest(chronicle, *before.subject, options_.language), mark, outcome);
  }

  const World& marked_;
  const BatteryOptions& options_;
  std::unique_ptr<Attempt> later_;  // what came after the trial, for all markers
};

/// What hits all workloads on a node, in a zone or in a namespace is tried once for all of them.
std::string scope_of(Trial trial, const Subject& subject) {
  switch (trial) {
    case Trial::Drain:
    case Trial::NodeCrash:
    case Trial::NodeReboot:
      return subject.node.str();
    case Trial::ZoneLoss:
      return subject.zone.str();
    case Trial::NamespaceDelete:
      return subject.ns.str();
    default:
      return to_string(subject.uid);
  }
}

}  // namespace

void run_battery(const World& marked, const std::vector<Subject>& subjects,
                 const BatteryOptions& options, Survival* survival) {
  Battery battery(marked, options);
  Battery::Answers answers;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    if (!subjects[i].marks.empty()) answers[&subjects[i]] = &survival->workloads[i];
  }
  for (const Trial trial : survival->trials) {
    std::map<std::string, Group> groups;
    for (const Subject& subject : subjects) {
      if (!subject.marks.empty()) groups[scope_of(trial, subject)].push_back(&subject);
    }
    for (const auto& [scope, group] : groups) battery.put_through(group, trial, answers);
  }
}

}  // namespace sim
