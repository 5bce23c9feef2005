/* SPDX-License-Identifier: Apache-2.0 */
#include "view/display_state.h"

#include <dirent.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEVICES 16

static const char *const plane_property_names[PLANE_PROPERTIES] = {
	"FB_ID", "CRTC_ID", "SRC_X", "SRC_Y", "SRC_W", "SRC_H", "CRTC_X", "CRTC_Y", "CRTC_W", "CRTC_H", "zpos", "COLOR_ENCODING", "COLOR_RANGE",
};

/* Who has the device open beside us: "Xorg (812)"; the device's file is looked for among all processes' that may be looked at. */
static void name_master(const char *path, char *text, size_t size)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;

	snprintf(text, size, "another program");
	while (processes && (entry = readdir(processes))) {
		long pid = strtol(entry->d_name, NULL, 10);
		char name[300], link[256];
		struct dirent *file;
		DIR *files;

		if (pid <= 0 || pid == getpid() || pid == getppid())
			continue;
		snprintf(name, sizeof(name), "/proc/%ld/fd", pid);
		files = opendir(name);
		while (files && (file = readdir(files))) {
			ssize_t length = readlinkat(dirfd(files), file->d_name, link, sizeof(link) - 1);
			FILE *comm;
			char word[32] = "?";

			if (length <= 0)
				continue;
			link[length] = '\0';
			if (strcmp(link, path) != 0)
				continue;
			snprintf(name, sizeof(name), "/proc/%ld/comm", pid);
			comm = fopen(name, "re");
			if (comm && fscanf(comm, "%31s", word) == 1)
				snprintf(text, size, "%s (pid %ld)", word, pid);
			if (comm)
				fclose(comm);
		}
		if (files)
			closedir(files);
	}
	if (processes)
		closedir(processes);
}

static bool any_connected(int fd)
{
	drmModeRes *resources = drmModeGetResources(fd);
	bool connected = false;

	for (int i = 0; resources && i < resources->count_connectors && !connected; i++) {
		drmModeConnector *connector = drmModeGetConnector(fd, resources->connectors[i]);

		connected = connector && connector->connection == DRM_MODE_CONNECTED && connector->count_modes > 0;
		drmModeFreeConnector(connector);
	}
	drmModeFreeResources(resources);
	return connected;
}

static int take_device(struct display *display, const char *path, char *error, size_t error_size)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	drmVersion *version;
	char who[64];
	int rc = -errno;

	if (fd < 0) {
		snprintf(error, error_size, "%s: cannot be opened: %s%s", path, strerror(-rc), rc == -EACCES ? "; be root or a member of group video" : "");
		return rc;
	}
	version = drmGetVersion(fd);
	snprintf(display->driver, sizeof(display->driver), "%s", version ? version->name : "?");
	drmFreeVersion(version);
	rc = 0;
	if (!drmIsMaster(fd) && drmSetMaster(fd) < 0) {
		name_master(path, who, sizeof(who));
		snprintf(error, error_size, "%s: %s is its master; end it, or switch to another console", path, who);
		rc = -EBUSY;
	} else if (drmSetClientCap(fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1) < 0 || drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, 1) < 0) {
		snprintf(error, error_size, "%s: driver %s has no atomic mode setting, which qyran-view needs; choose another with --device", path, display->driver);
		rc = -ENOTSUP;
	}
	if (rc < 0) {
		close(fd);
		return rc;
	}
	display->fd = fd;
	snprintf(display->path, sizeof(display->path), "%s", path);
	return 0;
}

int display_pick_device(struct display *display, char *error, size_t error_size)
{
	int first = -ENODEV;
	char path[32], second[512];

	if (display->wish.device)
		return take_device(display, display->wish.device, error, error_size);
	snprintf(error, error_size, "/dev/dri: no display device; load its driver, or write a picture with --png");
	for (int pass = 0; pass < 2; pass++) { /* one that is connected, else any */
		for (int i = 0; i < DEVICES; i++) {
			int rc;

			snprintf(path, sizeof(path), "/dev/dri/card%d", i);
			if (access(path, F_OK) != 0)
				continue;
			rc = take_device(display, path, second, sizeof(second));
			if (rc == 0 && (pass == 1 || any_connected(display->fd)))
				return 0;
			if (rc == 0) {
				close(display->fd);
				display->fd = -1;
			} else if (first == -ENODEV) {
				first = rc;
				snprintf(error, error_size, "%s", second);
			}
		}
	}
	return first;
}

