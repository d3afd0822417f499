import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { p12Path } from '../../support/fixtures.ts';
import { startServer, startTcpServer } from '../../support/http.ts';
import { isThorough, patience } from '../../support/patience.ts';
import {
  cleanEnvironment,
  ctrlC,
  endOnSignal,
  finish,
  openTerminal,
  startProgram,
} from '../../support/process.ts';
import { isMissing } from '../../support/tools.ts';
import { play, type Step, type Stories, unhurried, type World } from '../stage.ts';

const key = 'com.example.lab';
const password = { MFA_CLI_P12_PASSWORD: 'secret' };

type Asked = 'set' | 'delete';
const argvOf: Readonly<Record<Asked, readonly string[]>> = {
  set: ['apns', 'set', p12Path('01-default-aes256'), '--json'],
  delete: ['apns', 'delete', key, '--yes', '--json'],
};
const wordsOf: Readonly<Record<Asked, string>> = {
  set: 'The tenant did not answer: it may have set the certificate',
  delete: 'The tenant did not answer: it may have deleted the certificate',
};

/** Where a tenant stops; `answer`: it does not. */
type Point =
  | 'unread'
  | 'head'
  | 'body'
  | 'half-head'
  | 'answer-head'
  | 'half'
  | 'unframed'
  | 'proxy'
  | 'silence'
  | 'answer';

const envelope = '{"success":true,"Result":null}';
const framed = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${envelope.length}\r\n\r\n`;
const unframed = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n';
const page = '<html>Bad Gateway</html>';

/** A tenant on a socket that does what it has read whole, and stops at a point of it. */
async function startTenant(first: Point) {
  const state = { point: first, done: [] as Asked[], asked: 0, log: [] as string[] };
  const arrivals: (() => void)[] = [];
  const asked = (how: string) => state.log.push(`> request ${++state.asked}${how}`);
  const serve = (socket: Socket): void => {
    if (state.point === 'unread') {
      asked(', unread');
      socket.once('readable', () => socket.resetAndDestroy());
      return;
    }
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const [head, body = ''] = text.split('\r\n\r\n');
      if (head === text || head === undefined) return;
      const isOptional = !head.includes('/Mobile/');
      if (state.point === 'head' && !isOptional) {
        asked(', its head');
        socket.destroy();
        return;
      }
      if (body.length < Number(/content-length: (\d+)/i.exec(head)?.[1])) return;
      if (isOptional) {
        socket.end(framed + envelope);
        return;
      }
      const done = head.includes('/Mobile/Set') ? 'set' : 'delete';
      asked(`, whole: ${done}`);
      state.done.push(done);
      stop(socket, state.point);
      for (const arrived of arrivals.splice(0)) arrived();
    });
  };
  const port = await startTcpServer(serve);
  const arrival = () => new Promise<void>((resolve) => arrivals.push(resolve));
  return { url: `http://127.0.0.1:${port}`, state, arrival };
}

function stop(socket: Socket, point: Point): void {
  if (point === 'body') socket.destroy();
  else if (point === 'half-head') socket.end(framed.slice(0, 30));
  else if (point === 'answer-head') socket.end(framed);
  else if (point === 'half') socket.end(framed + envelope.slice(0, 9));
  else if (point === 'unframed') socket.end(unframed + envelope.slice(0, 9));
  else if (point === 'proxy')
    socket.end(`HTTP/1.1 502 Bad Gateway\r\nContent-Length: ${page.length}\r\n\r\n${page}`);
  else if (point === 'answer') socket.end(framed + envelope);
}

function requestsIn(directory: string): readonly Record<string, unknown>[] {
  const { profiles } = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8'));
  return profiles.default?.requests ?? [];
}

const entryOf = (asked: Asked, tenant: string, outcome: string) => ({
  tenant,
  clientAppKey: key,
  asked,
  outcome,
  topic: asked === 'set' ? key : null,
  fingerprint: asked === 'set' ? expect.stringMatching(/^[0-9a-f]{64}$/) : null,
  notAfter: asked === 'set' ? expect.any(String) : null,
  at: expect.any(String),
});

