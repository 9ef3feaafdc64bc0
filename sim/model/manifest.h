// Files of JSON or YAML as documents whose every node knows where it stands, so that a mistake
// found later can be shown with line and column. Includes all of nlohmann/json: for .cc files that
// read files.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/input_error.h"
#include "sim/model/json.h"

namespace sim {

/// One document of a manifest file and where each of its nodes stands.
struct Document {
  Json json;
  int line = 1;                                          // where the document starts
  std::vector<std::pair<std::string, Position>> places;  // JSON pointer → position, sorted
  std::vector<std::string> duplicate_keys;               // pointers of keys given twice
  Position place(std::string_view pointer) const;        // of the pointer or its nearest parent
};

/// The InputError of a text that is neither JSON nor YAML. The diagnostic says where and why, for a
/// person; `kubectl_words` is what kubectl says of the same mistake behind "error parsing FILE: ":
/// "error converting YAML to JSON: yaml: line 3: did not find expected key".
class ManifestError : public InputError {
 public:
  ManifestError(Diagnostic diagnostic, std::string kubectl_words)
      : InputError(std::vector<Diagnostic>{std::move(diagnostic)}),
        kubectl_words_(std::move(kubectl_words)) {}
  const std::string& kubectl_words() const { return kubectl_words_; }

 private:
  std::string kubectl_words_;
};

/// What programs make of YAML: kubectl as the default, kustomize and yq otherwise.
struct YamlReading {
  bool old_booleans = true;  // "y", "no", "on" and their like are booleans, not only "true"
  bool take_apart = true;    // a List gives its items
};
/// Reads JSON or YAML, one document or many ("---" or concatenated JSON); empty documents are left
/// out and a List is taken apart. Throws ManifestError with file, line and column. Depth, size and
/// alias expansion are bounded.
std::vector<Document> parse_documents(std::string_view text, const std::string& file);
std::vector<Document> parse_documents_as(const YamlReading& reading, std::string_view text,
                                         const std::string& file);
/// Reads exactly one strict JSON document (no comments, no doubled keys), with places.
Document parse_json(std::string_view text, const std::string& file);

}  // namespace sim
