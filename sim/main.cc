// podsight: the command line. Exit status: 0 all held, 1 an expectation failed, 2 the input is
// wrong.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/base/memory.h"
#include "sim/graph/page.h"
#include "sim/scenario/ask.h"
#include "sim/scenario/author.h"
#include "sim/scenario/ensemble.h"
#include "sim/scenario/interactive.h"
#include "sim/scenario/moments.h"
#include "sim/scenario/placement.h"
#include "sim/scenario/play.h"
#include "sim/scenario/prove.h"
#include "sim/scenario/quiz.h"
#include "sim/scenario/report.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/scenario_files.h"
#include "sim/scenario/terminal.h"
#include "sim/survive/survive.h"

namespace {

constexpr int kHeld = 0;
constexpr int kFailed = 1;
constexpr int kWrongInput = 2;

struct RunArguments {
  std::vector<std::string> scenarios;
  std::vector<std::string> reports;
  std::string transcript;
  std::string language = "en";
  std::optional<std::uint64_t> seed;
  std::string seeds;
  std::string shard;
  unsigned jobs = 1;
  std::string until;
  std::optional<std::uint64_t> history_budget;
  bool quiet = false;
};

struct ShellArguments {
  std::string cluster;
  std::string transcript;
  std::string script;
};

struct AskArguments {
  sim::Asked asked;
  std::string pod;
  std::vector<std::string> paths;
  std::string from;
  std::string to;
};

bool colour_wanted() {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) != 0 && (!no_colour || *no_colour == '\0');
}

void write_reports(const RunArguments& arguments, const std::vector<sim::Report>& reports) {
  for (const std::string& wanted : arguments.reports) {
    const std::size_t equals = wanted.find('=');
    const std::string form = wanted.substr(0, equals);
    const std::string file = wanted.substr(equals + 1);
    if (form == "html") continue;
    sim::write_file(file, form == "junit" ? sim::to_junit(reports)
                          : form == "md"  ? sim::to_markdown(reports)
                                          : sim::to_json(reports));
  }
  if (!arguments.transcript.empty()) {
    sim::write_file(arguments.transcript, sim::to_transcript(reports.back()));
  }
}

/// The file of `--report html=F`; empty: none is wanted.
std::string page_file(const RunArguments& arguments) {
  for (const std::string& wanted : arguments.reports) {
    if (wanted.rfind("html=", 0) == 0) return wanted.substr(5);
  }
  return "";
}

/// Writes `json` to each `--report json=F`; other forms and a transcript there are not.
void write_json_reports(const RunArguments& arguments, const std::string& json,
                        std::string_view what) {
  const bool other =
      std::any_of(arguments.reports.begin(), arguments.reports.end(),
                  [](const std::string& wanted) { return wanted.rfind("json=", 0) != 0; });
  if (other || !arguments.transcript.empty()) {
    throw sim::InputError(fmt::format("{} have no report but --report json=FILE", what));
  }
  for (const std::string& wanted : arguments.reports) sim::write_file(wanted.substr(5), json);
}

/// Manifests of a cluster and its pods, all of one cluster.
int run_manifests(const RunArguments& arguments, const sim::PlayOptions& options,
                  const sim::TextStyle& style) {
  if (!std::all_of(arguments.scenarios.begin(), arguments.scenarios.end(), sim::are_manifests)) {
    throw sim::InputError("scenarios and manifests do not run together");
  }
  if (!arguments.seeds.empty()) throw sim::InputError("--seeds is for scenarios");
  const sim::Placement placement = sim::place_manifests(arguments.scenarios, options);
  fmt::print("{}", sim::to_text(placement, style));
  write_json_reports(arguments, sim::to_json(placement), "manifests");
  return placement.unplaced.empty() ? kHeld : kFailed;
}

