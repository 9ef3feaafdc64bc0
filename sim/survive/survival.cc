#include "sim/survive/survival.h"

#include <array>

namespace sim {
namespace {

struct TrialWords {
  std::string_view name;
  std::string_view en;
  std::string_view ko;
};
constexpr std::array<TrialWords, kTrialCount> kTrials = {{
    {"container-crash", "the container's process ends and is started again",
     "컨테이너의 프로세스가 끝나고 다시 시작됨"},
    {"pod-delete", "the pod is deleted, and its controller makes another",
     "Pod를 삭제하고, 컨트롤러가 다른 Pod를 만듦"},
    {"rollout", "kubectl rollout restart", "kubectl rollout restart"},
    {"scale", "scaled down to none, and up again", "0으로 줄였다가 다시 늘림"},
    {"drain", "kubectl drain of the pod's node", "Pod가 있는 노드를 kubectl drain"},
    {"node-crash", "the pod's node stops without warning and never comes back",
     "Pod가 있는 노드가 예고 없이 멈추고 돌아오지 않음"},
    {"node-reboot", "the pod's node restarts and is back within a minute or two",
     "Pod가 있는 노드가 재부팅되어 1~2분 안에 돌아옴"},
    {"zone-loss", "all nodes of the pod's zone stop", "Pod가 있는 가용 영역의 노드가 모두 멈춤"},
    {"claim-delete", "the pod's claims are deleted, later also the pods that use them",
     "Pod의 클레임을 삭제하고, 이어서 그것을 쓰던 Pod도 삭제"},
    {"namespace-delete", "the namespace is deleted", "네임스페이스를 삭제"},
}};

}  // namespace

std::string_view name_of(Trial trial) { return kTrials[static_cast<std::size_t>(trial)].name; }

std::optional<Trial> parse_trial(std::string_view name) {
  for (std::size_t i = 0; i < kTrials.size(); ++i) {
    if (kTrials[i].name == name) return static_cast<Trial>(i);
  }
  return std::nullopt;
}

std::vector<std::string> trial_names() {
  std::vector<std::string> names;
  for (const TrialWords& trial : kTrials) names.emplace_back(trial.name);
  return names;
}

std::string_view words_of(Trial trial, std::string_view language) {
  const TrialWords& words = kTrials[static_cast<std::size_t>(trial)];
  return language == "ko" ? words.ko : words.en;
}

std::string_view name_of(Fate fate) {
  switch (fate) {
    case Fate::None:
      return "none";
    case Fate::Kept:
      return "kept";
    case Fate::Lost:
      return "lost";
    case Fate::Unreachable:
      return "unreachable";
  }
  return "";
}

}  // namespace sim
