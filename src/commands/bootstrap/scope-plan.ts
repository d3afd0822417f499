import { membersOf } from '../../text/json.ts';
import type { FieldChange } from './step.ts';
import { madeByUs } from './wanted.ts';

/** What a scope is to allow. */
interface ScopeSpec {
  readonly scope: string;
  /** Regular expressions of REST APIs. */
  readonly apis: readonly string[];
}

interface ScopePlan {
  /** All scopes of the application, those of others unchanged. */
  readonly list: readonly unknown[];
  readonly changes: readonly FieldChange[];
}

/** Expressions that allow everything. */
const everything = ['.*', '^.*$', '.+', '/.*', '/?.*'];

/** Whether a description says that we made what it describes. */
export function isOurs(description: unknown): boolean {
  return typeof description === 'string' && description.includes(madeByUs);
}

/**
 * Plans the scopes of an application. One of ours allows exactly what is needed; to another's what is missing is added.
 * @param added what is added to another's application along with the scope, for whoever takes it back
 */
export function planScopes(known: unknown, { scope, apis }: ScopeSpec, added: readonly string[]): ScopePlan {
  const scopes = Array.isArray(known) ? known : [];
  const at = scopes.findIndex((one) => membersOf(one)?.Scope === scope);
  const description = ['What mfa-cli needs.', madeByUs, ...added].join(' ');
  if (at === -1) {
    const made = { Scope: scope, Description: description, Mode: 'RestFilter', AllowedRest: apis };
    return { list: [...scopes, made], changes: fieldsOf({}, made) };
  }
  const before = membersOf(scopes[at]) ?? {};
  const ours = isOurs(before.Description);
  const allowed = Array.isArray(before.AllowedRest) ? before.AllowedRest.map(String) : [];
  const missing = apis.filter((api) => !allowed.includes(api));
  const isOpen = !ours && allowed.some((expression) => everything.includes(expression));
  const isExact = missing.length === 0 && (!ours || allowed.length === apis.length);
  const changed = {
    ...(isOpen || isExact ? {} : { AllowedRest: ours ? apis : [...allowed, ...missing] }),
    ...(ours && added.length > 0 ? { Description: [before.Description, ...added].join(' ') } : {}),
  };
  const list = scopes.map((one, index) => (index === at ? { ...before, ...changed } : one));
  return { list, changes: fieldsOf(before, changed) };
}

function fieldsOf(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly FieldChange[] {
  return Object.entries(after).map(([field, value]) => ({ field, old: before[field] ?? null, new: value }));
}

/** What a scope of ours says was added along with it to another's application. */
export function addedWith(description: unknown): {
  readonly clients: readonly string[];
  readonly redirects: readonly string[];
} {
  const words = isOurs(description) ? String(description).split(' ') : [];
  const read = (name: string): readonly string[] =>
    words.flatMap((word) => (word.startsWith(`${name}=`) ? decoded(word.slice(name.length + 1)) : []));
  return { clients: read('client'), redirects: read('redirect') };
}

function decoded(text: string): readonly string[] {
  try {
    return [decodeURIComponent(text)];
  } catch {
    return [];
  }
}
