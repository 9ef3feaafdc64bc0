// What differs between two moments, or between two lines that parted: which containers came to see
// a file, which no longer do, which are new or gone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/graph/see.h"

namespace sim {

struct RowDifference {
  Str ns;
  Str pod;
  Str container;
  std::optional<Cell> before;  // none: the container is not there
  std::optional<Cell> after;
  bool differs = true;
};
struct FileDifference {
  std::string path;
  std::size_t seen_before = 0, all_before = 0;  // containers
  std::size_t seen_after = 0, all_after = 0;
  std::vector<RowDifference> rows;  // those that differ, or all
  bool any() const;
};

enum class Rows : std::uint8_t { Differing, All };

/// For each path of either matrix. A container stands for itself by namespace, pod and name.
std::vector<FileDifference> differences(const Matrix& before, const Matrix& after,
                                        Rows rows = Rows::Differing);
std::string to_text(const FileDifference& difference, std::string_view language);

/// Paths under which containers may see what people and programs wrote, in the order of writing:
/// what a commandless question about a run is about. Changes before `from` (a revision) do not
/// count.
std::vector<std::string> written_paths(const Chronicle& chronicle, std::uint64_t from,
                                       std::size_t most);

}  // namespace sim
