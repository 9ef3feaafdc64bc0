#include <algorithm>
#include <cctype>

#include "sim/base/digest.h"
#include "sim/base/format.h"
#include "sim/programs/userland_tools.h"

// Programs that sum bytes up or write them otherwise: md5sum and its like, sum, cksum, base64.

namespace sim::userland {
namespace {

struct Digest {
  std::string_view program;
  std::string (*hex)(std::string_view);
  std::size_t length;
};
constexpr Digest kDigests[] = {{"md5sum", md5_hex, 32},
                               {"sha1sum", sha1_hex, 40},
                               {"sha256sum", sha256_hex, 64},
                               {"sha512sum", sha512_hex, 128}};

constexpr Reading kReading{"can't open '{}': {}", "{}: {}", 1, "can't read '{0}': {1}"};

/// Checks the lines "digest  name" of one list.
void check(Call& call, const Options& options, const Digest& digest, const std::string& list) {
  const auto text = read_operand(call, list);
  if (!text) return;
  std::size_t lines = 0;
  std::size_t malformed = 0;
  std::size_t unread = 0;
  std::size_t different = 0;
  const bool status = options.has(call.gnu() ? 'S' : 's');
  for (const std::string_view line : lines_of(*text)) {
    ++lines;
    const std::string_view sum = line.substr(0, std::min(digest.length, line.size()));
    const bool fine = line.size() > digest.length + 2 && line[digest.length] == ' ' &&
                      std::all_of(sum.begin(), sum.end(), [](char c) {
                        return std::isxdigit(static_cast<unsigned char>(c));
                      });
    if (!fine) {
      ++malformed;
      continue;
    }
    const std::string name(line.substr(digest.length + 2));
    const auto bytes = read_operand(call, name, kReading);
    if (!bytes) {
      ++unread;
      if (!status) {
        call.out(fmt::format("{}: {}\n", name, call.gnu() ? "FAILED open or read" : "FAILED"));
      }
      continue;
    }
    std::string wanted(sum);
    for (char& c : wanted) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const bool same = digest.hex(*bytes) == wanted;
    if (!same) ++different;
    if (status || (same && options.has('q'))) continue;
    call.out(fmt::format("{}: {}\n", name, same ? "OK" : "FAILED"));
  }
  const auto warn = [&](std::string_view warning) {
    call.err(fmt::format("{}: WARNING: {}\n", call.name(), warning));
  };
  const std::size_t failed = malformed + unread + different;
  if (!call.gnu()) {
    if (failed == 0) return;
    call.step.exit = 1;
    if (!status) warn(fmt::format("{} of {} computed checksums did NOT match", failed, lines));
    return;
  }
  if (lines == malformed) {
    call.complain(fmt::format("{}: no properly formatted checksum lines found", list));
    return;
  }
  if (unread + different > 0) call.step.exit = 1;
  if (status) return;
  const auto several = [](std::size_t n, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", n, n == 1 ? one : many);
  };
  if (malformed > 0) {
    warn(several(malformed, "line is improperly formatted", "lines are improperly formatted"));
  }
  if (unread > 0) {
    warn(several(unread, "listed file could not be read", "listed files could not be read"));
  }
  if (different > 0) {
    warn(several(different, "computed checksum did NOT match", "computed checksums did NOT match"));
  }
}

void digest(Call& call) {
  const auto* kind = std::find_if(std::begin(kDigests), std::end(kDigests),
                                  [&](const Digest& one) { return one.program == call.name(); });
  const auto options = parse_options(
      call, "cswbtqS",
      {{"check", 'c'}, {"status", 'S'}, {"quiet", 'q'}, {"binary", 'b'}, {"text", 't'}});
  if (!options) return;
  std::vector<std::string> names = options->operands;
  if (names.empty()) names.emplace_back("-");
  for (const std::string& name : names) {
    if (options->has('c')) {
      check(call, *options, *kind, name);
      continue;
    }
    const auto bytes = read_operand(call, name, kReading);
    if (!bytes) continue;
    const bool binary = options->has('b') && call.gnu();
    call.out(fmt::format("{} {}{}\n", kind->hex(*bytes), binary ? '*' : ' ', name));
  }
}

void sum(Call& call) {
  const bool crc = call.name() == "cksum";
  const auto options = parse_options(call, crc ? "" : "rs", {{"sysv", 's'}});
  if (!options) return;
  std::vector<std::string> names = options->operands;
  if (names.empty()) names.emplace_back("-");
  for (const std::string& name : names) {
    const auto bytes = read_operand(call, name);
    if (!bytes) continue;
    const std::uint64_t size = bytes->size();
    const std::string shown = options->operands.empty() ? "" : " " + name;
    if (crc) {
      call.out(fmt::format("{} {}{}\n", posix_crc(*bytes), size, shown));
    } else if (options->last_of("rs") == 's') {
      std::uint64_t total = 0;
      for (const char c : *bytes) total += static_cast<unsigned char>(c);
      total = total % 65536 + total % (std::uint64_t{1} << 32) / 65536;
      total = total % 65536 + total / 65536;
      call.out(fmt::format("{} {}{}\n", total, (size + 511) / 512, shown));
    } else {
      // busybox names a file only beside others.
      const bool named = call.gnu() || names.size() > 1;
      call.out(fmt::format("{:05} {:>5}{}\n", bsd_sum(*bytes), (size + 1023) / 1024,
                           named ? shown : ""));
    }
  }
}

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string encoded(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t at) -> unsigned {
      return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
    };
    const unsigned bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    text += kAlphabet[bits >> 18];
    text += kAlphabet[bits >> 12 & 63];
    text += i + 1 < bytes.size() ? kAlphabet[bits >> 6 & 63] : '=';
    text += i + 2 < bytes.size() ? kAlphabet[bits & 63] : '=';
  }
  return text;
}

