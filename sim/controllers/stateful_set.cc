#include "sim/controllers/stateful_set.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/controllers/stateful_set_identity.h"
#include "sim/model/pod_facts.h"
#include "sim/model/revision.h"
#include "sim/world/api.h"
#include "sim/world/pod_control.h"
#include "sim/world/revisions.h"

namespace sim::stateful_set {
namespace {

constexpr std::string_view kComponent = "statefulset-controller";
constexpr std::int64_t kLargestBatch = 500;  // k8s: MaxBatchSize

bool is_member(const Object& owner, const Pod& pod) {
  return ordinal_of(static_cast<const StatefulSet&>(owner), pod).has_value();
}
bool is_terminating(const Pod& pod) { return pod.meta.deletion_timestamp.has_value(); }
bool is_running_and_ready(const Pod& pod) { return pod.status.phase == "Running" && is_ready(pod); }
bool is_healthy(const Pod& pod) { return is_running_and_ready(pod) && !is_terminating(pod); }
Str revision_name(const Pod& pod) { return pod.meta.labels.get(kControllerRevisionHash); }

// One look at one StatefulSet: what it finds and what it decides.
class Sync {
 public:
  Sync(const World& world, Id id, const StatefulSet& set)
      : world_(world), ref_{Kind::StatefulSet, id}, set_(set) {}

  // k8s 1.30 pkg/controller/statefulset: sync, performUpdate
  Plan run() {
    const LabelSelector* selector = set_.spec.selector ? &*set_.spec.selector : nullptr;
    revisions_ = claim_revisions(world_, plan_, set_, selector);
    for (OwnedPod& owned : claim_pods(world_, plan_, set_, selector, is_member)) {
      pods_.emplace(*ordinal_of(set_, *owned.pod), std::move(owned));
    }
    if (!find_revisions()) return retry();
    count(status_);
    if (!set_.meta.deletion_timestamp) manage();
    finish_update();
    write_status();
    clean_up();
    if (!failed_.empty()) return retry();
    ask_for_availability();
    return std::move(plan_);
  }

 private:
  bool is_monotonic() const { return set_.spec.pod_management_policy != "Parallel"; }
  bool is_rolling() const { return set_.spec.update_strategy.type == "RollingUpdate"; }

  void note(bool failed, std::string_view verb, std::string message) {
    constexpr std::pair<std::string_view, std::string_view> kWords[] = {
        {"create", "Create"}, {"delete", "Delete"}, {"update", "Update"}};
    for (const auto& [word, title] : kWords) {
      if (word != verb) continue;
      const std::string reason = fmt::format("{}{}", failed ? "Failed" : "Successful", title);
      plan_.event(controller_event(ref_, kComponent, failed ? "Warning" : "Normal", reason,
                                   std::move(message)));
      if (failed) failed_ = reason;
    }
  }

  // k8s 1.30 pkg/controller/statefulset/stateful_pod_control.go: recordPodEvent
  void note_pod(std::string_view verb, const Str& pod, const std::string& error = "") {
    note(!error.empty(), verb,
         error.empty()
             ? fmt::format("{} Pod {} in StatefulSet {} successful", verb, pod, set_.meta.name)
             : fmt::format("{} Pod {} in StatefulSet {} failed error: {}", verb, pod,
                           set_.meta.name, error));
  }

  Plan retry() {
    const Duration rest = retry_delay(world_, set_, failed_.empty() ? "FailedCreate" : failed_);
    plan_.wake(world_.now() + rest, Actor::StatefulSet, ref_, rest >= seconds(1));
    return std::move(plan_);
  }

