// What each fault does to the world.
#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/base/nearest.h"
#include "sim/model/storage_types.h"
#include "sim/world/api.h"
#include "sim/world/container_system.h"
#include "sim/world/fault.h"
#include "sim/world/file_view.h"
#include "sim/world/node_group.h"
#include "sim/world/node_usage.h"
#include "sim/world/world.h"

namespace sim {
namespace {

constexpr int kSigkill = 9;
// k8s: shutdownGracePeriod has no default; this is what the documentation's example gives.
constexpr Duration kShutdownGrace = seconds(30);
constexpr Duration kDriverSlow = minutes(1);
constexpr Duration kApiSlow = seconds(2);
constexpr Duration kApiSlowest = seconds(10);  // a request of a kubelet ends after that
constexpr std::int64_t kDiskFull = 95;
constexpr std::uint64_t kMemoryLeft = 50ULL << 20;

/// A row to change, as the plan leaves it so far.
template <class T>
std::shared_ptr<T> edit(const World& world, const Plan& plan, Id id) {
  const auto pending = share_as<T>(plan.pending({T::kKind, id}));
  return std::make_shared<T>(pending ? *pending : *world.get<T>(id));
}

std::string no_such(std::string_view what, std::string_view name,
                    const std::vector<std::string>& known) {
  const std::string near = nearest(std::string(name), known);
  return near.empty()
             ? fmt::format("there is no {} \"{}\"", what, name)
             : fmt::format("there is no {} \"{}\"; did you mean \"{}\"?", what, name, near);
}

class Striker {
 public:
  Striker(const World& world, Plan& plan, const Fault& fault)
      : world_(world), plan_(plan), fault_(fault) {}

  Struck strike() {
    switch (info(fault_.kind).target) {
      case FaultTarget::Pod:
        on_pod();
        break;
      case FaultTarget::Node:
        on_node_named();
        break;
      case FaultTarget::Zone:
        on_zone();
        break;
      case FaultTarget::Driver:
        on_driver();
        break;
      case FaultTarget::Nothing:
        on_surroundings();
        break;
    }
    return std::move(struck_);
  }

 private:
  void on_pod();
  void on_node_named();
  void on_node(FaultKind kind, Id machine);
  void on_zone();
  void on_driver();
  void on_surroundings();
  void heal_all();
  void power_on(Id machine, std::string_view why);
  void cut(Id machine);
  void heal(Id machine);
  void set_frozen(Id instance, bool frozen, std::string_view why);
  void begin(std::string_view name, Duration delay, std::string_view why);
  void end(std::string_view name, std::string_view why);
  void refuse(std::string wrong) { struck_.wrong = std::move(wrong); }

