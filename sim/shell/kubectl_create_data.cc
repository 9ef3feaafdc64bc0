// kubectl create configmap and secret: keys with values out of files, directories and words.
// k8s 1.32 kubectl/pkg/cmd/create: create_configmap.go, create_secret*.go
#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/base/base64.h"
#include "sim/base/format.h"
#include "sim/base/utf8.h"
#include "sim/model/service_types.h"
#include "sim/model/validate_errors.h"
#include "sim/shell/kubectl_create.h"
#include "sim/shell/name_hash.h"

namespace sim::kubectl {
namespace {

/// As Go words it: "no such file or directory".
std::string go_errno(Errno error) {
  std::string text(to_string(error));
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] + 32);
  return text;
}

/// Goes through the flags of one command, up to the first thing that is wrong.
class KeyReader {
 public:
  KeyReader(const Call& call, const TakeKey& take) : call_(call), take_(take) {}

  const std::string& error() const { return error_; }

  void add_literal(const std::string& source) {
    const std::size_t equals = source.find('=');
    if (equals == 0 || equals == std::string::npos) {
      complain(fmt::format("invalid literal source {}, expected key=value", source));
      return;
    }
    add(source.substr(0, equals), source.substr(equals + 1));
  }

  void add_file(const std::string& source) {
    const auto equals = std::count(source.begin(), source.end(), '=');
    const std::size_t at = source.find('=');
    if (equals > 1) return complain("key names or file paths cannot contain '='");
    if (equals == 1 && at == 0) {
      return complain(fmt::format("key name for file path {} missing", source.substr(1)));
    }
    if (equals == 1 && at + 1 == source.size()) {
      return complain(fmt::format("file path for key name {} missing", source.substr(0, at)));
    }
    const std::string file = equals == 1 ? source.substr(at + 1) : source;
    const Path path = parse_path(file, call_.process.cwd);
    const Io<Stat> found = files().stat(path);
    if (!found) return complain(fmt::format("error reading {}: {}", file, go_errno(found.error)));
    if (found.value.type != FileType::Directory) {
      const std::string name = path.empty() ? file : path.back().str();
      return add_bytes(equals == 1 ? source.substr(0, at) : name, file, path);
    }
    if (equals == 1) return complain("cannot give a key name for a directory path");
    for (const Str& child : files().list(path).value) {
      Path below = path;
      below.push_back(child);
      const Io<Stat> stat = files().stat(below, false);
      if (stat && stat.value.type == FileType::File) add_bytes(child.str(), file, below);
    }
  }

  void add_env_file(const std::string& file) {
    const Path path = parse_path(file, call_.process.cwd);
    const Io<Stat> found = files().stat(path);
    if (!found) return complain(fmt::format("error reading {}: {}", file, go_errno(found.error)));
    if (found.value.type == FileType::Directory) {
      return complain("env config file cannot be a directory");
    }
    const Io<std::string> text = files().read(path);
    std::string_view rest = text.value;
    if (rest.substr(0, 3) == "\xEF\xBB\xBF") rest.remove_prefix(3);
    while (!rest.empty() && error_.empty()) {
      const std::size_t end = rest.find('\n');
      std::string_view line = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      add_env_line(line);
    }
  }

 private:
  const FileSystem& files() const { return call_.session.files; }

  void complain(std::string message) {
    if (error_.empty()) error_ = std::move(message);
  }

  void add_env_line(std::string_view line) {
    line.remove_prefix(std::min(line.size(), line.find_first_not_of(" \t\v\f")));
    if (line.empty() || line.front() == '#') return;
    const std::size_t equals = line.find('=');
    const std::string key(line.substr(0, equals));
    const std::vector<std::string> wrong = env_name_errors(key);
    if (!wrong.empty()) {
      return complain(
          fmt::format("\"{}\" is not a valid key name: {}", key, fmt::join(wrong, ";")));
    }
    if (equals != std::string_view::npos) return add(key, std::string(line.substr(equals + 1)));
    // A name alone takes the value that it has in the terminal's environment.
    const auto at = call_.process.env.find(key);
    add(key, at == call_.process.env.end() ? "" : at->second);
  }

  void add(const std::string& key, const std::string& bytes) { complain(take_(key, bytes)); }

