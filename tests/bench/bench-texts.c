/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-texts FILE: measures the lines of a file as the texts of a column, all traits, as a log of
 * at least 30 MB of them would be: words counted, spellings learnt, traits measured, on one thread.
 * Prints the CPU seconds (least of three) and megabytes per second. */
#include <string.h>
#include <time.h>

#include "text-traits.h"

#define BENCH_BYTES  30000000
#define BENCH_ROUNDS 3
#define BENCH_LEARN  20000

static double
bench_measure(char **line, guint n, double *ret_sum)
{
    g_autoptr(ErrataTextUsage) usage = errata_text_usage_new();
    g_autoptr(GArray) rare = g_array_new(FALSE, FALSE, sizeof(ErrataTextRare));
    g_autofree double *n_words = g_new(double, n);
    clock_t start = clock();

    for (guint i = 0; i < n; i++) {
        ErrataTextTraits traits;

        errata_text_traits_count(line[i], strlen(line[i]), i, usage, rare, &traits);
        n_words[i] = traits.value[ERRATA_TRAIT_WORDS];
        for (guint t = 0; t < ERRATA_TRAITS; t++)
            *ret_sum += traits.value[t];
    }
    for (guint i = 0; i < n; i += n / BENCH_LEARN + 1)
        errata_text_usage_learn(usage, line[i], strlen(line[i]));
    for (guint i = 0; i < rare->len; i++) {
        const ErrataTextRare *word = &g_array_index(rare, ErrataTextRare, i);
        const char *text = line[word->row] + word->begin;

        if (errata_text_usage_stayed_rare(usage, word))
            *ret_sum += (errata_text_usage_is_typo(usage, text, word->length) ? 2.0 : 1.0) /
                        n_words[word->row];
    }
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

int
main(int argc, char **argv)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) line = NULL;
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    double best = G_MAXDOUBLE, sum = 0.0;
    gsize size = 0, bytes = 0;

    if (argc < 2 || !g_file_get_contents(argv[1], &text, &size, NULL) || size == 0) {
        g_printerr("usage: bench-texts FILE\n");
        return 2;
    }
    line = g_strsplit(text, "\n", 0);
    while (bytes < BENCH_BYTES)
        for (guint i = 0; line[i] != NULL; i++) {
            g_ptr_array_add(texts, line[i]);
            bytes += strlen(line[i]);
        }
    for (guint round = 0; round < BENCH_ROUNDS; round++) {
        double seconds;

        sum = 0.0;
        seconds = bench_measure((char **)texts->pdata, texts->len, &sum);
        best = MIN(best, seconds);
    }
    g_print("%u texts, %.1f MB: %.3f s CPU, %.1f MB/s (sum of all traits %.9g)\n",
            texts->len,
            (double)bytes * 1e-6,
            best,
            (double)bytes * 1e-6 / best,
            sum);
    return 0;
}
