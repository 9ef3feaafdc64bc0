#include <algorithm>
#include <memory>

#include "sim/base/base64.h"
#include "sim/base/format.h"
#include "sim/controllers/kubelet/worker.h"
#include "sim/model/service_types.h"

namespace sim::kubelet {
namespace {

constexpr std::string_view kPayload = "..data";

std::uint16_t mode_of(std::optional<std::int32_t> own, std::optional<std::int32_t> all) {
  return static_cast<std::uint16_t>(own.value_or(all.value_or(420)) & 07777);
}

using Keys = std::vector<std::pair<Str, Str>>;

std::string decoded(std::string_view text) { return decode_base64(text).value_or(std::string()); }

std::optional<Keys> keys_of_config(const Worker& worker, const Str& name) {
  const ConfigMap* config = worker.world.find<ConfigMap>(worker.pod.meta.ns, name);
  if (!config) return std::nullopt;
  Keys keys;
  for (const auto& [key, value] : config->data) keys.emplace_back(key, value);
  for (const auto& [key, value] : config->binary_data) keys.emplace_back(key, decoded(value));
  return keys;
}

std::optional<Keys> keys_of_secret(const Worker& worker, const Str& name) {
  const Secret* secret = worker.world.find<Secret>(worker.pod.meta.ns, name);
  if (!secret) return std::nullopt;
  Keys keys;
  for (const auto& [key, value] : secret->data) keys.emplace_back(key, decoded(value));
  return keys;
}

/// A token is its owner's alone, but for the group that the pod's files are given to.
/// k8s 1.30 pkg/volume/projected: collectData
std::uint16_t token_mode(const Worker& worker) {
  const auto& context = worker.spec.security_context;
  return context && context->fs_group ? 0644 : 0600;
}

/// Adds the files of a ConfigMap or Secret: all its keys, or those that `items` names.
/// k8s 1.30 pkg/volume/configmap, pkg/volume/secret: MakePayload
void add_keys(const Keys& keys, const std::vector<KeyToPath>& items,
              std::optional<std::int32_t> mode, bool optional, std::string_view missing_key,
              Contents& contents) {
  if (items.empty()) {
    for (const auto& [key, bytes] : keys)
      contents.files.push_back({{key}, bytes, mode_of({}, mode)});
    return;
  }
  for (const KeyToPath& item : items) {
    const auto found = std::find_if(keys.begin(), keys.end(),
                                    [&](const auto& key) { return key.first == item.key; });
    if (found != keys.end()) {
      contents.files.push_back({parse_path(item.path), found->second, mode_of(item.mode, mode)});
    } else if (!optional) {
      contents.error = fmt::format("{}: {}", missing_key, item.key);
    }
  }
}

void add_config(const Worker& worker, const Str& name, const std::vector<KeyToPath>& items,
                std::optional<std::int32_t> mode, bool optional, Contents& contents) {
  if (const std::optional<Keys> keys = keys_of_config(worker, name)) {
    add_keys(*keys, items, mode, optional, "configmap references non-existent config key",
             contents);
  } else if (!optional) {
    contents.error = fmt::format("configmap \"{}\" not found", name);
  }
}

void add_secret(const Worker& worker, const Str& name, const std::vector<KeyToPath>& items,
                std::optional<std::int32_t> mode, bool optional, Contents& contents) {
  if (const std::optional<Keys> keys = keys_of_secret(worker, name)) {
    add_keys(*keys, items, mode, optional, "references non-existent secret key", contents);
  } else if (!optional) {
    contents.error = fmt::format("secret \"{}\" not found", name);
  }
}

void add_downward(const Worker& worker, const std::vector<DownwardAPIVolumeFile>& items,
                  std::optional<std::int32_t> mode, Contents& contents) {
  for (const DownwardAPIVolumeFile& item : items) {
    std::string value;
    if (item.field_ref) {
      value = field_value(worker, item.field_ref->field_path);
    } else if (item.resource_field_ref) {
      value = resource_value(worker, nullptr, *item.resource_field_ref);
    }
    contents.files.push_back({parse_path(item.path), value, mode_of(item.mode, mode)});
  }
}

}  // namespace

std::optional<Contents> projection_of(const Worker& worker, const Volume& volume) {
  const VolumeSource& source = volume.volume_source;
  Contents contents;
  if (source.config_map) {
    add_config(worker, source.config_map->local_object_reference.name, source.config_map->items,
               source.config_map->default_mode, source.config_map->optional.value_or(false),
               contents);
    return contents;
  }
  if (source.secret) {
    add_secret(worker, source.secret->secret_name, source.secret->items,
               source.secret->default_mode, source.secret->optional.value_or(false), contents);
    return contents;
  }
  if (source.downward_api) {
    add_downward(worker, source.downward_api->items, source.downward_api->default_mode, contents);
    return contents;
  }
  if (!source.projected) return std::nullopt;
  const ProjectedVolumeSource& projected = *source.projected;
  const bool api_access = volume.name == worker.pod.api_access_volume;
  std::vector<std::string> errors;
  for (const VolumeProjection& part : projected.sources) {
    Contents found;
    if (part.service_account_token) {
      found.files.push_back({parse_path(part.service_account_token->path),
                             fmt::format("token of {}", worker.spec.service_account_name),
                             token_mode(worker)});
    }
    if (part.config_map) {
      // Every namespace gets kube-root-ca.crt; one that is a moment old may not have it yet.
      add_config(worker, part.config_map->local_object_reference.name, part.config_map->items,
                 projected.default_mode, api_access || part.config_map->optional.value_or(false),
                 found);
    }
    if (part.secret) {
      add_secret(worker, part.secret->local_object_reference.name, part.secret->items,
                 projected.default_mode, part.secret->optional.value_or(false), found);
    }
    if (part.downward_api) {
      add_downward(worker, part.downward_api->items, projected.default_mode, found);
    }
    if (!found.error.empty()) errors.push_back(found.error);
    for (ProjectedFile& file : found.files) contents.files.push_back(std::move(file));
  }
  if (errors.size() == 1) contents.error = errors.front();
  // k8s 1.30 apimachinery/pkg/util/errors: Aggregate
  if (errors.size() > 1) contents.error = fmt::format("[{}]", fmt::join(errors, ", "));
  return contents;
}

namespace {

/// Files as they were written, and a hash of them.
struct Payload {
  std::vector<ProjectedFile> files;
  std::uint64_t version = 1;
};

/// Pods of one account in one namespace have the same files: those made one after another share
/// them.
std::shared_ptr<const Payload> payload_of(const Contents& contents) {
  const auto same = [](const ProjectedFile& a, const ProjectedFile& b) {
    return a.path == b.path && a.bytes == b.bytes && a.mode == b.mode;
  };
  thread_local std::shared_ptr<const Payload> last;
  if (last && std::equal(last->files.begin(), last->files.end(), contents.files.begin(),
                         contents.files.end(), same)) {
    return last;
  }
  auto made = std::make_shared<Payload>();
  made->files = contents.files;
  for (const ProjectedFile& file : contents.files) {
    made->version =
        mix(made->version ^ fnv1a64(to_string(file.path)) ^ mix(fnv1a64(file.bytes)) ^ file.mode);
  }
  last = std::move(made);
  return last;
}

class AtomicTree : public LateTree {
 public:
  AtomicTree(std::shared_ptr<const Payload> payload, Time now, std::optional<std::int64_t> group)
      : payload_(std::move(payload)), now_(now), group_(group) {}

