#include "ui/session.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"

namespace ui {
namespace {

// How much of the world moves on in a frame while time passes as fast as possible.
constexpr std::uint64_t kFastChanges = 200;
constexpr sim::Duration kFastest = sim::hours(1);
constexpr sim::Duration kSettleLimit = sim::minutes(30);
// The longest that a frame counts: a window that was dragged must not leap.
constexpr double kLongestFrame = 0.1;
constexpr std::size_t kMostLines = 12;
constexpr int kMostShells = 10;

/// Says which line runs, as long as it lives.
class Running {
 public:
  Running(Line*& running, Line* line) : running_(running), before_(running) { running = line; }
  ~Running() { running_ = before_; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  Line*& running_;
  Line* before_;
};

sim::Duration of_seconds(double seconds) { return {static_cast<std::int64_t>(seconds * 1e9)}; }

}  // namespace

Session::Session(std::shared_ptr<const sim::Scenario> scenario, std::string language)
    : options_(std::make_unique<sim::PlayOptions>()) {
  options_->language = std::move(language);
  open(std::move(scenario));
}

void Session::open(std::shared_ptr<const sim::Scenario> scenario) {
  // The new line is made first: a scenario that cannot begin leaves everything as it is.
  auto line = std::make_unique<Line>(*scenario, *options_);
  stopped_ = false;
  {
    const Running running(running_, line.get());
    line->player().simulation().watch([this](const sim::World&, sim::Time) { progress(); });
    line->player().terminal().set_interrupt([this] { return stopped_; });
    line->prepare();
  }
  watch(*line);
  lines_.clear();
  scenario_ = std::move(scenario);
  lines_.push_back(std::move(line));
  current_ = 0;
  forks_ = 0;
  goals_line_ = nullptr;
  pinned_.reset();
  wanted_.clear();
  following_ = playing_ = false;
  notice_.clear();
  show_head();
}

void Session::set_language(const std::string& language) {
  options_->language = language;
  goals_line_ = nullptr;
}

void Session::set_shown(std::shared_ptr<const sim::World> world) {
  if (shown_ && world->revision() == shown_->revision() && world->now() == shown_->now() &&
      world->fingerprint() == shown_->fingerprint()) {
    return;
  }
  shown_ = std::move(world);
  ++version_;
}

void Session::progress() {
  if (running_ && progress_) progress_();
}

void Session::watch(Line& line) {
  line.player().simulation().watch([this, &line](const sim::World& world, sim::Time) {
    line.note(world);
    progress();
  });
  line.player().terminal().set_interrupt([this] { return stopped_; });
}

void Session::choose_line(std::size_t index) {
  if (running_ || index >= lines_.size() || index == current_) return;
  const sim::Time time = world().now();
  current_ = index;
  following_ = playing_ = false;
  exact_.reset();
  set_shown(here().at(std::min(time, head().now())));
  if (time >= head().now()) show_head();
}

void Session::show(sim::Time time) {
  if (running_) return;
  following_ = false;
  exact_.reset();
  if (time >= head().now()) {
    show_head();
    return;
  }
  set_shown(here().at(std::max(time, here().start())));
}

void Session::show_head() {
  if (running_) return;
  following_ = false;
  exact_.reset();
  set_shown(std::make_shared<const sim::World>(head()));
}

void Session::step_event(int direction) {
  if (running_) return;
  playing_ = false;
  const sim::Time now = world().now();
  const sim::Journal& journal = head().journal();
  if (direction > 0) {
    if (now < head().now()) {
      // The first change after what is shown.
      std::uint64_t next = std::max(world().revision() + 1, journal.first());
      show(next <= journal.last() ? journal.at(next).time : head().now());
      return;
    }
    // At the end of the line: the world takes a step of its own.
    here().player().simulation().run_until_change(now + kFastest);
    here().player().simulation().run_until(head().now());
    here().note(head());
    show_head();
    return;
  }
  std::uint64_t last = std::min(world().revision(), journal.last());
  while (last >= journal.first() && last > 0 && journal.at(last).time >= now) --last;
  const bool none = last < journal.first() || last == 0;
  show(none ? here().start() : std::max(journal.at(last).time, here().start()));
}

void Session::step_command(int direction) {
  if (running_) return;
  playing_ = false;
  const sim::Time now = world().now();
  const std::vector<Entry>& entries = here().entries;
  if (direction > 0) {
    for (const Entry& entry : entries) {
      if (entry.end > now) {
        show(entry.end);
        return;
      }
    }
    show_head();
    return;
  }
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (entry->begin < now) {
      show(entry->begin);
      return;
    }
  }
  show(here().start());
}

void Session::tick(double seconds) {
  if (running_ || (!following_ && !playing_)) return;
  const double passed = std::clamp(seconds, 0.0, kLongestFrame);
  const sim::Duration step = of_seconds(passed * (pace_ == Pace::Ten ? 10.0 : 1.0));
  const sim::Time now = world().now();
  if (now < head().now()) {
    const sim::Time to = now + step;
    if (pace_ == Pace::Fast || to >= head().now()) {
      show_head();
    } else {
      set_shown(here().at(to));
    }
    return;
  }
  following_ = false;
  if (!playing_) return;
  sim::Simulation& simulation = here().player().simulation();
  if (pace_ == Pace::Fast) {
    const std::uint64_t before = head().revision();
    const sim::Time end = head().now() + kFastest;
    while (head().revision() < before + kFastChanges && head().now() < end) {
      if (!simulation.run_until_change(end)) break;
    }
    if (head().busy() == 0) playing_ = false;
  } else {
    simulation.run_until(head().now() + step);
  }
  here().note(head());
  show_head();
}

void Session::type(std::string lines) { wanted_.push_back({Wanted::What::Type, std::move(lines)}); }

void Session::command(std::string line) {
  wanted_.push_back({Wanted::What::Command, std::move(line)});
}

void Session::take_step() {
  if (may_take_step()) wanted_.push_back({Wanted::What::Step, {}});
}

void Session::play_to(std::size_t step, const std::map<std::string, std::string>& answers) {
  Line* const line = acting();
  if (!line) return;
  stopped_ = false;
  {
    const Running running(running_, line);
    const std::size_t end = std::min(step, scenario_->steps.size());
    while (line->lesson.next < end && !stopped_) {
      const std::size_t before = line->lesson.next;
      const sim::ScenarioStep& next = scenario_->steps[before];
      if (next.predict) foresee(*line, next, answers);
      if (next.task) solve(*line);
      take(*line);
      line->note(line->head());
      line->check_in();
      if (line->lesson.next == before) break;  // a task that its own solution does not solve
    }
  }
  show_head();
}

/// Answers what a step asks, by the given answers or with its first option.
void Session::foresee(Line& line, const sim::ScenarioStep& step,
                      const std::map<std::string, std::string>& answers) {
  line.lesson.answer = 0;
  line.lesson.cells.assign(step.predict->matrix_pods.size(), false);
  const auto given = answers.find(step.id);
  if (given == answers.end()) return;
  for (std::size_t i = 0; i < step.predict->options.size(); ++i) {
    if (step.predict->options[i].id == given->second) line.lesson.answer = i;
  }
}

void Session::settle() { wanted_.push_back({Wanted::What::Settle, {}}); }

const LessonState& Session::lesson() const {
  if (!in_the_past() && !exact_) return line().lesson;
  const std::size_t at = exact_ ? *exact_ : checkpoint_before(line(), world().now());
  return line().checkpoints()[at].lesson;
}

void Session::answer(std::size_t option) {
  if (Line* line = acting()) line->lesson.answer = option;
}

void Session::answer_cell(std::size_t pod, bool sees) {
  Line* line = acting();
  if (!line) return;
  std::vector<bool>& cells = line->lesson.cells;
  const std::size_t next = line->lesson.next;
  if (next >= scenario_->steps.size() || !scenario_->steps[next].predict) return;
  cells.resize(scenario_->steps[next].predict->matrix_pods.size());
  if (pod < cells.size()) cells[pod] = sees;
}

bool Session::may_take_step() const {
  const LessonState& state = lesson();
  if (running_ || state.next >= scenario_->steps.size()) return false;
  const sim::ScenarioStep& step = scenario_->steps[state.next];
  for (const sim::CheckResult& goal : goals()) {
    if (!goal.held) return false;
  }
  if (!step.predict) return true;
  if (!step.predict->matrix_pods.empty()) return !state.cells.empty();
  return state.answer.has_value();
}

const std::vector<sim::CheckResult>& Session::goals() const {
  const std::size_t next = line().lesson.next;
  const bool fresh =
      goals_line_ == &line() && goals_revision_ == head().revision() && goals_step_ == next;
  if (fresh) return goals_;
  goals_.clear();
  goals_line_ = &line();
  goals_revision_ = head().revision();
  goals_step_ = next;
  if (next < scenario_->steps.size() && scenario_->steps[next].task) {
    here().player().met(*scenario_->steps[next].task, {}, &goals_);
  }
  return goals_;
}

void Session::restart() { wanted_.push_back({Wanted::What::Restart, {}}); }

void Session::show_solution() { wanted_.push_back({Wanted::What::Solve, {}}); }

void Session::show_hint() {
  if (!in_the_past() && !exact_) ++here().lesson.hints;
}

void Session::back_to_step(std::size_t taken) {
  if (running_) return;
  const std::vector<Checkpoint>& checkpoints = here().checkpoints();
  for (std::size_t i = checkpoints.size(); i-- > 0;) {
    if (checkpoints[i].lesson.taken.size() != taken) continue;
    playing_ = following_ = false;
    exact_ = i;
    set_shown(std::make_shared<const sim::World>(checkpoints[i].player->world()));
    return;
  }
}

std::size_t Session::checkpoint_before(const Line& line, sim::Time time) const {
  const std::vector<Checkpoint>& all = line.checkpoints();
  for (std::size_t i = all.size(); i-- > 0;) {
    if (all[i].time <= time) return i;
  }
  return 0;
}

void Session::fork_here() {
  if (running_) return;
  if (lines_.size() >= kMostLines) {
    notice_ = fmt::format("There are {} lines of time already: open the lesson again to begin anew",
                          kMostLines);
    return;
  }
  const std::size_t from = current_;
  const sim::Time time = world().now();
  const std::size_t checkpoint = exact_ ? *exact_ : checkpoint_before(here(), time);
  auto fork = std::make_unique<Line>(here(), checkpoint,
                                     exact_ ? here().checkpoints()[checkpoint].time : time);
  fork->parent = from;
  fork->serial = ++forks_;
  lines_.push_back(std::move(fork));
  current_ = lines_.size() - 1;
  watch(here());
  here().check_in();
  show_head();
}

Line* Session::acting() {
  if (running_) return nullptr;
  if (in_the_past() || exact_) fork_here();
  return in_the_past() || exact_ ? nullptr : &here();
}

void Session::run(Line& line, const std::string& lines) {
  sim::Terminal& terminal = line.player().terminal();
  Entry entry;
  entry.command = lines;
  entry.begin = line.head().now();
  terminal.attend();
  const sim::Terminal::Result result = terminal.run(lines);
  terminal.attend(false);
  entry.output = result.output;
  entry.progress = result.progress;
  entry.exit = result.exit;
  entry.end = line.head().now();
  line.entries.push_back(std::move(entry));
}

/// A shell inside a container that was left open would take the lines that follow for its own.
void Session::leave_shells(Line& line) {
  for (int i = 0; line.player().terminal().command_prompt() && i < kMostShells; ++i) {
    run(line, "exit");
  }
}

void Session::take(Line& line) {
  const std::size_t index = line.lesson.next;
  if (index >= scenario_->steps.size()) return;
  const sim::ScenarioStep& step = scenario_->steps[index];
  leave_shells(line);
  TakenStep taken;
  taken.step = index;
  taken.answer = line.lesson.answer;
  taken.cells = line.lesson.cells;
  taken.begin = line.head().now();
  sim::Player& player = line.player();
  taken.result = player.open(step);
  if (step.task && !player.met(*step.task, taken.result, &taken.result.checks)) return;
  if (step.task) {
    std::vector<sim::CheckResult> probes;
    if (!player.stands(*step.task, &probes)) {
      for (const sim::CheckResult& probe : probes) {
        if (!probe.held) notice_ = "✗ " + probe.label;
      }
      return;
    }
  }
  if (step.action) player.act(*step.action, &taken.result);
  if (step.until || step.until_settled) player.wait(step, &taken.result);
  player.close(step, &taken.result);
  taken.end = line.head().now();
  note_command(line, taken.result, taken.begin);
  line.lesson.taken.push_back(std::move(taken));
  line.lesson.next = index + 1;
  line.lesson.answer.reset();
  line.lesson.cells.clear();
  line.lesson.hints = 0;
}

void Session::note_command(Line& line, const sim::StepResult& result, sim::Time begin) {
  if (result.command.empty()) return;
  Entry entry;
  entry.command = result.command;
  entry.output = result.output;
  entry.exit = result.exit;
  entry.begin = begin;
  entry.end = line.head().now();
  entry.by_lesson = true;
  line.entries.push_back(std::move(entry));
}

void Session::solve(Line& line) {
  if (line.lesson.next >= scenario_->steps.size()) return;
  const sim::ScenarioStep& step = scenario_->steps[line.lesson.next];
  if (!step.task || step.task->solutions.empty()) return;
  sim::Player& player = line.player();
  const sim::Time limit = line.head().now() + step.within;
  for (const sim::Action& action : step.task->solutions.front().actions) {
    sim::StepResult result;
    const sim::Time begin = line.head().now();
    player.act(action, &result);
    note_command(line, result, begin);
  }
  player.await_goals(step, {}, limit);
}

void Session::carry_out(const Wanted& wanted, Line& line) {
  const Running running(running_, &line);
  switch (wanted.what) {
    case Wanted::What::Type:
      run(line, wanted.lines);
      break;
    case Wanted::What::Command:
      leave_shells(line);
      run(line, wanted.lines);
      break;
    case Wanted::What::Step:
      take(line);
      break;
    case Wanted::What::Solve:
      solve(line);
      break;
    case Wanted::What::WhatIf:
      take_what_if(line);
      break;
    case Wanted::What::Settle:
      line.player().simulation().run_until_settled(line.head().now() + kSettleLimit);
      break;
    case Wanted::What::Restart:
      break;  // of the session, not of a line
  }
  line.note(line.head());
  line.check_in();
}

void Session::work() {
  if (wanted_.empty() || running_) return;
  const std::vector<Wanted> wanted = std::exchange(wanted_, {});
  for (const Wanted& one : wanted) {
    notice_.clear();
    if (one.what == Wanted::What::Restart) {
      open(scenario_);
      return;
    }
    // Acting in the past when there is no room for another line: said, and nothing done.
    Line* line = acting();
    if (!line) return;
    stopped_ = false;
    const std::shared_ptr<const sim::World> from = shown_;
    carry_out(one, *line);
    // What took no time is there at once; the rest is seen coming.
    if (line->head().now() <= from->now() || pace_ == Pace::Fast) {
      show_head();
    } else {
      set_shown(from);
      following_ = true;
    }
  }
}

std::size_t Session::entries_shown() const {
  if (exact_) return line().checkpoints()[*exact_].entries;
  const std::vector<Entry>& entries = line().entries;
  if (!in_the_past() && !following_) return entries.size();
  std::size_t count = 0;
  // At the moment at which a command is about to be typed it is not there yet.
  const sim::Time now = world().now();
  for (const Entry& entry : entries) {
    count += following_ ? entry.begin <= now : entry.begin < now || entry.end <= now;
  }
  return count;
}

std::string Session::check() const {
  if (current_ >= lines_.size()) return "no line is shown";
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const Line& line = *lines_[i];
    sim::Time last{};
    for (const auto& moment : line.moments()) {
      if (moment->world.now() < last) return fmt::format("line {}: moments out of order", i);
      last = moment->world.now();
    }
    if (line.parent) {
      if (*line.parent >= i) return fmt::format("line {} comes before its parent", i);
      const sim::Journal& ours = line.head().journal();
      const sim::Journal& theirs = lines_[*line.parent]->head().journal();
      for (std::uint64_t r = std::max(ours.first(), theirs.first());
           r <= std::min(ours.last(), theirs.last()) && ours.at(r).time < line.forked_at; ++r) {
        if (ours.at(r).after != theirs.at(r).after) {
          return fmt::format("line {}: its past is not its parent's at revision {}", i, r);
        }
      }
    }
    if (const std::string wrong = sim::check_invariants(line.head()); !wrong.empty()) {
      return fmt::format("line {}: {}", i, wrong);
    }
  }
  if (world().now() > head().now()) return "what is shown is later than the end of its line";
  return "";
}

std::shared_ptr<const sim::Scenario> scenario_of_cluster(const std::string& file) {
  sim::ClusterFile cluster = file.empty() ? sim::default_cluster() : sim::load_cluster(file);
  auto scenario = std::make_shared<sim::Scenario>();
  scenario->file = file;
  scenario->title = {file.empty() ? "A cluster to try things in" : file,
                     file.empty() ? "연습용 클러스터" : file};
  scenario->cluster = std::move(cluster.cluster);
  scenario->manifests = std::move(cluster.manifests);
  return scenario;
}

}  // namespace ui
