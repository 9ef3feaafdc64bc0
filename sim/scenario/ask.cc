#include "sim/scenario/ask.h"

#include <algorithm>
#include <optional>

#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/base/nearest.h"
#include "sim/graph/difference.h"
#include "sim/graph/page.h"
#include "sim/graph/picture.h"
#include "sim/scenario/expect.h"
#include "sim/scenario/moments.h"

namespace sim {
namespace {

constexpr std::size_t kMostCompared = 20;

SeeQuestion question_of(const Asked& asked, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    if (path.empty() || path.front() != '/') {
      throw InputError(fmt::format("\"{}\" is no absolute path: begin it with \"/\"", path));
    }
  }
  return {paths, asked.ns, asked.container};
}

/// The pod that a person means, there or gone.
Uid find_asked_pod(const Scenario& scenario, const Snapshot& at, const std::string& ns,
                   const std::string& name) {
  const World& world = at.world;
  if (scenario.refs.count(name) != 0) {
    const std::string none;
    const StepOutcome outcome{scenario, at.bound, none, 0};
    if (const std::optional<Uid> uid = resolve(world, outcome, name)) return *uid;
    throw InputError(
        fmt::format("no pod is bound to \"{}\" at {}", name, to_clock(world.elapsed())));
  }
  const std::size_t slash = name.find('/');
  const std::string wanted = slash == std::string::npos ? name : name.substr(slash + 1);
  const std::string in = slash == std::string::npos ? ns : name.substr(0, slash);
  std::vector<std::string> names;
  for (const auto& [id, row] : world.store().table(Kind::Pod)) {
    names.push_back(row.meta.name.str());
    if (row.meta.name == wanted && (in.empty() || row.meta.ns == in)) return row.meta.uid;
  }
  const Journal& journal = world.journal();
  for (std::uint64_t r = journal.last(); r >= journal.first() && r > 0; --r) {
    const Change& change = journal.at(r);
    if (change.ref.kind != Kind::Pod || !change.ref || !change.before) continue;
    const ObjectMeta& meta = change.before->meta;
    if (meta.name == wanted && (in.empty() || meta.ns == in)) return meta.uid;
  }
  for (const auto& [ref, unused] : scenario.refs) names.push_back(ref);
  const std::string near = nearest(wanted, names);
  throw InputError(fmt::format("there is no pod \"{}\" at {}{}", name, to_clock(world.elapsed()),
                               near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
}

std::string dot_of(const World& world, const SeeQuestion& question, std::string_view language) {
  Sight sight;
  sight.follow(world);
  const Chronicle chronicle(world);
  std::string text;
  for (const std::string& pattern : question.paths) {
    for (const std::string& path : expand_pattern(sight, question, pattern)) {
      std::vector<Viewer> viewers;
      std::vector<const Route*> routes;
      const std::vector<const Route*> all = sight.routes(parse_path(path));
      for (std::size_t i = 0; i < all.size(); ++i) {
        const Viewer& viewer = sight.viewers()[i];
        const Pod& pod = *world.get<Pod>(viewer.pod);
        if (!question.ns.empty() && pod.meta.ns != question.ns) continue;
        if (!question.container.empty() && viewer.container != question.container) continue;
        viewers.push_back(viewer);
        routes.push_back(all[i]);
      }
      const Visibility graph(world, viewers, routes, parse_path(path), true);
      text += to_dot(chronicle, graph, parse_path(path), language);
    }
  }
  return text;
}

}  // namespace

std::string ask_see(const Asked& asked, const std::vector<std::string>& paths) {
  const Scenario scenario = load_scenario(asked.scenario);
  const SeeQuestion question = question_of(asked, paths);
  const std::string& language = asked.options.language;
  if (asked.format == "html") {
    return to_html(page_of(scenario, asked.options, question, asked.at, nullptr));
  }
  const Snapshot at = world_at(scenario, asked.options, asked.at);
  if (asked.format == "dot") return dot_of(at.world, question, language);
  const Matrix matrix = see(at.world, question);
  if (asked.format == "json") return to_json(matrix);
  if (asked.format == "md") return to_markdown(matrix, language);
  if (asked.format == "svg") return to_svg(at.world, matrix, language);
  return to_table(matrix, language);
}

std::string ask_why(const Asked& asked, const std::string& pod, const std::string& path) {
  const Scenario scenario = load_scenario(asked.scenario);
  question_of(asked, {path});
  const Snapshot at = world_at(scenario, asked.options, asked.at);
  const Uid uid = find_asked_pod(scenario, at, asked.ns, pod);
  const Chronicle chronicle(at.world);
  const Why answer = why(chronicle, uid, asked.container, path);
  return asked.format == "json" ? to_json(chronicle, uid, answer)
                                : to_text(chronicle, uid, answer, asked.options.language);
}

std::string ask_difference(const Asked& asked, const std::string& from, const std::string& to,
                           const std::vector<std::string>& paths) {
  const Scenario scenario = load_scenario(asked.scenario);
  SeeQuestion question = question_of(asked, paths);
  const Snapshot before = world_at(scenario, asked.options, from);
  const Snapshot after = world_at(scenario, asked.options, to);
  const bool ko = asked.options.language == "ko";
  if (question.paths.empty()) {
    question.paths = asked_paths(scenario.steps);
    const World& later =
        after.world.revision() >= before.world.revision() ? after.world : before.world;
    const std::uint64_t since = std::min(after.world.revision(), before.world.revision());
    const Chronicle chronicle(later);
    for (std::string& path : written_paths(chronicle, since + 1, kMostCompared)) {
      question.paths.push_back(std::move(path));
    }
  }
  std::string text =
      fmt::format("{} → {}\n", to_clock(before.world.elapsed()), to_clock(after.world.elapsed()));
  bool any = false;
  for (const FileDifference& difference :
       differences(see(before.world, question), see(after.world, question))) {
    if (!difference.any()) continue;
    any = true;
    text += "\n" + to_text(difference, asked.options.language);
  }
  if (!any) {
    text +=
        ko ? "같은 컨테이너가 같은 파일을 봅니다.\n" : "The same containers see the same files.\n";
  }
  return text;
}

}  // namespace sim
