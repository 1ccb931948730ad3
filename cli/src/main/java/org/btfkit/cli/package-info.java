/** The commands of btfkit: one class per command, stdout for data and stderr for talk. */
package org.btfkit.cli;
