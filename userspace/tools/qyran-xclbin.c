/* SPDX-License-Identifier: Apache-2.0 */
/* qyran-xclbin: tells XRT where the reader's kernel is. An xclbin is metadata and, if given, the bitstream; --help says what can be wished. */
#include <errno.h>
#include <getopt.h>
#include <hw/hls/plate_kernel.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xclbin.h>

#define ARGUMENTS 3
#define SECTIONS_MAX 8
#define BITSTREAM_MAX (256u << 20)	/* of the largest UltraScale+ device some 200 MB */

struct section {
	uint32_t kind;
	const char *name;
	const void *bytes;
	size_t size;
};

struct wish {
	const char *out, *bitstream;
	bool emulation;
	uint64_t base, memory, memory_mib;
};

static const struct { const char *name, *type; unsigned int offset; } arguments[ARGUMENTS] = {
	{ "weights", "int8_t*", PLATE_KERNEL_WEIGHTS },
	{ "input", "int8_t*", PLATE_KERNEL_INPUT },
	{ "sums", "int16_t*", PLATE_KERNEL_SUMS },
};

static int read_bitstream(const char *path, uint8_t **ret, size_t *ret_size)
{
	FILE *file = fopen(path, "rbe");
	struct stat about;
	uint8_t *bytes;

	if (!file || fstat(fileno(file), &about) != 0 || !S_ISREG(about.st_mode)) {
		fprintf(stderr, "qyran-xclbin: %s: %s\n", path, file ? "not a file" : strerror(errno));
		if (file)
			fclose(file);
		return -ENOENT;
	}
	if (about.st_size == 0 || about.st_size > BITSTREAM_MAX || !(bytes = malloc((size_t)about.st_size))) {
		fprintf(stderr, "qyran-xclbin: %s: %jd bytes; a bitstream has 1 to %u\n", path, (intmax_t)about.st_size, BITSTREAM_MAX);
		fclose(file);
		return -EFBIG;
	}
	if (fread(bytes, 1, (size_t)about.st_size, file) != (size_t)about.st_size) {
		fprintf(stderr, "qyran-xclbin: %s: cannot be read whole\n", path);
		fclose(file);
		free(bytes);
		return -EIO;
	}
	fclose(file);
	*ret = bytes;
	*ret_size = (size_t)about.st_size;
	return 0;
}

/* What XRT's xml of a kernel tells: registers and types of the arguments. */
static int write_metadata(const struct wish *wish, char *ret, size_t size)
{
	int used = snprintf(ret, size,
			    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<project name=\"qyran\">\n"
			    " <platform vendor=\"qyran\" boardid=\"camera\" name=\"camera\" featureRomTime=\"0\">\n"
			    "  <device name=\"fpga0\" fpgaDevice=\"zynquplus\">\n"
			    "   <core name=\"OCL_REGION_0\" target=\"%s\" type=\"clc_region\" numComputeUnits=\"1\">\n    <kernelClocks/>\n"
			    "    <kernel name=\"" PLATE_KERNEL_NAME "\" language=\"c\" hwControlProtocol=\"ap_ctrl_hs\" type=\"pl\">\n"
			    "     <port name=\"M_AXI_GMEM\" mode=\"master\" range=\"0xFFFFFFFF\" dataWidth=\"64\" portType=\"addressable\" base=\"0x0\"/>\n"
			    "     <port name=\"S_AXI_CONTROL\" mode=\"slave\" range=\"0x%x\" dataWidth=\"32\" portType=\"addressable\" base=\"0x0\"/>\n",
			    wish->emulation ? "hw_em" : "bitstream", PLATE_KERNEL_SPAN);

	for (int i = 0; i < ARGUMENTS; i++)
		used += snprintf(ret + used, size - (size_t)used,
				 "     <arg name=\"%s\" addressQualifier=\"1\" id=\"%d\" port=\"M_AXI_GMEM\" size=\"0x8\" offset=\"0x%x\" hostOffset=\"0x0\" "
				 "hostSize=\"0x8\" type=\"%s\"/>\n", arguments[i].name, i, arguments[i].offset, arguments[i].type);
	used += snprintf(ret + used, size - (size_t)used,
			 "     <instance name=\"" PLATE_KERNEL_NAME "_1\"><addrRemap base=\"0x%" PRIx64 "\" port=\"S_AXI_CONTROL\"/></instance>\n"
			 "    </kernel>\n   </core>\n  </device>\n </platform>\n</project>\n", wish->base);
	return used;
}

