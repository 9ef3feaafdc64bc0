// The hash of what a ConfigMap or a Secret holds, which kustomize and `--append-hash` put behind
// its name, so that a change makes a new object. k8s 1.32 kubectl/pkg/util/hash
#pragma once

#include <string>

#include "sim/model/json.h"

namespace sim {

/// Ten letters that make no word by accident, of an object's fields in question.
std::string name_hash(const Json& fields);

}  // namespace sim
