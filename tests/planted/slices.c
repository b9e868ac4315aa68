/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores the slices of a report against what was planted: a planted slice is found by a finding
 * with the same columns whose rows overlap with Jaccard 0.7 or more and whose severity is medium or
 * above.
 *
 *   planted-slices LOG TRUTH.json [REPORT.json]
 *
 * Without a report the log is analysed here. Exit status 0 when every planted slice is found before
 * any other slice but those of groups, 1 otherwise, 77 when a file is absent. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "case-json.h"
#include "registry.h"
#include "run.h"

#define PLANTED_SKIP    77
#define PLANTED_JACCARD 0.7

static ErrataFrame *
planted_read(const char *path, GError **error)
{
    g_autoptr(ErrataFrameBuilder) log = errata_frame_builder_new();
    g_autoptr(ErrataFrameBuilder) reference = errata_frame_builder_new();
    g_autoptr(GString) config = g_string_new(NULL);
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    gboolean ok;

    if (fd < 0) {
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: cannot open", path);
        return NULL;
    }
    ok = errata_registry_read(fd, path, log, reference, config, members, error);
    close(fd);
    return ok ? errata_frame_builder_finish(log, error) : NULL;
}

/* whether a cell meets one predicate, from the predicate alone */
static gboolean
planted_holds(const ErrataColumn *column, const ErrataPredicate *predicate, gsize row)
{
    gboolean valid = errata_column_is_valid(column, row);
    double value = (double)NAN;

    if (predicate->op == ERRATA_OP_IS_MISSING || !valid)
        return predicate->op == ERRATA_OP_IS_MISSING && !valid;
    if (errata_column_is_numeric(column))
        value = errata_column_number(column, row);
    if (predicate->values != NULL && predicate->op != ERRATA_OP_CONTAINS) {
        g_autofree char *text = errata_column_print(column, row);

        return g_strv_contains((const char *const *)predicate->values, text) !=
               (predicate->op == ERRATA_OP_NOT_IN);
    }
    switch (predicate->op) {
    case ERRATA_OP_EQ:
        return !(value < predicate->number || value > predicate->number) && !isnan(value);
    case ERRATA_OP_LT:
        return value < predicate->number;
    case ERRATA_OP_LE:
        return value <= predicate->number;
    case ERRATA_OP_GT:
        return value > predicate->number;
    case ERRATA_OP_GE:
        return value >= predicate->number;
    case ERRATA_OP_BETWEEN:
        return value >= predicate->number && value < predicate->upper;
    case ERRATA_OP_IN:
    case ERRATA_OP_NOT_IN:
    case ERRATA_OP_IS_MISSING:
    case ERRATA_OP_CONTAINS:
        break;
    }
    return FALSE;
}

/* the rows that meet all predicates, or %NULL where a column is not of the log itself */
static guint8 *
planted_rows(const ErrataFrame *frame, const GPtrArray *predicates)
{
    g_autofree guint8 *rows = g_malloc(MAX(frame->n_rows, 1));

    memset(rows, 1, frame->n_rows);
    for (guint i = 0; i < predicates->len; i++) {
        const ErrataPredicate *predicate = g_ptr_array_index(predicates, i);
        const ErrataColumn *column = errata_frame_find(frame, predicate->column, NULL);

        if (column == NULL)
            return NULL;
        for (gsize row = 0; row < frame->n_rows; row++)
            rows[row] = rows[row] != 0 && planted_holds(column, predicate, row) ? 1 : 0;
    }
    return g_steal_pointer(&rows);
}

static ErrataPredicate *
planted_condition(JsonObject *condition)
{
    const char *op = json_object_get_string_member(condition, "op");
    ErrataPredicate *predicate =
        errata_predicate_new(json_object_get_string_member(condition, "column"), ERRATA_OP_EQ);
    JsonNode *value = json_object_get_member(condition, "value");

    if (g_strcmp0(op, "in_range") == 0 && JSON_NODE_HOLDS_ARRAY(value)) {
        predicate->op = ERRATA_OP_BETWEEN;
        predicate->number = json_array_get_double_element(json_node_get_array(value), 0);
        predicate->upper = json_array_get_double_element(json_node_get_array(value), 1);
    } else if (!errata_op_parse(op, &predicate->op)) {
        g_printerr("unknown condition “%s” in the truth\n", op);
    } else if (json_node_get_value_type(value) == G_TYPE_STRING) {
        predicate->values = g_new0(char *, 2);
        predicate->values[0] = g_strdup(json_node_get_string(value));
    } else {
        predicate->number = json_node_get_double(value);
    }
    return predicate;
}

typedef struct {
    GPtrArray *predicates;
    guint8 *rows;
    gboolean found;
} Planted;

static void
planted_free(gpointer data)
{
    Planted *planted = data;

    g_ptr_array_unref(planted->predicates);
    g_free(planted->rows);
    g_free(planted);
}

