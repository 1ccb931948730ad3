'use strict';

/* C declarations as lists of texts and links: {id, text}. */

const TAG_PREFIX = '__';

/* The declaration of a type with a name, or as it stands in a cast if there is none. */
function declaration(btf, id, name = '', nameLink = null) {
  const inner = name ? [nameLink ? { id: nameLink, text: name } : { name }] : [];
  return declare(btf, id, inner, 0);
}

function declare(btf, id, inner, depth) {
  if (depth > MAX_CHAIN) return ['...'];
  switch (btf.kind(id)) {
    case K.PTR: {
      const target = btf.target(id);
      const bare = btf.kind(btf.skipModifiers(target));
      const isGroup = bare === K.ARRAY || bare === K.FUNC_PROTO;
      if (isGroup) return declare(btf, target, ['(*', ...inner, ')'], depth + 1);
      const star = String(inner[0]).startsWith('(') ? '* ' : '*';
      return declare(btf, target, [star, ...inner], depth + 1);
    }
    case K.ARRAY: {
      const { element, count } = btf.array(id);
      return declare(btf, element, [...inner, `[${count || (depth ? 0 : '')}]`], depth + 1);
    }
    case K.FUNC_PROTO:
      return declare(btf, btf.target(id), [...inner, ...parameters(btf, id, depth)], depth + 1);
    case K.CONST: return qualified(btf, id, 'const', inner, depth);
    case K.VOLATILE: return qualified(btf, id, 'volatile', inner, depth);
    case K.RESTRICT: return qualified(btf, id, 'restrict', inner, depth);
    case K.TYPE_TAG: return declare(btf, btf.target(id), [TAG_PREFIX + btf.name(id) + ' ', ...inner], depth + 1);
    case K.FUNC: case K.VAR:
      return declare(btf, btf.target(id), [{ id, text: btf.name(id) }], depth + 1);
    default: return join(baseOf(btf, id), inner);
  }
}

/* A qualifier of a pointer stands behind its star, that of another type before it. */
function qualified(btf, id, word, inner, depth) {
  const target = btf.target(id);
  if (btf.kind(btf.skipModifiers(target)) === K.PTR) return declare(btf, target, [` ${word}${inner.length ? ' ' : ''}`, ...inner], depth + 1);
  return [`${word} `, ...declare(btf, target, inner, depth + 1)];
}

function parameters(btf, id, depth) {
  const tokens = ['('];
  const count = btf.vlen(id);
  if (count === 0) tokens.push('void');
  for (let i = 0; i < count; i++) {
    const { name, type } = btf.param(id, i);
    if (i) tokens.push(', ');
    if (i === count - 1 && type === 0 && !name) tokens.push('...');
    else tokens.push(...declare(btf, type, name ? [{ name }] : [], depth + 1));
  }
  tokens.push(')');
  return tokens;
}

function baseOf(btf, id) {
  const name = btf.name(id);
  switch (btf.kind(id)) {
    case K.VOID: return ['void'];
    case K.STRUCT: case K.UNION: case K.ENUM: case K.ENUM64: case K.FWD: {
      const word = keyword(btf, id);
      return name ? [`${word} `, { id, text: name }] : [{ id, text: `${word} { ... }` }];
    }
    default: return [{ id, text: name || `[${id}]` }];
  }
}

function keyword(btf, id) {
  switch (btf.kind(id)) {
    case K.STRUCT: return 'struct';
    case K.UNION: return 'union';
    case K.FWD: return btf.kflag(id) ? 'union' : 'struct';
    default: return 'enum';
  }
}

function join(base, inner) {
  if (inner.length === 0) return base;
  return [...base, inner[0] === '[' ? '' : ' ', ...inner];
}

function textOf(tokens) {
  return tokens.map((token) => (typeof token === 'string' ? token : token.text || token.name)).join('');
}

/* What a type is called: struct page, int, [123]. */
function titleOf(btf, id) {
  if (id === 0) return 'void';
  const kind = btf.kind(id);
  const name = btf.name(id);
  if (kind === K.FUNC || kind === K.VAR || kind === K.TYPEDEF || kind === K.DATASEC || kind === K.DECL_TAG) return name;
  return textOf(declaration(btf, id));
}
