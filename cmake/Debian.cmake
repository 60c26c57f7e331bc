# What Debian wants of a package and no other installation needs. CPack runs this on the staged files of the .deb.

set(root ${CPACK_TEMPORARY_DIRECTORY}${CPACK_PACKAGING_INSTALL_PREFIX})
set(doc ${root}/share/doc/${CPACK_PACKAGE_NAME})
set(version ${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})

# The time of the build, or SOURCE_DATE_EPOCH.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${doc}/changelog.Debian "${CPACK_PACKAGE_NAME} (${version}) unstable; urgency=medium

  * See changelog.gz.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")

file(RENAME ${doc}/CHANGELOG.md ${doc}/changelog)
file(RENAME ${doc}/LICENSE ${doc}/copyright)

# /usr/share/zsh/vendor-completions is the packages' folder, site-functions the administrator's.
file(REMOVE_RECURSE ${root}/share/zsh/site-functions)

# These name the folder that CPack installs into.
file(GLOB luarcs ${root}/share/toggl/lls/*/luarc.json)
foreach(file ${luarcs})
    file(READ ${file} text)
    string(REPLACE ${root} ${CPACK_PACKAGING_INSTALL_PREFIX} text "${text}")
    file(WRITE ${file} "${text}")
endforeach()

# CPack strips what runs, and leaves archives as they are.
if(EXISTS ${root}/lib/libtoggl_core.a)
    execute_process(COMMAND strip --strip-debug ${root}/lib/libtoggl_core.a COMMAND_ERROR_IS_FATAL ANY)
endif()

# Without a name and a time inside, equal files give equal archives.
execute_process(COMMAND gzip -9n ${doc}/changelog ${doc}/changelog.Debian ${root}/share/man/man1/togglsh.1
                        ${root}/share/man/man3/toggl.3 COMMAND_ERROR_IS_FATAL ANY)
