/*
** The editor on libedit. Adds what libedit lacks: bracketed paste, Ctrl-C and Ctrl-Z during waits,
** and hiding the line for other output.
*/
#include "host/term.h"

#include <errno.h>
#include <histedit.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#define HISTORY   2000
#define PASTE_MAX (1u << 20)
#define PASTE_MS  1000 /* longest wait for the end mark of a paste */
#define PASTE_END "\033[201~"

struct term {
    const term_hooks *hooks;
    FILE *out;
    EditLine *el;
    History *history;
    char *prompt;
    int interrupted, resized;
    bool question, reading, ready;
};

static term *of(EditLine *el)
{
    term *t = NULL;
    el_get(el, EL_CLIENTDATA, &t);
    return t;
}

static char *prompt(EditLine *el)
{
    return of(el)->prompt;
}

/* ---------------------------------------------------------------------------- place of the line */

static int columns(term *t)
{
    int n = 0;
    const char *name = "co";
    if (el_get(t->el, EL_GETTC, name, &n) != 0 || n <= 0) return 80;
    return n;
}

/* Walk from column COL over the text as libedit shows it, and count the rows moved down. */
static int walk(int col, int width, const wchar_t *p, const wchar_t *end, int *rows)
{
    for (; p < end; p++) {
        int w = *p == L'\t' ? 8 - col % 8 : *p < 32 || *p == 127 ? 2 : wcwidth(*p);
        if (*p == L'\n' || col + w > width) {
            ++*rows;
            col = *p == L'\n' ? 0 : w;
        } else {
            col += w < 0 ? 0 : w;
        }
        if (col >= width) {
            ++*rows;
            col = 0;
        }
    }
    return col;
}

/* The same for bytes with escape sequences between \1. */
static int walk_prompt(const char *p, int width, int *rows)
{
    int col = 0;
    bool shown = true;
    mbstate_t state = {0};
    for (const char *end = p + strlen(p); p < end;) {
        wchar_t c;
        size_t n = mbrtowc(&c, p, (size_t)(end - p), &state);
        if (n == 0 || n > (size_t)(end - p)) {
            state = (mbstate_t){0};
            n = 1;
            c = L'?';
        }
        if (c == 1)
            shown = !shown;
        else if (shown)
            col = walk(col, width, &c, &c + 1, rows);
        p += n;
    }
    return col;
}

/* Count the rows from the first row of the prompt to the cursor, and from there to the last row. */
static void place(term *t, int *above, int *below)
{
    const LineInfoW *line = el_wline(t->el);
    int width = columns(t);
    *above = *below = 0;
    int col = walk_prompt(t->prompt, width, above);
    col = walk(col, width, line->buffer, line->cursor, above);
    walk(col, width, line->cursor, line->lastchar, below);
}

static void hide(term *t)
{
    int above, below;
    if (!t->reading) return;
    place(t, &above, &below);
    if (above > 0) fprintf(t->out, "\033[%dA", above);
    fputs("\r\033[J", t->out);
    fflush(t->out);
}

/* Other output may have left the cursor anywhere in its line: spaces up to the edge move it to the
   next line, and show nothing at the start of a line. */
static void fresh_line(term *t)
{
    fprintf(t->out, "%*s\r\033[K", columns(t) - 1, "");
    fflush(t->out);
}

static void show(term *t)
{
    if (!t->reading) return;
    fflush(stdout);
    fflush(stderr);
    fresh_line(t);
    el_set(t->el, EL_REFRESH);
}

/* Without memory, the older prompt stays. */
static void reprompt(term *t, const char *text)
{
    char *copy = t->reading ? strdup(text) : NULL;
    if (!copy) return;
    hide(t);
    free(t->prompt);
    t->prompt = copy;
    el_set(t->el, EL_REFRESH);
}

/* ----------------------------------------------------------------------------------------- keys */

/* Complete libedit's terminal setup: a read must not block. */
static void never_wait(term *t)
{
    struct termios mode;
    if (t->ready) return;
    t->ready = true;
    if (tcgetattr(STDIN_FILENO, &mode) != 0) return;
    mode.c_cc[VMIN] = 0;
    mode.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &mode);
}

