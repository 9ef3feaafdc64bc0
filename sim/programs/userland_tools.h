// What the programs of the user land share: a call with its output, the options, and the words in
// which busybox and the GNU tools complain. One program is one function over a Call.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/programs/userland.h"

namespace sim::userland {

/// One call of one program.
struct Call {
  const std::vector<std::string>& argv;
  const std::string& input;
  const Process& process;
  const CommandState& state;
  System& system;
  const Surroundings& around;
  std::string_view usage;  // the part after the name, for busybox's "Usage:"
  Step step;

  const std::string& name() const { return argv[0]; }
  FileSystem& files() { return system.files(); }
  Time now() const { return system.now(); }
  bool gnu() const { return around.gnu; }
  Path path(std::string_view text) const { return parse_path(text, process.cwd); }

  /// Nothing more that is written would be kept.
  bool full() const;
  void out(std::string_view text);
  void err(std::string_view text);
  /// "name: text" to standard error; the exit status becomes `exit` unless it is worse already.
  void complain(std::string_view text, int exit = 1);
  /// Complains in busybox's words or in those of the GNU tools.
  void complain(std::string_view busybox, std::string_view gnu_text, int exit = 1);
  /// What a wrong option or a missing operand gets.
  void show_usage(std::string_view reason = "", int exit = 1);
  /// For a program that waits: called again with `kept` at `until`.
  void wait(Time until, bool on_change, CommandState kept);
};

using Program = void (*)(Call&);
struct Listed {
  std::string_view name;
  Program program;
  std::string_view usage;
};
// The programs of each theme.
const std::vector<Listed>& listing_programs();  // ls stat du df mount
const std::vector<Listed>& find_programs();     // find
const std::vector<Listed>& file_programs();     // touch rm cp mv ln …
const std::vector<Listed>& copy_programs();     // dd
const std::vector<Listed>& text_programs();     // cat wc head tail …
const std::vector<Listed>& sort_programs();     // sort uniq comm
const std::vector<Listed>& compare_programs();  // cmp diff
const std::vector<Listed>& digest_programs();   // md5sum sum base64 …
const std::vector<Listed>& pattern_programs();  // grep
const std::vector<Listed>& letter_programs();   // tr cut
const std::vector<Listed>& number_programs();   // seq expr
const std::vector<Listed>& editor_programs();   // sed
const std::vector<Listed>& system_programs();   // env id ps sleep …
const std::vector<Listed>& date_programs();     // date
const std::vector<Listed>& network_programs();  // wget curl nslookup httpd

class Options {
 public:
  bool has(char letter) const { return values_.count(letter) != 0; }
  /// Of the last time that it was given.
  std::string value(char letter, std::string_view otherwise = "") const;
  const std::vector<std::string>& values(char letter) const;
  /// Which of these letters was given last; 0 when none was.
  char last_of(std::string_view letters) const;

  std::vector<std::string> operands;

 private:
  friend std::optional<Options> parse_options(Call&, std::string_view,
                                              const std::vector<std::pair<std::string, char>>&, int,
                                              const std::vector<std::string>*);
  std::map<char, std::vector<std::string>> values_;
  std::string order_;
};

/// Reads options as getopt does: "ab:" knows -a and -b VALUE; a leading "+" stops at the first
/// operand. Long options stand for a letter. Empty after a mistake, which has been complained of.
/// `words` are read in place of the call's own, for a program that puts old forms right first.
std::optional<Options> parse_options(Call& call, std::string_view spec,
                                     const std::vector<std::pair<std::string, char>>& longs = {},
                                     int exit = 1, const std::vector<std::string>* words = nullptr);
/// The call's words with "-5" spelt out as `option` and its value: "-n", "5". Only before the
/// operands, and not where it is the value of one of the `letters`.
std::vector<std::string> numbers_spelt_out(const Call& call, std::string_view option,
                                           std::string_view letters);

/// How a program complains of a file that it cannot read.
struct Reading {
  std::string_view busybox = "{}: {}";  // name, reason
  std::string_view gnu = "{}: {}";
  int exit = 1;
  std::string_view busybox_directory = "";  // when it is a directory; empty: as above
  std::string_view gnu_directory = "";
  bool busybox_is_silent = false;  // busybox takes a directory for an empty file
};
inline constexpr Reading kPlain{};
inline constexpr Reading kSilent{"{}: {}", "{}: {}", 1, "", "", true};
inline constexpr Reading kCannotOpen{"can't open '{}': {}", "{}: {}", 1, "read error: {1}"};

/// A file's bytes ("-" is the input); complains and is empty when it cannot be read.
std::optional<std::string> read_operand(Call& call, const std::string& name,
                                        const Reading& reading = kPlain);

/// Writes a file; complains with `busybox` and `gnu` as above.
bool write_operand(Call& call, const std::string& name, std::string_view bytes,
                   const Reading& reading = kPlain);

/// A whole number; complains as busybox does and is empty when it is none.
std::optional<std::int64_t> whole_number(Call& call, std::string_view text);
std::optional<std::int64_t> to_number(std::string_view text);
/// "4k", "2M", "1G", plain bytes; empty when it is none.
std::optional<std::uint64_t> size_number(std::string_view text);

/// The lines of a text without their ends, the first kMostLines; a last line without an end counts.
std::vector<std::string_view> lines_of(std::string_view text, char end_of_line = '\n');
/// "can't open 'name': No such file or directory"
std::string why(std::string_view what, std::string_view name, Errno error);
// No path of 4096 bytes is deeper.
inline constexpr int kDeepestWalk = 2100;

/// "name/child" without a doubled slash.
std::string join(std::string_view directory, std::string_view name);
std::string_view last_component(std::string_view path);
std::string lowered(std::string_view text);  // ASCII letters only
/// "rwxr-xr-x" with the type in front.
std::string mode_text(const Stat& stat);
/// Name of a user or group by the container's own /etc/passwd and /etc/group, else the number.
std::string user_name(Call& call, std::uint32_t uid);
std::string group_name(Call& call, std::uint32_t gid);
/// "4.0K": busybox's way; the GNU tools round up.
std::string human_size(std::uint64_t bytes, bool gnu);
/// The address of a host: its own when it is one, else by /etc/hosts and the name service.
std::optional<std::string> address_of(Call& call, std::string_view host);
/// Serves a directory until somebody ends the process; complains when the port is taken.
void serve_http(Call& call, int port, const std::string& root);
/// Runs the call as a shell does: sh -c, timeout, xargs.
void run_as_shell(Call& call);
/// Runs the program of the same name that shells have built in: echo, printf, test.
void run_builtin(Call& call);
/// Runs another program (find -exec, xargs, env); its output becomes ours. Waits of it are not
/// waited for.
int run_inside(Call& call, const std::vector<std::string>& argv, const std::string& input);

// More output than this ends a program, as a closed pipe would.
inline constexpr std::size_t kMostOutput = 16u << 20;
// Lines of one text that a program looks at.
inline constexpr std::size_t kMostLines = 1u << 22;

}  // namespace sim::userland
