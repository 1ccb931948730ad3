/**
 * The command {@code btfids-laws}: {@code LawsCommand} reads the arguments and has the laws of
 * {@code org.btfkit.fixtures.laws} tried; {@code TapReport} and {@code JunitReport} say what came of it.
 */
package org.btfkit.laws;
