#include "sim/shell/kubectl_change.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/world/snapshots.h"

namespace sim::kubectl {
namespace {

constexpr int kPrinting = 100;  // the stage in which the objects are stored and shown

/// What kubectl finds wrong before it knows what the document is.
/// k8s 1.32 kubectl/pkg/util/openapi/validation: getObjectKind
std::string kind_error(const Json& json) {
  if (!json.is_object()) return "invalid object to validate";
  std::vector<std::string> errors;
  for (const char* key : {"apiVersion", "kind"}) {
    if (!json.contains(key)) {
      errors.push_back(fmt::format("{} not set", key));
    } else if (!json[key].is_string()) {
      errors.push_back(fmt::format("{} isn't string type", key));
    }
  }
  if (errors.size() < 2) return errors.empty() ? "" : errors.front();
  return fmt::format("[{}]", fmt::join(errors, ", "));
}

/// kubectl itself reads an object's metadata, and nothing else of it.
std::string metadata_error(const Json& json) {
  for (const DecodeError& error : decode(json).errors) {
    if (!error.strict && error.path.rfind("metadata", 0) == 0) return error.message;
  }
  return "";
}

StringMap labels_of(const Json& json) {
  StringMap labels;
  const Json* meta = json.contains("metadata") ? &json["metadata"] : nullptr;
  if (!meta || !meta->is_object() || !meta->contains("labels")) return labels;
  const Json& all = (*meta)["labels"];
  if (!all.is_object()) return labels;
  for (auto item = all.begin(); item != all.end(); ++item) {
    if (item.value().is_string()) labels.set(item.key(), item.value().get<std::string>());
  }
  return labels;
}

}  // namespace

Change::Change(Call& call, const Flags& flags, std::string_view verb)
    : call_(call), flags_(flags), verb_(verb), form_(flags.get("output")) {}

std::optional<Step> Change::begin() {
  std::string error;
  const std::optional<DryRun> dry_run = dry_run_of(flags_, &error);
  if (!dry_run) return fail(error);
  dry_run_ = *dry_run;
  if (error = wrong_output_form(flags_); !error.empty()) return fail(error);
  if (call_.state.stage == 0) {
    if (flags_.has("record")) {
      warn(step, "Flag --record has been deprecated, --record will be removed in the future\n");
    }
    const std::string value = flags_.get("dry-run");
    if (value == "unchanged") {
      warn(step, "--dry-run is deprecated and can be replaced with --dry-run=client.\n");
    }
    return std::nullopt;
  }
  work = Work(call_.state);
  if (call_.state.stage != kPrinting) return std::nullopt;
  std::vector<std::shared_ptr<const Json>> objects;
  for (const Subject& subject : work.subjects) {
    const Object* object = call_.world.store().get(subject.ref);
    if (object) objects.push_back(std::make_shared<const Json>(encode(*object)));
  }
  print_all(objects);
  work.failures.tell(step);
  return std::move(step);
}

WriteOptions Change::write_options(Validation validation) const {
  return {fmt::format("kubectl {}", verb_), dry_run_ == DryRun::Server, validation};
}

void Change::line(const std::string& name, std::string_view operation) {
  if (form_ == "name") {
    say(step, name + "\n");
  } else {
    say(step, fmt::format("{} {}{}\n", name, operation, dry_run_words(dry_run_)));
  }
}

void Change::done(const Json& object, std::string_view operation) {
  if (shows_objects()) {
    shown_.push_back(std::make_shared<const Json>(object));
  } else {
    line(printed_name(object), operation);
  }
}

void Change::done(Ref ref, std::string_view operation) {
  const ObjectPtr object = current_object(call_, ref);
  if (!object) return;
  if (shows_objects()) {
    work.subjects.push_back({ref, object->meta.ns.str(), object->meta.name.str()});
  } else {
    line(printed_name(*object), operation);
  }
}

void Change::done(const Answer& answer, std::string_view operation) {
  for (const std::string& warning : answer.warnings) {
    warn(step, fmt::format("Warning: {}\n", warning));
  }
  if (answer.shown) {
    done(*answer.shown, operation);
  } else if (dry_run_ == DryRun::None) {
    done(answer.ref, operation);
  } else {
    done(encode(*answer.object), operation);
  }
}

void Change::refused(const ApiError& error, Kind kind, std::string_view prefix) {
  const std::string reason = error.reason.empty() ? "" : fmt::format(" ({})", error.reason);
  const std::string among =
      fmt::format("Error from server{}: {}{}\n", reason, prefix, status_message(error, kind));
  // Alone, an Invalid status speaks for itself. k8s 1.32 kubectl/pkg/cmd/util: checkErr
  work.failures.add(error.reason == "Invalid" ? error.message + "\n" : among, among);
}

void Change::record(Json& object) const {
  if (!flags_.is_on("record")) return;
  std::string command = fmt::format("kubectl {}", verb_);
  for (const std::string& word : flags_.args) command += " " + word;
  for (const auto& [name, values] : flags_.values) {
    for (const std::string& value : values) command += fmt::format(" --{}={}", name, value);
  }
  Json& meta = object["metadata"];
  if (!meta.is_object()) meta = Json::object();
  if (!meta["annotations"].is_object()) meta["annotations"] = Json::object();
  meta["annotations"]["kubernetes.io/change-cause"] = std::move(command);
}

void Change::print_all(const std::vector<std::shared_ptr<const Json>>& objects) {
  if (objects.empty()) return;
  if (as_list_ && objects.size() > 1) {
    Json list = {{"apiVersion", "v1"}, {"kind", "List"}, {"metadata", Json::object()}};
    for (const auto& object : objects) list["items"].push_back(*object);
    print_json(step, list, form_);
    return;
  }
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (i != 0 && form_ == "yaml") say(step, "---\n");
    print_json(step, *objects[i], form_);
  }
}

