#include "sim/controllers/deployment.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/base/format.h"
#include "sim/controllers/deployment_math.h"
#include "sim/model/go_text.h"
#include "sim/model/labels.h"
#include "sim/model/pod_facts.h"
#include "sim/world/api.h"

namespace sim::deployment {
namespace {

constexpr std::string_view kComponent = "deployment-controller";
constexpr Duration kFirstRetry = milliseconds(5);
constexpr std::size_t kLongestHistory = 2000;  // k8s: maxRevHistoryLengthInChars

OwnerReference reference_to(const Deployment& deployment) {
  OwnerReference owner;
  owner.api_version = "apps/v1";
  owner.kind = "Deployment";
  owner.name = deployment.meta.name;
  owner.uid = deployment.meta.uid;
  owner.controller = true;
  owner.block_owner_deletion = true;
  return owner;
}

const DeploymentCondition* condition_of(const DeploymentStatus& status, std::string_view type) {
  for (const DeploymentCondition& condition : status.conditions) {
    if (condition.type == type) return &condition;
  }
  return nullptr;
}

void remove_condition(DeploymentStatus& status, std::string_view type) {
  auto& all = status.conditions;
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const DeploymentCondition& c) { return c.type == type; }),
            all.end());
}

// A condition with the same status and reason stays as it is, message and place included.
// k8s 1.30 pkg/controller/deployment/util: SetDeploymentCondition
void set_condition(DeploymentStatus& status, DeploymentCondition wanted) {
  if (const DeploymentCondition* before = condition_of(status, wanted.type)) {
    if (before->status == wanted.status && before->reason == wanted.reason) return;
    if (before->status == wanted.status) wanted.last_transition_time = before->last_transition_time;
  }
  remove_condition(status, wanted.type);
  status.conditions.push_back(std::move(wanted));
}

bool is_older(const SetPtr& a, const SetPtr& b) {
  const Time one = a->meta.creation_timestamp.value_or(Time{}).whole_seconds();
  const Time two = b->meta.creation_timestamp.value_or(Time{}).whole_seconds();
  return one != two ? one < two : a->meta.name < b->meta.name;
}

std::vector<SetPtr> active(const std::vector<SetPtr>& sets) {
  std::vector<SetPtr> found;
  for (const SetPtr& set : sets) {
    if (set && replicas(*set) > 0) found.push_back(set);
  }
  return found;
}

// Which annotations of a Deployment its ReplicaSets do not get. k8s: annotationsToSkip
bool is_own_annotation(std::string_view key) {
  return key == "kubectl.kubernetes.io/last-applied-configuration" || key == kRevision ||
         key == kRevisionHistory || key == kDesiredReplicas || key == kMaxReplicas ||
         key == "deprecated.deployment.rollback.to";
}

bool set_annotation(ReplicaSet& set, std::string_view key, Str value) {
  const Str* before = set.meta.annotations.find(key);
  if (before && *before == value) return false;
  set.meta.annotations.set(Str(key), std::move(value));
  return true;
}

bool note_sizes(const Deployment& deployment, ReplicaSet& set) {
  const bool one = set_annotation(set, kDesiredReplicas, std::to_string(replicas(deployment)));
  const bool two = set_annotation(set, kMaxReplicas, std::to_string(most_pods(deployment)));
  return one || two;
}

// A list of revisions with one more at its end; the oldest make room for it.
// k8s 1.30 pkg/controller/deployment/util: SetNewReplicaSetAnnotations
Str longer_history(const Str& history, const Str& revision) {
  if (history.empty() || history.view().front() == ',') return revision;
  std::string_view kept = history.view();
  while (!kept.empty() && kept.size() + 1 + revision.size() > kLongestHistory) {
    const std::size_t comma = kept.find(',');
    kept = comma == std::string_view::npos ? std::string_view() : kept.substr(comma + 1);
  }
  if (kept.empty()) return revision.size() > kLongestHistory ? history : revision;
  return fmt::format("{},{}", kept, revision);
}

