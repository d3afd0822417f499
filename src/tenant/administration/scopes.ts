import * as v from 'valibot';
import { membersOf } from '../../text/json.ts';
import { list, readAnswer, text } from '../answer.ts';
import { changesOf, type FieldChange, type Members } from './field-change.ts';

/** Calls that a scope may allow, as regular expressions in the vendor's own form. */
export const callFilters = {
  certificates: ['/?Mobile/(Set|Delete)ApnsCertForClientApp'],
  user: ['/?Security/WhoAmI'],
  settings: ['/?Core/GetTenantConfig', '/?TenantConfig/GetAdvancedConfig'],
  queries: ['/?RedRock/query'],
} as const;

/** A scope of an application. */
export interface Scope {
  readonly name: string | null;
  readonly description: string | null;
  /** The calls that it allows. */
  readonly calls: readonly string[];
  /** As the tenant wrote it. */
  readonly row: unknown;
}

const callList = v.pipe(
  v.array(v.unknown()),
  v.transform((calls) => calls.map(String)),
);
const scopeRow = v.object({
  Scope: text,
  Description: text,
  AllowedRest: v.fallback(callList, []),
});

const scopeList = v.object({ KnownScopes: list });

/** The scopes of an application, by its OAuth profile. */
export function scopesOf(profile: Members): readonly Scope[] {
  return readAnswer(scopeList, profile).KnownScopes.map((row) => {
    const { Scope: name, Description: description, AllowedRest: calls } = readAnswer(scopeRow, row);
    return { name, description, calls, row };
  });
}

/** All scopes of an application, and what differs in the one that is concerned. */
export interface ScopePlan {
  readonly list: readonly unknown[];
  readonly changes: readonly FieldChange[];
}

/** The scopes with another one. */
export function withScope(
  scopes: readonly Scope[],
  { name, description, calls }: Pick<Scope, 'name' | 'description' | 'calls'>,
): ScopePlan {
  const made = {
    Scope: name,
    Description: description,
    Mode: 'RestFilter',
    AllowedRest: calls,
  };
  return { list: [...scopes.map(({ row }) => row), made], changes: changesOf({}, made) };
}

/** The scopes with one of them changed. A member that is absent stays as it was. */
export function withChangedScope(
  scopes: readonly Scope[],
  scope: Scope,
  { calls, description }: Partial<Pick<Scope, 'calls' | 'description'>>,
): ScopePlan {
  const before = membersOf(scope.row) ?? {};
  const changed: Members = {
    ...(calls === undefined ? {} : { AllowedRest: calls }),
    ...(description === undefined ? {} : { Description: description }),
  };
  const rows = scopes.map((one) => (one === scope ? { ...before, ...changed } : one.row));
  return { list: rows, changes: changesOf(before, changed) };
}
