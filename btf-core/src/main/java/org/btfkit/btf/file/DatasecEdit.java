package org.btfkit.btf.file;

import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.build.TypeEdit;
import org.btfkit.btf.flat.FlatTypes;

/** The variables of a DATASEC while they get their places. */
final class DatasecEdit {
    private record Variable(int typeId, int offsetBytes, int sizeBytes) {}

    private final int sectionId;
    private final List<Variable> variables = new ArrayList<>();

    /** Takes the variables of a section as they are. */
    DatasecEdit(FlatTypes types, int sectionId) {
        this.sectionId = sectionId;
        for (int i = 0; i < types.vlen(sectionId); i++) {
            int offset = (int) types.sectionVarOffset(sectionId, i);
            variables.add(
                    new Variable(types.sectionVar(sectionId, i), offset, (int) types.sectionVarSize(sectionId, i)));
        }
    }

    int count() {
        return variables.size();
    }

    int typeId(int index) {
        return variables.get(index).typeId;
    }

    void set(int index, int typeId, int offsetBytes, int sizeBytes) {
        variables.set(index, new Variable(typeId, offsetBytes, sizeBytes));
    }

    void setOffset(int index, int offsetBytes) {
        Variable old = variables.get(index);
        set(index, old.typeId, offsetBytes, old.sizeBytes);
    }

    /** Writes the variables, sorted by offset. */
    void write(BtfBuilder builder) {
        variables.sort((one, other) -> Integer.compareUnsigned(one.offsetBytes, other.offsetBytes));
        TypeEdit section = builder.edit(sectionId);
        for (int i = 0; i < variables.size(); i++) {
            Variable variable = variables.get(i);
            section.variable(i, variable.typeId, variable.offsetBytes, variable.sizeBytes);
        }
    }
}
