// What the API server refuses, in its words. A FieldError prints as
// "spec.replicas: Invalid value: -1: must be greater than or equal to 0".
// k8s 1.30 pkg/apis/core/validation, pkg/apis/apps/validation
#pragma once

#include <string>
#include <vector>

#include "sim/model/meta.h"

namespace sim {

struct FieldError {
  std::string text;  // "path: Type: detail"
};

/// Of a new object (after defaulting).
std::vector<FieldError> validate_create(const Object& object);
/// Of a change (both defaulted, same kind and name): the new object's own errors and immutability.
std::vector<FieldError> validate_update(const Object& before, const Object& after);
/// `The Deployment "x" is invalid: …` as kubectl prints an Invalid status: one error on the line,
/// more as a bulleted list.
std::string invalid_message(Kind kind, std::string_view name,
                            const std::vector<FieldError>& errors);

}  // namespace sim
