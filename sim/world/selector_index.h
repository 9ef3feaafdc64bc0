// Which Services and PodDisruptionBudgets may select a pod, and which pods each of them may. Of a
// selector only its first equality counts, and only pods that carry one of those are noted: a
// cluster without Services pays nothing. Whoever asks still has to match the whole selector. Kept
// by Store::put() and erase().
#pragma once

#include <optional>
#include <tuple>
#include <vector>

#include "sim/base/sorted_map.h"
#include "sim/model/meta.h"
#include "sim/world/task.h"

namespace sim {

class Store;

class SelectorIndex {
 public:
  std::vector<Ref> selecting(const ObjectMeta& pod) const;
  /// None when the selector has no equality: any pod of the namespace may do.
  std::optional<std::vector<Id>> pods_of(const Object& selecting) const;

  /// A Service or PodDisruptionBudget has changed; a pod has.
  void update_selector(Ref ref, const Object* before, const Object* after, const Store& store);
  void update_pod(Id id, const Object* before, const Object* after);

  bool agrees_with(const SelectorIndex& other) const;

 private:
  struct None {
    friend bool operator==(const None&, const None&) = default;
  };
  /// Of a selector: its namespace and its first equality. An empty key: it has none.
  using Pair = std::tuple<Str, Str, Str>;

  static std::optional<Pair> pair_of(const Object& selecting);
  bool is_asked_for(const Pair& pair) const;
  void note_pod(Id id, const ObjectMeta& pod, bool there);

  SortedMap<std::tuple<Str, Str, Str, Kind, Id>, None> selectors_;
  SortedMap<std::tuple<Str, Str, Str, Id>, None> pods_;
};

}  // namespace sim
