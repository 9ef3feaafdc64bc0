// Groups of machines that come and go: as many as somebody wants, between a least and a most
// number, in the zones of the group by turns. A machine that is made needs its time to boot; one
// that is taken away is emptied first, and its disk goes with it. Who wants how many is a person's
// word or the cluster autoscaler's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/quantity.h"
#include "sim/world/world.h"

namespace sim {

/// What a machine is like, and the node that it joins as.
struct NodeSpecification {
  std::string name;
  StringMap labels;          // beside the usual ones (hostname, os, arch)
  ResourceList capacity;     // cpu, memory, ephemeral-storage, pods: defaults for those absent
  ResourceList allocatable;  // defaults to capacity
  std::vector<Taint> taints;
  std::vector<std::string> images;  // present from the start
  std::string address;              // internal IP; made up when empty
};
/// Labels with a zone, and with its region: "us-west-2" of "us-west-2a"; of other names of zones no
/// region is known.
void set_zone(StringMap& labels, std::string_view zone);
/// A machine whose kubelet has not started; `registration` is the node that it will join as.
/// `more` machines are made before it by the same plan.
std::shared_ptr<Machine> new_machine(const World& world, const NodeSpecification& wanted,
                                     std::int32_t more = 0);
/// The node that a machine joins as, Ready; without the lease and the CSINode.
std::shared_ptr<Node> joined_node(const World& world, const Machine& machine);

inline constexpr std::string_view kGroupLabel = "eks.amazonaws.com/nodegroup";
inline constexpr std::int32_t kMostMachines = 1000;  // of one group

struct NodeGroup : Object {
  static constexpr Kind kKind = Kind::NodeGroup;
  NodeGroup() : Object(kKind) {}
  /// A machine that is to go, once its pods have moved.
  struct Leaving {
    Id machine = 0;
    Time since{};
    bool by_autoscaler = false;
    bool cleared = false;  // its pods have been told to go
    friend bool operator==(const Leaving&, const Leaving&) = default;
  };
  std::int32_t min = 0;
  std::int32_t max = 0;
  std::int32_t desired = 0;
  std::int32_t made = 0;   // machines so far, for their names
  std::vector<Str> zones;  // empty: none
  std::shared_ptr<const NodeSpecification> pattern;
  Duration boot_delay{};
  std::vector<Leaving> leaving;
};
std::string to_text(const NodeGroup& group);

/// A group as it is described; its first machines are there at once.
struct NodeGroupSpecification {
  NodeSpecification pattern;  // without a name; its group's name stands there
  std::int32_t min = 0;
  std::int32_t max = 0;
  std::int32_t desired = 0;
  std::vector<std::string> zones;
  Duration boot_delay = minutes(1);
};
std::shared_ptr<NodeGroup> new_group(const NodeGroupSpecification& wanted);
/// The machines of a group that are neither gone nor going, in order of making.
std::vector<Id> members(const World& world, const NodeGroup& group);
/// What the next machine of a group will be, when `more` others have been made before it.
NodeSpecification next_of(const World& world, const NodeGroup& group, std::int32_t more = 0);
/// Sets how many machines a group is to have, and its bounds; what is wrong when it cannot.
std::string scale_group(const World& world, Plan& plan, Id group, std::int32_t desired,
                        std::optional<std::int32_t> min = {}, std::optional<std::int32_t> max = {});
/// Takes a machine away for good, with its disk and its Node.
void discard_machine(const World& world, Plan& plan, Id machine, std::string_view why);

/// The cluster autoscaler: its settings, by the names of its flags, and what it remembers.
struct ClusterAutoscaler : Object {
  static constexpr Kind kKind = Kind::ClusterAutoscaler;
  ClusterAutoscaler() : Object(kKind) {}
  struct Unneeded {
    Id node = 0;
    Time since{};
    friend bool operator==(const Unneeded&, const Unneeded&) = default;
  };
  Duration scan_interval = seconds(10);
  Duration unneeded_time = minutes(10);    // --scale-down-unneeded-time
  Duration delay_after_add = minutes(10);  // --scale-down-delay-after-add
  std::int32_t threshold = 50;             // --scale-down-utilization-threshold, in percent
  bool scale_down = true;                  // --scale-down-enabled
  bool skip_local_storage = true;          // --skip-nodes-with-local-storage
  bool skip_system_pods = true;            // --skip-nodes-with-system-pods
  std::optional<Time> scaled_up_at;
  std::vector<Unneeded> unneeded;  // nodes that could go, in order of ids
};
inline constexpr std::string_view kClusterAutoscaler = "cluster-autoscaler";
std::string to_text(const ClusterAutoscaler& autoscaler);

/// The ConfigMap about which its own Events are.
inline constexpr std::string_view kAutoscalerStatus = "cluster-autoscaler-status";

inline constexpr std::string_view kToBeDeletedTaint = "ToBeDeletedByClusterAutoscaler";
inline constexpr std::string_view kCandidateTaint = "DeletionCandidateOfClusterAutoscaler";

/// One of its taints, as of now.
Taint autoscaler_taint(const World& world, std::string_view key, std::string_view effect);
/// About itself it tells in Events of its ConfigMap.
void tell_of_autoscaler(const World& world, Plan& plan, std::string_view reason,
                        std::string message);
/// What does not move when its node goes: nobody waits for it.
/// k8s autoscaler simulator/drainability: the rules that skip
bool stays_on_node(const Pod& pod);

}  // namespace sim
