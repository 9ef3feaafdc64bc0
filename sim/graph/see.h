// Pods × files: who sees which, as a table of data with its forms for people and machines.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/graph/sight.h"
#include "sim/graph/visibility.h"
#include "sim/graph/why.h"

namespace sim {

enum class Status : std::uint8_t { Present, ReadOnly, Stale, Absent, Hidden, Unreachable };
std::string_view to_string(Status status);  // "read-only"
std::string_view words_of(Status status, std::string_view language);
/// "✓", "◐", "✗", …: what tells a status apart without colour.
std::string_view mark_of(Status status);
bool is_seen(Status status);
/// What a route says by itself (null: nothing runs that could look), and what the answer to `why`
/// adds to that.
Status status_of(const Route* route);
Status refined(Status status, const Why& why);

struct Cell {
  Status status = Status::Absent;
  int file = -1;  // which of the column's files it sees, from 0; the same number: the same file
  std::string elsewhere;          // it sees one of the column's files, under this other path
  std::optional<Duration> since;  // of the scenario, when it came to be so
  Why why;                        // only when asked in detail
};

struct MatrixRow {
  Uid uid;
  Str ns;
  Str pod;
  Str container;
  Str node;
  Id instance = 0;
  std::vector<Cell> cells;  // one per column
};

struct Matrix {
  Duration at{};                   // the moment, since the start
  std::vector<std::string> paths;  // columns
  std::vector<MatrixRow> rows;     // in order of namespace, pod and container
  bool detailed = false;
  /// Containers that see a file of this path.
  std::size_t seen(std::size_t column) const;
  /// How many different files they see under it.
  int files(std::size_t column) const;
};

struct SeeQuestion {
  std::vector<std::string> paths;  // each may be a pattern: * ? [a-z]
  std::string ns;                  // empty: all namespaces
  std::string container;           // empty: all containers
};

/// Worlds with more rows than this get no reasons and times of their own for each cell.
inline constexpr std::size_t kMostDetailed = 2000;

/// The answer for the world that `sight` follows. `chronicle` (of the same world) adds reasons and
/// times; without it, or for very many cells, there are none.
Matrix see(Sight& sight, const SeeQuestion& question, const Chronicle* chronicle);
/// The same for a world that nobody follows, with reasons and times.
Matrix see(const World& world, const SeeQuestion& question);

/// Paths that a pattern means to any of the containers, sorted; a plain path stands for itself.
std::vector<std::string> expand_pattern(const Sight& sight, const SeeQuestion& question,
                                        const std::string& pattern);

std::string to_table(const Matrix& matrix, std::string_view language);
std::string to_markdown(const Matrix& matrix, std::string_view language);
std::string to_json(const Matrix& matrix);

/// The whole answer of `why`: sentence, way, evidence, history and cure.
std::string to_text(const Chronicle& chronicle, Uid pod, const Why& why, std::string_view language);
/// The same as one JSON object.
std::string to_json(const Chronicle& chronicle, Uid pod, const Why& why);

}  // namespace sim
