// Programs of the person's own terminal that reach beyond the cluster: the clouds' command lines
// and what goes with them in a chapter. Each is a small honest stand-in that changes the modelled
// world; whatever else is asked of it, it says that podsight does not model it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/json.h"
#include "sim/shell/session.h"

namespace sim {

/// One call of one program.
struct HostCall {
  const std::vector<std::string>& argv;
  const std::string& input;
  const Process& process;
  const World& world;
  Session& session;
  Plan& plan;
  Step step;

  const std::string& name() const { return argv.front(); }
  FileSystem& files() { return session.files; }
  Path path(std::string_view text) const { return parse_path(text, process.cwd); }
  std::string variable(const std::string& name) const;
  void out(std::string_view text) { append(step.output, false, text); }
  void err(std::string_view text) { append(step.output, true, text); }
  void fail(std::string_view text, int exit);
  /// "podsight does not model `aws WORDS`".
  void unmodelled(std::string_view what);
};

using HostProgram = void (*)(HostCall& call);
/// The program of that name, or null.
HostProgram find_host_program(std::string_view name);

void run_aws(HostCall& call);
void run_curl(HostCall& call);
void run_eksctl(HostCall& call);
void run_envsubst(HostCall& call);
void run_helm(HostCall& call);
void run_jq(HostCall& call);
void run_yq(HostCall& call);

/// Command lines of the usual kind: words, "--name value", "--name=value", and the switches named.
struct HostOptions {
  std::vector<std::string> words;
  std::map<std::string, std::vector<std::string>> values;  // a switch has no values
  bool has(const std::string& name) const { return values.count(name) != 0; }
  /// The first value; empty when there is none.
  std::string get(const std::string& name) const;
};
/// Long options of `switches` take no value; all others take the words up to the next option, one
/// at least. "-n" is the name "n".
HostOptions read_host_options(const std::vector<std::string>& words, std::size_t from,
                              const std::vector<std::string_view>& switches,
                              const std::vector<std::string_view>& lists = {});

/// Hexadecimal digits that are drawn for a thing of the cloud: the end of its id.
std::string drawn_id(const World& world, std::string_view what, int digits);

}  // namespace sim