// Raises a ReplicaSet's revision; the one it had before is kept in its history.
// k8s 1.30 pkg/controller/deployment/util: SetNewReplicaSetAnnotations
bool note_revision(ReplicaSet& set, std::int64_t revision) {
  const Str* before = set.meta.annotations.find(kRevision);
  const std::int64_t unreadable = before && !before->empty() ? INT64_MAX : 0;
  if (annotated(set, kRevision, unreadable) >= revision) return false;
  if (before) {
    const Str old = *before;
    set.meta.annotations.set(Str(kRevisionHistory),
                             longer_history(set.meta.annotations.get(kRevisionHistory), old));
  }
  set.meta.annotations.set(Str(kRevision), std::to_string(revision));
  return true;
}

// One look at one Deployment: what it finds and what it decides.
class Sync {
 public:
  Sync(const World& world, Id id, const Deployment& stored)
      : world_(world),
        ref_{Kind::Deployment, id},
        stored_(stored),
        deployment_(std::make_shared<Deployment>(stored)) {}

  // k8s 1.30 pkg/controller/deployment: syncDeployment
  Plan run() {
    claim();
    if (!stored_.meta.deletion_timestamp) note_pause();
    find_sets();
    if (stored_.meta.deletion_timestamp) {
      write_status(calculate_status());
    } else if (stored_.spec.paused || is_scaling_event()) {
      sync_size();
    } else if (is_rolling(stored_)) {
      roll();
    } else {
      recreate();
    }
    return std::move(plan_);
  }

 private:
  const Deployment& now() const { return *deployment_; }

  void note(const char* type, const char* reason, std::string message) {
    EventNote event;
    event.about = ref_;
    event.type = type;
    event.reason = reason;
    event.message = Str(message);
    event.component = Str(kComponent);
    plan_.event(std::move(event));
  }

  DeploymentCondition make_condition(const char* type, const char* status, const char* reason,
                                     std::string message) const {
    DeploymentCondition made;
    made.type = type;
    made.status = status;
    made.last_update_time = world_.now();
    made.last_transition_time = world_.now();
    made.reason = reason;
    made.message = Str(message);
    return made;
  }

  // k8s 1.30 pkg/controller: ReplicaSetControllerRefManager.ClaimReplicaSets
  void claim() {
    const bool deleting = stored_.meta.deletion_timestamp.has_value();
    const LabelSelector* selector = stored_.spec.selector ? &*stored_.spec.selector : nullptr;
    for (const Id id : world_.store().controlled_by(stored_.meta.uid, Kind::ReplicaSet)) {
      auto set = world_.store().share<ReplicaSet>(id);
      if (matches(selector, set->meta.labels)) {
        sets_.push_back(std::move(set));
        continue;
      }
      if (deleting) continue;
      auto released = std::make_shared<ReplicaSet>(*set);
      auto& owners = released->meta.owner_references;
      owners.erase(std::remove_if(
                       owners.begin(), owners.end(),
                       [&](const OwnerReference& owner) { return owner.uid == stored_.meta.uid; }),
                   owners.end());
      plan_.update({Kind::ReplicaSet, id}, std::move(released),
                   "its labels match no more: released");
    }
    if (deleting) return;
    for (const Id id : world_.store().orphans(Kind::ReplicaSet, stored_.meta.ns)) {
      const auto set = world_.store().share<ReplicaSet>(id);
      if (set->meta.deletion_timestamp || !matches(selector, set->meta.labels)) continue;
      auto adopted = std::make_shared<ReplicaSet>(*set);
      adopted->meta.owner_references.push_back(reference_to(stored_));
      plan_.update({Kind::ReplicaSet, id}, adopted, "adopted by its Deployment");
      sets_.push_back(std::move(adopted));
    }
  }

  // k8s 1.30 pkg/controller/deployment: checkPausedConditions
  void note_pause() {
    if (!has_progress_deadline(stored_)) return;
    const DeploymentCondition* progress = condition_of(now().status, "Progressing");
    if (progress && progress->reason == "ProgressDeadlineExceeded") return;
    const bool noted = progress && progress->reason == "DeploymentPaused";
    if (stored_.spec.paused && !noted) {
      set_condition(
          deployment_->status,
          make_condition("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused"));
    } else if (!stored_.spec.paused && noted) {
      set_condition(
          deployment_->status,
          make_condition("Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed"));
    }
  }

