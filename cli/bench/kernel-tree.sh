#!/usr/bin/env bash
# Builds a small kernel from source with BTF for it and its modules, and compares ways to make that BTF:
#
#   a  the C tools: pahole and the tree's own resolve_btfids
#   b  PAHOLE=.../pahole RESOLVE_BTFIDS=.../resolve-btfids
#   c  the kernel as in b, no BTF step for modules, one gen-btf at the end
#   d  b, after a struct has changed and only vmlinux has been built anew: gen-btf on the old modules of c, against
#      modules that were linked anew
#
# .BTF and .BTF_ids of vmlinux and of all modules have to agree between a, b and c, and in d; symbols of .BTF_ids between b
# and c, and in d (the C tool leaves them behind). In d nothing may be linked, and running gen-btf again must not touch a
# file. Everything is compiled once, in a; the other ways start from a copy of it.
#
# Usage: cli/bench/kernel-tree.sh SOURCES WORK
#
#   SOURCES   a tree of Linux 6.12, such as Debian's linux-source-6.12, unpacked and never built in
#   WORK      a folder to build in, of 6 GB; what is there already is not built again
#
# Needs what the build of a kernel does (gcc, make, flex, bison, bc, libelf-dev, libssl-dev), binutils, and pahole 1.31
# with a libbpf that looks for typedefs in the base, or PAHOLE, one that was built elsewhere. On two processors it takes
# about 20 minutes. JOBS (2) is what make gets as -j.
set -euo pipefail

bin=$(cd "$(dirname "${BASH_SOURCE[0]}")/../bin" && pwd)
[ $# -eq 2 ] || {
    sed -n '2,/^set/{/^#/p}' "$0" >&2
    exit 2
}
sources=$(cd "$1" && pwd)
mkdir -p "$2"
work=$(cd "$2" && pwd)
PAHOLE=$(command -v "${PAHOLE:-pahole}")
jobs=${JOBS:-2}
[ "$("$PAHOLE" --version)" = "$("$bin/pahole" --version)" ] || {
    echo "$PAHOLE is not of version $("$bin/pahole" --version), whose rules are compared" >&2
    exit 1
}

build() { # build FOLDER TARGET... [VARIABLE=VALUE]...
    local folder=$1
    shift
    make -j"$jobs" -C "$sources" O="$folder" \
        KBUILD_BUILD_TIMESTAMP=bench KBUILD_BUILD_USER=bench KBUILD_BUILD_HOST=bench "$@" > "$folder.log" 2>&1 || {
        tail -n 30 "$folder.log" >&2
        exit 1
    }
}
# The kernel's own resolve_btfids has to resolve vmlinux: before 7.0 the build ends if symbols move after the link.
ours=("PAHOLE=$bin/pahole")
# Says of which version pahole is, as the configuration hangs on it, and makes no BTF.
printf '#!/bin/sh\ncase $1 in --version) exec "%s" --version ;; esac\n' "$bin/pahole" > "$work/no-pahole"
chmod +x "$work/no-pahole"
none=("PAHOLE=$work/no-pahole" RESOLVE_BTFIDS=true)

config() {
    local y m
    y="64BIT SMP MODULES MODULE_UNLOAD PRINTK KALLSYMS EXPERT DEBUG_KERNEL DEBUG_INFO_DWARF5 DEBUG_INFO_BTF
        DEBUG_INFO_BTF_MODULES BPF_SYSCALL BPF_JIT CGROUPS CGROUP_BPF PERF_EVENTS SYSFS PROC_FS BLOCK BLK_DEV
        NET INET NETDEVICES NET_CORE NETFILTER NETFILTER_ADVANCED NET_FOU_IP_TUNNELS TCP_CONG_ADVANCED NET_SCHED CRYPTO"
    m="IPV6 PACKET DUMMY VETH BRIDGE NF_CONNTRACK NF_NAT NF_TABLES NET_FOU NET_IPIP XFRM_INTERFACE XFRM_USER
        TCP_CONG_BBR TCP_CONG_CUBIC TCP_CONG_DCTCP RDS NET_CLS_BPF BLK_DEV_LOOP EXT4_FS FUSE_FS CRYPTO_CRYPTD"
    printf 'CONFIG_%s=y\n' $y
    printf 'CONFIG_%s=m\n' $m
}

# A copy of a build that is made again from the link on: the kernel's, and that of each module.
relink() { # relink FROM TO
    rm -rf "$2"
    cp -a "$1" "$2"
    rm -f "$2"/vmlinux "$2"/vmlinux.unstripped "$2"/.tmp_vmlinux* "$2"/.btf.vmlinux*
    find "$2" -name '*.ko' -delete
}

modules() { (cd "$1" && sed 's/o$/ko/' modules.order); }