  // The revision of the present template, made when there is none, and the one that the pods had
  // before. k8s 1.30 pkg/controller/statefulset: getStatefulSetRevisions
  bool find_revisions() {
    std::int32_t collisions = set_.status.collision_count.value_or(0);
    const ControllerRevisionData data = revision_of(*set_.spec.pod_template);
    const std::int64_t number = next_revision(revisions_);
    const auto equal = std::find_if(
        revisions_.rbegin(), revisions_.rend(),
        [&](const KeptRevision& one) { return one.revision->data && *one.revision->data == data; });
    if (equal != revisions_.rend()) {
      update_ = equal == revisions_.rbegin() ? *equal : renew(world_, plan_, *equal, number);
    } else if (!make_revision(data, number, collisions)) {
      return false;
    }
    current_ = update_;
    for (const KeptRevision& one : revisions_) {
      if (one.revision->meta.name == set_.status.current_revision) current_ = one;
    }
    status_.observed_generation = set_.meta.generation;
    status_.current_revision = current_.revision->meta.name;
    status_.update_revision = update_.revision->meta.name;
    status_.collision_count = collisions;
    return true;
  }

  // k8s 1.30 pkg/controller/history: CreateControllerRevision
  bool make_revision(const ControllerRevisionData& data, std::int64_t number,
                     std::int32_t& collisions) {
    constexpr std::size_t kLongestPrefix = 223;
    for (int tries = 0; tries < 16; ++tries) {
      const std::string hash = revision_hash(data, collisions);
      auto made = std::make_shared<ControllerRevision>();
      made->meta.name = fmt::format("{}-{}", set_.meta.name.view().substr(0, kLongestPrefix), hash);
      made->meta.ns = set_.meta.ns;
      made->meta.labels = set_.spec.pod_template->meta.labels;
      made->meta.labels.set(Str(kRevisionHash), Str(hash));
      made->meta.annotations = set_.meta.annotations;
      made->meta.owner_references = {controller_reference(set_)};
      made->data = data;
      made->revision = number;
      const ApiResult result =
          api_create(world_, plan_, std::move(made), "the StatefulSet has a new pod template");
      if (result) {
        update_ = {result.id, share_as<ControllerRevision>(result.object)};
        revisions_.push_back(update_);
        return true;
      }
      if (result.error->reason != "AlreadyExists") return false;
      ++collisions;
    }
    return false;
  }

  const PodTemplateSpec& template_at(const KeptRevision& revision) const {
    const PodTemplateSpec* found = template_of(*revision.revision);
    return found ? *found : *set_.spec.pod_template;
  }

  // k8s 1.30 pkg/controller/statefulset: newVersionedStatefulSetPod
  std::shared_ptr<Pod> new_pod(std::int32_t ordinal) {
    const auto& rolling = set_.spec.update_strategy.rolling_update;
    const std::int64_t kept =
        rolling ? rolling->partition.value_or(0) : set_.status.current_replicas;
    const bool is_old = is_rolling() && ordinal < std::int64_t{first_ordinal(set_)} + kept;
    const KeptRevision& revision = is_old ? current_ : update_;
    Box<PodSpec>& spec = is_old ? current_spec_ : update_spec_;
    const PodTemplateSpec& from = template_at(revision);
    if (!spec) {
      spec = admitted_pod_spec(world_, from.spec);
      spec.edit().subdomain = set_.spec.service_name;
    }
    std::shared_ptr<Pod> pod = pod_from_template(set_, from.meta, spec);
    set_identity(set_, ordinal, *pod);
    PodSpec& own = pod->spec.edit();
    own.hostname = pod->meta.name;
    set_storage(set_, ordinal, own);
    pod->meta.labels.set(Str(kControllerRevisionHash), revision.revision->meta.name);
    return pod;
  }

  // k8s 1.30 pkg/controller/statefulset: updateStatus
  void count(StatefulSetStatus& status) const {
    status.replicas = status.ready_replicas = status.available_replicas = 0;
    status.current_replicas = status.updated_replicas = 0;
    for (const auto& [ordinal, owned] : pods_) {
      const Pod& pod = *owned.pod;
      ++status.replicas;
      if (is_running_and_ready(pod)) {
        ++status.ready_replicas;
        if (is_available(pod, set_.spec.min_ready_seconds, world_.now())) {
          ++status.available_replicas;
        }
      }
      if (is_terminating(pod)) continue;
      const Str revision = revision_name(pod);
      if (revision == status_.current_revision) ++status.current_replicas;
      if (revision == status_.update_revision) ++status.updated_replicas;
    }
  }

