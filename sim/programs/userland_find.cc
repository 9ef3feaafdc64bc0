#include <algorithm>
#include <array>
#include <map>

#include "sim/base/format.h"
#include "sim/base/regex.h"
#include "sim/programs/shell_pattern.h"
#include "sim/programs/userland_tools.h"

// find.

namespace sim::userland {
namespace {

// Steps of matching names that one call may take; beyond, nothing more matches.
constexpr std::int64_t kMostWork = std::int64_t{1} << 28;

/// The expression of find, evaluated as it is read: `live` says whether a part takes effect.
class Finder {
 public:
  Finder(Call& call, std::vector<std::string> words) : call_(call), words_(std::move(words)) {}

  void run() {
    std::vector<std::string> roots;
    std::size_t at = 0;
    while (at < words_.size() && (words_[at].empty() || (words_[at][0] != '-' &&
                                                         words_[at] != "(" && words_[at] != "!"))) {
      roots.push_back(words_[at++]);
    }
    words_.erase(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(at));
    if (roots.empty()) roots.emplace_back(".");
    if (!read_globals() || !check()) return;
    for (const std::string& root : roots) {
      const Io<Stat> stat = call_.files().stat(call_.path(root), false);
      if (!stat) {
        call_.complain(fmt::format("{}: {}", root, to_string(stat.error)),
                       fmt::format("'{}': {}", root, to_string(stat.error)));
        continue;
      }
      visit(root, stat.value, 0);
    }
    for (auto& [place, argv] : together_) run_inside(call_, argv, "");
  }

 private:
  struct Item {
    const std::string* path = nullptr;
    const Stat* stat = nullptr;
  };

  bool fail(std::string_view text) {
    if (!failed_) call_.complain(text);
    failed_ = true;
    return false;
  }

  bool unknown(const std::string& word) {
    if (failed_) return false;
    failed_ = true;
    if (!call_.gnu()) {
      call_.show_usage(fmt::format("unrecognized: {}", word));
    } else if (word.rfind('-', 0) == 0) {
      call_.complain(fmt::format("unknown predicate `{}'", word));
    } else {
      call_.complain(fmt::format("paths must precede expression: `{}'", word));
    }
    return false;
  }

  /// Takes -maxdepth and its like out of the expression; learns whether it prints by itself.
  bool read_globals() {
    for (std::size_t i = 0; i < words_.size();) {
      const std::string& word = words_[i];
      if (word == "-maxdepth" || word == "-mindepth") {
        const auto number = i + 1 < words_.size() ? to_number(words_[i + 1]) : std::nullopt;
        if (!number || *number < 0) return fail(fmt::format("bad number for {}", word));
        (word == "-maxdepth" ? most_ : least_) = *number;
      } else if (word == "-xdev" || word == "-mount" || word == "-follow" || word == "-depth") {
        depth_first_ = depth_first_ || word == "-depth";
        words_.erase(words_.begin() + static_cast<std::ptrdiff_t>(i));
        continue;
      } else {
        if (word == "-print" || word == "-print0" || word == "-exec" || word == "-delete" ||
            word == "-ls") {
          prints_ = true;
        }
        depth_first_ = depth_first_ || word == "-delete";
        ++i;
        continue;
      }
      words_.erase(words_.begin() + static_cast<std::ptrdiff_t>(i),
                   words_.begin() + static_cast<std::ptrdiff_t>(i) + 2);
    }
    return true;
  }

  /// Reads the expression once without effect, so that mistakes come before any output.
  bool check() {
    evaluate(Item{}, false);
    return !failed_;
  }

