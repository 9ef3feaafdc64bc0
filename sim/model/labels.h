// Label selectors: the ones objects carry (LabelSelector) and the ones people type (`-l a=b,c!=d`).
// k8s 1.30 apimachinery/pkg/labels: Parse, Selector; apis/meta/v1: LabelSelectorAsSelector
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/str.h"
#include "sim/base/string_map.h"
#include "sim/model/pod_types.h"

namespace sim {

struct Requirement {
  // Equals is an In of one value, DoubleEquals too, NotEquals a NotIn; they print otherwise.
  enum class Op {
    In,
    NotIn,
    Exists,
    DoesNotExist,
    GreaterThan,
    LessThan,
    Equals,
    DoubleEquals,
    NotEquals
  };
  Str key;
  Op op = Op::Exists;
  std::vector<Str> values;
};

/// All requirements hold. No requirement matches everything.
struct Selector {
  std::vector<Requirement> requirements;

  bool matches(const StringMap& labels) const;
  /// "a=b,c in (d,e),!f", keys in order: what `describe` and `get -o wide` print.
  std::string text() const;
};

/// Parses what follows `-l`; on failure returns nothing and sets `error` to kubectl's words.
std::optional<Selector> parse_selector(std::string_view text, std::string* error);
/// A LabelSelector matches nothing when null; when empty, everything.
bool matches(const LabelSelector* selector, const StringMap& labels);
Selector to_selector(const LabelSelector& selector);
/// "a=b,c in (d)" of a LabelSelector; "<none>" when it is null or empty.
/// k8s 1.30 apis/meta/v1: FormatLabelSelector
std::string format_label_selector(const LabelSelector* selector);

/// The words of an API error about a label key, name or value; empty when it is valid.
/// k8s 1.30 apimachinery/pkg/util/validation: IsQualifiedName, IsDNS1123Label, IsDNS1123Subdomain,
/// ...
std::vector<std::string> qualified_name_errors(std::string_view text);
std::vector<std::string> label_value_errors(std::string_view text);
std::vector<std::string> dns1123_label_errors(std::string_view text);
std::vector<std::string> dns1123_subdomain_errors(std::string_view text);

}  // namespace sim
