/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines on standard error. No plate, no key and no picture ever goes in here. */
#ifndef QYRAN_LOG_H
#define QYRAN_LOG_H

enum qyran_log_level {
	QYRAN_LOG_ERROR = 3,	/* the numbers of syslog, which the journal reads */
	QYRAN_LOG_WARNING = 4,
	QYRAN_LOG_INFO = 6,
};

/** qyran_log() - one line. Under systemd with its level, else after the program's name. */
__attribute__((format(printf, 2, 3)))
void qyran_log(enum qyran_log_level level, const char *format, ...);

#endif