  // Tells the ReplicaSet of the present template from the others.
  // k8s 1.30 pkg/controller/deployment: getAllReplicaSetsAndSyncRevision
  void find_sets() {
    std::sort(sets_.begin(), sets_.end(), is_older);
    for (const SetPtr& set : sets_) {
      if (!newest_ && same_template(*set->spec.pod_template, *stored_.spec.pod_template)) {
        newest_ = set;
      } else {
        old_.push_back(set);
      }
    }
    for (const SetPtr& set : old_) revision_ = std::max(revision_, annotated(*set, kRevision, 0));
    ++revision_;
    if (newest_) keep_up();
  }

  // k8s 1.30 pkg/controller/deployment: getNewReplicaSet, where there is one
  void keep_up() {
    auto changed = std::make_shared<ReplicaSet>(*newest_);
    bool differs = copy_annotations(*changed);
    differs = note_revision(*changed, revision_) || differs;
    if (changed->spec.min_ready_seconds != stored_.spec.min_ready_seconds) {
      changed->spec.min_ready_seconds = stored_.spec.min_ready_seconds;
      differs = true;
    }
    if (differs) update(newest_, std::move(changed), "brought up to its Deployment's revision");
    note_own_revision(newest_->meta.annotations.get(kRevision));
    if (has_progress_deadline(stored_) && !condition_of(now().status, "Progressing")) {
      set_condition(deployment_->status, make_condition("Progressing", "True", "FoundNewReplicaSet",
                                                        fmt::format("Found new replica set \"{}\"",
                                                                    newest_->meta.name)));
    }
  }

  bool copy_annotations(ReplicaSet& set) const {
    bool changed = false;
    for (const auto& [key, value] : stored_.meta.annotations) {
      if (!is_own_annotation(key)) changed = set_annotation(set, key, value) || changed;
    }
    return changed;
  }

  void note_own_revision(const Str& revision) {
    if (!revision.empty()) deployment_->meta.annotations.set(Str(kRevision), revision);
  }

  // False: the API server refused, and the look is over.
  // k8s 1.30 pkg/controller/deployment: getNewReplicaSet, where there is none
  bool make_set() {
    const std::string hash =
        pod_template_hash(*stored_.spec.pod_template, now().status.collision_count);
    auto set = std::make_shared<ReplicaSet>();
    set->meta.name = fmt::format("{}-{}", stored_.meta.name, hash);
    set->meta.ns = stored_.meta.ns;
    set->meta.owner_references = {reference_to(stored_)};
    PodTemplateSpec pods = *stored_.spec.pod_template;
    pods.meta.labels.set(Str(kHashLabel), Str(hash));
    set->meta.labels = pods.meta.labels;
    LabelSelector selector = *stored_.spec.selector;
    selector.match_labels.set(Str(kHashLabel), Str(hash));
    set->spec.selector = std::move(selector);
    set->spec.pod_template = std::move(pods);
    set->spec.min_ready_seconds = stored_.spec.min_ready_seconds;
    set->spec.replicas = 0;
    std::vector<SetPtr> all = old_;
    all.push_back(set);
    const std::int32_t size = new_size(stored_, all, *set);
    set->spec.replicas = size;
    copy_annotations(*set);
    note_revision(*set, revision_);
    note_sizes(stored_, *set);

    const Str name = set->meta.name;
    const ApiResult made = api_create(world_, plan_, set, "the Deployment has a new pod template");
    if (!made) {
      give_up_making(name, *made.error);
      return false;
    }
    newest_ = share_as<ReplicaSet>(made.object);
    created_ = {Kind::ReplicaSet, made.id};
    sets_.push_back(newest_);
    if (size > 0) {
      note("Normal", "ScalingReplicaSet",
           fmt::format("Scaled up replica set {} to {}", name, size));
    }
    note_own_revision(Str(std::to_string(revision_)));
    if (has_progress_deadline(stored_)) {
      set_condition(deployment_->status,
                    make_condition("Progressing", "True", "NewReplicaSetCreated",
                                   fmt::format("Created new replica set \"{}\"", name)));
    }
    return true;
  }

