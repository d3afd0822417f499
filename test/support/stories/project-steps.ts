import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeBuiltApp } from '../built-app/built-app.ts';
import { expanded } from './run-command.ts';
import type { StepVerb } from './verbs.ts';
import type { World } from './world.ts';

const projectPath = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/app/${name}`, import.meta.url));

/** Replaces each match in a file. @throws {Error} there is none */
function change(world: World, file: string, expression: string, text: string): void {
  const path = resolve(world.directory, expanded(file, world));
  const before = readFileSync(path, 'utf8');
  const after = before.replace(new RegExp(expression, 'gm'), () => text);
  if (after === before) throw new Error(`${file} has nothing like /${expression}/:\n${before}`);
  writeFileSync(path, after);
}

/** Xcode projects of the fixtures, and what somebody changes in their files. */
export const projectSteps: readonly StepVerb[] = [
  {
    form: 'project NAME [in FOLDER]',
    pattern: /^project (?<name>\w+)(?: in (?<folder>\S+))?$/,
    step: (world, { name = '', folder = '.' }) => {
      cpSync(projectPath(name), resolve(world.directory, folder), { recursive: true });
    },
  },
  {
    form: 'built app FILE [with {JSON}]',
    pattern: /^built app (?<file>\S+)(?: with (?<options>\{.*\}))?$/,
    step: (world, { file = '', options = '{}' }) =>
      writeBuiltApp(resolve(world.directory, file), JSON.parse(options)),
  },
  {
    form: 'replace /PATTERN/ in FILE <<',
    pattern: /^replace \/(?<expression>(?:[^/\\]|\\.)+)\/ in (?<file>\S+)$/,
    step: (world, { expression = '', file = '' }, { body }) => {
      change(world, file, expression, (body ?? '').trimEnd());
    },
  },
  {
    form: 'remove /PATTERN/ from FILE',
    pattern: /^remove \/(?<expression>(?:[^/\\]|\\.)+)\/ from (?<file>\S+)$/,
    step: (world, { expression = '', file = '' }) => change(world, file, expression, ''),
  },
];
