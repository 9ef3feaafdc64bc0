#include "sim/model/go_text.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/base/hash.h"
#include "sim/base/utf8.h"
#include "sim/model/fields.h"
#include "sim/model/go_number.h"
#include "sim/model/go_types.h"

namespace sim {
namespace {

// ---- the dump under the hash ----

template <class T>
void dump(std::string& out, const T& value, const FieldOptions& options);

/// The fields of a struct: each with its name and its Go type.
/// vendor/github.com/davecgh/go-spew/spew/format.go
class FieldDumper {
 public:
  explicit FieldDumper(std::string& out) : out_(out) {}

  template <class T>
  void operator()(std::string_view go_name, std::string_view, const T& field,
                  const FieldOptions& options) {
    begin(go_name, go_type<T>(options));
    dump(out_, field, options);
  }
  template <class T>
  void inlined(std::string_view go_name, const T& field) {
    begin(go_name, go_type<T>({}));
    dump(out_, field, {});
  }
  void dropped(std::string_view go_name, std::string_view, std::string_view type) {
    begin(go_name, type);
    if (type != "string") out_.append("<nil>");
  }

 private:
  void begin(std::string_view go_name, std::string_view type) {
    if (!first_) out_ += ' ';
    first_ = false;
    out_.append(go_name).append(":(").append(type).append(")");
  }
  std::string& out_;
  bool first_ = true;
};

/// The amount and the text that Go's parser keeps of a canonical quantity.
struct Amount {
  std::string digits;  // with sign
  int scale = 0;       // of ten
  int shift = 0;       // of two
};

Amount split_amount(const std::string& text) {
  Amount amount;
  std::size_t at = text[0] == '-' ? 1 : 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  amount.digits = text.substr(0, at);
  const std::string suffix = text.substr(at);
  if (suffix.size() > 1 && suffix[0] == 'e') {
    amount.scale = std::stoi(suffix.substr(1));
  } else if (suffix.size() == 2) {
    amount.shift = 10 * (static_cast<int>(std::string_view("KMGTPE").find(suffix[0])) + 1);
  } else if (!suffix.empty()) {
    constexpr std::string_view kSuffixes = "num kMGTPE";
    amount.scale = 3 * (static_cast<int>(kSuffixes.find(suffix[0])) - 3);
  }
  return amount;
}

/// k8s 1.30 apimachinery/pkg/api/resource: ParseQuantity, of the canonical text: what is stored is
/// that text, so a family of suffixes that does not show in it is forgotten.
void dump_quantity(std::string& out, const Quantity& value) {
  constexpr std::string_view kForm =
      "{{i:(resource.int64Amount){{value:(int64){} scale:(resource.Scale){}}} "
      "d:(resource.infDecAmount){{Dec:(*inf.Dec){}}} s:(string){} Format:(resource.Format){}}}";
  const std::string text = value.text();
  const bool binary = text.back() == 'i';
  const bool exponent = text.find('e') != std::string::npos;
  const std::string_view format = binary ? "BinarySI" : exponent ? "DecimalExponent" : "DecimalSI";
  const Amount amount = split_amount(text);
  const bool negative = amount.digits[0] == '-';
  const std::string digits = amount.digits.substr(negative ? 1 : 0);
  const int size = static_cast<int>(digits.size());
  const bool fits = binary ? 15 - size - amount.shift * 3 / 10 - 1 >= 0 : size <= 18;
  if (!fits) {
    const std::string big = fmt::format(
        "{{unscaled:(big.Int){{neg:(bool){} abs:(big.nat)[{}]}} scale:(inf.Scale){}}}", negative,
        binary ? std::to_string(negative ? -value.value() : value.value()) : digits, -amount.scale);
    out.append(fmt::format(kForm, 0, 0, big, "", format));
    return;
  }
  // The text is kept beside the amount unless the amount would give it back at once.
  const std::int64_t count = std::stoll(digits);
  const bool kept = binary ? count % 8 != 0 : count == 0 || count % 1000 != 0;
  const std::string number = binary ? std::to_string(value.value()) : amount.digits;
  out.append(fmt::format(kForm, number, amount.scale, "<nil>", kept ? text : "", format));
}

void dump_time(std::string& out, const std::optional<Time>& time) {
  constexpr std::int64_t kUnixEpoch = 62135596800;  // in seconds since the year 1
  const std::int64_t seconds = time ? time->ns / 1'000'000'000 + kUnixEpoch : 0;
  out.append(fmt::format(
      "{{Time:(time.Time){{wall:(uint64)0 ext:(int64){} loc:(*time.Location)<nil>}}}}", seconds));
}

template <class T>
void dump(std::string& out, const T& value, const FieldOptions& options) {
  using Type = FieldType<T>;
  using Value = typename Type::Value;
  if constexpr (Type::kVector) {
    if (value.empty()) {
      out.append("<nil>");
      return;
    }
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i > 0) out += ' ';
      dump(out, value[i], options);
    }
    out += ']';
  } else if constexpr (Type::kOptional || Type::kBox) {
    if constexpr (std::is_same_v<Value, Time>) {
      if (options.always) {
        dump_time(out, value);
        return;
      }
    }
    if constexpr (kSharedValue<Value>) {
      dump(out, value ? *value : Value(), options);
    } else if (value) {
      dump(out, *value, options);
    } else {
      out.append("<nil>");
    }
  } else if constexpr (std::is_same_v<T, Str>) {
    out.append(value.view());
  } else if constexpr (std::is_same_v<T, bool>) {
    out.append(value ? "true" : "false");
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {
    if (value != 0) out.append(std::to_string(value));  // a resource version is a string
  } else if constexpr (std::is_integral_v<T>) {
    out.append(std::to_string(value));
  } else if constexpr (std::is_same_v<T, Uid>) {
    out.append(to_string(value));
  } else if constexpr (std::is_same_v<T, Time>) {
    dump_time(out, value);
  } else if constexpr (std::is_same_v<T, IntOrString>) {
    out.append(fmt::format("{{Type:(intstr.Type){} IntVal:(int32){} StrVal:(string){}}}",
                           value.is_string ? 1 : 0, value.number, value.text));
  } else if constexpr (std::is_same_v<T, Quantity>) {
    dump_quantity(out, value);
  } else if constexpr (std::is_same_v<T, StringMap> || std::is_same_v<T, ResourceList>) {
    if (value.empty()) {
      out.append("<nil>");
      return;
    }
    out.append("map[");
    bool first = true;
    for (const auto& [key, item] : value) {
      if (!first) out += ' ';
      first = false;
      out.append(key.view()) += ':';
      dump(out, item, options);
    }
    out += ']';
  } else {
    out += '{';
    FieldDumper dumper(out);
    visit(value, dumper);
    out += '}';
  }
}

// ---- JSON ----

void print(const Json& value, std::string& out) {
  if (value.is_object()) {
    out += "map[";
    for (auto item = value.begin(); item != value.end(); ++item) {
      if (item != value.begin()) out += ' ';
      out.append(item.key()) += ':';
      print(item.value(), out);
    }
    out += ']';
  } else if (value.is_array()) {
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i > 0) out += ' ';
      print(value[i], out);
    }
    out += ']';
  } else if (value.is_string()) {
    out += value.get_ref<const std::string&>();
  } else if (value.is_number_float()) {
    out += go_general_number(value.get<double>());
  } else {
    out += value.is_null() ? "<nil>" : value.dump();
  }
}

