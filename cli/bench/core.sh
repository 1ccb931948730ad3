#!/usr/bin/env bash
# Times btf min-core beside bpftool gen min_core_btf, whole processes, in one run, and compares what they write; prints a
# Markdown table of medians and their ratios to bpftool's. bpftool is called once for each kernel, btf once for all.
#
# Usage: cli/bench/core.sh OBJECTS KERNELS [JAVA_HOME]...
#   OBJECTS  folder with BPF objects (*.o)
#   KERNELS  folder with raw BTF of kernels (*.btf); repeated up to COUNT (default 20) by copies
#
# Needs hyperfine and bpftool (BPFTOOL names the newest, else that on the path).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
ours=$root/cli/bin/btf
theirs=${BPFTOOL:-$(command -v bpftool || echo /usr/sbin/bpftool)}
[ $# -ge 2 ] && [ -x "$theirs" ] || {
    echo "objects, kernels or bpftool not given, see the head of $0" >&2
    exit 1
}
objects=$1
given=$2
shift 2
[ $# -gt 0 ] || set -- "${JAVA_HOME:-}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/kernels" "$work/theirs" "$work/ours"
files=("$given"/*.btf)
for ((i = 0; i < ${COUNT:-20}; i++)); do
    cp "${files[i % ${#files[@]}]}" "$work/kernels/$i.btf"
done
cat > "$work/loop" << END
#!/bin/sh
for kernel in $work/kernels/*.btf; do $theirs gen min_core_btf \$kernel $work/theirs/\${kernel##*/} $objects/*.o; done
END
cat > "$work/all" << END
#!/bin/sh
exec $ours min-core $objects/*.o -B $work/kernels --out-dir $work/ours
END
first=("$objects"/*.o)
cat > "$work/one" << END
#!/bin/sh
exec $ours min-core ${first[0]} -B $work/kernels/0.btf --out-dir $work/single
END
cat > "$work/stats" << END
#!/bin/sh
exec $ours stats $work/kernels/0.btf
END
chmod +x "$work/loop" "$work/all" "$work/one" "$work/stats"

echo "| ${COUNT:-20} kernels, $(ls "$objects"/*.o | wc -l) objects | median | ratio | one kernel, one object | btf stats |"
echo "|---|---|---|---|---|"
median() { hyperfine -N --warmup 2 --runs "${RUNS:-15}" --export-json "$work/t.json" "$@" > /dev/null 2>&1 &&
    sed -n 's/.*"median": \([0-9.e-]*\).*/\1/p' "$work/t.json"; }
for home in "$@"; do
    export JAVA_HOME=$home
    [ -n "$home" ] || unset JAVA_HOME
    "$ours" --help > /dev/null # builds and prepares, if need be
    mapfile -t times < <(median "$work/loop" "$work/all" "$work/one" "$work/stats")
    for kernel in "$work"/theirs/*.btf; do
        cmp "$kernel" "$work/ours/${kernel##*/}"
    done
    version=$("${home:+$home/bin/}java" -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p')
    awk -v v="$version" -v a="${times[0]}" -v b="${times[1]}" -v c="${times[2]}" -v d="${times[3]}" 'BEGIN {
        printf "| bpftool, once each | %.0f ms | 1.00 | | |\n", a * 1000
        printf "| btfkit, Java %s, once | %.0f ms | %.2f | %.0f ms | %.0f ms |\n", v, b * 1000, b / a, c * 1000, d * 1000 }'
done
