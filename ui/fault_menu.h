// What can be done by hand to a thing of the cluster: the faults of the vocabulary
// (sim/world/fault.h) that hit such a thing, and kubectl's own commands for it. Each is the line
// that a person would type, and is typed for them; what cannot be done now says why.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/world/fault.h"
#include "ui/panel.h"

namespace ui {

/// Whom it hits. FaultTarget::Nothing: what surrounds the cluster.
struct Victim {
  sim::FaultTarget target = sim::FaultTarget::Nothing;
  std::string name;
  std::string ns;         // of a pod
  std::string container;  // of a pod; empty: its first
};

struct Deed {
  std::string id;       // "container.kill"
  std::string label;    // for a person
  std::string line;     // what is typed
  std::string not_now;  // why that would do nothing; empty: it would do something
  bool begins_group = false;
};

/// What a fault is called in a menu.
const char* name_of(sim::FaultKind kind, Language language);
/// In the order of the vocabulary, kubectl's commands behind it.
std::vector<Deed> deeds_on(const sim::World& world, const Victim& victim, Language language);

/// The entries of a menu. Remembers what it showed, until the world is another.
class FaultMenu {
 public:
  /// `prefix` begins the names of the entries.
  void items(Context& context, const Victim& victim, const std::string& prefix);
  /// The same of a pod: what hits one of its containers in a menu of its own when there are
  /// several.
  void pod_items(Context& context, const sim::Pod& pod, const std::string& container,
                 const std::string& prefix);

 private:
  const std::vector<Deed>& deeds(Context& context, const Victim& victim);

  std::map<std::string, std::vector<Deed>> known_;
  std::uint64_t version_ = 0;  // of the world that they are about
  Language language_ = Language::English;
};

}  // namespace ui
