/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/bench/plates.h"

#include <string.h>

static const double width_from[PLATES_WIDTHS] = {0, 75, 150, 300};

void plates_count(struct tally *tally, const struct plate *plate)
{
	int width = PLATES_WIDTHS - 1;

	tally->plates++;
	tally->exact += plate->whole.exact;
	tally->folded += plate->whole.folded;
	tally->exact3 += plate->whole.exact3;
	tally->folded3 += plate->whole.folded3;
	if (!plate->boxed)
		return;
	while (width > 0 && plate->box.x1 - plate->box.x0 < width_from[width] + (width == PLATES_WIDTHS - 1 ? .001 : 0))
		width--;
	tally->boxed++;
	tally->width_all[width]++;
	tally->width_folded[width] += plate->whole.folded;
	tally->given_exact += plate->given.exact;
	tally->given_folded += plate->given.folded;
	tally->width_contained[width] += plate->contained[PLATES_AT_8];
	for (int k = 0; k < PLATES_KS; k++) {
		tally->found[k] += plate->found[k];
		tally->contained[k] += plate->contained[k];
	}
}

static const char *mean(double sum, unsigned long n, char text[16])
{
	if (n)
		snprintf(text, 16, "%.2f", sum / (double)n);
	else
		strcpy(text, "-");
	return text;
}

/* Of a thousand; "-" of nothing. */
static const char *per_1000(unsigned long part, unsigned long whole, char text[16])
{
	return mean(1e3 * (double)part, whole, text);
}

static void print_reading(const struct tally *tallies, size_t n, double threshold)
{
	struct tally all = {.plates = 0};
	char text[2][16];

	printf("\nPlates whose whole text is read, picture in, a text a plate out, of 8 candidates; folded: O and Q as 0, I as 1; given its box: with 15 %% round it.\n"
	       "%-10s %5s | %-13s | %-13s | %-13s | %-47s | %-17s | %s\n%-10s %5s | %6s %6s | %6s %6s | %6s %6s | %-11s %-11s %-11s %-11s | %5s %5s %5s | %s\n", "", "",
	       "the text", "of three", "given its box", "folded, plates wide", "of 16 elsewhere", "a region", "set", "n", "exact", "folded", "exact", "folded", "exact",
	       "folded", "< 75 px", "75..150", "150..300", "> 300", "all", "texts", "/1000", "ms");
	for (size_t i = 0; i < n; i++) {
		const struct tally *t = &tallies[i];

		printf("%-10s %5lu | %6s %6s | %6s %6s |", t->set, t->plates, bench_share(t->exact, t->plates), bench_share(t->folded, t->plates),
		       bench_share(t->exact3, t->plates), bench_share(t->folded3, t->plates));
		printf(" %6s %6s |", bench_share(t->given_exact, t->boxed), bench_share(t->given_folded, t->boxed));
		for (int w = 0; w < PLATES_WIDTHS; w++)
			printf(" %5s (%3lu)", bench_share(t->width_folded[w], t->width_all[w]), t->width_all[w]);
		printf(" | %5lu %5lu %5s | %s\n", t->strangers, t->false_texts, per_1000(t->false_texts, t->strangers, text[0]),
		       mean(t->read_ms, t->regions, text[1]));
		all.strangers += t->strangers;
		all.false_texts += t->false_texts;
	}
	if (threshold >= 0)
		printf("Texts at candidates that touch no plate's box, above %.3f, which 95 %% of the true ones are: %lu of %lu, %s per 1000.\n", threshold,
		       all.false_texts, all.strangers, per_1000(all.false_texts, all.strangers, text[0]));
}

static void print_line(const struct tally *t)
{
	char text[6][16];

	printf("plates %s n=%lu iou8=%s contained8=%s ms=%s", t->set, t->plates, bench_share(t->found[1], t->boxed), bench_share(t->contained[1], t->boxed),
	       mean(t->ms, t->pictures, text[0]));
	printf(" read_exact=%s read_folded=%s read_box_folded=%s false_per_1000=%s", bench_share(t->exact, t->plates), bench_share(t->folded, t->plates),
	       bench_share(t->given_folded, t->boxed), per_1000(t->false_texts, t->strangers, text[1]));
	printf(" read_ms=%s read_runs=%s", mean(t->read_ms, t->regions, text[2]), mean((double)t->looks, t->regions, text[3]));
	printf(" read_box_exact=%s read_exact3=%s read_folded3=%s", bench_share(t->given_exact, t->boxed),
	       bench_share(t->exact3, t->plates), bench_share(t->folded3, t->plates));
	printf(" iou4=%s iou16=%s contained4=%s contained16=%s", bench_share(t->found[0], t->boxed), bench_share(t->found[2], t->boxed),
	       bench_share(t->contained[0], t->boxed), bench_share(t->contained[2], t->boxed));
	printf(" boxes=%lu pictures=%lu candidates=%s mpixel_s=%s\n", t->boxed, t->pictures, mean((double)t->candidates, t->pictures, text[4]),
	       t->ms > 0 ? mean(t->mpixels * 1e3 / t->ms, 1, text[5]) : "-");
}

void plates_print(const struct tally *tallies, size_t n, double threshold)
{
	char text[2][16];

	printf("Plates among the best K candidates of a picture; contained among 8 by width of the plate in the scaled picture (of how many).\n"
	       "%-10s %5s | %-17s | %-17s | %-47s | %s\n%-10s %5s | %5s %5s %5s | %5s %5s %5s | %-11s %-11s %-11s %-11s | %10s %7s\n", "", "", "IoU >= .5 at K =",
	       "contained at K =", "contained at 8, plates wide", "a picture", "set", "n", "4", "8", "16", "4", "8", "16", "< 75 px", "75..150", "150..300",
	       "> 300", "candidates", "ms");
	for (size_t i = 0; i < n; i++) {
		const struct tally *t = &tallies[i];

		printf("%-10s %5lu | %5s %5s %5s |", t->set, t->plates, bench_share(t->found[0], t->boxed), bench_share(t->found[1], t->boxed),
		       bench_share(t->found[2], t->boxed));
		printf(" %5s %5s %5s |", bench_share(t->contained[0], t->boxed), bench_share(t->contained[1], t->boxed), bench_share(t->contained[2], t->boxed));
		for (int w = 0; w < PLATES_WIDTHS; w++)
			printf(" %5s (%3lu)", bench_share(t->width_contained[w], t->width_all[w]), t->width_all[w]);
		printf(" | %10s %7s\n", mean((double)t->candidates, t->pictures, text[0]), mean(t->ms, t->pictures, text[1]));
	}
	print_reading(tallies, n, threshold);
	printf("\n");
	for (size_t i = 0; i < n; i++)
		print_line(&tallies[i]);
}
