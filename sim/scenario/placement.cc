#include "sim/scenario/placement.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <system_error>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/model/manifest.h"
#include "sim/model/pod_facts.h"
#include "sim/model/simple_yaml.h"
#include "sim/world/api.h"

namespace sim {
namespace {

constexpr Duration kLongest = hours(24);  // for the cluster to become quiet
constexpr std::size_t kMostNamed = 5;     // pods that are named for one reason

/// One object of the manifests, and where it stands.
struct Item {
  std::shared_ptr<Object> object;
  std::string file;
  int line = 1;
};

bool is_yaml(const std::filesystem::path& file) {
  return file.extension() == ".yaml" || file.extension() == ".yml";
}

std::vector<std::string> files_of(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return {path};
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (is_yaml(entry.path()) && entry.is_regular_file(error))
      files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    throw InputError(fmt::format("{}: there is no file that ends in .yaml or .yml", path));
  }
  return files;
}

/// Where the next document begins: behind a line of "---"; the end of the text when there is none.
std::size_t next_document(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find("\n---", from); at != std::string_view::npos;
       at = text.find("\n---", at + 1)) {
    const std::size_t behind = at + 4;
    if (behind == text.size() || text[behind] == '\n' || text[behind] == '\r') return at + 1;
  }
  return text.size();
}

class Reader {
 public:
  /// Document by document: those of a large file would be many times its size.
  void read(const std::string& file) {
    const std::string text = read_file(file);
    const bool json = text.find_first_not_of(" \t\r\n") != std::string::npos &&
                      text[text.find_first_not_of(" \t\r\n")] == '{';
    int line = 0;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = json ? text.size() : next_document(text, begin);
      const std::string_view part = std::string_view(text).substr(begin, end - begin);
      if (json || !add_simple(part, file, line)) add_documents(text, part, file, line);
      line += static_cast<int>(std::count(part.begin(), part.end(), '\n'));
      begin = end;
    }
  }
  std::vector<Item> take() {
    if (!errors_.empty()) throw InputError(std::move(errors_));
    return std::move(items_);
  }

 private:
  /// Adds a document that has nothing special about it; false when it has.
  bool add_simple(std::string_view part, const std::string& file, int lines_before) {
    const std::optional<Json> document = read_simple_yaml(part);
    if (!document) return false;
    const auto kind = document->find("kind");
    if (kind == document->end() || !kind->is_string() || *kind == "List") return false;
    Decoded decoded = decode(*document);
    if (!decoded.errors.empty() || !decoded.object) return false;
    const int first = part.substr(0, 3) == "---" ? 2 : 1;
    items_.push_back({own(std::move(decoded.object)), file, lines_before + first});
    return true;
  }
  void add_documents(const std::string& text, std::string_view part, const std::string& file,
                     int lines_before) {
    std::vector<Document> documents;
    try {
      documents = parse_documents(part, file);
    } catch (const InputError&) {
      if (lines_before == 0) throw;
      parse_documents(text, file);  // says where it is in the whole file
      throw;
    }
    for (const Document& document : documents) add(document, file, lines_before);
  }
  /// What was decoded for us alone is ours to change.
  static std::shared_ptr<Object> own(ObjectPtr object) {
    return std::const_pointer_cast<Object>(std::move(object));
  }
  void add(const Document& document, const std::string& file, int lines_before) {
    constexpr std::size_t kMostErrors = 20;
    Decoded decoded = decode(document.json);
    const int line = lines_before + document.line;
    for (const DecodeError& error : decoded.errors) {
      if (errors_.size() >= kMostErrors) return;
      const Position place = document.place(error.pointer);
      errors_.push_back(
          {file, lines_before + place.line, place.column, error.pointer, error.message, ""});
    }
    if (!decoded.errors.empty() || !decoded.object) return;
    items_.push_back({own(std::move(decoded.object)), file, line});
  }

  std::vector<Item> items_;
  std::vector<Diagnostic> errors_;
};

NodeSpecification specification_of(const Node& node) {
  NodeSpecification wanted;
  wanted.name = node.meta.name.str();
  wanted.labels = node.meta.labels;
  wanted.capacity = node.status.capacity;
  wanted.allocatable = node.status.allocatable;
  wanted.taints = node.spec.taints;
  return wanted;
}

