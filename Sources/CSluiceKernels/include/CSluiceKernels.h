#pragma once

#include <stddef.h>
#include <stdint.h>

/// The prefilter's inner loop: the only C in Sluice, because Swift cannot express a byte shuffle.
///
/// A *window* is four bytes of text. Literals are spread over 32 buckets, which the tables hold in
/// four groups of eight; a window is a candidate if some bucket accepts each of its bytes at its
/// position, and if its hash is in the gram map. Every kernel gives the same answer up to extra
/// candidates from coarser bucket tables; none may miss one. `PrefilterTables.swift` holds the
/// portable kernel and the caller.
typedef struct {
  /// Buckets that accept a byte, by position, group and the byte's low 7 bits.
  uint8_t exact[4][4][128];
  /// The same by nibble, for instruction sets whose shuffle has 16 entries: low nibble, then high.
  uint8_t nibble[4][4][2][16];
  /// The same by position and whole byte, all groups at once: for the portable kernel.
  uint32_t lanes[4][256];
  /// Bit `hash(window)` is set for every window of every literal.
  uint64_t grams[1024];
} sluice_prefilter_plan;

/// The hash of the gram map: case is folded by setting bit 5 of each byte.
static inline uint32_t sluice_gram_hash(uint32_t window) {
  return ((window | 0x20202020u) * 0x9E3779B1u) >> 16;
}

/// Finds candidates among `64 * blocks` windows.
///
/// Reads `64 * blocks + 3` bytes from `data`. Writes the offsets of the candidates, ascending, to
/// `positions`, which has room for `64 * blocks + 64`. Returns how many.
typedef size_t (*sluice_prefilter_kernel)(
    const sluice_prefilter_plan *plan, const uint8_t *data, size_t blocks, uint32_t *positions);

/// The kernel for an instruction set; NULL if this processor, or this build, does not have it.
sluice_prefilter_kernel sluice_prefilter_kernel_avx512(void);
sluice_prefilter_kernel sluice_prefilter_kernel_avx2(void);
sluice_prefilter_kernel sluice_prefilter_kernel_neon(void);

/// What the encoding kernels look for; several may be asked for at once.
enum {
  SLUICE_ENCODED_BACKSLASH = 1,  ///< a backslash before `/`, `u` or `x`
  SLUICE_ENCODED_PERCENT = 2,    ///< `%` before a hexadecimal digit
  SLUICE_ENCODED_CONTROL = 4,    ///< ESC or NUL before anything
  SLUICE_ENCODED_ENTITY = 8,     ///< `&` before what begins an entity
  SLUICE_ENCODED_MARK = 16,      ///< `=` before `3`, CR or LF
  SLUICE_ENCODED_HEADER = 32,    ///< `-` before `B`
  SLUICE_ENCODED_RUN = 128,      ///< 24 characters of base64 or base64url that may encode text
};

/// Finds the first place from `from` on where an encoding may begin; `length` if there is none.
///
/// May name places where none is, and misses none: a pair by its first byte, a run, for which
/// `is_run` is set, by one of its bytes. Both must lie within `length` bytes.
typedef size_t (*sluice_encoding_kernel)(
    const uint8_t *data, size_t length, size_t from, uint8_t kinds, uint8_t *is_run);

/// The kernel for an instruction set; NULL if this processor, or this build, does not have it.
sluice_encoding_kernel sluice_encoding_kernel_avx512(void);
sluice_encoding_kernel sluice_encoding_kernel_avx2(void);
sluice_encoding_kernel sluice_encoding_kernel_portable(void);
