/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32C (Castagnoli), RFC 3720 appendix B.4. */
#ifndef QYRAN_MODEL_CRC32C_H
#define QYRAN_MODEL_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/** qyran_model_crc32c() - the CRC of @length bytes, as a record's header and trailer hold it. */
uint32_t qyran_model_crc32c(const void *data, size_t length);

#endif
