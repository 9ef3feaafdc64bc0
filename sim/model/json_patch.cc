// RFC 6902 as the API server applies it, with the liberties and the words of its library: negative
// indexes count from the end, and "replace" of a key that is not there adds it.
// k8s 1.30 vendor/github.com/evanphx/json-patch: patch.go
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/merge.h"

namespace sim {
namespace {

constexpr std::size_t kMaxOperations = 10000;
constexpr std::size_t kMaxCopyBytes = 3u << 20;
constexpr std::size_t kMaxSteps = 200;  // of a path: a patch must not make a tree without end

constexpr std::string_view kMissing = "missing value";
constexpr std::string_view kBadIndex = "invalid index referenced";

std::string unescape(std::string_view step) {
  std::string key;
  for (std::size_t i = 0; i < step.size(); ++i) {
    const bool escaped =
        step[i] == '~' && i + 1 < step.size() && (step[i + 1] == '0' || step[i + 1] == '1');
    key += !escaped ? step[i] : step[++i] == '0' ? '~' : '/';
  }
  return key;
}

class Patcher {
 public:
  explicit Patcher(Json document) : document_(std::move(document)) {}
  Json take() { return std::move(document_); }
  const std::string& error() const { return error_; }

  bool apply(const Json& operation) {
    operation_ = &operation;
    const auto kind = operation.find("op");
    const std::string op =
        kind != operation.end() && kind->is_string() ? kind->get<std::string>() : "unknown";
    if (op == "add") return add();
    if (op == "remove") return remove();
    if (op == "replace") return replace();
    if (op == "move") return move();
    if (op == "test") return test();
    if (op == "copy") return copy();
    return fail("Unexpected kind: " + op);
  }

 private:
  /// An object or array, and the last step of the path into it.
  struct Spot {
    Json* holder = nullptr;
    std::string key;
  };

  bool add() {
    const std::optional<std::string> path = text("path");
    if (!path) return fail(fmt::format("add operation failed to decode path: {}", kMissing));
    const Spot spot = find(*path);
    if (!spot.holder) {
      return fail(fmt::format("add operation does not apply: doc is missing path: \"{}\": {}",
                              *path, kMissing));
    }
    if (insert(spot, value())) return true;
    return fail(fmt::format("error in add for path: '{}': {}", *path, error_));
  }

  bool remove() {
    const std::optional<std::string> path = text("path");
    if (!path) return fail(fmt::format("remove operation failed to decode path: {}", kMissing));
    const Spot spot = find(*path);
    if (!spot.holder) {
      return fail(fmt::format("remove operation does not apply: doc is missing path: \"{}\": {}",
                              *path, kMissing));
    }
    if (erase(spot)) return true;
    return fail(fmt::format("error in remove for path: '{}': {}", *path, error_));
  }

  bool replace() {
    const std::optional<std::string> path = text("path");
    if (!path) return fail_to_decode("replace", "path");
    if (path->empty()) {
      if (value().is_structured()) document_ = value();
      return true;  // anything else is passed over in silence there
    }
    const Spot spot = find(*path);
    if (!spot.holder) {
      return fail(fmt::format("replace operation does not apply: doc is missing path: {}: {}",
                              *path, kMissing));
    }
    if (spot.holder->is_object()) {
      (*spot.holder)[spot.key] = value();
      return true;
    }
    Json* const item = get(spot);
    if (!item) {
      return fail(fmt::format("replace operation does not apply: doc is missing key: {}: {}", *path,
                              kMissing));
    }
    *item = value();
    return true;
  }

  bool move() {
    const std::optional<std::string> from = text("from");
    if (!from) return fail_to_decode("move", "from");
    const Spot source = find(*from);
    if (!source.holder) {
      return fail(fmt::format("move operation does not apply: doc is missing from path: {}: {}",
                              *from, kMissing));
    }
    Json moved;
    if (const Json* const item = get(source)) {
      moved = *item;
    } else if (source.holder->is_array()) {
      return fail(fmt::format("error in move for path: '{}': {}", source.key, error_));
    }
    if (!erase(source)) {
      return fail(fmt::format("error in move for path: '{}': {}", source.key, error_));
    }
    const std::optional<std::string> path = text("path");
    if (!path) return fail_to_decode("move", "path");
    const Spot spot = find(*path);
    if (!spot.holder) {
      return fail(
          fmt::format("move operation does not apply: doc is missing destination path: {}: {}",
                      *path, kMissing));
    }
    if (insert(spot, std::move(moved))) return true;
    return fail(fmt::format("error in move for path: '{}': {}", *path, error_));
  }

  bool copy() {
    const std::optional<std::string> from = text("from");
    if (!from) return fail_to_decode("copy", "from");
    const Spot source = find(*from);
    if (!source.holder) {
      return fail(fmt::format("copy operation does not apply: doc is missing from path: {}: {}",
                              *from, kMissing));
    }
    Json copied;
    if (const Json* const item = get(source)) {
      copied = *item;
    } else if (source.holder->is_array()) {
      return fail(fmt::format("error in copy for from: '{}': {}", *from, error_));
    }
    const std::optional<std::string> path = text("path");
    if (!path) return fail(fmt::format("copy operation failed to decode path: {}", kMissing));
    const Spot spot = find(*path);
    if (!spot.holder) {
      return fail(
          fmt::format("copy operation does not apply: doc is missing destination path: {}: {}",
                      *path, kMissing));
    }
    copied_ += copied.dump(-1, ' ', false, Json::error_handler_t::replace).size();
    if (copied_ > kMaxCopyBytes) {
      return fail(
          fmt::format("Unable to complete the copy, the accumulated size increase of copy "
                      "is {}, exceeding the limit {}",
                      copied_, kMaxCopyBytes));
    }
    if (insert(spot, std::move(copied))) return true;
    return fail(fmt::format("error while adding value during copy: {}", error_));
  }

