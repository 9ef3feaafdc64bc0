#include "sim/world/node_load.h"

#include <cstdint>

namespace sim {

void count_pod(NodeLoad& load, const Pod& pod, int sign) {
  const NodeLoad own = pod_requests(pod);
  // Sums of pods wrap around, as in the scheduler's NodeInfo, so that what comes can go again.
  const auto count = [sign](std::int64_t& sum, std::int64_t of_pod) {
    static_cast<void>(__builtin_add_overflow(sum, sign * of_pod, &sum));
  };
  count(load.milli_cpu, own.milli_cpu);
  count(load.memory, own.memory);
  count(load.ephemeral_storage, own.ephemeral_storage);
  count(load.pods, own.pods);
  count(load.nonzero_milli_cpu, own.nonzero_milli_cpu);
  count(load.nonzero_memory, own.nonzero_memory);
}

}  // namespace sim
