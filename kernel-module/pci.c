// SPDX-License-Identifier: GPL-2.0
/* Front-end: a PCI card, or the simulated board in a virtual machine. BAR 0 holds both pages of registers. */
#include "qyran.h"

#include <linux/dma-mapping.h>
#include <linux/pci.h>

#define VENDOR		0x1234	/* QEMU's, for experiments; the maker of a card adds his own through new_id */
#define DEVICE		0x5159
#define SUBSYSTEM_SIM	1
#define BAR		0

static void connect(struct device *dev)
{
	pci_set_master(to_pci_dev(dev));
}

static int cut_off(struct device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev);
	u16 command;

	pci_clear_master(pdev);
	pci_read_config_word(pdev, PCI_COMMAND, &command);
	/* all ones: the card has been pulled */
	return command == 0xffff || !(command & PCI_COMMAND_MASTER) ? 0 : -EIO;
}

static int front_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct device *dev = &pdev->dev;
	struct qyran_front front = { .connect = connect, .cut_off = cut_off };
	int rc;

	rc = pcim_enable_device(pdev);
	if (rc)
		return dev_err_probe(dev, rc, "the device cannot be enabled\n");
	if (pci_resource_len(pdev, BAR) < QYRAN_REGS_SIZE)
		return dev_err_probe(dev, -ENODEV, "BAR %d has %llu bytes, %u are needed\n", BAR,
				     (unsigned long long)pci_resource_len(pdev, BAR), QYRAN_REGS_SIZE);
	rc = pcim_iomap_regions(pdev, BIT(BAR), KBUILD_MODNAME);
	if (rc)
		return dev_err_probe(dev, rc, "BAR %d cannot be mapped\n", BAR);
	front.regs = devm_regmap_init_mmio(dev, pcim_iomap_table(pdev)[BAR], &qyran_regmap_config);
	if (IS_ERR(front.regs))
		return PTR_ERR(front.regs);
	rc = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (rc)
		return dev_err_probe(dev, rc, "no way to memory\n");
	rc = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSI | PCI_IRQ_MSIX);
	if (rc < 0)
		return dev_err_probe(dev, rc, "no message-signalled interrupt\n");
	front.irq = pci_irq_vector(pdev, 0);
	front.page0 = pci_resource_start(pdev, BAR);
	front.simulated = pdev->subsystem_device == SUBSYSTEM_SIM;
	return qyran_probe(dev, &front);
}

static void front_remove(struct pci_dev *pdev)
{
	qyran_remove(&pdev->dev);
	pci_clear_master(pdev);
}

static void front_shutdown(struct pci_dev *pdev)
{
	qyran_shutdown(&pdev->dev);
	pci_clear_master(pdev);
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(VENDOR, DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, ids);

static struct pci_driver driver = {
	.name = KBUILD_MODNAME,
	.id_table = ids,
	.probe = front_probe,
	.remove = front_remove,
	.shutdown = front_shutdown,
	.driver.pm = pm_sleep_ptr(&qyran_pm_ops),
};

int qyran_pci_register(void)
{
	return pci_register_driver(&driver);
}

void qyran_pci_unregister(void)
{
	pci_unregister_driver(&driver);
}