/// Stops the kubelets, before anything can start, and cordons the nodes of these names.
void hollow_out(Simulation& simulation, const std::set<Str>& cordoned) {
  const World& world = simulation.world();
  Plan plan;
  for (const auto& [id, row] : world.store().table(Kind::Machine)) {
    auto next = std::make_shared<Machine>(static_cast<const Machine&>(row));
    next->powered = false;
    plan.update({Kind::Machine, id}, std::move(next), "no kubelet works here");
  }
  for (const Str& name : cordoned) {
    const Id id = world.store().find(Kind::Node, "", name);
    auto next = std::make_shared<Node>(*world.get<Node>(id));
    next->spec.unschedulable = true;
    plan.update({Kind::Node, id}, std::move(next), "its manifest says so");
  }
  simulation.carry_out(std::move(plan), {0, "cluster"});
}

/// What others need to be there first.
int rank_of(Kind kind) {
  if (kind == Kind::Namespace) return 0;
  return kind == Kind::PriorityClass || kind == Kind::ServiceAccount ? 1 : 2;
}

void create(Simulation& simulation, const Item& item) {
  Plan plan;
  const ApiResult made = api_create(simulation.world(), plan, item.object, "a manifest has it");
  if (made.error) {
    throw InputError({Diagnostic{item.file, item.line, 1, "", made.error->message, ""}});
  }
  simulation.carry_out(std::move(plan), {0, "manifest"});
}

void create_namespaces(Simulation& simulation, const std::vector<Item>& items) {
  std::map<Str, const Item*> wanted;
  for (const Item& item : items) {
    if (!item.object->meta.ns.empty()) wanted.emplace(item.object->meta.ns, &item);
  }
  for (const auto& [name, item] : wanted) {
    if (simulation.world().find<Namespace>("", name)) continue;
    auto made = std::make_shared<Namespace>();
    made->meta.name = name;
    create(simulation, {std::move(made), item->file, item->line});
  }
}

std::string reason_of(const Pod& pod) {
  if (!pod.spec->scheduling_gates.empty()) return "it has scheduling gates";
  if (pod.spec->scheduler_name != "default-scheduler") {
    return fmt::format("its scheduler is {}", pod.spec->scheduler_name);
  }
  const PodCondition* scheduled = pod_condition(pod, "PodScheduled");
  if (scheduled && !scheduled->message.empty()) return scheduled->message.str();
  return "its turn has not come";
}

void sum_up(const World& world, Placement& placement) {
  const Store& store = world.store();
  placement.nodes = store.count(Kind::Node);
  for (const Id id : store.list(Kind::Pod)) {
    const Pod& pod = *world.get<Pod>(id);
    std::string name = fmt::format("{}/{}", pod.meta.ns, pod.meta.name);
    if (pod.node_name.empty()) {
      placement.unplaced.push_back({std::move(name), reason_of(pod)});
    } else {
      placement.placed.emplace_back(std::move(name), pod.node_name.str());
    }
  }
  for (const auto& [id, row] : store.table(Kind::Node)) {
    const NodeFacts& facts = store.node_index().facts(id);
    const NodeLoad& load = store.load(id);
    placement.milli_cpu.requested += load.milli_cpu;
    placement.milli_cpu.allocatable += facts.milli_cpu;
    placement.memory.requested += load.memory;
    placement.memory.allocatable += facts.memory;
  }
}

std::string percent(const Share& share) {
  if (share.allocatable == 0) return "0.0%";
  return fmt::format("{:.1f}%", 100.0 * static_cast<double>(share.requested) /
                                    static_cast<double>(share.allocatable));
}

}  // namespace

bool are_manifests(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return is_yaml(path);
  bool any = false;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (entry.path().extension() == ".json") return false;  // a folder of scenarios
    any = any || is_yaml(entry.path());
  }
  return any;
}