  // k8s 1.30 pkg/controller/deployment: getNewReplicaSet, where the API server refuses
  void give_up_making(const Str& name, const ApiError& error) {
    if (error.reason == "AlreadyExists") {
      // Somebody else's ReplicaSet has that name: the next look tries another hash.
      deployment_->status.collision_count = now().status.collision_count.value_or(0) + 1;
      store_status();
      plan_.wake(world_.now() + kFirstRetry, Actor::Deployment, ref_);
      return;
    }
    const Namespace* ns = world_.find<Namespace>("", stored_.meta.ns);
    if (!ns || ns->meta.deletion_timestamp) return;  // nothing can be made there any more
    const std::string text = fmt::format("Failed to create new replica set \"{}\": {}", name,
                                         status_message(error, Kind::ReplicaSet));
    note("Warning", "ReplicaSetCreateError", text);
    if (!has_progress_deadline(stored_)) return;
    set_condition(deployment_->status,
                  make_condition("Progressing", "False", "ReplicaSetCreateError", text));
    const Time since =
        condition_of(now().status, "Progressing")->last_update_time.value_or(world_.now());
    store_status();
    // The work queue tries again after 5 ms, 10 ms, 20 ms, …, which is as long again as it has been
    // failing, fifteen times. k8s 1.30 pkg/controller/deployment: handleErr, maxRetries
    const Duration failing = world_.now() - since;
    if (failing >= kFirstRetry * (1 << 14)) return;
    plan_.wake(world_.now() + std::max(failing, kFirstRetry), Actor::Deployment, ref_,
               failing >= seconds(1));
  }

  Ref ref_of(const ReplicaSet& set) const {
    if (!set.meta.uid) return created_;
    return world_.store().find(set.meta.uid);
  }

  /// Writes a ReplicaSet and puts it in its place among those found.
  void update(SetPtr& set, std::shared_ptr<ReplicaSet> changed, Str why) {
    const SetPtr before = set;
    plan_.update(ref_of(*before), changed, std::move(why));
    const SetPtr after = std::move(changed);
    for (auto* list : {&sets_, &old_}) std::replace(list->begin(), list->end(), before, after);
    if (newest_ == before) newest_ = after;
    set = after;
  }

  // k8s 1.30 pkg/controller/deployment: scaleReplicaSet
  bool scale(SetPtr set, std::int32_t size) {
    const std::int32_t before = replicas(*set);
    auto changed = std::make_shared<ReplicaSet>(*set);
    const bool noted = note_sizes(stored_, *changed);
    if (before == size && !noted) return false;
    changed->spec.replicas = size;
    const char* direction = before < size ? "up" : "down";
    update(set, std::move(changed), fmt::format("scaled {} to {}", direction, size));
    if (before != size) {
      note("Normal", "ScalingReplicaSet",
           fmt::format("Scaled {} replica set {} to {} from {}", direction, set->meta.name, size,
                       before));
    }
    return before != size;
  }
  /// The same, but nothing at all when the size is right. k8s: scaleReplicaSetAndRecordEvent
  bool resize(const SetPtr& set, std::int32_t size) {
    return replicas(*set) != size && scale(set, size);
  }

  std::vector<SetPtr> all() const {
    std::vector<SetPtr> sets = old_;
    if (newest_) sets.push_back(newest_);
    return sets;
  }

  // k8s 1.30 pkg/controller/deployment: isScalingEvent
  bool is_scaling_event() const {
    for (const SetPtr& set : active(all())) {
      const std::int64_t desired = annotated(*set, kDesiredReplicas, -1);
      if (desired >= 0 && desired != replicas(stored_)) return true;
    }
    return false;
  }

  // k8s 1.30 pkg/controller/deployment: sync
  void sync_size() {
    scale_all();
    if (stored_.spec.paused) clean_up();
    write_status(calculate_status());
  }

