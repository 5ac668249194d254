#include "CSluiceKernels.h"

#include <string.h>

/// Shortest run that is worth decoding, as `EncodedRun.shortest` in Swift.
enum { SHORTEST_RUN = 24 };

/// The bits that say that a byte may stand in a run, where letters, digits and the rest have one
/// each.
enum { RUN_BITS = 0xE0 };

static inline int is_hexadecimal(uint8_t byte) {
  return (uint8_t)(byte - '0') < 10 || (uint8_t)((byte | 0x20) - 'a') < 6;
}

static inline int is_run_byte(uint8_t byte) {
  return (uint8_t)((byte | 0x20) - 'a') < 26 || (uint8_t)(byte - '/') < 11 || byte == '+' ||
         byte == '-' || byte == '_';
}

/// Whether the byte may begin a group of four characters that encodes text: the upper six bits of
/// printable ASCII, tab or line end.
static inline int begins_quantum(uint8_t byte) {
  return (uint8_t)(byte - 'I') < 18 || (uint8_t)(byte - 'a') < 6 || byte == 'C' || byte == 'D';
}

/// Whether the byte may begin two digits that encode text.
static inline int begins_hexadecimal(uint8_t byte) {
  return (uint8_t)(byte - '2') < 6 || byte == '0';
}

/// Whether 16 characters of a run may encode text, whatever their alignment: all groups of four of
/// one alignment begin as such do, or all pairs of digits.
static int may_encode_text(const uint8_t *run) {
  for (int start = 0; start < 4; start++) {
    int at = start;
    while (at < 16 && begins_quantum(run[at])) at += 4;
    if (at >= 16) return 1;
  }
  for (int start = 0; start < 2; start++) {
    int at = start;
    while (at < 16 && begins_hexadecimal(run[at])) at += 2;
    if (at >= 16) return 1;
  }
  return 0;
}

/// The kind of the pair, 0 if it is none.
static inline uint8_t pair_kind(uint8_t first, uint8_t second) {
  switch (first) {
    case '\\':
      return second == '/' || second == 'u' || second == 'x' ? SLUICE_ENCODED_BACKSLASH : 0;
    case '%': return is_hexadecimal(second) ? SLUICE_ENCODED_PERCENT : 0;
    case 0x1B:
    case 0: return SLUICE_ENCODED_CONTROL;
    case '&':
      return second == '#' || second == 'a' || second == 'g' || second == 'l' || second == 'n' ||
                     second == 'q'
                 ? SLUICE_ENCODED_ENTITY
                 : 0;
    case '=': return second == '3' || second == '\n' || second == '\r' ? SLUICE_ENCODED_MARK : 0;
    case '-': return second == 'B' ? SLUICE_ENCODED_HEADER : 0;
    default: return 0;
  }
}

/// A place in the first run of `length` bytes that may encode text, or `length`: looks at every
/// 24th byte and reads backwards only where that one may be in a run.
static size_t find_run(const uint8_t *data, size_t length) {
  size_t start = 0;
  while (start + SHORTEST_RUN <= length) {
    size_t at = start + SHORTEST_RUN;
    while (at > start && is_run_byte(data[at - 1])) at--;
    if (at == start) {
      // The text may begin behind what belongs to an escape.
      for (size_t skipped = 0; skipped <= 8 && start + skipped + 16 <= length; skipped++) {
        if (may_encode_text(data + start + skipped)) return start;
      }
      while (at < length && is_run_byte(data[at])) at++;
    }
    start = at;
  }
  return length;
}

/// Whether one of 64 pairs may be wanted: a loop that compilers turn into vector code.
static uint8_t has_pair(const uint8_t *data) {
  uint8_t any = 0;
  for (int index = 0; index < 64; index++) {
    uint8_t first = data[index];
    uint8_t second = data[index + 1];
    any |= (uint8_t)(first == '\\') | (uint8_t)(first == '%') | (uint8_t)(first == '&');
    any |= (uint8_t)(first == 0x1B) | (uint8_t)(first == 0);
    any |= (uint8_t)(first == '=') & ((uint8_t)(second == '3') | (uint8_t)(second == '\n') |
                                      (uint8_t)(second == '\r'));
    any |= (uint8_t)(first == '-') & (uint8_t)(second == 'B');
  }
  return any;
}

