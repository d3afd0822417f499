import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary-directory.ts';

/** A program of a shell's lines, in a folder of its own. */
export function shellProgram(lines: string, name = 'program'): string {
  const file = join(temporaryDirectory(), name);
  writeFileSync(file, `#!/bin/sh\n${lines}\n`, { mode: 0o700 });
  return file;
}

/** What a hook was called with. */
export interface HookCall {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: the report of whatever command it is
  readonly document: any;
}

/** A hook that keeps what it is called with, and its environment; then it does what the lines say. */
export function recordingHook(lines = '') {
  const directory = temporaryDirectory();
  const [log, environment] = [join(directory, 'calls'), join(directory, 'environment')];
  const program = shellProgram(
    `{ printf '%s ' "$MFA_CLI_EVENT"; cat; } >> '${log}'; env > '${environment}'\n${lines}`,
  );
  return {
    program,
    options: ['--hook', program],
    calls(): readonly HookCall[] {
      if (!existsSync(log)) return [];
      return readFileSync(log, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => {
          const at = line.indexOf(' ');
          return { event: line.slice(0, at), document: JSON.parse(line.slice(at + 1)) };
        });
    },
    environment: () => readFileSync(environment, 'utf8'),
  };
}
