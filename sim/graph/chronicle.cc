#include "sim/graph/chronicle.h"

#include <algorithm>

namespace sim {
namespace {

// A chain of causes is never longer than the journal; this bounds the walk along one.
constexpr int kLongestChain = 10000;

bool holds_files(Kind kind) {
  return kind == Kind::ContainerInstance || kind == Kind::Disk || kind == Kind::Machine;
}

bool has_exited(const Object& row) {
  return row.kind == Kind::ContainerInstance &&
         static_cast<const ContainerInstance&>(row).state == ContainerInstance::State::Exited;
}

bool touches_files(const Change& change) {
  if (!change.before || !change.after) return true;
  return tree_of(*change.before)->root() != tree_of(*change.after)->root() ||
         has_exited(*change.before) != has_exited(*change.after);
}

EntryPtr entry_of(const ObjectPtr& row, const Path& inner) {
  return row ? tree_of(*row)->find(inner) : nullptr;
}

bool is_file(const EntryPtr& entry) { return entry && entry->type != FileType::Whiteout; }

}  // namespace

Chronicle::Chronicle(const World& world) : world_(world) {
  const Journal& journal = world.journal();
  for (std::uint64_t r = journal.first(); r <= journal.last() && r > 0; ++r) {
    const Change& change = journal.at(r);
    if (!change.ref) continue;
    const Kind kind = change.ref.kind;
    if (!change.after && change.before && (kind == Kind::Pod || !is_api_kind(kind))) {
      former_[change.ref] = change.before;
      if (kind == Kind::Pod) pods_[change.before->meta.uid] = change.ref.id;
      if (kind == Kind::ContainerInstance || kind == Kind::Disk) gone_.push_back(&change);
    }
    if (kind == Kind::PersistentVolume && change.before && !change.after) {
      gone_volumes_.push_back(&change);
    }
    if (kind == Kind::Pod && change.after && change.after->meta.deletion_timestamp) {
      deletions_.try_emplace(change.ref.id, change.revision);
    }
    if (kind == Kind::Machine && change.before && change.after &&
        static_cast<const Machine&>(*change.after).boots !=
            static_cast<const Machine&>(*change.before).boots) {
      boots_[change.ref.id].push_back(change.time);
    }
    if (!holds_files(kind)) continue;
    if (kind == Kind::ContainerInstance && !change.before && change.after) {
      const auto& made = static_cast<const ContainerInstance&>(*change.after);
      instances_[{made.pod, made.meta.name}].push_back(change.ref.id);
    }
    if (touches_files(change)) changes_[change.ref].push_back(&change);
  }
}

const std::vector<const Change*>& Chronicle::of(Ref row) const {
  static const std::vector<const Change*> none;
  const auto found = changes_.find(row);
  return found == changes_.end() ? none : found->second;
}

std::vector<Id> Chronicle::instances_of(Id pod, std::string_view container) const {
  const auto found = instances_.find({pod, Str(container)});
  return found == instances_.end() ? std::vector<Id>() : found->second;
}

ObjectPtr Chronicle::last(Ref row) const {
  if (ObjectPtr now = world_.store().table(row.kind).share(row.id)) return now;
  const auto found = former_.find(row);
  return found == former_.end() ? nullptr : found->second;
}

std::shared_ptr<const Pod> Chronicle::pod(Uid uid, Id* id) const {
  Ref ref = world_.store().find(uid);
  if (!ref) {
    const auto found = pods_.find(uid);
    if (found != pods_.end()) ref = {Kind::Pod, found->second};
  }
  if (ref.kind != Kind::Pod) ref = {};
  if (id) *id = ref.id;
  return ref ? last<Pod>(ref.id) : nullptr;
}

Origin Chronicle::origin(std::uint64_t revision) const {
  const Journal& journal = world_.journal();
  for (int i = 0; i < kLongestChain && revision >= journal.first() && revision > 0; ++i) {
    const Change& change = journal.at(revision);
    if (!change.ref) return {revision, change.why.str()};
    revision = change.cause;
  }
  return {};
}

Origin Chronicle::origin_of_end(const Change& change) const {
  Id pod = 0;
  const ObjectPtr row = change.after ? change.after : change.before;
  if (const auto* instance = as<ContainerInstance>(row)) {
    pod = instance->pod;
  } else if (const auto* disk = as<Disk>(row)) {
    const auto sandbox = last<PodSandbox>(disk->sandbox);
    pod = sandbox ? sandbox->pod : 0;
  }
  const auto deletion = deletions_.find(pod);
  const bool deleted = deletion != deletions_.end() && deletion->second < change.revision;
  return origin(deleted ? deletion->second : change.revision);
}

std::vector<Time> Chronicle::boots(Id machine) const {
  const auto found = boots_.find(machine);
  return found == boots_.end() ? std::vector<Time>() : found->second;
}

std::vector<Happening> happenings(const Chronicle& chronicle, const Place& place, bool image_has) {
  std::vector<Happening> all;
  const auto add = [&](Happening::What what, const Change& change) {
    all.push_back({what, change.time, change.revision, place,
                   what == Happening::What::Lost ? chronicle.origin_of_end(change)
                                                 : chronicle.origin(change.revision)});
  };
  for (const Change* change : chronicle.of(place.row)) {
    const EntryPtr before = entry_of(change->before, place.inner);
    const EntryPtr after = entry_of(change->after, place.inner);
    if (!change->after) {
      // A container's layer is lost with its end, which comes before its row goes.
      if (is_file(before) && !has_exited(*change->before)) add(Happening::What::Lost, *change);
      continue;
    }
    if (change->before && has_exited(*change->after) && !has_exited(*change->before)) {
      if (is_file(after)) add(Happening::What::Lost, *change);
      continue;
    }
    if (before == after) continue;
    if (is_file(after)) {
      using What = Happening::What;
      add(is_file(before) ? What::Changed : image_has ? What::CopiedUp : What::Created, *change);
    } else if (after && !before) {
      add(Happening::What::HiddenBelow, *change);
    } else if (is_file(before)) {
      const bool memory = change->ref.kind == Kind::Disk &&
                          static_cast<const Disk&>(*change->after).medium == Disk::Medium::Memory;
      bool booted = false;
      if (memory) {
        const auto& disk = static_cast<const Disk&>(*change->after);
        const std::vector<Time> boots = chronicle.boots(disk.machine);
        booted = disk.tree.root()->children.empty() && !boots.empty() &&
                 std::any_of(boots.begin(), boots.end(), [&](Time boot) {
                   return boot <= change->time && change->time - boot <= minutes(10);
                 });
      }
      add(booted ? Happening::What::Emptied : Happening::What::Removed, *change);
    }
  }
  return all;
}

}  // namespace sim
