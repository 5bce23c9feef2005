// SPDX-License-Identifier: GPL-2.0
/* Front-end: the programmable logic beside the processor, named in the device tree. */
#include "qyran.h"

#include <linux/clk.h>
#include <linux/dma-mapping.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>

struct clocks {
	struct clk_bulk_data *all;
	int count;
};

static void clocks_off(void *context)
{
	struct clocks *clocks = context;

	clk_bulk_disable_unprepare(clocks->count, clocks->all);
}

/* All that the device tree names run while the driver is there: without them a register access may never end. */
static int clocks_on(struct device *dev)
{
	struct clocks *clocks = devm_kzalloc(dev, sizeof(*clocks), GFP_KERNEL);
	int rc;

	if (!clocks)
		return -ENOMEM;
	clocks->count = devm_clk_bulk_get_all(dev, &clocks->all);
	if (clocks->count <= 0)
		return clocks->count;
	rc = clk_bulk_prepare_enable(clocks->count, clocks->all);
	return rc ? rc : devm_add_action_or_reset(dev, clocks_off, clocks);
}

static int front_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct qyran_front front = { };
	struct resource *resource;
	void __iomem *registers;
	int rc;

	registers = devm_platform_get_and_ioremap_resource(pdev, 0, &resource);
	if (IS_ERR(registers))
		return PTR_ERR(registers);
	if (resource_size(resource) < QYRAN_REGS_SIZE)
		return dev_err_probe(dev, -EINVAL, "reg covers less than the %u bytes of the registers\n", QYRAN_REGS_SIZE);
	front.page0 = resource->start;
	front.regs = devm_regmap_init_mmio(dev, registers, &qyran_regmap_config);
	if (IS_ERR(front.regs))
		return PTR_ERR(front.regs);
	rc = clocks_on(dev);
	if (rc)
		return dev_err_probe(dev, rc, "its clocks cannot be had\n");
	front.irq = platform_get_irq(pdev, 0);
	if (front.irq < 0)
		return front.irq;
	/* The masters have 64 address bits; what the bus takes away the device tree says. */
	rc = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(sizeof(dma_addr_t) * BITS_PER_BYTE));
	if (rc)
		return dev_err_probe(dev, rc, "no way to memory\n");
	return qyran_probe(dev, &front);
}

static int front_remove(struct platform_device *pdev)
{
	qyran_remove(&pdev->dev);
	return 0;
}

static void front_shutdown(struct platform_device *pdev)
{
	qyran_shutdown(&pdev->dev);
}

static const struct of_device_id compatible[] = {
	{ .compatible = "qyran,camera-1.0" },
	{ }
};
MODULE_DEVICE_TABLE(of, compatible);

static struct platform_driver driver = {
	.probe = front_probe,
	.remove = front_remove,
	.shutdown = front_shutdown,
	.driver = {
		.name = KBUILD_MODNAME,
		.of_match_table = compatible,
		.pm = pm_sleep_ptr(&qyran_pm_ops),
	},
};

int qyran_platform_register(void)
{
	return platform_driver_register(&driver);
}

void qyran_platform_unregister(void)
{
	platform_driver_unregister(&driver);
}
