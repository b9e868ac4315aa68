/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts the logs of pure noise in which something of severity medium or above is found.
 *
 *   planted-noise [FIRST [COUNT [MOST]]]
 *
 * Analyses the logs of seeds FIRST … FIRST + COUNT − 1 (0 and 24 when not given) and prints what
 * was loud. Exit status 0 when at most MOST logs were loud (5 % when not given). METHODS' measure:
 * 400 seeds, at most 5 %, the upper 95 % limit at most 8 %:
 *
 *   for i in 0 50 100 150 200 250 300 350; do planted-noise $i 50; done */
#include "noise.h"

#include <locale.h>
#include <math.h>

#include "intervals.h"
#include "run.h"

/* overall statements that are true of scores distorted everywhere alike */
static gboolean
noise_is_true(const NoiseLog *log, const ErrataFinding *finding)
{
    return log->distorted && ((finding->kind == ERRATA_FINDING_CALIBRATION &&
                               finding->subject.predicates->len == 0) ||
                              finding->kind == ERRATA_FINDING_THRESHOLD);
}

static gboolean
noise_is_loud(guint64 seed)
{
    g_autoptr(NoiseLog) log = noise_log_new(seed);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataCase) result =
        errata_run(log->log, log->reference, settings, ERRATA_RUN_FULL, NULL, NULL, NULL, &error);
    gboolean loud = FALSE;

    if (result == NULL)
        g_error("seed %" G_GUINT64_FORMAT " (%s): %s", seed, log->what, error->message);
    for (guint i = 0; i < result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(result->findings, i);

        if (finding->severity < ERRATA_SEVERITY_MEDIUM || noise_is_true(log, finding))
            continue;
        if (!loud)
            g_print("seed %" G_GUINT64_FORMAT ": %s\n", seed, log->what);
        g_print("    %s %s: %s\n",
                errata_severity_nick(finding->severity),
                errata_finding_kind_nick(finding->kind),
                finding->title);
        loud = TRUE;
    }
    return loud;
}

int
main(int argc, char **argv)
{
    guint64 first = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : 0;
    guint64 count = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 24;
    guint64 most = argc > 3 ? g_ascii_strtoull(argv[3], NULL, 10) : count / 20;
    guint64 n_loud = 0;
    ErrataInterval interval;

    setlocale(LC_ALL, "C.UTF-8");
    for (guint64 seed = first; seed < first + count; seed++)
        n_loud += noise_is_loud(seed) ? 1 : 0;
    interval = errata_intervals_wilson((double)n_loud, (double)MAX(count, 1), 0.95);
    g_print("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
            " logs of noise were loud (at most %.1f %%)\n",
            n_loud,
            count,
            100.0 * interval.hi);
    return n_loud <= most ? 0 : 1;
}
