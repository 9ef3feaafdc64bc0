#include "sim/world/api.h"

#include <algorithm>
#include <utility>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/model/defaults.h"
#include "sim/model/labels.h"
#include "sim/model/objects.h"
#include "sim/model/pod_facts.h"
#include "sim/model/pod_qos.h"
#include "sim/model/validate.h"
#include "sim/world/controller_admission.h"
#include "sim/world/service_addresses.h"
#include "sim/world/storage_admission.h"

namespace sim {
namespace {

ApiResult refuse(int code, Str reason, std::string message) {
  ApiResult result;
  result.error = ApiError{code, std::move(reason), std::move(message)};
  return result;
}

ApiResult invalid(Kind kind, std::string_view name, const std::vector<FieldError>& errors) {
  return refuse(422, "Invalid", invalid_message(kind, name, errors));
}

std::string whom(const Object& object) {
  return fmt::format("{} \"{}\"", resource_name(object.kind),
                     object.meta.name.empty() ? object.meta.generate_name : object.meta.name);
}

/// The object as this plan will leave it, or as it is stored.
ObjectPtr current(const World& world, const Plan& plan, Ref ref) {
  if (ObjectPtr pending = plan.pending(ref)) return pending;
  return world.store().share(ref);
}

/// k8s 1.30 plugin/pkg/admission/defaulttolerationseconds
void add_toleration(PodSpec& spec, const char* key) {
  for (const Toleration& toleration : spec.tolerations) {
    if ((toleration.key == key || toleration.key.empty()) &&
        (toleration.effect == "NoExecute" || toleration.effect.empty())) {
      return;
    }
  }
  Toleration added;
  added.key = key;
  added.op = "Exists";
  added.effect = "NoExecute";
  added.toleration_seconds = 300;
  spec.tolerations.push_back(std::move(added));
}

/// The class of pods that name none: of several, that of the lowest value.
/// k8s 1.30 plugin/pkg/admission/priority: getDefaultPriorityClass
const PriorityClass* default_priority_class(const World& world) {
  const PriorityClass* found = nullptr;
  for (const Id id : world.store().list(Kind::PriorityClass)) {
    const PriorityClass* one = world.get<PriorityClass>(id);
    if (one->global_default && (!found || one->value < found->value)) found = one;
  }
  return found;
}

/// What its class gives a pod; no priority: there is no such class.
struct GivenPriority {
  Str class_name;
  std::optional<std::int32_t> priority;
  Str policy = "PreemptLowerPriority";
};
GivenPriority priority_by_class(const World& world, const Str& name) {
  const PriorityClass* found =
      name.empty() ? default_priority_class(world) : world.find<PriorityClass>("", name);
  GivenPriority given;
  given.class_name = found ? found->meta.name : name;
  if (name.empty()) given.priority = 0;
  if (found) {
    given.priority = found->value;
    given.policy = found->preemption_policy.value_or(given.policy);
  }
  return given;
}

void set_priority(const World& world, PodSpec& spec) {
  if (spec.priority && spec.preemption_policy) return;
  const GivenPriority given = priority_by_class(world, spec.priority_class_name);
  spec.priority_class_name = given.class_name;
  if (!spec.priority) spec.priority = given.priority;
  if (!spec.preemption_policy) spec.preemption_policy = given.policy;
}

/// What a manifest says of a pod's priority must be what its class gives it; answers what is wrong.
/// k8s 1.30 plugin/pkg/admission/priority: admitPod
std::string check_priority(const World& world, const PodSpec& spec) {
  const GivenPriority given = priority_by_class(world, spec.priority_class_name);
  if (!given.priority) {
    return fmt::format("no PriorityClass with name {} was found", spec.priority_class_name);
  }
  if (spec.priority != given.priority) {
    return fmt::format(
        "the integer value of priority ({}) must not be provided in pod spec; priority admission "
        "controller computed {} from the given PriorityClass name",
        spec.priority.value_or(0), *given.priority);
  }
  if (spec.preemption_policy != given.policy) {
    return fmt::format(
        "the string value of PreemptionPolicy ({}) must not be provided in pod spec; priority "
        "admission controller computed {} from the given PriorityClass name",
        spec.preemption_policy.value_or(Str()), given.policy);
  }
  return "";
}

bool mounts_token(const World& world, const Pod& pod) {
  if (pod.spec->automount_service_account_token) return *pod.spec->automount_service_account_token;
  const ServiceAccount* account =
      world.find<ServiceAccount>(pod.meta.ns, pod.spec->service_account_name);
  return !account || account->automount_service_account_token.value_or(true);
}

/// What the admission plugins of a default API server do to a new pod.
/// Errors name it as it was `called` before a name was drawn for it.
std::optional<ApiError> admit_pod(const World& world, Pod& pod, const std::string& called) {
  if (!is_admitted(*pod.spec)) pod.spec = admitted_pod_spec(world, *pod.spec);
  const Str& account = pod.spec->service_account_name;
  // The account `default` of a namespace that has just been made is on its way: the plugin waits
  // for it.
  if (account != "default" && !world.find<ServiceAccount>(pod.meta.ns, account)) {
    return ApiError{403, "Forbidden",
                    fmt::format("{} is forbidden: error looking up service account {}/{}: "
                                "serviceaccount \"{}\" not found",
                                called, pod.meta.ns, account, account)};
  }
  if (const std::string wrong = check_priority(world, *pod.spec); !wrong.empty()) {
    return ApiError{403, "Forbidden", fmt::format("{} is forbidden: {}", called, wrong)};
  }
  if (pod.api_access_volume.empty() && mounts_token(world, pod)) {
    pod.api_access_volume =
        fmt::format("kube-api-access-{}", draw_suffix(5, world.settings().seed, "kube-api-access",
                                                      fnv1a64(pod.meta.name, fnv1a64(pod.meta.ns)),
                                                      static_cast<std::uint64_t>(world.now().ns)));
  }
  pod.status = PodStatus();
  pod.status.phase = "Pending";
  pod.status.qos_class = qos_class(*pod.spec);
  if (!pod.spec->scheduling_gates.empty()) {
    PodCondition condition;
    condition.type = "PodScheduled";
    condition.status = "False";
    condition.reason = "SchedulingGated";
    condition.message = "Scheduling is blocked due to non-empty scheduling gates";
    pod.status.conditions.push_back(std::move(condition));
  }
  return std::nullopt;
}

/// Whether the namespace of a new object takes it. k8s 1.30 apiserver plugin/namespace/lifecycle
std::optional<ApiError> check_namespace(const World& world, const Plan& plan,
                                        const Object& object) {
  if (!info(object.kind).namespaced) return std::nullopt;
  const Id id = world.store().find(Kind::Namespace, "", object.meta.ns);
  const Namespace* ns = world.get<Namespace>(id);
  if (!ns) {
    for (const Write& write : plan.writes) {
      if (write.ref.kind == Kind::Namespace && write.object &&
          write.object->meta.name == object.meta.ns) {
        return std::nullopt;
      }
    }
    return not_found(Kind::Namespace, object.meta.ns);
  }
  if (ns->meta.deletion_timestamp) {
    return ApiError{403, "Forbidden",
                    fmt::format("{} is forbidden: unable to create new content in namespace {} "
                                "because it is being terminated",
                                whom(object), object.meta.ns)};
  }
  return std::nullopt;
}

bool planned(const Plan& plan, const Object& object) {
  return std::any_of(plan.writes.begin(), plan.writes.end(), [&](const Write& write) {
    return write.op == Write::Op::Create && write.object->kind == object.kind &&
           write.object->meta.name == object.meta.name && write.object->meta.ns == object.meta.ns;
  });
}

ApiResult unchanged(Id id, ObjectPtr object) {
  ApiResult result;
  result.id = id;
  result.object = std::move(object);
  return result;
}

ApiResult changed(Id id, ObjectPtr object) {
  ApiResult result = unchanged(id, std::move(object));
  result.changed = true;
  return result;
}

/// How long a pod may take to end. k8s 1.30 pkg/registry/core/pod: CheckGracefulDelete
std::int64_t grace_of(const Pod& pod, const DeleteOptions& options) {
  std::int64_t grace =
      options.grace_seconds.value_or(pod.spec->termination_grace_period_seconds.value_or(30));
  if (pod.node_name.empty() || has_ended(pod)) grace = 0;
  return std::max<std::int64_t>(grace, 0);
}

/// Whether anything keeps an object there: that nobody deletes it, a finalizer, a pod's grace.
/// k8s 1.30 apiserver/pkg/registry/generic/registry/store.go: ShouldDeleteDuringUpdate
bool is_held(const Object& object) {
  const ObjectMeta& meta = object.meta;
  if (!meta.deletion_timestamp || !meta.finalizers.empty()) return true;
  if (object.kind == Kind::Pod) return meta.deletion_grace_period_seconds.value_or(0) > 0;
  if (object.kind != Kind::Namespace) return false;
  return !static_cast<const Namespace&>(object).spec.finalizers.empty();
}

constexpr const char* kForeground = "foregroundDeletion";
constexpr const char* kOrphan = "orphan";

/// k8s 1.30 apiserver plugin/pkg/admission/resourcequota: checkRequest, for podsight's own limit
std::optional<ApiError> check_room(const World& world, const Plan& plan, const Object& made) {
  if (made.kind != Kind::Pod) return std::nullopt;
  const std::size_t limit = pod_limit(world);
  std::size_t used = world.store().count(Kind::Pod);
  if (used + plan.writes.size() < limit) return std::nullopt;
  for (const Write& write : plan.writes) {
    if (write.op == Write::Op::Create && write.ref.kind == Kind::Pod) ++used;
  }
  if (used < limit) return std::nullopt;
  return refuse(403, "Forbidden",
                fmt::format("{} is forbidden: exceeded quota: podsight, requested: pods=1, used: "
                            "pods={}, limited: pods={}",
                            whom(made), used, limit))
      .error;
}

}  // namespace

std::size_t pod_limit(const World& world) {
  constexpr std::size_t kPerNode = 10 * 110;  // the kubelet's default for maxPods
  constexpr std::size_t kLeast = 2'000;
  constexpr std::size_t kMost = 2'000'000;
  return std::clamp(world.store().count(Kind::Node) * kPerNode, kLeast, kMost);
}

std::string status_message(const ApiError& error, Kind kind) {
  if (error.reason != "Invalid") return error.message;
  constexpr std::string_view kRequest = "The request is invalid: ";
  std::string_view message = error.message;
  if (message.substr(0, kRequest.size()) == kRequest) {
    return fmt::format(" \"\" is invalid: {}", message.substr(kRequest.size()));
  }
  const std::string start = fmt::format("The {} ", info(kind).name);
  constexpr std::string_view kMiddle = " is invalid: ";
  const std::size_t middle = message.find(kMiddle);
  if (message.substr(0, start.size()) != start || middle == std::string_view::npos) {
    return error.message;
  }
  const std::string_view name = message.substr(start.size(), middle - start.size());
  std::string_view causes = message.substr(middle + kMiddle.size());
  std::string list(causes);
  if (causes.substr(0, 3) == "\n* ") {
    list = "[";
    causes.remove_prefix(3);
    for (std::size_t end; (end = causes.find("\n* ")) != std::string_view::npos;) {
      list += fmt::format("{}, ", causes.substr(0, end));
      causes.remove_prefix(end + 3);
    }
    list += fmt::format("{}]", causes);
  }
  const std::string_view group = info(kind).group;
  return fmt::format("{}{}{} {}{}{}", info(kind).name, group.empty() ? "" : ".", group, name,
                     kMiddle, list);
}

ApiError not_found(Kind kind, std::string_view name) {
  return {404, "NotFound", fmt::format("{} \"{}\" not found", resource_name(kind), name)};
}

bool is_admitted(const PodSpec& spec) {
  return spec.enable_service_links && spec.preemption_policy && spec.priority &&
         !spec.service_account_name.empty();
}

PodSpec admitted_pod_spec(const World& world, const PodSpec& spec) {
  PodSpec admitted = spec;
  set_pod_spec_defaults(admitted);
  set_pod_only_defaults(admitted);
  if (admitted.service_account_name.empty()) admitted.service_account_name = "default";
  admitted.service_account = admitted.service_account_name;
  set_priority(world, admitted);
  add_toleration(admitted, "node.kubernetes.io/not-ready");
  add_toleration(admitted, "node.kubernetes.io/unreachable");
  return admitted;
}

Str generated_name(const World& world, Kind kind, std::string_view ns, std::string_view base,
                   Uid owner, int index) {
  constexpr std::size_t kMaxBase =
      58;  // k8s 1.30 apiserver/pkg/storage/names: maxGeneratedNameLength
  base = base.substr(0, kMaxBase);
  const std::uint64_t whom_for = mix(owner.high) ^ owner.low ^ fnv1a64(base);
  for (std::uint64_t round = 0;; ++round) {
    const std::uint64_t n = mix(static_cast<std::uint64_t>(world.now().ns)) +
                            static_cast<std::uint64_t>(index) + (round << 32);
    const Str name(
        fmt::format("{}{}", base, draw_suffix(5, world.settings().seed, "name", whom_for, n)));
    if (world.store().find(kind, ns, name) == 0) return name;
  }
}

ApiResult api_create(const World& world, Plan& plan, std::shared_ptr<Object> object, Str why,
                     bool dry_run) {
  Object& made = *object;
  if (info(made.kind).namespaced && made.meta.ns.empty()) made.meta.ns = "default";
  if (!info(made.kind).namespaced) made.meta.ns = Str();
  if (std::optional<ApiError> error = check_namespace(world, plan, made)) {
    ApiResult result;
    result.error = std::move(error);
    return result;
  }
  if (made.kind == Kind::Pod) {
    auto& pod = static_cast<Pod&>(made);
    // Pods of one template share a spec that has been through this already.
    if (!pod.spec || !is_admitted(*pod.spec)) set_defaults(made);
  } else {
    set_defaults(made);
  }
  const std::string called = whom(made);
  if (made.meta.name.empty() && !made.meta.generate_name.empty()) {
    const OwnerReference* owner = made.meta.controller();
    made.meta.name =
        generated_name(world, made.kind, made.meta.ns, made.meta.generate_name,
                       owner ? owner->uid : Uid{}, static_cast<int>(plan.writes.size()));
  }
  made.meta.deletion_timestamp.reset();
  made.meta.deletion_grace_period_seconds.reset();
  made.meta.uid = {};
  made.meta.creation_timestamp.reset();
  reset_status(made);
  admit_new_storage(world, made);
  if (made.kind == Kind::Pod) {
    if (std::optional<ApiError> error = admit_pod(world, static_cast<Pod&>(made), called)) {
      ApiResult result;
      result.error = std::move(error);
      return result;
    }
  }
  if (made.meta.name.empty() && made.meta.generate_name.empty()) {
    return invalid(made.kind, "",
                   {{"metadata.name: Required value: name or generateName is required"}});
  }
  if (std::optional<ApiError> error = admit_controller_create(world, made)) {
    ApiResult result;
    result.error = std::move(error);
    return result;
  }
  if (made.kind == Kind::Service) {
    std::vector<FieldError> errors =
        give_addresses(world, plan, nullptr, static_cast<Service&>(made));
    if (!errors.empty()) return invalid(made.kind, made.meta.name, errors);
  }
  if (std::vector<FieldError> errors = validate_create(made); !errors.empty()) {
    return invalid(made.kind, made.meta.name, errors);
  }
  if (std::optional<ApiError> error = check_room(world, plan, made)) {
    ApiResult result;
    result.error = std::move(error);
    return result;
  }
  if (world.store().find(made.kind, made.meta.ns, made.meta.name) != 0 || planned(plan, made)) {
    return refuse(409, "AlreadyExists", fmt::format("{} already exists", whom(made)));
  }
  if (dry_run) return changed(0, std::move(object));
  const Id id = plan.create(world, object, std::move(why));
  return changed(id, std::move(object));
}

ApiResult api_update(const World& world, Plan& plan, Ref ref, std::shared_ptr<Object> object,
                     Str why, bool dry_run) {
  const ObjectPtr before = current(world, plan, ref);
  Object& after = *object;
  if (!before) {
    ApiResult result;
    result.error = not_found(ref.kind, after.meta.name);
    return result;
  }
  if (after.meta.resource_version != 0 &&
      after.meta.resource_version != before->meta.resource_version) {
    return refuse(409, "Conflict",
                  fmt::format("Operation cannot be fulfilled on {}: the object has been modified; "
                              "please apply your changes to the latest version and try again",
                              whom(*before)));
  }
  if (after.meta.uid && after.meta.uid != before->meta.uid) {
    return refuse(
        409, "Conflict",
        fmt::format("Operation cannot be fulfilled on {}: Precondition failed: UID in "
                    "precondition: {}, UID in object meta: {}",
                    whom(*before), to_string(after.meta.uid), to_string(before->meta.uid)));
  }
  set_defaults(after);
  if (after.kind == Kind::Pod) {
    auto& pod = static_cast<Pod&>(after);
    const auto& old = static_cast<const Pod&>(*before);
    if (pod.api_access_volume.empty()) pod.api_access_volume = old.api_access_volume;
    if (*pod.spec == *old.spec) pod.spec = old.spec;
  }
  ObjectMeta& meta = after.meta;
  meta.uid = before->meta.uid;
  meta.ns = before->meta.ns;
  meta.name = before->meta.name;
  meta.generate_name = before->meta.generate_name;
  meta.resource_version = before->meta.resource_version;
  meta.generation = before->meta.generation;
  meta.creation_timestamp = before->meta.creation_timestamp;
  meta.deletion_timestamp = before->meta.deletion_timestamp;
  meta.deletion_grace_period_seconds = before->meta.deletion_grace_period_seconds;
  copy_status(*before, after);
  if (std::optional<ApiError> error = admit_controller_update(world, *before, after)) {
    ApiResult result;
    result.error = std::move(error);
    return result;
  }
  if (after.kind == Kind::Service) {
    const std::vector<FieldError> errors = give_addresses(
        world, plan, static_cast<const Service*>(before.get()), static_cast<Service&>(after));
    if (!errors.empty()) return invalid(after.kind, meta.name, errors);
  }
  if (std::vector<FieldError> errors = validate_update(*before, after); !errors.empty()) {
    return invalid(after.kind, meta.name, errors);
  }
  if (std::optional<ApiError> error = admit_storage_change(world, *before, after)) {
    ApiResult result;
    result.error = std::move(error);
    return result;
  }
  if (equal_api_objects(*before, after)) return unchanged(ref.id, before);
  if (!dry_run) {
    plan.update(ref, object, std::move(why));
    if (!is_held(after)) plan.erase(ref, "its last finalizer is gone");
  }
  return changed(ref.id, std::move(object));
}

ApiResult api_update_status(const World& world, Plan& plan, Ref ref, std::shared_ptr<Object> object,
                            Str why) {
  const ObjectPtr before = current(world, plan, ref);
  if (!before) {
    ApiResult result;
    result.error = not_found(ref.kind, object->meta.name);
    return result;
  }
  std::shared_ptr<Object> after = copy_of(*before);
  copy_status(*object, *after);
  after->meta.annotations = object->meta.annotations;
  if (equal_api_objects(*before, *after)) return unchanged(ref.id, before);
  plan.update(ref, after, std::move(why));
  return changed(ref.id, std::move(after));
}

ApiResult api_delete(const World& world, Plan& plan, Ref ref, const DeleteOptions& options,
                     Str why) {
  const ObjectPtr before = current(world, plan, ref);
  if (!before) {
    ApiResult result;
    result.error = ApiError{404, "NotFound", fmt::format("{} not found", resource_name(ref.kind))};
    return result;
  }
  if (ref.kind == Kind::Namespace) {
    for (const char* kept : {"default", "kube-system", "kube-public"}) {
      if (before->meta.name == kept) {
        return refuse(
            403, "Forbidden",
            fmt::format("{} is forbidden: this namespace may not be deleted", whom(*before)));
      }
    }
  }
  if (options.dry_run) return changed(ref.id, before);

  std::shared_ptr<Object> marked = copy_of(*before);
  ObjectMeta& meta = marked->meta;
  if (options.propagation == DeleteOptions::Propagation::Foreground)
    add_finalizer(*marked, kForeground);
  if (options.propagation == DeleteOptions::Propagation::Orphan) add_finalizer(*marked, kOrphan);

  std::int64_t grace = 0;
  bool held = !meta.finalizers.empty();
  if (ref.kind == Kind::Pod) {
    grace = grace_of(static_cast<const Pod&>(*before), options);
    held = held || grace > 0;
  }
  if (ref.kind == Kind::Namespace) {
    auto& ns = static_cast<Namespace&>(*marked);
    held = held || !ns.spec.finalizers.empty();
    ns.status.phase = "Terminating";
  }
  if (!held) {
    plan.erase(ref, std::move(why));
    return changed(ref.id, before);
  }
  // A second deletion may only shorten the first one's grace.
  const bool again = before->meta.deletion_timestamp.has_value();
  const std::int64_t old_grace = before->meta.deletion_grace_period_seconds.value_or(0);
  if (again && (ref.kind != Kind::Pod || grace >= old_grace) &&
      meta.finalizers == before->meta.finalizers) {
    return unchanged(ref.id, before);
  }
  if (!again || grace < old_grace) {
    const Time base = again ? *before->meta.deletion_timestamp - seconds(old_grace) : world.now();
    meta.deletion_timestamp = base + seconds(grace);
    meta.deletion_grace_period_seconds = grace;
    if (ref.kind == Kind::Namespace) meta.deletion_grace_period_seconds.reset();
  }
  plan.update(ref, marked, std::move(why));
  return changed(ref.id, std::move(marked));
}

void api_remove_finalizer(const World& world, Plan& plan, Ref ref, std::string_view finalizer,
                          Str why) {
  const ObjectPtr before = current(world, plan, ref);
  if (!before) return;
  std::shared_ptr<Object> after = copy_of(*before);
  auto& finalizers = after->meta.finalizers;
  const auto at = std::find(finalizers.begin(), finalizers.end(), finalizer);
  if (at == finalizers.end()) return;
  finalizers.erase(at);
  if (is_held(*after)) {
    plan.update(ref, std::move(after), std::move(why));
  } else {
    plan.erase(ref, std::move(why));
  }
}

}  // namespace sim
