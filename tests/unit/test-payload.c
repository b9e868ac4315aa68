/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs of model servers: requests and responses, cut into rows and joined. */
#include <string.h>

#include "error.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_payload;

static guint
payload_sniff(const char *text)
{
    return errata_plugin_payload.formats[0]->sniff((const guint8 *)text,
                                                   strlen(text),
                                                   "served.jsonl");
}

static ErrataFrame *
payload_read(const char *text, GError **error)
{
    const ErrataFormat *format = errata_plugin_payload.formats[0];
    g_autoptr(ErrataSource) source = errata_source_new_memory(text, strlen(text), "served.jsonl");
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();

    if (!format->read(source, builder, error))
        return NULL;
    return errata_frame_builder_finish(builder, error);
}

static int
payload_compare_cb(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* the frame as one line: "name=cell cell …" of every column in order of its name, "-" where a row
 * has none */
static char *
payload_print(const ErrataFrame *frame)
{
    g_autoptr(GPtrArray) columns = g_ptr_array_new_with_free_func(g_free);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < frame->n_columns; i++) {
        const ErrataColumn *column = frame->columns[i];
        GString *cells = g_string_new(column->name);

        for (gsize row = 0; row < frame->n_rows; row++) {
            g_autofree char *cell = errata_column_is_valid(column, row)
                                        ? errata_column_print(column, row)
                                        : g_strdup("-");

            g_string_append_printf(cells, "%s%s", row == 0 ? "=" : " ", cell);
        }
        g_ptr_array_add(columns, g_string_free(cells, FALSE));
    }
    g_ptr_array_sort(columns, payload_compare_cb);
    for (guint i = 0; i < columns->len; i++)
        g_string_append_printf(text,
                               "%s%s",
                               i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(columns, i));
    return g_string_free(text, FALSE);
}

