/** picocli, whose released sources come without a module descriptor. */
module info.picocli {
    requires static java.logging;
    requires static java.sql;

    exports picocli;
}
