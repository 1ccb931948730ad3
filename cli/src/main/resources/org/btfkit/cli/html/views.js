'use strict';

/* What the page shows of a type. Links lead to addresses that can be shared. */

const LINE_BYTES = 64;
/* As many lines of one member are drawn as one. */
const FOLDED_LINES = 5;
const DRAWN_LINES = 24;

class TypeView {
  constructor(file) {
    this.file = file;
    this.btf = file.btf;
  }

  /* The address of a type: its name where that leads to it, else its id. */
  address(id, path = '') {
    const { btf } = this;
    let name = btf.name(id);
    if (name && SEARCHED.has(btf.kind(id))) {
      if (this.file.firstAt(btf.nameOff(id)) !== id) name = '';
    } else {
      name = '';
    }
    return `#${this.file.prefix}${name ? encodeURIComponent(name) : `@${id}`}${path && `.${encodeURIComponent(path)}`}`;
  }

  link(id, text, path = '') {
    return id === 0 ? text : el('a', { href: this.address(id, path), 'data-id': id }, text);
  }

  tokens(list) {
    return list.map((token) => {
      if (typeof token === 'string') return token;
      return token.text ? this.link(token.id, token.text) : el('span', {}, token.name);
    });
  }

  declared(id, name) { return this.tokens(declaration(this.btf, id, name)); }

  render(id, path) {
    const { btf } = this;
    const kind = btf.kind(id);
    const body = [];
    switch (kind) {
      case K.STRUCT: case K.UNION: body.push(...this.composite(id, path)); break;
      case K.ENUM: case K.ENUM64: body.push(...this.enumeration(id)); break;
      case K.FUNC: body.push(...this.func(id)); break;
      case K.TYPEDEF: body.push(...this.typedef(id, path)); break;
      case K.DATASEC: body.push(...this.datasec(id)); break;
      case K.VAR: body.push(this.declarationBox(this.tokens(declaration(btf, id)), ';')); break;
      default: body.push(this.declarationBox(this.declared(id, ''), ''));
    }
    return el('article', { 'data-id': id }, this.heading(id), ...body, this.tags(id), ...this.uses(id));
  }

  heading(id) {
    const { btf } = this;
    const size = btf.sizeOf(id);
    const facts = [`type ${id}`];
    if (size) facts.push(`${plural(size, 'byte')}`);
    if (btf.isComposite(id)) facts.push(plural(btf.vlen(id), 'member'));
    if (btf.isEnum(id)) facts.push(plural(btf.vlen(id), 'value'));
    if (this.file.btf.base && !btf.isOwn(id)) facts.push('of the base');
    return [
      el('h1', {}, el('span.kind', {}, `${KINDS[btf.kind(id)]} `), btf.name(id) || el('span.dim', {}, titleOf(btf, id))),
      el('p.facts', {}, facts.join(' · ')),
    ];
  }

  declarationBox(content, end) { return el('pre.declaration', {}, content, end); }

  composite(id, path) {
    const layout = layoutOf(this.btf, id);
    const parts = [el('p.facts.summary', {}, ...this.summary(layout))];
    if (layout.size > 0) parts.push(this.drawing(id, layout));
    parts.push(new LayoutTable(this, id).render(path));
    return parts;
  }

  /* The sums that pahole has under a struct. */
  summary(layout) {
    const holes = layout.members.filter((member) => member.holeBytes).length + (layout.holeBytes ? 1 : 0);
    const holeBytes = layout.members.reduce((sum, member) => sum + member.holeBytes, layout.holeBytes);
    const bits = layout.members.reduce((sum, member) => sum + member.holeBits, layout.holeBits);
    const texts = [`size: ${layout.size}`, `cachelines: ${Math.ceil(layout.size / LINE_BYTES)}`,
      `members: ${layout.members.length}`];
    if (holeBytes) texts.push(`holes: ${holes}, sum holes: ${holeBytes}`);
    if (bits) texts.push(`sum bit holes: ${bits} bits`);
    if (layout.paddingBytes) texts.push(`padding: ${layout.paddingBytes}`);
    if (layout.paddingBits) texts.push(`bit_padding: ${layout.paddingBits} bits`);
    if (layout.size % LINE_BYTES) texts.push(`last cacheline: ${layout.size % LINE_BYTES} bytes`);
    return [texts.join(', ')];
  }

