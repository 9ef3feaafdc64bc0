// --field-selector: what objects are chosen by beside their labels. Every kind knows a few fields.
// k8s 1.30 apimachinery/pkg/fields: ParseSelector; pkg/apis/…: AddFieldLabelConversionFunc
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/meta.h"

namespace sim::kubectl {

struct FieldSelector {
  struct Term {
    std::string field;
    std::string value;
    bool equal = true;
  };
  std::vector<Term> terms;  // all must hold

  bool matches(const Object& object) const;
};

/// On failure `error` has the API server's words.
std::optional<FieldSelector> parse_field_selector(std::string_view text, std::string* error);
/// The first field by which a kind cannot be selected; empty when it can by all of them.
std::string unsupported_field(Kind kind, const FieldSelector& selector);

}  // namespace sim::kubectl
