#!/usr/bin/env bash
# Times btf dump beside bpftool, whole processes, in one run; prints a Markdown table of the
# shortest times, which other work on the machine disturbs least, and their ratios to bpftool's. Output goes to a file.
#
# Usage: BPFTOOL=bpftool cli/bench/btf.sh [JAVA_HOME]...   default: the JAVA_HOME of the environment, or java's own
#
# Needs hyperfine, xz, bpftool (BPFTOOL names the newest, else that on the path), and Debian's
# linux-headers-6.12-cloud-amd64 and linux-image-6.12-cloud-amd64, installed or unpacked below the folder that
# KERNEL_ROOT names.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
ours=$root/cli/bin/btf
theirs=${BPFTOOL:-$(command -v bpftool || echo /usr/sbin/bpftool)}
kernel_root=${KERNEL_ROOT:-}
[ $# -gt 0 ] || set -- "${JAVA_HOME:-}"

newest() { ls -d "$@" 2> /dev/null | sort -V | tail -n 1; }
vmlinux=$(newest "$kernel_root"/usr/src/linux-headers-6.12*-cloud-amd64/vmlinux)
modules=$(newest "$kernel_root"/lib/modules/6.12*-cloud-amd64/kernel)
[ -x "$theirs" ] && [ -n "$vmlinux" ] && [ -n "$modules" ] || {
    echo "bpftool or kernel packages not found, see the head of $0" >&2
    exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
module=$work/nf_conntrack.ko
xz -dkc "$modules/net/netfilter/nf_conntrack.ko.xz" > "$module"

# Each dump: its title, bpftool's options before and after the file, and btf's.
dumps=(
    "raw||$vmlinux|$vmlinux"
    "module on its base|-B $vmlinux|$module|-B $vmlinux $module"
    "JSON|-j|$vmlinux|-f json $vmlinux"
    "indented JSON|-p|$vmlinux|-f json --pretty $vmlinux"
    "C||$vmlinux format c|-f c $vmlinux"
    "C, unsorted||$vmlinux format c unsorted|-f c --unsorted $vmlinux"
)

names=("bpftool")
for home in "$@"; do
    JAVA_HOME=$home "$ours" --help > /dev/null # builds and prepares, if need be
    names+=("btfkit, Java $(JAVA_HOME=$home; "${home:+$home/bin/}java" -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p')")
done

head="| |"
line="|---|"
rows=("${names[@]/#/| }")
for dump in "${dumps[@]}"; do
    IFS='|' read -r title before after mine <<< "$dump"
    commands=("$theirs $before btf dump file $after")
    for home in "$@"; do
        commands+=("env ${home:+JAVA_HOME=$home} $ours dump $mine")
    done
    hyperfine -N --warmup 2 --runs "${RUNS:-15}" --output "$work/out" --export-json "$work/times.json" "${commands[@]}" \
        > /dev/null 2> "$work/log" || {
        cat "$work/log" >&2
        exit 1
    }
    mapfile -t shortest < <(sed -n 's/^ *"min": \([0-9.]*\),*$/\1/p' "$work/times.json")
    head="$head $title |"
    line="$line---|"
    for i in "${!names[@]}"; do
        rows[i]+=" | $(awk -v own="${shortest[$i]}" -v c="${shortest[0]}" \
            'BEGIN { printf "%.0f ms", own * 1000; if (own != c) printf " (%.1f)", own / c }')"
    done
done
printf '%s\n' "$head" "$line" "${rows[@]/%/ |}"
