#!/usr/bin/env bash
# Times how long commands take to start: each beside an empty Java program on the same JDK, and one module's repair through
# the server beside the kernel's C tool, whole processes, in one run. Prints a Markdown table of shortest times and medians,
# in milliseconds of wall and of processor time.
#
# Usage: cli/bench/start.sh [JAVA_HOME]...        default: the JAVA_HOME of the environment, or java's own
#
# Needs hyperfine, jq, xz, a JDK, and Debian's linux-headers-6.12-cloud-amd64, linux-kbuild-6.12 and
# linux-image-6.12-cloud-amd64, installed or unpacked below the folder that KERNEL_ROOT names. RUNS (20) says how often.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=$root/cli/bin
kernel_root=${KERNEL_ROOT:-}
[ $# -gt 0 ] || set -- "${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}"

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
xz -dkc "$modules/net/netfilter/nf_conntrack.ko.xz" > "$work/shipped.ko"
cd "$work" # the server's working folder, too
printf 'public class Empty { public static void main(String[] args) {} }\n' > Empty.java
"$1/bin/javac" --release 17 Empty.java
"$1/bin/jar" cf empty.jar Empty.class

names=()
commands=()
add() { # add NAME COMMAND
    names+=("$1")
    commands+=("$2")
}

add "C tool, one module" "$theirs -b $vmlinux one.ko"
for home in "$@"; do
    java=$("$home/bin/java" -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p')
    plain="env JAVA_HOME=$home BTFKIT_SERVER="
    add "empty program, Java $java" \
        "$home/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -cp empty.jar Empty"
    add "resolve-btfids, one module" "$plain $bin/resolve-btfids --strip_signature -b $vmlinux one.ko"
    add "the same by the server" "env JAVA_HOME=$home BTFKIT_SERVER=$$ $bin/resolve-btfids --strip_signature -b $vmlinux one.ko"
    add "resolve-btfids --help" "$plain $bin/resolve-btfids --help"
    add "btf --version" "$plain $bin/btf --version"
    add "btf stats vmlinux" "$plain $bin/btf stats $vmlinux"
    add "btf show list_head vmlinux" "$plain $bin/btf show list_head $vmlinux"
done
if [ $# -gt 1 ]; then
    # Servers of several JDKs do not share a folder: a call on another one starts plainly.
    echo "note: only the first JDK's calls are served; run it for each JDK to time the server" >&2
fi

# Round by round, so that what else goes on on the machine hits all alike; the first two make archives and warm up.
cp shipped.ko one.ko
for command in "${commands[@]}"; do
    $command > /dev/null 2>&1 || true
done
for ((i = 0; i < 12; i++)); do # until the server's code is compiled
    cp shipped.ko one.ko
    env JAVA_HOME="$1" BTFKIT_SERVER=$$ "$bin/resolve-btfids" --strip_signature -b "$vmlinux" one.ko > /dev/null 2>&1
    sleep 0.2
done
for ((run = 0; run < ${RUNS:-20}; run++)); do
    for i in "${!commands[@]}"; do
        hyperfine -N --warmup 0 --runs 1 --prepare "cp shipped.ko one.ko" --export-json "$work/one.json" \
            "${commands[$i]}" > /dev/null 2>&1
        jq -r '.results[0] | "\(.mean * 1000) \((.user + .system) * 1000)"' one.json >> "times.$i"
    done
done

column() { # column FILE NUMBER: shortest and median
    awk -v n="$2" '{ print $n }' "$1" | sort -n | awk '{ all[NR] = $1 } END { printf "%.1f (%.1f)", all[1], all[int((NR + 1) / 2)] }'
}
echo "| | wall, ms: shortest (median) | processor, ms |"
echo "|---|---|---|"
for i in "${!names[@]}"; do
    echo "| ${names[$i]} | $(column "times.$i" 1) | $(column "times.$i" 2) |"
done
