// From words to text: parameters, $(…), $((…)), tildes, splitting at IFS, file names by pattern,
// and the quotes taken away.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/programs/machine.h"

namespace sim::shell {

inline constexpr std::size_t kLongestWord = kMostOutput;

/// Expands the words of one command. When it meets a command substitution whose result is not known
/// yet, it stops with `pending` set, and the whole is done again later.
class Expander {
 public:
  Expander(Machine& machine, Frame& frame) : machine_(machine), frame_(frame) {}

  /// A word as the arguments it makes.
  void fields(const Word& word, std::vector<std::string>* made);
  /// A word as one text, neither split nor matched against files.
  std::string single(const Word& word);
  /// The same, with quoted letters escaped, as a pattern.
  std::string pattern(const Word& word);
  std::string regular_expression(const Word& word);
  /// `who` stands in front of a complaint ("((: ").
  std::optional<std::int64_t> number(const Word& word, std::string_view who = "");
  std::optional<std::int64_t> calculated(std::string_view text, std::string_view who);
  /// What a command's output is, as it is: for <(…).
  std::string output_of(const Part& part);
  /// The outputs of the <(…) met, which descriptors from 63 downwards give.
  const std::vector<std::string>& files() const { return files_; }
  std::size_t work_done() const { return static_cast<std::size_t>(kMostWork - work_); }
  /// `of_case`: a pattern of case, which set -x does not show.
  bool condition(const Condition& condition, bool of_case = false);
  /// `for_command`: NAME=value before a command, which runs whether it can be set or not.
  void assign(const Assignment& assignment, bool for_command = false);
  void fail() { failed_ = true; }

  bool stopped() const { return failed_ || pending_ != nullptr; }
  bool failed() const { return failed_; }
  const ProgramPtr& pending() const { return pending_; }
  /// What a failure does: 0 the command fails, 1 the line is given up, 2 the shell ends.
  int severity() const { return severity_; }
  int status() const { return status_; }
  /// Of the last substitution met, if any.
  std::optional<int> last_status() const;

 private:
  // Letters with a mark each: 'q' quoted, 'l' literal, 'x' from an expansion (may be split); 'b' a
  // break between words, 'e' something quoted is here, though maybe empty.
  struct Marked {
    std::string text;
    std::string marks;
    void add(std::string_view more, char mark) {
      text += more;
      marks.append(more.size(), mark);
    }
    void mark(char what) {
      text += '\0';
      marks += what;
    }
  };

  void expand(const Word& word, Marked& made);
  void expand_part(const Part& part, Marked& made);
  void expand_argument(const Part& part, Marked& made);
  void expand_parameter(const Part& part, Marked& made);
  bool values_of(const Part& part, std::vector<std::string>* values, bool* is_list, bool* is_set);
  int status_of_end() const;
  bool is_set(const std::string& name);
  bool assign_elements(const Assignment& assignment);
  std::string transformed(char letter, const std::string& value);
  bool matches_expression(const std::string& text, const std::string& expression);
  std::string with_operator(const Part& part, const std::string& value);
  std::string replaced(const Part& part, const std::string& value);
  void add_values(const std::vector<std::string>& values, bool is_list, bool starred,
                  bool is_quoted, Marked& made);
  void split(const Marked& marked, std::vector<std::string>* made);
  void add_field(const Marked& field, std::vector<std::string>* made);
  void match_files(const std::string& pattern, std::vector<std::string>* found);
  void problem(std::string_view text, int severity, int status);
  static std::string plain(const Marked& marked);

  Machine& machine_;
  Frame& frame_;
  std::size_t next_result_ = 0;
  ProgramPtr pending_;
  bool failed_ = false;
  int severity_ = 0;
  int status_ = 1;
  static constexpr std::int64_t kMostWork = 5'000'000;
  std::int64_t work_ = kMostWork;  // steps of pattern matching left
  std::vector<std::string> files_;
  int depth_ = 0;
};

}  // namespace sim::shell
