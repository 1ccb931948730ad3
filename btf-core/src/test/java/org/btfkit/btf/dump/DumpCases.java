package org.btfkit.btf.dump;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.btfkit.fixtures.raw.RawBtf.SecInfo;
import org.btfkit.fixtures.raw.RawElf;

/**
 * Small inputs with checked-in dumps.
 *
 * <p>{@link #main} writes the inputs; the README beside the dumps tells how bpftool made these from them.
 */
final class DumpCases {
    private DumpCases() {}

    /** All cases by the name of their files. */
    static Map<String, RawBtf> all() {
        Map<String, RawBtf> cases = new LinkedHashMap<>();
        cases.put("kinds", kinds(ByteOrder.LITTLE_ENDIAN));
        cases.put("kinds-be", kinds(ByteOrder.BIG_ENDIAN));
        cases.put("names", names());
        cases.put("split", split());
        cases.put("layout", layout());
        cases.put("declarators", declarators());
        cases.put("order", order());
        cases.put("pointer32", pointer32("long unsigned int"));
        return cases;
    }

    /** Every kind, with every shade of it that is shown differently. */
    static RawBtf kinds(ByteOrder order) {
        RawBtf btf = RawBtf.of(order);
        int intId = btf.addInt("int", 4, RawBtf.SIGNED);
        int charId = btf.addInt("char", 1, RawBtf.CHAR);
        int boolId = btf.addInt("_Bool", 1, RawBtf.BOOL);
        int longId = btf.addInt("long unsigned int", 8, 0);
        btf.addInt("odd", 4, 3, 5, 7);
        int ptrId = btf.addPtr(0);
        int pointId = btf.addStruct("point", 8, Member.of("x", intId, 0), Member.of("y", intId, 32));
        int flagsId = btf.addStruct(
                "flags",
                8,
                Member.bitfield("a", intId, 0, 3),
                Member.bitfield("b", intId, 5, 9),
                Member.of("c", charId, 32),
                Member.of("d", boolId, 40));
        int arrayId = btf.addArray(pointId, intId, 3);
        btf.addUnion("either", 24, Member.of("points", arrayId, 0), Member.of("flags", flagsId, 0));
        btf.addEnum("plain", 4, false, new Enumerator("ZERO", 0), new Enumerator("HIGH", 0xffffffffL));
        int signedId = btf.addEnum("signed", 4, true, new Enumerator("MINUS", -1), new Enumerator("PLUS", 1));
        btf.addEnum("later", 4, false);
        btf.addEnum("byte", 1, false, new Enumerator("BYTE", 255));
        btf.addEnum64("wide", 8, false, new Enumerator("TOP", -1L), new Enumerator("BIT40", 1L << 40));
        btf.addEnum64("wide_signed", 8, true, new Enumerator("LEAST", Long.MIN_VALUE), new Enumerator("ONE", 1));
        btf.addEnum64("narrow", 8, false, new Enumerator("SMALL", 5));
        int fwdId = btf.addFwd("opaque", false);
        int fwdUnionId = btf.addFwd("opaque_union", true);
        int opaquePtrId = btf.addPtr(btf.addConst(fwdId));
        int unionPtrId = btf.addRestrict(btf.addPtr(btf.addVolatile(fwdUnionId)));
        int protoId =
                btf.addFuncProto(signedId, new Param("first", opaquePtrId), new Param("", unionPtrId), Param.VARARG);
        int funcId = btf.addFunc("call", protoId, 1);
        btf.addFunc("hidden", btf.addFuncProto(0), 0);
        btf.addFunc("elsewhere", protoId, 2);
        btf.addFunc("strange", protoId, 7);
        btf.addTypedef("callback_t", btf.addPtr(protoId));
        int floatId = btf.addFloat("double", 8);
        int varId = btf.addVar("counter", longId, 1);
        int localId = btf.addVar("local", floatId, 0);
        int outsideId = btf.addVar("outside", ptrId, 2);
        btf.addDatasec(
                ".data", 24, new SecInfo(varId, 0, 8), new SecInfo(localId, 8, 8), new SecInfo(outsideId, 16, 8));
        btf.addDeclTag("bpf_kfunc", funcId, -1, false);
        btf.addDeclTag("bpf_fastcall", funcId, -1, false);
        btf.addDeclTag("of_member", pointId, 1, true);
        btf.addTypedef("user_ptr", btf.addPtr(btf.addTypeTag("user", intId, false)));
        btf.addTypedef("arena_ptr", btf.addPtr(btf.addTypeTag("address_space(1)", pointId, true)));
        return btf;
    }

