#include "sim/base/file_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "sim/base/format.h"
#include "sim/base/input_error.h"

namespace sim {
namespace {

[[noreturn]] void fail(const std::string& path, std::string reason) {
  Diagnostic diagnostic;
  diagnostic.file = path;
  diagnostic.message = std::move(reason);
  throw InputError({diagnostic});
}

[[noreturn]] void fail(const std::string& path, const char* what, int error) {
  fail(path, fmt::format("{}: {}", what, std::strerror(error)));
}

/// An open file, closed when it goes.
struct Descriptor {
  explicit Descriptor(int n) : number(n) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number > 2) ::close(number);
  }
  int number;
};

/// False when it failed; errno says why.
bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(file, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// Where a symlink leads, so that renaming replaces the file and not the link to it.
std::string target_of(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  return real ? std::string(real.get()) : path;
}

}  // namespace

std::string read_file(const std::string& path, std::size_t limit) {
  const std::string name = path == "-" ? "standard input" : path;
  const Descriptor file(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number < 0) fail(name, "cannot be read", errno);
  std::string bytes;
  constexpr std::size_t kStep = 1u << 16;
  for (;;) {
    const std::size_t size = bytes.size();
    bytes.resize(size + kStep);
    const ssize_t n = ::read(file.number, bytes.data() + size, kStep);
    const int error = errno;
    bytes.resize(size + (n > 0 ? static_cast<std::size_t>(n) : 0));
    if (n < 0 && error == EINTR) continue;
    if (n < 0) fail(name, "cannot be read", error);
    if (n == 0) return bytes;
    if (bytes.size() > limit) {
      fail(name, fmt::format("is larger than the limit of {} bytes", limit));
    }
  }
}

void write_file(const std::string& path, std::string_view bytes) {
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) fail(path, "cannot be written", EISDIR);
  if (exists &&
      !S_ISREG(info.st_mode)) {  // a terminal, a pipe, /dev/null: there is nothing to lose
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.number < 0 || !write_all(file.number, bytes)) fail(path, "cannot be written", errno);
    return;
  }
  const std::string target = target_of(path);
  std::string temporary = target + ".XXXXXX";
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (file.number < 0) fail(path, "cannot be written", errno);
  const auto give_up = [&](int error) {
    ::unlink(temporary.c_str());
    fail(path, "cannot be written", error);
  };
  if (!write_all(file.number, bytes)) give_up(errno);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  const mode_t mode = exists ? info.st_mode & 07777 : 0666 & ~mask;
  if (::fchmod(file.number, mode) != 0) give_up(errno);
  if (::fsync(file.number) != 0 && errno != EINVAL) give_up(errno);
  if (::rename(temporary.c_str(), target.c_str()) != 0) give_up(errno);
}

}  // namespace sim
