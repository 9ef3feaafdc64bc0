#include "sim/controllers/daemon_set.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/cluster_types.h"
#include "sim/model/go_text.h"
#include "sim/model/int_or_percent.h"
#include "sim/model/node_match.h"
#include "sim/model/pod_facts.h"
#include "sim/model/revision.h"
#include "sim/world/api.h"
#include "sim/world/pod_control.h"
#include "sim/world/revisions.h"

namespace sim::daemon_set {
namespace {

constexpr std::string_view kComponent = "daemonset-controller";
constexpr std::int64_t kBurst = 250;  // k8s: BurstReplicas
constexpr std::string_view kTemplateGeneration = "deprecated.daemonset.template.generation";
constexpr std::string_view kGenerationLabel = "pod-template-generation";

// k8s 1.30 pkg/controller/daemon/util: AddOrUpdateDaemonPodTolerations
void add_tolerations(PodSpec& spec) {
  const auto add = [&](std::string_view key, const char* effect) {
    Toleration wanted;
    wanted.key = Str(key);
    wanted.op = "Exists";
    wanted.effect = effect;
    for (Toleration& there : spec.tolerations) {
      if (there.key == wanted.key && there.effect == wanted.effect && there.op == wanted.op &&
          there.value == wanted.value) {
        there = wanted;
        return;
      }
    }
    spec.tolerations.push_back(std::move(wanted));
  };
  add("node.kubernetes.io/not-ready", "NoExecute");
  add("node.kubernetes.io/unreachable", "NoExecute");
  add("node.kubernetes.io/disk-pressure", "NoSchedule");
  add("node.kubernetes.io/memory-pressure", "NoSchedule");
  add("node.kubernetes.io/pid-pressure", "NoSchedule");
  add("node.kubernetes.io/unschedulable", "NoSchedule");
  if (spec.host_network) add("node.kubernetes.io/network-unavailable", "NoSchedule");
}

NodeSelector only_node(const Str& node) {
  NodeSelectorRequirement name;
  name.key = "metadata.name";
  name.op = "In";
  name.values = {node};
  NodeSelectorTerm term;
  term.match_fields = {std::move(name)};
  NodeSelector selector;
  selector.node_selector_terms = {std::move(term)};
  return selector;
}

// The node that a pod is on or meant for.
// k8s 1.30 pkg/controller/daemon/util: GetTargetNodeName
Str target_node(const Pod& pod) {
  if (!pod.node_name.empty()) return pod.node_name;
  const Box<Affinity>& affinity = pod.spec->affinity;
  if (!affinity || !affinity->node_affinity) return Str();
  const auto& required =
      affinity->node_affinity->required_during_scheduling_ignored_during_execution;
  if (!required) return Str();
  for (const NodeSelectorTerm& term : required->node_selector_terms) {
    for (const NodeSelectorRequirement& field : term.match_fields) {
      if (field.key == "metadata.name" && field.op == "In" && field.values.size() == 1) {
        return field.values.front();
      }
    }
  }
  return Str();
}

bool is_older(const OwnedPod& a, const OwnedPod& b) {
  const auto rank = [](const OwnedPod& owned) {
    return std::tuple(owned.pod->node_name.empty(),
                      owned.pod->meta.creation_timestamp.value_or(Time{}).whole_seconds(),
                      owned.pod->meta.name.view());
  };
  return rank(a) < rank(b);
}

struct Need {
  bool run = false;    // a pod should be made there
  bool go_on = false;  // one that is there may stay
};

/// A node, or what is left of one: a name that pods are bound to or meant for.
struct Place {
  Str name;
  bool there = true;  // the node
  Need need;
  std::vector<OwnedPod> pods;  // ours, the oldest first
};

// One look at one DaemonSet: what it finds and what it decides.
class Sync {
 public:
  Sync(const World& world, Id id, const DaemonSet& set)
      : world_(world),
        ref_{Kind::DaemonSet, id},
        set_(set),
        status_(set.status),
        spec_(set.spec.pod_template->spec),
        affinity_(set.spec.pod_template->spec) {
    add_tolerations(spec_);
  }

