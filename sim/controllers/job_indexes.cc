#include "sim/controllers/job_indexes.h"

#include <algorithm>
#include <charconv>

#include "sim/base/format.h"

namespace sim::job {
namespace {

std::int32_t number(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0 ? value : -1;
}

}  // namespace

std::set<std::int32_t> parse_indexes(std::string_view text, std::int32_t completions) {
  std::set<std::int32_t> indexes;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    const std::size_t dash = part.find('-');
    const std::int32_t first = number(part.substr(0, dash));
    const std::int32_t last =
        dash == std::string_view::npos ? first : number(part.substr(dash + 1));
    if (first < 0) continue;
    for (std::int32_t i = first; i <= std::min(last, completions - 1); ++i) indexes.insert(i);
  }
  return indexes;
}

std::string to_text(const std::set<std::int32_t>& indexes) {
  std::string text;
  for (auto at = indexes.begin(); at != indexes.end();) {
    const std::int32_t first = *at;
    std::int32_t last = first;
    for (++at; at != indexes.end() && *at == last + 1; ++at) last = *at;
    if (!text.empty()) text += ',';
    text += std::to_string(first);
    // Two in a row are two, more are a range.
    if (last == first + 1) text += fmt::format(",{}", last);
    if (last > first + 1) text += fmt::format("-{}", last);
  }
  return text;
}

std::int32_t index_of(const Pod& pod) {
  const Str* text = pod.meta.annotations.find(kIndexKey);
  return text ? number(*text) : -1;
}

}  // namespace sim::job
