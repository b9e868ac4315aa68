/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs of model servers: a JSON object a line that holds a request and its response, or one of
 * them, which are then joined by id. What they hold is cut into rows by body.c.
 *   - CloudEvents of KServe, Seldon and Azure ML's data collector: one record each, and what KServe
 *     stores in files (store.c);
 *   - Databricks' inference tables, Seldon's and Vertex AI's request logs: one record for both,
 *     each an object or JSON within a string. */
#include <string.h>

#include "body.h"
#include "error.h"
#include "json-reader.h"
#include "lines.h"
#include "plugin.h"
#include "store.h"

extern const ErrataPlugin errata_plugin_payload;

#define PAYLOAD_HEAD    65536 /* bytes that tell what the log is like */
#define PAYLOAD_ID      256   /* bytes of an id that is told with the row */
#define PAYLOAD_SNIFFED 2     /* lines at most before the first record: names of columns */

/* the first columns of KServe's store */
#define PAYLOAD_STORE "url,bytes,contentType,reqType,id,"

/* all of one are in the first line, NULL ends; words without quotes are within strings, too */
static const char *const payload_shapes[][3] = {
    {"\"specversion\"", "org.kubeflow.serving.inference.", NULL},
    {"\"specversion\"", "io.seldon.serving.inference.", NULL},
    {"\"specversion\"", "azureml.inference.", NULL},
    {"\"request\"", "inputs", "datatype"},
    {"\"request\"", "\"response\"", "ndarray"},
    {"\"request\"", "\"response\"", "\"tensor\""},
    {"\"request\"", "\"response\"", "dataframe_split"},
    {"\"request\"", "\"response\"", "dataframe_records"},
    {"\"request\"", "\"response\"", "instances"},
    {"\"request\"", "inputs", "predictions"},
    {"\"request_payload\"", "\"response_payload\"", NULL},
    {"\"ReqType\"", "org.kubeflow.serving.inference.", NULL},
    {"\"reqType\"", "org.kubeflow.serving.inference.", NULL},
    {PAYLOAD_STORE, NULL, NULL},
};

/* what joins a request and its response: several of Azure ML's events may have one id each */
static const char *const payload_ids[] = {"correlationid", "id", NULL};

/**
 * PayloadEvent:
 * @record: it
 * @whole: nothing else is to come
 * @decoded: (nullable): its data, where they are in base64
 * @request: what it asks, where it does
 * @response: what it answers, where it does
 *
 * A record, which waits for its other half.
 */
typedef struct {
    JsonNode *record;
    gboolean whole;
    JsonNode *decoded;
    ErrataPayloadBody *request;
    ErrataPayloadBody *response;
} PayloadEvent;

typedef struct {
    ErrataPayloadRow row;
    GHashTable *waiting; /* id → PayloadEvent */
    GPtrArray *order;    /* (element-type utf8): ids of @waiting as they came */
    gsize n_joined;      /* requests that met their response */
    gsize n_uneven;      /* requests whose response has another number of rows */
} Payload;

static void
payload_event_free(gpointer data)
{
    PayloadEvent *self = data;

    if (self == NULL)
        return;
    errata_payload_body_free(self->request);
    errata_payload_body_free(self->response);
    g_clear_pointer(&self->decoded, json_node_unref);
    json_node_unref(self->record);
    g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PayloadEvent, payload_event_free)

static gboolean
payload_is_shaped(const guint8 *head, gsize size)
{
    const guint8 *newline = memchr(head, '\n', size);
    gsize length = newline != NULL ? (gsize)(newline - head) : size;

    for (gsize i = 0; i < G_N_ELEMENTS(payload_shapes); i++) {
        guint found = 0;

        while (found < G_N_ELEMENTS(payload_shapes[i]) && payload_shapes[i][found] != NULL &&
               memmem(head, length, payload_shapes[i][found], strlen(payload_shapes[i][found])) !=
                   NULL)
            found++;
        if (found == G_N_ELEMENTS(payload_shapes[i]) || payload_shapes[i][found] == NULL)
            return TRUE;
    }
    return FALSE;
}

/* the first of @keys that @object has */
static JsonNode *
payload_member(JsonObject *object, const char *const *keys)
{
    for (; *keys != NULL; keys++)
        if (json_object_has_member(object, *keys))
            return json_object_get_member(object, *keys);
    return NULL;
}

static gboolean
payload_is_event(JsonObject *record)
{
    return json_object_has_member(record, "specversion");
}

