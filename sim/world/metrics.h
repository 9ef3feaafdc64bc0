// What metrics-server tells of pods and nodes: `kubectl top` and the autoscaler of pods ask it. It
// looks at every kubelet once in 15 seconds and tells what was used since its look before, so that
// what it says is late; of a container that has just started it says nothing yet.
// metrics-server 0.7 pkg/storage
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/world/load.h"

namespace sim {

/// Among the drivers of a cluster, the add-ons and the charts.
inline constexpr std::string_view kMetricsServer = "metrics-server";

/// Whether it is installed: its Service is there. Installing makes that.
bool has_metrics_server(const World& world);
Time metrics_server_since(const World& world);
void install_metrics_server(const World& world, Plan& plan);
void uninstall_metrics_server(const World& world, Plan& plan);

/// The looks that metrics-server takes, so far apart: the first at or after a moment.
inline constexpr Duration kScrapePeriod = seconds(15);
Time scrape_at_or_after(const World& world, Time time);

struct ContainerUsage {
  Str name;
  Amounts usage;
};
struct PodUsage {
  Time at{};          // of the look that told it
  Duration window{};  // over which processor time was counted
  std::vector<ContainerUsage> containers;
  Amounts total() const;
};
/// What is told now. It keeps what it has worked out of each load: make one for many questions.
class Meter {
 public:
  explicit Meter(const World& world);
  /// None: nothing is told of it yet.
  std::optional<PodUsage> of_pod(Id pod);
  /// None: nothing, as of a node whose kubelet is not heard.
  std::optional<Amounts> of_node(Id node);

 private:
  Amounts share(const Load& load, Id load_id, Id pod);

  const World& world_;
  Time look_;
  std::map<Id, std::pair<Amounts, std::vector<Id>>> shares_;  // by load: of each of these pods
};
/// When something will first be told of a pod, as far as one can see: all its containers run.
std::optional<Time> told_first_at(const World& world, Id pod);

}  // namespace sim
