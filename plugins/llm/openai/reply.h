/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataReply:
 * @text: what the model wrote, as it came
 * @model: (nullable): as the server calls it
 * @n_thought: bytes of thoughts that the server kept apart from the text
 * @tokens_in: of the prompt, 0 when not told
 * @tokens_out: of the text and the thoughts, 0 when not told
 * @odd_usage: a count was told that is none
 * @elsewhere: the server sent another choice than the first, which is not taken
 * @cut: it ended at its limit of tokens
 * @has_ended: the stream said that it was done
 * @by_ollama: the server says that it is one
 *
 * An answer that grows as its chunks come.
 */
typedef struct {
    GString *text;
    char *model;
    gsize n_thought;
    guint64 tokens_in;
    guint64 tokens_out;
    gboolean odd_usage;
    gboolean elsewhere;
    gboolean cut;
    gboolean has_ended;
    gboolean by_ollama;
} ErrataReply;

ErrataReply *errata_reply_new(void);
void errata_reply_free(ErrataReply *self);
/* an ErrataSseFunc; @user_data is the reply */
gboolean errata_reply_take_event(const char *event,
                                 const char *data,
                                 gsize length,
                                 gpointer user_data,
                                 GError **error);
/* … of Ollama's own stream */
gboolean errata_reply_take_line(const char *event,
                                const char *data,
                                gsize length,
                                gpointer user_data,
                                GError **error);
gboolean errata_reply_take_whole(ErrataReply *self, const char *data, gsize length, GError **error);
/* the JSON object in it, or all of it where there is none; NULL: not a text, or thoughts and no
 * answer */
char *errata_reply_extract(const ErrataReply *self, GError **error);

/* what a server said was wrong, fit for a message; never empty */
char *errata_reply_problem(guint status, const char *body, gsize length, char **ret_type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataReply, errata_reply_free)

G_END_DECLS