/// Every scenario with many seeds.
int run_seeds(const RunArguments& arguments, const sim::PlayOptions& options,
              const sim::TextStyle& style, const std::vector<sim::Scenario>& scenarios) {
  if (arguments.seed) throw sim::InputError("--seed and --seeds exclude each other");
  const sim::SeedRange seeds = *sim::parse_seeds(arguments.seeds);
  const sim::Shard shard =
      arguments.shard.empty() ? sim::Shard() : *sim::parse_shard(arguments.shard);
  std::vector<sim::Ensemble> ensembles;
  bool failed = false;
  for (const sim::Scenario& scenario : scenarios) {
    ensembles.push_back(sim::play_ensemble(scenario, options, seeds, shard, arguments.jobs));
    failed = failed || ensembles.back().failed_runs > 0;
    fmt::print("{}", sim::to_text(ensembles.back(), style));
    std::fflush(stdout);
  }
  write_json_reports(arguments, sim::to_json(ensembles), "runs with --seeds");
  return failed ? kFailed : kHeld;
}

int run(const RunArguments& arguments) {
  sim::PlayOptions options;
  options.language = arguments.language;
  options.seed = arguments.seed;
  options.history_budget = arguments.history_budget;
  if (!arguments.until.empty()) options.until = sim::parse_duration(arguments.until);
  sim::TextStyle style{colour_wanted(), arguments.quiet, arguments.language};
  if (arguments.seeds.empty() && (!arguments.shard.empty() || arguments.jobs != 1)) {
    throw sim::InputError("--jobs and --shard go with --seeds");
  }
  if (std::any_of(arguments.scenarios.begin(), arguments.scenarios.end(), sim::are_manifests)) {
    return run_manifests(arguments, options, style);
  }
  // All files are read before the first one runs: a mistake in the last is told at once.
  std::vector<sim::Scenario> scenarios;
  for (const std::string& file : sim::scenario_files(arguments.scenarios)) {
    scenarios.push_back(sim::load_scenario(file));
  }
  if (!arguments.seeds.empty()) return run_seeds(arguments, options, style, scenarios);
  std::vector<sim::Report> reports;
  bool failed = false;
  const std::string page = page_file(arguments);
  if (!page.empty() && scenarios.size() != 1) {
    throw sim::InputError("--report html=FILE is for one scenario at a time");
  }
  for (const sim::Scenario& scenario : scenarios) {
    if (page.empty()) {
      reports.push_back(sim::play(scenario, options));
    } else {
      reports.emplace_back();
      sim::write_file(page, sim::to_html(sim::page_of(scenario, options, {}, "", &reports.back())));
    }
    failed = failed || reports.back().failed() > 0;
    fmt::print("{}", sim::to_text(reports.back(), style));
    std::fflush(stdout);
  }
  write_reports(arguments, reports);
  return failed ? kFailed : kHeld;
}

struct CheckArguments {
  std::vector<std::string> scenarios;
  std::string language = "en";
  bool shape_only = false;
  bool watch = false;
};

/// Prints what is wrong with one file, or that nothing is.
int check_file(const std::string& file, const CheckArguments& arguments) {
  try {
    const std::string text = sim::read_file(file);
    const sim::Scenario scenario = sim::parse_scenario(text, file);
    if (arguments.shape_only) {
      fmt::print("{}: ok, {} steps\n", file, scenario.steps.size());
      return kHeld;
    }
    const sim::Proof proof = sim::prove(scenario, text, arguments.language);
    if (proof.mistakes.empty()) {
      fmt::print("{}: ok, {} steps, {} statements proved\n", file, scenario.steps.size(),
                 proof.proved);
      return kHeld;
    }
    for (const sim::Diagnostic& mistake : proof.mistakes) {
      fmt::print(stderr, "{}\n", mistake.text());
    }
    return kFailed;
  } catch (const sim::InputError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return kWrongInput;
  }
}

int check(const CheckArguments& arguments) {
  const std::vector<std::string> files = sim::scenario_files(arguments.scenarios);
  int status = kHeld;
  for (const std::string& file : files) status = std::max(status, check_file(file, arguments));
  std::fflush(stdout);
  if (arguments.watch) {
    sim::watch_files(files, [&](const std::string& file) { check_file(file, arguments); });
  }
  return status;
}