section() { # section FILE NAME OUT: nothing if there is none
    rm -f "$3"
    objcopy --dump-section "$2=$3" "$1" /dev/null 2> /dev/null || :
    [ -f "$3" ] || : > "$3"
}

id_symbols() { readelf --wide --symbols "$1" | awk '$8 ~ /^__BTF_ID__/ { print $8, $2 }' | sort; }

differ=0
compare() { # compare WHAT ONE OTHER [symbols]: sections of vmlinux and all modules of two builds
    local count=0 before=$differ file name
    for file in vmlinux $(modules "$2"); do
        count=$((count + 1))
        for name in .BTF .BTF.base .BTF_ids; do
            section "$2/$file" "$name" "$work/one.bytes"
            section "$3/$file" "$name" "$work/other.bytes"
            cmp -s "$work/one.bytes" "$work/other.bytes" || {
                echo "$1: $file: $name differs" >&2
                differ=$((differ + 1))
            }
        done
        if [ "${4:-}" = symbols ] && [ "$(id_symbols "$2/$file")" != "$(id_symbols "$3/$file")" ]; then
            echo "$1: $file: symbols of .BTF_ids differ" >&2
            differ=$((differ + 1))
        fi
    done
    echo "$1: $count objects, $((differ - before)) differences"
}

if [ ! -f "$work/a/vmlinux" ]; then
    echo "compiling" >&2
    mkdir -p "$work/a"
    config > "$work/config"
    build "$work/a" allnoconfig PAHOLE="$PAHOLE" KCONFIG_ALLCONFIG="$work/config"
    build "$work/a" all PAHOLE="$PAHOLE"
fi
echo "$(modules "$work/a" | wc -l) modules; .BTF_ids in: $(for m in $(modules "$work/a"); do
    readelf --wide --sections "$work/a/$m" | grep -q '\.BTF_ids' && basename "$m" .ko
done | tr '\n' ' ')"

echo "b: our pahole and resolve-btfids" >&2
relink "$work/a" "$work/b"
build "$work/b" vmlinux "${ours[@]}"
build "$work/b" modules "${ours[@]}" RESOLVE_BTFIDS="$bin/resolve-btfids"
compare "a and b" "$work/a" "$work/b"

echo "c: one gen-btf" >&2
relink "$work/a" "$work/c"
build "$work/c" vmlinux "${ours[@]}"
build "$work/c" modules "${none[@]}"
(cd "$work/c" && "$bin/gen-btf" --kernel 6.12 -j "$jobs" -b vmlinux @modules.order)
compare "a and c" "$work/a" "$work/c"
compare "b and c" "$work/b" "$work/c" symbols

echo "d: another vmlinux, the same modules" >&2
# A struct that only one unit of the kernel uses, and its BTF has: the ids of all types behind it move.
rm -rf "$work/d" "$work/overlay"
cp -a "$work/c" "$work/d"
mkdir -p "$work/overlay"
changed=kernel/bpf/helpers.c
cp "$sources/$changed" "$work/overlay/helpers.c"
trap 'cp "$work/overlay/helpers.c" "$sources/$changed"' EXIT
cat >> "$sources/$changed" << 'END'

struct btfkit_added { int first; struct { long second; } inner; };
__bpf_kfunc_start_defs();
__bpf_kfunc int btfkit_added_first(struct btfkit_added *added) { return added->first; }
__bpf_kfunc_end_defs();
END
build "$work/d" vmlinux "${ours[@]}"
cp "$work/overlay/helpers.c" "$sources/$changed"
trap - EXIT
cmp -s "$work/c/vmlinux" "$work/d/vmlinux" && {
    echo "the change did not reach vmlinux" >&2
    exit 1
}
(cd "$work/d" && "$bin/gen-btf" --kernel 6.12 -j "$jobs" -b vmlinux @modules.order)

# Fresh ones: the same objects as they were before any BTF, with the new vmlinux.
rm -rf "$work/e"
mkdir "$work/e"
(cd "$work/d" && cp --parents vmlinux modules.order "$work/e")
rm -rf "$work/linked"
relink "$work/a" "$work/linked"
build "$work/linked" vmlinux "${ours[@]}"
build "$work/linked" modules "${none[@]}"
(cd "$work/linked" && modules . | xargs cp --parents -t "$work/e")
(cd "$work/e" && "$bin/gen-btf" --kernel 6.12 -j "$jobs" -b vmlinux @modules.order)
compare "d and a fresh build" "$work/e" "$work/d" symbols
find "$work/d" -name '*.ko' -printf '%p %i %T@\n' | sort > "$work/before"
(cd "$work/d" && "$bin/gen-btf" --kernel 6.12 -j "$jobs" -b vmlinux @modules.order)
find "$work/d" -name '*.ko' -printf '%p %i %T@\n' | sort | cmp - "$work/before" || {
    echo "a second run touched modules" >&2
    differ=$((differ + 1))
}
[ "$differ" -eq 0 ]
