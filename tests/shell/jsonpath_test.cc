// -o jsonpath, expression by expression, as the real kubectl 1.32 prints them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "sim/shell/output_format.h"

namespace sim::testing {
namespace {

using kubectl::jsonpath;

const Json& object() {
  static const Json json = Json::parse(R"json({
    "apiVersion": "v1", "kind": "Pod",
    "metadata": {"name": "web", "labels": {"app": "w", "a.b/c": "d"}},
    "spec": {"n": 4, "f": 1.5, "big": 12345678901, "empty": {}, "list": [], "html": "<a&b>",
      "containers": [
        {"name": "c1", "image": "i:1", "n": 1, "b": true, "ports": [{"port": 80}, {"port": 81}]},
        {"name": "c2", "image": "j", "n": 2, "b": false, "ports": [{"port": 90}]},
        {"name": "c(1)", "image": "k", "n": 3, "f": 2.5}]},
    "status": {"none": null, "ready": true}})json");
  return json;
}

std::string show(std::string_view expression) {
  std::string error;
  const auto text = jsonpath(expression, object(), &error);
  return text ? *text : "! " + error;
}
/// Why an expression cannot be read.
std::string parse_error(const std::string& expression) {
  const std::string text = show(expression);
  const std::string begin = "! error parsing jsonpath " + expression + ", ";
  return text.rfind(begin, 0) == 0 ? text.substr(begin.size()) : text;
}
/// Why an expression fails on the object.
std::string run_error(const std::string& expression) {
  const std::string text = show(expression);
  const std::string begin = "Error executing template: ";
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return text;
  const std::size_t end = text.find(". Printing more information");
  return text.substr(from + begin.size(), end - from - begin.size());
}

TEST(JsonPath, Fields) {
  EXPECT_EQ(show("{.metadata.name}"), "web");
  EXPECT_EQ(show("{$.metadata.name}"), "web");
  EXPECT_EQ(show("{@.metadata.name}"), "web");
  EXPECT_EQ(show("{['metadata'].name}"), "web");
  EXPECT_EQ(show("{.metadata.labels.a\\.b/c}"), "d");
  EXPECT_EQ(show("{.metadata.labels['a\\.b/c']}"), "d");
  EXPECT_EQ(show("{.nosuch.name}"), "");
  EXPECT_EQ(show("{.metadata.labels.a.b/c}"), "");
  EXPECT_EQ(show("{.spec.containers.name}"), "");
  EXPECT_EQ(show("name: {.metadata.name}!"), "name: web!");
}

TEST(JsonPath, Values) {
  EXPECT_EQ(show("{.spec.n} {.spec.f} {.spec.big} {.status.ready}"), "4 1.5 12345678901 true");
  EXPECT_EQ(show("{.status.none}"), "null");
  EXPECT_EQ(show("{.spec.empty}{.spec.list}"), "{}[]");
  EXPECT_EQ(show("{.metadata.labels}"), R"({"a.b/c":"d","app":"w"})");
  EXPECT_EQ(show("{.spec.html}"), "<a&b>");
  EXPECT_EQ(show("{.spec.containers[*].name}"), "c1 c2 c(1)");
  EXPECT_EQ(show(R"({"a\tb"}{'c\'d'}{"\u00e9"}{1}{-5}{1.50}{true})"),
            "a\tbc'd\xc3\xa9"
            "1-51.5true");
}

TEST(JsonPath, HtmlIsEscapedInsideObjectsOnly) {
  EXPECT_EQ(show("{.spec['html','list']}"), "<a&b> []");
  std::string error;
  EXPECT_EQ(jsonpath("{@}", Json{{"a", "<&>"}}, &error), R"({"a":"\u003c\u0026\u003e"})");
}

TEST(JsonPath, IndexesAndSlices) {
  EXPECT_EQ(show("{.spec.containers[0].name}"), "c1");
  EXPECT_EQ(show("{.spec.containers[-1].name}"), "c(1)");
  EXPECT_EQ(show("{.spec.containers[-2:].name}"), "c2 c(1)");
  EXPECT_EQ(show("{.spec.containers[0:2].name}"), "c1 c2");
  EXPECT_EQ(show("{.spec.containers[::2].name}"), "c1 c(1)");
  EXPECT_EQ(show("{.spec.containers[0,2].name}"), "c1 c(1)");
  EXPECT_EQ(show("{.spec.containers[*]['name','image']}"), "c1 c2 c(1) i:1 j k");
  EXPECT_EQ(show("{.spec.containers[0:0].name}"), "");
}

TEST(JsonPath, WrongIndexes) {
  EXPECT_EQ(run_error("{.spec.containers[3].name}"),
            "array index out of bounds: index 3, length 3");
  EXPECT_EQ(run_error("{.spec.containers[-5].name}"),
            "array index out of bounds: index -2, length 3");
  EXPECT_EQ(run_error("{.spec.containers[2:1].name}"),
            "starting index 2 is greater than ending index 1");
  EXPECT_EQ(run_error("{.spec.containers[::-1].name}"), "step must be > 0");
  EXPECT_EQ(run_error("{.metadata[0]}"), "map[string]interface {} is not array or slice");
  EXPECT_EQ(run_error("{.metadata.name[0]}"), "string is not array or slice");
}

TEST(JsonPath, Filters) {
  EXPECT_EQ(show(R"({.spec.containers[?(@.name=="c1")].image})"), "i:1");
  EXPECT_EQ(show(R"({.spec.containers[?(@.name == 'c1')].image})"), "i:1");
  EXPECT_EQ(show(R"({.spec.containers[?(@.name!="c1")].image})"), "j k");
  EXPECT_EQ(show("{.spec.containers[?(@.name==\"c(1)\")].image}"), "k");
  EXPECT_EQ(show("{.spec.containers[?(@.n>=2)].name}"), "c2 c(1)");
  EXPECT_EQ(show("{.spec.containers[?(@.b==true)].name}"), "c1");
  EXPECT_EQ(show("{.spec.containers[?(@.ports)].name}"), "c1 c2");
  EXPECT_EQ(show("{.spec.containers[?(@.f>2.0)].name}"), "c(1)");
  EXPECT_EQ(show(R"({.spec.containers[?(@.nosuch=="x")].name})"), "");
  EXPECT_EQ(run_error(R"({.spec.containers[?(@.n=="1")].name})"),
            "incompatible types for comparison");
  EXPECT_EQ(run_error("{.spec.containers[?(@.ports[*].port==80)].name}"),
            "can only compare one element at a time");
  EXPECT_EQ(run_error(R"({.metadata.name[?(@.x=="y")]})"),
            "web is not array or slice and cannot be filtered");
}

TEST(JsonPath, RecursiveDescent) {
  EXPECT_EQ(show("{..port}"), "80 81 90");
  EXPECT_EQ(show("{.spec..name}"), "c1 c2 c(1)");
  EXPECT_EQ(parse_error("{....name}"), "invalid multiple recursive descent");
}

TEST(JsonPath, Ranges) {
  EXPECT_EQ(show(R"({range .spec.containers[*]}{.name}={.image}{"\n"}{end})"),
            "c1=i:1\nc2=j\nc(1)=k\n");
  EXPECT_EQ(show("{range .spec.containers[*]}{.name}[{range .ports[*]}{.port},{end}]{end}!"),
            "c1[80,81,]c2[90,]c(1)[]!");
  EXPECT_EQ(show("{range .nosuch[*]}{.name}{end}{.metadata.name}"), "web");
  EXPECT_EQ(run_error("{.metadata.name}{end}"), "not in range, nothing to end");
  EXPECT_EQ(run_error("{foo}"), "unrecognized identifier foo");
}

TEST(JsonPath, TextsThatAreNone) {
  EXPECT_EQ(parse_error("{.items[0"), "unterminated array");
  EXPECT_EQ(parse_error("{.a"), "unclosed action");
  EXPECT_EQ(parse_error("{\"abc}"), "unterminated quoted string");
  EXPECT_EQ(parse_error("{.a[abc]}"), "invalid array index abc");
  EXPECT_EQ(parse_error("{=}"), "unrecognized character in action: U+003D '='");
  EXPECT_EQ(parse_error("{1.2.3}"), "cannot parse number 1.2.3");
  EXPECT_EQ(parse_error("{.a[?(@.b==1}"), "unterminated filter");
}

TEST(JsonPath, AFailureShowsTheObject) {
  std::string error;
  const Json list = {{"items", {1, "a", nullptr, 2.5, true}}, {"m", Json::object()}};
  EXPECT_FALSE(jsonpath("{.items[9]}", list, &error));
  EXPECT_EQ(error,
            "error executing jsonpath \"{.items[9]}\": Error executing template: array index out "
            "of bounds: index 9, length 5. Printing more information for debugging the "
            "template:\n\ttemplate was:\n\t\t{.items[9]}\n\tobject given to jsonpath engine "
            "was:\n\t\tmap[string]interface {}{\"items\":[]interface {}{1, \"a\", interface "
            "{}(nil), 2.5, true}, \"m\":map[string]interface {}{}}\n\n");
}

TEST(JsonPath, MissingKeysMayBeErrors) {
  std::string error;
  EXPECT_FALSE(jsonpath("{.nosuch}", object(), &error, false));
  EXPECT_NE(error.find("nosuch is not found"), std::string::npos);
}

TEST(JsonPath, AsJson) {
  std::string error;
  EXPECT_EQ(kubectl::jsonpath_as_json("{.spec.containers[*].name}{.spec.n}", object(), &error),
            "[\n    \"c1\",\n    \"c2\",\n    \"c(1)\"\n]\n[\n    4\n]\n");
}

TEST(JsonPath, RelaxedPaths) {
  std::string error;
  for (const char* path :
       {"metadata.name", ".metadata.name", "{metadata.name}", "{.metadata.name}"}) {
    EXPECT_EQ(kubectl::relaxed_jsonpath(path, &error), "{.metadata.name}") << path;
  }
  EXPECT_FALSE(kubectl::relaxed_jsonpath("{.a}{.b}", &error));
  const auto values = kubectl::jsonpath_values(".spec.containers[*].n", object(), &error);
  ASSERT_TRUE(values);
  EXPECT_EQ(*values, (std::vector<Json>{1, 2, 3}));
}

TEST(JsonPath, NothingIsTooMuch) {
  std::string deep;
  for (int i = 0; i < 20000; ++i) deep += "[?(@.a";
  show("{" + deep);
  std::string ranges;
  for (int i = 0; i < 20000; ++i) ranges += "{range @}";
  EXPECT_EQ(run_error(ranges), "ranges are nested too deeply");
  std::string wide = "{";
  for (int i = 0; i < 40; ++i) wide += "[0,0]";
  std::string error;
  Json nested = 1;
  for (int i = 0; i < 40; ++i) nested = Json::array({nested});
  EXPECT_FALSE(jsonpath(wide + "}", nested, &error));
}

}  // namespace
}  // namespace sim::testing
