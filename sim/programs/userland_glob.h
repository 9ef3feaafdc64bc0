// Shell patterns for `find -name`: * ? [abc] [!a-z] and a backslash before any letter.
#pragma once

#include <string_view>

namespace sim::userland {

bool matches_glob(std::string_view pattern, std::string_view text, bool ignore_case);

}  // namespace sim::userland
