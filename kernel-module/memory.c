// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that the logic writes: cacheable pages, mapped for DMA while the stream owns them.
 *
 * Pages are allocated for a device of our own that lives as long as any of them: a frame may be held longer than the
 * camera's device is bound. It takes over the device tree's memory-region, if there is one, so that frames come from there.
 */
#include "qyran.h"

#include <linux/dma-mapping.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>
#include <linux/slab.h>

struct memory {
	struct device dev;
	u64 mask;
};

static void memory_release(struct device *dev)
{
	of_reserved_mem_device_release(dev);
	kfree(container_of(dev, struct memory, dev));
}

struct device *qyran_memory_new(struct device *dev)
{
	struct memory *memory = kzalloc(sizeof(*memory), GFP_KERNEL);
	int rc;

	if (!memory)
		return ERR_PTR(-ENOMEM);
	device_initialize(&memory->dev);
	memory->dev.release = memory_release;
	memory->mask = dma_get_mask(dev);
	memory->dev.dma_mask = &memory->mask;
	memory->dev.coherent_dma_mask = memory->mask;
	memory->dev.bus_dma_limit = dev->bus_dma_limit;
	set_dev_node(&memory->dev, dev_to_node(dev));
	rc = dev_set_name(&memory->dev, "%s-memory", dev_name(dev));
	if (!rc && dev->of_node && of_property_present(dev->of_node, "memory-region"))
		rc = of_reserved_mem_device_init_by_idx(&memory->dev, dev->of_node, 0);
	if (rc) {
		put_device(&memory->dev);
		return ERR_PTR(rc);
	}
	return &memory->dev;
}

static void block_release(struct kref *ref)
{
	struct qyran_block *block = container_of(ref, struct qyran_block, ref);

	dma_free_pages(block->memory, block->size, block->page, block->handle, DMA_BIDIRECTIONAL);
	put_device(block->memory);
	kfree(block);
}

void qyran_block_put(struct qyran_block *block)
{
	kref_put(&block->ref, block_release);
}

struct qyran_block *qyran_block_new(struct qyran *q, size_t size)
{
	struct qyran_block *block = kzalloc(sizeof(*block), GFP_KERNEL);

	if (!block)
		return NULL;
	kref_init(&block->ref);
	block->size = PAGE_ALIGN(size);
	block->page = dma_alloc_pages(q->memory, block->size, &block->handle, DMA_BIDIRECTIONAL,
				      GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
	if (!block->page) {
		kfree(block);
		return NULL;
	}
	block->memory = get_device(q->memory);
	/* both ways: the cutter reads what the frame writer wrote */
	block->dma = dma_map_page(q->dev, block->page, 0, block->size, DMA_BIDIRECTIONAL);
	if (dma_mapping_error(q->dev, block->dma)) {
		qyran_block_put(block);
		return NULL;
	}
	return block;
}

void qyran_block_drop(struct qyran *q, struct qyran_block *block)
{
	if (!block)
		return;
	dma_unmap_page(q->dev, block->dma, block->size, DMA_BIDIRECTIONAL);
	qyran_block_put(block);
}
