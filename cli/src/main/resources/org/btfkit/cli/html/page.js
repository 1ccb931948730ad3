'use strict';

/* One file of the page: read when it is first looked at. */
class ReportFile {
  constructor(info, index) {
    this.info = info;
    this.index = index;
    this.prefix = index === 0 ? '' : `${encodeURIComponent(info.name)}!`;
  }

  async load(files) {
    if (this.btf) return this;
    const base = this.info.base >= 0 ? (await files[this.info.base].load(files)).btf : null;
    this.btf = new Btf(new Uint8Array(await (await unpacked(`data-${this.index}`)).arrayBuffer()), base, this.info);
    this.search = new Search(this.btf);
    this.view = new TypeView(this);
    this.files = files;
    return this;
  }

  get uses() {
    this.lazyUses ||= new Uses(this.btf);
    return this.lazyUses;
  }

  /* The type that an address with the name at a string offset leads to first. */
  firstAt(nameOff) {
    const own = this.search.at(nameOff);
    return own.length || this.info.base < 0 ? own[0] : this.files[this.info.base].firstAt(nameOff);
  }

  /* Types of a name, own ones first. */
  named(name) {
    const own = this.search.named(name);
    return this.info.base >= 0 ? own.concat(this.files[this.info.base].named(name)) : own;
  }
}

/* What is packed in an element of the page. */
async function unpacked(id) {
  const packed = await fetch(`data:application/octet-stream;base64,${document.getElementById(id).textContent}`);
  return new Response(packed.body.pipeThrough(new DecompressionStream('deflate')));
}

const FILTERS = [['struct', [K.STRUCT]], ['union', [K.UNION]], ['enum', [K.ENUM, K.ENUM64]], ['typedef', [K.TYPEDEF]],
  ['func', [K.FUNC]], ['var', [K.VAR, K.DATASEC]], ['member', null]];
const SHOWN_RESULTS = 200;

class Page {
  constructor(info) {
    this.files = info.files.map((file, index) => new ReportFile(file, index));
    this.old = info.old >= 0 ? this.files[info.old] : null;
    this.changes = null;
    this.main = document.getElementById('main');
    this.query = document.getElementById('query');
    this.results = document.getElementById('results');
    this.found = document.getElementById('found');
    this.filter = null;
    this.selected = -1;
  }

