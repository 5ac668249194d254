#define _GNU_SOURCE
#include "CSluiceProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

// Becomes the program, or writes errno to `failure` and ends.
static _Noreturn void become(const sluice_start *start, int failure) {
  // Handlers are reset by execve(2), what is ignored stays so: SIGPIPE is ignored by sluice only.
  signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (size_t index = 0; index < start->descriptor_count; index++) {
    const sluice_descriptor moved = start->descriptors[index];
    int done = moved.from == moved.to ? fcntl(moved.to, F_SETFD, 0) : dup2(moved.from, moved.to);
    if (done < 0) goto failed;
  }
  execvpe(
      start->arguments[0], (char *const *)start->arguments, (char *const *)start->environment);
failed:;
  int code = errno;
  ssize_t written = write(failure, &code, sizeof code);
  (void)written;
  _exit(127);
}

// The errno with which the program could not be started; 0 if it was.
static int failure_of(int descriptor) {
  int code = 0;
  ssize_t count;
  do count = read(descriptor, &code, sizeof code);
  while (count < 0 && errno == EINTR);
  close(descriptor);
  return count == sizeof code ? code : 0;
}

int sluice_start_program(const sluice_start *start, pid_t *program) {
  int failure[2];
  if (pipe2(failure, O_CLOEXEC) != 0) return errno;
  pid_t child = fork();
  if (child == 0) become(start, failure[1]);
  int code = child < 0 ? errno : 0;
  close(failure[1]);
  if (child < 0) {
    close(failure[0]);
    return code;
  }
  code = failure_of(failure[0]);
  if (code != 0) waitpid(child, NULL, 0);
  *program = child;
  return code;
}

static void tell(int channel, int kind, int value) {
  const sluice_event event = {.kind = kind, .value = value};
  ssize_t written;
  do written = write(channel, &event, sizeof event);
  while (written < 0 && errno == EINTR);
}

// Closes everything but three descriptors.
static void close_others(int first, int second, int third) {
  int kept[3] = {first, second, third};
  for (int left = 0; left < 2; left++) {
    for (int right = left + 1; right < 3; right++) {
      if (kept[right] < kept[left]) {
        int swapped = kept[left];
        kept[left] = kept[right];
        kept[right] = swapped;
      }
    }
  }
  unsigned int from = 0;
  for (int index = 0; index < 3; index++) {
    if (kept[index] < 0) continue;
    if ((unsigned int)kept[index] > from) close_range(from, (unsigned int)kept[index] - 1, 0);
    from = (unsigned int)kept[index] + 1;
  }
  close_range(from, ~0U, 0);
}

// Tells of the program's stops and of its end. Returns whether it has ended.
static int report(pid_t program, int channel) {
  int status;
  pid_t found;
  while ((found = waitpid(program, &status, WUNTRACED | WNOHANG)) > 0) {
    if (WIFSTOPPED(status)) {
      tell(channel, SLUICE_STOPPED, WSTOPSIG(status));
    } else {
      tell(channel, SLUICE_ENDED, status);
      return 1;
    }
  }
  return found < 0 && errno == ECHILD;
}

static _Noreturn void watch(pid_t program, int *terminal, int channel, int children) {
  int is_over = 0;
  for (;;) {
    if (!is_over && report(program, channel)) {
      is_over = 1;
      // Who reads the terminal's other side shall see its end.
      close(*terminal);
      *terminal = -1;
    }
    struct pollfd waiting[2] = {
        {.fd = channel, .events = POLLIN}, {.fd = children, .events = POLLIN}};
    if (poll(waiting, is_over ? 1 : 2, -1) < 0) continue;
    if (waiting[1].revents != 0 && !is_over) {
      struct signalfd_siginfo information;
      ssize_t count = read(children, &information, sizeof information);
      (void)count;
    }
    if (waiting[0].revents == 0) continue;
    char order;
    ssize_t count = read(channel, &order, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    if (!is_over) {
      // The program keeps the terminal that it had: a shell gave it to one of its jobs.
      kill(-program, SIGCONT);
    }
  }
  if (!is_over) {
    kill(-program, SIGHUP);
    kill(-program, SIGCONT);
  }
  _exit(0);
}

static _Noreturn void monitor(const sluice_start *start, int terminal, int channel) {
  static const int ignored[] = {
      SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE, SIGUSR1, SIGUSR2};
  for (size_t index = 0; index < sizeof ignored / sizeof *ignored; index++) {
    signal(ignored[index], SIG_IGN);
  }
  int code = 0;
  if (setsid() < 0 || ioctl(terminal, TIOCSCTTY, 0) < 0) code = errno;
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  int children = signalfd(-1, &child, SFD_CLOEXEC);
  int failure[2], gate[2];
  if (code == 0 && (children < 0 || pipe2(failure, O_CLOEXEC) < 0 || pipe2(gate, O_CLOEXEC) < 0)) {
    code = errno;
  }
  if (code != 0) {
    tell(channel, SLUICE_FAILED, code);
    _exit(1);
  }
  pid_t program = fork();
  if (program == 0) {
    setpgid(0, 0);
    close(gate[1]);
    // Waits until it has the terminal.
    char byte;
    ssize_t count = read(gate[0], &byte, 1);
    (void)count;
    for (size_t index = 0; index < sizeof ignored / sizeof *ignored; index++) {
      signal(ignored[index], SIG_DFL);
    }
    become(start, failure[1]);
  }
  if (start->secret_memory != NULL) munmap(start->secret_memory, start->secret_size);
  close(failure[1]);
  close(gate[0]);
  if (program < 0) {
    tell(channel, SLUICE_FAILED, errno);
    _exit(1);
  }
  setpgid(program, program);
  tcsetpgrp(terminal, program);
  close(gate[1]);
  code = failure_of(failure[0]);
  if (code != 0) {
    tell(channel, SLUICE_FAILED, code);
    _exit(1);
  }
  tell(channel, SLUICE_STARTED, program);
  close_others(terminal, channel, children);
  watch(program, &terminal, channel, children);
}

int sluice_start_in_terminal(
    const sluice_start *start, int terminal, int channel, pid_t *process) {
  pid_t child = fork();
  if (child == 0) monitor(start, terminal, channel);
  if (child < 0) return errno;
  *process = child;
  return 0;
}

char **sluice_environment(void) { return environ; }

int sluice_pipe(int ends[2], int is_blocking) {
  return pipe2(ends, O_CLOEXEC | (is_blocking ? 0 : O_NONBLOCK));
}

int sluice_open_controller(void) {
  int controller = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (controller >= 0 && (grantpt(controller) != 0 || unlockpt(controller) != 0)) {
    close(controller);
    return -1;
  }
  return controller;
}

int sluice_open_peer(int controller) {
  return ioctl(controller, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

int sluice_memory_file(const char *name) {
  return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int sluice_seal(int descriptor) {
  const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  return fcntl(descriptor, F_ADD_SEALS, seals);
}
