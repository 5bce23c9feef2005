/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of what travels: checked by whoever writes it and by whoever reads it, before memory is taken. */
#ifndef QYRAN_LIMITS_H
#define QYRAN_LIMITS_H

#define QYRAN_SEALED_MAX (900u * 1024u)		/* a Sealed message; brokers commonly take 1 MiB */
#define QYRAN_RECIPIENTS_MAX 8u
#define QYRAN_RECEIPT_KEYS_MAX 4u
/* Header, signature, wrapped keys and framing around the ciphertext, with all recipients. */
#define QYRAN_SEALED_OVERHEAD 2048u
/* A packed Violation; the same for any number of recipients, so that shrinking gives the same bytes. */
#define QYRAN_PLAIN_MAX (QYRAN_SEALED_MAX - QYRAN_SEALED_OVERHEAD)
#define QYRAN_HEADER_MAX 512u			/* SealedHeader */
#define QYRAN_RECEIPT_MAX 512u
#define QYRAN_HEARTBEAT_MAX 512u
#define QYRAN_BUNDLE_MAX 4096u
#define QYRAN_NAME_BYTES_MAX 63u		/* camera id, region, recipient's name */
#define QYRAN_PLACE_BYTES_MAX 127u
#define QYRAN_POINTS_PACKED_MAX 256u		/* track points in a Violation */
#define QYRAN_EVIDENCE_PACKED_MAX 4u
#define QYRAN_SURVEY_PACKED_MAX 32u
#define QYRAN_PICTURE_SIDE_MAX 8192u		/* pixels */

#endif
