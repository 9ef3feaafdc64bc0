// Lessons with one thing wrong: whatever changes their meaning is found, at its place. A few
// corruptions of each lesson are tried here; PODSIGHT_CORRUPTIONS=200 tries more.
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "sim/base/file_io.h"
#include "sim/base/input_error.h"
#include "sim/scenario/prove.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/scenario_files.h"
#include "tests/support/environment.h"
#include "tests/support/paths.h"

namespace sim::testing {
namespace {

using Ordered = nlohmann::ordered_json;
using Pointer = Ordered::json_pointer;

/// A way to spoil a place of a lesson: the place, what it is called, and the lesson afterwards.
struct Corruption {
  std::string pointer;
  std::string what;
  std::function<void(Ordered&)> spoil;
};

/// Below these keys names are the author's own, or another format's.
bool is_free(const std::string& key) {
  for (const char* name :
       {"manifests", "library", "apply", "match", "labels", "files", "images", "layers", "refs",
        "pods", "misconceptions", "delays", "capacity", "allocatable"}) {
    if (key == name) return true;
  }
  return key.rfind("//", 0) == 0 || key == "$schema";
}

std::string other_code(const std::string& code) {
  return code == "IN_IMAGE" ? "IN_VOLUME" : "IN_IMAGE";
}

/// What the loader must find, and what only the proof can.
struct Sites {
  std::vector<Corruption> shape;
  std::vector<Corruption> meaning;
};

void add_meaning(const Ordered& json, const Pointer& at, Sites* sites) {
  if (json.contains("sees") && json["sees"].contains("pods")) {
    for (const auto& [pod, sees] : json["sees"]["pods"].items()) {
      const Pointer place = at / "sees" / "pods" / pod;
      sites->meaning.push_back({at.to_string(), "the opposite for " + pod,
                                [place](Ordered& all) { all[place] = !all[place].get<bool>(); }});
    }
  }
  if (json.contains("why")) {
    const Pointer place = at / "why" / "code";
    sites->meaning.push_back({at.to_string(), "another code", [place](Ordered& all) {
                                all[place] = other_code(all[place].get<std::string>());
                              }});
  }
  if (json.contains("output") && json["output"].contains("exit")) {
    const Pointer place = at / "output" / "exit";
    sites->meaning.push_back({at.to_string(), "another status",
                              [place](Ordered& all) { all[place] = all[place].get<int>() + 3; }});
  }
  if (json.contains("output") && json["output"].contains("contains") &&
      json["output"]["contains"].is_string()) {
    const Pointer place = at / "output" / "contains";
    sites->meaning.push_back({at.to_string(), "other output", [place](Ordered& all) {
                                all[place] = all[place].get<std::string>() + " zzz";
                              }});
  }
}

void add_shape(const Ordered& json, const Pointer& at, Sites* sites) {
  for (const auto& [key, value] : json.items()) {
    if (is_free(key)) continue;
    sites->shape.push_back(
        {at.to_string(), "\"" + key + "\" misspelt", [at, key = key](Ordered& all) {
           Ordered spoilt = Ordered::object();
           for (const auto& [name, part] : all[at].items()) {
             spoilt[name == key ? name + "x" : name] = part;
           }
           all[at] = spoilt;
         }});
    if (key == "ko" || key == "id" || key == "path" || key == "code") {
      const Pointer place = at / key;
      sites->shape.push_back({at.to_string(), "\"" + key + "\" of another type",
                              [place](Ordered& all) { all[place] = 7; }});
    }
    if (key == "ko") {
      sites->shape.push_back(
          {at.to_string(), "no Korean", [at](Ordered& all) { all[at].erase("ko"); }});
    }
    if (key == "pod") {
      const Pointer place = at / key;
      sites->shape.push_back({at.to_string(), "an unknown reference",
                              [place](Ordered& all) { all[place] = "nobody-at-all"; }});
    }
  }
}

void walk(const Ordered& json, const Pointer& at, bool expected, Sites* sites) {
  if (json.is_array()) {
    for (std::size_t i = 0; i < json.size(); ++i) walk(json[i], at / i, expected, sites);
    return;
  }
  if (!json.is_object()) return;
  add_shape(json, at, sites);
  if (expected) add_meaning(json, at, sites);
  for (const auto& [key, value] : json.items()) {
    if (is_free(key)) continue;
    // What holds under "not" and "any" need not fail when one part of it does.
    const bool must_hold = (expected && key == "all") ||
                           (!expected && (key == "expect" || key == "goals") && value.is_array());
    walk(value, at / key, must_hold || (expected && key != "not" && key != "any"), sites);
  }
}

/// The first mistake that is found at the place, above it or below it; or all that was found.
std::string found_at(const std::string& pointer, const std::vector<Diagnostic>& mistakes) {
  std::string all;
  for (const Diagnostic& mistake : mistakes) {
    const std::string& place = mistake.pointer;
    const std::size_t shared = std::min(place.size(), pointer.size());
    if (mistake.line > 0 && place.substr(0, shared) == pointer.substr(0, shared)) return "";
    all += mistake.text() + "\n";
  }
  return all.empty() ? "nothing was found" : all;
}

std::string outcome(const std::string& text, const std::string& file, const std::string& pointer) {
  try {
    return found_at(pointer, prove(parse_scenario(text, file), text, "en").mistakes);
  } catch (const InputError& error) {
    return found_at(pointer, error.diagnostics());
  }
}

TEST(CorruptLesson, IsFoundOut) {
  const int more = number_from("PODSIGHT_CORRUPTIONS", 0);
  std::mt19937_64 draw(20250101);
  for (const std::string& file : scenario_files({source_path("scenarios")})) {
    const Ordered lesson = Ordered::parse(read_file(file));
    Sites sites;
    walk(lesson, Pointer(), false, &sites);
    ASSERT_FALSE(sites.shape.empty());
    const auto try_some = [&](const std::vector<Corruption>& from, int count) {
      for (int i = 0; i < count && !from.empty(); ++i) {
        const Corruption& corruption = from[draw() % from.size()];
        Ordered spoilt = lesson;
        corruption.spoil(spoilt);
        EXPECT_EQ(outcome(spoilt.dump(1), file, corruption.pointer), "")
            << file << " " << corruption.pointer << ": " << corruption.what;
      }
    };
    try_some(sites.shape, more > 0 ? more / 2 : 10);
    try_some(sites.meaning, more > 0 ? more / 2 : 1);
  }
}

}  // namespace
}  // namespace sim::testing
