#include "sim/world/revisions.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/world/api.h"
#include "sim/world/pod_control.h"

namespace sim {

std::vector<KeptRevision> claim_revisions(const World& world, Plan& plan, const Object& owner,
                                          const LabelSelector* selector) {
  std::vector<KeptRevision> found;
  for (const Id id : world.store().controlled_by(owner.meta.uid, Kind::ControllerRevision)) {
    found.push_back({id, world.store().share<ControllerRevision>(id)});
  }
  if (!owner.meta.deletion_timestamp) {
    for (const Id id : world.store().orphans(Kind::ControllerRevision, owner.meta.ns)) {
      const auto revision = world.store().share<ControllerRevision>(id);
      if (revision->meta.deletion_timestamp || !matches(selector, revision->meta.labels)) continue;
      auto adopted = std::make_shared<ControllerRevision>(*revision);
      adopted->meta.owner_references.push_back(controller_reference(owner));
      plan.update({Kind::ControllerRevision, id}, adopted, "adopted by its controller");
      found.push_back({id, std::move(adopted)});
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const KeptRevision& a, const KeptRevision& b) {
    const auto key = [](const ControllerRevision& revision) {
      return std::tuple(revision.revision,
                        revision.meta.creation_timestamp.value_or(Time{}).whole_seconds(),
                        revision.meta.name.view());
    };
    return key(*a.revision) < key(*b.revision);
  });
  return found;
}

std::int64_t next_revision(const std::vector<KeptRevision>& revisions) {
  return revisions.empty() ? 1 : revisions.back().revision->revision + 1;
}

KeptRevision renew(const World& world, Plan& plan, const KeptRevision& old, std::int64_t number) {
  if (old.revision->revision == number) return old;
  auto renewed = std::make_shared<ControllerRevision>(*old.revision);
  renewed->revision = number;
  const ApiResult result =
      api_update(world, plan, {Kind::ControllerRevision, old.id}, std::move(renewed),
                 fmt::format("its template is in use again: revision {}", number));
  return result ? KeptRevision{old.id, share_as<ControllerRevision>(result.object)} : old;
}

void truncate_history(const World& world, Plan& plan, const std::vector<KeptRevision>& revisions,
                      const std::set<Str>& live, std::int32_t limit) {
  std::vector<KeptRevision> old;
  for (const KeptRevision& one : revisions) {
    if (live.count(one.revision->meta.name) == 0) old.push_back(one);
  }
  const std::int64_t surplus = static_cast<std::int64_t>(old.size()) - limit;
  for (std::int64_t i = 0; i < surplus; ++i) {
    api_delete(world, plan, {Kind::ControllerRevision, old[static_cast<std::size_t>(i)].id}, {},
               "its revision is beyond the history limit");
  }
}

}  // namespace sim
