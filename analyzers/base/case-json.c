/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.json, CONTRACT 5. Keys come in a fixed order; everything that may differ between two runs
 * over the same input (ids, times, durations, memory, paths and what quotes them) stands under
 * `run`. What is not defined is null. The document reads back to a case that writes the same
 * bytes. */
#include "case-json.h"
#include "config.h"

#include <math.h>
#include <string.h>

#include "case-json-private.h"
#include "error.h"
#include "number.h"
#include "zone.h"

#define NS_PER_SECOND G_GINT64_CONSTANT(1000000000)

void
errata_case_json_interval(ErrataJsonWriter *json, const char *key, double lo, double hi)
{
    double ends[2] = {lo, hi};

    if (isnan(lo) && isnan(hi))
        errata_json_writer_null(json, key);
    else
        errata_json_writer_doubles(json, key, ends, 2);
}

static char *
json_print_instant(gint64 ns)
{
    gint64 second = ns / NS_PER_SECOND - (ns % NS_PER_SECOND < 0 ? 1 : 0);
    guint rest = (guint)(ns - second * NS_PER_SECOND);
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(second);
    g_autofree char *whole = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");
    g_autofree char *zone = errata_zone_name(errata_zone_clock());
    guint digits = 9;

    if (rest == 0)
        return g_strconcat(whole, zone, NULL);
    for (; rest % 10 == 0; rest /= 10)
        digits--;
    return g_strdup_printf("%s.%0*u%s", whole, (int)digits, rest, zone);
}

void
errata_case_json_place(ErrataJsonWriter *json, const char *key, gboolean is_time, gint64 place)
{
    g_autofree char *text = is_time ? json_print_instant(place) : NULL;

    if (is_time)
        errata_json_writer_string(json, key, text);
    else
        errata_json_writer_int(json, key, place);
}

/* @ret_is_time: (nullable): whether it was an instant */
gint64
errata_case_json_read_place(JsonObject *object, const char *key, gboolean *ret_is_time)
{
    const char *text = errata_json_reader_peek(object, key);
    gint64 ns = 0;
    gboolean is_time = text != NULL && errata_zone_parse(text, strlen(text), &ns);

    if (ret_is_time != NULL)
        *ret_is_time = is_time;
    return is_time ? ns : errata_json_reader_int(object, key);
}

/* times are told as they were when the report was made */
static void
json_follow_clock(JsonObject *root)
{
    JsonObject *schema = errata_json_reader_object(root, "schema");
    JsonObject *time = errata_json_reader_object(schema, "time");
    int minutes = 0;

    errata_zone_parse_name(errata_json_reader_peek(time, "utc_offset"), &minutes);
    errata_zone_follow_clock(minutes);
}

static void
json_input(ErrataJsonWriter *json, const char *key, const ErrataInput *input)
{
    if (input == NULL) {
        errata_json_writer_null(json, key);
        return;
    }
    errata_json_writer_begin(json, key, '{');
    errata_json_writer_string(json, "path", input->path);
    errata_json_writer_string(json, "sha256", input->sha256);
    errata_json_writer_string(json, "format", input->format);
    errata_json_writer_uint(json, "rows", input->rows);
    errata_json_writer_uint(json, "bytes", input->bytes);
    errata_json_writer_uint(json, "rejected_rows", input->rejected_rows);
    errata_json_writer_end(json, '}');
}

static ErrataInput *
json_read_input(JsonObject *object)
{
    ErrataInput *input;

    if (object == NULL)
        return NULL;
    input = g_new0(ErrataInput, 1);
    input->path = errata_json_reader_string(object, "path");
    input->sha256 = errata_json_reader_string(object, "sha256");
    input->format = errata_json_reader_string(object, "format");
    input->rows = errata_json_reader_uint(object, "rows");
    input->bytes = errata_json_reader_uint(object, "bytes");
    input->rejected_rows = errata_json_reader_uint(object, "rejected_rows");
    return input;
}

static void
json_seconds(ErrataJsonWriter *json, const ErrataCase *self)
{
    gboolean has_total = FALSE;
    double total = 0.0;

    errata_json_writer_begin(json, "seconds", '{');
    for (guint i = 0; i < MIN(self->stage_names->len, self->stage_seconds->len); i++) {
        const char *name = g_ptr_array_index(self->stage_names, i);
        double seconds = g_array_index(self->stage_seconds, double, i);

        errata_json_writer_double(json, name, seconds);
        has_total |= g_strcmp0(name, "total") == 0;
        total += seconds;
    }
    if (!has_total)
        errata_json_writer_double(json, "total", total);
    errata_json_writer_end(json, '}');
}

