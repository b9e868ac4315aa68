/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* exit codes: CONTRACT 4 */
enum {
    ERRATA_EXIT_DONE = 0,
    ERRATA_EXIT_FAILED = 1,
    ERRATA_EXIT_USAGE = 2,
    ERRATA_EXIT_FAIL_ON = 3,
    ERRATA_EXIT_REFUSED = 4,
    ERRATA_EXIT_INTERRUPTED = 130,
};

/**
 * ErrataVerb:
 * @name: what is typed
 * @arguments: after the options, for the usage line
 * @summary: one line, also the man page's and the completion's
 * @options: (array zero-terminated=1): its options, for --help, man page and completion
 * @too_many: which argument is one too many, from 1; 0: @run judges that itself
 * @run: gets the arguments left over after @options were parsed; returns an exit code
 *
 * A verb of the command line. Registered in the table of errata.c, nowhere else.
 */
typedef struct {
    const char *name;
    const char *arguments;
    const char *summary;
    const GOptionEntry *options;
    guint too_many;
    int (*run)(char **arguments);
} ErrataVerb;

/* prints `errata: MESSAGE` and returns the exit code that fits @error */
int errata_cli_fail(const GError *error);
int errata_cli_usage(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* to stdout, without what drives a terminal: names in it come from files */
void errata_cli_print(const char *format, ...) G_GNUC_PRINTF(1, 2);
void errata_cli_print_line(guint indent, const char *format, ...) G_GNUC_PRINTF(2, 3);
int errata_cli_exit_code(const GError *error);
char *errata_cli_printable(const char *text);
int errata_cli_finish(int code);
gboolean errata_cli_is_terminal(int fd);
gboolean errata_cli_has_colour(void);
guint errata_cli_width(void);

extern const ErrataVerb errata_verb_analyze;
extern const ErrataVerb errata_verb_inspect;
extern const ErrataVerb errata_verb_score;
extern const ErrataVerb errata_verb_attribute;
extern const ErrataVerb errata_verb_explain;
extern const ErrataVerb errata_verb_submit;
extern const ErrataVerb errata_verb_status;
extern const ErrataVerb errata_verb_jobs;
extern const ErrataVerb errata_verb_models;
extern const ErrataVerb errata_verb_reports;
extern const ErrataVerb errata_verb_show;
extern const ErrataVerb errata_verb_open;
extern const ErrataVerb errata_verb_ask;
extern const ErrataVerb errata_verb_watch;
extern const ErrataVerb errata_verb_compare;
extern const ErrataVerb errata_verb_patterns;
extern const ErrataVerb errata_verb_mute;
extern const ErrataVerb errata_verb_unmute;
extern const ErrataVerb errata_verb_export;
extern const ErrataVerb errata_verb_llm;

G_END_DECLS
