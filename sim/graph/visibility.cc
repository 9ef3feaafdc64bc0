#include "sim/graph/visibility.h"

#include <algorithm>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <set>
#include <tuple>
#include <utility>

#include "sim/base/format.h"
#include "sim/graph/place_name.h"
#include "sim/graph/sentences.h"
#include "sim/graph/why.h"
#include "sim/model/pod_spec.h"
#include "sim/world/file_view.h"

namespace sim {

// In larger graphs it is not noted where those look who find nothing.
constexpr std::size_t kMostLooks = 5000;

/// Makes the vertices and edges. A class of its own, so that its indexes go when it is done.
class VisibilityBuilder {
 public:
  VisibilityBuilder(Visibility& graph, const World& world, const std::vector<Viewer>& viewers)
      : graph_(graph), world_(world), viewers_(viewers) {
    graph_.vertices_.reserve(viewers.size() * 3);
    graph_.edges_.reserve(viewers.size() * 4);
    graph_.containers_.assign(viewers.size(), -1);
    pods_.assign(world.store().table(Kind::Pod).next_id(), -1);
    nodes_.assign(world.store().table(Kind::Machine).next_id(), -1);
  }

  void add(const std::vector<const Route*>& routes) {
    for (std::size_t i = 0; i < viewers_.size(); ++i) {
      const Viewer& viewer = viewers_[i];
      const int container = add_container(i);
      const Route* route = routes[i];
      if (!route) continue;
      if (route->exists()) {
        connect(viewer, container, *route, file_of(route->place), Link::IsIn);
        continue;
      }
      if (viewers_.size() <= kMostLooks) connect(viewer, container, *route, -1, Link::IsWhere);
      if (!route->under) continue;
      // What the mount hides: the file, and no way through.
      const int file = file_of(*route->under);
      const int hidden_in = place_vertex(viewer, *route->under, file);
      const auto file_vertex =
          static_cast<std::uint32_t>(graph_.file_vertices_[static_cast<std::size_t>(file)]);
      edge(file_vertex, hidden_in, Link::IsIn);
      edge(file_vertex, mount_vertex(viewer, route->mount, -1), Link::IsHiddenBy);
    }
  }

  /// Who sees the files of shared volumes under other paths.
  void add_elsewhere(const Path& path) {
    std::map<Ref, std::vector<std::size_t>> shared;
    for (std::size_t file = 0; file < graph_.files_.size(); ++file) {
      const Place& place = graph_.files_[file];
      if (place.where == Place::Where::Volume) shared[place.row].push_back(file);
    }
    if (shared.empty()) return;
    for (std::size_t i = 0; i < viewers_.size(); ++i) {
      const auto* instance = world_.get<ContainerInstance>(viewers_[i].instance);
      if (!instance || !is_awake(world_, *instance)) continue;
      for (const InstanceMount& mount : instance->mounts) {
        const Ref row =
            mount.disk == 0 ? Ref{Kind::Machine, instance->machine} : Ref{Kind::Disk, mount.disk};
        const auto found = shared.find(row);
        if (found == shared.end()) continue;
        for (const std::size_t file : found->second) look(i, *instance, mount, file, path);
      }
    }
  }

 private:
  void look(std::size_t i, const ContainerInstance& instance, const InstanceMount& mount,
            std::size_t file, const Path& path) {
    const Place& place = graph_.files_[file];
    if (!is_within(place.inner, mount.sub_path)) return;
    Path there = mount.at;
    there.insert(there.end(),
                 place.inner.begin() + static_cast<std::ptrdiff_t>(mount.sub_path.size()),
                 place.inner.end());
    if (there == path) return;
    const Route route = route_of(world_, instance, viewers_[i].instance, there);
    if (!route.exists() || route.place != place) return;
    const auto container = graph_.containers_[i];
    connect(viewers_[i], container, route, static_cast<int>(file), Link::IsIn);
    graph_.elsewhere_.emplace(std::pair(i, file), to_string(there));
  }