static const struct {
    const char *text;
    const char *rows;
} payload_shapes[] = {
    /* KServe: V1, and the answer before the request; V2 with one and with several tensors */
    {"{\"specversion\":\"1.0\",\"id\":\"a\",\"type\":\"org.kubeflow.serving.inference.request\","
     "\"time\":\"2026-03-01T00:00:00Z\",\"data\":{\"instances\":[[1,2.5],[3,4.5]]}}\n"
     "{\"specversion\":\"1.0\",\"id\":\"b\",\"type\":\"org.kubeflow.serving.inference.response\","
     "\"data\":{\"predictions\":[[0.25,0.75]]}}\n"
     "{\"specversion\":\"1.0\",\"id\":\"b\",\"type\":\"org.kubeflow.serving.inference.request\","
     "\"time\":\"2026-03-01T00:00:01Z\",\"data\":{\"instances\":[[5,6.5]]}}\n"
     "{\"specversion\":\"1.0\",\"id\":\"a\",\"type\":\"org.kubeflow.serving.inference.response\","
     "\"data\":{\"predictions\":[[0.5,0.5],[1,0]]}}\n",
     "id=b a:0 a:1, input_0=5 1 3, input_1=6.5 2.5 4.5, prob_0=0.25 0.5 1, prob_1=0.75 0.5 0, "
     "ts=2026-03-01T00:00:01Z 2026-03-01T00:00:00Z 2026-03-01T00:00:00Z"},
    {"{\"request\":{\"inputs\":[{\"name\":\"age\",\"shape\":[2],\"datatype\":\"INT64\",\"data\":"
     "[7,8]},{\"name\":\"x\",\"shape\":[2,2],\"datatype\":\"FP64\",\"data\":[1,2,3,4]}]},"
     "\"response\":{\"outputs\":[{\"name\":\"predict\",\"shape\":[2,1],\"datatype\":\"INT64\","
     "\"data\":[1,0]}]}}\n",
     "age=7 8, prediction=1 0, x_0=1 3, x_1=2 4"},
    {"{\"request\":{\"inputs\":[{\"name\":\"label\",\"shape\":[1,1],\"datatype\":\"BYTES\","
     "\"data\":[[\"u\"]]}]},\"response\":{\"outputs\":[{\"name\":\"label\",\"shape\":[1],"
     "\"datatype\":\"BYTES\",\"data\":[\"v\"]},{\"name\":\"probability\",\"shape\":[1,2],"
     "\"datatype\":\"FP32\",\"data\":[0.125,0.875]}]}}\n",
     "label=u, predicted_label=v, prob_0=0.125, prob_1=0.875"},
    /* Seldon: names, tensor, its logger's wrapper */
    {"{\"request\":{\"data\":{\"names\":[\"age\",\"pay\"],\"ndarray\":[[30,1.5]]}},\"response\":"
     "{\"data\":{\"names\":[\"t:no\",\"t:yes\"],\"ndarray\":[[0.25,0.75]]},\"meta\":{\"puid\":"
     "\"p1\"}},\"truth\":\"yes\"}\n",
     "age=30, id=p1, pay=1.5, prob_no=0.25, prob_yes=0.75, truth=yes"},
    {"{\"RequestId\":\"r\",\"request\":{\"dataType\":\"tabular\",\"payload\":{\"data\":"
     "{\"tensor\":{\"shape\":[2,2],\"values\":[1,2,3,4]}}}},\"response\":{\"payload\":{\"data\":"
     "{\"names\":[\"proba\"],\"ndarray\":[[0.5],[0.25]]}}}}\n",
     "RequestId=r:0 r:1, input_0=1 3, input_1=2 4, prediction=0.5 0.25"},
    /* Databricks: tables within strings; MLflow's inputs by column */
    {"{\"databricks_request_id\":\"d\",\"date\":\"2026-03-01\",\"status_code\":200,\"request\":"
     "\"{\\\"dataframe_split\\\":{\\\"columns\\\":[\\\"age\\\",\\\"city\\\"],\\\"data\\\":[[41,"
     "\\\"Ulm\\\"]]}}\",\"response\":\"{\\\"predictions\\\":[\\\"yes\\\"]}\"}\n"
     "{\"databricks_request_id\":\"e\",\"status_code\":400,\"request\":\"{\\\"dataframe_records"
     "\\\":[{\\\"age\\\":42,\\\"city\\\":null}]}\",\"response\":\"{\\\"error_code\\\":\\\"BAD"
     "\\\"}\"}\n",
     "age=41 42, city=Ulm -, databricks_request_id=d e, date=2026-03-01T00:00:00Z -, "
     "error_code=- BAD, prediction=yes -, status_code=200 400"},
    {"{\"request\":{\"inputs\":{\"age\":[[50],[51]],\"on\":[true,false]}},\"response\":"
     "{\"predictions\":[2.5,3.5]}}\n",
     "age=50 51, on=true false, prediction=2.5 3.5"},
    /* Vertex AI: rows as JSON within strings, scores with their classes */
    {"{\"request_payload\":[\"{\\\"age\\\":20}\"],\"response_payload\":[\"{\\\"scores\\\":[0.9,"
     "0.3],\\\"classes\\\":[\\\"a\\\",\\\"b\\\"]}\"],\"logging_time\":\"2026-03-01T00:00:00Z\"}"
     "\n",
     "age=20, logging_time=2026-03-01T00:00:00Z, prob_a=0.9, prob_b=0.3"},
    /* Azure ML: rows that have all, and sides apart, joined by what correlates them */
    {"{\"specversion\":\"1.0\",\"id\":\"1\",\"type\":\"azureml.inference.inputs_outputs\","
     "\"time\":\"2026-03-01T00:00:00Z\",\"data\":[{\"age\":1,\"label\":\"x\"}],"
     "\"correlationid\":\"c\"}\n"
     "{\"specversion\":\"1.0\",\"id\":\"2\",\"type\":\"azureml.inference.model_inputs\","
     "\"time\":\"2026-03-01T00:00:01Z\",\"data\":[{\"age\":2}],\"correlationid\":\"d\"}\n"
     "{\"specversion\":\"1.0\",\"id\":\"3\",\"type\":\"azureml.inference.model_outputs\","
     "\"time\":\"2026-03-01T00:00:02Z\",\"data\":[{\"label\":\"y\",\"0\":4}],\"correlationid\":\"d\"}\n",
     "age=1 2, id=c d, label=x -, predicted_label=- y, prediction=- 4, "
     "ts=2026-03-01T00:00:00Z 2026-03-01T00:00:01Z"},
    /* the same name on both sides, and data in base64 */
    {"{\"specversion\":\"1.0\",\"id\":\"a\",\"type\":\"org.kubeflow.serving.inference.request\","
     "\"data_base64\":\"eyJpbnN0YW5jZXMiOlt7InNjb3JlIjozfV19\"}\n"
     "{\"specversion\":\"1.0\",\"id\":\"a\",\"type\":\"org.kubeflow.serving.inference.response\","
     "\"data\":{\"predictions\":[{\"score\":0.5}]}}\n",
     "id=a, response.score=0.5, score=3"},
    /* KServe's store: a record of Go's structure, several in an array, CSV with quoted fields */
    {"{\"Url\":{\"Scheme\":\"s3\"},\"Bytes\":\"eyJpbnN0YW5jZXMiOltbMSwyXV19\",\"ReqType\":"
     "\"org.kubeflow.serving.inference.request\",\"Id\":\"a\",\"TlsSkipVerify\":false}\n"
     "[{\"Bytes\":\"eyJwcmVkaWN0aW9ucyI6WzddfQ==\",\"ReqType\":"
     "\"org.kubeflow.serving.inference.response\",\"Id\":\"a\"},"
     "{\"bytes\":\"eyJwcmVkaWN0aW9ucyI6WzhdfQ==\",\"reqType\":"
     "\"org.kubeflow.serving.inference.response\",\"id\":\"b\"}]\n[]\n",
     "id=a b, input_0=1 -, input_1=2 -, prediction=7 8"},
    {"url,bytes,contentType,reqType,id,sourceUri,metadata\r\n"
     "s3://b,eyJpbnN0YW5jZXMiOltbMSwyXV19,application/json,"
     "org.kubeflow.serving.inference.request,\"a,\"\"1\",x,\"{\"\"k\"\":\"\"v,w\"\"}\"\r\n"
     "s3://b,eyJwcmVkaWN0aW9ucyI6WzddfQ==,application/json,"
     "org.kubeflow.serving.inference.response,\"a,\"\"1\",x,\r\n",
     "id=a,\"1, input_0=1, input_1=2, prediction=7"},
    /* one request of two models is two; an id may be a number, or nobody's */
    {"{\"bytes\":\"eyJpbnN0YW5jZXMiOltbMV1dfQ==\",\"reqType\":"
     "\"org.kubeflow.serving.inference.request\",\"id\":7,\"inferenceService\":\"m\"}\n"
     "{\"bytes\":\"eyJpbnN0YW5jZXMiOltbMl1dfQ==\",\"reqType\":"
     "\"org.kubeflow.serving.inference.request\",\"id\":7,\"inferenceService\":\"n\"}\n"
     "{\"bytes\":\"eyJwcmVkaWN0aW9ucyI6WzhdfQ==\",\"reqType\":"
     "\"org.kubeflow.serving.inference.response\",\"id\":7,\"inferenceService\":\"n\"}\n"
     "{\"bytes\":\"eyJwcmVkaWN0aW9ucyI6WzddfQ==\",\"reqType\":"
     "\"org.kubeflow.serving.inference.response\",\"id\":7,\"inferenceService\":\"m\"}\n",
     "id=7 7, input_0=2 1, prediction=8 7"},
    {"url,bytes,contentType,reqType,id,sourceUri\n"
     "s,eyJpbnN0YW5jZXMiOltbMV1dfQ==,j,org.kubeflow.serving.inference.request,,x\n"
     "s,eyJpbnN0YW5jZXMiOltbMl1dfQ==,j,org.kubeflow.serving.inference.request,,x\n",
     "id=- -, input_0=1 2"},
    /* the two sides one after the other, as files of their own; an id may be in one of them only */
    {"{\"specversion\":\"1.0\",\"type\":\"azureml.inference.model_inputs\",\"time\":"
     "\"2026-03-01T00:00:00Z\",\"data\":[{\"age\":1},{\"age\":2}],\"correlationid\":\"c\"}\n"
     "{\"specversion\":\"1.0\",\"type\":\"azureml.inference.model_inputs\",\"time\":"
     "\"2026-03-01T00:00:01Z\",\"data\":[{\"age\":3}],\"correlationid\":\"d\"}\n"
     "{\"specversion\":\"1.0\",\"type\":\"azureml.inference.model_outputs\",\"time\":"
     "\"2026-03-01T00:00:02Z\",\"data\":[{\"label\":\"y\"},{\"label\":\"z\"}],"
     "\"correlationid\":\"c\"}\n",
     "age=1 2 3, id=c:0 c:1 d, predicted_label=y z -, ts=2026-03-01T00:00:00Z "
     "2026-03-01T00:00:00Z 2026-03-01T00:00:01Z"},
};

