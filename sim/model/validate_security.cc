#include <algorithm>
#include <limits>

#include "sim/base/format.h"
#include "sim/model/go_tree.h"
#include "sim/model/labels.h"
#include "sim/model/validate_pod.h"

namespace sim {
namespace {

constexpr std::string_view kSeccompPod = "seccomp.security.alpha.kubernetes.io/pod";
constexpr std::string_view kSeccompContainer = "container.seccomp.security.alpha.kubernetes.io/";
constexpr std::string_view kAppArmorContainer = "container.apparmor.security.beta.kubernetes.io/";
constexpr std::string_view kLocalhost = "localhost/";
constexpr std::string_view kRuntimeDefault = "runtime/default";

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  const std::size_t from = text.find_first_not_of(kBlanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kBlanks) - from + 1);
}

/// A user or a group.
void check_id(FieldErrors& errors, const FieldPath& path, std::int64_t id) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (id < 0 || id > kMost) errors.invalid(path, id, range_error(0, kMost));
}

void check_optional_id(FieldErrors& errors, const FieldPath& path, std::string_view name,
                       const std::optional<std::int64_t>& id) {
  if (id) check_id(errors, path.child(name), *id);
}

// k8s 1.30 pkg/apis/core/validation: validateSeccompProfileField
void check_seccomp(FieldErrors& errors, const FieldPath& path, const Box<SeccompProfile>& profile) {
  if (!profile) return;
  const FieldPath type = path.child("type");
  const FieldPath local = path.child("localhostProfile");
  if (profile->type.empty()) {
    errors.required(type, "type is required when seccompProfile is set");
  } else if (!is_one_of(profile->type, {"Localhost", "RuntimeDefault", "Unconfined"})) {
    errors.not_supported(type, profile->type, {"Localhost", "RuntimeDefault", "Unconfined"});
  }
  if (profile->type == "Localhost") {
    if (!profile->localhost_profile) {
      errors.required(local, "must be set when seccomp type is Localhost");
    } else {
      check_descending_path(errors, local, *profile->localhost_profile);
    }
  } else if (profile->localhost_profile) {
    errors.invalid_value(local, go_syntax(core_tree(*profile)),
                         "can only be set when seccomp type is Localhost");
  }
}

// k8s 1.30 pkg/apis/core/validation: ValidateAppArmorProfileField
void check_app_armor(FieldErrors& errors, const FieldPath& path,
                     const Box<AppArmorProfile>& profile) {
  constexpr std::size_t kLongest = 4095;
  constexpr std::string_view kMissing = "must be set when AppArmor type is Localhost";
  if (!profile) return;
  const FieldPath type = path.child("type");
  const FieldPath local = path.child("localhostProfile");
  const std::optional<Str>& name = profile->localhost_profile;
  if (profile->type == "Localhost") {
    if (!name) {
      errors.required(local, kMissing);
      return;
    }
    if (trimmed(*name) != name->view()) {
      errors.invalid(local, *name, "must not be padded with whitespace");
    } else if (name->empty()) {
      errors.required(local, kMissing);
    }
    if (name->size() > kLongest) {
      errors.raw(local, fmt::format("Too long: may not be longer than {}", kLongest));
    }
  } else if (profile->type == "RuntimeDefault" || profile->type == "Unconfined") {
    if (name) errors.invalid(local, *name, "can only be set when AppArmor type is Localhost");
  } else if (profile->type.empty()) {
    errors.required(type, "type is required when appArmorProfile is set");
  } else {
    errors.not_supported(type, profile->type, {"Localhost", "RuntimeDefault", "Unconfined"});
  }
}

// ---- sysctls ----

bool is_sysctl_segment(std::string_view segment) {
  const auto is_small = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !segment.empty() && is_small(segment.front()) && is_small(segment.back()) &&
         std::all_of(segment.begin(), segment.end(),
                     [&](char c) { return is_small(c) || c == '-' || c == '_'; });
}

