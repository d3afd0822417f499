import type { HttpResponse } from '../network/http.ts';
import { parseJson } from '../text/json.ts';

/**
 * Whether a refusal is about how the parameters were sent rather than about their values: `missing` if the tenant did not
 * find one that was sent, `unreadable` if it (or something in front of it) could not read the body; else null. The
 * vendor's key for the former is `_I18N_RequiredParameter`; whether every API uses it is not documented, so words that
 * name one of `names` and say that it is missing count as well.
 */
export function parameterFault(
  { status, body }: HttpResponse,
  names: readonly string[],
): 'missing' | 'unreadable' | null {
  const named = new RegExp(`(?<!\\w)(${names.join('|')})(?!\\w)`, 'i');
  const document = parseJson(body);
  const said = statements(document);
  if (said.some((text) => missingKey.test(text) || (named.test(text) && missingWords.test(text))))
    return 'missing';
  if (status === 415 || (status >= 400 && document === undefined)) return 'unreadable';
  return said.some((text) => unreadableKey.test(text)) ? 'unreadable' : null;
}

const missingKey = /^MessageID: .*(RequiredParameter|ArgumentNull)/i;
const unreadableKey = /^MessageID: .*Json/i;
const missingWords =
  /\b(missing|null|empty|mandatory|(is|are|was|field|parameter|value) required|required (parameter|field|argument|value)|must be (given|provided|specified|supplied)|not (given|provided|specified|supplied))\b/i;

/** Every text in a document after its own name: `Message: The APNSCert field is required.` */
function statements(value: unknown, name = ''): readonly string[] {
  if (typeof value === 'string') return [`${name}: ${value}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    statements(member, Array.isArray(value) ? name : key),
  );
}
