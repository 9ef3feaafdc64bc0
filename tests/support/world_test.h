// The fixture of most tests: a small cluster and a terminal at it. Tests are written in what people
// type and compare text; after each one the world's invariants are checked.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sim/engine/cluster.h"
#include "sim/scenario/terminal.h"

namespace sim::testing {

class WorldTest : public ::testing::Test {
 protected:
  /// Two nodes, node-a and node-b, and the images of the default cluster.
  WorldTest();
  void TearDown() override;

  /// Types lines and answers what the terminal shows.
  std::string type(const std::string& lines);
  /// The exit status of what was typed last.
  int status() const { return status_; }
  /// Writes a file into the person's directory.
  void write(const std::string& name, const std::string& text);
  void run_for(Duration duration);
  /// Runs until nothing but routine is left; fails the test after ten virtual minutes.
  void settle();
  const World& world() const { return simulation_->world(); }
  Simulation& simulation() { return *simulation_; }

  /// The manifest of a Deployment with so many replicas of the assets image, and an emptyDir
  /// mounted at `at`.
  static std::string deployment(const std::string& name, int replicas,
                                const std::string& at = "/tmp");

 private:
  std::unique_ptr<Simulation> simulation_;
  std::unique_ptr<Terminal> terminal_;
  int status_ = 0;
};

}  // namespace sim::testing