/** `set` and `delete` as a person or a pipeline sees them, at a tenant that stops at this point and answers afterwards. */
const stopping = (asked: Asked, point: Point, more = ''): readonly Step[] => {
  const line = asked === 'set' ? 'set %good' : `delete ${key} --yes`;
  let tenant: Awaited<ReturnType<typeof startTenant>>;
  return [
    async (world) => {
      tenant = await startTenant(point);
      at(tenant.url)(world);
      world.words.$TIMEOUT = [String(0.3 * patience)];
      world.asked.push(() => tenant.state.log);
    },
    `${line} ${more}`.trim(),
    remembered,
    'status',
    'status => ok asked clientAppKey outcome inUse profile',
    () => {
      tenant.state.point = 'answer';
    },
    `${line} => sent deleted`,
    'status => ok requests',
  ];
};
/** A machine without a record that has a token for the tenant there. */
const at = (url: string) => (world: World) => {
  const env = { ...password, MFA_CLI_TENANT: url, MFA_CLI_TOKEN: 'a-token' };
  Object.assign(world, { machine: createMachine(), env });
};
const remembered = ({ machine }: World): string => {
  const file = join(machine.directory, 'config.json');
  const told = existsSync(file) ? requestsIn(machine.directory) : [];
  return ['REMEMBERED', ...told.map((entry) => JSON.stringify(entry))].join('\n');
};
const answering = (body: string) => async (world: World) =>
  at((await startServer([{ body }])).origin)(world);
/** The tenant has answered before. */
const known = (world: World): void => {
  const record = {
    ...{
      tenant: world.env.MFA_CLI_TENANT,
      clientAppKey: key,
      topic: key,
      fingerprint: 'e'.repeat(64),
    },
    ...{ notAfter: '2027-12-24T00:00:00.000Z', setAt: '2026-11-20T16:00:00.000Z' },
  };
  const profiles = { default: { settings: {}, session: null, certificates: [record] } };
  mkdirSync(world.machine.directory, { mode: 0o700 });
  writeFileSync(join(world.machine.directory, 'config.json'), JSON.stringify({ profiles }), {
    mode: 0o600,
  });
};
const both = ['set', 'delete'] as const;
const lines = ['set %good => code', `delete ${key} --yes => code`];
const points = [
  'unread',
  'head',
  'body',
  'half-head',
  'answer-head',
  'half',
  'unframed',
  'proxy',
] as const;

const stories: Stories = {
  ...Object.fromEntries(
    points.flatMap((point) =>
      both.map((asked) => [`a ${asked}, stopped at: ${point}`, stopping(asked, point)]),
    ),
  ),
  ...Object.fromEntries(
    both.map((asked) => [
      `a ${asked}, stopped at: silence`,
      stopping(asked, 'silence', '--timeout $TIMEOUT'),
    ]),
  ),
  'the report of a set without an answer': [stopping('set', 'half')[0] ?? '', 'set %good --json'],
  'the report of a deletion without an answer': [
    stopping('delete', 'half')[0] ?? '',
    `delete ${key} --yes --json`,
  ],
  'nothing was written, and nothing stays in the record': lines.flatMap((line) => [
    at('http://127.0.0.1:9'),
    line,
    remembered,
    'status',
  ]),
  'a page that no tenant wrote, at an address that was never a tenant': lines.flatMap((line) => [
    answering('<html>Sign in to the network</html>'),
    line,
    remembered,
  ]),
  'a page that no tenant wrote, from where a tenant has answered before': lines.flatMap((line) => [
    answering('<html>Sign in to the network</html>'),
    known,
    line,
    remembered,
  ]),
  'a refusal takes the entry back': [
    answering('{"success":false,"Message":"No."}'),
    ...lines,
    remembered,
  ],
};

