#!/usr/bin/env bash
# Times the BTF step of a build of kernel modules, pahole included, beside that with the kernel's C tool, whole
# processes, in one run; prints a Markdown table: medians, and the processor time, by which the ratios go. The modules
# are those that the tests build (all that the C tool can resolve), linked anew for every run.
#
# Usage: cli/bench/kernel-build.sh [JAVA_HOME]...          default: the JAVA_HOME of the environment, or java's own
#
# Needs hyperfine, make, pahole, and Debian's linux-headers-6.12-cloud-amd64 and linux-kbuild-6.12, installed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=$root/cli/bin
sources=$root/fixtures/src/main/resources/org/btfkit/fixtures/modules
runs=${RUNS:-10}
[ $# -gt 0 ] || set -- "${JAVA_HOME:-}"

newest() { ls -d "$@" 2> /dev/null | sort -V | tail -n 1; }
headers=$(newest /usr/src/linux-headers-6.12*-cloud-amd64)
theirs=$(newest /usr/lib/linux-kbuild-6.12*/tools/bpf/resolve_btfids/resolve_btfids)
[ -n "$headers" ] && [ -n "$theirs" ] || {
    echo "kernel packages not found, see the head of $0" >&2
    exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tree"
cp "$sources"/* "$work/tree"
names=(mixed pair lists plain empty)
make -s -C "$headers" M="$work/tree" KBUILD_BUILD_TIMESTAMP=bench PAHOLE=true RESOLVE_BTFIDS=true \
    BTFKIT_MODULES="$(printf 'btfkit_%s.o ' "${names[@]}")" modules > "$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
}
mkdir "$work/linked"
cp "$work"/tree/*.ko "$work/linked"

# What Kbuild runs for a module: the way, then the module.
cat > "$work/step" << 'EOF'
#!/bin/sh
case $1 in
    c) LLVM_OBJCOPY=objcopy pahole -J --btf_gen_floats --btf_base "$VMLINUX" "$2" && "$THEIRS" -b "$VMLINUX" "$2" ;;
    place) LLVM_OBJCOPY=objcopy pahole -J --btf_gen_floats --btf_base "$VMLINUX" "$2" \
        && "$BIN/resolve-btfids" -b "$VMLINUX" "$2" ;;
    embed) LLVM_OBJCOPY=objcopy pahole -J --btf_gen_floats --btf_base "$VMLINUX" "$2" \
        && "$BIN/resolve-btfids" --embed -b "$VMLINUX" "$2" ;;
    gen) "$BIN/gen-btf" -b "$VMLINUX" "$2" ;;
    gens) shift
        "$BIN/gen-btf" -b "$VMLINUX" "$@" 2> /dev/null ;;
    once) shift
        for module; do
            LLVM_OBJCOPY=objcopy pahole -J --btf_gen_floats --btf_base "$VMLINUX" "$module" || exit
        done
        "$BIN/resolve-btfids" --embed -b "$VMLINUX" "$@" ;;
esac
EOF
chmod +x "$work/step"
export VMLINUX=$headers/vmlinux THEIRS=$theirs BIN=$bin

labels=("pahole -J, C resolve_btfids") one=("$work/step c $work/one.ko")
all=("for i in $work/all/*.ko; do $work/step c \$i; done")
for home in "$@"; do
    java="env ${home:+JAVA_HOME=$home}"
    $java "$bin/resolve-btfids" --help > /dev/null # builds and prepares, if need be
    $java "$bin/gen-btf" --help > /dev/null
    version=$("${home:+$home/bin/}java" -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p')
    for way in place embed gen; do
        case $way in
            place) labels+=("pahole -J, resolve-btfids, Java $version") ;;
            embed) labels+=("pahole -J, resolve-btfids --embed, Java $version") ;;
            gen) labels+=("gen-btf, Java $version") ;;
        esac
        one+=("$java $work/step $way $work/one.ko")
        all+=("for i in $work/all/*.ko; do $java $work/step $way \$i; done")
    done
    labels+=("the same as --embed, for all modules at once, Java $version")
    one+=("$java $work/step once $work/one.ko")
    all+=("$java $work/step once $work/all/*.ko")
    labels+=("gen-btf, for all modules at once, Java $version")
    one+=("$java $work/step gens $work/one.ko")
    all+=("$java $work/step gens $work/all/*.ko")
done

measure() { # measure PREPARE COMMAND...: for each, median and processor time in seconds
    local prepare=$1
    shift
    hyperfine --warmup 2 --runs "$runs" --prepare "$prepare" --export-json "$work/json" "$@" > /dev/null \
        2> "$work/log" || {
        cat "$work/log" >&2
        exit 1
    }
    sed -n 's/^ *"\(median\|user\|system\)": \([0-9.]*\),*$/\2/p' "$work/json" | paste - - - \
        | awk '{ print $1, $2 + $3 }'
}

mapfile -t one_median < <(measure "cp $work/linked/btfkit_mixed.ko $work/one.ko" "${one[@]}")
mapfile -t all_median < <(measure "rm -rf $work/all; cp -r $work/linked $work/all" "${all[@]}")

echo "| BTF step | one module (btfkit_mixed.ko) | of processor time | ratio | ${#names[@]} modules | of processor time | ratio |"
echo "|---|---|---|---|---|---|---|"
for i in "${!labels[@]}"; do
    awk -v name="${labels[$i]}" -v one="${one_median[$i]}" -v all="${all_median[$i]}" \
        -v c1="${one_median[0]}" -v call="${all_median[0]}" 'BEGIN {
            split(one, o, " "); split(c1, c, " "); split(all, a, " "); split(call, d, " ")
            printf "| %s | %.0f ms | %.0f ms | %.1f | %.2f s | %.2f s | %.1f |\n",
                name, o[1] * 1000, o[2] * 1000, o[2] / c[2], a[1], a[2], a[2] / d[2] }'
done
