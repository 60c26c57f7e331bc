/*
** The line that a person types. An editor is a table of functions, so that another one, or none,
** can take its place; term.c has the waiting and the Lua face, edit.c the editor on libedit,
** plain.c the one that edits nothing.
*/
#ifndef TERM_H
#define TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What an editor asks of its owner. */
typedef struct term_hooks {
    void *ctx;
    /* The next byte of standard input; other work goes on meanwhile. MS: how long to wait, below 0
       as long as it takes. ** TERM_* when there is none. */
    int (*byte)(void *ctx, int ms);
    /* The text before the cursor -> what to insert there, or NULL; lives until the next call. Shows
       choices itself. */
    const char *(*complete)(void *ctx, const char *text, size_t n);
    /* Does text wait behind the byte that was taken last? Typing is slower: it was pasted. */
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
    /* NULL: not on this terminal. Hooks are borrowed */
    term *(*open)(const term_hooks *hooks, FILE *out);
    void (*close)(term *t); /* gives the terminal back as it was */
    /* TERM_LINE: *line (n bytes, without the last newline) lives until the next call. Parts of
       PROMPT between \1 and \1 ** take no room. A QUESTION has neither history nor completion. */
    int (*read)(term *t, const char *prompt, bool question, const char **line, size_t *n);
    void (*remember)(term *t, const char *line);
    /* takes the line being typed off the screen, so that something else can be written... */
    void (*hide)(term *t);
    void (*show)(term *t); /* ...and puts it back */
} term_editor;

const term_editor *term_libedit(void);
const term_editor *term_plain(void);

#include <lua.h>

/* Adds the functions of term.c to the table at the top. [-0, +0] */
void host_term(lua_State *L);

#endif
