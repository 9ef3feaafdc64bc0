#include "sim/world/eviction.h"

#include <utility>

#include "sim/model/pod_facts.h"

namespace sim {

void mark_disrupted(const World& world, Plan& plan, Id id, std::string_view reason,
                    std::string_view message) {
  const Ref ref{Kind::Pod, id};
  const auto pending = share_as<Pod>(plan.pending(ref));
  auto pod = std::make_shared<Pod>(pending ? *pending : *world.get<Pod>(id));
  PodCondition condition;
  condition.type = "DisruptionTarget";
  condition.status = "True";
  condition.reason = Str(reason);
  condition.message = Str(message);
  if (!set_pod_condition(pod->status, std::move(condition), world.now())) return;
  api_update_status(world, plan, ref, std::move(pod), "it is to be disrupted");
}

ApiResult api_evict(const World& world, Plan& plan, Id id, const DeleteOptions& options, Str why) {
  const Ref ref{Kind::Pod, id};
  const Pod* pod = world.get<Pod>(id);
  if (!pod) {
    ApiResult result;
    result.error = not_found(Kind::Pod, "");
    return result;
  }
  if (!options.dry_run && !has_ended(*pod) && !pod->meta.deletion_timestamp) {
    mark_disrupted(world, plan, id, "EvictionByEvictionAPI", "Eviction API: evicting");
  }
  return api_delete(world, plan, ref, options, std::move(why));
}

}  // namespace sim
