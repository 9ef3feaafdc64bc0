#include "sim/model/pod_spec.h"

#include <algorithm>

namespace sim {
namespace {

constexpr std::string_view kVolumePrefix = "kube-api-access-";

void add_mount(std::vector<VolumeMount>& mounts, const Str& volume) {
  // A mount that a person put there stays the only one.
  const bool taken = std::any_of(mounts.begin(), mounts.end(), [](const VolumeMount& mount) {
    return mount.mount_path == kApiAccessMountPath;
  });
  if (taken) return;
  VolumeMount mount;
  mount.name = volume;
  mount.read_only = true;
  mount.mount_path = kApiAccessMountPath;
  mounts.push_back(std::move(mount));
}

void add_mounts(std::vector<Container>& containers, const Str& volume) {
  for (Container& container : containers) add_mount(container.volume_mounts, volume);
}

void drop_mount(std::vector<Container>& containers, const Str& volume) {
  for (Container& container : containers) {
    if (!container.volume_mounts.empty() && container.volume_mounts.back().name == volume) {
      container.volume_mounts.pop_back();
    }
  }
}

void inject(PodSpec& spec, const Str& volume) {
  spec.volumes.push_back(api_access_volume(volume));
  add_mounts(spec.init_containers, volume);
  add_mounts(spec.containers, volume);
}

}  // namespace

namespace {

Volume make_api_access_volume() {
  VolumeProjection token;
  ServiceAccountTokenProjection token_source;
  token_source.expiration_seconds = 3607;
  token_source.path = "token";
  token.service_account_token = token_source;

  VolumeProjection certificate;
  ConfigMapProjection certificate_source;
  certificate_source.local_object_reference.name = "kube-root-ca.crt";
  KeyToPath certificate_item;
  certificate_item.key = "ca.crt";
  certificate_item.path = "ca.crt";
  certificate_source.items.push_back(certificate_item);
  certificate.config_map = certificate_source;

  VolumeProjection ns;
  DownwardAPIProjection ns_source;
  DownwardAPIVolumeFile ns_file;
  ns_file.path = "namespace";
  ObjectFieldSelector ns_field;
  ns_field.api_version = "v1";
  ns_field.field_path = "metadata.namespace";
  ns_file.field_ref = ns_field;
  ns_source.items.push_back(ns_file);
  ns.downward_api = ns_source;

  ProjectedVolumeSource source;
  source.sources = {token, certificate, ns};
  source.default_mode = 420;
  Volume volume;
  volume.volume_source.projected = source;
  return volume;
}

}  // namespace

Volume api_access_volume(Str name) {
  // All pods have one: they share what is in it.
  static const Volume of_all = make_api_access_volume();
  Volume volume = of_all;
  volume.name = std::move(name);
  return volume;
}

PodSpec full_spec(const Pod& pod) {
  PodSpec spec = pod.spec ? *pod.spec : PodSpec();
  if (!pod.node_name.empty()) spec.node_name = pod.node_name;
  if (!pod.api_access_volume.empty()) inject(spec, pod.api_access_volume);
  return spec;
}

std::vector<Volume> volumes_of(const Pod& pod) {
  std::vector<Volume> volumes;
  if (pod.spec) volumes = pod.spec->volumes;
  if (!pod.api_access_volume.empty()) volumes.push_back(api_access_volume(pod.api_access_volume));
  return volumes;
}

std::vector<VolumeMount> mounts_of(const Pod& pod, const Container& container) {
  std::vector<VolumeMount> mounts = container.volume_mounts;
  if (!pod.api_access_volume.empty()) add_mount(mounts, pod.api_access_volume);
  return mounts;
}

bool fold_api_access(Pod& pod) {
  if (!pod.spec) return false;
  if (!pod.spec->node_name.empty()) {
    pod.node_name = pod.spec->node_name;
    pod.spec.edit().node_name = Str();
  }
  if (pod.spec->volumes.empty()) return false;
  const Str name = pod.spec->volumes.back().name;
  if (name.view().substr(0, kVolumePrefix.size()) != kVolumePrefix) return false;
  PodSpec folded = *pod.spec;
  folded.volumes.pop_back();
  drop_mount(folded.init_containers, name);
  drop_mount(folded.containers, name);
  // Fold only what unfolds to the same: anything else is a person's own volume of that name.
  PodSpec again = folded;
  inject(again, name);
  if (!(again == *pod.spec)) return false;
  pod.api_access_volume = name;
  pod.spec = std::move(folded);
  return true;
}

}  // namespace sim
