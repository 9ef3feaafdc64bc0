// The Go type behind each C++ field type, as Go's reflection names it: "*v1.PodSecurityContext",
// "[]v1.Container", "map[string]string". Error texts and the hashed dump of a template need it. A
// companion of sim/model/fields.h and as heavy.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "sim/model/fields.h"

namespace sim {

template <class T>
struct FieldType {
  using Value = T;
  static constexpr bool kOptional = false;
  static constexpr bool kBox = false;
  static constexpr bool kVector = false;
};
template <class T>
struct FieldType<std::optional<T>> {
  using Value = T;
  static constexpr bool kOptional = true;
  static constexpr bool kBox = false;
  static constexpr bool kVector = false;
};
template <class T>
struct FieldType<Box<T>> {
  using Value = T;
  static constexpr bool kOptional = false;
  static constexpr bool kBox = true;
  static constexpr bool kVector = false;
};
template <class T>
struct FieldType<std::vector<T>> {
  using Value = T;
  static constexpr bool kOptional = false;
  static constexpr bool kBox = false;
  static constexpr bool kVector = true;
};

/// A Box of these is a value in Go.
template <class T>
inline constexpr bool kSharedValue =
    std::is_same_v<T, PodSpec> || std::is_same_v<T, PodTemplateSpec>;

/// An optional<Time> of these options is a value in Go, null in JSON when zero.
template <class T>
inline constexpr bool kTimeType = std::is_same_v<T, Time> || std::is_same_v<T, MicroTime>;

/// "v1.Container" for T = Container; what a pointer to T is without its "*".
template <class T>
std::string go_type(const FieldOptions& options) {
  using Type = FieldType<T>;
  using Value = typename Type::Value;
  if constexpr (Type::kVector) {
    return "[]" + go_type<Value>(options);
  } else if constexpr (Type::kOptional) {
    const bool value = kTimeType<Value> && options.always;
    return (value ? "" : "*") + go_type<Value>(options);
  } else if constexpr (Type::kBox) {
    return (kSharedValue<Value> ? "" : "*") + go_type<Value>(options);
  } else if constexpr (std::is_same_v<T, Str>) {
    return std::string(options.go_type.empty() ? "string" : options.go_type);
  } else if constexpr (std::is_same_v<T, bool>) {
    return "bool";
  } else if constexpr (std::is_same_v<T, std::int32_t>) {
    return "int32";
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return "int64";
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {
    return "string";  // ObjectMeta.ResourceVersion
  } else if constexpr (std::is_same_v<T, Uid>) {
    return "types.UID";
  } else if constexpr (std::is_same_v<T, Time>) {
    return "v1.Time";
  } else if constexpr (std::is_same_v<T, MicroTime>) {
    return "v1.MicroTime";
  } else if constexpr (std::is_same_v<T, IntOrString>) {
    return "intstr.IntOrString";
  } else if constexpr (std::is_same_v<T, Quantity>) {
    return "resource.Quantity";
  } else if constexpr (std::is_same_v<T, ResourceList>) {
    return "v1.ResourceList";
  } else if constexpr (std::is_same_v<T, StringMap>) {
    return options.go_type.empty() ? "map[string]string"
                                   : "map[string]" + std::string(options.go_type);
  } else {
    return "v1." + std::string(go_struct_name<T>());
  }
}

}  // namespace sim
