import { pbkdf2Sync } from 'node:crypto';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { CliError } from '../../src/errors/cli-error.ts';
import { bounded } from '../../src/files/bounded.ts';
import type { Pace } from '../../src/text/pace.ts';

/** What a program does within this many milliseconds; both stand on its command line. */
const [, , name = '', milliseconds = ''] = process.argv;
const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    say(`handled ${signal}`);
    interrupt.abort(new CliError('interrupted', 'Interrupted'));
  });

const busy: Readonly<Record<string, () => unknown>> = {
  loop: () => {
    for (;;);
  },
  pattern: () => /^(a+)+$/.test(`${'a'.repeat(60)}!`),
  native: () => pbkdf2Sync('password', 'salt', 2 ** 31 - 1, 64, 'sha512'),
};
const works: Readonly<Record<string, (pace: Pace) => Promise<unknown>>> = {
  ...Object.fromEntries(
    Object.entries(busy).map(([kind, piece]) => [
      kind,
      ({ inOneGo }: Pace) =>
        inOneGo(() => {
          say(`began ${process.pid}`);
          return piece();
        }),
    ]),
  ),
  'a piece and a wait': async ({ inOneGo, signal }) => {
    await inOneGo(() => 1);
    say(`began ${process.pid}`);
    await Promise.race([
      once(signal as AbortSignal, 'abort'),
      new Promise((resolve) => setTimeout(resolve, 60_000)),
    ]);
    signal?.throwIfAborted();
  },
  'a signal before the piece': ({ inOneGo }) => {
    process.kill(process.pid, 'SIGINT');
    return inOneGo(() => 'done');
  },
  'a piece that is stopped': ({ inOneGo }) => {
    let stopped = false;
    return inOneGo(() => {
      if (!stopped) {
        stopped = true;
        say(`began ${process.pid}`);
        process.kill(process.pid, 'SIGSTOP');
      }
      for (let turns = 0; turns < 2e8; turns++);
      return 'done';
    });
  },
};

const late = new CliError('pkcs12-unsupported', 'Too late');
const end = await bounded(
  interrupt.signal,
  { milliseconds: Number(milliseconds), late, bytes: 100_000 },
  works[name] ?? (async () => 'nothing'),
).then(
  (result) => `${result}`,
  (error: Error) => `${error.name}: ${error.message}`,
);
say(end);
process.exit(3);

/** At once: what a stream keeps is lost when the process is ended. */
function say(text: string): void {
  writeSync(1, `${text}\n`);
}
