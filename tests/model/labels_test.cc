// Selectors, typed and carried, and the words about names that cannot be.
#include "sim/model/labels.h"

#include <gtest/gtest.h>

#include <string>

namespace sim::testing {
namespace {

const StringMap kLabels = {{"app", "web"}, {"tier", "front"}, {"n", "5"}, {"empty", ""}};

TEST(Selector, IsReadMatchedAndPrinted) {
  struct Row {
    const char* typed;
    const char* printed;
    bool matches;  // kLabels
  };
  const Row rows[] = {
      {"", "", true},
      {"app=web", "app=web", true},
      {"app==web", "app==web", true},
      {"app = web", "app=web", true},
      {"app=db", "app=db", false},
      {"app!=web", "app!=web", false},
      {"app!=db", "app!=db", true},
      {"none!=x", "none!=x", true},
      {"app", "app", true},
      {"none", "none", false},
      {"!app", "!app", false},
      {"!none", "!none", true},
      {"app in (web,db)", "app in (db,web)", true},
      {"app in (db)", "app in (db)", false},
      {"app notin (web, db)", "app notin (db,web)", false},
      {"none notin (a)", "none notin (a)", true},
      {"tier=front,app=web", "app=web,tier=front", true},
      {"tier=front,app=db", "app=db,tier=front", false},
      {"app in (web),!none,n", "app in (web),n,!none", true},
      {"empty=", "empty=", true},
      {"app=", "app=", false},
      {"empty in (,x)", "empty in (,x)", true},
      {"app in (web,)", "app in (,web)", true},
      {"n>4", "n>4", true},
      {"n>5", "n>5", false},
      {"n<6", "n<6", true},
      {"app>1", "app>1", false},
      {"in in (in,notin)", "in in (in,notin)", false},
      {"example.com/x=y", "example.com/x=y", false},
      {"app in (web,web)", "app in (web)", true},
  };
  for (const Row& row : rows) {
    std::string error;
    const std::optional<Selector> selector = parse_selector(row.typed, &error);
    ASSERT_TRUE(selector) << row.typed << ": " << error;
    EXPECT_EQ(selector->text(), row.printed) << row.typed;
    EXPECT_EQ(selector->matches(kLabels), row.matches) << row.typed;
  }
}

TEST(Selector, SaysWhatItCannotRead) {
  struct Row {
    const char* typed;
    const char* words;
  };
  const Row rows[] = {
      {"=", "found '=', expected: !, identifier, or 'end of string'"},
      {"app=web,", "found '', expected: identifier after ','"},
      {"app=web=x", "found '=', expected: ',' or 'end of string'"},
      {"app web",
       "unable to parse requirement: found 'web', expected: in, notin, =, ==, !=, gt, lt"},
      {"app in web", "unable to parse requirement: found 'web' expected: '('"},
      {"app in (web", "unable to parse requirement: found '', expected: ',' or ')'"},
      {"app in (a b)", "unable to parse requirement: found 'b', expected: ',' or ')'"},
      {"app in ()",
       "unable to parse requirement: values: Invalid value: []string{}: for 'in', 'notin' "
       "operators, values set can't be empty"},
      {"!", "unable to parse requirement: found '', expected: identifier"},
      {"n>x",
       "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, "
       "the "
       "value must be an integer"},
      {"a/b/c=d",
       "unable to parse requirement: <nil>: Invalid value: \"a/b/c\": a qualified name must "
       "consist "
       "of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
       "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
       "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' "
       "(e.g. 'example.com/MyName')"},
      {"app=-x",
       "unable to parse requirement: values[0][app]: Invalid value: \"-x\": a valid label must be "
       "an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
       "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex "
       "used "
       "for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"},
  };
  for (const Row& row : rows) {
    std::string error;
    EXPECT_FALSE(parse_selector(row.typed, &error)) << row.typed;
    EXPECT_EQ(error, row.words) << row.typed;
  }
}

TEST(LabelSelector, MatchesAndPrints) {
  struct Row {
    LabelSelector selector;
    const char* printed;
    bool matches;
  };
  const Row rows[] = {
      {{}, "<none>", true},
      {{{{"app", "web"}}, {}}, "app=web", true},
      {{{{"app", "web"}, {"x", "y"}}, {}}, "app=web,x=y", false},
      {{{}, {{"app", "In", {"web", "db"}}}}, "app in (db,web)", true},
      {{{}, {{"app", "NotIn", {"web"}}}}, "app notin (web)", false},
      {{{}, {{"app", "Exists", {}}}}, "app", true},
      {{{}, {{"app", "DoesNotExist", {}}}}, "!app", false},
      {{{{"tier", "front"}}, {{"app", "Exists", {}}, {"none", "DoesNotExist", {}}}},
       "app,!none,tier=front",
       true},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(format_label_selector(&row.selector), row.printed);
    EXPECT_EQ(matches(&row.selector, kLabels), row.matches) << row.printed;
    EXPECT_EQ(to_selector(row.selector).matches(kLabels), row.matches) << row.printed;
  }
  EXPECT_EQ(format_label_selector(nullptr), "<none>");
  EXPECT_FALSE(matches(nullptr, kLabels));
}

std::size_t count(const std::vector<std::string>& errors) { return errors.size(); }

TEST(Names, AreCheckedAsTheApiDoes) {
  const std::string long63(63, 'a');
  const std::string long64(64, 'a');
  const std::string long253 = long63 + "." + long63 + "." + long63 + "." + std::string(61, 'a');
  struct Row {
    std::string text;
    bool qualified;
    bool value;
    bool label;
    bool subdomain;
  };
  const Row rows[] = {
      {"web", true, true, true, true},
      {"web-1", true, true, true, true},
      {"Web", true, true, false, false},
      {"web_1", true, true, false, false},
      {"web.1", true, true, false, true},
      {"-web", false, false, false, false},
      {"web-", false, false, false, false},
      {"a..b", true, true, false, false},
      {"", false, true, false, false},
      {"example.com/web", true, false, false, false},
      {"/web", false, false, false, false},
      {"example.com/", false, false, false, false},
      {"Example.com/web", false, false, false, false},
      {"a/b/c", false, false, false, false},
      {"é", false, false, false, false},
      {"a b", false, false, false, false},
      {long63, true, true, true, true},
      {long64, false, false, false, true},
      {long253, false, false, false, true},
      {long253 + "a", false, false, false, false},
      {long253 + "/x", true, false, false, false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(qualified_name_errors(row.text).empty(), row.qualified) << row.text;
    EXPECT_EQ(label_value_errors(row.text).empty(), row.value) << row.text;
    EXPECT_EQ(dns1123_label_errors(row.text).empty(), row.label) << row.text;
    EXPECT_EQ(dns1123_subdomain_errors(row.text).empty(), row.subdomain) << row.text;
  }
}

TEST(Names, AreRefusedInTheApisWords) {
  EXPECT_EQ(dns1123_label_errors("Web"),
            std::vector<std::string>{
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or "
                "'-', and must start and end with an alphanumeric character (e.g. 'my-name',  or "
                "'123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"});
  EXPECT_EQ(
      dns1123_subdomain_errors("Web"),
      std::vector<std::string>{
          "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
          "'-' or '.', and must start and end with an alphanumeric character (e.g. "
          "'example.com', regex used for validation is "
          "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"});
  EXPECT_EQ(label_value_errors(std::string(64, 'a')),
            std::vector<std::string>{"must be no more than 63 characters"});
  EXPECT_EQ(count(label_value_errors(std::string(64, '-'))), 2u);  // too long and malformed
  EXPECT_EQ(count(dns1123_label_errors(std::string(64, 'A'))), 2u);
}

}  // namespace
}  // namespace sim::testing
