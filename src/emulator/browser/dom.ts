import { spelledOut } from '../../text/printable.ts';

/** Attributes that are null or false are removed; `key` is not an attribute, but identifies elements in a list. */
type Attributes = Readonly<Record<string, string | boolean | null | ((event: Event) => unknown)>>;

/** The wanted state of an element. */
export interface Wanted {
  readonly tag: string;
  readonly attributes: Attributes;
  readonly children: readonly Child[];
}

/** A text is never parsed as markup; null adds nothing. */
export type Child = Wanted | string | null;

/** `make('p.lead', { id: 'x' }, 'text')`; the attributes are optional. */
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

const keys = new WeakMap<Node, unknown>();
const keyOf = ({ attributes: { key, id } }: Wanted): unknown => key ?? id;

/**
 * Gives an element these children. Existing ones stay and change only where they differ: selection and focus remain, no
 * element moves, and screen readers announce only changes.
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
  if (typeof child === 'string') return document.createTextNode(spelledOut(child));
  const element = document.createElement(child.tag);
  keys.set(element, keyOf(child));
  update(element, child);
  return element;
}

function update(node: Node, child: Present): void {
  if (typeof child === 'string') {
    if (node.nodeValue !== spelledOut(child)) node.nodeValue = spelledOut(child);
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
  // The value of a field is data, so control characters in it stay.
  const shown = typeof text === 'string' && name !== 'value' ? spelledOut(text) : text;
  if (typeof shown !== 'string') element.removeAttribute(name);
  else if (element.getAttribute(name) !== shown) element.setAttribute(name, shown);
}

export function button(
  words: string,
  press: (event: Event) => unknown,
  more: Attributes = {},
): Wanted {
  return make('button', { type: 'button', onclick: press, ...more }, words);
}

/** The color of a word, in addition to its meaning. */
export type Tone = 'ok' | 'warn' | 'bad' | 'plain';

export function tag(tone: Tone, words: string): Wanted {
  return make(`span.tag.${tone}`, words);
}

/** A list of names and values. */
export function fields(pairs: Readonly<Record<string, Child>>): Wanted {
  return make(
    'dl',
    ...Object.entries(pairs).flatMap(([name, value]) => [make('dt', name), make('dd', value)]),
  );
}

export function readFirstState(): unknown {
  return JSON.parse(document.getElementById('state')?.textContent ?? 'null');
}
