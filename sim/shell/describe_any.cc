// `kubectl describe` of a kind that has no describer of its own: its JSON, field by field.
// k8s 1.32 kubectl/pkg/describe: genericDescriber, printUnstructuredContent, smartLabelFor
#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/model/go_text.h"
#include "sim/model/json.h"
#include "sim/shell/describe_parts.h"

namespace sim::kubectl {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }

/// "podInfoOnMount" in words; a run of capitals is one, but for the last when a word goes on.
// github.com/fatih/camelcase: Split
std::vector<std::string> camel_words(std::string_view name) {
  const auto kind = [](char c) { return is_upper(c) ? 2 : is_letter(c) ? 1 : 3; };
  std::vector<std::string> words;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (i == 0 || kind(name[i]) != kind(name[i - 1])) words.emplace_back();
    words.back() += name[i];
  }
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (!is_upper(words[i][0]) || kind(words[i + 1][0]) != 1) continue;
    words[i + 1].insert(0, 1, words[i].back());
    words[i].pop_back();
  }
  words.erase(std::remove(words.begin(), words.end(), std::string()), words.end());
  return words;
}

std::string title_of(std::string_view field) {
  constexpr std::string_view kAcronyms[] = {"API", "URL", "UID", "OSB", "GUID"};
  if (!std::all_of(field.begin(), field.end(), [](char c) { return is_letter(c) || c == '-'; })) {
    return std::string(field);
  }
  std::string title;
  for (std::string& word : camel_words(field)) {
    std::string upper = word;
    for (char& c : upper) {
      if (is_letter(c) && !is_upper(c)) c = static_cast<char>(c - 'a' + 'A');
    }
    if (std::find(std::begin(kAcronyms), std::end(kAcronyms), upper) == std::end(kAcronyms)) {
      word[0] = upper[0];
    } else {
      word = upper;
    }
    if (!title.empty()) title += ' ';
    title += word;
  }
  return title;
}

bool is_skipped(std::string_view path) {
  constexpr std::string_view kShown[] = {".metadata.managedFields", ".metadata.name",
                                         ".metadata.namespace", ".metadata.labels",
                                         ".metadata.annotations"};
  return std::find(std::begin(kShown), std::end(kShown), path) != std::end(kShown);
}

void add_content(std::string& out, const Json& content, std::size_t level,
                 const std::string& path) {
  const std::string indent(level * 2, ' ');
  for (auto field = content.begin(); field != content.end(); ++field) {
    const std::string here = fmt::format("{}.{}", path, field.key());
    if (is_skipped(here)) continue;
    const Json& value = field.value();
    if (!value.is_structured()) {
      out += fmt::format("{}{}:\t{}\n", indent, title_of(field.key()), go_print(value));
      continue;
    }
    out += fmt::format("{}{}:\n", indent, title_of(field.key()));
    if (value.is_object()) {
      add_content(out, value, level + 1, here);
      continue;
    }
    for (const Json& child : value) {
      if (child.is_object()) {
        add_content(out, child, level + 1, here);
      } else {
        out += fmt::format("{}  {}\n", indent, go_print(child));
      }
    }
  }
}

}  // namespace

std::string describe_any(const Object& object) {
  std::string out = fmt::format("Name:\t{}\nNamespace:\t{}\n", object.meta.name, object.meta.ns);
  describe_labels(out, "Labels", object.meta.labels);
  describe_annotations(out, "Annotations", object.meta.annotations);
  add_content(out, encode(object), 0, "");
  return out;
}

}  // namespace sim::kubectl
