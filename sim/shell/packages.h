// The storage drivers as people install them: EKS add-ons and Helm charts. To install one is to
// make its driver known to the cluster (sim/world/drivers.h) and to show the DaemonSet of its node
// plugin, of which podsight runs no pods. The snapshot controller comes the same way.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/world/drivers.h"

namespace sim {

struct DriverPackage {
  std::string_view addon;    // the EKS add-on; empty: there is none
  std::string_view chart;    // the Helm chart
  std::string_view version;  // of the add-on or the chart
  std::string_view driver;
  std::string_view daemon_set;  // of the node plugin, … (the snapshot controller has none)
  std::string_view image;       // … and what it runs
};
const std::vector<DriverPackage>& driver_packages();
const DriverPackage* find_addon(std::string_view name);
const DriverPackage* find_chart(std::string_view name);

/// Whether the cluster has it, whoever put it there.
bool is_installed(const World& world, const DriverPackage& package);
/// When its driver became known to the cluster.
Time installed_at(const World& world, const DriverPackage& package);
void install_package(const World& world, Plan& plan, const DriverPackage& package,
                     std::string_view ns);
void uninstall_package(const World& world, Plan& plan, const DriverPackage& package);

}  // namespace sim
