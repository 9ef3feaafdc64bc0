#include "ui/scenario_edit.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/scenario/scenario.h"

namespace ui {
namespace {

struct List {
  std::size_t end = 0;      // of its "]"
  std::size_t content = 0;  // behind its last element; 0: it is empty
  std::size_t count = 0;    // of elements
};

/// The list "steps" of the outermost object.
std::optional<List> steps_of(std::string_view text) {
  int depth = 0;
  bool in_steps = false;
  bool key_is_steps = false;
  List list;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      const std::size_t begin = i++;
      while (i < text.size() && text[i] != '"') i += text[i] == '\\' ? 2U : 1U;
      if (depth == 1) key_is_steps = text.substr(begin, i - begin + 1) == "\"steps\"";
      continue;
    }
    if (c == '{' || c == '[') {
      ++depth;
      if (depth == 2 && c == '[' && key_is_steps) in_steps = true;
    } else if (c == '}' || c == ']') {
      if (in_steps && depth == 2) {
        list.end = i;
        return list;
      }
      if (in_steps && depth == 3) {
        list.content = i + 1;
        ++list.count;
      }
      --depth;
    }
  }
  return std::nullopt;
}

/// A name that no step has yet.
std::string free_id(std::string_view text, std::size_t number) {
  for (;; ++number) {
    std::string id = fmt::format("typed-{}", number);
    if (text.find("\"" + id + "\"") == std::string_view::npos) return id;
  }
}

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Draft read_draft(const std::string& text, const std::string& file) {
  Draft draft;
  try {
    for (const sim::ScenarioStep& step : sim::parse_scenario(text, file).steps) {
      draft.steps.push_back(step.id);
    }
  } catch (const sim::InputError& error) {
    draft.mistakes = error.diagnostics();
    if (draft.mistakes.empty()) {
      sim::Diagnostic mistake;
      mistake.file = file;
      mistake.message = error.what();
      draft.mistakes.push_back(std::move(mistake));
    }
  }
  return draft;
}

std::optional<std::string> with_step(std::string_view text, const std::string& lines) {
  const std::optional<List> list = steps_of(text);
  if (!list) return std::nullopt;
  std::string shell;
  for (std::size_t at = 0; at <= lines.size();) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    shell += (shell.empty() ? "" : ", ") + quoted(lines.substr(at, end - at));
    at = end + 1;
  }
  const std::string step = fmt::format(
      "    {{\n      \"id\": \"{}\",\n      \"do\": {{\"shell\": [{}]}},\n      \"until\": "
      "\"settled\"\n    }}",
      free_id(text, list->count + 1), shell);
  std::string result(text);
  if (list->content == 0) {
    result.insert(list->end, "\n" + step + "\n  ");
  } else {
    result.insert(list->content, ",\n" + step);
  }
  return result;
}

}  // namespace ui
