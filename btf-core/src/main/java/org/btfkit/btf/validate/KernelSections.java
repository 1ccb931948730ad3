package org.btfkit.btf.validate;

import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.format.Limits;

/**
 * What the kernel asks of header, sections and their extent ({@code btf_parse_hdr}, {@code btf_check_sec_info} and
 * {@code btf_parse_str_sec} of kernel/bpf/btf.c).
 *
 * <p>Sections have to fill the data without gaps. Their order is libbpf's, which {@link Btf#parse} demands: types,
 * layout, strings. With a 32-byte header the newest kernels would take any order.
 */
final class KernelSections {
    private static final int VERSION_AT = 2;
    private static final int FLAGS_AT = 3;
    private static final int TYPE_OFF_AT = 8;
    private static final int TYPE_LEN_AT = 12;
    private static final int STR_OFF_AT = 16;
    private static final int STR_LEN_AT = 20;
    private static final int LAYOUT_OFF_AT = 24;

    private final Btf btf;
    private final BtfHeader header;

    private KernelSections(Btf btf) {
        this.btf = btf;
        this.header = btf.header();
    }

    /** Checks the header as parsed. */
    static void check(Btf btf) {
        KernelSections sections = new KernelSections(btf);
        sections.checkHeader();
        sections.checkExtents();
        sections.checkLimits();
    }

    /** Checks what a parsed BTF knows nothing of: that the data ends with the last section. */
    static void checkEnd(Btf btf, byte[] data) {
        KernelSections sections = new KernelSections(btf);
        long end = sections.end();
        if (end < data.length) {
            long size = data.length - end;
            throw sections.fault(size + (size == 1 ? " byte" : " bytes") + " after the last section", end);
        }
    }

    private void checkHeader() {
        if (header.version() != 1) {
            throw fault("version " + header.version() + ", expected 1", VERSION_AT);
        }
        if (header.flags() != 0) {
            throw fault("header flags 0x" + Integer.toHexString(header.flags()) + ", expected 0", FLAGS_AT);
        }
        if (header.hasUnknownData()) {
            boolean isLong = header.headerLength() >= BtfHeader.LONG_LENGTH;
            throw fault(
                    "header fields that the kernel does not know are not 0",
                    isLong ? BtfHeader.LONG_LENGTH : BtfHeader.SHORT_LENGTH);
        }
    }

    private void checkExtents() {
        int end = checkFollows("type", header.typeOff(), 0, TYPE_OFF_AT) + header.typeLen();
        if (header.layoutLen() != 0) {
            end = checkFollows("layout", header.layoutOff(), end, LAYOUT_OFF_AT) + header.layoutLen();
        }
        checkFollows("string", header.strOff(), end, STR_OFF_AT);
    }

    private int checkFollows(String name, int offset, int expected, int at) {
        if (offset != expected) {
            throw fault(
                    name + " section at " + offset + ", expected at " + expected + ": bytes between belong to none",
                    at);
        }
        return offset;
    }

    private void checkLimits() {
        if (header.strLen() - 1 > Limits.MAX_NAME_OFFSET) {
            throw fault(
                    "string section of " + header.strLen() + " bytes, the kernel's limit is "
                            + (Limits.MAX_NAME_OFFSET + 1),
                    STR_LEN_AT);
        }
        if (btf.base() == null && header.typeLen() == 0) {
            throw fault("no types", TYPE_LEN_AT);
        }
        // Linux ignores types above its limit instead of refusing them; they can be referred to by nothing.
        if (btf.typeCount() > Limits.MAX_TYPES) {
            throw fault(btf.typeCount() - 1 + " types, the kernel's limit is " + (Limits.MAX_TYPES - 1), TYPE_LEN_AT);
        }
        if (btf.base() == null && end() > Limits.MAX_SIZE) {
            throw fault("data of " + end() + " bytes, the kernel's limit is " + Limits.MAX_SIZE, TYPE_LEN_AT);
        }
    }

    private long end() {
        return (long) header.headerLength() + header.strOff() + header.strLen();
    }

    private BtfFormatException fault(String what, long at) {
        return new BtfFormatException(btf.source(), what, at, 0);
    }
}