  const World& world_;
  Plan& plan_;
  const Fault& fault_;
  Struck struck_;
};

void Striker::on_pod() {
  const Id pod = world_.store().find(Kind::Pod, fault_.ns, fault_.target);
  if (pod == 0) {
    refuse(fmt::format("there is no pod \"{}\" in namespace \"{}\"", fault_.target, fault_.ns));
    return;
  }
  if (fault_.kind == FaultKind::PodDelete) {
    api_delete(world_, plan_, {Kind::Pod, pod}, {}, "the pod was deleted");
    struck_.said = fmt::format("pod \"{}\" deleted\n", fault_.target);
    return;
  }
  const Id instance = running_instance(world_, pod, fault_.container);
  if (instance == 0) {
    refuse(fault_.container.empty()
               ? fmt::format("no container of pod \"{}\" is running", fault_.target)
               : fmt::format("container \"{}\" of pod \"{}\" is not running", fault_.container,
                             fault_.target));
    return;
  }
  const auto& row = *world_.get<ContainerInstance>(instance);
  if (!world_.get<Machine>(row.machine)->powered) {
    refuse(fmt::format("the node of pod \"{}\" has no power", fault_.target));
    return;
  }
  const Str& name = row.meta.name;
  std::string_view done;
  switch (fault_.kind) {
    case FaultKind::ContainerOom:
      kill_for_memory(world_, plan_, instance, "its memory was used up");
      done = "killed for want of memory";
      break;
    case FaultKind::ContainerHang:
      set_frozen(instance, true, "its process hangs");
      done = "hangs";
      break;
    case FaultKind::ContainerResume:
      set_frozen(instance, false, "its process goes on");
      done = "goes on";
      break;
    default:
      deliver_signal(world_, plan_, instance, kSigkill, "the container was killed");
      done = "killed";
      break;
  }
  struck_.said = fmt::format("container {} of pod/{} {}\n", name, fault_.target, done);
}

void Striker::set_frozen(Id id, bool frozen, std::string_view why) {
  auto next = edit<ContainerInstance>(world_, plan_, id);
  if (next->frozen == frozen || next->state != ContainerInstance::State::Running) return;
  next->frozen = frozen;
  const bool runs = next->process.has_value();
  plan_.update({Kind::ContainerInstance, id}, std::move(next), Str(why));
  if (!frozen && runs) plan_.wake(world_.now(), Actor::Process, {Kind::ContainerInstance, id});
}

void Striker::on_node_named() {
  const Id id = world_.store().find(Kind::Machine, "", fault_.target);
  if (id == 0 || world_.get<Machine>(id)->discarded) {
    std::vector<std::string> names;
    for (const auto& [other, row] : world_.store().table(Kind::Machine)) {
      if (!static_cast<const Machine&>(row).discarded) names.push_back(row.meta.name.str());
    }
    refuse(no_such("node", fault_.target, names));
    return;
  }
  on_node(fault_.kind, id);
}

void Striker::on_node(FaultKind kind, Id id) {
  const Ref ref{Kind::Machine, id};
  const Machine& machine = *world_.get<Machine>(id);
  if (machine.discarded) return;
  switch (kind) {
    case FaultKind::NodeStop:
      power_off(world_, plan_, id, "the node lost power");
      break;
    case FaultKind::NodeStart:
      // One that is shutting down is started again behind it.
      if (!machine.powered || machine.halting_since) power_on(id, "the node got its power back");
      break;
    case FaultKind::NodeReboot:
      power_on(id, "the node rebooted");
      break;
    case FaultKind::NodeShutdown: {
      if (!machine.powered || machine.halting_since) break;
      auto next = edit<Machine>(world_, plan_, id);
      next->halting_since = world_.now();
      next->halts_at = world_.now() + (fault_.time.ns != 0 ? fault_.time : kShutdownGrace);
      plan_.update(ref, std::move(next), "the node shuts down");
      break;
    }
    case FaultKind::NodeDelete:
      if (!machine.group.empty()) {
        discard_machine(world_, plan_, id, "the node was deleted");  // its group makes another
        break;
      }
      power_off(world_, plan_, id, "the node was deleted");
      if (const Id node = world_.store().find(Kind::Node, "", machine.meta.name)) {
        plan_.erase({Kind::Node, node}, "the node was deleted");
      }
      break;
    case FaultKind::NodeCut:
      cut(id);
      break;
    case FaultKind::NodeHeal:
      heal(id);
      break;
    case FaultKind::DiskFill:
    case FaultKind::MemoryFill: {
      auto next = edit<Machine>(world_, plan_, id);
      const bool disk = kind == FaultKind::DiskFill;
      const std::uint64_t room = disk ? disk_capacity(machine) : memory_capacity(machine);
      const std::uint64_t used = disk ? disk_used(world_, id) : memory_used(world_, id);
      const auto percent = static_cast<std::uint64_t>(fault_.percent);
      std::uint64_t wanted = room / 100 * (percent != 0 ? percent : kDiskFull);
      if (!disk && percent == 0) wanted = room > kMemoryLeft ? room - kMemoryLeft : 0;
      if (wanted > used) (disk ? next->other_bytes : next->other_memory) += wanted - used;
      plan_.update(ref, std::move(next), disk ? "its disk was filled" : "its memory was filled");
      break;
    }
    case FaultKind::DiskFree:
    case FaultKind::MemoryFree: {
      const bool disk = kind == FaultKind::DiskFree;
      if ((disk ? machine.other_bytes : machine.other_memory) == 0) break;
      auto next = edit<Machine>(world_, plan_, id);
      (disk ? next->other_bytes : next->other_memory) = 0;
      plan_.update(ref, std::move(next), disk ? "its disk was cleared" : "its memory was cleared");
      break;
    }
    default:
      break;
  }
}

/// Gives power to a machine, again. What ran on it has ended when it comes up, and what lay in
/// memory is gone; the disk is as it was.
void Striker::power_on(Id id, std::string_view why) {
  auto next = edit<Machine>(world_, plan_, id);
  next->powered = true;
  if (!next->silent_since) next->silent_since = world_.now();
  ++next->boots;
  next->booting_until = world_.now() + world_.timing().node_start;
  next->halting_since.reset();
  next->halts_at.reset();
  next->other_memory = 0;
  next->short_of_memory.reset();
  plan_.update({Kind::Machine, id}, std::move(next), Str(why));
  for (const Id sandbox : world_.store().sandboxes_on(id)) {
    for (const Id instance_id : world_.store().instances_of(sandbox)) {
      const auto& instance = *world_.get<ContainerInstance>(instance_id);
      if (instance.state == ContainerInstance::State::Exited) continue;
      auto ended = std::make_shared<ContainerInstance>(instance);
      set_ended(*ended, world_.now(), 255, "Unknown");  // containerd: nobody saw it end
      plan_.update({Kind::ContainerInstance, instance_id}, std::move(ended),
                   "the machine restarted");
    }
    for (const Id disk_id : world_.store().disks_of(sandbox)) {
      const auto& disk = *world_.get<Disk>(disk_id);
      if (disk.medium != Disk::Medium::Memory) continue;
      auto empty = std::make_shared<Disk>(disk);
      empty->tree = Tree();
      plan_.update({Kind::Disk, disk_id}, std::move(empty), "memory lost its contents");
    }
  }
}

/// The kubelet goes on with what it last heard.
void Striker::cut(Id id) {
  if (!world_.get<Machine>(id)->reachable) return;
  auto next = edit<Machine>(world_, plan_, id);
  next->reachable = false;
  if (!next->silent_since) next->silent_since = world_.now();
  plan_.update({Kind::Machine, id}, std::move(next), "the node's network was cut off");
  for (const Id sandbox_id : world_.store().sandboxes_on(id)) {
    auto sandbox = edit<PodSandbox>(world_, plan_, sandbox_id);
    sandbox->known = world_.store().share<Pod>(sandbox->pod);
    plan_.update({Kind::PodSandbox, sandbox_id}, std::move(sandbox),
                 "its kubelet hears nothing new of the pod");
  }
}

void Striker::heal(Id id) {
  if (world_.get<Machine>(id)->reachable) return;
  auto next = edit<Machine>(world_, plan_, id);
  next->reachable = true;
  plan_.update({Kind::Machine, id}, std::move(next), "the node's network is back");
  for (const Id sandbox_id : world_.store().sandboxes_on(id)) {
    auto sandbox = edit<PodSandbox>(world_, plan_, sandbox_id);
    sandbox->known.reset();
    plan_.update({Kind::PodSandbox, sandbox_id}, std::move(sandbox),
                 "its kubelet hears of the pod again");
  }
}

void Striker::on_zone() {
  FaultKind each = FaultKind::NodeStop;
  if (fault_.kind == FaultKind::ZoneStart) each = FaultKind::NodeStart;
  if (fault_.kind == FaultKind::ZoneCut) each = FaultKind::NodeCut;
  if (fault_.kind == FaultKind::ZoneHeal) each = FaultKind::NodeHeal;
  std::vector<std::string> zones;
  bool any = false;
  for (const auto& [id, row] : world_.store().table(Kind::Machine)) {
    const std::string zone = zone_of(world_, static_cast<const Machine&>(row));
    if (!zone.empty()) zones.push_back(zone);
    if (zone.empty() || fault_.target != zone) continue;
    any = true;
    on_node(each, id);
  }
  if (any) return;
  const std::string near = nearest(fault_.target.str(), zones);
  refuse(near.empty()
             ? fmt::format("no node is in zone \"{}\"", fault_.target)
             : fmt::format("no node is in zone \"{}\"; did you mean \"{}\"?", fault_.target, near));
}

void Striker::on_driver() {
  const Driver* driver = find_driver(fault_.target);
  if (!driver || !is_installed(world_, *driver)) {
    std::vector<std::string> names;
    for (const Driver& known : drivers()) {
      if (is_installed(world_, known)) names.emplace_back(known.name);
    }
    refuse(no_such("storage driver", fault_.target, names));
    return;
  }
  const std::string name = driver_outage(fault_.target);
  if (fault_.kind == FaultKind::DriverUp) {
    end(name, "the driver works again");
  } else if (fault_.kind == FaultKind::DriverDown) {
    begin(name, {}, "the driver answers nobody");
  } else {
    begin(name, fault_.time.ns != 0 ? fault_.time : kDriverSlow, "the driver is slow");
  }
}

void Striker::on_surroundings() {
  switch (fault_.kind) {
    case FaultKind::RegistryDown:
      begin(kRegistryOutage, {}, "the image registry does not answer");
      break;
    case FaultKind::RegistryUp:
      end(kRegistryOutage, "the image registry answers again");
      break;
    case FaultKind::ApiSlow:
      begin(kApiOutage, std::min(fault_.time.ns != 0 ? fault_.time : kApiSlow, kApiSlowest),
            "the API server is slow");
      break;
    case FaultKind::ApiNormal:
      end(kApiOutage, "the API server is as usual");
      break;
    default:
      heal_all();
      break;
  }
}

void Striker::heal_all() {
  for (const auto& [id, row] : world_.store().table(Kind::Outage)) {
    plan_.erase({Kind::Outage, id}, "all is mended");
  }
  for (const auto& [id, row] : world_.store().table(Kind::Machine)) {
    for (const FaultKind kind :
         {FaultKind::NodeHeal, FaultKind::NodeStart, FaultKind::DiskFree, FaultKind::MemoryFree}) {
      on_node(kind, id);
    }
  }
  for (const auto& [id, row] : world_.store().table(Kind::ContainerInstance)) {
    if (static_cast<const ContainerInstance&>(row).frozen) {
      set_frozen(id, false, "its process goes on");
    }
  }
}

void Striker::begin(std::string_view name, Duration delay, std::string_view why) {
  const Id known = world_.store().find(Kind::Outage, "", name);
  auto row = std::make_shared<Outage>();
  row->meta.name = Str(name);
  row->delay = delay;
  if (known == 0) {
    plan_.create(world_, std::move(row), Str(why));
  } else if (world_.get<Outage>(known)->delay != delay) {
    plan_.update({Kind::Outage, known}, std::move(row), Str(why));
  }
}

void Striker::end(std::string_view name, std::string_view why) {
  if (const Id known = world_.store().find(Kind::Outage, "", name)) {
    plan_.erase({Kind::Outage, known}, Str(why));
  }
}

}  // namespace

Struck strike(const World& world, Plan& plan, const Fault& fault) {
  return Striker(world, plan, fault).strike();
}

void power_off(const World& world, Plan& plan, Id id, std::string_view why) {
  auto next = edit<Machine>(world, plan, id);
  if (!next->powered) return;
  next->powered = false;
  if (!next->silent_since) next->silent_since = world.now();
  next->booting_until.reset();
  next->halting_since.reset();
  next->halts_at.reset();
  plan.update({Kind::Machine, id}, std::move(next), Str(why));
}

void kill_for_memory(const World& world, Plan& plan, Id id, std::string_view why) {
  auto next = edit<ContainerInstance>(world, plan, id);
  if (next->state != ContainerInstance::State::Running) return;
  set_ended(*next, world.now(), 128 + kSigkill, "OOMKilled");
  plan.update({Kind::ContainerInstance, id}, std::move(next), Str(why));
}

std::string driver_outage(std::string_view driver) { return fmt::format("driver/{}", driver); }

const Outage* outage_of(const World& world, std::string_view name) {
  return world.store().count(Kind::Outage) == 0 ? nullptr : world.find<Outage>("", name);
}

bool is_running(const World& world, const Driver& driver) {
  if (!is_installed(world, driver)) return false;
  const Outage* outage = outage_of(world, driver_outage(driver.name));
  return !outage || outage->delay.ns != 0;
}

Duration driver_takes(const World& world, const Driver& driver, Duration usual) {
  const Outage* outage = outage_of(world, driver_outage(driver.name));
  return outage ? usual + outage->delay : usual;
}

Timing slowed_by(const Timing& usual, Duration delay) {
  Timing slow = usual;
  for (Duration* each : {&slow.kubectl, &slow.watch, &slow.schedule, &slow.status_update}) {
    *each = *each + delay;
  }
  return slow;
}

void plan_fault(const World& world, Plan& plan, PlannedFault planned) {
  planned.meta.name = fmt::format("fault-{}", next_id(world, Kind::PlannedFault));
  plan.create(world, std::make_shared<PlannedFault>(std::move(planned)), "a fault was planned");
}

}  // namespace sim