 private:
  // The group may read what its owner may; k8s 1.30 pkg/volume: SetVolumeOwnership, read-only
  EntryPtr owned(EntryPtr entry) const {
    if (!group_) return entry;
    Entry own = *entry;
    own.gid = static_cast<std::uint32_t>(*group_);
    if (own.type == FileType::File) own.mode |= 0440;
    if (own.type == FileType::Directory) own.mode |= 02550;
    return std::make_shared<const Entry>(std::move(own));
  }

  EntryPtr make() const override {
    Tree tree(owned(make_directory(now_, 0777)));
    const Calendar at = calendar(now_);
    const Str directory(fmt::format("..{:04}_{:02}_{:02}_{:02}_{:02}_{:02}.{}", at.year, at.month,
                                    at.day, at.hour, at.minute, at.second,
                                    payload_->version % 1000000000));
    tree.put({directory}, owned(make_directory(now_)));
    tree.put({Str(kPayload)}, owned(make_symlink(directory, now_)));
    for (const ProjectedFile& file : payload_->files) {
      if (file.path.empty()) continue;
      Path path = {directory};
      path.insert(path.end(), file.path.begin(), file.path.end());
      tree.put(path, owned(make_file(file.bytes, now_, file.mode)));
      tree.put({file.path.front()},
               owned(make_symlink(fmt::format("{}/{}", kPayload, file.path.front()), now_)));
    }
    return tree.root();
  }

  std::shared_ptr<const Payload> payload_;
  Time now_;
  std::optional<std::int64_t> group_;
};

}  // namespace

std::uint64_t version_of(const Contents& contents) { return payload_of(contents)->version; }

Tree atomic_tree(const Worker& worker, const Contents& contents) {
  const auto& context = worker.spec.security_context;
  auto late = std::make_shared<const AtomicTree>(
      payload_of(contents), worker.now(),
      context ? context->fs_group : std::optional<std::int64_t>());
  // A path that is too deep is refused now, not when somebody looks.
  const auto deep = [](const ProjectedFile& file) { return file.path.size() >= Tree::kDeepest; };
  if (std::any_of(contents.files.begin(), contents.files.end(), deep)) late->root();
  return Tree(std::move(late));
}

}  // namespace sim::kubelet
