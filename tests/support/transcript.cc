#include "tests/support/transcript.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

namespace sim::testing {
namespace {

struct Rule {
  std::regex pattern;
  std::string replacement;
  bool is_age = false;
};

const std::vector<Rule>& rules() {
  static const std::string safe = "[bcdfghjklmnpqrstvwxz2456789]";
  static const std::vector<Rule> all = {
      {std::regex("(containerd://|sha256:)?\\b[0-9a-f]{64}\\b"), "ID"},
      {std::regex("\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b"), "UID"},
      {std::regex("_[\\w.-]+_UID\\b"), "_HOST_UID"},
      {std::regex("\\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d "
                  "[+-]\\d{4}"),
       "TIME"},
      {std::regex("\\b\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z\\b"), "TIME"},
      {std::regex("\\b\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\b"), "IP"},
      {std::regex("v0\\.0\\.0-master\\S*|v1\\.30\\.\\d+"), "VERSION"},
      {std::regex("\\(x\\d+ over [^)]*\\)"), "(xN)"},
      {std::regex("\\b\\d+(\\.\\d+)?(ns|us|ms)\\b"), "AGE", true},
      {std::regex(
           "\\b(\\d+y)?(\\d+d)?(\\d+h)?(\\d+m)?\\d+(\\.\\d+)?s\\b|\\b(\\d+d)?(\\d+h)?\\d+m\\b"
           "(?!i)|\\b\\d+[dh](\\d+[hm])?\\b"),
       "AGE", true},
      {std::regex("-" + safe + "{6,10}-" + safe + "{5}(?![\\w.])"), "-H-R"},
      {std::regex("-" + safe + "{8,10}(?![\\w.-])"), "-H"},
      {std::regex("(pod-template-hash=)" + safe + "+"), "$1H"},
      {std::regex("(controller-revision-hash=)[\\w-]+"), "$1H"},
      {std::regex("-" + safe + "{5}(?![\\w.-])"), "-R"},
      {std::regex("[ \\t]+"), " "},
  };
  return all;
}

// Lines whose durations are facts, not ages.
bool keeps_durations(const std::string& line) {
  static const std::regex pattern("#|cpu|delay=|for \\d+s|timeout|Limit");
  return std::regex_search(line, pattern);
}

std::vector<std::string> normal_lines(std::string text, bool keep_nodes) {
  // What follows is a dump of the objects.
  text = text.substr(0, text.find("object given to jsonpath engine was:"));
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    for (const Rule& rule : rules()) {
      if (rule.is_age && keeps_durations(line)) continue;
      line = std::regex_replace(line, rule.pattern, rule.replacement);
    }
    static const std::regex node("\\bnode-[a-z]\\b");
    if (!keep_nodes) line = std::regex_replace(line, node, "node-?");
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos) continue;
    lines.push_back(line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1));
  }
  return lines;
}

// Takes out of `describe node` what belongs to the recording machine and its past.
void leave_out_machine(std::vector<std::string>& lines) {
  bool skip = false;
  const auto belongs = [&skip](const std::string& line) {
    if (line.rfind("System Info:", 0) == 0 || line.rfind("Events:", 0) == 0) skip = true;
    if (line.rfind("Non-terminated Pods:", 0) == 0) skip = false;
    return skip;
  };
  lines.erase(std::remove_if(lines.begin(), lines.end(), belongs), lines.end());
}

}  // namespace

std::vector<Block> read_transcript(const std::string& json) {
  std::vector<Block> blocks;
  for (const auto& entry : nlohmann::json::parse(json)) {
    if (!entry.contains("command")) continue;
    blocks.push_back({entry["command"], entry["output"], entry["exit"]});
  }
  return blocks;
}

std::string difference(const Block& real, const Block& ours) {
  const bool keep_nodes = real.command.find("nodeName") != std::string::npos ||
                          real.command.find("get nodes") != std::string::npos;
  std::vector<std::string> want = normal_lines(real.output, keep_nodes);
  std::vector<std::string> got = normal_lines(ours.output, keep_nodes);
  if (real.command.rfind("kubectl rollout status", 0) == 0) {
    // How many lines of waiting there are depends on the moment.
    if (want.size() > 1) want.erase(want.begin(), want.end() - 1);
    if (got.size() > 1) got.erase(got.begin(), got.end() - 1);
  }
  if (real.command.rfind("kubectl describe node", 0) == 0) {
    leave_out_machine(want);
    leave_out_machine(got);
  }
  std::sort(want.begin(), want.end());
  std::sort(got.begin(), got.end());
  std::string text;
  if (real.exit != ours.exit) {
    text += "exit " + std::to_string(real.exit) + ", ours " + std::to_string(ours.exit) + "\n";
  }
  std::vector<std::string> missing, surplus;
  std::set_difference(want.begin(), want.end(), got.begin(), got.end(),
                      std::back_inserter(missing));
  std::set_difference(got.begin(), got.end(), want.begin(), want.end(),
                      std::back_inserter(surplus));
  for (const std::string& line : missing) text += "-" + line + "\n";
  for (const std::string& line : surplus) text += "+" + line + "\n";
  return text;
}

}  // namespace sim::testing
