#pragma once

#include <sys/mman.h>
#include <sys/prctl.h>

/// `prctl` is variadic, which Swift cannot call.
/// Marks the process as not dumpable: no core file, no ptrace but by root.
static inline int sluice_forbid_core_dump(void) {
  return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/// `MADV_DONTDUMP` is hidden behind a feature test in Swift's Glibc overlay.
static inline int sluice_leave_out_of_core_dump(void *start, unsigned long length) {
  return madvise(start, length, MADV_DONTDUMP);
}

/// What a forked process, which shares no `SecretBytes`, does not get.
static inline int sluice_keep_from_forks(void *start, unsigned long length) {
  return madvise(start, length, MADV_DONTFORK);
}

static inline int sluice_give_to_forks(void *start, unsigned long length) {
  return madvise(start, length, MADV_DOFORK);
}
