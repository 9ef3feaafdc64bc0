// The bash subset as a tree: what a script says, before anything runs. Immutable and shared by
// every process that runs it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sim::shell {

struct Node;
using NodePtr = std::shared_ptr<const Node>;

/// A piece of a word.
struct Part {
  enum class Kind { Text, Variable, Command, Arithmetic };
  Kind kind = Kind::Text;
  bool quoted = false;  // no splitting, no globbing
  std::string text;     // Text: itself; Variable: its name; Arithmetic: the expression
  std::string
      op;  // Variable: "", ":-", "-", ":=", ":+", ":?", "#", "##", "%", "%%", "/", "//", "len"
  std::vector<Part> word;         // Variable: what stands behind the operator
  std::vector<Part> replacement;  // Variable: behind the second "/"
  NodePtr command;                // Command
};
using Word = std::vector<Part>;

struct Redirection {
  int fd = 1;
  enum class Kind { Read, Write, Append, DuplicateOut, HereText } kind = Kind::Write;
  bool both = false;     // &> and &>>
  Word target;           // a file; a descriptor number; the text of a here-document or here-string
  bool newline = false;  // a here-string ends in one
};

struct Assignment {
  std::string name;
  Word value;
  bool append = false;
};

struct Node {
  enum class Kind {
    List,      // children one after another
    AndOr,     // children joined by `operators` ("&&", "||")
    Pipeline,  // children joined by "|"; `negated` by "!"
    Simple,    // assignments, words, redirections
    If,        // children: condition, then, [condition, then, …], [else]
    While,     // children: condition, body; `negated` for until
    For,       // `name` in `words`; child: body
    ForArith,  // three expressions in `texts`; child: body
    Case,      // words[0] against `patterns`; children: bodies
    Function,  // `name`; child: body
    Group,     // { … }
    Subshell,  // ( … )
    Test,      // [[ … ]]: words are its operands and operators
    Arith,     // (( … )): texts[0]
  };
  Kind kind = Kind::List;
  int line = 1;
  bool negated = false;
  bool has_else = false;
  bool has_words = false;  // For: "in" was there
  std::string name;
  std::vector<NodePtr> children;
  std::vector<std::string> operators;
  std::vector<std::string> texts;
  std::vector<Word> words;
  std::vector<std::vector<Word>> patterns;
  std::vector<Assignment> assignments;
  std::vector<Redirection> redirections;
};

struct Parsed {
  NodePtr script;           // null when the text is wrong
  std::string error;        // bash's words, without "bash: line N: "
  int line = 1;             // of the error
  bool unfinished = false;  // more lines could make it right
};

/// Parses a whole script. Nesting is bounded.
Parsed parse(std::string_view text);
/// Parses the inside of a here-document or of double quotes as a word.
Word parse_quoted(std::string_view text, std::string* error);

}  // namespace sim::shell
