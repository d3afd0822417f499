#!/bin/sh
# Installs mfa-cli without Node.js or a package manager, on Linux and macOS: the program, its man page and completions. It
# downloads the archive of a release and its SHA256SUMS, and installs nothing whose checksum is another one.
set -eu

# Those of the release that this file belongs to.
version=0.0.0
releases=https://github.com/OWNER/mfa-cli/releases/download

usage() {
  cat <<EOF
Usage: sh install.sh [--version VERSION] [--prefix DIRECTORY] [--from URL] [--uninstall]

  --version VERSION   install this release (default: $version)
  --prefix DIRECTORY  install below it (default: ~/.local, for root /usr/local)
  --from URL          the address that has a folder for each release: https, or http on this machine
                      (default: $releases)
  --uninstall         remove what was installed below the prefix
EOF
}

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "install.sh: error: $*"
  exit 1
}

misused() {
  say "install.sh: error: $*"
  usage >&2
  exit 2
}

has() { command -v "$1" >/dev/null 2>&1; }

# Lines of PATH-IN-THE-ARCHIVE PATH-BELOW-THE-PREFIX MODE; the schemas are those in FOLDER.
files() {
  cat <<EOF
mfa-cli bin/mfa-cli 755
man/mfa-cli.1 share/man/man1/mfa-cli.1 644
completions/mfa-cli.bash share/bash-completion/completions/mfa-cli 644
completions/_mfa-cli share/zsh/site-functions/_mfa-cli 644
completions/mfa-cli.fish share/fish/vendor_completions.d/mfa-cli.fish 644
LICENSE share/doc/mfa-cli/LICENSE 644
THIRD-PARTY-LICENSES.txt share/doc/mfa-cli/THIRD-PARTY-LICENSES.txt 644
EOF
  for schema in "$1"/*.schema.json; do
    if [ -e "$schema" ]; then printf '%s\n' "schema/${schema##*/} share/mfa-cli/schema/${schema##*/} 644"; fi
  done
}

# The system that an archive is for, as its name has it.
target() {
  machine=$(uname -m)
  case $(uname -s) in
    Linux) system=linux ;;
    Darwin)
      system=darwin
      # A shell that Rosetta translates says x86_64 on Apple's own processors.
      if [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || true)" = 1 ]; then machine=arm64; fi
      ;;
    *) fail "there is no build for $(uname -s): on Windows take Scoop, winget or the .zip; elsewhere npm" ;;
  esac
  case $machine in
    x86_64 | amd64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) fail "there is no build for the processor $machine: with Node.js, install the npm package" ;;
  esac
  libc=
  if [ "$system" = linux ] && ! [ -e /lib64/ld-linux-x86-64.so.2 ] && ! [ -e /lib/ld-linux-aarch64.so.1 ]; then
    [ "$machine" = x64 ] || fail 'there is no build for musl on arm64: with Node.js, install the npm package'
    libc=-musl
  fi
  printf '%s\n' "$system-$machine$libc"
}

# Nobody on the way can change what comes over TLS or from this machine.
require_safe() {
  case $1 in
    *@* | *[[:space:]]*) misused "$1 is not an address to install from" ;;
    https://*) protocol=https ;;
    http://127.0.0.1[:/]* | http://localhost[:/]* | "http://[::1]"[:/]*) protocol=http ;;
    *) misused "$1 is neither https nor on this machine" ;;
  esac
}

# URL FILE
download() {
  if has curl; then
    # First, or what ~/.curlrc says holds.
    curl -q --fail --silent --show-error --location --proto "=$protocol" --proto-redir =https --output "$2" "$1"
  else
    # No option keeps wget from following to where there is no TLS: the headers say whether it did.
    # That of BusyBox reads no ~/.wgetrc, and knows no such option.
    case $(wget --help 2>&1) in *--no-config*) plain=--no-config ;; *) plain= ;; esac
    if ! { wget ${plain:+"$plain"} -q -S -O "$2" "$1" 2>"$scratch/told" && leads_to_tls "$scratch/told"; }; then
      awk '/^wget: /' "$scratch/told" >&2
      false
    fi
  fi || fail "$1 could not be downloaded"
}

# FILE with headers: every redirect is to https; a relative one stays with the protocol of the address.
leads_to_tls() {
  awk -v protocol="$protocol" 'tolower($1) == "location:" {
    scheme = $2 ~ /^[A-Za-z][A-Za-z0-9+.-]*:/ ? tolower(substr($2, 1, index($2, ":") - 1)) : protocol
    if (scheme != "https") { found = 1 }
  } END { exit found }' "$1"
}

