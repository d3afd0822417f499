import { spawn } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { cleanEnvironment, type Finished, finish } from './process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** The folder of the action, which is this project's. */
export const actionPath = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

interface Step {
  readonly id: string;
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
  readonly run: string;
}

/** The content of action.yml, with its literal values. */
export interface Action {
  /** Name and default. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export function readAction(): Action {
  const { inputs, outputs, runs } = parse(readFileSync(join(actionPath, 'action.yml'), 'utf8'), {
    strict: true,
  });
  const named = (all: Readonly<Record<string, Record<string, string>>>, key: string) =>
    Object.fromEntries(Object.entries(all).map(([name, one]) => [name, one[key] ?? '']));
  return {
    inputs: named(inputs, 'default'),
    outputs: named(outputs, 'value'),
    steps: runs.steps,
  };
}

/** Copies the action and the built program to a new folder, without the lock of a release. */
export function unreleasedAction(): string {
  const folder = temporaryDirectory();
  for (const name of ['bin', 'dist', 'scripts'])
    symlinkSync(join(actionPath, name), join(folder, name));
  return folder;
}

export interface ActionResult extends Finished {
  readonly outputs: Readonly<Record<string, string>>;
  /** Markdown that the steps wrote for the page of the run. */
  readonly summary: string;
  /** The directory that the steps ran in. */
  readonly workspace: string;
}

/** Runs the steps as the runner does: each script in a file, bash with its options, outputs through GITHUB_OUTPUT. */
export async function runAction(
  inputs: Readonly<Record<string, string>>,
  job: Readonly<Record<string, string>> = {},
  folder = unreleasedAction(),
): Promise<ActionResult> {
  const action = readAction();
  const workspace = temporaryDirectory();
  const values: Record<string, string> = { 'github.action_path': folder };
  for (const [name, value] of Object.entries({ ...action.inputs, ...inputs }))
    values[`inputs.${name}`] = value;
  const summary = join(workspace, 'summary.md');
  writeFileSync(summary, '');
  const base = cleanEnvironment({
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: summary,
    RUNNER_TEMP: workspace,
    ...job,
  });
  const told: Finished[] = [];
  for (const [index, { id, shell, env, run }] of action.steps.entries()) {
    if (shell !== 'bash') throw new Error(`step ${id} has no bash`);
    const [script, output] = [
      join(workspace, `step-${index}.sh`),
      join(workspace, `output-${index}`),
    ];
    writeFileSync(script, run);
    writeFileSync(output, '');
    const own = Object.entries(env).map(([name, value]) => [name, evaluate(value, values)]);
    const child = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', script], {
      cwd: workspace,
      env: { ...base, GITHUB_OUTPUT: output, ...Object.fromEntries(own) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const finished = await finish(child);
    told.push(finished);
    for (const line of readFileSync(output, 'utf8').split('\n').filter(Boolean)) {
      const [, name, value = ''] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
      if (name === undefined) throw new Error(`GITHUB_OUTPUT of ${id}: ${line}`);
      values[`steps.${id}.outputs.${name}`] = value;
    }
    if (finished.exitCode !== 0) break;
  }
  const outputs = Object.entries(action.outputs).map(([name, value]) => [
    name,
    evaluate(value, values),
  ]);
  return {
    exitCode: told.at(-1)?.exitCode ?? null,
    stdout: told.map(({ stdout }) => stdout).join(''),
    stderr: told.map(({ stderr }) => stderr).join(''),
    outputs: Object.fromEntries(outputs),
    summary: readFileSync(summary, 'utf8'),
    workspace,
  };
}

/** Resolves an expression, a name: one without a value is empty, an unknown context or input throws. */
function evaluate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{ (.+?) \}\}/g, (_expression, name: string) => {
    const value = values[name];
    if (value === undefined && !/^steps\.\w+\.outputs\.[\w-]+$/.test(name))
      throw new Error(`action.yml: ${name}`);
    return value ?? '';
  });
}

/** An npm that only notes its arguments, folder and environment: the program is already built. */
export function notingNpm(): {
  env: Record<string, string>;
  calls(): string[];
  environment(): string;
} {
  const directory = temporaryDirectory();
  writeFileSync(
    join(directory, 'npm'),
    `#!/bin/sh\necho "$PWD: npm $*" >> '${directory}/calls'\nenv >> '${directory}/environment'\n`,
    { mode: 0o755 },
  );
  const read = (name: string): string =>
    existsSync(join(directory, name)) ? readFileSync(join(directory, name), 'utf8') : '';
  return {
    env: { PATH: `${directory}${delimiter}${process.env.PATH}` },
    calls: () => read('calls').split('\n').filter(Boolean),
    environment: () => read('environment'),
  };
}
