// kubectl patch: strategic, merge and JSON patches. k8s 1.32 kubectl/pkg/cmd/patch: patch.go
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/manifest.h"
#include "sim/model/merge.h"
#include "sim/shell/kubectl_change.h"

namespace sim::kubectl {
namespace {

const FlagSet& flag_set() {
  static const FlagSet set = {{"dry-run=?unchanged", "field-manager=", "local",
                               "patch,p=", "patch-file=", "record", "subresource=", "type="},
                              {},
                              {},
                              true,
                              true};
  return set;
}

std::optional<PatchType> patch_type(const std::string& text) {
  std::string word = text;
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (word.empty() || word == "strategic") return PatchType::Strategic;
  if (word == "merge") return PatchType::Merge;
  if (word == "json") return PatchType::Json;
  return std::nullopt;
}

std::string wrong_flags(const Change& change) {
  const Flags& flags = change.flags();
  const std::string patch = flags.get("patch");
  const std::string file = flags.get("patch-file");
  if (!patch.empty() && !file.empty()) return "cannot specify --patch and --patch-file together";
  if (patch.empty() && file.empty()) {
    return "must specify --patch or --patch-file containing the contents of the patch";
  }
  if (flags.is_on("local") && !flags.args.empty()) {
    return "cannot specify --local and server resources";
  }
  if (flags.is_on("local") && change.dry_run() == DryRun::Server) {
    return "cannot specify --local and --dry-run=server - did you mean --dry-run=client?";
  }
  if (!patch_type(flags.get("type"))) {
    return fmt::format("--type must be one of [json merge strategic], not \"{}\"",
                       flags.get("type"));
  }
  return "";
}

/// The patch of -p or --patch-file, which may be YAML.
std::optional<Json> read_patch(const Call& call, const Flags& flags, std::string* error) {
  std::string text = flags.get("patch");
  if (text.empty()) {
    const std::string name = flags.get("patch-file");
    Io<std::string> bytes = call.session.files.read(parse_path(name, call.process.cwd));
    if (!bytes) {
      std::string why(to_string(bytes.error));
      if (!why.empty() && why[0] >= 'A' && why[0] <= 'Z') why[0] = static_cast<char>(why[0] + 32);
      *error = fmt::format("unable to read patch file: open {}: {}", name, why);
      return std::nullopt;
    }
    text = std::move(bytes.value);
  }
  try {
    std::vector<Document> documents = parse_documents(text, "");
    return documents.empty() ? Json() : std::move(documents.front().json);
  } catch (const ManifestError& wrong) {
    constexpr std::string_view kStart = "error converting YAML to JSON: ";
    std::string_view why = wrong.kubectl_words();
    if (why.substr(0, kStart.size()) == kStart) why.remove_prefix(kStart.size());
    *error = fmt::format("unable to parse \"{}\": {}", flags.get("patch"), why);
    return std::nullopt;
  }
}

std::string_view operation(bool changed) { return changed ? "patched" : "patched (no change)"; }

/// At the client: a dry run, or a file with --local.
void patch_here(Change& change, const Json& document, Kind kind, const Json& patch,
                PatchType type) {
  std::string error;
  std::optional<Json> patched;
  switch (type) {
    case PatchType::Strategic:
      patched = strategic_merge(document, patch, kind, &error);
      break;
    case PatchType::Merge:
      patched = merge_patch(document, patch);
      break;
    case PatchType::Json:
      patched = json_patch(document, patch, &error);
      break;
  }
  if (patched) {
    change.done(*patched, operation(*patched != document));
  } else {
    change.failed(error);
  }
}

void patch_stored(Change& change, Ref ref, const Json& patch, PatchType type) {
  const WriteOptions options = change.write_options();
  Answer answer =
      patch_json(change.call(), ref, patch, type, change.flags().get("subresource"), options);
  if (answer.error) {
    change.refused(*answer.error, ref.kind);
    return;
  }
  if (change.flags().is_on("record") && change.dry_run() == DryRun::None) {
    Json note = Json::object();
    change.record(note);
    patch_json(change.call(), ref, note, PatchType::Merge, "", options);
  }
  change.done(answer, operation(answer.changed));
}

}  // namespace

Step patch(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, flag_set());
  if (!flags.error.empty()) return flag_error("patch", flags.error);
  Change change(call, flags, "patch");
  if (std::optional<Step> step = change.begin()) return *step;
  std::string error = wrong_flags(change);
  if (!error.empty()) return fail(error);
  const PatchType type = *patch_type(flags.get("type"));
  const std::optional<Json> wanted = read_patch(call, flags, &error);
  if (!wanted) return fail(error);

  if (flags.is_on("local")) {
    Failures unread;
    for (const Item& item : read_items(change, false, unread)) {
      patch_here(change, *item.json, item.kind, *wanted, type);
    }
    change.work.failures.add(unread);
    return change.finish();
  }
  TargetOptions options;
  options.name_required = true;
  const Targets targets = find_selected(call, flags, flags.args, options);
  if (!targets.error.empty()) return fail(targets.error);
  if (targets.refs.empty() && targets.missing.empty()) return fail("no objects passed to patch");
  for (const Ref& ref : targets.refs) {
    if (change.dry_run() == DryRun::Client) {
      patch_here(change, encode(*call.world.store().get(ref)), ref.kind, *wanted, type);
    } else {
      patch_stored(change, ref, *wanted, type);
    }
  }
  change.work.failures.add(targets.missing);
  return change.finish();
}

}  // namespace sim::kubectl
