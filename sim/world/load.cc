#include "sim/world/load.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/quantity.h"

namespace sim {
namespace {

// What no workload needs more of: a million processors, a petabyte.
constexpr std::int64_t kMostCpu = 1'000'000'000;
constexpr std::int64_t kMostMemory = 1LL << 50;
constexpr Duration kFarthest = hours(24 * 365);

/// Between two amounts, `part` of `whole` on the way.
std::int64_t between(std::int64_t from, std::int64_t to, Duration part, Duration whole) {
  const auto way = static_cast<__int128>(to - from) * part.ns / whole.ns;
  return from + static_cast<std::int64_t>(way);
}

Amounts between(const Amounts& from, const Amounts& to, Duration part, Duration whole) {
  return {between(from.milli_cpu, to.milli_cpu, part, whole),
          between(from.memory, to.memory, part, whole)};
}

/// The point that holds at a moment: the last that is not after it.
std::size_t last_at(const Load& load, Time time) {
  std::size_t at = 0;
  while (at < load.points.size() && load.points[at].at <= time) ++at;
  return at;  // one behind it; 0: none
}

}  // namespace

Amounts amount_at(const Load& load, Time time) {
  const std::size_t next = last_at(load, time);
  const Amounts now = next == 0 ? Amounts() : load.points[next - 1].amount;
  if (next == 0 || next == load.points.size() || !load.points[next].ramp) return now;
  const LoadPoint& from = load.points[next - 1];
  const LoadPoint& to = load.points[next];
  return between(from.amount, to.amount, time - from.at, to.at - from.at);
}

Amounts average_amount(const Load& load, Time from, Time to) {
  if (to <= from) return amount_at(load, to);
  __int128 cpu = 0;
  __int128 memory = 0;
  for (Time begin = from; begin < to;) {
    const std::size_t next = last_at(load, begin);
    const bool last = next == load.points.size() || load.points[next].at >= to;
    const Time end = last ? to : load.points[next].at;
    // In a straight line from one to the other, however it goes on there.
    const Amounts first = amount_at(load, begin);
    Amounts second = first;
    if (next != 0 && next < load.points.size() && load.points[next].ramp) {
      second =
          between(load.points[next - 1].amount, load.points[next].amount,
                  end - load.points[next - 1].at, load.points[next].at - load.points[next - 1].at);
    }
    const std::int64_t length = (end - begin).ns;
    cpu += static_cast<__int128>(first.milli_cpu + second.milli_cpu) * length;
    memory += static_cast<__int128>(first.memory + second.memory) * length;
    begin = end;
  }
  const auto whole = static_cast<__int128>(2) * (to - from).ns;
  return {static_cast<std::int64_t>(cpu / whole), static_cast<std::int64_t>(memory / whole)};
}

std::optional<Time> changes_after(const Load& load, Time time) {
  const std::size_t next = last_at(load, time);
  if (next == load.points.size()) return std::nullopt;
  const bool under_way = next != 0 && load.points[next].ramp;
  return under_way ? time : load.points[next].at;
}

const Load* load_of(const World& world, const Pod& pod) {
  if (world.store().count(Kind::Load) == 0) return nullptr;
  const auto named = [&](std::string_view kind, std::string_view name) {
    return world.find<Load>(pod.meta.ns, fmt::format("{}/{}", kind, name));
  };
  if (const Load* own = named("Pod", pod.meta.name)) return own;
  for (const OwnerReference* owner = pod.meta.controller(); owner;) {
    if (const Load* load = named(owner->kind, owner->name)) return load;
    const Ref ref = world.store().find(owner->uid);
    const Object* found = ref ? world.store().get(ref) : nullptr;
    owner = found ? found->meta.controller() : nullptr;
  }
  return nullptr;
}

std::vector<Id> pods_under(const World& world, const Load& load) {
  const std::string_view both = load.meta.name;
  const std::size_t slash = both.find('/');
  const std::optional<Kind> kind = kind_called(both.substr(0, slash));
  if (!kind) return {};
  const Store& store = world.store();
  const Id id = store.find(*kind, load.meta.ns, both.substr(slash + 1));
  if (id == 0) return {};
  if (*kind == Kind::Pod) return {id};
  const Uid uid = store.get({*kind, id})->meta.uid;
  std::vector<Id> pods = store.controlled_by(uid, Kind::Pod);
  for (const Kind between : {Kind::ReplicaSet, Kind::Job}) {
    for (const Id set : store.controlled_by(uid, between)) {
      const auto more = store.controlled_by(store.get({between, set})->meta.uid, Kind::Pod);
      pods.insert(pods.end(), more.begin(), more.end());
    }
  }
  std::sort(pods.begin(), pods.end());
  return pods;
}

namespace {

/// Reads the words of a load one after the other.
class LoadWords {
 public:
  LoadWords(const std::vector<std::string>& words, std::string_view ns, Time now,
            std::string* wrong)
      : words_(words), now_(now), wrong_(wrong) {
    load_.meta.ns = Str(ns);
  }

  std::optional<Load> read() {
    if (!read_target()) return std::nullopt;
    Time at = now_;
    Duration over{};
    bool ended = false;
    for (; next_ < words_.size(); ++next_) {
      const std::string& word = words_[next_];
      bool good = true;
      if (word == "--per-pod") {
        load_.per_pod = true;
      } else if (word == "-n" || word == "--namespace" || word == "-c" || word == "--container") {
        good = read_name(word);
      } else if (word == "none") {
        ended = true;
      } else if (word == "at" || word == "over") {
        const std::optional<Duration> time = read_time(word);
        if (!time) return std::nullopt;
        if (word == "at") {
          at = now_ + *time;
          over = {};
        } else {
          over = *time;
        }
      } else {
        good = read_amount(word, at, over);
      }
      if (!good) return std::nullopt;
    }
    if (load_.points.empty() && !ended) {
      return refuse("how much? For example cpu=1500m, memory=1Gi, or none");
    }
    if (ended && !load_.points.empty()) return refuse("none stands alone");
    return std::move(load_);
  }

