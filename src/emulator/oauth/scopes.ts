import type { Application } from '../applications.ts';
import { type LetterCase, sameName } from '../same-name.ts';

/** The scopes in a `scope` parameter (RFC 6749 §3.3), in the application's spelling; null: one of them is unknown. */
export function knownScopes(
  application: Application,
  parameter: string,
  letterCase: LetterCase,
): readonly string[] | null {
  const known = Object.keys(application.scopes);
  const asked = parameter.split(' ').filter(Boolean);
  const found = asked.map((name) => known.find((scope) => sameName(scope, name, letterCase)));
  return found.every((scope) => scope !== undefined) ? [...new Set(found)] : null;
}
