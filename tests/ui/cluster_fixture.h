// The fixture of view models' tests: a small cluster and a terminal at it, without a window.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "sim/base/format.h"
#include "sim/engine/cluster.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/terminal.h"

namespace sim::testing {

class ClusterTest : public ::testing::Test {
 protected:
  std::string type(const std::string& lines) { return terminal_.run(lines).output; }
  void write(const std::string& name, const std::string& text) { terminal_.write_file(name, text); }
  void run_for(Duration duration) { simulation_.run_until(world().now() + duration); }
  void settle() { EXPECT_TRUE(simulation_.run_until_settled(world().now() + minutes(10))); }
  const World& world() const { return simulation_.world(); }

  /// A Deployment of the workshop's assets image with an emptyDir mounted at `at`.
  static std::string assets(const std::string& name, int replicas, const std::string& at = "/tmp") {
    return fmt::format(R"(apiVersion: apps/v1
kind: Deployment
metadata: {{name: {0}}}
spec:
  replicas: {1}
  selector: {{matchLabels: {{app: {0}}}}}
  template:
    metadata: {{labels: {{app: {0}}}}}
    spec:
      containers:
      - name: {0}
        image: public.ecr.aws/aws-containers/retail-store-sample-assets:0.4.0
        volumeMounts: [{{mountPath: {2}, name: tmp}}]
      volumes: [{{name: tmp, emptyDir: {{}}}}]
)",
                       name, replicas, at);
  }

 private:
  Simulation simulation_{make_cluster(default_cluster().cluster)};
  Terminal terminal_{simulation_, "."};
};

}  // namespace sim::testing
