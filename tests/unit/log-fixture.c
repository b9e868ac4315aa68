/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "log-fixture.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "frame-builder.h"

char *
log_fixture_path(const char *folder, const char *name)
{
    const char *given = g_getenv("ERRATA_TEST_DATA");
    g_autofree char *root = given != NULL ? g_strdup(given)
                                          : g_build_filename(g_test_get_dir(G_TEST_DIST),
                                                             "..",
                                                             "..",
                                                             "..",
                                                             "shared",
                                                             "data",
                                                             "public",
                                                             NULL);

    return g_build_filename(root, folder, name, NULL);
}

static char *
fixture_contents(const char *path)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GInputStream) stream = G_INPUT_STREAM(g_file_read(file, NULL, NULL));
    g_autoptr(GOutputStream) sink = g_memory_output_stream_new_resizable();

    if (stream == NULL)
        return NULL;
    if (g_str_has_suffix(path, ".gz")) {
        g_autoptr(GConverter) gunzip =
            G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
        GInputStream *plain = g_converter_input_stream_new(stream, gunzip);

        g_object_unref(stream);
        stream = plain;
    }
    if (g_output_stream_splice(sink, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL) < 0)
        return NULL;
    return g_strndup(g_memory_output_stream_get_data(G_MEMORY_OUTPUT_STREAM(sink)),
                     g_memory_output_stream_get_data_size(G_MEMORY_OUTPUT_STREAM(sink)));
}

ErrataFrame *
log_fixture_read(const char *path)
{
    g_autofree char *text = fixture_contents(path);
    g_autoptr(ErrataFrameBuilder) builder = NULL;
    ErrataFrame *frame;
    guint column = 0;
    gboolean header = TRUE;

    if (text == NULL)
        return NULL;
    builder = errata_frame_builder_new();
    for (char *cell = text; *cell != '\0';) {
        gsize length = strcspn(cell, ",\r\n");
        char end = cell[length];

        if (header)
            g_assert_true(errata_frame_builder_column(builder, cell, length, &column, NULL));
        else
            errata_frame_builder_cell(builder, column, cell, length);
        column++;
        cell += length + (end == '\r' ? 2 : end != '\0' ? 1 : 0);
        if (end == ',')
            continue;
        if (!header)
            g_assert_true(errata_frame_builder_end_row(builder, NULL));
        header = FALSE;
        column = 0;
    }
    frame = errata_frame_builder_finish(builder, NULL);
    g_assert_nonnull(frame);
    return frame;
}

static ErrataRole
fixture_role(const ErrataColumn *column, const LogRoles *roles)
{
    for (guint i = 0; i < G_N_ELEMENTS(roles->ignore); i++)
        if (g_strcmp0(column->name, roles->ignore[i]) == 0)
            return ERRATA_ROLE_IGNORE;
    if (g_strcmp0(column->name, roles->id) == 0)
        return ERRATA_ROLE_ID;
    if (g_strcmp0(column->name, roles->label) == 0)
        return ERRATA_ROLE_LABEL;
    if (g_strcmp0(column->name, roles->prediction) == 0)
        return ERRATA_ROLE_PREDICTION;
    if (g_strcmp0(column->name, roles->score) == 0)
        return ERRATA_ROLE_SCORE;
    if (g_strcmp0(column->name, roles->text) == 0)
        return ERRATA_ROLE_TEXT;
    return column->type == ERRATA_COLUMN_TIME ? ERRATA_ROLE_TIME : ERRATA_ROLE_FEATURE;
}

