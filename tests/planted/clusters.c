/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores the clusters of a log of texts against what was planted, on the erroneous planted rows:
 *
 *   planted-clusters LOG TRUTH.json
 *
 * homogeneity (of the rows in clusters: knowing the cluster, is the plant known), plants found (a
 * cluster of medium severity or above that is mostly theirs), coverage (share of the rows in such a
 * cluster), adjusted Rand index (rows in none are one group). Exit status 0 when all reach their
 * goals, 1 otherwise, 77 when a file is absent. */
#include <fcntl.h>
#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "leiden.h"
#include "registry.h"
#include "run.h"

#define PLANTED_SKIP        77
#define PLANTED_HOMOGENEITY 0.95
#define PLANTED_FOUND       0.9
#define PLANTED_COVERAGE    0.8
#define PLANTED_ARI         0.6
#define PLANTED_LIFT        1.5 /* plants that the model errs on less often are decoys */
#define PLANTED_PURE        0.5 /* of a cluster's rows, for the plant to be found */

typedef struct {
    guint n_plants;
    GPtrArray *names;
    guint32 *plant;   /* per row of the log, G_MAXUINT32: none */
    guint32 *cluster; /* likewise; 0: none */
    guint n_clusters; /* with "none" */
} Planted;

static ErrataFrame *
planted_read(const char *path, GError **error)
{
    g_autoptr(ErrataFrameBuilder) log = errata_frame_builder_new();
    g_autoptr(ErrataFrameBuilder) reference = errata_frame_builder_new();
    g_autoptr(GString) config = g_string_new(NULL);
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    gboolean ok = errata_registry_read(fd, path, log, reference, config, members, error);

    close(fd);
    return ok ? errata_frame_builder_finish(log, error) : NULL;
}

static void
planted_truth(Planted *self, const ErrataFrame *frame, JsonObject *clusters)
{
    const ErrataColumn *id = errata_frame_find(frame, "id", NULL);
    g_autoptr(GHashTable) of = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GList) names = json_object_get_members(clusters);

    for (GList *l = names; l != NULL; l = l->next) {
        JsonObject *cluster = json_object_get_object_member(clusters, l->data);
        JsonArray *ids;

        if (!json_object_get_boolean_member(cluster, "planted") ||
            json_object_get_double_member(cluster, "lift") < PLANTED_LIFT)
            continue;
        ids = json_object_get_array_member(cluster, "ids");
        g_ptr_array_add(self->names, l->data);
        for (guint i = 0; i < json_array_get_length(ids); i++)
            g_hash_table_insert(of,
                                (gpointer)(guintptr)json_array_get_string_element(ids, i),
                                GUINT_TO_POINTER(self->names->len));
    }
    self->n_plants = self->names->len;
    for (gsize row = 0; row < frame->n_rows; row++) {
        g_autofree char *text = errata_column_print(id, row);

        self->plant[row] = GPOINTER_TO_UINT(g_hash_table_lookup(of, text)) - 1U;
    }
}

static void
planted_found(Planted *self, const ErrataCase *result)
{
    self->n_clusters = 1;
    for (guint f = 0; f < result->findings->len; f++) {
        const ErrataFinding *finding = g_ptr_array_index(result->findings, f);

        if (finding->kind != ERRATA_FINDING_CLUSTER || finding->severity < ERRATA_SEVERITY_MEDIUM)
            continue;
        for (gsize i = 0; i < finding->n_rows; i++)
            self->cluster[finding->row[i]] = self->n_clusters;
        g_print("cluster %u: %s\n", self->n_clusters++, finding->title);
    }
}

static double
planted_plogp(double part, double whole)
{
    return part > 0.0 ? part / whole * log(part / whole) : 0.0;
}

/* Rosenberg and Hirschberg 2007: 1 − H(plant | cluster) / H(plant), over rows in clusters */
static double
planted_homogeneity(const Planted *self, const double *count)
{
    double all = 0.0, plain = 0.0, given = 0.0;

    for (guint c = 1; c < self->n_clusters; c++)
        for (guint p = 0; p < self->n_plants; p++)
            all += count[c * self->n_plants + p];
    for (guint p = 0; p < self->n_plants; p++) {
        double of = 0.0;

        for (guint c = 1; c < self->n_clusters; c++)
            of += count[c * self->n_plants + p];
        plain -= planted_plogp(of, all);
    }
    for (guint c = 1; c < self->n_clusters; c++) {
        double in = 0.0;

        for (guint p = 0; p < self->n_plants; p++)
            in += count[c * self->n_plants + p];
        for (guint p = 0; p < self->n_plants; p++)
            given -= in / all * planted_plogp(count[c * self->n_plants + p], in);
    }
    return plain > 0.0 ? 1.0 - given / plain : 1.0;
}