  // k8s 1.30 pkg/controller/daemon: syncDaemonSet
  Plan run() {
    if (set_.meta.deletion_timestamp) return std::move(plan_);
    if (!find_revisions()) {
      plan_.wake(world_.now() + retry_delay(world_, set_, "FailedCreate"), Actor::DaemonSet, ref_);
      write_status();
      return std::move(plan_);
    }
    find_places();
    manage();
    const bool settled = remove_.empty() && create_.empty();
    if (settled && set_.spec.update_strategy.type == "RollingUpdate") roll();
    sync_nodes();
    count();
    write_status();
    clean_up();
    return std::move(plan_);
  }

 private:
  // All nodes, and the pods on each. It looks at each of both once: a large cluster has many.
  void find_places() {
    const Store& store = world_.store();
    const std::vector<Id> nodes = store.list(Kind::Node);
    std::vector<std::uint32_t> place_of(store.table(Kind::Node).next_id());
    places_.reserve(nodes.size());
    for (const Id id : nodes) {
      const Node& node = *world_.get<Node>(id);
      place_of[id] = static_cast<std::uint32_t>(places_.size());
      places_.push_back({node.meta.name, true, need_of(node), {}});
    }
    std::map<Str, std::vector<OwnedPod>> strays;
    for (OwnedPod& owned : claim_pods(world_, plan_, set_, &*set_.spec.selector)) {
      if (has_ended(*owned.pod) && owned.pod->meta.deletion_timestamp) continue;
      const Str target = target_node(*owned.pod);
      const Id node = store.find(Kind::Node, "", target);
      (node != 0 ? places_[place_of[node]].pods : strays[target]).push_back(std::move(owned));
    }
    for (auto& [name, pods] : strays) places_.push_back({name, false, {}, std::move(pods)});
    if (!strays.empty()) {
      std::sort(places_.begin(), places_.end(),
                [](const Place& a, const Place& b) { return a.name < b.name; });
    }
    for (Place& place : places_) {
      if (place.pods.size() > 1) {
        std::stable_sort(place.pods.begin(), place.pods.end(), is_older);
      }
    }
  }

  void note(std::string_view type, std::string_view reason, std::string message) {
    plan_.event(controller_event(ref_, kComponent, type, reason, std::move(message)));
  }

  // k8s 1.30 pkg/controller/daemon/update.go: constructHistory
  bool find_revisions() {
    revisions_ = claim_revisions(world_, plan_, set_, &*set_.spec.selector);
    const ControllerRevisionData data = revision_of(*set_.spec.pod_template);
    std::int64_t newest_old = 0;
    std::optional<KeptRevision> current;
    for (const KeptRevision& one : revisions_) {
      if (one.revision->data && *one.revision->data == data) {
        current = one;
      } else {
        newest_old = std::max(newest_old, one.revision->revision);
      }
    }
    if (!current) return make_revision(data, newest_old + 1);
    if (current->revision->revision < newest_old + 1) {
      current = renew(world_, plan_, *current, newest_old + 1);
    }
    current_ = *current;
    hash_ = current_.revision->meta.labels.get(kControllerRevisionHash);
    return true;
  }

  // k8s 1.30 pkg/controller/daemon/update.go: snapshot
  bool make_revision(const ControllerRevisionData& data, std::int64_t number) {
    const std::string hash =
        pod_template_hash(*set_.spec.pod_template, set_.status.collision_count);
    auto made = std::make_shared<ControllerRevision>();
    made->meta.name = fmt::format("{}-{}", set_.meta.name, hash);
    made->meta.ns = set_.meta.ns;
    made->meta.labels = set_.spec.pod_template->meta.labels;
    made->meta.labels.set(Str(kControllerRevisionHash), Str(hash));
    made->meta.annotations = set_.meta.annotations;
    made->meta.owner_references = {controller_reference(set_)};
    made->data = data;
    made->revision = number;
    const ApiResult result =
        api_create(world_, plan_, std::move(made), "the DaemonSet has a new pod template");
    if (!result) {
      if (result.error->reason == "AlreadyExists") {
        status_.collision_count = status_.collision_count.value_or(0) + 1;
      }
      return false;
    }
    current_ = {result.id, share_as<ControllerRevision>(result.object)};
    hash_ = Str(hash);
    return true;
  }

  bool is_updated(const Pod& pod) const {
    const Str* generation = set_.meta.annotations.find(kTemplateGeneration);
    return pod.meta.labels.get(kControllerRevisionHash) == hash_ ||
           (generation && pod.meta.labels.get(kGenerationLabel) == *generation);
  }
  bool available(const Pod& pod) const {
    return is_available(pod, set_.spec.min_ready_seconds, world_.now());
  }

