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
         {&userland::listing_programs(), &userland::file_programs(), &userland::text_programs(),
          &userland::sort_programs(), &userland::compare_programs(), &userland::digest_programs(),
          &userland::pattern_programs(), &userland::editor_programs(), &userland::system_programs(),
          &userland::date_programs(), &userland::network_programs()}) {
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
  const auto at = registry().find(userland::last_component(argv[0]));
  SIM_CHECK(at != registry().end());
  std::vector<std::string> words = argv;
  words[0] = std::string(at->first);  // complaints name the program, not its path
  userland::Call call{words, input, process, state, system, around, at->second->usage, {}};
  at->second->program(call);
  return std::move(call.step);
}

}  // namespace sim
