import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary-directory.ts';

/** Writes a program of shell lines to a new folder. */
export function shellProgram(lines: string, name = 'program'): string {
  const file = join(temporaryDirectory(), name);
  writeFileSync(file, `#!/bin/sh\n${lines}\n`, { mode: 0o700 });
  return file;
}

/** A call of a hook. */
export interface HookCall {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: the report of any command
  readonly document: any;
}

/** A hook that keeps its input and environment, and then runs the lines. */
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
    /** The bytes of every call, as they came. */
    input: () => readFileSync(log, 'utf8'),
    environment: () => readFileSync(environment, 'utf8'),
  };
}
