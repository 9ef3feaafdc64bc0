// What may stand at the end of a kubectl command line. k8s 1.32 kubectl/pkg/util/completion
#include <algorithm>
#include <array>

#include "sim/base/format.h"
#include "sim/shell/kubectl.h"
#include "sim/shell/kubectl_help.h"
#include "sim/shell/kubectl_resources.h"

namespace sim::kubectl {
namespace {

using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 12> kForms = {"json",
                                                     "yaml",
                                                     "name",
                                                     "wide",
                                                     "jsonpath=",
                                                     "jsonpath-as-json=",
                                                     "jsonpath-file=",
                                                     "go-template=",
                                                     "go-template-file=",
                                                     "custom-columns=",
                                                     "custom-columns-file=",
                                                     "template="};

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

class Completer {
 public:
  Completer(const World& world, const Session& session, const Words& words)
      : world_(world), last_(words.back()) {
    ns_ = session.ns;
    read(Words(words.begin() + 1, words.end() - 1));
    list_files(session);
  }

  Words complete() {
    if (!waiting_.empty()) {
      offer_values(waiting_, "");
    } else if (last_.rfind("--", 0) == 0 && last_.find('=') != std::string::npos) {
      const std::size_t equals = last_.find('=');
      offer_values(last_.substr(2, equals - 2), last_.substr(0, equals + 1));
    } else if (last_.rfind('-', 0) == 0 && verb_) {
      for (std::string& word : flag_words(*verb_)) offer(std::move(word));
    } else if (!verb_) {
      for (const Verb& verb : all_verbs()) {
        if (!verb.group.empty() && verb.is_modelled) offer(std::string(verb.path));
      }
    } else {
      offer_arguments();
    }
    std::sort(found_.begin(), found_.end());
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    return std::move(found_);
  }

 private:
  /// The words before the last: the verb, its arguments, and a flag that waits for its value.
  void read(const Words& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string& word = words[i];
      if (word == "--") {
        inside_ = true;
        return;
      }
      if (word.size() > 1 && word[0] == '-') {
        const FlagSpecs specs = verb_ ? flag_specs(*verb_) : FlagSpecs();
        if (!takes_next_word(word, specs)) {
          note_joined(word);
          continue;
        }
        const std::string name = flag_name(word, specs);
        if (i + 1 == words.size()) {
          waiting_ = name;
        } else if (++i; name == "namespace") {
          ns_ = words[i];
        }
        continue;
      }
      const Verb* next = find_verb(verb_ ? fmt::format("{} {}", verb_->path, word) : word);
      if (next && arguments_.empty()) {
        verb_ = next;
      } else if (!word.empty()) {
        arguments_.push_back(word);
      }
    }
  }

  void note_joined(const std::string& word) {
    if (word.rfind("--namespace=", 0) == 0) ns_ = word.substr(12);
    if (word.rfind("-n", 0) == 0 && word.size() > 2) ns_ = word.substr(word[2] == '=' ? 3 : 2);
  }

  static std::string flag_name(std::string_view word, const FlagSpecs& specs) {
    if (word.substr(0, 2) == "--") return std::string(word.substr(2));
    for (const FlagSpecs* some : {&specs, &global_flag_specs()}) {
      for (const std::string_view spec : *some) {
        const std::size_t comma = spec.find(',');
        if (comma != std::string_view::npos && spec[comma + 1] == word.back()) {
          return std::string(spec.substr(0, comma));
        }
      }
    }
    return "";
  }

  void list_files(const Session& session) {
    const Path work = parse_path("/work");
    for (const Str& name : session.files.list(work).value) files_.push_back(name.str());
  }

  void offer(std::string word) {
    if (word.compare(0, last_.size(), last_) == 0) found_.push_back(std::move(word));
  }

  void offer_values(const std::string& flag, const std::string& before) {
    if (flag == "namespace") {
      for (std::string& name : names_of(Kind::Namespace)) offer(before + name);
    } else if (flag == "container" || flag == "containers") {
      for (std::string& name : container_names()) offer(before + name);
    } else if (flag == "output") {
      for (const std::string_view form : kForms) offer(fmt::format("{}{}", before, form));
    } else if (is_one_of(flag, {"filename", "from-file", "from-env-file", "patch-file"})) {
      for (const std::string& name : files_) offer(before + name);
    } else if (flag == "context" || flag == "cluster" || flag == "user") {
      offer(before + "podsight");
    } else if (flag == "dry-run") {
      for (const char* word : {"none", "client", "server"}) offer(before + word);
    } else if (flag == "cascade") {
      for (const char* word : {"background", "foreground", "orphan"}) offer(before + word);
    } else if (flag == "types") {
      for (const char* word : {"Normal", "Warning"}) offer(before + word);
    }
  }

