package org.btfkit.compare;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Limits;
import org.btfkit.btf.format.Words;

/**
 * Makes a {@link BtfDiff}.
 *
 * <p><b>Passes.</b> (1) Give each type of both sides a number for how it is referred to and one for what it says:
 * {@link Signatures}. (2) Collect the types of each name: {@link Variants}. (3) Find who has become whom:
 * {@link Matching}. (4) Look closer at the pairs whose numbers differ: {@link CompositeChanges} and here.
 *
 * <p><b>Cost.</b> (1) to (3) one look at each word of both; (4) only what has changed.
 */
final class BtfDiffer {
    private final Variants before;
    private final Variants after;
    private final Matching matching;
    private final CompositeChanges composites;
    private final List<Change> changes = new ArrayList<>();

    BtfDiffer(Btf old, Btf now) {
        Terms terms = new Terms(old.typeCount() + now.typeCount());
        this.before = new Variants(old, terms);
        this.after = new Variants(now, terms);
        this.matching = new Matching(before, after);
        this.composites = new CompositeChanges(matching);
    }

    List<Change> changes() {
        for (int[] pair : matching.differing()) {
            boolean isOwn = pair[0] >= 0 && before.isOwn(pair[0]) || pair[1] >= 0 && after.isOwn(pair[1]);
            Change change = isOwn ? compare(pair[0], pair[1]) : null;
            if (change != null) {
                changes.add(change);
            }
        }
        compareConstants();
        changes.sort((one, other) -> one.subject().compareTo(other.subject()));
        return List.copyOf(changes);
    }

    static Subject subject(Matching matching, int oldVariant, int newVariant) {
        Variants side = newVariant >= 0 ? matching.after : matching.before;
        int id = side.id(newVariant >= 0 ? newVariant : oldVariant);
        return new Subject(
                side.signatures.keyKind(id),
                side.btf.name(id),
                oldVariant >= 0 ? matching.before.id(oldVariant) : 0,
                newVariant >= 0 ? matching.after.id(newVariant) : 0);
    }

    static Change.Tags tags(Matching matching, int oldId, int newId) {
        Change.Tags tags = new Change.Tags(tags(matching.before, oldId), tags(matching.after, newId));
        return tags.isSame() ? Change.Tags.NONE : tags;
    }

    static List<String> tags(Variants side, int typeId) {
        JoinedTypes types = side.signatures.types();
        TreeSet<String> tags = new TreeSet<>();
        int inner = types.kind(typeId) == BtfKind.FUNC ? types.sizeOrType(typeId) : typeId;
        int variant = side.of(typeId);
        for (int tag : variant < 0 ? new int[0] : side.tags(variant)) {
            int component = types.intData(tag);
            boolean isOfPart = component >= 0 && component < types.vlen(inner);
            String part = !isOfPart
                    ? ""
                    : " of "
                            + types.flat()
                                    .string(types.flat()
                                            .word(inner, types.kind(inner).nameWord(component + 1)));
            String attribute = types.kflag(tag) ? " (attribute)" : "";
            tags.add(types.flat().name(tag) + part + attribute);
        }
        return List.copyOf(tags);
    }

    private Change compare(int oldVariant, int newVariant) {
        if (oldVariant < 0) {
            return lone(after, newVariant, subject(matching, oldVariant, newVariant));
        }
        if (newVariant < 0) {
            return lone(before, oldVariant, subject(matching, oldVariant, newVariant));
        }
        Subject subject = subject(matching, oldVariant, newVariant);
        int oldId = before.id(oldVariant);
        int newId = after.id(newVariant);
        boolean wasDeclared = before.isDeclaration(oldId);
        if (wasDeclared != after.isDeclaration(newId)) {
            int declaredId = wasDeclared ? 0 : oldId;
            Subject defined = new Subject(subject.kind(), subject.name(), declaredId, wasDeclared ? newId : 0);
            return lone(wasDeclared ? after : before, wasDeclared ? newVariant : oldVariant, defined);
        }
        if (wasDeclared) {
            return null; // enumerations without values, whose size is no one's business
        }
        return switch (subject.kind()) {
            case STRUCT, UNION -> composites.change(oldVariant, newVariant);
            case ENUM -> enumeration(subject, oldId, newId);
            case TYPEDEF -> typedef(subject, oldId, newId);
            case FUNC -> function(subject, oldId, newId);
            case INT, FLOAT -> {
                Impact impact =
                        before.btf.sizeOrType(oldId) == after.btf.sizeOrType(newId) ? Impact.TYPES : Impact.LAYOUT;
                yield declaration(subject, before.text.scalar(oldId), after.text.scalar(newId), impact);
            }
            case VAR -> variable(subject, oldId, newId);
            default -> null; // of a DATASEC nothing is compared
        };
    }