  drawing(id, layout) {
    const box = el('div.drawing', { role: 'img', 'aria-label': `memory layout of ${titleOf(this.btf, id)}` });
    const segments = layout.isUnion ? null : segmentsOf(this.btf, id);
    const width = Math.min(LINE_BYTES, layout.size);
    const rows = layout.isUnion
      ? layout.members.map((member) => [member.name || 'anonymous', [this.unionSegment(member)], 0, layout.size])
      : folded(Array.from({ length: Math.ceil(layout.size / width) }, (_, i) => [i * width, segments, i * width, width]));
    const draw = (row) => row.fold ? this.foldedRow(row) : this.drawingRow(...row);
    box.append(...rows.slice(0, DRAWN_LINES).map(draw));
    if (rows.length > DRAWN_LINES) {
      const more = el('button.more', { type: 'button' }, layout.isUnion ? `draw all ${plural(rows.length, 'member')}` : 'draw the rest');
      more.addEventListener('click', () => more.replaceWith(...rows.slice(DRAWN_LINES).map(draw)));
      box.append(more);
    }
    const kinds = new Set((segments || rows.flatMap((row) => row[1])).map((segment) => segment.kind));
    const legend = el('p.legend', {}, [...kinds].map((kind) => el('span', {}, el(`i.${kind}`), LEGEND[kind])));
    return el('div', {}, box, legend);
  }

  unionSegment(member) {
    const bits = member.bits || 8 * member.size;
    return { from: member.offset, to: member.offset + bits, name: member.name,
      kind: colourOf(this.btf, this.btf.resolve(member.type), member.bits) };
  }

  /* Stands for lines that are all of one member, until somebody wants to see them. */
  foldedRow({ fold, segment }) {
    const button = el('button.fold', { type: 'button' }, `${plural(fold.length, 'more line')} of ${segment.name || 'nothing'}`);
    button.addEventListener('click', () => button.replaceWith(...fold.map((row) => this.drawingRow(...row))));
    return button;
  }

  drawingRow(label, segments, start, bytes) {
    const first = 8 * start;
    const last = first + 8 * bytes;
    const box = el('div.bytes');
    for (const segment of segments) {
      if (segment.to <= first || segment.from >= last) continue;
      const from = Math.max(first, segment.from);
      const to = Math.min(last, segment.to);
      const title = `${segment.name || 'unused'}: ${bitsText(segment.from)}, ${lengthText(segment.to - segment.from)}`;
      box.append(el(`span.${segment.kind}`, { title,
        style: `left:${(100 * (from - first)) / (8 * bytes)}%;width:${(100 * (to - from)) / (8 * bytes)}%` },
      segment.kind === 'hole' ? '' : segment.name));
    }
    return el('div.row', {}, el('span.at', {}, String(label).slice(0, 9)), box);
  }

  enumeration(id) {
    const { btf } = this;
    const rows = [];
    for (let i = 0; i < btf.vlen(id); i++) {
      const { name, value } = btf.enumerator(id, i);
      const hex = value < 0n ? '' : `0x${value.toString(16)}`;
      rows.push(el('tr.member', {}, el('td', {}, name), el('td.number', {}, String(value)), el('td.number', {}, hex)));
    }
    return [el('table.values', {}, el('tbody', {}, rows))];
  }

  func(id) {
    const { btf, file } = this;
    const parts = [this.declarationBox(this.tokens(declaration(btf, id)), ';')];
    const linkage = ['static', 'global', 'extern'][this.btf.vlen(id)];
    if (linkage) parts.push(el('p.facts', {}, `linkage: ${linkage}`));
    const kfuncs = file.info.kfuncs.filter((kfunc) => kfunc.id === id);
    for (const kfunc of kfuncs) {
      const programs = kfunc.programs.length ? `, for ${kfunc.programs.join(', ')}` : '';
      parts.push(el('p', {}, 'kfunc of the set ', el('code', {}, kfunc.set), programs, kfunc.flags.length ? ': ' : '',
        kfunc.flags.map((flag) => el('span.tag', {}, flag))));
    }
    const alike = [];
    const proto = btf.target(id);
    file.uses.each(proto, (from) => { if (btf.kind(from) === K.FUNC && from !== id) alike.push({ id: from, title: btf.name(from) }); });
    if (alike.length) parts.push(...this.section('same prototype', alike, (use) => el('li', {}, this.link(use.id, use.title))));
    return parts;
  }

