// The inspector's editor without its window: what is offered for editing, and every mistake at its
// line.
#include "ui/manifest_check.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "ui/session.h"

namespace sim::testing {
namespace {

using ui::ManifestMistake;

class ManifestCheck : public ::testing::Test {
 protected:
  ManifestCheck() : session_(ui::scenario_of_cluster("")) {
    type("kubectl create deployment web --image=nginx --replicas=2");
    yaml_ = ui::editable_yaml(session_.head(), web());
  }
  void type(const std::string& line) {
    session_.type(line);
    session_.work();
    session_.show_head();
  }
  Ref web() const {
    return {Kind::Deployment, session_.head().store().find(Kind::Deployment, "default", "web")};
  }
  /// The text with one part of it replaced.
  std::string with(const std::string& from, const std::string& to) const {
    std::string text = yaml_;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from << " in\n" << text;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
  }
  std::vector<ManifestMistake> mistakes(const std::string& yaml) const {
    return ui::manifest_mistakes(session_.line().player(), yaml);
  }
  static int line_of(const std::string& yaml, const std::string& part) {
    const std::string before = yaml.substr(0, yaml.find(part));
    return 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  }

  ui::Session session_;
  std::string yaml_;
};

TEST_F(ManifestCheck, WhatTheServerSetsIsNotOffered) {
  EXPECT_NE(yaml_.find("replicas: 2"), std::string::npos) << yaml_;
  for (const char* key : {"status:", "uid:", "resourceVersion:", "generation:"}) {
    EXPECT_EQ(yaml_.find(key), std::string::npos) << yaml_;
  }
  EXPECT_TRUE(mistakes(yaml_).empty());
  EXPECT_EQ(ui::editable_yaml(session_.head(), {Kind::Deployment, 999}), "");
}

TEST_F(ManifestCheck, WhatIsEditedIsApplied) {
  const std::string more = with("replicas: 2", "replicas: 3");
  EXPECT_TRUE(mistakes(more).empty());
  EXPECT_EQ(session_.head().get<Deployment>(web().id)->spec.replicas, 2) << "only a copy is asked";
  type(ui::replace_command(more));
  EXPECT_EQ(session_.line().entries.back().output, "deployment.apps/web replaced\n");
  EXPECT_EQ(session_.head().get<Deployment>(web().id)->spec.replicas, 3);
}

TEST_F(ManifestCheck, MistakesStandAtTheirLines) {
  const auto expect = [&](const std::string& text, const std::string& at, const std::string& says) {
    const std::vector<ManifestMistake> found = mistakes(text);
    ASSERT_EQ(found.size(), 1u) << at;
    EXPECT_EQ(found[0].line, line_of(text, at)) << found[0].text;
    EXPECT_NE(found[0].text.find(says), std::string::npos) << found[0].text;
  };
  std::string text = with("replicas: 2", "replicas: -1");
  expect(text, "replicas: -1", "must be greater than or equal to 0");
  text = with("replicas: 2", "replicass: 2");
  expect(text, "replicass", "unknown field \"spec.replicass\"");
  text = with("name: nginx", "name: Nginx");
  expect(text, "name: Nginx", "RFC 1123");
  text = with("replicas: 2", "replicas: [2");
  EXPECT_FALSE(mistakes(text).empty());
  EXPECT_EQ(mistakes(yaml_ + "---\n" + yaml_).front().text,
            "one object is edited here, and there are 2");
  EXPECT_FALSE(mistakes("").empty());
}

}  // namespace
}  // namespace sim::testing