// k8s 1.30 pkg/apis/core/validation: IsValidSysctlName
bool is_sysctl(std::string_view name) {
  if (name.size() > 253) return false;
  for (;;) {
    const std::size_t end = name.find_first_of("./");
    if (!is_sysctl_segment(name.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    name.remove_prefix(end + 1);
  }
}

/// With dots between the segments, whichever way it was written.
// k8s 1.30 component-helpers/node/util/sysctl: NormalizeName
std::string dotted(std::string_view name) {
  std::string text(name);
  const std::size_t first = text.find_first_of("./");
  if (first == std::string::npos || text[first] == '.') return text;
  for (char& c : text) c = c == '.' ? '/' : c == '/' ? '.' : c;
  return text;
}

// k8s 1.30 pkg/apis/core/validation: validateSysctls
void check_sysctls(FieldErrors& errors, const FieldPath& path, const PodSpec& spec) {
  const std::vector<Sysctl>& sysctls = spec.security_context->sysctls;
  for (std::size_t i = 0; i < sysctls.size(); ++i) {
    const Str& name = sysctls[i].name;
    const FieldPath item = path.index(i);
    const FieldPath at = item.child("name");
    const auto earlier = sysctls.begin() + static_cast<std::ptrdiff_t>(i);
    if (name.empty()) {
      errors.required(at);
    } else if (!is_sysctl(name)) {
      errors.invalid(at, name,
                     "must have at most 253 characters and match regex "
                     "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$");
    } else if (std::any_of(sysctls.begin(), earlier,
                           [&](const Sysctl& other) { return other.name == name; })) {
      errors.duplicate(at, name);
    }
    const std::string full = dotted(name);
    const bool of_ipc = full == "kernel.sem" || starts_with(full, "kernel.shm") ||
                        starts_with(full, "kernel.msg") || starts_with(full, "fs.mqueue.");
    if (spec.host_network && starts_with(full, "net.")) {
      errors.invalid(at, name, "may not be specified when 'hostNetwork' is true");
    } else if (spec.host_ipc && of_ipc) {
      errors.invalid(at, name, "may not be specified when 'hostIPC' is true");
    }
  }
}

// ---- Windows ----

bool is_domain(std::string_view domain) {
  constexpr std::string_view kBad = "\\/:*?\"<>|";
  const bool net_bios = !domain.empty() && domain.size() <= 15 && domain.front() != '.' &&
                        domain.find_first_of(kBad) == std::string_view::npos;
  if (net_bios) return true;
  std::string lower(domain);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return dns1123_subdomain_errors(lower).empty();
}

void check_run_as_user_name(FieldErrors& errors, const FieldPath& path, std::string_view name) {
  constexpr std::size_t kLongestDomain = 256;
  constexpr std::size_t kLongestUser = 104;
  if (name.empty()) {
    errors.invalid(path, name, "runAsUserName cannot be an empty string");
    return;
  }
  if (std::any_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f;
      })) {
    errors.invalid(path, name, "runAsUserName cannot contain control characters");
    return;
  }
  if (std::count(name.begin(), name.end(), '\\') > 1) {
    errors.invalid(path, name, "runAsUserName cannot contain more than one backslash");
    return;
  }
  const std::size_t slash = name.find('\\');
  const bool has_domain = slash != std::string_view::npos;
  const std::string_view domain = has_domain ? name.substr(0, slash) : std::string_view();
  const std::string_view user = has_domain ? name.substr(slash + 1) : name;
  if (domain.size() >= kLongestDomain) {
    errors.invalid(
        path, name,
        fmt::format("runAsUserName's Domain length must be under {} characters", kLongestDomain));
  }
  if (has_domain && !is_domain(domain)) {
    errors.invalid(path, name,
                   "runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  }
  if (user.empty()) {
    errors.invalid(path, name, "runAsUserName's User cannot be empty");
  } else if (user.size() > kLongestUser) {
    errors.invalid(path, name,
                   fmt::format("runAsUserName's User length must not be longer than {} characters",
                               kLongestUser));
  }
  if (!user.empty() && user.find_first_not_of(". ") == std::string_view::npos) {
    errors.invalid(path, name, "runAsUserName's User cannot contain only periods or spaces");
  }
  if (user.find_first_of("\"/\\:;|=,+*?<>@[]") != std::string_view::npos) {
    errors.invalid(path, name,
                   "runAsUserName's User cannot contain the following characters: "
                   "\"/\\:;|=,+*?<>@[]");
  }
}

// k8s 1.30 pkg/apis/core/validation: validateWindowsSecurityContextOptions
void check_windows(FieldErrors& errors, const FieldPath& path,
                   const Box<WindowsSecurityContextOptions>& options) {
  constexpr std::size_t kLongestSpec = 64 * 1024;
  if (!options) return;
  if (options->gmsa_credential_spec_name) {
    check_dns_subdomain(errors, path.child("gmsaCredentialSpecName"),
                        *options->gmsa_credential_spec_name);
  }
  if (options->gmsa_credential_spec) {
    const Str& spec = *options->gmsa_credential_spec;
    const FieldPath at = path.child("gmsaCredentialSpec");
    if (spec.empty()) {
      errors.invalid(at, spec, "gmsaCredentialSpec cannot be an empty string");
    } else if (spec.size() > kLongestSpec) {
      errors.invalid(at, spec, "gmsaCredentialSpec size must be under 64 KiB");
    }
  }
  if (options->run_as_user_name) {
    check_run_as_user_name(errors, path.child("runAsUserName"), *options->run_as_user_name);
  }
}

void forbid_windows(FieldErrors& errors, const FieldPath& path, std::string_view name, bool set) {
  if (set) errors.forbidden(path.child(name), "cannot be set for a windows pod");
}

// k8s 1.30 pkg/apis/core/validation: validateWindows
void check_windows_pod(FieldErrors& errors, const FieldPath& path, const PodSpec& spec) {
  const PodSecurityContext none;
  const PodSecurityContext& context = spec.security_context ? *spec.security_context : none;
  const FieldPath at = path.child("securityContext");
  forbid_windows(errors, at, "appArmorProfile", context.app_armor_profile.has_value());
  forbid_windows(errors, at, "seLinuxOptions", context.se_linux_options.has_value());
  forbid_windows(errors, path, "hostPID", spec.host_pid);
  forbid_windows(errors, path, "hostIPC", spec.host_ipc);
  forbid_windows(errors, at, "seccompProfile", context.seccomp_profile.has_value());
  forbid_windows(errors, at, "fsGroup", context.fs_group.has_value());
  forbid_windows(errors, at, "fsGroupChangePolicy", context.fs_group_change_policy.has_value());
  forbid_windows(errors, at, "sysctls", !context.sysctls.empty());
  forbid_windows(errors, path, "shareProcessNamespace", spec.share_process_namespace.has_value());
  forbid_windows(errors, at, "runAsUser", context.run_as_user.has_value());
  forbid_windows(errors, at, "runAsGroup", context.run_as_group.has_value());
  forbid_windows(errors, at, "supplementalGroups", !context.supplemental_groups.empty());
  visit_containers(spec, path, [&](const auto& container, const FieldPath& where) {
    if (!container.security_context) return;
    const SecurityContext& own = *container.security_context;
    const FieldPath here = where.child("securityContext");
    forbid_windows(errors, here, "appArmorProfile", own.app_armor_profile.has_value());
    forbid_windows(errors, here, "seLinuxOptions", own.se_linux_options.has_value());
    forbid_windows(errors, here, "seccompProfile", own.seccomp_profile.has_value());
    forbid_windows(errors, here, "capabilities", own.capabilities.has_value());
    forbid_windows(errors, here, "readOnlyRootFilesystem",
                   own.read_only_root_filesystem.has_value());
    forbid_windows(errors, here, "privileged", own.privileged.has_value());
    forbid_windows(errors, here, "allowPrivilegeEscalation",
                   own.allow_privilege_escalation.has_value());
    forbid_windows(errors, here, "runAsUser", own.run_as_user.has_value());
    forbid_windows(errors, here, "runAsGroup", own.run_as_group.has_value());
  });
}

// ---- the old annotations ----

// k8s 1.30 pkg/apis/core/validation: ValidateSeccompProfile
void check_seccomp_annotation(FieldErrors& errors, const FieldPath& path,
                              std::string_view profile) {
  if (is_one_of(profile, {kRuntimeDefault, "docker/default", "unconfined"})) return;
  if (starts_with(profile, kLocalhost)) {
    check_descending_path(errors, path, profile.substr(kLocalhost.size()));
  } else {
    errors.invalid(path, profile, "must be a valid seccomp profile");
  }
}

/// One profile in an annotation and in a field: `what` is "seccomp" or "apparmor".
void check_agreement(FieldErrors& errors, const FieldPath& path, std::string_view what,
                     std::string_view type, const std::optional<Str>& local,
                     std::string_view annotation, FieldErrors::Words defaults) {
  const std::string type_text = fmt::format("{} type in annotation and field must match", what);
  if (type == "Unconfined" && annotation != "unconfined") {
    errors.forbidden(path.child("type"), type_text);
  } else if (type == "RuntimeDefault" && !is_one_of(annotation, defaults)) {
    errors.forbidden(path.child("type"), type_text);
  } else if (type == "Localhost") {
    if (!starts_with(annotation, kLocalhost)) {
      errors.forbidden(path.child("type"), type_text);
    } else if (!local || annotation.substr(kLocalhost.size()) != local->view()) {
      errors.forbidden(path.child("localhostProfile"),
                       fmt::format("{} profile in annotation and field must match", what));
    }
  }
}

}  // namespace

// k8s 1.30 pkg/apis/core/validation: validatePodSpecSecurityContext
void check_pod_security(FieldErrors& errors, const FieldPath& path, const PodSpec& spec) {
  if (!spec.security_context) return;
  const PodSecurityContext& context = *spec.security_context;
  const FieldPath at = path.child("securityContext");
  check_optional_id(errors, at, "fsGroup", context.fs_group);
  check_optional_id(errors, at, "runAsUser", context.run_as_user);
  check_optional_id(errors, at, "runAsGroup", context.run_as_group);
  const FieldPath groups = at.child("supplementalGroups");
  for (std::size_t i = 0; i < context.supplemental_groups.size(); ++i) {
    check_id(errors, groups.index(i), context.supplemental_groups[i]);
  }
  if (spec.host_pid && spec.share_process_namespace.value_or(false)) {
    errors.invalid_value(at.child("shareProcessNamespace"), "true",
                         "ShareProcessNamespace and HostPID cannot both be enabled");
  }
  check_sysctls(errors, at.child("sysctls"), spec);
  if (context.fs_group_change_policy &&
      !is_one_of(*context.fs_group_change_policy, {"Always", "OnRootMismatch"})) {
    errors.not_supported(at.child("fsGroupChangePolicy"), *context.fs_group_change_policy,
                         {"Always", "OnRootMismatch"});
  }
  check_seccomp(errors, at.child("seccompProfile"), context.seccomp_profile);
  check_windows(errors, at.child("windowsOptions"), context.windows_options);
  check_app_armor(errors, at.child("appArmorProfile"), context.app_armor_profile);
}

// k8s 1.30 pkg/apis/core/validation: ValidateSecurityContext
void check_container_security(FieldErrors& errors, const FieldPath& path,
                              const SecurityContext& context) {
  check_optional_id(errors, path, "runAsUser", context.run_as_user);
  check_optional_id(errors, path, "runAsGroup", context.run_as_group);
  check_seccomp(errors, path.child("seccompProfile"), context.seccomp_profile);
  if (!context.allow_privilege_escalation.value_or(true)) {
    if (context.privileged.value_or(false)) {
      errors.invalid_value(
          path, go_syntax(core_tree(context)),
          "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
    }
    if (context.capabilities) {
      for (const Str& capability : context.capabilities->add) {
        if (capability != "CAP_SYS_ADMIN") continue;
        errors.invalid_value(path, go_syntax(core_tree(context)),
                             "cannot set `allowPrivilegeEscalation` to false and "
                             "`capabilities.Add` CAP_SYS_ADMIN");
      }
    }
  }
  check_windows(errors, path.child("windowsOptions"), context.windows_options);
  check_app_armor(errors, path.child("appArmorProfile"), context.app_armor_profile);
}

// k8s 1.30 pkg/apis/core/validation: ValidateSeccompPodAnnotations, ValidateAppArmorPodAnnotations
void check_profile_annotations(FieldErrors& errors, const FieldPath& path,
                               const StringMap& annotations, const PodSpec& spec) {
  for (const auto& [key, value] : annotations) {
    if (key == kSeccompPod || starts_with(key, kSeccompContainer)) {
      check_seccomp_annotation(errors, path.child(key), value);
    }
  }
  for (const auto& [key, value] : annotations) {
    if (!starts_with(key, kAppArmorContainer)) continue;
    const std::string_view name = key.view().substr(kAppArmorContainer.size());
    bool found = false;
    visit_containers(spec, path, [&](const auto& container, const FieldPath&) {
      found = found || container.name == name;
    });
    if (!found) errors.invalid(path.key(key), name, "container not found");
    if (!value.empty() && value != kRuntimeDefault && value != "unconfined" &&
        !starts_with(value, kLocalhost)) {
      errors.invalid(path.key(key), value,
                     fmt::format("invalid AppArmor profile name: \"{}\"", value));
    }
  }
}

// k8s 1.30 pkg/apis/core/validation: validateSeccompAnnotationsAndFields,
// validateAppArmorAnnotationsAndFieldsMatchOnCreate
void check_profile_agreement(FieldErrors& errors, const FieldPath& path,
                             const StringMap& annotations, const PodSpec& spec) {
  if (annotations.empty()) return;
  const PodSecurityContext none;
  const PodSecurityContext& context = spec.security_context ? *spec.security_context : none;
  if (const Str* annotation = annotations.find(kSeccompPod);
      annotation && context.seccomp_profile) {
    const FieldPath own = path.child("securityContext");
    check_agreement(errors, own.child("seccompProfile"), "seccomp", context.seccomp_profile->type,
                    context.seccomp_profile->localhost_profile, *annotation,
                    {kRuntimeDefault, "docker/default"});
  }
  visit_containers(spec, path, [&](const auto& container, const FieldPath& at) {
    if (!container.security_context || !container.security_context->seccomp_profile) return;
    const SeccompProfile& profile = *container.security_context->seccomp_profile;
    const Str* annotation = annotations.find(std::string(kSeccompContainer) + container.name);
    if (!annotation) return;
    const FieldPath own = at.child("securityContext");
    check_agreement(errors, own.child("seccompProfile"), "seccomp", profile.type,
                    profile.localhost_profile, *annotation, {kRuntimeDefault, "docker/default"});
  });
  if (spec.os && spec.os->name == "windows") return;
  visit_containers(spec, path, [&](const auto& container, const FieldPath& at) {
    Box<AppArmorProfile> profile = context.app_armor_profile;
    if (container.security_context && container.security_context->app_armor_profile) {
      profile = container.security_context->app_armor_profile;
    }
    const Str* annotation = annotations.find(std::string(kAppArmorContainer) + container.name);
    if (!profile || !annotation) return;
    const FieldPath own = at.child("securityContext");
    check_agreement(errors, own.child("appArmorProfile"), "apparmor", profile->type,
                    profile->localhost_profile, *annotation, {kRuntimeDefault});
  });
}

// k8s 1.30 pkg/apis/core/validation: validateWindowsHostProcessPod
void check_host_process(FieldErrors& errors, const FieldPath& path, const PodSpec& spec) {
  std::optional<bool> of_pod;
  if (spec.security_context && spec.security_context->windows_options) {
    of_pod = spec.security_context->windows_options->host_process;
  }
  int all = 0;
  int on_host = 0;
  visit_containers(spec, path, [&](const auto& container, const FieldPath& at) {
    std::optional<bool> own;
    if (container.security_context && container.security_context->windows_options) {
      own = container.security_context->windows_options->host_process;
    }
    ++all;
    if (of_pod && own && *of_pod != *own) {
      errors.invalid_value(
          at.child("securityContext.windowsOptions.hostProcess"), *own ? "true" : "false",
          fmt::format("pod hostProcess value must be identical if both are specified, was {}",
                      *of_pod));
    }
    if (own.value_or(of_pod.value_or(false))) ++on_host;
  });
  if (on_host == 0) return;
  if (on_host != all) {
    errors.invalid(path, "",
                   "If pod contains any hostProcess containers then all containers must be "
                   "HostProcess containers");
  }
  if (!spec.host_network) {
    errors.invalid_value(path.child("hostNetwork"), "false",
                         "hostNetwork must be true if pod contains any hostProcess containers");
  }
}

// k8s 1.30 pkg/apis/core/validation: validateOS, validateLinux
void check_pod_os(FieldErrors& errors, const FieldPath& path, const PodSpec& spec) {
  if (!spec.os) return;
  const FieldPath at = path.child("os");
  const Str& name = spec.os->name;
  if (name.empty()) {
    errors.required(at.child("name"), "cannot be empty");
  } else if (name == "windows") {
    check_windows_pod(errors, path, spec);
  } else if (name != "linux") {
    errors.not_supported(at, name, {"linux", "windows"});
  } else {
    constexpr std::string_view kText = "windows options cannot be set for a linux pod";
    if (spec.security_context && spec.security_context->windows_options) {
      errors.forbidden(path.child("securityContext.windowsOptions"), kText);
    }
    visit_containers(spec, path, [&](const auto& container, const FieldPath& where) {
      if (container.security_context && container.security_context->windows_options) {
        errors.forbidden(where.child("securityContext.windowsOptions"), kText);
      }
    });
  }
}

}  // namespace sim