/// The first pair that begins before `end`, or `end`.
static size_t find_pair(const uint8_t *data, size_t length, size_t at, size_t end, uint8_t kinds) {
  while (at < end && at + 1 < length) {
    if (at + 65 <= length && !has_pair(data + at)) {
      at += 64;
      continue;
    }
    for (int count = 0; count < 64 && at < end && at + 1 < length; count++, at++) {
      if (pair_kind(data[at], data[at + 1]) & kinds) return at;
    }
  }
  return end;
}

/// Bytes that are searched for pairs before they are searched for runs.
enum { STRETCH = 1024 };

static size_t find_portably(
    const uint8_t *data, size_t length, size_t from, uint8_t kinds, uint8_t *is_run) {
  for (size_t at = from; at < length; at += STRETCH) {
    size_t end = length - at > STRETCH ? at + STRETCH : length;
    size_t pair = find_pair(data, length, at, end, kinds);
    *is_run = 0;
    if (kinds & SLUICE_ENCODED_RUN) {
      // From a little before, where a run may have begun, to where one may end.
      size_t back = at - from < SHORTEST_RUN ? from : at - SHORTEST_RUN;
      size_t last = length - pair > SHORTEST_RUN ? pair + SHORTEST_RUN : length;
      size_t run = back + find_run(data + back, last - back);
      if (run < pair && run < last) {
        *is_run = 1;
        return run;
      }
    }
    if (pair < end) return pair;
  }
  *is_run = 0;
  return length;
}

sluice_encoding_kernel sluice_encoding_kernel_portable(void) { return find_portably; }

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX512 "avx512f,avx512bw,avx512vbmi,bmi,bmi2,popcnt"
#define AVX2 "avx2,bmi,bmi2,popcnt"

/// The class of a byte: kinds of pairs that it may begin, and `SLUICE_ENCODED_RUN`; kinds that it
/// may end. A pair is wanted if both have a kind in common.
static uint8_t begins[128];
static uint8_t ends[128];
/// Bits that the kinds leave: whether a byte may begin a group of base64, two hexadecimal digits.
enum { FIRST_OF_FOUR = 0x40, FIRST_OF_TWO = 0x40 };
/// What a byte may be in a run: any of its characters, the first of four, the first of two.
enum { IN_RUN = 4, IN_BASE64 = 2, IN_HEXADECIMAL = 1 };
static uint8_t run_classes[128];
/// The same by nibble, for instruction sets whose shuffle has 16 entries, and a little coarser.
static uint8_t begins_nibble[2][16];
static uint8_t ends_nibble[2][16];

__attribute__((constructor)) static void fill_classes(void) {
  for (int first = 0; first < 128; first++) {
    for (int second = 0; second < 128; second++) {
      uint8_t kind = pair_kind((uint8_t)first, (uint8_t)second);
      begins[first] |= kind;
      ends[second] |= kind;
    }
    // One bit for all marks: the nibbles need more of them for runs.
    uint8_t coarse = begins[first] & 0x1F;
    if (begins[first] & SLUICE_ENCODED_HEADER) coarse |= SLUICE_ENCODED_MARK;
    if (is_run_byte((uint8_t)first)) {
      // Letters, digits and the rest have a bit each, so that the nibbles stay apart.
      int high = first >> 4;
      int low = first & 15;
      coarse |= high == 4 || high == 6 ? 0x20 : low < 10 && high != 2 ? 0x40 : 0x80;
      begins[first] |= SLUICE_ENCODED_RUN | (begins_quantum((uint8_t)first) ? FIRST_OF_FOUR : 0);
      if (begins_hexadecimal((uint8_t)first)) ends[first] |= FIRST_OF_TWO;
      run_classes[first] = IN_RUN | (begins_quantum((uint8_t)first) ? IN_BASE64 : 0) |
                           (begins_hexadecimal((uint8_t)first) ? IN_HEXADECIMAL : 0);
    }
    for (int part = 0; part < 2; part++) {
      int nibble = part == 0 ? first & 15 : first >> 4;
      begins_nibble[part][nibble] |= coarse;
    }
  }
  for (int second = 0; second < 128; second++) {
    uint8_t coarse = ends[second] & 0x1F;
    if (ends[second] & SLUICE_ENCODED_HEADER) coarse |= SLUICE_ENCODED_MARK;
    ends_nibble[0][second & 15] |= coarse;
    ends_nibble[1][second >> 4] |= coarse;
  }
}

