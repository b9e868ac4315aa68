/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "compose.h"
#include "report.h"
#include "text.h"
#include "value.h"

/* The report for a terminal: verdict, metrics, ranked findings with bars. Widths are in terminal
 * cells. Colour only when asked for; nothing is told by colour alone. */

#define TERMINAL_MIN_WIDTH     40
#define TERMINAL_MAX_WIDTH     160
#define TERMINAL_BAR           10
#define TERMINAL_WIDE          60 /* from here on bars and intervals */
#define TERMINAL_GAIN          9
#define TERMINAL_SHARE         7
#define TERMINAL_LEAST         30 /* cells that the words beside a bar need */
#define TERMINAL_INDENT        5
#define TERMINAL_STATE         11 /* “regressed” */
#define TERMINAL_NOTES         8
#define TERMINAL_INTERVALS     63 /* evidence has intervals and rows from here on */
#define TERMINAL_COUNT         11
#define TERMINAL_VALUE         12
#define TERMINAL_VALUE_MORE    6 /* cells more at most; wider ones have a line to themselves */
#define TERMINAL_INTERVAL      13
#define TERMINAL_INTERVAL_MORE 9
#define TERMINAL_LABEL         26 /* id, the words' least room, gaps */
#define TERMINAL_COHORT        18
#define TERMINAL_COHORTS       12
#define TERMINAL_NOTE_INDENT   6

typedef struct {
    GString *text;
    guint width;
    gboolean colour;
} Terminal;

static guint
terminal_cells(gunichar c)
{
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

static guint
terminal_length(const char *text)
{
    guint length = 0;

    for (const char *p = text; *p != '\0'; p += g_utf8_skip[(guchar)*p])
        length += terminal_cells(g_utf8_get_char(p));
    return length;
}

/* without control characters, so that a log cannot drive the terminal, and others that are not
 * seen */
static char *
terminal_clean(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);
    GString *clean = g_string_new(NULL);

    for (const char *p = valid; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);

        if (errata_text_is_unseen(c))
            g_string_append_c(clean, ' ');
        else
            g_string_append_unichar(clean, c);
    }
    return g_string_free(clean, FALSE);
}

/* at most @cells wide, the middle left out */
static char *
terminal_fit(const char *text, guint cells)
{
    g_autofree char *clean = terminal_clean(text);
    GString *head = g_string_new(NULL);
    const char *tail = clean + strlen(clean);
    guint used = 0;

    if (terminal_length(clean) <= cells) {
        g_string_free(head, TRUE);
        return g_steal_pointer(&clean);
    }
    for (const char *p = clean; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
        guint next = terminal_cells(g_utf8_get_char(p));

        if (used + next > cells / 2)
            break;
        used += next;
        g_string_append_unichar(head, g_utf8_get_char(p));
    }
    used++;
    for (const char *p = tail; p > clean;) {
        p = g_utf8_prev_char(p);
        used += terminal_cells(g_utf8_get_char(p));
        if (used > cells)
            break;
        tail = p;
    }
    g_string_append(head, "…");
    g_string_append(head, tail);
    return g_string_free(head, FALSE);
}

static void
terminal_style(Terminal *self, const char *code)
{
    if (self->colour)
        g_string_append_printf(self->text, "\033[%sm", code);
}

static void
terminal_spaces(Terminal *self, guint n)
{
    for (guint i = 0; i < n; i++)
        g_string_append_c(self->text, ' ');
}

/* left-aligned or right-aligned in @cells */
static void
terminal_put(Terminal *self, const char *text, guint cells, gboolean right)
{
    g_autofree char *fit = terminal_fit(text, cells);
    guint length = terminal_length(fit);
    guint rest = cells > length ? cells - length : 0;

    if (right)
        terminal_spaces(self, rest);
    g_string_append(self->text, fit);
    if (!right)
        terminal_spaces(self, rest);
}

static void
terminal_end_line(Terminal *self)
{
    while (self->text->len > 0 && self->text->str[self->text->len - 1] == ' ')
        g_string_truncate(self->text, self->text->len - 1);
    g_string_append_c(self->text, '\n');
}

