package org.btfkit.btf.dump;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.btfkit.fixtures.RawBtf;
import org.btfkit.fixtures.RawBtf.Enumerator;
import org.btfkit.fixtures.RawBtf.Member;
import org.btfkit.fixtures.RawBtf.Param;
import org.btfkit.fixtures.RawBtf.SecInfo;

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

    /** Writes every case as {@code name.btf}, and its base as {@code name.base.btf}, into the folder given. */
    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of(args[0]));
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
