/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compose.h"

/* What changed since the report before: the headline, then what regressed, is new or worse, then
 * what is fixed or better; the rest is counted. */

#define PATTERNS_ROWS  7
#define PATTERNS_STATE 62.0 /* points: "regressed" */
#define PATTERNS_PAGE  20.0

/* in the order in which they are told */
static const ErrataPatternState patterns_news[] = {ERRATA_PATTERN_REGRESSED,
                                                   ERRATA_PATTERN_NEW,
                                                   ERRATA_PATTERN_WORSE,
                                                   ERRATA_PATTERN_FIXED,
                                                   ERRATA_PATTERN_BETTER};
static const ErrataPatternState patterns_rest[] = {ERRATA_PATTERN_RECURRING, ERRATA_PATTERN_MUTED};

/* whether there was a report before this one: all are new in the first */
static gboolean
patterns_has_before(const ErrataCase *report_case)
{
    for (guint i = 0; report_case->patterns != NULL && i < report_case->patterns->len; i++)
        if (((const ErrataPattern *)g_ptr_array_index(report_case->patterns, i))->state !=
            ERRATA_PATTERN_NEW)
            return TRUE;
    return FALSE;
}

static guint
patterns_count(const ErrataCase *report_case, ErrataPatternState state)
{
    guint n = 0;

    for (guint i = 0; report_case->patterns != NULL && i < report_case->patterns->len; i++)
        n += errata_pattern_shown(g_ptr_array_index(report_case->patterns, i)) == state ? 1 : 0;
    return n;
}

/* "2 more changed, 4 recurring, 1 muted", or nothing */
static char *
patterns_rest_words(const ErrataCase *report_case, guint n_left_out)
{
    GString *text = g_string_new(NULL);

    if (n_left_out > 0)
        g_string_append_printf(text, "%u more changed", n_left_out);
    for (guint i = 0; i < G_N_ELEMENTS(patterns_rest); i++) {
        guint n = patterns_count(report_case, patterns_rest[i]);

        if (n > 0)
            g_string_append_printf(text,
                                   "%s%u %s",
                                   text->len > 0 ? ", " : "",
                                   n,
                                   errata_pattern_state_nick(patterns_rest[i]));
    }
    return g_string_free(text, FALSE);
}

/* the finding that the headline fell since the report before, where it did */
static const ErrataFinding *
patterns_fall(const ErrataCase *report_case)
{
    const ErrataSince *since = report_case->performance.since;

    for (guint i = 0; since != NULL && i < report_case->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report_case->findings, i);

        if (finding->kind == ERRATA_FINDING_PERFORMANCE &&
            errata_finding_note(finding, "against") != NULL &&
            g_strcmp0(finding->metric, since->metric) == 0)
            return finding;
    }
    return NULL;
}

/* whether the line of the headline tells it: that it fell, or that an earlier fall is mended */
static gboolean
patterns_is_headline(const ErrataCase *report_case, const ErrataPattern *pattern)
{
    const ErrataSince *since = report_case->performance.since;
    const ErrataFinding *fall = patterns_fall(report_case);

    if (pattern->kind != ERRATA_FINDING_PERFORMANCE || since == NULL || !since->changed)
        return FALSE;
    return pattern->finding == NULL || (fall != NULL && g_strcmp0(pattern->finding, fall->id) == 0);
}

/* what is worth an alert, and what is better */
static gboolean
patterns_is_told(const ErrataCase *report_case, const ErrataPattern *pattern)
{
    if (patterns_is_headline(report_case, pattern))
        return FALSE;
    return errata_pattern_is_news(pattern) ||
           (pattern->severity > ERRATA_SEVERITY_INFO &&
            errata_pattern_shown(pattern) == ERRATA_PATTERN_BETTER);
}

const char *
errata_compose_since_title(const ErrataCase *report_case)
{
    if (patterns_has_before(report_case))
        return "Since the last report";
    return report_case->performance.since != NULL ? "Since the earlier report" : NULL;
}

static void
patterns_news_free(gpointer data)
{
    ErrataNews *line = data;

    g_free(line->text);
    g_free(line);
}

/* @text: (transfer full) */
static void
patterns_news_add(GPtrArray *news,
                  const char *state,
                  ErrataTone tone,
                  char *text,
                  const char *finding)
{
    ErrataNews *line = g_new0(ErrataNews, 1);

    line->state = state;
    line->tone = tone;
    line->text = text;
    line->finding = finding;
    g_ptr_array_add(news, line);
}

