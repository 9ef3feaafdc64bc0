// Objects as Go prints them, where Kubernetes shows or hashes Go's own text: the dump under the
// pod-template-hash (spew) and the `%#v` in "Invalid value: v1.LabelSelector{…}".
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/base/string_map.h"
#include "sim/model/json.h"
#include "sim/model/pod_types.h"

namespace sim {

/// The pod-template-hash of a defaulted template (without the hash label), bit for bit.
/// k8s 1.30 pkg/controller: ComputeHash
std::string pod_template_hash(const PodTemplateSpec& pod_template,
                              std::optional<std::int32_t> collision_count);
/// A hash as it stands in names: its decimal digits in letters that spell no words.
/// k8s 1.30 apimachinery/pkg/util/rand: SafeEncodeString
std::string safe_hash_text(std::uint32_t hash);
/// The text that is hashed. k8s 1.30 apimachinery/pkg/util/dump: ForHash
std::string spew(const PodTemplateSpec& pod_template);

/// fmt.Sprintf("%#v") of values that occur in API error texts.
std::string go_value(const LabelSelector& selector);
std::string go_value(const StringMap& map);   // map[string]string{"a":"b"}
std::string go_quote(std::string_view text);  // strconv.Quote

/// fmt.Sprint of what Go unmarshals into an interface{}: "map[a:1 b:[x y]]", "<nil>".
std::string go_print(const Json& value);

}  // namespace sim
