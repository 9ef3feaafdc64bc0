#include "sim/model/manifest.h"

#include <algorithm>
#include <utility>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "sim/base/utf8.h"
#include "sim/model/document_builder.h"

namespace sim {
namespace {

constexpr std::string_view kSpaces = " \t\r\n\v\f";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// The first character that YAML does not allow, or npos.
/// vendor/sigs.k8s.io/yaml/goyaml.v2: readerc.go
std::size_t bad_control(std::string_view text) {
  const auto at = std::find_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
  });
  return at == text.end() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

void check_size(std::string_view text, const std::string& file) {
  if (text.size() <= kMaxInputBytes) return;
  const std::string message = fmt::format("more than {} MiB of text", kMaxInputBytes >> 20);
  refuse(file, {{1, 1}, message, "smaller files", message});
}

std::vector<Document> read_json_stream(std::string_view text, const std::string& file) {
  std::vector<Document> documents;
  TextCursor cursor(text);
  std::size_t at = text.find_first_not_of(kSpaces);
  while (at != std::string_view::npos) {
    documents.push_back(read_json(text, &at, cursor, false, file));
    at = text.find_first_not_of(kSpaces, at);
  }
  return documents;
}

/// Cuts at the lines that begin with "---", as kubectl does before it looks at what is between.
/// k8s 1.30 apimachinery/pkg/util/yaml: YAMLReader
std::vector<Document> read_yaml_stream(std::string_view text, const std::string& file,
                                       bool old_booleans) {
  const std::size_t control = bad_control(text);
  if (control != std::string_view::npos) {
    refuse(file, {position_of(text, control), "control characters are not allowed",
                  "in double quotes \\xXX stands for one",
                  "error converting YAML to JSON: yaml: control characters are not allowed"});
  }
  std::vector<Document> documents;
  std::size_t begin = 0;  // of the document
  int line = 1;
  int begin_line = 1;
  const auto take = [&](std::size_t end) {
    if (end > begin) {
      documents.push_back(
          read_yaml(text.substr(begin, end - begin), begin_line, file, old_booleans));
    }
  };
  for (std::size_t at = 0; at < text.size(); ++line) {
    const std::size_t next = std::min(text.find('\n', at), text.size() - 1) + 1;
    if (text.substr(at, 3) == "---") {
      const std::string_view rest = text.substr(at + 3, next - at - 3);
      const std::size_t word = rest.find_first_not_of(kSpaces);
      if (word != std::string_view::npos && rest[word] != '#') {
        const std::string_view shown = rest.substr(word, rest.find_last_not_of(kSpaces) + 1 - word);
        refuse(file, {{line, 4 + static_cast<int>(word)},
                      fmt::format("\"{}\" behind the document separator", shown),
                      "nothing but a comment stands behind ---",
                      fmt::format("invalid Yaml document separator: {}", shown)});
      }
      if (at > begin) {
        take(at);
        begin = next;
        begin_line = line + 1;
      }
    }
    at = next;
  }
  take(text.size());
  return documents;
}

/// The places within `prefix`, as those of a document of its own.
std::vector<std::pair<std::string, Position>> places_below(const Document& list,
                                                           const std::string& prefix) {
  const auto below = [&](const std::string& start) {
    return std::lower_bound(
        list.places.begin(), list.places.end(), start,
        [](const auto& place, const std::string& p) { return place.first < p; });
  };
  std::vector<std::pair<std::string, Position>> places;
  places.emplace_back("", list.place(prefix));
  const auto end = below(prefix + "0");  // '0' comes right behind '/'
  for (auto at = below(prefix + "/"); at != end; ++at) {
    places.emplace_back(at->first.substr(prefix.size()), at->second);
  }
  return places;
}

std::string text_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// A List gives its items, anything else itself.
/// k8s 1.30 apimachinery/pkg/apis/meta/v1/unstructured: unstructuredJSONScheme.decodeToList
void take_apart(Document document, std::vector<Document>* out) {
  if (document.json.is_null()) return;
  const bool list = document.json.is_object() && document.json.contains("items") &&
                    document.json["items"].is_array();
  const std::string kind = list ? text_at(document.json, "kind") : std::string();
  constexpr std::string_view kList = "List";
  if (kind.size() < kList.size() ||
      kind.compare(kind.size() - kList.size(), kList.size(), kList) != 0) {
    out->push_back(std::move(document));
    return;
  }
  const std::string item_kind = kind.substr(0, kind.size() - kList.size());
  const std::string api_version = text_at(document.json, "apiVersion");
  Json& items = document.json["items"];
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string prefix = fmt::format("/items/{}", i);
    Document item;
    item.json = std::move(items[i]);
    if (item.json.is_object() && text_at(item.json, "kind").empty() &&
        text_at(item.json, "apiVersion").empty() && !item_kind.empty()) {
      item.json["kind"] = item_kind;
      item.json["apiVersion"] = api_version;
    }
    item.places = places_below(document, prefix);
    item.line = item.places.front().second.line;
    for (const std::string& pointer : document.duplicate_keys) {
      if (pointer.compare(0, prefix.size() + 1, prefix + "/") == 0) {
        item.duplicate_keys.push_back(pointer.substr(prefix.size()));
      }
    }
    take_apart(std::move(item), out);
  }
}

}  // namespace

Position Document::place(std::string_view pointer) const {
  for (;;) {
    // Of a key given twice the last.
    const auto after =
        std::upper_bound(places.begin(), places.end(), pointer,
                         [](std::string_view p, const auto& known) { return p < known.first; });
    if (after != places.begin() && std::prev(after)->first == pointer) {
      return std::prev(after)->second;
    }
    if (pointer.empty()) return {line, 1};
    const std::size_t slash = pointer.rfind('/');
    pointer = pointer.substr(0, slash == std::string_view::npos ? 0 : slash);
  }
}

std::vector<Document> parse_documents(std::string_view text, const std::string& file) {
  return parse_documents_as({}, text, file);
}

std::vector<Document> parse_documents_as(const YamlReading& reading, std::string_view text,
                                         const std::string& file) {
  check_size(text, file);
  std::string clean;
  if (find_bad_utf8(text) != std::string_view::npos) {
    clean = replace_bad_utf8(text);  // as kubectl reads a file
    text = clean;
  }
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  const std::size_t first = text.find_first_not_of(kSpaces);
  const bool json = first != std::string_view::npos && text[first] == '{';
  std::vector<Document> read =
      json ? read_json_stream(text, file) : read_yaml_stream(text, file, reading.old_booleans);
  if (!reading.take_apart) return read;
  std::vector<Document> out;
  for (Document& document : read) take_apart(std::move(document), &out);
  return out;
}

Document parse_json(std::string_view text, const std::string& file) {
  check_size(text, file);
  const std::size_t bad = find_bad_utf8(text);
  if (bad != std::string_view::npos) {
    refuse(file, {position_of(text, bad), "this byte is no UTF-8", "save the file as UTF-8",
                  "invalid UTF-8"});
  }
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  std::size_t at = 0;
  TextCursor cursor(text);
  Document document = read_json(text, &at, cursor, true, file);
  const std::size_t rest = text.find_first_not_of(kSpaces, at);
  if (rest != std::string_view::npos) {
    const std::string message = "text behind the end of the JSON document";
    refuse(file, {cursor.at(rest), message, "one document, and nothing behind it", message});
  }
  return document;
}

}  // namespace sim
