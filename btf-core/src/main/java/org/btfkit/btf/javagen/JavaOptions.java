package org.btfkit.btf.javagen;

import java.util.regex.Pattern;

/**
 * How Java types are to be.
 *
 * @param packageName the package, not empty
 * @param depth how far types that others hold by value come along; 0 for only those asked for
 * @param isCaseInsensitive whether no two files may have names that differ only in case
 */
public record JavaOptions(String packageName, int depth, boolean isCaseInsensitive) {
    private static final Pattern PACKAGE =
            Pattern.compile("[\\p{L}_][\\p{L}\\p{Nd}_]*(\\.[\\p{L}_][\\p{L}\\p{Nd}_]*)*");

    /** All types that are held by value, on a file system that tells upper case from lower. */
    public static final JavaOptions DEFAULT = new JavaOptions("kernel", Integer.MAX_VALUE, false);

    /**
     * Checks them.
     *
     * @param packageName the package
     * @param depth how far types come along
     * @param isCaseInsensitive whether names may differ only in case
     * @throws IllegalArgumentException if the package has no name that Java takes, or the depth is negative
     */
    public JavaOptions {
        boolean isPackage = PACKAGE.matcher(packageName).matches();
        for (String part : packageName.split("\\.")) {
            isPackage &= !JavaNames.isKeyword(part);
        }
        if (!isPackage) {
            throw new IllegalArgumentException("package '" + packageName + "', expected names with dots between them");
        }
        if (depth < 0) {
            throw new IllegalArgumentException("depth " + depth + ", expected 0 or more");
        }
    }

    /**
     * Changes the package.
     *
     * @param name the package, with dots
     * @return new options
     */
    public JavaOptions withPackageName(String name) {
        return new JavaOptions(name, depth, isCaseInsensitive);
    }

    /**
     * Changes how far types come along.
     *
     * @param levels 0 for only those asked for
     * @return new options
     */
    public JavaOptions withDepth(int levels) {
        return new JavaOptions(packageName, levels, isCaseInsensitive);
    }

    /**
     * Changes whether names of files may differ only in case.
     *
     * @param isInsensitive true if they may not
     * @return new options
     */
    public JavaOptions withCaseInsensitive(boolean isInsensitive) {
        return new JavaOptions(packageName, depth, isInsensitive);
    }
}
