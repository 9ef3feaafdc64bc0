// kubectl label and annotate. k8s 1.32 kubectl/pkg/cmd/label, kubectl/pkg/cmd/annotate
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/shell/kubectl_change.h"

namespace sim::kubectl {
namespace {

/// The two verbs are one, but for their words.
struct Form {
  std::string_view verb;  // "label"
  std::string_view noun;  // "label", "annotation"
  const char* field;      // in metadata
};
constexpr Form kLabel = {"label", "label", "labels"};
constexpr Form kAnnotate = {"annotate", "annotation", "annotations"};
bool is_label(const Form& form) { return form.verb == kLabel.verb; }

/// What is to be set and what taken away.
struct Pairs {
  std::map<std::string, std::string> set;
  std::vector<std::string> removed;
};

std::string parse_labels(const std::vector<std::string>& words, Pairs* pairs) {
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos) {
      const std::string value = word.substr(equals + 1);
      if (value.find('=') != std::string::npos) return "invalid label spec: " + word;
      if (const auto wrong = label_value_errors(value); !wrong.empty()) {
        return fmt::format("invalid label value: \"{}\": {}", word, fmt::join(wrong, ";"));
      }
      pairs->set[word.substr(0, equals)] = value;
    } else {
      pairs->removed.push_back(word.substr(0, word.size() - 1));
    }
  }
  for (const std::string& key : pairs->removed) {
    if (pairs->set.count(key)) {
      return "can not both modify and remove a label in the same command";
    }
  }
  return "";
}

void parse_annotations(const std::vector<std::string>& words, Pairs* pairs) {
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos) {
      pairs->set[word.substr(0, equals)] = word.substr(equals + 1);
    } else {
      pairs->removed.push_back(word.substr(0, word.size() - 1));
    }
  }
}

std::string wrong_flags(const Change& change, const Form& form,
                        const std::vector<std::string>& names, const Pairs& pairs) {
  const Flags& flags = change.flags();
  if (flags.is_on("list") && flags.has("output")) {
    return "--list and --output may not be specified together";
  }
  if (flags.is_on("all") && !flags.get("selector").empty()) {
    return "cannot set --all and --selector at the same time";
  }
  if (flags.is_on("all") && !flags.get("field-selector").empty()) {
    return "cannot set --all and --field-selector at the same time";
  }
  const bool files = flags.has("filename") || flags.has("kustomize");
  if (flags.is_on("local")) {
    const std::string_view example = is_label(form) ? "pod" : "rsrc";
    if (change.dry_run() == DryRun::Server) {
      return "cannot specify --local and --dry-run=server - did you mean --dry-run=client?";
    }
    if (!names.empty()) {
      return fmt::format(
          "can only use local files by -f {0}.yaml or --filename={0}.json when --local=true is set",
          example);
    }
    if (!files) {
      return fmt::format(
          "one or more files must be specified as -f {0}.yaml or --filename={0}.json", example);
    }
  } else if (names.empty() && !files) {
    return "one or more resources must be specified as <resource> <name> or <resource>/<name>";
  }
  if (pairs.set.empty() && pairs.removed.empty() && !flags.is_on("list")) {
    return fmt::format("at least one {} update is required", form.noun);
  }
  std::vector<std::string> both;
  for (const std::string& key : pairs.removed) {
    if (pairs.set.count(key)) both.push_back(key);
  }
  if (!both.empty()) {
    return fmt::format(
        "can not both modify and remove the following annotation(s) in the same command: {}",
        fmt::join(both, ", "));
  }
  return "";
}

class Marking {
 public:
  Marking(Change& change, const Form& form, const Pairs& pairs, bool single)
      : change_(change),
        form_(form),
        pairs_(pairs),
        single_(single),
        overwrite_(change.flags().is_on("overwrite")) {}

  void stored(Ref ref);
  void local(Json object);

 private:
  const Json& fields(const Json& object) const;
  bool check_overwrite(const Json& object);
  Json marked(const Json& object) const;
  void list(const Json& object);
  std::string_view operation(const Json& before, const Json& after) const;

  Change& change_;
  const Form& form_;
  const Pairs& pairs_;
  bool single_;
  bool overwrite_;
};

const Json& Marking::fields(const Json& object) const {
  static const Json none = Json::object();
  if (!object.contains("metadata") || !object["metadata"].is_object()) return none;
  const Json& meta = object["metadata"];
  return meta.contains(form_.field) && meta[form_.field].is_object() ? meta[form_.field] : none;
}

/// Says what stands in the way when nothing may be overwritten.
bool Marking::check_overwrite(const Json& object) {
  if (overwrite_) return true;
  std::vector<std::string> there;
  for (const auto& [key, value] : pairs_.set) {
    if (!is_label(form_) && key == "kubernetes.io/change-cause") continue;
    const Json& have = fields(object);
    if (!have.contains(key)) continue;
    const std::string old = have[key].is_string() ? have[key].get<std::string>() : "";
    if (old == value) continue;
    there.push_back(fmt::format("'{}' already has a value ({}){}", key, old,
                                is_label(form_) ? ", and --overwrite is false" : ""));
  }
  if (there.empty()) return true;
  if (!is_label(form_)) {
    change_.failed(
        fmt::format("--overwrite is false but found the following declared annotation(s): {}",
                    fmt::join(there, "; ")));
  } else if (there.size() == 1) {
    change_.failed(there.front());
  } else {
    change_.work.failures.add(fmt::format("{}\n", fmt::join(there, "\n")),
                              fmt::format("[{}]\n", fmt::join(there, ", ")));
  }
  return false;
}

