// What is picked, shared by all panels: a click in one of them is seen in every other. Whoever
// changes it changes nothing else; panels compare with what they showed last.
#pragma once

#include <optional>
#include <string>

#include "sim/model/meta.h"
#include "sim/world/task.h"

namespace ui {

struct Selection {
  std::string path;                // of the picked file or directory; empty: none
  std::optional<sim::Uid> pod;     // may be gone in the moment that is looked at
  std::string container;           // of that pod; empty: its first one
  std::optional<sim::Ref> object;  // any row: what the inspector shows
  std::uint64_t change = 0;        // a revision of the journal; 0: none

  void pick_file(std::string file) { path = std::move(file); }
  void pick_pod(sim::Uid uid, sim::Ref ref, std::string of_container = {}) {
    pod = uid;
    object = ref;
    container = std::move(of_container);
  }
  void pick_object(sim::Ref ref) { object = ref; }
  void clear() { *this = {}; }
};

}  // namespace ui
