// SPDX-License-Identifier: GPL-2.0
/* /dev/qyranN: one file at a time; linux/qyran.h says what it does. */
#include "qyran.h"

#include <linux/capability.h>
#include <linux/dma-buf.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define RESERVED_SET(s) (!!memchr_inv((s).reserved, 0, sizeof((s).reserved)))

static int file_open(struct inode *inode, struct file *file)
{
	/* misc_open() holds off misc_deregister(), so the device is there. */
	struct qyran *q = container_of(file->private_data, struct qyran, misc);

	if (test_and_set_bit(0, &q->opened))
		return -EBUSY;
	file->private_data = qyran_ref(q);
	return stream_open(inode, file);
}

static int file_release(struct inode *inode, struct file *file)
{
	struct qyran *q = file->private_data;

	mutex_lock(&q->lock);
	if (!q->gone)
		qyran_stop(q);
	q->state = QYRAN_NEW;
	q->pending = 0;
	q->format = (struct qyran_ioc_format){ };
	mutex_unlock(&q->lock);
	clear_bit_unlock(0, &q->opened);
	qyran_unref(q);
	return 0;
}

static ssize_t file_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	return qyran_read(file->private_data, to, min_t(size_t, size, INT_MAX), !(file->f_flags & O_NONBLOCK));
}

static __poll_t file_poll(struct file *file, poll_table *table)
{
	struct qyran *q = file->private_data;
	__poll_t ready;

	poll_wait(file, &q->wait, table);
	mutex_lock(&q->lock);
	ready = qyran_ready(q);
	mutex_unlock(&q->lock);
	return ready;
}

static void get_info(struct qyran *q, struct qyran_ioc_info *info)
{
	*info = (struct qyran_ioc_info){
		.version = q->version, .width_max = q->width_max, .height_max = q->height_max,
		.slots = q->slot_count, .masks = q->mask_count, .watches = QYRAN_WATCHES_MAX, .pins = q->pins,
		.holds = q->slot_count - QYRAN_SLOTS_SPARE,
		.width = q->format.width, .height = q->format.height, .stride = q->format.stride,
		.ptp = q->ptp ? ptp_clock_index(q->ptp) : -1, .uio = qyran_uio_number(q),
		.flags = q->front.simulated ? QYRAN_IOC_INFO_SIM : 0,
		.running = q->state == QYRAN_RUNNING,
	};

	if (!info->width && !qyran_sensor_size(q, &info->width, &info->height))
		info->stride = ALIGN(info->width * 2, 256);
}

static long set_format(struct qyran *q, struct qyran_ioc_format *format)
{
	return RESERVED_SET(*format) ? -EINVAL : qyran_format(q, format);
}

static long set_masks(struct qyran *q, const struct qyran_ioc_masks *masks)
{
	if (!capable(CAP_SYS_ADMIN) && memcmp(masks, &q->masks, sizeof(*masks)))
		return -EPERM;
	if (RESERVED_SET(*masks) || masks->count > q->mask_count)
		return -EINVAL;
	if (!qyran_alive(q))
		return -EIO;
	q->masks = *masks;
	qyran_masks_apply(q);
	return 0;
}

static long hold_frame(struct qyran *q, struct qyran_ioc_hold *hold, struct dma_buf **ret)
{
	struct dma_buf *buf;
	int fd;

	if (RESERVED_SET(*hold))
		return -EINVAL;
	if (q->state == QYRAN_NEW)
		return -ESTALE;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	buf = qyran_hold(q, hold);
	if (IS_ERR(buf)) {
		put_unused_fd(fd);
		return PTR_ERR(buf);
	}
	hold->fd = fd;
	*ret = buf;
	return 0;
}

/* Without lock: user memory may make this wait for as long as its owner likes. */
static long answer(void __user *user, const void *out, unsigned int size, struct dma_buf *held, int fd)
{
	bool fault = copy_to_user(user, out, size);

	if (held && fault) {
		put_unused_fd(fd);
		dma_buf_put(held);
	} else if (held) {
		fd_install(fd, held->file);
	}
	return fault ? -EFAULT : 0;
}

static long file_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct qyran *q = file->private_data;
	void __user *user = (void __user *)argument;
	struct dma_buf *held = NULL;
	union {
		struct qyran_ioc_info info;
		struct qyran_ioc_format format;
		struct qyran_ioc_masks masks;
		struct qyran_ioc_hold hold;
	} in;
	long rc;

	switch (command) {
	case QYRAN_IOC_FORMAT:
	case QYRAN_IOC_MASKS:
	case QYRAN_IOC_HOLD:
		if (copy_from_user(&in, user, _IOC_SIZE(command)))
			return -EFAULT;
		break;
	case QYRAN_IOC_INFO:
	case QYRAN_IOC_START:
	case QYRAN_IOC_STOP:
		break;
	default:
		return -ENOTTY;
	}

	rc = mutex_lock_interruptible(&q->lock);
	if (rc)
		return rc;
	if (q->gone)
		rc = -ENODEV;
	else if (command == QYRAN_IOC_INFO)
		get_info(q, &in.info);
	else if (command == QYRAN_IOC_FORMAT)
		rc = set_format(q, &in.format);
	else if (command == QYRAN_IOC_MASKS)
		rc = set_masks(q, &in.masks);
	else if (command == QYRAN_IOC_HOLD)
		rc = hold_frame(q, &in.hold, &held);
	else if (command == QYRAN_IOC_START)
		rc = qyran_start(q);
	else
		rc = qyran_stop(q);
	mutex_unlock(&q->lock);
	if (rc || !(_IOC_DIR(command) & _IOC_READ))
		return rc;
	return answer(user, &in, _IOC_SIZE(command), held, held ? in.hold.fd : -1);
}

const struct file_operations qyran_fops = {
	.owner = THIS_MODULE,
	.open = file_open,
	.release = file_release,
	.read = file_read,
	.poll = file_poll,
	.unlocked_ioctl = file_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = no_llseek,
};
