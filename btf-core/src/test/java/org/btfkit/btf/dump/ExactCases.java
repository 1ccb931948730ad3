package org.btfkit.btf.dump;

import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;

/** BTF of which bpftool makes a header that does not compile, or compiles to another layout; one case for each kind. */
final class ExactCases {
    private ExactCases() {}

    /** All cases by the name of their files. */
    static Map<String, RawBtf> all() {
        Map<String, RawBtf> cases = new LinkedHashMap<>();
        cases.put("exact-tagged", tagged());
        cases.put("exact-unions", unions());
        cases.put("exact-padding", padding());
        cases.put("exact-bitfields", bitfields());
        cases.put("exact-overlaid", overlaid());
        cases.put("exact-enums", enums());
        cases.put("exact-scalars", scalars());
        cases.put("exact-names", names());
        cases.put("exact-twins", twins());
        cases.put("exact-lists", lists());
        return cases;
    }

    /** Tagged structs and unions without a name, in one another, qualified, through a typedef, with flexible arrays. */
    static RawBtf tagged() {
        RawBtf btf = RawBtf.of(ByteOrder.LITTLE_ENDIAN);
        int intId = btf.addInt("int", 4, RawBtf.SIGNED);
        int longId = btf.addInt("long", 8, RawBtf.SIGNED);
        int charId = btf.addInt("char", 1, RawBtf.SIGNED);
        int partId = btf.addStruct("part", 16, Member.of("id", longId, 0), Member.of("n", intId, 64));
        int oddId = btf.addStruct("odd", 5, Member.of("c", charId, 0), Member.of("i", intId, 8));
        int slotId = btf.addUnion("slot", 8, Member.of("whole", longId, 0), Member.of("", oddId, 0));
        int anonymousId = btf.addStruct("", 8, Member.of("x", intId, 0), Member.of("y", intId, 32));
        int typedefId = btf.addTypedef("pair_t", anonymousId);
        int flexId = btf.addStruct("flex", 0, Member.of("words", btf.addArray(intId, intId, 0), 0));
        int unionId = btf.addUnion("", 16, Member.of("", btf.addConst(partId), 0), Member.of("pad", charId, 0));
        btf.addStruct(
                "holder",
                56,
                Member.of("kind", intId, 0),
                Member.of("", unionId, 64),
                Member.of("", slotId, 192),
                Member.of("", typedefId, 256),
                Member.of("tail", longId, 320),
                Member.of("", flexId, 448));
        btf.addStruct("tight", 6, Member.of("k", charId, 0), Member.of("", oddId, 8));
        return btf;
    }

    /** Unions smaller and larger than their members make them. */
    static RawBtf unions() {
        RawBtf btf = RawBtf.of(ByteOrder.LITTLE_ENDIAN);
        int charId = btf.addInt("char", 1, RawBtf.SIGNED);
        int intId = btf.addInt("int", 4, RawBtf.SIGNED);
        int longId = btf.addInt("long", 8, RawBtf.SIGNED);
        int bytesId = btf.addArray(charId, intId, 12);
        int packedId = btf.addUnion("packed", 12, Member.of("whole", longId, 0), Member.of("bytes", bytesId, 0));
        btf.addUnion("rounded", 16, Member.of("whole", longId, 0), Member.of("bytes", bytesId, 0));
        int alignedId = btf.addUnion("aligned", 16, Member.of("a", intId, 0));
        btf.addUnion("padded", 24, Member.of("a", intId, 0));
        btf.addUnion("hollow", 8);
        btf.addUnion("nothing", 0);
        btf.addStruct(
                "of_unions",
                49,
                Member.of("a", intId, 0),
                Member.of("p", packedId, 32),
                Member.of("q", btf.addArray(packedId, intId, 1), 128),
                Member.of("", btf.addUnion("", 5, Member.of("i", intId, 0), Member.of("c", charId, 0)), 224),
                Member.of("b", alignedId, 264));
        return btf;
    }