  bool evaluate(const Item& item, bool live) {
    item_ = item;
    next_ = 0;
    if (words_.empty()) return true;
    const bool value = either(live, 0);
    if (next_ < words_.size()) unknown(words_[next_]);
    return value;
  }
  bool at(std::string_view word) const { return next_ < words_.size() && words_[next_] == word; }
  bool either(bool live, int depth) {
    bool value = both(live, depth);
    while (at("-o") || at("-or")) {
      ++next_;
      const bool right = both(live && !value, depth);
      value = value || right;
    }
    return value;
  }
  bool both(bool live, int depth) {
    bool value = one(live, depth);
    while (!failed_ && next_ < words_.size() && !at("-o") && !at("-or") && !at(")")) {
      if (at("-a") || at("-and")) ++next_;
      const bool right = one(live && value, depth);
      value = value && right;
    }
    return value;
  }
  std::string argument(const std::string& of) {
    if (next_ < words_.size()) return words_[next_++];
    fail(call_.gnu() ? fmt::format("missing argument to `{}'", of)
                     : fmt::format("{} requires an argument", of));
    return "";
  }
  bool one(bool live, int depth) {
    if (failed_) return false;
    if (next_ == words_.size() || depth > 100) {
      return fail("missing expression");
    }
    const std::string word = words_[next_++];
    if (word == "!" || word == "-not") return !one(live, depth + 1);
    if (word == "(") {
      const bool value = either(live, depth + 1);
      if (!at(")")) return fail("unmatched '('");
      ++next_;
      return value;
    }
    if (word == "-print" || word == "-print0") {
      if (live) call_.out(*item_.path + (word == "-print" ? '\n' : '\0'));
      return true;
    }
    if (word == "-true") return true;
    if (word == "-false") return false;
    if (word == "-prune") {
      if (live) pruned_ = true;
      return true;
    }
    if (word == "-empty") {
      if (!live) return true;
      if (item_.stat->type == FileType::Directory) {
        return call_.files().list(call_.path(*item_.path)).value.empty();
      }
      return item_.stat->type == FileType::File && item_.stat->size == 0;
    }
    if (word == "-delete") {
      if (!live || *item_.path == ".") return true;
      const Path path = call_.path(*item_.path);
      const Io<Landing> gone = item_.stat->type == FileType::Directory
                                   ? call_.files().remove_directory(path)
                                   : call_.files().remove(path);
      if (!gone) {
        call_.complain(fmt::format("{}: {}", *item_.path, to_string(gone.error)),
                       fmt::format("cannot delete '{}': {}", *item_.path, to_string(gone.error)));
      }
      return bool(gone);
    }
    if (word == "-exec") return execute(live);
    return test(word, live);
  }

  bool execute(bool live) {
    std::vector<std::string> argv;
    while (next_ < words_.size() && words_[next_] != ";" && words_[next_] != "+") {
      argv.push_back(words_[next_++]);
    }
    if (next_ == words_.size() || argv.empty()) {
      return fail(call_.gnu() ? "missing argument to `-exec'" : "-exec requires an argument");
    }
    const bool at_once = words_[next_] == "+" && argv.back() == "{}";
    ++next_;
    if (!live) return true;
    if (at_once) {  // -exec … {} +: one call for all
      const auto [place, is_new] = together_.try_emplace(next_, argv);
      if (is_new) place->second.pop_back();
      place->second.push_back(*item_.path);
      return true;
    }
    for (std::string& word : argv) {
      for (std::size_t i = word.find("{}"); i != std::string::npos;
           i = word.find("{}", i + item_.path->size())) {
        word.replace(i, 2, *item_.path);
      }
    }
    return run_inside(call_, argv, "") == 0;
  }

  bool fits(std::string_view pattern, std::string_view text) {
    return shell::fits(pattern, text, work_);
  }

  bool test(const std::string& word, bool live) {
    constexpr std::array<std::string_view, 12> kTests = {"-name",  "-iname", "-path",  "-wholename",
                                                         "-type",  "-size",  "-newer", "-mmin",
                                                         "-mtime", "-user",  "-perm",  "-regex"};
    if (std::find(kTests.begin(), kTests.end(), word) == kTests.end()) {
      return unknown(word);
    }
    const std::string value = argument(word);
    if (failed_) return false;
    if (word == "-type" &&
        (value.size() != 1 || std::string("fdlcbps").find(value) == std::string::npos)) {
      return fail(call_.gnu() ? fmt::format("Unknown argument to -type: {}", value)
                              : fmt::format("invalid argument '{}' to '-type'", value));
    }
    if (word == "-size" || word == "-mmin" || word == "-mtime") return compare(word, value, live);
    if (!live) return true;
    const Stat& stat = *item_.stat;
    if (word == "-name") return fits(value, last_component(*item_.path));
    if (word == "-iname") return fits(lowered(value), lowered(last_component(*item_.path)));
    if (word == "-path" || word == "-wholename") return fits(value, *item_.path);
    if (word == "-type") {
      return value[0] == (stat.type == FileType::Directory     ? 'd'
                          : stat.type == FileType::Symlink     ? 'l'
                          : stat.type == FileType::BlockDevice ? 'b'
                                                               : 'f');
    }
    if (word == "-newer") {
      return stat.modified > call_.files().stat(call_.path(value)).value.modified;
    }
    if (word == "-user") return user_name(call_, stat.uid) == value;
    if (word == "-perm") return fmt::format("{:o}", stat.mode) == value;
    const auto regex = Regex::compile("^" + value + "$", {}, nullptr);
    return regex && regex->matches(*item_.path);
  }

