'use strict';

/* Elements: el('a.brand', {href}, child, ...). Texts are set as texts, so that no name can become markup. */
function el(spec, attributes = {}, ...children) {
  const [tag, ...classes] = spec.split('.');
  const element = document.createElement(tag || 'div');
  if (classes.length) element.className = classes.join(' ');
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ''));
  return element;
}

function plural(count, one, many = `${one}s`) {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/* A list that shows its first items, and the rest when asked. */
function longList(items, render, listSpec = 'ul.uses', shown = 60) {
  const list = el(listSpec, {}, items.slice(0, shown).map(render));
  if (items.length <= shown) return [list];
  const more = el('button.more', { type: 'button' }, `show all ${items.length.toLocaleString('en')}`);
  more.addEventListener('click', () => {
    list.append(...items.slice(shown).map(render));
    more.remove();
  });
  return [list, more];
}
