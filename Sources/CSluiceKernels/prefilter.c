#include "CSluiceKernels.h"

#include <string.h>

/// Blocks whose masks are collected before they are turned into offsets. Collecting first keeps
/// the vector loop free of branches; 64 masks are 512 bytes.
enum { BLOCKS_PER_BATCH = 64 };

#if defined(__x86_64__)

#include <immintrin.h>

/// Turns masks into offsets and keeps those whose window is in the gram map.
///
/// `base` is the offset of the first mask's first window. Four offsets are stored for each mask
/// without a branch, because most masks have fewer.
#define SLUICE_COLLECT(NAME, TARGET)                                                             \
  __attribute__((target(TARGET))) static size_t NAME(                                           \
      const sluice_prefilter_plan *plan, const uint8_t *data, const uint64_t *masks,            \
      size_t count, size_t base, uint32_t *positions) {                                         \
    uint32_t raw[BLOCKS_PER_BATCH * 64 + 4];                                                    \
    size_t found = 0;                                                                           \
    for (size_t block = 0; block < count; block++) {                                            \
      uint64_t mask = masks[block];                                                             \
      uint32_t start = (uint32_t)(base + 64 * block);                                           \
      size_t bits = (size_t)__builtin_popcountll(mask);                                         \
      for (size_t index = 0; index < 4; index++) {                                              \
        raw[found + index] = start + (uint32_t)_tzcnt_u64(mask);                                \
        mask = _blsr_u64(mask);                                                                 \
      }                                                                                         \
      for (size_t index = 4; index < bits; index++) {                                           \
        raw[found + index] = start + (uint32_t)_tzcnt_u64(mask);                                \
        mask = _blsr_u64(mask);                                                                 \
      }                                                                                         \
      found += bits;                                                                            \
    }                                                                                           \
    size_t kept = 0;                                                                            \
    for (size_t index = 0; index < found; index++) {                                            \
      uint32_t window;                                                                          \
      memcpy(&window, data + raw[index], sizeof window);                                        \
      uint32_t hash = sluice_gram_hash(window);                                                 \
      positions[kept] = raw[index];                                                             \
      kept += plan->grams[hash >> 6] >> (hash & 63) & 1;                                        \
    }                                                                                           \
    return kept;                                                                                \
  }

#define AVX512 "avx512f,avx512bw,avx512vbmi,bmi,bmi2,popcnt"
#define AVX2 "avx2,bmi,bmi2,popcnt"

SLUICE_COLLECT(collect_avx512, AVX512)
SLUICE_COLLECT(collect_avx2, AVX2)

/// 128-entry look-ups, exact in the low 7 bits of a byte: sixteen for 64 windows.
__attribute__((target(AVX512))) static size_t scan_avx512(
    const sluice_prefilter_plan *plan, const uint8_t *data, size_t blocks, uint32_t *positions) {
  uint64_t masks[BLOCKS_PER_BATCH];
  size_t found = 0;
  for (size_t batch = 0; batch < blocks; batch += BLOCKS_PER_BATCH) {
    size_t count = blocks - batch < BLOCKS_PER_BATCH ? blocks - batch : BLOCKS_PER_BATCH;
    const uint8_t *text = data + 64 * batch;
    for (size_t block = 0; block < count; block++, text += 64) {
      __m512i text0 = _mm512_loadu_si512(text);
      __m512i text1 = _mm512_loadu_si512(text + 1);
      __m512i text2 = _mm512_loadu_si512(text + 2);
      __m512i text3 = _mm512_loadu_si512(text + 3);
// The tables stay in registers as far as there are any.
#define LOOK(POSITION, GROUP, TEXT)                                            \
  _mm512_permutex2var_epi8(_mm512_loadu_si512(plan->exact[POSITION][GROUP]), TEXT, \
                           _mm512_loadu_si512(plan->exact[POSITION][GROUP] + 64))
#define ACCEPT(GROUP)                                                        \
  _mm512_and_si512(                                                          \
      _mm512_and_si512(LOOK(0, GROUP, text0), LOOK(1, GROUP, text1)),        \
      _mm512_and_si512(LOOK(2, GROUP, text2), LOOK(3, GROUP, text3)))
      __m512i any = _mm512_or_si512(
          _mm512_or_si512(ACCEPT(0), ACCEPT(1)), _mm512_or_si512(ACCEPT(2), ACCEPT(3)));
#undef ACCEPT
#undef LOOK
      masks[block] = _mm512_test_epi8_mask(any, any);
    }
    found += collect_avx512(plan, data, masks, count, 64 * batch, positions + found);
  }
  return found;
}

