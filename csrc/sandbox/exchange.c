#include "exchange.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------------------------- the target */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void sb_decode(char *text, bool plus)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from == '%' && hex_digit(from[1]) >= 0 && hex_digit(from[2]) >= 0) {
            *to++ = (char)(hex_digit(from[1]) * 16 + hex_digit(from[2]));
            from += 2;
        } else {
            *to++ = *from == '+' && plus ? ' ' : *from;
        }
    }
    *to = '\0';
}

static void parse_query(sb_exchange *x, char *query)
{
    char *save = NULL;
    for (char *part = strtok_r(query, "&", &save); part; part = strtok_r(NULL, "&", &save)) {
        if (x->queries == SB_VARIABLES) return;
        char *value = strchr(part, '=');
        if (value)
            *value++ = '\0';
        else
            value = part + strlen(part);
        sb_decode(part, true);
        sb_decode(value, true);
        x->query[x->queries++] = (sb_pair){part, value};
    }
}

bool sb_exchange_init(sb_exchange *x, const char *method, const char *target)
{
    *x = (sb_exchange){.fault = -1, .uri = strdup(target)};
    snprintf(x->method, sizeof x->method, "%s", method);
    bool below = strncmp(target, SB_BASE "/", sizeof SB_BASE) == 0;
    const char *path = target + (below ? sizeof SB_BASE - 1 : 0), *question = strchr(path, '?');
    x->path = question ? strndup(path, (size_t)(question - path)) : strdup(path);
    x->scratch = strdup(question ? question + 1 : "");
    if (!x->uri || !x->path || !x->scratch) return false;
    parse_query(x, x->scratch);
    return true;
}

void sb_exchange_clear(sb_exchange *x)
{
    sb_clear_variables(x);
    sb_drop(&x->body);
    sb_drop(&x->reply);
    free(x->uri);
    free(x->path);
    free(x->scratch);
    free(x->type);
    free(x->user);
    free(x->password);
    free(x->if_none_match);
}

/* ------------------------------------------------------------------------------------ the reply */

void sb_header_add(sb_exchange *x, const char *name, const char *value)
{
    if (x->header_count == SB_HEADERS) return;
    sb_header *h = &x->headers[x->header_count++];
    snprintf(h->name, sizeof h->name, "%s", name);
    snprintf(h->value, sizeof h->value, "%s", value);
}

void sb_say(sb_exchange *x, int status, const char *sentence)
{
    x->status = status;
    x->reply.n = 0;
    sb_puts(&x->reply, sentence);
    x->reply_type = "text/plain; charset=utf-8";
}

void sb_header_number(sb_exchange *x, const char *name, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)value);
    sb_header_add(x, name, text);
}

/* ------------------------------------------------------------------------------------ variables */

static sb_variable *find_variable(const sb_exchange *x, const char *name)
{
    for (int i = 0; i < x->variable_count; i++)
        if (strcmp(x->variables[i].name, name) == 0) return (sb_variable *)&x->variables[i];
    return NULL;
}

/* Take the value even if there is no room for it. */
void sb_let(sb_exchange *x, const char *name, sqlite3_value *value)
{
    sb_variable *v = find_variable(x, name);
    if (!v && x->variable_count < SB_VARIABLES) {
        v = &x->variables[x->variable_count++];
        snprintf(v->name, sizeof v->name, "%s", name);
    }
    if (!v) {
        sqlite3_value_free(value);
        return;
    }
    sqlite3_value_free(v->value);
    v->value = value;
}

sqlite3_value *sb_value(const sb_exchange *x, const char *name)
{
    sb_variable *v = find_variable(x, name);
    return v ? v->value : NULL;
}

int64_t sb_int(const sb_exchange *x, const char *name)
{
    sb_variable *v = find_variable(x, name);
    return v && v->value ? sqlite3_value_int64(v->value) : 0;
}

const char *sb_string(const sb_exchange *x, const char *name)
{
    sb_variable *v = find_variable(x, name);
    return v && v->value ? (const char *)sqlite3_value_text(v->value) : NULL;
}

bool sb_is_null(const sb_exchange *x, const char *name)
{
    sb_variable *v = find_variable(x, name);
    return !v || !v->value || sqlite3_value_type(v->value) == SQLITE_NULL;
}

void sb_clear_variables(sb_exchange *x)
{
    for (int i = 0; i < x->variable_count; i++) sqlite3_value_free(x->variables[i].value);
    x->variable_count = 0;
}
