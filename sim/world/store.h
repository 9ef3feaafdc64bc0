// All rows, by kind and id, and the indexes over them. The indexes are kept by put() and erase()
// alone and can be derived again from the rows: check_invariants() does, in every test.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "sim/base/column.h"
#include "sim/base/hash_index.h"
#include "sim/base/sorted_map.h"
#include "sim/base/table.h"
#include "sim/model/cluster_types.h"
#include "sim/model/pod_types.h"
#include "sim/model/storage_types.h"
#include "sim/model/workload_types.h"
#include "sim/world/machine.h"
#include "sim/world/node_index.h"
#include "sim/world/selector_index.h"
#include "sim/world/task.h"
#include "sim/world/zone_index.h"

namespace sim {

struct HorizontalPodAutoscaler;

/// What the pods bound to a node (and not ended) have asked for: kept up to date by the store.
struct NodeLoad {
  std::int64_t milli_cpu = 0;
  std::int64_t memory = 0;
  std::int64_t ephemeral_storage = 0;
  std::int64_t pods = 0;
  std::int64_t nonzero_milli_cpu = 0;  // with the scheduler's stand-ins for pods without requests
  std::int64_t nonzero_memory = 0;
  friend bool operator==(const NodeLoad&, const NodeLoad&) = default;
};

class Store {
 public:
  const Object* get(Ref ref) const { return table(ref.kind).get(ref.id); }
  ObjectPtr share(Ref ref) const { return table(ref.kind).share(ref.id); }
  template <class T>
  const T* get(Id id) const {
    return static_cast<const T*>(table(T::kKind).get(id));
  }
  template <class T>
  std::shared_ptr<const T> share(Id id) const {
    return std::static_pointer_cast<const T>(table(T::kKind).share(id));
  }
  const Table<Object>& table(Kind kind) const { return tables_[static_cast<std::size_t>(kind)]; }
  std::size_t count(Kind kind) const { return table(kind).size(); }

  /// By name; 0 when there is none. `ns` is empty for cluster-scoped kinds.
  Id find(Kind kind, std::string_view ns, std::string_view name) const;
  template <class T>
  const T* find(std::string_view ns, std::string_view name) const {
    return get<T>(find(T::kKind, ns, name));
  }
  Ref find(Uid uid) const;
  /// Ids in order of namespace and name, as etcd lists them; all namespaces when `ns` is empty.
  std::vector<Id> list(Kind kind, std::string_view ns = {}) const;
  /// Rows of the kind whose controller is `owner`, in order of creation.
  std::vector<Id> controlled_by(Uid owner, Kind kind) const;
  /// Rows of any kind that name `owner` among their owners.
  std::vector<Ref> owned_by(Uid owner) const;
  /// Pods, ReplicaSets or ControllerRevisions of a namespace that no controller owns: who may be
  /// adopted.
  std::vector<Id> orphans(Kind kind, std::string_view ns) const;
  /// Pods bound to a node by name, in order of creation.
  std::vector<Id> pods_on(std::string_view node) const;
  /// Pods that are not bound to a node yet, in order of creation.
  std::vector<Id> unbound_pods() const;
  /// Bound pods, not ended, that have affinity or anti-affinity to other pods.
  std::vector<Id> pods_with_affinity() const;
  const NodeLoad& load(Id node) const { return load_.at(node); }
  /// The least priority of any bound pod that has not ended; none: there is no such pod.
  std::optional<std::int32_t> least_priority() const {
    return priorities_.empty() ? std::nullopt : std::optional((*priorities_.begin()).first);
  }
  const NodeIndex& node_index() const { return node_index_; }
  const ZoneIndex& zones() const { return zones_; }
  /// Services and PodDisruptionBudgets that may select a pod.
  std::vector<Ref> selecting(const Pod& pod) const { return selectors_.selecting(pod.meta); }
  /// HorizontalPodAutoscalers whose target this is ("Deployment", "web"), in order of creation.
  std::vector<Id> autoscalers_of(std::string_view ns, std::string_view kind,
                                 std::string_view name) const;
  /// The pods that a Service or PodDisruptionBudget may select, in order of creation.
  std::vector<Id> selectable(const Object& selecting) const;
  Id sandbox_of(Id pod) const;                     // 0: none
  std::vector<Id> sandboxes_on(Id machine) const;  // in order of creation
  std::vector<Id> instances_of(Id sandbox) const;  // in order of creation
  std::vector<Id> disks_of(Id sandbox) const;
  std::vector<Id> events_about(Uid uid) const;  // in order of creation
  /// Pods of a namespace that name a claim among their volumes, in order of creation.
  std::vector<Id> pods_of_claim(std::string_view ns, std::string_view claim) const;
  /// PersistentVolumes whose claimRef names a claim, in order of creation.
  std::vector<Id> volumes_of_claim(std::string_view ns, std::string_view claim) const;
  /// PersistentVolumes of a class without a claimRef, in order of creation.
  std::vector<Id> unclaimed_volumes(std::string_view storage_class) const;
  /// VolumeAttachments to a node, and those of a PersistentVolume, in order of creation.
  std::vector<Id> attachments_to(std::string_view node) const;
  std::vector<Id> attachments_of(std::string_view volume) const;