sha256() {
  if has sha256sum; then
    sum=$(sha256sum "$1")
  elif has shasum; then
    sum=$(shasum -a 256 "$1")
  else
    sum=$(openssl dgst -sha256 -r "$1")
  fi
  printf '%s\n' "${sum%% *}"
}

# What is known to fail later, before anything is downloaded.
require_means() {
  has curl || has wget || fail 'curl or wget is needed'
  has sha256sum || has shasum || has openssl || fail 'sha256sum, shasum or openssl is needed'
  there=$prefix
  while ! [ -e "$there" ]; do there=$(dirname "$there"); done
  if ! [ -d "$there" ] || ! [ -w "$there" ]; then
    fail "$there cannot be written to: give another --prefix, or run this as a user who may"
  fi
}

install_release() {
  require_safe "$releases"
  require_means
  name=mfa-cli-$version-$(target)
  archive=$name.tar.gz
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch" ${staged:+"$staged"}' EXIT
  trap 'exit 1' HUP INT TERM

  say "Downloading $archive"
  download "$releases/v$version/SHA256SUMS" "$scratch/SHA256SUMS"
  download "$releases/v$version/$archive" "$scratch/$archive"
  expected=$(awk -v name="$archive" '$2 == name { print $1 }' "$scratch/SHA256SUMS")
  [ ${#expected} -eq 64 ] || fail "SHA256SUMS of $version does not have $archive"
  found=$(sha256 "$scratch/$archive")
  [ "$found" = "$expected" ] || fail "$archive is not what SHA256SUMS has: its SHA-256 is $found, not $expected"

  # All of it is unpacked beside its places, where a program may be started, and each file gets to its own in one step.
  mkdir -p "$prefix"
  staged=$(mktemp -d "$prefix/.mfa-cli-XXXXXX")
  tar -xzof "$scratch/$archive" -C "$staged"
  # A program that does not start here is not installed.
  told=$("$staged/$name/mfa-cli" --version) || fail "the program does not start here$(
    case $name in *-musl) printf '%s' ': it needs libstdc++ (on Alpine, apk add libstdc++)' ;; esac
  )"
  [ "$told" = "$version" ] || fail "the program says that it is $told, not $version"
  files "$staged/$name/schema" | while read -r from to mode; do
    # A file that is moved there would end up in it.
    if [ -d "$prefix/$to" ]; then fail "$prefix/$to is a directory"; fi
    mkdir -p "$prefix/$(dirname "$to")"
    chmod "$mode" "$staged/$name/$from"
  done
  files "$staged/$name/schema" | while read -r from to mode; do mv -f "$staged/$name/$from" "$prefix/$to"; done

  say "Installed mfa-cli $version: $prefix/bin/mfa-cli"
  case :$PATH: in
    *":$prefix/bin:"*) ;;
    *) say "$prefix/bin is not in PATH: add it, or call the program by that path" ;;
  esac
}

uninstall() {
  [ -d "$prefix" ] || fail "$prefix is not a directory"
  cd "$prefix"
  files share/mfa-cli/schema | while read -r from to mode; do rm -f "$to"; done
  # Folders in which nothing is left.
  files . | while read -r from to mode; do rmdir -p "$(dirname "$to")" 2>/dev/null || true; done
  rmdir -p share/mfa-cli/schema 2>/dev/null || true
  say "Removed mfa-cli from $prefix"
}

main() {
  prefix=
  work=install_release
  while [ $# -gt 0 ]; do
    case $1 in
      --version | --prefix | --from)
        if [ $# -lt 2 ] || [ -z "$2" ]; then misused "$1 needs a value"; fi
        case $1 in
          --version) version=${2#v} ;;
          --prefix) prefix=$2 ;;
          --from) releases=${2%/} ;;
        esac
        shift
        ;;
      --uninstall) work=uninstall ;;
      --help | -h)
        usage
        exit 0
        ;;
      *) misused "$1 is not an option" ;;
    esac
    shift
  done
  case $version in *[!0-9A-Za-z.+-]*) misused "$version is not a version" ;; esac
  if [ -z "$prefix" ]; then
    if [ "$(id -u)" -eq 0 ]; then prefix=/usr/local; else prefix=${HOME:?is not set: give --prefix}/.local; fi
  fi
  case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
  $work
}

# In the last line: a file that was cut off on its way does nothing.
main "$@"
