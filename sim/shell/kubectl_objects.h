// What the words of a kubectl command stand for: kinds by any of their names, objects by name,
// label or file, and the errors that verbs share.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/shell/kubectl.h"
#include "sim/shell/kubectl_flags.h"
#include "sim/world/api.h"

namespace sim::kubectl {

/// A verb's answer under construction.
Step fail(std::string_view message, int exit = 1);  // "error: message"
Step fail(const ApiError& error);                   // "Error from server (Reason): message"
std::string server_error(const ApiError& error, std::string_view prefix = "");
void say(Step& step, std::string_view text);   // standard output
void warn(Step& step, std::string_view text);  // standard error

/// A kind as people name it.
struct Resource {
  std::optional<Kind>
      kind;            // absent: a real kind that podsight does not hold; there are none of it
  std::string plural;  // of such a kind: "services"
  bool namespaced = true;
};
/// Empty: the API server of this cluster has none of that name.
std::optional<Resource> find_resource(const World& world, std::string_view word);
/// The kinds of `kubectl get all`.
std::vector<Resource> all_resources();

/// What a command is about.
struct MissingTarget {
  Kind kind{};
  std::string name;
};
struct Targets {
  std::string error;                   // kubectl's words, without "error: "
  std::vector<ApiError> missing;       // named, but not there
  std::vector<MissingTarget> unfound;  // those of them whose kind podsight holds
  std::vector<Ref> refs;
  std::vector<Resource> resources;  // asked for as a whole kind
  bool by_name = false;
  bool several_kinds = false;
};
struct TargetOptions {
  bool name_required = false;  // a bare kind is an error
  Kind default_kind = Kind::Pod;
  std::optional<Kind> only;  // words are names of this kind
};
Targets find_targets(const Call& call, const Flags& flags, const std::vector<std::string>& words,
                     const TargetOptions& options = {});

std::string namespace_of(const Call& call, const Flags& flags);

/// A manifest from -f: its JSON, the file it came from, and whose namespace it gets.
struct Manifest {
  std::shared_ptr<const Json> json;
  std::string file;
};
/// Reads every -f (files, directories, "-"), or else -k; on failure sets `error` to kubectl's
/// words. A file that is no YAML does not keep the others from being read.
std::vector<Manifest> read_manifests(const Call& call, const Flags& flags, std::string* error);

/// What -k names: the objects of a kustomization, each with the directory as its file. On failure
/// sets `error` to kustomize's words.
std::vector<Manifest> read_kustomization(const Call& call, const Flags& flags,
                                         std::string* warnings, std::string* error);

/// "deployment.apps/assets".
std::string printed_name(const Object& object);
std::string printed_name(const Json& object);
/// The text under a key; empty when there is none.
std::string text_at(const Json& json, const char* key);
/// Prints an object as -o name|json|yaml|jsonpath=…|go-template=… ask; false: the form is unknown.
bool print_object(Step& step, const Object& object, std::string_view form);
bool print_json(Step& step, const Json& object, std::string_view form);

/// The verbs. Each reads its own words (behind the verb).
Step get(Call& call, const std::vector<std::string>& words);
Step describe_verb(Call& call, const std::vector<std::string>& words);
Step events(Call& call, const std::vector<std::string>& words);
Step apply(Call& call, const std::vector<std::string>& words);
Step create(Call& call, const std::vector<std::string>& words);
Step delete_verb(Call& call, const std::vector<std::string>& words);
Step exec(Call& call, const std::vector<std::string>& words);
Step autoscale(Call& call, const std::vector<std::string>& words);
Step expose(Call& call, const std::vector<std::string>& words);
Step cp(Call& call, const std::vector<std::string>& words);
Step logs(Call& call, const std::vector<std::string>& words);
Step attach(Call& call, const std::vector<std::string>& words);
Step port_forward(Call& call, const std::vector<std::string>& words);
Step top(Call& call, const std::vector<std::string>& words);
Step scale(Call& call, const std::vector<std::string>& words);
Step rollout(Call& call, const std::vector<std::string>& words);
Step wait(Call& call, const std::vector<std::string>& words);
Step label(Call& call, const std::vector<std::string>& words);
Step annotate(Call& call, const std::vector<std::string>& words);
Step patch(Call& call, const std::vector<std::string>& words);
Step set(Call& call, const std::vector<std::string>& words);
Step taint(Call& call, const std::vector<std::string>& words);
Step cordon(Call& call, const std::vector<std::string>& words, bool on);
Step drain(Call& call, const std::vector<std::string>& words);
Step run_verb(Call& call, const std::vector<std::string>& words);
Step api_resources(Call& call, const std::vector<std::string>& words);
Step version(Call& call, const std::vector<std::string>& words);
Step config(Call& call, const std::vector<std::string>& words);
Step replace(Call& call, const std::vector<std::string>& words);
Step kustomize_verb(Call& call, const std::vector<std::string>& words);
Step edit(Call& call, const std::vector<std::string>& words);

}  // namespace sim::kubectl
