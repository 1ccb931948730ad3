#!/usr/bin/env bash
# Times btf encode beside pahole, whole processes, in one run; compares the results and prints a Markdown table.
#
# Usage: cli/bench/encode.sh VMLINUX MODULES [JAVA_HOME]       JAVA_HOME: default that of the environment
#
#   VMLINUX   a kernel with DWARF
#   MODULES   a file that names its modules with DWARF, one a line
#
# Needs pahole 1.31, or PAHOLE, one that was built elsewhere. RUNS (3) rounds are made, in turn; the least time counts, as
# what else the machine does only adds to it. Processor time is printed beside it, which depends less on that.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 2 ] || {
    sed -n '2,/^set/{/^#/p}' "$0" >&2
    exit 2
}
vmlinux=$1 list=$2
[ $# -lt 3 ] || export JAVA_HOME=$3
pahole=${PAHOLE:-pahole}
ours=$here/../bin/btf
flags=(-J --btf_features=default --lang_exclude=rust)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$ours" --help > /dev/null # builds and prepares, if need be

measure() { # measure NAME COMMAND...: seconds, processor seconds and resident KiB, appended to a file of that name
    local name=$1
    shift
    TIMEFORMAT='%R %U %S'
    { time "$@" > "$work/log" 2>&1; } 2> "$work/time" || {
        cat "$work/log" >&2
        exit 1
    }
    read -r real user sys < "$work/time"
    echo "$real $(echo "$user + $sys" | bc)" >> "$work/$name.times"
}

pahole_modules() {
    # shellcheck disable=SC2016 # for the inner shell
    xargs -a "$list" -P2 -n1 sh -c '"$0" "$@"' "$work/one"
}
cat > "$work/one" << END
#!/bin/sh
exec $pahole ${flags[*]} --btf_base $work/vmlinux.btf --btf_encode_detached=$work/pahole/\${1##*/}.BTF "\$1"
END
chmod +x "$work/one"
mkdir "$work/pahole" "$work/ours"
first=$(head -n 1 "$list")

for _ in $(seq "${RUNS:-3}"); do
    measure vmlinux.pahole "$pahole" "${flags[@]}" -j2 --btf_encode_detached="$work/vmlinux.btf" "$vmlinux"
    measure vmlinux.ours "$ours" encode --lang-exclude rust -j 2 "$vmlinux" -o "$work/ours.btf"
    measure modules.pahole pahole_modules
    measure modules.ours "$ours" encode --lang-exclude rust -j 2 -B "$work/vmlinux.btf" --out-dir "$work/ours" "@$list"
    measure one.pahole "$work/one" "$first"
    measure one.ours "$ours" encode --lang-exclude rust -B "$work/vmlinux.btf" "$first" -o "$work/one.btf"
done
echo "| | pahole | its CPU | btf encode | its CPU | ratio | of CPU |"
echo "|---|---|---|---|---|---|---|"
for what in vmlinux modules one; do
    least() { sort -n -k"$2" "$work/$what.$1.times" | head -n 1 | cut -d' ' -f"$2"; }
    a=$(least pahole 1) ac=$(least pahole 2) b=$(least ours 1) bc=$(least ours 2)
    echo "| $what | $a s | $ac s | $b s | $bc s | $(echo "scale=2; $b / $a" | bc) | $(echo "scale=2; $bc / $ac" | bc) |"
done

cmp "$work/vmlinux.btf" "$work/ours.btf"
diff -rq "$work/pahole" "$work/ours" > "$work/log" || {
    echo "$(wc -l < "$work/log") modules differ, such as: $(head -n 1 "$work/log")" >&2
    exit 1
}
