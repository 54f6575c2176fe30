#!/bin/sh
# Installs diffpurge: downloads the archive for this machine, checks its SHA-256 sum, and puts the program into a directory.
#
#   sh install.sh [--version X.Y.Z] [--to DIRECTORY] [--from URL|DIRECTORY] [--sums FILE]
#
# --version  the release; the latest one by default
# --to       where the program goes; ~/.local/bin by default. Nothing is done as another user.
# --from     where releases are kept: a directory, or a URL that has RELEASES/vX.Y.Z/FILE below it
# --sums     a file of sums that you trust, as sha256sum prints them: an archive that it names has to have this sum, too
#
# It needs tar, sha256sum or shasum, and for a URL curl or wget.
set -eu

releases=${DIFFPURGE_RELEASES:-}
version=
sums=
to=${HOME:?HOME is not set: give --to DIRECTORY}/.local/bin

die() {
    printf 'error: %s\n' "$1" >&2
    if [ -n "${2:-}" ]; then printf 'hint: %s\n' "$2" >&2; fi
    exit 1
}

while [ $# -gt 0 ]; do
    case $1 in
        --version | --to | --from | --sums)
            [ $# -ge 2 ] || die "$1 needs a value" "sh install.sh $1 VALUE"
            case $1 in
                --version) version=${2#v} ;;
                --to) to=$2 ;;
                --from) releases=$2 ;;
                --sums) sums=$2 ;;
            esac
            shift 2
            ;;
        -h | --help)
            sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
        *) die "there is no option $1" "sh install.sh --help" ;;
    esac
done

case $(uname -s) in
    Linux) system=unknown-linux-gnu ;;
    Darwin) system=apple-darwin ;;
    *) die "there is no archive for $(uname -s)" "cargo install diffpurge" ;;
esac
case $(uname -m) in
    x86_64 | amd64) machine=x86_64 ;;
    aarch64 | arm64) machine=aarch64 ;;
    *) die "there is no archive for $(uname -m)" "cargo install diffpurge" ;;
esac

[ -n "$releases" ] || die "nothing says where releases are kept" "give --from URL, or set DIFFPURGE_RELEASES"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# fetch NAME FILE: brings a file of the releases.
fetch() {
    case $releases in
        http://* | https://*)
            if command -v curl >/dev/null 2>&1; then
                curl --fail --silent --show-error --location --output "$2" "$releases/$1"
            elif command -v wget >/dev/null 2>&1; then
                wget --quiet --output-document="$2" "$releases/$1"
            else
                die "neither curl nor wget is here" "install one of them"
            fi
            ;;
        *) cp "$releases/$1" "$2" ;;
    esac || die "cannot get $releases/$1" "is there such a release? --version X.Y.Z names another"
}

if [ -z "$version" ]; then
    fetch latest "$scratch/latest"
    version=$(sed 's/^v//' "$scratch/latest")
fi
case $version in
    '' | *[!0-9A-Za-z.+-]*) die "'$version' is not a version" "--version 0.1.0" ;;
esac

name=diffpurge-$version-$machine-$system
fetch "v$version/$name.tar.gz" "$scratch/$name.tar.gz"
fetch "v$version/$name.tar.gz.sha256" "$scratch/sum"

# sum_in FILE: the archive's sum there.
sum_in() { sed -n "s/^\\([0-9a-f]\\{64\\}\\) [ *]$name\\.tar\\.gz\$/\\1/p" "$1"; }

wanted=$(sum_in "$scratch/sum")
[ -n "$wanted" ] || die "the checksum file names no $name.tar.gz" "the release is damaged; try another --version"
if command -v sha256sum >/dev/null 2>&1; then
    found=$(sha256sum "$scratch/$name.tar.gz")
elif command -v shasum >/dev/null 2>&1; then
    found=$(shasum -a 256 "$scratch/$name.tar.gz")
else
    die "neither sha256sum nor shasum is here, so the archive cannot be checked" "install one of them"
fi
[ "${found%% *}" = "$wanted" ] || die "$name.tar.gz has another SHA-256 sum than the release says; nothing was installed" \
    "download it again; if it stays so, do not use it"
if [ -n "$sums" ]; then
    trusted=$(sum_in "$sums") || die "cannot read $sums" "--sums FILE names the sums that you trust"
    [ -z "$trusted" ] || [ "${found%% *}" = "$trusted" ] || die "$name.tar.gz has another SHA-256 sum than $sums says; nothing was installed" \
        "do not use this archive; its release may have been changed"
fi

tar -xzf "$scratch/$name.tar.gz" -C "$scratch" "$name/diffpurge"
mkdir -p "$to" || die "cannot make $to" "--to DIRECTORY names another one"
# Beside its place and then renamed, so that a program that runs is not written into.
cp "$scratch/$name/diffpurge" "$to/.diffpurge.new" || die "cannot write into $to" "--to DIRECTORY names another one"
chmod 755 "$to/.diffpurge.new"
mv -f "$to/.diffpurge.new" "$to/diffpurge"
printf 'diffpurge %s is in %s\n' "$version" "$to"
case :$PATH: in
    *:"$to":*) ;;
    *) printf 'hint: %s is not on the PATH; add this to your profile: export PATH="%s:%s"\n' "$to" "$to" "\$PATH" >&2 ;;
esac