static GPtrArray *
planted_truth(const ErrataFrame *frame, JsonNode *root)
{
    GPtrArray *truth = g_ptr_array_new_with_free_func(planted_free);
    JsonObject *plants = json_object_get_object_member(json_node_get_object(root), "plants");
    JsonArray *slices = json_object_get_array_member(plants, "error_slices");

    for (guint i = 0; i < json_array_get_length(slices); i++) {
        JsonArray *conditions =
            json_object_get_array_member(json_array_get_object_element(slices, i), "conditions");
        Planted *planted = g_new0(Planted, 1);

        planted->predicates = g_ptr_array_new_with_free_func((GDestroyNotify)errata_predicate_free);
        for (guint k = 0; k < json_array_get_length(conditions); k++)
            g_ptr_array_add(planted->predicates,
                            planted_condition(json_array_get_object_element(conditions, k)));
        planted->rows = planted_rows(frame, planted->predicates);
        g_ptr_array_add(truth, planted);
    }
    return truth;
}

static gboolean
planted_same_columns(const GPtrArray *a, const GPtrArray *b)
{
    guint n = 0;

    for (guint i = 0; i < a->len; i++)
        for (guint k = 0; k < b->len; k++)
            n += g_strcmp0(((ErrataPredicate *)g_ptr_array_index(a, i))->column,
                           ((ErrataPredicate *)g_ptr_array_index(b, k))->column) == 0;
    return n == a->len && n == b->len;
}

static double
planted_jaccard(const guint8 *a, const guint8 *b, gsize n)
{
    double both = 0.0;
    double any = 0.0;

    if (a == NULL || b == NULL)
        return 0.0;
    for (gsize i = 0; i < n; i++) {
        both += a[i] != 0 && b[i] != 0;
        any += a[i] != 0 || b[i] != 0;
    }
    return any > 0.0 ? both / any : 0.0;
}

/* whether the finding is one of the planted slices; prints what it is */
static gboolean
planted_match(const ErrataFrame *frame, const ErrataFinding *finding, GPtrArray *truth)
{
    g_autofree guint8 *rows = planted_rows(frame, finding->subject.predicates);
    double best = 0.0;

    for (guint i = 0; i < truth->len; i++) {
        Planted *planted = g_ptr_array_index(truth, i);
        double jaccard = planted_jaccard(rows, planted->rows, frame->n_rows);

        if (!planted_same_columns(finding->subject.predicates, planted->predicates))
            continue;
        best = MAX(best, jaccard);
        if (jaccard >= PLANTED_JACCARD && finding->severity >= ERRATA_SEVERITY_MEDIUM)
            planted->found = TRUE;
    }
    g_print("# %-8s %s  rows %.3f  %s%s%s\n",
            errata_severity_nick(finding->severity),
            best >= PLANTED_JACCARD ? "planted" : "other  ",
            best,
            finding->title,
            errata_finding_note(finding, "decoy") != NULL ? "  decoy " : "",
            errata_finding_note(finding, "decoy") != NULL ? errata_finding_note(finding, "decoy")
                                                          : "");
    return best >= PLANTED_JACCARD;
}

static gboolean
planted_score(const ErrataFrame *frame, const ErrataCase *result, GPtrArray *truth)
{
    guint n_found = 0;
    guint n_before = 0; /* other slices of medium or above before the last planted one */
    guint n_others = 0;

    for (guint i = 0; i < result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(result->findings, i);

        if (finding->kind != ERRATA_FINDING_SLICE)
            continue;
        if (planted_match(frame, finding, truth))
            n_before = n_others;
        else
            n_others += finding->severity >= ERRATA_SEVERITY_MEDIUM;
    }
    for (guint i = 0; i < truth->len; i++)
        n_found += ((Planted *)g_ptr_array_index(truth, i))->found;
    g_print("%u of %u planted slices found, %u other slices before the last of them, %u in all\n",
            n_found,
            truth->len,
            n_before,
            n_others);
    return n_found == truth->len;
}

static ErrataCase *
planted_analyse(const ErrataFrame *frame, GError **error)
{
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    clock_t begin = clock();
    ErrataCase *result =
        errata_run(frame, NULL, settings, ERRATA_RUN_FULL, NULL, NULL, NULL, error);

    g_print("# analysed in %.2f s CPU\n", (double)(clock() - begin) / CLOCKS_PER_SEC);
    for (guint i = 0; result != NULL && i < result->stage_names->len; i++)
        g_print("#   %s %.2f s\n",
                (const char *)g_ptr_array_index(result->stage_names, i),
                g_array_index(result->stage_seconds, double, i));
    return result;
}

static int
planted_run(const char *log, const char *truth_path, const char *report, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(ErrataFrame) frame = planted_read(log, error);
    g_autoptr(ErrataCase) result = NULL;
    g_autoptr(GPtrArray) truth = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;

    if (frame == NULL || !json_parser_load_from_file(parser, truth_path, error))
        return 1;
    truth = planted_truth(frame, json_parser_get_root(parser));
    if (report == NULL)
        result = planted_analyse(frame, error);
    else if (g_file_get_contents(report, &text, &length, error))
        result = errata_case_from_json(text, length, error);
    if (result == NULL)
        return 1;
    return planted_score(frame, result, truth) ? 0 : 1;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    int status;

    if (argc < 3) {
        g_printerr("usage: %s LOG TRUTH.json [REPORT.json]\n", argv[0]);
        return 2;
    }
    for (int i = 1; i < argc; i++)
        if (!g_file_test(argv[i], G_FILE_TEST_EXISTS)) {
            g_print("%s is absent: skipped\n", argv[i]);
            return PLANTED_SKIP;
        }
    status = planted_run(argv[1], argv[2], argc > 3 ? argv[3] : NULL, &error);
    if (error != NULL)
        g_printerr("%s\n", error->message);
    return status;
}
