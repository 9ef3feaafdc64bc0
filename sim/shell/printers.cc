#include "sim/shell/printers.h"

#include <algorithm>
#include <iterator>

#include "sim/base/columns.h"
#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/shell/printers_kinds.h"

namespace sim::kubectl {
namespace {

// k8s 1.30 cli-runtime/pkg/printers: GetNewTabWriter
constexpr ColumnStyle kTableStyle{6, 3, false};

std::string or_none(std::string_view text) { return text.empty() ? "<none>" : std::string(text); }

struct PodCells {
  int total = 0;
  int ready = 0;
  int restarts = 0;
  std::string reason;
  std::optional<Time> last_restart;
};

bool is_sidecar(const Container& container) { return container.restart_policy == Str("Always"); }

std::string ended_reason(const ContainerStateTerminated& ended) {
  if (!ended.reason.empty()) return ended.reason.str();
  return ended.signal != 0 ? fmt::format("Signal:{}", ended.signal)
                           : fmt::format("ExitCode:{}", ended.exit_code);
}

void note_restart(PodCells& cells, const ContainerStatus& status) {
  cells.restarts += status.restart_count;
  const auto& last = status.last_state.terminated;
  if (last && last->finished_at &&
      (!cells.last_restart || *last->finished_at > *cells.last_restart)) {
    cells.last_restart = last->finished_at;
  }
}

bool has_condition(const Pod& pod, std::string_view type, std::string_view status) {
  return std::any_of(pod.status.conditions.begin(), pod.status.conditions.end(),
                     [&](const PodCondition& c) { return c.type == type && c.status == status; });
}

// k8s 1.30 pkg/printers/internalversion: printPod
PodCells pod_cells(const Pod& pod) {
  PodCells cells;
  const PodSpec& spec = *pod.spec;
  const PodStatus& status = pod.status;
  cells.total = static_cast<int>(spec.containers.size());
  cells.reason = status.reason.empty() ? status.phase.str() : status.reason.str();
  for (const PodCondition& condition : status.conditions) {
    if (condition.type == "PodScheduled" && condition.reason == "SchedulingGated") {
      cells.reason = "SchedulingGated";
    }
  }
  const auto init_spec = [&](std::string_view name) -> const Container* {
    for (const Container& container : spec.init_containers) {
      if (container.name == name) return &container;
    }
    return nullptr;
  };
  for (const Container& container : spec.init_containers) cells.total += is_sidecar(container);

  bool initializing = false;
  PodCells sidecars;
  for (std::size_t i = 0; i < status.init_container_statuses.size(); ++i) {
    const ContainerStatus& init = status.init_container_statuses[i];
    note_restart(cells, init);
    const Container* container = init_spec(init.name);
    const bool sidecar = container && is_sidecar(*container);
    if (sidecar) note_restart(sidecars, init);
    if (init.state.terminated && init.state.terminated->exit_code == 0) continue;
    if (sidecar && init.started == true) {
      cells.ready += init.ready;
      continue;
    }
    if (init.state.terminated) {
      cells.reason = "Init:" + ended_reason(*init.state.terminated);
    } else if (init.state.waiting && !init.state.waiting->reason.empty() &&
               init.state.waiting->reason != "PodInitializing") {
      cells.reason = "Init:" + init.state.waiting->reason.str();
    } else {
      cells.reason = fmt::format("Init:{}/{}", i, spec.init_containers.size());
    }
    initializing = true;
    break;
  }
  if (!initializing || has_condition(pod, "Initialized", "True")) {
    cells.restarts = sidecars.restarts;
    cells.last_restart = sidecars.last_restart;
    bool has_running = false;
    for (auto at = status.container_statuses.rbegin(); at != status.container_statuses.rend();
         ++at) {
      note_restart(cells, *at);
      if (at->state.waiting && !at->state.waiting->reason.empty()) {
        cells.reason = at->state.waiting->reason.str();
      } else if (at->state.terminated) {
        cells.reason = ended_reason(*at->state.terminated);
      } else if (at->ready && at->state.running) {
        has_running = true;
        ++cells.ready;
      }
    }
    if (cells.reason == "Completed" && has_running) {
      cells.reason = has_condition(pod, "Ready", "True") ? "Running" : "NotReady";
    }
  }
  if (pod.meta.deletion_timestamp) {
    cells.reason = status.reason == "NodeLost" ? "Unknown" : "Terminating";
  }
  return cells;
}

std::string readiness_gates(const Pod& pod) {
  if (pod.spec->readiness_gates.empty()) return "<none>";
  int met = 0;
  for (const PodReadinessGate& gate : pod.spec->readiness_gates) {
    met += has_condition(pod, gate.condition_type, "True");
  }
  return fmt::format("{}/{}", met, pod.spec->readiness_gates.size());
}

std::string node_status(const Node& node) {
  std::string text = "Unknown";
  for (const NodeCondition& condition : node.status.conditions) {
    if (condition.type == "Ready") text = condition.status == "True" ? "Ready" : "NotReady";
  }
  return node.spec.unschedulable ? text + ",SchedulingDisabled" : text;
}

std::string node_roles(const Node& node) {
  constexpr std::string_view kPrefix = "node-role.kubernetes.io/";
  std::vector<std::string> roles;
  for (const auto& [key, value] : node.meta.labels) {
    if (key.view().substr(0, kPrefix.size()) == kPrefix && key.size() > kPrefix.size()) {
      roles.emplace_back(key.view().substr(kPrefix.size()));
    } else if (key == "kubernetes.io/role" && !value.empty()) {
      roles.push_back(value.str());
    }
  }
  std::sort(roles.begin(), roles.end());
  return roles.empty() ? "<none>" : fmt::format("{}", fmt::join(roles, ","));
}

std::string node_address(const Node& node, std::string_view type) {
  for (const NodeAddress& address : node.status.addresses) {
    if (address.type == type) return address.address.str();
  }
  return "<none>";
}

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& c : made) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return made;
}