/* breaks at spaces; every line after the first begins with @indent spaces */
static void
terminal_wrap(Terminal *self, const char *text, guint indent)
{
    g_autofree char *clean = terminal_clean(text);
    g_auto(GStrv) words = g_strsplit(clean, " ", -1);
    guint room = self->width > indent + 10 ? self->width - indent : 10;
    guint used = 0;

    for (guint i = 0; words[i] != NULL; i++) {
        g_autofree char *word = terminal_fit(words[i], room);
        guint length = terminal_length(word);

        if (length == 0)
            continue;
        if (used > 0 && used + 1 + length > room) {
            terminal_end_line(self);
            terminal_spaces(self, indent);
            used = 0;
        }
        if (used > 0) {
            g_string_append_c(self->text, ' ');
            used++;
        }
        g_string_append(self->text, word);
        used += length;
    }
    terminal_end_line(self);
}

/* a narrow terminal has no room for bars */
static guint
terminal_bar_cells(const Terminal *self)
{
    return self->width >= TERMINAL_WIDE ? TERMINAL_BAR : 0;
}

static const char *
terminal_severity_colour(ErrataSeverity severity)
{
    if (severity >= ERRATA_SEVERITY_HIGH)
        return "31;1";
    return severity == ERRATA_SEVERITY_MEDIUM ? "33" : "2";
}

/* eighths of a cell, so that small shares show too */
static void
terminal_bar(Terminal *self, double share, guint cells)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    double size = isfinite(share) ? CLAMP(share, 0.0, 1.0) * cells * 8.0 : 0.0;
    guint full = (guint)(round(size) / 8.0);
    guint part = (guint)round(size) % 8;

    if (size > 0.0 && full == 0 && part == 0)
        part = 1;
    for (guint i = 0; i < full; i++)
        g_string_append(self->text, "█");
    g_string_append(self->text, eighths[part]);
    terminal_spaces(self, cells - full - (part > 0 ? 1 : 0));
}

static void
terminal_metrics(Terminal *self, const ErrataCase *report_case)
{
    g_autoptr(GPtrArray) metrics = errata_compose_main_metrics(report_case);
    guint n_value, n_interval;
    const char *kind = report_case->baseline_kind;
    const char *against = g_strcmp0(kind, "first-half") == 0 ? " in the second half"
                                                             : " against the baseline";

    errata_value_metrics_room(metrics, &n_value, &n_interval);
    for (guint i = 0; i < metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(metrics, i);
        const ErrataMetricWords *words = errata_value_metric(metric->name);
        g_autofree char *value = errata_value_of_metric(metric);
        g_autofree char *interval = errata_value_metric_interval(metric);
        g_autofree char *bracket = interval != NULL ? g_strdup_printf("(%s)", interval)
                                                    : g_strdup("");
        ErrataTone tone;
        int arrow;
        g_autofree char *change = errata_compose_change(report_case, metric, &tone, &arrow);
        guint used = 25 + n_value + (self->width >= TERMINAL_WIDE ? n_interval : 0);

        g_string_append(self->text, "  ");
        terminal_put(self, words != NULL ? words->label : metric->name, 20, FALSE);
        terminal_style(self, "1");
        terminal_put(self, value, n_value, TRUE);
        terminal_style(self, "0");
        terminal_spaces(self, 2);
        if (self->width >= TERMINAL_WIDE)
            terminal_put(self, bracket, MIN(n_interval, self->width - 22 - n_value), FALSE);
        if (change != NULL)
            used += terminal_length(change) + (arrow != 0 ? 2 : 0);
        if (change != NULL && self->width >= used)
            g_string_append_printf(self->text,
                                   " %s%s%s",
                                   arrow > 0   ? "▲ "
                                   : arrow < 0 ? "▼ "
                                               : "",
                                   change,
                                   arrow != 0 && self->width >= used + strlen(against) ? against
                                                                                       : "");
        terminal_end_line(self);
    }
}

static double
terminal_largest_share(const ErrataCase *report_case)
{
    double largest = 0.0;

    for (guint i = 0; i < report_case->findings->len; i++) {
        double share =
            ((const ErrataFinding *)g_ptr_array_index(report_case->findings, i))->share_of_errors;

        if (isfinite(share))
            largest = MAX(largest, share);
    }
    return largest;
}

