/** Deeper documents are not read: no answer of a tenant has a tenth of it, and what walks through one is recursive. */
const deepest = 100;

/** The value of a JSON text (RFC 8259); undefined for any other, and for one with more than 100 levels. */
export function parseJson(text: string): unknown {
  try {
    return isTooDeep(text) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether arrays and objects are nested deeper than is read. */
export function isTooDeep(text: string): boolean {
  return depthOf(text) > deepest;
}

/** How deep arrays and objects are nested, brackets within strings left out; the text may be no JSON. */
function depthOf(text: string): number {
  let [depth, most, quoted] = [0, 0, false];
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted && character === '\\') index++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '[' || character === '{')) most = Math.max(most, ++depth);
    else if (!quoted && (character === ']' || character === '}')) depth--;
  }
  return most;
}
