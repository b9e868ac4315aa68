/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `clusters` of report.json. */
#include "case-json-private.h"

static void
cluster_write(ErrataJsonWriter *json, const ErrataCluster *cluster)
{
    guint n = cluster->keywords != NULL ? g_strv_length(cluster->keywords) : 0;

    errata_json_writer_begin(json, NULL, '{');
    errata_json_writer_string(json, "id", cluster->id);
    errata_json_writer_string(json, "name", cluster->name);
    errata_json_writer_string(json, "writer", cluster->by_model ? "llm" : "builtin");
    if (cluster->described != NULL)
        errata_json_writer_string(json, "described", cluster->described);
    if (cluster->taxonomy != NULL)
        errata_json_writer_strings(json, "taxonomy", cluster->taxonomy);
    errata_json_writer_string(json, "parent", cluster->parent);
    errata_json_writer_uint(json, "level", cluster->level);
    errata_json_writer_uint(json, "size", cluster->size);
    errata_json_writer_double(json, "share_of_errors", cluster->share_of_errors);
    errata_json_writer_strings(json, "keywords", cluster->keywords);
    errata_json_writer_doubles(json, "keyword_weights", cluster->keyword_weights, n);
    errata_case_json_predicates(json, cluster->predicates);
    errata_json_writer_strings(json, "exemplars", cluster->exemplars);
    errata_json_writer_begin(json, "check", '{');
    errata_json_writer_double(json, "precision", cluster->precision);
    errata_json_writer_double(json, "recall", cluster->recall);
    errata_json_writer_uint(json, "n", cluster->n_checked);
    errata_json_writer_end(json, '}');
    errata_json_writer_end(json, '}');
}

void
errata_case_json_clusters(ErrataJsonWriter *json, const ErrataCase *self)
{
    errata_json_writer_begin(json, "clusters", '[');
    for (guint i = 0; i < self->clusters->len; i++)
        cluster_write(json, g_ptr_array_index(self->clusters, i));
    errata_json_writer_end(json, ']');
}

/* as many weights as there are keywords, whatever the document says */
static void
cluster_read_keywords(JsonObject *object, ErrataCluster *cluster)
{
    guint n_weights = 0;
    guint n;

    cluster->keywords = errata_json_reader_strings(object, "keywords");
    if (cluster->keywords == NULL)
        cluster->keywords = g_new0(char *, 1);
    cluster->keyword_weights = errata_json_reader_doubles(object, "keyword_weights", &n_weights);
    n = g_strv_length(cluster->keywords);
    if (n_weights != n) {
        g_free(cluster->keyword_weights);
        cluster->keyword_weights = g_new0(double, (gsize)n + 1);
    }
}

void
errata_case_json_read_clusters(JsonObject *root, ErrataCase *self)
{
    JsonArray *clusters = errata_json_reader_array(root, "clusters");

    for (guint i = 0; i < errata_json_reader_length(clusters); i++) {
        JsonObject *object = errata_json_reader_element(clusters, i);
        JsonObject *check = errata_json_reader_object(object, "check");
        ErrataCluster *cluster = errata_case_add_cluster(self);

        cluster->id = errata_json_reader_string(object, "id");
        cluster->name = errata_json_reader_string(object, "name");
        cluster->by_model = g_strcmp0(errata_json_reader_peek(object, "writer"), "llm") == 0;
        cluster->described = errata_json_reader_string(object, "described");
        cluster->taxonomy = errata_json_reader_strings(object, "taxonomy");
        cluster->parent = errata_json_reader_string(object, "parent");
        cluster->level = (guint)MIN(errata_json_reader_uint(object, "level"), 3U);
        cluster->size = errata_json_reader_uint(object, "size");
        cluster->share_of_errors = errata_json_reader_double(object, "share_of_errors");
        cluster_read_keywords(object, cluster);
        errata_case_json_read_predicates(object, cluster->predicates);
        cluster->exemplars = errata_json_reader_strings(object, "exemplars");
        cluster->precision = errata_json_reader_double(check, "precision");
        cluster->recall = errata_json_reader_double(check, "recall");
        cluster->n_checked = errata_json_reader_uint(check, "n");
    }
}