  void offer_arguments() {
    if (inside_) return;
    const std::vector<const Verb*> subs = subcommands(*verb_);
    if (arguments_.empty()) {
      for (const Verb* sub : subs) {
        if (sub->is_modelled) offer(std::string(sub->path.substr(sub->path.rfind(' ') + 1)));
      }
    }
    const std::string_view verb = verb_->path;
    if (verb == "help") return;
    if (verb == "config use-context" || verb == "config set-context") return offer("podsight");
    if (!subs.empty() || verb.substr(0, 6) == "config" || verb.substr(0, 6) == "create") return;
    if (is_one_of(verb, {"cordon", "uncordon"})) return offer_names(Kind::Node);
    if (verb == "taint" && arguments_.empty()) return offer("nodes");
    if (is_one_of(verb, {"exec", "logs", "attach", "port-forward"})) {
      if (!arguments_.empty()) {
        if (verb == "logs" && arguments_.size() == 1) {
          for (std::string& name : container_names()) offer(std::move(name));
        }
        return;
      }
      if (last_.find('/') == std::string::npos) {
        offer_names(Kind::Pod);
        for (const char* kind : {"deployment/", "replicaset/", "pod/"}) offer(kind);
        return;
      }
      return offer_kinds_and_names();
    }
    if (is_one_of(verb, {"run", "version", "cluster-info", "api-resources", "api-versions",
                         "events", "apply", "replace", "top"})) {
      return;
    }
    offer_kinds_and_names();
  }

  /// TYPE, TYPE/NAME, or the names of a TYPE that stands before.
  void offer_kinds_and_names() {
    if (const std::size_t slash = last_.find('/'); slash != std::string::npos) {
      const ApiResource* resource = find_api_resource(last_.substr(0, slash));
      if (!resource || !resource->kind) return;
      for (const std::string& name : names_of(*resource->kind)) {
        offer(last_.substr(0, slash + 1) + name);
      }
      return;
    }
    if (!arguments_.empty()) {
      const ApiResource* resource = find_api_resource(arguments_.front());
      if (!resource || !resource->kind) return;
      for (std::string& name : names_of(*resource->kind)) {
        // What is named already is not named again.
        if (std::find(arguments_.begin() + 1, arguments_.end(), name) == arguments_.end()) {
          offer(std::move(name));
        }
      }
      return;
    }
    // "pods,deploy": the last of several kinds.
    const std::size_t comma = last_.rfind(',');
    const std::string before = comma == std::string::npos ? "" : last_.substr(0, comma + 1);
    for (const ApiResource& resource : api_resource_list()) offer(before + full_name(resource));
    if (before.empty() && is_one_of(verb_->path, {"get", "delete"})) offer("all");
  }

  void offer_names(Kind kind) {
    for (std::string& name : names_of(kind)) offer(std::move(name));
  }

  Words names_of(Kind kind) const {
    Words names;
    for (const Id id : world_.store().list(kind, info(kind).namespaced ? ns_ : "")) {
      names.push_back(world_.store().get(Ref{kind, id})->meta.name.str());
    }
    return names;
  }

  /// The containers of the pod, or of the template, that the arguments name.
  Words container_names() const {
    std::string_view kind = "pods";
    std::string_view name;
    if (!arguments_.empty()) {
      name = arguments_.front();
      if (const std::size_t slash = name.find('/'); slash != std::string_view::npos) {
        kind = name.substr(0, slash);
        name = name.substr(slash + 1);
      } else if (arguments_.size() > 1 && find_api_resource(name)) {
        kind = name;
        name = arguments_[1];
      }
    }
    const ApiResource* resource = find_api_resource(kind);
    const PodSpec* spec = nullptr;
    if (resource && resource->kind == Kind::Pod) {
      if (const Pod* pod = world_.find<Pod>(ns_, name)) spec = &*pod->spec;
    } else if (resource && resource->kind == Kind::Deployment) {
      const Deployment* found = world_.find<Deployment>(ns_, name);
      if (found && found->spec.pod_template) spec = &found->spec.pod_template->spec;
    } else if (resource && resource->kind == Kind::ReplicaSet) {
      const ReplicaSet* found = world_.find<ReplicaSet>(ns_, name);
      if (found && found->spec.pod_template) spec = &found->spec.pod_template->spec;
    }
    Words names;
    if (!spec) return names;
    for (const Container& container : spec->init_containers) names.push_back(container.name.str());
    for (const Container& container : spec->containers) names.push_back(container.name.str());
    return names;
  }

  const World& world_;
  std::string last_;
  std::string ns_;
  const Verb* verb_ = nullptr;
  Words arguments_;
  std::string waiting_;  // a flag whose value the last word is
  bool inside_ = false;  // behind "--": the words are a container's
  Words files_;
  Words found_;
};

}  // namespace

std::vector<std::string> complete(const World& world, const Session& session,
                                  const std::vector<std::string>& words) {
  if (words.size() < 2) return {};
  return Completer(world, session, words).complete();
}

}  // namespace sim::kubectl
