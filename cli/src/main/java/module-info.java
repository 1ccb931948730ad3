/** The commands of btfkit. */
module org.btfkit.cli {
    requires org.btfkit.dedup;
    requires org.btfkit.resolve;
    requires info.picocli;
    requires com.fasterxml.jackson.core;
}
