#include "sim/world/world.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/base/check.h"
#include "sim/base/draw.h"
#include "sim/model/objects.h"
#include "sim/world/event_recorder.h"
#include "sim/world/fault.h"
#include "sim/world/load.h"
#include "sim/world/node_group.h"

namespace sim {
namespace {

template <class T>
std::shared_ptr<Object> copy_as(const Object& object) {
  return std::make_shared<T>(static_cast<const T&>(object));
}

}  // namespace

std::shared_ptr<Object> copy_of(const Object& object) {
  if (is_api_kind(object.kind)) return copy_api_object(object);
  switch (object.kind) {
    case Kind::Machine:
      return copy_as<Machine>(object);
    case Kind::PodSandbox:
      return copy_as<PodSandbox>(object);
    case Kind::ContainerInstance:
      return copy_as<ContainerInstance>(object);
    case Kind::Outage:
      return copy_as<Outage>(object);
    case Kind::PlannedFault:
      return copy_as<PlannedFault>(object);
    case Kind::Load:
      return copy_as<Load>(object);
    case Kind::ScalingMemory:
      return copy_as<ScalingMemory>(object);
    case Kind::NodeGroup:
      return copy_as<NodeGroup>(object);
    case Kind::ClusterAutoscaler:
      return copy_as<ClusterAutoscaler>(object);
    default:
      SIM_CHECK(object.kind == Kind::Disk);
      return copy_as<Disk>(object);
  }
}

namespace {

// The object to stamp: itself when the plan alone holds it, else a copy.
Object& own(ObjectPtr& object) {
  if (object.use_count() != 1) object = copy_of(*object);
  return const_cast<Object&>(*object);
}

template <class T>
bool spec_differs(const Object& before, const Object& after) {
  return !(static_cast<const T&>(before).spec == static_cast<const T&>(after).spec);
}

// The kinds that count the changes of their spec in metadata.generation.
using Counted =
    Kinds<ReplicaSet, Deployment, StatefulSet, DaemonSet, Job, CronJob, PodDisruptionBudget>;

// Whether a change of the object raises metadata.generation.
// k8s 1.30 pkg/registry/apps, batch, policy: PrepareForUpdate
bool changes_generation(const Object& before, const Object& after) {
  if (!before.meta.deletion_timestamp && after.meta.deletion_timestamp) return true;
  bool changes = false;
  visit_kind(Counted(), after.kind,
             [&]<class T>(KindType<T>) { changes = spec_differs<T>(before, after); });
  if (changes || after.kind != Kind::Deployment) return changes;
  // The controller writes the revision with the status, which does not count.
  StringMap old_notes = before.meta.annotations;
  StringMap new_notes = after.meta.annotations;
  if (old_notes == new_notes) return false;
  old_notes.erase("deployment.kubernetes.io/revision");
  new_notes.erase("deployment.kubernetes.io/revision");
  return !(old_notes == new_notes);
}

bool has_generation(Kind kind) {
  return visit_kind(Counted(), kind, [](auto) {});
}

std::size_t pending_slot(Actor actor, Ref key) {
  if (actor == Actor::GarbageCollector) {
    return static_cast<std::size_t>(kActorCount) + static_cast<std::size_t>(key.kind);
  }
  return static_cast<std::size_t>(actor);
}

// A pending wake in one number: its time and whether it is routine; 0: none.
constexpr std::int64_t pack(Time when, bool quiet) { return when.ns * 2 + (quiet ? 1 : 0); }
constexpr Time time_of(std::int64_t packed) { return {packed / 2}; }
constexpr bool is_quiet(std::int64_t packed) { return packed % 2 == 1; }

}  // namespace

/// The hand that writes: every change of a row passes through here.
struct World::Writer {
  World& world;
  const Cause& cause;
  const Str by{cause.by};

