#include "ui/manifest_check.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/model/json.h"
#include "sim/model/manifest.h"
#include "sim/shell/kubectl_objects.h"

namespace ui {
namespace {

constexpr int kMostShells = 10;           // left open, one in another
constexpr const char* kEnd = "MANIFEST";  // of the text, in the command

/// "spec.template.spec.containers[0].image" as the pointer of a document.
std::string pointer_of(std::string_view field) {
  std::string pointer = "/";
  for (std::size_t i = 0; i < field.size(); ++i) {
    const char c = field[i];
    if (c == '.' || c == '[') {
      if (pointer.back() != '/') pointer += '/';
    } else if (c == '/') {
      pointer += "~1";
    } else if (c != ']') {
      pointer += c;
    }
  }
  if (pointer.back() == '/') pointer.pop_back();
  return pointer;
}

bool begins_field(std::string_view text) {
  for (const std::string_view top : {"spec", "metadata", "data", "roleRef", "webhooks"}) {
    if (text.substr(0, top.size()) != top) continue;
    const char next = text.size() > top.size() ? text[top.size()] : ':';
    if (next == '.' || next == '[' || next == ':' || next == '"') return true;
  }
  return false;
}

/// The field that a line of kubectl's speaks of; empty: none.
std::string_view field_in(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool word_begins = i == 0 || line[i - 1] == ' ' || line[i - 1] == '"';
    if (!word_begins || !begins_field(line.substr(i))) continue;
    const std::size_t end = line.find_first_of(" :\"", i);
    return line.substr(i, end == std::string_view::npos ? end : end - i);
  }
  // `unknown field "imagee"` at the top of the document.
  constexpr std::string_view kUnknown = "unknown field \"";
  const std::size_t at = line.find(kUnknown);
  if (at == std::string_view::npos) return {};
  const std::size_t begin = at + kUnknown.size();
  return line.substr(begin, line.find('"', begin) - begin);
}

/// "error: …" and "Error from server (…): …" without what every message begins with; several
/// complaints of one message apart.
std::vector<std::string> complaints_in(const std::string& output) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while (at < output.size()) {
    const std::size_t end = std::min(output.find('\n', at), output.size());
    std::string line = output.substr(at, end - at);
    at = end + 1;
    constexpr std::string_view kStrict = "strict decoding error: ";
    const std::size_t strict = line.find(kStrict);
    if (strict != std::string::npos) {
      // Its parts stand in one line, with commas between them.
      std::string rest = line.substr(strict + kStrict.size());
      for (std::size_t comma; (comma = rest.find(", unknown field")) != std::string::npos;) {
        lines.push_back(rest.substr(0, comma));
        rest.erase(0, comma + 2);
      }
      lines.push_back(std::move(rest));
      continue;
    }
    if (line.rfind("* ", 0) == 0) line.erase(0, 2);
    const bool only_opens = !line.empty() && line.back() == ':';  // "The Pod "x" is invalid:"
    if (!line.empty() && !only_opens) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

std::string editable_yaml(const sim::World& world, sim::Ref ref) {
  const sim::Object* object = world.store().get(ref);
  if (!object || !sim::is_api_kind(ref.kind)) return {};
  sim::Json json = encode(*object);
  json.erase("status");
  for (const char* key :
       {"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"}) {
    json["metadata"].erase(key);
  }
  sim::Step step;
  sim::kubectl::print_json(step, json, "yaml");
  std::string yaml;
  for (const auto& [stream, bytes] : step.output) yaml += bytes;
  return yaml;
}

std::string replace_command(const std::string& yaml) {
  return fmt::format("kubectl replace -f - <<'{0}'\n{1}{2}{0}", kEnd, yaml,
                     yaml.empty() || yaml.back() != '\n' ? "\n" : "");
}

std::vector<ManifestMistake> manifest_mistakes(const sim::Player& player, const std::string& yaml) {
  std::vector<sim::Document> documents;
  try {
    documents = sim::parse_documents(yaml, "manifest");
  } catch (const sim::InputError& error) {
    std::vector<ManifestMistake> mistakes;
    for (const sim::Diagnostic& one : error.diagnostics()) {
      mistakes.push_back({std::max(one.line, 1), one.message});
    }
    return mistakes;
  }
  if (documents.size() != 1) {
    return {{1, fmt::format("one object is edited here, and there are {}", documents.size())}};
  }
  if (yaml.find(fmt::format("\n{}\n", kEnd)) != std::string::npos) {
    return {{1, fmt::format("a line cannot be \"{}\": it ends the text", kEnd)}};
  }
  const std::unique_ptr<sim::Player> copy = player.fork();
  sim::Terminal& terminal = copy->terminal();
  for (int i = 0; terminal.command_prompt() && i < kMostShells; ++i) terminal.run("exit");
  std::string command = replace_command(yaml);
  command.insert(command.find(" <<"), " --dry-run=server");
  const sim::Terminal::Result result = terminal.run(command);
  std::vector<ManifestMistake> mistakes;
  if (result.exit == 0) return mistakes;
  for (std::string& complaint : complaints_in(result.output)) {
    const std::string_view field = field_in(complaint);
    const int line = field.empty() ? 1 : documents[0].place(pointer_of(field)).line;
    mistakes.push_back({std::max(line, 1), std::move(complaint)});
  }
  return mistakes;
}

}  // namespace ui