  // k8s 1.30 pkg/controller/daemon: NodeShouldRunDaemonPod
  Need need_of(const Node& node) const {
    const Str& wanted = spec_.node_name;
    if (!wanted.empty() && wanted != node.meta.name) return {};
    if (!affinity_.matches(node)) return {};
    Need need{true, true};
    for (const Taint& taint : node.spec.taints) {
      if (!is_hard(taint) || tolerates(spec_.tolerations, taint)) continue;
      need.run = false;
      if (taint.effect == "NoExecute") need.go_on = false;
    }
    return need;
  }

  void remove(const OwnedPod& owned) { remove_.push_back(owned); }

  // k8s 1.30 pkg/controller/daemon: manage, podsShouldBeOnNode
  void manage() {
    for (const Place& place : places_) {
      if (!place.there) continue;
      if (place.pods.empty()) {
        if (place.need.run) create_.push_back(place.name);
      } else if (place.need.go_on) {
        prune(place.name, place.pods);
      } else {
        for (const OwnedPod& owned : place.pods) {
          if (!owned.pod->meta.deletion_timestamp) remove(owned);
        }
      }
    }
    // Pods that are meant for nodes that are gone, and wait for one.
    for (const Place& place : places_) {
      if (place.there) continue;
      for (const OwnedPod& owned : place.pods) {
        if (owned.pod->node_name.empty() && !owned.pod->meta.deletion_timestamp) remove(owned);
      }
    }
  }

  void prune(const Str& node, const std::vector<OwnedPod>& pods) {
    std::vector<OwnedPod> running;
    for (const OwnedPod& owned : pods) {
      const Pod& pod = *owned.pod;
      if (pods.size() == 1 && pod.status.phase == "Running") return;  // as nearly everywhere
      if (pod.meta.deletion_timestamp) continue;
      if (pod.status.phase == "Failed") {
        if (rests_after_failure(node)) continue;
        note("Warning", "FailedDaemonPod",
             fmt::format("Found failed daemon pod {}/{} on node {}, will try to kill it",
                         pod.meta.ns, pod.meta.name, node));
        remove(owned);
      } else if (pod.status.phase == "Succeeded") {
        note("Normal", "SucceededDaemonPod",
             fmt::format("Found succeeded daemon pod {}/{} on node {}, will try to delete it",
                         pod.meta.ns, pod.meta.name, node));
        remove(owned);
      } else {
        running.push_back(owned);
      }
    }
    if (running.size() < 2) return;
    if (max_surge() == 0) {
      for (std::size_t i = 1; i < running.size(); ++i) remove(running[i]);
      return;
    }
    // While it surges, an old pod may stay as long as it is ready and the new one not yet.
    const OwnedPod* fresh = nullptr;
    const OwnedPod* old = nullptr;
    for (const OwnedPod& owned : running) {
      const OwnedPod*& place = is_updated(*owned.pod) ? fresh : old;
      if (place) {
        remove(owned);
      } else {
        place = &owned;
      }
    }
    if (fresh && old && (!is_ready(*old->pod) || available(*fresh->pod))) remove(*old);
  }

  // A pod that fails on a node again and again is replaced ever later: 1 s, 2 s, 4 s, … up to 15
  // minutes; after twice that it is forgotten. Kept beside what the attach/detach controller knows
  // of a volume on a node. k8s 1.30 pkg/controller/daemon: failedPodsBackoff
  bool rests_after_failure(const Str& node) {
    constexpr Duration kFirst = seconds(1);
    constexpr Duration kMost = minutes(15);
    const Id place = world_.store().find(Kind::Node, "", node);
    const Str key = fmt::format("daemonset/{}", to_string(set_.meta.uid));
    const auto begun = std::find_if(
        plan_.attach_notes.begin(), plan_.attach_notes.end(),
        [&](const AttachNote& note) { return note.node == place && note.volume == key; });
    if (begun != plan_.attach_notes.end()) return true;  // one at a time
    AttachWork work = world_.volume_memory().attach(place, key);
    if (work.retry > world_.now()) {
      plan_.wake(work.retry, Actor::DaemonSet, ref_, work.back_off >= seconds(8));
      return true;
    }
    const bool forgotten = work.retry - work.back_off + kMost * 2 < world_.now();
    work.back_off =
        forgotten || work.back_off.ns == 0 ? kFirst : std::min(work.back_off * 2, kMost);
    work.retry = world_.now() + work.back_off;
    plan_.attach_notes.push_back({place, key, work});
    return false;
  }

