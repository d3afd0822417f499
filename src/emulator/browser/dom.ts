import { spelledOut } from '../../text/printable.ts';
import type { Mark } from './mark.ts';

/**
 * Attributes that are null or false are removed. `key` is no attribute: it identifies an
 * element in a list.
 */
type Attributes = Readonly<Record<string, string | boolean | null | ((event: Event) => unknown)>>;

/** An element as it should be. */
export interface VirtualElement {
  readonly tag: string;
  readonly attributes: Attributes;
  readonly children: readonly Child[];
}

/** A text is never parsed as markup; null adds nothing. */
export type Child = VirtualElement | string | null;

/** `make('p.lead', { id: 'x' }, 'text')`; the attributes are optional. */
export function make(selector: string, ...parts: readonly (Attributes | Child)[]): VirtualElement {
  const [tag = '', ...classes] = selector.split('.');
  const [first = null, ...others] = parts;
  const attributes = isAttributes(first) ? first : {};
  if (typeof attributes.class === 'string') classes.push(attributes.class);
  return {
    tag,
    attributes: { ...attributes, class: classes.length === 0 ? null : classes.join(' ') },
    children: (isAttributes(first) ? others : parts) as readonly Child[],
  };
}

function isAttributes(part: Attributes | Child): part is Attributes {
  return part !== null && typeof part === 'object' && !Array.isArray(part.children);
}

const keys = new WeakMap<Node, unknown>();

function keyOf({ attributes: { key, id } }: VirtualElement): unknown {
  return key ?? id;
}

/**
 * Gives an element these children. Existing ones stay and change only where they differ:
 * selection and focus remain, no element moves, and screen readers announce only changes.
 */
export function fill(parent: Element, children: readonly Child[]): void {
  let current = parent.firstChild;
  for (const child of children) {
    if (child === null) continue;
    const found = findFrom(current, child);
    if (found === null) {
      parent.insertBefore(create(child), current);
      continue;
    }
    removeUntil(found, current);
    update(found, child);
    current = found.nextSibling;
  }
  removeUntil(null, current);
}

function findFrom(start: ChildNode | null, child: VirtualNode): ChildNode | null {
  let found = start;
  while (found !== null && !matches(found, child)) found = found.nextSibling;
  return found;
}

/** Removes the nodes from `start` up to `end`, which stays; null: up to the last. */
function removeUntil(end: ChildNode | null, start: ChildNode | null): void {
  let current = start;
  while (current !== null && current !== end) {
    const next: ChildNode | null = current.nextSibling;
    current.remove();
    current = next;
  }
}

type VirtualNode = Exclude<Child, null>;

function matches(node: Node, child: VirtualNode): boolean {
  if (typeof child === 'string') return node.nodeType === Node.TEXT_NODE;
  return node.nodeName.toLowerCase() === child.tag && keys.get(node) === keyOf(child);
}

function create(child: VirtualNode): Node {
  if (typeof child === 'string') return document.createTextNode(spelledOut(child));
  const element = document.createElement(child.tag);
  keys.set(element, keyOf(child));
  update(element, child);
  return element;
}

function update(node: Node, child: VirtualNode): void {
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
): VirtualElement {
  return make('button', { type: 'button', onclick: press, ...more }, words);
}

export function tag({ tone, words }: Mark): VirtualElement {
  return make(`span.tag.${tone}`, words);
}

/** A list of names and values. */
export function fields(pairs: Readonly<Record<string, Child>>): VirtualElement {
  const items = Object.entries(pairs).flatMap(([name, value]) => [
    make('dt', name),
    make('dd', value),
  ]);
  return make('dl', ...items);
}

export function readFirstState(): unknown {
  return JSON.parse(document.getElementById('state')?.textContent ?? 'null');
}
