#!/usr/bin/env bash
# Times resolve-btfids beside the kernel's C tool, whole processes, in one run; prints a Markdown table of medians.
#
# Usage: cli/bench/resolve-btfids.sh [JAVA_HOME]...        default: the JAVA_HOME of the environment, or java's own
#
# Needs hyperfine, xz, and Debian's linux-headers-6.12-cloud-amd64, linux-kbuild-6.12 and linux-image-6.12-cloud-amd64,
# installed or unpacked below the folder that KERNEL_ROOT names.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
ours=$root/cli/bin/resolve-btfids
kernel_root=${KERNEL_ROOT:-}
[ $# -gt 0 ] || set -- "${JAVA_HOME:-}"

newest() { ls -d "$@" 2> /dev/null | sort -V | tail -n 1; }
vmlinux=$(newest "$kernel_root"/usr/src/linux-headers-6.12*-cloud-amd64/vmlinux)
theirs=$(newest "$kernel_root"/usr/lib/linux-kbuild-6.12*/tools/bpf/resolve_btfids/resolve_btfids)
modules=$(newest "$kernel_root"/lib/modules/6.12*-cloud-amd64/kernel)
[ -n "$vmlinux" ] && [ -n "$theirs" ] && [ -n "$modules" ] || {
    echo "kernel packages not found, see the head of $0" >&2
    exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/shipped"
find "$modules" -name '*.ko.xz' | while read -r file; do
    xz -dkc "$file" > "$work/shipped/$(basename "$file" .xz)"
done
count=$(find "$work/shipped" -name '*.ko' | wc -l)
object=$work/shipped/nf_conntrack.ko

# C tool, then ours on each JDK; every run starts from the objects as shipped.
names=("C tool")
one=("$theirs -b $vmlinux $work/one.ko")
all=("find $work/all -name '*.ko' -exec $theirs -b $vmlinux {} \\;")
for home in "$@"; do
    JAVA_HOME=$home "$ours" --help > /dev/null # builds and prepares, if need be
    names+=("btfkit, Java $(JAVA_HOME=$home; "${home:+$home/bin/}java" -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p')")
    one+=("env ${home:+JAVA_HOME=$home} $ours --strip_signature -b $vmlinux $work/one.ko")
    all+=("find $work/all -name '*.ko' -exec env ${home:+JAVA_HOME=$home} $ours --strip_signature -b $vmlinux {} +")
done

measure() { # measure FILE PREPARE RUNS COMMAND...
    local out=$1 prepare=$2 runs=$3
    shift 3
    hyperfine --warmup 3 --runs "$runs" --prepare "$prepare" --export-json "$out" "$@" > /dev/null 2> "$work/log" || {
        cat "$work/log" >&2
        exit 1
    }
    sed -n 's/^ *"median": \([0-9.]*\),*$/\1/p' "$out"
}

mapfile -t one_median < <(measure "$work/one.json" "cp $object $work/one.ko" 40 "${one[@]}")
mapfile -t all_median < <(measure "$work/all.json" "rm -rf $work/all; cp -r $work/shipped $work/all" 7 "${all[@]}")

echo "| | one module with base (nf_conntrack.ko) | ratio | all $count modules | ratio |"
echo "|---|---|---|---|---|"
for i in "${!names[@]}"; do
    awk -v name="${names[$i]}" -v one="${one_median[$i]}" -v all="${all_median[$i]}" \
        -v c1="${one_median[0]}" -v call="${all_median[0]}" 'BEGIN {
            printf "| %s | %.0f ms | %.1f | %.2f s | %.2f |\n", name, one * 1000, one / c1, all, all / call }'
done
