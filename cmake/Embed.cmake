# cmake -DOUT=FILE.c -DFILES=A.sql,B.sql -P Embed.cmake: the files as texts in a C file, so that the
# program reads none at run time. Bytes rather than string literals: a literal may have 4,095 of them.

string(REPLACE "," ";" files "${FILES}")
set(arrays "")
set(rows "")
foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(APPEND arrays "static const char ${name}[] = {\n${bytes}0};\n\n")
    string(APPEND rows "    {\"${name}\", ${name}},\n")
endforeach()
file(WRITE ${OUT} "/* Written by cmake/Embed.cmake. */
#include \"script.h\"

${arrays}const sb_sql_file sb_sql_files[] = {
${rows}    {0}};
")