static int
fixture_compare_cb(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

/* the label's values, sorted */
static char **
fixture_classes(const ErrataFrame *frame, const char *label, guint *ret_n)
{
    const ErrataColumn *column = errata_frame_find(frame, label, NULL);
    g_autoptr(GPtrArray) values = g_ptr_array_new();

    for (gsize row = 0; row < frame->n_rows; row++) {
        g_autofree char *value = errata_column_print(column, row);

        if (value != NULL && value[0] != '\0' &&
            !g_ptr_array_find_with_equal_func(values, value, g_str_equal, NULL))
            g_ptr_array_add(values, g_steal_pointer(&value));
    }
    g_ptr_array_sort(values, fixture_compare_cb);
    *ret_n = values->len;
    g_ptr_array_add(values, NULL);
    return (char **)g_ptr_array_steal(values, NULL);
}

static ErrataSchema *
fixture_schema(const ErrataFrame *frame, const LogRoles *roles)
{
    ErrataSchema *self = g_new0(ErrataSchema, 1);

    self->n_columns = frame->n_columns;
    self->columns = g_new0(ErrataSchemaColumn, frame->n_columns);
    self->id = self->time = self->label = self->prediction = self->score = self->weight = -1;
    self->positive = -1;
    self->threshold = (double)NAN;
    for (guint c = 0; c < frame->n_columns; c++) {
        ErrataRole role = fixture_role(frame->columns[c], roles);

        self->columns[c].role = role;
        self->columns[c].class_index = -1;
        self->id = role == ERRATA_ROLE_ID ? (int)c : self->id;
        self->label = role == ERRATA_ROLE_LABEL ? (int)c : self->label;
        self->prediction = role == ERRATA_ROLE_PREDICTION ? (int)c : self->prediction;
        self->score = role == ERRATA_ROLE_SCORE ? (int)c : self->score;
        self->time = role == ERRATA_ROLE_TIME && self->time < 0 ? (int)c : self->time;
    }
    if (self->label >= 0)
        self->classes = fixture_classes(frame, roles->label, &self->n_classes);
    self->task = self->n_classes == 2  ? ERRATA_TASK_BINARY
                 : self->n_classes > 2 ? ERRATA_TASK_MULTICLASS
                                       : ERRATA_TASK_NONE;
    for (guint k = 0; k < self->n_classes && self->n_classes == 2; k++)
        if (g_strcmp0(self->classes[k], roles->positive) == 0)
            self->positive = (int)k;
    return self;
}

static gint32 *
fixture_class_indices(const ErrataFrame *frame, const ErrataSchema *schema, int column)
{
    gint32 *index;

    if (column < 0)
        return NULL;
    index = g_new(gint32, MAX(frame->n_rows, 1));
    for (gsize row = 0; row < frame->n_rows; row++) {
        g_autofree char *value = errata_column_print(frame->columns[column], row);

        index[row] = -1;
        for (guint k = 0; k < schema->n_classes; k++)
            if (g_strcmp0(value, schema->classes[k]) == 0)
                index[row] = (gint32)k;
    }
    return index;
}

static ErrataOutcome *
fixture_outcome(const ErrataFrame *frame, const ErrataSchema *schema)
{
    ErrataOutcome *self = g_new0(ErrataOutcome, 1);
    gsize n = frame->n_rows;

    self->n_rows = n;
    self->task = schema->task;
    self->n_classes = schema->n_classes;
    self->positive = schema->positive;
    self->truth = fixture_class_indices(frame, schema, schema->label);
    self->predicted = fixture_class_indices(frame, schema, schema->prediction);
    if (schema->score >= 0)
        self->score = errata_column_numbers(frame->columns[schema->score]);
    self->judged = g_new0(guint8, MAX(n, 1));
    self->error = g_new0(guint8, MAX(n, 1));
    self->half = g_new0(guint8, MAX(n, 1));
    self->duplicate = g_new0(guint8, MAX(n, 1));
    self->loss = g_new(double, MAX(n, 1));
    self->order = g_new(guint32, MAX(n, 1));
    for (gsize row = 0; row < n; row++) {
        self->order[row] = (guint32)row;
        self->half[row] = row % 2;
        self->loss[row] = (double)NAN;
        if (self->truth == NULL || self->predicted == NULL || self->truth[row] < 0 ||
            self->predicted[row] < 0)
            continue;
        self->judged[row] = 1;
        self->n_judged++;
        self->error[row] = self->truth[row] != self->predicted[row] ? 1 : 0;
        self->n_errors += self->error[row];
        self->loss[row] = self->error[row];
    }
    return self;
}

LogFixture *
log_fixture_new(ErrataFrame *frame, ErrataFrame *reference, const LogRoles *roles)
{
    LogFixture *self = g_new0(LogFixture, 1);
    ErrataAnalysis *analysis = &self->analysis;

    self->frame = frame;
    self->schema = fixture_schema(frame, roles);
    self->outcome = fixture_outcome(frame, self->schema);
    self->settings = g_new0(ErrataSettings, 1);
    self->bins = errata_bins_new(frame, self->schema, reference, 10, 0);
    if (reference != NULL) {
        self->reference = reference;
        self->reference_schema = fixture_schema(reference, roles);
        self->reference_outcome = fixture_outcome(reference, self->reference_schema);
        self->reference_bins = errata_bins_apply(self->bins, reference);
    }
    analysis->frame = self->frame;
    analysis->schema = self->schema;
    analysis->outcome = self->outcome;
    analysis->bins = self->bins;
    analysis->settings = self->settings;
    analysis->reference = self->reference;
    analysis->reference_schema = self->reference_schema;
    analysis->reference_outcome = self->reference_outcome;
    analysis->reference_bins = self->reference_bins;
    analysis->set_aside = g_new0(guint8, MAX(frame->n_rows, 1));
    analysis->exclude = g_new0(guint8, frame->n_columns);
    if (reference == NULL) {
        analysis->baseline = g_new0(guint8, MAX(frame->n_rows, 1));
        memset(analysis->baseline, 1, frame->n_rows / 2);
    }
    analysis->result = errata_case_new();
    analysis->result->n_rows = frame->n_rows;
    return self;
}

static void
fixture_schema_free(ErrataSchema *schema)
{
    if (schema == NULL)
        return;
    g_strfreev(schema->classes);
    g_free(schema->score_note);
    g_free(schema->columns);
    g_free(schema);
}

static void
fixture_outcome_free(ErrataOutcome *outcome)
{
    if (outcome == NULL)
        return;
    g_free(outcome->truth);
    g_free(outcome->predicted);
    g_free(outcome->score);
    g_free(outcome->confidence);
    g_free(outcome->judged);
    g_free(outcome->error);
    g_free(outcome->half);
    g_free(outcome->duplicate);
    g_free(outcome->loss);
    g_free(outcome->order);
    g_free(outcome);
}

void
log_fixture_free(LogFixture *self)
{
    if (self == NULL)
        return;
    g_free(self->analysis.set_aside);
    g_free(self->analysis.exclude);
    g_free(self->analysis.baseline);
    errata_case_free(self->analysis.result);
    errata_bins_free(self->bins);
    errata_bins_free(self->reference_bins);
    g_free(self->settings);
    fixture_outcome_free(self->outcome);
    fixture_outcome_free(self->reference_outcome);
    fixture_schema_free(self->schema);
    fixture_schema_free(self->reference_schema);
    errata_frame_unref(self->frame);
    g_clear_pointer(&self->reference, errata_frame_unref);
    g_free(self);
}

const ErrataFinding *
log_fixture_finding(const LogFixture *self, const char *column)
{
    const GPtrArray *findings = self->analysis.result->findings;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (column == NULL || g_strcmp0(finding->subject.column, column) == 0)
            return finding;
    }
    return NULL;
}
