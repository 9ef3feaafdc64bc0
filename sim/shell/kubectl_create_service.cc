// kubectl create service and expose. k8s 1.32 kubectl/pkg/cmd/create: create_service.go;
// kubectl/pkg/cmd/expose
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/model/service_types.h"
#include "sim/model/validate_errors.h"
#include "sim/model/workload_types.h"
#include "sim/shell/kubectl_create.h"
#include "sim/shell/kubectl_overrides.h"

namespace sim::kubectl {
namespace {

/// A whole number of 16 bits, or Go's words in `error`.
std::int32_t parse_port(std::string_view text, std::string* error) {
  constexpr std::int32_t kMost = 65535;
  std::int32_t port = 0;
  const auto refuse = [&](std::string_view why) {
    *error = fmt::format("strconv.ParseUint: parsing \"{}\": {}", text, why);
    return 0;
  };
  if (text.empty()) return refuse("invalid syntax");
  if (text.find_first_not_of("0123456789") != std::string_view::npos) {
    return refuse("invalid syntax");
  }
  for (const char c : text) {
    port = port * 10 + (c - '0');
    if (port > kMost) return refuse("value out of range");
  }
  return port;
}

IntOrString port_or_name(std::string_view text) {
  std::string error;
  const std::int32_t number = parse_port(text, &error);
  return error.empty() ? IntOrString{false, number, Str()} : IntOrString{true, 0, Str(text)};
}

/// "80:8080", "80:http", "80".
ServicePort parse_tcp(const std::string& text, std::string* error) {
  ServicePort port;
  const std::size_t colon = text.find(':');
  port.port = parse_port(text.substr(0, colon), error);
  port.name = text;
  if (colon != std::string::npos) {
    std::string name = text;
    std::replace(name.begin(), name.end(), ':', '-');
    port.name = name;
  }
  port.protocol = "TCP";
  port.target_port = IntOrString{false, port.port, Str()};
  if (!error->empty() || colon == std::string::npos) return port;
  const std::string target = text.substr(colon + 1, text.find(':', colon + 1) - colon - 1);
  port.target_port = port_or_name(target);
  if (port.target_port.is_string || port.target_port.number == 0) {
    const std::vector<std::string> wrong = port_name_errors(target);
    if (!wrong.empty()) *error = fmt::format("{}", fmt::join(wrong, ","));
    port.target_port = IntOrString{true, 0, target};
  }
  return port;
}

struct ServiceKind {
  std::string_view word;  // "clusterip"
  std::string_view type;  // "ClusterIP"
  std::string_view flag;  // its own, beside --tcp
};
constexpr ServiceKind kKinds[] = {{"clusterip", "ClusterIP", "clusterip="},
                                  {"externalname", "ExternalName", "external-name="},
                                  {"loadbalancer", "LoadBalancer", ""},
                                  {"nodeport", "NodePort", "node-port="}};

Step create_service_of(Call& call, const ServiceKind& kind, const std::vector<std::string>& words) {
  FlagSpecs own = {"tcp="};
  if (!kind.flag.empty()) own.push_back(kind.flag);
  const bool has_port = kind.word == "nodeport";
  const Flags flags =
      read_flags(words, create_flags(own, has_port ? std::vector<std::string_view>{"node-port"}
                                                   : std::vector<std::string_view>{}));
  if (flags.error.empty() && kind.word == "externalname" && !flags.has("external-name")) {
    return fail("required flag(s) \"external-name\" not set");
  }
  Creation creation(call, flags, fmt::format("service {}", kind.word));
  if (std::optional<Step> step = creation.begin()) return *step;
  const std::vector<std::string> pairs = list_flag(flags, "tcp");
  const std::string ip = flags.get("clusterip");
  const std::string external = flags.get("external-name");
  if (ip != "None" && pairs.empty() && kind.word != "externalname") {
    return fail("at least one tcp port specifier must be provided");
  }
  if (kind.word == "externalname" && !dns1123_subdomain_errors(external).empty()) {
    return fail(fmt::format("invalid service external name {}", external));
  }
  auto service = std::make_shared<Service>();
  service->meta.labels = {{"app", creation.name()}};
  ServiceSpec& spec = service->spec;
  spec.selector = {{"app", creation.name()}};
  spec.type = kind.type;
  spec.cluster_ip = ip;
  spec.external_name = external;
  for (const std::string& pair : pairs) {
    std::string error;
    spec.ports.push_back(parse_tcp(pair, &error));
    if (!error.empty()) return fail(error);
    spec.ports.back().node_port = static_cast<std::int32_t>(flags.number("node-port").value_or(0));
  }
  return creation.make(service, fmt::format("failed to create {} service: ", kind.type));
}

// ---- expose ----

/// What expose asks of the object that it exposes.
struct Exposed {
  StringMap selector;
  std::string no_selector;  // why there is none
  std::vector<std::int32_t> ports;
  std::map<std::int32_t, std::vector<Str>> protocols;

