// [ … ] and what [[ … ]] asks about files.
#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/builtins.h"

namespace sim::shell {
namespace {

constexpr int kWrong = 2;
constexpr int kDeepest = 100;

bool is_binary(std::string_view op) {
  static constexpr std::string_view kOps[] = {"=",   "==",  "!=",  "<",   ">",   "-eq", "-ne",
                                              "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"};
  return std::find(std::begin(kOps), std::end(kOps), op) != std::end(kOps);
}

bool is_unary(std::string_view op) {
  return op.size() == 2 && op[0] == '-' &&
         std::string_view("abcdefghknoprstuvwxzGLNORS").find(op[1]) != std::string_view::npos;
}

/// bash 5.2 test.c: by the number of operands first, as POSIX has it, then by the grammar.
class Test {
 public:
  Test(Machine& machine, const std::vector<std::string>& words, std::string* error)
      : machine_(machine), words_(words), error_(error) {}

  int run() {
    const bool holds = by_count(0, words_.size());
    if (!error_->empty()) return kWrong;
    return holds ? 0 : 1;
  }

 private:
  void fail(std::string_view word, std::string_view what) {
    if (!error_->empty()) return;
    *error_ = machine_.shell().ash ? fmt::format("{}: unknown operand", word)
                                   : fmt::format("{}: {}", word, what);
  }

  bool by_count(std::size_t from, std::size_t count) {
    const auto word = [&](std::size_t i) -> const std::string& { return words_[from + i]; };
    if (count == 0) return false;
    if (count == 1) return !word(0).empty();
    if (count == 2) {
      if (word(0) == "!") return word(1).empty();
      if (is_unary(word(0))) return unary(word(0), word(1));
      fail(word(0), "unary operator expected");
      return false;
    }
    if (count == 3) {
      if (is_binary(word(1))) return binary(word(0), word(1), word(2));
      if (word(1) == "-a") return !word(0).empty() && !word(2).empty();
      if (word(1) == "-o") return !word(0).empty() || !word(2).empty();
      if (word(0) == "!") return !by_count(from + 1, 2);
      if (word(0) == "(" && word(2) == ")") return !word(1).empty();
      fail(word(1), "binary operator expected");
      return false;
    }
    if (count == 4 && word(0) == "!") return !by_count(from + 1, 3);
    if (count == 4 && word(0) == "(" && word(3) == ")") return by_count(from + 1, 2);
    at_ = from;
    const bool value = either();
    if (at_ < words_.size() && error_->empty()) {
      *error_ = machine_.shell().ash ? fmt::format("{}: unknown operand", words_[at_])
                                     : "too many arguments";
    }
    return value;
  }

  bool either() {
    if (++depth_ > kDeepest) fail(at_ < words_.size() ? words_[at_] : "", "nested too deeply");
    bool value = both();
    while (error_->empty() && take("-o")) {
      const bool right = both();
      value = value || right;
    }
    --depth_;
    return value;
  }
  bool both() {
    bool value = term();
    while (error_->empty() && take("-a")) {
      const bool right = term();
      value = value && right;
    }
    return value;
  }
  bool take(std::string_view word) {
    if (at_ >= words_.size() || words_[at_] != word) return false;
    ++at_;
    return true;
  }

  bool term() {
    bool negated = false;
    while (take("!")) negated = !negated;
    return negated != plain_term();
  }

  bool plain_term() {
    if (!error_->empty()) return false;
    if (at_ >= words_.size()) {
      *error_ = "argument expected";
      return false;
    }
    const bool compares = at_ + 2 < words_.size() && is_binary(words_[at_ + 1]);
    if (!compares && words_[at_] == "(") {
      ++at_;
      const bool value = either();
      if (error_->empty() && !take(")")) *error_ = "`)' expected";
      return value;
    }
    if (compares) {
      at_ += 3;
      return binary(words_[at_ - 3], words_[at_ - 2], words_[at_ - 1]);
    }
    if (at_ + 1 < words_.size() && is_unary(words_[at_])) {
      at_ += 2;
      return unary(words_[at_ - 2], words_[at_ - 1]);
    }
    return !words_[at_++].empty();
  }

  bool unary(const std::string& op, const std::string& word) {
    switch (op[1]) {
      case 'n':
        return !word.empty();
      case 'z':
        return word.empty();
      case 'v':
        return machine_.value(word).has_value();
      case 'o':
        return false;
      case 't':
        return false;
      default:
        return test_file(machine_, op[1], word);
    }
  }

