'use strict';

/* BTF as it stands in the kernel's own format: the page carries the data itself and reads it where it is needed. */

const KINDS = ['void', 'int', 'ptr', 'array', 'struct', 'union', 'enum', 'fwd', 'typedef', 'volatile', 'const',
  'restrict', 'func', 'func_proto', 'var', 'datasec', 'float', 'decl_tag', 'type_tag', 'enum64'];

const K = Object.fromEntries(KINDS.map((name, number) => [name.toUpperCase(), number]));

/* How many words stand behind a type's three, and how many behind them for each element. */
const FIXED_WORDS = [0, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0];
const ELEMENT_WORDS = [0, 0, 0, 0, 3, 3, 2, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0, 0, 0, 3];

const MAX_CHAIN = 64;

class Btf {
  /* bytes: a little-endian .BTF section; base: the Btf that it is split on, or null; info: what else is known of it */
  constructor(bytes, base, info) {
    const header = new DataView(bytes.buffer, bytes.byteOffset);
    const length = header.getUint32(4, true);
    const typeOff = length + header.getUint32(8, true);
    const typeLen = header.getUint32(12, true);
    const strOff = length + header.getUint32(16, true);
    const strLen = header.getUint32(20, true);
    this.info = info;
    this.base = base;
    this.words = new Int32Array(bytes.slice(typeOff, typeOff + typeLen).buffer);
    this.strings = bytes.subarray(strOff, strOff + strLen);
    this.firstId = base ? base.end : 1;
    this.firstString = base ? base.stringEnd : 0;
    this.stringEnd = this.firstString + strLen;
    this.offsets = this.findTypes();
    this.end = this.firstId + this.offsets.length;
    this.decoder = new TextDecoder();
    this.pointerSize = info.pointerSize;
  }

  findTypes() {
    const { words } = this;
    const offsets = new Int32Array(words.length / 3);
    let count = 0;
    for (let at = 0; at < words.length;) {
      offsets[count++] = at;
      const kind = (words[at + 1] >>> 24) & 0x1f;
      at += 3 + FIXED_WORDS[kind] + ELEMENT_WORDS[kind] * this.lengthOf(kind, words[at + 1]);
    }
    return offsets.slice(0, count);
  }

  lengthOf(kind, info) {
    return kind === K.FUNC ? 0 : info & 0xffff;
  }

  word(id, index) {
    if (id === 0) return 0;
    if (id < this.firstId) return this.base.word(id, index);
    return this.words[this.offsets[id - this.firstId] + index];
  }

  kind(id) { return (this.word(id, 1) >>> 24) & 0x1f; }
  kflag(id) { return this.word(id, 1) < 0; }
  vlen(id) { return this.word(id, 1) & 0xffff; }
  nameOff(id) { return this.word(id, 0); }
  size(id) { return this.word(id, 2) >>> 0; }
  target(id) { return this.word(id, 2); }
  name(id) { return this.string(this.nameOff(id)); }
  isOwn(id) { return id >= this.firstId; }

  string(offset) {
    if (offset < this.firstString) return this.base.string(offset);
    const from = offset - this.firstString;
    return this.decoder.decode(this.strings.subarray(from, this.strings.indexOf(0, from)));
  }

  isComposite(id) { const kind = this.kind(id); return kind === K.STRUCT || kind === K.UNION; }
  isEnum(id) { const kind = this.kind(id); return kind === K.ENUM || kind === K.ENUM64; }

  /* A member as BTF has it; bits is 0 where it is no bitfield. */
  member(id, index) {
    const at = 3 + 3 * index;
    const word = this.word(id, at + 2);
    const type = this.word(id, at + 1);
    let offset = this.kflag(id) ? word & 0xffffff : word >>> 0;
    let bits = this.kflag(id) ? word >>> 24 : 0;
    if (!this.kflag(id)) {
      const int = this.resolve(type);
      if (this.kind(int) === K.INT && this.isOldBitfield(int)) {
        bits = this.word(int, 3) & 0xff;
        offset += (this.word(int, 3) >>> 16) & 0xff;
      }
    }
    return { name: this.string(this.word(id, at)), type, offset, bits };
  }

