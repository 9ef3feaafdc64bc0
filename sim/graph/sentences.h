// The one grammar in which answers are said, in English and Korean: places as nouns, causes as
// sentences, cures as advice, happenings as lines of a history. Whoever shows an answer to a person
// takes its words here.
#pragma once

#include <string>
#include <string_view>

#include "sim/graph/why.h"

namespace sim {

/// "the emptyDir volume "tmp"", "the writable layer of container "web"".
std::string noun(const PlaceName& place, std::string_view language);
/// The answer in one sentence. `language` is "ko" or, for anything else, English.
std::string sentence(const Why& why, std::string_view language);
/// What would make the file visible; empty when nothing small does.
std::string advice(const Why& why, std::string_view language);
/// One line of a file's history, without its time: "created in the writable layer of …".
std::string history_line(const Chronicle& chronicle, const Happening& happening,
                         std::string_view language);

}  // namespace sim
