#include "sim/world/fault.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "sim/base/format.h"
#include "sim/base/nearest.h"

namespace sim {
namespace {

using K = FaultKind;
using T = FaultTarget;

constexpr FaultInfo kTable[] = {
    {K::ContainerKill, "containerCrash", "container kill", T::Pod, K::ContainerKill,
     "SIGKILL to a container's main process"},
    {K::ContainerOom, "containerOom", "container oom", T::Pod, K::ContainerOom,
     "the kernel kills it for want of memory"},
    {K::ContainerHang, "containerHang", "container hang", T::Pod, K::ContainerResume,
     "its main process neither goes on nor answers"},
    {K::ContainerResume, "containerResume", "container resume", T::Pod, K::ContainerResume,
     "it goes on"},
    {K::PodDelete, "podDelete", "pod delete", T::Pod, K::PodDelete, "as `kubectl delete pod`"},
    {K::NodeStop, "nodeDown", "node stop", T::Node, K::NodeStart,
     "the machine loses power, without warning"},
    {K::NodeStart, "nodeUp", "node start", T::Node, K::NodeStart, "it gets its power back"},
    {K::NodeReboot, "nodeReboot", "node reboot", T::Node, K::NodeReboot, "both, at once"},
    {K::NodeShutdown, "nodeShutdown", "node shutdown", T::Node, K::NodeStart,
     "its kubelet ends the pods first, for 30s at most"},
    {K::NodeDelete, "nodeDelete", "node delete", T::Node, K::NodeStart,
     "the machine and its Node are gone"},
    {K::NodeCut, "nodeCut", "node cut", T::Node, K::NodeHeal,
     "its network is cut off; what it runs goes on"},
    {K::NodeHeal, "nodeHeal", "node heal", T::Node, K::NodeHeal, "its network is back"},
    {K::DiskFill, "diskFill", "disk fill", T::Node, K::DiskFree,
     "other files fill the node's disk: 95%"},
    {K::DiskFree, "diskFree", "disk free", T::Node, K::DiskFree, "they are removed"},
    {K::MemoryFill, "memoryFill", "memory fill", T::Node, K::MemoryFree,
     "other programs use the node's memory: all but 50Mi"},
    {K::MemoryFree, "memoryFree", "memory free", T::Node, K::MemoryFree, "they end"},
    {K::ZoneStop, "zoneDown", "zone stop", T::Zone, K::ZoneStart,
     "every node of a zone loses power"},
    {K::ZoneStart, "zoneUp", "zone start", T::Zone, K::ZoneStart, "they get it back"},
    {K::ZoneCut, "zoneCut", "zone cut", T::Zone, K::ZoneHeal, "the zone's network is cut off"},
    {K::ZoneHeal, "zoneHeal", "zone heal", T::Zone, K::ZoneHeal, "it is back"},
    {K::RegistryDown, "registryDown", "registry down", T::Nothing, K::RegistryUp,
     "no image can be pulled"},
    {K::RegistryUp, "registryUp", "registry up", T::Nothing, K::RegistryUp, "they can again"},
    {K::DriverDown, "driverDown", "driver down", T::Driver, K::DriverUp,
     "a storage driver answers nobody"},
    {K::DriverSlow, "driverSlow", "driver slow", T::Driver, K::DriverUp,
     "it takes 1m longer for anything"},
    {K::DriverUp, "driverUp", "driver up", T::Driver, K::DriverUp, "it works as usual"},
    {K::ApiSlow, "apiSlow", "api slow", T::Nothing, K::ApiNormal,
     "each request of the API server takes 2s longer"},
    {K::ApiNormal, "apiNormal", "api normal", T::Nothing, K::ApiNormal, "no longer"},
    {K::HealAll, "healAll", "heal", T::Nothing, K::HealAll, "all of this is mended at once"},
};

constexpr bool rows_in_order() {
  for (std::size_t i = 0; i < std::size(kTable); ++i) {
    if (static_cast<std::size_t>(kTable[i].kind) != i) return false;
  }
  return true;
}
static_assert(rows_in_order(), "kTable stands in the order of FaultKind");

/// The kinds whose last word may be a time, or a percentage.
bool takes_time(FaultKind kind) {
  return kind == K::NodeShutdown || kind == K::DriverSlow || kind == K::ApiSlow;
}
bool takes_percent(FaultKind kind) { return kind == K::DiskFill || kind == K::MemoryFill; }

std::string_view word_for(FaultTarget target) {
  switch (target) {
    case FaultTarget::Pod:
      return "pod";
    case FaultTarget::Node:
      return "node";
    case FaultTarget::Zone:
      return "zone";
    case FaultTarget::Driver:
      return "storage driver";
    case FaultTarget::Nothing:
      break;
  }
  return "";
}

std::optional<std::int64_t> percent_of(std::string_view word) {
  if (word.empty() || word.back() != '%') return std::nullopt;
  std::int64_t number = 0;
  const char* end = word.data() + word.size() - 1;
  const auto read = std::from_chars(word.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number < 1 || number > 100) return std::nullopt;
  return number;
}

/// The row whose words begin a command; what is wrong when none does.
const FaultInfo* row_for(const std::vector<std::string>& words, std::string* wrong) {
  if (words.empty()) {
    *wrong = "which fault?";
    return nullptr;
  }
  std::vector<std::string> firsts;
  std::vector<std::string> verbs;
  for (const FaultInfo& row : kTable) {
    const std::size_t space = row.words.find(' ');
    const std::string first(row.words.substr(0, space));
    const std::string second(space == std::string_view::npos ? std::string_view()
                                                             : row.words.substr(space + 1));
    firsts.push_back(first);
    if (first != words[0]) continue;
    if (second.empty() || (words.size() > 1 && second == words[1])) return &row;
    verbs.push_back(second);
  }
  if (verbs.empty()) {
    const std::string near = nearest(words[0], firsts);
    *wrong = near.empty()
                 ? fmt::format("there is no fault \"{}\"", words[0])
                 : fmt::format("there is no fault \"{}\"; did you mean \"{}\"?", words[0], near);
    return nullptr;
  }
  *wrong = words.size() > 1 ? fmt::format("{} \"{}\": it is one of {}", words[0], words[1],
                                          fmt::join(verbs, ", "))
                            : fmt::format("{} what? One of {}", words[0], fmt::join(verbs, ", "));
  return nullptr;
}

}  // namespace

std::span<const FaultInfo> fault_table() { return kTable; }
const FaultInfo& info(FaultKind kind) { return kTable[static_cast<std::size_t>(kind)]; }

std::optional<FaultKind> fault_named(std::string_view name) {
  for (const FaultInfo& row : kTable) {
    if (row.name == name) return row.kind;
  }
  return std::nullopt;
}

std::string to_text(const Fault& fault) {
  const FaultInfo& row = info(fault.kind);
  std::string text(row.words);
  if (row.target != FaultTarget::Nothing) text += fmt::format(" {}", fault.target);
  if (row.target == FaultTarget::Pod) text += fmt::format(" -n {}", fault.ns);
  if (!fault.container.empty()) text += fmt::format(" -c {}", fault.container);
  if (fault.time.ns != 0) text += fmt::format(" {}", to_string(fault.time));
  if (fault.percent != 0) text += fmt::format(" {}%", fault.percent);
  return text;
}

std::optional<Fault> parse_fault(const std::vector<std::string>& words, std::string_view ns,
                                 std::string* wrong) {
  const FaultInfo* row = row_for(words, wrong);
  if (!row) return std::nullopt;
  Fault fault;
  fault.kind = row->kind;
  fault.ns = row->target == FaultTarget::Pod ? Str(ns) : Str();
  const auto refuse = [&](std::string text) {
    *wrong = std::move(text);
    return std::nullopt;
  };
  bool named = row->target == FaultTarget::Nothing;
  std::size_t at = 1 + static_cast<std::size_t>(row->words.find(' ') != std::string_view::npos);
  for (; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (word == "-n" || word == "--namespace" || word == "-c" || word == "--container") {
      if (row->target != FaultTarget::Pod) {
        return refuse(fmt::format("{} takes no {}", row->words, word));
      }
      if (++at == words.size()) return refuse(fmt::format("{} needs a name behind it", word));
      (word == "-n" || word == "--namespace" ? fault.ns : fault.container) = Str(words[at]);
    } else if (!named) {
      std::string_view name = word;
      if (row->target == FaultTarget::Pod && name.substr(0, 4) == "pod/") name.remove_prefix(4);
      fault.target = Str(name);
      named = true;
    } else if (const auto time = parse_duration(word);
               takes_time(row->kind) && time && fault.time.ns == 0) {
      if (time->ns <= 0 || *time > hours(1)) {
        return refuse(fmt::format("\"{}\" is out of range: more than 0, at most 1h", word));
      }
      fault.time = *time;
    } else if (const auto percent = percent_of(word);
               takes_percent(row->kind) && percent && fault.percent == 0) {
      fault.percent = *percent;
    } else {
      return refuse(fmt::format("{}: what is \"{}\"?", row->words, word));
    }
  }
  if (!named) {
    return refuse(fmt::format("{} takes the name of a {}", row->words, word_for(row->target)));
  }
  return fault;
}

std::vector<FaultKind> usual_chaos() {
  return {K::ContainerKill, K::ContainerOom, K::ContainerHang, K::PodDelete,
          K::NodeStop,      K::NodeReboot,   K::NodeShutdown,  K::NodeCut,
          K::DiskFill,      K::MemoryFill,   K::ZoneStop,      K::ZoneCut,
          K::RegistryDown,  K::DriverDown,   K::DriverSlow,    K::ApiSlow};
}

}  // namespace sim
