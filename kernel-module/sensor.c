// SPDX-License-Identifier: GPL-2.0
/*
 * The image sensor, where the device tree's endpoint names one that has a V4L2 driver: its stream starts and stops with
 * ours, its size is ours unless FORMAT set another. It may be what stands before the sensor (a CSI-2 receiver, say), whose
 * driver passes this on. Its controls are set through its own /dev/v4l-subdevN.
 */
#include "qyran.h"

#include <linux/property.h>
#include <linux/slab.h>
#include <media/v4l2-async.h>
#include <media/v4l2-device.h>
#include <media/v4l2-subdev.h>

struct qyran_sensor {
	struct v4l2_device v4l2;
	struct v4l2_async_notifier notifier;
	struct v4l2_subdev *subdev;	/* under q->lock; NULL: its driver has not come yet */
	struct qyran *q;
};

static int sensor_bound(struct v4l2_async_notifier *notifier, struct v4l2_subdev *subdev,
			struct v4l2_async_subdev *asd)
{
	struct qyran_sensor *sensor = container_of(notifier, struct qyran_sensor, notifier);

	mutex_lock(&sensor->q->lock);
	sensor->subdev = subdev;
	mutex_unlock(&sensor->q->lock);
	return 0;
}

static void sensor_unbind(struct v4l2_async_notifier *notifier, struct v4l2_subdev *subdev,
			  struct v4l2_async_subdev *asd)
{
	struct qyran_sensor *sensor = container_of(notifier, struct qyran_sensor, notifier);

	mutex_lock(&sensor->q->lock);
	sensor->subdev = NULL;
	mutex_unlock(&sensor->q->lock);
}

static int sensor_complete(struct v4l2_async_notifier *notifier)
{
	struct qyran_sensor *sensor = container_of(notifier, struct qyran_sensor, notifier);

	return v4l2_device_register_subdev_nodes(&sensor->v4l2);
}

static const struct v4l2_async_notifier_operations sensor_ops = {
	.bound = sensor_bound,
	.unbind = sensor_unbind,
	.complete = sensor_complete,
};

/* The last /dev/v4l-subdevN has been closed. */
static void sensor_release(struct v4l2_device *v4l2)
{
	kfree(container_of(v4l2, struct qyran_sensor, v4l2));
}

int qyran_sensor_probe(struct qyran *q)
{
	struct fwnode_handle *endpoint = fwnode_graph_get_next_endpoint(dev_fwnode(q->dev), NULL);
	struct v4l2_async_subdev *asd;
	struct qyran_sensor *sensor;
	int rc;

	if (!endpoint)
		return 0;
	sensor = kzalloc(sizeof(*sensor), GFP_KERNEL);
	if (!sensor) {
		fwnode_handle_put(endpoint);
		return -ENOMEM;
	}
	sensor->q = q;
	sensor->v4l2.release = sensor_release;
	rc = v4l2_device_register(q->dev, &sensor->v4l2);
	if (rc) {
		fwnode_handle_put(endpoint);
		kfree(sensor);
		return dev_err_probe(q->dev, rc, "V4L2 does not take the device\n");
	}
	v4l2_async_nf_init(&sensor->notifier);
	sensor->notifier.ops = &sensor_ops;
	asd = v4l2_async_nf_add_fwnode_remote(&sensor->notifier, endpoint, struct v4l2_async_subdev);
	fwnode_handle_put(endpoint);
	rc = PTR_ERR_OR_ZERO(asd);
	if (rc) {
		dev_err_probe(q->dev, rc, "the endpoint of the device tree leads nowhere\n");
		goto err;
	}
	q->sensor = sensor;
	rc = v4l2_async_nf_register(&sensor->v4l2, &sensor->notifier);
	if (rc) {
		dev_err_probe(q->dev, rc, "the sensor cannot be waited for\n");
		goto err;
	}
	return 0;

err:
	q->sensor = NULL;
	v4l2_async_nf_cleanup(&sensor->notifier);
	v4l2_device_unregister(&sensor->v4l2);
	v4l2_device_put(&sensor->v4l2);
	return rc;
}

void qyran_sensor_remove(struct qyran *q)
{
	struct qyran_sensor *sensor = q->sensor;

	if (!sensor)
		return;
	v4l2_async_nf_unregister(&sensor->notifier);
	v4l2_async_nf_cleanup(&sensor->notifier);
	mutex_lock(&q->lock);
	q->sensor = NULL;
	mutex_unlock(&q->lock);
	v4l2_device_unregister(&sensor->v4l2);
	v4l2_device_put(&sensor->v4l2);
}

int qyran_sensor_stream(struct qyran *q, bool on)
{
	int rc;

	if (!q->sensor)
		return 0;
	if (!q->sensor->subdev) {
		if (on)
			dev_err(q->dev, "the sensor's driver has not come; load it\n");
		return on ? -ENXIO : 0;
	}
	rc = v4l2_subdev_call(q->sensor->subdev, video, s_stream, on);
	if (rc == -ENOIOCTLCMD)
		rc = 0;
	if (rc)
		dev_err(q->dev, "the sensor %s does not %s: error %d\n", q->sensor->subdev->name, on ? "start" : "stop",
			rc);
	return rc;
}

int qyran_sensor_size(struct qyran *q, u32 *ret_width, u32 *ret_height)
{
	struct v4l2_subdev_format format = { .which = V4L2_SUBDEV_FORMAT_ACTIVE };
	struct v4l2_subdev *subdev = q->sensor ? q->sensor->subdev : NULL;
	unsigned int pad;

	if (!subdev)
		return -ENODATA;
	for (pad = 0; pad < subdev->entity.num_pads; pad++)
		if (subdev->entity.pads[pad].flags & MEDIA_PAD_FL_SOURCE)
			format.pad = pad;
	if (v4l2_subdev_call_state_active(subdev, pad, get_fmt, &format))
		return -ENODATA;
	*ret_width = format.format.width;
	*ret_height = format.format.height;
	return 0;
}