static void
json_read_seconds(JsonObject *object, ErrataCase *self)
{
    g_autoptr(GList) names = object != NULL ? json_object_get_members(object) : NULL;

    for (GList *l = names; l != NULL; l = l->next) {
        double seconds = errata_json_reader_double(object, l->data);

        g_ptr_array_add(self->stage_names, g_strdup(l->data));
        g_array_append_val(self->stage_seconds, seconds);
    }
}

static void
json_texts(ErrataJsonWriter *json, const char *key, GPtrArray *texts)
{
    errata_json_writer_begin(json, key, '[');
    for (guint i = 0; i < texts->len; i++)
        errata_json_writer_string(json, NULL, g_ptr_array_index(texts, i));
    errata_json_writer_end(json, ']');
}

static void
json_read_texts(JsonObject *object, const char *key, GPtrArray *texts)
{
    g_auto(GStrv) strings = errata_json_reader_strings(object, key);

    for (guint i = 0; strings != NULL && strings[i] != NULL; i++)
        g_ptr_array_add(texts, g_strdup(strings[i]));
}

/* which rows were analysed, where not all were */
static void
json_where(ErrataJsonWriter *json, const ErrataCase *self)
{
    if (self->where == NULL)
        return;
    errata_json_writer_begin(json, "where", '{');
    errata_json_writer_string(json, "filter", self->where);
    errata_json_writer_string(json, "cohort", self->cohort);
    errata_json_writer_uint(json, "rows", self->n_rows);
    errata_json_writer_uint(json, "of", self->n_rows_all);
    errata_json_writer_end(json, '}');
}

static void
json_model(ErrataJsonWriter *json, const ErrataCase *self)
{
    if (self->model == NULL) {
        errata_json_writer_null(json, "model");
        return;
    }
    errata_json_writer_begin(json, "model", '{');
    errata_json_writer_string(json, "path", self->model->path);
    errata_json_writer_string(json, "sha256", self->model->sha256);
    errata_json_writer_string(json, "format", self->model->format);
    errata_json_writer_string(json, "kind", self->model_kind);
    errata_json_writer_end(json, '}');
}

static void
json_run(ErrataJsonWriter *json, const ErrataCase *self)
{
    errata_json_writer_begin(json, "run", '{');
    errata_json_writer_string(json, "id", self->run_id);
    errata_json_writer_string(json, "name", self->name);
    errata_json_writer_string(json, "created", self->created);
    errata_json_writer_string(json, "command", self->command);
    errata_json_writer_uint(json, "seed", self->seed);
    errata_json_writer_begin(json, "inputs", '[');
    for (guint i = 0; i < self->inputs->len; i++)
        json_input(json, NULL, g_ptr_array_index(self->inputs, i));
    errata_json_writer_end(json, ']');
    json_model(json, self);
    json_input(json, "reference", self->reference);
    errata_case_json_llm(json, self->llm);
    json_seconds(json, self);
    if (self->baseline_kind != NULL) {
        errata_json_writer_begin(json, "baseline", '{');
        errata_json_writer_string(json, "kind", self->baseline_kind);
        errata_json_writer_string(json, "what", self->baseline_what);
        errata_json_writer_end(json, '}');
    } else {
        errata_json_writer_null(json, "baseline");
    }
    json_where(json, self);
    errata_json_writer_uint(json, "peak_rss_bytes", self->peak_rss);
    errata_json_writer_begin(json, "skipped", '[');
    for (guint i = 0; i < self->skipped->len; i++) {
        const ErrataSkipped *skipped = g_ptr_array_index(self->skipped, i);

        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "analyzer", skipped->analyzer);
        errata_json_writer_string(json, "why", skipped->why);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
    json_texts(json, "warnings", self->warnings);
    errata_case_json_table(json, "rejected", self->rejected);
    errata_json_writer_end(json, '}');
}

