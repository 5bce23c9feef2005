/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qyran-xrt-device [FAULT] - what XRT's hardware emulation takes for its simulator. XRT listens on a socket; a call is a header
 * (0x09, u64 size, 0x15, u32 number) and a protocol buffer, an answer is 0x09, u64 size and a protocol buffer. Numbers of the calls are
 * in <xrt/xcl_macros.h>, their fields in XRT's rpc_messages.proto.
 */
#include "device.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <xcl_macros.h>

#define CALL_MAX (64u << 20)	/* bytes of a call; XRT cuts copies into packets far smaller */
#define CALL_HEAD 14
#define ANSWER_HEAD 9
#define FIELDS 16
#define JOIN_MS 10000

struct field {
	uint64_t number;
	const uint8_t *bytes;
	size_t size;
};

struct answer {
	uint8_t *bytes;
	size_t size, room;
};

static bool transfer(int fd, void *bytes, size_t size, bool out)
{
	for (size_t at = 0; at < size;) {
		ssize_t part = out ? send(fd, (char *)bytes + at, size - at, MSG_NOSIGNAL) : recv(fd, (char *)bytes + at, size - at, 0);

		if (part > 0)
			at += (size_t)part;
		else if (part == 0 || errno != EINTR)
			return false;
	}
	return true;
}

static uint64_t little(const uint8_t *bytes, size_t size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | bytes[size];
	return value;
}

static void put_little(uint8_t *bytes, size_t size, uint64_t value)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
}

