// eksctl: add-ons, the other way to install what `aws eks create-addon` installs.
#include "sim/base/format.h"
#include "sim/base/time_format.h"
#include "sim/shell/host_call.h"
#include "sim/shell/packages.h"
#include "sim/world/world.h"

namespace sim {
namespace {

/// eksctl's log lines begin with the time.
void log(HostCall& call, std::string_view mark, std::string_view text) {
  const std::string now = to_rfc3339(call.world.now());
  call.err(fmt::format("{} {} [{}]  {}\n", now.substr(0, 10), now.substr(11, 8), mark, text));
}

void list_addons(HostCall& call) {
  call.out("NAME\tVERSION\tSTATUS\tISSUES\n");
  for (const DriverPackage& package : driver_packages()) {
    if (package.addon.empty() || !is_installed(call.world, package)) continue;
    call.out(fmt::format("{}\t{}\tACTIVE\t0\n", package.addon, package.version));
  }
}

}  // namespace

void run_eksctl(HostCall& call) {
  const HostOptions options = read_host_options(call.argv, 1, {"force", "wait", "preserve"});
  const std::string verb = options.words.empty() ? "" : options.words[0];
  const std::string what = options.words.size() < 2 ? "" : options.words[1];
  const bool addon = what == "addon" || what == "addons";
  const std::string cluster = options.has("cluster") ? options.get("cluster") : options.get("c");
  if (!addon || (verb != "create" && verb != "get" && verb != "delete")) {
    return call.unmodelled(fmt::format("`eksctl {}`", fmt::join(options.words, " ")));
  }
  if (cluster.empty()) return call.fail("Error: --cluster must be set\n", 1);
  if (verb == "get") return list_addons(call);
  const std::string name = options.has("name") ? options.get("name") : options.get("n");
  if (name.empty()) return call.fail("Error: --name must be set\n", 1);
  const DriverPackage* package = find_addon(name);
  if (!package) return call.unmodelled(fmt::format("the add-on {}", name));
  if (verb == "create") {
    if (is_installed(call.world, *package)) {
      log(call, "✖", fmt::format("Addon {} is already present in this cluster", name));
      return call.fail("Error: addon already exists\n", 1);
    }
    log(call, "ℹ", fmt::format("creating addon: {}", name));
    install_package(call.world, call.plan, *package, "kube-system");
    log(call, "ℹ", fmt::format("addon \"{}\" active", name));
    call.step.took = seconds(30);
    return;
  }
  if (!is_installed(call.world, *package)) {
    return call.fail(fmt::format("Error: addon {} not found in cluster {}\n", name, cluster), 1);
  }
  log(call, "ℹ", fmt::format("deleting addon: {}", name));
  uninstall_package(call.world, call.plan, *package);
  log(call, "ℹ", fmt::format("deleted addon: {}", name));
}

}  // namespace sim
