// A System of a few programs over files in memory, so that tests of the shell hang on nothing else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/programs/process.h"

namespace sim::testing {

class TestSystem : public System {
 public:
  /// A few files: /etc/passwd, the directories /tmp and /work with a, b and sub/c.
  TestSystem();

  Time now() const override { return now_; }
  FileSystem& files() override { return files_; }
  Step run(const std::vector<std::string>& argv, const std::string& input, const Process& process,
           const CommandState& state) override;
  bool has_program(std::string_view name) const override;
  bool has_gnu_tools() const override { return gnu; }
  std::uint64_t seed() const override { return 7; }

  void set_now(Time now) { now_ = now; }
  void put(const std::string& path, std::string_view text, std::uint16_t mode = 0644);
  std::string read(const std::string& path) const;

  bool gnu = true;
  int calls = 0;  // of programs

 private:
  FileSystem files_;
  Time now_{1'735'689'600'000'000'000};  // 2025-01-01
};

struct Ran {
  std::string output;  // both streams, as a terminal shows them
  int status = 0;
  Duration took{};
  int turns = 0;  // calls of advance()
};
/// Runs a process to its end, moving the time on while it waits (a day at the most).
Ran run_to_end(Process& process, TestSystem& system);
Ran run(TestSystem& system, std::vector<std::string> argv);
/// `bash -c script`, in /work.
Ran bash(const std::string& script);
/// `sh -c script`, with busybox's programs.
Ran ash(const std::string& script);

}  // namespace sim::testing
