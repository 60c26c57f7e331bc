# Functions of the scripts in this folder. bash sources it from the root of the tree.
# shellcheck shell=bash

export BUILD_PACKAGES=(
    cmake make gcc libc6-dev pkg-config lua5.4 liblua5.4-dev lua-cjson lua-cjson-dev
    libcurl4-openssl-dev libsqlite3-dev libedit-dev libmd-dev libmicrohttpd-dev libutf8proc-dev
    libunistring-dev zlib1g-dev
)
export CHECK_PACKAGES=(
    lua-busted lua-check clang libclang-rt-dev clang-format shellcheck file dpkg-dev openssl nghttp2-server tmux libyajl-dev
    libjansson-dev libgnutls28-dev lua-luv lua-cqueues lua5.3 zsh locales faketime
)

JOBS=$(nproc 2>/dev/null || echo 2)

say() {
    printf '%s\n' "$*" >&2
}

die() {
    say "$(basename "$0"): $*"
    exit 1
}

have_package() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The two packages of libcurl's headers exclude each other; only the user may remove one.
refuse_gnutls() {
    if have_package libcurl4-gnutls-dev; then
        die "libcurl4-gnutls-dev is installed and must be replaced, since this project needs the OpenSSL build:" \
            "apt-get install libcurl4-openssl-dev"
    fi
}

# apt_get ARGUMENTS...: run apt-get as root, or through sudo, which asks for a password only on a terminal.
apt_get() {
    local sudo=()
    if [ "$(id -u)" != 0 ]; then
        sudo=(sudo)
        [ -t 2 ] || sudo+=(-n)
    fi
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" </dev/null
}

# install_packages PACKAGE...: install the packages, unless that would remove others (--no-remove).
install_packages() {
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
        die "packages are missing, and this is neither root nor is there a sudo. As root: apt-get update && apt-get install $*"
    fi
    say "Installing: $*"
    mkdir -p build
    if ! { apt_get update && apt_get install --no-install-recommends --no-remove "$@"; } >build/apt.log 2>&1; then
        tail -n 15 build/apt.log >&2
        die "these packages could not be installed: $* (whole log: build/apt.log)"
    fi
}

# need PACKAGE...: install the missing ones and print their names.
need() {
    local package missing=()
    command -v dpkg-query >/dev/null 2>&1 || die "no Debian here, so install these yourself and use cmake: $*"
    refuse_gnutls
    for package in "$@"; do
        have_package "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

# build_preset PRESET [CMAKE OPTIONS...]: configure and build.
build_preset() {
    local preset=$1
    shift
    cmake --preset "$preset" "$@" && cmake --build --preset "$preset" -j "$JOBS"
}