static void
json_read_run(JsonObject *run, ErrataCase *self)
{
    JsonArray *inputs = errata_json_reader_array(run, "inputs");
    JsonArray *skipped = errata_json_reader_array(run, "skipped");
    JsonObject *baseline = errata_json_reader_object(run, "baseline");
    JsonObject *where = errata_json_reader_object(run, "where");

    self->run_id = errata_json_reader_string(run, "id");
    self->name = errata_json_reader_string(run, "name");
    self->created = errata_json_reader_string(run, "created");
    self->command = errata_json_reader_string(run, "command");
    self->seed = errata_json_reader_uint(run, "seed");
    for (guint i = 0; i < errata_json_reader_length(inputs); i++) {
        ErrataInput *input = json_read_input(errata_json_reader_element(inputs, i));

        if (input != NULL)
            g_ptr_array_add(self->inputs, input);
    }
    self->model = json_read_input(errata_json_reader_object(run, "model"));
    self->model_kind = errata_json_reader_string(errata_json_reader_object(run, "model"), "kind");
    self->reference = json_read_input(errata_json_reader_object(run, "reference"));
    json_read_seconds(errata_json_reader_object(run, "seconds"), self);
    self->baseline_kind = errata_json_reader_string(baseline, "kind");
    self->baseline_what = errata_json_reader_string(baseline, "what");
    self->where = errata_json_reader_string(where, "filter");
    self->cohort = errata_json_reader_string(where, "cohort");
    self->n_rows_all = errata_json_reader_uint(where, "of");
    self->llm = errata_case_json_read_llm(run);
    self->peak_rss = errata_json_reader_uint(run, "peak_rss_bytes");
    for (guint i = 0; i < errata_json_reader_length(skipped); i++) {
        JsonObject *element = errata_json_reader_element(skipped, i);

        errata_case_skip(self,
                         errata_json_reader_peek(element, "analyzer"),
                         errata_json_reader_peek(element, "why"));
    }
    json_read_texts(run, "warnings", self->warnings);
    self->rejected = errata_case_json_read_table(run, "rejected");
}

static const char *
json_find_file(const ErrataCase *self, const char *suffix)
{
    for (guint i = 0; i < self->files->len; i++)
        if (g_str_has_suffix(g_ptr_array_index(self->files, i), suffix))
            return g_ptr_array_index(self->files, i);
    return NULL;
}

static void
json_files(ErrataJsonWriter *json, const ErrataCase *self)
{
    errata_json_writer_begin(json, "files", '{');
    errata_json_writer_string(json, "pdf", json_find_file(self, ".pdf"));
    errata_json_writer_string(json, "html", json_find_file(self, ".html"));
    errata_json_writer_begin(json, "svg", '[');
    for (guint i = 0; i < self->files->len; i++)
        if (g_str_has_suffix(g_ptr_array_index(self->files, i), ".svg"))
            errata_json_writer_string(json, NULL, g_ptr_array_index(self->files, i));
    errata_json_writer_end(json, ']');
    errata_json_writer_begin(json, "tables", '[');
    for (guint i = 0; i < MIN(self->tables->len, self->findings->len); i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->findings, i);
        const char *path = g_ptr_array_index(self->tables, i);

        if (path == NULL || *path == '\0')
            continue;
        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "finding", finding->id);
        errata_json_writer_string(json, "path", path);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
    errata_json_writer_end(json, '}');
}

static void
json_read_files(JsonObject *files, ErrataCase *self)
{
    JsonArray *tables = errata_json_reader_array(files, "tables");
    char *pdf = errata_json_reader_string(files, "pdf");
    char *html = errata_json_reader_string(files, "html");
    guint next = 0;

    if (pdf != NULL)
        g_ptr_array_add(self->files, pdf);
    if (html != NULL)
        g_ptr_array_add(self->files, html);
    json_read_texts(files, "svg", self->files);
    for (guint i = 0; i < self->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->findings, i);
        JsonObject *table = next < errata_json_reader_length(tables)
                                ? errata_json_reader_element(tables, next)
                                : NULL;
        gboolean its = table != NULL &&
                       g_strcmp0(errata_json_reader_peek(table, "finding"), finding->id) == 0;
        const char *path = its ? errata_json_reader_peek(table, "path") : NULL;

        g_ptr_array_add(self->tables, g_strdup(path != NULL ? path : ""));
        next += its ? 1 : 0;
    }
}

static void
json_method(ErrataJsonWriter *json, const ErrataCase *self)
{
    errata_json_writer_begin(json, "method", '{');
    errata_json_writer_begin(json, "tried", '{');
    for (guint i = 0; i < self->tried->len; i++) {
        const ErrataTried *tried = g_ptr_array_index(self->tried, i);

        errata_json_writer_uint(json, tried->family, tried->count);
    }
    errata_json_writer_end(json, '}');
    errata_json_writer_double(json, "alpha", self->alpha);
    errata_json_writer_begin(json, "power", '{');
    errata_json_writer_double(json, "share", self->power_share);
    errata_json_writer_double(json, "gap", self->power_gap);
    errata_json_writer_end(json, '}');
    errata_json_writer_string(json, "split", self->split);
    errata_json_writer_string(json, "sampled", self->sampled);
    errata_json_writer_uint(json, "seed", self->seed);
    json_texts(json, "notes", self->method_notes);
    errata_json_writer_end(json, '}');
}

