/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of several models in one log: ids that come again with the same inputs, and with another
 * score or prediction. A column that differs wherever an id comes again, and is the only one, tells
 * them apart. */
#include "data-bugs.h"
#include "vocabulary.h"

#define VERSIONS_LEAST 100  /* rows that repeat an id */
#define VERSIONS_PART  0.1  /* of all rows: fewer are told as ids given twice */
#define VERSIONS_SAME  0.98 /* of those, equal in an input to the first row of the id */
#define VERSIONS_OTHER 0.5  /* of those, with another score or prediction */
#define VERSIONS_KINDS 20   /* values of a column that tells versions apart */

/* rows that repeat an id, and the first row of each of these ids */
typedef struct {
    const GArray *row;   /* (element-type guint32) */
    const GArray *first; /* (element-type guint32) */
} VersionsPairs;

/* share of the pairs whose cells are equal */
static double
versions_equal(const ErrataColumn *column, const VersionsPairs *pairs)
{
    gsize same = 0;

    for (guint i = 0; i < pairs->row->len; i++)
        same += errata_column_hash(column, g_array_index(pairs->row, guint32, i)) ==
                        errata_column_hash(column, g_array_index(pairs->first, guint32, i))
                    ? 1
                    : 0;
    return (double)same / (double)pairs->row->len;
}

static gboolean
versions_is_kind(const ErrataColumn *column)
{
    g_autoptr(ErrataVocabulary) values = errata_vocabulary_new(column, VERSIONS_KINDS);

    return !values->overflow && values->n_values >= 2;
}

/* whether inputs and labels repeat with the id while the model's columns do not; the column that
 * tells which model it was, or −1, in @ret_version */
static gboolean
versions_are_mixed(const ErrataDataBugs *self, const VersionsPairs *pairs, int *ret_version)
{
    const ErrataSchema *schema = self->analysis->schema;
    const ErrataFrame *frame = self->analysis->frame;
    guint n_inputs = 0;
    double outputs = 1.0;

    *ret_version = -1;
    for (guint c = 0; c < frame->n_columns; c++) {
        ErrataRole role = schema->columns[c].role;
        double same;

        if (!errata_schema_is_logged(schema, c) || role == ERRATA_ROLE_ID ||
            role == ERRATA_ROLE_IGNORE || role == ERRATA_ROLE_ATTRIBUTION)
            continue;
        same = versions_equal(frame->columns[c], pairs);
        if (role == ERRATA_ROLE_SCORE || role == ERRATA_ROLE_PREDICTION) {
            outputs = MIN(outputs, same);
        } else if (same >= VERSIONS_SAME) {
            n_inputs += role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_TEXT ? 1 : 0;
        } else if (role != ERRATA_ROLE_TIME) {
            if (same > 1.0 - VERSIONS_SAME || *ret_version >= 0 ||
                !versions_is_kind(frame->columns[c]))
                return FALSE;
            *ret_version = (int)c;
        }
    }
    return n_inputs >= 2 && (*ret_version >= 0 || outputs <= 1.0 - VERSIONS_OTHER);
}

void
errata_data_bugs_versions(ErrataDataBugs *self, const GArray *rows, const GArray *firsts)
{
    int id = self->analysis->schema->id;
    const ErrataFrame *frame = self->analysis->frame;
    VersionsPairs pairs = {rows, firsts};
    g_autofree char *count = NULL;
    const char *name;
    ErrataDataBug *bug;
    int version;

    self->n_tried++;
    if (rows->len < VERSIONS_LEAST || (double)rows->len <= VERSIONS_PART * (double)frame->n_rows ||
        !versions_are_mixed(self, &pairs, &version))
        return;
    name = frame->columns[id]->name;
    count = errata_data_bugs_count(rows->len);
    bug = errata_data_bugs_add(self, "duplicate-rows", id);
    g_array_append_vals(bug->row, rows->data, rows->len);
    bug->n_rows = rows->len;
    bug->same_inputs = TRUE;
    bug->after = (double)bug->n_rows / (double)frame->n_rows;
    bug->title =
        g_strdup_printf("%s rows repeat an earlier %s and its inputs with another prediction "
                        "or score",
                        count,
                        name);
    bug->action =
        version >= 0
            ? g_strdup_printf("Two models’ rows seem to be in one log: split it by %s, and analyse "
                              "each on its own",
                              frame->columns[version]->name)
            : g_strdup_printf(
                  "Two models’ rows seem to be in one log: add a column that says which "
                  "one each row is of, or write one log for each; no %s may come twice "
                  "within a model",
                  name);
}
