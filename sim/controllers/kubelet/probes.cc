#include <algorithm>
#include <map>

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

struct Outcome {
  bool success = false;
  std::string output;
};

std::int32_t port_of(const Container& container, const IntOrString& port) {
  if (!port.is_string) return port.number;
  for (const ContainerPort& named : container.ports) {
    if (named.name == port.text) return named.container_port;
  }
  return 0;
}

Outcome probe_http(const Worker& worker, const Container& container, const HTTPGetAction& action) {
  const std::int32_t port = port_of(container, action.port);
  std::string path = action.path.str();
  if (path.empty() || path.front() != '/') path.insert(0, "/");
  int status = 0;
  const auto body = http_get(worker.world, worker.sandbox_id, port, path, &status);
  const std::string host = action.host.empty() ? worker.sandbox->ip.str() : action.host.str();
  if (!body) {
    return {false, fmt::format("Get \"http://{0}:{1}{2}\": dial tcp {0}:{1}: connect: connection "
                               "refused",
                               host, port, path)};
  }
  if (status >= 200 && status < 400) return {true, ""};
  return {false, fmt::format("HTTP probe failed with statuscode: {}", status)};
}

Outcome probe_tcp(const Worker& worker, const Container& container, const TCPSocketAction& action) {
  const std::int32_t port = port_of(container, action.port);
  int status = 0;
  if (http_get(worker.world, worker.sandbox_id, port, "/", &status)) return {true, ""};
  return {false,
          fmt::format("dial tcp {}:{}: connect: connection refused", worker.sandbox->ip, port)};
}

Outcome probe_exec(Worker& worker, const ContainerRecord& record, const ExecAction& action) {
  std::vector<std::string> argv;
  for (const Str& word : action.command) argv.push_back(word.str());
  if (argv.empty()) return {false, ""};
  ContainerSystem system(worker.world, record.instance);
  if (!system.has_program(argv.front())) {
    return {false, fmt::format("OCI runtime exec failed: exec failed: unable to start container "
                               "process: exec: \"{}\": executable file not found in $PATH: unknown",
                               argv.front())};
  }
  std::map<std::string, std::string> variables;
  const auto row = worker.instance(record);
  if (row->env) {
    for (const auto& [key, value] : *row->env) variables[key.str()] = value.str();
  }
  Process process = make_process(argv, std::move(variables), parse_path(row->working_dir));
  const Output output = advance(process, system);
  worker.plan.append(system.take_plan("a probe wrote it"));
  // A probe that waits longer than its timeout has failed; a model of waiting would end the same
  // way.
  if (!process.done) return {false, "command timed out"};
  return {process.exit == 0, text_of(output)};
}

/// When a probe's ticks fall. k8s 1.30 pkg/kubelet/prober/worker.go: the ticks are those of a
/// worker that began with the pod; a readiness probe is tried soon after the start besides.
Time first_tick(const Probe& probe, Sort sort, Time started) {
  const Duration delay = seconds(probe.initial_delay_seconds);
  const Duration soon = sort == Sort::Readiness ? milliseconds(500) : seconds(probe.period_seconds);
  return started + std::max(delay, soon);
}

Time tick_at_or_after(Time first, Duration period, Time time) {
  if (time <= first) return first;
  const std::int64_t n = ((time - first).ns + period.ns - 1) / period.ns;
  return first + period * n;
}

/// Runs one probe when its tick has come; answers whether its verdict has just become failure.
bool run_one(Worker& worker, ContainerRecord& record, const Container& container,
             const Probe& probe, Sort sort, ProbeState& state, Time started) {
  const Duration period = seconds(std::max(probe.period_seconds, 1));
  const Time first = first_tick(probe, sort, started);
  const Time tick = tick_at_or_after(first, period, worker.now());
  if (tick > worker.now()) {
    worker.look_again(tick, sort == Sort::Liveness || state.result.has_value());
    return false;
  }
  if (state.failed_at == tick) {
    worker.look_again(tick + period, sort != Sort::Startup);
    return false;
  }
  const ProbeHandler& handler = probe.probe_handler;
  Outcome outcome;
  if (handler.http_get) outcome = probe_http(worker, container, *handler.http_get);
  if (handler.tcp_socket) outcome = probe_tcp(worker, container, *handler.tcp_socket);
  if (handler.exec) outcome = probe_exec(worker, record, *handler.exec);
  if (handler.grpc) outcome = {false, "gRPC probes are not modelled"};
  bool failed_now = false;
  // Counters stop at their thresholds, so that a steady probe changes nothing.
  if (outcome.success) {
    state.failures = 0;
    state.successes = std::min(state.successes + 1, probe.success_threshold);
    if (state.successes >= probe.success_threshold) state.result = true;
  } else {
    worker.event("Warning", "Unhealthy",
                 fmt::format("{} probe failed: {}", name_of(sort), outcome.output), &container);
    state.failed_at = tick;
    state.successes = 0;
    state.failures = std::min(state.failures + 1, probe.failure_threshold);
    if (state.failures >= probe.failure_threshold) {
      failed_now = state.result != false;
      state.result = false;
    }
  }
  worker.look_again(tick + period, sort != Sort::Startup);
  return failed_now;
}

void kill_for(Worker& worker, const ContainerRecord& record, const Container& container,
              Sort sort) {
  worker.event("Normal", "Killing",
               fmt::format("Container {} failed {} probe{}", container.name,
                           sort == Sort::Startup ? "startup" : "liveness",
                           worker.spec.restart_policy == "Never" ? "" : ", will be restarted"),
               &container);
  const auto row = worker.instance(record);
  // One that handles SIGTERM ends at once; another has the grace period, after which it is killed.
  if (row->sigterm_exit_code >= 0) {
    end_instance(worker, record, row->sigterm_exit_code,
                 row->sigterm_exit_code == 0 ? "Completed" : "Error", "a probe failed");
  } else {
    end_instance(worker, record, 137, "Error", "a probe failed");
  }
}

}  // namespace

bool run_probes(Worker& worker, ContainerRecord& record, const Container& container) {
  const auto row = worker.instance(record);
  if (!row || row->state != ContainerInstance::State::Running || !row->started_at) return false;
  const Time started = *row->started_at;
  if (container.startup_probe && !record.started) {
    if (run_one(worker, record, container, *container.startup_probe, Sort::Startup, record.startup,
                started)) {
      kill_for(worker, record, container, Sort::Startup);
      return true;
    }
    if (record.startup.result != true) return false;
    record.started = true;
  }
  if (container.liveness_probe && run_one(worker, record, container, *container.liveness_probe,
                                          Sort::Liveness, record.liveness, started)) {
    kill_for(worker, record, container, Sort::Liveness);
    return true;
  }
  if (container.readiness_probe) {
    run_one(worker, record, container, *container.readiness_probe, Sort::Readiness,
            record.readiness, started);
  }
  return false;
}

}  // namespace sim::kubelet
