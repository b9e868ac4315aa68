/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "error.h"
#include "text.h"

#define CLI_LEAST  24 /* cells that a line that goes on has at least … */
#define CLI_NARROW 4  /* … or else it begins here */

/**
 * errata_cli_exit_code:
 * @error: why a verb failed
 *
 * Returns: the exit code that CONTRACT gives to it
 */
int
errata_cli_exit_code(const GError *error)
{
    if (error->domain == G_OPTION_ERROR)
        return ERRATA_EXIT_USAGE;
    if (error->domain != ERRATA_ERROR)
        return ERRATA_EXIT_FAILED;
    switch ((ErrataError)error->code) {
    case ERRATA_ERROR_UNSUPPORTED:
    case ERRATA_ERROR_INVALID_DATA:
    case ERRATA_ERROR_LIMIT:
    case ERRATA_ERROR_MISSING_ROLE:
    case ERRATA_ERROR_TOO_FEW_ROWS:
        return ERRATA_EXIT_REFUSED;
    case ERRATA_ERROR_USAGE:
    case ERRATA_ERROR_CONFIG:
        return ERRATA_EXIT_USAGE;
    case ERRATA_ERROR_CANCELLED:
        return ERRATA_EXIT_INTERRUPTED;
    case ERRATA_ERROR_INTERNAL:
    case ERRATA_ERROR_IO:
    case ERRATA_ERROR_NOT_FOUND:
    case ERRATA_ERROR_WORKER:
        return ERRATA_EXIT_FAILED;
    }
    return ERRATA_EXIT_FAILED;
}

/**
 * errata_cli_printable:
 * @text: a text that may quote a file's name or content
 *
 * Returns: (transfer full): @text without a character that could drive the terminal; line ends
 * stand
 *   only where it begins and ends, so that no name can forge a line
 */
char *
errata_cli_printable(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *clean = g_string_new(NULL);

    for (const char *p = valid; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);

        gboolean line_end = c == '\n' && (p == valid || p[1] == '\0');

        if (errata_text_is_unseen(c) && !line_end)
            g_string_append_printf(clean, "\\x%02x", c);
        else
            g_string_append_unichar(clean, c);
    }
    return g_string_free(clean, FALSE);
}

void
errata_cli_print(const char *format, ...)
{
    g_autofree char *text = NULL;
    g_autofree char *clean = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    clean = errata_cli_printable(text);
    g_print("%s", clean);
}

/* where a line breaks of which @room cells are left, behind @indent: a run of spaces after a word;
 * NULL: nowhere */
static const char *
cli_break(const char *line, guint room, guint indent)
{
    const char *found = NULL;
    guint n = 0;

    for (const char *p = line; *p != '\0' && (n <= room || found == NULL);
         p += g_utf8_skip[(guchar)*p], n++)
        if (*p == ' ' && n > indent && p[-1] != ' ')
            found = p;
    return found;
}

/**
 * errata_cli_print_line:
 * @indent: where what does not fit goes on, in the lines below; less where that leaves no room
 * @format: a line without its end
 *
 * Prints to standard output as errata_cli_print() does. A terminal breaks long lines within words:
 * there they are broken between them; in a file or a pipe an entry stays one line, for grep.
 */
void
errata_cli_print_line(guint indent, const char *format, ...)
{
    g_autofree char *text = NULL;
    g_autofree char *clean = NULL;
    guint width = errata_cli_is_terminal(STDOUT_FILENO) ? errata_cli_width() : G_MAXUINT;
    const char *rest;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    if (width < indent + CLI_LEAST)
        indent = MIN(indent, CLI_NARROW);
    rest = clean = errata_cli_printable(text);
    for (guint at = 0; (gsize)g_utf8_strlen(rest, -1) > width - at; at = indent) {
        const char *end = cli_break(rest, width - at, indent - at);

        if (end == NULL)
            break;
        g_print("%.*s\n%*s", (int)(end - rest), rest, (int)indent, "");
        rest = end + strspn(end, " ");
    }
    g_print("%s\n", rest);
}

int
errata_cli_fail(const GError *error)
{
    g_autofree char *message = errata_cli_printable(error->message);

    g_printerr("errata: %s\n", message);
    return errata_cli_exit_code(error);
}

int
errata_cli_usage(const char *format, ...)
{
    g_autofree char *message = NULL;
    g_autofree char *clean = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    clean = errata_cli_printable(message);
    g_printerr("errata: %s\n", clean);
    return ERRATA_EXIT_USAGE;
}

/* nobody reads the pipe or the socket any more, as with head: what is not written is not missed */
static gboolean
cli_reader_is_gone(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};

    return poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

/**
 * errata_cli_finish:
 * @code: the exit code of what was done
 *
 * Half a document on a full disk is no success.
 *
 * Returns: @code, or that of a failure where standard output did not take all that was printed
 */
int
errata_cli_finish(int code)
{
    gboolean whole = fflush(stdout) == 0 && !ferror(stdout);

    if (whole || (code != ERRATA_EXIT_DONE && code != ERRATA_EXIT_FAIL_ON) || cli_reader_is_gone())
        return code;
    g_printerr("errata: standard output could not be written to the end; is its disk full?\n");
    return ERRATA_EXIT_FAILED;
}

gboolean
errata_cli_is_terminal(int fd)
{
    return isatty(fd) == 1 && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

/* https://no-color.org: set to anything but nothing, no colour is wanted */
gboolean
errata_cli_has_colour(void)
{
    const char *none = g_getenv("NO_COLOR");

    return errata_cli_is_terminal(STDOUT_FILENO) && (none == NULL || none[0] == '\0');
}

guint
errata_cli_width(void)
{
    struct winsize size = {0};
    const char *columns = g_getenv("COLUMNS");
    guint64 wanted;

    if (columns != NULL && g_ascii_string_to_unsigned(columns, 10, 40, 1000, &wanted, NULL))
        return (guint)MIN(wanted, 120);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
        return MIN(size.ws_col, 120U);
    return 80;
}
