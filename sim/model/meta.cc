#include "sim/model/meta.h"

#include <algorithm>

#include "sim/base/format.h"

namespace sim {

std::string to_string(Uid uid) {
  if (!uid) return std::string();
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", uid.high >> 32,
                     (uid.high >> 16) & 0xffff, uid.high & 0xffff, uid.low >> 48,
                     uid.low & 0xffffffffffffULL);
}

std::optional<Uid> parse_uid(std::string_view text) {
  if (text.empty()) return Uid{};
  if (text.size() != 36) return std::nullopt;
  Uid uid;
  int digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return std::nullopt;
      continue;
    }
    std::uint64_t digit;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint64_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint64_t>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint64_t>(c - 'A') + 10;
    } else {
      return std::nullopt;
    }
    std::uint64_t& half = digits++ < 16 ? uid.high : uid.low;
    half = half << 4 | digit;
  }
  return uid;
}

const OwnerReference* ObjectMeta::controller() const {
  for (const OwnerReference& owner : owner_references) {
    if (owner.controller.value_or(false)) return &owner;
  }
  return nullptr;
}

bool has_finalizer(const Object& object, std::string_view finalizer) {
  const auto& all = object.meta.finalizers;
  return std::find(all.begin(), all.end(), finalizer) != all.end();
}

bool add_finalizer(Object& object, std::string_view finalizer) {
  if (has_finalizer(object, finalizer)) return false;
  object.meta.finalizers.emplace_back(finalizer);
  return true;
}

}  // namespace sim
