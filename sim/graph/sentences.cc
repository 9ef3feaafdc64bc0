#include "sim/graph/sentences.h"

#include "sim/base/format.h"
#include "sim/base/utf8.h"

namespace sim {
namespace {

/// The particle that fits the last sound of a Korean word; both forms where the word is not Korean.
std::string particle(std::string_view word, std::string_view after_consonant,
                     std::string_view after_vowel) {
  std::size_t start = word.size();
  while (start > 0 && (static_cast<unsigned char>(word[start - 1]) & 0xc0) == 0x80) --start;
  if (start > 0) --start;
  char32_t last = 0;
  decode_utf8(word.substr(start), &last);
  constexpr char32_t kFirst = 0xac00, kLast = 0xd7a3, kFinals = 28;
  if (last < kFirst || last > kLast) return fmt::format("{}({})", after_consonant, after_vowel);
  return std::string((last - kFirst) % kFinals != 0 ? after_consonant : after_vowel);
}
std::string topic(std::string_view word) {
  return fmt::format("{}{}", word, particle(word, "은", "는"));
}
std::string object(std::string_view word) {
  return fmt::format("{}{}", word, particle(word, "을", "를"));
}

std::string clock(const Why& why) { return why.when ? to_clock(*why.when) : "?"; }

/// The cluster's own words, behind a sentence.
std::string quoted(const std::string& reason) {
  return reason.empty() ? "" : fmt::format(" ({})", reason);
}

std::string by_command(const Why& why, bool ko) {
  if (!why.scaled_down.empty()) {
    return ko ? fmt::format(" 클러스터 오토스케일러가 노드 {}를 없앴습니다.", why.scaled_down)
              : fmt::format(": the cluster autoscaler removed node {}", why.scaled_down);
  }
  if (why.command.empty()) return "";
  std::string line = why.command.substr(0, why.command.find('\n'));
  constexpr std::size_t kLongest = 120;
  if (line.size() > kLongest) {
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
    line = line.substr(0, end) + "…";
  }
  return ko ? fmt::format(" 명령: {}", line) : fmt::format(", by `{}`", line);
}

std::string for_another(const Why& why, bool ko) {
  if (why.preemptor.empty()) return "";
  return ko ? fmt::format(" 우선순위가 더 높은 Pod {}에 자리를 내주었습니다.", why.preemptor)
            : fmt::format(": it had to make room for pod {}, whose priority is higher",
                          why.preemptor);
}

std::string volume_noun(const PlaceName& place, bool ko) {
  if (place.kind == "PersistentVolumeClaim" || place.kind == "ephemeral") {
    return ko ? fmt::format("클레임 \"{}\"의 볼륨", place.source)
              : fmt::format("the volume of claim \"{}\"", place.source);
  }
  if (place.kind == "PersistentVolume") {
    return ko ? fmt::format("볼륨 {}", place.source) : fmt::format("the volume {}", place.source);
  }
  if (place.kind == "hostPath" && !place.node.empty()) {
    return ko ? fmt::format("노드 {}의 디렉터리 {}", place.node, place.source)
              : fmt::format("the directory {} of node {}", place.source, place.node);
  }
  return ko ? fmt::format("{} 볼륨 \"{}\"", place.kind, place.volume)
            : fmt::format("the {} volume \"{}\"", place.kind, place.volume);
}

// One function for each language: a sentence is written whole, never glued from halves whose order
// differs.
std::string in_english(const Why& why) {
  const std::string& path = why.path;
  const PlaceName there = why.there.value_or(PlaceName());
  switch (why.code) {
    case WhyCode::InImage:
      return fmt::format(
          "{} is in the image of container \"{}\": every container of this image has it.", path,
          why.container);
    case WhyCode::GivenByKubelet:
      return fmt::format("{} is one of the files that the kubelet gives every container.", path);
    case WhyCode::InContainerLayer:
      return fmt::format(
          "{} is in the writable layer of container \"{}\" in pod {}: no other container sees it, "
          "and it is lost when this container restarts.",
          path, why.container, why.pod);
    case WhyCode::InVolume: {
      std::string text =
          fmt::format("{} is in {}, mounted at {}", path, noun(why.here, "en"), why.here.at);
      if (why.stale) text += fmt::format(", as an older version than {} has now", why.reason);
      return text + ".";
    }
    case WhyCode::NeverWrittenHere:
      if (!why.there) {
        return fmt::format("Nothing has ever written {} where container \"{}\" of pod {} looks.",
                           path, why.container, why.pod);
      }
      if (there.where == Place::Where::Volume) {
        return fmt::format("{} is in {} of pod {}, mounted at {}; pod {} has a volume of its own.",
                           path, noun(there, "en"), there.pod, there.at, why.pod);
      }
      if (there.where == Place::Where::Image) {
        return fmt::format(
            "{} is in the image {} of pod {}; container \"{}\" of pod {} comes from another image.",
            path, there.image, there.pod, why.container, why.pod);
      }
      if (there.pod == why.pod) {
        return fmt::format(
            "{} was written in container \"{}\" and went to its writable layer, not into {}; "
            "container \"{}\" of the same pod has a writable layer of its own.",
            path, there.container,
            why.decoy.empty() ? "any volume" : fmt::format("the emptyDir at {}", why.decoy),
            why.container);
      }
      return fmt::format(
          "{} was written in pod {} and went to the writable layer of its container \"{}\", not "
          "into {}; pod {} has a container and a writable layer of its own.",
          path, there.pod, there.container,
          why.decoy.empty() ? "any volume" : fmt::format("the emptyDir at {}", why.decoy), why.pod);
    case WhyCode::DeletedHere:
      if (there.where == Place::Where::Image) {
        return fmt::format(
            "{} is in the image, but was removed in container \"{}\" of pod {} at {}{}: its "
            "writable "
            "layer hides it now.",
            path, why.container, why.pod, clock(why), by_command(why, false));
      }
      return fmt::format("{} was in {} and was removed at {}{}.", path, noun(why.here, "en"),
                         clock(why), by_command(why, false));
    case WhyCode::HiddenByMount:
      return fmt::format("{} is in {}, but the volume mounted at {} hides everything below it.",
                         path, there.where == Place::Where::Image ? "the image" : noun(there, "en"),
                         why.here.at);
    case WhyCode::LostWithContainer:
      return fmt::format(
          "{} was in the writable layer of an earlier instance of container \"{}\", which ended at "
          "{}; the new instance began with the image alone.",
          path, why.container, clock(why));
    case WhyCode::LostWithPod:
      if (there.where == Place::Where::Layer) {
        return fmt::format("{} was in {}, and went with that pod at {}{}{}.", path,
                           noun(there, "en"), clock(why), by_command(why, false),
                           for_another(why, false));
      }
      return fmt::format("{} was in {} of pod {}, and went with that pod at {}{}{}.", path,
                         noun(there, "en"), there.pod, clock(why), by_command(why, false),
                         for_another(why, false));
    case WhyCode::LostWithReboot:
      return fmt::format(
          "{} was in {}, which lies in the memory of node {}; the machine restarted at {}, and "
          "memory is empty after that.",
          path, noun(why.here, "en"), why.here.node, clock(why));
    case WhyCode::LostWithVolume:
      return fmt::format("{} was in {}, which was deleted at {}{}.", path, noun(there, "en"),
                         clock(why), by_command(why, false));
    case WhyCode::VolumeNotMounted:
      if (there.pod == why.pod) {
        return fmt::format(
            "{} is in {}, which container \"{}\" mounts at {}; container \"{}\" does not mount it "
            "there.",
            path, noun(there, "en"), there.container, there.at, why.container);
      }
      return fmt::format("{} is in {} of pod {}, mounted at {}; pod {} does not mount it there.",
                         path, noun(there, "en"), there.pod, there.at, why.pod);
    case WhyCode::OnOtherNode:
      return fmt::format(
          "{} is in {}, where pod {} runs; pod {} runs on node {} and looks into the same "
          "directory there.",
          path, noun(there, "en"), there.pod, why.pod, why.here.node);
    case WhyCode::NotInSource:
      return fmt::format("{} would come from {}, which has nothing of that name.", path,
                         why.reason);
    case WhyCode::NotRefreshedYet:
      return fmt::format(
          "{} has it, but the kubelet has not written it into {} yet: it does so at its next look, "
          "up to a minute and a half later.",
          why.reason, noun(why.here, "en"));
    case WhyCode::PinnedBySubPath:
      return fmt::format(
          "{} has it, but container \"{}\" mounts with subPath, and such a mount stays what it was "
          "when the container started.",
          why.reason, why.container);
    case WhyCode::BrokenLink:
      return fmt::format("{} is a symbolic link{}, and there is nothing.", path,
                         why.reason.empty() ? "" : " to " + why.reason);
    case WhyCode::NotPermitted:
      return fmt::format(
          "A directory on the way to {} may not be searched by user {}, as whom container \"{}\" "
          "runs.",
          path, why.reason, why.container);
    case WhyCode::ClaimNotBound:
      return fmt::format("Pod {} waits: its claim \"{}\" has no volume yet{}.", why.pod,
                         why.here.source, quoted(why.reason));
    case WhyCode::VolumeNotAttached:
      if (why.detached) {
        return fmt::format(
            "Pod {} still has volume {} mounted at {}, but it was detached from node {} by force: "
            "whatever is read or written there is an input/output error.",
            why.pod, why.here.persistent, why.here.at, why.here.node);
      }
      return fmt::format("Pod {} waits: volume {} is not attached to its node {}{}.", why.pod,
                         why.here.persistent, why.here.node, quoted(why.reason));
    case WhyCode::VolumeNotReady:
      return fmt::format("Pod {} waits for its volume \"{}\"{}.", why.pod, why.here.volume,
                         quoted(why.reason));
    case WhyCode::ImageNotPulled:
      return fmt::format("Container \"{}\" of pod {} waits for its image{}.", why.container,
                         why.pod, quoted(why.reason));
    case WhyCode::PodNotScheduled:
      return fmt::format("Pod {} has no node yet{}.", why.pod, quoted(why.reason));
    case WhyCode::PodEvicted:
      return fmt::format("Pod {} was evicted from node {}{}.", why.pod, why.here.node,
                         quoted(why.reason));
    case WhyCode::NodeDown:
      return fmt::format("Node {} is off since {}: nothing runs there that could see {}.",
                         why.here.node, clock(why), path);
    case WhyCode::NodeCutOff:
      return fmt::format(
          "Node {} is cut off from the network since {}: the container may go on there, but nobody "
          "outside can see {}.",
          why.here.node, clock(why), path);
    case WhyCode::PodShutDown:
      return fmt::format("Pod {} ended when its node {} shut down{}.", why.pod, why.here.node,
                         quoted(why.reason));
    case WhyCode::NoSuchContainer:
      return fmt::format("Pod {} has no container \"{}\".", why.pod, why.container);
    case WhyCode::PodNotRunning:
      if (why.reason == "unknown") return "There is no such pod.";
      if (why.reason == "deleted") {
        return fmt::format("Pod {} is gone{}: nothing runs there that could see {}.", why.pod,
                           why.preemptor.empty()
                               ? std::string()
                               : fmt::format(", preempted by pod {}", why.preemptor),
                           path);
      }
      return fmt::format("Container \"{}\" of pod {} is not running ({}).", why.container, why.pod,
                         why.reason);
  }
  return "";
}

std::string in_korean(const Why& why) {
  const std::string& path = why.path;
  const PlaceName there = why.there.value_or(PlaceName());
  const std::string file = topic(path);
  switch (why.code) {
    case WhyCode::InImage:
      return fmt::format(
          "{} 컨테이너 \"{}\"의 이미지에 들어 있어서, 같은 이미지로 뜬 컨테이너라면 어디서나 "
          "보입니다.",
          file, why.container);
    case WhyCode::GivenByKubelet:
      return fmt::format("{} kubelet이 모든 컨테이너에 넣어 주는 파일입니다.", file);
    case WhyCode::InContainerLayer:
      return fmt::format(
          "{} Pod {}에 있는 컨테이너 \"{}\"의 쓰기 레이어에 있습니다. 다른 컨테이너에서는 보이지 "
          "않고, 이 컨테이너가 다시 시작되면 사라집니다.",
          file, why.pod, why.container);
    case WhyCode::InVolume:
      if (why.stale) {
        return fmt::format("{} {}에 마운트된 {}에 들어 있지만, 지금의 {}보다 오래된 내용입니다.",
                           file, why.here.at, noun(why.here, "ko"), why.reason);
      }
      return fmt::format("{} {}에 마운트된 {}에 들어 있습니다.", file, why.here.at,
                         noun(why.here, "ko"));
    case WhyCode::NeverWrittenHere:
      if (!why.there) {
        return fmt::format("Pod {}의 컨테이너 \"{}\"가 보는 곳에 {} 쓴 적이 없습니다.", why.pod,
                           why.container, object(path));
      }
      if (there.where == Place::Where::Volume) {
        return fmt::format(
            "{} Pod {}의 {}({}에 마운트)에 있고, Pod {}에는 따로 자기 볼륨이 있습니다.", file,
            there.pod, noun(there, "ko"), there.at, why.pod);
      }
      if (there.where == Place::Where::Image) {
        return fmt::format(
            "{} Pod {}의 이미지 {}에 들어 있습니다. Pod {}의 컨테이너 \"{}\"는 다른 이미지로 "
            "떴습니다.",
            file, there.pod, there.image, why.pod, why.container);
      }
      if (there.pod == why.pod) {
        return fmt::format(
            "{} 컨테이너 \"{}\"에서 썼고, {} 그 컨테이너의 쓰기 레이어에 들어갔습니다. 같은 Pod의 "
            "컨테이너 \"{}\"에는 자기 쓰기 레이어가 따로 있습니다.",
            file, there.container,
            why.decoy.empty() ? "볼륨이 아니라" : fmt::format("{}의 emptyDir이 아니라", why.decoy),
            why.container);
      }
      return fmt::format(
          "{} Pod {}에서 썼고, {} 그 Pod의 컨테이너 \"{}\" 쓰기 레이어에 들어갔습니다. Pod {}에는 "
          "자기 컨테이너와 자기 쓰기 레이어가 따로 있습니다.",
          file, there.pod,
          why.decoy.empty() ? "볼륨이 아니라" : fmt::format("{}의 emptyDir이 아니라", why.decoy),
          there.container, why.pod);
    case WhyCode::DeletedHere:
      if (there.where == Place::Where::Image) {
        return fmt::format(
            "{} 이미지에 있지만 {}에 Pod {}의 컨테이너 \"{}\"에서 지워져서, 이제 쓰기 레이어가 "
            "그것을 "
            "가립니다.{}",
            file, clock(why), why.pod, why.container, by_command(why, true));
      }
      return fmt::format("{} {}에 있었지만 {}에 지워졌습니다.{}", file, noun(why.here, "ko"),
                         clock(why), by_command(why, true));
    case WhyCode::HiddenByMount:
      return fmt::format("{} {}에 있지만, {}에 마운트된 볼륨이 그 아래를 모두 가립니다.", file,
                         there.where == Place::Where::Image ? "이미지" : noun(there, "ko"),
                         why.here.at);
    case WhyCode::LostWithContainer:
      return fmt::format(
          "{} {}에 끝난 컨테이너 \"{}\"의 이전 인스턴스 쓰기 레이어에 있었습니다. 새 인스턴스는 "
          "이미지만 가지고 시작합니다.",
          file, clock(why), why.container);
    case WhyCode::LostWithPod:
      return fmt::format(
          "{} Pod {}의 {}에 있었고, {}에 그 Pod와 함께 사라졌습니다.{}{}", file, there.pod,
          there.where == Place::Where::Layer ? "컨테이너 쓰기 레이어" : noun(there, "ko"),
          clock(why), for_another(why, true), by_command(why, true));
    case WhyCode::LostWithReboot:
      return fmt::format(
          "{} 노드 {}의 메모리에 있는 {}에 있었습니다. 노드가 {}에 다시 시작되면서 메모리가 "
          "비었습니다.",
          file, why.here.node, noun(why.here, "ko"), clock(why));
    case WhyCode::LostWithVolume:
      return fmt::format("{} {}에 있었고, 그 볼륨은 {}에 삭제되었습니다.{}", file,
                         noun(there, "ko"), clock(why), by_command(why, true));
    case WhyCode::VolumeNotMounted:
      if (there.pod == why.pod) {
        return fmt::format(
            "{} {}에 있습니다. 컨테이너 \"{}\"는 그것을 {}에 마운트했지만, 컨테이너 \"{}\"는 "
            "거기에 "
            "마운트하지 않았습니다.",
            file, noun(there, "ko"), there.container, there.at, why.container);
      }
      return fmt::format(
          "{} Pod {}의 {}({}에 마운트)에 있고, Pod {}에는 거기에 마운트되어 있지 않습니다.", file,
          there.pod, noun(there, "ko"), there.at, why.pod);
    case WhyCode::OnOtherNode:
      return fmt::format(
          "{} Pod {}가 있는 {}에 있습니다. Pod {}는 노드 {}에서 돌면서 그 노드의 같은 디렉터리를 "
          "봅니다.",
          file, there.pod, noun(there, "ko"), why.pod, why.here.node);
    case WhyCode::NotInSource:
      return fmt::format("{} {}에서 와야 하는데, 거기에 그런 이름이 없습니다.", file, why.reason);
    case WhyCode::NotRefreshedYet:
      return fmt::format(
          "{}에는 있지만 kubelet이 아직 {}에 쓰지 않았습니다. 다음에 확인할 때 쓰며, 길면 1분 반이 "
          "걸립니다.",
          why.reason, noun(why.here, "ko"));
    case WhyCode::PinnedBySubPath:
      return fmt::format(
          "{}에는 있지만, 컨테이너 \"{}\"는 subPath로 마운트했고 그런 마운트는 컨테이너가 시작될 "
          "때의 모습 그대로입니다.",
          why.reason, why.container);
    case WhyCode::BrokenLink:
      return fmt::format("{} 심볼릭 링크인데, 가리키는 곳({})에 아무것도 없습니다.", file,
                         why.reason.empty() ? "?" : why.reason);
    case WhyCode::NotPermitted:
      return fmt::format(
          "{}까지 가는 길에 있는 디렉터리를 컨테이너 \"{}\"의 사용자 {}가 열 수 없습니다.", path,
          why.container, why.reason);
    case WhyCode::ClaimNotBound:
      return fmt::format("Pod {}는 기다리고 있습니다. 클레임 \"{}\"에 아직 볼륨이 없습니다{}.",
                         why.pod, why.here.source, quoted(why.reason));
    case WhyCode::VolumeNotAttached:
      if (why.detached) {
        return fmt::format(
            "Pod {}에는 볼륨 {}가 아직 {}에 마운트되어 있지만, 노드 {}에서 강제로 분리되어 그 "
            "아래를 읽거나 쓰면 입출력 오류가 납니다.",
            why.pod, why.here.persistent, why.here.at, why.here.node);
      }
      return fmt::format(
          "Pod {}는 기다리고 있습니다. 볼륨 {}이(가) 노드 {}에 붙어 있지 않습니다{}.", why.pod,
          why.here.persistent, why.here.node, quoted(why.reason));
    case WhyCode::VolumeNotReady:
      return fmt::format("Pod {}는 볼륨 \"{}\"을(를) 기다리고 있습니다{}.", why.pod,
                         why.here.volume, quoted(why.reason));
    case WhyCode::ImageNotPulled:
      return fmt::format("Pod {}의 컨테이너 \"{}\"는 이미지를 기다리고 있습니다{}.", why.pod,
                         why.container, quoted(why.reason));
    case WhyCode::PodNotScheduled:
      return fmt::format("Pod {}에는 아직 노드가 없습니다{}.", why.pod, quoted(why.reason));
    case WhyCode::PodEvicted:
      return fmt::format("Pod {}는 노드 {}에서 쫓겨났습니다{}.", why.pod, why.here.node,
                         quoted(why.reason));
    case WhyCode::NodeDown:
      return fmt::format("노드 {}가 {}부터 꺼져 있어서 {} 볼 수 있는 것이 없습니다.", why.here.node,
                         clock(why), object(path));
    case WhyCode::NodeCutOff:
      return fmt::format(
          "노드 {}의 네트워크가 {}부터 끊겨 있습니다. 컨테이너는 그 안에서 계속 돌 수 있지만 "
          "밖에서는 "
          "{} 볼 수 없습니다.",
          why.here.node, clock(why), object(path));
    case WhyCode::PodShutDown:
      return fmt::format("노드 {}가 종료되면서 Pod {}도 끝났습니다{}.", why.here.node, why.pod,
                         quoted(why.reason));
    case WhyCode::NoSuchContainer:
      return fmt::format("Pod {}에는 컨테이너 \"{}\"가 없습니다.", why.pod, why.container);
    case WhyCode::PodNotRunning:
      if (why.reason == "unknown") return "그런 Pod는 없습니다.";
      if (why.reason == "deleted") {
        return fmt::format("Pod {}는 이제 없어서 {} 볼 수 있는 것이 없습니다.{}", why.pod,
                           object(path), for_another(why, true));
      }
      return fmt::format("Pod {}의 컨테이너 \"{}\"가 실행 중이 아닙니다({}).", why.pod,
                         why.container, why.reason);
  }
  return "";
}

std::string advice_in_english(const Why& why) {
  const Cure& cure = why.cure;
  const std::string covers =
      cure.hides_image ? " (an empty volume there hides what the image has: copy it in first)" : "";
  switch (cure.kind) {
    case Cure::Kind::None:
      return "";
    case Cure::Kind::WriteShared:
      return fmt::format("write it under {}: that volume is mounted in both", cure.at);
    case Cure::Kind::ShareVolume:
      return fmt::format(
          "keep it in a volume that all of the pods mount: a claim with ReadWriteMany at {}{}",
          cure.at, covers);
    case Cure::Kind::ShareInPod:
      return fmt::format("mount an emptyDir of the pod at {} in both containers{}", cure.at,
                         covers);
    case Cure::Kind::MountHere:
      return fmt::format("mount the volume \"{}\" at {} here too", cure.volume, cure.at);
    case Cure::Kind::MountElsewhere:
      return fmt::format(
          "mount that volume at another path than {}, or copy the files into it first, with an "
          "init container",
          cure.at);
    case Cure::Kind::RestartContainer:
      return "restart the container: it then begins anew";
    case Cure::Kind::KeepInVolume:
      return fmt::format("write it under {}: the volume \"{}\" keeps it", cure.at, cure.volume);
    case Cure::Kind::AddVolume:
      return fmt::format("mount an emptyDir at {}: it outlives the container{}", cure.at, covers);
    case Cure::Kind::UseClaim:
      return fmt::format("mount a PersistentVolumeClaim at {}: it outlives the pod{}", cure.at,
                         covers);
    case Cure::Kind::UseDisk:
      return fmt::format(
          "leave out \"medium: Memory\" for the volume \"{}\": the disk outlives a restart of the "
          "machine",
          cure.volume);
    case Cure::Kind::AddKey:
      return fmt::format("put the key into {}", cure.source);
    case Cure::Kind::WaitForRefresh:
      return "wait: the kubelet writes it at its next look";
    case Cure::Kind::WriteAgain:
      return "write it again";
    case Cure::Kind::ProvideClaim:
      return fmt::format(
          "give the claim \"{}\" a volume: a StorageClass that provisions one, or a "
          "PersistentVolume that fits",
          cure.source);
    case Cure::Kind::FreeVolume:
      return fmt::format(
          "let the other node give {} back, run both pods on one node, or use a class with "
          "ReadWriteMany",
          cure.source);
    case Cure::Kind::ProvideSource:
      return cure.source.empty() ? "make what the volume needs"
                                 : fmt::format("make what the volume needs: {}", cure.source);
    case Cure::Kind::FixImage:
      return "give the container an image that can be pulled";
    case Cure::Kind::FixScheduling:
      return "make room for the pod, or ask for less";
    case Cure::Kind::StartNode:
      return "give the node its power back, or let the pod be replaced on another node";
    case Cure::Kind::HealNetwork:
      return "mend the node's network, or let the pod be replaced on another node";
    case Cure::Kind::MendDriver:
      return fmt::format(
          "get the storage driver {} to work again; Kubernetes then goes on by itself",
          cure.source);
    case Cure::Kind::MendRegistry:
      return "get the image registry to answer again, or have the image on the node beforehand";
    case Cure::Kind::Allow:
      return "run the container as a user who may, or change the directory's mode (fsGroup)";
  }
  return "";
}

std::string advice_in_korean(const Why& why) {
  const Cure& cure = why.cure;
  const std::string covers =
      cure.hides_image ? " (빈 볼륨은 이미지의 파일을 가리므로 먼저 복사해 넣어야 합니다)" : "";
  switch (cure.kind) {
    case Cure::Kind::None:
      return "";
    case Cure::Kind::WriteShared:
      return fmt::format("{} 아래에 쓰면 됩니다. 양쪽 모두 그 볼륨을 마운트합니다", cure.at);
    case Cure::Kind::ShareVolume:
      return fmt::format(
          "모든 Pod가 함께 마운트하는 볼륨에 두면 됩니다. ReadWriteMany 클레임을 {}에 "
          "마운트하세요{}",
          cure.at, covers);
    case Cure::Kind::ShareInPod:
      return fmt::format("Pod의 emptyDir 하나를 두 컨테이너의 {}에 마운트하세요{}", cure.at,
                         covers);
    case Cure::Kind::MountHere:
      return fmt::format("볼륨 \"{}\"을(를) 여기에서도 {}에 마운트하세요", cure.volume, cure.at);
    case Cure::Kind::MountElsewhere:
      return fmt::format(
          "그 볼륨을 {}이(가) 아닌 경로에 마운트하거나, 초기화 컨테이너로 파일을 먼저 복사해 "
          "넣으세요",
          cure.at);
    case Cure::Kind::RestartContainer:
      return "컨테이너를 다시 시작하면 새로 시작합니다";
    case Cure::Kind::KeepInVolume:
      return fmt::format("{} 아래에 쓰면 볼륨 \"{}\"에 남습니다", cure.at, cure.volume);
    case Cure::Kind::AddVolume:
      return fmt::format("{}에 emptyDir을 마운트하면 컨테이너보다 오래 남습니다{}", cure.at,
                         covers);
    case Cure::Kind::UseClaim:
      return fmt::format("{}에 PersistentVolumeClaim을 마운트하면 Pod보다 오래 남습니다{}", cure.at,
                         covers);
    case Cure::Kind::UseDisk:
      return fmt::format(
          "볼륨 \"{}\"에서 \"medium: Memory\"를 빼면 노드가 다시 시작되어도 디스크에 남습니다",
          cure.volume);
    case Cure::Kind::AddKey:
      return fmt::format("{}에 그 키를 넣으세요", cure.source);
    case Cure::Kind::WaitForRefresh:
      return "기다리면 kubelet이 다음에 확인할 때 씁니다";
    case Cure::Kind::WriteAgain:
      return "다시 쓰면 됩니다";
    case Cure::Kind::ProvideClaim:
      return fmt::format(
          "클레임 \"{}\"에 볼륨을 주세요. 볼륨을 만들어 주는 StorageClass나 맞는 "
          "PersistentVolume이 있어야 합니다",
          cure.source);
    case Cure::Kind::FreeVolume:
      return fmt::format(
          "다른 노드가 {}을(를) 놓게 하거나, 두 Pod를 한 노드에 두거나, ReadWriteMany 클래스를 "
          "쓰세요",
          cure.source);
    case Cure::Kind::ProvideSource:
      return cure.source.empty() ? "볼륨에 필요한 것을 만들어 주세요"
                                 : fmt::format("볼륨에 필요한 것을 만들어 주세요: {}", cure.source);
    case Cure::Kind::FixImage:
      return "받을 수 있는 이미지를 지정하세요";
    case Cure::Kind::FixScheduling:
      return "Pod가 들어갈 자리를 만들거나 요청을 줄이세요";
    case Cure::Kind::StartNode:
      return "노드를 다시 켜거나, Pod가 다른 노드에서 새로 만들어지게 하세요";
    case Cure::Kind::HealNetwork:
      return "노드의 네트워크를 복구하거나, Pod가 다른 노드에서 새로 만들어지게 하세요";
    case Cure::Kind::MendDriver:
      return fmt::format(
          "스토리지 드라이버 {}를 복구하세요. 그다음은 쿠버네티스가 알아서 이어 갑니다",
          cure.source);
    case Cure::Kind::MendRegistry:
      return "이미지 레지스트리를 복구하거나, 이미지를 노드에 미리 받아 두세요";
    case Cure::Kind::Allow:
      return "권한이 있는 사용자로 실행하거나 디렉터리 권한을 바꾸세요(fsGroup)";
  }
  return "";
}

}  // namespace

std::string noun(const PlaceName& place, std::string_view language) {
  const bool ko = language == "ko";
  switch (place.where) {
    case Place::Where::Nowhere:
      return ko ? "없는 곳" : "nowhere";
    case Place::Where::Image:
      return ko ? fmt::format("이미지 {}", place.image) : fmt::format("the image {}", place.image);
    case Place::Where::Given:
      return ko ? fmt::format("kubelet이 컨테이너 \"{}\"에 넣어 준 파일", place.container)
                : fmt::format("the files that the kubelet gave container \"{}\"", place.container);
    case Place::Where::Layer:
      return ko ? fmt::format("Pod {}의 컨테이너 \"{}\" 쓰기 레이어", place.pod, place.container)
                : fmt::format("the writable layer of container \"{}\" in pod {}", place.container,
                              place.pod);
    case Place::Where::Volume:
      return volume_noun(place, ko);
  }
  return "";
}

std::string sentence(const Why& why, std::string_view language) {
  return language == "ko" ? in_korean(why) : in_english(why);
}

std::string advice(const Why& why, std::string_view language) {
  return language == "ko" ? advice_in_korean(why) : advice_in_english(why);
}

std::string history_line(const Chronicle& chronicle, const Happening& happening,
                         std::string_view language) {
  const bool ko = language == "ko";
  const std::string where = noun(name_place(chronicle, happening.place), language);
  const std::string& text = happening.origin.text;
  const std::string by = text.empty() ? "" : fmt::format("  `{}`", text.substr(0, text.find('\n')));
  const auto say = [&](std::string_view en, std::string_view korean) {
    return ko ? fmt::format("{}{} {}{}", where, "에서", korean, by)
              : fmt::format("{} {}{}", en, where, by);
  };
  switch (happening.what) {
    case Happening::What::Created:
      return say("created in", "만들어짐");
    case Happening::What::CopiedUp:
      return say("copied up from the image into", "이미지에서 복사해 올라옴");
    case Happening::What::Changed:
      return say("changed in", "바뀜");
    case Happening::What::Removed:
      return say("removed from", "지워짐");
    case Happening::What::HiddenBelow:
      return say("the image's file was hidden by a whiteout in", "이미지의 파일이 가려짐");
    case Happening::What::Lost:
      return say("lost with", "함께 사라짐");
    case Happening::What::Emptied:
      return say("the machine restarted and emptied", "노드가 다시 시작되어 비워짐");
  }
  return "";
}

}  // namespace sim
