import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { CliError } from '../../../src/errors/cli-error.ts';
import type { EndingSignal } from '../../../src/errors/entry.ts';
import { applePath } from '../apple-fixtures.ts';
import type { RunOptions } from '../context.ts';
import { p12Path } from '../fixtures.ts';
import { patience } from '../patience.ts';
import { undeclared } from './behavior.ts';
import { shellWords } from './shell-words.ts';
import type { Ended, World } from './world.ts';

/** What stands below a command beside what is asserted. */
export interface Inputs {
  /** Null: no terminal. */
  answers: string[] | null;
  stdin: string | Uint8Array | null;
  now: Date | null;
  /** Null: none opens. */
  browser: ((url: string) => Promise<void>) | null;
  /** The signal, and the request after which it is given. */
  interrupt: { readonly signal: EndingSignal; readonly after: string } | null;
}

export const noInputs = (): Inputs => ({
  answers: null,
  stdin: null,
  now: null,
  browser: null,
  interrupt: null,
});

/** The fixtures by the sign before their names. */
const p12Folder = p12Path('').slice(0, -'.p12'.length);
const appleFolder = applePath('');

/** A word of a story with the path or value that `%NAME`, `@FILE` and `$NAME` stand for. */
export function expanded(word: string, world: World): string {
  return word
    .replace(/(?<=^|=)%([\w.-]+)$/, (_, name) => p12Path(name))
    .replace(/(?<=^|=)@([\w.-]+)$/, (_, name) => applePath(name))
    .replaceAll(/\$(\w+)/g, (whole, name) => world.names.get(name) ?? whole);
}

/** Runs `[NAME=VALUE …] mfa-cli WORD …` in the directory of the story. */
export async function runCommand(line: string, inputs: Inputs, world: World): Promise<Ended> {
  const words = shellWords(line);
  const start = words.indexOf('mfa-cli');
  if (start === -1) throw new Error('the command line has no `mfa-cli`');
  const argv = words.slice(start + 1).map((word) => expanded(word, world));
  const own = words.slice(0, start).map((word): [string, string] => {
    const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    if (name === undefined || value === undefined) throw new Error(`no variable: ${word}`);
    return [name, expanded(value, world)];
  });
  const env = {
    TERM: 'dumb',
    ...Object.assign({}, ...world.variablesFor.map((variables) => variables(argv))),
    ...Object.fromEntries(world.variables),
    ...Object.fromEntries(own),
  };
  const before = world.listeners.map((listener) => listener.requests().length);
  const requests = (): readonly string[] =>
    world.listeners.flatMap((listener, index) =>
      listener
        .requests()
        .slice(before[index])
        .map((request) => `${listener.name}${request}`),
    );
  world.before = filesOf(world);
  const stop = interruptWhen(inputs, requests);
  try {
    const running = world.machine.run(argv, {
      ...optionsOf(inputs, world),
      env,
      signal: stop.signal,
    });
    const result = await Promise.race([running, stop.stalled]);
    world.ended = { ...result, requests: requests() };
    const faults = undeclared(argv, world.ended);
    if (faults.length > 0) throw new Error(`not in the declaration:\n${faults.join('\n')}`);
    return world.ended;
  } finally {
    stop.end();
  }
}

/** By then a command has ended, or it never will: its story fails. */
const seconds = 60 * patience;

function optionsOf(inputs: Inputs, world: World): RunOptions {
  const now = inputs.now ?? world.now;
  const { answers, stdin, browser } = inputs;
  return {
    // A pause between two tries is over at once.
    aside: async () => {},
    ...(stdin === null ? {} : { stdin }),
    ...(now === null ? {} : { now }),
    ...(browser === null ? {} : { browser }),
    ...(answers === null ? {} : { answers, terminalOutput: true }),
  };
}

/** Gives the signal once such a request has come, and to a command that does not end by itself. */
function interruptWhen({ interrupt }: Inputs, requests: () => readonly string[]) {
  const controller = new AbortController();
  const end = (signal: EndingSignal): void =>
    controller.abort(new CliError('interrupted', 'Interrupted', { facts: { signal } }));
  const watch = setInterval(() => {
    if (interrupt === null) return;
    if (!requests().some((request) => request.includes(interrupt.after))) return;
    clearInterval(watch);
    end(interrupt.signal);
  }, 5);
  let limit: NodeJS.Timeout | undefined;
  const stalled = new Promise<never>((_resolve, reject) => {
    limit = setTimeout(() => {
      const sent = requests().join('\n') || 'nothing';
      reject(new Error(`the command did not end within ${seconds} s; it had sent:\n${sent}`));
      end('SIGTERM');
    }, seconds * 1000);
  });
  return {
    signal: controller.signal,
    stalled,
    end: () => {
      clearInterval(watch);
      clearTimeout(limit);
    },
  };
}

/** The digest of each file of the story and of its machine, by its path. */
export function filesOf(world: World): ReadonlyMap<string, string> {
  return new Map([...digestsOf(world.directory), ...digestsOf(world.machine.directory)]);
}

function digestsOf(directory: string): ReadonlyMap<string, string> {
  if (!existsSync(directory) || !statSync(directory).isDirectory()) return new Map();
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path, createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}

/** A text as a story shows it: with the names of what differs from run to run. */
export function shown(text: string, world: World): string {
  const names = [...world.names].sort(([, left], [, right]) => right.length - left.length);
  let seen = stripVTControlCharacters(text).replaceAll(p12Folder, '%').replaceAll(appleFolder, '@');
  for (const [name, value] of names) {
    if (value.length < 4) continue;
    seen = seen.replaceAll(value, `$${name}`);
    if (value.startsWith('http'))
      seen = seen.replaceAll(value.replace(/^\w+:\/\//, ''), `$${name}`);
  }
  return seen;
}
