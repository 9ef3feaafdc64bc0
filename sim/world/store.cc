#include "sim/world/store.h"

#include <algorithm>

#include "sim/base/check.h"
#include "sim/base/format.h"
#include "sim/base/hash.h"
#include "sim/model/controller_types.h"
#include "sim/model/volume_facts.h"
#include "sim/world/node_load.h"

namespace sim {
namespace {

constexpr std::size_t at(Kind kind) { return static_cast<std::size_t>(kind); }

bool counts_as_load(const Pod& pod) {
  return !pod.node_name.empty() && pod.status.phase != "Succeeded" && pod.status.phase != "Failed";
}

bool has_pod_affinity(const Pod& pod) {
  const Box<Affinity>& affinity = pod.spec->affinity;
  return affinity && (affinity->pod_affinity || affinity->pod_anti_affinity);
}

// Items of a set of tuples that begin with `prefix`, mapped by `take`.
template <class Map, class Prefix, class Take>
void each_with_prefix(const Map& map, const Prefix& prefix, Take take) {
  for (auto item = map.lower_bound(prefix); item != map.end(); ++item) {
    if (!take(item->first)) return;
  }
}

template <class T>
void raise(T& a, T b) {
  a = std::max(a, b);
}

// More than any machine has is more than any machine has.
void add_up(std::int64_t& sum, std::int64_t more) {
  if (__builtin_add_overflow(sum, more, &sum)) sum = more > 0 ? INT64_MAX : INT64_MIN;
}

struct Amounts {
  std::int64_t milli_cpu = 0;
  std::int64_t memory = 0;
  std::int64_t ephemeral_storage = 0;
  std::int64_t nonzero_milli_cpu = 0;
  std::int64_t nonzero_memory = 0;

