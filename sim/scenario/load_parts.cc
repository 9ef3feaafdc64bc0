#include "sim/scenario/load_parts.h"

#include <algorithm>

#include "sim/base/format.h"
#include "sim/graph/codes.h"
#include "sim/world/condition.h"

namespace sim {
namespace {

constexpr int kMaxDepth = 20;  // of not/all/any

StringMap read_map(const Cursor& section) {
  StringMap map;
  for (const auto& [key, value] : section.members()) map.set(Str(key), Str(value.string()));
  return map;
}

/// What people are to read.
std::string words(const Cursor& value) {
  std::string text = value.lines();
  const bool is_text = value.is_string() || value.is_array();
  if (is_text && text.find_first_not_of(" \n\t") == std::string::npos) {
    value.error("there are no words in this text", "say something, or leave the key out");
  }
  return text;
}

/// Some text that another one must contain.
std::string part_of_text(const Cursor& value) {
  std::string text = value.lines();
  if (text.empty() && (value.is_string() || value.is_array())) {
    value.error("the empty text is in every text", "what must be there, or \"is\": \"\" for none");
  }
  return text;
}

}  // namespace

Text PartReader::text(const Cursor& value) const {
  Text made;
  if (!value) return made;
  if (!value.is_object()) {
    made.en = words(value);
    if (promises("ko")) {
      value.error("the Korean text is missing, which meta.locales promises",
                  "{\"en\": …, \"ko\": …}");
    }
    return made;
  }
  value.keys({"en", "ko"}, {"en"});
  made.en = words(value["en"]);
  made.ko = words(value["ko"]);
  if (promises("ko") && !value["ko"]) {
    value.error("the Korean text is missing, which meta.locales promises", "add \"ko\"");
  }
  return made;
}
bool PartReader::promises(std::string_view locale) const {
  return std::find(scenario_.locales.begin(), scenario_.locales.end(), locale) !=
         scenario_.locales.end();
}

std::string PartReader::pod_reference(const Cursor& value) const {
  const std::string name = value.string();
  if (value.is_string()) known_reference(value, name);
  return name;
}

void PartReader::known_reference(const Cursor& at, const std::string& name) const {
  if (scenario_.refs.count(name) != 0) return;
  std::vector<std::string> names;
  for (const auto& [ref, unused] : scenario_.refs) names.push_back(ref);
  std::string otherwise = fmt::format("name the pod under \"refs\": \"{}\": {{\"pod\": …}}", name);
  if (!names.empty()) otherwise += fmt::format("; there are {}", fmt::join(names, ", "));
  at.error(fmt::format("there is no reference \"{}\"", name), hint_for(name, names, otherwise));
}

std::string PartReader::absolute_path(const Cursor& value) const {
  const std::string path = value.string();
  if (value.is_string() && (path.empty() || path.front() != '/')) {
    value.error(fmt::format("\"{}\" is no absolute path", path), "begin it with \"/\"");
  }
  return path;
}

std::string PartReader::why_code(const Cursor& value) const {
  const std::string code = value.string();
  if (!value.is_string() || parse_why_code(code)) return code;
  value.error(fmt::format("unknown code \"{}\"", code), hint_for(code, why_code_names()));
  return code;
}

Expectation PartReader::read_expectation(const Cursor& value, int depth) const {
  Expectation made;
  made.pointer = value.pointer();
  if (!value) return made;
  if (depth > kMaxDepth) {
    value.error("too deep", fmt::format("at most {} levels of not, all and any", kMaxDepth));
    return made;
  }
  if (!value.keys({"id", "text", "within", "hold", "sees", "why", "object", "event", "output",
                   "not", "all", "any"})) {
    return made;
  }
  if (value["id"]) made.id = value["id"].slug();
  made.text = text(value["text"]);
  made.within = value["within"].duration({});
  made.hold = value["hold"].duration({});
  const std::string kind = value.exactly_one(
      {"sees", "why", "object", "event", "output", "not", "all", "any"}, "predicate");
  const Cursor body = value[kind];
  if (kind == "sees") read_sees(body, &made);
  if (kind == "why") {
    made.kind = Expectation::Kind::Why;
    if (body.keys({"pod", "container", "path", "code"}, {"pod", "path", "code"})) {
      made.pod = pod_reference(body["pod"]);
      made.container = body["container"].string();
      made.path = absolute_path(body["path"]);
      made.code = why_code(body["code"]);
    }
  }
  if (kind == "object") read_object(body, &made);
  if (kind == "event") {
    made.kind = Expectation::Kind::HasEvent;
    if (body.keys({"reason", "about", "contains"}, {"reason"})) {
      made.reason = body["reason"].string();
      made.about = body["about"].string();
      if (body["contains"]) made.contains = part_of_text(body["contains"]);
    }
  }
  if (kind == "output") {
    made.kind = Expectation::Kind::Printed;
    if (body.keys({"is", "contains", "exit"})) {
      if (body["is"]) made.equals = body["is"].lines();
      if (body["contains"]) made.contains = part_of_text(body["contains"]);
      if (body["exit"]) made.exit = body["exit"].integer(0, 255, 0);
      if (body.json().empty())
        body.error("nothing is expected of the output", "\"is\", \"contains\" or \"exit\"");
    }
  }
  if (kind == "not") {
    made.kind = Expectation::Kind::Not;
    made.parts.push_back(read_expectation(body, depth + 1));
  }
  if (kind == "all" || kind == "any") {
    made.kind = kind == "all" ? Expectation::Kind::All : Expectation::Kind::Any;
    for (const Cursor& part : body.items()) {
      made.parts.push_back(read_expectation(part, depth + 1));
    }
    if (body.is_array() && made.parts.empty()) body.error("nothing to hold", "at least one part");
  }
  return made;
}

void PartReader::read_sees(const Cursor& body, Expectation* made) const {
  made->kind = Expectation::Kind::Sees;
  if (!body.keys({"path", "container", "pods", "others", "every"}, {"path"})) return;
  made->path = absolute_path(body["path"]);
  made->container = body["container"].string();
  for (const auto& [name, sees] : body["pods"].members()) {
    known_reference(sees, name);
    made->pods.emplace_back(name, sees.boolean(true));
  }
  if (body["others"]) made->others = body["others"].boolean(false);
  if (const Cursor every = body["every"];
      every && every.keys({"namespace", "labels", "is"}, {"is"})) {
    made->every = Expectation::Every{every["namespace"].string(), read_map(every["labels"]),
                                     every["is"].boolean(true)};
  }
  if (!body["pods"] && !made->every) {
    body.error("which pods?", "\"pods\": {\"first\": true} or \"every\": {…}");
  }
}

void PartReader::read_object(const Cursor& body, Expectation* made) const {
  made->kind = Expectation::Kind::HasObject;
  if (!body.keys({"kind", "namespace", "name", "labels", "match", "count"}, {"kind"})) return;
  made->object_kind = body["kind"].string();
  if (!api_kind_named(made->object_kind) && body["kind"].is_string()) {
    const std::optional<Kind> meant = kind_called(made->object_kind);
    body["kind"].error(
        fmt::format("unknown kind \"{}\"", made->object_kind),
        hint_for(meant ? std::string(info(*meant).name) : made->object_kind, api_kind_names()));
  }
  made->ns = body["namespace"].string();
  made->name = body["name"].string();
  made->labels = read_map(body["labels"]);
  if (const Cursor match = body["match"]) {
    if (!match.is_object()) match.error("this matches nothing", "a part of an object: {…}");
    made->match = std::make_shared<const Json>(match.json());
  }
  if (body["count"]) made->count = body["count"].integer(0, 1000000, 0);
}

}  // namespace sim
