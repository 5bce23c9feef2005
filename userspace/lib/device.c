/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/devices.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLUGIN_DIR "/usr/lib/qyran"

struct qyran_device {
	const struct qyran_device_ops *ops;
	void *self;
	void *plugin;
};

/* Finds the plug-in of a kind of device. Returns 0, -ENOENT or -ELIBBAD, with @error filled. */
static int plugin_open(const char *kind, void **ret_plugin, const struct qyran_device_ops **ret_ops, char *error, size_t error_size)
{
	char program[PATH_MAX] = "", path[PATH_MAX + 64];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
	const char *own = getenv("QYRAN_PLUGIN_DIR");
	char *slash = NULL;

	if (length > 0) {
		program[length] = '\0';
		slash = strrchr(program, '/');
	}
	if (slash)
		*slash = '\0';

	for (int place = own ? 0 : 1; place < (own ? 1 : 4); place++) {
		if (place == 0)
			snprintf(path, sizeof(path), "%s/libqyran-%s.so", own, kind);
		else if (place == 3)
			snprintf(path, sizeof(path), PLUGIN_DIR "/libqyran-%s.so", kind);
		else if (slash)
			snprintf(path, sizeof(path), "%s/%slibqyran-%s.so", program, place == 1 ? "../lib/qyran/" : "", kind);
		else
			continue;
		if (access(path, F_OK) != 0)
			continue;

		void *plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
		const struct qyran_device_ops *ops = plugin ? dlsym(plugin, "qyran_device_plugin") : NULL;

		if (!ops) {
			snprintf(error, error_size, "%s: cannot be loaded: %s; build or install it again", path, dlerror());
		} else if (ops->abi != QYRAN_DEVICE_ABI) {
			snprintf(error, error_size, "%s: made for another version of libqyran (interface %u, this is %u); build or install it again",
				 path, ops->abi, QYRAN_DEVICE_ABI);
		} else {
			*ret_plugin = plugin;
			*ret_ops = ops;
			return 0;
		}
		if (plugin)
			dlclose(plugin);
		return -ELIBBAD;
	}
	snprintf(error, error_size, "libqyran-%s.so: the plug-in for %s: devices is not in %s%s%s; build it, install it, or set QYRAN_PLUGIN_DIR to its folder",
		 kind, kind, own ? own : slash ? program : "", own ? "" : ", its ../lib/qyran or ", own ? "" : PLUGIN_DIR);
	return -ENOENT;
}

static int options_check(const struct qyran_device_options *options, char *error, size_t error_size)
{
	if (!options->width != !options->height) {
		snprintf(error, error_size, "video of %ux%u: give width and height, or neither", options->width, options->height);
		return -EINVAL;
	}
	if (options->mask_count > QYRAN_MASKS_MAX) {
		snprintf(error, error_size, "%zu privacy masks: at most %u", options->mask_count, QYRAN_MASKS_MAX);
		return -EINVAL;
	}
	if (options->watch_count > QYRAN_WATCHES_MAX) {
		snprintf(error, error_size, "%zu watch boxes: at most %u", options->watch_count, QYRAN_WATCHES_MAX);
		return -EINVAL;
	}
	if (options->regions > QYRAN_REGIONS_MAX) {
		snprintf(error, error_size, "%u plate regions a frame: at most %u", options->regions, QYRAN_REGIONS_MAX);
		return -EINVAL;
	}
	for (size_t i = 0; i < options->watch_count; i++) {
		const struct qyran_box *box = &options->watches[i];

		if (box->x % 4 || box->width % 4 || box->width > 64 || box->height > 64 || !box->width || !box->height) {
			snprintf(error, error_size, "watch box %zu (%u,%u %ux%u): x and width must be multiples of 4 and the size 4x1 to 64x64",
				 i, box->x, box->y, box->width, box->height);
			return -EINVAL;
		}
	}
	return 0;
}

int qyran_device_open(const char *spec, const struct qyran_device_options *options, struct qyran_device **ret, char *error, size_t error_size)
{
	static const struct qyran_device_options defaults;
	char unread[1];
	const char *rest = strchr(spec, ':');
	struct qyran_device *device;
	int rc;

	if (!error) {
		error = unread;
		error_size = sizeof(unread);
	}
	if (!options)
		options = &defaults;
	if (!rest || !rest[1]) {
		snprintf(error, error_size, "device '%s': not understood; give kernel:DEVICE, sim:CLIP or record:FILE", spec);
		return -EINVAL;
	}
	rc = options_check(options, error, error_size);
	if (rc < 0)
		return rc;
	device = calloc(1, sizeof(*device));
	if (!device) {
		snprintf(error, error_size, "%s: no memory", spec);
		return -ENOMEM;
	}

	size_t kind = (size_t)(rest++ - spec);

	if (kind == 6 && strncmp(spec, "record", kind) == 0) {
		device->ops = &qyran_device_record;
	} else if (kind == 6 && strncmp(spec, "kernel", kind) == 0) {
		device->ops = &qyran_device_kernel;
	} else if (kind == 3 && strncmp(spec, "sim", kind) == 0) {
		rc = plugin_open("sim", &device->plugin, &device->ops, error, error_size);
	} else {
		snprintf(error, error_size, "device '%s': no such kind of device; give kernel:DEVICE, sim:CLIP or record:FILE", spec);
		rc = -EINVAL;
	}
	if (rc == 0)
		rc = device->ops->open(rest, options, &device->self, error, error_size);
	if (rc < 0) {
		if (device->plugin)
			dlclose(device->plugin);
		free(device);
		return rc;
	}
	*ret = device;
	return 0;
}

int qyran_device_mask(const char *spec, const struct qyran_box *masks, size_t count, char *error, size_t error_size)
{
	static const char kernel[] = "kernel:";

	if (strncmp(spec, kernel, strlen(kernel)) != 0) {
		snprintf(error, error_size, "%s: takes its masks when it is opened", spec);
		return -ENOTSUP;
	}
	if (count > QYRAN_MASKS_MAX) {
		snprintf(error, error_size, "%zu privacy masks: at most %u", count, QYRAN_MASKS_MAX);
		return -EINVAL;
	}
	return qyran_kernel_set_masks(spec + strlen(kernel), masks, count, error, error_size);
}

void qyran_device_close(struct qyran_device *device)
{
	if (!device)
		return;
	device->ops->close(device->self);
	if (device->plugin)
		dlclose(device->plugin);
	free(device);
}

void qyran_device_info(const struct qyran_device *device, struct qyran_device_info *ret)
{
	device->ops->info(device->self, ret);
}

int qyran_device_next(struct qyran_device *device, const struct qyran_record_header **ret, int timeout_ms)
{
	return device->ops->next(device->self, ret, timeout_ms);
}

const char *qyran_device_fault(const struct qyran_device *device)
{
	return device->ops->fault(device->self);
}

int qyran_device_hold(struct qyran_device *device, uint64_t frame, struct qyran_frame *ret)
{
	return device->ops->hold(device->self, frame, ret);
}

void qyran_device_release(struct qyran_device *device, const struct qyran_frame *frame)
{
	device->ops->release(device->self, frame);
}

int qyran_device_clock(struct qyran_device *device, uint64_t *ret_ns)
{
	return device->ops->clock(device->self, ret_ns);
}

int qyran_device_register(struct qyran_device *device, uint32_t offset, uint32_t *ret_value)
{
	if (!device->ops->reg)
		return -ENOTSUP;
	return offset < 0x10000 && offset % 4 == 0 ? device->ops->reg(device->self, offset, ret_value) : -ERANGE;
}