  void add_bytes(const std::string& key, const std::string& shown, const Path& path) {
    const Io<std::string> bytes = files().read(path);
    if (!bytes) return complain(fmt::format("open {}: {}", shown, go_errno(bytes.error)));
    add(key, bytes.value);
  }

  const Call& call_;
  const TakeKey& take_;
  std::string error_;
};

std::string take_for_map(ConfigMap& map, std::string_view name, const std::string& key,
                         const std::string& bytes) {
  if (const auto wrong = config_key_errors(key); !wrong.empty()) {
    return fmt::format("\"{}\" is not a valid key name for a ConfigMap: {}", key,
                       fmt::join(wrong, ","));
  }
  for (const auto& [data, where] :
       {std::pair{&map.data, "Data"}, std::pair{&map.binary_data, "BinaryData"}}) {
    if (!data->contains(key)) continue;
    return fmt::format(
        "cannot add key \"{}\", another key by that name already exists in {} for ConfigMap "
        "\"{}\"",
        key, where, name);
  }
  if (find_bad_utf8(bytes) == std::string_view::npos) {
    map.data.set(key, bytes);
  } else {
    map.binary_data.set(key, encode_base64(bytes));
  }
  return "";
}

std::string take_for_secret(Secret& secret, const std::string& key, const std::string& bytes) {
  if (const auto wrong = config_key_errors(key); !wrong.empty()) {
    return fmt::format("\"{}\" is not valid key name for a Secret {}", key, fmt::join(wrong, ";"));
  }
  if (secret.data.contains(key)) {
    return fmt::format("cannot add key {}, another key by that name already exists", key);
  }
  secret.data.set(key, encode_base64(bytes));
  return "";
}

constexpr std::string_view kNotTogether =
    "from-env-file cannot be combined with from-file or from-literal";
constexpr std::string_view kFailing = "failed to create secret ";

/// --append-hash. k8s 1.32 kubectl/pkg/util/hash: ConfigMapHash, SecretHash
void append_hash(Object& object, const Str& type, const std::string& name, const Flags& flags) {
  if (!flags.is_on("append-hash")) return;
  const Json json = encode(object);
  Json fields = {{"kind", std::string(info(object.kind).name)},
                 {"name", name},
                 {"data", json.contains("data") ? json["data"] : Json::object()}};
  if (json.contains("binaryData")) fields["binaryData"] = json["binaryData"];
  if (object.kind == Kind::Secret) fields["type"] = type.str();
  object.meta.name = Str(fmt::format("{}-{}", name, name_hash(fields)));
}

bool mixes_sources(const Flags& flags) {
  return flags.has("from-env-file") && (flags.has("from-file") || flags.has("from-literal"));
}

Step create_generic_secret(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(
      words,
      create_flags({"append-hash", "from-env-file=", "from-file=", "from-literal=", "type="}));
  Creation creation(call, flags, "secret generic");
  if (std::optional<Step> step = creation.begin()) return *step;
  if (mixes_sources(flags)) return fail(kNotTogether);
  auto secret = std::make_shared<Secret>();
  secret->type = flags.get("type");
  const std::string error = read_keys(call, flags, [&](const auto& key, const auto& bytes) {
    return take_for_secret(*secret, key, bytes);
  });
  if (!error.empty()) return fail(error);
  append_hash(*secret, secret->type, creation.name(), flags);
  return creation.make(secret, kFailing);
}

/// What `docker login` would leave behind.
std::string docker_config(const Flags& flags) {
  const auto quoted = [](std::string_view text) { return Json(std::string(text)).dump(); };
  const std::string user = flags.get("docker-username");
  const std::string password = flags.get("docker-password");
  std::string entry =
      fmt::format("\"username\":{},\"password\":{}", quoted(user), quoted(password));
  if (const std::string email = flags.get("docker-email"); !email.empty()) {
    entry += fmt::format(",\"email\":{}", quoted(email));
  }
  entry += fmt::format(",\"auth\":{}", quoted(encode_base64(user + ":" + password)));
  return fmt::format("{{\"auths\":{{{}:{{{}}}}}}}",
                     quoted(flags.get("docker-server", "https://index.docker.io/v1/")), entry);
}

