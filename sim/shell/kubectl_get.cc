// k8s 1.32 kubectl/pkg/cmd/get: get
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/shell/field_selector.h"
#include "sim/shell/kubectl_objects.h"
#include "sim/shell/kubectl_raw.h"
#include "sim/shell/kubectl_resources.h"
#include "sim/shell/kubectl_watch.h"
#include "sim/shell/kubectl_work.h"
#include "sim/shell/output_form.h"
#include "sim/world/heartbeat.h"

namespace sim::kubectl {
namespace {

const FlagSet& flag_set() {
  static const FlagSet set = [] {
    FlagSet made;
    made.own = {"all-namespaces,A",
                "chunk-size=",
                "field-selector=",
                "ignore-not-found",
                "label-columns,L=",
                "no-headers",
                "output-watch-events",
                "raw=",
                "selector,l=",
                "server-print",
                "show-kind",
                "show-labels",
                "sort-by=",
                "subresource=",
                "watch,w",
                "watch-only"};
    made.numbers = {"chunk-size"};
    made.prints = true;
    made.files = true;
    return made;
  }();
  return set;
}

bool is_listed_kind(const ApiResource* resource, Kind kind) {
  return resource && resource->kind == kind;
}

/// One request and its answer: a whole kind, or one object.
struct Reply {
  const ApiResource* resource = nullptr;
  std::vector<ObjectPtr> objects;
};

class Get {
 public:
  Get(Call& call, const Flags& flags, OutputForm form)
      : call_(call), flags_(flags), form_(std::move(form)) {
    table_.wide = form_.kind == OutputForm::Kind::Wide;
    table_.headers = !flags.is_on("no-headers");
    table_.show_labels = flags.is_on("show-labels");
    table_.with_namespace = flags.is_on("all-namespaces");
    table_.with_kind = flags.is_on("show-kind");
    for (const std::string& value : flags.all("label-columns")) {
      for (std::size_t from = 0; from <= value.size();) {
        const std::size_t comma = std::min(value.find(',', from), value.size());
        if (comma > from) table_.label_columns.push_back(value.substr(from, comma - from));
        from = comma + 1;
      }
    }
  }

  Step list() {
    const Targets targets = find_targets(call_, flags_, flags_.args);
    if (!targets.error.empty()) return fail(targets.error);
    read(targets);
    return form_.is_table() ? print_tables(targets) : print_objects(targets);
  }

  Step watch() {
    if (call_.state.stage == 0) return begin_watch();
    Step step;
    const ApiResource* resource = find_api_resource(call_.state.notes[1]);
    const auto revision = static_cast<std::uint64_t>(call_.state.number);
    if (resource && resource->kind) {
      for (const WatchEvent& event : watch_events(call_.world, revision, *resource->kind,
                                                  [&](const Object& o) { return is_about(o); })) {
        show_event(step, event);
        if (step.exit != 0) return step;
      }
    }
    return go_on(std::move(step));
  }

 private:
  // ---- what is asked for ----

  void read(const Targets& targets) {
    by_name_ = targets.by_name;
    for (const Resource& resource : targets.resources) {
      Reply reply;
      reply.resource = find_api_resource(resource.plural);
      replies_.push_back(std::move(reply));
    }
    std::size_t at = 0;
    for (const Ref ref : targets.refs) {
      const ObjectPtr object = as_served(call_.world, call_.world.store().share(ref));
      if (by_name_) {
        replies_.push_back({find_api_resource(info(ref.kind).plural), {object}});
        continue;
      }
      // The objects come kind by kind, as the kinds were asked for.
      while (at < replies_.size() && !is_listed_kind(replies_[at].resource, ref.kind)) ++at;
      if (at < replies_.size()) replies_[at].objects.push_back(object);
    }
  }

  bool has_several_kinds() const {
    return std::any_of(replies_.begin(), replies_.end(), [&](const Reply& reply) {
      return reply.resource != replies_.front().resource;
    });
  }

