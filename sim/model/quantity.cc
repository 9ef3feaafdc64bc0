#include "sim/model/quantity.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "sim/base/format.h"

namespace sim {
namespace {

__extension__ typedef unsigned __int128 Wide;
__extension__ typedef __int128 SignedWide;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = -kMax;  // symmetric, so that every amount has a negative
constexpr std::int32_t kNanosPerUnit = 1'000'000'000;
constexpr std::string_view kSuffixError = "unable to parse quantity's suffix";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The parts of a quantity's text.
struct Parts {
  bool negative = false;
  std::string_view whole;     // without leading zeros; may be empty
  std::string_view fraction;  // digits behind the point
  std::string_view suffix;
};

/// k8s 1.30 apimachinery/pkg/api/resource: parseQuantityString
std::optional<Parts> split(std::string_view text) {
  Parts parts;
  std::size_t at = 0;
  if (text.empty()) return std::nullopt;
  if (text[0] == '-' || text[0] == '+') {
    parts.negative = text[0] == '-';
    ++at;
  }
  while (at < text.size() && text[at] == '0') ++at;
  std::size_t from = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  parts.whole = text.substr(from, at - from);
  if (at < text.size() && text[at] == '.') {
    from = ++at;
    while (at < text.size() && is_digit(text[at])) ++at;
    parts.fraction = text.substr(from, at - from);
  }
  from = at;
  constexpr std::string_view kLetters = "eEinumkKMGTP";
  while (at < text.size() && kLetters.find(text[at]) != std::string_view::npos) ++at;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  while (at < text.size() && is_digit(text[at])) ++at;
  if (at < text.size()) return std::nullopt;
  parts.suffix = text.substr(from);
  return parts;
}

struct Suffix {
  Quantity::Format format;
  std::int64_t exponent;  // of ten, or of two when the format is BinarySI
};

struct NamedSuffix {
  std::string_view name;
  Suffix suffix;
};
constexpr NamedSuffix kSuffixes[] = {
    {"n", {Quantity::Format::DecimalSI, -9}}, {"u", {Quantity::Format::DecimalSI, -6}},
    {"m", {Quantity::Format::DecimalSI, -3}}, {"", {Quantity::Format::DecimalSI, 0}},
    {"k", {Quantity::Format::DecimalSI, 3}},  {"M", {Quantity::Format::DecimalSI, 6}},
    {"G", {Quantity::Format::DecimalSI, 9}},  {"T", {Quantity::Format::DecimalSI, 12}},
    {"P", {Quantity::Format::DecimalSI, 15}}, {"E", {Quantity::Format::DecimalSI, 18}},
    {"Ki", {Quantity::Format::BinarySI, 10}}, {"Mi", {Quantity::Format::BinarySI, 20}},
    {"Gi", {Quantity::Format::BinarySI, 30}}, {"Ti", {Quantity::Format::BinarySI, 40}},
    {"Pi", {Quantity::Format::BinarySI, 50}}, {"Ei", {Quantity::Format::BinarySI, 60}},
};

/// k8s 1.30 apimachinery/pkg/api/resource: suffixHandler.interpret
std::optional<Suffix> interpret(std::string_view text) {
  for (const NamedSuffix& named : kSuffixes) {
    if (named.name == text) return named.suffix;
  }
  if (text.size() > 1 && (text[0] == 'e' || text[0] == 'E')) {
    std::string_view digits = text.substr(1);
    if (digits[0] == '+') digits.remove_prefix(1);
    std::int32_t exponent = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return Suffix{Quantity::Format::DecimalExponent, exponent};
  }
  return std::nullopt;
}

std::int64_t clamp(SignedWide value) {
  if (value > kMax) return kMax;
  if (value < kMin) return kMin;
  return static_cast<std::int64_t>(value);
}

/// A magnitude: whole units, capped, and billionths of one.
struct Magnitude {
  std::int64_t units = 0;
  std::int32_t nanos = 0;
};

Magnitude carry(Wide units, std::int64_t nanos) {
  units += static_cast<Wide>(nanos / kNanosPerUnit);
  if (units > static_cast<Wide>(kMax)) return {kMax, 0};
  return {static_cast<std::int64_t>(units), static_cast<std::int32_t>(nanos % kNanosPerUnit)};
}

/// whole.fraction × 10^exponent, rounded up to billionths.
Magnitude decimal(std::string_view whole, std::string_view fraction, std::int64_t exponent) {
  const auto whole_size = static_cast<std::int64_t>(whole.size());
  const std::int64_t size = whole_size + static_cast<std::int64_t>(fraction.size());
  const std::int64_t point = whole_size + exponent;  // digits before the decimal point
  const auto digit = [&](std::int64_t i) -> int {
    if (i < 0 || i >= size) return 0;
    return (i < whole_size ? whole[static_cast<std::size_t>(i)]
                           : fraction[static_cast<std::size_t>(i - whole_size)]) -
           '0';
  };
  Wide units = 0;
  for (std::int64_t i = 0; i < point; ++i) {
    units = units * 10 + static_cast<Wide>(digit(i));
    if (units > static_cast<Wide>(kMax)) return {kMax, 0};
    if (i >= size && units == 0) break;  // nothing but zeros follows
  }
  std::int64_t nanos = 0;
  for (std::int64_t i = 0; i < 9; ++i) nanos = nanos * 10 + digit(point + i);
  bool more = false;
  for (std::int64_t i = std::max<std::int64_t>(point + 9, 0); i < size && !more; ++i) {
    more = digit(i) != 0;
  }
  return carry(units, nanos + (more ? 1 : 0));
}

/// whole.fraction × 2^exponent, rounded up to billionths.
Magnitude binary(std::string_view whole, std::string_view fraction, int exponent) {
  constexpr Wide kScale = 1'000'000'000'000'000'000ULL;
  Wide units = 0;
  for (const char c : whole) {
    units = units * 10 + static_cast<Wide>(c - '0');
    if (units > static_cast<Wide>(kMax)) return {kMax, 0};
  }
  units <<= exponent;
  Wide part = 0;
  for (std::size_t i = 0; i < 18; ++i) {
    part = part * 10 + static_cast<Wide>(i < fraction.size() ? fraction[i] - '0' : 0);
  }
  const bool cut =
      fraction.size() > 18 && fraction.find_first_not_of('0', 18) != std::string_view::npos;
  part <<= exponent;
  units += part / kScale;
  const Wide rest = part % kScale;
  const auto nanos = static_cast<std::int64_t>(rest / kNanosPerUnit);
  const bool more = cut || rest % kNanosPerUnit != 0;
  return carry(units, nanos + (more ? 1 : 0));
}

std::string_view decimal_suffix(int exponent) {
  for (const NamedSuffix& named : kSuffixes) {
    if (named.suffix.format == Quantity::Format::DecimalSI && named.suffix.exponent == exponent) {
      return named.name;
    }
  }
  return "";
}

}  // namespace

Quantity Quantity::of(std::int64_t units, Format format) {
  Quantity quantity;
  quantity.units_ = std::max(units, kMin);
  quantity.format_ = format;
  return quantity;
}

Quantity Quantity::of_milli(std::int64_t thousandths, Format format) {
  Quantity quantity;
  quantity.units_ = thousandths / 1000;
  quantity.nanos_ = static_cast<std::int32_t>(thousandths % 1000) * 1'000'000;
  quantity.format_ = format;
  return quantity;
}

/// k8s 1.30 apimachinery/pkg/api/resource: ParseQuantity. Kubernetes keeps decimal amounts beyond
/// int64; here they are capped, as binary ones are there.
std::optional<Quantity> Quantity::parse(std::string_view text) {
  const std::optional<Parts> parts = split(text);
  if (!parts) return std::nullopt;
  const std::optional<Suffix> suffix = interpret(parts->suffix);
  if (!suffix) return std::nullopt;
  const Magnitude magnitude =
      suffix->format == Format::BinarySI
          ? binary(parts->whole, parts->fraction, static_cast<int>(suffix->exponent))
          : decimal(parts->whole, parts->fraction, suffix->exponent);
  Quantity quantity;
  quantity.units_ = parts->negative ? -magnitude.units : magnitude.units;
  quantity.nanos_ = parts->negative ? -magnitude.nanos : magnitude.nanos;
  quantity.format_ = suffix->format;
  if (quantity.format_ == Format::BinarySI && magnitude.units == 0 && magnitude.nanos > 0) {
    quantity.format_ = Format::DecimalSI;
  }
  return quantity;
}

std::int64_t Quantity::value() const {
  const int away = nanos_ > 0 ? 1 : nanos_ < 0 ? -1 : 0;
  return clamp(static_cast<SignedWide>(units_) + away);
}

std::int64_t Quantity::milli_value() const {
  constexpr std::int32_t kNanosPerMilli = 1'000'000;
  const int away = nanos_ % kNanosPerMilli > 0 ? 1 : nanos_ % kNanosPerMilli < 0 ? -1 : 0;
  return clamp(static_cast<SignedWide>(units_) * 1000 + nanos_ / kNanosPerMilli + away);
}

/// k8s 1.30 apimachinery/pkg/api/resource: Quantity.CanonicalizeBytes
std::string Quantity::text() const {
  if (is_zero()) return "0";
  Format format = format_;
  if (format == Format::BinarySI && (nanos_ != 0 || (units_ > -1024 && units_ < 1024))) {
    format = Format::DecimalSI;
  }
  if (format == Format::BinarySI) {
    constexpr std::string_view kNames[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
    std::int64_t number = units_;
    std::size_t power = 0;
    while (number % 1024 == 0 && power < 6) {
      number /= 1024;
      ++power;
    }
    return fmt::format("{}{}", number, kNames[power]);
  }
  SignedWide number = static_cast<SignedWide>(units_) * kNanosPerUnit + nanos_;
  int exponent = -9;
  while (number % 10 == 0) {
    number /= 10;
    ++exponent;
  }
  while (exponent % 3 != 0) {
    number *= 10;
    --exponent;
  }
  std::string digits;
  const bool negative = number < 0;
  Wide rest = negative ? static_cast<Wide>(-number) : static_cast<Wide>(number);
  while (rest != 0) {
    digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  if (format == Format::DecimalSI) return digits.append(decimal_suffix(exponent));
  return exponent == 0 ? digits : fmt::format("{}e{}", digits, exponent);
}

Quantity Quantity::operator+(const Quantity& other) const {
  const SignedWide nanos =
      (static_cast<SignedWide>(units_) + other.units_) * kNanosPerUnit + nanos_ + other.nanos_;
  Quantity sum;
  const SignedWide units = nanos / kNanosPerUnit;
  sum.units_ = clamp(units);
  sum.nanos_ = units == sum.units_ ? static_cast<std::int32_t>(nanos % kNanosPerUnit) : 0;
  // k8s 1.30 apimachinery/pkg/api/resource: Quantity.Add: nothing has no format of its own
  sum.format_ = is_zero() ? other.format_ : format_;
  return sum;
}

Quantity Quantity::operator-(const Quantity& other) const {
  Quantity negative = other;
  negative.units_ = -negative.units_;
  negative.nanos_ = -negative.nanos_;
  return *this + negative;
}

int Quantity::compare(const Quantity& other) const {
  if (units_ != other.units_) return units_ < other.units_ ? -1 : 1;
  if (nanos_ != other.nanos_) return nanos_ < other.nanos_ ? -1 : 1;
  return 0;
}

std::string_view quantity_error(std::string_view text) {
  return split(text) ? kSuffixError : kQuantityError;
}

namespace {

auto position(std::vector<ResourceList::Item>& items, std::string_view name) {
  return std::lower_bound(
      items.begin(), items.end(), name,
      [](const ResourceList::Item& item, std::string_view n) { return item.first.view() < n; });
}

}  // namespace

const Quantity* ResourceList::find(std::string_view name) const {
  for (const Item& item : items_) {  // there are a handful
    if (item.first == name) return &item.second;
  }
  return nullptr;
}

Quantity ResourceList::get(std::string_view name) const {
  const Quantity* amount = find(name);
  return amount ? *amount : Quantity();
}

void ResourceList::set(Str name, Quantity amount) {
  const auto at = position(items_, name.view());
  if (at != items_.end() && at->first == name) {
    at->second = amount;
  } else {
    items_.insert(at, Item(std::move(name), amount));
  }
}

bool ResourceList::erase(std::string_view name) {
  const auto at = position(items_, name);
  if (at == items_.end() || !(at->first == name)) return false;
  items_.erase(at);
  return true;
}

}  // namespace sim
