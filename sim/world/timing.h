// How long things take: one profile, in data. The values are those of a small real cluster
// (Kubernetes 1.30, images present, an idle API server); a scenario overrides any of them by name
// under "sim": {"delays": {"containerStart": "2s"}}.
#pragma once

#include <string_view>
#include <vector>

#include "sim/base/time.h"

namespace sim {

#define SIM_TIMINGS(X)                                                                             \
  X(kubectl, "kubectl", milliseconds(100), "one kubectl call")                                     \
  X(watch, "watch", milliseconds(10), "a change reaches a controller that watches it")             \
  X(schedule, "schedule", milliseconds(5), "one scheduling attempt and its binding")               \
  X(kubelet_sync, "kubeletSync", milliseconds(20), "a change reaches the kubelet's pod worker")    \
  X(sandbox_start, "sandboxStart", milliseconds(250), "pod sandbox: cgroup, network, pause")       \
  X(volume_setup, "volumeSetup", milliseconds(100), "mounting a pod's local volumes")              \
  X(container_start, "containerStart", milliseconds(150), "create and start one container")        \
  X(container_stop, "containerStop", milliseconds(50), "a signalled process is seen as exited")    \
  X(status_update, "statusUpdate", milliseconds(100), "kubelet writes a pod's status")             \
  X(pleg, "pleg", milliseconds(1000),                                                              \
    "kubelet relists containers: exits are seen at its next beat")                                 \
  X(pod_cleanup, "podCleanup", milliseconds(400), "after the last container: sandbox and volumes") \
  X(image_pull_base, "imagePullBase", milliseconds(800), "image pull, before the first byte")      \
  X(image_pull_per_mib, "imagePullPerMiB", milliseconds(20), "image pull, per MiB")                \
  X(image_pull_failure, "imagePullFailure", milliseconds(300), "a pull that fails")                \
  X(config_refresh, "configRefresh", seconds(60), "kubelet looks at ConfigMaps and Secrets again") \
  X(node_start, "nodeStart", seconds(2), "a machine gets power: until its kubelet reports")

struct Timing {
#define SIM_TIMING_FIELD(field, name, value, meaning) Duration field = value;
  SIM_TIMINGS(SIM_TIMING_FIELD)
#undef SIM_TIMING_FIELD
};

struct TimingName {
  std::string_view name;
  std::string_view meaning;
  Duration Timing::*field;
};
/// All of them, in the order above: for reading overrides and for documentation.
const std::vector<TimingName>& timing_names();

}  // namespace sim
