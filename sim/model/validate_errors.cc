#include "sim/model/validate_errors.h"

#include <arpa/inet.h>

#include <algorithm>

#include "sim/base/format.h"
#include "sim/model/go_text.h"
#include "sim/model/labels.h"

namespace sim {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_mark(char c) { return c == '-' || c == '.' || c == '_'; }

/// k8s 1.30 apimachinery/pkg/util/validation: RegexError
std::string regex_error(std::string_view words, std::string_view regex,
                        FieldErrors::Words examples) {
  std::string text(words);
  text.append(" (e.g. ");
  bool first = true;
  for (const std::string_view example : examples) {
    text.append(first ? "'" : " or '").append(example).append("', ");
    first = false;
  }
  return text.append("regex used for validation is '").append(regex).append("')");
}

/// k8s 1.30 apimachinery/pkg/util/validation: hasChDirPrefix
void add_dot_errors(std::vector<std::string>& errors, std::string_view text) {
  if (text == ".") {
    errors.emplace_back("must not be '.'");
  } else if (text == "..") {
    errors.emplace_back("must not be '..'");
  } else if (text.substr(0, 2) == "..") {
    errors.emplace_back("must not start with '..'");
  }
}

/// A generateName's last dash stands for the letters to come.
/// k8s 1.30 apimachinery/pkg/api/validation: maskTrailingDash
std::string masked(std::string_view name, bool prefix) {
  std::string text(name);
  if (prefix && text.size() > 1 && text.back() == '-') {
    text.resize(text.size() - 2);
    text.push_back('a');
  }
  return text;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

}  // namespace

std::string FieldPath::text() const {
  std::string text = parent_ ? parent_->text() : std::string();
  switch (form_) {
    case Form::Name:
      // A root without a name prints as a subscript, as the real one does.
      if (!parent_ && name_.empty()) return "[]";
      if (parent_) text.push_back('.');
      text.append(name_);
      break;
    case Form::Index:
      text.append(fmt::format("[{}]", index_));
      break;
    case Form::Key:
      text.append("[").append(name_).append("]");
      break;
  }
  return text;
}

void FieldErrors::raw(const FieldPath& path, std::string_view body) {
  list_.push_back({fmt::format("{}: {}", path.text(), body)});
}

void FieldErrors::required(const FieldPath& path, std::string_view detail) {
  raw(path,
      detail.empty() ? std::string("Required value") : fmt::format("Required value: {}", detail));
}

void FieldErrors::forbidden(const FieldPath& path, std::string_view detail) {
  raw(path, fmt::format("Forbidden: {}", detail));
}

void FieldErrors::too_long(const FieldPath& path, std::int64_t bytes) {
  raw(path, fmt::format("Too long: must have at most {} bytes", bytes));
}

void FieldErrors::not_found(const FieldPath& path, std::string_view value,
                            std::string_view detail) {
  std::string body = fmt::format("Not found: {}", go_quote(value));
  if (!detail.empty()) body.append(": ").append(detail);
  raw(path, body);
}

void FieldErrors::duplicate(const FieldPath& path, std::string_view value) {
  raw(path, fmt::format("Duplicate value: {}", go_quote(value)));
}

void FieldErrors::not_supported(const FieldPath& path, std::string_view value, Words supported) {
  std::string body = fmt::format("Unsupported value: {}: supported values: ", go_quote(value));
  bool first = true;
  for (const std::string_view word : supported) {
    if (!first) body.append(", ");
    first = false;
    body.append(go_quote(word));
  }
  raw(path, body);
}

void FieldErrors::invalid(const FieldPath& path, std::string_view value, std::string_view detail) {
  invalid_value(path, go_quote(value), detail);
}

void FieldErrors::invalid(const FieldPath& path, std::int64_t value, std::string_view detail) {
  invalid_value(path, std::to_string(value), detail);
}

void FieldErrors::invalid_value(const FieldPath& path, std::string_view value,
                                std::string_view detail) {
  raw(path, fmt::format("Invalid value: {}: {}", value, detail));
}

void FieldErrors::all_invalid(const FieldPath& path, std::string_view value,
                              const std::vector<std::string>& details) {
  for (const std::string& detail : details) invalid(path, value, detail);
}

bool is_one_of(std::string_view value, FieldErrors::Words words) {
  return std::find(words.begin(), words.end(), value) != words.end();
}

// k8s 1.30 apimachinery/pkg/util/validation: IsValidPortName
std::vector<std::string> port_name_errors(std::string_view name) {
  std::vector<std::string> errors;
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  if (name.size() > 15) errors.emplace_back("must be no more than 15 characters");
  if (name.empty() || !std::all_of(name.begin(), name.end(), [&](char c) {
        return is_small(c) || is_digit(c) || c == '-';
      })) {
    errors.emplace_back("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (std::none_of(name.begin(), name.end(), is_small)) {
    errors.emplace_back("must contain at least one letter (a-z)");
  }
  if (name.find("--") != std::string_view::npos) {
    errors.emplace_back("must not contain consecutive hyphens");
  }
  if (!name.empty() && (name.front() == '-' || name.back() == '-')) {
    errors.emplace_back("must not begin or end with a hyphen");
  }
  return errors;
}

// k8s 1.30 apimachinery/pkg/util/validation: IsEnvVarName
std::vector<std::string> env_name_errors(std::string_view name) {
  std::vector<std::string> errors;
  const bool fits = !name.empty() && !is_digit(name.front()) &&
                    std::all_of(name.begin(), name.end(),
                                [](char c) { return is_letter(c) || is_digit(c) || is_mark(c); });
  if (!fits) {
    errors.push_back(
        regex_error("a valid environment variable name must consist of alphabetic characters, "
                    "digits, '_', '-', or '.', and must not start with a digit",
                    "[-._a-zA-Z][-._a-zA-Z0-9]*", {"my.env-name", "MY_ENV.NAME", "MyEnvName1"}));
  }
  add_dot_errors(errors, name);
  return errors;
}

// k8s 1.30 apimachinery/pkg/util/validation: IsConfigMapKey
std::vector<std::string> config_key_errors(std::string_view key) {
  std::vector<std::string> errors;
  if (key.size() > 253) errors.emplace_back("must be no more than 253 characters");
  const bool fits = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return is_letter(c) || is_digit(c) || is_mark(c);
  });
  if (!fits) {
    errors.push_back(
        regex_error("a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                    "[-._a-zA-Z0-9]+", {"key.name", "KEY_NAME", "key-name"}));
  }
  add_dot_errors(errors, key);
  return errors;
}

// k8s 1.30 apimachinery/pkg/util/validation: IsValidPercent
std::vector<std::string> percent_errors(std::string_view text) {
  const bool fits =
      text.size() > 1 && text.back() == '%' && std::all_of(text.begin(), text.end() - 1, is_digit);
  if (fits) return {};
  return {regex_error(
      "a valid percent string must consist of a numeric string followed by an ending '%'",
      "[0-9]+%", {"1%", "93%"})};
}

bool is_ip(std::string_view text) {
  const std::string address(text);
  unsigned char bytes[16];
  return inet_pton(AF_INET, address.c_str(), bytes) == 1 ||
         inet_pton(AF_INET6, address.c_str(), bytes) == 1;
}

bool is_cidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || !is_ip(text.substr(0, slash))) return false;
  const std::string_view length = text.substr(slash + 1);
  if (length.empty() || length.size() > 3) return false;
  int bits = 0;
  for (const char c : length) {
    if (c < '0' || c > '9') return false;
    bits = bits * 10 + (c - '0');
  }
  return bits <= (text.find(':') != std::string_view::npos ? 128 : 32);
}