std::string event_object(const Event& event) {
  return fmt::format("{}/{}", lower(event.involved_object.kind), event.involved_object.name);
}

std::string event_source(const Event& event) {
  const std::string component = event.source.component.empty() ? event.reporting_component.str()
                                                               : event.source.component.str();
  const std::string host =
      event.source.component.empty() ? event.reporting_instance.str() : event.source.host.str();
  return host.empty() ? component : fmt::format("{}, {}", component, host);
}

int event_count(const Event& event) {
  if (event.series) return event.series->count;
  return std::max(event.count, 1);
}

std::optional<Time> first_seen(const Event& event) {
  if (event.first_timestamp) return event.first_timestamp;
  return event.event_time ? event.event_time->time : std::nullopt;
}

// The kinds of the three other files; an Event has columns of its own.
Columns other_header(Kind kind) {
  for (const auto of : {storage_header, service_header, controller_header}) {
    if (Columns columns = of(kind); !columns.narrow.empty()) return columns;
  }
  return {};
}
Columns other_cells(const World& world, const Object& object, bool wide) {
  if (Columns columns = storage_cells(world, object); !columns.narrow.empty()) return columns;
  if (Columns columns = service_cells(world, object, wide); !columns.narrow.empty()) return columns;
  return controller_cells(world, object);
}

Columns header(Kind kind) {
  switch (kind) {
    case Kind::Pod:
      return {{"NAME", "READY", "STATUS", "RESTARTS", "AGE"},
              {"IP", "NODE", "NOMINATED NODE", "READINESS GATES"}};
    case Kind::Deployment:
      return {{"NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"},
              {"CONTAINERS", "IMAGES", "SELECTOR"}};
    case Kind::ReplicaSet:
      return {{"NAME", "DESIRED", "CURRENT", "READY", "AGE"}, {"CONTAINERS", "IMAGES", "SELECTOR"}};
    case Kind::Node:
      return {{"NAME", "STATUS", "ROLES", "AGE", "VERSION"},
              {"INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"}};
    case Kind::Namespace:
      return {{"NAME", "STATUS", "AGE"}, {}};
    case Kind::ConfigMap:
      return {{"NAME", "DATA", "AGE"}, {}};
    case Kind::ServiceAccount:
      return {{"NAME", "SECRETS", "AGE"}, {}};
    case Kind::Lease:
      return {{"NAME", "HOLDER", "AGE"}, {}};
    default:
      return other_header(kind);
  }
}