  bool test() {
    const std::optional<std::string> path = text("path");
    if (!path) return fail_to_decode("test", "path");
    const Json* found = &document_;
    if (!path->empty()) {
      const Spot spot = find(*path);
      if (!spot.holder) {
        return fail(
            fmt::format("test operation does not apply: is missing path: {}: {}", *path, kMissing));
      }
      found = get(spot);
      if (!found && spot.holder->is_array()) {
        return fail(fmt::format("error in test for path: '{}': {}", *path, error_));
      }
    }
    // What is not there is null.
    if (found ? *found == value() : value().is_null()) return true;
    return fail(fmt::format("testing value {} failed: test failed", *path));
  }

  // ---- paths ----

  Spot find(std::string_view path) {
    std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return {};
    Json* holder = &document_;
    std::size_t steps = 0;
    for (;;) {
      const std::size_t next = path.find('/', slash + 1);
      const std::size_t end = next == std::string_view::npos ? path.size() : next;
      Spot spot{holder, unescape(path.substr(slash + 1, end - slash - 1))};
      if (!holder->is_structured() || ++steps > kMaxSteps) return {};
      if (next == std::string_view::npos) return spot;
      holder = get(spot);
      if (!holder) return {};
      slash = next;
    }
  }

  /// The place of an index in an array, from 0 to `end` inclusive.
  bool index(const Spot& spot, std::size_t end, bool adding, std::size_t* place) {
    std::int64_t number = 0;
    std::string_view digits = spot.key;
    if (!digits.empty() && digits[0] == '+') digits.remove_prefix(1);
    const auto [stop, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (code != std::errc() || stop != digits.data() + digits.size()) {
      const std::string words = fmt::format(
          "strconv.Atoi: parsing \"{}\": {}", spot.key,
          code == std::errc::result_out_of_range ? "value out of range" : "invalid syntax");
      return fail(adding
                      ? fmt::format("value was not a proper array index: '{}': {}", spot.key, words)
                      : words);
    }
    const auto size = static_cast<std::int64_t>(end);
    const std::int64_t from_start = number < 0 ? number + size : number;
    if (from_start < 0 || from_start >= size) {
      return fail(fmt::format("Unable to access invalid index: {}: {}", number, kBadIndex));
    }
    *place = static_cast<std::size_t>(from_start);
    return true;
  }

  /// Null when there is nothing: of an array with an error.
  Json* get(const Spot& spot) {
    if (spot.holder->is_object()) {
      const auto found = spot.holder->find(spot.key);
      return found == spot.holder->end() ? nullptr : &*found;
    }
    std::size_t place = 0;
    if (!index(spot, spot.holder->size(), false, &place)) return nullptr;
    return &(*spot.holder)[place];
  }

  bool insert(const Spot& spot, Json added) {
    Json& holder = *spot.holder;
    if (holder.is_object()) {
      holder[spot.key] = std::move(added);
      return true;
    }
    std::size_t place = holder.size();
    if (spot.key != "-" && !index(spot, holder.size() + 1, true, &place)) return false;
    holder.insert(holder.begin() + static_cast<std::ptrdiff_t>(place), std::move(added));
    return true;
  }

  bool erase(const Spot& spot) {
    if (spot.holder->is_object()) {
      if (spot.holder->erase(spot.key) > 0) return true;
      return fail(fmt::format("Unable to remove nonexistent key: {}: {}", spot.key, kMissing));
    }
    std::size_t place = 0;
    if (!index(spot, spot.holder->size(), false, &place)) return false;
    spot.holder->erase(place);
    return true;
  }

  // ---- the operation ----

  std::optional<std::string> text(const char* field) const {
    const auto found = operation_->find(field);
    if (found == operation_->end() || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
  }
  const Json& value() const {
    static const Json null;
    const auto found = operation_->find("value");
    return found == operation_->end() ? null : *found;
  }
  bool fail_to_decode(std::string_view op, std::string_view field) {
    return fail(fmt::format("{} operation failed to decode {}: operation{} missing {} field: {}",
                            op, field, field == "from" ? "," : "", field, kMissing));
  }
  bool fail(std::string error) {
    error_ = std::move(error);
    return false;
  }

  Json document_;
  const Json* operation_ = nullptr;
  std::size_t copied_ = 0;
  std::string error_;
};

}  // namespace

std::optional<Json> json_patch(const Json& document, const Json& patch, std::string* error) {
  const auto refuse = [&](std::string words) {
    *error = std::move(words);
    return std::nullopt;
  };
  const auto wrong_type = [](const Json& json, std::string_view type) {
    const std::string_view name = json.is_object()    ? "object"
                                  : json.is_array()   ? "array"
                                  : json.is_string()  ? "string"
                                  : json.is_boolean() ? "bool"
                                                      : "number";
    return fmt::format("error decoding patch: json: cannot unmarshal {} into Go value of type {}",
                       name, type);
  };
  if (patch.is_null()) return document;
  if (!patch.is_array()) return refuse(wrong_type(patch, "[]handlers.jsonPatchOp"));
  if (patch.size() > kMaxOperations) {
    return refuse(fmt::format("The allowed maximum operations in a JSON patch is {}, got {}",
                              kMaxOperations, patch.size()));
  }
  for (const Json& operation : patch) {
    if (!operation.is_object()) return refuse(wrong_type(operation, "handlers.jsonPatchOp"));
  }
  Patcher patcher(document);
  for (const Json& operation : patch) {
    if (!patcher.apply(operation)) return refuse(patcher.error());
  }
  return patcher.take();
}

}  // namespace sim
