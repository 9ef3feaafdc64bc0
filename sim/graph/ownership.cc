#include "sim/graph/ownership.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <map>

#include "sim/base/format.h"

namespace sim {
namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, Ref>;
using Vertex = boost::graph_traits<Graph>::vertex_descriptor;
using Edge = boost::graph_traits<Graph>::edge_descriptor;

/// Every API object as a vertex, with an edge from owner to owned. Vertices stand in order of kind
/// and creation, so every walk over them is the same in every run.
struct Ownership {
  Graph graph;
  std::map<Ref, Vertex> vertices;

  explicit Ownership(const World& world) {
    const Store& store = world.store();
    for (int kind = 0; kind < kApiKindCount; ++kind) {
      if (static_cast<Kind>(kind) == Kind::Event) continue;  // nobody owns an Event
      for (const auto& [id, row] : store.table(static_cast<Kind>(kind))) {
        const Ref ref{row.kind, id};
        vertices[ref] = boost::add_vertex(ref, graph);
      }
    }
    for (const auto& [ref, vertex] : vertices) {
      for (const OwnerReference& owner : store.get(ref)->meta.owner_references) {
        const auto at = vertices.find(store.find(owner.uid));
        if (at != vertices.end()) boost::add_edge(at->second, vertex, graph);
      }
    }
  }
};

/// Notes each vertex with its depth as the search comes to it.
class Recorder : public boost::default_dfs_visitor {
 public:
  Recorder(std::vector<Owned>& out, std::vector<int>& depth) : out_(out), depth_(depth) {}
  void tree_edge(Edge edge, const Graph& graph) {
    depth_[boost::target(edge, graph)] = depth_[boost::source(edge, graph)] + 1;
  }
  void discover_vertex(Vertex vertex, const Graph& graph) {
    out_.push_back({graph[vertex], depth_[vertex]});
  }

 private:
  std::vector<Owned>& out_;
  std::vector<int>& depth_;
};

/// Remembers the first edge that closes a circle.
class CycleFinder : public boost::default_dfs_visitor {
 public:
  explicit CycleFinder(std::vector<Ref>& cycle) : cycle_(cycle) {}
  void back_edge(Edge edge, const Graph& graph) {
    if (cycle_.empty()) {
      cycle_ = {graph[boost::source(edge, graph)], graph[boost::target(edge, graph)]};
    }
  }

 private:
  std::vector<Ref>& cycle_;
};

}  // namespace

std::vector<Owned> owned_tree(const World& world, Ref top) {
  const Ownership ownership(world);
  const auto start = ownership.vertices.find(top);
  if (start == ownership.vertices.end()) return {};
  std::vector<Owned> tree;
  std::vector<int> depth(boost::num_vertices(ownership.graph), 0);
  std::vector<boost::default_color_type> colours(boost::num_vertices(ownership.graph));
  boost::depth_first_visit(ownership.graph, start->second, Recorder(tree, depth),
                           boost::make_iterator_property_map(
                               colours.begin(), boost::get(boost::vertex_index, ownership.graph)));
  return tree;
}

std::vector<Ref> owner_chain(const World& world, Ref object) {
  std::vector<Ref> chain;
  Ref at = object;
  while (const Object* row = world.store().get(at)) {
    const OwnerReference* owner = row->meta.controller();
    if (!owner && !row->meta.owner_references.empty()) owner = &row->meta.owner_references.front();
    if (!owner) break;
    at = world.store().find(owner->uid);
    // A circle would go on for ever.
    if (!at || std::find(chain.begin(), chain.end(), at) != chain.end()) break;
    chain.push_back(at);
  }
  return chain;
}

std::vector<Ref> ownership_cycle(const World& world) {
  const Ownership ownership(world);
  std::vector<Ref> cycle;
  boost::depth_first_search(ownership.graph, boost::visitor(CycleFinder(cycle)));
  return cycle;
}

std::string print_tree(const World& world, const std::vector<Owned>& tree) {
  std::string text;
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const auto [ref, depth] = tree[i];
    std::string line;
    for (int level = 1; level <= depth; ++level) {
      // Whether this level goes on below: a later line at this level before a shallower one.
      bool goes_on = false;
      for (std::size_t j = i + 1; j < tree.size() && tree[j].depth >= level; ++j) {
        if (tree[j].depth == level) goes_on = true;
      }
      if (level == depth) {
        line += goes_on ? "├─ " : "└─ ";
      } else {
        line += goes_on ? "│  " : "   ";
      }
    }
    const Object& object = *world.store().get(ref);
    text += fmt::format("{}{}/{}{}\n", line, info(ref.kind).name, object.meta.name,
                        object.meta.deletion_timestamp ? " (being deleted)" : "");
  }
  return text;
}

}  // namespace sim