  std::int64_t desired() const {
    return std::count_if(places_.begin(), places_.end(),
                         [](const Place& place) { return place.need.run; });
  }
  std::int64_t max_surge() const {
    const auto& rolling = set_.spec.update_strategy.rolling_update;
    if (set_.spec.update_strategy.type != "RollingUpdate" || !rolling || !rolling->max_surge) {
      return 0;
    }
    return scaled_value(*rolling->max_surge, desired(), true).value_or(0);
  }
  std::int64_t max_unavailable() const {
    const auto& rolling = set_.spec.update_strategy.rolling_update;
    if (!rolling || !rolling->max_unavailable) return 1;
    const std::int64_t most = scaled_value(*rolling->max_unavailable, desired(), true).value_or(0);
    return most == 0 && max_surge() == 0 ? 1 : most;
  }

  struct OnNode {
    const OwnedPod* fresh = nullptr;
    const OwnedPod* old = nullptr;
    bool clear = true;  // at most one of each
  };
  // k8s 1.30 pkg/controller/daemon/update.go: findUpdatedPodsOnNode
  OnNode on_node(const Place& at) const {
    OnNode found;
    for (const OwnedPod& owned : at.pods) {
      if (owned.pod->meta.deletion_timestamp) continue;
      const OwnedPod*& place = is_updated(*owned.pod) ? found.fresh : found.old;
      if (place) found.clear = false;
      place = &owned;
    }
    return found;
  }

  // k8s 1.30 pkg/controller/daemon/update.go: rollingUpdate
  void roll() {
    if (max_surge() == 0) {
      replace();
    } else {
      surge();
    }
  }

  static bool counts(const Place& place) { return !place.pods.empty() || place.need.run; }

  void replace() {
    const std::int64_t most = max_unavailable();
    std::int64_t unavailable = 0;
    std::vector<const OwnedPod*> candidates;
    for (const Place& place : places_) {
      if (!counts(place)) continue;
      const OnNode here = on_node(place);
      if (!here.clear || (here.fresh != nullptr) == (here.old != nullptr)) {
        ++unavailable;
      } else if (here.fresh) {
        if (!available(*here.fresh->pod)) ++unavailable;
      } else if (!available(*here.old->pod)) {
        remove(*here.old);  // nobody misses it
      } else if (unavailable < most) {
        candidates.push_back(here.old);
      }
    }
    std::int64_t room = std::max<std::int64_t>(0, most - unavailable);
    for (const OwnedPod* old : candidates) {
      if (room-- <= 0) break;
      remove(*old);
    }
  }

  void surge() {
    std::int64_t surging = 0;
    std::vector<Str> candidates;
    for (const Place& place : places_) {
      if (!counts(place)) continue;
      const OnNode here = on_node(place);
      if (!here.clear) {
        ++surging;
      } else if (here.old && !here.fresh) {
        if (available(*here.old->pod)) {
          candidates.push_back(place.name);
        } else {
          create_.push_back(place.name);
        }
      } else if (here.old && !available(*here.fresh->pod)) {
        ++surging;
      } else if (here.old) {
        remove(*here.old);
      }
    }
    std::int64_t room = std::max<std::int64_t>(0, max_surge() - surging);
    for (const Str& node : candidates) {
      if (room-- <= 0) break;
      create_.push_back(node);
    }
  }

  // k8s 1.30 pkg/controller/daemon: syncNodes
  void sync_nodes() {
    create_pods();
    std::int64_t gone = 0;
    for (const OwnedPod& owned : remove_) {
      if (++gone > kBurst) break;
      const ApiResult result = api_delete(world_, plan_, {Kind::Pod, owned.id}, {},
                                          fmt::format("{} does not want it", set_.meta.name));
      if (result) {
        note("Normal", "SuccessfulDelete", fmt::format("Deleted pod: {}", owned.pod->meta.name));
      } else {
        note("Warning", "FailedDelete", "Error deleting: " + result.error->message);
      }
    }
  }

