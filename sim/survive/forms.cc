#include "sim/survive/forms.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/base/utf8.h"
#include "sim/graph/picture.h"
#include "sim/scenario/report.h"

namespace sim {
namespace {

constexpr std::size_t kPathWidth = 26;
constexpr std::size_t kCellWidth = 7;
constexpr std::size_t kLineWidth = 100;

std::string padded(std::string text, std::size_t width) {
  const std::size_t has = terminal_width(text);
  if (has < width) text.append(width - has, ' ');
  return text;
}

/// Text in lines of a width, each with an indent; words are kept whole.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::string line;
  const auto flush = [&] {
    if (!line.empty()) out += std::string(indent, ' ') + line + "\n";
    line.clear();
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (!line.empty() && indent + terminal_width(line) + 1 + terminal_width(word) > kLineWidth)
      flush();
    if (!line.empty()) line += " ";
    line += word;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  flush();
  return out;
}

std::string_view column_of(Trial trial, bool ko) {
  switch (trial) {
    case Trial::ContainerCrash:
      return ko ? "재시작" : "crash";
    case Trial::PodDelete:
      return ko ? "Pod" : "pod";
    case Trial::Rollout:
      return "roll";
    case Trial::Scale:
      return "scale";
    case Trial::Drain:
      return "drain";
    case Trial::NodeCrash:
      return ko ? "노드" : "node";
    case Trial::NodeReboot:
      return ko ? "재부팅" : "reboot";
    case Trial::ZoneLoss:
      return ko ? "영역" : "zone";
    case Trial::ClaimDelete:
      return ko ? "클레임" : "claim";
    case Trial::NamespaceDelete:
      return "ns";
  }
  return "";
}

/// What is done, in a column's or a line's own words: "crash  the container's process ends …".
std::string legend_of(Trial trial, const std::string& language) {
  return fmt::format("  {}{}", padded(std::string(column_of(trial, language == "ko")), 9),
                     words_of(trial, language));
}

/// The word of a cell.
std::string word_of(const SurvivingPath& path, const Outcome& outcome, bool ko) {
  switch (outcome.fate) {
    case Fate::None:
      return "–";
    case Fate::Kept:
      return std::string(ko ? "유지" : "kept") + (outcome.stuck.empty() ? "" : "!");
    case Fate::Lost:
      if (path.scratch) return ko ? "임시" : "cache";
      return ko ? "소실" : "LOST";
    case Fate::Unreachable:
      return ko ? "단절" : "away";
  }
  return "";
}

/// How long it was away, and who sees it when not all do: the line below.
std::string detail_of(const Outcome& outcome, bool ko) {
  if (outcome.fate == Fate::Unreachable) {
    if (outcome.until == Until::ZoneReturns) return ko ? "영역" : "zone";
    return outcome.until == Until::NodeIsDeleted ? (ko ? "삭제" : "delete") : "";
  }
  if (outcome.fate != Fate::Kept || outcome.gap < seconds(1)) return "";
  return human_duration(outcome.gap);
}

std::string share_of(const Outcome& outcome) {
  if (outcome.fate != Fate::Kept || outcome.seen_by.size() == outcome.running) return "";
  return fmt::format("{}/{}", outcome.seen_by.size(), outcome.running);
}

std::string_view colour_of(const SurvivingPath& path, const Outcome& outcome) {
  switch (outcome.fate) {
    case Fate::Kept:
      return outcome.stuck.empty() ? "\x1b[32m" : "\x1b[33m";
    case Fate::Lost:
      return path.scratch ? "\x1b[2m" : "\x1b[31m";
    case Fate::Unreachable:
      return "\x1b[33m";
    case Fate::None:
      return "\x1b[2m";
  }
  return "";
}

/// Shortened in its middle when it is too long.
std::string shortened(const std::string& text, std::size_t width) {
  if (terminal_width(text) <= width) return text;
  // A path tells most at its end.
  std::size_t begin = text.size() - std::min(text.size(), width - 1);
  while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xc0) == 0x80) ++begin;
  return "…" + text.substr(begin);
}

std::string heading_of(const WorkloadSurvival& workload, bool ko) {
  std::string text = fmt::format("{} {}/{}", workload.kind, workload.ns, workload.name);
  if (workload.pod.empty()) return text;
  const std::string zone = workload.zone.empty() ? "" : fmt::format(", {}", workload.zone);
  return ko ? fmt::format("{}: Pod {}개, 파일을 쓴 곳은 {} ({}{})", text, workload.pods,
                          workload.pod, workload.node, zone)
            : fmt::format("{}: {} pod{}, written in {} ({}{})", text, workload.pods,
                          workload.pods == 1 ? "" : "s", workload.pod, workload.node, zone);
}