/* what a CloudEvent holds */
static JsonNode *
payload_event_data(PayloadEvent *self, JsonObject *object)
{
    const char *packed = errata_json_reader_peek(object, "data_base64");
    g_autofree char *text = NULL;
    gsize length;

    if (packed == NULL)
        return json_object_get_member(object, "data");
    text = (char *)g_base64_decode(packed, &length);
    text = g_realloc(text, length + 1);
    text[length] = '\0';
    self->decoded = errata_payload_parse(text, length);
    return self->decoded;
}

static PayloadEvent *
payload_event_new(JsonNode *record)
{
    static const char *const requests[] = {"request", "request_payload", NULL};
    static const char *const responses[] = {"response", "response_payload", NULL};
    PayloadEvent *self = g_new0(PayloadEvent, 1);
    JsonObject *object = json_node_get_object(record);
    const char *type = errata_json_reader_peek(object, "type");

    self->record = json_node_ref(record);
    if (!payload_is_event(object)) {
        self->whole = TRUE;
        self->request = errata_payload_body_new(payload_member(object, requests), NULL);
        self->response = errata_payload_body_new(payload_member(object, responses), "prediction");
        return self;
    }
    self->whole = type != NULL && g_str_has_suffix(type, "inputs_outputs");
    if (type != NULL && !self->whole &&
        (g_str_has_suffix(type, ".response") || g_str_has_suffix(type, "outputs")))
        self->response = errata_payload_body_new(payload_event_data(self, object), "prediction");
    else
        self->request = errata_payload_body_new(payload_event_data(self, object), NULL);
    return self;
}

static gboolean
payload_has_rows(const PayloadEvent *event)
{
    return errata_payload_body_n_rows(event->request) > 0 ||
           errata_payload_body_n_rows(event->response) > 0;
}

/* words may be those of a chat: the first record, where it is whole, has rows to be read */
static guint
payload_sniff(const guint8 *head, gsize size, const char *name)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    JsonNode *record = NULL;

    if (size == 0 || !payload_is_shaped(head, size))
        return 0;
    if (size > strlen(PAYLOAD_STORE) && memcmp(head, PAYLOAD_STORE, strlen(PAYLOAD_STORE)) == 0)
        return 96; /* nothing else has these columns */
    text = g_strndup((const char *)head, size);
    lines = g_strsplit(text, "\n", PAYLOAD_SNIFFED + 1);
    for (guint i = 0; record == NULL && i < PAYLOAD_SNIFFED && lines[i] != NULL; i++) {
        g_autoptr(JsonNode) root = errata_payload_store_parse(lines[i], strlen(lines[i]));
        g_autoptr(PayloadEvent) event = NULL;

        if (root == NULL)
            return lines[i + 1] == NULL ? 96 : 0;
        record = errata_payload_record(root, 0);
        if (record == NULL)
            continue;
        event = JSON_NODE_HOLDS_OBJECT(record) ? payload_event_new(record) : NULL;
        return event != NULL && payload_has_rows(event) ? 96 : 0;
    }
    return 96;
}

/* the id of a request, which its rows share */
static gboolean
payload_is_id(const char *key)
{
    g_autofree char *lower = g_ascii_strdown(key, -1);

    return strstr(lower, "request") != NULL && g_str_has_suffix(lower, "id");
}

/* one of what the record tells: the id of a request of several rows gets their number, where it is
 * no text that one would not repeat */
static gboolean
payload_fact(Payload *self,
             const char *name,
             JsonNode *node,
             guint row,
             guint n_rows,
             GError **error)
{
    const char *text = json_node_get_string(node);
    g_autofree char *numbered = NULL;

    if (n_rows == 1 || text == NULL || strlen(text) > PAYLOAD_ID ||
        !(payload_is_id(name) || g_str_equal(name, "id")))
        return errata_payload_row_node(&self->row, name, node, error);
    numbered = g_strdup_printf("%s:%u", text, row);
    return errata_payload_row_text(&self->row, name, numbered, error);
}

typedef struct {
    const char *name;
    JsonNode *node;
} PayloadFact;

/* what else the record tells: of a CloudEvent its extensions are of the server, not of the row */
static GArray *
payload_facts(const PayloadEvent *event)
{
    static const char *const bodies[] = {"request",
                                         "response",
                                         "request_payload",
                                         "response_payload",
                                         NULL};
    static const char *const puid[] = {"puid", NULL};
    GArray *facts = g_array_new(FALSE, FALSE, sizeof(PayloadFact));
    JsonObject *object = json_node_get_object(event->record);
    g_autoptr(GList) keys = json_object_get_members(object);
    JsonObject *meta = errata_json_reader_object(errata_json_reader_object(object, "response"),
                                                 "meta");
    gboolean is_event = payload_is_event(object);
    PayloadFact id = {"id",
                      is_event       ? payload_member(object, payload_ids)
                      : meta != NULL ? payload_member(meta, puid)
                                     : NULL};

    if (id.node != NULL && JSON_NODE_HOLDS_VALUE(id.node))
        g_array_append_val(facts, id);
    for (GList *l = keys; !is_event && l != NULL; l = l->next) {
        PayloadFact fact = {l->data, json_object_get_member(object, l->data)};

        if (JSON_NODE_HOLDS_VALUE(fact.node) && !g_strv_contains(bodies, l->data))
            g_array_append_val(facts, fact);
    }
    return facts;
}

