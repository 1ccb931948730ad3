package org.btfkit.btf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.btfkit.BtfException;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.StringTable;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.internal.io.ArrayInput;
import org.btfkit.internal.io.RandomInput;

/**
 * BTF data, parsed and checked; immutable and safe for use by several threads.
 *
 * <p>A type is named by its id: 0 is void, ids from {@link #firstTypeId} to {@link #typeCount} - 1 are this BTF's own,
 * those below belong to its base, if it is split. Likewise string offsets continue where the base's strings end. The
 * accessors by id are the flat level: they read words, cost a few instructions and create nothing. {@link #type}
 * creates a record.
 *
 * <p>Data is kept as it was read: the type section as {@code int[]} in the byte order of the machine, four bytes per
 * type for its offset, and the string section. An id or offset out of range is an {@link IllegalArgumentException}.
 */
public final class Btf {
    private static final byte[] NO_BYTES = {};

    static {
        FlatAccess.install(new Access());
    }

    private final Btf base;
    private final BtfHeader header;
    private final FlatTypes types;
    private final byte[] layout;
    private final int pointerSize;
    private final String kernelRelease;
    private volatile NameIndex names;

    private Btf(Btf base, BtfHeader header, FlatTypes types, byte[] layout, int pointerSize, String kernelRelease) {
        this.base = base;
        this.header = header;
        this.types = types;
        this.layout = layout;
        this.kernelRelease = kernelRelease;
        this.pointerSize = pointerSize;
    }

    /** Opens BTF to the packages above. */
    private static final class Access extends FlatAccess<Btf> {
        @Override
        protected FlatTypes types(Btf btf) {
            return btf.types;
        }

        @Override
        public Btf parse(RandomInput data, Btf base, String source) throws IOException {
            return Btf.parse(data, base, source);
        }

        @Override
        public BtfHeader readHeader(RandomInput data, String source) throws IOException {
            return BtfParser.detached(data, source).readSections();
        }

        @Override
        public FlatTypes parseDetached(RandomInput data, String source) throws IOException {
            return BtfParser.detached(data, source).parse().types();
        }
    }

