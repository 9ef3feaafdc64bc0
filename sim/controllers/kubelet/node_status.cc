#include "sim/controllers/kubelet/node_status.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "sim/base/format.h"
#include "sim/controllers/kubelet/volume_sources.h"
#include "sim/world/api.h"
#include "sim/world/drivers.h"
#include "sim/world/fault.h"
#include "sim/world/heartbeat.h"

namespace sim::kubelet {
namespace {

struct Report {
  std::string_view type;
  std::string_view status;
  std::string_view reason;
  std::string_view message;
  std::string_view event;  // when its status becomes this
};

constexpr Report kMemory[] = {
    {"MemoryPressure", "False", "KubeletHasSufficientMemory",
     "kubelet has sufficient memory available", "NodeHasSufficientMemory"},
    {"MemoryPressure", "True", "KubeletHasInsufficientMemory",
     "kubelet has insufficient memory available", "NodeHasInsufficientMemory"}};
constexpr Report kDisk[] = {{"DiskPressure", "False", "KubeletHasNoDiskPressure",
                             "kubelet has no disk pressure", "NodeHasNoDiskPressure"},
                            {"DiskPressure", "True", "KubeletHasDiskPressure",
                             "kubelet has disk pressure", "NodeHasDiskPressure"}};
constexpr Report kPids = {"PIDPressure", "False", "KubeletHasSufficientPID",
                          "kubelet has sufficient PID available", "NodeHasSufficientPID"};
constexpr Report kReady[] = {
    {"Ready", "False", "KubeletNotReady", "node is shutting down", "NodeNotReady"},
    {"Ready", "True", "KubeletReady", "kubelet is posting ready status", "NodeReady"}};

/// What a kubelet says, in the order in which it is set. k8s 1.30 pkg/kubelet:
/// defaultNodeStatusFuncs
std::array<Report, 4> reports_of(const Machine& machine) {
  return {kMemory[machine.short_of_memory ? 1 : 0], kDisk[machine.short_of_disk ? 1 : 0], kPids,
          kReady[machine.halting_since ? 0 : 1]};
}

class Reporter {
 public:
  Reporter(const World& world, Id machine_id, const Machine& machine)
      : world_(world), ref_{Kind::Machine, machine_id}, machine_(machine) {}

  Plan take() {
    if (machine_.halts_at && halt()) return std::move(plan_);
    if (!machine_.powered || !machine_.reachable) return std::move(plan_);
    if (machine_.booting_until && world_.now() < *machine_.booting_until) {
      plan_.wake(*machine_.booting_until, Actor::NodeStatus, ref_);
    } else if (machine_.silent_since) {
      post();
    } else {
      register_drivers();
      if (plan_.writes.empty()) tell();
    }
    return std::move(plan_);
  }

 private:
  bool halt();
  bool has_other_conditions(const Node& node) const;
  void post();
  void post_conditions(Node& node);
  void renew_lease(Uid node);
  void register_drivers();
  void tell();
  void tell_cordon(const Node& node);
  void event(std::string_view reason, std::string message, std::string_view type = "Normal");
  void status_event(std::string_view reason) {
    event(reason, fmt::format("Node {} status is now: {}", machine_.meta.name, reason));
  }
  bool starts() const { return machine_.booting_until.has_value(); }

