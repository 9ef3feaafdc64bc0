// The schema that editors complete from, and the pages for authors: every key is described, the
// examples are proved, the table of the course names every lesson.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "sim/base/file_io.h"
#include "sim/scenario/prove.h"
#include "sim/scenario/scenario_files.h"
#include "tests/support/paths.h"

namespace sim::testing {
namespace {

void undescribed(const nlohmann::json& schema, const std::string& at, std::string* all) {
  if (schema.is_array()) {
    for (const auto& part : schema) undescribed(part, at, all);
  }
  if (!schema.is_object()) return;
  if (schema.contains("properties")) {
    for (const auto& [key, value] : schema["properties"].items()) {
      if (!value.is_object() || !value.contains("description")) *all += at + "/" + key + "\n";
    }
  }
  for (const auto& [key, value] : schema.items()) undescribed(value, at + "/" + key, all);
}

TEST(Schema, DescribesEveryKey) {
  const auto schema = nlohmann::json::parse(read_file(source_path("scenarios/schema.json")));
  std::string all;
  undescribed(schema, "", &all);
  EXPECT_EQ(all, "");
}

TEST(AuthorsPage, ItsExampleIsProved) {
  const std::string page = read_file(source_path("scenarios/README.md"));
  const std::string mark = "```json\n";
  const std::size_t begin = page.find(mark) + mark.size();
  const std::string text = page.substr(begin, page.find("```", begin) - begin);
  const Proof proof = prove(parse_scenario(text, "scenarios/README.md"), text, "en");
  for (const Diagnostic& mistake : proof.mistakes) ADD_FAILURE() << mistake.text();
  EXPECT_EQ(proof.proved, 3);
}

TEST(AuthorsPage, NamesEveryLesson) {
  const std::string page = read_file(source_path("scenarios/README.md"));
  for (const std::string& file : scenario_files({source_path("scenarios")})) {
    const std::string name = file.substr(file.rfind('/') + 1);
    EXPECT_NE(page.find("`" + name + "`"), std::string::npos) << name;
  }
  for (int i = 1; i <= 27; ++i) {
    EXPECT_NE(page.find("| L" + std::to_string(i) + " |"), std::string::npos) << "L" << i;
  }
}

}  // namespace
}  // namespace sim::testing
