// -o custom-columns and --sort-by. k8s 1.32 kubectl/pkg/cmd/get: customcolumn, sorter
#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "sim/base/format.h"
#include "sim/model/quantity.h"
#include "sim/shell/go_print.h"
#include "sim/shell/output_format.h"

namespace sim::kubectl {
namespace {

constexpr std::size_t kMostColumns = 1000;

struct Column {
  std::string header;
  std::string path;  // a whole jsonpath: "{.metadata.name}"
};

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  constexpr std::string_view kSpaces = " \t\r\n\v\f";
  for (;;) {
    line.remove_prefix(std::min(line.find_first_not_of(kSpaces), line.size()));
    if (line.empty()) return words;
    const std::size_t end = std::min(line.find_first_of(kSpaces), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

std::optional<std::vector<Column>> read_columns(std::string_view spec, std::string* error) {
  std::vector<Column> columns;
  for (;;) {
    const std::size_t comma = spec.find(',');
    const std::string_view part = spec.substr(0, comma);
    const std::size_t colon = part.find(':');
    if (colon == std::string_view::npos) {
      *error = fmt::format("unexpected custom-columns spec: {}, expected <header>:<json-path-expr>",
                           part);
      return std::nullopt;
    }
    const std::optional<std::string> path = relaxed_jsonpath(part.substr(colon + 1), error);
    if (!path) return std::nullopt;
    columns.push_back({std::string(part.substr(0, colon)), *path});
    if (columns.size() > kMostColumns) {
      *error = "there are too many custom columns";
      return std::nullopt;
    }
    if (comma == std::string_view::npos) return columns;
    spec.remove_prefix(comma + 1);
  }
}

/// Escape sequences would reach the terminal.
std::string escape_terminal(std::string text) {
  for (std::size_t at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b', at)) {
    text.replace(at, 1, "^[");
  }
  return text;
}

// ---- sorting ----

/// Whether one value stands before another; values of different types have no order.
bool value_less(const Json& a, const Json& b) {
  if (a.is_null() || b.is_null()) return a.is_null() && !b.is_null();
  if (a.is_string() && b.is_string()) {
    const std::string& left = a.get_ref<const std::string&>();
    const std::string& right = b.get_ref<const std::string&>();
    const std::optional<Quantity> left_amount = Quantity::parse(left);
    const std::optional<Quantity> right_amount =
        left_amount ? Quantity::parse(right) : std::nullopt;
    if (right_amount) return *left_amount < *right_amount;
    return natural_less(left, right);
  }
  const bool floats = a.is_number_float();
  if (a.is_number() && b.is_number() && floats == b.is_number_float()) return a < b;
  return false;
}

}  // namespace

std::optional<std::string> custom_columns_spec(std::string_view file, std::string* error) {
  constexpr std::string_view kExpected =
      "Expected format is one line of space separated headers, one line of space separated column "
      "specs.";
  if (file.empty()) {
    *error = fmt::format("invalid template, missing header line. {}", kExpected);
    return std::nullopt;
  }
  const std::size_t end = file.find('\n');
  if (end == std::string_view::npos || end + 1 == file.size()) {
    *error = fmt::format("invalid template, missing spec line. {}", kExpected);
    return std::nullopt;
  }
  const std::vector<std::string_view> headers = words_of(file.substr(0, end));
  const std::string_view rest = file.substr(end + 1);
  const std::vector<std::string_view> paths = words_of(rest.substr(0, rest.find('\n')));
  if (headers.size() != paths.size()) {
    *error = fmt::format("number of headers ({}) and field specifications ({}) don't match",
                         headers.size(), paths.size());
    return std::nullopt;
  }
  std::string spec;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (i > 0) spec += ',';
    spec += fmt::format("{}:{}", headers[i], paths[i]);
  }
  return spec;
}

std::optional<std::string> custom_columns(std::string_view spec, const std::vector<Json>& objects,
                                          bool headers, std::string* error, ColumnWidths* widths) {
  const std::optional<std::vector<Column>> columns = read_columns(spec, error);
  if (!columns) return std::nullopt;
  std::string rows;
  for (std::size_t i = 0; headers && i < columns->size(); ++i) {
    if (i > 0) rows += '\t';
    rows += (*columns)[i].header;
  }
  if (headers) rows += '\n';
  for (const Json& object : objects) {
    for (std::size_t i = 0; i < columns->size(); ++i) {
      if (i > 0) rows += '\t';
      const auto values = jsonpath_values((*columns)[i].path, object, error);
      if (!values) return std::nullopt;
      if (values->empty()) rows += "<none>";
      for (std::size_t k = 0; k < values->size(); ++k) {
        if (k > 0) rows += ',';
        rows += escape_terminal(go_print((*values)[k]));
      }
    }
    rows += '\n';
  }
  return align_table(rows, widths);
}

bool natural_less(std::string_view a, std::string_view b) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto skip = [&](std::string_view text, std::size_t* at, auto wanted) {
    const std::size_t from = *at;
    while (*at < text.size() && wanted(text[*at])) ++*at;
    return text.substr(from, *at - from);
  };
  const auto is_zero = [](char c) { return c == '0'; };
  std::size_t i = 0;
  std::size_t k = 0;
  while (i < a.size() && k < b.size()) {
    const bool digit = is_digit(a[i]);
    if (digit != is_digit(b[k])) return digit;
    if (!digit) {
      if (a[i] != b[k]) {
        return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[k]);
      }
      ++i;
      ++k;
      continue;
    }
    const std::size_t zeros_a = skip(a, &i, is_zero).size();
    const std::size_t zeros_b = skip(b, &k, is_zero).size();
    const std::string_view number_a = skip(a, &i, is_digit);
    const std::string_view number_b = skip(b, &k, is_digit);
    if (number_a.size() != number_b.size()) return number_a.size() < number_b.size();
    if (number_a != number_b) return number_a < number_b;
    if (zeros_a != zeros_b) return zeros_a < zeros_b;
  }
  return a.size() < b.size();
}

std::optional<std::vector<std::size_t>> sorted_order(std::string_view path,
                                                     const std::vector<Json>& objects,
                                                     std::string* error) {
  const std::optional<std::string> field = relaxed_jsonpath(path, error);
  if (!field) return std::nullopt;
  std::vector<Json> keys;  // an empty list: the object has no such field
  bool found = false;
  for (const Json& object : objects) {
    const auto values = jsonpath_values(*field, object, error);
    if (!values) return std::nullopt;
    found = found || !values->empty();
    keys.push_back(Json(*values));
  }
  if (!objects.empty() && !found) {
    *error = fmt::format("couldn't find any field with path \"{}\" in the list of objects", *field);
    return std::nullopt;
  }
  const auto less = [&](std::size_t a, std::size_t b) {
    if (keys[a].empty() || keys[b].empty()) return keys[a].empty();
    return value_less(keys[a].front(), keys[b].front());
  };
  std::vector<std::size_t> order(objects.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Go sorts up to a dozen by insertion, which turns round those without the field; more of them
  // it sorts in an order of its own, of which only what the keys say is meant.
  constexpr std::size_t kInsertion = 12;
  if (order.size() <= kInsertion) {
    for (std::size_t i = 1; i < order.size(); ++i) {
      for (std::size_t k = i; k > 0 && less(order[k], order[k - 1]); --k) {
        std::swap(order[k], order[k - 1]);
      }
    }
    return order;
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return !(keys[a].empty() && keys[b].empty()) && less(a, b);
  });
  return order;
}

}  // namespace sim::kubectl
