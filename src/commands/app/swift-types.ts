import type { Declaration } from './swift-declarations.ts';
import type { Scope } from './swift-scopes.ts';
import type { SwiftSource } from './swift-source.ts';

/** A declaration with its source and scope. */
export interface Declared {
  readonly source: SwiftSource;
  readonly scope: Scope;
  readonly declaration: Declaration;
}

/** The types of all sources, each with its extensions. */
export interface SwiftTypes {
  has(type: string): boolean;
  /** The places where a type lists what it inherits. */
  inherited(type: string): readonly { readonly source: SwiftSource; readonly scope: Scope }[];
  /** What a type itself declares by that name, in the asking source before all others: names may be private. */
  members(type: string, name: string, asking: SwiftSource): readonly Declared[];
  /** The same outside any type. */
  globals(name: string, asking: SwiftSource): readonly Declared[];
}

export function indexTypes(sources: readonly SwiftSource[]): SwiftTypes {
  const types = new Map<string, { source: SwiftSource; scope: Scope }[]>();
  const files = sources.flatMap((source) => source.scopes.slice(0, 1).map((scope) => ({ source, scope })));
  for (const source of sources) {
    for (const scope of source.scopes) {
      if (scope.kind !== 'type') continue;
      const same = types.get(scope.name);
      if (same === undefined) types.set(scope.name, [{ source, scope }]);
      else same.push({ source, scope });
    }
  }
  const named = (
    places: readonly { source: SwiftSource; scope: Scope }[],
    name: string,
  ): readonly Declared[] =>
    places.flatMap(({ source, scope }) =>
      (source.declarations.get(scope)?.get(name) ?? []).map((declaration) => ({
        source,
        scope,
        declaration,
      })),
    );
  const nearest = (found: readonly Declared[], asking: SwiftSource): readonly Declared[] => {
    const own = found.filter(({ source }) => source === asking);
    return own.length > 0 ? own : found;
  };
  return {
    has: (type) => types.has(type),
    inherited: (type) => (types.get(type) ?? []).filter(({ scope }) => scope.inherits !== null),
    members: (type, name, asking) => nearest(named(types.get(type) ?? [], name), asking),
    globals: (name, asking) => nearest(named(files, name), asking),
  };
}
