#include "sim/scenario/moments.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/base/nearest.h"
#include "sim/graph/difference.h"
#include "sim/graph/picture.h"

namespace sim {
namespace {

constexpr std::size_t kMostMoments = 120;  // of one page
constexpr std::size_t kMostPagePaths = 8;  // columns of its table
constexpr std::size_t kMostLooks = 20000;  // moments looked at while a run goes on

/// "00:01:30.5" as to_clock() writes it.
std::optional<Duration> parse_clock(std::string_view text) {
  std::vector<std::int64_t> fields;
  std::string_view fraction;
  if (const std::size_t dot = text.find('.'); dot != std::string_view::npos) {
    fraction = text.substr(dot + 1);
    text = text.substr(0, dot);
  }
  while (fields.size() < 4) {
    const std::size_t end = std::min(text.find(':'), text.size());
    std::int64_t value = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + end, value);
    if (error != std::errc() || at != text.data() + end || value < 0 || value > 100000) {
      return std::nullopt;
    }
    fields.push_back(value);
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  if (fields.size() != 3) return std::nullopt;
  Duration time = hours(fields[0]) + minutes(fields[1]) + seconds(fields[2]);
  std::int64_t unit = 100'000'000;
  for (const char c : fraction) {
    if (c < '0' || c > '9' || unit == 0) return std::nullopt;
    time = time + Duration{(c - '0') * unit};
    unit /= 10;
  }
  return time;
}

/// A moment by time or by step.
struct Wanted {
  std::optional<Duration> time;
  std::string step;
};

Wanted read_moment(const Scenario& scenario, const std::string& moment) {
  Wanted wanted;
  if (moment.empty()) return wanted;
  for (const ScenarioStep& step : scenario.steps) {
    if (step.id == moment) wanted.step = moment;
  }
  if (!wanted.step.empty()) return wanted;
  wanted.time = parse_duration(moment);
  if (!wanted.time) wanted.time = parse_clock(moment);
  if (wanted.time && wanted.time->ns >= 0) return wanted;
  std::vector<std::string> ids;
  for (const ScenarioStep& step : scenario.steps) ids.push_back(step.id);
  throw InputError(fmt::format(
      "\"{}\" is no moment of {}: a time such as 90s or 00:01:30, or the id of a step; {}", moment,
      scenario.file, hint_for(moment, ids)));
}

std::vector<std::string> without_repeats(const std::vector<std::string>& paths) {
  std::vector<std::string> once;
  for (const std::string& path : paths) {
    if (std::find(once.begin(), once.end(), path) == once.end()) once.push_back(path);
  }
  return once;
}

/// Namespaces of the cluster's own are no part of a lesson.
bool is_of_system(const MatrixRow& row) { return row.ns.view().substr(0, 5) == "kube-"; }

/// Collects moments while a scenario plays.
class Album {
 public:
  Album(const PlayOptions& options, SeeQuestion question)
      : options_(options), question_(std::move(question)) {}

  void look(const Glimpse& glimpse) {
    if (glimpse.ended) {
      add(glimpse.world, glimpse.ended);
      return;
    }
    if (glimpse.world.revision() == revision_ || ++looks_ > kMostLooks) return;
    revision_ = glimpse.world.revision();
    add(glimpse.world, nullptr);
  }
  /// The last moment so far.
  const Moment& last() const { return moments_.back(); }
  std::vector<Moment> take() {
    thin_out();
    return std::move(moments_);
  }

 private:
  void add(const World& world, const StepResult* step) {
    sight_.follow(world);
    Matrix matrix = see(sight_, question_, nullptr);
    if (question_.ns.empty()) {
      matrix.rows.erase(std::remove_if(matrix.rows.begin(), matrix.rows.end(), is_of_system),
                        matrix.rows.end());
    }
    std::string picture = to_svg(world, matrix, options_.language, true);
    if (!step && picture == picture_) return;
    picture_ = picture;
    Moment moment;
    const Chronicle chronicle(world);
    moment.matrix = see(sight_, question_, &chronicle);
    if (question_.ns.empty()) {
      auto& rows = moment.matrix.rows;
      rows.erase(std::remove_if(rows.begin(), rows.end(), is_of_system), rows.end());
    }
    moment.at = world.elapsed();
    // Staleness shows only in the detailed answer.
    moment.picture = to_svg(world, moment.matrix, options_.language, true);
    if (step) {
      describe(*step, moment);
      // What led up to the step's end is part of it.
      if (!moments_.empty() && !is_step_.back() && moments_.back().at == moment.at) {
        moments_.pop_back();
        is_step_.pop_back();
      }
    } else {
      moment.title = options_.language == "ko" ? "클러스터가 바뀜" : "the cluster changes";
    }
    moments_.push_back(std::move(moment));
    is_step_.push_back(step != nullptr);
  }

  static void describe(const StepResult& step, Moment& moment) {
    moment.title = step.title.empty() ? step.id : step.title;
    moment.say = step.say;
    moment.command = step.command;
    moment.output = step.output;
    for (const CheckResult& check : step.checks) {
      moment.checks.emplace_back(
          check.held, check.held ? check.label : fmt::format("{}: {}", check.label, check.detail));
    }
    moment.notes = step.explanations;
  }