/// Second groups of eight of all pairs of neighbours that lie in runs; a run of 24 holds one,
/// wherever it begins. `carry` is whether the last group of the block before was full.
static inline uint64_t full_pairs(uint64_t runs, uint64_t *carry) {
  uint64_t full = runs & runs >> 4 & 0x0F0F0F0F0F0F0F0Full;
  full &= full >> 2;
  full &= full >> 1 & 0x0101010101010101ull;
  uint64_t pairs = full & (full << 8 | *carry);
  *carry = full >> 56;
  return pairs;
}

/// The first pair or run of a block that begins at `at`, if there is one.
static inline int choose(
    const uint8_t *data, size_t at, uint64_t pairs, uint64_t runs, uint8_t kinds, size_t *place,
    uint8_t *is_run) {
  // The nibbles let through what is no pair.
  while (pairs != 0) {
    const uint8_t *first = data + at + __builtin_ctzll(pairs);
    if (pair_kind(first[0], first[1]) & kinds) break;
    pairs &= pairs - 1;
  }
  size_t pair = pairs == 0 ? 64 : (size_t)__builtin_ctzll(pairs);
  for (; runs != 0; runs &= runs - 1) {
    size_t offset = (size_t)__builtin_ctzll(runs);
    if (offset > pair) break;
    if (!may_encode_text(data + at + offset - 8)) continue;
    *is_run = 1;
    *place = at + offset;
    return 1;
  }
  *is_run = 0;
  *place = at + pair;
  return pair < 64;
}

/// Looks through blocks of 64 from `from` on, reading one byte behind the last.
typedef size_t (*block_kernel)(
    const uint8_t *data, size_t from, size_t blocks, uint8_t kinds, uint8_t *is_run);

/// That nothing was found.
#define NOWHERE ((size_t)-1)

/// Whole blocks where they are, and what is left in a copy that blanks fill up; there the search
/// begins a little earlier, for a run that was not seen whole.
static inline size_t find_with(
    block_kernel look, const uint8_t *data, size_t length, size_t from, uint8_t kinds,
    uint8_t *is_run) {
  if (from + 1 >= length) return length;
  size_t blocks = (length - from - 1) / 64;
  size_t found = look(data, from, blocks, kinds, is_run);
  if (found != NOWHERE) return found;
  size_t at = from + 64 * blocks;
  size_t back = at - from < SHORTEST_RUN ? from : at - SHORTEST_RUN;
  uint8_t rest[2 * 64 + 1];
  memset(rest, ' ', sizeof rest);
  memcpy(rest, data + back, length - back);
  found = look(rest, 0, 2, kinds, is_run);
  // ESC before a blank that is not there.
  return found >= length - back - 1 ? length : back + found;
}

/// Which of 64 bytes may stand in a run, begin a group of base64, begin two hexadecimal digits.
typedef struct {
  uint64_t runs;
  uint64_t fours;
  uint64_t twos;
} masks;

__attribute__((target(AVX512))) static masks look_at_runs(const uint8_t *data) {
  __m512i text = _mm512_loadu_si512(data);
  __m512i classes = _mm512_permutex2var_epi8(
      _mm512_loadu_si512(run_classes), text, _mm512_loadu_si512(run_classes + 64));
  uint64_t ascii = ~(uint64_t)_mm512_movepi8_mask(text);
  masks found = {
      _mm512_test_epi8_mask(classes, _mm512_set1_epi8(IN_RUN)) & ascii,
      _mm512_test_epi8_mask(classes, _mm512_set1_epi8(IN_BASE64)) & ascii,
      _mm512_test_epi8_mask(classes, _mm512_set1_epi8(IN_HEXADECIMAL)) & ascii,
  };
  return found;
}

