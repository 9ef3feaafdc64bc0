#include "sim/model/validate_sources.h"

#include <optional>

#include "sim/base/regex.h"
#include "sim/model/go_tree.h"
#include "sim/model/validate_pod.h"

namespace sim {
namespace {

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

void check_range(FieldErrors& errors, const FieldPath& path, std::int64_t value, std::int64_t low,
                 std::int64_t high) {
  if (value < low || value > high) errors.invalid(path, value, range_error(low, high));
}

bool matches(std::string_view pattern, std::string_view text) {
  const std::optional<Regex> regex = Regex::compile(pattern, {true, false}, nullptr);
  return regex && regex->matches(text);
}

bool is_iscsi_name(std::string_view name) {
  if (starts_with(name, "iqn")) {
    return matches("iqn\\.[0-9]{4}-[0-9]{2}\\.([[:alnum:].-]+)(:[^][:space:],;*&$|]+)$", name);
  }
  if (starts_with(name, "eui")) return matches("^eui.[[:alnum:]]{16}$", name);
  return matches("^naa.[[:alnum:]]{32}$", name);
}

// k8s 1.30 pkg/apis/core/validation: validateISCSIVolumeSource
void check_iscsi_name(FieldErrors& errors, const FieldPath& path, std::string_view name) {
  if (!starts_with(name, "iqn") && !starts_with(name, "eui") && !starts_with(name, "naa")) {
    errors.invalid(path, name, "must be valid format starting with iqn, eui, or naa");
  } else if (!is_iscsi_name(name)) {
    errors.invalid(path, name, "must be valid format");
  }
}

/// "host:port" or "[v6]:port".
bool is_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view host = text.substr(0, colon);
  if (starts_with(host, "[")) return host.back() == ']' && host.find(']') == host.size() - 1;
  return host.find_first_of(":[]") == std::string_view::npos;
}

template <class Source>
void check_iscsi(FieldErrors& errors, const FieldPath& path, const Source& source) {
  check_set(errors, path.child("targetPortal"), source.target_portal);
  if (source.iqn.empty()) {
    errors.required(path.child("iqn"));
  } else {
    check_iscsi_name(errors, path.child("iqn"), source.iqn);
  }
  check_range(errors, path.child("lun"), source.lun, 0, 255);
  if ((source.chap_auth_discovery || source.chap_auth_session) && !source.secret_ref) {
    errors.required(path.child("secretRef"));
  }
  if (source.initiator_name) {
    check_iscsi_name(errors, path.child("initiatorname"), *source.initiator_name);
  }
}

template <class Source>
void check_rbd(FieldErrors& errors, const FieldPath& path, const Source& source) {
  if (source.monitors.empty()) errors.required(path.child("monitors"));
  check_set(errors, path.child("image"), source.image);
}

template <class Source>
void check_flex(FieldErrors& errors, const FieldPath& path, const Source& source) {
  check_set(errors, path.child("driver"), source.driver);
  const FieldPath options = path.child("options");
  for (const auto& [key, value] : source.options) {
    std::string domain(key.view().substr(0, key.view().find('/')));
    for (char& c : domain) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    domain.insert(0, ".");
    const auto ends_with = [&](std::string_view end) {
      return domain.size() >= end.size() && domain.substr(domain.size() - end.size()) == end;
    };
    if (ends_with(".kubernetes.io") || ends_with(".k8s.io")) {
      errors.invalid(options.key(key), key, "kubernetes.io and k8s.io namespaces are reserved");
    }
  }
}

template <class Source>
void check_scale_io(FieldErrors& errors, const FieldPath& path, const Source& source) {
  check_set(errors, path.child("gateway"), source.gateway);
  check_set(errors, path.child("system"), source.system);
  check_set(errors, path.child("volumeName"), source.volume_name);
}

}  // namespace

void check_set(FieldErrors& errors, const FieldPath& path, std::string_view value) {
  if (value.empty()) errors.required(path);
}

// k8s 1.30 pkg/apis/core/validation: validateHostPathVolumeSource
void check_source(FieldErrors& errors, const FieldPath& path, const HostPathVolumeSource& source) {
  const FieldPath at = path.child("path");
  if (source.path.empty()) return errors.required(at);
  if (climbs(source.path)) errors.invalid(at, source.path, "must not contain '..'");
  if (source.type &&
      !is_one_of(*source.type, {"", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate",
                                "File", "FileOrCreate", "Socket"})) {
    errors.not_supported(path.child("type"), *source.type,
                         {"", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File",
                          "FileOrCreate", "Socket"});
  }
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const GCEPersistentDiskVolumeSource& source) {
  check_set(errors, path.child("pdName"), source.pd_name);
  if (source.partition < 0 || source.partition > 255) {
    errors.invalid(path.child("partition"), source.partition, range_error(1, 255));
  }
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const AWSElasticBlockStoreVolumeSource& source) {
  check_set(errors, path.child("volumeID"), source.volume_id);
  if (source.partition < 0 || source.partition > 255) {
    errors.invalid(path.child("partition"), source.partition, range_error(1, 255));
  }
}

void check_source(FieldErrors& errors, const FieldPath& path, const NFSVolumeSource& source) {
  check_set(errors, path.child("server"), source.server);
  check_set(errors, path.child("path"), source.path);
  if (!starts_with(source.path, "/")) {
    errors.invalid(path.child("path"), source.path, "must be an absolute path");
  }
}

