// The fast reader of simple YAML against the whole one: what it takes it reads alike, and what it
// does not understand it leaves alone.
#include "sim/model/simple_yaml.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "sim/base/format.h"
#include "sim/base/hash.h"
#include "sim/model/manifest.h"

namespace sim::testing {
namespace {

Json by_whole_reader(const std::string& text) {
  YamlReading reading;
  reading.take_apart = false;
  const std::vector<Document> documents = parse_documents_as(reading, text, "x.yaml");
  EXPECT_EQ(documents.size(), 1u) << text;
  return documents.empty() ? Json() : documents[0].json;
}

TEST(SimpleYaml, ReadsAsTheWholeReaderDoes) {
  for (const char* text :
       {"a: b\n", "a: b", "---\na: 1\nb: -5\nd: '1'\ne: \"x y\"\nf: true\ng: null\nh:\ni: yes\n",
        "a: 0x1f\nb: 010\nd: 2024-01-02\nf: 12000m\ng: 1_000\nh: 1:30\n",
        "a:\n  b:\n    c: d\n  e: f\ng: h\n",
        "a:\n- b\n- c: 1\n  d: 2\n-   e: 3\n    f:\n    - g\n    - -1\nh: []\ni: {}\n",
        "a:\n  - b\n  - c\nd: e\n", "# what this is\n\na: b   \n\n  # deeper\nc: http://x:80/y\n",
        "a:\n- name: x\n  args:\n  - --flag=1\n  - -v\nb: a b, c\nc: a#b\n",
        "b: '{}'\nc: ''\nd: 'a: b'\ne: \"#\"\n"}) {
    const std::optional<Json> simple = read_simple_yaml(text);
    ASSERT_TRUE(simple) << text;
    EXPECT_EQ(*simple, by_whole_reader(text)) << text;
  }
}

TEST(SimpleYaml, LeavesAlone) {
  for (const char* text : {"",
                           "a",
                           "- a\n",
                           "a: b: c\n",
                           "a: &x b\n",
                           "a: *x\n",
                           "a: |\n  b\n",
                           "a: >\n  b\n",
                           "a: [b]\n",
                           "a: {b: c}\n",
                           "a: 'b''c'\n",
                           "a: \"b\\n\"\n",
                           "a: !!str 1\n",
                           "a:\tb\n",
                           "a: b\n  c\n",
                           "a: b\n  c: d\n",
                           "a: b\na: c\n",
                           "yes: b\n",
                           "\"a\": b\n",
                           "? a\n: b\n",
                           "<<: b\n",
                           "1: b\n",
                           "a:\n  b: c\n d: e\n",
                           "  a: b\n",
                           "a: b\n---\nc: d\n",
                           "a: b\n...\n",
                           "a:\n- b\n  c\n",
                           "a:\n-\n  b\n",
                           "a:\n- - b\n",
                           "a: \xc3\xa9\n",
                           "a: b\r\n",
                           "a: 'b' c\n",
                           "a: @b\n",
                           "a: %b\n",
                           "%YAML 1.1\n---\na: b\n"}) {
    EXPECT_FALSE(read_simple_yaml(text)) << text;
  }
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += fmt::format("{}a:\n", std::string(2 * i, ' '));
  EXPECT_FALSE(read_simple_yaml(deep));
}

Json drawn(std::uint64_t& state, int depth) {
  state = mix(state);
  const std::uint64_t kind = state % (depth > 3 ? 4 : 6);
  const char* const words[] = {"web", "12000m", "true", "1", "a b", "no", "", "x: y", "-z", "1.0"};
  if (kind == 0) return words[(state >> 8) % 10];
  if (kind == 1) return static_cast<std::int64_t>((state >> 8) % 1000) - 500;
  if (kind == 2) return (state >> 8) % 2 == 0;
  if (kind == 3) return nullptr;
  Json value = kind == 4 ? Json::object() : Json::array();
  for (std::uint64_t i = (state >> 8) % 4; i > 0; --i) {
    if (kind == 4) {
      value[fmt::format("key-{}", i)] = drawn(state, depth + 1);
    } else {
      value.push_back(drawn(state, depth + 1));
    }
  }
  return value;
}

TEST(SimpleYaml, WhatKubectlPrintsIsReadBack) {
  std::uint64_t state = 11;
  int simple = 0;
  for (int i = 0; i < 400; ++i) {
    Json document = Json::object();
    document["kind"] = "Pod";
    document["spec"] = drawn(state, 0);
    const std::string text = to_yaml(document);
    if (const std::optional<Json> read = read_simple_yaml(text)) {
      ++simple;
      EXPECT_EQ(*read, document) << text;
    }
  }
  EXPECT_GT(simple, 300);
}

}  // namespace
}  // namespace sim::testing
