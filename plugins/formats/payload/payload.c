/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs of model servers in which a request and its response are two records, or tables packed into
 * one. Read as plain JSON or CSV they would look like a log and be none, so they are recognised and
 * refused with what to do instead. */
#include <string.h>

#include "error.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_payload;

typedef struct {
    const char *what;
    const char *words[3]; /* all of them in the first line, NULL ends */
} PayloadShape;

static const PayloadShape shapes[] = {
    {"KServe (CloudEvents)", {"\"specversion\"", "org.kubeflow.serving.inference.", NULL}},
    {"KServe (stored as CSV)", {"url,bytes,contentType,reqType,id,", NULL}},
    {"KServe or Triton (V2 protocol)", {"\"request\"", "\"inputs\"", "\"datatype\""}},
    {"Seldon", {"\"request\"", "\"payload\"", "\"ndarray\""}},
    {"Seldon", {"\"request\"", "\"payload\"", "\"tensor\""}},
    {"Azure ML data collector", {"\"specversion\"", "azureml.inference.model_", NULL}},
};

static const PayloadShape *
payload_shape(const guint8 *head, gsize size)
{
    const guint8 *newline = memchr(head, '\n', size);
    gsize length = newline != NULL ? (gsize)(newline - head) : size;

    for (gsize i = 0; i < G_N_ELEMENTS(shapes); i++) {
        guint found = 0;

        while (found < G_N_ELEMENTS(shapes[i].words) && shapes[i].words[found] != NULL &&
               memmem(head, length, shapes[i].words[found], strlen(shapes[i].words[found])) != NULL)
            found++;
        if (found == G_N_ELEMENTS(shapes[i].words) || shapes[i].words[found] == NULL)
            return &shapes[i];
    }
    return NULL;
}

static guint
payload_sniff(const guint8 *head, gsize size, const char *name)
{
    return size > 0 && payload_shape(head, size) != NULL ? 96 : 0;
}

static gboolean
payload_read(ErrataSource *source, ErrataFrameBuilder *builder, GError **error)
{
    const guint8 *head;
    gsize size;
    const PayloadShape *shape;

    if (!errata_source_peek(source, 65536, &head, &size, error))
        return FALSE;
    shape = payload_shape(head, size);
    g_set_error(
        error,
        ERRATA_ERROR,
        ERRATA_ERROR_UNSUPPORTED,
        "requests and responses of %s are apart in it, and this release does not join them: give a "
        "table with a row per prediction (JSON Lines or CSV)",
        shape != NULL ? shape->what : "a model server");
    return FALSE;
}

static const ErrataFormat payload_format = {
    .id = "payload",
    .summary = "payload logs of model servers, recognised and refused",
    .sniff = payload_sniff,
    .read = payload_read,
};

const ErrataPlugin errata_plugin_payload = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "payload",
    .formats = (const ErrataFormat *const[]){&payload_format, NULL},
};