/* the title in full, beneath it bar, share, gain and what it is */
static void
terminal_finding_lines(Terminal *self,
                       const ErrataCase *report_case,
                       const ErrataFinding *finding,
                       double largest)
{
    guint used = TERMINAL_INDENT + terminal_bar_cells(self) + 1 + TERMINAL_SHARE + TERMINAL_GAIN +
                 2;
    double bar = finding->share_of_errors;
    g_autofree char *gain = errata_compose_gain(report_case, finding);
    g_autofree char *metric = errata_compose_gain_metric(report_case, finding);
    g_autofree char *share = isfinite(bar) ? errata_value_rough_share(bar) : g_strdup("");
    g_autofree char *told = errata_compose_summary_of_event(report_case, finding);
    g_autofree char *summary = metric != NULL ? g_strdup_printf("%s · %s", metric, told)
                                              : g_steal_pointer(&told);

    terminal_style(self, terminal_severity_colour(finding->severity));
    terminal_put(self, finding->id, TERMINAL_INDENT - 1, TRUE);
    terminal_style(self, "0");
    g_string_append_c(self->text, ' ');
    terminal_wrap(self, finding->title, TERMINAL_INDENT);
    terminal_spaces(self, TERMINAL_INDENT);
    terminal_style(self, terminal_severity_colour(finding->severity));
    terminal_bar(self,
                 isfinite(bar) && largest > 0.0 ? bar / largest : 0.0,
                 terminal_bar_cells(self));
    terminal_style(self, "0");
    g_string_append_c(self->text, ' ');
    terminal_put(self, share, TERMINAL_SHARE, FALSE);
    terminal_put(self, gain, TERMINAL_GAIN, TRUE);
    terminal_spaces(self, 2);
    terminal_style(self, "2");
    if (self->width < used + TERMINAL_LEAST) {
        terminal_end_line(self);
        terminal_spaces(self, TERMINAL_INDENT);
    }
    terminal_wrap(self, summary, self->width < used + TERMINAL_LEAST ? TERMINAL_INDENT : used);
    terminal_style(self, "0");
}

static void
terminal_list(Terminal *self, const ErrataCase *report_case)
{
    double largest = terminal_largest_share(report_case);
    guint share = terminal_bar_cells(self) + 1 + TERMINAL_SHARE;

    if (report_case->findings->len == 0) {
        terminal_wrap(self, "No findings.", 0);
        return;
    }
    terminal_style(self, "1");
    g_string_append(self->text, "Errata");
    terminal_style(self, "0");
    terminal_end_line(self);
    terminal_style(self, "2");
    terminal_spaces(self, TERMINAL_INDENT);
    terminal_put(self, self->width >= TERMINAL_WIDE ? "share of errors" : "share", share, FALSE);
    terminal_put(self, "if fixed", TERMINAL_GAIN, TRUE);
    terminal_style(self, "0");
    terminal_end_line(self);
    for (guint i = 0; i < report_case->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report_case->findings, i);

        if (!errata_compose_is_part(finding))
            terminal_finding_lines(self, report_case, finding, largest);
    }
}

static void
terminal_news(Terminal *self, const ErrataCase *report_case)
{
    static const char *const colours[] = {[ERRATA_TONE_GOOD] = "32", [ERRATA_TONE_ERROR] = "31"};
    g_autoptr(GPtrArray) news = errata_compose_news(report_case);

    for (guint i = 0; i < news->len; i++) {
        const ErrataNews *line = g_ptr_array_index(news, i);

        if (i == 0) {
            terminal_style(self, "1");
            g_string_append(self->text, errata_compose_since_title(report_case));
            terminal_style(self, "0");
            terminal_end_line(self);
        }
        terminal_spaces(self, TERMINAL_INDENT);
        terminal_style(self, line->tone == ERRATA_TONE_REFERENCE ? "2" : colours[line->tone]);
        terminal_put(self, line->state, TERMINAL_STATE, FALSE);
        terminal_style(self, "0");
        terminal_wrap(self, line->text, TERMINAL_INDENT + TERMINAL_STATE);
    }
    if (news->len > 0)
        terminal_end_line(self);
}