bool climbs(std::string_view path) {
  for (;;) {
    const std::size_t slash = path.find('/');
    if (path.substr(0, slash) == "..") return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

std::string range_error(std::int64_t low, std::int64_t high) {
  return fmt::format("must be between {} and {}, inclusive", low, high);
}

void check_dns_label(FieldErrors& errors, const FieldPath& path, std::string_view name,
                     bool prefix) {
  errors.all_invalid(path, name, dns1123_label_errors(masked(name, prefix)));
}

// k8s 1.30 apimachinery/pkg/util/validation: IsDNS1035Label
void check_dns1035_label(FieldErrors& errors, const FieldPath& path, std::string_view name,
                         bool prefix) {
  const std::string text = masked(name, prefix);
  if (text.size() > 63) errors.invalid(path, name, "must be no more than 63 characters");
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  const bool fits = !text.empty() && is_small(text.front()) && text.back() != '-' &&
                    std::all_of(text.begin(), text.end(),
                                [&](char c) { return is_small(c) || is_digit(c) || c == '-'; });
  if (fits) return;
  errors.invalid(path, name,
                 regex_error("a DNS-1035 label must consist of lower case alphanumeric characters "
                             "or '-', start with an alphabetic character, and end with an "
                             "alphanumeric character",
                             "[a-z]([-a-z0-9]*[a-z0-9])?", {"my-name", "abc-123"}));
}

void check_dns_subdomain(FieldErrors& errors, const FieldPath& path, std::string_view name,
                         bool prefix) {
  errors.all_invalid(path, name, dns1123_subdomain_errors(masked(name, prefix)));
}

void check_qualified_name(FieldErrors& errors, const FieldPath& path, std::string_view name) {
  errors.all_invalid(path, name, qualified_name_errors(name));
}

void check_not_negative(FieldErrors& errors, const FieldPath& path, std::int64_t value) {
  if (value < 0) errors.invalid(path, value, "must be greater than or equal to 0");
}

void check_port_number(FieldErrors& errors, const FieldPath& path, std::int64_t port) {
  if (port < 1 || port > 65535) errors.invalid(path, port, range_error(1, 65535));
}

void check_ip(FieldErrors& errors, const FieldPath& path, std::string_view ip) {
  if (!is_ip(ip)) {
    errors.invalid(path, ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
  }
}

void check_labels(FieldErrors& errors, const FieldPath& path, const StringMap& labels) {
  for (const auto& [key, value] : labels) {
    check_qualified_name(errors, path, key);
    errors.all_invalid(path, value, label_value_errors(value));
  }
}

// k8s 1.30 apimachinery/pkg/api/validation: ValidateAnnotations
void check_annotations(FieldErrors& errors, const FieldPath& path, const StringMap& annotations) {
  constexpr std::size_t kMost = 256 * 1024;
  std::size_t size = 0;
  for (const auto& [key, value] : annotations) {
    errors.all_invalid(path, key, qualified_name_errors(lower(key)));
    size += key.size() + value.size();
  }
  if (size > kMost) errors.too_long(path, kMost);
}

// k8s 1.30 apimachinery/pkg/apis/meta/v1/validation: ValidateLabelSelector
void check_label_selector(FieldErrors& errors, const FieldPath& path,
                          const LabelSelector& selector) {
  check_labels(errors, path.child("matchLabels"), selector.match_labels);
  const FieldPath list = path.child("matchExpressions");
  for (std::size_t i = 0; i < selector.match_expressions.size(); ++i) {
    const LabelSelectorRequirement& one = selector.match_expressions[i];
    const FieldPath at = list.index(i);
    const FieldPath values = at.child("values");
    if (one.op == "In" || one.op == "NotIn") {
      if (one.values.empty()) {
        errors.required(values, "must be specified when `operator` is 'In' or 'NotIn'");
      }
    } else if (one.op == "Exists" || one.op == "DoesNotExist") {
      if (!one.values.empty()) {
        errors.forbidden(values,
                         "may not be specified when `operator` is 'Exists' or "
                         "'DoesNotExist'");
      }
    } else {
      errors.invalid(at.child("operator"), one.op, "not a valid selector operator");
    }
    check_qualified_name(errors, at.child("key"), one.key);
    for (std::size_t v = 0; v < one.values.size(); ++v) {
      errors.all_invalid(values.index(v), one.values[v], label_value_errors(one.values[v]));
    }
  }
}

// k8s 1.30 pkg/apis/core/validation: validateLocalDescendingPath
void check_descending_path(FieldErrors& errors, const FieldPath& path, std::string_view target) {
  if (!target.empty() && target.front() == '/') {
    errors.invalid(path, target, "must be a relative path");
  }
  if (climbs(target)) errors.invalid(path, target, "must not contain '..'");
}

// k8s 1.30 pkg/apis/core/validation: ValidateLocalNonReservedPath
void check_not_reserved_path(FieldErrors& errors, const FieldPath& path, std::string_view target) {
  check_descending_path(errors, path, target);
  if (target.substr(0, 2) == ".." && target.substr(0, 3) != "../") {
    errors.invalid(path, target, "must not start with '..'");
  }
}

// k8s 1.30 pkg/apis/core/validation: validateTaintEffect
void check_taint_effect(FieldErrors& errors, const FieldPath& path, std::string_view effect,
                        bool may_be_empty) {
  if (effect.empty() && !may_be_empty) {
    errors.required(path);
  } else if (!is_one_of(effect, {"NoSchedule", "PreferNoSchedule", "NoExecute"})) {
    errors.not_supported(path, effect, {"NoSchedule", "PreferNoSchedule", "NoExecute"});
  }
}

std::string go_int_or_string(const IntOrString& value) {
  return fmt::format("intstr.IntOrString{{Type:{}, IntVal:{}, StrVal:{}}}", value.is_string ? 1 : 0,
                     value.number, go_quote(value.text));
}

std::string go_labels(const StringMap& labels) {
  return labels.empty() ? std::string("map[string]string(nil)") : go_value(labels);
}

}  // namespace sim
