// One line of time that the window has seen: the play that stands at its end, the moments that it
// came through, and what was typed. A fork begins as a copy of the line it leaves, up to the moment
// where it leaves it; nothing is ever taken out of a line.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/player.h"

namespace ui {

/// The world as it stood when the clock left an instant.
struct Moment {
  sim::World world;
  bool pinned = false;  // somebody acted since the moment before: it cannot be worked out again
};

/// What was typed, and what came of it.
struct Entry {
  std::string command;
  std::string output;
  std::vector<std::pair<sim::Time, std::size_t>> progress;  // how long the output was when
  int exit = 0;
  sim::Time begin{};
  sim::Time end{};
  bool by_lesson = false;
};

/// A step of the lesson that was taken.
struct TakenStep {
  std::size_t step = 0;
  std::optional<std::size_t> answer;  // of the prediction's options
  std::vector<bool> cells;            // of a prediction about pods: which were said to see the file
  sim::StepResult result;
  sim::Time begin{};
  sim::Time end{};
};

struct LessonState {
  std::size_t next = 0;  // the step to be taken
  std::optional<std::size_t> answer;
  std::vector<bool> cells;
  std::size_t hints = 0;  // shown so far for this step
  std::vector<TakenStep> taken;
};

/// A play as it stood after a command: where a fork can begin.
struct Checkpoint {
  std::shared_ptr<const sim::Player> player;
  LessonState lesson;
  std::size_t entries = 0;
  sim::Time time{};
};

class Line {
 public:
  /// Both must outlive it. The cluster is made; the line begins when prepare() has applied its
  /// manifests.
  Line(const sim::Scenario& scenario, const sim::PlayOptions& options);
  void prepare();
  /// Leaves `parent` at `time`, with what the person had after `checkpoint`.
  Line(const Line& parent, std::size_t checkpoint, sim::Time time);

  sim::Player& player() { return *player_; }
  const sim::Player& player() const { return *player_; }
  const sim::World& head() const { return player_->world(); }
  /// The world as it stood at a time of this line; the latest one for times after its end.
  std::shared_ptr<const sim::World> at(sim::Time time) const;
  sim::Time start() const { return moments_.front()->world.now(); }

  /// Notes the world as it stands.
  void note(const sim::World& world);
  /// Notes that a command or step has ended.
  void check_in();
  const std::vector<std::shared_ptr<const Moment>>& moments() const { return moments_; }
  const std::vector<Checkpoint>& checkpoints() const { return checkpoints_; }

  std::vector<Entry> entries;
  LessonState lesson;
  std::optional<std::size_t> parent;  // among the session's lines
  sim::Time forked_at{};
  std::uint64_t serial = 0;  // tells it from every other line of the session, discarded ones too
  sim::Text title;           // what it tries; empty: nothing named
  bool trial = false;        // it waits to be kept or discarded
  const sim::Fork* what_if = nullptr;    // of the scenario, that it plays, and …
  std::vector<sim::StepResult> outcome;  // … what came of its steps so far

  /// "main", "fork 1", "fork 2: a cure".
  std::string name(const std::string& language) const;

 private:
  void thin_out();

  std::unique_ptr<sim::Player> player_;
  std::vector<std::shared_ptr<const Moment>> moments_;
  std::vector<Checkpoint> checkpoints_;
  // What at() worked out last: the clock often moves on from there.
  mutable std::shared_ptr<const sim::World> again_;
};

}  // namespace ui
