/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How columns behave, from an even sample of the rows: what a name alone cannot tell. */
#include "schema-profile.h"

#include <math.h>
#include <string.h>

#include "parallel.h"
#include "sort.h"

#define PROFILE_ROWS  20000
#define PROFILE_EXACT 9007199254740992.0 /* whole doubles tell integers apart below */

/**
 * errata_schema_profile_epoch:
 * @value: a number
 *
 * The ranges are the years 1979 to 2128 in each unit and do not overlap.
 *
 * Returns: nanoseconds per unit when @value may be an instant, else 0
 */
double
errata_schema_profile_epoch(double value)
{
    static const double ns[] = {1e9, 1e6, 1e3, 1.0};

    for (guint i = 0; i < G_N_ELEMENTS(ns); i++)
        if (value * ns[i] >= 3e17 && value * ns[i] <= 5e18)
            return ns[i];
    return 0.0;
}

gsize
errata_schema_profile_step(gsize n_rows)
{
    return MAX((n_rows + PROFILE_ROWS - 1) / PROFILE_ROWS, 1);
}

static int
profile_compare_hash_cb(gconstpointer a, gconstpointer b)
{
    guint64 x = *(const guint64 *)a;
    guint64 y = *(const guint64 *)b;

    return (x > y) - (x < y);
}

static gsize
profile_count_distinct(guint64 *value, gsize n)
{
    gsize n_distinct = 0;

    qsort(value, n, sizeof(guint64), profile_compare_hash_cb);
    for (gsize i = 0; i < n; i++)
        n_distinct += i == 0 || value[i] != value[i - 1] ? 1 : 0;
    return n_distinct;
}

/* whether nearly all neighbouring rows differ by exactly one */
static gboolean
profile_sequential(const ErrataColumn *column)
{
    gsize n = MIN(column->n_rows, (gsize)PROFILE_ROWS);
    gsize steps = 0;

    for (gsize row = 1; row < n; row++) {
        double by = errata_column_number(column, row) - errata_column_number(column, row - 1);
        gboolean whole = column->type == ERRATA_COLUMN_I64 && errata_column_is_valid(column, row) &&
                         errata_column_is_valid(column, row - 1);

        if (whole) /* a double is too coarse beyond 2^53; unsigned, so that nothing overflows */
            steps += (guint64)errata_column_integer(column, row) -
                                 (guint64)errata_column_integer(column, row - 1) ==
                             1
                         ? 1
                         : 0;
        else
            steps += !(by < 1.0) && !(by > 1.0) ? 1 : 0;
    }
    return n >= 3 && (double)steps >= 0.98 * (double)(n - 1);
}

/* distinct integers of the sample, which as doubles would fall together beyond 2^53 */
static gsize
profile_distinct_integers(const ErrataColumn *column, gsize step)
{
    g_autofree guint64 *values = g_new(guint64, column->n_rows / step + 1);
    gsize n = 0;

    for (gsize row = 0; row < column->n_rows; row += step)
        if (errata_column_is_valid(column, row))
            values[n++] = (guint64)errata_column_integer(column, row);
    return profile_count_distinct(values, n);
}

static void
profile_numbers(ErrataProfile *self, const ErrataColumn *column, gsize step)
{
    g_autofree double *values = g_new(double, column->n_rows / step + 1);
    gsize n = 0;
    gsize n_unit = 0;

    self->integral = self->epoch = TRUE;
    for (gsize row = 0; row < column->n_rows; row += step) {
        double value = errata_column_number(column, row);

        if (isnan(value))
            continue;
        values[n++] = value;
        n_unit += value >= 0.0 && value <= 1.0 ? 1 : 0;
        self->integral = self->integral && !(floor(value) < value);
        self->epoch = self->epoch && errata_schema_profile_epoch(value) > 0.0;
    }
    self->n_valid = n;
    if (n == 0)
        return;
    errata_sort_values(values, n);
    self->n_distinct = 1;
    for (gsize i = 1; i < n; i++)
        self->n_distinct += values[i - 1] < values[i] ? 1 : 0;
    if (column->type == ERRATA_COLUMN_I64 &&
        (values[0] <= -PROFILE_EXACT || values[n - 1] >= PROFILE_EXACT))
        self->n_distinct = profile_distinct_integers(column, step);
    self->min = values[0];
    self->max = values[n - 1];
    self->unit_share = (double)n_unit / (double)n;
    self->sequential = self->integral && profile_sequential(column);
}

