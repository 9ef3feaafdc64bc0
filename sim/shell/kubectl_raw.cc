#include "sim/shell/kubectl_raw.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/go_text.h"
#include "sim/shell/kubectl_change.h"
#include "sim/shell/kubectl_objects.h"
#include "sim/shell/kubectl_resources.h"
#include "sim/shell/kubectl_write.h"
#include "sim/world/eviction.h"
#include "sim/world/snapshots.h"

namespace sim::kubectl {
namespace {

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  path = path.substr(0, path.find('?'));
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (slash != 0) parts.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return parts;
}

Step no_path(std::string_view path) {
  return fail(fmt::format("--raw must be a valid URL path: parse {}: invalid URI for request",
                          go_quote(path)));
}

Step not_there() {
  return fail(ApiError{404, "NotFound", "the server could not find the requested resource"});
}

}  // namespace

Json server_version() {
  return {{"major", "1"},
          {"minor", "30"},
          {"gitVersion", "v1.30.1"},
          {"gitCommit", "6911225c3f747e1cd9d109c305436d08b668f086"},
          {"gitTreeState", "clean"},
          {"buildDate", "2024-05-14T10:42:53Z"},
          {"goVersion", "go1.22.2"},
          {"compiler", "gc"},
          {"platform", "linux/amd64"}};
}

Step get_raw(Call& call, std::string_view path) {
  if (path.empty() || path.front() != '/') return no_path(path);
  std::vector<std::string> parts = parts_of(path);
  Step step;
  const std::string first = parts.empty() ? "" : parts.front();
  if (parts.size() == 1 && first == "version") {
    say(step, server_version().dump(2));
    return step;
  }
  if (parts.size() == 1 && (first == "healthz" || first == "livez" || first == "readyz")) {
    say(step, "ok");
    return step;
  }
  // /api/v1/…, /apis/GROUP/VERSION/…
  const bool core = first == "api";
  if (!core && first != "apis") return not_there();
  const std::size_t head = core ? 2 : 3;
  if (parts.size() <= head) return not_there();
  const std::string group = core ? "" : parts[1];
  const std::string version = parts[head - 1];
  parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(head));
  std::string ns;
  if (parts.size() > 2 && parts[0] == "namespaces") {
    ns = parts[1];
    parts.erase(parts.begin(), parts.begin() + 2);
  }
  const ApiResource* resource = nullptr;
  for (const ApiResource& known : api_resource_list()) {
    if (known.plural == parts[0] && known.group == group && known.version == version) {
      resource = &known;
    }
  }
  if (resource && resource->kind && !is_served(call.world, *resource->kind)) resource = nullptr;
  if (!resource || parts.size() > 2) return not_there();
  if (parts.size() == 2) {
    const Id id = resource->kind ? call.world.store().find(*resource->kind, ns, parts[1]) : 0;
    if (id == 0) {
      return fail(ApiError{404, "NotFound",
                           fmt::format("{} \"{}\" not found", full_name(*resource), parts[1])});
    }
    say(step, go_json(encode(*call.world.store().get(Ref{*resource->kind, id}))) + "\n");
    return step;
  }
  Json items = Json::array();
  if (resource->kind) {
    for (const Id id : call.world.store().list(*resource->kind, ns)) {
      Json item = encode(*call.world.store().get(Ref{*resource->kind, id}));
      item.erase("apiVersion");
      item.erase("kind");
      items.push_back(std::move(item));
    }
  }
  const Json list = {{"apiVersion", group.empty() ? version : fmt::format("{}/{}", group, version)},
                     {"kind", fmt::format("{}List", resource->name)},
                     {"metadata", {{"resourceVersion", std::to_string(call.world.revision())}}},
                     {"items", std::move(items)}};
  say(step, go_json(list) + "\n");
  return step;
}

Step post_raw(Call& call, std::string_view path, const std::string& body) {
  if (path.empty() || path.front() != '/') return no_path(path);
  // /api/v1/namespaces/NS/pods/POD/eviction
  const std::vector<std::string> parts = parts_of(path);
  const bool evicts = parts.size() == 7 && parts[0] == "api" && parts[1] == "v1" &&
                      parts[2] == "namespaces" && parts[4] == "pods" && parts[6] == "eviction";
  if (!evicts) return not_there();
  const std::string& name = parts[5];
  const Json eviction = Json::parse(body, nullptr, false);
  if (!eviction.is_object() || eviction.value("kind", Json()) != "Eviction") {
    return fail(ApiError{400, "BadRequest",
                         "the object provided is unrecognized (must be of type Eviction)"});
  }
  const Json meta = eviction.value("metadata", Json());
  // k8s 1.30 pkg/registry/core/pod/storage: EvictionREST.Create
  if (meta.is_object() && meta.contains("name") && meta["name"] != name) {
    return fail(ApiError{400, "BadRequest", "name in URL does not match name in Eviction object"});
  }
  const Id pod = call.world.store().find(Kind::Pod, parts[3], name);
  if (pod == 0) return fail(ApiError{404, "NotFound", fmt::format("pods \"{}\" not found", name)});
  std::optional<std::int64_t> grace;
  if (const Json options = eviction.value("deleteOptions", Json());
      options.is_object() && options.contains("gracePeriodSeconds") &&
      options["gracePeriodSeconds"].is_number_integer()) {
    grace = options["gracePeriodSeconds"].get<std::int64_t>();
  }
  const ApiResult result =
      api_evict(call.world, call.plan, pod, delete_options(grace), "an eviction was asked for");
  if (result.error) return fail(*result.error);
  Step step;
  say(step,
      "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Success\","
      "\"code\":201}\n");
  return step;
}

}  // namespace sim::kubectl