  // k8s 1.30 pkg/controller/deployment: scale
  void scale_all() {
    const std::vector<SetPtr> alive = active(all());
    if (alive.size() <= 1) {
      SetPtr one = newest_;
      if (alive.size() == 1) one = alive.front();
      if (!one && !old_.empty()) one = old_.back();
      if (one) resize(one, replicas(stored_));
      return;
    }
    const bool saturated = newest_ && replicas(*newest_) == replicas(stored_) &&
                           annotated(*newest_, kDesiredReplicas, -1) == replicas(stored_) &&
                           newest_->status.available_replicas == replicas(stored_);
    if (saturated) {
      for (const SetPtr& set : active(old_)) resize(set, 0);
      return;
    }
    if (is_rolling(stored_)) scale_in_proportion(alive);
  }

  void scale_in_proportion(std::vector<SetPtr> sets) {
    const std::int64_t allowed = replicas(stored_) > 0 ? most_pods(stored_) : 0;
    const auto to_add = static_cast<std::int32_t>(allowed - sum_replicas(sets));
    std::sort(sets.begin(), sets.end(), [&](const SetPtr& a, const SetPtr& b) {
      if (replicas(*a) != replicas(*b)) return replicas(*a) > replicas(*b);
      return to_add > 0 ? is_older(b, a) : is_older(a, b);
    });
    std::vector<std::int32_t> sizes;
    std::int32_t added = 0;
    for (const SetPtr& set : sets) {
      const std::int32_t part = proportion(now(), *set, to_add, added);
      sizes.push_back(static_cast<std::int32_t>(std::int64_t{replicas(*set)} + part));
      added += part;
    }
    const std::int64_t leftover = std::int64_t{to_add} - added;
    sizes.front() = static_cast<std::int32_t>(std::max<std::int64_t>(0, sizes.front() + leftover));
    for (std::size_t i = 0; i < sets.size(); ++i) scale(sets[i], sizes[i]);
  }

  // k8s 1.30 pkg/controller/deployment: rolloutRolling
  void roll() {
    if (!newest_ && !make_set()) return;
    if (grow_newest()) {
      write_rollout_status();
      return;
    }
    const std::optional<bool> shrunk = shrink_old();
    if (!shrunk) return;
    if (!*shrunk && is_complete(now(), now().status)) clean_up();
    write_rollout_status();
  }

  bool grow_newest() {
    if (replicas(*newest_) == replicas(stored_)) return false;
    if (replicas(*newest_) > replicas(stored_)) return resize(newest_, replicas(stored_));
    return resize(newest_, new_size(stored_, all(), *newest_));
  }

  // Whether any has shrunk. None: what a ReplicaSet says of itself is too old to act on, and the
  // look is over; its next report brings another one.
  // k8s 1.30 pkg/controller/deployment: reconcileOldReplicaSets
  std::optional<bool> shrink_old() {
    const std::vector<SetPtr> before = active(old_);
    if (before.empty()) return false;
    std::vector<SetPtr> everything = before;
    everything.push_back(newest_);
    const std::int64_t least = replicas(stored_) - max_unavailable(stored_);
    const std::int64_t missing = replicas(*newest_) - newest_->status.available_replicas;
    const std::int64_t most = sum_replicas(everything) - least - missing;
    if (most <= 0) return false;
    // Those that are not available go first: nobody misses them.
    // k8s 1.30 pkg/controller/deployment: cleanupUnhealthyReplicas
    std::int64_t gone = 0;
    for (const SetPtr& set : before) {
      if (gone >= most) break;
      const std::int64_t sick = replicas(*set) - set->status.available_replicas;
      if (sick < 0) return std::nullopt;
      if (sick == 0) continue;
      gone += shrink(set, std::min(most - gone, sick));
    }
    // k8s 1.30 pkg/controller/deployment: scaleDownOldReplicaSetsForRollingUpdate
    std::int64_t spare = sum_available(everything) - least;
    for (const SetPtr& set : active(old_)) {
      if (spare <= 0) break;
      const std::int64_t part = shrink(set, std::min<std::int64_t>(replicas(*set), spare));
      spare -= part;
      gone += part;
    }
    return gone > 0;
  }

