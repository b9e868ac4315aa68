/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a worker leaves in its folder: files of a report, tables of rows. */
#include "worker-output.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "number.h"
#include "sandbox.h"

/* ErrataReportWrite: beneath the output folder, folders of one level made as needed */
gboolean
errata_worker_output_write(const char *path,
                           const void *data,
                           gsize size,
                           gpointer user_data,
                           GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    const guint8 *from = data;
    int fd;

    if (g_strcmp0(folder, ".") != 0)
        mkdirat(ERRATA_SANDBOX_OUTPUT_FD, folder, 0700); /* there already: fine */
    fd = openat(ERRATA_SANDBOX_OUTPUT_FD, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    while (fd >= 0 && size > 0) {
        gssize n = write(fd, from, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        from += n;
        size -= (gsize)n;
    }
    if (fd < 0 || size > 0 || fsync(fd) != 0) {
        int code = errno;

        if (fd >= 0)
            close(fd);
        g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_IO, "writing %s: %s", path, g_strerror(code));
        return FALSE;
    }
    close(fd);
    return TRUE;
}

#define OUTPUT_ROW   24   /* bytes of a table's row, about */
#define OUTPUT_FINE  1e12 /* of a score */
#define OUTPUT_AHEAD 16   /* ids that are fetched meanwhile: rows are not in their order */

/* whether a spreadsheet would run the cell: a sign counts unless a plain number follows it */
static gboolean
output_is_formula(const char *text)
{
    double value;

    if (text[0] == '-' || text[0] == '+')
        return !errata_number_parse_double(text, strlen(text), &value);
    return strchr("=@\t\r", text[0]) != NULL;
}

/* ids are quoted when they need it, and never start a formula */
static void
output_append_text(GString *csv, const ErrataColumn *id, gsize row)
{
    g_autofree char *text = errata_column_print(id, row);

    if (text[0] == '\0')
        return;
    if (strpbrk(text, ",\"\r\n") == NULL && !output_is_formula(text)) {
        g_string_append(csv, text);
        return;
    }
    g_string_append_c(csv, '"');
    if (output_is_formula(text))
        g_string_append_c(csv, '\'');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"')
            g_string_append_c(csv, '"');
        g_string_append_c(csv, *c);
    }
    g_string_append_c(csv, '"');
}

/* 1.99937, not 1.9993699999999999; losses may be of any size */
static double
output_score(double score)
{
    double size = fabs(score);

    return size > 1e-6 && size < 1e3 ? rint(score * OUTPUT_FINE) / OUTPUT_FINE : score;
}

/* starts to bring a row's id, where it is a number, nearer */
static void
output_fetch(const ErrataColumn *id, gsize row)
{
    if (id->narrow != NULL)
        __builtin_prefetch((const guint8 *)id->narrow + row * id->width);
    else if (id->type == ERRATA_COLUMN_I64)
        __builtin_prefetch(&id->i64[row]);
}

/* one row; numbers are put together where they stand, as there are millions of them */
static void
output_append_row(GString *csv, const ErrataColumn *id, const ErrataFinding *finding, gsize i)
{
    char buffer[3 * ERRATA_NUMBER_BUFFER];
    gsize row = finding->row[i];
    char *at = errata_number_put_int((gint64)row, buffer);

    *at++ = ',';
    if (id != NULL && errata_column_is_valid(id, row)) {
        if (id->type == ERRATA_COLUMN_I64) {
            at = errata_number_put_int(errata_column_integer(id, row), at);
        } else if (id->type == ERRATA_COLUMN_F64) {
            at = errata_number_put(id->f64[row], at);
        } else {
            g_string_append_len(csv, buffer, at - buffer);
            output_append_text(csv, id, row);
            at = buffer;
        }
    }
    *at++ = ',';
    if (finding->row_score != NULL && isfinite(finding->row_score[i]))
        at = errata_number_put(output_score(finding->row_score[i]), at);
    *at++ = '\n';
    g_string_append_len(csv, buffer, at - buffer);
}

/* which findings have a table of their rows, and where: the report says so before they are
 * written */
void
errata_worker_output_name_tables(ErrataCase *result)
{
    for (guint i = 0; i < result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(result->findings, i);

        g_ptr_array_add(result->tables,
                        finding->n_rows > 0 && finding->row != NULL
                            ? g_strdup_printf("tables/%s.csv", finding->id)
                            : g_strdup(""));
    }
}

/* the rows of a finding as CSV */
static gboolean
output_table(const ErrataColumn *id, const ErrataFinding *finding, const char *path, GError **error)
{
    g_autoptr(GString) csv = g_string_sized_new(finding->n_rows * OUTPUT_ROW);
    gsize n_rows = finding->n_rows + finding->n_next;

    g_string_append(csv, "row,id,score\n");
    for (gsize i = 0; i < n_rows; i++) {
        if (id != NULL && i + OUTPUT_AHEAD < n_rows)
            output_fetch(id, finding->row[i + OUTPUT_AHEAD]);
        output_append_row(csv, id, finding, i);
    }
    return errata_worker_output_write(path, csv->str, csv->len, NULL, error);
}

/* what a row is called: its id, or where it has none its number */
static char *
output_row_name(const ErrataColumn *id, guint32 row)
{
    g_autofree char *text = errata_column_is_valid(id, row) ? errata_column_print(id, row) : NULL;

    return text != NULL && text[0] != '\0' ? g_utf8_make_valid(text, -1)
                                           : g_strdup_printf("%u", row);
}

/**
 * errata_worker_output_name_samples:
 * @id: column of ids, −1: the log has none, and row numbers are shown
 *
 * Names the first rows of each finding by their ids, as the report shows them.
 */
void
errata_worker_output_name_samples(const ErrataFrame *frame, ErrataCase *result, int id)
{
    for (guint i = 0; id >= 0 && i < result->findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(result->findings, i);
        g_autoptr(GStrvBuilder) names = g_strv_builder_new();

        if (finding->row == NULL || finding->sample_ids != NULL)
            continue;
        for (gsize row = 0; row < MIN(finding->n_rows, ERRATA_FINDING_SAMPLE); row++) {
            g_autofree char *name = output_row_name(frame->columns[id], finding->row[row]);

            g_strv_builder_add(names, name);
        }
        finding->sample_ids = g_strv_builder_end(names);
    }
}

/* the tables that were named; @id is the column of ids, −1 for none */
gboolean
errata_worker_output_tables(const ErrataFrame *frame,
                            const ErrataCase *result,
                            int id,
                            GError **error)
{
    const ErrataColumn *column = id >= 0 ? frame->columns[id] : NULL;

    for (guint i = 0; i < result->tables->len; i++) {
        const char *path = g_ptr_array_index(result->tables, i);

        if (path[0] != '\0' &&
            !output_table(column, g_ptr_array_index(result->findings, i), path, error))
            return FALSE;
    }
    return TRUE;
}
