package org.btfkit.btf.ext;

/**
 * The kinds of records in {@code .BTF.ext}, and the one place that knows their words: {@code struct bpf_func_info},
 * {@code bpf_line_info} and {@code bpf_core_relo} of the kernel's {@code include/uapi/linux/bpf.h}.
 */
enum InfoKind {
    FUNC_INFO("func_info", 2, new int[] {1}, new int[0]),
    LINE_INFO("line_info", 4, new int[0], new int[] {1, 2}),
    CORE_RELO("core_relo", 4, new int[] {1}, new int[] {2});

    private final String label;
    private final int words;
    private final int[] typeIdWords;
    private final int[] stringWords;

    InfoKind(String label, int words, int[] typeIdWords, int[] stringWords) {
        this.label = label;
        this.words = words;
        this.typeIdWords = typeIdWords;
        this.stringWords = stringWords;
    }

    /** The name that the format has for it. */
    String label() {
        return label;
    }

    /** How many words a record has at least; a newer compiler may write longer ones. */
    int words() {
        return words;
    }

    /** How many words of a record are type ids. */
    int typeIdCount() {
        return typeIdWords.length;
    }

    /** Which word of a record is its type id of this index. */
    int typeIdWord(int index) {
        return typeIdWords[index];
    }

    /** How many words of a record are string offsets. */
    int stringCount() {
        return stringWords.length;
    }

    /** Which word of a record is its string offset of this index. */
    int stringWord(int index) {
        return stringWords[index];
    }
}