std::string reasons_of(const Survival& survival, const SurvivingPath& path, bool ko) {
  std::string text;
  for (std::size_t t = 0; t < path.outcomes.size(); ++t) {
    const Outcome& outcome = path.outcomes[t];
    if (outcome.fate == Fate::None) continue;
    text += fmt::format("      {} {} ({})\n", padded(std::string(name_of(survival.trials[t])), 16),
                        word_of(path, outcome, ko), sim::name_of(outcome.code));
    text += wrapped(outcome.why, 10);
    if (outcome.until != Until::Never) {
      const std::string after = human_duration(outcome.back_after);
      const bool zone = outcome.until == Until::ZoneReturns;
      text += wrapped(ko ? fmt::format("{} 뒤 {} 만에 다시 보입니다.",
                                       zone ? "영역이 돌아온" : "Node 오브젝트를 지운", after)
                         : fmt::format("It is seen again {} after {}.", after,
                                       zone ? "the zone is back" : "the Node object is deleted"),
                      10);
    }
    if (!outcome.meanwhile.empty()) {
      text +=
          wrapped(ko ? fmt::format("{} 동안: {}", human_duration(outcome.gap), outcome.meanwhile)
                     : fmt::format("For {}: {}", human_duration(outcome.gap), outcome.meanwhile),
                  10);
    }
    if (!outcome.stuck.empty()) text += wrapped("! " + outcome.stuck, 10);
  }
  return text;
}

std::string legend(const Survival& survival, const TableStyle& style) {
  const bool ko = style.language == "ko";
  std::string text =
      ko ? "\n칸의 뜻\n"
           "  유지      모두 잠잠해진 뒤 워크로드의 Pod가 그 파일을 봅니다. 아래는 "
           "아무도 못 보던 시간이고,\n            1/3은 실행 중인 셋 중 하나만 본다는 "
           "뜻입니다\n"
           "  유지!     파일은 있지만 워크로드가 제자리로 돌아오지 못합니다(--why)\n"
           "  단절      데이터는 남아 있지만 아무도 보지 못합니다. 영역이 돌아오거나(\"영역\"), "
           "Node "
           "오브젝트를\n            지우거나(\"삭제\"), 누군가 손을 쓸 때까지입니다\n"
           "  소실      파일이 사라졌습니다\n"
           "  임시      캐시로 선언된 곳이라 사라져도 됩니다\n"
         : "\nWhat a cell says\n"
           "  kept      when all is quiet, a pod of the workload sees the file; below "
           "it for how long nobody\n            did, and 1/3 when only one of three "
           "running pods does\n"
           "  kept!     it is there, but the workload does not come to rest (--why "
           "says on what it hangs)\n"
           "  away      the data is still there, and nobody sees it: until the zone is back "
           "(\"zone\"), until the\n            Node object is deleted (\"delete\"), or until "
           "somebody takes care\n"
           "  LOST      the file is gone\n"
           "  cache     gone as well, from a place that is declared as a cache\n";
  text += ko ? "무슨 일이 일어나는가\n" : "What happens\n";
  for (const Trial trial : survival.trials) text += legend_of(trial, style.language) + "\n";
  return text;
}

std::string cell_line(const SurvivingPath& path, const std::string& left, const TableStyle& style,
                      std::string (*say)(const SurvivingPath&, const Outcome&, bool), bool always) {
  std::string line = padded(left, kPathWidth + 2);
  bool any = false;
  for (const Outcome& outcome : path.outcomes) {
    const std::string word = say(path, outcome, style.language == "ko");
    any = any || !word.empty();
    const std::string cell = padded(word, kCellWidth);
    line += style.colour && !word.empty()
                ? fmt::format("{}{}\x1b[0m", colour_of(path, outcome), cell)
                : cell;
  }
  if (!any && !always) return "";
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line + "\n";
}

}  // namespace

