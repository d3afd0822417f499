/** Deeper documents are not read: no tenant's answer is a tenth as deep, and the code that walks one is recursive. */
const deepest = 100;

/** The value of a JSON text (RFC 8259); undefined for anything else, and for more than 100 levels. */
export function parseJson(text: string): unknown {
  try {
    return isTooDeep(text) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether arrays and objects are nested too deep to read. */
export function isTooDeep(text: string): boolean {
  return depthOf(text) > deepest;
}

/** How deep arrays and objects are nested, ignoring brackets within strings; the text may not be JSON. */
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
