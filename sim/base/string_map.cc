#include "sim/base/string_map.h"

#include <algorithm>

namespace sim {
namespace {

auto position(const StringMap::Items& items, std::string_view key) {
  return std::lower_bound(
      items.begin(), items.end(), key,
      [](const StringMap::Item& item, std::string_view k) { return item.first.view() < k; });
}

}  // namespace

StringMap::StringMap(std::initializer_list<Item> items) {
  for (const Item& item : items) set(item.first, item.second);
}

const StringMap::Items& StringMap::items() const {
  static const Items none;
  return items_ ? *items_ : none;
}

const Str* StringMap::find(std::string_view key) const {
  const auto at = position(items(), key);
  return at != items().end() && at->first == key ? &at->second : nullptr;
}

Str StringMap::get(std::string_view key) const {
  const Str* value = find(key);
  return value ? *value : Str();
}

void StringMap::set(Str key, Str value) {
  Items& all = items_.edit();
  const auto at = all.begin() + (position(all, key) - all.cbegin());
  if (at != all.end() && at->first == key) {
    at->second = std::move(value);
  } else {
    all.insert(at, {std::move(key), std::move(value)});
  }
}

bool StringMap::erase(std::string_view key) {
  if (!contains(key)) return false;
  Items& all = items_.edit();
  all.erase(position(all, key));
  return true;
}

}  // namespace sim