Columns cells_of(const World& world, const Object& object, bool wide) {
  const std::string name = object.meta.name.str();
  const std::string since = age(world, object.meta.creation_timestamp);
  switch (object.kind) {
    case Kind::Pod: {
      const auto& pod = static_cast<const Pod&>(object);
      const PodCells cells = pod_cells(pod);
      std::string restarts = std::to_string(cells.restarts);
      if (cells.restarts != 0 && cells.last_restart) {
        restarts += fmt::format(" ({} ago)", age(world, cells.last_restart));
      }
      return {
          {name, fmt::format("{}/{}", cells.ready, cells.total), cells.reason, restarts, since},
          {pod.status.pod_ips.empty() ? or_none(pod.status.pod_ip)
                                      : or_none(pod.status.pod_ips.front().ip),
           or_none(pod.node_name), or_none(pod.status.nominated_node_name), readiness_gates(pod)}};
    }
    case Kind::Deployment: {
      const auto& deployment = static_cast<const Deployment&>(object);
      const DeploymentStatus& status = deployment.status;
      const PodSpec& spec = deployment.spec.pod_template->spec;
      const std::string selector =
          format_label_selector(deployment.spec.selector ? &*deployment.spec.selector : nullptr);
      return {
          {name, fmt::format("{}/{}", status.ready_replicas, deployment.spec.replicas.value_or(1)),
           std::to_string(status.updated_replicas), std::to_string(status.available_replicas),
           since},
          {containers_text(spec, false), containers_text(spec, true),
           selector == "<none>" ? "" : selector}};
    }
    case Kind::ReplicaSet: {
      const auto& set = static_cast<const ReplicaSet&>(object);
      const PodSpec& spec = set.spec.pod_template->spec;
      return {
          {name, std::to_string(set.spec.replicas.value_or(1)), std::to_string(set.status.replicas),
           std::to_string(set.status.ready_replicas), since},
          {containers_text(spec, false), containers_text(spec, true),
           format_label_selector(set.spec.selector ? &*set.spec.selector : nullptr)}};
    }
    case Kind::Node: {
      const auto& node = static_cast<const Node&>(object);
      const NodeSystemInfo& system = node.status.node_info;
      return {{name, node_status(node), node_roles(node), since, system.kubelet_version.str()},
              {node_address(node, "InternalIP"), node_address(node, "ExternalIP"),
               system.os_image.str(), system.kernel_version.str(),
               system.container_runtime_version.str()}};
    }
    case Kind::Namespace:
      return {{name, static_cast<const Namespace&>(object).status.phase.str(), since}, {}};
    case Kind::ConfigMap: {
      const auto& config = static_cast<const ConfigMap&>(object);
      return {{name, std::to_string(config.data.size() + config.binary_data.size()), since}, {}};
    }
    case Kind::ServiceAccount:
      return {
          {name, std::to_string(static_cast<const ServiceAccount&>(object).secrets.size()), since},
          {}};
    case Kind::Lease: {
      const auto& lease = static_cast<const Lease&>(object);
      return {{name, lease.spec.holder_identity.value_or(Str()).str(), since}, {}};
    }
    default:
      return other_cells(world, object, wide);
  }
}

/// Events have wide columns in the midst of the others, and their name only there.
std::vector<std::string> event_header(bool wide) {
  if (!wide) return {"LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"};
  return {"LAST SEEN", "TYPE",    "REASON",     "OBJECT", "SUBOBJECT",
          "SOURCE",    "MESSAGE", "FIRST SEEN", "COUNT",  "NAME"};
}
std::vector<std::string> event_cells(const World& world, const Event& event, bool wide) {
  std::vector<std::string> cells = {age(world, last_seen(event)), event.type.str(),
                                    event.reason.str(), event_object(event)};
  std::string message = event.message.str();
  while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.pop_back();
  if (!wide) {
    cells.push_back(message);
    return cells;
  }
  cells.insert(cells.end(), {event.involved_object.field_path.str(), event_source(event), message,
                             age(world, first_seen(event)), std::to_string(event_count(event)),
                             event.meta.name.str()});
  return cells;
}

/// A cell is one line: what follows a line break is cut off.
std::string one_line(std::string cell) {
  const std::size_t end = cell.find_first_of("\n\r\f");
  if (end != std::string::npos) cell = cell.substr(0, end) + "...";
  std::string clean;
  for (const char c : cell) {
    if (c == '\x1b') {
      clean += "^[";
    } else {
      clean += c == '\t' ? ' ' : c;
    }
  }
  return clean;
}

void add_row(std::string& text, const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) text += '\t';
    text += one_line(cells[i]);
  }
  text += '\n';
}

/// The letters of a cell, as columns count them.
std::size_t width_of(std::string_view cell) {
  std::size_t width = 0;
  for (const char c : cell) width += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return width;
}

}  // namespace

std::string containers_text(const PodSpec& spec, bool images) {
  std::string text;
  for (const Container& container : spec.containers) {
    if (!text.empty()) text += ",";
    text += images ? container.image.view() : container.name.view();
  }
  return text;
}

std::string align_table(std::string_view rows, ColumnWidths* widths) {
  if (!widths) return align(rows, kTableStyle);
  for (std::string_view rest = rows; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    for (std::size_t column = 0;; ++column) {
      const std::size_t tab = line.find('\t');
      if (widths->size() <= column) widths->push_back(0);
      (*widths)[column] = std::max((*widths)[column], width_of(line.substr(0, tab)));
      if (tab == std::string_view::npos) break;
      line.remove_prefix(tab + 1);
    }
  }
  // A first line as wide as anything so far, which is then taken away.
  std::string text;
  for (std::size_t i = 0; i < widths->size(); ++i) {
    if (i > 0) text += '\t';
    text.append((*widths)[i], 'x');
  }
  text += '\n';
  text += rows;
  text = align(text, kTableStyle);
  return text.substr(text.find('\n') + 1);
}

