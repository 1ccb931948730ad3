#!/usr/bin/env bash
# Times btf dedup beside libbpf's btf__dedup (dedup.c here), whole processes, in one run; compares the results and
# prints Markdown tables of medians.
#
# Usage: cli/bench/dedup.sh VMLINUX_IN VMLINUX MODULES [JAVA_HOME]...       JAVA_HOME: default that of the environment
#
#   VMLINUX_IN  raw BTF that is not deduplicated, of a whole kernel for example
#   VMLINUX     raw BTF, the base of the modules
#   MODULES     a folder with raw BTF of modules, not deduplicated, named *.btf; twenty runs go over them in turn
#
# Needs hyperfine, a C compiler and libbpf-dev, or LIBBPF, the folder that a newer one was installed to (with prefix=).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ours=$here/../bin/btf
[ $# -ge 3 ] || {
    sed -n '2,/^set/{/^#/p}' "$0" >&2
    exit 2
}
kernel=$1 base=$2 modules=("$3"/*.btf)
shift 3
[ $# -gt 0 ] || set -- "${JAVA_HOME:-}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
libbpf=(-lbpf)
if [ -n "${LIBBPF:-}" ]; then
    libbpf=("-I$LIBBPF/include" "$(ls "$LIBBPF"/lib*/libbpf.a)" -lelf -lz)
fi
cc -O2 "$here/dedup.c" "${libbpf[@]}" -o "$work/dedup"

# Twenty modules, under names of their own.
mkdir "$work/in"
for i in {1..20}; do
    cp "${modules[i % ${#modules[@]}]}" "$work/in/$i.btf"
done

names=("libbpf") runs=("$work/dedup")
whole=("$work/dedup $kernel $work/c.btf")
one=("$work/dedup $work/in/1.btf $work/c1.btf $base")
twenty=("for i in $work/in/*; do $work/dedup \$i $work/c20.btf $base; done")
memory=("$("$work/dedup" -m "$work/dedup" "$kernel" "$work/c.btf" | tail -n 1)")
for home in "$@"; do
    java="env ${home:+JAVA_HOME=$home} $ours"
    $java --help > /dev/null # builds and prepares, if need be
    names+=("btfkit, Java $("${home:+$home/bin/}java" -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p')")
    whole+=("$java dedup $kernel -o $work/j.btf")
    one+=("$java dedup -B $base $work/in/1.btf -o $work/j1.btf")
    twenty+=("$java dedup -B $base --out-dir $work/out $work/in/*")
    # shellcheck disable=SC2086 # words
    memory+=("$("$work/dedup" -m $java dedup "$kernel" -o "$work/j.btf" | tail -n 1)")
    cmp "$work/c.btf" "$work/j.btf"
    $java dedup -B "$base" --out-dir "$work/out" "$work"/in/* 2> /dev/null
    for i in {1..20}; do
        "$work/dedup" "$work/in/$i.btf" "$work/c20.btf" "$base" > /dev/null
        cmp "$work/c20.btf" "$work/out/$i.btf"
    done
done

measure() { # measure RUNS COMMAND...: medians in seconds
    local runs=$1
    shift
    hyperfine --warmup 1 --runs "$runs" --export-json "$work/json" "$@" > /dev/null 2> "$work/log" || {
        cat "$work/log" >&2
        exit 1
    }
    sed -n 's/^ *"median": \([0-9.]*\),*$/\1/p' "$work/json"
}

mapfile -t whole_median < <(measure 7 "${whole[@]}")
mapfile -t one_median < <(measure 10 "${one[@]}")
mapfile -t twenty_median < <(measure 5 "${twenty[@]}")

echo "| | $(basename "$kernel") | ratio | resident | one module | twenty modules | ratio |"
echo "|---|---|---|---|---|---|---|"
for i in "${!names[@]}"; do
    awk -v name="${names[$i]}" -v w="${whole_median[$i]}" -v w0="${whole_median[0]}" -v m="${memory[$i]}" \
        -v o="${one_median[$i]}" -v t="${twenty_median[$i]}" -v t0="${twenty_median[0]}" 'BEGIN {
            printf "| %s | %.2f s | %.2f | %.0f MB | %.0f ms | %.2f s | %.2f |\n",
                name, w, w / w0, m / 1024, o * 1000, t, t / t0 }'
done
