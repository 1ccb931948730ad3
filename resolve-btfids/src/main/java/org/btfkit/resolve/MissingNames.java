package org.btfkit.resolve;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.btf.Btf;
import org.btfkit.elf.ElfSymbols;

/**
 * Says of names without an id which sets want them, and why there is none as far as it can be seen.
 *
 * <p>Goes through sets and symbol table once for all names: a kernel has thousands of names and hundreds of thousands
 * of symbols.
 */
final class MissingNames {
    private final IdsSection ids;
    private final Btf btf;
    private final Btf full;
    private final Map<String, Name> names = new HashMap<>();

    /** What is found out about a name. */
    private static final class Name {
        final StringBuilder places = new StringBuilder();
        IdSet lastPlace;
        String symbolReason;
        String variant;
    }

    MissingNames(IdsSection ids, Btf btf, Btf full, List<IdSymbol> missing) throws IOException {
        this.ids = ids;
        this.btf = btf;
        this.full = full;
        boolean anyFunction = false;
        for (IdSymbol symbol : missing) {
            names.put(key(symbol), new Name());
            anyFunction |= symbol.kind() == IdKind.FUNC;
        }
        findPlaces();
        if (anyFunction) {
            findSymbols();
        }
    }

    private static String key(IdSymbol symbol) {
        return symbol.kind().word + " " + symbol.name();
    }

    /** Describes a missing name: {@code func in set8 'ids': not in the symbol table}. */
    String describe(IdSymbol symbol) {
        return symbol.kind().word + names.get(key(symbol)).places + ": " + reason(symbol);
    }

    private void findPlaces() {
        for (IdSet set : ids.sets()) {
            for (IdSymbol member : set.symbols) {
                Name name = member == null ? null : names.get(key(member));
                if (name != null && name.lastPlace != set) {
                    name.places.append(name.lastPlace == null ? " in " : ", ").append(set);
                    name.lastPlace = set;
                }
            }
        }
    }

    private void findSymbols() throws IOException {
        ElfSymbols table = ids.file().symbols();
        for (int i = 1; table != null && i < table.count(); i++) {
            String candidate = table.name(i);
            Name name = function(candidate);
            if (name != null && name.symbolReason == null) {
                name.symbolReason = table.sectionIndex(i) == ElfSymbols.SHN_UNDEF
                        ? "defined in another object, and not in its BTF"
                        : "in the symbol table, but not in BTF";
            }
            int dot = table.type(i) == ElfSymbols.STT_FUNC ? candidate.indexOf('.') : -1;
            for (; dot >= 0; dot = candidate.indexOf('.', dot + 1)) {
                Name plain = function(candidate.substring(0, dot));
                if (plain != null) {
                    plain.variant = candidate;
                }
            }
        }
    }

    private Name function(String name) {
        return names.get(IdKind.FUNC.word + " " + name);
    }

    private String reason(IdSymbol symbol) {
        int id = full == btf ? 0 : full.find(symbol.kind().btfKind, symbol.name());
        if (id != 0) {
            return "type " + id + " of the base, and a distilled base "
                    + (symbol.kind() == IdKind.STRUCT || symbol.kind() == IdKind.UNION
                            ? "cannot tell it from another of that name and size"
                            : "cannot carry a " + symbol.kind().word);
        }
        for (IdKind other : IdKind.values()) {
            if (other != symbol.kind() && btf.find(other.btfKind, symbol.name()) != 0) {
                return "BTF has no such " + symbol.kind().word + ", but a " + other.word + " of that name";
            }
        }
        if (symbol.kind() != IdKind.FUNC) {
            return "not in BTF";
        }
        Name name = names.get(key(symbol));
        if (name.symbolReason != null) {
            return name.symbolReason;
        }
        return name.variant == null ? "not in the symbol table" : "only " + name.variant + " is in the symbol table";
    }
}
