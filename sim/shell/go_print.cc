#include "sim/shell/go_print.h"

#include <nlohmann/json.hpp>

#include "sim/base/utf8.h"
#include "sim/model/go_number.h"
#include "sim/model/go_text.h"

namespace sim::kubectl {
namespace {

std::string number_text(const Json& value) {
  return value.is_number_float() ? go_general_number(value.get<double>()) : value.dump();
}

void print_syntax(const Json& value, std::string& out) {
  switch (value.type()) {
    case Json::value_t::object: {
      out += "map[string]interface {}{";
      bool first = true;
      for (auto item = value.begin(); item != value.end(); ++item) {
        if (!first) out += ", ";
        first = false;
        out += go_quote(item.key());
        out += ':';
        print_syntax(item.value(), out);
      }
      out += '}';
      return;
    }
    case Json::value_t::array: {
      out += "[]interface {}{";
      bool first = true;
      for (const Json& item : value) {
        if (!first) out += ", ";
        first = false;
        print_syntax(item, out);
      }
      out += '}';
      return;
    }
    case Json::value_t::string:
      out += go_quote(value.get_ref<const std::string&>());
      return;
    case Json::value_t::null:
      out += "interface {}(nil)";
      return;
    default:
      out += number_text(value);
  }
}

bool is_digit(char c, int base) {
  if (base == 8) return c >= '0' && c <= '7';
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// A number of exactly so many digits at the front of the text; false: it does not stand there.
bool take_number(std::string_view* text, std::size_t digits, int base, char32_t* value) {
  if (text->size() < digits) return false;
  *value = 0;
  for (const char c : text->substr(0, digits)) {
    if (!is_digit(c, base)) return false;
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    *value = *value * static_cast<char32_t>(base) + static_cast<char32_t>(digit);
  }
  text->remove_prefix(digits);
  return true;
}

}  // namespace

std::string go_syntax(const Json& value) {
  std::string out;
  print_syntax(value, out);
  return out;
}

std::string_view go_type_name(const Json& value) {
  switch (value.type()) {
    case Json::value_t::object:
      return "map[string]interface {}";
    case Json::value_t::array:
      return "[]interface {}";
    case Json::value_t::string:
      return "string";
    case Json::value_t::boolean:
      return "bool";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return "int64";
    case Json::value_t::number_float:
      return "float64";
    default:
      return "<nil>";
  }
}

std::string utf8(char32_t rune) {
  std::string text;
  append_utf8(text, rune);
  return text;
}

std::size_t next_rune(std::string_view text, char32_t* rune) {
  const std::size_t length = decode_utf8(text, rune);
  if (length != 0) return length;
  *rune = kReplacementRune;
  return 1;
}

bool go_unquote(std::string_view inside, char quote, std::string* text) {
  text->clear();
  while (!inside.empty()) {
    const char c = inside.front();
    inside.remove_prefix(1);
    if (c == quote) return false;
    if (c != '\\') {
      *text += c;
      continue;
    }
    if (inside.empty()) return false;
    const char escape = inside.front();
    inside.remove_prefix(1);
    char32_t value = 0;
    switch (escape) {
      case 'a':
        *text += '\a';
        break;
      case 'b':
        *text += '\b';
        break;
      case 'f':
        *text += '\f';
        break;
      case 'n':
        *text += '\n';
        break;
      case 'r':
        *text += '\r';
        break;
      case 't':
        *text += '\t';
        break;
      case 'v':
        *text += '\v';
        break;
      case 'x':
        if (!take_number(&inside, 2, 16, &value)) return false;
        *text += static_cast<char>(value);
        break;
      case 'u':
      case 'U':
        if (!take_number(&inside, escape == 'u' ? 4 : 8, 16, &value)) return false;
        if (value > 0x10FFFF) return false;
        append_utf8(*text, value);
        break;
      case '0':
      case '1':
      case '2':
      case '3':
      case '4':
      case '5':
      case '6':
      case '7':
        inside = std::string_view(inside.data() - 1, inside.size() + 1);
        if (!take_number(&inside, 3, 8, &value) || value > 255) return false;
        *text += static_cast<char>(value);
        break;
      case '\\':
        *text += '\\';
        break;
      case '\'':
      case '"':
        if (escape != quote) return false;
        *text += escape;
        break;
      default:
        return false;
    }
  }
  return true;
}

}  // namespace sim::kubectl
