// Which statements of a lesson prove nothing. Each is tried in worlds in which it should fail:
// before anything is there, at every moment of the lesson, with other output, and where the files
// that it asks about were made, or taken away, in every container.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sim/scenario/player.h"

namespace sim {

struct Doubt {
  std::string pointer;
  std::string message;
  std::string hint;
};

class Doubter {
 public:
  /// The scenario must outlive it.
  explicit Doubter(const Scenario& scenario);

  /// A step has ended on some line.
  void look(const Player& player, const StepResult& result);

  std::vector<Doubt> doubts(const std::string& language) const;

 private:
  enum class Role { Expected, Goal, Answer, Until };
  struct Statement {
    const Expectation* wanted;
    Role role;
    bool failed = false;       // somewhere
    bool right = false;        // an answer: it held when its step had ended
    std::string unheard_of{};  // a path that nothing in the lesson has to do with
    std::string instead{};     // one that was written and is near to it
  };

  void note(const ScenarioStep& step);
  std::vector<Statement*> of_step(const std::string& pointer);
  void refute(const World& world, const StepOutcome& evidence);
  void look_for_paths(const Player& player, const StepResult& result);
  bool is_seen(const World& world, const std::string& path) const;

  const Scenario& scenario_;
  std::vector<Statement> statements_;
  std::string deeds_;  // all that is typed and applied
};

}  // namespace sim
