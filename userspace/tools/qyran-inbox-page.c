/* SPDX-License-Identifier: Apache-2.0 */
#include "qyran-inbox-page.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

/* Evidence that a decision needs (the design, "Violations"). */
#define FRAMES_NEEDED 2
#define PLOT_W 320
#define PLOT_H 240

static const char style[] =
	"body{font:16px/1.4 system-ui,sans-serif;margin:0 auto;padding:.6em;max-width:60em;color:#111;background:#fff}"
	"h1{font-size:1.4em}h2{font-size:1.15em;border-top:2px solid #888;padding-top:.5em;margin-top:1.5em}"
	"table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25em .4em;border-bottom:1px solid #ccc;vertical-align:top}"
	"img{max-width:100%;height:auto;display:block;margin:.3em 0}figure{margin:.5em 0}figcaption{font-size:.85em;color:#444}"
	".good{color:#060}.bad{color:#900;font-weight:bold}.plate{font:bold 1.2em monospace}"
	"svg{max-width:100%;height:auto;border:1px solid #ccc}details,.wide{overflow-x:auto}";

void inbox_page_begin(FILE *page)
{
	fputs("<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8>\n"
	      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
	      "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n<title>Qyran: violations</title>\n<style>", page);
	fputs(style, page);
	fputs("</style></head><body>\n<h1>Violations</h1>\n", page);
}

void inbox_page_end(FILE *page)
{
	fputs("</body></html>\n", page);
}

void inbox_page_text(FILE *page, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&': fputs("&amp;", page); break;
		case '<': fputs("&lt;", page); break;
		case '>': fputs("&gt;", page); break;
		case '"': fputs("&quot;", page); break;
		case '\'': fputs("&#39;", page); break;
		default: fputc(*text, page);
		}
	}
}

void inbox_page_row(FILE *page, size_t number, const Qyran__V1__Violation *violation)
{
	uint64_t speed = inbox_speed_dkmh(violation);
	char when[64];

	inbox_time(violation->time->tai_ns, when, sizeof when);
	fprintf(page, "<tr><td><a href=\"#v%zu\">%zu</a><td>%s<td class=plate>%s<td>", number, number, qyran_opened_rule(violation),
		inbox_plate(violation));
	if (speed)
		fprintf(page, "%" PRIu64 ".%" PRIu64, speed / 10, speed % 10);
	fprintf(page, "<td>%s<td>", when);
	inbox_page_text(page, violation->camera->id);
	fputs("</tr>\n", page);
}

static void row(FILE *page, const char *name)
{
	fprintf(page, "<tr><th>%s<td>", name);
}

static size_t frames(const Qyran__V1__Violation *violation)
{
	size_t count = 0;

	for (size_t i = 0; i < violation->n_evidence; i++)
		count += violation->evidence[i]->kind == QYRAN__V1__EVIDENCE_KIND__EVIDENCE_KIND_FRAME;
	return count;
}

static void write_plate(FILE *page, const Qyran__V1__Plate *plate)
{
	row(page, "plate");
	switch (plate->status) {
	case QYRAN__V1__PLATE_STATUS__PLATE_STATUS_READ:
		fprintf(page, "<span class=plate>%s</span> (%u.%u %% sure", plate->text, plate->confidence_permille / 10,
			plate->confidence_permille % 10);
		if (*plate->format) {
			fputs(", ", page);
			inbox_page_text(page, plate->format);
		}
		fputs(")", page);
		break;
	case QYRAN__V1__PLATE_STATUS__PLATE_STATUS_UNREAD:
		fprintf(page, "<span class=bad>unread</span>; best guess <span class=plate>%s</span>", *plate->text ? plate->text : "none");
		break;
	default:
		fputs("<span class=bad>no plate was seen</span>", page);
	}
	if (plate->n_character_confidence_permille) {
		fputs("<br>by character:", page);
		for (size_t i = 0; i < plate->n_character_confidence_permille; i++)
			fprintf(page, " %c&nbsp;%u.%u", plate->text[i], plate->character_confidence_permille[i] / 10,
				plate->character_confidence_permille[i] % 10);
	}
}

static void write_speed(FILE *page, const Qyran__V1__Violation *violation)
{
	const Qyran__V1__Speed *speed = violation->speed;
	uint64_t measured = (uint64_t)llabs((long long)speed->measured_cmh);

	row(page, "speed");
	fprintf(page, "%" PRIu64 ".%02" PRIu64 " km/h &plusmn; %u.%02u km/h (k = 2)", measured / 100, measured % 100, speed->u95_cmh / 100,
		speed->u95_cmh % 100);
	if (speed->limit_kmh)
		fprintf(page, "; limit %u km/h, tolerance %u km/h", speed->limit_kmh, speed->tolerance_kmh);
	if (violation->signal) {
		uint64_t since = violation->signal->high_since_ns, at = violation->time->tai_ns;

		row(page, "signal");
		fprintf(page, "pin %u, red for %" PRIu64 " ms at that time", violation->signal->pin, at > since ? (at - since) / 1000000u : 0);
	}
	if (violation->standing) {
		row(page, "standing");
		fprintf(page, "%" PRIu64 ".%" PRIu64 " s", violation->standing->standing_ms / 1000, violation->standing->standing_ms % 1000 / 100);
	}
}

