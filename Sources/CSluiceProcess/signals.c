#define _GNU_SOURCE
#include "CSluiceProcess.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t target = -1;

static void pass_on(int number, siginfo_t *information, void *context) {
  (void)context;
  int before = errno;
  const sluice_signal signal = {
      .number = number,
      .is_from_kernel = information->si_code > 0,
      .sender = information->si_code > 0 ? 0 : information->si_pid};
  // Less than PIPE_BUF: written whole or, if nobody reads, not at all.
  ssize_t written = write(target, &signal, sizeof signal);
  (void)written;
  errno = before;
}

int sluice_catch_signals(const int *numbers, size_t count, int descriptor) {
  target = descriptor;
  for (size_t index = 0; index < count; index++) {
    struct sigaction action = {.sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigfillset(&action.sa_mask);
    struct sigaction before;
    if (sigaction(numbers[index], NULL, &before) != 0) return errno;
    // What nohup(1) or a shell had ignored stays ignored, here and in the program.
    if (before.sa_handler == SIG_IGN && numbers[index] != SIGCHLD) continue;
    if (sigaction(numbers[index], &action, NULL) != 0) return errno;
    // Who started this process may have had it blocked; then it would never come.
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, numbers[index]);
    pthread_sigmask(SIG_UNBLOCK, &one, NULL);
  }
  return 0;
}

static void send_with_default(int number, pid_t receiver) {
  struct sigaction standard = {.sa_handler = SIG_DFL}, before;
  sigset_t one, mask;
  sigemptyset(&one);
  sigaddset(&one, number);
  sigaction(number, &standard, &before);
  pthread_sigmask(SIG_UNBLOCK, &one, &mask);
  kill(receiver, number);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  if (receiver == 0) sigaction(number, &before, NULL);
}

void sluice_die_by(int number) { send_with_default(number, getpid()); }

void sluice_stop_by(int number) { send_with_default(number, 0); }
