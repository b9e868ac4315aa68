/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the bytes of a descriptor to a model: which plugin reads it. All files of an archive are at
 * hand at once, since a model may be spread over several of them. */
#include <string.h>

#include "bundle.h"
#include "error.h"
#include "limit.h"
#include "magic.h"
#include "model-builder.h"
#include "model-curve.h"
#include "plugin-builtin.h"
#include "registry-leaf.h"
#include "registry.h"

#define REGISTRY_HEAD      (64U << 10)
#define REGISTRY_MIN_SCORE 20  /* a format less sure than this does not read a file */
#define REGISTRY_SURE      60  /* what is as sure is a model */
#define REGISTRY_BESIDE    100 /* files beside a model whose imports are told */
#define REGISTRY_ARCHIVE   50  /* nor an archive as a whole */
#define REGISTRY_PARAMETER 500 /* bytes of a parameter of a run */

/**
 * errata_registry_model_format:
 * @index: 0 … in build order
 *
 * Returns: (transfer none) (nullable): the model format of that index, %NULL past the last
 */
const ErrataModelFormat *
errata_registry_model_format(guint index)
{
    for (guint i = 0; i < G_N_ELEMENTS(plugin_builtin); i++) {
        const ErrataModelFormat *const *models = plugin_builtin[i]->models;

        for (; models != NULL && *models != NULL; models++)
            if (index-- == 0)
                return *models;
    }
    return NULL;
}

static const ErrataModelFormat *
model_format_of_archive(const ErrataModelParts *parts)
{
    const ErrataModelFormat *best = NULL;
    const ErrataModelFormat *format;
    guint best_score = REGISTRY_ARCHIVE - 1;

    for (guint i = 0; (format = errata_registry_model_format(i)) != NULL; i++) {
        guint score = format->sniff_archive != NULL ? format->sniff_archive(parts) : 0;

        if (score > best_score) {
            best_score = score;
            best = format;
        }
    }
    return best;
}

/* the file by which an archive that is a model as a whole shows itself */
static void
model_find_main(ErrataModelParts *parts)
{
    for (guint at = 0; at < parts->part->len; at++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, at);
        const char *slash = strrchr(part->name, '/');
        gsize size = 0;
        const guint8 *head = part->bytes != NULL ? g_bytes_get_data(part->bytes, &size) : NULL;

        if (head != NULL && errata_magic_model(head,
                                               MIN(size, REGISTRY_HEAD),
                                               slash != NULL ? slash + 1 : part->name) != NULL) {
            parts->main = at;
            return;
        }
    }
}

/* the surest format over all files, and of equals the largest file */
static const ErrataModelFormat *
model_format_of_parts(ErrataModelParts *parts)
{
    const ErrataModelFormat *best = NULL;
    const ErrataModelFormat *format;
    guint best_score = REGISTRY_MIN_SCORE - 1;
    guint64 best_size = 0;

    for (guint at = 0; at < parts->part->len; at++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, at);
        gsize size = 0;
        const guint8 *head = part->bytes != NULL ? g_bytes_get_data(part->bytes, &size) : NULL;

        for (guint i = 0; head != NULL && (format = errata_registry_model_format(i)) != NULL; i++) {
            guint score = format->sniff != NULL
                              ? format->sniff(head, MIN(size, REGISTRY_HEAD), part->name)
                              : 0;

            if (score < best_score || (score == best_score && part->size <= best_size))
                continue;
            if (score < REGISTRY_MIN_SCORE)
                continue;
            best_score = score;
            best_size = part->size;
            best = format;
            parts->main = at;
        }
    }
    return best;
}

