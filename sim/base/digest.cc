#include "sim/base/digest.h"

#include <array>
#include <bit>
#include <cstddef>
#include <utility>

#include "sim/base/format.h"

namespace sim {
namespace {

// RFC 1321: T[i], the sines of 1 … 64.
constexpr std::array<std::uint32_t, 64> kSines = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

// FIPS 180-4: the cube roots of the first 80 primes. SHA-256 takes the upper halves of the first
// 64.
constexpr std::array<std::uint64_t, 80> kCubeRoots = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

/// Hands over the message block by block, padded: one bit, zeros, the length in bits.
template <class Block>
void each_block(std::string_view bytes, std::size_t size, bool big_endian, Block block) {
  const std::size_t whole = bytes.size() / size * size;
  for (std::size_t i = 0; i < whole; i += size) block(bytes.data() + i);
  const std::size_t length_size = size / 8;
  std::string tail(bytes.substr(whole));
  tail += '\x80';
  while (tail.size() % size != size - length_size) tail += '\0';
  const std::uint64_t bits = static_cast<std::uint64_t>(bytes.size()) * 8;
  for (std::size_t i = 0; i < length_size; ++i) {
    const std::size_t place = big_endian ? length_size - 1 - i : i;
    tail += place < 8 ? static_cast<char>(bits >> (8 * place) & 0xff) : '\0';
  }
  for (std::size_t i = 0; i < tail.size(); i += size) block(tail.data() + i);
}

template <class Word>
Word big_endian_word(const char* at) {
  Word word = 0;
  for (std::size_t i = 0; i < sizeof(Word); ++i) {
    word = static_cast<Word>(word << 8 | static_cast<unsigned char>(at[i]));
  }
  return word;
}

template <class Words>
std::string hex_of(const Words& words) {
  std::string text;
  for (const auto word : words) text += fmt::format("{:0{}x}", word, sizeof(word) * 2);
  return text;
}

/// SHA-256 and SHA-512 differ in the word, the number of rounds and the turns.
template <class Word, std::size_t kRounds>
std::string sha2(std::string_view bytes, std::array<Word, 8> state, const std::array<int, 12>& by) {
  each_block(bytes, sizeof(Word) * 16, true, [&](const char* block) {
    std::array<Word, kRounds> w{};
    for (std::size_t i = 0; i < 16; ++i) w[i] = big_endian_word<Word>(block + i * sizeof(Word));
    for (std::size_t i = 16; i < kRounds; ++i) {
      const Word a = w[i - 15];
      const Word b = w[i - 2];
      w[i] = w[i - 16] + w[i - 7] + (std::rotr(a, by[0]) ^ std::rotr(a, by[1]) ^ a >> by[2]) +
             (std::rotr(b, by[3]) ^ std::rotr(b, by[4]) ^ b >> by[5]);
    }
    std::array<Word, 8> s = state;
    for (std::size_t i = 0; i < kRounds; ++i) {
      const Word root = static_cast<Word>(kCubeRoots[i] >> (64 - 8 * sizeof(Word)));
      const Word one =
          s[7] + (std::rotr(s[4], by[9]) ^ std::rotr(s[4], by[10]) ^ std::rotr(s[4], by[11])) +
          ((s[4] & s[5]) ^ (~s[4] & s[6])) + root + w[i];
      const Word two = (std::rotr(s[0], by[6]) ^ std::rotr(s[0], by[7]) ^ std::rotr(s[0], by[8])) +
                       ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
      s = {one + two, s[0], s[1], s[2], s[3] + one, s[4], s[5], s[6]};
    }
    for (std::size_t i = 0; i < 8; ++i) state[i] += s[i];
  });
  return hex_of(state);
}

}  // namespace

std::string md5_hex(std::string_view bytes) {
  constexpr std::array<std::array<int, 4>, 4> kTurns = {
      {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};
  std::array<std::uint32_t, 4> state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  each_block(bytes, 64, false, [&](const char* block) {
    std::array<std::uint32_t, 16> x{};
    for (std::size_t i = 0; i < 64; ++i) {
      x[i / 4] |= static_cast<std::uint32_t>(static_cast<unsigned char>(block[i])) << (i % 4 * 8);
    }
    auto [a, b, c, d] = state;
    for (std::size_t i = 0; i < 64; ++i) {
      std::uint32_t f = 0;
      std::size_t k = 0;
      switch (i / 16) {
        case 0:
          f = (b & c) | (~b & d);
          k = i;
          break;
        case 1:
          f = (d & b) | (~d & c);
          k = 5 * i + 1;
          break;
        case 2:
          f = b ^ c ^ d;
          k = 3 * i + 5;
          break;
        default:
          f = c ^ (b | ~d);
          k = 7 * i;
      }
      const std::uint32_t turned = std::rotl(a + f + kSines[i] + x[k % 16], kTurns[i / 16][i % 4]);
      a = d;
      d = c;
      c = b;
      b += turned;
    }
    state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
  });
  for (std::uint32_t& word : state) {  // it is written lowest byte first
    word = (word & 0xff) << 24 | (word & 0xff00) << 8 | (word >> 8 & 0xff00) | word >> 24;
  }
  return hex_of(state);
}

std::string sha1_hex(std::string_view bytes) {
  std::array<std::uint32_t, 5> state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  each_block(bytes, 64, true, [&](const char* block) {
    std::array<std::uint32_t, 80> w{};
    for (std::size_t i = 0; i < 16; ++i) w[i] = big_endian_word<std::uint32_t>(block + i * 4);
    for (std::size_t i = 16; i < 80; ++i) {
      w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    }
    auto [a, b, c, d, e] = state;
    for (std::size_t i = 0; i < 80; ++i) {
      const auto [f, k] = i < 20   ? std::pair{(b & c) | (~b & d), 0x5a827999U}
                          : i < 40 ? std::pair{b ^ c ^ d, 0x6ed9eba1U}
                          : i < 60 ? std::pair{(b & c) | (b & d) | (c & d), 0x8f1bbcdcU}
                                   : std::pair{b ^ c ^ d, 0xca62c1d6U};
      const std::uint32_t next = std::rotl(a, 5) + f + e + k + w[i];
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = next;
    }
    state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
  });
  return hex_of(state);
}

std::string sha256_hex(std::string_view bytes) {
  return sha2<std::uint32_t, 64>(bytes,
                                 {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                  0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
                                 {7, 18, 3, 17, 19, 10, 2, 13, 22, 6, 11, 25});
}

std::string sha512_hex(std::string_view bytes) {
  return sha2<std::uint64_t, 80>(
      bytes,
      {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
       0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179},
      {1, 8, 7, 19, 61, 6, 28, 34, 39, 14, 18, 41});
}

std::uint32_t posix_crc(std::string_view bytes) {
  static const std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t row = i << 24;
      for (int bit = 0; bit < 8; ++bit)
        row = (row & 0x80000000U) != 0 ? row << 1 ^ 0x04c11db7U : row << 1;
      made[i] = row;
    }
    return made;
  }();
  std::uint32_t crc = 0;
  const auto add = [&](std::uint32_t byte) { crc = crc << 8 ^ table[(crc >> 24 ^ byte) & 0xff]; };
  for (const char c : bytes) add(static_cast<unsigned char>(c));
  for (std::uint64_t length = bytes.size(); length != 0; length >>= 8) {
    add(static_cast<std::uint32_t>(length & 0xff));
  }
  return ~crc;
}

std::uint32_t bsd_sum(std::string_view bytes) {
  std::uint32_t sum = 0;
  for (const char c : bytes) {
    sum = ((sum >> 1) + ((sum & 1) << 15) + static_cast<unsigned char>(c)) & 0xffff;
  }
  return sum;
}

}  // namespace sim