static void write_facts(FILE *page, const struct inbox_record *record, const Qyran__V1__Violation *violation)
{
	const Qyran__V1__Camera *camera = violation->camera;
	char text[65];

	fputs("<table>\n", page);
	write_plate(page, violation->vehicle->plate);
	write_speed(page, violation);
	row(page, "time");
	inbox_time(violation->time->tai_ns, text, sizeof text);
	fprintf(page, "%s UTC &plusmn; %u.%03u ms, %s<br>%" PRIu64 " ns TAI", text, violation->time->uncertainty_ns / 1000000,
		violation->time->uncertainty_ns % 1000000 / 1000,
		violation->time->source == QYRAN__V1__TIME_SOURCE__TIME_SOURCE_REFERENCE ?
			"the clock followed a reference" : "<span class=bad>the clock followed no reference</span>",
		violation->time->tai_ns);
	row(page, "place");
	inbox_page_text(page, camera->place);
	fprintf(page, "<br>%.7f, %.7f", camera->latitude_e7 / 1e7, camera->longitude_e7 / 1e7);
	if (violation->vehicle->lane)
		fprintf(page, ", lane %u", violation->vehicle->lane);
	if (violation->vehicle->height_mm || violation->vehicle->length_mm) {
		row(page, "vehicle");
		fprintf(page, "about %u.%u m high, %u.%u m long", violation->vehicle->height_mm / 1000,
			violation->vehicle->height_mm % 1000 / 100, violation->vehicle->length_mm / 1000,
			violation->vehicle->length_mm % 1000 / 100);
	}
	row(page, "camera");
	inbox_page_text(page, camera->id);
	fputs(" (", page);
	inbox_page_text(page, camera->region);
	fprintf(page, "), logic %" PRIu64 ".%" PRIu64, violation->decision->logic_version >> 16, violation->decision->logic_version & 0xffff);
	sodium_bin2hex(text, sizeof text, violation->decision->configuration_blake2b.data, 32);
	fprintf(page, "<br>rules %.16s&hellip;", text);
	row(page, "signature");
	fprintf(page, "<span class=good>verified</span>; epoch %016" PRIx64 ", record %" PRIu64, record->chain.epoch, record->chain.sequence);
	sodium_bin2hex(text, sizeof text, record->chain.header_hash, 32);
	fprintf(page, "<br>header %.16s&hellip;\n</table>\n", text);
}

static void write_duties(FILE *page, const Qyran__V1__Violation *violation)
{
	static const char *const look[] = {
		[QYRAN__V1__RULE__RULE_SPEED] = "Compare the vehicle in both frames with the one in the plate's picture; the speed is measured, not read from the frames.",
		[QYRAN__V1__RULE__RULE_RED_LIGHT] = "See in the frames that the vehicle crossed the line and went on while the light was red.",
		[QYRAN__V1__RULE__RULE_STOP_LINE] = "See in the frames that the vehicle came to stand behind the stop line while the light was red.",
		[QYRAN__V1__RULE__RULE_WRONG_WAY] = "See in the frames that the vehicle moved against its lane's direction.",
		[QYRAN__V1__RULE__RULE_STANDING] = "See in the frames that the vehicle stood at the same place, and that it was neither traffic nor an emergency.",
		[QYRAN__V1__RULE__RULE_BUS_LANE] = "See in the frames that the vehicle is no bus or taxi, and that it drove in the bus lane.",
	};
	const Qyran__V1__Plate *plate = violation->vehicle->plate;

	fputs("<p>What to do:</p><ul>\n", page);
	fprintf(page, "<li>%s\n",
		plate->status == QYRAN__V1__PLATE_STATUS__PLATE_STATUS_READ ? "Compare the plate's text with its picture." :
									      "Read the plate from the pictures, if anyone can; without it there is no case.");
	fprintf(page, "<li>%s\n", look[violation->rule]);
	if (violation->time->source != QYRAN__V1__TIME_SOURCE__TIME_SOURCE_REFERENCE)
		fputs("<li class=bad>The camera did not know the time: do not use the time of this record as evidence.\n", page);
	if (frames(violation) < FRAMES_NEEDED || frames(violation) == violation->n_evidence)
		fprintf(page, "<li class=bad>Evidence is incomplete: %zu frames and %zu pictures of the plate; two and one are due.\n",
			frames(violation), violation->n_evidence - frames(violation));
	fputs("</ul>\n", page);
}