    /**
     * Parses BTF data and checks it as libbpf's parser does: lengths, type ids and string offsets.
     *
     * @param data the data, from its header on; not kept
     * @param base the base it is split on, or null
     * @param source where the data came from, for messages
     * @return the BTF
     * @throws BtfFormatException if the data breaks a rule of the format
     */
    public static Btf parse(byte[] data, Btf base, String source) {
        try {
            return parse(new ArrayInput(data), base, source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #parse(byte[], Btf, String)}, reading only what is needed. */
    private static Btf parse(RandomInput data, Btf base, String source) throws IOException {
        BtfParser parser = base == null
                ? new BtfParser(data, source, null, null)
                : new BtfParser(data, source, base.types, base.layout);
        return checked(parser.parse(), base);
    }

    private static Btf checked(BtfParser parsed, Btf base) {
        FlatTypes types = parsed.types();
        new StructuralRules(types).check();
        return new Btf(base, parsed.header, types, parsed.layout, 0, null);
    }

    /**
     * Makes BTF from its parts, and checks it as {@link #parse} does. Costs one pass over the types.
     *
     * @param form byte order, version, flags and length of the header to give it; what it says of sections is ignored
     * @param layout the layout section in the byte order of {@code form}, or null for none; copied
     * @param words the own types, in the byte order of the machine; not copied, so leave them alone from now on
     * @param strings the own strings; not copied either
     * @param base the base it is split on, or null
     * @param source what to call it in messages
     * @return the BTF
     * @throws BtfFormatException if the parts break a rule of the format
     * @throws BtfUnsupportedException if the form has header data that cannot be rewritten
     * @throws IllegalArgumentException if it would not fit in 2 GiB, or the header has no room for the layout
     */
    public static Btf of(BtfHeader form, byte[] layout, int[] words, byte[] strings, Btf base, String source) {
        form.requireRewritable(source);
        byte[] ownLayout = layout == null || layout.length == 0 ? null : layout.clone();
        int layoutLength = ownLayout == null ? 0 : ownLayout.length;
        form.requireFit(layoutLength, words.length * 4L + layoutLength + strings.length);
        BtfHeader header = form.withSections(words.length * 4, layoutLength, strings.length);
        BtfParser parser = base == null
                ? new BtfParser(null, source, null, null)
                : new BtfParser(null, source, base.types, base.layout);
        return checked(parser.takeParts(header, words, ownLayout, strings), base);
    }

    /**
     * Makes BTF with other types and strings and all the rest as here: base, byte order, header length, layout.
     *
     * @param newWords the own types, as in {@link #of}
     * @param newStrings the own strings, as in {@link #of}
     * @return the BTF
     * @throws BtfException as {@link #of}
     */
    public Btf with(int[] newWords, byte[] newStrings) {
        return of(header, layout, newWords, newStrings, base, source()).withPointerSize(pointerSize);
    }

    /**
     * Makes BTF that differs only in the size that pointers are known to have. Costs nothing, as the data is shared.
     *
     * @param bytes 4, 8, or 0 if it is not known
     * @return the BTF
     */
    public Btf withPointerSize(int bytes) {
        if (bytes != 0 && bytes != 4 && bytes != 8) {
            throw new IllegalArgumentException("pointer size " + bytes + ", expected 4, 8, or 0");
        }
        return bytes == pointerSize ? this : new Btf(base, header, types, layout, bytes, kernelRelease);
    }

    /**
     * Returns this BTF, known to be of a kernel. Costs nothing, as the data is shared.
     *
     * @param release the kernel, as {@code uname -r} says it; null leaves it as it is
     * @return BTF with the same types
     */
    public Btf withKernelRelease(String release) {
        return release == null ? this : new Btf(base, header, types, layout, pointerSize, release);
    }

    /** {@return of which kernel this is, or for which, as {@code uname -r} says it; null if the file does not tell} */
    public String kernelRelease() {
        return kernelRelease;
    }

    /**
     * Returns where the data came from.
     *
     * @return the source as given to {@link #parse}
     */
    public String source() {
        return types.source();
    }

    /**
     * Returns the base.
     *
     * @return the BTF that this one is split on, or null
     */
    public Btf base() {
        return base;
    }

    /**
     * Returns the header as it was read.
     *
     * @return the header
     */
    public BtfHeader header() {
        return header;
    }

    /**
     * Returns the byte order that the data was in.
     *
     * @return little or big endian
     */
    public ByteOrder order() {
        return header.order();
    }

    /**
     * Returns the size of pointers, which BTF itself does not tell: it is known if the BTF came from an ELF file. See
     * {@code TypeSizes.guessPointerSize} for what to take otherwise.
     *
     * @return 4 or 8 bytes, or 0 if it is not known
     */
    public int pointerSize() {
        return pointerSize;
    }

    /**
     * Returns the first id after the last type, as libbpf's {@code btf__type_cnt} does.
     *
     * @return the number of types, with void and the base's
     */
    public int typeCount() {
        return types.typeCount();
    }

    /**
     * Returns the first id of this BTF's own types.
     *
     * @return 1, or the type count of the base
     */
    public int firstTypeId() {
        return types.firstTypeId();
    }

    /**
     * Returns the first string offset after the last string.
     *
     * @return the number of string bytes, with the base's
     */
    public int stringEnd() {
        return types.strings().end();
    }

    /**
     * Returns the first offset of this BTF's own strings.
     *
     * @return 0, or the number of string bytes of the base
     */
    public int firstStringOff() {
        return types.strings().firstOwn();
    }

    /**
     * Returns the kind of a type.
     *
     * @param typeId type id
     * @return the kind, {@link BtfKind#VOID} for id 0, or null for one that is not known here
     */
    public BtfKind kind(int typeId) {
        return types.kind(typeId);
    }

    /**
     * Returns the info word of a type: vlen, kind and kflag.
     *
     * @param typeId type id
     * @return its second word, 0 for void
     */
    public int info(int typeId) {
        return types.info(typeId);
    }

    /**
     * Returns the vlen bits of a type: its number of elements, or the linkage of a FUNC.
     *
     * @param typeId type id
     * @return 0 to 16,777,215
     */
    public int vlen(int typeId) {
        return types.vlen(typeId);
    }

    /**
     * Returns the kind flag of a type.
     *
     * @param typeId type id
     * @return the highest bit of its info word
     */
    public boolean kflag(int typeId) {
        return types.kflag(typeId);
    }

    /**
     * Returns the name offset of a type.
     *
     * @param typeId type id
     * @return offset of its name among the strings, 0 if it has none
     */
    public int nameOff(int typeId) {
        return types.nameOff(typeId);
    }

    /**
     * Returns the third word of a type: a size in bytes or a type id, as {@link BtfKind} tells.
     *
     * @param typeId type id
     * @return the word
     */
    public int sizeOrType(int typeId) {
        return types.sizeOrType(typeId);
    }

    /**
     * Returns a word of a type.
     *
     * @param typeId type id
     * @param index index of the word within the type
     * @return the word; 0 for all words of void
     */
    public int word(int typeId, int index) {
        return types.word(typeId, index);
    }

    /**
     * Returns the length of a type.
     *
     * @param typeId type id
     * @return the number of its words; 0 for void
     */
    public int wordCount(int typeId) {
        return types.wordCount(typeId);
    }

    /**
     * Returns the name of a type.
     *
     * @param typeId type id
     * @return its name, empty if it has none
     */
    public String name(int typeId) {
        return types.name(typeId);
    }

    /**
     * Returns a string.
     *
     * @param stringOff its offset; may be within a longer string
     * @return the string, decoded as UTF-8
     */
    public String string(int stringOff) {
        return types.string(stringOff);
    }

    /**
     * Finds the first type of a kind and name; base first, then in id order.
     *
     * <p>The first search builds an index of all names, in time linear in their number.
     *
     * @param kind the kind to look for
     * @param name the name to look for, not empty
     * @return its type id, or 0 if there is none
     */
    public int find(BtfKind kind, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int typeId = base == null ? 0 : base.find(kind, name);
        return typeId != 0 ? typeId : names().next(kind, bytes, 0);
    }

    /**
     * Finds all types of a kind and name.
     *
     * @param kind the kind to look for
     * @param name the name to look for; an empty one for types without a name, which takes a pass over all types
     * @return their type ids, ascending
     */
    public int[] findAll(BtfKind kind, String name) {
        return findAll(kind, name.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Finds all types of a name, of whatever kind.
     *
     * @param name the name to look for, not empty
     * @return their type ids, ascending
     */
    public int[] findAll(String name) {
        return findAll(null, name.getBytes(StandardCharsets.UTF_8));
    }

    /** As {@link #findAll(BtfKind, String)}, of all kinds if the kind is null. */
    int[] findAll(BtfKind kind, byte[] name) {
        int[] own = name.length == 0 ? nameless(kind) : names().all(kind, name);
        if (base == null) {
            return own;
        }
        int[] found = base.findAll(kind, name);
        int[] all = Arrays.copyOf(found, found.length + own.length);
        System.arraycopy(own, 0, all, found.length, own.length);
        return all;
    }

    /** The index has none of these, as most of them are pointers that nobody looks for. */
    private int[] nameless(BtfKind kind) {
        return IntStream.range(firstTypeId(), typeCount())
                .filter(typeId ->
                        (kind == null || kind(typeId) == kind) && name(typeId).isEmpty())
                .toArray();
    }

    /**
     * Finds a whole string, the base's first.
     *
     * <p>The first search builds an index of all strings, in time linear in their length.
     *
     * @param string the string to look for
     * @return its offset, or -1 if there is none
     */
    public int findString(String string) {
        byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
        return types.strings().find(bytes, 0, bytes.length, StringTable.hash(bytes, 0, bytes.length));
    }

    private NameIndex names() {
        NameIndex index = names;
        if (index == null) {
            synchronized (this) {
                index = names;
                if (index == null) {
                    index = new NameIndex(types);
                    names = index;
                }
            }
        }
        return index;
    }

    /**
     * Returns a type as a record. Creates it anew each time.
     *
     * @param typeId type id
     * @return the type
     */
    public BtfType type(int typeId) {
        return new TypeInflater(types, typeId).inflate();
    }

    /**
     * Finds a type by what it is and by name: {@code btf.find(BtfType.Struct.class, "task_struct")}. Costs as much as
     * {@link #find(BtfKind, String)}, and a record.
     *
     * @param <T> what it is
     * @param type the record of that kind, or {@link BtfType.Composite} for structs and unions
     * @param name the name to look for, not empty
     * @return the first such type, base first, then in id order; empty if there is none
     */
    public <T extends BtfType> Optional<T> find(Class<T> type, String name) {
        return Arrays.stream(findAll(name))
                .mapToObj(this::type)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }

    /**
     * Returns all types in id order, those of the base first, without void. Each record is made when it is reached.
     *
     * @return the types
     */
    public Stream<BtfType> types() {
        return IntStream.range(1, typeCount()).mapToObj(this::type);
    }

    /**
     * Returns the own types in id order, without those of the base.
     *
     * @return the types
     */
    public Stream<BtfType> ownTypes() {
        return IntStream.range(firstTypeId(), typeCount()).mapToObj(this::type);
    }

    /**
     * Returns the layout section.
     *
     * @return a copy of its bytes, in the byte order of the data; empty if there is none
     */
    public byte[] layout() {
        return layout == null ? NO_BYTES : layout.clone();
    }

    /**
     * Returns how many words the own types have together.
     *
     * @return the length of the type section in words
     */
    public int wordCount() {
        return types.words().length;
    }

    /**
     * Copies the words of all own types, in id order, for code that wants to walk over them without a call per word.
     *
     * @param into the array to copy to
     * @param at where in it to begin; {@link #wordCount()} words are copied
     */
    public void copyWords(int[] into, int at) {
        int[] words = types.words();
        System.arraycopy(words, 0, into, at, words.length);
    }

    /**
     * Copies where each own type begins among the words that {@link #copyWords} copies.
     *
     * @param into the array to copy to
     * @param at where in it to begin; one number per own type is copied, the first is 0
     */
    public void copyTypeOffsets(int[] into, int at) {
        int[] offsets = types.offsets();
        System.arraycopy(offsets, 0, into, at, offsets.length - 1);
    }

    /**
     * Copies the own strings, NUL-terminated, as they are in the data.
     *
     * @param into the array to copy to
     * @param at where in it to begin; {@link #stringEnd} - {@link #firstStringOff} bytes are copied
     */
    public void copyStrings(byte[] into, int at) {
        byte[] strings = types.strings().own();
        System.arraycopy(strings, 0, into, at, strings.length);
    }

    /**
     * Describes a type for a message.
     *
     * @param typeId type id
     * @return for example {@code type [42] STRUCT 'foo'}
     */
    public String describe(int typeId) {
        return types.describe(typeId);
    }

    /** The arrays that this consists of. */
    FlatTypes flat() {
        return types;
    }

    /** The bytes of the layout section, null if there is none. */
    byte[] layoutBytes() {
        return layout;
    }

    @Override
    public String toString() {
        return source() + ": " + (typeCount() - firstTypeId()) + " types";
    }
}