  /// The errors of what was named and is not there, at the end.
  Step finish(Step step, const Targets& targets) const {
    if (flags_.is_on("ignore-not-found")) {
      Failures failures;
      for (const ApiError& error : targets.missing) {
        if (error.reason != "NotFound") failures.add(error);
      }
      failures.tell(step);
      return step;
    }
    Failures failures;
    failures.add(targets.missing);
    failures.tell(step);
    return step;
  }

  // ---- tables ----

  Step print_tables(const Targets& targets) {
    std::string error;
    if (flags_.has("sort-by") && !sort_tables(&error)) return fail(error);
    const bool several = has_several_kinds();
    Step step;
    bool wrote = false;
    for (std::size_t i = 0; i < replies_.size();) {
      // Objects that were named one after the other share a table.
      Reply group = replies_[i];
      for (++i; i < replies_.size() && replies_[i].resource == group.resource; ++i) {
        group.objects.insert(group.objects.end(), replies_[i].objects.begin(),
                             replies_[i].objects.end());
      }
      if (group.objects.empty()) continue;
      TableOptions options = table_;
      options.with_kind = options.with_kind || several;
      if (wrote && options.headers) say(step, "\n");
      say(step, print_table(call_.world, group.objects, options));
      wrote = true;
    }
    if (!wrote && targets.missing.empty() && !flags_.is_on("ignore-not-found")) {
      const bool namespaced = !flags_.is_on("all-namespaces") &&
                              std::all_of(replies_.begin(), replies_.end(), [](const Reply& reply) {
                                return reply.resource->namespaced;
                              });
      warn(step, namespaced ? fmt::format("No resources found in {} namespace.\n",
                                          namespace_of(call_, flags_))
                            : "No resources found\n");
    }
    return finish(std::move(step), targets);
  }

  /// One table is sorted by its rows; when that fails it is not shown, and kubectl does not tell.
  /// Of several it wants to sort the tables themselves, which have no such fields.
  bool sort_tables(std::string* error) {
    const std::string path = flags_.get("sort-by");
    if (replies_.size() == 1) {
      std::string unheard;
      if (!sort(replies_.front().objects, path, &unheard)) replies_.front().objects.clear();
      return true;
    }
    const Json table = {
        {"apiVersion", "meta.k8s.io/v1"},
        {"kind", "Table"},
        {"metadata", {{"resourceVersion", std::to_string(call_.world.revision())}}}};
    return sorted_order(path, std::vector<Json>(replies_.size(), table), error).has_value();
  }

  static bool sort(std::vector<ObjectPtr>& objects, const std::string& path, std::string* error) {
    std::vector<Json> bodies;
    for (const ObjectPtr& object : objects) bodies.push_back(encode(*object));
    const auto order = sorted_order(path, bodies, error);
    if (!order) return false;
    std::vector<ObjectPtr> sorted;
    for (const std::size_t at : *order) sorted.push_back(objects[at]);
    objects = std::move(sorted);
    return true;
  }

  // ---- objects ----

  Step print_objects(const Targets& targets) {
    const bool single = by_name_ && targets.refs.size() + targets.missing.size() == 1;
    if (replies_.empty() && (single || flags_.is_on("ignore-not-found"))) {
      return finish(Step(), targets);
    }
    // A list that the server refused is nothing to show.
    if (!by_name_ && !targets.missing.empty()) return finish(Step(), targets);
    std::vector<ObjectPtr> objects;
    for (const Reply& reply : replies_) {
      objects.insert(objects.end(), reply.objects.begin(), reply.objects.end());
    }
    Step step;
    if (single) {
      print_form(step, form_, encode(*objects.front()));
      return finish(std::move(step), targets);
    }
    std::string error;
    if (flags_.has("sort-by") && !objects.empty() &&
        !sort(objects, flags_.get("sort-by"), &error)) {
      return fail(error);
    }
    Json items = Json::array();
    for (const ObjectPtr& object : objects) items.push_back(encode(*object));
    print_form(step, form_,
               {{"apiVersion", "v1"},
                {"items", std::move(items)},
                {"kind", "List"},
                {"metadata", {{"resourceVersion", ""}}}});
    return finish(std::move(step), targets);
  }