static void
terminal_notes(Terminal *self, const ErrataCase *report_case)
{
    g_autoptr(GPtrArray) notes = errata_compose_notes(report_case);

    for (guint i = 0; i < MIN(notes->len, TERMINAL_NOTES); i++) {
        terminal_style(self, "33");
        g_string_append(self->text, "Note: ");
        terminal_style(self, "0");
        terminal_wrap(self, g_ptr_array_index(notes, i), TERMINAL_NOTE_INDENT);
    }
    if (notes->len > TERMINAL_NOTES) {
        g_autofree char *more = g_strdup_printf("and %u more notes in the report",
                                                notes->len - TERMINAL_NOTES);

        terminal_spaces(self, TERMINAL_NOTE_INDENT);
        terminal_wrap(self, more, TERMINAL_NOTE_INDENT);
    }
}

/* “big     3,412 rows   91.2 %  worse by 2.1 points” */
static void
terminal_cohorts(Terminal *self, const ErrataCase *report_case)
{
    const GPtrArray *cohorts = report_case->performance.cohorts;

    if (cohorts->len == 0)
        return;
    terminal_end_line(self);
    terminal_style(self, "1");
    g_string_append(self->text, "Saved cohorts");
    terminal_style(self, "0");
    terminal_end_line(self);
    for (guint i = 0; i < MIN(cohorts->len, TERMINAL_COHORTS); i++) {
        const ErrataCohort *cohort = g_ptr_array_index(cohorts, i);
        const ErrataMetric *metric = errata_compose_cohort_metric(report_case, cohort);
        g_autofree char *count = errata_value_count((double)cohort->n);
        g_autofree char *rows = g_strdup_printf("%s %s", count, cohort->n == 1 ? "row" : "rows");
        g_autofree char *value = metric != NULL ? errata_value_of_metric(metric) : g_strdup("");
        g_autofree char *verdict = errata_compose_cohort_verdict(report_case, cohort);
        guint indent;

        g_string_append(self->text, "  ");
        terminal_put(self, cohort->name, TERMINAL_COHORT, FALSE);
        terminal_put(self, rows, 13, TRUE);
        if (metric != NULL)
            terminal_put(self, value, 9, TRUE);
        indent = metric != NULL ? TERMINAL_COHORT + 26 : TERMINAL_COHORT + 17;
        if (self->width < indent + TERMINAL_COHORT) {
            terminal_end_line(self);
            indent = TERMINAL_INDENT;
            terminal_spaces(self, indent);
        } else {
            terminal_spaces(self, 2);
        }
        terminal_wrap(self, verdict != NULL ? verdict : "", indent);
    }
    if (cohorts->len > TERMINAL_COHORTS)
        g_string_append_printf(self->text,
                               "  and %u more in the report\n",
                               cohorts->len - TERMINAL_COHORTS);
}

static void
terminal_llm(Terminal *self, const ErrataCase *report_case)
{
    g_autofree char *asked = report_case->llm != NULL ? errata_llm_use_describe(report_case->llm)
                                                      : NULL;
    g_autofree char *line = asked != NULL ? g_strdup_printf("Language model: %s", asked) : NULL;

    if (line == NULL)
        return;
    terminal_end_line(self);
    terminal_wrap(self, line, 0);
}

/**
 * errata_report_terminal:
 * @report_case: a finished case
 * @width: of the terminal, in cells
 * @colour: whether ANSI colours may be used
 *
 * Returns: (transfer full): the report in brief, UTF-8, lines of at most @width cells (at least 40)
 */
