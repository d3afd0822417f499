import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const src = fileURLToPath(new URL('../src', import.meta.url));

interface Import {
  readonly file: string;
  /** A path below src/, or a package's name. */
  readonly target: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
const texts = new Map(files.map((file) => [file, readFileSync(join(src, file), 'utf8')]));
const imports = files.flatMap((file) => importsOf(file, texts.get(file) ?? ''));
const internal = imports.filter(({ target }) => target.endsWith('.ts'));
const packages = imports.filter(({ target }) => !target.endsWith('.ts') && !isBuiltin(target));

function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  for (const [, typeWord, specifier = ''] of text.matchAll(
    /^(?:import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'/gm,
  )) {
    found.push({ file, target: resolve(file, specifier), typeOnly: typeWord !== undefined, dynamic: false });
  }
  for (const [, specifier = ''] of text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)) {
    found.push({ file, target: resolve(file, specifier), typeOnly: false, dynamic: true });
  }
  return found;
}

function resolve(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier));
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : specifier.startsWith('node:') ? specifier : scope;
}

function isBuiltin(name: string): boolean {
  return name.startsWith('node:') || builtinModules.includes(name);
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path;
}

const everyone = [
  'assumptions.ts',
  'errors.ts',
  'pace.ts',
  'suggestion.ts',
  'secret.ts',
  'secret-oddities.ts',
  'shell-word.ts',
  'http.ts',
  'json.ts',
  'spellings.ts',
  'version.ts',
  'words.ts',
  'printable.ts',
  'mask.ts',
  'one-time-password.ts',
  'private-directory.ts',
];

/** What a folder or top-level file may import beyond itself and what everyone may. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'main.ts': [
    'bounded.ts',
    'cli.ts',
    'context.ts',
    'flags.ts',
    'own-environment.ts',
    'apple',
    'auth',
    'tenant',
    'terminal',
  ],
  'cli.ts': ['advice.ts', 'commands', 'context.ts', 'suggestion.ts', 'usage.ts'],
  'usage.ts': [],
  'suggestion.ts': [],
  'flags.ts': ['context.ts', 'terminal'],
  'own-environment.ts': ['context.ts'],
  'bounded.ts': [],
  'context.ts': ['bounded.ts', 'apple', 'auth', 'terminal'],
  'advice.ts': [],
  commands: [
    'advice.ts',
    'context.ts',
    'apple',
    'auth',
    'checks',
    'emulator',
    'files',
    'network',
    'pkcs12',
    'report',
    'tenant',
    'terminal',
  ],
  report: ['checks', 'pkcs12', 'terminal'],
  checks: ['pkcs12'],
  pkcs12: [],
  files: [],
  network: ['files'],
  auth: [],
  tenant: ['pkcs12', 'network'],
  apple: ['pkcs12', 'network'],
  emulator: ['pkcs12', 'apple'],
  terminal: [],
};

/** Crossings that are for types only. */
const typesOnly: readonly (readonly [from: string, to: string])[] = [
  ['tenant', 'pkcs12'],
  ['apple', 'pkcs12'],
  ['commands', 'advice.ts'],
  ['context.ts', 'apple'],
  ['context.ts', 'auth'],
  ['context.ts', 'terminal'],
];

function mayCross({ file, target, typeOnly }: Import): boolean {
  const [from, to] = [folderOf(file), folderOf(target)];
  if (everyone.includes(to)) return true;
  if (!typeOnly && typesOnly.some((pair) => pair[0] === from && pair[1] === to)) return false;
  return allowed[from]?.includes(to) === true;
}

/** The one folder that may import a package. */
const owners: Readonly<Record<string, string>> = {
  commander: 'cli.ts',
  'node-forge': 'pkcs12',
  undici: 'tenant',
  conf: 'auth',
  'proper-lockfile': 'auth',
  'env-paths': 'auth',
  oauth4webapi: 'auth',
  'oidc-provider': 'emulator',
  koa: 'emulator',
  inquirer: 'terminal',
  ora: 'terminal',
  chalk: 'terminal',
  open: 'terminal',
  '@bacons/xcode': 'apple',
  '@expo/plist': 'apple',
  'bplist-parser': 'apple',
};

/** Only types of these cross: a command declares itself on a commander Command. */
const typesFromAnywhere = ['commander'];

describe('imports', () => {
  test('run one way', () => {
    const crossing = internal.filter(({ file, target }) => folderOf(file) !== folderOf(target));
    expect(crossing.length).toBeGreaterThan(100);
    expect(crossing.filter((item) => !mayCross(item))).toEqual([]);
  });

  test('no command imports another', () => {
    const commandFiles = files.filter((file) => (texts.get(file) ?? '').includes('export const command:'));
    expect(commandFiles.length).toBeGreaterThan(10);
    expect(
      internal.filter(({ file, target }) => file !== 'commands/registry.ts' && commandFiles.includes(target)),
    ).toEqual([]);
  });

  test('each package has one owner', () => {
    const strays = packages.filter(({ file, target, typeOnly }) => {
      if (typeOnly && typesFromAnywhere.includes(target)) return false;
      return owners[target] !== folderOf(file);
    });
    expect(strays).toEqual([]);
    expect(new Set(packages.map(({ target }) => target)).size).toBeGreaterThan(8);
  });

  test('the start and every command’s options load no domain folder and no package but commander', () => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const item of imports) {
        if (item.file === file && !item.typeOnly && !item.dynamic) visit(item.target);
      }
    };
    visit('main.ts');
    visit('cli.ts');
    const heavy = [...reached].filter((file) =>
      /^(pkcs12|checks|auth|files|network|tenant|apple|emulator|report)\//.test(file),
    );
    expect(heavy).toEqual([]);
    expect([...reached].filter((file) => !file.endsWith('.ts') && !isBuiltin(file))).toEqual(['commander']);
  });
});

describe('style', () => {
  const rules: readonly (readonly [string, RegExp, readonly string[]])[] = [
    ['no console', /\bconsole\./, []],
    [
      'no process.exit, argv and streams outside main',
      /\bprocess\.(exit|exitCode|argv|stdout|stderr|stdin)\b/,
      ['main.ts'],
    ],
    ['no default export', /^export default/m, ['.d.ts']],
    ['no enum', /^(export )?(const )?enum /m, []],
    ['no clock below commands', /new Date\(\)|Date\.now\(\)/, ['main.ts']],
  ];
  test.each(rules)('%s', (_name, pattern, exceptions) => {
    const offenders = files.filter(
      (file) => !exceptions.some((end) => file.endsWith(end)) && pattern.test(texts.get(file) ?? ''),
    );
    expect(offenders).toEqual([]);
  });

  test('no file is named for its role', () => {
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|types|index)\.ts$/.test(file))).toEqual([]);
  });

  test('the rules see the files', () => {
    expect(files.length).toBeGreaterThan(40);
  });
});
