#include "sim/world/heartbeat.h"

#include <algorithm>

#include "sim/base/draw.h"
#include "sim/base/hash.h"

namespace sim {
namespace {

constexpr Duration kFirstBeat = seconds(5);
constexpr Duration kLeasePeriod = seconds(10);  // a quarter of the lease's duration
constexpr Duration kReportPeriod = seconds(10);
constexpr Duration kStatusPeriod = seconds(300);  // k8s: nodeStatusReportFrequency
constexpr std::string_view kLeases = "kube-node-lease";

/// The last moment at which the machine's kubelet was heard.
Time heard_until(const World& world, const Machine& machine) {
  return machine.silent_since ? std::min(*machine.silent_since, world.now()) : world.now();
}

}  // namespace

Time tick_at_or_after(Time first, Duration period, Time time) {
  if (time <= first) return first;
  return first + period * (((time - first).ns + period.ns - 1) / period.ns);
}

Time beat_at_or_after(const World& world, Time time) {
  return tick_at_or_after(world.settings().start + kFirstBeat, kLeasePeriod, time);
}

// k8s 1.30 pkg/kubelet: syncNodeStatus, nodeStatusUpdateFrequency
Time report_at_or_after(const World& world, const Machine& machine, Time time) {
  const std::int64_t phase = (2'700 + 5'200 * std::int64_t{machine.number}) % 10'000;
  return tick_at_or_after(world.settings().start + milliseconds(phase), kReportPeriod, time);
}

Time lease_renewed(const World& world, const Machine& machine) {
  const Time until = heard_until(world, machine);
  const Time next = beat_at_or_after(world, until + Duration{1});
  Time last = std::max(next - kLeasePeriod, world.settings().start);
  const Lease* lease = world.find<Lease>(kLeases, machine.meta.name);
  if (lease && lease->spec.renew_time && lease->spec.renew_time->time) {
    last = std::max(last, *lease->spec.renew_time->time);
  }
  return last;
}

Time status_posted(const World& world, const Machine& machine, const Node& node) {
  Time last = world.settings().start;
  for (const NodeCondition& condition : node.status.conditions) {
    if (condition.last_heartbeat_time) last = std::max(last, *condition.last_heartbeat_time);
  }
  const Time until = heard_until(world, machine);
  if (until <= last) return last;
  return last + kStatusPeriod * ((until - last).ns / kStatusPeriod.ns);
}

ObjectPtr as_served(const World& world, ObjectPtr object) {
  if (!object) return object;
  if (object->kind == Kind::Lease && object->meta.ns == kLeases) {
    const auto& lease = static_cast<const Lease&>(*object);
    const Machine* machine = world.find<Machine>("", lease.meta.name);
    if (!machine || !world.find<Node>("", lease.meta.name)) return object;
    const MicroTime renewed{lease_renewed(world, *machine)};
    if (lease.spec.renew_time == renewed) return object;
    auto served = std::make_shared<Lease>(lease);
    served->spec.renew_time = renewed;
    return served;
  }
  if (object->kind == Kind::Node) {
    const auto& node = static_cast<const Node&>(*object);
    const Machine* machine = world.find<Machine>("", node.meta.name);
    if (!machine) return object;
    const Time posted = status_posted(world, *machine, node);
    auto served = std::make_shared<Node>(node);
    for (NodeCondition& condition : served->status.conditions) {
      // What the control plane wrote in the kubelet's place keeps the kubelet's last time.
      if (condition.status != "Unknown") condition.last_heartbeat_time = posted;
    }
    return served;
  }
  return object;
}

Str boot_id(const World& world, const Machine& machine) {
  const std::uint64_t whom = fnv1a64(machine.meta.name);
  const auto boot = static_cast<std::uint64_t>(machine.boots);
  Uid id;
  id.high = draw(world.settings().seed, "boot", whom, boot);
  id.low = draw(world.settings().seed, "boot-low", whom, boot);
  id.high = (id.high & ~0xf000ULL) | 0x4000ULL;
  id.low = (id.low & ~(3ULL << 62)) | (2ULL << 62);
  return Str(to_string(id));
}

}  // namespace sim
