#include "sim/shell/packages.h"

#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/model/json.h"
#include "sim/model/objects.h"
#include "sim/world/api.h"
#include "sim/world/metrics.h"
#include "sim/world/snapshots.h"
#include "sim/world/world.h"

namespace sim {
namespace {

constexpr std::string_view kPlugin = "app.kubernetes.io/component";

Id find_daemon_set(const World& world, const DriverPackage& package) {
  for (const auto& [id, row] : world.store().table(Kind::DaemonSet)) {
    if (row.meta.name == package.daemon_set) return id;
  }
  return 0;
}

/// The node plugin, which runs on every node.
std::shared_ptr<Object> daemon_set(const DriverPackage& package, std::string_view ns) {
  const std::string name(package.daemon_set);
  Json json = {{"apiVersion", "apps/v1"},
               {"kind", "DaemonSet"},
               {"metadata",
                {{"name", name},
                 {"namespace", std::string(ns)},
                 {"labels", {{std::string(kPlugin), "csi-driver"}}}}}};
  json["spec"] = {
      {"selector", {{"matchLabels", {{"app", name}}}}},
      {"revisionHistoryLimit", 10},
      {"updateStrategy",
       {{"type", "RollingUpdate"}, {"rollingUpdate", {{"maxUnavailable", 1}, {"maxSurge", 0}}}}},
      {"template",
       {{"metadata", {{"labels", {{"app", name}}}}},
        {"spec",
         {{"restartPolicy", "Always"},
          {"nodeSelector", {{"kubernetes.io/os", "linux"}}},
          {"tolerations", Json::array({{{"operator", "Exists"}}})},
          {"containers",
           Json::array({{{"name", "plugin"}, {"image", std::string(package.image)}}})}}}}}};
  const Decoded decoded = decode(json);
  return decoded.object ? copy_api_object(*decoded.object) : nullptr;
}

}  // namespace

const std::vector<DriverPackage>& driver_packages() {
  static const std::vector<DriverPackage> packages = {
      {"aws-ebs-csi-driver", "aws-ebs-csi-driver", "v1.32.0-eksbuild.1", "ebs.csi.aws.com",
       "ebs-csi-node", "public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver:v1.32.0"},
      {"aws-efs-csi-driver", "aws-efs-csi-driver", "v2.0.2-eksbuild.1", "efs.csi.aws.com",
       "efs-csi-node", "public.ecr.aws/efs-csi-driver/amazon/aws-efs-csi-driver:v2.0.2"},
      {"aws-mountpoint-s3-csi-driver", "aws-mountpoint-s3-csi-driver", "v1.7.0-eksbuild.1",
       "s3.csi.aws.com", "s3-csi-node",
       "public.ecr.aws/mountpoint-s3-csi-driver/aws-mountpoint-s3-csi-driver:v1.7.0"},
      {"aws-fsx-csi-driver", "aws-fsx-csi-driver", "v1.2.0-eksbuild.1", "fsx.csi.aws.com",
       "fsx-csi-node", "public.ecr.aws/fsx-csi-driver/aws-fsx-csi-driver:v1.2.0"},
      {"", "aws-fsx-openzfs-csi-driver", "1.1.0", "fsx.openzfs.csi.aws.com", "fsx-openzfs-csi-node",
       "public.ecr.aws/fsx-csi-driver/aws-fsx-openzfs-csi-driver:v1.1.0"},
      {"", "trident-operator", "100.2410.0", "csi.trident.netapp.io", "trident-node-linux",
       "docker.io/netapp/trident:24.10.0"},
      {kSnapshotController, kSnapshotController, "v8.0.0-eksbuild.1", kSnapshotController, "", ""},
      {kMetricsServer, kMetricsServer, "v0.7.2-eksbuild.1", kMetricsServer, "", ""}};
  return packages;
}

const DriverPackage* find_addon(std::string_view name) {
  for (const DriverPackage& package : driver_packages()) {
    if (!package.addon.empty() && package.addon == name) return &package;
  }
  return nullptr;
}

const DriverPackage* find_chart(std::string_view name) {
  for (const DriverPackage& package : driver_packages()) {
    if (package.chart == name) return &package;
  }
  return nullptr;
}

bool is_installed(const World& world, const DriverPackage& package) {
  if (package.driver == kSnapshotController) return has_snapshot_controller(world);
  if (package.driver == kMetricsServer) return has_metrics_server(world);
  return world.find<CSIDriver>("", package.driver) != nullptr;
}

Time installed_at(const World& world, const DriverPackage& package) {
  if (package.driver == kSnapshotController) return snapshot_controller_since(world);
  if (package.driver == kMetricsServer) return metrics_server_since(world);
  const CSIDriver* driver = world.find<CSIDriver>("", package.driver);
  return driver ? driver->meta.creation_timestamp.value_or(Time{}) : Time{};
}

void install_package(const World& world, Plan& plan, const DriverPackage& package,
                     std::string_view ns) {
  if (package.driver == kSnapshotController) {
    install_snapshot_controller(world, plan);
    return;
  }
  if (package.driver == kMetricsServer) {
    install_metrics_server(world, plan);
    return;
  }
  if (const Driver* driver = find_driver(package.driver)) install_driver(world, plan, *driver);
  if (find_daemon_set(world, package) != 0) return;
  if (auto made = daemon_set(package, ns)) {
    api_create(world, plan, std::move(made), "a driver was installed");
  }
}

void uninstall_package(const World& world, Plan& plan, const DriverPackage& package) {
  if (package.driver == kSnapshotController) {
    uninstall_snapshot_controller(world, plan);
    return;
  }
  if (package.driver == kMetricsServer) {
    uninstall_metrics_server(world, plan);
    return;
  }
  if (const Driver* driver = find_driver(package.driver)) uninstall_driver(world, plan, *driver);
  if (const Id id = find_daemon_set(world, package); id != 0) {
    api_delete(world, plan, {Kind::DaemonSet, id}, {}, "a driver was removed");
  }
}

}  // namespace sim