  int vertex(Vertex made) {
    graph_.vertices_.push_back(std::move(made));
    return static_cast<int>(graph_.vertices_.size()) - 1;
  }
  void edge(std::uint32_t from, int to, Link link) {
    graph_.edges_.push_back({from, static_cast<std::uint32_t>(to), link});
  }

  int add_container(std::size_t i) {
    const Viewer& viewer = viewers_[i];
    const Ref row = viewer.instance == 0 ? Ref{Kind::Pod, viewer.pod}
                                         : Ref{Kind::ContainerInstance, viewer.instance};
    const int container = vertex({Thing::Container, row, -1, viewer.container, -1});
    graph_.containers_[i] = container;
    int& pod = pods_[viewer.pod];
    if (pod < 0) {
      pod = vertex({Thing::Pod, {Kind::Pod, viewer.pod}, -1, {}, -1});
      const Id sandbox = world_.store().sandbox_of(viewer.pod);
      if (const auto* row_of_pod = world_.get<PodSandbox>(sandbox)) {
        edge(static_cast<std::uint32_t>(pod), node_vertex(row_of_pod->machine), Link::IsOn);
      }
    }
    edge(static_cast<std::uint32_t>(container), pod, Link::IsIn);
    return container;
  }

  int node_vertex(Id machine) {
    int& node = nodes_[machine];
    if (node >= 0) return node;
    node = vertex({Thing::Node, {Kind::Machine, machine}, -1, {}, -1});
    const int made = node;
    const auto* row = world_.get<Machine>(machine);
    const Node* known = row ? world_.find<Node>("", row->meta.name) : nullptr;
    const Str zone = known ? known->meta.labels.get(kZoneLabel) : Str();
    if (zone.empty()) return made;
    const auto [at, is_new] = zones_.try_emplace(zone, 0);
    if (is_new) at->second = vertex({Thing::Zone, {}, -1, zone, -1});
    edge(static_cast<std::uint32_t>(made), at->second, Link::IsIn);
    return made;
  }

  int file_of(const Place& place) {
    if (last_file_ >= 0 && graph_.files_[static_cast<std::size_t>(last_file_)] == place) {
      return last_file_;
    }
    const auto [at, is_new] = files_.try_emplace(place, static_cast<int>(graph_.files_.size()));
    if (is_new) {
      graph_.files_.push_back(place);
      graph_.file_vertices_.push_back(
          vertex({Thing::File, place.row, at->second, place.image, at->second}));
    }
    last_file_ = at->second;
    return at->second;
  }

  /// The layer or volume of a place, as part of the way of a file.
  int place_vertex(const Viewer& viewer, const Place& place, int file) {
    const Ref own{Kind::ContainerInstance, viewer.instance};
    switch (place.where) {
      case Place::Where::Image:
        return once(Thing::ImageLayer, {}, place.layer, place.image, file);
      case Place::Where::Given:
        return once(Thing::GivenFiles, own, -1, {}, file);
      case Place::Where::Volume:
        return once(Thing::Volume, place.row, -1, {}, file);
      default:
        return once(Thing::WritableLayer, own, -1, {}, file);
    }
  }
  int once(Thing thing, Ref row, int part, const Str& name, int file) {
    const auto [at, is_new] = places_.try_emplace(std::tuple(thing, row, part, name, file), 0);
    if (is_new) at->second = vertex({thing, row, part, name, file});
    return at->second;
  }
  int mount_vertex(const Viewer& viewer, int mount, int file) {
    return once(Thing::Mount, {Kind::ContainerInstance, viewer.instance}, mount, {}, file);
  }

  void connect(const Viewer& viewer, int container, const Route& route, int file, Link way) {
    const int place = place_vertex(viewer, route.place, file);
    if (file >= 0 && connected_.insert({file, place}).second) {
      edge(static_cast<std::uint32_t>(graph_.file_vertices_[static_cast<std::size_t>(file)]), place,
           Link::IsIn);
    }
    if (route.mount < 0) {
      edge(static_cast<std::uint32_t>(place), container, way);
      return;
    }
    const int mount = mount_vertex(viewer, route.mount, file);
    const Link mounted = way == Link::IsWhere ? Link::IsWhere : Link::IsMountedAt;
    edge(static_cast<std::uint32_t>(behind(viewer, route, place, file)), mount, mounted);
    edge(static_cast<std::uint32_t>(mount), container, way);
  }

