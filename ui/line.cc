#include "ui/line.h"

#include <algorithm>
#include <utility>

#include "sim/base/check.h"
#include "sim/base/format.h"

namespace ui {
namespace {

// More moments than this are thinned out: those in between can be worked out again.
constexpr std::size_t kMostMoments = 1500;

/// Whether a command or a fault is among the changes after `from`.
bool was_acted(const sim::World& world, std::uint64_t from) {
  const sim::Journal& journal = world.journal();
  for (std::uint64_t r = std::max(from + 1, journal.first()); r <= journal.last(); ++r) {
    if (r != 0 && !journal.at(r).ref) return true;
  }
  return false;
}

}  // namespace

Line::Line(const sim::Scenario& scenario, const sim::PlayOptions& options)
    : player_(std::make_unique<sim::Player>(scenario, options)) {}

void Line::prepare() {
  player_->prepare();
  note(head());
  check_in();
}

Line::Line(const Line& other, std::size_t checkpoint, sim::Time time) {
  SIM_CHECK(checkpoint < other.checkpoints_.size());
  const Checkpoint& from = other.checkpoints_[checkpoint];
  // At the checkpoint itself the play's own world is meant: another command may have taken no time.
  player_ = from.player->fork_at(time <= from.time ? from.player->world() : *other.at(time));
  entries.assign(other.entries.begin(),
                 other.entries.begin() + static_cast<std::ptrdiff_t>(from.entries));
  lesson = from.lesson;
  checkpoints_.assign(other.checkpoints_.begin(),
                      other.checkpoints_.begin() + static_cast<std::ptrdiff_t>(checkpoint) + 1);
  for (const auto& moment : other.moments_) {
    if (moment->world.revision() <= head().revision() && moment->world.now() <= head().now()) {
      moments_.push_back(moment);
    }
  }
  forked_at = head().now();
  note(head());
}

std::string Line::name(const std::string& language) const {
  const bool korean = language == "ko";
  if (!parent) return korean ? "메인" : "main";
  const std::string number = fmt::format("{} {}", korean ? "분기" : "fork", serial);
  return title.empty() ? number : fmt::format("{}: {}", number, title.in(language));
}

std::shared_ptr<const sim::World> Line::at(sim::Time time) const {
  const auto after = std::upper_bound(
      moments_.begin(), moments_.end(), time,
      [](sim::Time t, const std::shared_ptr<const Moment>& m) { return t < m->world.now(); });
  const auto& moment = after == moments_.begin() ? moments_.front() : *(after - 1);
  // What happened by itself since then happens again, in the same way.
  const sim::Time limit = std::min(time, head().now());
  if (moment->world.now() >= limit) return {moment, &moment->world};
  const bool goes_on = again_ && again_->now() >= moment->world.now() && again_->now() <= limit;
  sim::Simulation again(goes_on ? *again_ : moment->world);
  again.run_until(limit);
  again_ = std::make_shared<const sim::World>(again.world());
  return again_;
}

void Line::note(const sim::World& world) {
  const std::uint64_t before = moments_.empty() ? 0 : moments_.back()->world.revision();
  if (!moments_.empty() && world.revision() == before) return;
  bool acted = moments_.empty() || was_acted(world, before);
  if (!moments_.empty() && moments_.back()->world.now() == world.now()) {
    acted = acted || moments_.back()->pinned;
    moments_.pop_back();
  }
  moments_.push_back(std::make_shared<const Moment>(Moment{world, acted}));
  again_.reset();
  if (moments_.size() > kMostMoments) thin_out();
}

void Line::check_in() {
  checkpoints_.push_back({player_->fork(), lesson, entries.size(), head().now()});
}

void Line::thin_out() {
  std::vector<std::shared_ptr<const Moment>> kept;
  bool keep = true;
  for (std::size_t i = 0; i < moments_.size(); ++i) {
    const bool last = i + 1 == moments_.size();
    if (moments_[i]->pinned || last || keep) kept.push_back(moments_[i]);
    keep = !keep;
  }
  moments_ = std::move(kept);
}

}  // namespace ui
