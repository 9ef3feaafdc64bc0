// The visibility graph: which container reaches which file through what. It is derived from a world
// for one path and never stored in it. An edge leads from what is looked at towards who looks:
//
//   file ─is in→ layer or volume ─is mounted at→ mount ─is in→ container ─is in→ pod ─is on→ node
//
// Whoever can be reached from a file sees it; the shortest path says how. Where a mount covers a
// file, an edge "is hidden by" takes the place of the way through. A layer or volume stands in the
// graph once for each file, so that a way through it is always a way to that file. Boost.Graph
// carries the searches; no other file sees that.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/graph/chronicle.h"
#include "sim/graph/sight.h"

namespace sim {

enum class Thing : std::uint8_t {
  File,
  ImageLayer,
  GivenFiles,
  WritableLayer,
  Volume,
  PersistentVolume,
  Claim,
  StorageClass,
  Mount,
  Container,
  Pod,
  Node,
  Zone
};
enum class Link : std::uint8_t { IsIn, IsMountedAt, IsHiddenBy, IsOn, IsBoundTo, IsOf, IsWhere };
std::string_view to_string(Thing thing);
std::string_view words_of(Link link, std::string_view language);  // "is mounted at"

struct Vertex {
  Thing thing{};
  Ref row;        // Pod, Node, Claim, …; Container, Mount: the ContainerInstance
  int part = -1;  // Mount: which of the instance's; File: index into files; ImageLayer: which
  Str name;       // of an image or a zone
  int file = -1;  // the file whose way this is part of; -1: of all, or of none
};
struct Edge {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  Link link{};
};

class Visibility {
 public:
  /// The graph of one path for some viewers; `routes` stand in their order. With `elsewhere`, also
  /// who sees the same files of shared volumes under other paths.
  Visibility(const World& world, const std::vector<Viewer>& viewers,
             const std::vector<const Route*>& routes, const Path& path, bool elsewhere);

  const std::vector<Vertex>& vertices() const { return vertices_; }
  const std::vector<Edge>& edges() const { return edges_; }
  /// The distinct files found under the path; visible or hidden.
  const std::vector<Place>& files() const { return files_; }
  /// The vertex of a viewer's container; -1: none.
  int container(std::size_t viewer) const { return containers_[viewer]; }
  int file(std::size_t file) const { return file_vertices_[file]; }

  /// Viewers that see a file, by any path.
  std::vector<std::size_t> who_sees(std::size_t file) const;
  /// Files that a viewer sees.
  std::vector<std::size_t> what_is_seen(std::size_t viewer) const;
  /// The shortest way between two vertices, both included; empty: there is none. `looking`: also
  /// along edges that say only where somebody looks.
  std::vector<std::uint32_t> way(std::uint32_t from, std::uint32_t to, bool looking) const;
  /// The edge between two neighbours on a way.
  Link link(std::uint32_t from, std::uint32_t to) const;
  /// Where a viewer that sees the file only elsewhere sees it.
  const std::map<std::pair<std::size_t, std::size_t>, std::string>& elsewhere() const {
    return elsewhere_;
  }

 private:
  friend class VisibilityBuilder;
  std::vector<std::uint32_t> reached(std::uint32_t from, bool backwards) const;

  std::vector<Vertex> vertices_;
  std::vector<Edge> edges_;
  std::vector<Place> files_;
  std::vector<int> file_vertices_;
  std::vector<int> containers_;
  std::map<std::pair<std::size_t, std::size_t>, std::string> elsewhere_;  // (viewer, file) → path
};

/// What a vertex is called for people.
std::string label_of(const Chronicle& chronicle, const Visibility& graph, const Vertex& vertex,
                     const Path& path, std::string_view language);
/// The graph in Graphviz's language.
std::string to_dot(const Chronicle& chronicle, const Visibility& graph, const Path& path,
                   std::string_view language);

/// The links of a way, one line each: from the file to the node, or as far as the container's look
/// goes and then where the file is instead. `passed` gets the vertices of these lines.
std::vector<std::string> way_of(const Chronicle& chronicle, Uid pod, std::string_view container,
                                std::string_view path, std::string_view language,
                                std::vector<Vertex>* passed = nullptr);

}  // namespace sim