void base64(Call& call) {
  const auto options =
      parse_options(call, "diw:", {{"decode", 'd'}, {"ignore-garbage", 'i'}, {"wrap", 'w'}});
  if (!options) return;
  const auto width = whole_number(call, options->value('w', "76"));
  if (!width) return;
  if (options->operands.size() > 1) {
    call.show_usage(call.gnu() ? fmt::format("extra operand '{}'", options->operands[1]) : "");
    return;
  }
  constexpr Reading kBase64{"{}: {}", "{}: {}", 1, "read error: {1}", "read error: {1}"};
  const auto bytes =
      read_operand(call, options->operands.empty() ? "-" : options->operands[0], kBase64);
  if (!bytes) return;
  if (!options->has('d')) {
    const std::string text = encoded(*bytes);
    if (*width <= 0) {
      call.out(text);
      return;
    }
    std::string wrapped;
    for (std::size_t i = 0; i < text.size(); i += static_cast<std::size_t>(*width)) {
      wrapped.append(text, i, static_cast<std::size_t>(*width)) += '\n';
    }
    call.out(wrapped);
    return;
  }
  std::string decoded;
  unsigned bits = 0;
  int held = 0;
  int padding = 0;
  bool wrong = false;
  for (const char c : *bytes) {
    if (c == '\n' || c == '\r') continue;
    const std::size_t value = kAlphabet.find(c);
    if (c == '=' && held >= 2 && held + padding < 4) {
      ++padding;
      continue;
    }
    if (value == std::string_view::npos || padding > 0) {
      if (options->has('i') || !call.gnu()) continue;
      wrong = true;
      break;
    }
    bits = bits << 6 | static_cast<unsigned>(value);
    if (++held < 4) continue;
    for (int shift = 16; shift >= 0; shift -= 8) decoded += static_cast<char>(bits >> shift & 0xff);
    bits = 0;
    held = 0;
  }
  const bool incomplete = held > 0 && held + padding != 4;
  if (incomplete && !call.gnu()) held = 0;  // busybox gives only what is whole
  if (held >= 2) decoded += static_cast<char>(bits >> (held * 6 - 8) & 0xff);
  if (held == 3) decoded += static_cast<char>(bits >> 2 & 0xff);
  call.out(decoded);
  if (wrong || incomplete) {
    call.complain("truncated input", "invalid input");
  }
}

}  // namespace

const std::vector<Listed>& digest_programs() {
  static const std::vector<Listed> programs = {
      {"md5sum", digest, "[-c[sw]] [FILE]..."},
      {"sha1sum", digest, "[-c[sw]] [FILE]..."},
      {"sha256sum", digest, "[-c[sw]] [FILE]..."},
      {"sha512sum", digest, "[-c[sw]] [FILE]..."},
      {"sum", sum, "[-rs] [FILE]..."},
      {"cksum", sum, "FILE..."},
      {"base64", base64, "[-d] [-w COL] [FILE]"},
  };
  return programs;
}

}  // namespace sim::userland
