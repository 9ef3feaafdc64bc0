#include "ui/fault_menu.h"

#include <imgui.h>

#include "sim/base/format.h"
#include "sim/world/container_system.h"
#include "sim/world/file_view.h"
#include "ui/widgets.h"

namespace ui {

using sim::Fault;
using sim::FaultKind;
using sim::FaultTarget;

namespace {

/// The same command as `sim pod delete`, in the words that everybody knows.
std::string line_of(const Fault& fault) {
  if (fault.kind == FaultKind::PodDelete) {
    return fmt::format("kubectl delete pod {} -n {} --wait=false", fault.target, fault.ns);
  }
  return "sim " + to_text(fault);
}

std::string dotted(std::string_view words) {
  std::string id(words);
  for (char& c : id) {
    if (c == ' ') c = '.';
  }
  return id;
}

/// Why a fault would change nothing, found by trying it on paper; empty: it would.
std::string why_not(const sim::World& world, const Fault& fault, Language language) {
  sim::Plan plan;
  const sim::Struck struck = strike(world, plan, fault);
  if (struck.wrong.empty()) {
    return plan.empty() ? pick(language, "it is so already", "이미 그 상태임") : "";
  }
  switch (info(fault.kind).target) {
    case FaultTarget::Pod: {
      const sim::Id pod = world.store().find(sim::Kind::Pod, fault.ns, fault.target);
      if (pod == 0) return pick(language, "it is gone", "이미 없어짐");
      return running_instance(world, pod, fault.container) == 0
                 ? pick(language, "it does not run", "실행 중이 아님")
                 : pick(language, "its node has no power", "노드 전원이 꺼져 있음");
    }
    case FaultTarget::Driver:
      return pick(language, "not installed", "설치되지 않음");
    default:
      return pick(language, "it is gone", "이미 없어짐");
  }
}

void add_pod_commands(const sim::World& world, const Victim& victim, Language language,
                      std::vector<Deed>& deeds) {
  const bool there = world.store().find(sim::Kind::Pod, victim.ns, victim.name) != 0;
  const std::string gone = there ? "" : pick(language, "it is gone", "이미 없어짐");
  deeds.push_back({"pod.force-delete",
                   pick(language, "Delete it by force, at once", "Pod 강제 삭제 (즉시)"),
                   fmt::format("kubectl delete pod {} -n {} --grace-period=0 --force --wait=false",
                               victim.name, victim.ns),
                   gone, false});
  deeds.push_back(
      {"pod.evict",
       pick(language, "Evict it (a budget may refuse)", "Pod 축출 (PDB가 막을 수 있음)"),
       fmt::format(R"(echo '{{"apiVersion":"policy/v1","kind":"Eviction","metadata":)"
                   R"({{"name":"{0}","namespace":"{1}"}}}}' | kubectl create -f - --raw )"
                   "/api/v1/namespaces/{1}/pods/{0}/eviction",
                   victim.name, victim.ns),
       gone, false});
  std::string logs = fmt::format("kubectl logs {} -n {}", victim.name, victim.ns);
  if (!victim.container.empty()) logs += " -c " + victim.container;
  deeds.push_back({"pod.logs", pick(language, "Show its log", "로그 보기"), logs, gone, true});
}

void add_node_commands(const sim::World& world, const Victim& victim, Language language,
                       std::vector<Deed>& deeds) {
  const auto* node = world.find<sim::Node>("", victim.name);
  const std::string gone = node ? "" : pick(language, "it is gone", "이미 없어짐");
  const std::string already = pick(language, "it is so already", "이미 그 상태임");
  const bool cordoned = node && node->spec.unschedulable;
  deeds.push_back({"node.cordon",
                   pick(language, "Cordon: no new pods", "cordon: 새 Pod 스케줄링 중지"),
                   "kubectl cordon " + victim.name, cordoned ? already : gone, true});
  deeds.push_back({"node.uncordon",
                   pick(language, "Uncordon: pods again", "uncordon: 스케줄링 재개"),
                   "kubectl uncordon " + victim.name, node && !cordoned ? already : gone, false});
  deeds.push_back(
      {"node.drain", pick(language, "Drain: evict its pods", "drain: Pod 모두 축출"),
       fmt::format("kubectl drain {} --ignore-daemonsets --delete-emptydir-data --timeout=5m",
                   victim.name),
       gone, false});
}

}  // namespace

const char* name_of(FaultKind kind, Language language) {
  switch (kind) {
    case FaultKind::ContainerKill:
      return pick(language, "Kill the container", "컨테이너 강제 종료 (SIGKILL)");
    case FaultKind::ContainerOom:
      return pick(language, "Use up its memory (OOM)", "메모리 부족으로 종료 (OOM)");
    case FaultKind::ContainerHang:
      return pick(language, "Make it hang", "응답 없음 상태로 만들기 (hang)");
    case FaultKind::ContainerResume:
      return pick(language, "Let it go on", "응답 재개");
    case FaultKind::PodDelete:
      return pick(language, "Delete the pod", "Pod 삭제");
    case FaultKind::NodeStop:
      return pick(language, "Cut the power", "전원 끊기");
    case FaultKind::NodeStart:
      return pick(language, "Power on", "전원 켜기");
    case FaultKind::NodeReboot:
      return pick(language, "Reboot", "재부팅");
    case FaultKind::NodeShutdown:
      return pick(language, "Shut down gracefully", "정상 종료 (graceful shutdown)");
    case FaultKind::NodeDelete:
      return pick(language, "Remove the machine", "머신과 노드 제거");
    case FaultKind::NodeCut:
      return pick(language, "Cut off its network", "네트워크 끊기");
    case FaultKind::NodeHeal:
      return pick(language, "Mend its network", "네트워크 복구");
    case FaultKind::DiskFill:
      return pick(language, "Fill its disk", "디스크 채우기");
    case FaultKind::DiskFree:
      return pick(language, "Clear its disk", "디스크 비우기");
    case FaultKind::MemoryFill:
      return pick(language, "Use up its memory", "메모리 채우기");
    case FaultKind::MemoryFree:
      return pick(language, "Free its memory", "메모리 비우기");
    case FaultKind::ZoneStop:
      return pick(language, "Lose the zone: no power", "영역 전체 전원 끊기");
    case FaultKind::ZoneStart:
      return pick(language, "Power on all of it", "영역 전체 전원 켜기");
    case FaultKind::ZoneCut:
      return pick(language, "Cut off its network", "영역 네트워크 끊기");
    case FaultKind::ZoneHeal:
      return pick(language, "Mend its network", "영역 네트워크 복구");
    case FaultKind::RegistryDown:
      return pick(language, "Image registry down", "이미지 레지스트리 중단");
    case FaultKind::RegistryUp:
      return pick(language, "Image registry up", "이미지 레지스트리 복구");
    case FaultKind::DriverDown:
      return pick(language, "It answers nobody", "드라이버 중단");
    case FaultKind::DriverSlow:
      return pick(language, "It is slow: by a minute", "드라이버 지연 (1분)");
    case FaultKind::DriverUp:
      return pick(language, "It works as usual", "드라이버 정상화");
    case FaultKind::ApiSlow:
      return pick(language, "API server slow", "API 서버 지연");
    case FaultKind::ApiNormal:
      return pick(language, "API server as usual", "API 서버 정상화");
    case FaultKind::HealAll:
      return pick(language, "Mend everything", "모든 장애 복구");
  }
  return "";
}

std::vector<Deed> deeds_on(const sim::World& world, const Victim& victim, Language language) {
  std::vector<Deed> deeds;
  std::string_view group;
  for (const sim::FaultInfo& row : sim::fault_table()) {
    if (row.target != victim.target) continue;
    Fault fault;
    fault.kind = row.kind;
    if (row.target != FaultTarget::Nothing) fault.target = sim::Str(victim.name);
    if (row.target == FaultTarget::Pod) {
      fault.ns = sim::Str(victim.ns);
      if (row.kind != FaultKind::PodDelete) fault.container = sim::Str(victim.container);
    }
    const std::string_view first = row.words.substr(0, row.words.find(' '));
    deeds.push_back({dotted(row.words), name_of(row.kind, language), line_of(fault),
                     why_not(world, fault, language), !group.empty() && group != first});
    group = first;
  }
  if (victim.target == FaultTarget::Pod) add_pod_commands(world, victim, language, deeds);
  if (victim.target == FaultTarget::Node) add_node_commands(world, victim, language, deeds);
  return deeds;
}

const std::vector<Deed>& FaultMenu::deeds(Context& context, const Victim& victim) {
  if (version_ != context.session.version() || language_ != context.view.language) {
    known_.clear();
    version_ = context.session.version();
    language_ = context.view.language;
  }
  const std::string key = fmt::format("{}/{}/{}/{}", static_cast<int>(victim.target), victim.ns,
                                      victim.name, victim.container);
  const auto [known, is_new] = known_.try_emplace(key);
  if (is_new) known->second = deeds_on(context.session.world(), victim, language_);
  return known->second;
}

void FaultMenu::items(Context& context, const Victim& victim, const std::string& prefix) {
  for (const Deed& deed : deeds(context, victim)) {
    if (deed.begins_group) ImGui::Separator();
    const bool can = deed.not_now.empty();
    if (!can) context.probe.say(deed.not_now);
    if (menu_item(context, fmt::format("{}.{}", prefix, deed.id), deed.label,
                  can ? nullptr : deed.not_now.c_str(), false, can)) {
      context.session.command(deed.line);
    }
    tip(context, deed.line);
  }
}

void FaultMenu::pod_items(Context& context, const sim::Pod& pod, const std::string& container,
                          const std::string& prefix) {
  Victim victim{FaultTarget::Pod, pod.meta.name.str(), pod.meta.ns.str(), container};
  if (container.empty() && pod.spec->containers.size() > 1) {
    for (const sim::Container& one : pod.spec->containers) {
      const std::string name = fmt::format("{}.{}", prefix, one.name);
      if (!begin_menu(context, name,
                      fmt::format("{} {}", context.in("Container", "컨테이너"), one.name))) {
        continue;
      }
      victim.container = one.name.str();
      items(context, victim, name);
      ImGui::EndMenu();
    }
    ImGui::Separator();
    victim.container.clear();
  }
  items(context, victim, prefix);
}

}  // namespace ui
