// -o custom-columns and --sort-by.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "sim/shell/output_format.h"

namespace sim::testing {
namespace {

std::vector<Json> pods() {
  return {Json{{"metadata", {{"name", "web10"}}}, {"spec", {{"n", 3}, {"size", "1Gi"}}}},
          Json{{"metadata", {{"name", "web2"}}}, {"spec", {{"size", "512Mi"}}}},
          Json{{"metadata", {{"name", "web1"}, {"labels", {{"a", "b"}}}}}, {"spec", {{"n", 1}}}}};
}

std::string show(std::string_view spec, bool headers = true) {
  std::string error;
  const auto text = kubectl::custom_columns(spec, pods(), headers, &error);
  return text ? *text : "! " + error;
}

/// The names, in the order of a sort key.
std::string sorted(std::string_view path) {
  std::string error;
  const auto order = kubectl::sorted_order(path, pods(), &error);
  if (!order) return "! " + error;
  std::string names;
  for (const std::size_t at : *order)
    names += pods()[at]["metadata"]["name"].get<std::string>() + " ";
  return names;
}

TEST(CustomColumns, Cells) {
  EXPECT_EQ(show("NAME:.metadata.name,N:{.spec.n},L:metadata.labels"),
            "NAME    N        L\n"
            "web10   3        <none>\n"
            "web2    <none>   <none>\n"
            "web1    1        map[a:b]\n");
  EXPECT_EQ(show("NAME:.metadata.name", false), "web10\nweb2\nweb1\n");
}

TEST(CustomColumns, Mistakes) {
  EXPECT_EQ(show("NAME"),
            "! unexpected custom-columns spec: NAME, expected <header>:<json-path-expr>");
  EXPECT_EQ(show("A:.b["), "! unterminated array");
  EXPECT_EQ(show("A:{.a}{.b}"),
            "! unexpected path string, expected a 'name1.name2' or '.name1.name2' or "
            "'{name1.name2}' or '{.name1.name2}'");
}

TEST(CustomColumns, AFileOfHeadersAndPaths) {
  std::string error;
  EXPECT_EQ(kubectl::custom_columns_spec("A   B\n.x {.y}\n", &error), "A:.x,B:{.y}");
  EXPECT_FALSE(kubectl::custom_columns_spec("A\nb c\n", &error));
  EXPECT_EQ(error, "number of headers (1) and field specifications (2) don't match");
  EXPECT_FALSE(kubectl::custom_columns_spec("A\n", &error));
  EXPECT_EQ(error.substr(0, 37), "invalid template, missing spec line. ");
}

TEST(CustomColumns, NeverNarrowerThanBefore) {
  std::string error;
  kubectl::ColumnWidths widths;
  const Json wide = {{"a", "a long cell"}, {"b", 1}};
  const Json narrow = {{"a", "x"}, {"b", 2}};
  EXPECT_EQ(kubectl::custom_columns("A:.a,B:.b", {wide}, true, &error, &widths),
            "A             B\na long cell   1\n");
  EXPECT_EQ(kubectl::custom_columns("A:.a,B:.b", {narrow}, false, &error, &widths),
            "x             2\n");
}

TEST(SortBy, NumbersInNamesCount) { EXPECT_EQ(sorted(".metadata.name"), "web1 web2 web10 "); }
TEST(SortBy, MissingOnesComeFirst) { EXPECT_EQ(sorted("{.spec.n}"), "web2 web1 web10 "); }
TEST(SortBy, Quantities) { EXPECT_EQ(sorted("spec.size"), "web1 web2 web10 "); }
TEST(SortBy, AFieldThatNoneHas) {
  EXPECT_EQ(sorted(".nosuch"),
            "! couldn't find any field with path \"{.nosuch}\" in the list of objects");
}

TEST(SortBy, NaturalOrder) {
  EXPECT_TRUE(kubectl::natural_less("a2", "a10"));
  EXPECT_TRUE(kubectl::natural_less("a1", "aa"));
  EXPECT_TRUE(kubectl::natural_less("a1b", "a01b"));
  EXPECT_FALSE(kubectl::natural_less("a", "a"));
  EXPECT_TRUE(kubectl::natural_less("a", "ab"));
}

}  // namespace
}  // namespace sim::testing
