// `kubectl describe` of the kinds in storage_types.h. k8s 1.32 kubectl/pkg/describe
#include <algorithm>

#include "sim/base/columns.h"
#include "sim/base/format.h"
#include "sim/model/storage_types.h"
#include "sim/model/volume_facts.h"
#include "sim/shell/describe_parts.h"
#include "sim/shell/printers_kinds.h"

namespace sim::kubectl {
namespace {

void line(std::string& out, std::string_view name, std::string_view text) {
  out += fmt::format("{}:\t{}\n", name, text);
}

void status_line(const World& world, std::string& out, const ObjectMeta& meta, const Str& phase) {
  if (!meta.deletion_timestamp) return line(out, "Status", phase);
  const Duration since = world.now() - meta.deletion_timestamp->whole_seconds();
  line(out, "Status", fmt::format("Terminating (lasts {})", human_duration(since)));
}

void finalizers_line(std::string& out, const ObjectMeta& meta) {
  line(out, "Finalizers", fmt::format("[{}]", fmt::join(meta.finalizers, " ")));
}

/// "zone in [a, b]", each on a line of its own behind a title.
template <class Requirement, class Text>
void describe_term(std::string& out, std::string_view title, const std::vector<Requirement>& list,
                   Text text_of) {
  out += fmt::format("{}:\t", title);
  if (list.empty()) out += "<none>\n";
  for (std::size_t i = 0; i < list.size(); ++i) {
    // What follows stands at the same level as the title, behind an empty cell.
    if (i > 0) out += std::string(title.find_first_not_of(' '), ' ') + "\t";
    out += text_of(list[i]);
    if (!list[i].values.empty()) out += fmt::format(" [{}]", fmt::join(list[i].values, ", "));
    out += "\n";
  }
}

// k8s 1.32 kubectl/pkg/describe: printVolumeNodeAffinity
void describe_affinity(std::string& out, const Box<VolumeNodeAffinity>& affinity) {
  if (!affinity || !affinity->required) return line(out, "Node Affinity", "<none>");
  line(out, "Node Affinity", "");
  const std::vector<NodeSelectorTerm>& terms = affinity->required->node_selector_terms;
  line(out, "  Required Terms", terms.empty() ? "<none>" : "");
  for (std::size_t i = 0; i < terms.size(); ++i) {
    describe_term(out, fmt::format("    Term {}", i), terms[i].match_expressions,
                  [](const NodeSelectorRequirement& one) {
                    std::string op = one.op.str();
                    for (char& c : op) {
                      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
                    }
                    return fmt::format("{} {}", one.key, op);
                  });
  }
}

std::string describe_volume(const World& world, const PersistentVolume& volume) {
  const PersistentVolumeSpec& spec = volume.spec;
  std::string out;
  line(out, "Name", volume.meta.name);
  describe_labels(out, "Labels", volume.meta.labels);
  describe_annotations(out, "Annotations", volume.meta.annotations);
  finalizers_line(out, volume.meta);
  line(out, "StorageClass", class_of(volume));
  status_line(world, out, volume.meta, volume.status.phase);
  line(out, "Claim",
       spec.claim_ref ? fmt::format("{}/{}", spec.claim_ref->ns, spec.claim_ref->name) : "");
  line(out, "Reclaim Policy", spec.reclaim_policy);
  line(out, "Access Modes", access_modes_text(spec.access_modes));
  if (spec.volume_mode) line(out, "VolumeMode", *spec.volume_mode);
  line(out, "Capacity", spec.capacity.get("storage").text());
  describe_affinity(out, spec.node_affinity);
  line(out, "Message", volume.status.message);
  out += "Source:\n";
  describe_source(out, spec.source);
  return out;
}

/// The pods that name a claim; one that stands behind a claim of an ephemeral volume owns it.
std::vector<Str> users_of(const World& world, const PersistentVolumeClaim& claim) {
  std::vector<Str> names;
  for (const Id id : world.store().pods_of_claim(claim.meta.ns, claim.meta.name)) {
    const Pod& pod = *world.get<Pod>(id);
    const bool uses =
        std::any_of(pod.spec->volumes.begin(), pod.spec->volumes.end(), [&](const Volume& volume) {
          if (claim_name(pod.meta.name, volume) != claim.meta.name) return false;
          const OwnerReference* owner = claim.meta.controller();
          return !volume.volume_source.ephemeral || (owner && owner->uid == pod.meta.uid);
        });
    if (uses) names.push_back(pod.meta.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string describe_claim(const World& world, const PersistentVolumeClaim& claim) {
  const PersistentVolumeClaimSpec& spec = claim.spec;
  const bool bound = !spec.volume_name.empty();
  std::string out;
  line(out, "Name", claim.meta.name);
  line(out, "Namespace", claim.meta.ns);
  line(out, "StorageClass", class_of(claim));
  status_line(world, out, claim.meta, claim.status.phase);
  line(out, "Volume", spec.volume_name);
  describe_labels(out, "Labels", claim.meta.labels);
  describe_annotations(out, "Annotations", claim.meta.annotations);
  finalizers_line(out, claim.meta);
  line(out, "Capacity", bound ? claim.status.capacity.get("storage").text() : "");
  line(out, "Access Modes", bound ? access_modes_text(claim.status.access_modes) : "");
  if (spec.volume_mode) line(out, "VolumeMode", *spec.volume_mode);
  if (spec.data_source) {
    out += "DataSource:\n";
    if (spec.data_source->api_group) line(out, "  APIGroup", *spec.data_source->api_group);
    line(out, "  Kind", spec.data_source->kind);
    line(out, "  Name", spec.data_source->name);
  }
  const std::vector<Str> users = users_of(world, claim);
  line(out, "Used By", users.empty() ? "<none>" : fmt::format("{}", fmt::join(users, "\n\t")));
  if (claim.status.conditions.empty()) return out;
  const auto time = [](const std::optional<Time>& at) {
    return at ? to_rfc1123(*at) : std::string("Mon, 01 Jan 0001 00:00:00 +0000");
  };
  out +=
      "Conditions:\n  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n"
      "  ----\t------\t-----------------\t------------------\t------\t-------\n";
  for (const PersistentVolumeClaimCondition& one : claim.status.conditions) {
    out += fmt::format("  {} \t{} \t{} \t{} \t{} \t{}\n", one.type, one.status,
                       time(one.last_probe_time), time(one.last_transition_time), one.reason,
                       one.message);
  }
  return out;
}

std::string describe_class(const StorageClass& storage_class) {
  const StringMap& notes = storage_class.meta.annotations;
  const bool is_default = notes.get("storageclass.kubernetes.io/is-default-class") == "true" ||
                          notes.get("storageclass.beta.kubernetes.io/is-default-class") == "true";
  std::string out;
  line(out, "Name", storage_class.meta.name);
  line(out, "IsDefaultClass", is_default ? "Yes" : "No");
  line(out, "Annotations", labels_text(notes));
  line(out, "Provisioner", storage_class.provisioner);
  line(out, "Parameters", labels_text(storage_class.parameters));
  const std::optional<bool>& expands = storage_class.allow_volume_expansion;
  line(out, "AllowVolumeExpansion", expands ? (*expands ? "True" : "False") : "<unset>");
  if (storage_class.mount_options.empty()) {
    line(out, "MountOptions", "<none>");
  } else {
    out += "MountOptions:\n";
    for (const Str& option : storage_class.mount_options) out += fmt::format("  {}\n", option);
  }
  if (storage_class.reclaim_policy) line(out, "ReclaimPolicy", *storage_class.reclaim_policy);
  if (storage_class.volume_binding_mode) {
    line(out, "VolumeBindingMode", *storage_class.volume_binding_mode);
  }
  if (storage_class.allowed_topologies.empty()) return out;
  line(out, "AllowedTopologies", "");
  for (std::size_t i = 0; i < storage_class.allowed_topologies.size(); ++i) {
    describe_term(
        out, fmt::format("  Term {}", i),
        storage_class.allowed_topologies[i].match_label_expressions,
        [](const TopologySelectorLabelRequirement& one) { return one.key.str() + " in"; });
  }
  return out;
}

std::string describe_csi_node(const CSINode& node) {
  std::string out = describe_head(node);
  line(out, "CreationTimestamp", describe_time(node.meta.creation_timestamp));
  out += "Spec:\n";
  if (node.spec.drivers.empty()) return out;
  out += "  Drivers:\n";
  for (const CSINodeDriver& driver : node.spec.drivers) {
    out += fmt::format("    {}:\n      Node ID:\t{}\n", driver.name, driver.node_id);
    if (driver.allocatable && driver.allocatable->count) {
      out += fmt::format("      Allocatables:\n        Count:\t{}\n", *driver.allocatable->count);
    }
    if (!driver.topology_keys.empty()) {
      out += fmt::format("      Topology Keys:\t[{}]\n", fmt::join(driver.topology_keys, " "));
    }
  }
  return out;
}

}  // namespace

std::string describe_storage(const World& world, const Object& object) {
  switch (object.kind) {
    case Kind::PersistentVolume:
      return describe_volume(world, static_cast<const PersistentVolume&>(object));
    case Kind::PersistentVolumeClaim:
      return describe_claim(world, static_cast<const PersistentVolumeClaim&>(object));
    case Kind::StorageClass:
      return describe_class(static_cast<const StorageClass&>(object));
    case Kind::CSINode:
      return describe_csi_node(static_cast<const CSINode&>(object));
    case Kind::VolumeAttachment:
    case Kind::CSIDriver:
    case Kind::VolumeSnapshot:
    case Kind::VolumeSnapshotContent:
    case Kind::VolumeSnapshotClass:
      return describe_any(object);
    default:
      return "";
  }
}

}  // namespace sim::kubectl
