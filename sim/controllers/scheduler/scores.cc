#include "sim/controllers/scheduler/scores.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/base/draw.h"
#include "sim/controllers/scheduler/pod_affinity.h"
#include "sim/controllers/scheduler/topology_spread.h"

namespace sim::scheduler {
namespace {

constexpr std::int64_t kBest = 100;  // k8s: MaxNodeScore

// k8s 1.30 pkg/scheduler/apis/config/v1/default_plugins.go: getDefaultPlugins
constexpr std::int64_t kTaintWeight = 3;
constexpr std::int64_t kNodeAffinityWeight = 2;
constexpr std::int64_t kSpreadWeight = 2;
constexpr std::int64_t kPodAffinityWeight = 2;

std::int64_t plus(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

// k8s 1.30 plugins/noderesources/least_allocated.go: leastRequestedScore
std::int64_t free_share(std::int64_t requested, std::int64_t capacity) {
  if (requested > capacity) return 0;
  const std::int64_t free = capacity - requested;
  if (free <= std::numeric_limits<std::int64_t>::max() / kBest) return free * kBest / capacity;
  return free / (capacity / kBest);
}

double used_share(std::int64_t requested, std::int64_t capacity) {
  return std::min(1.0, static_cast<double>(requested) / static_cast<double>(capacity));
}

// Both scores that look at cpu and memory, of an ordinary node. Doubles divide faster than integers
// do, and round down to the same quotient as long as the product is exact.
std::int64_t resource_scores(const NodeLoad& want, const Candidate& node) {
  const NodeFacts& has = node.facts;
  const NodeLoad& used = node.load;
  const auto cpu = static_cast<double>(has.milli_cpu);
  const auto memory = static_cast<double>(has.memory);
  const std::int64_t free_cpu = has.milli_cpu - used.nonzero_milli_cpu - want.nonzero_milli_cpu;
  const std::int64_t free_memory = has.memory - used.nonzero_memory - want.nonzero_memory;
  std::int64_t least = 0;
  if (free_cpu > 0) least += static_cast<std::int64_t>(static_cast<double>(free_cpu * kBest) / cpu);
  if (free_memory > 0) {
    least += static_cast<std::int64_t>(static_cast<double>(free_memory * kBest) / memory);
  }
  const double used_cpu = std::min(1.0, static_cast<double>(used.milli_cpu + want.milli_cpu) / cpu);
  const double used_memory = std::min(1.0, static_cast<double>(used.memory + want.memory) / memory);
  const double deviation = std::abs((used_cpu - used_memory) / 2);
  return least / 2 + static_cast<std::int64_t>((1 - deviation) * static_cast<double>(kBest));
}

// What an image's presence is worth. k8s 1.30 plugins/imagelocality/image_locality.go
class ImageScores {
 public:
  explicit ImageScores(const Incoming& incoming) : nodes_(incoming.store().count(Kind::Node)) {
    add(incoming, incoming.spec.init_containers);
    add(incoming, incoming.spec.containers);
    containers_ = static_cast<std::int64_t>(incoming.spec.init_containers.size() +
                                            incoming.spec.containers.size());
  }
  bool active() const { return !images_.empty(); }

  std::int64_t of(Id node) {
    if (images_.size() == 1) {
      // Nodes have the same image, or not: nearly always the same sum as the node before.
      const std::int64_t size = images_[0].first->sizes.at(node);
      if (size != last_size_) {
        last_size_ = size;
        last_score_ = score(node);
      }
      return last_score_;
    }
    return score(node);
  }

 private:
  std::int64_t score(Id node) const {
    constexpr std::int64_t kMiB = 1 << 20;
    constexpr std::int64_t kLeast = 23 * kMiB;
    const std::int64_t most = 1000 * kMiB * containers_;
    std::int64_t sum = 0;
    for (const auto& [image, times] : images_) {
      const std::int64_t size = image->sizes.at(node) - 1;
      if (size <= 0) continue;
      const double spread = static_cast<double>(image->nodes) / static_cast<double>(nodes_);
      // No image is as large as that; the bound keeps the sum from overflowing.
      const double scaled = std::min(static_cast<double>(size) * spread, 1e15);
      sum = plus(sum, static_cast<std::int64_t>(scaled) * times);
    }
    return kBest * (std::clamp(sum, kLeast, most) - kLeast) / (most - kLeast);
  }
  void add(const Incoming& incoming, const std::vector<Container>& containers) {
    for (const Container& container : containers) {
      const ImageSpread* image =
          incoming.store().node_index().image(with_tag(container.image.view()));
      if (!image) continue;
      const auto known = std::find_if(images_.begin(), images_.end(),
                                      [&](const auto& each) { return each.first == image; });
      if (known != images_.end()) {
        ++known->second;
      } else {
        images_.emplace_back(image, 1);
      }
    }
  }
  // Nothing but the tag is made whole: "nginx" never meets "docker.io/library/nginx:latest".
  // k8s 1.30 plugins/imagelocality/image_locality.go: normalizedImageName
  static std::string with_tag(std::string_view name) {
    std::string whole(name);
    const std::size_t colon = name.rfind(':');
    const std::size_t slash = name.rfind('/');
    const bool tagged =
        colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
    if (!tagged) whole += ":latest";
    return whole;
  }

  std::size_t nodes_;
  std::int64_t containers_ = 1;
  std::int64_t last_size_ = -1;
  std::int64_t last_score_ = 0;
  std::vector<std::pair<const ImageSpread*, std::int64_t>> images_;
};

// k8s 1.30 plugins/tainttoleration: Score, countIntolerableTaintsPreferNoSchedule
void add_taint_scores(const Incoming& incoming, const std::vector<Candidate>& nodes,
                      std::vector<std::int64_t>& totals) {
  std::vector<std::int64_t> counts(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!nodes[i].facts.soft_taints) continue;
    for (const Taint& taint : incoming.node(nodes[i].id).spec.taints) {
      if (taint.effect == "PreferNoSchedule" && !tolerates(incoming.spec.tolerations, taint)) {
        ++counts[i];
      }
    }
  }
  const std::int64_t most = *std::max_element(counts.begin(), counts.end());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::int64_t score = most == 0 ? kBest : kBest - kBest * counts[i] / most;
    totals[i] += kTaintWeight * score;
  }
}

// k8s 1.30 plugins/nodeaffinity: Score
void add_node_affinity_scores(const Incoming& incoming, const std::vector<Candidate>& nodes,
                              std::vector<std::int64_t>& totals) {
  const Box<Affinity>& affinity = incoming.spec.affinity;
  if (!affinity || !affinity->node_affinity) return;
  std::vector<std::pair<NodeTerm, std::int64_t>> terms;
  for (const PreferredSchedulingTerm& each :
       affinity->node_affinity->preferred_during_scheduling_ignored_during_execution) {
    terms.emplace_back(NodeTerm(each.preference), each.weight);
  }
  if (terms.empty()) return;
  std::vector<std::int64_t> scores(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const auto& [term, weight] : terms) {
      if (term.matches(incoming.node(nodes[i].id))) scores[i] += weight;
    }
  }
  const std::int64_t most = *std::max_element(scores.begin(), scores.end());
  if (most == 0) return;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    totals[i] += kNodeAffinityWeight * (kBest * scores[i] / most);
  }
}