  // ---- watching ----

  Step begin_watch() {
    const std::string& first = flags_.args.empty() ? std::string() : flags_.args.front();
    if (first == "all" || first.find(',') != std::string::npos) {
      return fail("you may only specify a single resource type");
    }
    const Targets targets = find_targets(call_, flags_, flags_.args);
    if (!targets.error.empty()) return fail(targets.error);
    if (!targets.missing.empty()) return fail(targets.missing.front());
    read(targets);
    if (has_several_kinds()) {
      return fail(
          "watch is only supported on individual resources and resource collections - more than 1 "
          "resource was found");
    }
    std::vector<ObjectPtr> objects;
    for (const Reply& reply : replies_) {
      objects.insert(objects.end(), reply.objects.begin(), reply.objects.end());
    }
    Step step;
    if (flags_.has("sort-by")) {
      warn(step,
           "warning: --watch requested, --sort-by will be ignored for watch events received\n");
      std::string unheard;
      sort(objects, flags_.get("sort-by"), &unheard);
    }
    call_.state.stage = 1;
    call_.state.number = static_cast<std::int64_t>(call_.world.revision());
    // The widths of the columns so far, whose kind it is, and the name of the one object.
    call_.state.notes = {"", std::string(replies_.front().resource->plural),
                         by_name_ ? objects.front()->meta.name.str() : "",
                         by_name_ ? objects.front()->meta.ns.str() : namespace_of(call_, flags_)};
    if (!flags_.is_on("watch-only")) {
      if (form_.is_table()) {
        show_rows(step, objects, "ADDED");
      } else {
        for (const ObjectPtr& object : objects) show_event(step, {"ADDED", object});
      }
    }
    if (step.exit != 0) return step;
    if (objects.size() > 1 && by_name_) {
      warn(step, "error: you may only watch a single resource or type of resource at a time\n");
      step.exit = 1;
      return step;
    }
    return go_on(std::move(step));
  }

  Step go_on(Step step) {
    call_.state.number = static_cast<std::int64_t>(call_.world.revision());
    return keep_watching(call_, std::move(step));
  }

  /// Whether the watch is about an object: by its name, or by the selectors of the list.
  bool is_about(const Object& object) const {
    const std::string& name = call_.state.notes[2];
    const std::string& ns = call_.state.notes[3];
    const bool everywhere = flags_.is_on("all-namespaces") || !info(object.kind).namespaced;
    if (!everywhere && object.meta.ns != ns) return false;
    if (!name.empty()) return object.meta.name == name;
    std::string error;
    const auto labels = parse_selector(flags_.get("selector"), &error);
    const auto fields = parse_field_selector(flags_.get("field-selector"), &error);
    return labels && fields && labels->matches(object.meta.labels) && fields->matches(object);
  }

  void show_event(Step& step, const WatchEvent& event) {
    if (form_.is_table()) return show_rows(step, {event.object}, event.type);
    Json body = encode(*event.object);
    const bool as_event =
        flags_.is_on("output-watch-events") && form_.kind != OutputForm::Kind::Name;
    if (as_event) body = {{"object", std::move(body)}, {"type", std::string(event.type)}};
    ColumnWidths widths = kept_widths();
    OutputForm form = form_;
    form.headers = form_.headers && widths.empty();
    print_form(step, form, body, &widths);
    keep_widths(widths);
  }

  void show_rows(Step& step, const std::vector<ObjectPtr>& objects, std::string_view event) {
    if (objects.empty()) return;
    ColumnWidths widths = kept_widths();
    TableOptions options = table_;
    options.headers = table_.headers && widths.empty();
    if (flags_.is_on("output-watch-events")) options.event = std::string(event);
    say(step, print_table(call_.world, objects, options, &widths));
    keep_widths(widths);
  }

