/* bench-seat SEAT INPUT PIPE-BYTES [COMMAND ...]
 *
 * Runs a filter in a seat and prints what it took as one JSON object:
 *   null   INPUT is its standard input, /dev/null its standard output
 *   count  INPUT is its standard input, a pipe its standard output
 *   pipe   a pipe at either end; without a COMMAND there is one pipe and nothing in the seat
 *
 * Small and in C for two reasons. The kernel counts the memory of the program that calls exec into
 * the peak of the one that follows, so the caller must be smaller than anything it measures. And
 * both ends of a pipe are moved with splice(2), which copies nothing: what is measured is the
 * filter, not a neighbour that shares its core. PIPE-BYTES 0 leaves pipes as the kernel makes them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 1 << 20, COPY = 1 << 17 };

static _Noreturn void fail(const char *what) {
  fprintf(stderr, "bench-seat: %s: %s\n", what, strerror(errno));
  exit(2);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static int open_file(const char *path, int flags) {
  int file = open(path, flags | O_CLOEXEC);
  if (file < 0) fail(path);
  return file;
}

static void make_pipe(int ends[2], int size) {
  if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
  if (size > 0 && fcntl(ends[0], F_SETPIPE_SZ, size) < 0) fail("F_SETPIPE_SZ");
}

/* Moves everything; returns the number of bytes. Where splice is refused, copies. */
static uint64_t move(int from, int to) {
  uint64_t moved = 0;
  for (;;) {
    ssize_t count = splice(from, NULL, to, NULL, CHUNK, SPLICE_F_MOVE);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EINVAL) break;
    if (count < 0) fail("splice");
    if (count == 0) return moved;
    moved += (uint64_t)count;
  }
  static char buffer[COPY];
  for (;;) {
    ssize_t count = read(from, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("read");
    if (count == 0) return moved;
    for (ssize_t written = 0; written < count;) {
      ssize_t part = write(to, buffer + written, (size_t)(count - written));
      if (part < 0 && errno != EINTR) fail("write");
      if (part > 0) written += part;
    }
    moved += (uint64_t)count;
  }
}

/* Starts a process that feeds the file to the pipe. */
static pid_t start_feeder(int input, const int target[2]) {
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child > 0) return child;
  /* A filter that ends early is its own fault: its status says so. */
  signal(SIGPIPE, SIG_DFL);
  close(target[0]);
  move(input, target[1]);
  _exit(0);
}

static pid_t start_filter(char **command, int input, int output) {
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child > 0) return child;
  if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0) fail("dup2");
  execvp(command[0], command);
  fail(command[0]);
}

static uint64_t microseconds(struct timeval time) {
  return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

int main(int count, char **arguments) {
  if (count < 4) {
    fprintf(stderr, "usage: bench-seat null|count|pipe INPUT PIPE-BYTES [COMMAND ...]\n");
    return 2;
  }
  const char *seat = arguments[1];
  int is_pipe = strcmp(seat, "pipe") == 0, is_null = strcmp(seat, "null") == 0;
  if (!is_pipe && !is_null && strcmp(seat, "count") != 0) {
    errno = EINVAL;
    fail(seat);
  }
  int pipe_size = atoi(arguments[3]);
  char **command = arguments + 4;
  int has_filter = command[0] != NULL;
  int input = open_file(arguments[2], O_RDONLY), nowhere = open_file("/dev/null", O_WRONLY);
  int fed[2] = {-1, -1}, drained[2] = {-1, -1};
  if (is_pipe) make_pipe(fed, pipe_size);
  if (!is_null && has_filter) make_pipe(drained, pipe_size);

  pid_t feeder = -1, filter = -1;
  uint64_t start = now();
  if (is_pipe) feeder = start_feeder(input, fed);
  if (has_filter)
    filter = start_filter(command, is_pipe ? fed[0] : input, is_null ? nowhere : drained[1]);
  if (is_pipe) close(fed[1]);
  /* Whoever drains must hold no end of the filter's pipes but its own. */
  int end = fed[0];
  if (has_filter && !is_null) {
    if (is_pipe) close(fed[0]);
    close(drained[1]);
    end = drained[0];
  }
  uint64_t bytes = is_null ? 0 : move(end, nowhere);
  struct rusage usage = {0};
  int status = 0;
  if (filter > 0 && wait4(filter, &status, 0, &usage) < 0) fail("wait4");
  uint64_t wall = now() - start;
  int pipe_now = end >= 0 ? fcntl(end, F_GETPIPE_SZ) : 0;
  if (feeder > 0) {
    if (end != fed[0]) close(fed[0]);
    waitpid(feeder, NULL, 0);
  }
  printf(
    "{\"status\":%d,\"wallNanoseconds\":%llu,\"userMicroseconds\":%llu,"
    "\"systemMicroseconds\":%llu,\"peakKibibytes\":%ld,\"bytes\":%llu,\"pipeBytes\":%d}\n",
    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), (unsigned long long)wall,
    (unsigned long long)microseconds(usage.ru_utime),
    (unsigned long long)microseconds(usage.ru_stime), usage.ru_maxrss,
    (unsigned long long)bytes, pipe_now);
  return 0;
}
