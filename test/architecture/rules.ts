import { type Import, isFile, isPackage, roomOf } from './source.ts';

/** What everybody may use. */
export const everyone = [
  'assumptions.ts',
  'errors.ts',
  'members.ts',
  'one-time-password.ts',
  'pace.ts',
  'runtime.ts',
  'secret.ts',
  'secret-oddities.ts',
  'version.ts',
  'text',
];

/** What a room may import beyond itself and what everybody may. */
export const allowed: Readonly<Record<string, readonly string[]>> = {
  'main.ts': [
    'advice.ts',
    'bounded.ts',
    'cli.ts',
    'context.ts',
    'flags.ts',
    'own-environment.ts',
    'apple',
    'auth',
    'http',
    'network',
    'terminal',
  ],
  'cli.ts': ['advice.ts', 'commands', 'context.ts', 'inputs', 'own-environment.ts', 'reference', 'usage.ts'],
  'flags.ts': ['context.ts', 'terminal'],
  'own-environment.ts': ['context.ts'],
  'context.ts': ['bounded.ts', 'apple', 'auth', 'http', 'terminal'],
  commands: [
    'access',
    'advice.ts',
    'apple',
    'auth',
    'bootstrap',
    'checks',
    'context.ts',
    'emulator',
    'files',
    'fleet',
    'http',
    'inputs',
    'network',
    'own-environment.ts',
    'pkcs12',
    'reference',
    'report',
    'tenant',
    'terminal',
  ],
  fleet: ['checks', 'context.ts', 'files', 'pages', 'pkcs12', 'report', 'tenant', 'terminal'],
  reference: ['advice.ts', 'checks'],
  access: ['apple', 'auth', 'context.ts', 'fleet', 'http', 'inputs', 'network', 'pkcs12', 'tenant'],
  inputs: [
    'auth',
    'checks',
    'context.ts',
    'files',
    'fleet',
    'http',
    'own-environment.ts',
    'pkcs12',
    'tenant',
  ],
  report: ['checks', 'pkcs12', 'terminal'],
  bootstrap: ['files', 'tenant'],
  checks: ['pkcs12'],
  tenant: ['http', 'network'],
  auth: ['files', 'http', 'network', 'pages', 'tenant'],
  apple: ['http', 'network', 'pkcs12'],
  emulator: ['apple', 'browser', 'files', 'pages', 'pkcs12'],
  http: ['network'],
  network: ['files'],
  files: ['context.ts'],
};

/** Crossings that are for types only. */
export const typesOnly: readonly (readonly [from: string, to: string])[] = [
  ['apple', 'pkcs12'],
  ['context.ts', 'apple'],
  ['context.ts', 'auth'],
  ['context.ts', 'http'],
  ['context.ts', 'terminal'],
  ['files', 'context.ts'],
  ['fleet', 'context.ts'],
  ['fleet', 'terminal'],
  ['reference', 'advice.ts'],
  ['reference', 'checks'],
  ['report', 'terminal'],
];

/** The one room that may import a package. */
export const owners: Readonly<Record<string, string>> = {
  commander: 'cli.ts',
  'node-forge': 'pkcs12',
  '@napi-rs/keyring': 'auth',
  conf: 'auth',
  semver: 'commands',
  'env-paths': 'auth',
  oauth4webapi: 'auth',
  'oidc-provider': 'emulator',
  koa: 'emulator',
  inquirer: 'terminal',
  ora: 'terminal',
  chalk: 'terminal',
  open: 'terminal',
  'fast-string-width': 'text',
  'fast-wrap-ansi': 'text',
  '@bacons/xcode': 'apple',
  '@expo/plist': 'apple',
  'bplist-parser': 'apple',
  'ical-generator': 'fleet',
  '@noble/hashes': 'browser',
  yaml: 'fleet',
};

/** What any room may import: a schema stands beside the type that it checks. */
const anybodys = ['valibot'];

/** Only types of these cross: a command declares itself on a commander Command. */
const typesFromAnywhere = ['commander'];

/** Imports from one room to another that may not be. */
export function wrongWays(imports: readonly Import[]): readonly Import[] {
  return imports.filter(({ file, target, typeOnly }) => {
    const [from, to] = [roomOf(file), roomOf(target)];
    if (!isFile(target) || from === to || everyone.includes(to)) return false;
    if (!typeOnly && typesOnly.some((pair) => pair[0] === from && pair[1] === to)) return true;
    return allowed[from]?.includes(to) !== true;
  });
}

/** Files that import each other, over whatever others, for types or on demand, too; each circle by its files in order. */
export function circles(imports: readonly Import[]): readonly (readonly string[])[] {
  const next = new Map<string, string[]>();
  // The registry's loaders are the command line's own way down; nothing else is loaded on demand by what it loads.
  for (const { file, target, dynamic } of imports)
    if (isFile(target) && !dynamic) next.set(file, [...(next.get(file) ?? []), target]);
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file))].sort());
    if (done.has(file)) return;
    done.add(file);
    for (const target of next.get(file) ?? []) visit(target, [...path, file]);
  };
  for (const file of next.keys()) visit(file, []);
  return found;
}

/** Imports of a package by another room than its owner, or of one that has none. */
export function strayPackages(imports: readonly Import[]): readonly Import[] {
  return imports.filter(
    ({ file, target, typeOnly }) =>
      isPackage(target) &&
      !anybodys.includes(target) &&
      !(typeOnly && typesFromAnywhere.includes(target)) &&
      owners[target] !== roomOf(file),
  );
}

/** Imports of a command by another file than the registry, and of one family's part by another family. */
export function trespasses(imports: readonly Import[], commands: readonly string[]): readonly Import[] {
  return imports.filter(({ file, target }) => {
    if (file === 'commands/registry.ts') return false;
    if (commands.includes(target)) return true;
    const [, family, part] = target.split('/');
    return target.startsWith('commands/') && part !== undefined && familyOf(file) !== family;
  });
}

/** `apns` of `commands/apns/set.ts`, `doctor` of `commands/doctor.ts` and what lies below. */
function familyOf(file: string): string | undefined {
  return /^commands\/([^/.]+)/.exec(file)?.[1];
}
