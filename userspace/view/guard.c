/* SPDX-License-Identifier: Apache-2.0 */
#include "view/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t child;

static void hand_on(int number)
{
	if (child > 0)
		kill(child, number);
}

/* The terminal that the viewer was started from, when it is a console of the display; -1 otherwise. */
static int console_take(int *ret_mode)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0 && ioctl(fd, KDGETMODE, ret_mode) == 0 && ioctl(fd, KDSETMODE, KD_GRAPHICS) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

int guard_run(int (*work)(void *context), void *context)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = hand_on };
	sigset_t all, old;
	int mode = KD_TEXT, console, status = 0;
	pid_t guard = getpid(), pid;

	console = console_take(&mode);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		sigprocmask(SIG_SETMASK, &old, NULL);
		if (getppid() != guard)
			_exit(1);
		_exit(work(context));
	}
	child = pid;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (pid < 0)
		fprintf(stderr, "qyran-view: no process can be made: %s\n", strerror(errno));
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (console >= 0) {
		ioctl(console, KDSETMODE, mode);
		close(console);
	}
	if (pid < 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
