// Finding what a jsonpath expression selects. k8s 1.32 client-go/util/jsonpath
#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/go_text.h"
#include "sim/shell/go_print.h"
#include "sim/shell/jsonpath_tree.h"
#include "sim/shell/kubectl_write.h"
#include "sim/shell/output_format.h"

namespace sim::kubectl {
namespace {

constexpr std::size_t kMostValues = 1 << 20;  // that one expression may select on its way
constexpr std::size_t kLongestText = 64u << 20;

using Node = JsonPathNode;
using Nodes = JsonPath;

// ---- comparing, k8s 1.30 client-go/third_party/forked/golang/template ----

enum class Basic { None, Bool, Int, Float, String };

Basic basic(const Json& value) {
  if (value.is_boolean()) return Basic::Bool;
  if (value.is_number_float()) return Basic::Float;
  if (value.is_number()) return Basic::Int;
  if (value.is_string()) return Basic::String;
  return Basic::None;
}

constexpr std::string_view kBadType = "invalid type for comparison";
constexpr std::string_view kBadPair = "incompatible types for comparison";

/// Less than, equal or greater; `wrong` says why two values cannot be compared.
int compare(const Json& left, const Json& right, bool ordered, std::string_view* wrong) {
  const Basic kind = basic(left);
  if (kind == Basic::None || basic(right) == Basic::None) {
    *wrong = kBadType;
  } else if (kind != basic(right)) {
    *wrong = kBadPair;
  } else if (ordered && kind == Basic::Bool) {
    *wrong = kBadType;
  } else {
    return left < right ? -1 : right < left ? 1 : 0;
  }
  return 0;
}

// ---- finding ----

using Values = std::vector<const Json*>;

class Finder {
 public:
  Finder(const Nodes& root, bool allow_missing, std::string* error)
      : root_(root), allow_missing_(allow_missing), error_(error) {}

