// What is said of wrong input.
#pragma once

#include <string>

#include "sim/base/input_error.h"

namespace sim::testing {

/// The words of the InputError that `act` throws; empty: it throws none.
template <class Act>
std::string complaint_of(const Act& act) {
  try {
    act();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace sim::testing
