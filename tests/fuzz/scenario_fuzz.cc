// Scenario files: whatever stands in one, reading it ends with a scenario or with an InputError,
// and playing what was read ends.
#include <optional>

#include "sim/base/file_io.h"
#include "sim/scenario/play.h"
#include "sim/scenario/scenario.h"
#include "tests/fuzz/driver.h"

namespace sim::fuzz {
namespace {

// Playing costs far more than reading: only every so many scenarios that could be read.
constexpr int kPlayEvery = 8;

void one(const std::string& input) {
  const Scenario scenario = parse_scenario(input, "fuzz.json");
  static int number = 0;
  if (number++ % kPlayEvery != 0) return;
  PlayOptions options;
  options.until = seconds(120);
  const Report report = play(scenario, options);
  to_text(report, {});
  to_json({report});
  to_junit({report});
}

}  // namespace

Target target() {
  const std::string source = PODSIGHT_SOURCE_DIR;
  return {{read_file(source + "/scenarios/divewatch.json"),
           read_file(source + "/scenarios/restart.json"),
           R"({"podsight":1,"id":"x","title":"x","cluster":{"nodes":[{"name":"a"}]},"steps":[
             {"id":"s","do":{"advance":"1s"},"expect":[{"output":{"exit":0}}]}]})"},
          {"{",
           "}",
           "[",
           "]",
           ",",
           ":",
           "null",
           "true",
           "\"",
           "\"steps\"",
           "\"do\"",
           "\"expect\"",
           "\"predict\"",
           "\"until\":\"settled\"",
           "\"shell\":",
           "\"sees\":",
           "\"advance\":\"9h\"",
           "\"fault\":",
           "\\u0000",
           "\"en\":",
           "\"refs\":",
           "//"},
          one};
}

}  // namespace sim::fuzz
