// The expression languages of -o and -l: any text gives a result or an error.
#include <nlohmann/json.hpp>
#include <string>

#include "sim/base/regex.h"
#include "sim/model/labels.h"
#include "sim/shell/output_format.h"
#include "tests/fuzz/driver.h"

namespace sim::fuzz {
namespace {

const Json& sample() {
  static const Json made = Json::parse(R"({"kind":"List","items":[
    {"metadata":{"name":"a","labels":{"app":"x","t":"1"}},"spec":{"n":3,"f":1.5,"list":[1,2,3]}},
    {"metadata":{"name":"b"},"spec":{"n":7,"b":true,"z":null,"containers":[{"name":"c"}]}}]})");
  return made;
}

void one(const std::string& input) {
  std::string error;
  kubectl::jsonpath(input, sample(), &error);
  kubectl::jsonpath(input, sample(), &error, false);
  kubectl::jsonpath_values(input, sample(), &error);
  kubectl::custom_columns(input, {sample()["items"][0], sample()["items"][1]}, true, &error);
  kubectl::go_template(input, sample(), &error);
  if (const auto selector = parse_selector(input, &error)) selector->text();
  for (const bool extended : {false, true}) {
    if (const auto regex = Regex::compile(input, {extended, false}, &error)) {
      regex->search("the quick brown fox aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 12:34");
    }
  }
}

}  // namespace

Target target() {
  return {{"{.items[0].metadata.name}", "{range .items[*]}{.metadata.name}{\"\\n\"}{end}",
           "{.items[?(@.spec.n>5)].metadata.name}", "{..name}", "{.items[-1:].spec['n','f']}",
           "NAME:.metadata.name,N:.spec.n", "app=x,t in (1,2),!z,n!=3",
           "{{range $i, $e := .items}}{{if gt $e.spec.n 3.0}}{{$e.metadata.name | printf \"%s\"}}"
           "{{else}}-{{end}}{{end}}",
           "{{len .items}}{{index .items 0}}{{with .kind}}{{.}}{{end}}", "^(a+)+\\1[[:alpha:]]*$",
           "\\(x\\)\\{1,3\\}|y?"},
          {"{",
           "}",
           "{{",
           "}}",
           "[",
           "]",
           "(",
           ")",
           "?(@",
           "..",
           ".",
           "*",
           "range ",
           "end",
           "'",
           "\"",
           ",",
           ":",
           "$x",
           "|",
           "printf ",
           "index ",
           "-",
           "in (",
           "==",
           "!=",
           "&&",
           "\\",
           "+",
           "{1,99}",
           "[[:",
           ":]]",
           "if ",
           "else",
           "define \"x\"",
           "template \"x\""},
          one};
}

}  // namespace sim::fuzz