static guint
planted_count_found(const Planted *self, const double *count, const double *size)
{
    guint n = 0;

    for (guint p = 0; p < self->n_plants; p++) {
        gboolean found = FALSE;

        for (guint c = 1; c < self->n_clusters; c++)
            found |= count[c * self->n_plants + p] > PLANTED_PURE * size[c];
        n += found ? 1 : 0;
        if (!found)
            g_print("not found: %s\n", (const char *)g_ptr_array_index(self->names, p));
    }
    return n;
}

static gboolean
planted_score(const Planted *self, const ErrataOutcome *outcome, gsize n_rows)
{
    g_autofree double *count = g_new0(double, (gsize)self->n_clusters * self->n_plants + 1);
    g_autofree double *size = g_new0(double, self->n_clusters);
    g_autofree guint32 *a = g_new(guint32, n_rows + 1);
    g_autofree guint32 *b = g_new(guint32, n_rows + 1);
    double covered = 0.0, homogeneity, coverage, ari;
    guint n = 0, n_found;

    for (gsize row = 0; row < n_rows; row++) {
        if (outcome->error[row] == 0)
            continue;
        size[self->cluster[row]] += 1.0;
        if (self->plant[row] == G_MAXUINT32)
            continue;
        count[self->cluster[row] * self->n_plants + self->plant[row]] += 1.0;
        covered += self->cluster[row] != 0 ? 1.0 : 0.0;
        a[n] = self->plant[row];
        b[n++] = self->cluster[row];
    }
    homogeneity = planted_homogeneity(self, count);
    coverage = covered / MAX((double)n, 1.0);
    ari = errata_leiden_agreement(a, b, n);
    n_found = planted_count_found(self, count, size);
    g_print("homogeneity %.3f, found %u of %u, coverage %.3f, adjusted Rand index %.3f\n",
            homogeneity,
            n_found,
            self->n_plants,
            coverage,
            ari);
    return homogeneity >= PLANTED_HOMOGENEITY && coverage >= PLANTED_COVERAGE &&
           ari >= PLANTED_ARI && n_found >= PLANTED_FOUND * self->n_plants;
}

static gboolean
planted_run(const char *log, const char *truth_path, gboolean *ret_passed, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(ErrataFrame) frame = planted_read(log, error);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(ErrataSchema) schema = NULL;
    g_autoptr(ErrataOutcome) outcome = NULL;
    g_autoptr(ErrataCase) result = NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree guint32 *plant = NULL;
    g_autofree guint32 *cluster = NULL;
    Planted self = {.names = names};

    if (frame == NULL || !json_parser_load_from_file(parser, truth_path, error))
        return FALSE;
    schema = errata_schema_infer(frame, settings, NULL, error);
    outcome = schema != NULL ? errata_outcome_new(frame, schema, settings, error) : NULL;
    if (outcome == NULL)
        return FALSE;
    result = errata_run(frame, NULL, settings, ERRATA_RUN_FULL, NULL, NULL, NULL, error);
    if (result == NULL)
        return FALSE;
    self.plant = plant = g_new0(guint32, frame->n_rows + 1);
    self.cluster = cluster = g_new0(guint32, frame->n_rows + 1);
    planted_truth(&self,
                  frame,
                  json_object_get_object_member(json_node_get_object(json_parser_get_root(parser)),
                                                "clusters"));
    planted_found(&self, result);
    *ret_passed = planted_score(&self, outcome, frame->n_rows);
    return TRUE;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    gboolean passed = FALSE;

    if (argc != 3) {
        g_printerr("usage: %s LOG TRUTH.json\n", argv[0]);
        return 2;
    }
    if (!g_file_test(argv[1], G_FILE_TEST_EXISTS) || !g_file_test(argv[2], G_FILE_TEST_EXISTS))
        return PLANTED_SKIP;
    if (!planted_run(argv[1], argv[2], &passed, &error)) {
        g_printerr("%s\n", error->message);
        return 1;
    }
    return passed ? 0 : 1;
}