static void
model_set_unknown(const ErrataModelParts *parts, GError **error)
{
    const ErrataModelPart *part = parts->part->len > 0 ? g_ptr_array_index(parts->part, 0) : NULL;
    g_autofree char *what = NULL;
    const char *known = NULL;
    const guint8 *head;
    gsize size = 0;

    if (part == NULL || part->bytes == NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_UNSUPPORTED,
                    "%s holds no model: it is an empty archive",
                    parts->name);
        return;
    }
    head = g_bytes_get_data(part->bytes, &size);
    size = MIN(size, REGISTRY_HEAD);
    known = errata_magic_model(head, size, part->name);
    if (known == NULL && !parts->is_archive && errata_leaf_format(head, size, part->name) != NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_UNSUPPORTED,
                    "%s is a log, not a model",
                    parts->name);
        return;
    }
    what = known != NULL ? g_strdup_printf("a model of a kind that is not opened (%s)", known)
                         : errata_magic_describe(head, size);
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_UNSUPPORTED,
                "%s holds no model that can be opened: %s is %s",
                parts->name,
                part->name,
                what);
}

/* the ordinary loaders, on the files that may be the model */
static ErrataModel *
model_load_parts(ErrataModelParts *parts, GError **error)
{
    const ErrataModelFormat *format = parts->is_archive ? model_format_of_archive(parts) : NULL;
    g_autoptr(GError) why = NULL;
    g_autofree char *said = NULL;
    ErrataModel *model;

    if (format == NULL)
        format = model_format_of_parts(parts);
    else
        model_find_main(parts);
    if (format == NULL) {
        model_set_unknown(parts, error);
        return NULL;
    }
    if (!format->any_size && errata_model_parts_main(parts)->size > ERRATA_LIMIT_MODEL_BYTES) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "%s is larger than a model of format %s may be, %u MiB",
                    parts->name,
                    format->id,
                    ERRATA_LIMIT_MODEL_BYTES >> 20);
        return NULL;
    }
    model = format->load(parts, &why);
    if (model == NULL) {
        said = g_utf8_make_valid(why->message, -1); /* it may quote any bytes of the file */
        g_set_error(error,
                    why->domain,
                    why->code,
                    "%s, read as %s: %s",
                    parts->name,
                    format->id,
                    said);
    }
    return model;
}

/* a container that says it holds a model, which is of a kind that is not opened */
static ErrataModel *
model_describe(const ErrataModelContainer *container, const GError *why, GError **error)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new(container->id,
                                                                     container->kind);

    errata_model_builder_set_kind(builder, container->kind);
    errata_model_builder_set_why_not(builder, "%s", why->message);
    return errata_model_builder_finish(builder, error);
}

/* by its name, or a table that begins with the number of the round */
static gboolean
model_is_history(const char *base, const char *text, gsize size)
{
    g_autofree char *first = g_strndup(text, MIN(size, 40));

    first[strcspn(first, ",;\t\r\n")] = '\0';
    return strstr(base, "history") != NULL || strstr(base, "training") != NULL ||
           strstr(base, "evals_result") != NULL || strstr(base, "_error") != NULL ||
           errata_model_curve_is_step(first);
}

/* what the training returned, where it was packed with the model */
static void
model_add_histories(ErrataModel *model, const ErrataModelParts *parts)
{
    for (guint at = 0; at < parts->part->len; at++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, at);
        const char *slash = strrchr(part->name, '/');
        g_autofree char *base = g_ascii_strdown(slash != NULL ? slash + 1 : part->name, -1);
        gsize size = 0;
        const char *text = part->bytes != NULL ? g_bytes_get_data(part->bytes, &size) : NULL;

        if (text == NULL || !model_is_history(base, text, size))
            continue;
        if (g_str_has_suffix(base, ".json"))
            errata_model_curve_add_history(model, text, size);
        else if (g_str_has_suffix(base, ".csv") || g_str_has_suffix(base, ".tsv") ||
                 g_str_has_suffix(base, ".log"))
            errata_model_curve_add_table(model,
                                         g_str_has_prefix(base, "test_")    ? "test"
                                         : g_str_has_prefix(base, "learn_") ? "train"
                                                                            : NULL,
                                         text,
                                         size);
    }
}

