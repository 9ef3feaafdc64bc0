// Who sees a file, for panels that ask in every frame: kept per path until the world changes, and
// worked out only for what is asked. One vocabulary with `podsight see` and `why`: the statuses,
// codes and sentences are those of sim/graph.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/graph/see.h"
#include "sim/graph/sight.h"
#include "sim/graph/why.h"

namespace ui {

/// In what a path lies, or would lie, for one container.
enum class Lies : std::uint8_t {
  Nowhere,
  Image,
  Given,      // by kubelet and runtime
  Layer,      // the container's writable layer
  PodVolume,  // an emptyDir
  Source,     // a copy of a ConfigMap, a Secret, …
  Shared,     // a volume that outlives the pod
  Host        // a directory of the node
};
Lies lies_of(const sim::World& world, const sim::Place& place);
/// One letter beside the sign: "I", "C", "E", "V", …
const char* letter_of(Lies lies);
const char* word_of(Lies lies, bool korean);

struct Look {
  sim::Status status = sim::Status::Unreachable;
  Lies lies = Lies::Nowhere;
  int file = -1;  // the same number: the same file
};
struct Looks {
  std::vector<Look> of;  // one per viewer
  std::size_t seen = 0;
  int files = 0;
};

/// A code in a word or three: "never written here".
std::string word_of(sim::WhyCode code, bool korean);

/// The rows and parts that the ways of one answer pass, for lighting them.
struct Chain {
  std::vector<sim::Vertex> passed;
  std::vector<std::string> lines;
  bool has(sim::Thing thing, sim::Ref row) const;
  bool has_mount(sim::Id instance, int part) const;
};

class FileSight {
 public:
  /// Costs nothing until something is asked.
  void follow(const sim::World& world);
  const sim::World& world() const { return *world_; }
  /// Counts the worlds followed.
  std::uint64_t version() const { return version_; }

  const std::vector<sim::Viewer>& viewers();
  /// The viewer of a container; an empty name is the pod's first. -1: none.
  int viewer(sim::Id pod, std::string_view container);
  /// One of them alone: where there are very many, the others are not worked out.
  Look look(std::size_t viewer, const std::string& path);
  /// The answer lives until the next follow().
  const Looks& looks(const std::string& path);
  /// The whole answer for a container, which may be of a pod that is gone.
  const sim::Why& why(sim::Uid pod, const std::string& container, const std::string& path);
  /// The answer lives until the next follow().
  const Chain& chain(sim::Uid pod, const std::string& container, const std::string& path,
                     std::string_view language);
  const sim::Chronicle& chronicle();
  /// Paths that somebody has written, as far as a pane shows them.
  const std::vector<std::string>& written();
  /// Whether reasons can be had within a frame; with a very long journal they are worked out only
  /// for what is clicked.
  bool reasons_are_cheap() const;

 private:
  struct Question {
    sim::Uid pod;
    std::string container;
    std::string path;
    friend auto operator<=>(const Question&, const Question&) = default;
  };
  void look();
  Look look_at(const sim::Viewer& viewer, const sim::Route* route, const std::string& path);

  std::optional<sim::World> world_;
  std::uint64_t version_ = 0;
  bool looked_ = false;  // sight_ follows world_
  sim::Sight sight_{160};
  std::unique_ptr<sim::Chronicle> chronicle_;
  std::map<std::string, Looks> looks_;
  std::map<std::pair<std::string, std::size_t>, Look> single_;
  std::map<Question, sim::Why> whys_;
  std::map<std::pair<Question, std::string>, Chain> chains_;  // by language
  std::optional<std::vector<std::string>> written_;
};

}  // namespace ui
