/* SPDX-License-Identifier: Apache-2.0 */
#include "reader.h"

#include <errno.h>
#include <pthread.h>
#include <qyran/record.h>
#include <stdlib.h>
#include <string.h>

struct job {
	struct job *next;
	uint64_t key;
	uint32_t width, height, stride;
	struct qyran_reading reading;
	uint8_t pixels[];
};

struct list {
	struct job *first, **last;
};

struct qyran_reader_queue {
	struct qyran_reader *reader;
	pthread_t worker;
	pthread_mutex_t lock;
	pthread_cond_t work, space;	/* something to do; something done */
	struct list waiting, finished;
	size_t room, count;		/* jobs that wait */
	bool wait, reading, ending;
};

static void list_add(struct list *list, struct job *job)
{
	job->next = NULL;
	*list->last = job;
	list->last = &job->next;
}

static struct job *list_take(struct list *list)
{
	struct job *job = list->first;

	if (job) {
		list->first = job->next;
		if (!list->first)
			list->last = &list->first;
	}
	return job;
}

/* Pixels show a plate and somebody's face: they do not stay in freed memory. */
static void job_free(struct job *job)
{
	explicit_bzero(job->pixels, (size_t)job->stride * job->height);
	explicit_bzero(&job->reading, sizeof(job->reading));
	free(job);
}

static void *work(void *user)
{
	struct qyran_reader_queue *queue = user;

	pthread_mutex_lock(&queue->lock);
	for (;;) {
		struct job *job;

		while (!queue->ending && !queue->waiting.first)
			pthread_cond_wait(&queue->work, &queue->lock);
		if (queue->ending)
			break;
		job = list_take(&queue->waiting);
		queue->count--;
		queue->reading = true;
		pthread_cond_broadcast(&queue->space);
		pthread_mutex_unlock(&queue->lock);
		if (qyran_reader_read(queue->reader, job->pixels, job->width, job->height, job->stride, &job->reading))
			memset(&job->reading, 0, sizeof(job->reading));
		pthread_mutex_lock(&queue->lock);
		list_add(&queue->finished, job);
		queue->reading = false;
		pthread_cond_broadcast(&queue->space);
	}
	pthread_mutex_unlock(&queue->lock);
	return NULL;
}

int qyran_reader_queue_new(struct qyran_reader *reader, size_t room, bool wait, struct qyran_reader_queue **ret)
{
	struct qyran_reader_queue *queue = calloc(1, sizeof(*queue));
	int result;

	if (!queue)
		return -ENOMEM;
	queue->reader = reader;
	queue->room = room ? room : 1;
	queue->wait = wait;
	queue->waiting.last = &queue->waiting.first;
	queue->finished.last = &queue->finished.first;
	pthread_mutex_init(&queue->lock, NULL);
	pthread_cond_init(&queue->work, NULL);
	pthread_cond_init(&queue->space, NULL);
	result = pthread_create(&queue->worker, NULL, work, queue);
	if (result) {
		pthread_cond_destroy(&queue->space);
		pthread_cond_destroy(&queue->work);
		pthread_mutex_destroy(&queue->lock);
		free(queue);
		return -result;
	}
	*ret = queue;
	return 0;
}

void qyran_reader_queue_free(struct qyran_reader_queue *queue)
{
	struct job *job;

	if (!queue)
		return;
	pthread_mutex_lock(&queue->lock);
	queue->ending = true;
	pthread_cond_broadcast(&queue->work);
	pthread_mutex_unlock(&queue->lock);
	pthread_join(queue->worker, NULL);
	while ((job = list_take(&queue->waiting)) || (job = list_take(&queue->finished)))
		job_free(job);
	pthread_cond_destroy(&queue->space);
	pthread_cond_destroy(&queue->work);
	pthread_mutex_destroy(&queue->lock);
	free(queue);
}

int qyran_reader_queue_submit(struct qyran_reader_queue *queue, uint64_t key, const uint8_t *yuyv, uint32_t width,
			      uint32_t height, uint32_t stride)
{
	size_t line = (size_t)width * 2;
	struct job *job;
	int result = 0;

	if (!width || !height || stride < line || (uint64_t)stride * height > QYRAN_PIXELS_MAX)
		return -EINVAL;
	job = malloc(sizeof(*job) + line * height);
	if (!job)
		return -ENOMEM;
	job->key = key;
	job->width = width;
	job->height = height;
	job->stride = (uint32_t)line;
	for (uint32_t y = 0; y < height; y++)
		memcpy(job->pixels + y * line, yuyv + (size_t)y * stride, line);
	pthread_mutex_lock(&queue->lock);
	while (queue->wait && queue->count == queue->room)
		pthread_cond_wait(&queue->space, &queue->lock);
	if (queue->count == queue->room) {
		result = -EAGAIN;
	} else {
		list_add(&queue->waiting, job);
		queue->count++;
		pthread_cond_signal(&queue->work);
	}
	pthread_mutex_unlock(&queue->lock);
	if (result)
		job_free(job);
	return result;
}

int qyran_reader_queue_collect(struct qyran_reader_queue *queue, uint64_t *ret_key, struct qyran_reading *ret)
{
	struct job *job;

	pthread_mutex_lock(&queue->lock);
	job = list_take(&queue->finished);
	pthread_mutex_unlock(&queue->lock);
	if (!job)
		return -EAGAIN;
	*ret_key = job->key;
	*ret = job->reading;
	job_free(job);
	return 0;
}

void qyran_reader_queue_drain(struct qyran_reader_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	while (queue->reading || queue->waiting.first)
		pthread_cond_wait(&queue->space, &queue->lock);
	pthread_mutex_unlock(&queue->lock);
}
