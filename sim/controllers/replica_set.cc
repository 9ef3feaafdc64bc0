#include "sim/controllers/replica_set.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/model/pod_facts.h"
#include "sim/world/api.h"

namespace sim::replica_set {
namespace {

constexpr std::int64_t kBurst = 500;  // k8s: BurstReplicas
constexpr std::string_view kComponent = "replicaset-controller";

struct Owned {
  Id id = 0;
  const Pod* pod = nullptr;  // a row of the world, or of the plan
};

OwnerReference reference_to(const ReplicaSet& set) {
  OwnerReference owner;
  owner.api_version = "apps/v1";
  owner.kind = "ReplicaSet";
  owner.name = set.meta.name;
  owner.uid = set.meta.uid;
  owner.controller = true;
  owner.block_owner_deletion = true;
  return owner;
}

// One look at one ReplicaSet: what it finds and what it decides.
class Sync {
 public:
  Sync(const World& world, Id id, const ReplicaSet& set)
      : world_(world), ref_{Kind::ReplicaSet, id}, set_(set) {}

  // k8s 1.30 pkg/controller/replicaset: syncReplicaSet
  Plan run() {
    claim();
    const std::int64_t diff = static_cast<std::int64_t>(pods_.size()) - wanted();
    if (!set_.meta.deletion_timestamp) {
      if (diff < 0) create(std::min(-diff, kBurst));
      if (diff > 0) remove(std::min(diff, kBurst));
    }
    write_status(diff);
    return std::move(plan_);
  }

 private:
  std::int64_t wanted() const { return set_.spec.replicas.value_or(1); }

  void note(const char* type, const char* reason, std::string message) {
    EventNote event;
    event.about = ref_;
    event.type = type;
    event.reason = reason;
    event.message = message;
    event.component = Str(kComponent);
    plan_.event(std::move(event));
  }

  // Which active pods are ours: keeps, releases, adopts.
  // k8s 1.30 pkg/controller/controller_ref_manager.go: ClaimObject
  void claim() {
    const bool deleting = set_.meta.deletion_timestamp.has_value();
    const LabelSelector* selector = set_.spec.selector ? &*set_.spec.selector : nullptr;
    // Nearly all pods carry the labels of the template.
    const StringMap& usual = set_.spec.pod_template->meta.labels;
    const bool usual_match = matches(selector, usual);
    const std::vector<Id> controlled = world_.store().controlled_by(set_.meta.uid, Kind::Pod);
    pods_.reserve(controlled.size());
    for (const Id id : controlled) {
      const Pod* pod = world_.get<Pod>(id);
      if (!is_active(*pod)) continue;
      const bool ours =
          pod->meta.labels == usual ? usual_match : matches(selector, pod->meta.labels);
      if (!ours) {
        if (!deleting) release(id, *pod);
        continue;
      }
      pods_.push_back({id, pod});
    }
    if (deleting) return;
    for (const Id id : world_.store().orphans(Kind::Pod, set_.meta.ns)) {
      const Pod* pod = world_.get<Pod>(id);
      if (!is_active(*pod) || !matches(selector, pod->meta.labels)) continue;
      auto adopted = std::make_shared<Pod>(*pod);
      adopted->meta.owner_references.push_back(reference_to(set_));
      pods_.push_back({id, adopted.get()});
      plan_.update({Kind::Pod, id}, std::move(adopted), "adopted by its ReplicaSet");
    }
  }

  void release(Id id, const Pod& pod) {
    auto released = std::make_shared<Pod>(pod);
    auto& owners = released->meta.owner_references;
    owners.erase(
        std::remove_if(owners.begin(), owners.end(),
                       [&](const OwnerReference& owner) { return owner.uid == set_.meta.uid; }),
        owners.end());
    plan_.update({Kind::Pod, id}, std::move(released), "its labels match no more: released");
  }