    /** Names that need escaping, that are no ASCII, that are no UTF-8, that occur twice. */
    static RawBtf names() {
        RawBtf btf = RawBtf.littleEndian();
        int intId = btf.addInt("int", 4, RawBtf.SIGNED);
        btf.addTypedef("quote\"back\\slash", intId);
        btf.addTypedef("tab\tline\nreturn\rform\fbell\bescape\u001b", intId);
        btf.addTypedef("na\u00efve_\u4e2d\u6587", intId);
        int latin = btf.stringBytes(new byte[] {'l', (byte) 0xe4, (byte) 0xff, 0});
        btf.addWords(latin, RawBtf.info(8, 0, false), intId);
        int firstId = btf.addStruct("twin", 4, Member.of("a", intId, 0));
        int secondId = btf.addUnion("twin", 4, Member.of("b", intId, 0));
        btf.addTypedef("twin", firstId);
        btf.addTypedef("twin", secondId);
        btf.addEnum("e", 4, false, new Enumerator("twin", 1), new Enumerator("twin", 2), new Enumerator("e", 3));
        btf.addStruct("", 4, Member.of("", intId, 0));
        return btf;
    }

    /** Types on a base; dumps show their ids and, as C, the base's types too. */
    static RawBtf split() {
        RawBtf base = RawBtf.littleEndian();
        int intId = base.addInt("int", 4, RawBtf.SIGNED);
        int baseStructId = base.addStruct("in_base", 4, Member.of("x", intId, 0));
        RawBtf btf = RawBtf.splitOn(base);
        int ptrId = btf.addPtr(baseStructId);
        btf.addStruct("in_split", 16, Member.of("p", ptrId, 0), Member.of("x", baseStructId, 64));
        return btf;
    }

    /** Gaps, bitfields, packed structs and empty ones. */
    static RawBtf layout() {
        RawBtf btf = RawBtf.littleEndian();
        int longId = btf.addInt("long int", 8, RawBtf.SIGNED);
        int intId = btf.addInt("int", 4, RawBtf.SIGNED);
        int shortId = btf.addInt("short int", 2, RawBtf.SIGNED);
        int charId = btf.addInt("char", 1, 0);
        int hugeId = btf.addInt("__int128", 16, RawBtf.SIGNED);
        btf.addStruct("empty", 0);
        btf.addUnion("empty_union", 0);
        btf.addStruct("only_size", 24);
        btf.addStruct("natural_gaps", 24, Member.of("c", charId, 0), Member.of("l", longId, 64));
        btf.addStruct("gap_before", 32, Member.of("i", intId, 64), Member.of("c", charId, 200));
        btf.addStruct("cache_lines", 192, Member.of("i", intId, 0), Member.of("j", intId, 512));
        btf.addStruct("tail", 64, Member.of("c", charId, 0));
        btf.addStruct("odd_tail", 7, Member.of("c", charId, 0), Member.of("s", shortId, 16));
        btf.addStruct("packed", 5, Member.of("c", charId, 0), Member.of("i", intId, 8));
        btf.addStruct("packed_size", 6, Member.of("i", intId, 0), Member.of("c", charId, 32));
        btf.addStruct("huge", 32, Member.of("h", hugeId, 0), Member.of("c", charId, 128));
        btf.addStruct(
                "bits",
                16,
                Member.bitfield("a", intId, 0, 1),
                Member.bitfield("b", intId, 4, 4),
                Member.bitfield("c", longId, 32, 31),
                Member.bitfield("d", shortId, 80, 3),
                Member.of("e", charId, 96),
                Member.bitfield("f", charId, 127, 1));
        btf.addStruct("bits_only_gap", 4, Member.bitfield("a", intId, 31, 1));
        int arrayId = btf.addArray(btf.addArray(shortId, intId, 3), intId, 0);
        btf.addStruct("flexible", 8, Member.of("n", longId, 0), Member.of("items", arrayId, 64));
        int innerId = btf.addStruct("", 8, Member.of("c", charId, 0), Member.of("i", intId, 32));
        int unionId = btf.addUnion("", 8, Member.of("", innerId, 0), Member.of("l", longId, 0));
        btf.addStruct("nested", 24, Member.of("", unionId, 64), Member.of("c", charId, 128));
        return btf;
    }