  async start() {
    this.theme(stored('theme') || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));
    document.getElementById('theme').addEventListener('click', () => this.switchTheme());
    this.addViews();
    this.addFilters();
    this.addFiles();
    this.query.addEventListener('input', () => this.search());
    this.query.addEventListener('focus', () => document.body.classList.remove('reading'));
    this.query.addEventListener('keydown', (event) => this.queryKey(event));
    this.results.addEventListener('click', () => document.body.classList.add('reading'));
    document.addEventListener('keydown', (event) => this.key(event));
    addEventListener('hashchange', () => this.route());
    await this.route();
  }

  theme(name) { document.documentElement.dataset.theme = name; }

  switchTheme() {
    const name = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    this.theme(name);
    store('theme', name);
  }

  addViews() {
    const views = [];
    if (this.old) views.push(['changes', '#/changes']);
    if (this.files.some((file) => file.info.kfuncs.length)) views.push(['kfuncs', '#/kfuncs']);
    views.push(['keys', '#/keys']);
    document.querySelector('nav').append(...views.map(([text, href]) => el('a', { href }, text)));
  }

  addFilters() {
    const box = document.getElementById('kinds');
    for (const [name, kinds] of FILTERS) {
      const button = el('button', { type: 'button', 'aria-pressed': 'false' }, name);
      button.addEventListener('click', () => {
        const isOn = this.filter && this.filter.name === name;
        this.filter = isOn ? null : { name, kinds: kinds && new Set(kinds), members: !kinds };
        for (const other of box.children) other.setAttribute('aria-pressed', String(!isOn && other === button));
        this.search();
        this.query.focus();
      });
      box.append(button);
    }
  }

  addFiles() {
    if (this.files.length < 2) return;
    const select = document.getElementById('file');
    select.hidden = false;
    select.append(...this.files.map((file) => el('option', { value: file.index }, file.info.name)));
    select.addEventListener('change', () => { location.hash = `#${this.files[select.value].prefix}`; });
  }

  /* #NAME, #NAME.member, #@ID, #/view; before them FILE! for a file other than the first. */
  async route() {
    const hash = decodeURIComponent(location.hash.slice(1));
    const bang = hash.indexOf('!');
    const name = bang < 0 ? '' : hash.slice(0, bang);
    const file = bang < 0 ? this.files[0] : this.files.find((candidate) => candidate.info.name === name) || this.files[0];
    const target = bang < 0 ? hash : hash.slice(bang + 1);
    try {
      this.file = await file.load(this.files);
      if (this.old && !this.changes) {
        this.changes = new Changes(await (await unpacked('data-diff')).json(), this.files[0], this.old);
      }
      document.getElementById('file').value = file.index;
      this.show(target);
    } catch (error) {
      this.main.replaceChildren(el('p.error', {}, `Cannot show this: ${error.message}`));
      throw error;
    }
    if (this.query.value) this.search();
    document.documentElement.dataset.shown = location.hash;
  }

  show(target) {
    document.body.classList.toggle('reading', target !== '');
    const title = this.files[0].info.name;
    document.title = target && !target.startsWith('/') ? `${target} · ${title}` : title;
    if (target === '') this.main.replaceChildren(...overview(this.file), ...this.news());
    else if (target === '/kfuncs') this.main.replaceChildren(...kfuncTable(this.files));
    else if (target === '/keys') this.main.replaceChildren(...keyTable());
    else if (target === '/changes' && this.changes) this.main.replaceChildren(...this.changes.overview());
    else this.showTypes(target);
    const marked = this.main.querySelector('.marked');
    if (marked) marked.scrollIntoView({ block: 'center' });
    else this.main.scrollTop = 0;
  }

  /* What is different, in numbers, on the first page. */
  news() {
    if (!this.changes) return [];
    return [el('h2', {}, el('a', { href: '#/changes' }, `changes since ${this.old.info.name}`)), this.changes.numbers()];
  }

  showTypes(target) {
    const { ids, path } = this.resolve(target);
    if (ids.length === 0) {
      const near = this.near(target);
      this.main.replaceChildren(el('h1', {}, target), el('p', {}, 'There is no type of this name.'),
        near.length ? el('p', {}, 'Perhaps: ') : '',
        el('ul.uses', {}, near.map((id) => el('li', {}, this.file.view.link(id, titleOf(this.file.btf, id))))));
      return;
    }
    this.main.replaceChildren(...ids.flatMap((id) => {
      const article = this.file.view.render(id, path);
      const banner = this.changes && this.changes.banner(this.file, id);
      return banner ? [banner, article] : [article];
    }));
  }

  /* What an address names: the longest name of a type in it; what follows is the path to a member. */
  resolve(target) {
    if (target.startsWith('@')) {
      const dot = target.indexOf('.');
      const id = Number(dot < 0 ? target.slice(1) : target.slice(1, dot));
      const isThere = Number.isInteger(id) && id > 0 && id < this.file.btf.end;
      return { ids: isThere ? [id] : [], path: dot < 0 ? '' : target.slice(dot + 1) };
    }
    for (let end = target.length; end > 0; end = target.lastIndexOf('.', end - 1)) {
      const ids = this.file.named(target.slice(0, end));
      if (ids.length) return { ids, path: target.slice(end + 1) };
    }
    return { ids: [], path: '' };
  }

  near(target) {
    const found = [];
    for (let length = target.length - 1; length > 2 && found.length < 5; length--) {
      for (const { id } of this.file.search.find(target.slice(0, length), { kinds: new Set(KIND_ORDER) }).slice(0, 10)) {
        if (!found.includes(id)) found.push(id);
      }
    }
    return found.slice(0, 10);
  }

  search() {
    const start = performance.now();
    const found = this.file.search.find(this.query.value, this.filter || {});
    this.hits = found.slice(0, SHOWN_RESULTS);
    this.results.replaceChildren(...this.hits.map((hit, i) => this.result(hit, i)));
    this.select(this.hits.length ? 0 : -1);
    const more = found.length > SHOWN_RESULTS ? `, ${SHOWN_RESULTS} shown` : '';
    this.found.textContent = this.query.value ? `${plural(found.length, 'match', 'matches')}${more}` : '';
    this.lastSearchMillis = performance.now() - start;
  }

  result({ id, index }, position) {
    const { btf, view } = this.file;
    const owner = btf.name(id) || titleOf(btf, id);
    const [kind, name, href] = index < 0
      ? [KINDS[btf.kind(id)], owner, view.address(id)]
      : ['member', `${owner}.${btf.member(id, index).name}`, view.address(id, btf.member(id, index).name)];
    return el('li', { role: 'option', id: `result-${position}` },
      el('a', { href, tabindex: -1 }, el('span.kind', {}, kind), el('span.name', {}, name)));
  }

  select(position) {
    const old = this.results.children[this.selected];
    if (old) old.removeAttribute('aria-selected');
    this.selected = position;
    const now = this.results.children[position];
    if (now) {
      now.setAttribute('aria-selected', 'true');
      now.scrollIntoView({ block: 'nearest' });
      this.query.setAttribute('aria-activedescendant', now.id);
    }
  }

  queryKey(event) {
    const last = this.results.children.length - 1;
    if (event.key === 'ArrowDown') this.select(Math.min(last, this.selected + 1));
    else if (event.key === 'ArrowUp') this.select(Math.max(0, this.selected - 1));
    else if (event.key === 'Enter') this.open();
    else if (event.key === 'Escape') this.query.blur();
    else return;
    event.preventDefault();
  }

  open() {
    const link = this.results.querySelector('[aria-selected] a');
    if (!link) return;
    location.hash = link.getAttribute('href');
    document.body.classList.add('reading');
    this.main.focus({ preventScroll: true });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (event.key === '/') {
      this.query.focus();
      this.query.select();
    } else if (event.key === 'j' || event.key === 'k') {
      if (!this.hits || !this.hits.length) return;
      this.select(Math.max(0, Math.min(this.hits.length - 1, this.selected + (event.key === 'j' ? 1 : -1))));
      this.open();
    } else if (event.key === 'e') {
      for (const fold of this.main.querySelectorAll('.fold[aria-expanded=false]')) fold.click();
    } else if (event.key === 't') {
      this.switchTheme();
    } else if (event.key === 'h') {
      location.hash = `#${this.file.prefix}`;
    } else if (event.key === '?') {
      location.hash = '#/keys';
    } else {
      return;
    }
    event.preventDefault();
  }
}

