// eksctl: add-ons, the other way to install what `aws eks create-addon` installs; and how many
// nodes a group is to have.
#include <charconv>

#include "sim/base/format.h"
#include "sim/base/time_format.h"
#include "sim/shell/host_call.h"
#include "sim/shell/packages.h"
#include "sim/world/node_group.h"

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

/// A number of nodes; none when the option is no such number.
std::optional<std::int32_t> count_of(const HostOptions& options, const std::string& name) {
  const std::string text = options.get(name);
  std::int32_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number < 0) {
    return std::nullopt;
  }
  return number;
}

void list_groups(HostCall& call, const std::string& cluster, const std::string& name) {
  call.out("CLUSTER\tNODEGROUP\tSTATUS\tMIN SIZE\tMAX SIZE\tDESIRED CAPACITY\n");
  for (const auto& [id, row] : call.world.store().table(Kind::NodeGroup)) {
    const auto& group = static_cast<const NodeGroup&>(row);
    if (!name.empty() && group.meta.name != name) continue;
    call.out(fmt::format("{}\t{}\tACTIVE\t{}\t{}\t{}\n", cluster, group.meta.name, group.min,
                         group.max, group.desired));
  }
}

/// eksctl 0.200 pkg/actions/nodegroup: Scale
void scale_node_group(HostCall& call, const HostOptions& options, const std::string& cluster,
                      const std::string& name) {
  const auto fail = [&](std::string_view why) { call.fail(fmt::format("Error: {}\n", why), 1); };
  if (name.empty()) return fail("--name must be set");
  for (const char* option : {"nodes", "nodes-min", "nodes-max"}) {
    if (options.has(option) && !count_of(options, option)) {
      return fail(
          fmt::format("invalid argument \"{}\" for \"--{}\" flag", options.get(option), option));
    }
  }
  const Id id = call.world.store().find(Kind::NodeGroup, "", name);
  if (id == 0) {
    return fail(
        fmt::format("failed to scale nodegroup for cluster \"{}\", error: No node group "
                    "found for name: {}.",
                    cluster, name));
  }
  const auto& group = *call.world.get<NodeGroup>(id);
  const std::int32_t wanted = count_of(options, "nodes").value_or(group.desired);
  const std::int32_t least = count_of(options, "nodes-min").value_or(group.min);
  const std::int32_t most = count_of(options, "nodes-max").value_or(group.max);
  if (wanted < least) {
    return fail(fmt::format("the desired nodes {} is less than current nodes-min/minSize {}",
                            wanted, least));
  }
  if (wanted > most) {
    return fail(fmt::format("the desired nodes {} is greater than current nodes-max/maxSize {}",
                            wanted, most));
  }
  log(call, "ℹ", fmt::format("scaling nodegroup \"{}\" in cluster {}", name, cluster));
  const std::string wrong = scale_group(call.world, call.plan, id, wanted, least, most);
  if (!wrong.empty()) return fail(wrong);
  log(call, "ℹ", "initiated scaling of nodegroup");
  log(call, "ℹ",
      fmt::format("to see the status of the scaling run `eksctl get nodegroup --cluster {} --name "
                  "{}`",
                  cluster, name));
}

}  // namespace

void run_eksctl(HostCall& call) {
  const HostOptions options = read_host_options(call.argv, 1, {"force", "wait", "preserve"});
  const std::string verb = options.words.empty() ? "" : options.words[0];
  const std::string what = options.words.size() < 2 ? "" : options.words[1];
  const bool addon = what == "addon" || what == "addons";
  const std::string cluster = options.has("cluster") ? options.get("cluster") : options.get("c");
  const bool groups = what == "nodegroup" || what == "nodegroups" || what == "ng";
  if (groups && (verb == "get" || verb == "scale")) {
    if (cluster.empty()) return call.fail("Error: --cluster must be set\n", 1);
    const std::string group = options.has("name") ? options.get("name") : options.get("n");
    return verb == "get" ? list_groups(call, cluster, group)
                         : scale_node_group(call, options, cluster, group);
  }
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
