package org.btfkit.cli.resolve;

import org.btfkit.BtfException;
import org.btfkit.cli.support.Failure;
import org.btfkit.resolve.ResolveException;

/** Says by what option of {@code resolve-btfids}, or what else, an object that is refused can be resolved. */
final class ResolveHint {
    private static final String RELINK = "use the object as it was before symbols were stripped, or link it again";

    private ResolveHint() {}

    /** Describes a failure in one line, with the way out if there is one for its reason. */
    static String describe(BtfException failure, String subject) {
        String text = Failure.describe(failure, subject);
        String hint = failure instanceof ResolveException ? of(((ResolveException) failure).reason()) : "";
        return hint.isEmpty() ? text : text + "; " + hint;
    }

    /** The way out of a refusal; empty where its text says all. */
    static String of(ResolveException.Reason reason) {
        return switch (reason) {
            case WRONG_DECLARATION, DEPENDENCY, WRONG_BLOB, WARNINGS -> "";
            case NO_BTF -> "make it of DWARF with --embed --from-dwarf or gen-btf, or give BTF with --btf";
            case NO_DWARF -> "use the object as it was linked, or resolve-btfids --embed for the BTF that it has";
            case SEVERAL_BTFS -> "make it with btf dedup, or encode BTF after linking, with pahole -J";
            case UNCERTAIN_BASE -> "give the BTF that it was made from with --btf";
            case UNKNOWN_ORDER ->
                "relink the object, give the BTF the ids came from with --old_btf and --old_base, or"
                        + " use --trust_symbols if the symbols are known to be right";
            case UNCERTAIN_ORDER ->
                "put that run's BTF into the object if it was one with --detached, or use --repair if it is the object's own, or"
                        + " --trust_symbols if the symbols are known to be right";
            case UNNAMED_IDS_WITHOUT_BTF -> "give it with --old_btf and --old_base; " + RELINK;
            case UNNAMED_IDS_OF_UNKNOWN_BTF ->
                "give the BTF that they are of with --old_btf and --old_base, the object itself if it is the object's"
                        + " own; " + RELINK;
            case UNNAMED_IDS -> RELINK;
            case UNMOVED_SYMBOLS -> "--repair puts them right once the BTF is in the object";
            case SIGNATURE -> "use --strip_signature and sign it again";
            case NOT_IN_PLACE -> "name a file to write with -o";
            case WRONG_MOVES ->
                "run --detached again, or remove this file to copy the blob and leave all symbols where they are";
        };
    }
}
