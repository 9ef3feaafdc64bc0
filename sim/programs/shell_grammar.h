// The parser itself, for the files it is written in: shell_lexer.cc (characters, quotes, tokens),
// shell_dollar.cc (what begins with $ or `), shell_parser.cc (the grammar) and
// shell_condition.cc ([[ ]]).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/programs/shell_parser.h"

namespace sim::shell {

constexpr int kDeepestNesting = 60;

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c);  // of a name
bool is_name_char(char c);
bool is_meta(char c);  // ends a word
bool is_special_parameter(char c);

/// Adds bytes to a word, joining them to the last text of the same sort.
void add_text(Word& word, std::string_view text, bool quoted);

struct Token {
  enum class Kind { Word, Operator, Newline, End, Number };  // Number: the 2 of 2>
  Kind kind = Kind::End;
  std::string text;  // the operator; of a word its source
  Word word;
  bool plain = false;  // a word of unquoted text alone
  int line = 1;
  std::size_t start = 0;
  std::size_t value_start = std::string::npos;  // of NAME=value: where the value begins
  Assignment assignment;                        // name, index and append, when value_start is set
};

class Parser {
 public:
  /// `depth`: how many parsers are around this one.
  Parser(std::string_view text, int first_line, int depth);
  Program parse_all();
  /// A text with substitutions and no other syntax: here-documents, arithmetic.
  Word parse_text(bool keep_quotes);
  bool failed() const { return failed_; }
  const std::vector<std::string>& errors() const { return errors_; }

 private:
  enum class Quotes { Delimiter, Literal, Plain };

  struct PendingDocument {
    std::shared_ptr<Word> body;
    std::string delimiter;
    bool strip = false;
    bool quoted = false;
    int line = 1;
  };

  class Deeper {
   public:
    explicit Deeper(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > kDeepestNesting) parser_.fail({"syntax error: nested too deeply"});
    }
    ~Deeper() { --parser_.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    Parser& parser_;
  };

  // -- Errors --
  void fail(std::vector<std::string> errors);
  int last_line() const;
  void fail_at_end();
  void fail_unmatched(char wanted, int line);
  void fail_unexpected(const Token& token);

  // -- Characters --
  bool at_end() const { return pos_ >= text_.size(); }
  char current() const { return at_end() ? '\0' : text_[pos_]; }
  char ahead(std::size_t n) const { return pos_ + n < text_.size() ? text_[pos_ + n] : '\0'; }
  char next();

  // -- Tokens --
  const Token& peek();
  Token take();
  bool at_operator(std::string_view text);
  bool at_word(std::string_view text);
  void skip_newlines();
  bool expect_word(std::string_view text);
  Token lex();
  bool at_process_substitution() const { return current() == '<' && ahead(1) == '('; }
  /// NAME=, NAME+=, NAME[index]= at the start of a word.
  void lex_assignment_prefix(Token& token);
  void lex_word(Token& token);
  void lex_word_parts(Word& word, bool assignment, bool* plain);
  void lex_process_substitution(Word& word);
  void lex_single_quoted(Word& word);
  /// Quoted text counts even when it is empty.
  static void add_quoted(Word& word, std::string_view text) { add_text(word, text, true); }
  void lex_quoted_string(Word& word);
  /// Up to `end` (or the end of the text): the inside of double quotes and the like.
  void lex_double_quoted(Word& word, char end, Quotes quotes);
  void lex_ansi_quoted(Word& word);
  void lex_backquote(Word& word, bool quoted);
  /// Where the "))" is that closes arithmetic beginning at `from`, or npos when it is none.
  std::size_t arithmetic_end(std::size_t from) const;
  /// Whether as many parentheses close as open from here on.
  bool closes(std::size_t from) const;
  Word arithmetic_word(std::string_view source);
  void skip_to(std::size_t position);
  void lex_dollar(Word& word, bool quoted);
  /// The commands of $(…), up to and with the closing parenthesis.
  Program parse_inside();
  /// The word behind an operator in ${…}, up to one of `ends`.
  Word braced_word(std::string_view ends, bool quoted, bool quotes_count);
  void lex_braced(Word& word, bool quoted);
  /// The operator of ${…} and its words; false when there is no such operator.
  bool lex_operator(Part& part, bool quoted);
  /// The pattern of ${x/a/b}. In ${x//a/b} a slash right at its start belongs to it.
  Word replaced_word(bool quoted, bool all);

  // -- Here-documents --
  void read_documents();

  // -- Grammar --
  /// Words that end a list: then, done, }, …
  bool at_closing_word();
  std::shared_ptr<Node> make(Node::Kind kind);
  bool parse_list_item(Node& list);
  /// The source between two places, without blanks at its end; not more than anybody wants to see.
  std::string source_text(std::size_t from, std::size_t to) const;
  /// One line at the top: commands up to its end.
  NodePtr parse_line();
  /// Commands up to a word or operator that closes what they are in.
  NodePtr parse_list();
  NodePtr parse_and_or();
  NodePtr parse_pipeline();
  NodePtr parse_command();
  void parse_redirections(Node& node);
  bool at_redirection();
  void parse_redirection(Node& node);
  NodePtr parse_simple();
  /// Whether arguments of the command may be arrays: declare a=(…).
  static bool is_declaration(const Node& node);
  void parse_assignment(Node& node, Token& token, bool as_argument);
  /// [index]=value inside of a=(…): takes the index off the word; null when it has none.
  static WordPtr take_index(Word& word);
  NodePtr parse_function_keyword();
  NodePtr parse_function_body(const std::string& name, int line);
  std::shared_ptr<Node> parse_parenthesis();
  std::shared_ptr<Node> parse_group();
  std::shared_ptr<Node> parse_if();
  std::shared_ptr<Node> parse_while();
  std::shared_ptr<Node> parse_for();
  std::shared_ptr<Node> parse_case();

  // -- [[ ]] --
  using ConditionPtr = std::shared_ptr<const Condition>;
  std::shared_ptr<Node> parse_condition_command();
  ConditionPtr join(Condition::Kind kind, ConditionPtr first, ConditionPtr second);
  ConditionPtr parse_condition_or();
  ConditionPtr parse_condition_and();
  ConditionPtr parse_condition_term();
  bool at_binary_operator();
  static std::string shown(const Token& token);
  void fail_condition(std::string_view text);
  /// Behind =~ parentheses and bars belong to the word.
  Word lex_regular_expression();

  std::string_view text_;
  std::size_t pos_ = 0;
  int line_;
  int first_line_;
  int depth_;
  char closer_ = '\0';  // what the end of the text would leave open
  Token token_;
  bool has_token_ = false;
  bool ended_ = false;  // the line end behind the text has been given
  std::vector<PendingDocument> documents_;
  bool failed_ = false;
  bool incomplete_ = false;
  std::vector<std::string> errors_;
  std::vector<std::string> warnings_;
};

}  // namespace sim::shell