  /// What of a volume is mounted: itself, or the claim that it is bound to.
  int behind(const Viewer& viewer, const Route& route, int place, int file) {
    const auto* disk =
        world_.get<Disk>(route.place.row.kind == Kind::Disk ? route.place.row.id : 0);
    const bool of_node = disk ? disk->machine != 0 : true;
    if (of_node && file >= 0 && connected_.insert({place, -2}).second) {
      const Id machine = disk ? disk->machine : route.place.row.id;
      edge(static_cast<std::uint32_t>(place), node_vertex(machine), Link::IsOn);
    }
    if (disk && disk->sandbox != 0) return place;
    const Pod& pod = *world_.get<Pod>(viewer.pod);
    const auto* instance = world_.get<ContainerInstance>(viewer.instance);
    const Container* container = find_container(*pod.spec, viewer.container);
    if (!container) return place;
    for (const VolumeMount& mount : container->volume_mounts) {
      if (parse_path(mount.mount_path) !=
          instance->mounts[static_cast<std::size_t>(route.mount)].at) {
        continue;
      }
      const Volume* volume = find_volume(*pod.spec, mount.name);
      if (!volume) continue;
      const PlaceName name = name_volume(world_, pod, *volume);
      const Id claim = world_.store().find(Kind::PersistentVolumeClaim, pod.meta.ns, name.source);
      const Id bound = world_.store().find(Kind::PersistentVolume, "", name.persistent);
      if (claim == 0 || name.persistent.empty() || bound == 0) continue;
      return claim_vertex(place, claim, bound, name.storage_class, file);
    }
    return place;
  }
  int claim_vertex(int place, Id claim, Id bound, const Str& storage_class, int file) {
    const int volume = once(Thing::PersistentVolume, {Kind::PersistentVolume, bound}, -1, {}, file);
    const int wanted = once(Thing::Claim, {Kind::PersistentVolumeClaim, claim}, -1, {}, file);
    if (connected_.insert({place, volume}).second) {
      edge(static_cast<std::uint32_t>(place), volume, Link::IsOf);
    }
    if (connected_.insert({volume, wanted}).second) {
      edge(static_cast<std::uint32_t>(volume), wanted, Link::IsBoundTo);
    }
    const Id known = world_.store().find(Kind::StorageClass, "", storage_class);
    if (known != 0) {
      const int made = once(Thing::StorageClass, {Kind::StorageClass, known}, -1, {}, -1);
      if (connected_.insert({wanted, made}).second) {
        edge(static_cast<std::uint32_t>(wanted), made, Link::IsOf);
      }
    }
    return wanted;
  }

  Visibility& graph_;
  const World& world_;
  const std::vector<Viewer>& viewers_;
  std::vector<int> pods_;   // by id
  std::vector<int> nodes_;  // by id of the machine
  std::map<Str, int> zones_;
  std::map<Place, int> files_;
  int last_file_ = -1;
  std::map<std::tuple<Thing, Ref, int, Str, int>, int> places_;
  std::set<std::pair<int, int>> connected_;
};

namespace {

struct Nothing {};
using Graph = boost::compressed_sparse_row_graph<boost::directedS, Nothing, Nothing, Nothing,
                                                 std::uint32_t, std::uint32_t>;

bool is_way(Link link, bool looking) {
  return link != Link::IsHiddenBy && (looking || link != Link::IsWhere);
}

/// The edges that a search may take, as a graph of Boost's.
Graph searchable(const Visibility& graph, bool backwards, bool looking) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  pairs.reserve(graph.edges().size());
  for (const Edge& edge : graph.edges()) {
    if (!is_way(edge.link, looking)) continue;
    pairs.push_back(backwards ? std::pair(edge.to, edge.from) : std::pair(edge.from, edge.to));
  }
  return Graph(boost::edges_are_unsorted_multi_pass, pairs.begin(), pairs.end(),
               static_cast<std::uint32_t>(graph.vertices().size()));
}

/// Notes each vertex that a search comes to, and from where.
class Tracks : public boost::default_bfs_visitor {
 public:
  Tracks(std::vector<std::uint32_t>& order, std::vector<std::uint32_t>& parents)
      : order_(order), parents_(parents) {}
  template <class Vertex, class G>
  void discover_vertex(Vertex vertex, const G&) {
    order_.push_back(vertex);
  }
  template <class E, class G>
  void tree_edge(E edge, const G& graph) {
    parents_[boost::target(edge, graph)] = boost::source(edge, graph);
  }