  ColumnWidths kept_widths() const {
    ColumnWidths widths;
    const std::string& text = call_.state.notes[0];
    for (const char* at = text.data(); at < text.data() + text.size();) {
      std::size_t width = 0;
      at = std::from_chars(at, text.data() + text.size(), width).ptr + 1;
      widths.push_back(width);
    }
    return widths;
  }
  void keep_widths(const ColumnWidths& widths) {
    call_.state.notes[0] = fmt::format("{}", fmt::join(widths, " "));
  }

  Call& call_;
  const Flags& flags_;
  OutputForm form_;
  TableOptions table_;
  std::vector<Reply> replies_;
  bool by_name_ = false;
};

/// Whether "ev" is among the kinds of a command line's first word.
bool says_ev(std::string_view word) {
  word = word.substr(0, word.find('/'));
  return fmt::format(",{},", word).find(",ev,") != std::string::npos;
}

/// What kubectl checks before it asks the server.
std::optional<Step> check(const Flags& flags, bool watch) {
  if (flags.has("raw")) {
    if (!flags.args.empty()) return fail("arguments may not be passed when --raw is specified");
    if (watch || flags.has("selector")) {
      return fail(
          "--raw may not be specified with other flags that filter the server request or alter the "
          "output");
    }
    if (flags.has("output")) return fail("--raw and --output are mutually exclusive");
    return std::nullopt;
  }
  if (flags.args.empty() && !flags.has("filename") && !flags.has("kustomize") && !watch) {
    Step step = usage_error("get",
                            "Required resource not specified.\nUse \"kubectl explain <resource>\" "
                            "for a detailed description of that resource (e.g. kubectl explain "
                            "pods).");
    Step whole;
    warn(whole,
         "You must specify the type of resource to get. Use \"kubectl api-resources\" for a "
         "complete list of supported resources.\n\n");
    warn(whole, text_of(step.output));
    whole.exit = 1;
    return whole;
  }
  const std::string output = flags.get("output");
  if (flags.is_on("show-labels") && !output.empty() && output != "wide") {
    return fail(fmt::format("--show-labels option cannot be used with {} printer", output));
  }
  if (flags.is_on("output-watch-events") && !watch) {
    return fail("--output-watch-events option can only be used with --watch or --watch-only");
  }
  return std::nullopt;
}

}  // namespace

Step get(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, flag_set());
  if (!flags.error.empty()) return flag_error("get", flags.error);
  const bool watch = flags.is_on("watch") || flags.is_on("watch-only");
  if (std::optional<Step> wrong = check(flags, watch)) return std::move(*wrong);
  if (flags.has("raw")) return get_raw(call, flags.get("raw"));
  std::string error;
  std::optional<OutputForm> form = output_form_of(call, flags, OutputLanguages::Tables, &error);
  if (!form) return fail(error);
  if (const std::string part = flags.get("subresource"); !part.empty()) {
    const bool named = flags.args.size() > 1 ||
                       (!flags.args.empty() && flags.args.front().find('/') != std::string::npos);
    if (!named) return fail("subresource cannot be used when bulk resources are specified");
    // Of an object's parts, its status is shown as the object is.
    if (part != "status") {
      return fail(ApiError{404, "NotFound", "the server could not find the requested resource"});
    }
  }
  const bool first_call = call.state.stage == 0;
  Get verb(call, flags, std::move(*form));
  Step step = watch ? verb.watch() : verb.list();
  // The one short name that two API groups of a real server claim.
  if (first_call && !flags.args.empty() && says_ev(flags.args.front())) {
    Step whole;
    warn(whole,
         "Warning: short name \"ev\" could also match lower priority resource "
         "events.events.k8s.io\n");
    whole.output.insert(whole.output.end(), step.output.begin(), step.output.end());
    step.output = std::move(whole.output);
  }
  return step;
}

}  // namespace sim::kubectl
