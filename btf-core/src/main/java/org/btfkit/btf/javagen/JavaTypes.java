package org.btfkit.btf.javagen;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.btfkit.BtfException;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.KindSet;

/**
 * Java sources with which memory that C laid out is read and written: a class for each struct, union and enum, with its
 * layout and a method for each member, on {@code java.lang.foreign}. The sources want Java 22, this does not.
 *
 * <pre>{@code
 * JavaTypes java = JavaTypes.of(vmlinux, JavaOptions.DEFAULT.withPackageName("org.example.kernel"));
 * java.add(vmlinux.find(BtfKind.STRUCT, "task_struct"));
 * for (JavaSource source : java.sources()) {
 *     Files.writeString(folder.resolve(source.fileName()), source.text());
 * }
 * }</pre>
 *
 * <p>With which {@code task_struct.pid(segment)} is the pid of a task that begins where the segment does.
 *
 * <p>Types are added by one thread; then sources may be made by several.
 */
public final class JavaTypes {
    private final Btf btf;
    private final FlatTypes types;
    private final JavaOptions options;
    private final JavaNames names;
    private final Shapes shapes;
    private final JavaExtent extent;

    private JavaTypes(Btf btf, JavaOptions options) {
        this.btf = btf;
        this.types = FlatAccess.of(btf);
        this.options = options;
        this.names = new JavaNames(btf, options);
        this.shapes = new Shapes(btf);
        this.extent = new JavaExtent(shapes, names, options.depth());
    }

    /**
     * Starts with no types. Costs a pass over all types of the BTF, for the names of the classes.
     *
     * @param btf the BTF; a type of its base is as good as one of its own
     * @param options how the sources are to be
     * @return to be added to
     * @throws BtfUnsupportedException if there is a type of a kind that is not known here
     */
    public static JavaTypes of(Btf btf, JavaOptions options) {
        return new JavaTypes(btf, options);
    }

    /**
     * Adds a type and those that it holds by value, as deep as the options say. What a pointer points to stays away.
     *
     * @param typeId id of a struct, union or enum, or of a typedef, modifier or array of one
     * @throws BtfException if it is another, or has no name, or no layout: members without a size, or past its end
     */
    public void add(int typeId) {
        int elementId = shapes.element(typeId);
        if (names.of(elementId) == null) {
            String what =
                    isTyped(elementId) ? "has no name, nor a typedef that gives it one" : "nothing to make a class of";
            throw TypeFaults.at(types, elementId, what + ", expected a struct, union or enum with a name");
        }
        extent.add(elementId);
    }

    /**
     * Adds a type, as {@link #add(int)} does, and names it if it has no name.
     *
     * @param typeId type id as of {@link #add(int)}
     * @param name what to call the class then
     * @return the class of the type; null, and nothing is added, if it is no struct, union or enum
     * @throws BtfException as {@link #add(int)}
     */
    public String add(int typeId, String name) {
        int elementId = shapes.element(typeId);
        if (!isTyped(elementId)) {
            return null;
        }
        names.nameNameless(elementId, name);
        extent.add(elementId);
        return names.of(elementId);
    }

    /** Adds all structs, unions and enums that have a name. */
    public void addAll() {
        for (int typeId = 1; typeId < types.typeCount(); typeId++) {
            if (names.of(typeId) != null) {
                extent.add(typeId);
            }
        }
    }

    private boolean isTyped(int typeId) {
        return types.is(typeId, KindSet.COMPOSITES) || types.is(typeId, KindSet.ENUMS);
    }

    /**
     * Returns what there will be a class for, besides {@link #values}.
     *
     * @return type ids, ascending
     */
    public List<Integer> typeIds() {
        return List.copyOf(new TreeSet<>(extent.depths().keySet()));
    }

    /**
     * Returns what the class of a type is called.
     *
     * @param typeId id of a struct, union or enum
     * @return its name without the package; null if the type has no name
     */
    public String className(int typeId) {
        return names.of(typeId);
    }

    /**
     * Makes sources. Safe for use by several threads.
     *
     * @param typeIds some of {@link #typeIds}
     * @return a file for each
     * @throws BtfException if a type cannot be a class of Java
     */
    public List<JavaSource> sources(List<Integer> typeIds) {
        Set<Integer> included = extent.depths().keySet();
        ClassText text = new ClassText(btf, options, names, included);
        List<JavaSource> sources = new ArrayList<>(typeIds.size());
        for (int typeId : typeIds) {
            sources.add(text.source(typeId));
        }
        return sources;
    }

    /**
     * Makes all sources.
     *
     * @return a file for each type, and {@link #values}
     * @throws BtfException as {@link #sources(List)}
     */
    public List<JavaSource> sources() {
        List<JavaSource> all = sources(typeIds());
        all.add(values());
        return all;
    }

    /**
     * Makes the class that all others use.
     *
     * @return a file
     */
    public JavaSource values() {
        return ValuesSource.of(options, btf.order());
    }
}