  isOldBitfield(int) {
    const data = this.word(int, 3);
    return ((data >>> 16) & 0xff) !== 0 || (data & 0xff) !== 8 * this.size(int);
  }

  param(id, index) { return { name: this.string(this.word(id, 3 + 2 * index)), type: this.word(id, 4 + 2 * index) }; }

  array(id) { return { element: this.word(id, 3), index: this.word(id, 4), count: this.word(id, 5) >>> 0 }; }

  variable(id, index) {
    const at = 3 + 3 * index;
    return { type: this.word(id, at), offset: this.word(id, at + 1) >>> 0, size: this.word(id, at + 2) >>> 0 };
  }

  /* The value of an enumerator, as text: 64 bits do not fit into a number. */
  enumerator(id, index) {
    const isWide = this.kind(id) === K.ENUM64;
    const at = 3 + (isWide ? 3 : 2) * index;
    const low = this.word(id, at + 1);
    let value = BigInt(this.kflag(id) ? low : low >>> 0);
    if (isWide) {
      value = (BigInt(this.word(id, at + 2) >>> 0) << 32n) | BigInt(low >>> 0);
      if (this.kflag(id)) value = BigInt.asIntN(64, value);
    }
    return { name: this.string(this.word(id, at)), value };
  }

  isModifier(id) {
    const kind = this.kind(id);
    return kind === K.CONST || kind === K.VOLATILE || kind === K.RESTRICT || kind === K.TYPE_TAG;
  }

  skipModifiers(id) {
    for (let depth = 0; depth < MAX_CHAIN && this.isModifier(id); depth++) id = this.target(id);
    return id;
  }

  /* The type behind typedefs and modifiers. */
  resolve(id) {
    for (let depth = 0; depth < MAX_CHAIN && (this.isModifier(id) || this.kind(id) === K.TYPEDEF); depth++) {
      id = this.target(id);
    }
    return id;
  }

  sizeOf(id) {
    let count = 1;
    for (let depth = 0; depth < MAX_CHAIN; depth++) {
      id = this.resolve(id);
      switch (this.kind(id)) {
        case K.ARRAY: {
          const array = this.array(id);
          count *= array.count;
          id = array.element;
          break;
        }
        case K.PTR: return count * this.pointerSize;
        case K.ENUM: return count * (this.size(id) || 4);
        case K.INT: case K.STRUCT: case K.UNION: case K.FLOAT: case K.ENUM64: case K.DATASEC:
          return count * this.size(id);
        case K.VAR: id = this.target(id); break;
        default: return 0;
      }
    }
    return 0;
  }

  /* Calls visit(from, to, index) for each id that own types refer to; index is the element's, -1 for the type itself. */
  visitOwn(visit) {
    const { words, offsets } = this;
    for (let i = 0; i < offsets.length; i++) {
      const at = offsets[i];
      const id = this.firstId + i;
      const kind = (words[at + 1] >>> 24) & 0x1f;
      switch (kind) {
        case K.PTR: case K.TYPEDEF: case K.VOLATILE: case K.CONST: case K.RESTRICT: case K.FUNC: case K.VAR:
        case K.DECL_TAG: case K.TYPE_TAG:
          visit(id, words[at + 2], -1);
          break;
        case K.ARRAY:
          visit(id, words[at + 3], -1);
          break;
        case K.STRUCT: case K.UNION:
          for (let m = 0, n = words[at + 1] & 0xffff; m < n; m++) visit(id, words[at + 4 + 3 * m], m);
          break;
        case K.FUNC_PROTO:
          visit(id, words[at + 2], -1);
          for (let p = 0, n = words[at + 1] & 0xffff; p < n; p++) visit(id, words[at + 4 + 2 * p], p);
          break;
        case K.DATASEC:
          for (let v = 0, n = words[at + 1] & 0xffff; v < n; v++) visit(id, words[at + 3 + 3 * v], v);
          break;
        default:
      }
    }
  }
}
