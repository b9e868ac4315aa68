/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that came in halves are joined by their id, and rows that did not stay as they are. */
#include <string.h>

#include "error.h"
#include "frame-builder.h"
#include "frame-halves.h"

#define HALVES_CELLS 10

/* rows of "name=cell name=cell", one a string */
static ErrataFrameBuilder *
halves_builder(const char *const *rows)
{
    ErrataFrameBuilder *builder = errata_frame_builder_new();

    for (; *rows != NULL; rows++) {
        g_auto(GStrv) cells = g_strsplit(*rows, " ", -1);

        for (guint i = 0; cells[i] != NULL; i++) {
            const char *value = strchr(cells[i], '=');
            guint column;

            g_assert_true(errata_frame_builder_column(builder,
                                                      cells[i],
                                                      (gsize)(value - cells[i]),
                                                      &column,
                                                      NULL));
            errata_frame_builder_cell(builder, column, value + 1, strlen(value + 1));
        }
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return builder;
}

static char *
halves_print(const ErrataFrame *frame)
{
    GString *text = g_string_new(NULL);

    for (guint c = 0; c < frame->n_columns; c++) {
        g_string_append_printf(text, "%s%s:", c > 0 ? "; " : "", frame->columns[c]->name);
        for (gsize row = 0; row < frame->n_rows; row++) {
            g_autofree char *cell = errata_column_is_valid(frame->columns[c], row)
                                        ? errata_column_print(frame->columns[c], row)
                                        : g_strdup("-");

            g_string_append_printf(text, " %s", cell);
        }
    }
    return g_string_free(text, FALSE);
}

static const struct {
    const char *rows[HALVES_CELLS + 1];
    const char *joined;
    const char *warnings; /* with semicolons between them */
} halves_logs[] = {
    /* the other half may come first, ids may be written as other numbers, times be in one half */
    {{"id=1 x=5 city=a",
      "id=2 x=6",
      "prediction=1 id=2.0 ts=2026-03-01",
      "prediction=0 id=1",
      NULL},
     "id: 1 2; x: 5 6; city: a -; prediction: 0 1; ts: - 2026-03-01T00:00:00Z",
     "4 rows were read and joined by id to 2"},
    /* nothing is lost: one without the other, and one without an id */
    {{"id=a x=5",
      "id=b x=6",
      "id=c x=7",
      "id=d x=8",
      "id=e x=9",
      "prediction=1 id=b",
      "prediction=0 id=a",
      "prediction=1 id=c",
      "prediction=1 id=d",
      "prediction=4",
      NULL},
     "id: a b c d e -; x: 5 6 7 8 9 -; prediction: 0 1 1 1 - 4",
     "10 rows were read and joined by id to 6; 2 of 6 rows have one half only: what else has their "
     "id was not found"},
    /* answers first: order and times are those of what was asked */
    {{"id=a label=1 ts=2026-03-05",
      "id=b label=0 ts=2026-03-06",
      "id=b x=6 y=1 ts=2026-03-02",
      "id=a x=5 y=1 ts=2026-03-03",
      NULL},
     "id: b a; label: 0 1; ts: 2026-03-02T00:00:00Z 2026-03-03T00:00:00Z; x: 6 5; y: 1 1",
     "4 rows were read and joined by id to 2"},
    /* a second id of the same rows says the same; where it differs, nobody knows which counts */
    {{"id=1 request_id=p x=5",
      "id=2 request_id=q x=6",
      "id=2 request_id=q prediction=1",
      "id=1 request_id=p prediction=0",
      NULL},
     "id: 1 2; request_id: p q; x: 5 6; prediction: 0 1",
     "4 rows were read and joined by id to 2"},
    {{"id=1 request_id=p x=5",
      "id=2 request_id=q x=6",
      "id=1 request_id=q prediction=1",
      "id=2 request_id=p prediction=0",
      NULL},
     "id: 1 2 1 2; request_id: p q q p; x: 5 6 - -; prediction: - - 1 0",
     NULL},
    /* nothing was answered, two models answered, or one side is a whole log */
    {{"id=1 x=5", "id=1 z=6", NULL}, "id: 1 1; x: 5 -; z: - 6", NULL},
    {{"id=1 prediction=5", "id=1 score=6", NULL}, "id: 1 1; prediction: 5 -; score: - 6", NULL},
    {{"id=1 x=5 z=6 prediction=1 label=0", "id=1 city=a", NULL},
     "id: 1 1; x: 5 -; z: 6 -; prediction: 1 -; label: 0 -; city: - a",
     NULL},
    /* hardly any is continued: the ids are others' */
    {{"id=1 x=5",
      "id=2 x=5",
      "id=3 x=5",
      "id=1 prediction=6",
      "id=8 prediction=6",
      "id=9 prediction=6",
      NULL},
     "id: 1 2 3 1 8 9; x: 5 5 5 - - -; prediction: - - - 6 6 6",
     NULL},
    /* three parts */
    {{"id=a x=5", "id=a prediction=1", "id=a label=0", "id=b label=1", "id=b prediction=0", NULL},
     "id: a b; x: 5 -; prediction: 1 0; label: 0 1",
     "5 rows were read and joined by id to 2"},
    /* rows are whole: a column is common to both */
    {{"id=1 x=5 v=k", "id=2 x=6 v=k", "prediction=1 id=2 v=k", NULL},
     "id: 1 2 2; x: 5 6 -; v: k k k; prediction: - - 1",
     NULL},
    {{"id=1 x=5", "id=2 x=6 y=7", "id=1 y=8", NULL}, "id: 1 2 1; x: 5 6 -; y: - 7 8", NULL},
    /* an id of many rows is an entity's */
    {{"id=1 x=5", "id=1 x=6", "id=1 label=8", "id=1 label=9", NULL},
     "id: 1 1 1 1; x: 5 6 - -; label: - - 8 9",
     NULL},
    /* of answers given twice the first counts */
    {{"id=a x=1",
      "id=b x=2",
      "id=c x=3",
      "id=d x=4",
      "id=e x=5",
      "id=a y=6",
      "id=b y=7",
      "id=c y=8",
      "id=d y=9",
      "id=a y=5",
      NULL},
     "id: a b c d e; x: 1 2 3 4 5; y: 6 7 8 9 -",
     "10 rows were read and joined by id to 5; 1 of 5 rows have one half only: what else has their "
     "id was not found; 1 more row has the id of an earlier row of the same half and is left "
     "out: the first of each counts, not an answer that corrects it"},
    /* no id is in both, or there is none */
    {{"id=1 x=5", "id=2 label=6", NULL}, "id: 1 2; x: 5 -; label: - 6", NULL},
    {{"x=5", "label=6", NULL}, "x: 5 -; label: - 6", NULL},
};

static void
test_halves_join(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(halves_logs); i++) {
        g_autoptr(ErrataFrameBuilder) builder = halves_builder(halves_logs[i].rows);
        g_autoptr(ErrataFrame) frame = errata_frame_builder_finish(builder, NULL);
        g_autofree char *text = halves_print(frame);
        g_autofree char *said = NULL;

        g_assert_cmpstr(text, ==, halves_logs[i].joined);
        g_ptr_array_add(frame->warnings, NULL);
        said = g_strjoinv("; ", (char **)frame->warnings->pdata);
        g_ptr_array_set_size(frame->warnings, (int)frame->warnings->len - 1);
        g_assert_cmpstr(said, ==, halves_logs[i].warnings != NULL ? halves_logs[i].warnings : "");
    }
}