test('a set and a deletion without an answer', unhurried, async () => {
  await expect(await play(stories)).toMatchFileSnapshot('../../golden/apns-no-answer.txt');
});

describe('the program is ended while it waits for the answer', () => {
  const signals = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const;
  const ended = signals
    .flatMap(([signal, code]) => both.map((asked) => ({ asked, signal, code })))
    .filter(({ asked, signal }) => isThorough || (asked === 'set') === (signal === 'SIGINT'));
  async function startWaiting(asked: Asked) {
    const tenant = await startTenant('silence');
    const outside = { ...password, MFA_CLI_TENANT: tenant.url, MFA_CLI_TOKEN: 'a-token' };
    const env = cleanEnvironment(outside);
    const arrived = tenant.arrival();
    const child = startProgram(argvOf[asked], env);
    await arrived;
    return { ...tenant, outside, child, directory: env.MFA_CLI_CONFIG_DIR ?? '' };
  }

  test.each(ended)('$signal during $asked', async ({ asked, signal, code }) => {
    const { url, state, child, directory } = await startWaiting(asked);
    const streams = finish(child);
    child.kill(signal);
    const { exitCode, died } = await endOnSignal(child);
    const { stdout, stderr } = await streams;
    expect(exitCode).toBe(code);
    // A busy machine may not leave it the time to say so; what it knows is in the record then.
    if (!died) {
      expect(JSON.parse(stdout)).toMatchObject({
        ...(asked === 'set' ? { sent: null } : { deleted: null }),
        tries: 1,
        error: { code: 'outcome-unknown', message: wordsOf[asked], exitCode: code },
      });
      expect(stderr).toContain(`mfa-cli: error: ${wordsOf[asked]}\n`);
    }
    expect(requestsIn(directory)).toEqual([
      entryOf(asked, url, expect.stringMatching(/^(sending|unknown)$/) as unknown as string),
    ]);
    expect(state.asked).toBe(1);
    expect((await createMachine(directory).run(['apns', 'status', '--json'])).exitCode).toBe(4);
  });

  test.skipIf(isMissing('script')).each(isThorough ? both : ['set' as const])(
    'Ctrl-C in a terminal during %s',
    async (asked) => {
      const { url, arrival } = await startTenant('silence');
      const env = cleanEnvironment({ ...password, MFA_CLI_TENANT: url, MFA_CLI_TOKEN: 'a-token' });
      const arrived = arrival();
      const words = argvOf[asked].filter((word) => word !== '--json');
      const terminal = openTerminal([...words, '--yes', '--no-input'], env);
      await arrived;
      terminal.type(ctrlC);
      const { exitCode, screen } = await terminal.end();
      expect(exitCode).toBe(130);
      // As above.
      if (screen.includes('error:'))
        expect(screen.replaceAll(/\s+/g, ' ')).toContain(wordsOf[asked]);
      expect(requestsIn(env.MFA_CLI_CONFIG_DIR ?? '')).toEqual([
        expect.objectContaining({ asked }),
      ]);
    },
  );

  test.each(isThorough ? both : ['delete' as const])('SIGKILL during %s', async (asked) => {
    const { url, state, outside, child, directory } = await startWaiting(asked);
    const machine = createMachine(directory);
    expect(requestsIn(directory)).toEqual([entryOf(asked, url, 'sending')]);
    child.kill('SIGKILL');
    await once(child, 'close');
    const status = await machine.run(['apns', 'status', '--json']);
    expect([status.exitCode, JSON.parse(status.stdout).requests]).toEqual([
      4,
      [expect.objectContaining({ asked, outcome: 'unknown' })],
    ]);
    state.point = 'answer';
    const next = await machine.run(argvOf[asked], { env: outside });
    expect([next.exitCode, next.stderr]).toEqual([0, expect.stringContaining('settles the')]);
    expect((await machine.run(['apns', 'status'])).exitCode).toBe(0);
    expect(state.done).toEqual([asked, asked]);
  });
});
