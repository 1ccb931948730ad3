'use strict';

/* Who uses a type: an index from each type to those that refer to it, made when it is first wanted. */
class Uses {
  constructor(btf) {
    this.btf = btf;
    const all = [];
    for (let at = btf; at; at = at.base) all.unshift(at);
    const starts = new Int32Array(btf.end + 1);
    for (const part of all) part.visitOwn((from, to) => { starts[to + 1]++; });
    for (let i = 0; i < btf.end; i++) starts[i + 1] += starts[i];
    const next = starts.slice();
    this.from = new Int32Array(starts[btf.end]);
    this.index = new Int32Array(starts[btf.end]);
    for (const part of all) {
      part.visitOwn((from, to, index) => {
        const slot = next[to]++;
        this.from[slot] = from;
        this.index[slot] = index;
      });
    }
    this.starts = starts;
  }

  /* Calls visit(from, index) for each reference to a type. */
  each(id, visit) {
    for (let i = this.starts[id]; i < this.starts[id + 1]; i++) visit(this.from[i], this.index[i]);
  }

  /* Everything that uses a type by value or behind pointers, typedefs and qualifiers. */
  of(id) {
    const found = { contains: [], points: [], takes: [], returns: [], calls: [], variables: [], typedefs: [], tags: [] };
    const seen = new Set();
    const walk = (type, isPointer, via) => {
      if (seen.has(2 * type + isPointer)) return;
      seen.add(2 * type + isPointer);
      this.each(type, (from, index) => {
        switch (this.btf.kind(from)) {
          case K.PTR: walk(from, 1, via); break;
          case K.TYPEDEF:
            if (type === id || !via) found.typedefs.push({ id: from });
            walk(from, isPointer, true);
            break;
          case K.ARRAY: case K.CONST: case K.VOLATILE: case K.RESTRICT: case K.TYPE_TAG: walk(from, isPointer, via); break;
          case K.STRUCT: case K.UNION:
            for (const use of this.named(from, index)) (isPointer ? found.points : found.contains).push(use);
            break;
          case K.FUNC_PROTO: this.ofPrototype(from, index, found); break;
          case K.VAR: found.variables.push({ id: from }); break;
          case K.DECL_TAG: if (type === id) found.tags.push({ id: from }); break;
          default:
        }
      });
    };
    walk(id, 0, false);
    for (const list of Object.values(found)) this.sort(list);
    return found;
  }

  ofPrototype(proto, index, found) {
    const list = index < 0 ? found.returns : found.takes;
    const seen = new Set();
    const walk = (type, isFunction) => {
      if (seen.has(type)) return;
      seen.add(type);
      this.each(type, (from, at) => {
        switch (this.btf.kind(from)) {
          case K.FUNC: if (isFunction) list.push({ id: from }); break;
          case K.PTR: case K.TYPEDEF: case K.ARRAY: case K.CONST: case K.VOLATILE: case K.TYPE_TAG: walk(from, false); break;
          case K.STRUCT: case K.UNION: found.calls.push(...this.named(from, at)); break;
          default:
        }
      });
    };
    walk(proto, true);
  }

  /* A member by the named types that it is in, however deep in anonymous ones: {id, path, offset in bits}. */
  named(composite, index) {
    const member = this.btf.member(composite, index);
    const uses = [];
    const walk = (type, path, offset, depth) => {
      if (this.btf.name(type) || depth > MAX_CHAIN) {
        uses.push({ id: type, path, offset });
        return;
      }
      let isUsed = false;
      this.each(type, (from, at) => {
        const kind = this.btf.kind(from);
        if (kind === K.TYPEDEF) {
          uses.push({ id: from, path, offset });
          isUsed = true;
        } else if (kind === K.STRUCT || kind === K.UNION) {
          const outer = this.btf.member(from, at);
          walk(from, outer.name ? `${outer.name}.${path}` : path, offset + outer.offset, depth + 1);
          isUsed = true;
        } else if (kind === K.ARRAY || kind === K.CONST || kind === K.VOLATILE) {
          this.each(from, (holder, slot) => {
            if (this.btf.isComposite(holder)) {
              const outer = this.btf.member(holder, slot);
              walk(holder, `${outer.name}[].${path}`, offset + outer.offset, depth + 1);
              isUsed = true;
            }
          });
        }
      });
      if (!isUsed) uses.push({ id: type, path, offset });
    };
    walk(composite, member.name, member.offset, 0);
    return uses;
  }

  sort(list) {
    for (const use of list) use.title = this.btf.name(use.id) || titleOf(this.btf, use.id);
    list.sort((a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : a.id - b.id));
  }
}
