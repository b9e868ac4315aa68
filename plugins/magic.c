/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telling by content what is not a log: model files, which are named as such, and everything else,
 * so that an error can say what was found instead of "unknown format". */
#include "magic.h"

#include <string.h>

#define MAGIC_TEXT 4096 /* bytes searched for a word */

typedef struct {
    const char *bytes;
    gsize length;
    gsize offset;
    const char *what;
} Magic;

static const Magic foreign[] = {
    {"7z\xbc\xaf\x27\x1c", 6, 0, "a 7-zip archive"},
    {"Rar!\x1a\x07", 6, 0, "a RAR archive"},
    {"%PDF-", 5, 0, "a PDF document"},
    {"\x89PNG\r\n\x1a\n", 8, 0, "a PNG image"},
    {"\xff\xd8\xff", 3, 0, "a JPEG image"},
    {"GIF8", 4, 0, "a GIF image"},
    {"RIFF", 4, 0, "a RIFF file (sound, video or WebP image)"},
    {"\x7f"
     "ELF",
     4,
     0,
     "a program (ELF)"},
    {"MZ", 2, 0, "a program (Windows)"},
    {"\x89HDF\r\n\x1a\n", 8, 0, "an HDF5 file"},
    {"SQLite format 3", 15, 0, "an SQLite database"},
    {"PAR1", 4, 0, "a Parquet file"},
    {"PARE", 4, 0, "an encrypted Parquet file"},
    {"ORC", 3, 0, "an ORC file"},
    {"ARROW1", 6, 0, "an Arrow file"},
    {"Obj\x01", 4, 0, "an Avro file"},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, 0, "an old Microsoft Office document"},
    {"\x93NUMPY", 6, 0, "a NumPy array"},
    {"\xed\xab\xee\xdb", 4, 0, "an RPM package"},
    {"!<arch>", 7, 0, "an ar archive"},
    {"\x1f\x9d", 2, 0, "a compress (.Z) file"},
    {"ftyp", 4, 4, "a video (MP4)"},
    {"\xff\xfe", 2, 0, "text in UTF-16"},
    {"\xfe\xff", 2, 0, "text in UTF-16"},
};

static const Magic models[] = {
    {"GGUF", 4, 0, "gguf"},
    {"\x89HDF\r\n\x1a\n", 8, 0, "keras-h5"},
    {"tree\nversion=", 13, 0, "lightgbm"},
    {"tree\r\nversion=", 14, 0, "lightgbm"},
    {"binf", 4, 0, "xgboost-binary"},
    {"CBM1", 4, 0, "catboost-binary"},
    {"TFL3", 4, 4, "tflite"},
};

static const char *
magic_find(const Magic *table, gsize n, const guint8 *head, gsize size)
{
    for (gsize i = 0; i < n; i++)
        if (size >= table[i].offset + table[i].length &&
            memcmp(head + table[i].offset, table[i].bytes, table[i].length) == 0)
            return table[i].what;
    return NULL;
}

static gboolean
magic_has(const guint8 *head, gsize size, const char *word)
{
    return head != NULL && memmem(head, MIN(size, MAGIC_TEXT), word, strlen(word)) != NULL;
}

/* first byte that is not white space, after a byte order mark */
static const guint8 *
magic_skip_space(const guint8 *head, gsize *size)
{
    if (*size >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0) {
        head += 3;
        *size -= 3;
    }
    while (*size > 0 && g_ascii_isspace((char)*head)) {
        head++;
        (*size)--;
    }
    return head;
}

static const char *
magic_json_model(const guint8 *head, gsize size)
{
    if (size == 0 || *head != '{')
        return NULL;
    if (magic_has(head, size, "\"learner\"") &&
        (magic_has(head, size, "\"gradient_booster\"") || magic_has(head, size, "\"attributes\"") ||
         magic_has(head, size, "\"learner_model_param\"")))
        return "xgboost-json";
    if (magic_has(head, size, "\"oblivious_trees\"") || magic_has(head, size, "\"features_info\""))
        return "catboost-json";
    if (magic_has(head, size, "\"__loader__\"") && magic_has(head, size, "\"__module__\""))
        return "skops";
    if (magic_has(head, size, "\"weight_map\"") && magic_has(head, size, "safetensors"))
        return "safetensors-index";
    if (magic_has(head, size, "\"class_name\"") && magic_has(head, size, "\"keras"))
        return "keras-config";
    return NULL;
}

/* pickle: protocol 2 and later begin with PROTO; older ones are known by GLOBAL or a list, and
 * STOP */
static gboolean
magic_is_pickle(const guint8 *head, gsize size, const char *name)
{
    if (size >= 2 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5)
        return TRUE;
    return (g_str_has_suffix(name, ".pkl") || g_str_has_suffix(name, ".pickle") ||
            g_str_has_suffix(name, ".joblib")) &&
           size >= 2 && strchr("c(]}l", (int)head[0]) != NULL;
}

