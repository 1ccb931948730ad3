/** The way from this project's other modules to the arrays of a BTF. */
package org.btfkit.internal.flat;
