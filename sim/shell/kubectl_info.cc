// What kubectl tells of itself and of the cluster: api-resources, api-versions, version,
// cluster-info, config. k8s 1.32 kubectl/pkg/cmd
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/columns.h"
#include "sim/base/format.h"
#include "sim/shell/kubectl_info.h"
#include "sim/shell/kubectl_objects.h"
#include "sim/shell/kubectl_raw.h"
#include "sim/shell/kubectl_resources.h"
#include "sim/shell/kubectl_work.h"
#include "sim/shell/output_form.h"
#include "sim/world/snapshots.h"

namespace sim::kubectl {
namespace {

constexpr std::string_view kVerbs = "create,delete,deletecollection,get,list,patch,update,watch";
constexpr std::string_view kContext = "podsight";  // of the context, its cluster and its user
constexpr std::string_view kServer = "https://127.0.0.1:6443";
constexpr std::string_view kKustomize = "v5.5.0";

bool has_word(std::string_view list, std::string_view word) {
  return fmt::format(",{},", list).find(fmt::format(",{},", word)) != std::string::npos;
}

Json client_version() {
  return {{"major", "1"},
          {"minor", "32"},
          {"gitVersion", "v1.32.5"},
          {"gitCommit", "9894294ef13a5b32803e3ca2c0d620a088cc84d1"},
          {"gitTreeState", "clean"},
          {"buildDate", "2025-05-15T09:12:10Z"},
          {"goVersion", "go1.23.8"},
          {"compiler", "gc"},
          {"platform", "linux/amd64"}};
}

/// A Version as Go writes it: in the order of its fields.
std::string version_json(const Json& version) {
  std::string text = "{";
  for (const char* field : {"major", "minor", "gitVersion", "gitCommit", "gitTreeState",
                            "buildDate", "goVersion", "compiler", "platform"}) {
    if (text.size() > 1) text += ',';
    text += fmt::format("\n    \"{}\": {}", field, version.at(field).dump());
  }
  return text + "\n  }";
}

std::string bracketed(const std::vector<std::string>& words) {
  return fmt::format("[{}]", fmt::join(words, " "));
}

}  // namespace

Step api_resources(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"api-group=", "cached",    "categories=", "namespaced",
             "no-headers", "output,o=", "sort-by=",    "verbs="};
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("api-resources", flags.error);
  if (!flags.args.empty()) {
    return usage_error("api-resources", "unexpected arguments: " + bracketed(flags.args));
  }
  const std::string form = flags.get("output");
  if (!form.empty() && form != "wide" && form != "name") {
    return fail(fmt::format("--output {} is not available", form));
  }
  const std::string sort_by = flags.get("sort-by");
  if (!sort_by.empty() && sort_by != "name" && sort_by != "kind") {
    return fail("--sort-by accepts only name or kind");
  }
  std::vector<ApiResource> chosen;
  for (const ApiResource& resource : api_resource_list()) {
    if (resource.kind && !is_served(call.world, *resource.kind)) continue;
    if (flags.has("api-group") && flags.get("api-group") != resource.group) continue;
    if (flags.has("namespaced") && flags.is_on("namespaced") != resource.namespaced) continue;
    bool fits = true;
    for (std::string_view verbs : flags.all("verbs")) {
      while (!verbs.empty()) {
        const std::size_t comma = std::min(verbs.find(','), verbs.size());
        fits = fits && has_word(kVerbs, verbs.substr(0, comma));
        verbs.remove_prefix(std::min(comma + 1, verbs.size()));
      }
    }
    for (const std::string& category : flags.all("categories")) {
      fits = fits && category == "all" && resource.in_all;
    }
    if (fits) chosen.push_back(resource);
  }
  std::stable_sort(chosen.begin(), chosen.end(), [&](const ApiResource& a, const ApiResource& b) {
    if (sort_by == "kind" && a.name != b.name) return a.name < b.name;
    if (sort_by.empty() && a.group != b.group) return a.group < b.group;
    return a.plural < b.plural;
  });
  Step step;
  std::string rows;
  if (!flags.is_on("no-headers") && form != "name") {
    rows = "NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND";
    rows += form == "wide" ? "\tVERBS\tCATEGORIES\n" : "\n";
  }
  for (const ApiResource& resource : chosen) {
    if (form == "name") {
      rows += full_name(resource) + "\n";
      continue;
    }
    rows += fmt::format("{}\t{}\t{}{}{}\t{}\t{}", resource.plural, resource.short_names,
                        resource.group, resource.group.empty() ? "" : "/", resource.version,
                        resource.namespaced, resource.name);
    rows += form == "wide" ? fmt::format("\t{}\t{}\n", kVerbs, resource.in_all ? "all" : "") : "\n";
  }
  say(step, align_table(rows));
  return step;
}

