'use strict';

/* What is different between two files, as btf diff --json has it. */

const CHANGE_GROUPS = [['struct', 'structs'], ['union', 'unions'], ['enum', 'enums'], ['typedef', 'typedefs'], ['func', 'functions'],
  ['var', 'variables'], ['int', 'numbers'], ['float', 'floating point numbers'], ['datasec', 'sections']];
const CHANGE_SIGNS = { added: '+', removed: '−', changed: '~', follows: '→' };

class Changes {
  constructor(diff, newFile, oldFile) {
    this.diff = diff;
    this.newFile = newFile;
    this.oldFile = oldFile;
    this.byNewId = new Map(diff.changes.filter((change) => change.afterId).map((change) => [change.afterId, change]));
    this.byOldId = new Map(diff.changes.filter((change) => change.beforeId).map((change) => [change.beforeId, change]));
  }

  /* The whole list: a table of numbers, a filter, and the changes by kind. */
  overview() {
    const list = el('div');
    const filter = el('input', { type: 'search', placeholder: 'only names with this', 'aria-label': 'only names with this' });
    const layout = el('input', { type: 'checkbox', id: 'layout' });
    const show = () => list.replaceChildren(...this.groups(filter.value.toLowerCase(), layout.checked));
    filter.addEventListener('input', show);
    layout.addEventListener('change', show);
    show();
    const { before, after } = this.diff;
    return [
      el('h1', {}, `${this.oldFile.info.name} → ${this.newFile.info.name}`),
      el('p.facts', {}, [before, after].map((side) => [side.kernelRelease, plural(side.types, 'type')].filter(Boolean).join(', '))
        .join(' → ')),
      this.numbers(),
      el('p.filter', {}, filter, ' ', layout, ' ', el('label', { for: 'layout' },
        'only what breaks a module or BPF program that is compiled already')),
      list,
    ];
  }

  numbers() {
    const { changes } = this.diff;
    const signs = Object.keys(CHANGE_SIGNS);
    const rows = CHANGE_GROUPS.map(([kind, title]) => [title, signs.map((sign) =>
      changes.filter((change) => change.kind === kind && change.change === sign).length)])
      .filter(([, counts]) => counts.some((count) => count));
    return el('table.numbers', {}, el('thead', {}, el('tr', {}, el('th'), signs.map((sign) => el('th.number', {}, sign)))),
      el('tbody', {}, rows.map(([title, counts]) => el('tr.member', {}, el('td', {}, title),
        counts.map((count) => el('td.number', {}, count ? count.toLocaleString('en') : ''))))));
  }

  groups(text, onlyLayout) {
    const wanted = this.diff.changes.filter((change) => (!text || change.name.toLowerCase().includes(text))
      && (!onlyLayout || change.impact === 'layout') && change.change !== 'follows');
    const parts = [];
    for (const [kind, title] of CHANGE_GROUPS) {
      const group = wanted.filter((change) => change.kind === kind);
      if (group.length) {
        parts.push(el('h2', {}, `${title} `, el('span.count', {}, group.length.toLocaleString('en'))),
          ...longList(group, (change) => this.entry(change), 'ul.changes', 80));
      }
    }
    return parts.length ? parts : [el('p.facts', {}, 'nothing')];
  }

  entry(change) {
    const head = [el(`span.${change.change}`, {}, `${CHANGE_SIGNS[change.change]} `), this.title(change)];
    if (change.change === 'added' || change.change === 'removed') {
      const isDeclared = change.text && !change.text.endsWith(change.name);
      return el('li', {}, head, isDeclared ? el('code.dim', {}, ` ${change.text}`) : '',
        change.size !== undefined ? el('span.dim', {}, ` ${plural(change.size, 'byte')}`) : '');
    }
    const facts = [];
    if (change.beforeSize !== undefined && change.beforeSize !== change.afterSize) {
      facts.push(`${change.beforeSize} → ${plural(change.afterSize, 'byte')}`);
    }
    if (change.members && change.members.length) facts.push(plural(change.members.length, 'member'));
    if (change.values && change.values.length) facts.push(plural(change.values.length, 'value'));
    if (change.regrouped) facts.push('regrouped');
    const details = el('details', {}, el('summary', {}, head, el('span.dim', {}, ` ${facts.join(', ')}`)));
    details.addEventListener('toggle', () => { if (details.children.length === 1) details.append(this.details(change)); });
    return el('li', {}, details);
  }

  title(change) {
    const file = change.afterId ? this.newFile : this.oldFile;
    const word = ['struct', 'union', 'enum'].includes(change.kind) ? `${change.kind} ` : '';
    const name = change.name || 'without a name';
    return el('span', {}, word, file.view ? file.view.link(change.afterId || change.beforeId, name)
      : el('a', { href: `#${file.prefix}@${change.afterId || change.beforeId}` }, name));
  }

  /* What became of members and values, or a declaration before and after. */
  details(change) {
    const rows = [];
    for (const member of change.members || []) {
      rows.push(el('tr.member', {}, el('td', {}, el(`span.${member.before ? member.after ? 'changed' : 'removed' : 'added'}`, {},
        member.before ? member.after ? '~' : '−' : '+')), el('td', {}, memberName(member)), el('td.dim', {}, member.change.join(', ')),
      el('td', {}, placeText(member.before)), el('td', {}, placeText(member.after))));
    }
    for (const value of change.values || []) {
      rows.push(el('tr.member', {}, el('td'), el('td', {}, value.name), el('td'), el('td', {}, value.before ?? ''),
        el('td', {}, value.after ?? '')));
    }
    if (typeof change.before === 'string') {
      rows.push(el('tr.member', {}, el('td', {}, el('span.removed', {}, '−')), el('td', { colspan: 4 }, el('code', {}, change.before))),
        el('tr.member', {}, el('td', {}, el('span.added', {}, '+')), el('td', { colspan: 4 }, el('code', {}, change.after))));
    }
    for (const cause of change.causes || []) {
      rows.push(el('tr.member', {}, el('td', {}, '→'), el('td', { colspan: 4 }, `because of ${cause.kind} ${cause.name}`)));
    }
    return el('table.details', {}, el('tbody', {}, rows));
  }

  /* What a type's own page says of its change, or nothing. */
  banner(file, id) {
    const change = file === this.newFile ? this.byNewId.get(id) : file === this.oldFile ? this.byOldId.get(id) : null;
    if (!change) return null;
    const other = file === this.newFile ? [this.oldFile, change.beforeId] : [this.newFile, change.afterId];
    return el('section.banner', {}, el('h2', {}, `${change.change} since ${this.oldFile.info.name} `,
      other[1] ? el('a', { href: `#${other[0].prefix}@${other[1]}` }, `see it in ${other[0].info.name}`) : ''),
    change.change === 'added' || change.change === 'removed' ? '' : this.details(change));
  }
}

function memberName({ before, after, path }) {
  return before && after && before.path !== after.path ? `${before.path} → ${after.path}` : path;
}

function placeText(place) {
  if (!place) return '';
  return `${bitsText(place.offsetBits)} ${place.type}${place.bits ? ` : ${place.bits}` : ''}`;
}