static void connector_name(const drmModeConnector *connector, char *text, size_t size)
{
	const char *type = drmModeGetConnectorTypeName(connector->connector_type);

	snprintf(text, size, "%s-%u", type ? type : "Unknown", connector->connector_type_id);
}

/* "1920x1080" or "1920x1080@60". */
static bool mode_fits(const drmModeModeInfo *mode, const char *wish)
{
	unsigned int width, height, rate = 0;
	int count = sscanf(wish, "%5ux%5u@%3u", &width, &height, &rate);

	return count >= 2 && mode->hdisplay == width && mode->vdisplay == height && (count < 3 || mode->vrefresh == rate);
}

/* The wish; else the picture's size with the highest rate up to 60; else the preferred one. */
static const drmModeModeInfo *mode_pick(const drmModeConnector *connector, const char *wish, uint32_t width, uint32_t height)
{
	const drmModeModeInfo *same = NULL, *preferred = NULL;

	for (int i = 0; i < connector->count_modes; i++) {
		const drmModeModeInfo *mode = &connector->modes[i];

		if (mode->flags & DRM_MODE_FLAG_INTERLACE)
			continue;
		if (wish) {
			if (mode_fits(mode, wish))
				return mode;
			continue;
		}
		if (mode->hdisplay == width && mode->vdisplay == height && mode->vrefresh <= 61 && (!same || mode->vrefresh > same->vrefresh))
			same = mode;
		if (!preferred || (mode->type & DRM_MODE_TYPE_PREFERRED && !(preferred->type & DRM_MODE_TYPE_PREFERRED)))
			preferred = mode;
	}
	return same ? same : preferred;
}

static uint32_t property_of(int fd, uint32_t object, uint32_t type, const char *name, uint64_t *ret_value, drmModePropertyPtr *ret)
{
	drmModeObjectProperties *list = drmModeObjectGetProperties(fd, object, type);
	uint32_t id = 0;

	for (uint32_t i = 0; list && i < list->count_props && !id; i++) {
		drmModePropertyPtr property = drmModeGetProperty(fd, list->props[i]);

		if (property && !strcmp(property->name, name)) {
			id = property->prop_id;
			if (ret_value)
				*ret_value = list->prop_values[i];
			if (ret) {
				*ret = property;
				property = NULL;
			}
		}
		drmModeFreeProperty(property);
	}
	drmModeFreeObjectProperties(list);
	return id;
}

/* A controller that can drive the connector. */
static bool crtc_pick(struct display *display, const drmModeRes *resources, const drmModeConnector *connector)
{
	for (int e = 0; e < connector->count_encoders; e++) {
		drmModeEncoder *encoder = drmModeGetEncoder(display->fd, connector->encoders[e]);
		uint32_t possible = encoder ? encoder->possible_crtcs : 0;

		drmModeFreeEncoder(encoder);
		for (int c = 0; c < resources->count_crtcs && c < 32; c++)
			if (possible >> c & 1) {
				display->crtc = resources->crtcs[c];
				display->crtc_index = (uint32_t)c;
				return true;
			}
	}
	return false;
}

static bool output_fits(struct display *display, const drmModeRes *resources, drmModeConnector *connector, uint32_t width, uint32_t height)
{
	const drmModeModeInfo *mode;
	char name[40];

	connector_name(connector, name, sizeof(name));
	if (display->wish.connector ? strcmp(display->wish.connector, name) != 0 : connector->connection != DRM_MODE_CONNECTED)
		return false;
	mode = mode_pick(connector, display->wish.mode, width, height);
	if (!mode || !crtc_pick(display, resources, connector))
		return false;
	display->connector = connector->connector_id;
	display->mode = *mode;
	snprintf(display->about, sizeof(display->about), "%s %ux%u@%u (%s, %s)", name, mode->hdisplay, mode->vdisplay, mode->vrefresh, display->driver,
		 display->path);
	return true;
}