  // k8s 1.30 pkg/controller/statefulset: updateStatefulSet
  void manage() {
    if (!keep_replicas() || !keep_claims_of_condemned() || !condemn()) return;
    if (is_rolling()) roll();
  }

  // False: nothing else is to be done in this look.
  bool keep_replicas() {
    const std::int64_t first = first_ordinal(set_);
    const std::int64_t end = std::min<std::int64_t>(first + wanted_replicas(set_), INT32_MAX);
    if (is_monotonic()) {
      for (std::int64_t ordinal = first; ordinal < end; ++ordinal) {
        if (!process(static_cast<std::int32_t>(ordinal)) || !failed_.empty()) return false;
      }
      return true;
    }
    // Batches of 1, 2, 4, …: when the API server refuses, it is not asked for all of them.
    std::int64_t made = 0;
    for (std::int64_t ordinal = first, batch = 1; ordinal < end && failed_.empty();
         batch = std::min(batch * 2, kLargestBatch)) {
      for (std::int64_t i = 0; i < batch && ordinal < end; ++i, ++ordinal) {
        const bool there = pods_.count(static_cast<std::int32_t>(ordinal)) != 0;
        process(static_cast<std::int32_t>(ordinal));
        if (!there && ++made == kLargestBatch) return false;  // these bring another look
      }
    }
    return failed_.empty();
  }

  // One replica; false: those behind it have to wait.
  // k8s 1.30 pkg/controller/statefulset: processReplica
  bool process(std::int32_t ordinal) {
    const auto at = pods_.find(ordinal);
    if (at == pods_.end()) {
      create(ordinal);
      return !is_monotonic();
    }
    const OwnedPod& owned = at->second;
    const Pod& pod = *owned.pod;
    if (has_ended(pod)) {
      if (!is_terminating(pod)) remove(owned, "it has ended: to be made anew");
      return false;
    }
    if (pod.status.phase == "Pending") {
      if (!make_claims(ordinal, pod)) return false;
      keep_claim_owners(ordinal, pod);
    }
    if (is_monotonic()) {
      if (is_terminating(pod) || !is_running_and_ready(pod)) return false;
      if (!is_available(pod, set_.spec.min_ready_seconds, world_.now())) return false;
    }
    keep_claim_owners(ordinal, pod);
    if (has_identity(set_, ordinal, pod) && has_storage(set_, ordinal, pod)) return true;
    auto changed = std::make_shared<Pod>(pod);
    set_identity(set_, ordinal, *changed);
    if (!has_storage(set_, ordinal, pod)) {
      set_storage(set_, ordinal, changed->spec.edit());
      if (!make_claims(ordinal, pod)) return false;
    }
    const ApiResult result = api_update(world_, plan_, {Kind::Pod, owned.id}, std::move(changed),
                                        "it gets its identity back");
    note_pod("update", pod.meta.name, result ? "" : result.error->message);
    return result.error == std::nullopt;
  }

  // k8s 1.30 pkg/controller/statefulset: CreateStatefulPod
  void create(std::int32_t ordinal) {
    const Namespace* ns = world_.find<Namespace>("", set_.meta.ns);
    if (!ns || ns->meta.deletion_timestamp) {
      failed_ = "FailedCreate";  // nothing can be made there any more
      return;
    }
    const std::shared_ptr<Pod> pod = new_pod(ordinal);
    if (waits_for_old_claim(ordinal, *pod)) return;
    const Str name = pod->meta.name;
    if (!make_claims(ordinal, *pod)) {
      note_pod("create", name, claim_error_);
      return;
    }
    const ApiResult made =
        api_create(world_, plan_, pod,
                   fmt::format("{} wants {} replicas", set_.meta.name, wanted_replicas(set_)));
    if (!made && made.error->reason == "AlreadyExists") {
      failed_ = "FailedCreate";  // somebody else has that name
      return;
    }
    if (made) keep_claim_owners(ordinal, *pod);
    note_pod("create", name, made ? "" : made.error->message);
  }