Step api_versions(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, {});
  if (!flags.error.empty()) return flag_error("api-versions", flags.error);
  if (!flags.args.empty()) {
    return usage_error("api-versions", "unexpected arguments: " + bracketed(flags.args));
  }
  std::vector<std::string> versions;
  for (const ApiResource& resource : api_resource_list()) {
    if (resource.kind && !is_served(call.world, *resource.kind)) continue;
    versions.push_back(resource.group.empty()
                           ? std::string(resource.version)
                           : fmt::format("{}/{}", resource.group, resource.version));
  }
  std::sort(versions.begin(), versions.end());
  versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
  Step step;
  say(step, fmt::format("{}\n", fmt::join(versions, "\n")));
  return step;
}

Step version(Call&, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"client", "output,o="};
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("version", flags.error);
  if (!flags.args.empty()) return fail("extra arguments: " + bracketed(flags.args));
  const std::string form = flags.get("output");
  if (!form.empty() && form != "json" && form != "yaml") {
    return fail("--output must be 'yaml' or 'json'");
  }
  const bool client_only = flags.is_on("client");
  Step step;
  if (form == "json") {
    std::string text = fmt::format("{{\n  \"clientVersion\": {},\n  \"kustomizeVersion\": \"{}\"",
                                   version_json(client_version()), kKustomize);
    if (!client_only) {
      text += fmt::format(",\n  \"serverVersion\": {}", version_json(server_version()));
    }
    say(step, text + "\n}\n");
  } else if (form == "yaml") {
    Json all = {{"clientVersion", client_version()}, {"kustomizeVersion", std::string(kKustomize)}};
    if (!client_only) all["serverVersion"] = server_version();
    say(step, to_yaml(all) + "\n");
  } else {
    say(step, fmt::format("Client Version: {}\nKustomize Version: {}\n",
                          client_version()["gitVersion"].get<std::string>(), kKustomize));
    if (!client_only) {
      say(step,
          fmt::format("Server Version: {}\n", server_version()["gitVersion"].get<std::string>()));
    }
  }
  if (!client_only) {
    warn(step,
         "WARNING: version difference between client (1.32) and server (1.30) exceeds the "
         "supported minor version skew of +/-1\n");
  }
  return step;
}

Step cluster_info(Call&, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, {});
  if (!flags.error.empty()) return flag_error("cluster-info", flags.error);
  if (!flags.args.empty() && flags.args.front() == "dump") {
    return fail("podsight has no dump; its own `sim` command tells more");
  }
  Step step;
  say(step, fmt::format("Kubernetes control plane is running at {}\n\nTo further debug and "
                        "diagnose cluster problems, use 'kubectl cluster-info dump'.\n",
                        kServer));
  return step;
}

// ---- config ----

namespace {

/// The kubeconfig of podsight's one context, with its fields in the order Go writes them.
struct Config {
  std::string ns;  // empty: none is set