int display_pick_output(struct display *display, uint32_t width, uint32_t height, char *error, size_t error_size)
{
	drmModeRes *resources = drmModeGetResources(display->fd);
	bool found = false;

	for (int i = 0; resources && i < resources->count_connectors && !found; i++) {
		drmModeConnector *connector = drmModeGetConnector(display->fd, resources->connectors[i]);

		found = connector && output_fits(display, resources, connector, width, height);
		drmModeFreeConnector(connector);
	}
	drmModeFreeResources(resources);
	if (!found) {
		snprintf(error, error_size, "%s: %s%s%s%s%s; --list shows what there is", display->path,
			 display->wish.connector ? "connector " : "no display is connected", display->wish.connector ? display->wish.connector : "",
			 display->wish.connector ? " is not there, not connected" : "", display->wish.mode ? ", or lacks mode " : display->wish.connector ? ", or has no mode" : "",
			 display->wish.mode ? display->wish.mode : "");
		return -ENOENT;
	}
	display->connector_crtc_id = property_of(display->fd, display->connector, DRM_MODE_OBJECT_CONNECTOR, "CRTC_ID", NULL, NULL);
	display->crtc_mode_id = property_of(display->fd, display->crtc, DRM_MODE_OBJECT_CRTC, "MODE_ID", NULL, NULL);
	display->crtc_active = property_of(display->fd, display->crtc, DRM_MODE_OBJECT_CRTC, "ACTIVE", NULL, NULL);
	return 0;
}

static uint64_t enum_value(drmModePropertyPtr property, const char *part, uint64_t otherwise)
{
	for (int i = 0; property && i < property->count_enums; i++)
		if (strstr(property->enums[i].name, part))
			return property->enums[i].value;
	return otherwise;
}

static void plane_fill(struct display *display, uint32_t id, struct plane *plane)
{
	*plane = (struct plane){ .id = id, .limited = UINT64_MAX, .bt601 = UINT64_MAX, .bt709 = UINT64_MAX };
	for (int i = 0; i < PLANE_PROPERTIES; i++) {
		drmModePropertyPtr property = NULL;
		uint64_t value = 0;

		plane->property[i] = property_of(display->fd, id, DRM_MODE_OBJECT_PLANE, plane_property_names[i], &value, &property);
		if (i == PLANE_ZPOS && property) {
			plane->zpos = value;
			plane->zpos_fixed = property->flags & DRM_MODE_PROP_IMMUTABLE;
		} else if (i == PLANE_COLOR_ENCODING) {
			plane->bt601 = enum_value(property, "601", UINT64_MAX);
			plane->bt709 = enum_value(property, "709", UINT64_MAX);
		} else if (i == PLANE_COLOR_RANGE) {
			plane->limited = enum_value(property, "limited", UINT64_MAX);
		}
		drmModeFreeProperty(property);
	}
}

static bool plane_takes(const drmModePlane *plane, uint32_t format)
{
	for (uint32_t i = 0; i < plane->count_formats; i++)
		if (plane->formats[i] == format)
			return true;
	return false;
}

/* The camera's frame on @frame must lie below what is drawn on `above`. */
static bool lies_below(const struct plane *frame, const struct plane *above)
{
	return !frame->property[PLANE_ZPOS] || !above->property[PLANE_ZPOS] || !above->zpos_fixed || frame->zpos < above->zpos;
}

