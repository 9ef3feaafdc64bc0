// kubectl run: a pod of one container, and the terminal attached to it.
// k8s 1.32 kubectl/pkg/cmd/run: run.go; kubectl/pkg/generate/versioned: BasicPod
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/pod_facts.h"
#include "sim/model/service_types.h"
#include "sim/model/validate_errors.h"
#include "sim/shell/kubectl_change.h"
#include "sim/shell/kubectl_overrides.h"

namespace sim::kubectl {
namespace {

// Stages of an attached run.
constexpr int kStarting = 1;  // the pod is to become ready, or to end
constexpr int kAttached = 2;  // what its container writes is shown
constexpr int kEnding = 3;    // its end is to be known

// A person would press Ctrl-C some time: so long without a new line, and the attachment ends.
constexpr Duration kLongestSilence = minutes(10);

const FlagSet& flag_set() {
  static const FlagSet set = {{"annotations=",
                               "attach",
                               "cascade=?background",
                               "command",
                               "dry-run=",
                               "env=",
                               "expose",
                               "field-manager=",
                               "force",
                               "grace-period=",
                               "image=",
                               "image-pull-policy=",
                               "labels,l=",
                               "leave-stdin-open",
                               "override-type=",
                               "overrides=",
                               "pod-running-timeout=",
                               "port=",
                               "privileged",
                               "quiet,q",
                               "record",
                               "restart=",
                               "rm",
                               "save-config",
                               "stdin,i",
                               "timeout=",
                               "tty,t",
                               "wait"},
                              {"grace-period"},
                              {"pod-running-timeout", "timeout"},
                              true,
                              true};
  return set;
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// "retail-store", "a__b": what stands between the slashes of an image's name.
bool is_path_component(std::string_view text) {
  if (text.empty() || !is_lower_or_digit(text.front()) || !is_lower_or_digit(text.back())) {
    return false;
  }
  for (std::size_t i = 0; i < text.size();) {
    if (is_lower_or_digit(text[i])) {
      ++i;
      continue;
    }
    const std::size_t end = text.find_first_not_of("-_.", i);
    const std::string_view separator = text.substr(i, end - i);
    const bool dashes = separator.find_first_not_of('-') == std::string_view::npos;
    if (!dashes && separator != "." && separator != "_" && separator != "__") return false;
    if (end == std::string_view::npos || !is_lower_or_digit(text[end])) return false;
    i = end;
  }
  return true;
}

bool is_domain(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view port = text.substr(colon + 1);
    if (port.empty() || port.find_first_not_of("0123456789") != std::string_view::npos) {
      return false;
    }
  }
  const std::string_view host = text.substr(0, colon);
  return !host.empty() && is_letter_or_digit(host.front()) && is_letter_or_digit(host.back()) &&
         host.find("..") == std::string_view::npos &&
         std::all_of(host.begin(), host.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-'; });
}

/// github.com/distribution/reference: ReferenceRegexp
bool is_image_reference(std::string_view image) {
  if (const std::size_t at = image.find('@'); at != std::string_view::npos) {
    const std::string_view digest = image.substr(at + 1);
    const std::size_t colon = digest.find(':');
    if (colon == 0 || colon == std::string_view::npos || digest.size() < colon + 33 ||
        digest.find_first_not_of("0123456789abcdefABCDEF", colon + 1) != std::string_view::npos) {
      return false;
    }
    image = image.substr(0, at);
  }
  const std::size_t slash = image.rfind('/');
  const std::size_t name = slash == std::string_view::npos ? 0 : slash + 1;
  if (const std::size_t colon = image.find(':', name); colon != std::string_view::npos) {
    const std::string_view tag = image.substr(colon + 1);
    const bool good = !tag.empty() && tag.size() <= 128 &&
                      (is_letter_or_digit(tag.front()) || tag.front() == '_') &&
                      std::all_of(tag.begin(), tag.end(), [](char c) {
                        return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-';
                      });
    if (!good) return false;
    image = image.substr(0, colon);
  }
  for (bool first = true;; first = false) {
    const std::size_t end = image.find('/');
    const std::string_view part = image.substr(0, end);
    const bool may_be_domain = first && end != std::string_view::npos;
    if (!is_path_component(part) && !(may_be_domain && is_domain(part))) return false;
    if (end == std::string_view::npos) return true;
    image.remove_prefix(end + 1);
  }
}

bool attaches(const Flags& flags) { return flags.is_on("attach", flags.is_on("stdin")); }

/// What is wrong with the command line; empty when nothing is. The texts that `usage` is set for
/// are followed by a pointer to the help.
std::string wrong_flags(const Flags& flags, DryRun dry_run, bool* usage) {
  *usage = true;
  if (flags.args.empty()) return "NAME is required for run";
  *usage = false;
  const std::string image = flags.get("image");
  if (image.empty()) return "--image is required";
  if (!is_image_reference(image)) {
    return fmt::format("Invalid image name \"{}\": invalid reference format", image);
  }
  *usage = true;
  if (flags.is_on("tty") && !flags.is_on("stdin")) {
    return "-i/--stdin is required for containers with -t/--tty=true";
  }
  if (flags.is_on("expose") && flags.get("port").empty()) {
    return "--port must be set when exposing a service";
  }
  const std::string restart = flags.get("restart", "Always");
  if (restart != "Always" && restart != "OnFailure" && restart != "Never") {
    return fmt::format("invalid restart policy: {}", restart);
  }
  if (flags.is_on("rm") && !attaches(flags)) {
    return "--rm should only be used for attached containers";
  }
  if (attaches(flags) && dry_run != DryRun::None) {
    return "--dry-run=[server|client] can't be used with attached containers options (--attach, "
           "--stdin, or --tty)";
  }
  const std::string pull = flags.get("image-pull-policy");
  if (!pull.empty() && pull != "Always" && pull != "IfNotPresent" && pull != "Never") {
    return fmt::format("invalid image pull policy: {}", pull);
  }
  *usage = false;
  return "";
}

std::string add_labels(const Flags& flags, Pod& pod) {
  if (flags.get("labels").empty()) {
    pod.meta.labels.set("run", pod.meta.name);
    return "";
  }
  for (const std::string& pair : list_flag(flags, "labels")) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || pair.find('=', equals + 1) != std::string::npos) {
      return fmt::format("unexpected label spec: {}", pair);
    }
    if (equals == 0) return "unexpected empty label key";
    pod.meta.labels.set(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return "";
}

/// The pod that the flags describe; `error` gets kubectl's words when they describe none.
std::shared_ptr<Pod> make_pod(const Flags& flags, std::string* error) {
  auto pod = std::make_shared<Pod>();
  pod->meta.name = flags.args.front();
  *error = add_labels(flags, *pod);
  for (const std::string& pair : flags.all("annotations")) {
    const std::size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos) {
      *error = fmt::format("invalid annotations format: {}", pair);
      continue;
    }
    pod->meta.annotations.set(pair.substr(0, equals), pair.substr(equals + 1));
  }
  Container container;
  container.name = pod->meta.name;
  container.image = flags.get("image");
  container.image_pull_policy = flags.get("image-pull-policy");
  container.stdin = flags.is_on("stdin");
  container.stdin_once = container.stdin && !flags.is_on("leave-stdin-open");
  container.tty = flags.is_on("tty");
  if (flags.is_on("privileged")) container.security_context.edit().privileged = true;
  std::vector<Str>& words = flags.is_on("command") ? container.command : container.args;
  words.assign(flags.args.begin() + 1, flags.args.end());
  words.insert(words.end(), flags.after_dashes.begin(), flags.after_dashes.end());
  for (const std::string& pair : flags.all("env")) {
    const std::size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos ||
        !env_name_errors(pair.substr(0, equals)).empty()) {
      *error = fmt::format("invalid env: {}", pair);
      continue;
    }
    EnvVar variable;
    variable.name = pair.substr(0, equals);
    variable.value = pair.substr(equals + 1);
    container.env.push_back(std::move(variable));
  }
  if (const std::string text = flags.get("port"); !text.empty()) {
    const auto port = flags.number("port");
    if (port && *port == static_cast<std::int32_t>(*port)) {
      ContainerPort exposed;
      exposed.container_port = static_cast<std::int32_t>(*port);
      container.ports.push_back(exposed);
    } else {
      *error = fmt::format("strconv.Atoi: parsing \"{}\": invalid syntax", text);
    }
  }
  PodSpec& spec = pod->spec.edit();
  spec.containers.push_back(std::move(container));
  spec.dns_policy = "ClusterFirst";
  spec.restart_policy = flags.get("restart", "Always");
  return pod;
}

/// --expose: a Service for the pod's labels as the command line has them.
/// k8s 1.32 kubectl/pkg/cmd/run: generateService
std::shared_ptr<Service> make_service(const Flags& flags, const Pod& pod) {
  auto service = std::make_shared<Service>();
  service->meta.name = pod.meta.name;
  if (flags.has("labels")) service->meta.labels = pod.meta.labels;
  service->spec.selector = pod.meta.labels;
  ServicePort port;
  port.protocol = "TCP";
  port.port = static_cast<std::int32_t>(flags.number("port").value_or(0));
  port.target_port = IntOrString{false, port.port, Str()};
  service->spec.ports.push_back(std::move(port));
  return service;
}

/// The terminal at a pod that `kubectl run` has made. Between two calls, the state's number is the
/// pod and its notes are what else is to be remembered.
class Attachment {
 public:
  Attachment(Call& call, const Flags& flags) : call_(call), flags_(flags) {
    if (call.state.stage == 0 || call.state.notes.size() != 3) return;
    const auto read = [&](std::size_t i, auto& value) {
      const std::string& note = call.state.notes[i];
      std::from_chars(note.data(), note.data() + note.size(), value);
    };
    read(0, limit_.ns);
    read(1, instance_);
    read(2, printed_);
  }