  /// What each part of the template selects.
  bool find(const Json* data, std::size_t from, std::vector<Values>* results) {
    const Values current = data ? Values{data} : Values();
    for (std::size_t i = from; i < root_.size(); ++i) {
      Values found;
      if (!walk(current, root_[i], &found)) return false;
      if (end_range_ > 0 && end_range_ <= in_range_) {
        --end_range_;
        last_end_ = i;
        return true;
      }
      if (begin_range_ == 0) {
        results->push_back(std::move(found));
        continue;
      }
      --begin_range_;
      if (++in_range_ > kDeepestJsonPath) return fail("ranges are nested too deeply");
      // Without a value the range is still gone through, to find its end.
      std::vector<Values> unused;
      if (found.empty() && !find(nullptr, i + 1, &unused)) return false;
      for (const Json* value : found) {
        if (!find(value, i + 1, results)) return false;
      }
      --in_range_;
      if (last_end_ != kNone && last_end_ > i) i = last_end_;
    }
    return true;
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  bool fail(std::string message) {
    *error_ = std::move(message);
    return false;
  }

  bool add(Values* values, const Json* value) {
    if (++selected_ > kMostValues) return fail("the expression selects too much");
    values->push_back(value);
    return true;
  }

  bool walk_all(Values input, const Nodes& nodes, Values* found) {
    for (const Node& node : nodes) {
      Values next;
      if (!walk(input, node, &next)) {
        *found = std::move(input);
        return false;
      }
      input = std::move(next);
    }
    *found = std::move(input);
    return true;
  }

  bool walk(const Values& input, const Node& node, Values* found) {
    switch (node.type) {
      case Node::Type::List:
        return walk_all(input, node.branches.front(), found);
      case Node::Type::Literal:
        if (node.once) return add(found, node.literal.get());
        for (std::size_t i = 0; i < input.size(); ++i) {
          if (!add(found, node.literal.get())) return false;
        }
        return true;
      case Node::Type::Field:
        return find_field(input, node, found);
      case Node::Type::Slice:
        return find_slice(input, node, found);
      case Node::Type::Filter:
        return filter(input, node, found);
      case Node::Type::Wildcard:
        for (const Json* value : input) {
          if (!add_parts(*value, found)) return false;
        }
        return true;
      case Node::Type::Recursive:
        return descend(input, found, 0);
      case Node::Type::Union:
        for (const Nodes& branch : node.branches) {
          Values part;
          if (!walk_all(input, branch, &part)) return false;
          found->insert(found->end(), part.begin(), part.end());
        }
        return true;
      case Node::Type::Identifier:
        return identify(input, node, found);
    }
    return true;
  }

  bool identify(const Values& input, const Node& node, Values* found) {
    if (node.text == "range") {
      ++begin_range_;
      *found = input;
      return true;
    }
    if (node.text != "end") return fail("unrecognized identifier " + node.text);
    if (in_range_ == 0) return fail("not in range, nothing to end");
    ++end_range_;
    return true;
  }

  bool find_field(const Values& input, const Node& node, Values* found) {
    if (input.empty()) return true;
    for (const Json* value : input) {
      if (!value->is_object()) continue;
      const auto at = value->find(node.text);
      if (at != value->end() && !add(found, &*at)) return false;
    }
    if (found->empty() && !allow_missing_) return fail(node.text + " is not found");
    return true;
  }

  bool find_slice(const Values& input, const Node& node, Values* found) {
    for (const Json* value : input) {
      if (value->is_null()) continue;
      if (!value->is_array()) {
        return fail(fmt::format("{} is not array or slice", go_type_name(*value)));
      }
      const auto length = static_cast<std::int64_t>(value->size());
      std::int64_t from = node.bounds[0].known ? node.bounds[0].value : 0;
      if (from < 0) from += length;
      std::int64_t to = node.bounds[1].known ? node.bounds[1].value : length;
      if (to < 0 || (to == 0 && node.bounds[1].derived)) to += length;
      if (to == from) return true;  // nothing asked for is no mistake, and ends the search
      if (from >= length || from < 0) return out_of_bounds(from, length);
      if (to > length || to < 0) return out_of_bounds(to - 1, length);
      if (from > to) {
        return fail(fmt::format("starting index {} is greater than ending index {}", from, to));
      }
      std::int64_t step = 1;
      if (node.bounds[2].known) {
        if (node.bounds[2].value <= 0) return fail("step must be > 0");
        step = std::min(node.bounds[2].value, length);
      }
      for (std::int64_t i = from; i < to; i += step) {
        if (!add(found, &(*value)[static_cast<std::size_t>(i)])) return false;
      }
    }
    return true;
  }

  bool out_of_bounds(std::int64_t index, std::int64_t length) {
    return fail(fmt::format("array index out of bounds: index {}, length {}", index, length));
  }

  /// The values of a map, the items of a list, the bytes of a text.
  bool add_parts(const Json& value, Values* found) {
    if (value.is_string()) {
      for (const char c : value.get_ref<const std::string&>()) {
        made_.emplace_back(static_cast<unsigned char>(c));
        if (!add(found, &made_.back())) return false;
      }
      return true;
    }
    if (!value.is_structured()) return true;
    for (const Json& part : value) {
      if (!add(found, &part)) return false;
    }
    return true;
  }

  bool descend(const Values& input, Values* found, int depth) {
    if (depth > 1000) return fail("the object is nested too deeply");
    for (const Json* value : input) {
      Values parts;
      if (!add_parts(*value, &parts)) return false;
      if (parts.empty()) continue;
      if (!add(found, value)) return false;
      if (value->is_structured() && !descend(parts, found, depth + 1)) return false;
    }
    return true;
  }

  bool filter(const Values& input, const Node& node, Values* found) {
    for (const Json* value : input) {
      if (!value->is_array()) {
        return fail(
            fmt::format("{} is not array or slice and cannot be filtered", go_print(*value)));
      }
      for (const Json& item : *value) {
        Values lefts;
        const bool ok = walk_all({&item}, node.branches[0], &lefts);
        if (node.text == "exists") {
          if (!lefts.empty() && !add(found, &item)) return false;
          continue;
        }
        if (!ok) return false;
        if (lefts.empty()) continue;
        Values rights;
        if (lefts.size() == 1 && !walk_all({&item}, node.branches[1], &rights)) return false;
        if (lefts.size() > 1 || rights.size() > 1) {
          return fail("can only compare one element at a time");
        }
        if (rights.empty()) continue;
        bool pass = false;
        if (!passes(*lefts.front(), node.text, *rights.front(), &pass)) return false;
        if (pass && !add(found, &item)) return false;
      }
    }
    return true;
  }

  bool passes(const Json& left, const std::string& sign, const Json& right, bool* pass) {
    const bool equality = sign == "==" || sign == "!=";
    if (!equality && sign != "<" && sign != "<=" && sign != ">" && sign != ">=") {
      return fail("unrecognized filter operator " + sign);
    }
    std::string_view wrong;
    const int order = compare(left, right, !equality, &wrong);
    if (!wrong.empty()) return fail(std::string(wrong));
    *pass = sign == "=="   ? order == 0
            : sign == "!=" ? order != 0
            : sign == "<"  ? order < 0
            : sign == "<=" ? order <= 0
            : sign == ">"  ? order > 0
                           : order >= 0;
    return true;
  }

  const Nodes& root_;
  bool allow_missing_;
  std::string* error_;
  std::deque<Json> made_;
  std::size_t selected_ = 0;
  int begin_range_ = 0;
  int in_range_ = 0;
  int end_range_ = 0;
  std::size_t last_end_ = kNone;
};

/// kubectl's report of an expression that failed on an object.
std::string failure(std::string_view expression, const Json& object, std::string_view why) {
  return fmt::format(
      "error executing jsonpath {}: Error executing template: {}. Printing more information for "
      "debugging the template:\n\ttemplate was:\n\t\t{}\n\tobject given to jsonpath engine "
      "was:\n\t\t{}\n\n",
      go_quote(expression), why, expression, go_syntax(object));
}

/// An expression at work on an object. The results point into it and into the object.
class Evaluation {
 public:
  /// On failure `error` has kubectl's whole text.
  bool run(std::string_view expression, const Json& object, bool allow_missing,
           std::string* error) {
    std::string why;
    if (!parse_jsonpath(expression, &root_, &why)) {
      *error = fmt::format("error parsing jsonpath {}, {}", expression, why);
      return false;
    }
    finder_.emplace(root_, allow_missing, &why);
    if (!finder_->find(&object, 0, &results_)) {
      *error = failure(expression, object, why);
      return false;
    }
    return true;
  }
  const std::vector<Values>& results() const { return results_; }