int display_pick_planes(struct display *display, char *error, size_t error_size)
{
	drmModePlaneRes *planes = drmModeGetPlaneResources(display->fd);
	struct plane taker = { 0 };

	display->primary = display->above = display->frame = (struct plane){ 0 };
	for (uint32_t i = 0; planes && i < planes->count_planes; i++) {
		drmModePlane *plane = drmModeGetPlane(display->fd, planes->planes[i]);
		uint64_t type = DRM_PLANE_TYPE_CURSOR;

		if (plane && plane->possible_crtcs >> display->crtc_index & 1)
			property_of(display->fd, plane->plane_id, DRM_MODE_OBJECT_PLANE, "type", &type, NULL);
		if (type == DRM_PLANE_TYPE_PRIMARY && !display->primary.id) {
			plane_fill(display, plane->plane_id, &display->primary);
			if (plane_takes(plane, DRM_FORMAT_YUYV))
				display->frame = display->primary;
		} else if (type == DRM_PLANE_TYPE_OVERLAY) {
			if (plane_takes(plane, DRM_FORMAT_ARGB8888) && !display->above.id)
				plane_fill(display, plane->plane_id, &display->above);
			else if (plane_takes(plane, DRM_FORMAT_YUYV) && !taker.id)
				plane_fill(display, plane->plane_id, &taker);
		}
		drmModeFreePlane(plane);
	}
	drmModeFreePlaneResources(planes);
	if (!display->primary.id) {
		snprintf(error, error_size, "%s: no primary plane for this connector; choose another with --connector", display->path);
		return -ENOENT;
	}
	if (!display->frame.id)
		display->frame = taker;
	if (display->wish.one_buffer)
		display->above.id = 0;
	if (!display->above.id || !lies_below(&display->frame, &display->above))
		display->frame.id = 0;
	return 0;
}

static void list_planes(int fd, FILE *to)
{
	static const char *const types[] = { "overlay", "primary", "cursor" };
	drmModePlaneRes *planes = drmModeGetPlaneResources(fd);

	for (uint32_t i = 0; planes && i < planes->count_planes; i++) {
		drmModePlane *plane = drmModeGetPlane(fd, planes->planes[i]);
		uint64_t type = 0;

		if (!plane)
			continue;
		property_of(fd, plane->plane_id, DRM_MODE_OBJECT_PLANE, "type", &type, NULL);
		fprintf(to, "  plane %u %s%s%s%s\n", plane->plane_id, type < 3 ? types[type] : "?", plane_takes(plane, DRM_FORMAT_XRGB8888) ? " XRGB8888" : "",
			plane_takes(plane, DRM_FORMAT_ARGB8888) ? " ARGB8888" : "", plane_takes(plane, DRM_FORMAT_YUYV) ? " YUYV" : "");
		drmModeFreePlane(plane);
	}
	drmModeFreePlaneResources(planes);
}

static void list_device(const char *path, int fd, FILE *to)
{
	drmVersion *version = drmGetVersion(fd);
	drmModeRes *resources = drmModeGetResources(fd);
	bool atomic;

	drmSetClientCap(fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1);
	atomic = drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, 1) == 0;
	fprintf(to, "%s %s%s\n", path, version ? version->name : "?", atomic ? "" : ", no atomic mode setting");
	for (int i = 0; resources && i < resources->count_connectors; i++) {
		drmModeConnector *connector = drmModeGetConnector(fd, resources->connectors[i]);
		char name[40];

		if (!connector)
			continue;
		connector_name(connector, name, sizeof(name));
		fprintf(to, "  connector %s %s\n", name, connector->connection == DRM_MODE_CONNECTED ? "connected" : "not connected");
		for (int m = 0; m < connector->count_modes; m++)
			fprintf(to, "    mode %ux%u@%u%s\n", connector->modes[m].hdisplay, connector->modes[m].vdisplay, connector->modes[m].vrefresh,
				connector->modes[m].type & DRM_MODE_TYPE_PREFERRED ? " preferred" : "");
		drmModeFreeConnector(connector);
	}
	list_planes(fd, to);
	drmModeFreeResources(resources);
	drmFreeVersion(version);
}

int display_list(const char *device, FILE *to, char *error, size_t error_size)
{
	unsigned int found = 0;

	for (int i = 0; i < DEVICES; i++) {
		char path[32];
		int fd;

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(device ? device : path, O_RDWR | O_CLOEXEC);
		if (fd >= 0) {
			list_device(device ? device : path, fd, to);
			close(fd);
			found++;
		}
		if (device)
			break;
	}
	if (found)
		return 0;
	snprintf(error, error_size, "%s: no display device that can be opened", device ? device : "/dev/dri");
	return -ENODEV;
}