  Step start(Id pod) {
    call_.state.number = static_cast<std::int64_t>(pod);
    limit_ = call_.world.now() + patience();
    return wait(kStarting, call_.world.now());  // first of all the pod has to be made
  }
  Step go_on() {
    switch (call_.state.stage) {
      case kStarting:
        return until_started();
      case kAttached:
        return show();
      default:
        return until_ended();
    }
  }

 private:
  Step until_started();
  Step show();
  Step until_ended();
  Step end(int exit, std::string_view message);
  Step wait(int stage, Time until);

  const Pod* pod() const { return call_.world.get<Pod>(static_cast<Id>(call_.state.number)); }
  Duration patience() const { return duration_of(flags_, "pod-running-timeout", minutes(1)); }
  bool waits_for_end() const {
    return !flags_.is_on("leave-stdin-open") && flags_.get("restart", "Always") != "Always";
  }
  /// Shows what the container has written since; true when there was something.
  bool print_news();

  Call& call_;
  const Flags& flags_;
  Step step_;
  Time limit_ = kNever;
  Id instance_ = 0;
  std::size_t printed_ = 0;  // bytes of its log
};

Step Attachment::wait(int stage, Time until) {
  call_.state.stage = stage;
  call_.state.notes = {std::to_string(limit_.ns), std::to_string(instance_),
                       std::to_string(printed_)};
  step_.done = false;
  step_.wait = {until, until > call_.world.now()};
  return std::move(step_);
}

/// The newest run of the pod's first container; 0: none yet.
Id newest_instance(const World& world, Id pod) {
  const auto* sandbox = world.get<PodSandbox>(world.store().sandbox_of(pod));
  return sandbox && !sandbox->containers.empty() ? sandbox->containers.front().instance : 0;
}

Step Attachment::until_started() {
  const Pod* pod = this->pod();
  if (!pod) return end(1, "Error from server (NotFound): pods \"\" not found");
  if (!has_ended(*pod) && !(pod->status.phase == "Running" && is_ready(*pod))) {
    if (call_.world.now() >= limit_) return end(1, "error: timed out waiting for the condition");
    return wait(kStarting, limit_);
  }
  instance_ = newest_instance(call_.world, static_cast<Id>(call_.state.number));
  const auto* instance = call_.world.get<ContainerInstance>(instance_);
  const bool quiet = flags_.is_on("quiet");
  if (instance && !has_ended(*pod)) {
    if (!quiet && flags_.is_on("tty") && !call_.session.attended) {
      warn(step_, "Unable to use a TTY - input is not a terminal or the right kind of file\n");
    }
    if (!quiet) warn(step_, "If you don't see a command prompt, try pressing enter.\n");
    // Of what was written before, an attached terminal gets nothing.
    printed_ = instance->log.size();
  }
  limit_ = call_.world.now() + kLongestSilence;
  return show();
}

bool Attachment::print_news() {
  const auto* instance = call_.world.get<ContainerInstance>(instance_);
  if (!instance) return false;
  const std::string_view log = instance->log.view();
  // A full log loses its beginning, so that its length says nothing any more.
  const std::size_t from = std::min(printed_, log.size());
  say(step_, log.substr(from));
  printed_ = log.size();
  return from < log.size();
}

Step Attachment::show() {
  if (print_news()) limit_ = call_.world.now() + kLongestSilence;
  const auto* instance = call_.world.get<ContainerInstance>(instance_);
  if (instance && instance->state == ContainerInstance::State::Running && pod()) {
    if (call_.world.now() < limit_) return wait(kAttached, limit_);
    return end(130, fmt::format("podsight: nothing new for {}; the attachment ends",
                                to_string(kLongestSilence)));
  }
  if (!waits_for_end()) return end(0, "");
  limit_ = call_.world.now() + patience();
  return until_ended();
}

Step Attachment::until_ended() {
  const Pod* pod = this->pod();
  if (!pod) return end(1, "Error from server (NotFound): pods \"\" not found");
  const bool failed = pod->status.phase == "Failed";
  if (failed && flags_.get("restart") == "Never") {
    const std::string name = fmt::format("{}/{}", pod->meta.ns, pod->meta.name);
    const auto& all = pod->status.container_statuses;
    if (all.empty() || !all.front().state.terminated ||
        all.front().state.terminated->exit_code == 0) {
      return end(1, fmt::format("error: pod {} failed with unknown exit code", name));
    }
    const ContainerStateTerminated& state = *all.front().state.terminated;
    return end(state.exit_code,
               fmt::format("pod {} terminated ({})\n{}", name, state.reason, state.message));
  }
  if (pod->status.phase == "Succeeded") return end(0, "");
  if (call_.world.now() >= limit_) return end(1, "error: timed out waiting for the condition");
  return wait(kEnding, limit_);
}

Step Attachment::end(int exit, std::string_view message) {
  const Pod* pod = this->pod();
  if (flags_.is_on("rm") && pod) {
    const Ref ref{Kind::Pod, static_cast<Id>(call_.state.number)};
    const std::string name = pod->meta.name.str();
    const ApiResult result = api_delete(call_.world, call_.plan, ref, {}, "kubectl run --rm");
    if (result.error) {
      warn(step_, server_error(*result.error));
    } else if (!flags_.is_on("quiet")) {
      say(step_, fmt::format("pod \"{}\" deleted\n", name));
    }
  }
  if (!message.empty()) {
    warn(step_, message);
    if (message.back() != '\n') warn(step_, "\n");
  }
  step_.done = true;
  step_.exit = exit;
  return std::move(step_);
}

}  // namespace

