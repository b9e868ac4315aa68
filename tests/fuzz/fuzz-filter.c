/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a filter: what is read prints back to itself, and what fits a small log is evaluated
 * to the same rows again. */
#include <string.h>

#include "filter.h"
#include "frame-builder.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

typedef struct {
    ErrataFrame *frame;
    ErrataSettings *settings;
    ErrataSchema *schema;
    ErrataOutcome *outcome;
} Log;

static const Log *
fuzz_log(void)
{
    static const char *const cells[3][6] = {
        {"a", "b", "t", "f", "label", "prediction"},
        {"1", "x", "2026-01-01", "true", "1", "0"},
        {"2.5", "Y z", "2026-01-02T03:04:05Z", "false", "0", "0"},
    };
    static Log log;
    g_autoptr(ErrataFrameBuilder) builder = NULL;

    if (log.frame != NULL)
        return &log;
    builder = errata_frame_builder_new();
    for (guint row = 1; row < 3; row++) {
        for (guint c = 0; c < 6; c++) {
            guint column = 0;

            g_assert_true(errata_frame_builder_column(builder,
                                                      cells[0][c],
                                                      strlen(cells[0][c]),
                                                      &column,
                                                      NULL));
            errata_frame_builder_cell(builder, column, cells[row][c], strlen(cells[row][c]));
        }
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    log.frame = errata_frame_builder_finish(builder, NULL);
    log.settings = errata_settings_new();
    log.schema = errata_schema_infer(log.frame, log.settings, NULL, NULL);
    log.outcome = errata_outcome_new(log.frame, log.schema, log.settings, NULL);
    return &log;
}

static gboolean
fuzz_evaluate(ErrataFilter *filter, guint64 *ret_rows)
{
    const Log *log = fuzz_log();
    g_autoptr(ErrataRows) rows = NULL;

    if (!errata_filter_bind(filter, log->frame, log->schema, NULL))
        return FALSE;
    rows = errata_filter_evaluate(filter, log->frame, log->outcome);
    *ret_rows = rows->bits[0];
    return TRUE;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(ErrataFilter) filter = errata_filter_parse(text, NULL);
    g_autoptr(ErrataFilter) again = NULL;
    g_autofree char *printed = NULL;
    g_autofree char *printed_again = NULL;
    guint64 rows = 0, rows_again = 0;

    if (filter == NULL)
        return 0;
    printed = errata_filter_print(filter);
    again = errata_filter_parse(printed, NULL);
    g_assert_nonnull(again);
    printed_again = errata_filter_print(again);
    g_assert_cmpstr(printed, ==, printed_again);
    if (fuzz_evaluate(filter, &rows)) {
        g_autofree char *bound = errata_filter_print(filter);
        g_autoptr(ErrataFilter) third = errata_filter_parse(bound, NULL);

        g_assert_nonnull(third);
        g_assert_true(fuzz_evaluate(third, &rows_again));
        g_assert_cmphex(rows, ==, rows_again);
    }
    return 0;
}
