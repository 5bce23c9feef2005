// SPDX-License-Identifier: Apache-2.0
// OpenCV's subtractors with the parameters that their makers chose, on one thread. Shadows are told apart and count as static.
#include "hw/bench/rivals.h"

#include <ctime>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/background_segm.hpp>

namespace {

constexpr int shadow = 127;	// OpenCV's value in the mask

struct Rival {
	cv::Ptr<cv::BackgroundSubtractor> subtractor;
};

double now_ms()
{
	timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

void *open_rival(int which)
try {
	cv::setNumThreads(1);
	auto *rival = new Rival;

	if (which == 0)
		rival->subtractor = cv::createBackgroundSubtractorMOG2(500, 16, true);
	else
		rival->subtractor = cv::createBackgroundSubtractorKNN(500, 400, true);
	return rival;
} catch (...) {
	return nullptr;
}

int frame(void *handle, const uint8_t *rgb, int width, int height, uint8_t *ret_mask, double *ret_ms)
try {
	auto *rival = static_cast<Rival *>(handle);
	const cv::Mat given(height, width, CV_8UC3, const_cast<uint8_t *>(rgb));
	cv::Mat bgr, found;

	cv::cvtColor(given, bgr, cv::COLOR_RGB2BGR);
	const double begin = now_ms();
	rival->subtractor->apply(bgr, found);
	*ret_ms = now_ms() - begin;
	cv::Mat mask(height, width, CV_8UC1, ret_mask);
	cv::compare(found, shadow, mask, cv::CMP_GT);
	return 0;
} catch (...) {
	return -1;
}

void close_rival(void *handle)
{
	delete static_cast<Rival *>(handle);
}

const bench_rivals rivals = {
	{"MOG2", "KNN"}, {"history 500, varThreshold 16, shadows detected", "history 500, dist2Threshold 400, shadows detected"},
	open_rival, frame, close_rival,
};

}

const struct bench_rivals *bench_rivals_get(void)
{
	return &rivals;
}
