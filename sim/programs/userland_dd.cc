#include <algorithm>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/programs/userland_tools.h"

// dd.

namespace sim::userland {
namespace {

std::string speed_text(std::uint64_t bytes, Duration took, bool gnu) {
  const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(took.ns, 1));
  const std::uint64_t per_second = bytes > UINT64_MAX / 1'000'000'000
                                       ? bytes / std::max<std::uint64_t>(ns / 1'000'000'000, 1)
                                       : bytes * 1'000'000'000 / ns;
  if (!gnu) return human_size(per_second, false);
  constexpr std::string_view kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  std::uint64_t tenths = per_second * 10;
  while (tenths >= 10000 && unit < 4) {
    tenths /= 1000;
    ++unit;
  }
  return tenths < 100 ? fmt::format("{}.{} {}", tenths / 10, tenths % 10, kUnits[unit])
                      : fmt::format("{} {}", tenths / 10, kUnits[unit]);
}

std::string random_bytes(const Call& call, std::uint64_t count) {
  std::string bytes(count, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(draw(call.around.seed, "/dev/urandom", 0, i) & 0xff);
  }
  return bytes;
}

void dd(Call& call) {
  // A disk of a laptop: what `dd` says it reached, and how long it takes here.
  constexpr std::uint64_t kBytesPerSecond = 500'000'000;
  std::string in;
  std::string out;
  bool no_truncate = false;
  bool append = false;
  std::string status;
  std::uint64_t block = 512;
  std::optional<std::uint64_t> count;
  std::uint64_t skip = 0;
  std::uint64_t seek = 0;
  for (std::size_t i = 1; i < call.argv.size(); ++i) {
    const std::string& word = call.argv[i];
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (key == "if") {
      in = value;
    } else if (key == "of") {
      out = value;
    } else if (key == "conv") {
      no_truncate = value.find("notrunc") != std::string::npos;
    } else if (key == "oflag") {
      append = value.find("append") != std::string::npos;
    } else if (key == "status") {
      status = value;
    } else if (key == "iflag") {
      continue;
    } else if (key == "bs" || key == "ibs" || key == "obs" || key == "count" || key == "skip" ||
               key == "seek") {
      const auto number = size_number(value);
      const bool zero = number && *number == 0 && key.find("bs") != std::string::npos;
      if (!number || zero) {
        call.complain(zero ? fmt::format("number {} is not in 1..9223372036854775807 range", value)
                           : fmt::format("invalid number '{}'", value),
                      fmt::format("invalid number: '{}'", value));
        return;
      }
      (key == "skip"   ? skip
       : key == "seek" ? seek
                       : block) = key == "count" || key == "obs" ? block : *number;
      if (key == "count") count = *number;
    } else {
      call.show_usage(call.gnu() ? fmt::format("unrecognized operand '{}'", word) : "");
      return;
    }
  }
  constexpr std::uint64_t kMost = std::uint64_t{1} << 42;
  const auto times = [&](std::uint64_t blocks) {
    return blocks > kMost / block ? kMost : blocks * block;
  };
  const std::uint64_t limit = count ? times(*count) : kMost;
  const bool endless = in == "/dev/zero" || in == "/dev/urandom" || in == "/dev/random";
  std::string bytes;
  std::uint64_t length = limit;
  if (!endless) {
    if (in.empty()) {
      bytes = call.input;
      length = bytes.size();
    } else {
      const Path path = call.path(in);
      const Io<std::string> read = call.files().read(path);
      if (!read) {
        call.complain(why("can't open", in, read.error), why("failed to open", in, read.error));
        return;
      }
      bytes = read.value;
      length = call.files().stat(path).value.size;
    }
    const std::uint64_t from = std::min(length, times(skip));
    length = std::min(length - from, limit);
    bytes = bytes.substr(std::min<std::uint64_t>(from, bytes.size()), length);
  }
  FileSystem& files = call.files();
  Errno error = Errno::Ok;
  std::uint64_t written = length;
  if (out.empty() || out == "/dev/stdout") {
    if (endless) {
      written = std::min<std::uint64_t>(length, kMostOutput);
      bytes = in == "/dev/zero" ? std::string(written, '\0') : random_bytes(call, written);
    }
    call.out(bytes);
  } else if (out != "/dev/null") {
    const Path path = call.path(out);
    const Io<Stat> there = files.stat(path);
    const std::uint64_t old_size = there ? there.value.size : 0;
    const std::uint64_t start = append ? old_size : times(seek);
    // Random bytes are drawn as long as they are few; beyond that, nobody tells them from zeros.
    constexpr std::uint64_t kMostDrawn = 1u << 20;
    if (endless && in != "/dev/zero" && length <= kMostDrawn) bytes = random_bytes(call, length);
    FileSystem::Span span;
    span.at = start;
    span.bytes = bytes;
    span.zeros = length - bytes.size();
    span.keep_rest = no_truncate || append;
    error = files.write_span(path, span, call.now()).error;
    if (error == Errno::NoSpace || error == Errno::FileTooLarge) {
      const std::uint64_t now_size = files.stat(path).value.size;
      written = now_size > start ? std::min(now_size - start, length) : 0;
      call.complain(why("error writing", out, error), why("error writing", out, error));
    } else if (error != Errno::Ok) {
      call.complain(why("can't open", out, error), why("failed to open", out, error));
      return;
    }
  }
  const Duration took{static_cast<std::int64_t>(written / kBytesPerSecond * 1'000'000'000 +
                                                written % kBytesPerSecond * 2) +
                      100'000};
  call.step.took = took;
  if (status == "none") return;
  const auto records = [&](std::uint64_t n) {
    return fmt::format("{}+{}", n / block, n % block != 0 ? 1 : 0);
  };
  // A write that failed had its block read already.
  const std::uint64_t read_bytes =
      error == Errno::Ok ? written : std::min(length, (written / block + 1) * block);
  call.err(fmt::format("{} records in\n{} records out\n", records(read_bytes), records(written)));
  if (status == "noxfer") return;
  const std::string time =
      fmt::format("{}.{:06}", took.ns / 1'000'000'000, took.ns / 1000 % 1'000'000);
  if (!call.gnu()) {
    call.err(fmt::format("{} bytes ({}B) copied, {} seconds, {}B/s\n", written,
                         human_size(written, false), time, speed_text(written, took, false)));
  } else {
    const std::string decimal = speed_text(written, seconds(1), true);
    call.err(written < 1000 ? fmt::format("{} bytes copied, {} s, {}/s\n", written, time,
                                          speed_text(written, took, true))
                            : fmt::format("{} bytes ({}) copied, {} s, {}/s\n", written, decimal,
                                          time, speed_text(written, took, true)));
  }
}

}  // namespace

const std::vector<Listed>& copy_programs() {
  static const std::vector<Listed> programs = {
      {"dd", dd,
       "[if=FILE] [of=FILE] [bs=N] [count=N] [skip=N] [seek=N] [conv=notrunc|noerror|sync|fsync]"},
  };
  return programs;
}

}  // namespace sim::userland