  typedef(id, path) {
    const { btf } = this;
    const target = btf.target(id);
    const parts = [this.declarationBox(['typedef ', ...this.declared(target, btf.name(id))], ';')];
    const resolved = btf.resolve(target);
    if (btf.isComposite(resolved)) parts.push(...this.composite(resolved, path));
    else if (btf.isEnum(resolved)) parts.push(...this.enumeration(resolved));
    else if (resolved !== target) parts.push(this.declarationBox(['/* = */ ', ...this.declared(resolved, '')], ''));
    return parts;
  }

  datasec(id) {
    const { btf } = this;
    const rows = [];
    for (let i = 0; i < btf.vlen(id); i++) {
      const { type, offset, size } = btf.variable(id, i);
      rows.push(el('tr.member', {}, el('td.number', {}, offset), el('td.number', {}, size),
        el('td', {}, this.tokens(declaration(btf, type)))));
    }
    return [el('table', {}, el('thead', {}, el('tr', {}, el('th.number', {}, 'offset'), el('th.number', {}, 'size'),
      el('th', {}, 'variable'))), el('tbody', {}, rows))];
  }

  tags(id) {
    const tags = [];
    this.file.uses.each(id, (from) => {
      if (this.btf.kind(from) !== K.DECL_TAG) return;
      const component = this.btf.word(from, 3);
      tags.push(el('span.tag', {}, this.btf.name(from) + (component < 0 ? '' : ` on ${component}`)));
    });
    return tags.length ? el('p', {}, 'tags: ', tags) : null;
  }

  uses(id) {
    const uses = this.file.uses.of(id);
    const member = (use) => el('li', {}, this.link(use.id, use.title, use.path), el('span.dim', {}, `.${use.path}`),
      el('span.dim', {}, ` ${bitsText(use.offset)}`));
    const func = (use) => el('li', {}, this.tokens(declaration(this.btf, use.id)));
    const name = (use) => el('li', {}, this.link(use.id, use.title));
    return [
      ...this.section('in', uses.contains, member),
      ...this.section('typedefs', uses.typedefs, name),
      ...this.section('variables', uses.variables, (use) => el('li', {}, this.tokens(declaration(this.btf, use.id)))),
      ...this.section('returned by', uses.returns, func, 'ul.uses.wide'),
      ...this.section('taken by', uses.takes, func, 'ul.uses.wide'),
      ...this.section('pointed to by', uses.points, member),
      ...this.section('in function pointers', uses.calls, member),
    ];
  }

  section(title, list, render, spec = 'ul.uses') {
    if (!list.length) return [];
    return [el('h2', {}, `${title} `, el('span.count', {}, list.length.toLocaleString('en'))),
      ...longList(list, render, spec)];
  }
}

const LEGEND = { int: 'number', ptr: 'pointer', struct: 'struct', union: 'union', array: 'array', enum: 'enum',
  bits: 'bit field', hole: 'unused' };

/* An offset or length in bits as bytes, and the bits beyond: 12, 12:3. */
function bitsText(bits) { return `${Math.floor(bits / 8)}${bits % 8 ? `:${bits % 8}` : ''}`; }
function lengthText(bits) { return bits % 8 ? plural(bits, 'bit') : plural(bits / 8, 'byte'); }

/* The members of a struct or union, with what is unused between them; structs inside unfold in place. */
class LayoutTable {
  constructor(view, id) {
    this.view = view;
    this.btf = view.btf;
    this.id = id;
  }

  render(path) {
    this.wanted = path || '';
    this.marked = null;
    const body = el('tbody', {}, this.rows(this.id, 0, 0, ''));
    const head = el('tr', {}, el('th.number', {}, 'offset'), el('th.number', {}, 'size'), el('th', {}, 'member'));
    const table = el('table.layout', {}, el('thead', {}, head), body);
    table.marked = this.marked;
    return table;
  }

  rows(id, startBits, depth, prefix) {
    const layout = layoutOf(this.btf, id);
    const rows = [];
    this.unused(rows, layout, 0, startBits, depth, 'hole');
    let line = 0;
    for (const member of layout.members) {
      if (depth === 0 && !layout.isUnion) {
        const crossed = Math.floor(member.offset / (8 * LINE_BYTES));
        if (crossed > line) rows.push(cacheLine(crossed));
        line = Math.max(line, crossed);
      }
      rows.push(...this.member(member, startBits, depth, prefix));
      if (!layout.isUnion) this.unused(rows, member, member.offset + (member.bits || 8 * member.size), startBits, depth, 'hole');
    }
    const end = { holeBytes: layout.paddingBytes, holeBits: layout.paddingBits };
    this.unused(rows, end, 8 * (layout.size - layout.paddingBytes), startBits, depth, 'padding');
    return rows;
  }

