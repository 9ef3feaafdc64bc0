#include "sim/controllers/scheduler/preemption.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/model/labels.h"
#include "sim/world/api.h"
#include "sim/world/eviction.h"

namespace sim::scheduler {
namespace {

constexpr const char* kReason = "PreemptionByScheduler";

/// Room on one node, and what it costs.
struct Choice {
  Id node = 0;
  std::vector<Id> victims;
  std::int64_t violations = 0;  // of PodDisruptionBudgets
};

bool ends_by_preemption(const Pod& pod) {
  if (!pod.meta.deletion_timestamp) return false;
  const auto& conditions = pod.status.conditions;
  return std::any_of(conditions.begin(), conditions.end(), [](const PodCondition& condition) {
    return condition.type == "DisruptionTarget" && condition.status == "True" &&
           condition.reason == kReason;
  });
}

class Search {
 public:
  Search(Fit& fit, const Diagnosis& diagnosis, int attempt)
      : fit_(fit),
        world_(fit.incoming().world),
        pod_(fit.incoming().pod),
        diagnosis_(diagnosis),
        attempt_(attempt) {}

  Preemption run() {
    Preemption found;
    if (std::string why = not_eligible(); !why.empty()) {
      found.eligible = false;
      found.message = fmt::format("preemption: {}", why);
      return found;
    }
    const std::size_t nodes = world_.store().node_index().order().size();
    const std::vector<Id>& possible = diagnosis_.preemptible();
    const std::vector<Choice> choices = look_at(possible);
    if (!choices.empty()) {
      const Choice& best = choose(choices);
      found.node = best.node;
      found.victims = best.victims;
      return found;
    }
    if (nodes > possible.size()) {
      reasons_.count(Plugin::None, "Preemption is not helpful for scheduling",
                     nodes - possible.size());
    }
    found.message = fmt::format("preemption: {}", reasons_.message(nodes, ""));
    return found;
  }

 private:
  std::string not_eligible() const;
  std::vector<Choice> look_at(const std::vector<Id>& nodes);
  bool make_room(Choice& choice);
  std::vector<Id> lesser_pods(Id node) const;
  bool fits(Id node, Diagnosis& diagnosis) {
    return fit_.check(fit_.incoming().candidate(node), diagnosis) == Verdict::Fits;
  }
  std::vector<Id> beyond_budgets(const std::vector<Id>& pods) const;
  const Choice& choose(const std::vector<Choice>& choices) const;

  const Pod& pod(Id id) const { return *world_.get<Pod>(id); }
  Time start_of(Id id) const { return pod(id).status.start_time.value_or(world_.now()); }
  // k8s 1.30 pkg/scheduler/util: MoreImportantPod
  bool is_more_important(Id a, Id b) const {
    const std::int32_t first = priority_of(pod(a));
    const std::int32_t second = priority_of(pod(b));
    return first != second ? first > second : start_of(a) < start_of(b);
  }
  void sort_by_importance(std::vector<Id>& pods) const {
    std::stable_sort(pods.begin(), pods.end(), [&](Id a, Id b) { return is_more_important(a, b); });
  }