  /// Keeps the steps, and as many of the others as there is room for, evenly.
  void thin_out() {
    const auto steps = static_cast<std::size_t>(std::count(is_step_.begin(), is_step_.end(), true));
    const std::size_t others = moments_.size() - steps;
    const std::size_t room = kMostMoments > steps ? kMostMoments - steps : 0;
    if (others <= room) return;
    std::vector<Moment> kept;
    std::size_t number = 0;
    for (std::size_t i = 0; i < moments_.size(); ++i) {
      if (!is_step_[i]) {
        const bool keep = (number + 1) * room / others != number * room / others;
        ++number;
        if (!keep) continue;
      }
      kept.push_back(std::move(moments_[i]));
    }
    moments_ = std::move(kept);
  }

  const PlayOptions& options_;
  SeeQuestion question_;
  Sight sight_;
  std::uint64_t revision_ = 0;
  std::size_t looks_ = 0;
  std::string picture_;
  std::vector<Moment> moments_;
  std::vector<bool> is_step_;
};

/// The paths of a page about a whole run.
std::vector<std::string> paths_of_run(const Scenario& scenario, const PlayOptions& options) {
  std::vector<std::string> paths = asked_paths(scenario.steps);
  for (const Fork& fork : scenario.forks) {
    const std::vector<std::string> more = compared_paths(fork);
    paths.insert(paths.end(), more.begin(), more.end());
  }
  play(scenario, options, [&](const World& world) {
    const Chronicle chronicle(world);
    for (std::string& path : written_paths(chronicle, 0, kMostPagePaths)) {
      paths.push_back(std::move(path));
    }
  });
  paths = without_repeats(paths);
  if (paths.size() > kMostPagePaths) paths.resize(kMostPagePaths);
  return paths;
}

/// A what-if beside the main line: its moments, and what the main line came to instead.
struct Branch {
  Album album;
  Matrix main;
  std::string instead;
};

}  // namespace

Snapshot world_at(const Scenario& scenario, const PlayOptions& options, const std::string& moment) {
  const Wanted wanted = read_moment(scenario, moment);
  std::optional<Snapshot> found;
  std::optional<Snapshot> last;
  PlayOptions watched = options;
  watched.watch = [&](const Glimpse& glimpse) {
    if (glimpse.fork) return;
    const bool ends = glimpse.ended && glimpse.ended->id == wanted.step;
    const bool holds = wanted.time && glimpse.world.elapsed() <= *wanted.time;
    if (ends || holds) found = Snapshot{glimpse.world, glimpse.bound};
    if (glimpse.ended) last = Snapshot{glimpse.world, glimpse.bound};
  };
  play(scenario, watched);
  if (!last) throw InputError(fmt::format("{} has no moment to look at", scenario.file));
  if (!wanted.time && wanted.step.empty()) return std::move(*last);
  if (wanted.time && *wanted.time > last->world.elapsed()) {
    throw InputError(fmt::format("{} ends at {}, before {}", scenario.file,
                                 to_clock(last->world.elapsed()), to_clock(*wanted.time)));
  }
  if (!found) throw InputError(fmt::format("{} never comes to {}", scenario.file, moment));
  return std::move(*found);
}

Page page_of(const Scenario& scenario, const PlayOptions& options, const SeeQuestion& question,
             const std::string& first, Report* report) {
  const Wanted wanted = read_moment(scenario, first);
  SeeQuestion asked = question;
  if (asked.paths.empty()) asked.paths = paths_of_run(scenario, options);
  Album album(options, asked);
  std::map<const Fork*, Branch> branches;
  PlayOptions watched = options;
  std::optional<Duration> at = wanted.time;
  watched.watch = [&](const Glimpse& glimpse) {
    if (glimpse.fork) {
      branches.at(glimpse.fork).album.look(glimpse);
      return;
    }
    if (glimpse.ended && glimpse.ended->id == wanted.step) at = glimpse.world.elapsed();
    album.look(glimpse);
    if (!glimpse.ended) return;
    for (const Fork& fork : scenario.forks) {
      if (fork.before != glimpse.ended->id) continue;
      branches.try_emplace(&fork,
                           Branch{Album(options, asked), album.last().matrix, album.last().title});
    }
  };
  Report played = play(scenario, watched);
  Page page;
  page.title = played.title;
  page.subtitle = fmt::format("{}, seed {}", played.file, played.seed);
  page.language = options.language;
  page.moments = album.take();
  for (const Fork& fork : scenario.forks) {
    const auto branch = branches.find(&fork);
    if (branch == branches.end()) continue;
    Future future;
    future.title = fork.title.in(options.language);
    future.instead = std::move(branch->second.instead);
    future.moments = branch->second.album.take();
    if (future.moments.empty()) continue;
    const Matrix& own = future.moments.back().matrix;
    future.parted = branch->second.main.at;
    future.files = differences(branch->second.main, own, Rows::All);
    for (FileDifference& file : future.files) {
      std::stable_partition(file.rows.begin(), file.rows.end(),
                            [](const RowDifference& row) { return row.differs; });
    }
    page.futures.push_back(std::move(future));
  }
  if (at) {
    for (std::size_t i = 0; i < page.moments.size(); ++i) {
      if (page.moments[i].at <= *at) page.first = i;
    }
  }
  if (report) *report = std::move(played);
  return page;
}

}  // namespace sim