  member(member, startBits, depth, prefix) {
    const type = this.btf.resolve(this.btf.kind(this.btf.resolve(member.type)) === K.ARRAY
      ? elementOf(this.btf, member.type) : member.type);
    const canUnfold = this.btf.isComposite(type) && depth < MAX_CHAIN;
    const path = member.name ? prefix + member.name : prefix;
    const offset = startBits + member.offset;
    const row = el('tr.member', { 'data-path': path });
    const isOnWay = this.wanted && member.name && this.wanted.startsWith(`${path}.`);
    let inner = null;
    const fold = canUnfold && el('button.fold', { type: 'button', 'aria-label': 'unfold', 'aria-expanded': 'false' }, '▸');
    const toggle = () => {
      if (inner) {
        for (const child of inner) child.remove();
        inner = null;
      } else {
        inner = this.rows(type, offset, depth + 1, member.name ? `${path}.` : prefix);
        row.after(...inner);
      }
      fold.textContent = inner ? '▾' : '▸';
      fold.setAttribute('aria-expanded', String(Boolean(inner)));
    };
    if (fold) fold.addEventListener('click', toggle);
    const swatch = el(`span.swatch.${colourOf(this.btf, this.btf.resolve(member.type), member.bits)}`);
    const name = member.name && el('a.membername', { href: this.view.address(this.id, path) }, member.name);
    row.append(el('td.number', {}, bitsText(offset)), el('td.number', {}, member.bits ? `:${member.bits}` : member.size),
      el('td', { style: `padding-left:${1.6 * depth}em` }, fold || el('span.bare'), swatch,
        this.declared(member, name), member.bits ? `:${member.bits}` : '', ';'));
    const rows = [row];
    if (canUnfold && (!member.name || isOnWay)) {
      inner = this.rows(type, offset, depth + 1, member.name ? `${path}.` : prefix);
      fold.textContent = '▾';
      fold.setAttribute('aria-expanded', 'true');
      rows.push(...inner);
    }
    if (this.wanted && member.name && path === this.wanted) {
      row.classList.add('marked');
      this.marked = row;
    }
    return rows;
  }

  /* The member's declaration, with its name as a link to itself. */
  declared(member, name) {
    if (!name) return this.view.declared(member.type, '');
    return declaration(this.btf, member.type, member.name).map((token) => {
      if (typeof token === 'string') return token;
      return token.text ? this.view.link(token.id, token.text) : name;
    });
  }

  unused(rows, holder, fromBits, startBits, depth, what) {
    const { holeBytes, holeBits } = holder;
    if (!holeBytes && !holeBits) return;
    const texts = [];
    if (holeBits) texts.push(plural(holeBits, 'bit'));
    if (holeBytes) texts.push(plural(holeBytes, 'byte'));
    rows.push(el('tr.unused', {}, el('td.number', {}, bitsText(startBits + fromBits)), el('td.number', {}, holeBytes || `:${holeBits}`),
      el('td', { style: `padding-left:${1.6 * depth + 1.2}em` }, `${what}: ${texts.join(', ')}`)));
  }
}

function cacheLine(line) {
  return el('tr.line', {}, el('td', { colspan: 3 }, el('span', {}, `cache line ${line}, byte ${line * LINE_BYTES}`)));
}

function elementOf(btf, id) {
  for (let depth = 0; depth < MAX_CHAIN; depth++) {
    id = btf.resolve(id);
    if (btf.kind(id) !== K.ARRAY) break;
    id = btf.array(id).element;
  }
  return id;
}

/* Lines of a drawing, those between the first and the last of one large member put together. */
function folded(rows) {
  const result = [];
  for (let i = 0; i < rows.length;) {
    const segment = covering(rows[i]);
    let end = i + 1;
    while (segment && end < rows.length && segment.to >= 8 * (rows[end][2] + rows[end][3])) end++;
    if (end - i < FOLDED_LINES) {
      result.push(...rows.slice(i, end));
    } else {
      result.push(rows[i], { fold: rows.slice(i + 1, end - 1), segment }, rows[end - 1]);
    }
    i = end;
  }
  return result;
}

/* What a line is all of, if it is of one thing. */
function covering([, segments, start, bytes]) {
  return segments.find((segment) => segment.from <= 8 * start && segment.to >= 8 * (start + bytes));
}
