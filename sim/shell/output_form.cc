#include "sim/shell/output_form.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "sim/base/format.h"

namespace sim::kubectl {
namespace {

using Kind = OutputForm::Kind;

struct Language {
  std::string_view name;
  Kind kind;
  bool from_file = false;
  bool table = false;     // only where tables are printed
  bool template_ = true;  // has an expression behind "="
};
// In the order in which kubectl lists what it knows.
constexpr std::array<Language, 13> kLanguages = {{
    {"custom-columns", Kind::CustomColumns, false, true},
    {"custom-columns-file", Kind::CustomColumns, true, true},
    {"go-template", Kind::GoTemplate},
    {"go-template-file", Kind::GoTemplate, true},
    {"json", Kind::Json, false, false, false},
    {"jsonpath", Kind::JsonPath},
    {"jsonpath-as-json", Kind::JsonPathAsJson},
    {"jsonpath-file", Kind::JsonPath, true},
    {"name", Kind::Name, false, false, false},
    {"template", Kind::GoTemplate},
    {"templatefile", Kind::GoTemplate, true},
    {"wide", Kind::Wide, false, true, false},
    {"yaml", Kind::Yaml, false, false, false},
}};

std::string unknown_form(std::string_view output, OutputLanguages languages) {
  std::string allowed;
  for (const Language& language : kLanguages) {
    if (language.table && languages != OutputLanguages::Tables) continue;
    if (!allowed.empty()) allowed += ',';
    allowed += language.name;
  }
  return fmt::format(
      "unable to match a printer suitable for the output format \"{}\", allowed formats are: {}",
      output, allowed);
}

/// Reads the template of a language; false with `error` set when there is none.
bool read_template(const Language& language, const FileReader& read_file, std::string* text,
                   std::string* error) {
  const bool columns = language.kind == Kind::CustomColumns;
  if (text->empty()) {
    *error = columns ? "custom-columns format specified but no custom columns given"
                     : "template format specified but no template given";
    return false;
  }
  if (!language.from_file) return true;
  std::string why = fmt::format("open {}: no such file or directory", *text);
  const std::optional<std::string> content = read_file ? read_file(*text, &why) : std::nullopt;
  if (!content) {
    *error =
        fmt::format("error reading {} {}, {}", columns ? "template" : "--template", *text, why);
    return false;
  }
  if (!columns) {
    *text = *content;
    return true;
  }
  const std::optional<std::string> spec = custom_columns_spec(*content, error);
  *text = spec.value_or("");
  return spec.has_value();
}

std::vector<Json> items_of(const Json& object) {
  if (object.is_object() && object.contains("items") && object["items"].is_array()) {
    return object["items"].get<std::vector<Json>>();
  }
  return {object};
}

}  // namespace

std::optional<OutputForm> parse_output_form(std::string_view output, std::string_view text,
                                            OutputLanguages languages, const FileReader& read_file,
                                            std::string* error) {
  OutputForm form;
  std::string_view name = output;
  if (name.empty() && !text.empty()) name = "go-template";
  if (name.empty()) return form;
  form.text = std::string(text);
  for (const Language& language : kLanguages) {
    if (language.table && languages != OutputLanguages::Tables) continue;
    const bool given = name.size() > language.name.size() && language.template_ &&
                       name[language.name.size()] == '=' &&
                       name.substr(0, language.name.size()) == language.name;
    if (name != language.name && !given) continue;
    form.kind = language.kind;
    // The columns of a file always have their headers.
    form.headers = language.kind == Kind::CustomColumns && language.from_file;
    if (!language.template_) return form;
    if (given && text.empty()) form.text = std::string(name.substr(language.name.size() + 1));
    if (!read_template(language, read_file, &form.text, error)) return std::nullopt;
    return form;
  }
  *error = unknown_form(name, languages);
  return std::nullopt;
}

std::optional<OutputForm> output_form_of(const Call& call, const Flags& flags,
                                         OutputLanguages languages, std::string* error) {
  const FileReader read_file = [&](const std::string& name,
                                   std::string* why) -> std::optional<std::string> {
    Io<std::string> read = call.session.files.read(parse_path(name, call.process.cwd));
    if (read) return std::move(read.value);
    // Go writes the system's words in small letters.
    std::string words(to_string(read.error));
    if (!words.empty()) words[0] = static_cast<char>(words[0] | 0x20);
    *why = fmt::format("open {}: {}", name, words);
    return std::nullopt;
  };
  std::optional<OutputForm> form =
      parse_output_form(flags.get("output"), flags.get("template"), languages, read_file, error);
  if (!form) return form;
  form->headers = form->headers || !flags.is_on("no-headers");
  form->allow_missing = flags.is_on("allow-missing-template-keys", true);
  return form;
}

void print_form(Step& step, const OutputForm& form, const Json& object, ColumnWidths* widths) {
  std::string error;
  std::string partial;
  std::optional<std::string> text;
  switch (form.kind) {
    case Kind::Table:
    case Kind::Wide:
      return;
    case Kind::Name:
      text.emplace();
      for (const Json& item : items_of(object)) *text += printed_name(item) + "\n";
      break;
    case Kind::Json:
      text = to_json_text(object) + "\n";
      break;
    case Kind::Yaml:
      text = to_yaml(object);
      break;
    case Kind::JsonPath:
      text = jsonpath(form.text, object, &error, form.allow_missing);
      break;
    case Kind::JsonPathAsJson:
      text = jsonpath_as_json(form.text, object, &error, form.allow_missing);
      break;
    case Kind::GoTemplate:
      text = go_template(form.text, object, &error, &partial, form.allow_missing);
      break;
    case Kind::CustomColumns:
      text = custom_columns(form.text, items_of(object), form.headers, &error, widths);
      break;
  }
  say(step, text ? *text : partial);
  if (text) return;
  warn(step, fmt::format("error: {}\n", error));
  step.exit = 1;
}

}  // namespace sim::kubectl