 private:
  Nodes root_;
  std::optional<Finder> finder_;
  std::vector<Values> results_;
};

}  // namespace

std::optional<std::string> jsonpath(std::string_view expression, const Json& object,
                                    std::string* error, bool allow_missing) {
  Evaluation evaluation;
  if (!evaluation.run(expression, object, allow_missing, error)) return std::nullopt;
  std::string text;
  for (const Values& values : evaluation.results()) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) text += ' ';
      const Json& value = *values[i];
      if (text.size() > kLongestText) {
        *error = "the result is too long";
        return std::nullopt;
      }
      if (value.is_structured()) {
        text += go_json(value);
      } else {
        text += value.is_null() ? "null" : go_print(value);
      }
    }
  }
  return text;
}

std::optional<std::string> jsonpath_as_json(std::string_view expression, const Json& object,
                                            std::string* error, bool allow_missing) {
  Evaluation evaluation;
  if (!evaluation.run(expression, object, allow_missing, error)) return std::nullopt;
  std::string text;
  for (const Values& values : evaluation.results()) {
    Json list = Json::array();
    for (const Json* value : values) list.push_back(*value);
    text += to_json_text(list) + "\n";
    if (text.size() > kLongestText) {
      *error = "the result is too long";
      return std::nullopt;
    }
  }
  return text;
}

std::optional<std::string> relaxed_jsonpath(std::string_view path, std::string* error) {
  if (path.empty()) return std::string();
  std::string_view inside = path;
  const bool braced = inside.size() > 2 && inside.front() == '{' && inside.back() == '}';
  if (braced) inside = inside.substr(1, inside.size() - 2);
  if (!inside.empty() && inside.front() == '.' && inside.size() > 1) inside.remove_prefix(1);
  if (inside.empty() || inside.find_first_of("{}") != std::string_view::npos) {
    *error =
        "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or "
        "'{.name1.name2}'";
    return std::nullopt;
  }
  return fmt::format("{{.{}}}", inside);
}

std::optional<std::vector<Json>> jsonpath_values(std::string_view expression, const Json& object,
                                                 std::string* error) {
  const std::optional<std::string> path = relaxed_jsonpath(expression, error);
  if (!path) return std::nullopt;
  std::string why;
  Nodes root;
  if (!parse_jsonpath(*path, &root, &why)) {
    *error = why;
    return std::nullopt;
  }
  Finder finder(root, true, &why);
  std::vector<Values> results;
  if (!finder.find(&object, 0, &results)) {
    *error = why;
    return std::nullopt;
  }
  std::vector<Json> values;
  for (const Values& found : results) {
    for (const Json* value : found) values.push_back(*value);
  }
  return values;
}

}  // namespace sim::kubectl
