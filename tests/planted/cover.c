/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often the interval of a slice's error rate holds the rate that was planted.
 *
 *   planted-cover [FIRST [COUNT [binary|classes|numbers]]]
 *
 * Logs of 12,000 rows in which one slice of one or two conditions is wrong two to three and a half
 * times as often as the rest, or predicted too high by one and a half to three spreads of the
 * noise; of two classes, of four, or of numbers. The truth of a finding is the mean planted rate
 * over its rows. Exit status 0 when the intervals cover in 90 to 98 % of the cases, or the binomial
 * error of COUNT logs allows for it. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "frame-builder.h"
#include "intervals.h"
#include "rng.h"
#include "run.h"

#define COVER_ROWS 12000

typedef enum {
    COVER_BINARY,
    COVER_CLASSES,
    COVER_NUMBERS,
} CoverKind;

typedef struct {
    ErrataFrame *frame;
    double *rate; /* planted, per row: of errors, or the mean absolute error */
} CoverLog;

static void
cover_cell(ErrataFrameBuilder *builder, const char *name, const char *text)
{
    guint column = 0;

    if (errata_frame_builder_column(builder, name, strlen(name), &column, NULL))
        errata_frame_builder_cell(builder, column, text, strlen(text));
}

/* mean of |bias + noise| for normal noise of spread 1 */
static double
cover_folded(double bias)
{
    return sqrt(2.0 / G_PI) * exp(-bias * bias / 2.0) + bias * erf(bias / sqrt(2.0));
}

static double
cover_normal(ErrataRng *rng)
{
    double u = errata_rng_uniform(rng);

    return sqrt(-2.0 * log1p(-u)) * cos(2.0 * G_PI * errata_rng_uniform(rng));
}

/* prediction and label of a row; returns how wrong such rows are on average */
static double
cover_outcome(ErrataFrameBuilder *builder,
              CoverKind kind,
              gboolean inside,
              double lift,
              ErrataRng *rng)
{
    guint n_classes = kind == COVER_BINARY ? 2 : 4;
    double rate = inside ? 0.1 * lift : 0.1;
    double bias = inside ? lift - 0.5 : 0.0;
    guint prediction = (guint)errata_rng_below(rng, n_classes);
    guint label = prediction;
    g_autofree char *said = NULL;
    g_autofree char *true_label = NULL;

    if (kind == COVER_NUMBERS) {
        double value = 20.0 + 5.0 * cover_normal(rng);

        said = g_strdup_printf("%.4f", value);
        true_label = g_strdup_printf("%.4f", value - bias - cover_normal(rng));
        rate = cover_folded(bias);
    } else {
        if (errata_rng_uniform(rng) < rate)
            label = (prediction + 1 + (guint)errata_rng_below(rng, n_classes - 1)) % n_classes;
        said = g_strdup_printf(kind == COVER_BINARY ? "%u" : "class_%u", prediction);
        true_label = g_strdup_printf(kind == COVER_BINARY ? "%u" : "class_%u", label);
    }
    cover_cell(builder, "prediction", said);
    cover_cell(builder, "label", true_label);
    return rate;
}

static CoverLog
cover_make(guint64 seed, CoverKind kind)
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
        gboolean inside = a == 1 && (!two || x >= 0.4);
        g_autofree char *value = g_strdup_printf("a_%u", a);
        g_autofree char *number = g_strdup_printf("%.4f", x);
        g_autofree char *other = g_strdup_printf("%.3f", errata_rng_uniform(&own));
        g_autofree char *group = g_strdup_printf("k_%u", (guint)errata_rng_below(&own, 4));

        cover_cell(builder, "a", value);
        cover_cell(builder, "x", number);
        cover_cell(builder, "y", other);
        cover_cell(builder, "k", group);
        log.rate[row] = cover_outcome(builder, kind, inside, lift, &own);
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
cover_count(guint64 seed, CoverKind kind, guint64 *n_found, guint64 *n_covered)
{
    CoverLog log = cover_make(seed, kind);
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
    CoverKind kind = argc > 3 && strcmp(argv[3], "classes") == 0   ? COVER_CLASSES
                     : argc > 3 && strcmp(argv[3], "numbers") == 0 ? COVER_NUMBERS
                                                                   : COVER_BINARY;
    guint64 n_found = 0;
    guint64 n_covered = 0;
    ErrataInterval share;

    setlocale(LC_ALL, "C.UTF-8");
    for (guint64 seed = first; seed < first + count; seed++)
        cover_count(seed, kind, &n_found, &n_covered);
    share = errata_intervals_wilson((double)n_covered, (double)MAX(n_found, 1), 0.95);
    g_print("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
            " intervals hold the planted rate: %.1f to %.1f %%\n",
            n_covered,
            n_found,
            100.0 * share.lo,
            100.0 * share.hi);
    return n_found >= count && share.hi >= 0.90 && share.lo <= 0.98 ? 0 : 1;
}
