import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The files below src/ by their paths there, and what each says. */
export type Source = ReadonlyMap<string, string>;

export interface Import {
  readonly file: string;
  /** A path below src/, or a package's name. */
  readonly target: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

export function readSource(): Source {
  const src = fileURLToPath(new URL('../../src', import.meta.url));
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  return new Map(files.map((file) => [file, readFileSync(join(src, file), 'utf8')]));
}

export function importsOf(source: Source): readonly Import[] {
  return [...source].flatMap(([file, text]) => [
    ...statements(file, text),
    ...effects(file, text),
    ...calls(file, text),
  ]);
}

function* statements(file: string, text: string): Generator<Import> {
  const pattern = /^(?:import|export)\s+(type\s)?([^;'"]*?)\s*from\s+'([^']+)'/gm;
  for (const [, typeWord, names = '', specifier = ''] of text.matchAll(pattern)) {
    const named = /^\{(.*)\}$/s
      .exec(names)?.[1]
      ?.split(',')
      .filter((name) => name.trim() !== '');
    const typeOnly =
      typeWord !== undefined || named?.every((name) => name.trim().startsWith('type ')) === true;
    yield { file, target: resolve(file, specifier), typeOnly, dynamic: false };
  }
}

function* effects(file: string, text: string): Generator<Import> {
  for (const [, specifier = ''] of text.matchAll(/^import\s+'([^']+)'/gm))
    yield { file, target: resolve(file, specifier), typeOnly: false, dynamic: false };
}

function* calls(file: string, text: string): Generator<Import> {
  for (const [, specifier = ''] of text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g))
    yield { file, target: resolve(file, specifier), typeOnly: false, dynamic: true };
}

function resolve(file: string, written: string): string {
  // What a browser runs is imported as its text.
  const specifier = written.replace(/\?browser$/, '');
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier));
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@')
    ? `${scope}/${name}`
    : specifier.startsWith('node:')
      ? specifier
      : scope;
}

export function isFile(target: string): boolean {
  return target.endsWith('.ts');
}

export function isPackage(target: string): boolean {
  return !isFile(target) && !target.startsWith('node:') && !builtinModules.includes(target);
}