 private:
  std::nullopt_t refuse(std::string text) {
    *wrong_ = std::move(text);
    return std::nullopt;
  }

  bool read_target() {
    const std::string_view target = words_.empty() ? std::string_view() : words_.front();
    const std::size_t slash = target.find('/');
    const std::optional<Kind> kind = kind_called(target.substr(0, slash));
    if (slash == std::string_view::npos || slash + 1 == target.size()) {
      refuse("whose load? For example deployment/web");
      return false;
    }
    switch (kind.value_or(Kind::Namespace)) {
      case Kind::Pod:
      case Kind::Deployment:
      case Kind::ReplicaSet:
      case Kind::StatefulSet:
      case Kind::DaemonSet:
      case Kind::Job:
        break;
      default:
        refuse(
            fmt::format("\"{}\" has no load: a deployment, replicaset, statefulset, daemonset, "
                        "job or pod has",
                        target));
        return false;
    }
    load_.meta.name = fmt::format("{}/{}", info(*kind).name, target.substr(slash + 1));
    next_ = 1;
    return true;
  }

  bool read_name(const std::string& word) {
    if (++next_ == words_.size()) {
      refuse(fmt::format("{} needs a name behind it", word));
      return false;
    }
    (word == "-n" || word == "--namespace" ? load_.meta.ns : load_.container) = Str(words_[next_]);
    return true;
  }

  std::optional<Duration> read_time(const std::string& word) {
    const std::string text = next_ + 1 < words_.size() ? words_[++next_] : std::string();
    const std::optional<Duration> time = parse_duration(text);
    if (!time || time->ns < 0 || *time > kFarthest) {
      return refuse(fmt::format("{} takes a time: {} 5m", word, word));
    }
    return time;
  }

  bool read_amount(const std::string& word, Time at, Duration over) {
    const std::size_t equals = word.find('=');
    const std::string_view name = std::string_view(word).substr(0, equals);
    const bool cpu = name == "cpu";
    if (equals == std::string::npos || (!cpu && name != "memory")) {
      refuse(fmt::format(
          "what is \"{}\"? Known are cpu=, memory=, none, at, over, --per-pod, -c, -n", word));
      return false;
    }
    const auto amount = Quantity::parse(std::string_view(word).substr(equals + 1));
    const std::int64_t number = !amount ? -1 : cpu ? amount->milli_value() : amount->value();
    if (number < 0 || number > (cpu ? kMostCpu : kMostMemory)) {
      refuse(fmt::format("\"{}\" is no amount: for example cpu=1500m or memory=1Gi", word));
      return false;
    }
    const Time when = at + over;
    std::vector<LoadPoint>& points = load_.points;
    if (points.empty() || points.back().at != when) {
      if (!points.empty() && points.back().at > at) {
        refuse(fmt::format("\"{}\" would come before what stands in front of it", word));
        return false;
      }
      LoadPoint point;
      if (!points.empty()) point.amount = points.back().amount;
      if (over.ns > 0) {
        // It begins to change then, from what it is.
        point.at = at;
        if (points.empty() ? at > now_ : points.back().at < at) points.push_back(point);
        point.ramp = true;
      }
      point.at = when;
      points.push_back(point);
    }
    (cpu ? points.back().amount.milli_cpu : points.back().amount.memory) = number;
    return true;
  }

  const std::vector<std::string>& words_;
  const Time now_;
  std::string* wrong_;
  Load load_;
  std::size_t next_ = 0;
};

}  // namespace

std::optional<Load> parse_load(const std::vector<std::string>& words, std::string_view ns, Time now,
                               std::string* wrong) {
  return LoadWords(words, ns, now, wrong).read();
}

void set_load(const World& world, Plan& plan, Load load) {
  const Id known = world.store().find(Kind::Load, load.meta.ns, load.meta.name);
  if (load.points.empty()) {
    if (known != 0) plan.erase({Kind::Load, known}, "its load has ended");
    return;
  }
  // Until the first point it stays as it is.
  if (load.points.front().at > world.now() || load.points.front().ramp) {
    LoadPoint now;
    now.at = world.now();
    if (known != 0) now.amount = amount_at(*world.get<Load>(known), world.now());
    load.points.insert(load.points.begin(), now);
  }
  auto row = std::make_shared<Load>(std::move(load));
  if (known != 0) {
    plan.update({Kind::Load, known}, std::move(row), "its load changes");
  } else {
    plan.create(world, std::move(row), "it has a load");
  }
}

std::string to_text(const Load& load) {
  std::string text = load.per_pod ? "each" : "all";
  if (!load.container.empty()) text += fmt::format(" {}", load.container);
  for (const LoadPoint& point : load.points) {
    text += fmt::format(" {}{}: {}m {}", point.ramp ? "~" : "", to_rfc3339(point.at),
                        point.amount.milli_cpu, point.amount.memory);
  }
  return text;
}

std::string to_text(const ScalingMemory& memory) {
  std::string text;
  for (const auto* list : {&memory.recommendations, &memory.ups, &memory.downs}) {
    text += "[";
    for (const ScalingMemory::Entry& entry : *list) {
      text += fmt::format(" {}={}", to_rfc3339(entry.at), entry.replicas);
    }
    text += " ]";
  }
  return text;
}

}  // namespace sim
