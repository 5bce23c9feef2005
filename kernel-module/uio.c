// SPDX-License-Identifier: GPL-2.0
/* UIO: page 0 of the registers, which user space may map, and a count of the stream's interrupts. Page 1 is out of its reach. */
#include "qyran.h"

int qyran_uio_probe(struct qyran *q)
{
	struct uio_info *info = &q->uio_info;
	int rc;

	if (!q->front.page0 || !PAGE_ALIGNED(q->front.page0) || PAGE_SIZE > QYRAN_PAGE0_SIZE)
		return 0;
	info->name = q->name;
	info->version = "1";
	info->irq = UIO_IRQ_CUSTOM;
	info->mem[0].name = "page0";
	info->mem[0].addr = q->front.page0;
	info->mem[0].size = QYRAN_PAGE0_SIZE;
	info->mem[0].memtype = UIO_MEM_PHYS;
	rc = uio_register_device(q->dev, info);
	if (rc)
		return dev_err_probe(q->dev, rc, "its UIO device cannot be made\n");
	WRITE_ONCE(q->uio, true);
	return 0;
}

void qyran_uio_remove(struct qyran *q)
{
	if (!q->uio)
		return;
	q->uio = false;
	uio_unregister_device(&q->uio_info);
}

void qyran_uio_event(struct qyran *q)
{
	if (READ_ONCE(q->uio))
		uio_event_notify(&q->uio_info);
}

int qyran_uio_number(const struct qyran *q)
{
	return q->uio ? q->uio_info.uio_dev->minor : -1;
}
