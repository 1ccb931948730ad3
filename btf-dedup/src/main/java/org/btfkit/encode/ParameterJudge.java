package org.btfkit.encode;

/**
 * Judges whether the parameters of a function are where the calling convention has them
 * ({@code function__analyze_parameter_locations} of pahole).
 *
 * <p>What attaches to a function's entry reads its arguments from registers by their types. That is right only if each
 * is in the register that follows that of the one before it; a compiler may have left one out, or moved it.
 */
final class ParameterJudge {
    private final Parameters parameters;
    private final CallingConvention convention;
    private final boolean wantsTrueSignature;

    private int[] members;
    private int to;
    private int addressSize;
    private boolean isTrue;
    private boolean isClang;

    /** The index of the register of the next parameter. */
    private int next;

    private boolean isOptimized;

    ParameterJudge(Parameters parameters, CallingConvention convention, boolean wantsTrueSignature) {
        this.parameters = parameters;
        this.convention = convention;
        this.wantsTrueSignature = wantsTrueSignature;
    }

    /** Tells whether a function is encoded as the compiler left it. */
    boolean isTrueSignature(boolean isChanged) {
        return wantsTrueSignature && isChanged;
    }

    /**
     * Judges the parameters of a function; they are flagged.
     *
     * @param numbers the numbers of the parameters, from {@code first} to {@code end}
     * @param isOfClang whether clang compiled it
     * @param isChanged whether clang says that it changed the signature
     * @return whether a parameter is in an unexpected register
     */
    boolean judge(int[] numbers, int first, int end, boolean isOfClang, boolean isChanged, int itsAddressSize) {
        members = numbers;
        to = end;
        addressSize = itsAddressSize;
        isClang = isOfClang;
        isTrue = isTrueSignature(isChanged);
        next = 0;
        if (isOfClang && !isChanged) {
            matchUnchanged(first);
        } else {
            for (int i = first; i < end; i++) {
                judge(i);
            }
        }
        boolean hasUnexpected = false;
        isOptimized = false;
        for (int i = first; i < end; i++) {
            int parameter = members[i];
            hasUnexpected |= parameters.has(parameter, Parameters.IS_UNEXPECTED);
            isOptimized |= parameters.has(parameter, Parameters.IS_OPTIMIZED)
                    || !parameters.has(parameter, Parameters.HAS_LOCATION);
        }
        return hasUnexpected;
    }

    /** Tells whether a parameter of the function judged last is optimized out, or without a location. */
    boolean isOptimized() {
        return isOptimized;
    }

    /** clang keeps to the convention, so that only a known register that is none of those expected is odd. */
    private void matchUnchanged(int first) {
        for (int i = first; i < to && next < convention.count(); i++) {
            int parameter = members[i];
            int slots = convention.slots(parameters.sizeBytes[parameter], addressSize);
            if (parameters.has(parameter, Parameters.IS_IN_MEMORY)) {
                continue;
            }
            int register = parameters.register[parameter];
            if (register != Parameters.NO_REGISTER && !isInWindow(register, slots)) {
                parameters.set(parameter, Parameters.IS_UNEXPECTED);
            }
            next += slots;
        }
    }

    private boolean isInWindow(int register, int slots) {
        for (int i = next; i < next + slots && i < convention.count(); i++) {
            if (register == convention.register(i)) {
                return true;
            }
        }
        return false;
    }

    private void judge(int index) {
        int parameter = members[index];
        int slots = convention.slots(parameters.sizeBytes[parameter], addressSize);
        int taken = parameters.has(parameter, Parameters.IS_IN_MEMORY) ? 1 : slots;
        if (parameters.has(parameter, Parameters.HAS_LOCATION)) {
            next += located(index, parameter, slots, taken);
        } else if (parameters.has(parameter, Parameters.HAS_CONST_VALUE) && !isClang) {
            parameters.set(parameter, Parameters.IS_OPTIMIZED);
            next += taken;
        } else if (isTrue) {
            if (next < convention.count() && isFollowed(index, slots)) {
                next += slots;
            } else {
                parameters.set(parameter, Parameters.IS_OPTIMIZED);
            }
        } else {
            next += taken;
        }
    }

    /** Judges a parameter with a location; returns how many registers it takes. */
    private int located(int index, int parameter, int slots, int taken) {
        if (isTrue && parameters.has(parameter, Parameters.IS_CONSTANT)) {
            parameters.set(parameter, Parameters.IS_OPTIMIZED);
            return 0;
        }
        if (next >= convention.count()) {
            return 0;
        }
        if (isTrue && parameters.has(parameter, Parameters.IS_ON_STACK)) {
            if (parameters.has(parameter, Parameters.IS_IN_MEMORY)) {
                return 0;
            }
            parameters.set(parameter, Parameters.IS_UNEXPECTED);
            return taken;
        }
        int register = parameters.register[parameter];
        if (register == Parameters.NO_REGISTER) {
            parameters.set(parameter, isTrue ? Parameters.IS_UNEXPECTED : Parameters.IS_OPTIMIZED);
            return taken;
        }
        int expected = convention.register(next);
        if (expected != CallingConvention.UNKNOWN && expected != register) {
            parameters.set(parameter, Parameters.IS_UNEXPECTED);
            return taken;
        }
        boolean hasFirst = parameters.firstPieces[parameter] != 0;
        boolean hasSecond = parameters.secondPieces[parameter] != 0;
        if (!isTrue || !hasFirst && !hasSecond) {
            return taken;
        }
        if (hasFirst && hasSecond) {
            return slots;
        }
        if (isFollowed(index, slots)) {
            parameters.memberName[parameter] = 0;
            return slots;
        }
        if (parameters.memberName[parameter] != 0) {
            parameters.type[parameter] = parameters.memberType[parameter];
            return 1;
        }
        return taken;
    }

    /** Tells whether the next parameter is in the register after this one's, so that this one still takes its. */
    private boolean isFollowed(int index, int slots) {
        if (index + 1 >= to) {
            return false;
        }
        int register = parameters.register[members[index + 1]];
        int after = next + slots;
        return register != Parameters.NO_REGISTER
                && after < convention.count()
                && register == convention.register(after);
    }
}
