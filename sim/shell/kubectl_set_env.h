// The environment of containers as `kubectl set env` reads, changes and lists it.
// k8s 1.32 kubectl/pkg/cmd/set: set_env.go, env/
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/shell/kubectl_change.h"

namespace sim::kubectl {

/// Variables to set, in order, and names to take away.
struct EnvChange {
  std::vector<EnvVar> set;
  std::vector<std::string> removed;
};

/// Reads the words and -e of a command; what is no variable names an object. Answers kubectl's
/// words when something is wrong.
std::string read_env_change(Change& change, std::vector<std::string>* names, EnvChange* env);
/// Adds the keys of the ConfigMap that --from names; the answer, when there is none.
std::optional<Step> add_env_from(Change& change, EnvChange& env);

/// kubectl's words when a variable is there already with another value.
std::string check_no_overwrite(const Json& container, const EnvChange& env);
void change_env(Json& container, const EnvChange& env);
/// Says a container's variables; with --resolve their values.
void list_env(Change& change, const Json& object, const Json& container);

/// Whether a name fits a pattern with "*" in it.
bool fits(std::string_view name, std::string_view pattern);

}  // namespace sim::kubectl
