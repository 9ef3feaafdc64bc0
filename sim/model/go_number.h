// Floating-point numbers as Go prints them: the fewest digits that read back as the same number.
#pragma once

#include <string>

namespace sim {

/// As encoding/json: plain digits from 1e-6 up to 1e21, else an exponent ("1e+21", "1e-7").
std::string go_json_number(double value);
/// As strconv.FormatFloat(value, 'g', -1, 64): an exponent from 1e21 on or below 1e-4.
std::string go_general_number(double value);

}  // namespace sim
