// Lines of time without a window: going back never edits the past, acting there begins another
// future, and what is looked at again is what there was.
#include "ui/session.h"

#include <gtest/gtest.h>

#include "tests/support/paths.h"

namespace sim::testing {
namespace {

using ui::Pace;
using ui::Session;

std::shared_ptr<const Scenario> divewatch() {
  static const auto scenario =
      std::make_shared<const Scenario>(load_scenario(source_path("scenarios/divewatch.json")));
  return scenario;
}

void step(Session& session) {
  if (session.lesson().next == 0) session.answer(0);  // the lesson opens with a question
  session.take_step();
  session.work();
  session.show_head();
}

void type(Session& session, const std::string& line) {
  session.type(line);
  session.work();
  session.show_head();
}

TEST(Session, TakesALessonAsItIsPlayed) {
  Session session(divewatch());
  while (session.lesson().next < session.scenario().steps.size()) {
    const ScenarioStep& next = session.scenario().steps[session.lesson().next];
    if (next.predict) {
      EXPECT_FALSE(session.may_take_step()) << next.id;
      session.answer(0);
    }
    if (next.task) {
      EXPECT_FALSE(session.may_take_step()) << next.id;
      session.show_solution();
      session.work();
      session.show_head();
    }
    ASSERT_TRUE(session.may_take_step()) << next.id;
    step(session);
  }
  const Report report = play(*divewatch(), {});
  EXPECT_EQ(session.head().fingerprint(), report.fingerprint);
  EXPECT_EQ(session.check(), "");
}

TEST(Session, EveryMomentCanBeLookedAtAgain) {
  Session session(divewatch());
  for (int i = 0; i < 4; ++i) step(session);
  const World end = session.head();
  Time last = end.now();
  std::uint64_t revision = end.revision();
  while (session.world().now() > session.line().start()) {
    session.step_event(-1);
    ASSERT_LT(session.world().now(), last);
    ASSERT_LE(session.world().revision(), revision);
    last = session.world().now();
    revision = session.world().revision();
  }
  EXPECT_LT(revision, end.revision());
  EXPECT_TRUE(session.in_the_past());
  int forward = 0;
  while (session.in_the_past() && ++forward < 5000) {
    session.step_event(1);
    ASSERT_GT(session.world().now(), last);
    last = session.world().now();
  }
  EXPECT_EQ(session.world().fingerprint(), end.fingerprint());
  EXPECT_EQ(session.head().fingerprint(), end.fingerprint());
}

TEST(Session, ActingInThePastLeavesBothFutures) {
  Session session(divewatch());
  for (int i = 0; i < 4; ++i) step(session);
  const std::uint64_t main = session.head().fingerprint();
  const std::size_t typed = session.line().entries.size();
  session.step_command(-1);
  ASSERT_TRUE(session.in_the_past());
  const Time then = session.world().now();
  type(session, "kubectl get pods -n assets -o name");
  ASSERT_EQ(session.lines().size(), 2u);
  EXPECT_EQ(session.current(), 1u);
  EXPECT_EQ(session.lines()[0]->head().fingerprint(), main);
  EXPECT_EQ(session.lines()[0]->entries.size(), typed);
  EXPECT_EQ(session.line().forked_at, then);
  EXPECT_NE(session.line().entries.back().output.find("pod/assets-"), std::string::npos);
  EXPECT_EQ(session.check(), "");
  session.choose_line(0);
  session.show_head();
  EXPECT_EQ(session.world().fingerprint(), main);
}

TEST(Session, AStepTakenAgainComesToTheSame) {
  Session session(divewatch());
  for (int i = 0; i < 4; ++i) step(session);
  const std::uint64_t main = session.head().fingerprint();
  session.back_to_step(2);
  EXPECT_EQ(session.lesson().next, 2u);
  step(session);
  step(session);
  EXPECT_EQ(session.lines().size(), 2u);
  EXPECT_EQ(session.head().fingerprint(), main);
}

TEST(Session, VariablesOfTheShellGoWithTheFork) {
  Session session(ui::scenario_of_cluster(""));
  type(session, "A=first");
  type(session, "sleep 10");
  type(session, "A=second");
  type(session, "sleep 10");
  session.show(session.line().start() + seconds(5));
  type(session, "echo $A");
  EXPECT_EQ(session.line().entries.back().output, "first\n");
  session.choose_line(0);
  session.show_head();
  type(session, "echo $A");
  EXPECT_EQ(session.line().entries.back().output, "second\n");
}

TEST(Session, TheClockTravelsAtItsPace) {
  Session session(ui::scenario_of_cluster(""));
  session.set_pace(Pace::Ten);
  const Time start = session.world().now();
  session.type("sleep 60");
  session.work();
  EXPECT_TRUE(session.following());
  EXPECT_FALSE(session.in_the_past());
  for (int frame = 0; frame < 60; ++frame) session.tick(1.0 / 60);
  EXPECT_NEAR(static_cast<double>((session.world().now() - start).ms()), 10000.0, 50.0);
  session.show_head();
  EXPECT_FALSE(session.following());
  EXPECT_EQ((session.world().now() - start).seconds(), 60);
  // Nothing moves by itself unless it is asked to.
  session.tick(1.0);
  EXPECT_EQ((session.world().now() - start).seconds(), 60);
  session.set_pace(Pace::Real);
  session.play(true);
  for (int frame = 0; frame < 60; ++frame) session.tick(1.0 / 60);
  EXPECT_NEAR(static_cast<double>((session.world().now() - start).ms()), 61000.0, 50.0);
}

TEST(Session, WhileItRunsFramesAreDrawnAndNothingElseActs) {
  Session session(ui::scenario_of_cluster(""));
  type(session, "sleep 1");
  const World* shown = &session.world();
  int frames = 0;
  session.on_progress([&] {
    ++frames;
    ASSERT_NE(session.running(), nullptr);
    EXPECT_GE(session.running()->now(), shown->now());
    session.show(session.line().start());
    session.step_event(-1);
    session.tick(1);
    session.fork_here();
    EXPECT_EQ(&session.world(), shown);
    if (frames == 1) session.type("echo after");
    if (frames == 20) session.stop();
  });
  session.type("sleep 600");
  session.work();
  EXPECT_GE(frames, 20);
  EXPECT_EQ(session.running(), nullptr);
  EXPECT_EQ(session.lines().size(), 1u);
  EXPECT_EQ(session.line().entries.back().exit, 130);
  EXPECT_LT(session.head().elapsed(), minutes(10));
  // What was typed meanwhile comes after.
  session.on_progress({});
  ASSERT_TRUE(session.has_work());
  session.work();
  EXPECT_EQ(session.line().entries.back().output, "after\n");
  EXPECT_EQ(session.check(), "");
}

TEST(Session, OpeningIsSeenGoingOnAndCanBeginAnew) {
  Session session(ui::scenario_of_cluster(""));
  int frames = 0;
  session.on_progress([&] {
    ++frames;
    EXPECT_FALSE(session.has_lesson());  // the one before is still shown
  });
  session.open(divewatch());
  EXPECT_GT(frames, 3);
  EXPECT_TRUE(session.has_lesson());
  const std::uint64_t fresh = session.head().fingerprint();
  session.on_progress({});
  type(session, "kubectl create namespace other");
  EXPECT_NE(session.head().fingerprint(), fresh);
  session.restart();
  EXPECT_TRUE(session.has_work());
  session.work();
  EXPECT_EQ(session.head().fingerprint(), fresh);
}

TEST(Session, WithoutRoomForAnotherLineItIsSaidOnceAndNothingIsDone) {
  Session session(divewatch());
  for (int i = 0; i < 2; ++i) step(session);
  while (session.take_notice().empty()) {
    ASSERT_LT(session.lines().size(), 100u);
    session.back_to_step(0);
    session.fork_here();
  }
  const std::size_t lines = session.lines().size();
  session.choose_line(0);
  session.back_to_step(0);
  session.answer(0);
  EXPECT_NE(session.take_notice().find("lines of time already"), std::string::npos);
  EXPECT_EQ(session.take_notice(), "");
  EXPECT_FALSE(session.line().lesson.answer);
  type(session, "kubectl get pods");
  session.back_to_step(0);
  session.type("kubectl get pods");
  session.work();
  EXPECT_NE(session.take_notice(), "");
  EXPECT_EQ(session.lines().size(), lines);
}

TEST(Session, AShellThatWasLeftOpenDoesNotTakeTheLessonsLines) {
  Session session(divewatch());
  for (int i = 0; i < 3; ++i) step(session);
  type(session, "kubectl exec -it -n assets deployment/assets -- bash");
  ASSERT_TRUE(session.terminal().command_prompt());
  step(session);
  EXPECT_FALSE(session.terminal().command_prompt());
  EXPECT_EQ(session.lesson().taken.back().result.exit, 0);
  // Nor those of a menu.
  type(session, "kubectl exec -it -n assets deployment/assets -- bash");
  ASSERT_TRUE(session.terminal().command_prompt());
  session.command("sim node stop node-b");
  session.work();
  EXPECT_FALSE(session.terminal().command_prompt());
  EXPECT_EQ(session.line().entries.back().command, "sim node stop node-b");
  EXPECT_EQ(session.line().entries.back().exit, 0);
}

TEST(Session, ATrialStandsBesideThePresentUntilItIsDiscarded) {
  Session session(divewatch());
  for (int i = 0; i < 4; ++i) step(session);
  const std::uint64_t main = session.head().fingerprint();
  session.try_out({"more", "더"}, {"kubectl scale -n assets --replicas=3 deployment/assets",
                                   "kubectl rollout status -n assets deployment/assets"});
  session.work();
  session.show_head();
  ASSERT_EQ(session.lines().size(), 2u);
  EXPECT_TRUE(session.line().trial);
  EXPECT_EQ(session.line().name("en"), "fork 1: more");
  EXPECT_EQ(session.line().name("ko"), "분기 1: 더");
  EXPECT_EQ(session.line().entries.back().exit, 0);
  ASSERT_TRUE(session.pinned());
  EXPECT_EQ(session.line_with(session.pinned()->line), session.lines()[0].get());
  EXPECT_NE(session.head().fingerprint(), main);
  EXPECT_EQ(session.check(), "");
  // A fork of the trial outlives it, and then has its parent's parent.
  type(session, "sleep 30");
  session.step_command(-1);
  type(session, "kubectl get pods -n assets");
  ASSERT_EQ(session.lines().size(), 3u);
  session.choose_line(1);
  session.discard_line();
  ASSERT_EQ(session.lines().size(), 2u);
  EXPECT_EQ(session.current(), 0u);
  EXPECT_EQ(session.world().fingerprint(), main);
  EXPECT_FALSE(session.in_the_past());
  EXPECT_EQ(session.lines()[1]->parent, std::size_t{0});
  EXPECT_EQ(session.check(), "");
  session.discard_line();  // never the first
  EXPECT_EQ(session.lines().size(), 2u);
  // Numbers are not given twice.
  session.fork_here();
  EXPECT_EQ(session.line().name("en"), "fork 3");
}

TEST(Session, AWhatIfIsTakenFromWhereItParts) {
  const auto scenario =
      std::make_shared<const Scenario>(load_scenario(source_path("tests/ui/what_if.json")));
  Session session(scenario);
  const Fork& fork = scenario->forks[0];
  step(session);
  EXPECT_FALSE(session.may_try(fork));
  step(session);
  ASSERT_TRUE(session.may_try(fork));
  step(session);
  type(session, "sleep 100");
  const std::uint64_t main = session.head().fingerprint();
  session.try_what_if(fork);
  session.work();
  session.show_head();
  ASSERT_EQ(session.lines().size(), 2u);
  EXPECT_EQ(session.line().what_if, &fork);
  ASSERT_EQ(session.line().outcome.size(), 1u);
  const StepResult& result = session.line().outcome[0];
  ASSERT_EQ(result.checks.size(), 1u);
  EXPECT_TRUE(result.checks[0].held);
  EXPECT_EQ(session.lesson().next, 2u);
  EXPECT_EQ(session.pinned()->time, session.lines()[0]->lesson.taken[2].end);
  EXPECT_EQ(session.check(), "");
  // It comes to the same as when the scenario is played.
  const Report report = play(*scenario, {});
  ASSERT_EQ(report.forks.size(), 1u);
  EXPECT_EQ(report.forks[0].steps[0].output, result.output);
  session.discard_line();
  session.show_head();
  EXPECT_EQ(session.head().fingerprint(), main);
}

}  // namespace
}  // namespace sim::testing
