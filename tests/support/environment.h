// How much a test does, when the person who runs it wants more than every run does.
#pragma once

#include <cstdlib>

namespace sim::testing {

/// A number above zero from the environment, or the other one.
inline int number_from(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  const int read = text ? std::atoi(text) : 0;
  return read > 0 ? read : otherwise;
}

}  // namespace sim::testing
