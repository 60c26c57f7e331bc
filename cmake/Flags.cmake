# How everything is compiled.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
include(CheckCSourceCompiles)

# -std=c11 hides POSIX and dladdr.
add_compile_definitions(_GNU_SOURCE=1)
add_compile_options(-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings)
# An error message is cut where its room ends, on purpose.
add_compile_options($<$<C_COMPILER_ID:GNU>:-Wno-format-truncation>)
if(TG_WERROR)
    add_compile_options(-Werror)
endif()

if(TG_SANITIZE)
    # What a sanitizer finds ends the program: a report that scrolls by is no failure.
    add_compile_options(-fsanitize=${TG_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
    # Lua unloads its modules before the leaks are reported; kept, their frames have names.
    add_link_options(-fsanitize=${TG_SANITIZE} -Wl,-z,nodelete)
elseif(NOT CMAKE_BUILD_TYPE STREQUAL Debug)
    # All of Lua, libcurl and SQLite that is called is bound when it is loaded: the calls need no stubs.
    add_compile_options(-fstack-protector-strong -fno-plt)
    add_compile_definitions($<$<CONFIG:Release,RelWithDebInfo>:_FORTIFY_SOURCE=2>)
    # What the core gives to others it calls itself without looking it up in every library of the host.
    add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-Bsymbolic)
    # The tables of rows hold 4,000 pointers, which each process relocates: packed, they take 2 KB instead of 96.
    # glibc reads it from 2.36 on.
    set(CMAKE_REQUIRED_LINK_OPTIONS -Wl,-z,pack-relative-relocs)
    check_c_source_compiles("#include <features.h>
        #if !__GLIBC_PREREQ(2, 36)
        #error too old
        #endif
        int main(void) { return 0; }" TG_PACKS_RELOCATIONS)
    unset(CMAKE_REQUIRED_LINK_OPTIONS)
    if(TG_PACKS_RELOCATIONS)
        add_link_options(-Wl,-z,pack-relative-relocs)
    endif()
    if(CMAKE_C_COMPILER_ID STREQUAL GNU)
        # A call comes after a wait, with cold caches: less code that lies closer together. The archive stays plain.
        add_compile_options(-flto=auto -ffat-lto-objects)
        add_link_options(-flto=auto)
    endif()
endif()