  /// "+2k", "-10", "3": more than, less than, exactly.
  bool compare(const std::string& word, std::string value, bool live) {
    char sign = '=';
    if (!value.empty() && (value[0] == '+' || value[0] == '-')) {
      sign = value[0];
      value.erase(0, 1);
    }
    std::uint64_t unit = word == "-size" ? 512 : word == "-mmin" ? 60 : 86400;
    if (word == "-size" && !value.empty() && (value.back() < '0' || value.back() > '9')) {
      const auto size = size_number("1" + value.substr(value.size() - 1));
      if (!size) return fail(fmt::format("invalid number '{}'", value));
      unit = *size;
      value.pop_back();
    }
    const auto number = to_number(value);
    if (!number) return fail(fmt::format("invalid number '{}'", value));
    if (!live) return true;
    if (word == "-size" && !call_.gnu()) {  // to the byte
      const std::uint64_t wanted = static_cast<std::uint64_t>(*number) * unit;
      const std::uint64_t size = item_.stat->size;
      return sign == '+' ? size > wanted : sign == '-' ? size < wanted : size == wanted;
    }
    const std::int64_t age = (call_.now() - item_.stat->modified).seconds();
    const std::uint64_t amount =
        word == "-size" ? (item_.stat->size + unit - 1) / unit
                        : static_cast<std::uint64_t>(std::max<std::int64_t>(age, 0)) / unit;
    const auto have = static_cast<std::int64_t>(amount);
    return sign == '+' ? have > *number : sign == '-' ? have < *number : have == *number;
  }

  void visit(const std::string& path, const Stat& stat, std::int64_t depth) {
    if (depth > kDeepestWalk || failed_) return;
    const auto report = [&] {
      pruned_ = false;
      if (depth < least_) return;
      if (evaluate({&path, &stat}, true) && !prints_) call_.out(path + "\n");
    };
    if (!depth_first_) report();
    const bool pruned = pruned_;
    pruned_ = false;
    if (stat.type == FileType::Directory && depth < most_ && (depth_first_ || !pruned)) {
      const Io<std::vector<Str>> names = call_.files().list(call_.path(path));
      if (!names) {
        call_.complain(fmt::format("{}: {}", path, to_string(names.error)),
                       fmt::format("'{}': {}", path, to_string(names.error)));
      }
      for (const Str& name : names.value) {
        const std::string child = join(path, name);
        const Io<Stat> found = call_.files().stat(call_.path(child), false);
        if (found) visit(child, found.value, depth + 1);
      }
    }
    if (depth_first_) report();
  }

  Call& call_;
  std::vector<std::string> words_;
  std::size_t next_ = 0;
  std::int64_t work_ = kMostWork;
  Item item_;
  std::int64_t most_ = kDeepestWalk;
  std::int64_t least_ = 0;
  bool prints_ = false;
  bool depth_first_ = false;
  bool pruned_ = false;
  bool failed_ = false;
  std::map<std::size_t, std::vector<std::string>> together_;  // by the place of their -exec
};

void find(Call& call) { Finder(call, {call.argv.begin() + 1, call.argv.end()}).run(); }

}  // namespace

const std::vector<Listed>& find_programs() {
  static const std::vector<Listed> programs = {
      {"find", find, "[-HL] [PATH]... [OPTIONS] [ACTIONS]"},
  };
  return programs;
}

}  // namespace sim::userland
