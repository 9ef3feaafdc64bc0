// aws eks: add-ons. An add-on of a storage driver installs the driver; it is "active" a little
// later.
#include <algorithm>

#include "sim/base/format.h"
#include "sim/base/time_format.h"
#include "sim/model/objects.h"
#include "sim/shell/aws.h"
#include "sim/shell/packages.h"
#include "sim/world/world.h"

namespace sim::aws {
namespace {

constexpr Duration kUntilActive = seconds(30);
constexpr std::string_view kNamespace = "kube-system";

Json addon_json(Request& request, const DriverPackage& package, std::string_view status) {
  const std::string cluster = request.options.get("cluster-name");
  const bool there = is_installed(request.world(), package);
  const Time made = there ? installed_at(request.world(), package) : request.world().now();
  Json json = {{"addonName", std::string(package.addon)},
               {"clusterName", cluster},
               {"status", std::string(status)},
               {"addonVersion", std::string(package.version)},
               {"health", {{"issues", Json::array()}}},
               {"addonArn",
                fmt::format("arn:aws:eks:{}:{}:addon/{}/{}/{}", request.region(), kAccount, cluster,
                            package.addon, drawn_id(request.world(), package.addon, 12))},
               {"createdAt", to_rfc3339(made)},
               {"modifiedAt", to_rfc3339(made)},
               {"tags", Json::object()}};
  const std::string role = request.options.get("service-account-role-arn");
  if (!role.empty()) json["serviceAccountRoleArn"] = role;
  return json;
}

std::string_view status_of(Request& request, const DriverPackage& package) {
  const Time made = installed_at(request.world(), package);
  return request.world().now() >= made + kUntilActive ? "ACTIVE" : "CREATING";
}

/// The EBS driver brings a class along, when its configuration asks for it.
void add_default_class(Request& request) {
  const Json wanted = Json::parse(request.options.get("configuration-values"), nullptr, false);
  const auto enabled = Json::json_pointer("/defaultStorageClass/enabled");
  constexpr std::string_view kName = "ebs-csi-default-sc";
  if (wanted.is_discarded() || !wanted.contains(enabled) || wanted[enabled] != true ||
      request.world().find<StorageClass>("", kName)) {
    return;
  }
  auto made = std::make_shared<StorageClass>();
  made->meta.name = kName;
  made->meta.annotations.set("storageclass.kubernetes.io/is-default-class", "true");
  made->provisioner = "ebs.csi.aws.com";
  made->reclaim_policy = Str("Delete");
  made->volume_binding_mode = Str("WaitForFirstConsumer");
  made->allow_volume_expansion = true;
  request.call.plan.create(request.world(), std::move(made), "an add-on brought it");
}

void create(Request& request, const DriverPackage& package) {
  if (is_installed(request.world(), package)) {
    return request.refuse("ResourceInUseException", "CreateAddon", "Addon already exists.");
  }
  install_package(request.world(), request.call.plan, package, kNamespace);
  if (package.driver == "ebs.csi.aws.com") add_default_class(request);
  request.answer({{"addon", addon_json(request, package, "CREATING")}});
}

}  // namespace

void eks(Request& request) {
  std::string operation = request.operation;
  std::string state;
  if (operation == "wait" && !request.options.words.empty()) state = request.options.words.front();
  if (operation == "list-addons") {
    Json names = Json::array();
    for (const DriverPackage& package : driver_packages()) {
      if (!package.addon.empty() && is_installed(request.world(), package)) {
        names.push_back(std::string(package.addon));
      }
    }
    return request.answer({{"addons", names}});
  }
  const bool known = operation == "create-addon" || operation == "delete-addon" ||
                     operation == "describe-addon" || state == "addon-active";
  if (!known) return request.unmodelled();
  std::vector<std::string> missing;
  for (const char* option : {"cluster-name", "addon-name"}) {
    if (request.options.get(option).empty()) missing.push_back(fmt::format("--{}", option));
  }
  if (!missing.empty()) {
    return request.call.fail(
        fmt::format("\naws: [ERROR]: the following arguments are required: {}\n",
                    fmt::join(missing, ", ")),
        252);
  }
  const std::string name = request.options.get("addon-name");
  const DriverPackage* package = find_addon(name);
  if (operation == "create-addon") {
    if (!package) return request.call.unmodelled(fmt::format("the add-on {}", name));
    return create(request, *package);
  }
  if (!package || !is_installed(request.world(), *package)) {
    const std::string message =
        fmt::format("No addon: {} found in cluster: {}", name, request.options.get("cluster-name"));
    if (state.empty()) {
      return request.refuse("ResourceNotFoundException",
                            operation == "delete-addon" ? "DeleteAddon" : "DescribeAddon", message);
    }
    return request.call.fail(
        fmt::format("\nWaiter AddonActive failed: An error occurred (ResourceNotFoundException): "
                    "{}\n",
                    message),
        255);
  }
  if (operation == "describe-addon") {
    return request.answer({{"addon", addon_json(request, *package, status_of(request, *package))}});
  }
  if (operation == "delete-addon") {
    const Json shown = addon_json(request, *package, "DELETING");
    uninstall_package(request.world(), request.call.plan, *package);
    return request.answer({{"addon", shown}});
  }
  const Duration left =
      installed_at(request.world(), *package) + kUntilActive - request.world().now();
  request.call.step.took = std::max(request.call.step.took, left);
}

}  // namespace sim::aws