static void
json_read_method(JsonObject *method, ErrataCase *self)
{
    JsonObject *tried = errata_json_reader_object(method, "tried");
    g_autoptr(GList) families = tried != NULL ? json_object_get_members(tried) : NULL;

    for (GList *l = families; l != NULL; l = l->next)
        errata_case_tried(self, l->data, errata_json_reader_uint(tried, l->data));
    self->alpha = errata_json_reader_double(method, "alpha");
    self->power_share = errata_json_reader_double(errata_json_reader_object(method, "power"),
                                                  "share");
    self->power_gap = errata_json_reader_double(errata_json_reader_object(method, "power"), "gap");
    self->split = errata_json_reader_string(method, "split");
    self->sampled = errata_json_reader_string(method, "sampled");
    json_read_texts(method, "notes", self->method_notes);
}

/**
 * errata_case_to_json:
 * @self: a case that errata_case_finish() has seen
 *
 * Returns: (transfer full): the document, UTF-8, ending in a newline
 */
GBytes *
errata_case_to_json(const ErrataCase *self)
{
    ErrataJsonWriter json = {g_string_new(NULL), FALSE};

    errata_json_writer_begin(&json, NULL, '{');
    errata_json_writer_begin(&json, "errata", '{');
    errata_json_writer_uint(&json, "format", 1);
    errata_json_writer_string(&json, "version", ERRATA_VERSION);
    errata_json_writer_end(&json, '}');
    json_run(&json, self);
    errata_json_writer_string(&json, "verdict", self->verdict);
    errata_json_writer_string(&json, "headline", self->headline);
    errata_case_json_schema(&json, self);
    errata_case_json_metrics(&json, "metrics", self->metrics);
    errata_case_json_performance(&json, self);
    errata_case_json_figure(&json, "timeline", self->timeline);
    errata_case_json_evidence(&json, self);
    errata_case_json_findings(&json, self);
    errata_case_json_patterns(&json, self);
    errata_case_json_inventory(&json, self->inventory);
    errata_case_json_shares(&json, self->shares);
    errata_case_json_clusters(&json, self);
    errata_case_json_proposals(&json, self);
    json_files(&json, self);
    json_method(&json, self);
    errata_json_writer_end(&json, '}');
    g_string_append_c(json.text, '\n');
    return g_string_free_to_bytes(json.text);
}

/**
 * errata_case_from_json:
 * @text: (array length=length): a report.json
 * @length: its bytes
 * @error: return location for a #GError
 *
 * Reads a report back, for `errata show`, comparisons and the bus. The rows of findings are not in
 * it, only their number and a sample of ids.
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA when it is not JSON or not a report,
 * %ERRATA_ERROR_UNSUPPORTED when it is of a later format.
 *
 * Returns: (transfer full): the case, or %NULL with @error set
 */
ErrataCase *
errata_case_from_json(const char *text, gsize length, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(ErrataCase) self = NULL;
    g_autoptr(GError) local = NULL;
    JsonNode *node;
    JsonObject *root;
    guint64 format;

    if (!json_parser_load_from_data(parser, text, (gssize)length, &local)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "this is no report.json, as errata analyze writes one: it is not JSON (%s)",
                    local->message);
        return NULL;
    }
    node = json_parser_get_root(parser);
    root = node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    format = errata_json_reader_uint(errata_json_reader_object(root, "errata"), "format");
    if (format != 1) {
        g_set_error(error,
                    ERRATA_ERROR,
                    format == 0 ? ERRATA_ERROR_INVALID_DATA : ERRATA_ERROR_UNSUPPORTED,
                    format == 0 ? "this is not an Errata report"
                                : "the report is of format %" G_GUINT64_FORMAT
                                  ", this program reads format 1",
                    format);
        return NULL;
    }
    json_follow_clock(root);
    self = errata_case_new();
    json_read_run(errata_json_reader_object(root, "run"), self);
    self->verdict = errata_json_reader_string(root, "verdict");
    self->headline = errata_json_reader_string(root, "headline");
    if (!errata_case_json_read_schema(root, self, error))
        return NULL;
    errata_case_json_read_metrics(root, "metrics", self->metrics);
    errata_case_json_read_performance(root, self);
    self->timeline = errata_case_json_read_figure(root, "timeline");
    if (!errata_case_json_read_findings(root, self, error))
        return NULL;
    errata_case_json_read_patterns(root, self);
    self->inventory = errata_case_json_read_inventory(root);
    self->shares = errata_case_json_read_shares(root, self->evidence);
    errata_case_json_read_clusters(root, self);
    errata_case_json_read_proposals(root, self);
    json_read_files(errata_json_reader_object(root, "files"), self);
    json_read_method(errata_json_reader_object(root, "method"), self);
    return g_steal_pointer(&self);
}