  Fit& fit_;
  const World& world_;
  const Pod& pod_;
  const Diagnosis& diagnosis_;
  const int attempt_;
  Diagnosis reasons_;  // why it does not help
};

// k8s 1.30 plugins/defaultpreemption: PodEligibleToPreemptOthers
std::string Search::not_eligible() const {
  if (pod_.spec->preemption_policy == Str("Never")) {
    return "not eligible due to preemptionPolicy=Never.";
  }
  const Str& nominated = pod_.status.nominated_node_name;
  if (nominated.empty()) return "";
  const Id node = world_.store().find(Kind::Node, "", nominated);
  const std::vector<Id>& possible = diagnosis_.preemptible();
  if (std::find(possible.begin(), possible.end(), node) == possible.end()) return "";
  for (const Id id : fit_.incoming().pods_on(node)) {
    if (priority_of(pod(id)) < priority_of(pod_) && ends_by_preemption(pod(id))) {
      return "not eligible due to a terminating pod on the nominated node.";
    }
  }
  return "";
}

std::vector<Id> Search::lesser_pods(Id node) const {
  std::vector<Id> lesser = fit_.incoming().pods_on(node);
  std::erase_if(lesser, [&](Id id) { return priority_of(pod(id)) >= priority_of(pod_); });
  return lesser;
}

// k8s 1.30 framework/preemption: DryRunPreemption; plugins/defaultpreemption:
// GetOffsetAndNumCandidates
std::vector<Choice> Search::look_at(const std::vector<Id>& nodes) {
  constexpr std::size_t kFewest = 100;
  constexpr std::size_t kPercent = 10;
  constexpr const char* kNobody = "No preemption victims found for incoming pod";
  if (nodes.empty()) return {};
  const auto least = world_.store().least_priority();
  const bool none_is_less = !least || *least >= priority_of(pod_);
  if (none_is_less && fit_.incoming().assumed().empty()) {
    reasons_.count(Plugin::None, kNobody, nodes.size());
    return {};
  }
  const std::size_t enough =
      std::min(nodes.size(), std::max(kFewest, nodes.size() * kPercent / 100));
  const std::size_t offset =
      draw_below(nodes.size(), world_.settings().seed, "preemption", fit_.incoming().whom(),
                 static_cast<std::uint64_t>(attempt_));
  std::vector<Choice> choices;
  std::vector<Choice> violating;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    Choice choice;
    choice.node = nodes[(offset + i) % nodes.size()];
    choice.victims = lesser_pods(choice.node);
    if (choice.victims.empty()) {
      reasons_.count(Plugin::None, kNobody);
      continue;
    }
    if (!make_room(choice)) continue;
    (choice.violations == 0 ? choices : violating).push_back(std::move(choice));
    if (!choices.empty() && choices.size() + violating.size() >= enough) break;
  }
  choices.insert(choices.end(), std::make_move_iterator(violating.begin()),
                 std::make_move_iterator(violating.end()));
  return choices;
}

// From all who may go to those who must. k8s 1.30 plugins/defaultpreemption: SelectVictimsOnNode
bool Search::make_room(Choice& choice) {
  const Id node = choice.node;
  std::vector<Id> lesser = std::move(choice.victims);
  choice.victims.clear();
  for (const Id id : lesser) fit_.take_away(id, node);
  if (!fits(node, reasons_)) {
    for (const Id id : lesser) fit_.place(id, node);
    return false;
  }
  sort_by_importance(lesser);
  const std::vector<Id> protected_ones = beyond_budgets(lesser);
  const auto is_protected = [&](Id id) {
    return std::find(protected_ones.begin(), protected_ones.end(), id) != protected_ones.end();
  };
  // Those whose loss would break a budget are the first to be spared, then the most important.
  std::stable_partition(lesser.begin(), lesser.end(), is_protected);
  Diagnosis aside;
  for (const Id id : lesser) {
    fit_.place(id, node);
    if (fits(node, aside)) continue;
    fit_.take_away(id, node);
    choice.victims.push_back(id);
    if (is_protected(id)) ++choice.violations;
  }
  for (const Id id : choice.victims) fit_.place(id, node);
  if (choice.victims.empty()) {
    reasons_.count(Plugin::None, fmt::format("expected at least one victim pod on node \"{}\"",
                                             fit_.incoming().node(node).meta.name));
    return false;
  }
  sort_by_importance(choice.victims);
  return true;
}

// k8s 1.30 plugins/defaultpreemption: filterPodsWithPDBViolation
std::vector<Id> Search::beyond_budgets(const std::vector<Id>& pods) const {
  std::vector<Id> beyond;
  std::map<Id, std::int32_t> allowed;
  for (const Id id : pods) {
    const Pod& each = pod(id);
    bool violates = false;
    for (const Ref ref : world_.store().selecting(each)) {
      if (ref.kind != Kind::PodDisruptionBudget) continue;
      const auto& budget = *world_.get<PodDisruptionBudget>(ref.id);
      if (budget.meta.ns != each.meta.ns || !budget.spec.selector) continue;
      const Selector selector = to_selector(*budget.spec.selector);
      if (selector.requirements.empty() || !selector.matches(each.meta.labels)) continue;
      if (budget.status.disrupted_pods.contains(each.meta.name)) continue;
      auto left = allowed.emplace(ref.id, budget.status.disruptions_allowed).first;
      if (--left->second < 0) violates = true;
    }
    if (violates) beyond.push_back(id);
  }
  return beyond;
}

// k8s 1.30 framework/preemption: pickOneNodeForPreemption
const Choice& Search::choose(const std::vector<Choice>& choices) const {
  using Cost = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::size_t, std::int64_t>;
  const auto cost_of = [&](const Choice& choice) {
    const std::int32_t highest = priority_of(pod(choice.victims.front()));
    std::int64_t sum = 0;
    Time earliest = Time{INT64_MAX};
    for (const Id id : choice.victims) {
      sum += std::int64_t{priority_of(pod(id))} + (std::int64_t{INT32_MAX} + 1);
      if (priority_of(pod(id)) == highest) earliest = std::min(earliest, start_of(id));
    }
    return Cost(choice.violations, highest, sum, choice.victims.size(), -earliest.ns);
  };
  return *std::min_element(choices.begin(), choices.end(), [&](const Choice& a, const Choice& b) {
    return cost_of(a) < cost_of(b);
  });
}

}  // namespace

Preemption find_preemption(Fit& fit, const Diagnosis& diagnosis, int attempt) {
  return Search(fit, diagnosis, attempt).run();
}

// k8s 1.30 framework/preemption: prepareCandidate
void carry_out(const World& world, Plan& plan, const Pod& preemptor, const Preemption& preemption) {
  const Str& node = world.get<Node>(preemption.node)->meta.name;
  for (const Id id : preemption.victims) {
    const Pod& victim = *world.get<Pod>(id);
    if (victim.meta.deletion_timestamp) continue;
    EventNote event;
    event.about = {Kind::Pod, id};
    event.type = "Normal";
    event.reason = "Preempted";
    event.message =
        Str(fmt::format("Preempted by pod {} on node {}", to_string(preemptor.meta.uid), node));
    event.component = "default-scheduler";
    event.action = "Preempting";
    plan.event(std::move(event));
    mark_disrupted(world, plan, id, kReason,
                   fmt::format("{}: preempting to accommodate a higher priority pod",
                               preemptor.spec->scheduler_name));
    api_delete(world, plan, {Kind::Pod, id}, DeleteOptions(),
               fmt::format("preempted by {}, whose priority is higher", preemptor.meta.name));
  }
  for (const Id id : world.scheduling_queue().nominated()) {
    QueuedPod entry = world.scheduling_queue().get(id);
    const Pod* other = world.get<Pod>(id);
    if (!other || other == &preemptor || entry.nominated != preemption.node ||
        priority_of(*other) >= priority_of(preemptor)) {
      continue;
    }
    entry.nominated = 0;
    plan.queue.push_back({id, entry});
    if (other->status.nominated_node_name.empty()) continue;
    auto next = std::make_shared<Pod>(*other);
    next->status.nominated_node_name = Str();
    plan.update({Kind::Pod, id}, std::move(next), "a more important pod gets the room");
  }
}

}  // namespace sim::scheduler