  void create_pods() {
    const Namespace* ns = world_.find<Namespace>("", set_.meta.ns);
    if (create_.empty() || !ns || ns->meta.deletion_timestamp) return;
    const PodSpec admitted = admitted_pod_spec(world_, spec_);
    ObjectMeta meta = set_.spec.pod_template->meta;
    if (const Str* generation = set_.meta.annotations.find(kTemplateGeneration)) {
      meta.labels.set(Str(kGenerationLabel), *generation);
    }
    meta.labels.set(Str(kControllerRevisionHash), hash_);
    bool failed = false;
    std::int64_t left = std::min<std::int64_t>(static_cast<std::int64_t>(create_.size()), kBurst);
    std::size_t next = 0;
    for (std::int64_t batch = 1; left > 0 && !failed; batch *= 2) {
      for (std::int64_t i = 0; i < batch && left > 0; ++i, --left) {
        const Str& node = create_[next++];
        PodSpec own = admitted;
        own.affinity.edit()
            .node_affinity.edit()
            .required_during_scheduling_ignored_during_execution = only_node(node);
        const ApiResult made =
            api_create(world_, plan_, pod_from_template(set_, meta, Box<PodSpec>(std::move(own))),
                       fmt::format("{} wants a pod on {}", set_.meta.name, node));
        if (made) {
          note("Normal", "SuccessfulCreate",
               fmt::format("Created pod: {}", made.object->meta.name));
        } else {
          failed = true;
          note("Warning", "FailedCreate", "Error creating: " + made.error->message);
        }
      }
    }
    if (!failed) return;
    const Duration rest = retry_delay(world_, set_, "FailedCreate");
    plan_.wake(world_.now() + rest, Actor::DaemonSet, ref_, rest >= seconds(1));
  }

  // k8s 1.30 pkg/controller/daemon: updateDaemonSetStatus
  void count() {
    status_.desired_number_scheduled = status_.current_number_scheduled = 0;
    status_.number_misscheduled = status_.number_ready = status_.number_available = 0;
    status_.updated_number_scheduled = 0;
    Time next = kNever;
    for (const Place& place : places_) {
      if (!place.there) continue;
      if (!place.need.run) {
        status_.number_misscheduled += !place.pods.empty();
        continue;
      }
      ++status_.desired_number_scheduled;
      if (place.pods.empty()) continue;
      ++status_.current_number_scheduled;
      const Pod& pod = *place.pods.front().pod;
      status_.number_ready += is_ready(pod);
      status_.number_available += available(pod);
      status_.updated_number_scheduled += is_updated(pod);
      const auto from = available_from(pod, set_.spec.min_ready_seconds);
      if (from && *from > world_.now()) next = std::min(next, *from + world_.timing().watch);
    }
    status_.number_unavailable = status_.desired_number_scheduled - status_.number_available;
    status_.observed_generation = set_.meta.generation;
    if (next != kNever) plan_.wake(next, Actor::DaemonSet, ref_);
  }

  void write_status() {
    if (status_ == set_.status) return;
    auto changed = std::make_shared<DaemonSet>(set_);
    changed->status = status_;
    api_update_status(world_, plan_, ref_, std::move(changed), "its pods changed");
  }

  // k8s 1.30 pkg/controller/daemon/update.go: cleanupHistory
  void clean_up() {
    std::set<Str> live = {current_.revision->meta.name};
    const Str* last = nullptr;
    for (const Place& place : places_) {
      for (const OwnedPod& owned : place.pods) {
        const Str* hash = owned.pod->meta.labels.find(kControllerRevisionHash);
        if (last && hash && *hash == *last) continue;
        live.insert(fmt::format("{}-{}", set_.meta.name, hash ? *hash : Str()));
        last = hash;
      }
    }
    truncate_history(world_, plan_, revisions_, live,
                     set_.spec.revision_history_limit.value_or(10));
  }

  const World& world_;
  const Ref ref_;
  const DaemonSet& set_;
  Plan plan_;
  DaemonSetStatus status_;
  PodSpec spec_;  // of its template, with the tolerations of daemons
  RequiredNodeAffinity affinity_;
  std::vector<KeptRevision> revisions_;
  KeptRevision current_;
  Str hash_;
  std::vector<Place> places_;  // by name
  std::vector<Str> create_;    // nodes
  std::vector<OwnedPod> remove_;
};

}  // namespace

Plan reconcile(const World& world, Id id) {
  const DaemonSet* set = world.get<DaemonSet>(id);
  if (!set || !set->spec.pod_template || !set->spec.selector) return {};
  return Sync(world, id, *set).run();
}

}  // namespace sim::daemon_set