    private static Change.Lone lone(Variants side, int variant, Subject subject) {
        int id = side.id(variant);
        boolean isSized = side.btf.kind(id).hasSize() && !side.isDeclaration(id) && subject.kind() != BtfKind.DATASEC;
        long size = isSized ? side.signatures.types().flat().sizeBytes(id) : -1;
        String text = switch (subject.kind()) {
            case FUNC -> function(side, id);
            case TYPEDEF -> alias(side, id);
            case VAR -> variable(side, id);
            case INT, FLOAT -> subject.name() + ": " + side.text.scalar(id);
            default -> side.isDeclaration(id) ? subject.title() + ", only declared" : subject.title();
        };
        return new Change.Lone(subject, text, size);
    }

    private Change declaration(Subject subject, String old, String now, Impact impact) {
        Change.Tags tags = tags(matching, subject.beforeId(), subject.afterId());
        return new Change.Declaration(subject, old, now, impact, tags);
    }

    private static String alias(Variants side, int typedefId) {
        return "typedef " + side.text.declare(side.btf.sizeOrType(typedefId), side.btf.name(typedefId));
    }

    private static String function(Variants side, int funcId) {
        return external(side.btf.vlen(funcId)) + side.text.declare(funcId, "");
    }

    private static String variable(Variants side, int varId) {
        return external(side.signatures.types().flat().varLinkage(varId)) + side.text.declare(varId, "");
    }

    /** Encoders call nearly all functions static, whatever they are; so that is shown only where it changes. */
    private static String external(int linkage) {
        return linkage == BtfType.Linkage.EXTERN.ordinal() ? "extern " : "";
    }

    private static String linkage(int number) {
        BtfType.Linkage linkage = BtfType.Linkage.of(number);
        return (linkage == null ? "linkage " + number : linkage.name().toLowerCase(Locale.ROOT)) + " ";
    }

    private Change enumeration(Subject subject, int oldId, int newId) {
        List<Change.ValueChange> values = values(
                Enumerators.of(before.signatures.types(), oldId), Enumerators.of(after.signatures.types(), newId));
        long oldSize = before.sizes.sizeOrMinus1(oldId);
        long newSize = after.sizes.sizeOrMinus1(newId);
        Change.Tags tags = tags(matching, subject.beforeId(), subject.afterId());
        if (!values.isEmpty() || oldSize != newSize) {
            return new Change.Enumeration(subject, oldSize, newSize, values);
        }
        boolean wasSigned = before.btf.kflag(oldId);
        if (wasSigned != after.btf.kflag(newId) || !tags.isSame()) {
            String[] signs = {"unsigned", "signed"};
            return declaration(subject, signs[wasSigned ? 1 : 0], signs[after.btf.kflag(newId) ? 1 : 0], Impact.TYPES);
        }
        return null; // the same values in another order
    }

    private static List<Change.ValueChange> values(Map<String, String> old, Map<String, String> now) {
        TreeSet<String> names = new TreeSet<>(old.keySet());
        names.addAll(now.keySet());
        List<Change.ValueChange> values = new ArrayList<>();
        for (String name : names) {
            String was = old.get(name);
            String is = now.get(name);
            if (was == null || !was.equals(is)) {
                values.add(new Change.ValueChange(name, was, is));
            }
        }
        return List.copyOf(values);
    }

    private Change typedef(Subject subject, int oldId, int newId) {
        int oldInner = nameless(before, oldId);
        int newInner = nameless(after, newId);
        if (oldInner != 0 && newInner != 0 && before.btf.kind(oldInner) == after.btf.kind(newInner)) {
            return KindSet.COMPOSITES.has(before.btf.kind(oldInner))
                    ? composites.compare(subject, oldInner, newInner)
                    : enumeration(subject, oldInner, newInner);
        }
        String was = alias(before, oldId);
        String is = alias(after, newId);
        if (was.equals(is)) {
            was = "typedef " + before.text.declareWhole(before.btf.sizeOrType(oldId), subject.name());
            is = "typedef " + after.text.declareWhole(after.btf.sizeOrType(newId), subject.name());
        }
        return declaration(subject, was, is, impact(oldId, newId));
    }

    /** What a typedef gives a name to that has none of its own, 0 if there is no such thing. */
    private static int nameless(Variants side, int typedefId) {
        int target = side.btf.sizeOrType(typedefId);
        BtfKind kind = side.btf.kind(target);
        boolean hasBody = KindSet.COMPOSITES.has(kind) || KindSet.ENUMS.has(kind);
        return hasBody && side.btf.nameOff(target) == 0 ? target : 0;
    }

    private Change function(Subject subject, int oldId, int newId) {
        Impact impact = prototypeImpact(before.btf.sizeOrType(oldId), after.btf.sizeOrType(newId));
        return declared(subject, function(before, oldId), function(after, newId), impact);
    }

    private Change variable(Subject subject, int oldId, int newId) {
        return declared(subject, variable(before, oldId), variable(after, newId), impact(oldId, newId));
    }