/// Where in two blocks 24 characters of a run begin of which every fourth, or every second, is as
/// in the encoding of a text; what lies behind the blocks is taken to be so.
static inline unsigned __int128 text_starts(masks before, masks current) {
  unsigned __int128 runs = ~((unsigned __int128)current.runs << 64 | before.runs);
  unsigned __int128 fours = ~((unsigned __int128)current.fours << 64 | before.fours);
  unsigned __int128 twos = ~((unsigned __int128)current.twos << 64 | before.twos);
  runs |= runs >> 1;
  runs |= runs >> 2;
  runs |= runs >> 4;
  runs |= runs >> 8 | runs >> 16;
  fours |= fours >> 4;
  fours |= fours >> 8 | fours >> 16;
  twos |= twos >> 2;
  twos |= twos >> 4;
  twos |= twos >> 8 | twos >> 16;
  // Of a run that is seen here 16 characters lie in the two blocks.
  return ~(runs | (fours & twos)) & ~(unsigned __int128)0 >> 15;
}

__attribute__((target(AVX512))) static size_t blocks_avx512(
    const uint8_t *data, size_t from, size_t blocks, uint8_t kinds, uint8_t *is_run) {
  const __m512i first_low = _mm512_loadu_si512(begins);
  const __m512i first_high = _mm512_loadu_si512(begins + 64);
  const __m512i second_low = _mm512_loadu_si512(ends);
  const __m512i second_high = _mm512_loadu_si512(ends + 64);
  const __m512i wanted = _mm512_set1_epi8((char)(kinds & 0x3F));
  const __m512i run = _mm512_set1_epi8((char)(kinds & SLUICE_ENCODED_RUN));
  const __m512i sixth = _mm512_set1_epi8(FIRST_OF_FOUR);
  uint64_t carry = 0;
  uint64_t two_carry = 0;
  size_t end = from + 64 * blocks;
  for (size_t at = from; at < end; at += 64) {
    __m512i text = _mm512_loadu_si512(data + at);
    __m512i next = _mm512_loadu_si512(data + at + 1);
    __m512i first = _mm512_permutex2var_epi8(first_low, text, first_high);
    __m512i second = _mm512_permutex2var_epi8(second_low, next, second_high);
    // The tables see seven bits of a byte: none of these has the eighth.
    uint64_t ascii = ~(uint64_t)_mm512_movepi8_mask(text);
    uint64_t pairs =
        _mm512_test_epi8_mask(_mm512_and_si512(first, second), wanted) & ascii;
    uint64_t runs = full_pairs(_mm512_test_epi8_mask(first, run) & ascii, &carry);
    // Most runs encode no text: of 16 characters every fourth says so, or every second. Without a
    // branch, which would be mispredicted in every third block of a log.
    uint64_t fours = _mm512_test_epi8_mask(first, sixth);
    uint64_t next_twos = _mm512_test_epi8_mask(second, sixth);
    uint64_t twos = next_twos << 1 | two_carry;
    two_carry = next_twos >> 63;
    fours &= fours >> 4;
    fours &= fours >> 8;
    twos &= twos >> 2;
    twos &= twos >> 4;
    twos &= twos >> 8;
    uint64_t pairs_of_fours = fours | fours >> 1;
    uint64_t starts = pairs_of_fours | pairs_of_fours >> 2 | twos | twos >> 1;
    // The first group of the first pair lies in the block before.
    runs &= starts << 8 | 1;
    if (__builtin_expect((pairs | runs) == 0, 1)) continue;
    if (pairs != 0) runs &= (pairs & -pairs) - 1;
    if (runs != 0) {
      // A text begins here or in the block before.
      masks current = look_at_runs(data + at);
      masks before = {0, 0, 0};
      if (at >= from + 64) before = look_at_runs(data + at - 64);
      unsigned __int128 starts = text_starts(before, current);
      if (starts != 0) {
        uint64_t low = (uint64_t)starts;
        uint64_t high = (uint64_t)(starts >> 64);
        *is_run = 1;
        return at - 64 + (low != 0 ? (size_t)__builtin_ctzll(low)
                                   : 64 + (size_t)__builtin_ctzll(high));
      }
    }
    if (pairs != 0) {
      *is_run = 0;
      return at + (size_t)__builtin_ctzll(pairs);
    }
  }
  return NOWHERE;
}

