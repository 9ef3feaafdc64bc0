#include "sim/controllers/faults.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/model/pod_facts.h"
#include "sim/world/fault.h"
#include "sim/world/node_usage.h"

namespace sim::faults {
namespace {

/// The next of a series of random faults.
class Series {
 public:
  Series(const World& world, Id id, const PlannedFault& planned)
      : world_(world), ref_{Kind::PlannedFault, id}, planned_(planned), chaos_(*planned.chaos) {}

  Plan take() {
    if (world_.now() >= chaos_.until) {
      Fault all;
      all.kind = FaultKind::HealAll;
      strike(world_, plan_, all);
      plan_.erase(ref_, "the random faults are over");
      return std::move(plan_);
    }
    const std::string what = hit();
    auto next = std::make_shared<PlannedFault>(planned_);
    ++next->chaos->struck;
    next->at = std::min(world_.now() + span(chaos_.every, "gap"), chaos_.until);
    plan_.update(ref_, std::move(next), Str(what));
    return std::move(plan_);
  }

 private:
  std::uint64_t below(std::uint64_t bound, std::string_view purpose) const {
    return draw_below(bound, chaos_.seed, purpose, fnv1a64(planned_.meta.name), chaos_.struck);
  }
  /// From half to one and a half of what it is on average.
  Duration span(Duration average, std::string_view purpose) const {
    const auto whole = static_cast<std::uint64_t>(std::max<std::int64_t>(average.ns, 2));
    return Duration{average.ns / 2 + static_cast<std::int64_t>(below(whole, purpose))};
  }
  std::vector<Str> targets(FaultTarget target) const;
  std::string hit();
  void end_later(const Fault& fault);

  const World& world_;
  const Ref ref_;
  const PlannedFault& planned_;
  const Chaos& chaos_;
  Plan plan_;
};

std::vector<Str> Series::targets(FaultTarget target) const {
  std::vector<Str> all;
  const Store& store = world_.store();
  switch (target) {
    case FaultTarget::Pod:
      for (const auto& [id, row] : store.table(Kind::PodSandbox)) {
        const auto& sandbox = static_cast<const PodSandbox&>(row);
        const Pod* pod = world_.get<Pod>(sandbox.pod);
        if (pod && !has_ended(*pod))
          all.push_back(Str(fmt::format("{}/{}", pod->meta.ns, pod->meta.name)));
      }
      break;
    case FaultTarget::Node:
      for (const auto& [id, row] : store.table(Kind::Machine)) {
        if (!static_cast<const Machine&>(row).discarded) all.push_back(row.meta.name);
      }
      break;
    case FaultTarget::Zone:
      for (const auto& [id, row] : store.table(Kind::Machine)) {
        const Str zone(zone_of(world_, static_cast<const Machine&>(row)));
        if (zone.empty() || std::find(all.begin(), all.end(), zone) != all.end()) continue;
        all.push_back(zone);
      }
      break;
    case FaultTarget::Driver:
      for (const Driver& driver : drivers()) {
        if (is_installed(world_, driver)) all.push_back(Str(driver.name));
      }
      break;
    case FaultTarget::Nothing:
      all.push_back(Str());
      break;
  }
  return all;
}

/// Draws a fault and carries it out; answers what it was.
std::string Series::hit() {
  Fault fault;
  fault.kind = chaos_.kinds[below(chaos_.kinds.size(), "kind")];
  const std::vector<Str> all = targets(info(fault.kind).target);
  if (all.empty()) return fmt::format("{}: nobody to hit", info(fault.kind).words);
  fault.target = all[below(all.size(), "target")];
  if (info(fault.kind).target == FaultTarget::Pod) {
    const std::string_view both = fault.target;
    const std::size_t slash = both.find('/');
    fault.ns = Str(both.substr(0, slash));
    fault.target = Str(both.substr(slash + 1));
  }
  const std::string text = to_text(fault);
  const Struck struck = strike(world_, plan_, fault);
  if (!struck.wrong.empty()) return fmt::format("{}: {}", text, struck.wrong);
  end_later(fault);
  return text;
}

void Series::end_later(const Fault& fault) {
  if (info(fault.kind).undo == fault.kind) return;
  PlannedFault end;
  end.fault = fault;
  end.fault.kind = info(fault.kind).undo;
  end.fault.time = {};
  end.fault.percent = 0;
  const Time at = world_.now() + span(chaos_.lasts, "lasts");
  if (at >= chaos_.until) return;  // all of them end then
  end.at = at;
  plan_fault(world_, plan_, std::move(end));
}

}  // namespace

Plan reconcile(const World& world, Id id) {
  Plan plan;
  const PlannedFault* planned = world.get<PlannedFault>(id);
  if (!planned) return plan;
  if (planned->at && world.now() < *planned->at) {
    plan.wake(*planned->at, Actor::Faults, {Kind::PlannedFault, id}, true);
    return plan;
  }
  if (!planned->question.empty() && !planned->at) return plan;
  if (planned->when && !check_condition(world, *planned->when).holds) return plan;
  if (planned->chaos) return Series(world, id, *planned).take();
  const Struck struck = strike(world, plan, planned->fault);
  const std::string text = to_text(planned->fault);
  plan.erase({Kind::PlannedFault, id},
             Str(struck.wrong.empty() ? text : fmt::format("{}: {}", text, struck.wrong)));
  return plan;
}

}  // namespace sim::faults
