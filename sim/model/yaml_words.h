// What kubectl says of YAML that cannot be read. kubectl reads with go-yaml, whose words and line
// numbers people know and search for; podsight reads with yaml-cpp, which words the same mistakes
// otherwise and overlooks some.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

/// A collection in block style that was open where the mistake stands.
struct OpenBlock {
  std::size_t column = 0;  // from 0
  bool sequence = false;
  bool indentless = false;  // a sequence no deeper than its key
};

struct YamlMistake {
  std::string words;       // go-yaml's
  std::string hint;        // what would be right
  std::size_t offset = 0;  // where a person should look
  std::size_t line = 0;    // the line that go-yaml names, from 1; 0 when it names none
};

/// Of yaml-cpp's message about the byte at `offset` of `text`.
YamlMistake explain_yaml(std::string_view text, std::size_t offset, std::string_view message,
                         const std::vector<OpenBlock>& blocks);
/// A key that stands alone, without its colon.
YamlMistake missing_colon(std::string_view text, std::size_t key);
/// A quoted scalar whose end is missing; nothing when it is there. `at` is its opening quote.
bool is_closed(std::string_view text, std::size_t at);
YamlMistake unclosed_quote(std::string_view text, std::size_t at);

}  // namespace sim
