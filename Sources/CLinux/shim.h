#pragma once

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <string.h>
#include <unistd.h>

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

/// Sends one datagram to a Unix socket, within five seconds; `sockaddr_un` cannot be filled from
/// Swift without unsafe rebinding. 0 if it was taken.
static inline int sluice_send_datagram(const char *path, const void *bytes, unsigned long count) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return -1;
  strcpy(address.sun_path, path);
  int number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (number < 0) return -1;
  struct timeval patience = {.tv_sec = 5};
  setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  long sent = sendto(
      number, bytes, count, MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof address);
  close(number);
  return sent == (long)count ? 0 : -1;
}
