/** Makes BTF of DWARF, as pahole does. */
package org.btfkit.encode;