 private:
  std::vector<std::uint32_t>& order_;
  std::vector<std::uint32_t>& parents_;
};

void search(const Graph& graph, std::uint32_t from, std::vector<std::uint32_t>& order,
            std::vector<std::uint32_t>& parents) {
  parents.assign(boost::num_vertices(graph), UINT32_MAX);
  boost::breadth_first_search(graph, from, boost::visitor(Tracks(order, parents)));
}

}  // namespace

Visibility::Visibility(const World& world, const std::vector<Viewer>& viewers,
                       const std::vector<const Route*>& routes, const Path& path,
                       bool with_elsewhere) {
  VisibilityBuilder builder(*this, world, viewers);
  builder.add(routes);
  if (with_elsewhere) builder.add_elsewhere(path);
}

std::vector<std::uint32_t> Visibility::reached(std::uint32_t from, bool backwards) const {
  std::vector<std::uint32_t> order;
  std::vector<std::uint32_t> parents;
  search(searchable(*this, backwards, false), from, order, parents);
  return order;
}

std::vector<std::size_t> Visibility::who_sees(std::size_t file) const {
  std::vector<bool> reachable(vertices_.size(), false);
  for (const std::uint32_t vertex :
       reached(static_cast<std::uint32_t>(file_vertices_[file]), false)) {
    reachable[vertex] = true;
  }
  std::vector<std::size_t> viewers;
  for (std::size_t i = 0; i < containers_.size(); ++i) {
    if (reachable[static_cast<std::size_t>(containers_[i])]) viewers.push_back(i);
  }
  return viewers;
}

