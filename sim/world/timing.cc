#include "sim/world/timing.h"

namespace sim {

const std::vector<TimingName>& timing_names() {
  static const std::vector<TimingName> names = {
#define SIM_TIMING_NAME(field, name, value, meaning) {name, meaning, &Timing::field},
      SIM_TIMINGS(SIM_TIMING_NAME)
#undef SIM_TIMING_NAME
  };
  return names;
}

}  // namespace sim
