/* SPDX-License-Identifier: Apache-2.0 */
/* The most multiply-accumulates of 8-bit weights that one core does a second, everything in registers: what the network is compared with. */
#ifndef QYRAN_TESTS_BENCH_READER_PEAK_H
#define QYRAN_TESTS_BENCH_READER_PEAK_H

#include <time.h>

#ifdef __x86_64__
#include <immintrin.h>
#include <stdbool.h>

#define PEAK_ROUNDS 2000000
#define PEAK_SUMS 12			/* enough of them that none waits for its last addition */

#define PEAK(name, needs, vector, multiply_add)                                                   \
	__attribute__((target(needs))) static void name(void)                                     \
	{                                                                                         \
		vector sums[PEAK_SUMS] = {0}, a = {1}, b = {1};                                   \
                                                                                                  \
		for (int i = 0; i < PEAK_ROUNDS; i++) {                                           \
			_Pragma("GCC unroll 12") for (int s = 0; s < PEAK_SUMS; s++)              \
			{                                                                         \
				sums[s] = multiply_add;                                           \
				__asm__ volatile("" : "+x"(sums[s]), "+x"(a), "+x"(b));           \
			}                                                                         \
		}                                                                                 \
	}

PEAK(peak_vnni, "avx512f,avx512vnni", __m512i, _mm512_dpbusd_epi32(sums[s], a, b))
PEAK(peak_avx2, "avx2", __m256i, _mm256_add_epi32(sums[s], _mm256_madd_epi16(a, b)))
PEAK(peak_sse2, "sse2", __m128i, _mm_add_epi32(sums[s], _mm_madd_epi16(a, b)))

static bool peak_has_vnni(void)
{
	return __builtin_cpu_supports("avx512vnni");
}

static const char *bench_reader_unit(void)
{
	return peak_has_vnni() ? "AVX-512 VNNI" : __builtin_cpu_supports("avx2") ? "AVX2" : "SSE2";
}

static double bench_reader_peak(void)
{
	int lanes = peak_has_vnni() ? 64 : __builtin_cpu_supports("avx2") ? 16 : 8;
	struct timespec start, end;
	double best = 1e9;

	for (int i = 0; i < 5; i++) {
		double seconds;

		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
		if (lanes == 64)
			peak_vnni();
		else if (lanes == 16)
			peak_avx2();
		else
			peak_sse2();
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
		seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) * 1e-9;
		best = seconds < best ? seconds : best;
	}
	return (double)PEAK_ROUNDS * PEAK_SUMS * lanes / best;
}
#else
static double bench_reader_peak(void)
{
	return 0;
}

static const char *bench_reader_unit(void)
{
	return "";
}
#endif

#endif