Step create_registry_secret(Call& call, const std::vector<std::string>& words) {
  const Flags flags =
      read_flags(words, create_flags({"append-hash", "docker-email=", "docker-password=",
                                      "docker-server=", "docker-username=", "from-file="}));
  Creation creation(call, flags, "secret docker-registry");
  if (std::optional<Step> step = creation.begin()) return *step;
  if (!flags.has("from-file") &&
      (flags.get("docker-username").empty() || flags.get("docker-password").empty() ||
       flags.get("docker-server", "default").empty())) {
    return fail(
        "either --from-file or the combination of --docker-username, --docker-password and "
        "--docker-server is required");
  }
  auto secret = std::make_shared<Secret>();
  secret->type = "kubernetes.io/dockerconfigjson";
  if (flags.has("from-file")) {
    const std::string error = read_keys(call, flags, [&](const auto& key, const auto& bytes) {
      return take_for_secret(*secret, key, bytes);
    });
    if (!error.empty()) return fail(error);
  } else {
    secret->data.set(".dockerconfigjson", encode_base64(docker_config(flags)));
  }
  append_hash(*secret, secret->type, creation.name(), flags);
  return creation.make(secret, kFailing);
}

Step create_tls_secret(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, create_flags({"append-hash", "cert=", "key="}));
  Creation creation(call, flags, "secret tls");
  if (std::optional<Step> step = creation.begin()) return *step;
  if (flags.get("cert").empty() || flags.get("key").empty()) {
    return fail("key and cert must be specified");
  }
  auto secret = std::make_shared<Secret>();
  secret->type = "kubernetes.io/tls";
  std::string error;
  for (const auto& [flag, key] : {std::pair{"cert", "tls.crt"}, std::pair{"key", "tls.key"}}) {
    const std::string file = flags.get(flag);
    const std::string bytes = read_file(call, file, &error);
    if (!error.empty()) return fail(fmt::format("Cannot read file {}, {}", file, error));
    // crypto/tls: X509KeyPair
    if (bytes.find("-----BEGIN ") == std::string::npos) {
      return fail(fmt::format("tls: failed to find any PEM data in {} input",
                              std::string_view(flag) == "cert" ? "certificate" : "key"));
    }
    secret->data.set(key, encode_base64(bytes));
  }
  append_hash(*secret, secret->type, creation.name(), flags);
  return creation.make(secret, kFailing);
}

}  // namespace

std::string read_keys(const Call& call, const Flags& flags, const TakeKey& take) {
  KeyReader reader(call, take);
  for (const std::string& source : list_flag(flags, "from-file")) reader.add_file(source);
  for (const std::string& source : flags.all("from-literal")) reader.add_literal(source);
  for (const std::string& source : list_flag(flags, "from-env-file")) reader.add_env_file(source);
  return reader.error();
}

std::string read_file(const Call& call, const std::string& name, std::string* error) {
  const Io<std::string> bytes = call.session.files.read(parse_path(name, call.process.cwd));
  if (!bytes) *error = fmt::format("open {}: {}", name, go_errno(bytes.error));
  return bytes.value;
}

Step create_config_map(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(
      words, create_flags({"append-hash", "from-env-file=", "from-file=", "from-literal="}));
  Creation creation(call, flags, "configmap");
  if (std::optional<Step> step = creation.begin()) return *step;
  if (mixes_sources(flags)) return fail(kNotTogether);
  auto map = std::make_shared<ConfigMap>();
  const std::string error = read_keys(call, flags, [&](const auto& key, const auto& bytes) {
    return take_for_map(*map, creation.name(), key, bytes);
  });
  if (!error.empty()) return fail(error);
  append_hash(*map, Str(), creation.name(), flags);
  return creation.make(map, "failed to create configmap: ");
}

Step create_secret(Call& call, const std::vector<std::string>& words) {
  const std::string_view what = words.empty() ? "" : std::string_view(words.front());
  const std::vector<std::string> rest(words.begin() + (words.empty() ? 0 : 1), words.end());
  if (what == "docker-registry") return create_registry_secret(call, rest);
  if (what == "tls") return create_tls_secret(call, rest);
  return create_generic_secret(call, rest);
}

}  // namespace sim::kubectl