  void add(const Amounts& other) {
    add_up(milli_cpu, other.milli_cpu);
    add_up(memory, other.memory);
    add_up(ephemeral_storage, other.ephemeral_storage);
    add_up(nonzero_milli_cpu, other.nonzero_milli_cpu);
    add_up(nonzero_memory, other.nonzero_memory);
  }
  void raise_to(const Amounts& other) {
    raise(milli_cpu, other.milli_cpu);
    raise(memory, other.memory);
    raise(ephemeral_storage, other.ephemeral_storage);
    raise(nonzero_milli_cpu, other.nonzero_milli_cpu);
    raise(nonzero_memory, other.nonzero_memory);
  }
};

Amounts requests_of(const ResourceList& requests) {
  Amounts amounts;
  if (const Quantity* cpu = requests.find("cpu")) amounts.milli_cpu = cpu->milli_value();
  if (const Quantity* memory = requests.find("memory")) amounts.memory = memory->value();
  if (const Quantity* disk = requests.find("ephemeral-storage")) {
    amounts.ephemeral_storage = disk->value();
  }
  // k8s 1.30 pkg/scheduler/util: DefaultMilliCPURequest, DefaultMemoryRequest: only where absent.
  amounts.nonzero_milli_cpu = requests.find("cpu") ? amounts.milli_cpu : 100;
  amounts.nonzero_memory = requests.find("memory") ? amounts.memory : 200LL << 20;
  return amounts;
}

}  // namespace

namespace {

std::uint64_t hash_of(std::string_view ns, std::string_view name) {
  return lookup_hash(name, lookup_hash(ns));
}
std::uint64_t hash_of(Uid uid) { return mix(uid.high ^ mix(uid.low)); }

}  // namespace

NodeLoad pod_requests(const Pod& pod) {
  const PodSpec& spec = *pod.spec;
  Amounts sum;
  for (const Container& container : spec.containers) {
    sum.add(requests_of(container.resources.requests));
  }
  // Init containers run one after another, sidecars among them go on beside all that follow.
  Amounts sidecars;
  Amounts largest_init;
  for (const Container& container : spec.init_containers) {
    Amounts own = requests_of(container.resources.requests);
    if (container.restart_policy == Str("Always")) {
      sum.add(own);
      sidecars.add(own);
      largest_init.raise_to(sidecars);
    } else {
      own.add(sidecars);
      largest_init.raise_to(own);
    }
  }
  sum.raise_to(largest_init);
  if (!spec.overhead.empty()) {
    Amounts overhead;
    overhead.milli_cpu = overhead.nonzero_milli_cpu = spec.overhead.get("cpu").milli_value();
    overhead.memory = overhead.nonzero_memory = spec.overhead.get("memory").value();
    overhead.ephemeral_storage = spec.overhead.get("ephemeral-storage").value();
    sum.add(overhead);
  }
  return {sum.milli_cpu,         sum.memory,        sum.ephemeral_storage, 1,
          sum.nonzero_milli_cpu, sum.nonzero_memory};
}

Id Store::find(Kind kind, std::string_view ns, std::string_view name) const {
  if (is_api_kind(kind)) {
    return by_name_[at(kind)].find(hash_of(ns, name), [&](Id id) {
      const ObjectMeta& meta = table(kind).get(id)->meta;
      return meta.name == name && meta.ns == ns;
    });
  }
  const Id* id = names_[at(kind)].find(std::tuple<std::string_view, std::string_view>(ns, name));
  return id ? *id : 0;
}

Ref Store::find(Uid uid) const {
  return uids_.find(hash_of(uid), [&](Ref ref) { return get(ref)->meta.uid == uid; });
}

std::vector<Id> Store::list(Kind kind, std::string_view ns) const {
  if (kind == Kind::Event) return list_events(ns);
  std::vector<Id> ids;
  const auto& names = names_[at(kind)];
  if (ns.empty()) {
    ids.reserve(names.size());
    for (const auto& [key, id] : names) ids.push_back(id);
    return ids;
  }
  const std::tuple<std::string_view, std::string_view> first(ns, "");
  for (auto item = names.lower_bound(first); item != names.end(); ++item) {
    if (std::get<0>(item->first) != ns) break;
    ids.push_back(item->second);
  }
  return ids;
}

std::vector<Id> Store::list_events(std::string_view ns) const {
  std::vector<Id> ids;
  for (const auto& [id, event] : table(Kind::Event)) {
    if (ns.empty() || event.meta.ns == ns) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end(), [&](Id a, Id b) {
    const ObjectMeta& one = get<Event>(a)->meta;
    const ObjectMeta& other = get<Event>(b)->meta;
    return std::tie(one.ns, one.name) < std::tie(other.ns, other.name);
  });
  return ids;
}

std::vector<Id> Store::controlled_by(Uid owner, Kind kind) const {
  std::vector<Id> ids;
  each_with_prefix(controlled_, std::tuple<Uid, Kind, Id>(owner, kind, 0), [&](const auto& key) {
    if (std::get<0>(key) != owner || std::get<1>(key) != kind) return false;
    ids.push_back(std::get<2>(key));
    return true;
  });
  return ids;
}

std::vector<Ref> Store::owned_by(Uid owner) const {
  std::vector<Ref> refs;
  each_with_prefix(owned_, std::tuple<Uid, Kind, Id>(owner, Kind{}, 0), [&](const auto& key) {
    if (std::get<0>(key) != owner) return false;
    refs.push_back({std::get<1>(key), std::get<2>(key)});
    return true;
  });
  return refs;
}

namespace {

// The ids behind one value of the first part of a two-part key.
template <class Map, class First>
std::vector<Id> seconds(const Map& map, const First& first) {
  std::vector<Id> ids;
  each_with_prefix(map, std::tuple<First, Id>(first, 0), [&](const auto& key) {
    if (std::get<0>(key) != first) return false;
    ids.push_back(std::get<1>(key));
    return true;
  });
  return ids;
}

}  // namespace

std::vector<Id> Store::orphans(Kind kind, std::string_view ns) const {
  std::vector<Id> ids;
  each_with_prefix(orphans_, std::tuple<Kind, std::string_view, Id>(kind, ns, 0),
                   [&](const auto& key) {
                     if (std::get<0>(key) != kind || std::get<1>(key) != ns) return false;
                     ids.push_back(std::get<2>(key));
                     return true;
                   });
  return ids;
}

std::vector<Id> Store::pods_on(std::string_view node) const {
  if (node.empty()) return {};
  return seconds(pods_by_node_, node);
}
std::vector<Id> Store::unbound_pods() const { return seconds(pods_by_node_, std::string_view()); }
std::vector<Id> Store::sandboxes_on(Id machine) const { return seconds(sandboxes_, machine); }
std::vector<Id> Store::instances_of(Id sandbox) const { return seconds(instances_, sandbox); }
std::vector<Id> Store::disks_of(Id sandbox) const { return seconds(disks_, sandbox); }
std::vector<Id> Store::events_about(Uid uid) const {
  std::vector<Id> ids;
  events_.each(hash_of(uid), [&](Id id) {
    if (get<Event>(id)->involved_object.uid == uid) ids.push_back(id);
  });
  std::sort(ids.begin(), ids.end());
  return ids;
}

namespace {

// The ids behind the first two parts of a three-part key.
template <class Map>
std::vector<Id> thirds(const Map& map, std::string_view first, std::string_view second) {
  std::vector<Id> ids;
  const std::tuple<std::string_view, std::string_view, Id> prefix(first, second, 0);
  each_with_prefix(map, prefix, [&](const auto& key) {
    if (std::get<0>(key) != first || std::get<1>(key) != second) return false;
    ids.push_back(std::get<2>(key));
    return true;
  });
  return ids;
}

}  // namespace

std::vector<Id> Store::pods_of_claim(std::string_view ns, std::string_view claim) const {
  return thirds(pods_by_claim_, ns, claim);
}
std::vector<Id> Store::volumes_of_claim(std::string_view ns, std::string_view claim) const {
  return thirds(volumes_by_claim_, ns, claim);
}
std::vector<Id> Store::unclaimed_volumes(std::string_view storage_class) const {
  return seconds(unclaimed_, storage_class);
}
std::vector<Id> Store::attachments_to(std::string_view node) const {
  return seconds(attachments_by_node_, node);
}
std::vector<Id> Store::attachments_of(std::string_view volume) const {
  return seconds(attachments_by_volume_, volume);
}
std::vector<Id> Store::autoscalers_of(std::string_view ns, std::string_view kind,
                                      std::string_view name) const {
  if (autoscalers_.empty()) return {};
  return thirds(autoscalers_, ns, fmt::format("{}/{}", kind, name));
}

std::vector<Id> Store::selectable(const Object& selecting) const {
  if (auto pods = selectors_.pods_of(selecting)) return *std::move(pods);
  std::vector<Id> pods = list(Kind::Pod, selecting.meta.ns);
  std::sort(pods.begin(), pods.end());
  return pods;
}

std::vector<Id> Store::pods_with_affinity() const {
  std::vector<Id> ids;
  ids.reserve(affine_pods_.size());
  for (const auto& [key, none] : affine_pods_) ids.push_back(std::get<0>(key));
  return ids;
}

Id Store::sandbox_of(Id pod) const { return sandbox_by_pod_.get(pod); }

void Store::put(Ref ref, ObjectPtr object) {
  SIM_CHECK(object && object->kind == ref.kind);
  const ObjectPtr before = share(ref);
  tables_[at(ref.kind)].put(ref.id, object);
  reindex(ref, before.get(), object.get());
}

void Store::erase(Ref ref) {
  const ObjectPtr before = share(ref);
  if (!before) return;
  tables_[at(ref.kind)].erase(ref.id);
  reindex(ref, before.get(), nullptr);
}

namespace {

// Moves an entry of a set from one key to another; a null key is no entry.
template <class Map, class Key>
void move_entry(Map& map, const Key* before, const Key* after) {
  if (before && after && *before == *after) return;
  if (before) map.erase(*before);
  if (after) map.set(*after, {});
}

template <class T>
const T* cast(const Object* object) {
  return static_cast<const T*>(object);
}

}  // namespace

void Store::reindex(Ref ref, const Object* before, const Object* after) {
  // Names and uids never change while a row lives: only its coming and going matters.
  const bool comes = after && !before;
  const bool goes = before && !after;
  const Object& any = after ? *after : *before;
  if (is_api_kind(ref.kind)) {
    if (comes || goes) reindex_name(ref, any.meta, comes);
    reindex_owners(ref, before, after);
  }
  switch (ref.kind) {
    case Kind::Pod:
      reindex_pod(ref.id, cast<Pod>(before), cast<Pod>(after));
      break;
    case Kind::Node:
      if (comes) {
        for (const Id id : pods_on(any.meta.name)) {
          const Pod& pod = *get<Pod>(id);
          if (counts_as_load(pod)) add_load(pod, 1);
        }
      } else if (goes) {
        load_.set(ref.id, {});
      }
      node_index_.update(table(Kind::Node), ref.id, cast<Node>(before), cast<Node>(after));
      zones_.update(ref.id, cast<Node>(before), cast<Node>(after));
      break;
    case Kind::Event: {
      const std::uint64_t about = hash_of(cast<Event>(&any)->involved_object.uid);
      if (comes) events_.add(about, ref.id);
      if (goes) events_.erase(about, ref.id);
      break;
    }
    case Kind::Machine:
    case Kind::Outage:
    case Kind::ScalingMemory:
    case Kind::NodeGroup:
    case Kind::ClusterAutoscaler:
      if (comes) names_[at(ref.kind)].set({Str(), any.meta.name}, ref.id);
      if (goes) names_[at(ref.kind)].erase(std::tuple<Str, Str>(Str(), any.meta.name));
      break;
    case Kind::PodSandbox: {
      const Id pod = cast<PodSandbox>(&any)->pod;
      const std::tuple<Id, Id> place(cast<PodSandbox>(&any)->machine, ref.id);
      if (comes) sandbox_by_pod_.set(pod, ref.id);
      if (goes) sandbox_by_pod_.set(pod, 0);
      if (comes) sandboxes_.set(place, {});
      if (goes) sandboxes_.erase(place);
      break;
    }
    case Kind::ContainerInstance: {
      const std::tuple<Id, Id> key(cast<ContainerInstance>(&any)->sandbox, ref.id);
      if (comes) instances_.set(key, {});
      if (goes) instances_.erase(key);
      break;
    }
    case Kind::Disk: {
      const std::tuple<Id, Id> key(cast<Disk>(&any)->sandbox, ref.id);
      if (comes) disks_.set(key, {});
      if (goes) disks_.erase(key);
      // Those of their own life go by name: the contents of persistent volumes.
      if (std::get<0>(key) == 0) {
        const std::tuple<Str, Str> name(Str(), any.meta.name);
        if (comes) names_[at(ref.kind)].set(name, ref.id);
        if (goes) names_[at(ref.kind)].erase(name);
      }
      break;
    }
    case Kind::PersistentVolume:
      reindex_volume(ref.id, cast<PersistentVolume>(before), cast<PersistentVolume>(after));
      break;
    case Kind::VolumeAttachment:
      reindex_attachment(ref.id, cast<VolumeAttachment>(before), cast<VolumeAttachment>(after));
      break;
    case Kind::ReplicaSet:
    case Kind::ControllerRevision:
      reindex_orphan(ref, before, after);
      break;
    case Kind::HorizontalPodAutoscaler:
      reindex_autoscaler(ref.id, cast<HorizontalPodAutoscaler>(before),
                         cast<HorizontalPodAutoscaler>(after));
      break;
    case Kind::Load: {
      const std::tuple<Str, Str> name(any.meta.ns, any.meta.name);
      if (comes) names_[at(ref.kind)].set(name, ref.id);
      if (goes) names_[at(ref.kind)].erase(name);
      break;
    }
    case Kind::Service:
    case Kind::PodDisruptionBudget:
      selectors_.update_selector(ref, before, after, *this);
      break;
    default:
      break;
  }
}

void Store::reindex_name(Ref ref, const ObjectMeta& meta, bool comes) {
  const std::uint64_t name = hash_of(meta.ns, meta.name);
  if (comes) {
    by_name_[at(ref.kind)].add(name, ref.id);
    uids_.add(hash_of(meta.uid), ref);
  } else {
    by_name_[at(ref.kind)].erase(name, ref.id);
    uids_.erase(hash_of(meta.uid), ref);
  }
  if (ref.kind == Kind::Event) return;
  const std::tuple<Str, Str> key(meta.ns, meta.name);
  if (comes) names_[at(ref.kind)].set(key, ref.id);
  if (!comes) names_[at(ref.kind)].erase(key);
}

void Store::reindex_owners(Ref ref, const Object* before, const Object* after) {
  static const std::vector<OwnerReference> none;
  const auto& old_owners = before ? before->meta.owner_references : none;
  const auto& new_owners = after ? after->meta.owner_references : none;
  if (old_owners == new_owners) return;
  for (const OwnerReference& owner : old_owners) {
    owned_.erase(std::tuple<Uid, Kind, Id>(owner.uid, ref.kind, ref.id));
    if (owner.controller == true) {
      controlled_.erase(std::tuple<Uid, Kind, Id>(owner.uid, ref.kind, ref.id));
    }
  }
  for (const OwnerReference& owner : new_owners) {
    owned_.set({owner.uid, ref.kind, ref.id}, {});
    if (owner.controller == true) controlled_.set({owner.uid, ref.kind, ref.id}, {});
  }
}

void Store::reindex_orphan(Ref ref, const Object* before, const Object* after) {
  const bool was = before && !before->meta.controller();
  const bool is = after && !after->meta.controller();
  const std::tuple<Kind, Str, Id> key(ref.kind, (after ? after : before)->meta.ns, ref.id);
  move_entry(orphans_, was ? &key : nullptr, is ? &key : nullptr);
}

void Store::reindex_pod(Id id, const Pod* before, const Pod* after) {
  using Key = std::tuple<Str, Id>;
  {
    const Key old_key(before ? before->node_name : Str(), id);
    const Key new_key(after ? after->node_name : Str(), id);
    move_entry(pods_by_node_, before ? &old_key : nullptr, after ? &new_key : nullptr);
  }
  reindex_orphan({Kind::Pod, id}, before, after);
  selectors_.update_pod(id, before, after);
  reindex_claims(id, before, after);
  const bool counted = before && counts_as_load(*before);
  const bool counts = after && counts_as_load(*after);
  {
    const std::tuple<Id> key(id);
    move_entry(affine_pods_, counted && has_pod_affinity(*before) ? &key : nullptr,
               counts && has_pod_affinity(*after) ? &key : nullptr);
  }
  if (counted && counts && before->node_name == after->node_name && before->spec == after->spec) {
    return;
  }
  if (counted) add_load(*before, -1);
  if (counts) add_load(*after, 1);
  if (counted) count_priority(*before, -1);
  if (counts) count_priority(*after, 1);
}

void Store::count_priority(const Pod& pod, int sign) {
  const std::int32_t priority = pod.spec->priority.value_or(0);
  const std::int64_t* known = priorities_.find(priority);
  const std::int64_t pods = (known ? *known : 0) + sign;
  if (pods == 0) {
    priorities_.erase(priority);
  } else {
    priorities_.set(priority, pods);
  }
}

void Store::reindex_claims(Id id, const Pod* before, const Pod* after) {
  if (before && after && before->spec == after->spec) return;
  for (const Str& claim : before ? claims_of(*before) : std::vector<Str>()) {
    pods_by_claim_.erase(std::tuple<Str, Str, Id>(before->meta.ns, claim, id));
  }
  for (const Str& claim : after ? claims_of(*after) : std::vector<Str>()) {
    pods_by_claim_.set({after->meta.ns, claim, id}, {});
  }
}

void Store::reindex_volume(Id id, const PersistentVolume* before, const PersistentVolume* after) {
  using Key = std::tuple<Str, Str, Id>;
  const auto key_of = [id](const PersistentVolume* volume) {
    if (!volume || !volume->spec.claim_ref) return Key();
    return Key(volume->spec.claim_ref->ns, volume->spec.claim_ref->name, id);
  };
  const Key old_key = key_of(before);
  const Key new_key = key_of(after);
  const bool was = before && before->spec.claim_ref;
  const bool is = after && after->spec.claim_ref;
  move_entry(volumes_by_claim_, was ? &old_key : nullptr, is ? &new_key : nullptr);
  const std::tuple<Str, Id> old_class(before ? class_of(*before) : Str(), id);
  const std::tuple<Str, Id> new_class(after ? class_of(*after) : Str(), id);
  move_entry(unclaimed_, before && !was ? &old_class : nullptr,
             after && !is ? &new_class : nullptr);
}

void Store::reindex_attachment(Id id, const VolumeAttachment* before,
                               const VolumeAttachment* after) {
  using Key = std::tuple<Str, Id>;
  const Key old_node(before ? before->spec.node_name : Str(), id);
  const Key new_node(after ? after->spec.node_name : Str(), id);
  move_entry(attachments_by_node_, before ? &old_node : nullptr, after ? &new_node : nullptr);
  const auto volume_of = [](const VolumeAttachment* attachment) {
    return attachment ? attachment->spec.source.persistent_volume_name.value_or(Str()) : Str();
  };
  const Key old_volume(volume_of(before), id);
  const Key new_volume(volume_of(after), id);
  move_entry(attachments_by_volume_, before ? &old_volume : nullptr, after ? &new_volume : nullptr);
}

void Store::reindex_autoscaler(Id id, const HorizontalPodAutoscaler* before,
                               const HorizontalPodAutoscaler* after) {
  using Key = std::tuple<Str, Str, Id>;
  const auto key_of = [id](const HorizontalPodAutoscaler* autoscaler) {
    if (!autoscaler) return Key();
    const CrossVersionObjectReference& target = autoscaler->spec.scale_target_ref;
    return Key(autoscaler->meta.ns, fmt::format("{}/{}", target.kind, target.name), id);
  };
  const Key old_key = key_of(before);
  const Key new_key = key_of(after);
  move_entry(autoscalers_, before ? &old_key : nullptr, after ? &new_key : nullptr);
}

void Store::add_load(const Pod& pod, int sign) {
  const Id node = find(Kind::Node, "", pod.node_name);
  if (node == 0) return;
  NodeLoad load = load_.get(node);
  count_pod(load, pod, sign);
  load_.set(node, load);
}

namespace {

template <class Map>
bool same_items(const Map& a, const Map& b) {
  if (a.size() != b.size()) return false;
  auto other = b.begin();
  for (const auto& item : a) {
    if (!(item == *other)) return false;
    ++other;
  }
  return true;
}

}  // namespace

std::string Store::check_indexes() const {
  Store fresh;
  for (const Table<Object>& table : tables_) {
    for (const auto& [id, object] : table) fresh.put({object.kind, id}, table.share(id));
  }
  for (std::size_t kind = 0; kind < names_.size(); ++kind) {
    if (!same_items(names_[kind], fresh.names_[kind])) {
      return fmt::format("index of names of {}", info(static_cast<Kind>(kind)).plural);
    }
  }
  if (!(by_name_ == fresh.by_name_)) return "index of hashed names";
  if (!(uids_ == fresh.uids_)) return "index of uids";
  if (!same_items(controlled_, fresh.controlled_)) return "index of controllers";
  if (!same_items(owned_, fresh.owned_)) return "index of owners";
  if (!same_items(orphans_, fresh.orphans_)) return "index of objects without controller";
  if (!same_items(pods_by_node_, fresh.pods_by_node_)) return "index of pods by node";
  for (Id pod = 1; pod < table(Kind::Pod).next_id(); ++pod) {
    if (sandbox_of(pod) != fresh.sandbox_of(pod)) return "index of sandboxes";
  }
  if (!same_items(sandboxes_, fresh.sandboxes_)) return "index of sandboxes by machine";
  if (!same_items(instances_, fresh.instances_)) return "index of container instances";
  if (!same_items(disks_, fresh.disks_)) return "index of disks";
  if (!(events_ == fresh.events_)) return "index of events";
  if (!same_items(affine_pods_, fresh.affine_pods_)) return "index of pods with affinity";
  if (!same_items(autoscalers_, fresh.autoscalers_)) return "index of autoscalers";
  if (!same_items(pods_by_claim_, fresh.pods_by_claim_)) return "index of pods by claim";
  if (!same_items(volumes_by_claim_, fresh.volumes_by_claim_)) return "index of volumes by claim";
  if (!same_items(unclaimed_, fresh.unclaimed_)) return "index of volumes without claim";
  if (!same_items(attachments_by_node_, fresh.attachments_by_node_)) {
    return "index of attachments by node";
  }
  if (!same_items(attachments_by_volume_, fresh.attachments_by_volume_)) {
    return "index of attachments by volume";
  }
  if (!same_items(priorities_, fresh.priorities_)) return "index of priorities";
  if (!node_index_.agrees_with(fresh.node_index_, table(Kind::Node))) return "index of nodes";
  if (!(zones_ == fresh.zones_)) return "index of zones";
  if (!selectors_.agrees_with(fresh.selectors_)) return "index of selectors";
  for (const auto& [id, node] : table(Kind::Node)) {
    if (!(load_.get(id) == fresh.load_.get(id))) {
      return fmt::format("load of node {}", node.meta.name);
    }
  }
  return "";
}

}  // namespace sim
