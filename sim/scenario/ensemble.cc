#include "sim/scenario/ensemble.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "sim/base/input_error.h"

namespace sim {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::uint64_t kMostRuns = 10'000'000;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || at != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Adds one count to what is known; the least failing seed tells what went wrong.
void add(Tally& to, const Tally& more) {
  to.held += more.held;
  to.failed += more.failed;
  if (!more.first_failing) return;
  if (to.first_failing && *to.first_failing <= *more.first_failing) return;
  to.first_failing = more.first_failing;
  to.detail = more.detail;
}

/// Adds a run's tallies to those known, by step and place in the file. Keeps the order in which
/// they were first met; what a later run meets between two known ones goes between them.
void count_run(std::vector<Tally>& tallies, const std::vector<Tally>& run) {
  std::size_t behind = 0;
  for (const Tally& one : run) {
    const auto known = std::find_if(tallies.begin(), tallies.end(), [&](const Tally& tally) {
      return tally.step == one.step && tally.pointer == one.pointer;
    });
    if (known == tallies.end()) {
      tallies.insert(tallies.begin() + static_cast<std::ptrdiff_t>(behind), one);
      ++behind;
    } else {
      add(*known, one);
      behind = static_cast<std::size_t>(known - tallies.begin()) + 1;
    }
  }
}

void collect(const std::vector<StepResult>& steps, std::uint64_t seed, std::vector<Tally>& found) {
  for (const StepResult& step : steps) {
    for (const CheckResult& check : step.checks) {
      Tally one;
      one.step = step.id;
      one.pointer = check.pointer;
      one.label = check.label;
      one.held = check.held ? 1 : 0;
      one.failed = check.held ? 0 : 1;
      if (!check.held) {
        one.first_failing = seed;
        one.detail = check.detail;
      }
      found.push_back(std::move(one));
    }
  }
}

std::vector<Tally> run_one(const Scenario& scenario, PlayOptions options, std::uint64_t seed) {
  options.seed = seed;
  const Report report = play(scenario, options);
  std::vector<Tally> found;
  collect(report.steps, seed, found);
  for (const ForkResult& fork : report.forks) collect(fork.steps, seed, found);
  return found;
}

void note_run(Ensemble& ensemble, std::uint64_t seed, const std::vector<Tally>& found) {
  ++ensemble.runs;
  count_run(ensemble.tallies, found);
  const bool failed =
      std::any_of(found.begin(), found.end(), [](const Tally& one) { return one.failed > 0; });
  if (!failed) return;
  ++ensemble.failed_runs;
  if (!ensemble.first_failing || seed < *ensemble.first_failing) ensemble.first_failing = seed;
}

OrderedJson json_of(const Ensemble& ensemble) {
  OrderedJson json;
  json["ensemble"] = ensemble.id;
  json["file"] = ensemble.file;
  json["title"] = ensemble.title;
  json["firstSeed"] = ensemble.seeds.first;
  json["lastSeed"] = ensemble.seeds.last;
  if (ensemble.shard.count > 1) {
    json["shard"] = fmt::format("{}/{}", ensemble.shard.index, ensemble.shard.count);
  }
  json["runs"] = ensemble.runs;
  json["failedRuns"] = ensemble.failed_runs;
  if (ensemble.first_failing) json["firstFailingSeed"] = *ensemble.first_failing;
  json["checks"] = OrderedJson::array();
  for (const Tally& tally : ensemble.tallies) {
    OrderedJson row;
    row["step"] = tally.step;
    row["pointer"] = tally.pointer;
    row["expected"] = tally.label;
    row["held"] = tally.held;
    row["failed"] = tally.failed;
    if (tally.first_failing) {
      row["firstFailingSeed"] = *tally.first_failing;
      row["detail"] = tally.detail;
    }
    json["checks"].push_back(std::move(row));
  }
  return json;
}

std::optional<std::uint64_t> optional_number(const OrderedJson& json, const char* key) {
  const auto at = json.find(key);
  if (at == json.end()) return std::nullopt;
  return at->get<std::uint64_t>();
}

Ensemble read_ensemble(const OrderedJson& json) {
  Ensemble ensemble;
  ensemble.id = json.at("ensemble").get<std::string>();
  ensemble.file = json.at("file").get<std::string>();
  ensemble.title = json.at("title").get<std::string>();
  ensemble.seeds = {json.at("firstSeed").get<std::uint64_t>(),
                    json.at("lastSeed").get<std::uint64_t>()};
  if (json.contains("shard")) {
    const auto shard = parse_shard(json.at("shard").get<std::string>());
    if (!shard) throw InputError("\"shard\" is none");
    ensemble.shard = *shard;
  }
  ensemble.runs = json.at("runs").get<std::uint64_t>();
  ensemble.failed_runs = json.at("failedRuns").get<std::uint64_t>();
  ensemble.first_failing = optional_number(json, "firstFailingSeed");
  for (const OrderedJson& row : json.at("checks")) {
    Tally tally;
    tally.step = row.at("step").get<std::string>();
    tally.pointer = row.at("pointer").get<std::string>();
    tally.label = row.at("expected").get<std::string>();
    tally.held = row.at("held").get<std::uint64_t>();
    tally.failed = row.at("failed").get<std::uint64_t>();
    tally.first_failing = optional_number(row, "firstFailingSeed");
    if (tally.first_failing) tally.detail = row.at("detail").get<std::string>();
    ensemble.tallies.push_back(std::move(tally));
  }
  return ensemble;
}

/// Refuses the same part of the same seeds twice: it would count double.
void refuse_twice(const std::vector<Ensemble>& parts, const Ensemble& one,
                  const std::string& file) {
  for (const Ensemble& known : parts) {
    const bool same_seeds =
        known.seeds.first == one.seeds.first && known.seeds.last == one.seeds.last;
    if (known.id != one.id || !same_seeds) continue;
    if (known.shard.count == one.shard.count && known.shard.index != one.shard.index) continue;
    throw InputError(
        fmt::format("{}: its seeds of \"{}\" are in another report already", file, one.id));
  }
}

void join(Ensemble& into, const Ensemble& part) {
  into.seeds.first = std::min(into.seeds.first, part.seeds.first);
  into.seeds.last = std::max(into.seeds.last, part.seeds.last);
  into.shard = {};
  into.runs += part.runs;
  into.failed_runs += part.failed_runs;
  if (part.first_failing && (!into.first_failing || *part.first_failing < *into.first_failing)) {
    into.first_failing = part.first_failing;
  }
  count_run(into.tallies, part.tallies);
}

}  // namespace

