// Rollouts of up to six replicas, with surges and unavailabilities from none to all: at no moment
// are there more pods than allowed, nor fewer available ones than promised, and in the end all are
// new.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "sim/base/format.h"
#include "sim/controllers/deployment_math.h"
#include "sim/engine/cluster.h"
#include "sim/model/pod_facts.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/terminal.h"

namespace sim::testing {
namespace {

const std::vector<std::string> kAmounts = {"0", "1", "3", "\"25%\"", "\"100%\""};

std::string manifest(int replicas, const std::string& surge, const std::string& unavailable) {
  return fmt::format(R"(apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {}
  strategy: {{rollingUpdate: {{maxSurge: {}, maxUnavailable: {}}}}}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
      - {{name: web, image: "nginx:1.25"}}
)",
                     replicas, surge, unavailable);
}

class Rollout {
 public:
  explicit Rollout(const std::string& text)
      : simulation_(make_cluster(default_cluster().cluster)), terminal_(simulation_, ".") {
    terminal_.write_file("web.yaml", text);
    terminal_.run("kubectl apply -f web.yaml");
    settle();
  }

  void update(const std::string& image) {
    const World& world = simulation_.world();
    std::map<Id, ObjectPtr> pods;
    for (const Id id : world.store().list(Kind::Pod, "default")) {
      pods[id] = world.store().share<Pod>(id);
    }
    std::uint64_t revision = world.revision();
    const int most = deployment::most_pods(deployment());
    const int least =
        deployment::replicas(deployment()) - deployment::max_unavailable(deployment());
    terminal_.run(fmt::format("kubectl set image deployment/web web={}", image));
    settle();
    // The journal tells every moment.
    while (revision < world.revision()) {
      const Change& change = world.journal().at(++revision);
      if (change.ref.kind != Kind::Pod) continue;
      pods[change.ref.id] = change.after;
      check(pods, most, least);
    }
  }

  const Deployment& deployment() const {
    return *simulation_.world().find<Deployment>("default", "web");
  }
  std::string problem() const { return problem_; }
  int with_image(const std::string& image) const {
    int count = 0;
    for (const Id id : simulation_.world().store().list(Kind::Pod, "default")) {
      const Pod& pod = *simulation_.world().get<Pod>(id);
      if (pod.spec->containers.front().image == image) ++count;
    }
    return count;
  }

 private:
  void settle() { simulation_.run_until_settled(simulation_.world().now() + minutes(10)); }
  void check(const std::map<Id, ObjectPtr>& pods, int most, int least) {
    int active = 0;
    int available = 0;
    for (const auto& [id, object] : pods) {
      if (!object || !is_active(static_cast<const Pod&>(*object))) continue;
      ++active;
      if (is_ready(static_cast<const Pod&>(*object))) ++available;
    }
    if (!problem_.empty()) return;
    if (active > most) problem_ = fmt::format("{} pods, at most {}", active, most);
    if (available < least) problem_ = fmt::format("{} available, at least {}", available, least);
  }

  Simulation simulation_;
  Terminal terminal_;
  std::string problem_;
};

class RolloutBounds : public ::testing::TestWithParam<int> {};

TEST_P(RolloutBounds, AreKept) {
  const int replicas = GetParam();
  for (const std::string& surge : kAmounts) {
    for (const std::string& unavailable : kAmounts) {
      if (surge == "0" && unavailable == "0") continue;  // refused by the API server
      const std::string about = fmt::format("surge {}, unavailable {}", surge, unavailable);
      Rollout rollout(manifest(replicas, surge, unavailable));
      ASSERT_EQ(rollout.with_image("nginx:1.25"), replicas) << about;
      rollout.update("nginx");
      EXPECT_EQ(rollout.problem(), "") << about;
      EXPECT_EQ(rollout.with_image("nginx:1.25"), 0) << about;
      EXPECT_EQ(rollout.with_image("nginx"), replicas) << about;
      EXPECT_EQ(rollout.deployment().status.available_replicas, replicas) << about;
    }
  }
}

TEST_P(RolloutBounds, AreKeptByAnImageThatIsNotThere) {
  const int replicas = GetParam();
  for (const std::string& surge : kAmounts) {
    for (const std::string& unavailable : kAmounts) {
      if (surge == "0" && unavailable == "0") continue;
      const std::string about = fmt::format("surge {}, unavailable {}", surge, unavailable);
      Rollout rollout(manifest(replicas, surge, unavailable));
      rollout.update("nginx:nosuch");
      const Deployment& web = rollout.deployment();
      EXPECT_EQ(rollout.problem(), "") << about;
      const int least = replicas - deployment::max_unavailable(web);
      EXPECT_EQ(web.status.available_replicas, least) << about;
      EXPECT_EQ(rollout.with_image("nginx:1.25"), least) << about;
      EXPECT_EQ(rollout.with_image("nginx:nosuch"),
                std::min(replicas, deployment::most_pods(web) - least))
          << about;
      // And back, in the middle of it.
      rollout.update("nginx:1.25");
      EXPECT_EQ(rollout.problem(), "") << about;
      EXPECT_EQ(rollout.with_image("nginx:1.25"), replicas) << about;
      EXPECT_EQ(rollout.with_image("nginx:nosuch"), 0) << about;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Replicas, RolloutBounds, ::testing::Range(0, 7));

}  // namespace
}  // namespace sim::testing
