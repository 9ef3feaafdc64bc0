// Objects as kubectl's tables. k8s 1.30 pkg/printers/internalversion; cli-runtime/pkg/printers
#pragma once

#include <string>
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
  bool show_kind = false;
};

/// The table of some objects, all of one kind, in the given order; aligned.
std::string print_table(const World& world, const std::vector<ObjectPtr>& objects,
                        const TableOptions& options);

/// The STATUS cell of a pod ("Running", "CrashLoopBackOff", "Init:0/1", "Terminating").
/// k8s 1.30 pkg/printers/internalversion: printPod
std::string pod_status(const Pod& pod);

}  // namespace sim::kubectl