Step run_verb(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, flag_set());
  if (!flags.error.empty()) return flag_error("run", flags.error);
  if (!flags.has("image")) return fail("required flag(s) \"image\" not set");
  const int stage = call.state.stage;
  if (stage == kStarting || stage == kAttached || stage == kEnding) {
    return Attachment(call, flags).go_on();
  }
  Change change(call, flags, "run");
  if (std::optional<Step> step = change.begin()) return *step;
  bool usage = false;
  std::string error = wrong_flags(flags, change.dry_run(), &usage);
  if (!error.empty()) return usage ? usage_error("run", error) : fail(error);
  const std::shared_ptr<Pod> pod = make_pod(flags, &error);
  if (!error.empty()) return fail(error);
  const std::shared_ptr<Object> object = override_object(pod, flags, &error);
  if (!object) return fail(error);

  const std::shared_ptr<Service> service =
      flags.is_on("expose") ? make_service(flags, *pod) : nullptr;
  if (change.dry_run() == DryRun::Client) {
    if (flags.has("namespace")) object->meta.ns = flags.get("namespace");
    if (service) {
      service->meta.ns = object->meta.ns;
      change.done(encode(*service), "created");
    }
    change.done(encode(*object), "created");
    return change.finish();
  }
  if (flags.is_on("save-config") || flags.is_on("record")) {
    Json json = encode(*object);
    change.record(json);
    if (flags.is_on("save-config")) annotate_last_applied(json);
    for (const auto& [key, value] : json["metadata"]["annotations"].items()) {
      object->meta.annotations.set(key, value.get<std::string>());
    }
  }
  object->meta.ns = namespace_of(call, flags);
  const Answer answer = create_object(call, object, change.write_options());
  if (answer.error) {
    change.refused(*answer.error, Kind::Pod);
    return change.finish();
  }
  if (service) {
    service->meta.ns = object->meta.ns;
    const Answer made = create_object(call, service, change.write_options());
    if (made.error) {
      change.refused(*made.error, Kind::Service);
    } else {
      change.done(made, "created");
    }
  }
  if (attaches(flags)) return Attachment(call, flags).start(answer.ref.id);
  change.done(answer, "created");
  return change.finish();
}

}  // namespace sim::kubectl
