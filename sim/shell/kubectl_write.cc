#include "sim/shell/kubectl_write.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/go_text.h"
#include "sim/model/merge.h"
#include "sim/model/validate.h"
#include "sim/shell/go_print.h"

namespace sim::kubectl {
namespace {

ApiError bad_request(std::string message) { return {400, "BadRequest", std::move(message)}; }

/// An Invalid status about no object in particular. k8s 1.30 kubectl/pkg/cmd/util: checkErr
ApiError request_invalid(std::string_view detail) {
  return {422, "Invalid", fmt::format("The request is invalid: {}", detail)};
}

ApiError invalid_patch(std::string_view value, std::string_view detail) {
  return request_invalid(fmt::format("patch: Invalid value: {}: {}", go_quote(value), detail));
}

/// "strict decoding error: unknown field "spec.foo", …"; empty when nothing was strictly wrong.
std::string strict_error(const std::vector<DecodeError>& errors) {
  std::vector<std::string_view> all;
  for (const DecodeError& error : errors) {
    if (error.strict) all.push_back(error.message);
  }
  if (all.empty()) return "";
  return fmt::format("strict decoding error: {}", fmt::join(all, ", "));
}

/// What made decoding fail altogether.
std::string_view fatal_error(const std::vector<DecodeError>& errors) {
  for (const DecodeError& error : errors) {
    if (!error.strict) return error.message;
  }
  return "";
}

/// The same failure as the converter from maps to structs words it, which the server uses for
/// strategic merge patches. k8s 1.30 apimachinery/pkg/runtime: fromUnstructured
std::string conversion_error(std::string_view message) {
  constexpr std::string_view kStart = "json: cannot unmarshal ";
  const std::size_t into = message.find(" into ");
  const std::size_t of_type = message.rfind(" of type ");
  if (message.substr(0, kStart.size()) != kStart || into == std::string_view::npos ||
      of_type == std::string_view::npos) {
    return std::string(message);
  }
  std::string_view from = message.substr(kStart.size(), into - kStart.size());
  std::string_view to = message.substr(of_type + 9);
  const bool fraction = from.find('.') != std::string_view::npos;
  if (from.substr(0, 6) == "number") from = fraction ? "float64" : "int64";
  if (from == "object") from = "map";
  if (from == "array") from = "slice";
  if (to.substr(0, 1) == "*") to.remove_prefix(1);
  if (to.substr(0, 2) == "[]") return fmt::format("cannot restore slice from {}", from);
  if (to.substr(0, 4) == "map[") return fmt::format("cannot restore map from {}", from);
  if (to.substr(0, 3) == "v1.") return fmt::format("cannot restore struct from: {}", from);
  if (to.find('.') != std::string_view::npos) to = "string";  // a named string type
  const bool number = from == "int64" || from == "float64";
  if (number && to != "bool") return fmt::format("cannot convert {} to {}", from, to);
  return fmt::format("unrecognized type: {}", to);
}

/// A body of POST or PUT as an object.
/// k8s 1.30 apiserver/pkg/endpoints/handlers: transformDecodeError
std::shared_ptr<Object> decode_body(const Json& body, Kind kind, Validation validation,
                                    Answer& answer) {
  const Decoded decoded = decode(body);
  const auto refuse = [&](std::string_view why) {
    answer.error = bad_request(fmt::format("{0} in version \"{1}\" cannot be handled as a {0}: {2}",
                                           info(kind).name, info(kind).version, why));
  };
  if (!decoded.object) {
    refuse(fatal_error(decoded.errors));
    return nullptr;
  }
  const std::string strict = strict_error(decoded.errors);
  if (!strict.empty() && validation == Validation::Strict) {
    refuse(strict);
    return nullptr;
  }
  if (validation == Validation::Warn) {
    for (const DecodeError& error : decoded.errors) answer.warnings.push_back(error.message);
  }
  return copy_of(*decoded.object);
}

/// What the server says when a patch of that kind cannot be applied.
/// k8s 1.30 apiserver/pkg/endpoints/handlers/patch.go: interpretStrategicMergePatchError
ApiError strategic_error(const std::string& error) {
  for (const char* bad : {"invalid JSON document", "strategic merge patch format is not supported",
                          "invalid patch format"}) {
    if (error.find(bad) != std::string::npos) return bad_request(error);
  }
  for (const char* bad : {"lists of lists are not supported", "no elements in any of the given"}) {
    if (error.find(bad) != std::string::npos) {
      return request_invalid("the server rejected our request due to an error in our request");
    }
  }
  return {500, "", error};
}

std::string_view go_kind(const Json& json) {
  if (json.is_string()) return "string";
  if (json.is_boolean()) return "bool";
  if (json.is_array()) return "array";
  if (json.is_object()) return "object";
  if (json.is_null()) return "null";
  return "number";
}

std::optional<Json> apply_patch(const Json& document, const Json& patch, PatchType type, Kind kind,
                                std::optional<ApiError>& refused) {
  std::string error;
  const std::string not_a_map = fmt::format(
      "json: cannot unmarshal {} into Go value of type map[string]interface {{}}", go_kind(patch));
  switch (type) {
    case PatchType::Strategic: {
      if (!patch.is_object()) {
        refused = bad_request(not_a_map);
        return std::nullopt;
      }
      std::optional<Json> made = strategic_merge(document, patch, kind, &error);
      if (!made) refused = strategic_error(error);
      return made;
    }
    case PatchType::Merge:
      if (!patch.is_object()) {
        refused = bad_request("error decoding patch: " + not_a_map);
        return std::nullopt;
      }
      return merge_patch(document, patch);
    case PatchType::Json: {
      const auto wrong =
          std::find_if(patch.begin(), patch.end(), [](const Json& op) { return !op.is_object(); });
      if (!patch.is_array() || wrong != patch.end()) {
        refused = bad_request(fmt::format(
            "json: cannot unmarshal {} into Go value of type jsonpatch.{}",
            go_kind(patch.is_array() ? *wrong : patch), patch.is_array() ? "Operation" : "Patch"));
        return std::nullopt;
      }
      std::optional<Json> made = json_patch(document, patch, &error);
      if (!made) {
        refused = request_invalid("the server rejected our request due to an error in our request");
      }
      return made;
    }
  }
  return std::nullopt;
}

Answer answered(Ref ref, ApiResult result) {
  Answer answer;
  answer.error = std::move(result.error);
  answer.ref = ref;
  answer.object = std::move(result.object);
  answer.changed = result.changed;
  return answer;
}

/// What names an object may not change. k8s 1.30 apimachinery/pkg/api/validation:
/// ValidateObjectMetaAccessorUpdate
std::optional<ApiError> check_name(const Object& before, const Object& after) {
  if (before.meta.name == after.meta.name) return std::nullopt;
  return ApiError{
      422, "Invalid",
      invalid_message(after.kind, after.meta.name,
                      {{fmt::format("metadata.name: Invalid value: {}: field is immutable",
                                    go_quote(after.meta.name))}})};
}

/// autoscaling/v1 Scale of a workload.
Json scale_of(const Json& object) {
  Json scale = {{"apiVersion", "autoscaling/v1"}, {"kind", "Scale"}};
  for (const char* key : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
    if (object["metadata"].contains(key)) scale["metadata"][key] = object["metadata"][key];
  }
  scale["spec"]["replicas"] = object["spec"].value("replicas", 1);
  scale["status"]["replicas"] = object["status"].value("replicas", 0);
  return scale;
}

Answer patch_scale(Call& call, Ref ref, const ObjectPtr& before, const Json& patch, PatchType type,
                   const WriteOptions& options) {
  Answer answer;
  answer.ref = ref;
  if (ref.kind != Kind::Deployment && ref.kind != Kind::ReplicaSet &&
      ref.kind != Kind::StatefulSet) {
    answer.error = {404, "NotFound", "the server could not find the requested resource"};
    return answer;
  }
  Json document = encode(*before);
  // A Scale has no lists: a strategic patch of it is a merge patch.
  const PatchType as = type == PatchType::Strategic ? PatchType::Merge : type;
  const std::optional<Json> scale =
      apply_patch(scale_of(document), patch, as, ref.kind, answer.error);
  if (!scale) return answer;
  const Json* spec = scale->contains("spec") ? &(*scale)["spec"] : nullptr;
  const Json replicas =
      spec && spec->is_object() && spec->contains("replicas") ? (*spec)["replicas"] : Json(0);
  if (!replicas.is_number_integer()) {
    answer.error = invalid_patch(go_print(patch), "unrecognized type: int32");
    return answer;
  }
  document["spec"]["replicas"] = replicas;
  Answer written = replace_json(call, ref, document, options);
  if (!written.error) {
    written.shown = std::make_shared<const Json>(scale_of(encode(*written.object)));
  }
  return written;
}

}  // namespace

ObjectPtr current_object(const Call& call, Ref ref) {
  if (ObjectPtr pending = call.plan.pending(ref)) return pending;
  return call.world.store().share(ref);
}

std::optional<Ref> find_object(const Call& call, Kind kind, std::string_view ns,
                               std::string_view name) {
  const std::string_view where = info(kind).namespaced ? ns : std::string_view();
  std::optional<Ref> found;
  if (const Id id = call.world.store().find(kind, where, name); id != 0) found = Ref{kind, id};
  for (const Write& write : call.plan.writes) {
    if (found && write.ref == *found && write.op == Write::Op::Erase) found.reset();
    if (write.op == Write::Op::Create && write.ref.kind == kind &&
        write.object->meta.name == name && write.object->meta.ns == where) {
      found = write.ref;
    }
  }
  return found;
}

Answer create_object(Call& call, std::shared_ptr<Object> object, const WriteOptions& options) {
  const Kind kind = object->kind;
  ApiResult result =
      api_create(call.world, call.plan, std::move(object), options.why, options.dry_run);
  const Ref ref{kind, result.id};
  return answered(ref, std::move(result));
}

Answer create_json(Call& call, const Json& body, const WriteOptions& options) {
  Answer answer;
  const std::optional<Kind> kind = type_of(body).known;
  if (!kind) {
    answer.error = {404, "NotFound", "the server could not find the requested resource"};
    return answer;
  }
  std::shared_ptr<Object> object = decode_body(body, *kind, options.validation, answer);
  if (!object) return answer;
  Answer created = create_object(call, std::move(object), options);
  created.warnings = std::move(answer.warnings);
  return created;
}

Answer replace_json(Call& call, Ref ref, const Json& body, const WriteOptions& options) {
  Answer answer;
  answer.ref = ref;
  std::shared_ptr<Object> object = decode_body(body, ref.kind, options.validation, answer);
  if (!object) return answer;
  Answer written = answered(
      ref, api_update(call.world, call.plan, ref, std::move(object), options.why, options.dry_run));
  written.warnings = std::move(answer.warnings);
  return written;
}

Answer patch_json(Call& call, Ref ref, const Json& patch, PatchType type,
                  std::string_view subresource, const WriteOptions& options) {
  Answer answer;
  answer.ref = ref;
  const ObjectPtr before = current_object(call, ref);
  if (!before) {
    answer.error = not_found(ref.kind, "");
    return answer;
  }
  if (subresource == "scale") return patch_scale(call, ref, before, patch, type, options);
  const Json document = encode(*before);
  if (!subresource.empty() && (subresource != "status" || !document.contains("status"))) {
    answer.error = {404, "NotFound", "the server could not find the requested resource"};
    return answer;
  }
  std::optional<Json> patched = apply_patch(document, patch, type, ref.kind, answer.error);
  if (!patched) return answer;
  const std::string shown = type == PatchType::Strategic ? go_print(patch) : go_json(*patched);
  if (type_of(*patched).known != ref.kind) {
    answer.error = bad_request(fmt::format("{} in version \"{}\" cannot be handled as a {}",
                                           type_of(*patched).kind, type_of(*patched).api_version,
                                           info(ref.kind).name));
    return answer;
  }
  const Decoded decoded = decode(*patched);
  if (!decoded.object) {
    const std::string_view why = fatal_error(decoded.errors);
    answer.error = invalid_patch(
        shown, type == PatchType::Strategic ? conversion_error(why) : std::string(why));
    return answer;
  }
  const std::string strict = strict_error(decoded.errors);
  if (!strict.empty() && options.validation == Validation::Strict) {
    answer.error = invalid_patch(shown, strict);
    return answer;
  }
  if (options.validation == Validation::Warn) {
    for (const DecodeError& error : decoded.errors) answer.warnings.push_back(error.message);
  }
  answer.error = check_name(*before, *decoded.object);
  if (answer.error) return answer;
  std::shared_ptr<Object> after = copy_of(*decoded.object);
  Answer written;
  // Times are stored with whole seconds only when they are written, so that a status that has come
  // back as it was is not one that has changed.
  if (subresource == "status" && (*patched)["status"] == document["status"]) {
    written.ref = ref;
    written.object = before;
  } else if (subresource == "status") {
    Plan unused;
    Plan& plan = options.dry_run ? unused : call.plan;
    written =
        answered(ref, api_update_status(call.world, plan, ref, std::move(after), options.why));
  } else {
    written = answered(ref, api_update(call.world, call.plan, ref, std::move(after), options.why,
                                       options.dry_run));
  }
  written.warnings = std::move(answer.warnings);
  return written;
}

}  // namespace sim::kubectl
