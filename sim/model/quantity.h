// Amounts of resources as Kubernetes writes them ("250m", "128Mi", "1e3"): the exact value for
// arithmetic and the canonical text for showing. A Quantity remembers which family of suffixes it
// was written in, because Kubernetes prints it back in the same one. k8s 1.30
// apimachinery/pkg/api/resource: Quantity
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/str.h"

namespace sim {

class Quantity {
 public:
  enum class Format : std::uint8_t { DecimalSI, BinarySI, DecimalExponent };

  Quantity() = default;
  /// A whole number of units, printed in the given family.
  static Quantity of(std::int64_t units, Format format = Format::DecimalSI);
  static Quantity of_milli(std::int64_t thousandths, Format format = Format::DecimalSI);
  /// Empty when the text is no quantity; see kQuantityError for the API server's words.
  static std::optional<Quantity> parse(std::string_view text);

  /// Rounded up to whole units (bytes, pods), as the API does.
  std::int64_t value() const;
  /// Rounded up to thousandths (CPU).
  std::int64_t milli_value() const;
  bool is_zero() const { return nanos_ == 0 && units_ == 0; }
  bool is_negative() const { return units_ < 0 || nanos_ < 0; }
  Format format() const { return format_; }
  /// The canonical text: "128Mi", "250m", "1".
  std::string text() const;

  Quantity operator+(const Quantity& other) const;
  Quantity operator-(const Quantity& other) const;
  /// By amount, whatever the format.
  int compare(const Quantity& other) const;
  friend bool operator==(const Quantity& a, const Quantity& b) { return a.compare(b) == 0; }
  friend bool operator<(const Quantity& a, const Quantity& b) { return a.compare(b) < 0; }

 private:
  // The amount is units_ + nanos_ / 1e9, both of the same sign.
  std::int64_t units_ = 0;
  std::int32_t nanos_ = 0;
  Format format_ = Format::DecimalSI;
};

/// What the API server says of a text that is no quantity.
inline constexpr std::string_view kQuantityError =
    "quantities must match the regular expression "
    "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/// What the API server says of this text, which parse() refused: kQuantityError, or that the suffix
/// is none that it knows.
std::string_view quantity_error(std::string_view text);

/// Resource name ("cpu", "memory") to amount, sorted by name.
class ResourceList {
 public:
  using Item = std::pair<Str, Quantity>;
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }
  const Quantity* find(std::string_view name) const;
  /// The amount, or zero.
  Quantity get(std::string_view name) const;
  void set(Str name, Quantity amount);
  bool erase(std::string_view name);
  friend bool operator==(const ResourceList&, const ResourceList&) = default;

 private:
  std::vector<Item> items_;
};

}  // namespace sim