  std::int64_t shrink(const SetPtr& set, std::int64_t by) {
    resize(set, static_cast<std::int32_t>(replicas(*set) - by));
    return by;
  }

  // k8s 1.30 pkg/controller/deployment: rolloutRecreate
  void recreate() {
    bool shrunk = false;
    for (const SetPtr& set : active(old_)) shrunk = resize(set, 0) || shrunk;
    if (!shrunk && !old_pods_run()) {
      if (!newest_ && !make_set()) return;
      resize(newest_, replicas(stored_));
      if (is_complete(now(), now().status)) clean_up();
    }
    write_rollout_status();
  }

  bool old_pods_run() const {
    if (sum_actual(old_) > 0) return true;
    for (const SetPtr& set : old_) {
      for (const Id id : world_.store().controlled_by(set->meta.uid, Kind::Pod)) {
        if (!has_ended(*world_.get<Pod>(id))) return true;
      }
    }
    return false;
  }

  // Lets go of old revisions beyond the limit, the oldest first.
  // k8s 1.30 pkg/controller/deployment: cleanupDeployment
  void clean_up() {
    const std::int32_t limit = stored_.spec.revision_history_limit.value_or(INT32_MAX);
    if (limit == INT32_MAX) return;
    std::vector<SetPtr> alive;
    for (const SetPtr& set : old_) {
      if (!set->meta.deletion_timestamp) alive.push_back(set);
    }
    const std::int64_t surplus = static_cast<std::int64_t>(alive.size()) - limit;
    if (surplus <= 0) return;
    std::sort(alive.begin(), alive.end(), [](const SetPtr& a, const SetPtr& b) {
      const std::int64_t one = annotated(*a, kRevision, 0);
      const std::int64_t two = annotated(*b, kRevision, 0);
      return one != two ? one < two : is_older(a, b);
    });
    alive.resize(static_cast<std::size_t>(surplus));
    for (const SetPtr& set : alive) {
      if (set->status.replicas != 0 || replicas(*set) != 0 ||
          set->meta.generation > set->status.observed_generation) {
        continue;
      }
      api_delete(world_, plan_, ref_of(*set), {}, "its revision is beyond the history limit");
    }
  }

  // k8s 1.30 pkg/controller/deployment: calculateStatus
  DeploymentStatus calculate_status() const {
    const std::vector<SetPtr> sets = all();
    const std::int32_t available = sum_available(sets);
    DeploymentStatus status = now().status;
    status.observed_generation = stored_.meta.generation;
    status.replicas = sum_actual(sets);
    status.updated_replicas = newest_ ? newest_->status.replicas : 0;
    status.ready_replicas = 0;
    for (const SetPtr& set : sets) status.ready_replicas += set->status.ready_replicas;
    status.available_replicas = available;
    status.unavailable_replicas = std::max(0, sum_replicas(sets) - available);
    if (available >= replicas(stored_) - max_unavailable(stored_)) {
      set_condition(status, make_condition("Available", "True", "MinimumReplicasAvailable",
                                           "Deployment has minimum availability."));
    } else {
      set_condition(status, make_condition("Available", "False", "MinimumReplicasUnavailable",
                                           "Deployment does not have minimum availability."));
    }
    return status;
  }

  std::string about_progress(const char* end) const {
    if (!newest_) return fmt::format("Deployment \"{}\" {}", stored_.meta.name, end);
    return fmt::format("ReplicaSet \"{}\" {}", newest_->meta.name, end);
  }

