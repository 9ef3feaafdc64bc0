// Objects as the API's JSON.
#include <nlohmann/json.hpp>

#include "sim/base/check.h"
#include "sim/model/go_types.h"
#include "sim/model/json.h"
#include "sim/model/pod_spec.h"

namespace sim {
namespace {

Json write(const Str& value) { return Json(value.str()); }
Json write(bool value) { return Json(value); }
Json write(std::int32_t value) { return Json(value); }
Json write(std::int64_t value) { return Json(value); }
Json write(std::uint64_t value) { return Json(std::to_string(value)); }
Json write(const Uid& value) { return Json(to_string(value)); }
Json write(const Time& value) { return Json(to_rfc3339(value)); }
Json write(const MicroTime& value) {
  return value.time ? Json(to_rfc3339_micro(*value.time)) : Json();
}
Json write(const IntOrString& value) {
  return value.is_string ? Json(value.text.str()) : Json(value.number);
}
Json write(const Quantity& value) { return Json(value.text()); }
Json write(const StringMap& map) {
  Json json = Json::object();
  for (const StringMap::Item& item : map) json.emplace(item.first.str(), item.second.str());
  return json;
}
Json write(const ResourceList& list) {
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

bool is_empty(const Str& value) { return value.empty(); }
bool is_empty(bool value) { return !value; }
bool is_empty(std::int32_t value) { return value == 0; }
bool is_empty(std::int64_t value) { return value == 0; }
bool is_empty(std::uint64_t value) { return value == 0; }
bool is_empty(const Uid& value) { return !value; }
bool is_empty(const StringMap& value) { return value.empty(); }
bool is_empty(const ResourceList& value) { return value.empty(); }
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
  return json;
}

template <class T>
Json write_object(const Object& object) {
  Json json = write(static_cast<const T&>(object));
  json["apiVersion"] = std::string(api_version(T::kKind));
  json["kind"] = std::string(info(T::kKind).name);
  return json;
}

}  // namespace

Json encode(const Object& object) {
  switch (object.kind) {
    case Kind::Namespace:
      return write_object<Namespace>(object);
    case Kind::Node:
      return write_object<Node>(object);
    case Kind::Pod: {
      Json json = write_object<Pod>(object);
      json["spec"] = encode(full_spec(static_cast<const Pod&>(object)));
      return json;
    }
    case Kind::ReplicaSet:
      return write_object<ReplicaSet>(object);
    case Kind::Deployment:
      return write_object<Deployment>(object);
    case Kind::ConfigMap:
      return write_object<ConfigMap>(object);
    case Kind::ServiceAccount:
      return write_object<ServiceAccount>(object);
    case Kind::Event:
      return write_object<Event>(object);
    case Kind::Lease:
      return write_object<Lease>(object);
    case Kind::Machine:
    case Kind::PodSandbox:
    case Kind::ContainerInstance:
    case Kind::Disk:
      break;
  }
  SIM_CHECK(is_api_kind(object.kind));
  return Json();
}

Json encode(const PodTemplateSpec& value) { return write(value); }
Json encode(const PodSpec& value) { return write(value); }

}  // namespace sim