static void
test_halves_expected(void)
{
    static const char *const joined[] = {"id=1 x=5", "id=1 label=6", NULL};
    static const char *const apart[] = {"id=1 x=5", "id=2 label=6", NULL};
    static const char *const often[] = {"id=1 x=5", "id=1 label=6", "id=1 label=7", NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFrameBuilder) good = halves_builder(joined);
    g_autoptr(ErrataFrameBuilder) bad = halves_builder(apart);
    g_autoptr(ErrataFrameBuilder) repeated = halves_builder(often);
    g_autoptr(ErrataFrame) frame = NULL;

    errata_frame_builder_expect_halves(good, "a and b differ");
    frame = errata_frame_builder_finish(good, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(frame->n_rows, ==, 1);
    errata_frame_builder_expect_halves(bad, "a and b differ");
    g_assert_null(errata_frame_builder_finish(bad, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
    g_assert_cmpstr(error->message,
                    ==,
                    "a and b differ; nor are they halves of one: no id is in both");
    g_clear_error(&error);
    errata_frame_builder_expect_halves(repeated, "a and b differ");
    g_assert_null(errata_frame_builder_finish(repeated, &error));
    g_assert_cmpstr(error->message,
                    ==,
                    "a and b differ; nor are they halves of one: too many ids come more than once "
                    "in one of them");
}

static void
test_halves_are(void)
{
    static const char *const asked[] = {"age", "id", "ts", NULL};
    static const char *const answered[] = {"id", "prediction", "ts", NULL};
    static const char *const more[] = {"age", "id", "prediction", NULL};
    static const char *const none[] = {"prediction", "ts", NULL};
    static const char *const ids[] = {"id", "ts", NULL};
    static const char *const whole[] = {"age", "debt", "id", "label", "prediction", NULL};
    static const char *const town[] = {"city", "id", NULL};
    static const char *const other[] = {"id", "score", NULL};

    g_assert_true(errata_frame_halves_are(asked, answered));
    g_assert_true(errata_frame_halves_are(answered, asked));
    g_assert_false(errata_frame_halves_are(asked, more));
    g_assert_false(errata_frame_halves_are(asked, none));
    g_assert_false(errata_frame_halves_are(asked, ids));
    g_assert_false(errata_frame_halves_are(whole, town));
    g_assert_false(errata_frame_halves_are(answered, other));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/frame-halves/join", test_halves_join);
    g_test_add_func("/frame-halves/expected", test_halves_expected);
    g_test_add_func("/frame-halves/are", test_halves_are);
    return g_test_run();
}
