// The parts that every section of a scenario file is made of: people's text, references to pods,
// paths, and predicates.
#pragma once

#include <string>
#include <string_view>

#include "sim/scenario/reader.h"
#include "sim/scenario/scenario.h"

namespace sim {

class PartReader {
 public:
  /// The scenario as read so far: its locales and references are asked for.
  explicit PartReader(const Scenario& scenario) : scenario_(scenario) {}

  /// A string, or an object by language, each a string or an array of lines.
  Text text(const Cursor& value) const;
  /// The name of a reference.
  std::string pod_reference(const Cursor& value) const;
  std::string absolute_path(const Cursor& value) const;
  /// `depth`: how many not, all and any it is inside of.
  Expectation read_expectation(const Cursor& value, int depth) const;
  void read_object(const Cursor& body, Expectation* made) const;

 private:
  void known_reference(const Cursor& at, const std::string& name) const;
  bool promises(std::string_view locale) const;
  std::string why_code(const Cursor& value) const;
  void read_sees(const Cursor& body, Expectation* made) const;

  const Scenario& scenario_;
};

}  // namespace sim
