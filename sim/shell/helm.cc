// helm: the charts of storage drivers. A release is kept in a Secret, as Helm keeps it; what else
// is in a chart than the driver podsight does not model. helm v3.16
#include <nlohmann/json.hpp>

#include "sim/base/base64.h"
#include "sim/base/columns.h"
#include "sim/base/format.h"
#include "sim/base/time_format.h"
#include "sim/model/objects.h"
#include "sim/shell/host_call.h"
#include "sim/shell/packages.h"
#include "sim/world/api.h"
#include "sim/world/world.h"

namespace sim {
namespace {

constexpr std::string_view kRepositories = "/work/.config/helm/repositories";
constexpr Duration kWait = seconds(30);

/// "NAME URL" lines.
std::vector<std::pair<std::string, std::string>> repositories(HostCall& call) {
  std::vector<std::pair<std::string, std::string>> all;
  const std::string text = call.files().read(parse_path(kRepositories)).value;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::size_t space = line.find(' ');
    if (space != std::string_view::npos) {
      all.emplace_back(line.substr(0, space), line.substr(space + 1));
    }
  }
  return all;
}

void add_repository(HostCall& call, const HostOptions& options) {
  if (options.words.size() != 4) {
    return call.fail(
        "Error: \"helm repo add\" requires 2 arguments\n\nUsage:  helm repo add [NAME] [URL] "
        "[flags]\n",
        1);
  }
  for (const auto& [name, url] : repositories(call)) {
    if (name != options.words[2]) continue;
    if (url == options.words[3]) {
      return call.out(
          fmt::format("\"{}\" already exists with the same configuration, skipping\n", name));
    }
    return call.fail(fmt::format("Error: repository name ({}) already exists, please specify a "
                                 "different name\n",
                                 name),
                     1);
  }
  const Time now = call.world.now();
  Path path;
  for (const Str& part : parse_path(kRepositories)) {
    if (!path.empty() && !call.files().stat(path)) call.files().make_directory(path, 0755, now);
    path.push_back(part);
  }
  call.files().write(path, fmt::format("{} {}\n", options.words[2], options.words[3]), true, now);
  call.out(fmt::format("\"{}\" has been added to your repositories\n", options.words[2]));
}

void update_repositories(HostCall& call) {
  const auto all = repositories(call);
  if (all.empty()) {
    return call.fail("Error: no repositories found. You must add one before updating\n", 1);
  }
  call.out("Hang tight while we grab the latest from your chart repositories...\n");
  for (const auto& [name, url] : all) {
    call.out(fmt::format("...Successfully got an update from the \"{}\" chart repository\n", name));
  }
  call.out("Update Complete. ⎈Happy Helming!⎈\n");
}

constexpr std::string_view kReleaseType = "helm.sh/release.v1";

const Secret* find_release(const World& world, std::string_view ns, std::string_view name) {
  for (const auto& [id, row] : world.store().table(Kind::Secret)) {
    const auto& secret = static_cast<const Secret&>(row);
    if (secret.type == kReleaseType && secret.meta.ns == ns &&
        secret.meta.labels.get("name") == name) {
      return &secret;
    }
  }
  return nullptr;
}

std::string go_date(Time time) {
  const std::string text = to_rfc1123(time);  // "Wed, 01 Jan 2025 00:00:00 +0000"
  const auto part = [&](std::size_t from, std::size_t size) { return text.substr(from, size); };
  const std::string day = part(5, 2);
  return fmt::format("{} {} {:>2} {} {}", part(0, 3), part(8, 3),
                     day[0] == '0' ? day.substr(1) : day, part(17, 8), part(12, 4));
}

struct Release {
  std::string name, chart, ns;
  const DriverPackage* package = nullptr;
};

void tell(HostCall& call, const Release& release, int revision) {
  call.out(
      fmt::format("NAME: {}\nLAST DEPLOYED: {}\nNAMESPACE: {}\nSTATUS: deployed\nREVISION: "
                  "{}\nTEST SUITE: None\n",
                  release.name, go_date(call.world.now()), release.ns, revision));
}

void keep(HostCall& call, const Release& release) {
  auto secret = std::make_shared<Secret>();
  secret->meta.name = fmt::format("sh.helm.release.v1.{}.v1", release.name);
  secret->meta.ns = Str(release.ns);
  secret->meta.labels.set("name", Str(release.name));
  secret->meta.labels.set("owner", "helm");
  secret->meta.labels.set("status", "deployed");
  secret->meta.labels.set("version", "1");
  secret->type = kReleaseType;
  secret->data.set("release", Str(encode_base64(release.chart)));
  call.plan.create(call.world, std::move(secret), "helm keeps its release");
}

void install(HostCall& call, const HostOptions& options, bool upgrade) {
  const char* failed = upgrade ? "UPGRADE FAILED" : "INSTALLATION FAILED";
  if (options.words.size() != 3) {
    return call.fail(fmt::format("Error: \"helm {}\" requires 2 arguments\n", options.words[0]), 1);
  }
  Release release;
  release.name = options.words[1];
  release.chart = options.words[2];
  release.ns = options.has("namespace") ? options.get("namespace") : options.get("n");
  if (release.ns.empty()) release.ns = call.session.ns;
  const bool there = find_release(call.world, release.ns, release.name) != nullptr;
  if (upgrade && !there && !options.has("install") && !options.has("i")) {
    return call.fail(
        fmt::format("Error: UPGRADE FAILED: \"{}\" has no deployed releases\n", release.name), 1);
  }
  if (!upgrade && there) {
    return call.fail("Error: INSTALLATION FAILED: cannot re-use a name that is still in use\n", 1);
  }
  const std::size_t slash = release.chart.find('/');
  const std::string repository = release.chart.substr(0, slash);
  bool known = false;
  for (const auto& [name, url] : repositories(call)) known = known || name == repository;
  if (!known) {
    return call.fail(fmt::format("Error: {}: repo {} not found\n", failed, repository), 1);
  }
  release.package =
      slash == std::string::npos ? nullptr : find_chart(release.chart.substr(slash + 1));
  if (!release.package) return call.unmodelled(fmt::format("the chart {}", release.chart));
  if (upgrade && there) {
    call.out(fmt::format("Release \"{}\" has been upgraded. Happy Helming!\n", release.name));
    return tell(call, release, 1);
  }
  if (upgrade) {
    call.out(fmt::format("Release \"{}\" does not exist. Installing it now.\n", release.name));
  }
  if (!call.world.find<Namespace>("", release.ns)) {
    if (!options.has("create-namespace")) {
      return call.fail(fmt::format("Error: {}: create: failed to create: namespaces \"{}\" not "
                                   "found\n",
                                   failed, release.ns),
                       1);
    }
    auto ns = std::make_shared<Namespace>();
    ns->meta.name = Str(release.ns);
    ns->meta.labels.set("name", Str(release.ns));
    api_create(call.world, call.plan, std::move(ns), "helm --create-namespace");
  }
  install_package(call.world, call.plan, *release.package, release.ns);
  keep(call, release);
  call.step.took = options.has("wait") ? kWait : seconds(3);
  tell(call, release, 1);
}

void uninstall(HostCall& call, const HostOptions& options) {
  if (options.words.size() < 2) {
    return call.fail("Error: \"helm uninstall\" requires at least 1 argument\n", 1);
  }
  std::string ns = options.has("namespace") ? options.get("namespace") : options.get("n");
  if (ns.empty()) ns = call.session.ns;
  const std::string& name = options.words[1];
  const Secret* release = find_release(call.world, ns, name);
  if (!release) {
    return call.fail(
        fmt::format("Error: uninstall: Release not loaded: {}: release: not found\n", name), 1);
  }
  const std::string chart = decode_base64(release->data.get("release").view()).value_or("");
  const std::size_t slash = chart.find('/');
  if (slash != std::string::npos) {
    if (const DriverPackage* package = find_chart(chart.substr(slash + 1))) {
      uninstall_package(call.world, call.plan, *package);
    }
  }
  call.plan.erase({Kind::Secret, call.world.store().find(Kind::Secret, ns, release->meta.name)},
                  "helm uninstall");
  call.out(fmt::format("release \"{}\" uninstalled\n", name));
}

void list(HostCall& call, const HostOptions& options) {
  std::string ns = options.has("namespace") ? options.get("namespace") : options.get("n");
  if (ns.empty()) ns = call.session.ns;
  const bool all = options.has("all-namespaces") || options.has("A");
  call.out("NAME\tNAMESPACE\tREVISION\tSTATUS\tCHART\n");
  for (const auto& [id, row] : call.world.store().table(Kind::Secret)) {
    const auto& secret = static_cast<const Secret&>(row);
    if (secret.type != kReleaseType || (!all && secret.meta.ns != ns)) continue;
    call.out(fmt::format("{}\t{}\t1\tdeployed\t{}\n", secret.meta.labels.get("name"),
                         secret.meta.ns,
                         decode_base64(secret.data.get("release").view()).value_or("")));
  }
}

}  // namespace

void run_helm(HostCall& call) {
  const HostOptions options =
      read_host_options(call.argv, 1,
                        {"wait", "install", "i", "create-namespace", "atomic", "all-namespaces",
                         "A", "debug", "dry-run", "reuse-values", "devel"});
  call.step.took = seconds(1);
  const std::string verb = options.words.empty() ? "" : options.words[0];
  if (verb == "repo" && options.words.size() > 1) {
    if (options.words[1] == "add") return add_repository(call, options);
    if (options.words[1] == "update") return update_repositories(call);
  }
  if (options.has("dry-run")) return call.unmodelled("--dry-run");
  if (verb == "install") return install(call, options, false);
  if (verb == "upgrade") return install(call, options, true);
  if (verb == "uninstall" || verb == "delete") return uninstall(call, options);
  if (verb == "list" || verb == "ls") return list(call, options);
  call.unmodelled(fmt::format("`helm {}`", fmt::join(options.words, " ")));
}

}  // namespace sim
