/*
** Line input. An editor is a table of functions, so it can be replaced; term.c has the waiting and
** the Lua interface, plain.c the editor without editing. The one on libedit is a shared object,
** edit.so: scripts do not load libedit and the libraries that it needs.
*/
#ifndef TERM_H
#define TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Callbacks of an editor. */
typedef struct term_hooks {
    void *ctx;
    /* The next byte of standard input; other work continues meanwhile. MS: longest wait, below 0
       without limit. TERM_* when there is no byte. */
    int (*byte)(void *ctx, int ms);
    /* The text before the cursor -> the text to insert there, or NULL; valid until the next call.
       Shows choices itself. */
    const char *(*complete)(void *ctx, const char *text, size_t n);
    /* Does text wait behind the last byte? Typing is slower, so it was pasted. */
    bool (*pasted)(void *ctx);
} term_hooks;

enum {
    TERM_NOTHING = -1,
    TERM_END = -2,
    TERM_INTERRUPT = -3,
    TERM_RESIZED = -4,
    TERM_SUSPEND = -5,
    TERM_LINE = 0
};

typedef struct term term; /* of the editor */

typedef struct term_editor {
    /* NULL: not usable on this terminal. Hooks are borrowed */
    term *(*open)(const term_hooks *hooks, FILE *out);
    void (*close)(term *t); /* restores the terminal */
    /* TERM_LINE: *line (n bytes, without the last newline) is valid until the next call. Parts of
       PROMPT between \1 and \1 have no width. A QUESTION has neither history nor completion. */
    int (*read)(term *t, const char *prompt, bool question, const char **line, size_t *n);
    void (*remember)(term *t, const char *line);
    /* hides the line being typed, so that other output can be written */
    void (*hide)(term *t);
    void (*show)(term *t); /* shows it again */
    /* shows the line being typed behind another prompt, of which it keeps a copy */
    void (*reprompt)(term *t, const char *prompt);
} term_editor;

const term_editor *term_plain(void);

/* The function of edit.so that returns its editor. */
#define TERM_EDITOR_SYMBOL "tg_editor"
typedef const term_editor *term_get_editor(void);

#endif
