// Regular expressions: what matches, where, and that none takes for ever. Most cases have been
// compared with glibc's regcomp and regexec.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/base/format.h"
#include "sim/base/regex.h"

namespace sim {
namespace {

/// "3-5 3-4": the match and its groups ("?" when one took no part); "no"; or why it is wrong.
std::string spans(const std::string& pattern, const std::string& text, Regex::Syntax syntax = {},
                  std::size_t from = 0) {
  std::string error;
  const auto regex = Regex::compile(pattern, syntax, &error);
  if (!regex) return error;
  const auto found = regex->search(text, from);
  if (found.empty()) return "no";
  std::string shown;
  for (const Regex::Span& span : found) {
    if (!shown.empty()) shown += ' ';
    shown += span.start == std::string::npos ? "?" : fmt::format("{}-{}", span.start, span.end);
  }
  return shown;
}

constexpr Regex::Syntax kExtended{true, false};
constexpr Regex::Syntax kNoCase{true, true};
constexpr Regex::Syntax kLoose{true, false, true};

struct Row {
  const char* pattern;
  const char* text;
  const char* spans;
};

TEST(Regex, Basic) {
  const std::vector<Row> rows = {
      {"abc", "xabcy", "1-4"},
      {"abc", "ab", "no"},
      {"", "abc", "0-0"},
      {"a.c", "xabc", "1-4"},
      {"a*", "aaab", "0-3"},
      {"a*", "b", "0-0"},
      {"ba*", "abaa", "1-4"},
      {"*a", "*a", "0-2"},
      {"\\(*a\\)", "*a", "0-2 0-2"},
      {"^*a", "*a", "0-2"},
      {"a\\+", "baa", "1-3"},
      {"ab\\?c", "ac", "0-2"},
      {"a+", "aa+", "1-3"},
      {"a?", "a?", "0-2"},
      {"a|b", "a|b", "0-3"},
      {"(a)", "(a)", "0-3"},
      {"a{2}", "a{2}", "0-4"},
      {"a\\|b", "xb", "1-2"},
      {"\\(a\\)\\(b\\)", "ab", "0-2 0-1 1-2"},
      {"\\(a\\|\\(b\\)\\)c", "ac", "0-2 0-1 ?"},
      {"a\\{2\\}", "aaa", "0-2"},
      {"a\\{2,\\}", "aaaa", "0-4"},
      {"a\\{1,2\\}", "aaa", "0-2"},
      {"a\\{,2\\}b", "aab", "0-3"},
      {"^ab", "abab", "0-2"},
      {"^b", "ab", "no"},
      {"b$", "ab", "1-2"},
      {"a$b", "a$b", "0-3"},
      {"a^b", "a^b", "0-3"},
      {"\\(^a\\)", "ba", "no"},
      {"\\(a$\\)", "ba", "1-2 1-2"},
      {"^$", "", "0-0"},
      {"[abc]x", "bx", "0-2"},
      {"[^abc]", "abcd", "3-4"},
      {"[a-c]*", "xabcd", "0-0"},
      {"[]x]", "]", "0-1"},
      {"[^]x]", "x]a", "2-3"},
      {"[a-]", "-", "0-1"},
      {"[[:digit:]]*x", "12x", "0-3"},
      {"[[:alpha:][:digit:]_]*", "a1_-", "0-3"},
      {"[.]", "a.", "1-2"},
      {"[\\]", "\\", "0-1"},
      {"\\.", "a.", "1-2"},
      {"\\*", "a*", "1-2"},
      {"\\(a*\\)b\\1", "aabaa", "0-5 0-2"},
      {"\\(.\\)\\1", "abccd", "2-4 2-3"},
      {"\\(a\\)\\1", "ab", "no"},
      {"\\bfoo\\b", "a foo.", "2-5"},
      {"\\<o", "foo oo", "4-5"},
      {"o\\>", "foo", "2-3"},
      {"\\Boo", "foo", "1-3"},
      {"\\w\\w*", "  ab_1 ", "2-6"},
      {"\\W", "ab c", "2-3"},
      {"\\s", "a\tb", "1-2"},
      {"\\S\\+", "  ab ", "2-4"},
      {"a\\nb", "anb", "0-3"},
      {"x*y*z", "xxyyz", "0-5"},
  };
  for (const Row& row : rows) EXPECT_EQ(spans(row.pattern, row.text), row.spans) << row.pattern;
}

TEST(Regex, Extended) {
  const std::vector<Row> rows = {
      {"a+", "baa", "1-3"},
      {"ab?c", "abc", "0-3"},
      {"a|bc", "xbc", "1-3"},
      {"a|ab|abc", "abcd", "0-3"},
      {"(a|ab)(c|bcd)", "abcd", "0-4 0-1 1-4"},
      {"(a)(b)?", "ac", "0-1 0-1 ?"},
      {"(ab)+", "ababa", "0-4 2-4"},
      {"a{2,3}", "aaaa", "0-3"},
      {"a{2}", "a", "no"},
      {"a{0}b", "b", "0-1"},
      {"a{,2}", "aaa", "0-2"},
      {"^(a|b)$", "b", "0-1 0-1"},
      {"x^", "x", "no"},
      {"(^a|b)c", "bc", "0-2 0-1"},
      {"()", "a", "0-0 0-0"},
      {"a||b", "b", "0-1"},
      {"a**", "aaa", "0-3"},
      {"\\(a\\)", "(a)", "0-3"},
      {"\\|", "|", "0-1"},
      {"\\{", "{", "0-1"},
      {"(a)\\1", "aa", "0-2 0-1"},
      {"((a)|b)*", "ab", "0-2 1-2 0-1"},
      {"[0-9]+/[0-9]+", "web 10/12 x", "4-9"},
      {"(foo|foobar)(bar)?", "foobar", "0-6 0-3 3-6"},
      {"(a*)(a|aa)", "aaaa", "0-4 0-3 3-4"},
      {"\\bweb-[0-9]\\b", "x web-1", "2-7"},
      {".*x", "axbxc", "0-4"},
      {"a.*b.*c", "aXbYcZ", "0-5"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(spans(row.pattern, row.text, kExtended), row.spans) << row.pattern;
  }
}

/// What grep -E bears, and regcomp does not.
TEST(Regex, Loose) {
  const std::vector<Row> rows = {
      {"a{x", "a{x", "0-3"}, {"a{1", "a{1", "0-3"},
      {"*a", "a", "0-1"},    {"(*a)", "a", "0-1 0-1"},
      {"a|*b", "b", "0-1"},  {"+a", "a", "0-1"},
      {"*", "a", "0-0"},     {"*.jpg", "x.jpg", "1-5"},
      {"a{2}", "aa", "0-2"}, {"(", "", "Unmatched ( or \\("},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(spans(row.pattern, row.text, kLoose), row.spans) << row.pattern;
  }
  for (const char* pattern : {"*a", "(*a)", "a|*b", "+a", "?", "^*"}) {
    EXPECT_EQ(spans(pattern, "", kExtended), "Invalid preceding regular expression") << pattern;
  }
  EXPECT_EQ(spans("a{x", "", kExtended), "Unmatched \\{");
  EXPECT_EQ(spans("a{x}", "", kExtended), "Invalid content of \\{\\}");
}

TEST(Regex, IgnoresCase) {
  EXPECT_EQ(spans("AbC", "xaBc", kNoCase), "1-4");
  EXPECT_EQ(spans("[a-c]+", "xABC", kNoCase), "1-4");
  EXPECT_EQ(spans("[^a]", "Ab", kNoCase), "1-2");
  EXPECT_EQ(spans("(a)\\1", "aA", kNoCase), "0-2 0-1");
  EXPECT_EQ(spans("abc", "ABC", kExtended), "no");
}

TEST(Regex, LooksFromAPlaceOnward) {
  EXPECT_EQ(spans("a", "aba", {}, 1), "2-3");
  EXPECT_EQ(spans("^a", "aa", {}, 1), "no");
  EXPECT_EQ(spans("\\<b", "ab", {}, 1), "no");
  EXPECT_EQ(spans("x*", "aax", {}, 3), "3-3");
  EXPECT_EQ(spans("a", "a", {}, 2), "no");
  EXPECT_EQ(spans("$", "ab", {}, 1), "2-2");
}

TEST(Regex, SaysWhatIsWrongInGlibcsWords) {
  constexpr const char* kBracket = "Unmatched [, [^, [:, [., or [=";
  const std::vector<Row> basic = {
      {"[", "", "Invalid regular expression"},
      {"[a", "", kBracket},
      {"[[:alpha", "", kBracket},
      {"[[:foo:]]", "", "Invalid character class name"},
      {"[z-a]", "", "Invalid range end"},
      {"\\(a", "", "Unmatched ( or \\("},
      {"a\\)", "", "Unmatched ) or \\)"},
      {"a\\", "", "Trailing backslash"},
      {"a\\{1", "", "Unmatched \\{"},
      {"a\\{x\\}", "", "Invalid content of \\{\\}"},
      {"a\\{2,1\\}", "", "Invalid content of \\{\\}"},
      {"\\1", "", "Invalid back reference"},
      {"a\\{32768\\}", "", "Regular expression too big"},
  };
  for (const Row& row : basic) EXPECT_EQ(spans(row.pattern, ""), row.spans) << row.pattern;
  EXPECT_EQ(spans("(a", "", kExtended), "Unmatched ( or \\(");
  EXPECT_EQ(spans("a)", "a)", kExtended), "0-2");
  EXPECT_FALSE(Regex::compile("[", {}, nullptr));
}

/// The text that a naive matcher dies of.
TEST(Regex, TakesNoTimeForAnything) {
  const std::string many(100000, 'a');
  EXPECT_EQ(spans("(a*)*b", many, kExtended), "no");
  EXPECT_EQ(spans("(a|aa)+$", many, kExtended).substr(0, 8), "0-100000");
  EXPECT_EQ(spans("(a?){200}a{200}", std::string(200, 'a'), kExtended).substr(0, 5), "0-200");
  EXPECT_EQ(spans("\\(a*\\)*\\1b", many), "no");
  EXPECT_EQ(spans("((((a{1,99}){1,99}){1,99}){1,99})", "a", kExtended),
            "Regular expression too big");
  EXPECT_EQ(spans(std::string(100, '('), "", kExtended), "Regular expression too big");
  EXPECT_EQ(spans("((a+)+)+$", std::string(1u << 20, 'a') + "b", kExtended), "no");
}

TEST(Regex, ToldWorkGrowsWithWhatWasLookedAt) {
  const auto regex = Regex::compile("b", {}, nullptr);
  ASSERT_TRUE(regex);
  const std::string text = "b" + std::string(1000, 'a');
  std::size_t work = 0;
  ASSERT_FALSE(regex->search(text, 0, &work).empty());
  const std::size_t near = work;
  EXPECT_LT(near, 20u);
  const auto any = Regex::compile("a*b", {}, nullptr);
  ASSERT_TRUE(any);
  EXPECT_TRUE(any->search(text, 1, &work).empty());
  EXPECT_GT(work, near + 1000);
}

}  // namespace
}  // namespace sim