    /** Pointers to arrays of pointers to functions, qualifiers wherever they may stand, tags. */
    static RawBtf declarators() {
        RawBtf btf = RawBtf.littleEndian();
        int intId = btf.addInt("int", 4, RawBtf.SIGNED);
        int charId = btf.addInt("char", 1, RawBtf.SIGNED);
        int constCharId = btf.addConst(charId);
        int stringId = btf.addPtr(constCharId);
        int protoId = btf.addFuncProto(stringId, new Param("", intId));
        int arrayId = btf.addArray(btf.addPtr(protoId), intId, 3);
        btf.addTypedef("functions", arrayId);
        btf.addTypedef("to_functions", btf.addPtr(arrayId));
        btf.addTypedef("matrix", btf.addArray(btf.addArray(constCharId, intId, 2), intId, 4));
        btf.addTypedef("to_matrix", btf.addPtr(btf.addArray(btf.addArray(stringId, intId, 2), intId, 4)));
        btf.addTypedef("proto", protoId);
        btf.addTypedef("noreturn", btf.addPtr(btf.addVolatile(btf.addConst(btf.addFuncProto(0)))));
        btf.addTypedef("const_array", btf.addConst(btf.addArray(intId, intId, 2)));
        int returnsId = btf.addFuncProto(
                btf.addPtr(btf.addFuncProto(intId, new Param("x", intId))), new Param("f", btf.addPtr(protoId)));
        btf.addTypedef("signal", btf.addPtr(returnsId));
        int qualifiedId = btf.addConst(btf.addRestrict(btf.addVolatile(btf.addPtr(btf.addVolatile(constCharId)))));
        btf.addTypedef("qualified", btf.addPtr(qualifiedId));
        btf.addTypedef("const_void", btf.addPtr(btf.addConst(0)));
        btf.addTypedef("tagged", btf.addPtr(btf.addTypeTag("rcu", btf.addTypeTag("user", intId, false), false)));
        btf.addTypedef("tagged_const", btf.addPtr(btf.addConst(btf.addTypeTag("percpu", charId, true))));
        int anonymousId = btf.addStruct("", 4, Member.of("x", intId, 0));
        btf.addTypedef("anonymous_t", anonymousId);
        btf.addTypedef("to_anonymous", btf.addPtr(btf.addConst(btf.addArray(anonymousId, intId, 2))));
        int enumId = btf.addEnum("", 4, false, new Enumerator("INLINE", 1));
        btf.addStruct("holder", 8, Member.of("e", enumId, 0), Member.of("i", intId, 32));
        btf.addTypedef("__gnuc_va_list", 0);
        btf.addTypedef("__builtin_va_list", btf.addPtr(0));
        btf.addTypedef("poly", btf.addInt("__Poly8_t", 1, 0));
        btf.addTypedef("poly128", btf.addInt("__Poly128_t", 16, 0));
        return btf;
    }

    /** Types that need each other. */
    static RawBtf order() {
        RawBtf btf = RawBtf.littleEndian();
        int intId = btf.addInt("int", 4, RawBtf.SIGNED);
        // Forward references, by the ids that the types below get.
        int listId = 2;
        int itemId = 6;
        int protoId = 8;
        int otherId = 10;
        int anonymousId = 12;
        int lateId = 14;
        int listPtrId = 3;
        btf.addStruct("list", 32, Member.of("next", listPtrId, 0), Member.of("first", itemId, 64));
        btf.addPtr(listId);
        int listPtr2Id = 1 + btf.addTypedef("list_t", listId);
        btf.addPtr(listPtr2Id - 1);
        btf.addStruct("item", 24, Member.of("owner", listPtr2Id, 0), Member.of("call", protoId - 1, 64));
        int callId = btf.addPtr(protoId);
        btf.addFuncProto(
                0,
                new Param("other", otherId - 1),
                new Param("list", listPtr2Id),
                new Param("anonymous", anonymousId - 1));
        int otherPtrId = btf.addPtr(otherId);
        btf.addStruct("other", 8, Member.of("self", otherPtrId, 0));
        btf.addPtr(anonymousId);
        btf.addStruct("", 16, Member.of("other", otherPtrId, 0), Member.of("late", lateId - 1, 64));
        btf.addPtr(lateId);
        btf.addUnion("late", 4, Member.of("i", intId, 0));
        int nowhereId = btf.addFwd("nowhere", false);
        btf.addStruct("uses_nowhere", 8, Member.of("p", btf.addPtr(nowhereId), 0));
        btf.addTypedef("callback", callId);
        btf.addEnum("", 4, false, new Enumerator("ALONE", 1));
        btf.addEnum("", 4, true, new Enumerator("ALSO_ALONE", -1));
        return btf;
    }

    /** A machine whose pointers have four bytes, and which calls an integer of that size so. */
    private static RawBtf pointer32(String word) {
        RawBtf btf = RawBtf.littleEndian();
        int longId = btf.addInt(word, 4, 0);
        int wideId = btf.addInt("long long int", 8, RawBtf.SIGNED);
        int ptrId = btf.addPtr(0);
        btf.addStruct("s", 24, Member.of("p", ptrId, 0), Member.of("w", wideId, 32), Member.of("l", longId, 160));
        btf.addEnum64("e", 8, false, new Enumerator("SMALL", 1));
        return btf;
    }

    /** An object of such a machine whose types do not tell so. */
    static byte[] elf32() {
        RawElf elf = RawElf.of(new ElfVariant(false, ByteOrder.LITTLE_ENDIAN, ElfVariant.ET_REL));
        elf.section(".BTF").data(pointer32("unsigned int").toBytes());
        return elf.toBytes();
    }

    /** Writes every case as {@code name.btf}, and its base as {@code name.base.btf}, into the folder given. */
    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of(args[0]));
        Files.write(folder.resolve("elf32.btf"), elf32());
        for (Map.Entry<String, RawBtf> one : all().entrySet()) {
            RawBtf btf = one.getValue();
            Files.write(folder.resolve(one.getKey() + ".btf"), btf.toBytes());
            if (btf.base() != null) {
                Files.write(
                        folder.resolve(one.getKey() + ".base.btf"), btf.base().toBytes());
            }
        }
    }
}
