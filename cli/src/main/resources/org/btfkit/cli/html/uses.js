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
    const found = { contains: [], points: [], takes: [], returns: [], calls: [], variables: [], typedefs: [] };
    const byValue = new Set([id]);
    const byPointer = new Set();
    const prototypes = new Set();
    const pending = [[id, false]];
    while (pending.length) {
      const [type, isPointer] = pending.pop();
      this.each(type, (from, index) => {
        const kind = this.btf.kind(from);
        switch (kind) {
          case K.TYPEDEF: case K.PTR: case K.ARRAY: case K.CONST: case K.VOLATILE: case K.RESTRICT: case K.TYPE_TAG: {
            const isBehindPointer = isPointer || kind === K.PTR;
            const seen = isBehindPointer ? byPointer : byValue;
            if (seen.has(from)) return;
            seen.add(from);
            pending.push([from, isBehindPointer]);
            if (kind === K.TYPEDEF && !isPointer) found.typedefs.push({ id: from });
            break;
          }
          case K.STRUCT: case K.UNION:
            for (const use of this.named(from, index)) (isPointer ? found.points : found.contains).push(use);
            break;
          case K.FUNC_PROTO: prototypes.add(from); break;
          case K.VAR: found.variables.push({ id: from }); break;
          default:
        }
      });
    }
    for (const proto of prototypes) this.ofPrototype(proto, (type) => byValue.has(type) || byPointer.has(type), found);
    for (const list of Object.values(found)) this.sort(list);
    return found;
  }

  ofPrototype(proto, isOnTheWay, found) {
    const isReturned = isOnTheWay(this.btf.target(proto));
    let isTaken = false;
    for (let i = 0; i < this.btf.vlen(proto); i++) isTaken ||= isOnTheWay(this.btf.param(proto, i).type);
    const seen = new Set();
    const walk = (type) => {
      if (seen.has(type)) return;
      seen.add(type);
      this.each(type, (from, at) => {
        switch (this.btf.kind(from)) {
          case K.FUNC:
            if (isTaken) found.takes.push({ id: from });
            if (isReturned) found.returns.push({ id: from });
            break;
          case K.PTR: case K.TYPEDEF: case K.ARRAY: case K.CONST: case K.VOLATILE: case K.RESTRICT: case K.TYPE_TAG: walk(from); break;
          case K.STRUCT: case K.UNION: found.calls.push(...this.named(from, at)); break;
          default:
        }
      });
    };
    walk(proto);
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
    list.sort((a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : a.id - b.id || (a.offset || 0) - (b.offset || 0)));
  }
}
