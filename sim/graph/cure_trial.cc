#include "sim/graph/cure_trial.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "sim/base/format.h"
#include "sim/model/json.h"
#include "sim/model/pod_spec.h"
#include "sim/programs/machine.h"

namespace sim {
namespace {

std::string in_quotes(const std::string& text) { return shell::quoted(text); }

constexpr const char* kShared = "podsight-shared";  // what is added gets this name
constexpr Duration kRestarts = seconds(40);
constexpr Duration kRefreshes = minutes(2);
constexpr Duration kRecovers = minutes(2);

std::string name_in(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// The workload whose template its pods are made of.
struct Maker {
  std::string kind;  // "deployment"
  std::string name;
  friend bool operator==(const Maker&, const Maker&) = default;
  std::string word() const { return fmt::format("{}/{}", kind, name); }
};

std::optional<Maker> maker_of(const World& world, const Pod& pod) {
  const OwnerReference* owner = pod.meta.controller();
  std::optional<Maker> maker;
  Ref ref = owner ? world.store().find(owner->uid) : Ref{};
  for (int depth = 0; ref && depth < 4; ++depth) {
    const Object& row = *world.store().get(ref);
    const bool rolls = ref.kind == Kind::Deployment || ref.kind == Kind::StatefulSet ||
                       ref.kind == Kind::DaemonSet;
    if (rolls) maker = Maker{std::string(info(ref.kind).singular), row.meta.name.str()};
    owner = row.meta.controller();
    ref = owner ? world.store().find(owner->uid) : Ref{};
  }
  return maker;
}

class Trial {
 public:
  Trial(const Chronicle& chronicle, const Pod& pod, const Why& why)
      : world_(chronicle.world()), pod_(pod), why_(why), spec_(full_spec(pod)) {
    const Container* container = find_container(spec_, why.container);
    container_ = container ? container->name.str() : why.container.str();
    trial_.path = why.path;
    maker_ = maker_of(world_, pod);
    other_ = maker_;
    if (why_.there && !why_.there->pod.empty() && why_.there->pod != why_.pod) {
      if (const auto* there = world_.find<Pod>(why_.ns, why_.there->pod)) {
        other_ = maker_of(world_, *there);
      }
    }
  }

  CureTrial trial() {
    const Cure& cure = why_.cure;
    switch (cure.kind) {
      case Cure::Kind::WriteShared:
      case Cure::Kind::KeepInVolume:
        write_under(cure.at);
        break;
      case Cure::Kind::WriteAgain:
        touch_in_pod(why_.path);
        break;
      case Cure::Kind::ShareVolume:
      case Cure::Kind::UseClaim:
        share(cure.at);
        break;
      case Cure::Kind::ShareInPod:
        mount_in({container_, why_.there ? why_.there->container.str() : container_},
                 {{"name", kShared}, {"emptyDir", Json::object()}}, cure.at);
        write_in_maker(why_.there ? why_.there->container.str() : container_);
        break;
      case Cure::Kind::AddVolume:
        mount_in({container_}, {{"name", kShared}, {"emptyDir", Json::object()}}, cure.at);
        write_in_maker(container_);
        break;
      case Cure::Kind::MountHere:
        mount_here();
        break;
      case Cure::Kind::MountElsewhere:
        mount_elsewhere();
        break;
      case Cure::Kind::UseDisk:
        change(with_volume(Json::object(),
                           {{"name", cure.volume}, {"emptyDir", {{"medium", nullptr}}}}));
        write_in_maker(container_);
        break;
      case Cure::Kind::AddKey:
        add_key();
        break;
      case Cure::Kind::RestartContainer:
        say(fmt::format("sim container kill {} -n {} -c {}", why_.pod, why_.ns, container_));
        wait(kRestarts);
        break;
      case Cure::Kind::WaitForRefresh:
        wait(kRefreshes);
        break;
      case Cure::Kind::StartNode:
        say(fmt::format("sim node start {}", pod_.node_name));
        wait(kRecovers);
        break;
      case Cure::Kind::HealNetwork:
        say(fmt::format("sim node heal {}", pod_.node_name));
        wait(kRecovers);
        break;
      case Cure::Kind::MendDriver:
        say(fmt::format("sim driver up {}", cure.source));
        wait(kRecovers);
        break;
      case Cure::Kind::MendRegistry:
        say("sim registry up");
        wait(minutes(5));  // the longest back-off of an image's pull
        break;
      case Cure::Kind::ProvideClaim:
        provide();
        break;
      case Cure::Kind::None:
      case Cure::Kind::FreeVolume:
      case Cure::Kind::ProvideSource:
      case Cure::Kind::FixImage:
      case Cure::Kind::FixScheduling:
      case Cure::Kind::Allow:
        trial_.trouble = CureTrial::Trouble::NoLines;
        break;
    }
    if (trial_.trouble != CureTrial::Trouble::None) trial_.lines.clear();
    return std::move(trial_);
  }

 private:
  void say(std::string line) { trial_.lines.push_back(std::move(line)); }
  void wait(Duration time) { say(fmt::format("sim advance {}", to_string(time))); }
  void no_controller() { trial_.trouble = CureTrial::Trouble::NoController; }
  void apply(const Json& manifest) {
    say(fmt::format("echo {} | kubectl apply -f -", in_quotes(manifest.dump())));
  }

  void exec(const std::string& target, const std::string& container, const std::string& command) {
    say(fmt::format("kubectl exec -n {} {} -c {} -- {}", why_.ns, target, container, command));
  }
  void touch_in_pod(const std::string& path) {
    exec(why_.pod.str(), container_, "touch " + in_quotes(path));
  }
  /// The file goes under `at`, from where it is or as a new one.
  void write_under(const std::string& at) {
    trial_.path = fmt::format("{}/{}", at == "/" ? "" : at, name_in(why_.path));
    const Pod* there = why_.there && !why_.there->pod.empty()
                           ? world_.find<Pod>(why_.ns, why_.there->pod)
                           : nullptr;
    const bool is_there = there && why_.code == WhyCode::NeverWrittenHere;
    if (is_there) {
      exec(why_.there->pod.str(), why_.there->container.str(),
           fmt::format("cp {} {}", in_quotes(why_.path), in_quotes(trial_.path)));
    } else {
      touch_in_pod(trial_.path);
    }
  }
  /// The file is written where the new pods of the workload look.
  void write_in_maker(const std::string& container) {
    if (other_) exec(other_->word(), container, "touch " + in_quotes(why_.path));
  }

  /// A strategic merge patch of the template's spec, and the wait for the new pods.
  void change_maker(const Maker& maker, const Json& spec) {
    const Json patch = {{"spec", {{"template", {{"spec", spec}}}}}};
    say(fmt::format("kubectl patch -n {} {} -p {}", why_.ns, maker.word(),
                    in_quotes(patch.dump())));
    say(fmt::format("kubectl rollout status -n {} {} --timeout=5m", why_.ns, maker.word()));
  }
  void change(const Json& spec) { maker_ ? change_maker(*maker_, spec) : no_controller(); }

  static Json mounts_of(std::vector<std::string> containers, const Json& mounts) {
    std::sort(containers.begin(), containers.end());
    containers.erase(std::unique(containers.begin(), containers.end()), containers.end());
    Json all = Json::array();
    for (const std::string& name : containers) {
      all.push_back({{"name", name}, {"volumeMounts", mounts}});
    }
    return {{"containers", all}};
  }
  static Json with_volume(Json spec, const Json& volume) {
    spec["volumes"] = Json::array({volume});
    return spec;
  }
  void mount_in(const std::vector<std::string>& containers, const Json& volume,
                const std::string& at) {
    const Json mount = {{"name", volume["name"]}, {"mountPath", at}};
    change(with_volume(mounts_of(containers, Json::array({mount})), volume));
  }

  /// A claim with ReadWriteMany, and a file system behind it that every node reaches.
  void share(const std::string& at) {
    if (!maker_ || !other_) return no_controller();
    const Json size = {{"storage", "1Gi"}};
    const std::string name = fmt::format("{}-{}", kShared, why_.ns);
    apply({{"apiVersion", "v1"},
           {"kind", "PersistentVolume"},
           {"metadata", {{"name", name}}},
           {"spec",
            {{"capacity", size},
             {"accessModes", Json::array({"ReadWriteMany"})},
             {"storageClassName", ""},
             {"claimRef", {{"namespace", why_.ns.str()}, {"name", kShared}}},
             {"nfs", {{"server", "nfs.internal"}, {"path", "/" + name}}}}}});
    apply({{"apiVersion", "v1"},
           {"kind", "PersistentVolumeClaim"},
           {"metadata", {{"name", kShared}, {"namespace", why_.ns.str()}}},
           {"spec",
            {{"accessModes", Json::array({"ReadWriteMany"})},
             {"storageClassName", ""},
             {"volumeName", name},
             {"resources", {{"requests", size}}}}}});
    const Json volume = {{"name", kShared}, {"persistentVolumeClaim", {{"claimName", kShared}}}};
    const Json mount = Json::array({Json{{"name", kShared}, {"mountPath", at}}});
    const std::string writer =
        why_.there && !why_.there->container.empty() ? why_.there->container.str() : container_;
    const bool one = *maker_ == *other_;
    change_maker(*maker_, with_volume(one ? mounts_of({container_, writer}, mount)
                                          : mounts_of({container_}, mount),
                                      volume));
    if (!one) change_maker(*other_, with_volume(mounts_of({writer}, mount), volume));
    write_in_maker(writer);
  }

  void mount_elsewhere() {
    const std::string& at = why_.cure.at;
    const Json away = {{"mountPath", at}, {"$patch", "delete"}};
    const Json there = {{"name", why_.here.volume.str()}, {"mountPath", at + "-volume"}};
    change(mounts_of({container_}, Json::array({away, there})));
  }

  void mount_here() {
    const Cure& cure = why_.cure;
    if (find_volume(spec_, cure.volume)) {
      const Json mount = {{"name", cure.volume}, {"mountPath", cure.at}};
      return change(mounts_of({container_}, Json::array({mount})));
    }
    if (!why_.there || why_.there->kind != "PersistentVolumeClaim") {
      trial_.trouble = CureTrial::Trouble::NoLines;
      return;
    }
    mount_in({container_},
             {{"name", cure.volume},
              {"persistentVolumeClaim", {{"claimName", why_.there->source.str()}}}},
             cure.at);
  }

  /// `source`: "ConfigMap lab/app".
  void add_key() {
    const std::string& source = why_.cure.source;
    const std::size_t space = source.find(' ');
    const std::size_t slash = source.find('/');
    if (space == std::string::npos || slash == std::string::npos || slash < space) {
      trial_.trouble = CureTrial::Trouble::NoLines;
      return;
    }
    const Json patch = {{"data", {{name_in(why_.path), ""}}}};
    std::string kind = source.substr(0, space);
    std::transform(kind.begin(), kind.end(), kind.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    say(fmt::format("kubectl patch -n {} {} {} --type=merge -p {}",
                    source.substr(space + 1, slash - space - 1), kind, source.substr(slash + 1),
                    in_quotes(patch.dump())));
    wait(kRefreshes);
  }

  /// A volume that fits the claim which has none.
  void provide() {
    const auto* claim = world_.find<PersistentVolumeClaim>(why_.ns, why_.cure.source);
    if (!claim) {
      trial_.trouble = CureTrial::Trouble::NoLines;
      return;
    }
    const Json asked = encode(*claim)["spec"];
    const std::string name = fmt::format("{}-{}", kShared, claim->meta.name);
    apply({{"apiVersion", "v1"},
           {"kind", "PersistentVolume"},
           {"metadata", {{"name", name}}},
           {"spec",
            {{"capacity", asked["resources"]["requests"]},
             {"accessModes", asked["accessModes"]},
             {"storageClassName", asked.value("storageClassName", "")},
             {"claimRef", {{"namespace", why_.ns.str()}, {"name", claim->meta.name.str()}}},
             {"nfs", {{"server", "nfs.internal"}, {"path", "/" + name}}}}}});
    wait(kRecovers);
    touch_in_pod(why_.path);
  }

  const World& world_;
  const Pod& pod_;
  const Why& why_;
  const PodSpec spec_;
  std::string container_;
  std::optional<Maker> maker_;  // of the pod that asks, and …
  std::optional<Maker> other_;  // … of the one that has the file, or the same
  CureTrial trial_;
};

}  // namespace

CureTrial trial_of(const Chronicle& chronicle, Uid uid, const Why& why) {
  const std::shared_ptr<const Pod> pod = chronicle.pod(uid, nullptr);
  CureTrial none;
  none.trouble = CureTrial::Trouble::NoLines;
  return pod ? Trial(chronicle, *pod, why).trial() : none;
}

}  // namespace sim
