// How structs become the API's JSON: the visitor that the json_*.cc files of each group of kinds
// instantiate. Heavy: for them alone.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/model/go_types.h"
#include "sim/model/json.h"

namespace sim::json {

inline Json write(const Str& value) { return Json(value.str()); }
inline Json write(bool value) { return Json(value); }
inline Json write(std::int32_t value) { return Json(value); }
inline Json write(std::int64_t value) { return Json(value); }
inline Json write(std::uint64_t value) { return Json(std::to_string(value)); }
inline Json write(const Uid& value) { return Json(to_string(value)); }
inline Json write(const Time& value) { return Json(to_rfc3339(value)); }
inline Json write(const MicroTime& value) {
  return value.time ? Json(to_rfc3339_micro(*value.time)) : Json();
}
inline Json write(const IntOrString& value) {
  return value.is_string ? Json(value.text.str()) : Json(value.number);
}
inline Json write(const Quantity& value) { return Json(value.text()); }
inline Json write(const StringMap& map) {
  Json json = Json::object();
  for (const StringMap::Item& item : map) json.emplace(item.first.str(), item.second.str());
  return json;
}
inline Json write(const ResourceList& list) {
  Json json = Json::object();
  for (const ResourceList::Item& item : list) json.emplace(item.first.str(), item.second.text());
  return json;
}
template <class T>
Json write(const T& object);
template <class T>
Json write(const std::vector<T>& list) {
  Json json = Json::array();
  for (const T& item : list) json.push_back(write(item));
  return json;
}

inline bool is_empty(const Str& value) { return value.empty(); }
inline bool is_empty(bool value) { return !value; }
inline bool is_empty(std::int32_t value) { return value == 0; }
inline bool is_empty(std::int64_t value) { return value == 0; }
inline bool is_empty(std::uint64_t value) { return value == 0; }
inline bool is_empty(const Uid& value) { return !value; }
inline bool is_empty(const StringMap& value) { return value.empty(); }
inline bool is_empty(const ResourceList& value) { return value.empty(); }
template <class T>
bool is_empty(const std::vector<T>& value) {
  return value.empty();
}
/// A struct is never empty in the eyes of Go's `omitempty`.
template <class T>
bool is_empty(const T&) {
  return false;
}

/// Go's encoding/json over the API's structs.
class Writer {
 public:
  explicit Writer(Json& out) : out_(out) {}

  template <class T>
  void operator()(std::string_view, std::string_view name, const T& field,
                  const FieldOptions& options) {
    using Type = FieldType<T>;
    if constexpr (Type::kOptional) {
      if (field) {
        put(name, write(*field));
      } else if (options.always) {
        put(name, Json());
      }
    } else if constexpr (Type::kBox) {
      if (field) {
        put(name, write(*field));
      } else if (kSharedValue<typename Type::Value>) {
        put(name, write(typename Type::Value()));
      } else if (options.always) {
        put(name, Json());
      }
    } else {
      const bool empty = is_empty(field);
      if (empty && !options.always) return;
      // An empty list or map is nil by the time it has been stored, and nil prints as null.
      constexpr bool kNilWhenEmpty = Type::kVector || std::is_same_v<T, StringMap> ||  //
                                     std::is_same_v<T, ResourceList>;
      put(name, empty && kNilWhenEmpty ? Json() : write(field));
    }
  }
  template <class T>
  void inlined(std::string_view, const T& field) {
    visit(field, *this);
  }
  void dropped(std::string_view, std::string_view, std::string_view) {}

 private:
  void put(std::string_view name, Json value) { out_.emplace(std::string(name), std::move(value)); }
  Json& out_;
};

template <class T>
Json write(const T& object) {
  Json json = Json::object();
  Writer writer(json);
  visit(object, writer);
  if constexpr (std::is_base_of_v<Object, T>) {
    json["apiVersion"] = std::string(api_version(T::kKind));
    json["kind"] = std::string(info(T::kKind).name);
  }
  return json;
}

}  // namespace sim::json
