import { visible } from './shown.ts';

type Child = Node | string | null;

/** An element with attributes and children. Strings are text, never markup; an attribute that is null is left out. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | null>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== null) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Leaves alone what is the same already: a selection in it stays, and a screen reader says nothing. @returns whether it was not */
export function setText(node: Node, text: string): boolean {
  const shown = visible(text);
  if (node.textContent === shown) return false;
  node.textContent = shown;
  return true;
}

export function setAttribute(element: Element, name: string, value: string | null): void {
  const shown = value === null ? null : visible(value);
  if (element.getAttribute(name) === shown) return;
  if (shown === null) element.removeAttribute(name);
  else element.setAttribute(name, shown);
}

/** A word in a color: `ok`, `warn`, `bad` or `plain`. */
export function setTag(element: HTMLElement, tone: Tone, text: string): void {
  setAttribute(element, 'class', `tag ${tone}`);
  setText(element, text);
}

export type Tone = 'ok' | 'warn' | 'bad' | 'plain';

/** A part of a list. */
export interface ItemView<Item> {
  readonly element: HTMLElement;
  update(item: Item): void;
}

/**
 * Shows one view for each item, in order, and reuses the one that was at that place: however many changes come, no element
 * moves. @param views those of the list
 */
export function fillList<Item>(
  list: HTMLElement,
  views: ItemView<Item>[],
  items: readonly Item[],
  create: () => ItemView<Item>,
): void {
  while (views.length > items.length) views.pop()?.element.remove();
  for (const [index, item] of items.entries()) {
    let view = views[index];
    if (view === undefined) {
      view = create();
      views.push(view);
      list.append(view.element);
    }
    view.update(item);
  }
}

/** Names and values. */
export function createFields(names: readonly string[]): ItemView<readonly string[]> {
  const values = names.map(() => make('bdi'));
  const element = make('dl');
  for (const [index, name] of names.entries())
    element.append(make('dt', {}, name), make('dd', {}, values[index] ?? null));
  return {
    element,
    update(texts) {
      for (const [index, value] of values.entries()) setText(value, texts[index] ?? '');
    },
  };
}

/** What the page brought along. */
export function readFirstState(): unknown {
  return JSON.parse(document.getElementById('state')?.textContent ?? 'null');
}