  // k8s 1.30 pkg/controller/statefulset: PodClaimIsStale
  bool waits_for_old_claim(std::int32_t ordinal, const Pod& pod) const {
    const auto& policy = set_.spec.persistent_volume_claim_retention_policy;
    if (!policy || policy->when_scaled == "Retain") return false;
    for (const PersistentVolumeClaim& from : set_.spec.volume_claim_templates) {
      const auto* claim =
          world_.find<PersistentVolumeClaim>(set_.meta.ns, claim_name(set_, from, ordinal));
      if (claim && is_stale(pod, *claim)) return true;
    }
    return false;
  }

  // Makes the claims of an ordinal that are missing; false when one cannot be had.
  // k8s 1.30 pkg/controller/statefulset: createPersistentVolumeClaims
  bool make_claims(std::int32_t ordinal, const Pod& pod) {
    std::vector<std::string> errors;
    for (PersistentVolumeClaim& claim : claims_of(set_, ordinal)) {
      const Str name = claim.meta.name;
      if (const auto* there = world_.find<PersistentVolumeClaim>(set_.meta.ns, name)) {
        if (there->meta.deletion_timestamp) {
          errors.push_back(fmt::format("pvc {} is being deleted", name));
        }
        continue;
      }
      const ApiResult made =
          api_create(world_, plan_, std::make_shared<PersistentVolumeClaim>(std::move(claim)),
                     fmt::format("the claim of {}", pod.meta.name));
      if (made) {
        note(false, "create",
             fmt::format("create Claim {} Pod {} in StatefulSet {} success", name, pod.meta.name,
                         set_.meta.name));
        continue;
      }
      errors.push_back(fmt::format("failed to create PVC {}: {}", name, made.error->message));
      note(true, "create",
           fmt::format("create Claim {} for Pod {} in StatefulSet {} failed error: {}", name,
                       pod.meta.name, set_.meta.name, made.error->message));
    }
    if (errors.empty()) return true;
    failed_ = "FailedCreate";
    claim_error_ =
        errors.size() == 1 ? errors.front() : fmt::format("[{}]", fmt::join(errors, ", "));
    return false;
  }

  // k8s 1.30 pkg/controller/statefulset: UpdatePodClaimForRetentionPolicy
  void keep_claim_owners(std::int32_t ordinal, const Pod& pod) {
    for (const PersistentVolumeClaim& from : set_.spec.volume_claim_templates) {
      const Id id = world_.store().find(Kind::PersistentVolumeClaim, set_.meta.ns,
                                        claim_name(set_, from, ordinal));
      if (id == 0) continue;
      auto claim = std::make_shared<PersistentVolumeClaim>(*world_.get<PersistentVolumeClaim>(id));
      if (!set_claim_owners(set_, ordinal, pod, *claim)) continue;
      plan_.update({Kind::PersistentVolumeClaim, id}, std::move(claim),
                   "whose it is, by the retention policy");
    }
  }

  bool keep_claims_of_condemned() {
    for (const auto& [ordinal, owned] : pods_) {
      if (!is_in_range(set_, ordinal)) keep_claim_owners(ordinal, *owned.pod);
    }
    return true;
  }

  void remove(const OwnedPod& owned, Str why) {
    const ApiResult gone = api_delete(world_, plan_, {Kind::Pod, owned.id}, {}, std::move(why));
    note_pod("delete", owned.pod->meta.name, gone ? "" : gone.error->message);
  }

  // The replica that keeps the others waiting: the first in the order that is not healthy. None:
  // it is one that is not there.
  std::optional<std::int32_t> first_unhealthy() const {
    std::int64_t next = first_ordinal(set_);
    for (const auto& [ordinal, owned] : pods_) {
      if (!is_in_range(set_, ordinal)) continue;
      if (ordinal != next) return std::nullopt;
      if (!is_healthy(*owned.pod)) return ordinal;
      ++next;
    }
    if (next < std::int64_t{first_ordinal(set_)} + wanted_replicas(set_)) return std::nullopt;
    for (const auto& [ordinal, owned] : pods_) {
      if (!is_in_range(set_, ordinal) && !is_healthy(*owned.pod)) return ordinal;
    }
    return std::nullopt;
  }

