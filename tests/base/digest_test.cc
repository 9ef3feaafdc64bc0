// Digests, compared with what md5sum, sha256sum, cksum and sum print; times as strftime writes
// them.
#include <gtest/gtest.h>

#include <string>

#include "sim/base/digest.h"
#include "sim/base/time_format.h"

namespace sim {
namespace {

TEST(Digests, OfKnownTexts) {
  EXPECT_EQ(md5_hex(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(md5_hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(sha1_hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(sha1_hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha512_hex("abc"),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  EXPECT_EQ(posix_crc(""), 4294967295u);
  EXPECT_EQ(posix_crc("123456789"), 930766865u);
  EXPECT_EQ(bsd_sum("b\na\nc\n"), 53325u);
}

/// Lengths around the end of a block, where the padding takes one block or two.
TEST(Digests, OfEveryLengthOfPadding) {
  EXPECT_EQ(md5_hex(std::string(55, 'a')), "ef1772b6dff9a122358552954ad0df65");
  EXPECT_EQ(md5_hex(std::string(56, 'a')), "3b0c8ac703f828b04c6c197006d17218");
  EXPECT_EQ(md5_hex(std::string(64, 'a')), "014842d480b571495a4a0363793f7367");
  EXPECT_EQ(sha256_hex(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(TimeFormat, WritesWhatStrftimeWrites) {
  const Time time{1'700'000'000'123'456'789};  // Tue 2023-11-14 22:13:20
  const std::pair<const char*, const char*> rows[] = {
      {"%Y-%m-%d %H:%M:%S", "2023-11-14 22:13:20"},
      {"%a %A %b %B %h", "Tue Tuesday Nov November Nov"},
      {"%j %u %w %U %W %V %G %g %C %y", "318 2 2 46 46 46 2023 23 20 23"},
      {"%I %l %k %p %P %e", "10 10 22 PM pm 14"},
      {"%F|%T|%R|%D|%r", "2023-11-14|22:13:20|22:13|11/14/23|10:13:20 PM"},
      {"%c|%x|%X", "Tue Nov 14 22:13:20 2023|11/14/23|22:13:20"},
      {"%s %Z %z %%%n%t", "1700000000 UTC +0000 %\n\t"},
      {"%-d %_H %05d %^a %-m", "14 22 00014 TUE 11"},
      {"%N %Q %", "%N %Q %"},
      {"", ""},
  };
  for (const auto& [format, text] : rows) EXPECT_EQ(format_time(format, time), text) << format;
  EXPECT_EQ(format_time("%N %3N %:z %q", time, true), "123456789 123 +00:00 4");
}

TEST(TimeFormat, WeeksOfIsoBeginWithTheFirstThursday) {
  const auto week = [](std::int64_t seconds_since) {
    return format_time("%G-W%V-%u", Time{seconds_since * 1'000'000'000});
  };
  EXPECT_EQ(week(1'609'459'200), "2020-W53-5");  // 2021-01-01
  EXPECT_EQ(week(1'230'768'000), "2009-W01-4");  // 2009-01-01
  EXPECT_EQ(week(1'735'603'200), "2025-W01-2");  // 2024-12-31
  EXPECT_EQ(week(1'640'995'200), "2021-W52-6");  // 2022-01-01
}

}  // namespace
}  // namespace sim
