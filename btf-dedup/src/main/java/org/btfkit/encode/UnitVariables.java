package org.btfkit.encode;

import org.btfkit.btf.flat.IntList;
import org.btfkit.btf.flat.StringTable;
import org.btfkit.dwarf.DieCursor;
import org.btfkit.dwarf.DwAt;
import org.btfkit.dwarf.DwOp;
import org.btfkit.dwarf.Expression;
import org.btfkit.dwarf.Locations;

/** Encodes the variables of a unit that have an address, after all its types and functions. */
final class UnitVariables {
    /** Names that tools make up, of variables that nobody asks for. */
    private static final String[] MADE_UP = {
        "__UNIQUE_ID", "__tpstrtab_", "__exitcall_", "__gendwarfksyms_ptr_", "__func_stack_frame_non_standard_"
    };

    private static final int MAX_NAME_BYTES = 127;
    private static final int LINKAGE_STATIC = 0;
    private static final int LINKAGE_GLOBAL = 1;

    private final UnitScope scope;
    private final DieCursor cursor;
    private final EntrySizes sizes;
    private final Annotations annotations;
    private final VariableSections sections;
    private final Locations locations = new Locations();
    private final IntList noted = new IntList();

    /** Quadruples of section, type id, offset and size. */
    private final IntList placed = new IntList();

    /** The address of the variable that was looked at last. */
    private long address;

    UnitVariables(UnitScope scope, VariableSections sections) {
        this.scope = scope;
        this.cursor = scope.cursor;
        this.sizes = new EntrySizes(scope);
        this.annotations = new Annotations(scope);
        this.sections = sections;
    }

    EntrySizes sizes() {
        return sizes;
    }

    Annotations annotations() {
        return annotations;
    }

    void begin() {
        noted.size = 0;
        placed.size = 0;
        sizes.clear();
    }

    /** Notes a variable at the top of the unit; it is looked at when all types are known. */
    void note(int entry) {
        if (sections.hasWanted() && cursor.has(DwAt.LOCATION)) {
            noted.add(entry);
        }
    }

    /** Quadruples of section, type id, offset and size, in the order of the unit. */
    IntList placed() {
        return placed;
    }

    /**
     * Appends the variables that are wanted, each with its tags.
     *
     * @param rest the unit's types after those that entries refer to; their ids are final in the unit
     */
    void encode(UnitRest rest) {
        for (int i = 0; i < noted.size; i++) {
            cursor.seek(noted.items[i]);
            if (!cursor.has(DwAt.DECLARATION) && !cursor.has(DwAt.ARTIFICIAL) && hasAddress()) {
                encode(rest, address);
            }
        }
    }

    /** Reads the address of the variable that the cursor is on. */
    private boolean hasAddress() {
        int slot = cursor.slot(DwAt.LOCATION);
        if (cursor.block(slot) < 0) {
            return false; // a list: not in one place
        }
        locations.start(cursor, slot);
        if (!locations.next()) {
            return false;
        }
        Expression expression = locations.expression();
        if (expression.count() == 0) {
            return false;
        }
        switch (expression.operation(0)) {
            case DwOp.ADDR -> address = expression.operand(0);
            case DwOp.ADDRX -> address = cursor.addressAt(expression.operand(0));
            default -> {
                return false;
            }
        }
        if (expression.count() == 2 && expression.operation(1) == DwOp.PLUS_UCONST) {
            address += expression.operand(1);
        }
        return true;
    }

    private void encode(UnitRest rest, long itsAddress) {
        int section = sections.find(itsAddress);
        if (section == 0 || !sections.isWanted(section)) {
            return;
        }
        long offset = sections.offset(section, itsAddress);
        int specification = cursor.reference(DwAt.SPECIFICATION);
        if (specification > 0) {
            cursor.seek(specification);
        }
        int key = scope.strings.key(cursor, DwAt.NAME);
        if (key == 0 || isMadeUp(key)) {
            return;
        }
        if (offset == 0 && !sections.hasSymbol(section, scope.strings.text(key))) {
            leaveOut(key, "no symbol of its name is in its section");
            return;
        }
        if (!isValid(key)) {
            refuse(key, "its name has a character that C has not, or more than " + MAX_NAME_BYTES + " bytes");
            return;
        }
        int type = scope.typeOf(cursor);
        int typeId = scope.typeId(type);
        if (typeId == 0) {
            refuse(key, "it is of type void");
            return;
        }
        long size = sizes.size(type);
        if (size <= 0 || size > 0xffffffffL) {
            leaveOut(key, "its size is " + (size == 0 ? "0" : "above 4 GiB"));
            return;
        }
        if (offset < 0 || offset > 0xffffffffL) {
            leaveOut(key, "its offset is above 4 GiB");
            return;
        }
        append(rest, key, typeId);
        placed.add(section);
        placed.add(rest.lastVariable());
        placed.add((int) offset);
        placed.add((int) size);
    }

    private void append(UnitRest rest, int key, int typeId) {
        int linkage = cursor.has(DwAt.EXTERNAL) ? LINKAGE_GLOBAL : LINKAGE_STATIC;
        rest.variable(scope.strings.use(key), typeId, linkage);
        if (cursor.hasChildren()) {
            int from = annotations.pending.size;
            annotations.addChildren(cursor.entry(), Annotations.SELF);
            for (int i = from; i < annotations.pending.size; i += 2) {
                int value = scope.strings.use(annotations.pending.items[i + 1]);
                rest.tag(value, rest.lastVariable(), annotations.pending.items[i]);
            }
            annotations.pending.size = from;
        }
    }

    private boolean isMadeUp(int key) {
        for (String prefix : MADE_UP) {
            if (scope.strings.startsWith(key, prefix)) {
                return true;
            }
        }
        return false;
    }

    /** The kernel's rule for names in BTF ({@code btf_name_valid}), in plain ASCII. */
    private boolean isValid(int key) {
        byte[] bytes = scope.strings.bytes(key);
        int from = UnitStrings.from(key);
        int end = StringTable.end(bytes, from);
        for (int i = from; i < end; i++) {
            int c = bytes[i];
            boolean isLetter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '.';
            if (!isLetter && (i == from || c < '0' || c > '9')) {
                return false;
            }
        }
        return end > from && end - from <= MAX_NAME_BYTES + 1;
    }

    private void refuse(int key, String reason) {
        if (!scope.has(Feature.ENCODE_FORCE)) {
            throw scope.fault(cursor.entry(), reason + "; encode_force leaves such variables out");
        }
        leaveOut(key, reason);
    }

    private void leaveOut(int key, String reason) {
        synchronized (scope.listener) {
            scope.listener.variableLeftOut(scope.strings.text(key), reason);
        }
    }
}
