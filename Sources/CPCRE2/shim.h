#pragma once

/// The 8-bit library: rules match bytes, never code points.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
