#include "sim/controllers/scheduler/incoming.h"

#include <algorithm>
#include <map>

#include "sim/model/pod_facts.h"

namespace sim::scheduler {
namespace {

using Amounts = std::map<Str, std::int64_t>;

bool counts_as_scalar(const Str& name) {
  return name != "cpu" && name != "memory" && name != "ephemeral-storage" && name != "pods";
}

Amounts scalars_of(const ResourceList& list) {
  Amounts amounts;
  for (const auto& [name, amount] : list) {
    if (counts_as_scalar(name)) amounts[name] = amount.value();
  }
  return amounts;
}

void add(Amounts& to, const Amounts& more) {
  for (const auto& [name, amount] : more) to[name] += amount;
}

void raise(Amounts& to, const Amounts& other) {
  for (const auto& [name, amount] : other) to[name] = std::max(to[name], amount);
}

bool any_scalar(const ResourceList& list) {
  return std::any_of(list.begin(), list.end(),
                     [](const ResourceList::Item& item) { return counts_as_scalar(item.first); });
}

bool any_scalar(const std::vector<Container>& containers) {
  return std::any_of(containers.begin(), containers.end(), [](const Container& container) {
    return any_scalar(container.resources.requests);
  });
}

}  // namespace

Scalars scalar_requests(const PodSpec& spec) {
  if (!any_scalar(spec.containers) && !any_scalar(spec.init_containers) &&
      !any_scalar(spec.overhead)) {
    return {};
  }
  Amounts sum;
  for (const Container& container : spec.containers) {
    add(sum, scalars_of(container.resources.requests));
  }
  Amounts sidecars;
  Amounts largest_init;
  for (const Container& container : spec.init_containers) {
    Amounts own = scalars_of(container.resources.requests);
    if (container.restart_policy == Str("Always")) {
      add(sum, own);
      add(sidecars, own);
      raise(largest_init, sidecars);
    } else {
      add(own, sidecars);
      raise(largest_init, own);
    }
  }
  raise(sum, largest_init);
  add(sum, scalars_of(spec.overhead));
  Scalars wanted;
  for (const auto& [name, amount] : sum) {
    if (amount != 0) wanted.emplace_back(name, amount);
  }
  return wanted;
}

bool is_placed(const Pod& pod) { return !pod.node_name.empty() && !has_ended(pod); }

Id node_of(const Store& store, const Pod& pod) { return store.find(Kind::Node, "", pod.node_name); }

}  // namespace sim::scheduler
