// --overrides of `kubectl run` and `kubectl expose`: a patch of the object that they are about to
// make. k8s 1.32 kubectl/pkg/cmd/util: override_options.go
#pragma once

#include <memory>
#include <string>

#include "sim/model/meta.h"
#include "sim/shell/kubectl_flags.h"

namespace sim::kubectl {

/// The object with what the flags put over it; null when they are wrong, in kubectl's words.
std::shared_ptr<Object> override_object(const std::shared_ptr<Object>& object, const Flags& flags,
                                        std::string* error);

}  // namespace sim::kubectl
