package org.btfkit.encode;

import org.btfkit.dwarf.DieCursor;
import org.btfkit.dwarf.DwAt;
import org.btfkit.dwarf.DwOp;
import org.btfkit.dwarf.DwTag;
import org.btfkit.dwarf.Expression;
import org.btfkit.dwarf.Locations;

/**
 * Reads what an entry says of a parameter: its name and type, and from its location in which register the caller put it
 * ({@code parameter__new} of pahole).
 */
final class ParameterReader {
    private final UnitScope scope;
    private final DieCursor cursor;
    private final Parameters parameters;
    private final EntrySizes sizes;
    private final CallingConvention convention;
    private final Locations locations = new Locations();

    ParameterReader(UnitScope scope, Parameters parameters, EntrySizes sizes, CallingConvention convention) {
        this.scope = scope;
        this.cursor = scope.cursor;
        this.parameters = parameters;
        this.sizes = sizes;
        this.convention = convention;
    }

    /**
     * Reads the parameter that the cursor is on.
     *
     * @param index its index among those of its function
     * @return its number
     */
    int read(int index) {
        int parameter = parameters.add(index);
        parameters.name[parameter] = scope.strings.key(cursor, DwAt.NAME);
        int type = scope.typeOf(cursor);
        parameters.type[parameter] = type;
        int origin = cursor.reference(DwAt.ABSTRACT_ORIGIN);
        parameters.origin[parameter] = origin;
        int typed = type;
        if (origin != DieCursor.NO_ENTRY) {
            typed = typeOfOrigin(origin);
        }
        int addressSize = cursor.unit().addressSize();
        int size = sizes.parameterSize(typed);
        parameters.sizeBytes[parameter] = size;
        if (convention.isInMemory(size, addressSize)) {
            parameters.set(parameter, Parameters.IS_IN_MEMORY);
        }
        if (cursor.has(DwAt.CONST_VALUE)) {
            parameters.set(parameter, Parameters.HAS_CONST_VALUE);
        }
        int slot = cursor.slot(DwAt.LOCATION);
        if (slot >= 0) {
            parameters.set(parameter, Parameters.HAS_LOCATION);
            location(parameter, slot, addressSize);
        }
        return parameter;
    }

    private int typeOfOrigin(int origin) {
        if (origin < 0) {
            return 0;
        }
        scope.aside.seek(origin);
        return scope.aside.isNull() ? 0 : scope.aside.reference(DwAt.TYPE);
    }

    private void location(int parameter, int slot, int addressSize) {
        locations.start(cursor, slot);
        Expression expression = locations.expression();
        for (int number = 0; locations.next(); number++) {
            int count = expression.count();
            if (count == 0) {
                continue;
            }
            boolean isValue = expression.operation(count - 1) == DwOp.STACK_VALUE;
            if (count == 2 && isValue) {
                count = 1;
            }
            if (count == 1) {
                single(parameter, expression, number == 0, isValue);
            } else {
                several(parameter, expression, number == 0, addressSize);
            }
        }
        if (scope.has(Feature.TRUE_SIGNATURE)) {
            findMember(parameter, addressSize);
        }
    }

    private void single(int parameter, Expression expression, boolean isFirst, boolean isValue) {
        int operation = expression.operation(0);
        if (operation == DwOp.ENTRY_VALUE || operation == DwOp.GNU_ENTRY_VALUE) {
            int register = expression.entryRegister(0);
            if (register >= 0) {
                parameters.setRegister(parameter, register);
            }
        } else if (isFirst && DwOp.isRegister(operation)) {
            parameters.setRegister(parameter, operation);
        } else if (isFirst && DwOp.isRegisterOffset(operation) && isValue) {
            parameters.setRegister(parameter, operation - DwOp.BREG0 + DwOp.REG0);
        } else if (isFirst && operation == DwOp.FBREG) {
            parameters.set(parameter, Parameters.IS_ON_STACK);
        } else if (isFirst && DwOp.isConstant(operation)) {
            parameters.set(parameter, Parameters.IS_CONSTANT);
        }
    }

    private void several(int parameter, Expression expression, boolean isFirst, int addressSize) {
        int operation = expression.operation(0);
        if (DwOp.isConstant(operation)) {
            if (isFirst) {
                parameters.set(parameter, Parameters.IS_CONSTANT);
            }
        } else if (parameters.sizeBytes[parameter] > addressSize && convention.usesTwoRegisters()) {
            pieces(parameter, expression, addressSize);
        } else if (isFirst && DwOp.isRegister(operation)) {
            parameters.setRegister(parameter, operation);
        } else if (isFirst && DwOp.isRegisterOffset(operation) && hasStackValue(expression)) {
            parameters.setRegister(parameter, operation - DwOp.BREG0 + DwOp.REG0);
        }
    }

    private static boolean hasStackValue(Expression expression) {
        for (int i = 1; i < expression.count(); i++) {
            if (expression.operation(i) == DwOp.STACK_VALUE) {
                return true;
            }
        }
        return false;
    }

    /** A struct in two registers, of which parts may be optimized out. */
    private void pieces(int parameter, Expression expression, int addressSize) {
        int offset = 0;
        for (int i = 0; i < expression.count(); i++) {
            int operation = expression.operation(i);
            if (operation == DwOp.PIECE) {
                int size = (int) expression.operand(i);
                if (i == 0) {
                    offset = size;
                    continue;
                }
                if (offset < addressSize) {
                    parameters.firstPieces[parameter] |= bit(offset);
                } else {
                    parameters.secondPieces[parameter] |= bit(offset - addressSize);
                }
                offset += size;
            } else if (DwOp.isRegister(operation)) {
                parameters.setRegister(parameter, operation);
            }
        }
    }

    private static long bit(int offset) {
        return offset >= 0 && offset < Long.SIZE ? 1L << offset : 0;
    }

    /** If only one byte's place is known, looks for the member that begins there. */
    private void findMember(int parameter, int addressSize) {
        long first = parameters.firstPieces[parameter];
        long second = parameters.secondPieces[parameter];
        boolean isOne = Long.bitCount(first) + Long.bitCount(second) == 1;
        if (!isOne || parameters.name[parameter] == 0) {
            return;
        }
        int offset = first != 0 ? Long.numberOfTrailingZeros(first) : addressSize + Long.numberOfTrailingZeros(second);
        // The parameter's own type, not that of what it is an instance of.
        int struct = sizes.firstSized(scope.typeOf(cursor));
        if (struct <= 0) {
            return;
        }
        DieCursor aside = scope.aside;
        aside.seek(struct);
        if (aside.tag() != DwTag.STRUCTURE_TYPE || !aside.hasChildren()) {
            return;
        }
        for (aside.seek(aside.end()); !aside.isNull(); aside.seek(aside.afterTree())) {
            if (aside.tag() == DwTag.MEMBER && bitOffset(aside) == offset * 8L) {
                parameters.memberName[parameter] = scope.strings.key(aside, DwAt.NAME);
                parameters.memberType[parameter] = Math.max(0, aside.reference(DwAt.TYPE));
                if (parameters.memberType[parameter] == 0) {
                    parameters.memberName[parameter] = 0;
                }
                return;
            }
        }
    }

    private static long bitOffset(DieCursor member) {
        int slot = member.slot(DwAt.DATA_BIT_OFFSET);
        if (slot >= 0) {
            return member.number(slot, -1);
        }
        slot = member.slot(DwAt.DATA_MEMBER_LOCATION);
        return slot < 0 ? -1 : member.number(slot, -1) * 8;
    }
}
