#include "sim/survive/classes.h"

#include "sim/world/drivers.h"

namespace sim {
namespace {

struct NamedClass {
  std::string_view name;
  std::string_view driver;
};

// As the clouds' and the drivers' own guides call them.
constexpr NamedClass kNamed[] = {
    {"gp2", kBlockDriver},
    {"gp3", kBlockDriver},
    {"io1", kBlockDriver},
    {"io2", kBlockDriver},
    {"st1", kBlockDriver},
    {"sc1", kBlockDriver},
    {"ebs-sc", kBlockDriver},
    {"ebs-csi-default-sc", kBlockDriver},
    {"auto-ebs-sc", kBlockDriver},
    {"efs", kSharedDriver},
    {"efs-sc", kSharedDriver},
    {"fsx-sc", "fsx.csi.aws.com"},
    {"fsx-lustre-sc", "fsx.csi.aws.com"},
    {"fsxn-sc-nfs", "csi.trident.netapp.io"},
    {"trident-csi", "csi.trident.netapp.io"},
    {"fsxz-vol-sc", "fsx.openzfs.csi.aws.com"},
    {"local-path", kNodeDriver},
};

bool says_shared(std::string_view name) {
  for (const std::string_view word : {"efs", "nfs", "cephfs", "file", "rwx", "shared", "gluster"}) {
    if (name.find(word) != std::string_view::npos) return true;
  }
  return false;
}

/// What a name that nobody knows sounds like.
std::string_view guessed(std::string_view name, bool shared) {
  for (const std::string_view word : {"local-path", "hostpath", "host-path"}) {
    if (name.find(word) != std::string_view::npos) return kNodeDriver;
  }
  return shared || says_shared(name) ? kSharedDriver : kBlockDriver;
}

}  // namespace

Guess driver_of_class(std::string_view name, bool shared) {
  for (const NamedClass& named : kNamed) {
    if (named.name == name) return {named.driver, true};
  }
  return {guessed(name, shared), false};
}

std::string stand_in_driver(std::string_view name, bool shared) {
  const Driver* driver = find_driver(name);
  if (driver) return std::string(driver->name);
  if (name == "kubernetes.io/no-provisioner") return std::string(name);
  return std::string(guessed(name, shared));
}

}  // namespace sim
