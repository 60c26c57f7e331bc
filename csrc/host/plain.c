/* The editor without editing: for pipes, files, TERM=dumb and --no-editor. A terminal itself edits
   the line. */
#include "term.h"

#include <stdlib.h>
#include <unistd.h>

struct term {
    const term_hooks *hooks;
    FILE *out;
    bool asks; /* show the prompt: input is a terminal */
    char *line;
    size_t n, room;
};

static term *open_plain(const term_hooks *hooks, FILE *out)
{
    term *t = calloc(1, sizeof *t);
    if (t) *t = (term){.hooks = hooks, .out = out, .asks = isatty(STDIN_FILENO)};
    return t;
}

static void close_plain(term *t)
{
    if (!t) return;
    free(t->line);
    free(t);
}

/* Drop the byte if memory is out. */
static void add(term *t, int c)
{
    if (t->n + 1 >= t->room) {
        size_t room = t->room ? 2 * t->room : 256;
        char *line = realloc(t->line, room);
        if (!line) return;
        t->line = line;
        t->room = room;
    }
    t->line[t->n++] = (char)c;
    t->line[t->n] = '\0';
}

static void put_prompt(term *t, const char *prompt)
{
    bool shown = true;
    for (; *prompt; prompt++) {
        if (*prompt == '\1')
            shown = !shown;
        else if (shown)
            putc(*prompt, t->out);
    }
    fflush(t->out);
}

static int read_plain(term *t, const char *prompt, bool question, const char **line, size_t *n)
{
    (void)question;
    int c;
    if (t->asks) put_prompt(t, prompt);
    t->n = 0;
    while ((c = t->hooks->byte(t->hooks->ctx, -1)) != '\n') {
        if (c >= 0)
            add(t, c);
        else if (c == TERM_INTERRUPT || (c == TERM_END && t->n == 0))
            return c;
        else if (c == TERM_END)
            break; /* a last line without a line end */
    }
    *line = t->n ? t->line : "";
    *n = t->n;
    return TERM_LINE;
}

static void remember(term *t, const char *line)
{
    (void)t;
    (void)line;
}

static void nothing(term *t)
{
    (void)t;
}

static void keep_prompt(term *t, const char *prompt)
{
    (void)t;
    (void)prompt;
}

const term_editor *term_plain(void)
{
    static const term_editor editor = {open_plain, close_plain, read_plain, remember,
                                       nothing,    nothing,     keep_prompt};
    return &editor;
}