void check_source(FieldErrors& errors, const FieldPath& path, const FlockerVolumeSource& source) {
  if (source.dataset_name.empty() && source.dataset_uuid.empty()) {
    errors.required(path, "one of datasetName and datasetUUID is required");
  }
  if (!source.dataset_name.empty() && !source.dataset_uuid.empty()) {
    errors.invalid(path, "resource",
                   "datasetName and datasetUUID can not be specified simultaneously");
  }
  if (source.dataset_name.view().find('/') != std::string_view::npos) {
    errors.invalid(path.child("datasetName"), source.dataset_name, "must not contain '/'");
  }
}

void check_source(FieldErrors& errors, const FieldPath& path, const QuobyteVolumeSource& source) {
  constexpr std::string_view kPairs =
      "must be a host:port pair or multiple pairs separated by commas";
  if (source.registry.empty()) {
    errors.required(path.child("registry"), kPairs);
  } else if (source.tenant.size() >= 65) {
    errors.required(path.child("tenant"),
                    "must be a UUID and may not exceed a length of 64 characters");
  } else {
    std::string_view rest = source.registry;
    for (;;) {
      const std::size_t comma = rest.find(',');
      if (!is_host_port(rest.substr(0, comma))) {
        errors.invalid(path.child("registry"), source.registry, kPairs);
      }
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  check_set(errors, path.child("volume"), source.volume);
}

void check_source(FieldErrors& errors, const FieldPath& path, const FCVolumeSource& source) {
  const FieldPath names = path.child("targetWWNs");
  if (source.target_wwns.empty() && source.wwids.empty()) {
    errors.required(names, "must specify either targetWWNs or wwids, but not both");
  }
  if (!source.target_wwns.empty() && !source.wwids.empty()) {
    errors.invalid_value(names, go_syntax(core_tree(source.target_wwns)),
                         "targetWWNs and wwids can not be specified simultaneously");
  }
  if (source.target_wwns.empty()) return;
  if (!source.lun) {
    errors.required(path.child("lun"), "lun is required if targetWWNs is specified");
  } else {
    check_range(errors, path.child("lun"), *source.lun, 0, 255);
  }
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const VsphereVirtualDiskVolumeSource& source) {
  check_set(errors, path.child("volumePath"), source.volume_path);
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const PhotonPersistentDiskVolumeSource& source) {
  check_set(errors, path.child("pdID"), source.pd_id);
}

void check_source(FieldErrors& errors, const FieldPath& path, const PortworxVolumeSource& source) {
  check_set(errors, path.child("volumeID"), source.volume_id);
}

// k8s 1.30 pkg/apis/core/validation: validateAzureDisk
void check_source(FieldErrors& errors, const FieldPath& path, const AzureDiskVolumeSource& source) {
  check_set(errors, path.child("diskName"), source.disk_name);
  check_set(errors, path.child("diskURI"), source.disk_uri);
  if (source.caching_mode && !is_one_of(*source.caching_mode, {"None", "ReadOnly", "ReadWrite"})) {
    errors.not_supported(path.child("cachingMode"), *source.caching_mode,
                         {"None", "ReadOnly", "ReadWrite"});
  }
  if (!source.kind) return;
  if (!is_one_of(*source.kind, {"Dedicated", "Managed", "Shared"})) {
    errors.not_supported(path.child("kind"), *source.kind, {"Dedicated", "Managed", "Shared"});
  }
  if (*source.kind == "Managed" && !starts_with(source.disk_uri, "/subscriptions/")) {
    errors.not_supported(path.child("diskURI"), source.disk_uri,
                         {"/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/"
                          "microsoft.compute/disks/{disk-id}"});
  }
  if (*source.kind != "Managed" && !starts_with(source.disk_uri, "https://")) {
    errors.not_supported(path.child("diskURI"), source.disk_uri,
                         {"https://{account-name}.blob.core.windows.net/{container-name}/"
                          "{disk-name}.vhd"});
  }
}

void check_source(FieldErrors& errors, const FieldPath& path, const ISCSIVolumeSource& source) {
  check_iscsi(errors, path, source);
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const ISCSIPersistentVolumeSource& source) {
  check_iscsi(errors, path, source);
  if (source.secret_ref) check_set(errors, path.child("secretRef.name"), source.secret_ref->name);
}

void check_source(FieldErrors& errors, const FieldPath& path, const RBDVolumeSource& source) {
  check_rbd(errors, path, source);
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const RBDPersistentVolumeSource& source) {
  check_rbd(errors, path, source);
}

void check_source(FieldErrors& errors, const FieldPath& path, const CephFSVolumeSource& source) {
  if (source.monitors.empty()) errors.required(path.child("monitors"));
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const CephFSPersistentVolumeSource& source) {
  if (source.monitors.empty()) errors.required(path.child("monitors"));
}

void check_source(FieldErrors& errors, const FieldPath& path, const FlexVolumeSource& source) {
  check_flex(errors, path, source);
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const FlexPersistentVolumeSource& source) {
  check_flex(errors, path, source);
}

void check_source(FieldErrors& errors, const FieldPath& path, const ScaleIOVolumeSource& source) {
  check_scale_io(errors, path, source);
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const ScaleIOPersistentVolumeSource& source) {
  check_scale_io(errors, path, source);
}

// k8s 1.30 pkg/apis/core/validation: ValidateCSIDriverName
void check_csi_driver_name(FieldErrors& errors, const FieldPath& path, std::string_view name) {
  constexpr std::size_t kLongest = 63;
  check_set(errors, path, name);
  if (name.size() > kLongest) errors.too_long(path, kLongest);
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  FieldErrors wrong;
  check_dns_subdomain(wrong, path, lower);
  if (!wrong.empty()) check_dns_subdomain(errors, path, name);
}

}  // namespace sim