    /** Gaps of all sorts. */
    static RawBtf padding() {
        RawBtf btf = RawBtf.of(ByteOrder.LITTLE_ENDIAN);
        int charId = btf.addInt("char", 1, RawBtf.SIGNED);
        int intId = btf.addInt("int", 4, RawBtf.SIGNED);
        int longId = btf.addInt("long", 8, RawBtf.SIGNED);
        int emptyId = btf.addStruct("empty", 0);
        btf.addStruct("usual", 16, Member.of("c", charId, 0), Member.of("l", longId, 64));
        btf.addStruct("tail", 16, Member.of("l", longId, 0), Member.of("c", charId, 64));
        btf.addStruct("no_long_on_arm", 12, Member.of("c", charId, 0), Member.of("i", intId, 64));
        btf.addStruct("far", 256, Member.of("c", charId, 0), Member.of("d", charId, 1024));
        btf.addStruct("opaque", 13);
        btf.addStruct("misplaced", 12, Member.of("i", intId, 0), Member.of("l", longId, 32));
        btf.addStruct("hole_in_packed", 13, Member.of("c", charId, 0), Member.of("i", intId, 72));
        btf.addStruct("of_empty", 8, Member.of("c", charId, 0), Member.of("e", emptyId, 8), Member.of("i", intId, 32));
        return btf;
    }

    /** Bitfields with gaps, across boundaries, of enums, and as they were before there was a flag for them. */
    static RawBtf bitfields() {
        RawBtf btf = RawBtf.of(ByteOrder.LITTLE_ENDIAN);
        int charId = btf.addInt("unsigned char", 1, 0);
        int intId = btf.addInt("unsigned int", 4, 0);
        int longId = btf.addInt("long long unsigned int", 8, 0);
        int boolId = btf.addInt("_Bool", 1, RawBtf.BOOL);
        int oldId = btf.addInt("unsigned int", 4, 0, 3, 7);
        int enumId = btf.addEnum("colour", 4, false, new Enumerator("RED", 0), new Enumerator("BLUE", 1));
        btf.addStruct(
                "gaps",
                8,
                Member.bitfield("a", intId, 0, 3),
                Member.bitfield("b", intId, 5, 20),
                Member.bitfield("c", boolId, 32, 1),
                Member.bitfield("d", enumId, 33, 2),
                Member.of("e", charId, 40));
        btf.addStruct(
                "across",
                10,
                Member.bitfield("a", intId, 0, 3),
                Member.bitfield("b", intId, 3, 31),
                Member.bitfield("c", longId, 34, 33),
                Member.of("d", charId, 72));
        btf.addStruct("old", 8, Member.of("a", intId, 0), Member.of("b", oldId, 32));
        btf.addUnion("choice", 4, Member.bitfield("a", intId, 0, 5), Member.of("b", charId, 0));
        return btf;
    }

    /** Members in another order than their offsets, and over one another, as languages with other rules have them. */
    static RawBtf overlaid() {
        RawBtf btf = RawBtf.of(ByteOrder.LITTLE_ENDIAN);
        int charId = btf.addInt("unsigned char", 1, 0);
        int intId = btf.addInt("unsigned int", 4, 0);
        btf.addStruct("turned", 8, Member.of("late", charId, 32), Member.of("early", intId, 0));
        btf.addStruct("over", 8, Member.of("a", intId, 0), Member.of("b", intId, 16), Member.of("c", charId, 48));
        btf.addUnion("later", 8, Member.of("a", intId, 0), Member.of("b", intId, 24));
        return btf;
    }

    /** Enums of all sizes; the sign is known by the values alone where the flag was not set yet. */
    static RawBtf enums() {
        RawBtf btf = RawBtf.of(ByteOrder.LITTLE_ENDIAN);
        int charId = btf.addInt("char", 1, RawBtf.SIGNED);
        int byteId = btf.addEnum("in_byte", 1, false, new Enumerator("BYTE_MAX", 255));
        int signedId = btf.addEnum("old_signed", 1, false, new Enumerator("OLD_MINUS", 0xffffffffL));
        int shortId = btf.addEnum("in_short", 2, false, new Enumerator("SHORT_MAX", 65535));
        int intId = btf.addEnum("in_int", 4, true, new Enumerator("INT_MINUS", -1));
        int wideId = btf.addEnum("in_long", 8, false, new Enumerator("SMALL", 1));
        int longId = btf.addEnum64("wide", 8, false, new Enumerator("WIDE", 1L << 40));
        int anonymousId = btf.addEnum("", 2, false, new Enumerator("INNER", 1));
        btf.addStruct(
                "of_enums",
                32,
                Member.of("a", byteId, 0),
                Member.of("b", signedId, 8),
                Member.of("c", shortId, 16),
                Member.of("d", intId, 32),
                Member.of("e", wideId, 64),
                Member.of("f", longId, 128),
                Member.of("g", anonymousId, 192),
                Member.of("h", btf.addEnum("", 4, false), 224),
                Member.of("i", charId, 208));
        return btf;
    }

