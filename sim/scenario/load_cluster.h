// The "sim" and "cluster" sections that scenario and cluster files share.
#pragma once

#include "sim/scenario/reader.h"
#include "sim/scenario/scenario.h"

namespace sim {

/// "podsight": 1, the version of the format. A newer one gets a clear message.
void read_version(const Cursor& root);
void read_sim(const Cursor& section, Settings* settings);
void read_cluster(const Cursor& section, ClusterFile* file);
/// Notes what is wrong with a manifest: kind, unknown fields, types.
void check_manifest(const Cursor& manifest);

}  // namespace sim