/// A terminal at the cluster of a file, or at the default one: with a script its blocks are run,
/// without one a person types.
int type_at(const std::string& cluster_text, const std::string& file, const std::string& script,
            sim::Transcript* transcript) {
  const sim::ClusterFile cluster = sim::parse_cluster(cluster_text, file);
  sim::Simulation simulation = sim::make_cluster(cluster.cluster);
  sim::Terminal terminal(simulation, ".");
  sim::apply_manifests(terminal, simulation, cluster.manifests);
  if (script.empty()) return sim::interact(terminal, transcript);
  const std::string text = sim::read_file(script);
  return sim::run_script(terminal, text, transcript);
}

std::string cluster_text(const ShellArguments& arguments) {
  return arguments.cluster.empty() ? sim::default_cluster_text()
                                   : sim::read_file(arguments.cluster);
}

int shell(const ShellArguments& arguments) {
  sim::Transcript transcript;
  const int status =
      type_at(cluster_text(arguments), arguments.cluster, arguments.script, &transcript);
  if (!arguments.transcript.empty()) sim::write_file(arguments.transcript, transcript.text());
  return status;
}

/// A new file's name from that of the scenario; throws when the file is there already.
std::string new_file(const std::string& name) {
  const std::string file =
      name.size() > 5 && name.substr(name.size() - 5) == ".json" ? name : name + ".json";
  if (std::filesystem::exists(file)) {
    throw sim::InputError(fmt::format("{} is there already; choose another name", file));
  }
  return file;
}

std::string stem_of(const std::string& file) { return std::filesystem::path(file).stem().string(); }

int record(const ShellArguments& arguments, const std::string& name) {
  const std::string file = new_file(name);
  const std::string cluster = cluster_text(arguments);
  sim::Transcript transcript;
  type_at(cluster, arguments.cluster, arguments.script, &transcript);
  sim::write_file(file, sim::recorded_scenario(stem_of(file), cluster, transcript));
  fmt::print("{}: recorded; say why, and expect less than everything\n", file);
  return kHeld;
}

int start_new(const std::string& name) {
  const std::string file = new_file(name);
  sim::write_file(file, sim::starter_scenario(stem_of(file)));
  fmt::print("{}: a lesson to begin with; podsight check {} proves it\n", file, file);
  return kHeld;
}

struct QuizArguments {
  std::string scenario;
  std::string language = "en";
  std::string learner;
  std::string results;
};

int take_quiz(const QuizArguments& arguments) {
  const sim::Scenario scenario = sim::load_scenario(arguments.scenario);
  sim::QuizOptions options;
  options.language = arguments.language;
  options.colour = colour_wanted();
  options.print = [](const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  };
  options.read = [&](const std::string& prompt) -> std::optional<std::string> {
    options.print(prompt);
    std::string line;
    if (!std::getline(std::cin, line)) return std::nullopt;
    return line;
  };
  const auto start = std::chrono::steady_clock::now();
  sim::Results results = sim::quiz(scenario, options);
  results.learner = arguments.learner;
  results.seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start)
          .count();
  if (!arguments.results.empty()) sim::write_file(arguments.results, sim::to_json(results));
  return kHeld;
}

int grade(const std::vector<std::string>& paths, const std::string& format) {
  std::vector<sim::Results> results;
  int status = kHeld;
  // One file that is broken does not keep the others from the table.
  for (const std::string& file : sim::scenario_files(paths)) {
    try {
      results.push_back(sim::parse_results(sim::read_file(file), file));
      std::string& learner = results.back().learner;
      if (learner.empty()) learner = std::filesystem::path(file).stem().string();
    } catch (const sim::InputError& error) {
      fmt::print(stderr, "{}\n", error.what());
      status = kWrongInput;
    }
  }
  if (!results.empty()) fmt::print("{}", sim::class_table(std::move(results), format));
  return status;
}

/// The table goes to standard output, what the rules object to to standard error.
int run_survive(sim::SurviveRequest request) {
  request.colour = colour_wanted();
  const sim::SurviveAnswer answer = sim::survive(request);
  fmt::print("{}", answer.text);
  std::fflush(stdout);
  for (const std::string& line : answer.objections) fmt::print(stderr, "{}\n", line);
  return answer.objections.empty() ? kHeld : kFailed;
}

