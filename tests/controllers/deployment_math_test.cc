// How a Deployment divides its replicas among its ReplicaSets: percentages, the size of the newest,
// and what each gets of a change in size.
#include "sim/controllers/deployment_math.h"

#include <gtest/gtest.h>

#include "sim/base/format.h"
#include "sim/controllers/deployment.h"
#include "tests/support/bare_world.h"

namespace sim::testing {
namespace {

using deployment::max_surge;
using deployment::max_unavailable;
using deployment::most_pods;

IntOrString amount_of(const std::string& text) {
  IntOrString made;
  made.is_string = text.back() == '%';
  if (made.is_string) {
    made.text = Str(text);
  } else {
    made.number = std::stoi(text);
  }
  return made;
}

Deployment rolling(std::int32_t replicas, const std::string& surge,
                   const std::string& unavailable) {
  Deployment made;
  made.meta.name = "web";
  made.meta.ns = "default";
  made.spec.replicas = replicas;
  made.spec.strategy.type = "RollingUpdate";
  RollingUpdateDeployment how;
  how.max_surge = amount_of(surge);
  how.max_unavailable = amount_of(unavailable);
  made.spec.strategy.rolling_update = how;
  made.spec.selector = selector_of(pod_template("x").meta.labels);
  return made;
}

TEST(DeploymentMath, SurgeRoundsUpAndUnavailableDown) {
  struct Row {
    std::int32_t replicas;
    const char* surge;
    const char* unavailable;
    std::int32_t more;
    std::int32_t fewer;
  };
  const std::vector<Row> rows = {
      {1, "25%", "25%", 1, 0},  {2, "25%", "25%", 1, 0},   {3, "25%", "25%", 1, 0},
      {4, "25%", "25%", 1, 1},  {5, "25%", "25%", 2, 1},   {8, "25%", "25%", 2, 2},
      {10, "25%", "25%", 3, 2}, {10, "0%", "9%", 0, 1},    {10, "0", "0%", 0, 1},
      {3, "0%", "0%", 0, 1},    {3, "100%", "100%", 3, 3}, {3, "200%", "0", 6, 0},
      {3, "0", "5", 0, 3},      {0, "25%", "25%", 0, 0},   {0, "3", "3", 3, 0},
      {7, "33%", "33%", 3, 2},  {100, "1%", "1%", 1, 1},   {1, "1%", "99%", 1, 0},
      {10, "30%", "30%", 3, 3},
  };
  for (const Row& row : rows) {
    const Deployment made = rolling(row.replicas, row.surge, row.unavailable);
    const std::string about =
        fmt::format("{} replicas, {}, {}", row.replicas, row.surge, row.unavailable);
    EXPECT_EQ(max_surge(made), row.more) << about;
    EXPECT_EQ(max_unavailable(made), row.fewer) << about;
    EXPECT_EQ(most_pods(made), row.replicas + row.more) << about;
  }
}

TEST(DeploymentMath, RecreateKnowsNeither) {
  Deployment made = rolling(4, "25%", "25%");
  made.spec.strategy = {};
  made.spec.strategy.type = "Recreate";
  EXPECT_EQ(max_surge(made), 0);
  EXPECT_EQ(max_unavailable(made), 0);
}

TEST(DeploymentMath, AbsurdNumbersWrapAround) {
  EXPECT_EQ(most_pods(rolling(2000000000, "25%", "25%")), -1794967296);
  EXPECT_EQ(max_surge(rolling(2000000000, "99999999%", "0")), INT32_MAX);
  EXPECT_EQ(max_surge(rolling(3, "99999999999999999999999%", "1")), 0);
}

struct Scaling {
  std::int32_t from;
  std::int32_t to;
  const char* old_surge;
  const char* surge;
  std::vector<std::int32_t> before;  // the newest first
  std::vector<std::int32_t> after;
};

// The sizes, the newest first, after the controller has seen that the Deployment was scaled.
std::vector<std::int32_t> scaled(const Scaling& row) {
  BareWorld bare;
  auto made = std::make_shared<Deployment>(rolling(row.to, row.surge, "1"));
  made->spec.pod_template = pod_template("v0");
  const Id id = bare.create(made);
  const Deployment& owner = *bare.world().get<Deployment>(id);
  std::vector<Id> ids(row.before.size());
  for (std::size_t i = row.before.size(); i-- > 0;) {
    auto set = std::make_shared<ReplicaSet>();
    set->meta.name = fmt::format("web-{}", i);
    set->meta.ns = "default";
    set->meta.owner_references = {controller_of(owner)};
    set->spec.pod_template = pod_template(fmt::format("v{}", i));
    set->meta.labels = set->spec.pod_template->meta.labels;
    set->spec.selector = selector_of(set->meta.labels);
    set->spec.replicas = row.before[i];
    set->meta.annotations.set(Str(deployment::kDesiredReplicas), std::to_string(row.from));
    set->meta.annotations.set(Str(deployment::kMaxReplicas),
                              std::to_string(most_pods(rolling(row.from, row.old_surge, "1"))));
    ids[i] = bare.create(set);
    bare.run_for(seconds(1));
  }
  bare.carry_out(deployment::reconcile(bare.world(), id));
  std::vector<std::int32_t> sizes;
  for (const Id set : ids) {
    const ReplicaSet& now = *bare.world().get<ReplicaSet>(set);
    sizes.push_back(*now.spec.replicas);
    if (sizes.back() == 0) continue;
    EXPECT_EQ(now.meta.annotations.get(deployment::kDesiredReplicas), std::to_string(row.to));
  }
  return sizes;
}

// k8s 1.30 pkg/controller/deployment/sync_test.go: TestScale
TEST(DeploymentMath, ScalingIsShared) {
  const std::vector<Scaling> rows = {
      {5, 10, "0", "0", {2, 3}, {4, 6}},       {5, 3, "0", "0", {2, 3}, {1, 2}},
      {9, 4, "0", "0", {8, 1}, {4, 0}},        {7, 10, "0", "0", {2, 3, 2}, {3, 4, 3}},
      {13, 8, "0", "0", {2, 8, 3}, {1, 5, 2}}, {3, 4, "0", "0", {1, 1, 1}, {2, 1, 1}},
      {3, 2, "0", "0", {1, 1, 1}, {1, 1, 0}},  {6, 0, "0", "0", {3, 2, 1}, {0, 0, 0}},
      {10, 20, "2", "2", {6, 6}, {11, 11}},    {10, 50, "3", "6", {5, 8}, {22, 34}},
      {10, 15, "3", "3", {5, 8}, {7, 11}},
  };
  for (const Scaling& row : rows) {
    EXPECT_EQ(scaled(row), row.after) << row.from << " to " << row.to;
  }
}

TEST(DeploymentMath, SharesAddUpToWhatIsAllowed) {
  for (std::int32_t one = 1; one <= 6; ++one) {
    for (std::int32_t two = 1; two <= 6; ++two) {
      for (std::int32_t to = 0; to <= 12; ++to) {
        if (to == one + two) continue;
        const std::vector<std::int32_t> sizes = scaled({one + two, to, "0", "1", {one, two}, {}});
        EXPECT_EQ(sizes[0] + sizes[1], to == 0 ? 0 : to + 1)
            << one << " and " << two << " scaled to " << to;
      }
    }
  }
}

// An old ReplicaSet that has not yet noticed that it was scaled down says that more is available
// than it may have. Nothing is decided on such a report.
TEST(DeploymentMath, NothingIsDecidedOnAStaleReport) {
  for (const std::int32_t available : {3, 2}) {
    BareWorld bare;
    auto made = std::make_shared<Deployment>(rolling(4, "2", "1"));
    made->spec.pod_template = pod_template("v1");
    const Id id = bare.create(made);
    std::vector<Id> ids;
    for (const char* image : {"v0", "v1"}) {
      auto set = std::make_shared<ReplicaSet>();
      set->meta.name = fmt::format("web-{}", image);
      set->meta.ns = "default";
      set->meta.owner_references = {controller_of(*bare.world().get<Deployment>(id))};
      set->spec.pod_template = pod_template(image);
      set->meta.labels = set->spec.pod_template->meta.labels;
      set->spec.selector = selector_of(set->meta.labels);
      const bool old = ids.empty();
      set->spec.replicas = old ? 2 : 4;
      set->status.replicas = set->status.ready_replicas = old ? available : 4;
      set->status.available_replicas = set->status.ready_replicas;
      set->meta.annotations.set(Str(deployment::kDesiredReplicas), "4");
      ids.push_back(bare.create(set));
    }
    bare.carry_out(deployment::reconcile(bare.world(), id));
    EXPECT_EQ(*bare.world().get<ReplicaSet>(ids[0])->spec.replicas, available == 3 ? 2 : 0);
  }
}

}  // namespace
}  // namespace sim::testing