static bool take_varint(const uint8_t **at, const uint8_t *end, uint64_t *ret)
{
	*ret = 0;
	for (unsigned int shift = 0; *at < end && shift < 64; shift += 7) {
		uint8_t byte = *(*at)++;

		*ret |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

/* Fields by number; of one that comes twice the last. */
static bool take_fields(const uint8_t *at, size_t size, struct field ret[FIELDS])
{
	const uint8_t *end = at + size;

	memset(ret, 0, FIELDS * sizeof(*ret));
	while (at < end) {
		struct field field = { 0 };
		uint64_t key, length;

		if (!take_varint(&at, end, &key))
			return false;
		switch (key & 7) {
		case 0:
			if (!take_varint(&at, end, &field.number))
				return false;
			break;
		case 1:
		case 5:
			length = (key & 7) == 1 ? 8 : 4;
			if ((uint64_t)(end - at) < length)
				return false;
			field.number = little(at, length);
			at += length;
			break;
		case 2:
			if (!take_varint(&at, end, &length) || length > (uint64_t)(end - at))
				return false;
			field.bytes = at;
			field.size = length;
			at += length;
			break;
		default:
			return false;
		}
		if (key >> 3 < FIELDS)
			ret[key >> 3] = field;
	}
	return true;
}

static void put_varint(struct answer *answer, uint64_t value)
{
	for (; value > 0x7f; value >>= 7)
		answer->bytes[answer->size++] = (uint8_t)(value | 0x80);
	answer->bytes[answer->size++] = (uint8_t)value;
}

static void put_number(struct answer *answer, unsigned int field, uint64_t value)
{
	put_varint(answer, field << 3);
	put_varint(answer, value);
}

/* Room for @size bytes, which the caller fills. */
static uint8_t *put_bytes(struct answer *answer, unsigned int field, size_t size)
{
	if (answer->size + size + 32 > answer->room) {
		answer->room = answer->size + size + 32;
		answer->bytes = realloc(answer->bytes, answer->room);
		if (!answer->bytes)
			exit(1);
	}
	put_varint(answer, field << 3 | 2);
	put_varint(answer, size);
	answer->size += size;
	return answer->bytes + answer->size - size;
}

static void copy_in(const struct field *fields, struct answer *answer)
{
	uint8_t *to = device_memory(fields[3].number, fields[4].size);

	if (to && fields[4].size)
		memcpy(to, fields[4].bytes, fields[4].size);
	put_number(answer, 1, to ? fields[4].size : 0);
}

static void copy_out(const struct field *fields, struct answer *answer)
{
	uint64_t size = fields[5].number;
	const uint8_t *from = size <= CALL_MAX ? device_memory(fields[4].number, size) : NULL;

	put_number(answer, 1, from ? size : 0);
	if (from)
		memcpy(put_bytes(answer, 2, size), from, size);
}

static void write_registers(const struct field *fields, struct answer *answer)
{
	for (size_t i = 0; i + 4 <= fields[4].size; i += 4)
		device_write(fields[2].number + i, (uint32_t)little(fields[4].bytes + i, 4));
	put_number(answer, 1, 1);
}

static void read_registers(const struct field *fields, struct answer *answer)
{
	size_t size = fields[3].number <= 4096 ? fields[3].number : 0;
	uint8_t *to;

	put_number(answer, 1, 1);
	to = put_bytes(answer, 2, size);
	memset(to, 0, size);
	for (size_t i = 0; i + 4 <= size; i += 4)
		put_little(to + i, 4, device_read(fields[2].number + i));
}

static bool answer_call(uint32_t call, const struct field *fields, struct answer *answer)
{
	switch (call) {
	case xclClose_n:
	case xclLoadBitstream_n:
	case xclAllocDeviceBuffer_n:
	case xclFreeDeviceBuffer_n:
	case xclSetEnvironment_n:
		put_number(answer, 1, 1);
		return true;
	case xclCopyBufferHost2Device_n:
		copy_in(fields, answer);
		return true;
	case xclCopyBufferDevice2Host_n:
		copy_out(fields, answer);
		return true;
	case xclWriteAddrKernelCtrl_n:
		write_registers(fields, answer);
		return true;
	case xclReadAddrKernelCtrl_n:
		read_registers(fields, answer);
		return true;
	case xclGetDebugMessages_n:
		return true;
	default:
		fprintf(stderr, "qyran-xrt-device: XRT calls %u, which is not emulated\n", call);
		return false;
	}
}

static int join(const char *name, int patience_ms)
{
	const char *user = getenv("USER");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "/tmp/%s%s%s", user ? user : "", user ? "/" : "", name);
	while (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		if (patience_ms-- <= 0) {
			close(fd);
			return -1;
		}
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	return fd;
}

static int serve(int fd, int close_fd)
{
	struct answer answer = { .bytes = malloc(64), .room = 64 };
	struct field fields[FIELDS];
	uint8_t head[CALL_HEAD], *body = NULL;
	size_t room = 0;

	while (answer.bytes && transfer(fd, head, sizeof(head), false)) {
		uint64_t size = little(head + 1, 8);
		uint32_t call = (uint32_t)little(head + 10, 4);

		if (head[0] != 0x09 || head[9] != 0x15 || size > CALL_MAX)
			break;
		if (size > room) {
			free(body);
			room = size;
			body = malloc(room);
			if (!body)
				break;
		}
		answer.size = 0;
		if (!transfer(fd, body, size, false) || !take_fields(body, size, fields) || !answer_call(call, fields, &answer))
			break;
		if (call == xclClose_n && close_fd >= 0) {
			uint8_t told[CALL_HEAD] = { 0x09, [9] = 0x15, [10] = xclClose_n };

			transfer(close_fd, told, sizeof(told), true);
		}
		head[0] = 0x09;
		put_little(head + 1, 8, answer.size);
		if (!transfer(fd, head, ANSWER_HEAD, true) || !transfer(fd, answer.bytes, answer.size, true) || call == xclClose_n)
			break;
	}
	free(body);
	free(answer.bytes);
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const faults[] = { "sound", "weight", "dies", "hangs" };
	const char *id = getenv("EMULATION_SOCKETID");
	char close_name[64];
	int fault = DEVICE_SOUND, fd;

	while (argc > 1 && fault <= DEVICE_HANGS && strcmp(argv[1], faults[fault]) != 0)
		fault++;
	if (argc > 2 || fault > DEVICE_HANGS || device_open((enum device_fault)fault)) {
		fprintf(stderr, "usage: qyran-xrt-device [sound|weight|dies|hangs], started by XRT\n");
		return 2;
	}
	fd = join(id ? id : "xcl_sock", JOIN_MS);
	if (fd < 0) {
		fprintf(stderr, "qyran-xrt-device: XRT's socket is not there\n");
		return 1;
	}
	snprintf(close_name, sizeof(close_name), "D2X_unix_sock_%.40s", id ? id : "");
	return serve(fd, id ? join(close_name, 500) : -1);
}