    /** Says more where the usual words are the same: the linkage, and what is in structs without a name. */
    private Change declared(Subject subject, String was, String is, Impact impact) {
        Change.Tags tags = tags(matching, subject.beforeId(), subject.afterId());
        if (!was.equals(is) || !tags.isSame()) {
            return new Change.Declaration(subject, was, is, impact, tags);
        }
        int oldId = subject.beforeId();
        int newId = subject.afterId();
        boolean isFunction = subject.kind() == BtfKind.FUNC;
        int wasLinked = isFunction ? before.btf.vlen(oldId) : before.btf.word(oldId, Words.HEADER);
        int isLinked = isFunction ? after.btf.vlen(newId) : after.btf.word(newId, Words.HEADER);
        String oldLinkage = wasLinked == isLinked ? "" : linkage(wasLinked);
        String newLinkage = wasLinked == isLinked ? "" : linkage(isLinked);
        return new Change.Declaration(
                subject,
                oldLinkage + before.text.declareWhole(oldId, ""),
                newLinkage + after.text.declareWhole(newId, ""),
                impact,
                tags);
    }

    private Impact prototypeImpact(int oldProto, int newProto) {
        int count = before.btf.vlen(oldProto);
        boolean areProtos =
                before.btf.kind(oldProto) == BtfKind.FUNC_PROTO && after.btf.kind(newProto) == BtfKind.FUNC_PROTO;
        if (!areProtos || count != after.btf.vlen(newProto)) {
            return Impact.LAYOUT;
        }
        Impact impact = impactOfUse(before.btf.sizeOrType(oldProto), after.btf.sizeOrType(newProto));
        for (int i = 0; i < count; i++) {
            int oldParam = before.signatures.types().flat().paramType(oldProto, i);
            int newParam = after.signatures.types().flat().paramType(newProto, i);
            Impact ofParam = impactOfUse(oldParam, newParam);
            impact = ofParam.compareTo(impact) > 0 ? ofParam : impact;
        }
        return impact;
    }

    private Impact impactOfUse(int oldId, int newId) {
        return before.signatures.reference(oldId) == after.signatures.reference(newId)
                ? Impact.NAMES
                : impact(oldId, newId);
    }

    /** Whether something of one type can be taken for one of the other by who does not look into it. */
    private Impact impact(int oldId, int newId) {
        return room(before, oldId).equals(room(after, newId)) ? Impact.TYPES : Impact.LAYOUT;
    }

    private static String room(Variants side, int typeId) {
        int id = typeId;
        for (int steps = 0; steps < Limits.MAX_NESTING; steps++) {
            BtfKind kind = side.btf.kind(id);
            if (kind != BtfKind.VAR && !KindSet.TYPEDEFS_AND_MODIFIERS.has(kind)) {
                break;
            }
            id = side.btf.sizeOrType(id);
        }
        BtfKind kind = side.btf.kind(id);
        String what = kind == null
                ? "kind " + Words.kind(side.btf.info(id))
                : switch (kind) {
                    case INT, ENUM, ENUM64 -> "number";
                    case FWD, STRUCT, UNION -> side.btf.name(id);
                    default -> kind.name();
                };
        return what + " " + side.sizes.sizeOrMinus1(id);
    }

    /** Compares the values of enumerations that have no name and that no type is of: they are there for the values. */
    private void compareConstants() {
        Map<String, TreeSet<String>> old = constants(before);
        Map<String, TreeSet<String>> now = constants(after);
        TreeSet<String> names = new TreeSet<>(old.keySet());
        names.addAll(now.keySet());
        List<Change.ValueChange> values = new ArrayList<>();
        for (String name : names) {
            TreeSet<String> was = old.get(name);
            TreeSet<String> is = now.get(name);
            if (was == null || !was.equals(is)) {
                values.add(new Change.ValueChange(name, text(was), text(is)));
            }
        }
        if (!values.isEmpty()) {
            Subject subject = new Subject(BtfKind.ENUM, "", 0, 0);
            changes.add(new Change.Enumeration(subject, -1, -1, List.copyOf(values)));
        }
    }

    private static String text(TreeSet<String> values) {
        return values == null ? null : String.join(" or ", values);
    }

    private static Map<String, TreeSet<String>> constants(Variants side) {
        Btf btf = side.btf;
        JoinedTypes types = side.signatures.types();
        BitSet used = new BitSet(); // by what they say: of two copies one may be used
        for (int id = 1; id < btf.typeCount(); id++) {
            for (int target : types.flat().references(id)) {
                used.set(side.signatures.reference(target));
            }
        }
        Map<String, TreeSet<String>> constants = new TreeMap<>();
        for (int id = btf.firstTypeId(); id < btf.typeCount(); id++) {
            if (KindSet.ENUMS.has(btf.kind(id)) && btf.nameOff(id) == 0 && !used.get(side.signatures.reference(id))) {
                Enumerators.of(types, id)
                        .forEach((name, value) -> constants
                                .computeIfAbsent(name, key -> new TreeSet<>())
                                .add(value));
            }
        }
        return constants;
    }
}
