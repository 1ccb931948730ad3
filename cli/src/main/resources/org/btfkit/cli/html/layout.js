'use strict';

/* How a struct or union lies in memory: the offsets and sizes that BTF has, and the holes between them. */

/* Members with offset (bits), unitOffset and size (bytes; of a bitfield those of its unit), and the holes behind them. */
function layoutOf(btf, id) {
  const members = [];
  for (let i = 0; i < btf.vlen(id); i++) members.push(placed(btf, btf.member(id, i), i));
  const size = btf.size(id);
  const layout = { id, size, isUnion: btf.kind(id) === K.UNION, members, holeBytes: 0, holeBits: 0, paddingBytes: 0,
    paddingBits: 0 };
  if (!layout.isUnion) findHoles(layout);
  return layout;
}

function placed(btf, member, index) {
  const type = btf.resolve(member.type);
  const kind = btf.kind(type);
  const size = btf.sizeOf(type);
  const isScalar = kind === K.INT || kind === K.FLOAT || kind === K.ENUM || kind === K.ENUM64;
  const isUnit = member.bits !== 0 && isScalar && size !== 0;
  const unitOffset = isUnit ? Math.floor(member.offset / (8 * size)) * size : Math.floor(member.offset / 8);
  return { ...member, index, size, unitOffset, holeBytes: 0, holeBits: 0 };
}

/* In a row of bitfields the rest of their unit is unused bits, what is beyond are unused bytes. */
function findHoles(layout) {
  const sizeBits = 8 * layout.size;
  let used = 0;
  let unitBits = 0;
  let unitEnd = sizeBits;
  let inBitfields = false;
  const { members } = layout;
  members.forEach((member, i) => {
    let bits = 0;
    let bytes = 0;
    if (inBitfields) {
      const end = Math.min(member.offset, unitEnd);
      bits = end - used;
      used = end;
    }
    if (member.bits) {
      const unitStart = 8 * member.unitOffset;
      if (used < unitStart && unitStart <= member.offset) {
        bytes = member.unitOffset - Math.floor(used / 8);
        used = unitStart;
      }
      bits += member.offset - used;
      used = member.offset + member.bits;
      if (used > unitEnd || 8 * member.size > unitBits) {
        unitBits = 8 * member.size;
        unitEnd = 8 * member.unitOffset + unitBits;
        if (used > unitEnd) unitEnd += unitBits;
      }
    } else {
      bytes = Math.floor(member.offset / 8) - Math.floor(used / 8);
      used = member.offset + 8 * member.size;
      unitBits = 0;
      unitEnd = used;
    }
    inBitfields = member.bits !== 0;
    const before = i === 0 ? layout : members[i - 1];
    before.holeBytes = Math.max(0, bytes);
    before.holeBits = Math.max(0, bits);
  });
  if (inBitfields) {
    const end = Math.min(sizeBits, unitEnd);
    layout.paddingBits = Math.max(0, end - used);
    used = end;
  }
  layout.paddingBytes = Math.max(0, layout.size - Math.floor(used / 8));
}

/* What is in a struct, for drawing: its members, those of anonymous structs in their place, and what is unused. */
function segmentsOf(btf, id, start = 0, depth = 0) {
  const layout = layoutOf(btf, id);
  const segments = [];
  const unused = (from, to) => { if (to > from) segments.push({ from, to, kind: 'hole', name: '', path: null }); };
  let used = start;
  for (const member of layout.members) {
    const from = start + member.offset;
    const to = from + (member.bits || 8 * member.size);
    unused(used, from);
    const type = btf.resolve(member.type);
    if (!member.name && btf.kind(type) === K.STRUCT && depth < MAX_CHAIN) {
      segments.push(...segmentsOf(btf, type, from, depth + 1));
    } else if (to > from) {
      segments.push({ from, to, kind: colourOf(btf, type, member.bits), name: member.name || anonymousText(btf, type) });
    }
    used = Math.max(used, to);
  }
  unused(used, start + 8 * layout.size);
  return segments;
}

function anonymousText(btf, type) {
  const names = [];
  for (let i = 0; i < btf.vlen(type) && names.length < 4; i++) {
    const { name } = btf.member(type, i);
    if (name) names.push(name);
  }
  return names.join(' | ') || KINDS[btf.kind(type)];
}

function colourOf(btf, type, bits) {
  if (bits) return 'bits';
  switch (btf.kind(type)) {
    case K.PTR: return 'ptr';
    case K.STRUCT: return 'struct';
    case K.UNION: return 'union';
    case K.ARRAY: return 'array';
    case K.ENUM: case K.ENUM64: return 'enum';
    default: return 'int';
  }
}