std::vector<std::size_t> Visibility::what_is_seen(std::size_t viewer) const {
  std::vector<std::size_t> files;
  for (const std::uint32_t vertex :
       reached(static_cast<std::uint32_t>(containers_[viewer]), true)) {
    if (vertices_[vertex].thing == Thing::File) {
      files.push_back(static_cast<std::size_t>(vertices_[vertex].part));
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::uint32_t> Visibility::way(std::uint32_t from, std::uint32_t to,
                                           bool looking) const {
  std::vector<std::uint32_t> order;
  std::vector<std::uint32_t> parents;
  search(searchable(*this, false, looking), from, order, parents);
  std::vector<std::uint32_t> back = {to};
  while (back.back() != from) {
    const std::uint32_t parent = parents[back.back()];
    if (parent == UINT32_MAX) return {};
    back.push_back(parent);
  }
  std::reverse(back.begin(), back.end());
  return back;
}

Link Visibility::link(std::uint32_t from, std::uint32_t to) const {
  for (const Edge& edge : edges_) {
    if (edge.from == from && edge.to == to) return edge.link;
  }
  return Link::IsIn;
}

std::string_view to_string(Thing thing) {
  constexpr std::string_view names[] = {
      "file",  "image layer",  "given files", "writable layer", "volume", "PersistentVolume",
      "claim", "StorageClass", "mount",       "container",      "pod",    "node",
      "zone"};
  return names[static_cast<std::size_t>(thing)];
}

std::string_view words_of(Link link, std::string_view language) {
  constexpr std::string_view english[] = {
      "is in",       "is mounted at", "is hidden by",     "is on",
      "is bound to", "is of",         "is looked into by"};
  constexpr std::string_view korean[] = {"들어 있음", "마운트됨", "가려짐",  "놓여 있음",
                                         "바인딩됨",  "속함",     "들여다봄"};
  const auto index = static_cast<std::size_t>(link);
  return language == "ko" ? korean[index] : english[index];
}

std::string label_of(const Chronicle& chronicle, const Visibility& graph, const Vertex& vertex,
                     const Path& path, std::string_view language) {
  const bool ko = language == "ko";
  const auto named = [&](std::string_view en, std::string_view korean, std::string_view name) {
    return fmt::format("{} {}", ko ? korean : en, name);
  };
  const ObjectPtr row = vertex.row ? chronicle.last(vertex.row) : nullptr;
  const std::string name = row ? row->meta.name.str() : vertex.name.str();
  switch (vertex.thing) {
    case Thing::File:
      return to_string(path);
    case Thing::ImageLayer:
      return fmt::format("{} {} {}", ko ? "이미지" : "image", vertex.name,
                         ko ? fmt::format("레이어 {}", vertex.part + 1)
                            : fmt::format("layer {}", vertex.part + 1));
    case Thing::GivenFiles:
      return ko ? "kubelet이 준 파일" : "the files that the kubelet gives";
    case Thing::WritableLayer:
      return named("writable layer of container", "쓰기 레이어, 컨테이너", name);
    case Thing::Volume: {
      const std::size_t file = vertex.file < 0 ? 0 : static_cast<std::size_t>(vertex.file);
      Place place;
      place.where = Place::Where::Volume;
      place.row = vertex.row;
      if (vertex.file >= 0) place.inner = graph.files()[file].inner;
      return noun(name_place(chronicle, place), language);
    }
    case Thing::PersistentVolume:
      return named("PersistentVolume", "PersistentVolume", name);
    case Thing::Claim:
      return named("claim", "클레임", name);
    case Thing::StorageClass:
      return named("StorageClass", "StorageClass", name);
    case Thing::Mount: {
      const auto* instance = as<ContainerInstance>(row);
      const auto part = static_cast<std::size_t>(vertex.part);
      const bool known = instance && part < instance->mounts.size();
      return named("mount", "마운트", known ? to_string(instance->mounts[part].at) : "?");
    }
    case Thing::Container:
      return named("container", "컨테이너", vertex.name);
    case Thing::Pod:
      return named("pod", "Pod", name);
    case Thing::Node:
      return named("node", "노드", name);
    case Thing::Zone:
      return named("zone", "영역", name);
  }
  return "";
}

namespace {

std::string dot_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c == '\n' ? ' ' : c;
  }
  return escaped;
}

std::string_view shape_of(Thing thing) {
  switch (thing) {
    case Thing::File:
      return "note";
    case Thing::Volume:
    case Thing::PersistentVolume:
      return "cylinder";
    case Thing::Pod:
    case Thing::Node:
    case Thing::Zone:
      return "box3d";
    case Thing::Mount:
      return "cds";
    default:
      return "box";
  }
}

void add_way(const Chronicle& chronicle, const Visibility& graph,
             const std::vector<std::uint32_t>& way, const Path& path, std::string_view language,
             std::vector<std::string>& lines, std::vector<Vertex>* passed) {
  for (std::size_t i = 0; i < way.size(); ++i) {
    if (passed) passed->push_back(graph.vertices()[way[i]]);
    const std::string label = label_of(chronicle, graph, graph.vertices()[way[i]], path, language);
    if (i == 0) {
      lines.push_back(label);
    } else {
      lines.push_back(
          fmt::format("  {} → {}", words_of(graph.link(way[i - 1], way[i]), language), label));
    }
  }
}

/// The vertex that ends a way which came to a container: its node, or its pod.
std::uint32_t end_of(const Visibility& graph, std::uint32_t container) {
  std::uint32_t at = container;
  for (const Link wanted : {Link::IsIn, Link::IsOn}) {
    for (const Edge& edge : graph.edges()) {
      if (edge.from == at && edge.link == wanted) {
        at = edge.to;
        break;
      }
    }
  }
  return at;
}

}  // namespace

std::string to_dot(const Chronicle& chronicle, const Visibility& graph, const Path& path,
                   std::string_view language) {
  std::string text = "digraph podsight {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n";
  for (std::size_t i = 0; i < graph.vertices().size(); ++i) {
    const Vertex& vertex = graph.vertices()[i];
    text += fmt::format("  v{} [shape={}, label=\"{}\"];\n", i, shape_of(vertex.thing),
                        dot_text(label_of(chronicle, graph, vertex, path, language)));
  }
  for (const Edge& edge : graph.edges()) {
    const bool hidden = edge.link == Link::IsHiddenBy;
    const bool looks = edge.link == Link::IsWhere;
    text += fmt::format("  v{} -> v{} [label=\"{}\"{}];\n", edge.from, edge.to,
                        words_of(edge.link, language),
                        hidden  ? ", style=bold, arrowhead=tee"
                        : looks ? ", style=dashed"
                                : "");
  }
  return text + "}\n";
}

std::vector<std::string> way_of(const Chronicle& chronicle, Uid uid, std::string_view container,
                                std::string_view path_text, std::string_view language,
                                std::vector<Vertex>* passed) {
  std::vector<std::string> lines;
  const World& world = chronicle.world();
  const Why answer = why(chronicle, uid, container, path_text);
  const Path path = parse_path(path_text);
  const Ref pod = world.store().find(uid);
  if (!pod || is_unreachable(answer.code)) return lines;
  std::vector<Viewer> viewers = {
      {pod.id, running_instance(world, pod.id, answer.container), answer.container}};
  if (answer.there && answer.there->where != Place::Where::Nowhere) {
    const Id other = world.store().find(Kind::Pod, answer.ns, answer.there->pod);
    const Id instance = other == 0 ? 0 : running_instance(world, other, answer.there->container);
    if (instance != 0 && instance != viewers[0].instance) {
      viewers.push_back({other, instance, answer.there->container});
    }
  }
  std::vector<Route> routes;
  std::vector<const Route*> pointers;
  for (const Viewer& viewer : viewers) {
    routes.push_back(
        route_of(world, *world.get<ContainerInstance>(viewer.instance), viewer.instance, path));
  }
  for (const Route& route : routes) pointers.push_back(&route);
  const Visibility graph(world, viewers, pointers, path, false);
  const auto own = static_cast<std::uint32_t>(graph.container(0));
  if (routes[0].exists()) {
    const auto file = static_cast<std::uint32_t>(graph.file(0));
    add_way(chronicle, graph, graph.way(file, end_of(graph, own), false), path, language, lines,
            passed);
    return lines;
  }
  // Where the container looks, and where the file is instead.
  for (const Edge& edge : graph.edges()) {
    if (edge.link != Link::IsWhere || graph.vertices()[edge.from].thing == Thing::Mount) continue;
    const std::vector<std::uint32_t> way = graph.way(edge.from, end_of(graph, own), true);
    if (way.empty()) continue;
    add_way(chronicle, graph, way, path, language, lines, passed);
    lines.front() += language == "ko" ? "  (여기에 없음)" : "  (it is not here)";
    break;
  }
  for (std::size_t file = 0; file < graph.files().size(); ++file) {
    const auto at = static_cast<std::uint32_t>(graph.file(file));
    bool hidden = false;
    for (const Edge& edge : graph.edges()) {
      if (edge.from != at || edge.link != Link::IsHiddenBy) continue;
      hidden = true;
      for (const Edge& in : graph.edges()) {
        if (in.from == at && in.link == Link::IsIn) {
          add_way(chronicle, graph, {at, in.to}, path, language, lines, passed);
        }
      }
      if (passed) passed->push_back(graph.vertices()[edge.to]);
      lines.push_back(
          fmt::format("  {} → {}", words_of(Link::IsHiddenBy, language),
                      label_of(chronicle, graph, graph.vertices()[edge.to], path, language)));
    }
    if (hidden || viewers.size() < 2) continue;
    const auto other = static_cast<std::uint32_t>(graph.container(1));
    add_way(chronicle, graph, graph.way(at, end_of(graph, other), false), path, language, lines,
            passed);
  }
  return lines;
}

}  // namespace sim
