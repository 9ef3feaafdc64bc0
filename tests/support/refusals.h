// Wrong manifests and what `kubectl apply` says of them: the API server's words, and status 1.
#pragma once

#include <string>
#include <vector>

#include "tests/support/world_test.h"

namespace sim::testing {

class RefusalTest : public WorldTest {
 protected:
  struct Wrong {
    std::string manifest;
    std::string says;
  };
  /// Applies each to a world that has taken none of them.
  void expect_refused(const std::vector<Wrong>& all) {
    for (const Wrong& wrong : all) {
      SCOPED_TRACE(wrong.manifest);
      write("x.yaml", wrong.manifest);
      EXPECT_EQ(type("kubectl apply -f x.yaml"), wrong.says);
      EXPECT_EQ(status(), 1);
    }
  }
  /// Applies a manifest that is fine, and then others of the same object.
  void apply(const std::string& manifest) {
    write("x.yaml", manifest);
    type("kubectl apply -f x.yaml");
    EXPECT_EQ(status(), 0) << manifest;
  }
};

}  // namespace sim::testing