/* the folder of an MLflow run that @path lies in a folder @inner of; %NULL where it lies in none */
static char *
model_run_folder(const ErrataModelParts *parts, const char *path, const char *inner)
{
    const char *at = g_str_has_prefix(path, inner) ? path : NULL;
    g_autofree char *within = g_strconcat("/", inner, NULL);
    g_autofree char *meta = NULL;

    if (at == NULL && strstr(path, within) != NULL)
        at = strstr(path, within) + 1;
    if (at == NULL)
        return NULL;
    meta = g_strdup_printf("%.*smeta.yaml", (int)(at - path), path);
    for (guint i = 0; i < parts->part->len; i++)
        if (strcmp(((const ErrataModelPart *)g_ptr_array_index(parts->part, i))->name, meta) == 0)
            return g_strndup(path, (gsize)(at - path));
    return NULL;
}

/* what MLflow's store keeps of the run that the model came from: a file a measure, a file a
 * parameter */
static void
model_add_run(ErrataModel *model, const ErrataModelParts *parts)
{
    for (guint at = 0; at < parts->part->len; at++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, at);
        gboolean is_metric = strstr(part->name, "metrics/") != NULL;
        const char *inner = is_metric ? "metrics/" : "params/";
        g_autofree char *folder = model_run_folder(parts, part->name, inner);
        gsize size = 0;
        const char *text = folder != NULL && part->bytes != NULL
                               ? g_bytes_get_data(part->bytes, &size)
                               : NULL;
        const char *name = folder != NULL ? part->name + strlen(folder) + strlen(inner) : NULL;

        if (text == NULL || name[0] == '\0')
            continue;
        if (is_metric) {
            errata_model_curve_add_metric(model, name, text, size);
        } else if (size <= REGISTRY_PARAMETER) {
            ErrataModelFact *fact = g_new0(ErrataModelFact, 1);
            g_autofree char *value = g_strndup(text, size);

            fact->name = g_utf8_make_valid(name, -1);
            fact->value = g_utf8_make_valid(g_strstrip(value), -1);
            g_ptr_array_add(model->parameters, fact);
        }
    }
}

/* files of one archive that are models too: which was taken must be told */
static void
model_note_others(const ErrataModelParts *parts, ErrataModelContainer *container)
{
    g_autoptr(GString) others = g_string_new(NULL);

    if (model_format_of_archive(parts) != NULL)
        return; /* its files are one model together */
    for (guint at = 0; at < parts->part->len; at++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, at);
        const ErrataModelFormat *format;
        gsize size = 0;
        const guint8 *head = part->bytes != NULL ? g_bytes_get_data(part->bytes, &size) : NULL;
        guint best = 0;

        for (guint i = 0; head != NULL && (format = errata_registry_model_format(i)) != NULL; i++)
            best = MAX(best,
                       format->sniff != NULL
                           ? format->sniff(head, MIN(size, REGISTRY_HEAD), part->name)
                           : 0);
        if (at != parts->main && best >= REGISTRY_SURE)
            g_string_append_printf(others, "%s%s", others->len > 0 ? ", " : "", part->name);
    }
    if (others->len > 0)
        errata_model_container_note(container,
                                    "it holds several models: %s was taken; name one of the others "
                                    "as a file of its own to have it read (%s)",
                                    errata_model_parts_main(parts)->name,
                                    others->str);
}

/* what opening it with the library that it is for may run */
static gboolean
model_may_run_code(const ErrataModelFormat *format)
{
    return format != NULL &&
           (strcmp(format->id, "sklearn-pickle") == 0 || g_str_has_prefix(format->id, "torch"));
}

/* A file beside the model that is opened with it, a step before it for one, is as dangerous as the
 * model itself: what it would import and call is told of it, too */