std::optional<SeedRange> parse_seeds(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const auto first = number(text.substr(0, dots));
  const auto last = number(text.substr(dots + 2));
  if (!first || !last || *last < *first || *last - *first >= kMostRuns) return std::nullopt;
  return SeedRange{*first, *last};
}

std::optional<Shard> parse_shard(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto index = number(text.substr(0, slash));
  const auto count = number(text.substr(slash + 1));
  if (!index || !count || *index >= *count) return std::nullopt;
  return Shard{*index, *count};
}

Ensemble play_ensemble(const Scenario& scenario, const PlayOptions& options, SeedRange seeds,
                       Shard shard, unsigned jobs) {
  Scenario free = scenario;
  free.fingerprint.clear();
  std::vector<std::uint64_t> mine;
  for (std::uint64_t n = shard.index; n <= seeds.last - seeds.first; n += shard.count) {
    mine.push_back(seeds.first + n);
  }
  Ensemble ensemble;
  ensemble.file = scenario.file;
  ensemble.id = scenario.id;
  ensemble.title = scenario.title.in(options.language);
  ensemble.seeds = seeds;
  ensemble.shard = shard;

  // Whoever is ready takes the next seed. What was found is counted in the order of the seeds.
  std::atomic<std::size_t> next{0};
  std::mutex guard;
  std::map<std::size_t, std::vector<Tally>> found;  // that wait for those before them
  std::size_t counted = 0;
  std::exception_ptr error;
  const auto work = [&] {
    for (;;) {
      const std::size_t at = next++;
      if (at >= mine.size()) return;
      try {
        std::vector<Tally> one = run_one(free, options, mine[at]);
        const std::lock_guard<std::mutex> lock(guard);
        found.emplace(at, std::move(one));
        for (auto first = found.begin(); first != found.end() && first->first == counted;
             first = found.erase(first)) {
          note_run(ensemble, mine[counted++], first->second);
        }
      } catch (...) {
        const std::lock_guard<std::mutex> lock(guard);
        if (!error) error = std::current_exception();
        next = mine.size();
      }
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < std::min<std::size_t>(jobs, mine.size()); ++i) {
    threads.emplace_back(work);
  }
  work();
  for (std::thread& thread : threads) thread.join();
  if (error) std::rethrow_exception(error);
  return ensemble;
}

std::string to_text(const Ensemble& ensemble, const TextStyle& style) {
  const bool ko = style.language == "ko";
  std::string text = fmt::format("{}  {}, {} {}..{}", ensemble.title, ensemble.file,
                                 ko ? "시드" : "seeds", ensemble.seeds.first, ensemble.seeds.last);
  if (ensemble.shard.count > 1) {
    text += fmt::format(fmt::runtime(ko ? ", 몫 {}/{}" : ", shard {}/{}"), ensemble.shard.index,
                        ensemble.shard.count);
  }
  text += "\n";
  std::string step;
  for (const Tally& tally : ensemble.tallies) {
    if (style.quiet && tally.failed == 0) continue;
    if (tally.step != step) text += fmt::format("\n{}\n", tally.step);
    step = tally.step;
    text += fmt::format("  {} {}/{}  {}\n", tally.failed == 0 ? "✓" : "✗", tally.held,
                        tally.held + tally.failed, tally.label);
    if (!tally.first_failing) continue;
    text += fmt::format(fmt::runtime(ko ? "    시드 {}에서 처음 어긋남: {}\n"
                                        : "    first failed with seed {}: {}\n"),
                        *tally.first_failing, tally.detail);
  }
  if (!style.quiet) text += "\n";
  if (ensemble.failed_runs == 0) {
    return text + fmt::format(fmt::runtime(ko ? "{}번 모두 기대대로였습니다.\n"
                                              : "All expectations held in all of {} runs.\n"),
                              ensemble.runs);
  }
  return text +
         fmt::format(fmt::runtime(ko ? "{1}번 중 {0}번에서 기대가 어긋났습니다. 첫 시드: {2}\n"
                                     : "Expectations failed in {} of {} runs. The first "
                                       "such seed: {}\n"),
                     ensemble.failed_runs, ensemble.runs, *ensemble.first_failing);
}

std::string to_json(const std::vector<Ensemble>& ensembles) {
  OrderedJson all = OrderedJson::array();
  for (const Ensemble& ensemble : ensembles) all.push_back(json_of(ensemble));
  return all.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

std::string merge_reports(const std::vector<std::string>& files) {
  std::vector<Ensemble> parts;   // as read
  std::vector<Ensemble> joined;  // by scenario
  OrderedJson others = OrderedJson::array();
  for (const std::string& file : files) {
    try {
      const OrderedJson all = OrderedJson::parse(read_file(file));
      if (!all.is_array()) throw InputError(fmt::format("{}: it is no report of podsight", file));
      for (const OrderedJson& one : all) {
        if (!one.contains("ensemble")) {
          if (!one.contains("scenario")) {
            throw InputError(fmt::format("{}: it is no report of podsight", file));
          }
          others.push_back(one);
          continue;
        }
        const Ensemble part = read_ensemble(one);
        refuse_twice(parts, part, file);
        parts.push_back(part);
        const auto known = std::find_if(joined.begin(), joined.end(),
                                        [&](const Ensemble& each) { return each.id == part.id; });
        if (known == joined.end()) {
          joined.push_back(part);
          joined.back().shard = {};
        } else {
          join(*known, part);
        }
      }
    } catch (const OrderedJson::exception& error) {
      throw InputError(fmt::format("{}: it is no report of podsight: {}", file, error.what()));
    }
  }
  OrderedJson merged = OrderedJson::array();
  for (const Ensemble& ensemble : joined) merged.push_back(json_of(ensemble));
  for (const OrderedJson& other : others) merged.push_back(other);
  return merged.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace sim
