#pragma once

#include <stddef.h>
#include <sys/types.h>

// Between fork(2) and execve(2) only async-signal-safe functions may be called, which no Swift code
// promises: what happens there is here, and nothing else.

/// One descriptor of the program: `from` is open here, `to` is its number there.
typedef struct {
  int from;
  int to;
} sluice_descriptor;

/// What is started.
typedef struct {
  /// Ends with NULL; the program comes first and is looked for in PATH.
  const char *const *arguments;
  /// Ends with NULL.
  const char *const *environment;
  const sluice_descriptor *descriptors;
  size_t descriptor_count;
  /// Memory that holds secrets of the program and that nobody but the program may keep.
  void *secret_memory;
  size_t secret_size;
} sluice_start;

/// Starts a program in this process group.
///
/// Returns 0, or the errno with which it could not be started.
int sluice_start_program(const sluice_start *start, pid_t *program);

/// What a monitor tells.
typedef struct {
  enum {
    SLUICE_STARTED = 1,  ///< the process id of the program
    SLUICE_FAILED,       ///< errno
    SLUICE_STOPPED,      ///< the signal
    SLUICE_ENDED,        ///< the status as waitpid(2) has it
  } kind;
  int value;
} sluice_event;

/// Starts a program in a session of its own, with `terminal` as its controlling terminal, under a
/// monitor.
///
/// The monitor leads the session and is the program's parent there: without a parent in its session
/// the program's process group would be orphaned, and the kernel would not stop it at ^Z. The monitor
/// writes events to `channel` and continues the program for each byte that it reads from it; when
/// the other end of the channel is closed it hangs up and ends.
///
/// Returns 0, or errno.
int sluice_start_in_terminal(
    const sluice_start *start, int terminal, int channel, pid_t *monitor);

/// A signal that came.
typedef struct {
  int number;
  /// Whether the kernel sent it, such as for a key on the terminal.
  int is_from_kernel;
  pid_t sender;
} sluice_signal;

/// Has signals written to `descriptor`, which must not block, instead of what they do.
///
/// Returns 0, or errno.
int sluice_catch_signals(const int *numbers, size_t count, int descriptor);

/// Gives a signal its default effect and sends it to this process.
void sluice_die_by(int number);

/// Stops this process group as `number` does, and returns when it goes on.
void sluice_stop_by(int number);

/// The environment of this process.
char **sluice_environment(void);

/// A pipe whose ends close when a program is started. Returns 0, or -1 and errno.
int sluice_pipe(int ends[2], int is_blocking);

/// Opens a pseudoterminal, and the program's side of it. Returns -1 and errno if that fails.
int sluice_open_controller(void);
int sluice_open_peer(int controller);

/// An anonymous file that is never on disk; its content cannot be changed once `sluice_seal` has
/// run. Returns the descriptor, or -1 and errno.
int sluice_memory_file(const char *name);
int sluice_seal(int descriptor);
