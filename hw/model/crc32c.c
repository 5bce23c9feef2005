/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/crc32c.h"

uint32_t qyran_model_crc32c(const void *data, size_t length)
{
	static const uint32_t polynomial = 0x82f63b78u;
	static uint32_t table[256];
	static _Bool ready;
	const uint8_t *byte = data;
	uint32_t crc = 0xffffffffu;

	if (!ready) {
		for (uint32_t i = 0; i < 256; i++) {
			table[i] = i;
			for (int bit = 0; bit < 8; bit++)
				table[i] = table[i] & 1 ? table[i] >> 1 ^ polynomial : table[i] >> 1;
		}
		ready = 1;
	}
	for (size_t i = 0; i < length; i++)
		crc = crc >> 8 ^ table[(crc ^ byte[i]) & 0xff];
	return ~crc;
}
