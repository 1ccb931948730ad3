/**
 * The options of {@code btfids-laws}, which has a jar of its own: it needs the generators of the tests, and no other
 * command shall take longer for that. They stand here with those of all other commands, from which man pages are made.
 */
package org.btfkit.cli.laws;
