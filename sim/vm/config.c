/* SPDX-License-Identifier: Apache-2.0 */
/* PCI configuration space: type 0 header, two memory BARs, one MSI capability (64-bit address, one vector). */
#include "sim/vm/parts.h"

#include <linux/pci_regs.h>
#include <string.h>

#define MSI_AT 0x40u
#define MSI_CONTROL (MSI_AT + PCI_MSI_FLAGS)
#define CLASS_MULTIMEDIA_OTHER 0x0480u

static uint32_t get(const struct rig_config *config, uint32_t at, uint32_t size)
{
	uint32_t value = 0;

	memcpy(&value, config->bytes + at, size);	/* the host is little-endian: the link is */
	return value;
}

static void put(uint8_t *to, uint32_t at, uint32_t size, uint32_t value)
{
	memcpy(to + at, &value, size);
}

void rig_config_reset(struct rig_config *config)
{
	uint8_t *bytes = config->bytes, *writable = config->writable;

	memset(config, 0, sizeof(*config));
	put(bytes, PCI_VENDOR_ID, 2, RIG_PCI_VENDOR);
	put(bytes, PCI_DEVICE_ID, 2, RIG_PCI_DEVICE);
	put(bytes, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	put(bytes, PCI_REVISION_ID, 1, 1);
	put(bytes, PCI_CLASS_DEVICE, 2, CLASS_MULTIMEDIA_OTHER);
	put(bytes, PCI_SUBSYSTEM_VENDOR_ID, 2, RIG_PCI_VENDOR);
	put(bytes, PCI_SUBSYSTEM_ID, 2, RIG_PCI_SUBSYSTEM);
	put(bytes, PCI_CAPABILITY_LIST, 1, MSI_AT);
	put(bytes, PCI_INTERRUPT_PIN, 1, 1);
	put(bytes, MSI_AT, 1, PCI_CAP_ID_MSI);
	put(bytes, MSI_CONTROL, 2, PCI_MSI_FLAGS_64BIT);

	put(writable, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE | PCI_COMMAND_PARITY | PCI_COMMAND_SERR);
	put(writable, PCI_CACHE_LINE_SIZE, 1, 0xff);
	put(writable, PCI_LATENCY_TIMER, 1, 0xff);
	put(writable, PCI_INTERRUPT_LINE, 1, 0xff);
	put(writable, PCI_BASE_ADDRESS_0, 4, ~(RIG_BAR0_SIZE - 1));
	put(writable, PCI_BASE_ADDRESS_2, 4, ~(BENCH_SIZE - 1));
	put(writable, MSI_CONTROL, 2, PCI_MSI_FLAGS_ENABLE);
	put(writable, MSI_AT + PCI_MSI_ADDRESS_LO, 4, ~3u);
	put(writable, MSI_AT + PCI_MSI_ADDRESS_HI, 4, ~0u);
	put(writable, MSI_AT + PCI_MSI_DATA_64, 2, 0xffff);
}

uint32_t rig_config_bar(const struct rig_config *config, int bar)
{
	return get(config, PCI_BASE_ADDRESS_0 + (uint32_t)bar * 4, 4) & ~0xfu;
}

bool rig_config_memory(const struct rig_config *config)
{
	return get(config, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY;
}

bool rig_config_master(const struct rig_config *config)
{
	return get(config, PCI_COMMAND, 2) & PCI_COMMAND_MASTER;
}

bool rig_config_msi(const struct rig_config *config, uint64_t *ret_address, uint32_t *ret_data)
{
	if (!(get(config, MSI_CONTROL, 2) & PCI_MSI_FLAGS_ENABLE))
		return false;
	*ret_address = (uint64_t)get(config, MSI_AT + PCI_MSI_ADDRESS_HI, 4) << 32 | get(config, MSI_AT + PCI_MSI_ADDRESS_LO, 4);
	*ret_data = get(config, MSI_AT + PCI_MSI_DATA_64, 2);
	return true;
}

static bool inside(uint32_t offset, uint32_t size)
{
	return (size == 1 || size == 2 || size == 4) && offset <= RIG_CONFIG_SIZE - size;
}

uint32_t rig_device_config_read(struct rig_device *device, uint32_t offset, uint32_t size)
{
	return inside(offset, size) ? get(&device->config, offset, size) : 0xffffffff;
}

void rig_device_config_write(struct rig_device *device, uint32_t offset, uint32_t size, uint32_t value)
{
	struct rig_config *config = &device->config;

	if (!inside(offset, size))
		return;
	for (uint32_t i = 0; i < size; i++) {
		uint8_t mask = config->writable[offset + i];

		config->bytes[offset + i] = (uint8_t)((config->bytes[offset + i] & ~mask) | ((value >> 8 * i) & mask));
	}
	/* An interrupt that could not be sent because it was not enabled can be now. */
	rig_device_level(device, true);
}

int rig_device_bar(const struct rig_device *device, uint64_t address, uint32_t *ret_offset)
{
	static const struct { int bar; uint32_t size; } bars[] = { { 0, RIG_BAR0_SIZE }, { BENCH_BAR, BENCH_SIZE } };

	for (size_t i = 0; i < sizeof(bars) / sizeof(bars[0]); i++) {
		uint32_t base = rig_config_bar(&device->config, bars[i].bar);

		if (rig_config_memory(&device->config) && address >= base && address - base < bars[i].size) {
			*ret_offset = (uint32_t)(address - base);
			return bars[i].bar;
		}
	}
	return -1;
}