  std::string namespace_line(std::string_view before, std::string_view after) const {
    return ns.empty() ? "" : fmt::format("{}{}{}", before, ns, after);
  }
  std::string yaml() const {
    return fmt::format(
        "apiVersion: v1\nclusters:\n- cluster:\n    server: {1}\n  name: {0}\ncontexts:\n- "
        "context:\n    cluster: {0}\n{2}    user: {0}\n  name: {0}\ncurrent-context: {0}\nkind: "
        "Config\npreferences: {{}}\nusers:\n- name: {0}\n  user: {{}}\n",
        kContext, kServer, namespace_line("    namespace: ", "\n"));
  }
  std::string json() const {
    return fmt::format(
        "{{\n    \"kind\": \"Config\",\n    \"apiVersion\": \"v1\",\n    \"preferences\": {{}},\n"
        "    \"clusters\": [\n        {{\n            \"name\": \"{0}\",\n            \"cluster\": "
        "{{\n                \"server\": \"{1}\"\n            }}\n        }}\n    ],\n    "
        "\"users\": [\n        {{\n            \"name\": \"{0}\",\n            \"user\": {{}}\n    "
        "    }}\n    ],\n    \"contexts\": [\n        {{\n            \"name\": \"{0}\",\n         "
        "   \"context\": {{\n                \"cluster\": \"{0}\",\n                \"user\": "
        "\"{0}\"{2}\n            }}\n        }}\n    ],\n    \"current-context\": \"{0}\"\n}}\n",
        kContext, kServer, namespace_line(",\n                \"namespace\": \"", "\""));
  }
  Json value() const {
    Json context = {{"cluster", kContext}, {"user", kContext}};
    if (!ns.empty()) context["namespace"] = ns;
    return {{"apiVersion", "v1"},
            {"kind", "Config"},
            {"preferences", Json::object()},
            {"current-context", kContext},
            {"clusters", {{{"name", kContext}, {"cluster", {{"server", kServer}}}}}},
            {"users", {{{"name", kContext}, {"user", Json::object()}}}},
            {"contexts", {{{"name", kContext}, {"context", std::move(context)}}}}};
  }
};

/// Words behind a subcommand of config: flags read, or the answer that they are wrong.
Flags config_flags(std::string_view sub, const std::vector<std::string>& words,
                   std::optional<Step>* wrong) {
  FlagSet set;
  if (sub == "view") {
    set.own = {"flatten", "merge", "minify", "raw"};
    set.prints = true;
  } else if (sub == "get-contexts") {
    set.own = {"no-headers", "output,o="};
  } else if (sub == "set-context") {
    set.own = {"current"};
  }
  Flags flags = read_flags(words, set);
  if (!flags.error.empty()) *wrong = flag_error(fmt::format("config {}", sub), flags.error);
  return flags;
}

Step view_config(Call& call, const Flags& flags, const Config& config) {
  std::string error;
  const auto form = output_form_of(call, flags, OutputLanguages::Objects, &error);
  if (!form) return fail(error);
  Step step;
  if (form->is_table() || form->kind == OutputForm::Kind::Yaml) {
    say(step, config.yaml());
  } else if (form->kind == OutputForm::Kind::Json) {
    say(step, config.json());
  } else {
    print_form(step, *form, config.value());
  }
  return step;
}

Step get_contexts(const Flags& flags, const Config& config) {
  const std::string form = flags.get("output");
  if (!form.empty() && form != "name") {
    return fail("output must be one of '' or 'name': " + form);
  }
  Step step;
  std::string rows;
  const bool named = form == "name";
  if (!named && !flags.is_on("no-headers")) rows = "CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n";
  std::string missing;
  bool shown = flags.args.empty();
  for (const std::string& name : flags.args) {
    if (name == kContext) {
      shown = true;
    } else {
      missing += fmt::format("error: context {} not found\n", name);
    }
  }
  if (shown && named) rows += fmt::format("{}\n", kContext);
  if (shown && !named) rows += fmt::format("*\t{0}\t{0}\t{0}\t{1}\n", kContext, config.ns);
  say(step, align_table(rows));
  if (!missing.empty()) {
    warn(step, missing);
    step.exit = 1;
  }
  return step;
}

Step set_context(Call& call, const Flags& flags) {
  const bool current = flags.is_on("current");
  if (current && !flags.args.empty()) {
    return fail("you cannot specify both a context name and --current");
  }
  if (flags.args.size() > 1) return fail("Unexpected args: " + bracketed(flags.args));
  if (!current && flags.args.empty()) {
    return fail("you must specify a non-empty context name or --current");
  }
  if (!current && flags.args.front() != kContext) {
    return fail(fmt::format("podsight has one context, \"{}\"", kContext));
  }
  if (flags.has("namespace")) {
    call.session.ns = flags.get("namespace").empty() ? "default" : flags.get("namespace");
  }
  Step step;
  say(step, fmt::format("Context \"{}\" modified.\n", kContext));
  return step;
}

}  // namespace

/// The subcommand stands in front, and is one of them: see run().
Step config(Call& call, const std::vector<std::string>& words) {
  const std::string sub = words.empty() ? "" : words.front();
  const std::vector<std::string> rest(words.begin() + (words.empty() ? 0 : 1), words.end());
  std::optional<Step> wrong;
  const Flags flags = config_flags(sub, rest, &wrong);
  if (wrong) return std::move(*wrong);
  Config now;
  if (call.session.ns != "default") now.ns = call.session.ns;
  if (sub == "view") return view_config(call, flags, now);
  if (sub == "get-contexts") return get_contexts(flags, now);
  if (sub == "set-context") return set_context(call, flags);
  Step step;
  if (sub == "current-context") {
    say(step, fmt::format("{}\n", kContext));
  } else if (sub == "get-clusters" || sub == "get-users") {
    say(step, fmt::format("NAME\n{}\n", kContext));
  } else {
    // use-context
    if (flags.args.size() != 1) return fail("Unexpected args: " + bracketed(flags.args));
    if (flags.args.front() != kContext) {
      return fail(fmt::format("no context exists with the name: \"{}\"", flags.args.front()));
    }
    say(step, fmt::format("Switched to context \"{}\".\n", kContext));
  }
  return step;
}

}  // namespace sim::kubectl
