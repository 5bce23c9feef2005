// SPDX-License-Identifier: GPL-2.0
/* Front-end for the rig without a PCI link (arm64): registers through the mailbox of sim/vm/mailbox.h. It is a test's, not the product's. */
#include "qyran.h"
#include "sim/vm/mailbox.h"

#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/pci.h>

#define IVSHMEM_VENDOR	0x1af4
#define IVSHMEM_DEVICE	0x1110
#define DOORBELL_BAR	0
#define MEMORY_BAR	2

struct mailbox {
	void __iomem *doorbell, *memory;
};

/* Called under the register map's spinlock, so one at a time. */
static void call(struct mailbox *mailbox, u32 command, u32 address)
{
	writel(address, mailbox->memory + MAILBOX_ADDRESS);
	writel(command, mailbox->memory + MAILBOX_COMMAND);
	writel(MAILBOX_RING, mailbox->doorbell + MAILBOX_DOORBELL);
	while (readl(mailbox->memory + MAILBOX_COMMAND))
		cpu_relax();
}

static int mailbox_read(void *context, unsigned int offset, unsigned int *value)
{
	struct mailbox *mailbox = context;

	call(mailbox, MAILBOX_READ, offset);
	*value = readl(mailbox->memory + MAILBOX_VALUE);
	return 0;
}

static int mailbox_write(void *context, unsigned int offset, unsigned int value)
{
	struct mailbox *mailbox = context;

	writel(value, mailbox->memory + MAILBOX_VALUE);
	call(mailbox, MAILBOX_WRITE, offset);
	return 0;
}

static int front_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct regmap_config config = qyran_regmap_config;
	struct qyran_front front = { .simulated = true };
	struct device *dev = &pdev->dev;
	struct mailbox *mailbox = devm_kzalloc(dev, sizeof(*mailbox), GFP_KERNEL);
	int rc;

	if (!mailbox)
		return -ENOMEM;
	rc = pcim_enable_device(pdev);
	if (!rc)
		rc = pcim_iomap_regions(pdev, BIT(DOORBELL_BAR) | BIT(MEMORY_BAR), KBUILD_MODNAME);
	if (rc)
		return dev_err_probe(dev, rc, "ivshmem cannot be mapped\n");
	mailbox->doorbell = pcim_iomap_table(pdev)[DOORBELL_BAR];
	mailbox->memory = pcim_iomap_table(pdev)[MEMORY_BAR];
	config.reg_read = mailbox_read;
	config.reg_write = mailbox_write;
	front.regs = devm_regmap_init(dev, NULL, mailbox, &config);
	if (IS_ERR(front.regs))
		return PTR_ERR(front.regs);
	pci_set_master(pdev);
	rc = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (!rc)
		rc = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSIX);
	if (rc < 0)
		return dev_err_probe(dev, rc, "no interrupt\n");
	front.irq = pci_irq_vector(pdev, 0);
	return qyran_probe(dev, &front);
}

static void front_remove(struct pci_dev *pdev)
{
	qyran_remove(&pdev->dev);
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(IVSHMEM_VENDOR, IVSHMEM_DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, ids);

static struct pci_driver mailbox_driver = {
	.name = KBUILD_MODNAME,
	.id_table = ids,
	.probe = front_probe,
	.remove = front_remove,
};
module_pci_driver(mailbox_driver);

MODULE_DESCRIPTION("Qyran traffic camera, simulated, behind a mailbox");
MODULE_LICENSE("GPL");
