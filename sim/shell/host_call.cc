#include "sim/shell/host_call.h"

#include <algorithm>
#include <utility>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/base/hash.h"

namespace sim {

std::string HostCall::variable(const std::string& wanted) const {
  const auto found = process.env.find(wanted);
  return found == process.env.end() ? "" : found->second;
}

void HostCall::fail(std::string_view text, int exit) {
  err(text);
  step.exit = exit;
}

void HostCall::unmodelled(std::string_view what) {
  fail(fmt::format("{}: podsight does not model {}\n", name(), what), 1);
}

HostProgram find_host_program(std::string_view name) {
  constexpr std::pair<std::string_view, HostProgram> kPrograms[] = {
      {"aws", run_aws},   {"curl", run_curl}, {"eksctl", run_eksctl}, {"envsubst", run_envsubst},
      {"helm", run_helm}, {"jq", run_jq},     {"yq", run_yq}};
  for (const auto& [known, program] : kPrograms) {
    if (known == name) return program;
  }
  return nullptr;
}

std::string HostOptions::get(const std::string& name) const {
  const auto found = values.find(name);
  return found == values.end() || found->second.empty() ? "" : found->second.front();
}

HostOptions read_host_options(const std::vector<std::string>& words, std::size_t from,
                              const std::vector<std::string_view>& switches,
                              const std::vector<std::string_view>& lists) {
  HostOptions options;
  const auto is_option = [](const std::string& word) { return word.size() > 1 && word[0] == '-'; };
  for (std::size_t i = from; i < words.size(); ++i) {
    if (!is_option(words[i])) {
      options.words.push_back(words[i]);
      continue;
    }
    std::string name = words[i].substr(words[i][1] == '-' ? 2 : 1);
    const std::size_t equals = name.find('=');
    if (equals != std::string::npos) {
      const std::string value = name.substr(equals + 1);
      name.resize(equals);
      options.values[name].push_back(value);
      continue;
    }
    std::vector<std::string>& values = options.values[name];
    if (std::find(switches.begin(), switches.end(), name) != switches.end()) continue;
    if (i + 1 < words.size()) values.push_back(words[++i]);
    if (std::find(lists.begin(), lists.end(), name) == lists.end()) continue;
    while (i + 1 < words.size() && !is_option(words[i + 1])) values.push_back(words[++i]);
  }
  return options;
}

std::string drawn_id(const World& world, std::string_view what, int digits) {
  std::string id;
  for (std::uint64_t n = 0; static_cast<int>(id.size()) < digits; ++n) {
    id += fmt::format("{:016x}", draw(world.settings().seed, "cloud id", fnv1a64(what), n));
  }
  id.resize(static_cast<std::size_t>(digits));
  return id;
}

}  // namespace sim
