/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of the log written without their accents (Koeln or Koln for Köln, ete for été), or with
 * accents that the log has not: the word of the question becomes that of the log, where it can be
 * but one. */
#include <string.h>

#include "ask-words.h"

/* the two ways to write a word in ASCII: ö as o, and as oe */
static const char *const accent_locales[] = {"C", "de_DE"};

static void
accent_note(GHashTable *known, const char *plain, const char *part)
{
    gpointer found;

    if (!g_hash_table_lookup_extended(known, plain, NULL, &found))
        g_hash_table_insert(known, g_strdup(plain), g_strdup(part));
    else if (found != NULL && strcmp(found, part) != 0)
        g_hash_table_insert(known, g_strdup(plain), NULL); /* two words are written so */
}

/* all words of the keys, by how they may be written */
static void
accent_note_keys(GHashTable *known, GHashTable *exact, GHashTable *keys)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, keys);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        g_auto(GStrv) parts = g_strsplit(key, " ", -1);

        for (guint i = 0; parts[i] != NULL; i++) {
            g_hash_table_add(exact, g_strdup(parts[i]));
            for (guint k = 0; k < G_N_ELEMENTS(accent_locales); k++) {
                g_autofree char *plain = g_str_to_ascii(parts[i], accent_locales[k]);

                accent_note(known, plain, parts[i]);
            }
        }
    }
}

/* the log's word that is meant; NULL: none, or more than one */
static const char *
accent_meant(GHashTable *known, const char *part)
{
    for (guint k = 0; k < G_N_ELEMENTS(accent_locales); k++) {
        g_autofree char *plain = g_str_to_ascii(part, accent_locales[k]);
        const char *found = g_hash_table_lookup(known, plain);

        if (found != NULL)
            return found;
    }
    return NULL;
}

/* words of a question that is being read: those that the log has with other accents become the
 * log's */
void
errata_ask_accent_mend(AskWords *words)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) exact = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    accent_note_keys(known, exact, words->columns);
    accent_note_keys(known, exact, words->values);
    for (guint i = 0; i < words->words->len; i++) {
        AskWord *word = &g_array_index(words->words, AskWord, i);
        g_auto(GStrv) parts = g_strsplit(word->fold, " ", -1);

        for (guint k = 0; parts[k] != NULL; k++) {
            const char *meant = g_hash_table_contains(exact, parts[k]) ||
                                        errata_ask_words_is_plain(parts[k])
                                    ? NULL
                                    : accent_meant(known, parts[k]);

            if (meant == NULL)
                continue;
            g_free(parts[k]);
            parts[k] = g_strdup(meant);
        }
        g_free(word->fold);
        word->fold = g_strjoinv(" ", parts);
    }
}
