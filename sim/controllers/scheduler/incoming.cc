#include "sim/controllers/scheduler/incoming.h"

#include <algorithm>
#include <map>

#include "sim/model/pod_facts.h"
#include "sim/world/node_load.h"

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

Incoming::Incoming(const World& in_world, const Pod& of)
    : world(in_world),
      pod(of),
      spec(*of.spec),
      request(pod_requests(of)),
      scalars(scalar_requests(*of.spec)),
      node_affinity(*of.spec) {
  if (world.scheduling_queue().any_binding()) read_assumed();
}

// k8s 1.30 pkg/scheduler/internal/cache: AssumePod
void Incoming::read_assumed() {
  for (const Id id : world.scheduling_queue().binding()) {
    const Pod* other = world.get<Pod>(id);
    const Id on = world.scheduling_queue().get(id).node;
    if (!other || other == &pod || !other->node_name.empty() || has_ended(*other)) continue;
    if (!world.get<Node>(on)) continue;
    place(id, on);
  }
}

void Incoming::count_load(Id id, Id on, int sign) {
  NodeLoad& load = assumed_loads_.emplace(on, store().load(on)).first->second;
  count_pod(load, *world.get<Pod>(id), sign);
}

void Incoming::place(Id id, Id on) {
  if (taken_away_.erase(id) == 0) assumed_.emplace_back(id, on);
  count_load(id, on, 1);
}

void Incoming::take_away(Id id, Id on) {
  const auto found = std::find(assumed_.begin(), assumed_.end(), std::pair(id, on));
  if (found != assumed_.end()) {
    assumed_.erase(found);
  } else {
    taken_away_.insert(id);
  }
  count_load(id, on, -1);
}

Id Incoming::place_of(Id id, const Pod& other) const {
  if (taken_away_.count(id) != 0) return 0;
  if (is_placed(other)) return node_of(store(), other);
  const auto found = std::find_if(assumed_.begin(), assumed_.end(),
                                  [id](const auto& each) { return each.first == id; });
  return found == assumed_.end() ? 0 : found->second;
}

std::vector<Id> Incoming::pods_on(Id on) const {
  std::vector<Id> pods = store().pods_on(node(on).meta.name);
  pods.erase(std::remove_if(pods.begin(), pods.end(),
                            [&](Id id) {
                              return !is_placed(*world.get<Pod>(id)) || taken_away_.count(id) != 0;
                            }),
             pods.end());
  for (const auto& [id, place] : assumed_) {
    if (place == on) pods.push_back(id);
  }
  return pods;
}

bool is_placed(const Pod& pod) { return !pod.node_name.empty() && !has_ended(pod); }

Id node_of(const Store& store, const Pod& pod) { return store.find(Kind::Node, "", pod.node_name); }

}  // namespace sim::scheduler
