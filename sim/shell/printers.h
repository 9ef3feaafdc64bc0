// Objects as kubectl's tables. k8s 1.30 pkg/printers/internalversion; cli-runtime/pkg/printers
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/world/world.h"

namespace sim::kubectl {

struct TableOptions {
  bool wide = false;
  bool headers = true;
  bool show_labels = false;
  bool with_namespace = false;             // -A
  bool with_kind = false;                  // NAME as "deployment.apps/assets"
  std::vector<std::string> label_columns;  // -L
  std::string event;                       // --output-watch-events: "MODIFIED"
};

/// How wide the columns of a table have been so far, in cells of text: with a watch they never get
/// narrower.
using ColumnWidths = std::vector<std::size_t>;

/// Rows of cells with tabs between, as columns.
std::string align_table(std::string_view rows, ColumnWidths* widths = nullptr);

/// The table of some objects, all of one kind, in the given order; aligned.
std::string print_table(const World& world, const std::vector<ObjectPtr>& objects,
                        const TableOptions& options, ColumnWidths* widths = nullptr);

/// The STATUS cell of a pod ("Running", "CrashLoopBackOff", "Init:0/1", "Terminating").
/// k8s 1.30 pkg/printers/internalversion: printPod
std::string pod_status(const Pod& pod);

/// Time passed since an API timestamp, as kubectl shows it; "<unknown>" for none. The API keeps
/// whole seconds, a person's clock does not.
std::string age(const World& world, std::optional<Time> since);

/// The table of `kubectl events`, sorted as it sorts them. k8s 1.30 kubectl/pkg/cmd/events
std::string print_events(const World& world, std::vector<ObjectPtr> events, bool with_namespace,
                         bool headers, ColumnWidths* widths = nullptr);

/// "k=v,k2=v2", "<none>" when empty.
std::string labels_text(const StringMap& labels);
/// The moment an Event was last seen. k8s 1.30 pkg/printers/internalversion: printEvent
std::optional<Time> last_seen(const Event& event);

}  // namespace sim::kubectl
