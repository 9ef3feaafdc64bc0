#include "sim/controllers/scheduler/fit.h"

#include <iterator>

namespace sim::scheduler {

Fit::Fit(Incoming& incoming)
    : incoming_(incoming),
      filters_(incoming),
      limits_(incoming),
      volumes_(incoming),
      spread_(incoming),
      affinity_(incoming) {
  see_whether_alone();
  if (incoming.world.scheduling_queue().any_nominated()) read_nominated();
}

void Fit::see_whether_alone() {
  alone_ = !spread_.active() && !affinity_.active() && !limits_.active() && !volumes_.active();
}

// k8s 1.30 framework/runtime: addNominatedPods
void Fit::read_nominated() {
  const World& world = incoming_.world;
  for (const Id id : world.scheduling_queue().nominated()) {
    const Pod* other = world.get<Pod>(id);
    const Id node = world.scheduling_queue().get(id).nominated;
    if (!other || other == &incoming_.pod || !other->node_name.empty() || !world.get<Node>(node)) {
      continue;
    }
    if (priority_of(*other) >= priority_of(incoming_.pod)) nominated_[node].push_back(id);
  }
}

void Fit::pre_filter(Diagnosis& diagnosis) {
  if (filters_.names_conflict()) {
    diagnosis.refuse(Plugin::NodeAffinity, "pod affinity terms conflict");
  } else if (!limits_.refusal().empty()) {
    diagnosis.refuse(Plugin::VolumeRestrictions, limits_.refusal());
  } else if (!volumes_.refusal().empty()) {
    diagnosis.refuse(Plugin::VolumeBinding, volumes_.refusal());
  } else {
    const std::set<Str>* by_affinity = filters_.named_nodes();
    const std::set<Str>* by_volumes = volumes_.named_nodes();
    if (by_affinity) named_ = *by_affinity;
    if (by_volumes && !by_affinity) named_ = *by_volumes;
    if (by_volumes && by_affinity) {
      for (auto name = named_.begin(); name != named_.end();) {
        name = by_volumes->count(*name) == 0 ? named_.erase(name) : std::next(name);
      }
    }
    if (by_volumes && named_.empty()) {
      diagnosis.refuse(Plugin::None, by_affinity ? "node(s) didn't satisfy plugin(s) [NodeAffinity "
                                                   "VolumeBinding] simultaneously"
                                                 : "node(s) didn't satisfy plugin VolumeBinding");
    } else if (!limits_.zone_refusal().empty()) {
      diagnosis.refuse(Plugin::VolumeZone, limits_.zone_refusal());
    }
  }
  if (diagnosis.refused()) return;
  if (filters_.named_nodes()) diagnosis.blame(Plugin::NodeAffinity);
  if (volumes_.named_nodes()) diagnosis.blame(Plugin::VolumeBinding);
}

Verdict Fit::check_as_it_is(const Candidate& node, Diagnosis& diagnosis) {
  Verdict verdict = filters_.check(node, diagnosis);
  if (verdict == Verdict::Fits && limits_.active()) verdict = limits_.check(node, diagnosis);
  if (verdict == Verdict::Fits && volumes_.active()) verdict = volumes_.check(node.id, diagnosis);
  if (verdict == Verdict::Fits && limits_.active()) verdict = limits_.check_zone(node, diagnosis);
  if (verdict == Verdict::Fits && spread_.active()) verdict = spread_.check(node.id, diagnosis);
  if (verdict == Verdict::Fits && affinity_.active()) verdict = affinity_.check(node.id, diagnosis);
  return verdict;
}

Verdict Fit::check_with_nominated(const Candidate& node, Diagnosis& diagnosis) {
  const auto expected = nominated_.find(node.id);
  if (expected == nominated_.end()) return check_as_it_is(node, diagnosis);
  for (const Id id : expected->second) place(id, node.id);
  const Verdict with = check_as_it_is(incoming_.candidate(node.id), diagnosis);
  for (const Id id : expected->second) take_away(id, node.id);
  if (with != Verdict::Fits) return with;
  return check_as_it_is(incoming_.candidate(node.id), diagnosis);
}

void Fit::place(Id pod, Id node) {
  incoming_.place(pod, node);
  const Pod& row = *incoming_.world.get<Pod>(pod);
  if (spread_.active()) spread_.count(row, node, 1);
  affinity_.count(row, incoming_.node(node), 1);
  see_whether_alone();
}

void Fit::take_away(Id pod, Id node) {
  incoming_.take_away(pod, node);
  const Pod& row = *incoming_.world.get<Pod>(pod);
  if (spread_.active()) spread_.count(row, node, -1);
  affinity_.count(row, incoming_.node(node), -1);
  see_whether_alone();
}

}  // namespace sim::scheduler
