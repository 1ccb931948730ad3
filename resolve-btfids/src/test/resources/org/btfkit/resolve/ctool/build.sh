#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the inputs and goldens beside this script again.
# usage: RESOLVE_BTFIDS=path ./build.sh    the C tool, of summer 2026 or newer
# Needs clang, the cross compilers of the other three, binutils of all of them, pahole.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
macros=../../../../../../../../../fixtures/src/main/resources/org/btfkit/fixtures/sample

make_one() { # name, compiler, prefix of its binutils
    flags="-std=gnu11 -O2 -g -gdwarf-4 -w -ffreestanding -fno-pic -fno-asynchronous-unwind-tables -fno-ident"
    $2 $flags -c base.c -o "$work/base.o"
    $2 $flags -I "$macros" -c kfuncs.c -o "$1.o"
    pahole --btf_encode_detached "$1.base.btf" "$work/base.o"
    pahole --btf_base "$1.base.btf" --btf_encode_detached "$work/own.btf" "$1.o"
    "$3strip" --strip-debug "$1.o"
    "$3objcopy" --add-section .BTF="$work/own.btf" -R .comment -R .note.GNU-stack "$1.o"
    cp "$1.o" "$work/distilled.o"
    cp "$1.o" "$work/plain.o"
    "$RESOLVE_BTFIDS" --btf_base "$1.base.btf" "$work/plain.o"
    "$RESOLVE_BTFIDS" --btf_base "$1.base.btf" --distill_base "$work/distilled.o"
    for way in plain distilled; do
        for section in BTF BTF_ids BTF.base; do
            golden=$work/$way.o.$section
            if [ -e "$golden" ]; then cp "$golden" "$1.$way.$section"; fi
        done
    done
    chmod 644 "$1".*
}

make_one le64 clang ''
make_one be64 s390x-linux-gnu-gcc s390x-linux-gnu-
make_one be32 mips-linux-gnu-gcc mips-linux-gnu-
make_one le32 arm-linux-gnueabihf-gcc arm-linux-gnueabihf-