std::string to_table(const Survival& survival, const TableStyle& style) {
  const bool ko = style.language == "ko";
  std::string text;
  for (const WorkloadSurvival& workload : survival.workloads) {
    text += heading_of(workload, ko) + "\n";
    if (!workload.problem.empty()) text += wrapped(workload.problem, 2);
    for (const ContainerSurvival& container : workload.containers) {
      std::string line = padded(shortened("  " + container.name, kPathWidth), kPathWidth + 2);
      for (const Trial trial : survival.trials) {
        line += padded(std::string(column_of(trial, ko)), kCellWidth);
      }
      while (line.back() == ' ') line.pop_back();
      text += line + "\n";
      if (container.paths.empty()) {
        text += ko ? "    쓸 수 있는 곳이 없습니다\n" : "    nothing can be written here\n";
      }
      for (const SurvivingPath& path : container.paths) {
        const std::string name = "  " + shortened(path.path, kPathWidth - 2);
        if (!path.problem.empty()) {
          text += padded(name, kPathWidth + 2) + path.problem + "\n";
          continue;
        }
        text += cell_line(path, name, style, &word_of, true);
        const auto times = [](const SurvivingPath&, const Outcome& outcome, bool korean) {
          return detail_of(outcome, korean);
        };
        const auto shares = [](const SurvivingPath&, const Outcome& outcome, bool) {
          return share_of(outcome);
        };
        // The noun of what holds it beside the times, its facts beside the shares.
        const std::size_t facts = path.holder.find(" (");
        const auto left = [](const std::string& words) {
          return "    " + shortened(words, kPathWidth - 4);
        };
        text += cell_line(path, left(path.holder.substr(0, facts)), style, times, true);
        std::string more;
        if (facts != std::string::npos) {
          more = left(path.holder.substr(facts + 2, path.holder.size() - facts - 3));
        }
        text += cell_line(path, more, style, shares, !more.empty());
        if (style.why) text += reasons_of(survival, path, ko);
      }
    }
    text += "\n";
  }
  if (!survival.notes.empty()) {
    text += ko ? "참고\n" : "Notes\n";
    for (const std::string& note : survival.notes) text += "  · " + wrapped(note, 4).substr(4);
  }
  return text + legend(survival, style);
}

std::string to_markdown(const Survival& survival, const TableStyle& style) {
  const bool ko = style.language == "ko";
  std::string text;
  for (const WorkloadSurvival& workload : survival.workloads) {
    text += fmt::format("### {}\n\n", heading_of(workload, ko));
    if (!workload.problem.empty()) text += workload.problem + "\n\n";
    for (const ContainerSurvival& container : workload.containers) {
      text += fmt::format("| {} | {} |", container.name, ko ? "담는 곳" : "held by");
      std::string rule = "|---|---|";
      for (const Trial trial : survival.trials) {
        text += fmt::format(" {} |", column_of(trial, ko));
        rule += "---|";
      }
      text += "\n" + rule + "\n";
      for (const SurvivingPath& path : container.paths) {
        text += fmt::format("| `{}` | {} |", escape_cell(path.path), escape_cell(path.holder));
        if (!path.problem.empty()) text += " " + escape_cell(path.problem) + " |";
        for (const Outcome& outcome : path.outcomes) {
          std::string cell = word_of(path, outcome, ko);
          for (const std::string& more : {detail_of(outcome, ko), share_of(outcome)}) {
            if (!more.empty()) cell += " " + more;
          }
          text += fmt::format(" {} |", outcome.fate == Fate::Lost && !path.scratch
                                           ? fmt::format("**{}**", cell)
                                           : cell);
        }
        text += "\n";
      }
      text += "\n";
      if (!style.why) continue;
      for (const SurvivingPath& path : container.paths) {
        for (std::size_t t = 0; t < path.outcomes.size(); ++t) {
          const Outcome& outcome = path.outcomes[t];
          if (outcome.fate == Fate::None) continue;
          text += fmt::format("- `{}`, {}: `{}` {}{}{}\n", path.path, name_of(survival.trials[t]),
                              sim::name_of(outcome.code), outcome.why,
                              outcome.stuck.empty() ? "" : " ! ", outcome.stuck);
        }
      }
      text += "\n";
    }
  }
  for (const std::string& note : survival.notes) text += fmt::format("- {}\n", note);
  return text;
}

