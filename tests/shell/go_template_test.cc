// -o go-template, as the real kubectl 1.32 prints them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "sim/shell/output_format.h"

namespace sim::testing {
namespace {

const Json& object() {
  static const Json json = Json::parse(R"({
    "apiVersion": "v1", "kind": "Pod",
    "metadata": {"name": "web", "labels": {"app": "w", "a.b/c": "d"}},
    "spec": {"n": 4, "f": 1.5, "empty": [],
      "containers": [{"name": "c1", "n": 1, "ports": [{"port": 80}, {"port": 81}]},
                     {"name": "c2", "n": 2}, {"name": "c3", "n": 3}]},
    "status": {"none": null, "ready": true}})");
  return json;
}

std::string show(std::string_view text) {
  std::string error;
  const auto shown = kubectl::go_template(text, object(), &error);
  return shown ? *shown : "! " + error;
}
/// Why a template cannot be read.
std::string parse_error(const std::string& text) {
  const std::string shown = show(text);
  const std::string begin = "! error parsing template " + text + ", template: ";
  return shown.rfind(begin, 0) == 0 ? shown.substr(begin.size()) : shown;
}
/// Why a template fails on the object.
std::string run_error(const std::string& text) {
  std::string error;
  if (kubectl::go_template(text, object(), &error)) return "it does not fail";
  const std::string begin = "executing \"output\" at ";
  return error.substr(std::min(error.size(), error.find(begin) + begin.size()));
}

TEST(GoTemplate, Fields) {
  EXPECT_EQ(show("{{.metadata.name}} {{.spec.n}} {{.spec.f}} {{.status.ready}}"), "web 4 1.5 true");
  EXPECT_EQ(show("{{.nosuch}} {{.nosuch.deeper}} {{.status.none}}"),
            "<no value> <no value> <no value>");
  EXPECT_EQ(show("{{.metadata.labels}} {{.spec.empty}}"), "map[a.b/c:d app:w] []");
  EXPECT_EQ(show("{{$.kind}} {{(.metadata).name}}"), "Pod web");
  EXPECT_EQ(run_error("{{.metadata.name.x}}"),
            "<.metadata.name.x>: can't evaluate field x in type interface {}");
  EXPECT_EQ(run_error("{{.status.none.x}}"),
            "<.status.none.x>: nil pointer evaluating interface {}.x");
}

TEST(GoTemplate, Ranges) {
  EXPECT_EQ(show("{{range .spec.containers}}{{.name}} {{end}}"), "c1 c2 c3 ");
  EXPECT_EQ(show("{{range $i, $c := .spec.containers}}{{if $i}}, {{end}}{{$i}}={{$c.name}}{{end}}"),
            "0=c1, 1=c2, 2=c3");
  EXPECT_EQ(show("{{range $k, $v := .metadata.labels}}{{$k}}={{$v}};{{end}}"), "a.b/c=d;app=w;");
  EXPECT_EQ(show("{{range .nosuch}}x{{else}}none{{end}}"), "none");
  EXPECT_EQ(show("{{range .spec.containers}}{{range .ports}}{{.port}} {{end}}{{end}}"), "80 81 ");
  EXPECT_EQ(show("{{range .spec.containers}}{{if eq .n 2}}{{continue}}{{end}}{{.name}}{{end}}"),
            "c1c3");
  EXPECT_EQ(show("{{range .spec.containers}}{{if eq .n 2}}{{break}}{{end}}{{.name}}{{end}}"), "c1");
  EXPECT_EQ(run_error("{{range .kind}}{{end}}"), "<.kind>: range can't iterate over Pod");
}

TEST(GoTemplate, Conditions) {
  EXPECT_EQ(show("{{if .nosuch}}a{{else if eq .kind \"Pod\"}}b{{else}}c{{end}}"), "b");
  EXPECT_EQ(show("{{if .spec.empty}}a{{else}}b{{end}}"), "b");
  EXPECT_EQ(show("{{with .metadata}}{{.name}}{{end}}{{with .nosuch}}x{{else}}y{{end}}"), "weby");
  EXPECT_EQ(show("{{with $x := .kind}}{{$x}}{{.}}{{$.kind}}{{end}}"), "PodPodPod");
}

TEST(GoTemplate, Variables) {
  EXPECT_EQ(show("{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}"), "2");
  EXPECT_EQ(show("{{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}"), "1");
  EXPECT_EQ(parse_error("{{$y}}"), "output:1: undefined variable \"$y\"");
}

TEST(GoTemplate, Functions) {
  EXPECT_EQ(show("{{(index .spec.containers 0).name}} {{index .metadata.labels \"a.b/c\"}}"),
            "c1 d");
  EXPECT_EQ(show("{{len .spec.containers}} {{len .kind}} {{.kind | len | printf \"%03d\"}}"),
            "3 3 003");
  EXPECT_EQ(show("{{eq .kind \"a\" \"Pod\"}} {{ne .kind \"Pod\"}} {{lt 1 2}} {{ge 2 3}}"),
            "true false true false");
  EXPECT_EQ(show("{{and .kind .nosuch}} {{or .nosuch .kind}} {{not .kind}}"),
            "<no value> Pod false");
  EXPECT_EQ(show("{{print .kind 1 2 \"a\" \"b\"}}|{{println .kind 1}}|"), "Pod1 2ab|Pod 1\n|");
  EXPECT_EQ(show("{{\"aGk=\" | base64decode}} {{exists . \"metadata\" \"name\"}}"), "hi true");
  EXPECT_EQ(show("{{html \"<a>\"}} {{urlquery \"a b&c\"}} {{slice .kind 1 2}}"),
            "&lt;a&gt; a+b%26c o");
}

TEST(GoTemplate, Printf) {
  EXPECT_EQ(show("{{printf \"%s=%d %v %q|%5d|%-5d|%05d|%x\" .kind .spec.n .spec.f .kind .spec.n "
                 ".spec.n .spec.n 255}}"),
            "Pod=4 1.5 \"Pod\"|    4|4    |00004|ff");
  EXPECT_EQ(show("{{printf \"%10s|%-6s|%.2s|%t|%.2f|%%\" .kind .kind .kind true .spec.f}}"),
            "       Pod|Pod   |Po|true|1.50|%");
  EXPECT_EQ(show("{{printf \"%d\" .kind}} {{printf \"%d\"}} {{printf \"%v\" .nosuch}}"),
            "%!d(string=Pod) %!d(MISSING) <nil>");
}

TEST(GoTemplate, FunctionsThatFail) {
  EXPECT_EQ(run_error("{{index .spec.containers 9}}"),
            "<index .spec.containers 9>: error calling index: index out of range: 9");
  EXPECT_EQ(run_error("{{index .spec.containers 3}}"),
            "<index .spec.containers 3>: error calling index: reflect: slice index out of range");
  EXPECT_EQ(run_error("{{eq .kind 1}}"),
            "<eq .kind 1>: error calling eq: incompatible types for comparison");
  EXPECT_EQ(run_error("{{lt 1}}"), "<lt>: wrong number of args for lt: want 2 got 1");
  EXPECT_EQ(run_error("{{.kind | base64decode}}"),
            "<base64decode>: error calling base64decode: base64 decode failed: illegal base64 data "
            "at input byte 0");
  EXPECT_EQ(run_error("{{.kind \"a\"}}"), "<.kind>: kind is not a method but has arguments");
}

TEST(GoTemplate, WhiteSpaceAndComments) {
  EXPECT_EQ(show("a {{- 1}} {{2 -}} b"), "a1 2b");
  EXPECT_EQ(show("x {{- /* nothing */ -}}  y"), "xy");
  EXPECT_EQ(show("{{`raw`}}{{\"\\n\"}}{{'a'}}{{1.5}}{{0x10}}"), "raw\n971.516");
}

TEST(GoTemplate, Definitions) {
  EXPECT_EQ(show("{{define \"T\"}}[{{.}}]{{end}}{{template \"T\" .kind}}"), "[Pod]");
  EXPECT_EQ(show("{{block \"B\" .kind}}<{{.}}>{{end}}"), "<Pod>");
  EXPECT_EQ(run_error("{{template \"X\"}}"), "<{{template \"X\"}}>: template \"X\" not defined");
}

TEST(GoTemplate, TextsThatAreNone) {
  EXPECT_EQ(parse_error("{{.a"), "output:1: unclosed action");
  EXPECT_EQ(parse_error("{{end}}"), "output:1: unexpected {{end}}");
  EXPECT_EQ(parse_error("{{if .a}}"), "output:1: unexpected EOF");
  EXPECT_EQ(parse_error("{{if}}"), "output:1: missing value for if");
  EXPECT_EQ(parse_error("{{foo}}"), "output:1: function \"foo\" not defined");
  EXPECT_EQ(parse_error("{{(.kind}}"), "output:1: unclosed left paren");
  EXPECT_EQ(parse_error("{{\"abc}}"), "output:1: unterminated quoted string");
  EXPECT_EQ(parse_error("{{1 | 2}}"), "output:1: non executable command in pipeline stage 2");
  EXPECT_EQ(parse_error("a\nb{{if .x}}\n"), "output:3: unexpected EOF");
}

TEST(GoTemplate, AFailureShowsWhatCameBefore) {
  std::string error;
  std::string partial;
  const Json json = {{"kind", "Pod"}};
  EXPECT_FALSE(kubectl::go_template("a\nb{{.kind}}{{.kind.x}}", json, &error, &partial));
  EXPECT_EQ(error,
            "error executing template \"a\\nb{{.kind}}{{.kind.x}}\": template: output:2:17: "
            "executing \"output\" at <.kind.x>: can't evaluate field x in type interface {}");
  EXPECT_EQ(partial.substr(0, 31), "a\nbPodError executing template:");
  EXPECT_NE(partial.find("\traw data was:\n\t\t{\"kind\":\"Pod\"}\n"), std::string::npos);
}

TEST(GoTemplate, MissingKeysMayBeErrors) {
  std::string error;
  EXPECT_FALSE(kubectl::go_template("{{.nosuch}}", object(), &error, nullptr, false));
  EXPECT_NE(error.find("map has no entry for key \"nosuch\""), std::string::npos);
}

TEST(GoTemplate, NothingIsTooMuch) {
  std::string nested;
  for (int i = 0; i < 100000; ++i) nested += "{{if 1}}";
  show(nested);
  std::string parentheses = "{{";
  for (int i = 0; i < 100000; ++i) parentheses += "(";
  show(parentheses);
  EXPECT_NE(run_error("{{define \"T\"}}{{template \"T\"}}{{end}}{{template \"T\"}}")
                .find("exceeded maximum template depth"),
            std::string::npos);
  std::string loops;
  for (int i = 0; i < 20; ++i) loops += "{{range $.spec.containers}}";
  for (int i = 0; i < 20; ++i) loops += "{{end}}";
  EXPECT_NE(run_error(loops).find("runs too long"), std::string::npos);
}

}  // namespace
}  // namespace sim::testing