  const World& world_;
  const Ref ref_;
  const Machine& machine_;
  Ref node_;
  Plan plan_;
};

void Reporter::event(std::string_view reason, std::string message, std::string_view type) {
  note_event(plan_, node_, "kubelet", type, reason, message, machine_.meta.name);
}

void Reporter::post_conditions(Node& node) {
  if (starts()) {
    event("Starting", "Starting kubelet.");
    // Said once of the node as it would be if it joined now, …
    for (const Report& report : reports_of(machine_)) {
      if (report.type != "Ready") status_event(report.event);
    }
    event("NodeAllocatableEnforced", "Updated Node Allocatable limit across pods");
    const Str boot = boot_id(world_, machine_);
    if (!node.status.node_info.boot_id.empty() && node.status.node_info.boot_id != boot) {
      event("Rebooted",
            fmt::format("Node {} has been rebooted, boot id: {}", machine_.meta.name, boot),
            "Warning");
    }
    node.status.node_info.boot_id = boot;
  }
  for (const Report& report : reports_of(machine_)) {
    auto& all = node.status.conditions;
    auto at = std::find_if(all.begin(), all.end(),
                           [&](const NodeCondition& each) { return each.type == report.type; });
    if (at == all.end()) {
      all.emplace_back();
      at = all.end() - 1;
      at->type = Str(report.type);
    }
    at->last_heartbeat_time = world_.now();
    if (at->status != report.status) {
      at->last_transition_time = world_.now();
      status_event(report.event);  // … and again when the node's own condition changes.
    }
    at->status = Str(report.status);
    at->reason = Str(report.reason);
    at->message = Str(report.message);
  }
}

void Reporter::renew_lease(Uid node) {
  const Id id = world_.store().find(Kind::Lease, "kube-node-lease", machine_.meta.name);
  auto lease = std::make_shared<Lease>();
  if (const Lease* known = world_.get<Lease>(id)) *lease = *known;
  lease->spec.holder_identity = machine_.meta.name;
  lease->spec.lease_duration_seconds = 40;
  lease->spec.renew_time = MicroTime{world_.now()};
  if (id != 0) {
    plan_.update({Kind::Lease, id}, std::move(lease), "the kubelet is heard again");
    return;
  }
  lease->meta.name = machine_.meta.name;
  lease->meta.ns = "kube-node-lease";
  if (node) {
    OwnerReference owner;
    owner.api_version = "v1";
    owner.kind = "Node";
    owner.name = machine_.meta.name;
    owner.uid = node;
    lease->meta.owner_references.push_back(std::move(owner));
  }
  plan_.create(world_, std::move(lease), "the node joined");
}

/// k8s 1.30 pkg/kubelet: syncNodeStatus, tryRegisterWithAPIServer
void Reporter::post() {
  const Id known = world_.store().find(Kind::Node, "", machine_.meta.name);
  Uid uid;
  if (known != 0) {
    auto node = std::make_shared<Node>(*world_.get<Node>(known));
    uid = node->meta.uid;
    node_ = {Kind::Node, known};
    post_conditions(*node);
    api_update_status(world_, plan_, node_, std::move(node), "its kubelet is heard again");
  } else if (starts() && machine_.registration) {
    auto node = std::make_shared<Node>(*machine_.registration);
    node->status.conditions.clear();
    node->status.node_info.boot_id = Str();
    node_ = {Kind::Node, next_id(world_, Kind::Node)};
    post_conditions(*node);
    plan_.create(world_, std::move(node), "the node joined");
  }
  if (node_) renew_lease(uid);
  auto next = std::make_shared<Machine>(machine_);
  next->silent_since.reset();
  next->booting_until.reset();
  plan_.update(ref_, std::move(next), starts() ? "its kubelet started" : "its kubelet is heard");
  // What else has changed while nobody heard it is told at its next report.
  plan_.wake(report_at_or_after(world_, machine_, world_.now() + Duration{1}), Actor::NodeStatus,
             ref_, true);
}

/// k8s 1.30 pkg/volume/csi/nodeinfomanager: InitializeCSINodeWithAnnotation
void Reporter::register_drivers() {
  const Id id = world_.store().find(Kind::Node, "", machine_.meta.name);
  const Node* node = world_.get<Node>(id);
  if (!node || world_.find<CSINode>("", machine_.meta.name)) return;
  plan_.create(world_, csi_node_of(world_, *node), "the node joined");
  plan_.wake(world_.now(), Actor::NodeStatus, ref_, true);  // for what else there is to tell
  auto labelled = std::make_shared<Node>(*node);
  label_for_drivers(world_, *labelled);
  if (labelled->meta.labels == node->meta.labels) return;
  plan_.update({Kind::Node, id}, std::move(labelled), "its drivers registered");
}

/// It shuts down: the power goes off once all its pods have ended, or when its time is over.
/// k8s 1.30 pkg/kubelet/nodeshutdown: processShutdownEvent
bool Reporter::halt() {
  constexpr Duration kLook = seconds(1);
  const auto sandboxes = world_.store().sandboxes_on(ref_.id);
  const bool over = std::all_of(sandboxes.begin(), sandboxes.end(),
                                [&](Id id) { return world_.get<PodSandbox>(id)->cleaned; });
  if (world_.now() < *machine_.halts_at &&
      (!over || world_.now() < *machine_.halting_since + kLook)) {
    plan_.wake(std::min(world_.now() + kLook, *machine_.halts_at), Actor::NodeStatus, ref_);
    return false;
  }
  power_off(world_, plan_, ref_.id, "the node has shut down");
  return true;
}

bool Reporter::has_other_conditions(const Node& node) const {
  const std::array<Report, 4> reports = reports_of(machine_);
  return std::any_of(reports.begin(), reports.end(), [&](const Report& report) {
    const NodeCondition* condition = node_condition(node, report.type);
    return condition && condition->status != report.status;
  });
}

/// What has changed is said at the kubelet's next report. k8s 1.30 pkg/kubelet: updateNodeStatus
void Reporter::tell() {
  const Id id = world_.store().find(Kind::Node, "", machine_.meta.name);
  const Node* node = world_.get<Node>(id);
  if (!node) return;
  std::vector<Str> in_use = volumes_in_use(world_, ref_.id);
  const bool cordon = node->spec.unschedulable != machine_.told_unschedulable;
  const bool volumes = in_use != node->status.volumes_in_use;
  const bool conditions = has_other_conditions(*node);
  if (!cordon && !volumes && !conditions) return;
  // That it shuts down is said at once.
  const Time beat = machine_.halting_since && conditions
                        ? world_.now()
                        : report_at_or_after(world_, machine_, world_.now());
  if (world_.now() < beat) {
    plan_.wake(beat, Actor::NodeStatus, ref_, !volumes);
    return;
  }
  node_ = {Kind::Node, id};
  if (cordon) tell_cordon(*node);
  if (!volumes && !conditions) return;
  auto next = std::make_shared<Node>(*node);
  if (conditions) post_conditions(*next);
  next->status.volumes_in_use = std::move(in_use);
  plan_.update(node_, std::move(next),
               conditions ? "the kubelet told of the node's conditions"
                          : "the kubelet told of the volumes that it has in use");
}

/// k8s 1.30 pkg/kubelet: recordNodeSchedulableEvent
void Reporter::tell_cordon(const Node& node) {
  status_event(node.spec.unschedulable ? "NodeNotSchedulable" : "NodeSchedulable");
  auto next = std::make_shared<Machine>(machine_);
  next->told_unschedulable = node.spec.unschedulable;
  plan_.update(ref_, std::move(next), "the kubelet told of the cordon");
}

}  // namespace

Plan report_node(const World& world, Id id) {
  const Machine* machine = world.get<Machine>(id);
  if (!machine) return {};
  return Reporter(world, id, *machine).take();
}

}  // namespace sim::kubelet