/* Restore the terminal settings while the process is suspended. */
static void suspend(term *t)
{
    hide(t);
    el_set(t->el, EL_PREP_TERM, 0);
    raise(SIGSTOP);
    el_set(t->el, EL_PREP_TERM, 1);
    t->ready = false;
    never_wait(t);
    el_resize(t->el);
    show(t);
}

static int byte(term *t, int ms)
{
    int c;
    never_wait(t);
    while ((c = t->hooks->byte(t->hooks->ctx, ms)) == TERM_RESIZED || c == TERM_SUSPEND)
        c == TERM_SUSPEND ? suspend(t) : el_resize(t->el);
    return c;
}

static void go_below(term *t)
{
    int above, below;
    place(t, &above, &below);
    if (below > 0) fprintf(t->out, "\033[%dB", below);
}

/* Callback of libedit: returns 1 and a character, 0 at the end, -1 for an interrupt. Drops bytes
   that are not part of a character. */
static int get(EditLine *el, wchar_t *out)
{
    term *t = of(el);
    mbstate_t state = {0};
    for (;;) {
        int c = byte(t, -1);
        if (c == TERM_END) return 0;
        if (c < 0) {
            go_below(t);
            fputs("^C", t->out);
            t->interrupted = 1;
            errno = EINTR;
            return -1;
        }
        char b = (char)c;
        size_t n = mbrtowc(out, &b, 1, &state);
        if (n <= 1) return 1;
        if (n == (size_t)-1) state = (mbstate_t){0};
    }
}

static unsigned char on_complete(EditLine *el, int c)
{
    term *t = of(el);
    const LineInfo *line = el_line(el);
    (void)c;
    if (t->question) return CC_ERROR;
    if (t->hooks->pasted(t->hooks->ctx)) return el_insertstr(el, "\t") == 0 ? CC_REFRESH : CC_ERROR;
    const char *more =
        t->hooks->complete(t->hooks->ctx, line->buffer, (size_t)(line->cursor - line->buffer));
    if (!more) return CC_ERROR;
    if (!*more) return CC_NORM;
    return el_insertstr(el, more) == 0 ? CC_REFRESH : CC_ERROR;
}

/* ---------------------------------------------------------------------------------------- paste */

/* Read the paste up to its end mark, which is not returned. NULL: out of memory. */
static char *read_block(term *t, size_t *n)
{
    const size_t mark = sizeof PASTE_END - 1;
    size_t room = 4096;
    char *p = malloc(room);
    *n = 0;
    for (int c; p && *n < PASTE_MAX && (c = byte(t, PASTE_MS)) >= 0;) {
        if (*n + 1 > room) {
            char *more = realloc(p, room *= 2);
            if (!more) free(p);
            if (!(p = more)) break;
        }
        p[(*n)++] = (char)c;
        if (*n >= mark && memcmp(p + *n - mark, PASTE_END, mark) == 0) {
            *n -= mark;
            break;
        }
    }
    return p;
}

/* Convert the paste to characters: each line end becomes one newline; other control characters and
   invalid bytes are dropped. Freed by the caller. */
static wchar_t *decode(const char *p, size_t n, size_t *count)
{
    wchar_t *out = malloc((n + 1) * sizeof *out);
    mbstate_t state = {0};
    *count = 0;
    for (size_t i = 0; out && i < n;) {
        wchar_t c;
        size_t used = mbrtowc(&c, p + i, n - i, &state);
        if (used == 0 || used > n - i) {
            state = (mbstate_t){0};
            i++;
            continue;
        }
        bool twice = c == L'\n' && i > 0 && p[i - 1] == '\r';
        if (c == L'\r') c = L'\n';
        if (!twice && (c == L'\n' || c == L'\t' || (c >= 32 && c != 127))) out[(*count)++] = c;
        i += used;
    }
    if (out) out[*count] = L'\0';
    return out;
}

/* Insert the paste into the line verbatim. If it ends with a line end, accept the line as Enter
   would. */
static unsigned char on_paste(EditLine *el, int c)
{
    term *t = of(el);
    size_t n, count;
    (void)c;
    char *block = read_block(t, &n);
    wchar_t *text = block ? decode(block, n, &count) : NULL;
    free(block);
    if (!text) return CC_ERROR;
    bool ends = count > 0 && text[count - 1] == L'\n';
    while (count > 0 && text[count - 1] == L'\n') text[--count] = L'\0';
    bool fits = count == 0 || el_winsertstr(el, text) == 0;
    free(text);
    if (ends && fits) el_push(el, "\n");
    return fits ? CC_REFRESH : CC_ERROR;
}

