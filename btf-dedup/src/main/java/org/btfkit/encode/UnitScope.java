package org.btfkit.encode;

import java.util.Arrays;
import org.btfkit.dwarf.DebugInfo;
import org.btfkit.dwarf.DieCursor;
import org.btfkit.dwarf.DwAt;
import org.btfkit.dwarf.DwTag;
import org.btfkit.dwarf.DwarfFormatException;
import org.btfkit.dwarf.DwarfSection;
import org.btfkit.dwarf.UnitHeader;

/**
 * What the encoders of a unit's parts share: two cursors, what became of each entry, strings and types. One for each
 * thread, used for unit after unit.
 */
final class UnitScope {
    /** What an entry became that is no type, or has not been met. */
    static final int NOTHING = 0;

    /** What a type became that means void, such as that of nullptr. */
    static final int VOID = -1;

    private static final int PARAMETER_BIT = 1;
    private static final int KIND_BITS = 2;

    final EncodeOptions options;
    final EncodeListener listener;
    final DebugInfo dwarf;

    /** On the entry that is worked on. */
    final DieCursor cursor;

    /** Looks at other entries meanwhile. */
    final DieCursor aside;

    final UnitStrings strings;
    final UnitTypes types = new UnitTypes();

    /** By index of an entry, from that of the unit on: type id, or another number of what it became, or 0. */
    private int[] became = {};

    private int start;
    private int length;

    UnitScope(DebugInfo dwarf, EncodeOptions options, EncodeListener listener) {
        this.options = options;
        this.listener = listener;
        this.dwarf = dwarf;
        this.cursor = dwarf.cursor();
        this.aside = dwarf.cursor();
        this.strings = new UnitStrings(dwarf.sections());
    }

    /**
     * Begins a unit, or several that are encoded as one.
     *
     * @param first the first or only one
     * @param last the last one
     */
    void begin(UnitHeader first, UnitHeader last) {
        enter(first);
        start = cursor.start();
        length = Math.toIntExact(last.end() - first.offset());
        if (became.length < length) {
            became = new int[(int) Math.min(Integer.MAX_VALUE - 8, length + (length >> 2) + 1024L)];
        } else {
            Arrays.fill(became, 0, length, 0);
        }
        strings.clear();
        types.clear();
    }

    /** Goes to a unit. */
    void enter(UnitHeader unit) {
        cursor.enter(unit);
        aside.enter(cursor);
    }

    boolean has(Feature feature) {
        return options.has(feature);
    }

    /** Appends a type that is of an entry, which can be referred to from now on. */
    void becomes(int entry, int typeId) {
        became[entry - start] = typeId;
    }

    void becomesVoid(int entry) {
        became[entry - start] = VOID;
    }

    void becomesParameter(int entry, int parameter) {
        became[entry - start] = ~(parameter << KIND_BITS | PARAMETER_BIT);
    }

    void becomesFunction(int entry, int function) {
        became[entry - start] = ~(function << KIND_BITS | PARAMETER_BIT << 1);
    }

    private int became(int entry) {
        return entry > 0 && entry - start < length && entry >= start ? became[entry - start] : NOTHING;
    }

    /** Returns the parameter that an entry became, or -1. */
    int parameter(int entry) {
        int what = ~became(entry);
        return what > 0 && (what & PARAMETER_BIT) != 0 ? what >>> KIND_BITS : -1;
    }

    /** Returns the function that an entry became, or -1. */
    int function(int entry) {
        int what = ~became(entry);
        return what > 0 && (what & PARAMETER_BIT << 1) != 0 ? what >>> KIND_BITS : -1;
    }

    /**
     * Returns the type id that a reference means.
     *
     * @param reference index of an entry; 0 for void; a negated type id
     * @return the type id; 0 for void, and for what is no type, of which the listener is told
     */
    int typeId(int reference) {
        if (reference == 0) {
            return 0;
        }
        if (reference < 0) {
            return -reference;
        }
        int what = became(reference);
        if (what > 0) {
            return what;
        }
        if (what != VOID) {
            warn("no type at 0x" + Long.toHexString(cursor.offset(reference)) + ", which others refer to; it is void");
        }
        return 0;
    }

    /** Returns the type that the cursor's entry refers to, as {@link #typeId} takes it. */
    int typeOf(DieCursor entry) {
        int reference = entry.reference(DwAt.TYPE);
        if (reference == DieCursor.ELSEWHERE) {
            warn(describe(entry) + " refers to a type outside of its unit; it is void");
            return 0;
        }
        return reference;
    }

    private void warn(String what) {
        synchronized (listener) {
            listener.warning(dwarf.sections().file() + ": unit '" + unitName() + "': " + what);
        }
    }

    private static String describe(DieCursor entry) {
        return DwTag.nameOf(entry.tag()) + " at 0x" + Long.toHexString(entry.offset(entry.entry()));
    }

    private String unitName() {
        int back = aside.entry();
        aside.seek(aside.root());
        String name = aside.isNull() ? null : aside.text(DwAt.NAME);
        if (back >= aside.root()) {
            aside.seek(back);
        }
        return name == null ? "" : name;
    }

    /** Returns the failure of an entry that cannot be encoded. */
    DwarfFormatException fault(int entry, String what) {
        aside.seek(entry);
        String tag = aside.isNull() ? "null entry" : DwTag.nameOf(aside.tag());
        String name = aside.isNull() ? null : aside.text(DwAt.NAME);
        return new DwarfFormatException(
                dwarf.sections().file().toString(),
                "unit '" + unitName() + "': " + tag + (name == null ? "" : " '" + name + "'") + ": " + what,
                DwarfSection.INFO.sectionName(),
                aside.offset(entry));
    }
}
