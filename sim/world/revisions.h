// The history of a StatefulSet or DaemonSet: its ControllerRevisions.
// k8s 1.30 pkg/controller/history/controller_history.go
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "sim/model/controller_types.h"
#include "sim/world/world.h"

namespace sim {

struct KeptRevision {
  Id id = 0;
  std::shared_ptr<const ControllerRevision> revision;
};

/// The revisions of `owner`, oldest first; those that nobody owns and that it selects are adopted.
std::vector<KeptRevision> claim_revisions(const World& world, Plan& plan, const Object& owner,
                                          const LabelSelector* selector);
/// The number that the next one gets.
std::int64_t next_revision(const std::vector<KeptRevision>& revisions);
/// Gives an old revision a number again that makes it the newest.
KeptRevision renew(const World& world, Plan& plan, const KeptRevision& old, std::int64_t number);
/// Deletes the oldest of those that are not in use, down to a limit. `live` holds names.
void truncate_history(const World& world, Plan& plan, const std::vector<KeptRevision>& revisions,
                      const std::set<Str>& live, std::int32_t limit);

}  // namespace sim
