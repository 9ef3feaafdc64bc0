// JSON values as Go's fmt prints them, where kubectl shows Go's own text: results of jsonpath and
// templates, cells of custom columns, the dump under a failed expression.
#pragma once

#include <string>
#include <string_view>

#include "sim/model/go_text.h"
#include "sim/model/json.h"

namespace sim::kubectl {

/// fmt.Sprintf("%#v"): `map[string]interface {}{"a":1}`.
std::string go_syntax(const Json& value);
/// The name of the Go type that holds it: "map[string]interface {}", "int64".
std::string_view go_type_name(const Json& value);

/// The UTF-8 of a code point; U+FFFD for what is none.
std::string utf8(char32_t rune);
/// The first code point of a text, as Go's range over a string sees it: a stray byte is one, too.
/// Answers its length in bytes.
std::size_t next_rune(std::string_view text, char32_t* rune);
/// strconv.UnquoteChar until the text ends: the inside of a quoted literal. False: it is none.
bool go_unquote(std::string_view inside, char quote, std::string* text);

}  // namespace sim::kubectl
