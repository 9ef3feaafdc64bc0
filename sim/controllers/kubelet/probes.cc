#include <algorithm>
#include <charconv>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/controllers/kubelet/worker.h"
#include "sim/world/container_system.h"

namespace sim::kubelet {
namespace {

enum class Sort { Startup, Liveness, Readiness };

std::string_view name_of(Sort sort) {
  switch (sort) {
    case Sort::Startup:
      return "Startup";
    case Sort::Liveness:
      return "Liveness";
    case Sort::Readiness:
      return "Readiness";
  }
  return "";
}

HelperProcess::Purpose purpose_of(Sort sort) {
  switch (sort) {
    case Sort::Startup:
      return HelperProcess::Purpose::Startup;
    case Sort::Liveness:
      return HelperProcess::Purpose::Liveness;
    case Sort::Readiness:
      return HelperProcess::Purpose::Readiness;
  }
  return {};
}

struct Outcome {
  enum class Kind { Success, Failure, Error, Running };  // Error: no verdict at all
  Kind kind = Kind::Failure;
  std::string output;
};

/// The port of a probe; `error` says why there is none. k8s 1.30 pkg/probe: ResolveContainerPort
std::int32_t port_of(const Container& container, const IntOrString& port, std::string& error) {
  std::int32_t number = port.number;
  if (port.is_string) {
    number = 0;
    for (const ContainerPort& named : container.ports) {
      if (named.name == port.text) return named.container_port;
    }
    const std::string_view text = port.text;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end != text.data() + text.size()) {
      error = fmt::format("strconv.Atoi: parsing \"{}\": invalid syntax", text);
      return 0;
    }
  }
  if (number <= 0 || number > 65535) error = fmt::format("invalid port number: {}", number);
  return number;
}

/// Whether a probe's host means the pod itself.
bool is_own(const Worker& worker, const Str& host) {
  return host.empty() || host == worker.sandbox->ip;
}

/// Whether a process that hangs listens at the port.
bool hangs(const Worker& worker, std::int32_t port) {
  for (const Id id : worker.world.store().instances_of(worker.sandbox_id)) {
    const auto& row = *worker.world.get<ContainerInstance>(id);
    if (!row.frozen || row.state != ContainerInstance::State::Running) continue;
    for (const HttpServer& server : row.servers) {
      if (server.port == port) return true;
    }
  }
  return false;
}

// k8s 1.30 pkg/probe/http
Outcome probe_http(const Worker& worker, const Container& container, const HTTPGetAction& action) {
  std::string error;
  const std::int32_t port = port_of(container, action.port, error);
  if (!error.empty()) return {Outcome::Kind::Error, error};
  std::string path = action.path.str();
  if (path.empty() || path.front() != '/') path.insert(0, "/");
  int status = 0;
  std::optional<std::string> body;
  if (is_own(worker, action.host)) {
    body = http_get(worker.world, worker.sandbox_id, port, path, &status);
  }
  const std::string host = action.host.empty() ? worker.sandbox->ip.str() : action.host.str();
  const bool https = action.scheme == "HTTPS";
  const std::string url = fmt::format("{}://{}:{}{}", https ? "https" : "http", host, port, path);
  if (!body && is_own(worker, action.host) && hangs(worker, port)) {
    return {Outcome::Kind::Failure,
            fmt::format("Get \"{}\": context deadline exceeded (Client.Timeout exceeded while "
                        "awaiting headers)",
                        url)};
  }
  if (!body) {
    return {
        Outcome::Kind::Failure,
        fmt::format("Get \"{}\": dial tcp {}:{}: connect: connection refused", url, host, port)};
  }
  if (https) {
    return {Outcome::Kind::Failure,
            fmt::format("Get \"{}\": http: server gave HTTP response to HTTPS client", url)};
  }
  if (status >= 200 && status < 400) return {Outcome::Kind::Success, ""};
  return {Outcome::Kind::Failure, fmt::format("HTTP probe failed with statuscode: {}", status)};
}

Outcome probe_tcp(const Worker& worker, const Container& container, const TCPSocketAction& action) {
  std::string error;
  const std::int32_t port = port_of(container, action.port, error);
  if (!error.empty()) return {Outcome::Kind::Error, error};
  int status = 0;
  // The kernel takes the connection for a process that hangs.
  if (is_own(worker, action.host) &&
      (http_get(worker.world, worker.sandbox_id, port, "/", &status) || hangs(worker, port))) {
    return {Outcome::Kind::Success, ""};
  }
  return {Outcome::Kind::Failure,
          fmt::format("dial tcp {}:{}: connect: connection refused",
                      action.host.empty() ? worker.sandbox->ip : action.host, port)};
}

/// No image of the model speaks gRPC: the dial goes on until it is given up.
/// k8s 1.30 pkg/probe/grpc
Outcome probe_grpc(const Worker& worker, const Probe& probe) {
  return {Outcome::Kind::Failure,
          fmt::format("timeout: failed to connect service \"{}:{}\" within {}: context deadline "
                      "exceeded",
                      worker.sandbox->ip, probe.probe_handler.grpc->port,
                      to_string(seconds(std::max(probe.timeout_seconds, 1))))};
}

// k8s 1.30 pkg/probe/exec
Outcome probe_exec(Worker& worker, const ContainerRecord& record, const Probe& probe, Sort sort) {
  const ExecAction& action = *probe.probe_handler.exec;
  const Time until = worker.now() + seconds(std::max(probe.timeout_seconds, 1));
  const HelperResult result = run_helper(worker, record, purpose_of(sort), action, until);
  if (result.running) return {Outcome::Kind::Running, ""};
  if (!result.cannot_start.empty()) {
    std::string id;
    for (std::uint64_t part = 0; part < 4; ++part) {
      id += fmt::format("{:016x}",
                        draw(worker.world.settings().seed, "exec-id", worker.pod.meta.uid.low,
                             static_cast<std::uint64_t>(worker.now().ns) + part));
    }
    return {Outcome::Kind::Error,
            fmt::format("rpc error: code = Unknown desc = failed to exec in container: failed to "
                        "start exec \"{}\": OCI runtime exec failed: exec failed: unable to start "
                        "container process: {}: unknown",
                        id, result.cannot_start)};
  }
  if (result.timed_out) {
    return {Outcome::Kind::Failure,
            fmt::format("command \"{}\" timed out", fmt::join(action.command, " "))};
  }
  return {result.exit == 0 ? Outcome::Kind::Success : Outcome::Kind::Failure, result.output};
}

Outcome try_probe(Worker& worker, const ContainerRecord& record, const Container& container,
                  const Probe& probe, Sort sort) {
  const ProbeHandler& handler = probe.probe_handler;
  if (handler.http_get) return probe_http(worker, container, *handler.http_get);
  if (handler.tcp_socket) return probe_tcp(worker, container, *handler.tcp_socket);
  if (handler.exec) return probe_exec(worker, record, probe, sort);
  if (handler.grpc) return probe_grpc(worker, probe);
  return {Outcome::Kind::Error, "missing probe handler"};
}

/// The first tick at or after a time. The ticks are those of a worker that began with the pod, and
/// count once the container has run for the initial delay. k8s 1.30 pkg/kubelet/prober/worker.go
Time tick_at_or_after(const Worker& worker, const Probe& probe, Time started, Time time) {
  const Time base = worker.pod.status.start_time.value_or(started);
  const Duration period = seconds(std::max(probe.period_seconds, 1));
  const Time from = std::max(time, started + seconds(probe.initial_delay_seconds));
  if (from <= base) return base;
  return base + period * (((from - base).ns + period.ns - 1) / period.ns);
}

/// A container that has started and is not ready is asked soon after, without waiting for a tick.
/// k8s 1.30 pkg/kubelet/prober: UpdatePodStatus
constexpr Duration kSoon = milliseconds(500);

bool is_under_way(const Worker& worker, const ContainerRecord& record, Sort sort) {
  const auto row = worker.instance(record);
  return std::any_of(row->helpers.begin(), row->helpers.end(),
                     [&](const HelperProcess& one) { return one.purpose == purpose_of(sort); });
}

/// Runs one probe when its time has come; answers whether its verdict has just become failure.
bool run_one(Worker& worker, ContainerRecord& record, const Container& container,
             const Probe& probe, Sort sort, ProbeState& state, Time started) {
  const Time now = worker.now();
  const bool routine = sort == Sort::Liveness || state.result.has_value();
  Time due = tick_at_or_after(worker, probe, started, now);
  const bool untried = sort == Sort::Readiness && !state.counted_at && !state.result;
  if (untried && probe.initial_delay_seconds == 0) {
    due = std::min(due, std::max(now, started + kSoon));
  }
  // A tick counts once.
  if (state.counted_at && *state.counted_at >= due) {
    due = tick_at_or_after(worker, probe, started, *state.counted_at + Duration{1});
  }
  if (due > now && !is_under_way(worker, record, sort)) {
    worker.look_again(due, routine);
    return false;
  }
  const Outcome outcome = try_probe(worker, record, container, probe, sort);
  if (outcome.kind == Outcome::Kind::Running) return false;
  worker.look_again(tick_at_or_after(worker, probe, started, now + Duration{1}),
                    sort != Sort::Startup);
  // What gives no verdict is told and changes nothing.
  if (outcome.kind == Outcome::Kind::Error) {
    worker.event("Warning", "Unhealthy",
                 fmt::format("{} probe errored: {}", name_of(sort), outcome.output), &container);
    state.counted_at = now;
    return false;
  }
  // Counters stop at their thresholds, so that a steady probe changes nothing.
  if (outcome.kind == Outcome::Kind::Success) {
    if (state.successes >= probe.success_threshold && state.result == true) return false;
    state.counted_at = now;
    state.failures = 0;
    state.successes = std::min(state.successes + 1, std::max(probe.success_threshold, 1));
    if (state.successes >= probe.success_threshold) state.result = true;
    return false;
  }
  worker.event("Warning", "Unhealthy",
               fmt::format("{} probe failed: {}", name_of(sort), outcome.output), &container);
  state.counted_at = now;
  state.successes = 0;
  state.failures = std::min(state.failures + 1, std::max(probe.failure_threshold, 1));
  if (state.failures < probe.failure_threshold) return false;
  const bool failed_now = state.result != false;
  state.result = false;
  return failed_now;
}

void kill_for(Worker& worker, ContainerRecord& record, const Container& container,
              const Probe& probe, Sort sort) {
  Duration grace = seconds(worker.spec.termination_grace_period_seconds.value_or(30));
  if (probe.termination_grace_period_seconds) {
    grace = seconds(*probe.termination_grace_period_seconds);
  }
  const bool stays = worker.spec.restart_policy == "Never" && !worker.is_sidecar(record);
  begin_stop(worker, record, grace,
             fmt::format("Container {} failed {} probe{}", container.name,
                         sort == Sort::Startup ? "startup" : "liveness",
                         stays ? "" : ", will be restarted"));
  record.killed_here = true;
}

}  // namespace

void run_probes(Worker& worker, ContainerRecord& record, const Container& container) {
  const auto row = worker.instance(record);
  if (!row || row->state != ContainerInstance::State::Running || !row->started_at) return;
  if (worker.world.get<ContainerInstance>(record.instance) == nullptr) {
    // It is only just being started.
    worker.look_again(worker.now(), false);
    return;
  }
  const Time started = *row->started_at;
  if (container.startup_probe && !record.started) {
    if (run_one(worker, record, container, *container.startup_probe, Sort::Startup, record.startup,
                started)) {
      kill_for(worker, record, container, *container.startup_probe, Sort::Startup);
      return;
    }
    if (record.startup.result != true) return;
    record.started = true;
  }
  if (container.liveness_probe && run_one(worker, record, container, *container.liveness_probe,
                                          Sort::Liveness, record.liveness, started)) {
    kill_for(worker, record, container, *container.liveness_probe, Sort::Liveness);
    return;
  }
  if (container.readiness_probe) {
    run_one(worker, record, container, *container.readiness_probe, Sort::Readiness,
            record.readiness, started);
  }
}

}  // namespace sim::kubelet
