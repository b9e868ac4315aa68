/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores the ranking of suspect labels against the labels that were changed: average precision over
 * all labelled rows, from the features and from the logged scores alone.
 *
 *   planted-labels LOG TRUTH.json [LEAST]
 *
 * Exit status 0 when the ranking reaches LEAST (default 0.5), 1 otherwise, 77 when a file is
 * absent. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clusters.h"
#include "data-bugs.h"
#include "label-issues.h"
#include "leakage.h"
#include "registry.h"
#include "sort.h"
#include "text-vectors.h"

#define LABELS_SKIP 77

static ErrataFrame *
labels_read(const char *path, GError **error)
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

/* per row of the log, whether its label was changed; ids end in the number that the truth lists */
static guint8 *
labels_truth(const ErrataFrame *frame, const ErrataSchema *schema, JsonNode *root)
{
    JsonObject *plants = json_object_get_object_member(json_node_get_object(root), "plants");
    JsonArray *ids =
        json_object_get_array_member(json_object_get_object_member(plants, "label_noise"), "ids");
    g_autoptr(GHashTable) changed = g_hash_table_new(NULL, NULL);
    guint8 *truth = g_malloc0(MAX(frame->n_rows, 1));

    for (guint i = 0; i < json_array_get_length(ids); i++)
        g_hash_table_add(changed, GSIZE_TO_POINTER(json_array_get_int_element(ids, i)));
    for (gsize row = 0; row < frame->n_rows && schema->id >= 0; row++) {
        g_autofree char *id = errata_column_print(frame->columns[schema->id], row);
        const char *number = strrchr(id, '-');

        number = number != NULL ? number + 1 : id;
        truth[row] = g_hash_table_contains(changed,
                                           GSIZE_TO_POINTER(g_ascii_strtoull(number, NULL, 10)))
                         ? 1
                         : 0;
    }
    return truth;
}

/* mean of the precision at each changed label, worst suspects first */
static double
labels_average_precision(const ErrataLabelIssues *issues, const guint8 *truth)
{
    g_autofree double *key = g_new(double, MAX(issues->n, 1));
    g_autofree guint32 *order = g_new(guint32, MAX(issues->n, 1));
    const double *said = issues->pooled != NULL ? issues->pooled : issues->probability;
    double found = 0.0;
    double sum = 0.0;

    for (gsize i = 0; i < issues->n; i++) {
        key[i] = said[i * issues->n_classes + (gsize)issues->given[i]];
        order[i] = (guint32)i;
    }
    errata_sort_payload(key, order, issues->n, NULL, order);
    for (gsize i = 0; i < issues->n; i++)
        if (truth[issues->row[order[i]]] != 0) {
            found += 1.0;
            sum += found / (double)(i + 1);
        }
    return found > 0.0 ? sum / found : 0.0;
}

static double
labels_score(ErrataAnalysis *analysis, const guint8 *truth)
{
    g_autoptr(ErrataLabelIssues) issues = errata_label_issues_find(analysis);
    double logged = labels_average_precision(issues, truth);
    clock_t begin = clock();
    double learnt;

    errata_label_issues_choose(issues, analysis, TRUE);
    g_print("# learnt from %u columns in %.2f s CPU\n",
            issues->n_columns,
            (double)(clock() - begin) / CLOCKS_PER_SEC);
    learnt = labels_average_precision(issues, truth);
    g_print("average precision %.3f %s, %.3f from the logged scores\n",
            learnt,
            issues->from_features ? "from the features" : "as chosen",
            logged);
    return learnt;
}

static int
labels_run(const char *log, const char *truth_path, double least, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(ErrataFrame) frame = labels_read(log, error);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(ErrataSchema) schema = NULL;
    g_autoptr(ErrataOutcome) outcome = NULL;
    g_autoptr(ErrataBins) bins = NULL;
    g_autoptr(ErrataCase) result = errata_case_new();
    g_autofree guint8 *truth = NULL;
    g_autofree guint8 *set_aside = NULL;
    g_autofree guint8 *exclude = NULL;
    double reached;

    if (frame == NULL || !json_parser_load_from_file(parser, truth_path, error))
        return 1;
    schema = errata_schema_infer(frame, settings, NULL, error);
    outcome = schema != NULL ? errata_outcome_new(frame, schema, settings, error) : NULL;
    if (outcome == NULL)
        return 1;
    bins = errata_bins_new(frame, schema, NULL, 10, settings->seed);
    set_aside = g_new0(guint8, frame->n_rows);
    exclude = g_new0(guint8, frame->n_columns);
    truth = labels_truth(frame, schema, json_parser_get_root(parser));
    ErrataAnalysis analysis = {.frame = frame,
                               .schema = schema,
                               .outcome = outcome,
                               .bins = bins,
                               .settings = settings,
                               .set_aside = set_aside,
                               .exclude = exclude,
                               .result = result};

    if (!errata_analyzer_data_bugs.run(&analysis, error) ||
        !errata_analyzer_leakage.run(&analysis, error) ||
        !errata_analyzer_clusters.run(&analysis, error))
        return 1;
    reached = labels_score(&analysis, truth);
    errata_text_vectors_free(analysis.text_vectors);
    return reached >= least ? 0 : 1;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    int status;

    if (argc < 3) {
        g_printerr("usage: %s LOG TRUTH.json [LEAST]\n", argv[0]);
        return 2;
    }
    for (int i = 1; i < 3; i++)
        if (!g_file_test(argv[i], G_FILE_TEST_EXISTS)) {
            g_print("%s is absent: skipped\n", argv[i]);
            return LABELS_SKIP;
        }
    status = labels_run(argv[1], argv[2], argc > 3 ? g_ascii_strtod(argv[3], NULL) : 0.5, &error);
    if (error != NULL)
        g_printerr("%s\n", error->message);
    return status;
}
