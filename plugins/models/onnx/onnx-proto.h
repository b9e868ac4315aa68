/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What an ONNX file says (onnx.proto of IR versions 3 to 10), read from protobuf's wire format. */

#define ONNX_FLOAT  1
#define ONNX_UINT8  2
#define ONNX_INT64  7
#define ONNX_STRING 8
#define ONNX_BOOL   9
#define ONNX_DOUBLE 11

/* @raw: the numbers as they lie in the file, which they are borrowed from; of @location, where that
 *   is
 * another file, from @offset on @length bytes, 0 for all. @numbers are empty for types that are not
 * run */
typedef struct {
    char *name;
    int type;
    GArray *dims;       /* gint64 */
    GArray *numbers;    /* double */
    GPtrArray *strings; /* char */
    const guint8 *raw;
    gsize raw_size;
    gboolean is_external;
    char *location;
    guint64 offset;
    guint64 length;
} OnnxTensor;

typedef struct {
    char *name;
    double f;
    gint64 i;
    char *s;
    GArray *floats;     /* double */
    GArray *ints;       /* gint64 */
    GPtrArray *strings; /* char */
    OnnxTensor *tensor;
} OnnxAttribute;

typedef struct {
    char *op;
    char *domain;
    char *name;
    GPtrArray *inputs;     /* char */
    GPtrArray *outputs;    /* char */
    GPtrArray *attributes; /* OnnxAttribute */
} OnnxNode;

/* an input or output of the graph; @columns is its last dimension, 0 when not told, @dims all of
 * them */
typedef struct {
    char *name;
    int type; /* 0: no tensor */
    gint64 columns;
    GArray *dims; /* gint64 */
} OnnxValueInfo;

typedef struct {
    gint64 ir_version;
    char *producer;
    char *producer_version;
    GPtrArray *opsets;       /* char: "ai.onnx.ml 1" */
    GPtrArray *metadata;     /* char: name, value, … */
    GPtrArray *nodes;        /* OnnxNode */
    GPtrArray *initializers; /* OnnxTensor */
    GPtrArray *inputs;       /* OnnxValueInfo, without initializers */
    GPtrArray *outputs;      /* OnnxValueInfo */
} OnnxFile;

/* takes @raw, which is borrowed, for the tensor's numbers; FALSE where its type needs another
 * size */
gboolean onnx_tensor_fill(OnnxTensor *self, const guint8 *raw, gsize size);
OnnxFile *onnx_file_read(const guint8 *bytes, gsize size, GError **error);
void onnx_file_free(OnnxFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OnnxFile, onnx_file_free)

const OnnxAttribute *onnx_attribute(const OnnxNode *node, const char *name);
double onnx_float(const OnnxNode *node, const char *name, double fallback);
gint64 onnx_int(const OnnxNode *node, const char *name, gint64 fallback);
const char *onnx_string(const OnnxNode *node, const char *name);
/* NULL when there are none */
const GArray *onnx_floats(const OnnxNode *node, const char *name);
const GArray *onnx_ints(const OnnxNode *node, const char *name);
const GPtrArray *onnx_strings(const OnnxNode *node, const char *name);

G_END_DECLS
