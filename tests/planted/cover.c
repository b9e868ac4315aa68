/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often the interval of a slice's error rate holds the rate that was planted.
 *
 *   planted-cover [FIRST [COUNT]]
 *
 * Logs of 12,000 rows in which one slice of one or two conditions is wrong two to three and a half times
 * as often as the rest; the truth of a finding is the mean planted rate over its rows. Exit status 0 when
 * the intervals cover in 90 to 98 % of the cases, or the binomial error of COUNT logs allows for it. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "frame-builder.h"
#include "intervals.h"
#include "rng.h"
#include "run.h"

#define COVER_ROWS 12000

typedef struct {
    ErrataFrame *frame;
    double *rate; /* planted, per row */
} CoverLog;

static void
cover_cell(ErrataFrameBuilder *builder, const char *name, const char *text)
{
    guint column = 0;

    if (errata_frame_builder_column(builder, name, strlen(name), &column, NULL))
        errata_frame_builder_cell(builder, column, text, strlen(text));
}

static CoverLog
cover_make(guint64 seed)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(GError) error = NULL;
    ErrataRng rng = errata_rng_init(seed, 501, 0);
    double lift = 2.0 + 1.5 * errata_rng_uniform(&rng);
    gboolean two = errata_rng_uniform(&rng) < 0.5;
    CoverLog log = {NULL, g_new(double, COVER_ROWS)};

    for (guint row = 0; row < COVER_ROWS; row++) {
        ErrataRng own = errata_rng_init(seed, 502, row);
        guint a = (guint)errata_rng_below(&own, 6);
        double x = errata_rng_uniform(&own);
        guint prediction = errata_rng_uniform(&own) < 0.4 ? 1 : 0;
        gboolean inside = a == 1 && (!two || x >= 0.4);
        g_autofree char *value = g_strdup_printf("a_%u", a);
        g_autofree char *number = g_strdup_printf("%.4f", x);
        g_autofree char *other = g_strdup_printf("%.3f", errata_rng_uniform(&own));
        g_autofree char *kind = g_strdup_printf("k_%u", (guint)errata_rng_below(&own, 4));
        gboolean wrong;

        log.rate[row] = inside ? 0.1 * lift : 0.1;
        wrong = errata_rng_uniform(&own) < log.rate[row];
        cover_cell(builder, "a", value);
        cover_cell(builder, "x", number);
        cover_cell(builder, "y", other);
        cover_cell(builder, "k", kind);
        cover_cell(builder, "prediction", prediction != 0 ? "1" : "0");
        cover_cell(builder, "label", (prediction != 0) != wrong ? "1" : "0");
        if (!errata_frame_builder_end_row(builder, &error))
            g_error("%s", error->message);
    }
    log.frame = errata_frame_builder_finish(builder, &error);
    if (log.frame == NULL)
        g_error("%s", error->message);
    return log;
}

/* counts the slices found and those whose interval holds the truth */
static void
cover_count(guint64 seed, guint64 *n_found, guint64 *n_covered)
{
    CoverLog log = cover_make(seed);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataCase) result =
        errata_run(log.frame, NULL, settings, ERRATA_RUN_FULL, NULL, NULL, NULL, &error);

    if (result == NULL)
        g_error("seed %" G_GUINT64_FORMAT ": %s", seed, error->message);
    for (guint i = 0; i < result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(result->findings, i);
        const ErrataEvidence *rate = errata_finding_evidence(finding, "rate_in");
        double truth = 0.0;

        if (finding->kind != ERRATA_FINDING_SLICE || rate == NULL || finding->n_rows == 0 ||
            finding->severity < ERRATA_SEVERITY_MEDIUM)
            continue;
        for (gsize k = 0; k < finding->n_rows; k++)
            truth += log.rate[finding->row[k]];
        truth /= (double)finding->n_rows;
        (*n_found)++;
        *n_covered += truth >= rate->lo && truth <= rate->hi ? 1 : 0;
    }
    errata_frame_unref(log.frame);
    g_free(log.rate);
}

int
main(int argc, char **argv)
{
    guint64 first = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : 0;
    guint64 count = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 40;
    guint64 n_found = 0;
    guint64 n_covered = 0;
    ErrataInterval share;

    setlocale(LC_ALL, "C.UTF-8");
    for (guint64 seed = first; seed < first + count; seed++)
        cover_count(seed, &n_found, &n_covered);
    share = errata_intervals_wilson((double)n_covered, (double)MAX(n_found, 1), 0.95);
    g_print("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
            " intervals hold the planted rate: %.1f to %.1f %%\n",
            n_covered,
            n_found,
            100.0 * share.lo,
            100.0 * share.hi);
    return n_found >= count && share.hi >= 0.90 && share.lo <= 0.98 ? 0 : 1;
}