/* @time: (nullable): a CloudEvent's */
static gboolean
payload_row_facts(Payload *self,
                  const GArray *facts,
                  const char *time,
                  guint row,
                  guint n_rows,
                  GError **error)
{
    self->row.side = NULL;
    for (guint i = 0; i < facts->len; i++) {
        const PayloadFact *fact = &g_array_index(facts, PayloadFact, i);

        if (!payload_fact(self, fact->name, fact->node, row, n_rows, error))
            return FALSE;
    }
    return errata_payload_row_text(&self->row, "ts", time, error);
}

/* how many rows of a record are read */
static guint
payload_most(const GArray *facts, const char *time)
{
    gsize size = time != NULL ? strlen(time) : 0;

    for (guint i = 0; i < facts->len; i++) {
        const char *text = json_node_get_string(g_array_index(facts, PayloadFact, i).node);

        size += text != NULL ? strlen(text) : 0;
    }
    return errata_payload_body_most(facts->len, size);
}

/* @first: has the facts */
static gboolean
payload_rows(Payload *self,
             const PayloadEvent *first,
             const ErrataPayloadBody *request,
             const ErrataPayloadBody *response,
             GError **error)
{
    guint n_asked = errata_payload_body_n_rows(request);
    guint n_answered = errata_payload_body_n_rows(response);
    guint n_rows = MAX(n_asked, n_answered);
    guint n_left = MAX(errata_payload_body_n_left(request), errata_payload_body_n_left(response));
    JsonObject *object = json_node_get_object(first->record);
    const char *time = payload_is_event(object) ? errata_json_reader_peek(object, "time") : NULL;
    g_autoptr(GArray) facts = payload_facts(first);
    guint n_read = MIN(n_rows, payload_most(facts, time));

    self->n_uneven += request != NULL && response != NULL && n_asked != n_answered ? 1 : 0;
    for (guint row = 0; row < n_read; row++)
        if (!payload_row_facts(self, facts, time, row, n_rows, error) ||
            !errata_payload_body_row(request, row, &self->row, error) ||
            !errata_payload_body_row(response, row, &self->row, error) ||
            !errata_payload_row_end(&self->row, error))
            return FALSE;
    errata_payload_row_leave(&self->row, n_rows - n_read + n_left);
    return TRUE;
}

/* (transfer full) (nullable): an id, a text or a number */
static char *
payload_id(JsonNode *node)
{
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node))
        return NULL;
    return json_node_get_value_type(node) == G_TYPE_INT64
               ? g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node))
               : json_node_dup_string(node);
}

/* (transfer full) (nullable): what a request and its response share: the id, and who was asked, as
 * several models in a row may have one request */
static char *
payload_key(JsonObject *object)
{
    const char *service = errata_json_reader_peek(object, "inferenceservicename");
    const char *component = errata_json_reader_peek(object, "component");
    g_autofree char *id = payload_id(payload_member(object, payload_ids));

    return id != NULL && *id != '\0' ? g_strdup_printf("%s\n%s\n%s",
                                                       id,
                                                       service != NULL ? service : "",
                                                       component != NULL ? component : "")
                                     : NULL;
}

static gboolean
payload_record(gpointer state, ErrataPayloadLines *lines, JsonNode *record, GError **error)
{
    Payload *self = state;
    g_autoptr(PayloadEvent) event = payload_event_new(record);
    g_autofree char *id = payload_key(json_node_get_object(record));
    PayloadEvent *other = id != NULL ? g_hash_table_lookup(self->waiting, id) : NULL;

    if (!payload_has_rows(event)) {
        errata_payload_reject(lines,
                              "no rows are found in its request or response (instances, inputs, "
                              "dataframe_split, ndarray, predictions, outputs …)");
        return TRUE;
    }
    if (event->whole || id == NULL)
        return payload_rows(self, event, event->request, event->response, error);
    if (other != NULL && (other->request == NULL) != (event->request == NULL)) {
        const PayloadEvent *asked = event->request != NULL ? event : other;
        const PayloadEvent *answered = event->request != NULL ? other : event;
        gboolean ok = payload_rows(self, asked, asked->request, answered->response, error);

        g_hash_table_remove(self->waiting, id);
        self->n_joined++;
        return ok;
    }
    if (other != NULL) {
        errata_payload_reject(
            lines,
            "an earlier record has its id and is of the same side: that one counts");
        return TRUE;
    }
    g_ptr_array_add(self->order, g_strdup(id));
    g_hash_table_insert(self->waiting, g_strdup(id), g_steal_pointer(&event));
    return TRUE;
}