static void
test_payload_shapes(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(payload_shapes); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataFrame) frame = payload_read(payload_shapes[i].text, &error);
        g_autofree char *rows = NULL;

        g_assert_no_error(error);
        g_assert_cmpuint(payload_sniff(payload_shapes[i].text), >, 80);
        g_assert_cmpuint(frame->n_rejected, ==, 0);
        rows = payload_print(frame);
        g_assert_cmpstr(rows, ==, payload_shapes[i].rows);
    }
}

static void
test_payload_arrays(void)
{
    static const struct {
        const char *answers[4];
        const char *columns;
    } logs[] = {
        {{"[0,1]", "[1,1]", "[1,0]", "[0,0]"}, "output_0=0 1 1 0, output_1=1 1 0 0"},
        {{"[0.33,0.33,0.33]", "[0.1,0.2,0.7]", "[0,0,1]", "[0.67,0.34,0]"},
         "prob_0=0.33 0.1 0 0.67, prob_1=0.33 0.2 0 0.34, prob_2=0.33 0.7 1 0"},
    };

    g_test_summary("What an answer's arrays are is one thing for the whole log");
    for (gsize i = 0; i < G_N_ELEMENTS(logs); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(ErrataFrame) frame = NULL;
        g_autofree char *rows = NULL;
        g_autofree char *wanted =
            g_strconcat("id=0 1 2 3, input_0=1 1 1 1, ", logs[i].columns, NULL);

        for (guint k = 0; k < G_N_ELEMENTS(logs[i].answers); k++)
            g_string_append_printf(
                text,
                "{\"specversion\":\"1.0\",\"id\":%u,\"type\":"
                "\"org.kubeflow.serving.inference.request\",\"data\":{\"instances\":[[1]]}}\n"
                "{\"specversion\":\"1.0\",\"id\":%u,\"type\":"
                "\"org.kubeflow.serving.inference.response\",\"data\":{\"predictions\":[%s]}}\n",
                k,
                k,
                logs[i].answers[k]);
        frame = payload_read(text->str, NULL);
        g_assert_nonnull(frame);
        rows = payload_print(frame);
        g_assert_cmpstr(rows, ==, wanted);
    }
}

