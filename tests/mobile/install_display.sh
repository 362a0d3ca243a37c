#!/usr/bin/env bash
# What the display tests need on Linux: a virtual X server, software OpenGL, a pointer to drive.
# Installs what is missing where it may (apt, as root or with passwordless sudo). Where it may not, it
# says what to install and leaves with 0: those tests then skip and say why.
set -u
packages=(xvfb xdotool libgl1 libgl1-mesa-dri libmtdev1)

has_library() { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -q "$1"; }
has_driver() {
    compgen -G "/usr/lib/*/dri/*swrast_dri.so" >/dev/null || compgen -G "/usr/lib*/dri/*swrast_dri.so" >/dev/null
}
complete() {
    command -v Xvfb >/dev/null && command -v xdotool >/dev/null &&
        has_library libGL.so.1 && has_library libmtdev.so.1 && has_driver
}

[ "$(uname -s)" = Linux ] || exit 0
complete && exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root=no; fi
fi
if command -v apt-get >/dev/null && [ "$as_root" != no ]; then
    echo "Installing for the display tests: ${packages[*]}"
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    if $as_root apt-get update -qq >"$log" 2>&1 &&
        $as_root apt-get install -qq -y --no-install-recommends "${packages[@]}" >>"$log" 2>&1 </dev/null; then
        rm -f "$log"
        exit 0
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
fi
cat >&2 <<TEXT
The display tests need Xvfb, xdotool, Mesa's OpenGL and mtdev, and will skip without them. To install:
  Debian, Ubuntu   sudo apt-get install ${packages[*]}
  Fedora           sudo dnf install xorg-x11-server-Xvfb xdotool mesa-libGL mesa-dri-drivers mtdev
  Arch             sudo pacman -S xorg-server-xvfb xdotool mesa mtdev
TEXT
