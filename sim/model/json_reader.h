// How the API's JSON becomes structs: the visitor that the json_*.cc files of each group of kinds
// instantiate. Heavy: for them alone.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/base/hash.h"
#include "sim/model/controller_types.h"
#include "sim/model/go_types.h"
#include "sim/model/json_kinds.h"
#include "sim/model/pod_spec.h"

namespace sim::json {

/// A number as it stands in JSON text that Go has written.
std::string number_text(const Json& json);
/// The whole number of a JSON number, when Go would read it as one: 3.0 is written as "3" on its
/// way to the server.
std::optional<std::int64_t> integer(const Json& json);
/// Where Go's time.Parse stops in a text that is no RFC 3339 time, in its words.
std::string time_error(std::string_view text);
/// The first byte at which a text stops being base64, or npos.
std::size_t base64_fault(std::string_view text);

/// Go's encoding/json into the API's structs, case-sensitive and with all unknown fields told.
/// k8s 1.30 sigs.k8s.io/json: UnmarshalStrict
class Reader {
 public:
  std::vector<DecodeError> take_errors() {
    std::vector<DecodeError> errors = std::move(strict_);
    errors.insert(errors.end(), std::make_move_iterator(fatal_.begin()),
                  std::make_move_iterator(fatal_.end()));
    errors.insert(errors.end(), std::make_move_iterator(mismatches_.begin()),
                  std::make_move_iterator(mismatches_.end()));
    return errors;
  }
  bool failed() const { return !fatal_.empty() || !mismatches_.empty(); }

  template <class T>
  void read_object(const Json& json, T& object) {
    read_struct(json, object, true);
  }

 private:
  struct Step {
    std::string_view name;  // of a field or a key
    std::size_t index = 0;
    enum class Type { Field, Index, Key } type = Type::Field;
  };
  class Push {
   public:
    Push(Reader& reader, Step step) : reader_(reader) { reader_.steps_.push_back(step); }
    ~Push() { reader_.steps_.pop_back(); }
    Push(const Push&) = delete;
    Push& operator=(const Push&) = delete;

   private:
    Reader& reader_;
  };

  template <class T>
  class FieldReader {
   public:
    FieldReader(Reader& reader, std::string_view key, const Json& json)
        : reader_(reader), key_(key), json_(json) {}
    template <class F>
    void operator()(std::string_view, std::string_view name, F& field,
                    const FieldOptions& options) {
      if (found_ || name != key_) return;
      found_ = true;
      const std::string_view outer = reader_.struct_name_;
      const Push push(reader_, {key_, 0, Step::Type::Field});
      reader_.struct_name_ = go_struct_name<T>();
      reader_.read(json_, field, options);
      reader_.struct_name_ = outer;
    }
    template <class F>
    void inlined(std::string_view, F& field) {
      if (!found_) visit(field, *this);
    }
    void dropped(std::string_view, std::string_view name, std::string_view) {
      if (name == key_) found_ = true;
    }
    bool found() const { return found_; }

   private:
    Reader& reader_;
    std::string_view key_;
    const Json& json_;
    bool found_ = false;
  };

  template <class T>
  void read_struct(const Json& json, T& object, bool top = false) {
    if (json.is_null()) return;
    if (!json.is_object()) return mismatch(word_of(json), go_type<T>({}));
    for (auto item = json.begin(); item != json.end(); ++item) {
      if ((top || std::is_base_of_v<Object, T>)&&(item.key() == "apiVersion" ||
                                                  item.key() == "kind"))
        continue;
      FieldReader<T> reader(*this, item.key(), item.value());
      visit(object, reader);
      if (reader.found()) continue;
      const Push push(*this, {item.key(), 0, Step::Type::Field});
      DecodeError error = here(fmt::format("unknown field \"{}\"", strict_path()));
      error.strict = true;
      strict_.push_back(std::move(error));
    }
  }

