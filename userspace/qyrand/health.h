/* SPDX-License-Identifier: Apache-2.0 */
/* How a camera is: figures for the health topic, and how long its disk lasts without a centre. */
#ifndef QYRAN_HEALTH_H
#define QYRAN_HEALTH_H

#include "config.h"

/** qyran_health_free_bytes() - free on the disk of the state directory. Returns 0 or a negative errno. */
int qyran_health_free_bytes(const struct qyran_config *config, uint64_t *ret);

/**
 * qyran_health_days_left() - days until the disk is full if nothing is delivered any more.
 * @sealed: records since the camera's keys were made; each is taken for the largest. Returns -1 when that is not known yet.
 */
double qyran_health_days_left(const struct qyran_config *config, uint64_t sealed, uint64_t free_bytes);

/**
 * qyran_health_temperature() - of the hottest sensor that the kernel knows (thermal zones, hwmon).
 * @ret_mc: 1/1000 degree Celsius. Returns 0; -ENODATA when there is none.
 */
int qyran_health_temperature(int32_t *ret_mc);

#endif
