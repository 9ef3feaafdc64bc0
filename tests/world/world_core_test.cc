// The world's own rules: what apply() gives to rows, how wakes coalesce, how Events fold, what a
// copy shares and what it does not.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "sim/base/format.h"
#include "sim/world/event_recorder.h"
#include "sim/world/world.h"

namespace sim {
namespace {

World empty_world(std::uint64_t seed = 1) {
  Settings settings;
  settings.seed = seed;
  return World(std::make_shared<const Settings>(settings));
}

Id add_namespace(World& world, const char* name) {
  auto ns = std::make_shared<Namespace>();
  ns->meta.name = name;
  Plan plan;
  const Id id = plan.create(world, ns, "test");
  apply(world, plan, {0, "test"});
  return id;
}

Id add_config(World& world, const char* name) {
  auto config = std::make_shared<ConfigMap>();
  config->meta.name = name;
  config->meta.ns = "lab";
  Plan plan;
  const Id id = plan.create(world, config, "test");
  apply(world, plan, {0, "test"});
  return id;
}

TEST(Apply, GivesIdentityVersionAndTime) {
  World world = empty_world();
  add_namespace(world, "lab");
  const Id id = add_config(world, "a");
  const ConfigMap& config = *world.get<ConfigMap>(id);
  EXPECT_TRUE(config.meta.uid);
  EXPECT_EQ(config.meta.resource_version, world.revision());
  EXPECT_EQ(config.meta.creation_timestamp, world.now());
  EXPECT_EQ(world.store().find(config.meta.uid), (Ref{Kind::ConfigMap, id}));
  EXPECT_EQ(check_invariants(world), "");
}

TEST(Apply, AUidIsAVersion4Uuid) {
  World world = empty_world();
  const Id id = add_namespace(world, "lab");
  const std::string text = to_string(world.get<Namespace>(id)->meta.uid);
  ASSERT_EQ(text.size(), 36u);
  EXPECT_EQ(text[14], '4');
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
}

TEST(Apply, LeavesAPlanThatIsAppliedTwiceAsItWas) {
  World one = empty_world(1);
  World other = empty_world(2);
  auto ns = std::make_shared<Namespace>();
  ns->meta.name = "lab";
  Plan plan;
  plan.create(one, ns, "test");
  apply(one, plan, {0, "test"});
  EXPECT_FALSE(ns->meta.uid) << "the plan's object is ours alone";
  apply(other, plan, {0, "test"});
  EXPECT_NE(one.get<Namespace>(1)->meta.uid, other.get<Namespace>(1)->meta.uid);
}

TEST(Apply, RaisesTheGenerationWithTheSpecOnly) {
  World world = empty_world();
  add_namespace(world, "lab");
  auto made = std::make_shared<Deployment>();
  made->meta.name = "web";
  made->meta.ns = "lab";
  made->spec.replicas = 1;
  Plan plan;
  const Id id = plan.create(world, made, "test");
  apply(world, plan, {0, "test"});
  EXPECT_EQ(world.get<Deployment>(id)->meta.generation, 1);
  const auto change = [&](auto edit) {
    auto next = std::make_shared<Deployment>(*world.get<Deployment>(id));
    edit(*next);
    Plan update;
    update.update({Kind::Deployment, id}, next, "test");
    apply(world, update, {0, "test"});
    return world.get<Deployment>(id)->meta.generation;
  };
  EXPECT_EQ(change([](Deployment& d) { d.status.replicas = 1; }), 1);
  EXPECT_EQ(change([](Deployment& d) { d.meta.labels.set("a", "b"); }), 1);
  EXPECT_EQ(change([](Deployment& d) { d.spec.replicas = 2; }), 2);
  EXPECT_EQ(change([](Deployment& d) { d.meta.annotations.set("note", "x"); }), 3);
  EXPECT_EQ(change([](Deployment& d) {
              d.meta.annotations.set("deployment.kubernetes.io/revision", "1");
            }),
            3);
}

TEST(World, ACopyIsAWorldOfItsOwn) {
  World world = empty_world();
  add_namespace(world, "lab");
  const World before = world;
  add_config(world, "a");
  EXPECT_EQ(before.store().count(Kind::ConfigMap), 0u);
  EXPECT_EQ(world.store().count(Kind::ConfigMap), 1u);
  EXPECT_EQ(before.revision() + 1, world.revision());
  World fork = before;
  add_config(fork, "a");
  EXPECT_EQ(fork.fingerprint(), world.fingerprint());
  EXPECT_EQ(fork.get<ConfigMap>(1)->meta.uid, world.get<ConfigMap>(1)->meta.uid);
}

std::vector<std::string> drain(World& world) {
  std::vector<std::string> due;
  Task task;
  while (take_due(world, kNever - seconds(1), &task)) {
    due.push_back(fmt::format("{} {} at {}", to_string(task.actor), task.id,
                              (world.now() - world.settings().start).ms()));
  }
  return due;
}

TEST(Wake, OnePerKeyAndTheEarliestWins) {
  World world = empty_world();
  const Time start = world.now();
  const auto wake_at = [&](std::int64_t ms, Actor actor, Id id, bool quiet = false) {
    wake(world, {start + milliseconds(ms), actor, {Kind::Pod, id}, quiet}, 0);
  };
  wake_at(50, Actor::Kubelet, 1);
  wake_at(20, Actor::Kubelet, 1);
  wake_at(80, Actor::Kubelet, 1);
  wake_at(20, Actor::Scheduler, 1);
  wake_at(10, Actor::Kubelet, 2);
  EXPECT_EQ(world.busy(), 3);
  EXPECT_EQ(drain(world),
            (std::vector<std::string>{"kubelet 2 at 10", "kubelet 1 at 20", "scheduler 1 at 20"}));
  EXPECT_EQ(world.busy(), 0);
}

TEST(Wake, RoutineDoesNotKeepTheWorldBusy) {
  World world = empty_world();
  const Time start = world.now();
  wake(world, {start + seconds(1), Actor::Kubelet, {Kind::Pod, 1}, true}, 0);
  EXPECT_EQ(world.busy(), 0);
  // Something that matters, due later: the key is looked at earlier, and that look matters.
  wake(world, {start + seconds(5), Actor::Kubelet, {Kind::Pod, 1}, false}, 0);
  EXPECT_EQ(world.busy(), 1);
  EXPECT_EQ(drain(world).size(), 1u);
  EXPECT_EQ(world.busy(), 0);
}

TEST(Wake, InThePastMeansNow) {
  World world = empty_world();
  advance_clock(world, world.now() + seconds(9));
  wake(world, {world.settings().start, Actor::Kubelet, {Kind::Pod, 1}, false}, 0);
  EXPECT_EQ(drain(world), std::vector<std::string>{"kubelet 1 at 9000"});
}

void note(World& world, Id config, const std::string& reason, const std::string& message,
          const char* action = "") {
  Plan plan;
  EventNote event;
  event.about = {Kind::ConfigMap, config};
  event.type = "Normal";
  event.reason = Str(reason);
  event.message = Str(message);
  event.component = "tester";
  event.action = action;
  plan.event(event);
  apply(world, plan, {0, "test"});
}

std::vector<std::string> events(const World& world) {
  std::vector<std::string> all;
  for (const auto& [id, row] : world.store().table(Kind::Event)) {
    const auto& event = static_cast<const Event&>(row);
    all.push_back(fmt::format("{} {} x{}", event.reason, event.message,
                              event.series ? event.series->count : event.count));
  }
  return all;
}

TEST(Events, ARepetitionRaisesTheCount) {
  World world = empty_world();
  add_namespace(world, "lab");
  const Id config = add_config(world, "a");
  note(world, config, "Pulled", "m");
  advance_clock(world, world.now() + seconds(3));
  note(world, config, "Pulled", "m");
  note(world, config, "Pulled", "other");
  EXPECT_EQ(events(world), (std::vector<std::string>{"Pulled m x2", "Pulled other x1"}));
  EXPECT_EQ(check_invariants(world), "");
}

TEST(Events, ManySimilarOnesAreCombined) {
  World world = empty_world();
  add_namespace(world, "lab");
  const Id config = add_config(world, "a");
  for (int i = 0; i < 12; ++i) note(world, config, "Scaled", fmt::format("to {}", i));
  const std::vector<std::string> all = events(world);
  ASSERT_EQ(all.size(), 10u);  // nine of their own, the rest in one
  EXPECT_EQ(all.back(), "Scaled (combined from similar events): to 11 x3");
}

TEST(Events, TheSchedulersKeyIsTheVersionNotTheMessage) {
  World world = empty_world();
  add_namespace(world, "lab");
  const Id config = add_config(world, "a");
  note(world, config, "FailedScheduling", "one", "Scheduling");
  note(world, config, "FailedScheduling", "two", "Scheduling");
  note(world, config, "FailedScheduling", "three", "Scheduling");
  EXPECT_EQ(events(world), std::vector<std::string>{"FailedScheduling one x2"});
}

// A plan with very many writes finds the last one of a row as one with few does.
TEST(Plan, ReadsItsOwnWritesHoweverManyThereAre) {
  Plan plan;
  const auto expect_last = [&] {
    for (Id id = 1; id <= 40; ++id) {
      for (const Kind kind : {Kind::Pod, Kind::ConfigMap}) {
        ObjectPtr last;
        for (const Write& write : plan.writes) {
          if (write.ref == Ref{kind, id}) last = write.object;
        }
        ASSERT_EQ(plan.pending({kind, id}), last);
      }
    }
  };
  for (int i = 0; i < 200; ++i) {
    const Id id = static_cast<Id>(1 + i * 7 % 37);
    if (i % 11 == 3) {
      plan.erase({Kind::Pod, id}, "gone");
    } else if (i % 2 == 0) {
      plan.update({Kind::Pod, id}, std::make_shared<Pod>(), "changed");
    } else {
      plan.update({Kind::ConfigMap, id}, std::make_shared<ConfigMap>(), "changed");
    }
    if (i % 40 == 0) expect_last();
  }
  expect_last();
  plan.drop_writes([](const Write& write) { return write.ref.kind == Kind::ConfigMap; });
  expect_last();
  for (Id id = 1; id <= 20; ++id) {
    plan.update({Kind::ConfigMap, id}, std::make_shared<ConfigMap>(), "again");
  }
  expect_last();
}

TEST(Journal, StaysWithinItsBudget) {
  constexpr std::uint64_t kBudget = 1 << 20;
  Journal all;
  Journal journal;
  journal.set_budget(kBudget);
  std::uint64_t weight = 0;
  for (std::uint64_t revision = 1; revision <= 5000; ++revision) {
    Change change;
    change.revision = revision;
    change.why = "another line";
    change.time = Time{static_cast<std::int64_t>(revision)};
    auto before = std::make_shared<Pod>();
    before->meta.name = Str(std::to_string(revision));
    change.before = before;
    change.after = std::make_shared<Pod>(*before);
    weight = weight_of(change);
    all.append(change);
    journal.append(change);
    ASSERT_LE(journal.bytes(), kBudget + 256 * weight);
  }
  EXPECT_EQ(all.bytes(), 5000 * weight);
  EXPECT_EQ(all.first(), 1u);
  EXPECT_GT(journal.first(), 4000u);
  EXPECT_EQ(journal.last(), 5000u);
  EXPECT_EQ(journal.bytes(), (journal.last() - journal.first() + 1) * weight);
  EXPECT_EQ(journal.at(journal.first()).before->meta.name, std::to_string(journal.first()));
}

TEST(Journal, WhatIsOfThisInstantStaysWhateverTheBudget) {
  Journal journal;
  journal.set_budget(1);
  for (std::uint64_t revision = 1; revision <= 3000; ++revision) {
    Change change;
    change.revision = revision;
    change.time = Time{revision <= 1000 ? 1 : 2};
    journal.append(change);
  }
  EXPECT_GT(journal.first(), 1u);
  EXPECT_LE(journal.first(), 1001u);
}

TEST(Journal, WhatALogWasCountsAsItGrows) {
  auto before = std::make_shared<ContainerInstance>();
  before->log = Str(std::string(10000, 'x'));
  auto grown = std::make_shared<ContainerInstance>(*before);
  Change change;
  change.before = before;
  change.after = grown;
  const std::uint64_t shared = weight_of(change);
  grown->log = Str(before->log.str() + "y");
  EXPECT_EQ(weight_of(change), shared + 10000);
}

TEST(Journal, KeepsAWindowWhenAsked) {
  Journal journal;
  journal.set_limit(1000);
  for (std::uint64_t r = 1; r <= 10000; ++r) {
    Change change;
    change.revision = r;
    change.time = Time{static_cast<std::int64_t>(r)};
    journal.append(change);
    ASSERT_EQ(journal.last(), r);
    ASSERT_EQ(journal.at(journal.first()).revision, journal.first());
    ASSERT_LE(journal.last() - journal.first(), 1600u);
  }
  EXPECT_GE(journal.last() - journal.first() + 1, 1000u);
  const Journal copy = journal;
  Change change;
  change.revision = 10001;
  journal.append(change);
  EXPECT_EQ(copy.last(), 10000u);
}

}  // namespace
}  // namespace sim
