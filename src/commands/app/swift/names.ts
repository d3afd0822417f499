import { type Scope, scopeAt, typeAround } from './declarations.ts';
import type { Step } from './expression.ts';
import type { Declared, SwiftSource } from './source.ts';
import { type Code, startOf } from './tokens.ts';

/** What is declared in the scopes of a type, of a file, or of all, by name. */
type Members = Map<string, Declared[]>;

interface Type {
  readonly members: Members;
  readonly scopes: Scope[];
}

/** How many types to search for what one inherits. */
const inheritedLimit = 100;

/** Looks names up in all sources: locals before members before globals. */
export class Names {
  readonly #globals: Members = new Map();
  /** Of all types. */
  readonly #members: Members = new Map();
  readonly #types = new Map<string, Type>();

  constructor(sources: readonly SwiftSource[]) {
    for (const source of sources) {
      for (const scope of source.scopes) {
        if (scope.kind === 'file') add(this.#globals, source, scope);
        if (scope.kind !== 'type') continue;
        const type: Type = this.#types.get(scope.name) ?? { members: new Map(), scopes: [] };
        this.#types.set(scope.name, type);
        type.scopes.push(scope);
        add(type.members, source, scope);
        add(this.#members, source, scope);
      }
    }
  }

  /** What the name of a step stands for on its own, looked up from its place outward. */
  own(source: SwiftSource, code: Code, { name, at }: Step): readonly Declared[] {
    const offset = startOf(code, at);
    for (let scope = scopeAt(source.scopes, offset); scope.parent !== null; scope = scope.parent) {
      if (scope.kind === 'type') {
        const found = this.membersOf(scope.name, name, source);
        if (found.length > 0) return found;
        continue;
      }
      // A local does not exist before it is declared.
      const declaration = scope.names
        .get(name)
        ?.findLast(({ kind, at: declared }) => kind === 'function' || startOf(source, declared) < offset);
      if (declaration !== undefined) return [{ source, scope, declaration }];
    }
    return nearest(this.#globals, name, source);
  }

  /** The full name of a type, which may be within the types around; the first names may be the module's. */
  typeNamed(path: string, from: Scope): string | null {
    for (let around = typeAround(from); around !== null; around = typeAround(around.parent))
      if (this.#types.has(`${around.name}.${path}`)) return `${around.name}.${path}`;
    for (let left = path; left !== ''; left = left.includes('.') ? left.slice(left.indexOf('.') + 1) : '')
      if (this.#types.has(left)) return left;
    return null;
  }

  /** What a type declares, or else inherits; of an unknown one, what any declares. */
  membersOf(type: string | null, name: string, source: SwiftSource): readonly Declared[] {
    if (type === null) return nearest(this.#members, name, source);
    const seen = new Set([type]);
    for (const each of seen) {
      const found = nearest(this.#types.get(each)?.members, name, source);
      if (found.length > 0 || seen.size > inheritedLimit) return found;
      for (const scope of this.#types.get(each)?.scopes ?? [])
        for (const inherited of scope.inherits) seen.add(this.typeNamed(inherited, scope) ?? inherited);
    }
    return [];
  }
}

function add(members: Members, source: SwiftSource, scope: Scope): void {
  for (const [name, declarations] of scope.names) {
    const found = members.get(name) ?? [];
    members.set(name, found);
    for (const declaration of declarations) found.push({ source, scope, declaration });
  }
}

/** What is declared by a name, in the asking source before all others: names may be private. */
function nearest(members: Members | undefined, name: string, asking: SwiftSource): readonly Declared[] {
  const found = members?.get(name) ?? [];
  const own = found.filter(({ source }) => source === asking);
  return own.length > 0 ? own : found;
}
