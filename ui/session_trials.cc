// The part of the session that tries things out: a cure, a what-if of the scenario. Each is a line
// of its own beside the one that it leaves.
#include <algorithm>

#include "ui/session.h"

namespace ui {

const Line* Session::line_with(std::uint64_t serial) const {
  for (const auto& line : lines_) {
    if (line->serial == serial) return line.get();
  }
  return nullptr;
}

void Session::try_out(const sim::Text& title, const std::vector<std::string>& commands) {
  if (running_) return;
  const Pinned present{line().serial, world().now()};
  const std::size_t before = lines_.size();
  fork_here();
  if (lines_.size() == before) return;  // there are too many: said by fork_here()
  here().title = title;
  here().trial = true;
  pinned_ = present;
  for (const std::string& one : commands) command(one);
}

const Checkpoint* Session::checkpoint_at(std::size_t step, std::size_t* index) const {
  const std::vector<Checkpoint>& all = line().checkpoints();
  for (std::size_t i = all.size(); i-- > 0;) {
    if (all[i].lesson.next != step) continue;
    *index = i;
    return &all[i];
  }
  return nullptr;
}

namespace {

std::size_t index_of(const sim::Scenario& scenario, const std::string& step) {
  std::size_t index = 0;
  while (index < scenario.steps.size() && scenario.steps[index].id != step) ++index;
  return index;
}

}  // namespace

bool Session::may_try(const sim::Fork& what_if) const {
  std::size_t index = 0;
  return checkpoint_at(index_of(*scenario_, what_if.before), &index) != nullptr;
}

void Session::try_what_if(const sim::Fork& what_if) {
  const std::size_t step = index_of(*scenario_, what_if.before);
  std::size_t index = 0;
  const Checkpoint* from = checkpoint_at(step, &index);
  if (!from || running_) return;
  // It is compared with the end of the step that it stands in for, where that was taken.
  Pinned other{line().serial, from->time};
  for (const TakenStep& taken : line().lesson.taken) {
    if (taken.step == step) other.time = taken.end;
  }
  playing_ = following_ = false;
  exact_ = index;
  set_shown(std::make_shared<const sim::World>(from->player->world()));
  const std::size_t before = lines_.size();
  fork_here();
  if (lines_.size() == before) return;
  here().title = what_if.title.empty() ? sim::Text{what_if.id, what_if.id} : what_if.title;
  here().trial = true;
  here().what_if = &what_if;
  pinned_ = other;
  wanted_.push_back({Wanted::What::WhatIf, {}});
}

void Session::take_what_if(Line& line) {
  if (!line.what_if) return;
  for (const sim::ScenarioStep& step : line.what_if->steps) {
    const sim::Time begin = line.head().now();
    sim::StepResult result = line.player().take(step);
    note_command(line, result, begin);
    line.outcome.push_back(std::move(result));
    if (stopped_) break;
  }
}

void Session::discard_line() {
  const std::size_t index = current_;
  if (index == 0 || running_) return;
  const std::size_t parent = *here().parent;
  const sim::Time parted = here().forked_at;
  // Lines that left it have their past in common with its parent up to where it parted itself.
  for (const auto& line : lines_) {
    if (!line->parent) continue;
    if (*line->parent == index) {
      line->parent = parent;
      line->forked_at = std::min(line->forked_at, parted);
    } else if (*line->parent > index) {
      --*line->parent;
    }
  }
  if (pinned_ && pinned_->line == here().serial) pinned_.reset();
  lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(index));
  goals_line_ = nullptr;
  wanted_.clear();
  playing_ = false;
  current_ = parent;
  show(parted);
  if (pinned_ && lines_.size() == 1) pinned_.reset();
}

}  // namespace ui
