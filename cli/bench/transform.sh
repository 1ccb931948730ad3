#!/usr/bin/env bash
# Times btf sort, merge, and dedup of many objects beside the same with libbpf (transform.c here), dedup of two, four and
# eight times as much beside that of once, JSON beside bpftool, and statistics beside an empty Java program; whole
# processes, round by round in one run. Compares the results of sort and merge, and prints a Markdown table of shortest
# times and medians, in milliseconds of wall and of processor time, and of the most memory that was resident.
#
# Usage: cli/bench/transform.sh VMLINUX OTHER OBJECTS [JAVA_HOME]...       JAVA_HOME: default that of the environment
#
#   VMLINUX  raw BTF of a kernel
#   OTHER    raw BTF of another, to be merged with it
#   OBJECTS  a file with names of objects with BTF, one a line, as gcc -gbtf makes them for example
#
# Needs a C compiler, python3, a JDK, bpftool (BPFTOOL names the newest) and libbpf-dev 1.7 or later, or LIBBPF, the folder
# that a newer one was installed to (with prefix=). RUNS (9) says how often. Results for OBJECTS are not compared, nor how
# libbpf grows with them: it takes what gcc 12 writes into declarations for type ids, and finds less and less that is equal.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ours=$here/../bin/btf
[ $# -ge 3 ] || {
    sed -n '2,/^set/{/^#/p}' "$0" >&2
    exit 2
}
vmlinux=$1 other=$2
mapfile -t objects < "$3"
shift 3
[ $# -gt 0 ] || set -- "${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}"
bpftool=${BPFTOOL:-$(command -v bpftool || echo /usr/sbin/bpftool)}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
libbpf=(-lbpf)
if [ -n "${LIBBPF:-}" ]; then
    libbpf=("-I$LIBBPF/include" "$(ls "$LIBBPF"/lib*/libbpf.a)" -lelf -lz)
fi
cc -O2 "$here/transform.c" "${libbpf[@]}" -o "$work/transform"
printf 'public class Empty { public static void main(String[] args) {} }\n' > "$work/Empty.java"
"$1/bin/javac" --release 17 -d "$work" "$work/Empty.java"

# Commands, one a line, for rounds.py.
: > "$work/commands"
add() { # add WHAT WHO COMMAND...
    local IFS=$'\t'
    echo "$*" >> "$work/commands"
}

JAVA_HOME=$1 "$ours" merge "${objects[@]}" -o "$work/all.btf" 2> /dev/null
mapfile -t copies < <(for _ in {1..8}; do echo "$work/all.btf"; done)
beside_libbpf() { # beside_libbpf WHAT VERB IN...
    local what=$1 verb=$2
    shift 2
    add "$what" libbpf "$work/transform" "$verb" "$work/c.$verb" "$@"
    for home in "${homes[@]}"; do
        add "$what" "$home" env "JAVA_HOME=$home" "$ours" "$verb" "$@" -o "$work/j.$verb"
    done
}
homes=("$@")
beside_libbpf "sort" sort "$vmlinux"
beside_libbpf "merge of two" merge "$vmlinux" "$other"
beside_libbpf "merge of ${#objects[@]} objects" merge "${objects[@]}"
beside_libbpf "dedup of ${#objects[@]} objects" dedup "${objects[@]}"
for home in "${homes[@]}"; do
    for how in 1 2 4 8; do
        add "growth of dedup, Java in $home" "x$how" env "JAVA_HOME=$home" "$ours" dedup "${copies[@]:0:how}" -o "$work/j"
    done
done
add "JSON" bpftool "$bpftool" -j btf dump file "$vmlinux"
for home in "${homes[@]}"; do
    add "JSON" "$home" env "JAVA_HOME=$home" "$ours" dump -f json "$vmlinux"
done
add "stats" "empty program" "$1/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -cp "$work" Empty
for home in "${homes[@]}"; do
    add "stats" "$home" env "JAVA_HOME=$home" "$ours" stats "$vmlinux"
done

# The results are the same; and archives are there.
for home in "${homes[@]}"; do
    for verb in sort "merge $other"; do
        # shellcheck disable=SC2086 # words
        set -- $verb
        "$work/transform" "$1" "$work/c" "$vmlinux" "${@:2}"
        JAVA_HOME=$home "$ours" "$1" "$vmlinux" "${@:2}" -o "$work/j" 2> /dev/null
        cmp "$work/c" "$work/j"
    done
done

python3 "$here/rounds.py" "${RUNS:-9}" "$work/commands"