/* ---------------------------------------------------------------------------------- open, close */

static void bind_keys(EditLine *el)
{
    static const char *const keys[][2] =
        {{"^I", "tg-complete"},         {"\033[200~", "tg-paste"},
         {"^R", "em-inc-search-prev"},  {"\033[3~", "ed-delete-next-char"},
         {"\033[H", "ed-move-to-beg"},  {"\033[F", "ed-move-to-end"},
         {"\033[1~", "ed-move-to-beg"}, {"\033[4~", "ed-move-to-end"},
         {"\033[1;5C", "em-next-word"}, {"\033[1;5D", "ed-prev-word"}};
    el_wset(el, EL_ADDFN, L"tg-complete", L"Complete the word",
            on_complete); /* el_set would leak the names */
    el_wset(el, EL_ADDFN, L"tg-paste", L"Take a pasted block", on_paste);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        el_set(el, EL_BIND, keys[i][0], keys[i][1], NULL);
}

static void close_edit(term *t)
{
    if (!t) return;
    if (t->el) el_end(t->el);
    if (t->history) history_end(t->history);
    free(t->prompt);
    free(t);
}

/* Read the user's .editrc. With an empty HOME libedit would read one in the current folder, whose
   macros can type a line. */
static void read_settings(EditLine *el)
{
    const char *home = getenv("HOME"), *named = getenv("EDITRC");
    if ((named && *named) || (home && *home == '/')) el_source(el, NULL);
}

static term *open_edit(const term_hooks *hooks, FILE *out)
{
    HistEvent ev;
    term *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    *t = (term){.hooks = hooks, .out = out, .prompt = strdup("")};
    t->history = history_init();
    t->el = t->history && t->prompt ? el_init("togglsh", stdin, out, stderr) : NULL;
    if (!t->el) {
        close_edit(t);
        return NULL;
    }
    history(t->history, &ev, H_SETSIZE, HISTORY);
    history(t->history, &ev, H_SETUNIQUE, 1);
    el_set(t->el, EL_CLIENTDATA, t);
    el_set(t->el, EL_EDITOR, "emacs");
    el_set(t->el, EL_SIGNAL, 0);
    el_set(t->el, EL_PROMPT_ESC, prompt, '\1');
    el_set(t->el, EL_HIST, history, t->history);
    el_set(t->el, EL_GETCFN, get);
    el_set(t->el, EL_SETTY, "-d", "+isig",
           NULL); /* Ctrl-C raises a signal while editing, too: a task may be running */
    bind_keys(t->el);
    read_settings(t->el);
    return t;
}

/* --------------------------------------------------------------------------------------- a line */

static int read_edit(term *t, const char *text, bool question, const char **line, size_t *n)
{
    int count = 0;
    char *copy = strdup(text);
    if (!copy) return TERM_END;
    free(t->prompt);
    t->prompt = copy;
    t->question = question;
    t->interrupted = 0;
    fflush(stdout);
    fflush(stderr);
    el_resize(t->el);
    /* before the prompt is shown: libedit does it afterwards, and a quick Ctrl-D was lost */
    el_set(t->el, EL_PREP_TERM, 1);
    fresh_line(t);
    fputs("\033[?2004h", t->out);
    t->reading = true;
    t->ready = false;
    const char *got = el_gets(t->el, &count);
    t->reading = false;
    fputs("\033[?2004l", t->out);
    if (!got || count <= 0) {
        putc('\n', t->out);
        fflush(t->out);
        return t->interrupted ? TERM_INTERRUPT : TERM_END;
    }
    fflush(t->out);
    *line = got;
    *n = (size_t)count - (got[count - 1] == '\n');
    return TERM_LINE;
}

static void remember(term *t, const char *line)
{
    HistEvent ev;
    history(t->history, &ev, H_ENTER, line);
}

__attribute__((visibility("default"))) term_get_editor tg_editor;

const term_editor *tg_editor(void)
{
    static const term_editor editor = {open_edit, close_edit, read_edit, remember,
                                       hide,      show,       reprompt};
    return &editor;
}