char *
errata_report_terminal(const ErrataCase *report_case, guint width, gboolean colour)
{
    Terminal self = {.text = g_string_new(NULL),
                     .width = CLAMP(width, TERMINAL_MIN_WIDTH, TERMINAL_MAX_WIDTH),
                     .colour = colour};
    g_autofree char *subtitle = NULL;
    g_autofree char *verdict = NULL;

    errata_value_by_month(report_case->by_month);
    subtitle = errata_compose_subtitle(report_case);
    verdict = errata_compose_verdict(report_case);
    terminal_style(&self, "1");
    terminal_put(&self, report_case->name != NULL ? report_case->name : "model", self.width, FALSE);
    terminal_style(&self, "0");
    terminal_end_line(&self);
    terminal_wrap(&self, subtitle, 0);
    terminal_notes(&self, report_case);
    terminal_end_line(&self);
    terminal_wrap(&self, verdict, 0);
    terminal_end_line(&self);
    terminal_news(&self, report_case);
    terminal_metrics(&self, report_case);
    if (report_case->metrics->len > 0)
        terminal_end_line(&self);
    terminal_list(&self, report_case);
    terminal_cohorts(&self, report_case);
    terminal_llm(&self, report_case);
    return g_string_free(self.text, FALSE);
}

/* as many words as one line holds; the others stay in @text, which is "" behind the last */
static char *
terminal_take_line(char **text, guint room)
{
    char *line = NULL;
    char *end = *text;
    char *p = *text;

    while (*p != '\0') {
        char *next = p + strcspn(p, " ");
        g_autofree char *so_far = g_strndup(*text, (gsize)(next - *text));

        if (terminal_length(so_far) > room && end > *text)
            break;
        end = next;
        p = next + strspn(next, " ");
    }
    line = g_strndup(*text, (gsize)(end - *text));
    *text = end + strspn(end, " ");
    return line;
}

/* clean, and breaking nowhere */
static char *
terminal_clean_figure(const char *text)
{
    g_autofree char *clean = terminal_clean(text);
    g_auto(GStrv) words = g_strsplit(clean, " ", -1);

    return g_strjoinv("\u00a0", words);
}

/* the figures of one line of evidence, as wide as they are */
typedef struct {
    char *value;
    char *interval;
    char *count;
    guint n_value;
    guint n_interval;
} TerminalFigures;

static TerminalFigures
terminal_figures(const ErrataFinding *finding, const ErrataEvidence *evidence)
{
    g_autofree char *value = errata_compose_evidence_value(evidence);
    g_autofree char *interval = errata_compose_evidence_interval(finding, evidence);
    TerminalFigures figures = {.value = terminal_clean_figure(value),
                               .interval = terminal_clean_figure(interval),
                               .count = evidence->n > 0 ? errata_value_count((double)evidence->n)
                                                        : g_strdup("")};

    figures.n_value = terminal_length(figures.value);
    figures.n_interval = terminal_length(figures.interval);
    return figures;
}

static void
terminal_figures_clear(TerminalFigures *self)
{
    g_free(self->value);
    g_free(self->interval);
    g_free(self->count);
}

/* cells of the columns of values and intervals: what the widest takes that leaves the words their
 * room */
static void
terminal_figures_room(const Terminal *self,
                      const ErrataFinding *finding,
                      guint *ret_value,
                      guint *ret_interval)
{
    gboolean wide = self->width >= TERMINAL_INTERVALS;
    guint taken = TERMINAL_LABEL + TERMINAL_VALUE + (wide ? TERMINAL_INTERVAL + TERMINAL_COUNT : 0);
    guint spare = self->width > taken ? self->width - taken : 0;
    guint value = TERMINAL_VALUE + MIN(spare, TERMINAL_VALUE_MORE);
    guint interval;
    g_autofree char *head = errata_compose_interval(finding);

    *ret_value = TERMINAL_VALUE;
    *ret_interval = TERMINAL_INTERVAL;
    for (guint i = 0; i < finding->evidence->len; i++) {
        TerminalFigures figures = terminal_figures(finding,
                                                   g_ptr_array_index(finding->evidence, i));

        if (figures.n_value <= value)
            *ret_value = MAX(*ret_value, figures.n_value);
        terminal_figures_clear(&figures);
    }
    spare -= *ret_value - TERMINAL_VALUE;
    interval = TERMINAL_INTERVAL + MIN(spare, TERMINAL_INTERVAL_MORE);
    *ret_interval = MIN(interval, MAX(*ret_interval, (guint)g_utf8_strlen(head, -1) + 1));
    for (guint i = 0; i < finding->evidence->len; i++) {
        TerminalFigures figures = terminal_figures(finding,
                                                   g_ptr_array_index(finding->evidence, i));

        if (figures.n_interval <= interval)
            *ret_interval = MAX(*ret_interval, figures.n_interval);
        terminal_figures_clear(&figures);
    }
}

