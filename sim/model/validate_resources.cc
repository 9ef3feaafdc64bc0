#include "sim/base/format.h"
#include "sim/model/go_tree.h"
#include "sim/model/labels.h"
#include "sim/model/validate_pod.h"

namespace sim {
namespace {

constexpr std::string_view kHugePages = "hugepages-";

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}
bool has_slash(std::string_view text) { return text.find('/') != std::string_view::npos; }
bool is_huge_page(std::string_view name) { return starts_with(name, kHugePages); }

// k8s 1.30 pkg/apis/core/helper: IsNativeResource
bool is_native(std::string_view name) {
  return !has_slash(name) || name.find("kubernetes.io/") != std::string_view::npos;
}

// k8s 1.30 pkg/apis/core/helper: IsOvercommitAllowed
bool may_overcommit(std::string_view name) { return is_native(name) && !is_huge_page(name); }

// k8s 1.30 pkg/apis/core/helper: IsExtendedResourceName
bool is_extended(std::string_view name) {
  if (is_native(name) || starts_with(name, "requests.")) return false;
  return qualified_name_errors("requests." + std::string(name)).empty();
}

// k8s 1.30 pkg/apis/core/helper: IsStandardResourceName
bool is_standard(std::string_view name) {
  return is_one_of(name, {"cpu",
                          "memory",
                          "ephemeral-storage",
                          "requests.cpu",
                          "requests.memory",
                          "requests.ephemeral-storage",
                          "limits.cpu",
                          "limits.memory",
                          "limits.ephemeral-storage",
                          "pods",
                          "resourcequotas",
                          "services",
                          "replicationcontrollers",
                          "secrets",
                          "configmaps",
                          "persistentvolumeclaims",
                          "storage",
                          "requests.storage",
                          "services.nodeports",
                          "services.loadbalancers"}) ||
         is_huge_page(name) || starts_with(name, "requests.hugepages-");
}

// k8s 1.30 pkg/apis/core/helper: IsIntegerResourceName
bool is_counted(std::string_view name) {
  return is_one_of(name, {"pods", "resourcequotas", "services", "replicationcontrollers", "secrets",
                          "configmaps", "persistentvolumeclaims", "services.nodeports",
                          "services.loadbalancers"}) ||
         is_extended(name);
}

// A resource's name prints without quotes: its Go type has a String method.
// k8s 1.30 pkg/apis/core/validation: validateResourceName, validateContainerResourceName
void check_name(FieldErrors& errors, const FieldPath& path, std::string_view name) {
  const std::vector<std::string> wrong = qualified_name_errors(name);
  for (const std::string& message : wrong) errors.invalid_value(path, name, message);
  if (wrong.empty() && !has_slash(name) && !is_standard(name)) {
    errors.invalid_value(path, name, "must be a standard resource type or fully qualified");
  }
  if (!has_slash(name)) {
    if (!is_one_of(name, {"cpu", "memory", "ephemeral-storage"}) && !is_huge_page(name)) {
      errors.invalid_value(path, name, "must be a standard resource for containers");
    }
  } else if (!is_native(name) && !is_extended(name)) {
    errors.invalid_value(path, name, "doesn't follow extended resource name standard");
  }
}

// k8s 1.30 pkg/apis/core/helper: IsHugePageResourceValueDivisible
void check_huge_page(FieldErrors& errors, const FieldPath& path, std::string_view name,
                     const Quantity& amount) {
  const std::optional<Quantity> page = Quantity::parse(name.substr(kHugePages.size()));
  if (page && page->value() > 0 && Quantity::of(page->value()) == *page &&
      amount.value() % page->value() == 0) {
    return;
  }
  errors.invalid(path, amount.text(),
                 fmt::format("{} is not positive integer multiple of {}", amount.text(), name));
}

bool is_cpu_or_memory(std::string_view name) { return name == "cpu" || name == "memory"; }

}  // namespace

// k8s 1.30 pkg/apis/core/validation: ValidateResourceQuantityValue
void check_resource_amount(FieldErrors& errors, const FieldPath& path, std::string_view name,
                           const Quantity& amount) {
  if (amount.is_negative()) {
    errors.invalid(path, amount.text(), "must be greater than or equal to 0");
  }
  if (is_counted(name) && amount.milli_value() % 1000 != 0) {
    errors.invalid_value(path, go_syntax(core_tree(amount)), "must be an integer");
  }
}

// k8s 1.30 pkg/apis/core/validation: ValidateResourceRequirements
void check_resources(FieldErrors& errors, const FieldPath& path,
                     const ResourceRequirements& resources) {
  const FieldPath limits = path.child("limits");
  const FieldPath requests = path.child("requests");
  bool huge_pages = false;
  bool cpu_or_memory = false;
  for (const auto& [name, amount] : resources.limits) {
    const FieldPath at = limits.key(name);
    check_name(errors, at, name);
    check_resource_amount(errors, at, name, amount);
    if (is_huge_page(name)) {
      huge_pages = true;
      check_huge_page(errors, at, name, amount);
    }
    cpu_or_memory = cpu_or_memory || is_cpu_or_memory(name);
  }
  for (const auto& [name, amount] : resources.requests) {
    const FieldPath at = requests.key(name);
    check_name(errors, at, name);
    check_resource_amount(errors, at, name, amount);
    if (const Quantity* limit = resources.limits.find(name)) {
      if (!(amount == *limit) && !may_overcommit(name)) {
        errors.invalid(requests, amount.text(),
                       fmt::format("must be equal to {} limit of {}", name, limit->text()));
      } else if (*limit < amount) {
        errors.invalid(
            requests, amount.text(),
            fmt::format("must be less than or equal to {} limit of {}", name, limit->text()));
      }
    } else if (!may_overcommit(name)) {
      errors.required(limits, "Limit must be set for non overcommitable resources");
    }
    if (is_huge_page(name)) {
      huge_pages = true;
      check_huge_page(errors, at, name, amount);
    }
    cpu_or_memory = cpu_or_memory || is_cpu_or_memory(name);
  }
  if (huge_pages && !cpu_or_memory) errors.forbidden(path, "HugePages require cpu or memory");
}

}  // namespace sim