    /** Integers and floating point numbers that C does not have, or not on every machine. */
    static RawBtf scalars() {
        RawBtf btf = RawBtf.of(ByteOrder.LITTLE_ENDIAN);
        int charId = btf.addInt("char", 1, RawBtf.SIGNED);
        btf.addStruct(
                "of_scalars",
                104,
                Member.of("a", btf.addInt("u8", 1, 0), 0),
                Member.of("b", btf.addInt("i16", 2, RawBtf.SIGNED), 16),
                Member.of("c", btf.addInt("char", 4, 0), 32),
                Member.of("d", btf.addInt("unsigned __int24", 3, 0), 64),
                Member.of("e", btf.addInt("bool", 1, RawBtf.BOOL), 88),
                Member.of("f", btf.addInt("unsigned long", 8, 0), 128),
                Member.of("g", btf.addInt("u128", 16, 0), 192),
                Member.of("h", btf.addFloat("long double", 16), 384),
                Member.of("i", btf.addFloat("f32", 4), 512),
                Member.of("j", btf.addFloat("_Float16", 2), 544),
                Member.of("k", btf.addFloat("long double", 12), 576),
                Member.of("l", btf.addInt("double", 8, 0), 704),
                Member.of("m", charId, 768));
        return btf;
    }

    /** Names of other languages, keywords of all versions of C, and macros. */
    static RawBtf names() {
        RawBtf btf = RawBtf.of(ByteOrder.LITTLE_ENDIAN);
        int intId = btf.addInt("int", 4, RawBtf.SIGNED);
        int boolId = btf.addTypedef("bool", btf.addInt("_Bool", 1, RawBtf.BOOL));
        int u32Id = btf.addTypedef("u32", btf.addInt("unsigned int", 4, 0));
        btf.addEnum("", 4, false, new Enumerator("false", 0), new Enumerator("true", 1));
        btf.addEnum("core::cmp::Ordering", 1, true, new Enumerator("Less", -1), new Enumerator("typeof", 0));
        int vecId = btf.addStruct(
                "Vec<u8, Global>",
                20,
                Member.of("0", intId, 0),
                Member.of("nullptr", intId, 32),
                Member.of("linux", intId, 64),
                Member.of("ok", boolId, 96),
                Member.of("class", intId, 128));
        btf.addStruct("Vec_u8__Global_", 4, Member.of("a b", intId, 0));
        btf.addTypedef("thread_local", btf.addPtr(vecId));
        int protoId = btf.addFuncProto(
                0,
                new Param("u32", u32Id),
                new Param("next", u32Id),
                new Param("next", u32Id),
                new Param("int", btf.addRestrict(btf.addPtr(u32Id))));
        btf.addTypedef("callback", btf.addPtr(protoId));
        btf.addTypedef("tagged", btf.addPtr(btf.addTypeTag("packed", intId, true)));
        btf.addTypedef("quoted", btf.addPtr(btf.addTypeTag("a\"b", intId, false)));
        return btf;
    }

    /** Types that share a name, or would with a number behind it. */
    static RawBtf twins() {
        RawBtf btf = RawBtf.of(ByteOrder.LITTLE_ENDIAN);
        int intId = btf.addInt("int", 4, RawBtf.SIGNED);
        int fwdId = btf.addFwd("twin", false);
        btf.addUnion("twin", 4, Member.of("a", intId, 0));
        btf.addStruct("user", 8, Member.of("p", btf.addPtr(fwdId), 0));
        btf.addStruct("other", 4, Member.of("a", intId, 0));
        btf.addStruct("other", 8, Member.of("a", intId, 0), Member.of("b", intId, 32));
        btf.addStruct("other___2", 4, Member.of("c", intId, 0));
        btf.addEnum("other", 4, false, new Enumerator("clash", 0));
        btf.addTypedef("clash", intId);
        return btf;
    }

    /** The list of variable arguments: built into each compiler, and different in each. */
    static RawBtf lists() {
        RawBtf btf = RawBtf.of(ByteOrder.LITTLE_ENDIAN);
        int intId = btf.addInt("unsigned int", 4, 0);
        int tagId = btf.addStruct("__va_list_tag", 8, Member.of("gp", intId, 0), Member.of("fp", intId, 32));
        int arrayId = btf.addArray(tagId, intId, 1);
        int listId = btf.addTypedef("va_list", btf.addTypedef("__builtin_va_list", arrayId));
        int secondId = btf.addTypedef("va_list", btf.addTypedef("__builtin_va_list", arrayId));
        btf.addStruct(
                "of_lists",
                32,
                Member.of("p", btf.addPtr(secondId), 0),
                Member.of("l", listId, 64),
                Member.of("m", btf.addArray(secondId, intId, 2), 128));
        return btf;
    }
}