Placement place_manifests(const std::vector<std::string>& paths, const PlayOptions& options,
                          const std::function<void(const World&)>& at_end) {
  Placement placement;
  Reader reader;
  for (const std::string& path : paths) {
    for (std::string& file : files_of(path)) {
      reader.read(file);
      placement.files.push_back(std::move(file));
    }
  }
  std::vector<Item> items = reader.take();
  ClusterSpecification cluster;
  cluster.settings.seed = options.seed.value_or(0);
  cluster.settings.journal_limit = 10000;  // nobody looks back
  std::set<std::string> names;
  std::set<Str> cordoned;
  for (const Item& item : items) {
    const Node* node = as<Node>(item.object.get());
    if (!node) continue;
    if (!names.insert(node->meta.name.str()).second) {
      throw InputError(
          {Diagnostic{item.file, item.line, 1, "",
                      fmt::format("node \"{}\" is there twice", node->meta.name), ""}});
    }
    cluster.nodes.push_back(specification_of(*node));
    if (node->spec.unschedulable) cordoned.insert(node->meta.name);
  }
  if (cluster.nodes.empty()) {
    throw InputError("there is no Node among the manifests: nothing can be placed");
  }
  placement.seed = cluster.settings.seed;
  Simulation simulation = make_cluster(cluster);
  hollow_out(simulation, cordoned);
  items.erase(std::remove_if(items.begin(), items.end(),
                             [](const Item& item) { return item.object->kind == Kind::Node; }),
              items.end());
  for (Item& item : items) {
    const bool in_namespace = info(item.object->kind).namespaced;
    if (in_namespace && item.object->meta.ns.empty()) item.object->meta.ns = "default";
  }
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return rank_of(a.object->kind) < rank_of(b.object->kind);
  });
  const Time limit = simulation.world().settings().start + options.until.value_or(kLongest);
  auto item = items.begin();
  for (; item != items.end() && rank_of(item->object->kind) == 0; ++item) create(simulation, *item);
  create_namespaces(simulation, items);
  simulation.run_until_settled(limit);
  for (; item != items.end(); ++item) {
    create(simulation, *item);
    item->object.reset();
  }
  items.clear();
  simulation.run_until_settled(limit);
  sum_up(simulation.world(), placement);
  placement.elapsed = simulation.world().elapsed();
  placement.fingerprint = simulation.world().fingerprint();
  if (at_end) at_end(simulation.world());
  return placement;
}

std::string to_text(const Placement& placement, const TextStyle& style) {
  const bool ko = style.language == "ko";
  std::string text = fmt::format(
      fmt::runtime(ko ? "노드 {}개, Pod {}개: {}개 배치됨, {}개 배치되지 않음\n"
                      : "{} nodes, {} pods: {} placed, {} without a node\n"),
      placement.nodes, placement.pods(), placement.placed.size(), placement.unplaced.size());
  text += fmt::format(fmt::runtime(ko ? "요청량/할당 가능량: cpu {}, 메모리 {}\n"
                                      : "requested of what is allocatable: cpu {}, memory {}\n"),
                      percent(placement.milli_cpu), percent(placement.memory));
  std::map<std::string, std::vector<const UnplacedPod*>> reasons;
  for (const UnplacedPod& pod : placement.unplaced) reasons[pod.reason].push_back(&pod);
  for (const auto& [reason, pods] : reasons) {
    if (style.quiet) break;
    text += fmt::format("\n{} × {}\n", pods.size(), reason);
    for (std::size_t i = 0; i < pods.size() && i < kMostNamed; ++i) {
      text += fmt::format("  {}\n", pods[i]->pod);
    }
    if (pods.size() > kMostNamed) {
      text += fmt::format(fmt::runtime(ko ? "  … 그 밖에 {}개\n" : "  … and {} more\n"),
                          pods.size() - kMostNamed);
    }
  }
  if (!style.quiet) text += "\n";
  return text + fmt::format(fmt::runtime(ko ? "흐른 가상 시간: {}. fingerprint {:016x}\n"
                                            : "virtual time passed: {}. fingerprint {:016x}\n"),
                            to_clock(placement.elapsed), placement.fingerprint);
}

std::string to_json(const Placement& placement) {
  nlohmann::ordered_json json;
  json["manifests"] = placement.files;
  json["seed"] = placement.seed;
  json["nodes"] = placement.nodes;
  json["pods"] = placement.pods();
  json["virtualSeconds"] = static_cast<double>(placement.elapsed.ms()) / 1000.0;
  json["fingerprint"] = fmt::format("{:016x}", placement.fingerprint);
  json["milliCpu"] = {{"requested", placement.milli_cpu.requested},
                      {"allocatable", placement.milli_cpu.allocatable}};
  json["memoryBytes"] = {{"requested", placement.memory.requested},
                         {"allocatable", placement.memory.allocatable}};
  json["placed"] = nlohmann::ordered_json::array();
  for (const auto& [pod, node] : placement.placed) {
    json["placed"].push_back({{"pod", pod}, {"node", node}});
  }
  json["withoutNode"] = nlohmann::ordered_json::array();
  for (const UnplacedPod& pod : placement.unplaced) {
    json["withoutNode"].push_back({{"pod", pod.pod}, {"reason", pod.reason}});
  }
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace sim
