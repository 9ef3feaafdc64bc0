// What the menus offer: every fault of the vocabulary, as the line that a person would type, and
// why not when it would do nothing.
#include "ui/fault_menu.h"

#include <algorithm>
#include <set>

#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

using ui::Deed;
using ui::Language;
using ui::Victim;

class FaultMenuTest : public WorldTest {
 protected:
  std::vector<Deed> deeds(const Victim& victim, Language language = Language::English) {
    return ui::deeds_on(world(), victim, language);
  }
  Deed deed(const Victim& victim, const std::string& id) {
    for (Deed& one : deeds(victim)) {
      if (one.id == id) return one;
    }
    ADD_FAILURE() << "no " << id;
    return {};
  }
  Victim pod() { return {FaultTarget::Pod, "web", "default", "web"}; }
  Victim node(const std::string& name) { return {FaultTarget::Node, name, {}, {}}; }
};

TEST_F(FaultMenuTest, every_fault_of_the_vocabulary_is_offered_where_it_fits) {
  std::set<std::string> offered;
  for (const FaultTarget target : {FaultTarget::Pod, FaultTarget::Node, FaultTarget::Zone,
                                   FaultTarget::Driver, FaultTarget::Nothing}) {
    for (const Deed& one : deeds({target, "x", "default", {}})) offered.insert(one.id);
  }
  for (const FaultInfo& row : fault_table()) {
    std::string id(row.words);
    std::replace(id.begin(), id.end(), ' ', '.');
    EXPECT_EQ(offered.count(id), 1u) << id;
    for (const Language language : {Language::English, Language::Korean}) {
      EXPECT_STRNE(ui::name_of(row.kind, language), "") << id;
    }
  }
}

TEST_F(FaultMenuTest, a_line_does_what_the_shell_would) {
  type("kubectl run web --image=nginx");
  settle();
  const Deed kill = deed(pod(), "container.kill");
  EXPECT_EQ(kill.line, "sim container kill web -n default -c web");
  EXPECT_EQ(kill.not_now, "");
  EXPECT_EQ(type(kill.line), "container web of pod/web killed\n");
  const Deed stop = deed(node("node-a"), "node.stop");
  EXPECT_EQ(stop.line, "sim node stop node-a");
  type(stop.line);
  EXPECT_EQ(deed(node("node-a"), "node.stop").not_now, "it is so already");
  EXPECT_EQ(deed(node("node-a"), "node.start").not_now, "");
  EXPECT_EQ(deed({}, "registry.up").not_now, "it is so already");
  type(deed({}, "registry.down").line);
  EXPECT_EQ(deed({}, "registry.up").not_now, "");
  type(deed({}, "heal").line);
  EXPECT_EQ(deed(node("node-a"), "node.stop").not_now, "");
  EXPECT_EQ(deed({}, "registry.up").not_now, "it is so already");
}

TEST_F(FaultMenuTest, what_cannot_be_done_says_why) {
  EXPECT_EQ(deed(pod(), "container.kill").not_now, "it is gone");
  type("kubectl run web --image=nosuch");
  settle();
  EXPECT_EQ(deed(pod(), "container.kill").not_now, "it does not run");
  EXPECT_EQ(deed(pod(), "pod.delete").not_now, "");
  EXPECT_EQ(deeds(pod(), Language::Korean).front().not_now, "실행 중이 아님");
  EXPECT_EQ(deed({FaultTarget::Driver, "efs.csi.aws.com", {}, {}}, "driver.down").not_now,
            "not installed");
}

TEST_F(FaultMenuTest, kubectls_own_commands_stand_behind) {
  type("kubectl run web --image=nginx");
  settle();
  EXPECT_EQ(deed(node("node-b"), "node.uncordon").not_now, "it is so already");
  type(deed(node("node-b"), "node.cordon").line);
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(deed(node("node-b"), "node.cordon").not_now, "it is so already");
  EXPECT_EQ(deed(node("node-b"), "node.uncordon").not_now, "");
  EXPECT_NE(type(deed(pod(), "pod.evict").line).find("Success"), std::string::npos);
  settle();
  EXPECT_EQ(deed(pod(), "pod.evict").not_now, "it is gone");
  type("kubectl run web --image=nginx");
  settle();
  type(deed(pod(), "pod.force-delete").line);
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(world().find<Pod>("default", "web"), nullptr);
}

}  // namespace
}  // namespace sim::testing
