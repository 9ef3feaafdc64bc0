#include "sim/files/image.h"

#include <algorithm>

#include "sim/base/format.h"
#include "sim/base/hash.h"

namespace sim {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter_or_digit(char c) { return is_lower(c) || is_upper(c) || is_digit(c); }
bool has_upper(std::string_view text) { return std::any_of(text.begin(), text.end(), is_upper); }

struct Name {
  std::string domain;  // "docker.io"
  std::string path;    // "library/nginx"
  std::string tag;
  std::string digest;  // "sha256:…"
  bool has_tag = false;
  bool has_digest = false;
};

/// distribution/reference 0.5: splitDockerDomain
Name split(std::string_view text) {
  Name name;
  const std::size_t slash = text.find('/');
  const std::string_view first = text.substr(0, slash);
  if (slash == std::string_view::npos || (first.find_first_of(".:") == std::string_view::npos &&
                                          first != "localhost" && !has_upper(first))) {
    name.domain = "docker.io";
  } else {
    name.domain = first == "index.docker.io" ? "docker.io" : std::string(first);
    text.remove_prefix(slash + 1);
  }
  const std::size_t at = text.find('@');
  if (at != std::string_view::npos) {
    name.has_digest = true;
    name.digest = text.substr(at + 1);
    text = text.substr(0, at);
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    name.has_tag = true;
    name.tag = text.substr(colon + 1);
    text = text.substr(0, colon);
  }
  name.path = text;
  if (name.domain == "docker.io" && text.find('/') == std::string_view::npos) {
    name.path = "library/" + name.path;
  }
  return name;
}

/// Calls `valid` for each part between the separators; false as soon as one is not.
template <class Valid>
bool all_parts(std::string_view text, char separator, Valid valid) {
  for (;;) {
    const std::size_t end = text.find(separator);
    if (!valid(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

bool is_domain(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view port = text.substr(colon + 1);
    if (port.empty() || !std::all_of(port.begin(), port.end(), is_digit)) return false;
    text = text.substr(0, colon);
  }
  return all_parts(text, '.', [](std::string_view part) {
    return !part.empty() && part.front() != '-' && part.back() != '-' &&
           std::all_of(part.begin(), part.end(),
                       [](char c) { return is_letter_or_digit(c) || c == '-'; });
  });
}

/// Letters and digits, with one ".", one or two "_" or any number of "-" between them.
bool is_path_part(std::string_view part) {
  const auto plain = [](char c) { return is_lower(c) || is_digit(c); };
  if (part.empty() || !plain(part.front()) || !plain(part.back())) return false;
  for (std::size_t i = 0; i < part.size();) {
    if (plain(part[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < part.size() && part[end] == part[i]) ++end;
    const std::size_t most = part[i] == '-'   ? part.size()
                             : part[i] == '_' ? 2
                             : part[i] == '.' ? 1
                                              : 0;
    if (end - i > most || end == part.size() || !plain(part[end])) return false;
    i = end;
  }
  return true;
}

bool is_tag(std::string_view tag) {
  const auto word = [](char c) { return is_letter_or_digit(c) || c == '_'; };
  return !tag.empty() && tag.size() <= 128 && word(tag.front()) &&
         std::all_of(tag.begin(), tag.end(),
                     [&](char c) { return word(c) || c == '.' || c == '-'; });
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

bool is_digest(std::string_view digest) {
  const std::size_t colon = digest.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  const std::string_view algorithm = digest.substr(0, colon);
  const std::string_view hex = digest.substr(colon + 1);
  return std::all_of(algorithm.begin(), algorithm.end(), is_letter_or_digit) && hex.size() >= 32 &&
         (algorithm != "sha256" || hex.size() == 64) && is_hex(hex);
}

}  // namespace

std::string normal_image_name(std::string_view text) {
  const Name name = split(text);
  std::string normal = name.domain + "/" + name.path;
  if (name.has_tag) {
    normal += ":" + name.tag;
  } else if (!name.has_digest) {
    normal += ":latest";
  }
  if (name.has_digest) normal += "@" + name.digest;
  return normal;
}

std::string image_name_error(std::string_view text) {
  // distribution/reference 0.5: ParseNormalizedNamed
  if (text.size() == 64 && is_hex(text) && !has_upper(text)) {
    return fmt::format("invalid repository name ({}), cannot specify 64-byte hexadecimal strings",
                       text);
  }
  const Name name = split(text);
  if (has_upper(name.path)) {
    return fmt::format("invalid reference format: repository name ({}) must be lowercase",
                       name.path);
  }
  if (text.empty() || !is_domain(name.domain) || !all_parts(name.path, '/', is_path_part) ||
      (name.has_tag && !is_tag(name.tag)) || (name.has_digest && !is_digest(name.digest))) {
    return "invalid reference format";
  }
  if (name.domain.size() + 1 + name.path.size() > 255) {
    return "repository name must not be more than 255 characters";
  }
  return "";
}

Str image_digest(std::string_view name) {
  std::string digest = "sha256:";
  std::uint64_t bits = fnv1a64(name);
  for (int i = 0; i < 4; ++i) {
    bits = mix(bits);
    digest += fmt::format("{:016x}", bits);
  }
  return digest;
}

const Image* ImageCatalog::find(std::string_view name) const {
  const auto at = images.find(normal_image_name(name));
  if (at != images.end()) return &at->second;
  const Name wanted = split(name);
  if (!wanted.has_digest) return nullptr;
  // A digest names the bytes, whatever tag the catalog has them under.
  for (const auto& [normal, image] : images) {
    const Name have = split(normal);
    if (have.domain == wanted.domain && have.path == wanted.path && image.id == wanted.digest) {
      return &image;
    }
  }
  return nullptr;
}

}  // namespace sim