static void write_pictures(FILE *page, const Qyran__V1__Violation *violation)
{
	for (size_t i = 0; i < violation->n_evidence; i++) {
		const Qyran__V1__Evidence *evidence = violation->evidence[i];
		bool frame = evidence->kind == QYRAN__V1__EVIDENCE_KIND__EVIDENCE_KIND_FRAME;
		size_t room = sodium_base64_encoded_len(evidence->jpeg.len, sodium_base64_VARIANT_ORIGINAL);
		char *text = malloc(room);
		char when[64], hash[65];

		if (!text) {
			fputs("<p class=bad>No memory to show a picture.</p>\n", page);
			continue;
		}
		sodium_bin2base64(text, room, evidence->jpeg.data, evidence->jpeg.len, sodium_base64_VARIANT_ORIGINAL);
		sodium_bin2hex(hash, sizeof hash, evidence->blake2b.data, 32);
		inbox_time(evidence->tai_ns, when, sizeof when);
		fprintf(page, "<figure><img alt=\"%s\" width=%u height=%u src=\"data:image/jpeg;base64,", frame ? "frame" : "plate",
			evidence->width_px, evidence->height_px);
		fputs(text, page);
		fprintf(page, "\"><figcaption>%s, frame %" PRIu64 ", %s UTC, %ux%u, hash %.16s&hellip; verified</figcaption></figure>\n",
			frame ? "whole view" : "plate", evidence->frame, when, evidence->width_px, evidence->height_px, hash);
		sodium_memzero(text, room);
		free(text);
	}
}

/* The track from above, metres to scale: x to the right, y away from the camera upwards. */
static void write_plot(FILE *page, const Qyran__V1__Violation *violation)
{
	double left = 1e12, right = -1e12, near = 1e12, far = -1e12, scale;

	for (size_t i = 0; i < violation->n_points; i++) {
		double x = violation->points[i]->x_mm, y = violation->points[i]->y_mm;

		left = x < left ? x : left;
		right = x > right ? x : right;
		near = y < near ? y : near;
		far = y > far ? y : far;
	}
	left -= 2000;
	right += 2000;
	near -= 2000;
	far += 2000;
	scale = (right - left) / PLOT_W > (far - near) / PLOT_H ? (right - left) / PLOT_W : (far - near) / PLOT_H;
	fprintf(page, "<svg viewBox=\"0 0 %d %d\" width=%d height=%d role=img><title>track on the road</title>", PLOT_W, PLOT_H, PLOT_W, PLOT_H);
	for (size_t i = 0; i < violation->n_points; i++) {
		const Qyran__V1__TrackPoint *point = violation->points[i];

		fprintf(page, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\" fill=\"%s\"/>",
			PLOT_W / 2.0 + (point->x_mm - (left + right) / 2) / scale, PLOT_H / 2.0 - (point->y_mm - (near + far) / 2) / scale,
			point->source == QYRAN__V1__POINT_SOURCE__POINT_SOURCE_PLATE ? "#06c" : "#c60");
	}
	fprintf(page, "<line x1=\"8\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#000\"/><text x=\"8\" y=\"%d\" font-size=\"11\">5 m</text></svg>\n",
		PLOT_H - 8, 8 + 5000 / scale, PLOT_H - 8, PLOT_H - 12);
}

static void write_points(FILE *page, const Qyran__V1__Violation *violation)
{
	if (violation->n_points == 0) {
		fputs("<p>No points were measured.</p>\n", page);
		return;
	}
	write_plot(page, violation);
	fprintf(page, "<details><summary>%zu measured points (blue: plate, orange: foot)</summary><table>"
		      "<tr><th>ms<th>frame<th>u px<th>v px<th>x m<th>y m<th>of</tr>\n", violation->n_points);
	for (size_t i = 0; i < violation->n_points; i++) {
		const Qyran__V1__TrackPoint *point = violation->points[i];

		fprintf(page, "<tr><td>%.3f<td>%" PRIu64 "<td>%.2f<td>%.2f<td>%.3f<td>%.3f<td>%s</tr>\n",
			(double)(int64_t)(point->tai_ns - violation->points[0]->tai_ns) / 1e6, point->frame, point->u_px16 / 16.0,
			point->v_px16 / 16.0, point->x_mm / 1e3, point->y_mm / 1e3,
			point->source == QYRAN__V1__POINT_SOURCE__POINT_SOURCE_PLATE ? "plate" : "foot");
	}
	fputs("</table></details>\n", page);
}

void inbox_page_section(FILE *page, size_t number, const struct inbox_record *record, const Qyran__V1__Violation *violation)
{
	fprintf(page, "<h2 id=v%zu>%zu. %s <span class=plate>%s</span></h2>\n", number, number, qyran_opened_rule(violation),
		inbox_plate(violation));
	write_facts(page, record, violation);
	write_duties(page, violation);
	write_pictures(page, violation);
	write_points(page, violation);
}
