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

/** What the page brought along. */
export function readFirstState(): unknown {
  return JSON.parse(document.getElementById('state')?.textContent ?? 'null');
}
