#include "sim/controllers/stateful_set_identity.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "sim/base/format.h"

namespace sim::stateful_set {
namespace {

constexpr std::string_view kPodName = "statefulset.kubernetes.io/pod-name";
constexpr std::string_view kPodIndex = "apps.kubernetes.io/pod-index";

OwnerReference plain_reference(const Object& owner) {
  OwnerReference reference;
  reference.api_version = Str(api_version(owner.kind));
  reference.kind = Str(info(owner.kind).name);
  reference.name = owner.meta.name;
  reference.uid = owner.meta.uid;
  return reference;
}

bool set_owner(PersistentVolumeClaim& claim, const Object& owner, bool wanted) {
  auto& owners = claim.meta.owner_references;
  const auto at = std::find_if(owners.begin(), owners.end(), [&](const OwnerReference& each) {
    return each.uid == owner.meta.uid;
  });
  const bool there = at != owners.end();
  if (there == wanted) return false;
  if (wanted) {
    owners.push_back(plain_reference(owner));
  } else {
    owners.erase(at);
  }
  return true;
}

}  // namespace

std::optional<std::int32_t> ordinal_of(const StatefulSet& set, const Pod& pod) {
  const std::string_view name = pod.meta.name;
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || name.substr(0, dash) != set.meta.name.view()) {
    return std::nullopt;
  }
  const std::string_view digits = name.substr(dash + 1);
  std::int32_t ordinal = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
  if (error != std::errc() || end != digits.data() + digits.size() || ordinal < 0) {
    return std::nullopt;
  }
  return ordinal;
}

std::int32_t first_ordinal(const StatefulSet& set) {
  return set.spec.ordinals ? set.spec.ordinals->start : 0;
}

std::int32_t wanted_replicas(const StatefulSet& set) { return set.spec.replicas.value_or(1); }

bool is_in_range(const StatefulSet& set, std::int32_t ordinal) {
  const std::int64_t first = first_ordinal(set);
  return ordinal >= first && ordinal < first + wanted_replicas(set);
}

std::string pod_name(const StatefulSet& set, std::int32_t ordinal) {
  return fmt::format("{}-{}", set.meta.name, ordinal);
}

std::string claim_name(const StatefulSet& set, const PersistentVolumeClaim& claim,
                       std::int32_t ordinal) {
  return fmt::format("{}-{}-{}", claim.meta.name, set.meta.name, ordinal);
}

std::vector<PersistentVolumeClaim> claims_of(const StatefulSet& set, std::int32_t ordinal) {
  std::vector<PersistentVolumeClaim> claims;
  for (const PersistentVolumeClaim& from : set.spec.volume_claim_templates) {
    PersistentVolumeClaim claim = from;
    claim.meta.name = claim_name(set, from, ordinal);
    claim.meta.ns = set.meta.ns;
    for (const auto& [key, value] : set.spec.selector->match_labels) {
      claim.meta.labels.set(key, value);
    }
    claims.push_back(std::move(claim));
  }
  return claims;
}

void set_identity(const StatefulSet& set, std::int32_t ordinal, Pod& pod) {
  pod.meta.name = pod_name(set, ordinal);
  pod.meta.ns = set.meta.ns;
  pod.meta.labels.set(Str(kPodName), pod.meta.name);
  pod.meta.labels.set(Str(kPodIndex), std::to_string(ordinal));
}

void set_storage(const StatefulSet& set, std::int32_t ordinal, PodSpec& spec) {
  std::vector<Volume> volumes;
  for (const PersistentVolumeClaim& claim : set.spec.volume_claim_templates) {
    Volume volume;
    volume.name = claim.meta.name;
    volume.volume_source.persistent_volume_claim.edit().claim_name =
        claim_name(set, claim, ordinal);
    volumes.push_back(std::move(volume));
  }
  for (Volume& volume : spec.volumes) {
    const bool replaced = std::any_of(
        set.spec.volume_claim_templates.begin(), set.spec.volume_claim_templates.end(),
        [&](const PersistentVolumeClaim& claim) { return claim.meta.name == volume.name; });
    if (!replaced) volumes.push_back(std::move(volume));
  }
  spec.volumes = std::move(volumes);
}

bool has_identity(const StatefulSet& set, std::int32_t ordinal, const Pod& pod) {
  return pod.meta.name == pod_name(set, ordinal) && pod.meta.ns == set.meta.ns &&
         pod.meta.labels.get(kPodName) == pod.meta.name &&
         pod.meta.labels.get(kPodIndex) == std::to_string(ordinal);
}

bool has_storage(const StatefulSet& set, std::int32_t ordinal, const Pod& pod) {
  for (const PersistentVolumeClaim& claim : set.spec.volume_claim_templates) {
    const auto& volumes = pod.spec->volumes;
    const auto at = std::find_if(volumes.begin(), volumes.end(), [&](const Volume& volume) {
      return volume.name == claim.meta.name;
    });
    if (at == volumes.end() || !at->volume_source.persistent_volume_claim ||
        at->volume_source.persistent_volume_claim->claim_name != claim_name(set, claim, ordinal)) {
      return false;
    }
  }
  return true;
}

bool set_claim_owners(const StatefulSet& set, std::int32_t ordinal, const Pod& pod,
                      PersistentVolumeClaim& claim) {
  const auto& policy = set.spec.persistent_volume_claim_retention_policy;
  const bool with_set = policy && policy->when_deleted == "Delete";
  const bool with_pod = policy && policy->when_scaled == "Delete" && !is_in_range(set, ordinal);
  // A claim of a pod that is scaled away goes with the pod, not with the set.
  const bool set_changed = set_owner(claim, set, with_set && !with_pod);
  const bool pod_changed = pod.meta.uid && set_owner(claim, pod, with_pod);
  return set_changed || pod_changed;
}

bool is_stale(const Pod& pod, const PersistentVolumeClaim& claim) {
  return std::any_of(claim.meta.owner_references.begin(), claim.meta.owner_references.end(),
                     [&](const OwnerReference& owner) {
                       return owner.kind == "Pod" && owner.name == pod.meta.name &&
                              owner.uid != pod.meta.uid;
                     });
}

}  // namespace sim::stateful_set
