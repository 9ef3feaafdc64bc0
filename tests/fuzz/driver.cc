// fuzz_NAME [--seconds N] [--seed S] [FILE…]: with files, runs those and nothing else.
#include "tests/fuzz/driver.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "sim/base/draw.h"
#include "sim/base/file_io.h"
#include "sim/base/input_error.h"

namespace sim::fuzz {
namespace {

constexpr std::size_t kLongest = 16384;
constexpr time_t kSlowestSeconds = 20;  // of processor time, under sanitizers
constexpr const char* kFinding = "fuzz-finding.txt";

const std::string* running = nullptr;

// Keeps what brought the target down. Only calls that a signal handler may make.
void keep_finding(int signal_number) {
  if (running) {
    FILE* file = std::fopen(kFinding, "wb");
    if (file) {
      std::fwrite(running->data(), 1, running->size(), file);
      std::fclose(file);
    }
    std::fprintf(stderr, "fuzz: signal %d; the input is in %s:\n%.2000s\n", signal_number, kFinding,
                 running->c_str());
  }
  _exit(1);
}

class Mutator {
 public:
  Mutator(const Target& target, std::uint64_t seed) : target_(target), seed_(seed) {}

  std::string next() {
    const std::vector<std::string>& from = pool();
    std::string text = from[below(from.size())];
    for (std::uint64_t n = 1 + below(6); n > 0; --n) change(text);
    if (text.size() > kLongest) text.resize(kLongest);
    return text;
  }
  /// Something that was answered without complaint is worth changing further.
  void keep(const std::string& text) {
    if (kept_.size() < 200) {
      kept_.push_back(text);
    } else {
      kept_[below(kept_.size())] = text;
    }
  }

 private:
  const std::vector<std::string>& pool() {
    return !kept_.empty() && below(2) != 0 ? kept_ : target_.seeds;
  }
  std::uint64_t below(std::uint64_t bound) { return draw_below(bound, seed_, "fuzz", 0, n_++); }
  std::size_t place(const std::string& text) {
    return static_cast<std::size_t>(below(text.size() + 1));
  }

  void change(std::string& text) {
    switch (below(9)) {
      case 0:
        if (!text.empty()) text[below(text.size())] = static_cast<char>(below(256));
        break;
      case 1:
        text.insert(place(text), 1, static_cast<char>(below(128)));
        break;
      case 2: {
        const std::size_t at = place(text);
        text.erase(at, below(20) + 1);
        break;
      }
      case 3:
      case 4:
        if (!target_.words.empty()) {
          text.insert(place(text), target_.words[below(target_.words.size())]);
        }
        break;
      case 5: {  // a part again
        const std::size_t at = place(text);
        const std::string part = text.substr(at, below(40) + 1);
        text.insert(place(text), part);
        break;
      }
      case 6: {  // the head of one and the tail of another
        const std::string& other = target_.seeds[below(target_.seeds.size())];
        text = text.substr(0, place(text)) + other.substr(place(other));
        break;
      }
      case 7: {  // much of the same: depth
        if (target_.words.empty()) break;
        const std::string& word = target_.words[below(target_.words.size())];
        std::string many;
        for (std::uint64_t i = below(300); i > 0; --i) many += word;
        text.insert(place(text), many);
        break;
      }
      default: {
        static const char* const kNumbers[] = {"0",   "-1",          "9223372036854775807",
                                               "1e9", "99999999999", "0x7f"};
        text.insert(place(text), kNumbers[below(6)]);
        break;
      }
    }
  }

  const Target& target_;
  std::uint64_t seed_;
  std::uint64_t n_ = 0;
  std::vector<std::string> kept_;
};

/// Ends the program when an input takes longer than any should; 0 calls that off. What counts is
/// processor time: how busy the machine is does not matter.
void limit_time(time_t seconds) {
  const itimerval timer{{0, 0}, {seconds, 0}};
  setitimer(ITIMER_PROF, &timer, nullptr);
}

/// True when the target had nothing against the input.
bool run(const Target& target, const std::string& input) {
  running = &input;
  limit_time(kSlowestSeconds);
  bool fine = true;
  try {
    target.one(input);
  } catch (const InputError&) {
    fine = false;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fuzz: threw %s\n", error.what());
    keep_finding(0);
  }
  limit_time(0);
  running = nullptr;
  return fine;
}

int main_of(int argc, char** argv) {
  for (const int number : {SIGSEGV, SIGABRT, SIGPROF, SIGBUS, SIGFPE, SIGILL}) {
    signal(number, keep_finding);
  }
  double seconds = 5;
  std::uint64_t seed = 1;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
      seconds = std::atof(argv[++i]);
    } else if (std::strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
      seed = std::strtoull(argv[++i], nullptr, 10);
    } else {
      files.emplace_back(argv[i]);
    }
  }
  const Target all = target();
  if (!files.empty()) {
    for (const std::string& file : files) run(all, read_file(file));
    return 0;
  }
  std::uint64_t inputs = 0;
  for (const std::string& text : all.seeds) {
    run(all, text);
    ++inputs;
  }
  Mutator mutator(all, seed);
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end) {
    const std::string input = mutator.next();
    if (run(all, input)) mutator.keep(input);
    ++inputs;
  }
  std::printf("fuzz: %llu inputs, no finding\n", static_cast<unsigned long long>(inputs));
  return 0;
}

}  // namespace
}  // namespace sim::fuzz

int main(int argc, char** argv) { return sim::fuzz::main_of(argc, argv); }
