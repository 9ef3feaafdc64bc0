#include "sim/shell/field_selector.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/model/json.h"

namespace sim::kubectl {
namespace {

/// The fields of a kind beside its name and namespace.
std::vector<std::string_view> fields_of(Kind kind) {
  switch (kind) {
    case Kind::Pod:
      return {"spec.nodeName",
              "spec.restartPolicy",
              "spec.schedulerName",
              "spec.serviceAccountName",
              "spec.hostNetwork",
              "status.phase",
              "status.podIP",
              "status.podIPs",
              "status.nominatedNodeName"};
    case Kind::Node:
      return {"spec.unschedulable"};
    case Kind::Namespace:
      return {"status.phase"};
    case Kind::ReplicaSet:
      return {"status.replicas"};
    case Kind::Event:
      return {"involvedObject.kind",
              "involvedObject.namespace",
              "involvedObject.name",
              "involvedObject.uid",
              "involvedObject.apiVersion",
              "involvedObject.resourceVersion",
              "involvedObject.fieldPath",
              "reason",
              "reportingComponent",
              "source",
              "type"};
    case Kind::Secret:
      return {"type"};
    case Kind::Service:
      return {"spec.clusterIP", "spec.type"};
    case Kind::Job:
      return {"status.successful"};
    default:
      return {};
  }
}

std::string value_at(const Json& object, std::string_view path) {
  const Json* at = &object;
  for (std::string_view rest = path; !rest.empty();) {
    const std::size_t dot = rest.find('.');
    const std::string part(rest.substr(0, dot));
    rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
    if (!at->is_object() || !at->contains(part)) return "";
    at = &(*at)[part];
  }
  if (at->is_array() && !at->empty()) return value_at(at->front(), "ip");
  return at->is_string() ? at->get<std::string>() : at->dump();
}

std::string field_value(const Json& object, const std::string& field) {
  std::string value = value_at(object, field == "source" ? "source.component" : field);
  // An absent truth is a false one, an absent number none.
  if (value.empty() && (field == "spec.hostNetwork" || field == "spec.unschedulable")) {
    return "false";
  }
  if (value.empty() && field == "status.replicas") return "0";
  if (value.empty() && field == "source") return value_at(object, "reportingComponent");
  return value;
}

/// Where an unescaped comma, or the end, is.
std::size_t term_end(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == ',') {
      return i;
    }
  }
  return text.size();
}

/// "\," "\=" and "\\" stand for themselves; a bare "=" or "," may not stand in a value.
bool unescape(std::string_view text, std::string* value) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '=' || text[i] == ',') return false;
    if (text[i] == '\\') {
      ++i;
      if (i == text.size() || (text[i] != '\\' && text[i] != ',' && text[i] != '=')) return false;
    }
    *value += text[i];
  }
  return true;
}

}  // namespace

bool FieldSelector::matches(const Object& object) const {
  Json json;  // made when a field is asked for that has no shorter way
  for (const Term& term : terms) {
    std::string have;
    if (term.field == "metadata.name") {
      have = object.meta.name.str();
    } else if (term.field == "metadata.namespace") {
      have = object.meta.ns.str();
    } else {
      if (json.is_null()) json = encode(object);
      have = field_value(json, term.field);
    }
    if ((have == term.value) != term.equal) return false;
  }
  return true;
}

std::optional<FieldSelector> parse_field_selector(std::string_view text, std::string* error) {
  FieldSelector selector;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = term_end(rest);
    const std::string_view part = rest.substr(0, end);
    rest = rest.substr(std::min(end + 1, rest.size()));
    if (part.empty()) continue;
    const std::size_t sign = std::min(part.find("!="), part.find('='));
    if (sign == std::string_view::npos) {
      *error = fmt::format("invalid selector: '{}'; can't understand '{}'", text, part);
      return std::nullopt;
    }
    FieldSelector::Term term;
    term.field = std::string(part.substr(0, sign));
    term.equal = part[sign] == '=';
    const std::size_t length = !term.equal || part.substr(sign, 2) == "==" ? 2 : 1;
    if (!unescape(part.substr(sign + length), &term.value)) {
      *error = fmt::format("invalid field selector: '{}'; can't understand '{}'", text, part);
      return std::nullopt;
    }
    selector.terms.push_back(std::move(term));
  }
  return selector;
}

std::string unsupported_field(Kind kind, const FieldSelector& selector) {
  const std::vector<std::string_view> fields = fields_of(kind);
  for (const FieldSelector::Term& term : selector.terms) {
    if (term.field == "metadata.name" || term.field == "metadata.namespace") continue;
    if (std::find(fields.begin(), fields.end(), term.field) == fields.end()) return term.field;
  }
  return "";
}

}  // namespace sim::kubectl