/* nothing is lost in silence: halves without the other, uneven sides, records without rows */
static void
test_payload_defects(void)
{
    static const char begin[] =
        "{\"specversion\":\"1.0\",\"type\":\"org.kubeflow.serving.inference.";
    g_autofree char *text =
        g_strdup_printf("%srequest\",\"id\":\"a\",\"data\":{\"instances\":[[1],[2]]}}\n"
                        "%sresponse\",\"id\":\"a\",\"data\":{\"predictions\":[5]}}\n"
                        "%srequest\",\"id\":\"b\",\"data\":{\"instances\":[[3]]}}\n"
                        "%srequest\",\"id\":\"b\",\"data\":{\"instances\":[[4]]}}\n"
                        "%sresponse\",\"id\":\"c\",\"data\":{\"predictions\":[6]}}\n"
                        "%sresponse\",\"id\":\"d\",\"data\":{\"predictions\":[]}}\n"
                        "%sresponse\",\"id\":\"e\",\"data\":\n"
                        "%srequest\",\"data_base64\":\"AAAA\"}\n",
                        begin,
                        begin,
                        begin,
                        begin,
                        begin,
                        begin,
                        begin,
                        begin);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFrame) frame = payload_read(text, &error);
    g_autofree char *rows = NULL;
    static const char *const warnings[] = {
        "1 requests have no response in the file",
        "1 responses have no request in the file",
        "1 responses have another number of rows than their request",
    };

    g_assert_no_error(error);
    rows = payload_print(frame);
    g_assert_cmpstr(rows, ==, "id=a:0 a:1 b c, input_0=1 2 3 -, prediction=5 - - 6");
    g_assert_cmpuint(frame->n_rejected, ==, 4);
    g_assert_cmpuint(frame->warnings->len, ==, G_N_ELEMENTS(warnings));
    for (guint i = 0; i < frame->warnings->len; i++)
        g_assert_cmpstr(g_ptr_array_index(frame->warnings, i), ==, warnings[i]);
}

