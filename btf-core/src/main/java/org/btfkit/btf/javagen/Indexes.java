package org.btfkit.btf.javagen;

/**
 * The parameters of a method for an element, and the offset of that element by them.
 *
 * @param parameters {@code , long i, long j} or nothing
 * @param terms what is added to the offset of the array, each with a plus before it
 */
record Indexes(String parameters, String terms) {
    private static final String NAMES = "ijklmnopqr";

    /**
     * Makes the indexes of an array.
     *
     * @param inner how many of the last dimensions have none, as all of these elements are meant
     */
    static Indexes of(Shape shape, int inner) {
        long[] dimensions = shape.dimensions();
        StringBuilder parameters = new StringBuilder();
        StringBuilder terms = new StringBuilder();
        long step = shape.sizeBytes();
        for (int i = dimensions.length - 1; i >= 0; i--) {
            if (i < dimensions.length - inner) {
                String index = name(i);
                parameters.insert(0, ", long " + index);
                boolean isOpen = i == 0 && shape.isFlexible();
                String checked = isOpen ? index : "Objects.checkIndex(" + index + ", " + dimensions[i] + "L)";
                terms.insert(0, " + " + checked + (step == 1 ? "" : " * " + LayoutText.number(step)));
            }
            step *= dimensions[i];
        }
        return new Indexes(parameters.toString(), terms.toString());
    }

    private static String name(int dimension) {
        return dimension < NAMES.length() ? NAMES.substring(dimension, dimension + 1) : "i" + dimension;
    }

    String offset(long arrayBytes) {
        return arrayBytes == 0 && !terms.isEmpty()
                ? terms.substring(" + ".length())
                : LayoutText.number(arrayBytes) + terms;
    }
}
