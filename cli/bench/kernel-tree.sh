#!/usr/bin/env bash
# Builds a small kernel of 6.12 from source with BTF for it and its modules, in the ways that there are to make that BTF,
# and compares what comes out:
#
#   a  the C tools: pahole and the tree's own resolve_btfids
#   b  make PAHOLE=.../pahole RESOLVE_BTFIDS=.../resolve_btfids, and nothing else changed
#   c  the same with cmd_btf_ko= and so without a BTF step for modules, then one gen-btf for all of them
#   d  only vmlinux has changed, in one unit: gen-btf on the old modules of c; beside a fresh build with the C tools
#   e  a header has changed, with a struct that vmlinux and modules use, and only vmlinux is built anew: gen-btf on the
#      old modules of c; beside the C tools, and gen-btf, on the same modules as they were linked
#
# .BTF, .BTF.base and .BTF_ids of vmlinux and of all modules have to agree, and so have the symbols of .BTF_ids wherever
# both sides are of btfkit (the C tool leaves those of modules behind, and so does every build those of vmlinux); vmlinux
# of a and b down to the last byte. Where gen-btf has been, it must not touch a file when it is run again.
#
# Usage: cli/bench/kernel-tree.sh SOURCES BUILD
#
#   SOURCES   a tree of Linux 6.12, such as Debian's linux-source-6.12, unpacked and never built in. Two of its files are
#             changed for d and e, and put back.
#   BUILD     the folder to build in (make's O=), of 1.5 GB; what comes out of each way is kept beside it, in BUILD.a and
#             so on, 1 GB in all. Where it has been built in, nothing is compiled again: each way starts at the link.
#
# A build cannot be copied: objtool's own makefiles have the folder's name in them, and all objects depend on objtool. So
# all ways share the folder.
#
# Needs what the build of a kernel does (gcc, make, flex, bison, bc, libelf-dev, libssl-dev), binutils, and pahole 1.31
# with a libbpf that looks for typedefs in the base, or PAHOLE, one that was built elsewhere. On two processors compiling
# takes 15 minutes, all else 10. JOBS (2) is what make gets as -j.
set -euo pipefail

bin=$(cd "$(dirname "${BASH_SOURCE[0]}")/../bin" && pwd)
[ $# -eq 2 ] || {
    sed -n '2,/^set/{/^#/p}' "$0" >&2
    exit 2
}
sources=$(cd "$1" && pwd)
mkdir -p "$2"
build=$(cd "$2" && pwd)
PAHOLE=$(command -v "${PAHOLE:-pahole}") || {
    echo "no pahole found; install dwarves 1.31, or name one by PAHOLE" >&2
    exit 1
}
jobs=${JOBS:-2}
[ "$("$PAHOLE" --version)" = "$("$bin/pahole" --version)" ] || {
    echo "$PAHOLE is not of version $("$bin/pahole" --version), whose rules are compared" >&2
    exit 1
}

# As pahole, and keeps what make gives it.
calls=$build.pahole-calls
printf '#!/bin/sh\nprintf "%%s\\n" "$*" >> "%s"\nexec "%s" "$@"\n' "$calls" "$PAHOLE" > "$build.pahole"
chmod +x "$build.pahole"
c_tools=("PAHOLE=$build.pahole")
ours=("PAHOLE=$bin/pahole" "RESOLVE_BTFIDS=$bin/resolve_btfids")

run_make() { # run_make TARGET... [VARIABLE=VALUE]...
    make -j"$jobs" -C "$sources" O="$build" \
        KBUILD_BUILD_VERSION=1 KBUILD_BUILD_TIMESTAMP=bench KBUILD_BUILD_USER=bench KBUILD_BUILD_HOST=bench "$@" > "$build.log" 2>&1 || {
        tail -n 30 "$build.log" >&2
        echo "make $* failed, see $build.log" >&2
        exit 1
    }
}

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

modules() { sed 's/o$/ko/' "$build/modules.order"; }

# What make links again: the kernel, and each module.
unlink_all() {
    rm -f "$build"/vmlinux "$build"/System.map "$build"/.tmp_vmlinux*
    (cd "$build" && modules | xargs rm -f)
}

keep() { # keep NAME FILE...: files of the build, as they are now
    local to=$build.$1
    shift
    mkdir -p "$to"
    (cd "$build" && cp --parents "$@" "$to")
}

keep_all() { # keep_all NAME
    rm -rf "${build:?}.$1"
    # shellcheck disable=SC2046 # names of modules
    keep "$1" vmlinux System.map modules.order $(modules)
}

take_modules() { # take_modules FROM TO: with the vmlinux of the build
    rm -rf "${build:?}.$2"
    cp -a "$build.$1" "$build.$2"
    cp "$build/vmlinux" "$build/System.map" "$build.$2"
}

gen_btf() { # gen_btf NAME
    (cd "$build.$1" && "$bin/gen-btf" --kernel 6.12 -j "$jobs" -b vmlinux @modules.order)
}

state() { find "$build.$1" -type f -printf '%P %i %T@\n' | sort; }

section() { # section FILE NAME OUT: nothing if there is none
    rm -f "$3"
    objcopy --dump-section "$2=$3" "$1" /dev/null 2> /dev/null || :
    [ -f "$3" ] || : > "$3"
}

id_symbols() { readelf --wide --symbols "$1" | awk '$8 ~ /^__BTF_ID__/ { print $8, $2 }' | sort; }

