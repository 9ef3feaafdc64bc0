// Who is put to the test: the workloads of a world, one pod of each, and a marker file in every
// place where the containers of that pod can write.
#pragma once

#include <string>
#include <vector>

#include "sim/engine/simulation.h"
#include "sim/graph/route.h"
#include "sim/survive/survival.h"

namespace sim {

/// One marker file and where it is noted in the answer.
struct Mark {
  std::size_t container = 0;  // of the workload's containers …
  std::size_t path = 0;       // … and of its paths
  Str name;                   // of the container
  Path file;
  Place place;            // where the file went
  bool in_claim = false;  // in the volume of a claim that the pod names
};

/// One workload, as Survival::workloads has it at the same index.
struct Subject {
  Ref ref;
  Uid uid;
  Str ns;
  Str name;
  Uid pod;  // the one that has the markers
  Str pod_name;
  Str node;
  Str zone;
  std::vector<Mark> marks;
};

/// Finds the workloads and writes the markers. What cannot be tested has its problem noted.
std::vector<Subject> mark_workloads(Simulation& simulation, std::string_view language,
                                    Survival* survival);

/// The pods of a workload, in order of creation: those that are its own, or its ReplicaSets'.
std::vector<Id> pods_of(const World& world, const Subject& subject);

}  // namespace sim