// ---- quotes ----

/// What is neither letter, mark, number, punctuation nor symbol: controls, spaces other than ' ',
/// invisible marks of format, private and never assigned code points. Go: strconv.IsPrint
bool is_printable(char32_t rune) {
  struct Range {
    char32_t first, last;
  };
  constexpr Range kHidden[] = {
      {0x00, 0x1f},       {0x7f, 0xa0},       {0xad, 0xad},       {0x600, 0x605},
      {0x61c, 0x61c},     {0x6dd, 0x6dd},     {0x70f, 0x70f},     {0x1680, 0x1680},
      {0x180e, 0x180e},   {0x2000, 0x200f},   {0x2028, 0x202f},   {0x205f, 0x206f},
      {0x3000, 0x3000},   {0xd800, 0xf8ff},   {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},
      {0xfff0, 0xfffb},   {0xfffe, 0xffff},   {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
      {0x1fffe, 0x1ffff}, {0x2fffe, 0x2ffff}, {0x323b0, 0xe00ff}, {0xe01f0, 0x10ffff},
  };
  return std::none_of(std::begin(kHidden), std::end(kHidden),
                      [&](const Range& r) { return r.first <= rune && rune <= r.last; });
}

std::string go_strings(const std::vector<Str>& list) {
  if (list.empty()) return "[]string(nil)";
  std::string text = "[]string{";
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) text.append(", ");
    text.append(go_quote(list[i]));
  }
  return text.append("}");
}

}  // namespace