  void read(const Json& json, Str& field, const FieldOptions& options) {
    if (json.is_null()) return;
    if (!json.is_string()) return mismatch(word_of(json), go_type<Str>(options));
    field = json.get_ref<const std::string&>();
  }
  void read(const Json& json, bool& field, const FieldOptions&) {
    if (json.is_null()) return;
    if (!json.is_boolean()) return mismatch(word_of(json), "bool");
    field = json.get<bool>();
  }
  void read(const Json& json, std::int32_t& field, const FieldOptions&) {
    read_integer(json, field, "int32");
  }
  void read(const Json& json, std::int64_t& field, const FieldOptions&) {
    read_integer(json, field, "int64");
  }
  void read(const Json& json, std::uint64_t& field, const FieldOptions& options) {
    Str text;
    read(json, text, options);
    // A resource version that no simulated server has given means none.
    std::uint64_t value = 0;
    for (const char c : text.view()) {
      if (c < '0' || c > '9' || value > (UINT64_MAX - 9) / 10) {
        value = 0;
        break;
      }
      value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    field = value;
  }
  void read(const Json& json, Uid& field, const FieldOptions& options) {
    Str text;
    read(json, text, options);
    const std::optional<Uid> uid = parse_uid(text);
    // Kubernetes takes any text for a UID; one that is no UUID stays told apart by its hash.
    field = uid ? *uid : Uid{fnv1a64(text.view()), mix(fnv1a64(text.view()))};
  }
  void read(const Json& json, Time& field, const FieldOptions&) {
    if (json.is_null()) return;
    if (!json.is_string()) return mismatch_in_custom(word_of(json), "string");
    const std::string& text = json.get_ref<const std::string&>();
    const std::optional<Time> time = parse_rfc3339(text);
    if (!time) return fatal(time_error(text));
    field = *time;
  }
  void read(const Json& json, MicroTime& field, const FieldOptions& options) {
    if (json.is_null()) return;
    Time time;
    read(json, time, options);
    field.time = time;
  }
  /// k8s 1.30 apimachinery/pkg/util/intstr: IntOrString.UnmarshalJSON
  void read(const Json& json, IntOrString& field, const FieldOptions&) {
    if (json.is_null()) return;
    if (json.is_string()) {
      field = IntOrString{true, 0, json.get_ref<const std::string&>()};
      return;
    }
    if (!json.is_number()) return mismatch_in_custom(word_of(json), "int32");
    const std::optional<std::int64_t> value = integer(json);
    if (!value || *value != static_cast<std::int32_t>(*value)) {
      return mismatch_in_custom("number " + number_text(json), "int32");
    }
    field = IntOrString{false, static_cast<std::int32_t>(*value), Str()};
  }
  /// k8s 1.30 apimachinery/pkg/api/resource: Quantity.UnmarshalJSON
  void read(const Json& json, Quantity& field, const FieldOptions&) {
    if (json.is_null()) return;
    std::string text = json.is_string()   ? json.get_ref<const std::string&>()
                       : json.is_number() ? number_text(json)
                                          : std::string(word_of(json));
    const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (!text.empty() && is_space(text.back())) text.pop_back();
    while (!text.empty() && is_space(text.front())) text.erase(0, 1);
    const std::optional<Quantity> quantity = Quantity::parse(text);
    if (!quantity) return fatal(std::string(quantity_error(text)));
    field = *quantity;
  }
  void read(const Json& json, StringMap& field, const FieldOptions& options) {
    if (json.is_null()) return;
    if (!json.is_object()) return mismatch(word_of(json), go_type<StringMap>(options));
    const bool bytes = !options.go_type.empty();
    for (auto item = json.begin(); item != json.end(); ++item) {
      const Push push(*this, {item.key(), 0, Step::Type::Key});
      Str value;
      read(item.value(), value, options);
      if (bytes) {
        const std::size_t fault = base64_fault(value);
        if (fault != std::string_view::npos) {
          mismatches_.push_back(here(fmt::format("illegal base64 data at input byte {}", fault)));
        }
      }
      field.set(item.key(), std::move(value));
    }
  }
  void read(const Json& json, ResourceList& field, const FieldOptions& options) {
    if (json.is_null()) return;
    if (!json.is_object()) return mismatch(word_of(json), "v1.ResourceList");
    for (auto item = json.begin(); item != json.end(); ++item) {
      const Push push(*this, {item.key(), 0, Step::Type::Key});
      Quantity amount;
      read(item.value(), amount, options);
      field.set(item.key(), amount);
    }
  }
  template <class T>
  void read(const Json& json, std::optional<T>& field, const FieldOptions& options) {
    if (json.is_null()) return;
    read(json, field.emplace(), options);
  }
  template <class T>
  void read(const Json& json, Box<T>& field, const FieldOptions& options) {
    if (json.is_null()) return;
    T value;
    read(json, value, options);
    field = std::move(value);
  }
  template <class T>
  void read(const Json& json, std::vector<T>& field, const FieldOptions& options) {
    if (json.is_null()) return;
    if (!json.is_array()) return mismatch(word_of(json), go_type<std::vector<T>>(options));
    field.reserve(json.size());
    for (std::size_t i = 0; i < json.size(); ++i) {
      const Push push(*this, {{}, i, Step::Type::Index});
      T value{};
      read(json[i], value, options);
      field.push_back(std::move(value));
    }
  }
  template <class T>
  void read(const Json& json, T& field, const FieldOptions&) {
    read_struct(json, field);
  }

  template <class T>
  void read_integer(const Json& json, T& field, std::string_view type) {
    if (json.is_null()) return;
    if (!json.is_number()) return mismatch(word_of(json), type);
    const std::optional<std::int64_t> value = integer(json);
    if (!value || *value != static_cast<T>(*value)) {
      return mismatch("number " + number_text(json), type);
    }
    field = static_cast<T>(*value);
  }

  /// As an API error names the place: "spec.containers[0].foo".
  std::string strict_path() const {
    std::string path;
    for (const Step& step : steps_) {
      if (step.type == Step::Type::Index) {
        path += fmt::format("[{}]", step.index);
      } else {
        if (!path.empty()) path += '.';
        path.append(step.name);
      }
    }
    return path;
  }
  DecodeError here(std::string message) const {
    DecodeError error;
    error.path = strict_path();
    for (const Step& step : steps_) {
      error.pointer += '/';
      if (step.type == Step::Type::Index) {
        error.pointer += std::to_string(step.index);
        continue;
      }
      for (const char c : step.name) {
        if (c == '~') {
          error.pointer += "~0";
        } else if (c == '/') {
          error.pointer += "~1";
        } else {
          error.pointer += c;
        }
      }
    }
    error.message = std::move(message);
    return error;
  }
  std::string mismatch_text(std::string_view value, std::string_view type) const {
    std::string go_path;  // of fields only: neither indexes nor keys
    for (const Step& step : steps_) {
      if (step.type != Step::Type::Field) continue;
      if (!go_path.empty()) go_path += '.';
      go_path.append(step.name);
    }
    if (go_path.empty()) {
      return fmt::format("json: cannot unmarshal {} into Go value of type {}", value, type);
    }
    return fmt::format("json: cannot unmarshal {} into Go struct field {}.{} of type {}", value,
                       struct_name_, go_path, type);
  }
  void mismatch(std::string_view value, std::string_view type) {
    mismatches_.push_back(here(mismatch_text(value, type)));
  }
  /// A type's own UnmarshalJSON ends the reading at once in Go, so its error is told before a
  /// mismatch that was found earlier.
  void mismatch_in_custom(std::string_view value, std::string_view type) {
    fatal(mismatch_text(value, type));
  }
  void fatal(std::string message) { fatal_.push_back(here(std::move(message))); }

  std::vector<Step> steps_;
  std::string_view struct_name_;
  std::vector<DecodeError> strict_;
  std::vector<DecodeError> fatal_;
  std::vector<DecodeError> mismatches_;
};

/// What Go's value semantics guarantee and a Box does not.
template <class T>
void complete(T& object) {
  if constexpr (requires { object.spec.pod_template; }) {
    if (!object.spec.pod_template) object.spec.pod_template.edit();
  }
}
inline void complete(Pod& pod) {
  if (!pod.spec) pod.spec.edit();
  fold_api_access(pod);
}
inline void complete(CronJob& object) {
  JobSpec& spec = object.spec.job_template.spec;
  if (!spec.pod_template) spec.pod_template.edit();
}

template <class T>
Decoded read_object(const Json& json) {
  auto object = std::make_shared<T>();
  Reader reader;
  reader.read_object(json, *object);
  Decoded decoded;
  if (!reader.failed()) {
    complete(*object);
    decoded.object = std::move(object);
  }
  decoded.errors = reader.take_errors();
  return decoded;
}

}  // namespace sim::json
