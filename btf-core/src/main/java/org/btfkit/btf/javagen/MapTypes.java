package org.btfkit.btf.javagen;

import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.query.TypeQueries;

/**
 * The types of the keys and values of a BPF object's maps. A map is a variable of the section {@code .maps}, whose type
 * is a struct with a member for each thing that is said of the map; {@code key} and {@code value} point to the types.
 *
 * <p>Static methods only; safe for use by several threads.
 */
public final class MapTypes {
    private static final String SECTION = ".maps";

    private MapTypes() {}

    /**
     * A map.
     *
     * @param name its name
     * @param keyId type id of its keys; 0 if there is none, as of a ring buffer
     * @param valueId type id of its values; 0 if there is none
     */
    public record MapType(String name, int keyId, int valueId) {}

    /**
     * Finds the maps of an object.
     *
     * @param btf the BTF of the object
     * @return in the order of the section; none if it has no maps
     */
    public static List<MapType> of(Btf btf) {
        FlatTypes types = FlatAccess.of(btf);
        List<MapType> maps = new ArrayList<>();
        for (int sectionId : btf.findAll(BtfKind.DATASEC, SECTION)) {
            for (int i = 0; i < types.vlen(sectionId); i++) {
                int varId = types.sectionVar(sectionId, i);
                int structId = types.kind(varId) == BtfKind.VAR ? TypeQueries.resolve(btf, types.sizeOrType(varId)) : 0;
                if (types.is(structId, KindSet.COMPOSITES)) {
                    maps.add(new MapType(
                            types.name(varId), target(btf, structId, "key"), target(btf, structId, "value")));
                }
            }
        }
        return maps;
    }

    private static int target(Btf btf, int structId, String memberName) {
        FlatTypes types = FlatAccess.of(btf);
        for (int i = 0; i < types.vlen(structId); i++) {
            int memberId = TypeQueries.resolve(btf, types.memberType(structId, i));
            if (types.memberName(structId, i).equals(memberName) && types.kind(memberId) == BtfKind.PTR) {
                return types.sizeOrType(memberId);
            }
        }
        return 0;
    }
}
