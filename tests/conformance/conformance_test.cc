// The transcripts of a real Kubernetes 1.30 cluster in this folder: each script.sh, run in
// podsight, must print what it printed there, block by block.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/base/file_io.h"
#include "sim/engine/cluster.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/terminal.h"
#include "tests/support/paths.h"
#include "tests/support/transcript.h"

namespace sim::testing {
namespace {

std::vector<std::string> folders() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(source_path("tests/conformance"))) {
    if (std::filesystem::exists(entry.path() / "real.json")) {
      names.push_back(entry.path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Conformance : public ::testing::TestWithParam<std::string> {};

TEST_P(Conformance, AgreesWithTheRealCluster) {
  const std::string folder = source_path("tests/conformance/" + GetParam());
  Simulation simulation =
      make_cluster(load_cluster(source_path("tests/conformance/cluster.json")).cluster);
  Terminal terminal(simulation, folder);
  const std::vector<Block> real = read_transcript(read_file(folder + "/real.json"));
  std::size_t index = 0;
  for (const ScriptBlock& block : script_blocks(read_file(folder + "/script.sh"))) {
    if (block.narration) continue;
    ASSERT_LT(index, real.size());
    SCOPED_TRACE("block " + std::to_string(index + 1) + ": " + block.text);
    const Terminal::Result result = terminal.run(block.text);
    EXPECT_EQ(difference(real[index], {block.text, result.output, result.exit}), "");
    ASSERT_EQ(check_invariants(simulation.world()), "");
    ++index;
  }
  EXPECT_EQ(index, real.size());
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Recorded, Conformance, ::testing::ValuesIn(folders()), test_name);

}  // namespace
}  // namespace sim::testing
