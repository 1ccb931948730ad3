import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compares the layouts of generated classes with the sizes in a file, and with the offsets that the classes say. */
public final class Layouts {
    private static int bad;
    private static int offsets;

    private Layouts() {}

    public static void main(String[] args) throws Exception {
        int classes = 0;
        for (String line : Files.readAllLines(Path.of(args[1]))) {
            String[] parts = line.split(" ");
            long size = Long.parseLong(parts[1]);
            check(Class.forName(args[0] + "." + parts[0]), size);
            classes++;
        }
        System.out.println(classes + " classes, " + offsets + " offsets, " + bad + " bad");
        System.exit(bad == 0 && offsets > 0 ? 0 : 1);
    }

    private static void check(Class<?> type, long size) throws Exception {
        GroupLayout unaligned = (GroupLayout) type.getField("UNALIGNED").get(null);
        GroupLayout layout = (GroupLayout) type.getField("LAYOUT").get(null);
        long said = (long) type.getMethod("sizeof").invoke(null);
        if (unaligned.byteSize() != said || layout.byteSize() != said || size >= 0 && said != size) {
            bad++;
            System.out.println(type.getName() + ": " + unaligned.byteSize() + " " + said + " expected " + size);
        }
        if (unaligned.byteAlignment() != 1) {
            bad++;
            System.out.println(type.getName() + ": alignment " + unaligned.byteAlignment());
        }
        for (Method method : type.getMethods()) {
            String name = method.getName();
            if (name.endsWith("$offset")) {
                checkOffset(type, unaligned, name.substring(0, name.length() - "$offset".length()), method);
            }
        }
        for (Class<?> nested : type.getClasses()) {
            if (nested.getFields().length > 0 && nested.getFields()[0].getType() != int.class) {
                check(nested, -1);
            }
        }
    }

    /** Members of nameless members are deeper, and those that are keywords have another name. */
    private static void checkOffset(Class<?> type, GroupLayout layout, String member, Method method) throws Exception {
        boolean isDirect = layout.memberLayouts().stream().anyMatch(part -> part.name().orElse("").equals(member));
        if (isDirect) {
            offsets++;
            long there = layout.byteOffset(PathElement.groupElement(member));
            if (there != (long) method.invoke(null)) {
                bad++;
                System.out.println(type.getName() + "." + member + ": " + there);
            }
        }
    }
}
