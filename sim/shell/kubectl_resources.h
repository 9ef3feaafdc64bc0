// The resources of the API server, those that podsight holds and those of which it has none, and
// the words that people call them by. k8s 1.30 as `kubectl api-resources` lists it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/kinds.h"

namespace sim::kubectl {

/// One line of `kubectl api-resources`.
struct ApiResource {
  std::string_view plural;
  std::string_view singular;
  std::string_view short_names;  // comma separated
  std::string_view group;
  std::string_view version;
  std::string_view name;  // "Deployment"
  bool namespaced = true;
  bool in_all = false;       // one of `kubectl get all`
  std::optional<Kind> kind;  // absent: podsight has none of it, as an empty cluster
};
/// All of them, by group and name.
const std::vector<ApiResource>& api_resource_list();
/// The resource that a word names ("deploy", "Deployments", "deployments.v1.apps"), or null.
const ApiResource* find_api_resource(std::string_view word);
/// "deployments.apps", as messages name it.
std::string full_name(const ApiResource& resource);
/// "/v1, Resource=pods": Go's words for a group, version and resource.
std::string go_name(const ApiResource& resource);

}  // namespace sim::kubectl