/// 16-entry look-ups by nibble: a bucket accepts a byte if it accepts both nibbles.
__attribute__((target(AVX2))) static size_t scan_avx2(
    const sluice_prefilter_plan *plan, const uint8_t *data, size_t blocks, uint32_t *positions) {
  uint64_t masks[BLOCKS_PER_BATCH];
  size_t found = 0;
  const __m256i nibble = _mm256_set1_epi8(0x0F);
  for (size_t batch = 0; batch < blocks; batch += BLOCKS_PER_BATCH) {
    size_t count = blocks - batch < BLOCKS_PER_BATCH ? blocks - batch : BLOCKS_PER_BATCH;
    const uint8_t *text = data + 64 * batch;
    for (size_t block = 0; block < count; block++, text += 64) {
      uint64_t mask = 0;
      for (int part = 0; part < 2; part++) {
        __m256i lows[4];
        __m256i highs[4];
        for (int position = 0; position < 4; position++) {
          __m256i bytes =
              _mm256_loadu_si256((const __m256i *)(text + 32 * part + position));
          lows[position] = _mm256_and_si256(bytes, nibble);
          highs[position] = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble);
        }
        __m256i any = _mm256_setzero_si256();
        for (int group = 0; group < 4; group++) {
          __m256i accepted = _mm256_set1_epi8(-1);
          for (int position = 0; position < 4; position++) {
#define TABLE(NIBBLE)              \
  _mm256_broadcastsi128_si256(_mm_loadu_si128( \
      (const __m128i *)plan->nibble[position][group][NIBBLE]))
            __m256i both = _mm256_and_si256(
                _mm256_shuffle_epi8(TABLE(0), lows[position]),
                _mm256_shuffle_epi8(TABLE(1), highs[position]));
#undef TABLE
            accepted = _mm256_and_si256(accepted, both);
          }
          any = _mm256_or_si256(any, accepted);
        }
        __m256i none = _mm256_cmpeq_epi8(any, _mm256_setzero_si256());
        mask |= (uint64_t)(uint32_t)~_mm256_movemask_epi8(none) << (32 * part);
      }
      masks[block] = mask;
    }
    found += collect_avx2(plan, data, masks, count, 64 * batch, positions + found);
  }
  return found;
}

sluice_prefilter_kernel sluice_prefilter_kernel_avx512(void) {
  return __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                 __builtin_cpu_supports("popcnt")
             ? scan_avx512
             : NULL;
}

sluice_prefilter_kernel sluice_prefilter_kernel_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                 __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt")
             ? scan_avx2
             : NULL;
}

#else

sluice_prefilter_kernel sluice_prefilter_kernel_avx512(void) { return NULL; }

sluice_prefilter_kernel sluice_prefilter_kernel_avx2(void) { return NULL; }

#endif

#if defined(__aarch64__)

#include <arm_neon.h>

/// 16-entry look-ups by nibble, 16 windows at a time.
static size_t scan_neon(
    const sluice_prefilter_plan *plan, const uint8_t *data, size_t blocks, uint32_t *positions) {
  size_t found = 0;
  const uint8x16_t nibble = vdupq_n_u8(0x0F);
  for (size_t offset = 0; offset < 64 * blocks; offset += 16) {
    uint8x16_t lows[4];
    uint8x16_t highs[4];
    for (int position = 0; position < 4; position++) {
      uint8x16_t bytes = vld1q_u8(data + offset + position);
      lows[position] = vandq_u8(bytes, nibble);
      highs[position] = vshrq_n_u8(bytes, 4);
    }
    uint8x16_t either = vdupq_n_u8(0);
    for (int group = 0; group < 4; group++) {
      uint8x16_t accepted = vdupq_n_u8(0xFF);
      for (int position = 0; position < 4; position++) {
        const uint8_t(*table)[16] = plan->nibble[position][group];
        accepted = vandq_u8(
            accepted, vandq_u8(vqtbl1q_u8(vld1q_u8(table[0]), lows[position]),
                               vqtbl1q_u8(vld1q_u8(table[1]), highs[position])));
      }
      either = vorrq_u8(either, accepted);
    }
    // Four bits for each byte: the usual stand-in for a move-mask.
    uint64_t mask = vget_lane_u64(
        vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(vtstq_u8(either, either)), 4)), 0);
    while (mask != 0) {
      uint32_t start = (uint32_t)(offset + (size_t)(__builtin_ctzll(mask) >> 2));
      uint32_t window;
      memcpy(&window, data + start, sizeof window);
      uint32_t hash = sluice_gram_hash(window);
      positions[found] = start;
      found += plan->grams[hash >> 6] >> (hash & 63) & 1;
      mask &= ~(0xFull << (__builtin_ctzll(mask) & ~3));
    }
  }
  return found;
}

sluice_prefilter_kernel sluice_prefilter_kernel_neon(void) { return scan_neon; }

#else

sluice_prefilter_kernel sluice_prefilter_kernel_neon(void) { return NULL; }

#endif
