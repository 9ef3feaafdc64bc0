// What must be true of any run: random commands and kills never break the world, its journal tells
// its whole story forwards and backwards, and a fork that does the same becomes the same.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/scenario/scenario.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

/// A series of lines drawn from a seed: what a restless learner types.
class Learner {
 public:
  explicit Learner(std::uint64_t seed) : seed_(seed) {}

  std::string line(const World& world) {
    switch (below(20)) {
      case 0:
        return fmt::format("kubectl create deployment {} --image=nginx", deployment());
      case 1:
      case 2:
        return fmt::format("kubectl scale deployment {} --replicas={}", deployment(), below(5));
      case 3:
        return fmt::format("kubectl rollout restart deployment/{}", deployment());
      case 4:
        return fmt::format("kubectl delete deployment {} --wait=false", deployment());
      case 5:
        return fmt::format("kubectl delete pod {} --wait=false", pod(world));
      case 6:
        return fmt::format("kubectl delete pod {} --force --grace-period=0", pod(world));
      case 7:
      case 8:
        return fmt::format("sim container kill {}", pod(world));
      case 9:
        return fmt::format("kubectl exec {} -- touch /tmp/f{}", pod(world), below(9));
      case 10:
        return fmt::format("kubectl exec {} -- sh -c 'echo x >> /var/log{}; rm -f /etc/nginx/*'",
                           pod(world), below(9));
      case 11:
        return fmt::format("kubectl set env deployment/{} A={}", deployment(), below(3));
      case 12:
        return fmt::format("kubectl set image deployment/{} *=busybox", deployment());
      case 13:
        return fmt::format("kubectl rollout undo deployment/{}", deployment());
      case 14:
        return fmt::format("kubectl label pod {} app-", pod(world));
      case 15:
        return fmt::format("kubectl run p{} --image=busybox -- sh -c 'date >> /tmp/x; sleep {}'",
                           below(4), below(20));
      case 16:
        return fmt::format("kubectl {} node-{}", below(2) ? "cordon" : "uncordon", node());
      case 17:
        return "kubectl apply -f web.yaml";
      case 18:
        return fmt::format("sim advance {}s", below(30) + 1);
      default:
        return fmt::format("sim advance {}ms", below(900) + 1);
    }
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return draw_below(bound, seed_, "learner", 0, n_++); }
  std::string deployment() { return below(2) ? "web" : "shop"; }
  std::string node() { return below(2) ? "a" : "b"; }
  std::string pod(const World& world) {
    const std::vector<Id> pods = world.store().list(Kind::Pod, "default");
    if (pods.empty()) return "nobody";
    return world.get<Pod>(pods[below(pods.size())])->meta.name.str();
  }

  std::uint64_t seed_;
  std::uint64_t n_ = 0;
};

struct Play {
  std::unique_ptr<Simulation> simulation;
  std::unique_ptr<Terminal> terminal;

  Play() : Play(make_cluster(default_cluster().cluster)) {}
  explicit Play(Simulation start)
      : simulation(std::make_unique<Simulation>(std::move(start))),
        terminal(std::make_unique<Terminal>(*simulation, ".")) {}
  const World& world() const { return simulation->world(); }
};

/// Whether two stores hold the very same rows.
std::string different_rows(const Store& a, const Store& b) {
  for (int k = 0; k < kKindCount; ++k) {
    const Kind kind = static_cast<Kind>(k);
    if (a.count(kind) != b.count(kind)) {
      return fmt::format("{} {} against {}", a.count(kind), info(kind).plural, b.count(kind));
    }
    for (const auto& [id, row] : a.table(kind)) {
      if (b.get({kind, id}) != &row) return fmt::format("{} {}", info(kind).singular, id);
    }
  }
  return "";
}

class RandomRun : public ::testing::TestWithParam<int> {};

TEST_P(RandomRun, NeverBreaksTheWorld) {
  Play run;
  run.terminal->write_file("web.yaml",
                           "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
                           "data: {a: b}\n");
  Learner learner(static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < 60; ++i) {
    const std::string line = learner.line(run.world());
    SCOPED_TRACE(fmt::format("seed {} line {}: {}", GetParam(), i, line));
    run.terminal->run(line);
    ASSERT_EQ(check_invariants(run.world()), "");
  }
  run.simulation->run_until(run.world().now() + minutes(5));
  ASSERT_EQ(check_invariants(run.world()), "") << "seed " << GetParam();

  // Forwards from nothing the journal gives the store …
  Store store;
  const Journal& journal = run.world().journal();
  for (std::uint64_t r = journal.first(); r <= journal.last(); ++r) {
    const Change& change = journal.at(r);
    if (!change.ref) continue;
    if (change.after) {
      store.put(change.ref, change.after);
    } else {
      store.erase(change.ref);
    }
  }
  EXPECT_EQ(different_rows(store, run.world().store()), "") << "seed " << GetParam();
  EXPECT_EQ(store.check_indexes(), "");
  // … and backwards from the store it gives nothing.
  for (std::uint64_t r = journal.last(); r >= journal.first(); --r) {
    const Change& change = journal.at(r);
    if (!change.ref) continue;
    if (change.before) {
      store.put(change.ref, change.before);
    } else {
      store.erase(change.ref);
    }
  }
  EXPECT_EQ(different_rows(store, Store()), "") << "seed " << GetParam();
  EXPECT_EQ(store.check_indexes(), "");
}

TEST_P(RandomRun, AForkThatDoesTheSameBecomesTheSame) {
  Play run;
  Learner learner(static_cast<std::uint64_t>(GetParam()) + 1000);
  for (int i = 0; i < 20; ++i) run.terminal->run(learner.line(run.world()));
  const World before = run.world();
  const std::string before_text = dump(before);
  Play one{Simulation(before)};
  Play other{Simulation(before)};
  Learner same = learner;
  for (int i = 0; i < 20; ++i) one.terminal->run(learner.line(one.world()));
  for (int i = 0; i < 20; ++i) other.terminal->run(same.line(other.world()));
  EXPECT_EQ(dump(one.world()), dump(other.world())) << "seed " << GetParam();
  EXPECT_EQ(one.world().fingerprint(), other.world().fingerprint());
  // And the world they both came from has not moved.
  EXPECT_EQ(dump(before), before_text);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomRun, ::testing::Range(1, 13));

}  // namespace
}  // namespace sim::testing
