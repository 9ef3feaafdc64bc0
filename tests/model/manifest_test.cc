// Manifests as people write them: what a scalar means, where each node stands, and what is said of
// a text that cannot be read. Values and words are kubectl's own.
#include "sim/model/manifest.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/base/format.h"

namespace sim::testing {
namespace {

Json one(const std::string& text) {
  const std::vector<Document> documents = parse_documents(text, "f.yaml");
  EXPECT_EQ(documents.size(), 1u) << text;
  return documents.empty() ? Json() : documents.front().json;
}

std::string all(const std::string& text) {
  std::string out;
  for (const Document& document : parse_documents(text, "f.yaml")) {
    out += fmt::format("{}@{}\n", document.json.dump(), document.line);
  }
  return out;
}

/// What kubectl says, and what a person is told.
struct Refusal {
  std::string kubectl;
  std::string person;
};
template <class Parse>
Refusal refusal(const std::string& text, Parse parse) {
  try {
    parse(text, "f");
  } catch (const ManifestError& error) {
    EXPECT_EQ(error.diagnostics().size(), 1u);
    EXPECT_NE(error.diagnostics()[0].hint, "") << error.what();
    return {error.kubectl_words(), error.what()};
  }
  ADD_FAILURE() << "was read: " << text;
  return {};
}

std::string place(const Document& document, std::string_view pointer) {
  const Position position = document.place(pointer);
  return fmt::format("{}:{}", position.line, position.column);
}

TEST(Yaml, ScalarsMeanWhatTheyMeanToKubectl) {
  struct Row {
    const char* yaml;
    const char* json;
  };
  const Row rows[] = {
      {"y", "true"},
      {"Yes", "true"},
      {"on", "true"},
      {"TRUE", "true"},
      {"n", "false"},
      {"NO", "false"},
      {"Off", "false"},
      {"false", "false"},
      {"oFF", "\"oFF\""},
      {"yEs", "\"yEs\""},
      {"tRUE", "\"tRUE\""},
      {"~", "null"},
      {"null", "null"},
      {"Null", "null"},
      {"", "null"},
      {"nUll", "\"nUll\""},
      {"5", "5"},
      {"-5", "-5"},
      {"+5", "5"},
      {"0777", "511"},
      {"0o17", "15"},
      {"-0o17", "-15"},
      {"08", "8"},
      {"00", "0"},
      {"0x1F", "31"},
      {"0XfF", "255"},
      {"0x_f", "15"},
      {"0b11", "3"},
      {"-0b11", "-3"},
      {"0b2", "\"0b2\""},
      {"0o8", "\"0o8\""},
      {"0x", "\"0x\""},
      {"1_000", "1000"},
      {"_1", "\"_1\""},
      {"1,000", "\"1,000\""},
      {"9223372036854775807", "9223372036854775807"},
      {"9223372036854775808", "9223372036854775808"},
      {"18446744073709551615", "18446744073709551615"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"1.5", "1.5"},
      {".5", "0.5"},
      {"-.5", "-0.5"},
      {"1.", "1"},
      {"1.0", "1"},
      {"1e3", "1000"},
      {"1e+3", "1000"},
      {"1.5e-7", "1.5e-07"},
      {"1e-999", "0"},
      {"1e999", "\"1e999\""},
      {"1e", "\"1e\""},
      {"1.5_0", "1.5"},
      {"0.0.1", "\"0.0.1\""},

      {".", "\".\""},
      {"1:30", "\"1:30\""},
      {"8080:80", "\"8080:80\""},
      {"2024-01-01", "\"2024-01-01\""},
      {"2001-12-14t21:59:43.10-05:00", "\"2001-12-14t21:59:43.10-05:00\""},
      {"=", "\"=\""},
      {"<<", "\"<<\""},
      {"nginx:1.25", "\"nginx:1.25\""},
      {"http://x:80/y?z", "\"http://x:80/y?z\""},
      {"\"5\"", "\"5\""},
      {"'yes'", "\"yes\""},
      {"\"null\"", "\"null\""},
      {"'it''s'", "\"it's\""},
      {"\"\\u00e9\\x41\\t\\n\"", "\"éA\\t\\n\""},
      {"\"\\N\\_\"", "\"\u0085\u00a0\""},
      {"!!str 3", "\"3\""},
      {"!!int \"7\"", "7"},
      {"!!float 3", "3"},
      {"!!bool yes", "true"},
      {"!!null ~", "null"},
      {"!!binary aGVsbG8=", "\"hello\""},
      {"!!binary /w==", "\"\ufffd\""},
      {"!mine 4", "\"4\""},
      {"!!timestamp 2001-01-01", "\"2001-01-01\""},
      {"b # a comment", "\"b\""},
      {"b#c", "\"b#c\""},
      {"|\n  x\n   y\n", "\"x\\n y\\n\""},
      {"|-\n  x\n", "\"x\""},
      {"|+\n  x\n\n", "\"x\\n\\n\\n\""},
      {">\n  x\n  y\n\n  z\n", "\"x y\\nz\\n\""},
      {"[a, 1, {b: }]", "[\"a\",1,{\"b\":null}]"},
      {"{}", "{}"},
      {"[]", "[]"},
      {"b\n  c", "\"b c\""},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(one(fmt::format("a: {}\n", row.yaml))["a"].dump(), row.json) << row.yaml;
  }
}

TEST(Yaml, KeysAreText) {
  EXPECT_EQ(one("#\n{1: a, 0x10: b, 1.5: c, 1e3: d, true: e, off: f, \"<<\": g, '': h}").dump(),
            R"({"":"h","1":"a","1.5":"c","1000":"d","16":"b","<<":"g","false":"f","true":"e"})");
}

TEST(Yaml, AliasesAndMergeKeys) {
  struct Row {
    const char* yaml;
    const char* json;
  };
  const Row rows[] = {
      {"{a: &x {p: 1}, b: *x, c: [*x, *x]}", R"({"a":{"p":1},"b":{"p":1},"c":[{"p":1},{"p":1}]})"},
      {"{a: &x 1, b: &x 2, c: *x}", R"({"a":1,"b":2,"c":2})"},
      {"{&k kk: 1, a: *k}", R"({"a":"kk","kk":1})"},
      // What is merged comes over the keys before it and under those behind it.
      {"{a: &x {p: 1, q: 1}, b: {p: 2, <<: *x}, c: {<<: *x, p: 2}}",
       R"({"a":{"p":1,"q":1},"b":{"p":1,"q":1},"c":{"p":2,"q":1}})"},
      {"{a: &x {p: 1}, b: {<<: [*x, {p: 5, q: 6}]}, c: {<<: [{p: 5, q: 6}, *x]}}",
       R"({"a":{"p":1},"b":{"p":1,"q":6},"c":{"p":5,"q":6}})"},
      {"{a: {<<: {b: 1}, c: 2}}", R"({"a":{"b":1,"c":2}})"},
      {"{a: {<<: &x {b: 1}}, c: *x}", R"({"a":{"b":1},"c":{"b":1}})"},
  };
  for (const Row& row : rows) EXPECT_EQ(one(std::string("#\n") + row.yaml).dump(), row.json);
}

TEST(Documents, AreTakenApart) {
  EXPECT_EQ(all("a: 1\n---\n# nothing\n---\n\nb: 2\n--- # third\nc: 3\n"),
            "{\"a\":1}@1\n{\"b\":2}@6\n{\"c\":3}@8\n");
  EXPECT_EQ(all("---\n---\n\na: 1\n...\nwhat follows is not read\n"), "{\"a\":1}@4\n");
  EXPECT_EQ(all(""), "");
  EXPECT_EQ(all("\n# a comment\n"), "");
  EXPECT_EQ(all("null\n---\n~\n"), "");
  EXPECT_EQ(all("a: 1\r\nb: x\r\n"), "{\"a\":1,\"b\":\"x\"}@1\n");
  EXPECT_EQ(all("\xef\xbb\xbf"
                "a: 1\n"),
            "{\"a\":1}@1\n");
  EXPECT_EQ(all("a: |\n  x\n  ---\n  y\n"), "{\"a\":\"x\\n---\\ny\\n\"}@1\n");
  EXPECT_EQ(all("a: \"x\xff\"\n"), "{\"a\":\"x\ufffd\"}@1\n");
  EXPECT_EQ(all("{\"a\": 1}\n {\"b\": 2.0}{\"c\": 1e3}"),
            "{\"a\":1}@1\n{\"b\":2}@2\n{\"c\":1000}@2\n");
  EXPECT_EQ(all("%YAML 1.1\n---\na: 1\n"), "{\"a\":1}@3\n");
}

TEST(Documents, ListsGiveTheirItems) {
  const char* const text =
      "apiVersion: v1\n"
      "kind: List\n"
      "items:\n"
      "- kind: Pod\n"
      "  a: {b: 1,\n"
      "      b: 2}\n"
      "- apiVersion: v1\n"
      "  kind: PodList\n"
      "  items:\n"
      "  - metadata: {name: x}\n"
      "- null\n"
      "---\n"
      "kind: List\n"
      "items: []\n"
      "---\n"
      "kind: Other\n"
      "items: [1]\n";
  EXPECT_EQ(all(text),
            "{\"a\":{\"b\":2},\"kind\":\"Pod\"}@4\n"
            "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\"}}@10\n"
            "{\"items\":[1],\"kind\":\"Other\"}@16\n");
  const std::vector<Document> documents = parse_documents(text, "f.yaml");
  EXPECT_EQ(place(documents[0], "/a/b"), "6:7");
  EXPECT_EQ(documents[0].duplicate_keys, std::vector<std::string>{"/a/b"});
  EXPECT_EQ(place(documents[1], "/metadata/name"), "10:16");
  EXPECT_TRUE(documents[1].duplicate_keys.empty());
}

TEST(Places, AreThoseOfKeysAndItems) {
  const Document yaml = parse_documents(
      "# a comment\n"
      "metadata:\n"
      "  name: x\n"
      "  labels: {é: ü, a/b~c: d}\n"
      "list:\n"
      "- one\n"
      "-   two: &t {p: 1}\n"
      "    three: *t\n",
      "f.yaml")[0];
  const Document json = parse_json(
      "{\n \"metadata\": {\"name\": \"x\",\n  \"labels\": {\"é\": "
      "\"ü\", \"a/b~c\": \"d\"}},\n \"list\": [\"one\",\n  {}]\n}",
      "f.json");
  struct Row {
    const char* pointer;
    const char* yaml;
    const char* json;
  };
  const Row rows[] = {
      {"", "2:1", "1:1"},
      {"/metadata", "2:1", "2:2"},
      {"/metadata/name", "3:3", "2:15"},
      {"/metadata/labels/é", "4:12", "3:14"},
      {"/metadata/labels/a~1b~0c", "4:18", "3:24"},
      {"/metadata/none/below", "2:1", "2:2"},
      {"/list/0", "6:3", "4:11"},
      {"/list/1", "7:5", "5:3"},
      {"/list/1/three/p", "8:5", "5:3"},  // an alias stands where it stands
      {"/list/7", "5:1", "4:2"},
      {"/nothing", "2:1", "1:1"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(place(yaml, row.pointer), row.yaml) << row.pointer;
    EXPECT_EQ(place(json, row.pointer), row.json) << row.pointer;
  }
  EXPECT_TRUE(std::is_sorted(yaml.places.begin(), yaml.places.end(),
                             [](const auto& a, const auto& b) { return a.first < b.first; }));
}

TEST(Duplicates, AreNotedAndTheLastWins) {
  struct Row {
    const char* text;
    const char* json;
    std::vector<std::string> pointers;
    const char* last;
  };
  const Row rows[] = {
      {"a: 1\nb: 2\na: 3\n", R"({"a":3,"b":2})", {"/a"}, "3:1"},
      {"x: [{c: 1, c: 2, c: 3}]\n", R"({"x":[{"c":3}]})", {"/x/0/c", "/x/0/c"}, "1:18"},
      {"1: a\n0x1: b\n", R"({"1":"b"})", {"/1"}, "2:1"},
      {"a: &x {p: 1}\nb:\n  <<: *x\n  p: 2\n", R"({"a":{"p":1},"b":{"p":2}})", {}, ""},
      {"a: &x {p: 1}\nb:\n  <<: *x\n  p: 2\n  p: 3\n",
       R"({"a":{"p":1},"b":{"p":3}})",
       {"/b/p"},
       "5:3"},
      {"{\"a\": 1,\n \"a\": 2}", R"({"a":2})", {"/a"}, "2:2"},
  };
  for (const Row& row : rows) {
    const Document document = parse_documents(row.text, "f")[0];
    EXPECT_EQ(document.json.dump(), row.json);
    EXPECT_EQ(document.duplicate_keys, row.pointers) << row.text;
    if (!row.pointers.empty()) {
      EXPECT_EQ(place(document, row.pointers[0]), row.last) << row.text;
    }
  }
  EXPECT_EQ(parse_json("{\"a\": 1, \"a\": 2}", "f").duplicate_keys, std::vector<std::string>{"/a"});
}

struct RefusalRow {
  const char* text;
  const char* kubectl;  // behind "error converting YAML to JSON: "
  const char* person;   // how it begins
};

TEST(Yaml, MistakesAreToldInKubectlsWords) {
  const RefusalRow rows[] = {
      {"a: b: c\n", "yaml: mapping values are not allowed in this context",
       "f:1:5: mapping values are not allowed in this context"},
      {"x: 1\na: b: c\n", "yaml: line 2: mapping values are not allowed in this context", "f:2:5"},
      {"a: b\n   c: d\n", "yaml: line 2: mapping values are not allowed in this context", "f:2:5"},
      {"a:\n- b: 1\n   c: 2\n", "yaml: line 3: mapping values are not allowed in this context",
       "f:3:5"},
      {"kind: Pod\nmetadata\n  name: x\n", "yaml: line 3: could not find expected ':'",
       "f:2:1: could not find expected ':': a colon behind the key"},
      {"kind: A\nmeta b\ndata: x\n", "yaml: line 3: could not find expected ':'", "f:2:1"},
      {"spec:\n  replicas: 1\n  selector\n", "yaml: line 4: could not find expected ':'",
       "f:3:3: could not find expected ':'"},
      {"a:\n  b: 1\n  c\n# d\ne: 3\n", "yaml: line 4: could not find expected ':'", "f:3:3"},
      {"a:\n\t- b\n", "yaml: line 2: found character that cannot start any token",
       "f:2:2: found character that cannot start any token: indent with spaces"},
      {"a:\n\tb: c\n", "yaml: line 2: found character that cannot start any token", "f:2:3"},
      {"a: b\n\tc: 1\n", "yaml: line 2: found a tab character that violates indentation", "f:2:1"},
      {"a: |\n  x\n\ty\n",
       "yaml: line 3: found a tab character where an indentation space is expected", "f:3:1"},
      {"a: @x\n", "yaml: found character that cannot start any token", "f:1:4"},
      {"a: b\nc: `x`\n", "yaml: line 2: found character that cannot start any token", "f:2:4"},
      {"a: \"b\nc: d\n", "yaml: line 3: found unexpected end of stream",
       "f:1:4: found unexpected end of stream: the quote that opens here is never closed"},
      {"a: b\nc: 'd\n", "yaml: line 3: found unexpected end of stream", "f:2:4"},
      {"a: \"\\q\"\n", "yaml: found unknown escape character", "f:1:7"},
      {"a: [1, 2\nb: c\n", "yaml: line 1: did not find expected ',' or ']'", "f:2:2"},
      {"k: v\nm: {name: x\nd: 3\n", "yaml: line 2: did not find expected ',' or '}'", "f:3:2"},
      {"a: {x: y]\n", "yaml: did not find expected ',' or '}'", "f:1:9"},
      {"a: [b]]\nc: d\n", "yaml: did not find expected key", "f:1:7"},
      {"a: [ , ]\n", "yaml: did not find expected node content", "f:1:6"},
      {"a: ]\n", "yaml: did not find expected node content", "f:1:4"},
      {"a:\n  b: 1\n c: 2\n", "yaml: line 2: did not find expected key",
       "f:3:2: did not find expected key: indent it like the keys or items it belongs to"},
      {"a: b\n- c\n", "yaml: line 1: did not find expected key", "f:2:1"},
      {"a: \"x\" y\n", "yaml: did not find expected key", "f:1:8"},
      {"- a\nb: c\n", "yaml: line 1: did not find expected '-' indicator", "f:2:1"},
      {"a:\n  - b: 1\n  c: 2\n", "yaml: line 2: did not find expected '-' indicator", "f:3:3"},
      {"a:\n- b: 1\n c: 2\n", "yaml: line 2: did not find expected key", "f:3:2"},
      {"- - a\n - b\n", "yaml: line 1: did not find expected '-' indicator", "f:2:2"},
      {"a: - b\n", "yaml: block sequence entries are not allowed in this context", "f:1:4"},
      {"a: *foo\n", "yaml: unknown anchor 'foo' referenced", "f:1:4"},
      {"a: &x [*x]\n", "yaml: anchor 'x' value contains itself", "f:1:8"},
      {"<<: 3\n", "yaml: map merge requires map or sequence of maps as the value", "f:1:5"},
      {"a: {<<: [1]}\n", "yaml: map merge requires map or sequence of maps as the value", "f:1:9"},
      {"? [a]\n: b\n", "yaml: invalid map key: []interface {}{\"a\"}", "f:1:3"},
      {"image: {{ .x }}\n",
       "yaml: invalid map key: map[interface {}]interface {}{\".x\":interface {}(nil)}", "f:1:9"},
      {"a: !!int x\n", "yaml: cannot decode !!str `x` as a !!int", "f:1:4"},
      {"a: !!int 1.0\n", "yaml: cannot decode !!float `1.0` as a !!int", "f:1:4"},
      {"a: !!binary ===\n", "yaml: !!binary value contains invalid base64 data", "f:1:4"},
      {"a: .inf\n", "json: unsupported value: +Inf", "f:1:4"},
      {"a: 1\nb: .nan\n", "json: unsupported value: NaN", "f:2:4"},
      {"%YAML 3.0\n---\na: 1\n", "yaml: found incompatible YAML document", "f:1:1"},
      {"a: 1\nb: \"\x01\"\n", "yaml: control characters are not allowed", "f:2:5"},
  };
  for (const RefusalRow& row : rows) {
    const Refusal said = refusal(row.text, parse_documents);
    EXPECT_EQ(said.kubectl, std::string("error converting YAML to JSON: ") + row.kubectl)
        << row.text;
    EXPECT_EQ(said.person.rfind(row.person, 0), 0u) << row.text << said.person;
  }
}

TEST(Yaml, LinesAreCountedInTheDocumentForKubectlAndInTheFileForPeople) {
  const Refusal said = refusal("a: 1\n---\nb: 1\nc: d: e\n", parse_documents);
  EXPECT_EQ(said.kubectl,
            "error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this "
            "context");
  EXPECT_EQ(said.person.rfind("f:4:5: ", 0), 0u) << said.person;
  const Refusal separator = refusal("a: 1\n--- b\n", parse_documents);
  EXPECT_EQ(separator.kubectl, "invalid Yaml document separator: b");
  EXPECT_EQ(separator.person.rfind("f:2:5: ", 0), 0u) << separator.person;
}

TEST(JsonText, MistakesAreToldInGosWords) {
  const RefusalRow rows[] = {
      {"{a: 1}", "json: offset 2: invalid character 'a' looking for beginning of object key string",
       "f:1:2: invalid character 'a' looking for beginning of object key string: a key in double "
       "quotes"},
      {"{\"a\":1,}",
       "json: offset 8: invalid character '}' looking for beginning of object key string",
       "f:1:8: invalid character '}' looking for beginning of object key string: remove the comma"},
      {"{\"a\" 1}", "json: offset 6: invalid character '1' after object key", "f:1:6"},
      {"{\"a\": 1\n \"b\": 2}",
       "json: offset 10: invalid character '\"' after object key:value pair", "f:2:2"},
      {"{\"a\": [1 2]}", "json: offset 10: invalid character '2' after array element", "f:1:10"},
      {"{\"a\": [1,]}", "json: offset 10: invalid character ']' looking for beginning of value",
       "f:1:10"},
      {"{\"a\": tru}", "json: offset 10: invalid character '}' in literal true (expecting 'e')",
       "f:1:10"},
      {"{\"a\": 01}", "json: offset 8: invalid character '1' after object key:value pair", "f:1:8"},
      {"{\"a\": 1.}",
       "json: offset 9: invalid character '}' after decimal point in numeric literal", "f:1:9"},
      {"{\"a\": 1e}", "json: offset 9: invalid character '}' in exponent of numeric literal",
       "f:1:9"},
      {"{\"a\": -}", "json: offset 8: invalid character '}' in numeric literal", "f:1:8"},
      {"{\"a\": \"x\ny\"}", "json: offset 9: invalid character '\\n' in string literal", "f:1:9"},
      {"{\"a\": \"\\x\"}", "json: offset 9: invalid character 'x' in string escape code", "f:1:9"},
      {"{\"a\": \"\\u12g4\"}",
       "json: offset 12: invalid character 'g' in \\u hexadecimal character escape", "f:1:12"},
      {"{'a': 1}",
       "json: offset 2: invalid character '\\'' looking for beginning of object key string",
       "f:1:2"},
      {"{\"a\": é}", "json: offset 7: invalid character 'Ã' looking for beginning of value",
       "f:1:7"},
      {"{\"é\":\n  // why\n 1}",
       "json: offset 10: invalid character '/' looking for beginning of value",
       "f:2:3: invalid character '/' looking for beginning of value: JSON has no comments"},
      {"{\"a\": 1} x", "json: offset 10: invalid character 'x' looking for beginning of value",
       "f:1:10"},
      {"{\"a\": [\n", "unexpected EOF",
       "f:2:1: unexpected end of JSON input: close the [ opened in line 1, column 7"},
      {"{\"a", "unexpected EOF", "f:1:4: unexpected end of JSON input: close the { opened"},
      {"{\"a\": 1e999}", "json: cannot unmarshal number 1e999 into Go value of type float64",
       "f:1:7"},
  };
  for (const RefusalRow& row : rows) {
    const Refusal said = refusal(row.text, parse_documents);
    EXPECT_EQ(said.kubectl, row.kubectl) << row.text;
    EXPECT_EQ(said.person.rfind(row.person, 0), 0u) << row.text << "\n" << said.person;
  }
}

TEST(JsonText, ParseJsonReadsOneStrictDocument) {
  EXPECT_EQ(parse_json(" [1, 1.0, 1e2, -0.5, \"\\ud83d\\ude00\\ud83d\\u0000\", null, true] ", "f")
                .json.dump(),
            "[1,1.0,100.0,-0.5,\"😀\ufffd\\u0000\",null,true]");
  EXPECT_EQ(parse_json("\"x\"", "f").json, "x");
  struct Row {
    const char* text;
    const char* person;
  };
  const Row rows[] = {
      {"", "f:1:1: unexpected end of JSON input"},
      {"{} {}", "f:1:4: text behind the end of the JSON document"},
      {"{}\n]", "f:2:1: text behind the end of the JSON document"},
      {"a: 1", "f:1:1: invalid character 'a' looking for beginning of value"},
      {"{\"a\": \"\xff\"}", "f:1:8: this byte is no UTF-8"},
  };
  for (const Row& row : rows) {
    const Refusal said = refusal(row.text, parse_json);
    EXPECT_EQ(said.person.rfind(row.person, 0), 0u) << row.text << "\n" << said.person;
  }
}

std::string repeat(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Bounds, NothingGrowsWithoutEnd) {
  std::string aliases = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'u'; ++c) {
    aliases += fmt::format("{0}: &{0} [{1}*{2}]\n", c,
                           repeat(fmt::format("*{},", static_cast<char>(c - 1)), 8),
                           static_cast<char>(c - 1));
  }
  struct Row {
    std::string name;
    std::string text;
    const char* words;
  };
  const Row rows[] = {
      {"brackets", "a: " + repeat("[", 100000), "levels deep"},
      {"dashes", repeat("- ", 100000), "levels deep"},
      {"json", repeat("{\"a\":", 100000), "levels deep"},
      {"aliases", aliases, "too large"},
      {"texts", "a: &a \"" + repeat("x", 1000000) + "\"\nb: [" + repeat("*a,", 1000) + "]\n",
       "too large"},
      {"size", std::string((64u << 20) + 1, ' '), "more than 64 MiB"},
  };
  for (const Row& row : rows) {
    const Refusal said = refusal(row.text, parse_documents);
    EXPECT_NE(said.person.find(row.words), std::string::npos) << row.name << said.person;
  }
}

TEST(Bounds, LongKeysOfManyItemsAreRead) {
  const Document document =
      parse_json("{\"" + repeat("k", 100000) + "\": [" + repeat("1, ", 20000) + "1]}", "f");
  EXPECT_EQ(document.json.begin()->size(), 20001u);
  EXPECT_EQ(document.place("/" + repeat("k", 100000) + "/20000").line, 1);
}

}  // namespace
}  // namespace sim::testing
