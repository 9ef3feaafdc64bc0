// Who looks, and where a path leads for each of them: kept from question to question, so that
// asking again after a step of a large world costs what the step changed. What is known of a
// container is keyed by the identity of its rows: a row that is the same object as last time tells
// the same.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/graph/route.h"
#include "sim/world/world.h"

namespace sim {

/// One container of one pod. Init containers are there while they run.
struct Viewer {
  Id pod = 0;
  Id instance = 0;  // 0: nothing runs
  Str container;
};

class Sight {
 public:
  /// Remembers the answers about so many paths.
  explicit Sight(std::size_t most_paths = 32) : most_paths_(most_paths) {}
  /// Takes note of the world; answers are about it from now on.
  void follow(const World& world);
  const World& world() const { return *world_; }
  /// All containers, in order of their pods' making.
  const std::vector<Viewer>& viewers() const { return viewers_; }
  /// Where the path leads for each viewer; null where nothing runs. They live until the next
  /// follow() or some further questions.
  std::vector<const Route*> routes(const Path& path);
  /// Work done since the start: rows looked into and routes walked. For benchmarks and tests.
  std::uint64_t looked_into() const { return looked_into_; }

 private:
  // Containers of one kind: same image, same mount points. What is true of the image alone is
  // worked out once for all of them.
  struct Profile {
    Str image;
    std::vector<Path> mounts;
    Path log;  // where its termination message goes
    bool read_only_root = false;
    bool plain = false;  // no symlink of the image lies on the way to a mount point
    friend bool operator<(const Profile& a, const Profile& b) {
      return std::tie(a.image, a.read_only_root, a.log, a.mounts) <
             std::tie(b.image, b.read_only_root, b.log, b.mounts);
    }
  };
  struct PodFact {
    Id sandbox = 0;
    std::vector<Viewer> viewers;
  };
  struct InstanceFact {
    std::uint32_t version = 0;  // counts its changes; 0: not known
    std::int32_t profile = -1;
    bool awake = false;
  };
  struct Memo {  // of one path
    Path path;
    std::uint64_t asked = 0;
    std::vector<std::pair<std::uint32_t, std::shared_ptr<const Route>>> routes;  // by instance
    std::vector<std::optional<std::shared_ptr<const Route>>> plain;              // by profile
  };

  PodFact look_at_pod(Id id) const;
  const Path& log_of(const ContainerInstance& instance);
  bool is_same(const World& before, Id instance) const;
  void look_at_instance(Id id);
  std::shared_ptr<const Route> plain_route(const Profile& profile, const Path& path) const;
  Memo& memo_of(const Path& path);

  std::size_t most_paths_;
  std::optional<World> world_;
  std::vector<Viewer> viewers_;
  std::vector<PodFact> pods_;            // by id
  std::vector<InstanceFact> instances_;  // by id
  std::vector<Profile> profiles_;
  std::map<Profile, std::int32_t> profile_ids_;
  std::vector<Memo> memos_;
  // Where the container asked about last writes its termination message: the next one is nearly
  // always of the same template.
  Box<PodSpec> log_spec_;
  Str log_container_;
  Path log_;
  std::uint64_t asked_ = 0;
  std::uint64_t looked_into_ = 0;
};

}  // namespace sim
