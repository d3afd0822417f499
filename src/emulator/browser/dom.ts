import { visible } from './shown.ts';

/** An attribute that is null or false is not there; `key` is none, and tells elements of a list apart. */
type Attributes = Readonly<Record<string, string | boolean | null | ((event: Event) => unknown)>>;

/** An element to be. */
export interface Wanted {
  readonly tag: string;
  readonly attributes: Attributes;
  readonly children: readonly Child[];
}

/** A text is never markup; null is nothing. */
export type Child = Wanted | string | null;

/** `make('p.lead', { id: 'x' }, 'text')`: the attributes may be left out. */
export function make(selector: string, ...parts: readonly (Attributes | Child)[]): Wanted {
  const [tag = '', ...classes] = selector.split('.');
  const [first = null, ...others] = parts;
  const given = isAttributes(first) ? first : {};
  const own = [...classes, ...(typeof given.class === 'string' ? [given.class] : [])].join(' ');
  return {
    tag,
    attributes: { ...given, class: own === '' ? null : own },
    children: (isAttributes(first) ? others : parts) as readonly Child[],
  };
}

function isAttributes(part: Attributes | Child): part is Attributes {
  return part !== null && typeof part === 'object' && !Array.isArray(part.children);
}

/** The key of each element that has one. */
const keys = new WeakMap<Node, unknown>();
const keyOf = ({ attributes: { key, id } }: Wanted): unknown => key ?? id;

/**
 * Gives an element these children. What is there already stays and is changed only where it differs: a selection and the
 * focus remain, no element moves, and a screen reader tells what is new.
 */
export function fill(parent: Element, children: readonly Child[]): void {
  let at = parent.firstChild;
  const dropUntil = (end: ChildNode | null): void => {
    while (at !== null && at !== end) {
      const next: ChildNode | null = at.nextSibling;
      at.remove();
      at = next;
    }
  };
  for (const child of children) {
    if (child === null) continue;
    let found = at;
    while (found !== null && !fits(found, child)) found = found.nextSibling;
    if (found === null) {
      parent.insertBefore(create(child), at);
      continue;
    }
    dropUntil(found);
    update(found, child);
    at = found.nextSibling;
  }
  dropUntil(null);
}

type Present = Exclude<Child, null>;

function fits(node: Node, child: Present): boolean {
  if (typeof child === 'string') return node.nodeType === Node.TEXT_NODE;
  return node.nodeName.toLowerCase() === child.tag && keys.get(node) === keyOf(child);
}

function create(child: Present): Node {
  if (typeof child === 'string') return document.createTextNode(visible(child));
  const element = document.createElement(child.tag);
  keys.set(element, keyOf(child));
  update(element, child);
  return element;
}

function update(node: Node, child: Present): void {
  if (typeof child === 'string') {
    if (node.nodeValue !== visible(child)) node.nodeValue = visible(child);
    return;
  }
  if (!(node instanceof Element)) return;
  for (const [name, value] of Object.entries(child.attributes)) {
    if (name.startsWith('on')) Object.assign(node, { [name]: value });
    else if (name !== 'key') setAttribute(node, name, value);
  }
  fill(node, child.children);
}

function setAttribute(element: Element, name: string, value: unknown): void {
  const text = value === true ? '' : value;
  // A typed value is not shown, but taken as it is.
  const shown = typeof text === 'string' && name !== 'value' ? visible(text) : text;
  if (typeof shown !== 'string') element.removeAttribute(name);
  else if (element.getAttribute(name) !== shown) element.setAttribute(name, shown);
}

/** A word in a color that says the same. */
export type Tone = 'ok' | 'warn' | 'bad' | 'plain';

export function tag(tone: Tone, words: string): Wanted {
  return make(`span.tag.${tone}`, words);
}

/** Names and values. */
export function fields(pairs: Readonly<Record<string, Child>>): Wanted {
  return make(
    'dl',
    ...Object.entries(pairs).flatMap(([name, value]) => [make('dt', name), make('dd', value)]),
  );
}

export function readFirstState(): unknown {
  return JSON.parse(document.getElementById('state')?.textContent ?? 'null');
}
