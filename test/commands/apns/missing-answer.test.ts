import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

const nounOf = { set: 'set', delete: 'deletion' };

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
  const state = { point: first, done: [] as Asked[], asked: 0 };
  const arrivals: (() => void)[] = [];
  const serve = (socket: Socket): void => {
    if (state.point === 'unread') {
      state.asked++;
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
        state.asked++;
        socket.destroy();
        return;
      }
      if (body.length < Number(/content-length: (\d+)/i.exec(head)?.[1])) return;
      if (isOptional) {
        socket.end(framed + envelope);
        return;
      }
      state.asked++;
      state.done.push(head.includes('/Mobile/Set') ? 'set' : 'delete');
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

const points: readonly (readonly [Point, { readonly again: boolean; readonly did: boolean }])[] = [
  ['unread', { again: true, did: false }],
  ['head', { again: true, did: false }],
  ['body', { again: true, did: true }],
  ['half-head', { again: false, did: true }],
  ['answer-head', { again: false, did: true }],
  ['half', { again: false, did: true }],
  ['unframed', { again: false, did: true }],
  ['proxy', { again: true, did: true }],
  ['silence', { again: false, did: true }],
];
const cases = points.flatMap(([point, facts]) =>
  (['set', 'delete'] as const).map((asked) => ({ asked, point, ...facts })),
);

describe('a tenant that stops', () => {
  test.each(cases)('$asked, at: $point', async ({ asked, point, again, did }) => {
    const { url, state } = await startTenant(point);
    const machine = createMachine();
    const env = { ...password, MFA_CLI_TENANT: url, MFA_CLI_TOKEN: 'a-token' };
    const options = { env, aside: async () => {} };
    const bound = point === 'silence' ? ['--timeout', String(0.3 * patience)] : [];
    const { exitCode, stdout, stderr } = await machine.run([...argvOf[asked], ...bound], options);
    const tries = asked === 'set' && again ? 3 : 1;
    const message = `${wordsOf[asked]}${tries === 1 ? '' : ` (sent ${tries} times)`}`;
    const report = JSON.parse(stdout);
    expect(exitCode).toBe(7);
    expect(report).toMatchObject({
      tenant: url,
      clientAppKey: key,
      ...(asked === 'set' ? { sent: null } : { deleted: null }),
      sentAs: null,
      tries,
      error: {
        code: 'outcome-unknown',
        message,
        exitCode: 7,
        hints: [expect.any(String), expect.any(String)],
      },
    });
    expect(stderr).toContain(`mfa-cli: error: ${message}\n`);
    expect(stdout + stderr).not.toMatch(/nothing was (sent|set|deleted)|not set|could not be reached\.$/im);
    // Before a deletion the phones are asked for, once.
    const optional = point === 'unread' && asked === 'delete' ? 1 : 0;
    expect([state.asked, state.done.length > 0]).toEqual([tries + optional, did]);
    expect(requestsIn(machine.directory)).toEqual([entryOf(asked, url, 'unknown')]);

    // What the next run says: status, and then the same once more at a tenant that answers.
    const status = await machine.run(['apns', 'status', '--json']);
    expect(status.exitCode).toBe(4);
    expect(JSON.parse(status.stdout)).toMatchObject({
      ok: false,
      certificates: [],
      requests: [{ asked, clientAppKey: key, outcome: 'unknown', inUse: null, profile: 'default' }],
    });
    const words = await machine.run(['apns', 'status']);
    expect(words.stdout).toContain(
      `! The ${nounOf[asked]} of a push certificate for ${key} at ${url} on 2026-11-24`,
    );
    state.point = 'answer';
    const next = await machine.run([...argvOf[asked]], options);
    expect(next.exitCode).toBe(0);
    expect(next.stderr).toContain(
      `The ${nounOf[asked]} of 2026-11-24, whose answer is missing, is settled by this ${nounOf[asked]}.`,
    );
    const after = await machine.run(['apns', 'status', '--json']);
    expect([after.exitCode, JSON.parse(after.stdout).requests]).toEqual([0, []]);
  });

  test.each(['set', 'delete'] as const)('%s, to a person', async (asked) => {
    const { url } = await startTenant('half');
    const env = { ...password, MFA_CLI_TENANT: url, MFA_CLI_TOKEN: 'a-token' };
    const argv = argvOf[asked].filter((word) => word !== '--json');
    const { exitCode, stdout, stderr } = await createMachine().run(argv, { env });
    expect(exitCode).toBe(7);
    expect(stdout).toContain(`! ${wordsOf[asked]}`);
    expect(stderr).toContain(`mfa-cli: error: ${wordsOf[asked]}\n`);
  });
});

describe('nothing was written, and nothing stays in the record', () => {
  test.each(['set', 'delete'] as const)('%s', async (asked) => {
    const machine = createMachine();
    const env = { ...password, MFA_CLI_TENANT: 'http://127.0.0.1:9', MFA_CLI_TOKEN: 'a-token' };
    const { exitCode, stdout } = await machine.run([...argvOf[asked]], { env, aside: async () => {} });
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([7, 'tenant-unreachable']);
    expect(JSON.parse(readFileSync(join(machine.directory, 'config.json'), 'utf8')).profiles).toEqual({});
    expect(await machine.run(['apns', 'status'])).toMatchObject({
      exitCode: 0,
      stdout: 'No certificate is on record for the profile "default".\n',
    });
  });
});

describe('a page that no tenant wrote, whole and with 200', () => {
  const answering = async () => {
    const { origin } = await startServer([{ body: '<html>Sign in to the network</html>' }]);
    return { ...password, MFA_CLI_TENANT: origin, MFA_CLI_TOKEN: 'a-token' };
  };
  const requestsAfter = async (machine: ReturnType<typeof createMachine>) =>
    JSON.parse((await machine.run(['apns', 'status', '--json'])).stdout).requests.length;

  test.each(['set', 'delete'] as const)('%s: at an address that was never a tenant', async (asked) => {
    const machine = createMachine();
    const { exitCode, stdout } = await machine.run(argvOf[asked], { env: await answering() });
    expect([exitCode, JSON.parse(stdout).error.code, await requestsAfter(machine)]).toEqual([
      7,
      'tenant-not-json',
      0,
    ]);
  });

  test.each(['set', 'delete'] as const)('%s: from where a tenant has answered before', async (asked) => {
    const env = await answering();
    const machine = createMachine();
    const record = {
      ...{ tenant: env.MFA_CLI_TENANT, clientAppKey: key, topic: key, fingerprint: 'e'.repeat(64) },
      ...{ notAfter: '2027-12-24T00:00:00.000Z', setAt: '2026-11-20T16:00:00.000Z' },
    };
    const profiles = { default: { settings: {}, session: null, certificates: [record] } };
    mkdirSync(machine.directory, { mode: 0o700 });
    writeFileSync(join(machine.directory, 'config.json'), JSON.stringify({ profiles }), { mode: 0o600 });
    const { exitCode, stdout } = await machine.run(argvOf[asked], { env });
    expect([exitCode, JSON.parse(stdout).error.code, await requestsAfter(machine)]).toEqual([
      7,
      'tenant-not-json',
      1,
    ]);
  });
});

test('a refusal takes the entry back, and leaves what was there', async () => {
  const { origin } = await startServer([{ body: '{"success":false,"Message":"No."}' }]);
  const machine = createMachine();
  const env = { ...password, MFA_CLI_TENANT: origin, MFA_CLI_TOKEN: 'a-token' };
  const { exitCode } = await machine.run(argvOf.set, { env });
  expect([exitCode, readFileSync(join(machine.directory, 'config.json'), 'utf8')]).toEqual([
    6,
    expect.not.stringContaining('requests'),
  ]);
});

describe('the program is ended while it waits for the answer', () => {
  const signals = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const;
  const both = ['set', 'delete'] as const;
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
    'Ctrl-C at a terminal during %s',
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
      if (screen.includes('error:')) expect(screen.replaceAll(/\s+/g, ' ')).toContain(wordsOf[asked]);
      expect(requestsIn(env.MFA_CLI_CONFIG_DIR ?? '')).toEqual([expect.objectContaining({ asked })]);
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
    expect([next.exitCode, next.stderr]).toEqual([0, expect.stringContaining('is settled by this')]);
    expect((await machine.run(['apns', 'status'])).exitCode).toBe(0);
    expect(state.done).toEqual([asked, asked]);
  });
});
