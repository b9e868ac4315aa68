/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model came in: an MLflow folder, a TorchServe archive, a zip with a model in it. */
#include "model-container.h"

static char *
container_text(const char *text)
{
    return text != NULL ? g_utf8_make_valid(text, -1) : NULL;
}

static char *G_GNUC_PRINTF(1, 0) container_words(const char *format, va_list args)
{
    g_autofree char *words = g_strdup_vprintf(format, args);

    return g_utf8_make_valid(words, -1);
}

static void
container_fact_free(gpointer data)
{
    ErrataModelFact *fact = data;

    g_free(fact->name);
    g_free(fact->value);
    g_free(fact);
}

static void
container_member_free(gpointer data)
{
    ErrataModelMember *member = data;

    g_free(member->path);
    g_free(member);
}

static void
container_risk_free(gpointer data)
{
    ErrataModelRisk *risk = data;

    g_free(risk->problem);
    g_free(risk->what);
    g_free(risk);
}

/**
 * errata_model_container_new:
 * @id: short
 * @kind: in words
 *
 * Returns: (transfer full): a container without members
 */
ErrataModelContainer *
errata_model_container_new(const char *id, const char *kind)
{
    ErrataModelContainer *self = g_new0(ErrataModelContainer, 1);

    self->id = g_strdup(id);
    self->kind = g_strdup(kind);
    self->facts = g_ptr_array_new_with_free_func(container_fact_free);
    self->members = g_ptr_array_new_with_free_func(container_member_free);
    self->risks = g_ptr_array_new_with_free_func(container_risk_free);
    self->notes = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void
errata_model_container_free(ErrataModelContainer *self)
{
    if (self == NULL)
        return;
    g_free(self->id);
    g_free(self->kind);
    g_free(self->path);
    g_free(self->sha256);
    g_ptr_array_unref(self->facts);
    g_ptr_array_unref(self->members);
    g_ptr_array_unref(self->risks);
    g_ptr_array_unref(self->notes);
    g_free(self);
}

void
errata_model_container_add_fact(ErrataModelContainer *self, const char *name, const char *value)
{
    ErrataModelFact *fact = g_new0(ErrataModelFact, 1);

    fact->name = container_text(name);
    fact->value = container_text(value);
    g_ptr_array_add(self->facts, fact);
}

/**
 * errata_model_container_add_member:
 * @self: a container
 * @path: within it
 * @bytes: unpacked
 * @what: (transfer none): what it is for; a literal
 */
void
errata_model_container_add_member(ErrataModelContainer *self,
                                  const char *path,
                                  guint64 bytes,
                                  const char *what)
{
    ErrataModelMember *member = g_new0(ErrataModelMember, 1);

    member->path = container_text(path);
    member->bytes = bytes;
    member->what = what;
    g_ptr_array_add(self->members, member);
}

void
errata_model_container_add_risk(ErrataModelContainer *self,
                                ErrataSeverity severity,
                                const char *problem,
                                const char *format,
                                ...)
{
    ErrataModelRisk *risk = g_new0(ErrataModelRisk, 1);
    va_list args;

    va_start(args, format);
    risk->severity = severity;
    risk->problem = g_strdup(problem);
    risk->what = container_words(format, args);
    va_end(args);
    g_ptr_array_add(self->risks, risk);
}

void
errata_model_container_note(ErrataModelContainer *self, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(self->notes, container_words(format, args));
    va_end(args);
}

/**
 * errata_model_container_fact:
 * @self: a container
 * @name: of a fact
 *
 * Returns: (transfer none) (nullable): its value
 */
const char *
errata_model_container_fact(const ErrataModelContainer *self, const char *name)
{
    for (guint i = 0; i < self->facts->len; i++) {
        const ErrataModelFact *fact = g_ptr_array_index(self->facts, i);

        if (g_str_equal(fact->name, name))
            return fact->value;
    }
    return NULL;
}

/**
 * errata_model_put_in:
 * @model: just read, and of no one else yet
 * @container: (transfer full): what it came in
 *
 * From now on the model's risks and notes are those of both.
 */
void
errata_model_put_in(ErrataModel *model, ErrataModelContainer *container)
{
    g_return_if_fail(model->container == NULL);
    for (guint i = 0; i < container->members->len; i++) {
        ErrataModelMember *member = g_ptr_array_index(container->members, i);

        if (g_strcmp0(member->path, container->path) == 0)
            member->what = "model";
    }
    g_ptr_array_extend_and_steal(model->risks, container->risks);
    g_ptr_array_extend_and_steal(model->notes, container->notes);
    container->risks = g_ptr_array_new_with_free_func(container_risk_free);
    container->notes = g_ptr_array_new_with_free_func(g_free);
    model->is_unsafe = model->is_unsafe || container->is_unsafe;
    model->container = container;
}
