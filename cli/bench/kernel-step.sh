#!/usr/bin/env bash
# Times the BTF step of all modules of a kernel, whole processes, in one run: what a build calls for each beside one call
# of gen-btf; then gen-btf again, when nothing has changed, and once more without what the seals say. Prints a Markdown
# table of wall clock, processor time and resident memory, and compares .BTF.
#
# KERNEL says whose build: 6.12 (the default), which calls pahole -J, with objcopy within it, and resolve_btfids; or 7.2,
# whose scripts/gen-btf.sh calls pahole, resolve_btfids, objcopy for each section, and resolve_btfids --patch_btfids.
#
# Usage: cli/bench/kernel-step.sh VMLINUX MODULES [JAVA_HOME]      JAVA_HOME: default that of the environment
#
#   VMLINUX   a kernel with DWARF, such as usr/lib/debug/boot/vmlinux-* of Debian's linux-image-*-dbg
#   MODULES   a file that names its modules with DWARF, one a line, such as those below usr/lib/debug/lib/modules
#
# Needs pahole 1.31 with a libbpf that looks for typedefs in the base (newer than the one that comes with it), or PAHOLE,
# one that was built elsewhere; and RESOLVE_BTFIDS, the kernel's C tool, such as that of Debian's linux-kbuild-6.12. The
# modules are copied, without .BTF, to TMPDIR: 1.6 GB for Debian's cloud kernel, twice. JOBS (2) processes or threads work
# at a time. SOME=N has only every Nth module done by the C tools, and their time multiplied, as they take minutes.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 2 ] || {
    sed -n '2,/^set/{/^#/p}' "$0" >&2
    exit 2
}
vmlinux=$1 list=$2
[ $# -lt 3 ] || export JAVA_HOME=$3
ours=$here/../bin
newest() { ls -d "$@" 2> /dev/null | sort -V | tail -n 1; }
PAHOLE=${PAHOLE:-pahole}
RESOLVE_BTFIDS=${RESOLVE_BTFIDS:-$(newest "/usr/lib/linux-kbuild-${KERNEL:-6.12}"*/tools/bpf/resolve_btfids/resolve_btfids)}
jobs=${JOBS:-2} some=${SOME:-1} kernel=${KERNEL:-6.12}
[ -x "$RESOLVE_BTFIDS" ] || {
    echo "no resolve_btfids found, see the head of $0" >&2
    exit 1
}
features=encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func,decl_tag_kfuncs
case $kernel in
    6.12) ;;
    7.2) features=$features,attributes,layout ;;
    *)
        echo "KERNEL=$kernel: expected 6.12 or 7.2" >&2
        exit 2
        ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$ours/gen-btf" --help > /dev/null # builds and prepares, if need be

echo "copying modules" >&2
mkdir "$work/c" "$work/ours"
while read -r module; do
    # The BTF of one whose ids have been resolved says whose they are.
    if readelf --wide --sections "$module" 2> /dev/null | grep -q '\.BTF_ids'; then
        cp "$module" "$work/ours"
    else
        objcopy --remove-section .BTF "$module" "$work/ours/${module##*/}"
    fi
done < "$list"
find "$work/ours" -name '*.ko' | sort > "$work/ours.list"
awk -v n="$some" 'NR % n == 0' "$work/ours.list" | while read -r module; do
    if [ "$kernel" = 6.12 ]; then
        cp "$module" "$work/c"
    else
        objcopy --remove-section .BTF "$module" "$work/c/${module##*/}" # as it was linked: objcopy cannot replace one
    fi
done
find "$work/c" -name '*.ko' | sort > "$work/c.list"
count=$(wc -l < "$work/ours.list") c_count=$(wc -l < "$work/c.list")

if [ "$kernel" = 6.12 ]; then
    cat > "$work/one" << END
