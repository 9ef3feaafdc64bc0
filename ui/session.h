// What the window works on: a scenario or a cluster, the lines of time that came of it, which
// moment of which line is shown, and the virtual clock. Panels read it and add commands; a command
// runs between two frames and the shown moment then travels to where it ended, at the chosen pace.
//
// Going back never edits the past: a command typed at an earlier moment begins a line of its own,
// and both futures stay. Nothing here reads the machine's clock.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ui/line.h"

namespace ui {

/// A moment to compare what is shown with.
struct Pinned {
  std::uint64_t line = 0;  // its serial
  sim::Time time{};
  friend bool operator==(const Pinned&, const Pinned&) = default;
};

enum class Pace { Real, Ten, Fast };  // 1×, 10×, as fast as possible

class Session {
 public:
  /// A cluster without a lesson.
  explicit Session(std::shared_ptr<const sim::Scenario> scenario, std::string language = "en");

  /// Begins anew with another scenario. Throws InputError when that cannot begin; everything is
  /// then as it was.
  void open(std::shared_ptr<const sim::Scenario> scenario);
  const sim::Scenario& scenario() const { return *scenario_; }
  bool has_lesson() const { return !scenario_->steps.empty(); }
  void set_language(const std::string& language);

  // What is shown.
  const sim::World& world() const { return *shown_; }
  /// Another number whenever world() is another world.
  std::uint64_t version() const { return version_; }
  /// The newest world of the line that is shown.
  const sim::World& head() const { return line().head(); }
  bool in_the_past() const { return world().now() < head().now() && !following_; }
  sim::Duration elapsed() const { return world().elapsed(); }
  const std::map<std::string, sim::Uid>& bound() const { return here().player().bound(); }
  const sim::Terminal& terminal() const { return here().player().terminal(); }

  // Lines of time.
  const std::vector<std::unique_ptr<Line>>& lines() const { return lines_; }
  std::size_t current() const { return current_; }
  const Line& line() const { return *lines_[current_]; }
  void choose_line(std::size_t index);
  /// Null when it was discarded.
  const Line* line_with(std::uint64_t serial) const;
  const std::optional<Pinned>& pinned() const { return pinned_; }
  void pin() { pinned_ = Pinned{line().serial, world().now()}; }
  void unpin() { pinned_.reset(); }

  // Trials: futures beside the present, to be compared with it, and kept or discarded. In
  // session_trials.cc.
  /// Begins a line at the moment that is shown and types there.
  void try_out(const sim::Text& title, const std::vector<std::string>& commands);
  /// Whether this line has come to where a what-if of the scenario parts from it.
  bool may_try(const sim::Fork& what_if) const;
  /// Begins a line there and takes the what-if's steps.
  void try_what_if(const sim::Fork& what_if);
  void keep_line() { here().trial = false; }
  /// Takes the line that is shown away and goes back to where it parted; never the first.
  void discard_line();

  // Moving through what has happened.
  void show(sim::Time time);
  void show_head();
  /// To the moment of the next change (+1) or the one before (-1).
  void step_event(int direction);
  /// To the end of the next command, or to just before the last one.
  void step_command(int direction);

  // The clock.
  Pace pace() const { return pace_; }
  void set_pace(Pace pace) { pace_ = pace; }
  bool playing() const { return playing_; }
  void play(bool on) { playing_ = on; }
  /// The shown moment travels to where the last command ended.
  bool following() const { return following_; }
  /// `seconds` have passed since the last frame.
  void tick(double seconds);

  // Acting. What is asked for here is done by work().
  void type(std::string lines);
  /// The same, once any shell inside a container that was left open has been left.
  void command(std::string line);
  /// Begins the scenario anew.
  void restart();
  /// Takes the lesson's next step.
  void take_step();
  /// Takes steps at once until `step` is the next one, with the given answers (by step, the
  /// option's id; without one the first is taken); tasks are solved.
  void play_to(std::size_t step, const std::map<std::string, std::string>& answers = {});
  void answer(std::size_t option);
  void answer_cell(std::size_t pod, bool sees);
  bool may_take_step() const;  // there is one, and what it asks is answered or done
  /// The goals of the task that is next, as they stand in the newest world; empty: no task.
  const std::vector<sim::CheckResult>& goals() const;
  /// Does what the task's first solution says.
  void show_solution();
  void show_hint();
  /// Goes back to just before a step was taken; the next act there begins a fork.
  void back_to_step(std::size_t taken);
  void fork_here();
  /// Lets time pass until nothing is going on.
  void settle();
  bool has_work() const { return !wanted_.empty() || running_; }
  void work();

  // While work() or open() runs, frames may be drawn in between: what is shown stands still then,
  // and nothing but stop() has an effect; what is typed comes after.
  void on_progress(std::function<void()> progress) { progress_ = std::move(progress); }
  /// The world that work() or open() has come to; null: nothing runs.
  const sim::World* running() const { return running_ ? &running_->head() : nullptr; }
  /// Ends what runs, as Ctrl-C does.
  void stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }
  /// The state of the lesson at the moment that is shown.
  const LessonState& lesson() const;
  /// How many of the line's entries had begun by the moment that is shown.
  std::size_t entries_shown() const;
  /// What the person is to be told of the last act, once; empty: nothing.
  std::string take_notice() { return std::exchange(notice_, {}); }

  /// Lines in order, moments in order, journals that agree up to where lines part; empty when so.
  std::string check() const;

 private:
  struct Wanted {
    enum class What { Type, Command, Step, Settle, Solve, WhatIf, Restart } what;
    std::string lines;
  };

  Line& here() const { return *lines_[current_]; }
  void set_shown(std::shared_ptr<const sim::World> world);
  void progress();
  void watch(Line& line);
  /// The line to act on: a new one when what is shown is in the past; null when there is no room
  /// for another, which is said.
  Line* acting();
  void carry_out(const Wanted& wanted, Line& line);
  void run(Line& line, const std::string& lines);
  void leave_shells(Line& line);
  void take(Line& line);
  static void foresee(Line& line, const sim::ScenarioStep& step,
                      const std::map<std::string, std::string>& answers);
  void solve(Line& line);
  void take_what_if(Line& line);
  const Checkpoint* checkpoint_at(std::size_t step, std::size_t* index) const;
  void note_command(Line& line, const sim::StepResult& result, sim::Time begin);
  std::size_t checkpoint_before(const Line& line, sim::Time time) const;

  std::shared_ptr<const sim::Scenario> scenario_;
  std::unique_ptr<sim::PlayOptions> options_;
  std::vector<std::unique_ptr<Line>> lines_;
  std::size_t current_ = 0;
  std::uint64_t forks_ = 0;  // made so far
  std::optional<Pinned> pinned_;
  std::shared_ptr<const sim::World> shown_;
  std::optional<std::size_t>
      exact_;  // the checkpoint that is shown, where times alone are not enough
  std::uint64_t version_ = 0;
  bool following_ = false;
  bool playing_ = false;
  Pace pace_ = Pace::Ten;
  std::vector<Wanted> wanted_;
  std::function<void()> progress_;
  Line* running_ = nullptr;
  bool stopped_ = false;
  std::string notice_;
  // The goals of a task are looked at again when the world has changed.
  mutable std::vector<sim::CheckResult> goals_;
  mutable std::uint64_t goals_revision_ = 0;
  mutable const Line* goals_line_ = nullptr;
  mutable std::size_t goals_step_ = 0;
};

/// A scenario without steps: the cluster that `podsight shell` begins with, or the file's.
std::shared_ptr<const sim::Scenario> scenario_of_cluster(const std::string& file);

}  // namespace ui