static void
patterns_news_headline(const ErrataCase *report_case, GPtrArray *news)
{
    const ErrataFinding *fall = patterns_fall(report_case);
    ErrataTone tone;
    char *text = errata_compose_since(report_case, &tone);

    if (text != NULL)
        patterns_news_add(news,
                          tone == ERRATA_TONE_GOOD    ? "better"
                          : tone == ERRATA_TONE_ERROR ? "worse"
                                                      : "unchanged",
                          tone,
                          text,
                          fall != NULL ? fall->id : NULL);
}

/**
 * errata_compose_news:
 * @report_case: a finished case
 *
 * Returns: (transfer full) (element-type ErrataNews): what changed since the report before: the
 *   headline first, then what is most urgent, what is better last; empty in a first report
 */
GPtrArray *
errata_compose_news(const ErrataCase *report_case)
{
    GPtrArray *news = g_ptr_array_new_with_free_func(patterns_news_free);

    patterns_news_headline(report_case, news);
    if (!patterns_has_before(report_case))
        return news;
    for (guint s = 0; s < G_N_ELEMENTS(patterns_news); s++)
        for (guint i = 0; i < report_case->patterns->len; i++) {
            const ErrataPattern *pattern = g_ptr_array_index(report_case->patterns, i);
            gboolean good = pattern->state == ERRATA_PATTERN_FIXED ||
                            pattern->state == ERRATA_PATTERN_BETTER;

            if (patterns_is_told(report_case, pattern) && pattern->state == patterns_news[s])
                patterns_news_add(news,
                                  errata_pattern_state_nick(pattern->state),
                                  good ? ERRATA_TONE_GOOD : ERRATA_TONE_ERROR,
                                  g_strdup(pattern->title),
                                  pattern->finding);
        }
    return news;
}

static void
patterns_row(ErrataBlock *table, const ErrataNews *line)
{
    ErrataCell *cell = errata_block_add_cell(table, line->state);

    cell->style = ERRATA_STYLE_CELL_STRONG;
    cell->ink = line->tone == ERRATA_TONE_REFERENCE ? ERRATA_INK_SOFT
                                                    : errata_theme_tone(line->tone);
    errata_block_add_cell(table, line->text);
    cell = errata_block_add_cell(table, NULL);
    cell->kind = line->finding != NULL ? ERRATA_CELL_PAGE : ERRATA_CELL_TEXT;
    g_ptr_array_add(table->dests, g_strdup(line->finding));
}

static void
patterns_table(const GPtrArray *news, ErrataDocument *document)
{
    ErrataBlock *table = errata_document_add(document, ERRATA_BLOCK_TABLE);

    table->dests = g_ptr_array_new_with_free_func(g_free);
    table->no_heading = TRUE;
    table->row_space = 2.0;
    errata_block_add_column(table, "", PATTERNS_STATE, FALSE);
    errata_block_add_column(table, "", 0.0, FALSE)->flexible = TRUE;
    table->columns[1].lines = 2;
    errata_block_add_column(table, "", PATTERNS_PAGE, TRUE);
    for (guint i = 0; i < MIN(news->len, PATTERNS_ROWS); i++)
        patterns_row(table, g_ptr_array_index(news, i));
}

/**
 * errata_compose_patterns:
 * @report_case: a finished case
 * @document: gets a section, where there was a report before this one or it is compared with one
 */
void
errata_compose_patterns(const ErrataCase *report_case, ErrataDocument *document)
{
    g_autoptr(GPtrArray) news = errata_compose_news(report_case);
    const char *title = errata_compose_since_title(report_case);
    g_autofree char *rest = NULL;
    ErrataBlock *heading;

    if (title == NULL)
        return;
    heading = errata_document_heading(document, ERRATA_STYLE_SECTION, title);
    heading->dest = g_strdup("since");
    heading->space = 16.0;
    rest = patterns_rest_words(report_case, news->len - MIN(news->len, PATTERNS_ROWS));
    heading->note = g_strdup(*rest != '\0' ? rest : NULL);
    heading->note_beside = TRUE;
    if (news->len > 0)
        patterns_table(news, document);
}

/**
 * errata_compose_pattern_note:
 * @finding: a finding
 *
 * Returns: (transfer full): " · worse, in 4 reports" for the small line under its title, or nothing
 */
char *
errata_compose_pattern_note(const ErrataFinding *finding)
{
    const ErrataPattern *pattern = finding->pattern;

    if (pattern == NULL ||
        (pattern->reports < 2 && errata_pattern_shown(pattern) != ERRATA_PATTERN_MUTED))
        return g_strdup("");
    return g_strdup_printf(" · %s, in %u %s",
                           errata_pattern_state_nick(errata_pattern_shown(pattern)),
                           pattern->reports,
                           pattern->reports == 1 ? "report" : "reports");
}
