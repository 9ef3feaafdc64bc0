#include "sim/model/pod_qos.h"

namespace sim {
namespace {

/// Adds what a list has of CPU and memory; answers how many of the two it has.
int add_amounts(ResourceList& sum, const ResourceList& list) {
  int found = 0;
  for (const char* name : {"cpu", "memory"}) {
    const Quantity* amount = list.find(name);
    if (!amount || amount->is_zero() || amount->is_negative()) continue;
    sum.set(name, sum.get(name) + *amount);
    ++found;
  }
  return found;
}

}  // namespace

Str qos_class(const PodSpec& spec) {
  ResourceList requests;
  ResourceList limits;
  bool guaranteed = true;
  for (const auto* containers : {&spec.containers, &spec.init_containers}) {
    for (const Container& container : *containers) {
      add_amounts(requests, container.resources.requests);
      if (add_amounts(limits, container.resources.limits) != 2) guaranteed = false;
    }
  }
  if (requests.empty() && limits.empty()) return "BestEffort";
  return guaranteed && requests == limits ? "Guaranteed" : "Burstable";
}

}  // namespace sim