/* a batch is read whole, and what is beyond any batch is rejected row by row */
static void
test_payload_batches(void)
{
    static const guint sizes[] = {5000, 65536, 65540};

    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GString) text = g_string_new("{\"request\":{\"instances\":[");
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(GError) error = NULL;
        guint read = MIN(sizes[i], 65536);

        for (guint row = 0; row < sizes[i]; row++)
            g_string_append_printf(text, "%s[%u]", row > 0 ? "," : "", row);
        g_string_append(text, "]},\"response\":{\"predictions\":[");
        for (guint row = 0; row < sizes[i]; row++)
            g_string_append_printf(text, "%s%u", row > 0 ? "," : "", row % 2);
        g_string_append(text, "]}}\n");
        frame = payload_read(text->str, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(frame->n_rows, ==, read);
        g_assert_cmpuint(frame->n_rejected, ==, sizes[i] - read);
    }
}

/* what a record tells is copied to its rows up to 64 MiB, and its id of 30,000 bytes is not
 * another text for each */
static void
test_payload_copies(void)
{
    static const struct {
        guint n_keys;
        guint id;
        guint read;
    } records[] = {{0, 40, 60001}, {4000, 1, 1048}, {0, 30000, 2235}};
    const guint n_rows = 60001;

    for (gsize i = 0; i < G_N_ELEMENTS(records); i++) {
        g_autoptr(GString) text = g_string_new("{\"request\":{\"instances\":[");
        g_autofree char *id = g_strnfill(records[i].id, 'x');
        g_autofree char *first = records[i].id > 256 ? g_strdup(id) : g_strconcat(id, ":0", NULL);
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *cell = NULL;

        for (guint row = 0; row < n_rows; row++)
            g_string_append(text, row > 0 ? ",1" : "1");
        g_string_append(text, "]},\"response\":{\"predictions\":[");
        for (guint row = 0; row < n_rows; row++)
            g_string_append_printf(text, "%s%u", row > 0 ? "," : "", row % 2);
        g_string_append_printf(text, "]},\"request_id\":\"%s\"", id);
        for (guint key = 0; key < records[i].n_keys; key++)
            g_string_append_printf(text, ",\"k%u\":1", key);
        g_string_append(text, "}\n");
        frame = payload_read(text->str, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(frame->n_rows, ==, records[i].read);
        g_assert_cmpuint(frame->n_rejected, ==, n_rows - records[i].read);
        cell = errata_column_print(errata_frame_find(frame, "request_id", NULL), 0);
        g_assert_cmpstr(cell, ==, first);
    }
}

/* a tensor of fewer rows than another gives the others nothing */
static void
test_payload_uneven_tensors(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFrame) frame = payload_read(
        "{\"request\":{\"inputs\":[{\"name\":\"a\",\"shape\":[1],\"data\":[7]},{\"name\":\"b\","
        "\"shape\":[3],\"data\":[1,2,3]},{\"name\":\"c\",\"shape\":[3],\"data\":[4,5,6]}]},"
        "\"response\":{\"predictions\":[0,1,0]}}\n",
        &error);
    g_autofree char *text = NULL;

    g_assert_no_error(error);
    text = payload_print(frame);
    g_assert_cmpstr(text, ==, "a=7 - -, b=1 2 3, c=4 5 6, prediction=0 1 0");
}

static void
test_payload_nothing(void)
{
    static const struct {
        const char *text;
        int code;
    } files[] = {
        {"{\"request\":{\"instances\":[]},\"response\":{\"predictions\":[]}}\n",
         ERRATA_ERROR_INVALID_DATA},
        {"url,bytes,contentType,reqType,id,annotations,endpoint\nx,e30=,y,request,1,,\n",
         ERRATA_ERROR_INVALID_DATA},
        {"url,bytes,contentType,reqType,id,annotations,endpoint\n", ERRATA_ERROR_INVALID_DATA},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataFrame) frame = payload_read(files[i].text, &error);

        g_assert_error(error, ERRATA_ERROR, files[i].code);
        g_assert_null(frame);
    }
}

/* a log of questions and answers is none of a model server, whatever they speak of */
static void
test_payload_chat(void)
{
    static const char text[] =
        "{\"request\":\"Which instances have inputs?\",\"response\":\"No predictions\"}\n";

    g_assert_cmpuint(payload_sniff(text), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/payload/shapes", test_payload_shapes);
    g_test_add_func("/payload/arrays", test_payload_arrays);
    g_test_add_func("/payload/defects", test_payload_defects);
    g_test_add_func("/payload/batches", test_payload_batches);
    g_test_add_func("/payload/copies", test_payload_copies);
    g_test_add_func("/payload/uneven-tensors", test_payload_uneven_tensors);
    g_test_add_func("/payload/nothing", test_payload_nothing);
    g_test_add_func("/payload/chat", test_payload_chat);
    return g_test_run();
}