  void write(Write::Op op, Ref ref, ObjectPtr object, Str why) {
    const std::uint64_t revision = world.journal_.last() + 1;
    ObjectPtr before = world.store_.share(ref);
    switch (op) {
      case Write::Op::Create:
        SIM_CHECK(ref.id == world.store_.table(ref.kind).next_id());
        stamp_new(object, revision);
        break;
      case Write::Op::Update:
        SIM_CHECK(before != nullptr);
        if (is_api_kind(ref.kind)) {
          Object& mine = own(object);
          mine.meta.resource_version = revision;
          if (mine.meta.generation != 0 && changes_generation(*before, mine)) {
            mine.meta.generation = before->meta.generation + 1;
          }
        }
        break;
      case Write::Op::Erase:
        SIM_CHECK(before != nullptr);
        break;
    }
    if (op == Write::Op::Erase) {
      world.store_.erase(ref);
    } else {
      world.store_.put(ref, object);
    }
    if (ref.kind == Kind::Outage) time_requests();
    Fingerprint& fingerprint = world.fingerprint_;
    fingerprint.add(static_cast<std::uint64_t>(world.now_.ns));
    fingerprint.add(static_cast<std::uint64_t>(ref.kind) << 40 |
                    static_cast<std::uint64_t>(op) << 36 | ref.id);
    fingerprint.add(why.view());
    fingerprint.add((object ? object : before)->meta.name.view());
    world.journal_.append({revision, world.now_, cause.revision, by, std::move(why), ref,
                           std::move(before), std::move(object)});
  }

  /// While the API server is slow, all that asks it takes longer.
  void time_requests() {
    const Outage* slow = outage_of(world, kApiOutage);
    world.slowed_ =
        slow ? std::make_shared<const Timing>(slowed_by(world.settings().timing, slow->delay))
             : nullptr;
  }

