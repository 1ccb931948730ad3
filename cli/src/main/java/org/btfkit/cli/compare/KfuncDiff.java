package org.btfkit.cli.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.dump.CDeclarationPrinter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.compare.BtfDiff;
import org.btfkit.compare.Change;
import org.btfkit.compare.Impact;
import org.btfkit.compare.Subject;
import org.btfkit.resolve.KfuncFlag;
import org.btfkit.resolve.KfuncSet;

/** What has become of the kfuncs of a kernel or module: a change for each, whose tags are its flags and sets. */
final class KfuncDiff {
    private KfuncDiff() {}

    /**
     * The BTF of a file and its kfuncs.
     *
     * @param btf the BTF
     * @param kfuncs by name: the flags, and {@code in SET} for each set
     */
    record Kernel(Btf btf, Map<String, List<String>> kfuncs) {}

    /** Reads the kfuncs of a file that is open. */
    static Kernel read(Btf btf, BtfSource source) throws IOException {
        if (source.elf() == null) {
            throw new BtfException(
                    btf.source() + ": raw BTF, which does not tell which functions are kfuncs; give the ELF file");
        }
        Map<String, TreeSet<String>> found = new TreeMap<>();
        for (KfuncSet set : KfuncSet.ofKfuncs(source.elf(), btf)) {
            if (!set.isKnown()) {
                throw new BtfException(btf.source() + ": " + set.unknownText() + "; resolve-btfids --check says more");
            }
            for (KfuncSet.Entry entry : set.entries()) {
                if (!entry.name().isEmpty()) {
                    TreeSet<String> tags = found.computeIfAbsent(entry.name(), name -> new TreeSet<>());
                    tags.addAll(KfuncFlag.names(entry.flags()));
                    if (!set.name().isEmpty()) {
                        tags.add("in " + set.name());
                    }
                }
            }
        }
        Map<String, List<String>> kfuncs = new TreeMap<>();
        found.forEach((name, tags) -> kfuncs.put(name, List.copyOf(tags)));
        return new Kernel(btf, kfuncs);
    }

    /** Compares kfuncs; {@code whole} tells of their prototypes. */
    static BtfDiff compare(Kernel before, Kernel after, BtfDiff whole) {
        Map<String, Change.Declaration> prototypes = new TreeMap<>();
        for (Change change : whole.changes()) {
            if (change instanceof Change.Declaration declaration
                    && change.subject().kind() == BtfKind.FUNC) {
                prototypes.put(change.subject().name(), declaration);
            }
        }
        CDeclarationPrinter oldPrinter = new CDeclarationPrinter(before.btf);
        CDeclarationPrinter newPrinter = new CDeclarationPrinter(after.btf);
        TreeSet<String> names = new TreeSet<>(before.kfuncs.keySet());
        names.addAll(after.kfuncs.keySet());
        List<Change> changes = new ArrayList<>();
        for (String name : names) {
            List<String> was = before.kfuncs.get(name);
            List<String> is = after.kfuncs.get(name);
            Subject subject = new Subject(
                    BtfKind.FUNC,
                    name,
                    was == null ? 0 : before.btf.find(BtfKind.FUNC, name),
                    is == null ? 0 : after.btf.find(BtfKind.FUNC, name));
            if (was == null) {
                changes.add(new Change.Lone(subject, text(newPrinter, subject.afterId(), name) + flags(is), -1));
            } else if (is == null) {
                changes.add(new Change.Lone(subject, text(oldPrinter, subject.beforeId(), name) + flags(was), -1));
            } else if (!was.equals(is) || prototypes.containsKey(name)) {
                String now = text(newPrinter, subject.afterId(), name);
                Change.Declaration prototype = prototypes.getOrDefault(
                        name, new Change.Declaration(subject, now, now, Impact.NAMES, Change.Tags.NONE));
                Impact impact = was.equals(is) ? prototype.impact() : Impact.LAYOUT;
                changes.add(new Change.Declaration(
                        subject,
                        prototype.before(),
                        prototype.after(),
                        impact,
                        new Change.Tags(
                                joined(was, prototype.tags().before()),
                                joined(is, prototype.tags().after()))));
            }
        }
        return new BtfDiff(whole.before(), whole.after(), changes);
    }

    private static List<String> joined(List<String> flags, List<String> tags) {
        List<String> all = new ArrayList<>(flags);
        all.addAll(tags);
        return all;
    }

    private static String text(CDeclarationPrinter printer, int funcId, String name) {
        return funcId == 0 ? name : printer.text(funcId);
    }

    private static String flags(List<String> tags) {
        return tags.isEmpty() ? "" : "    " + String.join(", ", tags);
    }
}
