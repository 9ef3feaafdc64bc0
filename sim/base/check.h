// CHECK: a condition that only a mistake in podsight itself can break. It is always on, in every
// build, because a simulator that goes on with a wrong world teaches wrong things. What a person's
// file or command can get wrong is never a CHECK: see InputError (sim/base/input_error.h).
#pragma once

namespace sim {

/// Prints the broken condition and where it stands to standard error, then aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace sim

#define SIM_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::sim::check_failed(#condition, __FILE__, __LINE__))