static gboolean
profile_is_image(const char *text, gsize length)
{
    static const char *const ends[] =
        {".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff"};

    if (length > 11 && g_ascii_strncasecmp(text, "data:image/", 11) == 0)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        gsize n = strlen(ends[i]);

        if (length > n && g_ascii_strncasecmp(text + length - n, ends[i], n) == 0)
            return TRUE;
    }
    return FALSE;
}

/* sums over the strings of the sample, made means by the caller */
static void
profile_string(ErrataProfile *self, const char *text, gsize length)
{
    gboolean in_word = FALSE;
    gsize n_chars = 0;
    gsize n_other = 0;
    gsize n_words = 0;

    for (gsize i = 0; i < length; i++) {
        guchar c = (guchar)text[i];

        if ((c & 0xc0) == 0x80)
            continue;
        n_chars++;
        n_other += c >= 0x80 ? 1 : 0;
        n_words += c > ' ' && !in_word ? 1 : 0;
        in_word = c > ' ';
    }
    self->mean_length += (double)n_chars;
    self->mean_words += (double)n_words;
    self->other_script += n_chars > 0 ? (double)n_other / (double)n_chars : 0.0;
    self->image_share += profile_is_image(text, length) ? 1.0 : 0.0;
}

static void
profile_strings(ErrataProfile *self, const ErrataColumn *column, gsize step)
{
    g_autofree guint64 *hashes = g_new(guint64, column->n_rows / step + 1);
    gsize n = 0;

    for (gsize row = 0; row < column->n_rows; row += step) {
        gsize length;
        const char *text = errata_column_text(column, row, &length);

        if (text == NULL)
            continue;
        if (column->type == ERRATA_COLUMN_TEXT) /* a dictionary tells by itself */
            hashes[n] = errata_column_hash(column, row);
        n++;
        profile_string(self, text, MIN(length, 4096));
    }
    self->n_valid = n;
    if (n == 0)
        return;
    if (column->type == ERRATA_COLUMN_TEXT)
        self->n_distinct = profile_count_distinct(hashes, n);
    self->mean_length /= (double)n;
    self->mean_words /= (double)n;
    self->other_script /= (double)n;
    self->image_share /= (double)n;
}

static void
profile_column(ErrataProfile *self, const ErrataColumn *column)
{
    gsize step = errata_schema_profile_step(column->n_rows);
    gsize n_valid = column->n_rows - column->n_missing;

    self->min = self->max = (double)NAN;
    if (column->type == ERRATA_COLUMN_CATEGORY || column->type == ERRATA_COLUMN_TEXT)
        profile_strings(self, column, step);
    else
        profile_numbers(self, column, step);
    if (self->n_valid > 0)
        self->distinct_share = (double)self->n_distinct / (double)self->n_valid;
    if (column->type == ERRATA_COLUMN_CATEGORY && n_valid > 0) {
        self->n_distinct = column->n_dictionary;
        self->distinct_share = MIN((double)column->n_dictionary / (double)n_valid, 1.0);
    }
}

typedef struct {
    const ErrataFrame *frame;
    ErrataProfile *profiles;
} ProfileWork;

static void
profile_column_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    ProfileWork *work = data;

    for (gsize i = begin; i < end; i++)
        profile_column(&work->profiles[i], work->frame->columns[i]);
}

/**
 * errata_schema_profile_frame:
 * @frame: a frame
 *
 * Returns: (transfer full) (array): a profile per column
 */
ErrataProfile *
errata_schema_profile_frame(const ErrataFrame *frame)
{
    ProfileWork work = {frame, g_new0(ErrataProfile, frame->n_columns + 1)};

    errata_parallel_for(frame->n_columns, 1, profile_column_cb, &work);
    return work.profiles;
}