  std::int64_t integer(const std::string& word) {
    const auto number = whole_number(word);
    if (!number && error_->empty()) {
      *error_ = machine_.shell().ash ? fmt::format("{}: bad number", word)
                                     : fmt::format("{}: integer expression expected", word);
    }
    return number.value_or(0);
  }

  bool binary(const std::string& left, const std::string& op, const std::string& right) {
    if (op == "=" || op == "==") return left == right;
    if (op == "!=") return left != right;
    if (op == "<") return left < right;
    if (op == ">") return left > right;
    if (op == "-nt" || op == "-ot" || op == "-ef") return compare_files(machine_, op, left, right);
    const std::int64_t a = integer(left);
    const std::int64_t b = integer(right);
    if (op == "-eq") return a == b;
    if (op == "-ne") return a != b;
    if (op == "-lt") return a < b;
    if (op == "-le") return a <= b;
    if (op == "-gt") return a > b;
    return a >= b;
  }

  Machine& machine_;
  const std::vector<std::string>& words_;
  std::string* error_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

/// Whether whoever runs here may do it: 4 read, 2 write, 1 run.
bool may(const FileSystem& files, const Path& path, const Stat& stat, int bit) {
  if (bit == 2) {
    const Path real = files.real_path(path);
    const int at = files.mount_of(real);
    bool read_only = at < 0 && files.read_only_root;
    if (at >= 0) {
      const Mount& mount = files.mounts[static_cast<std::size_t>(at)];
      read_only =
          mount.read_only ||
          (mount.volume >= 0 && files.volumes[static_cast<std::size_t>(mount.volume)].read_only);
    }
    if (read_only) return false;
  }
  if (files.uid == 0) {
    return bit != 1 || stat.type == FileType::Directory || (stat.mode & 0111) != 0;
  }
  int shift = 0;
  if (stat.uid == files.uid) {
    shift = 6;
  } else if (stat.gid == files.gid ||
             std::find(files.groups.begin(), files.groups.end(), stat.gid) != files.groups.end()) {
    shift = 3;
  }
  return (stat.mode >> shift & bit) != 0;
}

bool is_device(std::string_view name) {
  return name == "/dev/null" || name == "/dev/zero" || name == "/dev/tty" || name == "/dev/stdin" ||
         name == "/dev/stdout" || name == "/dev/stderr";
}

}  // namespace

bool test_file(Machine& machine, char op, const std::string& name) {
  if (name.empty()) return false;
  if (is_device(name)) return std::string_view("aecrw").find(op) != std::string_view::npos;
  const bool link = op == 'h' || op == 'L';
  const FileSystem& files = machine.system().files();
  const Path path = parse_path(name, machine.shell().cwd);
  const Io<Stat> found = files.stat(path, !link);
  if (!found) return false;
  const Stat& stat = found.value;
  // "file/" is a directory or nothing.
  if (name.back() == '/' && stat.type != FileType::Directory) return false;
  switch (op) {
    case 'a':
    case 'e':
      return true;
    case 'f':
      return stat.type == FileType::File;
    case 'd':
      return stat.type == FileType::Directory;
    case 'b':
      return stat.type == FileType::BlockDevice;
    case 'h':
    case 'L':
      return stat.type == FileType::Symlink;
    case 's':
      return stat.size > 0 || stat.type == FileType::Directory;
    case 'r':
      return may(files, path, stat, 4);
    case 'w':
      return may(files, path, stat, 2);
    case 'x':
      return may(files, path, stat, 1);
    case 'O':
      return stat.uid == files.uid;
    case 'G':
      return stat.gid == files.gid;
    case 'u':
      return (stat.mode & 04000) != 0;
    case 'g':
      return (stat.mode & 02000) != 0;
    case 'k':
      return (stat.mode & 01000) != 0;
    case 'N':
      return true;
    default:  // devices, pipes and sockets: there are none
      return false;
  }
}

bool compare_files(Machine& machine, std::string_view op, const std::string& a,
                   const std::string& b) {
  const FileSystem& files = machine.system().files();
  const Path& cwd = machine.shell().cwd;
  const Io<Stat> left = files.stat(parse_path(a, cwd));
  const Io<Stat> right = files.stat(parse_path(b, cwd));
  if (op == "-nt") return left && (!right || left.value.modified > right.value.modified);
  if (op == "-ot") return right && (!left || left.value.modified < right.value.modified);
  return left && right &&
         files.real_path(parse_path(a, cwd)) == files.real_path(parse_path(b, cwd));
}

int run_test(Machine& machine, const std::vector<std::string>& words, std::string* error) {
  return Test(machine, words, error).run();
}

}  // namespace sim::shell