  // k8s 1.30 pkg/controller/controller_utils.go: GetPodFromTemplate
  std::shared_ptr<Pod> pod_from_template() const {
    const PodTemplateSpec& from = *set_.spec.pod_template;
    auto pod = std::make_shared<Pod>();
    pod->meta.ns = set_.meta.ns;
    pod->meta.generate_name = set_.meta.name + "-";
    pod->meta.labels = from.meta.labels;
    pod->meta.annotations = from.meta.annotations;
    pod->meta.finalizers = from.meta.finalizers;
    pod->meta.owner_references = {reference_to(set_)};
    pod->spec = spec_;
    return pod;
  }

  // Batches of 1, 2, 4, …: when the API server refuses, it is asked once and not five hundred
  // times. k8s 1.30 pkg/controller/replicaset: slowStartBatch
  void create(std::int64_t count) {
    const Namespace* ns = world_.find<Namespace>("", set_.meta.ns);
    if (!ns || ns->meta.deletion_timestamp) return;  // nothing can be made there any more
    spec_ = admitted_pod_spec(world_, set_.spec.pod_template->spec);
    for (std::int64_t batch = 1; count > 0 && !failure_; batch *= 2) {
      for (std::int64_t i = 0; i < batch && count > 0; ++i, --count) {
        const ApiResult made = api_create(world_, plan_, pod_from_template(), why_created());
        if (made) {
          note("Normal", "SuccessfulCreate",
               fmt::format("Created pod: {}", made.object->meta.name));
          continue;
        }
        const std::string why = status_message(*made.error, Kind::Pod);
        if (!failure_) failure_ = why;
        note("Warning", "FailedCreate", "Error creating: " + why);
      }
    }
  }

  Str why_created() const { return fmt::format("{} wants {} replicas", set_.meta.name, wanted()); }

  void remove(std::int64_t count) {
    std::vector<Owned> victims = pods_;
    if (count < static_cast<std::int64_t>(pods_.size())) rank(victims);
    victims.resize(static_cast<std::size_t>(count));
    for (const Owned& victim : victims) {
      const ApiResult gone =
          api_delete(world_, plan_, {Kind::Pod, victim.id}, {},
                     fmt::format("{} wants {} replicas", set_.meta.name, wanted()));
      if (gone) {
        note("Normal", "SuccessfulDelete", fmt::format("Deleted pod: {}", victim.pod->meta.name));
        continue;
      }
      if (!failure_) failure_ = gone.error->message;
      note("Warning", "FailedDelete", "Error deleting: " + gone.error->message);
    }
  }

  // Sorts those first whose loss costs least.
  void rank(std::vector<Owned>& pods) const;

  // k8s 1.30 pkg/controller/replicaset/replica_set_utils.go: calculateStatus, over the pods listed
  // before this look created or deleted any
  void write_status(std::int64_t diff) {
    ReplicaSetStatus status = set_.status;
    status.replicas = static_cast<std::int32_t>(pods_.size());
    status.fully_labeled_replicas = 0;
    status.ready_replicas = 0;
    status.available_replicas = 0;
    const StringMap& wanted_labels = set_.spec.pod_template->meta.labels;
    for (const auto& [id, pod] : pods_) {
      const bool labeled = pod->meta.labels == wanted_labels ||
                           std::all_of(wanted_labels.begin(), wanted_labels.end(),
                                       [&labels = pod->meta.labels](const StringMap::Item& item) {
                                         const Str* value = labels.find(item.first);
                                         return value && *value == item.second;
                                       });
      if (labeled) ++status.fully_labeled_replicas;
      if (!is_ready(*pod)) continue;
      ++status.ready_replicas;
      if (is_available(*pod, set_.spec.min_ready_seconds, world_.now())) {
        ++status.available_replicas;
      }
    }
    status.observed_generation = set_.meta.generation;
    ask_for_availability(status.ready_replicas == wanted());

    const auto failed = std::find_if(
        status.conditions.begin(), status.conditions.end(),
        [](const ReplicaSetCondition& condition) { return condition.type == "ReplicaFailure"; });
    Time failing_since = world_.now();
    if (failure_ && failed == status.conditions.end()) {
      ReplicaSetCondition condition;
      condition.type = "ReplicaFailure";
      condition.status = "True";
      condition.reason = diff < 0 ? "FailedCreate" : "FailedDelete";
      condition.message = Str(*failure_);
      condition.last_transition_time = world_.now();
      status.conditions.push_back(std::move(condition));
    } else if (failure_) {
      failing_since = failed->last_transition_time.value_or(world_.now());
    } else if (failed != status.conditions.end()) {
      status.conditions.erase(failed);
    }
    if (failure_) retry(failing_since);

    if (status == set_.status) return;
    auto changed = std::make_shared<ReplicaSet>(set_);
    changed->status = std::move(status);
    api_update_status(world_, plan_, ref_, std::move(changed), "its pods changed");
  }

