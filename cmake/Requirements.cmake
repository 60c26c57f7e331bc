# What must be there before anything is built. Each thing that is missing gets one sentence, and all of them are said
# at once, so that packages are not installed one after the other.

set(TG_MISSING "")

find_package(PkgConfig QUIET)
if(NOT PKG_CONFIG_FOUND)
    message(FATAL_ERROR "pkg-config is missing: install the Debian package pkg-config.")
endif()

# PREFIX_INCLUDE_DIRS, PREFIX_LIBRARIES and so on, or a sentence that names PACKAGE.
macro(tg_need prefix module package)
    pkg_check_modules(${prefix} QUIET ${module})
    if(NOT ${prefix}_FOUND)
        string(APPEND TG_MISSING "${module} is missing: install the Debian package ${package}.\n")
    endif()
endmacro()

macro(tg_at_least prefix name version)
    if(${prefix}_FOUND AND ${prefix}_VERSION VERSION_LESS ${version})
        string(APPEND TG_MISSING "${name} ${${prefix}_VERSION} is too old: ${version} is the oldest that will do.\n")
    endif()
endmacro()

tg_need(LUA lua5.4 liblua5.4-dev)
tg_need(CURL libcurl libcurl4-openssl-dev)
tg_need(SQLITE sqlite3 libsqlite3-dev)
tg_need(EDIT libedit libedit-dev)
tg_need(MICROHTTPD libmicrohttpd libmicrohttpd-dev)
tg_need(ZLIB zlib zlib1g-dev)
tg_need(MD libmd libmd-dev)
tg_need(UTF8PROC libutf8proc libutf8proc-dev)
# libunistring comes without a file for pkg-config.
find_path(UNISTRING_INCLUDE_DIRS unictype.h)
find_library(UNISTRING_LIBRARIES unistring)
if(NOT UNISTRING_INCLUDE_DIRS OR NOT UNISTRING_LIBRARIES)
    string(APPEND TG_MISSING "libunistring is missing: install the Debian package libunistring-dev.\n")
endif()
set(TG_OLDEST_CURL 7.84)
set(TG_OLDEST_SQLITE 3.38)
tg_at_least(CURL libcurl ${TG_OLDEST_CURL})
tg_at_least(SQLITE SQLite ${TG_OLDEST_SQLITE})

# Link PREFIX's library from its archive where there is one that fits into a shared object, for a library of which little
# is used: each shared one costs every start of a script 0.2 ms and more. CODE calls what is used.
function(tg_take_in prefix name code)
    find_library(TG_${prefix}_ARCHIVE lib${name}.a)
    if(NOT TG_${prefix}_ARCHIVE)
        return()
    endif()
    set(CMAKE_POSITION_INDEPENDENT_CODE ON)
    try_compile(fits SOURCE_FROM_CONTENT take_in.c "${code}"
        CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${${prefix}_INCLUDE_DIRS}"
        LINK_OPTIONS -shared LINK_LIBRARIES ${TG_${prefix}_ARCHIVE})
    if(fits)
        set(${prefix}_LIBRARIES ${TG_${prefix}_ARCHIVE} -Wl,--exclude-libs,lib${name}.a PARENT_SCOPE)
    endif()
    unset(fits CACHE)
endfunction()

tg_take_in(MD md "#include <sha2.h>
void take_in(SHA2_CTX *c);
void take_in(SHA2_CTX *c) { SHA256Init(c); }
")
tg_take_in(UTF8PROC utf8proc "#include <utf8proc.h>
int take_in(int c);
int take_in(int c) { return utf8proc_category(c); }
")
tg_take_in(UNISTRING unistring "#include <unictype.h>
const void *take_in(int c);
const void *take_in(int c) { return uc_script(c); }
")

# Into the host, so that it is there wherever a user's LUA_CPATH points. The shared one is found at run time otherwise.
find_library(TG_CJSON liblua5.4-cjson.a)

if(TG_MISSING)
    message(FATAL_ERROR "${TG_MISSING}")
endif()

# Runs CODE with PREFIX's library and leaves what it prints in OUT; an exit status other than 0 leaves nothing.
function(tg_ask prefix code out)
    try_run(status compiled SOURCE_FROM_CONTENT ask.c "${code}"
        CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${${prefix}_INCLUDE_DIRS}" LINK_LIBRARIES ${${prefix}_LIBRARIES}
        RUN_OUTPUT_VARIABLE printed)
    if(NOT compiled OR NOT status EQUAL 0)
        set(printed "")
    endif()
    # Not kept: a library that was replaced is to be asked again.
    unset(status CACHE)
    unset(compiled CACHE)
    set(${out} "${printed}" PARENT_SCOPE)
endfunction()

# -lcurl means whichever flavour was installed last, so the library itself is asked.
tg_ask(CURL "#include <curl/curl.h>
#include <stdio.h>
int main(void) { return puts(curl_version_info(CURLVERSION_NOW)->ssl_version) < 0; }
" TG_TLS)
if(NOT TG_TLS MATCHES "^(\\()?OpenSSL")
    string(STRIP "${TG_TLS}" TG_TLS)
    message(FATAL_ERROR "libcurl is built with \"${TG_TLS}\", and this project needs the OpenSSL build: "
        "replace it with `apt-get install libcurl4-openssl-dev`.")
endif()

tg_ask(SQLITE "#include <sqlite3.h>
#include <stdio.h>
int main(void) {
    sqlite3 *db;
    return sqlite3_open(\":memory:\", &db) || sqlite3_exec(db, \"SELECT json('{}')\", 0, 0, 0) || puts(\"json\") < 0;
}
" TG_JSON1)
if(NOT TG_JSON1 MATCHES json)
    message(FATAL_ERROR "SQLite is built without its JSON functions, which the views over the cache need: "
        "use Debian's libsqlite3-dev.")
endif()
