// Many seeds of one scenario: counts that do not depend on the number of threads, shards that make
// up the whole, and reports that are joined.
#include "sim/scenario/ensemble.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "sim/base/input_error.h"

namespace sim::testing {
namespace {

// Both nodes are as good: the seed decides.
const char* const kTie = R"({
  "formatVersion": 1, "id": "test.tie", "revision": 1, "title": "a tie",
  "fingerprint": "0123456789abcdef",
  "cluster": {"nodes": [{"name": "node-a"}, {"name": "node-b"}], "images": {"shop:1": {}}},
  "steps": [{"id": "make", "do": {"apply": [
      {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
       "spec": {"containers": [{"name": "c", "image": "shop:1"}]}}]},
    "until": "settled",
    "expect": [
      {"object": {"kind": "Pod", "name": "p"}},
      {"object": {"kind": "Pod", "name": "p", "match": {"spec": {"nodeName": "node-a"}}}}]}]
})";

Ensemble play_tie(SeedRange seeds, Shard shard, unsigned jobs) {
  return play_ensemble(parse_scenario(kTie, "tie.json"), {}, seeds, shard, jobs);
}

TEST(Ensemble, CountsHowOftenEachExpectationHeld) {
  const Ensemble one = play_tie({1, 12}, {}, 1);
  EXPECT_EQ(one.runs, 12u);
  ASSERT_EQ(one.tallies.size(), 2u);
  EXPECT_EQ(one.tallies[0].held, 12u);
  const Tally& tie = one.tallies[1];
  EXPECT_GT(tie.held, 0u);
  EXPECT_GT(tie.failed, 0u);
  EXPECT_EQ(tie.held + tie.failed, 12u);
  EXPECT_EQ(one.failed_runs, tie.failed);
  ASSERT_TRUE(tie.first_failing);
  EXPECT_EQ(one.first_failing, tie.first_failing);
  // That seed alone fails, and those before it do not.
  EXPECT_EQ(play_tie({*tie.first_failing, *tie.first_failing}, {}, 1).failed_runs, 1u);
  if (*tie.first_failing > 1) {
    EXPECT_EQ(play_tie({1, *tie.first_failing - 1}, {}, 1).failed_runs, 0u);
  }
  EXPECT_EQ(to_json({play_tie({1, 12}, {}, 3)}), to_json({one}));
  const std::string text = to_text(one, {});
  EXPECT_NE(text.find(fmt::format("first failed with seed {}: ", *tie.first_failing)),
            std::string::npos)
      << text;
}

TEST(Ensemble, ShardsJoinedAreTheWhole) {
  const auto directory =
      std::filesystem::temp_directory_path() / fmt::format("podsight-ensemble-{}", getpid());
  std::filesystem::create_directories(directory);
  std::vector<std::string> files;
  for (std::uint64_t i = 0; i < 3; ++i) {
    files.push_back((directory / fmt::format("{}.json", i)).string());
    write_file(files.back(), to_json({play_tie({1, 10}, {i, 3}, 1)}));
  }
  const std::string merged = merge_reports({files[2], files[0], files[1]});
  EXPECT_EQ(merged, to_json({play_tie({1, 10}, {}, 1)}));
  EXPECT_THROW(merge_reports({files[0], files[1], files[0]}), InputError);
  write_file(files[0], R"([{"scenario": "other", "steps": []}])");
  EXPECT_EQ(nlohmann::json::parse(merge_reports({files[0], files[1]})).size(), 2u);
  for (const char* wrong : {"{}", "[{}]", "[", R"([{"ensemble": 1}])"}) {
    write_file(files[0], wrong);
    EXPECT_THROW(merge_reports({files[0]}), InputError) << wrong;
  }
  std::filesystem::remove_all(directory);
}

TEST(Ensemble, RangesAndShardsAsTheyAreTyped) {
  EXPECT_EQ(parse_seeds("1..1000")->last, 1000u);
  EXPECT_EQ(parse_seeds("7..7")->first, 7u);
  for (const char* wrong :
       {"", "1", "1..", "..4", "5..4", "1..x", "-1..4", "1...4", "0..99999999999"}) {
    EXPECT_FALSE(parse_seeds(wrong)) << wrong;
  }
  EXPECT_EQ(parse_shard("0/4")->count, 4u);
  for (const char* wrong : {"", "4/4", "1", "/4", "0/0", "-1/3"}) {
    EXPECT_FALSE(parse_shard(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace sim::testing
