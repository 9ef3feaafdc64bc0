// A shell script as a tree: what the parser makes of a text and the interpreter runs. Trees are
// immutable and shared, so that a process half-way through a loop copies as a few pointers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sim::shell {

struct Node;
using NodePtr = std::shared_ptr<const Node>;
struct Word;
using WordPtr = std::shared_ptr<const Word>;

/// A script, or the inside of $(…): complete commands in order, then the mistake that ends it.
struct Program {
  std::vector<NodePtr> commands;
  std::vector<std::string> errors;  // the shell's lines about it, without its name in front
  std::vector<std::string> warnings;
  bool incomplete = false;  // more text could make it right
};
using ProgramPtr = std::shared_ptr<const Program>;

enum class ParameterOp : std::uint8_t {
  Plain,
  Length,               // ${#x}
  Default,              // ${x-w}
  Assign,               // ${x=w}
  Error,                // ${x?w}
  Alternative,          // ${x+w}
  RemoveShortestFront,  // ${x#w}
  RemoveLongestFront,   // ${x##w}
  RemoveShortestBack,   // ${x%w}
  RemoveLongestBack,    // ${x%%w}
  ReplaceFirst,         // ${x/a/b}
  ReplaceAll,           // ${x//a/b}
  ReplaceFront,         // ${x/#a/b}
  ReplaceBack,          // ${x/%a/b}
  Substring,            // ${x:1:2}
  UpperFirst,           // ${x^}
  UpperAll,             // ${x^^}
  LowerFirst,           // ${x,}
  LowerAll,             // ${x,,}
  Transform,            // ${x@Q}
  Names,                // ${!x*}
  Bad                   // ${x y}: known to be wrong only when it is reached
};

struct Part {
  // File: <(…), the name of a file with a command's output.
  enum class Kind : std::uint8_t { Text, Tilde, Parameter, Command, Arithmetic, File };
  Kind kind = Kind::Text;
  bool quoted = false;
  std::string text;  // bytes; a parameter's name; the source of a bad substitution
  ParameterOp op = ParameterOp::Plain;
  bool colon = false;     // ${x:-w}: an empty value counts as none
  bool indirect = false;  // ${!x}
  WordPtr index;          // ${x[w]}; the text "@" or "*" for all
  WordPtr argument;
  WordPtr replacement;
  ProgramPtr program;
};

struct Word {
  std::vector<Part> parts;
  bool assignment = false;  // NAME=…, where it may be an argument of export
};

struct Redirection {
  enum class Op : std::uint8_t {
    In,          // <
    Out,         // > and >|
    Append,      // >>
    ReadWrite,   // <>
    Duplicate,   // <& and >&
    Both,        // &> and >&file
    BothAppend,  // &>>
    HereText,    // << and <<<
  };
  Op op = Op::In;
  int fd = -1;              // -1: what the operator means by itself
  WordPtr target;           // file, descriptor or text
  bool add_line = false;    // <<<: the text gets a line end
  bool overwrites = false;  // >|
};

struct Assignment {
  std::string name;
  WordPtr index;  // NAME[w]=
  bool append = false;
  bool is_array = false;
  Word value;
  std::vector<Word> elements;
  std::vector<WordPtr> element_indexes;  // one for each element: [w]=, or null
};

struct CaseItem {
  std::vector<Word> patterns;
  NodePtr body;  // null when empty
  enum class End : std::uint8_t { Break, FallThrough, TestNext };
  End end = End::Break;
};

/// The inside of [[ ]].
struct Condition {
  enum class Kind : std::uint8_t { And, Or, Not, Unary, Binary, NotEmpty };
  Kind kind = Kind::NotEmpty;
  std::string op;
  Word left;
  Word right;
  std::shared_ptr<const Condition> first;
  std::shared_ptr<const Condition> second;
};

struct Node {
  enum class Kind : std::uint8_t {
    Simple,
    List,
    AndOr,
    Pipeline,
    If,
    While,
    Until,
    For,
    ForArithmetic,
    Case,
    Group,
    Subshell,
    Function,
    Condition,
    Arithmetic
  };
  Kind kind = Kind::Simple;
  int line = 1;
  std::vector<Assignment> assignments;
  std::vector<Word> words;  // of a simple command, a for list, a case word, arithmetic expressions
  std::vector<Redirection> redirections;
  std::vector<NodePtr> children;
  // For each child: of a List, whether it runs in the background; of an AndOr (but the first),
  // whether it is joined by ||; of a Pipeline, whether stderr goes down the pipe too.
  std::vector<bool> flags;
  // Source text: of a List, of each child in the background; of a function's body.
  std::vector<std::string> texts;
  bool negated = false;
  bool timed = false;
  bool over_arguments = false;  // `for x` without `in`
  std::string name;             // of a function or a for variable
  std::vector<CaseItem> items;
  std::shared_ptr<const Condition> condition;
};

}  // namespace sim::shell