std::string to_json(const Survival& survival) {
  using Ordered = nlohmann::ordered_json;
  Ordered all;
  all["podsight"] = 1;
  all["events"] = Ordered::array();
  for (const Trial trial : survival.trials) all["events"].push_back(name_of(trial));
  all["notes"] = survival.notes;
  all["workloads"] = Ordered::array();
  for (const WorkloadSurvival& workload : survival.workloads) {
    Ordered one;
    one["kind"] = workload.kind;
    one["namespace"] = workload.ns;
    one["name"] = workload.name;
    one["pods"] = workload.pods;
    one["writtenIn"] = {{"pod", workload.pod}, {"node", workload.node}, {"zone", workload.zone}};
    if (!workload.problem.empty()) one["problem"] = workload.problem;
    one["containers"] = Ordered::array();
    for (const ContainerSurvival& container : workload.containers) {
      Ordered inside;
      inside["name"] = container.name;
      inside["image"] = container.image;
      inside["paths"] = Ordered::array();
      for (const SurvivingPath& path : container.paths) {
        Ordered row;
        row["path"] = path.path;
        row["heldBy"] = path.holder;
        row["layer"] = path.layer;
        row["data"] = path.is_data;
        row["scratch"] = path.scratch;
        if (!path.problem.empty()) row["problem"] = path.problem;
        row["outcomes"] = Ordered::object();
        for (std::size_t t = 0; t < path.outcomes.size(); ++t) {
          const Outcome& outcome = path.outcomes[t];
          Ordered cell;
          cell["verdict"] = name_of(outcome.fate);
          if (outcome.fate != Fate::None) {
            cell["unreachableSeconds"] = static_cast<double>(outcome.gap.ms() / 100) / 10.0;
            if (outcome.fate == Fate::Unreachable) {
              cell["until"] = outcome.until == Until::ZoneReturns     ? "zone-returns"
                              : outcome.until == Until::NodeIsDeleted ? "node-is-deleted"
                                                                      : "never";
              if (outcome.until != Until::Never) {
                cell["backAfterSeconds"] =
                    static_cast<double>(outcome.back_after.ms() / 100) / 10.0;
              }
            }
            cell["seenBy"] = outcome.seen_by;
            cell["running"] = outcome.running;
            cell["code"] = sim::name_of(outcome.code);
            cell["why"] = outcome.why;
            if (!outcome.meanwhile.empty()) cell["meanwhile"] = outcome.meanwhile;
            if (!outcome.stuck.empty()) cell["stuck"] = outcome.stuck;
          }
          row["outcomes"][std::string(name_of(survival.trials[t]))] = std::move(cell);
        }
        inside["paths"].push_back(std::move(row));
      }
      one["containers"].push_back(std::move(inside));
    }
    all["workloads"].push_back(std::move(one));
  }
  return all.dump(2, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

std::string to_junit(const Survival& survival, const std::vector<FailRule>& rules,
                     const std::vector<Objection>& objections) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  auto next = objections.begin();
  for (std::size_t w = 0; w < survival.workloads.size(); ++w) {
    const WorkloadSurvival& workload = survival.workloads[w];
    std::string cases;
    std::size_t tests = 0;
    std::size_t failures = 0;
    if (does_not_come_up(workload)) {
      ++tests;
      failures += rules.empty() ? 0 : 1;
      const char* tag = rules.empty() ? "system-out" : "failure";
      cases += fmt::format(
          "    <testcase classname=\"{0}\" name=\"comes up\">\n      <{1}>{2}</{1}>\n    "
          "</testcase>\n",
          escape_markup(workload.name), tag, escape_markup(workload.problem));
    }
    for (std::size_t c = 0; c < workload.containers.size(); ++c) {
      const ContainerSurvival& container = workload.containers[c];
      for (std::size_t p = 0; p < container.paths.size(); ++p) {
        const SurvivingPath& path = container.paths[p];
        for (std::size_t t = 0; t < path.outcomes.size(); ++t) {
          const Outcome& outcome = path.outcomes[t];
          if (outcome.fate == Fate::None) continue;
          ++tests;
          cases += fmt::format("    <testcase classname=\"{}\" name=\"{} {}\"",
                               escape_markup(container.name), escape_markup(path.path),
                               name_of(survival.trials[t]));
          const bool failed = next != objections.end() && next->workload == w &&
                              next->container == c && next->path == p && next->trial == t;
          if (failed) {
            ++failures;
            cases += fmt::format(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                                 escape_markup(name_of(outcome.fate)),
                                 escape_markup(text_of(survival, rules, *next)));
            ++next;
          } else {
            cases += fmt::format(">\n      <system-out>{}: {}</system-out>\n    </testcase>\n",
                                 name_of(outcome.fate), escape_markup(outcome.why));
          }
        }
      }
    }
    out += fmt::format(
        "  <testsuite name=\"{} {}/{}\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n{}"
        "  </testsuite>\n",
        workload.kind, escape_markup(workload.ns), escape_markup(workload.name), tests, failures,
        cases);
  }
  return out + "</testsuites>\n";
}

}  // namespace sim
