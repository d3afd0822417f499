import { visible } from './shown.ts';

/** An attribute that is null or false is not there; `key` is none, and tells elements of a list apart. */
type Attributes = Readonly<Record<string, string | boolean | null | ((event: Event) => unknown)>>;

/** What an element is to be. */
export interface Wanted {
  readonly tag: string;
  readonly attributes: Attributes;
  readonly children: readonly Child[];
}

/** A text is never markup; null keeps its place; an element that is there already is taken as it is. */
export type Child = Wanted | HTMLElement | string | null;

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
  return part !== null && typeof part === 'object' && !(part instanceof Node) && !isWanted(part);
}

function isWanted(part: Attributes | Wanted): part is Wanted {
  return Array.isArray(part.children);
}

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
    let found = at;
    // A place that was kept is taken at once.
    const isKept = child !== null && at?.nodeType === Node.COMMENT_NODE;
    while (found !== null && !fits(found, child)) found = isKept ? null : found.nextSibling;
    if (found === null) {
      parent.insertBefore(create(child), at);
      if (isKept) dropUntil(at?.nextSibling ?? null);
      continue;
    }
    dropUntil(found);
    update(found, child);
    at = found.nextSibling;
  }
  dropUntil(null);
}

function fits(node: Node, child: Child): boolean {
  if (child === null) return node.nodeType === Node.COMMENT_NODE;
  if (typeof child === 'string') return node.nodeType === Node.TEXT_NODE;
  if (child instanceof Node) return node === child;
  return node.nodeName.toLowerCase() === child.tag && keys.get(node) === keyOf(child);
}

function create(child: Child): Node {
  if (child === null) return document.createComment('');
  if (typeof child === 'string') return document.createTextNode(visible(child));
  if (child instanceof Node) return child;
  const element = document.createElement(child.tag);
  keys.set(element, keyOf(child));
  update(element, child);
  return element;
}

function update(node: Node, child: Child): void {
  if (typeof child === 'string') {
    if (node.nodeValue !== visible(child)) node.nodeValue = visible(child);
    return;
  }
  if (child === null || child instanceof Node || !(node instanceof Element)) return;
  for (const [name, value] of Object.entries(child.attributes)) {
    if (name.startsWith('on')) Object.assign(node, { [name]: value });
    else if (name !== 'key') setAttribute(node, name, value);
  }
  fill(node, child.children);
}

function setAttribute(element: Element, name: string, value: unknown): void {
  const text = value === true ? '' : value;
  // What somebody types is not shown, but taken as it is.
  const shown = typeof text === 'string' && name !== 'value' ? visible(text) : text;
  if (typeof shown !== 'string') element.removeAttribute(name);
  else if (element.getAttribute(name) !== shown) element.setAttribute(name, shown);
}

/** What a color says of a word. */
export type Tone = 'ok' | 'warn' | 'bad' | 'plain';

export function readFirstState(): unknown {
  return JSON.parse(document.getElementById('state')?.textContent ?? 'null');
}
