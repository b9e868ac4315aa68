/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clusters 20,000 texts of 40 known kinds as the analyzer does, and prints the CPU seconds of each
 * step and the adjusted Rand index. With a file name it also writes "kind<tab>text" lines there,
 * for bench-clusters-peer.py.
 *
 *   bench-clusters [FILE] */
#include <string.h>
#include <time.h>

#include "leiden.h"
#include "neighbours.h"
#include "rng.h"
#include "text-grams.h"

#define BENCH_TEXTS 20000U
#define BENCH_KINDS 40U
#define BENCH_EXACT 10000U
#define BENCH_LEARN 4000U
#define BENCH_WIDTH 128U

/* a word of two to four syllables, the same for the same number */
static void
bench_word(GString *text, guint64 number)
{
    static const char *const syllables[] = {"ba",
                                            "de",
                                            "ko",
                                            "li",
                                            "mu",
                                            "na",
                                            "po",
                                            "re",
                                            "si",
                                            "tu",
                                            "va",
                                            "wo",
                                            "xe",
                                            "ya",
                                            "zi",
                                            "go"};
    guint64 bits = errata_rng_mix(number + 1);

    if (text->len > 0)
        g_string_append_c(text, ' ');
    for (guint i = 0; i < 2 + bits % 3; i++)
        g_string_append(text, syllables[bits >> (8 + 4 * i) & 15]);
}

/* sixteen words: five of the kind's twelve, the others of two thousand that all kinds use */
static char *
bench_text(guint i, guint32 *ret_kind)
{
    ErrataRng rng = errata_rng_init(1, 2, i);
    GString *text = g_string_new(NULL);

    *ret_kind = (guint32)errata_rng_below(&rng, BENCH_KINDS);
    for (guint w = 0; w < 16; w++)
        bench_word(text,
                   w % 3 == 0 ? 100000 + 12 * *ret_kind + errata_rng_below(&rng, 12)
                              : errata_rng_below(&rng, 2000));
    return g_string_free(text, FALSE);
}

static double
bench_lap(clock_t *last, const char *what)
{
    clock_t now = clock();
    double seconds = (double)(now - *last) / CLOCKS_PER_SEC;

    g_print("%-12s %.3f s\n", what, seconds);
    *last = now;
    return seconds;
}

static double
bench_cluster(const ErrataGramsText *texts, guint32 *ret_found)
{
    ErrataGramsInput input = {BENCH_TEXTS, texts, 0, NULL, 0.0};
    g_autofree float *x = g_new(float, (gsize)BENCH_TEXTS *BENCH_WIDTH);
    g_autofree guint32 *chosen = g_new(guint32, BENCH_LEARN);
    g_autofree float *directions = NULL;
    g_autoptr(ErrataSparse) grams = NULL;
    g_autoptr(ErrataSparse) lesson = NULL;
    g_autoptr(ErrataNeighbours) near = NULL;
    g_autoptr(ErrataGraph) graph = NULL;
    clock_t last = clock();
    double total = 0.0;

    grams = errata_text_grams(&input, NULL);
    total += bench_lap(&last, "grams");
    for (guint i = 0; i < BENCH_LEARN; i++)
        chosen[i] = i * (BENCH_TEXTS / BENCH_LEARN);
    lesson = errata_sparse_rows(grams, chosen, BENCH_LEARN);
    directions = errata_sparse_directions(lesson, BENCH_WIDTH, 0);
    total += bench_lap(&last, "directions");
    errata_sparse_multiply(grams, directions, BENCH_WIDTH, x);
    errata_neighbours_unit(x, BENCH_TEXTS, BENCH_WIDTH);
    total += bench_lap(&last, "projection");
    near = errata_neighbours_new(x, BENCH_EXACT, BENCH_WIDTH, 15);
    total += bench_lap(&last, "neighbours");
    graph = errata_leiden_graph(near->point, near->similarity, BENCH_EXACT, near->k);
    for (guint run = 0; run < 25; run++)
        errata_leiden_communities(graph, 1.0, run, ret_found);
    total += bench_lap(&last, "25 × Leiden");
    return total;
}

int
main(int argc, char **argv)
{
    g_autofree ErrataGramsText *texts = g_new0(ErrataGramsText, BENCH_TEXTS);
    g_autofree guint32 *kind = g_new(guint32, BENCH_TEXTS);
    g_autofree guint32 *found = g_new(guint32, BENCH_TEXTS);
    g_autoptr(GString) file = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < BENCH_TEXTS; i++) {
        texts[i].text = bench_text(i, &kind[i]);
        texts[i].length = strlen(texts[i].text);
        g_string_append_printf(file, "%u\t%s\n", kind[i], texts[i].text);
    }
    g_print("total        %.3f s\n", bench_cluster(texts, found));
    g_print("adjusted Rand index %.3f on the %u in the graph\n",
            errata_leiden_agreement(kind, found, BENCH_EXACT),
            BENCH_EXACT);
    for (guint i = 0; i < BENCH_TEXTS; i++)
        g_free((gpointer)(guintptr)texts[i].text);
    if (argc > 1 && !g_file_set_contents(argv[1], file->str, (gssize)file->len, &error)) {
        g_printerr("%s\n", error->message);
        return 1;
    }
    return 0;
}
