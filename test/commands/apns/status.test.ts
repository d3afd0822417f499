import { EventEmitter, once } from 'node:events';
import { expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { p12Path, secretPassword } from '../../support/fixtures.ts';
import { startServer } from '../../support/http.ts';
import { requestsIn } from './waiting.ts';

/** A machine whose sets arrive at a tenant that answers each when it is told to. */
async function startHesitating() {
  const machine = createMachine();
  const arrivals = new EventEmitter();
  const server = await startServer([
    (response) => {
      const { path, body } = server.received.at(-1) ?? expect.fail('no request');
      const answer = () => response.writeHead(200).end('{"success":true,"Result":null}');
      if (path.startsWith('/Mobile/')) arrivals.emit(JSON.parse(body).ClientAppKey, answer);
      else answer();
    },
  ]);
  const env = { ...secretPassword, MFA_CLI_TENANT: server.origin, MFA_CLI_TOKEN: 'a-token' };
  /** Until the set has arrived. */
  const begin = async (key: string, day: string) => {
    const arrived = once(arrivals, key);
    const argv = ['apns', 'set', p12Path('01-default-aes256'), '--client-app-key', key];
    const setting = machine.run(argv, { now: new Date(day), env });
    const [answer] = await arrived;
    return { setting, answer: answer as () => void };
  };
  return { machine, begin };
}

test('a set is on record before it is answered, and no longer afterwards', async () => {
  const { machine, begin } = await startHesitating();
  const { setting, answer } = await begin('lab', '2026-11-25');
  expect(requestsIn(machine.directory)).toEqual([
    expect.objectContaining({ clientAppKey: 'lab', topic: 'com.example.lab', outcome: 'sending' }),
  ]);
  answer();
  await setting;
  expect(requestsIn(machine.directory)).toEqual([]);
});

test('the key in use by the order of the answers, where two are set at once', async () => {
  const { machine, begin } = await startHesitating();
  const old = await begin('old', '2026-11-25');
  const young = await begin('new', '2026-11-26');
  young.answer();
  await young.setting;
  old.answer();
  await old.setting;
  const { stdout } = await machine.run(['apns', 'status', '--all-profiles', '--json'], {
    now: new Date('2026-11-27'),
  });
  const inUse = JSON.parse(stdout).certificates.map((each: Record<string, unknown>) => [
    each.clientAppKey,
    each.inUse,
  ]);
  expect(Object.fromEntries(inUse)).toEqual({ old: true, new: false });
});