Json Marking::marked(const Json& object) const {
  Json after = object;
  Json all = fields(object);
  for (const auto& [key, value] : pairs_.set) all[key] = value;
  for (const std::string& key : pairs_.removed) all.erase(key);
  if (!after["metadata"].is_object()) after["metadata"] = Json::object();
  after["metadata"][form_.field] = std::move(all);
  return after;
}

/// k8s 1.32 kubectl/pkg/cmd/label: updateDataChangeMsg, which compares the length of the JSON
std::string_view Marking::operation(const Json& before, const Json& after) const {
  if (!is_label(form_)) return "annotated";
  if (before == after) return "not labeled";
  const bool shorter = go_json(after).size() < go_json(before).size();
  return shorter && !overwrite_ ? "unlabeled" : "labeled";
}

void Marking::list(const Json& object) {
  if (!single_) {
    const std::string version = text_at(object, "apiVersion");
    const std::size_t slash = version.find('/');
    const std::string name = printed_name(object);
    say(change_.step,
        fmt::format("Listing {} for {}.{}/{}:\n", form_.field, text_at(object, "kind"),
                    slash == std::string::npos ? "" : version.substr(0, slash),
                    name.substr(name.find('/') + 1)));
  }
  const Json& all = fields(object);
  for (auto item = all.begin(); item != all.end(); ++item) {
    say(change_.step, fmt::format("{}{}={}\n", single_ ? "" : " ", item.key(),
                                  item->is_string() ? item->get<std::string>() : item->dump()));
  }
}

void Marking::local(Json object) {
  if (!check_overwrite(object)) return;
  const Json after = marked(object);
  if (change_.flags().is_on("list")) {
    list(after);
  } else {
    change_.done(after, operation(object, after));
  }
}

void Marking::stored(Ref ref) {
  const Json before = encode(*current_object(change_.call(), ref));
  if (change_.dry_run() == DryRun::Client || change_.flags().is_on("list")) {
    local(before);
    return;
  }
  if (is_label(form_)) {
    for (const std::string& key : pairs_.removed) {
      if (fields(before).contains(key)) continue;
      say(change_.step, fmt::format("label \"{}\" not found.\n", key));
    }
  }
  if (!check_overwrite(before)) return;
  const Json after = marked(before);
  Json patch = Json::object();
  for (const auto& [key, value] : pairs_.set) patch["metadata"][form_.field][key] = value;
  for (const std::string& key : pairs_.removed) {
    if (fields(before).contains(key)) patch["metadata"][form_.field][key] = nullptr;
  }
  const std::string version = change_.flags().get("resource-version");
  if (!version.empty()) patch["metadata"]["resourceVersion"] = version;
  const Answer answer =
      patch_json(change_.call(), ref, patch, PatchType::Merge, "", change_.write_options());
  if (answer.error) {
    change_.refused(*answer.error, ref.kind);
  } else if (!version.empty() && is_label(form_)) {
    change_.done(answer, "labeled");
  } else {
    change_.done(answer, operation(before, after));
  }
}

Step mark(Call& call, const std::vector<std::string>& words, const Form& form) {
  const FlagSet set = {
      {"all", "all-namespaces,A", "dry-run=?unchanged", "field-manager=", "field-selector=", "list",
       "local", "overwrite", "record", "resource-version=", "selector,l="},
      {},
      {},
      true,
      true};
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error(form.verb, flags.error);
  Change change(call, flags, form.verb);
  if (std::optional<Step> step = change.begin()) return *step;

  std::vector<std::string> names;
  std::vector<std::string> changes;
  std::string error;
  if (!split_pairs(flags.args, form.noun, &names, &changes, &error)) return fail(error);
  Pairs pairs;
  if (is_label(form)) {
    error = parse_labels(changes, &pairs);
  } else {
    parse_annotations(changes, &pairs);
  }
  if (error.empty()) error = wrong_flags(change, form, names, pairs);
  if (!error.empty()) return fail(error);
  if (flags.is_on("record")) {
    Json note = Json::object();
    change.record(note);
    const auto& all = note["metadata"]["annotations"];
    if (!is_label(form)) {
      for (auto item = all.begin(); item != all.end(); ++item) {
        pairs.set[item.key()] = item->get<std::string>();
      }
    }
  }

  if (flags.is_on("local")) {
    Failures unread;
    const std::vector<Item> items = read_items(change, false, unread);
    Marking marking(change, form, pairs, items.size() == 1);
    for (const Item& item : items) marking.local(*item.json);
    change.work.failures.add(unread);
    return change.finish();
  }
  TargetOptions options;
  options.name_required = true;
  const Targets targets = find_selected(call, flags, names, options);
  if (!targets.error.empty()) return fail(targets.error);
  const bool single = targets.by_name && targets.refs.size() + targets.missing.size() == 1;
  if (!flags.get("resource-version").empty() && !single) {
    return fail("--resource-version may only be used with a single resource");
  }
  Marking marking(change, form, pairs, single);
  for (const Ref& ref : targets.refs) marking.stored(ref);
  change.work.failures.add(targets.missing);
  return change.finish();
}

}  // namespace

Step label(Call& call, const std::vector<std::string>& words) { return mark(call, words, kLabel); }

Step annotate(Call& call, const std::vector<std::string>& words) {
  return mark(call, words, kAnnotate);
}

}  // namespace sim::kubectl
