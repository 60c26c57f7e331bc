/* Load the transport, which is a shared object. */
#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "client.h"
#include "error.h"

/* The path of NAME in the folder of the file that contains this code. For the main program the
   loader knows only argv[0], which may be a name found through PATH; NAME would then be looked up
   in the current folder. */
static char *beside(const char *name)
{
    Dl_info info;
    struct link_map *map = NULL;
    char exe[PATH_MAX], *path = NULL;
    if (!dladdr1((void *)(uintptr_t)tg_client_transport, &info, (void **)&map, RTLD_DL_LINKMAP))
        return NULL;
    const char *file = map && !*map->l_name ? realpath("/proc/self/exe", exe) : info.dli_fname;
    const char *slash = file ? strrchr(file, '/') : NULL;
    if (!slash) return NULL;
    return asprintf(&path, "%.*s/%s", (int)(slash - file), file, name) < 0 ? NULL : path;
}

/* Never unloaded: libcurl and OpenSSL leave exit handlers behind. */
static const tg_transport_api *load(const char *given, tg_error *err)
{
    char *path = given ? strdup(given) : beside("http.so");
    void *so = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!so) {
        tg_error_set(err, TG_E_TRANSPORT, "the HTTP part cannot be loaded: %s",
                     path ? dlerror() : "its place is not known");
        tg_error_advise(err, "install http.so beside core.so");
        free(path);
        return NULL;
    }
    free(path);
    const tg_transport_api *(*get)(void);
    *(void **)(&get) = dlsym(so, TG_TRANSPORT_SYMBOL);
    const tg_transport_api *api = get ? get() : NULL;
    if (api && api->version == TG_TRANSPORT_VERSION) return api;
    tg_error_set(err, TG_E_TRANSPORT, "the HTTP part belongs to another version of this library");
    return NULL;
}

static char *full_user_agent(const char *own)
{
    char *s = NULL;
    int n = asprintf(&s, "%s%stoggl-lua/%s", own ? own : "", own ? " " : "", TG_VERSION);
    return n < 0 ? NULL : s;
}

bool tg_client_transport(tg_client *c, tg_error *err)
{
    if (c->transport) return true;
    if (!c->http) c->http = load(c->http_path, err);
    if (!c->http) return false;
    char *agent = full_user_agent(c->user_agent);
    if (!agent) return tg_error_set(err, TG_E_NOMEM, "out of memory");
    c->transport =
        c->http->open(&(tg_transport_options){.unix_socket = c->unix_socket,
                                              .user_agent = agent,
                                              .ca_file = c->ca_file,
                                              .ca_path = c->ca_path,
                                              .direct = tg_address_is_local(c->base_url)},
                      err);
    free(agent);
    return c->transport != NULL;
}