static void
model_add_risks_beside(ErrataModelContainer *container,
                       const ErrataModelParts *parts,
                       const ErrataModelParts *inner)
{
    gboolean is_whole = model_format_of_archive(inner) != NULL;
    const char *taken = inner->part->len > 0 ? errata_model_parts_main(inner)->name : NULL;
    guint n_left = REGISTRY_BESIDE;

    for (guint at = 0; at < parts->part->len && n_left > 0; at++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, at);
        g_autoptr(ErrataModelParts) one = NULL;
        g_autoptr(ErrataModel) model = NULL;

        if (part->bytes == NULL || g_strcmp0(part->name, taken) == 0 ||
            (is_whole && errata_model_parts_find(inner, part->name) != NULL))
            continue;
        one = errata_model_parts_new(part->name);
        errata_model_parts_add(one, part->name, part->bytes, part->size);
        if (!model_may_run_code(model_format_of_parts(one)))
            continue;
        n_left--;
        model = model_load_parts(one, NULL);
        for (guint i = 0; model != NULL && i < model->risks->len; i++) {
            const ErrataModelRisk *risk = g_ptr_array_index(model->risks, i);

            if (risk->severity >= ERRATA_SEVERITY_MEDIUM)
                errata_model_container_add_risk(container,
                                                risk->severity,
                                                risk->problem,
                                                "%s: %s",
                                                part->name,
                                                risk->what);
        }
    }
}

/* (nullable): what is in an archive by its headers, with members that are not read as risks */
static ErrataModelContainer *
model_list(int fd, guint *ret_refused)
{
    ErrataModelContainer *container = NULL;

    *ret_refused = 0;
    for (guint i = 0; i < G_N_ELEMENTS(plugin_builtin) && container == NULL; i++) {
        const ErrataContainer *const *one = plugin_builtin[i]->containers;

        for (; one != NULL && *one != NULL && container == NULL; one++)
            if ((*one)->list != NULL)
                container = (*one)->list(fd, ret_refused);
    }
    return container;
}

/* links that were left out, each with where it points */
static void
model_add_links(ErrataModelContainer *container, int fd)
{
    guint n_refused;
    g_autoptr(ErrataModelContainer) listed = model_list(fd, &n_refused);

    for (guint i = 0; listed != NULL && i < listed->risks->len; i++) {
        const ErrataModelRisk *risk = g_ptr_array_index(listed->risks, i);

        errata_model_container_add_risk(container, risk->severity, risk->problem, "%s", risk->what);
    }
}

/* (nullable): which version of the model it is, whatever else is in the archive: SHA-256 of the
 * file that is the model, or of the names and bytes of all that are one together */
static char *
model_digest(const ErrataModelParts *parts)
{
    gboolean is_whole = model_format_of_archive(parts) != NULL;
    const ErrataModelPart *taken = errata_model_parts_main(parts);
    g_autoptr(GChecksum) digest = g_checksum_new(G_CHECKSUM_SHA256);

    for (guint at = 0; at < parts->part->len; at++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, at);
        gsize size = 0;
        const guint8 *bytes = part->bytes != NULL ? g_bytes_get_data(part->bytes, &size) : NULL;

        if (!is_whole && part != taken)
            continue;
        if (size < part->size)
            return NULL; /* not read to its end */
        if (is_whole)
            g_checksum_update(digest, (const guint8 *)part->name, (gssize)strlen(part->name) + 1);
        if (size > 0)
            g_checksum_update(digest, bytes, (gssize)size);
    }
    return g_strdup(g_checksum_get_string(digest));
}

/* an archive: what it tells, and the model in it; @with_links: its file where members were left
 * out */
