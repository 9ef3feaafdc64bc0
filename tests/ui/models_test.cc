// What panels show, without a window: Markdown, the timeline's lanes and causes, changes to the
// text of a scenario, what is kept between runs.
#include <gtest/gtest.h>

#include <filesystem>

#include "sim/base/file_io.h"
#include "tests/support/paths.h"
#include "ui/markdown.h"
#include "ui/menus.h"
#include "ui/profile.h"
#include "ui/scenario_edit.h"
#include "ui/session.h"
#include "ui/timeline_model.h"

namespace sim::testing {
namespace {

using ui::Block;
using ui::Span;

TEST(Markdown, ReadsWhatLessonsAreWrittenIn) {
  const auto blocks = ui::read_markdown(
      "One **bold** word and `code`,\nsee [here](https://x.org).\n\n- first\n- second `x`\n2. "
      "two\n\n"
      "```\n  kept  as is\n```\nlast");
  ASSERT_EQ(blocks.size(), 6u);
  const std::vector<Span> first = {
      {Span::Kind::Plain, "One ", ""},       {Span::Kind::Bold, "bold", ""},
      {Span::Kind::Plain, " word and ", ""}, {Span::Kind::Code, "code", ""},
      {Span::Kind::Plain, ", see ", ""},     {Span::Kind::Link, "here", "https://x.org"},
      {Span::Kind::Plain, ".", ""}};
  EXPECT_EQ(blocks[0].spans, first);
  EXPECT_EQ(blocks[1].bullet, "•");
  EXPECT_EQ(blocks[2].spans.back().text, "x");
  EXPECT_EQ(blocks[3].bullet, "2.");
  EXPECT_EQ(blocks[4].code, "  kept  as is\n");
  EXPECT_EQ(blocks[5].kind, Block::Kind::Paragraph);
}

TEST(Markdown, LeavesWhatIsNotOfItAsItIs) {
  for (const char* text : {"a ** b", "`", "[x](", "**", "2.5 GiB", "-", "a_b*c"}) {
    const auto blocks = ui::read_markdown(text);
    ASSERT_EQ(blocks.size(), 1u) << text;
    ASSERT_EQ(blocks[0].spans.size(), 1u) << text;
    EXPECT_EQ(blocks[0].spans[0].text, text);
  }
  EXPECT_TRUE(ui::read_markdown("").empty());
}

TEST(Timeline, ChangesStandInLanesAndLeadBackToTheCommand) {
  ui::Session session(ui::scenario_of_cluster(""));
  session.type("kubectl create deployment web --image=nginx --replicas=2");
  session.type("sim node stop node-a");
  session.settle();
  session.work();
  const World& world = session.head();
  const ui::Timeline timeline = ui::timeline_of(world, 100);
  EXPECT_EQ(timeline.lanes[static_cast<std::size_t>(ui::Lane::Faults)].size(), 1u);
  for (const auto& lane : timeline.lanes) EXPECT_LE(lane.size(), 101u);
  // The chain of causes of the last pod that was added begins with the command.
  const Journal& journal = world.journal();
  for (std::uint64_t r = journal.last(); r >= journal.first(); --r) {
    const Change& change = journal.at(r);
    if (change.ref.kind != Kind::Pod || change.before || !change.ref) continue;
    const auto chain = ui::chain_of(world, r, 20);
    const Change& root = journal.at(chain.back());
    EXPECT_FALSE(root.ref);
    EXPECT_NE(root.why.view().find("kubectl create deployment"), std::string_view::npos);
    const std::string line = ui::describe(world, change, ui::Language::English);
    EXPECT_NE(line.find("Pod web-"), std::string::npos) << line;
    EXPECT_NE(line.find("added"), std::string::npos) << line;
    return;
  }
  FAIL() << "no pod was added";
}

TEST(ScenarioEdit, TellsMistakesWithTheirLine) {
  const std::string text = read_file(source_path("scenarios/divewatch.json"));
  EXPECT_TRUE(ui::read_draft(text, "d.json").mistakes.empty());
  std::string wrong = text;
  wrong.replace(wrong.find("\"steps\""), 7, "\"stepz\"");
  const auto mistakes = ui::read_draft(wrong, "d.json").mistakes;
  ASSERT_FALSE(mistakes.empty());
  bool named = false;
  for (const Diagnostic& mistake : mistakes) {
    named = named || (mistake.line > 1 && mistake.text().find("steps") != std::string::npos);
  }
  EXPECT_TRUE(named);
  EXPECT_FALSE(ui::read_draft("{", "d.json").mistakes.empty());
  EXPECT_FALSE(ui::read_draft("", "d.json").mistakes.empty());
}

TEST(ScenarioEdit, TakesOverWhatWasTyped) {
  const std::string text = read_file(source_path("scenarios/divewatch.json"));
  const auto longer = ui::with_step(text, "kubectl get pods \\\n  -o \"name\"");
  ASSERT_TRUE(longer);
  EXPECT_TRUE(ui::read_draft(*longer, "d.json").mistakes.empty());
  const Scenario before = parse_scenario(text, "d.json");
  const Scenario after = parse_scenario(*longer, "d.json");
  ASSERT_EQ(after.steps.size(), before.steps.size() + 1);
  EXPECT_EQ(after.steps.back().action->script, "kubectl get pods \\\n  -o \"name\"");
  EXPECT_TRUE(after.steps.back().until_settled);
  EXPECT_EQ(longer->substr(0, 200), text.substr(0, 200));
  // Names stay different, and an empty list is filled as well.
  const auto twice = ui::with_step(*longer, "true");
  ASSERT_TRUE(twice);
  EXPECT_TRUE(ui::read_draft(*twice, "d.json").mistakes.empty());
  EXPECT_NE(ui::with_step(R"({"steps": []})", "true"), std::nullopt);
  EXPECT_EQ(ui::with_step(R"({"step": []})", "true"), std::nullopt);
  EXPECT_EQ(ui::with_step("\"steps\": [", "true"), std::nullopt);
}

TEST(Profile, KeepsLooksAndProgress) {
  const std::string folder = ::testing::TempDir() + "podsight-profile-test";
  std::filesystem::remove_all(folder);
  const ui::Profile profile(folder);
  ui::View view;
  profile.load(&view);  // nothing there yet
  EXPECT_EQ(view.scale, 1.0F);
  view.language = ui::Language::Korean;
  view.shade = ui::Shade::Dark;
  view.scale = 1.3F;
  view.splits.right = 0.4F;
  profile.save(view);
  ui::View again;
  profile.load(&again);
  EXPECT_EQ(again.language, ui::Language::Korean);
  EXPECT_EQ(again.shade, ui::Shade::Dark);
  EXPECT_FLOAT_EQ(again.scale, 1.3F);
  EXPECT_EQ(again.splits, view.splits);
  EXPECT_EQ(profile.progress_of("storage.divewatch"), std::nullopt);
  const ui::Progress progress = {"write", {{"look", "six"}}};
  profile.keep("storage.divewatch", progress);
  profile.keep("another", {"x", {}});
  EXPECT_EQ(profile.progress_of("storage.divewatch"), progress);
  // What somebody spoilt is as if it were not there.
  for (const char* spoilt :
       {"", "{", "[]", "{\"version\": 1, \"panes\": 7, \"scale\": \"x\"}", "{\"version\": 99}"}) {
    write_file(folder + "/window.json", spoilt);
    write_file(folder + "/progress.json", spoilt);
    ui::View fresh;
    profile.load(&fresh);
    EXPECT_EQ(fresh.scale, 1.0F) << spoilt;
    EXPECT_EQ(profile.progress_of("another"), std::nullopt) << spoilt;
  }
}

TEST(Menus, FindTheLessonsBesideTheOneThatIsOpen) {
  const auto files = ui::lesson_files(source_path("scenarios/divewatch.json"));
  EXPECT_GE(files.size(), 3u);
  for (const std::string& file : files) EXPECT_EQ(file.find("schema"), std::string::npos);
}

}  // namespace
}  // namespace sim::testing
