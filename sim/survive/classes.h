// Storage that manifests speak of by names podsight cannot look up: which driver stands behind a
// class that they only name, and which stands in for a driver that is not modelled.
#pragma once

#include <string>
#include <string_view>

namespace sim {

inline constexpr std::string_view kBlockDriver = "ebs.csi.aws.com";
inline constexpr std::string_view kSharedDriver = "efs.csi.aws.com";
inline constexpr std::string_view kNodeDriver = "rancher.io/local-path";

/// The driver of a class by the class's name; `shared`: a claim of it wants ReadWriteMany.
/// `known` says whether the name is one that people use for just this driver.
struct Guess {
  std::string_view driver;
  bool known = false;
};
Guess driver_of_class(std::string_view name, bool shared);

/// What stands in for a provisioner or a CSI driver; itself when podsight models it.
std::string stand_in_driver(std::string_view name, bool shared);

}  // namespace sim
