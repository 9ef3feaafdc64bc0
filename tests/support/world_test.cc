#include "tests/support/world_test.h"

#include "sim/base/format.h"
#include "sim/scenario/scenario.h"

namespace sim::testing {

WorldTest::WorldTest()
    : simulation_(std::make_unique<Simulation>(make_cluster(default_cluster().cluster))),
      terminal_(std::make_unique<Terminal>(*simulation_, "")) {}

void WorldTest::TearDown() {
  EXPECT_EQ(check_invariants(world()), "");
  run_for(seconds(1));
  EXPECT_EQ(check_invariants(world()), "");
}

std::string WorldTest::type(const std::string& lines) {
  const Terminal::Result result = terminal_->run(lines);
  status_ = result.exit;
  return result.output;
}

void WorldTest::write(const std::string& name, const std::string& text) {
  terminal_->write_file(name, text);
}

void WorldTest::run_for(Duration duration) { simulation_->run_until(world().now() + duration); }

void WorldTest::settle() {
  EXPECT_TRUE(simulation_->run_until_settled(world().now() + minutes(10)));
}

std::string WorldTest::deployment(const std::string& name, int replicas, const std::string& at) {
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

}  // namespace sim::testing