  // The work queue tries again after 5 ms, 10 ms, 20 ms, … up to 1000 s. That is as long again as
  // it has been failing, which needs no counter.
  void retry(Time failing_since) {
    const Duration rest = std::clamp(world_.now() - failing_since, milliseconds(5), seconds(1000));
    plan_.wake(world_.now() + rest, Actor::ReplicaSet, ref_, rest >= seconds(1));
  }

  // Ready pods become available by the mere passing of time. The controller looks again so long
  // after the last of them became ready; while some are not, a second later for each one.
  // k8s 1.30 pkg/controller/replicaset: updatePod, syncReplicaSet
  void ask_for_availability(bool all_ready) {
    if (set_.spec.min_ready_seconds == 0) return;
    const Duration rest = seconds(set_.spec.min_ready_seconds) + world_.timing().watch;
    Time last{};
    Time next = kNever;
    for (const auto& [id, pod] : pods_) {
      const std::optional<Time> from = available_from(*pod, set_.spec.min_ready_seconds);
      if (!from) continue;
      const Time since = *pod_condition(*pod, "Ready")->last_transition_time;
      last = std::max(last, since);
      if (*from > world_.now()) next = std::min(next, since + rest + seconds(1));
    }
    if (next == kNever) return;
    if (all_ready) next = std::min(next, last + rest);
    plan_.wake(next, Actor::ReplicaSet, ref_);
  }

  const World& world_;
  const Ref ref_;
  const ReplicaSet& set_;
  Plan plan_;
  std::vector<Owned> pods_;             // active and ours, as found
  Box<PodSpec> spec_;                   // what new pods share
  std::optional<std::string> failure_;  // what the API server said
};

int phase_rank(const Str& phase) {
  if (phase == "Running") return 2;
  return phase == "Unknown" ? 1 : 0;
}

// What its annotation says; neither a plus nor zeros may lead.
// k8s 1.30 pkg/apis/core/helper: GetDeletionCostFromPodAnnotations
std::int32_t deletion_cost(const Pod& pod) {
  const Str* text = pod.meta.annotations.find("controller.kubernetes.io/pod-deletion-cost");
  if (!text) return 0;
  const std::string_view digits = text->view();
  if (digits.size() > 1 && digits.front() == '0') return 0;
  std::int32_t cost = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), cost);
  return read.ec == std::errc() && read.ptr == digits.data() + digits.size() ? cost : 0;
}

// How often that container restarted that did so most: an ordinary one, a sidecar.
// k8s 1.30 pkg/controller/controller_utils.go: maxContainerRestarts
std::pair<std::int32_t, std::int32_t> most_restarts(const Pod& pod) {
  std::pair<std::int32_t, std::int32_t> most{0, 0};
  for (const ContainerStatus& status : pod.status.container_statuses) {
    most.first = std::max(most.first, status.restart_count);
  }
  for (const Container& container : pod.spec->init_containers) {
    if (container.restart_policy != "Always") continue;
    for (const ContainerStatus& status : pod.status.init_container_statuses) {
      if (status.name == container.name) most.second = std::max(most.second, status.restart_count);
    }
  }
  return most;
}

// The power of two just below an age: pods of about the same age count as equally old.
int age_rank(Time since, Time now) {
  const std::int64_t age = (now - since).ns;
  return age > 0 ? static_cast<int>(std::bit_width(static_cast<std::uint64_t>(age))) - 1 : -1;
}