Step Change::finish() {
  if (!work.subjects.empty()) return wait(kPrinting, {call_.world.now(), false});
  print_all(shown_);
  work.failures.tell(step);
  return std::move(step);
}

Step Change::wait(int stage, Wait wanted) {
  call_.state.stage = stage;
  work.keep(call_.state);
  step.done = false;
  step.wait = wanted;
  return std::move(step);
}

std::string with_source(std::string_view doing, std::string_view file) {
  return file.empty() ? "" : fmt::format("error when {} \"{}\": ", doing, file);
}

std::vector<Item> read_items(Change& change, bool validate, Failures& unread) {
  const Flags& flags = change.flags();
  std::vector<Item> items;
  if (flags.has("kustomize") == flags.has("filename")) {
    unread.add(flags.has("kustomize") ? "only one of -f or -k can be specified"
                                      : "must specify one of -f and -k");
    return items;
  }
  std::string error;
  std::vector<Manifest> manifests;
  if (flags.has("kustomize")) {
    std::string warnings;
    manifests = read_kustomization(change.call(), flags, &warnings, &error);
    if (change.call().state.stage == 0 && !warnings.empty()) warn(change.step, warnings);
    if (!error.empty()) unread.add(error);
    error.clear();
  } else {
    manifests = read_manifests(change.call(), flags, &error);
  }
  for (std::string_view rest = error; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    unread.add(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  const std::optional<Selector> selector = parse_selector(flags.get("selector"), &error);
  if (!selector) {
    unread.add(error);
    return items;
  }
  const std::string wanted = namespace_of(change.call(), flags);
  std::string given_up;  // the file whose rest is not read any more
  for (const Manifest& manifest : manifests) {
    const Json& json = *manifest.json;
    if (manifest.file == given_up) continue;
    if (const std::string wrong = kind_error(json); !wrong.empty()) {
      if (validate) {
        unread.add(fmt::format(
            "error validating \"{}\": error validating data: {}; if you choose to ignore these "
            "errors, turn validation off with --validate=false",
            manifest.file, wrong));
        given_up = manifest.file;
      } else {
        const Decoded decoded = decode(json);
        unread.add(fmt::format("unable to decode \"{}\": {}", manifest.file,
                               decoded.errors.empty() ? wrong : decoded.errors.front().message));
      }
      continue;
    }
    Item item;
    item.json = std::make_shared<Json>(json);
    item.file = manifest.file;
    const TypeName type = type_of(json);
    if ((*item.json)["metadata"].is_null()) (*item.json)["metadata"] = Json::object();
    const Json meta = (*item.json)["metadata"];
    item.name = text_at(meta, "name");
    item.ns = text_at(meta, "namespace");
    if (!type.known || !is_served(change.call().world, *type.known)) {
      unread.add(fmt::format(
          "resource mapping not found for name: \"{}\" namespace: \"{}\" from \"{}\": no matches "
          "for kind \"{}\" in version \"{}\"\nensure CRDs are installed first",
          item.name, item.ns, item.file, type.kind, type.api_version));
      continue;
    }
    item.kind = *type.known;
    if (const std::string wrong = metadata_error(json); !wrong.empty()) {
      unread.add(fmt::format("unable to decode \"{}\": {}", item.file, wrong));
      continue;
    }
    if (!selector->matches(labels_of(json))) continue;
    if (meta.is_object() && info(item.kind).namespaced) {
      if (item.ns.empty()) {
        item.ns = wanted;
        (*item.json)["metadata"]["namespace"] = wanted;
      } else if (flags.has("namespace") && item.ns != wanted) {
        unread.add(fmt::format(
            "the namespace from the provided object \"{0}\" does not match the namespace \"{1}\". "
            "You must pass '--namespace={0}' to perform this operation.",
            item.ns, wanted));
        continue;
      }
    } else {
      item.ns.clear();
      if (meta.is_object() && meta.contains("namespace")) {
        (*item.json)["metadata"].erase("namespace");
      }
    }
    items.push_back(std::move(item));
  }
  return items;
}

std::optional<Validation> validation_of(const Flags& flags, std::string* error) {
  const std::string value = flags.get("validate", "strict");
  if (value == "strict" || value == "true" || value == "1") return Validation::Strict;
  if (value == "warn") return Validation::Warn;
  if (value == "ignore" || value == "false" || value == "0") return Validation::Ignore;
  *error = fmt::format(
      "invalid - validate option \"{}\"; must be one of: strict (or true), warn, ignore (or false)",
      value);
  return std::nullopt;
}

std::string annotate_last_applied(Json& object) {
  Json& meta = object["metadata"];
  if (!meta.is_object()) meta = Json::object();
  if (!meta.contains("annotations") || !meta["annotations"].is_object()) {
    meta["annotations"] = Json::object();
  }
  const std::string key(kLastApplied);
  meta["annotations"].erase(key);
  std::string value = go_json(object) + "\n";
  meta["annotations"][key] = value;
  return value;
}

bool split_pairs(const std::vector<std::string>& args, std::string_view what,
                 std::vector<std::string>* names, std::vector<std::string>* pairs,
                 std::string* error) {
  for (const std::string& word : args) {
    const bool sets = word.find('=') != std::string::npos && word.front() != '=';
    const bool removes = word.size() > 1 && word.back() == '-';
    if (sets || removes) {
      pairs->push_back(word);
    } else if (pairs->empty()) {
      names->push_back(word);
    } else {
      *error = fmt::format("all resources must be specified before {} changes: {}", what, word);
      return false;
    }
  }
  return true;
}

DeleteOptions delete_options(std::optional<std::int64_t> grace_seconds) {
  // Longer than anything runs, and short enough to be added to any time.
  constexpr std::int64_t kLongest = 100LL * 365 * 24 * 3600;
  DeleteOptions options;
  if (grace_seconds && *grace_seconds >= 0) {
    options.grace_seconds = std::min(*grace_seconds, kLongest);
  }
  return options;
}

std::vector<std::string> list_flag(const Flags& flags, std::string_view name) {
  std::vector<std::string> all;
  for (const std::string& value : flags.all(name)) {
    std::string_view rest = value;
    for (;;) {
      const std::size_t comma = rest.find(',');
      all.emplace_back(rest.substr(0, comma));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return all;
}

}  // namespace sim::kubectl