constexpr const char* kMomentHelp =
    "moment: time since the start (90s, 00:01:30) or the id of a step (its end); the end of the "
    "run "
    "when it is left out";

void add_language(CLI::App* command, std::string& language) {
  command->add_option("--lang", language, "language of the text")
      ->check(CLI::IsMember({"en", "ko"}));
}

void add_history_budget(CLI::App* command, std::optional<std::uint64_t>& budget) {
  command
      ->add_option_function<std::string>(
          "--history-budget",
          [&budget](const std::string& value) {
            budget = static_cast<std::uint64_t>(sim::Quantity::parse(value)->value());
          },
          "memory for what has gone by, such as 256Mi: the oldest changes go first; 0 keeps all")
      ->check([](const std::string& value) {
        const std::optional<sim::Quantity> bytes = sim::Quantity::parse(value);
        return bytes && bytes->value() >= 0 ? std::string()
                                            : "'" + value + "' is no amount such as 256Mi";
      });
}

void add_survive(CLI::App* command, sim::SurviveRequest& request) {
  command->add_flag("--why", request.why, "with the reason of each cell");
  command->add_option("--format", request.format, "table, json, md or junit")
      ->check(CLI::IsMember({"table", "json", "md", "junit"}));
  command
      ->add_option("--fail-on", request.fail_on,
                   "VERDICT:EVENT:PATH makes the exit status 1: lost, unreachable, unreachable>5m "
                   "or stuck; an event's name; a path; * and ? stand for anything. May be given "
                   "more than once")
      ->expected(1)
      ->take_all();
  command
      ->add_option("--events", request.events,
                   "only these, separated by commas: container-crash, pod-delete, rollout, scale, "
                   "drain, node-crash, node-reboot, zone-loss, claim-delete, namespace-delete")
      ->delimiter(',');
  command->add_option("--cluster", request.cluster,
                      "a cluster file (JSON); without it, two nodes in each of three zones and "
                      "the drivers that the manifests name");
  command->add_flag("-R,--recursive", request.recursive, "also the folders in a folder");
  command->add_option("--at", request.at,
                      "the moment of a scenario: a time since the start, or the id of a step");
  add_language(command, request.language);
  command->add_option("--seed", request.seed, "seed of the cluster");
  command
      ->add_option("PATH", request.paths,
                   "manifests (YAML or JSON), folders of them, folders with a kustomization, - "
                   "for standard input; or one scenario")
      ->required();
}

/// The options that see, why and diff have in common.
void add_question(CLI::App* command, AskArguments& ask) {
  command->add_option("-n,--namespace", ask.asked.ns, "only pods of this namespace");
  command->add_option("-c,--container", ask.asked.container, "only containers of this name");
  add_language(command, ask.asked.options.language);
  command->add_option("--seed", ask.asked.options.seed, "seed, instead of the scenario's own");
  add_history_budget(command, ask.asked.options.history_budget);
}

int say(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kHeld;
}

int merge(const std::vector<std::string>& files, const std::string& output) {
  const std::string merged = sim::merge_reports(files);
  if (output.empty()) return say(merged);
  sim::write_file(output, merged);
  return kHeld;
}

}  // namespace

