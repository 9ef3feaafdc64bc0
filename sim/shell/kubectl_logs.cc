// `kubectl logs`. k8s 1.32 kubectl/pkg/cmd/logs, kubectl/pkg/polymorphichelpers: logsForObject; the
// kubelet's half: pkg/kubelet: validateContainerLogStatus
#include <algorithm>
#include <array>
#include <charconv>

#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/shell/kubectl_pods.h"
#include "sim/shell/kubectl_work.h"

namespace sim::kubectl {
namespace {

// Stages of the command.
constexpr int kFindingPod = 1;
constexpr int kFollowing = 2;

// A person would press Ctrl-C some time: so long without a new line, and following ends.
constexpr Duration kLongestSilence = minutes(10);
// A log is never longer; from there on its beginning goes.
constexpr std::size_t kFullLog = 1 << 20;
constexpr std::size_t kTail = 1024;

struct Options {
  std::string container;
  bool all_containers = false;
  bool all_pods = false;
  bool follow = false;
  bool previous = false;
  bool timestamps = false;
  bool prefix = false;
  bool ignore_errors = false;
  std::optional<Time> since;
  std::int64_t tail = -1;
  std::int64_t limit = 0;  // bytes; 0: none
  std::string query;       // what the API server asks of a kubelet
};

/// One container whose log is read.
struct Stream {
  std::string pod;
  std::string container;
  Id instance = 0;  // 0: nothing more comes
  std::size_t printed = 0;
  std::int64_t left = -1;  // bytes that may still be shown; -1: any number
  std::string tail;        // the end of what has been shown, to find the place in a full log
};

struct Line {
  std::string_view text;  // with its line end, when it has one
  std::size_t end = 0;    // where it ends in the log
  Time time{};
};

/// When each part of an instance's log was written, as the journal knows it: ends and times.
std::vector<std::pair<std::size_t, Time>> write_times(const World& world, Id instance) {
  std::vector<std::pair<std::size_t, Time>> times;
  const Ref ref{Kind::ContainerInstance, instance};
  const Journal& journal = world.journal();
  std::size_t before = 0;
  for (std::uint64_t r = journal.first(); r != 0 && r <= journal.last(); ++r) {
    const Change& change = journal.at(r);
    if (change.ref != ref) continue;
    const auto* row = as<ContainerInstance>(change.after);
    if (!row) continue;
    const std::size_t size = row->log.size();
    const auto* old = as<ContainerInstance>(change.before);
    if (old && old->log == row->log) continue;
    if (size >= kFullLog || size < before) times.clear();  // its beginning went
    times.emplace_back(size, change.time);
    before = size;
  }
  return times;
}

std::vector<Line> lines_of(const World& world, Id id, bool with_times) {
  const ContainerInstance& instance = *world.get<ContainerInstance>(id);
  const std::string_view log = instance.log;
  std::vector<std::pair<std::size_t, Time>> times;
  if (with_times) times = write_times(world, id);
  std::vector<Line> lines;
  std::size_t part = 0;
  for (std::size_t at = 0; at < log.size();) {
    const std::size_t end = std::min(log.find('\n', at), log.size() - 1) + 1;
    while (part < times.size() && times[part].first < end) ++part;
    const Time time =
        part < times.size() ? times[part].second : instance.started_at.value_or(Time{});
    lines.push_back({log.substr(at, end - at), end, time});
    at = end;
  }
  return lines;
}

/// Fixed to nanoseconds, as container runtimes write it.
std::string timestamp(Time time) {
  std::string text = to_rfc3339(time);
  text.pop_back();
  return fmt::format("{}.{:09}Z ", text, time.ns % 1'000'000'000);
}

/// Notes up to where a log has been shown.
void set_printed(Stream& stream, std::string_view log, std::size_t end) {
  stream.printed = end;
  stream.tail = log.substr(end - std::min(end, kTail), std::min(end, kTail));
}

void print_lines(Step& step, Stream& stream, const std::vector<Line>& lines, std::size_t first,
                 const Options& options) {
  const std::string prefix =
      options.prefix ? fmt::format("[pod/{}/{}] ", stream.pod, stream.container) : std::string();
  for (std::size_t i = first; i < lines.size(); ++i) {
    std::string text = options.timestamps ? timestamp(lines[i].time) : "";
    text += lines[i].text;
    if (stream.left >= 0) {
      text.resize(std::min(text.size(), static_cast<std::size_t>(stream.left)));
      stream.left -= static_cast<std::int64_t>(text.size());
    }
    if (!text.empty()) say(step, prefix + text);
  }
}

/// Shows what a log has to begin with.
void print_log(const World& world, Step& step, Stream& stream, const Options& options) {
  const ContainerInstance& instance = *world.get<ContainerInstance>(stream.instance);
  const bool goes_on = options.follow && instance.state != ContainerInstance::State::Exited;
  std::vector<Line> lines;
  std::size_t end = 0;
  for (const Line& line : lines_of(world, stream.instance, options.timestamps || options.since)) {
    // A line that is not complete yet is shown when it is.
    if (goes_on && line.text.back() != '\n') break;
    end = line.end;
    if (!options.since || line.time >= *options.since) lines.push_back(line);
  }
  std::size_t first = 0;
  if (options.tail >= 0 && lines.size() > static_cast<std::size_t>(options.tail)) {
    first = lines.size() - static_cast<std::size_t>(options.tail);
  }
  print_lines(step, stream, lines, first, options);
  set_printed(stream, instance.log, end);
  if (!goes_on) stream.instance = 0;
}

/// Shows what has come since the last look; true when something has.
bool print_news(const World& world, Step& step, Stream& stream, const Options& options) {
  const auto* instance = world.get<ContainerInstance>(stream.instance);
  if (!instance) {
    stream.instance = 0;
    return false;
  }
  const bool ended = instance->state == ContainerInstance::State::Exited;
  const std::string_view log = instance->log;
  std::size_t seen = stream.printed;
  if (log.size() >= kFullLog) {
    const std::size_t at = log.rfind(stream.tail);
    seen = at == std::string_view::npos ? 0 : at + stream.tail.size();
  }
  std::vector<Line> fresh;
  if (log.size() != seen) {
    for (const Line& line : lines_of(world, stream.instance, options.timestamps)) {
      if (line.end > seen && (ended || line.text.back() == '\n')) fresh.push_back(line);
    }
  }
  print_lines(step, stream, fresh, 0, options);
  set_printed(stream, log, fresh.empty() ? seen : fresh.back().end);
  if (ended) stream.instance = 0;
  return !fresh.empty();
}

const ContainerStatus* status_of(const Pod& pod, std::string_view container) {
  for (const auto* statuses : {&pod.status.container_statuses, &pod.status.init_container_statuses,
                               &pod.status.ephemeral_container_statuses}) {
    for (const ContainerStatus& status : *statuses) {
      if (status.name == container) return &status;
    }
  }
  return nullptr;
}

/// The instance whose log is meant; an error, or 0 when there is nothing to read.
std::optional<ApiError> find_instance(const World& world, const Pod& pod, Id pod_id,
                                      const Options& options, Step& step, Stream& stream) {
  if (pod.node_name.empty()) return std::nullopt;
  std::string address;
  if (const std::string why = kubelet_error(world, pod, &address); !why.empty()) {
    return ApiError{500, "",
                    fmt::format("Get \"https://{}/containerLogs/{}/{}/{}{}\": {}", address,
                                pod.meta.ns, pod.meta.name, stream.container, options.query, why)};
  }
  const std::string whom =
      fmt::format("container \"{}\" in pod \"{}\"", stream.container, pod.meta.name);
  const auto refuse = [&](std::string_view why) {
    return ApiError{400, "BadRequest", whom + std::string(why)};
  };
  const ContainerStatus* status = status_of(pod, stream.container);
  if (!status) return refuse(" is not available");
  const ContainerState& state = status->state;
  const auto& last = status->last_state.terminated;
  Str id;
  if (options.previous) {
    if (!last || last->container_id.empty()) {
      return ApiError{400, "BadRequest", fmt::format("previous terminated {} not found", whom)};
    }
    id = last->container_id;
  } else if (state.running) {
    id = status->container_id;
  } else if (state.terminated) {
    id = state.terminated->container_id;
    if (id.empty() && last) id = last->container_id;
    if (id.empty()) return refuse(" is terminated");
  } else if (last) {
    id = last->container_id;
    if (id.empty()) return refuse(" is terminated");
  } else if (state.waiting) {
    const Str& reason = state.waiting->reason;
    return refuse(fmt::format(" is waiting to start: {}",
                              reason == "ErrImagePull"       ? "image can't be pulled"
                              : reason == "ImagePullBackOff" ? "trying and failing to pull image"
                                                             : reason.view()));
  } else {
    return refuse(" is waiting to start - no logs yet");
  }
  const std::string_view bare = id.view().substr(id.view().rfind('/') + 1);
  for (const Id instance : world.store().instances_of(world.store().sandbox_of(pod_id))) {
    if (world.get<ContainerInstance>(instance)->container_id == bare) {
      stream.instance = instance;
      return std::nullopt;
    }
  }
  say(step, fmt::format("unable to retrieve container logs for {}", id));
  return std::nullopt;
}

// ---- Following, over several calls ----

void keep(const std::vector<Stream>& streams, CommandState& state) {
  state.notes.clear();
  for (const Stream& stream : streams) {
    state.notes.push_back(fmt::format("{} {} {} {}/{}", stream.instance, stream.printed,
                                      stream.left, stream.pod, stream.container));
    state.notes.push_back(stream.tail);
  }
}

std::vector<Stream> kept(const CommandState& state) {
  std::vector<Stream> streams;
  for (std::size_t i = 0; i + 1 < state.notes.size(); i += 2) {
    const std::string& note = state.notes[i];
    Stream stream;
    const char* end = note.data() + note.size();
    const char* at = std::from_chars(note.data(), end, stream.instance).ptr;
    at = std::from_chars(at + 1, end, stream.printed).ptr;
    at = std::from_chars(at + 1, end, stream.left).ptr;
    const std::string_view names(at + 1, static_cast<std::size_t>(end - at - 1));
    stream.pod = names.substr(0, names.find('/'));
    stream.container = names.substr(names.find('/') + 1);
    stream.tail = state.notes[i + 1];
    streams.push_back(std::move(stream));
  }
  return streams;
}

Step go_on(Call& call, Step step, const std::vector<Stream>& streams) {
  const bool any = std::any_of(streams.begin(), streams.end(),
                               [](const Stream& stream) { return stream.instance != 0; });
  if (!any) return step;
  const Time limit{call.state.number};
  if (call.world.now() >= limit) {
    warn(step,
         fmt::format("podsight: nothing new for {}; following ends\n", to_string(kLongestSilence)));
    step.exit = 130;
    return step;
  }
  call.state.stage = kFollowing;
  keep(streams, call.state);
  step.done = false;
  step.wait = {limit, true};
  return step;
}

Step follow(Call& call, const Options& options) {
  Step step;
  std::vector<Stream> streams = kept(call.state);
  for (Stream& stream : streams) {
    if (stream.instance != 0 && print_news(call.world, step, stream, options)) {
      call.state.number = (call.world.now() + kLongestSilence).ns;
    }
  }
  return go_on(call, std::move(step), streams);
}

// ---- What is asked for ----

/// Why a text is no RFC 3339 time, as Go says it. Go 1.22 time: Parse
std::string time_error(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, int>, 12> kLayout = {{{"2006", 4},
                                                                                {"-", 0},
                                                                                {"01", 2},
                                                                                {"-", 0},
                                                                                {"02", 2},
                                                                                {"T", 0},
                                                                                {"15", 2},
                                                                                {":", 0},
                                                                                {"04", 2},
                                                                                {":", 0},
                                                                                {"05", 2},
                                                                                {"Z07:00", -1}}};
  std::string_view rest = text;
  for (const auto& [element, digits] : kLayout) {
    const auto count = static_cast<std::size_t>(digits > 0 ? digits : 0);
    const bool fits = digits > 0 ? rest.size() >= count &&
                                       std::all_of(rest.begin(), rest.begin() + digits,
                                                   [](char c) { return c >= '0' && c <= '9'; })
                                 : rest.substr(0, element.size()) == element;
    if (!fits) {
      return fmt::format(
          "parsing time \"{}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{}\" as \"{}\"",
          text, rest, element);
    }
    rest.remove_prefix(digits > 0 ? count : element.size());
  }
  return fmt::format("parsing time \"{}\"", text);
}

/// Reads the flags that are wrong or right by themselves.
std::string read_options(const Call& call, const Flags& flags, Options* options) {
  options->container = flags.get("container");
  options->all_containers = flags.is_on("all-containers");
  options->all_pods = flags.is_on("all-pods");
  options->follow = flags.is_on("follow");
  options->previous = flags.is_on("previous");
  options->timestamps = flags.is_on("timestamps");
  options->prefix = flags.is_on("prefix") || options->all_pods;
  options->ignore_errors = flags.is_on("ignore-errors");
  options->limit = flags.number("limit-bytes").value_or(0);
  options->tail = flags.number("tail").value_or(flags.get("selector").empty() ? -1 : 10);
  if (const std::string text = flags.get("since-time"); !text.empty()) {
    options->since = parse_rfc3339(text);
    if (!options->since) return time_error(text);
  }
  const Duration since = duration_of(flags, "since");
  if (since.ns > 0) {
    const std::int64_t whole = (since.ns + 500'000'000) / 1'000'000'000;
    options->since = call.world.now() - seconds(whole);
  }
  std::string query;
  const auto add = [&](std::string_view name, std::string_view value) {
    query += fmt::format("{}{}={}", query.empty() ? "?" : "&", name, value);
  };
  if (options->follow) add("follow", "true");
  if (options->limit != 0) add("limitBytes", std::to_string(options->limit));
  if (options->previous) add("previous", "true");
  if (since.ns > 0) add("sinceSeconds", std::to_string((since.ns + 500'000'000) / 1'000'000'000));
  if (options->tail != -1) add("tailLines", std::to_string(options->tail));
  if (options->timestamps) add("timestamps", "true");
  options->query = query;
  return "";
}

/// k8s 1.32 kubectl/pkg/cmd/logs: Validate
std::string check_options(const Flags& flags, const Options& options) {
  const Duration since = duration_of(flags, "since");
  if (!flags.get("since-time").empty() && since.ns != 0) {
    return "at most one of `sinceTime` or `sinceSeconds` may be specified";
  }
  if (options.all_containers && !options.container.empty()) {
    return fmt::format("--all-containers=true should not be specified with container name {}",
                       options.container);
  }
  if (flags.has("container") && flags.args.size() == 2) {
    return "only one of -c or an inline [CONTAINER] arg is allowed";
  }
  if (options.limit < 0) return "--limit-bytes must be greater than 0";
  if (since.ns < 0) return "--since must be greater than 0";
  if (options.tail < -1) return "--tail must be greater than or equal to -1";
  return "";
}

struct Source {
  Id pod_id = 0;
  std::string container;
};

/// The containers of a pod whose logs are asked for; false, with `error` set, when there is no such
/// one.
bool add_sources(const World& world, Id pod_id, const Options& options, Step& step,
                 std::vector<Source>& sources, std::string* error) {
  const Pod& pod = *world.get<Pod>(pod_id);
  if (options.all_containers) {
    const auto add = [&](const Str& name) { sources.push_back({pod_id, name.str()}); };
    for (const Container& container : pod.spec->init_containers) add(container.name);
    for (const Container& container : pod.spec->containers) add(container.name);
    for (const EphemeralContainer& container : pod.spec->ephemeral_containers) {
      add(container.ephemeral_container_common.name);
    }
    return true;
  }
  std::string container = options.container;
  if (container.empty()) {
    container = default_container(pod, PodUse::Logs, options.all_pods, step);
  }
  if (!has_container(pod, container)) {
    *error = fmt::format("container {} is not valid for pod {}", container, pod.meta.name);
    return false;
  }
  sources.push_back({pod_id, std::move(container)});
  return true;
}

/// Reads all of them, one after the other.
Step read_all(Call& call, Step step, const std::vector<Source>& sources, const Flags& flags,
              const Options& options) {
  const std::int64_t most = flags.number("max-log-requests").value_or(5);
  if (options.follow && sources.size() > 1 && static_cast<std::int64_t>(sources.size()) > most) {
    return followed_by(
        std::move(step),
        fail(fmt::format("you are attempting to follow {} log streams, but maximum allowed "
                         "concurrency is {}, use --max-log-requests to increase the limit",
                         sources.size(), most)));
  }
  std::vector<Stream> streams;
  for (const Source& source : sources) {
    const Pod& pod = *call.world.get<Pod>(source.pod_id);
    Stream stream;
    stream.pod = pod.meta.name.str();
    stream.container = source.container;
    if (options.limit > 0) stream.left = options.limit;
    const auto error = find_instance(call.world, pod, source.pod_id, options, step, stream);
    if (error && options.ignore_errors) {
      say(step, fmt::format("error: {}\n", error->message));
    } else if (error) {
      return followed_by(std::move(step), fail(*error));
    }
    if (stream.instance != 0) print_log(call.world, step, stream, options);
    streams.push_back(std::move(stream));
  }
  call.state.number = (call.world.now() + kLongestSilence).ns;
  return go_on(call, std::move(step), streams);
}

/// The pods that -l selects.
std::vector<Id> selected_pods(const Call& call, const Flags& flags, std::string* error) {
  Flags own = flags;
  own.values.erase("filename");
  const Targets targets = find_targets(call, own, {"pods"});
  *error = targets.error;
  std::vector<Id> pods;
  for (const Ref& ref : targets.refs) pods.push_back(ref.id);
  return pods;
}

constexpr std::string_view kUsage =
    "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required "
    "argument for the logs command";

}  // namespace

Step logs(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"all-containers", "all-pods",          "container,c=",
             "follow,f",       "ignore-errors",     "insecure-skip-tls-verify-backend",
             "limit-bytes=",   "max-log-requests=", "pod-running-timeout=",
             "prefix",         "previous,p",        "selector,l=",
             "since=",         "since-time=",       "tail=",
             "timestamps"};
  set.numbers = {"limit-bytes", "max-log-requests", "tail"};
  set.durations = {"pod-running-timeout", "since"};
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("logs", flags.error);
  const bool selected = !flags.get("selector").empty();
  const std::size_t count = flags.args.size();
  if (count > 2 || (count == 0 && !selected)) return usage_error("logs", kUsage);
  if (count == 1 && selected) {
    return usage_error("logs", "only a selector (-l) or a POD name is allowed");
  }
  const Duration patience = duration_of(flags, "pod-running-timeout", seconds(20));
  if (patience.ns <= 0) return fail("--pod-running-timeout must be higher than zero");
  Options options;
  std::string error = read_options(call, flags, &options);
  if (!error.empty()) return fail(error);
  if (call.state.stage == kFollowing) return follow(call, options);

  Step step;
  std::vector<Id> pods;
  bool needs_pod = false;
  if (count > 0) {
    const PodChoice choice = choose_pods(call, flags, flags.args.front(), PodUse::Logs);
    if (!choice.missing.empty()) {
      const ApiError& missing = choice.missing.front();
      return fail(fmt::format("error from server ({}): {} in namespace \"{}\"", missing.reason,
                              missing.message, namespace_of(call, flags)));
    }
    if (!choice.error.empty()) return fail(choice.error);
    pods = choice.pods;
    needs_pod = pods.empty();
    if (count == 2) options.container = flags.args[1];
  } else {
    pods = selected_pods(call, flags, &error);
    if (!error.empty()) return fail(error);
    if (pods.empty()) {
      warn(step, fmt::format("No resources found in {} namespace.\n", namespace_of(call, flags)));
    }
  }
  error = check_options(flags, options);
  if (!error.empty()) return followed_by(std::move(step), fail(error));

  if (needs_pod) {
    if (call.state.stage == 0) call.state.started = call.world.now();
    const Time deadline = call.state.started + patience;
    if (call.world.now() >= deadline) return fail("timed out waiting for the condition");
    call.state.stage = kFindingPod;
    step.done = false;
    step.wait = {deadline, true};
    return step;
  }
  if (count > 0 && pods.size() > 1 && !options.all_pods) {
    warn(step, fmt::format("Found {} pods, using pod/{}\n", pods.size(),
                           call.world.get<Pod>(pods.front())->meta.name));
    pods.resize(1);
  }
  std::vector<Source> sources;
  for (const Id pod : pods) {
    if (!add_sources(call.world, pod, options, step, sources, &error)) {
      return followed_by(std::move(step), fail(error));
    }
  }
  return read_all(call, std::move(step), sources, flags, options);
}

}  // namespace sim::kubectl
