package org.btfkit.resolve.conformance;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.btfkit.fixtures.Bpftool;
import org.btfkit.resolve.conformance.IdsView.Id;
import org.btfkit.resolve.conformance.IdsView.IdSet;

/** The types of a BTF by id, as bpftool prints them, and what .BTF_ids has to be by them. */
final class BtfNames {
    private static final Pattern TYPE = Pattern.compile("\\[(\\d+)] (STRUCT|UNION|TYPEDEF|FUNC) '([^']+)'.*");
    private static final Map<Path, BtfNames> BASES = new ConcurrentHashMap<>();

    /** "func vfs_read" by id. */
    private final Map<Integer, String> keys = new HashMap<>();

    private final Map<String, Integer> firstIds = new HashMap<>();

    private BtfNames() {}

    /** The types of a file: of its own if {@code base} is null, else of both. */
    static BtfNames of(Path file, Path base) {
        if (base == null) {
            return BASES.computeIfAbsent(file, BtfNames::dumpBase);
        }
        BtfNames whole = new BtfNames();
        whole.add(of(base, null));
        whole.dump(file, base);
        return whole;
    }

    private static BtfNames dumpBase(Path file) {
        BtfNames names = new BtfNames();
        names.dump(file, null);
        return names;
    }

    private void add(BtfNames base) {
        keys.putAll(base.keys);
        firstIds.putAll(base.firstIds);
    }

    private void dump(Path file, Path base) {
        int before = keys.size();
        Bpftool.dumpRaw(file, base).lines().forEach(line -> {
            Matcher type = TYPE.matcher(line);
            if (type.matches()) {
                String key = type.group(2).toLowerCase(Locale.ROOT) + " " + type.group(3);
                keys.put(Integer.parseInt(type.group(1)), key);
                firstIds.merge(key, Integer.parseInt(type.group(1)), Math::min);
            }
        });
        if (keys.size() == before) {
            throw new AssertionError("bpftool prints no named types of " + file);
        }
    }

    /** Kind and name of a type, "func vfs_read"; null for one that no symbol could name. */
    String key(int id) {
        return keys.get(id);
    }

    /** The first id of kind and name, 0 if there is none. */
    int firstId(String key) {
        return firstIds.getOrDefault(key, 0);
    }

    /** All ids of kind and name, ascending. */
    List<Integer> ids(String key) {
        return keys.keySet().stream()
                .filter(id -> keys.get(id).equals(key))
                .sorted()
                .toList();
    }

    /** The symbols whose slot does not hold the first id of what they name; a name without id is to hold 0. */
    List<Id> untrue(IdsView view) {
        return view.ids().stream()
                .filter(id -> view.word(id.offset()) != firstId(id.key()))
                .toList();
    }

    /** What the section of a fresh object has to become: ids in lists, sets counted, and sorted by id. */
    byte[] resolved(IdsView fresh) {
        ByteBuffer out = ByteBuffer.wrap(fresh.bytes()).order(fresh.order());
        for (Id id : fresh.listed()) {
            out.putInt(id.offset(), firstId(id.key()));
        }
        for (IdSet set : fresh.sets()) {
            out.putInt(set.offset(), set.count());
            List<Pair> pairs = pairs(fresh, set);
            pairs.sort(Comparator.comparingInt(Pair::id).thenComparingInt(Pair::symbolIndex));
            for (int entry = 0; entry < pairs.size(); entry++) {
                out.putInt(set.slot(entry), pairs.get(entry).id);
                if (set.hasPairs()) {
                    out.putInt(set.slot(entry) + 4, pairs.get(entry).flags);
                }
            }
        }
        return out.array();
    }

    private record Pair(int id, int symbolIndex, int flags) {}

    private List<Pair> pairs(IdsView fresh, IdSet set) {
        List<Pair> pairs = new ArrayList<>();
        for (Id id : fresh.idsOf(set)) {
            int flags = set.hasPairs() ? fresh.word(id.offset() + 4) : 0;
            pairs.add(new Pair(firstId(id.key()), id.symbolIndex(), flags));
        }
        while (pairs.size() < set.count()) {
            pairs.add(new Pair(0, 0, 0)); // BTF_ID_UNUSED
        }
        return pairs;
    }
}
