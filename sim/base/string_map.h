// StringMap: a sorted map from string to string that is shared until it is edited: labels,
// annotations, node selectors, ConfigMap data. Most objects of one owner carry the same labels, so
// a copy shares them. Iteration is in bytewise order of the keys, as Kubernetes prints them.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/box.h"
#include "sim/base/str.h"

namespace sim {

class StringMap {
 public:
  using Item = std::pair<Str, Str>;
  using Items = std::vector<Item>;

  StringMap() = default;
  StringMap(std::initializer_list<Item> items);

  bool empty() const { return !items_ || items_->empty(); }
  std::size_t size() const { return items_ ? items_->size() : 0; }
  Items::const_iterator begin() const { return items().begin(); }
  Items::const_iterator end() const { return items().end(); }

  /// The value, or null. The pointer lives as long as this map is not edited.
  const Str* find(std::string_view key) const;
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  /// The value, or an empty string.
  Str get(std::string_view key) const;
  void set(Str key, Str value);
  /// True when the key was there.
  bool erase(std::string_view key);

  friend bool operator==(const StringMap& a, const StringMap& b) {
    return a.items_.shares(b.items_) || a.items() == b.items();
  }

 private:
  const Items& items() const;

  Box<Items> items_;
};

}  // namespace sim
