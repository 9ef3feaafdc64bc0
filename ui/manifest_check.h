// A manifest that a person edits: the text to begin with, the command that applies it, and every
// mistake with its line: of the YAML, and of what the API server says when it is only asked.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/player.h"

namespace ui {

struct ManifestMistake {
  int line = 1;
  std::string text;
  friend bool operator==(const ManifestMistake&, const ManifestMistake&) = default;
};

/// The object as YAML without what the server sets by itself; empty when there is none.
std::string editable_yaml(const sim::World& world, sim::Ref ref);
/// The lines that a person would type.
std::string replace_command(const std::string& yaml);
/// What is wrong with the text; it is tried on a copy of the play.
std::vector<ManifestMistake> manifest_mistakes(const sim::Player& player, const std::string& yaml);

}  // namespace ui
