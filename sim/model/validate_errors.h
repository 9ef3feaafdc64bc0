// The parts of which validation is built: where a field stands, and the list of what is wrong. A
// FieldPath is a chain of names on the stack that becomes text only when there is an error, because
// every pod of a large world passes through here. k8s 1.30 apimachinery/pkg/util/validation/field
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/string_map.h"
#include "sim/model/pod_types.h"
#include "sim/model/validate.h"

namespace sim {

/// "spec.containers[0].name". A child points at its parent, which must outlive it: keep a path
/// only when its parent has a name too. A name may hold several steps ("spec.volumes").
class FieldPath {
 public:
  explicit FieldPath(std::string_view name) : name_(name) {}
  FieldPath child(std::string_view name) const { return FieldPath(this, name, Form::Name, 0); }
  FieldPath index(std::size_t i) const { return FieldPath(this, {}, Form::Index, i); }
  FieldPath key(std::string_view key) const { return FieldPath(this, key, Form::Key, 0); }
  std::string text() const;

 private:
  enum class Form : std::uint8_t { Name, Index, Key };
  FieldPath(const FieldPath* parent, std::string_view name, Form form, std::size_t index)
      : parent_(parent), name_(name), form_(form), index_(index) {}

  const FieldPath* parent_ = nullptr;
  std::string_view name_;
  Form form_ = Form::Name;
  std::size_t index_ = 0;
};

/// What is wrong so far, in the order in which the API server finds it.
class FieldErrors {
 public:
  using Words = std::initializer_list<std::string_view>;

  bool empty() const { return list_.empty(); }
  std::size_t size() const { return list_.size(); }
  std::vector<FieldError> take() { return std::move(list_); }

  void required(const FieldPath& path, std::string_view detail = {});
  void forbidden(const FieldPath& path, std::string_view detail);
  void too_long(const FieldPath& path, std::int64_t bytes);
  void not_found(const FieldPath& path, std::string_view value, std::string_view detail = {});
  void duplicate(const FieldPath& path, std::string_view value);
  void not_supported(const FieldPath& path, std::string_view value, Words supported);
  void invalid(const FieldPath& path, std::string_view value, std::string_view detail);
  void invalid(const FieldPath& path, const Str& value, std::string_view detail) {
    invalid(path, value.view(), detail);
  }
  void invalid(const FieldPath& path, const std::string& value, std::string_view detail) {
    invalid(path, std::string_view(value), detail);
  }
  void invalid(const FieldPath& path, const char* value, std::string_view detail) {
    invalid(path, std::string_view(value), detail);
  }
  void invalid(const FieldPath& path, std::int64_t value, std::string_view detail);
  /// With the value as Go's %#v prints it.
  void invalid_value(const FieldPath& path, std::string_view value, std::string_view detail);
  /// One "Invalid value" for each message.
  void all_invalid(const FieldPath& path, std::string_view value,
                   const std::vector<std::string>& details);
  void raw(const FieldPath& path, std::string_view body);

 private:
  std::vector<FieldError> list_;
};

bool is_one_of(std::string_view value, FieldErrors::Words words);

// Names and numbers. The lists of messages are empty when all is well.
// k8s 1.30 apimachinery/pkg/util/validation
std::vector<std::string> port_name_errors(std::string_view name);
std::vector<std::string> env_name_errors(std::string_view name);
std::vector<std::string> config_key_errors(std::string_view key);
std::vector<std::string> percent_errors(std::string_view text);
bool is_ip(std::string_view text);
bool is_cidr(std::string_view text);
/// A path with ".." in it.
bool climbs(std::string_view path);
std::string range_error(std::int64_t low, std::int64_t high);

/// A label or a DNS-1123 name at a path; a prefix is a generateName and may end in a dash.
void check_dns_label(FieldErrors& errors, const FieldPath& path, std::string_view name,
                     bool prefix = false);
/// A name that begins with a letter, as a Service's must.
void check_dns1035_label(FieldErrors& errors, const FieldPath& path, std::string_view name,
                         bool prefix = false);
void check_dns_subdomain(FieldErrors& errors, const FieldPath& path, std::string_view name,
                         bool prefix = false);
void check_qualified_name(FieldErrors& errors, const FieldPath& path, std::string_view name);
void check_not_negative(FieldErrors& errors, const FieldPath& path, std::int64_t value);
void check_port_number(FieldErrors& errors, const FieldPath& path, std::int64_t port);
void check_ip(FieldErrors& errors, const FieldPath& path, std::string_view ip);
void check_labels(FieldErrors& errors, const FieldPath& path, const StringMap& labels);
void check_annotations(FieldErrors& errors, const FieldPath& path, const StringMap& annotations);
void check_label_selector(FieldErrors& errors, const FieldPath& path,
                          const LabelSelector& selector);
/// Not absolute and without "..".
void check_descending_path(FieldErrors& errors, const FieldPath& path, std::string_view target);
/// The same, and not beginning with "..".
void check_not_reserved_path(FieldErrors& errors, const FieldPath& path, std::string_view target);
void check_taint_effect(FieldErrors& errors, const FieldPath& path, std::string_view effect,
                        bool may_be_empty);

// What go_text cannot print because it is a type of its own in the API server's code.
std::string go_int_or_string(const IntOrString& value);
std::string go_labels(const StringMap& labels);

}  // namespace sim
