#include "sim/programs/userland.h"

#include <algorithm>
#include <map>

#include "sim/base/check.h"
#include "sim/programs/userland_tools.h"

namespace sim {
namespace {

using userland::Listed;
using Registry = std::map<std::string_view, const Listed*>;

const Registry& registry() {
  static const Registry all = [] {
    Registry made;
    for (const std::vector<Listed>* theme :
         {&userland::listing_programs(), &userland::find_programs(), &userland::file_programs(),
          &userland::copy_programs(), &userland::text_programs(), &userland::sort_programs(),
          &userland::compare_programs(), &userland::digest_programs(),
          &userland::pattern_programs(), &userland::letter_programs(), &userland::number_programs(),
          &userland::editor_programs(), &userland::system_programs(), &userland::date_programs(),
          &userland::network_programs()}) {
      for (const Listed& listed : *theme) made.emplace(listed.name, &listed);
    }
    return made;
  }();
  return all;
}

}  // namespace

const std::vector<std::string>& userland_programs() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> made;
    for (const auto& [name, listed] : registry()) made.emplace_back(name);
    return made;
  }();
  return names;
}

bool is_userland_program(std::string_view name) { return registry().count(name) != 0; }

Step run_userland(const std::vector<std::string>& argv, const std::string& input,
                  const Process& process, const CommandState& state, System& system,
                  const Surroundings& around) {
  SIM_CHECK(!argv.empty());
  std::vector<std::string> words = argv;
  words[0] = std::string(userland::last_component(words[0]));  // complaints name the program
  const auto at = registry().find(words[0]);
  const bool known = at != registry().end();
  userland::Call call{
      words, input, process, state, system, around, known ? at->second->usage : std::string_view(),
      {}};
  if (words[0] == around.server.name) {
    userland::serve_http(call, around.server.port, around.server.root);
  } else if (known) {
    at->second->program(call);
  } else {
    constexpr int kNotFound = 127;
    call.err(words[0] + ": not found\n");
    call.step.exit = kNotFound;
  }
  return std::move(call.step);
}

}  // namespace sim