std::string age(const World& world, std::optional<Time> since) {
  if (!since) return "<unknown>";
  return human_duration(world.now() - since->whole_seconds());
}

std::string labels_text(const StringMap& labels) {
  if (labels.empty()) return "<none>";
  std::string text;
  for (const auto& [key, value] : labels) {
    if (!text.empty()) text += ",";
    text += fmt::format("{}={}", key, value);
  }
  return text;
}

std::optional<Time> last_seen(const Event& event) {
  if (event.series && event.series->last_observed_time.time) {
    return event.series->last_observed_time.time;
  }
  return event.last_timestamp ? event.last_timestamp : first_seen(event);
}

std::string pod_status(const Pod& pod) { return pod_cells(pod).reason; }

std::string print_table(const World& world, const std::vector<ObjectPtr>& objects,
                        const TableOptions& options, ColumnWidths* widths) {
  if (objects.empty()) return "";
  const Kind kind = objects.front()->kind;
  std::string text;
  if (options.headers) {
    std::vector<std::string> row;
    if (!options.event.empty()) row.emplace_back("EVENT");
    if (options.with_namespace && info(kind).namespaced) row.emplace_back("NAMESPACE");
    Columns columns = header(kind);
    if (kind == Kind::Event) columns.narrow = event_header(options.wide);
    row.insert(row.end(), columns.narrow.begin(), columns.narrow.end());
    if (options.wide) row.insert(row.end(), columns.wide.begin(), columns.wide.end());
    for (const std::string& label : options.label_columns) {
      std::string name = label.substr(label.rfind('/') + 1);
      std::transform(name.begin(), name.end(), name.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      });
      row.push_back(std::move(name));
    }
    if (options.show_labels) row.emplace_back("LABELS");
    add_row(text, row);
  }
  for (const ObjectPtr& object : objects) {
    std::vector<std::string> row;
    if (!options.event.empty()) row.push_back(fmt::format("{:8}", options.event));
    if (options.with_namespace && info(kind).namespaced) row.push_back(object->meta.ns.str());
    if (kind == Kind::Event) {
      const auto cells = event_cells(world, static_cast<const Event&>(*object), options.wide);
      row.insert(row.end(), cells.begin(), cells.end());
    } else {
      Columns cells = cells_of(world, *object, options.wide);
      if (options.with_kind) {
        cells.narrow.front() = fmt::format("{}/{}", printed_kind(kind), cells.narrow.front());
      }
      row.insert(row.end(), cells.narrow.begin(), cells.narrow.end());
      if (options.wide) row.insert(row.end(), cells.wide.begin(), cells.wide.end());
    }
    if (kind == Kind::Event && options.with_kind && options.wide) {
      row.back() = fmt::format("{}/{}", printed_kind(kind), row.back());
    }
    for (const std::string& label : options.label_columns) {
      row.push_back(object->meta.labels.get(label).str());
    }
    if (options.show_labels) row.push_back(labels_text(object->meta.labels));
    add_row(text, row);
  }
  return align_table(text, widths);
}

std::string print_events(const World& world, std::vector<ObjectPtr> events, bool with_namespace,
                         bool headers, ColumnWidths* widths) {
  // k8s 1.30 kubectl/pkg/cmd/events: sorted by when they were last seen.
  std::stable_sort(events.begin(), events.end(), [](const ObjectPtr& a, const ObjectPtr& b) {
    const auto seen = [](const ObjectPtr& object) {
      return last_seen(static_cast<const Event&>(*object)).value_or(Time{}).whole_seconds();
    };
    return seen(a) < seen(b);
  });
  std::string text;
  if (headers) {
    std::vector<std::string> row = {"LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"};
    if (with_namespace) row.insert(row.begin(), "NAMESPACE");
    add_row(text, row);
  }
  for (const ObjectPtr& object : events) {
    const auto& event = static_cast<const Event&>(*object);
    std::string seen = age(world, last_seen(event));
    if (event_count(event) > 1) {
      seen =
          fmt::format("{} (x{} over {})", seen, event_count(event), age(world, first_seen(event)));
    }
    std::vector<std::string> row = {
        seen, event.type.str(), event.reason.str(),
        fmt::format("{}/{}", event.involved_object.kind, event.involved_object.name),
        event.message.str()};
    if (with_namespace) row.insert(row.begin(), event.meta.ns.str());
    add_row(text, row);
  }
  return align_table(text, widths);
}

}  // namespace sim::kubectl