struct Candidate {
  Owned owned;
  bool bound;
  int phase;
  bool ready;
  std::int32_t cost;
  std::int64_t related;  // active pods of the same Deployment on the same node
  Time ready_since;
  std::pair<std::int32_t, std::int32_t> restarts;  // of containers, of sidecars
  Time created;
};

// True when `a` is to be deleted before `b`.
// k8s 1.30 pkg/controller/controller_utils.go: ActivePodsWithRanks.Less
bool goes_before(const Candidate& a, const Candidate& b, Time now) {
  if (a.bound != b.bound) return !a.bound;
  if (a.phase != b.phase) return a.phase < b.phase;
  if (a.ready != b.ready) return !a.ready;
  if (a.cost != b.cost) return a.cost < b.cost;
  if (a.related != b.related) return a.related > b.related;
  const auto younger = [&](Time first, Time second) {
    const int one = age_rank(first, now);
    const int two = age_rank(second, now);
    return one == two ? a.owned.pod->meta.uid < b.owned.pod->meta.uid : one < two;
  };
  if (a.ready && b.ready && a.ready_since != b.ready_since) {
    return younger(a.ready_since, b.ready_since);
  }
  if (a.restarts != b.restarts) return a.restarts > b.restarts;
  if (a.created != b.created) return younger(a.created, b.created);
  return false;
}

void Sync::rank(std::vector<Owned>& pods) const {
  // Pods of all ReplicaSets with the same controller crowd a node alike; without one nobody counts.
  // k8s 1.30 pkg/controller/replicaset: getPodsRankedByRelatedPodsOnSameNode
  std::vector<std::pair<Str, std::int64_t>> crowd;
  const auto count = [&](const Pod& pod) {
    if (pod.node_name.empty() || !is_active(pod)) return;
    const auto at =
        std::lower_bound(crowd.begin(), crowd.end(), pod.node_name,
                         [](const auto& item, const Str& name) { return item.first < name; });
    if (at != crowd.end() && at->first == pod.node_name) {
      ++at->second;
    } else {
      crowd.insert(at, {pod.node_name, 1});
    }
  };
  if (const OwnerReference* controller = set_.meta.controller()) {
    for (const Id set : world_.store().controlled_by(controller->uid, Kind::ReplicaSet)) {
      const Uid uid = world_.get<ReplicaSet>(set)->meta.uid;
      for (const Id id : world_.store().controlled_by(uid, Kind::Pod)) {
        count(*world_.get<Pod>(id));
      }
    }
  }

  std::vector<Candidate> candidates;
  candidates.reserve(pods.size());
  for (Owned& owned : pods) {
    const Pod& pod = *owned.pod;
    Candidate candidate{};
    candidate.bound = !pod.node_name.empty();
    candidate.phase = phase_rank(pod.status.phase);
    candidate.ready = is_ready(pod);
    candidate.cost = deletion_cost(pod);
    for (const auto& [node, number] : crowd) {
      if (node == pod.node_name) candidate.related = number;
    }
    if (const PodCondition* ready = pod_condition(pod, "Ready")) {
      candidate.ready_since = ready->last_transition_time.value_or(Time{}).whole_seconds();
    }
    candidate.restarts = most_restarts(pod);
    candidate.created = pod.meta.creation_timestamp.value_or(Time{}).whole_seconds();
    candidate.owned = std::move(owned);
    candidates.push_back(std::move(candidate));
  }
  // Stable, and safe with this order, which is not transitive in corner cases (as in Kubernetes).
  std::stable_sort(candidates.begin(), candidates.end(),
                   [now = world_.now()](const Candidate& a, const Candidate& b) {
                     return goes_before(a, b, now);
                   });
  for (std::size_t i = 0; i < pods.size(); ++i) pods[i] = std::move(candidates[i].owned);
}

}  // namespace

Plan reconcile(const World& world, Id id) {
  const ReplicaSet* set = world.get<ReplicaSet>(id);
  if (!set || !set->spec.pod_template) return {};
  return Sync(world, id, *set).run();
}

}  // namespace sim::replica_set