differ=0
fault() {
    echo "$*" >&2
    differ=$((differ + 1))
}

compare() { # compare WHAT ONE OTHER [symbols]: sections of vmlinux and all modules, and symbols of modules
    local count=0 with_ids=0 before=$differ file name
    for file in vmlinux $(modules); do
        count=$((count + 1))
        for name in .BTF .BTF.base .BTF_ids; do
            section "$build.$2/$file" "$name" "$build.one"
            section "$build.$3/$file" "$name" "$build.other"
            cmp -s "$build.one" "$build.other" || fault "$1: $file: $name differs"
        done
        [ ! -s "$build.one" ] || with_ids=$((with_ids + 1))
        if [ "$file" = vmlinux ] || [ "${4:-}" = symbols ]; then
            [ "$(id_symbols "$build.$2/$file")" = "$(id_symbols "$build.$3/$file")" ] \
                || fault "$1: $file: symbols of .BTF_ids differ"
        fi
    done
    echo "$1: $count objects, $with_ids with .BTF_ids, $((differ - before)) differences"
}

# A file of SOURCES as it is to be, until it is put back; its new time has all compiled anew that was made of the other.
changed=
put_back() {
    [ -z "$changed" ] || cp "$build.original" "$sources/$changed"
    changed=
}
trap put_back EXIT
change() { # change FILE COMMAND...: a filter
    cp "$sources/$1" "$build.original"
    changed=$1
    shift
    "$@" < "$build.original" > "$sources/$changed"
    ! cmp -s "$build.original" "$sources/$changed" || {
        echo "$sources/$changed is not as expected, in a tree of 6.12" >&2
        exit 1
    }
}

[ -f "$build/.config" ] || {
    config > "$build.config"
    run_make allnoconfig "${c_tools[@]}" KCONFIG_ALLCONFIG="$build.config"
}
if [ ! -f "$build/modules.order" ]; then
    echo "compiling" >&2
    run_make all "${c_tools[@]}"
fi

echo "a: the C tools" >&2
unlink_all
: > "$calls"
run_make vmlinux modules "${c_tools[@]}"
echo "compiled for a: $(grep -cE '^ +CC ' "$build.log") units"
flags=$(sed -n '/ --btf_base vmlinux /{s/^-J \(.*\) --btf_base .*/\1/p;q}' "$calls")
keep_all a

echo "b: pahole and resolve_btfids of btfkit" >&2
unlink_all
run_make vmlinux modules "${ours[@]}"
echo "compiled for b: $(grep -cE '^ +CC ' "$build.log") units"
! grep -E '^(WARN|NOTE|ERROR):' "$build.log" || fault "b: the log has lines of btfkit"
keep_all b
compare "a and b" a b
cmp -s "$build.a/vmlinux" "$build.b/vmlinux" || fault "a and b: vmlinux differs"
cmp -s "$build.a/System.map" "$build.b/System.map" || fault "a and b: System.map differs"

echo "c: one gen-btf" >&2
unlink_all
run_make vmlinux modules "${ours[@]}" cmd_btf_ko=
keep_all linked
keep_all c
gen_btf c
compare "a and c" a c
compare "b and c" b c symbols
state c > "$build.before"
gen_btf c
state c | cmp - "$build.before" || fault "c: a second run of gen-btf touched modules"

echo "d: another vmlinux, the same modules" >&2
add_kfunc() {
    cat
    cat << 'END'

struct btfkit_added { int first; struct { long second; } inner; };
__bpf_kfunc_start_defs();
__bpf_kfunc int btfkit_added_first(struct btfkit_added *added) { return added->first; }
__bpf_kfunc_end_defs();
END
}
change kernel/bpf/helpers.c add_kfunc
unlink_all
run_make vmlinux modules "${c_tools[@]}"
keep_all fresh
put_back
! cmp -s "$build.c/vmlinux" "$build/vmlinux" || fault "d: the change did not reach vmlinux"
take_modules c d
gen_btf d
compare "d and a fresh build with the C tools" fresh d

echo "e: another struct, the modules as they were" >&2
change include/net/ip_tunnels.h sed 's/^struct ip_tunnel_key {/&\n\tu32 btfkit_added;/'
rm -f "$build"/vmlinux "$build"/.tmp_vmlinux*
run_make vmlinux "${ours[@]}"
echo "compiled for e: $(grep -cE '^ +CC ' "$build.log") units"
put_back
take_modules c e
gen_btf e
take_modules linked fresh
gen_btf fresh
compare "e and gen-btf on modules as linked" fresh e symbols
state e > "$build.before"
gen_btf e
state e | cmp - "$build.before" || fault "e: a second run of gen-btf touched modules"
take_modules linked fresh
for module in $(modules); do
    # shellcheck disable=SC2086 # flags, as make has them
    (cd "$build.fresh" && "$PAHOLE" -J $flags --btf_base vmlinux "$module" \
        && "$build/tools/bpf/resolve_btfids/resolve_btfids" -b vmlinux "$module")
done
compare "e and the C tools on modules as linked" fresh e
for module in $(modules); do
    section "$build.c/$module" .BTF "$build.one"
    section "$build.e/$module" .BTF "$build.other"
    cmp -s "$build.one" "$build.other" || echo "$module"
done | wc -l | sed 's/$/ modules have other BTF in e than in c/'
rm -rf "${build:?}.fresh" "$build.one" "$build.other" "$build.before"
[ "$differ" -eq 0 ]