__attribute__((target(AVX2))) static inline __m256i look_up(
    const uint8_t table[2][16], __m256i low, __m256i high) {
  __m256i lows = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table[0]));
  __m256i highs = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table[1]));
  return _mm256_and_si256(_mm256_shuffle_epi8(lows, low), _mm256_shuffle_epi8(highs, high));
}

__attribute__((target(AVX2))) static size_t blocks_avx2(
    const uint8_t *data, size_t from, size_t blocks, uint8_t kinds, uint8_t *is_run) {
  const __m256i nibble = _mm256_set1_epi8(0x0F);
  const uint8_t coarse = (kinds & 0x1F) | (kinds & SLUICE_ENCODED_HEADER ? SLUICE_ENCODED_MARK : 0);
  const __m256i wanted = _mm256_set1_epi8((char)coarse);
  const __m256i run_bits =
      _mm256_set1_epi8((char)(kinds & SLUICE_ENCODED_RUN ? RUN_BITS : 0));
  const __m256i none = _mm256_setzero_si256();
  uint64_t carry = 0;
  size_t end = from + 64 * blocks;
  for (size_t at = from; at < end; at += 64) {
    uint64_t pairs = 0;
    uint64_t runs = 0;
    for (int part = 0; part < 64; part += 32) {
      __m256i text = _mm256_loadu_si256((const __m256i *)(data + at + (size_t)part));
      __m256i next = _mm256_loadu_si256((const __m256i *)(data + at + (size_t)part + 1));
      __m256i first = look_up(
          begins_nibble, _mm256_and_si256(text, nibble),
          _mm256_and_si256(_mm256_srli_epi16(text, 4), nibble));
      __m256i second = look_up(
          ends_nibble, _mm256_and_si256(next, nibble),
          _mm256_and_si256(_mm256_srli_epi16(next, 4), nibble));
      __m256i pair = _mm256_and_si256(_mm256_and_si256(first, second), wanted);
      __m256i run = _mm256_and_si256(first, run_bits);
      pairs |= (uint64_t)(uint32_t)~_mm256_movemask_epi8(_mm256_cmpeq_epi8(pair, none)) << part;
      runs |= (uint64_t)(uint32_t)~_mm256_movemask_epi8(_mm256_cmpeq_epi8(run, none)) << part;
    }
    runs = full_pairs(runs, &carry);
    if (__builtin_expect((pairs | runs) == 0, 1)) continue;
    size_t offset;
    if (__builtin_expect(choose(data, at, pairs, runs, kinds, &offset, is_run), 0)) return offset;
  }
  return NOWHERE;
}

static size_t find_avx512(
    const uint8_t *data, size_t length, size_t from, uint8_t kinds, uint8_t *is_run) {
  return find_with(blocks_avx512, data, length, from, kinds, is_run);
}

static size_t find_avx2(
    const uint8_t *data, size_t length, size_t from, uint8_t kinds, uint8_t *is_run) {
  return find_with(blocks_avx2, data, length, from, kinds, is_run);
}

sluice_encoding_kernel sluice_encoding_kernel_avx512(void) {
  return __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                 __builtin_cpu_supports("popcnt")
             ? find_avx512
             : NULL;
}

sluice_encoding_kernel sluice_encoding_kernel_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                 __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt")
             ? find_avx2
             : NULL;
}

#else

sluice_encoding_kernel sluice_encoding_kernel_avx512(void) { return NULL; }

sluice_encoding_kernel sluice_encoding_kernel_avx2(void) { return NULL; }

#endif