std::string spew(const PodTemplateSpec& pod_template) {
  std::string out = "(v1.PodTemplateSpec)";
  out.reserve(4096);
  dump(out, pod_template, {});
  return out;
}

std::string pod_template_hash(const PodTemplateSpec& pod_template,
                              std::optional<std::int32_t> collision_count) {
  std::uint32_t hash = fnv1a32(spew(pod_template));
  if (collision_count) {
    std::string bytes(8, '\0');
    auto count = static_cast<std::uint32_t>(*collision_count);
    for (std::size_t i = 0; i < 4; ++i, count >>= 8) bytes[i] = static_cast<char>(count & 0xff);
    hash = fnv1a32(bytes, hash);
  }
  return safe_hash_text(hash);
}

std::string safe_hash_text(std::uint32_t hash) {
  constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::string text = std::to_string(hash);
  for (char& c : text) c = kAlphabet[static_cast<unsigned char>(c) % kAlphabet.size()];
  return text;
}

std::string go_value(const StringMap& map) {
  if (map.empty()) return "map[string]string(nil)";
  std::string text = "map[string]string{";
  bool first = true;
  for (const auto& [key, value] : map) {
    if (!first) text.append(", ");
    first = false;
    text.append(go_quote(key)).append(":").append(go_quote(value));
  }
  return text.append("}");
}

std::string go_value(const LabelSelector& selector) {
  std::string text = "v1.LabelSelector{MatchLabels:" + go_value(selector.match_labels) +
                     ", MatchExpressions:[]v1.LabelSelectorRequirement";
  if (selector.match_expressions.empty()) return text.append("(nil)}");
  text.append("{");
  for (std::size_t i = 0; i < selector.match_expressions.size(); ++i) {
    const LabelSelectorRequirement& one = selector.match_expressions[i];
    if (i > 0) text.append(", ");
    text.append(fmt::format("v1.LabelSelectorRequirement{{Key:{}, Operator:{}, Values:{}}}",
                            go_quote(one.key), go_quote(one.op), go_strings(one.values)));
  }
  return text.append("}}");
}

std::string go_print(const Json& value) {
  std::string out;
  print(value, out);
  return out;
}

std::string go_quote(std::string_view text) {
  constexpr std::string_view kNamed = "\a\b\f\n\r\t\v\\\"";
  constexpr std::string_view kNames = "abfnrtv\\\"";
  std::string quoted = "\"";
  while (!text.empty()) {
    const std::size_t named = kNamed.find(text[0]);
    char32_t rune = 0;
    const std::size_t size = decode_utf8(text, &rune);
    if (named != std::string_view::npos) {
      (quoted += '\\') += kNames[named];
    } else if (size == 0) {
      quoted.append(fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0])));
    } else if (is_printable(rune)) {
      quoted.append(text.substr(0, size));
    } else if (rune < 0x80) {
      quoted.append(fmt::format("\\x{:02x}", static_cast<unsigned>(rune)));
    } else {
      quoted.append(rune < 0x10000 ? fmt::format("\\u{:04x}", static_cast<unsigned>(rune))
                                   : fmt::format("\\U{:08x}", static_cast<unsigned>(rune)));
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return quoted += '"';
}

}  // namespace sim