/* protobuf ModelProto: field 1 (ir_version, a small varint), then field 2, 7 or 8 */
static gboolean
magic_is_onnx(const guint8 *head, gsize size, const char *name)
{
    gboolean like = size >= 4 && head[0] == 0x08 && head[1] >= 1 && head[1] <= 32 &&
                    (head[2] == 0x12 || head[2] == 0x3a || head[2] == 0x42);

    return like && (g_str_has_suffix(name, ".onnx") || magic_has(head, size, "onnx") ||
                    magic_has(head, size, "ai."));
}

static gboolean
magic_is_safetensors(const guint8 *head, gsize size, const char *name)
{
    guint64 length = 0;

    if (g_str_has_suffix(name, ".safetensors"))
        return TRUE;
    if (size < 10)
        return FALSE;
    for (guint i = 8; i-- > 0;)
        length = length << 8 | head[i];
    return length >= 2 && length < (G_GUINT64_CONSTANT(1) << 32) && head[8] == '{' &&
           (head[9] == '"' || head[9] == '}');
}

const char *
errata_magic_model(const guint8 *head, gsize size, const char *name)
{
    const char *found = magic_find(models, G_N_ELEMENTS(models), head, size);
    gsize text_size = size;
    const guint8 *text;

    if (found != NULL)
        return found;
    if (size >= 2 && head[0] == '{' && g_ascii_isalpha((char)head[1]) &&
        (magic_has(head, size, "learner") || g_str_has_suffix(name, ".ubj")))
        return "xgboost-ubjson";
    if (magic_is_safetensors(head, size, name))
        return "safetensors";
    if (strcmp(name, "saved_model.pb") == 0 && size >= 3 && memcmp(head, "\x08\x01\x12", 3) == 0)
        return "tensorflow";
    if (magic_is_pickle(head, size, name))
        return "pickle";
    if (magic_is_onnx(head, size, name))
        return "onnx";
    if (strcmp(name, "model.ini") == 0 && magic_has(head, size, "mojo_version"))
        return "h2o-mojo";
    text = magic_skip_space(head, &text_size);
    if (text_size > 0 && *text == '<' && magic_has(text, text_size, "<PMML"))
        return "pmml";
    return magic_json_model(text, text_size);
}

/* report.json, as errata writes it: its first member says so */
gboolean
errata_magic_is_report(const guint8 *head, gsize size)
{
    static const char *const marks[] = {"{\"errata\":{\"format\":", "{\"errata\": {\"format\":"};
    gsize text_size = size;
    const guint8 *text = magic_skip_space(head, &text_size);

    for (guint i = 0; i < G_N_ELEMENTS(marks); i++)
        if (text_size >= strlen(marks[i]) && memcmp(text, marks[i], strlen(marks[i])) == 0)
            return TRUE;
    return FALSE;
}

/* statements that make a table and fill it, one of which begins the file or follows a remark */
gboolean
errata_magic_is_sql(const guint8 *head, gsize size)
{
    static const char *const begins[] =
        {"CREATE TABLE", "INSERT INTO", "DROP TABLE", "COPY ", "-- ", "/*!"};
    static const char *const fills[] = {"INSERT INTO ",
                                        "CREATE TABLE ",
                                        "\nCOPY ",
                                        " FROM stdin;\n"};
    gsize text_size = size;
    const guint8 *text = magic_skip_space(head, &text_size);
    gboolean begun = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS(begins); i++)
        begun = begun ||
                (text_size > strlen(begins[i]) &&
                 g_ascii_strncasecmp((const char *)text, begins[i], strlen(begins[i])) == 0);
    for (guint i = 0; begun && i < G_N_ELEMENTS(fills); i++)
        if (magic_has(text, text_size, fills[i]) && magic_has(text, text_size, ";"))
            return TRUE;
    return FALSE;
}

char *
errata_magic_describe(const guint8 *head, gsize size)
{
    const char *found = magic_find(foreign, G_N_ELEMENTS(foreign), head, size);
    g_autoptr(GString) bytes = NULL;
    gsize text_size = size;
    const guint8 *text = magic_skip_space(head, &text_size);

    if (found != NULL)
        return g_strdup(found);
    if (text_size == 0)
        return g_strdup(size == 0 ? "an empty file" : "only white space");
    if (*text == '<' && text_size > 1 &&
        (g_ascii_isalpha(text[1]) || text[1] == '?' || text[1] == '!'))
        return g_strdup("XML or HTML");
    if (*text == '[' || *text == '{')
        return g_strdup("JSON without objects that are rows (write the table with "
                        "orient=\"records\", lines=True, or a name and a value for each cell)");
    if (g_utf8_validate((const char *)head, (gssize)MIN(size, 256), NULL))
        return g_strdup("text that is not a table");
    bytes = g_string_new("binary data that begins with the bytes");
    for (gsize i = 0; i < MIN(size, 8); i++)
        g_string_append_printf(bytes, " %02x", head[i]);
    return g_string_free(g_steal_pointer(&bytes), FALSE);
}