  void stamp_new(ObjectPtr& object, std::uint64_t revision) {
    if (!is_api_kind(object->kind)) return;
    Object& mine = own(object);
    if (!mine.meta.uid) mine.meta.uid = draw_uid(world, mine);
    if (!mine.meta.creation_timestamp) mine.meta.creation_timestamp = world.now_;
    mine.meta.resource_version = revision;
    if (has_generation(mine.kind)) mine.meta.generation = 1;
  }
};

World::World(std::shared_ptr<const Settings> settings)
    : settings_(std::move(settings)), now_(settings_->start) {
  journal_.set_limit(settings_->journal_limit);
  journal_.set_budget(settings_->history_budget);
  fingerprint_.add(settings_->seed);
}

// A version 4 UUID that depends on who is made and when, so that forks agree on what they share.
Uid draw_uid(const World& world, const Object& object) {
  const std::uint64_t whom = mix(fnv1a64(info(object.kind).name)) ^ mix(fnv1a64(object.meta.ns)) ^
                             fnv1a64(object.meta.name);
  const auto moment = static_cast<std::uint64_t>(world.now().ns);
  for (std::uint64_t round = 0;; ++round) {
    Uid uid;
    uid.high = draw(world.settings().seed, "uid", whom, moment + 2 * round);
    uid.low = draw(world.settings().seed, "uid-low", whom, moment + 2 * round);
    uid.high = (uid.high & ~0xf000ULL) | 0x4000ULL;
    uid.low = (uid.low & ~(3ULL << 62)) | (2ULL << 62);
    if (!world.store().find(uid)) return uid;
  }
}

Id next_id(const World& world, Kind kind) { return world.store().table(kind).next_id(); }

std::uint64_t apply(World& world, Plan plan, const Cause& cause) {
  const std::uint64_t before = world.journal_.last();
  World::Writer writer{world, cause};
  // What an Event is about, as the one who noted it saw it.
  std::vector<std::uint64_t> versions;
  versions.reserve(plan.events.size());
  for (const EventNote& note : plan.events) {
    const Object* about = world.store_.get(note.about);
    versions.push_back(about ? about->meta.resource_version : 0);
  }
  std::vector<ObjectPtr> subjects;  // kept, in case the plan erases them
  subjects.reserve(plan.events.size());
  for (const EventNote& note : plan.events) subjects.push_back(world.store_.share(note.about));

  for (Write& write : plan.writes) {
    writer.write(write.op, write.ref, std::move(write.object), std::move(write.why));
  }
  for (std::size_t i = 0; i < plan.events.size(); ++i) {
    const EventNote& note = plan.events[i];
    const Object* about = world.store_.get(note.about);
    if (!about) about = subjects[i].get();
    SIM_CHECK(about != nullptr);
    // An Event in a namespace that is going cannot be created any more.
    const Namespace* ns = world.find<Namespace>("", about->meta.ns);
    if (!about->meta.ns.empty() && (!ns || ns->meta.deletion_timestamp)) continue;
    const std::uint64_t version = versions[i] != 0 ? versions[i] : about->meta.resource_version;
    RecordedEvent recorded = record_event(world, note, *about, version);
    if (!recorded.event) continue;
    const Ref ref{Kind::Event,
                  recorded.update != 0 ? recorded.update : next_id(world, Kind::Event)};
    writer.write(recorded.update != 0 ? Write::Op::Update : Write::Op::Create, ref,
                 std::move(recorded.event), note.reason);
  }
  for (const QueueNote& note : plan.queue) world.scheduling_queue_.set(note.pod, note.entry);
  if (plan.next_node) world.scheduling_queue_.set_next_node(*plan.next_node);
  for (const TermNote& note : plan.terms) world.eviction_memory_.set(note.pod, note.term);
  if (plan.tainted_zone) world.eviction_memory_.set_tainted(*plan.tainted_zone, world.now_);
  for (const VolumeNote& note : plan.volume_notes) {
    world.volume_memory_.set(note.actor, note.id, note.work);
  }
  for (const AttachNote& note : plan.attach_notes) {
    world.volume_memory_.set(note.node, note.volume, note.work);
  }
  for (const Wake& wanted : plan.wakes) wake(world, wanted, cause.revision);
  return before;
}

std::uint64_t record_command(World& world, std::string_view by, std::string_view text) {
  const std::uint64_t revision = world.journal_.last() + 1;
  world.fingerprint_.add(static_cast<std::uint64_t>(world.now_.ns));
  world.fingerprint_.add(text);
  world.journal_.append({revision, world.now_, 0, Str(by), Str(text), {}, nullptr, nullptr});
  return revision;
}

void wake(World& world, const Wake& wanted, std::uint64_t cause) {
  if (wanted.when == kNever) return;
  const Time when = std::max(wanted.when, world.now_);
  Column<std::int64_t>& pending = world.pending_[pending_slot(wanted.actor, wanted.key)];
  const std::int64_t old = pending.get(wanted.key.id);
  const bool quiet = wanted.quiet && (old == 0 || is_quiet(old));
  if (!quiet && (old == 0 || is_quiet(old))) ++world.busy_;
  if (old != 0 && time_of(old) <= when) {
    if (is_quiet(old) != quiet) pending.set(wanted.key.id, pack(time_of(old), quiet));
    return;
  }
  pending.set(wanted.key.id, pack(when, quiet));
  world.queue_.push(when, {wanted.actor, wanted.key.kind, quiet, wanted.key.id, cause});
}

bool take_due(World& world, Time limit, Task* task) {
  while (world.queue_.next_time() <= limit && !world.queue_.empty()) {
    const auto entry = world.queue_.pop();
    const Ref key{entry.what.kind, entry.what.id};
    Column<std::int64_t>& pending = world.pending_[pending_slot(entry.what.actor, key)];
    const std::int64_t due = pending.get(key.id);
    if (due == 0 || time_of(due) != entry.when) continue;  // an earlier wake took its place
    pending.set(key.id, 0);
    if (!is_quiet(due)) --world.busy_;
    world.now_ = std::max(world.now_, entry.when);
    *task = entry.what;
    return true;
  }
  return false;
}

void advance_clock(World& world, Time to) { world.now_ = std::max(world.now_, to); }

}  // namespace sim