/* what waits in vain is a row, too: a request without an answer may be what is wrong */
static gboolean
payload_rest(Payload *self, GError **error)
{
    gsize n_asked = 0;
    gsize n_answered = 0;

    for (guint i = 0; i < self->order->len; i++) {
        const PayloadEvent *event = g_hash_table_lookup(self->waiting,
                                                        g_ptr_array_index(self->order, i));

        if (event == NULL)
            continue;
        *(event->request != NULL ? &n_asked : &n_answered) += 1;
        if (!payload_rows(self, event, event->request, event->response, error))
            return FALSE;
        g_hash_table_remove(self->waiting, g_ptr_array_index(self->order, i));
    }
    if (self->n_joined == 0 && (n_asked == 0 || n_answered == 0))
        return TRUE; /* a file of one side: the other may be another file */
    if (n_asked > 0)
        errata_frame_builder_warn(self->row.builder,
                                  "%" G_GSIZE_FORMAT " requests have no response in the file",
                                  n_asked);
    if (n_answered > 0)
        errata_frame_builder_warn(self->row.builder,
                                  "%" G_GSIZE_FORMAT " responses have no request in the file",
                                  n_answered);
    return TRUE;
}

static gboolean
payload_vote_record(JsonNode *record, ErrataPayloadRow *row)
{
    g_autoptr(PayloadEvent) event = payload_event_new(record);
    gboolean ok = TRUE;

    for (guint i = 0; ok && i < errata_payload_body_n_rows(event->response); i++)
        ok = errata_payload_body_row(event->response, i, row, NULL) &&
             errata_payload_row_end(row, NULL);
    return ok;
}

/* what the answers' arrays are, asked of the records at the beginning */
static GHashTable *
payload_vote(const guint8 *head, gsize size)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    GHashTable *votes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autofree char *text = g_strndup((const char *)head, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    ErrataPayloadRow row;
    gboolean ok = TRUE;

    errata_payload_row_init(&row, builder);
    row.votes = votes;
    row.voting = TRUE;
    for (guint i = 0; ok && lines[i] != NULL; i++) {
        g_autoptr(JsonNode) root = errata_payload_store_parse(lines[i], strlen(lines[i]));
        JsonNode *one;

        for (guint k = 0; ok && root != NULL && (one = errata_payload_record(root, k)) != NULL; k++)
            ok = !JSON_NODE_HOLDS_OBJECT(one) || payload_vote_record(one, &row);
    }
    errata_payload_row_clear(&row);
    return votes;
}

static gboolean
payload_read(ErrataSource *source, ErrataFrameBuilder *builder, GError **error)
{
    Payload self = {.n_uneven = 0};
    gsize n_rows = errata_frame_builder_n_rows(builder);
    const guint8 *head;
    gsize size;
    gboolean ok;

    if (!errata_source_peek(source, PAYLOAD_HEAD, &head, &size, error))
        return FALSE;
    errata_payload_row_init(&self.row, builder);
    self.row.votes = payload_vote(head, size);
    self.waiting = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, payload_event_free);
    self.order = g_ptr_array_new_with_free_func(g_free);
    ok = errata_payload_read_lines(source,
                                   builder,
                                   errata_payload_store_parse,
                                   "expected a JSON object with a request or a response",
                                   payload_record,
                                   &self,
                                   error) &&
         payload_rest(&self, error);
    g_ptr_array_unref(self.order);
    g_hash_table_unref(self.waiting);
    g_hash_table_unref(self.row.votes);
    errata_payload_row_clear(&self.row);
    if (ok && self.n_uneven > 0)
        errata_frame_builder_warn(builder,
                                  "%" G_GSIZE_FORMAT
                                  " responses have another number of rows than their request",
                                  self.n_uneven);
    if (!ok || errata_frame_builder_n_rows(builder) > n_rows)
        return ok;
    g_set_error_literal(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_INVALID_DATA,
                        "no record holds a request or a response that can be read");
    return FALSE;
}

static const ErrataFormat payload_format = {
    .id = "payload",
    .summary = "requests and responses of model servers",
    .sniff = payload_sniff,
    .read = payload_read,
};

const ErrataPlugin errata_plugin_payload = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "payload",
    .formats = (const ErrataFormat *const[]){&payload_format, NULL},
};