static ErrataModel *
model_load_archive(ErrataModelParts *parts, int with_links, GError **error)
{
    g_autoptr(ErrataModelParts) inner = NULL;
    g_autoptr(ErrataModelContainer) container = NULL;
    g_autoptr(ErrataModel) model = NULL;
    g_autoptr(GError) why = NULL;

    if (parts->part->len == 0) {
        model_set_unknown(parts, error);
        return NULL;
    }
    container = errata_bundle_read(parts, &inner, error);
    if (container == NULL) {
        g_prefix_error(error, "%s: ", parts->name);
        return NULL;
    }
    model = model_load_parts(inner, &why);
    /* what is no more than files together is a model only if one of them is */
    if (model == NULL &&
        (container->is_unsafe || (strcmp(container->id, "archive") != 0 &&
                                  g_error_matches(why, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED))))
        model = model_describe(container, why, error);
    else if (model == NULL)
        g_propagate_error(error, g_steal_pointer(&why));
    if (model == NULL)
        return NULL;
    if (why == NULL)
        model_note_others(inner, container);
    if (why == NULL && inner->part->len > 0)
        container->path = g_strdup(errata_model_parts_main(inner)->name);
    if (container->path != NULL)
        container->sha256 = model_digest(inner);
    model_add_risks_beside(container, parts, inner);
    if (with_links >= 0)
        model_add_links(container, with_links);
    model_add_histories(model, parts);
    model_add_run(model, parts);
    errata_bundle_compare(container, model);
    errata_model_put_in(model, g_steal_pointer(&container));
    return g_steal_pointer(&model);
}

/**
 * errata_registry_load_model:
 * @fd: the model's file or archive, open for reading and able to seek; its position is moved
 * @name: its name, for messages and as a weak hint
 * @warnings: (element-type utf8): gets defects that leave the model right
 * @error: return location for a #GError
 *
 * Finds out by content which format @fd is in and reads the model.
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED when it holds no model or one of a kind that is not read;
 * %ERRATA_ERROR_INVALID_DATA when it is damaged; %ERRATA_ERROR_LIMIT; %ERRATA_ERROR_IO.
 *
 * Returns: (transfer full): the model, or %NULL with @error set
 */
ErrataModel *
errata_registry_load_model(int fd, const char *name, GPtrArray *warnings, GError **error)
{
    return errata_registry_load_model_beside(fd, name, NULL, warnings, error);
}

/**
 * errata_registry_load_model_beside:
 * @fd: an archive that holds a log and a model
 * @name: its name
 * @members: (nullable) (element-type ErrataMember): what errata_registry_read() found in it
 * @warnings: (element-type utf8): gets defects that leave the model right
 * @error: return location for a #GError
 *
 * As errata_registry_load_model(), for the model beside a log: the log is not looked at again.
 *
 * Returns: (transfer full): the model, or %NULL with @error set
 */
ErrataModel *
errata_registry_load_model_beside(int fd,
                                  const char *name,
                                  const GPtrArray *members,
                                  GPtrArray *warnings,
                                  GError **error)
{
    guint n_left_out = 0;
    g_autoptr(ErrataModelParts) parts =
        errata_registry_read_parts(fd, name, members, warnings, &n_left_out, error);

    if (parts == NULL)
        return NULL;
    if (!parts->is_archive)
        return model_load_parts(parts, error);
    return model_load_archive(parts, n_left_out > 0 ? fd : -1, error);
}

/**
 * errata_registry_list_archive:
 * @fd: a file that was not read; its position is moved
 * @name: its name
 * @why: why it was not
 *
 * Returns: (transfer full) (nullable): where it is an archive with members that are not read: what
 * is in
 *   it, as a model that is not run; else %NULL
 */
ErrataModel *
errata_registry_list_archive(int fd, const char *name, const GError *why)
{
    guint n_refused;
    g_autoptr(ErrataModelContainer) container = model_list(fd, &n_refused);
    g_autoptr(ErrataModelBuilder) builder = NULL;
    ErrataModel *model;

    if (container == NULL || n_refused == 0)
        return NULL;
    builder = errata_model_builder_new("archive", "files together");
    errata_model_builder_set_kind(builder, "archive");
    errata_model_builder_set_why_not(builder, "%s", why->message);
    model = errata_model_builder_finish(builder, NULL);
    if (model == NULL)
        return NULL;
    container->is_unsafe = TRUE;
    errata_model_put_in(model, g_steal_pointer(&container));
    return model;
}
