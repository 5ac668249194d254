#pragma once

#include <zlib.h>

// Macros in zlib.h. 16 more than the window's 15 bits: with the header and trailer of gzip.

static inline int sluice_inflate_start(z_streamp stream) {
  return inflateInit2(stream, 15 + 16);
}

static inline int sluice_deflate_start(z_streamp stream) {
  return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
