#!/usr/bin/env bash
# Times resolve-btfids --embed --distill_base on many modules in one call beside what scripts/gen-btf.sh of kernel 7 does
# to each after pahole: resolve_btfids --distill_base, objcopy --add-section, resolve_btfids --patch_btfids.
#
# Usage: RESOLVE_BTFIDS=FILE cli/bench/embed.sh [-n MODULES] [JAVA_HOME]...
#
# RESOLVE_BTFIDS is the C tool of kernel 7 or later, which no Debian package has yet. MODULES is how many modules the C
# tool does, one run takes minutes for all; ours does these and all. Needs hyperfine, xz, binutils, and Debian's
# linux-headers-6.12-cloud-amd64 and linux-image-6.12-cloud-amd64, installed or unpacked below KERNEL_ROOT.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
ours=$root/cli/bin/resolve-btfids
theirs=${RESOLVE_BTFIDS:?names the C tool, see the head of $0}
kernel_root=${KERNEL_ROOT:-}
some=200
if [ "${1:-}" = -n ]; then
    some=$2
    shift 2
fi
[ $# -gt 0 ] || set -- "${JAVA_HOME:-}"

newest() { ls -d "$@" 2> /dev/null | sort -V | tail -n 1; }
vmlinux=$(newest "$kernel_root"/usr/src/linux-headers-6.12*-cloud-amd64/vmlinux)
modules=$(newest "$kernel_root"/lib/modules/6.12*-cloud-amd64/kernel)
[ -n "$vmlinux" ] && [ -n "$modules" ] || {
    echo "kernel packages not found, see the head of $0" >&2
    exit 1
}

# The modules without signature and BTF, and their BTF beside them, as pahole would have left it.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/all" "$work/some"
find "$modules" -name '*.ko.xz' | sort | while read -r file; do
    object=$work/all/$(basename "$file" .xz)
    xz -dkc "$file" > "$object"
    objcopy --dump-section .BTF="$object.BTF.1" --remove-section .BTF "$object" 2> /dev/null || rm -f "$object"
done
count=$(find "$work/all" -name '*.ko' | wc -l)
find "$work/all" -name '*.ko' | sort | awk -v n="$some" -v all="$count" 'int(NR * n / all) > int((NR - 1) * n / all)' \
    | while read -r object; do cp "$object" "$object.BTF.1" "$work/some"; done
some=$(find "$work/some" -name '*.ko' | wc -l)

cat > "$work/one" << 'END'
#!/bin/sh -e
$THEIRS --btf_base "$VMLINUX" --btf "$1.BTF.1" --distill_base "$1" 2> /dev/null
set -- "$1" --add-section=.BTF="$1.BTF"
[ ! -f "$1.BTF.base" ] || set -- "$@" --add-section=.BTF.base="$1.BTF.base"
object=$1
shift
objcopy "$@" "$object"
[ ! -f "$object.BTF_ids" ] || $THEIRS --patch_btfids "$object.BTF_ids" "$object"
END
chmod +x "$work/one"
export THEIRS=$theirs VMLINUX=$vmlinux

# Ours takes the BTF from the objects.
mkdir "$work/our-all" "$work/our-some"
for object in "$work"/all/*.ko; do
    objcopy --add-section=.BTF="$object.BTF.1" "$object" "$work/our-all/${object##*/}"
    [ ! -f "$work/some/${object##*/}" ] || cp "$work/our-all/${object##*/}" "$work/our-some"
done

measure() { # measure RUNS FOLDER COMMAND: median in seconds, each run on a fresh copy of the folder
    hyperfine --warmup 1 --runs "$1" --prepare "rm -rf $work/run; cp -r $work/$2 $work/run" \
        --export-json "$work/json" "$3" > /dev/null 2> "$work/log" || {
        cat "$work/log" >&2
        exit 1
    }
    sed -n 's/^ *"median": \([0-9.]*\),*$/\1/p' "$work/json"
}

c=$(measure 2 some "find $work/run -name '*.ko' -exec $work/one {} \\;")
echo "| | $some modules | ratio | all $count modules |"
echo "|---|---|---|---|"
awk -v t="$c" 'BEGIN { printf "| C tools | %.1f s | 1.00 | |\n", t }'
for home in "$@"; do
    java="env ${home:+JAVA_HOME=$home} $ours --embed --distill_base -b $vmlinux"
    $java --help > /dev/null # builds and prepares, if need be
    name="btfkit, Java $("${home:+$home/bin/}java" -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p')"
    some_time=$(measure 5 our-some "find $work/run -name '*.ko' -exec $java {} +")
    all_time=$(measure 3 our-all "find $work/run -name '*.ko' -exec $java {} +")
    awk -v name="$name" -v s="$some_time" -v c="$c" -v a="$all_time" 'BEGIN {
        printf "| %s | %.2f s | %.3f | %.1f s |\n", name, s, s / c, a }'
done
