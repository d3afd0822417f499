/** HTML whose every value is text: what a stranger wrote never becomes an element. */
export interface Markup {
  readonly html: string;
}

type Value = string | Markup | readonly Markup[] | null;

/** A template whose strings are escaped, and whose null is nothing. */
export function markup(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return { html: parts.map((part, i) => part + htmlOf(values[i] ?? null)).join('') };
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function htmlOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return escapeHtml(value);
  return 'html' in value ? value.html : value.map(({ html }) => html).join('\n');
}