/* The name of the whole: the same content has the same, so that XRT knows what is loaded already. */
static void name_content(const struct section *sections, size_t count, uint8_t ret[sizeof(xuid_t)])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, sizeof(xuid_t));
	for (size_t i = 0; i < count; i++)
		crypto_generichash_update(&state, sections[i].bytes, sections[i].size);
	crypto_generichash_final(&state, ret, sizeof(xuid_t));
}

static int write_out(const struct wish *wish, const struct section *sections, size_t count)
{
	static const uint8_t zeros[8];
	size_t head_size = sizeof(struct axlf) + (count - 1) * sizeof(struct axlf_section_header), at = head_size;
	struct axlf *head = calloc(1, head_size);
	FILE *file;
	bool whole;

	if (!head)
		return -ENOMEM;
	memcpy(head->m_magic, "xclbin2", 8);
	head->m_signature_length = -1;
	memset(head->reserved, 0xff, sizeof(head->reserved));
	memset(head->m_keyBlock, 0xff, sizeof(head->m_keyBlock));
	head->m_header.m_versionMajor = 2;
	head->m_header.m_mode = wish->emulation ? XCLBIN_HW_EMU : XCLBIN_FLAT;
	strcpy((char *)head->m_header.m_platformVBNV, "qyran_camera");
	name_content(sections, count, head->m_header.uuid);
	memcpy(&head->m_uniqueId, head->m_header.uuid, sizeof(head->m_uniqueId));
	head->m_header.m_numSections = (uint32_t)count;
	for (size_t i = 0; i < count; i++) {
		at = (at + 7) / 8 * 8;
		head->m_sections[i].m_sectionKind = sections[i].kind;
		snprintf(head->m_sections[i].m_sectionName, sizeof(head->m_sections[i].m_sectionName), "%s", sections[i].name);
		head->m_sections[i].m_sectionOffset = at;
		head->m_sections[i].m_sectionSize = sections[i].size;
		at += sections[i].size;
	}
	head->m_header.m_length = at;
	file = fopen(wish->out, "wbe");
	whole = file && fwrite(head, head_size, 1, file) == 1;
	at = head_size;
	for (size_t i = 0; whole && i < count; i++) {
		size_t gap = head->m_sections[i].m_sectionOffset - at;

		whole = fwrite(zeros, 1, gap, file) == gap && fwrite(sections[i].bytes, 1, sections[i].size, file) == sections[i].size;
		at += gap + sections[i].size;
	}
	if (file && fclose(file) != 0)
		whole = false;
	free(head);
	if (whole)
		return 0;
	fprintf(stderr, "qyran-xclbin: %s: cannot be written: %s\n", wish->out, strerror(errno));
	if (file)
		unlink(wish->out);
	return -EIO;
}

