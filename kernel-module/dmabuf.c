// SPDX-License-Identifier: GPL-2.0
/*
 * A held frame as a dma-buf: the processor may map it for reading, other devices may read it, its memory stays until the
 * last file is closed, whatever becomes of the stream, the device or the file that it was held through.
 */
#include "qyran.h"

#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/iosys-map.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

MODULE_IMPORT_NS(DMA_BUF);

struct hold {
	struct qyran *q;
	struct qyran_block *block;
};

static struct sg_table *hold_map(struct dma_buf_attachment *attachment, enum dma_data_direction direction)
{
	struct hold *hold = attachment->dmabuf->priv;
	struct sg_table *table;
	int rc;

	/* Importers that ask for both ways by habit are many; one that only writes has nothing to do here. */
	if (direction == DMA_FROM_DEVICE)
		return ERR_PTR(-EPERM);
	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return ERR_PTR(-ENOMEM);
	rc = sg_alloc_table(table, 1, GFP_KERNEL);
	if (rc)
		goto err_table;
	sg_set_page(table->sgl, hold->block->page, hold->block->size, 0);
	rc = dma_map_sgtable(attachment->dev, table, direction, 0);
	if (rc)
		goto err_sg;
	return table;

err_sg:
	sg_free_table(table);
err_table:
	kfree(table);
	return ERR_PTR(rc);
}

static void hold_unmap(struct dma_buf_attachment *attachment, struct sg_table *table,
		       enum dma_data_direction direction)
{
	dma_unmap_sgtable(attachment->dev, table, direction, 0);
	sg_free_table(table);
	kfree(table);
}

/* The frame was made the processor's when it was held, and nobody writes to it since: only writing needs an answer. */
static int hold_begin_cpu_access(struct dma_buf *buf, enum dma_data_direction direction)
{
	return direction == DMA_FROM_DEVICE ? 0 : -EPERM;
}

static int hold_end_cpu_access(struct dma_buf *buf, enum dma_data_direction direction)
{
	return direction == DMA_FROM_DEVICE ? 0 : -EPERM;
}

static int hold_mmap(struct dma_buf *buf, struct vm_area_struct *area)
{
	struct hold *hold = buf->priv;
	unsigned long size = area->vm_end - area->vm_start;

	if (area->vm_flags & VM_WRITE)
		return -EPERM;
	/* of a file opened for reading VM_SHARED is taken away, VM_MAYSHARE stays */
	if (!(area->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (area->vm_pgoff + (size >> PAGE_SHIFT) > hold->block->size >> PAGE_SHIFT)
		return -EINVAL;
	area->vm_flags &= ~VM_MAYWRITE;
	return remap_pfn_range(area, area->vm_start, page_to_pfn(hold->block->page) + area->vm_pgoff, size,
			       area->vm_page_prot);
}

static int hold_vmap(struct dma_buf *buf, struct iosys_map *map)
{
	struct hold *hold = buf->priv;

	iosys_map_set_vaddr(map, page_address(hold->block->page));
	return 0;
}

static void hold_release(struct dma_buf *buf)
{
	struct hold *hold = buf->priv;

	qyran_slots_release(hold->q, hold->block);
	qyran_unref(hold->q);
	kfree(hold);
}

static const struct dma_buf_ops hold_ops = {
	.map_dma_buf = hold_map,
	.unmap_dma_buf = hold_unmap,
	.begin_cpu_access = hold_begin_cpu_access,
	.end_cpu_access = hold_end_cpu_access,
	.mmap = hold_mmap,
	.vmap = hold_vmap,
	.release = hold_release,
};

struct dma_buf *qyran_hold(struct qyran *q, struct qyran_ioc_hold *ask)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct hold *hold = kzalloc(sizeof(*hold), GFP_KERNEL);
	struct dma_buf *buf;

	if (!hold)
		return ERR_PTR(-ENOMEM);
	hold->block = qyran_slots_hold(q, ask->frame, &ask->time_ns);
	if (IS_ERR(hold->block)) {
		buf = ERR_CAST(hold->block);
		goto err_hold;
	}
	if (!hold->block->cpu)
		dma_sync_single_for_cpu(q->dev, hold->block->dma, hold->block->size, DMA_BIDIRECTIONAL);
	hold->block->cpu = true;
	ask->width = q->running.width;
	ask->height = q->running.height;
	ask->stride = q->running.stride;

	info.ops = &hold_ops;
	info.size = hold->block->size;
	info.flags = O_RDONLY | O_CLOEXEC;
	info.priv = hold;
	buf = dma_buf_export(&info);
	if (IS_ERR(buf))
		goto err_block;
	hold->q = qyran_ref(q);
	return buf;

err_block:
	qyran_slots_release(q, hold->block);
err_hold:
	kfree(hold);
	return buf;
}