/* figures are never cut, which would make other figures of them: those that are too wide for their
 * columns have a line to themselves */
static void
terminal_put_figures(Terminal *self, const TerminalFigures *figures, guint value, guint interval)
{
    gboolean wide = self->width >= TERMINAL_INTERVALS;

    if (figures->n_value > value || (wide && figures->n_interval > interval)) {
        g_autofree char *line = g_strconcat(figures->value,
                                            wide && figures->n_interval > 0 ? "\u00a0 " : "",
                                            wide ? figures->interval : "",
                                            wide && *figures->count != '\0' ? "\u00a0 " : "",
                                            wide ? figures->count : "",
                                            NULL);
        guint length = terminal_length(line);

        terminal_end_line(self);
        terminal_spaces(self,
                        self->width > length + TERMINAL_INDENT ? self->width - length
                                                               : TERMINAL_INDENT);
        terminal_wrap(self, line, TERMINAL_INDENT);
        return;
    }
    g_string_append_c(self->text, ' ');
    terminal_put(self, figures->value, value, TRUE);
    terminal_spaces(self, 2);
    if (wide) {
        terminal_put(self, figures->interval, interval, FALSE);
        terminal_put(self, figures->count, TERMINAL_COUNT, TRUE);
    }
    terminal_end_line(self);
}

/* what the columns of the figures are, in bold */
static void
terminal_put_heads(Terminal *self,
                   const ErrataFinding *finding,
                   guint room,
                   guint value,
                   guint interval)
{
    g_autofree char *head = errata_compose_interval(finding);
    TerminalFigures figures = {.value = g_strdup("value"),
                               .interval = terminal_clean_figure(head),
                               .count = g_strdup("rows")};

    terminal_style(self, "1");
    terminal_put(self, "Evidence", TERMINAL_INDENT + room, FALSE);
    terminal_put_figures(self, &figures, value, interval);
    terminal_style(self, "0");
    terminal_figures_clear(&figures);
}

static void
terminal_evidence(Terminal *self, const ErrataFinding *finding)
{
    guint value;
    guint interval;
    guint beside;
    guint room;

    terminal_figures_room(self, finding, &value, &interval);
    beside = TERMINAL_INDENT + 1 + value + 2;
    beside += self->width >= TERMINAL_INTERVALS ? interval + TERMINAL_COUNT : 0;
    room = self->width > beside + TERMINAL_COHORT ? self->width - beside : TERMINAL_COHORT;
    if (finding->evidence->len > 0)
        terminal_put_heads(self, finding, room, value, interval);
    for (guint i = 0; i < finding->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);
        TerminalFigures figures = terminal_figures(finding, evidence);
        g_autofree char *label = errata_compose_evidence_label(evidence);
        g_autofree char *clean = terminal_clean(label);
        g_autofree char *line = NULL;
        char *rest = clean;

        terminal_put(self, evidence->id, 4, FALSE);
        g_string_append_c(self->text, ' ');
        line = terminal_take_line(&rest, room);
        while (*rest != '\0') { /* the figures stand beside the last line */
            terminal_put(self, line, room, FALSE);
            terminal_end_line(self);
            terminal_spaces(self, TERMINAL_INDENT);
            g_free(line);
            line = terminal_take_line(&rest, room);
        }
        terminal_put(self, line, room, FALSE);
        terminal_put_figures(self, &figures, value, interval);
        terminal_figures_clear(&figures);
    }
}

/* a paragraph of a language model: a bar in front, what was measured beneath */
static void
terminal_model_says(Terminal *self, const char *text, const char *result)
{
    g_string_append(self->text, "▏ ");
    terminal_wrap(self, text, 2);
    if (result != NULL) {
        g_string_append(self->text, "▏ ");
        terminal_wrap(self, result, 2);
    }
    terminal_end_line(self);
}

