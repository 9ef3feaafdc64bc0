// The commands of the shell itself, one function each. A builtin answers its status, or nothing
// when its frame goes on: it waits, has put a frame above, or has ended the frame itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/programs/machine.h"

namespace sim::shell {

struct Builtins {
  using Status = std::optional<int>;

  Machine& machine;
  Frame& frame;
  const std::vector<std::string>& words;  // the command
  Interpreter& in = machine.in_;
  Shell& shell = machine.in_.shell;

  // builtins.cc: what runs other commands, and the flow of control
  Status colon();
  Status no();
  Status exit();
  Status give_back();
  Status leave_loop();
  Status eval();
  Status source();
  Status exec();
  Status command();
  Status type();
  Status hash();
  Status change_directory();
  Status print_directory();
  Status umask();
  Status times();
  Status ulimit();
  Status alias();
  Status unalias();
  Status shopt();

  // builtins_variables.cc
  Status export_names();
  Status declare();
  Status unset();
  Status set();
  Status shift();
  Status let();
  Status getopts();

  // builtins_text.cc
  Status echo();
  Status print();
  Status read();
  Status read_lines();
  Status test();

  // builtins_jobs.cc
  Status trap();
  Status wait();
  Status kill();
  Status jobs();
  Status foreground();
  Status background();

  // -- Shared --
  /// "bash: line 1: cd: text" or, in ash, "sh: cd: line 1: text".
  void complain(std::string_view text);
  /// The same for the builtins that busybox has as programs: "sh: text".
  void complain_as_program(std::string_view text);
  /// Complains; an error in a special builtin ends an ash.
  Status fail(std::string_view text, int status = 1);
  Status wrong_use();
  void out(std::string_view text) { machine.write(1, text); }
  /// Reads the letters in front; `first` is then the first word that is no option. False after a
  /// message. A letter before ':' in `known` takes a value.
  bool options(std::string_view known, std::vector<std::pair<char, std::string>>* given,
               std::size_t* first);
  Status run(ProgramPtr program, std::string label);
  void make_local(const std::string& name);
  bool declare_name(const std::string& word, const Variable& wanted, std::string_view taken_away,
                    bool local);
  void show_variables(std::string_view command, bool (*wanted)(const Variable&));
  std::string declaration(const std::string& name, const Variable& variable) const;
};

using Options = std::vector<std::pair<char, std::string>>;
/// Whether one of the letters was given.
bool has_option(const Options& given, std::string_view letters);
std::optional<std::int64_t> whole_number(std::string_view text);

/// The escapes of echo -e and printf's %b; `stop` when \c ends the output. `zero_octal`: only \0
/// begins an octal number.
std::string unescaped(std::string_view text, bool zero_octal, bool* stop);

/// printf: what it writes, and between that its complaints ("abc: invalid number").
struct Printed {
  Output output;
  bool failed = false;
};
Printed format_text(std::string_view format, const std::vector<std::string>& arguments, Time now,
                    bool ash);

}  // namespace sim::shell
