#include "sim/world/pod_control.h"

#include <algorithm>
#include <utility>

#include "sim/model/cluster_types.h"
#include "sim/model/labels.h"
#include "sim/model/pod_facts.h"

namespace sim {

OwnerReference controller_reference(const Object& owner) {
  OwnerReference reference;
  reference.api_version = Str(api_version(owner.kind));
  reference.kind = Str(info(owner.kind).name);
  reference.name = owner.meta.name;
  reference.uid = owner.meta.uid;
  reference.controller = true;
  reference.block_owner_deletion = true;
  return reference;
}

std::vector<OwnedPod> claim_pods(const World& world, Plan& plan, const Object& owner,
                                 const LabelSelector* selector, PodFilter filter) {
  std::vector<OwnedPod> pods;
  const bool deleting = owner.meta.deletion_timestamp.has_value();
  // Pods of one template have the same labels: those of the one before are looked at once.
  const StringMap* last = nullptr;
  bool last_matches = false;
  const auto is_ours = [&](const Pod& pod) {
    if (!last || *last != pod.meta.labels) last_matches = matches(selector, pod.meta.labels);
    last = &pod.meta.labels;
    return last_matches && (!filter || filter(owner, pod));
  };
  const std::vector<Id> controlled = world.store().controlled_by(owner.meta.uid, Kind::Pod);
  pods.reserve(controlled.size());
  for (const Id id : controlled) {
    auto pod = world.store().share<Pod>(id);
    if (is_ours(*pod)) {
      pods.push_back({id, std::move(pod)});
      continue;
    }
    if (deleting) continue;
    auto released = std::make_shared<Pod>(*pod);
    auto& owners = released->meta.owner_references;
    owners.erase(
        std::remove_if(owners.begin(), owners.end(),
                       [&](const OwnerReference& each) { return each.uid == owner.meta.uid; }),
        owners.end());
    plan.update({Kind::Pod, id}, std::move(released), "its labels match no more: released");
  }
  if (deleting) return pods;
  for (const Id id : world.store().orphans(Kind::Pod, owner.meta.ns)) {
    const auto pod = world.store().share<Pod>(id);
    if (pod->meta.deletion_timestamp || !is_ours(*pod)) continue;
    auto adopted = std::make_shared<Pod>(*pod);
    adopted->meta.owner_references.push_back(controller_reference(owner));
    plan.update({Kind::Pod, id}, adopted, "adopted by the controller that selects it");
    pods.push_back({id, std::move(adopted)});
  }
  return pods;
}

std::shared_ptr<Pod> pod_from_template(const Object& owner, const ObjectMeta& meta,
                                       const Box<PodSpec>& spec) {
  auto pod = std::make_shared<Pod>();
  pod->meta.ns = owner.meta.ns;
  pod->meta.generate_name = owner.meta.name + "-";
  pod->meta.labels = meta.labels;
  pod->meta.annotations = meta.annotations;
  pod->meta.finalizers = meta.finalizers;
  pod->meta.owner_references = {controller_reference(owner)};
  pod->spec = spec;
  return pod;
}

EventNote controller_event(Ref about, std::string_view component, std::string_view type,
                           std::string_view reason, std::string message) {
  EventNote event;
  event.about = about;
  event.type = Str(type);
  event.reason = Str(reason);
  event.message = Str(message);
  event.component = Str(component);
  return event;
}

Duration retry_delay(const World& world, const Object& about, std::string_view reason) {
  constexpr Duration kShortest = milliseconds(5);
  constexpr Duration kLongest = seconds(1000);
  Duration delay = kShortest;
  for (const Id id : world.store().events_about(about.meta.uid)) {
    const Event& event = *world.get<Event>(id);
    if (event.reason != reason || !event.first_timestamp || !event.last_timestamp) continue;
    if (world.now() - *event.last_timestamp > kLongest * 2) continue;
    delay = std::max(delay, world.now() - *event.first_timestamp);
  }
  return std::min(delay, kLongest);
}

ObjectPtr just_erased(const World& world, Ref ref) {
  constexpr std::uint64_t kFarthest = 100'000;
  const Journal& journal = world.journal();
  const std::uint64_t last = journal.last();
  const std::uint64_t stop =
      std::max(journal.first(), last > kFarthest ? last - kFarthest : std::uint64_t{1});
  for (std::uint64_t revision = last; revision >= stop && revision > 0; --revision) {
    const Change& change = journal.at(revision);
    if (change.ref == ref && !change.after) return change.before;
  }
  return nullptr;
}

namespace {

std::int64_t restarts(const Pod& pod) {
  std::int32_t most = 0;
  for (const ContainerStatus& status : pod.status.container_statuses) {
    most = std::max(most, status.restart_count);
  }
  return most;
}

int phase_rank(const Str& phase) {
  if (phase == "Running") return 2;
  return phase == "Unknown" ? 1 : 0;
}

Time ready_since(const Pod& pod) {
  const PodCondition* ready = pod_condition(pod, "Ready");
  return ready ? ready->last_transition_time.value_or(Time{}).whole_seconds() : Time{};
}

// k8s 1.30 pkg/controller/controller_utils.go: ActivePods.Less
bool goes_before(const Pod& a, const Pod& b) {
  if (a.node_name.empty() != b.node_name.empty()) return a.node_name.empty();
  if (phase_rank(a.status.phase) != phase_rank(b.status.phase)) {
    return phase_rank(a.status.phase) < phase_rank(b.status.phase);
  }
  if (is_ready(a) != is_ready(b)) return !is_ready(a);
  if (is_ready(a) && is_ready(b) && ready_since(a) != ready_since(b)) {
    return ready_since(a) > ready_since(b);
  }
  if (restarts(a) != restarts(b)) return restarts(a) > restarts(b);
  const Time one = a.meta.creation_timestamp.value_or(Time{}).whole_seconds();
  const Time two = b.meta.creation_timestamp.value_or(Time{}).whole_seconds();
  return one > two;
}

}  // namespace

void sort_by_cost(std::vector<OwnedPod>& pods) {
  std::stable_sort(pods.begin(), pods.end(), [](const OwnedPod& a, const OwnedPod& b) {
    return goes_before(*a.pod, *b.pod);
  });
}

}  // namespace sim
