// `kubectl attach` and `port-forward`: what they say when they are used wrongly is kubectl's own;
// what they would do needs a live terminal or a network, and they say so.
#include <charconv>

#include "sim/base/format.h"
#include "sim/model/pod_facts.h"
#include "sim/shell/kubectl_pods.h"
#include "sim/shell/kubectl_work.h"

namespace sim::kubectl {
namespace {

/// The pod that a word means; the answer when there is none.
std::optional<Step> find_pod(const Call& call, const Flags& flags, const std::string& word,
                             const Pod** pod) {
  const PodChoice choice = choose_pods(call, flags, word, PodUse::Attach);
  if (!choice.error.empty()) return fail(choice.error);
  if (!choice.missing.empty()) return fail(choice.missing.front());
  if (choice.pods.empty()) return fail("timed out waiting for the condition");
  *pod = call.world.get<Pod>(choice.pods.front());
  return std::nullopt;
}

/// What is wrong with "8080", "8080:80", ":80", "http"; empty when nothing is.
std::string port_error(const Pod& pod, const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string local = text.substr(0, colon);
  const std::string remote = colon == std::string::npos ? local : text.substr(colon + 1);
  if (text.find(':', colon == std::string::npos ? text.size() : colon + 1) != std::string::npos) {
    return fmt::format("invalid port format '{}'", text);
  }
  const auto is_number = [](const std::string& word) {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
  };
  if (!is_number(remote)) {
    for (const Container& container : pod.spec->containers) {
      for (const ContainerPort& port : container.ports) {
        if (port.name == remote) return "";
      }
    }
    return fmt::format("Pod '{}' does not have a named port '{}'", pod.meta.name, remote);
  }
  const auto check = [](std::string_view side, const std::string& word) -> std::string {
    std::uint16_t port = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), port);
    if (read.ec == std::errc()) return "";
    return fmt::format(
        "error parsing {} port '{}': strconv.ParseUint: parsing \"{}\": value out of range", side,
        word, word);
  };
  if (colon != 0) {
    if (!is_number(local)) {
      return fmt::format(
          "error parsing local port '{0}': strconv.ParseUint: parsing \"{0}\": invalid syntax",
          local);
    }
    if (std::string wrong = check("local", local); !wrong.empty()) return wrong;
  }
  if (std::string wrong = check("remote", remote); !wrong.empty()) return wrong;
  return remote.find_first_not_of('0') == std::string::npos ? "remote port must be > 0" : "";
}

}  // namespace

Step attach(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"container,c=", "pod-running-timeout=", "quiet,q", "stdin,i", "tty,t"};
  set.durations = {"pod-running-timeout"};
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("attach", flags.error);
  if (flags.args.empty()) return fail("at least 1 argument is required for attach");
  const Pod* pod = nullptr;
  if (const auto wrong = find_pod(call, flags, flags.args.front(), &pod)) return *wrong;
  if (has_ended(*pod)) {
    return fail(fmt::format("cannot attach a container in a completed pod; current phase is {}",
                            pod->status.phase));
  }
  const std::string container = flags.get("container");
  if (!container.empty() && !has_container(*pod, container)) {
    return fail(fmt::format("cannot attach to the container: container {} not found in pod {}",
                            container, pod->meta.name));
  }
  return fail(fmt::format(
      "podsight attaches no terminal to a main process; see what it writes with `kubectl logs -f "
      "{0}`, or start a shell with `kubectl exec -it {0} -- sh`",
      pod->meta.name));
}

Step port_forward(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"address=", "pod-running-timeout="};
  set.durations = {"pod-running-timeout"};
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("port-forward", flags.error);
  if (flags.args.size() < 2) {
    return usage_error("port-forward", "TYPE/NAME and list of ports are required for port-forward");
  }
  const Pod* pod = nullptr;
  if (const auto wrong = find_pod(call, flags, flags.args.front(), &pod)) return *wrong;
  for (std::size_t i = 1; i < flags.args.size(); ++i) {
    if (const std::string wrong = port_error(*pod, flags.args[i]); !wrong.empty()) {
      return fail(wrong);
    }
  }
  if (pod->status.phase != "Running") {
    return fail(fmt::format("unable to forward port because pod is not running. Current status={}",
                            pod->status.phase));
  }
  return fail(fmt::format(
      "podsight has no network to this machine to forward ports over; ask from inside: `kubectl "
      "exec {} -- wget -qO- localhost:PORT`",
      pod->meta.name));
}

}  // namespace sim::kubectl