  // Deletes what is beyond the number of replicas, the last first.
  // k8s 1.30 pkg/controller/statefulset: processCondemned
  bool condemn() {
    const std::optional<std::int32_t> unhealthy = first_unhealthy();
    const Str why = fmt::format("{} wants {} replicas", set_.meta.name, wanted_replicas(set_));
    for (auto at = pods_.rbegin(); at != pods_.rend(); ++at) {
      const auto& [ordinal, owned] = *at;
      if (is_in_range(set_, ordinal)) continue;
      const Pod& pod = *owned.pod;
      if (!is_monotonic()) {
        if (!is_terminating(pod)) remove(owned, why);
        continue;
      }
      if (is_terminating(pod)) return false;
      const bool ready =
          is_running_and_ready(pod) && is_available(pod, set_.spec.min_ready_seconds, world_.now());
      if (!ready && unhealthy != ordinal) return false;
      remove(owned, why);
      return false;
    }
    return failed_.empty();
  }

  // Replaces the last of the old pods; one at a time, whatever the management policy.
  void roll() {
    const auto& rolling = set_.spec.update_strategy.rolling_update;
    const std::int64_t first = first_ordinal(set_);
    const std::int64_t lowest = rolling ? rolling->partition.value_or(0) : 0;
    for (std::int64_t i = std::int64_t{wanted_replicas(set_)} - 1; i >= lowest; --i) {
      const auto at = pods_.find(static_cast<std::int32_t>(first + i));
      if (at == pods_.end()) return;
      const Pod& pod = *at->second.pod;
      if (revision_name(pod) != status_.update_revision && !is_terminating(pod)) {
        remove(at->second, "its template is an old one");
        --status_.current_replicas;
        return;
      }
      if (!is_healthy(pod)) return;
    }
  }

  // k8s 1.30 pkg/controller/statefulset: completeRollingUpdate
  void finish_update() {
    if (is_rolling() && status_.updated_replicas == status_.replicas &&
        status_.ready_replicas == status_.replicas) {
      status_.current_replicas = status_.updated_replicas;
      status_.current_revision = status_.update_revision;
    }
  }

  void write_status() {
    if (status_ == set_.status) return;
    auto changed = std::make_shared<StatefulSet>(set_);
    changed->status = status_;
    api_update_status(world_, plan_, ref_, std::move(changed), "its pods changed");
  }

  // k8s 1.30 pkg/controller/statefulset: truncateHistory
  void clean_up() {
    std::set<Str> live = {current_.revision->meta.name, update_.revision->meta.name};
    for (const auto& [ordinal, owned] : pods_) live.insert(revision_name(*owned.pod));
    truncate_history(world_, plan_, revisions_, live,
                     set_.spec.revision_history_limit.value_or(10));
  }

  // Ready pods become available by the mere passing of time.
  void ask_for_availability() {
    if (set_.spec.min_ready_seconds == 0) return;
    Time next = kNever;
    for (const auto& [ordinal, owned] : pods_) {
      const auto from = available_from(*owned.pod, set_.spec.min_ready_seconds);
      if (!from || *from <= world_.now()) continue;
      const Time since = *pod_condition(*owned.pod, "Ready")->last_transition_time;
      next = std::min(next, since + seconds(set_.spec.min_ready_seconds) + world_.timing().watch);
    }
    if (next != kNever) plan_.wake(next, Actor::StatefulSet, ref_);
  }

  const World& world_;
  const Ref ref_;
  const StatefulSet& set_;
  Plan plan_;
  std::map<std::int32_t, OwnedPod> pods_;  // by ordinal, as found
  std::vector<KeptRevision> revisions_;    // oldest first
  KeptRevision current_;                   // of the pods before the update, and …
  KeptRevision update_;                    // … of the present template
  Box<PodSpec> current_spec_;              // what new pods of each share
  Box<PodSpec> update_spec_;
  StatefulSetStatus status_;
  std::string failed_;  // the reason of the last failure
  std::string claim_error_;
};

}  // namespace

Plan reconcile(const World& world, Id id) {
  const StatefulSet* set = world.get<StatefulSet>(id);
  if (!set || !set->spec.pod_template || !set->spec.selector) return {};
  return Sync(world, id, *set).run();
}

}  // namespace sim::stateful_set