#!/bin/sh
LLVM_OBJCOPY=objcopy $PAHOLE -J --btf_features=$features --lang_exclude=rust --btf_base "$work/vmlinux.btf" "\$1" &&
    "$RESOLVE_BTFIDS" -b "$work/vmlinux.btf" "\$1" 2> /dev/null
END
else
    cat > "$work/one" << END
#!/bin/sh
set -e
$PAHOLE -J --btf_features=$features --lang_exclude=rust --btf_base "$work/vmlinux.btf" \\
    --btf_encode_detached="\$1.BTF.1" "\$1"
"$RESOLVE_BTFIDS" --btf_base "$work/vmlinux.btf" --btf "\$1.BTF.1" "\$1" 2> /dev/null
objcopy --add-section .BTF="\$1.BTF" "\$1"
[ ! -f "\$1.BTF_ids" ] || "$RESOLVE_BTFIDS" --patch_btfids "\$1.BTF_ids" "\$1"
rm -f "\$1".BTF*
END
fi
chmod +x "$work/one"

measure() { # measure NAME COMMAND...: prints seconds and processor seconds; its KiB, if time(1) is there, in NAME.kib
    local name=$1
    shift
    TIMEFORMAT='%R %U %S'
    if [ -x /usr/bin/time ]; then
        set -- /usr/bin/time -o "$work/$name.kib" -f %M "$@"
    fi
    { time "$@" > "$work/$name.log" 2>&1; } 2> "$work/$name.time" || {
        cat "$work/$name.log" >&2
        exit 1
    }
}

# The kernel's BTF, of which modules take their types: made once, not timed.
"$PAHOLE" -J --btf_features=$features --lang_exclude=rust --btf_encode_detached="$work/vmlinux.btf" "$vmlinux"
sync
measure c xargs -a "$work/c.list" -P "$jobs" -n 1 "$work/one"
sync
step=("$ours/gen-btf" --kernel "$kernel" -j "$jobs" -b "$work/vmlinux.btf")
measure first "${step[@]}" "@$work/ours.list"
sync
measure second "${step[@]}" "@$work/ours.list"
measure anew "${step[@]}" --ignore_seals "@$work/ours.list"
tail -q -n 1 "$work/first.log" "$work/second.log" "$work/anew.log" >&2

echo "| $count modules | wall | ratio | processor | ratio | resident |"
echo "|---|---|---|---|---|---|"
row() {
    awk -v name="$1" -v factor="$3" -v kib="$(cat "$work/$2.kib" 2> /dev/null || echo 0)" -v base="$4" \
        '{ wall = $1 * factor; cpu = ($2 + $3) * factor; split(base, b, " ")
           if (b[1] == 0) { b[1] = wall; b[2] = cpu }
           printf "| %s | %.1f s | %.3f | %.1f s | %.3f | %s |\n", name, wall, wall / b[1], cpu, cpu / b[2],
               kib ? int(kib / 1024) " MB" : "" }' "$work/$2.time"
}
c=$(awk -v f="$(echo "scale=6; $count / $c_count" | bc)" '{ print $1 * f, ($2 + $3) * f }' "$work/c.time")
row "what the build of $kernel calls for each, $jobs at a time" c "$(echo "scale=6; $count / $c_count" | bc)" "0 0"
row "gen-btf for all, -j $jobs" first 1 "$c"
row "the same again" second 1 "$c"
row "again, with --ignore_seals" anew 1 "$c"

# Ids are not compared: those of modules that a package has are resolved, and the C tool takes their stale symbols at
# their word.
differ=0
while read -r module; do
    for side in c ours; do
        objcopy --dump-section ".BTF=$work/$side.bytes" "$work/$side/${module##*/}" /dev/null
    done
    cmp -s "$work/c.bytes" "$work/ours.bytes" || {
        echo "${module##*/}: .BTF differs" >&2
        differ=$((differ + 1))
    }
done < "$work/c.list"
echo "$c_count modules compared, .BTF of $differ differs" >&2
[ "$differ" -eq 0 ]
