#include "ui/file_sight.h"

#include <algorithm>
#include <cctype>

#include "sim/graph/difference.h"
#include "ui/world_changes.h"

namespace ui {

using namespace sim;

namespace {

/// A chronicle reads the journal once: so many changes are read well within a frame.
constexpr std::uint64_t kCheapJournal = 20'000;
constexpr std::size_t kMostLooks = 4'000'000;  // kept, over all paths
constexpr std::size_t kMostWhys = 20'000;
constexpr std::size_t kMostWritten = 500;
constexpr std::size_t kMostSingle = 100'000;
constexpr std::size_t kManyViewers = 2'000;

}  // namespace

Lies lies_of(const World& world, const Place& place) {
  switch (place.where) {
    case Place::Where::Nowhere:
      return Lies::Nowhere;
    case Place::Where::Image:
      return Lies::Image;
    case Place::Where::Given:
      return Lies::Given;
    case Place::Where::Layer:
      return Lies::Layer;
    case Place::Where::Volume:
      break;
  }
  const Disk* disk = place.row.kind == Kind::Disk ? world.get<Disk>(place.row.id) : nullptr;
  if (!disk) return Lies::Host;
  if (disk->medium == Disk::Medium::Projection) return Lies::Source;
  return disk->sandbox != 0 ? Lies::PodVolume : Lies::Shared;
}

const char* letter_of(Lies lies) {
  constexpr const char* letters[] = {"", "I", "K", "C", "E", "S", "V", "H"};
  return letters[static_cast<std::size_t>(lies)];
}

const char* word_of(Lies lies, bool korean) {
  constexpr const char* english[] = {"nowhere",
                                     "image",
                                     "given by the kubelet",
                                     "container's writable layer",
                                     "emptyDir",
                                     "ConfigMap, Secret, …",
                                     "shared volume",
                                     "the node's disk"};
  constexpr const char* in_korean[] = {"없음",
                                       "이미지",
                                       "kubelet이 넣은 파일",
                                       "컨테이너의 쓰기 레이어",
                                       "emptyDir",
                                       "ConfigMap, Secret, …",
                                       "공유 볼륨",
                                       "노드의 디스크"};
  const auto index = static_cast<std::size_t>(lies);
  return korean ? in_korean[index] : english[index];
}

std::string word_of(WhyCode code, bool korean) {
  if (!korean) {
    std::string word(name_of(code));
    std::transform(word.begin(), word.end(), word.begin(), [](char c) {
      return c == '_' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    return word;
  }
  switch (code) {
    case WhyCode::InImage:
      return "이미지에 있음";
    case WhyCode::GivenByKubelet:
      return "kubelet이 넣음";
    case WhyCode::InContainerLayer:
      return "쓰기 레이어에 있음";
    case WhyCode::InVolume:
      return "볼륨에 있음";
    case WhyCode::NeverWrittenHere:
      return "여기에 쓴 적 없음";
    case WhyCode::DeletedHere:
      return "여기서 삭제됨";
    case WhyCode::HiddenByMount:
      return "마운트에 가려짐";
    case WhyCode::LostWithContainer:
      return "컨테이너와 함께 사라짐";
    case WhyCode::LostWithPod:
      return "Pod와 함께 사라짐";
    case WhyCode::LostWithReboot:
      return "재부팅으로 사라짐";
    case WhyCode::LostWithVolume:
      return "볼륨과 함께 사라짐";
    case WhyCode::VolumeNotMounted:
      return "볼륨을 마운트하지 않음";
    case WhyCode::OnOtherNode:
      return "다른 노드에 있음";
    case WhyCode::NotInSource:
      return "원본에 키가 없음";
    case WhyCode::NotRefreshedYet:
      return "아직 갱신 안 됨";
    case WhyCode::PinnedBySubPath:
      return "subPath로 고정됨";
    case WhyCode::BrokenLink:
      return "깨진 링크";
    case WhyCode::NotPermitted:
      return "권한 없음";
    case WhyCode::ClaimNotBound:
      return "PVC가 바인딩 안 됨";
    case WhyCode::VolumeNotAttached:
      return "볼륨이 attach 안 됨";
    case WhyCode::VolumeNotReady:
      return "볼륨이 준비 안 됨";
    case WhyCode::ImageNotPulled:
      return "이미지 pull 실패";
    case WhyCode::PodNotScheduled:
      return "스케줄링 안 됨";
    case WhyCode::PodEvicted:
      return "Pod가 축출됨";
    case WhyCode::NodeDown:
      return "노드가 꺼짐";
    case WhyCode::PodShutDown:
      return "노드와 함께 종료됨";
    case WhyCode::NodeCutOff:
      return "노드와 연결이 끊김";
    case WhyCode::NoSuchContainer:
      return "그런 컨테이너 없음";
    case WhyCode::PodNotRunning:
      return "실행 중이 아님";
  }
  return {};
}

bool Chain::has(Thing thing, Ref row) const {
  return std::any_of(passed.begin(), passed.end(), [&](const Vertex& vertex) {
    return vertex.thing == thing && vertex.row == row;
  });
}

bool Chain::has_mount(Id instance, int part) const {
  return std::any_of(passed.begin(), passed.end(), [&](const Vertex& vertex) {
    return vertex.thing == Thing::Mount && vertex.row.id == instance && vertex.part == part;
  });
}

void FileSight::follow(const World& world) {
  if (world_) {
    const auto changed = changed_rows(*world_, world);
    if (changed && changed->empty()) {
      // Time alone changes no file; who refers to this world sees the new time.
      *world_ = world;
      return;
    }
  }
  chronicle_.reset();  // it refers to the world before
  world_ = world;
  looked_ = false;
  looks_.clear();
  single_.clear();
  whys_.clear();
  chains_.clear();
  written_.reset();
  ++version_;
}

void FileSight::look() {
  if (looked_) return;
  sight_.follow(*world_);
  looked_ = true;
}

const std::vector<Viewer>& FileSight::viewers() {
  look();
  return sight_.viewers();
}

int FileSight::viewer(Id pod, std::string_view container) {
  const std::vector<Viewer>& all = viewers();
  auto at = std::lower_bound(all.begin(), all.end(), pod,
                             [](const Viewer& one, Id id) { return one.pod < id; });
  for (; at != all.end() && at->pod == pod; ++at) {
    if (container.empty() || at->container == container) {
      return static_cast<int>(at - all.begin());
    }
  }
  return -1;
}

Look FileSight::look_at(const Viewer& viewer, const Route* route, const std::string& path) {
  Look look;
  look.status = status_of(route);
  if (!route) return look;
  look.lies = lies_of(*world_, route->place);
  // Only copies of a source can be behind it.
  if (look.lies == Lies::Source && reasons_are_cheap()) {
    const Pod* pod = world_->get<Pod>(viewer.pod);
    look.status = refined(look.status, why(pod->meta.uid, viewer.container.str(), path));
  }
  return look;
}

Look FileSight::look(std::size_t viewer, const std::string& path) {
  const std::vector<Viewer>& all = viewers();
  if (all.size() <= kManyViewers || looks_.count(path) != 0) return looks(path).of[viewer];
  const auto known = single_.find({path, viewer});
  if (known != single_.end()) return known->second;
  if (single_.size() >= kMostSingle) single_.clear();
  const Viewer& one = all[viewer];
  const auto* instance = world_->get<ContainerInstance>(one.instance);
  Look look;
  if (instance && is_awake(*world_, *instance)) {
    const Route route = route_of(*world_, *instance, one.instance, parse_path(path));
    look = look_at(one, &route, path);
    if (route.exists()) look.file = 0;  // which file it is only matters beside all others
  }
  single_[{path, viewer}] = look;
  return look;
}

const Looks& FileSight::looks(const std::string& path) {
  look();
  const auto known = looks_.find(path);
  if (known != looks_.end()) return known->second;
  const std::vector<Viewer>& all = sight_.viewers();
  if (!looks_.empty() && (looks_.size() + 1) * all.size() > kMostLooks) looks_.clear();
  Looks made;
  made.of.reserve(all.size());
  const std::vector<const Route*> routes = sight_.routes(parse_path(path));
  std::map<Place, int> files;
  for (std::size_t i = 0; i < all.size(); ++i) {
    // Replicas often share one route: what was worked out for the one before holds.
    const bool same = i > 0 && routes[i] && routes[i] == routes[i - 1];
    Look look = same ? made.of.back() : look_at(all[i], routes[i], path);
    if (!same && routes[i] && routes[i]->exists()) {
      look.file = files.try_emplace(routes[i]->place, static_cast<int>(files.size())).first->second;
    }
    if (look.file >= 0) ++made.seen;
    made.of.push_back(look);
  }
  made.files = static_cast<int>(files.size());
  return looks_.emplace(path, std::move(made)).first->second;
}

const Why& FileSight::why(Uid pod, const std::string& container, const std::string& path) {
  Question question{pod, container, path};
  const auto known = whys_.find(question);
  if (known != whys_.end()) return known->second;
  if (whys_.size() >= kMostWhys) whys_.clear();
  Why answer = sim::why(chronicle(), pod, container, path);
  return whys_.emplace(std::move(question), std::move(answer)).first->second;
}

const Chain& FileSight::chain(Uid pod, const std::string& container, const std::string& path,
                              std::string_view language) {
  if (chains_.size() >= kMostWhys) chains_.clear();
  const auto [known, is_new] =
      chains_.try_emplace({Question{pod, container, path}, std::string(language)});
  if (is_new) {
    Chain& made = known->second;
    made.lines = way_of(chronicle(), pod, container, path, language, &made.passed);
  }
  return known->second;
}

const std::vector<std::string>& FileSight::written() {
  if (!written_) written_ = written_paths(chronicle(), 0, kMostWritten);
  return *written_;
}

const Chronicle& FileSight::chronicle() {
  if (!chronicle_) chronicle_ = std::make_unique<Chronicle>(*world_);
  return *chronicle_;
}

bool FileSight::reasons_are_cheap() const {
  const Journal& journal = world_->journal();
  return journal.last() - journal.first() < kCheapJournal;
}

}  // namespace ui