  // k8s 1.30 pkg/controller/deployment: syncRolloutStatus
  void write_rollout_status() {
    DeploymentStatus status = calculate_status();
    const DeploymentStatus& before = now().status;
    if (!has_progress_deadline(stored_)) remove_condition(status, "Progressing");
    const DeploymentCondition* progress = condition_of(before, "Progressing");
    const bool rests = status.replicas == status.updated_replicas && progress &&
                       progress->reason == "NewReplicaSetAvailable";
    if (has_progress_deadline(stored_) && !rests) {
      if (is_complete(stored_, status)) {
        set_condition(status, make_condition("Progressing", "True", "NewReplicaSetAvailable",
                                             about_progress("has successfully progressed.")));
      } else if (progresses(before, status)) {
        DeploymentCondition moved = make_condition("Progressing", "True", "ReplicaSetUpdated",
                                                   about_progress("is progressing."));
        if (progress && progress->status == "True") {
          moved.last_transition_time = progress->last_transition_time;
        }
        remove_condition(status, "Progressing");
        set_condition(status, std::move(moved));
      } else if (deadline_passed(status)) {
        set_condition(status, make_condition("Progressing", "False", "ProgressDeadlineExceeded",
                                             about_progress("has timed out progressing.")));
      }
    }
    note_failures(status);
    write_status(std::move(status));
  }

  static bool progresses(const DeploymentStatus& before, const DeploymentStatus& after) {
    return after.updated_replicas > before.updated_replicas ||
           after.replicas - after.updated_replicas < before.replicas - before.updated_replicas ||
           after.ready_replicas > before.ready_replicas ||
           after.available_replicas > before.available_replicas;
  }

  Time deadline(const DeploymentCondition& progress) const {
    return progress.last_update_time.value_or(world_.now()).whole_seconds() +
           seconds(*stored_.spec.progress_deadline_seconds);
  }

  // k8s 1.30 pkg/controller/deployment/util: DeploymentTimedOut
  bool deadline_passed(const DeploymentStatus& status) const {
    const DeploymentCondition* progress = condition_of(status, "Progressing");
    if (!progress || progress->reason == "NewReplicaSetAvailable") return false;
    return progress->reason == "ProgressDeadlineExceeded" || deadline(*progress) < world_.now();
  }

  // The newest ReplicaSet's failure stands before those of the others.
  // k8s 1.30 pkg/controller/deployment: getReplicaFailures
  void note_failures(DeploymentStatus& status) const {
    std::vector<SetPtr> sets = old_;
    if (newest_) sets.insert(sets.begin(), newest_);
    for (const SetPtr& set : sets) {
      for (const ReplicaSetCondition& condition : set->status.conditions) {
        if (condition.type != "ReplicaFailure") continue;
        DeploymentCondition copied;
        copied.type = condition.type;
        copied.status = condition.status;
        copied.last_update_time = condition.last_transition_time;
        copied.last_transition_time = condition.last_transition_time;
        copied.reason = condition.reason;
        copied.message = condition.message;
        set_condition(status, std::move(copied));
        return;
      }
    }
    remove_condition(status, "ReplicaFailure");
  }

  void write_status(DeploymentStatus status) {
    // k8s 1.30 pkg/controller/deployment: requeueStuckDeployment
    const DeploymentCondition* progress = condition_of(status, "Progressing");
    if (progress && has_progress_deadline(stored_) && !is_complete(stored_, status) &&
        progress->reason != "ProgressDeadlineExceeded" &&
        progress->reason != "NewReplicaSetAvailable" && !stored_.spec.paused) {
      plan_.wake(std::max(deadline(*progress), world_.now()) + seconds(1), Actor::Deployment, ref_,
                 true);
    }
    deployment_->status = std::move(status);
    store_status();
  }

  void store_status() {
    api_update_status(world_, plan_, ref_, deployment_, "its ReplicaSets changed");
  }

  const World& world_;
  const Ref ref_;
  const Deployment& stored_;
  std::shared_ptr<Deployment> deployment_;  // status and revision as this look leaves them
  Plan plan_;
  std::vector<SetPtr> sets_;   // all that it controls
  SetPtr newest_;              // of the present template; null: none yet
  std::vector<SetPtr> old_;    // the others, oldest first
  std::int64_t revision_ = 0;  // that the newest has or gets
  Ref created_;                // the one that this look made
};

}  // namespace

Plan reconcile(const World& world, Id id) {
  const Deployment* deployment = world.get<Deployment>(id);
  if (!deployment || !deployment->spec.pod_template || !deployment->spec.selector) return {};
  return Sync(world, id, *deployment).run();
}

}  // namespace sim::deployment