static int make(const struct wish *wish)
{
	struct mem_topology memory = { .m_count = 1 };
	struct ip_layout kernels = { .m_count = 1 };
	uint8_t links[sizeof(struct connectivity) + (ARGUMENTS - 1) * sizeof(struct connection)] = { 0 };
	char metadata[4096];
	int length = write_metadata(wish, metadata, sizeof(metadata)), rc = 0;
	uint8_t *bitstream = NULL;
	size_t bitstream_size = 0, count = 6;

	memory.m_mem_data[0] = (struct mem_data){ .m_type = MEM_DDR4, .m_used = 1, .m_size = wish->memory_mib << 10, .m_base_address = wish->memory };
	strcpy((char *)memory.m_mem_data[0].m_tag, "DDR[0]");
	kernels.m_ip_data[0] = (struct ip_data){ .m_type = IP_KERNEL, .properties = AP_CTRL_HS << IP_CONTROL_SHIFT, .m_base_address = wish->base };
	strcpy((char *)kernels.m_ip_data[0].m_name, PLATE_KERNEL_NAME ":" PLATE_KERNEL_NAME "_1");
	memcpy(links, &(int32_t){ ARGUMENTS }, sizeof(int32_t));
	for (int32_t i = 0; i < ARGUMENTS; i++)
		memcpy(links + offsetof(struct connectivity, m_connection) + (size_t)i * sizeof(struct connection),
		       &(struct connection){ .arg_index = i }, sizeof(struct connection));
	if (wish->bitstream)
		rc = read_bitstream(wish->bitstream, &bitstream, &bitstream_size);

	const struct section sections[SECTIONS_MAX] = {
		{ MEM_TOPOLOGY, "memory", &memory, sizeof(memory) },
		{ ASK_GROUP_TOPOLOGY, "group_memory", &memory, sizeof(memory) },
		{ IP_LAYOUT, "kernels", &kernels, sizeof(kernels) },
		{ CONNECTIVITY, "links", links, sizeof(links) },
		{ ASK_GROUP_CONNECTIVITY, "group_links", links, sizeof(links) },
		{ EMBEDDED_METADATA, "metadata", metadata, (size_t)length },
		{ BITSTREAM, "bitstream", bitstream, bitstream_size },
	};

	if (bitstream)
		count++;
	if (rc == 0)
		rc = write_out(wish, sections, count);
	free(bitstream);
	return rc;
}

static bool take_number(const char *text, char end, uint64_t *ret, const char **ret_end)
{
	char *stop;

	errno = 0;
	*ret = strtoull(text, &stop, 0);
	*ret_end = stop + 1;
	return *text >= '0' && *text <= '9' && errno == 0 && *stop == end;
}

static const char help[] =
	"usage: qyran-xclbin [--emulation] [--base ADDRESS] [--memory ADDRESS:MIB] [--bitstream FILE] OUT\n"
	"Writes an xclbin, which tells XRT where the plate reader's kernel is.\n"
	"  --emulation         for XRT's hw_emu instead of a board\n"
	"  --base ADDRESS      of the kernel's control registers (0x10000)\n"
	"  --memory A:MIB      where buffers may lie, and how much (0:1024)\n"
	"  --bitstream FILE    carried along; without it the logic is loaded before, with the rest of the camera\n";

static int usage(const char *what)
{
	if (what)
		fprintf(stderr, "qyran-xclbin: %s\n", what);
	else
		fputs(help, stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "emulation", no_argument, NULL, 'e' }, { "base", required_argument, NULL, 'b' },
		{ "memory", required_argument, NULL, 'm' }, { "bitstream", required_argument, NULL, 's' }, { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct wish wish = { .base = 0x10000, .memory_mib = 1024 };
	const char *rest;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'e')
			wish.emulation = true;
		else if (option == 's')
			wish.bitstream = optarg;
		else if (option == 'b' && (!take_number(optarg, '\0', &wish.base, &rest) || wish.base % PLATE_KERNEL_SPAN))
			return usage("--base: allowed: an address, a multiple of 0x1000");
		else if (option == 'm' && (!take_number(optarg, ':', &wish.memory, &rest) || !take_number(rest, '\0', &wish.memory_mib, &rest) ||
					   wish.memory_mib == 0 || wish.memory_mib > 1 << 20))
			return usage("--memory: allowed: ADDRESS:MIB, 1 to 1048576 MiB");
		else if (option == 'h')
			return fputs(help, stdout) < 0;
		else if (option == '?')
			return usage(NULL);
	}
	if (optind != argc - 1)
		return usage(NULL);
	wish.out = argv[optind];
	if (sodium_init() < 0)
		return 1;
	return make(&wish) == 0 ? 0 : 1;
}