function overview(file) {
  const { btf, info, view } = file;
  const counts = new Map();
  const sized = [];
  for (let id = btf.firstId; id < btf.end; id++) {
    const kind = btf.kind(id);
    counts.set(kind, (counts.get(kind) || 0) + 1);
    if (btf.isComposite(id)) sized.push(id);
  }
  const largest = sized.sort((a, b) => btf.size(b) - btf.size(a) || a - b).slice(0, 20);
  const rows = [...counts].sort((a, b) => b[1] - a[1]).map(([kind, count]) => el('tr.member', {},
    el('td', {}, KINDS[kind]), el('td.number', {}, count.toLocaleString('en'))));
  const facts = [plural(btf.end - btf.firstId, 'type')];
  if (info.release) facts.push(info.release);
  if (info.base >= 0) facts.push(`on ${file.files[info.base].info.name}`);
  if (info.kfuncs.length) facts.push(plural(info.kfuncs.length, 'kfunc'));
  return [
    el('h1', {}, info.name), el('p.facts', {}, facts.join(' · ')),
    el('div.grid', {},
      el('section', {}, el('h2', {}, 'kinds'), el('table', {}, el('tbody', {}, rows))),
      el('section', {}, el('h2', {}, 'largest structs and unions'), el('table', {}, el('tbody', {}, largest.map((id) => el('tr.member', {},
        el('td', {}, view.link(id, titleOf(btf, id))), el('td.number', {}, btf.size(id).toLocaleString('en')))))))),
  ];
}

function kfuncTable(files) {
  const kfuncs = files.flatMap((file) => file.info.kfuncs.map((kfunc) => ({ file, ...kfunc })));
  const columns = [
    ['function', (kfunc) => el('td', {}, el('a', { href: `#${kfunc.file.prefix}${encodeURIComponent(kfunc.name)}` }, kfunc.name))],
    ['flags', (kfunc) => el('td', {}, kfunc.flags.map((flag) => el('span.tag', {}, flag)))],
    ['set', (kfunc) => el('td.dim', {}, kfunc.set, kfunc.programs.length ? el('div', {}, `for ${kfunc.programs.join(', ')}`) : '')],
  ];
  if (files.length > 1) columns.push(['file', (kfunc) => el('td.dim', {}, kfunc.file.info.name)]);
  return [el('h1', {}, 'kfuncs'),
    el('p.facts', {}, 'Functions that BPF programs may call, by set, with their flags, and the types of programs where they are known.'),
    el('table', {}, el('thead', {}, el('tr', {}, columns.map(([title]) => el('th', {}, title)))),
      el('tbody', {}, kfuncs.map((kfunc) => el('tr.member', {}, columns.map(([, cell]) => cell(kfunc))))))];
}

function keyTable() {
  const keys = [['/', 'search'], ['↑ ↓ Enter', 'choose from what is found'], ['j k', 'next, previous of what was found'],
    ['e', 'unfold all members, one level more each time'], ['h', 'overview'], ['t', 'light or dark'], ['?', 'this list']];
  return [el('h1', {}, 'keys'), el('table', {}, el('tbody', {}, keys.map(([key, text]) => el('tr.member', {},
    el('td', {}, el('kbd', {}, key)), el('td', {}, text))))),
  el('p.facts', {}, 'A search may have * and ? in it. Addresses can be shared: ', el('code', {}, '#task_struct'), ', ',
    el('code', {}, '#task_struct.se.vruntime'), '.')];
}

function stored(key) { try { return localStorage.getItem(key); } catch { return null; } }
function store(key, value) { try { localStorage.setItem(key, value); } catch { /* a page that may not store forgets */ } }

const page = new Page(JSON.parse(document.getElementById('info').textContent));
page.start();