static void
terminal_proposals(Terminal *self, const ErrataCase *report_case, const char *finding_id)
{
    for (guint i = 0; i < report_case->proposals->len; i++) {
        const ErrataProposal *proposal = g_ptr_array_index(report_case->proposals, i);
        g_autofree char *text = NULL;

        if (g_strcmp0(proposal->finding, finding_id) != 0)
            continue;
        text = g_strdup_printf("%s: %s", errata_proposal_verdict(proposal), proposal->text);
        terminal_model_says(self, text, proposal->check);
    }
}

/* the text of a finding; who wrote it, where it was not the program; what is only supposed, apart
 * from it */
static void
terminal_rationale(Terminal *self, const ErrataCase *report_case, const ErrataFinding *finding)
{
    g_autofree char *name = errata_compose_model_name(report_case);

    if (finding->rationale != NULL) {
        terminal_wrap(self, finding->rationale, 0);
        if (finding->by_model) {
            g_autofree char *line = g_strdup_printf("— words by %s, held against the evidence",
                                                    name);

            terminal_style(self, "2");
            terminal_wrap(self, line, 2);
            terminal_style(self, "0");
        }
        terminal_end_line(self);
    }
    for (guint i = 0; i < finding->hypotheses->len; i++) {
        g_autofree char *text =
            g_strdup_printf("Hypothesis of %s, not tested: %s",
                            name,
                            (const char *)g_ptr_array_index(finding->hypotheses, i));

        terminal_model_says(self, text, NULL);
    }
}

static void
terminal_suggestions(Terminal *self, const ErrataCase *report_case, const ErrataFinding *finding)
{
    if (finding->suggestions->len > 0)
        terminal_end_line(self);
    for (guint i = 0; i < finding->suggestions->len; i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, i);
        g_autofree char *gain = errata_compose_suggestion_gain(report_case, suggestion);
        g_autofree char *line =
            g_strdup_printf("%s: %s%s%s%s%s",
                            errata_value_action(suggestion->action),
                            suggestion->text,
                            suggestion->by_model ? " (proposed by the language model)" : "",
                            gain != NULL ? " [" : "",
                            gain != NULL ? gain : "",
                            gain != NULL ? "]" : "");

        g_string_append(self->text, "→ ");
        terminal_wrap(self, line, 2);
    }
}

/**
 * errata_report_terminal_finding:
 * @report_case: a finished case
 * @finding_id: `F1` …
 * @width: of the terminal, in cells
 * @colour: whether ANSI colours may be used
 *
 * Returns: (transfer full) (nullable): one finding in full, %NULL when there is none of that id
 */
char *
errata_report_terminal_finding(const ErrataCase *report_case,
                               const char *finding_id,
                               guint width,
                               gboolean colour)
{
    Terminal self = {.width = CLAMP(width, TERMINAL_MIN_WIDTH, TERMINAL_MAX_WIDTH),
                     .colour = colour};

    errata_value_by_month(report_case->by_month);
    for (guint i = 0; i < report_case->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report_case->findings, i);

        g_autofree char *state = NULL;

        if (g_strcmp0(finding->id, finding_id) != 0)
            continue;
        state = g_strdup_printf("%s · %s · %s",
                                errata_severity_nick(finding->severity),
                                errata_finding_kind_say(finding->kind),
                                errata_finding_is_held_out(finding)
                                    ? "confirmed on rows not searched"
                                : finding->confirmed ? "confirmed"
                                                     : "exploratory");
        self.text = g_string_new(NULL);
        terminal_style(&self, terminal_severity_colour(finding->severity));
        g_string_append_printf(self.text, "%s ", finding->id);
        terminal_style(&self, "0");
        terminal_style(&self, "1");
        terminal_wrap(&self, finding->title, (guint)strlen(finding->id) + 1);
        terminal_style(&self, "0");
        terminal_wrap(&self, state, 0);
        terminal_end_line(&self);
        terminal_rationale(&self, report_case, finding);
        terminal_proposals(&self, report_case, finding->id);
        terminal_evidence(&self, finding);
        terminal_suggestions(&self, report_case, finding);
        return g_string_free(self.text, FALSE);
    }
    return NULL;
}
