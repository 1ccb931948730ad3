package org.btfkit.cli.compare;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.cli.support.Progress;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;
import org.btfkit.elf.ElfSymbols;
import org.btfkit.encode.EncodeListener;
import org.btfkit.encode.EncodeOptions;
import org.btfkit.encode.Encoder;
import org.btfkit.encode.LeftOut;

/** Finds out why a function is not in the BTF of an object: by its symbol table, then by encoding its DWARF again. */
final class MissingFunction {
    private final ElfFile elf;
    private final String name;
    private final PrintStream err;
    private final Set<String> variants = new TreeSet<>();
    private boolean isDefined;
    private boolean isUndefined;
    private boolean isData;

    /**
     * Looks at the symbols.
     *
     * @param err where progress is shown
     */
    MissingFunction(ElfFile elf, String name, PrintStream err) throws IOException {
        this.elf = elf;
        this.err = err;
        this.name = name;
        ElfSymbols symbols = elf.symbols();
        for (int i = 1; symbols != null && i < symbols.count(); i++) {
            String symbol = symbols.name(i);
            if (!symbol.startsWith(name)) {
                continue;
            }
            boolean isFunction = symbols.type(i) == ElfSymbols.STT_FUNC;
            if (symbol.length() == name.length()) {
                boolean isHere = symbols.sectionIndex(i) != ElfSymbols.SHN_UNDEF;
                isUndefined |= !isHere;
                isDefined |= isHere && isFunction;
                isData |= isHere && !isFunction;
            } else if (isFunction && symbol.charAt(name.length()) == '.') {
                variants.add(symbol);
            }
        }
    }

    static boolean hasDwarf(ElfFile elf) {
        return elf.section(".debug_info") != null;
    }

    /**
     * Says why, a line for each thing that is known.
     *
     * @param base the base of its BTF, or null
     * @return the lines; none if the object does not know the name at all
     */
    List<String> reasons(Btf base) throws IOException {
        List<String> reasons = new ArrayList<>();
        if (elf.symbols() == null) {
            reasons.add("the file has no symbol table, which tells what functions there are");
        } else if (isDefined) {
            reasons.add("it is in the symbol table");
        } else if (!variants.isEmpty()) {
            reasons.add("the compiler has made another function of it: only " + String.join(", ", variants)
                    + " is in the symbol table");
        } else if (isUndefined) {
            reasons.add("it is defined in another object, whose BTF has it");
        } else if (isData) {
            reasons.add("it is no function in the symbol table");
        } else {
            reasons.add("it is not in the symbol table: inlined everywhere, or not built in");
        }
        boolean isHere = isDefined || !variants.isEmpty();
        if (!isHere && !isUndefined && !isData && !isInDwarf()) {
            return List.of();
        }
        if (hasDwarf(elf)) {
            reasons.add(encoderSays(base, isHere));
        } else if (isHere) {
            reasons.add(
                    "why the encoder left it out can be told from a file with DWARF only, such as one of a package of"
                            + " debug information");
        }
        return reasons;
    }

    /** Whether the name is among the strings of the DWARF. */
    private boolean isInDwarf() throws IOException {
        ElfSection section = elf.section(".debug_str");
        if (section == null || !section.hasBytes() || !hasDwarf(elf)) {
            return hasDwarf(elf);
        }
        if (name.length() < 4) {
            return true; // as short as a reference to a string, so that it stands in the entry itself
        }
        byte[] wanted = (name + '\0').getBytes(StandardCharsets.UTF_8);
        byte[] strings = elf.bytes(section);
        for (int i = 0; i + wanted.length <= strings.length; i++) {
            if (strings[i] == wanted[0]
                    && (i == 0 || strings[i - 1] == 0)
                    && Arrays.equals(strings, i, i + wanted.length, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }

    private String encoderSays(Btf base, boolean isHere) throws IOException {
        LeftOut[] found = new LeftOut[1];
        Btf encoded;
        try (Progress progress = Progress.on(err, Progress.SHARES)) {
            EncodeListener listener = new EncodeListener() {
                @Override
                public void functionLeftOut(String function, LeftOut reason) {
                    if (function.equals(name)) {
                        found[0] = reason;
                    }
                }

                @Override
                public void unitsDone(int done, int total) {
                    progress.moveTo(done, total);
                }
            };
            Encoder encoder = new Encoder(EncodeOptions.DEFAULT, listener);
            encoded = base == null ? encoder.encode(elf) : encoder.encode(elf, BaseIndex.of(base));
        } catch (BtfException e) {
            return "its DWARF cannot be encoded to see more: " + e.getMessage();
        }
        if (found[0] != null) {
            return "the encoder leaves it out: " + found[0].text();
        }
        boolean isEncoded = encoded != null && encoded.find(BtfKind.FUNC, name) != 0;
        if (isEncoded) {
            return "the encoder does not leave it out: the BTF was made by another one, or of another build; btf encode"
                    + " makes it again";
        }
        return isHere
                ? "its DWARF has no such function, as for one written in assembler, or built without -g"
                : "its DWARF has no function of that name that has an address";
    }
}
