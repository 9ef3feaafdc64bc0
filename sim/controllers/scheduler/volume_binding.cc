#include "sim/controllers/scheduler/volume_binding.h"

#include <algorithm>
#include <iterator>

#include "sim/base/format.h"
#include "sim/model/volume_facts.h"

namespace sim::scheduler {
namespace {

constexpr const char* kNodeConflict = "node(s) had volume node affinity conflict";
constexpr const char* kBindConflict = "node(s) didn't find available persistent volumes to bind";
constexpr const char* kVolumeGone =
    "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";

const StorageClass* class_row(const World& world, const PersistentVolumeClaim& claim) {
  const Str name = class_of(claim);
  return name.empty() ? nullptr : world.find<StorageClass>("", name);
}

// k8s 1.30 pkg/apis/core/v1/helper: MatchTopologySelectorTerms
bool matches_topology(const std::vector<TopologySelectorTerm>& terms, const StringMap& labels) {
  if (terms.empty()) return true;
  return std::any_of(terms.begin(), terms.end(), [&](const TopologySelectorTerm& term) {
    const auto& all = term.match_label_expressions;
    return !all.empty() && std::all_of(all.begin(), all.end(), [&](const auto& each) {
      const Str* value = labels.find(each.key);
      return value &&
             std::find(each.values.begin(), each.values.end(), *value) != each.values.end();
    });
  });
}

// The nodes that a volume names by their hostname label; nothing when it names none.
// k8s 1.30 pkg/volume/util: GetLocalPersistentVolumeNodeNames
std::set<Str> hostnames_of(const PersistentVolume& volume) {
  std::set<Str> all;
  const Box<VolumeNodeAffinity>& affinity = volume.spec.node_affinity;
  if (!affinity || !affinity->required) return all;
  for (const NodeSelectorTerm& term : affinity->required->node_selector_terms) {
    std::optional<std::set<Str>> names;
    for (const NodeSelectorRequirement& each : term.match_expressions) {
      if (each.key != kHostnameLabel || each.op != "In") continue;
      const std::set<Str> values(each.values.begin(), each.values.end());
      if (!names) {
        names = values;
        continue;
      }
      std::set<Str> both;
      std::set_intersection(names->begin(), names->end(), values.begin(), values.end(),
                            std::inserter(both, both.end()));
      names = std::move(both);
    }
    if (names) all.merge(*names);
  }
  return all;
}

}  // namespace

bool is_reachable(const PersistentVolume& volume, const Node& node) {
  const Box<VolumeNodeAffinity>& affinity = volume.spec.node_affinity;
  if (!affinity || !affinity->required) return true;
  const auto& terms = affinity->required->node_selector_terms;
  return std::any_of(terms.begin(), terms.end(),
                     [&](const NodeSelectorTerm& term) { return NodeTerm(term).matches(node); });
}

VolumeBinder::VolumeBinder(const Incoming& incoming) : incoming_(incoming) {
  read_claims();
  if (active_ && refusal_.empty()) read_named_nodes();
}

// k8s 1.30 plugins/volumebinding/volume_binding.go: podHasPVCs
std::string VolumeBinder::wrong_with(const Volume& volume, const Str& name,
                                     const PersistentVolumeClaim* claim) const {
  const bool ephemeral = static_cast<bool>(volume.volume_source.ephemeral);
  if (!claim) {
    return ephemeral ? fmt::format(
                           "waiting for ephemeral volume controller to create the "
                           "persistentvolumeclaim \"{}\"",
                           name)
                     : fmt::format("persistentvolumeclaim \"{}\" not found", name);
  }
  if (claim->status.phase == "Lost") {
    return fmt::format("persistentvolumeclaim \"{}\" bound to non-existent persistentvolume \"{}\"",
                       name, claim->spec.volume_name);
  }
  if (claim->meta.deletion_timestamp) {
    return fmt::format("persistentvolumeclaim \"{}\" is being deleted", name);
  }
  if (ephemeral) {
    // k8s 1.30 component-helpers/storage/ephemeral: VolumeIsForPod
    const OwnerReference* owner = claim->meta.controller();
    const Pod& pod = incoming_.pod;
    if (!owner || !(owner->uid == pod.meta.uid)) {
      return fmt::format("PVC {}/{} was not created for pod {}/{} (pod is not owner)",
                         claim->meta.ns, name, pod.meta.ns, pod.meta.name);
    }
  }
  return "";
}

// k8s 1.30 plugins/volumebinding/binder.go: GetPodVolumeClaims
void VolumeBinder::read_claims() {
  const Pod& pod = incoming_.pod;
  const World& world = incoming_.world;
  bool unbound = false;
  for (const Volume& volume : incoming_.spec.volumes) {
    const Str name = claim_name(pod.meta.name, volume);
    if (name.empty()) continue;
    active_ = true;
    const Id id = world.store().find(Kind::PersistentVolumeClaim, pod.meta.ns, name);
    const auto* claim = world.get<PersistentVolumeClaim>(id);
    refusal_ = wrong_with(volume, name, claim);
    if (!refusal_.empty()) return;
    if (is_fully_bound(*claim)) {
      bound_.push_back(id);
    } else if (claim->spec.volume_name.empty() && is_delayed(class_row(world, *claim))) {
      delayed_.push_back(id);
    } else {
      unbound = true;
    }
  }
  if (unbound) refusal_ = "pod has unbound immediate PersistentVolumeClaims";
  for (std::vector<Id>* claims : {&bound_, &delayed_}) {
    std::sort(claims->begin(), claims->end());
    claims->erase(std::unique(claims->begin(), claims->end()), claims->end());
  }
  // The smallest first, so that each gets the smallest volume that does.
  std::stable_sort(delayed_.begin(), delayed_.end(), [&](Id a, Id b) {
    return storage_request(*world.get<PersistentVolumeClaim>(a)) <
           storage_request(*world.get<PersistentVolumeClaim>(b));
  });
}

void VolumeBinder::read_named_nodes() {
  for (const Id id : bound_) {
    const auto& claim = *incoming_.world.get<PersistentVolumeClaim>(id);
    const auto* volume = incoming_.world.find<PersistentVolume>("", claim.spec.volume_name);
    if (!volume) {  // Filter tells
      names_nodes_ = false;
      return;
    }
    std::set<Str> names = hostnames_of(*volume);
    if (names.empty()) continue;
    if (names_nodes_) {
      std::set<Str> both;
      std::set_intersection(named_nodes_.begin(), named_nodes_.end(), names.begin(), names.end(),
                            std::inserter(both, both.end()));
      names = std::move(both);
    }
    names_nodes_ = true;
    named_nodes_ = std::move(names);
  }
}

// k8s 1.30 component-helpers/storage/volume: FindMatchingVolume, on the scheduler's path
Id VolumeBinder::matching_volume(const PersistentVolumeClaim& claim, const Node& node,
                                 const std::set<Id>& taken) const {
  const World& world = incoming_.world;
  const Str storage_class = class_of(claim);
  const auto fits = [&](Id id, const PersistentVolume& volume) {
    return taken.count(id) == 0 && !volume.meta.deletion_timestamp &&
           !(capacity_of(volume) < storage_request(claim)) &&
           is_block(volume.spec.volume_mode) == is_block(claim.spec.volume_mode);
  };
  for (const Id id : world.store().volumes_of_claim(claim.meta.ns, claim.meta.name)) {
    const auto& volume = *world.get<PersistentVolume>(id);
    if (class_of(volume) != storage_class || !is_reserved_for(volume, claim)) continue;
    // Somebody has decided already; when that is not here, nothing is.
    if (fits(id, volume)) return is_reachable(volume, node) ? id : 0;
  }
  Id best = 0;
  for (const Id id : world.store().unclaimed_volumes(storage_class)) {
    const auto& volume = *world.get<PersistentVolume>(id);
    const bool does =
        fits(id, volume) && volume.status.phase == "Available" &&
        (!claim.spec.selector || sim::matches(&*claim.spec.selector, volume.meta.labels)) &&
        is_reachable(volume, node) &&
        covers_modes(volume.spec.access_modes, claim.spec.access_modes);
    if (!does) continue;
    if (best == 0 || capacity_of(volume) < capacity_of(*world.get<PersistentVolume>(best))) {
      best = id;
    }
  }
  return best;
}

// k8s 1.30 plugins/volumebinding/binder.go: checkVolumeProvisions
const char* VolumeBinder::why_not_provisioned(const PersistentVolumeClaim& claim,
                                              const Node& node) const {
  const StorageClass* storage_class = class_row(incoming_.world, claim);
  if (!storage_class || storage_class->provisioner.empty() ||
      storage_class->provisioner == kNoProvisioner ||
      !matches_topology(storage_class->allowed_topologies, node.meta.labels)) {
    return kBindConflict;
  }
  return nullptr;
}

// k8s 1.30 plugins/volumebinding/binder.go: FindPodVolumes
bool VolumeBinder::find_volumes(const Node& node, VolumeDecisions& decisions,
                                std::vector<const char*>& reasons) const {
  const World& world = incoming_.world;
  for (const Id id : bound_) {
    const auto& claim = *world.get<PersistentVolumeClaim>(id);
    const auto* volume = world.find<PersistentVolume>("", claim.spec.volume_name);
    if (volume && is_reachable(*volume, node)) continue;
    reasons.push_back(volume ? kNodeConflict : kVolumeGone);
    break;
  }
  std::vector<Id> to_match;
  for (const Id id : delayed_) {
    const auto& claim = *world.get<PersistentVolumeClaim>(id);
    const Str* selected = claim.meta.annotations.find(kSelectedNode);
    if (selected && *selected != node.meta.name) {
      reasons.push_back(kBindConflict);
      return false;
    }
    if (selected) {
      decisions.provisions.push_back(id);
    } else {
      to_match.push_back(id);
    }
  }
  std::set<Id> taken;
  for (const Id id : to_match) {
    const auto& claim = *world.get<PersistentVolumeClaim>(id);
    if (const Id volume = matching_volume(claim, node, taken)) {
      taken.insert(volume);
      decisions.bindings.emplace_back(volume, id);
    } else {
      decisions.provisions.push_back(id);
    }
  }
  for (const Id id : decisions.provisions) {
    const char* why = why_not_provisioned(*world.get<PersistentVolumeClaim>(id), node);
    if (!why) continue;
    reasons.push_back(why);
    break;
  }
  return reasons.empty();
}

Verdict VolumeBinder::check(Id node, Diagnosis& diagnosis) const {
  VolumeDecisions decisions;
  std::vector<const char*> reasons;
  if (find_volumes(incoming_.node(node), decisions, reasons)) return Verdict::Fits;
  for (const char* reason : reasons) diagnosis.count(Plugin::VolumeBinding, reason);
  return Verdict::Unresolvable;
}

VolumeDecisions VolumeBinder::decisions(Id node) const {
  VolumeDecisions decisions;
  std::vector<const char*> reasons;
  find_volumes(incoming_.node(node), decisions, reasons);
  return decisions;
}

BindingState binding_state(const World& world, const Pod& pod, Id node_id) {
  BindingState state;
  const Node* node = world.get<Node>(node_id);
  if (!node) {
    state.failure = "failed to get node";
    return state;
  }
  state.done = true;
  for (const Str& name : claims_of(pod)) {
    const auto* claim = world.find<PersistentVolumeClaim>(pod.meta.ns, name);
    if (!claim) {
      state.failure = fmt::format(
          "failed to check provisioning pvc: could not find v1.PersistentVolumeClaim \"{}/{}\"",
          pod.meta.ns, name);
      return state;
    }
    const Str* selected = claim->meta.annotations.find(kSelectedNode);
    const bool bound = is_fully_bound(*claim);
    if (selected && *selected != node->meta.name && !bound) {
      state.failure = fmt::format("provisioning failed for PVC \"{}\"", name);
      return state;
    }
    const PersistentVolume* volume =
        claim->spec.volume_name.empty() ? nullptr
                                        : world.find<PersistentVolume>("", claim->spec.volume_name);
    if (volume && !is_reachable(*volume, *node)) {
      state.failure = fmt::format(
          "pv \"{}\" node affinity doesn't match node \"{}\": no matching "
          "NodeSelectorTerms",
          volume->meta.name, node->meta.name);
      return state;
    }
    if (bound && volume) continue;
    state.done = false;
    if (bound || selected || !claim->spec.volume_name.empty()) continue;
    // It was given a volume that exists; or its provisioner gave it back.
    const auto reserved = world.store().volumes_of_claim(pod.meta.ns, name);
    const bool waits = std::any_of(reserved.begin(), reserved.end(), [&](Id id) {
      return is_reserved_for(*world.get<PersistentVolume>(id), *claim);
    });
    if (!waits) {
      state.failure = fmt::format("provisioning failed for PVC \"{}\"", name);
      return state;
    }
  }
  return state;
}

}  // namespace sim::scheduler
