/* SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"

#include <errno.h>
#include <pthread.h>
#include <qyrand/reader.h>
#include <string.h>
#include <unistd.h>

static struct qyran_formats *formats;
static struct qyran_reader *reader;
static uint8_t pixels[120 * 48 * 2];

static int submit(struct qyran_reader_queue *queue, uint64_t key)
{
	return qyran_reader_queue_submit(queue, key, pixels, 120, 48, 240);
}

static void jobs_come_back_in_order_with_their_keys(void)
{
	struct qyran_reader_queue *queue;
	struct qyran_reading direct, reading;
	uint64_t key = 77;

	CU_ASSERT_EQUAL_FATAL(qyran_reader_queue_new(reader, 4, true, &queue), 0);
	CU_ASSERT_EQUAL(qyran_reader_queue_collect(queue, &key, &reading), -EAGAIN);
	CU_ASSERT_EQUAL(key, 77);
	for (uint64_t i = 0; i < 12; i++)
		CU_ASSERT_EQUAL(submit(queue, 100 + i), 0);
	qyran_reader_queue_drain(queue);
	CU_ASSERT_EQUAL(qyran_reader_read(reader, pixels, 120, 48, 240, &direct), 0);
	for (uint64_t i = 0; i < 12; i++) {
		CU_ASSERT_EQUAL(qyran_reader_queue_collect(queue, &key, &reading), 0);
		CU_ASSERT_EQUAL(key, 100 + i);
		CU_ASSERT_EQUAL(memcmp(&reading, &direct, sizeof(reading)), 0);
	}
	CU_ASSERT_EQUAL(qyran_reader_queue_collect(queue, &key, &reading), -EAGAIN);
	qyran_reader_queue_free(queue);
}

static void a_full_queue_refuses_when_live(void)
{
	struct qyran_reader_queue *queue;
	struct qyran_reading reading;
	uint64_t key;
	int taken = 0, refused = 0, collected = 0;

	CU_ASSERT_EQUAL_FATAL(qyran_reader_queue_new(reader, 2, false, &queue), 0);
	for (uint64_t i = 0; i < 50; i++) {
		int result = submit(queue, i);

		CU_ASSERT(result == 0 || result == -EAGAIN);
		taken += result == 0;
		refused += result == -EAGAIN;
	}
	CU_ASSERT(refused > 0 && taken >= 2);
	qyran_reader_queue_drain(queue);
	while (!qyran_reader_queue_collect(queue, &key, &reading))
		collected++;
	CU_ASSERT_EQUAL(collected, taken);
	qyran_reader_queue_free(queue);
}

static void a_region_changed_after_submit_is_read_as_it_was(void)
{
	struct qyran_reader_queue *queue;
	struct qyran_reading before, reading;
	uint8_t copy[sizeof(pixels)];
	uint64_t key;

	memcpy(copy, pixels, sizeof(copy));
	CU_ASSERT_EQUAL_FATAL(qyran_reader_queue_new(reader, 4, true, &queue), 0);
	CU_ASSERT_EQUAL(qyran_reader_read(reader, pixels, 120, 48, 240, &before), 0);
	CU_ASSERT_EQUAL(submit(queue, 1), 0);
	memset(pixels, 0, sizeof(pixels));
	qyran_reader_queue_drain(queue);
	CU_ASSERT_EQUAL(qyran_reader_queue_collect(queue, &key, &reading), 0);
	CU_ASSERT_EQUAL(memcmp(&reading, &before, sizeof(reading)), 0);
	memcpy(pixels, copy, sizeof(copy));
	qyran_reader_queue_free(queue);
}

static void ending_with_work_waiting_drops_it(void)
{
	for (int i = 0; i < 20; i++) {
		struct qyran_reader_queue *queue;

		CU_ASSERT_EQUAL_FATAL(qyran_reader_queue_new(reader, 50, false, &queue), 0);
		for (uint64_t j = 0; j < 20; j++)
			submit(queue, j);
		if (i % 2)
			usleep(3000);
		qyran_reader_queue_free(queue);
	}
	qyran_reader_queue_free(NULL);
}

static void a_region_of_no_size_is_refused(void)
{
	struct qyran_reader_queue *queue;

	CU_ASSERT_EQUAL_FATAL(qyran_reader_queue_new(reader, 4, true, &queue), 0);
	CU_ASSERT_EQUAL(qyran_reader_queue_submit(queue, 1, pixels, 0, 48, 240), -EINVAL);
	CU_ASSERT_EQUAL(qyran_reader_queue_submit(queue, 1, pixels, 120, 48, 200), -EINVAL);
	CU_ASSERT_EQUAL(qyran_reader_queue_submit(queue, 1, pixels, 120, 1u << 30, 240), -EINVAL);
	qyran_reader_queue_drain(queue);
	qyran_reader_queue_free(queue);
}

int main(void)
{
	static const struct test_case cases[] = {
		{"readings_come_back_in_order_with_their_keys", jobs_come_back_in_order_with_their_keys},
		{"a_full_reader_queue_refuses_when_live", a_full_queue_refuses_when_live},
		{"a_region_changed_after_submit_is_read_as_it_was", a_region_changed_after_submit_is_read_as_it_was},
		{"ending_the_reader_with_work_waiting_drops_it", ending_with_work_waiting_drops_it},
		{"a_region_of_no_size_is_refused_by_the_queue", a_region_of_no_size_is_refused},
	};
	char error[512];
	int result;

	if (qyran_formats_open("userspace/formats", &formats, error, sizeof(error)) || qyran_reader_new(formats, &reader)) {
		printf("not ok reader_queue: cannot begin\n");
		return 1;
	}
	for (size_t i = 0; i < sizeof(pixels); i += 2)
		pixels[i] = (uint8_t)((i * 2654435761u) >> 24);
	result = test_cases_run("reader queue", cases, sizeof(cases) / sizeof(cases[0]));
	qyran_reader_free(reader);
	qyran_formats_close(formats);
	return result;
}
