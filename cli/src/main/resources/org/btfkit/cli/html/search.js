'use strict';

/* Search as you type: in the string sections themselves, which have each name once. */

const SEARCHED = new Set([K.INT, K.STRUCT, K.UNION, K.ENUM, K.FWD, K.TYPEDEF, K.FUNC, K.VAR, K.DATASEC, K.FLOAT,
  K.ENUM64]);
const KIND_ORDER = [K.STRUCT, K.UNION, K.TYPEDEF, K.ENUM, K.ENUM64, K.FUNC, K.VAR, K.INT, K.FLOAT, K.DATASEC, K.FWD];
const MAX_FOUND = 20000;
const FEW = 40;

/* What is named by a string: for each string offset the first entry of that name, and behind each entry the next. */
class NamedEntries {
  constructor(stringEnd, count) {
    this.firsts = new Int32Array(stringEnd).fill(-1);
    this.nexts = new Int32Array(count);
    this.ids = new Int32Array(count);
    this.indexes = new Int32Array(count);
    this.count = 0;
  }

  /* Entries are added from the last to the first, so that each name has them in order. */
  add(offset, id, index) {
    const entry = this.count++;
    this.ids[entry] = id;
    this.indexes[entry] = index;
    this.nexts[entry] = this.firsts[offset];
    this.firsts[offset] = entry;
  }

  each(offset, visit) {
    for (let entry = this.firsts[offset]; entry >= 0; entry = this.nexts[entry]) {
      visit(this.ids[entry], this.indexes[entry]);
    }
  }
}

class Search {
  constructor(btf) {
    this.btf = btf;
    this.text = lowerCaseStrings(btf);
    this.types = typeEntries(btf);
    this.lazyMembers = null;
  }

  get members() {
    this.lazyMembers ||= memberEntries(this.btf);
    return this.lazyMembers;
  }

  /* Types whose names match, best first; members as well if there are few of them, or if members are what is wanted. */
  find(query, filter) {
    const wanted = query.trim().toLowerCase();
    if (!wanted) return [];
    const starts = /[*?]/.test(wanted) ? this.globStarts(wanted) : this.starts(wanted);
    const found = filter.members ? [] : this.collect(starts, this.types, filter.kinds);
    if (filter.members || (found.length < FEW && !filter.kinds)) {
      found.push(...this.collect(starts, this.members, null));
    }
    return found;
  }

  /* Where names that have the text begin. One character matches their beginnings only: it is in most of them. */
  starts(wanted) {
    const starts = [];
    const needle = wanted.length === 1 ? `\0${wanted}` : wanted;
    for (let at = this.text.indexOf(needle); at >= 0 && starts.length < MAX_FOUND;) {
      const start = wanted.length === 1 ? at + 1 : this.text.lastIndexOf('\0', at) + 1;
      const end = this.text.indexOf('\0', start);
      starts.push({ start, length: end - start, rank: this.rank(start, end, wanted) });
      at = this.text.indexOf(needle, end);
    }
    return starts;
  }

  globStarts(glob) {
    const source = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '[^\\0]*').replace(/\?/g, '[^\\0]');
    const starts = [];
    for (const match of this.text.matchAll(new RegExp(`(?<=\\0)${source}(?=\\0)`, 'g'))) {
      if (match[0] && starts.push({ start: match.index, length: match[0].length, rank: 1 }) >= MAX_FOUND) break;
    }
    return starts;
  }

  rank(start, end, wanted) {
    const at = this.text.indexOf(wanted, start);
    if (at === start) return end - start === wanted.length ? 0 : 1;
    return this.text[at - 1] === '_' ? 2 : 3;
  }

  collect(starts, entries, kinds) {
    const found = [];
    for (const { start, length, rank } of starts) {
      entries.each(start, (id, index) => {
        const kind = this.btf.kind(id);
        if (!kinds || kinds.has(kind)) found.push({ id, index, rank, length, order: KIND_ORDER.indexOf(kind) });
      });
    }
    return found.sort((a, b) => a.rank - b.rank || a.length - b.length || a.order - b.order || a.id - b.id);
  }

  /* All own types of exactly this name, by kind. */
  named(name) {
    const found = [];
    const needle = `\0${name.toLowerCase()}\0`;
    for (let at = this.text.indexOf(needle); at >= 0; at = this.text.indexOf(needle, at + 1)) {
      if (this.btf.string(at + 1) === name) found.push(...this.at(at + 1));
    }
    return found.sort(byKind(this.btf));
  }

  /* All own types whose name begins at a string offset, by kind. */
  at(offset) {
    const found = [];
    if (offset < this.btf.stringEnd) this.types.each(offset, (id) => found.push(id));
    return found.sort(byKind(this.btf));
  }
}

function byKind(btf) {
  const order = (id) => KIND_ORDER.indexOf(btf.kind(id));
  return (a, b) => order(a) - order(b) || a - b;
}

/* The strings of a BTF and its bases in lower case; an index in the text is a string offset. */
function lowerCaseStrings(btf) {
  btf.lowerCase ||= (btf.base ? lowerCaseStrings(btf.base) : '')
    + new TextDecoder('latin1').decode(btf.strings).toLowerCase();
  return btf.lowerCase;
}

function typeEntries(btf) {
  const entries = new NamedEntries(btf.stringEnd, btf.offsets.length);
  for (let i = btf.offsets.length - 1; i >= 0; i--) {
    const at = btf.offsets[i];
    if (btf.words[at] !== 0 && SEARCHED.has((btf.words[at + 1] >>> 24) & 0x1f)) {
      entries.add(btf.words[at], btf.firstId + i, -1);
    }
  }
  return entries;
}

function memberEntries(btf) {
  const entries = new NamedEntries(btf.stringEnd, btf.words.length / 3);
  for (let id = btf.end - 1; id >= btf.firstId; id--) {
    if (!btf.isComposite(id)) continue;
    const at = btf.offsets[id - btf.firstId] + 3;
    for (let i = btf.vlen(id) - 1; i >= 0; i--) {
      if (btf.words[at + 3 * i] !== 0) entries.add(btf.words[at + 3 * i], id, i);
    }
  }
  return entries;
}