int main(int argc, char** argv) {
  sim::tune_memory();
  CLI::App app{
      "podsight shows which pods can see which files, and why: a simulator of Kubernetes.\n"
      "Exit status: 0 all held, 1 an expectation failed, 2 the input is wrong."};
  app.name("podsight");
  app.require_subcommand(1);
  app.set_version_flag("--version", "podsight 0.1 (Kubernetes 1.30)");

  RunArguments run_arguments;
  CLI::App* run_command = app.add_subcommand("run", "Replay scenarios and check what they expect");
  run_command
      ->add_option(
          "SCENARIO", run_arguments.scenarios,
          "scenario files, or folders of them; or manifests (.yaml, .yml, folders of these "
          "alone) of nodes and of what is to run on them: then it is told where each pod "
          "is placed, or why nowhere (exit status 1 when any is)")
      ->required();
  run_command
      ->add_option("--report", run_arguments.reports,
                   "write a report: junit=FILE, json=FILE, md=FILE (a summary) or, for one "
                   "scenario, html=FILE: a page to look through (may be given more than once)")
      ->check([](const std::string& value) {
        for (const char* form : {"junit=", "json=", "md=", "html="}) {
          if (value.rfind(form, 0) == 0 && value.size() > std::strlen(form)) return std::string();
        }
        return "'" + value + "' is none of junit=FILE, json=FILE, md=FILE, html=FILE";
      });
  run_command->add_option("--transcript", run_arguments.transcript,
                          "write the commands and what they printed, as JSON");
  add_language(run_command, run_arguments.language);
  run_command->add_option("--seed", run_arguments.seed, "seed, instead of the scenario's own");
  add_history_budget(run_command, run_arguments.history_budget);
  run_command
      ->add_option("--seeds", run_arguments.seeds,
                   "run with each of these seeds, such as 1..1000, and tell how often each "
                   "expectation held")
      ->check([](const std::string& value) {
        return sim::parse_seeds(value) ? std::string()
                                       : "'" + value + "' is no range of seeds such as 1..1000";
      });
  run_command->add_option("--jobs", run_arguments.jobs, "with --seeds: so many runs at a time")
      ->check(CLI::Range(1, 1024));
  run_command
      ->add_option("--shard", run_arguments.shard,
                   "with --seeds: only part i of n, as i/n; i counts from 0")
      ->check([](const std::string& value) {
        return sim::parse_shard(value) ? std::string() : "'" + value + "' is no shard such as 0/4";
      });
  run_command
      ->add_option("--until", run_arguments.until,
                   "stop before the first step that begins after this virtual time, such as 90s")
      ->check([](const std::string& value) {
        return sim::parse_duration(value) ? std::string() : "'" + value + "' is no duration";
      });
  run_command->add_flag("-q,--quiet", run_arguments.quiet, "only what failed, and the summary");

  CheckArguments check_arguments;
  CLI::App* check_command = app.add_subcommand(
      "check",
      "Prove scenario files: every mistake with file, line and column; that what is expected holds "
      "and could fail, that tasks can be solved and are not solved by chance");
  check_command
      ->add_option("SCENARIO", check_arguments.scenarios, "scenario files, or folders of them")
      ->required();
  add_language(check_command, check_arguments.language);
  check_command->add_flag("--shape", check_arguments.shape_only,
                          "only read the files; do not play them");
  check_command->add_flag("--watch", check_arguments.watch, "check a file again when it is saved");

  std::vector<std::string> merge_files;
  std::string merge_output;
  CLI::App* merge_command = app.add_subcommand(
      "merge", "Join JSON reports: shards of one scenario's seeds become one report");
  merge_command->add_option("REPORT", merge_files, "files that `run --report json=FILE` wrote")
      ->required();
  merge_command->add_option("-o,--output", merge_output,
                            "write to this file instead of standard output");

  AskArguments ask;
  CLI::App* see_command =
      app.add_subcommand("see", "Which pods see a file: plays a scenario and looks at a moment");
  add_question(see_command, ask);
  see_command->add_option("--at", ask.asked.at, kMomentHelp);
  see_command->add_option("--format", ask.asked.format, "table, json, md, dot, svg or html")
      ->check(CLI::IsMember({"table", "json", "md", "dot", "svg", "html"}));
  see_command->add_option("SCENARIO", ask.asked.scenario, "scenario file")->required();
  see_command
      ->add_option("PATH", ask.paths, "absolute paths; * ? [a-z] stand for names in containers")
      ->required();
  CLI::App* why_command = app.add_subcommand(
      "why", "Why a pod sees a file, or not: way, evidence, history, and what would help");
  add_question(why_command, ask);
  why_command->add_option("--at", ask.asked.at, kMomentHelp);
  why_command->add_option("--format", ask.asked.format, "table (text) or json")
      ->check(CLI::IsMember({"table", "json"}));
  why_command->add_option("SCENARIO", ask.asked.scenario, "scenario file")->required();
  why_command->add_option("POD", ask.pod, "a reference of the scenario, or a pod's name")
      ->required();
  why_command->add_option("PATH", ask.from, "absolute path")->required();
  CLI::App* diff_command = app.add_subcommand(
      "diff", "Who sees what at one moment and no longer, or only then, at another");
  add_question(diff_command, ask);
  diff_command->add_option("SCENARIO", ask.asked.scenario, "scenario file")->required();
  diff_command->add_option("T1", ask.from, kMomentHelp)->required();
  diff_command->add_option("T2", ask.to, kMomentHelp)->required();
  diff_command->add_option("PATH", ask.paths,
                           "absolute paths; without any, those that the scenario asks about and "
                           "those that were written in between");

  sim::SurviveRequest survive_request;
  CLI::App* survive_command = app.add_subcommand(
      "survive",
      "What survives what: puts a file into every place where the containers of your manifests "
      "can write, lets a crash, a rollout, a drain, the loss of a node or a zone happen, and says "
      "which files are kept, lost, or out of reach and for how long");
  add_survive(survive_command, survive_request);

  std::string new_name;
  CLI::App* new_command = app.add_subcommand(
      "new", "Write a small lesson to begin with: NAME.json, complete and proved");
  new_command->add_option("NAME", new_name, "its name, such as lost-upload")->required();

  std::string record_name;
  ShellArguments record_arguments;
  CLI::App* record_command = app.add_subcommand(
      "record", "Type at a cluster, as in `podsight shell`; the session becomes a scenario");
  record_command->add_option("NAME", record_name, "the scenario to write: NAME.json")->required();
  record_command->add_option("--cluster", record_arguments.cluster,
                             "a cluster file (JSON); without it, two nodes and some known images");
  record_command->add_option("SCRIPT", record_arguments.script, "a script of blocks of lines");

  QuizArguments quiz_arguments;
  CLI::App* quiz_command = app.add_subcommand(
      "quiz", "Take a lesson in the terminal: answer its questions, do its tasks");
  quiz_command->add_option("SCENARIO", quiz_arguments.scenario, "scenario file")->required();
  add_language(quiz_command, quiz_arguments.language);
  quiz_command->add_option("--name", quiz_arguments.learner, "the learner's name, for the results");
  quiz_command->add_option("--results", quiz_arguments.results,
                           "write what was answered to this file (JSON)");

  std::vector<std::string> grade_paths;
  std::string grade_format = "table";
  CLI::App* grade_command =
      app.add_subcommand("grade", "The table of a class, from the results of its learners");
  grade_command->add_option("DIR", grade_paths, "folders of results, or files")->required();
  grade_command->add_option("--format", grade_format, "table, md or json")
      ->check(CLI::IsMember({"table", "md", "json"}));

  ShellArguments shell_arguments;
  CLI::App* shell_command = app.add_subcommand(
      "shell",
      "Type what you would type at a cluster: kubectl, a bash subset, and `sim` for faults "
      "and time. With SCRIPT, run its blocks and end with the status of the last one");
  shell_command->add_option("--cluster", shell_arguments.cluster,
                            "a cluster file (JSON); without it, two nodes and some known images");
  shell_command->add_option("--transcript", shell_arguments.transcript,
                            "write [{\"command\", \"output\", \"exit\", \"t\"}, …] to this file");
  shell_command->add_option("SCRIPT", shell_arguments.script, "a script of blocks of lines");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? kHeld : kWrongInput;
  }
  try {
    if (*run_command) return run(run_arguments);
    if (*new_command) return start_new(new_name);
    if (*record_command) return record(record_arguments, record_name);
    if (*quiz_command) return take_quiz(quiz_arguments);
    if (*grade_command) return grade(grade_paths, grade_format);
    if (*check_command) return check(check_arguments);
    if (*merge_command) return merge(merge_files, merge_output);
    if (*see_command) return say(sim::ask_see(ask.asked, ask.paths));
    if (*why_command) return say(sim::ask_why(ask.asked, ask.pod, ask.from));
    if (*diff_command) {
      return say(sim::ask_difference(ask.asked, ask.from, ask.to, ask.paths));
    }
    if (*survive_command) return run_survive(survive_request);
    return shell(shell_arguments);
  } catch (const sim::InputError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return kWrongInput;
  }
}