void add_weighted(const std::vector<std::int64_t>& scores, std::int64_t weight,
                  std::vector<std::int64_t>& totals) {
  for (std::size_t i = 0; i < scores.size(); ++i) totals[i] += weight * scores[i];
}

}  // namespace

// k8s 1.30 plugins/noderesources/least_allocated.go: leastResourceScorer
std::int64_t least_allocated_score(const Incoming& incoming, const Candidate& node) {
  std::int64_t sum = 0;
  std::int64_t resources = 0;
  if (node.facts.milli_cpu > 0) {
    sum += free_share(plus(node.load.nonzero_milli_cpu, incoming.request.nonzero_milli_cpu),
                      node.facts.milli_cpu);
    ++resources;
  }
  if (node.facts.memory > 0) {
    sum += free_share(plus(node.load.nonzero_memory, incoming.request.nonzero_memory),
                      node.facts.memory);
    ++resources;
  }
  return resources == 2 ? sum / 2 : sum;
}

// k8s 1.30 plugins/noderesources/balanced_allocation.go: balancedResourceScorer
std::int64_t balanced_allocation_score(const Incoming& incoming, const Candidate& node) {
  double deviation = 0;
  if (node.facts.milli_cpu > 0 && node.facts.memory > 0) {
    const double cpu =
        used_share(plus(node.load.milli_cpu, incoming.request.milli_cpu), node.facts.milli_cpu);
    const double memory =
        used_share(plus(node.load.memory, incoming.request.memory), node.facts.memory);
    deviation = std::abs((cpu - memory) / 2);
  }
  return static_cast<std::int64_t>((1 - deviation) * static_cast<double>(kBest));
}

std::vector<std::int64_t> total_scores(const Incoming& incoming,
                                       const std::vector<Candidate>& nodes) {
  std::vector<std::int64_t> totals(nodes.size());
  const NodeLoad& want = incoming.request;
  constexpr std::int64_t kLarge = 1LL << 46;
  const bool ordinary = want.nonzero_milli_cpu <= kLarge && want.nonzero_memory <= kLarge;
  bool soft_taints = false;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    totals[i] = ordinary && nodes[i].facts.ordinary
                    ? resource_scores(want, nodes[i])
                    : least_allocated_score(incoming, nodes[i]) +
                          balanced_allocation_score(incoming, nodes[i]);
    soft_taints = soft_taints || nodes[i].facts.soft_taints;
  }
  ImageScores images(incoming);
  if (images.active()) {
    for (std::size_t i = 0; i < nodes.size(); ++i) totals[i] += images.of(nodes[i].id);
  }
  if (soft_taints) add_taint_scores(incoming, nodes, totals);
  add_node_affinity_scores(incoming, nodes, totals);
  add_weighted(spread_scores(incoming, nodes), kSpreadWeight, totals);
  add_weighted(affinity_scores(incoming, nodes), kPodAffinityWeight, totals);
  return totals;
}

std::size_t choose(const Incoming& incoming, const std::vector<std::int64_t>& scores, int attempt) {
  const std::int64_t best = *std::max_element(scores.begin(), scores.end());
  const auto equals = static_cast<std::uint64_t>(std::count(scores.begin(), scores.end(), best));
  std::uint64_t left = equals == 1
                           ? 0
                           : draw_below(equals, incoming.world.settings().seed, "node",
                                        incoming.whom(), static_cast<std::uint64_t>(attempt));
  for (std::size_t i = 0;; ++i) {
    if (scores[i] == best && left-- == 0) return i;
  }
}

}  // namespace sim::scheduler
