// Who owns whom: the graph of ownerReferences, derived from a world when it is asked for and never
// stored in it. Boost.Graph carries it; no other file sees that.
#pragma once

#include <string>
#include <vector>

#include "sim/world/world.h"

namespace sim {

/// One line of an ownership tree: the object and how far below the first one it stands.
struct Owned {
  Ref ref;
  int depth = 0;
};

/// An object and all that it owns, directly or through others, each under its owner, siblings in
/// order of creation. An object with two owners stands under the one that is met first.
std::vector<Owned> owned_tree(const World& world, Ref top);

/// The owners of an object, nearest first, up to one that nobody owns.
std::vector<Ref> owner_chain(const World& world, Ref object);

/// Objects that own each other in a circle, as a real cluster would never let them go; empty when
/// sound.
std::vector<Ref> ownership_cycle(const World& world);

/// The tree as text, with kinds and names joined by lines.
std::string print_tree(const World& world, const std::vector<Owned>& tree);

}  // namespace sim
