#include "ui/moment_page.h"

#include <algorithm>

#include "sim/base/format.h"
#include "sim/graph/page.h"
#include "sim/graph/picture.h"
#include "sim/scenario/play.h"

namespace ui {
namespace {

constexpr std::size_t kMostMoments = 80;
constexpr std::size_t kMostPaths = 8;

std::vector<std::string> paths_of(const Session& session, const std::string& picked) {
  std::vector<std::string> paths;
  if (!picked.empty()) paths.push_back(picked);
  std::vector<std::string> more = sim::asked_paths(session.scenario().steps);
  const sim::Chronicle chronicle(session.world());
  for (std::string& path : sim::written_paths(chronicle, 0, kMostPaths)) {
    more.push_back(std::move(path));
  }
  for (std::string& path : more) {
    if (std::find(paths.begin(), paths.end(), path) == paths.end())
      paths.push_back(std::move(path));
  }
  if (paths.size() > kMostPaths) paths.resize(kMostPaths);
  return paths;
}

sim::Moment moment_of(const sim::World& world, const sim::SeeQuestion& question,
                      const std::string& language) {
  sim::Moment moment;
  moment.at = world.elapsed();
  moment.matrix = sim::see(world, question);
  auto& rows = moment.matrix.rows;
  rows.erase(std::remove_if(
                 rows.begin(), rows.end(),
                 [](const sim::MatrixRow& row) { return row.ns.view().substr(0, 5) == "kube-"; }),
             rows.end());
  moment.picture = sim::to_svg(world, moment.matrix, language, true);
  return moment;
}

}  // namespace

std::string moment_page(const Session& session, const std::string& path,
                        const std::string& language) {
  const bool korean = language == "ko";
  sim::SeeQuestion question;
  question.paths = paths_of(session, path);
  sim::Page page;
  page.title = session.scenario().title.in(language);
  page.subtitle =
      fmt::format("{} · {}", session.line().name(language), sim::to_clock(session.elapsed()));
  page.language = language;
  const std::vector<Entry>& entries = session.line().entries;
  const std::size_t count = std::min(session.entries_shown(), entries.size());
  for (std::size_t i = count - std::min(count, kMostMoments); i < count; ++i) {
    const Entry& entry = entries[i];
    const auto world = session.line().at(std::min(entry.end, session.world().now()));
    sim::Moment moment = moment_of(*world, question, language);
    moment.title = fmt::format(fmt::runtime(korean ? "명령 {}" : "command {}"), i + 1);
    moment.command = entry.command;
    moment.output = entry.output;
    page.moments.push_back(std::move(moment));
  }
  page.moments.push_back(moment_of(session.world(), question, language));
  page.moments.back().title = korean ? "보고 있는 시점" : "the moment that is shown";
  page.first = page.moments.size() - 1;
  return sim::to_html(page);
}

}  // namespace ui