  /// Writes a row and its index entries. Only apply() and journal playback call these.
  void put(Ref ref, ObjectPtr object);
  void erase(Ref ref);

  /// Empty when every index equals what the rows say; else what differs.
  std::string check_indexes() const;

 private:
  struct None {
    friend bool operator==(const None&, const None&) = default;
  };
  template <class... K>
  using Set = SortedMap<std::tuple<K...>, None>;

  std::vector<Id> list_events(std::string_view ns) const;
  void reindex(Ref ref, const Object* before, const Object* after);
  void reindex_name(Ref ref, const ObjectMeta& meta, bool comes);
  void reindex_owners(Ref ref, const Object* before, const Object* after);
  void reindex_orphan(Ref ref, const Object* before, const Object* after);
  void reindex_pod(Id id, const Pod* before, const Pod* after);
  void reindex_claims(Id id, const Pod* before, const Pod* after);
  void reindex_volume(Id id, const PersistentVolume* before, const PersistentVolume* after);
  void reindex_attachment(Id id, const VolumeAttachment* before, const VolumeAttachment* after);
  void reindex_autoscaler(Id id, const HorizontalPodAutoscaler* before,
                          const HorizontalPodAutoscaler* after);
  void add_load(const Pod& pod, int sign);
  void count_priority(const Pod& pod, int sign);

  std::array<Table<Object>, kKindCount> tables_;
  // By namespace and name: hashed to find one, in order to list them (Events, of which there are
  // many, are sorted when somebody lists them). What is no kind of the API is in order alone.
  std::array<HashIndex<Id>, kKindCount> by_name_;
  std::array<SortedMap<std::tuple<Str, Str>, Id>, kKindCount> names_;
  HashIndex<Ref> uids_;
  Set<Uid, Kind, Id> controlled_;
  Set<Uid, Kind, Id> owned_;
  Set<Kind, Str, Id> orphans_;  // of the kinds that are adopted
  Set<Str, Id> pods_by_node_;   // the empty node: not bound
  Column<Id> sandbox_by_pod_;
  Set<Id, Id> sandboxes_;  // by machine
  Set<Id, Id> instances_;
  Set<Id, Id> disks_;
  HashIndex<Id> events_;  // by the uid of what they are about
  Set<Id> affine_pods_;
  Set<Str, Str, Id> pods_by_claim_;     // by namespace and name of the claim
  Set<Str, Str, Id> volumes_by_claim_;  // the same
  Set<Str, Id> unclaimed_;              // by class
  Set<Str, Id> attachments_by_node_;
  Set<Str, Id> attachments_by_volume_;
  Set<Str, Str, Id> autoscalers_;  // by namespace and target: "Deployment/web"
  Column<NodeLoad> load_;
  SortedMap<std::int32_t, std::int64_t> priorities_;  // how many pods are bound with each
  NodeIndex node_index_;
  ZoneIndex zones_;
  SelectorIndex selectors_;
};

/// What a pod asks for: the larger of the sum over containers (with sidecars) and each init
/// container. k8s 1.30 pkg/api/v1/resource: PodRequests
NodeLoad pod_requests(const Pod& pod);

}  // namespace sim
