// -o and --template: which form a verb's objects are shown in, and the showing.
// k8s 1.32 cli-runtime/pkg/genericclioptions: PrintFlags; kubectl/pkg/cmd/get: get_flags
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sim/shell/kubectl_objects.h"
#include "sim/shell/output_format.h"

namespace sim::kubectl {

struct OutputForm {
  enum class Kind {
    Table,  // no -o
    Wide,
    Name,
    Json,
    Yaml,
    JsonPath,
    JsonPathAsJson,
    GoTemplate,
    CustomColumns
  };
  Kind kind = Kind::Table;
  std::string text;  // the expression
  bool headers = true;
  bool allow_missing = true;

  bool is_table() const { return kind == Kind::Table || kind == Kind::Wide; }
};

/// `get` prints tables and columns beside whole objects; the other verbs do not.
enum class OutputLanguages { Objects, Tables };
/// Reads a file that -o names, or sets `error` to "open NAME: …".
using FileReader =
    std::function<std::optional<std::string>(const std::string& name, std::string* error)>;

/// What -o NAME and --template TEXT ask for; fails in kubectl's words. Without a reader no file can
/// be named.
std::optional<OutputForm> parse_output_form(std::string_view output, std::string_view text,
                                            OutputLanguages languages, const FileReader& read_file,
                                            std::string* error);
/// The same from a call's flags and the person's files.
std::optional<OutputForm> output_form_of(const Call& call, const Flags& flags,
                                         OutputLanguages languages, std::string* error);

/// Shows an object or a List (never as a table). A failure is told and sets the exit status.
void print_form(Step& step, const OutputForm& form, const Json& object,
                ColumnWidths* widths = nullptr);

}  // namespace sim::kubectl
