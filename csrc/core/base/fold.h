/*
** Names that look the same fold to the same text: composed, without case, without the distinction
** of wide and narrow forms, with the quotation marks and hyphens of a keyboard, one space for each
** run of blanks, without ignorable code points such as U+200B, and trimmed. Invalid UTF-8, and
** texts that are too long to be names, stay as they are.
*/
#ifndef TG_FOLD_H
#define TG_FOLD_H

#include <stddef.h>
#include <stdint.h>

#include "toggl.h"

/* Changes with the rules: a store keeps folded names. */
#define TG_FOLD_RULES 2

typedef enum tg_fold_how {
    TG_FOLD_NAME,
    TG_FOLD_COMPOSE /* compose, and nothing else */
} tg_fold_how;

/* The number of int32_t that tg_fold_into needs for TEXT; 0: too many, or invalid. */
size_t tg_fold_room(tg_text text, tg_fold_how how);
/* Fold TEXT into ROOM, which has that many. Returns a part of ROOM, or of TEXT where it stays as it
   is. */
tg_text tg_fold_into(tg_text text, tg_fold_how how, int32_t *room, size_t n);

/* Folds texts one after another. */
typedef struct tg_folder {
    int32_t *room; /* owned */
    size_t n;
} tg_folder;

/* The folded TEXT, valid until the next one. Out of memory: p is NULL. */
tg_text tg_folder_fold(tg_folder *f, tg_text text);
void tg_folder_clear(tg_folder *f);

#endif