  void add_port(std::int32_t port, const Str& protocol) {
    ports.push_back(port);
    protocols[port].push_back(protocol.empty() ? Str("TCP") : protocol);
  }
  void add_ports(const PodSpec& spec) {
    for (const Container& container : spec.containers) {
      for (const ContainerPort& port : container.ports)
        add_port(port.container_port, port.protocol);
    }
  }
  void select(const Box<LabelSelector>& by) {
    if (!by) return;
    selector = by->match_labels;
    if (!by->match_expressions.empty()) {
      no_selector =
          fmt::format("couldn't convert expressions - \"{}\" to map-based selector format",
                      format_label_selector(&*by));
    }
  }
};

/// Nothing when this kind cannot be exposed.
std::optional<Exposed> look_at(const Object& object) {
  Exposed exposed;
  switch (object.kind) {
    case Kind::Pod:
      exposed.selector = object.meta.labels;
      if (exposed.selector.empty()) {
        exposed.no_selector = "the pod has no labels and cannot be exposed";
      }
      exposed.add_ports(*static_cast<const Pod&>(object).spec);
      return exposed;
    case Kind::Service: {
      const ServiceSpec& spec = static_cast<const Service&>(object).spec;
      exposed.selector = spec.selector;
      if (exposed.selector.empty()) exposed.no_selector = "the service has no pod selector set";
      for (const ServicePort& port : spec.ports) exposed.add_port(port.port, port.protocol);
      return exposed;
    }
    case Kind::Deployment: {
      const DeploymentSpec& spec = static_cast<const Deployment&>(object).spec;
      exposed.select(spec.selector);
      exposed.add_ports(spec.pod_template->spec);
      return exposed;
    }
    case Kind::ReplicaSet: {
      const ReplicaSetSpec& spec = static_cast<const ReplicaSet&>(object).spec;
      exposed.select(spec.selector);
      exposed.add_ports(spec.pod_template->spec);
      return exposed;
    }
    default:
      return std::nullopt;
  }
}

/// "a=b,c=d" as labels, or kubectl's words in `error`.
StringMap parse_labels(std::string_view text, std::string* error) {
  StringMap labels;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view pair = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.find('=', equals + 1) != std::string_view::npos) {
      *error = fmt::format("unexpected label spec: {}", pair);
      return {};
    }
    if (equals == 0) {
      *error = "unexpected empty label key";
      return {};
    }
    labels.set(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return labels;
}

/// The ports of the Service; `given` is --port.
std::vector<ServicePort> ports_of(const Exposed& exposed, const std::vector<std::string>& given,
                                  const std::string& protocol, std::string* error) {
  std::vector<ServicePort> ports;
  for (std::size_t i = 0; i < given.size(); ++i) {
    ServicePort port;
    const std::string& text = given[i];
    if (text.empty() || text.size() > 9 ||
        text.find_first_not_of("0123456789") != std::string::npos) {
      *error = fmt::format("strconv.Atoi: parsing \"{}\": invalid syntax", text);
      return ports;
    }
    port.port = std::stoi(text);
    if (given.size() > 1) port.name = fmt::format("port-{}", i + 1);
    port.protocol = protocol.empty() ? Str("TCP") : Str(protocol);
    const auto known = exposed.protocols.find(port.port);
    if (!protocol.empty() || known == exposed.protocols.end()) {
      ports.push_back(std::move(port));
      continue;
    }
    for (const Str& one : known->second) {
      port.protocol = one;
      if (known->second.size() > 1) {
        std::string lower = one.str();
        for (char& c : lower) {
          if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
        port.name = fmt::format("port-{}-{}", i + 1, lower);
      }
      ports.push_back(port);
    }
  }
  return ports;
}

/// The Service that the flags describe for an object; `error` gets kubectl's words when they
/// describe none.
std::shared_ptr<Service> service_for(const Object& object, const Flags& flags, std::string* error) {
  constexpr std::size_t kLongestName = 63;
  const std::optional<Exposed> exposed = look_at(object);
  if (!exposed) {
    *error = fmt::format("cannot expose a {}{}{}", info(object.kind).name,
                         info(object.kind).group.empty() ? "" : ".", info(object.kind).group);
    return nullptr;
  }
  auto service = std::make_shared<Service>();
  ServiceSpec& spec = service->spec;
  const std::string name = object.meta.name.str().substr(0, kLongestName);
  service->meta.name = flags.get("name").empty() ? name : flags.get("name");
  service->meta.labels = object.meta.labels;
  spec.selector = exposed->selector;
  if (!flags.get("selector").empty()) {
    spec.selector = parse_labels(flags.get("selector"), error);
  } else if (!exposed->no_selector.empty()) {
    *error = fmt::format("couldn't retrieve selectors via --selector flag or introspection: {}",
                         exposed->no_selector);
  }
  const std::string ip = flags.get("cluster-ip");
  std::vector<std::string> ports = list_flag(flags, "port");
  if (error->empty() && ports.empty()) {
    for (const std::int32_t port : exposed->ports) ports.push_back(std::to_string(port));
    if (ports.empty() && ip != "None") {
      *error = "couldn't find port via --port flag or introspection";
    }
  }
  if (!error->empty()) return nullptr;
  if (spec.selector.empty()) *error = "selector must be specified";
  if (!flags.get("labels").empty()) {
    service->meta.labels = parse_labels(flags.get("labels"), error);
  }
  if (error->empty()) spec.ports = ports_of(*exposed, ports, flags.get("protocol"), error);
  for (ServicePort& port : spec.ports) {
    port.target_port = flags.get("target-port").empty() ? IntOrString{false, port.port, Str()}
                                                        : port_or_name(flags.get("target-port"));
  }
  if (!flags.get("external-ip").empty()) spec.external_ips = {flags.get("external-ip")};
  spec.type = flags.get("type");
  if (spec.type == "LoadBalancer") spec.load_balancer_ip = flags.get("load-balancer-ip");
  spec.session_affinity = flags.get("session-affinity");
  if (error->empty() && !is_one_of(spec.session_affinity, {"", "None", "ClientIP"})) {
    *error = fmt::format("unknown session affinity: {}", spec.session_affinity);
  }
  spec.cluster_ip = ip;
  return error->empty() ? service : nullptr;
}

}  // namespace

Step create_service(Call& call, const std::vector<std::string>& words) {
  const std::string_view what = words.empty() ? "" : std::string_view(words.front());
  const std::vector<std::string> rest(words.begin() + (words.empty() ? 0 : 1), words.end());
  for (const ServiceKind& kind : kKinds) {
    if (kind.word == what) return create_service_of(call, kind, rest);
  }
  return usage_error("create service", fmt::format("unknown command \"{}\"", what));
}

Step expose(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"cluster-ip=",  "dry-run=?unchanged",
             "external-ip=", "field-manager=",
             "labels,l=",    "load-balancer-ip=",
             "name=",        "override-type=?merge",
             "overrides=",   "port=",
             "protocol=",    "save-config",
             "selector=",    "session-affinity=",
             "target-port=", "type="};
  set.prints = true;
  set.files = true;
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("expose", flags.error);
  Change change(call, flags, "expose");
  if (std::optional<Step> step = change.begin()) return *step;
  // Here --selector is no choice among objects.
  Flags named = flags;
  named.values.erase("selector");
  TargetOptions options;
  options.name_required = true;
  const Targets targets = find_targets(call, named, flags.args, options);
  if (!targets.error.empty()) return usage_error("expose", targets.error);
  for (const ApiError& error : targets.missing) change.refused(error, Kind::Service);
  for (const Ref& ref : targets.refs) {
    const Object& object = *call.world.store().get(ref);
    std::string error;
    const std::shared_ptr<Service> service = service_for(object, flags, &error);
    if (!service) {
      change.failed(error);
      continue;
    }
    service->meta.ns = object.meta.ns;
    if (flags.is_on("save-config")) {
      Json json = encode(*service);
      service->meta.annotations.set(kLastApplied, annotate_last_applied(json));
    }
    const std::shared_ptr<Object> made = override_object(service, flags, &error);
    if (!made) {
      change.failed(error);
      continue;
    }
    if (change.dry_run() == DryRun::Client) {
      change.done(encode(*made), "exposed");
      continue;
    }
    const Answer answer = create_object(call, made, change.write_options());
    if (answer.error) {
      change.refused(*answer.error, Kind::Service);
    } else {
      change.done(answer, "exposed");
    }
  }
  return change.finish();
}

}  // namespace sim::kubectl
